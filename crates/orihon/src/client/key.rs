//! Whose key a request carries, and where an operator's key is found. A key is never printed.

use crate::client::error::ClientError;
use crate::client::{ServerArgs, is_local};
use reqwest::Url;
use reqwest::header::HeaderValue;
use std::fmt::{Display, Formatter};
use std::path::{Path, PathBuf};

/// The folder whose key is tried if nothing else is said.
pub(crate) const DATA_DEFAULT: &str = "./data";

/// The file in it.
pub(crate) const KEY_FILE: &str = "operator.key";

/// Where a key came from, for telling what to mend.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// The command line or the environment.
    Given,
    /// A file.
    File(PathBuf),
    /// A device of this store.
    Device(String),
    /// A person, on the command line or in the environment.
    Person,
}

impl Origin {
    /// What to do if the server does not take such a key.
    pub(crate) fn fix(&self) -> &'static str {
        match self {
            Self::Given => "",
            Self::Person => "; the operator gives a new one: orihon user token",
            Self::File(_) => "; name the right server's data folder with --data",
            Self::Device(_) => "; it may have been revoked: run the same again",
        }
    }
}

impl Display for Origin {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Given => f.write_str("the key of --operator-key or ORIHON_OPERATOR_KEY"),
            Self::File(path) => write!(f, "the key in {}", path.display()),
            Self::Person => f.write_str("the token of --token or ORIHON_TOKEN"),
            Self::Device(store_id) => write!(f, "the device key of store {store_id}"),
        }
    }
}

/// A key, ready to be sent.
#[derive(Clone)]
pub(crate) struct Key {
    header: HeaderValue,
    origin: Origin,
}

impl Key {
    /// Takes the text of a key.
    ///
    /// # Errors
    /// If it has not even the form of one.
    pub(crate) fn new(text: &str, origin: Origin) -> Result<Self, ClientError> {
        let text = text.trim();
        let prefix = match origin {
            Origin::Given | Origin::File(_) => "oro_",
            Origin::Device(_) => "ord_",
            Origin::Person => "oru_",
        };
        let header = HeaderValue::from_str(&format!("Bearer {text}"));
        match header {
            Ok(mut header) if text.starts_with(prefix) => {
                header.set_sensitive(true);
                Ok(Self { header, origin })
            }
            Ok(_) | Err(_) => Err(ClientError::NotAKey(origin)),
        }
    }

    /// The header's value.
    pub(crate) fn header(&self) -> HeaderValue {
        self.header.clone()
    }

    /// Where it came from.
    pub(crate) const fn origin(&self) -> &Origin {
        &self.origin
    }
}

/// The operator's key: the one given, or that of the data folder on this machine.
///
/// # Errors
/// If there is none, or it cannot be read.
pub(crate) fn find(args: &ServerArgs, address: &Url) -> Result<Key, ClientError> {
    if let Some(text) = args.operator_key.as_deref().filter(|text| !text.is_empty()) {
        return Key::new(text, Origin::Given);
    }
    // A local key would be given away if any address were offered it unasked.
    if args.data.is_none() && !is_local(address) {
        let base = address.as_str().trim_end_matches('/').to_owned();
        return Err(ClientError::NoKeyForRemote { base });
    }
    let folder = args.data.as_deref().unwrap_or(Path::new(DATA_DEFAULT));
    let path = folder.join(KEY_FILE);
    match std::fs::read_to_string(&path) {
        Ok(text) => Key::new(&text, Origin::File(path)),
        Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => {
            Err(ClientError::NoKey { looked_at: path })
        }
        Err(cause) => Err(ClientError::KeyFile { path, cause }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn args(operator_key: Option<&str>, data: Option<&Path>) -> ServerArgs {
        ServerArgs {
            server: String::new(),
            operator_key: operator_key.map(str::to_owned),
            data: data.map(Path::to_owned),
            ca_file: None,
        }
    }

    #[test]
    fn a_key_is_found_where_it_is_said_to_be() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(KEY_FILE), "oro_file\n").unwrap();
        let local = Url::parse("http://127.0.0.1:8470").unwrap();
        let remote = Url::parse("https://example.com").unwrap();
        let origin = |args: &ServerArgs, address: &Url| match find(args, address) {
            Ok(key) => key.origin().to_string(),
            Err(error) => error.to_string(),
        };
        let file = folder.path().join(KEY_FILE);
        let of_file = format!("the key in {}", file.display());
        let of_args = "the key of --operator-key or ORIHON_OPERATOR_KEY".to_owned();
        let data = Some(folder.path());
        assert_eq!(origin(&args(Some("oro_1"), data), &local), of_args);
        assert_eq!(origin(&args(None, data), &local), of_file);
        assert_eq!(origin(&args(None, data), &remote), of_file);
        assert!(origin(&args(None, None), &remote).contains("not on this machine"));
        assert!(origin(&args(Some("oru_1"), None), &local).contains("is not a key"));
        let elsewhere = folder.path().join("elsewhere");
        assert!(origin(&args(None, Some(&elsewhere)), &local).contains("no operator's key"));
    }
}
