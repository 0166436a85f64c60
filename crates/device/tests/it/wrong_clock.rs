//! A machine whose clock jumps sells on, under numbers and days that never begin again.

use crate::shop::{Shop, now, shop};
use device::link::Shown;
use device::outbox;
use device::till::{self, Finished};
use device::wrong_clock;
use purchase::time::Timestamp;
use serde_json::json;

const HOUR: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR;

fn at(off_ms: i64) -> Timestamp {
    Timestamp::from_ms(now().ms() + off_ms).unwrap()
}

/// The server's clock is so much ahead of this machine's.
fn shown(offset_ms: i64) -> Shown {
    Shown {
        theirs: at(offset_ms),
        ours: now(),
    }
}

fn sell(shop: &mut Shop, at: Timestamp) -> Finished {
    let basket = json!({"terminal": "1", "lines": [{"code": "a"}],
        "tenders": [{"kind": "cash", "amount": 100}]});
    let basket = serde_json::from_value(basket).unwrap();
    till::finish(&mut shop.database, &shop.store, &basket, at, [7; 32], None).unwrap()
}

/// A shop whose only item has not changed for years.
fn shop_with_an_item() -> Shop {
    let shop = shop();
    shop.sql("INSERT INTO items (code, name, unit_price) VALUES ('a', 'apple', 100)");
    shop.sql("UPDATE item_changes SET changed_at = 1500000000000");
    shop
}

#[test]
fn days_and_numbers_go_on_whatever_the_clock_does() {
    let mut shop = shop_with_an_item();
    // What the clock shows beyond the right time; what the server said before, if anything.
    let rows = [
        ("right", 0),
        ("back over midnight of the trading day", -7 * HOUR),
        ("a year ahead", 365 * DAY_MS),
        ("set right again", 0),
        ("a day back", -DAY_MS),
        ("1970", -now().ms()),
        ("set right again", HOUR),
    ];
    let mut told = String::new();
    wrong_clock::hear(&shop.database, shown(0)).unwrap();
    for (name, off) in rows {
        let sold = sell(&mut shop, at(off));
        told += &format!(
            "{} number {} ({name})\n",
            sold.business_date, sold.transaction
        );
    }
    insta::assert_snapshot!(told, @"
    2026-11-22 number 1 (right)
    2026-11-22 number 2 (back over midnight of the trading day)
    2027-11-22 number 3 (a year ahead)
    2026-11-22 number 4 (set right again)
    2026-11-22 number 5 (a day back)
    2026-11-22 number 6 (1970)
    2026-11-22 number 7 (set right again)
    ");
}

#[test]
fn without_a_word_of_the_server_the_machine_is_believed() {
    let mut shop = shop_with_an_item();
    let sold = sell(&mut shop, at(-now().ms()));
    assert_eq!(sold.business_date, "1970-01-01");
    let sold = sell(&mut shop, at(0));
    assert_eq!(
        (sold.business_date.as_str(), sold.transaction.as_str()),
        ("2026-11-22", "2")
    );
}

#[test]
fn an_offset_is_told_when_it_matters() {
    let shop = shop();
    let connection = shop.database.connection();
    assert_eq!(
        wrong_clock::warned_ms(connection).unwrap(),
        None,
        "nobody knows"
    );
    // Less than half a minute more or less is not written down.
    let rows = [
        (0, None),
        (90_000, None),
        (121_000, Some(121_000)),
        (100_000, Some(121_000)),
        (-121_000, Some(-121_000)),
        (-400_000, Some(-400_000)),
        (-410_000, Some(-400_000)),
        (0, None),
    ];
    for (offset, expected) in rows {
        wrong_clock::hear(&shop.database, shown(offset)).unwrap();
        let warned = wrong_clock::warned_ms(connection).unwrap();
        assert_eq!(warned, expected, "{offset}");
    }
}

#[test]
fn lines_name_themselves_where_their_instant_cannot() {
    let mut shop = shop_with_an_item();
    let name = |sold: &Finished| sold.settlement["lines"][0].get("name").cloned();
    assert_eq!(name(&sell(&mut shop, at(0))), None, "the server names it");
    let early = Timestamp::from_ms(1_400_000_000_000).unwrap();
    assert_eq!(name(&sell(&mut shop, early)), Some(json!("apple")));
    // A change under a clock that was ahead.
    shop.sql("UPDATE items SET name = 'pear' WHERE code = 'a'");
    shop.sql_ahead("UPDATE item_changes SET changed_at = 4102444800000 WHERE revision = 2");
    assert_eq!(name(&sell(&mut shop, at(0))), Some(json!("pear")));
}

#[test]
fn changes_get_instants_that_can_be() {
    let mut shop = shop_with_an_item();
    for name in ["b", "c", "d", "e"] {
        shop.sql(&format!(
            "UPDATE items SET name = '{name}' WHERE code = 'a'"
        ));
    }
    // In order: told already and ahead; right; ahead; in 1970; right.
    let (ahead, right) = (now().ms() + 365 * DAY_MS, now().ms() - HOUR);
    for (revision, at) in [
        (1, right),
        (2, right + 1),
        (3, ahead),
        (4, 5),
        (5, right + 2),
    ] {
        shop.sql_ahead(&format!(
            "UPDATE item_changes SET changed_at = {at} WHERE revision = {revision}"
        ));
    }
    device::capture::arrived(shop.database.connection(), 1).unwrap();
    let instants = |shop: &Shop| -> Vec<i64> {
        let sql = "SELECT changed_at - ? FROM item_changes ORDER BY revision";
        let mut statement = shop.database.connection().prepare(sql).unwrap();
        let rows = statement.query_map([now().ms()], |row| row.get(0)).unwrap();
        rows.collect::<Result<_, _>>().unwrap()
    };
    wrong_clock::set_right(&mut shop.database, now()).unwrap();
    assert_eq!(instants(&shop), [-HOUR, -HOUR + 1, 0, 0, 0]);
    // What is sent again says the same.
    wrong_clock::set_right(&mut shop.database, at(HOUR)).unwrap();
    assert_eq!(instants(&shop), [-HOUR, -HOUR + 1, 0, 0, 0]);
}

#[test]
fn a_till_that_sends_its_own_numbers_moves_no_day() {
    let mut shop = shop_with_an_item();
    let mut own = crate::shop::settlement("7", 100);
    own["business_date"] = json!("2026-11-23");
    shop.enter(&own);
    let sold = sell(&mut shop, at(0));
    assert_eq!(
        (sold.business_date.as_str(), sold.transaction.as_str()),
        ("2026-11-22", "8")
    );
    assert_eq!(
        outbox::next_number(shop.database.connection(), "1").unwrap(),
        9
    );
}
