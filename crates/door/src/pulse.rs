//! The signs of life of one connection: bytes that moved, requests that came, handlers at work.
//!
//! It only counts and never judges. The counters belong to one connection, so that counting is
//! an uncontended addition and the requests of different connections never meet. They are read
//! now and then, and by then may have moved on: good enough for limits of seconds.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

#[derive(Debug, Default)]
pub(crate) struct Pulse {
    reads: AtomicUsize,
    writes: AtomicUsize,
    requests: AtomicUsize,
    running: AtomicUsize,
    is_head_awaited: AtomicBool,
    reads_before_head: AtomicUsize,
}

impl Pulse {
    pub(crate) fn count_read(&self) {
        self.reads.fetch_add(1, Relaxed);
    }

    pub(crate) fn count_write(&self) {
        self.writes.fetch_add(1, Relaxed);
    }

    /// How often bytes arrived or left.
    pub(crate) fn moves(&self) -> usize {
        self.reads
            .load(Relaxed)
            .wrapping_add(self.writes.load(Relaxed))
    }

    /// How many requests came in, each counted at the end of its header.
    pub(crate) fn requests(&self) -> usize {
        self.requests.load(Relaxed)
    }

    /// How many handlers are at work.
    pub(crate) fn running(&self) -> usize {
        self.running.load(Relaxed)
    }

    /// Whether a header is awaited and bytes of it have come.
    pub(crate) fn is_in_head(&self) -> bool {
        self.is_head_awaited.load(Relaxed)
            && self.reads.load(Relaxed) != self.reads_before_head.load(Relaxed)
    }

    /// Counts a request, and its handler as working until the answer to this call is dropped.
    pub(crate) fn begin(self: &Arc<Pulse>) -> Working {
        self.requests.fetch_add(1, Relaxed);
        self.running.fetch_add(1, Relaxed);
        Working(Arc::clone(self))
    }

    /// Notes that the next bytes are a header's, until the answer to this call is dropped.
    pub(crate) fn await_head(self: &Arc<Pulse>) -> AwaitedHead {
        self.reads_before_head
            .store(self.reads.load(Relaxed), Relaxed);
        self.is_head_awaited.store(true, Relaxed);
        AwaitedHead(Arc::clone(self))
    }
}

pub(crate) struct Working(Arc<Pulse>);

impl Drop for Working {
    fn drop(&mut self) {
        self.0.running.fetch_sub(1, Relaxed);
    }
}

pub(crate) struct AwaitedHead(Arc<Pulse>);

impl Drop for AwaitedHead {
    fn drop(&mut self) {
        self.0.is_head_awaited.store(false, Relaxed);
    }
}

/// A stream that counts what moves through it.
pub(crate) struct Watched {
    pub(crate) stream: TcpStream,
    pub(crate) pulse: Arc<Pulse>,
}

impl Watched {
    fn wrote(&self, written: io::Result<usize>) -> Poll<io::Result<usize>> {
        if matches!(written, Ok(count) if count > 0) {
            self.pulse.count_write();
        }
        Poll::Ready(written)
    }
}

impl AsyncRead for Watched {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let outcome = ready!(Pin::new(&mut self.stream).poll_read(context, buffer));
        if buffer.filled().len() > before {
            self.pulse.count_read();
        }
        Poll::Ready(outcome)
    }
}

impl AsyncWrite for Watched {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = ready!(Pin::new(&mut self.stream).poll_write(context, bytes));
        self.wrote(written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = ready!(Pin::new(&mut self.stream).poll_write_vectored(context, slices));
        self.wrote(written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
