//! Columns of partners and consents.

use super::*;
use purchase::id::{AliasId, PartnerId};

#[test]
fn partners_and_consents() {
    shows(
        Kind::Partner,
        (id(), some::partner_row()),
        |(partner, row)| {
            let row_key = key::partner(Kind::Partner, PartnerId(*partner));
            (row_key, row.encode())
        },
        |(partner, row)| {
            vec![
                ("partner_id", text(PartnerId(*partner))),
                ("name", text(row.name.as_str())),
                ("purpose", text(row.purpose.as_str())),
                ("url", maybe(row.url.as_ref().map(|url| url.as_str()))),
                ("created_at", Cell::Instant(row.created_at)),
                ("ended_at", instant(row.ended_at)),
            ]
        },
    );
    shows(
        Kind::Consent,
        (id(), id(), some::consent_row()),
        |(partner, alias, row)| {
            let row_key = key::consent(PartnerId(*partner), AliasId(*alias));
            (row_key, row.encode())
        },
        |(partner, alias, row)| {
            vec![
                ("partner_id", text(PartnerId(*partner))),
                ("person", text(AliasId(*alias))),
                ("user_id", text(row.user_id)),
                ("given_at", Cell::Instant(row.terms.given_at)),
                ("until", Cell::Instant(row.terms.until)),
                ("since", instant(row.terms.from)),
                ("told_at", instant(row.told_at)),
            ]
        },
    );
}
