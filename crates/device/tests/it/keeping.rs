//! What is too old is taken away, and nothing that somebody may still need.

use crate::shop::{DAY, Shop, now, settlement, shop};
use device::keeping::{self, Pruned};
use device::outbox;
use device::reconcile;
use device::till::{self, back};
use purchase::time::Timestamp;
use serde_json::{Value, json};
use wire::outcome::OutcomeMessage;

const DAY_MS: i64 = 86_400_000;

/// The trading day so many days before [`DAY`].
fn day_before(shop: &Shop, days: i64) -> String {
    let at = now().plus_ms(-days * DAY_MS);
    shop.store.business_date(at, 300).unwrap().to_string()
}

/// Sells once on each of the last so many days, and has it filed.
fn sold_for(shop: &mut Shop, days: i64) {
    for ago in (0..days).rev() {
        let mut sale = settlement(&format!("{}", days - ago), 100);
        sale["business_date"] = json!(day_before(shop, ago));
        let sale = shop.enter(&sale);
        say(shop, sale.id, "recorded");
    }
}

fn say(shop: &Shop, id: i64, word: &str) {
    let outcome: OutcomeMessage = serde_json::from_value(json!({"outcome": word})).unwrap();
    outbox::settle(shop.database.connection(), id, &outcome, now()).unwrap();
}

/// Prunes to the end, at a time that so many days have passed.
fn prune(shop: &mut Shop, days: i64) -> usize {
    let then = now().plus_ms(days * DAY_MS);
    let mut steps = 0;
    while keeping::prune(&mut shop.database, &shop.store, then).unwrap() == Pruned::Some {
        steps += 1;
        assert!(steps < 1_000, "it never ends");
    }
    steps
}

fn count(shop: &Shop, sql: &str) -> i64 {
    let connection = shop.database.connection();
    connection.query_row(sql, [], |row| row.get(0)).unwrap()
}

#[test]
fn filed_sales_go_once_they_are_older_than_the_setting() {
    let mut shop = shop();
    sold_for(&mut shop, 450);
    prune(&mut shop, 0);
    // Today and 400 days before it.
    assert_eq!(count(&shop, "SELECT count(*) FROM sales"), 401);
    let first = keeping::pruned_before(shop.database.connection()).unwrap();
    assert_eq!(first, Some(day_before(&shop, 400)));
    keeping::keep_days(shop.database.connection(), 120, now()).unwrap();
    prune(&mut shop, 0);
    assert_eq!(count(&shop, "SELECT count(*) FROM sales"), 121);
    // However late it is: what is compared with the server stays.
    prune(&mut shop, 5_000);
    assert_eq!(count(&shop, "SELECT count(*) FROM sales"), 100);
    let compared = reconcile::days(shop.database.connection()).unwrap();
    assert_eq!(compared.len(), 100);
    assert_eq!(
        outbox::next_number(shop.database.connection(), "1").unwrap(),
        451
    );
}

#[test]
fn a_step_is_small() {
    let mut shop = shop();
    sold_for(&mut shop, 101);
    for number in 1_000..1_600 {
        let mut sale = settlement(&number.to_string(), 100);
        sale["business_date"] = json!("2024-01-01");
        let sale = shop.enter(&sale);
        say(&shop, sale.id, "recorded");
    }
    let store = &shop.store;
    let pruned = keeping::prune(&mut shop.database, store, now()).unwrap();
    assert_eq!(pruned, Pruned::Some);
    assert_eq!(count(&shop, "SELECT count(*) FROM sales"), 201);
}

#[test]
fn what_waits_or_was_refused_stays_and_its_day_is_not_compared() {
    let mut shop = shop();
    for (number, word) in [
        ("1", None),
        ("2", Some("conflict")),
        ("3", Some("recorded")),
    ] {
        let mut old = settlement(number, 100);
        old["business_date"] = json!("2024-01-01");
        let sale = shop.enter(&old);
        if let Some(word) = word {
            say(&shop, sale.id, word);
        }
    }
    for number in 10..110 {
        let mut sale = settlement(&number.to_string(), 100);
        sale["business_date"] = json!(day_before(&shop, number));
        shop.enter(&sale);
    }
    prune(&mut shop, 0);
    let old = outbox::of_day(shop.database.connection(), "2024-01-01").unwrap();
    let numbers: Vec<_> = old.iter().map(|sale| sale.number.as_str()).collect();
    assert_eq!(numbers, ["1", "2"]);
    let compared = reconcile::days(shop.database.connection()).unwrap();
    assert!(!compared.contains(&"2024-01-01".to_owned()), "{compared:?}");
}

#[test]
fn a_sale_that_was_pruned_is_told_from_one_that_never_was() {
    let mut shop = shop();
    sold_for(&mut shop, 450);
    prune(&mut shop, 0);
    let ask = |shop: &mut Shop, day: &str, number: &str| {
        let order: back::Order = serde_json::from_value(json!({
            "terminal": "1", "reason": "x", "lines": [{"line": 1}],
            "of": {"terminal": "1", "business_date": day, "transaction": number}}))
        .unwrap();
        till::give_back(
            &mut shop.database,
            &shop.store,
            &order,
            now(),
            [7; 32],
            None,
        )
        .unwrap_err()
        .to_string()
    };
    let old = day_before(&shop, 449);
    let told = [ask(&mut shop, &old, "1"), ask(&mut shop, DAY, "999")];
    insta::assert_debug_snapshot!(told, @r#"
    [
        "sale 1 of till 1 on 2025-08-30 is no longer on this device, which keeps filed sales for 400 days; ring it up as a return without receipt",
        "this device has no sale 999 of till 1 on 2026-11-22; ring it up as a return without receipt",
    ]
    "#);
}

#[test]
fn fewer_days_than_are_compared_cannot_be_set() {
    let shop = shop();
    let connection = shop.database.connection();
    assert_eq!(keeping::days(connection).unwrap(), 400);
    let faults = [99, 0, 40_000].map(|days| {
        keeping::keep_days(connection, days, now())
            .unwrap_err()
            .to_string()
    });
    insta::assert_debug_snapshot!(faults, @r#"
    [
        "99 days are not possible; say a number from 100 to 36500",
        "0 days are not possible; say a number from 100 to 36500",
        "40000 days are not possible; say a number from 100 to 36500",
    ]
    "#);
    assert_eq!(keeping::days(connection).unwrap(), 400);
    // Somebody wrote it past the command.
    shop.sql("INSERT INTO facts VALUES ('keep_days', '1')");
    assert_eq!(keeping::days(shop.database.connection()).unwrap(), 100);
}

/// The names that the server would give at a revision and an instant, by the contract's own rule.
fn named(changes: &[(i64, String, i64, Option<String>)], revision: i64, at: i64) -> Vec<String> {
    let mut codes: Vec<_> = changes.iter().map(|change| change.1.clone()).collect();
    codes.sort();
    codes.dedup();
    codes
        .into_iter()
        .map(|code| {
            let known = changes
                .iter()
                .filter(|change| change.1 == code && change.0 <= revision && change.2 <= at)
                .max_by_key(|change| (change.2, change.0));
            format!("{code} {:?}", known.and_then(|change| change.3.clone()))
        })
        .collect()
}

fn changes(shop: &Shop) -> Vec<(i64, String, i64, Option<String>)> {
    let sql = "SELECT revision, code, changed_at, json_extract(item, '$.name') FROM item_changes";
    let mut statement = shop.database.connection().prepare(sql).unwrap();
    let rows = statement
        .query_map([], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
        })
        .unwrap();
    rows.collect::<Result<_, _>>().unwrap()
}

#[test]
fn changes_that_no_sale_can_need_go() {
    let mut shop = shop();
    shop.sql("INSERT INTO items (code, name) VALUES ('a', 'a1'), ('b', 'b1')");
    for turn in 2..=20 {
        shop.sql(&format!(
            "UPDATE items SET name = 'a{turn}' WHERE code = 'a'"
        ));
    }
    shop.sql("UPDATE items SET name = 'b2' WHERE code = 'b'; DELETE FROM items WHERE code = 'b'");
    // Change n happened n seconds before now, the newest last; one under a clock that was wrong.
    let newest = device::capture::mark(shop.database.connection())
        .unwrap()
        .revision;
    let base = now().ms() - (newest + 1) * 1_000;
    shop.sql(&format!(
        "UPDATE item_changes SET changed_at = {base} + revision * 1000"
    ));
    shop.sql_ahead("UPDATE item_changes SET changed_at = 4102444800000 WHERE revision = 6");
    device::capture::arrived(shop.database.connection(), newest).unwrap();
    let mut sale = settlement("1", 100);
    sale["catalogue_revision"] = json!(10);
    let sale = shop.enter(&sale);
    let before = changes(&shop);
    prune(&mut shop, 0);
    let after = changes(&shop);
    let revisions: Vec<_> = after.iter().map(|change| change.0).collect();
    let kept: Vec<i64> = [2, 6, 10].into_iter().chain(11..=newest).collect();
    assert_eq!(
        revisions, kept,
        "a, of the wrong clock, b, and all after the waiting sale"
    );
    for revision in 10..=newest {
        let at = now().ms();
        assert_eq!(
            named(&before, revision, at),
            named(&after, revision, at),
            "{revision}"
        );
    }
    say(&shop, sale.id, "recorded");
    shop.sql_ahead("DELETE FROM sales");
    prune(&mut shop, 0);
    let after = changes(&shop);
    let at = now().ms();
    assert_eq!(named(&before, newest, at), named(&after, newest, at));
    assert!(after.len() <= 3, "{after:?}");
    // A revision is never used again.
    shop.sql("DELETE FROM item_changes");
    shop.sql("INSERT INTO items (code, name) VALUES ('c', 'c1')");
    let mark = device::capture::mark(shop.database.connection()).unwrap();
    assert_eq!(mark.revision, newest + 1);
}

#[test]
fn a_server_that_was_put_back_can_be_told_what_is_left() {
    let mut shop = shop();
    shop.sql("INSERT INTO items (code, name) VALUES ('a', 'a1')");
    for turn in 2..=9 {
        shop.sql(&format!(
            "UPDATE items SET name = 'a{turn}' WHERE code = 'a'"
        ));
    }
    shop.spread_changes();
    device::capture::arrived(shop.database.connection(), 9).unwrap();
    prune(&mut shop, 0);
    // It stands at the third change again; the fourth to the eighth are gone.
    device::capture::arrived(shop.database.connection(), 3).unwrap();
    let told = device::capture::next_update(&mut shop.database)
        .unwrap()
        .unwrap();
    let told: Value = serde_json::from_str(&told.body).unwrap();
    assert_eq!(told["base_revision"], 3);
    assert_eq!(told["revision"], 9);
    assert_eq!(told["changes"][0]["name"], "a9");
}

#[test]
fn the_newest_patterns_and_those_that_were_not_told_stay() {
    let mut shop = shop();
    for pattern in 22..=25 {
        shop.sql(&format!(
            "INSERT INTO patterns VALUES ('{pattern}IIIIIPPPPPC')"
        ));
    }
    shop.spread_changes();
    let kept = |shop: &Shop| {
        changes(shop)
            .iter()
            .map(|change| change.0)
            .collect::<Vec<_>>()
    };
    device::capture::arrived(shop.database.connection(), 2).unwrap();
    prune(&mut shop, 0);
    assert_eq!(kept(&shop), [2, 3, 4]);
    device::capture::arrived(shop.database.connection(), 4).unwrap();
    // A snapshot stands under the empty code as well, and says no patterns.
    let told = device::capture::snapshot(&mut shop.database, 4, now(), 2).unwrap();
    device::capture::arrived(shop.database.connection(), told.revision).unwrap();
    prune(&mut shop, 0);
    assert_eq!(kept(&shop), [4, 5]);
}

#[test]
fn the_log_is_kept_as_long_as_sales() {
    let mut shop = shop();
    let at = |days: i64| now().plus_ms(-days * DAY_MS);
    let write = |at: Timestamp| shop.database.log(at, None, "void", "x").unwrap();
    write(at(401));
    write(at(399));
    prune(&mut shop, 0);
    assert_eq!(count(&shop, "SELECT count(*) FROM log"), 1);
}
