//! Stores, their devices, people and the keys that open doors.

use super::Story;
use crate::slip::slip;
use crate::world::{
    add_store, add_token, add_user, at, change, purchase, record, sha256, shop, store_id, text,
    town, write,
};
use ledger::Ledger;
use ledger::account::Grant;
use ledger::account::{Access, Accessor, Device, Opens, Touched};
use ledger::profile::Profile;
use ledger::write::NewOperator;
use ledger::write::{Changed, FirstKey, SessionStep, Write, Written};
use purchase::id::{DeviceId, TokenId, UserId};
use purchase::money::Currency;
use purchase::store::{Identity, Issuer, Store};
use purchase::time::Timestamp;

pub(crate) const STORIES: &[Story] = &[
    ("a store is made once", stores),
    (
        "a purchase keeps the store's identity as of the sale",
        identities,
    ),
    ("devices open a store's doors", devices),
    ("a person is known by the operator's reference", references),
    ("tokens open a person's doors, and the operator's", tokens),
    ("a person is told of each key, and ends it", programs),
    ("an erased person's keys open nothing", erase),
    ("counts by store and by person", counts),
];

fn stores(ledger: &Ledger) {
    let add = |store: Store| change(ledger, Write::AddStore(Box::new(store)), at(0));
    assert_eq!(add(shop("s-1")), Changed::Done);
    let yen = Currency::parse("JPY").unwrap();
    let mut renamed = shop("s-1");
    renamed.identities[0].name = text("Another Shop");
    let rows = [
        (shop("s-1"), Changed::Same),
        (
            Store {
                currency: yen,
                ..shop("s-1")
            },
            Changed::Different,
        ),
        (
            Store {
                timezone: text("Asia/Tokyo"),
                ..shop("s-1")
            },
            Changed::Different,
        ),
        (crate::world::branch("s-1", "north"), Changed::Different),
        (renamed, Changed::Different),
        (shop("s-0"), Changed::Done),
    ];
    for (store, expected) in rows {
        assert_eq!(add(store.clone()), expected, "{store:?}");
    }
    assert_eq!(*ledger.store(&store_id("s-1")).unwrap(), shop("s-1"));
    assert_eq!(ledger.store(&store_id("s-2")), None);
    assert_eq!(ledger.store_ids(), [store_id("s-0"), store_id("s-1")]);
}

fn identities(ledger: &Ledger) {
    town(ledger);
    let ada = add_user(ledger, "Ada");
    let identity = |minute: i64, name: &str| Identity {
        effective_from: at(minute),
        name: text(name),
        issuer: Some(Issuer {
            name: text("K.K. Kado"),
            registration_number: Some(text("T1234567890123")),
        }),
        address: Some(text("1 Main Street")),
        phone: Some(text("555-0100")),
        receipt_footer: Some(text("Thank you")),
    };
    let add = |id: &str, identity: Identity| {
        let identity = Box::new(identity);
        change(
            ledger,
            Write::AddIdentity {
                store_id: store_id(id),
                identity,
            },
            at(0),
        )
    };
    assert_eq!(add("s-1", identity(10, "Ten")), Changed::Done);
    assert_eq!(add("s-1", identity(5, "Five")), Changed::Done);
    assert_eq!(add("s-1", identity(10, "Ten")), Changed::Same);
    assert_eq!(add("s-2", identity(10, "Ten")), Changed::NotFound);
    let store = ledger.store(&store_id("s-1")).unwrap();
    for (minute, expected) in [(0, "Corner Shop"), (5, "Five"), (9, "Five"), (10, "Ten")] {
        let sale = slip(&format!("{minute}"))
            .line("A", "1", 50)
            .at(at(minute))
            .buyer(ada);
        let id = record(ledger, &sale.content(), at(20)).purchase_id;
        let filed = purchase(ledger, ada, id);
        assert_eq!(
            store.identity(filed.identity).name,
            text(expected),
            "{minute}"
        );
    }
    // Made again as it was made first, whatever it is called now.
    let again = change(ledger, Write::AddStore(Box::new(shop("s-1"))), at(0));
    assert_eq!(again, Changed::Same);
}

fn devices(ledger: &Ledger) {
    town(ledger);
    add_store(ledger, shop("s-10"));
    let (first, second) = (DeviceId([1; 16]), DeviceId([2; 16]));
    let add = |id: &str, device_id: DeviceId, hash: u8| {
        let name = text("till room");
        let add = Write::AddDevice {
            store_id: store_id(id),
            device_id,
            name,
            hash: [hash; 32],
        };
        change(ledger, add, at(1))
    };
    assert_eq!(add("s-1", first, 1), Changed::Done);
    assert_eq!(add("s-10", second, 2), Changed::Done);
    assert_eq!(add("s-2", second, 3), Changed::NotFound);
    let opens = |hash: u8| ledger.opens(&[hash; 32]).unwrap();
    let door = Opens::Device {
        store_id: store_id("s-1"),
        device_id: first,
    };
    assert_eq!((opens(1), opens(3)), (Some(door), None));
    let revoke = |id: &str, device_id: DeviceId| {
        change(
            ledger,
            Write::RevokeDevice {
                store_id: store_id(id),
                device_id,
            },
            at(2),
        )
    };
    assert_eq!(
        revoke("s-1", second),
        Changed::NotFound,
        "it is another store's"
    );
    assert_eq!(revoke("s-1", first), Changed::Done);
    assert_eq!(revoke("s-1", first), Changed::Same);
    assert_eq!(opens(1), None);
    assert!(opens(2).is_some());
    let expected = Device {
        device_id: first,
        name: text("till room"),
        created_at: at(1),
        revoked_at: Some(at(2)),
    };
    assert_eq!(ledger.devices(&store_id("s-1")).unwrap(), [expected]);
    assert_eq!(ledger.devices(&store_id("s-10")).unwrap().len(), 1);
}

fn add(ledger: &Ledger, profile: Profile, hash: u8) -> (UserId, Changed) {
    let add = Write::AddUser {
        spare: ledger.take_key().unwrap(),
        profile: Box::new(profile),
        first: FirstKey::Token {
            token_id: TokenId([hash; 16]),
            hash: [hash; 32],
        },
    };
    match write(ledger, add, at(0)) {
        Written::User { user_id, changed } => (user_id, changed),
        other => panic!("not a person: {other:?}"),
    }
}

fn references(ledger: &Ledger) {
    let profile = |reference: Option<&str>, name: &str| Profile {
        reference: reference.map(text),
        name: Some(text(name)),
        email: Some(text("ada@example.org")),
    };
    let (ada, changed) = add(ledger, profile(Some("17"), "Ada"), 1);
    assert_eq!(changed, Changed::Done);
    assert_eq!(
        add(ledger, profile(Some("17"), "Adah"), 2),
        (ada, Changed::Same)
    );
    assert_eq!(
        ledger.opens(&[2; 32]).unwrap(),
        None,
        "the same again gets no token"
    );
    assert_eq!(
        ledger.profile(ada).unwrap(),
        Some(profile(Some("17"), "Ada"))
    );
    let (other, changed) = add(ledger, profile(Some("18"), "Ada"), 3);
    assert!(other != ada && changed == Changed::Done);
    let nameless = [4, 5].map(|hash| add(ledger, Profile::default(), hash).0);
    assert_ne!(nameless[0], nameless[1]);
    assert_eq!(
        ledger.profile(nameless[0]).unwrap(),
        Some(Profile::default())
    );
    assert_eq!(ledger.profile(UserId([9; 16])).unwrap(), None);
}

fn tokens(ledger: &Ledger) {
    let (ada, _) = add(ledger, Profile::default(), 1);
    let of_ada = |hash: u8| {
        Some(Opens::User {
            user_id: ada,
            token_id: TokenId([hash; 16]),
        })
    };
    let opens = |hash: u8| ledger.opens(&[hash; 32]).unwrap();
    let token = |user_id: UserId, hash: u8| change(ledger, add_token(user_id, hash, hash), at(1));
    assert_eq!(opens(1), of_ada(1));
    assert_eq!(token(ada, 2), Changed::Done);
    assert_eq!(token(UserId([9; 16]), 3), Changed::NotFound);
    assert_eq!((opens(2), opens(3)), (of_ada(2), None));
    let revoke = |hash: u8| {
        change(
            ledger,
            Write::RevokeToken {
                token_id: TokenId([hash; 16]),
            },
            at(2),
        )
    };
    assert!(ledger.token_exists(TokenId([1; 16])).unwrap());
    assert_eq!(
        (revoke(1), revoke(1), revoke(8)),
        (Changed::Done, Changed::NotFound, Changed::NotFound)
    );
    assert!(!ledger.token_exists(TokenId([1; 16])).unwrap());
    assert_eq!((opens(1), opens(2)), (None, of_ada(2)));
    let token_id = TokenId([7; 16]);
    change(
        ledger,
        Write::AddOperator(Box::new(NewOperator::everything(token_id, [7; 32]))),
        at(3),
    );
    let grant = Grant::everything();
    let operator = Some(Opens::Operator { token_id, grant });
    assert_eq!(opens(7), operator);
    assert_eq!(keys_of_operators(ledger), [(token_id, at(3))]);
    assert_eq!(revoke(7), Changed::Last, "nobody could come in any more");
    assert_eq!(opens(7), operator);
    change(
        ledger,
        Write::AddOperator(Box::new(NewOperator::everything(TokenId([6; 16]), [6; 32]))),
        at(4),
    );
    assert_eq!((revoke(7), revoke(7)), (Changed::Done, Changed::NotFound));
    assert_eq!(opens(7), None);
    assert_eq!(keys_of_operators(ledger), [(TokenId([6; 16]), at(4))]);
}

fn programs(ledger: &Ledger) {
    let (ada, _) = add(ledger, Profile::default(), 1);
    let (bob, _) = add(ledger, Profile::default(), 2);
    let listed = |user_id: UserId| {
        let keys = ledger.person_keys(user_id).unwrap();
        let keys = keys.iter().map(|it| (it.token_id, it.created_at));
        keys.collect::<Vec<_>>()
    };
    let made = |id: u8, minute: i64| (TokenId([id; 16]), at(minute));
    assert_eq!(listed(ada), [made(1, 0)]);
    // The first came with the account, and nobody has to be told of it.
    assert_eq!(ledger.accesses(ada, None, 9).unwrap(), []);
    let rows = [
        (add_token(ada, 4, 4), Changed::Done),
        // The answer was lost, and the same is written again.
        (add_token(ada, 4, 4), Changed::Same),
        (add_token(bob, 4, 4), Changed::Different),
        (add_token(ada, 4, 5), Changed::Different),
        (add_token(ada, 3, 3), Changed::Done),
        (add_token(UserId([9; 16]), 6, 6), Changed::NotFound),
    ];
    for (minute, (write, expected)) in (1..).zip(rows) {
        let what = format!("{write:?}");
        assert_eq!(change(ledger, write, at(minute)), expected, "{what}");
    }
    assert_eq!(listed(ada), [made(1, 0), made(4, 1), made(3, 5)]);
    let log = ledger.accesses(ada, None, 9).unwrap();
    let by = Accessor::Operator {
        token_id: TokenId([40; 16]),
    };
    let told = |number: u64, minute: i64| Access {
        number,
        at: at(minute),
        by: by.clone(),
        what: Touched::TokenMade,
        reason: Some(text("for her computer")),
    };
    assert_eq!(log, [told(2, 5), told(1, 1)]);
    assert_eq!(ledger.accesses(bob, None, 9).unwrap(), []);
    let revoke = |user_id: UserId, id: u8| {
        let token_id = TokenId([id; 16]);
        let step = SessionStep::Revoke { user_id, token_id };
        change(ledger, Write::Session(step), at(9))
    };
    let revoked = [(bob, 4), (ada, 4), (ada, 4), (ada, 0), (UserId([9; 16]), 3)];
    let revoked = revoked.map(|(user_id, id)| revoke(user_id, id));
    let gone = Changed::NotFound;
    assert_eq!(revoked, [gone, Changed::Done, gone, gone, gone]);
    assert_eq!(listed(ada), [made(1, 0), made(3, 5)]);
    assert_eq!(ledger.opens(&[4; 32]).unwrap(), None);
    assert!(ledger.opens(&[3; 32]).unwrap().is_some());
}

fn keys_of_operators(ledger: &Ledger) -> Vec<(TokenId, Timestamp)> {
    let keys = ledger.operators().unwrap();
    keys.iter()
        .map(|key| (key.token_id, key.created_at))
        .collect()
}

fn erase(ledger: &Ledger) {
    town(ledger);
    let (ada, bob) = (add_user(ledger, "Ada"), add_user(ledger, "Bob"));
    let sale =
        |number: &str, user_id: UserId| slip(number).line("A", "1", 50).buyer(user_id).content();
    let [hers, his] = [("1", ada), ("2", bob)]
        .map(|(number, user_id)| record(ledger, &sale(number, user_id), at(0)).purchase_id);
    let never = UserId([9; 16]);
    let erasures = [
        (ada, Changed::Done),
        // The answer was lost, and the same is asked again, later and once more.
        (ada, Changed::Same),
        (ada, Changed::Same),
        (never, Changed::NotFound),
    ];
    for ((user_id, expected), minute) in erasures.into_iter().zip(1..) {
        let erased = change(ledger, Write::Erase { user_id }, at(minute));
        assert_eq!(erased, expected, "minute {minute}");
    }
    assert_eq!(ledger.opens(&sha256(b"Ada")).unwrap(), None);
    assert!(ledger.opens(&sha256(b"Bob")).unwrap().is_some());
    assert_eq!(ledger.profile(ada).unwrap(), None);
    assert!(
        ledger.purchase(ada, hers).is_err(),
        "no key opens it any more"
    );
    assert_eq!(
        purchase(ledger, bob, his).settlement.content(),
        &sale("2", bob)
    );
    assert_eq!(ledger.feed_ends(ada).unwrap(), None);
    assert_eq!(ledger.count_users(None, 9).unwrap().len(), 1);
    // The store's books stay, and the reference is free for another account.
    assert!(ledger.recorded(&sale("1", ada).key).unwrap().is_some());
    let next = add_user(ledger, "Ada");
    assert_ne!(next, ada);
    assert!(ledger.purchase(next, hers).unwrap().is_none());
}

fn counts(ledger: &Ledger) {
    town(ledger);
    add_store(ledger, shop("s-10"));
    let mut people: Vec<UserId> = ["Ada", "Bob", "Eve"]
        .map(|name| add_user(ledger, name))
        .to_vec();
    people.sort_unstable();
    for (number, user_id) in people.iter().enumerate() {
        for date in 1..=number + 1 {
            let sale = slip(&format!("{user_id}")[4..])
                .line("A", "2", 50)
                .line("B", "1", 10);
            let sale = sale
                .date(&format!("2017-01-0{date}"))
                .buyer(*user_id)
                .content();
            record(ledger, &sale, at(0));
        }
    }
    let stores = ledger.count_stores().unwrap();
    let found: Vec<_> = stores
        .iter()
        .map(|count| {
            (
                count.store_id.as_str(),
                count.tally.settlements,
                count.tally.lines,
            )
        })
        .collect();
    assert_eq!(found, [("s-1", 6, 12), ("s-10", 0, 0)]);
    assert_eq!(stores[0].tally.totals[0].1.minor(), 660);
    let mut found = Vec::new();
    let mut after = None;
    while let Some(count) = ledger.count_users(after, 1).unwrap().pop() {
        found.push((count.user_id, count.tally.settlements));
        after = Some(count.user_id);
    }
    let expected: Vec<_> = people.iter().copied().zip(1..).collect();
    assert_eq!(found, expected);
}
