//! Opens every purchase, finds its settlement, and counts each owner's book anew: the purchases of
//! an owner stand together.

use super::ahead::{Keys, STRIDE};
use super::keys::Part;
use super::people::account_name;
use super::settlements::contribution;
use super::{
    Inspection, Look, Whole, contents, differences, is_damage, keys, purchase_name, settlement_name,
};
use crate::body::{self, Body};
use crate::embedded::engine::{Engine, Pair};
use crate::embedded::key::{self, Kind as Row, Space};
use crate::embedded::prepare::owner_text;
use crate::embedded::value::Tally;
use crate::embedded::value::people::AccountRow;
use crate::embedded::value::purchase_row::{PurchaseRow, StandingRow};
use crate::embedded::value::settlement::SettlementRow;
use crate::fault::Fault;
use crate::keyring::Slot;
use crate::seal::DataKey;
use purchase::id::{OwnerId, PurchaseId};
use purchase::naming::Naming;
use purchase::settlement::{Kind, LineNumber};
use std::collections::{BTreeMap, BTreeSet};
use std::iter::Peekable;

/// The rows of one purchase.
pub(super) struct Gathered {
    pub(super) owner: OwnerId,
    pub(super) id: PurchaseId,
    pub(super) body: Stored,
    /// Names learnt later, still sealed.
    pub(super) names: Vec<(LineNumber, Vec<u8>)>,
}

/// What is stored of a body.
pub(super) enum Stored {
    Row(PurchaseRow),
    Unreadable,
    Missing,
}

/// All purchases of one owner.
struct Book {
    owner: OwnerId,
    is_erased: bool,
    /// The key asked for last, as all purchases of an owner have the same one.
    key: Option<(Slot, Option<DataKey>)>,
    tally: Tally,
    whole: Whole,
}

pub(super) fn check(inspection: &mut Inspection<'_>, expected: u64) -> Result<(), Fault> {
    inspection.begin_stage("purchases", Some(expected));
    let mut rows = inspection.rows(Space::Purchases, Row::Purchase).peekable();
    let mut book: Option<Book> = None;
    loop {
        let stride = gather_some(inspection, &mut rows)?;
        if stride.is_empty() {
            break;
        }
        for gathered in stride {
            let mut of_owner = match book.take() {
                Some(book) if book.owner == gathered.owner => book,
                other => {
                    close(inspection, other)?;
                    Book::open(inspection, gathered.owner)?
                }
            };
            if check_purchase(inspection, &mut of_owner, &gathered)? == Whole::Some {
                of_owner.whole = Whole::Some;
            }
            book = Some(of_owner);
        }
    }
    close(inspection, book)?;
    let more = inspection
        .report
        .erased
        .saturating_sub(inspection.found.erased);
    if more > 0 && inspection.found.settlements == Whole::All {
        let wrong = format!("{more} of them belong to no settlement");
        inspection.problem("purchases of erased people", wrong);
    }
    Ok(())
}

/// The next purchases, with what their checks look up read ahead; none at the end.
fn gather_some(
    inspection: &mut Inspection<'_>,
    rows: &mut Peekable<impl Iterator<Item = Result<Pair, Fault>>>,
) -> Result<Vec<Gathered>, Fault> {
    let mut stride = Vec::new();
    while stride.len() < STRIDE
        && let Some(gathered) = gather(inspection, rows)?
    {
        stride.push(gathered);
    }
    match inspection.ledger.engine {
        Engine::Fjall(_) => {}
        Engine::Tables(_) => look_ahead(inspection, &stride)?,
    }
    Ok(stride)
}

/// Reads the keys of these purchases and opens their bodies, which say where their settlements and their lines
/// without a name are noted, and reads those. What does not open is told when it is checked.
fn look_ahead(inspection: &mut Inspection<'_>, stride: &[Gathered]) -> Result<(), Fault> {
    let keyring = &inspection.ledger.keyring;
    let rows = stride.iter().filter_map(|gathered| match &gathered.body {
        Stored::Row(row) => Some((gathered, row)),
        Stored::Unreadable | Stored::Missing => None,
    });
    let holders = rows
        .clone()
        .map(|(gathered, row)| (key::holder(gathered.owner), row.columns.slot));
    let holders: BTreeSet<_> = holders.collect();
    let found = match keyring.keys(&holders.into_iter().collect::<Vec<_>>()) {
        Ok(found) => found,
        Err(fault) if is_damage(&fault) => BTreeMap::new(),
        Err(fault) => return Err(fault),
    };
    let mut keys = Keys::new();
    for (gathered, row) in rows {
        let (owner, id) = (gathered.owner, gathered.id);
        keys.insert(key::erased(owner));
        if let OwnerId::User(user_id) = owner {
            keys.insert(key::user(Row::Account, user_id));
        }
        let Some(data_key) = found.get(&key::holder(owner)) else {
            continue;
        };
        let opened = data_key.open(&row.columns.context(owner, id), &row.sealed);
        if let Ok(body) = opened.and_then(|bytes| body::decode(&bytes)) {
            leads_to(&body, id, &mut keys);
        }
    }
    inspection.look_ahead(keys)
}

/// What the body of a purchase leads to.
fn leads_to(body: &Body, id: PurchaseId, keys: &mut Keys) {
    let content = body.settlement.content();
    let store_id = &content.key.store_id;
    keys.insert(key::store(store_id));
    keys.insert(key::settlement(Row::Settlement, &content.key));
    if let (Kind::Void, Some(of)) = (content.kind, &content.of) {
        keys.insert(key::settlement(Row::Settlement, &of.key));
        keys.insert(key::settlement(Row::Early, &of.key));
    }
    let lines = content.lines.iter().zip(&body.names).zip(1_u16..);
    for ((line, naming), number) in lines {
        if let (Some(code), Naming::Pending) = (&line.code, naming) {
            keys.insert(key::pending(store_id, code, id, LineNumber(number)));
        }
    }
}

/// The next purchase with all its rows; none at the end.
fn gather(
    inspection: &mut Inspection<'_>,
    rows: &mut Peekable<impl Iterator<Item = Result<Pair, Fault>>>,
) -> Result<Option<Gathered>, Fault> {
    let mut gathered: Option<Gathered> = None;
    while let Some(pair) = rows.peek() {
        let Ok((row_key, _)) = pair else { break };
        let taken = keys::purchase(row_key);
        if let (Ok((owner, id, _)), Some(so_far)) = (&taken, &gathered)
            && (*owner, *id) != (so_far.owner, so_far.id)
        {
            return Ok(gathered);
        }
        let Some(pair) = rows.next().transpose()? else {
            break;
        };
        inspection.step();
        let Some((owner, id, part)) = inspection.key(Row::Purchase, &pair.0, |_| taken) else {
            continue;
        };
        let gathered = gathered.get_or_insert_with(|| Gathered {
            owner,
            id,
            body: Stored::Missing,
            names: Vec::new(),
        });
        let name = || purchase_name(owner, id);
        match part {
            Part::Body => {
                let row = inspection.sound(name, PurchaseRow::decode(&pair.1))?;
                gathered.body = row.map_or(Stored::Unreadable, Stored::Row);
            }
            Part::Name(line) => gathered.names.push((line, pair.1.to_vec())),
            // Compared with its settlement already; here it only has to be one.
            Part::Standing => {
                inspection.sound(name, StandingRow::decode(&pair.1))?;
            }
        }
    }
    match rows.next_if(Result::is_err) {
        Some(Err(fault)) => Err(fault),
        Some(Ok(_)) | None => Ok(gathered),
    }
}

impl Book {
    fn open(inspection: &mut Inspection<'_>, owner: OwnerId) -> Result<Self, Fault> {
        let is_erased = inspection.is_erased(owner)?;
        Ok(Self {
            owner,
            is_erased,
            key: None,
            tally: Tally::default(),
            whole: Whole::All,
        })
    }

    /// The owner's key; none if it is gone or damaged.
    fn key(
        &mut self,
        inspection: &mut Inspection<'_>,
        slot: Slot,
    ) -> Result<Option<DataKey>, Fault> {
        if let Some((known, key)) = &self.key
            && *known == slot
        {
            return Ok(key.clone());
        }
        let found = inspection.ledger.keyring.key(key::holder(self.owner), slot);
        let what = || format!("key of {}", owner_text(self.owner));
        let key = inspection.sound(what, found)?.flatten();
        self.key = Some((slot, key.clone()));
        Ok(key)
    }
}

/// Compares what was counted with the owner's account.
fn close(inspection: &mut Inspection<'_>, book: Option<Book>) -> Result<(), Fault> {
    let Some(Book {
        owner: OwnerId::User(user_id),
        is_erased: false,
        tally,
        whole,
        ..
    }) = book
    else {
        return Ok(());
    };
    let what = account_name(&user_id);
    let account_key = key::user(Row::Account, user_id);
    match (
        inspection.look(Space::Facts, &account_key, AccountRow::decode)?,
        whole,
    ) {
        (Look::There(account), Whole::All) => {
            for wrong in differences(&account.tally, &tally) {
                inspection.problem(what.as_str(), wrong);
            }
        }
        (Look::Missing, _) => inspection.problem(what, "it has purchases, but is not there"),
        (Look::There(_), Whole::Some) | (Look::Unreadable, _) => {}
    }
    Ok(())
}

/// Checks one purchase and counts it in its owner's book, unless that cannot be known.
fn check_purchase(
    inspection: &mut Inspection<'_>,
    book: &mut Book,
    gathered: &Gathered,
) -> Result<Whole, Fault> {
    let (owner, id) = (gathered.owner, gathered.id);
    let what = purchase_name(owner, id);
    let row = match &gathered.body {
        Stored::Row(row) => row,
        Stored::Unreadable => {
            inspection.report.purchases += 1;
            return Ok(Whole::Some);
        }
        Stored::Missing => {
            inspection.problem(what, "names or returns are kept of it, but no body");
            return Ok(Whole::Some);
        }
    };
    inspection.report.purchases += 1;
    let Some(data_key) = book.key(inspection, row.columns.slot)? else {
        if book.is_erased {
            inspection.report.erased += 1;
        } else {
            inspection.problem(what, "its owner's key is not in the keyring");
        }
        return Ok(Whole::Some);
    };
    let opened = data_key.open(&row.columns.context(owner, id), &row.sealed);
    let body = opened.and_then(|bytes| body::decode(&bytes));
    let Some(body) = inspection.sound(|| what.clone(), body)? else {
        return Ok(Whole::Some);
    };
    let key = &body.settlement.content().key;
    let row_key = key::settlement(Row::Settlement, key);
    let settlement = match inspection.look(Space::Facts, &row_key, SettlementRow::decode)? {
        Look::There(row) if (row.owner, row.purchase_id) == (owner, id) => row,
        Look::There(row) => {
            let other = purchase_name(row.owner, row.purchase_id);
            let wrong = format!("its {} is filed as {other}", settlement_name(key));
            inspection.problem(what, wrong);
            return Ok(Whole::Some);
        }
        Look::Missing => {
            let wrong = format!("its {} is not recorded", settlement_name(key));
            inspection.problem(what, wrong);
            return Ok(Whole::Some);
        }
        Look::Unreadable => return Ok(Whole::Some),
    };
    contents::check(inspection, gathered, row, (&body, &settlement), &data_key)?;
    let Some(sum) = contribution(inspection, key, &settlement)? else {
        return Ok(Whole::Some);
    };
    let lines = u64::try_from(settlement.lines.len()).unwrap_or(u64::MAX);
    let totals = vec![(settlement.currency, sum)];
    book.tally.join(&Tally {
        settlements: 1,
        lines,
        pending: settlement.pending,
        totals,
    });
    Ok(Whole::All)
}
