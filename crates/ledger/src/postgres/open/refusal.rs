//! Why a database was not opened. Each says what to do about it, and none was met after something had
//! been changed.

use super::place::Place;
use crate::postgres::fault::{Failure, Trouble, is_lost, said, tls_trouble};
use crate::postgres::schema::{SCHEMA, UPGRADE};
use std::error::Error as _;
use thiserror::Error;
use tokio_postgres::Error;
use tokio_postgres::error::SqlState;

/// Why a database was not opened. Nothing was changed in it.
#[derive(Debug, Error)]
pub enum Refusal {
    /// The text names no database.
    #[error(
        "this is not the URL of a database: {detail}; write postgres://user:password@host:port/name"
    )]
    NotAUrl {
        /// What is wrong with it.
        detail: String,
    },
    /// What the URL says about TLS cannot be done.
    #[error("the URL of the database asks for TLS that cannot be had: {detail}")]
    BadTls {
        /// What is wrong with it, and what to do.
        detail: String,
    },
    /// The server speaks no TLS.
    #[error(
        "{place} speaks no TLS; give it a certificate and run ALTER SYSTEM SET ssl = on and SELECT pg_reload_conf(), or leave sslmode out where the way is private"
    )]
    NoTls {
        /// Where.
        place: Place,
    },
    /// The server shows a certificate that proves nothing to us.
    #[error(
        "{place} shows a certificate that is not trusted: {detail}; name the certificate of its authority by sslrootcert=PATH in the URL, and the host as the certificate has it"
    )]
    Untrusted {
        /// Where.
        place: Place,
        /// What is wrong with it.
        detail: String,
    },
    /// Nobody answers.
    #[error(
        "{place} is not reached: {detail}; is PostgreSQL running there, and does it listen on that address?"
    )]
    Unreachable {
        /// Where.
        place: Place,
        /// What was seen.
        detail: String,
    },
    /// It does not know us.
    #[error(
        "{place} lets nobody in with this name and password: {detail}; put the right ones into the URL, or let the role in by a line in pg_hba.conf"
    )]
    WrongPassword {
        /// Where.
        place: Place,
        /// What it said.
        detail: String,
    },
    /// There is no such database.
    #[error("{place} does not exist; make it with: createdb --encoding=UTF8 --template=template0 {}", place.name)]
    NoDatabase {
        /// Where.
        place: Place,
    },
    /// There is such a database, and nothing in it.
    #[error(
        "there is no ledger in {place}: it is empty; name the database that servers were started with"
    )]
    NoLedger {
        /// Where.
        place: Place,
    },
    /// The role may not do what is needed.
    #[error("{place}: the role lacks rights; as the owner of the database, run: {grant}")]
    MissingRights {
        /// Where.
        place: Place,
        /// What gives them.
        grant: String,
    },
    /// An older program made the schema, and nobody has brought it up yet.
    #[error(
        "{place} has an older schema; start a server of this program there, which brings it up, and try again"
    )]
    NotBroughtUp {
        /// Where.
        place: Place,
    },
    /// An older program made the schema.
    #[error(
        "{place} has schema {found}, this program needs {SCHEMA}; make a backup, stop all servers, and run there: {UPGRADE}"
    )]
    Older {
        /// Where.
        place: Place,
        /// What it says.
        found: i32,
    },
    /// There is no ledger to read.
    #[error("{place} holds no ledger; name the database that does")]
    Empty {
        /// Where.
        place: Place,
    },
    /// The extension that spreads tables over a cluster is not there.
    #[error(
        "{place} has no Citus, which --citus is for; as a superuser run CREATE EXTENSION citus there, or leave --citus out"
    )]
    NoCitus {
        /// Where.
        place: Place,
    },
    /// A newer program made the schema.
    #[error(
        "{place} has schema {found} with rows of format {format}, which this program does not know; use a newer orihon"
    )]
    Newer {
        /// Where.
        place: Place,
        /// The schema's version.
        found: i32,
        /// The rows' version.
        format: i32,
    },
    /// There is a schema of our name that we did not make.
    #[error(
        "{place} has a schema orihon that is not a ledger: {what}; make a database of its own: createdb --encoding=UTF8 --template=template0 orihon"
    )]
    NotOurs {
        /// Where.
        place: Place,
        /// What is wrong with it.
        what: String,
    },
    /// There is a schema of the keyring's name that we did not make.
    #[error(
        "{place} has a schema orihon_keys that is not a keyring: {what}; put the keyring back from its backup, or name another database"
    )]
    NotAKeyring {
        /// Where.
        place: Place,
        /// What is wrong with it.
        what: String,
    },
    /// A newer program made the keyring.
    #[error(
        "the keyring in {place} has version {found}, which this program does not know; use a newer orihon"
    )]
    NewerKeyring {
        /// Where.
        place: Place,
        /// What it says.
        found: i32,
    },
    /// It holds other people's tables.
    #[error(
        "{place} holds other tables, such as {table}; make a database of its own: createdb --encoding=UTF8 --template=template0 orihon"
    )]
    Foreign {
        /// Where.
        place: Place,
        /// One of them.
        table: String,
    },
    /// The server is too old.
    #[error("{place} is of PostgreSQL {found}; orihon needs 15 or newer")]
    TooOld {
        /// Where.
        place: Place,
        /// What it says.
        found: String,
    },
    /// It cannot hold every name.
    #[error("{place} has encoding {found}; make one anew: createdb --encoding=UTF8 --template=template0 {}", place.name)]
    NotUtf8 {
        /// Where.
        place: Place,
        /// What it has.
        found: String,
    },
    /// It does not keep what it says it has.
    #[error(
        "{place} has {setting} = off: what it has answered is lost when the power goes; run ALTER SYSTEM SET {setting} = on and SELECT pg_reload_conf(), or, if it is off for this role or database alone, ALTER ROLE or ALTER DATABASE ... RESET {setting}"
    )]
    NotDurable {
        /// Where.
        place: Place,
        /// The setting.
        setting: &'static str,
    },
    /// Nobody can write there.
    #[error("{place} takes no writes: {what}; name the server that does")]
    ReadOnly {
        /// Where.
        place: Place,
        /// Why.
        what: &'static str,
    },
    /// Anything else.
    #[error(transparent)]
    Failure(#[from] Failure),
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self::Failure(error.into())
    }
}

/// Who is refused at `place`, while connecting or making the schema, and why.
pub(crate) fn refused(place: Place, error: Error) -> Refusal {
    let detail = said(&error);
    match tls_trouble(&error) {
        Some(Trouble::NoTls) => return Refusal::NoTls { place },
        Some(Trouble::Untrusted) => return Refusal::Untrusted { place, detail },
        None => {}
    }
    let Some(code) = error.code() else {
        // What is no answer of the server comes from the network, or from the greeting, in which we
        // had no password to give or could not give it in the form asked for.
        let is_about_names = error.source().is_some_and(is_about_names);
        return match (is_lost(&error), is_about_names) {
            (_, true) => Refusal::WrongPassword { place, detail },
            (true, false) => Refusal::Unreachable { place, detail },
            (false, false) => error.into(),
        };
    };
    if [
        SqlState::INVALID_PASSWORD,
        SqlState::INVALID_AUTHORIZATION_SPECIFICATION,
    ]
    .contains(code)
    {
        Refusal::WrongPassword { place, detail }
    } else if *code == SqlState::INVALID_CATALOG_NAME {
        Refusal::NoDatabase { place }
    } else if *code == SqlState::INSUFFICIENT_PRIVILEGE {
        let (name, role) = (quoted(&place.name), quoted(&place.role));
        Refusal::MissingRights {
            grant: format!("GRANT CONNECT, CREATE ON DATABASE {name} TO {role}"),
            place,
        }
    } else if *code == SqlState::READ_ONLY_SQL_TRANSACTION {
        Refusal::ReadOnly {
            place,
            what: "its transactions are read only",
        }
    } else if *code == SqlState::CANNOT_CONNECT_NOW {
        Refusal::Unreachable { place, detail }
    } else {
        error.into()
    }
}

fn is_about_names(source: &(dyn std::error::Error + 'static)) -> bool {
    source.to_string().contains("password")
}

/// A name as SQL has it, whatever is in it.
pub(crate) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
