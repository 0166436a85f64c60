//! The schema `orihon`: its tables and its version, and what spreads it over a cluster. Statements are
//! handed out as text; only [`make`] and what brings a schema up carry some out, in a transaction of their caller.

use super::statement;
use super::table::{Spread, tables};
use tokio_postgres::{Error, GenericClient};

/// The version of the schema that this program makes and reads.
pub const SCHEMA: i32 = 5;

/// The oldest version that an opening brings up. A server that was started under an older version than the
/// schema has by now writes nothing more; only programs of before version 5 do not look.
pub(crate) const EXTENSIBLE: i32 = 2;

/// What makes a schema of version 1 one of version 2.
pub(crate) const UPGRADE: &str = "ALTER TABLE orihon.ledger ADD COLUMN move_stage smallint, \
     ADD COLUMN move_id bytea, ADD COLUMN move_place text; \
     UPDATE orihon.ledger SET schema_version = 2";

/// What came to a table that was there.
const ADDED: &str = "ALTER TABLE orihon.ledger ADD COLUMN IF NOT EXISTS steps smallint NOT NULL \
     DEFAULT 1 CHECK (steps IN (1, 2)); ALTER TABLE orihon.ledger ALTER COLUMN steps DROP DEFAULT";

/// Is `to_file` of the form that it had before anybody wrote into it?
const IS_OLD_TO_FILE: &str = "SELECT EXISTS (SELECT FROM pg_catalog.pg_attribute \
     WHERE attrelid = to_regclass('orihon.to_file') AND attname = 'intent')";

/// Every table, those of rows and those that only this ledger has.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    OWN.iter()
        .map(|own| own.name)
        .chain(tables().map(|table| table.name))
}

/// A table that the embedded ledger has no row for.
struct Own {
    name: &'static str,
    holds: &'static str,
    columns: &'static str,
    spread: Spread,
}

const OWN: [Own; 2] = [
    Own {
        name: "ledger",
        holds: "which ledger this is, in one row, the versions of its rows and of its tables, in how \
                many steps it commits, and whether it moves",
        columns: "number smallint PRIMARY KEY CHECK (number = 1), format_version integer NOT NULL, \
                  schema_version integer NOT NULL, ledger_id bytea NOT NULL, \
                  steps smallint NOT NULL CHECK (steps IN (1, 2)), \
                  move_stage smallint, move_id bytea, move_place text",
        spread: Spread::Everywhere,
    },
    Own {
        name: "turns",
        holds: "one row for each store, by whose lock those take turns who write for it",
        columns: "store_id text COLLATE \"C\" PRIMARY KEY",
        spread: Spread::Store,
    },
];

/// Whether the schema itself is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Room {
    /// It is to be made.
    Missing,
    /// Somebody made it for us and left it empty.
    Empty,
}

/// Everything that makes the schema, in order.
#[must_use]
pub fn statements(room: Room) -> Vec<String> {
    let mut all = Vec::new();
    match room {
        Room::Missing => all.push("CREATE SCHEMA orihon".to_owned()),
        Room::Empty => {}
    }
    for own in &OWN {
        all.push(format!(
            "CREATE TABLE orihon.{} ({})",
            own.name, own.columns
        ));
        all.push(comment(own.name, own.holds));
    }
    for table in tables() {
        all.push(statement::create(table));
        all.push(comment(table.name, table.holds));
    }
    all
}

fn comment(table: &str, holds: &str) -> String {
    format!("COMMENT ON TABLE orihon.{table} IS '{holds}'")
}

/// Makes the schema. The caller commits, or nothing was made.
///
/// # Errors
/// What the database says, among it that the schema came into being meanwhile.
pub async fn make(
    client: &impl GenericClient,
    room: Room,
    format: i32,
    ledger_id: [u8; 16],
) -> Result<(), Error> {
    client.batch_execute(&statements(room).join(";\n")).await?;
    let row = "INSERT INTO orihon.ledger (number, format_version, schema_version, ledger_id, steps) \
               VALUES (1, $1, $2, $3, 1)";
    let id = ledger_id.as_slice();
    client.execute(row, &[&format, &SCHEMA, &id]).await?;
    Ok(())
}

/// Makes the tables and columns that came after the schema was made, and says that it is of our version. It waits
/// for the batches of servers of the older version, which know nothing of those tables; afterwards these commit
/// nothing. The caller commits.
///
/// # Errors
/// What the database says, among it that we may make no tables.
pub(crate) async fn bring_up(client: &impl GenericClient) -> Result<(), Error> {
    // One server at a time: whoever comes second finds the version changed, and all tables there.
    client.batch_execute("LOCK TABLE orihon.ledger").await?;
    let text = "SELECT schema_version FROM orihon.ledger";
    let found: i32 = client.query_one(text, &[]).await?.try_get(0)?;
    if !(EXTENSIBLE..SCHEMA).contains(&found) {
        return Ok(());
    }
    client.batch_execute(ADDED).await?;
    if client.query_one(IS_OLD_TO_FILE, &[]).await?.try_get(0)? {
        client.batch_execute("DROP TABLE orihon.to_file").await?;
    }
    let text = "SELECT tablename::text FROM pg_catalog.pg_tables WHERE schemaname = 'orihon'";
    let rows = client.query(text, &[]).await?;
    let there: Vec<String> = rows
        .iter()
        .map(|row| row.try_get(0))
        .collect::<Result<_, _>>()?;
    for table in tables().filter(|table| there.iter().all(|name| name != table.name)) {
        let made = [statement::create(table), comment(table.name, table.holds)];
        client.batch_execute(&made.join(";\n")).await?;
    }
    let text = "UPDATE orihon.ledger SET schema_version = $1";
    client.execute(text, &[&SCHEMA]).await?;
    Ok(())
}

/// Everything that spreads the tables over a Citus cluster, in order, for a schema that is there. What
/// belongs to one store is in one place, and so is what belongs to one owner; small tables are in all.
#[must_use]
pub fn citus() -> Vec<String> {
    let own = OWN.iter().map(|own| (own.name, own.spread));
    let all: Vec<_> = own
        .chain(tables().map(|table| (table.name, table.spread)))
        .collect();
    let mut statements = Vec::new();
    for (name, spread) in &all {
        let first = all
            .iter()
            .find(|(_, other)| other.column() == spread.column());
        let with = match first {
            Some((first, _)) if first != name => format!("orihon.{first}"),
            Some(_) | None => "none".to_owned(),
        };
        statements.push(match spread.column() {
            Some(column) => format!(
                "SELECT create_distributed_table('orihon.{name}', '{column}', \
                 colocate_with => '{with}')"
            ),
            None => format!("SELECT create_reference_table('orihon.{name}')"),
        });
    }
    statements
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_read_of_a_table_is_quoted_as_it_stands() {
        let holds = OWN.iter().map(|own| own.holds);
        for holds in holds.chain(tables().map(|table| table.holds)) {
            assert!(!holds.contains('\''), "{holds}");
        }
    }

    #[test]
    fn a_cluster_keeps_together_what_belongs_together() {
        let statements = citus();
        assert_eq!(statements.len(), names().count());
        let expected = [
            "SELECT create_reference_table('orihon.ledger')",
            "SELECT create_distributed_table('orihon.turns', 'store_id', colocate_with => 'none')",
            "SELECT create_distributed_table('orihon.settlements', 'store_id', \
             colocate_with => 'orihon.turns')",
            "SELECT create_distributed_table('orihon.users', 'owner', colocate_with => 'none')",
            "SELECT create_distributed_table('orihon.purchases', 'owner', \
             colocate_with => 'orihon.users')",
            "SELECT create_distributed_table('orihon.secrets', 'hash', colocate_with => 'none')",
            "SELECT create_reference_table('orihon.chain_devices')",
        ];
        for statement in expected {
            assert!(statements.iter().any(|it| it == statement), "{statement}");
        }
        // The first of a group is there before any other asks to lie beside it.
        for (nth, statement) in statements.iter().enumerate() {
            if let Some((_, first)) = statement.split_once("colocate_with => 'orihon.") {
                let made = format!(
                    "create_distributed_table('orihon.{}",
                    &first[..first.len() - 1]
                );
                let made = made.trim_end_matches('\'');
                let before = &statements[..nth];
                assert!(before.iter().any(|it| it.contains(made)), "{statement}");
            }
        }
    }
}
