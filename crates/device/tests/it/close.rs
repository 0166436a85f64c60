//! Day closes: what they add up to, what they count once, and on which day.

use crate::api::{api, get, post};
use crate::shop::{DAY, open, settlement};
use device::rules::Rule;
use device::store::Store;
use device::till::close::tally::{MoveKind, tally};
use device::till::day;
use serde_json::{Value, json};

fn sale(total: i64, taxes: &Value, tenders: &Value, change: i64) -> Value {
    json!({"kind": "sale", "total": total, "taxes": taxes, "tenders": tenders, "change": change})
}

#[test]
fn a_drawer_and_its_taxes_add_up() {
    let cash = |amount: i64| json!([{"kind": "cash", "amount": amount}]);
    let eight = |taxable: i64, tax: i64| json!([{"percent": "8", "included": true, "taxable": taxable, "tax": tax}]);
    let bread = sale(150, &eight(150, 11), &cash(200), 50);
    let back =
        json!({"kind": "return", "total": 150, "taxes": eight(150, 11), "tenders": cash(150)});
    let void = json!({"kind": "void", "total": 150});
    let on_top = sale(
        1098,
        &json!([{"percent": "10", "included": false, "taxable": 999, "tax": 99}]),
        &json!([{"kind": "card", "amount": 1000}, {"kind": "cash", "amount": 100}]),
        2,
    );
    let stamp = sale(84, &json!([]), &cash(84), 0);
    let unsaid = json!({"kind": "sale", "total": 100, "lines": []});
    let exchanged = [
        (
            json!({"kind": "return", "total": 267, "tenders": [{"kind": "exchange", "amount": 267}]}),
            None,
        ),
        (
            sale(
                421,
                &json!([]),
                &json!([{"kind": "exchange", "amount": 267}, {"kind": "cash", "amount": 154}]),
                0,
            ),
            None,
        ),
    ];
    let rows = [
        ("nothing", vec![], vec![(MoveKind::Float, 30_000)]),
        ("a sale with change", vec![(bread.clone(), None)], vec![]),
        (
            "sold and brought back",
            vec![(bread.clone(), None), (back, None)],
            vec![],
        ),
        (
            "sold and voided",
            vec![(bread.clone(), None), (void.clone(), Some(bread.clone()))],
            vec![],
        ),
        (
            "the void of another day's sale",
            vec![(void.clone(), Some(bread))],
            vec![(MoveKind::Float, 1_000)],
        ),
        (
            "the void of a sale that is not here",
            vec![(void, None)],
            vec![],
        ),
        (
            "tax on top, two tenders",
            vec![(on_top, None), (stamp, None)],
            vec![
                (MoveKind::Float, 10_000),
                (MoveKind::In, 5_000),
                (MoveKind::Out, 300),
            ],
        ),
        ("no tender is said", vec![(unsaid, None)], vec![]),
        ("an exchange", exchanged.to_vec(), vec![]),
    ];
    let mut told = String::new();
    for (what, settlements, moves) in rows {
        let tally = serde_json::to_value(tally(&settlements, &moves)).unwrap();
        told += &format!("{what}\n");
        for name in [
            "sales", "returns", "voids", "net", "taxes", "tenders", "cash",
        ] {
            told += &format!("  {name} {}\n", tally[name]);
        }
    }
    insta::assert_snapshot!(told, @r#"
    nothing
      sales {"count":0,"total":0}
      returns {"count":0,"total":0}
      voids {"count":0,"total":0}
      net 0
      taxes []
      tenders []
      cash {"expected":30000,"float":30000,"paid_in":0,"paid_out":0,"sold":0}
    a sale with change
      sales {"count":1,"total":150}
      returns {"count":0,"total":0}
      voids {"count":0,"total":0}
      net 150
      taxes [{"included":true,"percent":"8","tax":11,"taxable":150}]
      tenders [{"amount":150,"kind":"cash"}]
      cash {"expected":150,"float":0,"paid_in":0,"paid_out":0,"sold":150}
    sold and brought back
      sales {"count":1,"total":150}
      returns {"count":1,"total":150}
      voids {"count":0,"total":0}
      net 0
      taxes [{"included":true,"percent":"8","tax":0,"taxable":0}]
      tenders [{"amount":0,"kind":"cash"}]
      cash {"expected":0,"float":0,"paid_in":0,"paid_out":0,"sold":0}
    sold and voided
      sales {"count":1,"total":150}
      returns {"count":0,"total":0}
      voids {"count":1,"total":150}
      net 0
      taxes [{"included":true,"percent":"8","tax":0,"taxable":0}]
      tenders [{"amount":0,"kind":"cash"}]
      cash {"expected":0,"float":0,"paid_in":0,"paid_out":0,"sold":0}
    the void of another day's sale
      sales {"count":0,"total":0}
      returns {"count":0,"total":0}
      voids {"count":1,"total":150}
      net -150
      taxes [{"included":true,"percent":"8","tax":-11,"taxable":-150}]
      tenders [{"amount":-150,"kind":"cash"}]
      cash {"expected":850,"float":1000,"paid_in":0,"paid_out":0,"sold":-150}
    the void of a sale that is not here
      sales {"count":0,"total":0}
      returns {"count":0,"total":0}
      voids {"count":1,"total":150}
      net -150
      taxes [{"included":true,"percent":null,"tax":0,"taxable":-150}]
      tenders [{"amount":-150,"kind":"unsaid"}]
      cash {"expected":0,"float":0,"paid_in":0,"paid_out":0,"sold":0}
    tax on top, two tenders
      sales {"count":2,"total":1182}
      returns {"count":0,"total":0}
      voids {"count":0,"total":0}
      net 1182
      taxes [{"included":false,"percent":"10","tax":99,"taxable":999},{"included":true,"percent":null,"tax":0,"taxable":84}]
      tenders [{"amount":1000,"kind":"card"},{"amount":182,"kind":"cash"}]
      cash {"expected":14882,"float":10000,"paid_in":5000,"paid_out":300,"sold":182}
    no tender is said
      sales {"count":1,"total":100}
      returns {"count":0,"total":0}
      voids {"count":0,"total":0}
      net 100
      taxes [{"included":true,"percent":null,"tax":0,"taxable":100}]
      tenders [{"amount":100,"kind":"unsaid"}]
      cash {"expected":0,"float":0,"paid_in":0,"paid_out":0,"sold":0}
    an exchange
      sales {"count":1,"total":421}
      returns {"count":1,"total":267}
      voids {"count":0,"total":0}
      net 154
      taxes [{"included":true,"percent":null,"tax":0,"taxable":154}]
      tenders [{"amount":154,"kind":"cash"},{"amount":0,"kind":"exchange"}]
      cash {"expected":154,"float":0,"paid_in":0,"paid_out":0,"sold":154}
    "#);
}

#[tokio::test]
async fn each_sale_is_counted_by_one_close() {
    let (api, folder) = api();
    let sell = |paid: i64| {
        json!({"terminal": "1", "lines": [{"code": "bread"}],
        "tenders": [{"kind": "cash", "amount": paid}]})
    };
    let float = json!({"terminal": "1", "kind": "float", "amount": 30_000, "request": "f"});
    let out =
        json!({"terminal": "1", "kind": "out", "amount": 500, "reason": "切手", "staff": "7"});
    for body in [&float, &float, &out] {
        assert_eq!(post(&api, "/api/cash", body).await.0, 201);
    }
    let unsaid = json!({"terminal": "1", "kind": "out", "amount": 500});
    assert_eq!(
        post(&api, "/api/cash", &unsaid).await.1["code"],
        "cash_reason_missing"
    );
    assert_eq!(post(&api, "/api/sales", &sell(200)).await.0, 201);
    let other = json!({"terminal": "2", "lines": [{"code": "bread"}],
        "tenders": [{"kind": "card", "amount": 150}]});
    assert_eq!(post(&api, "/api/sales", &other).await.0, 201);
    let look = get(&api, "/api/closes/preview?terminal=1").await.1;
    let order = json!({"terminal": "1", "counted_cash": 29_640, "staff": "7", "request": "c1"});
    let (status, first) = post(&api, "/api/closes", &order).await;
    assert_eq!(status, 201, "{first}");
    insta::assert_snapshot!(serde_json::to_string_pretty(&first).unwrap(), @r#"
    {
      "at": "2026-11-22T12:00:00+09:00",
      "business_date": "2026-11-22",
      "cash": {
        "counted": 29640,
        "difference": -10,
        "expected": 29650,
        "float": 30000,
        "paid_in": 0,
        "paid_out": 500,
        "sold": 150
      },
      "currency": "JPY",
      "moves": [
        {
          "amount": 30000,
          "at": "2026-11-22T12:00:00+09:00",
          "kind": "float",
          "reason": "",
          "terminal": "1"
        },
        {
          "amount": 500,
          "at": "2026-11-22T12:00:00+09:00",
          "kind": "out",
          "reason": "切手",
          "staff": "7",
          "terminal": "1"
        }
      ],
      "net": 150,
      "number": 1,
      "returns": {
        "count": 0,
        "total": 0
      },
      "sales": {
        "count": 1,
        "total": 150
      },
      "staff": "7",
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
          "amount": 150,
          "kind": "cash"
        }
      ],
      "terminal": "1",
      "voids": {
        "count": 0,
        "total": 0
      }
    }
    "#);
    let look: Value = serde_json::from_str(&look).unwrap();
    assert_eq!(look["cash"]["expected"], first["cash"]["expected"]);
    assert_eq!(look.get("number"), None, "a look closes nothing");
    // Asked for again, it is the same one; what was not asked for before finds nothing left.
    assert_eq!(post(&api, "/api/closes", &order).await.1, first);
    let again = json!({"terminal": "1"});
    assert_eq!(
        post(&api, "/api/closes", &again).await.1["code"],
        "nothing_to_close"
    );
    // What is sold after it belongs to the next one.
    post(&api, "/api/sales", &sell(150)).await;
    let all = json!({"counted_cash": 150});
    let (_, second) = post(&api, "/api/closes", &all).await;
    assert_eq!(
        (&second["number"], &second["sales"]["count"]),
        (&json!(2), &json!(2)),
        "{second}"
    );
    assert_eq!(second["cash"]["difference"], 0);
    let listed: Value = serde_json::from_str(&get(&api, "/api/closes").await.1).unwrap();
    assert_eq!(listed["closes"].as_array().unwrap().len(), 2);
    assert_eq!(listed["open"], json!([]));
    assert_eq!(get(&api, "/api/closes/1").await.0, 200);
    assert_eq!(get(&api, "/api/closes/9").await.0, 404);
    let wrong = json!({"business_date": "yesterday"});
    assert_eq!(
        post(&api, "/api/closes", &wrong).await.1["code"],
        "invalid_value"
    );
    let connection = open(folder.path());
    let unclosed: i64 = connection
        .connection()
        .query_row(
            "SELECT count(*) FROM sales WHERE closed_by IS NULL",
            [],
            |row| row.get(0),
        )
        .unwrap();
    assert_eq!(unclosed, 0);
}

#[tokio::test]
async fn a_tills_own_settlement_is_counted_too() {
    let (api, _folder) = api();
    post(&api, "/api/settlements", &settlement("31", 100)).await;
    let look: Value = serde_json::from_str(&get(&api, "/api/closes/preview").await.1).unwrap();
    assert_eq!(look["sales"], json!({"count": 1, "total": 100}));
    assert_eq!(look["tenders"], json!([{"kind": "unsaid", "amount": 100}]));
}

/// Tokyo's clock, the shop's hour, the day that it is.
#[test]
fn the_shop_says_when_its_day_changes_and_no_day_goes_back() {
    let shop = crate::shop::shop();
    let connection = shop.database.connection();
    let rows = [
        ("2026-11-22T04:59:00+09:00", "", "2026-11-21"),
        ("2026-11-22T05:00:00+09:00", "", "2026-11-22"),
        ("2026-11-23T00:30:00+09:00", "00:00", "2026-11-23"),
        // The shop moves its hour after it sold on the 23rd: it stays the 23rd.
        ("2026-11-23T00:40:00+09:00", "05:00", "2026-11-23"),
        ("2026-11-23T05:00:00+09:00", "05:00", "2026-11-23"),
        ("2026-11-24T02:00:00+09:00", "05:00", "2026-11-23"),
        ("2026-11-24T02:00:00+09:00", "01:30", "2026-11-24"),
        // A clock that was years ahead once does not hold the shop there.
        ("2031-01-01T12:00:00+09:00", "01:30", "2031-01-01"),
        ("2026-11-24T12:00:00+09:00", "01:30", "2026-11-24"),
    ];
    for (at, hour, expected) in rows {
        Rule::DayChange.set(connection, hour).unwrap();
        let at = wire::time::read(at).unwrap();
        let today = day::today(connection, &shop.store, at).unwrap().to_string();
        assert_eq!(today, expected, "{hour}");
        connection
            .execute(
                "INSERT OR REPLACE INTO facts VALUES ('trading_day', ?)",
                [today],
            )
            .unwrap();
    }
}

#[test]
fn no_number_begins_anew_with_a_day() {
    let mut shop = crate::shop::shop();
    let sell = |shop: &mut crate::shop::Shop, at: &str| {
        let basket = json!({"terminal": "1", "lines": [{"name": "x", "unit_price": 0}]});
        let basket = serde_json::from_value(basket).unwrap();
        let at = wire::time::read(at).unwrap();
        let store: &Store = &shop.store;
        let done = device::till::finish(&mut shop.database, store, &basket, at, [7; 32], None);
        let done = done.unwrap();
        (done.business_date, done.transaction)
    };
    let first = sell(&mut shop, "2026-11-22T12:00:00+09:00");
    assert_eq!(first, (DAY.to_owned(), "1".to_owned()));
    let second = sell(&mut shop, "2026-11-23T12:00:00+09:00");
    assert_eq!(second, ("2026-11-23".to_owned(), "2".to_owned()));
}
