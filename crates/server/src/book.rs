//! A person's book as it is read: pages of purchases, with the store of each and its clock. Both the
//! interface and the pages for people read it here; nothing is written.

use crate::app::App;
use crate::counter::{Counter, Counters};
use crate::own_words::OwnNames;
use crate::reply::{Refused, Reply};
use crate::search::Search;
use jiff::tz::TimeZone;
use ledger::account::{Filed, Page, Range};
use purchase::id::{PurchaseId, UserId};
use purchase::store::Store;
use std::cell::RefCell;
use std::sync::Arc;
use wire::account::message::PurchaseMessage;
use wire::account::query::Query as Asked;
use wire::account::{View, purchase_message};

/// What a search looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Names, short names, readings, the person's own names, and the shop.
    Names,
    /// Those, and dates and amounts as people write them.
    Everything,
}

/// The purchases asked for, newest first.
///
/// # Errors
/// A problem if the memory cannot be read.
pub fn find(app: &App, user_id: UserId, asked: &Asked, scope: Scope) -> Reply<Page> {
    let (from, to) = asked.span();
    let range = Range {
        after: asked.cursor,
        from,
        to,
        store_id: asked.store_id.clone(),
        currency: asked.currency,
        min: asked.min,
        max: asked.max,
    };
    if asked.from.is_none() && asked.to.is_none() && asked.words.is_empty() {
        return Ok(app.ledger.page(user_id, &range, asked.limit, &|_| true)?);
    }
    let own = match asked.words.is_empty() {
        true => OwnNames::default(),
        false => OwnNames::of(app, user_id)?,
    };
    let search = Search::new(&asked.words, own, scope);
    let state = RefCell::new((Counters::new(app), search));
    let wanted = |filed: &Filed| {
        let (counters, search) = &mut *state.borrow_mut();
        // A purchase whose store is gone, which does not happen, is on no page.
        let Ok(counter) = counters.of(filed) else {
            return false;
        };
        let at = filed.settlement.effective_at(filed.received_at);
        asked.covers(at, &counter.zone) && search.finds(filed, counter)
    };
    Ok(app.ledger.page(user_id, &range, asked.limit, &wanted)?)
}

/// Steps of a walk through a whole book; the ledger looks at 20,000 purchases in each.
const STEPS_MAX: usize = 5;

/// How much of what was asked for was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// All of it.
    Whole,
    /// The newest purchases only, because there are too many.
    Newest,
}

/// Shows every purchase of a range to `look`, newest first, with its shop; one page of them is not kept.
///
/// # Errors
/// A problem if the memory cannot be read.
pub fn walk(
    app: &App,
    user_id: UserId,
    mut range: Range,
    mut look: impl FnMut(&Filed, &Counter),
) -> Reply<Extent> {
    let seen = RefCell::new((Counters::new(app), Ok(())));
    let look = RefCell::new(&mut look);
    let show = |filed: &Filed| {
        let (counters, outcome) = &mut *seen.borrow_mut();
        match counters.of(filed) {
            Ok(counter) => (look.borrow_mut())(filed, counter),
            Err(refused) => *outcome = Err(refused),
        }
        // Nothing is kept: what was needed of it was taken by `look`.
        false
    };
    for _ in 0..STEPS_MAX {
        let page = app.ledger.page(user_id, &range, 1, &show)?;
        match page.next {
            Some(next) => range.after = Some(next),
            None => {
                return seen.into_inner().1.map(|()| Extent::Whole);
            }
        }
    }
    seen.into_inner().1.map(|()| Extent::Newest)
}

/// One purchase of a person.
///
/// # Errors
/// 404 if there is none, or if it is somebody else's.
pub fn one(app: &App, user_id: UserId, purchase_id: PurchaseId) -> Reply<Filed> {
    app.ledger
        .purchase(user_id, purchase_id)?
        .ok_or_else(|| Refused::not_found("purchase"))
}

/// A store with its clock.
pub struct Shop {
    /// The store.
    pub store: Arc<Store>,
    /// Its clock.
    pub zone: TimeZone,
}

/// The store of a purchase; every purchase has one.
///
/// # Errors
/// 404 if there is no such store.
pub fn store_of(app: &App, filed: &Filed) -> Reply<Shop> {
    let store = app.store(&filed.settlement.content().key.store_id)?;
    let zone = app.zone(store.timezone.as_str());
    Ok(Shop { store, zone })
}

/// A purchase as its owner reads it.
#[must_use]
pub fn message<'a>(filed: &'a Filed, shop: &'a Shop) -> PurchaseMessage<'a> {
    purchase_message(&View {
        purchase_id: filed.purchase_id,
        settlement: filed.settlement.content(),
        received_at: filed.received_at,
        store: &shop.store,
        identity: filed.identity,
        names: &filed.names,
        returned_micros: &filed.returned_micros,
        warnings: filed.warnings,
        voided_by: filed.voided_by.as_ref(),
        zone: &shop.zone,
    })
}
