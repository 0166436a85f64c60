//! The way to the server: one request, one answer, and in plain words what stood in between. What
//! is asked is signed here. It repeats nothing, except once when only the time of the signature was
//! wrong; when to send again is `sender`'s business.

use crate::clock::Clock;
use crate::credential::Credential;
use bytes::Bytes;
use jiff::fmt::rfc2822;
use purchase::time::Timestamp;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, DATE, HeaderMap, RETRY_AFTER};
use reqwest::{Certificate, Client, Method, Url};
use serde::Deserialize;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use thiserror::Error;
use wire::signature::{DEVICE_HEADER, ID_HEADER, SIGNATURE_HEADER, TIMESTAMP_HEADER};

/// Until a connection stands.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// Until an answer is there; a large catalogue takes the longest.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(120);

/// Why there is no link.
#[derive(Debug, Error)]
pub enum LinkError {
    /// The address is none.
    #[error("{0} is not the address of a server; write it like https://orihon.example")]
    Address(String),
    /// A file of certificates does not serve.
    #[error("the certificates in {} cannot be used: {detail}", path.display())]
    Certificates {
        /// The file.
        path: PathBuf,
        /// Why.
        detail: String,
    },
    /// The machine has no certificates to trust.
    #[error("no certificates can be trusted on this machine: {0}")]
    Trust(String),
}

/// Nobody answered.
#[derive(Debug, Error)]
#[error("{base} did not answer: {cause}")]
pub struct NoAnswer {
    base: String,
    cause: String,
}

/// What the server said.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// How many milliseconds to wait, if it said so.
    pub retry_after_ms: Option<i64>,
    /// What its clock showed, to the second.
    pub date: Option<Timestamp>,
    /// The body.
    pub body: Bytes,
}

/// One request.
#[derive(Clone, Debug)]
pub struct Request {
    /// GET, POST and so on.
    pub method: Method,
    /// Path and query below the server's address.
    pub path: String,
    /// What is sent along, with its media type.
    pub content: Option<(&'static str, Bytes)>,
    /// How long an answer may take; none if as long as that of a large catalogue.
    pub patience: Option<Duration>,
}

impl Request {
    /// Reads something.
    pub fn get(path: impl Into<String>) -> Self {
        Self {
            method: Method::GET,
            path: path.into(),
            content: None,
            patience: None,
        }
    }

    /// Sends JSON.
    pub fn json(method: Method, path: impl Into<String>, body: impl Into<Bytes>) -> Self {
        Self {
            method,
            path: path.into(),
            content: Some(("application/json", body.into())),
            patience: None,
        }
    }

    /// The same for something that others must not wait behind.
    #[must_use]
    pub fn within(self, patience: Duration) -> Self {
        Self {
            patience: Some(patience),
            ..self
        }
    }
}

/// A request with its proof, as it travels.
#[derive(Clone, Debug)]
pub struct Parcel {
    /// The request.
    pub request: Request,
    /// Headers that say who asks.
    pub proof: Vec<(&'static str, String)>,
}

/// An answer, or why there is none.
pub type Travel<'a> = Pin<Box<dyn Future<Output = Result<Answer, String>> + Send + 'a>>;

/// How requests travel: over the network, or through a simulated one.
pub trait Road: Send + Sync {
    /// Takes a request to the server and brings the answer, or says why there is none.
    fn travel(&self, parcel: Parcel) -> Travel<'_>;
}

/// The link to one server.
#[derive(Clone)]
pub struct Link {
    road: Arc<dyn Road>,
    base: String,
    credential: Arc<Mutex<Credential>>,
    /// Where further keys of the device may lie.
    folder: Option<PathBuf>,
    clock: Clock,
    /// What the server's clock shows beyond ours, in milliseconds.
    offset_ms: Arc<AtomicI64>,
    /// What its clock showed with its last answer, and ours then.
    shown: Arc<Mutex<Option<Shown>>>,
}

/// What two clocks showed at one instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shown {
    /// The server's.
    pub theirs: Timestamp,
    /// This machine's.
    pub ours: Timestamp,
}

/// What a server says to a signature whose time is off.
#[derive(Deserialize)]
struct Skew {
    code: String,
    server_time: String,
}

impl Link {
    /// A link to `server`, which trusts the certificates of this machine and those in `ca_file`.
    ///
    /// # Errors
    /// [`LinkError`] if the address or the certificates cannot be used.
    pub fn new(
        server: &str,
        ca_file: Option<&Path>,
        credential: Credential,
        clock: Clock,
    ) -> Result<Self, LinkError> {
        let address = address(server)?;
        let base = address.as_str().trim_end_matches('/').to_owned();
        let network = Network {
            http: connections(&address, ca_file)?,
            base: base.clone(),
        };
        Ok(Self::over(Arc::new(network), base, credential, clock))
    }

    /// A link over any road.
    #[must_use]
    pub fn over(road: Arc<dyn Road>, base: String, credential: Credential, clock: Clock) -> Self {
        Self {
            road,
            base,
            credential: Arc::new(Mutex::new(credential)),
            folder: None,
            clock,
            offset_ms: Arc::default(),
            shown: Arc::default(),
        }
    }

    /// The same for the device in `folder`: if the server knows it by another of its keys, because a
    /// rotation was interrupted or done by another program, that one is used from then on.
    #[must_use]
    pub fn with_keys_of(self, folder: &Path) -> Self {
        Self {
            folder: Some(folder.to_owned()),
            ..self
        }
    }

    /// How the device shows who it is now.
    #[must_use]
    pub fn credential(&self) -> Credential {
        let credential = self.credential.lock();
        credential.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The server's address.
    #[must_use]
    pub fn base(&self) -> &str {
        &self.base
    }

    /// Asks the server.
    ///
    /// # Errors
    /// [`NoAnswer`]: whether anything happened there is not known.
    pub async fn ask(&self, request: Request) -> Result<Answer, NoAnswer> {
        let answer = self.ask_in_time(request.clone()).await?;
        let (401, Some(folder)) = (answer.status, &self.folder) else {
            return Ok(answer);
        };
        let refused = self.credential();
        for other in Credential::others(folder, &refused) {
            self.use_from_now_on(other.clone());
            let answer = self.ask_in_time(request.clone()).await?;
            if answer.status != 401 {
                if let Err(error) = other.proved(folder) {
                    tracing::warn!("{error}");
                }
                return Ok(answer);
            }
        }
        self.use_from_now_on(refused);
        Ok(answer)
    }

    fn use_from_now_on(&self, credential: Credential) {
        *self
            .credential
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = credential;
    }

    async fn ask_in_time(&self, request: Request) -> Result<Answer, NoAnswer> {
        let answer = self.ask_once(request.clone()).await?;
        if answer.status != 401 || !self.follow(&answer.body) {
            return Ok(answer);
        }
        // Nothing was done, because nothing was believed; now the signature has the right time.
        self.ask_once(request).await
    }

    async fn ask_once(&self, request: Request) -> Result<Answer, NoAnswer> {
        let proof = self.proof(&request);
        let travelled = self.road.travel(Parcel { request, proof }).await;
        if let Ok(Some(theirs)) = travelled.as_ref().map(|answer| answer.date) {
            let ours = self.clock.now();
            let shown = Some(Shown { theirs, ours });
            *self.shown.lock().unwrap_or_else(PoisonError::into_inner) = shown;
        }
        travelled.map_err(|cause| NoAnswer {
            base: self.base.clone(),
            cause,
        })
    }

    fn proof(&self, request: &Request) -> Vec<(&'static str, String)> {
        match self.credential() {
            Credential::Nobody => Vec::new(),
            Credential::Bearer(key) => vec![(AUTHORIZATION.as_str(), format!("Bearer {key}"))],
            Credential::Signer(signer) => {
                let offset = self.offset_ms.load(Ordering::Relaxed);
                let at = self.clock.now().plus_ms(offset).ms();
                let id = format!("{:032x}", u128::from_be_bytes(self.clock.random()));
                let body = request.content.as_ref().map(|(_, body)| body.as_ref());
                let (method, path) = (request.method.as_str(), request.path.as_str());
                let signature = signer.sign(method, path, &id, at, body.unwrap_or_default());
                vec![
                    (DEVICE_HEADER, signer.device_id().to_owned()),
                    (ID_HEADER, id),
                    (TIMESTAMP_HEADER, at.to_string()),
                    (SIGNATURE_HEADER, signature),
                ]
            }
        }
    }

    /// Takes over the server's time, if it said that ours is off. The sales keep theirs.
    fn follow(&self, body: &[u8]) -> bool {
        let Ok(skew) = serde_json::from_slice::<Skew>(body) else {
            return false;
        };
        let Some(theirs) = wire::time::read(&skew.server_time) else {
            return false;
        };
        if skew.code != "clock_skew" {
            return false;
        }
        let offset = theirs.ms() - self.clock.now().ms();
        self.offset_ms.store(offset, Ordering::Relaxed);
        true
    }

    /// What both clocks showed with the server's last answer; none before the first. How far they are
    /// apart now nobody knows: this machine's may have jumped since.
    #[must_use]
    pub fn shown(&self) -> Option<Shown> {
        *self.shown.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What the server's clock shows beyond this machine's, in milliseconds; 0 while nobody minds.
    #[must_use]
    pub fn offset_ms(&self) -> i64 {
        self.offset_ms.load(Ordering::Relaxed)
    }
}

/// The network.
struct Network {
    http: Client,
    base: String,
}

impl Road for Network {
    fn travel(&self, parcel: Parcel) -> Travel<'_> {
        Box::pin(async move {
            let request = parcel.request;
            let url = format!("{}{}", self.base, request.path);
            let mut draft = self.http.request(request.method, url);
            for (name, value) in parcel.proof {
                draft = draft.header(name, value);
            }
            if let Some(patience) = request.patience {
                draft = draft.timeout(patience);
            }
            if let Some((media_type, body)) = request.content {
                draft = draft.header(CONTENT_TYPE, media_type).body(body);
            }
            let response = draft.send().await.map_err(|error| cause(&error))?;
            let status = response.status().as_u16();
            let date = date(response.headers());
            let retry_after_ms = response
                .headers()
                .get(RETRY_AFTER)
                .and_then(|value| value.to_str().ok()?.parse::<i64>().ok())
                .map(|seconds| seconds.saturating_mul(1_000));
            let body = response.bytes().await.map_err(|error| cause(&error))?;
            Ok(Answer {
                status,
                retry_after_ms,
                date,
                body,
            })
        })
    }
}

/// What the server's clock showed when it answered.
fn date(headers: &HeaderMap) -> Option<Timestamp> {
    let text = headers.get(DATE)?.to_str().ok()?;
    let shown = rfc2822::parse(text).ok()?;
    Timestamp::from_ms(shown.timestamp().as_millisecond()).ok()
}

/// The innermost cause is what a person can act on; the outer ones repeat the address.
fn cause(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}

fn connections(address: &Url, ca_file: Option<&Path>) -> Result<Client, LinkError> {
    // Somebody may have installed the same provider before; then there is nothing to do.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut builder = Client::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .timeout(ANSWER_TIMEOUT)
        .tcp_nodelay(true)
        .user_agent(concat!("orihon-device/", env!("CARGO_PKG_VERSION")));
    if address.scheme() == "http" {
        // Without TLS, a machine that has no certificates at all will do.
        builder = builder.tls_certs_only([]);
    } else if let Some(path) = ca_file {
        builder = builder.tls_certs_merge(certificates(path)?);
    }
    builder
        .build()
        .map_err(|error| LinkError::Trust(error.to_string()))
}

fn address(text: &str) -> Result<Url, LinkError> {
    let wrong = || LinkError::Address(text.to_owned());
    let url = Url::parse(text).map_err(|_| wrong())?;
    let fits = matches!(url.scheme(), "http" | "https")
        && url.has_host()
        && url.query().is_none()
        && url.fragment().is_none();
    fits.then_some(url).ok_or_else(wrong)
}

fn certificates(path: &Path) -> Result<Vec<Certificate>, LinkError> {
    let wrong = |detail: String| LinkError::Certificates {
        path: path.to_owned(),
        detail,
    };
    let pem = std::fs::read(path).map_err(|error| wrong(error.to_string()))?;
    Certificate::from_pem_bundle(&pem).map_err(|error| wrong(error.to_string()))
}
