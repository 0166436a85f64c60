//! Two accounts of one person become one, step by step; and whatever is cut off between two steps, every row
//! agrees with every other, and nothing is lost.

use super::Story;
use crate::slip::slip;
use crate::world::{
    DAY, add_user, at, change, claim, commit, give_code, learn, member, named, purchase, record,
    settle_all, sha256, text, town, update, write,
};
use ledger::Ledger;
use ledger::account::{Access, Accessor, LeafSubject, Stage, Touched};
use ledger::profile::Profile;
use ledger::write::{
    Changed, Claimed, FirstKey, LeafStep, MergeStep, Merging, SignInStep, StandingStep,
    Unmergeable, Write, Written,
};
use purchase::id::{OwnerId, PurchaseId, TokenId, UserId};
use purchase::settlement::{Buyer, ClaimHash, Content};

pub(crate) const STORIES: &[Story] = &[
    ("all of one account goes into the other", all_goes),
    ("what comes for the old account is the other's", comes_later),
    ("returns follow what they bring back", returns_follow),
    ("not every two accounts become one", refused),
    ("an account can go on and on", goes_on),
    ("who is erased meanwhile is erased whole", erased_meanwhile),
    ("whatever is done between the steps", at_random),
    ("no look at the new account is hidden", looks_stay),
];

const NOBODY: UserId = UserId([9; 16]);
const BY: Accessor = Accessor::Operator {
    token_id: TokenId([8; 16]),
};

pub(crate) fn begin(ledger: &Ledger, from: UserId, into: UserId, minute: i64) -> Merging {
    let step = MergeStep::Begin {
        from,
        into,
        by: BY,
        reason: text("one person, two phones"),
    };
    merging(ledger, step, minute)
}

pub(crate) fn go_on(ledger: &Ledger, from: UserId, minute: i64) -> Merging {
    merging(ledger, MergeStep::GoOn { from }, minute)
}

fn merging(ledger: &Ledger, step: MergeStep, minute: i64) -> Merging {
    match write(ledger, Write::Merge(step), at(minute)) {
        Written::Merging(merging) => merging,
        other => panic!("not a merger: {other:?}"),
    }
}

/// Every row agrees with every other.
pub(super) fn is_sound(ledger: &Ledger, when: &str) {
    let report = ledger.verify(&mut |_| ()).expect("readable");
    assert_eq!(report.problems, [], "{when}");
}

/// Goes on until all has moved, and looks at everything after each step; says how many steps it took.
pub(super) fn to_the_end(ledger: &Ledger, from: UserId, minute: i64) -> usize {
    for step in 1..99 {
        let merging = go_on(ledger, from, minute);
        is_sound(ledger, &format!("after step {step}"));
        match merging {
            Merging::Going => {}
            Merging::Done => return step,
            other => panic!("step {step}: {other:?}"),
        }
    }
    panic!("it never ends");
}

pub(super) fn book(ledger: &Ledger, user_id: UserId) -> Vec<PurchaseId> {
    let page = ledger.page(user_id, &Default::default(), 9_999, &|_| true);
    let page = page.unwrap().purchases;
    page.iter().map(|filed| filed.purchase_id).collect()
}

fn settlements(ledger: &Ledger, user_id: UserId) -> u64 {
    let counts = ledger.count_users(None, 99).unwrap();
    let count = counts.iter().find(|count| count.user_id == user_id);
    count.map_or(0, |count| count.tally.settlements)
}

fn leaf(user_id: UserId, subject: LeafSubject, of: &[u8], value: &str) -> Write {
    Write::Leaf(LeafStep::Put {
        user_id,
        subject,
        of: of.to_vec(),
        value: value.as_bytes().to_vec(),
    })
}

fn shown(transaction: &str, code: &str) -> Content {
    let buyer = Buyer::MemberCode(text(code));
    slip(transaction)
        .line("A", "1", 50)
        .meant_for(buyer)
        .content()
}

fn all_goes(ledger: &Ledger) {
    use LeafSubject::{Alias, Consent, Note, Setting};
    town(ledger);
    let (ada, bob) = (add_user(ledger, "Ada"), add_user(ledger, "Bob"));
    let sale = |number: i64, user_id: UserId| {
        slip(&number.to_string())
            .line("A", "1", 50)
            .line("B", "2", 20)
            .at(at(number))
            .buyer(user_id)
            .content()
    };
    let hers: Vec<_> = (0..250).map(|number| sale(number, ada)).collect();
    settle_all(ledger, &hers, at(300));
    let his = record(ledger, &sale(900, bob), at(300)).purchase_id;
    give_code(ledger, ada, "90-a", (-60, DAY));
    give_code(ledger, ada, "90-b", (-60, DAY));
    give_code(ledger, ada, "91-a", (-60, DAY));
    give_code(ledger, bob, "91-b", (-60, DAY));
    record(ledger, &shown("s", "90-a"), at(300));
    let hash = |code: u8| ClaimHash([code; 32]);
    let slip_of = |code: u8| {
        slip(&format!("c{code}"))
            .line("A", "1", 50)
            .claim(hash(code))
    };
    record(ledger, &slip_of(1).content(), at(300));
    let brought = claim(ledger, ada, hash(1), at(300));
    for (user_id, code) in [(ada, 2), (ada, 3), (bob, 3), (bob, 4)] {
        assert_eq!(
            claim(ledger, user_id, hash(code), at(300)),
            Claimed::Waiting
        );
    }
    for write in [
        leaf(ada, Alias, b"milk", "hers"),
        leaf(ada, Alias, b"tea", "hers"),
        leaf(bob, Alias, b"milk", "his"),
        leaf(ada, Note, b"x", "a note"),
        leaf(ada, Consent, b"partner", "yes"),
        leaf(ada, Setting, b"paper", "no"),
    ] {
        assert_eq!(change(ledger, write, at(300)), Changed::Done);
    }
    let looked = LeafStep::Accessed {
        user_id: ada,
        by: BY,
        what: Touched::Purchases,
        reason: Some(text("asked at the desk")),
    };
    change(ledger, Write::Leaf(looked), at(301));
    let before = [book(ledger, ada), book(ledger, bob)].concat();
    assert_eq!(begin(ledger, ada, bob, 400), Merging::Begun);
    is_sound(ledger, "begun");
    assert!(ledger.suspension(ada).unwrap().is_some());
    assert_eq!(ledger.merger(ada).unwrap().unwrap().purchases, 252);
    assert_eq!(go_on(ledger, ada, 401), Merging::Going);
    is_sound(ledger, "after the first part");
    let (hers, now_his) = (settlements(ledger, ada), settlements(ledger, bob));
    assert!(
        hers > 0 && now_his > 1,
        "a part has moved: {hers}, {now_his}"
    );
    // Names that come meanwhile find what has moved, and what has not.
    update(ledger, 0, 1, vec![named("A", "Apple", at(-DAY))]);
    assert!(learn(ledger, &["A"], at(402)) > 250);
    is_sound(ledger, "named meanwhile");
    assert!(to_the_end(ledger, ada, 403) > 3);
    let mut after = book(ledger, bob);
    let mut before = before;
    before.sort_unstable();
    after.sort_unstable();
    assert_eq!(after, before);
    assert_eq!(
        (settlements(ledger, ada), settlements(ledger, bob)),
        (0, 253)
    );
    assert_eq!(
        purchase(ledger, bob, his).settlement.content(),
        &sale(900, bob)
    );
    let feed = ledger.feed_ends(bob).unwrap().unwrap();
    assert!(feed.newest > 252, "the feed tells of all that came");
    let kept = |subject, of: &[u8]| ledger.leaf(bob, subject, of).unwrap();
    assert_eq!(kept(Alias, b"milk").as_deref(), Some(&b"his"[..]));
    assert_eq!(kept(Alias, b"tea").as_deref(), Some(&b"hers"[..]));
    assert_eq!(kept(Note, b"x").as_deref(), Some(&b"a note"[..]));
    assert_eq!(kept(Consent, b"partner"), None, "it was not said of his");
    assert_eq!(kept(Setting, b"paper"), None);
    assert_eq!(claim(ledger, bob, hash(1), at(404)), brought);
    assert_eq!(ledger.waiting_claims(bob, at(404)).unwrap().len(), 3);
    for code in [2, 3, 4] {
        let receipt = record(ledger, &slip_of(code).content(), at(405));
        assert_eq!(receipt.owner, OwnerId::User(bob), "{code}");
    }
    let log = ledger.accesses(bob, None, 9).unwrap();
    let log: Vec<_> = log.iter().map(|entry| (entry.at, entry.what)).collect();
    let expected = [(at(301), Touched::Purchases), (at(400), Touched::Merger)];
    assert_eq!(log, expected, "no look is hidden");
}

fn looks_stay(ledger: &Ledger) {
    let (ada, bob) = (add_user(ledger, "Ada"), add_user(ledger, "Bob"));
    let look = |user_id: UserId, by: Accessor| {
        Write::Leaf(LeafStep::Accessed {
            user_id,
            by,
            what: Touched::Profile,
            reason: None,
        })
    };
    for minute in 1..=9 {
        assert_eq!(change(ledger, look(bob, BY), at(minute)), Changed::Done);
    }
    // More than there is room for, and all of it later.
    for minute in 20..24 {
        let looks = (0..500).map(|_| look(ada, BY));
        commit(ledger, looks.collect(), at(minute));
    }
    for minute in 30..33 {
        let by = Accessor::Household;
        assert_eq!(change(ledger, look(ada, by), at(minute)), Changed::Done);
    }
    assert_eq!(begin(ledger, ada, bob, 40), Merging::Begun);
    to_the_end(ledger, ada, 41);
    is_sound(ledger, "after very many looks");
    let log = ledger.accesses(bob, None, 9_999).unwrap();
    let since = |from: i64, to: i64| {
        let within = |it: &&Access| (at(from)..at(to)).contains(&it.at);
        log.iter().filter(within).count()
    };
    // His own and the merger, what nobody else pushes out, and the newest of hers beside them.
    assert_eq!((since(1, 10), since(40, 41), since(30, 33)), (9, 1, 3));
    assert_eq!((since(20, 21), since(21, 24)), (490, 1_500));
    assert_eq!(ledger.accesses(ada, None, 9).unwrap(), []);
}

fn comes_later(ledger: &Ledger) {
    town(ledger);
    let (ada, bob) = (add_user(ledger, "Ada"), add_user(ledger, "Bob"));
    give_code(ledger, ada, "90-a", (-60, 9 * DAY));
    give_code(ledger, ada, "91-a", (-60, 9 * DAY));
    record(
        ledger,
        &slip("0").line("A", "1", 50).buyer(ada).content(),
        at(0),
    );
    // Prepared before, committed after.
    let late = slip("late").line("A", "1", 50).buyer(ada).content();
    let prepared = crate::world::prepare(ledger, &late, at(0));
    assert_eq!(begin(ledger, ada, bob, 1), Merging::Begun);
    let is_his = |content: &Content, minute: i64| {
        let receipt = record(ledger, content, at(minute));
        assert_eq!(receipt.owner, OwnerId::User(bob), "{:?}", content.key);
        purchase(ledger, bob, receipt.purchase_id);
    };
    let settled = write(ledger, Write::Settle(Box::new(prepared)), at(1));
    let Written::Settled(ledger::write::Settled::Recorded(receipt)) = settled else {
        panic!("{settled:?}");
    };
    assert_eq!(receipt.owner, OwnerId::User(bob));
    let by_id = |number: &str| slip(number).line("A", "1", 50).buyer(ada).content();
    is_his(&by_id("1"), 2);
    is_his(&shown("2", "90-a"), 2);
    is_sound(ledger, "before anything moved");
    to_the_end(ledger, ada, 3);
    is_his(&by_id("3"), 4);
    is_his(&shown("4", "91-a"), 4);
    let reference = text("Ada");
    assert_eq!(ledger.user_of(&reference).unwrap(), Some(bob));
    assert_eq!(again(ledger, "Ada"), (bob, Changed::Same));
    assert_eq!(go_on(ledger, ada, DAY), Merging::Done);
    let stage = |user_id| ledger.merger(user_id).unwrap().unwrap().stage;
    assert_eq!(stage(ada), Stage::Emptied(at(3)), "the key stays for a day");
    assert_eq!(go_on(ledger, ada, DAY + 3), Merging::Done);
    assert_eq!(stage(ada), Stage::Closed(at(DAY + 3)));
    assert_eq!(ledger.mergers_left(9).unwrap(), []);
    assert_eq!(ledger.person_facts(ada).unwrap(), None);
    assert_eq!(ledger.opens(&sha256(b"Ada")).unwrap(), None);
    is_sound(ledger, "closed");
    is_his(&by_id("5"), DAY + 4);
    is_his(&shown("6", "91-a"), DAY + 4);
    assert_eq!(ledger.user_of(&reference).unwrap(), Some(bob));
    assert_eq!(again(ledger, "Ada"), (bob, Changed::Same));
    assert_eq!(begin(ledger, ada, bob, DAY + 5), Merging::Done);
    // With him goes all that leads to him; her reference is free then.
    change(ledger, Write::Erase { user_id: bob }, at(DAY + 6));
    is_sound(ledger, "erased");
    let nobodys = record(ledger, &by_id("7"), at(DAY + 7)).owner;
    assert!(matches!(nobodys, OwnerId::Unclaimed(_)), "{nobodys:?}");
    assert_eq!(ledger.user_of(&reference).unwrap(), None);
    let (next, changed) = again(ledger, "Ada");
    assert_eq!(changed, Changed::Done);
    assert_eq!(ledger.user_of(&reference).unwrap(), Some(next));
}

/// The person of that reference, asked for once more.
fn again(ledger: &Ledger, reference: &str) -> (UserId, Changed) {
    let add = Write::AddUser {
        spare: ledger.take_key().unwrap(),
        profile: Box::new(Profile {
            reference: Some(text(reference)),
            ..Profile::default()
        }),
        first: FirstKey::Token {
            token_id: TokenId([77; 16]),
            hash: [77; 32],
        },
    };
    match write(ledger, add, at(DAY)) {
        Written::User { user_id, changed } => (user_id, changed),
        other => panic!("not a person: {other:?}"),
    }
}

fn returns_follow(ledger: &Ledger) {
    town(ledger);
    let (ada, bob) = (add_user(ledger, "Ada"), add_user(ledger, "Bob"));
    let sale = |number: &str| slip(number).line("A", "2", 50).buyer(ada).content();
    let sales: Vec<_> = ["1", "2", "3"].map(sale).into();
    for content in &sales {
        record(ledger, content, at(0));
    }
    // One that comes before its sale, and waits for it.
    let fourth = sale("4");
    let early = slip("r4")
        .line("A", "1", 50)
        .returned()
        .returns(&fourth, &[(1, "1")]);
    record(ledger, &early.content(), at(0));
    let back = |number: &str, of: &Content| {
        let slip = slip(number).line("A", "1", 50).returned();
        slip.returns(of, &[(1, "1")]).content()
    };
    record(ledger, &back("r1", &sales[0]), at(1));
    assert_eq!(begin(ledger, ada, bob, 2), Merging::Begun);
    for (content, minute) in [(back("r2", &sales[1]), 3), (fourth, 4)] {
        let owner = record(ledger, &content, at(minute)).owner;
        assert_eq!(owner, OwnerId::User(bob), "{:?}", content.key);
        is_sound(ledger, "returned between the steps");
    }
    to_the_end(ledger, ada, 5);
    let void = slip("v3").voids(&sales[2]).content();
    let owner = record(ledger, &void, at(6)).owner;
    assert_eq!(owner, OwnerId::User(bob));
    assert_eq!(book(ledger, bob).len(), 8);
}

fn refused(ledger: &Ledger) {
    let people = ["Ada", "Bob", "Cyd", "Dan", "Eve"].map(|name| add_user(ledger, name));
    let [ada, bob, cyd, dan, eve] = people;
    change(
        ledger,
        Write::SignIn(SignInStep::Leave {
            user_id: dan,
            at: at(0),
        }),
        at(0),
    );
    let standing = |step| change(ledger, Write::Standing(step), at(0));
    let (by, reason) = (BY, text("asked"));
    standing(StandingStep::Suspend {
        user_id: eve,
        by: by.clone(),
        reason: reason.clone(),
    });
    let rows = [
        (ada, ada, Merging::Refused(Unmergeable::Itself)),
        (NOBODY, ada, Merging::Refused(Unmergeable::Unknown(NOBODY))),
        (ada, NOBODY, Merging::Refused(Unmergeable::Unknown(NOBODY))),
        (ada, dan, Merging::Refused(Unmergeable::Leaving(dan))),
        (dan, ada, Merging::Refused(Unmergeable::Leaving(dan))),
        (ada, eve, Merging::Refused(Unmergeable::Suspended(eve))),
        (eve, ada, Merging::Refused(Unmergeable::Suspended(eve))),
        (ada, bob, Merging::Begun),
        (ada, bob, Merging::Going),
        (ada, cyd, Merging::Refused(Unmergeable::Merged(ada))),
        (bob, ada, Merging::Refused(Unmergeable::Merged(ada))),
        (cyd, ada, Merging::Refused(Unmergeable::Merged(ada))),
    ];
    for (from, into, expected) in rows {
        assert_eq!(begin(ledger, from, into, 1), expected, "{from} {into}");
    }
    assert_eq!(
        go_on(ledger, cyd, 2),
        Merging::Refused(Unmergeable::Unknown(cyd))
    );
    let opened = standing(StandingStep::Resume {
        user_id: ada,
        by,
        reason,
    });
    assert_eq!(opened, Changed::Different, "it is not opened again");
}

fn goes_on(ledger: &Ledger) {
    town(ledger);
    let [ada, bob, cyd] = ["Ada", "Bob", "Cyd"].map(|name| add_user(ledger, name));
    let sale =
        |number: &str, user_id: UserId| slip(number).line("A", "1", 50).buyer(user_id).content();
    for (number, user_id) in [("1", ada), ("2", bob), ("3", cyd)] {
        record(ledger, &sale(number, user_id), at(0));
    }
    assert_eq!(begin(ledger, ada, bob, 1), Merging::Begun);
    assert_eq!(begin(ledger, bob, cyd, 2), Merging::Begun);
    is_sound(ledger, "both begun");
    to_the_end(ledger, bob, 3);
    to_the_end(ledger, ada, 4);
    assert_eq!(book(ledger, cyd).len(), 3);
    assert_eq!(ledger.heir(ada).unwrap(), cyd);
    for minute in [DAY + 4, DAY + 5] {
        go_on(ledger, bob, minute);
        go_on(ledger, ada, minute);
        is_sound(ledger, "closed");
    }
    let receipt = record(ledger, &sale("4", ada), at(DAY + 6));
    assert_eq!(receipt.owner, OwnerId::User(cyd));
}

fn erased_meanwhile(ledger: &Ledger) {
    town(ledger);
    let (ada, bob) = (add_user(ledger, "Ada"), add_user(ledger, "Bob"));
    let sale = slip("1").line("A", "1", 50).buyer(ada).content();
    let id = record(ledger, &sale, at(0)).purchase_id;
    assert_eq!(begin(ledger, ada, bob, 1), Merging::Begun);
    change(ledger, Write::Erase { user_id: bob }, at(2));
    is_sound(ledger, "the other one is erased");
    assert_eq!(go_on(ledger, ada, 3), Merging::Done);
    assert_eq!(ledger.person_facts(ada).unwrap(), None);
    assert!(
        ledger.purchase(ada, id).is_err(),
        "no key opens it any more"
    );
    is_sound(ledger, "erased whole");
}

/// Sales, returns, names, codes and steps of two mergers in a random order; after each every row agrees with
/// every other, and no purchase is lost.
fn at_random(ledger: &Ledger) {
    town(ledger);
    let seed: u64 = 20_170_101;
    let mut drawn = 0_u64;
    let mut draw = |below: u64| {
        drawn += 1;
        let random = sha256(&[seed.to_be_bytes(), drawn.to_be_bytes()].concat());
        u64::from(random[0]) % below
    };
    let people = ["Ada", "Bob", "Cyd"].map(|name| add_user(ledger, name));
    let codes = ["91-a", "91-b", "91-c"];
    for (user_id, code) in people.iter().zip(codes) {
        give_code(ledger, *user_id, code, (-60, 9 * DAY));
        assert!(member(code).is_some());
    }
    let mut sales: Vec<Content> = Vec::new();
    let (mut revision, mut recorded) = (0, 0);
    for minute in 0..60 {
        let who = usize::try_from(draw(3)).unwrap();
        let number = minute.to_string();
        let what = draw(8);
        match what {
            0 | 1 => {
                let of = ["A", "B", "C"][who];
                let slip = slip(&number).line(of, "2", 50).line("A", "1", 10);
                sales.push(slip.buyer(people[who]).content());
                record(ledger, sales.last().unwrap(), at(minute));
                recorded += 1;
            }
            2 => {
                record(ledger, &shown(&number, codes[who]), at(minute));
                recorded += 1;
            }
            3 if !sales.is_empty() => {
                let at_sale = usize::try_from(draw(250)).unwrap() % sales.len();
                let slip = slip(&number).line("A", "1", 25).returned();
                let slip = slip.returns(&sales[at_sale], &[(1, "1")]);
                record(ledger, &slip.content(), at(minute));
                recorded += 1;
            }
            4 => {
                let of = ["A", "B", "C"][who];
                let changes = vec![named(of, &format!("Item {minute}"), at(-DAY))];
                update(ledger, revision, revision + 1, changes);
                revision += 1;
                learn(ledger, &[of], at(minute));
            }
            5 if minute > 15 => {
                begin(ledger, people[0], people[1], minute);
            }
            6 if minute > 30 => {
                begin(ledger, people[1], people[2], minute);
            }
            _ => {
                go_on(ledger, people[who], minute);
            }
        }
        // To read all of a database takes long: there it is done less often.
        if ledger.place().is_none() || minute % 12 == 0 {
            is_sound(
                ledger,
                &format!("seed {seed}, minute {minute}, deed {what}"),
            );
        }
        let mut all: Vec<_> = people.map(|user_id| book(ledger, user_id)).concat();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), recorded, "seed {seed}, minute {minute}");
    }
    assert_eq!(
        ledger.heir(people[0]).unwrap(),
        people[2],
        "seed {seed}: both were begun"
    );
    for user_id in [people[0], people[1], people[0]] {
        to_the_end(ledger, user_id, 99);
    }
    assert_eq!(book(ledger, people[2]).len(), recorded, "seed {seed}");
}
