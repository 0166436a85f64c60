//! What a person is told, and what a person may ask.

use crate::town::{FULL, SALE, received};
use jiff::tz::TimeZone;
use purchase::catalogue::Entry;
use purchase::id::{PurchaseId, Revision};
use purchase::naming::{LineName, Naming};
use purchase::store::{IdentityNumber, Store};
use purchase::time::Timestamp;
use purchase::warning::{Warning, Warnings};
use wire::account::query::{Edge, PurchaseQuery};
use wire::account::{View, cursor, purchase_message, read_cursor};
use wire::catalogue::read_update;
use wire::operator::store::read_store;

fn at(text: &str) -> Timestamp {
    wire::time::read(text).unwrap()
}

fn store(timezone: &str, currency: &str) -> Store {
    let json = format!(
        r#"{{"store_id":"s-330","name":"Store 330","timezone":"{timezone}","currency":"{currency}"}}"#
    );
    read_store(json.as_bytes()).unwrap()
}

fn named(json: &str, revision: u64, named_at: Option<Timestamp>) -> LineName {
    let json = format!(r#"{{"base_revision":0,"revision":1,"changes":[{json}]}}"#);
    let change = read_update(json.as_bytes()).unwrap().changes.remove(0);
    let Entry::Named(item) = change.entry else {
        panic!("it has a name")
    };
    let naming = Naming::Catalogue {
        revision: Revision(revision),
        item,
    };
    LineName { naming, named_at }
}

fn told(view: &View<'_>) -> String {
    serde_json::to_string_pretty(&purchase_message(view)).unwrap()
}

const ID: PurchaseId = PurchaseId([1; 16]);

#[test]
fn the_purchase_of_the_contract() {
    let received = received(SALE);
    let store = store("America/New_York", "USD");
    let zone = TimeZone::get("America/New_York").unwrap();
    let names = [named(
        r#"{"code":"1095275","name":"ICE - CRUSHED/CUBED 22 LB","category":"GROCERY","tax_percent":"0","short_name":"ICE","size":"22 LB","effective_from":"2017-01-01T00:00:00Z"}"#,
        17,
        None,
    )];
    let view = View {
        purchase_id: ID,
        settlement: received.settlement.content(),
        received_at: at("2017-01-01T11:53:27.120Z"),
        store: &store,
        identity: IdentityNumber(0),
        names: &names,
        returned_micros: &[],
        warnings: Warnings::default(),
        voided_by: None,
        zone: &zone,
    };
    insta::assert_snapshot!(told(&view), @r#"
    {
      "purchase_id": "pur_040g2081040g2081040g208104",
      "kind": "sale",
      "store": {
        "id": "s-330",
        "name": "Store 330"
      },
      "key": {
        "store_id": "s-330",
        "terminal": "1",
        "business_date": "2017-01-01",
        "transaction": "31198570044"
      },
      "purchased_at": "2017-01-01T06:53:26-05:00",
      "received_at": "2017-01-01T06:53:27.120-05:00",
      "currency": "USD",
      "total": 50,
      "warnings": [],
      "lines": [
        {
          "line": 1,
          "code": "1095275",
          "name": "ICE - CRUSHED/CUBED 22 LB",
          "name_source": "catalogue",
          "catalogue_revision": 17,
          "short_name": "ICE",
          "size": "22 LB",
          "quantity": "1",
          "unit": "each",
          "unit_price": 50,
          "discount": 0,
          "amount": 50,
          "tax_percent": "0",
          "kind": "goods",
          "category": "GROCERY",
          "returned": "0"
        }
      ]
    }
    "#);
}

#[test]
fn a_purchase_with_every_member() {
    let received = received(FULL);
    let content = received.settlement.content();
    let store = store("Asia/Tokyo", "JPY");
    let zone = TimeZone::get("Asia/Tokyo").unwrap();
    let pending = LineName {
        naming: Naming::Pending,
        named_at: None,
    };
    let sent = LineName {
        naming: Naming::Sent,
        named_at: None,
    };
    let late = named(
        r#"{"code":"22","name":"ハム","reading":"はむ","kind":"goods","sensitive":true,"effective_from":"2026-05-01T00:00:00Z"}"#,
        19,
        Some(at("2026-05-01T00:00:01Z")),
    );
    let view = View {
        purchase_id: ID,
        settlement: content,
        received_at: at("2026-04-01T15:00:00Z"),
        store: &store,
        identity: IdentityNumber(0),
        names: &[sent, late, pending],
        returned_micros: &[500_000, 0, 0],
        warnings: Warnings::default().with(Warning::TaxCheck),
        voided_by: Some(&content.key),
        zone: &zone,
    };
    insta::assert_snapshot!(told(&view), @r#"
    {
      "purchase_id": "pur_040g2081040g2081040g208104",
      "kind": "sale",
      "store": {
        "id": "s-330",
        "name": "Store 330"
      },
      "key": {
        "store_id": "s-330",
        "terminal": "till 7",
        "business_date": "2026-04-01",
        "transaction": "A-000017"
      },
      "purchased_at": "2026-04-01T23:59:59.250+09:00",
      "received_at": "2026-04-02T00:00:00+09:00",
      "currency": "JPY",
      "total": 5742,
      "warnings": [
        "tax_check"
      ],
      "lines": [
        {
          "line": 1,
          "code": "4901234567894",
          "name": "牛乳",
          "name_source": "sent",
          "quantity": "2",
          "unit": "each",
          "unit_price": 238,
          "discount": 30,
          "amount": 446,
          "discounts": [
            {
              "label": "朝市",
              "amount": 10
            },
            {
              "label": "会員",
              "amount": 20
            }
          ],
          "list_price": 258,
          "tax_percent": "8",
          "tax_included": true,
          "gtin": "4901234567894",
          "kind": "goods",
          "category": "乳製品",
          "returned": "0.5"
        },
        {
          "line": 2,
          "code": "22",
          "name": "ハム",
          "name_source": "catalogue",
          "catalogue_revision": 19,
          "named_at": "2026-05-01T09:00:01+09:00",
          "reading": "はむ",
          "quantity": "0.348",
          "unit": "kg",
          "unit_price": 1280,
          "discount": 0,
          "amount": 446,
          "tax_percent": "8",
          "tax_included": true,
          "priced_by": "till",
          "kind": "goods",
          "sensitive": true,
          "returned": "0"
        },
        {
          "line": 3,
          "name": null,
          "name_source": "pending",
          "quantity": "1.5",
          "unit": "h",
          "unit_price": 3000,
          "discount": 0,
          "amount": 4500,
          "kind": "service",
          "part_of": 1,
          "service_from": "2026-04-02T10:00:00+09:00",
          "service_to": "2026-04-02T11:30:00+09:00",
          "sensitive": true,
          "returned": "0"
        }
      ],
      "adjustments": [
        {
          "kind": "coupon",
          "label": "クーポン",
          "amount": -100,
          "tax_percent": "8",
          "lines": [
            1,
            2
          ]
        }
      ],
      "taxes": [
        {
          "percent": "8",
          "included": true,
          "taxable": 792,
          "tax": 58,
          "reduced": true
        },
        {
          "percent": "10",
          "included": false,
          "taxable": 4500,
          "tax": 450,
          "reduced": false
        },
        {
          "percent": "0",
          "included": true,
          "taxable": 0,
          "tax": 0,
          "class": "exempt"
        }
      ],
      "tenders": [
        {
          "kind": "card",
          "amount": 5000,
          "label": "VISA",
          "card": {
            "brand": "VISA",
            "first6": "411111",
            "last4": "1111"
          }
        },
        {
          "kind": "cash",
          "amount": 1000,
          "currency": "USD"
        }
      ],
      "change": 258,
      "with": {
        "store_id": "s-330",
        "terminal": "till 7",
        "business_date": "2026-04-01",
        "transaction": "A-000016"
      },
      "receipt_number": "R-17",
      "staff": "佐藤",
      "points": {
        "earned": 57,
        "used": 0,
        "balance": 1200
      },
      "notes": [
        "またお越しください"
      ],
      "extra": {"weather":"雨","queue":[1,2.5,null,true]},
      "voided_by": {
        "store_id": "s-330",
        "terminal": "till 7",
        "business_date": "2026-04-01",
        "transaction": "A-000017"
      }
    }
    "#);
}

#[test]
fn cursors_read_back_and_are_no_purchase_ids() {
    assert_eq!(read_cursor(&cursor(ID)), Some(ID));
    for other in ["", "c1_", &ID.to_string(), "c2_041061050r3gg28a1c60t3gf20"] {
        assert_eq!(read_cursor(other), None, "{other:?}");
    }
}

fn asked(name: &str, value: &str) -> PurchaseQuery {
    let json = serde_json::json!({ name: value }).to_string();
    serde_json::from_str(&json).unwrap()
}

#[test]
fn questions_are_refused_at_their_place() {
    let rows = [
        ("limit", "100", true),
        ("limit", "101", false),
        ("limit", "0", false),
        ("limit", "-1", false),
        ("limit", "", true),
        ("cursor", "c1_x", false),
        ("from", "2017-01-01", true),
        ("from", "2017-01-01T00:00:00Z", true),
        ("from", "2017-01-01T00:00:00 09:00", false),
        ("to", "2017-02-30", false),
        ("store_id", "S", false),
        ("q", "牛乳　パン", true),
        ("min", "1.5", false),
        ("max", "1000000000000000", false),
        ("currency", "yen", false),
    ];
    for (name, value, fits) in rows {
        match asked(name, value).prove() {
            Ok(_) => assert!(fits, "{name}={value}"),
            Err(errors) => {
                assert!(!fits, "{name}={value}: {errors:?}");
                assert_eq!(errors[0].pointer, format!("/{name}"));
            }
        }
    }
    let long = asked("q", &"a".repeat(201)).prove().unwrap_err();
    assert_eq!(long[0].code.as_str(), "too_long");
}

#[test]
fn days_are_those_of_the_store_and_hold_both_ends() {
    let mut query = asked("from", "2017-01-01").prove().unwrap();
    query.to = asked("to", "2017-01-31").prove().unwrap().to;
    let tokyo = TimeZone::get("Asia/Tokyo").unwrap();
    let rows = [
        ("2016-12-31T14:59:59.999Z", false),
        ("2016-12-31T15:00:00Z", true),
        ("2017-01-31T14:59:59.999Z", true),
        ("2017-01-31T15:00:00Z", false),
    ];
    let (from, to) = query.span();
    for (time, inside) in rows {
        let time = at(time);
        assert_eq!(query.covers(time, &tokyo), inside, "{time:?}");
        assert!(
            from.unwrap() <= time && time < to.unwrap(),
            "the span is the wider one"
        );
    }
    query.from = Some(Edge::Instant(at("2017-01-01T00:00:00Z")));
    query.to = Some(Edge::Instant(at("2017-01-02T00:00:00Z")));
    assert!(query.covers(at("2017-01-01T00:00:00Z"), &tokyo));
    assert!(!query.covers(at("2017-01-02T00:00:00Z"), &tokyo));
}

#[test]
fn words_are_folded_and_split() {
    let query = asked("q", "ＭＩＬＫ　ﾊﾟﾝ").prove().unwrap();
    assert_eq!(query.words, ["milk", "ぱん"]);
    assert_eq!(query.limit, 20);
}
