//! Codes that people show, at two servers of one database at once: a short-lived code is good for one sale
//! wherever it is shown, and a claim and its sale find each other whichever comes first.

use super::story::{BOTH, Steps};
use super::two::Two;
use crate::slip::slip;
use crate::world::{DAY, add_store, add_user, at, change, claim, give_code, record, shop, text};
use ledger::Ledger;
use ledger::account::{Range, Shown};
use ledger::write::{Claimed, MemberStep, Receipt, Write};
use purchase::id::{OwnerId, UserId};
use purchase::member::MemberForm;
use purchase::settlement::{Buyer, ClaimHash};

const ROUNDS: u8 = 20;
const STORES: [&str; 2] = ["s-1", "s-2"];

fn in_two_shops(steps: Steps) -> (Two, UserId, UserId) {
    let two = Two::in_town(steps);
    add_store(&two.one, shop("s-2"));
    two.other.renew().expect("readable");
    let people = ["Ada", "Bob"].map(|name| add_user(&two.one, name));
    (two, people[0], people[1])
}

fn books(ledger: &Ledger, people: [UserId; 2]) -> [usize; 2] {
    people.map(|user_id| {
        let page = ledger.page(user_id, &Range::default(), 99, &|_| true);
        page.expect("readable").purchases.len()
    })
}

/// A sale at one of the two shops to whom the code belongs.
fn shown(ledger: &Ledger, nth: usize, round: u8, code: &str) -> Receipt {
    let sale = slip(&format!("{round}")).line("A", "1", 50);
    let buyer = Buyer::MemberCode(text(code));
    let sale = sale.store(STORES[nth]).meant_for(buyer).content();
    record(ledger, &sale, at(i64::from(round)))
}

#[test]
fn a_code_shown_at_both_is_good_at_one() {
    for (two, ada, bob) in BOTH.map(in_two_shops) {
        for round in 0..ROUNDS {
            let code = format!("90-{round}");
            give_code(&two.one, ada, &code, (-60, DAY));
            let receipts = two.at_once(|nth, ledger| shown(ledger, nth, round, &code));
            let mut told =
                receipts.map(|receipt| (receipt.owner == OwnerId::User(ada), receipt.shown));
            told.sort_by_key(|(is_hers, _)| *is_hers);
            assert_eq!(told, [(false, Shown::Unfiled), (true, Shown::Filed)]);
        }
        assert_eq!(books(&two.other, [ada, bob]), [usize::from(ROUNDS), 0]);
        two.is_sound();
    }
}

#[test]
fn a_code_taken_back_or_a_person_erased_meanwhile() {
    for (two, ada, bob) in BOTH.map(in_two_shops) {
        for round in 0..ROUNDS {
            let code = format!("91-{round}");
            give_code(&two.one, ada, &code, (-60, DAY));
            two.at_once(|nth, ledger| match nth {
                0 => {
                    shown(ledger, nth, round, &code);
                }
                _ => {
                    let (user_id, form) = (ada, MemberForm::Card);
                    change(
                        ledger,
                        Write::Member(MemberStep::Revoke { user_id, form }),
                        at(0),
                    );
                }
            });
        }
        give_code(&two.one, bob, "90-last", (-60, DAY));
        let [sold, _] = two.at_once(|nth, ledger| match nth {
            0 => Some(shown(ledger, nth, ROUNDS, "90-last")),
            _ => {
                change(ledger, Write::Erase { user_id: bob }, at(1));
                None
            }
        });
        let sold = sold.expect("recorded");
        let is_right = match sold.owner {
            OwnerId::User(user_id) => user_id == bob && sold.shown == Shown::Filed,
            OwnerId::Unclaimed(_) => sold.shown == Shown::Unfiled,
        };
        assert!(is_right, "{sold:?}");
        two.is_sound();
    }
}

/// The sale comes at one server while two people give its code at both.
#[test]
fn a_claim_and_its_sale_find_each_other() {
    for (two, ada, bob) in BOTH.map(in_two_shops) {
        for round in 0..ROUNDS {
            let hash = ClaimHash([round + 1; 32]);
            let sell = |ledger: &Ledger| {
                let sale = slip(&format!("{round}")).line("A", "1", 50).claim(hash);
                record(ledger, &sale.content(), at(i64::from(round)));
            };
            two.at_once(|nth, ledger| match nth {
                0 => sell(ledger),
                _ => {
                    claim(ledger, ada, hash, at(0));
                }
            });
            let filed = claim(&two.other, ada, hash, at(1));
            assert!(
                matches!(filed, Claimed::Filed(_)),
                "round {round}: {filed:?}"
            );
        }
        for round in ROUNDS..2 * ROUNDS {
            let hash = ClaimHash([round + 1; 32]);
            let sale = slip(&format!("{round}")).line("A", "1", 50).claim(hash);
            record(&two.one, &sale.content(), at(i64::from(round)));
            let told = two.at_once(|nth, ledger| claim(ledger, [ada, bob][nth], hash, at(2)));
            let waits = told.iter().filter(|told| **told == Claimed::Waiting);
            assert_eq!(waits.count(), 1, "{told:?}");
        }
        let books = books(&two.one, [ada, bob]);
        assert_eq!(books.iter().sum::<usize>(), 2 * usize::from(ROUNDS));
        two.is_sound();
    }
}

/// Two receipts carry the code that somebody waits for: one is the person's, the other nobody's.
#[test]
fn two_sales_of_one_code_that_is_waited_for() {
    for (two, ada, bob) in BOTH.map(in_two_shops) {
        for round in 0..ROUNDS {
            let hash = ClaimHash([round + 1; 32]);
            assert_eq!(claim(&two.one, ada, hash, at(0)), Claimed::Waiting);
            two.at_once(|nth, ledger| {
                let sale = slip(&format!("{round}")).line("A", "1", 50).claim(hash);
                let sale = sale.store(STORES[nth]).content();
                record(ledger, &sale, at(i64::from(round)))
            });
            assert!(two.other.claimable(hash).expect("readable").is_some());
        }
        assert_eq!(books(&two.other, [ada, bob]), [usize::from(ROUNDS), 0]);
        two.is_sound();
    }
}
