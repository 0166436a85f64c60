//! Holding what stands beside a row against the row: the columns that people read, and the one by which
//! rows are spread. The server never reads them, so that nobody else would notice.
//!
//! Rows are read in the order in which the database has them, page by page, and compared there.

use super::cell::{Cell, Shape};
use super::fault::Failure;
use super::line::Line;
use super::statement;
use super::table::Table;
use crate::embedded::key::{Kind, number};
use crate::fault::Fault;
use tokio_postgres::types::ToSql;

/// Rows of one page.
const PAGE: usize = 1_000;

/// Something that is not as the row says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Differing {
    /// The row's key.
    pub(crate) key: Vec<u8>,
    /// How.
    pub(crate) how: How,
}

/// How it differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum How {
    /// Its key is of another kind than the table's rows.
    Stranger,
    /// It lies under another store or owner than its key names.
    Misplaced,
    /// These columns say something else than the row.
    Columns(Vec<String>),
}

/// One page of rows that were compared.
pub(crate) struct Page {
    /// How many there are in it.
    pub(crate) rows: usize,
    /// What differs.
    pub(crate) differing: Vec<Differing>,
    /// Where the next one begins; none after the last.
    pub(crate) next: Option<Next>,
}

/// The last row of a page, as the database has it.
pub(crate) struct Next {
    place: Option<Cell>,
    key: Vec<u8>,
}

/// Compares the next page of the table of a kind.
///
/// # Errors
/// [`Failure`] if it cannot be read. A row that does not decode is no error here and is left out:
/// whoever reads its kind tells of it.
pub(crate) async fn compare(
    line: &Line,
    (kind, table): (Kind, &Table),
    next: Option<Next>,
) -> Result<Page, Failure> {
    let client = line.lend().await?;
    let text = statement::page(table, next.is_some());
    let mut parameters: Vec<Cell> = Vec::new();
    if let Some(Next { place, key }) = next {
        parameters.extend(place);
        parameters.push(Cell::Bytes(key));
    }
    parameters.push(Cell::number(PAGE));
    let statement = client.prepare_cached(&text).await?;
    let read = client.query(&statement, &borrowed(&parameters)).await?;
    let mut differing = Vec::new();
    let mut expected = Expected::of(table);
    let mut last = None;
    for row in &read {
        let (key, value): (&[u8], &[u8]) = (row.try_get(0)?, row.try_get(1)?);
        let place = match (table.spread.column(), table.spread.shape()) {
            (None, _) => None,
            (Some(_), Shape::Text) => Some(Cell::Text(row.try_get(2)?)),
            (Some(_), _) => Some(Cell::Bytes(row.try_get(2)?)),
        };
        let how = if key.first() != Some(&number(kind)) {
            Some(How::Stranger)
        } else if table.spread.value(key).ok() != Some(place.clone()) {
            Some(How::Misplaced)
        } else {
            match table.cells(key, value) {
                Ok(cells) => expected.push(place.clone(), key, cells),
                Err(Fault::Damaged { .. }) => {}
                Err(fault) => return Err(fault.into()),
            }
            None
        };
        if let Some(how) = how {
            let key = key.to_vec();
            differing.push(Differing { key, how });
        }
        last = Some((place, key));
    }
    differing.extend(expected.differing(&client, table).await?);
    Ok(Page {
        rows: read.len(),
        differing,
        next: last
            .filter(|_| read.len() == PAGE)
            .map(|(place, key)| Next {
                place,
                key: key.to_vec(),
            }),
    })
}

/// The stores among these that have no row by which their writers take turns.
///
/// # Errors
/// [`Failure`] if it cannot be read.
pub(crate) async fn without_turn(line: &Line, stores: &[String]) -> Result<Vec<String>, Failure> {
    let client = line.lend().await?;
    let text = "SELECT wanted.store_id FROM unnest($1::text[]) AS wanted (store_id) \
                WHERE NOT EXISTS (SELECT FROM orihon.turns AS held \
                WHERE held.store_id = wanted.store_id)";
    let statement = client.prepare_cached(text).await?;
    let rows = client.query(&statement, &[&stores]).await?;
    let ids = rows.iter().map(|row| row.try_get(0));
    Ok(ids.collect::<Result<_, _>>()?)
}

/// The first so many stores that have such a row and are not there.
///
/// # Errors
/// [`Failure`] if it cannot be read.
pub(crate) async fn turns_of_nobody(line: &Line, limit: usize) -> Result<Vec<String>, Failure> {
    let client = line.lend().await?;
    let text = "SELECT turn.store_id FROM orihon.turns AS turn WHERE turn.store_id <> '' \
                AND NOT EXISTS (SELECT FROM orihon.stores AS held \
                WHERE held.key = $2::bytea || convert_to(turn.store_id, 'UTF8')) \
                ORDER BY turn.store_id LIMIT $1";
    let statement = client.prepare_cached(text).await?;
    let kind = [number(Kind::Store)];
    let parameters: [&(dyn ToSql + Sync); 2] = [&Cell::number(limit), &kind.as_slice()];
    let rows = client.query(&statement, &parameters).await?;
    let ids = rows.iter().map(|row| row.try_get(0));
    Ok(ids.collect::<Result<_, _>>()?)
}

/// What the columns of some rows should say, column by column: where each row lies, its key, and what
/// people read.
struct Expected {
    columns: Vec<Vec<Cell>>,
}

impl Expected {
    fn of(table: &Table) -> Self {
        let count = statement::shown(table).count();
        Self {
            columns: vec![Vec::new(); count],
        }
    }

    fn push(&mut self, place: Option<Cell>, key: &[u8], cells: Vec<Cell>) {
        let key = Cell::Bytes(key.to_vec());
        let row = place.into_iter().chain([key]).chain(cells);
        for (column, cell) in self.columns.iter_mut().zip(row) {
            column.push(cell);
        }
    }

    async fn differing(
        &self,
        client: &deadpool_postgres::Client,
        table: &Table,
    ) -> Result<Vec<Differing>, Failure> {
        if self.columns.first().is_none_or(Vec::is_empty) {
            return Ok(Vec::new());
        }
        let text = statement::differing(table);
        let statement = client.prepare_cached(&text).await?;
        let rows = client.query(&statement, &borrowed(&self.columns)).await?;
        let differing = rows.iter().map(|row| {
            Ok(Differing {
                key: row.try_get(0)?,
                how: How::Columns(row.try_get(1)?),
            })
        });
        differing.collect()
    }
}

fn borrowed<T: ToSql + Sync>(values: &[T]) -> Vec<&(dyn ToSql + Sync)> {
    let mut all: Vec<&(dyn ToSql + Sync)> = Vec::with_capacity(values.len());
    for value in values {
        all.push(value);
    }
    all
}
