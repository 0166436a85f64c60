//! What can go wrong between us and the database, sorted by what the caller can do about it. Nothing
//! is tried again here.

use crate::fault::Fault;
use deadpool_postgres::{PoolError, Transaction};
use std::error::Error as _;
use thiserror::Error;
use tokio_postgres::Error;
use tokio_postgres::error::{DbError, Severity, SqlState};

/// Why a statement or a commit did not go through.
#[derive(Debug, Error)]
pub enum Failure {
    /// Two transactions met, and this one gave way: nothing happened, and the whole of it can be done
    /// again at once.
    #[error("another transaction came first: {detail}")]
    Again {
        /// What the database said.
        detail: String,
    },
    /// The answer to a commit was lost. It may have happened: only a look at the rows tells.
    #[error("whether the transaction was committed is not known: {detail}")]
    Unknown {
        /// What was seen.
        detail: String,
    },
    /// The database is away or has no room for us: nothing happened, and later it may.
    #[error("the database is not free for us now: {detail}")]
    Busy {
        /// What was seen.
        detail: String,
    },
    /// Anything else.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl Failure {
    /// The same where the end of the transaction was sent already: if the answers do not come, it may have
    /// happened.
    pub(super) fn at_the_end(self) -> Self {
        match self {
            Self::Busy { detail } => Self::Unknown { detail },
            Self::Again { .. } | Self::Unknown { .. } | Self::Fault(_) => self,
        }
    }
}

/// Ends a transaction. Before that every one of its statements must have been answered without an
/// error: PostgreSQL answers the commit of a failed transaction by rolling it back, and calls that a
/// success.
///
/// # Errors
/// [`Failure::Unknown`] if the answer did not come; the others are certain that nothing happened.
pub async fn commit(transaction: Transaction<'_>) -> Result<(), Failure> {
    transaction.commit().await.map_err(of_commit)
}

impl From<Failure> for Fault {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Fault(fault) => fault,
            Failure::Again { .. } | Failure::Unknown { .. } | Failure::Busy { .. } => Self::Away {
                detail: failure.to_string(),
            },
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let detail = said(&error);
        match error.as_db_error() {
            Some(refused) => of_statement(refused, detail),
            // Before its commit, a transaction whose connection breaks is rolled back.
            None if is_lost(&error) => Self::Busy { detail },
            None => Self::Fault(Fault::Engine { detail }),
        }
    }
}

impl From<PoolError> for Failure {
    fn from(error: PoolError) -> Self {
        match error {
            PoolError::Backend(error) => error.into(),
            PoolError::Timeout(_) => Self::Busy {
                detail: error.to_string(),
            },
            PoolError::Closed => Self::Fault(Fault::Stopped),
            PoolError::NoRuntimeSpecified | PoolError::PostCreateHook(_) => {
                Self::Fault(Fault::Engine {
                    detail: error.to_string(),
                })
            }
        }
    }
}

fn of_statement(refused: &DbError, detail: String) -> Failure {
    let code = refused.code();
    if GIVES_WAY.contains(code) {
        Failure::Again { detail }
    } else if IS_AWAY.contains(code) {
        Failure::Busy { detail }
    } else {
        Failure::Fault(Fault::Engine { detail })
    }
}

/// What a copy was refused for: a row that was not to be there gives way like a transaction that met
/// another one.
pub(super) fn of_copy(error: Error) -> Failure {
    match error.as_db_error() {
        Some(refused) if *refused.code() == SqlState::UNIQUE_VIOLATION => Failure::Again {
            detail: said(&error),
        },
        Some(_) | None => error.into(),
    }
}

pub(super) fn of_commit(error: Error) -> Failure {
    let detail = said(&error);
    let Some(refused) = error.as_db_error() else {
        return Failure::Unknown { detail };
    };
    // A server that goes away says so instead of the answer, and may have committed before: it does
    // just that when it is stopped while it waits for a standby.
    let goes_away = matches!(
        refused.parsed_severity(),
        Some(Severity::Fatal | Severity::Panic)
    );
    if goes_away || IS_UNKNOWN.contains(refused.code()) {
        return Failure::Unknown { detail };
    }
    of_statement(refused, detail)
}

/// Serialization failure and deadlock.
const GIVES_WAY: [SqlState; 2] = [
    SqlState::T_R_SERIALIZATION_FAILURE,
    SqlState::T_R_DEADLOCK_DETECTED,
];

/// "Statement completion unknown" and "transaction resolution unknown".
const IS_UNKNOWN: [SqlState; 2] = [
    SqlState::T_R_STATEMENT_COMPLETION_UNKNOWN,
    SqlState::TRANSACTION_RESOLUTION_UNKNOWN,
];

/// The server has no connection left, starts, stops, or an operator's time limit ran out.
const IS_AWAY: [SqlState; 6] = [
    SqlState::TOO_MANY_CONNECTIONS,
    SqlState::CANNOT_CONNECT_NOW,
    SqlState::ADMIN_SHUTDOWN,
    SqlState::CRASH_SHUTDOWN,
    SqlState::QUERY_CANCELED,
    SqlState::LOCK_NOT_AVAILABLE,
];

/// Did the connection break, or never come about?
pub(crate) fn is_lost(error: &Error) -> bool {
    let source = error.source();
    error.is_closed() || source.is_some_and(|source| source.is::<std::io::Error>())
}

/// What an error says, with what lies behind it.
pub(crate) fn said(error: &Error) -> String {
    match (error.as_db_error(), error.source()) {
        (Some(refused), _) => format!("{} ({})", refused.message(), refused.code().code()),
        (None, Some(source)) => format!("{error}: {source}"),
        (None, None) => error.to_string(),
    }
}
