//! The device and the server compare what they have of a day.

use crate::shop::{DAY, Shop, now, settlement, shop};
use device::outbox::{self, Sale};
use device::reconcile::{
    Difference, ServerDay, ServerKey, ServerSale, agrees, days, difference, ours,
};
use serde_json::json;
use std::collections::BTreeMap;
use wire::outcome::OutcomeMessage;

/// Three sales that were filed, one that waits, one that was refused.
fn day() -> (Shop, Vec<Sale>) {
    let mut shop = shop();
    for number in ["1", "2", "3", "4", "5"] {
        shop.enter(&settlement(number, 100));
    }
    for (id, word) in [
        (1, "recorded"),
        (2, "recorded"),
        (3, "already_recorded"),
        (5, "conflict"),
    ] {
        let outcome: OutcomeMessage = serde_json::from_value(json!({"outcome": word})).unwrap();
        outbox::settle(shop.database.connection(), id, &outcome, now()).unwrap();
    }
    let sales = outbox::of_day(shop.database.connection(), DAY).unwrap();
    (shop, sales)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The sum of digests as numbers, least byte first; another way than the product's.
fn sum(sales: &[Sale]) -> String {
    let mut sum = [0_u8; 32];
    for sale in sales {
        let mut carry = 0;
        for (at, byte) in sale.digest.iter().enumerate() {
            let added = u32::from(sum[at]) + u32::from(*byte) + carry;
            sum[at] = u8::try_from(added % 256).unwrap();
            carry = added / 256;
        }
    }
    hex(&sum)
}

fn key(number: &str) -> ServerKey {
    ServerKey {
        terminal: "1".to_owned(),
        transaction: number.to_owned(),
    }
}

fn theirs(number: &str, digest: &[u8; 32]) -> ServerSale {
    ServerSale {
        key: key(number),
        digest: hex(digest),
    }
}

#[test]
fn a_day_agrees_if_exactly_what_was_filed_is_there() {
    let (shop, sales) = day();
    let check = |theirs: &[Sale], settlements: u64, expected: bool| {
        let server = ServerDay {
            settlements,
            total_by_currency: BTreeMap::new(),
            digest: sum(theirs),
        };
        let found = agrees(&ours(shop.database.connection(), DAY).unwrap(), &server);
        assert_eq!(
            found,
            expected,
            "{settlements} settlements, {}",
            theirs.len()
        );
    };
    check(&sales[..3], 3, true);
    // The order in which they came does not matter.
    let mut turned = sales[..3].to_vec();
    turned.reverse();
    check(&turned, 3, true);
    // One lacks; the sum is right but not the count; what waits is there already; one is another.
    check(&sales[..2], 2, false);
    check(&sales[..3], 4, false);
    check(&sales[..4], 4, false);
    check(&sales[1..4], 3, false);
    let nothing = ServerDay {
        settlements: 0,
        total_by_currency: BTreeMap::new(),
        digest: sum(&[]),
    };
    let other_day = ours(shop.database.connection(), "2026-11-23").unwrap();
    assert!(agrees(&other_day, &nothing));
}

#[test]
fn what_differs_is_named() {
    let (shop, sales) = day();
    let check = |theirs: &[ServerSale], expected: Difference| {
        let found = difference(shop.database.connection(), DAY, theirs).unwrap();
        assert_eq!(found, expected);
    };
    let at = |nth: usize| theirs(&sales[nth].number, &sales[nth].digest);
    check(&[at(0), at(1), at(2)], Difference::default());
    // What waits is on its way, and may have come through.
    check(&[at(2), at(1), at(0), at(3)], Difference::default());
    let missing = Difference {
        missing: vec![sales[0].id, sales[2].id],
        ..Difference::default()
    };
    check(&[at(1)], missing);
    let strange = Difference {
        strange: vec![key("77"), key("9")],
        ..Difference::default()
    };
    let others = [theirs("9", &[1; 32]), theirs("77", &[2; 32])];
    check(&[&[at(0), at(1), at(2)], &others[..]].concat(), strange);
    let different = Difference {
        different: vec![key("2"), key("5")],
        ..Difference::default()
    };
    check(
        &[at(0), theirs("2", &[1; 32]), at(2), theirs("5", &[2; 32])],
        different,
    );
}

#[test]
fn what_the_server_lacks_goes_back_into_the_outbox() {
    let (shop, sales) = day();
    let connection = shop.database.connection();
    let lacking = difference(connection, DAY, &[]).unwrap().missing;
    assert_eq!(outbox::send_again(connection, &lacking).unwrap(), 3);
    let waiting = outbox::waiting(connection, 9).unwrap();
    let numbers: Vec<_> = waiting.iter().map(|sale| sale.number.as_str()).collect();
    assert_eq!(numbers, ["1", "2", "3", "4"]);
    assert_eq!(
        waiting[0].body, sales[0].body,
        "as it was, under its own number"
    );
}

#[test]
fn days_come_newest_first() {
    let mut shop = shop();
    for (number, day) in [
        ("1", "2026-11-21"),
        ("2", DAY),
        ("3", "2026-11-20"),
        ("4", DAY),
    ] {
        let mut sale = settlement(number, 100);
        sale["business_date"] = json!(day);
        shop.enter(&sale);
    }
    let days = days(shop.database.connection()).unwrap();
    assert_eq!(days, [DAY, "2026-11-21", "2026-11-20"]);
}
