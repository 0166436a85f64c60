//! Why a server did not do what it was asked, in words for the person at the keyboard: what
//! happened, and what to do now. Keys are never shown.

use crate::client::key::Origin;
use reqwest::StatusCode;
use serde::Deserialize;
use std::fmt::{Display, Formatter};
use std::path::PathBuf;
use std::time::Duration;
use thiserror::Error;

/// Why there is no answer of the kind asked for.
#[derive(Debug, Error)]
pub(crate) enum ClientError {
    /// Not an address.
    #[error("\"{0}\" is not the address of a server; write it like http://127.0.0.1:8470")]
    Address(String),
    /// No operator's key was given or found.
    #[error(
        "no operator's key: there is none at {looked_at}; give the server's data folder with --data, or the key with --operator-key or ORIHON_OPERATOR_KEY"
    )]
    NoKey {
        /// Where it was looked for.
        looked_at: PathBuf,
    },
    /// A key on this machine is not offered to another one unasked.
    #[error(
        "no operator's key for {base}: it is not on this machine, so ./data/operator.key is not sent there; give its key with --operator-key or ORIHON_OPERATOR_KEY"
    )]
    NoKeyForRemote {
        /// The server.
        base: String,
    },
    /// The file with the operator's key cannot be read.
    #[error("the operator's key at {path} cannot be read: {cause}")]
    KeyFile {
        /// The file.
        path: PathBuf,
        /// Why.
        cause: std::io::Error,
    },
    /// What was given as a key cannot be one.
    #[error(
        "{0} is not a key; copy the whole line that begins with oro_ (ord_ for a device, oru_ for a person)"
    )]
    NotAKey(Origin),
    /// The file of certificates cannot be used.
    #[error("{path} holds no certificates in PEM form: {cause}")]
    CaFile {
        /// The file.
        path: PathBuf,
        /// Why.
        cause: String,
    },
    /// This machine trusts nobody.
    #[error(
        "cannot prepare a secure connection: {0}; install ca-certificates, or name a file with --ca-file"
    )]
    Certificates(String),
    /// Nothing listens there.
    #[error(
        "no server answers at {base}; start one with `orihon serve`, or name another with --server"
    )]
    NobodyThere {
        /// The server.
        base: String,
    },
    /// The way there is barred.
    #[error("cannot reach the server at {base}: {cause}")]
    Unreachable {
        /// The server.
        base: String,
        /// Why.
        cause: String,
    },
    /// The request left and no answer came: nobody knows.
    #[error(
        "the server at {base} gave no answer ({cause}); it may or may not have done what was asked"
    )]
    NoAnswer {
        /// The server.
        base: String,
        /// Why.
        cause: String,
    },
    /// 401.
    #[error(
        "the server at {base} does not take {origin}: {detail}{fix}",
        fix = origin.fix()
    )]
    KeyRefused {
        /// The server.
        base: String,
        /// Where the key came from.
        origin: Origin,
        /// What the server says.
        detail: String,
    },
    /// A problem.
    #[error(transparent)]
    Refused(Box<Refusal>),
    /// An answer that cannot be understood.
    #[error(
        "the answer of {base} to {request} is not understood ({cause}); is an Orihon server of this version there?"
    )]
    Strange {
        /// The server.
        base: String,
        /// What was asked.
        request: String,
        /// What is wrong with the answer.
        cause: String,
    },
}

/// What is known about a request that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It never reached a server.
    NeverLeft,
    /// The server did not look at it, and may say when to come again.
    NotLookedAt(Option<Duration>),
    /// It may or may not have happened, and the server may say when to come again.
    Unknown(Option<Duration>),
    /// It would fail again.
    Final,
}

impl ClientError {
    /// What is known about the request.
    pub(crate) fn fate(&self) -> Fate {
        match self {
            Self::NobodyThere { .. } | Self::Unreachable { .. } => Fate::NeverLeft,
            Self::NoAnswer { .. } => Fate::Unknown(None),
            Self::Refused(refusal) => match refusal.status {
                429 => Fate::NotLookedAt(refusal.retry_after),
                503 => Fate::Unknown(refusal.retry_after),
                _ => Fate::Final,
            },
            Self::Address(_)
            | Self::NoKey { .. }
            | Self::NoKeyForRemote { .. }
            | Self::KeyFile { .. }
            | Self::NotAKey(_)
            | Self::CaFile { .. }
            | Self::Certificates(_)
            | Self::KeyRefused { .. }
            | Self::Strange { .. } => Fate::Final,
        }
    }

    /// What became of a request that got no answer at all.
    pub(crate) fn from_reqwest(base: &str, error: &reqwest::Error) -> Self {
        let base = base.to_owned();
        let cause = if error.is_timeout() {
            "it took too long".to_owned()
        } else {
            innermost(error)
        };
        if !error.is_connect() {
            return Self::NoAnswer { base, cause };
        }
        match refused_connection(error) {
            true => Self::NobodyThere { base },
            false => Self::Unreachable { base, cause },
        }
    }

    /// The problem that the server answered with, if it did.
    pub(crate) fn refusal(&self) -> Option<&Refusal> {
        match self {
            Self::Refused(refusal) => Some(refusal),
            Self::Address(_)
            | Self::NoKey { .. }
            | Self::NoKeyForRemote { .. }
            | Self::KeyFile { .. }
            | Self::NotAKey(_)
            | Self::CaFile { .. }
            | Self::Certificates(_)
            | Self::NobodyThere { .. }
            | Self::Unreachable { .. }
            | Self::NoAnswer { .. }
            | Self::KeyRefused { .. }
            | Self::Strange { .. } => None,
        }
    }

    /// Was the problem the one with this code?
    pub(crate) fn has_code(&self, code: &str) -> bool {
        self.refusal().is_some_and(|refusal| refusal.code == code)
    }
}

/// What lies at the bottom of a chain of errors, which alone says something.
pub(crate) fn innermost(error: &(dyn std::error::Error + 'static)) -> String {
    let mut error = error;
    while let Some(source) = error.source() {
        error = source;
    }
    error.to_string()
}

fn refused_connection(error: &reqwest::Error) -> bool {
    let mut next: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = next {
        let io = error.downcast_ref::<std::io::Error>();
        if io.is_some_and(|io| io.kind() == std::io::ErrorKind::ConnectionRefused) {
            return true;
        }
        next = error.source();
    }
    false
}

/// One fault of a message.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(crate) struct Fault {
    /// Where.
    pub(crate) pointer: String,
    /// The stable code.
    pub(crate) code: String,
    /// What to do about it.
    pub(crate) detail: String,
}

impl Display for Fault {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        let place = match self.pointer.as_str() {
            "" => "/",
            pointer => pointer,
        };
        write!(f, "{place} {}: {}", self.code, self.detail)
    }
}

/// A problem as a server tells it (RFC 9457). Codes are text here, so that a newer server's new
/// code is shown and not stumbled over.
#[derive(Clone, Debug, Default, PartialEq, Eq, Error, Deserialize)]
#[serde(default)]
pub(crate) struct Refusal {
    /// The HTTP status.
    pub(crate) status: u16,
    /// The stable code.
    pub(crate) code: String,
    /// What happened.
    pub(crate) detail: String,
    /// The faults of the message.
    pub(crate) errors: Vec<Fault>,
    /// Where the catalogue stands.
    pub(crate) current_revision: Option<u64>,
    /// By which the operator finds it in the log.
    pub(crate) request_id: Option<String>,
    /// How long to wait before trying again.
    #[serde(skip)]
    pub(crate) retry_after: Option<Duration>,
}

impl Refusal {
    /// Reads a problem; what is none is told by its status.
    pub(crate) fn read(status: StatusCode, retry_after: Option<Duration>, body: &[u8]) -> Self {
        let mut refusal: Self = serde_json::from_slice(body).unwrap_or_default();
        refusal.status = status.as_u16();
        refusal.retry_after = retry_after;
        if refusal.detail.is_empty() {
            let reason = status.canonical_reason().unwrap_or("no reason given");
            reason.clone_into(&mut refusal.detail);
        }
        refusal
    }
}

impl Display for Refusal {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        let (status, code) = (self.status, &self.code);
        match (code.as_str(), self.errors.as_slice()) {
            ("", _) => write!(
                f,
                "what answered is no Orihon server ({status}: {}); look at the address",
                self.detail
            )?,
            (_, []) => write!(f, "refused: {} ({code}, {status})", self.detail)?,
            // The faults say it all, each at its place.
            (_, _) => write!(f, "refused ({code}, {status}):")?,
        }
        for fault in &self.errors {
            write!(f, "\n  {fault}")?;
        }
        match &self.request_id {
            Some(id) if self.status >= 500 => write!(f, "\n  in the server's log: {id}"),
            Some(_) | None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_told_with_every_fault() {
        let body =
            br#"{"type":"/problems/total_sum","title":"The total does not add up","status":422,
            "detail":"see errors; nothing was stored","code":"total_sum","errors":[
            {"pointer":"/total","code":"total_sum","detail":"lines make 50, not 51"},
            {"pointer":"","code":"code_of_tomorrow","detail":"is new"}]}"#;
        let refusal = Refusal::read(StatusCode::UNPROCESSABLE_ENTITY, None, body);
        let expected = "refused (total_sum, 422):\n  \
            /total total_sum: lines make 50, not 51\n  / code_of_tomorrow: is new";
        assert_eq!(refusal.to_string(), expected);
    }

    #[test]
    fn what_is_no_problem_is_told_by_its_status() {
        let refusal = Refusal::read(StatusCode::BAD_GATEWAY, None, b"<html>");
        let expected = "what answered is no Orihon server (502: Bad Gateway); look at the address";
        assert_eq!(refusal.to_string(), expected);
    }
}
