//! The keyring in a database: what one server keeps there another finds, what one destroys no other
//! opens, and whoever cannot open it is told what to do.

use super::server::{ADMIN, Server, shared};
use crate::world::{World, entropy, hex};
use ledger::fault::{Fault, OpenError};
use ledger::keyring::postgres::{Missing, Options};
use ledger::keyring::{Entropy, HolderId, KeyState, Keyring, Slot, Spare};
use ledger::postgres::open::{Durability, Found, Refusal, open};
use ledger::postgres::waiting::Waiting;
use ledger::seal::DataKey;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use tokio_postgres::Client;

const LEDGER: [u8; 16] = [9; 16];

/// A new database, and a folder for the master key.
struct Place {
    server: &'static Server,
    name: String,
    world: World,
}

impl Place {
    async fn new() -> Self {
        let server = shared().await;
        let name = server.database().await;
        let world = World::new();
        Self {
            server,
            name,
            world,
        }
    }

    fn options(&self) -> Options {
        Options {
            url: self.server.url(ADMIN, &self.name),
            connections_max: 2,
            durability: Durability::Required,
            folder: self.world.path("keys"),
            missing: Missing::Make,
        }
    }

    fn open(&self, seed: u64) -> Keyring {
        opened(&self.options(), LEDGER, entropy(seed)).expect("it opens")
    }

    async fn admin(&self) -> Client {
        self.server.connect(&self.name).await
    }

    fn master_path(&self) -> PathBuf {
        self.world.path("keys/master.key")
    }
}

fn opened(options: &Options, ledger: [u8; 16], entropy: Entropy) -> Result<Keyring, OpenError> {
    let waiting = Arc::new(Waiting::start().unwrap());
    Keyring::in_postgres(options, ledger, entropy, waiting)
}

fn refusal(options: &Options, ledger: [u8; 16]) -> OpenError {
    match opened(options, ledger, entropy(99)) {
        Ok(ring) => panic!("it was opened: {}", ring.place()),
        Err(error) => error,
    }
}

fn is_key(key: Option<&DataKey>, spare: &Spare) -> bool {
    let sealed = spare.key.seal([0; 12], b"", b"proof");
    key.is_some_and(|key| key.open(b"", &sealed).is_ok_and(|proof| proof == b"proof"))
}

fn has(ring: &Keyring, spare: &Spare) -> bool {
    is_key(ring.key(spare.holder, spare.slot).unwrap().as_ref(), spare)
}

fn states(ring: &Keyring) -> BTreeMap<HolderId, KeyState> {
    let mut states = BTreeMap::new();
    ring.each(|holder, state| assert!(states.insert(holder, state).is_none()))
        .unwrap();
    states
}

#[tokio::test]
async fn a_key_is_found_by_every_server_until_one_destroys_it() {
    let place = Place::new().await;
    let one = place.open(1);
    // Enough to be made in several batches, and each kept before it is given out.
    let taken: Vec<Spare> = (0..100).map(|_| one.take().unwrap()).collect();
    let other = place.open(2);
    assert_eq!(one.secret(), other.secret());
    let wanted: Vec<_> = taken.iter().map(|key| (key.holder, key.slot)).collect();
    let found = other.keys(&wanted).unwrap();
    assert_eq!(found.len(), taken.len());
    for spare in &taken {
        assert_eq!(spare.slot, Slot::BY_HOLDER);
        assert!(has(&one, spare) && is_key(found.get(&spare.holder), spare));
    }
    let nobody = HolderId([5; 16]);
    assert!(one.key(nobody, Slot::BY_HOLDER).unwrap().is_none());

    let gone = &taken[5];
    one.erase(gone.holder, gone.slot).unwrap();
    assert!(one.key(gone.holder, gone.slot).unwrap().is_none());
    // The other server remembers it for a while, and not for longer.
    assert!(has(&other, gone), "the control");
    other.forget_old();
    other.forget_old();
    assert!(other.key(gone.holder, gone.slot).unwrap().is_none());
    assert_eq!(other.keys(&wanted).unwrap().len(), taken.len() - 1);
    other.erase(gone.holder, gone.slot).unwrap();
    // Whoever starts anew sees the same, and what was destroyed is not what never was.
    let third = place.open(3);
    assert!(third.key(gone.holder, gone.slot).unwrap().is_none());
    assert!(has(&third, &taken[4]) && has(&third, &taken[6]));
    let states = states(&third);
    assert_eq!(states.len(), 16 + 32 + 64, "three batches");
    for spare in &taken {
        let expected = if spare.holder == gone.holder {
            KeyState::Erased
        } else {
            KeyState::Live
        };
        assert_eq!(states.get(&spare.holder), Some(&expected));
    }
    assert_eq!(states.get(&nobody), None);
    let client = place.admin().await;
    let left = "SELECT count(*) FROM orihon_keys.keys WHERE wrapped IS NULL";
    let left: i64 = client.query_one(left, &[]).await.unwrap().get(0);
    assert_eq!(left, 1);
}

#[tokio::test]
async fn keys_that_were_made_are_given_out_once() {
    let place = Place::new().await;
    let (one, other) = (place.open(1), place.open(2));
    let mut taken = BTreeMap::new();
    for nth in 0..200 {
        let ring = if nth % 3 == 0 { &one } else { &other };
        let spare = ring.take().unwrap();
        if nth % 10 == 0 {
            ring.give_back(spare);
        } else {
            assert!(taken.insert(spare.holder, spare).is_none());
        }
    }
    // There are more than one page of them, and all are told.
    while taken.len() < 5_000 {
        let spare = one.take().unwrap();
        assert!(taken.insert(spare.holder, spare).is_none());
    }
    let states = states(&other);
    assert!(taken.keys().all(|holder| states.contains_key(holder)));
    let wanted: Vec<_> = taken.values().map(|key| (key.holder, key.slot)).collect();
    let found = other.keys(&wanted).unwrap();
    for (holder, spare) in &taken {
        assert!(is_key(found.get(holder), spare));
    }
}

/// Each drawing is one byte many times: 1, 2, 3 ...
fn steps() -> Entropy {
    let drawn = AtomicU8::new(0);
    Arc::new(move |bytes| bytes.fill(drawn.fetch_add(1, Ordering::SeqCst) + 1))
}

/// Computed by another program from the description in docs/data-format.md, and kept.
const MASTER: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n";
const MASTER_ID: &str = "630dcd29";
const SECRET: &str = "0202020202020202020202029a2918bab8d8305aca84a3f93278db121de8ae6d955579f0\
                      435fd002766a48c3fa38fe29ceb54efc4c36da3e767335d8";
const WRAPPED: &str = "0505050505050505050505054832dc75a4399eee3b8a0fe40d1702d1517390dbe0de918f\
                       3625d627da3b14595487b47a09a238731c770f3a682334c0";

fn put_master(place: &Place) {
    fs::create_dir_all(place.world.path("keys")).unwrap();
    fs::write(place.master_path(), MASTER).unwrap();
}

#[tokio::test]
async fn rows_are_laid_out_as_described() {
    let place = Place::new().await;
    put_master(&place);
    let ring = opened(&place.options(), LEDGER, steps()).unwrap();
    assert_eq!(*ring.secret(), [1; 32]);
    let spare = ring.take().unwrap();
    assert_eq!(spare.holder, HolderId([3; 16]));
    let client = place.admin().await;
    let head = "SELECT number, version, ledger_id, master_id, secret FROM orihon_keys.ring";
    let head = client.query_one(head, &[]).await.unwrap();
    assert_eq!((head.get::<_, i16>(0), head.get::<_, i32>(1)), (1, 1));
    let bytes = |at: usize| hex(head.get::<_, &[u8]>(at));
    assert_eq!(bytes(2), hex(&LEDGER));
    assert_eq!((bytes(3).as_str(), bytes(4).as_str()), (MASTER_ID, SECRET));
    let row = "SELECT state, wrapped FROM orihon_keys.keys WHERE holder = $1";
    let holder: &[u8] = &[3; 16];
    let row = client.query_one(row, &[&holder]).await.unwrap();
    assert_eq!(row.get::<_, i16>(0), 1);
    assert_eq!(hex(row.get::<_, &[u8]>(1)), WRAPPED);
    assert_eq!(
        fs::read_to_string(place.master_path()).unwrap(),
        MASTER,
        "a master key that is there is used"
    );
}

/// The same the other way round: rows that were kept are read for ever.
#[tokio::test]
async fn kept_rows_are_read() {
    let place = Place::new().await;
    put_master(&place);
    drop(place.open(1));
    let rows = format!(
        "UPDATE orihon_keys.ring SET secret = '\\x{SECRET}'; \
         INSERT INTO orihon_keys.keys VALUES ('\\x{}', 1, '\\x{WRAPPED}'), ('\\x{}', 0, NULL)",
        hex(&[3; 16]),
        hex(&[6; 16]),
    );
    place.admin().await.batch_execute(&rows).await.unwrap();
    let ring = place.open(2);
    assert_eq!(*ring.secret(), [1; 32]);
    let kept = Spare {
        holder: HolderId([3; 16]),
        slot: Slot::BY_HOLDER,
        key: DataKey::new([4; 32]),
    };
    assert!(has(&ring, &kept));
    let erased = HolderId([6; 16]);
    assert!(ring.key(erased, Slot::BY_HOLDER).unwrap().is_none());
}

#[tokio::test]
async fn a_row_that_was_moved_or_changed_does_not_open() {
    let place = Place::new().await;
    let ring = place.open(1);
    let [one, other] = [ring.take().unwrap(), ring.take().unwrap()];
    let client = place.admin().await;
    let ids = (one.holder.0.as_slice(), other.holder.0.as_slice());
    let exchange = "UPDATE orihon_keys.keys AS held SET wrapped = from_other.wrapped \
                    FROM orihon_keys.keys AS from_other \
                    WHERE (held.holder, from_other.holder) IN (($1, $2), ($2, $1))";
    for is_moved in [true, false] {
        assert_eq!(
            client.execute(exchange, &[&ids.0, &ids.1]).await.unwrap(),
            2
        );
        // A server that remembers none of them.
        let ring = place.open(2);
        for spare in [&one, &other] {
            let found = ring.key(spare.holder, spare.slot);
            match found {
                Err(Fault::Damaged { .. }) => assert!(is_moved),
                Ok(key) => assert!(!is_moved && is_key(key.as_ref(), spare)),
                Err(fault) => panic!("{fault}"),
            }
        }
    }
    // What neither a live nor an erased key looks like is not written, and not believed.
    let row = "UPDATE orihon_keys.keys SET state = 0 WHERE holder = $1";
    assert!(client.execute(row, &[&ids.0]).await.is_err());
    let row = "UPDATE orihon_keys.keys SET state = 7, wrapped = NULL WHERE holder = $1";
    client.execute(row, &[&ids.0]).await.unwrap();
    let found = place.open(3).key(one.holder, one.slot);
    assert!(matches!(found, Err(Fault::Damaged { .. })), "{found:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_several_that_make_it_at_once_one_does() {
    for round in 0..4 {
        let place = Place::new().await;
        // In turn: all have the folder of one machine, or each a copy of one master key, or none has
        // a master key yet.
        let folder = |nth: u64| match round % 3 {
            0 => place.world.path("keys"),
            _ => place.world.path(&format!("keys-{nth}")),
        };
        let opening = (0..3_u64).map(|nth| {
            let folder = folder(nth);
            if round % 3 == 1 {
                fs::create_dir(&folder).unwrap();
                fs::write(folder.join("master.key"), MASTER).unwrap();
            }
            let options = Options {
                folder,
                ..place.options()
            };
            tokio::task::spawn_blocking(move || opened(&options, LEDGER, entropy(nth)))
        });
        let opening: Vec<_> = opening.collect();
        let (mut rings, mut without_master) = (Vec::new(), 0);
        for (opened, nth) in opening.into_iter().zip(0..) {
            match opened.await.unwrap() {
                Ok(ring) => rings.push(ring),
                Err(OpenError::MasterKeyMissing { master, .. }) => {
                    assert_eq!(master, folder(nth).join("master.key"));
                    assert!(
                        !master.exists(),
                        "a master key of no use is not left behind"
                    );
                    without_master += 1;
                }
                Err(error) => panic!("{error}"),
            }
        }
        let expected = if round % 3 == 2 { (1, 2) } else { (3, 0) };
        assert_eq!((rings.len(), without_master), expected, "round {round}");
        let spares: Vec<Spare> = rings.iter().map(|ring| ring.take().unwrap()).collect();
        for ring in &rings {
            assert_eq!(ring.secret(), rings[0].secret());
            assert!(spares.iter().all(|spare| has(ring, spare)));
        }
    }
}

#[tokio::test]
async fn what_does_not_fit_is_refused_with_what_to_do() {
    let place = Place::new().await;
    let refuse = Options {
        missing: Missing::Refuse,
        ..place.options()
    };
    let error = refusal(&refuse, LEDGER);
    assert!(matches!(error, OpenError::NoKeyring { .. }), "{error}");
    assert!(!place.world.path("keys").exists(), "nothing was made");
    let spare = place.open(1).take().unwrap();
    let right = fs::read_to_string(place.master_path()).unwrap();

    let says = |error: &OpenError, words: &[&str]| {
        let said = error.to_string();
        assert!(words.iter().all(|word| said.contains(word)), "{said}");
        assert!(said.contains(&place.name), "{said}");
    };
    let error = refusal(&place.options(), [8; 16]);
    assert!(matches!(error, OpenError::OthersKeyring { .. }), "{error}");
    says(&error, &[&hex(&LEDGER), &hex(&[8; 16])]);

    fs::remove_file(place.master_path()).unwrap();
    let error = refusal(&place.options(), LEDGER);
    assert!(
        matches!(error, OpenError::MasterKeyMissing { .. }),
        "{error}"
    );
    says(&error, &["copy master.key there from another server"]);
    assert!(!place.master_path().exists(), "none was made");

    fs::write(place.master_path(), MASTER).unwrap();
    let error = refusal(&place.options(), LEDGER);
    match &error {
        OpenError::WrongMasterKey { given, wanted, .. } => {
            assert_eq!(given, MASTER_ID);
            assert_ne!(wanted, MASTER_ID);
        }
        other => panic!("{other}"),
    }
    says(&error, &["put the right key back"]);
    // The id alone does not help.
    let client = place.admin().await;
    let id = format!("UPDATE orihon_keys.ring SET master_id = '\\x{MASTER_ID}'");
    client.batch_execute(&id).await.unwrap();
    let error = refusal(&place.options(), LEDGER);
    assert!(matches!(error, OpenError::WrongMasterKey { .. }), "{error}");
    // The control.
    fs::write(place.master_path(), &right).unwrap();
    let id = "UPDATE orihon_keys.ring SET master_id = $1";
    let sha = crate::world::sha256(&bytes_of(right.trim()));
    client.execute(id, &[&&sha[..4]]).await.unwrap();
    assert!(has(&opened(&refuse, LEDGER, entropy(2)).unwrap(), &spare));
}

fn bytes_of(digits: &str) -> Vec<u8> {
    let pairs = (0..digits.len()).step_by(2);
    pairs
        .map(|at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap())
        .collect()
}

/// Whether a refusal is the one that is expected.
type Expected = fn(&Refusal) -> bool;

#[tokio::test]
async fn what_is_no_keyring_is_left_as_it_is() {
    let rows: [(&str, Expected, &str); 5] = [
        (
            "UPDATE orihon_keys.ring SET version = 2",
            |it| matches!(it, Refusal::NewerKeyring { found: 2, .. }),
            "use a newer orihon",
        ),
        (
            "DELETE FROM orihon_keys.ring",
            |it| matches!(it, Refusal::NotAKeyring { .. }),
            "it says 0 times whose it is",
        ),
        (
            "DROP TABLE orihon_keys.keys",
            |it| matches!(it, Refusal::NotAKeyring { .. }),
            "it lacks the table keys",
        ),
        (
            "ALTER TABLE orihon_keys.ring DROP COLUMN secret",
            |it| matches!(it, Refusal::NotAKeyring { .. }),
            "it says nowhere whose it is",
        ),
        (
            "DROP SCHEMA orihon_keys CASCADE; CREATE TABLE public.invoices (number integer)",
            |it| matches!(it, Refusal::Foreign { .. }),
            "public.invoices",
        ),
    ];
    for (change, is_it, says) in rows {
        let place = Place::new().await;
        drop(place.open(1));
        place.admin().await.batch_execute(change).await.unwrap();
        match refusal(&place.options(), LEDGER) {
            OpenError::Database(refusal) => {
                assert!(is_it(&refusal), "{refusal:?}");
                assert!(refusal.to_string().contains(says), "{refusal}");
            }
            other => panic!("{other}"),
        }
    }
}

#[tokio::test]
async fn ledger_and_keyring_may_share_a_database() {
    for is_keyring_first in [true, false] {
        let place = Place::new().await;
        if is_keyring_first {
            drop(place.open(1));
        }
        let ledger = super::options(place.server.url(ADMIN, &place.name));
        assert_eq!(open(&ledger).await.unwrap().found, Found::New);
        let spare = place.open(2).take().unwrap();
        assert!(has(&place.open(3), &spare));
        assert_eq!(open(&ledger).await.unwrap().found, Found::Existing);
    }
}

/// A role of its own, which may do no more than it must. It is kept out for a while.
#[tokio::test]
async fn a_database_that_is_away_is_asked_again_later() {
    let place = Place::new().await;
    let role = format!("keys_{}", place.name);
    let admin = place.admin().await;
    let make = format!("CREATE ROLE {role} LOGIN");
    admin.batch_execute(&make).await.unwrap();
    let options = Options {
        url: place.server.url(&role, &place.name),
        ..place.options()
    };
    let error = refusal(&options, LEDGER);
    let grant = format!("GRANT CREATE ON DATABASE \"{}\" TO \"{role}\"", place.name);
    assert!(error.to_string().contains(&grant), "{error}");
    admin.batch_execute(&grant).await.unwrap();
    let ring = opened(&options, LEDGER, entropy(1)).unwrap();
    let spares: Vec<Spare> = (0..16).map(|_| ring.take().unwrap()).collect();

    let shut = format!("ALTER ROLE {role} CONNECTION LIMIT 0");
    admin.batch_execute(&shut).await.unwrap();
    let cut = "SELECT count(pg_terminate_backend(pid, 10000)) FROM pg_stat_activity \
               WHERE usename = $1";
    admin.query_one(cut, &[&role]).await.unwrap();
    for _ in 0..3 {
        let answers = [
            ring.take().map(drop),
            ring.key(spares[0].holder, spares[0].slot).map(drop),
            ring.erase(spares[1].holder, spares[1].slot),
            ring.each(|_, _| ()),
        ];
        for answer in answers {
            assert!(matches!(answer, Err(Fault::Away { .. })), "{answer:?}");
        }
    }
    let unlock = format!("ALTER ROLE {role} CONNECTION LIMIT -1");
    admin.batch_execute(&unlock).await.unwrap();
    assert!(has(&ring, &spares[0]) && has(&ring, &spares[1]));
    assert!(has(&ring, &ring.take().unwrap()));

    let nowhere = Options {
        url: "postgres://ada:hush@127.0.0.1:1/keys".to_owned(),
        ..place.options()
    };
    match refusal(&nowhere, LEDGER) {
        OpenError::Database(refusal) => {
            assert!(
                matches!(refusal, Refusal::Unreachable { .. }),
                "{refusal:?}"
            );
        }
        other => panic!("{other}"),
    }
    assert!(Path::new(&place.options().folder).is_dir());
}
