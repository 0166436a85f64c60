//! Codes that people show, for whoever speaks to people: giving member codes out, and taking purchases by
//! the codes on their receipts. The digits of a code go through here and are kept nowhere.

use crate::app::App;
use crate::brake::Brake;
use crate::catalogues::aside;
use crate::peer::Peer;
use crate::reply::{Refused, Reply};
use ledger::account::Filed;
use ledger::write::{Changed, ClaimStep, Claimed, MemberStep, NewMemberCode, Write, Written};
use purchase::id::UserId;
use purchase::time::Timestamp;
use std::sync::Arc;
use wire::claim::ClaimCode;
use wire::error::ErrorCode;
use wire::member::{MemberCode, MemberForm, Wish};

const DAY_MS: i64 = 24 * 60 * 60 * 1_000;
/// How long a code is good that is shown at once: longer than anybody stands at a till.
const SHOWN_MS: i64 = DAY_MS;
/// How long a code is good that a phone keeps: as long as somebody may have no signal.
const SHORT_MS: i64 = 14 * DAY_MS;
/// How long a card is good.
const CARD_MS: i64 = 5 * 365 * DAY_MS;

/// A member code that was given out this moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Issued {
    /// The code, with the wish for paper.
    pub code: MemberCode,
    /// From when on it is good.
    pub issued_at: Timestamp,
    /// Until when.
    pub expires_at: Timestamp,
}

/// Where a code is shown from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// From a page that was just loaded.
    Now,
    /// From where it is kept until somebody has no signal.
    Later,
    /// From a card.
    Card,
}

impl Shown {
    const fn form(self) -> MemberForm {
        match self {
            Self::Now | Self::Later => MemberForm::Short,
            Self::Card => MemberForm::Card,
        }
    }

    /// Of too many codes those end first that expire first: pages that are looked at often must not end
    /// what a phone keeps.
    const fn life_ms(self) -> i64 {
        match self {
            Self::Now => SHOWN_MS,
            Self::Later => SHORT_MS,
            Self::Card => CARD_MS,
        }
    }
}

/// Codes that a person gets at once: for ten phones, or for a page that is looked at very often.
const ISSUED_AT_ONCE: i64 = 320;
/// After how long there is another one.
const ISSUE_MS: i64 = 2 * 60 * 1_000;

/// How many codes each person gets. Those that were given out are remembered until long after they end, and
/// whoever asks for more and more would make the list long that is read with each new one.
pub struct Issuing(Brake<UserId>);

impl Default for Issuing {
    fn default() -> Self {
        Self(Brake::new(ISSUED_AT_ONCE, ISSUE_MS))
    }
}

impl Issuing {
    /// Takes `count` codes of a person, or none.
    fn take(&self, user_id: UserId, count: u8, now: Timestamp) -> Reply<()> {
        for taken in 0..count {
            if let Err(seconds) = self.0.take(user_id, now) {
                for _ in 0..taken {
                    self.0.give_back(user_id);
                }
                let detail = "this account got too many member codes in a short time; the ones it has stay good";
                return Err(Refused::later(ErrorCode::RateLimited, detail, seconds));
            }
        }
        Ok(())
    }
}

/// Gives a person `count` new member codes: short ones, good for one sale each, or a card, which
/// ends the one before.
///
/// # Errors
/// 404 if there is no such person, 429 if there were too many of late, 503 if nothing can be written now.
pub async fn issue(app: &App, user_id: UserId, shown: Shown, count: u8) -> Reply<Vec<Issued>> {
    let form = shown.form();
    let issued_at = app.clock.now();
    app.issuing.take(user_id, count, issued_at)?;
    let expires_at = issued_at.plus_ms(shown.life_ms());
    let issued: Vec<Issued> = (0..count)
        .map(|_| Issued {
            code: MemberCode::new(form, Wish::Paper, app.clock.random()),
            issued_at,
            expires_at,
        })
        .collect();
    let codes = issued.iter().map(|issued| NewMemberCode {
        hash: issued.code.hash(),
        form,
        issued_at,
        expires_at,
    });
    let codes = codes.collect();
    match changed(app, MemberStep::Issue { user_id, codes }).await? {
        Changed::Done | Changed::Same => Ok(issued),
        Changed::Different => Err(Refused::new(
            ErrorCode::Unavailable,
            "one of the codes was drawn before; ask again",
        )),
        Changed::NotFound | Changed::Last | Changed::Full => Err(Refused::not_found("user")),
    }
}

/// Can this code of the person still be shown at a till?
///
/// # Errors
/// A problem if the memory cannot be read.
pub fn is_good(app: &App, user_id: UserId, code: MemberCode) -> Reply<bool> {
    let until = app
        .ledger
        .member_code_until(user_id, code.hash(), app.clock.now())?;
    Ok(until.is_some())
}

/// Ends a person's card. Sales before this moment count.
///
/// # Errors
/// 404 if there is no card, 503 if nothing can be written now.
pub async fn revoke_card(app: &App, user_id: UserId) -> Reply<()> {
    let form = MemberForm::Card;
    match changed(app, MemberStep::Revoke { user_id, form }).await? {
        Changed::Done => Ok(()),
        Changed::Same | Changed::Different | Changed::NotFound | Changed::Last | Changed::Full => {
            Err(Refused::not_found("card"))
        }
    }
}

async fn changed(app: &App, step: MemberStep) -> Reply<Changed> {
    match app.intake.write_one(Write::Member(step)).await? {
        Written::Changed(changed) => Ok(changed),
        other => panic!("a member code was answered with {other:?}"),
    }
}

/// Gives a person the purchase that a claim code leads to, or notes that the person waits for it.
///
/// # Errors
/// 404 if there is no such person, 409 if too many codes wait, 503 if nothing can be written now.
pub async fn take_claim(app: &App, user_id: UserId, code: ClaimCode) -> Reply<Claimed> {
    let hash = code.hash();
    let written = app
        .intake
        .write_one(Write::Claim(ClaimStep::Take { user_id, hash }))
        .await?;
    match written {
        Written::Claimed(claimed @ (Claimed::Filed(_) | Claimed::Waiting)) => Ok(claimed),
        Written::Claimed(Claimed::TooMany) => Err(Refused::new(
            ErrorCode::ClaimsWaiting,
            "50 codes wait for their sale already; look whether they were mistyped, or ask the shops",
        )),
        Written::Claimed(Claimed::NotFound) => Err(Refused::not_found("user")),
        other => panic!("a claim was answered with {other:?}"),
    }
}

/// The purchase that a claim code leads to, for whoever has the receipt, before any account. A code that
/// was used is answered like one that nobody knows.
///
/// # Errors
/// 404 if there is none, 429 if too many wrong codes were looked up this minute from one network address.
pub async fn look(app: &App, peer: Peer, code: ClaimCode) -> Reply<Filed> {
    let taken = app.claim_tries.take(peer, app.clock.now());
    taken.map_err(|wait| wait.refused("codes that nobody knows were looked up"))?;
    let ledger = Arc::clone(&app.ledger);
    let found = aside(move || ledger.claimable(code.hash())).await;
    match found.and_then(|found| Ok(found?)) {
        Ok(None) => Err(Refused::not_found("claim code")),
        Ok(Some(filed)) => {
            app.claim_tries.give_back(peer);
            Ok(filed)
        }
        Err(refused) => {
            app.claim_tries.give_back(peer);
            Err(refused)
        }
    }
}
