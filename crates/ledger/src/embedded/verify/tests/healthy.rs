//! A world in which everything happens that may happen, and nothing is wrong.

use super::*;
use crate::write::NewOperator;

/// The world that damage is done to, with what the damage needs to know.
pub(super) struct Town {
    pub(super) world: World,
    pub(super) ada: UserId,
    pub(super) bob: UserId,
    /// Who buys nothing.
    pub(super) cyd: UserId,
    /// Ada's first sale: milk, bread, jam.
    pub(super) first: PurchaseId,
    /// A sale to nobody: milk and fish, which has no name.
    pub(super) nobodys: PurchaseId,
    /// Ada's sale by a catalogue that the server has not seen.
    pub(super) ahead: PurchaseId,
    /// Bob's, who is erased.
    pub(super) bobs: PurchaseId,
}

pub(super) fn town() -> Town {
    let mut world = World::new();
    for device_id in [DeviceId([1; 16]), DeviceId([2; 16])] {
        let (name, hash) = (text("till"), [device_id.0[0]; 32]);
        world.write(Write::AddDevice {
            store_id: store_id(STORE),
            device_id,
            name,
            hash,
        });
    }
    let device_id = DeviceId([2; 16]);
    world.write(Write::RevokeDevice {
        store_id: store_id(STORE),
        device_id,
    });
    for (device, public_key) in [(4, [4; 32]), (5, [5; 32])] {
        world.write(Write::Joining(Joining::Signer {
            store_id: store_id(STORE),
            device_id: DeviceId([device; 16]),
            name: text("signs"),
            public_key,
        }));
    }
    world.write(Write::RevokeDevice {
        store_id: store_id(STORE),
        device_id: DeviceId([5; 16]),
    });
    world.write(Write::Joining(Joining::Pairing {
        code_hash: [6; 32],
        store_id: store_id(STORE),
        name: text("to come"),
        expires_at: time(NOON + 900_000),
    }));
    for (device, credential) in [
        (7, Credential::Hash([7; 32])),
        (8, Credential::PublicKey([8; 32])),
        (9, Credential::Hash([9; 32])),
    ] {
        world.write(Write::Chain(Chaining::Device {
            chain_id: chain_id(),
            device_id: DeviceId([device; 16]),
            name: text("head office"),
            credential,
        }));
    }
    world.write(Write::Chain(Chaining::Revoke {
        chain_id: chain_id(),
        device_id: DeviceId([9; 16]),
    }));
    world.write(Write::AddStore(Box::new(Store {
        catalogue_of: Some(store_id(STORE)),
        ..store(BRANCH)
    })));
    world.write(Write::AddOperator(Box::new(NewOperator::everything(
        token_of("operator"),
        secret_of("operator"),
    ))));
    let (ada, bob) = (world.person("ada"), world.person("bob"));
    let cyd = world.person("cyd");
    let by = By::Person(ada);

    // Jam has no name at the sale and gets one on the same day.
    let first = world.record(sale("first", by, &[("milk", 3), ("bread", 2), ("jam", 1)]));
    world.update(3, vec![named("jam", NOON + 1)]);
    world.record(back("back", "first", 1, "milk", 2));
    // A return that was a mistake, and a sale that was one.
    world.record(back("mistaken", "first", 2, "bread", 1));
    world.record(void("unback", "mistaken", 100));
    world.record(sale("wrong", by, &[("milk", 1)]));
    world.record(void("unsold", "wrong", 100));
    let nobodys = world.record(sale("nobodys", By::Nobody, &[("milk", 1), ("fish", 1)]));
    assert_eq!(
        world.settle(sale("nobodys", By::Nobody, &[("milk", 5)])),
        Settled::Conflict
    );
    assert_eq!(
        world.settle(sale("nobodys", By::Nobody, &[("milk", 6)])),
        Settled::Conflict
    );
    let mut content = sale("ahead", by, &[("milk", 1)]);
    content.mark.revision = Some(Revision(9));
    let ahead = world.record(content);
    // What waits for an original, and what waited.
    world.record(back("early", "never", 1, "milk", 1));
    world.record(void("early void", "never", 100));
    world.record(back("sooner", "later", 1, "milk", 1));
    world.record(void("sooner void", "later void", 200));
    world.record(sale("later", by, &[("milk", 4)]));
    world.record(sale("later void", by, &[("milk", 2)]));
    let mut elsewhere = back("elsewhere", "first", 2, "bread", 5);
    elsewhere.key.store_id = store_id(SISTER);
    world.record(elsewhere);
    let bobs = world.record(sale("bobs", By::Person(bob), &[("milk", 1), ("fish", 1)]));
    world.erase(bob);
    Town {
        world,
        ada,
        bob,
        cyd,
        first,
        nobodys,
        ahead,
        bobs,
    }
}

#[test]
fn a_healthy_world_is_sound() {
    let town = town();
    let report = town.world.is_sound("the town");
    let expected = Report {
        settlements: 16,
        purchases: 16,
        lines: 16,
        pending: 4,
        users: 2,
        stores: 3,
        items: 3,
        erased: 1,
        problems: Vec::new(),
        problem_count: 0,
    };
    assert_eq!(report, expected);
}

#[test]
fn an_empty_ledger_is_sound() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = open(folder.path(), time(NOON));
    assert_eq!(ledger.verify(&mut |_| {}).unwrap(), Report::default());
}

#[test]
fn a_town_opened_anew_is_sound() {
    let Town {
        world: World {
            ledger,
            now,
            folder,
        },
        ..
    } = town();
    drop(ledger);
    let ledger = open(folder.path(), now);
    assert_eq!(ledger.verify(&mut |_| {}).unwrap().problems, []);
}

#[test]
fn progress_names_every_stage() {
    let town = town();
    let mut told: Vec<Progress> = Vec::new();
    town.world
        .ledger
        .verify(&mut |progress| told.push(progress))
        .unwrap();
    let mut stages: Vec<&str> = told.iter().map(|progress| progress.stage).collect();
    stages.dedup();
    let expected = [
        "history",
        "left over",
        "stores",
        "people",
        "households",
        "days",
        "settlements",
        "early returns",
        "conflicts",
        "purchases",
        "pending lines",
        "awaited lines",
        "labels",
        "claims",
        "codes",
        "patterns",
        "catalogues",
        "feeds",
    ];
    assert_eq!(stages, expected);
    let last = told
        .iter()
        .rfind(|progress| progress.stage == "settlements")
        .unwrap();
    assert_eq!((last.done, last.of), (16, Some(16)));
}
