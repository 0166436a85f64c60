//! Sums over small books: what counts, and that parts add up to their whole.

use super::*;
use crate::sample::{counter, filed, named, sale};
use serde_json::{Value, json};

fn spent(spending: &Spending, code: &str) -> Spent {
    let currencies = spending.currencies();
    let found = currencies
        .iter()
        .find(|(currency, _)| currency.code() == code);
    found.map(|(_, spent)| (*spent).clone()).unwrap_or_default()
}

fn november() -> Focus {
    Focus::Month(Month::parse("2026-11").unwrap())
}

/// Each table, shown row by row, and held against the total.
fn shown(spent: &Spent, rows: usize) -> String {
    let mut shown = format!("total {} of {}\n", spent.total.minor(), spent.sales);
    let mut table = |name: &str, (parts, others): (Vec<&Part>, Option<Part>), beside: Sum| {
        let sum = parts
            .iter()
            .map(|part| part.amount)
            .chain(others.iter().map(|it| it.amount));
        let sum = sum.fold(beside, Sum::join);
        assert_eq!(sum, spent.total, "the {name} add up");
        for part in parts {
            shown += &format!(
                "{name} {}: {} in {}\n",
                part.name,
                part.amount.minor(),
                part.times
            );
        }
        if let Some(others) = others {
            shown += &format!(
                "{name} others: {} in {}\n",
                others.amount.minor(),
                others.times
            );
        }
    };
    let beside = spent
        .beside
        .values()
        .fold(Sum::ZERO, |sum, of| sum.join(*of));
    table("shops", parts(&spent.shops, rows), Sum::ZERO);
    table("categories", parts(&spent.categories, rows), beside);
    table("items", parts(&spent.items, rows), beside);
    for (beside, sum) in &spent.beside {
        shown += &format!("beside {beside:?}: {}\n", sum.minor());
    }
    shown
}

fn parts<K: Hash + Ord>(table: &Table<K>, rows: usize) -> (Vec<&Part>, Option<Part>) {
    let (parts, others) = table.largest(rows);
    (parts.into_iter().map(|(_, part)| part).collect(), others)
}

/// A sale with a coupon and with tax on top.
fn with_rows() -> Value {
    let mut sold = sale("b", "2026-11-03T10:00:00+09:00", &[("tea", 1_000)]);
    sold["adjustments"] = json!([{"kind": "coupon", "label": "leaflet", "amount": -100}]);
    sold["taxes"] = json!([{"percent": "8", "included": false, "taxable": 900, "tax": 72}]);
    sold["total"] = json!(972);
    sold
}

fn a_return() -> Value {
    let mut back = sale("b", "2026-11-05T10:00:00+09:00", &[("tea", 300)]);
    back["kind"] = json!("return");
    back
}

#[test]
fn parts_add_up_to_what_was_spent() {
    let mut spending = Spending::new(november());
    let mut voided = filed(&sale("a", "2026-11-06T10:00:00+09:00", &[("milk", 5_000)]));
    voided.voided_by = Some(voided.settlement.content().key.clone());
    let dairy = |mut it: Filed| {
        it = named(it, |item| item.category = Text::new("dairy", 10).ok());
        it
    };
    for (shop, purchase) in [
        ("a", voided),
        ("b", filed(&a_return())),
        ("b", filed(&with_rows())),
        (
            "a",
            dairy(filed(&sale(
                "a",
                "2026-11-01T00:30:00+09:00",
                &[("milk", 200), ("milk", 200)],
            ))),
        ),
        // By the shop's clock this is October.
        (
            "a",
            filed(&sale("a", "2026-10-31T14:59:00Z", &[("milk", 7)])),
        ),
    ] {
        spending.add(&purchase, &counter(shop));
    }
    let spent = spent(&spending, "JPY");
    insta::assert_snapshot!(shown(&spent, 9), @r"
    total 1072 of 2
    shops b: 672 in 1
    shops a: 400 in 1
    categories : 700 in 1
    categories dairy: 400 in 2
    items name of tea: 700 in 1
    items catalogue's milk: 400 in 2
    beside Adjustment(Coupon): -100
    beside Tax: 72
    ");
    insta::assert_snapshot!(shown(&spent, 1), @r"
    total 1072 of 2
    shops b: 672 in 1
    shops others: 400 in 1
    categories : 700 in 1
    categories others: 400 in 2
    items name of tea: 700 in 1
    items others: 400 in 2
    beside Adjustment(Coupon): -100
    beside Tax: 72
    ");
    let months: Vec<_> = spent
        .months
        .iter()
        .map(|(of, sum)| (of.to_string(), sum.minor()))
        .collect();
    assert_eq!(
        months,
        [("2026-10".to_owned(), 7), ("2026-11".to_owned(), 1_072)]
    );
    let days: Vec<_> = spent
        .days
        .iter()
        .map(|(day, sum)| (*day, sum.minor()))
        .collect();
    assert_eq!(days, [(1, 400), (3, 972), (5, -300)]);
    assert_eq!(spent.average(2026).map(Sum::minor), Some(540));
    assert_eq!(spent.average(2025), None);
}

#[test]
fn currencies_are_never_added_to_each_other() {
    let mut spending = Spending::new(Focus::Year(2026));
    let mut dollars = sale("us", "2026-11-07T10:00:00-05:00", &[("pie", 250)]);
    dollars["currency"] = json!("USD");
    spending.add(&filed(&dollars), &counter("us"));
    for at in ["2026-11-06T10:00:00+09:00", "2026-01-06T10:00:00+09:00"] {
        spending.add(&filed(&sale("a", at, &[("milk", 200)])), &counter("a"));
    }
    let all: Vec<_> = spending
        .currencies()
        .iter()
        .map(|(currency, spent)| (currency.code().to_owned(), spent.total.minor()))
        .collect();
    assert_eq!(all, [("JPY".to_owned(), 400), ("USD".to_owned(), 250)]);
    assert_eq!(spent(&spending, "JPY").year(2026).minor(), 400);
    assert_eq!(
        spent(&spending, "JPY").average(2026).map(Sum::minor),
        Some(36)
    );
}

#[test]
fn a_full_table_puts_the_rest_together() {
    let mut table = Table::default();
    for key in 0..KEYS_MAX + 5 {
        let amount = Amount::new(2).unwrap();
        table
            .part(key, &key.to_string())
            .add(Effect::Spends, amount);
    }
    let (rows, others) = table.largest(3);
    assert_eq!(rows.len(), 3);
    let others = others.unwrap();
    let count = u64::try_from(KEYS_MAX).unwrap() + 2;
    assert_eq!(
        (others.amount.minor(), others.times),
        (i128::from(count) * 2, count)
    );
}
