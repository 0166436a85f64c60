//! A purchase on its way into a file: what the account shows of it, and what it counts for. A sale
//! counts, a return takes away, and what was voided is nothing, like the void itself. So the amounts
//! of any part of a book sum to what was spent, also where a void lies outside of that part.

use crate::book::{Shop, message};
use crate::spending::Effect;
use ledger::account::Filed;
use purchase::settlement::Content;
use wire::account::message::PurchaseMessage;
use wire::time::day_of;

/// One purchase.
pub(super) struct Entry<'a> {
    /// What the store sent.
    pub(super) content: &'a Content,
    /// What the account shows.
    pub(super) message: PurchaseMessage<'a>,
    /// What it counts for.
    pub(super) effect: Effect,
    /// Its store.
    pub(super) shop: &'a Shop,
    /// The day it is sorted under, by the store's clock.
    pub(super) day: String,
    decimals: usize,
}

impl<'a> Entry<'a> {
    pub(super) fn new(filed: &'a Filed, shop: &'a Shop) -> Self {
        let content = filed.settlement.content();
        let effect = Effect::of(filed);
        let at = filed.settlement.effective_at(filed.received_at);
        let day = day_of(at, &shop.zone).unwrap_or(content.key.business_date);
        Self {
            content,
            message: message(filed, shop),
            effect,
            shop,
            day: day.to_string(),
            decimals: usize::from(content.currency.exponent()),
        }
    }

    /// An amount of it as it counts, in minor units.
    pub(super) const fn counted(&self, minor: i64) -> i64 {
        match self.effect {
            Effect::Spends => minor,
            Effect::Returns => -minor,
            Effect::Nothing => 0,
        }
    }

    /// Minor units as people write them: `5.05`, or `505` where the currency has no smaller unit.
    pub(super) fn money(&self, minor: i64) -> String {
        written(minor, self.decimals)
    }

    /// A quantity of it as it counts.
    pub(super) fn quantity(&self, sent: &str) -> String {
        match self.effect {
            Effect::Spends => sent.to_owned(),
            Effect::Returns => format!("-{sent}"),
            Effect::Nothing => "0".to_owned(),
        }
    }
}

/// Exactly that many decimals, by moving the point: no amount is ever rounded.
fn written(minor: i64, decimals: usize) -> String {
    let sign = if minor < 0 { "-" } else { "" };
    let digits = format!("{:0>width$}", minor.unsigned_abs(), width = decimals + 1);
    match digits.split_at(digits.len() - decimals) {
        (whole, "") => format!("{sign}{whole}"),
        (whole, part) => format!("{sign}{whole}.{part}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_amount_loses_a_digit() {
        for (minor, decimals, expected) in [
            (0, 0, "0"),
            (0, 2, "0.00"),
            (505, 0, "505"),
            (505, 2, "5.05"),
            (5, 2, "0.05"),
            (-5, 2, "-0.05"),
            (-1_234, 3, "-1.234"),
            (12, 4, "0.0012"),
            (i64::MIN, 2, "-92233720368547758.08"),
        ] {
            assert_eq!(written(minor, decimals), expected);
        }
    }
}
