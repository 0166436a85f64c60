//! Names that the shop is asked for: kept between reports, gone when the item is there, shown by the till's
//! interface; and what a report says.

use crate::api::{api, get};
use crate::shop::{DAY, Shop, now, open, settlement, shop};
use device::wishes::{self, Wish};
use device::{outbox, report, wrong_clock};
use serde_json::{Value, json};
use wire::outcome::OutcomeMessage;
use wire::report::{WishMessage, read_report};

fn wish(code: &str, hour: u8, lines: u64) -> WishMessage {
    WishMessage {
        code: code.to_owned(),
        asked_at: format!("2026-11-22T{hour:02}:00:00+09:00"),
        lines,
    }
}

fn codes(shop: &Shop) -> Vec<String> {
    let wishes = wishes::list(shop.database.connection()).unwrap();
    wishes.into_iter().map(|wish| wish.code).collect()
}

#[test]
fn a_wish_lasts_until_the_item_is_there() {
    let mut shop = shop();
    let asked = [wish("491", 9, 2), wish("490", 10, 1), wish("492", 8, 1)];
    wishes::take(&mut shop.database, &asked).unwrap();
    assert_eq!(
        codes(&shop),
        ["492", "491", "490"],
        "first asked, first shown"
    );
    shop.sql("INSERT INTO items (code, name) VALUES ('491', 'パン')");
    assert_eq!(codes(&shop), ["492", "490"]);
    shop.sql("UPDATE items SET code = '490' WHERE code = '491'");
    assert_eq!(codes(&shop), ["492"]);
    // The server has not learnt of it yet, or waits for the shop's word: it is not asked for again.
    wishes::take(&mut shop.database, &asked[1..]).unwrap();
    assert_eq!(codes(&shop), ["492"]);
    wishes::take(&mut shop.database, &[]).unwrap();
    assert_eq!(codes(&shop), [""; 0], "taken back");
}

#[test]
fn what_cannot_be_a_code_is_not_shown() {
    let mut shop = shop();
    let mut strange = wish("1", 9, 1);
    strange.asked_at = "noon".to_owned();
    let asked = [
        wish("a\u{1b}[2J", 9, 1),
        wish("", 9, 1),
        strange,
        wish("2", 9, u64::MAX),
    ];
    wishes::take(&mut shop.database, &asked).unwrap();
    let found = wishes::list(shop.database.connection()).unwrap();
    let expected = Wish {
        code: "2".to_owned(),
        asked_at: 1_795_305_600_000,
        lines: i64::MAX,
    };
    assert_eq!(found, [expected]);
    let many: Vec<_> = (0..999).map(|nth| wish(&nth.to_string(), 9, 1)).collect();
    wishes::take(&mut shop.database, &many).unwrap();
    assert_eq!(codes(&shop).len(), 200, "no more than the contract says");
}

#[tokio::test]
async fn tills_show_what_is_asked_for() {
    let (api, folder) = api();
    let mut database = open(folder.path());
    wishes::take(&mut database, &[wish("490", 9, 3)]).unwrap();
    let (status, found) = get(&api, "/api/wishes").await;
    assert_eq!(status, 200);
    insta::assert_snapshot!(found, @r#"{"wishes":[{"asked_at":"2026-11-22T09:00:00+09:00","code":"490","lines":3}]}"#);
    let (_, status) = get(&api, "/api/status").await;
    let status: Value = serde_json::from_str(&status).unwrap();
    assert_eq!(status["names_wanted"], 1);
}

/// What a device tells is taken by the server's own reader, and says what is so.
#[test]
fn a_report_says_how_the_device_is() {
    let mut shop = shop();
    for number in ["1", "2", "3"] {
        shop.enter(&settlement(number, 100));
    }
    let refused: OutcomeMessage = serde_json::from_value(json!({"outcome": "rejected",
        "code": "invalid_value", "errors": [{"pointer": "/lines/0/quantity",
            "code": "invalid_value", "detail": "must be a decimal"}]}))
    .unwrap();
    let sale = outbox::of_id(shop.database.connection(), 2)
        .unwrap()
        .unwrap();
    outbox::settle(shop.database.connection(), sale.id, &refused, now()).unwrap();
    let shown = device::link::Shown {
        theirs: now().plus_ms(90_000),
        ours: now(),
    };
    wrong_clock::hear(&shop.database, shown).unwrap();
    let message = report::gather(&shop.database, &shop.store).unwrap();
    let sent = serde_json::to_vec(&message).unwrap();
    let store_id = purchase::id::StoreId::parse("s-1").unwrap();
    let read = read_report(&sent, &store_id).unwrap();
    assert!(read.disk_free_bytes.is_some_and(|free| free > 0));
    assert_eq!((read.waiting, read.stuck_count), (2, 1));
    assert_eq!(read.oldest_at, Some(now()));
    assert_eq!(read.clock_offset_ms, Some(90_000));
    let stuck = &read.stuck[0];
    assert_eq!(stuck.key.transaction.as_str(), "2");
    assert_eq!(stuck.key.business_date.to_string(), DAY);
    assert_eq!(stuck.code.as_str(), "invalid_value");
    let detail = stuck.detail.as_ref().map(|text| text.as_str());
    assert_eq!(detail, Some("/lines/0/quantity: must be a decimal"));
    let tills: Vec<_> = read.terminals.iter().map(|name| name.as_str()).collect();
    assert_eq!(tills, ["1"]);
    // Nothing of what was sold is in it.
    assert!(!String::from_utf8(sent).unwrap().contains("パン"));
}
