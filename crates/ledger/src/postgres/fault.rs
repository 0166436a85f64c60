//! What can go wrong between us and the database, sorted by what the caller can do about it. Nothing
//! is tried again here.

use crate::fault::Fault;
use deadpool_postgres::{PoolError, TimeoutType, Transaction};
use std::error::Error as _;
use thiserror::Error;
use tokio_postgres::Error;
use tokio_postgres::error::{Severity, SqlState};

/// Why a statement or a commit did not go through.
#[derive(Debug, Error)]
pub enum Failure {
    /// Two transactions met, and this one gave way: nothing happened, and the whole of it can be done
    /// again at once.
    #[error("another transaction came first: {detail}")]
    Again {
        /// Why, by its name.
        reason: Reason,
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
        /// Why, by its name.
        reason: Reason,
        /// What was seen.
        detail: String,
    },
    /// Anything else.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// Why a transaction has to begin again, as it is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// A serialization failure (40001).
    Serialization,
    /// A deadlock (40P01).
    Deadlock,
    /// The answer to a commit was lost (40003, 08007, or no answer at all).
    UnknownCommit,
    /// The connection broke or did not come about.
    Connection,
    /// None of our connections became free in time.
    PoolExhausted,
    /// The batch writes for a store whose turn it does not hold, or which follows another catalogue by
    /// now.
    TurnMoved,
    /// Another sale took the same claim code meanwhile.
    ClaimTaken,
    /// The server starts, stops, or has no connection or memory left for us (57P01 to 57P03, 53xxx).
    ServerBusy,
    /// An operator's time limit ran out (57014, 55P03, 25P03).
    TimeLimit,
    /// The server takes no writes (25006): a standby, or one that was told so.
    ReadOnly,
    /// The server's disk is full (53100).
    DiskFull,
}

impl Reason {
    /// Every one of them, in the order in which they are shown.
    pub const ALL: [Self; 11] = [
        Self::Serialization,
        Self::Deadlock,
        Self::UnknownCommit,
        Self::Connection,
        Self::PoolExhausted,
        Self::TurnMoved,
        Self::ClaimTaken,
        Self::ServerBusy,
        Self::TimeLimit,
        Self::ReadOnly,
        Self::DiskFull,
    ];

    /// Its name among the metrics.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Serialization => "serialization",
            Self::Deadlock => "deadlock",
            Self::UnknownCommit => "unknown_commit",
            Self::Connection => "connection",
            Self::PoolExhausted => "pool_exhausted",
            Self::TurnMoved => "turn_moved",
            Self::ClaimTaken => "claim_taken",
            Self::ServerBusy => "server_busy",
            Self::TimeLimit => "time_limit",
            Self::ReadOnly => "read_only",
            Self::DiskFull => "disk_full",
        }
    }
}

impl Failure {
    /// The same where the end of the transaction was sent already: if no answer comes, it may have
    /// happened. A statement that was refused takes the transaction with it, whatever was sent behind.
    pub(super) fn at_the_end(self) -> Self {
        match self {
            Self::Busy {
                reason: Reason::Connection,
                detail,
            } => Self::Unknown { detail },
            Self::Again { .. } | Self::Busy { .. } | Self::Unknown { .. } | Self::Fault(_) => self,
        }
    }

    /// Why the whole may be done again; none if it may not.
    #[must_use]
    pub const fn reason(&self) -> Option<Reason> {
        match self {
            Self::Again { reason, .. } | Self::Busy { reason, .. } => Some(*reason),
            Self::Unknown { .. } => Some(Reason::UnknownCommit),
            Self::Fault(_) => None,
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
            Some(refused) => of_code(refused.code(), detail),
            None if takes_no_writes(&error) => Self::Busy {
                reason: Reason::ReadOnly,
                detail,
            },
            // Before its commit, a transaction whose connection breaks is rolled back.
            None if is_lost(&error) || tls_trouble(&error).is_some() => Self::Busy {
                reason: Reason::Connection,
                detail,
            },
            None => Self::Fault(Fault::Engine { detail }),
        }
    }
}

impl From<PoolError> for Failure {
    fn from(error: PoolError) -> Self {
        match error {
            PoolError::Backend(error) => error.into(),
            PoolError::Timeout(TimeoutType::Wait) => Self::Busy {
                reason: Reason::PoolExhausted,
                detail: error.to_string(),
            },
            PoolError::Timeout(TimeoutType::Create | TimeoutType::Recycle) => Self::Busy {
                reason: Reason::Connection,
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

fn of_code(code: &SqlState, detail: String) -> Failure {
    if let Some(reason) = named(&GIVES_WAY, code) {
        Failure::Again { reason, detail }
    } else if let Some(reason) = named(&IS_AWAY, code) {
        Failure::Busy { reason, detail }
    } else {
        Failure::Fault(Fault::Engine { detail })
    }
}

fn named(codes: &[(SqlState, Reason)], wanted: &SqlState) -> Option<Reason> {
    let found = codes.iter().find(|(code, _)| code == wanted);
    found.map(|(_, reason)| *reason)
}

/// What a copy was refused for: a row that was not to be there gives way like a transaction that met
/// another one.
pub(super) fn of_copy(error: Error) -> Failure {
    match error.as_db_error() {
        Some(refused) if *refused.code() == SqlState::UNIQUE_VIOLATION => Failure::Again {
            reason: Reason::TurnMoved,
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
    of_code(refused.code(), detail)
}

/// Serialization failure and deadlock.
const GIVES_WAY: [(SqlState, Reason); 2] = [
    (SqlState::T_R_SERIALIZATION_FAILURE, Reason::Serialization),
    (SqlState::T_R_DEADLOCK_DETECTED, Reason::Deadlock),
];

/// "Statement completion unknown" and "transaction resolution unknown".
const IS_UNKNOWN: [SqlState; 2] = [
    SqlState::T_R_STATEMENT_COMPLETION_UNKNOWN,
    SqlState::TRANSACTION_RESOLUTION_UNKNOWN,
];

/// What passes: the server starts or stops, has no room for us, takes no writes, or an operator's time
/// limit ran out. A full disk is among them, since nothing is damaged by it and somebody makes space.
const IS_AWAY: [(SqlState, Reason); 17] = [
    (SqlState::TOO_MANY_CONNECTIONS, Reason::ServerBusy),
    (SqlState::INSUFFICIENT_RESOURCES, Reason::ServerBusy),
    (SqlState::OUT_OF_MEMORY, Reason::ServerBusy),
    (SqlState::CONFIGURATION_LIMIT_EXCEEDED, Reason::ServerBusy),
    (SqlState::CANNOT_CONNECT_NOW, Reason::ServerBusy),
    (SqlState::ADMIN_SHUTDOWN, Reason::ServerBusy),
    (SqlState::CRASH_SHUTDOWN, Reason::ServerBusy),
    (SqlState::DISK_FULL, Reason::DiskFull),
    (SqlState::READ_ONLY_SQL_TRANSACTION, Reason::ReadOnly),
    (SqlState::QUERY_CANCELED, Reason::TimeLimit),
    (SqlState::LOCK_NOT_AVAILABLE, Reason::TimeLimit),
    (
        SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT,
        Reason::TimeLimit,
    ),
    (SqlState::IDLE_SESSION_TIMEOUT, Reason::Connection),
    (SqlState::CONNECTION_EXCEPTION, Reason::Connection),
    (SqlState::CONNECTION_DOES_NOT_EXIST, Reason::Connection),
    (SqlState::CONNECTION_FAILURE, Reason::Connection),
    (
        SqlState::SQLCLIENT_UNABLE_TO_ESTABLISH_SQLCONNECTION,
        Reason::Connection,
    ),
];

/// Did the connection break, or never come about?
pub(crate) fn is_lost(error: &Error) -> bool {
    let source = error.source();
    error.is_closed() || source.is_some_and(|source| source.is::<std::io::Error>())
}

/// What stands in the way of an encrypted connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// The server speaks no TLS.
    NoTls,
    /// Its certificate is not one that we trust.
    Untrusted,
}

/// Why no encrypted connection came about, if that is what happened.
pub(crate) fn tls_trouble(error: &Error) -> Option<Trouble> {
    let source = error.source()?;
    if source.to_string() == "server does not support TLS" {
        return Some(Trouble::NoTls);
    }
    let source: &std::io::Error = source.downcast_ref()?;
    let reason = source.get_ref()?.downcast_ref();
    matches!(reason, Some(rustls::Error::InvalidCertificate(_))).then_some(Trouble::Untrusted)
}

/// Did every server that answered say that it takes no writes? The driver has no kind of its own for it.
pub(crate) fn takes_no_writes(error: &Error) -> bool {
    let source = error.source().and_then(|source| source.downcast_ref());
    source.is_some_and(|source: &std::io::Error| {
        source.kind() == std::io::ErrorKind::PermissionDenied
            && source.to_string() == "database does not allow writes"
    })
}

/// What an error says, with what lies behind it.
pub(crate) fn said(error: &Error) -> String {
    match (error.as_db_error(), error.source()) {
        (Some(refused), _) => format!("{} ({})", refused.message(), refused.code().code()),
        (None, Some(source)) => format!("{error}: {source}"),
        (None, None) => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_passes_is_away_and_all_else_a_fault() {
        let rows = [
            ("40001", "again", "serialization"),
            ("40P01", "again", "deadlock"),
            ("53000", "busy", "server_busy"),
            ("53100", "busy", "disk_full"),
            ("53200", "busy", "server_busy"),
            ("53300", "busy", "server_busy"),
            ("53400", "busy", "server_busy"),
            ("57P01", "busy", "server_busy"),
            ("57P02", "busy", "server_busy"),
            ("57P03", "busy", "server_busy"),
            ("57P05", "busy", "connection"),
            ("08000", "busy", "connection"),
            ("08001", "busy", "connection"),
            ("08003", "busy", "connection"),
            ("08006", "busy", "connection"),
            ("25006", "busy", "read_only"),
            ("25P03", "busy", "time_limit"),
            ("55P03", "busy", "time_limit"),
            ("57014", "busy", "time_limit"),
            // A damaged disk, damaged data, a dropped database, and what we should not have asked.
            ("58030", "fault", "-"),
            ("XX001", "fault", "-"),
            ("XX002", "fault", "-"),
            ("57P04", "fault", "-"),
            ("08P01", "fault", "-"),
            ("42P01", "fault", "-"),
            ("23505", "fault", "-"),
            ("42501", "fault", "-"),
        ];
        for (code, kind, name) in rows {
            let failure = of_code(&SqlState::from_code(code), "said".to_owned());
            let found = match &failure {
                Failure::Again { .. } => "again",
                Failure::Unknown { .. } => "unknown",
                Failure::Busy { .. } => "busy",
                Failure::Fault(_) => "fault",
            };
            let reason = failure.reason().map_or("-", Reason::name);
            assert_eq!((found, reason), (kind, name), "{code}");
        }
    }

    #[test]
    fn who_waited_in_vain_is_told_for_what() {
        let rows = [
            (TimeoutType::Wait, Reason::PoolExhausted),
            (TimeoutType::Create, Reason::Connection),
            (TimeoutType::Recycle, Reason::Connection),
        ];
        for (waited_for, expected) in rows {
            let failure = Failure::from(PoolError::Timeout(waited_for));
            assert_eq!(failure.reason(), Some(expected), "{waited_for:?}");
        }
    }
}
