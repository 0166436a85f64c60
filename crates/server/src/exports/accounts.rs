//! The chart of accounts that both journals share: names for what every store has, and the accounts
//! and currencies that a file used, which it declares at its end.

use super::postings::Place;
use purchase::settlement::{AdjustmentKind, TenderKind};
use std::collections::{BTreeMap, BTreeSet};

/// Accounts that one file declares. Stores make up categories; what comes after these goes to
/// [`UNCATEGORIZED`], so that a file needs no more memory the longer it gets.
const ACCOUNTS_MAX: usize = 4_096;

/// Items that no category is known for.
const UNCATEGORIZED: &str = "Expenses:Uncategorized";

/// Names that a category cannot have for itself.
const TAKEN: [&str; 3] = ["Uncategorized", "Adjustments", "Tax"];

/// What a file used.
#[derive(Default)]
pub(super) struct Used {
    /// Accounts, with the category that each stands for.
    pub(super) accounts: BTreeMap<String, Option<String>>,
    /// Currencies, with their decimals.
    pub(super) currencies: BTreeSet<(String, u16)>,
}

impl Used {
    /// The account of a place; `component` writes a category as a part of an account's name.
    pub(super) fn account(&mut self, place: Place<'_>, component: fn(&str) -> String) -> String {
        let (account, category) = match place {
            Place::Item(Some(category)) => (of_category(category, component), Some(category)),
            Place::Item(None) => (UNCATEGORIZED.to_owned(), None),
            Place::Adjustment(kind) => (of_adjustment(kind).to_owned(), None),
            Place::Tax => ("Expenses:Tax".to_owned(), None),
            Place::Tender(kind) => (of_tender(kind).to_owned(), None),
            Place::Unspecified => ("Assets:Unspecified".to_owned(), None),
        };
        if self.accounts.contains_key(&account) {
            return account;
        }
        if category.is_some() && self.accounts.len() >= ACCOUNTS_MAX {
            let last = UNCATEGORIZED.to_owned();
            self.accounts.insert(last.clone(), None);
            return last;
        }
        self.accounts
            .insert(account.clone(), category.map(str::to_owned));
        account
    }
}

fn of_category(category: &str, component: fn(&str) -> String) -> String {
    let name = component(category);
    if TAKEN.contains(&name.as_str()) {
        return format!("Expenses:{name}-Category");
    }
    format!("Expenses:{name}")
}

const fn of_adjustment(kind: AdjustmentKind) -> &'static str {
    match kind {
        AdjustmentKind::Coupon => "Expenses:Adjustments:Coupon",
        AdjustmentKind::Discount => "Expenses:Adjustments:Discount",
        AdjustmentKind::Bundle => "Expenses:Adjustments:Bundle",
        AdjustmentKind::Points => "Expenses:Adjustments:Points",
        AdjustmentKind::Deposit => "Expenses:Adjustments:Deposit",
        AdjustmentKind::Fee => "Expenses:Adjustments:Fee",
        AdjustmentKind::Rounding => "Expenses:Adjustments:Rounding",
        AdjustmentKind::Other => "Expenses:Adjustments:Other",
    }
}

const fn of_tender(kind: TenderKind) -> &'static str {
    match kind {
        TenderKind::Cash => "Assets:Cash",
        TenderKind::Card => "Liabilities:Card",
        TenderKind::Emoney => "Assets:E-Money",
        TenderKind::Qr => "Assets:QR",
        TenderKind::Points => "Assets:Points",
        TenderKind::Voucher => "Assets:Vouchers",
        TenderKind::Credit => "Liabilities:Credit",
        TenderKind::Exchange => "Equity:Exchange",
        TenderKind::Other => "Assets:Other",
    }
}
