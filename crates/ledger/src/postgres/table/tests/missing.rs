//! Columns of receipts that people miss.

use super::*;
use crate::embedded::value::missing::encode_sealed;
use purchase::id::{MissingId, SoughtId};

#[test]
fn receipts_that_people_miss() {
    shows(
        Kind::Sought,
        (some::store_id(), some::time(), id(), some::sealed()),
        |(store_id, at, id, sealed)| {
            let sought = key::sought(store_id, *at, SoughtId(*id));
            (sought, encode_sealed(sealed))
        },
        |(_, at, id, _)| {
            vec![
                ("asked_at", Cell::Instant(*at)),
                ("sought_id", text(SoughtId(*id))),
            ]
        },
    );
    shows(
        Kind::Missing,
        (some::user_id(), id(), some::sealed()),
        |(user_id, id, sealed)| {
            let missing = key::missing(*user_id, MissingId(*id));
            (missing, encode_sealed(sealed))
        },
        |(user_id, id, _)| {
            vec![
                ("user_id", text(user_id)),
                ("missing_id", text(MissingId(*id))),
            ]
        },
    );
}
