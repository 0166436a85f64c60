//! A ledger that moves to a database or from one: its notice, the schema of the one that arrives, and
//! the last row of each kind that has. Who may move where is not decided here.

use super::fault::{Failure, commit};
use super::open::refusal::refused;
use super::open::{Place, Refusal, Way};
use super::schema::{self, Room};
use super::statement;
use super::table::table_of;
use super::turn::OFFICE;
use crate::embedded::open::FORMAT;
use crate::fault::Fault;
use crate::notice::{MoveId, Notice, Stage};
use deadpool_postgres::{Client, GenericClient, Transaction};

/// How many steps it commits in, the columns of a notice, in the order in which these are written, and the
/// version of the schema.
const STANDING: &str =
    "SELECT steps, move_stage, move_id, move_place, schema_version FROM orihon.ledger";

/// In how many steps what happens at a store becomes what its people have. The ledger says it in its
/// database, so that all of its servers do the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Steps {
    /// In one transaction, over whatever it touches: for a PostgreSQL that is one machine.
    #[default]
    One,
    /// In a transaction at the store and one more at each owner, for machines over which the tables are
    /// spread.
    Two,
}

/// Whether a database is one machine or the coordinator of several.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Cluster {
    /// A PostgreSQL as it is.
    #[default]
    No,
    /// One with Citus, over whose machines the tables are to be spread.
    Citus,
}

/// What a ledger says of itself.
pub(crate) struct Standing {
    /// The version of its schema. Whoever brings it up waits for all who have read it and not ended.
    pub(crate) schema: i32,
    /// In how many steps it commits.
    pub(crate) steps: Steps,
    /// Its notice, if it moves or has moved.
    pub(crate) notice: Option<Notice>,
}

/// The notice of a ledger, if it moves or has moved.
pub(crate) async fn notice(client: &impl GenericClient) -> Result<Option<Notice>, Failure> {
    Ok(standing(client).await?.notice)
}

/// What a ledger says of itself.
pub(crate) async fn standing(client: &impl GenericClient) -> Result<Standing, Failure> {
    let statement = client.prepare_cached(STANDING).await?;
    let row = client.query_one(&statement, &[]).await?;
    let steps = match row.try_get::<_, i16>(0)? {
        1 => Steps::One,
        2 => Steps::Two,
        other => {
            let what = format!("the ledger commits in {other} steps, which is unknown");
            return Err(Fault::damaged(what).into());
        }
    };
    let stage: Option<i16> = row.try_get(1)?;
    let (id, place): (Option<&[u8]>, Option<String>) = (row.try_get(2)?, row.try_get(3)?);
    let id = id.and_then(|id| id.try_into().ok()).map(MoveId);
    let notice = match (stage.map(Stage::of), id, place) {
        (None, _, _) => None,
        (Some(Some(stage)), Some(move_id), Some(place)) => Some(Notice {
            move_id,
            stage,
            place,
        }),
        (Some(_), _, _) => {
            return Err(Fault::damaged("what the ledger says of a move is no notice").into());
        }
    };
    Ok(Standing {
        schema: row.try_get(4)?,
        steps,
        notice,
    })
}

/// Waits until nobody writes, and gives the notice as it stays until the end of the transaction: every
/// turn is waited for, whoever takes one later reads what was put up, and nobody else changes it.
pub(crate) async fn hold_notice(transaction: &Transaction<'_>) -> Result<Option<Notice>, Failure> {
    // Who makes a store holds the turn of the office: with it held, no turn is added behind those seen.
    for which in ["WHERE store_id = '' ", ""] {
        let turns = format!("SELECT 1 FROM orihon.turns {which}ORDER BY store_id FOR UPDATE");
        transaction.query(&turns, &[]).await?;
    }
    let alone = "SELECT 1 FROM orihon.ledger FOR UPDATE";
    transaction.query(alone, &[]).await?;
    notice(transaction).await
}

/// Puts a notice up, or takes it down, and ends the transaction in which it was held.
pub(crate) async fn put_notice(
    transaction: Transaction<'_>,
    notice: Option<&Notice>,
) -> Result<(), Failure> {
    write(&transaction, notice).await?;
    commit(transaction).await
}

async fn write(client: &impl GenericClient, notice: Option<&Notice>) -> Result<(), Failure> {
    let stage = notice.map(|notice| notice.stage.number());
    let id = notice.map(|notice| notice.move_id.0.as_slice());
    let place = notice.map(|notice| notice.place.as_str());
    let text = "UPDATE orihon.ledger SET move_stage = $1, move_id = $2, move_place = $3";
    client.execute(text, &[&stage, &id, &place]).await?;
    Ok(())
}

/// Makes sure that tables can be spread, where that is wanted.
pub(crate) async fn judge(way: &Way, cluster: Cluster) -> Result<(), Refusal> {
    match cluster {
        Cluster::No => return Ok(()),
        Cluster::Citus => {}
    }
    let text = "SELECT count(DISTINCT proname) = 2 FROM pg_catalog.pg_proc \
                WHERE proname IN ('create_distributed_table', 'create_reference_table')";
    let is_there: bool = way.client.query_one(text, &[]).await?.try_get(0)?;
    if is_there {
        return Ok(());
    }
    let place = way.place.clone();
    Err(Refusal::NoCitus { place })
}

/// Makes the schema of a ledger that arrives, spread as wanted and with its notice: all of it, or
/// nothing.
pub(crate) async fn make(
    client: &mut Client,
    place: &Place,
    (room, cluster): (Room, Cluster),
    ledger_id: [u8; 16],
    notice: &Notice,
) -> Result<(), Refusal> {
    let refuse = |error| refused(place.clone(), error);
    let transaction = client.transaction().await?;
    let format = i32::try_from(FORMAT).unwrap_or(i32::MAX);
    schema::make(&*transaction, room, format, ledger_id)
        .await
        .map_err(refuse)?;
    write(&transaction, Some(notice)).await?;
    match cluster {
        Cluster::No => {}
        Cluster::Citus => {
            // Tables of both sorts are made in one transaction, so that it may not be done side by side.
            let spread = schema::citus().join(";\n");
            let spread =
                format!("SET LOCAL citus.multi_shard_modify_mode TO 'sequential';\n{spread}");
            transaction.batch_execute(&spread).await.map_err(refuse)?;
            let steps = "UPDATE orihon.ledger SET steps = 2";
            transaction.batch_execute(steps).await.map_err(refuse)?;
        }
    }
    commit(transaction).await?;
    Ok(())
}

/// The schema of a ledger, and that of a keyring.
pub(crate) const LEDGER: &str = "orihon";
pub(crate) const KEYRING: &str = "orihon_keys";

/// What a place says of itself is not counted. A table that nobody has looked through yet has an estimate
/// of -1; what was written since is counted beside it.
const ROWS_ABOUT: &str = "SELECT coalesce(sum(greatest(held.reltuples::bigint, seen.n_live_tup, 0)), 0)::bigint \
     FROM pg_catalog.pg_class AS held \
     JOIN pg_catalog.pg_namespace AS room ON room.oid = held.relnamespace \
     LEFT JOIN pg_catalog.pg_stat_user_tables AS seen ON seen.relid = held.oid \
     WHERE room.nspname = $1 AND held.relkind IN ('r', 'p') \
     AND held.relname NOT IN ('ledger', 'turns', 'filed', 'to_file', 'ring')";

/// How many rows all tables of a schema have, as the database estimates. It reads none of them.
pub(crate) async fn rows_about(client: &impl GenericClient, schema: &str) -> Result<u64, Failure> {
    let statement = client.prepare_cached(ROWS_ABOUT).await?;
    let about: i64 = client.query_one(&statement, &[&schema]).await?.try_get(0)?;
    Ok(u64::try_from(about).unwrap_or(0))
}

/// The key of the last row of the kind whose number `prefix` is.
pub(crate) async fn last(
    client: &impl GenericClient,
    prefix: &[u8],
) -> Result<Option<Vec<u8>>, Failure> {
    let text = statement::last(table_of(prefix)?);
    let statement = client.prepare_cached(&text).await?;
    let row = client.query_opt(&statement, &[]).await?;
    Ok(row.map(|row| row.try_get(0)).transpose()?)
}

/// Ends the arrival of a ledger, which nobody has served yet: makes a turn for every store and one for
/// what belongs to none, and then changes the notice. May be done again.
pub(crate) async fn settle(client: &impl GenericClient, notice: &Notice) -> Result<(), Failure> {
    let stores = "SELECT store_id FROM orihon.stores";
    let rows = client.query(stores, &[]).await?;
    let mut turns: Vec<String> = vec![OFFICE.to_owned()];
    for row in rows {
        turns.push(row.try_get(0)?);
    }
    let text = "INSERT INTO orihon.turns (store_id) SELECT unnest($1::text[]) \
                ON CONFLICT (store_id) DO NOTHING";
    client.execute(text, &[&turns]).await?;
    write(client, Some(notice)).await
}
