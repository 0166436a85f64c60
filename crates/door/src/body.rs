//! Collects a request's body under a limit of size and a limit of time.
//!
//! It never reads a body that says by its `Content-Length` that it is too large, and never copies
//! one that arrives in a single piece. What the bytes mean is not its business.

use std::error::Error;
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::task::Poll;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use hyper::body::Body;
use tokio::time::timeout;

/// Why a body is not there.
#[derive(Debug, thiserror::Error)]
pub enum BodyError {
    #[error("the body is larger than {limit} bytes; send it in smaller parts")]
    TooLarge { limit: usize },
    #[error("the body did not arrive within {} ms; send it again", .limit.as_millis())]
    TimedOut { limit: Duration },
    #[error("the body broke off; send it again")]
    Broken(#[source] Box<dyn Error + Send + Sync>),
}

/// Reads the whole of `body`, which is hyper's `Incoming` or axum's `Body` around it.
///
/// ```
/// # let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
/// # runtime.block_on(async {
/// let body = http_body_util::Full::from("a receipt");
/// let bytes = door::body::read(body, 64, door::BODY_READ_TIMEOUT).await.unwrap();
/// assert_eq!(bytes, "a receipt");
/// # });
/// ```
pub async fn read<B>(body: B, bytes_max: usize, time_max: Duration) -> Result<Bytes, BodyError>
where
    B: Body<Data = Bytes>,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    let announced = body.size_hint().lower();
    if announced > u64::try_from(bytes_max).unwrap_or(u64::MAX) {
        return Err(BodyError::TooLarge { limit: bytes_max });
    }
    let mut whole = pin!(gather(body, bytes_max));
    // A small body came with its header. Asking once before there is a timer keeps the timer
    // away from the usual request.
    let at_once = poll_fn(|context| Poll::Ready(whole.as_mut().poll(context))).await;
    if let Poll::Ready(outcome) = at_once {
        return outcome;
    }
    match timeout(time_max, whole).await {
        Ok(outcome) => outcome,
        Err(_) => Err(BodyError::TimedOut { limit: time_max }),
    }
}

async fn gather<B>(body: B, bytes_max: usize) -> Result<Bytes, BodyError>
where
    B: Body<Data = Bytes>,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    let mut body = pin!(body);
    let mut room = bytes_max;
    let mut take = |piece: &Bytes| {
        room = room
            .checked_sub(piece.len())
            .ok_or(BodyError::TooLarge { limit: bytes_max })?;
        Ok(())
    };
    let Some(first) = next_piece(body.as_mut()).await? else {
        return Ok(Bytes::new());
    };
    take(&first)?;
    let Some(second) = next_piece(body.as_mut()).await? else {
        return Ok(first);
    };
    take(&second)?;
    // Grows as bytes arrive: an announced length alone must not cost memory.
    let mut whole = BytesMut::with_capacity(first.len().saturating_add(second.len()));
    whole.extend_from_slice(&first);
    whole.extend_from_slice(&second);
    while let Some(piece) = next_piece(body.as_mut()).await? {
        take(&piece)?;
        whole.extend_from_slice(&piece);
    }
    Ok(whole.freeze())
}

async fn next_piece<B>(mut body: Pin<&mut B>) -> Result<Option<Bytes>, BodyError>
where
    B: Body<Data = Bytes>,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    while !body.is_end_stream() {
        let Some(frame) = poll_fn(|context| body.as_mut().poll_frame(context)).await else {
            break;
        };
        let frame = frame.map_err(|error| BodyError::Broken(error.into()))?;
        if let Ok(piece) = frame.into_data() {
            return Ok(Some(piece));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests;
