//! Copying rows: kind by kind and in the order of their keys, a page at a time, each page whole or not
//! at all. So the last row that is there says where to go on. Nothing here knows what a row means.

use super::{Stretch, Telling};
use crate::embedded::engine::{Engine, Row};
use crate::embedded::key::{after, number, space};
use crate::fault::Fault;
use crate::postgres::table::kinds;
use crate::postgres::tables::just_after;

/// Bytes of one page, more or less.
const BYTES_PER_PAGE: usize = 4 * 1_024 * 1_024;

/// Copies every row that has a table, behind those that are there. Gives about how many are there then.
pub(super) fn copy(
    (from, to): (&Engine, &Engine),
    rows_per_page: usize,
    telling: &mut Telling<'_>,
) -> Result<u64, Fault> {
    let before = to.rows_about()?;
    telling.begin(Stretch::Copying, from.rows_about()?, before);
    let mut copied = 0;
    for (kind, _) in kinds() {
        let (space, prefix) = (space(kind), [number(kind)]);
        let begin = match to.last(space, &prefix)? {
            Some(last) => just_after(&last),
            None => prefix.to_vec(),
        };
        let mut page: Vec<Row> = Vec::new();
        let mut bytes = 0;
        let mut send = |page: Vec<Row>| {
            let more = u64::try_from(page.len()).unwrap_or(u64::MAX);
            if !page.is_empty() {
                to.commit(page.into_iter())?;
            }
            copied += more;
            telling.tell(more)
        };
        for pair in from.range(space, begin, after(&prefix)) {
            let (key, row) = pair?;
            bytes += key.len() + row.len();
            page.push((space, key.to_vec(), Some(row.to_vec())));
            if page.len() >= rows_per_page || bytes >= BYTES_PER_PAGE {
                bytes = 0;
                send(std::mem::take(&mut page))?;
            }
        }
        send(page)?;
    }
    Ok(before.saturating_add(copied))
}
