//! How the stores and the server are doing, in few numbers: what an operator looks at first. Everything is
//! counted anew when it is asked for, of a bounded number of stores, and nothing is kept.

use crate::app::App;
use crate::auth::Clerk;
use crate::intake::Health;
use crate::machines::{self, Counted};
use crate::reply::Reply;
use ledger::postgres::tables::Reach;
use purchase::id::StoreId;
use purchase::store::Store;
use purchase::time::{BusinessDate, Timestamp};
use std::sync::Arc;
use wire::time::day_of;

/// Stores that are looked at, at most; who has more is told so.
pub(crate) const STORES_MAX: usize = 500;
/// Days of which a store must have sold something, or it is silent.
pub(crate) const SILENT_DAYS: usize = 7;

/// A store in a list.
pub(crate) struct Standing {
    pub(crate) store: Arc<Store>,
    /// Settlements of the store's own day.
    pub(crate) today: u64,
    /// The last day on which it sold anything, of the days looked at.
    pub(crate) last_day: Option<BusinessDate>,
    /// Lines that wait for a name.
    pub(crate) pending: usize,
    /// Settlements that came under keys already taken.
    pub(crate) conflicts: usize,
    /// Receipts that people miss and ask for.
    pub(crate) missing: usize,
    /// What there is to look at on its machines.
    pub(crate) machines: Counted,
}

impl Standing {
    /// Is it open, and has sold nothing for days?
    pub(crate) fn is_silent(&self) -> bool {
        self.store.closed_at.is_none() && self.last_day.is_none()
    }
}

/// How the server itself is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Condition {
    /// It takes everything.
    Well,
    /// It takes nothing for lack of room.
    DiskFull,
    /// The database of the ledger can be read and not written.
    ReadOnly,
    /// The database of the ledger is not reached.
    Away,
    /// It is stopping, or its ledger failed.
    Stopping,
}

/// What is told first.
pub(crate) struct Overview {
    pub(crate) condition: Condition,
    /// Those that the asker may see, in order.
    pub(crate) stores: Vec<Standing>,
    /// How many more there are than were looked at.
    pub(crate) beyond: usize,
}

/// The stores that somebody may see, in order.
pub(crate) fn stores_of(app: &App, clerk: &Clerk) -> Vec<StoreId> {
    let mut stores = app.ledger.store_ids();
    stores.retain(|store_id| clerk.reaches(app, store_id));
    stores
}

/// Looks at everything that somebody may see.
///
/// # Errors
/// A problem if the memory cannot be read.
pub(crate) fn look(app: &App, clerk: &Clerk) -> Reply<Overview> {
    let ids = stores_of(app, clerk);
    let stores = ids
        .iter()
        .take(STORES_MAX)
        .filter_map(|store_id| app.ledger.store(store_id))
        .map(|store| standing(app, store))
        .collect::<Reply<Vec<_>>>()?;
    Ok(Overview {
        condition: condition(app),
        stores,
        beyond: ids.len().saturating_sub(STORES_MAX),
    })
}

/// How a store stands.
///
/// # Errors
/// A problem if the memory cannot be read.
pub(crate) fn standing(app: &App, store: Arc<Store>) -> Reply<Standing> {
    let store_id = &store.store_id;
    let days = recent_days(app, &store, SILENT_DAYS)?;
    let today = today(app, &store);
    let sold_today = days.iter().find(|day| Some(day.date) == today);
    Ok(Standing {
        today: sold_today.map_or(0, |day| day.day.tally.settlements),
        last_day: days.last().map(|day| day.date),
        pending: app.ledger.count_pending(store_id)?,
        conflicts: app.ledger.count_conflicts(store_id)?,
        missing: app.ledger.count_sought(store_id, app.clock.now())?,
        machines: machines::count(app, &store)?,
        store,
    })
}

/// The store's own date.
pub(crate) fn today(app: &App, store: &Store) -> Option<BusinessDate> {
    date_at(app, store, app.clock.now())
}

fn date_at(app: &App, store: &Store, at: Timestamp) -> Option<BusinessDate> {
    day_of(at, &app.zone(store.timezone.as_str()))
}

/// The days of a store on which anything was sold, of the last so many and of tomorrow, oldest first.
///
/// # Errors
/// A problem if the memory cannot be read.
pub(crate) fn recent_days(
    app: &App,
    store: &Store,
    count: usize,
) -> Reply<Vec<ledger::account::DayOf>> {
    const DAY_MS: i64 = 24 * 60 * 60 * 1_000;
    let now = app.clock.now();
    let back_ms = i64::try_from(count).unwrap_or(0).saturating_mul(DAY_MS);
    let from = date_at(app, store, now.plus_ms(-back_ms));
    let to = date_at(app, store, now.plus_ms(DAY_MS));
    let (Some(from), Some(to)) = (from, to) else {
        return Ok(Vec::new());
    };
    Ok(app.ledger.days(&store.store_id, (from, to))?)
}

fn condition(app: &App) -> Condition {
    if app.intake.health() != Health::Taking {
        return Condition::Stopping;
    }
    if app.intake.is_disk_full() {
        return Condition::DiskFull;
    }
    match *app.reach.borrow() {
        Reach::Writable => Condition::Well,
        Reach::ReadOnly => Condition::ReadOnly,
        Reach::Away => Condition::Away,
    }
}
