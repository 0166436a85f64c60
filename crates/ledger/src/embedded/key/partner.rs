//! Keys of partners, and of what people consent to give them.

use super::{Kind, plain};
use purchase::id::{AliasId, PartnerId};

/// A partner, or the beginning of all that people consented to give one.
pub(crate) fn partner(kind: Kind, partner_id: PartnerId) -> Vec<u8> {
    plain(kind, &partner_id.0)
}

pub(crate) fn consent(partner_id: PartnerId, alias: AliasId) -> Vec<u8> {
    let mut key = partner(Kind::Consent, partner_id);
    key.extend_from_slice(&alias.0);
    key
}
