//! What the person carries: points of the shops' own schemes, a card, a phone, some cash. The card
//! number is never anywhere; a till sends its first six and last four digits.

use super::dice::Dice;
use super::message::{Card, Tender};
use super::shop::Payment;
use std::collections::BTreeMap;

/// Who a receipt is for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Buyer<'a> {
    /// The person showed who they are.
    Known(&'a str),
    /// Nobody said; the receipt carries a code to claim the purchase by.
    Unknown { claim_code: &'a str },
}

/// The tenders, and the change.
pub(super) type Paid = (Vec<Tender>, i64);

/// The person's balances of points, by shop.
#[derive(Debug, Default)]
pub(super) struct Purse(BTreeMap<&'static str, i64>);

impl Purse {
    pub(super) fn points(&mut self, store_id: &'static str) -> &mut i64 {
        self.0.entry(store_id).or_default()
    }
}

const CARD: Card = Card {
    brand: "Visa",
    first6: "400000",
    last4: "4821",
};

/// Pays what is owed in one way.
pub(super) fn pay(payment: Option<Payment>, owed: i64, dice: &mut Dice) -> Paid {
    if owed == 0 {
        return (Vec::new(), 0);
    }
    match payment {
        Some(Payment::Card) => (vec![by_card(owed)], 0),
        Some(Payment::Emoney) => (vec![plain("emoney", owed, "交通系IC")], 0),
        Some(Payment::Qr) => (vec![plain("qr", owed, "コード決済")], 0),
        Some(Payment::Cash) | None => in_cash(owed, dice),
    }
}

/// By the card.
pub(super) const fn by_card(amount: i64) -> Tender {
    Tender {
        kind: "card",
        amount,
        label: None,
        card: Some(CARD),
    }
}

/// In another way.
pub(super) const fn plain(kind: &'static str, amount: i64, label: &'static str) -> Tender {
    Tender {
        kind,
        amount,
        label: Some(label),
        card: None,
    }
}

/// Notes and coins: exactly, up to the next hundred, or up to the next note.
pub(super) fn in_cash(owed: i64, dice: &mut Dice) -> Paid {
    let step = match dice.between(1..=100) {
        ..=15 => 1,
        16..=45 => 100,
        _ if owed > 6_000 => 10_000,
        _ => 1_000,
    };
    let handed = (owed + step - 1) / step * step;
    (vec![plain("cash", handed, "現金")], handed - owed)
}
