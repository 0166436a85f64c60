//! What every handler can reach. Nothing hangs anywhere else: there are no globals.

use crate::clock::Clock;
use crate::codes::Issuing;
use crate::contacts::Contacts;
use crate::desk::Links;
use crate::foresight::Foresight;
use crate::household::timeline::BOOKS_AT_ONCE;
use crate::intake::Intake;
use crate::known::Known;
use crate::looks::Looks;
use crate::metrics::Metrics;
use crate::missing::Asking;
use crate::office::Deeds;
use crate::pace::Pace;
use crate::partners::Requests;
use crate::peer::Proxies;
use crate::programs::Programs;
use crate::publish::Hub;
use crate::reply::Refused;
use crate::sign_in::SignIn;
use crate::signed::UNPROVEN_MIB;
use crate::site::Site;
use crate::tries::{
    CLAIMS_PER_MINUTE, PAIRINGS_PER_MINUTE, STARTS_IN_ALL_PER_MINUTE, STARTS_PER_MINUTE, Tries,
};
use jiff::tz::TimeZone;
use ledger::Ledger;
use ledger::postgres::tables::Reach;
use purchase::id::StoreId;
use purchase::store::Store;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{Semaphore, watch};

/// The server's parts.
pub struct App {
    /// The memory.
    pub ledger: Arc<Ledger>,
    /// The way into it.
    pub intake: Arc<Intake>,
    /// Time and randomness.
    pub clock: Clock,
    /// Callers looked up already.
    pub known: Known,
    /// Buyers looked up together.
    pub foresight: Foresight,
    /// Who listens for whom.
    pub hub: Arc<Hub>,
    /// What is counted.
    pub metrics: Arc<Metrics>,
    /// Whether the database of the ledger took writes when it was last asked.
    pub reach: watch::Sender<Reach>,
    /// One catalogue writer per store at a time.
    pub catalogues: Turns,
    /// Tries of pairing codes.
    pub tries: Tries,
    /// Accounts that people make for themselves.
    pub starts: Tries,
    /// What keeps others from coming in.
    pub sign_in: SignIn,
    /// When each machine was heard of last.
    pub contacts: Contacts,
    /// How often each machine may report.
    pub report_pace: Pace,
    /// How often each partner asks.
    pub partner_requests: Requests,
    /// Links that open the console once.
    pub links: Links,
    /// What is noted of narrow keys.
    pub deeds: Deeds,
    /// Who may look at whose purchases just now.
    pub looks: Looks,
    /// Which programs were noted in the log of the person whose book they read.
    pub programs: Programs,
    /// Where people reach this server.
    pub site: Site,
    /// Proxies that are believed when they say for whom they ask.
    pub proxies: Proxies,
    /// Tries of claim codes by people without an account.
    pub claim_tries: Tries,
    /// Memory, in MiB, for bodies whose signature is not proven yet.
    pub unproven: Semaphore,
    /// Turns to look at a household's book, for which all that its members said of purchases is opened.
    pub household_books: Semaphore,
    /// How often people ask stores for receipts.
    pub asking: Asking,
    /// How many member codes people get.
    pub issuing: Issuing,
    zones: Mutex<HashMap<Box<str>, TimeZone>>,
}

impl App {
    /// Puts the parts together.
    #[must_use]
    pub fn new(
        ledger: Arc<Ledger>,
        intake: Arc<Intake>,
        clock: Clock,
        hub: Arc<Hub>,
        metrics: Arc<Metrics>,
        (site, proxies): (Site, Proxies),
    ) -> Self {
        Self {
            ledger,
            intake,
            clock,
            known: Known::default(),
            foresight: Foresight::default(),
            hub,
            metrics,
            reach: watch::Sender::new(Reach::Writable),
            catalogues: Turns::default(),
            tries: Tries::per_minute(PAIRINGS_PER_MINUTE),
            starts: Tries::bounded(STARTS_PER_MINUTE, STARTS_IN_ALL_PER_MINUTE),
            sign_in: SignIn::default(),
            contacts: Contacts::default(),
            report_pace: Pace::default(),
            partner_requests: Requests::default(),
            links: Links::default(),
            deeds: Deeds::default(),
            looks: Looks::default(),
            programs: Programs::default(),
            site,
            proxies,
            claim_tries: Tries::per_minute(CLAIMS_PER_MINUTE),
            unproven: Semaphore::new(UNPROVEN_MIB),
            household_books: Semaphore::new(BOOKS_AT_ONCE),
            asking: Asking::default(),
            issuing: Issuing::default(),
            zones: Mutex::default(),
        }
    }

    /// A store.
    ///
    /// # Errors
    /// 404 if there is none.
    pub fn store(&self, store_id: &StoreId) -> Result<Arc<Store>, Refused> {
        self.ledger
            .store(store_id)
            .ok_or_else(|| Refused::not_found("store"))
    }

    /// The time zone of that name; every stored name was proven to be one.
    #[must_use]
    pub fn zone(&self, name: &str) -> TimeZone {
        let mut zones = self.zones.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(zone) = zones.get(name) {
            return zone.clone();
        }
        let zone = TimeZone::get(name).unwrap_or(TimeZone::UTC);
        zones.insert(name.into(), zone.clone());
        zone
    }
}

/// Lets one at a time through, per store.
#[derive(Default)]
pub struct Turns(Mutex<HashMap<StoreId, Arc<tokio::sync::Mutex<()>>>>);

impl Turns {
    /// The turn of a store.
    #[must_use]
    pub fn of(&self, store_id: &StoreId) -> Arc<tokio::sync::Mutex<()>> {
        let mut turns = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(turns.entry(store_id.clone()).or_default())
    }
}
