//! What a settlement of the benchmark says: eight lines, one tax rate, cash. Everything follows
//! from the seed and from where and when it was sold, so that any of them can be sent again.

use super::random::{Random, mix};
use Part::{Bytes, Number, Text, TwoDigits};
use jiff::ToSpan;

/// Lines of every settlement.
pub(super) const LINES: usize = 8;
/// What one till of a store sells in a day.
const SALES_PER_DAY: u32 = 50;
/// Minutes between two of them; the day begins at nine.
const MINUTES_BETWEEN: u32 = 14;
/// The first day of the calendar.
const FIRST_DAY: jiff::civil::Date = jiff::civil::date(2015, 1, 5);
/// Days that the calendar has; what comes after stays on the last one.
const DAYS: u32 = 3_900;
/// The zone of every store, as an offset.
const OFFSET: &str = "+09:00";

/// A till that stands in every store, under one name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Till {
    pub(super) name: String,
    number: u64,
}

impl Till {
    /// The `number`th till of those that begin with `letter`.
    pub(super) fn new(letter: char, number: u32) -> Self {
        let name = format!("{letter}{number}");
        Self {
            name,
            number: (u64::from(u32::from(letter)) << 32) | u64::from(number),
        }
    }
}

/// One sale of a till: in which store, and the how many-th there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Sale {
    pub(super) store: u32,
    pub(super) sequence: u32,
}

/// The days on which something is sold: all are past, because a sale ahead of its receipt is
/// treated in another way.
#[derive(Debug)]
pub(super) struct Calendar(Vec<String>);

impl Calendar {
    pub(super) fn new() -> Self {
        let days = usize::try_from(DAYS).unwrap_or(0);
        Self(
            FIRST_DAY
                .series(1.day())
                .take(days)
                .map(|day| day.to_string())
                .collect(),
        )
    }

    /// The day of a sale, counted from 0.
    pub(super) fn day(sale: Sale) -> u32 {
        (sale.sequence / SALES_PER_DAY).min(DAYS - 1)
    }

    /// A day as it is written.
    pub(super) fn written(&self, day: u32) -> &str {
        let at = usize::try_from(day).unwrap_or(usize::MAX);
        self.0.get(at).map_or("", String::as_str)
    }
}

/// How many of what a sale can be made of.
#[derive(Clone, Copy, Debug)]
pub(super) struct Range {
    pub(super) seed: u64,
    pub(super) items: u32,
    pub(super) users: u32,
}

/// What is in a sale.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Basket {
    /// Who bought, counted from 0.
    pub(super) user: u32,
    second: u32,
    lines: [Line; LINES],
    pub(super) total: u32,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Line {
    code: u64,
    quantity: u32,
    unit_price: u32,
    amount: u32,
}

impl Basket {
    pub(super) fn of(range: Range, till: &Till, sale: Sale) -> Self {
        let place = [till.number, sale.store.into(), sale.sequence.into()];
        let mut random = Random::at(range.seed, place);
        let mut basket = Self {
            user: random.below(range.users),
            second: random.below(60),
            lines: [Line::default(); LINES],
            total: 0,
        };
        for line in &mut basket.lines {
            let item = random.below(range.items);
            // Most things are bought once.
            let quantity = 1 + random.below(10).saturating_sub(7);
            let unit_price = price(range.seed, sale.store, item);
            let amount = unit_price * quantity;
            *line = Line {
                code: code(sale.store, item),
                quantity,
                unit_price,
                amount,
            };
            basket.total += amount;
        }
        basket
    }

    /// Appends the settlement as its store's device sends it.
    pub(super) fn write(&self, out: &mut Vec<u8>, head: &Head<'_>) {
        self.write_head(out, head);
        for (line, begin) in self.lines.iter().zip(LINE_BEGINS) {
            let parts = [
                Text(begin),
                Number(line.code),
                Text(r#"","quantity":""#),
                Number(line.quantity.into()),
                Text(r#"","unit_price":"#),
                Number(line.unit_price.into()),
                Text(r#","amount":"#),
                Number(line.amount.into()),
            ];
            put(out, &parts);
        }
        let total = Number(self.total.into());
        let parts = [
            Text(r#"}],"taxes":[{"percent":"8","included":true,"taxable":"#),
            total,
            Text(r#","tax":"#),
            Number(u64::from(self.total) * 8 / 108),
            Text(r#"}],"tenders":[{"kind":"cash","amount":"#),
            total,
            Text(r#"}],"total":"#),
            total,
            Text("}"),
        ];
        put(out, &parts);
    }

    fn write_head(&self, out: &mut Vec<u8>, head: &Head<'_>) {
        let minute = (head.sale.sequence % SALES_PER_DAY) * MINUTES_BETWEEN;
        let parts = [
            Text(r#"{"store_id":""#),
            Text(head.store_id),
            Text(r#"","terminal":""#),
            Text(&head.till.name),
            Text(r#"","business_date":""#),
            Text(head.day),
            Text(r#"","transaction":""#),
            Number(head.sale.sequence.into()),
            Text(r#"","kind":"sale","purchased_at":""#),
            Text(head.day),
            Text("T"),
            TwoDigits(9 + minute / 60),
            Text(":"),
            TwoDigits(minute % 60),
            Text(":"),
            TwoDigits(self.second),
            Text(OFFSET),
            Text(r#"","currency":"JPY","user":{"id":""#),
            Bytes(head.user_id),
            Text(r#""},"catalogue_revision":1,"lines":["#),
        ];
        put(out, &parts);
    }
}

/// What stands at the head of a settlement.
#[derive(Clone, Copy, Debug)]
pub(super) struct Head<'a> {
    pub(super) store_id: &'a str,
    pub(super) till: &'a Till,
    pub(super) sale: Sale,
    pub(super) day: &'a str,
    pub(super) user_id: &'a [u8],
}

/// How each line begins: the first without a comma.
const LINE_BEGINS: [&str; LINES] = {
    let mut begins = [r#"},{"code":""#; LINES];
    begins[0] = r#"{"code":""#;
    begins
};

/// The first catalogue of a store, whole.
pub(super) fn catalogue(range: Range, store: u32) -> Vec<u8> {
    let mut out = br#"{"base_revision":0,"revision":1,"changes":["#.to_vec();
    for item in 0..range.items {
        let parts = [
            Text(if item == 0 { "" } else { "," }),
            Text(r#"{"code":""#),
            Number(code(store, item)),
            Text(r#"","name":""#),
            Text(&name(item)),
            Text(r#"","unit_price":"#),
            Number(price(range.seed, store, item).into()),
            Text(r#","tax_percent":"8","tax_included":true,"#),
            Text(r#""effective_from":"2015-01-01T00:00:00"#),
            Text(OFFSET),
            Text(r#""}"#),
        ];
        put(&mut out, &parts);
    }
    put(&mut out, &[Text("]}")]);
    out
}

/// 13 digits, as long as those that a scanner reads.
fn code(store: u32, item: u32) -> u64 {
    4_900_000_000_000 + u64::from(store) * 100_000 + u64::from(item)
}

fn price(seed: u64, store: u32, item: u32) -> u32 {
    let drawn = mix(seed ^ mix((u64::from(store) << 32) | u64::from(item)));
    50 + u32::try_from(drawn % 950).unwrap_or(0)
}

fn name(item: u32) -> String {
    const MAKERS: [&str; 7] = [
        "北の大地",
        "みどり農園",
        "浜田屋",
        "コトブキ",
        "さくら食品",
        "山川",
        "Daily",
    ];
    const THINGS: [&str; 11] = [
        "絹ごし豆腐",
        "牛乳",
        "食パン",
        "たまご",
        "緑茶",
        "うどん",
        "トマト",
        "ヨーグルト",
        "味噌",
        "しょうゆ",
        "チョコレート",
    ];
    const SIZES: [&str; 5] = ["300g", "1L", "6枚", "10個入", "500ml"];
    let one_of = |from: &[&'static str], at: u32| {
        let at = usize::try_from(at).unwrap_or(0);
        from.iter()
            .cycle()
            .nth(at % from.len())
            .copied()
            .unwrap_or_default()
    };
    let (maker, thing) = (one_of(&MAKERS, item), one_of(&THINGS, item / 3));
    format!("{maker} {thing} {} {item}", one_of(&SIZES, item / 5))
}

/// Appends a number.
pub(super) fn digits(out: &mut Vec<u8>, number: u64) {
    let begin = out.len();
    let mut rest = number;
    loop {
        out.push(b'0' + u8::try_from(rest % 10).unwrap_or(0));
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    if let Some(backwards) = out.get_mut(begin..) {
        backwards.reverse();
    }
}

/// A piece of JSON that is made without a serializer, which would cost more than the sending.
#[derive(Clone, Copy)]
enum Part<'a> {
    Text(&'a str),
    Bytes(&'a [u8]),
    Number(u64),
    TwoDigits(u32),
}

fn put(out: &mut Vec<u8>, parts: &[Part<'_>]) {
    for part in parts {
        match *part {
            Text(text) => out.extend_from_slice(text.as_bytes()),
            Bytes(bytes) => out.extend_from_slice(bytes),
            Number(number) => digits(out, number),
            TwoDigits(number) => {
                digits(out, u64::from(number / 10 % 10));
                digits(out, u64::from(number % 10));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RANGE: Range = Range {
        seed: 1,
        items: 500,
        users: 1_000,
    };

    fn written(till: &Till, sale: Sale) -> Vec<u8> {
        let calendar = Calendar::new();
        let day = calendar.written(Calendar::day(sale));
        let user_id = purchase::id::UserId([7; 16]).to_string();
        let mut out = Vec::new();
        let head = Head {
            store_id: "bench-1-0",
            till,
            sale,
            day,
            user_id: user_id.as_bytes(),
        };
        Basket::of(RANGE, till, sale).write(&mut out, &head);
        out
    }

    #[test]
    fn every_settlement_is_one_that_the_contract_takes() {
        let till = Till::new('s', 63);
        for sequence in [0, 1, 49, 50, 51, 4_000, u32::MAX] {
            let sent = written(
                &till,
                Sale {
                    store: 99,
                    sequence,
                },
            );
            let read = wire::settlement::read_settlement(&sent);
            let read = read.unwrap_or_else(|rejection| panic!("{rejection:?}"));
            assert_eq!(read.settlement.content().lines.len(), LINES);
            assert!(sent.len() < 1_200, "{}", sent.len());
        }
    }

    #[test]
    fn the_catalogue_is_one_that_the_contract_takes() {
        let update = wire::catalogue::read_update(&catalogue(RANGE, 9_999)).unwrap();
        assert_eq!(update.changes.len(), 500);
    }

    #[test]
    fn a_sale_is_the_same_again_and_no_other() {
        let (till, sale) = (
            Till::new('s', 1),
            Sale {
                store: 3,
                sequence: 5,
            },
        );
        assert_eq!(written(&till, sale), written(&till, sale));
        assert_eq!(
            Basket::of(RANGE, &till, sale),
            Basket::of(RANGE, &till, sale)
        );
        let others = [
            (Till::new('b', 1), sale),
            (Till::new('s', 2), sale),
            (till.clone(), Sale { store: 4, ..sale }),
            (
                till.clone(),
                Sale {
                    sequence: 6,
                    ..sale
                },
            ),
        ];
        for (other, at) in others {
            assert_ne!(
                Basket::of(RANGE, &till, sale),
                Basket::of(RANGE, &other, at)
            );
        }
    }

    #[test]
    fn numbers_are_written_as_rust_writes_them() {
        for number in [0, 9, 10, 1_234_567_890, u64::MAX] {
            let mut out = Vec::new();
            digits(&mut out, number);
            assert_eq!(out, number.to_string().into_bytes());
        }
    }
}
