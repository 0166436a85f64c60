//! Accounts that an operator closes to their people for a while.

use super::Story;
use crate::slip::slip;
use crate::world::{add_user, at, change, give_code, purchase, record, text, town};
use ledger::Ledger;
use ledger::account::{Accessor, PersonFacts, Suspension, Touched};
use ledger::write::{Changed, LeafStep, StandingStep, Write};
use purchase::id::{OwnerId, TokenId, UserId};
use purchase::settlement::Buyer;

pub(crate) const STORIES: &[Story] = &[
    ("a person is told since when and why", told),
    ("what is bought meanwhile is filed", filed),
];

const NOBODY: UserId = UserId([9; 16]);
const BY: Accessor = Accessor::Operator {
    token_id: TokenId([8; 16]),
};

fn suspend(user_id: UserId, reason: &str) -> Write {
    Write::Standing(StandingStep::Suspend {
        user_id,
        by: BY,
        reason: text(reason),
    })
}

fn resume(user_id: UserId, reason: &str) -> Write {
    Write::Standing(StandingStep::Resume {
        user_id,
        by: BY,
        reason: text(reason),
    })
}

fn told(ledger: &Ledger) {
    let (ada, bob) = (add_user(ledger, "Ada"), add_user(ledger, "Bob"));
    let rows = [
        (suspend(NOBODY, "x"), 1, Changed::NotFound),
        (resume(NOBODY, "x"), 1, Changed::NotFound),
        (resume(ada, "never was"), 1, Changed::Same),
        (suspend(ada, "a stolen phone"), 2, Changed::Done),
        (suspend(ada, "again"), 3, Changed::Same),
    ];
    for (write, minute, expected) in rows {
        let what = format!("{write:?}");
        assert_eq!(change(ledger, write, at(minute)), expected, "{what}");
    }
    let suspension = Suspension {
        since: at(2),
        reason: text("a stolen phone"),
    };
    assert_eq!(ledger.suspension(ada).unwrap(), Some(suspension));
    assert_eq!(ledger.suspension(bob).unwrap(), None);
    // Whatever else is written of the person, it stays.
    let looked = LeafStep::Accessed {
        user_id: ada,
        by: BY,
        what: Touched::Profile,
        reason: None,
    };
    assert_eq!(change(ledger, Write::Leaf(looked), at(4)), Changed::Done);
    let facts = PersonFacts {
        created_at: at(-24 * 60),
        leaving_at: None,
        suspended_since: Some(at(2)),
    };
    assert_eq!(ledger.person_facts(ada).unwrap(), Some(facts));
    assert_eq!(ledger.person_facts(NOBODY).unwrap(), None);
    assert_eq!(
        change(ledger, resume(ada, "it was found"), at(5)),
        Changed::Done
    );
    assert_eq!(ledger.suspension(ada).unwrap(), None);
    let log = ledger.accesses(ada, None, 9).unwrap();
    let log: Vec<_> = log
        .iter()
        .map(|entry| (entry.at, entry.what, entry.reason.clone()))
        .collect();
    let expected = [
        (at(5), Touched::Suspension, Some(text("it was found"))),
        (at(4), Touched::Profile, None),
        (at(2), Touched::Suspension, Some(text("a stolen phone"))),
    ];
    assert_eq!(log, expected);
}

fn filed(ledger: &Ledger) {
    town(ledger);
    let ada = add_user(ledger, "Ada");
    give_code(ledger, ada, "91-a", (-60, 60));
    assert_eq!(change(ledger, suspend(ada, "asked"), at(1)), Changed::Done);
    let by_id = slip("1").line("A", "1", 50).buyer(ada).content();
    let card = Buyer::MemberCode(text("91-a"));
    let by_card = slip("2").line("A", "1", 50).meant_for(card).content();
    for content in [by_id, by_card] {
        let receipt = record(ledger, &content, at(2));
        assert_eq!(receipt.owner, OwnerId::User(ada), "{:?}", content.key);
        purchase(ledger, ada, receipt.purchase_id);
    }
}
