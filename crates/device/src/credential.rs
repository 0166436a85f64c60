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
/// The pair that takes the place of the present one, until the server is known to know it.
const NEXT: &str = "device.key.next";
/// The pair with which a store is being joined.
const JOINING: &str = "device.key.joining";

/// The key cannot be used.
#[derive(Debug, Error)]
pub enum CredentialError {
    /// The file cannot be read or written.
    #[error("the device's key cannot be read or written: {0}")]
    Io(#[from] std::io::Error),
    /// It is none.
    #[error(
        "device.key, or device.key.next beside it, holds no key; join again with: orihon-device join \
         CODE --server URL"
    )]
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

/// A key pair that no server may know yet. It lies in the folder from the moment that it is made until
/// the server is known to know it, so that neither a crash nor a lost answer loses it.
pub struct NewPair {
    pkcs8: String,
    /// What the server is told: 64 hexadecimal digits.
    pub public_key: String,
    place: &'static str,
}

/// What a key pair is new for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// To join a store.
    Join,
    /// To take the place of the present one.
    Rotate,
}

impl Purpose {
    const fn file(self) -> &'static str {
        match self {
            Self::Join => JOINING,
            Self::Rotate => NEXT,
        }
    }
}

#[derive(Serialize, Deserialize)]
struct Kept {
    device_id: String,
    store_id: String,
    pkcs8: String,
}

impl NewPair {
    /// The key pair of an attempt that did not come to its end, or a new one.
    ///
    /// # Errors
    /// [`CredentialError`].
    pub fn of(folder: &Path, purpose: Purpose) -> Result<Self, CredentialError> {
        let place = purpose.file();
        let path = folder.join(place);
        if let Ok(kept) = std::fs::read_to_string(&path) {
            return Self::read(kept.trim(), place);
        }
        let random = SystemRandom::new();
        let pkcs8 =
            Ed25519KeyPair::generate_pkcs8(&random).map_err(|_| CredentialError::Strange)?;
        let draft = format!("{place}.first");
        write(folder, &draft, &hex(pkcs8.as_ref()))?;
        // Another program may do the same at this moment: the first that lies there counts for both.
        match std::fs::hard_link(folder.join(&draft), &path) {
            Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => {
                return Err(error.into());
            }
            Ok(()) | Err(_) => {}
        }
        std::fs::remove_file(folder.join(&draft))?;
        std::fs::File::open(folder)?.sync_all()?;
        Self::read(std::fs::read_to_string(&path)?.trim(), place)
    }

    fn read(pkcs8: &str, place: &'static str) -> Result<Self, CredentialError> {
        let pair = pair_of(pkcs8)?;
        Ok(Self {
            public_key: hex(pair.public_key().as_ref()),
            pkcs8: pkcs8.to_owned(),
            place,
        })
    }

    /// Keeps it as that of a device: the server knows it by now.
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
            pkcs8: self.pkcs8.clone(),
        };
        let text = serde_json::to_string(&kept).map_err(|_| CredentialError::Strange)?;
        write(folder, FILE, &text)
    }

    /// It is new no more.
    ///
    /// # Errors
    /// [`CredentialError::Io`].
    pub fn forget(&self, folder: &Path) -> Result<(), CredentialError> {
        match std::fs::remove_file(folder.join(self.place)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
            Ok(()) | Err(_) => Ok(()),
        }
    }
}

impl Signer {
    /// The device's id.
    #[must_use]
    pub fn device_id(&self) -> &str {
        &self.device_id
    }

    /// The store's id.
    #[must_use]
    pub fn store_id(&self) -> &str {
        &self.store_id
    }

    /// Its public key, as hexadecimal digits.
    #[must_use]
    pub fn public_key(&self) -> String {
        hex(self.pair.public_key().as_ref())
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
        Ok(Self::Signer(Arc::new(Signer {
            device_id: kept.device_id,
            store_id: kept.store_id,
            pair: pair_of(&kept.pkcs8)?,
        })))
    }

    /// The keys by which the server may know this device now, if it does not know `refused` (any
    /// more): another program has rotated the key, or the answer to that was lost.
    #[must_use]
    pub fn others(folder: &Path, refused: &Self) -> Vec<Self> {
        let Self::Signer(refused) = refused else {
            return Vec::new();
        };
        let kept = Self::load(folder).ok();
        let next = || {
            let written = std::fs::read_to_string(folder.join(NEXT)).ok()?;
            Some(Self::Signer(Arc::new(Signer {
                device_id: refused.device_id.clone(),
                store_id: refused.store_id.clone(),
                pair: pair_of(written.trim()).ok()?,
            })))
        };
        let is_another = |other: &Self| match other {
            Self::Signer(other) => other.public_key() != refused.public_key(),
            Self::Nobody | Self::Bearer(_) => true,
        };
        let all = [kept, next()];
        all.into_iter().flatten().filter(is_another).collect()
    }

    /// The server knows this device by this key: it is the one from now on.
    ///
    /// # Errors
    /// [`CredentialError::Io`]; then the key lies where it lay.
    pub fn proved(&self, folder: &Path) -> Result<(), CredentialError> {
        let Self::Signer(signer) = self else {
            return Ok(());
        };
        let next = NewPair::read(
            std::fs::read_to_string(folder.join(NEXT))
                .unwrap_or_default()
                .trim(),
            NEXT,
        );
        match next {
            Ok(next) if next.public_key == signer.public_key() => {
                next.keep(folder, &signer.device_id, &signer.store_id)?;
                next.forget(folder)
            }
            Ok(_) | Err(_) => Ok(()),
        }
    }

    /// Keeps a key that an operator handed over.
    ///
    /// # Errors
    /// [`CredentialError::Io`].
    pub fn keep_bearer(folder: &Path, key: &str) -> Result<(), CredentialError> {
        write(folder, FILE, key)
    }
}

fn pair_of(pkcs8: &str) -> Result<Ed25519KeyPair, CredentialError> {
    let bytes = unhex(pkcs8).ok_or(CredentialError::Strange)?;
    Ed25519KeyPair::from_pkcs8(&bytes).map_err(|_| CredentialError::Strange)
}

/// Writes the new file beside the old one, so that a crash leaves one of them whole.
fn write(folder: &Path, name: &str, text: &str) -> Result<(), CredentialError> {
    let draft = folder.join(format!("{name}.{}", std::process::id()));
    let mut file = std::fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&draft)?;
    writeln!(file, "{text}")?;
    file.sync_all()?;
    std::fs::rename(&draft, folder.join(name))?;
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
