//! Where the server's certificates come from: files of the operator's, or a small authority of its own, and how
//! both stay fresh without a restart. How TLS is spoken is the door's.

use crate::clock::Clock;
use crate::site::Site;
use door::tls::{Files, FilesError, Identity, Tls};
use hosts::Hosts;
use purchase::time::Timestamp;
use std::net::SocketAddr;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use thiserror::Error;

pub use authority::{Authority, AuthorityError};

mod authority;
pub mod hosts;

/// How often is looked whether another certificate is due.
const LOOK_EVERY: Duration = Duration::from_mins(1);
/// The folder of the local authority, among the keys.
const FOLDER: &str = "tls";
/// The port that browsers leave out of an address.
const USUAL_PORT: u16 = 443;

/// Where certificates come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// Files that somebody else renews.
    Files(Files),
    /// An authority that is made on the spot, and that devices have to be told to trust.
    Local,
}

/// Why there are no certificates.
#[derive(Debug, Error)]
pub enum TlsError {
    /// The files do not serve.
    #[error(transparent)]
    Files(#[from] FilesError),
    /// The authority does not serve.
    #[error(transparent)]
    Authority(#[from] AuthorityError),
}

/// Certificates at work.
pub struct Standing {
    /// For the door.
    pub tls: Tls,
    /// The server's own certificate, as it was at the start.
    pub certificate: door::tls::Certificate,
    /// Who vouches for the server, if that is its own authority.
    pub authority: Option<Arc<Authority>>,
}

/// Proves the files, or opens the authority in the folder of the keys. `own` are the hosts by which the
/// server is reached.
///
/// # Errors
/// [`TlsError`] says what is wrong and what to do.
pub fn stand(
    source: &Source,
    keys: &Path,
    own: &Hosts,
    now: Timestamp,
) -> Result<Standing, TlsError> {
    let (identity, authority) = match source {
        Source::Files(files) => {
            let identity = files.read(seconds(now))?;
            warn_of_readers(&files.key);
            (identity, None)
        }
        Source::Local => {
            let all = own.all(|_| true);
            let authority = Authority::open(&keys.join(FOLDER), &all, now)?;
            let identity = vouched(&authority, own, now)?;
            (identity, Some(Arc::new(authority)))
        }
    };
    Ok(Standing {
        certificate: identity.certificate().clone(),
        tls: Tls::new(identity),
        authority,
    })
}

/// Some ways to run a program hand over every file so, and it may be alone on its machine: no reason not to start.
fn warn_of_readers(key: &Path) {
    let mode = std::fs::metadata(key).map(|about| about.mode());
    if mode.is_ok_and(|mode| mode & 0o007 != 0) {
        tracing::warn!(
            key = %key.display(),
            "others on this machine may read the private key of TLS: chmod o-rwx it"
        );
    }
}

/// Keeps certificates fresh for as long as the server runs: files are looked at, and the authority makes
/// another certificate when this one nears its end or the machine has other addresses.
pub(crate) async fn keep_fresh(
    source: Source,
    standing: Standing,
    own: impl Fn() -> Hosts + Send,
    clock: Clock,
) {
    match (source, standing.authority) {
        (Source::Files(files), _) => {
            let now_s = move || seconds(clock.now());
            files.watch(standing.tls, LOOK_EVERY, now_s).await;
        }
        (Source::Local, Some(authority)) => {
            let (mut certificate, mut hosts) = (standing.certificate, own());
            loop {
                tokio::time::sleep(LOOK_EVERY).await;
                let (now, current) = (clock.now(), own());
                if hosts == current && !authority::is_ending(&certificate, now) {
                    continue;
                }
                match vouched(&authority, &current, now) {
                    Ok(identity) => {
                        tracing::info!("another certificate was made");
                        certificate = identity.certificate().clone();
                        standing.tls.replace(identity);
                    }
                    Err(error) => {
                        tracing::warn!(%error, "no other certificate was made; the old one goes on");
                    }
                }
                hosts = current;
            }
        }
        // An authority of its own is made whenever that is the source.
        (Source::Local, None) => {}
    }
}

/// An identity for all hosts that the authority may vouch for. Those that were said it has to; what the machine says
/// of itself may change, and nobody should be shut out by that.
fn vouched(authority: &Authority, own: &Hosts, now: Timestamp) -> Result<Identity, AuthorityError> {
    authority
        .identity(&own.all(|_| true), now)
        .or_else(|_| authority.identity(&own.all(authority::is_private), now))
}

/// Where people reach a server that was not told: by the first name in its certificate, if somebody else
/// made that, or else by the host of which the machine is sure.
#[must_use]
pub fn usual_site(source: &Source, identity: &door::tls::Certificate, listen: SocketAddr) -> Site {
    let named = identity.hosts.iter().find(|host| !host.starts_with("*."));
    let host = match (source, named) {
        (Source::Files(_), Some(named)) => hosts::in_address(named),
        (Source::Files(_), None) | (Source::Local, _) => hosts::nearest(listen),
    };
    let port = match listen.port() {
        USUAL_PORT => String::new(),
        port => format!(":{port}"),
    };
    Site::guessed(&format!("https://{host}{port}"))
}

fn seconds(now: Timestamp) -> i64 {
    now.ms().div_euclid(1_000)
}

/// Looks at files before anything else is opened: a certificate that does not serve must not cost a
/// look through a large ledger.
pub(crate) fn look_ahead(source: &Source, now: Timestamp) -> Result<(), TlsError> {
    match source {
        Source::Files(files) => files.read(seconds(now)).map(drop).map_err(TlsError::from),
        Source::Local => Ok(()),
    }
}
