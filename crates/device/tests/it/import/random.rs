//! Random lists: what was written is read back, and no bytes bring the reader down.

use super::{cp932, read, read_in};
use crate::property::for_all;
use proptest::prelude::{Just, Strategy, any};
use proptest::{collection, option, prop_oneof, sample};
use std::collections::BTreeMap;

/// A cell as a list must write it.
fn quoted(cell: &str) -> String {
    format!("\"{}\"", cell.replace('"', "\"\""))
}

/// Words of a shop that CP932 has, and characters that a list must put between quotes.
fn name() -> impl Strategy<Value = String> {
    let parts = [
        "牛乳",
        "パン",
        "ｺｰﾋｰ",
        "1L",
        ",",
        ";",
        "\"",
        "①",
        "～",
        "髙",
        " ",
    ];
    let rest = collection::vec(sample::select(parts.to_vec()), 0..6);
    rest.prop_map(|rest| format!("品{}", rest.concat()).trim().to_owned())
}

#[test]
fn what_was_written_is_read_back() {
    let code = "[0-9A-Z]{1,13}".prop_filter("a code and no damage", |code| !code.contains('E'));
    let price = option::of(0..=999_999_999_999_999_i64);
    let items = collection::btree_map(code, (name(), price), 1..20);
    let separators = prop_oneof![Just(","), Just("\t"), Just(";")];
    let ends = prop_oneof![Just("\n"), Just("\r\n"), Just("\r")];
    for_all(
        300,
        (items, separators, ends, any::<u8>()),
        |(items, separator, end, form)| {
            let mut list = ["商品コード", "商品名", "売価"].join(separator) + end;
            for (code, (name, price)) in &items {
                let price = price.map_or_else(String::new, |price| price.to_string());
                let cells = [code.clone(), quoted(name), price];
                list.push_str(&(cells.join(separator) + end));
            }
            let bytes = match form % 3 {
                0 => list.into_bytes(),
                1 => [b"\xef\xbb\xbf", list.as_bytes()].concat(),
                _ => cp932(&list),
            };
            let plan = read(bytes, &[]).unwrap();
            assert!(plan.errors.is_empty(), "{plan}");
            let found: BTreeMap<_, _> = plan
                .rows
                .iter()
                .map(|row| {
                    let name = row.item.name.as_str().to_owned();
                    (row.item.code.to_string(), (name, row.item.unit_price))
                })
                .collect();
            assert_eq!(found, items);
            let lines: Vec<u64> = plan.rows.iter().map(|row| row.line).collect();
            let expected: Vec<u64> = (2..).take(items.len()).collect();
            assert_eq!(lines, expected);
        },
    );
}

/// Bytes that a list could begin or go on with, and any others.
fn fragment() -> impl Strategy<Value = Vec<u8>> {
    let known: [&[u8]; 12] = [
        b"\xef\xbb\xbf",
        b"\xff\xfe",
        b"code,name,price,tax\n",
        b"\"",
        b",",
        b"\r\n",
        b"1,280.00",
        b"\x81\x40",
        b"8%",
        b"4.9E+12",
        b"=\"",
        "軽減".as_bytes(),
    ];
    let known = sample::select(known.map(<[u8]>::to_vec).to_vec());
    prop_oneof![4 => known, 1 => collection::vec(any::<u8>(), 0..4)]
}

#[test]
fn no_bytes_bring_the_reader_down() {
    let currencies = sample::select(vec!["JPY", "USD", "CLF"]);
    let bytes = collection::vec(fragment(), 0..40);
    for_all(1_000, (currencies, bytes), |(currency, fragments)| {
        let headed = [b"code,name,price,tax\n".to_vec(), fragments.concat()].concat();
        for bytes in [fragments.concat(), headed] {
            match read_in(currency, bytes, &[]) {
                Ok(plan) => {
                    assert!(!plan.to_string().is_empty());
                    assert!(u64::try_from(plan.rows.len()).unwrap() <= plan.rows_read);
                }
                Err(fault) => assert!(!fault.to_string().is_empty()),
            }
        }
    });
}
