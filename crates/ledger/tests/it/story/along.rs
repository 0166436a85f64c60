//! What goes along when two accounts become one, besides what was bought: what was not to be filed, what is
//! private and what is missed; and that nothing of a closed account is seen in a household.

use super::Story;
use super::merging::{begin, book, go_on, is_sound, to_the_end};
use super::partners::{self, ONE, OTHER};
use super::sessions::session;
use crate::slip::slip;
use crate::world::{
    DAY, add_store, add_user, at, change, commit, give_code, record, settle_all, shop, store_id,
    text, town, write,
};
use ledger::Ledger;
use ledger::account::{
    Accessor, Block, Blocked, Described, Fate, LeafSubject, MissingReceipt, Touched,
};
use ledger::profile::Profile;
use ledger::write::{
    Changed, FirstKey, HouseholdStep, LeafStep, Merging, MissingStep, MissingWritten, SignInStep,
    StandingStep, Write, Written,
};
use purchase::id::{HouseholdId, MissingId, OwnerId, PurchaseId, SoughtId, TokenId, UserId};
use purchase::money::Amount;
use purchase::settlement::Buyer;
use purchase::time::BusinessDate;
use std::collections::HashMap;

pub(crate) const STORIES: &[Story] = &[
    ("what is not to be filed stays so", blocked),
    (
        "what is private stays so, and what was shared does not",
        marked,
    ),
    (
        "nothing private is seen without its mark meanwhile",
        marked_first,
    ),
    ("what was consented to ends with the old account", consented),
    ("what is missed is given to who is left", missed),
    ("a closed account is in no household", household),
    ("who asks to go is in no household", asked_to_go),
    (
        "an account on its way is not taken for an unused one",
        unused,
    ),
];

const CLERK: TokenId = TokenId([8; 16]);

fn put(user_id: UserId, subject: LeafSubject, of: &[u8], value: &[u8]) -> Write {
    Write::Leaf(LeafStep::Put {
        user_id,
        subject,
        of: of.to_vec(),
        value: value.to_vec(),
    })
}

fn block(ledger: &Ledger, user_id: UserId, store: &str, since: i64) {
    let leaf = blocks(store, since).leaf();
    let put = put(user_id, LeafSubject::Blocked, &leaf.of, &leaf.value);
    assert_eq!(change(ledger, put, at(since)), Changed::Done);
}

fn blocks(store: &str, since: i64) -> Block {
    Block {
        blocked: Blocked::Store(store_id(store)),
        since: at(since),
    }
}

/// Sells to an id, and to a card of the same person; is anything of it somebody's?
fn owners(
    ledger: &Ledger,
    user_id: UserId,
    (store, number, sold_at): (&str, &str, i64),
) -> [OwnerId; 2] {
    let card = Buyer::MemberCode(text("91-a"));
    let by_id = slip(number).buyer(user_id);
    let by_card = slip(&format!("{number}c")).meant_for(card);
    [by_id, by_card].map(|slip| {
        let sale = slip.store(store).line("A", "1", 50).at(at(sold_at));
        record(ledger, &sale.content(), at(30)).owner
    })
}

fn blocked(ledger: &Ledger) {
    town(ledger);
    for store in ["s-2", "s-3"] {
        add_store(ledger, shop(store));
    }
    let (ada, bob) = (add_user(ledger, "Ada"), add_user(ledger, "Bob"));
    give_code(ledger, ada, "91-a", (-60, DAY));
    block(ledger, ada, "s-1", 5);
    block(ledger, bob, "s-1", 9);
    block(ledger, ada, "s-2", 6);
    block(ledger, bob, "s-3", 7);
    assert_eq!(begin(ledger, ada, bob, 20), Merging::Begun);
    is_sound(ledger, "begun");
    let check = |when: &str| {
        for (store, sold_at, is_filed) in [
            ("s-1", 4, true),
            ("s-1", 7, false),
            ("s-2", 7, false),
            ("s-3", 6, true),
            ("s-3", 8, false),
        ] {
            let number = format!("{when}{sold_at}");
            for owner in owners(ledger, ada, (store, &number, sold_at)) {
                let is_his = owner == OwnerId::User(bob);
                assert_eq!(is_his, is_filed, "{when}: {store} at {sold_at}: {owner:?}");
            }
        }
        is_sound(ledger, when);
    };
    check("a");
    to_the_end(ledger, ada, 21);
    check("b");
    for minute in [DAY + 21, DAY + 22] {
        go_on(ledger, ada, minute);
    }
    assert_eq!(
        ledger.person_facts(ada).unwrap(),
        None,
        "the old one is gone"
    );
    check("c");
    let mut kept = ledger.blocks(bob).unwrap();
    kept.sort_by_key(|block| block.since);
    let expected = [blocks("s-1", 5), blocks("s-2", 6), blocks("s-3", 7)];
    assert_eq!(kept, expected, "since the first instant of both");
}

fn marked(ledger: &Ledger) {
    use LeafSubject::{Sensitive, Shared};
    let (ada, bob) = (add_user(ledger, "Ada"), add_user(ledger, "Bob"));
    for write in [
        put(ada, Sensitive, b"both", &[1]),
        put(bob, Sensitive, b"both", &[0]),
        put(ada, Sensitive, b"hers", &[1]),
        put(ada, Shared, b"shown", &[1]),
    ] {
        assert_eq!(change(ledger, write, at(1)), Changed::Done);
    }
    assert_eq!(begin(ledger, ada, bob, 2), Merging::Begun);
    to_the_end(ledger, ada, 3);
    for (subject, of, expected) in [
        (Sensitive, &b"both"[..], Some(vec![0])),
        (Sensitive, b"hers", Some(vec![1])),
        (Shared, b"shown", None),
    ] {
        assert_eq!(ledger.leaf(bob, subject, of).unwrap(), expected, "{of:?}");
    }
}

fn marked_first(ledger: &Ledger) {
    use LeafSubject::Sensitive;
    town(ledger);
    let (ada, bob) = (add_user(ledger, "Ada"), add_user(ledger, "Bob"));
    // More purchases than one step moves, each with a mark of its own, and more marks than that.
    let sale = |number: i64| {
        let slip = slip(&number.to_string()).line("A", "1", 50);
        slip.at(at(number)).buyer(ada).content()
    };
    let sales: Vec<_> = (0..250).map(sale).collect();
    settle_all(ledger, &sales, at(300));
    let hers = book(ledger, ada);
    let marks = hers.iter().map(|id| put(ada, Sensitive, &id.0, &[1]));
    commit(ledger, marks.collect(), at(301));
    let [first, last] = [hers[0], hers[249]];
    change(ledger, put(bob, Sensitive, &first.0, &[0]), at(301));
    let marks = |user_id| -> HashMap<Vec<u8>, Vec<u8>> {
        let leaves = ledger.leaves(user_id, Sensitive).unwrap().into_iter();
        leaves.map(|leaf| (leaf.of, leaf.value)).collect()
    };
    let check = |when: &str, taken_back: Option<PurchaseId>| {
        let (old, new) = (marks(ada), marks(bob));
        for id in &hers {
            let expected = match *id {
                id if id == first => Some(vec![0]),
                id if Some(id) == taken_back => None,
                _ => Some(vec![1]),
            };
            assert_eq!(new.get(&id.0[..]), expected.as_ref(), "{when}: {id}");
        }
        for id in book(ledger, ada) {
            assert_eq!(old.get(&id.0[..]), Some(&vec![1]), "{when}: {id} is left");
        }
        is_sound(ledger, when);
    };
    assert_eq!(begin(ledger, ada, bob, 400), Merging::Begun);
    assert_eq!(book(ledger, bob), [], "nothing has moved yet");
    check("begun", None);
    assert_eq!(go_on(ledger, ada, 401), Merging::Going);
    assert!(!book(ledger, bob).is_empty() && !book(ledger, ada).is_empty());
    check("between the steps", None);
    // What is taken back meanwhile is not put back by what is left.
    let taken = LeafStep::Take {
        user_id: bob,
        subject: Sensitive,
        of: last.0.to_vec(),
    };
    assert_eq!(change(ledger, Write::Leaf(taken), at(402)), Changed::Done);
    to_the_end(ledger, ada, 403);
    assert_eq!(book(ledger, bob).len(), 250);
    check("all has moved", Some(last));
    assert!(marks(ada).is_empty(), "nothing is left of them");
}

fn consented(ledger: &Ledger) {
    let (ada, bob) = (add_user(ledger, "Ada"), add_user(ledger, "Bob"));
    // One to whom both gave, and one to whom she alone did.
    for partner_id in [ONE, OTHER] {
        assert_eq!(partners::add(ledger, partner_id), Changed::Done);
    }
    for (user_id, partner_id) in [(ada, ONE), (bob, ONE), (ada, OTHER)] {
        let given = partners::give(ledger, user_id, partner_id);
        assert_eq!(given, Changed::Done);
    }
    let his = ledger.consents(bob).unwrap();
    let check = |when: &str, rows: [usize; 3]| {
        is_sound(ledger, when);
        assert_eq!(partners::rows(ledger), rows, "{when}");
        assert_eq!(ledger.consents(bob).unwrap(), his, "{when}: his stays");
    };
    check("the control", [2, 3, 3]);
    assert_eq!(begin(ledger, ada, bob, 3), Merging::Begun);
    check("begun", [2, 3, 3]);
    to_the_end(ledger, ada, 4);
    check("all has moved", [2, 1, 1]);
    for minute in [DAY + 4, DAY + 5] {
        go_on(ledger, ada, minute);
    }
    assert_eq!(ledger.person_facts(ada).unwrap(), None, "it is closed");
    check("closed", [2, 1, 1]);
}

fn asked(ledger: &Ledger, user_id: UserId, (number, total): (u8, i64)) {
    let step = MissingStep::Ask {
        user_id,
        store_id: store_id("s-1"),
        missing_id: MissingId([number; 16]),
        sought_id: SoughtId([number + 100; 16]),
        described: Box::new(Described {
            date: BusinessDate::parse("2017-01-01").unwrap(),
            minute: None,
            total: Amount::new(total).unwrap(),
            number: None,
            words: None,
        }),
    };
    let expected = MissingWritten::Asked(MissingId([number; 16]));
    assert_eq!(missing(ledger, step, i64::from(number)), expected);
}

fn missing(ledger: &Ledger, step: MissingStep, minute: i64) -> MissingWritten {
    match write(ledger, Write::Missing(step), at(minute)) {
        Written::Missing(written) => written,
        other => panic!("not of a missing receipt: {other:?}"),
    }
}

fn give(ledger: &Ledger, number: u8, transaction: &str) -> MissingWritten {
    let step = MissingStep::Give {
        sought_id: SoughtId([number + 100; 16]),
        settlement: slip(transaction).content().key,
        by: CLERK,
    };
    missing(ledger, step, 30)
}

fn missed(ledger: &Ledger) {
    town(ledger);
    let (ada, bob) = (add_user(ledger, "Ada"), add_user(ledger, "Bob"));
    let sale = |number: &str, amount: i64| {
        let sale = slip(number).line("A", "1", amount).content();
        record(ledger, &sale, at(0)).purchase_id
    };
    let (first, second) = (sale("1", 120), sale("2", 130));
    // One that was given before, one that both miss, and one that she misses alone.
    asked(ledger, ada, (1, 120));
    assert_eq!(give(ledger, 1, "1"), MissingWritten::Given(first));
    asked(ledger, ada, (2, 140));
    asked(ledger, bob, (3, 140));
    asked(ledger, ada, (4, 130));
    assert_eq!(begin(ledger, ada, bob, 20), Merging::Begun);
    to_the_end(ledger, ada, 21);
    let numbers = |all: Vec<MissingReceipt>| -> Vec<u8> {
        all.iter().map(|one| one.missing_id.0[0]).collect()
    };
    assert_eq!(numbers(ledger.missing(bob, at(22)).unwrap()), [4, 3, 1]);
    assert_eq!(numbers(ledger.missing(ada, at(22)).unwrap()), []);
    let sought = ledger.sought(&store_id("s-1"), at(22), (0, 9)).unwrap();
    let sought: Vec<_> = sought.iter().map(|one| one.sought_id.0[0]).collect();
    assert_eq!(sought, [103, 104], "what both miss is looked for once");
    assert_eq!(give(ledger, 4, "2"), MissingWritten::Given(second));
    is_sound(ledger, "given");
    let given = ledger.missing(bob, at(31)).unwrap();
    let fate = Fate::Found {
        purchase_id: second,
        at: at(30),
    };
    assert_eq!(given[0].fate, fate);
    for purchase_id in [first, second] {
        let filed = ledger.purchase(bob, purchase_id).unwrap();
        assert!(filed.is_some(), "{purchase_id} is in his book");
    }
}

fn step(ledger: &Ledger, step: HouseholdStep, minute: i64) -> Changed {
    change(ledger, Write::Household(step), at(minute))
}

/// Two who live together; the one of them invites once more.
fn live_together(ledger: &Ledger, (host, guest): (UserId, UserId), home: u8) {
    let begin = HouseholdStep::Begin {
        user_id: host,
        household_id: HouseholdId([home; 16]),
        name: text("host"),
    };
    assert_eq!(step(ledger, begin, 1), Changed::Done);
    for hash in [[home; 32], [home + 100; 32]] {
        let invite = HouseholdStep::Invite {
            user_id: host,
            hash,
            expires_at: at(DAY),
        };
        assert_eq!(step(ledger, invite, 1), Changed::Done);
    }
    assert_eq!(join(ledger, guest, [home; 32]), Changed::Done);
}

fn join(ledger: &Ledger, user_id: UserId, hash: [u8; 32]) -> Changed {
    let name = text("guest");
    let join = HouseholdStep::Join {
        user_id,
        hash,
        name,
    };
    step(ledger, join, 2)
}

fn members(ledger: &Ledger, user_id: UserId) -> Vec<UserId> {
    let household = ledger.household_of(user_id).unwrap();
    let members = household.into_iter().flat_map(|it| it.members);
    members.map(|member| member.user_id).collect()
}

fn household(ledger: &Ledger) {
    let [ada, bob, cyd, dan] = ["Ada", "Bob", "Cyd", "Dan"].map(|name| add_user(ledger, name));
    live_together(ledger, (ada, bob), 1);
    live_together(ledger, (cyd, dan), 2);
    let by = Accessor::Operator { token_id: CLERK };
    let suspend = StandingStep::Suspend {
        user_id: ada,
        by: by.clone(),
        reason: text("a stolen phone"),
    };
    assert_eq!(
        change(ledger, Write::Standing(suspend), at(3)),
        Changed::Done
    );
    assert_eq!(
        begin(ledger, cyd, ada, 3),
        Merging::Refused(ledger::write::Unmergeable::Suspended(ada))
    );
    assert_eq!(begin(ledger, cyd, bob, 4), Merging::Begun);
    is_sound(ledger, "both are closed");
    for (gone, left, minute) in [(ada, bob, 3), (cyd, dan, 4)] {
        assert_eq!(members(ledger, gone), []);
        assert_eq!(members(ledger, left), [left]);
        let log = ledger.accesses(gone, None, 1).unwrap();
        let log: Vec<_> = log.iter().map(|it| (it.at, &it.by, it.what)).collect();
        assert_eq!(log, [(at(minute), &by, Touched::HouseholdLeft)]);
    }
    // What whoever is closed handed out leads nowhere, and nothing leads back.
    for hash in [[101; 32], [102; 32]] {
        assert_eq!(join(ledger, dan, hash), Changed::NotFound);
    }
    let invite = HouseholdStep::Invite {
        user_id: bob,
        hash: [9; 32],
        expires_at: at(DAY),
    };
    assert_eq!(step(ledger, invite, 5), Changed::Done);
    assert_eq!(join(ledger, ada, [9; 32]), Changed::NotFound);
    let resume = StandingStep::Resume {
        user_id: ada,
        by,
        reason: text("it was found"),
    };
    assert_eq!(
        change(ledger, Write::Standing(resume), at(6)),
        Changed::Done
    );
    assert_eq!(join(ledger, ada, [9; 32]), Changed::Done);
    assert_eq!(members(ledger, ada), [bob, ada]);
    to_the_end(ledger, cyd, 7);
    assert_eq!(members(ledger, bob), [bob, ada], "his own household stays");
}

fn asked_to_go(ledger: &Ledger) {
    let [ada, bob] = ["Ada", "Bob"].map(|name| add_user(ledger, name));
    live_together(ledger, (ada, bob), 1);
    let shown = LeafStep::Put {
        user_id: ada,
        subject: LeafSubject::Shared,
        of: vec![5; 16],
        value: vec![1; 17],
    };
    assert_eq!(change(ledger, Write::Leaf(shown), at(2)), Changed::Done);
    let leave = |minute: i64| {
        let (user_id, at) = (ada, at(minute));
        change(ledger, Write::SignIn(SignInStep::Leave { user_id, at }), at)
    };
    assert_eq!(leave(3), Changed::Done);
    let is_out = |when: &str| {
        is_sound(ledger, when);
        let both = [members(ledger, ada), members(ledger, bob)];
        assert_eq!(both, [vec![], vec![bob]], "{when}");
        let shared = ledger.leaves(ada, LeafSubject::Shared).unwrap();
        assert_eq!(shared, [], "{when}");
    };
    is_out("asked to go");
    // What she handed out leads nowhere.
    let cyd = add_user(ledger, "Cyd");
    assert_eq!(join(ledger, cyd, [101; 32]), Changed::NotFound);
    assert_eq!(leave(4), Changed::Same);
    let stay = Write::SignIn(SignInStep::Stay { user_id: ada });
    assert_eq!(change(ledger, stay, at(5)), Changed::Done);
    is_out("stays after all");
    let log = ledger.accesses(ada, None, 9).unwrap();
    let log: Vec<_> = log.iter().map(|it| (it.at, &it.by, it.what)).collect();
    let own = &Accessor::Person;
    let host = Accessor::Household;
    let expected = [
        (at(3), own, Touched::HouseholdLeft),
        (at(2), &host, Touched::HouseholdJoined),
        (at(1), own, Touched::HouseholdJoined),
    ];
    assert_eq!(log, expected);
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
    let [old, new, other] = [1, 2, 3].map(come);
    assert_eq!(begin(ledger, old, new, 1), Merging::Begun);
    to_the_end(ledger, old, 2);
    let found = ledger.unused(at(99), None, 9).unwrap();
    assert_eq!(
        found.people,
        [other],
        "nobody used it, nor is it on its way"
    );
}
