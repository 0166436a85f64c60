//! Where a database is, as people may see it: everything of the URL but the password.

use super::refusal::Refusal;
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
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { role, hosts, name } = self;
        write!(f, "database {name} at {} as {role}", hosts.join(","))
    }
}

/// Reads a URL. What is missing in it is as libpq has it: port 5432, the database named like the role.
pub(super) fn read(url: &str) -> Result<(Place, Config), Refusal> {
    let starts = ["postgres://", "postgresql://"];
    if !starts.iter().any(|start| url.starts_with(start)) {
        let detail = "it begins with postgres://".to_owned();
        return Err(Refusal::NotAUrl { detail });
    }
    let config: Config = url.parse().map_err(|error: tokio_postgres::Error| {
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
    };
    if place.hosts.is_empty() {
        let detail = "it names no host".to_owned();
        return Err(Refusal::NotAUrl { detail });
    }
    match config.get_ssl_mode() {
        SslMode::Disable | SslMode::Prefer => Ok((place, config)),
        // Whatever else there is or will be asks for what we do not have.
        _ => Err(Refusal::WantsTls { place }),
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
        let refusal = read("postgres://ada:hush@db-1/shop?sslmode=require").unwrap_err();
        assert!(matches!(refusal, Refusal::WantsTls { .. }));
    }
}
