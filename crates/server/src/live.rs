//! A person's feed as it grows (server-sent events). Ids are the person's own; a page that lost its
//! connection goes on where it was, and one that was away too long is told to load anew. It tells nothing to
//! whoever could not ask for it any more: a stream ends with the session or the token that opened it.

use crate::app::App;
use crate::book::{message, store_of};
use crate::intake::Health;
use crate::publish::Ear;
use crate::reply::{Refused, Reply};
use crate::stream::Sent;
use axum::response::IntoResponse;
use axum::response::sse::{Event, KeepAlive, Sse};
use http::HeaderMap;
use ledger::account::{Event as Fact, EventKind, Opens};
use purchase::id::UserId;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use wire::error::ErrorCode;

/// Connections one person may listen on.
const LISTENERS_MAX: usize = 16;
/// Events read at a time.
const EVENTS_PER_READ: usize = 100;
/// Events that may wait for a slow page.
const EVENTS_AHEAD: usize = 32;
/// A sign of life, more often than idle connections are closed.
const KEEP_ALIVE: Duration = Duration::from_secs(20);

/// Somebody who listens to the own feed.
#[derive(Clone, Copy, Debug)]
pub struct Listener {
    /// Whose feed it is.
    pub user_id: UserId,
    /// What is kept of the secret that opened the stream.
    pub hash: [u8; 32],
}

impl Listener {
    /// Does the secret still open this account? One that cannot be looked up opens nothing.
    fn is_let_in(&self, app: &App) -> bool {
        let found = app
            .known
            .keys
            .look(self.hash, || app.ledger.opens(&self.hash));
        match found.ok().flatten().as_deref() {
            Some(Opens::User { user_id, .. }) => *user_id == self.user_id,
            Some(Opens::Session {
                user_id,
                expires_at,
                ..
            }) => *user_id == self.user_id && *expires_at > app.clock.now(),
            Some(Opens::Operator { .. } | Opens::Device { .. } | Opens::ChainDevice { .. })
            | None => false,
        }
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
    let user_id = listener.user_id;
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
        let Ok(facts) = app.ledger.events(user_id, after, EVENTS_PER_READ) else {
            return;
        };
        for fact in &facts {
            after = fact.sequence;
            let Some(event) = event(&app, user_id, *fact) else {
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
        if facts.len() == EVENTS_PER_READ {
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

fn event(app: &App, user_id: UserId, fact: Fact) -> Option<Event> {
    let name = match fact.kind {
        EventKind::Filed => "purchase",
        EventKind::Named => "named",
        EventKind::Changed => "changed",
    };
    let filed = app.ledger.purchase(user_id, fact.purchase_id).ok()??;
    let store = store_of(app, &filed).ok()?;
    let data = serde_json::to_string(&message(&filed, &store)).ok()?;
    Some(
        Event::default()
            .id(fact.sequence.to_string())
            .event(name)
            .data(data),
    )
}
