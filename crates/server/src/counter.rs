//! The shops of a book while it is read from end to end: each is looked up once, with its clock and with
//! what its labels mean.

use crate::app::App;
use crate::reply::Reply;
use jiff::tz::TimeZone;
use ledger::account::Filed;
use purchase::code::Patterns;
use purchase::id::{ItemCode, StoreId};
use purchase::store::Store;
use purchase::time::BusinessDate;
use std::collections::HashMap;
use std::sync::Arc;
use wire::time::day_of;

/// A store as its purchases are read.
pub struct Counter {
    /// The store.
    pub store: Arc<Store>,
    /// Its clock.
    pub zone: TimeZone,
    /// What the labels of its scales mean today.
    pub patterns: Option<Arc<Patterns>>,
}

impl Counter {
    /// Looks a store up.
    ///
    /// # Errors
    /// 404 if there is none.
    pub fn find(app: &App, store_id: &StoreId) -> Reply<Self> {
        let store = app.store(store_id)?;
        let zone = app.zone(store.timezone.as_str());
        let patterns = app.ledger.patterns(store_id)?;
        let patterns = patterns.newest().map(|set| Arc::clone(&set.patterns));
        Ok(Self {
            store,
            zone,
            patterns,
        })
    }

    /// The item that `code` is a label of; none if it means itself.
    #[must_use]
    pub fn item_of(&self, code: &ItemCode) -> Option<ItemCode> {
        self.patterns.as_ref()?.item_of(code)
    }

    /// The day that a purchase is sorted under, by the store's clock.
    #[must_use]
    pub fn day(&self, filed: &Filed) -> BusinessDate {
        let at = filed.settlement.effective_at(filed.received_at);
        day_of(at, &self.zone).unwrap_or(filed.settlement.content().key.business_date)
    }
}

/// The shops met so far.
pub struct Counters<'a> {
    app: &'a App,
    met: HashMap<StoreId, Counter>,
}

impl<'a> Counters<'a> {
    /// None so far.
    #[must_use]
    pub fn new(app: &'a App) -> Self {
        Self {
            app,
            met: HashMap::new(),
        }
    }

    /// The shop of a purchase.
    ///
    /// # Errors
    /// 404 if there is none, which no purchase has.
    pub fn of(&mut self, filed: &Filed) -> Reply<&Counter> {
        let store_id = &filed.settlement.content().key.store_id;
        if !self.met.contains_key(store_id) {
            let found = Counter::find(self.app, store_id)?;
            self.met.insert(store_id.clone(), found);
        }
        // It was put there just now, if it was not there before.
        let met = self.met.get(store_id);
        Ok(met.expect("a shop that was met is kept"))
    }
}
