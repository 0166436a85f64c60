//! A catalogue update that slips between preparing a settlement and committing it. The lines that
//! wait are looked up when the update is learnt; a settlement that comes after that, prepared
//! before, would wait for ever if the commit did not look again.
//!
//! Each story has its control: what was prepared still says what the old catalogue said, so that
//! a commit which took it as it is would leave the wrong name.

use super::Story;
use crate::slip::{Slip, slip};
use crate::world::{
    add_user, at, catalogue, catch_up, code, commit, learn, named, names, prepare, purchase,
    read_labels, settled, step, store_id, town, update, update_patterns, whole, with_patterns,
};
use ledger::Ledger;
use ledger::write::{CatalogueWritten, Prepared, Receipt, Settled, Step, Write};
use purchase::id::UserId;

pub(crate) const STORIES: &[Story] = &[
    ("named between preparing and committing", between),
    ("the same in one batch, in every order", in_one_batch),
    ("a till that lacks the update", older_till),
    ("a till ahead of the catalogue", newer_till),
    ("renamed between preparing and committing", renamed),
    ("a staged update becomes visible in between", staged),
    ("a pattern comes between preparing and committing", pattern),
    (
        "a pattern and its item in one batch with a sale",
        pattern_in_one_batch,
    ),
    ("a pattern changes what was prepared", other_pattern),
    ("nothing in between", control),
    ("many tills while the catalogue moves", many_tills),
];

/// What was prepared, before the catalogue moved.
fn prepared(ledger: &Ledger, slip: Slip) -> (UserId, Prepared) {
    let ada = add_user(ledger, "Ada");
    (ada, prepare(ledger, &slip.buyer(ada).content(), at(0)))
}

fn still_says(prepared: &Prepared, names: &str) {
    let shown = format!("{prepared:?}");
    assert!(
        shown.contains(&format!("names: [{names}")),
        "it says something else: {shown}"
    );
}

fn file(ledger: &Ledger, prepared: Prepared) -> Receipt {
    receipt(settled(
        commit(ledger, vec![settle(prepared)], at(9)).remove(0),
    ))
}

fn settle(prepared: Prepared) -> Write {
    Write::Settle(Box::new(prepared))
}

fn receipt(settled: Settled) -> Receipt {
    match settled {
        Settled::Recorded(receipt) => receipt,
        other => panic!("not recorded: {other:?}"),
    }
}

fn is_named(ledger: &Ledger, ada: UserId, receipt: &Receipt, expected: &str) {
    assert_eq!(
        names(&purchase(ledger, ada, receipt.purchase_id)),
        [expected]
    );
    let is_pending = expected == "-";
    assert_eq!(receipt.pending_lines, u64::from(is_pending));
    assert_eq!(ledger.has_pending(&store_id("s-1")).unwrap(), is_pending);
}

fn between(ledger: &Ledger) {
    town(ledger);
    let (ada, prepared) = prepared(ledger, slip("1").line("X", "1", 50));
    update(ledger, 0, 1, vec![named("X", "ex", at(0))]);
    assert_eq!(learn(ledger, &["X"], at(1)), 0, "nothing waits yet");
    still_says(&prepared, "Pending");
    let receipt = file(ledger, prepared);
    is_named(ledger, ada, &receipt, "ex@1");
}

fn in_one_batch(ledger: &Ledger) {
    town(ledger);
    let ada = add_user(ledger, "Ada");
    let learn = |of: &str| Write::Learn {
        store_id: store_id("s-1"),
        codes: vec![code(of)],
        resume: None,
    };
    let update = |base: u64, of: &str| {
        Write::Catalogue(Box::new(whole(
            base,
            base + 1,
            vec![named(of, "ex", at(0))],
        )))
    };
    let sold = |of: &str| {
        let prepared = prepare(
            ledger,
            &slip(of).line(of, "1", 50).buyer(ada).content(),
            at(0),
        );
        still_says(&prepared, "Pending");
        settle(prepared)
    };
    // The place of the settlement in its batch, and the name it comes to.
    let batches = [
        (2, vec![update(0, "A"), learn("A"), sold("A")], "ex@1"),
        (1, vec![update(1, "B"), sold("B"), learn("B")], "ex@2"),
        (0, vec![sold("C"), update(2, "C"), learn("C")], "ex@3 later"),
    ];
    for (place, batch, expected) in batches {
        let receipt = receipt(settled(commit(ledger, batch, at(9)).remove(place)));
        assert_eq!(
            names(&purchase(ledger, ada, receipt.purchase_id)),
            [expected]
        );
    }
    assert!(!ledger.has_pending(&store_id("s-1")).unwrap());
}

fn older_till(ledger: &Ledger) {
    town(ledger);
    update(ledger, 0, 1, vec![named("A", "one", at(0))]);
    let (ada, prepared) = prepared(ledger, slip("1").line("X", "1", 50).revision(1));
    update(ledger, 1, 2, vec![named("X", "ex", at(0))]);
    assert_eq!(learn(ledger, &["X"], at(1)), 0);
    still_says(&prepared, "Pending");
    // Revision 2 is not the till's own, hence a name learnt later.
    let receipt = file(ledger, prepared);
    is_named(ledger, ada, &receipt, "ex@2 later");
}

fn newer_till(ledger: &Ledger) {
    town(ledger);
    update(ledger, 0, 1, vec![named("X", "one", at(0))]);
    let (ada, prepared) = prepared(ledger, slip("1").line("X", "1", 50).revision(2));
    update(ledger, 1, 2, vec![named("X", "two", at(0))]);
    assert_eq!(catch_up(ledger, at(1)), 0);
    still_says(&prepared, "Pending");
    let receipt = file(ledger, prepared);
    is_named(ledger, ada, &receipt, "two@2");
}

fn renamed(ledger: &Ledger) {
    town(ledger);
    update(ledger, 0, 1, vec![named("X", "one", at(-9))]);
    let (ada, prepared) = prepared(ledger, slip("1").line("X", "1", 50));
    update(ledger, 1, 2, vec![named("X", "two", at(-9))]);
    still_says(&prepared, "Catalogue { revision: Revision(1)");
    let receipt = file(ledger, prepared);
    is_named(ledger, ada, &receipt, "two@2");
}

fn staged(ledger: &Ledger) {
    town(ledger);
    let staging = |next: Step| {
        let written = catalogue(ledger, step(0, 1, next), at(0));
        assert!(
            matches!(written, CatalogueWritten::Applied(_)),
            "{written:?}"
        );
    };
    staging(Step::Begin);
    staging(Step::Part(vec![named("X", "ex", at(0))]));
    let (ada, prepared) = prepared(ledger, slip("1").line("X", "1", 50));
    staging(Step::Finish);
    assert_eq!(learn(ledger, &["X"], at(1)), 0);
    still_says(&prepared, "Pending");
    let receipt = file(ledger, prepared);
    is_named(ledger, ada, &receipt, "ex@1");
}

/// A label and its item.
const LABEL: &str = "2212345001989";
const ITEM: &str = "2212345000000";
const FIVE: &str = "22IIIIIPPPPPC";

fn pattern(ledger: &Ledger) {
    town(ledger);
    update(ledger, 0, 1, vec![named(ITEM, "ham", at(-9))]);
    let (ada, prepared) = prepared(ledger, slip("1").line(LABEL, "1", 198));
    update_patterns(ledger, 1, vec![], at(-9), &[FIVE]);
    assert_eq!(read_labels(ledger, at(1)), 0, "nothing waits yet");
    still_says(&prepared, "Pending");
    let receipt = file(ledger, prepared);
    is_named(ledger, ada, &receipt, "ham@1");
}

fn pattern_in_one_batch(ledger: &Ledger) {
    town(ledger);
    let ada = add_user(ledger, "Ada");
    let prepared = prepare(
        ledger,
        &slip("1").line(LABEL, "1", 198).buyer(ada).content(),
        at(0),
    );
    still_says(&prepared, "Pending");
    let first = with_patterns(whole(0, 1, vec![]), at(-9), &[FIVE]);
    let second = whole(1, 2, vec![named(ITEM, "ham", at(-9))]);
    let batch = vec![
        Write::Catalogue(Box::new(first)),
        Write::Catalogue(Box::new(second)),
        settle(prepared),
    ];
    let receipt = receipt(settled(commit(ledger, batch, at(9)).remove(2)));
    is_named(ledger, ada, &receipt, "ham@2");
}

/// What is prepared by one pattern is not filed by it when another one holds by then, and a line
/// that waits is noted under the item of the pattern that holds.
fn other_pattern(ledger: &Ledger) {
    town(ledger);
    update_patterns(ledger, 0, vec![named(ITEM, "ham", at(-9))], at(-9), &[FIVE]);
    let (ada, prepared) = prepared(ledger, slip("1").line("2212345601981", "1", 198));
    update_patterns(ledger, 1, vec![], at(-8), &["22IIIIIIPPPPC"]);
    still_says(&prepared, "Catalogue { revision: Revision(1)");
    let receipt = file(ledger, prepared);
    is_named(ledger, ada, &receipt, "-");
    update(ledger, 2, 3, vec![named("2212345600000", "beef", at(9))]);
    assert_eq!(learn(ledger, &["2212345600000"], at(9)), 1);
    assert_eq!(
        names(&purchase(ledger, ada, receipt.purchase_id)),
        ["beef@3 later"]
    );
}

/// Without an update in between the line does wait, until it is learnt.
fn control(ledger: &Ledger) {
    town(ledger);
    let (ada, prepared) = prepared(ledger, slip("1").line("X", "1", 50));
    still_says(&prepared, "Pending");
    let receipt = file(ledger, prepared);
    is_named(ledger, ada, &receipt, "-");
    update(ledger, 0, 1, vec![named("X", "ex", at(0))]);
    assert_eq!(learn(ledger, &["X"], at(1)), 1);
}

/// Three tills sell what the catalogue names meanwhile, code after code. Whenever a sale comes, the
/// update that names it is before it or after it, and never missed: in the end nothing waits.
fn many_tills(ledger: &Ledger) {
    const CODES: u64 = 40;
    town(ledger);
    let ada = add_user(ledger, "Ada");
    let till = |terminal: usize| {
        for number in 0..CODES {
            let sale = slip(&format!("{number}")).terminal(&format!("{terminal}"));
            let sale = sale
                .line(&format!("{}", (number + 20) % CODES), "1", 50)
                .buyer(ada);
            let prepared = prepare(ledger, &sale.content(), at(0));
            receipt(settled(
                commit(ledger, vec![settle(prepared)], at(9)).remove(0),
            ));
        }
    };
    std::thread::scope(|scope| {
        for terminal in 0..3 {
            scope.spawn(move || till(terminal));
        }
        for number in 0..CODES {
            let of = format!("{number}");
            update(ledger, number, number + 1, vec![named(&of, "ex", at(-9))]);
            learn(ledger, &[&of], at(9));
        }
    });
    assert!(!ledger.has_pending(&store_id("s-1")).unwrap());
    let page = ledger
        .page(ada, &Default::default(), 999, &|_| true)
        .unwrap();
    assert_eq!(page.purchases.len(), 120);
    for filed in page.purchases {
        assert!(names(&filed)[0].starts_with("ex@"), "{:?}", names(&filed));
    }
}
