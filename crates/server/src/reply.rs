//! Answers: messages as JSON, problems as `application/problem+json`. What a client reads is made
//! here; what the log reads is written where a failure is handled.

use crate::app::App;
use crate::intake::IntakeError;
use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderValue, StatusCode};
use ledger::fault::Fault;
use ledger::keyring::hex;
use purchase::text::TextError;
use serde::Serialize;
use std::sync::Arc;
use wire::error::{ErrorCode, FieldError, Problem};

/// What is set aside for an answer before it is written, so that few grow.
const JSON_BYTES_USUAL: usize = 4_096;

/// An answer that is a problem.
#[derive(Debug)]
pub struct Refused(pub Box<Problem>);

/// What handlers return.
pub type Reply<T> = Result<T, Refused>;

impl Refused {
    /// A problem with its code and what happened.
    #[must_use]
    pub fn new(code: ErrorCode, detail: impl Into<String>) -> Self {
        Self(Box::new(Problem::new(code, detail)))
    }

    /// The same, to be tried again after some seconds.
    #[must_use]
    pub fn later(code: ErrorCode, detail: impl Into<String>, retry_after_s: u32) -> Self {
        let retry_after_s = Some(retry_after_s);
        Self(Box::new(Problem {
            retry_after_s,
            ..Problem::new(code, detail)
        }))
    }

    /// A message refused for its faults.
    #[must_use]
    pub fn faults(errors: Vec<FieldError>) -> Self {
        Self(Box::new(Problem::refused(errors)))
    }

    /// A form refused for one of its fields.
    #[must_use]
    pub fn field(name: &str, code: ErrorCode, detail: impl Into<String>) -> Self {
        Self::faults(vec![FieldError {
            pointer: format!("/{name}"),
            code,
            detail: detail.into(),
        }])
    }

    /// A form refused for a text in one of its fields.
    #[must_use]
    pub fn text(name: &str, error: &TextError) -> Self {
        let code = match error {
            TextError::Empty => ErrorCode::MissingField,
            TextError::TooLong { .. } => ErrorCode::TooLong,
            TextError::Unprintable { .. } => ErrorCode::InvalidValue,
        };
        Self::field(name, code, error.to_string())
    }

    /// Nothing there, or somebody else's.
    #[must_use]
    pub fn not_found(what: &str) -> Self {
        Self::new(ErrorCode::NotFound, format!("there is no such {what}"))
    }
}

impl From<Problem> for Refused {
    fn from(problem: Problem) -> Self {
        Self(Box::new(problem))
    }
}

impl From<IntakeError> for Refused {
    fn from(error: IntakeError) -> Self {
        let (code, retry_after_s) = match error {
            IntakeError::Busy => (ErrorCode::Unavailable, 1),
            IntakeError::Away | IntakeError::ReadOnly => (ErrorCode::Unavailable, 2),
            IntakeError::Moving => (ErrorCode::Unavailable, 30),
            IntakeError::Draining => (ErrorCode::Draining, 5),
            IntakeError::DiskFull => (ErrorCode::DiskFull, 60),
            IntakeError::Faulted => (ErrorCode::Faulted, 10),
        };
        Self::later(code, error.to_string(), retry_after_s)
    }
}

impl From<Fault> for Refused {
    /// A failure of the memory while reading. The cause goes to the log, not to the client.
    fn from(fault: Fault) -> Self {
        match &fault {
            Fault::Away { .. } => {
                tracing::warn!(%fault, "the ledger could not be read for now");
                let detail = "the server does not reach its ledger for now; try again";
                Self::later(ErrorCode::Unavailable, detail, 5)
            }
            Fault::Moving => IntakeError::Moving.into(),
            Fault::Io(_)
            | Fault::Engine { .. }
            | Fault::Damaged { .. }
            | Fault::KeyMissing { .. }
            | Fault::Stopped => {
                tracing::error!(%fault, "reading the ledger failed");
                let detail = "the server could not read its ledger; the operator's log says why";
                Self::new(ErrorCode::Internal, detail)
            }
        }
    }
}

impl IntoResponse for Refused {
    /// Only the status and the problem itself: [`finish`] writes the body, on the way out.
    fn into_response(self) -> Response {
        let status =
            StatusCode::from_u16(self.0.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = status.into_response();
        response.extensions_mut().insert(Carried(Arc::new(*self.0)));
        response
    }
}

/// A problem on its way through the layers.
#[derive(Clone)]
struct Carried(Arc<Problem>);

/// Takes the problem out of an answer, for whoever tells it in another form than JSON.
#[must_use]
pub fn take_problem(response: &mut Response) -> Option<Arc<Problem>> {
    let carried = response.extensions_mut().remove::<Carried>();
    carried.map(|Carried(problem)| problem)
}

/// Writes the body of a problem, with an id by which the operator finds the request in the log.
/// Any other answer passes as it is.
#[must_use]
pub fn finish(mut response: Response, app: &App) -> Response {
    let Some(problem) = take_problem(&mut response) else {
        return response;
    };
    let request_id = format!("req_{}", hex(&app.clock.random::<8>()));
    let status = response.status();
    if status.is_server_error() {
        app.metrics.unavailable();
        tracing::warn!(%request_id, code = %problem.code, "answered with {status}");
    }
    let problem = Problem {
        request_id: Some(request_id),
        ..(*problem).clone()
    };
    let body = serde_json::to_vec(&problem).unwrap_or_default();
    let headers = response.headers_mut();
    headers.remove(CONTENT_LENGTH);
    headers.insert(
        CONTENT_TYPE,
        HeaderValue::from_static("application/problem+json"),
    );
    if let Some(seconds) = problem.retry_after_s {
        headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    if status == StatusCode::UNAUTHORIZED {
        headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    *response.body_mut() = body.into();
    response
}

/// A message as JSON with a status.
#[must_use]
pub fn json<T: Serialize>(status: StatusCode, message: &T) -> Response {
    json_of_about(status, JSON_BYTES_USUAL, message)
}

/// The same for a message of which it is known about how long it gets: an answer that grows is
/// copied each time.
#[must_use]
pub fn json_of_about<T: Serialize>(status: StatusCode, byte_count: usize, message: &T) -> Response {
    let mut body = Vec::with_capacity(byte_count);
    match serde_json::to_writer(&mut body, message) {
        Ok(()) => bytes(status, "application/json", body),
        Err(error) => {
            tracing::error!(%error, "an answer could not be written as JSON");
            Refused::new(ErrorCode::Internal, "the answer could not be written").into_response()
        }
    }
}

/// Bytes of a media type with a status.
#[must_use]
pub fn bytes(status: StatusCode, media_type: &'static str, body: Vec<u8>) -> Response {
    let mut response = (status, body).into_response();
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
    response
}
