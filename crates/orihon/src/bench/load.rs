//! The load itself: some connections, each with one request at a time, either one after the other
//! or when a schedule says so.
//!
//! Under a schedule a request's time counts from the instant at which it was due, not from the one
//! at which a connection was free to send it: a server that stops for a second is seen to keep
//! everybody waiting who came in that second, and not just one.

use super::caller::{Answer, Caller};
use super::clock::{self, Alarm};
use super::histogram::Histogram;
use super::random::Random;
use std::cell::RefCell;
use std::collections::{BTreeMap, VecDeque};
use std::io;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::{Duration, Instant};
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio::time::timeout_at;

/// How long what was due may still be sent and answered after the time is over.
const DRAIN: Duration = Duration::from_secs(20);
/// The longest that a number of requests may take.
const REQUESTS_LIMIT: Duration = Duration::from_secs(3_600);
/// How long a connection rests after a failure, so that a dead server is not run over.
const PAUSE: Duration = Duration::from_millis(100);
/// Failures in a row after which a connection gives up.
const FAILURES_MAX: u32 = 30;
/// Time between two words about the progress.
const TELL_PERIOD: Duration = Duration::from_millis(250);
/// Of the first complaint of the server, the bytes that are shown.
const COMPLAINT_BYTES: usize = 400;

/// What the connections send, and what they make of the answers.
pub(super) trait Work: 'static {
    /// Appends the next request.
    fn ask(&mut self, request: &mut Vec<u8>);

    /// Hears its answer, and says how many units of work it stands for; none if it went wrong.
    fn hear(&mut self, answer: Answer<'_>) -> u64;
}

/// When requests are sent.
#[derive(Clone, Copy, Debug)]
pub(super) enum Pace {
    /// One after the other.
    AllOut,
    /// When they arrive.
    Arrivals {
        /// The mean time between two.
        every: Duration,
        spacing: Spacing,
        seed: u64,
    },
}

/// How arrivals are spaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Spacing {
    /// Like people who know nothing of each other: exponential gaps.
    Poisson,
    /// Evenly.
    Regular,
}

/// How much is sent.
#[derive(Clone, Copy, Debug)]
pub(super) enum Extent {
    /// As much as fits.
    Time {
        /// What begins in this time is sent and not measured.
        warmup: Duration,
        /// How long is measured after that.
        lasts: Duration,
    },
    /// So many requests, all of them measured.
    Requests(u64),
}

/// One stretch of load.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stretch {
    pub(super) pace: Pace,
    pub(super) extent: Extent,
}

impl Stretch {
    fn window(self, begin: Instant) -> Window {
        let (from, lasts) = match self.extent {
            Extent::Time { warmup, lasts } => (begin + warmup, lasts),
            Extent::Requests(_) => (begin, REQUESTS_LIMIT),
        };
        Window {
            from,
            until: from + lasts,
        }
    }
}

/// What was measured.
#[derive(Clone, Debug, Default)]
pub(super) struct Measured {
    pub(super) histogram: Histogram,
    /// Units of work done in the measured time.
    pub(super) units: u64,
    /// Requests answered in the measured time.
    pub(super) requests: u64,
    pub(super) lasted: Duration,
    /// All answers by their status, the warm-up's included.
    pub(super) statuses: BTreeMap<u16, u64>,
    /// Requests without an answer.
    pub(super) unanswered: u64,
    /// Arrivals that nobody was free to send; their waiting is in the histogram all the same.
    pub(super) unsent: u64,
    /// The first answer that went wrong.
    pub(super) complaint: Option<String>,
}

/// When a stretch is measured.
#[derive(Clone, Copy, Debug)]
pub(super) struct Window {
    pub(super) from: Instant,
    /// For counted requests this is only a limit.
    pub(super) until: Instant,
}

/// Puts the server under load, one connection for each of `works`. Now and then `told` hears how
/// much time has passed and how many units were done.
///
/// # Errors
/// The server cannot be reached.
pub(super) async fn run<W: Work>(
    address: SocketAddr,
    stretch: Stretch,
    works: Vec<W>,
    told: impl Fn(Duration, u64) + 'static,
) -> io::Result<Measured> {
    let mut callers = Vec::with_capacity(works.len());
    for _ in &works {
        callers.push(Caller::connect(address).await?);
    }
    let begin = clock::now();
    let window = stretch.window(begin);
    let load = Rc::new(Load {
        address,
        window,
        turns: Turns::new(stretch, window.until),
        measured: RefCell::default(),
    });
    let telling = tokio::task::spawn_local(Rc::clone(&load).tell(told));
    let mut tasks = JoinSet::new();
    for (work, caller) in works.into_iter().zip(callers) {
        tasks.spawn_local(serve(Rc::clone(&load), work, caller));
    }
    let pacing = Schedule::new(stretch, begin, window.until);
    let pacing = pacing.map(|schedule| Rc::clone(&load).ring(schedule));
    let all = async {
        if let Some(pacing) = pacing {
            pacing.await?;
        }
        while tasks.join_next().await.is_some() {}
        io::Result::Ok(())
    };
    let deadline = tokio::time::Instant::from_std(window.until + DRAIN);
    // What has no answer by then is counted as such below.
    let ended = timeout_at(deadline, all).await;
    telling.abort();
    // It holds a share of the load until it is through; that it was aborted is no news.
    let _ = telling.await;
    tasks.shutdown().await;
    ended.unwrap_or(Ok(()))?;
    let load =
        Rc::try_unwrap(load).map_err(|_| io::Error::other("a connection outlived its load"))?;
    Ok(load.close(stretch.extent))
}

/// What the connections of a stretch share.
struct Load {
    address: SocketAddr,
    window: Window,
    turns: Turns,
    measured: RefCell<Measured>,
}

/// One connection, until there is nothing more to send or nobody to hear it.
async fn serve<W: Work>(load: Rc<Load>, mut work: W, caller: Caller) {
    let mut request = Vec::with_capacity(4_096);
    let mut caller = Some(caller);
    let mut failures = 0;
    while failures < FAILURES_MAX
        && let Some(due) = load.turns.next().await
    {
        request.clear();
        work.ask(&mut request);
        let answered = call(&mut caller, load.address, &request).await;
        let went_well = match answered {
            Ok(answer) => load.heard(due, answer, work.hear(answer)),
            Err(error) => {
                load.silence(&error);
                caller = None;
                false
            }
        };
        if went_well {
            failures = 0;
        } else {
            failures += 1;
            tokio::time::sleep(PAUSE).await;
        }
    }
}

/// Calls on a new connection if the last one broke.
async fn call<'a>(
    caller: &'a mut Option<Caller>,
    address: SocketAddr,
    request: &[u8],
) -> io::Result<Answer<'a>> {
    if caller.is_none() {
        *caller = Some(Caller::connect(address).await?);
    }
    match caller {
        Some(caller) => caller.call(request).await,
        None => Err(io::ErrorKind::NotConnected.into()),
    }
}

impl Load {
    /// Notes an answer; whether it went well.
    fn heard(&self, due: Instant, answer: Answer<'_>, units: u64) -> bool {
        let now = clock::now();
        let mut measured = self.measured.borrow_mut();
        *measured.statuses.entry(answer.status).or_default() += 1;
        if due >= self.window.from && units > 0 {
            measured
                .histogram
                .record(now.saturating_duration_since(due));
        }
        if now >= self.window.from && now <= self.window.until {
            measured.requests += 1;
            measured.units += units;
            measured.lasted = now.saturating_duration_since(self.window.from);
        }
        if units == 0 && measured.complaint.is_none() {
            let shown = answer.body.get(..COMPLAINT_BYTES).unwrap_or(answer.body);
            let shown = String::from_utf8_lossy(shown);
            measured.complaint = Some(format!("{} {shown}", answer.status));
        }
        units > 0
    }

    /// Tells how far it is, for ever.
    async fn tell(self: Rc<Self>, told: impl Fn(Duration, u64)) {
        let (mut at, mut units) = (clock::now(), 0);
        loop {
            tokio::time::sleep(TELL_PERIOD).await;
            let (now, done) = (clock::now(), self.measured.borrow().units);
            told(now - at, done - units);
            (at, units) = (now, done);
        }
    }

    fn silence(&self, error: &io::Error) {
        let mut measured = self.measured.borrow_mut();
        measured.unanswered += 1;
        measured
            .complaint
            .get_or_insert_with(|| format!("no answer: {error}"));
    }

    /// Lets a request go each time that one is due.
    async fn ring(self: Rc<Self>, mut schedule: Schedule) -> io::Result<()> {
        let alarm = Alarm::new()?;
        while let Some(next) = schedule.next {
            alarm.at(next).await?;
            let now = clock::now();
            while let Some(due) = schedule.next.filter(|due| *due <= now) {
                self.turns.add(due);
                schedule.step();
            }
        }
        self.turns.close();
        Ok(())
    }

    fn close(self, extent: Extent) -> Measured {
        let mut measured = self.measured.into_inner();
        let end = clock::now();
        for due in self.turns.left() {
            measured.unsent += 1;
            if due >= self.window.from {
                measured
                    .histogram
                    .record(end.saturating_duration_since(due));
            }
        }
        if matches!(extent, Extent::Time { .. }) {
            measured.lasted = self.window.until - self.window.from;
        }
        measured
    }
}

/// Whose turn it is, and when it was meant to be.
struct Turns {
    kind: RefCell<Kind>,
    bell: Notify,
}

enum Kind {
    Until(Instant),
    Left(u64),
    Due {
        waiting: VecDeque<Instant>,
        more: More,
    },
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum More {
    ToCome,
    Nothing,
}

impl Turns {
    fn new(stretch: Stretch, until: Instant) -> Self {
        let kind = match (stretch.pace, stretch.extent) {
            (Pace::AllOut, Extent::Time { .. }) => Kind::Until(until),
            (Pace::AllOut, Extent::Requests(count)) => Kind::Left(count),
            (Pace::Arrivals { .. }, _) => Kind::Due {
                waiting: VecDeque::new(),
                more: More::ToCome,
            },
        };
        Self {
            kind: RefCell::new(kind),
            bell: Notify::new(),
        }
    }

    /// When the next request was due, as soon as it is; none if there is no more.
    async fn next(&self) -> Option<Instant> {
        loop {
            match &mut *self.kind.borrow_mut() {
                Kind::Until(until) => return Some(clock::now()).filter(|now| *now < *until),
                Kind::Left(0) => return None,
                Kind::Left(left) => {
                    *left -= 1;
                    return Some(clock::now());
                }
                Kind::Due { waiting, more } => {
                    let first = waiting.pop_front();
                    if first.is_some() || *more == More::Nothing {
                        return first;
                    }
                }
            }
            self.bell.notified().await;
        }
    }

    fn add(&self, due: Instant) {
        if let Kind::Due { waiting, .. } = &mut *self.kind.borrow_mut() {
            waiting.push_back(due);
        }
        self.bell.notify_one();
    }

    fn close(&self) {
        if let Kind::Due { more, .. } = &mut *self.kind.borrow_mut() {
            *more = More::Nothing;
        }
        self.bell.notify_waiters();
    }

    fn left(self) -> VecDeque<Instant> {
        match self.kind.into_inner() {
            Kind::Due { waiting, .. } => waiting,
            Kind::Until(_) | Kind::Left(_) => VecDeque::new(),
        }
    }
}

/// When requests arrive, whatever becomes of them.
struct Schedule {
    next: Option<Instant>,
    /// Those behind the next one, if they are counted.
    left: Option<u64>,
    until: Instant,
    every: Duration,
    spacing: Spacing,
    random: Random,
}

impl Schedule {
    fn new(stretch: Stretch, begin: Instant, until: Instant) -> Option<Self> {
        let Pace::Arrivals {
            every,
            spacing,
            seed,
        } = stretch.pace
        else {
            return None;
        };
        let left = match stretch.extent {
            Extent::Time { .. } => None,
            Extent::Requests(count) => Some(count.saturating_sub(1)),
        };
        Some(Self {
            next: Some(begin),
            left,
            until,
            every,
            spacing,
            random: Random::at(seed, [u64::MAX, 0, 0]),
        })
    }

    fn step(&mut self) {
        let gap = match self.spacing {
            Spacing::Poisson => self.every.mul_f64(self.random.gap()),
            Spacing::Regular => self.every,
        };
        let is_last = self.left == Some(0);
        self.left = self.left.map(|left| left.saturating_sub(1));
        self.next = self
            .next
            .map(|last| last + gap)
            .filter(|next| *next < self.until && !is_last);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TIME: Extent = Extent::Time {
        warmup: Duration::ZERO,
        lasts: Duration::from_secs(5),
    };

    fn arriving(spacing: Spacing) -> Pace {
        Pace::Arrivals {
            every: Duration::from_micros(100),
            spacing,
            seed: 3,
        }
    }

    #[test]
    fn arrivals_keep_their_mean_and_their_end() {
        let rows = [
            (Spacing::Poisson, TIME, 49_000..51_000),
            (Spacing::Regular, TIME, 50_000..50_001),
            (Spacing::Poisson, Extent::Requests(7), 7..8),
        ];
        for (spacing, extent, expected) in rows {
            let pace = arriving(spacing);
            let stretch = Stretch { pace, extent };
            let begin = clock::now();
            let Window { until, .. } = stretch.window(begin);
            let mut schedule = Schedule::new(stretch, begin, until).unwrap();
            let mut arrivals = 0;
            while let Some(next) = schedule.next {
                assert!(next < until);
                arrivals += 1;
                schedule.step();
            }
            assert!(expected.contains(&arrivals), "{stretch:?}: {arrivals}");
        }
    }

    #[tokio::test]
    async fn what_is_due_waits_for_whoever_is_free() {
        let begin = clock::now();
        let pace = arriving(Spacing::Regular);
        let turns = Turns::new(Stretch { pace, extent: TIME }, begin);
        turns.add(begin);
        turns.add(begin);
        assert_eq!(turns.next().await, Some(begin));
        turns.close();
        assert_eq!(turns.next().await, Some(begin));
        assert_eq!(turns.next().await, None);
        let (pace, extent) = (Pace::AllOut, Extent::Requests(1));
        let counted = Turns::new(Stretch { pace, extent }, begin);
        assert!(counted.next().await.is_some());
        assert_eq!(counted.next().await, None);
    }
}
