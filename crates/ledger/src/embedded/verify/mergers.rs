//! Checks accounts that went into others: that each way ends at somebody, and that an old account is closed
//! to its person until it is gone.

use super::people::name;
use super::{Inspection, Look, keys};
use crate::embedded::key::{self, Kind as Row, Space};
use crate::embedded::value::merger::{MergerRow, Stage};
use crate::embedded::value::people::{ErasedRow, UserRow};
use crate::fault::Fault;
use purchase::id::{OwnerId, UserId};
use purchase::time::Timestamp;

pub(super) fn check(inspection: &mut Inspection<'_>) -> Result<(), Fault> {
    let merger_name = |user_id: &UserId| format!("merger of {user_id}");
    for pair in inspection.rows(Space::Facts, Row::Merger) {
        let pair = pair?;
        inspection.step();
        let user = |row_key: &[u8]| keys::array(row_key).map(UserId);
        let read = inspection.read(Row::Merger, &pair, user, merger_name, MergerRow::decode)?;
        let Some((user_id, row)) = read else { continue };
        let what = merger_name(&user_id);
        let leads_nowhere = !is_known(inspection, row.into)?;
        let wrong = format!("{} was never there", name(&row.into));
        inspection.rules(
            &what,
            &[
                (leads_nowhere, &wrong),
                (row.into == user_id, "it went into itself"),
            ],
        );
        let user_key = key::user(Row::User, user_id);
        let old = inspection.look(Space::Facts, &user_key, UserRow::decode)?;
        match (row.stage, old) {
            (_, Look::Unreadable) => {}
            (Stage::Moving | Stage::Emptied(_), Look::There(old)) => {
                let since = old.suspended.map(|suspended| suspended.since);
                let is_open = since != Some(row.begun_at);
                inspection.rules(&what, &[(is_open, "its account was not closed with it")]);
            }
            // Erased in another way meanwhile; the next step notes it.
            (Stage::Moving | Stage::Emptied(_), Look::Missing) => {
                let is_lost = !inspection.is_erased(OwnerId::User(user_id))?;
                inspection.rules(&what, &[(is_lost, "its account is not there")]);
            }
            (Stage::Closed(at), Look::Missing) => check_closed(inspection, &what, user_id, at)?,
            (Stage::Closed(_), Look::There(_)) => {
                inspection.problem(what, "its account is still there");
            }
        }
    }
    Ok(())
}

fn check_closed(
    inspection: &mut Inspection<'_>,
    what: &str,
    user_id: UserId,
    at: Timestamp,
) -> Result<(), Fault> {
    let erased_key = key::erased(OwnerId::User(user_id));
    let is_other = match inspection.look(Space::Facts, &erased_key, ErasedRow::decode)? {
        Look::There(record) => record.at != at,
        Look::Missing => true,
        Look::Unreadable => false,
    };
    inspection.rules(what, &[(is_other, "its account was not erased then")]);
    Ok(())
}

/// Is or was there such a person?
fn is_known(inspection: &Inspection<'_>, user_id: UserId) -> Result<bool, Fault> {
    Ok(
        inspection.exists(Space::Facts, &key::user(Row::User, user_id))?
            || inspection.is_erased(OwnerId::User(user_id))?,
    )
}
