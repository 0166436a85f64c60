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
    /// Nothing is written to it, so that a replica will do, and a copy that keeps nothing.
    OnlyRead,
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
        match (what, durability) {
            (_, Durability::OnlyRead) => return Ok(()),
            (Some(what), Durability::Required | Durability::Waived) => {
                return Err(Refusal::ReadOnly { place, what });
            }
            (None, Durability::Waived) => return Ok(()),
            (None, Durability::Required) => {}
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
mod tests;
