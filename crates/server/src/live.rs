//! A person's feed as it grows (server-sent events). Ids are the person's own; a page that lost its
//! connection goes on where it was, and one that was away too long is told to load anew.

use crate::app::App;
use crate::book::{message, store_of};
use crate::intake::Health;
use crate::publish::Ear;
use crate::reply::{Refused, Reply};
use crate::stream::Sent;
use axum::response::IntoResponse;
use axum::response::sse::{Event, KeepAlive, Sse};
use http::HeaderMap;
use ledger::account::{Event as Fact, EventKind};
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
    user_id: UserId,
    last: Option<u64>,
) -> Reply<impl IntoResponse + use<>> {
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
    tokio::spawn(follow(app, user_id, ear, after, send));
    Ok(Sse::new(Sent(receive)).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)))
}

/// Sends the feed from `after` on, until the page is gone or the server stops.
async fn follow(
    app: Arc<App>,
    user_id: UserId,
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
        let Ok(facts) = app.ledger.events(user_id, after, EVENTS_PER_READ) else {
            return;
        };
        for fact in &facts {
            after = fact.sequence;
            let Some(event) = event(&app, user_id, *fact) else {
                continue;
            };
            if send.send(event).await.is_err() {
                return;
            }
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
