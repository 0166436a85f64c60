//! Connections cut in the middle of everything, again and again, while two servers write. What was
//! acknowledged is there exactly once, and whoever got no answer sends the same again.

use super::two::Two;
use crate::slip::{TODAY, day, slip};
use crate::world::{at, code, entropy, named, settle, store_id, text, try_prepare, whole};
use ledger::Ledger;
use ledger::fault::Fault;
use ledger::postgres::fault::Reason;
use ledger::profile::Profile;
use ledger::write::{CatalogueWritten, Changed, FirstKey, Receipt, Settled, Write, Written};
use purchase::id::{OwnerId, TokenId, UserId};
use purchase::settlement::Content;
use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

/// What a server does before it is asked whether it was cut enough.
pub(super) const ROUNDS: u8 = 25;
/// What it does at most. How many cuts meet something in the middle is not in the test's hands: where the
/// machine is quick, few.
const ROUNDS_MAX: u8 = 250;
/// How many connections are cut at least.
const CUTS_MIN: u64 = 20;
/// Cuts one after the other within which nothing is answered.
const CUTS_IN_VAIN_MAX: u32 = 2;
/// How often the same is sent before the test gives up.
const SENDINGS_MAX: u32 = 500;

/// Says that it is over, also to the cutter of a test that fails.
struct Over<'a>(&'a AtomicBool);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

/// What the callers and the cutter tell each other.
#[derive(Debug, Default)]
struct Storm {
    is_over: AtomicBool,
    /// How often something was answered.
    answered: AtomicU32,
    /// How often the database was away.
    aways: AtomicU32,
    /// Connections that were cut.
    cuts: AtomicU64,
}

impl Storm {
    /// Whether somebody had to send the same again, and a server began again by itself. A test that saw
    /// neither would tell of nothing.
    fn is_enough(&self, two: &Two) -> bool {
        self.cuts.load(Ordering::SeqCst) >= CUTS_MIN
            && self.aways.load(Ordering::SeqCst) > 0
            && [&two.one, &two.other].into_iter().any(has_begun_again)
    }
}

/// Whether a cut, a statement refused or a lost commit made it begin again.
fn has_begun_again(ledger: &Ledger) -> bool {
    let counts = ledger.watched().expect("it lies in a database").counts;
    [
        Reason::Connection,
        Reason::ServerBusy,
        Reason::UnknownCommit,
    ]
    .into_iter()
    .any(|reason| counts.begun_again(reason) > 0)
}

/// Cuts every connection to the database but its own, every few milliseconds. After a few cuts within which
/// nothing came through it waits until something does: a busy machine would never come to the end otherwise.
fn cut(url: &str, seed: u64, storm: &Storm) {
    let random = entropy(seed);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let connected = tokio_postgres::connect(url, tokio_postgres::NoTls).await;
        let (client, connection) = connected.unwrap();
        tokio::spawn(connection);
        let text = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity \
                    WHERE datname = current_database() AND pid <> pg_backend_pid()";
        let (mut seen, mut in_vain) = (0, 0);
        while !storm.is_over.load(Ordering::SeqCst) {
            let now = storm.answered.load(Ordering::SeqCst);
            in_vain = if now == seen { in_vain + 1 } else { 0 };
            seen = now;
            if in_vain > CUTS_IN_VAIN_MAX {
                tokio::time::sleep(Duration::from_millis(5)).await;
                continue;
            }
            let cuts: i64 = client.query_one(text, &[]).await.unwrap().get(0);
            let cuts = u64::try_from(cuts).expect("a count");
            storm.cuts.fetch_add(cuts, Ordering::SeqCst);
            let mut pause = [0];
            random(&mut pause);
            // A connection that is new takes some 50 ms to its first commit, so that most cuts meet one.
            let pause = 5 + u64::from(pause[0] / 4);
            tokio::time::sleep(Duration::from_millis(pause)).await;
        }
    });
}

/// A server's callers, who send the same again as long as it is away.
pub(super) struct Callers<'a> {
    pub(super) ledger: &'a Ledger,
    pub(super) aways: &'a AtomicU32,
    /// How often something was answered.
    pub(super) answered: &'a AtomicU32,
}

impl Callers<'_> {
    fn again<T>(&self, act: impl Fn() -> Result<T, Fault>) -> T {
        let mut last = String::new();
        for _ in 0..SENDINGS_MAX {
            match act() {
                Ok(answer) => {
                    self.answered.fetch_add(1, Ordering::SeqCst);
                    return answer;
                }
                Err(Fault::Away { detail }) => {
                    last = detail;
                    self.aways.fetch_add(1, Ordering::SeqCst);
                }
                Err(fault) => panic!("a cut is no {fault:?}"),
            }
        }
        panic!("the same was sent {SENDINGS_MAX} times: {last}")
    }

    fn write(&self, batch: &[Write]) -> Vec<Written> {
        self.again(|| self.ledger.commit(batch.to_vec(), at(1)))
            .written
    }

    fn settle(&self, contents: &[Content]) -> Vec<Receipt> {
        let prepare = |content: &Content| try_prepare(self.ledger, content, at(1));
        let prepared = |content| Write::Settle(Box::new(self.again(|| prepare(content))));
        let batch: Vec<Write> = contents.iter().map(prepared).collect();
        let receipt = |written: Written| match written {
            Written::Settled(Settled::Recorded(receipt) | Settled::AlreadyRecorded(receipt)) => {
                receipt
            }
            other => panic!("not recorded: {other:?}"),
        };
        self.write(&batch).into_iter().map(receipt).collect()
    }

    fn add_user(&self, name: &str, token: [u8; 2]) -> UserId {
        let profile = Profile {
            reference: Some(text(name)),
            name: None,
            email: None,
        };
        let mut hash = [0; 32];
        hash[..2].copy_from_slice(&token);
        let add = Write::AddUser {
            spare: self.again(|| self.ledger.take_key()),
            profile: Box::new(profile),
            first: FirstKey::Token {
                token_id: TokenId(*hash.first_chunk().unwrap()),
                hash,
            },
        };
        match self.write(&[add]).remove(0) {
            Written::User { user_id, .. } => user_id,
            other => panic!("not a person: {other:?}"),
        }
    }

    fn update(&self, base: u64) {
        let of = format!("{base}");
        let update = whole(base, base + 1, vec![named(&of, "ex", at(-9))]);
        let written = self.write(&[Write::Catalogue(Box::new(update))]).remove(0);
        let is_there = matches!(
            written,
            Written::Catalogue(CatalogueWritten::Applied(_) | CatalogueWritten::Same(_))
        );
        assert!(is_there, "{written:?}");
        let learn = Write::Learn {
            store_id: store_id("s-1"),
            codes: vec![code(&of)],
            resume: None,
        };
        self.write(&[learn]);
    }
}

/// What a server acknowledged.
#[derive(Default)]
pub(super) struct Acknowledged {
    sales: Vec<(Content, Receipt)>,
    erased: BTreeSet<UserId>,
}

/// Does a bit of everything, erasures too.
pub(super) fn busy(callers: &Callers<'_>, nth: u8, rounds: Range<u8>) -> Acknowledged {
    let mut done = Acknowledged::default();
    for round in rounds {
        let ada = callers.add_user(&format!("Ada {nth} {round}"), [nth + 1, round]);
        let sale = |number: u8| {
            let sale = slip(&format!("{nth} {round} {number}"));
            let sale = sale.line(&format!("{round}"), "1", 10);
            if number == 0 { sale.buyer(ada) } else { sale }.content()
        };
        let contents: Vec<Content> = (0..3).map(sale).collect();
        let receipts = callers.settle(&contents);
        done.sales.extend(contents.into_iter().zip(receipts));
        if nth == 0 {
            callers.update(u64::from(round));
        }
        if round % 3 == 0 {
            let erased = callers.write(&[Write::Erase { user_id: ada }]).remove(0);
            let is_gone = matches!(erased, Written::Changed(Changed::Done | Changed::Same));
            assert!(is_gone, "{erased:?}");
            done.erased.insert(ada);
        }
    }
    done
}

#[test]
fn what_is_acknowledged_between_cuts_is_there_once() {
    let seed = 7;
    println!("seed {seed}");
    for two in Two::each_in_town() {
        let storm = Storm::default();
        let mut rounds = 0;
        let done = std::thread::scope(|scope| {
            let _over = Over(&storm.is_over);
            scope.spawn(|| cut(&two.url, seed, &storm));
            let mut done = Vec::new();
            while rounds < ROUNDS_MAX && !storm.is_enough(&two) {
                let next = rounds..rounds + ROUNDS;
                rounds = next.end;
                done.extend(two.at_once(|nth, ledger| {
                    let callers = Callers {
                        ledger,
                        aways: &storm.aways,
                        answered: &storm.answered,
                    };
                    busy(&callers, u8::try_from(nth).unwrap(), next.clone())
                }));
            }
            done
        });
        println!("{rounds} rounds: {storm:?}");
        assert!(storm.is_enough(&two), "the control: it was cut");
        for ledger in [&two.one, &two.other] {
            assert!(!ledger.is_stopped());
            // The first to ask afterwards finds out which connections are gone.
            while ledger.renew().is_err() {}
        }
        let mut nobodys = BTreeSet::new();
        for (content, receipt) in done.iter().flat_map(|done| &done.sales) {
            let Settled::AlreadyRecorded(again) = settle(&two.one, content, at(2)) else {
                panic!("{:?} is not recorded", content.key)
            };
            assert_eq!(
                (again.purchase_id, again.owner),
                (receipt.purchase_id, receipt.owner)
            );
            if let OwnerId::Unclaimed(id) = again.owner {
                assert!(nobodys.insert(id), "{id} has two sales");
            }
        }
        let tally = two.one.day(&store_id("s-1"), day(TODAY)).unwrap().tally;
        assert_eq!(tally.settlements, u64::from(rounds) * 6);
        assert_eq!(tally.pending, 0, "every code was named");
        let users = two.one.count_users(None, 999).unwrap();
        let erased: BTreeSet<_> = done.iter().flat_map(|done| &done.erased).collect();
        assert_eq!(users.len() + erased.len(), usize::from(rounds) * 2);
        for user_id in erased {
            assert_eq!(two.other.profile(*user_id).unwrap(), None);
        }
        two.is_sound();
    }
}
