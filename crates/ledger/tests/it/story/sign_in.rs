//! How people come in by passwords, passkeys and recovery.

use super::Story;
use super::sessions::{NOBODY, open, opens, session, sign_in};
use crate::world::{add_user, at, change, text};
use ledger::Ledger;
use ledger::account::{Accessor, Credential, LookUp, Touched};
use ledger::write::{Changed, LeafStep, NewSession, SignInStep, Write};
use purchase::id::{CredentialId, TokenId, UserId};
use purchase::text::Text;

pub(crate) const STORIES: &[Story] = &[
    ("an address leads to one person's password", passwords),
    (
        "an address that changes takes the password along",
        addresses,
    ),
    ("a passkey is found by its id", passkeys),
    ("a recovery sheet is replaced", sheets),
    ("a recovery link is good for once", links),
    (
        "whoever comes in has a session, or has used nothing up",
        entering,
    ),
    (
        "nobody comes in by more ways than there is room for",
        many_ways,
    ),
    ("texts that are too long are not written", long_texts),
    ("an erased person leaves no way in", erased),
];

fn id(id: u8) -> CredentialId {
    CredentialId([id; 16])
}

fn password(phc: &str) -> Credential {
    Credential::Password { phc: text(phc) }
}

fn email(address: &str) -> LookUp {
    LookUp::Email(text(address))
}

fn add(ledger: &Ledger, user_id: UserId, number: u8, what: Credential, by: LookUp) -> Changed {
    let step = SignInStep::Add {
        user_id,
        credential_id: id(number),
        credential: what,
        look_up: by,
    };
    sign_in(ledger, step, i64::from(number))
}

fn replace(ledger: &Ledger, user_id: UserId, number: u8, what: Credential, by: LookUp) -> Changed {
    let step = SignInStep::Replace {
        user_id,
        credential_id: id(number),
        credential: what,
        look_up: by,
    };
    sign_in(ledger, step, 50)
}

fn used(ledger: &Ledger, user_id: UserId, number: u8, now: i64) -> Changed {
    let step = SignInStep::Used {
        user_id,
        credential_id: id(number),
        at: at(now),
        data: None,
    };
    sign_in(ledger, step, now)
}

fn found(ledger: &Ledger, by: &LookUp) -> Option<(UserId, CredentialId, Credential)> {
    ledger.find_sign_in(by).unwrap()
}

fn address(ledger: &Ledger, user_id: UserId) -> Option<String> {
    let profile = ledger.profile(user_id).unwrap().expect("known");
    profile.email.map(|email| email.as_str().to_owned())
}

fn passwords(ledger: &Ledger) {
    let (ada, bob) = (add_user(ledger, "Ada"), add_user(ledger, "Bob"));
    let mine = email("ada@example.org");
    let rows = [
        (ada, 1, password("$a"), mine.clone(), Changed::Done),
        (ada, 1, password("$a"), mine.clone(), Changed::Same),
        (ada, 1, password("$b"), mine.clone(), Changed::Different),
        (
            ada,
            2,
            password("$a"),
            email("other@example.org"),
            Changed::Different,
        ),
        (
            bob,
            3,
            password("$c"),
            email(" ADA@example.org"),
            Changed::Different,
        ),
        (
            bob,
            4,
            password("$c"),
            LookUp::Recovery([1; 32]),
            Changed::Different,
        ),
        (
            NOBODY,
            5,
            password("$c"),
            email("no@example.org"),
            Changed::NotFound,
        ),
        (
            bob,
            6,
            password("$c"),
            email("bob@example.org"),
            Changed::Done,
        ),
    ];
    for (user_id, number, what, by, expected) in rows {
        let told = format!("{number}: {what:?} by {by:?}");
        assert_eq!(add(ledger, user_id, number, what, by), expected, "{told}");
    }
    let hers = Some((ada, id(1), password("$a")));
    assert_eq!(found(ledger, &email("Ａda@Example.org")), hers);
    assert_eq!(found(ledger, &email("other@example.org")), None);
    assert_eq!(address(ledger, ada).as_deref(), Some("ada@example.org"));
    assert_eq!(used(ledger, ada, 1, 9), Changed::Done);
    let means = ledger.credentials(ada).unwrap();
    assert_eq!(
        (means[0].created_at, means[0].last_used),
        (at(1), Some(at(9)))
    );
    // A new password in place of the old one.
    assert_eq!(
        replace(ledger, ada, 1, password("$n"), mine.clone()),
        Changed::Done
    );
    assert_eq!(
        replace(ledger, ada, 1, password("$n"), mine.clone()),
        Changed::Same
    );
    assert_eq!(found(ledger, &mine), Some((ada, id(1), password("$n"))));
    let sheet = Credential::Recovery {
        hash: [1; 32],
        expires_at: None,
    };
    let by_sheet = LookUp::Recovery([1; 32]);
    assert_eq!(replace(ledger, ada, 1, sheet, by_sheet), Changed::Different);
    let theirs = email("bob@example.org");
    assert_eq!(
        replace(ledger, ada, 1, password("$n"), theirs),
        Changed::Different
    );
    assert_eq!(
        replace(ledger, bob, 1, password("$n"), mine.clone()),
        Changed::NotFound
    );
    let remove = |number: u8| {
        let step = SignInStep::Remove {
            user_id: ada,
            credential_id: id(number),
        };
        sign_in(ledger, step, 60)
    };
    assert_eq!((remove(1), remove(1)), (Changed::Done, Changed::NotFound));
    assert_eq!(found(ledger, &mine), None);
    // The address is free now, for whoever comes.
    assert_eq!(
        replace(ledger, bob, 6, password("$c"), mine.clone()),
        Changed::Done
    );
    assert_eq!(found(ledger, &mine), Some((bob, id(6), password("$c"))));
    assert_eq!(found(ledger, &email("bob@example.org")), None);
}

fn addresses(ledger: &Ledger) {
    let (ada, bob) = (add_user(ledger, "Ada"), add_user(ledger, "Bob"));
    let set = |user_id: UserId, address: Option<&str>| {
        let email = address.map(text);
        sign_in(ledger, SignInStep::SetEmail { user_id, email }, 5)
    };
    assert_eq!(set(ada, Some("a@example.org")), Changed::Done);
    assert_eq!(set(ada, Some("a@example.org")), Changed::Same);
    assert_eq!(found(ledger, &email("a@example.org")), None, "it is no key");
    assert_eq!(set(ada, None), Changed::Done);
    assert_eq!(address(ledger, ada), None);
    assert_eq!(set(NOBODY, None), Changed::NotFound);
    add(ledger, ada, 1, password("$a"), email("a@example.org"));
    add(ledger, bob, 2, password("$b"), email("b@example.org"));
    assert_eq!(
        set(ada, None),
        Changed::Last,
        "nobody would find the password"
    );
    assert_eq!(set(ada, Some("B@example.org")), Changed::Different);
    assert_eq!(address(ledger, ada).as_deref(), Some("a@example.org"));
    // Only written otherwise: the same key, and shown as it was written last.
    assert_eq!(set(ada, Some("A@example.org")), Changed::Done);
    assert_eq!(address(ledger, ada).as_deref(), Some("A@example.org"));
    assert!(found(ledger, &email("a@example.org")).is_some());
    assert_eq!(set(ada, Some("c@example.org")), Changed::Done);
    assert_eq!(found(ledger, &email("a@example.org")), None);
    let hers = Some((ada, id(1), password("$a")));
    assert_eq!(found(ledger, &email("c@example.org")), hers);
    let name = ledger.profile(ada).unwrap().unwrap().name;
    assert!(name.is_some(), "the rest of the profile stays");
}

fn passkey(key: u8, counter: u8) -> Credential {
    Credential::Passkey {
        id: vec![key; 20],
        data: vec![counter],
        label: text("phone"),
    }
}

fn passkeys(ledger: &Ledger) {
    let (ada, bob) = (add_user(ledger, "Ada"), add_user(ledger, "Bob"));
    let by = |key: u8| LookUp::Passkey(vec![key; 20]);
    assert_eq!(add(ledger, ada, 1, passkey(1, 0), by(1)), Changed::Done);
    assert_eq!(add(ledger, ada, 2, passkey(2, 0), by(2)), Changed::Done);
    assert_eq!(
        add(ledger, ada, 3, passkey(3, 0), by(4)),
        Changed::Different
    );
    assert_eq!(
        add(ledger, bob, 4, passkey(1, 0), by(1)),
        Changed::Different
    );
    let large = Credential::Passkey {
        id: vec![5; 20],
        data: vec![0; 4_097],
        label: text("phone"),
    };
    assert_eq!(add(ledger, ada, 5, large, by(5)), Changed::Full);
    let count = |number: u8, data: Vec<u8>| {
        let step = SignInStep::Used {
            user_id: ada,
            credential_id: id(number),
            at: at(30),
            data: Some(data),
        };
        sign_in(ledger, step, 30)
    };
    assert_eq!(count(1, vec![7]), Changed::Done);
    assert_eq!(count(1, vec![7; 4_097]), Changed::Full);
    assert_eq!(count(3, vec![7]), Changed::NotFound);
    assert_eq!(found(ledger, &by(1)), Some((ada, id(1), passkey(1, 7))));
    let replaced = replace(ledger, ada, 1, passkey(6, 0), by(6));
    assert_eq!(replaced, Changed::Different, "a new one is added instead");
    add(ledger, ada, 6, password("$a"), email("a@example.org"));
    assert_eq!(
        count(6, vec![7]),
        Changed::Different,
        "a password counts nothing"
    );
    assert_eq!(ledger.credentials(ada).unwrap().len(), 3);
}

fn sheet(secret: u8) -> Credential {
    Credential::Recovery {
        hash: [secret; 32],
        expires_at: None,
    }
}

fn sheets(ledger: &Ledger) {
    let ada = add_user(ledger, "Ada");
    let by = |secret: u8| LookUp::Recovery([secret; 32]);
    assert_eq!(add(ledger, ada, 1, sheet(1), by(1)), Changed::Done);
    // Paper may be used again, until there is a new one.
    assert_eq!(used(ledger, ada, 1, 10), Changed::Done);
    assert_eq!(used(ledger, ada, 1, 11), Changed::Done);
    assert_eq!(replace(ledger, ada, 1, sheet(2), by(2)), Changed::Done);
    assert_eq!(found(ledger, &by(1)), None);
    assert_eq!(found(ledger, &by(2)), Some((ada, id(1), sheet(2))));
    assert_eq!(ledger.accesses(ada, None, 9).unwrap(), []);
    let link = Credential::Recovery {
        hash: [3; 32],
        expires_at: Some(at(90)),
    };
    let added = add(ledger, ada, 3, link, by(3));
    assert_eq!(added, Changed::Different, "who makes a link says why");
}

fn recover(ledger: &Ledger, user_id: UserId, number: u8, expires: i64, now: i64) -> Changed {
    let step = SignInStep::Recover {
        user_id,
        credential_id: id(number),
        hash: [number; 32],
        expires_at: at(expires),
        by: Accessor::Operator {
            token_id: TokenId([3; 16]),
        },
        reason: text("lost the phone"),
    };
    sign_in(ledger, step, now)
}

fn links(ledger: &Ledger) {
    let ada = add_user(ledger, "Ada");
    let by = |number: u8| LookUp::Recovery([number; 32]);
    assert_eq!(recover(ledger, NOBODY, 1, 20, 0), Changed::NotFound);
    assert_eq!(recover(ledger, ada, 1, 20, 0), Changed::Done);
    assert_eq!(recover(ledger, ada, 1, 20, 0), Changed::Same);
    assert!(found(ledger, &by(1)).is_some());
    assert_eq!(used(ledger, ada, 1, 5), Changed::Done);
    assert_eq!(used(ledger, ada, 1, 5), Changed::NotFound, "once");
    assert_eq!(found(ledger, &by(1)), None);
    assert_eq!(recover(ledger, ada, 2, 20, 6), Changed::Done);
    assert_eq!(used(ledger, ada, 2, 20), Changed::NotFound, "too late");
    assert_eq!(found(ledger, &by(2)), None);
    // One that nobody used goes when there is another.
    assert_eq!(recover(ledger, ada, 3, 30, 21), Changed::Done);
    assert_eq!(recover(ledger, ada, 4, 60, 31), Changed::Done);
    assert_eq!(ledger.credentials(ada).unwrap().len(), 1);
    let log = ledger.accesses(ada, None, 9).unwrap();
    let told: Vec<_> = log
        .iter()
        .map(|entry| {
            let reason = entry.reason.as_ref().map(|reason| reason.as_str());
            (entry.number, entry.at, entry.what, reason)
        })
        .collect();
    let why = Some("lost the phone");
    let expected = [
        (5, at(31), Touched::RecoveryMade, why),
        (4, at(21), Touched::RecoveryMade, why),
        (3, at(6), Touched::RecoveryMade, why),
        (2, at(5), Touched::RecoveryUsed, None),
        (1, at(0), Touched::RecoveryMade, why),
    ];
    assert_eq!(told, expected);
    assert_eq!(log[3].by, Accessor::Person);
    let operator = Accessor::Operator {
        token_id: TokenId([3; 16]),
    };
    assert_eq!(log[4].by, operator);
}

fn entering(ledger: &Ledger) {
    let (ada, bob) = (add_user(ledger, "Ada"), add_user(ledger, "Bob"));
    let by = |number: u8| LookUp::Recovery([number; 32]);
    let enter = |user_id: UserId, number: u8, browser: NewSession, now: i64| {
        let step = SignInStep::Enter {
            user_id,
            credential_id: id(number),
            at: at(now),
            data: None,
            session: browser,
        };
        sign_in(ledger, step, now)
    };
    let browser = |number: u8| session(number, "phone", 1_000, 1_000);
    assert_eq!(open(ledger, bob, browser(8), 0), Changed::Done);
    assert_eq!(recover(ledger, ada, 1, 60, 0), Changed::Done);
    let leave = SignInStep::Leave {
        user_id: ada,
        at: at(1),
    };
    assert_eq!(sign_in(ledger, leave, 1), Changed::Done);
    // No session, and the link is as good as before.
    let too_long = NewSession {
        label: Text::new(&"x".repeat(201), 201).unwrap(),
        ..browser(7)
    };
    let taken = NewSession {
        hash: [8; 32],
        ..browser(7)
    };
    for (refused, changed) in [(too_long, Changed::Full), (taken, Changed::Different)] {
        assert_eq!(enter(ada, 1, refused, 2), changed);
        assert!(found(ledger, &by(1)).is_some(), "{changed:?}");
        assert_eq!(ledger.leaves_at(ada).unwrap(), Some(at(1)), "{changed:?}");
        assert_eq!(ledger.sessions(ada).unwrap().len(), 0, "{changed:?}");
    }
    assert_eq!(enter(NOBODY, 1, browser(7), 2), Changed::NotFound);
    assert_eq!(enter(bob, 1, browser(7), 2), Changed::NotFound);
    // All at once: the link is gone, the person stays, and the browser is open.
    assert_eq!(enter(ada, 1, browser(7), 3), Changed::Done);
    assert_eq!(found(ledger, &by(1)), None);
    assert_eq!(ledger.leaves_at(ada).unwrap(), None);
    assert_eq!(opens(ledger, 7), Some(at(1_000)));
    // Written again because the answer was lost, it is the same; from another browser it is too late.
    assert_eq!(enter(ada, 1, browser(7), 3), Changed::Done);
    assert_eq!(enter(ada, 1, browser(6), 3), Changed::NotFound);
    assert_eq!(opens(ledger, 6), None);
    assert_eq!(ledger.sessions(ada).unwrap().len(), 1);
    // One that came too late opens nothing.
    assert_eq!(recover(ledger, ada, 2, 20, 4), Changed::Done);
    assert_eq!(enter(ada, 2, browser(5), 20), Changed::NotFound);
    assert_eq!(opens(ledger, 5), None);
}

/// What could not be read back is not written.
fn long_texts(ledger: &Ledger) {
    let ada = add_user(ledger, "Ada");
    let long = Text::new(&"x".repeat(201), 201).unwrap();
    let phc = long.clone();
    let by = email("ada@example.org");
    assert_eq!(
        add(ledger, ada, 1, Credential::Password { phc }, by),
        Changed::Full
    );
    let by = LookUp::Email(long.clone());
    assert_eq!(add(ledger, ada, 1, password("$a"), by), Changed::Full);
    let new = NewSession {
        label: long.clone(),
        ..session(1, "phone", 10, 20)
    };
    assert_eq!(open(ledger, ada, new, 1), Changed::Full);
    let steps = [
        SignInStep::SetEmail {
            user_id: ada,
            email: Some(long.clone()),
        },
        SignInStep::Recover {
            user_id: ada,
            credential_id: id(1),
            hash: [1; 32],
            expires_at: at(9),
            by: Accessor::Partner { name: text("x") },
            reason: long.clone(),
        },
    ];
    for step in steps {
        assert_eq!(sign_in(ledger, step, 1), Changed::Full);
    }
    let looked = LeafStep::Accessed {
        user_id: ada,
        by: Accessor::Partner { name: long },
        what: Touched::Delivery,
        reason: None,
    };
    assert_eq!(change(ledger, Write::Leaf(looked), at(1)), Changed::Full);
}

fn many_ways(ledger: &Ledger) {
    let ada = add_user(ledger, "Ada");
    for number in 1..=33 {
        let by = LookUp::Recovery([number; 32]);
        let expected = if number == 33 {
            Changed::Full
        } else {
            Changed::Done
        };
        assert_eq!(
            add(ledger, ada, number, sheet(number), by),
            expected,
            "{number}"
        );
    }
}

fn erased(ledger: &Ledger) {
    let (ada, bob) = (add_user(ledger, "Ada"), add_user(ledger, "Bob"));
    let mine = email("ada@example.org");
    open(ledger, ada, session(1, "phone", 10, 20), 0);
    open(ledger, bob, session(2, "phone", 10, 20), 0);
    add(ledger, ada, 1, password("$a"), mine.clone());
    add(ledger, ada, 2, passkey(1, 0), LookUp::Passkey(vec![1; 20]));
    recover(ledger, ada, 3, 60, 3);
    assert_eq!(
        change(ledger, Write::Erase { user_id: ada }, at(9)),
        Changed::Done
    );
    assert_eq!((opens(ledger, 1), opens(ledger, 2)), (None, Some(at(10))));
    for by in [
        &mine,
        &LookUp::Passkey(vec![1; 20]),
        &LookUp::Recovery([3; 32]),
    ] {
        assert_eq!(found(ledger, by), None, "{by:?}");
    }
    assert_eq!(ledger.sessions(ada).unwrap(), []);
    assert_eq!(ledger.credentials(ada).unwrap(), []);
    assert_eq!(ledger.accesses(ada, None, 9).unwrap(), []);
    assert_eq!(
        open(ledger, ada, session(4, "phone", 10, 20), 10),
        Changed::NotFound
    );
    assert_eq!(
        add(ledger, ada, 5, password("$a"), mine.clone()),
        Changed::NotFound
    );
    assert_eq!(used(ledger, ada, 1, 11), Changed::NotFound);
    // The address is free again.
    assert_eq!(add(ledger, bob, 6, password("$b"), mine), Changed::Done);
}
