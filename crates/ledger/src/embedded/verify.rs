//! Verifying a ledger: every row is read, everything sealed is opened, and each index is held
//! against the others. It never writes; what is wrong it names, and goes on.
//!
//! A ledger that is open for writing should be idle meanwhile; one that was opened as of one moment
//! ([`Ledger::open_moment`]) is always. Memory stays bounded however much there is: keyspaces are
//! streamed in the order of their keys, what belongs together is looked up for a few hundred rows
//! at most, and sums run over rows that stand together. The one sum that does not, of returned
//! quantities, is a balance of fixed size. Indexes that lead both ways are checked forward one by
//! one and backward by count; only if the counts differ does a second, slower look find the rows
//! that nothing leads to.

use super::Ledger;
use super::engine::{Engine, Pair};
use super::key::{self, Kind as Row, Space};
use super::value::Tally;
use super::value::store::StoreRow;
use crate::fault::Fault;
use crate::keyring::hex;
use columns::Order;
use purchase::bytes::ReadError;
use purchase::id::{OwnerId, PurchaseId, SettlementKey, StoreId};
use purchase::money::{Currency, Sum};

mod ahead;
mod balance;
mod catalogue;
mod codes;
mod columns;
mod conflicts;
mod contents;
mod feed;
mod history;
mod household;
mod identity;
mod keys;
mod labels;
mod left_over;
mod mergers;
mod missing;
mod partners;
mod people;
mod purchases;
mod reports;
mod settlements;
mod stores;
#[cfg(test)]
mod tests;
mod waiting;

/// Problems told in full; further ones are only counted.
const PROBLEMS_MAX: usize = 1_000;
/// Rows between two tellings of progress.
const ROWS_PER_PROGRESS: u64 = 1_000;

/// How far the verification is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Rows read in this stage.
    pub done: u64,
    /// About how many there are, where that is known.
    pub of: Option<u64>,
    /// What is being read.
    pub stage: &'static str,
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Which row or thing, readable: its kind and its key.
    pub what: String,
    /// What is wrong with it.
    pub wrong: String,
}

/// What was read, and what is wrong with it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Settlements of every kind.
    pub settlements: u64,
    /// Purchases, erased ones included.
    pub purchases: u64,
    /// Lines of all settlements.
    pub lines: u64,
    /// Lines noted as waiting for a name.
    pub pending: u64,
    /// People with an account.
    pub users: u64,
    /// Stores.
    pub stores: u64,
    /// Codes that the stores' catalogues name now.
    pub items: u64,
    /// Purchases that nobody can open any more, because their owner was erased.
    pub erased: u64,
    /// The first thousand problems.
    pub problems: Vec<Problem>,
    /// All of them.
    pub problem_count: u64,
}

impl Report {
    /// Is nothing wrong?
    #[must_use]
    pub const fn is_sound(&self) -> bool {
        self.problem_count == 0
    }
}

impl Ledger {
    /// Reads everything and says what is wrong, telling `progress` every thousand rows.
    ///
    /// # Errors
    /// [`Fault`] if the data folder cannot be read. Damage is no error but a [`Problem`].
    pub fn verify(&self, progress: &mut dyn FnMut(Progress)) -> Result<Report, Fault> {
        let mark = self.mark()?;
        let mut inspection = Inspection::new(self, progress);
        match &self.engine {
            // A database numbers no commits.
            Engine::Fjall(_) => history::check(&mut inspection, mark)?,
            Engine::Tables(tables) => {
                // Keys are looked up anew: another server may just have erased one. The first call forgets
                // what is old, the second all that was left.
                self.keyring.forget_old();
                self.keyring.forget_old();
                match columns::check(&mut inspection, tables)? {
                    Order::Kept => {}
                    // Whoever goes by keys would lose the way among rows that lie elsewhere.
                    Order::Broken => return Ok(inspection.report),
                }
            }
        }
        left_over::check(&mut inspection)?;
        stores::check(&mut inspection)?;
        reports::check(&mut inspection)?;
        people::check(&mut inspection)?;
        household::check(&mut inspection)?;
        partners::check(&mut inspection)?;
        let expected = settlements::check_days(&mut inspection)?;
        settlements::check(&mut inspection, expected)?;
        settlements::check_early(&mut inspection)?;
        conflicts::check(&mut inspection)?;
        purchases::check(&mut inspection, expected)?;
        waiting::check_pending(&mut inspection)?;
        waiting::check_awaited(&mut inspection)?;
        labels::check_noted(&mut inspection)?;
        waiting::check_claims(&mut inspection)?;
        codes::check(&mut inspection)?;
        missing::check(&mut inspection)?;
        labels::check_patterns(&mut inspection)?;
        catalogue::check(&mut inspection)?;
        feed::check(&mut inspection)?;
        inspection.end_stage();
        if self.mark()? != mark {
            let wrong = "it was written to while it was read, so that what was found may be \
                         wrong; verify it again when it is idle";
            inspection.problem("ledger", wrong);
        }
        Ok(inspection.report)
    }
}

/// A verification under way.
struct Inspection<'a> {
    ledger: &'a Ledger,
    progress: &'a mut dyn FnMut(Progress),
    stage: Progress,
    report: Report,
    found: Found,
    /// Rows as they will be once all is filed that a batch still owes.
    over: left_over::Over,
    /// What was read ahead.
    ahead: ahead::Ahead,
}

/// Rows that something leads to, to be compared with the rows there are.
struct Found {
    /// Pending rows that a line without a name leads to.
    pending: u64,
    /// Claim rows that an unclaimed settlement leads to.
    claims: u64,
    /// Purchases of erased people that a settlement leads to. They cannot be opened, so that
    /// nothing leads back.
    erased: u64,
    /// Lines without a name that settlements of erased people count.
    erased_pending: u64,
    /// Whether every settlement could be read, so that what lacks one is wrong.
    settlements: Whole,
}

/// What stands under a key. A row that does not decode is told once, where its kind is read; all
/// others only leave out what they cannot compare.
enum Look<T> {
    There(T),
    Missing,
    Unreadable,
}

/// Whether all that belongs to a sum could be read. A sum that lacks something is not compared,
/// because what it lacks has been told already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Whole {
    All,
    Some,
}

impl<'a> Inspection<'a> {
    fn new(ledger: &'a Ledger, progress: &'a mut dyn FnMut(Progress)) -> Self {
        let stage = Progress {
            done: 0,
            of: None,
            stage: "history",
        };
        let found = Found {
            pending: 0,
            claims: 0,
            erased: 0,
            erased_pending: 0,
            settlements: Whole::All,
        };
        Self {
            ledger,
            progress,
            stage,
            report: Report::default(),
            found,
            over: left_over::Over::new(),
            ahead: ahead::Ahead::new(),
        }
    }

    fn begin_stage(&mut self, stage: &'static str, of: Option<u64>) {
        self.end_stage();
        self.stage = Progress { done: 0, of, stage };
        (self.progress)(self.stage);
    }

    fn end_stage(&mut self) {
        (self.progress)(self.stage);
    }

    /// One row more was read.
    fn step(&mut self) {
        self.stage.done += 1;
        if self.stage.done.is_multiple_of(ROWS_PER_PROGRESS) {
            (self.progress)(self.stage);
        }
    }

    fn problem(&mut self, what: impl Into<String>, wrong: impl Into<String>) {
        self.report.problem_count += 1;
        if self.report.problems.len() < PROBLEMS_MAX {
            self.report.problems.push(Problem {
                what: what.into(),
                wrong: wrong.into(),
            });
        }
    }

    /// Every rule of the table that is broken is a problem of `what`.
    fn rules(&mut self, what: &str, broken: &[(bool, &str)]) {
        for (is_broken, wrong) in broken {
            if *is_broken {
                self.problem(what, *wrong);
            }
        }
    }

    /// What `result` holds. Damage becomes a problem of `what`; any other fault ends the whole.
    fn sound<T>(
        &mut self,
        what: impl FnOnce() -> String,
        result: Result<T, Fault>,
    ) -> Result<Option<T>, Fault> {
        match result {
            Ok(value) => Ok(Some(value)),
            Err(fault) if is_damage(&fault) => {
                self.problem(what(), fault.to_string());
                Ok(None)
            }
            Err(fault) => Err(fault),
        }
    }

    /// Rows of one kind, in the order of their keys.
    fn rows(&self, space: Space, kind: Row) -> impl Iterator<Item = Result<Pair, Fault>> + use<> {
        self.rows_at(space, &[key::number(kind)])
    }

    /// Rows whose keys begin with `prefix`, in order.
    fn rows_at(
        &self,
        space: Space,
        prefix: &[u8],
    ) -> impl Iterator<Item = Result<Pair, Fault>> + use<> {
        let over = self.over.range(prefix.to_vec()..key::after(prefix));
        let over = over.map(|(row_key, row)| (row_key.clone(), row.clone()));
        left_over::laid_over(self.ledger.engine.prefix(space, prefix), over.collect())
    }

    /// Takes a row apart, its key with `take_apart` and its value with `decode`; what cannot be is
    /// a problem.
    fn read<K, V>(
        &mut self,
        kind: Row,
        (row_key, row): &Pair,
        take_apart: impl FnOnce(&[u8]) -> Result<K, ReadError>,
        name: impl FnOnce(&K) -> String,
        decode: impl FnOnce(&[u8]) -> Result<V, Fault>,
    ) -> Result<Option<(K, V)>, Fault> {
        let Some(taken) = self.key(kind, row_key, take_apart) else {
            return Ok(None);
        };
        let value = self.sound(|| name(&taken), decode(row))?;
        Ok(value.map(|value| (taken, value)))
    }

    /// Takes a key apart; one that is not well-formed is a problem.
    fn key<K>(
        &mut self,
        kind: Row,
        row_key: &[u8],
        take_apart: impl FnOnce(&[u8]) -> Result<K, ReadError>,
    ) -> Option<K> {
        let taken = take_apart(row_key);
        if let Err(error) = &taken {
            let what = format!("{} row {}", history::word(kind), hex(row_key));
            self.problem(what, format!("its key is not well-formed: {error}"));
        }
        taken.ok()
    }

    /// What stands under `row_key`.
    fn look<T>(
        &self,
        space: Space,
        row_key: &[u8],
        decode: impl FnOnce(&[u8]) -> Result<T, Fault>,
    ) -> Result<Look<T>, Fault> {
        let read = match self.at_hand(row_key) {
            Some(row) => row.as_deref().map(decode).transpose(),
            None => self.ledger.engine.read(space, row_key, decode),
        };
        match read {
            Ok(Some(value)) => Ok(Look::There(value)),
            Ok(None) => Ok(Look::Missing),
            Err(fault) if is_damage(&fault) => Ok(Look::Unreadable),
            Err(fault) => Err(fault),
        }
    }

    /// What stands under `row_key`, if it need not be asked for.
    fn at_hand(&self, row_key: &[u8]) -> Option<&Option<Vec<u8>>> {
        self.over.get(row_key).or_else(|| self.ahead.get(row_key))
    }

    fn exists(&self, space: Space, row_key: &[u8]) -> Result<bool, Fault> {
        match self.at_hand(row_key) {
            Some(row) => Ok(row.is_some()),
            None => Ok(self.ledger.engine.get(space, row_key)?.is_some()),
        }
    }

    fn has_rows(&self, space: Space, prefix: &[u8]) -> Result<bool, Fault> {
        Ok(self.rows_at(space, prefix).next().transpose()?.is_some())
    }

    /// The store's row, not what memory remembers of it.
    fn store(&self, store_id: &StoreId) -> Result<Look<StoreRow>, Fault> {
        self.look(Space::Facts, &key::store(store_id), StoreRow::decode)
    }

    fn is_erased(&self, owner: OwnerId) -> Result<bool, Fault> {
        self.exists(
            Space::Facts,
            &key::plain(Row::Erased, &key::owner_bytes(owner)),
        )
    }
}

/// Is it about stored bytes, and not about the machine?
const fn is_damage(fault: &Fault) -> bool {
    match fault {
        Fault::Damaged { .. } | Fault::KeyMissing { .. } => true,
        Fault::Io(_)
        | Fault::Engine { .. }
        | Fault::Away { .. }
        | Fault::Moving
        | Fault::Stopped => false,
    }
}

fn settlement_name(key: &SettlementKey) -> String {
    let SettlementKey {
        store_id,
        terminal,
        business_date,
        transaction,
    } = key;
    format!("settlement {store_id} / {terminal} / {business_date} / {transaction}")
}

fn purchase_name(owner: OwnerId, id: PurchaseId) -> String {
    format!("purchase {id} of {}", super::prepare::owner_text(owner))
}

/// How the tally `kept` differs from the one that was `counted` anew.
fn differences(kept: &Tally, counted: &Tally) -> Vec<String> {
    let numbers = [
        ("settlements", kept.settlements, counted.settlements),
        ("lines", kept.lines, counted.lines),
        ("lines without a name", kept.pending, counted.pending),
    ];
    let mut differences: Vec<String> = numbers
        .iter()
        .filter(|(_, kept, counted)| kept != counted)
        .map(|(what, kept, counted)| format!("it counts {kept} {what}, there are {counted}"))
        .collect();
    let (kept, counted) = (totals(kept), totals(counted));
    if kept != counted {
        let text = |totals: &[(Currency, Sum)]| {
            let each =
                |(currency, sum): &(Currency, Sum)| format!("{} {}", sum.minor(), currency.code());
            let texts: Vec<String> = totals.iter().map(each).collect();
            if texts.is_empty() {
                "nothing".to_owned()
            } else {
                texts.join(" and ")
            }
        };
        differences.push(format!(
            "it sums to {}, not to {}",
            text(&kept),
            text(&counted)
        ));
    }
    differences
}

/// Totals in an order of their own; a currency that sums to zero says nothing.
fn totals(tally: &Tally) -> Vec<(Currency, Sum)> {
    let mut totals = tally.totals.clone();
    totals.retain(|(_, sum)| *sum != Sum::ZERO);
    totals.sort_unstable();
    totals
}
