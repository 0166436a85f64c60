//! Bad input: each a clear problem with its place, nothing stored, the server unharmed.

use crate::call::{Ask, get, patch, post, put};
use crate::goods::{And, TODAY, named};
use crate::world::{NOON, Shop, World};
use serde_json::{Value, json};

/// What the answer to each of `rows` says of its first fault.
async fn faults(world: &World, rows: Vec<(&str, Ask)>) -> String {
    let mut shown = String::new();
    for (what, ask) in rows {
        let answer = world.ask(ask).await;
        assert_eq!(
            answer.header("content-type"),
            "application/problem+json",
            "{what}"
        );
        let json = answer.json();
        let found = json.pointer("/errors/0").unwrap_or(&json);
        let part = |name: &str| found[name].as_str().unwrap_or("-").to_owned();
        let (code, pointer, detail) = (part("code"), part("pointer"), part("detail"));
        assert_eq!(json["code"], code, "{what}");
        shown += &format!("{what}\n  {} {code} {pointer}: {detail}\n", answer.status);
    }
    shown
}

/// The sale as text with one part replaced.
fn changed(mart: &Shop, from: &str, to: &str) -> Ask {
    let sale = mart.sale("t-1", 250).to_string();
    assert!(sale.contains(from), "{from} is not in {sale}");
    post("/v1/settlements", sale.replacen(from, to, 1)).by(&mart.key)
}

fn with(mart: &Shop, pointer: &str, value: Value) -> Ask {
    post("/v1/settlements", mart.sale("t-1", 250).and(pointer, value)).by(&mart.key)
}

#[tokio::test]
async fn a_form_that_is_wrong_is_refused_at_its_place() {
    let world = World::open().await;
    let mart = &world.shop("mart").await;
    let not_text = {
        let sale = mart
            .sale("t-1", 250)
            .to_string()
            .replace("milk", "\u{fffd}")
            .into_bytes();
        let at = sale.iter().position(|byte| *byte == 0xef).unwrap();
        let bytes = [&sale[..at], b"\xff", &sale[at + 3..]].concat();
        post("/v1/settlements", "").by(&mart.key).of_bytes(bytes)
    };
    let deep = |depth: usize| format!("{}1{}", "[".repeat(depth), "]".repeat(depth));
    let rows = vec![
        ("nothing", post("/v1/settlements", "").by(&mart.key)),
        (
            "half of it",
            post("/v1/settlements", "{\"store_id\":").by(&mart.key),
        ),
        ("not UTF-8", not_text),
        (
            "zero character",
            changed(mart, "\"milk\"", "\"mi\\u0000lk\""),
        ),
        ("zero byte", changed(mart, "\"milk\"", "\"mi\0lk\"")),
        (
            "lone surrogate",
            changed(mart, "\"milk\"", "\"mi\\ud83dlk\""),
        ),
        (
            "zero character in extra",
            with(mart, "/extra", json!({"a": ["\0"]})),
        ),
        (
            "zero character in a name",
            with(mart, "/lines/0/name", json!("牛\0乳")),
        ),
        (
            "turned writing",
            with(mart, "/lines/0/name", json!("\u{202e}乳牛")),
        ),
        ("deep", post("/v1/settlements", deep(100_000)).by(&mart.key)),
        (
            "deep extra",
            changed(
                mart,
                "{",
                &format!("{{\"extra\":{{\"a\":{}}},", deep(100_000)),
            ),
        ),
        ("twice", changed(mart, "{", "{\"total\":250,")),
        (
            "twice in a line",
            changed(mart, "\"amount\":", "\"amount\":1,\"amount\":"),
        ),
        ("typing error", changed(mart, "\"total\"", "\"totl\"")),
        (
            "line's typing error",
            changed(mart, "\"quantity\"", "\"qantity\""),
        ),
        ("unknown", with(mart, "/colour", json!("red"))),
        ("missing", changed(mart, "\"kind\":\"sale\",", "")),
        ("a number as text", with(mart, "/total", json!("250"))),
        ("a fraction of a yen", with(mart, "/total", json!(250.5))),
        (
            "an array for an object",
            with(mart, "/user", json!(["usr_1"])),
        ),
        (
            "too large",
            with(mart, "/staff", json!("x".repeat(262_144))),
        ),
    ];
    insta::assert_snapshot!(faults(&world, rows).await, @r#"
    nothing
      400 malformed_json : is not JSON: EOF while parsing a value at line 1 column 0
    half of it
      400 malformed_json /store_id: is not JSON: EOF while parsing a value at line 1 column 12
    not UTF-8
      400 malformed_json : must be UTF-8; byte 92 is not part of a character
    zero character
      422 invalid_value /lines/0/code: an item code is 1 to 64 printable characters
    zero byte
      400 malformed_json /lines/0/code: is not JSON: control character (\u0000-\u001F) found while parsing a string at line 1 column 95
    lone surrogate
      400 malformed_json /lines/0/code: is not JSON: unexpected end of hex escape at line 1 column 101
    zero character in extra
      422 invalid_value /extra: must not contain the character U+0000
    zero character in a name
      422 invalid_value /lines/0/name: must not contain the character U+0000
    turned writing
      422 invalid_value /lines/0/name: must not contain the character U+202E
    deep
      422 invalid_value : must be an object; found an array
    deep extra
      422 too_long /extra: takes at most 4096 bytes
    twice
      422 duplicate_field /total: stands there twice; send it once
    twice in a line
      422 duplicate_field /lines/0/amount: stands there twice; send it once
    typing error
      422 unknown_field /totl: unknown field "totl"; did you mean "total"?
    line's typing error
      422 unknown_field /lines/0/qantity: unknown field "qantity"; did you mean "quantity"?
    unknown
      422 unknown_field /colour: unknown field "colour"; free-form members belong into extra
    missing
      422 missing_field /kind: is required
    a number as text
      422 invalid_value /total: must be a whole number of minor units, such as 50; found a string
    a fraction of a yen
      422 invalid_value /total: must be a whole number of minor units, such as 50; found a fraction, or a number out of bounds
    an array for an object
      422 invalid_value /user: must be an object; found an array
    too large
      413 too_large -: the body is larger than 262144 bytes; send it in smaller parts
    "#);
    nothing_stored(&world, mart).await;
    world.close().await;
}

#[tokio::test]
async fn a_value_that_is_wrong_is_refused_at_its_place() {
    let world = World::open().await;
    let mart = &world.shop("mart").await;
    let rows = vec![
        ("overflow", with(mart, "/total", json!(i64::MAX))),
        (
            "beyond overflow",
            changed(mart, ",\"total\":250", ",\"total\":9223372036854775808"),
        ),
        (
            "overflow of a product",
            with(
                mart,
                "/lines/0",
                json!({"code": "a", "quantity": "1000000",
            "unit_price": 999_999_999_999_999_i64, "amount": 1}),
            ),
        ),
        (
            "overflow of a sum",
            with(
                mart,
                "/adjustments",
                json!(vec![
                    json!({"kind": "fee",
            "label": "a", "amount": 999_999_999_999_999_i64});
                    100
                ]),
            ),
        ),
        ("negative total", with(mart, "/total", json!(-1))),
        (
            "negative amount",
            with(mart, "/lines/0/amount", json!(-250)),
        ),
        (
            "negative quantity",
            with(mart, "/lines/0/quantity", json!("-1")),
        ),
        ("no quantity", with(mart, "/lines/0/quantity", json!("0"))),
        (
            "too fine a quantity",
            with(mart, "/lines/0/quantity", json!("0.0000001")),
        ),
        (
            "a quantity with power",
            with(mart, "/lines/0/quantity", json!("1e3")),
        ),
        ("line off by one", with(mart, "/lines/0/amount", json!(251))),
        ("total off by one", with(mart, "/total", json!(251))),
        ("wrong currency", with(mart, "/currency", json!("EUR"))),
        ("no currency", with(mart, "/currency", json!("YEN"))),
        ("unknown kind", with(mart, "/kind", json!("sales"))),
        (
            "a time without its offset",
            with(mart, "/purchased_at", json!("2026-04-10T12:00:00")),
        ),
        (
            "no such day",
            with(mart, "/business_date", json!("2026-02-30")),
        ),
        ("no lines", with(mart, "/lines", json!([]))),
        (
            "too many lines",
            with(
                mart,
                "/lines",
                json!(vec![mart.sale("t", 0)["lines"][0].clone(); 501]),
            ),
        ),
        ("no name at all", with(mart, "/lines/0/code", Value::Null)),
        (
            "a void without an original",
            with(mart, "/kind", json!("void")),
        ),
        (
            "another store's id",
            with(mart, "/store_id", json!("nobody")),
        ),
        (
            "a long terminal",
            with(mart, "/terminal", json!("x".repeat(33))),
        ),
        (
            "too much extra",
            with(mart, "/extra", json!({"a": "x".repeat(4_096)})),
        ),
        (
            "a short claim code",
            with(mart, "/claim_code", json!("123")),
        ),
        (
            "two buyers",
            with(mart, "/user", json!({"id": "a", "pseudonym": "b"})),
        ),
    ];
    insta::assert_snapshot!(faults(&world, rows).await, @r#"
    overflow
      422 invalid_value /total: an amount lies between -999999999999999 and 999999999999999 minor units
    beyond overflow
      422 invalid_value /total: must be a whole number of minor units, such as 50; found a number out of bounds
    overflow of a product
      422 line_sum /lines/0/amount: 999999999999999 x 1000000 less 0 is not 1; correct it or send priced_by "till"
    overflow of a sum
      422 total_sum /total: lines 250, adjustments 99999999999999900 and excluded tax 0 make 100000000000000150, not 250
    negative total
      422 negative_amount /total: must not be negative; the kind gives the direction
    negative amount
      422 negative_amount /lines/0/amount: must not be negative; the kind gives the direction
    negative quantity
      422 invalid_value /lines/0/quantity: must be a decimal string such as "1" or "0.348", without sign or exponent
    no quantity
      422 invalid_value /lines/0/quantity: must be greater than zero
    too fine a quantity
      422 invalid_value /lines/0/quantity: takes at most 6 decimal places
    a quantity with power
      422 invalid_value /lines/0/quantity: must be a decimal string such as "1" or "0.348", without sign or exponent
    line off by one
      422 line_sum /lines/0/amount: 250 x 1 less 0 is not 251; correct it or send priced_by "till"
    total off by one
      422 total_sum /total: lines 250, adjustments 0 and excluded tax 0 make 250, not 251
    wrong currency
      422 currency_mismatch /currency: this store sells in JPY
    no currency
      422 invalid_value /currency: a currency is three capital letters of ISO 4217, such as JPY
    unknown kind
      422 invalid_value /kind: did you mean "sale"? it must be one of: sale, return, void
    a time without its offset
      422 invalid_value /purchased_at: must be a time of RFC 3339 with its offset, such as 2017-01-01T06:53:26-05:00
    no such day
      422 invalid_value /business_date: a date is written YYYY-MM-DD and must exist in the calendar
    no lines
      422 lines_of_kind /lines: a sale or return has at least one line
    too many lines
      422 too_many_rows /lines: has 501 rows; at most 500
    no name at all
      422 nameless_line /lines/0: needs a code, a name, or both
    a void without an original
      422 lines_of_kind /lines: a void has no lines
    another store's id
      403 not_your_store /store_id: this key writes for mart only
    a long terminal
      422 invalid_value /terminal: must be 1 to 32 printable ASCII characters
    too much extra
      422 too_long /extra: takes at most 4096 bytes
    a short claim code
      422 invalid_value /claim_code: must be exactly 20 decimal digits
    two buyers
      422 invalid_value /user: takes exactly one of id, member_code and pseudonym; leave user out if nobody said who bought
    "#);
    nothing_stored(&world, mart).await;
    world.close().await;
}

#[tokio::test]
async fn other_messages_are_proven_as_well() {
    let world = World::open().await;
    let mart = &world.shop("mart").await;
    let ann = world.person("ann").await;
    let (catalogue, stores) = (mart.path("/catalogue"), "/v1/stores");
    let item = |item: Value| {
        let update = named(0, 1, "milk", "牛乳", NOON).and("/changes/0", item);
        put(&catalogue, update).by(&mart.key)
    };
    let store =
        json!({"store_id": "new", "name": "新店", "timezone": "Asia/Tokyo", "currency": "JPY"});
    let order = |ask: Ask| ask.by(&world.operator);
    let rows = vec![
        ("an item without a name", item(json!({"code": "milk", "effective_from": NOON}))),
        ("an item from no time", item(json!({"code": "milk", "name": "牛乳"}))),
        ("an item's typing error", item(json!({"code": "milk", "nmae": "牛乳", "effective_from": NOON}))),
        ("a revision going back", put(&catalogue, named(5, 5, "milk", "牛乳", NOON)).by(&mart.key)),
        ("no update", put(&catalogue, "nonsense").by(&mart.key)),
        ("a snapshot's item", put(mart.path("/catalogue/snapshot"), json!({"base_revision": 0,
            "revision": 1, "effective_from": NOON, "items": [{"code": "milk", "discontinued": true}]}))
            .by(&mart.key)),
        ("a snapshot's second line", put(mart.path("/catalogue/snapshot"), format!("{}\n{{\n",
            json!({"base_revision": 0, "revision": 1, "effective_from": NOON})))
            .by(&mart.key).in_lines()),
        ("a confirmation", post(mart.path("/pending/milk"), json!({"revision": 1})).by(&mart.key)),
        ("a store's id", order(post(stores, store.clone().and("/store_id", json!("New"))))),
        ("a store's zone", order(post(stores, store.clone().and("/timezone", json!("Asia/Tokio"))))),
        ("a store's typing error", order(post(stores, store.and("/adress", json!("東京"))))),
        ("a store's past", order(patch(mart.path(""), json!({"name": "新"})))),
        ("a machine", order(post(mart.path("/devices"), json!({"name": ""})))),
        ("a machine that signs", order(post(mart.path("/devices"), json!({"name": "a",
            "public_key": "00".repeat(31)})))),
        ("a person", order(post("/v1/users", json!({"email": "nobody"})))),
        ("a count", order(get("/v1/counts?by=colour"))),
        ("a count's parameter", order(get("/v1/counts?buy=store"))),
        ("a day", order(get(mart.path("/days/2026-13-01")))),
        ("a day's cursor", order(get(mart.path(&format!("/days/{TODAY}/settlements?cursor=x"))))),
        ("a follower", order(get(mart.path("/catalogue/changes?after=-1")))),
        ("a page's limit", get("/v1/me/purchases?limit=101").by(&ann.key)),
        ("a page's parameter", get("/v1/me/purchases?limt=10").by(&ann.key)),
        ("a page's parameter twice", get("/v1/me/purchases?limit=1&limit=2").by(&ann.key)),
        ("a path that is no text", order(get("/v1/stores/%ff"))),
        ("a path that is no text, deep", order(get("/v1/stores/mart/catalogue/items/%c3%28"))),
    ];
    insta::assert_snapshot!(faults(&world, rows).await, @r#"
    an item without a name
      422 missing_field /changes/0/name: is required unless the item is discontinued
    an item from no time
      422 missing_field /changes/0/effective_from: is required in a change
    an item's typing error
      422 unknown_field /changes/0/nmae: unknown field "nmae"; did you mean "name"?
    a revision going back
      422 invalid_value /revision: must be greater than base_revision 5
    no update
      400 malformed_json : is not JSON: expected ident at line 1 column 2
    a snapshot's item
      422 invalid_value /items/0/discontinued: a snapshot leaves a discontinued item out
    a snapshot's second line
      400 malformed_json /items/0: is not JSON: EOF while parsing an object at line 1 column 1
    a confirmation
      422 invalid_value /revision: this revision does not name the code; see its versions
    a store's id
      422 invalid_value /store_id: a store id is 1 to 64 of a-z, 0-9 and -, and begins with a letter or digit
    a store's zone
      422 invalid_value /timezone: must be the IANA name of a time zone, such as Asia/Tokyo
    a store's typing error
      422 unknown_field /adress: unknown field "adress"; did you mean "address"?
    a store's past
      422 missing_field /effective_from: say from when this holds
    a machine
      422 invalid_value /name: must not be empty
    a machine that signs
      422 invalid_value /public_key: must be 64 hexadecimal digits
    a person
      422 invalid_value /email: must be an e-mail address
    a count
      422 invalid_value /by: must be store or user
    a count's parameter
      422 unknown_field : buy: unknown field `buy`, expected `by` or `cursor`
    a day
      422 invalid_value /business_date: a date is written YYYY-MM-DD and must exist in the calendar
    a day's cursor
      422 invalid_value /cursor: copy next_cursor unchanged
    a follower
      422 invalid_value : after: invalid digit found in string
    a page's limit
      422 invalid_value /limit: must be a number from 1 to 100
    a page's parameter
      422 unknown_field : limt: unknown field `limt`, expected one of `limit`, `cursor`, `from`, `to`, `store_id`, `q`, `min`, `max`, `currency`
    a page's parameter twice
      422 duplicate_field : duplicate field `limit`
    a path that is no text
      404 not_found -: there is no such page
    a path that is no text, deep
      404 not_found -: there is no such page
    "#);
    world.close().await;
}

/// No settlement was stored, and the server still takes one.
async fn nothing_stored(world: &World, mart: &Shop) {
    let day = mart.path(&format!("/days/{TODAY}"));
    let before = world.ask(get(&day).by(&mart.key)).await.is(200).json();
    assert_eq!(before["settlements"], 0);
    let conflicts = world
        .ask(get(mart.path("/conflicts")).by(&mart.key))
        .await
        .is(200)
        .json();
    assert_eq!(conflicts["conflicts"], json!([]));
    world
        .ask(post("/v1/settlements", mart.sale("t-1", 250)).by(&mart.key))
        .await
        .is(201);
    let after = world.ask(get(&day).by(&mart.key)).await.is(200).json();
    assert_eq!(after["settlements"], 1);
}
