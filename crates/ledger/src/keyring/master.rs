//! The master key, a file of its own, and what it does: it wraps data keys, seals the server's secret,
//! and tells whether it is the one that a keyring was made with. Where wrapped keys lie is not known
//! here.

use super::{Entropy, hex, unhex, write_private};
use crate::fault::{Fault, OpenError};
use crate::seal::{DataKey, wipe};
use std::fs::{self, DirBuilder, File};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

/// The key that wraps all others.
pub(super) struct Master {
    path: PathBuf,
    key: DataKey,
}

/// Whether the master key lay there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// It did.
    Found,
    /// It was made now.
    Made,
}

impl Master {
    /// The file that holds it.
    pub(super) fn path_in(folder: &Path) -> PathBuf {
        folder.join("master.key")
    }

    /// The key in `folder`; one is made if there is none. Of two who do so at once in one folder, one
    /// makes it. It is durable and whole when it has its name.
    pub(super) fn find_or_make(
        folder: &Path,
        entropy: &Entropy,
    ) -> Result<(Self, Origin), OpenError> {
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)?;
        let here = File::open(folder)?;
        here.lock()?;
        let path = Self::path_in(folder);
        if path.exists() {
            return Ok((Self::read(folder)?, Origin::Found));
        }
        let mut bytes = [0; 32];
        entropy(&mut bytes);
        let making = folder.join("master.key.making");
        if making.exists() {
            fs::remove_file(&making)?;
        }
        write_private(&making, &format!("{}\n", hex(&bytes)))?;
        fs::rename(&making, &path)?;
        here.sync_all()?;
        let key = DataKey::new(bytes);
        Ok((Self { path, key }, Origin::Made))
    }

    /// The key in `folder`.
    pub(super) fn read(folder: &Path) -> Result<Self, OpenError> {
        let path = Self::path_in(folder);
        let text = fs::read_to_string(&path)?;
        let bytes = unhex(text.trim()).ok_or_else(|| {
            Fault::damaged(format!(
                "{} does not hold a master key (64 hexadecimal digits)",
                path.display()
            ))
        })?;
        let key = DataKey::new(bytes);
        Ok(Self { path, key })
    }

    /// Takes away a key that was made a moment ago and wraps nothing.
    pub(super) fn discard(self) -> Result<(), OpenError> {
        fs::remove_file(&self.path)?;
        Ok(())
    }

    /// The first bytes of its hash: enough to tell keys apart, nothing to open with.
    pub(super) fn id(&self) -> [u8; 4] {
        let hash = ring::digest::digest(&ring::digest::SHA256, self.key.bytes());
        hash.as_ref()
            .first_chunk::<4>()
            .copied()
            .unwrap_or_default()
    }

    /// Wraps a data key and binds it to `context`.
    pub(super) fn wrap(&self, nonce: [u8; 12], context: &[u8], key: &DataKey) -> Vec<u8> {
        self.key.seal(nonce, context, key.bytes())
    }

    /// Opens what [`Master::wrap`] made.
    ///
    /// # Errors
    /// [`Fault::Damaged`] if a bit of it or of the context differs.
    pub(super) fn unwrap(&self, context: &[u8], wrapped: &[u8]) -> Result<DataKey, Fault> {
        let mut opened = self.key.open(context, wrapped)?;
        let key = <[u8; 32]>::try_from(opened.as_slice());
        wipe(&mut opened);
        let key = key.map_err(|_| Fault::damaged("a wrapped key has another length"))?;
        Ok(DataKey::new(key))
    }
}

/// What a keyring says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Head {
    /// Whose keys these are.
    pub(super) ledger_id: [u8; 16],
    /// The id of the master key.
    pub(super) master_id: [u8; 4],
    /// The server's secret, sealed by the master key and bound to the ledger.
    pub(super) secret: Vec<u8>,
}

impl Head {
    /// The head of a new keyring, and the secret that is made for it.
    pub(super) fn new(master: &Master, ledger_id: [u8; 16], entropy: &Entropy) -> (Self, [u8; 32]) {
        let mut secret = [0; 32];
        entropy(&mut secret);
        (Self::of(master, ledger_id, &secret, entropy), secret)
    }

    /// The head of a keyring to which a ledger moves that has its secret already.
    pub(super) fn of(
        master: &Master,
        ledger_id: [u8; 16],
        secret: &[u8; 32],
        entropy: &Entropy,
    ) -> Self {
        let mut nonce = [0; 12];
        entropy(&mut nonce);
        Self {
            ledger_id,
            master_id: master.id(),
            secret: master.key.seal(nonce, &ledger_id, secret),
        }
    }

    /// The server's secret. `keyring` is where this head was found, as people see it.
    ///
    /// # Errors
    /// [`OpenError::WrongMasterKey`] if it is not the one that the keyring was made with.
    pub(super) fn open(&self, master: &Master, keyring: String) -> Result<[u8; 32], OpenError> {
        let secret = match master.key.open(&self.ledger_id, &self.secret) {
            Ok(secret) if self.master_id == master.id() => secret,
            Ok(_) | Err(_) => {
                return Err(OpenError::WrongMasterKey {
                    master: master.path.clone(),
                    keyring,
                    given: hex(&master.id()),
                    wanted: hex(&self.master_id),
                });
            }
        };
        let secret = <[u8; 32]>::try_from(secret)
            .map_err(|_| Fault::damaged("the keyring's secret has another length"))?;
        Ok(secret)
    }
}
