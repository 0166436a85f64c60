//! What a door needs to speak TLS: an identity that was proven to be one, exchanged while connections are open.
//!
//! It makes no certificate and never asks what day it is. A client is not asked for a certificate.

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

use rustls::ServerConfig;
use rustls::crypto::ring::default_provider;
use rustls::sign::SingleCertAndKey;

pub use certificate::Certificate;
pub use files::{Files, FilesError};
pub use identity::{Identity, IdentityError};

mod certificate;
mod date;
mod files;
mod identity;

/// What is spoken above TLS, in the order in which we like it.
const PROTOCOLS: [&[u8]; 2] = [b"h2", b"http/1.1"];

/// TLS for a door. Clones share one identity.
#[derive(Clone)]
pub struct Tls(Arc<RwLock<Arc<ServerConfig>>>);

impl Tls {
    /// TLS with an identity.
    #[must_use]
    pub fn new(identity: Identity) -> Tls {
        Tls(Arc::new(RwLock::new(configured(identity))))
    }

    /// From the next connection on the server is this one. Open connections go on as they are.
    pub fn replace(&self, identity: Identity) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = configured(identity);
    }

    pub(crate) fn current(&self) -> Arc<ServerConfig> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }
}

impl fmt::Debug for Tls {
    /// Without what it holds, which is a private key.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Tls(..)")
    }
}

/// The provider is named, so that no library's default one is asked for.
fn configured(identity: Identity) -> Arc<ServerConfig> {
    let builder = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_protocol_versions(rustls::ALL_VERSIONS);
    let Ok(builder) = builder else {
        // ring has suites for every version that rustls knows.
        unreachable!("the cipher library speaks no version of TLS");
    };
    let resolver = Arc::new(SingleCertAndKey::from(identity.into_key()));
    let mut config = builder.with_no_client_auth().with_cert_resolver(resolver);
    config.alpn_protocols = PROTOCOLS.map(<[u8]>::to_vec).to_vec();
    Arc::new(config)
}
