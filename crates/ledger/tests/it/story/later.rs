//! Names that come after the sale: the first revision that knows the code gives one, once; what
//! ran ahead of its catalogue waits until that has caught up; what is old waits for the store.

use super::Story;
use crate::slip::{TODAY, day, slip};
use crate::world::{
    DAY, add_user, at, catalogue, catch_up, change, code, confirm, ended, learn, named, names,
    purchase, record, settle, store_id, text, town, update, whole, write,
};
use ledger::Ledger;
use ledger::account::{EventKind, PendingCode};
use ledger::write::{CatalogueWritten, Changed, Settled, Write, Written};
use purchase::id::{PurchaseId, Revision, UserId};
use purchase::time::Timestamp;

pub(crate) const STORIES: &[Story] = &[
    ("a code learnt later names its lines once", once),
    ("the first later revision counts, whatever its time", first),
    ("a sale ahead of its catalogue waits for it", ahead),
    (
        "a sale that skipped revisions is named as of its own",
        ahead_of_a_jump,
    ),
    ("a code unknown even then waits on", still_unknown),
    ("an unknown lineage waits for itself", lineage),
    (
        "a lineage that came back is known by its last revision",
        lineage_again,
    ),
    ("what is over 31 days old needs the store's word", age),
    ("so does what had been discontinued", discontinued),
    ("the list of codes that wait", pending_codes),
    ("nothing waits for a person who was erased", erased),
    ("a line that nobody claimed is named as well", unclaimed),
];

/// The names of a purchase of one person.
fn named_now(ledger: &Ledger, user_id: UserId, id: PurchaseId) -> Vec<String> {
    names(&purchase(ledger, user_id, id))
}

/// Lines that wait: by the store's day, by the store, by the person.
fn waiting(ledger: &Ledger) -> [u64; 3] {
    let day = ledger
        .day(&store_id("s-1"), day(TODAY))
        .unwrap()
        .tally
        .pending;
    let stores = ledger.count_stores().unwrap();
    let users = ledger.count_users(None, 10).unwrap();
    let stores = stores.iter().map(|count| count.tally.pending).sum();
    let users = users.iter().map(|count| count.tally.pending).sum();
    assert_eq!(ledger.has_pending(&store_id("s-1")).unwrap(), stores > 0);
    [day, stores, users]
}

fn once(ledger: &Ledger) {
    town(ledger);
    let ada = add_user(ledger, "Ada");
    update(ledger, 0, 1, vec![named("A", "one", at(-100))]);
    let sale = slip("1")
        .line("X", "1", 50)
        .line("A", "1", 50)
        .line("X", "1", 50)
        .buyer(ada);
    let sale = sale.content();
    let receipt = record(ledger, &sale, at(0));
    assert_eq!((receipt.pending_lines, waiting(ledger)), (2, [2, 2, 2]));
    // Nothing else was learnt, and an update alone names nothing yet.
    assert_eq!(learn(ledger, &["X", "A"], at(1)), 0);
    update(ledger, 1, 2, vec![named("X", "ex", at(-100))]);
    assert_eq!(
        named_now(ledger, ada, receipt.purchase_id),
        ["-", "one@1", "-"]
    );
    assert_eq!(learn(ledger, &["Y", "X"], at(2)), 2);
    let filed = purchase(ledger, ada, receipt.purchase_id);
    assert_eq!(names(&filed), ["ex@2 later", "one@1", "ex@2 later"]);
    let named_at: Vec<Option<Timestamp>> = filed.names.iter().map(|name| name.named_at).collect();
    assert_eq!(named_at, [Some(at(2)), None, Some(at(2))]);
    assert_eq!(waiting(ledger), [0; 3]);
    let events = ledger.events(ada, 0, 10).unwrap();
    let kinds: Vec<_> = events
        .iter()
        .map(|event| (event.sequence, event.kind, event.at))
        .collect();
    let expected = [
        (1, EventKind::Filed, at(0)),
        (2, EventKind::Named, at(2)),
        (3, EventKind::Named, at(2)),
    ];
    assert_eq!(kinds, expected);
    // Once.
    assert_eq!(learn(ledger, &["X"], at(3)), 0);
    update(ledger, 2, 3, vec![named("X", "why", at(-100))]);
    assert_eq!(learn(ledger, &["X"], at(3)), 0);
    assert_eq!(purchase(ledger, ada, receipt.purchase_id), filed);
    let settled = settle(ledger, &sale, at(4));
    let Settled::AlreadyRecorded(again) = settled else {
        panic!("{settled:?}")
    };
    assert_eq!(
        (again.pending_lines, again.purchase_id),
        (0, receipt.purchase_id)
    );
}

fn first(ledger: &Ledger) {
    town(ledger);
    let ada = add_user(ledger, "Ada");
    let sale = slip("1").line("X", "1", 50).buyer(ada).content();
    let id = record(ledger, &sale, at(0)).purchase_id;
    update(ledger, 0, 1, vec![named("A", "one", at(0))]);
    update(
        ledger,
        1,
        2,
        vec![
            named("X", "tomorrow", at(DAY)),
            named("X", "in a week", at(7 * DAY)),
        ],
    );
    update(ledger, 2, 3, vec![named("X", "yesterday", at(-DAY))]);
    assert_eq!(learn(ledger, &["X"], at(5)), 1);
    assert_eq!(named_now(ledger, ada, id), ["tomorrow@2 later"]);
}

fn ahead(ledger: &Ledger) {
    town(ledger);
    let ada = add_user(ledger, "Ada");
    update(ledger, 0, 3, vec![named("A", "three", at(-100))]);
    let sale = slip("1")
        .line("A", "1", 50)
        .line("X", "1", 50)
        .revision(5)
        .buyer(ada)
        .content();
    let receipt = record(ledger, &sale, at(0));
    let id = receipt.purchase_id;
    // A is known, but not what it was called at revision 5: nothing is guessed.
    assert_eq!(
        (named_now(ledger, ada, id), receipt.pending_lines),
        (vec!["-".into(); 2], 2)
    );
    assert_eq!(learn(ledger, &["A", "X"], at(1)), 0);
    assert_eq!(catch_up(ledger, at(1)), 0);
    update(ledger, 3, 4, vec![named("X", "four", at(-100))]);
    assert_eq!(
        learn(ledger, &["A", "X"], at(2)) + catch_up(ledger, at(2)),
        0
    );
    assert_eq!(named_now(ledger, ada, id), ["-", "-"]);
    update(ledger, 4, 5, vec![named("A", "five", at(-50))]);
    assert_eq!(catch_up(ledger, at(3)), 2);
    assert_eq!(named_now(ledger, ada, id), ["five@5 later", "four@4 later"]);
    assert_eq!(purchase(ledger, ada, id).names[0].named_at, Some(at(3)));
    assert_eq!((waiting(ledger), catch_up(ledger, at(4))), ([0; 3], 0));
    // Another one that comes when the catalogue is there is named at once.
    let sale = slip("2")
        .line("A", "1", 50)
        .line("X", "1", 50)
        .revision(5)
        .buyer(ada)
        .content();
    let id = record(ledger, &sale, at(5)).purchase_id;
    assert_eq!(named_now(ledger, ada, id), ["five@5", "four@4"]);
}

fn ahead_of_a_jump(ledger: &Ledger) {
    town(ledger);
    let ada = add_user(ledger, "Ada");
    update(ledger, 0, 3, vec![named("A", "three", at(-100))]);
    let sale = slip("1")
        .line("A", "1", 50)
        .line("X", "1", 50)
        .revision(5)
        .buyer(ada)
        .content();
    let id = record(ledger, &sale, at(0)).purchase_id;
    update(
        ledger,
        3,
        8,
        vec![named("A", "eight", at(-50)), named("X", "eight", at(100))],
    );
    assert_eq!(catch_up(ledger, at(1)), 2);
    // Revision 8 came after the till's own: it renames nothing, and knows what that did not.
    assert_eq!(
        named_now(ledger, ada, id),
        ["three@3 later", "eight@8 later"]
    );
}

fn still_unknown(ledger: &Ledger) {
    town(ledger);
    let ada = add_user(ledger, "Ada");
    update(ledger, 0, 3, vec![named("A", "three", at(-100))]);
    let sale = slip("1")
        .line("X", "1", 50)
        .revision(4)
        .buyer(ada)
        .content();
    let id = record(ledger, &sale, at(0)).purchase_id;
    update(ledger, 3, 4, vec![named("A", "four", at(-100))]);
    assert_eq!((catch_up(ledger, at(1)), waiting(ledger)), (0, [1; 3]));
    update(ledger, 4, 5, vec![named("X", "five", at(-100))]);
    // It waits for no revision any more, only for its code.
    assert_eq!(catch_up(ledger, at(2)), 0);
    assert_eq!(learn(ledger, &["X"], at(2)), 1);
    assert_eq!(named_now(ledger, ada, id), ["five@5 later"]);
}

/// Makes `revision` out of `base` in the name of `lineage`.
fn update_of(ledger: &Ledger, lineage: &str, base: u64, revision: u64, name: &str) {
    let mut update = whole(
        base,
        revision,
        vec![named("A", name, at(-100 + base.cast_signed()))],
    );
    update.lineage = Some(text(lineage));
    let written = catalogue(ledger, update, at(0));
    assert!(
        matches!(written, CatalogueWritten::Applied(_)),
        "{written:?}"
    );
}

fn lineage(ledger: &Ledger) {
    town(ledger);
    let ada = add_user(ledger, "Ada");
    update_of(ledger, "old", 0, 3, "three");
    let sale = |transaction: &str, revision: u64, lineage: &str| {
        let sale = slip(transaction).line("A", "1", 50).buyer(ada);
        record(
            ledger,
            &sale.revision(revision).lineage(lineage).content(),
            at(0),
        )
        .purchase_id
    };
    let known = sale("1", 3, "old");
    let unknown = sale("2", 2, "new");
    let further = sale("3", 9, "new");
    assert_eq!(named_now(ledger, ada, known), ["three@3"]);
    assert_eq!(named_now(ledger, ada, unknown), ["-"]);
    update_of(ledger, "old", 3, 4, "four");
    assert_eq!(
        catch_up(ledger, at(1)),
        0,
        "revision 2 of another source was never seen"
    );
    update_of(ledger, "new", 4, 5, "five");
    assert_eq!(catch_up(ledger, at(2)), 1);
    // Seen now: of what there was at its own revision, nothing named the code, so the first later
    // one does.
    assert_eq!(named_now(ledger, ada, unknown), ["three@3 later"]);
    assert_eq!(named_now(ledger, ada, further), ["-"]);
    update_of(ledger, "new", 5, 9, "nine");
    assert_eq!(catch_up(ledger, at(3)), 1);
    assert_eq!(named_now(ledger, ada, further), ["nine@9 later"]);
    // The old source's last revision is remembered, and what lies beyond it never came.
    assert_eq!(named_now(ledger, ada, sale("4", 4, "old")), ["four@4"]);
    assert_eq!(named_now(ledger, ada, sale("5", 5, "old")), ["-"]);
}

fn lineage_again(ledger: &Ledger) {
    town(ledger);
    let ada = add_user(ledger, "Ada");
    for (nth, lineage) in (0..).zip(["one", "two", "one", "three"]) {
        update_of(ledger, lineage, nth, nth + 1, lineage);
    }
    let sale = slip("1")
        .line("A", "1", 50)
        .buyer(ada)
        .revision(3)
        .lineage("one")
        .content();
    let id = record(ledger, &sale, at(0)).purchase_id;
    assert_eq!(named_now(ledger, ada, id), ["one@3"]);
}

fn age(ledger: &Ledger) {
    town(ledger);
    let ada = add_user(ledger, "Ada");
    let sold = |transaction: &str, minutes: i64| {
        let sale = slip(transaction)
            .line("X", "1", 50)
            .buyer(ada)
            .at(at(minutes))
            .content();
        record(ledger, &sale, at(0)).purchase_id
    };
    let (old, young) = (sold("1", -1), sold("2", 0));
    update(ledger, 0, 1, vec![named("A", "no", at(0))]);
    update(ledger, 1, 2, vec![named("X", "ex", at(0))]);
    let learnt_at = at(31 * DAY);
    assert_eq!(
        learn(ledger, &["X"], learnt_at),
        1,
        "31 days are not over 31 days"
    );
    assert_eq!(named_now(ledger, ada, young), ["ex@2 later"]);
    assert_eq!(named_now(ledger, ada, old), ["-"]);
    assert_eq!(learn(ledger, &["X"], at(40 * DAY)), 0);
    // A revision that does not name it is no word about it.
    for revision in [0, 1, 3, 9] {
        assert_eq!(
            confirm(ledger, "X", revision, at(40 * DAY)),
            0,
            "{revision}"
        );
    }
    assert_eq!(confirm(ledger, "Y", 2, at(40 * DAY)), 0);
    assert_eq!(named_now(ledger, ada, old), ["-"]);
    assert_eq!(confirm(ledger, "X", 2, at(41 * DAY)), 1);
    assert_eq!(named_now(ledger, ada, old), ["ex@2 later"]);
    assert_eq!(
        purchase(ledger, ada, old).names[0].named_at,
        Some(at(41 * DAY))
    );
    assert_eq!(
        (confirm(ledger, "X", 2, at(42 * DAY)), waiting(ledger)),
        (0, [0; 3])
    );
}

fn discontinued(ledger: &Ledger) {
    town(ledger);
    let ada = add_user(ledger, "Ada");
    update(ledger, 0, 1, vec![ended("X", at(0)), ended("Y", at(1))]);
    let sale = slip("1")
        .line("X", "1", 50)
        .line("Y", "1", 50)
        .buyer(ada)
        .content();
    let id = record(ledger, &sale, at(0)).purchase_id;
    update(
        ledger,
        1,
        2,
        vec![named("X", "ex", at(-9)), named("Y", "why", at(-9))],
    );
    assert_eq!(
        learn(ledger, &["X", "Y"], at(5)),
        1,
        "X may be a reused code"
    );
    assert_eq!(named_now(ledger, ada, id), ["-", "why@2 later"]);
    assert_eq!(confirm(ledger, "X", 2, at(6)), 1);
    assert_eq!(named_now(ledger, ada, id), ["ex@2 later", "why@2 later"]);
}

fn pending_codes(ledger: &Ledger) {
    town(ledger);
    let list = |now: Timestamp| ledger.pending_codes(&store_id("s-1"), now).unwrap();
    assert_eq!(list(at(0)), []);
    for (transaction, minutes, codes) in [
        ("1", 5, ["X", "Y"]),
        ("2", -DAY, ["Y", "Y"]),
        ("3", 9, ["Z", "Y"]),
    ] {
        let sale = codes
            .iter()
            .fold(slip(transaction), |sale, of| sale.line(of, "1", 50));
        record(ledger, &sale.at(at(minutes)).content(), at(10));
    }
    let row = |of: &str, lines: u64, first: i64, last: i64, confirm: Option<u64>| PendingCode {
        code: code(of),
        item: None,
        lines,
        first_seen: at(first),
        last_seen: at(last),
        confirm: confirm.map(Revision),
    };
    let nobody_knows = [
        row("X", 1, 5, 5, None),
        row("Y", 4, -DAY, 9, None),
        row("Z", 1, 9, 9, None),
    ];
    assert_eq!(list(at(10)), nobody_knows);
    update(
        ledger,
        0,
        1,
        vec![named("Y", "why", at(0)), named("A", "one", at(0))],
    );
    let month = at(31 * DAY);
    assert_eq!(learn(ledger, &["Y"], month), 2, "only the young ones");
    assert_eq!(list(month)[1], row("Y", 2, -DAY, -DAY, Some(1)));
    // One line of a code waits for nothing that is there, the next one for the store's word.
    let till = |transaction: &str, minutes: i64, revision: u64| {
        let sale = slip(transaction)
            .line("W", "1", 50)
            .at(at(minutes))
            .revision(revision);
        record(ledger, &sale.content(), month);
    };
    update(ledger, 1, 2, vec![named("W", "double", at(60))]);
    till("4", -20, 2);
    till("5", -10, 1);
    assert_eq!(list(month)[0], row("W", 2, -20, -10, Some(2)));
}

fn erased(ledger: &Ledger) {
    town(ledger);
    let ada = add_user(ledger, "Ada");
    let sale = slip("1")
        .line("X", "1", 50)
        .line("Y", "1", 50)
        .buyer(ada)
        .content();
    record(ledger, &sale, at(0));
    assert_eq!(
        change(ledger, Write::Erase { user_id: ada }, at(1)),
        Changed::Done
    );
    update(
        ledger,
        0,
        1,
        vec![named("X", "ex", at(0)), named("Y", "why", at(0))],
    );
    let Written::Named(step) = write(
        ledger,
        Write::Learn {
            store_id: store_id("s-1"),
            codes: vec![code("X"), code("Y")],
            resume: None,
        },
        at(2),
    ) else {
        panic!("not a step")
    };
    assert_eq!((step.rest, step.resume), (Vec::new(), None));
    assert_eq!(waiting(ledger), [0; 3]);
}

fn unclaimed(ledger: &Ledger) {
    town(ledger);
    let sale = slip("1").line("X", "1", 50).content();
    let receipt = record(ledger, &sale, at(0));
    assert_eq!(waiting(ledger), [1, 1, 0]);
    update(ledger, 0, 1, vec![named("X", "ex", at(0))]);
    assert_eq!(learn(ledger, &["X"], at(1)), 1);
    assert_eq!(waiting(ledger), [0; 3]);
    let settled = settle(ledger, &sale, at(2));
    let Settled::AlreadyRecorded(again) = settled else {
        panic!("{settled:?}")
    };
    assert_eq!((again.pending_lines, again.claim), (0, receipt.claim));
}
