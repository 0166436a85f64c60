//! A transaction in which a batch is decided and written. Whoever writes for a store holds the store's
//! turn until the end, so that of two servers only one at a time decides what becomes of its rows; the
//! accounts of people are held last, all at once. What a row means is not known here.

use super::fault::{Failure, Reason, of_commit};
use super::moving::{Standing, Steps, standing};
use super::rows::{self, Change, Copied, Lock, Reading};
use super::schema::SCHEMA;
use super::tables::{Tables, just_after};
use super::waiting::Waiting;
use super::writing::Writing;
use crate::embedded::key::{Kind, is_body, number};
use crate::fault::Fault;
use crate::notice::{Notice, Stage};
use deadpool_postgres::Client;
use futures_util::future::{join, join_all, join5, try_join, try_join_all, try_join3};
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::timeout;
use tokio_postgres::{Row, Statement};

/// The turn of those who write what belongs to no store.
pub(crate) const OFFICE: &str = "";

/// What a batch is going to touch, as far as it shows beforehand.
#[derive(Debug, Default)]
pub(crate) struct Wanted {
    /// Stores for which it writes; [`OFFICE`] for what belongs to none.
    pub(crate) writes_for: BTreeSet<String>,
    /// Stores whose catalogue it goes by, which must not move meanwhile; [`OFFICE`] for machines and people.
    pub(crate) goes_by: BTreeSet<String>,
    /// Rows that it will ask for.
    pub(crate) keys: BTreeSet<Vec<u8>>,
    /// Beginnings of keys of which it will ask for all rows.
    pub(crate) prefixes: BTreeSet<Vec<u8>>,
    /// How rows are written that nobody has seen before.
    pub(crate) unseen: Unseen,
}

/// How rows are written that nobody has seen before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Unseen {
    /// Without a look whether they are there: many at once cost less so.
    #[default]
    Copied,
    /// Like all others: one was there after all.
    Written,
}

impl Wanted {
    /// The turn of the office, and these rows.
    pub(crate) fn of_office(&mut self, keys: impl IntoIterator<Item = Vec<u8>>) {
        self.writes_for.insert(OFFICE.to_owned());
        self.keys.extend(keys);
    }

    /// Rows that are held, and others, to be read when the turns have come. In two steps the rows of people
    /// must not be held while something is filed for them: then all are read after that.
    fn read_at_once(&self, steps: Steps) -> (BTreeSet<Vec<u8>>, BTreeSet<Vec<u8>>) {
        let keys = self.keys.iter().cloned();
        let (held, free): (BTreeSet<_>, BTreeSet<_>) = keys.partition(|key| is_held(key));
        match steps {
            Steps::Two if !held.is_empty() => (BTreeSet::new(), BTreeSet::new()),
            Steps::One | Steps::Two => (held, free),
        }
    }

    /// The one store for which it writes, and nothing that belongs to no store.
    pub(crate) fn only_store(&self) -> Option<&str> {
        let mut stores = self.writes_for.iter();
        match (stores.next(), stores.next()) {
            (Some(store), None) if store != OFFICE => Some(store),
            (_, _) => None,
        }
    }

    /// This as well.
    pub(crate) fn add(&mut self, mut more: Self) {
        self.writes_for.append(&mut more.writes_for);
        self.goes_by.append(&mut more.goes_by);
        self.keys.append(&mut more.keys);
        self.prefixes.append(&mut more.prefixes);
    }
}

/// The first key of a range, and the first behind it.
type Range = (Vec<u8>, Vec<u8>);

/// The transaction. Dropped before its end, it never was.
pub(crate) struct Turn {
    waiting: Arc<Waiting>,
    client: Option<Client>,
    /// What was read; none where there is no row.
    seen: RefCell<BTreeMap<Vec<u8>, Option<Vec<u8>>>>,
    /// The first rows of beginnings that were read ahead.
    begun: RefCell<BTreeMap<Vec<u8>, Vec<Copied>>>,
    /// Ranges of catalogues that were read whole, which nobody else changes while this turn lasts.
    ranges: RefCell<BTreeMap<Range, Vec<Copied>>>,
    /// Why a row could not be read, for the one who decides whether to begin again.
    failed: Cell<Option<Failure>>,
    /// What earlier batches of the stores whose turns these are still owe.
    left: RefCell<Vec<Copied>>,
}

impl Turn {
    /// Begins, waits for the turns of all stores concerned, and reads what is wanted. In a ledger that commits
    /// in two steps, what is left over from before is filed after that, and [`Turn::look`] is called.
    pub(crate) fn begin(tables: &Tables, wanted: &Wanted) -> Result<Self, Failure> {
        let (waiting, client) = tables.connect()?;
        let turn = Self {
            waiting,
            client: Some(client),
            seen: RefCell::default(),
            begun: RefCell::default(),
            ranges: RefCell::default(),
            failed: Cell::default(),
            left: RefCell::default(),
        };
        turn.start(wanted, tables.steps())?;
        Ok(turn)
    }

    /// What earlier batches of the same stores still owe. Nobody adds to it while these turns are held. If it
    /// is anything, what was read beside it is forgotten: it is older than what will be filed.
    pub(crate) fn left_over(&self) -> Vec<Copied> {
        let left = self.left.take();
        if !left.is_empty() {
            self.seen.take();
            self.begun.take();
            self.ranges.take();
        }
        left
    }

    /// Reads what is wanted, as far as it was not read at the beginning.
    pub(crate) fn look(&self, wanted: &Wanted) -> Result<(), Failure> {
        self.fetch(wanted.keys.iter().cloned())?;
        let mut begun = self.begun.borrow_mut();
        let is_missing = |prefix: &&Vec<u8>| !begun.contains_key(*prefix);
        let missing: BTreeSet<Vec<u8>> =
            wanted.prefixes.iter().filter(is_missing).cloned().collect();
        if !missing.is_empty() {
            let client = self.client()?;
            let asked = rows::beginnings(client, &missing, AHEAD_MAX);
            begun.extend(self.waiting.wait(asked)?);
        }
        Ok(())
    }

    /// Sends all in one piece: the database goes through it in order, so that nothing is read before
    /// the turns have come.
    fn start(&self, wanted: &Wanted, steps: Steps) -> Result<(), Failure> {
        let client = self.client()?;
        let (held, free) = wanted.read_at_once(steps);
        let asked = async {
            let turns = in_order(wanted, steps)
                .into_iter()
                .map(|(strength, stores)| async move {
                    let text = format!(
                        "SELECT 1 FROM orihon.turns WHERE store_id = ANY($1) \
                     ORDER BY store_id FOR {strength}"
                    );
                    Ok((client.prepare_cached(&text).await?, stores))
                });
            let left_over = left_over(client, wanted, steps);
            // The rows of people first: what is read after that speaks of them as they stay.
            let ((turns, left_over), locked, read) = try_join3(
                try_join(try_join_all(turns), left_over),
                Reading::prepare(client, &held, Lock::Update),
                Reading::prepare(client, &free, Lock::None),
            )
            .await?;
            // The default of a database may be another one, and rows must be seen as they are once
            // the turn has come.
            let begin = async {
                let text = "BEGIN ISOLATION LEVEL READ COMMITTED";
                Ok::<(), Failure>(client.batch_execute(text).await?)
            };
            let turns = turns.iter().map(|(statement, stores)| async move {
                client.query(statement, &[stores]).await?;
                Ok(())
            });
            let left_over = left_over
                .iter()
                .map(|(statement, store)| async move { client.query(statement, &[store]).await });
            // Whoever puts a notice up waits for all turns: it is read when ours have come. If nothing is left
            // over, what is read behind that is newer than all that was filed.
            let (first, turns, (standing, left), (locked, read), begun) = join5(
                begin,
                join_all(turns),
                join(standing(client), join_all(left_over)),
                join(locked.carry_out(client), read.carry_out(client)),
                rows::beginnings(client, &wanted.prefixes, AHEAD_MAX),
            )
            .await;
            // What failed first is why all behind it failed.
            first?;
            turns.into_iter().collect::<Result<(), Failure>>()?;
            let standing = standing?;
            let left = left.into_iter().collect::<Result<Vec<_>, _>>()?;
            takes_writes(&standing, steps)?;
            let left: Vec<Row> = left.into_iter().flatten().collect();
            Ok::<_, Failure>((locked?, read?, begun?, left))
        };
        let (locked, read, begun, left) = self.waiting.wait(asked)?;
        self.begun.replace(begun);
        for row in left {
            let row = (row.try_get(0)?, row.try_get(1)?);
            self.left.borrow_mut().push(row);
        }
        self.note(held, locked);
        self.note(free, read);
        Ok(())
    }

    /// What was found under `keys`.
    fn note(&self, keys: BTreeSet<Vec<u8>>, mut found: BTreeMap<Vec<u8>, Vec<u8>>) {
        let mut seen = self.seen.borrow_mut();
        for key in keys {
            let row = found.remove(&key);
            seen.insert(key, row);
        }
    }

    /// Reads rows that will be asked for, all at once.
    pub(crate) fn fetch(&self, keys: impl IntoIterator<Item = Vec<u8>>) -> Result<(), Failure> {
        let seen = |key: &Vec<u8>| self.seen.borrow().contains_key(key);
        let keys: BTreeSet<Vec<u8>> = keys.into_iter().filter(|key| !seen(key)).collect();
        let (held, free): (BTreeSet<_>, BTreeSet<_>) =
            keys.into_iter().partition(|key| is_held(key));
        // The rows of people first: what is read after that speaks of them as they stay.
        for (keys, lock) in [(held, Lock::Update), (free, Lock::None)] {
            if keys.is_empty() {
                continue;
            }
            let client = self.client()?;
            let asked = rows::read(client, keys.iter().cloned(), lock);
            let found = self.waiting.wait(asked)?;
            self.note(keys, found);
        }
        Ok(())
    }

    /// The same, for one who learns later why it failed.
    pub(crate) fn read_ahead(&self, keys: Vec<Vec<u8>>) -> Result<(), Fault> {
        let fetched = self.fetch(keys);
        self.or_note(fetched)
    }

    /// The row under `key`.
    pub(crate) fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, Fault> {
        let fetched = self.fetch([key.to_vec()]);
        self.or_note(fetched)?;
        Ok(self.seen.borrow().get(key).cloned().flatten())
    }

    /// The first `limit` rows from `from` up to, not including, `end`, in order.
    pub(crate) fn range(
        &self,
        from: &[u8],
        end: &[u8],
        limit: usize,
    ) -> Result<Vec<Copied>, Fault> {
        // Of as many rows as were asked for there may be more.
        if let Some(rows) = self.begun.borrow().get(from)
            && (rows.len() < AHEAD_MAX || rows.len() >= limit)
        {
            return Ok(rows.iter().take(limit).cloned().collect());
        }
        let place = (from.to_vec(), end.to_vec());
        if let Some(rows) = self.ranges.borrow().get(&place) {
            return Ok(rows.iter().take(limit).cloned().collect());
        }
        let read = self.client().and_then(|client| {
            self.waiting
                .wait(rows::range(client, from, end, limit.min(PAGE_MAX)))
        });
        let mut read = self.or_note(read)?;
        if read.len() == PAGE_MAX
            && read.len() < limit
            && let Some((last, _)) = read.last()
        {
            let from = just_after(last);
            read.extend(self.range(&from, end, limit - PAGE_MAX)?);
        }
        if is_of_catalogue(from) && read.len() < limit && read.len() <= AHEAD_MAX {
            self.ranges.borrow_mut().insert(place, read.clone());
        }
        Ok(read)
    }

    /// Writes rows of the batch, makes turns for its new stores, and reads `accounts` behind that, which
    /// are held until the end.
    pub(crate) fn write_ahead(
        &self,
        changes: Vec<Change>,
        unseen: Unseen,
        accounts: BTreeSet<Vec<u8>>,
    ) -> Result<(), Failure> {
        let client = self.client()?;
        self.ranges.take();
        let sorted = self.sort(changes, unseen);
        let asked = async {
            let writing = sorted.prepare(client).await?;
            let reading = Reading::prepare(client, &accounts, Lock::Update).await?;
            let sent = (writing.carry_out(client), reading.carry_out(client));
            let (written, read) = join(sent.0, sent.1).await;
            written?;
            read
        };
        let found = self.waiting.wait(asked)?;
        self.note(accounts, found);
        Ok(())
    }

    /// Writes the other rows of the batch, and ends the transaction.
    pub(crate) fn commit(mut self, changes: Vec<Change>, unseen: Unseen) -> Result<(), Failure> {
        let client = self.client()?;
        let sorted = self.sort(changes, unseen);
        let asked = async {
            let writing = sorted.prepare(client).await?;
            let end = async { client.batch_execute("COMMIT").await.map_err(of_commit) };
            if writing.statements() > SENT_TOGETHER_MAX {
                writing.carry_out(client).await?;
                return end.await;
            }
            // The end is sent behind the rows without waiting for them. If one of them is refused, the
            // database takes all of it back, and calls that a success: so the refusal counts.
            let (written, ended) = join(writing.carry_out(client), end).await;
            written.map_err(Failure::at_the_end)?;
            ended
        };
        self.waiting.wait(asked)?;
        // It is done: the connection may serve others.
        drop(self.client.take());
        Ok(())
    }

    fn sort(&self, changes: Vec<Change>, unseen: Unseen) -> Sorted {
        let store = number(Kind::Store);
        let stores = changes
            .iter()
            .filter(|(key, _)| key.first() == Some(&store))
            .map(|(key, _)| String::from_utf8_lossy(key.get(1..).unwrap_or_default()).into_owned())
            .collect();
        let (claims, changes) = self.claims_of(changes);
        let (copied, others) = match unseen {
            Unseen::Copied => self.unseen_of(changes),
            Unseen::Written => (Vec::new(), changes),
        };
        Sorted {
            stores,
            claims,
            copied,
            others,
        }
    }

    /// Claim codes that were free when they were looked at, and all other changes.
    fn claims_of(&self, changes: Vec<Change>) -> (Vec<Copied>, Vec<Change>) {
        let seen = self.seen.borrow();
        let (mut new, mut others) = (Vec::new(), Vec::new());
        for (key, row) in changes {
            let is_claim = key.first() == Some(&number(Kind::Claim));
            match row {
                Some(row) if is_claim && seen.get(&key) == Some(&None) => new.push((key, row)),
                row => others.push((key, row)),
            }
        }
        (new, others)
    }

    /// Rows that come with a settlement and are new with it, if there are many, and all other changes.
    fn unseen_of(&self, changes: Vec<Change>) -> (Vec<Copied>, Vec<Change>) {
        let seen = self.seen.borrow();
        let is_unseen = |key: &[u8]| {
            let Some((kind, _)) = key.split_first() else {
                return false;
            };
            let known = seen.get(key);
            if *kind == number(Kind::Settlement) {
                // Nobody else writes one for the store whose turn this is.
                known == Some(&None)
            } else {
                let is_body = is_body(key) && known.is_none_or(Option::is_none);
                is_body || *kind == number(Kind::Feed)
            }
        };
        let (mut new, mut others) = (Vec::new(), Vec::new());
        for (key, row) in changes {
            match row {
                Some(row) if is_unseen(&key) => new.push((key, row)),
                row => others.push((key, row)),
            }
        }
        if new.len() < COPIED_MIN {
            others.extend(new.drain(..).map(|(key, row)| (key, Some(row))));
        }
        (new, others)
    }

    /// Gives the batch up: it must be begun again from its beginning.
    pub(crate) fn give_way(&self, detail: &str) -> Fault {
        let failure = Failure::Again {
            reason: Reason::TurnMoved,
            detail: detail.to_owned(),
        };
        self.failed.set(Some(failure));
        Fault::Stopped
    }

    /// Why something could not be read, if that is why the batch was given up.
    pub(crate) fn failure(&self) -> Option<Failure> {
        self.failed.take()
    }

    fn client(&self) -> Result<&Client, Failure> {
        self.client.as_ref().ok_or(Failure::Fault(Fault::Stopped))
    }

    fn or_note<T>(&self, read: Result<T, Failure>) -> Result<T, Fault> {
        read.map_err(|failure| {
            self.failed.set(Some(failure));
            Fault::Stopped
        })
    }
}

/// Changes by the way in which they are written.
struct Sorted {
    /// Stores that are new or changed.
    stores: Vec<String>,
    /// Claim codes that are new.
    claims: Vec<Copied>,
    /// Rows that are new, if there are many.
    copied: Vec<Copied>,
    /// All others.
    others: Vec<Change>,
}

impl Sorted {
    /// Writes what must be there first, and prepares the rest.
    async fn prepare(self, client: &Client) -> Result<Writing, Failure> {
        // No turn keeps two stores from giving the same code to two sales: the table does.
        if !self.claims.is_empty() && !rows::insert(client, self.claims).await?.is_empty() {
            let detail = "a claim code was taken meanwhile".to_owned();
            let reason = Reason::ClaimTaken;
            return Err(Failure::Again { reason, detail });
        }
        if !self.stores.is_empty() {
            let text = "INSERT INTO orihon.turns (store_id) SELECT unnest($1::text[]) \
                        ON CONFLICT (store_id) DO NOTHING";
            client.execute(text, &[&self.stores]).await?;
        }
        let writing = Writing::prepare(client, self.others).await?;
        writing.copy(client, self.copied).await
    }
}

impl Drop for Turn {
    /// The database takes back what was done. A connection that does not say so serves nobody else.
    fn drop(&mut self) {
        if let Some(client) = self.client.take() {
            self.waiting.wait(take_back(client));
        }
    }
}

/// Ends a transaction that is given up. The connection is closed if the database does not answer soon.
pub(super) async fn take_back(client: Client) {
    let asked = timeout(TAKEN_BACK_IN, client.batch_execute("ROLLBACK")).await;
    if !matches!(asked, Ok(Ok(()))) {
        drop(Client::take(client));
    }
}

/// The questions for what earlier batches of the stores still owe, if the ledger has such.
async fn left_over<'a>(
    client: &Client,
    wanted: &'a Wanted,
    steps: Steps,
) -> Result<Vec<(Statement, &'a String)>, Failure> {
    let stores = match steps {
        Steps::One => return Ok(Vec::new()),
        Steps::Two => wanted.writes_for.iter(),
    };
    let statement = client.prepare_cached(LEFT_OVER).await?;
    Ok(stores.map(|store| (statement.clone(), store)).collect())
}

/// Does a ledger that says this of itself take what this program writes in so many steps? Rows of tables that
/// came later would be left behind by it.
fn takes_writes(standing: &Standing, steps: Steps) -> Result<(), Failure> {
    let detail = if standing.schema != SCHEMA {
        format!(
            "the database has schema {} since a newer server was started, and this program writes {SCHEMA}; \
             start that version here as well",
            standing.schema
        )
    } else if standing.steps != steps {
        let detail = "the ledger commits in another number of steps since this server started; \
                      start it again";
        detail.to_owned()
    } else {
        return is_open(standing.notice.as_ref());
    };
    Err(Failure::from(Fault::Engine { detail }))
}

/// Is a ledger with this notice one that is written to?
fn is_open(notice: Option<&Notice>) -> Result<(), Failure> {
    match notice.map(|notice| notice.stage) {
        None | Some(Stage::Arrived) => Ok(()),
        Some(Stage::Arriving | Stage::Leaving | Stage::Left) => Err(Fault::Moving.into()),
    }
}

/// The turns to wait for, all in one order, so that no two wait for each other in a circle: runs of
/// stores with the strength that they have in common.
fn in_order(wanted: &Wanted, steps: Steps) -> Vec<(&'static str, Vec<&String>)> {
    let mut groups: Vec<(&str, Vec<&String>)> = Vec::new();
    for store in wanted.writes_for.union(&wanted.goes_by) {
        let strength = if wanted.writes_for.contains(store) {
            "UPDATE"
        } else {
            "SHARE"
        };
        match groups.last_mut() {
            // Of several machines each is asked by itself.
            Some((last, stores)) if *last == strength && steps == Steps::One => stores.push(store),
            Some(_) | None => groups.push((strength, vec![store])),
        }
    }
    groups
}

/// What earlier batches of a store still owe.
const LEFT_OVER: &str = "SELECT key, row FROM orihon.to_file WHERE store_id = $1 ORDER BY key";

/// How long the end of a transaction that is given up is waited for.
const TAKEN_BACK_IN: Duration = Duration::from_secs(1);

/// Rows of one beginning that are read ahead.
const AHEAD_MAX: usize = 64;

/// Statements that are sent with the end of their transaction behind them, at most. Of more, not all need be
/// on their way when they are first asked for.
const SENT_TOGETHER_MAX: usize = 16;

/// Rows that are copied at least: a copy has its own way to the database and back for each table.
const COPIED_MIN: usize = 48;

/// Rows of one page.
const PAGE_MAX: usize = 4_096;

/// Is it of a catalogue? Whoever goes by one holds it still, so that its rows are the same at every look. Only the
/// catalogue that a store came to follow in this very batch is not held.
fn is_of_catalogue(key: &[u8]) -> bool {
    [Kind::Item, Kind::Patterns]
        .iter()
        .any(|kind| key.first() == Some(&number(*kind)))
}

/// Is a row read in order to be changed, by whatever store writes? Codes that people show are changed by
/// the first who comes, wherever that is.
fn is_held(key: &[u8]) -> bool {
    [Kind::Account, Kind::Claim, Kind::MemberCode]
        .iter()
        .any(|kind| key.first() == Some(&number(*kind)))
}
