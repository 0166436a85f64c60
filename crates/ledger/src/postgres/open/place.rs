//! Where a database is, as people may see it: everything of the URL but the password.

use super::refusal::Refusal;
use super::tls::Privacy;
use std::path::PathBuf;
use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode};

/// A database's host, name and role. It is shown in messages and in the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Who we are there.
    pub role: String,
    /// Host and port, or the folder of a socket; several are possible.
    pub hosts: Vec<String>,
    /// The database.
    pub name: String,
    /// How private the way there is.
    pub privacy: Box<Privacy>,
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let hosts = self.hosts.join(",");
        let Self { role, name, .. } = self;
        let way = match self.privacy.as_ref() {
            Privacy::Open => "",
            Privacy::Encrypted => " (encrypted, the server not verified)",
            Privacy::Verified { .. } => " (encrypted)",
        };
        write!(f, "database {name} at {hosts} as {role}{way}")
    }
}

/// Reads a URL. What is missing in it is as libpq has it: port 5432, the database named like the role.
pub(super) fn read(url: &str) -> Result<(Place, Config), Refusal> {
    let starts = ["postgres://", "postgresql://"];
    if !starts.iter().any(|start| url.starts_with(start)) {
        let detail = "it begins with postgres://".to_owned();
        return Err(Refusal::NotAUrl { detail });
    }
    let (url, words) = split(url);
    let privacy = privacy(&words).map_err(|detail| Refusal::BadTls { detail })?;
    let mut config: Config = url.parse().map_err(|error: tokio_postgres::Error| {
        let detail = crate::postgres::fault::said(&error);
        Refusal::NotAUrl { detail }
    })?;
    let Some(role) = config.get_user() else {
        let detail = "it names no user".to_owned();
        return Err(Refusal::NotAUrl { detail });
    };
    let ports = config.get_ports();
    let port = |nth: usize| ports.get(nth).or(ports.first()).copied().unwrap_or(5_432);
    let hosts = config.get_hosts().iter().enumerate();
    let hosts: Vec<String> = hosts
        .map(|(nth, host)| match host {
            Host::Tcp(host) => format!("{host}:{}", port(nth)),
            Host::Unix(folder) => folder.display().to_string(),
        })
        .collect();
    let place = Place {
        role: role.to_owned(),
        name: config.get_dbname().unwrap_or(role).to_owned(),
        hosts,
        privacy: Box::new(privacy),
    };
    if place.hosts.is_empty() {
        let detail = "it names no host".to_owned();
        return Err(Refusal::NotAUrl { detail });
    }
    let is_socket = |host: &Host| matches!(host, Host::Unix(_));
    match place.privacy.as_ref() {
        Privacy::Open => config.ssl_mode(SslMode::Disable),
        Privacy::Encrypted | Privacy::Verified { .. }
            if config.get_hosts().iter().any(is_socket) =>
        {
            let detail =
                "a socket in the file system is private as it is; leave sslmode out".to_owned();
            return Err(Refusal::BadTls { detail });
        }
        Privacy::Encrypted | Privacy::Verified { .. } => config.ssl_mode(SslMode::Require),
    };
    Ok((place, config))
}

/// What is ours of a URL's words after `?`.
#[derive(Default)]
struct Words {
    mode: Option<String>,
    roots: Option<String>,
}

/// Takes the words about TLS out of a URL: the driver knows fewer of them than libpq.
fn split(url: &str) -> (String, Words) {
    let mut words = Words::default();
    let after_host = url.rfind('@').unwrap_or(0);
    let Some((start, query)) = url.split_at_checked(after_host).and_then(|(role, rest)| {
        rest.split_once('?')
            .map(|(host, query)| (format!("{role}{host}"), query))
    }) else {
        return (url.to_owned(), words);
    };
    let mut others = Vec::new();
    for word in query.split('&') {
        match word.split_once('=') {
            Some(("sslmode", mode)) => words.mode = Some(mode.to_owned()),
            Some(("sslrootcert", path)) => words.roots = Some(decoded(path)),
            Some(_) | None => others.push(word),
        }
    }
    if others.is_empty() {
        return (start, words);
    }
    (format!("{start}?{}", others.join("&")), words)
}

/// A word of a URL as it is meant: `%2F` is a slash.
fn decoded(word: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = word;
    while let Some((before, after)) = rest.split_once('%') {
        bytes.extend_from_slice(before.as_bytes());
        let code = after
            .get(..2)
            .and_then(|code| u8::from_str_radix(code, 16).ok());
        match code {
            Some(byte) => {
                bytes.push(byte);
                rest = after.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(b'%');
                rest = after;
            }
        }
    }
    bytes.extend_from_slice(rest.as_bytes());
    String::from_utf8_lossy(&bytes).into_owned()
}

fn privacy(words: &Words) -> Result<Privacy, String> {
    let roots = words.roots.as_ref().map(PathBuf::from);
    match (words.mode.as_deref(), roots) {
        (None | Some("disable"), None) => Ok(Privacy::Open),
        (Some("require"), None) => Ok(Privacy::Encrypted),
        (Some("verify-full"), roots) => Ok(Privacy::Verified { roots }),
        (None | Some("disable" | "require"), Some(_)) => {
            Err("sslrootcert goes with sslmode=verify-full; write that as well".to_owned())
        }
        (Some(mode), _) => Err(format!(
            "sslmode={mode} does not say who answers; write verify-full, or require to encrypt \
             without looking who answers, or disable"
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_shown_without_its_password() {
        let rows = [
            (
                "postgres://ada:hush@db-1:5433,db-2/shop",
                "database shop at db-1:5433,db-2:5432 as ada",
            ),
            (
                "postgresql://ada@localhost",
                "database ada at localhost:5432 as ada",
            ),
            (
                "postgres://ada@%2Frun%2Fpg/shop",
                "database shop at /run/pg as ada",
            ),
            (
                "postgres://ada@/shop?host=/run/pg",
                "database shop at /run/pg as ada",
            ),
        ];
        for (url, expected) in rows {
            let (place, _) = read(url).unwrap();
            assert_eq!(place.to_string(), expected, "{url}");
        }
    }

    #[test]
    fn what_is_no_url_is_refused_without_its_password() {
        let rows = [
            "host=db-1 password=hush",
            "postgres://ada:hush@db-1:port/shop",
            "postgres://ada:hush@db-1/shop?fsync=hush",
            "postgres://db-1/shop",
            "postgres:///shop?password=hush&user=ada",
            "mysql://ada:hush@db-1/shop",
            "",
        ];
        for url in rows {
            let refusal = read(url).unwrap_err();
            assert!(matches!(refusal, Refusal::NotAUrl { .. }), "{url}");
            assert!(!refusal.to_string().contains("hush"), "{refusal}");
        }
    }

    #[test]
    fn tls_is_asked_for_in_the_words_of_libpq() {
        let rows = [
            ("", "open"),
            ("?sslmode=disable", "open"),
            ("?connect_timeout=2&sslmode=disable", "open"),
            ("?sslmode=require", "encrypted"),
            ("?sslmode=verify-full", "verified by the system"),
            (
                "?sslmode=verify-full&sslrootcert=/etc/ca.pem",
                "verified by /etc/ca.pem",
            ),
            (
                "?sslrootcert=%2Fetc%2Fca%201.pem&sslmode=verify-full",
                "verified by /etc/ca 1.pem",
            ),
            ("?sslmode=prefer", "refused: write verify-full"),
            ("?sslmode=verify-ca", "refused: write verify-full"),
            ("?sslmode=", "refused: write verify-full"),
            ("?sslrootcert=/etc/ca.pem", "refused: write that as well"),
            (
                "?sslmode=require&sslrootcert=/etc/ca.pem",
                "refused: write that as well",
            ),
            (
                "?sslmode=verify-full&host=/run/pg",
                "refused: leave sslmode out",
            ),
        ];
        for (words, expected) in rows {
            let found = match read(&format!("postgres://ada:hush@db-1/shop{words}")) {
                Ok((place, config)) => match *place.privacy {
                    Privacy::Open => {
                        assert_eq!(config.get_ssl_mode(), SslMode::Disable, "{words}");
                        "open".to_owned()
                    }
                    Privacy::Encrypted => "encrypted".to_owned(),
                    Privacy::Verified { roots: None } => "verified by the system".to_owned(),
                    Privacy::Verified { roots: Some(roots) } => {
                        assert_eq!(config.get_ssl_mode(), SslMode::Require, "{words}");
                        format!("verified by {}", roots.display())
                    }
                },
                Err(refusal) => refusal.to_string(),
            };
            let (is_refused, wanted) = match expected.strip_prefix("refused: ") {
                Some(fix) => (true, fix),
                None => (false, expected),
            };
            assert!(found.contains(wanted), "{words}: {found}");
            assert_eq!(found == expected, !is_refused, "{words}: {found}");
        }
    }
}
