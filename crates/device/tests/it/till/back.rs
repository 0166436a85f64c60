//! Voids and returns: what comes back of a sale, and never more.

use super::{finish, shop, shown};
use crate::shop::{DAY, Shop, now};
use device::till::back::Order;
use device::till::{self, Finished, TillError};
use serde_json::{Value, json};

/// Three breads with 50 off, two beers, 348 grams of meat, a massage.
fn sold() -> Shop {
    let mut shop = shop();
    let lines = json!([
        {"code": "bread", "quantity": "3", "discounts": [{"label": "値引", "amount": 50}]},
        {"code": "beer", "quantity": "2"},
        {"code": "2312345000000", "quantity": "3.48"},
        {"code": "massage"},
    ]);
    finish(&mut shop, &super::cash(&lines)).unwrap();
    shop
}

fn order(members: &Value) -> Order {
    let mut order = json!({
        "terminal": "1", "reason": "傷",
        "of": {"terminal": "1", "business_date": DAY, "transaction": "1"},
    });
    for (name, value) in members.as_object().unwrap() {
        order[name] = value.clone();
    }
    serde_json::from_value(order).unwrap()
}

fn give_back(shop: &mut Shop, members: &Value) -> Result<Finished, TillError> {
    let (database, store) = (&mut shop.database, &shop.store);
    till::give_back(database, store, &order(members), now(), [7; 32], None)
}

fn void(shop: &mut Shop, members: &Value) -> Result<Finished, TillError> {
    let (database, store) = (&mut shop.database, &shop.store);
    till::void(database, store, &order(members), now(), [7; 32], None)
}

#[test]
fn lines_come_back_at_what_they_cost() {
    let line = |line: u16, quantity: &str| json!({"lines": [{"line": line, "quantity": quantity}]});
    let unknown = json!({"lines": [{"line": 1}],
        "of": {"terminal": "1", "business_date": DAY, "transaction": "9"}});
    let rows = [
        ("one of three with a discount", line(1, "1")),
        ("all three", line(1, "3")),
        ("what is left, unsaid", json!({"lines": [{"line": 1}]})),
        ("a weight in part", line(3, "1.5")),
        (
            "a service that only the buyer sees",
            json!({"lines": [{"line": 4}]}),
        ),
        (
            "two lines, on the card, at another till",
            json!({"terminal": "2", "staff": "花子", "tender": "card",
                "lines": [{"line": 2, "quantity": "1"}, {"line": 1}]}),
        ),
        ("four of three", line(1, "4")),
        (
            "one line twice in one order",
            json!({"lines": [{"line": 1, "quantity": "2"}, {"line": 1, "quantity": "2"}]}),
        ),
        ("none", line(1, "0")),
        ("a line that is not there", line(5, "1")),
        ("line 0", line(0, "1")),
        ("no line", json!({})),
        ("no reason", json!({"reason": " ", "lines": [{"line": 1}]})),
        ("a sale that is not here", unknown),
    ];
    let told: String = rows
        .into_iter()
        .map(|(what, members)| {
            let mut shop = sold();
            format!("{what}\n{}", shown(&give_back(&mut shop, &members)))
        })
        .collect();
    insta::assert_snapshot!(told, @r#"
    one of three with a discount
      total 133
        lines {"amount":133,"code":"bread","priced_by":"till","quantity":"1","tax_included":true,"tax_percent":"8","unit_price":150}
        taxes {"included":true,"percent":"8","tax":9,"taxable":133}
        of {"business_date":"2026-11-22","lines":[{"line":1,"quantity":"1"}],"store_id":"s-1","terminal":"1","transaction":"1"}
        tenders {"amount":133,"kind":"cash"}
    all three
      total 400
        lines {"amount":400,"code":"bread","priced_by":"till","quantity":"3","tax_included":true,"tax_percent":"8","unit_price":150}
        taxes {"included":true,"percent":"8","tax":29,"taxable":400}
        of {"business_date":"2026-11-22","lines":[{"line":1,"quantity":"3"}],"store_id":"s-1","terminal":"1","transaction":"1"}
        tenders {"amount":400,"kind":"cash"}
    what is left, unsaid
      total 400
        lines {"amount":400,"code":"bread","priced_by":"till","quantity":"3","tax_included":true,"tax_percent":"8","unit_price":150}
        taxes {"included":true,"percent":"8","tax":29,"taxable":400}
        of {"business_date":"2026-11-22","lines":[{"line":1,"quantity":"3"}],"store_id":"s-1","terminal":"1","transaction":"1"}
        tenders {"amount":400,"kind":"cash"}
    a weight in part
      total 296
        lines {"amount":296,"code":"2312345000000","priced_by":"till","quantity":"1.5","tax_included":true,"tax_percent":"8","unit":"100g","unit_price":198}
        taxes {"included":true,"percent":"8","tax":21,"taxable":296}
        of {"business_date":"2026-11-22","lines":[{"line":3,"quantity":"1.5"}],"store_id":"s-1","terminal":"1","transaction":"1"}
        tenders {"amount":296,"kind":"cash"}
    a service that only the buyer sees
      total 6000
        lines {"amount":6000,"category":"body","code":"massage","kind":"service","priced_by":"till","quantity":"1","sensitive":true,"unit_price":6000}
        of {"business_date":"2026-11-22","lines":[{"line":4,"quantity":"1"}],"store_id":"s-1","terminal":"1","transaction":"1"}
        tenders {"amount":6000,"kind":"cash"}
    two lines, on the card, at another till
      total 620
        lines {"amount":220,"code":"beer","priced_by":"till","quantity":"1","tax_included":true,"tax_percent":"10","unit_price":220}
        lines {"amount":400,"code":"bread","priced_by":"till","quantity":"3","tax_included":true,"tax_percent":"8","unit_price":150}
        taxes {"included":true,"percent":"8","tax":29,"taxable":400}
        taxes {"included":true,"percent":"10","tax":20,"taxable":220}
        of {"business_date":"2026-11-22","lines":[{"line":2,"quantity":"1"},{"line":1,"quantity":"3"}],"store_id":"s-1","terminal":"1","transaction":"1"}
        tenders {"amount":620,"kind":"card"}
    four of three
      fault: line 1: 3 can come back, not 4
    one line twice in one order
      fault: line 1: 1 can come back, not 2
    none
      fault: line 1: the quantity 0: must be greater than zero
    a line that is not there
      fault: the sale has no line 5
    line 0
      fault: the sale has no line 0
    no line
      fault: name the lines that come back
    no reason
      fault: say why it comes back, in reason
    a sale that is not here
      fault: this device has no sale 9 of till 1 on 2026-11-22; ring it up as a return without receipt
    "#);
}

#[test]
fn nothing_comes_back_twice() {
    let mut shop = sold();
    let mut told = String::new();
    for quantity in ["1", "1", "2", "1", "0.1"] {
        let members = json!({"lines": [{"line": 1, "quantity": quantity}]});
        told += &format!("{quantity}\n{}", shown(&give_back(&mut shop, &members)));
    }
    told += "what is left, unsaid\n";
    told += &shown(&give_back(&mut shop, &json!({"lines": [{"line": 1}]})));
    insta::assert_snapshot!(told, @r#"
    1
      total 133
        lines {"amount":133,"code":"bread","priced_by":"till","quantity":"1","tax_included":true,"tax_percent":"8","unit_price":150}
        taxes {"included":true,"percent":"8","tax":9,"taxable":133}
        of {"business_date":"2026-11-22","lines":[{"line":1,"quantity":"1"}],"store_id":"s-1","terminal":"1","transaction":"1"}
        tenders {"amount":133,"kind":"cash"}
    1
      total 133
        lines {"amount":133,"code":"bread","priced_by":"till","quantity":"1","tax_included":true,"tax_percent":"8","unit_price":150}
        taxes {"included":true,"percent":"8","tax":9,"taxable":133}
        of {"business_date":"2026-11-22","lines":[{"line":1,"quantity":"1"}],"store_id":"s-1","terminal":"1","transaction":"1"}
        tenders {"amount":133,"kind":"cash"}
    2
      fault: line 1: 1 can come back, not 2
    1
      total 134
        lines {"amount":134,"code":"bread","priced_by":"till","quantity":"1","tax_included":true,"tax_percent":"8","unit_price":150}
        taxes {"included":true,"percent":"8","tax":9,"taxable":134}
        of {"business_date":"2026-11-22","lines":[{"line":1,"quantity":"1"}],"store_id":"s-1","terminal":"1","transaction":"1"}
        tenders {"amount":134,"kind":"cash"}
    0.1
      fault: line 1: 0 can come back, not 0.1
    what is left, unsaid
      fault: line 1: 0 can come back, not any
    "#);
}

#[test]
fn the_parts_of_a_line_are_worth_the_whole() {
    let mut shop = sold();
    let mut back = 0;
    for _ in 0..3 {
        let members = json!({"lines": [{"line": 1, "quantity": "1"}]});
        let finished = give_back(&mut shop, &members).unwrap();
        back += finished.settlement["total"].as_i64().unwrap();
    }
    assert_eq!(back, 400, "three breads at 150, and 50 off");
}

#[test]
fn a_return_does_not_come_back_itself() {
    let mut shop = sold();
    give_back(&mut shop, &json!({"lines": [{"line": 1}]})).unwrap();
    let of_return = json!({"lines": [{"line": 1}],
        "of": {"terminal": "1", "business_date": DAY, "transaction": "2"}});
    let faults = [
        give_back(&mut shop, &of_return).unwrap_err().to_string(),
        void(&mut shop, &of_return).unwrap_err().to_string(),
    ];
    insta::assert_debug_snapshot!(faults, @r#"
    [
        "this is a return, not a sale",
        "this is a return, not a sale",
    ]
    "#);
}

#[test]
fn a_void_takes_back_the_whole_once() {
    let mut shop = sold();
    let mut told = shown(&void(&mut shop, &json!({"reason": ""})));
    told += &shown(&void(&mut shop, &json!({})));
    told += "again\n";
    told += &shown(&void(&mut shop, &json!({})));
    told += "a line of it\n";
    told += &shown(&give_back(&mut shop, &json!({"lines": [{"line": 1}]})));
    insta::assert_snapshot!(told, @r#"
      fault: say why it comes back, in reason
      total 7529
        of {"business_date":"2026-11-22","store_id":"s-1","terminal":"1","transaction":"1"}
    again
      fault: this sale was voided before; nothing of it is left to come back
    a line of it
      fault: this sale was voided before; nothing of it is left to come back
    "#);
}

#[test]
fn a_sale_of_which_something_came_back_is_not_voided() {
    let mut shop = sold();
    give_back(&mut shop, &json!({"lines": [{"line": 1, "quantity": "1"}]})).unwrap();
    insta::assert_snapshot!(shown(&void(&mut shop, &json!({}))), @"  fault: something of this sale came back before; return the rest line by line");
}

#[test]
fn what_comes_back_is_written_down_with_its_reason() {
    let mut shop = sold();
    give_back(&mut shop, &json!({"staff": "花子", "lines": [{"line": 2}]})).unwrap();
    give_back(&mut shop, &json!({"lines": [{"line": 9}]})).unwrap_err();
    let connection = shop.database.connection();
    let mut statement = connection
        .prepare("SELECT staff || ' ' || what || ' ' || detail FROM log")
        .unwrap();
    let log: Vec<String> = statement
        .query_map([], |row| row.get(0))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    insta::assert_debug_snapshot!(log, @r#"
    [
        "花子 return till 1 2026-11-22 number 1: 傷",
    ]
    "#);
}

#[test]
fn what_was_paid_comes_back_and_not_what_it_would_have_cost() {
    let book = json!({"lines": [{"line": 1}]});
    let rows = [
        ("tax on top", "book", json!([]), 999, 1_098),
        (
            "a coupon",
            "bread",
            json!([{"kind": "coupon", "label": "券", "amount": -50, "tax_percent": "8"}]),
            150,
            100,
        ),
        (
            "a coupon and tax on top",
            "book",
            json!([{"kind": "coupon", "label": "券", "amount": -99, "tax_percent": "10"}]),
            999,
            990,
        ),
    ];
    for (what, code, adjustments, price, paid) in rows {
        let mut shop = shop();
        shop.sql(
            "INSERT OR REPLACE INTO items (code, name, unit_price, tax_percent, tax_included)
             VALUES ('book', '本', 999, '10', 0), ('bread', 'パン', 150, '8', 1)",
        );
        let mut basket = super::cash(&json!([{"code": code}]));
        basket["adjustments"] = adjustments;
        let sale = finish(&mut shop, &basket).unwrap().settlement;
        assert_eq!(sale["lines"][0]["amount"], price, "{what}");
        assert_eq!(sale["total"], paid, "{what}");
        let back = give_back(&mut shop, &book).unwrap().settlement;
        assert_eq!(
            (&back["total"], &back["taxes"]),
            (&json!(paid), &sale["taxes"]),
            "{what}"
        );
    }
}

#[test]
fn a_till_that_asks_twice_sells_once_and_tills_do_not_meet() {
    let mut shop = sold();
    let mut basket = super::cash(&json!([{"code": "beer"}]));
    basket["request"] = json!("r-1");
    let first = finish(&mut shop, &basket).unwrap();
    assert_eq!(
        finish(&mut shop, &basket).unwrap().transaction,
        first.transaction
    );
    basket["terminal"] = json!("2");
    let other = finish(&mut shop, &basket).unwrap();
    assert_eq!(other.settlement["terminal"], "2");
    let members = json!({"request": "v-1", "of": {"terminal": "2", "business_date": DAY,
        "transaction": other.transaction}});
    let voided = void(&mut shop, &members).unwrap();
    assert_eq!(
        void(&mut shop, &members).unwrap().transaction,
        voided.transaction
    );
    let connection = shop.database.connection();
    let noted: i64 = connection
        .query_row("SELECT count(*) FROM log WHERE what = 'void'", [], |row| {
            row.get(0)
        })
        .unwrap();
    assert_eq!(noted, 1);
}
