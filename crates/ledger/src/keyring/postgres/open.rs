//! Opening the keyring's tables: made whole or not at all, for one ledger, under one master key. Of
//! several servers that make them at once, one does, and the others find them. A keyring that is there
//! is looked at and not changed.

use super::{Missing, Options};
use crate::fault::OpenError;
use crate::keyring::master::{Head, Master, Origin};
use crate::keyring::{Entropy, hex};
use crate::postgres::fault::Failure;
use crate::postgres::open::contents::{NO_SUCH, Schema, schema};
use crate::postgres::open::refusal::refused;
use crate::postgres::open::{LOOKS_MAX, Place, Refusal, Way, connect, is_overtaken};
use crate::postgres::schema::Room;
use deadpool_postgres::{Client, GenericClient, Pool};
use tokio_postgres::Error;

/// The version of the keyring that this program makes and reads.
const VERSION: i32 = 1;

const HEAD: &str = "SELECT version, ledger_id, master_id, secret FROM orihon_keys.ring";

const TABLES: [(&str, &str, &str); 2] = [
    (
        "ring",
        "number smallint PRIMARY KEY CHECK (number = 1), version integer NOT NULL, \
         ledger_id bytea NOT NULL, master_id bytea NOT NULL, secret bytea NOT NULL",
        "whose keys these are, in one row, and the secret of its servers, sealed by the master key",
    ),
    (
        "keys",
        "holder bytea PRIMARY KEY, state smallint NOT NULL, wrapped bytea, \
         CHECK ((state = 1) = (wrapped IS NOT NULL))",
        "the data key of each owner, wrapped by the master key; state 1 live, 0 erased",
    ),
];

/// What was opened.
pub(super) struct Opened {
    pub(super) pool: Pool,
    pub(super) place: Place,
    pub(super) master: Master,
    pub(super) secret: [u8; 32],
}

/// Everything that makes the tables, in order.
#[must_use]
pub fn statements(room: Room) -> Vec<String> {
    let mut all = Vec::new();
    match room {
        Room::Missing => all.push("CREATE SCHEMA orihon_keys".to_owned()),
        Room::Empty => {}
    }
    for (name, columns, holds) in TABLES {
        all.push(format!("CREATE TABLE orihon_keys.{name} ({columns})"));
        all.push(format!("COMMENT ON TABLE orihon_keys.{name} IS '{holds}'"));
    }
    all
}

/// Opens the keyring of a ledger, or makes it.
pub(super) async fn open(
    options: &Options,
    ledger_id: [u8; 16],
    entropy: &Entropy,
) -> Result<Opened, OpenError> {
    let way = connect(&options.url, options.connections_max, options.durability).await?;
    let Way {
        pool,
        place,
        mut client,
    } = way;
    let (master, head) = find_or_make(&mut client, &place, options, ledger_id, entropy).await?;
    let secret = head.open(&master, place.to_string())?;
    Ok(Opened {
        pool,
        place,
        master,
        secret,
    })
}

/// What was found.
enum Contents {
    Empty(Room),
    Ring(Head),
}

async fn find_or_make(
    client: &mut Client,
    place: &Place,
    options: &Options,
    ledger_id: [u8; 16],
    entropy: &Entropy,
) -> Result<(Master, Head), OpenError> {
    let (mut made, mut overtaken) = (None, None);
    for _ in 0..LOOKS_MAX {
        let room = match look(client, place).await? {
            Contents::Empty(room) => room,
            Contents::Ring(head) => {
                return Ok((master_of(&head, place, options, ledger_id, made)?, head));
            }
        };
        match options.missing {
            Missing::Make | Missing::Bring(_) => {}
            Missing::Refuse => {
                let place = place.to_string();
                return Err(OpenError::NoKeyring { place });
            }
        }
        let (master, head, origin) = new(options, place, ledger_id, entropy)?;
        match make(client, room, &head).await {
            Ok(()) => return Ok((master, head)),
            Err(error) if is_overtaken(&error) => overtaken = Some(error),
            Err(error) => return Err(refused(place.clone(), error).into()),
        }
        match origin {
            Origin::Made => made = Some(master),
            Origin::Found => {}
        }
    }
    let place = place.clone();
    Err(OpenError::Database(match overtaken {
        Some(error) => Failure::from(error).into(),
        None => Refusal::NotAKeyring {
            place,
            what: "it changes all the time".to_owned(),
        },
    }))
}

/// What a new keyring begins with.
fn new(
    options: &Options,
    place: &Place,
    ledger_id: [u8; 16],
    entropy: &Entropy,
) -> Result<(Master, Head, Origin), OpenError> {
    let Missing::Bring(secret) = options.missing else {
        let (master, origin) = Master::find_or_make(&options.folder, entropy)?;
        let (head, _) = Head::new(&master, ledger_id, entropy);
        return Ok((master, head, origin));
    };
    let master = master_in(options, place)?;
    let head = Head::of(&master, ledger_id, &secret, entropy);
    Ok((master, head, Origin::Found))
}

/// The master key for a keyring that was there. `made` is one that we made because it was not there
/// yet: if the keyring was made with another meanwhile, ours wraps nothing and goes.
fn master_of(
    head: &Head,
    place: &Place,
    options: &Options,
    ledger_id: [u8; 16],
    made: Option<Master>,
) -> Result<Master, OpenError> {
    if let Some(master) = made
        && master.id() != head.master_id
    {
        master.discard()?;
    }
    if head.ledger_id != ledger_id {
        return Err(OpenError::OthersKeyring {
            place: place.to_string(),
            found: hex(&head.ledger_id),
            wanted: hex(&ledger_id),
        });
    }
    master_in(options, place)
}

fn master_in(options: &Options, place: &Place) -> Result<Master, OpenError> {
    let path = Master::path_in(&options.folder);
    if !path.exists() {
        return Err(OpenError::MasterKeyMissing {
            master: path,
            keyring: place.to_string(),
        });
    }
    Master::read(&options.folder)
}

/// Looks whether the ledger `ledger_id` may bring its keys there: nothing is, or its own keyring.
///
/// # Errors
/// [`OpenError`] says what is there instead; nothing was changed.
pub(crate) async fn is_free_for(options: &Options, ledger_id: [u8; 16]) -> Result<(), OpenError> {
    let way = connect(&options.url, options.connections_max, options.durability).await?;
    match look(&way.client, &way.place).await? {
        Contents::Empty(_) => master_in(options, &way.place).map(drop),
        Contents::Ring(head) => master_of(&head, &way.place, options, ledger_id, None).map(drop),
    }
}

async fn look(client: &impl GenericClient, place: &Place) -> Result<Contents, Refusal> {
    let tables = match schema(client, place, "orihon_keys", "ring").await? {
        Schema::Empty(room) => return Ok(Contents::Empty(room)),
        Schema::Tables(tables) => tables,
    };
    let not_ours = |what: String| Refusal::NotAKeyring {
        place: place.clone(),
        what,
    };
    let is_there = |wanted: &str| tables.iter().any(|name| name == wanted);
    if let Some((missing, _, _)) = TABLES.iter().find(|(name, ..)| !is_there(name)) {
        return Err(not_ours(format!("it lacks the table {missing}")));
    }
    let rows = match client.query(HEAD, &[]).await {
        Ok(rows) => rows,
        Err(error) if error.code().is_some_and(|code| NO_SUCH.contains(code)) => {
            return Err(not_ours("it says nowhere whose it is".to_owned()));
        }
        Err(error) => return Err(error.into()),
    };
    let [row] = rows.as_slice() else {
        return Err(not_ours(format!(
            "it says {} times whose it is",
            rows.len()
        )));
    };
    let other_form = |_| not_ours("what it says of itself is of another form".to_owned());
    let found: i32 = row.try_get(0).map_err(other_form)?;
    if found > VERSION {
        let place = place.clone();
        return Err(Refusal::NewerKeyring { place, found });
    }
    if found < VERSION {
        return Err(not_ours(format!("it has the version {found}")));
    }
    let columns: (&[u8], &[u8], Vec<u8>) = (
        row.try_get(1).map_err(other_form)?,
        row.try_get(2).map_err(other_form)?,
        row.try_get(3).map_err(other_form)?,
    );
    let (ledger_id, master_id, secret) = columns;
    let (Ok(ledger_id), Ok(master_id)) = (ledger_id.try_into(), master_id.try_into()) else {
        return Err(not_ours("its ids are of another length".to_owned()));
    };
    Ok(Contents::Ring(Head {
        ledger_id,
        master_id,
        secret,
    }))
}

async fn make(client: &mut Client, room: Room, head: &Head) -> Result<(), Error> {
    let transaction = client.transaction().await?;
    transaction
        .batch_execute(&statements(room).join(";\n"))
        .await?;
    let row = "INSERT INTO orihon_keys.ring (number, version, ledger_id, master_id, secret) \
               VALUES (1, $1, $2, $3, $4)";
    let (ledger_id, master_id) = (head.ledger_id.as_slice(), head.master_id.as_slice());
    transaction
        .execute(row, &[&VERSION, &ledger_id, &master_id, &head.secret])
        .await?;
    transaction.commit().await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_read_of_a_table_is_quoted_as_it_stands() {
        for (name, _, holds) in TABLES {
            assert!(!holds.contains('\''), "{name}");
        }
    }
}
