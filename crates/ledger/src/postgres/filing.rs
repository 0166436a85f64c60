//! The second of two steps: what a batch recorded at its store still owes is written at each owner, in a
//! transaction of its own, and then the store's row that said so goes, in one more. Any server may do it,
//! and several at once: it happens once all the same. What rows mean is not known here.
//!
//! It rests on an order. Whoever counts for a person holds the account, and then asks which batch of the
//! store was counted last, and then whether this one is still to be filed. It was not counted yet if
//! another one is named there and it is: what was counted and forgotten again is not to be filed any more.

use super::fault::{Failure, of_commit};
use super::rows::{Change, Copied, Lock, Reading};
use super::table::table_of;
use super::turn::take_back;
use super::writing::Writing;
use crate::fault::Fault;
use deadpool_postgres::{Client, Pool};
use futures_util::future::{join, join_all, join3, join4};
use std::collections::BTreeSet;
use std::sync::Mutex;

/// Owners for whom it is written at once, at most.
const AT_ONCE: usize = 4;

/// What is to be written at one owner.
pub(crate) struct ForOwner<'a> {
    /// Rows that may be written again and again.
    pub(crate) rows: &'a [Change],
    /// What is counted, and must be once; nothing if the owner is nobody yet.
    pub(crate) person: Option<ForPerson<'a>>,
}

/// What is written, by the row of an account.
type Counting<'a> = dyn Fn(&[u8]) -> Result<Vec<Change>, Fault> + Send + Sync + 'a;

/// What is to be counted for one person.
pub(crate) struct ForPerson<'a> {
    /// The key of the account.
    pub(crate) account: Vec<u8>,
    /// The row that says afterwards that it was counted.
    pub(crate) mark: Copied,
    /// What is written, by the row of the account.
    pub(crate) count: Box<Counting<'a>>,
}

/// Files for every owner, and then takes the row under `entry` away while `at_store` is written.
///
/// # Errors
/// [`Failure`]; the same may be done again then.
pub(crate) async fn file(
    pool: &Pool,
    entry: &[u8],
    owners: &[ForOwner<'_>],
    at_store: Vec<Change>,
) -> Result<(), Failure> {
    let next = Mutex::new(owners.iter());
    let one_by_one = async || {
        let mut client = None;
        loop {
            let Some(owner) = next.lock().map_err(|_| Fault::Stopped)?.next() else {
                return Ok::<(), Failure>(());
            };
            let free = match client.take() {
                Some(client) => client,
                None => pool.get().await?,
            };
            client = Some(file_for(free, entry, owner).await?);
        }
    };
    let all = (0..AT_ONCE.min(owners.len())).map(|_| one_by_one());
    join_all(all).await.into_iter().collect::<Result<(), _>>()?;
    finish(pool.get().await?, entry, at_store).await
}

/// Gives the connection back if it may serve others.
async fn file_for(client: Client, entry: &[u8], owner: &ForOwner<'_>) -> Result<Client, Failure> {
    let filed = match &owner.person {
        Some(person) => count(&client, entry, (person, owner.rows)).await,
        None => write_again(&client, entry, owner.rows).await,
    };
    match filed {
        Ok(()) => Ok(client),
        Err(failure) => {
            take_back(client).await;
            Err(failure)
        }
    }
}

/// Counts for a person unless it was done; somebody who was erased has no account any more.
async fn count(
    client: &Client,
    entry: &[u8],
    (person, rows): (&ForPerson<'_>, &[Change]),
) -> Result<(), Failure> {
    let (account, mark) = (one(&person.account), one(&person.mark.0));
    let held = Reading::prepare(client, &account, Lock::Update).await?;
    let marked = Reading::prepare(client, &mark, Lock::None).await?;
    let (begun, held, marked, is_left) = join4(
        begin(client),
        held.carry_out(client),
        marked.carry_out(client),
        is_to_be_filed(client, entry, ""),
    )
    .await;
    begun?;
    let (held, marked, is_left) = (held?, marked?, is_left?);
    let is_counted = marked.get(&person.mark.0) == Some(&person.mark.1);
    if is_counted || !is_left {
        return Ok(client.batch_execute("ROLLBACK").await?);
    }
    let Some(account) = held.get(&person.account) else {
        // The rows of the purchase stay, as they do for everybody who is erased later.
        client.batch_execute("ROLLBACK").await?;
        return write_again(client, entry, rows).await;
    };
    let mut changes = (person.count)(account)?;
    changes.extend(rows.iter().cloned());
    changes.push((person.mark.0.clone(), Some(person.mark.1.clone())));
    end(client, changes).await
}

/// Writes rows that may have been written before. If all of it was filed meanwhile they may be others by
/// now: so the row that says what is to be filed is looked for behind them, when nobody else can write
/// them any more.
async fn write_again(client: &Client, entry: &[u8], rows: &[Change]) -> Result<(), Failure> {
    let writing = Writing::prepare(client, rows.iter().cloned()).await?;
    let (begun, written, is_left) = join3(
        begin(client),
        writing.put_and_take(client),
        is_to_be_filed(client, entry, ""),
    )
    .await;
    begun?;
    written?;
    if is_left? {
        client.batch_execute("COMMIT").await.map_err(of_commit)
    } else {
        Ok(client.batch_execute("ROLLBACK").await?)
    }
}

/// Everything is filed: the row goes that said so, and the store counts it.
async fn finish(client: Client, entry: &[u8], at_store: Vec<Change>) -> Result<(), Failure> {
    let ended = async {
        let (begun, is_left) = join(
            begin(&client),
            is_to_be_filed(&client, entry, " FOR UPDATE"),
        )
        .await;
        begun?;
        if is_left? {
            let mut changes = at_store;
            changes.push((entry.to_vec(), None));
            end(&client, changes).await
        } else {
            Ok(client.batch_execute("ROLLBACK").await?)
        }
    };
    let ended = ended.await;
    if ended.is_err() {
        take_back(client).await;
    }
    ended
}

async fn begin(client: &Client) -> Result<(), Failure> {
    let text = "BEGIN ISOLATION LEVEL READ COMMITTED";
    Ok(client.batch_execute(text).await?)
}

/// Writes the last rows of a transaction and ends it, in one piece.
async fn end(client: &Client, changes: Vec<Change>) -> Result<(), Failure> {
    let writing = Writing::prepare(client, changes).await?;
    let commit = async { client.batch_execute("COMMIT").await.map_err(of_commit) };
    let (written, ended) = join(writing.put_and_take(client), commit).await;
    written.map_err(Failure::at_the_end)?;
    ended
}

/// Is the row under this key still there? It may be large, and is not read.
async fn is_to_be_filed(client: &Client, entry: &[u8], lock: &str) -> Result<bool, Failure> {
    let place = table_of(entry)?.spread.value(entry)?;
    let text = format!("SELECT 1 FROM orihon.to_file WHERE store_id = $1 AND key = $2{lock}");
    let statement = client.prepare_cached(&text).await?;
    let found = client.query_opt(&statement, &[&place, &entry]).await?;
    Ok(found.is_some())
}

fn one(key: &[u8]) -> BTreeSet<Vec<u8>> {
    BTreeSet::from([key.to_vec()])
}
