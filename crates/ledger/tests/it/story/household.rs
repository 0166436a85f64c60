//! Households: who comes in and how, what is seen of whom is for others to say; here it is who is in which,
//! what each shares, and that nothing is left of whoever goes.

use super::Story;
use crate::world::{DAY, add_user, at, change, text};
use ledger::Ledger;
use ledger::account::{
    Accessor, Household, INVITATIONS_MAX, LeafSubject, MEMBERS_MAX, Sharing, Touched,
};
use ledger::write::{Changed, HouseholdStep, LeafStep, Write};
use purchase::id::{HouseholdId, UserId};

pub(crate) const STORIES: &[Story] = &[
    (
        "a household begins with one and grows by invitations",
        grows,
    ),
    (
        "an invitation is good for once, until it expires or is taken back",
        invitations,
    ),
    ("members and invitations are bounded", bounds),
    (
        "each member says what is shared, and by which name",
        sharing,
    ),
    ("whoever goes takes everything along", leaving),
    (
        "only who has been there longest sends somebody away",
        sent_away,
    ),
    ("an erased member is nowhere", erased),
    (
        "each member is told that somebody came, and of the own end",
        told,
    ),
];

const NOBODY: UserId = UserId([9; 16]);
const HOME: HouseholdId = HouseholdId([1; 16]);

fn step(ledger: &Ledger, step: HouseholdStep, minute: i64) -> Changed {
    change(ledger, Write::Household(step), at(minute))
}

fn begin(ledger: &Ledger, user_id: UserId, household_id: HouseholdId, name: &str) -> Changed {
    let begin = HouseholdStep::Begin {
        user_id,
        household_id,
        name: text(name),
    };
    step(ledger, begin, 1)
}

/// Invites with a secret of which this is the hash, for ten minutes after minute 1.
fn invite(ledger: &Ledger, user_id: UserId, hash: u8) -> Changed {
    let invite = HouseholdStep::Invite {
        user_id,
        hash: [hash; 32],
        expires_at: at(11),
    };
    step(ledger, invite, 1)
}

fn join_at(ledger: &Ledger, user_id: UserId, hash: u8, minute: i64) -> Changed {
    let join = HouseholdStep::Join {
        user_id,
        hash: [hash; 32],
        name: text("somebody"),
    };
    step(ledger, join, minute)
}

fn join(ledger: &Ledger, user_id: UserId, hash: u8) -> Changed {
    join_at(ledger, user_id, hash, 2)
}

fn take_back(ledger: &Ledger, user_id: UserId, hash: u8) -> Changed {
    let hash = [hash; 32];
    step(ledger, HouseholdStep::TakeBack { user_id, hash }, 2)
}

fn leave(ledger: &Ledger, user_id: UserId) -> Changed {
    step(ledger, HouseholdStep::Leave { user_id }, 3)
}

fn of(ledger: &Ledger, user_id: UserId) -> Option<Household> {
    ledger.household_of(user_id).unwrap()
}

fn members(ledger: &Ledger, user_id: UserId) -> Vec<UserId> {
    let household = of(ledger, user_id);
    let members = household.into_iter().flat_map(|it| it.members);
    members.map(|member| member.user_id).collect()
}

/// Invites and comes in.
fn let_in(ledger: &Ledger, by: UserId, user_id: UserId, hash: u8) {
    assert_eq!(invite(ledger, by, hash), Changed::Done);
    assert_eq!(join(ledger, user_id, hash), Changed::Done);
}

fn people<const N: usize>(ledger: &Ledger, names: [&str; N]) -> [UserId; N] {
    names.map(|name| add_user(ledger, name))
}

/// How many rows of households there are, by kind.
fn rows(ledger: &Ledger) -> [usize; 4] {
    let all = ledger.stored_rows().unwrap();
    [45, 46, 47, 49].map(|kind| all.iter().filter(|row| row.key[0] == kind).count())
}

fn grows(ledger: &Ledger) {
    let [ada, bob, cyd] = people(ledger, ["Ada", "Bob", "Cyd"]);
    assert_eq!(of(ledger, ada), None);
    assert_eq!(begin(ledger, NOBODY, HOME, "x"), Changed::NotFound);
    assert_eq!(begin(ledger, ada, HOME, "Ada"), Changed::Done);
    assert_eq!(begin(ledger, ada, HOME, "Ada"), Changed::Same, "sent again");
    let other = HouseholdId([2; 16]);
    assert_eq!(begin(ledger, ada, other, "Ada"), Changed::Different);
    assert_eq!(
        begin(ledger, bob, HOME, "Bob"),
        Changed::Different,
        "its id is taken"
    );
    assert_eq!(invite(ledger, bob, 1), Changed::NotFound, "who is in none");
    let_in(ledger, ada, bob, 1);
    // Whoever came in invites as well.
    let_in(ledger, bob, cyd, 2);
    for user_id in [ada, bob, cyd] {
        assert_eq!(members(ledger, user_id), [ada, bob, cyd]);
    }
    let household = of(ledger, cyd).unwrap();
    assert_eq!(
        (household.household_id, household.created_at),
        (HOME, at(1))
    );
    let [first, _, last] = &household.members[..] else {
        panic!("{household:?}")
    };
    assert_eq!((first.name.as_str(), first.joined_at), ("Ada", at(1)));
    assert_eq!((last.name.as_str(), last.joined_at), ("somebody", at(2)));
    assert_eq!(last.sharing, Sharing::Chosen, "nothing is shared at first");
    assert_eq!(begin(ledger, cyd, other, "Cyd"), Changed::Different);
    assert_eq!(rows(ledger), [1, 3, 0, 3]);
}

fn invitations(ledger: &Ledger) {
    let [ada, bob, cyd, dan] = people(ledger, ["Ada", "Bob", "Cyd", "Dan"]);
    begin(ledger, ada, HOME, "Ada");
    begin(ledger, dan, HouseholdId([2; 16]), "Dan");
    assert_eq!(join(ledger, bob, 1), Changed::NotFound, "nobody invited");
    assert_eq!(invite(ledger, ada, 1), Changed::Done);
    assert_eq!(invite(ledger, ada, 1), Changed::Same, "sent again");
    assert_eq!(
        invite(ledger, dan, 1),
        Changed::Different,
        "a hash of another's"
    );
    let open = ledger.invitation([1; 32]).unwrap().unwrap();
    assert_eq!(
        (open.household_id, open.user_id, open.expires_at),
        (HOME, ada, at(11))
    );
    // Who is somewhere already stays there, and the invitation stays good.
    assert_eq!(join(ledger, dan, 1), Changed::Different);
    assert_eq!(join(ledger, ada, 1), Changed::Different);
    assert_eq!(join(ledger, NOBODY, 1), Changed::NotFound);
    assert_eq!(join_at(ledger, bob, 1, 11), Changed::NotFound, "too late");
    assert_eq!(
        join_at(ledger, bob, 1, 10),
        Changed::Done,
        "the last minute"
    );
    assert_eq!(join(ledger, cyd, 1), Changed::NotFound, "used");
    assert_eq!(ledger.invitation([1; 32]).unwrap(), None);
    // Taken back by whoever is in it, and by nobody else.
    assert_eq!(invite(ledger, ada, 2), Changed::Done);
    assert_eq!(take_back(ledger, cyd, 2), Changed::NotFound);
    assert_eq!(
        take_back(ledger, dan, 2),
        Changed::NotFound,
        "of another household"
    );
    assert_eq!(take_back(ledger, bob, 2), Changed::Done);
    assert_eq!(take_back(ledger, bob, 2), Changed::NotFound);
    assert_eq!(join(ledger, cyd, 2), Changed::NotFound);
    // With whoever invited goes what was invited by.
    assert_eq!(invite(ledger, bob, 3), Changed::Done);
    assert_eq!(invite(ledger, ada, 4), Changed::Done);
    assert_eq!(leave(ledger, bob), Changed::Done);
    assert_eq!(join(ledger, cyd, 3), Changed::NotFound);
    assert_eq!(
        join(ledger, cyd, 4),
        Changed::Done,
        "the other is good still"
    );
    assert_eq!(rows(ledger), [2, 3, 0, 3]);
}

fn bounds(ledger: &Ledger) {
    let ada = add_user(ledger, "Ada");
    begin(ledger, ada, HOME, "Ada");
    let open_max = u8::try_from(INVITATIONS_MAX).unwrap();
    for hash in 1..=open_max {
        assert_eq!(invite(ledger, ada, hash), Changed::Done);
    }
    assert_eq!(invite(ledger, ada, 99), Changed::Full);
    // Those that have expired make room.
    let later = HouseholdStep::Invite {
        user_id: ada,
        hash: [99; 32],
        expires_at: at(DAY),
    };
    assert_eq!(step(ledger, later, 11), Changed::Done);
    assert_eq!(of(ledger, ada).unwrap().invitations.len(), 1);
    assert_eq!(rows(ledger)[2], 1);
    take_back(ledger, ada, 99);
    for number in 1..MEMBERS_MAX {
        let user_id = add_user(ledger, &format!("member {number}"));
        let_in(ledger, ada, user_id, u8::try_from(number).unwrap());
    }
    let late = add_user(ledger, "late");
    assert_eq!(invite(ledger, ada, 99), Changed::Done);
    assert_eq!(join(ledger, late, 99), Changed::Full);
    let last = *members(ledger, ada).last().unwrap();
    leave(ledger, last);
    assert_eq!(join(ledger, late, 99), Changed::Done, "there is room again");
    let long = HouseholdStep::Rename {
        user_id: ada,
        name: purchase::text::Text::new(&"x".repeat(201), 300).unwrap(),
    };
    assert_eq!(step(ledger, long, 3), Changed::Full);
}

fn sharing(ledger: &Ledger) {
    let [ada, bob] = people(ledger, ["Ada", "Bob"]);
    begin(ledger, ada, HOME, "Ada");
    let_in(ledger, ada, bob, 1);
    let share = |user_id, sharing| step(ledger, HouseholdStep::Share { user_id, sharing }, 3);
    let seen = |user_id: UserId| {
        let household = of(ledger, ada).unwrap();
        let mut members = household.members.into_iter();
        let member = members.find(|member| member.user_id == user_id).unwrap();
        (member.name.as_str().to_owned(), member.sharing)
    };
    for all in [Sharing::Everything, Sharing::Since(at(3)), Sharing::Chosen] {
        assert_eq!(share(bob, all), Changed::Done);
        assert_eq!(share(bob, all), Changed::Same);
        assert_eq!(seen(bob).1, all);
        assert_eq!(seen(ada).1, Sharing::Chosen, "of nobody else");
    }
    assert_eq!(share(NOBODY, Sharing::Everything), Changed::NotFound);
    let rename = |user_id, name: &str| {
        let name = text(name);
        step(ledger, HouseholdStep::Rename { user_id, name }, 3)
    };
    assert_eq!(rename(bob, "Bobby"), Changed::Done);
    assert_eq!(seen(bob).0, "Bobby");
    assert_eq!(seen(ada).0, "Ada");
    assert_eq!(rename(NOBODY, "x"), Changed::NotFound);
}

fn choose(ledger: &Ledger, user_id: UserId) {
    for (subject, of) in [(LeafSubject::Shared, b"one"), (LeafSubject::Note, b"two")] {
        let put = LeafStep::Put {
            user_id,
            subject,
            of: of.to_vec(),
            value: b"x".to_vec(),
        };
        assert_eq!(change(ledger, Write::Leaf(put), at(2)), Changed::Done);
    }
}

fn chosen(ledger: &Ledger, user_id: UserId) -> [usize; 2] {
    let of = |subject| ledger.leaves(user_id, subject).unwrap().len();
    [of(LeafSubject::Shared), of(LeafSubject::Note)]
}

fn leaving(ledger: &Ledger) {
    let [ada, bob] = people(ledger, ["Ada", "Bob"]);
    begin(ledger, ada, HOME, "Ada");
    let_in(ledger, ada, bob, 1);
    choose(ledger, ada);
    choose(ledger, bob);
    assert_eq!(leave(ledger, bob), Changed::Done);
    assert_eq!(leave(ledger, bob), Changed::NotFound, "sent again");
    assert_eq!(of(ledger, bob), None);
    assert_eq!(members(ledger, ada), [ada]);
    // What was chosen for this household is chosen for no other; all else stays.
    assert_eq!((chosen(ledger, bob), chosen(ledger, ada)), ([0, 1], [1, 1]));
    // With the last one it is gone, with what was open.
    invite(ledger, ada, 2);
    assert_eq!(leave(ledger, ada), Changed::Done);
    assert_eq!(ledger.household(HOME).unwrap(), None);
    assert_eq!(join(ledger, bob, 2), Changed::NotFound);
    assert_eq!(rows(ledger), [0; 4]);
}

fn sent_away(ledger: &Ledger) {
    let [ada, bob, cyd, dan] = people(ledger, ["Ada", "Bob", "Cyd", "Dan"]);
    begin(ledger, ada, HOME, "Ada");
    let_in(ledger, ada, bob, 1);
    let_in(ledger, ada, cyd, 2);
    begin(ledger, dan, HouseholdId([2; 16]), "Dan");
    let send = |user_id, whom| step(ledger, HouseholdStep::SendAway { user_id, whom }, 3);
    for (by, whom, answer) in [
        (bob, cyd, Changed::Different),
        (bob, ada, Changed::Different),
        (ada, ada, Changed::Different),
        (ada, dan, Changed::NotFound),
        (dan, bob, Changed::NotFound),
        (NOBODY, bob, Changed::NotFound),
    ] {
        assert_eq!(send(by, whom), answer, "{by} {whom}");
    }
    assert_eq!(
        members(ledger, bob),
        [ada, bob, cyd],
        "nobody is gone so far"
    );
    choose(ledger, cyd);
    assert_eq!(send(ada, cyd), Changed::Done);
    assert_eq!((of(ledger, cyd), chosen(ledger, cyd)), (None, [0, 1]));
    // Who comes again is the newest; and when the first goes, the next may.
    let_in(ledger, bob, cyd, 3);
    leave(ledger, ada);
    assert_eq!(send(cyd, bob), Changed::Different);
    assert_eq!(send(bob, cyd), Changed::Done);
    assert_eq!(members(ledger, bob), [bob]);
}

fn erased(ledger: &Ledger) {
    let [ada, bob, cyd] = people(ledger, ["Ada", "Bob", "Cyd"]);
    begin(ledger, ada, HOME, "Ada");
    let_in(ledger, ada, bob, 1);
    choose(ledger, bob);
    invite(ledger, bob, 2);
    let erase = |user_id| change(ledger, Write::Erase { user_id }, at(4));
    assert_eq!(erase(bob), Changed::Done);
    assert_eq!(of(ledger, bob), None);
    assert_eq!(members(ledger, ada), [ada]);
    assert_eq!(join(ledger, cyd, 2), Changed::NotFound);
    assert_eq!(rows(ledger), [1, 1, 0, 1]);
    let left = ledger.stored_rows().unwrap();
    let is_of_bob = |key: &[u8]| [46, 47, 49, 38].contains(&key[0]) && key.ends_with(&bob.0);
    assert!(!left.iter().any(|row| is_of_bob(&row.key)));
    assert_eq!(erase(ada), Changed::Done);
    assert_eq!(rows(ledger), [0; 4]);
}

fn told(ledger: &Ledger) {
    let [ada, bob, cyd] = people(ledger, ["Ada", "Bob", "Cyd"]);
    begin(ledger, ada, HOME, "Ada");
    let_in(ledger, ada, bob, 1);
    let_in(ledger, ada, cyd, 2);
    leave(ledger, bob);
    let whom = cyd;
    step(ledger, HouseholdStep::SendAway { user_id: ada, whom }, 4);
    let log = |user_id| {
        let log = ledger.accesses(user_id, None, 99).unwrap().into_iter();
        log.map(|entry| (entry.by, entry.what)).collect::<Vec<_>>()
    };
    let (own, theirs) = (Accessor::Person, Accessor::Household);
    let (came, went) = (Touched::HouseholdJoined, Touched::HouseholdLeft);
    let entry = |by: &Accessor, what| (by.clone(), what);
    assert_eq!(
        log(ada),
        [
            entry(&theirs, came),
            entry(&theirs, came),
            entry(&own, came)
        ]
    );
    // That others go is told to nobody; who sent somebody away is not named.
    let of_bob = [entry(&own, went), entry(&theirs, came), entry(&own, came)];
    assert_eq!(log(bob), of_bob);
    assert_eq!(log(cyd), [entry(&theirs, went), entry(&own, came)]);
}
