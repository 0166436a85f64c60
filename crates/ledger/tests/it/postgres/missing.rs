//! Receipts that people miss, at two servers of one database at once: one sale goes to one person, whichever
//! way two people come to it.

use super::story::{BOTH, Steps};
use super::two::Two;
use crate::slip::{TODAY, amount, day, slip};
use crate::world::{add_user, at, claim, record, store_id, write};
use ledger::Ledger;
use ledger::account::{Described, Range};
use ledger::write::{MissingStep, MissingWritten, Write, Written};
use purchase::id::{MissingId, SoughtId, TokenId, UserId};
use purchase::settlement::ClaimHash;

const ROUNDS: u8 = 10;

fn missing(ledger: &Ledger, step: MissingStep) -> MissingWritten {
    match write(ledger, Write::Missing(step), at(1)) {
        Written::Missing(written) => written,
        other => panic!("not of a missing receipt: {other:?}"),
    }
}

fn id(nth: usize, round: u8) -> [u8; 16] {
    let mut id = [round; 16];
    id[0] = u8::try_from(nth).expect("one of two");
    id
}

fn ask(ledger: &Ledger, user_id: UserId, (nth, round): (usize, u8)) {
    let step = MissingStep::Ask {
        user_id,
        store_id: store_id("s-1"),
        missing_id: MissingId(id(nth, round)),
        sought_id: SoughtId(id(nth, round)),
        described: Box::new(Described {
            date: day(TODAY),
            minute: None,
            total: amount(i64::from(round)),
            number: None,
            words: None,
        }),
    };
    let asked = MissingWritten::Asked(MissingId(id(nth, round)));
    assert_eq!(missing(ledger, step), asked);
}

fn give(ledger: &Ledger, nth: usize, round: u8) -> MissingWritten {
    let step = MissingStep::Give {
        sought_id: SoughtId(id(nth, round)),
        settlement: slip(&format!("{round}")).content().key,
        by: TokenId([7; 16]),
    };
    missing(ledger, step)
}

fn sell(ledger: &Ledger, round: u8) {
    let sale = slip(&format!("{round}")).line("A", "1", i64::from(round));
    let sale = sale.claim(ClaimHash([round; 32]));
    record(ledger, &sale.content(), at(0));
}

fn with_people(steps: Steps) -> (Two, [UserId; 2]) {
    let two = Two::in_town(steps);
    let people = ["Ada", "Bob"].map(|name| add_user(&two.one, name));
    (two, people)
}

fn bought(ledger: &Ledger, people: [UserId; 2]) -> usize {
    let count = |user_id| {
        let page = ledger.page(user_id, &Range::default(), 99, &|_| true);
        page.expect("readable").purchases.len()
    };
    people.map(count).iter().sum()
}

#[test]
fn a_sale_given_at_both_goes_to_one() {
    for (two, people) in BOTH.map(with_people) {
        for round in 1..=ROUNDS {
            sell(&two.one, round);
            for (nth, user_id) in people.into_iter().enumerate() {
                ask(&two.one, user_id, (nth, round));
            }
            let told = two.at_once(|nth, ledger| give(ledger, nth, round));
            let given = told.map(|told| matches!(told, MissingWritten::Given(_)));
            assert_ne!(given[0], given[1], "round {round}: {told:?}");
            assert!(told.contains(&MissingWritten::Taken), "{told:?}");
        }
        assert_eq!(bought(&two.other, people), usize::from(ROUNDS));
        two.is_sound();
    }
}

/// One of two gives the code on the paper while the store gives the sale to the other; or the other takes
/// the request back.
#[test]
fn a_claim_or_a_withdrawal_meanwhile() {
    for (two, people) in BOTH.map(with_people) {
        for round in 1..=ROUNDS {
            sell(&two.one, round);
            ask(&two.one, people[0], (0, round));
            two.at_once(|nth, ledger| match nth {
                0 => {
                    give(ledger, 0, round);
                }
                _ => {
                    claim(ledger, people[1], ClaimHash([round; 32]), at(1));
                }
            });
        }
        assert_eq!(bought(&two.one, people), usize::from(ROUNDS));
        for round in ROUNDS + 1..=2 * ROUNDS {
            sell(&two.one, round);
            ask(&two.one, people[0], (0, round));
            let told = two.at_once(|nth, ledger| match nth {
                0 => give(ledger, 0, round),
                _ => missing(
                    ledger,
                    MissingStep::Withdraw {
                        user_id: people[0],
                        missing_id: MissingId(id(0, round)),
                    },
                ),
            });
            let is_given = matches!(told[0], MissingWritten::Given(_));
            assert!(is_given || told[0] == MissingWritten::Closed, "{told:?}");
            assert_eq!(told[1], MissingWritten::Done);
        }
        let open = two.other.sought(&store_id("s-1"), at(2), (0, 99));
        assert!(open.expect("readable").len() <= usize::from(ROUNDS));
        two.is_sound();
    }
}
