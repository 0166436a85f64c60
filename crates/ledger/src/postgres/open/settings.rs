//! Whether a server can be trusted with purchases: its version, its encoding, and whether an answer of
//! it means that something is on the disk. The questions are asked in one place and judged in another.

use super::place::Place;
use super::refusal::Refusal;
use deadpool_postgres::GenericClient;
use tokio_postgres::Error;

/// Whether a database must keep what it says it has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Durability {
    /// Always, in service.
    #[default]
    Required,
    /// It need not. Only for tests that are about something else.
    Waived,
}

/// The oldest version whose SQL is ours.
const VERSION_MIN: i32 = 150_000;

/// What a server says of itself. A setting that it does not know is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Settings {
    version: i32,
    version_shown: String,
    encoding: String,
    fsync: Option<String>,
    synchronous_commit: Option<String>,
    full_page_writes: Option<String>,
    is_replica: bool,
    is_read_only: bool,
}

const QUESTION: &str = "SELECT current_setting('server_version_num')::integer, \
     current_setting('server_version'), current_setting('server_encoding'), \
     current_setting('fsync', true), current_setting('synchronous_commit', true), \
     current_setting('full_page_writes', true), pg_is_in_recovery(), \
     current_setting('default_transaction_read_only', true) IS NOT DISTINCT FROM 'on'";

/// Asks a server.
pub(super) async fn read(client: &impl GenericClient) -> Result<Settings, Error> {
    let row = client.query_one(QUESTION, &[]).await?;
    Ok(Settings {
        version: row.try_get(0)?,
        version_shown: row.try_get(1)?,
        encoding: row.try_get(2)?,
        fsync: row.try_get(3)?,
        synchronous_commit: row.try_get(4)?,
        full_page_writes: row.try_get(5)?,
        is_replica: row.try_get(6)?,
        is_read_only: row.try_get(7)?,
    })
}

impl Settings {
    /// Judges what was said.
    pub(super) fn judge(self, place: &Place, durability: Durability) -> Result<(), Refusal> {
        let place = place.clone();
        if self.version < VERSION_MIN {
            let found = self.version_shown;
            return Err(Refusal::TooOld { place, found });
        }
        if self.encoding != "UTF8" {
            let found = self.encoding;
            return Err(Refusal::NotUtf8 { place, found });
        }
        let what = match (self.is_replica, self.is_read_only) {
            (true, _) => Some("it is a replica"),
            (false, true) => Some("default_transaction_read_only is on"),
            (false, false) => None,
        };
        if let Some(what) = what {
            return Err(Refusal::ReadOnly { place, what });
        }
        match durability {
            Durability::Waived => return Ok(()),
            Durability::Required => {}
        }
        let settings = [
            ("fsync", self.fsync),
            ("synchronous_commit", self.synchronous_commit),
            ("full_page_writes", self.full_page_writes),
        ];
        let off = settings
            .into_iter()
            .find(|(_, value)| value.as_deref() == Some("off"));
        match off {
            Some((setting, _)) => Err(Refusal::NotDurable { place, setting }),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fit() -> Settings {
        let on = || Some("on".to_owned());
        Settings {
            version: 150_018,
            version_shown: "15.18".to_owned(),
            encoding: "UTF8".to_owned(),
            fsync: on(),
            synchronous_commit: on(),
            full_page_writes: on(),
            is_replica: false,
            is_read_only: false,
        }
    }

    fn judged(settings: Settings, durability: Durability) -> String {
        let place = Place {
            role: "ada".to_owned(),
            hosts: vec!["db-1:5432".to_owned()],
            name: "shop".to_owned(),
        };
        match settings.judge(&place, durability) {
            Ok(()) => String::new(),
            Err(refusal) => refusal.to_string(),
        }
    }

    #[test]
    fn a_server_is_judged_by_what_it_says() {
        let off = || Some("off".to_owned());
        let rows = [
            (fit(), ""),
            (
                Settings {
                    version: 149_999,
                    version_shown: "14.9".to_owned(),
                    ..fit()
                },
                "PostgreSQL 14.9; orihon needs 15",
            ),
            (
                Settings {
                    encoding: "SQL_ASCII".to_owned(),
                    ..fit()
                },
                "encoding SQL_ASCII; make one anew: createdb",
            ),
            (
                Settings {
                    is_replica: true,
                    ..fit()
                },
                "it is a replica",
            ),
            (
                Settings {
                    is_read_only: true,
                    ..fit()
                },
                "default_transaction_read_only is on",
            ),
            (
                Settings {
                    fsync: off(),
                    ..fit()
                },
                "fsync = off",
            ),
            (
                Settings {
                    synchronous_commit: off(),
                    ..fit()
                },
                "synchronous_commit = off",
            ),
            (
                Settings {
                    full_page_writes: off(),
                    ..fit()
                },
                "full_page_writes = off",
            ),
            // Databases that are compatible have other means than these.
            (
                Settings {
                    fsync: None,
                    synchronous_commit: Some("remote_apply".to_owned()),
                    full_page_writes: None,
                    ..fit()
                },
                "",
            ),
        ];
        for (settings, expected) in rows {
            let found = judged(settings.clone(), Durability::Required);
            assert!(found.contains(expected), "{found}");
            assert_eq!(found.is_empty(), expected.is_empty(), "{found}");
            let waived = judged(settings, Durability::Waived);
            assert_eq!(
                waived.is_empty(),
                expected.is_empty() || expected.ends_with("off")
            );
        }
    }
}
