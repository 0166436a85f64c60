//! Whatever a cashier rings up: if a settlement comes out, the contract takes it.

use crate::property::for_all;
use crate::shop::{DAY, NOW, store};
use device::capture::Mark;
use device::till::Occasion;
use device::till::basket::{Basket, BasketError, Item, settle};
use proptest::prelude::{Just, Strategy};
use proptest::{collection, option, prop_oneof, sample};
use purchase::quantity::decimal;
use purchase::settlement::TaxCheck;
use serde_json::{Value, json};
use std::cell::Cell;
use wire::claim::ClaimCode;
use wire::settlement::read_settlement;

fn item(code: &str) -> Item {
    let (price, rest) = code.split_once('-').unwrap();
    let (percent, place) = rest.split_once('-').unwrap();
    Item {
        code: code.to_owned(),
        name: "品".to_owned(),
        unit: None,
        unit_price: Some(price.parse().unwrap()),
        tax_percent: Some(percent.to_owned()).filter(|percent| !percent.is_empty()),
        tax_included: Some(place == "in"),
        kind: "goods".to_owned(),
        category: None,
        sensitive: false,
    }
}

fn occasion() -> Occasion {
    Occasion {
        business_date: DAY.to_owned(),
        number: 1,
        at: NOW.to_owned(),
        mark: Mark {
            revision: 3,
            lineage: Some("1-1".to_owned()),
        },
        claim: ClaimCode::derive([7; 32]),
    }
}

fn lines() -> impl Strategy<Value = Vec<Value>> {
    let percents = sample::select(vec!["8", "10", "7.25", "0", ""]);
    let places = sample::select(vec!["in", "out"]);
    let prices = prop_oneof![0..2_000_i64, 0..9_000_000_i64];
    let quantities = prop_oneof![
        (1..9_u64).prop_map(|whole| whole * 1_000_000),
        1..20_000_000_u64,
    ];
    let discounts = collection::vec(0..300_i64, 0..3);
    let line = (prices, percents, places, option::of(quantities), discounts).prop_map(
        |(price, percent, place, micros, discounts)| {
            let discounts: Vec<_> = discounts
                .iter()
                .map(|amount| json!({"label": "値引", "amount": amount}))
                .collect();
            let mut line =
                json!({"code": format!("{price}-{percent}-{place}"), "discounts": discounts});
            if let Some(micros) = micros {
                line["quantity"] = json!(decimal(micros, 6));
            }
            line
        },
    );
    collection::vec(line, 1..8)
}

fn adjustments() -> impl Strategy<Value = Vec<Value>> {
    let kinds = sample::select(vec!["coupon", "discount", "fee", "deposit"]);
    let percents = prop_oneof![
        Just(None),
        sample::select(vec!["8", "10", "5"]).prop_map(Some)
    ];
    let adjustment = (kinds, -500..500_i64, percents).prop_map(|(kind, amount, percent)| {
        let mut adjustment = json!({"kind": kind, "label": "券", "amount": amount});
        if let Some(percent) = percent {
            adjustment["tax_percent"] = json!(percent);
        }
        adjustment
    });
    collection::vec(adjustment, 0..3)
}

#[test]
fn what_comes_out_of_a_basket_is_right_by_the_contract() {
    let store = store();
    let finished = Cell::new(0);
    let cards = 0..100_i64;
    for_all(
        1_000,
        (lines(), adjustments(), cards),
        |(lines, adjustments, card)| {
            let basket: Basket = serde_json::from_value(json!({
                "terminal": "1", "lines": lines, "adjustments": adjustments, "tenders": [
                    {"kind": "card", "amount": card}, {"kind": "cash", "amount": 9_000_000_000_i64},
                ],
            }))
            .unwrap();
            let settlement = match settle(&basket, &store, &occasion(), |code| Ok(Some(item(code))))
            {
                Ok(settlement) => settlement,
                Err(
                    BasketError::DiscountTooLarge { .. }
                    | BasketError::NegativeTotal(_)
                    | BasketError::Overpaid { .. },
                ) => return,
                Err(other) => panic!("{other}"),
            };
            let received = read_settlement(settlement.to_string().as_bytes())
                .unwrap_or_else(|rejection| panic!("{settlement}: {:?}", rejection.errors));
            assert_eq!(
                received.settlement.tax_check(),
                TaxCheck::Agrees,
                "{settlement}"
            );
            finished.set(finished.get() + 1);
        },
    );
    assert!(
        finished.get() > 500,
        "only {} were finished",
        finished.get()
    );
}
