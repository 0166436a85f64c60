//! What a till is told instead of a yes: a status, a code for programs with its numbers, and words
//! for people.

use crate::database::DatabaseError;
use crate::outbox::OutboxError;
use crate::staff::StaffError;
use crate::till::TillError;
use crate::till::back::BackError;
use crate::till::basket::BasketError;
use crate::till::close::CloseError;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::{CONTENT_TYPE, RETRY_AFTER};
use serde_json::{Value, json};

/// What the till is told instead of a yes.
pub(super) struct Refused {
    pub(super) status: StatusCode,
    pub(super) code: &'static str,
    pub(super) detail: String,
    /// The numbers and names of `code`.
    pub(super) params: Value,
    /// Seconds after which asking again has a point.
    pub(super) wait: Option<u64>,
}

pub(super) type Reply<T> = Result<T, Refused>;

impl Refused {
    pub(super) fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        Self {
            status,
            code,
            detail: detail.into(),
            params: json!({}),
            wait: None,
        }
    }

    pub(super) fn not_found(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", detail)
    }

    pub(super) fn wrong(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, code, detail)
    }

    pub(super) fn with(self, params: Value) -> Self {
        Self { params, ..self }
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let mut body = json!({
            "status": self.status.as_u16(), "code": self.code, "detail": self.detail,
        });
        let has_params = self
            .params
            .as_object()
            .is_some_and(|params| !params.is_empty());
        if let (Some(members), true) = (body.as_object_mut(), has_params) {
            members.insert("params".to_owned(), self.params);
        }
        let headers = [(CONTENT_TYPE, "application/problem+json")];
        let wait = self
            .wait
            .map(|seconds| [(RETRY_AFTER, seconds.to_string())]);
        (
            self.status,
            headers,
            wait.map(axum::response::AppendHeaders),
            body.to_string(),
        )
            .into_response()
    }
}

impl From<DatabaseError> for Refused {
    fn from(error: DatabaseError) -> Self {
        let code = match error.is_disk_full() {
            true => "disk_full",
            false => "database",
        };
        Self::new(StatusCode::SERVICE_UNAVAILABLE, code, error.to_string())
    }
}

impl From<rusqlite::Error> for Refused {
    fn from(error: rusqlite::Error) -> Self {
        DatabaseError::from(error).into()
    }
}

impl From<OutboxError> for Refused {
    fn from(error: OutboxError) -> Self {
        let detail = error.to_string();
        match error {
            OutboxError::Database(error) => error.into(),
            OutboxError::NumberTaken { .. } => {
                Self::new(StatusCode::CONFLICT, "number_taken", detail)
            }
            OutboxError::Rejected(rejection) => Self::wrong(rejection.code().as_str(), detail),
        }
    }
}

impl From<TillError> for Refused {
    fn from(error: TillError) -> Self {
        let detail = error.to_string();
        match error {
            TillError::Outbox(error) => error.into(),
            TillError::Basket(BasketError::Database(error))
            | TillError::Back(
                BackError::Database(error) | BackError::Basket(BasketError::Database(error)),
            )
            | TillError::Close(CloseError::Database(error)) => error.into(),
            TillError::Basket(error) => Self::wrong(error.code(), detail).with(error.params()),
            TillError::Back(error) => Self::wrong(error.code(), detail).with(error.params()),
            TillError::Close(error) => Self::wrong(error.code(), detail),
            TillError::Approval(act) => Self::new(StatusCode::FORBIDDEN, "approval_needed", detail)
                .with(json!({"act": act.word()})),
            TillError::Clock(_) => Self::wrong("clock", detail),
        }
    }
}

impl From<StaffError> for Refused {
    fn from(error: StaffError) -> Self {
        let detail = error.to_string();
        match error {
            StaffError::Database(error) => error.into(),
            StaffError::Wrong => Self::new(StatusCode::FORBIDDEN, "pin_wrong", detail),
            StaffError::Wait { seconds } => Self {
                wait: Some(seconds),
                ..Self::new(StatusCode::TOO_MANY_REQUESTS, "pin_wait", detail)
                    .with(json!({"seconds": seconds}))
            },
            StaffError::NoManager(_) => Self::new(StatusCode::FORBIDDEN, "no_manager", detail),
            StaffError::Number(_) | StaffError::Name | StaffError::Pin | StaffError::Unknown(_) => {
                Self::wrong("invalid_value", detail)
            }
        }
    }
}
