//! The options by which `serve` speaks TLS, and where its certificates come from by them.

use crate::config;
use anyhow::bail;
use door::tls::Files;
use server::tls::Source;
use std::path::PathBuf;

/// Options of TLS.
#[derive(clap::Args)]
pub(crate) struct TlsArgs {
    /// Speaks TLS with this certificate (PEM), those that vouch for it behind it; read anew when it changes
    #[arg(long, value_name = "FILE", env = "ORIHON_TLS_CERT")]
    tls_cert: Option<PathBuf>,
    /// The private key of that certificate (PEM)
    #[arg(long, value_name = "FILE", env = "ORIHON_TLS_KEY")]
    tls_key: Option<PathBuf>,
    /// Speaks TLS with a certificate by an authority of its own; /trust helps devices to trust it
    #[arg(long, env = "ORIHON_TLS_LOCAL")]
    tls_local: bool,
}

/// Where certificates come from; from nowhere if none of it was said.
pub(super) fn source(args: TlsArgs, file: &config::File) -> anyhow::Result<Option<Source>> {
    let chain = args.tls_cert.or(file.tls_cert.clone());
    let key = args.tls_key.or(file.tls_key.clone());
    let is_local = args.tls_local || file.tls_local == Some(true);
    match (chain, key, is_local) {
        (None, None, false) => Ok(None),
        (None, None, true) => Ok(Some(Source::Local)),
        (Some(chain), Some(key), false) => Ok(Some(Source::Files(Files { chain, key }))),
        (Some(_), _, true) | (_, Some(_), true) => {
            bail!(
                "--tls-local makes its own certificate; leave it out, or --tls-cert and --tls-key"
            )
        }
        (Some(_), None, false) => {
            bail!("--tls-cert needs the private key that belongs to it: --tls-key FILE")
        }
        (None, Some(_), false) => {
            bail!("--tls-key needs the certificate that belongs to it: --tls-cert FILE")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn certificates_come_from_one_place() {
        let check = |cert: Option<&str>, key: Option<&str>, tls_local: bool, expected: &str| {
            let args = TlsArgs {
                tls_cert: cert.map(PathBuf::from),
                tls_key: key.map(PathBuf::from),
                tls_local,
            };
            let found = source(args, &config::File::default());
            let told = match found {
                Ok(None) => "plain".to_owned(),
                Ok(Some(Source::Local)) => "local".to_owned(),
                Ok(Some(Source::Files(files))) => {
                    format!("{} {}", files.chain.display(), files.key.display())
                }
                Err(error) => error.to_string(),
            };
            assert_eq!(told, expected);
        };
        check(None, None, false, "plain");
        check(None, None, true, "local");
        check(Some("a.pem"), Some("a.key"), false, "a.pem a.key");
        let needs = "--tls-cert needs the private key that belongs to it: --tls-key FILE";
        check(Some("a.pem"), None, false, needs);
        let needs = "--tls-key needs the certificate that belongs to it: --tls-cert FILE";
        check(None, Some("a.key"), false, needs);
        let both =
            "--tls-local makes its own certificate; leave it out, or --tls-cert and --tls-key";
        check(Some("a.pem"), Some("a.key"), true, both);
        check(None, Some("a.key"), true, both);
    }
}
