//! Random values of partners and of consents.

use super::*;
use crate::embedded::value::partner::{ConsentRow, PartnerRow, Terms};
use purchase::id::PartnerId;

pub(crate) fn opens_of_partner() -> impl Strategy<Value = Opens> {
    any::<[u8; 16]>().prop_map(|partner| Opens::Partner {
        partner_id: PartnerId(partner),
    })
}

pub(crate) fn partner_row() -> impl Strategy<Value = PartnerRow> {
    let texts = (text(), text(), of(text()));
    (texts, any::<[u8; 32]>(), time(), of(time())).prop_map(
        |((name, purpose, url), hash, created_at, ended_at)| PartnerRow {
            name,
            purpose,
            url,
            hash,
            created_at,
            ended_at,
        },
    )
}

pub(crate) fn terms() -> impl Strategy<Value = Terms> {
    (time(), time(), of(time())).prop_map(|(given_at, until, from)| Terms {
        given_at,
        until,
        from,
    })
}

pub(crate) fn consent_row() -> impl Strategy<Value = ConsentRow> {
    (any::<[u8; 16]>(), terms(), of(time())).prop_map(|(user, terms, told_at)| ConsentRow {
        user_id: UserId(user),
        terms,
        told_at,
    })
}
