//! A ledger that commits in two steps, cut off between them: what was recorded at a store is filed later by
//! whichever server meets it, once, and the day counts it only then.

use super::story::{Session, Steps, empty_database, options};
use super::two::Two;
use crate::slip::{TODAY, day, slip};
use crate::world::{
    add_store, add_user, at, branch, change, claim, entropy, prepare, record, settle, settle_all,
    shop, store_id, town,
};
use ledger::Ledger;
use ledger::embedded::moving::{self, FolderTarget, Moved, ROWS_PER_PAGE, Target};
use ledger::embedded::shared::filing::LeftOvers;
use ledger::embedded::shared::open;
use ledger::fault::Fault;
use ledger::notice::{MoveId, Purpose};
use ledger::write::{Changed, ClaimStep, Claimed, Settled, Write};
use purchase::id::{OwnerId, UserId};
use purchase::settlement::{ClaimHash, Content};
use std::fs;
use std::ops::ControlFlow;

/// A town in which a session of the test's own keeps Ada's account, so that whoever files for her gives up.
struct Cut {
    two: Two,
    session: Session,
    ada: UserId,
    bob: UserId,
}

const HOLD: &str = "BEGIN; SELECT 1 FROM orihon.accounts WHERE user_id = ";

impl Cut {
    fn new() -> Self {
        let url = format!("{}&options=-c%20lock_timeout%3D10ms", empty_database());
        let two = Two::open_at(Steps::Two, url);
        town(&two.one);
        add_store(&two.one, shop("s-2"));
        two.other.renew().expect("readable");
        let [ada, bob] = ["Ada", "Bob"].map(|name| add_user(&two.one, name));
        let session = Session::at(&two.url);
        Self {
            two,
            session,
            ada,
            bob,
        }
    }

    /// Records a sale of Ada's, one of Bob's and one of nobody's, and is cut off before all is filed.
    fn record(&self) -> Vec<Content> {
        self.record_with(Vec::new())
    }

    /// The same with more sales.
    fn record_with(&self, more: Vec<Content>) -> Vec<Content> {
        self.session
            .run(&format!("{HOLD}'{}' FOR UPDATE", self.ada));
        let sale = |name: &str| slip(name).line("A", "1", 10);
        let mut sales = vec![
            sale("hers").buyer(self.ada).content(),
            sale("his").buyer(self.bob).content(),
            sale("nobodys").content(),
        ];
        sales.extend(more);
        let prepared = |content| Write::Settle(Box::new(prepare(&self.two.one, content, at(1))));
        let cut = self
            .two
            .one
            .commit(sales.iter().map(prepared).collect(), at(1));
        assert!(matches!(cut, Err(Fault::Away { .. })), "{cut:?}");
        self.session.run("ROLLBACK");
        assert_eq!(self.counts(), (0, 0), "neither she nor the day counts it");
        assert_eq!(self.left(), 1, "the control: something is left over");
        sales
    }

    fn left(&self) -> i64 {
        self.session.number("SELECT count(*) FROM orihon.to_file")
    }

    /// Settlements of the day, and of Ada.
    fn counts(&self) -> (u64, u64) {
        (self.day(), of(&self.two.other, self.ada))
    }

    fn day(&self) -> u64 {
        let day = self.two.other.day(&store_id("s-1"), day(TODAY));
        day.expect("readable").tally.settlements
    }

    /// Everybody has what they should, once, and every row agrees.
    fn is_filed_once(&self) {
        assert_eq!((self.counts(), self.left()), ((3, 1), 0));
        assert_eq!(of(&self.two.other, self.bob), 1);
        for user_id in [self.ada, self.bob] {
            let events = self.two.other.events(user_id, 0, 9).expect("readable");
            assert_eq!(events.len(), 1, "{events:?}");
        }
        self.two.is_sound();
    }
}

/// Settlements that a person's account counts.
fn of(ledger: &Ledger, user_id: UserId) -> u64 {
    let users = ledger.count_users(None, 9).expect("readable");
    let user = users.iter().find(|user| user.user_id == user_id);
    user.expect("there").tally.settlements
}

fn problems(ledger: &Ledger) -> usize {
    ledger.verify(&mut |_| ()).expect("readable").problems.len()
}

#[test]
fn what_is_left_over_is_swept_by_another_server() {
    let town = Cut::new();
    town.record();
    // It is nothing wrong, whether or not it is filed.
    town.two.is_sound();
    let moment = Ledger::open_moment(&options(town.two.url.clone(), &town.two.folder(), 9));
    assert_eq!(problems(&moment.expect("it opens")), 0);
    let found = |filed, newer| LeftOvers {
        filed,
        newer,
        failed: 0,
    };
    assert_eq!(
        town.two.other.file_left_overs(at(1)).expect("filed"),
        found(0, 1)
    );
    assert_eq!(town.counts(), (0, 0), "it is too new to be left over");
    assert_eq!(
        town.two.other.file_left_overs(at(2)).expect("filed"),
        found(1, 0)
    );
    town.is_filed_once();
    assert_eq!(
        town.two.one.file_left_overs(at(9)).expect("nothing"),
        found(0, 0)
    );
}

#[test]
fn what_is_left_over_is_filed_before_its_repeat_is_answered() {
    let town = Cut::new();
    for sale in town.record().into_iter().rev() {
        let again = settle(&town.two.other, &sale, at(2));
        assert!(matches!(again, Settled::AlreadyRecorded(_)), "{again:?}");
        assert_eq!((town.counts(), town.left()), ((3, 1), 0));
    }
    town.is_filed_once();
    let counts = town.two.other.watched().expect("in a database").counts;
    assert_eq!(counts.left_overs_filed(), 1);
}

/// Whatever writes for the store goes by what was left over: here what comes back of it.
#[test]
fn what_is_left_over_is_filed_before_anything_else_of_the_store() {
    let town = Cut::new();
    let sales = town.record();
    let back = slip("back")
        .line("A", "1", 10)
        .returns(&sales[0], &[(1, "1")]);
    let receipt = record(&town.two.other, &back.content(), at(3));
    assert_eq!(receipt.owner, OwnerId::User(town.ada));
    assert_eq!((town.counts(), town.left()), ((4, 2), 0));
    town.two.is_sound();
}

/// Two servers sweep at once, again and again. Where each waits for what the other holds, both may give way; then the
/// next sweep files it.
#[test]
fn two_who_sweep_at_once_count_once() {
    for _ in 0..10 {
        let town = Cut::new();
        town.record();
        town.two.at_once(|_, ledger| {
            let is_done = |_| ledger.file_left_overs(at(9)).expect("swept").failed == 0;
            assert!((0..100).any(is_done), "it fails again and again");
        });
        town.is_filed_once();
    }
}

/// Both servers file for one store and the same people at once, so that each meets what the other is about
/// to file.
#[test]
fn two_who_file_for_one_store_count_once() {
    const ROUNDS: usize = 20;
    let two = Two::in_town(Steps::Two);
    let ada = add_user(&two.one, "Ada");
    two.at_once(|nth, ledger| {
        for round in 0..ROUNDS {
            let sale = |number: usize| {
                let sale = slip(&format!("{nth} {round} {number}")).line("A", "1", 10);
                if number == 2 { sale } else { sale.buyer(ada) }.content()
            };
            let sales: Vec<Content> = (0..3).map(sale).collect();
            for settled in settle_all(ledger, &sales, at(0)) {
                assert!(matches!(settled, Settled::Recorded(_)), "{settled:?}");
            }
        }
    });
    let expected = u64::try_from(ROUNDS * 4).expect("a small number");
    assert_eq!(of(&two.one, ada), expected);
    two.is_sound();
}

#[test]
fn whoever_is_erased_between_the_steps_gets_nothing() {
    let town = Cut::new();
    let sales = town.record();
    let erase = Write::Erase { user_id: town.ada };
    assert_eq!(change(&town.two.other, erase, at(2)), Changed::Done);
    town.two.is_sound();
    town.two.one.file_left_overs(at(9)).expect("filed");
    let users = town.two.other.count_users(None, 9).expect("readable");
    assert_eq!(users.len(), 1, "{users:?}");
    assert_eq!((town.day(), town.left()), (3, 0));
    assert_eq!(town.session.number(MARKS), 1, "his, and none of hers");
    assert!(
        town.two
            .other
            .events(town.ada, 0, 9)
            .expect("readable")
            .is_empty()
    );
    let again = settle(&town.two.other, &sales[0], at(3));
    assert!(matches!(again, Settled::AlreadyRecorded(_)), "{again:?}");
    town.two.is_sound();
}

const MARKS: &str = "SELECT count(*) FROM orihon.filed";

/// The control: Bob's part is filed already when it is cut off. Without the mark that says so he has it
/// twice.
#[test]
fn without_the_mark_it_would_be_counted_twice() {
    for is_marked in [true, false] {
        let town = Cut::new();
        town.record();
        assert_eq!(town.session.number(MARKS), 1);
        assert_eq!(of(&town.two.other, town.bob), 1);
        if !is_marked {
            town.session.run("DELETE FROM orihon.filed");
        }
        town.two.other.file_left_overs(at(9)).expect("filed");
        assert_eq!(of(&town.two.other, town.bob) == 1, is_marked);
        assert_eq!(problems(&town.two.other) == 0, is_marked);
    }
}

/// The control: what is lost of it is found by whoever verifies.
#[test]
fn what_is_never_filed_is_found() {
    let town = Cut::new();
    town.record();
    assert_eq!(problems(&town.two.other), 0);
    town.session
        .run("CREATE TABLE saved AS TABLE orihon.to_file");
    for damage in [
        "DELETE FROM orihon.to_file",
        "UPDATE orihon.to_file SET row = set_byte(row, 0, 9)",
        "UPDATE orihon.to_file SET owners = 9",
        "UPDATE orihon.to_file SET store_id = 's-2'",
    ] {
        town.session.run(damage);
        assert!(problems(&town.two.other) > 0, "{damage}");
        town.session.run("DELETE FROM orihon.to_file");
        town.session
            .run("INSERT INTO orihon.to_file SELECT * FROM saved");
    }
    assert_eq!(problems(&town.two.other), 0, "the control: it is put back");
}

#[test]
fn what_is_left_over_is_filed_before_it_moves() {
    let town = Cut::new();
    town.record();
    let folder = town.two.folder();
    let to_read = open::Options {
        purpose: Purpose::Read,
        ..options(town.two.url.clone(), &folder, 9)
    };
    let source = Ledger::open_shared(&to_read).expect("it opens").0;
    fs::create_dir(folder.join("moved.keys")).expect("a new folder");
    let master = |keys: &str| folder.join(keys).join("master.key");
    fs::copy(master("keys"), master("moved.keys")).expect("copied");
    let data = folder.join("moved");
    let target = FolderTarget {
        data: data.clone(),
        keys: None,
    };
    let there = moving::Options {
        target: Target::Folder(target),
        new_id: MoveId([9; 16]),
        rows_per_page: ROWS_PER_PAGE,
    };
    let moved = source.move_to(&there, &mut |_| ControlFlow::Continue(()));
    assert!(matches!(moved, Ok(Moved::Now(_))), "{moved:?}");
    town.is_filed_once();
    let there = ledger::embedded::open::Options::new(data, entropy(3), at(5));
    let there = Ledger::open(&there).expect("it opens").0;
    let day = there.day(&store_id("s-1"), day(TODAY)).expect("readable");
    assert_eq!(day.tally.settlements, 3);
    assert_eq!(
        [town.ada, town.bob].map(|user_id| of(&there, user_id)),
        [1, 1]
    );
    assert_eq!(problems(&there), 0);
}

/// What is about several stores of a chain is one transaction, over whatever it touches.
#[test]
fn what_reaches_over_to_another_store_is_left_to_nobody() {
    let two = Two::in_town(Steps::Two);
    for id in ["a-1", "a-2"] {
        add_store(&two.one, branch(id, "north"));
    }
    two.other.renew().expect("readable");
    let ada = add_user(&two.one, "Ada");
    let sale = slip("sale").line("A", "3", 100).store("a-1").buyer(ada);
    let sale = sale.content();
    let back = slip("back").line("A", "2", 100).store("a-2");
    let back = back.returns(&sale, &[(1, "2")]).content();
    let other = slip("other").line("A", "1", 10).buyer(ada).content();
    // In one batch, and in an order that has to be kept.
    let settled = settle_all(&two.other, &[sale, other, back.clone()], at(1));
    for settled in settled {
        assert!(matches!(settled, Settled::Recorded(_)), "{settled:?}");
    }
    assert_eq!(of(&two.one, ada), 3);
    let again = settle(&two.one, &back, at(1));
    assert!(matches!(again, Settled::AlreadyRecorded(_)), "{again:?}");
    two.is_sound();
}

/// A server that does not know in how many steps the others commit stops.
#[test]
fn who_commits_otherwise_than_the_ledger_stops() {
    for steps in [Steps::One, Steps::Two] {
        let two = Two::in_town(steps);
        let session = Session::at(&two.url);
        session.run("UPDATE orihon.ledger SET steps = 3 - steps");
        let sale = slip("sale").line("A", "1", 10).content();
        let prepared = Write::Settle(Box::new(prepare(&two.one, &sale, at(1))));
        let refused = two.one.commit(vec![prepared], at(1));
        assert!(matches!(refused, Err(Fault::Engine { .. })), "{refused:?}");
        assert!(two.one.is_stopped());
        assert_eq!(session.number("SELECT count(*) FROM orihon.settlements"), 0);
    }
}

/// A code that leads to a purchase which is still to be filed waits for it, and takes it then.
#[test]
fn what_is_left_over_is_not_claimed_before_it_is_filed() {
    let town = Cut::new();
    let hash = ClaimHash([7; 32]);
    let sale = slip("claimed").line("A", "1", 10).claim(hash).content();
    town.record_with(vec![sale]);
    // It was cut off before nobody's purchases were filed.
    town.session
        .run("DELETE FROM orihon.purchases WHERE get_byte(owner, 0) = 2");
    let take = Write::Claim(ClaimStep::Take {
        user_id: town.bob,
        hash,
    });
    let refused = town.two.other.commit(vec![take], at(2));
    assert!(matches!(refused, Err(Fault::Away { .. })), "{refused:?}");
    town.two.other.file_left_overs(at(9)).expect("filed");
    let taken = claim(&town.two.other, town.bob, hash, at(3));
    assert!(matches!(taken, Claimed::Filed(_)), "{taken:?}");
    assert_eq!(of(&town.two.one, town.bob), 2);
    town.two.is_sound();
}
