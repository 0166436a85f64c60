//! Accepts connections, whatever the machine runs short of.
//!
//! It never gives up, never spins, and tells of trouble once a second at most. How many
//! connections may be open is not its business.

use std::io;
use std::net::SocketAddr;

use tokio::net::TcpStream;
use tokio::time::{Instant, sleep};

use crate::limits::{ACCEPT_LOG_PERIOD, ACCEPT_PAUSE};
use crate::listener::Listener;
use crate::tls::Tls;

pub(crate) struct Acceptor {
    listener: Listener,
    told_at: Option<Instant>,
    untold: u64,
}

impl Acceptor {
    pub(crate) fn new(listener: Listener) -> Acceptor {
        Acceptor {
            listener,
            told_at: None,
            untold: 0,
        }
    }

    /// What callers may speak besides plain HTTP.
    pub(crate) fn tls(&self) -> Option<Tls> {
        self.listener.tls.clone()
    }

    /// The next connection, and from where. Giving up the wait loses none.
    pub(crate) async fn next(&mut self) -> (TcpStream, SocketAddr) {
        loop {
            match self.listener.socket.accept().await {
                Ok(accepted) => return accepted,
                Err(error) if is_the_callers(&error) => {}
                Err(error) => {
                    self.tell(&error);
                    // The reason persists and the kernel would answer at once, for ever.
                    sleep(ACCEPT_PAUSE).await;
                }
            }
        }
    }

    fn tell(&mut self, error: &io::Error) {
        let now = crate::clock::now();
        if self
            .told_at
            .is_some_and(|at| now.duration_since(at) < ACCEPT_LOG_PERIOD)
        {
            self.untold = self.untold.saturating_add(1);
            return;
        }
        tracing::warn!(
            address = %self.listener.address(),
            error = %error,
            untold = self.untold,
            "cannot accept connections, trying again; if files ran out, raise the limit of open files"
        );
        self.told_at = Some(now);
        self.untold = 0;
    }
}

/// One caller hung up before we came to the door. That connection is used up; a pause would only
/// let callers slow us down.
fn is_the_callers(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionRefused
            | io::ErrorKind::Interrupted
    )
}
