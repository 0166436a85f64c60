//! The one way into the ledger: a bounded queue, one writer, and one commit for all that waits. In front of
//! a database, which decides beside each other what does not meet, there are a few of both.
//!
//! A writer drains its queue into a batch and commits it; another thread moves the watermark
//! and answers, while the writer is at the next batch already. A client that hangs up changes
//! nothing: the work belongs to the writer. After a failure everything is answered "unknown" and
//! nothing is taken any more.

use crate::clock::Clock;
use crate::metrics::Metrics;
use crate::publish::Hub;
use ledger::Ledger;
use ledger::embedded::Committed;
use ledger::fault::Fault;
use ledger::write::{Write, Written};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc as std_mpsc;
use std::sync::{Arc, PoisonError, RwLock};
use std::thread::JoinHandle;
use thiserror::Error;
use tokio::sync::{mpsc, oneshot, watch};

/// Jobs that wait at most, in each lane.
const JOBS_MAX: usize = 8_192;
/// Queues, and writers, in front of a database.
const LANES_SHARED: usize = 3;
/// Bytes of jobs that wait at most.
const BYTES_MAX: usize = 192 * 1_024 * 1_024;
/// Writes in one commit at most; more would only make everybody wait longer for it.
const WRITES_PER_COMMIT: usize = 2_000;
/// Commits that may be on the disk and not yet acknowledged.
const COMMITS_AHEAD: usize = 4;
/// Free space below which nothing is taken: the engine preallocates journals of 64 MiB, and a full
/// disk in the middle of a commit would stop it for good.
const FREE_BYTES_MIN: u64 = 3 * 64 * 1_024 * 1_024;

/// Why a batch was not taken, or its fate is not known. The same may be sent again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum IntakeError {
    /// The queue is full.
    #[error("more is waiting to be written than the server holds; send the same again")]
    Busy,
    /// The server is shutting down.
    #[error("the server is shutting down; send the same again")]
    Draining,
    /// The disk is nearly full.
    #[error("the server's disk is nearly full; send the same again when there is space")]
    DiskFull,
    /// The database of the ledger does not answer.
    #[error("the server does not reach its ledger for now; send the same again")]
    Away,
    /// The ledger moves, or has moved.
    #[error("the ledger is moving to another place; keep this, and send the same again later")]
    Moving,
    /// The database of the ledger takes no writes.
    #[error("the database of the ledger takes no writes for now; send the same again")]
    ReadOnly,
    /// The ledger failed.
    #[error("the ledger failed and must be restarted; send the same again then")]
    Faulted,
}

/// Whether the intake takes anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Health {
    /// Yes.
    Taking,
    /// No more: the server is shutting down.
    Draining,
    /// No more: the ledger failed.
    Faulted,
}

struct Job {
    writes: Vec<Write>,
    bytes: usize,
    answer: Answer,
}

/// The queue's end that handlers hold.
pub struct Intake {
    /// None when it takes nothing more.
    lanes: RwLock<Vec<mpsc::Sender<Job>>>,
    bytes: Arc<AtomicUsize>,
    is_disk_full: Arc<AtomicBool>,
    health: watch::Sender<Health>,
}

/// The threads behind the intake.
pub struct Threads {
    writers: Vec<JoinHandle<()>>,
    acknowledger: JoinHandle<()>,
}

/// A commit on its way to its answers.
struct Answers {
    committed: Committed,
    answers: Waiting,
}

impl Intake {
    /// Starts the writers of `ledger`.
    ///
    /// # Errors
    /// If the machine starts no more threads.
    pub fn start(
        ledger: Arc<Ledger>,
        clock: Clock,
        hub: Arc<Hub>,
        metrics: Arc<Metrics>,
    ) -> std::io::Result<(Arc<Self>, Threads)> {
        let count = match ledger.place() {
            None => 1,
            Some(_) => LANES_SHARED,
        };
        let (lanes, jobs): (Vec<_>, Vec<_>) = (0..count).map(|_| mpsc::channel(JOBS_MAX)).unzip();
        let intake = Arc::new(Self {
            lanes: RwLock::new(lanes),
            bytes: Arc::new(AtomicUsize::new(0)),
            is_disk_full: Arc::new(AtomicBool::new(false)),
            health: watch::Sender::new(Health::Taking),
        });
        let (pass_on, committed) = std_mpsc::sync_channel(COMMITS_AHEAD);
        let desk = Desk {
            ledger: Arc::clone(&ledger),
            clock,
            metrics: Arc::clone(&metrics),
            bytes: Arc::clone(&intake.bytes),
            is_disk_full: Arc::clone(&intake.is_disk_full),
            health: intake.health.clone(),
        };
        let health = intake.health.clone();
        let start = |jobs| {
            let (desk, pass_on) = (desk.clone(), pass_on.clone());
            let thread = std::thread::Builder::new().name("writer".to_owned());
            thread.spawn(move || desk.write(jobs, &pass_on))
        };
        let writers = jobs.into_iter().map(start).collect::<Result<_, _>>()?;
        // The acknowledger ends with the last writer.
        drop(pass_on);
        let acknowledger = std::thread::Builder::new()
            .name("acknowledger".to_owned())
            .spawn(move || acknowledge(&ledger, &committed, &hub, &health))?;
        Ok((
            intake,
            Threads {
                writers,
                acknowledger,
            },
        ))
    }

    /// Writes a batch and returns when it is durable and acknowledged. `bytes` is about what it
    /// takes in memory.
    ///
    /// # Errors
    /// [`IntakeError`]; after it the fate of the batch may be unknown, and the same may be sent again.
    pub async fn write(
        &self,
        writes: Vec<Write>,
        bytes: usize,
    ) -> Result<Vec<Written>, IntakeError> {
        let (answer, answered) = oneshot::channel();
        self.enqueue(Job {
            writes,
            bytes,
            answer,
        })?;
        answered.await.unwrap_or(Err(IntakeError::Faulted))
    }

    /// Writes one thing.
    ///
    /// # Errors
    /// As for [`Intake::write`].
    pub async fn write_one(&self, write: Write) -> Result<Written, IntakeError> {
        let written = self.write(vec![write], 1_024).await?;
        written.into_iter().next().ok_or(IntakeError::Faulted)
    }

    fn enqueue(&self, job: Job) -> Result<(), IntakeError> {
        match self.health() {
            Health::Taking => {}
            Health::Draining => return Err(IntakeError::Draining),
            Health::Faulted => return Err(IntakeError::Faulted),
        }
        if self.is_disk_full.load(Ordering::Relaxed) {
            return Err(IntakeError::DiskFull);
        }
        let bytes = job.bytes;
        if self.bytes.fetch_add(bytes, Ordering::Relaxed) + bytes > BYTES_MAX {
            self.bytes.fetch_sub(bytes, Ordering::Relaxed);
            return Err(IntakeError::Busy);
        }
        let lanes = self.lanes.read().unwrap_or_else(PoisonError::into_inner);
        let Some(lane) = lane_of(&job).checked_rem(lanes.len()) else {
            return Err(IntakeError::Draining);
        };
        let Some(lane) = lanes.get(lane) else {
            return Err(IntakeError::Draining);
        };
        lane.try_send(job).map_err(|_| {
            self.bytes.fetch_sub(bytes, Ordering::Relaxed);
            IntakeError::Busy
        })
    }

    /// Whether anything is taken.
    #[must_use]
    pub fn health(&self) -> Health {
        *self.health.borrow()
    }

    /// Whether the disk is too full to take anything.
    #[must_use]
    pub fn is_disk_full(&self) -> bool {
        self.is_disk_full.load(Ordering::Relaxed)
    }

    /// Looks at the free space of the data folder. Whoever runs the server calls this every moment,
    /// so that taking stops well before the disk is full and begins again when there is space.
    pub fn look_at_disk(&self, data: &Path) {
        let free = rustix::fs::statvfs(data).map(|stat| stat.f_bavail * stat.f_frsize);
        let is_full = free.is_ok_and(|free| free < FREE_BYTES_MIN);
        if self.is_disk_full.swap(is_full, Ordering::Relaxed) != is_full {
            tracing::warn!(is_full, "free space of the data folder");
        }
    }

    /// To be told when the health changes.
    #[must_use]
    pub fn watch(&self) -> watch::Receiver<Health> {
        self.health.subscribe()
    }

    /// Takes nothing more from now on; what waits is still written.
    pub fn drain(&self) {
        self.health.send_if_modified(|health| {
            let is_taking = *health == Health::Taking;
            if is_taking {
                *health = Health::Draining;
            }
            is_taking
        });
    }

    /// Closes the queue; the writer ends when it has written what waits.
    pub fn close(&self) {
        self.drain();
        self.lanes
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
    }
}

impl Threads {
    /// Waits until all that was taken is written and answered.
    pub fn join(self) {
        for thread in self.writers.into_iter().chain([self.acknowledger]) {
            if thread.join().is_err() {
                tracing::error!("a thread of the intake panicked; the ledger was stopped");
            }
        }
    }
}

/// Where a writer works.
#[derive(Clone)]
struct Desk {
    ledger: Arc<Ledger>,
    clock: Clock,
    metrics: Arc<Metrics>,
    bytes: Arc<AtomicUsize>,
    is_disk_full: Arc<AtomicBool>,
    health: watch::Sender<Health>,
}

impl Desk {
    fn write(self, mut jobs: mpsc::Receiver<Job>, pass_on: &std_mpsc::SyncSender<Answers>) {
        // A panic anywhere below is a bug: this guard stops the intake on the way out.
        let guard = StopOnPanic(self.health.clone());
        while let Some(first) = jobs.blocking_recv() {
            let group = gather(first, &mut jobs);
            let (batch, answers, bytes) = take_apart(group);
            self.bytes.fetch_sub(bytes, Ordering::Relaxed);
            match self.commit(batch) {
                Ok(committed) => {
                    if pass_on.send(Answers { committed, answers }).is_err() {
                        break;
                    }
                }
                Err(error) => refuse_all(answers, error),
            }
        }
        drop(guard);
    }

    fn commit(&self, batch: Vec<Write>) -> Result<Committed, IntakeError> {
        if self.is_disk_full.load(Ordering::Relaxed) {
            return Err(IntakeError::DiskFull);
        }
        if *self.health.borrow() == Health::Faulted {
            return Err(IntakeError::Faulted);
        }
        let writes = batch.len();
        match self.ledger.commit(batch, self.clock.now()) {
            Ok(committed) => {
                self.metrics.committed(writes);
                Ok(committed)
            }
            Err(fault @ Fault::Away { .. }) => {
                tracing::warn!(%fault, "a batch was not committed, or it is not known whether it was");
                Err(IntakeError::Away)
            }
            Err(Fault::Moving) => Err(IntakeError::Moving),
            Err(fault) => {
                fail(&self.health, &fault);
                Err(IntakeError::Faulted)
            }
        }
    }
}

/// The number of the lane in which a job waits, to be taken by the number of lanes. Settlements of one
/// store follow each other, as they would wait for each other in the database; all else is in the first.
fn lane_of(job: &Job) -> usize {
    match job.writes.first() {
        Some(Write::Settle(prepared)) => {
            let mut hasher = DefaultHasher::new();
            prepared.key().store_id.hash(&mut hasher);
            usize::try_from(hasher.finish() >> 32).unwrap_or_default()
        }
        Some(_) | None => 0,
    }
}

type Group = Vec<Job>;

fn gather(first: Job, jobs: &mut mpsc::Receiver<Job>) -> Group {
    let mut writes = first.writes.len();
    let mut group = vec![first];
    while writes < WRITES_PER_COMMIT {
        let Ok(job) = jobs.try_recv() else { break };
        writes += job.writes.len();
        group.push(job);
    }
    group
}

/// Who waits for an answer, and how many writes it is about.
type Waiting = Vec<(usize, Answer)>;

/// Where the outcomes of a job go.
type Answer = oneshot::Sender<Result<Vec<Written>, IntakeError>>;

fn take_apart(group: Group) -> (Vec<Write>, Waiting, usize) {
    let mut batch = Vec::new();
    let mut answers = Vec::with_capacity(group.len());
    let mut bytes = 0;
    for job in group {
        answers.push((job.writes.len(), job.answer));
        bytes += job.bytes;
        batch.extend(job.writes);
    }
    (batch, answers, bytes)
}

fn refuse_all(answers: Waiting, error: IntakeError) {
    for (_, answer) in answers {
        let _ = answer.send(Err(error));
    }
}

fn acknowledge(
    ledger: &Ledger,
    committed: &std_mpsc::Receiver<Answers>,
    hub: &Hub,
    health: &watch::Sender<Health>,
) {
    let _guard = StopOnPanic(health.clone());
    while let Ok(first) = committed.recv() {
        let mut group = vec![first];
        while let Ok(next) = committed.try_recv() {
            group.push(next);
        }
        // One watermark for all of them: it speaks for everything before it.
        let Some(mark) = group.last().map(|last| last.committed.mark) else {
            continue;
        };
        let acknowledged = ledger.acknowledge(mark);
        if let Err(fault) = &acknowledged {
            fail(health, fault);
        }
        for Answers { committed, answers } in group {
            if acknowledged.is_err() {
                refuse_all(answers, IntakeError::Faulted);
                continue;
            }
            hub.tell(&committed.told);
            let mut written = committed.written.into_iter();
            for (count, answer) in answers {
                // Whoever asked may be gone; the work is done all the same.
                let _ = answer.send(Ok(written.by_ref().take(count).collect()));
            }
        }
    }
}

fn fail(health: &watch::Sender<Health>, fault: &Fault) {
    tracing::error!(%fault, "the ledger failed; nothing is acknowledged any more");
    health.send_replace(Health::Faulted);
}

/// Stops the intake if its thread ends by a panic.
struct StopOnPanic(watch::Sender<Health>);

impl Drop for StopOnPanic {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.send_replace(Health::Faulted);
        }
    }
}
