//! What people keep for themselves, and who looked at what is theirs.

use super::Story;
use super::merging::is_sound;
use crate::world::{add_user, at, change, commit, text};
use ledger::Ledger;
use ledger::account::{Access, Accessor, Leaf, LeafSubject, Touched};
use ledger::write::{Changed, LeafStep, Write};
use purchase::id::{TokenId, UserId};
use purchase::text::Text;

pub(crate) const STORIES: &[Story] = &[
    ("a person keeps things apart by what they are about", kept),
    ("what is kept is bounded", bounds),
    ("who looked is told, newest first", accesses),
    ("nobody pushes out what others did", many_accesses),
    ("what is taken again is told once in an hour", exported),
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

/// How many entries there are of those that were made by one who looked, and the first of them.
fn told(ledger: &Ledger, user_id: UserId, by: &Accessor) -> (usize, Option<u64>) {
    let all = ledger.accesses(user_id, None, 9_999).unwrap();
    let of_one: Vec<_> = all.iter().filter(|it| it.by == *by).collect();
    (of_one.len(), of_one.last().map(|it| it.number))
}

fn many_accesses(ledger: &Ledger) {
    let ada = add_user(ledger, "Ada");
    let token_id = TokenId([3; 16]);
    let operator = Accessor::Operator { token_id };
    let program = Accessor::Program { token_id };
    let partner = Accessor::Partner {
        name: text("Kakeibo"),
    };
    let looks = |by: &Accessor, count: usize, minute: i64| {
        for _ in 0..3 {
            let some = (0..count / 3).map(|_| look(ada, by.clone(), Touched::Profile, None));
            commit(ledger, some.collect(), at(minute));
        }
    };
    for (by, first) in [(&operator, 1), (&partner, 4), (&Accessor::Household, 7)] {
        looks(by, 3, 1);
        assert_eq!(told(ledger, ada, by), (3, Some(first)));
    }
    // Whoever comes in as the person pushes out only what was done in that way.
    looks(&Accessor::Person, 3_000, 2);
    looks(&program, 2_100, 3);
    let kept = |by: &Accessor, least: usize| {
        let (count, _) = told(ledger, ada, by);
        assert!((least..least + 64).contains(&count), "{by:?}: {count}");
    };
    kept(&program, 1_000);
    assert_eq!(told(ledger, ada, &Accessor::Person), (0, None));
    for (by, first) in [(&operator, 1), (&partner, 4), (&Accessor::Household, 7)] {
        assert_eq!(told(ledger, ada, by), (3, Some(first)), "{by:?}");
    }
    // Nor does anybody else push out what others did.
    looks(&Accessor::Household, 600, 4);
    kept(&Accessor::Household, 500);
    kept(&program, 1_000);
    for (by, first) in [(&operator, 1), (&partner, 4)] {
        assert_eq!(told(ledger, ada, by), (3, Some(first)), "{by:?}");
    }
    pages_are_whole(ledger, ada);
    is_sound(ledger, "after very many");
}

/// Page by page nothing is left out, however far apart the numbers are.
fn pages_are_whole(ledger: &Ledger, user_id: UserId) {
    let all = ledger.accesses(user_id, None, 9_999).unwrap();
    let mut leafed: Vec<Access> = Vec::new();
    loop {
        let before = leafed.last().map(|it| it.number);
        let page = ledger.accesses(user_id, before, 700).unwrap();
        leafed.extend(page.iter().cloned());
        if page.len() < 700 {
            break;
        }
    }
    assert_eq!(leafed, all);
}

fn exported(ledger: &Ledger) {
    let ada = add_user(ledger, "Ada");
    let program = |id: u8| Accessor::Program {
        token_id: TokenId([id; 16]),
    };
    let long = "x".repeat(201);
    let rows = [
        (0, Accessor::Person, "csv", Changed::Done),
        (0, Accessor::Person, "csv", Changed::Same),
        (1, Accessor::Person, "bundle", Changed::Done),
        (2, program(1), "csv", Changed::Done),
        (3, program(2), "csv", Changed::Done),
        (59, Accessor::Person, "csv", Changed::Same),
        (60, Accessor::Person, "csv", Changed::Done),
        (60, Accessor::Person, "bundle", Changed::Same),
        (61, program(1), "csv", Changed::Same),
        (62, program(1), "csv", Changed::Done),
        // The clock was put back by an hour.
        (1, Accessor::Person, "csv", Changed::Same),
        (-1, Accessor::Person, "csv", Changed::Done),
    ];
    for (minute, by, form, expected) in rows {
        let what = format!("{minute} {by:?} {form}");
        let export = LeafStep::Exported {
            user_id: ada,
            by,
            form: text(form),
        };
        let written = change(ledger, Write::Leaf(export), at(minute));
        assert_eq!(written, expected, "{what}");
    }
    assert_eq!(ledger.accesses(ada, None, 99).unwrap().len(), 7);
    for (user_id, form, expected) in [
        (NOBODY, "csv", Changed::NotFound),
        (ada, &*long, Changed::Full),
    ] {
        let export = LeafStep::Exported {
            user_id,
            by: Accessor::Person,
            form: Text::new(form, 999).unwrap(),
        };
        let written = change(ledger, Write::Leaf(export), at(200));
        assert_eq!(written, expected, "{form}");
    }
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
