//! Two servers on one database, from two threads: whatever both do at once has some order, and neither
//! believes its own memory where the other may have moved something.

use super::story::{BOTH, Steps, empty_database, open_new, options, sql};
use crate::slip::{Slip, TODAY, day, slip};
use crate::world::{
    add_store, add_user, at, branch, change, claim_hash, commit, digest_of, learn, named, names,
    prepare, purchase, record, settle, settle_all, settled, shop, store_id, town, update,
    update_patterns, write,
};
use ledger::Ledger;
use ledger::fault::Fault;
use ledger::postgres::schema::SCHEMA;
use ledger::write::{Changed, FirstKey, Receipt, Refusal, Settled, Write, Written};
use purchase::id::{OwnerId, UserId};
use purchase::settlement::Content;
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, Ordering};
use tempfile::TempDir;

/// How often both do something at once.
const ROUNDS: i64 = 20;

/// The two.
pub(super) struct Two {
    pub(super) one: Ledger,
    pub(super) other: Ledger,
    pub(super) url: String,
    folder: TempDir,
}

impl Two {
    fn open(steps: Steps) -> Self {
        Self::open_at(steps, empty_database())
    }

    /// Two servers on the empty database at `url`.
    pub(super) fn open_at(steps: Steps, url: String) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let one = open_new(steps, &options(url.clone(), folder.path(), 1));
        let other = Ledger::open_shared(&options(url.clone(), folder.path(), 2));
        Self {
            one,
            other: other.expect("the ledger opens").0,
            url,
            folder,
        }
    }

    /// Two servers, once for each number of steps.
    fn each() -> impl Iterator<Item = Self> {
        BOTH.into_iter().map(Self::open)
    }

    /// Two servers in the town of one store, once for each number of steps.
    pub(super) fn each_in_town() -> impl Iterator<Item = Self> {
        BOTH.into_iter().map(Self::in_town)
    }

    /// The two in the town of one store, which both know.
    pub(super) fn in_town(steps: Steps) -> Self {
        let two = Self::open(steps);
        town(&two.one);
        two.other.renew().expect("readable");
        two
    }

    /// The folder with their master key.
    pub(super) fn folder(&self) -> PathBuf {
        self.folder.path().to_owned()
    }

    /// Lets both act at once.
    pub(super) fn at_once<T: Send>(&self, act: impl Fn(usize, &Ledger) -> T + Sync) -> [T; 2] {
        let (both, act) = (Barrier::new(2), &act);
        let start = |nth, ledger| {
            both.wait();
            act(nth, ledger)
        };
        std::thread::scope(|scope| {
            let other = scope.spawn(|| start(1, &self.other));
            let one = start(0, &self.one);
            [one, other.join().expect("the other does not panic")]
        })
    }

    /// Every row agrees with every other, whichever server looks.
    pub(super) fn is_sound(&self) {
        for ledger in [&self.one, &self.other] {
            let report = ledger.verify(&mut |_| ()).expect("readable");
            assert_eq!(report.problems, [], "{} problems", report.problem_count);
        }
    }
}

fn receipt(settled: Settled) -> Receipt {
    match settled {
        Settled::Recorded(receipt) => receipt,
        other => panic!("not recorded: {other:?}"),
    }
}

fn one_line(transaction: String, of: &str) -> Slip {
    slip(&transaction).line(of, "1", 10)
}

#[test]
fn what_is_sent_to_both_is_recorded_once() {
    for two in Two::each_in_town() {
        let ada = add_user(&two.one, "Ada");
        for round in 0..ROUNDS {
            let sale = |nth: i64| {
                let sale = one_line(format!("{round} {nth}"), "A");
                if nth % 2 == 0 { sale.buyer(ada) } else { sale }.content()
            };
            let contents: Vec<Content> = (0..4).map(sale).collect();
            let [one, mut other] = two.at_once(|nth, ledger| {
                let mut contents = contents.clone();
                if nth == 1 {
                    contents.reverse();
                }
                settle_all(ledger, &contents, at(round))
            });
            other.reverse();
            for ((one, other), content) in one.into_iter().zip(other).zip(&contents) {
                let (first, again) = match (one, other) {
                    (Settled::Recorded(first), Settled::AlreadyRecorded(again))
                    | (Settled::AlreadyRecorded(again), Settled::Recorded(first)) => (first, again),
                    others => panic!("{:?}: {others:?}", content.key),
                };
                assert_eq!(first, again);
                for ledger in [&two.one, &two.other] {
                    let recorded = ledger.recorded(&content.key).unwrap().expect("recorded");
                    assert_eq!(recorded.digest, digest_of(content));
                }
            }
        }
        two.is_sound();
    }
}

#[test]
fn a_return_and_its_sale_meet_in_either_order() {
    for two in Two::each_in_town() {
        let ada = add_user(&two.one, "Ada");
        for round in 0..ROUNDS {
            let sale = slip(&format!("sale {round}"))
                .line("A", "3", 100)
                .buyer(ada);
            let sale = sale.content();
            let back = slip(&format!("back {round}")).line("A", "2", 100);
            let back = back.returns(&sale, &[(1, "2")]).content();
            let pair = [&sale, &back];
            let sent = two.at_once(|nth, ledger| {
                let turned = usize::try_from(round).unwrap() + nth;
                receipt(settle(ledger, pair[turned % 2], at(round)))
            });
            assert_ne!(sent[0].purchase_id, sent[1].purchase_id);
            for ledger in [&two.one, &two.other] {
                let recorded = ledger.recorded(&sale.key).unwrap().expect("recorded");
                assert_eq!(recorded.lines[0].returned_micros, 2_000_000, "{round}");
            }
        }
        two.is_sound();
    }
}

#[test]
fn a_reference_is_of_one_person() {
    for two in Two::each_in_town() {
        for round in 0..ROUNDS {
            let name = format!("Ada {round}");
            let [one, other] = two.at_once(|_, ledger| add_user(ledger, &name));
            assert_eq!(one, other);
        }
        let users = two.one.count_users(None, 99).unwrap();
        assert_eq!(i64::try_from(users.len()), Ok(ROUNDS));
        two.is_sound();
    }
}

/// One server takes what names the codes, the other sells them meanwhile.
#[test]
fn an_update_on_one_names_what_the_other_sells() {
    const CODES: u64 = 30;
    for two in Two::each_in_town() {
        let ada = add_user(&two.one, "Ada");
        two.at_once(|nth, ledger| {
            for number in 0..CODES {
                if nth == 0 {
                    let of = format!("{number}");
                    update(ledger, number, number + 1, vec![named(&of, "ex", at(-9))]);
                    learn(ledger, &[&of], at(9));
                } else {
                    let of = format!("{}", (number + CODES / 2) % CODES);
                    let sale = one_line(format!("{number}"), &of).buyer(ada);
                    record(ledger, &sale.content(), at(0));
                }
            }
        });
        assert!(!two.one.has_pending(&store_id("s-1")).unwrap());
        let page = two.one.page(ada, &Default::default(), 99, &|_| true);
        let page = page.unwrap().purchases;
        assert_eq!(u64::try_from(page.len()), Ok(CODES));
        for filed in page {
            assert!(names(&filed)[0].starts_with("ex@"), "{:?}", names(&filed));
        }
        two.is_sound();
    }
}

/// A server that takes an update itself, after one that it has not noticed, knows both.
#[test]
fn an_update_after_one_unnoticed_does_not_hide_it() {
    const LABEL: &str = "2212345001989";
    for two in Two::each_in_town() {
        let ada = add_user(&two.one, "Ada");
        let sells = |transaction: &str, of: &str, expected: &str| {
            let sale = one_line(transaction.to_owned(), of).buyer(ada).content();
            let receipt = record(&two.other, &sale, at(0));
            let filed = purchase(&two.other, ada, receipt.purchase_id);
            assert_eq!(names(&filed), [expected], "{transaction}");
        };
        update(&two.one, 0, 1, vec![named("A", "one", at(-9))]);
        sells("before", "A", "one@1");
        update(&two.one, 1, 2, vec![named("A", "two", at(-8))]);
        update(&two.other, 2, 3, vec![named("B", "bee", at(-9))]);
        sells("after", "A", "two@2");
        sells("beside it", "B", "bee@3");
        // The same with patterns that came unnoticed.
        let ham = named("2212345000000", "ham", at(-9));
        update_patterns(&two.one, 3, vec![ham], at(-9), &["22IIIIIPPPPPC"]);
        update(&two.other, 4, 5, vec![named("C", "sea", at(-9))]);
        sells("a label", LABEL, "ham@4");
        two.is_sound();
    }
}

#[test]
fn a_store_closed_on_one_is_closed_on_the_other() {
    for two in Two::each_in_town() {
        let shut = Write::CloseStore {
            store_id: store_id("s-1"),
        };
        assert_eq!(change(&two.one, shut, at(1)), Changed::Done);
        let closed_at = || two.other.store(&store_id("s-1")).unwrap().closed_at;
        assert_eq!(closed_at(), None, "it has not noticed");
        let sale = one_line("late".to_owned(), "A").content();
        let refused = settle(&two.other, &sale, at(2));
        assert_eq!(refused, Settled::Refused(Refusal::StoreClosed));
        two.other.renew().unwrap();
        assert_eq!(closed_at(), Some(at(1)));
        two.is_sound();
    }
}

#[test]
fn a_store_that_comes_to_one_sells_on_the_other() {
    for two in Two::each_in_town() {
        add_store(&two.one, shop("s-2"));
        let sale = one_line("first".to_owned(), "A").store("s-2").content();
        receipt(settle(&two.other, &sale, at(2)));
        two.is_sound();
    }
}

#[test]
fn a_store_follows_another_catalogue_on_both() {
    for two in Two::each() {
        for id in ["s-1", "s-2", "s-3"] {
            add_store(&two.one, branch(id, "north"));
        }
        two.other.renew().unwrap();
        update(&two.one, 0, 1, vec![named("A", "apple", at(-9))]);
        let ada = add_user(&two.one, "Ada");
        let sells = |transaction: &str, store: &str, expected: &str| {
            let sale = one_line(transaction.to_owned(), "A")
                .store(store)
                .buyer(ada);
            let receipt = record(&two.other, &sale.content(), at(0));
            let filed = purchase(&two.other, ada, receipt.purchase_id);
            assert_eq!(names(&filed), [expected], "{transaction}");
        };
        for (store, is_renewed) in [("s-2", false), ("s-3", true)] {
            let before = one_line("before".to_owned(), "A").sent("pear").store(store);
            receipt(settle(&two.other, &before.content(), at(0)));
            let follow = Write::Link {
                store_id: store_id(store),
                chain_id: two.one.chain_of(&store_id(store)),
                catalogue_of: Some(store_id("s-1")),
            };
            assert_eq!(change(&two.one, follow, at(1)), Changed::Done);
            assert_eq!(two.other.source(&store_id(store)), store_id(store));
            if is_renewed {
                two.other.renew().unwrap();
                assert_eq!(two.other.source(&store_id(store)), store_id("s-1"));
            }
            sells("after", store, "apple@1");
            assert_eq!(two.other.source(&store_id(store)), store_id("s-1"));
        }
        two.is_sound();
    }
}

/// A sale, and what comes back of an earlier one, while the person is erased.
#[test]
fn nothing_is_filed_under_a_person_erased_on_the_other() {
    for two in Two::each_in_town() {
        for round in 0..ROUNDS {
            let ada = add_user(&two.one, &format!("Ada {round}"));
            let early = one_line(format!("{round} early"), "A").buyer(ada).content();
            let is_early = record(&two.other, &early, at(0)).owner == OwnerId::User(ada);
            assert!(is_early, "the control: it is hers");
            let is_erased = AtomicBool::new(false);
            let erase = |ledger: &Ledger| {
                let erased = change(ledger, Write::Erase { user_id: ada }, at(1));
                is_erased.store(true, Ordering::SeqCst);
                assert_eq!(erased, Changed::Done);
            };
            let file = |ledger: &Ledger| {
                for nth in 0..4 {
                    let sale = one_line(format!("{round} {nth}"), "A");
                    let sale = if nth % 2 == 0 {
                        sale.buyer(ada)
                    } else {
                        sale.returns(&early, &[(1, "0.1")])
                    };
                    let was_erased = is_erased.load(Ordering::SeqCst);
                    let owner = record(ledger, &sale.content(), at(2)).owner;
                    assert!(!was_erased || owner != OwnerId::User(ada), "{round} {nth}");
                }
            };
            two.at_once(|nth, ledger| {
                if nth == 0 {
                    erase(ledger)
                } else {
                    file(ledger)
                }
            });
            let late = one_line(format!("{round} late"), "A").buyer(ada).content();
            let owner = record(&two.other, &late, at(3)).owner;
            assert!(matches!(owner, OwnerId::Unclaimed(_)), "{owner:?}");
            assert_eq!(two.other.profile(ada).unwrap(), None);
        }
        two.is_sound();
    }
}

#[test]
fn counts_and_feeds_of_both_are_one() {
    for two in Two::each_in_town() {
        let ada = add_user(&two.one, "Ada");
        two.at_once(|nth, ledger| {
            for round in 0..ROUNDS {
                let sale = |number: i64| {
                    let sale = one_line(format!("{nth} {round} {number}"), "A");
                    sale.buyer(ada).content()
                };
                let contents: Vec<Content> = (0..3).map(sale).collect();
                for settled in settle_all(ledger, &contents, at(0)) {
                    receipt(settled);
                }
            }
        });
        let expected = u64::try_from(ROUNDS * 6).unwrap();
        for ledger in [&two.one, &two.other] {
            let day = ledger.day(&store_id("s-1"), day(TODAY)).unwrap().tally;
            let user = ledger.count_users(None, 9).unwrap().remove(0).tally;
            assert_eq!(day, user);
            assert_eq!(day.settlements, expected);
            let money: i128 = day.totals.iter().map(|(_, sum)| sum.minor()).sum();
            assert_eq!(money, i128::from(expected) * 10);
            let events = ledger.events(ada, 0, 999).unwrap();
            let sequences: Vec<u64> = events.iter().map(|event| event.sequence).collect();
            assert_eq!(sequences, (1..=expected).collect::<Vec<_>>());
        }
        two.is_sound();
    }
}

/// A head office that sells too, and its branches: batches of both servers name them in any order, and
/// none waits for another in a circle.
#[test]
fn batches_over_many_stores_do_not_cross() {
    for two in Two::each() {
        let all = ["s-1", "a-1", "x-1", "x-2"];
        for id in all {
            add_store(&two.one, branch(id, "north"));
        }
        for id in ["a-1", "x-1", "x-2"] {
            let follow = Write::Link {
                store_id: store_id(id),
                chain_id: two.one.chain_of(&store_id(id)),
                catalogue_of: Some(store_id("s-1")),
            };
            assert_eq!(change(&two.one, follow, at(1)), Changed::Done);
        }
        two.other.renew().unwrap();
        let people = [add_user(&two.one, "Ada"), add_user(&two.one, "Bob")];
        two.at_once(|nth, ledger| {
            for round in 0..60 {
                // Any two of the four, and the people in turn.
                let sale = |number: usize| {
                    let at = (round + nth) * 7 + number * (1 + round % 3);
                    let sale = one_line(format!("{nth} {round} {number}"), "A");
                    let sale = sale.store(all[at % 4]).buyer(people[(at + nth) % 2]);
                    sale.content()
                };
                let contents: Vec<Content> = (0..2).map(sale).collect();
                for settled in settle_all(ledger, &contents, at(0)) {
                    receipt(settled);
                }
            }
        });
        two.is_sound();
    }
}

/// Two tills of two stores print the same code: it stays with whichever sale came first.
#[test]
fn a_claim_code_belongs_to_one_sale() {
    for two in Two::each_in_town() {
        add_store(&two.one, shop("s-2"));
        two.other.renew().unwrap();
        for round in 0..ROUNDS {
            let claim = claim_hash([u8::try_from(round).unwrap(); 32]);
            two.at_once(|nth, ledger| {
                let store = ["s-1", "s-2"][nth];
                let sale = one_line(format!("{round}"), "A").store(store).claim(claim);
                record(ledger, &sale.content(), at(0))
            });
        }
        two.is_sound();
    }
}

/// A return at one store waits for a sale at another; its void comes while the sale does.
#[test]
fn what_reaches_over_to_another_store_is_not_lost() {
    for two in Two::each() {
        for id in ["s-1", "s-2"] {
            add_store(&two.one, branch(id, "north"));
        }
        two.other.renew().unwrap();
        let ada = add_user(&two.one, "Ada");
        for round in 0..ROUNDS {
            let sale = slip(&format!("sale {round}")).line("A", "3", 100);
            let sale = sale.buyer(ada).content();
            let back = slip(&format!("back {round}")).line("A", "2", 100);
            let back = back.store("s-2").returns(&sale, &[(1, "2")]).content();
            let void = slip(&format!("void {round}")).store("s-2").voids(&back);
            let void = void.content();
            record(&two.one, &back, at(0));
            let sent = [&sale, &void];
            two.at_once(|nth, ledger| receipt(settle(ledger, sent[nth], at(1))));
            let recorded = two.one.recorded(&sale.key).unwrap().expect("recorded");
            assert_eq!(recorded.lines[0].returned_micros, 0, "{round}");
            let recorded = two.one.recorded(&back.key).unwrap().expect("recorded");
            assert_eq!(recorded.voided_by, Some(void.key), "{round}");
        }
        two.is_sound();
    }
}

/// Whoever got no answer writes the same again; the key of what was filed is nobody else's then.
#[test]
fn what_is_written_again_does_not_free_its_key() {
    for two in Two::each_in_town() {
        let ledger = &two.one;
        let mut owners = BTreeSet::new();
        for round in 0..3 {
            let sale = one_line(format!("{round}"), "A").content();
            let prepared = Write::Settle(Box::new(prepare(ledger, &sale, at(0))));
            let mut both = commit(ledger, vec![prepared.clone()], at(0));
            both.extend(commit(ledger, vec![prepared], at(0)));
            let both: Vec<Settled> = both.into_iter().map(settled).collect();
            let [Settled::Recorded(first), Settled::AlreadyRecorded(again)] = both[..] else {
                panic!("{both:?}")
            };
            assert_eq!(first, again);
            assert!(owners.insert(first.owner), "{:?} twice", first.owner);
        }
        let person = Write::AddUser {
            spare: ledger.take_key().unwrap(),
            profile: Box::new(ledger::profile::Profile {
                reference: Some(crate::world::text("Ada")),
                name: None,
                email: None,
            }),
            first: FirstKey::Token {
                token_id: purchase::id::TokenId([1; 16]),
                hash: [1; 32],
            },
        };
        let user = |written: Written| -> UserId {
            match written {
                Written::User { user_id, .. } => user_id,
                other => panic!("not a person: {other:?}"),
            }
        };
        let ada = user(write(ledger, person.clone(), at(0)));
        assert_eq!(user(write(ledger, person, at(0))), ada);
        let sale = one_line("next".to_owned(), "A").content();
        let OwnerId::Unclaimed(next) = record(ledger, &sale, at(0)).owner else {
            panic!("nobody bought it")
        };
        assert_ne!(next.0, ada.0);
        two.is_sound();
    }
}

/// A newer program brought the schema up beside a server that runs on: it would leave rows behind that it does not
/// know.
#[test]
fn a_server_of_an_older_schema_writes_nothing_more() {
    for two in Two::each_in_town() {
        let ada = add_user(&two.one, "Ada");
        let raise = |by: i32| {
            let text = "UPDATE orihon.ledger SET schema_version = ";
            sql(&two.url, &format!("{text}{}", SCHEMA + by));
        };
        let erase = || vec![Write::Erase { user_id: ada }];
        raise(1);
        let Err(Fault::Engine { detail }) = two.one.commit(erase(), at(1)) else {
            panic!("it was written");
        };
        let told = format!("has schema {} since", SCHEMA + 1);
        assert!(detail.contains(&told), "{detail}");
        assert!(two.one.is_stopped(), "until it is started anew");
        let users = two.one.count_users(None, 9).expect("it reads on");
        assert_eq!(users.len(), 1);
        // The control: under its own schema the other does the same.
        raise(0);
        assert!(two.other.commit(erase(), at(2)).is_ok());
        two.is_sound();
    }
}
