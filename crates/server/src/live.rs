//! A person's feed as it grows (server-sent events). Ids are the person's own; a page that lost its
//! connection goes on where it was, and one that was away too long is told to load anew. It tells nothing to
//! whoever could not ask for it any more: a stream ends with the session or the token that opened it.

use crate::app::App;
use crate::book::{message, store_of};
use crate::catalogues::aside;
use crate::discretion::Marks;
use crate::intake::Health;
use crate::publish::Ear;
use crate::reply::{Refused, Reply};
use crate::standing;
use crate::stream::Sent;
use axum::response::IntoResponse;
use axum::response::sse::{Event, KeepAlive, Sse};
use http::HeaderMap;
use ledger::account::{Event as Fact, EventKind, Opens};
use purchase::id::UserId;
use serde::Serialize;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use wire::account::message::PurchaseMessage;
use wire::error::ErrorCode;

/// Connections one person may listen on.
const LISTENERS_MAX: usize = 16;
/// Events that are read at a time, and that may wait for a slow page.
const EVENTS_AHEAD: usize = 32;
/// A sign of life, more often than idle connections are closed.
const KEEP_ALIVE: Duration = Duration::from_secs(20);

/// How much a listener is told of a purchase with something private in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    /// All of it: a program of the person's own.
    Whole,
    /// The shop and the amount: a page that others may see as well.
    Discreetly,
}

/// Somebody who listens to the own feed.
#[derive(Clone, Copy, Debug)]
pub struct Listener {
    /// Whose feed it is.
    pub user_id: UserId,
    /// What is kept of the secret that opened the stream.
    pub hash: [u8; 32],
    /// What is told of private things.
    pub told: Told,
}

/// All that is told of a purchase with something private in it.
#[derive(Serialize)]
struct Discreet<'a> {
    purchase_id: &'a str,
    kind: &'static str,
    store: DiscreetStore<'a>,
    purchased_at: &'a str,
    currency: &'a str,
    total: i64,
}

#[derive(Serialize)]
struct DiscreetStore<'a> {
    id: &'a str,
    name: &'a str,
}

impl Listener {
    /// Does the secret still open this account? One that cannot be looked up opens nothing.
    fn is_let_in(&self, app: &App) -> bool {
        let found = app
            .known
            .keys
            .look(self.hash, || app.ledger.opens(&self.hash));
        match found.ok().flatten().as_deref() {
            Some(Opens::User { user_id, .. }) => *user_id == self.user_id && self.is_open(app),
            Some(Opens::Session {
                user_id,
                expires_at,
                ..
            }) => *user_id == self.user_id && *expires_at > app.clock.now() && self.is_open(app),
            Some(
                Opens::Operator { .. }
                | Opens::Device { .. }
                | Opens::ChainDevice { .. }
                | Opens::Partner { .. },
            )
            | None => false,
        }
    }
}

impl Listener {
    /// Is the account open to its person?
    fn is_open(&self, app: &App) -> bool {
        standing::open(app, self.user_id).is_ok()
    }
}

/// The event that the caller says it saw last, by the header that browsers send of their own accord.
#[must_use]
pub fn last_seen(headers: &HeaderMap) -> Option<u64> {
    let sent = headers.get("last-event-id")?.to_str().ok()?;
    sent.parse().ok()
}

/// The feed of a person from the event that the caller saw last, or from now on.
///
/// # Errors
/// 429 if too many listen for this person already, 404 if there is no such account.
pub fn listen(
    app: Arc<App>,
    listener: Listener,
    last: Option<u64>,
) -> Reply<impl IntoResponse + use<>> {
    let user_id = listener.user_id;
    if app.hub.count(user_id) >= LISTENERS_MAX {
        let detail = "too many pages listen for this account; close one";
        return Err(Refused::later(ErrorCode::RateLimited, detail, 10));
    }
    let ear = app.hub.listen(user_id);
    let ends = app.ledger.feed_ends(user_id)?;
    let ends = ends.ok_or_else(|| Refused::not_found("account"))?;
    let (send, receive) = mpsc::channel(EVENTS_AHEAD);
    let after = match last {
        // Nothing before the first kept entry can be told any more.
        Some(last) if last > ends.newest || last.saturating_add(1) < ends.oldest => {
            let _ = send.try_send(
                Event::default()
                    .id(ends.newest.to_string())
                    .event("reload")
                    .data("{}"),
            );
            ends.newest
        }
        Some(last) => last,
        None => ends.newest,
    };
    tokio::spawn(follow(app, listener, ear, after, send));
    Ok(Sse::new(Sent(receive)).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)))
}

/// Sends the feed from `after` on, until the page is gone, its secret opens nothing more or the server stops.
async fn follow(
    app: Arc<App>,
    listener: Listener,
    ear: Ear,
    mut after: u64,
    send: mpsc::Sender<Event>,
) {
    let mut health = app.intake.watch();
    loop {
        let notify = ear.notify();
        let woken = notify.notified();
        tokio::pin!(woken);
        // From here on nothing is slept through, however long the reading takes.
        woken.as_mut().enable();
        if !listener.is_let_in(&app) {
            return;
        }
        let reader = Arc::clone(&app);
        let Ok(Ok(told)) = aside(move || untold(&reader, listener, after)).await else {
            return;
        };
        let is_full = told.len() == EVENTS_AHEAD;
        for (sequence, event) in told {
            after = sequence;
            let Some(event) = event else {
                continue;
            };
            // A slow page may be waited for long, so that there is room before it is asked once more.
            let Ok(room) = send.reserve().await else {
                return;
            };
            if !listener.is_let_in(&app) {
                return;
            }
            room.send(event);
        }
        if is_full {
            continue;
        }
        tokio::select! {
            () = woken => {}
            () = send.closed() => return,
            changed = health.changed() => {
                if changed.is_err() || *health.borrow() != Health::Taking {
                    return;
                }
            }
        }
    }
}

/// What comes after an event, each with its number, and with what is told of it if that can be read. Marks are
/// opened once for all of it.
fn untold(app: &App, listener: Listener, after: u64) -> Reply<Vec<(u64, Option<Event>)>> {
    let user_id = listener.user_id;
    let facts = app.ledger.events(user_id, after, EVENTS_AHEAD)?;
    if facts.is_empty() {
        return Ok(Vec::new());
    }
    let marks = Marks::of(app, user_id)?;
    let told = facts.into_iter();
    Ok(told
        .map(|fact| (fact.sequence, event(app, listener, &marks, fact)))
        .collect())
}

fn event(app: &App, listener: Listener, marks: &Marks, fact: Fact) -> Option<Event> {
    let name = match fact.kind {
        EventKind::Filed => "purchase",
        EventKind::Named => "named",
        EventKind::Changed => "changed",
    };
    let filed = app
        .ledger
        .purchase(listener.user_id, fact.purchase_id)
        .ok()??;
    let store = store_of(app, &filed).ok()?;
    let sold = marks.tell(&filed, message(&filed, &store));
    let data = match listener.told {
        Told::Discreetly if marks.hides(&filed) => serde_json::to_string(&discreet(&sold)),
        Told::Discreetly | Told::Whole => serde_json::to_string(&sold),
    };
    let data = data.ok()?;
    Some(
        Event::default()
            .id(fact.sequence.to_string())
            .event(name)
            .data(data),
    )
}

fn discreet<'a>(sold: &'a PurchaseMessage<'_>) -> Discreet<'a> {
    Discreet {
        purchase_id: &sold.purchase_id,
        kind: sold.kind,
        store: DiscreetStore {
            id: sold.store.id,
            name: sold.store.name,
        },
        purchased_at: &sold.purchased_at,
        currency: sold.currency,
        total: sold.total,
    }
}
