//! Browsers in which people are signed in, and how people leave.

use super::Story;
use crate::world::{add_token, add_user, at, change, claim, sha256, text, write};
use ledger::Ledger;
use ledger::account::{Credential, LeafSubject, LookUp, Opens};
use ledger::profile::Profile;
use ledger::write::{
    Changed, Claimed, FirstKey, LeafStep, NewSession, SessionStep, SignInStep, Write, Written,
};
use purchase::id::{CredentialId, SessionId, UserId};
use purchase::settlement::ClaimHash;
use purchase::text::Text;
use purchase::time::Timestamp;

pub(crate) const STORIES: &[Story] = &[
    ("a person comes without an operator", alone),
    ("a browser opens pages until it is closed", sessions),
    ("a browser that is seen stays open, not for ever", seen),
    (
        "of many browsers the one not seen longest ends",
        many_sessions,
    ),
    ("who asks to go may stay until it is over", leaving),
    ("accounts that nobody used go, and no others", unused),
];

pub(super) const NOBODY: UserId = UserId([9; 16]);

pub(super) fn session(id: u8, label: &str, expires: i64, ends: i64) -> NewSession {
    NewSession {
        session_id: SessionId([id; 16]),
        hash: [id; 32],
        label: text(label),
        expires_at: at(expires),
        ends_at: at(ends),
    }
}

pub(super) fn open(ledger: &Ledger, user_id: UserId, session: NewSession, now: i64) -> Changed {
    let step = SessionStep::Open { user_id, session };
    change(ledger, Write::Session(step), at(now))
}

pub(super) fn sign_in(ledger: &Ledger, step: SignInStep, now: i64) -> Changed {
    change(ledger, Write::SignIn(step), at(now))
}

fn labels(ledger: &Ledger, user_id: UserId) -> Vec<String> {
    let sessions = ledger.sessions(user_id).unwrap();
    let label = |session: &ledger::account::Session| session.label.as_str().to_owned();
    sessions.iter().map(label).collect()
}

pub(super) fn opens(ledger: &Ledger, id: u8) -> Option<Timestamp> {
    match ledger.opens(&[id; 32]).unwrap() {
        Some(Opens::Session {
            session_id,
            expires_at,
            ..
        }) => {
            assert_eq!(session_id, SessionId([id; 16]));
            Some(expires_at)
        }
        other => {
            assert_eq!(other, None);
            None
        }
    }
}

fn alone(ledger: &Ledger) {
    let spare = ledger.take_key().unwrap();
    let add = Write::AddUser {
        spare,
        profile: Box::new(Profile::default()),
        first: FirstKey::Session(session(1, "phone", 10, 20)),
    };
    let come = |changed: Changed| match write(ledger, add.clone(), at(0)) {
        Written::User {
            user_id,
            changed: became,
        } => {
            assert_eq!(became, changed);
            user_id
        }
        other => panic!("not a person: {other:?}"),
    };
    let too_long = Write::AddUser {
        spare: ledger.take_key().unwrap(),
        profile: Box::new(Profile::default()),
        first: FirstKey::Session(NewSession {
            label: Text::new(&"x".repeat(201), 201).unwrap(),
            ..session(2, "phone", 10, 20)
        }),
    };
    assert_eq!(change(ledger, too_long, at(0)), Changed::Full);
    let user_id = come(Changed::Done);
    // The answer was lost, and the same is written again.
    assert_eq!(come(Changed::Same), user_id);
    assert_eq!(ledger.profile(user_id).unwrap(), Some(Profile::default()));
    let opened = Opens::Session {
        user_id,
        session_id: SessionId([1; 16]),
        expires_at: at(10),
    };
    assert_eq!(ledger.opens(&[1; 32]).unwrap(), Some(opened));
    assert_eq!(labels(ledger, user_id), ["phone"]);
    assert_eq!(ledger.count_users(None, 9).unwrap().len(), 1);
    assert_eq!(ledger.credentials(user_id).unwrap(), []);
}

fn sessions(ledger: &Ledger) {
    let (ada, bob) = (add_user(ledger, "Ada"), add_user(ledger, "Bob"));
    let rows = [
        (ada, session(1, "phone", 10, 20), Changed::Done),
        (ada, session(1, "phone", 10, 20), Changed::Same),
        (ada, session(2, "desk", 30, 20), Changed::Done),
        (bob, session(3, "phone", 10, 20), Changed::Done),
        (NOBODY, session(4, "phone", 10, 20), Changed::NotFound),
        (
            ada,
            NewSession {
                hash: sha256(b"Bob"),
                ..session(5, "stolen", 10, 20)
            },
            Changed::Different,
        ),
        (
            ada,
            NewSession {
                hash: [8; 32],
                ..session(1, "other", 10, 20)
            },
            Changed::Different,
        ),
    ];
    for (user_id, session, expected) in rows {
        let what = format!("{session:?}");
        assert_eq!(open(ledger, user_id, session, 1), expected, "{what}");
    }
    assert_eq!(opens(ledger, 1), Some(at(10)));
    assert_eq!(opens(ledger, 2), Some(at(20)), "the earlier end counts");
    assert_eq!(labels(ledger, ada), ["phone", "desk"]);
    let close = |user_id, id| {
        let step = SessionStep::Close {
            user_id,
            session_id: SessionId([id; 16]),
        };
        change(ledger, Write::Session(step), at(2))
    };
    assert_eq!(close(bob, 1), Changed::NotFound, "it is somebody else's");
    assert_eq!(
        (close(ada, 1), close(ada, 1)),
        (Changed::Done, Changed::NotFound)
    );
    assert_eq!((opens(ledger, 1), opens(ledger, 2)), (None, Some(at(20))));
    // Everywhere but here, and then here as well.
    open(ledger, ada, session(6, "here", 10, 20), 3);
    let close_all = |except: Option<u8>| {
        let step = SessionStep::CloseAll {
            user_id: ada,
            except: except.map(|id| SessionId([id; 16])),
        };
        change(ledger, Write::Session(step), at(4))
    };
    assert_eq!(close_all(Some(6)), Changed::Done);
    assert_eq!(labels(ledger, ada), ["here"]);
    assert_eq!(close_all(Some(6)), Changed::Same);
    assert_eq!(
        (close_all(None), close_all(None)),
        (Changed::Done, Changed::Same)
    );
    assert_eq!((opens(ledger, 6), opens(ledger, 3)), (None, Some(at(10))));
}

fn seen(ledger: &Ledger) {
    let ada = add_user(ledger, "Ada");
    open(ledger, ada, session(1, "phone", 10, 100), 0);
    let seen = |id: u8, now: i64, expires: i64| {
        let step = SessionStep::Seen {
            user_id: ada,
            session_id: SessionId([id; 16]),
            at: at(now),
            expires_at: at(expires),
        };
        change(ledger, Write::Session(step), at(now))
    };
    assert_eq!(seen(1, 5, 15), Changed::Done);
    assert_eq!(opens(ledger, 1), Some(at(15)));
    // What was sent before and comes later moves nothing back.
    assert_eq!(seen(1, 4, 14), Changed::Same);
    assert_eq!(ledger.sessions(ada).unwrap()[0].last_seen, at(5));
    assert_eq!(seen(1, 95, 105), Changed::Done);
    assert_eq!(opens(ledger, 1), Some(at(100)));
    assert_eq!(seen(2, 5, 15), Changed::NotFound);
}

fn many_sessions(ledger: &Ledger) {
    let ada = add_user(ledger, "Ada");
    for id in 1..=64 {
        let opened = open(
            ledger,
            ada,
            session(id, "phone", 1_000, 1_000),
            i64::from(id),
        );
        assert_eq!(opened, Changed::Done);
    }
    let step = SessionStep::Seen {
        user_id: ada,
        session_id: SessionId([1; 16]),
        at: at(70),
        expires_at: at(1_000),
    };
    change(ledger, Write::Session(step), at(70));
    assert_eq!(
        open(ledger, ada, session(65, "new", 1_000, 1_000), 71),
        Changed::Done
    );
    assert_eq!(ledger.sessions(ada).unwrap().len(), 64);
    assert!(opens(ledger, 1).is_some() && opens(ledger, 65).is_some());
    assert_eq!(opens(ledger, 2), None, "it was seen longest ago");
    // Those that have ended go first, all of them.
    assert_eq!(
        open(ledger, ada, session(66, "late", 2_000, 2_000), 1_000),
        Changed::Done
    );
    assert_eq!(labels(ledger, ada), ["late"]);
    assert_eq!(opens(ledger, 65), None);
}

fn unused(ledger: &Ledger) {
    let come = |id: u8| {
        let add = Write::AddUser {
            spare: ledger.take_key().unwrap(),
            profile: Box::new(Profile::default()),
            first: FirstKey::Session(session(id, "phone", 10, 20)),
        };
        match write(ledger, add, at(0)) {
            Written::User { user_id, .. } => user_id,
            other => panic!("not a person: {other:?}"),
        }
    };
    let erase = |user_id: UserId, before: i64| {
        let before = at(before);
        sign_in(ledger, SignInStep::EraseUnused { user_id, before }, 40)
    };
    let all = |before: i64, limit: usize| {
        let (mut people, mut after) = (Vec::new(), None);
        loop {
            let found = ledger.unused(at(before), after, limit).unwrap();
            people.extend(found.people);
            match found.next {
                Some(next) => after = Some(next),
                None => break people,
            }
        }
    };
    let sorted = |mut people: Vec<UserId>| {
        people.sort();
        people
    };
    let ada = add_user(ledger, "Ada");
    let [empty, other, keeps, asks, signs, keyed, waits] = [1, 2, 3, 4, 5, 6, 7].map(come);
    let writes = [
        Write::Leaf(LeafStep::Put {
            user_id: keeps,
            subject: LeafSubject::Setting,
            of: b"a".to_vec(),
            value: b"b".to_vec(),
        }),
        Write::SignIn(SignInStep::Leave {
            user_id: asks,
            at: at(1),
        }),
        Write::SignIn(SignInStep::Add {
            user_id: signs,
            credential_id: CredentialId([1; 16]),
            credential: Credential::Recovery {
                hash: [1; 32],
                expires_at: None,
            },
            look_up: LookUp::Recovery([1; 32]),
        }),
        add_token(keyed, 1, 71),
    ];
    for write in writes {
        assert_eq!(change(ledger, write, at(1)), Changed::Done);
    }
    // Who waits for a sale by its code waits as long as nobody would have come in, and no longer.
    let waited = claim(ledger, waits, ClaimHash([72; 32]), at(20));
    assert_eq!(waited, Claimed::Waiting);
    assert!(!all(20, 99).contains(&waits));
    assert!(all(21, 99).contains(&waits));
    assert_eq!(erase(waits, 20), Changed::Different);
    assert_eq!(erase(waits, 21), Changed::Done);
    // Until the browser has ended, and everybody who has something to lose for ever.
    assert_eq!(all(10, 99), []);
    for limit in [1, 2, 99] {
        assert_eq!(all(11, limit), sorted(vec![empty, other]), "{limit}");
    }
    for user_id in [ada, keeps, asks, signs, keyed] {
        assert_eq!(erase(user_id, 99), Changed::Different);
    }
    assert_eq!(erase(empty, 10), Changed::Different);
    assert_eq!(erase(empty, 11), Changed::Done);
    assert_eq!(erase(empty, 11), Changed::Same);
    assert_eq!(erase(NOBODY, 11), Changed::NotFound);
    assert_eq!(ledger.profile(empty).unwrap(), None);
    // Who came meanwhile is left alone.
    let came = session(9, "tablet", 50, 50);
    assert_eq!(open(ledger, other, came, 12), Changed::Done);
    assert_eq!(erase(other, 11), Changed::Different);
    assert_eq!(all(11, 99), []);
}

fn leaving(ledger: &Ledger) {
    let [ada, bob, eve] = ["Ada", "Bob", "Eve"].map(|name| add_user(ledger, name));
    let leave = |user_id: UserId, minute: i64| {
        let at = at(minute);
        sign_in(ledger, SignInStep::Leave { user_id, at }, minute)
    };
    let stay = |user_id: UserId| sign_in(ledger, SignInStep::Stay { user_id }, 30);
    let erase = |user_id: UserId, before: i64| {
        let before = at(before);
        sign_in(ledger, SignInStep::EraseLeft { user_id, before }, 40)
    };
    assert_eq!(leave(eve, 20), Changed::Done);
    assert_eq!(leave(bob, 10), Changed::Done);
    assert_eq!(
        leave(bob, 15),
        Changed::Same,
        "who asks twice waits no longer"
    );
    assert_eq!(leave(NOBODY, 10), Changed::NotFound);
    assert_eq!(ledger.leaves_at(bob).unwrap(), Some(at(10)));
    assert_eq!(ledger.leaves_at(ada).unwrap(), None);
    let going = |before: i64, limit: usize| ledger.leaving(at(before), limit).unwrap();
    assert_eq!(going(10, 9), []);
    assert_eq!(going(11, 9), [bob]);
    assert_eq!(going(99, 9), [bob, eve]);
    assert_eq!(going(99, 1), [bob]);
    assert_eq!((stay(eve), stay(eve)), (Changed::Done, Changed::Same));
    assert_eq!(stay(NOBODY), Changed::NotFound);
    assert_eq!(going(99, 9), [bob]);
    // Whoever looked before that erases nobody who stayed, or who has not waited long enough.
    assert_eq!(erase(eve, 99), Changed::Different);
    assert_eq!(erase(ada, 99), Changed::Different);
    assert_eq!(erase(bob, 10), Changed::Different);
    assert_eq!(erase(bob, 11), Changed::Done);
    assert_eq!(erase(bob, 11), Changed::Same);
    assert_eq!(going(99, 9), []);
    assert_eq!(ledger.profile(bob).unwrap(), None);
    // Who is erased at once leaves no wish behind.
    assert_eq!(leave(ada, 50), Changed::Done);
    assert_eq!(
        change(ledger, Write::Erase { user_id: ada }, at(51)),
        Changed::Done
    );
    assert_eq!(going(99, 9), []);
}
