//! Tables of catalogues and of the lines that wait for a name.

use super::super::cell::{Cell, Shape};
use super::super::parts::Parts;
use super::{Spread, Table};
use crate::embedded::value::catalogue::{
    PendingRow, decode_awaited, decode_entry, decode_head, decode_patterns,
};
use crate::fault::Fault;
use purchase::bytes::ReadError;
use purchase::catalogue::Entry;

pub(crate) static HEADS: Table = Table {
    name: "catalogue_heads",
    holds: "where the catalogue of each store stands",
    spread: Spread::Store,
    clear: HEAD,
    fill: head,
};

pub(crate) static STAGINGS: Table = Table {
    name: "catalogue_stagings",
    holds: "where the catalogue of a store will stand once the update under way is whole",
    spread: Spread::Store,
    clear: HEAD,
    fill: head,
};

pub(crate) static ITEMS: Table = Table {
    name: "catalogue_items",
    holds: "what the codes of a store mean, version by version",
    spread: Spread::Store,
    clear: &[
        ("code", Shape::Text),
        ("effective_from", Shape::Instant),
        ("revision", Shape::Whole),
        ("name", Shape::Text),
        ("discontinued", Shape::Truth),
    ],
    fill: |key, row| {
        key.text()?;
        let code = Cell::text(key.text()?);
        let effective_from = Cell::Instant(key.time()?);
        let revision = Cell::revision(key.revision()?);
        let (name, discontinued) = match decode_entry(row)? {
            Entry::Named(item) => (Cell::text(item.name.as_str()), Cell::Truth(false)),
            Entry::Discontinued => (Cell::Null, Cell::Truth(true)),
        };
        Ok(vec![code, effective_from, revision, name, discontinued])
    },
};

pub(crate) static PATTERNS: Table = Table {
    name: "code_patterns",
    holds: "patterns by which a store reads its own labels, from an instant on",
    spread: Spread::Store,
    clear: &[
        ("effective_from", Shape::Instant),
        ("revision", Shape::Whole),
        ("patterns", Shape::Text),
    ],
    fill: |key, row| {
        key.text()?;
        let effective_from = Cell::Instant(key.time()?);
        let revision = Cell::revision(key.revision()?);
        let patterns = decode_patterns(row)?;
        let patterns: Vec<String> = patterns
            .as_slice()
            .iter()
            .map(ToString::to_string)
            .collect();
        Ok(vec![
            effective_from,
            revision,
            Cell::text(&patterns.join(" ")),
        ])
    },
};

pub(crate) static PENDING_LINES: Table = Table {
    name: "pending_lines",
    holds: "lines that have no name yet, by their code",
    spread: Spread::Store,
    clear: &[
        ("code", Shape::Text),
        ("purchase_id", Shape::Text),
        ("line", Shape::Whole),
        ("at", Shape::Instant),
        ("awaited_revision", Shape::Whole),
    ],
    fill: |key, row| {
        let mut cells = coded_line(key)?;
        let row = PendingRow::decode(row)?;
        let awaited = row.awaits.map(|(revision, _)| Cell::revision(revision));
        cells.extend([Cell::Instant(row.at), awaited.unwrap_or(Cell::Null)]);
        Ok(cells)
    },
};

pub(crate) static AWAITED_LINES: Table = Table {
    name: "awaited_lines",
    holds: "lines that wait for a revision of the catalogue",
    spread: Spread::Store,
    clear: &[
        ("revision", Shape::Whole),
        ("purchase_id", Shape::Text),
        ("line", Shape::Whole),
        ("code", Shape::Text),
    ],
    fill: |key, row| {
        key.text()?;
        let revision = Cell::revision(key.revision()?);
        let purchase_id = Cell::shown(key.purchase()?);
        let line = Cell::number(key.line()?);
        let code = Cell::text(decode_awaited(row)?.as_str());
        Ok(vec![revision, purchase_id, line, code])
    },
};

pub(crate) static WAITING_LABELS: Table = Table {
    name: "waiting_labels",
    holds: "lines whose code is a label, by the item whose name they wait for",
    spread: Spread::Store,
    clear: &[
        ("item_code", Shape::Text),
        ("purchase_id", Shape::Text),
        ("line", Shape::Whole),
        ("code", Shape::Text),
    ],
    fill: |key, row| {
        let mut cells = coded_line(key)?;
        cells.push(Cell::text(decode_awaited(row)?.as_str()));
        Ok(cells)
    },
};

const HEAD: &[super::Column] = &[
    ("revision", Shape::Whole),
    ("lineage", Shape::Text),
    ("items", Shape::Whole),
];

fn head(key: &mut Parts<'_>, row: &[u8]) -> Result<Vec<Cell>, Fault> {
    key.last_text()?;
    let head = decode_head(row)?;
    Ok(vec![
        Cell::revision(head.revision),
        Cell::maybe(head.lineage.as_ref()),
        Cell::number(head.items),
    ])
}

/// A code and the line that it stands on.
fn coded_line(key: &mut Parts<'_>) -> Result<Vec<Cell>, ReadError> {
    key.text()?;
    Ok(vec![
        Cell::text(key.text()?),
        Cell::shown(key.purchase()?),
        Cell::number(key.line()?),
    ])
}
