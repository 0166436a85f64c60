//! Single values: prices, tax, codes, words.

use super::{faults, read_in};
use device::import::ItemRow;
use purchase::settlement::{ItemKind, Sensitivity, TaxPlace};

/// The value of one column named `header`, or the fault.
fn value<T>(
    currency: &str,
    header: &str,
    cell: &str,
    take: impl Fn(&ItemRow) -> T,
) -> Result<T, String> {
    let cell = cell.replace('"', "\"\"");
    let list = format!("商品コード\t商品名\t{header}\n1\ta\t\"{cell}\"\n");
    let plan = read_in(currency, list, &[]).unwrap();
    match plan.rows.as_slice() {
        [row] => Ok(take(&row.item)),
        _ => Err(faults(&plan).join("; ")),
    }
}

fn check<T: PartialEq + std::fmt::Debug>(
    place: &str,
    found: Result<T, String>,
    expected: &Result<T, &str>,
) {
    match (&found, expected) {
        (Ok(found), Ok(expected)) => assert_eq!(found, expected, "{place}"),
        (Err(fault), Err(part)) => assert!(fault.contains(part), "{place}: {fault}"),
        _ => panic!("{place}: found {found:?}, expected {expected:?}"),
    }
}

#[test]
fn prices_are_exact_and_nothing_is_guessed() {
    let rows = [
        ("JPY", "248", Ok(Some(248))),
        ("JPY", "", Ok(None)),
        ("JPY", "　", Ok(None)),
        ("JPY", "0", Ok(Some(0))),
        ("JPY", "1,280", Ok(Some(1_280))),
        ("JPY", "1,234,567円", Ok(Some(1_234_567))),
        ("JPY", "￥１，２８０", Ok(Some(1_280))),
        ("JPY", "\\1,280", Ok(Some(1_280))),
        ("JPY", "¥ 248円", Ok(Some(248))),
        ("JPY", "JPY 248", Ok(Some(248))),
        ("JPY", "248.00", Ok(Some(248))),
        ("JPY", "=\"248\"", Ok(Some(248))),
        ("JPY", "248.5", Err("more decimals than JPY has (0)")),
        ("JPY", "$248", Err("another currency than the store's JPY")),
        ("JPY", "248 USD", Err("another currency")),
        ("JPY", "12,80", Err("separates no thousands")),
        ("JPY", "1,2345", Err("separates no thousands")),
        ("JPY", ",280", Err("separates no thousands")),
        ("JPY", "-100", Err("less than nothing")),
        ("JPY", "△100", Err("less than nothing")),
        ("JPY", "¥-100", Err("less than nothing")),
        ("JPY", "-", Err("is no price")),
        ("JPY", "オープン", Err("is no price")),
        ("JPY", "248-300", Err("is no price")),
        ("JPY", "円", Err("is no price")),
        ("JPY", "1.28E+05", Err("what a spreadsheet made")),
        ("JPY", "999999999999999", Ok(Some(999_999_999_999_999))),
        ("JPY", "1000000000000000", Err("more than any price")),
        ("JPY", "99999999999999999999999", Err("more than any price")),
        ("USD", "12.50", Ok(Some(1_250))),
        ("USD", "$1,280.5", Ok(Some(128_050))),
        ("USD", "12.505", Err("more decimals than USD has (2)")),
        ("USD", "12,50", Err("separates no thousands")),
        ("USD", ".50", Err("is no price")),
        ("EUR", "2 €", Ok(Some(200))),
        ("KWD", "1.234", Ok(Some(1_234))),
        ("CLF", "1.2345", Ok(Some(12_345))),
    ];
    for (currency, cell, expected) in rows {
        let found = value(currency, "価格", cell, |item| item.unit_price);
        check(&format!("{currency} {cell}"), found, &expected);
    }
}

#[test]
fn tax_rates_are_read_as_shops_write_them() {
    let rows = [
        ("8", Ok("8")),
        ("8%", Ok("8")),
        ("８％", Ok("8")),
        ("10.0", Ok("10")),
        ("0.08", Ok("8")),
        ("0.1", Ok("10")),
        ("0.055", Ok("5.5")),
        ("0", Ok("0")),
        ("7.25", Ok("7.25")),
        ("0.5%", Ok("0.5")),
        ("1", Ok("1")),
        ("軽減", Ok("8")),
        ("軽減税率", Ok("8")),
        ("軽減 8%", Ok("8")),
        ("8%(軽減)", Ok("8")),
        ("標準", Ok("10")),
        ("標準税率（１０％）", Ok("10")),
        ("非課税", Ok("0")),
        ("軽減10%", Err("could mean two rates")),
        ("軽減標準", Err("could mean two rates")),
        ("0.5", Err("could mean two rates")),
        ("1.08", Err("could mean two rates")),
        ("100", Ok("100")),
        ("248", Err("is no tax rate")),
        ("-8", Err("is no tax rate")),
        ("A", Err("is no tax rate")),
        ("8.00001", Err("is no tax rate")),
    ];
    for (cell, expected) in rows {
        let found = value("JPY", "税率", cell, |item| {
            item.tax_percent.clone().unwrap_or_default()
        });
        check(cell, found, &expected.map(str::to_owned));
    }
}

#[test]
fn the_place_of_the_tax_is_a_word_or_a_yes_below_a_clear_name() {
    let inside = Ok(Some(TaxPlace::Included));
    let on_top = Ok(Some(TaxPlace::Excluded));
    let rows = [
        ("税区分", "内税", inside),
        ("税区分", "税込", inside),
        ("税区分", "外税", on_top),
        ("税区分", "税抜き", on_top),
        ("税区分", "非課税", Ok(None)),
        ("税区分", "", Ok(None)),
        ("税区分", "1", Err("write 内税 or 外税")),
        ("税区分", "軽減", Err("write 内税 or 外税")),
        ("内税", "1", inside),
        ("内税", "×", on_top),
        ("外税", "○", on_top),
        ("外税", "0", inside),
        ("外税", "内税", inside),
        ("tax_included", "true", inside),
        ("Tax Included", "No", on_top),
        ("tax_type", "exclusive", on_top),
    ];
    for (header, cell, expected) in rows {
        let found = value("JPY", header, cell, |item| item.tax_included);
        check(&format!("{header} {cell}"), found, &expected);
    }
}

#[test]
fn words_of_short_lists_are_known_or_told() {
    let kinds = [
        ("goods", Ok(ItemKind::Goods)),
        ("サービス", Ok(ItemKind::Service)),
        ("ｻｰﾋﾞｽ", Ok(ItemKind::Service)),
        ("", Ok(ItemKind::Goods)),
        ("other", Err("write goods (商品) or service")),
    ];
    for (cell, expected) in kinds {
        check(
            cell,
            value("JPY", "種別", cell, |item| item.kind),
            &expected,
        );
    }
    let answers = [
        ("1", Ok(Sensitivity::Sensitive)),
        ("はい", Ok(Sensitivity::Sensitive)),
        ("", Ok(Sensitivity::Plain)),
        ("no", Ok(Sensitivity::Plain)),
        ("?", Err("yes or no")),
    ];
    for (cell, expected) in answers {
        let found = value("JPY", "sensitive", cell, |item| item.sensitive);
        check(cell, found, &expected);
    }
    let units = [
        ("kg", Ok("kg")),
        ("個", Ok("個")),
        ("EACH", Ok("")),
        ("", Ok("")),
    ];
    for (cell, expected) in units {
        let found = value("JPY", "単位", cell, |item| {
            item.unit
                .as_ref()
                .map_or("", |unit| unit.as_str())
                .to_owned()
        });
        check(cell, found, &expected.map(str::to_owned));
    }
}

#[test]
fn article_numbers_are_proven_beside_a_code_of_another_kind() {
    let rows = [
        ("4901234567894", Ok("4901234567894")),
        ("036000291452", Ok("0036000291452")),
        ("４９０１２３４５６７８９４", Ok("4901234567894")),
        ("4901234567890", Err("write 4901234567894")),
        ("4.90123E+12", Err("what a spreadsheet made")),
        ("123", Err("and this has 3")),
    ];
    for (cell, expected) in rows {
        let list = format!("商品コード,JAN,商品名\n77,{cell},a\n");
        let plan = read_in("JPY", list, &["code=商品コード"]).unwrap();
        let found = match plan.rows.as_slice() {
            [row] => Ok(row.item.gtin.as_ref().unwrap().as_str().to_owned()),
            _ => Err(faults(&plan).join("; ")),
        };
        check(cell, found, &expected.map(str::to_owned));
    }
}
