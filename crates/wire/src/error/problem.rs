//! An answer that is not the one asked for, with its faults and their places. Which codes there are is
//! told above.

use super::ErrorCode;
use crate::limits::ERRORS;
use crate::outcome::{KeyMessage, OutcomeKind};
use crate::time::show_utc;
use purchase::time::Timestamp;
use serde::{Deserialize, Serialize, Serializer};
use utoipa::ToSchema;

/// One fault of a message and its place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({
    "pointer": "/lines/2/quantity", "code": "invalid_value", "detail": "must be greater than zero"
}))]
pub struct FieldError {
    /// A JSON Pointer (RFC 6901) into the message as sent; for a query, `/` and the parameter.
    pub pointer: String,
    /// The stable code.
    pub code: ErrorCode,
    /// What to do about it.
    pub detail: String,
}

/// An answer that is not the one asked for: problem+json of RFC 9457, with members of our own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The stable code; type, title and status follow from it.
    pub code: ErrorCode,
    /// What happened, for a person.
    pub detail: String,
    /// The request, for a question to the operator.
    pub request_id: Option<String>,
    /// The faults of the message, if that is where the cause lies.
    pub errors: Vec<FieldError>,
    /// What became of the settlement.
    pub outcome: Option<OutcomeKind>,
    /// Its key, where it could be read.
    pub key: Option<KeyMessage>,
    /// Where the catalogue stands.
    pub current_revision: Option<u64>,
    /// The server's time, for a device whose clock is off.
    pub server_time: Option<Timestamp>,
    /// Seconds until trying again makes sense: the header `Retry-After`, no part of the body.
    pub retry_after_s: Option<u32>,
}

impl Problem {
    /// A problem with nothing but its code and what happened.
    #[must_use]
    pub fn new(code: ErrorCode, detail: impl Into<String>) -> Self {
        Self {
            code,
            detail: detail.into(),
            request_id: None,
            errors: Vec::new(),
            outcome: None,
            key: None,
            current_revision: None,
            server_time: None,
            retry_after_s: None,
        }
    }

    /// A message refused for its faults; the first one's code is the problem's.
    #[must_use]
    pub fn refused(errors: Vec<FieldError>) -> Self {
        let code = errors
            .first()
            .map_or(ErrorCode::InvalidValue, |error| error.code);
        let more = errors.len().saturating_sub(1);
        let detail = match (errors.first(), more) {
            (None, _) => "nothing was stored".to_owned(),
            (Some(error), 0) => format!("{}: {}", place(error), error.detail),
            (Some(error), _) => format!("{}: {}; and {more} more", place(error), error.detail),
        };
        Self {
            errors,
            ..Self::new(code, detail)
        }
    }

    /// The HTTP status.
    #[must_use]
    pub const fn status(&self) -> u16 {
        self.code.status()
    }
}

/// The place of an error, for a sentence.
fn place(error: &FieldError) -> &str {
    if error.pointer.is_empty() {
        "the body"
    } else {
        &error.pointer
    }
}

/// The body of a [`Problem`], media type `application/problem+json`.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "type": "/problems/total_sum", "title": "The total does not add up", "status": 422,
    "detail": "/total: lines 50, adjustments 0 and excluded tax 0 make 50, not 51", "code": "total_sum", "request_id": "req_7",
    "errors": [{"pointer": "/total", "code": "total_sum",
        "detail": "lines 50, adjustments 0 and excluded tax 0 make 50, not 51"}]
}))]
pub struct ProblemMessage<'a> {
    /// A page that explains the code.
    pub r#type: String,
    /// The code in a few words.
    pub title: &'a str,
    /// The HTTP status.
    pub status: u16,
    /// What happened.
    pub detail: &'a str,
    /// The stable code.
    pub code: ErrorCode,
    /// The request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_id: Option<&'a str>,
    /// The faults of the message, at most 100.
    pub errors: &'a [FieldError],
    /// What became of the settlement.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<OutcomeKind>,
    /// Its key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<&'a KeyMessage>,
    /// Where the catalogue stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub current_revision: Option<u64>,
    /// The server's time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub server_time: Option<String>,
}

impl Serialize for Problem {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        ProblemMessage {
            r#type: format!("/problems/{}", self.code),
            title: self.code.title(),
            status: self.code.status(),
            detail: &self.detail,
            code: self.code,
            request_id: self.request_id.as_deref(),
            errors: self.errors.get(..ERRORS).unwrap_or(&self.errors),
            outcome: self.outcome,
            key: self.key.as_ref(),
            current_revision: self.current_revision,
            server_time: self.server_time.map(show_utc),
        }
        .serialize(to)
    }
}
