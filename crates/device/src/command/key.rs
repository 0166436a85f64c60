//! `orihon-device key`: which key the server knows this device by, and a new one.

use super::tell;
use crate::clock::Clock;
use crate::credential::Credential;
use crate::database::Database;
use crate::rotation;
use crate::running;
use std::path::Path;
use std::process::ExitCode;

#[derive(Debug, clap::Subcommand)]
pub(super) enum Deed {
    /// Makes a new key pair and tells the server; the old one is worth nothing then. A device that
    /// runs notices it by itself.
    Rotate,
    /// Shows the public key.
    Show,
}

pub(super) async fn key(data: &Path, deed: &Deed, clock: &Clock) -> anyhow::Result<ExitCode> {
    let database = Database::open(data)?;
    match deed {
        Deed::Rotate => {
            let link = running::link(data, &database, clock)?;
            let public_key = rotation::rotate(data, &link).await?;
            database.log(
                clock.now(),
                None,
                "key",
                &format!("the key is {public_key} now"),
            )?;
            tell(format!("the server knows this device by {public_key} now"))?;
        }
        Deed::Show => match Credential::load(data)? {
            Credential::Signer(signer) => tell(signer.public_key())?,
            Credential::Bearer(_) | Credential::Nobody => {
                tell("a key that an operator made; join by a code to have a key pair")?;
            }
        },
    }
    Ok(ExitCode::SUCCESS)
}
