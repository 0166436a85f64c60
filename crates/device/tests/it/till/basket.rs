//! Baskets: what they come to, and why some do not.

use super::{cash, finish, shop, shown};
use device::outbox;
use serde_json::{Value, json};

fn check((what, basket): (&str, Value)) -> String {
    let mut shop = shop();
    let finished = finish(&mut shop, &basket);
    let kept = outbox::waiting(shop.database.connection(), 9).unwrap();
    let next = outbox::next_number(shop.database.connection(), "1").unwrap();
    match &finished {
        Ok(_) => assert_eq!((kept.len(), next), (1, 2), "{what}"),
        Err(_) => assert_eq!((kept.len(), next), (0, 1), "{what}: the number stays free"),
    }
    format!("{what}\n{}", shown(&finished))
}

fn table(rows: impl IntoIterator<Item = (&'static str, Value)>) -> String {
    rows.into_iter().map(check).collect()
}

#[test]
fn taxes_are_reckoned_once_per_rate() {
    let coupon = |amount: i64, percent: Option<&str>| {
        let mut basket = cash(&json!([{"code": "bread"}, {"code": "beer"}]));
        basket["adjustments"] = json!([{"kind": "coupon", "label": "券", "amount": amount}]);
        if let Some(percent) = percent {
            basket["adjustments"][0]["tax_percent"] = json!(percent);
        }
        basket
    };
    let rows = [
        ("8 % in the price", cash(&json!([{"code": "bread"}]))),
        ("10 % in the price", cash(&json!([{"code": "beer"}]))),
        ("8 % on top", cash(&json!([{"code": "rice"}]))),
        ("10 % on top", cash(&json!([{"code": "book"}]))),
        ("no rate, no tax", cash(&json!([{"code": "stamp"}]))),
        (
            "a part of a yen is dropped once, not line by line",
            cash(&json!([{"code": "rice"}, {"code": "rice"}, {"code": "rice"}])),
        ),
        (
            "one rate both ways is two rows",
            cash(&json!([{"code": "bread"}, {"code": "rice"}])),
        ),
        (
            "eaten here: another rate than the item's",
            cash(&json!([{"code": "bread", "tax_percent": "10"}, {"code": "beer"}])),
        ),
        ("a coupon under a rate", coupon(-50, Some("8"))),
        ("a coupon under no rate", coupon(-50, None)),
        ("a coupon worth more than its rate", coupon(-200, Some("8"))),
        ("a coupon worth more than all", coupon(-400, Some("8"))),
        (
            "a fee under a rate that nothing else has",
            coupon(100, Some("5")),
        ),
    ];
    insta::assert_snapshot!(table(rows), @r#"
    8 % in the price
      total 150, change 99850
        lines {"amount":150,"code":"bread","quantity":"1","tax_included":true,"tax_percent":"8","unit_price":150}
        taxes {"included":true,"percent":"8","tax":11,"taxable":150}
    10 % in the price
      total 220, change 99780
        lines {"amount":220,"code":"beer","quantity":"1","tax_included":true,"tax_percent":"10","unit_price":220}
        taxes {"included":true,"percent":"10","tax":20,"taxable":220}
    8 % on top
      total 325, change 99675
        lines {"amount":301,"code":"rice","quantity":"1","tax_included":false,"tax_percent":"8","unit_price":301}
        taxes {"included":false,"percent":"8","tax":24,"taxable":301}
    10 % on top
      total 1098, change 98902
        lines {"amount":999,"code":"book","quantity":"1","tax_included":false,"tax_percent":"10","unit_price":999}
        taxes {"included":false,"percent":"10","tax":99,"taxable":999}
    no rate, no tax
      total 84, change 99916
        lines {"amount":84,"code":"stamp","quantity":"1","unit_price":84}
    a part of a yen is dropped once, not line by line
      total 975, change 99025
        lines {"amount":301,"code":"rice","quantity":"1","tax_included":false,"tax_percent":"8","unit_price":301}
        lines {"amount":301,"code":"rice","quantity":"1","tax_included":false,"tax_percent":"8","unit_price":301}
        lines {"amount":301,"code":"rice","quantity":"1","tax_included":false,"tax_percent":"8","unit_price":301}
        taxes {"included":false,"percent":"8","tax":72,"taxable":903}
    one rate both ways is two rows
      total 475, change 99525
        lines {"amount":150,"code":"bread","quantity":"1","tax_included":true,"tax_percent":"8","unit_price":150}
        lines {"amount":301,"code":"rice","quantity":"1","tax_included":false,"tax_percent":"8","unit_price":301}
        taxes {"included":false,"percent":"8","tax":24,"taxable":301}
        taxes {"included":true,"percent":"8","tax":11,"taxable":150}
    eaten here: another rate than the item's
      total 370, change 99630
        lines {"amount":150,"code":"bread","quantity":"1","tax_included":true,"tax_percent":"10","unit_price":150}
        lines {"amount":220,"code":"beer","quantity":"1","tax_included":true,"tax_percent":"10","unit_price":220}
        taxes {"included":true,"percent":"10","tax":33,"taxable":370}
    a coupon under a rate
      total 320, change 99680
        lines {"amount":150,"code":"bread","quantity":"1","tax_included":true,"tax_percent":"8","unit_price":150}
        lines {"amount":220,"code":"beer","quantity":"1","tax_included":true,"tax_percent":"10","unit_price":220}
        adjustments {"amount":-50,"kind":"coupon","label":"券","tax_percent":"8"}
        taxes {"included":true,"percent":"8","tax":7,"taxable":100}
        taxes {"included":true,"percent":"10","tax":20,"taxable":220}
    a coupon under no rate
      total 320, change 99680
        lines {"amount":150,"code":"bread","quantity":"1","tax_included":true,"tax_percent":"8","unit_price":150}
        lines {"amount":220,"code":"beer","quantity":"1","tax_included":true,"tax_percent":"10","unit_price":220}
        adjustments {"amount":-50,"kind":"coupon","label":"券"}
        taxes {"included":true,"percent":"8","tax":11,"taxable":150}
        taxes {"included":true,"percent":"10","tax":20,"taxable":220}
    a coupon worth more than its rate
      total 170, change 99830
        lines {"amount":150,"code":"bread","quantity":"1","tax_included":true,"tax_percent":"8","unit_price":150}
        lines {"amount":220,"code":"beer","quantity":"1","tax_included":true,"tax_percent":"10","unit_price":220}
        adjustments {"amount":-200,"kind":"coupon","label":"券","tax_percent":"8"}
        taxes {"included":true,"percent":"8","tax":0,"taxable":0}
        taxes {"included":true,"percent":"10","tax":20,"taxable":220}
    a coupon worth more than all
      fault: the receipt comes to -30; take less off
    a fee under a rate that nothing else has
      total 470, change 99530
        lines {"amount":150,"code":"bread","quantity":"1","tax_included":true,"tax_percent":"8","unit_price":150}
        lines {"amount":220,"code":"beer","quantity":"1","tax_included":true,"tax_percent":"10","unit_price":220}
        adjustments {"amount":100,"kind":"coupon","label":"券","tax_percent":"5"}
        taxes {"included":true,"percent":"5","tax":4,"taxable":100}
        taxes {"included":true,"percent":"8","tax":11,"taxable":150}
        taxes {"included":true,"percent":"10","tax":20,"taxable":220}
    "#);
}

#[test]
fn a_line_costs_price_times_quantity_less_what_is_taken_off() {
    let off = |amounts: &[i64]| {
        let discounts: Vec<_> = amounts
            .iter()
            .map(|amount| json!({"label": "値引", "amount": amount}))
            .collect();
        cash(&json!([{"code": "bread", "quantity": "3", "discounts": discounts}]))
    };
    let rows = [
        ("three", cash(&json!([{"code": "bread", "quantity": "3"}]))),
        (
            "348 grams at a price for 100",
            cash(&json!([{"code": "2312345000000", "quantity": "3.48"}])),
        ),
        ("one discount", off(&[45])),
        ("two discounts", off(&[45, 5])),
        ("all of it taken off", off(&[450])),
        ("more taken off than it costs", off(&[451])),
        ("a discount that adds", off(&[-1])),
        ("one discount that adds to another", off(&[10, -5])),
        (
            "another price, and why",
            cash(&json!([{"code": "bread", "unit_price": 100, "reason": "dented"}])),
        ),
        (
            "another price, and silence",
            cash(&json!([{"code": "bread", "unit_price": 100}])),
        ),
        (
            "another price, and an empty reason",
            cash(&json!([{"code": "bread", "unit_price": 100, "reason": ""}])),
        ),
        (
            "its own price, said again",
            cash(&json!([{"code": "bread", "unit_price": 150}])),
        ),
        (
            "a price below nothing",
            cash(&json!([{"code": "bread", "unit_price": -150, "reason": "no"}])),
        ),
        ("an item without a price", cash(&json!([{"code": "dress"}]))),
        (
            "an item without a price, and one entered",
            cash(&json!([{"code": "dress", "unit_price": 3000}])),
        ),
        ("a code that nobody knows", cash(&json!([{"code": "4901"}]))),
        (
            "a code that nobody knows, with name and price",
            cash(&json!([{"code": "4901", "name": "花", "unit_price": 500, "tax_percent": "10"}])),
        ),
        (
            "a code that nobody knows, with a name",
            cash(&json!([{"code": "4901", "name": "花"}])),
        ),
        (
            "a name and a price",
            cash(&json!([{"name": "花", "unit_price": 500}])),
        ),
        (
            "options of a line",
            cash(
                &json!([{"code": "bread"}, {"name": "焼く", "unit_price": 0, "part_of": 1},
                {"name": "バター", "unit_price": 30, "part_of": 1, "tax_percent": "8"}]),
            ),
        ),
        (
            "an option of nothing",
            cash(&json!([{"code": "bread", "part_of": 2}])),
        ),
        (
            "a service that only the buyer sees",
            cash(&json!([{"code": "massage"}])),
        ),
        (
            "no quantity",
            cash(&json!([{"code": "bread", "quantity": "0"}])),
        ),
        (
            "a quantity with a comma",
            cash(&json!([{"code": "bread", "quantity": "1,5"}])),
        ),
        (
            "a rate that is none",
            cash(&json!([{"code": "bread", "tax_percent": "eight"}])),
        ),
        ("nothing at all", cash(&json!([]))),
    ];
    insta::assert_snapshot!(table(rows), @r#"
    three
      total 450, change 99550
        lines {"amount":450,"code":"bread","quantity":"3","tax_included":true,"tax_percent":"8","unit_price":150}
        taxes {"included":true,"percent":"8","tax":33,"taxable":450}
    348 grams at a price for 100
      total 689, change 99311
        lines {"amount":689,"code":"2312345000000","quantity":"3.48","tax_included":true,"tax_percent":"8","unit":"100g","unit_price":198}
        taxes {"included":true,"percent":"8","tax":51,"taxable":689}
    one discount
      total 405, change 99595
        lines {"amount":405,"code":"bread","discount":45,"discounts":[{"amount":45,"label":"値引"}],"quantity":"3","tax_included":true,"tax_percent":"8","unit_price":150}
        taxes {"included":true,"percent":"8","tax":30,"taxable":405}
    two discounts
      total 400, change 99600
        lines {"amount":400,"code":"bread","discount":50,"discounts":[{"amount":45,"label":"値引"},{"amount":5,"label":"値引"}],"quantity":"3","tax_included":true,"tax_percent":"8","unit_price":150}
        taxes {"included":true,"percent":"8","tax":29,"taxable":400}
    all of it taken off
      total 0, change 100000
        lines {"amount":0,"code":"bread","discount":450,"discounts":[{"amount":450,"label":"値引"}],"quantity":"3","tax_included":true,"tax_percent":"8","unit_price":150}
        taxes {"included":true,"percent":"8","tax":0,"taxable":0}
    more taken off than it costs
      fault: line 1: 451 is taken off, but it costs 450
    a discount that adds
      fault: line 1: -1 is taken off, but it costs 450
    one discount that adds to another
      fault: the sale is not right: /lines/0/discounts/1/amount: must not be negative; the kind gives the direction
    another price, and why
      total 100, change 99900
        lines {"amount":100,"code":"bread","list_price":150,"quantity":"1","tax_included":true,"tax_percent":"8","unit_price":100}
        taxes {"included":true,"percent":"8","tax":7,"taxable":100}
    another price, and silence
      fault: line 1: the price differs from 150; say why in reason
    another price, and an empty reason
      fault: line 1: the price differs from 150; say why in reason
    its own price, said again
      total 150, change 99850
        lines {"amount":150,"code":"bread","quantity":"1","tax_included":true,"tax_percent":"8","unit_price":150}
        taxes {"included":true,"percent":"8","tax":11,"taxable":150}
    a price below nothing
      fault: line 1: 0 is taken off, but it costs -150
    an item without a price
      fault: line 1: dress has no price; enter one
    an item without a price, and one entered
      total 3000, change 97000
        lines {"amount":3000,"code":"dress","quantity":"1","tax_included":true,"tax_percent":"10","unit_price":3000}
        taxes {"included":true,"percent":"10","tax":272,"taxable":3000}
    a code that nobody knows
      fault: line 1: no item has the code 4901; enter its name and price, or add it to the items
    a code that nobody knows, with name and price
      total 500, change 99500
        lines {"amount":500,"code":"4901","name":"花","quantity":"1","tax_included":true,"tax_percent":"10","unit_price":500}
        taxes {"included":true,"percent":"10","tax":45,"taxable":500}
    a code that nobody knows, with a name
      fault: line 1: 4901 has no price; enter one
    a name and a price
      total 500, change 99500
        lines {"amount":500,"name":"花","quantity":"1","unit_price":500}
    options of a line
      total 180, change 99820
        lines {"amount":150,"code":"bread","quantity":"1","tax_included":true,"tax_percent":"8","unit_price":150}
        lines {"amount":0,"name":"焼く","part_of":1,"quantity":"1","unit_price":0}
        lines {"amount":30,"name":"バター","part_of":1,"quantity":"1","tax_included":true,"tax_percent":"8","unit_price":30}
        taxes {"included":true,"percent":"8","tax":13,"taxable":180}
    an option of nothing
      fault: the sale is not right: /lines/0/part_of: there is no other line 2; lines number from 1
    a service that only the buyer sees
      total 6000, change 94000
        lines {"amount":6000,"category":"body","code":"massage","kind":"service","quantity":"1","sensitive":true,"unit_price":6000}
    no quantity
      fault: line 1: the quantity 0: must be greater than zero
    a quantity with a comma
      fault: line 1: the quantity 1,5: must be a decimal string such as "1" or "0.348", without sign or exponent
    a rate that is none
      fault: line 1: the tax rate eight: must be a decimal string such as "1" or "0.348", without sign or exponent
    nothing at all
      fault: the sale is not right: /lines: a sale or return has at least one line
    "#);
}

#[test]
fn only_cash_gives_change() {
    let paid = |tenders: Value| json!({"terminal": "1", "lines": [{"code": "bread"}, {"code": "beer"}], "tenders": tenders});
    let tender = |kind: &str, amount: i64| json!({"kind": kind, "amount": amount});
    let free = json!({"terminal": "1", "lines": [{"name": "試食", "unit_price": 0}]});
    let rows = [
        ("exactly, in cash", paid(json!([tender("cash", 370)]))),
        ("more, in cash", paid(json!([tender("cash", 1000)]))),
        ("exactly, by card", paid(json!([tender("card", 370)]))),
        ("too much by card", paid(json!([tender("card", 371)]))),
        (
            "a voucher and cash, of which some comes back",
            paid(json!([tender("voucher", 300), tender("cash", 100)])),
        ),
        (
            "more over than the cash",
            paid(json!([tender("voucher", 500), tender("cash", 100)])),
        ),
        ("one yen short", paid(json!([tender("cash", 369)]))),
        ("not paid", paid(json!([]))),
        ("paid with stones", paid(json!([tender("stones", 370)]))),
        ("nothing to pay", free),
    ];
    insta::assert_snapshot!(table(rows), @r#"
    exactly, in cash
      total 370, change 0
        lines {"amount":150,"code":"bread","quantity":"1","tax_included":true,"tax_percent":"8","unit_price":150}
        lines {"amount":220,"code":"beer","quantity":"1","tax_included":true,"tax_percent":"10","unit_price":220}
        taxes {"included":true,"percent":"8","tax":11,"taxable":150}
        taxes {"included":true,"percent":"10","tax":20,"taxable":220}
        tenders {"amount":370,"kind":"cash"}
    more, in cash
      total 370, change 630
        lines {"amount":150,"code":"bread","quantity":"1","tax_included":true,"tax_percent":"8","unit_price":150}
        lines {"amount":220,"code":"beer","quantity":"1","tax_included":true,"tax_percent":"10","unit_price":220}
        taxes {"included":true,"percent":"8","tax":11,"taxable":150}
        taxes {"included":true,"percent":"10","tax":20,"taxable":220}
        tenders {"amount":1000,"kind":"cash"}
    exactly, by card
      total 370, change 0
        lines {"amount":150,"code":"bread","quantity":"1","tax_included":true,"tax_percent":"8","unit_price":150}
        lines {"amount":220,"code":"beer","quantity":"1","tax_included":true,"tax_percent":"10","unit_price":220}
        taxes {"included":true,"percent":"8","tax":11,"taxable":150}
        taxes {"included":true,"percent":"10","tax":20,"taxable":220}
        tenders {"amount":370,"kind":"card"}
    too much by card
      fault: 1 too much was paid, and only cash gives change of at most 0
    a voucher and cash, of which some comes back
      total 370, change 30
        lines {"amount":150,"code":"bread","quantity":"1","tax_included":true,"tax_percent":"8","unit_price":150}
        lines {"amount":220,"code":"beer","quantity":"1","tax_included":true,"tax_percent":"10","unit_price":220}
        taxes {"included":true,"percent":"8","tax":11,"taxable":150}
        taxes {"included":true,"percent":"10","tax":20,"taxable":220}
        tenders {"amount":300,"kind":"voucher"}
        tenders {"amount":100,"kind":"cash"}
    more over than the cash
      fault: 230 too much was paid, and only cash gives change of at most 100
    one yen short
      fault: 1 is still to be paid of 370
    not paid
      fault: 370 is still to be paid of 370
    paid with stones
      fault: the sale is not right: /tenders/0/kind: must be one of: cash, card, emoney, qr, points, voucher, credit, exchange, other
    nothing to pay
      total 0, change 0
        lines {"amount":0,"name":"試食","quantity":"1","unit_price":0}
    "#);
}

#[test]
fn a_label_is_read_as_its_item() {
    let rows = [
        ("a price", cash(&json!([{"code": "2212345001989"}]))),
        (
            "a price, and the cashier's own",
            cash(&json!([{"code": "2212345001989", "unit_price": 150}])),
        ),
        (
            "a weight by 100 grams",
            cash(&json!([{"code": "2312345003485"}])),
        ),
        (
            "a weight by the kilogram",
            cash(&json!([{"code": "2354321003485"}])),
        ),
        (
            "a weight, and the cashier's own",
            cash(&json!([{"code": "2312345003485", "quantity": "2"}])),
        ),
        (
            "the price of the label, said by the till",
            cash(&json!([{"code": "2212345001989", "unit_price": 198}])),
        ),
        (
            "an item whose own code it is",
            cash(&json!([{"code": "2212399001983"}])),
        ),
        (
            "as a scanner hands it over",
            cash(&json!([{"code": "]E0２２１２３４５００１９８９\n"}])),
        ),
        (
            "an item that is not there",
            cash(&json!([{"code": "2299999001985"}])),
        ),
    ];
    insta::assert_snapshot!(table(rows), @r#"
    a price
      total 198, change 99802
        lines {"amount":198,"code":"2212345001989","quantity":"1","tax_included":true,"tax_percent":"8","unit_price":198}
        taxes {"included":true,"percent":"8","tax":14,"taxable":198}
    a price, and the cashier's own
      total 150, change 99850
        lines {"amount":150,"code":"2212345001989","quantity":"1","tax_included":true,"tax_percent":"8","unit_price":150}
        taxes {"included":true,"percent":"8","tax":11,"taxable":150}
    a weight by 100 grams
      total 689, change 99311
        lines {"amount":689,"code":"2312345003485","quantity":"3.48","tax_included":true,"tax_percent":"8","unit":"100g","unit_price":198}
        taxes {"included":true,"percent":"8","tax":51,"taxable":689}
    a weight by the kilogram
      total 689, change 99311
        lines {"amount":689,"code":"2354321003485","quantity":"0.348","tax_included":true,"tax_percent":"8","unit":"kg","unit_price":1980}
        taxes {"included":true,"percent":"8","tax":51,"taxable":689}
    a weight, and the cashier's own
      total 396, change 99604
        lines {"amount":396,"code":"2312345003485","quantity":"2","tax_included":true,"tax_percent":"8","unit":"100g","unit_price":198}
        taxes {"included":true,"percent":"8","tax":29,"taxable":396}
    the price of the label, said by the till
      total 198, change 99802
        lines {"amount":198,"code":"2212345001989","quantity":"1","tax_included":true,"tax_percent":"8","unit_price":198}
        taxes {"included":true,"percent":"8","tax":14,"taxable":198}
    an item whose own code it is
      total 2000, change 98000
        lines {"amount":2000,"code":"2212399001983","quantity":"1","unit_price":2000}
    as a scanner hands it over
      total 198, change 99802
        lines {"amount":198,"code":"2212345001989","quantity":"1","tax_included":true,"tax_percent":"8","unit_price":198}
        taxes {"included":true,"percent":"8","tax":14,"taxable":198}
    an item that is not there
      fault: line 1: no item has the code 2299999001985; enter its name and price, or add it to the items
    "#);
}

#[test]
fn a_purchase_has_a_claim_code_whoever_is_named() {
    let check = |buyer: Option<&str>, user: Value| {
        let mut shop = shop();
        let mut basket = cash(&json!([{"code": "bread"}]));
        if let Some(buyer) = buyer {
            basket["buyer"] = json!(buyer);
        }
        let finished = finish(&mut shop, &basket).unwrap();
        assert_eq!(
            finished.settlement.get("user"),
            user.as_object().map(|_| &user)
        );
        let claim = finished.claim_code.unwrap();
        assert_eq!(finished.settlement["claim_code"], json!(claim), "{buyer:?}");
        assert_eq!(claim.len(), 20);
        assert!(claim.bytes().all(|byte| byte.is_ascii_digit()), "{claim}");
    };
    let code = "5010000000000000000017";
    let id = "usr_0zzg0081040g2081040m2gc5v8";
    check(None, Value::Null);
    check(Some(code), json!({"member_code": code}));
    check(
        Some(" 5010000000000000000017\n"),
        json!({"member_code": code}),
    );
    // As a scanner with its mark, an input method, and a person who groups the digits hand it over.
    for shown in [
        "]C15010000000000000000017",
        "\u{ff15}\u{ff10}\u{ff11}\u{ff10}000000000000000017",
        "501000 000000 00000 00017",
        "５０１０００\u{3000}００００００-０００００-０００１７",
    ] {
        check(Some(shown), json!({"member_code": code}));
    }
    check(Some(id), json!({"id": id}));
    check(
        Some("501000000000000000001"),
        json!({"id": "501000000000000000001"}),
    );
}

#[test]
fn a_settlement_says_where_when_and_by_which_catalogue() {
    let mut shop = shop();
    let mut basket = cash(&json!([{"code": "bread"}]));
    basket["staff"] = json!("花子");
    basket["notes"] = json!(["またどうぞ"]);
    basket["points"] = json!({"earned": 1, "balance": 12});
    finish(&mut shop, &basket).unwrap();
    let second = finish(&mut shop, &basket).unwrap();
    let pretty = serde_json::to_string_pretty(&second.settlement).unwrap();
    insta::assert_snapshot!(pretty, @r#"
    {
      "adjustments": [],
      "business_date": "2026-11-22",
      "catalogue_lineage": "1795316400000-0000000000000001",
      "catalogue_revision": 13,
      "change": 99850,
      "claim_code": "09553813804799116878",
      "currency": "JPY",
      "kind": "sale",
      "lines": [
        {
          "amount": 150,
          "code": "bread",
          "quantity": "1",
          "tax_included": true,
          "tax_percent": "8",
          "unit_price": 150
        }
      ],
      "notes": [
        "またどうぞ"
      ],
      "points": {
        "balance": 12,
        "earned": 1
      },
      "purchased_at": "2026-11-22T12:00:00+09:00",
      "receipt_number": "1-2",
      "staff": "花子",
      "store_id": "s-1",
      "taxes": [
        {
          "included": true,
          "percent": "8",
          "tax": 11,
          "taxable": 150
        }
      ],
      "tenders": [
        {
          "amount": 100000,
          "kind": "cash"
        }
      ],
      "terminal": "1",
      "total": 150,
      "transaction": "2"
    }
    "#);
    let kept = outbox::waiting(shop.database.connection(), 9).unwrap();
    assert_eq!(
        kept[1].body,
        second.settlement.to_string(),
        "what is sent is what was said"
    );
}
