//! What a person decided, and what was decided of the account, as parts of the account's file: shops that are
//! blocked, what is private, what a household sees, receipts that are missed, and that the account is suspended.

use super::account::{Item, item};
use crate::app::App;
use crate::blocks;
use crate::discretion::{self, Mark, Marks};
use crate::household;
use crate::household::sight::Choice;
use crate::reply::Reply;
use ledger::account::{Blocked as Shop, Fate, MissingReceipt, Sharing, WhyNot};
use purchase::id::UserId;
use purchase::settlement::LineNumber;
use purchase::time::Timestamp;
use serde::Serialize;
use wire::time::show_utc;

#[derive(Serialize)]
pub(super) struct Suspended {
    since: String,
    reason: String,
}

/// That an operator closed the account, and why.
pub(super) fn suspended(app: &App, user_id: UserId) -> Reply<Option<Suspended>> {
    let suspension = app.ledger.suspension(user_id)?;
    Ok(suspension.map(|suspension| Suspended {
        since: show_utc(suspension.since),
        reason: suspension.reason.as_str().to_owned(),
    }))
}

#[derive(Serialize)]
pub(super) struct Blocked {
    #[serde(flatten)]
    shop: Place,
    name: String,
    since: String,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Place {
    Store { store_id: String },
    Chain { chain_id: String },
}

/// The shops of which nothing is filed, the newest first.
pub(super) fn blocked(app: &App, user_id: UserId) -> Reply<Vec<Blocked>> {
    let blocks = blocks::of(app, user_id)?.into_iter();
    let blocks = blocks.map(|block| {
        Ok(Blocked {
            name: blocks::name(app, &block.blocked)?,
            since: show_utc(block.since),
            shop: match block.blocked {
                Shop::Store(id) => Place::Store {
                    store_id: id.as_str().to_owned(),
                },
                Shop::Chain(id) => Place::Chain {
                    chain_id: id.as_str().to_owned(),
                },
            },
        })
    });
    blocks.collect()
}

#[derive(Serialize)]
pub(super) struct Marked {
    #[serde(flatten)]
    on: On,
    private: bool,
}

#[derive(Serialize)]
#[serde(untagged)]
enum On {
    Line { purchase_id: String, line: u16 },
    Item(Item),
}

/// What the person said is private, or is not.
pub(super) fn marked(app: &App, user_id: UserId) -> Reply<Vec<Marked>> {
    let mut all = Marks::of(app, user_id)?.into_all();
    all.sort_by_cached_key(|(place, _)| format!("{place:?}"));
    let all = all.into_iter().map(|(place, mark)| Marked {
        on: match place {
            discretion::Marked::Line(id, LineNumber(line)) => On::Line {
                purchase_id: id.to_string(),
                line,
            },
            discretion::Marked::Ware(ware) => On::Item(item(ware)),
        },
        private: match mark {
            Mark::Private => true,
            Mark::Plain => false,
        },
    });
    Ok(all.collect())
}

#[derive(Serialize)]
pub(super) struct Home {
    name: String,
    joined_at: String,
    shares: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    shares_since: Option<String>,
    purchases: Vec<Said>,
}

#[derive(Serialize)]
struct Said {
    purchase_id: String,
    shown: bool,
}

/// By which name the person is in a household, and what it sees of the person; not who else is there.
pub(super) fn home(app: &App, user_id: UserId) -> Reply<Option<Home>> {
    let home = household::Home::of(app, user_id)?;
    let Some((home, me)) = home.as_ref().and_then(|home| Some((home, home.me()?))) else {
        return Ok(None);
    };
    let (shares, since) = match me.sharing {
        Sharing::Chosen => ("chosen", None),
        Sharing::Since(at) => ("since", Some(show_utc(at))),
        Sharing::Everything => ("everything", None),
    };
    let choices = household::shares_of(app, home.household.household_id, me)?.choices();
    Ok(Some(Home {
        name: me.name.as_str().to_owned(),
        joined_at: show_utc(me.joined_at),
        shares,
        shares_since: since,
        purchases: choices
            .into_iter()
            .map(|(purchase_id, choice)| Said {
                purchase_id: purchase_id.to_string(),
                shown: match choice {
                    Choice::Shown => true,
                    Choice::KeptBack => false,
                },
            })
            .collect(),
    }))
}

#[derive(Serialize)]
pub(super) struct Missed {
    store_id: String,
    asked_at: String,
    date: String,
    time: Option<String>,
    total: i64,
    number: Option<String>,
    words: Option<String>,
    state: &'static str,
    ended_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    purchase_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    answer: Option<String>,
}

/// Receipts that the person asked stores for, the newest first.
pub(super) fn missed(app: &App, user_id: UserId, now: Timestamp) -> Reply<Vec<Missed>> {
    let all = app.ledger.missing(user_id, now)?.into_iter();
    Ok(all.map(one_missed).collect())
}

fn one_missed(missing: MissingReceipt) -> Missed {
    let own = |text: purchase::text::Text| text.as_str().to_owned();
    let described = missing.described;
    let (state, why, answer, purchase_id) = match &missing.fate {
        Fate::Open => ("open", None, None, None),
        Fate::Found { purchase_id, .. } => ("found", None, None, Some(purchase_id.to_string())),
        Fate::NotFound { why, words, .. } => ("not_found", Some(word(*why)), words.clone(), None),
        Fate::Expired { .. } => ("expired", None, None, None),
    };
    Missed {
        store_id: missing.store_id.as_str().to_owned(),
        asked_at: show_utc(missing.asked_at),
        date: described.date.to_string(),
        time: described.minute.map(|minute| minute.to_string()),
        total: described.total.minor(),
        number: described.number.map(own),
        words: described.words.map(own),
        state,
        ended_at: missing.fate.ended_at().map(show_utc),
        purchase_id,
        why,
        answer: answer.map(own),
    }
}

/// The word for why a store gives no receipt. Programs read it: it never changes.
const fn word(why: WhyNot) -> &'static str {
    match why {
        WhyNot::NoSuchSale => "no_such_sale",
        WhyNot::TellMore => "tell_more",
        WhyNot::NotRecorded => "not_recorded",
        WhyNot::OwnWords => "own_words",
    }
}
