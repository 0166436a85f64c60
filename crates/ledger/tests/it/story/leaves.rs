//! What people keep for themselves, and who looked at what is theirs.

use super::Story;
use crate::world::{add_user, at, change, commit, text};
use ledger::Ledger;
use ledger::account::{Access, Accessor, Leaf, LeafSubject, Touched};
use ledger::write::{Changed, LeafStep, Write};
use purchase::id::{TokenId, UserId};

pub(crate) const STORIES: &[Story] = &[
    ("a person keeps things apart by what they are about", kept),
    ("what is kept is bounded", bounds),
    ("who looked is told, newest first", accesses),
    (
        "of those who looked only the newest are kept",
        many_accesses,
    ),
    ("an erased person keeps nothing", erased),
];

const NOBODY: UserId = UserId([9; 16]);

fn put(user_id: UserId, subject: LeafSubject, of: &[u8], value: &[u8]) -> Write {
    Write::Leaf(LeafStep::Put {
        user_id,
        subject,
        of: of.to_vec(),
        value: value.to_vec(),
    })
}

fn take(user_id: UserId, subject: LeafSubject, of: &[u8]) -> Write {
    Write::Leaf(LeafStep::Take {
        user_id,
        subject,
        of: of.to_vec(),
    })
}

fn kept(ledger: &Ledger) {
    use LeafSubject::{Alias, Note, Setting};
    let (ada, bob) = (add_user(ledger, "Ada"), add_user(ledger, "Bob"));
    let rows = [
        (put(ada, Alias, b"milk", b"the white one"), Changed::Done),
        (put(ada, Alias, b"milk", b"the white one"), Changed::Same),
        (put(ada, Alias, b"milk", b"milk"), Changed::Done),
        (put(ada, Alias, b"bread", b""), Changed::Done),
        (put(ada, Note, b"milk", b"a note"), Changed::Done),
        (put(bob, Alias, b"milk", b"his"), Changed::Done),
        (put(NOBODY, Alias, b"milk", b"x"), Changed::NotFound),
        (put(ada, Setting, b"", b"ja"), Changed::Done),
        (take(ada, Note, b"bread"), Changed::NotFound),
        (take(NOBODY, Alias, b"milk"), Changed::NotFound),
        (take(ada, Note, b"milk"), Changed::Done),
        (take(ada, Note, b"milk"), Changed::NotFound),
    ];
    for (write, expected) in rows {
        let what = format!("{write:?}");
        assert_eq!(change(ledger, write, at(1)), expected, "{what}");
    }
    let leaf = |user_id, subject, of: &[u8]| ledger.leaf(user_id, subject, of).unwrap();
    assert_eq!(leaf(ada, Alias, b"milk").as_deref(), Some(&b"milk"[..]));
    assert_eq!(leaf(bob, Alias, b"milk").as_deref(), Some(&b"his"[..]));
    assert_eq!(leaf(ada, Alias, b"bread").as_deref(), Some(&b""[..]));
    assert_eq!(leaf(ada, Setting, b"").as_deref(), Some(&b"ja"[..]));
    assert_eq!(leaf(ada, Note, b"milk"), None);
    assert_eq!(leaf(NOBODY, Alias, b"milk"), None);
    let mut all = ledger.leaves(ada, Alias).unwrap();
    all.sort_by(|one, other| one.of.cmp(&other.of));
    let expected = [("bread", ""), ("milk", "milk")].map(|(of, value)| Leaf {
        of: of.into(),
        value: value.into(),
    });
    assert_eq!(all, expected);
    assert_eq!(ledger.leaves(ada, Note).unwrap(), []);
    assert_eq!(ledger.leaves(NOBODY, Alias).unwrap(), []);
}

fn bounds(ledger: &Ledger) {
    let ada = add_user(ledger, "Ada");
    let subject = LeafSubject::Note;
    let rows = [
        (put(ada, subject, &[7; 1_024], &[7; 4_096]), Changed::Done),
        (put(ada, subject, b"value", &[7; 4_097]), Changed::Full),
        (put(ada, subject, &[7; 1_025], b"of"), Changed::Full),
    ];
    for (write, expected) in rows {
        assert_eq!(change(ledger, write, at(1)), expected);
    }
    // One is there; of all others there is room for so many.
    let all: Vec<u16> = (1..10_000).collect();
    for some in all.chunks(2_500) {
        let puts = some
            .iter()
            .map(|of| put(ada, subject, &of.to_be_bytes(), b"x"));
        commit(ledger, puts.collect(), at(2));
    }
    let one_more = || change(ledger, put(ada, subject, b"one more", b"x"), at(3));
    assert_eq!(one_more(), Changed::Full);
    let changed = put(ada, subject, &1_u16.to_be_bytes(), b"y");
    assert_eq!(
        change(ledger, changed, at(4)),
        Changed::Done,
        "what is there changes"
    );
    let gone = take(ada, subject, &1_u16.to_be_bytes());
    assert_eq!(change(ledger, gone, at(5)), Changed::Done);
    assert_eq!(one_more(), Changed::Done);
    assert_eq!(ledger.leaves(ada, subject).unwrap().len(), 10_000);
}

fn look(user_id: UserId, by: Accessor, what: Touched, reason: Option<&str>) -> Write {
    Write::Leaf(LeafStep::Accessed {
        user_id,
        by,
        what,
        reason: reason.map(text),
    })
}

fn accesses(ledger: &Ledger) {
    let (ada, bob) = (add_user(ledger, "Ada"), add_user(ledger, "Bob"));
    let operator = Accessor::Operator {
        token_id: TokenId([3; 16]),
    };
    let partner = Accessor::Partner {
        name: text("Kakeibo"),
    };
    let looks = [
        (operator.clone(), Touched::Profile, Some("she called")),
        (partner.clone(), Touched::Delivery, Some("as consented")),
        (Accessor::Person, Touched::Purchases, None),
    ];
    for (minute, (by, what, reason)) in (1..).zip(looks.clone()) {
        let write = look(ada, by, what, reason);
        assert_eq!(change(ledger, write, at(minute)), Changed::Done);
    }
    let nobody = look(NOBODY, operator, Touched::Profile, Some("why"));
    assert_eq!(change(ledger, nobody, at(4)), Changed::NotFound);
    let entry = |number: u64| {
        let (by, what, reason) = looks[usize::try_from(number).unwrap() - 1].clone();
        Access {
            number,
            at: at(i64::try_from(number).unwrap()),
            by,
            what,
            reason: reason.map(text),
        }
    };
    let page = |before: Option<u64>, limit: usize| ledger.accesses(ada, before, limit).unwrap();
    assert_eq!(page(None, 9), [3, 2, 1].map(entry));
    assert_eq!(page(None, 2), [3, 2].map(entry));
    assert_eq!(page(Some(2), 2), [entry(1)]);
    assert_eq!((page(Some(1), 2), page(Some(0), 2)), (vec![], vec![]));
    assert_eq!(page(Some(99), 1), [entry(3)]);
    assert_eq!(page(None, 0), []);
    assert_eq!(ledger.accesses(bob, None, 9).unwrap(), []);
}

fn many_accesses(ledger: &Ledger) {
    let ada = add_user(ledger, "Ada");
    for _ in 0..3 {
        let looks = (0..1_667).map(|_| look(ada, Accessor::Person, Touched::Profile, None));
        commit(ledger, looks.collect(), at(1));
    }
    let all = ledger.accesses(ada, None, 9_999).unwrap();
    assert_eq!(all.len(), 5_000);
    assert_eq!((all[0].number, all[4_999].number), (5_001, 2));
    assert_eq!(ledger.accesses(ada, Some(2), 9).unwrap(), []);
}

fn erased(ledger: &Ledger) {
    let (ada, bob) = (add_user(ledger, "Ada"), add_user(ledger, "Bob"));
    for user_id in [ada, bob] {
        for subject in [LeafSubject::Note, LeafSubject::Consent] {
            change(ledger, put(user_id, subject, b"of", b"value"), at(1));
        }
        let seen = look(user_id, Accessor::Person, Touched::Profile, None);
        change(ledger, seen, at(2));
    }
    assert_eq!(
        change(ledger, Write::Erase { user_id: ada }, at(3)),
        Changed::Done
    );
    let left = ledger.stored_rows().unwrap();
    let of = |user_id: UserId| {
        let is_kept = |kind: u8| [31, 36, 38, 40].contains(&kind);
        let is_of = |key: &[u8]| is_kept(key[0]) && key[1..17] == user_id.0;
        left.iter().filter(|row| is_of(&row.key)).count()
    };
    assert_eq!((of(ada), of(bob)), (0, 3));
    assert_eq!(ledger.leaf(ada, LeafSubject::Note, b"of").unwrap(), None);
    assert!(
        ledger
            .leaf(bob, LeafSubject::Note, b"of")
            .unwrap()
            .is_some()
    );
}
