//! Holds the server to its word: every settlement that it acknowledged must be there, by the counts
//! of each store and day, by the counts of each store, and by sending it again.

use super::caller::{self, Caller};
use super::filed::{Fate, Fates, Tape};
use super::random::mix;
use super::sale::{Basket, Calendar, LINES, Sale};
use super::target::Target;
use super::town::Town;
use super::work::{Outcome, read_outcome};
use crate::progress::Progress;
use anyhow::{Context, bail, ensure};
use serde::{Deserialize, Serialize};
use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::rc::Rc;
use tokio::task::JoinSet;

/// Connections over which it is asked.
const CONNECTIONS: usize = 8;
/// Settlements that are sent again, unless all are.
const SAMPLE: u64 = 2_000;
/// How many of them in one request.
const AT_ONCE: usize = 500;
/// Complaints that are shown; the rest is counted.
const SHOWN_MAX: usize = 10;

/// How much is sent again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Resend {
    /// Nothing, and no counts are compared either.
    None,
    /// A sample; the counts are compared in full.
    Sample,
    /// All that was acknowledged.
    All,
}

/// What was found.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct Verdict {
    pub(super) sent: Fates,
    /// Stores and days whose counts were compared.
    pub(super) store_days: u64,
    /// Settlements that were sent again.
    pub(super) sent_again: u64,
    /// What did not agree.
    pub(super) wrong: u64,
    /// The first of them.
    pub(super) complaints: Vec<String>,
}

impl Verdict {
    fn complain(&mut self, what: impl FnOnce() -> String) {
        self.wrong += 1;
        if self.complaints.len() < SHOWN_MAX {
            self.complaints.push(what());
        }
    }
}

/// Compares everything and sends again what `resend` says.
///
/// # Errors
/// The server does not answer, or in a way that cannot be read.
pub(super) async fn verify(
    target: &Target,
    town: Rc<Town>,
    tapes: Vec<Tape>,
    resend: Resend,
) -> anyhow::Result<Verdict> {
    let sent = Fates::of(&tapes);
    let every = match resend {
        Resend::None => {
            return Ok(Verdict {
                sent,
                ..Verdict::default()
            });
        }
        Resend::Sample => (sent.acknowledged / SAMPLE).max(1),
        Resend::All => 1,
    };
    let days = days(&town, &tapes);
    let again = parcels(&town, &tapes, every);
    let tasks = days.len() + again.len();
    let verifying = Rc::new(Verifying {
        progress: Progress::begin("checks", u64::try_from(tasks)?),
        target: target.clone(),
        town,
        tapes,
        days: RefCell::new(days),
        again: RefCell::new(again),
        verdict: RefCell::new(Verdict {
            sent,
            ..Verdict::default()
        }),
    });
    verifying.compare_stores().await?;
    let mut tasks = JoinSet::new();
    for _ in 0..CONNECTIONS {
        tasks.spawn_local(Rc::clone(&verifying).look());
    }
    while let Some(ended) = tasks.join_next().await {
        ended??;
    }
    verifying.progress.end();
    let verdict = verifying.verdict.take();
    Ok(verdict)
}

/// What the counts of a store's day must lie between.
#[derive(Clone, Copy, Debug, Default)]
struct Expected {
    fates: Fates,
    /// Minor units of what was acknowledged.
    total: u64,
}

impl Expected {
    fn fits(&self, settlements: u64) -> bool {
        let Fates {
            acknowledged,
            unknown,
            ..
        } = self.fates;
        (acknowledged..=acknowledged + unknown).contains(&settlements)
    }
}

/// A store and a day.
type StoreDay = (u32, u32);

fn days(town: &Town, tapes: &[Tape]) -> VecDeque<(StoreDay, Expected)> {
    let mut days: HashMap<StoreDay, Expected> = HashMap::new();
    for tape in tapes {
        for (sale, fate) in tape.sales() {
            let expected = days.entry((sale.store, Calendar::day(sale))).or_default();
            expected.fates.count(fate);
            if fate.is_filed() {
                let basket = Basket::of(town.range, &tape.till, sale);
                expected.total += u64::from(basket.total);
            }
        }
    }
    days.into_iter().collect()
}

/// Settlements of one till in one store that are sent again in one request.
#[derive(Debug)]
struct Parcel {
    tape: usize,
    store: u32,
    sales: Vec<(Sale, Fate)>,
}

/// One in `every` of what was acknowledged, by lot.
fn parcels(town: &Town, tapes: &[Tape], every: u64) -> VecDeque<Parcel> {
    let mut parcels: VecDeque<Parcel> = VecDeque::new();
    for (tape, sales) in tapes.iter().map(Tape::sales).enumerate() {
        for (sale, fate) in sales.filter(|(_, fate)| fate.is_filed()) {
            let lot =
                mix(town.range.seed ^ mix(u64::from(sale.store) << 32 | u64::from(sale.sequence)));
            if !lot.is_multiple_of(every) {
                continue;
            }
            match parcels.back_mut() {
                Some(last)
                    if (last.tape, last.store) == (tape, sale.store)
                        && last.sales.len() < AT_ONCE =>
                {
                    last.sales.push((sale, fate));
                }
                Some(_) | None => {
                    let sales = vec![(sale, fate)];
                    parcels.push_back(Parcel {
                        tape,
                        store: sale.store,
                        sales,
                    });
                }
            }
        }
    }
    parcels
}

/// What the connections share.
struct Verifying {
    target: Target,
    town: Rc<Town>,
    tapes: Vec<Tape>,
    days: RefCell<VecDeque<(StoreDay, Expected)>>,
    again: RefCell<VecDeque<Parcel>>,
    verdict: RefCell<Verdict>,
    progress: Progress,
}

#[derive(Deserialize)]
struct Counts {
    counts: Vec<Count>,
}

#[derive(Deserialize)]
struct Count {
    store_id: String,
    settlements: u64,
    lines: u64,
    pending_lines: u64,
}

#[derive(Deserialize)]
struct Day {
    settlements: u64,
    total_by_currency: BTreeMap<String, u64>,
}

impl Verifying {
    /// The counts of all stores, which the server keeps apart from those of the days.
    async fn compare_stores(&self) -> anyhow::Result<()> {
        let mut caller = Caller::connect(self.target.address).await?;
        let request = ("GET", "/v1/counts?by=store");
        let operator = self.target.operator_key.as_str();
        let answer = self
            .target
            .demand(&mut caller, request, operator, b"")
            .await?;
        let counts: Counts = serde_json::from_slice(&answer).context("unreadable counts")?;
        let ours: HashMap<&str, &Count> = counts
            .counts
            .iter()
            .map(|count| (count.store_id.as_str(), count))
            .collect();
        let mut expected: HashMap<u32, Expected> = HashMap::new();
        for (sale, fate) in self.tapes.iter().flat_map(Tape::sales) {
            expected.entry(sale.store).or_default().fates.count(fate);
        }
        let lines = u64::try_from(LINES)?;
        let mut verdict = self.verdict.borrow_mut();
        for (store, expected) in expected {
            let store_id = self
                .town
                .shop(store)
                .map_or("", |shop| shop.store_id.as_str());
            let found = ours.get(store_id);
            let fits = found.map_or(expected.fits(0), |count| {
                expected.fits(count.settlements)
                    && count.lines == count.settlements * lines
                    && count.pending_lines == 0
            });
            if !fits {
                let found = found.map_or((0, 0, 0), |count| {
                    (count.settlements, count.lines, count.pending_lines)
                });
                verdict.complain(|| {
                    format!(
                        "{store_id}: {} acknowledged, but the server counts {} with {} lines, {} \
                         of them pending",
                        expected.fates.acknowledged, found.0, found.1, found.2
                    )
                });
            }
        }
        Ok(())
    }

    /// One connection's share.
    async fn look(self: Rc<Self>) -> anyhow::Result<()> {
        let mut caller = Caller::connect(self.target.address).await?;
        loop {
            let day = self.days.borrow_mut().pop_front();
            let Some((store_day, expected)) = day else {
                break;
            };
            self.compare_day(&mut caller, store_day, expected).await?;
            self.progress.advance(1, 1);
        }
        loop {
            let parcel = self.again.borrow_mut().pop_front();
            let Some(parcel) = parcel else { return Ok(()) };
            self.send_again(&mut caller, &parcel).await?;
            self.progress.advance(1, 1);
        }
    }

    async fn compare_day(
        &self,
        caller: &mut Caller,
        (store, day): StoreDay,
        expected: Expected,
    ) -> anyhow::Result<()> {
        let store_id = self
            .town
            .shop(store)
            .map_or("", |shop| shop.store_id.as_str());
        let path = format!("/v1/stores/{store_id}/days/{}", self.town.day(day));
        let operator = self.target.operator_key.as_str();
        let (status, answer) = self
            .target
            .ask(caller, ("GET", &path), operator, b"")
            .await?;
        let found = match status {
            200 => serde_json::from_slice(&answer).context("an unreadable day")?,
            // A day on which nothing was filed.
            404 => Day {
                settlements: 0,
                total_by_currency: BTreeMap::new(),
            },
            _ => bail!("GET {path}: {status} {}", String::from_utf8_lossy(&answer)),
        };
        let total = found.total_by_currency.get("JPY").copied().unwrap_or(0);
        let total_fits = expected.fates.unknown > 0 || total == expected.total;
        let mut verdict = self.verdict.borrow_mut();
        verdict.store_days += 1;
        if !expected.fits(found.settlements) || !total_fits {
            let Fates {
                acknowledged,
                unknown,
                ..
            } = expected.fates;
            verdict.complain(|| {
                format!(
                    "{path}: {acknowledged} acknowledged of {} JPY in all and {unknown} unknown, \
                     but the server has {} of {total} JPY",
                    expected.total, found.settlements
                )
            });
        }
        Ok(())
    }

    async fn send_again(&self, caller: &mut Caller, parcel: &Parcel) -> anyhow::Result<()> {
        let (Some(shop), Some(tape)) = (self.town.shop(parcel.store), self.tapes.get(parcel.tape))
        else {
            return Ok(());
        };
        let mut body = Vec::new();
        for (at, (sale, _)) in parcel.sales.iter().enumerate() {
            if at > 0 {
                body.push(b'\n');
            }
            self.town.write(&tape.till, *sale, &mut body);
        }
        let mut request = Vec::new();
        caller::finish(&mut request, &shop.batch, &body);
        let answer = caller.call(&request).await?;
        let text = || String::from_utf8_lossy(answer.body);
        ensure!(
            answer.status == 200,
            "sending again: {} {}",
            answer.status,
            text()
        );
        let mut verdict = self.verdict.borrow_mut();
        let mut outcomes = answer.body.split(|byte| *byte == b'\n');
        for (sale, fate) in &parcel.sales {
            let outcome = outcomes.next().unwrap_or_default();
            verdict.sent_again += 1;
            let known = match read_outcome(outcome) {
                Some((Outcome::AlreadyRecorded, id)) => Fate::filed(id) == *fate,
                Some((Outcome::Recorded, _)) | None => false,
            };
            if !known {
                verdict.complain(|| {
                    let (shop, till) = (&shop.store_id, &tape.till.name);
                    let said = String::from_utf8_lossy(outcome);
                    format!(
                        "{shop}, till {till}, sale {}, sent again: {said}",
                        sale.sequence
                    )
                });
            }
        }
        Ok(())
    }
}
