//! Random values of receipts that people miss.

use super::*;
use crate::embedded::value::missing::{Described, Fate, Minute, MissingBody, SoughtBody, WhyNot};
use purchase::id::{MissingId, SoughtId};

fn described() -> impl Strategy<Value = Described> {
    let minute = of((0..24 * 60_u16).prop_map(|minute| Minute::new(minute).unwrap()));
    (date(), minute, amount(), of(text()), of(text())).prop_map(
        |(date, minute, total, number, words)| Described {
            date,
            minute,
            total,
            number,
            words,
        },
    )
}

fn fate() -> impl Strategy<Value = Fate> {
    let why = prop::sample::select(WhyNot::ALL.to_vec());
    prop_oneof![
        Just(Fate::Open),
        (purchase_id(), time()).prop_map(|(purchase_id, at)| Fate::Found { purchase_id, at }),
        (why, of(text()), time()).prop_map(|(why, words, at)| Fate::NotFound { why, words, at }),
        time().prop_map(|at| Fate::Expired { at }),
    ]
}

pub(crate) fn missing_body() -> impl Strategy<Value = MissingBody> {
    (store_id(), any::<[u8; 16]>(), time(), described(), fate()).prop_map(
        |(store_id, id, asked_at, described, fate)| MissingBody {
            store_id,
            sought_id: SoughtId(id),
            asked_at,
            described,
            fate,
        },
    )
}

pub(crate) fn sought_body() -> impl Strategy<Value = SoughtBody> {
    (user_id(), any::<[u8; 16]>()).prop_map(|(user_id, id)| SoughtBody {
        user_id,
        missing_id: MissingId(id),
    })
}
