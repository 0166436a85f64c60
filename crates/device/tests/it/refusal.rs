//! Refused sales, set right by a person.

use crate::shop::{DAY, Shop, now, settlement, shop};
use device::outbox::{self, State};
use device::refusal::{self, Deed, Numbering, RefusalError};
use serde_json::{Value, json};
use wire::outcome::OutcomeMessage;

/// A shop in which sale 1 was filed and sale 2 refused.
fn with_a_refused_sale() -> Shop {
    let mut shop = shop();
    shop.enter(&settlement("1", 100));
    shop.enter(&settlement("2", 200));
    say(&shop, 1, "recorded");
    say(&shop, 2, "conflict");
    shop
}

fn say(shop: &Shop, id: i64, word: &str) {
    let outcome: OutcomeMessage = serde_json::from_value(json!({"outcome": word})).unwrap();
    outbox::settle(shop.database.connection(), id, &outcome, now()).unwrap();
}

fn deed(reason: &str) -> Deed<'_> {
    Deed {
        at: now(),
        staff: Some("7"),
        reason,
    }
}

fn correct(
    shop: &mut Shop,
    id: i64,
    body: Option<&Value>,
    numbering: Numbering,
) -> Result<String, RefusalError> {
    let body = body.map(Value::to_string);
    let content = (body.as_deref(), numbering);
    refusal::correct(&mut shop.database, "s-1", id, content, &deed("typed wrong"))
}

/// The log and what sales said before, as text.
fn record(shop: &Shop) -> Vec<String> {
    let sql = "SELECT 'log ' || coalesce(staff, '') || ' ' || what || ': ' || detail FROM log
        UNION ALL SELECT 'was ' || sale || ' ' || staff || ' ' || number || ' ' || reason || ' '
            || json_extract(body, '$.total') || ' ' || problem FROM corrections";
    let mut statement = shop.database.connection().prepare(sql).unwrap();
    let rows = statement.query_map([], |row| row.get(0)).unwrap();
    rows.collect::<Result<_, _>>().unwrap()
}

#[test]
fn a_corrected_sale_keeps_its_key_and_what_it_said() {
    let mut shop = with_a_refused_sale();
    let number = correct(&mut shop, 2, Some(&settlement("2", 250)), Numbering::Keep).unwrap();
    assert_eq!(number, "2");
    let sale = outbox::of_id(shop.database.connection(), 2)
        .unwrap()
        .unwrap();
    assert_eq!((sale.state, sale.total), (State::Waiting, 250));
    let content = wire::settlement::read_settlement(sale.body.as_bytes()).unwrap();
    assert_eq!(
        sale.digest, content.digest.0,
        "the digest is that of the new body"
    );
    assert_eq!(
        outbox::queue(shop.database.connection()).unwrap().refused,
        0
    );
    insta::assert_debug_snapshot!(record(&shop), @r#"
    [
        "log 7 corrected: till 1 2026-11-22 number 2: typed wrong",
        "was 2 7 2 typed wrong 200 the server has another sale under this number; send this one under another with --renumber",
    ]
    "#);
}

#[test]
fn a_number_that_is_taken_at_the_server_becomes_the_next() {
    let mut shop = with_a_refused_sale();
    assert_eq!(correct(&mut shop, 2, None, Numbering::Next).unwrap(), "3");
    let sale = outbox::of_id(shop.database.connection(), 2)
        .unwrap()
        .unwrap();
    assert_eq!((sale.number.as_str(), sale.state), ("3", State::Waiting));
    let body: Value = serde_json::from_str(&sale.body).unwrap();
    assert_eq!(
        (&body["transaction"], &body["total"]),
        (&json!("3"), &json!(200))
    );
    let connection = shop.database.connection();
    assert_eq!(outbox::next_number(connection, "1").unwrap(), 4);
    // A number that was given once is not given again, whatever it was given to.
    assert_eq!(outbox::find(connection, ("1", DAY, "2")).unwrap(), None);
}

#[test]
fn what_is_no_correction_changes_nothing() {
    let mut shop = with_a_refused_sale();
    let other = |name: &str, value: Value| {
        let mut other = settlement("2", 200);
        other[name] = value;
        other
    };
    let mut told = Vec::new();
    let before = outbox::of_id(shop.database.connection(), 2).unwrap();
    for body in [
        settlement("2", 200),
        other("total", json!(1)),
        other("store_id", json!("s-2")),
        other("terminal", json!("9")),
        other("business_date", json!("2026-11-23")),
        other("transaction", json!("9")),
        json!([]),
    ] {
        let fault = correct(&mut shop, 2, Some(&body), Numbering::Keep).unwrap_err();
        told.push(fault.to_string());
    }
    for id in [1, 99] {
        let fault = correct(&mut shop, id, None, Numbering::Next).unwrap_err();
        told.push(fault.to_string());
    }
    let content = (None, Numbering::Next);
    let fault = refusal::correct(&mut shop.database, "s-1", 2, content, &deed(" ")).unwrap_err();
    told.push(fault.to_string());
    insta::assert_debug_snapshot!(told, @r#"
    [
        "this says the same as before; to send it once more as it is: --again",
        "the sale is not right: /total: lines 200, adjustments 0 and excluded tax 0 make 200, not 1",
        "store_id must stay s-1, not s-2: a correction keeps the key of the sale",
        "terminal must stay 1, not 9: a correction keeps the key of the sale",
        "business_date must stay 2026-11-22, not 2026-11-23: a correction keeps the key of the sale",
        "transaction must stay 2, not 9: a correction keeps the key of the sale",
        "the sale is not right: : must be an object; found an array",
        "no refused sale has the id 1; orihon-device refused shows them all",
        "no refused sale has the id 99; orihon-device refused shows them all",
        "say why, in reason: it goes into the device's log",
    ]
    "#);
    assert_eq!(
        outbox::of_id(shop.database.connection(), 2).unwrap(),
        before
    );
    assert_eq!(record(&shop), Vec::<String>::new());
}

#[test]
fn a_number_that_a_return_names_stays_until_that_is_set_right() {
    let mut shop = with_a_refused_sale();
    let mut void = settlement("3", 200);
    void["kind"] = json!("void");
    void["lines"] = json!([]);
    void["of"] =
        json!({"store_id": "s-1", "terminal": "1", "business_date": DAY, "transaction": "2"});
    shop.enter(&void);
    let fault = correct(&mut shop, 2, None, Numbering::Next).unwrap_err();
    insta::assert_snapshot!(fault, @"sale 3 takes back number 2 and is not filed yet; correct or drop that one first");
    say(&shop, 3, "rejected");
    refusal::drop_sale(&mut shop.database, 3, &deed("the sale was wrong")).unwrap();
    assert_eq!(correct(&mut shop, 2, None, Numbering::Next).unwrap(), "4");
}

#[test]
fn what_was_dropped_is_off_the_list_and_still_there() {
    let mut shop = with_a_refused_sale();
    let fault = refusal::drop_sale(&mut shop.database, 2, &deed("")).unwrap_err();
    assert_eq!(fault.to_string(), RefusalError::ReasonMissing.to_string());
    refusal::drop_sale(&mut shop.database, 2, &deed("rung up twice")).unwrap();
    let connection = shop.database.connection();
    assert_eq!(outbox::refused(connection, 9).unwrap(), []);
    assert_eq!(outbox::queue(connection).unwrap().refused, 0);
    let fault = refusal::again(connection, 2).unwrap_err();
    insta::assert_snapshot!(fault, @"no refused sale has the id 2; orihon-device refused shows them all");
    let sale = outbox::of_id(connection, 2).unwrap().unwrap();
    assert_eq!((sale.total, sale.dropped_at), (200, Some(now().ms())));
    insta::assert_debug_snapshot!(record(&shop), @r#"
    [
        "log 7 dropped: till 1 2026-11-22 number 2: rung up twice",
    ]
    "#);
    // The till may ask again whether it is there: it is, and nothing is sent.
    let entered = outbox::enter(&mut shop.database, &settlement("2", 200).to_string(), now());
    assert_eq!(entered.unwrap().0, outbox::Entered::Before);
    assert_eq!(
        outbox::queue(shop.database.connection()).unwrap().waiting,
        0
    );
}
