//! A person's book as it is read: pages of purchases, with the store of each and its clock. Both the
//! interface and the pages for people read it here; nothing is written.

use crate::app::App;
use crate::counter::{Counter, Counters};
use crate::figures::show_amount;
use crate::reply::{Refused, Reply};
use jiff::tz::TimeZone;
use ledger::account::{Filed, Page, Range};
use purchase::fold::fold;
use purchase::id::{PurchaseId, UserId};
use purchase::naming::Naming;
use purchase::store::Store;
use purchase::time::Timestamp;
use std::cell::RefCell;
use std::sync::Arc;
use wire::account::message::PurchaseMessage;
use wire::account::query::Query as Asked;
use wire::account::{View, purchase_message};
use wire::time::day_of;

/// What a search looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Names, short names, readings and the shop.
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
    let wanted = |filed: &Filed| is_asked_for(app, asked, filed, scope);
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

/// Does the purchase hold every word, and lie on the days asked for?
fn is_asked_for(app: &App, asked: &Asked, filed: &Filed, scope: Scope) -> bool {
    if asked.from.is_none() && asked.to.is_none() && asked.words.is_empty() {
        return true;
    }
    let Some(store) = app.ledger.store(&filed.settlement.content().key.store_id) else {
        return false;
    };
    let at = filed.settlement.effective_at(filed.received_at);
    let zone = app.zone(store.timezone.as_str());
    if !asked.covers(at, &zone) {
        return false;
    }
    if asked.words.is_empty() {
        return true;
    }
    let mut text = searchable(filed, &store);
    match scope {
        Scope::Names => {}
        Scope::Everything => add_figures(&mut text, filed, at, &zone),
    }
    asked.words.iter().all(|word| text.contains(word.as_str()))
}

/// Everything of a purchase that a search looks at, folded.
fn searchable(filed: &Filed, store: &Store) -> String {
    let mut text = fold(store.identity(filed.identity).name.as_str());
    let mut add = |part: &str| {
        // A line break is in no word, so that no match spans two texts.
        text.push('\n');
        text.push_str(&fold(part));
    };
    for (line, name) in filed.settlement.content().lines.iter().zip(&filed.names) {
        match &name.naming {
            Naming::Catalogue { item, .. } => {
                add(item.name.as_str());
                for part in [&item.short_name, &item.reading].into_iter().flatten() {
                    add(part.as_str());
                }
            }
            Naming::Sent | Naming::Pending => {
                if let Some(sent) = &line.name {
                    add(sent.as_str());
                }
            }
        }
    }
    text
}

/// Adds the date and the amounts in the forms in which people write them, each on a line of its own.
fn add_figures(text: &mut String, filed: &Filed, at: Timestamp, zone: &TimeZone) {
    let content = filed.settlement.content();
    if let Some(day) = day_of(at, zone) {
        let (year, month, day) = day.parts();
        let dates = [
            format!("{year}-{month:02}-{day:02}"),
            format!("{year}/{month}/{day}"),
            format!("{month}/{day}"),
            format!("{year}年{month}月{day}日"),
        ];
        for date in dates {
            text.push('\n');
            text.push_str(&fold(&date));
        }
    }
    let amounts = content.lines.iter().map(|line| line.amount);
    for amount in amounts.chain([content.total]) {
        let shown = show_amount(amount, content.currency);
        text.push('\n');
        text.push_str(&shown.replace(',', ""));
        text.push('\n');
        text.push_str(&shown);
    }
}
