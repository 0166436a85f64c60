//! Learns from hyper when a connection is between two requests or inside a header, which only
//! hyper knows: hyper asks its timer for a header timeout then, and drops it when the header is
//! whole.
//!
//! The timeout never comes true here: whoever goes the rounds judges all connections by one
//! clock. hyper-util's `TokioTimer` would put an entry into the runtime's shared timer wheel, and
//! take it out again, for every request; and it would count the silence before a request.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use hyper::rt::{Sleep, Timer};

use crate::pulse::{AwaitedHead, Pulse};

pub(crate) struct HeadTimer(pub(crate) Arc<Pulse>);

impl Timer for HeadTimer {
    fn sleep(&self, _duration: Duration) -> Pin<Box<dyn Sleep>> {
        Box::pin(HeadDeadline {
            _awaited: self.0.await_head(),
        })
    }

    fn sleep_until(&self, _deadline: std::time::Instant) -> Pin<Box<dyn Sleep>> {
        self.sleep(Duration::MAX)
    }

    fn now(&self) -> std::time::Instant {
        crate::clock::now().into_std()
    }
}

struct HeadDeadline {
    _awaited: AwaitedHead,
}

impl Sleep for HeadDeadline {}

impl Future for HeadDeadline {
    type Output = ();

    fn poll(self: Pin<&mut Self>, _context: &mut Context<'_>) -> Poll<()> {
        Poll::Pending
    }
}
