//! A person's feed that grows on two servers, read by cursor meanwhile: no entry comes to light behind a
//! cursor that has passed it.

use super::server::shared;
use super::two::Two;
use crate::slip::slip;
use crate::world::{add_user, at, settle_all};
use ledger::Ledger;
use ledger::write::Settled;
use purchase::id::UserId;
use purchase::settlement::Content;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// Batches that each server files, of so many sales for the person, among others.
const BATCHES: usize = 12;
const SALES: usize = 3;
const ALL: usize = BATCHES * SALES * 2;

/// Entries that a reader takes at a time: few, so that it is often in the middle of something.
const PER_READ: usize = 4;

/// Reads on from `after` once.
fn read_on(ledger: &Ledger, person: UserId, after: &mut u64, read: &mut Vec<u64>) {
    for event in ledger.events(person, *after, PER_READ).expect("readable") {
        *after = event.sequence;
        read.push(event.sequence);
    }
}

/// Files sales for `person`, in batches with sales for somebody else, whose row is taken in turn first
/// and last, so that the two servers often wait for each other.
fn file(nth: usize, ledger: &Ledger, people: [UserId; 2]) {
    for batch in 0..BATCHES {
        let sale = |number: usize| {
            let buyer = people[(number + batch + nth) % 2];
            let sale = slip(&format!("{nth} {batch} {number}")).line("A", "1", 10);
            sale.buyer(buyer).content()
        };
        let sales: Vec<Content> = (0..SALES * 2).map(sale).collect();
        for settled in settle_all(ledger, &sales, at(0)) {
            assert!(matches!(settled, Settled::Recorded(_)), "{settled:?}");
        }
    }
}

#[test]
fn a_reader_by_cursor_reads_every_entry_once_and_in_order() {
    for two in Two::each_in_town() {
        let people = [add_user(&two.one, "Ada"), add_user(&two.one, "Bob")];
        let filed = AtomicUsize::new(0);
        let follow = |ledger: &Ledger, person: UserId| {
            let (mut after, mut read) = (0, Vec::new());
            loop {
                // How far it goes is asked as a server asks it: what it says must be there to read.
                let is_over = filed.load(Ordering::SeqCst) == 2;
                let newest = ledger.newest_of(&[person]).expect("readable");
                let [(_, newest)] = newest[..] else {
                    panic!("{newest:?}")
                };
                while after < newest {
                    read_on(ledger, person, &mut after, &mut read);
                }
                if is_over {
                    return read;
                }
                std::thread::park_timeout(Duration::from_millis(2));
            }
        };
        let read = std::thread::scope(|scope| {
            let readers = [
                scope.spawn(|| follow(&two.one, people[0])),
                scope.spawn(|| follow(&two.other, people[1])),
            ];
            two.at_once(|nth, ledger| {
                file(nth, ledger, people);
                filed.fetch_add(1, Ordering::SeqCst);
            });
            readers.map(|reader| reader.join().expect("it reads on"))
        });
        let all: Vec<u64> = (1..).take(ALL).collect();
        assert_eq!(read, [all.clone(), all]);
        two.is_sound();
    }
}

/// The control: an entry that comes to light behind the cursor is missing in what was read.
#[test]
fn an_entry_that_came_late_would_be_missed() {
    for two in Two::each_in_town() {
        let ada = add_user(&two.one, "Ada");
        let sale = |nth: usize| {
            let sale = slip(&format!("{nth}")).line("A", "1", 10);
            sale.buyer(ada).content()
        };
        settle_all(&two.one, &[sale(1), sale(2), sale(3)], at(0));
        let database = two.url.clone();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime");
        let sql = |text: &'static str| {
            let database = &database;
            runtime.block_on(async move {
                let name = database.split(['/', '?']).nth(3).expect("its name");
                let client = shared().await.connect(name).await;
                client.batch_execute(text).await.expect("valid");
            });
        };
        let (mut after, mut read) = (0, Vec::new());
        sql(
            "CREATE TABLE late AS SELECT * FROM orihon.feed WHERE sequence = 2; \
         DELETE FROM orihon.feed WHERE sequence = 2",
        );
        read_on(&two.other, ada, &mut after, &mut read);
        sql("INSERT INTO orihon.feed SELECT * FROM late; DROP TABLE late");
        read_on(&two.other, ada, &mut after, &mut read);
        assert_eq!(read, [1, 3]);
        two.is_sound();
    }
}

/// About nobody nothing is asked, and who is not there is not in the answer.
#[test]
fn only_people_that_are_there_have_a_newest_entry() {
    for two in Two::each_in_town() {
        let [ada, bob] = ["Ada", "Bob"].map(|name| add_user(&two.one, name));
        file(0, &two.one, [ada, ada]);
        let all = u64::try_from(ALL).expect("a small number");
        let nobody = UserId([9; 16]);
        let rows = [
            (vec![], vec![]),
            (vec![nobody], vec![]),
            (vec![bob, nobody, ada], vec![(bob, 0), (ada, all)]),
        ];
        for (people, expected) in rows {
            assert_eq!(two.other.newest_of(&people).expect("readable"), expected);
        }
        // More than one question asks for.
        let mut many = vec![nobody; 2_500];
        many.push(ada);
        let newest = two.other.newest_of(&many).expect("readable");
        assert_eq!(newest, [(ada, all)]);
    }
}
