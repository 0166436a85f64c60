//! An identity in two files, and the look at them now and then, so that a renewed certificate is used
//! without a restart.
//!
//! A new pair that cannot be used changes nothing and is told once. Files are read whole, within a bound.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::time::{MissedTickBehavior, interval};

use super::{Identity, IdentityError, Tls};

/// A chain of sixteen certificates fits many times over.
const FILE_BYTES_MAX: u64 = 1024 * 1024;

/// Where an identity is, both files PEM. They may be one and the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Files {
    /// The server's certificate, and those that vouch for it behind it.
    pub chain: PathBuf,
    /// Its private key.
    pub key: PathBuf,
}

/// Why files give no identity.
#[derive(Debug, thiserror::Error)]
pub enum FilesError {
    #[error("{} does not exist; name the file with the {what}", path.display())]
    Missing { path: PathBuf, what: &'static str },
    #[error(
        "{} may not be read by the user that the server runs as; make that user its owner, or give it to a \
         group of that user: chgrp GROUP FILE && chmod 640 FILE", path.display()
    )]
    Denied { path: PathBuf },
    #[error("{} cannot be read: {source}", path.display())]
    Failed { path: PathBuf, source: io::Error },
    #[error("{}: {source}", path.display())]
    Unfit {
        path: PathBuf,
        source: IdentityError,
    },
}

/// What was read, usable or not.
#[derive(PartialEq, Eq)]
struct Contents {
    chain: Vec<u8>,
    key: Vec<u8>,
}

impl Files {
    /// Reads and proves both, as of `now_s`, in seconds since 1970.
    ///
    /// # Errors
    /// [`FilesError`] says which file is at fault, and what to do.
    pub fn read(&self, now_s: i64) -> Result<Identity, FilesError> {
        self.prove(&self.contents()?, now_s)
    }

    /// Looks at the files once in each `period`, and puts what they hold in the place of what `tls`
    /// has. `now_s` tells the time in seconds since 1970. Never ends.
    pub async fn watch(self, tls: Tls, period: Duration, now_s: impl Fn() -> i64) {
        let mut seen = self.contents().ok();
        let mut rounds = interval(period);
        rounds.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut is_gone = false;
        loop {
            rounds.tick().await;
            let contents = match self.contents() {
                Ok(contents) => contents,
                Err(error) => {
                    if !std::mem::replace(&mut is_gone, true) {
                        tracing::warn!(%error, "the certificate cannot be read; the old one goes on");
                    }
                    continue;
                }
            };
            is_gone = false;
            if seen.as_ref() == Some(&contents) {
                continue;
            }
            match self.prove(&contents, now_s()) {
                Ok(identity) => {
                    let ends = identity.certificate().ends();
                    tls.replace(identity);
                    tracing::info!(%ends, "the certificate was renewed");
                }
                // Files are written one after the other: the next look may find a pair.
                Err(error) => {
                    tracing::warn!(%error, "the new certificate cannot be used; the old one goes on");
                }
            }
            seen = Some(contents);
        }
    }

    fn contents(&self) -> Result<Contents, FilesError> {
        Ok(Contents {
            chain: read(&self.chain, "certificate")?,
            key: read(&self.key, "private key")?,
        })
    }

    fn prove(
        &self,
        Contents { chain, key }: &Contents,
        now_s: i64,
    ) -> Result<Identity, FilesError> {
        Identity::read(chain, key, now_s).map_err(|source| {
            let path = match &source {
                IdentityError::NoKey | IdentityError::LockedKey | IdentityError::StrangeKey => {
                    &self.key
                }
                IdentityError::NoCertificate
                | IdentityError::Damaged(_)
                | IdentityError::TooMany
                | IdentityError::WrongOrder(_)
                | IdentityError::OtherKey
                | IdentityError::BrokenChain(_)
                | IdentityError::Ended(_)
                | IdentityError::NotYet(_) => &self.chain,
            };
            let path = path.clone();
            FilesError::Unfit { path, source }
        })
    }
}

fn read(path: &Path, what: &'static str) -> Result<Vec<u8>, FilesError> {
    let mut bytes = Vec::new();
    let outcome =
        File::open(path).and_then(|file| file.take(FILE_BYTES_MAX).read_to_end(&mut bytes));
    let path = path.to_owned();
    match outcome {
        Ok(_) => Ok(bytes),
        Err(error) => Err(match error.kind() {
            io::ErrorKind::NotFound => FilesError::Missing { path, what },
            io::ErrorKind::PermissionDenied => FilesError::Denied { path },
            _ => FilesError::Failed {
                path,
                source: error,
            },
        }),
    }
}
