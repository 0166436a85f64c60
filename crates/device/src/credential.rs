//! How the device shows who it is: with an Ed25519 key pair that never leaves it, or with a key that
//! an operator handed over. Kept in one file that only the device's account may read.

use ring::digest::{SHA256, digest};
use ring::rand::SystemRandom;
use ring::signature::{Ed25519KeyPair, KeyPair};
use serde::{Deserialize, Serialize};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::Arc;
use thiserror::Error;

/// The file in the device's folder.
const FILE: &str = "device.key";

/// The key cannot be used.
#[derive(Debug, Error)]
pub enum CredentialError {
    /// The file cannot be read or written.
    #[error("the device's key cannot be read or written: {0}")]
    Io(#[from] std::io::Error),
    /// It is none.
    #[error("device.key holds no key; join again with: orihon-device join CODE --server URL")]
    Strange,
}

/// How the device shows who it is.
#[derive(Clone)]
pub enum Credential {
    /// It has not joined yet.
    Nobody,
    /// A key that was handed over by an operator (`ord_…`).
    Bearer(String),
    /// A key pair of its own.
    Signer(Arc<Signer>),
}

/// A key pair, and whose it is.
pub struct Signer {
    device_id: String,
    store_id: String,
    pair: Ed25519KeyPair,
}

/// A key pair that no server knows yet.
pub struct NewPair {
    pkcs8: Vec<u8>,
    /// What the server is told: 64 hexadecimal digits.
    pub public_key: String,
}

#[derive(Serialize, Deserialize)]
struct Kept {
    device_id: String,
    store_id: String,
    pkcs8: String,
}

impl NewPair {
    /// Makes a key pair.
    ///
    /// # Errors
    /// [`CredentialError::Strange`] if the machine gives no random bytes.
    pub fn make() -> Result<Self, CredentialError> {
        let random = SystemRandom::new();
        let pkcs8 =
            Ed25519KeyPair::generate_pkcs8(&random).map_err(|_| CredentialError::Strange)?;
        let pair = pair(pkcs8.as_ref())?;
        Ok(Self {
            public_key: hex(pair.public_key().as_ref()),
            pkcs8: pkcs8.as_ref().to_vec(),
        })
    }

    /// Keeps it as that of a device which the server knows by now.
    ///
    /// # Errors
    /// [`CredentialError::Io`].
    pub fn keep(
        &self,
        folder: &Path,
        device_id: &str,
        store_id: &str,
    ) -> Result<(), CredentialError> {
        let kept = Kept {
            device_id: device_id.to_owned(),
            store_id: store_id.to_owned(),
            pkcs8: hex(&self.pkcs8),
        };
        let text = serde_json::to_string(&kept).map_err(|_| CredentialError::Strange)?;
        write(folder, &text)
    }
}

impl Signer {
    /// The device's id.
    #[must_use]
    pub fn device_id(&self) -> &str {
        &self.device_id
    }

    /// Signs a request; hexadecimal, as the header carries it.
    #[must_use]
    pub fn sign(&self, method: &str, path: &str, id: &str, at_ms: i64, body: &[u8]) -> String {
        let hash = digest(&SHA256, body);
        let hash = hash.as_ref().first_chunk().copied().unwrap_or_default();
        let message = wire::signature::message(method, path, &self.store_id, id, at_ms, &hash);
        wire::signature::show_signature(self.pair.sign(&message).as_ref())
    }
}

impl Credential {
    /// Reads the device's key.
    ///
    /// # Errors
    /// [`CredentialError`].
    pub fn load(folder: &Path) -> Result<Self, CredentialError> {
        let text = std::fs::read_to_string(folder.join(FILE))?;
        let text = text.trim();
        if text.starts_with("ord_") {
            return Ok(Self::Bearer(text.to_owned()));
        }
        let kept: Kept = serde_json::from_str(text).map_err(|_| CredentialError::Strange)?;
        let pkcs8 = unhex(&kept.pkcs8).ok_or(CredentialError::Strange)?;
        Ok(Self::Signer(Arc::new(Signer {
            device_id: kept.device_id,
            store_id: kept.store_id,
            pair: pair(&pkcs8)?,
        })))
    }

    /// Keeps a key that an operator handed over.
    ///
    /// # Errors
    /// [`CredentialError::Io`].
    pub fn keep_bearer(folder: &Path, key: &str) -> Result<(), CredentialError> {
        write(folder, key)
    }
}

fn pair(pkcs8: &[u8]) -> Result<Ed25519KeyPair, CredentialError> {
    Ed25519KeyPair::from_pkcs8(pkcs8).map_err(|_| CredentialError::Strange)
}

/// Writes the new file beside the old one, so that a crash leaves one of them whole.
fn write(folder: &Path, text: &str) -> Result<(), CredentialError> {
    let draft = folder.join("device.key.new");
    let mut file = std::fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&draft)?;
    writeln!(file, "{text}")?;
    file.sync_all()?;
    std::fs::rename(&draft, folder.join(FILE))?;
    std::fs::File::open(folder)?.sync_all()?;
    Ok(())
}

/// Bytes as hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    wire::signature::show_signature(bytes)
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits = text.as_bytes().chunks(2);
    let byte = |pair: &[u8]| u8::from_str_radix(str::from_utf8(pair).ok()?, 16).ok();
    digits.map(byte).collect()
}
