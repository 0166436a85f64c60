//! What the machines of a store told of themselves, held against the clock and against what the server has:
//! which are silent, what is stuck on them, which days disagree. It is judged anew whenever somebody looks,
//! and nothing is kept.

use crate::app::App;
use crate::reply::Reply;
use ledger::account::{Device, Reported};
use purchase::decide::Digest;
use purchase::report::DifferingDay;
use purchase::store::Store;
use purchase::time::{BusinessDate, Timestamp};

/// In how many seconds a machine is to report again.
pub(crate) const REPORT_EVERY_S: u32 = 300;
/// A machine on which sales waited is silent after as long.
const SILENT_WITH_QUEUE_MS: i64 = 15 * 60 * 1_000;
/// Any other is, after as long: shops close at night and on Sundays.
const SILENT_MS: i64 = 3 * 24 * 60 * 60 * 1_000;
/// Fewer free bytes are little: a till page and a year of sales need less.
const DISK_FREE_MIN: u64 = 500_000_000;
/// A clock that is further off is wrong, as for the machine itself.
const CLOCK_OFF_MS: u64 = 120_000;
/// The version of this server, which its machines are told to have.
pub(crate) const VERSION: &str = env!("CARGO_PKG_VERSION");

/// A machine of a store, with what it told.
pub(crate) struct Machine {
    pub(crate) device: Device,
    /// Does it write for all stores of the chain?
    pub(crate) is_of_chain: bool,
    /// When it was heard of last, as far as is known.
    pub(crate) last: Option<Timestamp>,
    pub(crate) told: Option<Reported>,
    pub(crate) state: State,
}

/// What is to be said about a machine.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct State {
    pub(crate) silence: Silence,
    /// Sales that a person has to look at.
    pub(crate) stuck: u64,
    /// Free bytes, if they are few.
    pub(crate) little_disk: Option<u64>,
    /// What the server's clock shows beyond the machine's, in milliseconds, if that is much.
    pub(crate) clock_off_ms: Option<i64>,
    pub(crate) is_outdated: bool,
}

/// Whether a machine that reported once is still heard of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Silence {
    /// It is, or it never reported.
    #[default]
    None,
    /// For days it was not.
    ForDays,
    /// It has not been for a while, and sales waited on it.
    WithQueue,
}

/// A day of which a machine and the server have something else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Apart {
    pub(crate) date: BusinessDate,
    pub(crate) there: u64,
    pub(crate) here: u64,
    /// The digest that the machine told, if it did.
    pub(crate) digest: Option<Digest>,
}

/// The same in numbers, for a list of stores.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counted {
    pub(crate) silent: usize,
    pub(crate) stuck: u64,
    pub(crate) days: usize,
}

/// The machines of a store whose key works, and those of its chain that report for it; the oldest first.
///
/// # Errors
/// A problem if the memory cannot be read.
pub(crate) fn of(app: &App, store: &Store) -> Reply<Vec<Machine>> {
    let mut told = app.ledger.reports(&store.store_id)?;
    let own = app.ledger.devices(&store.store_id)?;
    let mut devices: Vec<(bool, Device)> = own.into_iter().map(|own| (false, own)).collect();
    if let Some(chain_id) = &store.chain_id {
        let of_chain = app.ledger.chain_devices(chain_id)?.into_iter();
        let tells = |device: &Device| told.iter().any(|it| it.device_id == device.device_id);
        devices.extend(of_chain.filter(tells).map(|device| (true, device)));
    }
    devices.retain(|(_, device)| device.revoked_at.is_none());
    devices.sort_by_key(|(_, device)| device.created_at);
    let now = app.clock.now();
    let machine = |(is_of_chain, device): (bool, Device)| {
        let at = told.iter().position(|it| it.device_id == device.device_id);
        let told = at.map(|at| told.swap_remove(at));
        let last = last_heard(app, &device, told.as_ref());
        let state = told
            .as_ref()
            .map_or_else(State::default, |told| judge(told, last, now));
        Machine {
            device,
            is_of_chain,
            last,
            told,
            state,
        }
    };
    Ok(devices.into_iter().map(machine).collect())
}

fn last_heard(app: &App, device: &Device, told: Option<&Reported>) -> Option<Timestamp> {
    let told = told.map(|told| told.received_at);
    app.contacts.last(device.device_id).max(told)
}

/// Counts what is to be looked at on the machines of a store.
///
/// # Errors
/// A problem if the memory cannot be read.
pub(crate) fn count(app: &App, store: &Store) -> Reply<Counted> {
    let now = app.clock.now();
    let mut counted = Counted::default();
    for told in app.ledger.reports(&store.store_id)? {
        let last = app
            .contacts
            .last(told.device_id)
            .max(Some(told.received_at));
        let state = judge(&told, last, now);
        let is_silent = store.closed_at.is_none() && state.silence != Silence::None;
        counted.silent += usize::from(is_silent);
        counted.stuck = counted.stuck.saturating_add(state.stuck);
        counted.days += apart(app, store, &told.report.days)?.len();
    }
    Ok(counted)
}

/// The days that still disagree: what was healed since does not.
///
/// # Errors
/// A problem if the memory cannot be read.
pub(crate) fn apart(app: &App, store: &Store, days: &[DifferingDay]) -> Reply<Vec<Apart>> {
    let mut found = Vec::new();
    for day in days {
        let here = app.ledger.day(&store.store_id, day.date)?;
        let is_same = day.settlements == here.tally.settlements
            && day.digest.is_none_or(|digest| digest.0 == here.digest);
        if !is_same {
            found.push(Apart {
                date: day.date,
                there: day.settlements,
                here: here.tally.settlements,
                digest: day.digest,
            });
        }
    }
    Ok(found)
}

/// The days of which a machine of the store and the server have something else, each with the machine that
/// says so.
///
/// # Errors
/// A problem if the memory cannot be read.
pub(crate) fn days_apart(app: &App, store: &Store) -> Reply<Vec<(Device, Apart)>> {
    let mut found = Vec::new();
    for machine in of(app, store)? {
        let Some(told) = &machine.told else { continue };
        for day in apart(app, store, &told.report.days)? {
            found.push((machine.device.clone(), day));
        }
    }
    Ok(found)
}

fn judge(told: &Reported, last: Option<Timestamp>, now: Timestamp) -> State {
    let report = &told.report;
    let last = last.unwrap_or(told.received_at);
    let is_over = |ms: i64| last.plus_ms(ms) <= now;
    let silence = match report.waiting {
        1.. if is_over(SILENT_WITH_QUEUE_MS) => Silence::WithQueue,
        _ if is_over(SILENT_MS) => Silence::ForDays,
        _ => Silence::None,
    };
    let is_off = |ms: &i64| ms.unsigned_abs() > CLOCK_OFF_MS;
    State {
        silence,
        stuck: report.stuck_count,
        little_disk: report.disk_free_bytes.filter(|free| *free < DISK_FREE_MIN),
        clock_off_ms: report.clock_offset_ms.filter(is_off),
        is_outdated: is_older(report.version.as_str(), VERSION),
    }
}

/// Is the version `one` older than `other`? Of one that is no number of a version nobody knows.
fn is_older(one: &str, other: &str) -> bool {
    match (numbers(one), numbers(other)) {
        (Some(one), Some(other)) => one < other,
        (_, _) => false,
    }
}

fn numbers(version: &str) -> Option<[u64; 3]> {
    let plain = version.split(['-', '+']).next()?;
    let mut parts = plain.split('.').map(|part| part.parse().ok());
    let numbers = [parts.next()??, parts.next()??, parts.next()??];
    parts.next().is_none().then_some(numbers)
}

#[cfg(test)]
mod tests {
    use super::*;
    use purchase::id::DeviceId;
    use purchase::report::Report;
    use purchase::text::Text;

    const NOW: i64 = 1_800_000_000_000;

    fn at(ms: i64) -> Timestamp {
        Timestamp::from_ms(NOW + ms).unwrap()
    }

    fn told() -> Reported {
        Reported {
            device_id: DeviceId([1; 16]),
            received_at: at(0),
            report: Report {
                version: Text::new(VERSION, 64).unwrap(),
                terminals: Vec::new(),
                waiting: 0,
                oldest_at: None,
                stuck: Vec::new(),
                stuck_count: 0,
                days: Vec::new(),
                disk_free_bytes: None,
                clock_offset_ms: None,
            },
        }
    }

    #[test]
    fn a_machine_is_silent_sooner_if_sales_wait_on_it() {
        let check = |waiting: u64, last: Option<i64>, now: i64, expected: Silence| {
            let mut told = told();
            told.report.waiting = waiting;
            let found = judge(&told, last.map(at), at(now)).silence;
            assert_eq!(found, expected, "{waiting} {last:?} {now}");
        };
        check(0, None, SILENT_WITH_QUEUE_MS, Silence::None);
        check(1, None, SILENT_WITH_QUEUE_MS - 1, Silence::None);
        check(1, None, SILENT_WITH_QUEUE_MS, Silence::WithQueue);
        // It was heard of since it reported.
        check(1, Some(9), SILENT_WITH_QUEUE_MS, Silence::None);
        check(0, None, SILENT_MS - 1, Silence::None);
        check(0, None, SILENT_MS, Silence::ForDays);
    }

    #[test]
    fn what_is_well_is_not_spoken_of() {
        assert_eq!(judge(&told(), None, at(1)), State::default());
        let check = |change: fn(&mut Report), expected: State| {
            let mut told = told();
            change(&mut told.report);
            assert_eq!(judge(&told, None, at(1)), expected);
        };
        check(
            |report| report.disk_free_bytes = Some(DISK_FREE_MIN),
            State::default(),
        );
        check(
            |report| report.disk_free_bytes = Some(7),
            State {
                little_disk: Some(7),
                ..State::default()
            },
        );
        check(
            |report| report.clock_offset_ms = Some(-120_000),
            State::default(),
        );
        check(
            |report| report.clock_offset_ms = Some(i64::MIN),
            State {
                clock_off_ms: Some(i64::MIN),
                ..State::default()
            },
        );
        check(
            |report| report.stuck_count = 3,
            State {
                stuck: 3,
                ..State::default()
            },
        );
    }

    #[test]
    fn versions_are_compared_by_their_numbers() {
        let rows = [
            ("0.9.9", "0.10.0", true),
            ("0.10.0", "0.9.9", false),
            ("1.0.0-rc.1", "1.0.0", false),
            ("1.0.0", "1.0.1+build", true),
            ("own software", "1.0.0", false),
            ("1.0", "1.0.1", false),
        ];
        for (one, other, expected) in rows {
            assert_eq!(is_older(one, other), expected, "{one} {other}");
        }
    }
}
