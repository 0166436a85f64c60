//! Signing on at the page, and a manager's approval. A till that has staff of its own signs nobody
//! on and sends `staff` with what it does.

use super::refused::{Refused, Reply};
use super::{Till, read};
use crate::rules::{Rule, Rules};
use crate::staff::{self, Asked, Claimed, Member};
use crate::till::exchange::Exchange;
use axum::Json;
use axum::extract::{FromRequestParts, State};
use http::StatusCode;
use http::request::Parts;
use serde_json::{Value, json};
use std::sync::{Arc, PoisonError};

/// The header in which the page shows who is signed on.
const SESSION: &str = "orihon-session";

/// Whoever is signed on where this comes from.
pub(super) enum Signed {
    /// Somebody, by number.
    On(String),
    /// A till that signs nobody on.
    Nobody,
}

impl Signed {
    /// Says who serves, if somebody is signed on; else what the till says stays.
    pub(super) fn serve(&self, staff: &mut Option<String>) {
        match self {
            Self::On(number) => *staff = Some(number.clone()),
            Self::Nobody => {}
        }
    }

    pub(super) fn serve_exchange(&self, exchange: &mut Exchange) {
        match self {
            Self::On(number) => exchange.served_by(number),
            Self::Nobody => {}
        }
    }
}

impl FromRequestParts<Arc<Till>> for Signed {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, till: &Arc<Till>) -> Reply<Self> {
        let Some(token) = token(parts) else {
            return Ok(Self::Nobody);
        };
        let now = till.clock.now();
        let number = {
            let mut sessions = till.sessions.lock().unwrap_or_else(PoisonError::into_inner);
            sessions.who(token, now)
        };
        let known = match number {
            Some(number) => till.with(|database| staff::find(database.connection(), &number))?,
            None => None,
        };
        known.map(|member| Self::On(member.number)).ok_or_else(|| {
            Refused::new(
                StatusCode::UNAUTHORIZED,
                "signed_off",
                "nobody is signed on here; sign on",
            )
        })
    }
}

fn token(parts: &Parts) -> Option<&str> {
    parts.headers.get(SESSION)?.to_str().ok()
}

/// Proves who somebody is. The PIN is looked at while nobody waits for the database.
fn prove(till: &Till, claimed: &Claimed) -> Reply<Member> {
    let now = till.clock.now();
    match till.with(|database| staff::ask(database, claimed, now))? {
        Asked::In(member) => Ok(member),
        Asked::Pin(attempt) => {
            let proof = attempt.prove();
            Ok(till.with(|database| staff::answer(database.connection(), proof, now))?)
        }
    }
}

/// The manager who approves, proven; nobody if none was named.
pub(super) fn approved(till: &Till, claimed: Option<&Claimed>) -> Reply<Option<Member>> {
    let Some(claimed) = claimed else {
        return Ok(None);
    };
    Ok(Some(staff::manager(prove(till, claimed)?)?))
}

/// `POST /api/sign-on`
pub(super) async fn begin(State(till): State<Arc<Till>>, body: String) -> Reply<Json<Value>> {
    let claimed: Claimed = read(&body)?;
    let member = prove(&till, &claimed)?;
    let now = till.clock.now();
    let session = {
        let mut sessions = till.sessions.lock().unwrap_or_else(PoisonError::into_inner);
        sessions.begin(&member.number, till.clock.random(), now)
    };
    till.with(|database| {
        database.log(now, Some(&member.shown()), "sign_on", "")?;
        let rules = Rules::read(database.connection())?;
        Ok(Json(json!({
            "session": session, "staff": member.number, "name": member.name, "role": member.role,
            "lock_minutes": rules.value(Rule::LockMinutes),
        })))
    })
}

/// `DELETE /api/sign-on`
pub(super) async fn end(State(till): State<Arc<Till>>, parts: Parts) -> Reply<StatusCode> {
    let ended = token(&parts).and_then(|token| {
        let mut sessions = till.sessions.lock().unwrap_or_else(PoisonError::into_inner);
        sessions.end(token)
    });
    if let Some(number) = ended {
        let now = till.clock.now();
        till.with(|database| database.log(now, Some(&number), "sign_off", ""))?;
    }
    Ok(StatusCode::NO_CONTENT)
}
