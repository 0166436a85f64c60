//! Every bound of the door, with the reason for its number.
//!
//! It never reads a configuration; whoever does changes the fields of [`Limits::DEFAULT`].

use std::time::Duration;

/// How many connections the kernel holds for us that we have not accepted yet. When the house is
/// full, these wait; beyond them the kernel lets the caller try again.
pub(crate) const BACKLOG: u32 = 1024;

/// How long to wait after an accept that failed, typically for want of open files.
pub(crate) const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// A failing accept is told at most this often, however often it fails.
pub(crate) const ACCEPT_LOG_PERIOD: Duration = Duration::from_secs(1);

/// What hyper demands of a read buffer; it panics below.
pub(crate) const HEADER_BYTES_MIN: u32 = 8 * 1024;

/// How much of a stream's answer HTTP/2 may keep in memory for a peer that reads slowly.
pub(crate) const STREAM_SEND_BYTES_MAX: usize = 64 * 1024;

/// The time to give [`body::read`](crate::body::read): a megabyte over a shop's slow line.
pub const BODY_READ_TIMEOUT: Duration = Duration::from_secs(30);

/// What one listener grants its callers.
///
/// A number below what is workable (no connection at all, a header buffer under 8 KiB) counts as
/// the least that works.
///
/// ```
/// let limits = door::Limits { connections_max: 64, ..door::Limits::DEFAULT };
/// assert_eq!(limits.header_read_ms_max, 10_000);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Connections open at once. Further ones are not refused: they wait unaccepted in the
    /// kernel's queue. Each holds an open file, which the ledger needs too, so raise this only
    /// together with the process's limit of open files.
    pub connections_max: usize,
    /// From the first byte of a request to the end of its header, and from accepting a connection
    /// to its first request, with the handshake of TLS in it. Overrun by a quarter of itself at most.
    pub header_read_ms_max: u64,
    /// A connection on which no byte moved for this long, and no handler works, is closed: kept
    /// alive for nothing, or its peer stopped reading. Streams of events must beat faster.
    pub idle_ms_max: u64,
    /// After the drain began, connections may finish for this long.
    pub drain_ms_max: u64,
    /// The bytes of one request's header. On HTTP/1.1 it is the size of the read buffer too, and
    /// so the largest piece in which a body arrives.
    pub header_bytes_max: u32,
    /// Requests at once on one HTTP/2 connection.
    pub streams_per_connection_max: u32,
}

impl Limits {
    /// The numbers for a machine nobody has tuned.
    pub const DEFAULT: Limits = Limits {
        // The usual limit of open files is 1,024; the rest is for the ledger, whose commit fails,
        // and stops the house, when it cannot open one.
        connections_max: 768,
        header_read_ms_max: 10_000,
        // Above the 60 s after which common proxies drop an idle connection to us, so that they
        // do it and never send a request into a connection that we are closing.
        idle_ms_max: 75_000,
        // Container engines kill 10 s after they asked.
        drain_ms_max: 8_000,
        header_bytes_max: 64 * 1024,
        streams_per_connection_max: 100,
    };
}

impl Default for Limits {
    fn default() -> Limits {
        Limits::DEFAULT
    }
}

const _: () = {
    let limits = Limits::DEFAULT;
    assert!(limits.connections_max > 0 && limits.connections_max < 1024);
    assert!(limits.header_read_ms_max < limits.idle_ms_max);
    assert!(limits.drain_ms_max < 10_000);
    assert!(limits.header_bytes_max >= HEADER_BYTES_MIN);
    assert!(limits.streams_per_connection_max > 0);
    assert!(ACCEPT_PAUSE.as_millis() < ACCEPT_LOG_PERIOD.as_millis());
};
