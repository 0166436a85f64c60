//! The way to a server, for every command that talks to one: it finds the key, sends a request,
//! sends the same again where that can only help, and turns what was refused into words that hand
//! over the fix. What a request means is not known here.

use crate::client::error::{ClientError, Refusal};
use crate::client::key::{Key, Origin};
use crate::client::patience::Patience;
use bytes::Bytes;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, RETRY_AFTER};
use reqwest::redirect::Policy;
use reqwest::{Certificate, Method, StatusCode, Url};
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

pub(crate) mod error;
pub(crate) mod key;
pub(crate) mod patience;

/// Until a connection stands.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// Until an answer is there; a large catalogue takes the longest.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(120);
/// Until the end of an answer that is taken piece by piece.
const DOWNLOAD_TIMEOUT: Duration = Duration::from_hours(6);

/// Which server to talk to, and as whom.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct ServerArgs {
    /// The server to talk to
    #[arg(
        long,
        global = true,
        value_name = "URL",
        env = "ORIHON_SERVER",
        default_value = "http://127.0.0.1:8470",
        help_heading = "Server"
    )]
    pub(crate) server: String,
    /// The operator's key (oro_…); without it, operator.key in the data folder is read
    #[arg(
        long,
        global = true,
        value_name = "KEY",
        env = "ORIHON_OPERATOR_KEY",
        hide_env_values = true,
        help_heading = "Server"
    )]
    pub(crate) operator_key: Option<String>,
    /// The server's data folder, if it is on this machine [default: ./data]
    #[arg(
        long,
        global = true,
        value_name = "DIR",
        env = "ORIHON_DATA",
        help_heading = "Server"
    )]
    pub(crate) data: Option<PathBuf>,
    /// Certificates (PEM) to trust besides those of this machine
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        env = "ORIHON_CA_FILE",
        help_heading = "Server"
    )]
    pub(crate) ca_file: Option<PathBuf>,
}

/// What is sent along.
#[derive(Clone, Debug)]
pub(crate) enum Content {
    /// Nothing.
    Nothing,
    /// A JSON document.
    Json(Bytes),
    /// One JSON object a line.
    Lines(Bytes),
}

impl Content {
    /// A JSON document.
    pub(crate) fn json(value: &Value) -> Self {
        Self::Json(Bytes::from(value.to_string()))
    }
}

/// May the same request be sent again when nobody knows what became of it?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Repeat {
    /// Yes: the second one finds what the first one did.
    Freely,
    /// No: a second one would make a second thing.
    Never,
}

/// One request.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    /// GET, POST and so on.
    pub(crate) method: Method,
    /// The path and query below the server's address.
    pub(crate) path: String,
    /// What is sent along.
    pub(crate) content: Content,
    /// Whether it may be repeated.
    pub(crate) repeat: Repeat,
}

impl Request {
    /// Reads something; reading may be repeated.
    pub(crate) fn get(path: impl Into<String>) -> Self {
        Self::new(Method::GET, path, Content::Nothing, Repeat::Freely)
    }

    /// Writes something that is the same when written twice.
    pub(crate) fn new(
        method: Method,
        path: impl Into<String>,
        content: Content,
        repeat: Repeat,
    ) -> Self {
        let path = path.into();
        Self {
            method,
            path,
            content,
            repeat,
        }
    }
}

/// An answer with a status of success.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    /// The status.
    pub(crate) status: StatusCode,
    /// The body.
    pub(crate) body: Bytes,
}

/// A connection to one server as one caller. Cheap to clone: connections are shared and kept open.
#[derive(Clone)]
pub(crate) struct Client {
    http: reqwest::Client,
    base: Arc<str>,
    key: Key,
    patience: Patience,
}

impl Client {
    /// A client of an operator, who wants to know soon if something is wrong.
    ///
    /// # Errors
    /// If the address cannot be one, or no operator's key is found.
    pub(crate) fn open(args: &ServerArgs) -> Result<Self, ClientError> {
        let address = address(&args.server)?;
        let key = key::find(args, &address)?;
        Ok(Self {
            http: connections(args, &address)?,
            base: address.as_str().trim_end_matches('/').into(),
            key,
            patience: Patience::Short,
        })
    }

    /// A client of a person, who brings the token.
    ///
    /// # Errors
    /// If the address cannot be one, or the text no token.
    pub(crate) fn of_person(args: &ServerArgs, token: &str) -> Result<Self, ClientError> {
        let address = address(&args.server)?;
        let key = Key::new(token, Origin::Person)?;
        Ok(Self {
            http: connections(args, &address)?,
            base: address.as_str().trim_end_matches('/').into(),
            key,
            patience: Patience::Short,
        })
    }

    /// The same caller, who waits for a server that is being started anew.
    pub(crate) fn patient(&self) -> Self {
        Self {
            patience: Patience::Long,
            ..self.clone()
        }
    }

    /// The same server, asked with the key of a store's device.
    ///
    /// # Errors
    /// If the text cannot be a key.
    pub(crate) fn as_device(&self, text: &str, store_id: &str) -> Result<Self, ClientError> {
        let key = Key::new(text, Origin::Device(store_id.to_owned()))?;
        Ok(Self {
            key,
            ..self.clone()
        })
    }

    /// The server's address, without a slash at its end.
    pub(crate) fn base(&self) -> &str {
        &self.base
    }

    /// Reads `path`.
    ///
    /// # Errors
    /// If there is no answer, or another one than asked for.
    pub(crate) async fn read<T: DeserializeOwned>(&self, path: &str) -> Result<T, ClientError> {
        self.ask(&Request::get(path)).await
    }

    /// Sends a request and reads the answer's JSON.
    ///
    /// # Errors
    /// If there is no answer, or another one than asked for.
    pub(crate) async fn ask<T: DeserializeOwned>(
        &self,
        request: &Request,
    ) -> Result<T, ClientError> {
        let answer = self.send(request).await?;
        self.understand(request, &answer.body)
    }

    /// Reads JSON that came as an answer to `request`.
    ///
    /// # Errors
    /// If it is not what was expected.
    pub(crate) fn understand<T: DeserializeOwned>(
        &self,
        request: &Request,
        body: &[u8],
    ) -> Result<T, ClientError> {
        serde_json::from_slice(body).map_err(|cause| ClientError::Strange {
            base: self.base.to_string(),
            request: format!("{} {}", request.method, request.path),
            cause: cause.to_string(),
        })
    }

    /// Sends a request, and the same again as often as it is allowed and makes sense.
    ///
    /// # Errors
    /// The last failure.
    pub(crate) async fn send(&self, request: &Request) -> Result<Answer, ClientError> {
        let mut tries = 0;
        loop {
            let failure = match self.send_once(request).await {
                Ok(answer) => return Ok(answer),
                Err(failure) => failure,
            };
            tries += 1;
            let Some(wait) = self.patience.wait(tries, &failure, request.repeat) else {
                return Err(failure);
            };
            tokio::time::sleep(wait).await;
        }
    }

    async fn send_once(&self, request: &Request) -> Result<Answer, ClientError> {
        let response = self.respond(request, ANSWER_TIMEOUT).await?;
        let status = response.status();
        let body = response
            .bytes()
            .await
            .map_err(|error| self.failed(&error))?;
        Ok(Answer { status, body })
    }

    /// Hands over an answer piece by piece, for one that may be longer than memory. What was taken
    /// before an error is a part of it and no more. Nothing is tried again.
    ///
    /// # Errors
    /// If there is no answer, another one than asked for, or not all of it; or what `take` says.
    pub(crate) async fn download<E: From<ClientError>>(
        &self,
        request: &Request,
        mut take: impl FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut response = self.respond(request, DOWNLOAD_TIMEOUT).await?;
        loop {
            let piece = tokio::time::timeout(ANSWER_TIMEOUT, response.chunk()).await;
            let piece = piece.map_err(|_| ClientError::NoAnswer {
                base: self.base.to_string(),
                cause: "it stopped in the middle".to_owned(),
            })?;
            match piece.map_err(|error| self.failed(&error))? {
                Some(piece) => take(&piece)?,
                None => return Ok(()),
            }
        }
    }

    fn failed(&self, error: &reqwest::Error) -> ClientError {
        ClientError::from_reqwest(&self.base, error)
    }

    /// The beginning of an answer with a status of success.
    async fn respond(
        &self,
        request: &Request,
        timeout: Duration,
    ) -> Result<reqwest::Response, ClientError> {
        let url = format!("{}{}", self.base, request.path);
        let mut draft = self.http.request(request.method.clone(), url);
        draft = draft.header(AUTHORIZATION, self.key.header());
        draft = match &request.content {
            Content::Nothing => draft,
            Content::Json(body) => with_body(draft, "application/json", body),
            Content::Lines(body) => with_body(draft, "application/x-ndjson", body),
        };
        let response = draft.timeout(timeout).send().await;
        let response = response.map_err(|error| self.failed(&error))?;
        let status = response.status();
        if status.is_success() {
            return Ok(response);
        }
        let retry_after = response
            .headers()
            .get(RETRY_AFTER)
            .and_then(|value| value.to_str().ok()?.parse().ok())
            .map(Duration::from_secs);
        let body = response
            .bytes()
            .await
            .map_err(|error| self.failed(&error))?;
        let refusal = Refusal::read(status, retry_after, &body);
        if status == StatusCode::UNAUTHORIZED {
            return Err(ClientError::KeyRefused {
                base: self.base.to_string(),
                origin: self.key.origin().clone(),
                detail: refusal.detail,
            });
        }
        Err(ClientError::Refused(Box::new(refusal)))
    }
}

fn with_body(
    draft: reqwest::RequestBuilder,
    media_type: &'static str,
    body: &Bytes,
) -> reqwest::RequestBuilder {
    draft.header(CONTENT_TYPE, media_type).body(body.clone())
}

/// An address of a server.
///
/// # Errors
/// If it cannot be one.
pub(crate) fn address(text: &str) -> Result<Url, ClientError> {
    let wrong = || ClientError::Address(text.to_owned());
    let url = Url::parse(text).map_err(|_| wrong())?;
    let fits = matches!(url.scheme(), "http" | "https")
        && url.has_host()
        && url.query().is_none()
        && url.fragment().is_none();
    fits.then_some(url).ok_or_else(wrong)
}

/// Is the server on this very machine?
pub(crate) fn is_local(address: &Url) -> bool {
    let host = address.host_str().unwrap_or_default();
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost"
        || host
            .parse::<std::net::IpAddr>()
            .is_ok_and(|ip| ip.is_loopback())
}

/// Connections to a server, which go where its answers lead.
pub(crate) fn connections(
    args: &ServerArgs,
    address: &Url,
) -> Result<reqwest::Client, ClientError> {
    build(args, address, Policy::default())
}

/// Connections on which each answer is taken as it is.
///
/// # Errors
/// As [`connections`].
pub(crate) fn connections_that_stay(
    args: &ServerArgs,
    address: &Url,
) -> Result<reqwest::Client, ClientError> {
    build(args, address, Policy::none())
}

fn build(args: &ServerArgs, address: &Url, policy: Policy) -> Result<reqwest::Client, ClientError> {
    // Somebody may have installed the same provider before; then there is nothing to do.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut builder = reqwest::Client::builder()
        .redirect(policy)
        .connect_timeout(CONNECT_TIMEOUT)
        .timeout(ANSWER_TIMEOUT)
        .tcp_nodelay(true)
        .user_agent(concat!("orihon/", env!("CARGO_PKG_VERSION")));
    if is_local(address) {
        builder = builder.no_proxy();
    }
    if address.scheme() == "http" {
        // Without TLS, a machine that has no certificates at all will do.
        builder = builder.tls_certs_only([]);
    } else if let Some(path) = &args.ca_file {
        builder = builder.tls_certs_merge(certificates(path)?);
    }
    builder
        .build()
        .map_err(|error| ClientError::Certificates(error::innermost(&error)))
}

fn certificates(path: &std::path::Path) -> Result<Vec<Certificate>, ClientError> {
    let wrong = |cause: String| ClientError::CaFile {
        path: path.to_owned(),
        cause,
    };
    let pem = std::fs::read(path).map_err(|error| wrong(error.to_string()))?;
    Certificate::from_pem_bundle(&pem).map_err(|error| wrong(error::innermost(&error)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_proven_and_local_ones_known() {
        for (text, expected) in [
            ("http://127.0.0.1:8470", Some(true)),
            ("http://127.9.0.1/", Some(true)),
            ("http://localhost:1", Some(true)),
            ("https://[::1]:8470", Some(true)),
            ("https://orihon.example.com", Some(false)),
            ("http://localhost.example.com", Some(false)),
            ("https://example.com/below/", Some(false)),
            ("127.0.0.1:8470", None),
            ("localhost:8470", None),
            ("ftp://127.0.0.1", None),
            ("http://127.0.0.1?x=1", None),
            ("", None),
        ] {
            assert_eq!(
                address(text).ok().map(|url| is_local(&url)),
                expected,
                "{text}"
            );
        }
    }
}
