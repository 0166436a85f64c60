//! When what is sent to the server, as a pure decision: every rule of order, retry and back-off is
//! here, without a clock, without a network, without a disk. Whoever runs it does what [`next`]
//! says and tells [`hear`] what came of it.

use purchase::time::Timestamp;

/// Sales in one batch at most, as the contract allows.
pub const BATCH_MAX: usize = 1_000;
/// The first pause after a failure; each further one is twice as long.
const PAUSE_FIRST_MS: i64 = 1_000;
/// The longest pause of our own choice: the network may come back at any time.
const PAUSE_MAX_MS: i64 = 60_000;
/// The longest pause that a server may ask for.
const RETRY_AFTER_MAX_MS: i64 = 600_000;
/// The pause after an answer that only a person can change: a revoked key, a closed store.
const PAUSE_REFUSED_MS: i64 = 60_000;
/// Days are compared with the server this often.
const COMPARE_EVERY_MS: i64 = 3_600_000;
/// What is too old is looked for this often.
const PRUNE_EVERY_MS: i64 = 3_600_000;
/// Whoever follows another store's catalogue asks for its changes this often.
const PULL_EVERY_MS: i64 = 10_000;
/// The device reports this often at most, whatever happens to it and whatever the server says.
const REPORT_MIN_MS: i64 = 60_000;
/// The device reports this often at least, as long as the server takes it.
const REPORT_MAX_MS: i64 = 3_600_000;
/// So many sales that wait are worth a report of their own.
pub const QUEUE_LONG: u64 = 100;

/// Where the catalogue stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Catalogue {
    /// Nobody has asked the server yet, or it said that it stands elsewhere.
    #[default]
    Unknown,
    /// The server has everything, or gets it by updates.
    Known,
    /// The histories differ, and everything is to be said anew.
    Apart,
    /// It is another store's, and is taken over from there.
    Followed,
}

/// What the sender remembers between two steps. A new one is right at every start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sender {
    /// Where the catalogue stands.
    pub catalogue: Catalogue,
    /// Failures in a row.
    pub failures: u32,
    /// Nothing is sent before.
    pub not_before: Option<Timestamp>,
    /// Sales in one batch; a server or a proxy with other limits makes it smaller.
    pub batch: usize,
    /// When the days were last compared.
    pub compared_at: Option<Timestamp>,
    /// When nothing was left that is too old.
    pub pruned_at: Option<Timestamp>,
    /// When the followed catalogue had last been read to its end.
    pub pulled_at: Option<Timestamp>,
    /// When the device reported of itself last, or tried to.
    pub reported_at: Option<Timestamp>,
    /// How long after that it reports again if nothing happens.
    pub report_every_ms: i64,
    /// How long after that it reports again at the earliest, if something did.
    pub report_soonest_ms: i64,
    /// Has a batch of sales gone since the last report?
    pub has_sent: bool,
    /// Is the pause one after an answer? Then the server is there, and a report may go meanwhile.
    pub is_answered: bool,
}

impl Default for Sender {
    fn default() -> Self {
        Self {
            catalogue: Catalogue::Unknown,
            failures: 0,
            not_before: None,
            batch: BATCH_MAX,
            compared_at: None,
            pruned_at: None,
            pulled_at: None,
            reported_at: None,
            report_every_ms: REPORT_MIN_MS,
            report_soonest_ms: REPORT_MIN_MS,
            has_sent: false,
            is_answered: false,
        }
    }
}

/// What the store database says now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// Sales in the outbox.
    pub sales: u64,
    /// Whether changes of items are not told yet.
    pub items: Items,
    /// Whether something happened that the operator should hear of soon.
    pub news: News,
}

/// Whether something happened since the last report: a sale got stuck, a day differs, many sales wait; or
/// that is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum News {
    /// All is as it was told.
    Told,
    /// Something is to be told.
    Some,
}

/// Whether changes of items wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Items {
    /// The server was told all of them.
    Told,
    /// Some wait.
    Changed,
}

/// What to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Ask where the server's catalogue stands.
    AskCatalogue,
    /// Tell the next changes of items.
    SendItems,
    /// Tell all items anew.
    SendSnapshot,
    /// Ask for the next changes of the followed catalogue.
    PullItems,
    /// Send the oldest sales, so many.
    SendSales(usize),
    /// Compare the days with the server.
    CompareDays,
    /// Take away some of what is too old.
    Prune,
    /// Report of the device itself.
    Report,
    /// Nothing until then, unless something new happens.
    Rest(Option<Timestamp>),
}

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    /// It was done.
    Done,
    /// A batch of sales was answered.
    Sent,
    /// The server took the report, and wants the next in so many seconds.
    Reported(u32),
    /// It did not, and may in so many milliseconds. Nothing else is held up by that.
    NotReported(i64),
    /// The days were compared.
    Compared,
    /// Nothing is left that is too old.
    Pruned,
    /// The server's catalogue stands where ours does, or at an earlier point of it.
    CatalogueKnown,
    /// The server's catalogue has another history.
    CatalogueApart,
    /// The catalogue is another store's.
    CatalogueFollowed,
    /// The followed catalogue was read to its end.
    Pulled,
    /// The catalogue is not where we thought.
    CatalogueElsewhere,
    /// Nobody answered, or the server cannot now. It may have said for how many milliseconds.
    NotNow(Option<i64>),
    /// The message was too large.
    TooLarge,
    /// The server does not take it from this device: a person has to look.
    Refused,
}

/// What to do next.
#[must_use]
pub fn next(sender: &Sender, waiting: Waiting, now: Timestamp) -> Action {
    // A clock that was set back makes no pause longer than the longest.
    let is_meant = |until: &Timestamp| now < *until && now.plus_ms(RETRY_AFTER_MAX_MS) >= *until;
    if let Some(until) = sender.not_before.filter(is_meant) {
        // Sales are not sent now anyway, and why not is what the operator should hear of.
        return match sender.is_answered && report_due(sender, waiting.news, now).is_none() {
            true => Action::Report,
            false => Action::Rest(Some(until)),
        };
    }
    // During a long backlog a report goes between two batches, and never before the first.
    if waiting.sales > 0 && sender.has_sent && report_due(sender, waiting.news, now).is_none() {
        return Action::Report;
    }
    match (sender.catalogue, waiting.items) {
        (Catalogue::Unknown, _) => return Action::AskCatalogue,
        (Catalogue::Apart, _) => return Action::SendSnapshot,
        // Names first: then the sales behind them need not wait for any.
        (Catalogue::Known, Items::Changed) => return Action::SendItems,
        (Catalogue::Followed, _) if due(sender.pulled_at, PULL_EVERY_MS, now).is_none() => {
            return Action::PullItems;
        }
        (Catalogue::Known, Items::Told) | (Catalogue::Followed, _) => {}
    }
    if waiting.sales > 0 {
        return Action::SendSales(sender.batch);
    }
    let pull = match sender.catalogue {
        Catalogue::Followed => due(sender.pulled_at, PULL_EVERY_MS, now),
        Catalogue::Unknown | Catalogue::Known | Catalogue::Apart => None,
    };
    let compare = due(sender.compared_at, COMPARE_EVERY_MS, now);
    // After the days were compared: then what is here and there agrees.
    let prune = due(sender.pruned_at, PRUNE_EVERY_MS, now);
    let report = report_due(sender, waiting.news, now);
    match (report, compare, prune) {
        (None, _, _) => Action::Report,
        (Some(_), None, _) => Action::CompareDays,
        (Some(_), Some(_), None) => Action::Prune,
        (Some(report), Some(compare), Some(prune)) => {
            let first = compare.min(prune).min(report);
            Action::Rest(Some(pull.map_or(first, |pull| pull.min(first))))
        }
    }
}

/// When the device reports next; none if it is time. What is new is told sooner.
fn report_due(sender: &Sender, news: News, now: Timestamp) -> Option<Timestamp> {
    let every_ms = match news {
        News::Told => sender.report_every_ms,
        News::Some => sender.report_soonest_ms,
    };
    due(sender.reported_at, every_ms, now)
}

/// When it is time again; none if it is now. A clock that was set back makes nothing wait for longer.
fn due(last: Option<Timestamp>, every_ms: i64, now: Timestamp) -> Option<Timestamp> {
    let next = last?.plus_ms(every_ms);
    let is_later = now < next && now.plus_ms(every_ms) >= next;
    is_later.then_some(next)
}

/// What the sender knows after it heard what came of a step. `chance` is random, so that many
/// devices that were refused together do not come back together.
#[must_use]
pub fn hear(sender: Sender, heard: Heard, now: Timestamp, chance: u8) -> Sender {
    let well = Sender {
        failures: 0,
        not_before: None,
        ..sender
    };
    match heard {
        Heard::Done => well,
        Heard::Sent => Sender {
            has_sent: true,
            ..well
        },
        Heard::Reported(seconds) => {
            let every_ms = spread(i64::from(seconds).saturating_mul(1_000), chance);
            reported(sender, now, (every_ms, REPORT_MIN_MS))
        }
        // A server that knows no reports, or puts them off, is not asked sooner for anything.
        Heard::NotReported(wait_ms) => {
            let wait_ms = spread(wait_ms, chance);
            reported(sender, now, (wait_ms, wait_ms))
        }
        Heard::Compared => Sender {
            compared_at: Some(now),
            ..well
        },
        Heard::Pruned => Sender {
            pruned_at: Some(now),
            ..well
        },
        Heard::CatalogueKnown => Sender {
            catalogue: Catalogue::Known,
            ..well
        },
        Heard::CatalogueFollowed => Sender {
            catalogue: Catalogue::Followed,
            ..well
        },
        Heard::Pulled => Sender {
            pulled_at: Some(now),
            ..well
        },
        Heard::CatalogueApart => Sender {
            catalogue: Catalogue::Apart,
            ..well
        },
        // Asking again at once could go on for ever with two devices that own one catalogue.
        Heard::CatalogueElsewhere => {
            let sender = Sender {
                catalogue: Catalogue::Unknown,
                ..answered(sender)
            };
            pause(sender, now, None, chance)
        }
        Heard::NotNow(asked) => pause(unanswered(sender), now, asked, chance),
        Heard::TooLarge if sender.batch > 1 => Sender {
            batch: sender.batch / 2,
            ..well
        },
        Heard::TooLarge | Heard::Refused => {
            let asked = Some(PAUSE_REFUSED_MS);
            pause(answered(sender), now, asked, chance)
        }
    }
}

/// The server is there, and takes something else than what it refused.
const fn answered(sender: Sender) -> Sender {
    Sender {
        is_answered: true,
        ..sender
    }
}

/// The server is away, or wants to be left alone.
const fn unanswered(sender: Sender) -> Sender {
    Sender {
        is_answered: false,
        ..sender
    }
}

/// A report went, or did not. What else there is to send is not touched by it.
fn reported(sender: Sender, now: Timestamp, (every_ms, soonest_ms): (i64, i64)) -> Sender {
    Sender {
        reported_at: Some(now),
        report_every_ms: every_ms,
        report_soonest_ms: soonest_ms,
        has_sent: false,
        ..sender
    }
}

/// Between nine tenths and all of it, within bounds: devices that started together do not report together.
fn spread(asked_ms: i64, chance: u8) -> i64 {
    let bounded = asked_ms.clamp(REPORT_MIN_MS, REPORT_MAX_MS);
    let tenth = bounded / 10;
    let early = tenth * i64::from(chance) / i64::from(u8::MAX);
    (bounded - early).max(REPORT_MIN_MS)
}

fn pause(sender: Sender, now: Timestamp, asked: Option<i64>, chance: u8) -> Sender {
    let doubled = PAUSE_FIRST_MS << sender.failures.min(16);
    // Between half and all of it.
    let half = doubled.min(PAUSE_MAX_MS) / 2;
    let own = half + half * i64::from(chance) / i64::from(u8::MAX);
    let pause = own.max(asked.unwrap_or(0).min(RETRY_AFTER_MAX_MS));
    Sender {
        failures: sender.failures.saturating_add(1),
        not_before: Some(now.plus_ms(pause)),
        ..sender
    }
}

#[cfg(test)]
mod tests;
