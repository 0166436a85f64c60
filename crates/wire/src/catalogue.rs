//! The door for catalogues: updates and snapshots come in and are proven item by item, with the
//! digest by which the same update is known again. What the catalogue held before plays no part.

use crate::batch::lines;
use crate::blame::parse;
use crate::error::{ErrorCode, FieldError};
use crate::limits::CATALOGUE_BYTES;
use crate::place::{Finding, Findings, Place};
use crate::scalar::Words;
use crate::time::instant;
use item::Sent;
use message::{SnapshotHeader, SnapshotMessage, UpdateMessage};
use purchase::catalogue::{Change, Entry, Item};
use purchase::code::PatternsChange;
use purchase::id::{ItemCode, Revision};
use purchase::text::Text;
use purchase::time::Timestamp;
use std::collections::HashSet;
use std::sync::Arc;

pub mod answer;
pub mod digest;
mod item;
pub mod message;
mod patterns;

/// A catalogue update that was read and proven.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Update {
    /// The revision it builds on.
    pub base: Revision,
    /// The revision it makes; greater than `base`.
    pub revision: Revision,
    /// The source, where the device names it.
    pub lineage: Option<Text>,
    /// What changed, in the order sent; no code twice with one `effective_from`.
    pub changes: Vec<Change>,
    /// The patterns of in-store codes, if it says something of them.
    pub patterns: Option<PatternsChange>,
    /// SHA-256 of the update, by which the same one is known again.
    pub digest: [u8; 32],
}

/// A whole catalogue that was read and proven.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// The revision it builds on.
    pub base: Revision,
    /// The revision it makes; greater than `base`.
    pub revision: Revision,
    /// The source, where the device names it.
    pub lineage: Option<Text>,
    /// From when it holds; what is not in it is discontinued from then on.
    pub effective_from: Timestamp,
    /// Every item, in the order sent; no code twice with one `effective_from`.
    pub items: Vec<SnapshotItem>,
    /// The patterns of in-store codes, if it says something of them.
    pub patterns: Option<PatternsChange>,
    /// SHA-256 of the snapshot; the same for a document and for NDJSON.
    pub digest: [u8; 32],
}

/// One item of a snapshot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SnapshotItem {
    /// The code.
    pub code: ItemCode,
    /// What it stands for.
    pub item: Arc<Item>,
    /// From when, if the item says so itself; else the snapshot's.
    pub effective_from: Option<Timestamp>,
}

/// Reads and proves an update.
///
/// # Errors
/// Up to 100 faults, each with its place; never none.
pub fn read_update(bytes: &[u8]) -> Result<Update, Vec<FieldError>> {
    check_size(bytes)?;
    let message: UpdateMessage<'_> = parse(bytes).map_err(|error| vec![error])?;
    let mut findings = Findings::default();
    let root = Place::Root;
    let place = root.member("changes");
    check_revisions(message.base_revision, message.revision, &mut findings);
    let lineage = lineage(message.lineage.as_ref(), &mut findings);
    let raw = message.changes.iter().map(|raw| raw.get().as_bytes());
    let sent = read_items(raw, place, &mut findings);
    let mut changes = Vec::with_capacity(sent.len());
    for (at, sent) in sent {
        match sent.effective_from {
            Some(effective_from) => changes.push(Change {
                code: sent.code,
                effective_from,
                entry: sent.entry,
            }),
            None => findings.add(
                place.row(at).member("effective_from"),
                Finding::new(ErrorCode::MissingField, "is required in a change"),
            ),
        }
    }
    let keys = changes
        .iter()
        .map(|change| (&change.code, change.effective_from));
    check_once(keys, place, &mut findings);
    let from = message.patterns_effective_from.as_ref();
    let patterns = patterns::prove(message.patterns.as_deref(), from, None, &mut findings);
    if !findings.is_empty() {
        return Err(findings.into_errors());
    }
    let (base, revision) = (Revision(message.base_revision), Revision(message.revision));
    let said = digest::Said {
        base,
        revision,
        lineage: lineage.as_ref(),
        patterns: patterns.as_ref(),
    };
    Ok(Update {
        digest: digest::of_update(&said, &changes),
        base,
        revision,
        lineage,
        changes,
        patterns,
    })
}

/// Reads and proves a snapshot that stands as one JSON document.
///
/// # Errors
/// Up to 100 faults, each with its place; never none.
pub fn read_snapshot(bytes: &[u8]) -> Result<Snapshot, Vec<FieldError>> {
    check_size(bytes)?;
    let message: SnapshotMessage<'_> = parse(bytes).map_err(|error| vec![error])?;
    let header = SnapshotHeader {
        base_revision: message.base_revision,
        revision: message.revision,
        lineage: message.lineage,
        effective_from: message.effective_from,
        patterns: message.patterns,
        patterns_effective_from: message.patterns_effective_from,
    };
    let raw = message.items.iter().map(|raw| raw.get().as_bytes());
    snapshot(&header, raw)
}

/// Reads and proves a snapshot that stands as NDJSON: the header on the first line, then an item a
/// line. Faults point to `/items/…` as in the document, counted from 0 after the header.
///
/// # Errors
/// Up to 100 faults, each with its place; never none.
pub fn read_snapshot_lines(bytes: &[u8]) -> Result<Snapshot, Vec<FieldError>> {
    check_size(bytes)?;
    let mut lines = lines(bytes);
    let first = lines.next().unwrap_or_default();
    let header: SnapshotHeader<'_> = parse(first).map_err(|error| vec![error])?;
    snapshot(&header, lines)
}

fn snapshot<'a>(
    header: &SnapshotHeader<'a>,
    raw: impl Iterator<Item = &'a [u8]>,
) -> Result<Snapshot, Vec<FieldError>> {
    let mut findings = Findings::default();
    let root = Place::Root;
    let place = root.member("items");
    check_revisions(header.base_revision, header.revision, &mut findings);
    let lineage = lineage(header.lineage.as_ref(), &mut findings);
    let effective_from = findings.take(
        root.member("effective_from"),
        instant(header.effective_from.as_str()),
    );
    let sent = read_items(raw, place, &mut findings);
    let mut items = Vec::with_capacity(sent.len());
    for (at, sent) in sent {
        match sent.entry {
            Entry::Named(item) => items.push(SnapshotItem {
                code: sent.code,
                item,
                effective_from: sent.effective_from,
            }),
            Entry::Discontinued => findings.add(
                place.row(at).member("discontinued"),
                Finding::invalid("a snapshot leaves a discontinued item out"),
            ),
        }
    }
    let begins = effective_from.unwrap_or(Timestamp::ZERO);
    let keys = items
        .iter()
        .map(|sent| (&sent.code, sent.effective_from.unwrap_or(begins)));
    check_once(keys, place, &mut findings);
    let from = header.patterns_effective_from.as_ref();
    let patterns = patterns::prove(
        header.patterns.as_deref(),
        from,
        Some(begins),
        &mut findings,
    );
    let effective_from = match effective_from {
        Some(effective_from) if findings.is_empty() => effective_from,
        Some(_) | None => return Err(findings.into_errors()),
    };
    let (base, revision) = (Revision(header.base_revision), Revision(header.revision));
    let said = digest::Said {
        base,
        revision,
        lineage: lineage.as_ref(),
        patterns: patterns.as_ref(),
    };
    Ok(Snapshot {
        digest: digest::of_snapshot(&said, effective_from, &items),
        base,
        revision,
        lineage,
        effective_from,
        items,
        patterns,
    })
}

/// The items that are right, each with its row; stops when there are findings enough.
fn read_items<'a>(
    raw: impl Iterator<Item = &'a [u8]>,
    place: Place<'_>,
    findings: &mut Findings,
) -> Vec<(usize, Sent)> {
    let mut items = Vec::new();
    for (at, bytes) in raw.enumerate() {
        if findings.is_full() {
            break;
        }
        let row = place.row(at);
        match parse(bytes) {
            Ok(message) => {
                items.extend(item::prove(&message, row, findings).map(|sent| (at, sent)));
            }
            Err(error) => findings.add_below(row, error),
        }
    }
    items
}

fn check_size(bytes: &[u8]) -> Result<(), Vec<FieldError>> {
    if bytes.len() <= CATALOGUE_BYTES {
        return Ok(());
    }
    Err(vec![FieldError {
        pointer: String::new(),
        code: ErrorCode::TooLarge,
        detail: format!("a catalogue takes at most {CATALOGUE_BYTES} bytes; send it in parts"),
    }])
}

fn check_revisions(base: u64, revision: u64, findings: &mut Findings) {
    if revision <= base {
        let detail = format!("must be greater than base_revision {base}");
        findings.add(Place::Root.member("revision"), Finding::invalid(detail));
    }
}

fn lineage(sent: Option<&Words<'_>>, findings: &mut Findings) -> Option<Text> {
    findings.maybe(Place::Root.member("lineage"), sent, Words::prove)
}

/// Each code once per `effective_from`, so that no statement hides another. Places are right only
/// when every item was, which is when anybody sees them.
fn check_once<'a>(
    keys: impl Iterator<Item = (&'a ItemCode, Timestamp)>,
    place: Place<'_>,
    findings: &mut Findings,
) {
    if !findings.is_empty() {
        return;
    }
    let mut seen = HashSet::new();
    for (at, (code, effective_from)) in keys.enumerate() {
        if !seen.insert((code.as_str(), effective_from)) {
            findings.add(
                place.row(at),
                Finding::new(
                    ErrorCode::DuplicateItem,
                    "the code stands before with the same effective_from; send it once",
                ),
            );
        }
    }
}
