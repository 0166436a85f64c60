//! Batches of which something is still to be filed, as random values.

use super::*;
use crate::embedded::owed::{Count, Owed};
use crate::embedded::value::to_file::{Part, ToFileRow};

fn sum() -> impl Strategy<Value = Sum> {
    any::<i128>().prop_map(Sum::from_minor)
}

fn count() -> impl Strategy<Value = Count> {
    let count = (any::<u64>(), any::<u64>(), currency(), sum());
    count.prop_map(|(lines, pending, currency, sum)| Count {
        lines,
        pending,
        currency,
        sum,
    })
}

fn owed() -> impl Strategy<Value = Owed> {
    let event = prop_oneof![Just(EventKind::Named), Just(EventKind::Changed)];
    prop_oneof![
        (purchase_id(), count()).prop_map(|(id, count)| Owed::Filed(id, count)),
        (purchase_id(), event).prop_map(|(id, event)| Owed::Told(id, event)),
        Just(Owed::Named),
        (currency(), sum()).prop_map(|(currency, sum)| Owed::Corrected(currency, sum)),
        count().prop_map(Owed::Gone),
    ]
}

pub(crate) fn to_file_row() -> impl Strategy<Value = ToFileRow> {
    let rows = vec((sealed(), of(sealed())), 0..3);
    let part = (owner(), rows, vec(owed(), 0..4));
    let part = part.prop_map(|(owner, rows, owed)| Part { owner, rows, owed });
    let days = vec((sealed(), sealed()), 0..3);
    let row = (time(), days, vec(part, 0..3));
    row.prop_map(|(at, days, parts)| ToFileRow { at, days, parts })
}
