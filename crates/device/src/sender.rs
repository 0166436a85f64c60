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
    /// Nothing until then, unless something new happens.
    Rest(Option<Timestamp>),
}

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    /// It was done.
    Done,
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
        return Action::Rest(Some(until));
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
    match (compare, prune) {
        (None, _) => Action::CompareDays,
        (Some(_), None) => Action::Prune,
        (Some(compare), Some(prune)) => {
            let first = compare.min(prune);
            Action::Rest(Some(pull.map_or(first, |pull| pull.min(first))))
        }
    }
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
        Heard::CatalogueElsewhere => pause(
            Sender {
                catalogue: Catalogue::Unknown,
                ..sender
            },
            now,
            None,
            chance,
        ),
        Heard::NotNow(asked) => pause(sender, now, asked, chance),
        Heard::TooLarge if sender.batch > 1 => Sender {
            batch: sender.batch / 2,
            ..well
        },
        Heard::TooLarge | Heard::Refused => pause(sender, now, Some(PAUSE_REFUSED_MS), chance),
    }
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
mod tests {
    use super::*;

    const NOW: i64 = 1_800_000_000_000;

    fn at(ms: i64) -> Timestamp {
        Timestamp::from_ms(NOW + ms).unwrap()
    }

    fn known() -> Sender {
        Sender {
            catalogue: Catalogue::Known,
            compared_at: Some(at(0)),
            pruned_at: Some(at(0)),
            ..Sender::default()
        }
    }

    #[test]
    fn what_comes_first() {
        let resting = Sender {
            not_before: Some(at(5)),
            ..known()
        };
        let apart = Sender {
            catalogue: Catalogue::Apart,
            ..known()
        };
        let all = Action::SendSales(BATCH_MAX);
        let check = |name: &str, sender: Sender, sales: u64, items: Items, expected: Action| {
            assert_eq!(
                next(&sender, Waiting { sales, items }, at(4)),
                expected,
                "{name}"
            );
        };
        use Items::{Changed, Told};
        check(
            "a start",
            Sender::default(),
            9,
            Changed,
            Action::AskCatalogue,
        );
        check("a pause", resting, 9, Changed, Action::Rest(Some(at(5))));
        check("names first", known(), 9, Changed, Action::SendItems);
        check("all anew", apart, 9, Changed, Action::SendSnapshot);
        check("sales", known(), 1, Told, all);
        let hour = Action::Rest(Some(at(COMPARE_EVERY_MS)));
        check("nothing", known(), 0, Told, hour);
        let none = Waiting {
            sales: 0,
            items: Told,
        };
        let follower = Sender {
            catalogue: Catalogue::Followed,
            ..known()
        };
        let pulled = Sender {
            pulled_at: Some(at(1)),
            ..follower
        };
        check("a follower asks", follower, 9, Changed, Action::PullItems);
        check("and sells", pulled, 9, Changed, all);
        let soon = Action::Rest(Some(at(1 + PULL_EVERY_MS)));
        check("and rests", pulled, 0, Changed, soon);
        let later = next(&known(), none, at(COMPARE_EVERY_MS));
        assert_eq!(later, Action::CompareDays, "an hour later");
        let some = Waiting {
            sales: 9,
            items: Told,
        };
        assert_eq!(next(&resting, some, at(5)), all, "the end of a pause");
    }

    #[test]
    fn what_is_too_old_goes_after_the_days_were_compared() {
        let nothing = Waiting {
            sales: 0,
            items: Items::Told,
        };
        let compared = Sender {
            pruned_at: None,
            ..known()
        };
        assert_eq!(next(&compared, nothing, at(4)), Action::Prune);
        let pruned = hear(compared, Heard::Pruned, at(4), 0);
        let rest = Action::Rest(Some(at(COMPARE_EVERY_MS)));
        assert_eq!(next(&pruned, nothing, at(5)), rest);
    }

    #[test]
    fn a_clock_that_is_set_back_stops_nothing() {
        let some = Waiting {
            sales: 1,
            items: Items::Told,
        };
        let paused = hear(known(), Heard::NotNow(Some(i64::MAX)), at(0), 0);
        let back = at(-86_400_000);
        assert_eq!(next(&paused, some, back), Action::SendSales(BATCH_MAX));
        let nothing = Waiting { sales: 0, ..some };
        assert_eq!(next(&known(), nothing, back), Action::CompareDays);
    }

    #[test]
    fn pauses_grow_and_end() {
        let mut sender = known();
        let mut pauses = Vec::new();
        for _ in 0..9 {
            sender = hear(sender, Heard::NotNow(None), at(0), u8::MAX);
            pauses.push(sender.not_before.unwrap().ms() - NOW);
        }
        assert_eq!(
            pauses,
            [
                1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000
            ]
        );
        let hasty = hear(known(), Heard::NotNow(None), at(0), 0);
        assert_eq!(hasty.not_before, Some(at(500)));
        let asked = hear(known(), Heard::NotNow(Some(7_000)), at(0), 0);
        assert_eq!(
            asked.not_before,
            Some(at(7_000)),
            "the server's word counts"
        );
        let absurd = hear(known(), Heard::NotNow(Some(i64::MAX)), at(0), 0);
        assert_eq!(
            absurd.not_before,
            Some(at(RETRY_AFTER_MAX_MS)),
            "within reason"
        );
        let again = hear(sender, Heard::Done, at(0), 0);
        assert_eq!((again.failures, again.not_before), (0, None));
    }

    #[test]
    fn batches_shrink_to_one() {
        let mut sender = known();
        for _ in 0..20 {
            sender = hear(sender, Heard::TooLarge, at(0), 0);
        }
        assert_eq!(sender.batch, 1);
        assert!(
            sender.not_before.is_some(),
            "one that is too large alone waits"
        );
    }
}
