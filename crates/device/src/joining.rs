//! A machine becomes one of a store's: it learns the store's settings, how far its tills have counted,
//! and, if its own list of items is empty, the catalogue. It prints nothing.

use crate::clock::Clock;
use crate::courier::said;
use crate::credential::{Credential, NewPair, Purpose};
use crate::database::Database;
use crate::follow::{self, Next, Page};
use crate::link::{Link, Request};
use crate::running::{CA_FILE, SERVER};
use crate::store::{Settings, Store};
use crate::{capture, labels, outbox};
use anyhow::{Context, bail};
use purchase::code::Patterns;
use purchase::time::Timestamp;
use reqwest::Method;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// Pages of the catalogue read at most.
const PAGES_MAX: usize = 100_000;

/// Where the server is, and whom to trust.
#[derive(Clone, Debug, clap::Args)]
pub struct At {
    /// The server.
    #[arg(long, value_name = "URL", env = "ORIHON_DEVICE_SERVER")]
    pub server: String,
    /// Certificates (PEM) to trust besides those of this machine.
    #[arg(long, value_name = "FILE", env = "ORIHON_DEVICE_CA_FILE")]
    pub ca_file: Option<PathBuf>,
}

/// What a machine has learnt that belongs to a store now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Learnt {
    /// The store's name.
    pub name: String,
    /// The store's id.
    pub store_id: String,
    /// Tills whose numbers go on where the server saw them last.
    pub tills: usize,
    /// Items that were taken over.
    pub items: usize,
}

#[derive(Deserialize)]
struct Joined {
    device_id: String,
    store: Settings,
    public_url: Option<String>,
}

#[derive(Deserialize)]
struct Known {
    store: Settings,
    public_url: Option<String>,
}

#[derive(Deserialize)]
struct Terminals {
    terminals: Vec<Terminal>,
}

#[derive(Deserialize)]
struct Terminal {
    terminal: String,
    transaction: String,
}

#[derive(Deserialize)]
struct Standing {
    #[serde(default)]
    patterns: Vec<String>,
    catalogue_of: Option<String>,
}

/// Makes the device in the folder `data` one of a store's, by the code that an operator showed.
///
/// # Errors
/// What went wrong, with the fix.
pub async fn join(data: &Path, code: &str, at: &At, clock: &Clock) -> anyhow::Result<Learnt> {
    // What could fail here is tried before the code, which is good only once, is used.
    let database = Database::open(data)?;
    // The pair of an attempt whose answer was lost is taken again: the server knows it by the code.
    let pair = NewPair::of(data, Purpose::Join)?;
    let nobody = link(at, Credential::Nobody, clock)?;
    let message = json!({"code": code, "public_key": pair.public_key});
    let request = Request::json(Method::POST, "/v1/join", message.to_string());
    let joined: Joined = ask(&nobody, request).await?;
    let store = Store::new(joined.store.with_public_url(joined.public_url))?;
    is_no_others(&database, &store)?;
    pair.keep(data, &joined.device_id, &store.settings.store_id)?;
    let learnt = settle(data, database, store, at, clock).await?;
    pair.forget(data)?;
    Ok(learnt)
}

/// The same with a key that an operator made.
///
/// # Errors
/// What went wrong, with the fix.
pub async fn connect(
    data: &Path,
    (store_id, key): (&str, &str),
    at: &At,
    clock: &Clock,
) -> anyhow::Result<Learnt> {
    let database = Database::open(data)?;
    let bearer = link(at, Credential::Bearer(key.to_owned()), clock)?;
    let path = format!("/v1/stores/{store_id}/settings");
    let known: Known = ask(&bearer, Request::get(path)).await?;
    let store = Store::new(known.store.with_public_url(known.public_url))?;
    is_no_others(&database, &store)?;
    Credential::keep_bearer(data, key)?;
    settle(data, database, store, at, clock).await
}

/// Makes the device in the folder `data` send to another address from its next start on: that of the
/// same server, which has moved. Nothing is asked of the server.
///
/// # Errors
/// If the device has not joined, or the address cannot be used.
pub fn follow(data: &Path, at: &At, clock: &Clock) -> anyhow::Result<()> {
    let database = Database::open(data)?;
    Store::load(&database)?;
    let link = link(at, Credential::load(data)?, clock)?;
    keep_server(&database, &link, at)
}

fn keep_server(database: &Database, link: &Link, at: &At) -> anyhow::Result<()> {
    database.keep(SERVER, link.base())?;
    let ca_file = at.ca_file.as_ref();
    let ca_file = ca_file.map(|path| path.to_string_lossy().into_owned());
    database.keep(CA_FILE, &ca_file.unwrap_or_default())?;
    Ok(())
}

/// A store database stays that of its store, with the key that goes with it.
fn is_no_others(database: &Database, store: &Store) -> anyhow::Result<()> {
    if let Ok(before) = Store::load(database)
        && before.settings.store_id != store.settings.store_id
    {
        bail!(
            "this store database belongs to {}, and nothing of it was changed; name another folder \
             with --data, and for joining ask for a new code",
            before.settings.store_id
        );
    }
    Ok(())
}

/// Keeps what was learnt, and learns the rest.
async fn settle(
    data: &Path,
    mut database: Database,
    store: Store,
    at: &At,
    clock: &Clock,
) -> anyhow::Result<Learnt> {
    let store_id = &store.settings.store_id;
    let link = link(at, Credential::load(data)?, clock)?;
    let path = format!("/v1/stores/{store_id}/terminals");
    let known: Terminals = ask(&link, Request::get(path)).await?;
    for till in &known.terminals {
        if let Ok(number) = till.transaction.parse() {
            outbox::seen(database.connection(), &till.terminal, number)?;
        }
    }
    let items = pull(&link, &mut database, store_id, clock.now()).await?;
    // Whatever this machine says of items from now on is another source than the one before.
    let random = u64::from_be_bytes(clock.random());
    capture::begin_lineage(database.connection(), clock.now(), random)?;
    keep_server(&database, &link, at)?;
    store.keep(&database)?;
    Ok(Learnt {
        name: store.settings.name.clone(),
        store_id: store_id.clone(),
        tills: known.terminals.len(),
        items,
    })
}

/// Takes the server's catalogue over: into an empty list of items, and patterns where there are none, or
/// in the place of whatever is there if the store follows another one's. Gives how many items.
async fn pull(
    link: &Link,
    database: &mut Database,
    store_id: &str,
    now: Timestamp,
) -> anyhow::Result<usize> {
    let path = format!("/v1/stores/{store_id}/catalogue");
    let Standing {
        patterns,
        catalogue_of,
    } = ask(link, Request::get(&path)).await?;
    // A source's patterns come with its changes.
    if catalogue_of.is_none() && labels::written(database.connection())?.is_empty() {
        let patterns = Patterns::parse(patterns.iter().map(String::as_str))?;
        labels::set(database, &patterns)?;
    }
    if catalogue_of.is_none() && count(database)? > 0 {
        return Ok(0);
    }
    if let Some(source) = &catalogue_of {
        follow::begin(database, source)?;
    }
    let mut after = follow::after(database.connection())?;
    for _ in 0..PAGES_MAX {
        let path = format!("{path}/changes?after={after}");
        let page: Page = ask(link, Request::get(path)).await?;
        if catalogue_of.is_some() {
            if follow::take(database, &page, now)? == Next::Rest {
                break;
            }
            after = follow::after(database.connection())?;
            continue;
        }
        let transaction = database.write()?;
        for change in &page.changes {
            take_over(&transaction, change)?;
        }
        transaction.commit()?;
        match page.next_after {
            Some(next) => after = next,
            None => break,
        }
    }
    count(database)
}

fn count(database: &Database) -> anyhow::Result<usize> {
    let sql = "SELECT count(*) FROM items";
    let count: i64 = database.connection().query_row(sql, [], |row| row.get(0))?;
    Ok(count.try_into()?)
}

fn take_over(connection: &rusqlite::Connection, change: &Value) -> anyhow::Result<()> {
    let text = |name: &str| change.get(name).and_then(Value::as_str);
    let code = text("code").context("the server's catalogue has an item without a code")?;
    match change.as_object().filter(|_| text("name").is_some()) {
        Some(item) => follow::put_item(connection, code, item)?,
        None => drop(connection.execute("DELETE FROM items WHERE code = ?", [code])?),
    }
    Ok(())
}

fn link(at: &At, credential: Credential, clock: &Clock) -> anyhow::Result<Link> {
    let ca_file = at.ca_file.as_deref();
    Ok(Link::new(&at.server, ca_file, credential, clock.clone())?)
}

async fn ask<T: DeserializeOwned>(link: &Link, request: Request) -> anyhow::Result<T> {
    let answer = link.ask(request).await?;
    if !(200..300).contains(&answer.status) {
        bail!("{} says: {}", link.base(), said(&answer.body));
    }
    serde_json::from_slice(&answer.body).with_context(|| {
        format!(
            "{} answers something else than an Orihon server",
            link.base()
        )
    })
}
