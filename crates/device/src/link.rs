//! The way to the server: one request, one answer, and in plain words what stood in between. It
//! never repeats anything; when to do that is `sender`'s business.

use bytes::Bytes;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, RETRY_AFTER};
use reqwest::{Certificate, Client, Method, Url};
use std::path::{Path, PathBuf};
use std::time::Duration;
use thiserror::Error;

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

/// How the device shows who it is.
#[derive(Clone, PartialEq, Eq)]
pub enum Credential {
    /// It has not joined yet.
    Nobody,
    /// A key that was handed over by an operator (`ord_…`).
    Bearer(String),
}

/// What the server said.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// How many milliseconds to wait, if it said so.
    pub retry_after_ms: Option<i64>,
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
}

impl Request {
    /// Reads something.
    pub fn get(path: impl Into<String>) -> Self {
        Self {
            method: Method::GET,
            path: path.into(),
            content: None,
        }
    }

    /// Sends JSON.
    pub fn json(method: Method, path: impl Into<String>, body: impl Into<Bytes>) -> Self {
        Self {
            method,
            path: path.into(),
            content: Some(("application/json", body.into())),
        }
    }
}

/// The link to one server.
#[derive(Clone)]
pub struct Link {
    http: Client,
    base: String,
    credential: Credential,
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
    ) -> Result<Self, LinkError> {
        // Somebody may have installed the same provider before; then there is nothing to do.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let address = address(server)?;
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
        Ok(Self {
            http: builder
                .build()
                .map_err(|error| LinkError::Trust(error.to_string()))?,
            base: address.as_str().trim_end_matches('/').to_owned(),
            credential,
        })
    }

    /// The server's address.
    #[must_use]
    pub fn base(&self) -> &str {
        &self.base
    }

    /// Asks the server once.
    ///
    /// # Errors
    /// [`NoAnswer`]: whether anything happened there is not known.
    pub async fn ask(&self, request: Request) -> Result<Answer, NoAnswer> {
        let url = format!("{}{}", self.base, request.path);
        let mut draft = self.http.request(request.method, url);
        if let Credential::Bearer(key) = &self.credential {
            draft = draft.header(AUTHORIZATION, format!("Bearer {key}"));
        }
        if let Some((media_type, body)) = request.content {
            draft = draft.header(CONTENT_TYPE, media_type).body(body);
        }
        let response = draft.send().await.map_err(|error| self.silence(&error))?;
        let status = response.status().as_u16();
        let retry_after_ms = response
            .headers()
            .get(RETRY_AFTER)
            .and_then(|value| value.to_str().ok()?.parse::<i64>().ok())
            .map(|seconds| seconds.saturating_mul(1_000));
        let body = response
            .bytes()
            .await
            .map_err(|error| self.silence(&error))?;
        Ok(Answer {
            status,
            retry_after_ms,
            body,
        })
    }

    fn silence(&self, error: &reqwest::Error) -> NoAnswer {
        // The innermost cause is what a person can act on; the outer ones repeat the address.
        let mut cause: &dyn std::error::Error = error;
        while let Some(inner) = cause.source() {
            cause = inner;
        }
        NoAnswer {
            base: self.base.clone(),
            cause: cause.to_string(),
        }
    }
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
