//! Rows of a database for code that is not asynchronous: read one by one or in the order of their keys,
//! as they are committed. It never holds a transaction open; see [`super::turn`] for that.

use super::columns::{Next, Page, compare, turns_of_nobody, without_turn};
use super::fault::Failure;
use super::line::{Line, hold};
use super::moving;
use super::open::{Database, Place};
use super::rows::{self, Change, Copied, Lock};
use super::table::Table;
use super::waiting::Waiting;
use super::writing;
use crate::embedded::key::Kind;
use crate::fault::Fault;
use crate::notice::Notice;
use deadpool_postgres::Client;
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

/// Rows of the first page of a range; each further one holds twice as many, up to the last number.
const PAGE_MIN: usize = 64;
const PAGE_MAX: usize = 4_096;

/// The tables of an open database.
pub(crate) struct Tables {
    waiting: Arc<Waiting>,
    line: Line,
    place: Place,
}

impl Tables {
    pub(crate) fn new(waiting: Arc<Waiting>, database: &Database) -> Self {
        Self {
            waiting,
            line: Line::Now(database.pool.clone()),
            place: database.place.clone(),
        }
    }

    /// The tables as they are at this moment, however long they are read; nothing is written to them.
    pub(crate) fn held(waiting: Arc<Waiting>, database: &Database) -> Result<Self, Fault> {
        let line = waiting.wait(hold(&database.pool))?;
        let place = database.place.clone();
        Ok(Self {
            waiting,
            line,
            place,
        })
    }

    /// Where they are.
    pub(crate) const fn place(&self) -> &Place {
        &self.place
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

    /// The notice of a ledger that moves.
    pub(crate) fn notice(&self) -> Result<Option<Notice>, Fault> {
        let asked = async {
            let client = self.line.lend().await?;
            moving::notice(&*client).await
        };
        Ok(self.waiting.wait(asked)?)
    }

    /// Puts that notice up, when nobody writes.
    pub(crate) fn put_notice(&self, notice: &Notice) -> Result<(), Fault> {
        let asked = async {
            let mut client = self.line.own().await?;
            moving::put_notice(&mut client, Some(notice)).await
        };
        Ok(self.waiting.wait(asked)?)
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
