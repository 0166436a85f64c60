//! What a household sees of its members' purchases, out of each member's own book. Nothing is copied and
//! nothing is kept: what somebody stops sharing is not seen by the next look.

use super::sight::Shares;
use super::{Home, shares_of};
use crate::app::App;
use crate::discretion::Marks;
use crate::reply::{Refused, Reply};
use ledger::account::{Filed, HouseholdMember, Range, Sharing};
use purchase::id::{OwnerId, PurchaseId, UserId};
use std::cmp::Reverse;
use std::collections::HashMap;
use std::collections::hash_map::Entry;

/// Books of households that are looked at at once. Each may take some tenths of a second where twelve people
/// keep all that may be kept.
pub const BOOKS_AT_ONCE: usize = 4;

/// How much of a purchase others see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sight {
    /// The receipt.
    Whole,
    /// Something of it is private: the shop and the amount.
    ShopAndAmount,
}

/// A purchase that a household sees.
pub struct Seen<'a> {
    /// Whose it is.
    pub member: &'a HouseholdMember,
    /// The purchase; of a private one only the shop and the amount may be shown.
    pub filed: Filed,
    /// How much of it others see.
    pub sight: Sight,
}

/// A page of what a household sees, newest first.
pub struct Page<'a> {
    /// The purchases.
    pub seen: Vec<Seen<'a>>,
    /// Where the next page begins; none at the end.
    pub next: Option<PurchaseId>,
}

/// A page of all that the members show, older than the one that ended the last page. Of each member no more
/// is opened than could be on it.
///
/// Whoever goes takes along, in one commit, all that was said of single purchases. So that is read first, and
/// the household once more at the end: of whoever went in between, or shares otherwise by now, nothing is
/// shown.
///
/// # Errors
/// A problem if the memory cannot be read.
pub fn page<'a>(
    app: &App,
    home: &'a Home,
    after: Option<PurchaseId>,
    limit: usize,
) -> Reply<Page<'a>> {
    let mut found = Vec::new();
    for member in home.members() {
        let shares = shares_of(app, home.household.household_id, member)?;
        let filed = newest(app, member.user_id, &shares, (after, limit + 1))?;
        found.extend(filed.into_iter().map(|filed| (member, filed)));
    }
    // An id begins with the time, and is of one purchase of one member.
    found.sort_unstable_by_key(|(_, filed)| Reverse(filed.purchase_id));
    let is_more = found.len() > limit;
    found.truncate(limit);
    let last = found.last().map(|(_, filed)| filed.purchase_id);
    let mut seen = seen_of(app, found)?;
    let again = Home::of(app, home.user_id)?;
    seen.retain(|seen| home.is_as_it_was(seen.member, again.as_ref()));
    Ok(Page {
        next: last.filter(|_| is_more),
        seen,
    })
}

/// How much is seen of each purchase. Marks are read only of those who are on the page.
fn seen_of<'a>(app: &App, found: Vec<(&'a HouseholdMember, Filed)>) -> Reply<Vec<Seen<'a>>> {
    let mut known: HashMap<UserId, Marks> = HashMap::new();
    for (member, _) in &found {
        if let Entry::Vacant(free) = known.entry(member.user_id) {
            free.insert(Marks::of(app, member.user_id)?);
        }
    }
    let seen = found.into_iter().map(|(member, filed)| Seen {
        sight: known
            .get(&member.user_id)
            .map_or(Sight::ShopAndAmount, |marks| sight_of(marks, &filed)),
        member,
        filed,
    });
    Ok(seen.collect())
}

/// One purchase that a member shows, read in the same order as a page of them.
///
/// # Errors
/// 404 if there is none, or if the member does not show it.
pub fn one<'a>(
    app: &App,
    home: &Home,
    member: &'a HouseholdMember,
    id: PurchaseId,
) -> Reply<Seen<'a>> {
    let shares = shares_of(app, home.household.household_id, member)?;
    let filed = app.ledger.purchase(member.user_id, id)?;
    let seen = match filed {
        Some(filed) if shows(app, &shares, &filed)? => Seen {
            sight: sight_of(&Marks::of(app, member.user_id)?, &filed),
            member,
            filed,
        },
        Some(_) | None => return Err(Refused::not_found("purchase")),
    };
    let again = Home::of(app, home.user_id)?;
    match home.is_as_it_was(member, again.as_ref()) {
        true => Ok(seen),
        false => Err(Refused::not_found("purchase")),
    }
}

/// Does a member show this purchase of the member's own?
///
/// # Errors
/// A problem if the memory cannot be read.
pub fn shows(app: &App, shares: &Shares, filed: &Filed) -> Reply<bool> {
    Ok(shares.shows(filed.purchase_id, original_of(app, filed)?))
}

/// The purchase of the same person that a return or a void takes something back of.
fn original_of(app: &App, filed: &Filed) -> Reply<Option<PurchaseId>> {
    let Some(of) = &filed.settlement.content().of else {
        return Ok(None);
    };
    let under = app.ledger.filed_under(&of.key)?;
    let own = under.filter(|(owner, _)| *owner == filed.owner);
    Ok(own.map(|(_, id)| id))
}

fn sight_of(marks: &Marks, filed: &Filed) -> Sight {
    match marks.hides(filed) {
        true => Sight::ShopAndAmount,
        false => Sight::Whole,
    }
}

/// The newest purchases that a member shows, at most `limit`, older than `after`.
fn newest(
    app: &App,
    user_id: UserId,
    shares: &Shares,
    (after, limit): (Option<PurchaseId>, usize),
) -> Reply<Vec<Filed>> {
    let mut found = by_rule(app, user_id, shares, (after, limit))?;
    let chosen = shares.shown_by_choice().into_iter();
    let chosen = chosen.filter(|id| after.is_none_or(|after| *id < after));
    for id in chosen.take(limit) {
        found.extend(app.ledger.purchase(user_id, id)?);
    }
    Ok(found)
}

/// Those that the rule for all purchases covers, but for what is kept back.
fn by_rule(
    app: &App,
    user_id: UserId,
    shares: &Shares,
    (after, limit): (Option<PurchaseId>, usize),
) -> Reply<Vec<Filed>> {
    let from = match shares.sharing() {
        Sharing::Chosen => return Ok(Vec::new()),
        Sharing::Since(since) => Some(since),
        Sharing::Everything => None,
    };
    let range = Range {
        after,
        from,
        ..Range::default()
    };
    // What cannot be looked up now is rather not shown.
    let wanted = |filed: &Filed| {
        filed.owner == OwnerId::User(user_id) && shows(app, shares, filed).unwrap_or(false)
    };
    Ok(app.ledger.page(user_id, &range, limit, &wanted)?.purchases)
}
