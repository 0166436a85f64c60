//! Machines that sign: how they come by a pairing code, are found by their id, get new keys and go;
//! and how far a store's tills have counted.

use super::Story;
use crate::slip::slip;
use crate::world::{at, change, record, shop, store_id, text, town, write};
use ledger::Ledger;
use ledger::account::{Home, Signer, Terminal};
use ledger::write::{Changed, Joined, Joining, Write, Written};
use purchase::id::{DeviceId, Label};
use purchase::time::{BusinessDate, Timestamp};

pub(crate) const STORIES: &[Story] = &[
    ("a machine that signs is found by its id", signers),
    ("a machine joins once by a code", once),
    ("a code that came too late is gone", late),
    ("codes that have expired go when another is made", pruned),
    ("a machine that signs gets a new key", rotated),
    ("tills are known by their highest numbers", tills),
];

fn id(device: u8) -> DeviceId {
    DeviceId([device; 16])
}

fn add(ledger: &Ledger, store: &str, device: u8, key: u8) -> Changed {
    let add = Joining::Signer {
        store_id: store_id(store),
        device_id: id(device),
        name: text("till room"),
        public_key: [key; 32],
    };
    change(ledger, Write::Joining(add), at(1))
}

fn pair(ledger: &Ledger, store: &str, code: u8, minute: i64) -> Changed {
    let pairing = Joining::Pairing {
        code_hash: [code; 32],
        store_id: store_id(store),
        name: text("given"),
        expires_at: at(minute + 15),
    };
    change(ledger, Write::Joining(pairing), at(minute))
}

fn join(ledger: &Ledger, code: u8, device: u8, name: Option<&str>, now: Timestamp) -> Joined {
    let join = Joining::Join {
        code_hash: [code; 32],
        device_id: id(device),
        name: name.map(text),
        public_key: [device; 32],
    };
    match write(ledger, Write::Joining(join), now) {
        Written::Joined(joined) => joined,
        other => panic!("{other:?}"),
    }
}

fn signer(ledger: &Ledger, device: u8) -> Option<(String, u8)> {
    let signer = ledger.signer(id(device)).unwrap();
    signer.map(|Signer { home, public_key }| {
        let home = match home {
            Home::Store(store_id) => store_id.as_str().to_owned(),
            Home::Chain(chain_id) => format!("chain {}", chain_id.as_str()),
        };
        (home, public_key[0])
    })
}

fn of(store: &str, key: u8) -> Option<(String, u8)> {
    Some((store.to_owned(), key))
}

fn names(ledger: &Ledger, store: &str) -> Vec<String> {
    let devices = ledger.devices(&store_id(store)).unwrap();
    let name = |device: &ledger::account::Device| device.name.as_str().to_owned();
    devices.iter().map(name).collect()
}

fn signers(ledger: &Ledger) {
    town(ledger);
    assert_eq!(add(ledger, "s-1", 1, 7), Changed::Done);
    assert_eq!(add(ledger, "nowhere", 2, 8), Changed::NotFound);
    assert_eq!(signer(ledger, 1), of("s-1", 7));
    assert_eq!(signer(ledger, 2), None);
    assert_eq!(
        ledger.opens(&[7; 32]).unwrap(),
        None,
        "it has no bearer key"
    );
    let revoke = Write::RevokeDevice {
        store_id: store_id("s-1"),
        device_id: id(1),
    };
    assert_eq!(change(ledger, revoke, at(2)), Changed::Done);
    assert_eq!(signer(ledger, 1), None);
    let devices = ledger.devices(&store_id("s-1")).unwrap();
    assert_eq!(devices[0].revoked_at, Some(at(2)));
}

fn once(ledger: &Ledger) {
    town(ledger);
    assert_eq!(pair(ledger, "nowhere", 1, 0), Changed::NotFound);
    assert_eq!(pair(ledger, "s-1", 1, 0), Changed::Done);
    assert_eq!(pair(ledger, "s-1", 1, 0), Changed::Different);
    assert_eq!(join(ledger, 2, 1, None, at(1)), Joined::NotFound);
    let done = |device| Joined::Done {
        store_id: store_id("s-1"),
        device_id: id(device),
    };
    let last_moment = at(15).plus_ms(-1);
    assert_eq!(join(ledger, 1, 1, None, last_moment), done(1));
    // Its answer was lost: it comes again by the same code with the same key.
    assert_eq!(join(ledger, 1, 1, None, last_moment), done(1));
    assert_eq!(join(ledger, 1, 2, None, last_moment), Joined::NotFound);
    assert_eq!((signer(ledger, 1), signer(ledger, 2)), (of("s-1", 1), None));
    assert_eq!(pair(ledger, "s-1", 3, 0), Changed::Done);
    assert_eq!(join(ledger, 3, 3, Some("its own"), at(1)), done(3));
    assert_eq!(names(ledger, "s-1"), ["given", "its own"]);
}

fn late(ledger: &Ledger) {
    town(ledger);
    assert_eq!(pair(ledger, "s-1", 1, 0), Changed::Done);
    assert_eq!(join(ledger, 1, 1, None, at(15)), Joined::Expired);
    assert_eq!(join(ledger, 1, 1, None, at(1)), Joined::NotFound);
    assert_eq!(signer(ledger, 1), None);
}

fn pruned(ledger: &Ledger) {
    town(ledger);
    for (code, minute) in [(1, 0), (2, 10), (3, 15)] {
        assert_eq!(pair(ledger, "s-1", code, minute), Changed::Done);
    }
    let joined: Vec<_> = [1, 2, 3]
        .map(|code| join(ledger, code, code, None, at(16)))
        .into();
    let done = |device| Joined::Done {
        store_id: store_id("s-1"),
        device_id: id(device),
    };
    assert_eq!(joined, [Joined::NotFound, done(2), done(3)]);
}

fn rotated(ledger: &Ledger) {
    town(ledger);
    add(ledger, "s-1", 1, 7);
    let rotate = |store: &str, device: u8, key: u8| {
        let rotate = Joining::Rotate {
            store_id: store_id(store),
            device_id: id(device),
            public_key: [key; 32],
        };
        change(ledger, Write::Joining(rotate), at(2))
    };
    assert_eq!(rotate("s-1", 1, 8), Changed::Done);
    assert_eq!(rotate("s-1", 1, 8), Changed::Same);
    assert_eq!(signer(ledger, 1), of("s-1", 8));
    assert_eq!(rotate("s-2", 1, 9), Changed::NotFound);
    assert_eq!(rotate("s-1", 2, 9), Changed::NotFound);
    let bearer = Write::AddDevice {
        store_id: store_id("s-1"),
        device_id: id(3),
        name: text("bearer"),
        hash: [3; 32],
    };
    change(ledger, bearer, at(1));
    assert_eq!(rotate("s-1", 3, 9), Changed::Different);
    let revoke = Write::RevokeDevice {
        store_id: store_id("s-1"),
        device_id: id(1),
    };
    change(ledger, revoke, at(3));
    assert_eq!(rotate("s-1", 1, 9), Changed::NotFound);
    assert_eq!(signer(ledger, 1), None);
}

fn tills(ledger: &Ledger) {
    town(ledger);
    assert_eq!(ledger.terminals(&store_id("s-1")).unwrap(), []);
    let sales = [
        ("1", 1, "9"),
        ("1", 1, "10"),
        ("1", 2, "010"),
        ("1", 2, "8"),
        ("2", 1, "b-9"),
        ("2", 2, "b-10"),
        ("2", 2, "b-1"),
        ("3", 1, "7"),
        ("3", 2, "z"),
    ];
    for (terminal, day, transaction) in sales {
        let mut content = slip(transaction).line("A", "1", 50).content();
        content.key.terminal = Label::parse(terminal).unwrap();
        content.key.business_date = BusinessDate::new(2017, 1, day).unwrap();
        record(ledger, &content, at(0));
    }
    let shown = |terminal: &Terminal| {
        let [till, number] = [&terminal.terminal, &terminal.transaction].map(Label::as_str);
        format!("{till} {number} on {}", terminal.business_date)
    };
    let found = ledger.terminals(&store_id("s-1")).unwrap();
    let found: Vec<String> = found.iter().map(shown).collect();
    let expected = [
        "1 010 on 2017-01-02",
        "2 b-9 on 2017-01-01",
        "3 7 on 2017-01-01",
    ];
    assert_eq!(found, expected);
    // A store whose id begins another's has tills of its own.
    change(ledger, Write::AddStore(Box::new(shop("s-10"))), at(0));
    assert_eq!(ledger.terminals(&store_id("s-10")).unwrap(), []);
}
