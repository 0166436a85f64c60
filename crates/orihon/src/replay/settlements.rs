//! The settlements: read in the order of the file, gathered by store, and sent by each store's
//! device in batches. What is buffered is bounded, and one store's settlements stay in order.

use crate::client::error::Fault;
use crate::client::{Client, Content, Repeat, Request};
use crate::progress::{Done, Progress};
use crate::replay::crew::{Crew, Given};
use crate::replay::expect::Expected;
use crate::replay::folder::{Folder, Line, Sheet};
use crate::replay::line::{self, Sale};
use crate::replay::people::People;
use crate::replay::stores::Stores;
use crate::replay::{BODY_BYTES_MAX, StoreIndex};
use anyhow::{Context, ensure};
use bytes::Bytes;
use indicatif::HumanCount;
use reqwest::Method;
use serde::Deserialize;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::sync::mpsc;
use wire::outcome::OutcomeKind;

/// Bytes of all batches that are being filled; beyond that the fullest one leaves early.
const BUFFERED_BYTES_MAX: usize = 64 << 20;
/// Refused settlements that are shown one by one.
const REFUSED_SHOWN_MAX: u64 = 20;

/// How everything is sent.
pub(super) struct Sending<'a> {
    pub(super) stores: &'a Stores,
    pub(super) people: &'a People,
    /// Settlements in one request.
    pub(super) batch: usize,
    /// Requests under way at once.
    pub(super) senders: usize,
}

/// What became of the settlements.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Outcomes {
    pub(super) recorded: u64,
    pub(super) already_recorded: u64,
    pub(super) conflicts: u64,
    pub(super) rejected: u64,
}

impl Outcomes {
    fn add(&mut self, other: Self) {
        self.recorded += other.recorded;
        self.already_recorded += other.already_recorded;
        self.conflicts += other.conflicts;
        self.rejected += other.rejected;
    }

    /// What happened.
    pub(super) fn told(self) -> String {
        let parts = [
            (self.recorded, "recorded"),
            (self.already_recorded, "already recorded"),
            (self.conflicts, "in conflict"),
            (self.rejected, "rejected"),
        ];
        let told = parts.iter().filter(|(count, _)| *count > 0);
        let told: Vec<_> = told
            .map(|(count, what)| format!("{} {what}", HumanCount(*count)))
            .collect();
        told.join(", ")
    }
}

impl Sending<'_> {
    /// Sends every settlement and counts what is to be expected of it.
    pub(super) async fn send(
        &self,
        folder: &Folder,
        expected: &mut Expected,
    ) -> anyhow::Result<(Outcomes, Done)> {
        let mut lines = folder.read(Sheet::Settlements)?;
        let desk = Arc::new(Desk {
            devices: self.stores.devices(),
            progress: Progress::begin("settlements", lines.bytes()),
            refused: AtomicU64::new(0),
        });
        let crew = Crew::begin(self.senders, |batches| Arc::clone(&desk).send_all(batches));
        let mut drafts = Drafts::new(desk.devices.len());
        let mut is_stopped = false;
        while let Some(line) = lines.next()?
            && !is_stopped
        {
            let added = self.add(&mut drafts, expected, line);
            let store = added.with_context(|| lines.place())?;
            while let Some(batch) = drafts.take_full(store, self.batch)
                && !is_stopped
            {
                is_stopped = crew.give(batch.store, batch).await == Given::Stopped;
            }
        }
        for batch in drafts.take_all() {
            is_stopped = is_stopped || crew.give(batch.store, batch).await == Given::Stopped;
        }
        let mut outcomes = Outcomes::default();
        crew.end()
            .await?
            .into_iter()
            .for_each(|some| outcomes.add(some));
        Ok((outcomes, desk.progress.end()))
    }

    fn add(
        &self,
        drafts: &mut Drafts,
        expected: &mut Expected,
        line: Line<'_>,
    ) -> anyhow::Result<StoreIndex> {
        let sale: Sale<'_> = line::read(line.text)?;
        let store = self.stores.find(&sale.store_id)?;
        let person = match sale.user_ref {
            Some(raw) => Some((raw, self.people.find(&line::text(raw)?)?)),
            None => None,
        };
        expected.add(store, person.map(|(_, (index, _))| index), &sale)?;
        let batch = drafts.of(store)?;
        match person {
            Some((raw, (_, known))) => {
                line::put_replaced(&mut batch.body, line.text, ("user_ref", raw), &known.member)?;
            }
            None => batch.body.extend_from_slice(line.text),
        }
        batch.body.push(b'\n');
        batch.numbers.push(line.number);
        batch.bytes += line.bytes;
        Ok(store)
    }
}

/// Settlements of one store for one request.
struct Batch {
    store: StoreIndex,
    body: Vec<u8>,
    /// Where each of them stands in the file.
    numbers: Vec<u64>,
    /// Bytes of their lines in the file.
    bytes: u64,
}

/// A batch for each store, being filled.
struct Drafts {
    batches: Vec<Batch>,
    /// The bytes of all bodies, brought up to date when a batch is looked at.
    buffered: usize,
    seen: Vec<usize>,
}

impl Drafts {
    fn new(stores: usize) -> Self {
        Self {
            batches: (0..stores).map(|at| Batch::empty(StoreIndex(at))).collect(),
            buffered: 0,
            seen: vec![0; stores],
        }
    }

    fn of(&mut self, store: StoreIndex) -> anyhow::Result<&mut Batch> {
        self.batches.get_mut(store.0).context("a store too many")
    }

    /// Takes the batch of the store just added to, if it is full, or the fullest one if too much
    /// waits altogether.
    fn take_full(&mut self, store: StoreIndex, count_max: usize) -> Option<Batch> {
        let batch = self.batches.get(store.0)?;
        let seen = self.seen.get_mut(store.0)?;
        self.buffered = self.buffered + batch.body.len() - *seen;
        *seen = batch.body.len();
        let is_full = batch.numbers.len() >= count_max || batch.body.len() >= BODY_BYTES_MAX;
        if is_full {
            return self.take(store);
        }
        if self.buffered < BUFFERED_BYTES_MAX {
            return None;
        }
        let fullest = self.batches.iter().max_by_key(|batch| batch.body.len())?;
        self.take(fullest.store)
    }

    fn take(&mut self, store: StoreIndex) -> Option<Batch> {
        let batch = self.batches.get_mut(store.0)?;
        let seen = self.seen.get_mut(store.0)?;
        self.buffered -= *seen;
        *seen = 0;
        Some(std::mem::replace(batch, Batch::empty(store)))
    }

    /// What is left, in the order of the stores.
    fn take_all(self) -> impl Iterator<Item = Batch> {
        let batches = self.batches.into_iter();
        batches.filter(|batch| !batch.numbers.is_empty())
    }
}

impl Batch {
    const fn empty(store: StoreIndex) -> Self {
        Self {
            store,
            body: Vec::new(),
            numbers: Vec::new(),
            bytes: 0,
        }
    }
}

/// What all senders share.
struct Desk {
    devices: Arc<[Client]>,
    progress: Progress,
    /// Refused settlements so far.
    refused: AtomicU64,
}

impl Desk {
    /// One sender: its stores' batches one after the other.
    async fn send_all(
        self: Arc<Self>,
        mut batches: mpsc::Receiver<Batch>,
    ) -> anyhow::Result<Outcomes> {
        let mut outcomes = Outcomes::default();
        while let Some(batch) = batches.recv().await {
            let (bytes, count) = (batch.bytes, u64::try_from(batch.numbers.len())?);
            outcomes.add(self.send(batch).await?);
            self.progress.advance(bytes, count);
        }
        Ok(outcomes)
    }

    async fn send(&self, batch: Batch) -> anyhow::Result<Outcomes> {
        let device = self
            .devices
            .get(batch.store.0)
            .context("a store too many")?;
        let content = Content::Lines(Bytes::from(batch.body));
        // Nobody knows what became of a batch without an answer, and sending it again tells.
        let request = Request::new(
            Method::POST,
            "/v1/settlements/batch",
            content,
            Repeat::Freely,
        );
        let answer = device.send(&request).await.with_context(|| {
            let first = batch.numbers.first().copied().unwrap_or_default();
            format!("a batch that begins with settlements.ndjson line {first}")
        })?;
        let mut outcomes = Outcomes::default();
        let lines = answer.body.split(|byte| *byte == b'\n');
        let mut told = lines.filter(|line| !line.is_empty());
        for number in &batch.numbers {
            let line = told
                .next()
                .context("the server answered fewer outcomes than it was sent settlements")?;
            let outcome: Outcome = device.understand(&request, line)?;
            outcomes.add(self.count(*number, &outcome));
        }
        ensure!(
            told.next().is_none(),
            "the server answered more outcomes than it was sent settlements"
        );
        Ok(outcomes)
    }

    fn count(&self, number: u64, outcome: &Outcome) -> Outcomes {
        let mut one = Outcomes::default();
        match outcome.outcome {
            OutcomeKind::Recorded => one.recorded = 1,
            OutcomeKind::AlreadyRecorded => one.already_recorded = 1,
            OutcomeKind::Conflict => one.conflicts = 1,
            OutcomeKind::Rejected => one.rejected = 1,
        }
        let is_refused = one.conflicts + one.rejected > 0;
        if is_refused && self.refused.fetch_add(1, Ordering::Relaxed) < REFUSED_SHOWN_MAX {
            self.progress.say(&outcome.told(number));
        }
        one
    }
}

/// An outcome, as far as it matters here.
#[derive(Debug, Deserialize)]
struct Outcome {
    outcome: OutcomeKind,
    code: Option<String>,
    detail: Option<String>,
    #[serde(default)]
    errors: Vec<Fault>,
}

impl Outcome {
    /// What is wrong with the settlement of that line.
    fn told(&self, number: u64) -> String {
        let what = match self.outcome {
            OutcomeKind::Recorded | OutcomeKind::AlreadyRecorded => "filed",
            OutcomeKind::Conflict => "in conflict",
            OutcomeKind::Rejected => "rejected",
        };
        let code = self.code.as_deref().unwrap_or("no code");
        let mut told = format!("settlements.ndjson line {number}: {what} ({code})");
        for part in self.detail.iter() {
            told.push_str(&format!(": {part}"));
        }
        for fault in &self.errors {
            told.push_str(&format!("\n  {fault}"));
        }
        told
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put(drafts: &mut Drafts, store: usize, bytes: usize) {
        let batch = drafts.of(StoreIndex(store)).unwrap();
        batch.body.extend(std::iter::repeat_n(b'x', bytes));
        batch.numbers.push(1);
    }

    #[test]
    fn a_batch_leaves_when_it_is_full_and_the_fullest_when_too_much_waits() {
        let mut drafts = Drafts::new(100);
        let zero = StoreIndex(0);
        put(&mut drafts, 0, 10);
        assert!(drafts.take_full(zero, 2).is_none());
        put(&mut drafts, 0, 10);
        assert_eq!(drafts.take_full(zero, 2).unwrap().body.len(), 20);
        assert_eq!(drafts.buffered, 0);
        put(&mut drafts, 0, BODY_BYTES_MAX);
        assert_eq!(drafts.take_full(zero, 2).unwrap().numbers.len(), 1);

        let almost = BODY_BYTES_MAX - 1;
        let mut left = Vec::new();
        for store in 0..100 {
            put(&mut drafts, store, almost - store);
            left.extend(
                drafts
                    .take_full(StoreIndex(store), 1_000)
                    .map(|batch| batch.store.0),
            );
            assert!(drafts.buffered <= BUFFERED_BYTES_MAX);
        }
        assert_eq!(left.first(), Some(&0));
        let waiting = drafts.take_all().count();
        assert_eq!(waiting + left.len(), 100);
    }

    #[test]
    fn what_is_refused_is_told_with_its_place() {
        let outcome: Outcome = serde_json::from_str(
            r#"{"outcome":"rejected","code":"line_sum","errors":[{"pointer":"/lines/0/amount","code":"line_sum","detail":"50 is not 51"}],"key":{}}"#,
        )
        .unwrap();
        let expected = "settlements.ndjson line 7: rejected (line_sum)\n  /lines/0/amount line_sum: 50 is not 51";
        assert_eq!(outcome.told(7), expected);
    }
}
