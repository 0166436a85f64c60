//! Names that are learnt after the sale: each is an added fact beside a purchase that stays as it
//! was filed. Work is done in bounded steps, so that nobody waits behind a large catalogue.

use super::browse::code_of;
use super::draft::Draft;
use super::engine::Copied;
use super::key::{self, Kind as Row, Space};
use super::labels;
use super::owed::{self, Owed};
use super::reports;
use super::value::catalogue::{PendingRow, decode_awaited};
use super::value::purchase_row::{AddedName, EventKind};
use super::value::settlement::{DayRow, SettlementRow};
use crate::fault::Fault;
use crate::write::{NamingStep, Resume};
use purchase::bytes::ReadError;
use purchase::catalogue::Item;
use purchase::id::{ItemCode, PurchaseId, Revision, StoreId};
use purchase::naming::{self, Later, Naming, Sight, Waiting};
use purchase::settlement::{CatalogueMark, LineNumber};
use purchase::time::Timestamp;
use std::sync::Arc;

/// Waiting lines looked at in one commit.
const LINES_PER_STEP: usize = 1_000;
/// How the codes of labels begin; one of prefix 02 may lack its 0.
const LABELS_BEGIN: [&str; 2] = ["02", "2"];

/// Names lines that wait for any of `codes`: their own, or that of the item whose label they are.
pub(crate) fn learn(
    draft: &mut Draft<'_>,
    at: Timestamp,
    store_id: &StoreId,
    codes: Vec<ItemCode>,
    mut resume: Option<Resume>,
) -> Result<NamingStep, Fault> {
    let mut step = NamingStep::default();
    let mut left = LINES_PER_STEP;
    let mut codes = codes.into_iter();
    while let Some(code) = codes.next() {
        let resumed = resume.take();
        for prefix in under(store_id, &code) {
            let Some(from) = beginning(&prefix, resumed.as_ref()) else {
                continue;
            };
            let rows = draft.scan_from(Space::Facts, &prefix, from, left)?;
            let lines = lines_of(&rows, |row_key, row| own_code(&code, row_key, row))?;
            read_ahead(draft, store_id, &lines)?;
            for (own, id, line) in lines {
                step.named += u64::from(try_line(draft, at, store_id, &own, id, line)?);
            }
            left -= rows.len();
            if left == 0 {
                step.resume = rows.last().map(|(row_key, _)| next_after(row_key));
                step.rest = std::iter::once(code).chain(codes).collect();
                return Ok(step);
            }
        }
    }
    Ok(step)
}

/// Looks at every line whose code begins as labels do, after patterns came: names it, or notes under
/// which items it waits from now on.
pub(crate) fn labels(
    draft: &mut Draft<'_>,
    at: Timestamp,
    store_id: &StoreId,
    resume: Option<Resume>,
) -> Result<NamingStep, Fault> {
    let mut step = NamingStep::default();
    let mut left = LINES_PER_STEP;
    for prefix in LABELS_BEGIN.map(|beginning| key::of_codes(store_id, beginning)) {
        let Some(from) = beginning(&prefix, resume.as_ref()) else {
            continue;
        };
        let rows = draft.scan_from(Space::Facts, &prefix, from, left)?;
        let lines = lines_of(&rows, |row_key, _| code_of(store_id, row_key))?;
        read_ahead(draft, store_id, &lines)?;
        for (code, id, line) in lines {
            step.named += u64::from(try_line(draft, at, store_id, &code, id, line)?);
        }
        left -= rows.len();
        if left == 0 {
            step.resume = rows.last().map(|(row_key, _)| next_after(row_key));
            return Ok(step);
        }
    }
    Ok(step)
}

/// Where lines wait for a code, in the order of their keys: under it as their own, and under it as
/// the code of the item whose label they are.
fn under(store_id: &StoreId, code: &ItemCode) -> [Vec<u8>; 2] {
    [key::of_code(store_id, code), key::labels_of(store_id, code)]
}

/// Where to begin among the rows of `prefix`; none if the last step was through with them.
fn beginning(prefix: &[u8], resumed: Option<&Resume>) -> Option<Vec<u8>> {
    match resumed {
        Some(Resume(from)) if from.starts_with(prefix) => Some(from.clone()),
        Some(Resume(from)) if from.as_slice() > prefix => None,
        Some(_) | None => Some(prefix.to_vec()),
    }
}

/// The code that a line itself has, by the row that was found under `code`.
fn own_code(code: &ItemCode, row_key: &[u8], row: &[u8]) -> Result<ItemCode, Fault> {
    if row_key.first() == Some(&key::number(Row::Label)) {
        decode_awaited(row)
    } else {
        Ok(code.clone())
    }
}

/// Names lines whose own revision the catalogue has reached.
pub(crate) fn catch_up(
    draft: &mut Draft<'_>,
    at: Timestamp,
    store_id: &StoreId,
    resume: Option<Resume>,
) -> Result<NamingStep, Fault> {
    let mut step = NamingStep::default();
    let head = draft.head(&draft.source(store_id)?)?;
    let prefix = key::of_store(Row::Awaited, store_id);
    let from = resume.map_or_else(|| prefix.clone(), |resume| resume.0);
    let rows = draft.scan_from(Space::Facts, &prefix, from, LINES_PER_STEP)?;
    let is_full = rows.len() == LINES_PER_STEP;
    let mut reached = rows.as_slice();
    for (nth, (row_key, _)) in rows.iter().enumerate() {
        let revision = row_key
            .get(prefix.len()..)
            .and_then(<[u8]>::first_chunk::<8>);
        let revision = u64::from_be_bytes(*revision.ok_or(ReadError::Short)?);
        if Revision(revision) > head.revision {
            (reached, _) = rows.split_at(nth);
            break;
        }
    }
    let lines = lines_of(reached, |_, row| decode_awaited(row))?;
    read_ahead(draft, store_id, &lines)?;
    for (code, id, line) in lines {
        step.named += u64::from(try_line(draft, at, store_id, &code, id, line)?);
    }
    if is_full && reached.len() == rows.len() {
        step.resume = rows.last().map(|(row_key, _)| next_after(row_key));
    }
    Ok(step)
}

/// Names every line that waits for `code` by `revision`, on the store's word.
pub(crate) fn confirm(
    draft: &mut Draft<'_>,
    at: Timestamp,
    store_id: &StoreId,
    (code, revision): (&ItemCode, Revision),
    resume: Option<Resume>,
) -> Result<NamingStep, Fault> {
    let mut step = NamingStep::default();
    let mut left = LINES_PER_STEP;
    for prefix in under(store_id, code) {
        let Some(from) = beginning(&prefix, resume.as_ref()) else {
            continue;
        };
        let rows = draft.scan_from(Space::Facts, &prefix, from, left)?;
        let lines = lines_of(&rows, |row_key, row| own_code(code, row_key, row))?;
        read_ahead(draft, store_id, &lines)?;
        for (own, id, line) in lines {
            let place = Place {
                store_id,
                code: &own,
                id,
                line,
            };
            step.named += u64::from(confirm_line(draft, at, &place, code, revision)?);
        }
        left -= rows.len();
        if left == 0 {
            step.resume = rows.last().map(|(row_key, _)| next_after(row_key));
            return Ok(step);
        }
    }
    Ok(step)
}

/// A waiting line: its own code, its purchase and its number.
type Line = (ItemCode, PurchaseId, LineNumber);

/// The lines that these rows are of, where `own` knows the code.
fn lines_of(
    rows: &[Copied],
    own: impl Fn(&[u8], &[u8]) -> Result<ItemCode, Fault>,
) -> Result<Vec<Line>, Fault> {
    let line = |(row_key, row): &Copied| {
        let (id, line) = line_of(row_key)?;
        Ok((own(row_key, row)?, id, line))
    };
    rows.iter().map(line).collect()
}

/// Reads the rows that naming each of these lines will change, and the keys of their owners, if a database has
/// them.
fn read_ahead(draft: &Draft<'_>, store_id: &StoreId, lines: &[Line]) -> Result<(), Fault> {
    if !draft.is_shared() {
        return Ok(());
    }
    let waiting = lines
        .iter()
        .map(|(code, id, line)| key::pending(store_id, code, *id, *line));
    let waiting: Vec<_> = waiting.collect();
    draft.read_ahead(waiting.clone())?;
    let (mut named, mut holders) = (Vec::new(), Vec::new());
    for row_key in &waiting {
        let Some(pending) = draft.read(Space::Facts, row_key, PendingRow::decode)? else {
            continue;
        };
        holders.push((key::holder(pending.owner), pending.slot));
        let of = pending.key;
        named.push(key::settlement(Row::Settlement, &of));
        named.push(key::day(Row::Day, &of.store_id, of.business_date));
    }
    draft.ledger.keyring.keys(&holders)?;
    draft.read_ahead(named)
}

/// Names one line by what `revision` says of `code`, or of an item whose label that is.
fn confirm_line(
    draft: &mut Draft<'_>,
    at: Timestamp,
    place: &Place<'_>,
    code: &ItemCode,
    revision: Revision,
) -> Result<bool, Fault> {
    let row_key = key::pending(place.store_id, place.code, place.id, place.line);
    let Some(pending) = draft.read(Space::Facts, &row_key, PendingRow::decode)? else {
        return Ok(false);
    };
    let source = draft.source(place.store_id)?;
    let head = draft.head(&source)?;
    let items = pending.items.iter().filter(|_| place.code == code);
    for code in std::iter::once(code).chain(items) {
        let versions = draft.versions(&source, code, head.revision)?;
        if let Some(item) = naming::confirmed(&versions, revision, pending.at) {
            name_line(draft, at, place, &pending, revision, item)?;
            return Ok(true);
        }
    }
    Ok(false)
}

/// Where a waiting line stands.
pub(crate) struct Place<'a> {
    pub(crate) store_id: &'a StoreId,
    /// The code that the line itself has.
    pub(crate) code: &'a ItemCode,
    pub(crate) id: PurchaseId,
    pub(crate) line: LineNumber,
}

/// Names one waiting line if the rules let the catalogue name it now.
pub(crate) fn try_line(
    draft: &mut Draft<'_>,
    at: Timestamp,
    store_id: &StoreId,
    code: &ItemCode,
    id: PurchaseId,
    line: LineNumber,
) -> Result<bool, Fault> {
    let row_key = key::pending(store_id, code, id, line);
    let Some(mut pending) = draft.read(Space::Facts, &row_key, PendingRow::decode)? else {
        return Ok(false);
    };
    let before = pending.clone();
    let source = draft.source(store_id)?;
    let head = draft.head(&source)?;
    let patterns = draft.patterns(&source)?;
    let place = Place {
        store_id,
        code,
        id,
        line,
    };
    if let Some((revision, lineage)) = pending.awaits.clone() {
        let mark = CatalogueMark {
            revision: Some(revision),
            lineage,
        };
        let Sight::Seen { upto } = naming::sight(&mark, &head) else {
            return Ok(false);
        };
        let versions = |code: &ItemCode| draft.versions(&source, code, head.revision);
        let of_sale = labels::as_of(&patterns, code, (pending.at, upto), versions)?;
        if let Naming::Catalogue { revision, item } = of_sale {
            name_line(draft, at, &place, &pending, revision, item)?;
            return Ok(true);
        }
        // Seen now and still nameless: from here on it waits like any other line.
        draft.take(Space::Facts, key::awaited(store_id, revision, id, line));
        (pending.awaits, pending.unnamed_at) = (None, revision);
    }
    let waiting = Waiting {
        at: pending.at,
        unnamed_at: pending.unnamed_at,
    };
    let leads = patterns.leads(code, waiting.at, waiting.unnamed_at);
    let versions = |code: &ItemCode| draft.versions(&source, code, head.revision);
    match labels::later(code, &leads, waiting, at, versions)? {
        Later::Named { revision, item } => {
            name_line(draft, at, &place, &pending, revision, item)?;
            Ok(true)
        }
        Later::Confirm { .. } | Later::Unknown => {
            let items = leads.into_iter().map(|lead| lead.code);
            labels::note(draft, &place, &mut pending, items);
            if pending != before {
                draft.put(Space::Facts, row_key, pending.encode());
            }
            Ok(false)
        }
    }
}

fn name_line(
    draft: &mut Draft<'_>,
    at: Timestamp,
    place: &Place<'_>,
    pending: &PendingRow,
    revision: Revision,
    item: Arc<Item>,
) -> Result<(), Fault> {
    let Place {
        store_id,
        code,
        id,
        line,
    } = *place;
    draft.take(Space::Facts, key::pending(store_id, code, id, line));
    labels::forget(draft, place, pending);
    if let Some((awaited, _)) = &pending.awaits {
        draft.take(Space::Facts, key::awaited(store_id, *awaited, id, line));
    }
    reports::met(draft, store_id, code)?;
    uncount(draft, pending)?;
    let Some(data_key) = draft
        .ledger
        .keyring
        .key(key::holder(pending.owner), pending.slot)?
    else {
        // The owner was erased: there is nothing left to name.
        return Ok(());
    };
    draft.seals_with(key::holder(pending.owner), &data_key);
    let name = AddedName {
        revision,
        named_at: at,
        item,
    };
    let context = AddedName::context(pending.owner, id, line);
    let sealed = data_key.seal(draft.ledger.keyring.nonce(), &context, &name.encode());
    draft.put(Space::Purchases, key::name(pending.owner, id, line), sealed);
    owed::owe(draft, pending.owner, Owed::Told(id, EventKind::Named));
    Ok(())
}

/// One line fewer waits: on the settlement, the day and the account.
fn uncount(draft: &mut Draft<'_>, pending: &PendingRow) -> Result<(), Fault> {
    let row_key = key::settlement(Row::Settlement, &pending.key);
    if let Some(mut row) = draft.read(Space::Facts, &row_key, SettlementRow::decode)? {
        row.pending = row.pending.saturating_sub(1);
        draft.put(Space::Facts, row_key, row.encode());
    }
    let day_key = key::day(Row::Day, &pending.key.store_id, pending.key.business_date);
    if let Some(mut day) = draft.read(Space::Facts, &day_key, DayRow::decode)? {
        day.tally.pending = day.tally.pending.saturating_sub(1);
        draft.put(Space::Facts, day_key, day.encode());
    }
    owed::owe(draft, pending.owner, Owed::Named);
    Ok(())
}

/// The purchase and line at the end of a pending or awaited key.
pub(crate) fn line_of(row_key: &[u8]) -> Result<(PurchaseId, LineNumber), Fault> {
    let (_, tail) = row_key.split_last_chunk::<18>().ok_or(ReadError::Short)?;
    let (id, line) = tail.split_first_chunk::<16>().ok_or(ReadError::Short)?;
    let line = <[u8; 2]>::try_from(line).map_err(|_| ReadError::Short)?;
    Ok((PurchaseId(*id), LineNumber(u16::from_be_bytes(line))))
}

fn next_after(row_key: &[u8]) -> Resume {
    let mut next = row_key.to_vec();
    next.push(0);
    Resume(next)
}
