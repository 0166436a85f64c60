//! A person's purchases as others may read them: whole, or of what is private shop, time and amount alone. Whether
//! they may read at all was decided, and written down where the person sees it, before anything is read here.

use crate::app::App;
use crate::book::{self, Scope, Shop, message, store_of};
use crate::discretion::Marks;
use crate::reply::Reply;
use ledger::account::Filed;
use purchase::id::{PurchaseId, UserId};
use purchase::time::Timestamp;
use wire::account::query::Query as Asked;
use wire::partner::Given;

/// A page of a person's purchases, newest first, with the shop of each.
pub struct Read {
    purchases: Vec<(Filed, Shop, Extent)>,
    /// Where the next page begins; none at the end.
    pub next: Option<PurchaseId>,
}

/// How much of a purchase is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Extent {
    Whole,
    /// Something of it is private.
    Outline,
}

impl Read {
    /// The messages of the page.
    #[must_use]
    pub fn messages(&self) -> Vec<Given<'_>> {
        self.purchases.iter().map(given).collect()
    }
}

fn given((filed, shop, extent): &(Filed, Shop, Extent)) -> Given<'_> {
    match extent {
        Extent::Whole => Given::whole(message(filed, shop)),
        Extent::Outline => Given::outline(message(filed, shop)),
    }
}

/// The purchases of a person that were asked for, none of them before `from`.
///
/// # Errors
/// A problem if the memory cannot be read.
pub fn read(app: &App, user_id: UserId, from: Option<Timestamp>, asked: &Asked) -> Reply<Read> {
    let found = book::find(app, user_id, asked, Scope::Names)?;
    // Ids sort like the time of purchase: behind the first that is too old there is nothing to give.
    let is_given = |id: PurchaseId| from.is_none_or(|from| id.ms() >= from.ms());
    let marks = Marks::of(app, user_id)?;
    let mut purchases = Vec::new();
    for filed in found.purchases {
        if !is_given(filed.purchase_id) {
            break;
        }
        let extent = match marks.hides(&filed) {
            true => Extent::Outline,
            false => Extent::Whole,
        };
        let shop = store_of(app, &filed)?;
        purchases.push((filed, shop, extent));
    }
    let next = found.next.filter(|id| is_given(*id));
    Ok(Read { purchases, next })
}
