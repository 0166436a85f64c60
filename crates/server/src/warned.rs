//! A store's sales on which something was remarked: a tax that does not follow from its rate, more back than was
//! sold, a clock ahead. They are found by looking through whole days, newest first, as far as one look may go;
//! no body of a sale is opened for it, and nothing is kept.

use crate::app::App;
use crate::overview::today;
use crate::reply::Reply;
use ledger::account::Listed;
use purchase::id::SettlementKey;
use purchase::store::Store;
use purchase::time::BusinessDate;
use std::cmp::Reverse;
use std::iter::successors;

/// Days of one look.
pub(crate) const DAYS: usize = 31;
/// Days that are counted for a tile.
pub(crate) const DAYS_COUNTED: usize = 7;
/// Sales on a page.
const PER_PAGE: usize = 100;
/// Days ahead of the store's own: a till whose clock is ahead may sell on one of those.
const DAYS_AHEAD: usize = 366;
/// Sales that one look goes through before it ends with its day; also the most of one day.
const LOOKED_THROUGH_MAX: usize = 20_000;
/// The same, to count for a tile.
const COUNTED_MAX: usize = 5_000;
/// Sales that are read at once.
const READ_AT_ONCE: usize = 1_000;

/// Where a look begins: with a day, behind so many of its sales that were shown before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) date: BusinessDate,
    pub(crate) skip: usize,
}

/// Whether a look went through all that it was to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Reach {
    #[default]
    All,
    /// There were too many.
    Part,
}

/// What was found.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// The newest first.
    pub(crate) sales: Vec<Listed>,
    /// Where to go on; none at the beginning of time.
    pub(crate) next: Option<Place>,
    /// Whether every sale of the days was looked through.
    pub(crate) reach: Reach,
}

/// A page of them, from `place` or from the newest.
///
/// # Errors
/// A problem if the memory cannot be read.
pub(crate) fn look(app: &App, store: &Store, place: Option<Place>) -> Reply<Found> {
    let mut found = Found::default();
    let (Some(newest), Some(today)) = (newest(app, store), today(app, store)) else {
        return Ok(found);
    };
    let start = place.unwrap_or(Place {
        date: newest,
        skip: 0,
    });
    let oldest = back(start.date.min(today), DAYS - 1);
    let mut looked = 0;
    for day in app
        .ledger
        .days(&store.store_id, (oldest, start.date))?
        .iter()
        .rev()
    {
        let (mut sales, read) = of_day(app, store, day.date, LOOKED_THROUGH_MAX)?;
        looked += read;
        if read == LOOKED_THROUGH_MAX {
            found.reach = Reach::Part;
        }
        sales.sort_by_key(|sale| Reverse(sale.received_at));
        let shown = if day.date == start.date {
            start.skip
        } else {
            0
        };
        let room = PER_PAGE - found.sales.len();
        let rest = sales.len().saturating_sub(shown);
        found.sales.extend(sales.into_iter().skip(shown).take(room));
        if rest > room {
            found.next = Some(Place {
                date: day.date,
                skip: shown + room,
            });
            return Ok(found);
        }
        if looked >= LOOKED_THROUGH_MAX {
            found.next = before(day.date);
            return Ok(found);
        }
    }
    found.next = before(oldest);
    Ok(found)
}

/// How many there are in the last days, as far as can be said at once.
///
/// # Errors
/// A problem if the memory cannot be read.
pub(crate) fn count(app: &App, store: &Store) -> Reply<(usize, Reach)> {
    let (Some(newest), Some(today)) = (newest(app, store), today(app, store)) else {
        return Ok((0, Reach::All));
    };
    let days = (back(today, DAYS_COUNTED - 1), newest);
    let (mut count, mut left) = (0, COUNTED_MAX);
    for day in app.ledger.days(&store.store_id, days)?.iter().rev() {
        let (sales, read) = of_day(app, store, day.date, left)?;
        count += sales.len();
        left -= read;
        if left == 0 {
            return Ok((count, Reach::Part));
        }
    }
    Ok((count, Reach::All))
}

/// Those of a day, and how many sales were read for it.
fn of_day(
    app: &App,
    store: &Store,
    date: BusinessDate,
    read_max: usize,
) -> Reply<(Vec<Listed>, usize)> {
    let (mut found, mut read) = (Vec::new(), 0);
    let mut after: Option<SettlementKey> = None;
    while read < read_max {
        let at_once = READ_AT_ONCE.min(read_max - read);
        let part = app
            .ledger
            .day_settlements(&store.store_id, date, after.as_ref(), at_once)?;
        read += part.len();
        let is_end = part.len() < at_once;
        after = part.last().map(|last| last.recorded.key.clone());
        found.extend(
            part.into_iter()
                .filter(|sale| sale.warnings.iter().next().is_some()),
        );
        if is_end {
            break;
        }
    }
    Ok((found, read))
}

fn newest(app: &App, store: &Store) -> Option<BusinessDate> {
    let days = successors(today(app, store), |date| date.next());
    days.take(DAYS_AHEAD).last()
}

/// So many days before; the first there is, if there are fewer.
fn back(date: BusinessDate, days: usize) -> BusinessDate {
    let days = successors(Some(date), |date| date.previous()).take(days + 1);
    days.last().unwrap_or(date)
}

fn before(date: BusinessDate) -> Option<Place> {
    let date = date.previous()?;
    Some(Place { date, skip: 0 })
}
