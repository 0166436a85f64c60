//! Signed requests: a layer that proves the signature of those that carry one, and tells handlers
//! whose it is. Requests without a signature pass as they are. It decides nothing about what the
//! device may do, and keeps no record of what was signed.

use crate::app::App;
use crate::auth::Proven;
use crate::body::read_body;
use crate::catalogues::aside;
use crate::reply::{Refused, Reply};
use axum::body::{Body, HttpBody as _};
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::HeaderMap;

use ledger::account::{Home, Opens, Signer};
use purchase::id::DeviceId;
use purchase::time::Timestamp;
use ring::digest::{SHA256, digest};
use ring::signature::{ED25519, UnparsedPublicKey};
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use tokio::sync::SemaphorePermit;
use tower::Service;
use wire::error::{ErrorCode, Problem};
use wire::limits::{BATCH_BYTES, CATALOGUE_BYTES, SETTLEMENT_BYTES};
use wire::signature::{
    Claimed, DEVICE_HEADER, ID_HEADER, SIGNATURE_HEADER, TIMESTAMP_HEADER, WINDOW_MS,
    home_of_chain, message,
};

/// Memory for bodies whose signature is not proven yet, in MiB, beside small ones: whoever knows a
/// device's id could have the server hold them.
pub(crate) const UNPROVEN_MIB: usize = 256;
const MIB: u64 = 1_024 * 1_024;
/// From how many bytes on a body is hashed away from the threads that answer requests.
const HASHED_ASIDE: usize = 1_024 * 1_024;

/// The layer around a router.
#[derive(Clone)]
pub(crate) struct Signed<S> {
    inner: S,
    app: Arc<App>,
}

impl<S> Signed<S> {
    pub(crate) const fn new(inner: S, app: Arc<App>) -> Self {
        Self { inner, app }
    }
}

type Answering = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

impl<S> Service<Request> for Signed<S>
where
    S: Service<Request, Error = Infallible, Response: IntoResponse, Future: Send>
        + Clone
        + Send
        + 'static,
{
    type Response = Response;
    type Error = Infallible;
    type Future = Answering;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request) -> Answering {
        if !request.headers().contains_key(SIGNATURE_HEADER) {
            let answering = self.inner.call(request);
            return Box::pin(async move { Ok(answering.await?.into_response()) });
        }
        // The one that is ready goes on with this request; its copy gets ready for the next.
        let copy = self.inner.clone();
        let mut inner = std::mem::replace(&mut self.inner, copy);
        let app = Arc::clone(&self.app);
        Box::pin(async move {
            match prove(&app, request).await {
                Ok(request) => Ok(inner.call(request).await?.into_response()),
                Err(refused) => Ok(refused.into_response()),
            }
        })
    }
}

/// The same request with its body read and its device proven.
async fn prove(app: &App, request: Request) -> Reply<Request> {
    let (mut parts, body) = request.into_parts();
    let claimed = read_headers(&parts.headers)?;
    check_time(claimed.timestamp_ms, app.clock.now())?;
    // A stranger's body is not read at all.
    signer(app, claimed.device_id)?;
    let target = parts.uri.path_and_query().map_or("/", |all| all.as_str());
    let bytes_max = bytes_max(target);
    let place = place_for(app, body.size_hint().upper(), bytes_max).await;
    let body = read_body(body, bytes_max).await?;
    let hash = hash_of(&body).await?;
    // Reading took its time, and revoking works at once.
    let signer = signer(app, claimed.device_id)?;
    let home = match &signer.home {
        Home::Store(store_id) => store_id.as_str().to_owned(),
        Home::Chain(chain_id) => home_of_chain(chain_id.as_str()),
    };
    let signed = message(
        parts.method.as_str(),
        target,
        &home,
        claimed.id,
        claimed.timestamp_ms,
        &hash,
    );
    UnparsedPublicKey::new(&ED25519, &signer.public_key)
        .verify(&signed, &claimed.signature)
        .map_err(|_| {
            refuse("the signature does not fit this request; sign method, path, store, id, time and body as sent")
        })?;
    drop(place);
    let device_id = claimed.device_id;
    let device = match signer.home.clone() {
        Home::Store(store_id) => Opens::Device {
            store_id,
            device_id,
        },
        Home::Chain(chain_id) => Opens::ChainDevice {
            chain_id,
            device_id,
        },
    };
    parts.extensions.insert(Proven(Arc::new(device)));
    Ok(Request::from_parts(parts, Body::from(body)))
}

fn refuse(detail: impl Into<String>) -> Refused {
    Refused::new(ErrorCode::Unauthenticated, detail)
}

fn read_headers(headers: &HeaderMap) -> Reply<Claimed<'_>> {
    let text = |name: &str| {
        let value = headers.get(name).and_then(|value| value.to_str().ok());
        value.unwrap_or_default()
    };
    let [device, id, timestamp, signature] =
        [DEVICE_HEADER, ID_HEADER, TIMESTAMP_HEADER, SIGNATURE_HEADER].map(text);
    Claimed::read(device, id, timestamp, signature).map_err(|error| refuse(error.to_string()))
}

/// Told before the signature is looked at: a device whose clock is off needs the time to sign anew,
/// and the time is no secret.
fn check_time(timestamp_ms: i64, now: Timestamp) -> Reply<()> {
    let ahead_ms = timestamp_ms.saturating_sub(now.ms());
    if (-WINDOW_MS..=WINDOW_MS).contains(&ahead_ms) {
        return Ok(());
    }
    let detail = "the device's clock is more than five minutes off; sign anew by server_time";
    Err(Refused::from(Problem {
        server_time: Some(now),
        ..Problem::new(ErrorCode::ClockSkew, detail)
    }))
}

fn signer(app: &App, device_id: DeviceId) -> Reply<Arc<Signer>> {
    app.known
        .signers
        .look(device_id, || app.ledger.signer(device_id))?
        .ok_or_else(|| refuse("this device does not sign here, or was revoked"))
}

/// The limit of the route that the request goes to. Too much is refused here or there.
fn bytes_max(target: &str) -> usize {
    let path = target.split('?').next().unwrap_or_default();
    if path.contains("/catalogue") {
        CATALOGUE_BYTES
    } else if path.ends_with("/batch") {
        BATCH_BYTES
    } else {
        SETTLEMENT_BYTES
    }
}

/// Waits until there is memory for a body of `announced` bytes; a small one needs none of it.
async fn place_for(
    app: &App,
    announced: Option<u64>,
    bytes_max: usize,
) -> Option<SemaphorePermit<'_>> {
    if bytes_max <= SETTLEMENT_BYTES {
        return None;
    }
    let most = u64::try_from(bytes_max).unwrap_or(u64::MAX);
    let bytes = announced.map_or(most, |announced| announced.min(most));
    let mib = u32::try_from(bytes.div_ceil(MIB)).unwrap_or(u32::MAX);
    app.unproven.acquire_many(mib).await.ok()
}

async fn hash_of(body: &Bytes) -> Reply<[u8; 32]> {
    let hash = |body: &[u8]| {
        let hash = digest(&SHA256, body);
        hash.as_ref()
            .first_chunk::<32>()
            .copied()
            .unwrap_or_default()
    };
    if body.len() < HASHED_ASIDE {
        return Ok(hash(body));
    }
    let body = body.clone();
    aside(move || hash(&body)).await
}
