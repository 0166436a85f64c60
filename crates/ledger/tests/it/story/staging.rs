//! A catalogue that is too large for one commit is staged: nobody sees any of it before it is
//! finished, and what was begun and given up is never seen by anybody.

use super::Story;
use super::catalogue::{head, recounted};
use crate::slip::slip;
use crate::world::{
    add_user, at, catalogue, code, named, names, purchase, record, step, store_id, town, update,
};
use ledger::Ledger;
use ledger::write::{CatalogueWrite, CatalogueWritten, Step};
use purchase::catalogue::Head;
use purchase::id::Revision;

pub(crate) const STORIES: &[Story] = &[
    ("unseen until finished", unseen),
    ("the same again when it is finished", same_again),
    ("given up for another update", given_up),
    ("begun anew with other content", begun_anew),
    ("sent twice at once", sent_twice),
    ("steps without their beginning", out_of_order),
];

fn staging(ledger: &Ledger, base: u64, revision: u64, next: Step) -> Head {
    match catalogue(ledger, step(base, revision, next), at(0)) {
        CatalogueWritten::Applied(head) => *head,
        other => panic!("not applied: {other:?}"),
    }
}

/// What everyone sees of the code: its versions' revisions, and the name that a sale gets now.
fn seen(ledger: &Ledger, of: &str, transaction: &str) -> (Vec<u64>, String) {
    let versions = ledger.item_versions(&store_id("s-1"), &code(of)).unwrap();
    let revisions = versions.iter().map(|version| version.revision.0).collect();
    let ada = add_user(ledger, "Ada");
    let sale = slip(transaction).line(of, "1", 50).buyer(ada).content();
    let id = record(ledger, &sale, at(0)).purchase_id;
    (revisions, names(&purchase(ledger, ada, id)).remove(0))
}

fn unseen(ledger: &Ledger) {
    town(ledger);
    let one = update(ledger, 0, 1, vec![named("A", "one", at(-9))]);
    let sight = || {
        (
            head(ledger),
            ledger
                .changes_after(&store_id("s-1"), Revision(0), 99)
                .unwrap(),
        )
    };
    let before = sight();
    assert_eq!(staging(ledger, 1, 2, Step::Begin), one);
    for (nth, part) in [("A", "two"), ("B", "bee")].into_iter().enumerate() {
        let part = vec![named(part.0, part.1, at(-9))];
        assert_eq!(staging(ledger, 1, 2, Step::Part(part)), one);
        assert_eq!(sight(), before);
        assert_eq!(
            seen(ledger, "A", &format!("a{nth}")),
            (vec![1], "one@1".into())
        );
        assert_eq!(seen(ledger, "B", &format!("b{nth}")), (vec![], "-".into()));
    }
    let two = staging(ledger, 1, 2, Step::Finish);
    assert_eq!((two.revision, two.items), (Revision(2), 2));
    assert_eq!(head(ledger), two);
    assert_eq!((two.items, two.digest), recounted(ledger));
    assert_eq!(seen(ledger, "A", "a"), (vec![1, 2], "two@2".into()));
    assert_eq!(seen(ledger, "B", "b"), (vec![2], "bee@2".into()));
}

fn same_again(ledger: &Ledger) {
    town(ledger);
    staging(ledger, 0, 1, Step::Begin);
    staging(ledger, 0, 1, Step::Part(vec![named("A", "one", at(0))]));
    let made = staging(ledger, 0, 1, Step::Finish);
    for next in [
        Step::Begin,
        Step::Part(vec![named("A", "two", at(0))]),
        Step::Finish,
    ] {
        let again = catalogue(ledger, step(0, 1, next), at(1));
        assert_eq!(again, CatalogueWritten::Same(Box::new(made.clone())));
    }
    let mut other = step(0, 1, Step::Begin);
    other.update = [9; 32];
    assert_eq!(catalogue(ledger, other, at(1)), CatalogueWritten::Forked);
    assert_eq!(head(ledger), made);
}

fn given_up(ledger: &Ledger) {
    town(ledger);
    staging(ledger, 0, 3, Step::Begin);
    staging(
        ledger,
        0,
        3,
        Step::Part(vec![
            named("A", "staged", at(0)),
            named("B", "staged", at(0)),
        ]),
    );
    // Another update comes first; what was staged was made for another head.
    update(ledger, 0, 2, vec![named("A", "whole", at(0))]);
    let gap = CatalogueWritten::Gap {
        current: Revision(2),
    };
    for next in [Step::Part(Vec::new()), Step::Finish, Step::Begin] {
        assert_eq!(catalogue(ledger, step(0, 3, next), at(0)), gap);
    }
    // And when the head passes the number that was staged, nothing of it shows.
    let now = update(ledger, 2, 4, vec![named("C", "whole", at(0))]);
    assert_eq!((now.items, now.digest), recounted(ledger));
    assert_eq!(now.items, 2);
    assert_eq!(seen(ledger, "A", "a"), (vec![2], "whole@2".into()));
    assert_eq!(seen(ledger, "B", "b"), (vec![], "-".into()));
}

fn begun_anew(ledger: &Ledger) {
    town(ledger);
    update(ledger, 0, 1, vec![named("A", "one", at(-9))]);
    let first = vec![named("A", "first", at(0)), named("B", "first", at(0))];
    staging(ledger, 1, 2, Step::Begin);
    staging(ledger, 1, 2, Step::Part(first));
    // The store thought better of it: the same number, other content.
    let second = |next: Step| {
        let step = CatalogueWrite {
            update: [2; 32],
            ..step(1, 2, next)
        };
        let written = catalogue(ledger, step, at(0));
        assert!(
            matches!(written, CatalogueWritten::Applied(_)),
            "{written:?}"
        );
    };
    second(Step::Begin);
    second(Step::Part(vec![named("C", "second", at(0))]));
    second(Step::Finish);
    let now = head(ledger);
    assert_eq!((now.items, now.digest), recounted(ledger));
    assert_eq!(seen(ledger, "A", "a"), (vec![1], "one@1".into()));
    assert_eq!(seen(ledger, "B", "b"), (vec![], "-".into()));
    assert_eq!(seen(ledger, "C", "c"), (vec![2], "second@2".into()));
}

fn sent_twice(ledger: &Ledger) {
    town(ledger);
    let part = |of: &str| Step::Part(vec![named(of, "one", at(0))]);
    // The second sending begins in the midst of the first, which ends before it.
    for next in [
        Step::Begin,
        part("A"),
        Step::Begin,
        part("B"),
        part("A"),
        Step::Finish,
    ] {
        staging(ledger, 0, 1, next);
    }
    let now = head(ledger);
    assert_eq!((now.items, now.digest), recounted(ledger));
    assert_eq!(
        now.items, 2,
        "what was staged before the second beginning is there"
    );
    for next in [part("B"), Step::Finish] {
        let again = catalogue(ledger, step(0, 1, next), at(1));
        assert_eq!(again, CatalogueWritten::Same(Box::new(now.clone())));
    }
}

fn out_of_order(ledger: &Ledger) {
    town(ledger);
    let gap = CatalogueWritten::Gap {
        current: Revision(0),
    };
    for next in [Step::Part(vec![named("A", "one", at(0))]), Step::Finish] {
        assert_eq!(catalogue(ledger, step(0, 1, next), at(0)), gap);
    }
    // Two updates at a time: the steps of the one that began later count.
    staging(ledger, 0, 1, Step::Begin);
    staging(ledger, 0, 2, Step::Begin);
    for next in [Step::Part(vec![named("A", "one", at(0))]), Step::Finish] {
        assert_eq!(catalogue(ledger, step(0, 1, next), at(0)), gap);
    }
    staging(ledger, 0, 2, Step::Part(vec![named("A", "two", at(0))]));
    assert_eq!(staging(ledger, 0, 2, Step::Finish).revision, Revision(2));
    assert!(!ledger.is_stopped());
    assert_eq!(seen(ledger, "A", "a"), (vec![2], "two@2".into()));
}
