//! Takes hold of an address, or says in one sentence why not and what to do.
//!
//! It never accepts a connection.

use std::io;
use std::net::SocketAddr;

use tokio::net::{TcpListener, TcpSocket};

use crate::holder::Holder;
use crate::limits::BACKLOG;
use crate::tls::Tls;

/// An address that is ours; connections already queue in the kernel.
#[derive(Debug)]
pub struct Listener {
    pub(crate) socket: TcpListener,
    address: SocketAddr,
    pub(crate) tls: Option<Tls>,
}

impl Listener {
    /// The address in use, with the port that the kernel chose if 0 was asked for.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The same, for callers who speak TLS. Those who do not are served as well, and their requests say so
    /// by [`Way`](crate::Way): whatever should not be asked in clear is the service's to refuse.
    #[must_use]
    pub fn with_tls(self, tls: Tls) -> Listener {
        Listener {
            tls: Some(tls),
            ..self
        }
    }
}

/// Why an address could not be taken.
#[derive(Debug, thiserror::Error)]
pub enum BindError {
    #[error(
        "address {address} is in use; stop the other program or choose another with --listen{}",
        Aside(.holder.as_ref())
    )]
    InUse {
        address: SocketAddr,
        /// Found on Linux only, and only if we may look at that process.
        holder: Option<Holder>,
    },
    #[error(
        "not allowed to listen on {address}; choose a port from 1024 up with --listen, or grant \
         the program CAP_NET_BIND_SERVICE"
    )]
    Denied { address: SocketAddr },
    #[error(
        "address {address} does not belong to this machine; choose one that does with --listen, \
         such as 127.0.0.1:{}", .address.port()
    )]
    NotHere { address: SocketAddr },
    #[error("cannot listen on {address}; choose another address with --listen")]
    Failed {
        address: SocketAddr,
        source: io::Error,
    },
}

/// Listens on `address`; port 0 lets the kernel choose.
///
/// # Panics
///
/// Outside a tokio runtime, which has to watch the socket.
pub fn bind(address: SocketAddr) -> Result<Listener, BindError> {
    let socket = listen(address).map_err(|source| explain(address, source))?;
    let address = socket
        .local_addr()
        .map_err(|source| BindError::Failed { address, source })?;
    Ok(Listener {
        socket,
        address,
        tls: None,
    })
}

fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = match address {
        SocketAddr::V4(_) => TcpSocket::new_v4()?,
        SocketAddr::V6(_) => TcpSocket::new_v6()?,
    };
    // On Unix this lets a restarted program have its port back at once; on Windows it would let
    // two programs share one.
    if cfg!(unix) {
        socket.set_reuseaddr(true)?;
    }
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

fn explain(address: SocketAddr, source: io::Error) -> BindError {
    match source.kind() {
        io::ErrorKind::AddrInUse => BindError::InUse {
            address,
            holder: Holder::of(address),
        },
        io::ErrorKind::PermissionDenied => BindError::Denied { address },
        io::ErrorKind::AddrNotAvailable => BindError::NotHere { address },
        _ => BindError::Failed { address, source },
    }
}

struct Aside<'a>(Option<&'a Holder>);

impl std::fmt::Display for Aside<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            Some(holder) => write!(formatter, " (held by {holder})"),
            None => Ok(()),
        }
    }
}
