//! Partners: who gives what to whom, until when, who is told, and that nothing is left of whoever goes. Which
//! purchases are handed over is for others to say.

use super::Story;
use crate::world::{DAY, add_user, at, change, commit, text};
use ledger::Ledger;
use ledger::account::{Accessor, CONSENTS_MAX, Consent, LeafSubject, Opens, PARTNERS_MAX, Touched};
use ledger::write::{Changed, ConsentStep, PartnerStep, Reach, SignInStep, Write, Written};
use purchase::id::{AliasId, PartnerId, UserId};

pub(crate) const STORIES: &[Story] = &[
    ("a partner comes with a key and is ended", partners),
    ("the consents of a person are bounded", bounds),
    ("a consent is given, changed and taken back", consents),
    ("the same sent twice leaves nothing out", twice),
    ("no partner knows anybody by another's name", apart),
    ("a consent ends by itself", expiry),
    ("the person is told once an hour, or nothing is read", told),
    ("who asks to go, or is erased, gives nothing", gone),
    ("what was given to a partner goes with it", cleared),
    ("those who consented are told page by page", pages),
];

/// Told where a thousand rows cost little: what is decided is the same everywhere.
pub(crate) const LONG_STORIES: &[Story] = &[("partners are bounded", many_partners)];

pub(super) const ONE: PartnerId = PartnerId([1; 16]);
pub(super) const OTHER: PartnerId = PartnerId([2; 16]);
const NOBODY: UserId = UserId([9; 16]);

fn partner(ledger: &Ledger, step: PartnerStep, minute: i64) -> Changed {
    change(ledger, Write::Partner(step), at(minute))
}

fn add_as(ledger: &Ledger, partner_id: PartnerId, name: &str, hash: [u8; 32]) -> Changed {
    let add = PartnerStep::Add {
        partner_id,
        name: text(name),
        purpose: text("to keep accounts"),
        url: None,
        hash,
    };
    partner(ledger, add, 1)
}

pub(super) fn add(ledger: &Ledger, partner_id: PartnerId) -> Changed {
    add_as(ledger, partner_id, "Kakeibo", [partner_id.0[0]; 32])
}

fn end(ledger: &Ledger, partner_id: PartnerId) -> Changed {
    partner(ledger, PartnerStep::End { partner_id }, 8)
}

fn clear(ledger: &Ledger, partner_id: PartnerId) -> Changed {
    partner(ledger, PartnerStep::Clear { partner_id }, 9)
}

fn give_at(
    ledger: &Ledger,
    user_id: UserId,
    partner_id: PartnerId,
    (reach, minute, until): (Reach, i64, i64),
) -> Changed {
    let give = ConsentStep::Give {
        user_id,
        partner_id,
        until: at(until),
        reach,
    };
    change(ledger, Write::Consent(give), at(minute))
}

pub(super) fn give(ledger: &Ledger, user_id: UserId, partner_id: PartnerId) -> Changed {
    give_at(ledger, user_id, partner_id, (Reach::FromNow, 2, DAY))
}

fn revoke(ledger: &Ledger, user_id: UserId, partner_id: PartnerId) -> Changed {
    let revoke = ConsentStep::Revoke {
        user_id,
        partner_id,
    };
    change(ledger, Write::Consent(revoke), at(6))
}

fn tell(ledger: &Ledger, partner_id: PartnerId, alias: AliasId, minute: i64) -> Changed {
    let told = ConsentStep::Told { partner_id, alias };
    change(ledger, Write::Consent(told), at(minute))
}

fn of(ledger: &Ledger, user_id: UserId) -> Vec<Consent> {
    ledger.consents(user_id).unwrap()
}

fn alias(ledger: &Ledger, user_id: UserId, partner_id: PartnerId) -> AliasId {
    let mut consents = of(ledger, user_id).into_iter();
    let found = consents.find(|consent| consent.partner_id == partner_id);
    found.expect("it was given").alias
}

fn names(ledger: &Ledger, partner_id: PartnerId, minute: i64) -> Vec<UserId> {
    let page = ledger
        .consented_to(partner_id, None, 1_000, at(minute))
        .unwrap();
    page.consents.iter().map(|it| it.user_id).collect()
}

/// How many rows of partners, of consents, and of the person's own records of them there are.
pub(super) fn rows(ledger: &Ledger) -> [usize; 3] {
    let all = ledger.stored_rows().unwrap();
    [53, 55, 38].map(|kind| all.iter().filter(|row| row.key[0] == kind).count())
}

fn logged(ledger: &Ledger, user_id: UserId) -> usize {
    ledger.accesses(user_id, None, 99).unwrap().len()
}

fn partners(ledger: &Ledger) {
    assert_eq!(add(ledger, ONE), Changed::Done);
    assert_eq!(add(ledger, ONE), Changed::Same, "sent again");
    assert_eq!(add_as(ledger, ONE, "x", [7; 32]), Changed::Different);
    assert_eq!(ledger.opens(&[7; 32]).unwrap(), None);
    let opens = Opens::Partner { partner_id: ONE };
    assert_eq!(ledger.opens(&[1; 32]).unwrap(), Some(opens));
    let known = ledger.partner(ONE).unwrap().unwrap();
    assert_eq!(
        (known.name.as_str(), known.created_at, known.ended_at),
        ("Kakeibo", at(1), None)
    );
    assert_eq!(clear(ledger, ONE), Changed::Different, "it goes on");
    assert_eq!(end(ledger, OTHER), Changed::NotFound);
    assert_eq!(end(ledger, ONE), Changed::Done);
    assert_eq!(end(ledger, ONE), Changed::Same);
    assert_eq!(ledger.opens(&[1; 32]).unwrap(), None);
    assert_eq!(ledger.partners().unwrap().len(), 1);
    assert_eq!(clear(ledger, ONE), Changed::Done);
    assert_eq!(clear(ledger, ONE), Changed::NotFound);
    assert_eq!(ledger.partners().unwrap(), []);
}

fn numbered(number: usize) -> PartnerId {
    let mut id = [3; 16];
    id[..2].copy_from_slice(&u16::try_from(number).unwrap().to_be_bytes());
    PartnerId(id)
}

/// So many partners, in one commit.
fn add_many(ledger: &Ledger, count: usize) {
    let add = |number: usize| {
        let partner_id = numbered(number);
        let mut hash = [200; 32];
        hash[..16].copy_from_slice(&partner_id.0);
        Write::Partner(PartnerStep::Add {
            partner_id,
            name: text("x"),
            purpose: text("y"),
            url: None,
            hash,
        })
    };
    all_done(ledger, (0..count).map(add).collect(), 1);
}

fn all_done(ledger: &Ledger, writes: Vec<Write>, minute: i64) {
    for written in commit(ledger, writes, at(minute)) {
        let Written::Changed(changed) = written else {
            panic!("{written:?}")
        };
        assert_eq!(changed, Changed::Done);
    }
}

fn many_partners(ledger: &Ledger) {
    add_many(ledger, PARTNERS_MAX);
    assert_eq!(ledger.partners().unwrap().len(), PARTNERS_MAX);
    let one_more = PartnerId([250; 16]);
    assert_eq!(add(ledger, one_more), Changed::Full);
    assert_eq!(end(ledger, numbered(0)), Changed::Done);
    assert_eq!(add(ledger, one_more), Changed::Full, "it is still there");
    assert_eq!(clear(ledger, numbered(0)), Changed::Done);
    assert_eq!(add(ledger, one_more), Changed::Done);
}

fn bounds(ledger: &Ledger) {
    add_many(ledger, CONSENTS_MAX + 1);
    let ada = add_user(ledger, "Ada");
    let give_to = |number: usize| {
        Write::Consent(ConsentStep::Give {
            user_id: ada,
            partner_id: numbered(number),
            until: at(DAY),
            reach: Reach::FromNow,
        })
    };
    all_done(ledger, (0..CONSENTS_MAX).map(give_to).collect(), 2);
    assert_eq!(give(ledger, ada, numbered(CONSENTS_MAX)), Changed::Full);
    let longer = (Reach::FromNow, 3, 2 * DAY);
    let again = give_at(ledger, ada, numbered(0), longer);
    assert_eq!(again, Changed::Done, "what is there may change");
    assert_eq!(revoke(ledger, ada, numbered(0)), Changed::Done);
    assert_eq!(give(ledger, ada, numbered(CONSENTS_MAX)), Changed::Done);
}

fn consents(ledger: &Ledger) {
    let ada = add_user(ledger, "Ada");
    assert_eq!(give(ledger, ada, ONE), Changed::NotFound, "no partner");
    add(ledger, ONE);
    assert_eq!(give(ledger, NOBODY, ONE), Changed::NotFound);
    assert_eq!(revoke(ledger, ada, ONE), Changed::NotFound);
    assert_eq!(give(ledger, ada, ONE), Changed::Done);
    let [given] = of(ledger, ada)[..] else {
        panic!("one was given")
    };
    let expected = Consent {
        partner_id: ONE,
        alias: given.alias,
        user_id: ada,
        given_at: at(2),
        until: at(DAY),
        from: Some(at(2)),
        told_at: None,
    };
    assert_eq!(given, expected);
    let read = |minute| ledger.consented(ONE, given.alias, at(minute)).unwrap();
    assert_eq!(read(3), Some(expected));
    let all = (Reach::Everything, 4, 2 * DAY);
    assert_eq!(give_at(ledger, ada, ONE, all), Changed::Done);
    let changed = Consent {
        until: at(2 * DAY),
        from: None,
        ..expected
    };
    assert_eq!(read(5), Some(changed));
    assert_eq!(rows(ledger), [1, 1, 1]);
    assert_eq!(revoke(ledger, ada, ONE), Changed::Done);
    assert_eq!((read(6), of(ledger, ada)), (None, vec![]));
    assert_eq!(rows(ledger), [1, 0, 0]);
    assert_eq!(revoke(ledger, ada, ONE), Changed::NotFound);
}

fn twice(ledger: &Ledger) {
    let ada = add_user(ledger, "Ada");
    add(ledger, ONE);
    assert_eq!(give(ledger, ada, ONE), Changed::Done);
    assert_eq!(give(ledger, ada, ONE), Changed::Same);
    let later = (Reach::FromNow, 9, DAY);
    assert_eq!(give_at(ledger, ada, ONE, later), Changed::Same);
    assert_eq!(of(ledger, ada)[0].from, Some(at(2)));
    // Taken back and given anew it begins anew.
    assert_eq!(revoke(ledger, ada, ONE), Changed::Done);
    assert_eq!(give_at(ledger, ada, ONE, later), Changed::Done);
    assert_eq!(of(ledger, ada)[0].from, Some(at(9)));
}

fn apart(ledger: &Ledger) {
    let [ada, bob] = ["Ada", "Bob"].map(|name| add_user(ledger, name));
    for partner_id in [ONE, OTHER] {
        add(ledger, partner_id);
        for user_id in [ada, bob] {
            assert_eq!(give(ledger, user_id, partner_id), Changed::Done);
        }
    }
    let name = |user_id, partner_id| alias(ledger, user_id, partner_id);
    let all = [
        name(ada, ONE),
        name(ada, OTHER),
        name(bob, ONE),
        name(bob, OTHER),
    ];
    for (nth, one) in all.iter().enumerate() {
        assert!(!all[nth + 1..].contains(one), "two have the same name");
        assert!(one.0 != ada.0 && one.0 != bob.0);
    }
    // What the other knows somebody by opens nothing.
    let read = |partner_id, alias| ledger.consented(partner_id, alias, at(3)).unwrap();
    assert_eq!(read(ONE, name(ada, OTHER)), None);
    assert_eq!(tell(ledger, ONE, name(ada, OTHER), 3), Changed::NotFound);
    let own = read(ONE, name(ada, ONE)).map(|consent| consent.user_id);
    assert_eq!(own, Some(ada), "its own does");
    assert_eq!(logged(ledger, ada), 0);
}

fn expiry(ledger: &Ledger) {
    let ada = add_user(ledger, "Ada");
    add(ledger, ONE);
    let short = (Reach::FromNow, 2, 10);
    assert_eq!(give_at(ledger, ada, ONE, short), Changed::Done);
    let name = alias(ledger, ada, ONE);
    let reads = |minute| ledger.consented(ONE, name, at(minute)).unwrap().is_some();
    assert_eq!((reads(9), reads(10)), (true, false));
    assert_eq!(names(ledger, ONE, 9), [ada]);
    assert_eq!(names(ledger, ONE, 10), []);
    assert_eq!(tell(ledger, ONE, name, 10), Changed::NotFound);
    assert_eq!(logged(ledger, ada), 0);
    assert_eq!(of(ledger, ada).len(), 1, "the person still sees it");
    // Given anew it begins anew, under the same name.
    let anew = (Reach::FromNow, 20, 30);
    assert_eq!(give_at(ledger, ada, ONE, anew), Changed::Done);
    let [again] = of(ledger, ada)[..] else {
        panic!("one is there")
    };
    assert_eq!(
        (again.alias, again.given_at, again.from),
        (name, at(20), Some(at(20)))
    );
}

fn told(ledger: &Ledger) {
    let ada = add_user(ledger, "Ada");
    add(ledger, ONE);
    give(ledger, ada, ONE);
    let name = alias(ledger, ada, ONE);
    for (minute, changed, entries) in [
        (3, Changed::Done, 1),
        (3, Changed::Same, 1),
        (62, Changed::Same, 1),
        (63, Changed::Done, 2),
    ] {
        assert_eq!(tell(ledger, ONE, name, minute), changed, "{minute}");
        assert_eq!(logged(ledger, ada), entries, "{minute}");
    }
    let newest = ledger.accesses(ada, None, 1).unwrap().remove(0);
    let by = Accessor::Partner {
        name: text("Kakeibo"),
    };
    assert_eq!(
        (newest.by, newest.what, newest.at),
        (by, Touched::Delivery, at(63))
    );
    assert_eq!(of(ledger, ada)[0].told_at, Some(at(63)));
    assert_eq!(revoke(ledger, ada, ONE), Changed::Done);
    assert_eq!(tell(ledger, ONE, name, 200), Changed::NotFound);
    assert_eq!(logged(ledger, ada), 2);
}

fn gone(ledger: &Ledger) {
    let [ada, bob] = ["Ada", "Bob"].map(|name| add_user(ledger, name));
    add(ledger, ONE);
    give(ledger, ada, ONE);
    give(ledger, bob, ONE);
    let name = alias(ledger, ada, ONE);
    let leave = SignInStep::Leave {
        user_id: ada,
        at: at(4),
    };
    change(ledger, Write::SignIn(leave), at(4));
    assert_eq!(names(ledger, ONE, 5), [bob]);
    assert_eq!(ledger.consented(ONE, name, at(5)).unwrap(), None);
    assert_eq!(tell(ledger, ONE, name, 5), Changed::NotFound);
    assert_eq!(give(ledger, ada, ONE), Changed::NotFound);
    let stay = SignInStep::Stay { user_id: ada };
    change(ledger, Write::SignIn(stay), at(5));
    assert_eq!(tell(ledger, ONE, name, 6), Changed::Done, "who stays gives");
    assert_eq!(rows(ledger), [1, 2, 2]);
    change(ledger, Write::Erase { user_id: ada }, at(7));
    assert_eq!(rows(ledger), [1, 1, 1]);
    assert_eq!(names(ledger, ONE, 8), [bob]);
    assert_eq!(tell(ledger, ONE, name, 8), Changed::NotFound);
}

fn cleared(ledger: &Ledger) {
    let people: Vec<_> = (0..101)
        .map(|number| add_user(ledger, &format!("person {number}")))
        .collect();
    add(ledger, ONE);
    add(ledger, OTHER);
    let give_one = |user_id: &UserId| {
        Write::Consent(ConsentStep::Give {
            user_id: *user_id,
            partner_id: ONE,
            until: at(DAY),
            reach: Reach::FromNow,
        })
    };
    all_done(ledger, people.iter().map(give_one).collect(), 2);
    assert_eq!(give(ledger, people[0], OTHER), Changed::Done);
    let name = alias(ledger, people[0], ONE);
    assert_eq!(tell(ledger, ONE, name, 3), Changed::Done);
    assert_eq!(end(ledger, ONE), Changed::Done);
    // At once, whatever is left.
    assert_eq!(ledger.consented(ONE, name, at(8)).unwrap(), None);
    assert_eq!(tell(ledger, ONE, name, 90), Changed::NotFound);
    assert_eq!(give(ledger, people[0], ONE), Changed::NotFound);
    assert_eq!(clear(ledger, ONE), Changed::Same, "a hundred at a time");
    assert_eq!(rows(ledger), [2, 2, 2]);
    assert_eq!(clear(ledger, ONE), Changed::Done);
    assert_eq!(rows(ledger), [1, 1, 1]);
    let left = ledger.leaves(people[0], LeafSubject::Consent).unwrap();
    assert_eq!(left.len(), 1, "what another partner has stays");
}

fn pages(ledger: &Ledger) {
    let people: Vec<_> = (0..5)
        .map(|number| add_user(ledger, &format!("person {number}")))
        .collect();
    add(ledger, ONE);
    add(ledger, OTHER);
    for user_id in &people {
        give(ledger, *user_id, ONE);
        give(ledger, *user_id, OTHER);
    }
    let mut found = Vec::new();
    let (mut after, mut sizes) = (None, Vec::new());
    loop {
        let page = ledger.consented_to(ONE, after, 2, at(3)).unwrap();
        sizes.push(page.consents.len());
        found.extend(page.consents.iter().map(|it| it.user_id));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(sizes, [2, 2, 1]);
    let mut expected = people;
    expected.sort_by_key(|id| id.0);
    found.sort_by_key(|id| id.0);
    assert_eq!(found, expected);
}
