//! What a batch brings to people: purchases that count for their accounts, and entries of their feeds.
//! It is gathered while the batch is decided and written at its end, person by person, so that the
//! accounts in a database, where other writers want them too, are held as shortly as can be. Nothing is
//! decided here.

use super::draft::Draft;
use super::engine::Copied;
use super::key::{self, Kind as Row, Space};
use super::value::Tally;
use super::value::people::AccountRow;
use super::value::purchase_row::{EventKind, FeedRow};
use crate::fault::Fault;
use purchase::id::{OwnerId, PurchaseId, UserId};
use purchase::money::{Currency, Sum};
use purchase::time::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// What people are owed, each in its order.
pub(crate) type Debts = BTreeMap<UserId, Vec<Owed>>;

/// Something that a person is owed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Owed {
    /// A purchase was filed: it counts, and the feed says so.
    Filed(PurchaseId, Count),
    /// Something else about a purchase, for the feed alone.
    Told(PurchaseId, EventKind),
    /// One line fewer waits for its name.
    Named,
    /// The total was another one than it seemed.
    Corrected(Currency, Sum),
    /// A purchase went to somebody else, for whom it counts from now on.
    Gone(Count),
}

/// What a purchase adds to its owner's counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Count {
    pub(crate) lines: u64,
    pub(crate) pending: u64,
    pub(crate) currency: Currency,
    pub(crate) sum: Sum,
}

/// Notes it, if the owner is a person.
pub(crate) fn owe(draft: &mut Draft<'_>, owner: OwnerId, owed: Owed) {
    match owner {
        OwnerId::User(user_id) => draft.owed.entry(user_id).or_default().push(owed),
        OwnerId::Unclaimed(_) => {}
    }
}

/// The accounts to which something is owed.
pub(crate) fn accounts(draft: &Draft<'_>) -> BTreeSet<Vec<u8>> {
    let people = draft.owed.keys();
    people.map(|id| key::user(Row::Account, *id)).collect()
}

/// Writes all of it into the batch, which ends with that.
pub(crate) fn pay(draft: &mut Draft<'_>, at: Timestamp) -> Result<(), Fault> {
    for (user_id, owed) in std::mem::take(&mut draft.owed) {
        let account_key = key::user(Row::Account, user_id);
        match draft.read(Space::Facts, &account_key, AccountRow::decode)? {
            Some(account) => {
                for (space, (key, row)) in paid((user_id, account), &owed, at) {
                    draft.put(space, key, row);
                }
                if owed.iter().any(is_told) {
                    draft.after.told.push(user_id);
                }
            }
            None => give_way_if_filed(draft, &account_key, &owed)?,
        }
    }
    Ok(())
}

/// What an account becomes by all that its person is owed, and the entries of the feed that say so.
pub(crate) fn paid(
    (user_id, mut account): (UserId, AccountRow),
    owed: &[Owed],
    at: Timestamp,
) -> Vec<(Space, Copied)> {
    let mut rows = Vec::with_capacity(owed.len() + 1);
    for owed in owed {
        let (kind, purchase_id) = match owed {
            Owed::Filed(purchase_id, count) => {
                account.tally.settlements += 1;
                account.tally.lines += count.lines;
                account.tally.pending += count.pending;
                account.tally.add(count.currency, count.sum);
                (EventKind::Filed, *purchase_id)
            }
            Owed::Told(purchase_id, kind) => (*kind, *purchase_id),
            Owed::Named => {
                account.tally.pending = account.tally.pending.saturating_sub(1);
                continue;
            }
            Owed::Corrected(currency, difference) => {
                account.tally.add(*currency, *difference);
                continue;
            }
            Owed::Gone(count) => {
                leave(&mut account.tally, *count);
                continue;
            }
        };
        account.sequence += 1;
        let event = FeedRow {
            kind,
            purchase_id,
            at,
        };
        let feed_key = key::feed(user_id, account.sequence);
        rows.push((Space::Feed, (feed_key, event.encode())));
    }
    let account_key = key::user(Row::Account, user_id);
    rows.push((Space::Facts, (account_key, account.encode())));
    rows
}

/// Takes out of a tally what does not count there any more. A currency of which nothing is left goes.
fn leave(tally: &mut Tally, count: Count) {
    tally.settlements = tally.settlements.saturating_sub(1);
    tally.lines = tally.lines.saturating_sub(count.lines);
    tally.pending = tally.pending.saturating_sub(count.pending);
    tally.add(count.currency, Sum::from_minor(-count.sum.minor()));
    if tally.settlements == 0 {
        tally.totals.retain(|(_, total)| *total != Sum::ZERO);
    }
}

/// Is it something that the feed tells?
pub(crate) const fn is_told(owed: &Owed) -> bool {
    match owed {
        Owed::Filed(..) | Owed::Told(..) => true,
        Owed::Named | Owed::Corrected(..) | Owed::Gone(_) => false,
    }
}

/// The person was erased: by this batch, and then nothing is owed any more; or by another server after
/// a purchase was decided to be theirs, and then that must be decided anew.
fn give_way_if_filed(draft: &Draft<'_>, account: &[u8], owed: &[Owed]) -> Result<(), Fault> {
    let is_filed = owed.iter().any(|owed| match owed {
        Owed::Filed(..) => true,
        Owed::Told(..) | Owed::Named | Owed::Corrected(..) | Owed::Gone(_) => false,
    });
    if is_filed && !draft.takes(Space::Facts, account) {
        return draft.give_way("a buyer was erased meanwhile");
    }
    Ok(())
}
