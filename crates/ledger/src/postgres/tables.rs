//! Rows of a database for code that is not asynchronous: read one by one or in the order of their keys,
//! as they are committed. It never holds a transaction open; see `turn.rs` for that.

use super::columns::{Next, Page, compare, turns_of_nobody, without_turn};
use super::counts::{Connections, Counts};
use super::fault::{Failure, Reason};
use super::filing::{self, ForOwner};
use super::line::{Line, hold};
use super::moving::{self, Steps};
use super::open::{Database, Place};
use super::rows::{self, Change, Copied, Lock};
use super::table::Table;
use super::waiting::Waiting;
use super::writing;
use crate::embedded::key::Kind;
use crate::fault::Fault;
use crate::notice::Notice;
use deadpool_postgres::{Client, Pool};
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::timeout;

/// Rows of the first page of a range; each further one holds twice as many, up to the last number.
const PAGE_MIN: usize = 64;
const PAGE_MAX: usize = 4_096;

/// How long the question whether the database takes writes may wait, for a connection and for its
/// answer.
const REACH_TIMEOUT: Duration = Duration::from_secs(1);
/// On for a standby, and where `default_transaction_read_only` is.
const IS_READ_ONLY: &str = "SELECT current_setting('transaction_read_only') = 'on'";

/// Whether a ledger takes a commit, as far as a question tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// It does.
    Writable,
    /// The database lets us read and not write.
    ReadOnly,
    /// The database does not answer, or has no connection for us.
    Away,
}

/// The tables of an open database.
pub(crate) struct Tables {
    waiting: Arc<Waiting>,
    line: Line,
    pool: Pool,
    place: Place,
    steps: Steps,
    counts: Counts,
}

impl Tables {
    pub(crate) fn new(waiting: Arc<Waiting>, database: &Database) -> Self {
        Self {
            waiting,
            line: Line::Now(database.pool.clone()),
            pool: database.pool.clone(),
            place: database.place.clone(),
            steps: database.steps,
            counts: Counts::default(),
        }
    }

    /// The tables as they are at this moment, however long they are read; nothing is written to them.
    pub(crate) fn held(waiting: Arc<Waiting>, database: &Database) -> Result<Self, Fault> {
        let line = waiting.wait(hold(&database.pool))?;
        let place = database.place.clone();
        Ok(Self {
            waiting,
            line,
            pool: database.pool.clone(),
            place,
            steps: database.steps,
            counts: Counts::default(),
        })
    }

    /// Where they are.
    pub(crate) const fn place(&self) -> &Place {
        &self.place
    }

    /// In how many steps a batch is committed.
    pub(crate) const fn steps(&self) -> Steps {
        self.steps
    }

    /// How often batches began again.
    pub(crate) const fn counts(&self) -> &Counts {
        &self.counts
    }

    /// Our connections, at this moment.
    pub(crate) fn connections(&self) -> Connections {
        Connections::of(&self.pool)
    }

    /// The row under `key`.
    pub(crate) fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, Fault> {
        Ok(self.get_all(vec![key.to_vec()])?.remove(key))
    }

    /// The rows under `keys`, by one question for each kind; a key without a row is missing.
    pub(crate) fn get_all(&self, keys: Vec<Vec<u8>>) -> Result<BTreeMap<Vec<u8>, Vec<u8>>, Fault> {
        let asked = async {
            let client = self.line.lend().await?;
            rows::read(&*client, keys, Lock::None).await
        };
        Ok(self.waiting.wait(asked)?)
    }

    /// The rows from `from` up to, not including, `end`, all of one kind, in order.
    pub(crate) fn range(&self, from: Vec<u8>, end: Vec<u8>) -> Pages {
        Pages {
            waiting: Arc::clone(&self.waiting),
            line: self.line.again(),
            next: Some(from),
            end,
            limit: PAGE_MIN,
            read: VecDeque::new(),
        }
    }

    /// The first `limit` of them, by one question.
    pub(crate) fn page(&self, from: &[u8], end: &[u8], limit: usize) -> Result<Vec<Copied>, Fault> {
        let asked = async {
            let client = self.line.lend().await?;
            rows::range(&*client, from, end, limit).await
        };
        Ok(self.waiting.wait(asked)?)
    }

    /// Whether a transaction that begins now may write. It waits for a short while only; a connection
    /// that gave no answer by then serves nobody any more.
    pub(crate) fn reach(&self) -> Result<Reach, Failure> {
        self.waiting.wait(async {
            let Ok(client) = timeout(REACH_TIMEOUT, self.pool.get()).await else {
                return Ok(Reach::Away);
            };
            let client = match client.map_err(Failure::from) {
                Ok(client) => client,
                Err(failure) if failure.reason() == Some(Reason::ReadOnly) => {
                    return Ok(Reach::ReadOnly);
                }
                Err(failure) => return Err(failure),
            };
            let asked = async {
                let statement = client.prepare_cached(IS_READ_ONLY).await?;
                Ok(client.query_one(&statement, &[]).await?.try_get(0)?)
            };
            let answer: Result<bool, Failure> = match timeout(REACH_TIMEOUT, asked).await {
                Ok(answer) => answer,
                Err(_) => {
                    drop(Client::take(client));
                    return Ok(Reach::Away);
                }
            };
            Ok(if answer? {
                Reach::ReadOnly
            } else {
                Reach::Writable
            })
        })
    }

    /// Files what the row under `entry` says for these owners, and takes it away; see [`filing`].
    pub(crate) fn file(
        &self,
        entry: &[u8],
        owners: &[ForOwner<'_>],
        at_store: Vec<Change>,
    ) -> Result<(), Failure> {
        self.waiting
            .wait(filing::file(&self.pool, entry, owners, at_store))
    }

    /// Writes rows in a transaction of their own.
    pub(crate) fn put(&self, changes: Vec<Change>) -> Result<(), Fault> {
        let asked = async {
            let mut client = self.line.own().await?;
            let transaction = client.transaction().await?;
            writing::write(&transaction, changes).await?;
            super::fault::commit(transaction).await
        };
        Ok(self.waiting.wait(asked)?)
    }

    /// Compares the columns of the next page of the table of a kind with its rows.
    pub(crate) fn compare(
        &self,
        home: (Kind, &'static Table),
        next: Option<Next>,
    ) -> Result<Page, Fault> {
        Ok(self.waiting.wait(compare(&self.line, home, next))?)
    }

    /// Which of these stores lack the row by which their writers take turns.
    pub(crate) fn without_turn(&self, stores: &[String]) -> Result<Vec<String>, Fault> {
        Ok(self.waiting.wait(without_turn(&self.line, stores))?)
    }

    /// The first so many stores that have such a row and are not there.
    pub(crate) fn turns_of_nobody(&self, limit: usize) -> Result<Vec<String>, Fault> {
        Ok(self.waiting.wait(turns_of_nobody(&self.line, limit))?)
    }

    /// The last key of the kind whose number `prefix` is.
    pub(crate) fn last(&self, prefix: &[u8]) -> Result<Option<Vec<u8>>, Fault> {
        let asked = async {
            let client = self.line.lend().await?;
            moving::last(&*client, prefix).await
        };
        Ok(self.waiting.wait(asked)?)
    }

    /// How many rows there are, as the database estimates.
    pub(crate) fn rows_about(&self) -> Result<u64, Fault> {
        let asked = async {
            let client = self.line.lend().await?;
            moving::rows_about(&*client, moving::LEDGER).await
        };
        Ok(self.waiting.wait(asked)?)
    }

    /// The notice of a ledger that moves.
    pub(crate) fn notice(&self) -> Result<Option<Notice>, Fault> {
        let asked = async {
            let client = self.line.lend().await?;
            moving::notice(&*client).await
        };
        Ok(self.waiting.wait(asked)?)
    }

    /// Puts that notice up in the place of `expected`, when nobody writes. Before that, and while nobody
    /// can change the notice, `first` is done. Gives the notice that was found there.
    pub(crate) fn put_notice<E: From<Fault>>(
        &self,
        expected: Option<&Notice>,
        notice: &Notice,
        first: impl FnOnce() -> Result<(), E>,
    ) -> Result<Option<Notice>, E> {
        let fault = |failure: Failure| E::from(Fault::from(failure));
        let mut client = self.waiting.wait(self.line.own()).map_err(fault)?;
        let held = self.waiting.wait(async {
            let transaction = client.transaction().await?;
            let found = moving::hold_notice(&transaction).await?;
            Ok((transaction, found))
        });
        let (transaction, found) = held.map_err(fault)?;
        if found.as_ref() == expected {
            first()?;
            let put = moving::put_notice(transaction, Some(notice));
            self.waiting.wait(put).map_err(fault)?;
        }
        Ok(found)
    }

    /// Lets the database do something else for a while.
    pub(crate) fn pause(&self, length: Duration) {
        self.waiting
            .wait(async { tokio::time::sleep(length).await });
    }

    /// A connection, and the way to wait for it.
    pub(super) fn connect(&self) -> Result<(Arc<Waiting>, Client), Failure> {
        let client = self.waiting.wait(self.line.own())?;
        Ok((Arc::clone(&self.waiting), client))
    }
}

/// Rows in order, fetched page by page as they are wanted.
pub(crate) struct Pages {
    waiting: Arc<Waiting>,
    line: Line,
    /// Where the next page begins; none after the last.
    next: Option<Vec<u8>>,
    end: Vec<u8>,
    limit: usize,
    read: VecDeque<Copied>,
}

impl Pages {
    fn fetch(&mut self) -> Result<(), Failure> {
        let Some(from) = self.next.take() else {
            return Ok(());
        };
        let asked = async {
            let client = self.line.lend().await?;
            rows::range(&*client, &from, &self.end, self.limit).await
        };
        self.read = self.waiting.wait(asked)?.into();
        if self.read.len() == self.limit {
            self.next = self.read.back().map(|(key, _)| just_after(key));
        }
        self.limit = (self.limit * 2).min(PAGE_MAX);
        Ok(())
    }
}

impl Iterator for Pages {
    type Item = Result<Copied, Fault>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.read.is_empty()
            && let Err(failure) = self.fetch()
        {
            return Some(Err(failure.into()));
        }
        self.read.pop_front().map(Ok)
    }
}

/// The first key after `key` itself.
pub(crate) fn just_after(key: &[u8]) -> Vec<u8> {
    let mut next = key.to_vec();
    next.push(0);
    next
}
