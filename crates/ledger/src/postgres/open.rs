//! The way to a database: where it is, whether it can be trusted with purchases, and whose it is. Only
//! an empty one gets the schema; whatever else is found there is left as it is.
//!
//! The way is encrypted if the URL says so; a socket in the file system needs no encryption.

use super::fault::{Failure, takes_no_writes};
use super::moving::{Steps, standing};
use super::schema::{Room, bring_up, make};
use crate::embedded::open::FORMAT;
pub(crate) use contents::{Contents, look};
use deadpool_postgres::{
    Client, Manager, ManagerConfig, Pool, PoolError, RecyclingMethod, Runtime, TimeoutType,
};
use refusal::{quoted, refused};
use std::time::Duration;
use tls::Connector;
use tokio_postgres::config::TargetSessionAttrs;
use tokio_postgres::error::SqlState;
use tokio_postgres::{Error, NoTls};

pub(crate) mod contents;
mod place;
pub(crate) mod refusal;
mod settings;
mod tls;

pub use place::Place;
pub use refusal::Refusal;
pub use settings::Durability;
pub use tls::Privacy;

/// How long one attempt to connect may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a machine that is gone may keep us waiting for an answer over the network.
const SILENCE_MAX: Duration = Duration::from_secs(30);
/// How long somebody waits for one of our connections to become free.
const WAIT_TIMEOUT: Duration = Duration::from_secs(5);
/// How often we look again when somebody else made what we were about to make.
pub(crate) const LOOKS_MAX: u32 = 8;

/// What is needed to open a database.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where it is: `postgres://user:password@host:port/name`, or
    /// `postgres:///name?host=/var/run/postgresql` for a socket in the file system. Of several hosts,
    /// as in `postgres://user@one,two/name`, the one that takes writes is meant. With
    /// `?sslmode=verify-full` the way is encrypted.
    pub url: String,
    /// Connections at most.
    pub connections_max: usize,
    /// Whether it must keep what it says it has.
    pub durability: Durability,
    /// The id that the ledger gets if it is made now.
    pub new_ledger_id: [u8; 16],
}

/// Whether the ledger was there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// The database was empty, and the ledger was made in it.
    New,
    /// It was there.
    Existing,
}

/// A database that was found fit.
#[derive(Debug)]
pub struct Database {
    /// Connections to it.
    pub pool: Pool,
    /// Where it is.
    pub place: Place,
    /// Which ledger lies there.
    pub ledger_id: [u8; 16],
    /// Whether it was there before.
    pub found: Found,
    /// In how many steps it commits.
    pub steps: Steps,
}

/// Opens the database, and makes the schema if it is empty. Two servers that do so at once end up with
/// one and the same ledger.
///
/// # Errors
/// [`Refusal`], each with what to do about it; then nothing was changed.
pub async fn open(options: &Options) -> Result<Database, Refusal> {
    let way = connect(&options.url, options.connections_max, options.durability).await?;
    let Way {
        pool,
        place,
        mut client,
    } = way;
    let (found, ledger_id) = find_or_make(&mut client, &place, options.new_ledger_id).await?;
    let steps = standing(&client).await?.steps;
    drop(client);
    Ok(Database {
        pool,
        place,
        ledger_id,
        found,
        steps,
    })
}

/// Opens the database of a ledger that is there, for reading. Nothing is made or changed in it.
///
/// # Errors
/// [`Refusal`]; among them that there is no ledger.
pub(crate) async fn find(url: &str, connections_max: usize) -> Result<Database, Refusal> {
    let way = connect(url, connections_max, Durability::OnlyRead).await?;
    match look(&way.client, &way.place).await? {
        Contents::Ledger(ledger_id) => Ok(Database {
            pool: way.pool,
            place: way.place,
            ledger_id,
            found: Found::Existing,
            steps: standing(&way.client).await?.steps,
        }),
        Contents::Extensible => Err(Refusal::NotBroughtUp { place: way.place }),
        Contents::Empty(_) => Err(Refusal::NoLedger { place: way.place }),
    }
}

/// The way to a database that can be trusted.
pub(crate) struct Way {
    /// Connections to it.
    pub(crate) pool: Pool,
    /// Where it is.
    pub(crate) place: Place,
    /// The first connection.
    pub(crate) client: Client,
}

/// Connects to a database, and makes sure that it can be trusted. What is in it is not looked at.
///
/// # Errors
/// [`Refusal`]; nothing was changed.
pub(crate) async fn connect(
    url: &str,
    connections_max: usize,
    durability: Durability,
) -> Result<Way, Refusal> {
    let (place, config) = place::read(url)?;
    let tls = Connector::of(&place.privacy).map_err(|detail| Refusal::BadTls { detail })?;
    let pool = pool(
        config.clone(),
        tls.clone(),
        connections_max,
        match durability {
            // A standby shows a verification as much as the server that it follows.
            Durability::OnlyRead => TargetSessionAttrs::Any,
            Durability::Required | Durability::Waived => TargetSessionAttrs::ReadWrite,
        },
    )?;
    let client = match pool.get().await {
        Ok(client) => client,
        Err(PoolError::Backend(error)) if takes_no_writes(&error) => {
            return Err(why_read_only(place, (config, tls), durability).await?);
        }
        Err(PoolError::Backend(error)) => return Err(refused(place, error)),
        Err(PoolError::Timeout(TimeoutType::Create)) => {
            let detail = "no answer in time".to_owned();
            return Err(Refusal::Unreachable { place, detail });
        }
        Err(other) => return Err(Failure::from(other).into()),
    };
    settings::read(&client).await?.judge(&place, durability)?;
    Ok(Way {
        pool,
        place,
        client,
    })
}

/// Every statement finds its rows by a primary key, and is prepared once. So one plan is good for all
/// values, and it must not be made from the size that a table had on that day. A plan that reads a few rows is
/// not worth compiling: where the server can, that took longer than running it. The estimates of plans without
/// table scans say otherwise.
const PLANS: &str = "-c plan_cache_mode=force_generic_plan -c enable_seqscan=off \
                     -c enable_bitmapscan=off -c jit=off";

/// What a server that takes no writes says of itself.
async fn why_read_only(
    place: Place,
    (config, tls): (tokio_postgres::Config, Option<Connector>),
    durability: Durability,
) -> Result<Refusal, Refusal> {
    let pool = pool(config, tls, 1, TargetSessionAttrs::Any)?;
    let client = pool.get().await.map_err(Failure::from)?;
    settings::read(&client).await?.judge(&place, durability)?;
    let what = "none of the servers that answered does, or one that does so only since a moment";
    Ok(Refusal::ReadOnly { place, what })
}

/// Connections to the server that takes writes, whichever of the hosts that is: what was filed a moment
/// ago is read where it was filed, and a standby serves nobody until it is promoted.
fn pool(
    mut config: tokio_postgres::Config,
    tls: Option<Connector>,
    connections_max: usize,
    wanted: TargetSessionAttrs,
) -> Result<Pool, Refusal> {
    config.target_session_attrs(wanted);
    let hosts = u32::try_from(config.get_hosts().len()).unwrap_or(u32::MAX);
    if config.get_connect_timeout().is_none() {
        config.connect_timeout(CONNECT_TIMEOUT);
    }
    if config.get_tcp_user_timeout().is_none() {
        config.tcp_user_timeout(SILENCE_MAX);
    }
    config.keepalives_idle(SILENCE_MAX);
    config.application_name("orihon");
    let said_before = config.get_options().unwrap_or_default().to_owned();
    config.options(format!("{said_before} {PLANS}"));
    let recycling = ManagerConfig {
        recycling_method: RecyclingMethod::Fast,
    };
    let manager = match tls {
        Some(tls) => Manager::from_config(config, tls, recycling),
        None => Manager::from_config(config, NoTls, recycling),
    };
    let built = Pool::builder(manager)
        .max_size(connections_max)
        .runtime(Runtime::Tokio1)
        .wait_timeout(Some(WAIT_TIMEOUT))
        // Each host is tried, and one has several addresses at times.
        .create_timeout(Some(
            CONNECT_TIMEOUT.saturating_mul(hosts.saturating_add(1)),
        ))
        .build();
    built.map_err(|error| {
        let detail = error.to_string();
        Failure::Fault(crate::fault::Fault::Engine { detail }).into()
    })
}

/// Opens the database of a ledger that is there, to read it.
///
/// # Errors
/// [`Refusal`], each with what to do about it; nothing was changed.
pub async fn open_to_read(options: &Options) -> Result<Database, Refusal> {
    let way = connect(&options.url, options.connections_max, options.durability).await?;
    let Way {
        pool,
        place,
        client,
    } = way;
    match look(&client, &place).await? {
        Contents::Empty(_) => Err(Refusal::Empty { place }),
        Contents::Extensible => Err(Refusal::NotBroughtUp { place }),
        Contents::Ledger(ledger_id) => Ok(Database {
            pool,
            place,
            ledger_id,
            found: Found::Existing,
            steps: standing(&client).await?.steps,
        }),
    }
}

async fn find_or_make(
    client: &mut Client,
    place: &Place,
    new_ledger_id: [u8; 16],
) -> Result<(Found, [u8; 16]), Refusal> {
    let mut overtaken = None;
    for _ in 0..LOOKS_MAX {
        let room = match look(client, place).await? {
            Contents::Ledger(ledger_id) => return Ok((Found::Existing, ledger_id)),
            Contents::Empty(room) => room,
            Contents::Extensible => {
                let brought_up = extend(client).await;
                brought_up.map_err(|error| lacks_rights(place, error))?;
                continue;
            }
        };
        match make_all(client, room, new_ledger_id).await {
            Ok(()) => return Ok((Found::New, new_ledger_id)),
            Err(error) if is_overtaken(&error) => {
                overtaken = Some(error);
            }
            Err(error) => return Err(refused(place.clone(), error)),
        }
    }
    Err(match overtaken {
        Some(error) => Failure::from(error).into(),
        None => Refusal::NotOurs {
            place: place.clone(),
            what: "it changes all the time".to_owned(),
        },
    })
}

async fn extend(client: &mut Client) -> Result<(), Error> {
    let transaction = client.transaction().await?;
    bring_up(&*transaction).await?;
    transaction.commit().await
}

/// Why a schema could not be brought up: as a rule, because the role may make no tables.
fn lacks_rights(place: &Place, error: Error) -> Refusal {
    if error.code() == Some(&SqlState::INSUFFICIENT_PRIVILEGE) {
        return Refusal::MissingRights {
            place: place.clone(),
            grant: format!("GRANT CREATE ON SCHEMA orihon TO {}", quoted(&place.role)),
        };
    }
    refused(place.clone(), error)
}

/// Did somebody else make what was to be made? By then the first has committed, as the second had to
/// wait for that.
pub(crate) fn is_overtaken(error: &Error) -> bool {
    error.code().is_some_and(|code| OVERTAKEN.contains(code))
}

/// What is said to the one of two that comes second.
const OVERTAKEN: [SqlState; 6] = [
    SqlState::DUPLICATE_SCHEMA,
    SqlState::DUPLICATE_TABLE,
    SqlState::DUPLICATE_OBJECT,
    SqlState::UNIQUE_VIOLATION,
    SqlState::T_R_SERIALIZATION_FAILURE,
    SqlState::T_R_DEADLOCK_DETECTED,
];

async fn make_all(client: &mut Client, room: Room, ledger_id: [u8; 16]) -> Result<(), Error> {
    let transaction = client.transaction().await?;
    let format = i32::try_from(FORMAT).unwrap_or(i32::MAX);
    make(&*transaction, room, format, ledger_id).await?;
    transaction.commit().await
}
