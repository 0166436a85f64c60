//! What comes back without its sale: goods that a customer brings without a receipt, or that were
//! sold elsewhere. They are priced like a sale and paid out.

use super::back::BackError;
use super::basket::{self, Basket, BasketLine, Item};
use super::enter::Occasion;
use crate::database::DatabaseError;
use crate::staff::Claimed;
use crate::store::Store;
use serde::Deserialize;
use serde_json::{Value, json};

/// What comes back, and why.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LooseOrder {
    /// The till at which it comes back.
    pub terminal: String,
    /// The till's own id of this, as for a sale.
    #[serde(default)]
    pub request: Option<String>,
    /// Who does it.
    #[serde(default)]
    pub staff: Option<String>,
    /// Why.
    pub reason: String,
    /// What comes back, as it would be rung up. It is given back at the price that is said, or at
    /// the one of today.
    pub lines: Vec<BasketLine>,
    /// What the customer showed, as for a sale.
    #[serde(default)]
    pub buyer: Option<String>,
    /// How the money is given back; cash if absent.
    #[serde(default)]
    pub tender: Option<String>,
    /// A manager, where the shop wants one.
    #[serde(default)]
    pub approval: Option<Claimed>,
}

impl LooseOrder {
    /// The lines as a basket has them; the reason for the return is one for another price as well.
    pub(super) fn basket(&self) -> Basket {
        let mut lines = self.lines.clone();
        for line in &mut lines {
            line.reason.get_or_insert_with(|| self.reason.clone());
        }
        Basket {
            terminal: self.terminal.clone(),
            staff: self.staff.clone(),
            buyer: self.buyer.clone(),
            lines,
            notes: vec![self.reason.clone()],
            ..Basket::default()
        }
    }
}

/// The settlement of a return without its sale, of which `exchanged` is not paid out but goes into
/// a sale. Gives what it comes to as well.
pub(super) fn give_back(
    order: &LooseOrder,
    basket: &Basket,
    store: &Store,
    occasion: &Occasion,
    look: impl Fn(&str) -> Result<Option<Item>, DatabaseError>,
) -> Result<Value, BackError> {
    if order.reason.trim().is_empty() {
        return Err(BackError::ReasonMissing);
    }
    if order.lines.is_empty() {
        return Err(BackError::NoLines);
    }
    let rung = basket::ring_up(basket, look)?;
    let total = rung.total;
    let mut settlement = basket::compose("return", basket, rung, store, occasion)?;
    let kind = order.tender.as_deref().unwrap_or("cash");
    let tender = json!([{"kind": kind, "amount": basket::minor(total)?}]);
    settlement.insert("tenders".to_owned(), tender);
    Ok(Value::Object(settlement))
}
