//! Reads a request's body under its limit, for handlers and for whoever has to see it before them.

use crate::reply::{Refused, Reply};
use axum::body::Body;
use door::BODY_READ_TIMEOUT;
use door::body::BodyError;
use wire::error::ErrorCode;

/// Reads a request's body under its limit.
pub(crate) async fn read_body(body: Body, bytes_max: usize) -> Reply<bytes::Bytes> {
    door::body::read(body, bytes_max, BODY_READ_TIMEOUT)
        .await
        .map_err(|error| match &error {
            BodyError::TooLarge { .. } => Refused::new(ErrorCode::TooLarge, error.to_string()),
            // Nothing is wrong with what was sent, only with its way here.
            BodyError::TimedOut { .. } | BodyError::Broken(_) => {
                Refused::later(ErrorCode::Unavailable, error.to_string(), 1)
            }
        })
}
