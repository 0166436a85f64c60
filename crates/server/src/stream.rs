//! A stream of what somebody else sends: the far end of a bounded channel, for answers that are
//! longer than memory or that never end.

use futures_core::Stream;
use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::sync::mpsc::Receiver;

/// The far end.
pub struct Sent<T>(pub Receiver<T>);

impl<T> Stream for Sent<T> {
    type Item = Result<T, Infallible>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.poll_recv(context).map(|sent| sent.map(Ok))
    }
}
