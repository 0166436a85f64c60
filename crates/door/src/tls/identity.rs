//! Who the server is: a private key, the certificate that belongs to it, and those that vouch for it.
//!
//! Whatever would make callers turn away is found here, before the first of them comes, and named with
//! the way to mend it. It never reads a file, and never shows anything of a key.

use std::fmt;

use rustls::crypto::ring::default_provider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;
use rustls::{Error, InconsistentKeys};

use super::Certificate;
use super::date;

/// Certificates read of one chain at most. Usual ones have two or three.
const CHAIN_MAX: usize = 16;

/// Who the server is, proven.
pub struct Identity {
    key: CertifiedKey,
    certificate: Certificate,
}

/// Why there is no identity. The text says what to do about it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IdentityError {
    #[error(
        "no certificate is in it; it takes PEM, which begins with -----BEGIN CERTIFICATE-----, the server's \
         own certificate first"
    )]
    NoCertificate,
    #[error("certificate {0} of it cannot be read; fetch the file anew from whoever issued it")]
    Damaged(usize),
    #[error(
        "more than {CHAIN_MAX} certificates are in it; leave only the server's own and those that vouch for it"
    )]
    TooMany,
    #[error(
        "no private key is in it; it takes PEM without a passphrase: -----BEGIN PRIVATE KEY----- (PKCS#8), \
         EC PRIVATE KEY or RSA PRIVATE KEY"
    )]
    NoKey,
    #[error(
        "the private key is locked by a passphrase, which nobody can type when the server starts; unlock it \
         once: openssl pkey -in LOCKED -out UNLOCKED"
    )]
    LockedKey,
    #[error(
        "a private key of this kind cannot be used; take ECDSA (P-256, P-384), RSA from 2,048 bits, or Ed25519"
    )]
    StrangeKey,
    #[error(
        "certificate {0} of the file belongs to the key, and not the first; put the server's own certificate \
         first and those that vouch for it behind it"
    )]
    WrongOrder(usize),
    #[error(
        "the private key belongs to none of the certificates; each certificate was made for one key: take \
         the one with which it was asked for"
    )]
    OtherKey,
    #[error(
        "certificate {0} was not issued by certificate {next}; put each behind the one that it vouches for, and \
         nothing else into the file", next = .0 + 1
    )]
    BrokenChain(usize),
    #[error("the certificate ended on {0}; renew it, and start again")]
    Ended(String),
    #[error("the certificate begins on {0}; set this machine's clock, or wait until then")]
    NotYet(String),
}

impl Identity {
    /// Proves a chain and a key, both PEM, as of `now_s`, in seconds since 1970.
    ///
    /// # Errors
    /// [`IdentityError`], the first that is found.
    pub fn read(chain_pem: &[u8], key_pem: &[u8], now_s: i64) -> Result<Identity, IdentityError> {
        let chain = chain(chain_pem)?;
        let key = private_key(key_pem)?;
        let told: Vec<Certificate> = chain
            .iter()
            .zip(1..)
            .map(|(der, nth)| Certificate::read(der).ok_or(IdentityError::Damaged(nth)))
            .collect::<Result<_, _>>()?;
        let proven = fit(&chain, &key)?;
        for ((one, next), nth) in told.iter().zip(told.iter().skip(1)).zip(1..) {
            if one.issuer != next.subject {
                return Err(IdentityError::BrokenChain(nth));
            }
        }
        let certificate = told
            .into_iter()
            .next()
            .ok_or(IdentityError::NoCertificate)?;
        if now_s >= certificate.not_after_s {
            return Err(IdentityError::Ended(date::shown(certificate.not_after_s)));
        }
        if now_s < certificate.not_before_s {
            return Err(IdentityError::NotYet(date::shown(certificate.not_before_s)));
        }
        Ok(Identity {
            key: proven,
            certificate,
        })
    }

    /// What the server's own certificate says.
    #[must_use]
    pub fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    pub(super) fn into_key(self) -> CertifiedKey {
        self.key
    }
}

impl fmt::Debug for Identity {
    /// Without the key.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Identity({:?})", self.certificate.hosts)
    }
}

fn chain(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, IdentityError> {
    let mut chain = Vec::new();
    for (certificate, nth) in CertificateDer::pem_slice_iter(pem).zip(1..) {
        if nth > CHAIN_MAX {
            return Err(IdentityError::TooMany);
        }
        chain.push(certificate.map_err(|_| IdentityError::Damaged(nth))?);
    }
    match chain.is_empty() {
        true => Err(IdentityError::NoCertificate),
        false => Ok(chain),
    }
}

fn private_key(pem: &[u8]) -> Result<PrivateKeyDer<'static>, IdentityError> {
    PrivateKeyDer::from_pem_slice(pem).map_err(|_| {
        let marks: [&[u8]; 2] = [b"BEGIN ENCRYPTED PRIVATE KEY", b"Proc-Type: 4,ENCRYPTED"];
        let is_locked = |mark: &[u8]| pem.windows(mark.len()).any(|part| part == mark);
        match marks.into_iter().any(is_locked) {
            true => IdentityError::LockedKey,
            false => IdentityError::NoKey,
        }
    })
}

/// The key with its chain, if it belongs to the first certificate.
fn fit(
    chain: &[CertificateDer<'static>],
    key: &PrivateKeyDer<'static>,
) -> Result<CertifiedKey, IdentityError> {
    let with = |chain: &[CertificateDer<'static>]| {
        CertifiedKey::from_der(chain.to_vec(), key.clone_key(), &default_provider())
    };
    match with(chain) {
        Ok(proven) => Ok(proven),
        Err(Error::InconsistentKeys(InconsistentKeys::KeyMismatch)) => {
            let fits = |certificate: &CertificateDer<'static>| {
                with(std::slice::from_ref(certificate)).is_ok()
            };
            let place = chain.iter().position(fits);
            Err(match place {
                Some(place) => IdentityError::WrongOrder(place + 1),
                None => IdentityError::OtherKey,
            })
        }
        Err(Error::InvalidCertificate(_)) => Err(IdentityError::Damaged(1)),
        Err(_) => Err(IdentityError::StrangeKey),
    }
}
