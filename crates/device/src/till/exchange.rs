//! An exchange: something comes back, something else is taken along, and only the difference is
//! paid. On paper and at the server it is a return and a sale that name each other.

use super::TillError;
use super::approve::{self, Witness};
use super::back::{self, Order};
use super::basket::{self, Basket, BasketError, BasketTender};
use super::enter::Occasion;
use super::loose::{self, LooseOrder};
use crate::staff::Claimed;
use crate::store::Store;
use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// An exchange as a till asks for it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Message {
    terminal: String,
    #[serde(default)]
    request: Option<String>,
    #[serde(default)]
    staff: Option<String>,
    reason: String,
    /// As a return has it: `lines`, and `of` if there is a receipt.
    back: Value,
    /// As a sale has it: `lines`, `adjustments`, `tenders`, `buyer`.
    sale: Value,
    /// How the rest is given back, if what comes back is worth more.
    #[serde(default)]
    tender: Option<String>,
    #[serde(default)]
    approval: Option<Claimed>,
}

/// What comes back.
#[derive(Clone, Debug)]
pub enum Back {
    /// Lines of a sale of this device.
    Of(Order),
    /// Something without its sale.
    Loose(LooseOrder),
}

/// An exchange.
#[derive(Clone, Debug)]
pub struct Exchange {
    /// What comes back.
    pub back: Back,
    /// What is taken along, with what is paid beside what came back.
    pub sale: Basket,
}

/// What an exchange comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Balance {
    /// What came back is worth this.
    pub returned: i64,
    /// What is taken along costs this.
    pub sold: i64,
    /// What the customer has still to pay.
    pub to_pay: i64,
    /// What is given back to the customer.
    pub to_refund: i64,
}

impl Balance {
    /// Of what came back and what is taken along.
    #[must_use]
    pub fn new(returned: i64, sold: i64) -> Self {
        Self {
            returned,
            sold,
            to_pay: (sold - returned).max(0),
            to_refund: (returned - sold).max(0),
        }
    }

    /// What goes from the one into the other.
    #[must_use]
    pub fn exchanged(self) -> i64 {
        self.returned.min(self.sold)
    }

    /// How the return is paid out.
    pub(super) fn payout(self, kind: &str) -> Value {
        let rows = [("exchange", self.exchanged()), (kind, self.to_refund)];
        let rows = rows.into_iter().filter(|(_, amount)| *amount > 0);
        let rows = rows.map(|(kind, amount)| json!({"kind": kind, "amount": amount}));
        Value::Array(rows.collect())
    }
}

impl Exchange {
    /// Reads one.
    ///
    /// # Errors
    /// What is wrong with the message.
    pub fn read(text: &str) -> Result<Self, serde_json::Error> {
        let message: Message = serde_json::from_str(text)?;
        let mut back = message.back;
        let mut sale = message.sale;
        let set = |value: &mut Value, name: &str, member: Value| {
            if let (Some(members), false) = (value.as_object_mut(), member.is_null()) {
                members.insert(name.to_owned(), member);
            }
        };
        for value in [&mut back, &mut sale] {
            set(value, "terminal", json!(message.terminal));
            set(value, "staff", json!(message.staff));
        }
        set(&mut sale, "request", json!(message.request));
        set(&mut back, "reason", json!(message.reason));
        set(&mut back, "tender", json!(message.tender));
        if back.get("of").is_none() {
            // Both halves are the same person's; a return of a sale follows its sale.
            set(&mut back, "buyer", json!(sale.get("buyer")));
        }
        let back = match back.get("of") {
            Some(_) => Back::Of(Order {
                approval: message.approval,
                ..serde_json::from_value(back)?
            }),
            None => Back::Loose(LooseOrder {
                approval: message.approval,
                ..serde_json::from_value(back)?
            }),
        };
        Ok(Self {
            back,
            sale: serde_json::from_value(sale)?,
        })
    }

    /// The manager that was named.
    #[must_use]
    pub fn approval(&self) -> Option<&Claimed> {
        match &self.back {
            Back::Of(order) => order.approval.as_ref(),
            Back::Loose(order) => order.approval.as_ref(),
        }
    }

    /// Says who serves, on both halves.
    pub fn served_by(&mut self, staff: &str) {
        match &mut self.back {
            Back::Of(order) => order.staff = Some(staff.to_owned()),
            Back::Loose(order) => order.staff = Some(staff.to_owned()),
        }
        self.sale.staff = Some(staff.to_owned());
    }
}

impl Exchange {
    /// What comes back and what is taken along are worth; nothing has to be paid for this.
    pub(super) fn balance(
        &self,
        connection: &Connection,
        store: &Store,
        occasion: &Occasion,
    ) -> Result<Balance, TillError> {
        let look = |code: &str| super::item_of(connection, code);
        let back = match &self.back {
            Back::Of(order) => {
                let sale = back::original(connection, &order.of)?;
                let before = back::returned(connection, &order.of)?;
                back::give_back(order, &sale, &before, store, occasion)?
            }
            Back::Loose(order) => {
                let (basket, _) = super::read_labels(connection, &order.basket())?;
                loose::give_back(order, &basket, store, occasion, look)?
            }
        };
        let (basket, _) = super::read_labels(connection, &self.sale)?;
        let sold = basket::ring_up(&basket, look)?.total;
        let sold = i64::try_from(sold).map_err(|_| BasketError::TooLarge)?;
        Ok(Balance::new(total(&back), sold))
    }

    /// The return and the sale, each naming the other.
    pub(super) fn halves(
        &self,
        connection: &Connection,
        store: &Store,
        occasion: &Occasion,
        witness: &Witness<'_>,
    ) -> Result<([Value; 2], Balance), TillError> {
        let (mut back, kind) = match &self.back {
            Back::Of(order) => (
                super::back_of(connection, store, order, occasion, witness)?,
                order.tender.as_deref(),
            ),
            Back::Loose(order) => (
                super::back_loose(connection, store, order, occasion, witness)?,
                order.tender.as_deref(),
            ),
        };
        let look = |code: &str| super::item_of(connection, code);
        let (mut basket, labelled) = super::read_labels(connection, &self.sale)?;
        let rung = basket::ring_up(&basket, look)?;
        let sold = i64::try_from(rung.total).map_err(|_| BasketError::TooLarge)?;
        let balance = Balance::new(total(&back), sold);
        if balance.exchanged() > 0 {
            basket.tenders.push(BasketTender {
                kind: "exchange".to_owned(),
                amount: balance.exchanged(),
                label: None,
            });
        }
        let next = occasion.next();
        let mut sale = Value::Object(basket::pay(&basket, rung, store, &next)?);
        approve::basket(connection, (&basket, &labelled), &sale, look, witness)?;
        let terminal = &basket.terminal;
        let named = [(&mut back, next.number), (&mut sale, occasion.number)];
        for (half, other) in named {
            let with = json!({
                "store_id": store.settings.store_id, "terminal": terminal,
                "business_date": occasion.business_date, "transaction": other.to_string(),
            });
            if let Some(members) = half.as_object_mut() {
                members.insert("with".to_owned(), with);
            }
        }
        if let Some(members) = back.as_object_mut() {
            let payout = balance.payout(kind.unwrap_or("cash"));
            members.insert("tenders".to_owned(), payout);
        }
        Ok(([back, sale], balance))
    }
}

fn total(settlement: &Value) -> i64 {
    settlement.get("total").and_then(Value::as_i64).unwrap_or(0)
}
