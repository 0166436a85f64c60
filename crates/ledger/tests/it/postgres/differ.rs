//! The same random history, told to a ledger in a folder and to one in a database: whatever can be read
//! is the same in both. Ids come from chance; they are compared as the names of what they stand for.

use super::story::{Steps, empty_database, open_new, options};
use crate::content::everything;
use crate::story::history;
use crate::world::{World, store_id};
use ledger::Ledger;
use ledger::account::Range;
use purchase::id::{PurchaseId, UserId};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// All that is read of a ledger, a line each, with names for ids.
fn told(ledger: &Ledger) -> Vec<String> {
    let mut names = BTreeMap::new();
    let mut text = everything(ledger);
    for user in ledger.count_users(None, 99).unwrap() {
        let profile = ledger.profile(user.user_id).unwrap().expect("known");
        names.insert(user.user_id.to_string(), format!("{:?}", profile.reference));
        let page = ledger.page(user.user_id, &Range::default(), 99, &|_| true);
        let page = page.unwrap().purchases;
        for filed in &page {
            let key = format!("{:?}", filed.settlement.content().key);
            names.insert(filed.purchase_id.to_string(), key);
        }
        let whole: Vec<PurchaseId> = page.iter().map(|filed| filed.purchase_id).collect();
        assert_eq!(leaves(ledger, user.user_id), whole);
    }
    let terminals = ledger.terminals(&store_id("s-1")).unwrap();
    writeln!(text, "terminals {terminals:?}").expect("a text takes all");
    for (id, name) in &names {
        text = text.replace(id.as_str(), name);
    }
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    // Purchases of one instant are in the order of their ids.
    lines.sort();
    lines
}

/// The same book in pages of two.
fn leaves(ledger: &Ledger, user_id: UserId) -> Vec<PurchaseId> {
    let (mut range, mut found) = (Range::default(), Vec::new());
    loop {
        let page = ledger.page(user_id, &range, 2, &|_| true).unwrap();
        found.extend(page.purchases.iter().map(|filed| filed.purchase_id));
        match page.next {
            Some(next) => range.after = Some(next),
            None => return found,
        }
    }
}

fn check(steps: Steps, histories: u32) {
    history::some_histories(histories, &|tale| {
        let world = World::new();
        let embedded = world.open(1);
        let options = options(empty_database(), &world.path("shared"), 1);
        let shared = open_new(steps, &options);
        tale(&embedded);
        tale(&shared);
        let (embedded, shared) = (told(&embedded), told(&shared));
        assert!(embedded.len() > 10, "the control: something is told");
        for (embedded, shared) in embedded.iter().zip(&shared) {
            assert_eq!(embedded, shared);
        }
        assert_eq!(embedded.len(), shared.len());
    });
}

#[test]
fn both_ledgers_say_the_same() {
    check(Steps::One, 32);
}

#[test]
fn both_ledgers_say_the_same_in_two_steps() {
    check(Steps::Two, 16);
}
