//! Receipts that people miss: what a person says is proven here, the store is asked, and the store's people
//! give a sale or say why not. Who asks is told to nobody at a store.

use crate::app::App;
use crate::auth::Clerk;
use crate::brake::Brake;
use crate::office::Deed;
use crate::peer::{Network, Peer};
use crate::reply::{Refused, Reply};
use ledger::account::{
    Act, Candidates, Described, Minute, NUMBER_CHARS_MAX, Range, SoughtReceipt, WORDS_CHARS_MAX,
    WhyNot,
};
use ledger::write::{MissingStep, MissingWritten, Write, Written};
use purchase::card::holds_card_number;
use purchase::fold::{fold, words};
use purchase::id::{MissingId, PurchaseId, SettlementKey, SoughtId, StoreId, UserId};
use purchase::money::{Amount, Currency};
use purchase::settlement::Kind;
use purchase::store::Store;
use purchase::text::Text;
use purchase::time::{BusinessDate, Timestamp};
use serde::Deserialize;
use std::sync::Arc;
use wire::limits::SEARCH_CHARS;
use wire::time::day_of;

const DAY_MS: i64 = 24 * 60 * 60 * 1_000;
/// How far back a receipt can be asked for.
const BACK_MS: i64 = 400 * DAY_MS;

/// What a form says of a receipt that is missing.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Said {
    /// The store's id.
    pub store: String,
    /// The day, `YYYY-MM-DD`.
    pub date: String,
    /// About when, `HH:MM`, or nothing.
    pub time: String,
    /// What it came to, as people write it.
    pub total: String,
    /// The number on it, or nothing.
    pub number: String,
    /// Anything else.
    pub words: String,
    /// Said by whoever has seen that there is one like it in the book.
    pub sure: String,
}

/// What is wrong with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// Not a day.
    Date,
    /// A day that has not come.
    Future,
    /// A day too long ago.
    Old,
    /// Not a time of the day.
    Time,
    /// Not an amount of the store's currency.
    Total,
    /// A number that is too long, or not printable.
    Number,
    /// Words that are too many, or not printable.
    Words,
    /// A whole card number.
    Card,
    /// So many are looked for that no more are noted.
    TooMany,
    /// The store has to look for so many that no more are noted.
    Crowded,
    /// So much was asked in a short time that some of it has to wait.
    TooOften,
}

/// How often stores are asked for receipts: nobody misses so many at once, and a store's people answer each.
pub struct Asking {
    by_person: Brake<UserId>,
    by_network: Brake<Network>,
}

impl Default for Asking {
    fn default() -> Self {
        Self {
            by_person: Brake::new(30, 10 * 60_000),
            by_network: Brake::new(60, 5 * 60_000),
        }
    }
}

impl Asking {
    /// Takes a try; none if they are used up for now.
    fn take(&self, user_id: UserId, peer: Peer, now: Timestamp) -> Option<()> {
        self.by_person.take(user_id, now).ok()?;
        let networks: Vec<_> = peer.networks().collect();
        self.by_network.take_each(&networks, now).ok()
    }
}

/// Proves all that is said, or tells all that is wrong with it.
///
/// # Errors
/// What is wrong.
pub fn prove(app: &App, store: &Store, said: &Said) -> Result<Described, Vec<Wrong>> {
    let mut wrong = Vec::new();
    let mut noted = |found: Wrong| wrong.push(found);
    let date = date_of(app, store, &said.date).map_err(&mut noted).ok();
    let minute = minute_of(&said.time).map_err(&mut noted).ok();
    let total = amount_of(&said.total, store.currency);
    let total = total.ok_or(Wrong::Total).map_err(&mut noted).ok();
    let number = text_of(&said.number, NUMBER_CHARS_MAX);
    let number = number.map_err(|wrong| wrong.unless_card(Wrong::Number));
    let number = number.map_err(&mut noted).ok();
    let words = text_of(&said.words, WORDS_CHARS_MAX);
    let words = words.map_err(|wrong| wrong.unless_card(Wrong::Words));
    let words = words.map_err(&mut noted).ok();
    match (date, minute, total, number, words) {
        (Some(date), Some(minute), Some(total), Some(number), Some(words)) => Ok(Described {
            date,
            minute,
            total,
            number,
            words,
        }),
        (..) => Err(wrong),
    }
}

fn date_of(app: &App, store: &Store, said: &str) -> Result<BusinessDate, Wrong> {
    let date = BusinessDate::parse(fold(said.trim()).as_str()).map_err(|_| Wrong::Date)?;
    let (zone, now) = (app.zone(store.timezone.as_str()), app.clock.now());
    // The trading day of a shop may be ahead of the calendar by one.
    let last = day_of(now, &zone).and_then(BusinessDate::next);
    let first = day_of(now.plus_ms(-BACK_MS), &zone);
    if last.is_some_and(|last| date > last) {
        return Err(Wrong::Future);
    }
    if first.is_some_and(|first| date < first) {
        return Err(Wrong::Old);
    }
    Ok(date)
}

fn minute_of(said: &str) -> Result<Option<Minute>, Wrong> {
    let said = fold(said.trim());
    if said.is_empty() {
        return Ok(None);
    }
    let number = |text: &str| text.parse::<u16>().ok().filter(|_| text.len() <= 2);
    let (hours, minutes) = said.split_once(':').ok_or(Wrong::Time)?;
    let parts = number(hours).zip(number(minutes).filter(|minutes| *minutes < 60));
    let minute = parts.and_then(|(hours, minutes)| Minute::new(hours * 60 + minutes));
    minute.map(Some).ok_or(Wrong::Time)
}

/// An amount as people write it: with or without the sign of its currency, thousands apart or not.
fn amount_of(said: &str, currency: Currency) -> Option<Amount> {
    let folded = fold(said);
    let plain = folded.replace(&currency.code().to_lowercase(), "");
    let is_sign = |it: char| it.is_whitespace() || ['¥', '\\', '$', '€', '£', '円'].contains(&it);
    let plain: String = plain.chars().filter(|it| !is_sign(*it)).collect();
    let width = usize::from(currency.exponent());
    let has_one_comma = plain.matches(',').count() == 1 && !plain.contains('.');
    let plain = match plain.split_once(',') {
        // Half of the world writes 12,50.
        Some((whole, part)) if has_one_comma && part.len() == width && width != 3 => {
            format!("{whole}.{part}")
        }
        Some(_) | None => plain.replace(',', ""),
    };
    let (whole, part) = plain.split_once('.').unwrap_or((&plain, ""));
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !is_number(whole) || !is_number(part) || part.len() > width {
        return None;
    }
    let minor = format!("{whole}{part:0<width$}").parse().ok()?;
    Amount::new(minor).ok()
}

/// What is wrong with a text that somebody wrote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WrongText {
    /// A whole card number, which is shown nowhere again.
    Card,
    /// Too long, not printable, or nothing where something is needed.
    Text,
}

impl WrongText {
    const fn unless_card(self, wrong: Wrong) -> Wrong {
        match self {
            Self::Card => Wrong::Card,
            Self::Text => wrong,
        }
    }
}

/// A text in one paragraph, or none.
fn text_of(said: &str, chars_max: usize) -> Result<Option<Text>, WrongText> {
    let said: Vec<_> = said.split_whitespace().collect();
    let said = said.join(" ");
    if said.is_empty() {
        return Ok(None);
    }
    if holds_card_number(&said) {
        return Err(WrongText::Card);
    }
    let text = Text::new(&said, chars_max).map(Some);
    text.map_err(|_| WrongText::Text)
}

/// Asks a store for a receipt.
///
/// # Errors
/// 404 if there is no such person, 503 if nothing can be written now.
pub async fn ask(
    app: &App,
    (user_id, peer): (UserId, Peer),
    store: &Store,
    described: Described,
) -> Reply<Result<(), Wrong>> {
    if app.asking.take(user_id, peer, app.clock.now()).is_none() {
        return Ok(Err(Wrong::TooOften));
    }
    let step = MissingStep::Ask {
        user_id,
        store_id: store.store_id.clone(),
        missing_id: MissingId(app.clock.random()),
        sought_id: SoughtId(app.clock.random()),
        described: Box::new(described),
    };
    match written(app, Write::Missing(step)).await? {
        MissingWritten::Asked(_) | MissingWritten::AskedBefore(_) => Ok(Ok(())),
        MissingWritten::TooMany => Ok(Err(Wrong::TooMany)),
        MissingWritten::Crowded => Ok(Err(Wrong::Crowded)),
        MissingWritten::Done
        | MissingWritten::Nothing
        | MissingWritten::Given(_)
        | MissingWritten::Closed
        | MissingWritten::Taken
        | MissingWritten::NotFound => Err(Refused::not_found("user")),
    }
}

/// Takes a request back, or its answer off the list. What is not there was taken before.
///
/// # Errors
/// 503 if nothing can be written now.
pub async fn withdraw(app: &App, user_id: UserId, missing_id: MissingId) -> Reply<()> {
    let step = MissingStep::Withdraw {
        user_id,
        missing_id,
    };
    written(app, Write::Missing(step)).await.map(|_| ())
}

/// Requests on a page.
pub const PER_PAGE: usize = 10;
/// Sales that are offered for one, at most.
pub const OFFERED_MAX: usize = 10;

/// Some of the receipts that people ask a store for, with the sales that each may be.
pub struct Requests {
    /// How many there are altogether.
    pub count: usize,
    /// How many come before these.
    pub skip: usize,
    /// At most [`PER_PAGE`], oldest first.
    pub requests: Vec<(SoughtReceipt, Candidates)>,
}

impl Requests {
    /// Those of a store behind the first `skip`; if there are no more than those, the last page.
    ///
    /// # Errors
    /// A problem if the memory cannot be read.
    pub fn of(app: &App, store_id: &StoreId, skip: usize) -> Reply<Self> {
        let now = app.clock.now();
        let count = app.ledger.count_sought(store_id, now)?;
        // The last page may have been answered to its end.
        let skip = skip.min(count.saturating_sub(1) / PER_PAGE * PER_PAGE);
        let found = app.ledger.sought(store_id, now, (skip, PER_PAGE))?;
        let requests = found.into_iter().map(|asked| {
            let sales = app
                .ledger
                .unclaimed(store_id, &asked.described, OFFERED_MAX)?;
            Ok((asked, sales))
        });
        let requests = requests.collect::<Reply<_>>()?;
        Ok(Self {
            count,
            skip,
            requests,
        })
    }

    /// How many come before the next page; none on the last.
    #[must_use]
    pub const fn next_skip(&self) -> Option<usize> {
        let next = self.skip.saturating_add(PER_PAGE);
        if self.count > next { Some(next) } else { None }
    }
}

/// What became of an answer to somebody who misses a receipt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// The person has it.
    Done,
    /// The sale is not one that can be given.
    Taken,
    /// Nobody waits for it: it was answered or taken back before.
    Closed,
}

impl Ended {
    fn of(written: &MissingWritten) -> Self {
        match written {
            MissingWritten::Given(_) | MissingWritten::Done => Self::Done,
            MissingWritten::Taken => Self::Taken,
            MissingWritten::Closed
            | MissingWritten::Asked(_)
            | MissingWritten::AskedBefore(_)
            | MissingWritten::TooMany
            | MissingWritten::Crowded
            | MissingWritten::Nothing
            | MissingWritten::NotFound => Self::Closed,
        }
    }
}

/// Gives a sale that is nobody's to whoever is asking for it, with a note of it.
///
/// # Errors
/// 503 if nothing can be written now.
pub async fn give(
    app: &App,
    clerk: &Clerk,
    sought_id: SoughtId,
    settlement: SettlementKey,
) -> Reply<Ended> {
    let what = format!(
        "{} {} {}",
        settlement.business_date, settlement.terminal, settlement.transaction
    );
    let deed = Deed::at(Act::ReceiptGiven, &settlement.store_id).to(&what);
    let step = MissingStep::Give {
        sought_id,
        settlement,
        by: clerk.key,
    };
    let noted = deed.noted(app, clerk, Some(Write::Missing(step)))?;
    Ok(Ended::of(&written(app, noted).await?))
}

/// What a store says instead of giving a receipt.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Why.
    pub why: WhyNot,
    /// And in its own words.
    pub words: Option<Text>,
}

impl Answer {
    /// Proves what a form says. Own words are needed where nothing else is said.
    ///
    /// # Errors
    /// What is wrong with the words.
    pub fn prove(why: WhyNot, words: &str) -> Result<Self, WrongText> {
        let words = text_of(words, WORDS_CHARS_MAX)?;
        let needs_words = match why {
            WhyNot::OwnWords => true,
            WhyNot::NoSuchSale | WhyNot::TellMore | WhyNot::NotRecorded => false,
        };
        if needs_words && words.is_none() {
            return Err(WrongText::Text);
        }
        Ok(Self { why, words })
    }
}

/// Says to whoever is asking why there is no receipt, with a note that it was said.
///
/// # Errors
/// 503 if nothing can be written now.
pub async fn refuse(
    app: &App,
    clerk: &Clerk,
    (store_id, sought_id): (&StoreId, SoughtId),
    answer: Answer,
) -> Reply<Ended> {
    let step = MissingStep::Refuse {
        store_id: store_id.clone(),
        sought_id,
        why: answer.why,
        words: answer.words,
        by: clerk.key,
    };
    let deed = Deed::at(Act::ReceiptRefused, store_id);
    let noted = deed.noted(app, clerk, Some(Write::Missing(step)))?;
    Ok(Ended::of(&written(app, noted).await?))
}

async fn written(app: &App, write: Write) -> Reply<MissingWritten> {
    match app.intake.write_one(write).await? {
        Written::Missing(written) => Ok(written),
        other => panic!("a missing receipt was answered with {other:?}"),
    }
}

/// A purchase in the person's own book that may be the one that is missed.
///
/// # Errors
/// A problem if the memory cannot be read.
pub fn in_book(
    app: &App,
    user_id: UserId,
    store: &Store,
    described: &Described,
) -> Reply<Option<PurchaseId>> {
    let range = Range {
        store_id: Some(store.store_id.clone()),
        currency: Some(store.currency),
        min: Some(described.total),
        max: Some(described.total),
        ..Range::default()
    };
    let page = app.ledger.page(user_id, &range, 1, &|filed| {
        let content = filed.settlement.content();
        let date = content.key.business_date;
        content.kind == Kind::Sale
            && filed.voided_by.is_none()
            && described.dates().any(|near| near == date)
    })?;
    Ok(page.purchases.first().map(|filed| filed.purchase_id))
}

/// Stores whose name or id has all the words in it, at most `limit`.
#[must_use]
pub fn stores_named(app: &App, query: &str, limit: usize) -> Vec<Arc<Store>> {
    let query: String = query.chars().take(SEARCH_CHARS).collect();
    let words = words(&query);
    if words.is_empty() {
        return Vec::new();
    }
    let now = app.clock.now();
    let is_named = |store: &Arc<Store>| {
        let name = fold(store.identity(store.identity_at(now)).name.as_str());
        let has = |word: &String| name.contains(word) || store.store_id.as_str().contains(word);
        words.iter().all(has)
    };
    let ids = app.ledger.store_ids();
    let stores = ids.iter().filter_map(|id| app.ledger.store(id));
    stores.filter(is_named).take(limit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_as_people_write_them() {
        for (said, code, minor) in [
            ("1280", "JPY", Some(1_280)),
            ("¥1,280", "JPY", Some(1_280)),
            ("１，２８０円", "JPY", Some(1_280)),
            ("1,28", "JPY", Some(128)),
            ("12.5", "JPY", None),
            ("0", "JPY", Some(0)),
            ("-5", "JPY", None),
            ("", "JPY", None),
            (".5", "USD", None),
            ("$12.50", "USD", Some(1_250)),
            ("12.5", "USD", Some(1_250)),
            ("12", "USD", Some(1_200)),
            ("1,234.5 usd", "USD", Some(123_450)),
            ("12,50 €", "EUR", Some(1_250)),
            ("1,234", "EUR", Some(123_400)),
            ("12.345", "EUR", None),
            ("1.234", "KWD", Some(1_234)),
            ("1,234", "KWD", Some(1_234_000)),
            ("99999999999999999999", "JPY", None),
            ("<b>", "JPY", None),
        ] {
            let currency = Currency::parse(code).unwrap();
            let found = amount_of(said, currency).map(Amount::minor);
            assert_eq!(found, minor, "{said} {code}");
        }
    }

    #[test]
    fn times_are_read_or_left_out() {
        for (said, read) in [
            ("", Ok(None)),
            ("09:05", Ok(Minute::new(545))),
            ("２３：５９", Ok(Minute::new(1_439))),
            ("24:00", Err(Wrong::Time)),
            ("9:60", Err(Wrong::Time)),
            ("noon", Err(Wrong::Time)),
            ("12:000", Err(Wrong::Time)),
        ] {
            assert_eq!(minute_of(said), read, "{said}");
        }
    }

    #[test]
    fn stores_are_asked_as_often_as_somebody_may_miss_a_receipt() {
        let asking = Asking::default();
        let at = |minutes: i64| Timestamp::from_ms(1_000_000_000 + minutes * 60_000).unwrap();
        let here = Peer::at([192, 0, 2, 1].into());
        let asked = |number: u8, peer: Peer, minutes: i64| {
            let tries = (0..100).map(|_| asking.take(UserId([number; 16]), peer, at(minutes)));
            tries.flatten().count()
        };
        assert_eq!(asked(1, here, 0), 30, "by one person");
        assert_eq!(asked(2, here, 0), 30, "by another at the same place");
        assert_eq!(asked(3, here, 0), 0, "by all at this place");
        assert_eq!(
            asked(4, Peer::at([192, 0, 2, 2].into()), 0),
            30,
            "elsewhere"
        );
        let neighbours = (3..250).map(|number| Peer::at([192, 0, 2, number].into()));
        let near: usize = (5..)
            .zip(neighbours)
            .map(|(who, peer)| asked(who, peer, 0))
            .sum();
        assert_eq!(near, 8 * 60 - 90, "all of a small network together");
        assert_eq!(asked(254, Peer::Hidden, 0), 30, "nobody knows where");
        assert_eq!(asked(1, here, 10), 1, "it comes back");
    }

    #[test]
    fn no_card_number_is_kept() {
        let said = "my card 4111 1111 1111 1111";
        assert_eq!(text_of(said, 200), Err(WrongText::Card));
        assert_eq!(text_of(" \n", 200), Ok(None));
        let long = "a".repeat(201);
        assert_eq!(text_of(&long, 200), Err(WrongText::Text));
        let why = WhyNot::OwnWords;
        assert_eq!(Answer::prove(why, " ").err(), Some(WrongText::Text));
        assert!(Answer::prove(WhyNot::TellMore, "").is_ok());
    }
}
