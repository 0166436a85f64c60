//! The names that stores are asked for: an operator asks, the store's device hears it with its next report,
//! and the wish is gone when the code has its name. Who may ask was proven before.

use crate::app::App;
use crate::auth::Clerk;
use crate::office::{Deed, carry_out};
use crate::reply::{Refused, Reply};
use ledger::account::{Act, Wish};
use ledger::write::{Changed, ReportStep, WISHES_MAX, Write};
use purchase::id::{ItemCode, StoreId};
use wire::error::ErrorCode;
use wire::limits::WISHES;

/// Asks a store what a code is called, and says what became of that: done now, or as it was.
///
/// # Errors
/// 404 if nothing waits for the code, 422 if the store is asked for too many names.
pub(crate) async fn ask(
    app: &App,
    clerk: &Clerk,
    store_id: &StoreId,
    code: &ItemCode,
) -> Reply<Changed> {
    let deed = Deed::at(Act::NameWished, store_id).to(code.as_str());
    let write = Write::Report(ReportStep::Wish {
        store_id: store_id.clone(),
        code: code.clone(),
        by: clerk.key,
    });
    match carry_out(app, clerk, deed, write).await? {
        changed @ (Changed::Done | Changed::Same) => Ok(changed),
        Changed::Full => {
            let detail = format!(
                "this store is asked for {WISHES_MAX} names already; wait for some, or take some back"
            );
            Err(Refused::new(ErrorCode::TooManyRows, detail))
        }
        Changed::Different | Changed::NotFound | Changed::Last => Err(Refused::new(
            ErrorCode::NotFound,
            "no line of this store waits for this code; GET …/pending says which codes are waited for",
        )),
    }
}

/// Asks a store no more.
///
/// # Errors
/// 404 if it is not asked.
pub(crate) async fn take_back(
    app: &App,
    clerk: &Clerk,
    store_id: &StoreId,
    code: &ItemCode,
) -> Reply<()> {
    let deed = Deed::at(Act::WishTakenBack, store_id).to(code.as_str());
    let write = Write::Report(ReportStep::TakeBack {
        store_id: store_id.clone(),
        code: code.clone(),
    });
    match carry_out(app, clerk, deed, write).await? {
        Changed::Done | Changed::Same => Ok(()),
        Changed::Different | Changed::NotFound | Changed::Last | Changed::Full => {
            Err(Refused::not_found("wish"))
        }
    }
}

/// What the store is asked for a code, if it is.
///
/// # Errors
/// A problem if the memory cannot be read.
pub(crate) fn find(app: &App, store_id: &StoreId, code: &ItemCode) -> Reply<Option<Wish>> {
    let wishes = app.ledger.wishes(store_id, app.clock.now())?;
    Ok(wishes.into_iter().find(|wish| wish.code == *code))
}

/// What a device of the store hears: the names that the store is asked for, and those that its followers
/// are, which only it can give. Those that were asked first are in front, and each code is there once.
///
/// # Errors
/// A problem if the memory cannot be read.
pub(crate) fn heard(app: &App, store_id: &StoreId) -> Reply<Vec<Wish>> {
    let now = app.clock.now();
    let mut all = app.ledger.wishes(store_id, now)?;
    for follower in app.ledger.followers(store_id) {
        all.extend(app.ledger.wishes(&follower, now)?);
    }
    all.sort_by(|one, other| (&one.code, one.asked_at).cmp(&(&other.code, other.asked_at)));
    let mut wishes: Vec<Wish> = Vec::with_capacity(all.len());
    for wish in all {
        match wishes.last_mut() {
            Some(last) if last.code == wish.code => {
                last.lines = last.lines.saturating_add(wish.lines);
            }
            Some(_) | None => wishes.push(wish),
        }
    }
    wishes.sort_by_key(|wish| wish.asked_at);
    wishes.truncate(WISHES);
    Ok(wishes)
}
