//! The configuration file: TOML with the same names as the options. Options and environment win
//! over it; a name it does not know is an error with the nearest one that it does.

use anyhow::{Context, anyhow};
use std::path::{Path, PathBuf};

/// Every key that a file may hold.
const KEYS: [&str; 12] = [
    "data",
    "keys",
    "listen",
    "metrics_listen",
    "catalogue_mib",
    "connections_max",
    "ledger",
    "keyring",
    "database_connections",
    "tls_cert",
    "tls_key",
    "tls_local",
];

/// What a file says.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct File {
    pub(crate) data: Option<PathBuf>,
    pub(crate) keys: Option<PathBuf>,
    pub(crate) listen: Option<String>,
    pub(crate) metrics_listen: Option<String>,
    pub(crate) catalogue_mib: Option<usize>,
    pub(crate) connections_max: Option<usize>,
    pub(crate) ledger: Option<String>,
    pub(crate) keyring: Option<String>,
    pub(crate) database_connections: Option<usize>,
    pub(crate) tls_cert: Option<PathBuf>,
    pub(crate) tls_key: Option<PathBuf>,
    pub(crate) tls_local: Option<bool>,
}

/// Reads a file.
pub(crate) fn read(path: &Path) -> anyhow::Result<File> {
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("the configuration {} could not be read", path.display()))?;
    parse(&text).with_context(|| format!("in the configuration {}", path.display()))
}

fn parse(text: &str) -> anyhow::Result<File> {
    let table: toml::Table = toml::from_str(text)?;
    let mut file = File::default();
    for (key, value) in table {
        match key.as_str() {
            "data" => file.data = Some(string(&key, &value)?.into()),
            "keys" => file.keys = Some(string(&key, &value)?.into()),
            "listen" => file.listen = Some(string(&key, &value)?),
            "metrics_listen" => file.metrics_listen = Some(string(&key, &value)?),
            "catalogue_mib" => file.catalogue_mib = Some(number(&key, &value)?),
            "connections_max" => file.connections_max = Some(number(&key, &value)?),
            "ledger" => file.ledger = Some(string(&key, &value)?),
            "keyring" => file.keyring = Some(string(&key, &value)?),
            "database_connections" => file.database_connections = Some(number(&key, &value)?),
            "tls_cert" => file.tls_cert = Some(string(&key, &value)?.into()),
            "tls_key" => file.tls_key = Some(string(&key, &value)?.into()),
            "tls_local" => file.tls_local = Some(yes_or_no(&key, &value)?),
            _ => return Err(unknown(&key)),
        }
    }
    Ok(file)
}

fn unknown(key: &str) -> anyhow::Error {
    let nearest = KEYS.iter().max_by(|left, right| {
        strsim::jaro_winkler(key, left).total_cmp(&strsim::jaro_winkler(key, right))
    });
    match nearest {
        Some(nearest) if strsim::jaro_winkler(key, nearest) > 0.7 => {
            anyhow!("unknown key \"{key}\"; did you mean \"{nearest}\"?")
        }
        _ => anyhow!("unknown key \"{key}\"; the keys are {}", KEYS.join(", ")),
    }
}

fn string(key: &str, value: &toml::Value) -> anyhow::Result<String> {
    value
        .as_str()
        .map(str::to_owned)
        .ok_or_else(|| anyhow!("\"{key}\" takes a text in quotes"))
}

fn number(key: &str, value: &toml::Value) -> anyhow::Result<usize> {
    value
        .as_integer()
        .and_then(|number| usize::try_from(number).ok())
        .ok_or_else(|| anyhow!("\"{key}\" takes a whole number"))
}

fn yes_or_no(key: &str, value: &toml::Value) -> anyhow::Result<bool> {
    value
        .as_bool()
        .ok_or_else(|| anyhow!("\"{key}\" takes true or false, without quotes"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_and_a_typing_error_is_answered_with_the_nearest_key() {
        let file = parse("data = \"/srv/orihon\"\ncatalogue_mib = 64\n").expect("well formed");
        assert_eq!(file.data, Some("/srv/orihon".into()));
        assert_eq!(file.catalogue_mib, Some(64));
        let rows = [
            (
                "lisen = \"127.0.0.1:1\"",
                "unknown key \"lisen\"; did you mean \"listen\"?",
            ),
            (
                "tls_local = \"true\"",
                "\"tls_local\" takes true or false, without quotes",
            ),
            ("listen = 8470", "\"listen\" takes a text in quotes"),
            (
                "catalogue_mib = -1",
                "\"catalogue_mib\" takes a whole number",
            ),
        ];
        for (text, expected) in rows {
            let error = parse(text).expect_err(text).to_string();
            assert_eq!(error, expected, "{text}");
        }
        assert!(
            parse("zzz = 1")
                .expect_err("unknown")
                .to_string()
                .contains("the keys are data")
        );
    }
}
