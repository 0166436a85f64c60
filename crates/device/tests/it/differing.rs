//! Days that differ are noted once, and looked at by a person.

use crate::shop::{DAY, Shop, now, settlement, shop};
use device::differing::{self, SettleError};
use device::reconcile::{Difference, ServerDay, ServerKey, ours};
use device::refusal::Deed;
use serde_json::json;
use wire::outcome::OutcomeMessage;

fn shop_with_a_sale() -> Shop {
    let mut shop = shop();
    let sale = shop.enter(&settlement("1", 100));
    let outcome: OutcomeMessage = serde_json::from_value(json!({"outcome": "recorded"})).unwrap();
    outbox_settle(&shop, sale.id, &outcome);
    shop
}

fn outbox_settle(shop: &Shop, id: i64, outcome: &OutcomeMessage) {
    device::outbox::settle(shop.database.connection(), id, outcome, now()).unwrap();
}

/// The server has so many sales more than this device: numbers from 900 on.
fn compare(shop: &Shop, strange: usize) {
    let connection = shop.database.connection();
    let here = ours(connection, DAY).unwrap();
    let there = ServerDay {
        settlements: here.settlements + u64::try_from(strange).unwrap(),
        total_by_currency: [("JPY".to_owned(), 100 + 7 * i64::try_from(strange).unwrap())].into(),
        digest: format!("{strange:064}"),
    };
    let key = |nth: usize| ServerKey {
        terminal: "1".to_owned(),
        transaction: (900 + nth).to_string(),
    };
    let difference = Difference {
        strange: (0..strange).map(key).collect(),
        ..Difference::default()
    };
    let known = differing::is_known(connection, DAY, (&here, &there)).unwrap();
    if !known {
        differing::note(connection, DAY, (&here, &there), &difference, now()).unwrap();
    }
}

fn logged(shop: &Shop) -> Vec<String> {
    let mut statement = shop
        .database
        .connection()
        .prepare("SELECT what || ' ' || detail FROM log ORDER BY id")
        .unwrap();
    let rows = statement.query_map([], |row| row.get(0)).unwrap();
    rows.collect::<Result<_, _>>().unwrap()
}

fn settle(shop: &mut Shop, day: &str, reason: &str) -> Result<(), SettleError> {
    let deed = Deed {
        at: now(),
        staff: None,
        reason,
    };
    differing::settle(&mut shop.database, day, &deed)
}

#[test]
fn each_difference_is_logged_once() {
    let mut shop = shop_with_a_sale();
    for strange in [1, 1, 1, 2, 2] {
        compare(&shop, strange);
    }
    // A further sale of the day is no further difference.
    shop.enter(&settlement("2", 50));
    compare(&shop, 2);
    insta::assert_debug_snapshot!(logged(&shop), @r#"
    [
        "differs 2026-11-22: 1 sales are only at the server: till 1 number 900",
        "differs 2026-11-22: 2 sales are only at the server: till 1 number 900, till 1 number 901",
    ]
    "#);
    insta::assert_debug_snapshot!(differing::days(shop.database.connection()).unwrap(), @r#"
    [
        Differing {
            business_date: "2026-11-22",
            ours: Side {
                settlements: 1,
                totals: {
                    "JPY": 100,
                },
                digest: "ff495462c2a1e4d64ff090df8b0b0795d84d937b574e77d6e1e185f60e2fa99c",
            },
            theirs: Side {
                settlements: 3,
                totals: {
                    "JPY": 114,
                },
                digest: "0000000000000000000000000000000000000000000000000000000000000002",
            },
            only_there: [
                "till 1 number 900",
                "till 1 number 901",
            ],
            other_there: [],
            settled: None,
        },
    ]
    "#);
}

#[test]
fn a_settled_difference_counts_again_once_it_changes() {
    let mut shop = shop_with_a_sale();
    let unsettled = |shop: &Shop| differing::unsettled(shop.database.connection()).unwrap();
    let fault = settle(&mut shop, DAY, "x").unwrap_err();
    insta::assert_snapshot!(fault, @"2026-11-22 does not differ from the server; orihon-device days shows the days that do");
    compare(&shop, 1);
    assert_eq!(unsettled(&shop), 1);
    let fault = settle(&mut shop, DAY, " ").unwrap_err();
    insta::assert_snapshot!(fault, @"say why, with --reason: it goes into the device's log");
    settle(&mut shop, DAY, "the old till").unwrap();
    assert_eq!(unsettled(&shop), 0);
    compare(&shop, 1);
    assert_eq!(unsettled(&shop), 0, "it is the same");
    compare(&shop, 2);
    assert_eq!(unsettled(&shop), 1);
    differing::agrees(shop.database.connection(), DAY).unwrap();
    assert_eq!(differing::days(shop.database.connection()).unwrap(), []);
}
