//! Checks people's feeds: no entry comes after the newest one that the account knows, and each
//! speaks of a purchase that is there. That they ascend is in the nature of their keys; that early
//! ones are missing is not wrong, because feeds are pruned.

use super::ahead::Keys;
use super::{Inspection, Look, keys, purchase_name};
use crate::embedded::engine::Pair;
use crate::embedded::key::{self, Kind as Row, Space};
use crate::embedded::value::people::AccountRow;
use crate::embedded::value::purchase_row::FeedRow;
use crate::fault::Fault;
use purchase::id::{OwnerId, UserId};

pub(super) fn check(inspection: &mut Inspection<'_>) -> Result<(), Fault> {
    inspection.begin_stage("feeds", None);
    let mut reader: Option<(UserId, Look<u64>)> = None;
    let mut walk = inspection.walk(Space::Feed, Row::Feed, row_leads_to);
    while let Some(pair) = walk.next(inspection)? {
        inspection.step();
        let read = inspection.read(Row::Feed, &pair, keys::feed, name, FeedRow::decode)?;
        let Some(((user_id, sequence), row)) = read else {
            continue;
        };
        let of_user = match reader.take() {
            Some(reader) if reader.0 == user_id => reader,
            Some(_) | None => (user_id, newest(inspection, user_id)?),
        };
        let owner = OwnerId::User(user_id);
        let body_key = key::body(owner, row.purchase_id);
        // What went into another account is told there, and this feed goes behind it.
        let is_orphan = !inspection.exists(Space::Purchases, &body_key)?
            && !inspection.exists(Space::Facts, &key::user(Row::Merger, user_id))?;
        let is_ahead = matches!(of_user.1, Look::There(newest) if sequence > newest);
        let is_homeless = matches!(of_user.1, Look::Missing);
        let wrong = format!("its {} is not there", purchase_name(owner, row.purchase_id));
        inspection.rules(
            &name(&(user_id, sequence)),
            &[
                (is_orphan, &wrong),
                (
                    is_ahead,
                    "it comes after the newest entry that the account knows",
                ),
                (is_homeless, "its account is not there"),
                (sequence == 0, "entries number from 1"),
            ],
        );
        reader = Some(of_user);
    }
    Ok(())
}

/// What an entry leads to.
fn row_leads_to((row_key, row): &Pair, keys: &mut Keys) {
    if let (Ok((user_id, _)), Ok(row)) = (keys::feed(row_key), FeedRow::decode(row)) {
        let owner = OwnerId::User(user_id);
        keys.insert(key::body(owner, row.purchase_id));
        keys.insert(key::user(Row::Account, user_id));
        keys.insert(key::user(Row::Merger, user_id));
        keys.insert(key::erased(owner));
    }
}

/// The newest entry that the account knows. The feed of an erased person stays until it is pruned.
fn newest(inspection: &Inspection<'_>, user_id: UserId) -> Result<Look<u64>, Fault> {
    let account_key = key::user(Row::Account, user_id);
    let decode = |row: &[u8]| AccountRow::decode(row).map(|account| account.sequence);
    match inspection.look(Space::Facts, &account_key, decode)? {
        Look::Missing if inspection.is_erased(OwnerId::User(user_id))? => Ok(Look::Unreadable),
        other => Ok(other),
    }
}

fn name((user_id, sequence): &(UserId, u64)) -> String {
    format!("feed entry {sequence} of {user_id}")
}
