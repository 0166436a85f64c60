//! Tables of settlements, days and purchases. What was bought stays sealed: a column says only what
//! the embedded ledger has beside the sealed body.

use super::super::cell::{Cell, Shape};
use super::super::parts::Parts;
use super::people::owner;
use super::stores::store_cell;
use super::{Spread, Table};
use crate::embedded::key::part;
use crate::embedded::value::purchase_row::{PurchaseRow, StandingRow};
use crate::embedded::value::settlement::{ConflictRow, DayRow, SettlementRow, decode_early};
use crate::embedded::value::to_file::ToFileRow;
use crate::fault::Fault;
use purchase::bytes::ReadError;
use purchase::settlement::Kind;

pub(crate) static SETTLEMENTS: Table = Table {
    name: "settlements",
    holds: "settlements by the name that the till gave them; each is there for ever",
    spread: Spread::Store,
    clear: &[
        ("business_date", Shape::Day),
        ("terminal", Shape::Text),
        ("transaction", Shape::Text),
        ("purchase_id", Shape::Text),
        ("received_at", Shape::Instant),
        ("kind", Shape::Text),
        ("currency", Shape::Text),
        ("total", Shape::Whole),
        ("lines", Shape::Whole),
        ("pending_lines", Shape::Whole),
        ("voided", Shape::Truth),
    ],
    fill: |key, row| {
        let mut cells = name(key)?;
        let row = SettlementRow::decode(row)?;
        cells.extend([
            Cell::shown(row.purchase_id),
            Cell::Instant(row.received_at),
            kind(row.kind),
            Cell::text(row.currency.code()),
            Cell::Whole(row.total.minor()),
            Cell::number(row.lines.len()),
            Cell::number(row.pending),
            Cell::Truth(row.voided_by.is_some()),
        ]);
        Ok(cells)
    },
};

pub(crate) static DAYS: Table = Table {
    name: "days",
    holds: "counts and totals of the trading days of a store; returns are negative",
    spread: Spread::Store,
    clear: &[
        ("business_date", Shape::Day),
        ("settlements", Shape::Whole),
        ("lines", Shape::Whole),
        ("pending_lines", Shape::Whole),
        ("totals", Shape::Totals),
    ],
    fill: |key, row| {
        key.text()?;
        let date = Cell::Day(key.date()?);
        let tally = DayRow::decode(row)?.tally;
        Ok(vec![
            date,
            Cell::number(tally.settlements),
            Cell::number(tally.lines),
            Cell::number(tally.pending),
            Cell::Totals(tally.totals),
        ])
    },
};

pub(crate) static EARLY_RETURNS: Table = Table {
    name: "early_returns",
    holds: "settlements that have not arrived, and how many returns and voids wait for each",
    spread: Spread::Store,
    clear: &[
        ("business_date", Shape::Day),
        ("terminal", Shape::Text),
        ("transaction", Shape::Text),
        ("waiting", Shape::Whole),
    ],
    fill: |key, row| {
        let mut cells = name(key)?;
        cells.push(Cell::number(decode_early(row)?.len()));
        Ok(cells)
    },
};

pub(crate) static CONFLICTS: Table = Table {
    name: "conflicts",
    holds: "settlements that came under a name already taken, with other content, sealed",
    spread: Spread::Store,
    clear: &[
        ("business_date", Shape::Day),
        ("terminal", Shape::Text),
        ("transaction", Shape::Text),
        ("number", Shape::Whole),
        ("received_at", Shape::Instant),
    ],
    fill: |key, row| {
        let mut cells = name(key)?;
        cells.push(Cell::number(key.byte()?));
        cells.push(Cell::Instant(ConflictRow::decode(row)?.received_at));
        Ok(cells)
    },
};

pub(crate) static PURCHASES: Table = Table {
    name: "purchases",
    holds: "purchases by their owner, in parts: body and name are sealed, standing is what came back",
    spread: Spread::Owner,
    clear: &[
        ("purchase_id", Shape::Text),
        ("part", Shape::Text),
        ("line", Shape::Whole),
        ("store_id", Shape::Text),
        ("kind", Shape::Text),
        ("currency", Shape::Text),
        ("total", Shape::Whole),
        ("received_at", Shape::Instant),
        ("voided", Shape::Truth),
    ],
    fill: |key, row| {
        owner(&key.array::<17>()?)?;
        let mut cells = vec![Cell::shown(key.inverted_purchase()?)];
        cells.extend(purchase_part(key, row)?);
        Ok(cells)
    },
};

pub(crate) static TO_FILE: Table = Table {
    name: "to_file",
    holds: "what was recorded at a store and is still to be filed for its owners",
    spread: Spread::Store,
    clear: &[("at", Shape::Instant), ("owners", Shape::Whole)],
    fill: |key, row| {
        key.text()?;
        key.array::<12>()?;
        let row = ToFileRow::decode(row)?;
        Ok(vec![Cell::Instant(row.at), Cell::number(row.parts.len())])
    },
};

fn purchase_part(key: &mut Parts<'_>, row: &[u8]) -> Result<[Cell; 8], Fault> {
    let mut cells = [const { Cell::Null }; 8];
    let [
        what,
        line,
        store_id,
        sort,
        currency,
        total,
        received_at,
        voided,
    ] = &mut cells;
    match key.byte()? {
        part::BODY => {
            let columns = PurchaseRow::decode(row)?.columns;
            *what = Cell::text("body");
            *store_id = store_cell(Some(&columns.store_id));
            *sort = kind(columns.kind);
            *currency = Cell::text(columns.currency.code());
            *total = Cell::Whole(columns.total.minor());
            *received_at = Cell::Instant(columns.received_at);
        }
        part::NAME => {
            *what = Cell::text("name");
            *line = Cell::number(key.line()?);
        }
        part::STANDING => {
            *what = Cell::text("standing");
            *voided = Cell::Truth(StandingRow::decode(row)?.voided_by.is_some());
        }
        _ => return Err(ReadError::Invalid.into()),
    }
    Ok(cells)
}

/// What a till calls a settlement: the day, the terminal, the transaction.
fn name(key: &mut Parts<'_>) -> Result<Vec<Cell>, ReadError> {
    key.text()?;
    Ok(vec![
        Cell::Day(key.date()?),
        Cell::text(key.text()?),
        Cell::text(key.text()?),
    ])
}

fn kind(kind: Kind) -> Cell {
    Cell::text(match kind {
        Kind::Sale => "sale",
        Kind::Return => "return",
        Kind::Void => "void",
    })
}
