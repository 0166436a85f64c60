//! One connection from its first byte to its last: HTTP/1.1 or HTTP/2, whichever it speaks, plain or under TLS.
//!
//! It never touches what connections share, and never looks at the clock: it leaves when it is
//! told to on a channel of its own, and is dropped when it is hung up on.

use std::convert::Infallible;
use std::error::Error;
use std::future::poll_fn;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use http::header::HOST;
use http::{HeaderValue, Request, Response, Version};
use hyper::body::{Body, Incoming};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tower::Service;

use crate::head::HeadTimer;
use crate::limits::{HEADER_BYTES_MIN, Limits, STREAM_SEND_BYTES_MAX};
use crate::line::{Line, Way};
use crate::pulse::{Pulse, Watched};
use crate::tls::Tls;

/// Who is at the other end of a connection; each request carries it among its extensions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peer(pub SocketAddr);

/// Serves until the peer or `leave` ends it.
pub(crate) async fn attend<S, B>(
    (stream, peer): (TcpStream, SocketAddr),
    tls: Option<Tls>,
    limits: Limits,
    service: S,
    pulse: Arc<Pulse>,
    mut leave: oneshot::Receiver<()>,
) where
    S: Service<Request<Incoming>, Response = Response<B>, Error = Infallible>,
    S: Clone + Send + 'static,
    S::Future: Send + 'static,
    B: Body + Send + 'static,
    B::Data: Send,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(error = %error, "connection is gone already");
        return;
    }
    let opened = tokio::select! {
        biased;
        opened = open(stream, tls, &pulse) => opened,
        // Whoever is in the middle of a handshake has asked for nothing yet.
        _ = &mut leave => None,
    };
    let Some((line, way)) = opened else {
        return;
    };
    let builder = builder(&limits, &pulse);
    let io = TokioIo::new(line);
    let counted = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(Peer(peer));
        if let Some(way) = way {
            request.extensions_mut().insert(way);
        }
        name_host(&mut request);
        let working = pulse.begin();
        let mut service = service.clone();
        async move {
            let _working = working;
            let Ok(()) = poll_fn(|context| service.poll_ready(context)).await;
            service.call(request).await
        }
    });
    let mut connection = pin!(builder.serve_connection(io, counted));
    let ended = tokio::select! {
        biased;
        ended = connection.as_mut() => ended,
        _ = &mut leave => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(error = %error, "connection ended early");
    }
}

/// HTTP/2 says in the address which host is asked; handlers find it where HTTP/1.1 says it.
fn name_host(request: &mut Request<Incoming>) {
    if request.version() != Version::HTTP_2 || request.headers().contains_key(HOST) {
        return;
    }
    let host = request.uri().authority().map(http::uri::Authority::as_str);
    if let Some(Ok(host)) = host.map(HeaderValue::from_str) {
        request.headers_mut().insert(HOST, host);
    }
}

/// The line to a caller, and how it is spoken on if that may be either way; none if the caller is gone.
async fn open(
    stream: TcpStream,
    tls: Option<Tls>,
    pulse: &Arc<Pulse>,
) -> Option<(Line, Option<Way>)> {
    let pulse = Arc::clone(pulse);
    let Some(tls) = tls else {
        return Some((Line::Plain(Watched { stream, pulse }), None));
    };
    match Line::open(stream, pulse, &tls).await {
        Ok(line) => line.map(|line| {
            let way = line.way();
            (line, Some(way))
        }),
        Err(error) => {
            tracing::debug!(error = %error, "a handshake came to nothing");
            None
        }
    }
}

fn builder(limits: &Limits, pulse: &Arc<Pulse>) -> Builder<TokioExecutor> {
    let header_bytes_max = limits.header_bytes_max.max(HEADER_BYTES_MIN);
    let mut builder = Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(HeadTimer(Arc::clone(pulse)))
        // Any time will do; it makes hyper ask for the timer.
        .header_read_timeout(Duration::from_millis(limits.header_read_ms_max))
        .max_buf_size(usize::try_from(header_bytes_max).unwrap_or(usize::MAX))
        // Not `pipeline_flush`: with bytes of a body or of a next request in its buffer hyper then
        // keeps answers back, and never sends a 413 or a 431.
        // A caller that shut its side down has gone; its handler need not go on.
        .half_close(false);
    builder
        .http2()
        .max_concurrent_streams(limits.streams_per_connection_max.max(1))
        .max_header_list_size(header_bytes_max)
        .max_send_buf_size(STREAM_SEND_BYTES_MAX);
    builder
}
