//! The bytes of one connection, plain or under TLS: one kind of stream, so that HTTP is spoken once for both.
//!
//! Which of the two it is, the caller's first byte tells, so that one port serves both. It knows no
//! HTTP, and has no limit of time of its own: whoever goes the rounds counts from the accepting.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use crate::pulse::{Pulse, Watched};
use crate::tls::Tls;

/// What every handshake begins with (RFC 8446, 5.1), and no request.
const HANDSHAKE: u8 = 0x16;

/// How a request travelled. At a door that was given certificates each request carries it among its
/// extensions; at any other door all of them are plain, and carry nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    Tls,
    Plain,
}

/// A connection, ready for HTTP.
pub(crate) enum Line {
    Plain(Watched),
    Tls(Box<TlsStream<Watched>>),
}

impl Line {
    /// Opens a connection at a door with certificates; none if the caller said nothing before it left.
    pub(crate) async fn open(
        stream: TcpStream,
        pulse: Arc<Pulse>,
        tls: &Tls,
    ) -> io::Result<Option<Line>> {
        let mut first = [0];
        if stream.peek(&mut first).await? == 0 {
            return Ok(None);
        }
        let watched = Watched { stream, pulse };
        if first != [HANDSHAKE] {
            return Ok(Some(Line::Plain(watched)));
        }
        let acceptor = TlsAcceptor::from(tls.current());
        let stream = acceptor.accept(watched).await?;
        Ok(Some(Line::Tls(Box::new(stream))))
    }

    pub(crate) fn way(&self) -> Way {
        match self {
            Line::Plain(_) => Way::Plain,
            Line::Tls(_) => Way::Tls,
        }
    }
}

impl AsyncRead for Line {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Line::Plain(stream) => Pin::new(stream).poll_read(context, buffer),
            Line::Tls(stream) => Pin::new(stream).poll_read(context, buffer),
        }
    }
}

impl AsyncWrite for Line {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Line::Plain(stream) => Pin::new(stream).poll_write(context, bytes),
            Line::Tls(stream) => Pin::new(stream).poll_write(context, bytes),
        }
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Line::Plain(stream) => Pin::new(stream).poll_write_vectored(context, slices),
            Line::Tls(stream) => Pin::new(stream).poll_write_vectored(context, slices),
        }
    }

    fn is_write_vectored(&self) -> bool {
        match self {
            Line::Plain(stream) => stream.is_write_vectored(),
            Line::Tls(stream) => stream.is_write_vectored(),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Line::Plain(stream) => Pin::new(stream).poll_flush(context),
            Line::Tls(stream) => Pin::new(stream).poll_flush(context),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Line::Plain(stream) => Pin::new(stream).poll_shutdown(context),
            Line::Tls(stream) => Pin::new(stream).poll_shutdown(context),
        }
    }
}
