//! Keys of operators: how far they reach, when they go; and that what is done by them is noted.

use super::Story;
use crate::world::{add_user, at, change, store_id, text, town};
use ledger::Ledger;
use ledger::account::{Act, Grant, Note, Opens, Scope};
use ledger::write::{Changed, NewOperator, Noted, Write};
use purchase::id::TokenId;
use purchase::time::Timestamp;

pub(crate) const STORIES: &[Story] = &[
    ("a key of an operator opens what it was made for", grants),
    ("a browser goes with the key that let it in", browsers),
    ("somebody can always come in for everything", last),
    ("what an operator does is noted if it is done", notes),
    ("the oldest notes go first", pruned),
];

fn id(number: u8) -> TokenId {
    TokenId([number; 16])
}

fn key(number: u8, grant: Grant) -> Write {
    Write::AddOperator(Box::new(NewOperator {
        token_id: id(number),
        hash: [number; 32],
        label: Some(text("Kim")),
        grant,
    }))
}

fn revoked(number: u8) -> Write {
    let token_id = id(number);
    Write::RevokeToken { token_id }
}

fn browser(of: u8) -> Grant {
    Grant {
        expires_at: Some(at(60)),
        session_of: Some(id(of)),
        ..Grant::everything()
    }
}

fn ids(ledger: &Ledger) -> Vec<u8> {
    let keys = ledger.operators().unwrap();
    keys.iter().map(|key| key.token_id.0[0]).collect()
}

fn grants(ledger: &Ledger) {
    let scopes = [Scope::Everything, Scope::Store(store_id("s-1"))];
    for (number, scope) in (1..).zip(scopes) {
        let grant = Grant {
            scope,
            ..Grant::everything()
        };
        assert_eq!(
            change(ledger, key(number, grant.clone()), at(1)),
            Changed::Done
        );
        let token_id = id(number);
        let known = ledger.operator(token_id).unwrap().unwrap();
        assert_eq!(
            (known.grant, known.label),
            (grant.clone(), Some(text("Kim")))
        );
        let opens = Opens::Operator { token_id, grant };
        assert_eq!(ledger.opens(&[number; 32]).unwrap(), Some(opens));
    }
    assert_eq!(ledger.operator(id(9)).unwrap(), None);
    let long = NewOperator {
        label: Some(purchase::text::Text::new(&"a".repeat(201), 300).unwrap()),
        ..NewOperator::everything(id(3), [3; 32])
    };
    let write = Write::AddOperator(Box::new(long));
    assert_eq!(change(ledger, write, at(1)), Changed::Full);
}

fn browsers(ledger: &Ledger) {
    let orphan = key(5, browser(4));
    assert_eq!(change(ledger, orphan, at(1)), Changed::NotFound);
    for write in [
        key(1, Grant::everything()),
        key(2, Grant::everything()),
        key(11, browser(1)),
        key(12, browser(2)),
    ] {
        assert_eq!(change(ledger, write, at(1)), Changed::Done);
    }
    assert_eq!(change(ledger, revoked(1), at(2)), Changed::Done);
    assert_eq!(ids(ledger), [2, 12]);
    assert_eq!(ledger.opens(&[11; 32]).unwrap(), None);
    assert!(ledger.opens(&[12; 32]).unwrap().is_some());
    // What has ended goes when somebody comes in again.
    let later = Grant {
        expires_at: Some(at(90)),
        ..browser(2)
    };
    assert_eq!(change(ledger, key(13, later), at(60)), Changed::Done);
    assert_eq!(ids(ledger), [2, 13]);
    assert_eq!(ledger.opens(&[12; 32]).unwrap(), None);
}

fn last(ledger: &Ledger) {
    let of_store = Grant {
        scope: Scope::Store(store_id("s-1")),
        ..Grant::everything()
    };
    for write in [
        key(1, Grant::everything()),
        key(2, of_store),
        key(3, browser(1)),
    ] {
        assert_eq!(change(ledger, write, at(1)), Changed::Done);
    }
    assert_eq!(change(ledger, revoked(1), at(2)), Changed::Last);
    assert_eq!(change(ledger, revoked(2), at(2)), Changed::Done);
    assert_eq!(change(ledger, revoked(3), at(2)), Changed::Done);
    assert_eq!(ids(ledger), [1]);
}

fn noted(act: Act, write: Option<Write>) -> Write {
    let note = Note {
        by: id(1),
        label: Some(text("Kim")),
        act,
        store_id: Some(store_id("s-1")),
        detail: None,
    };
    Write::Noted(Box::new(Noted { note, write }))
}

fn entries(ledger: &Ledger) -> Vec<(Timestamp, u32, Act)> {
    let all = ledger.audited(at(-9), Timestamp::LAST, 100).unwrap();
    let entry = |entry: &ledger::account::Audited| (entry.at, entry.number, entry.note.act);
    all.iter().map(entry).collect()
}

fn notes(ledger: &Ledger) {
    town(ledger);
    add_user(ledger, "Ada");
    let rows = [
        (
            noted(Act::KeyAdded, Some(key(1, Grant::everything()))),
            1,
            Changed::Done,
        ),
        (
            noted(Act::KeyAdded, Some(key(2, Grant::everything()))),
            1,
            Changed::Done,
        ),
        (
            noted(Act::KeyRevoked, Some(revoked(9))),
            2,
            Changed::NotFound,
        ),
        (noted(Act::ReceiptSought, None), 3, Changed::Done),
        (noted(Act::KeyRevoked, Some(revoked(2))), 3, Changed::Done),
        (noted(Act::KeyRevoked, Some(revoked(1))), 4, Changed::Last),
    ];
    for (write, minute, expected) in rows {
        let what = format!("{write:?}");
        assert_eq!(change(ledger, write, at(minute)), expected, "{what}");
    }
    let expected = [
        (at(1), 1, Act::KeyAdded),
        (at(1), 2, Act::KeyAdded),
        (at(3), 1, Act::ReceiptSought),
        (at(3), 2, Act::KeyRevoked),
    ];
    assert_eq!(entries(ledger), expected);
    assert_eq!(ledger.audited(at(2), at(9), 1).unwrap().len(), 1);
    assert_eq!(ledger.audited(at(1), at(3), 9).unwrap().len(), 2);
    assert_eq!(ledger.verify(&mut |_| ()).unwrap().problems, []);
}

fn pruned(ledger: &Ledger) {
    for minute in 1..=5 {
        change(ledger, noted(Act::PersonSought, None), at(minute));
    }
    assert_eq!(ledger.count_audited().unwrap(), 5);
    let prune = |count: usize| change(ledger, Write::PruneAudit { count }, at(9));
    assert_eq!((prune(0), prune(3)), (Changed::Same, Changed::Done));
    let left: Vec<_> = entries(ledger).iter().map(|entry| entry.0).collect();
    assert_eq!(left, [at(4), at(5)]);
    assert_eq!((prune(9), prune(9)), (Changed::Done, Changed::Same));
}
