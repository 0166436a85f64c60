//! Opened purchases for tests of what is reckoned from them: made from messages, as shops send them.

use crate::counter::Counter;
use jiff::tz::TimeZone;
use ledger::account::Filed;
use purchase::id::{ItemCode, OwnerId, PurchaseId, Revision, StoreId, UserId};
use purchase::money::Currency;
use purchase::naming::{LineName, Naming};
use purchase::settlement::Line;
use purchase::store::{Identity, IdentityNumber, Store};
use purchase::text::Text;
use purchase::time::Timestamp;
use purchase::warning::Warnings;
use serde_json::{Value, json};
use std::sync::Arc;

/// A shop in Tokyo, called by its id.
pub(crate) fn counter(id: &str) -> Counter {
    let zone = "Asia/Tokyo";
    let store = Store {
        store_id: StoreId::parse(id).unwrap(),
        timezone: Text::new(zone, 50).unwrap(),
        currency: Currency::parse("JPY").unwrap(),
        chain_id: None,
        catalogue_of: None,
        closed_at: None,
        identities: vec![Identity {
            effective_from: Timestamp::ZERO,
            name: Text::new(id, 50).unwrap(),
            issuer: None,
            address: None,
            phone: None,
            receipt_footer: None,
        }],
    };
    Counter {
        store: Arc::new(store),
        zone: TimeZone::get(zone).unwrap(),
        patterns: None,
    }
}

/// A sale of these lines, each `(code, amount)`.
pub(crate) fn sale(shop: &str, at: &str, lines: &[(&str, i64)]) -> Value {
    let rows: Vec<_> = lines
        .iter()
        .map(|(code, amount)| {
            json!({"code": code, "name": format!("name of {code}"), "quantity": "1",
                "unit_price": amount, "amount": amount})
        })
        .collect();
    let total: i64 = lines.iter().map(|(_, amount)| amount).sum();
    json!({"store_id": shop, "terminal": "1", "business_date": "2026-04-10", "transaction": at,
        "kind": "sale", "purchased_at": at, "currency": "JPY", "lines": rows, "total": total})
}

/// The purchase that such a message becomes.
pub(crate) fn filed(message: &Value) -> Filed {
    let received = wire::settlement::read_settlement(message.to_string().as_bytes());
    let settlement = received
        .unwrap_or_else(|error| panic!("{error:?}"))
        .settlement;
    let content = settlement.content();
    let at = content.purchased_at;
    let naming = |line: &Line| match line.name {
        Some(_) => Naming::Sent,
        None => Naming::Pending,
    };
    let names = content.lines.iter().map(|line| LineName {
        naming: naming(line),
        named_at: None,
    });
    Filed {
        owner: OwnerId::User(UserId([1; 16])),
        purchase_id: PurchaseId::new(at, [0; 10]),
        received_at: at,
        warnings: Warnings::default(),
        identity: IdentityNumber(0),
        names: names.collect(),
        returned_micros: Vec::new(),
        voided_by: None,
        settlement,
    }
}

/// The purchase as it is once its lines have these catalogue items; each tells its name and more.
pub(crate) fn named(mut filed: Filed, change: impl Fn(&mut purchase::catalogue::Item)) -> Filed {
    let lines = &filed.settlement.content().lines;
    for (name, line) in filed.names.iter_mut().zip(lines) {
        let code = line.code.as_ref().map(ItemCode::as_str).unwrap_or_default();
        let mut item = purchase::catalogue::Item {
            name: Text::new(&format!("catalogue's {code}"), 50).unwrap(),
            short_name: None,
            reading: None,
            size: None,
            gtin: None,
            kind: purchase::settlement::ItemKind::Goods,
            category: None,
            unit: None,
            unit_price: None,
            tax_percent: None,
            tax_place: None,
            sensitivity: purchase::settlement::Sensitivity::Plain,
        };
        change(&mut item);
        name.naming = Naming::Catalogue {
            revision: Revision(1),
            item: Arc::new(item),
        };
    }
    filed
}
