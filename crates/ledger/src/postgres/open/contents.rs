//! What is in a database already: nothing, our ledger, or what other people keep there. It is looked
//! at and never touched.

use super::place::Place;
use super::refusal::{Refusal, quoted};
use crate::embedded::open::FORMAT;
use crate::postgres::schema::{EXTENSIBLE, Room, SCHEMA, names};
use deadpool_postgres::GenericClient;
use tokio_postgres::Error;
use tokio_postgres::error::SqlState;

/// What was found, if it is nothing that stands in our way.
#[derive(Debug)]
pub(crate) enum Contents {
    /// Nothing but, perhaps, a schema that was made for us.
    Empty(Room),
    /// The ledger of this id.
    Ledger([u8; 16]),
    /// A ledger of an older program, which lacks nothing but tables.
    Extensible,
}

/// What there is of one of our schemas.
#[derive(Debug)]
pub(crate) enum Schema {
    /// Nothing but, perhaps, an empty one that was made for us.
    Empty(Room),
    /// One with these tables, all of which we may read and write.
    Tables(Vec<String>),
}

/// Whether there is a schema of that name, what we may do with it, and whether there are tables of
/// other people. Those that belong to an extension do not count.
const QUESTION: &str = "SELECT \
     (SELECT has_schema_privilege(oid, 'USAGE') FROM pg_catalog.pg_namespace \
       WHERE nspname = $1), \
     (SELECT has_schema_privilege(oid, 'CREATE') FROM pg_catalog.pg_namespace \
       WHERE nspname = $1), \
     has_database_privilege(current_database(), 'CREATE'), \
     (SELECT min(n.nspname || '.' || c.relname) FROM pg_catalog.pg_class AS c \
       JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace \
       WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname NOT LIKE 'pg\\_%' \
       AND n.nspname NOT IN ('orihon', 'orihon_keys', 'information_schema', 'crdb_internal') \
       AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend AS d \
         WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid \
         AND d.deptype = 'e'))";

/// The tables of a schema, and whether we may read and write each.
const TABLES: &str = "SELECT c.relname::text, \
     has_table_privilege(c.oid, 'SELECT') AND has_table_privilege(c.oid, 'INSERT') \
     AND has_table_privilege(c.oid, 'UPDATE') AND has_table_privilege(c.oid, 'DELETE') \
     FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace \
     WHERE n.nspname = $1 AND c.relkind IN ('r', 'p', 'v', 'm', 'f')";

const LEDGER: &str = "SELECT format_version, schema_version, ledger_id FROM orihon.ledger";

/// Looks into a database for a ledger.
pub(crate) async fn look(client: &impl GenericClient, place: &Place) -> Result<Contents, Refusal> {
    match schema(client, place, "orihon", "ledger").await? {
        Schema::Empty(room) => Ok(Contents::Empty(room)),
        Schema::Tables(_) => ledger(client, place).await,
    }
}

/// Looks for the schema `name`, in which the table `head` says whose it is.
pub(crate) async fn schema(
    client: &impl GenericClient,
    place: &Place,
    name: &str,
    head: &str,
) -> Result<Schema, Refusal> {
    let row = client.query_one(QUESTION, &[&name]).await?;
    let may_use: Option<bool> = row.try_get(0)?;
    let may_make_tables: Option<bool> = row.try_get(1)?;
    let may_make_schema: bool = row.try_get(2)?;
    let foreign: Option<String> = row.try_get(3)?;
    let tables = tables(client, name).await?;
    let role = quoted(&place.role);
    let lacks = |grant: String| Refusal::MissingRights {
        place: place.clone(),
        grant,
    };
    let (Some(may_use), Some(may_make_tables)) = (may_use, may_make_tables) else {
        return match (foreign, may_make_schema) {
            (Some(table), _) => Err(Refusal::Foreign {
                place: place.clone(),
                table,
            }),
            (None, false) => {
                let database = quoted(&place.name);
                Err(lacks(format!(
                    "GRANT CREATE ON DATABASE {database} TO {role}"
                )))
            }
            (None, true) => Ok(Schema::Empty(Room::Missing)),
        };
    };
    if tables.is_empty() {
        return match (may_use && may_make_tables, foreign) {
            (_, Some(table)) => Err(Refusal::Foreign {
                place: place.clone(),
                table,
            }),
            (false, None) => Err(lacks(format!(
                "GRANT USAGE, CREATE ON SCHEMA {name} TO {role}"
            ))),
            (true, None) => Ok(Schema::Empty(Room::Empty)),
        };
    }
    let may_write_all = tables.iter().all(|(_, may_write)| *may_write);
    let is_ours = tables.iter().any(|(table, _)| table == head);
    if is_ours && !(may_use && may_write_all) {
        return Err(lacks(format!(
            "GRANT USAGE ON SCHEMA {name} TO {role}; GRANT SELECT, INSERT, UPDATE, DELETE \
             ON ALL TABLES IN SCHEMA {name} TO {role}"
        )));
    }
    Ok(Schema::Tables(
        tables.into_iter().map(|(table, _)| table).collect(),
    ))
}

async fn tables(client: &impl GenericClient, name: &str) -> Result<Vec<(String, bool)>, Error> {
    let rows = client.query(TABLES, &[&name]).await?;
    let tables = rows
        .iter()
        .map(|row| Ok((row.try_get(0)?, row.try_get(1)?)));
    tables.collect()
}

/// Which ledger it is, of which version, and whether all of its tables are there.
async fn ledger(client: &impl GenericClient, place: &Place) -> Result<Contents, Refusal> {
    let not_ours = |what: String| Refusal::NotOurs {
        place: place.clone(),
        what,
    };
    let rows = match client.query(LEDGER, &[]).await {
        Ok(rows) => rows,
        Err(error) if error.code().is_some_and(|code| NO_SUCH.contains(code)) => {
            return Err(not_ours("it says nowhere which ledger it is".to_owned()));
        }
        Err(error) => return Err(error.into()),
    };
    let [row] = rows.as_slice() else {
        return Err(not_ours(format!(
            "it says {} times which ledger it is",
            rows.len()
        )));
    };
    let columns: (_, _, Result<Vec<u8>, _>) = (row.try_get(0), row.try_get(1), row.try_get(2));
    let (Ok(format), Ok(found), Ok(id)) = columns else {
        return Err(not_ours(
            "what it says of itself is of another form".to_owned(),
        ));
    };
    let place = place.clone();
    let is_newer: bool = found > SCHEMA || i64::from(format) > i64::from(FORMAT);
    if is_newer {
        return Err(Refusal::Newer {
            place,
            found,
            format,
        });
    }
    if found < EXTENSIBLE {
        return Err(Refusal::Older { place, found });
    }
    if found < SCHEMA {
        return Ok(Contents::Extensible);
    }
    // Only now: what was there before the version was read may lack what another server has just made.
    let tables = tables(client, "orihon").await?;
    let is_there = |wanted: &str| tables.iter().any(|(name, _)| name == wanted);
    if let Some(missing) = names().find(|name| !is_there(name)) {
        return Err(not_ours(format!("it lacks the table {missing}")));
    }
    let ledger_id = id.try_into();
    ledger_id
        .map(Contents::Ledger)
        .map_err(|_| not_ours("its id is not of 16 bytes".to_owned()))
}

/// "Undefined table" and "undefined column".
pub(crate) const NO_SUCH: [SqlState; 2] = [SqlState::UNDEFINED_TABLE, SqlState::UNDEFINED_COLUMN];
