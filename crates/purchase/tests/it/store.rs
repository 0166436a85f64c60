//! Which identity a store had at a sale: the newest that had begun, by start and then by when it
//! was told.

use crate::sample::{at, text};
use purchase::id::StoreId;
use purchase::money::Currency;
use purchase::store::{ChainId, Identity, IdentityNumber, Store};

fn identity(name: &str, from: i64) -> Identity {
    Identity {
        effective_from: at(from),
        name: text(name),
        issuer: None,
        address: None,
        phone: None,
        receipt_footer: None,
    }
}

#[test]
fn a_purchase_keeps_the_identity_of_its_day() {
    let store = Store {
        store_id: StoreId::parse("s-330").unwrap(),
        timezone: text("Asia/Tokyo"),
        currency: Currency::parse("JPY").unwrap(),
        chain_id: ChainId::parse("chain-1").ok(),
        catalogue_of: None,
        closed_at: None,
        identities: vec![
            identity("first", 0),
            identity("moved", 500),
            identity("told late", 200),
            identity("told again", 500),
        ],
    };
    let rows = [
        (0, "first"),
        (199, "first"),
        (200, "told late"),
        (499, "told late"),
        (500, "told again"),
        (9_999, "told again"),
    ];
    for (sold, name) in rows {
        let number = store.identity_at(at(sold));
        assert_eq!(store.identity(number).name.as_str(), name, "at {sold}");
    }
    assert_eq!(store.identity_at(at(500)), IdentityNumber(3));
    assert_eq!(store.identity(IdentityNumber(9)).name.as_str(), "first");
}
