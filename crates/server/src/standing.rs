//! Whether an account is open to its person, and what operators do about that. A suspended account opens
//! nothing but that it is suspended, and what is the person's by law: taking the own data along, and asking to
//! be erased. What is bought goes on being filed, and codes on paper and on phones stay good.

use crate::app::App;
use crate::auth::Clerk;
use crate::office::{Deed, carry_out};
use crate::reply::{Refused, Reply};
use ledger::account::{Accessor, Act, Suspension};
use ledger::write::{Changed, StandingStep, Write};
use purchase::id::UserId;
use purchase::text::Text;
use std::sync::Arc;
use wire::error::ErrorCode;
use wire::time::show_utc;

/// How an account stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It is open.
    Open,
    /// It is suspended.
    Suspended(Suspension),
}

impl Standing {
    /// That it is suspended, if it is.
    #[must_use]
    pub const fn suspension(&self) -> Option<&Suspension> {
        match self {
            Self::Open => None,
            Self::Suspended(suspension) => Some(suspension),
        }
    }
}

/// How the account of a person stands, from memory if it is remembered.
///
/// # Errors
/// A problem if the memory cannot be read.
pub fn of(app: &App, user_id: UserId) -> Reply<Arc<Standing>> {
    let found = app.known.standings.look(user_id, || {
        let suspension = app.ledger.suspension(user_id)?;
        Ok(Some(suspension.map_or(Standing::Open, Standing::Suspended)))
    })?;
    Ok(found.unwrap_or_else(|| Arc::new(Standing::Open)))
}

/// What is open to nobody whose account is suspended.
///
/// # Errors
/// 403 with the reason, if it is.
pub fn open(app: &App, user_id: UserId) -> Reply<()> {
    match of(app, user_id)?.suspension() {
        None => Ok(()),
        Some(suspension) => Err(refused(app, suspension)),
    }
}

fn refused(app: &App, suspension: &Suspension) -> Refused {
    let asking = match app.site.contact() {
        Some(contact) => format!("ask {contact}"),
        None => "ask whoever runs this server".to_owned(),
    };
    let detail = format!(
        "this account is suspended since {}: {}; {asking}. GET /v1/me/exports/ndjson still gives all that is in \
         it, and what is bought is still filed",
        show_utc(suspension.since),
        suspension.reason.as_str()
    );
    Refused::new(ErrorCode::AccountSuspended, detail)
}

/// Which way an operator turns an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// It is closed to its person.
    Suspend,
    /// It is open again.
    Resume,
}

/// Suspends an account or opens it again, for a reason that the person sees. One that stands so already stays
/// as it is.
///
/// # Errors
/// 404 if there is no such person, 409 if the account went into another one.
pub async fn turn(
    app: &App,
    clerk: &Clerk,
    user_id: UserId,
    turn: Turn,
    reason: Text,
) -> Reply<()> {
    let by = Accessor::Operator {
        token_id: clerk.key,
    };
    let (act, step) = match turn {
        Turn::Suspend => (
            Act::PersonSuspended,
            StandingStep::Suspend {
                user_id,
                by,
                reason,
            },
        ),
        Turn::Resume => (
            Act::PersonResumed,
            StandingStep::Resume {
                user_id,
                by,
                reason,
            },
        ),
    };
    let deed = Deed::new(act).to(&user_id.to_string());
    match carry_out(app, clerk, deed, Write::Standing(step)).await? {
        Changed::Done | Changed::Same => {
            app.known.forget();
            // Whoever listens just now is asked again whether there is still something to be told.
            app.hub.tell(&[user_id]);
            Ok(())
        }
        Changed::Different => {
            let detail = "this account went into another one and is not opened again";
            Err(Refused::new(ErrorCode::CannotMerge, detail))
        }
        Changed::Full => {
            let detail = "a reason has at most 200 characters";
            Err(Refused::new(ErrorCode::TooLong, detail))
        }
        Changed::NotFound | Changed::Last => Err(Refused::not_found("user")),
    }
}
