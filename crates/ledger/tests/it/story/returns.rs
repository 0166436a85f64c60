//! What comes back, by line and quantity, and what is taken back whole, in whichever order the
//! settlements arrive. Totals count a return negative and a voided pair as nothing.

use super::Story;
use crate::slip::{Slip, TODAY, amount, day, slip};
use crate::world::{add_user, at, purchase, record, settle, settle_all, store_id, town};
use ledger::Ledger;
use ledger::account::EventKind;
use ledger::write::{Refusal, Settled};
use purchase::id::UserId;
use purchase::settlement::Content;
use purchase::warning::{Warning, Warnings};

pub(crate) const STORIES: &[Story] = &[
    ("by line and quantity", by_line),
    ("more than was sold", over),
    ("without a receipt", without_receipt),
    ("a return before its sale", early_return),
    ("returns before their sale, one too many", early_over),
    ("a void", void),
    ("a void before its sale", early_void),
    ("a void of a return gives its goods back", void_of_return),
    (
        "a void of a return, both before the sale",
        early_void_of_return,
    ),
    (
        "a void that comes too late for what it voids",
        impossible_early_void,
    ),
    ("two voids before their sale", two_early_voids),
    ("a void of another total, before its sale", early_void_total),
    ("an exchange", exchange),
    ("more early returns than are remembered", too_many_early),
];

/// Which line came back, and how much of it.
type Lines = &'static [(u16, &'static str)];

/// A sale of two lines: 3 pieces at 100 and 1.5 kilos at 200, to Ada.
fn sold(ledger: &Ledger) -> (UserId, Content) {
    town(ledger);
    let ada = add_user(ledger, "Ada");
    (
        ada,
        slip("sale")
            .line("A", "3", 100)
            .line("B", "1.5", 200)
            .buyer(ada)
            .content(),
    )
}

fn back(transaction: &str, sale: &Content, lines: &[(u16, &str)]) -> Slip {
    let slip = lines
        .iter()
        .fold(slip(transaction), |slip, (line, how_much)| {
            let (of, price) = if *line == 1 { ("A", 100) } else { ("B", 200) };
            slip.line(of, how_much, price)
        });
    slip.returns(sale, lines)
}

/// What has come back of the sale, as its store and as its owner see it.
fn returned(ledger: &Ledger, ada: UserId, sale: &Content) -> Vec<u64> {
    let recorded = ledger.recorded(&sale.key).unwrap().expect("recorded");
    let by_store: Vec<u64> = recorded
        .lines
        .iter()
        .map(|line| line.returned_micros)
        .collect();
    for line in &recorded.lines {
        assert!(line.returned_micros <= line.sold_micros);
    }
    let page = ledger.page(ada, &Default::default(), 99, &|filed| {
        filed.settlement.content().key == sale.key
    });
    let filed = page.unwrap().purchases.remove(0);
    let by_owner = filed.returned_micros;
    assert!(by_owner.is_empty() && by_store.iter().all(|back| *back == 0) || by_owner == by_store);
    assert_eq!(filed.voided_by, recorded.voided_by);
    by_store
}

/// The money of the day, of the store and of Ada, which agree as all of it is hers.
fn money(ledger: &Ledger) -> i128 {
    let today = ledger.day(&store_id("s-1"), day(TODAY)).unwrap().tally;
    let store = ledger.count_stores().unwrap().remove(0).tally;
    let user = ledger.count_users(None, 9).unwrap().remove(0).tally;
    assert_eq!(today, store);
    assert_eq!(today, user);
    today.totals.iter().map(|(_, sum)| sum.minor()).sum()
}

fn warned(ledger: &Ledger, content: &Content) -> Warnings {
    match settle(ledger, content, at(99)) {
        Settled::AlreadyRecorded(receipt) => {
            if let purchase::id::OwnerId::User(user_id) = receipt.owner {
                assert_eq!(
                    purchase(ledger, user_id, receipt.purchase_id).warnings,
                    receipt.warnings
                );
            }
            receipt.warnings
        }
        other => panic!("{:?} is not recorded: {other:?}", content.key),
    }
}

const NONE: Warnings = Warnings::from_bits(0);
const OVER: Warnings = NONE.with(Warning::OverReturned);

fn by_line(ledger: &Ledger) {
    let (ada, sale) = sold(ledger);
    record(ledger, &sale, at(0));
    assert_eq!(
        (returned(ledger, ada, &sale), money(ledger)),
        (vec![0, 0], 600)
    );
    let rows: [(Lines, [u64; 2], i128); 4] = [
        (&[(1, "1")], [1_000_000, 0], 500),
        (&[(2, "0.25")], [1_000_000, 250_000], 450),
        // The same line twice in one return.
        (&[(1, "1"), (1, "1")], [3_000_000, 250_000], 250),
        (&[(2, "1.25")], [3_000_000, 1_500_000], 0),
    ];
    for (nth, (lines, expected, total)) in rows.into_iter().enumerate() {
        let back = back(&format!("{nth}"), &sale, lines).content();
        let receipt = record(ledger, &back, at(1));
        assert_eq!(
            (returned(ledger, ada, &sale), money(ledger)),
            (expected.to_vec(), total)
        );
        assert_eq!(receipt.warnings, NONE, "row {nth}");
        assert_eq!(
            settle(ledger, &back, at(2)),
            Settled::AlreadyRecorded(receipt)
        );
        assert_eq!(money(ledger), total, "the same again counts once");
    }
    let kinds: Vec<_> = ledger
        .events(ada, 0, 99)
        .unwrap()
        .iter()
        .map(|event| event.kind)
        .collect();
    let (filed, changed) = (EventKind::Filed, EventKind::Changed);
    assert_eq!(kinds, [&[filed][..], &[filed, changed].repeat(4)].concat());
}

fn over(ledger: &Ledger) {
    let (ada, sale) = sold(ledger);
    record(ledger, &sale, at(0));
    let rows: [(Lines, [u64; 2], Warnings); 5] = [
        (&[(1, "2")], [2_000_000, 0], NONE),
        (&[(1, "2")], [3_000_000, 0], OVER),
        (&[(1, "1")], [3_000_000, 0], OVER),
        (&[(9, "1")], [3_000_000, 0], OVER),
        (&[(2, "1.5")], [3_000_000, 1_500_000], NONE),
    ];
    for (nth, (lines, expected, warnings)) in rows.into_iter().enumerate() {
        let back = back(&format!("{nth}"), &sale, lines).content();
        assert_eq!(record(ledger, &back, at(1)).warnings, warnings, "row {nth}");
        assert_eq!(returned(ledger, ada, &sale), expected, "row {nth}");
        assert_eq!(warned(ledger, &back), warnings);
    }
    // The money is out, whatever was sold.
    assert_eq!(money(ledger), 600 - 200 - 200 - 100 - 200 - 300);
}

fn without_receipt(ledger: &Ledger) {
    let (ada, sale) = sold(ledger);
    record(ledger, &sale, at(0));
    let back = slip("1")
        .line("A", "1", 100)
        .returned()
        .buyer(ada)
        .content();
    assert_eq!(record(ledger, &back, at(1)).warnings, NONE);
    assert_eq!(
        (returned(ledger, ada, &sale), money(ledger)),
        (vec![0, 0], 500)
    );
}

fn early_return(ledger: &Ledger) {
    let (ada, sale) = sold(ledger);
    let back = back("1", &sale, &[(1, "1"), (2, "0.5")])
        .buyer(ada)
        .content();
    assert_eq!(record(ledger, &back, at(0)).warnings, NONE);
    assert_eq!(money(ledger), -200);
    assert_eq!(ledger.recorded(&sale.key).unwrap(), None);
    record(ledger, &sale, at(1));
    assert_eq!(
        (returned(ledger, ada, &sale), money(ledger)),
        (vec![1_000_000, 500_000], 400)
    );
    assert_eq!(warned(ledger, &back), NONE);
    // It counts once, and what is left is still there.
    settle(ledger, &sale, at(2));
    assert_eq!(returned(ledger, ada, &sale), [1_000_000, 500_000]);
}

fn early_over(ledger: &Ledger) {
    let (ada, sale) = sold(ledger);
    let backs = ["1", "2"].map(|number| back(number, &sale, &[(1, "2")]).buyer(ada).content());
    for back in &backs {
        assert_eq!(
            record(ledger, back, at(0)).warnings,
            NONE,
            "nobody can know yet"
        );
    }
    record(ledger, &sale, at(1));
    assert_eq!(
        (returned(ledger, ada, &sale), money(ledger)),
        (vec![3_000_000, 0], 200)
    );
    assert_eq!(backs.map(|back| warned(ledger, &back)), [NONE, OVER]);
}

fn void(ledger: &Ledger) {
    let (ada, sale) = sold(ledger);
    let receipt = record(ledger, &sale, at(0));
    let void = slip("1").voids(&sale).content();
    record(ledger, &void, at(1));
    assert_eq!(money(ledger), 0);
    assert_eq!(returned(ledger, ada, &sale), [0, 0]);
    let filed = purchase(ledger, ada, receipt.purchase_id);
    assert_eq!(filed.voided_by.as_ref(), Some(&void.key));
    // Goods of a voided sale cannot come back any more, but the money may be out.
    let back = back("2", &sale, &[(1, "1")]).content();
    assert_eq!(record(ledger, &back, at(2)).warnings, OVER);
    assert_eq!(
        (returned(ledger, ada, &sale), money(ledger)),
        (vec![0, 0], -100)
    );
}

fn early_void(ledger: &Ledger) {
    let (ada, sale) = sold(ledger);
    let void = slip("1").voids(&sale).buyer(ada).content();
    record(ledger, &void, at(0));
    assert_eq!(money(ledger), -600);
    let receipt = record(ledger, &sale, at(1));
    assert_eq!(
        (returned(ledger, ada, &sale), money(ledger)),
        (vec![0, 0], 0)
    );
    let filed = purchase(ledger, ada, receipt.purchase_id);
    assert_eq!(filed.voided_by.as_ref(), Some(&void.key));
    let again = settle(ledger, &slip("2").voids(&sale).content(), at(2));
    assert_eq!(again, Settled::Refused(Refusal::AlreadyVoided));
}

fn void_of_return(ledger: &Ledger) {
    let (ada, sale) = sold(ledger);
    record(ledger, &sale, at(0));
    let backs = ["1", "2"].map(|number| back(number, &sale, &[(1, "2")]).content());
    for back in &backs {
        record(ledger, back, at(1));
    }
    assert_eq!(
        (returned(ledger, ada, &sale), money(ledger)),
        (vec![3_000_000, 0], 200)
    );
    // The second one could count only 1 of its 2; voided, it gives that 1 back, and no more.
    record(ledger, &slip("3").voids(&backs[1]).content(), at(2));
    assert_eq!(
        (returned(ledger, ada, &sale), money(ledger)),
        (vec![2_000_000, 0], 400)
    );
    record(ledger, &slip("4").voids(&backs[0]).content(), at(3));
    assert_eq!(
        (returned(ledger, ada, &sale), money(ledger)),
        (vec![0, 0], 600)
    );
    let back = back("5", &sale, &[(1, "3")]).content();
    assert_eq!(
        record(ledger, &back, at(4)).warnings,
        NONE,
        "all of it can come back again"
    );
}

fn early_void_of_return(ledger: &Ledger) {
    let (ada, sale) = sold(ledger);
    let back = back("1", &sale, &[(1, "2")]).buyer(ada).content();
    let void = slip("2").voids(&back).buyer(ada).content();
    // The void first, then the return, then the sale.
    record(ledger, &void, at(0));
    assert_eq!(
        money(ledger),
        -200,
        "taken for the void of a sale until more is known"
    );
    record(ledger, &back, at(1));
    assert_eq!(money(ledger), 0);
    record(ledger, &sale, at(2));
    assert_eq!(
        (returned(ledger, ada, &sale), money(ledger)),
        (vec![0, 0], 600)
    );
    let voided = ledger
        .recorded(&back.key)
        .unwrap()
        .expect("recorded")
        .voided_by;
    assert_eq!(voided, Some(void.key));
}

fn impossible_early_void(ledger: &Ledger) {
    let (ada, sale) = sold(ledger);
    let back = back("1", &sale, &[(1, "1")]).buyer(ada).content();
    let void = slip("2").voids(&sale).buyer(ada).content();
    record(ledger, &back, at(0));
    record(ledger, &void, at(0));
    record(ledger, &sale, at(1));
    // In its right place the void would have been refused: it voids nothing and counts nothing.
    assert_eq!(
        (returned(ledger, ada, &sale), money(ledger)),
        (vec![1_000_000, 0], 500)
    );
    assert_eq!(
        ledger
            .recorded(&sale.key)
            .unwrap()
            .expect("recorded")
            .voided_by,
        None
    );
    let void = slip("3").voids(&void).content();
    assert_eq!(
        settle(ledger, &void, at(2)),
        Settled::Refused(Refusal::VoidOfVoid)
    );
}

fn two_early_voids(ledger: &Ledger) {
    let (ada, sale) = sold(ledger);
    let voids = ["1", "2"].map(|number| slip(number).voids(&sale).buyer(ada).content());
    for void in &voids {
        record(ledger, void, at(0));
    }
    let receipt = record(ledger, &sale, at(1));
    assert_eq!(
        (returned(ledger, ada, &sale), money(ledger)),
        (vec![0, 0], 0)
    );
    let filed = purchase(ledger, ada, receipt.purchase_id);
    assert_eq!(
        filed.voided_by.as_ref(),
        Some(&voids[0].key),
        "the first one that came"
    );
}

fn early_void_total(ledger: &Ledger) {
    let (ada, sale) = sold(ledger);
    record(
        ledger,
        &slip("1").voids(&sale).total(500).buyer(ada).content(),
        at(0),
    );
    assert_eq!(money(ledger), -500);
    record(ledger, &sale, at(1));
    let voided = ledger
        .recorded(&sale.key)
        .unwrap()
        .expect("recorded")
        .voided_by;
    let expected = if voided.is_some() { 0 } else { 600 };
    assert_eq!(
        money(ledger),
        expected,
        "a voided pair is nothing, whatever the void says"
    );
}

fn exchange(ledger: &Ledger) {
    let (ada, sale) = sold(ledger);
    record(ledger, &sale, at(0));
    let back = back("1", &sale, &[(1, "1")]).buyer(ada).content();
    let new = slip("2")
        .line("C", "1", 100)
        .buyer(ada)
        .with(&back)
        .content();
    let back = Content {
        with: Some(new.key.clone()),
        ..back
    };
    for settled in settle_all(ledger, &[back, new], at(1)) {
        assert!(matches!(settled, Settled::Recorded(_)), "{settled:?}");
    }
    assert_eq!(
        (returned(ledger, ada, &sale), money(ledger)),
        (vec![1_000_000, 0], 600)
    );
}

fn too_many_early(ledger: &Ledger) {
    town(ledger);
    let ada = add_user(ledger, "Ada");
    let sale = slip("sale").line("A", "100", 1).buyer(ada).content();
    for number in 0..70 {
        let back = slip(&format!("{number}"))
            .line("A", "1", 1)
            .returns(&sale, &[(1, "1")]);
        record(ledger, &back.buyer(ada).content(), at(0));
    }
    record(ledger, &sale, at(1));
    // All are recorded and paid out; the sale knows of as many as are remembered for one.
    assert_eq!(returned(ledger, ada, &sale), [64_000_000]);
    assert_eq!(money(ledger), amount(100 - 70).minor().into());
}
