//! `orihon-device join`, `connect`: a machine becomes one of a store's. It learns the store's settings,
//! how far its tills have counted, and, if its own list of items is empty, the catalogue.

use super::{At, CA_FILE, SERVER, tell};
use crate::clock::Clock;
use crate::courier::said;
use crate::credential::{Credential, NewPair};
use crate::database::Database;
use crate::link::{Link, Request};
use crate::store::{Settings, Store};
use crate::{capture, labels, outbox};
use anyhow::{Context, bail};
use purchase::code::Patterns;
use reqwest::Method;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::path::Path;
use std::process::ExitCode;

/// Pages of the catalogue read at most.
const PAGES_MAX: usize = 100_000;

#[derive(Deserialize)]
struct Joined {
    device_id: String,
    store: Settings,
}

#[derive(Deserialize)]
struct Known {
    store: Settings,
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
}

#[derive(Deserialize)]
struct Changes {
    changes: Vec<Value>,
    next_after: Option<u64>,
}

pub(super) async fn join(
    data: &Path,
    code: &str,
    at: &At,
    clock: &Clock,
) -> anyhow::Result<ExitCode> {
    // What could fail here is tried before the code, which is good only once, is used.
    let database = Database::open(data)?;
    let pair = NewPair::make()?;
    let nobody = link(at, Credential::Nobody, clock)?;
    let message = json!({"code": code, "public_key": pair.public_key});
    let request = Request::json(Method::POST, "/v1/join", message.to_string());
    let joined: Joined = ask(&nobody, request).await?;
    let store = Store::new(joined.store)?;
    is_no_others(&database, &store)?;
    pair.keep(data, &joined.device_id, &store.settings.store_id)?;
    settle(data, database, store, at, clock).await
}

pub(super) async fn connect(
    data: &Path,
    (store_id, key): (&str, &str),
    at: &At,
    clock: &Clock,
) -> anyhow::Result<ExitCode> {
    let database = Database::open(data)?;
    let bearer = link(at, Credential::Bearer(key.to_owned()), clock)?;
    let path = format!("/v1/stores/{store_id}/settings");
    let known: Known = ask(&bearer, Request::get(path)).await?;
    let store = Store::new(known.store)?;
    is_no_others(&database, &store)?;
    Credential::keep_bearer(data, key)?;
    settle(data, database, store, at, clock).await
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
) -> anyhow::Result<ExitCode> {
    let store_id = &store.settings.store_id;
    let link = link(at, Credential::load(data)?, clock)?;
    let path = format!("/v1/stores/{store_id}/terminals");
    let known: Terminals = ask(&link, Request::get(path)).await?;
    for till in &known.terminals {
        if let Ok(number) = till.transaction.parse() {
            outbox::seen(database.connection(), &till.terminal, number)?;
        }
    }
    let pulled = pull(&link, &mut database, store_id).await?;
    // Whatever this machine says of items from now on is another source than the one before.
    let random = u64::from_be_bytes(clock.random());
    capture::begin_lineage(database.connection(), clock.now(), random)?;
    database.keep(SERVER, link.base())?;
    let ca_file = at.ca_file.as_ref();
    let ca_file = ca_file.map(|path| path.to_string_lossy().into_owned());
    database.keep(CA_FILE, &ca_file.unwrap_or_default())?;
    store.keep(&database)?;
    tell(format!(
        "store  {} ({store_id})\ntills  {} known, {pulled} items taken over\n\nstart it with: orihon-device run",
        store.settings.name,
        known.terminals.len(),
    ))?;
    Ok(ExitCode::SUCCESS)
}

/// Takes the server's catalogue over into an empty list of items. Gives how many.
async fn pull(link: &Link, database: &mut Database, store_id: &str) -> anyhow::Result<usize> {
    let items: i64 = database
        .connection()
        .query_row("SELECT count(*) FROM items", [], |row| row.get(0))?;
    if items > 0 {
        return Ok(0);
    }
    let mut after = 0;
    for _ in 0..PAGES_MAX {
        let path = format!("/v1/stores/{store_id}/catalogue/changes?after={after}");
        let page: Changes = ask(link, Request::get(path)).await?;
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
    pull_patterns(link, database, store_id).await?;
    Ok(database
        .connection()
        .query_row("SELECT count(*) FROM items", [], |row| row.get::<_, i64>(0))?
        .try_into()?)
}

/// Takes the server's patterns of in-store codes over, if there are none here.
async fn pull_patterns(link: &Link, database: &mut Database, store_id: &str) -> anyhow::Result<()> {
    if !labels::written(database.connection())?.is_empty() {
        return Ok(());
    }
    let path = format!("/v1/stores/{store_id}/catalogue");
    let standing: Standing = ask(link, Request::get(path)).await?;
    let patterns = Patterns::parse(standing.patterns.iter().map(String::as_str))?;
    Ok(labels::set(database, &patterns)?)
}

fn take_over(connection: &rusqlite::Connection, change: &Value) -> anyhow::Result<()> {
    let text = |name: &str| change.get(name).and_then(Value::as_str);
    let code = text("code").context("the server's catalogue has an item without a code")?;
    let Some(name) = text("name") else {
        connection.execute("DELETE FROM items WHERE code = ?", [code])?;
        return Ok(());
    };
    let flag = |name: &str| change.get(name).and_then(Value::as_bool);
    connection
        .prepare_cached(
            "INSERT OR REPLACE INTO items (code, name, short_name, reading, size, gtin, kind,
                category, unit, unit_price, tax_percent, tax_included, sensitive)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )?
        .execute(rusqlite::params![
            code,
            name,
            text("short_name"),
            text("reading"),
            text("size"),
            text("gtin"),
            text("kind").unwrap_or("goods"),
            text("category"),
            text("unit"),
            change.get("unit_price").and_then(Value::as_i64),
            text("tax_percent"),
            flag("tax_included"),
            flag("sensitive").unwrap_or_default(),
        ])?;
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
