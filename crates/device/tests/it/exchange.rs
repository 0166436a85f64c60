//! What comes back without its sale, and exchanges.

use crate::api::{api, get, post};
use crate::shop::DAY;
use serde_json::{Value, json};

fn shown(settlement: &Value) -> String {
    let mut shown = format!("  {} {}\n", settlement["kind"], settlement["total"]);
    for name in [
        "of", "with", "lines", "taxes", "tenders", "change", "user", "notes",
    ] {
        match settlement.get(name) {
            Some(Value::Array(rows)) => {
                for row in rows {
                    shown += &format!("    {name} {row}\n");
                }
            }
            Some(value) => shown += &format!("    {name} {value}\n"),
            None => {}
        }
    }
    shown
}

#[tokio::test]
async fn what_comes_back_without_a_receipt_is_paid_out() {
    let (api, _folder) = api();
    let order = |lines: Value| json!({"terminal": "1", "reason": "不良品", "lines": lines});
    let rows = [
        (
            "at today's price",
            order(json!([{"code": "bread", "quantity": "2"}])),
        ),
        (
            "at what it cost then",
            order(json!([{"code": "bread", "unit_price": 140}])),
        ),
        (
            "what has no code",
            order(json!([{"name": "花", "unit_price": 500, "tax_percent": "10"}])),
        ),
        ("what nobody knows", order(json!([{"code": "x"}]))),
        ("nothing", order(json!([]))),
        (
            "no reason",
            json!({"terminal": "1", "reason": " ", "lines": [{"code": "bread"}]}),
        ),
        (
            "to a member, on the card",
            json!({"terminal": "1", "reason": "x", "tender": "card",
            "buyer": "2110000000000000000000", "lines": [{"code": "bread"}]}),
        ),
    ];
    let mut told = String::new();
    for (what, order) in rows {
        let (status, done) = post(&api, "/api/returns", &order).await;
        told += &format!("{what}: {status} {} {}\n", done["code"], done["paper"]);
        if status == 201 {
            told += &shown(&done["settlement"]);
        }
    }
    insta::assert_snapshot!(told, @r#"
    at today's price: 201 null "wanted"
      "return" 300
        lines {"amount":300,"code":"bread","quantity":"2","tax_included":true,"tax_percent":"8","unit_price":150}
        taxes {"included":true,"percent":"8","tax":22,"taxable":300}
        tenders {"amount":300,"kind":"cash"}
        notes "不良品"
    at what it cost then: 201 null "wanted"
      "return" 140
        lines {"amount":140,"code":"bread","list_price":150,"quantity":"1","tax_included":true,"tax_percent":"8","unit_price":140}
        taxes {"included":true,"percent":"8","tax":10,"taxable":140}
        tenders {"amount":140,"kind":"cash"}
        notes "不良品"
    what has no code: 201 null "wanted"
      "return" 500
        lines {"amount":500,"name":"花","quantity":"1","tax_included":true,"tax_percent":"10","unit_price":500}
        taxes {"included":true,"percent":"10","tax":45,"taxable":500}
        tenders {"amount":500,"kind":"cash"}
        notes "不良品"
    what nobody knows: 422 "item_unknown" null
    nothing: 422 "no_lines" null
    no reason: 422 "back_reason_missing" null
    to a member, on the card: 201 null "unwanted"
      "return" 150
        lines {"amount":150,"code":"bread","quantity":"1","tax_included":true,"tax_percent":"8","unit_price":150}
        taxes {"included":true,"percent":"8","tax":11,"taxable":150}
        tenders {"amount":150,"kind":"card"}
        user {"member_code":"2110000000000000000000"}
        notes "x"
    "#);
}

#[tokio::test]
async fn an_exchange_is_a_return_and_a_sale_that_name_each_other() {
    let (api, _folder) = api();
    let sold = json!({"terminal": "1", "lines": [{"code": "bread", "quantity": "3"}],
        "tenders": [{"kind": "cash", "amount": 450}]});
    post(&api, "/api/sales", &sold).await;
    let of = json!({"terminal": "1", "business_date": DAY, "transaction": "1"});
    let back = |quantity: &str| json!({"of": of, "lines": [{"line": 1, "quantity": quantity}]});
    let dear = |paid: i64| {
        json!({"lines": [{"name": "花", "unit_price": 400, "tax_percent": "10"}],
        "tenders": [{"kind": "cash", "amount": paid}]})
    };
    let cheap = json!({"lines": [{"name": "飴", "unit_price": 30, "tax_percent": "8"}]});
    let order = |back: Value, sale: Value| {
        json!({"terminal": "1", "reason": "色違い",
        "staff": "7", "back": back, "sale": sale})
    };
    let (_, owed) = post(&api, "/api/exchanges/preview", &order(back("1"), dear(0))).await;
    insta::assert_snapshot!(owed, @r#"{"returned":150,"sold":400,"to_pay":250,"to_refund":0}"#);
    let loose = json!({"lines": [{"code": "bread"}]});
    let even = json!({"lines": [{"code": "bread"}]});
    let rows = [
        ("dearer", order(back("1"), dear(300))),
        ("dearer, not paid", order(back("1"), dear(200))),
        ("cheaper", order(back("1"), cheap)),
        ("even, without a receipt", order(loose, even)),
        ("more than is left", order(back("2"), dear(300))),
    ];
    let mut told = String::new();
    for (what, mut order) in rows {
        order["request"] = json!(what);
        let (status, done) = post(&api, "/api/exchanges", &order).await;
        told += &format!("{what}: {status} {} {}\n", done["code"], done["balance"]);
        if status == 201 {
            told += &shown(&done["return"]["settlement"]);
            told += &shown(&done["sale"]["settlement"]);
            assert_ne!(done["return"]["transaction"], done["sale"]["transaction"]);
            let again = post(&api, "/api/exchanges", &order).await;
            assert_eq!(again, (201, done), "asked for again, it is the same");
        }
    }
    insta::assert_snapshot!(told, @r#"
    dearer: 201 null {"returned":150,"sold":400,"to_pay":250,"to_refund":0}
      "return" 150
        of {"business_date":"2026-11-22","lines":[{"line":1,"quantity":"1"}],"store_id":"s-1","terminal":"1","transaction":"1"}
        with {"business_date":"2026-11-22","store_id":"s-1","terminal":"1","transaction":"3"}
        lines {"amount":150,"code":"bread","priced_by":"till","quantity":"1","tax_included":true,"tax_percent":"8","unit_price":150}
        taxes {"included":true,"percent":"8","tax":11,"taxable":150}
        tenders {"amount":150,"kind":"exchange"}
        notes "色違い"
      "sale" 400
        with {"business_date":"2026-11-22","store_id":"s-1","terminal":"1","transaction":"2"}
        lines {"amount":400,"name":"花","quantity":"1","tax_included":true,"tax_percent":"10","unit_price":400}
        taxes {"included":true,"percent":"10","tax":36,"taxable":400}
        tenders {"amount":300,"kind":"cash"}
        tenders {"amount":150,"kind":"exchange"}
        change 50
    dearer, not paid: 422 "unpaid" null
    cheaper: 201 null {"returned":150,"sold":30,"to_pay":0,"to_refund":120}
      "return" 150
        of {"business_date":"2026-11-22","lines":[{"line":1,"quantity":"1"}],"store_id":"s-1","terminal":"1","transaction":"1"}
        with {"business_date":"2026-11-22","store_id":"s-1","terminal":"1","transaction":"5"}
        lines {"amount":150,"code":"bread","priced_by":"till","quantity":"1","tax_included":true,"tax_percent":"8","unit_price":150}
        taxes {"included":true,"percent":"8","tax":11,"taxable":150}
        tenders {"amount":30,"kind":"exchange"}
        tenders {"amount":120,"kind":"cash"}
        notes "色違い"
      "sale" 30
        with {"business_date":"2026-11-22","store_id":"s-1","terminal":"1","transaction":"4"}
        lines {"amount":30,"name":"飴","quantity":"1","tax_included":true,"tax_percent":"8","unit_price":30}
        taxes {"included":true,"percent":"8","tax":2,"taxable":30}
        tenders {"amount":30,"kind":"exchange"}
        change 0
    even, without a receipt: 201 null {"returned":150,"sold":150,"to_pay":0,"to_refund":0}
      "return" 150
        with {"business_date":"2026-11-22","store_id":"s-1","terminal":"1","transaction":"7"}
        lines {"amount":150,"code":"bread","quantity":"1","tax_included":true,"tax_percent":"8","unit_price":150}
        taxes {"included":true,"percent":"8","tax":11,"taxable":150}
        tenders {"amount":150,"kind":"exchange"}
        notes "色違い"
      "sale" 150
        with {"business_date":"2026-11-22","store_id":"s-1","terminal":"1","transaction":"6"}
        lines {"amount":150,"code":"bread","quantity":"1","tax_included":true,"tax_percent":"8","unit_price":150}
        taxes {"included":true,"percent":"8","tax":11,"taxable":150}
        tenders {"amount":150,"kind":"exchange"}
        change 0
    more than is left: 422 "too_much_back" null
    "#);
    let (_, look) = get(&api, "/api/closes/preview").await;
    let look: Value = serde_json::from_str(&look).unwrap();
    let exchange = json!({"kind": "exchange", "amount": 0});
    assert_eq!(look["tenders"][1], exchange, "{look}");
    let mut member = order(
        json!({"lines": [{"code": "bread"}]}),
        json!({"lines": [{"code": "bread"}]}),
    );
    member["sale"]["buyer"] = json!("2110000000000000000000");
    let (_, both) = post(&api, "/api/exchanges", &member).await;
    let user = json!({"member_code": "2110000000000000000000"});
    assert_eq!(both["return"]["settlement"]["user"], user, "{both}");
    assert_eq!(both["sale"]["settlement"]["user"], user, "{both}");
    let preview = post(&api, "/api/exchanges/preview", &json!({"terminal": "1"})).await;
    assert_eq!(preview.1["code"], "malformed_json");
}

#[tokio::test]
async fn a_receipt_is_printed_again_with_the_names_of_its_day() {
    let (api, folder) = api();
    let sold = json!({"terminal": "1", "lines": [{"code": "bread"}, {"name": "花", "unit_price": 5}],
        "tenders": [{"kind": "cash", "amount": 155}]});
    let (_, finished) = post(&api, "/api/sales", &sold).await;
    assert_eq!(finished["names"], json!(["パン", "花"]));
    crate::shop::open(folder.path())
        .connection()
        .execute_batch("UPDATE items SET name = '食パン'; DELETE FROM items WHERE code = 'x'")
        .unwrap();
    let back = json!({"terminal": "1", "reason": "x", "lines": [{"line": 1}],
        "of": {"terminal": "1", "business_date": DAY, "transaction": "1"}});
    let (_, back) = post(&api, "/api/returns", &back).await;
    assert_eq!(
        back["names"],
        json!(["パン"]),
        "a return calls it as the sale did"
    );
    let (_, listed) = get(&api, "/api/sales").await;
    let listed: Value = serde_json::from_str(&listed).unwrap();
    assert_eq!(listed["sales"][1]["names"], json!(["パン", "花"]));
    let sent = listed["sales"][1]["settlement"].to_string();
    assert!(
        !sent.contains("パン"),
        "names of coded lines are not sent: {sent}"
    );
    // The control: what is sold now is called as it is called now.
    let (_, now) = post(&api, "/api/sales", &sold).await;
    assert_eq!(now["names"], json!(["食パン", "花"]));
}

#[tokio::test]
async fn a_claim_code_is_a_picture_made_here() {
    let (api, _folder) = api();
    let (status, svg) = get(&api, "/api/claims/01234567890123456789.svg").await;
    assert_eq!(status, 200);
    // 20 digits fit into the smallest square, of 21 modules, with 4 around it.
    assert!(
        svg.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 29 29\""),
        "{svg}"
    );
    for wrong in [
        "0123.svg",
        "01234567890123456789",
        "x1234567890123456789.svg",
    ] {
        let (status, _) = get(&api, &format!("/api/claims/{wrong}")).await;
        assert_eq!(status, 404, "{wrong}");
    }
}
