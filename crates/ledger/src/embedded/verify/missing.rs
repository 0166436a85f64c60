//! Checks receipts that people miss: that what a store is asked leads to a person's row and back, that everything
//! sealed opens, and that what was given is there.

use super::{Inspection, Look, keys, purchase_name};
use crate::embedded::key::{self, Kind as Row, Space};
use crate::embedded::missing::{missing_of, store_key};
use crate::embedded::value::missing::{Fate, MissingBody, SoughtBody, decode_sealed};
use crate::embedded::value::people::UserRow;
use crate::embedded::value::store::StoreRow;
use crate::fault::Fault;
use purchase::id::{MissingId, OwnerId, PurchaseId, SoughtId, StoreId, UserId};
use purchase::time::Timestamp;

/// Books that are looked into for one purchase, if accounts went into one another.
const BOOKS_MAX: usize = 64;

pub(super) fn check(inspection: &mut Inspection<'_>) -> Result<(), Fault> {
    check_sought(inspection)?;
    check_missing(inspection)
}

fn check_sought(inspection: &mut Inspection<'_>) -> Result<(), Fault> {
    for pair in inspection.rows(Space::Facts, Row::Sought) {
        let pair = pair?;
        inspection.step();
        let read = inspection.read(Row::Sought, &pair, keys::sought, sought_name, decode_sealed)?;
        let Some((taken, sealed)) = read else {
            continue;
        };
        let what = sought_name(&taken);
        let (store_id, asked_at, sought_id) = taken;
        let store_key_of_row = key::store(&store_id);
        let store = match inspection.look(Space::Facts, &store_key_of_row, StoreRow::decode)? {
            Look::There(store) => store,
            Look::Missing => {
                inspection.problem(what.as_str(), "its store is not there");
                continue;
            }
            Look::Unreadable => continue,
        };
        let leads = store_key(inspection.ledger, &store)
            .and_then(|data_key| SoughtBody::decode(&data_key.open(&pair.0, &sealed)?));
        let Some(leads) = inspection.sound(|| what.clone(), leads)? else {
            continue;
        };
        let is_known = match body_of(inspection, leads.user_id, leads.missing_id)? {
            Look::There(body) => {
                body.fate == Fate::Open
                    && (body.store_id, body.asked_at, body.sought_id)
                        == (store_id, asked_at, sought_id)
            }
            Look::Missing => false,
            Look::Unreadable => true,
        };
        inspection.rules(&what, &[(!is_known, "nobody waits for it")]);
    }
    Ok(())
}

/// What is sealed in a person's row. That it does not open is told where the person's rows are looked at.
fn body_of(
    inspection: &Inspection<'_>,
    user_id: UserId,
    missing_id: MissingId,
) -> Result<Look<MissingBody>, Fault> {
    let user_key = key::user(Row::User, user_id);
    let user = match inspection.look(Space::Facts, &user_key, UserRow::decode)? {
        Look::There(user) => user,
        Look::Missing => return Ok(Look::Missing),
        Look::Unreadable => return Ok(Look::Unreadable),
    };
    let row_key = key::missing(user_id, missing_id);
    let sealed = match inspection.look(Space::Facts, &row_key, decode_sealed)? {
        Look::There(sealed) => sealed,
        Look::Missing => return Ok(Look::Missing),
        Look::Unreadable => return Ok(Look::Unreadable),
    };
    let data_key = inspection
        .ledger
        .data_key(OwnerId::User(user_id), user.slot);
    let opened = data_key.and_then(|key| MissingBody::decode(&key.open(&row_key, &sealed)?));
    Ok(opened.map_or(Look::Unreadable, Look::There))
}

fn check_missing(inspection: &mut Inspection<'_>) -> Result<(), Fault> {
    for pair in inspection.rows(Space::Facts, Row::Missing) {
        let pair = pair?;
        inspection.step();
        let read = inspection.read(Row::Missing, &pair, missing_of, missing_name, decode_sealed)?;
        let Some(((user_id, missing_id), sealed)) = read else {
            continue;
        };
        let what = missing_name(&(user_id, missing_id));
        let sealed = (&*pair.0, sealed.as_slice());
        let opened =
            super::identity::opened(inspection, user_id, &what, sealed, MissingBody::decode)?;
        let Some((_, body)) = opened else { continue };
        let row_key = key::sought(&body.store_id, body.asked_at, body.sought_id);
        let is_asked = inspection.exists(Space::Facts, &row_key)?;
        let owner = OwnerId::User(user_id);
        let (is_open, brought) = match body.fate {
            Fate::Open => (true, None),
            Fate::Found { purchase_id, .. } => (false, Some(purchase_id)),
            Fate::NotFound { .. } | Fate::Expired { .. } => (false, None),
        };
        let lacks = match brought {
            Some(id) => !is_in_book(inspection, user_id, id)?,
            None => false,
        };
        let purchase = brought.map_or_else(String::new, |id| purchase_name(owner, id));
        let wrong = format!("it brought {purchase}, which is not there");
        inspection.rules(
            &what,
            &[
                (is_open && !is_asked, "its store is not asked"),
                (!is_open && is_asked, "its store is still asked"),
                (lacks, &wrong),
            ],
        );
    }
    Ok(())
}

/// Is the purchase in the person's book, or in one that this goes into just now?
fn is_in_book(inspection: &Inspection<'_>, user_id: UserId, id: PurchaseId) -> Result<bool, Fault> {
    let mut book = Some(user_id);
    for _ in 0..BOOKS_MAX {
        let Some(user_id) = book else { break };
        let row_key = key::body(OwnerId::User(user_id), id);
        if inspection.exists(Space::Purchases, &row_key)? {
            return Ok(true);
        }
        book = inspection.ledger.merger(user_id)?.map(|merger| merger.into);
    }
    Ok(false)
}

fn sought_name((store_id, asked_at, id): &(StoreId, Timestamp, SoughtId)) -> String {
    format!(
        "receipt {id} that {store_id} looks for since {}",
        asked_at.ms()
    )
}

fn missing_name((user_id, id): &(UserId, MissingId)) -> String {
    format!("receipt {id} that {user_id} misses")
}
