//! The way to a database under TLS, by rustls with ring. What is asked for is read from the URL, in the
//! words of libpq; nothing is ever left to what the server prefers.

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, InvalidDnsNameError, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use std::io;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_postgres::tls::{ChannelBinding, MakeTlsConnect, TlsConnect, TlsStream};
use tokio_rustls::TlsConnector;

/// How private the way is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Privacy {
    /// Not at all: a socket in the file system, or a network that others keep private.
    Open,
    /// Encrypted, by `sslmode=require`: who only listens learns nothing. Whoever can come between sees all
    /// the same, since anybody's certificate will do.
    Encrypted,
    /// Encrypted, by `sslmode=verify-full`, and the server has proven to be the one that is named.
    Verified {
        /// The file with the authorities that are trusted; those of the system without it.
        roots: Option<PathBuf>,
    },
}

/// Makes connections that are encrypted.
#[derive(Clone)]
pub(super) struct Connector(TlsConnector);

impl Connector {
    /// The one for this privacy; none for an open way.
    ///
    /// # Errors
    /// What is wrong with the authorities that are to be trusted, and what to do about it.
    pub(super) fn of(privacy: &Privacy) -> Result<Option<Self>, String> {
        let provider = Arc::new(ring::default_provider());
        let verifier: Arc<dyn ServerCertVerifier> = match privacy {
            Privacy::Open => return Ok(None),
            Privacy::Encrypted => Arc::new(Anybody(Arc::clone(&provider))),
            Privacy::Verified { roots } => {
                let roots = Arc::new(trusted(roots.as_deref())?);
                let verifier =
                    WebPkiServerVerifier::builder_with_provider(roots, Arc::clone(&provider));
                verifier.build().map_err(|error| error.to_string())?
            }
        };
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| error.to_string())?
            .dangerous()
            .with_custom_certificate_verifier(verifier)
            .with_no_client_auth();
        Ok(Some(Self(TlsConnector::from(Arc::new(config)))))
    }
}

fn trusted(roots: Option<&Path>) -> Result<RootCertStore, String> {
    let mut store = RootCertStore::empty();
    let Some(path) = roots else {
        store.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        if store.is_empty() {
            return Err(
                "this system trusts no authority; install its ca-certificates, or name a \
                        file by sslrootcert=PATH in the URL"
                    .to_owned(),
            );
        }
        return Ok(store);
    };
    let bad = |error: String| {
        let path = path.display();
        format!("sslrootcert={path} cannot be used: {error}; name a file of certificates (PEM)")
    };
    let read = CertificateDer::pem_file_iter(path).map_err(|error| bad(error.to_string()))?;
    for certificate in read {
        let certificate = certificate.map_err(|error| bad(error.to_string()))?;
        let added = store.add(certificate);
        added.map_err(|error| bad(error.to_string()))?;
    }
    if store.is_empty() {
        return Err(bad("it holds no certificate".to_owned()));
    }
    Ok(store)
}

impl<S> MakeTlsConnect<S> for Connector
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    type Stream = Encrypted<S>;
    type TlsConnect = ToHost;
    type Error = InvalidDnsNameError;

    fn make_tls_connect(&mut self, host: &str) -> Result<ToHost, InvalidDnsNameError> {
        Ok(ToHost {
            connector: self.0.clone(),
            name: ServerName::try_from(host.to_owned())?,
        })
    }
}

/// Makes one connection.
pub(super) struct ToHost {
    connector: TlsConnector,
    name: ServerName<'static>,
}

/// The greeting under way.
type Greeting<S> = Pin<Box<dyn Future<Output = io::Result<Encrypted<S>>> + Send>>;

impl<S> TlsConnect<S> for ToHost
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    type Stream = Encrypted<S>;
    type Error = io::Error;
    type Future = Greeting<S>;

    fn connect(self, stream: S) -> Greeting<S> {
        Box::pin(async move {
            let greeted = self.connector.connect(self.name, stream).await?;
            Ok(Encrypted(greeted))
        })
    }
}

/// A connection that is encrypted.
pub(super) struct Encrypted<S>(tokio_rustls::client::TlsStream<S>);

impl<S: AsyncRead + AsyncWrite + Unpin> TlsStream for Encrypted<S> {
    /// None: the name in the certificate is what is verified.
    fn channel_binding(&self) -> ChannelBinding {
        ChannelBinding::none()
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncRead for Encrypted<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(context, into)
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Encrypted<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(context)
    }
}

/// Takes anybody's certificate, as `sslmode=require` does: only that its key was used is proven.
#[derive(Debug)]
struct Anybody(Arc<CryptoProvider>);

impl ServerCertVerifier for Anybody {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        rustls::crypto::verify_tls12_signature(message, certificate, signed, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, certificate, signed, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
