//! What machines tell of themselves, and the names that stores are asked for: each lasts as long as there is
//! somebody to tell it, and something to ask for.

use super::Story;
use crate::fixture::fill::reports::reported;
use crate::slip::slip;
use crate::world::{
    DAY, at, branch, change, code, ended, learn, named, record, store_id, text, town, update,
};
use crate::world::{add_store, confirm, shop};
use ledger::Ledger;
use ledger::account::{Act, Note};
use ledger::write::{Chaining, Changed, Credential, Noted, ReportStep, WISHES_MAX, Write, Written};
use purchase::id::{DeviceId, TokenId};
use purchase::store::ChainId;
use purchase::time::Timestamp;

pub(crate) const STORIES: &[Story] = &[
    ("a machine is known by what it told last", last),
    ("a machine whose key is gone tells nothing", revoked),
    ("a machine of a chain tells for each of its stores", chain),
    ("a store that leaves its chain forgets its machines", left),
    ("a wish lasts until the code has its name", named_at_last),
    ("a wish is noted once, and taken back", once),
    ("a store is asked for so many names and no more", full),
    ("nobody is asked for longer than a season", old),
];

fn device(id: u8) -> DeviceId {
    DeviceId([id; 16])
}

fn add(ledger: &Ledger, store: &str, id: u8) {
    let add = Write::AddDevice {
        store_id: store_id(store),
        device_id: device(id),
        name: text("till"),
        hash: [id; 32],
    };
    assert_eq!(change(ledger, add, at(0)), Changed::Done);
}

fn tell(ledger: &Ledger, (store, id): (&str, u8), waiting: u64, now: Timestamp) -> Changed {
    let tell = ReportStep::Tell {
        store_id: store_id(store),
        device_id: device(id),
        report: Box::new(reported(waiting)),
    };
    change(ledger, Write::Report(tell), now)
}

/// What was told for a store: by whom, when, and how much waited.
fn told(ledger: &Ledger, store: &str) -> Vec<(u8, Timestamp, u64)> {
    let told = ledger.reports(&store_id(store)).unwrap();
    told.iter()
        .map(|it| (it.device_id.0[0], it.received_at, it.report.waiting))
        .collect()
}

fn last(ledger: &Ledger) {
    town(ledger);
    add(ledger, "s-1", 1);
    assert_eq!(tell(ledger, ("s-1", 1), 9, at(1)), Changed::Done);
    assert_eq!(tell(ledger, ("s-1", 1), 0, at(2)), Changed::Done);
    assert_eq!(told(ledger, "s-1"), [(1, at(2), 0)]);
    let report = ledger.reports(&store_id("s-1")).unwrap().remove(0).report;
    assert_eq!(report, reported(0));
    // Neither a stranger nor a machine of another store tells anything.
    assert_eq!(tell(ledger, ("s-1", 2), 0, at(3)), Changed::NotFound);
    assert_eq!(tell(ledger, ("nowhere", 1), 0, at(3)), Changed::NotFound);
    assert_eq!(told(ledger, "s-1").len(), 1);
}

fn revoked(ledger: &Ledger) {
    town(ledger);
    add(ledger, "s-1", 1);
    add(ledger, "s-1", 2);
    for id in [1, 2] {
        assert_eq!(tell(ledger, ("s-1", id), 0, at(1)), Changed::Done);
    }
    let revoke = Write::RevokeDevice {
        store_id: store_id("s-1"),
        device_id: device(1),
    };
    assert_eq!(change(ledger, revoke, at(2)), Changed::Done);
    assert_eq!(told(ledger, "s-1"), [(2, at(1), 0)]);
    assert_eq!(tell(ledger, ("s-1", 1), 0, at(3)), Changed::NotFound);
}

fn chain_id() -> ChainId {
    ChainId::parse("north").unwrap()
}

/// Two stores of a chain, and a machine of the chain.
fn chained(ledger: &Ledger) {
    for store in ["n-1", "n-2"] {
        add_store(ledger, branch(store, "north"));
    }
    let add = Write::Chain(Chaining::Device {
        chain_id: chain_id(),
        device_id: device(7),
        name: text("head office"),
        credential: Credential::Hash([7; 32]),
    });
    assert_eq!(change(ledger, add, at(0)), Changed::Done);
}

fn chain(ledger: &Ledger) {
    chained(ledger);
    add_store(ledger, shop("lone"));
    for (store, waiting) in [("n-1", 1), ("n-2", 2)] {
        assert_eq!(tell(ledger, (store, 7), waiting, at(1)), Changed::Done);
        assert_eq!(told(ledger, store), [(7, at(1), waiting)]);
    }
    assert_eq!(tell(ledger, ("lone", 7), 0, at(1)), Changed::NotFound);
    let revoke = Write::Chain(Chaining::Revoke {
        chain_id: chain_id(),
        device_id: device(7),
    });
    assert_eq!(change(ledger, revoke, at(2)), Changed::Done);
    for store in ["n-1", "n-2"] {
        assert_eq!(told(ledger, store), []);
        assert_eq!(tell(ledger, (store, 7), 0, at(3)), Changed::NotFound);
    }
}

fn left(ledger: &Ledger) {
    chained(ledger);
    add(ledger, "n-1", 1);
    for id in [1, 7] {
        assert_eq!(tell(ledger, ("n-1", id), 0, at(1)), Changed::Done);
    }
    let leave = Write::Link {
        store_id: store_id("n-1"),
        chain_id: None,
        catalogue_of: None,
    };
    assert_eq!(change(ledger, leave, at(2)), Changed::Done);
    assert_eq!(told(ledger, "n-1"), [(1, at(1), 0)]);
}

fn wish(ledger: &Ledger, of: &str, now: Timestamp) -> Changed {
    let wish = ReportStep::Wish {
        store_id: store_id("s-1"),
        code: code(of),
        by: TokenId([3; 16]),
    };
    change(ledger, Write::Report(wish), now)
}

/// What the store is asked for: which code, since when, and how many lines waited.
fn wished(ledger: &Ledger, now: Timestamp) -> Vec<(String, Timestamp, u64)> {
    let wishes = ledger.wishes(&store_id("s-1"), now).unwrap();
    wishes
        .iter()
        .map(|it| (it.code.as_str().to_owned(), it.asked_at, it.lines))
        .collect()
}

fn named_at_last(ledger: &Ledger) {
    town(ledger);
    let two = slip("1")
        .line("B", "1", 5)
        .line("B", "2", 5)
        .line("C", "1", 5);
    record(ledger, &two.content(), at(1));
    assert_eq!(wish(ledger, "A", at(2)), Changed::NotFound, "nothing waits");
    assert_eq!(wish(ledger, "C", at(3)), Changed::Done);
    assert_eq!(wish(ledger, "B", at(3)), Changed::Done);
    let both = [("B".to_owned(), at(3), 2), ("C".to_owned(), at(3), 1)];
    assert_eq!(wished(ledger, at(4)), both);
    update(ledger, 0, 1, vec![named("B", "Bread", at(-9))]);
    assert_eq!(learn(ledger, &["B"], at(5)), 2);
    assert_eq!(wished(ledger, at(6)), both[1..]);
    // A name that the store has to confirm is still asked for until it does.
    let then = at(40 * DAY);
    let changes = vec![named("C", "Cheese", at(2)), ended("C", then)];
    update(ledger, 1, 2, changes);
    assert_eq!(learn(ledger, &["C"], then), 0);
    assert_eq!(wished(ledger, then).len(), 1);
    assert_eq!(confirm(ledger, "C", 2, then), 1);
    assert_eq!(wished(ledger, then), []);
}

fn once(ledger: &Ledger) {
    town(ledger);
    record(ledger, &slip("1").line("B", "1", 5).content(), at(1));
    let noted = |act, step| {
        let note = Note {
            by: TokenId([3; 16]),
            label: None,
            act,
            store_id: Some(store_id("s-1")),
            detail: Some(text("B")),
        };
        let write = Some(Write::Report(step));
        Write::Noted(Box::new(Noted { note, write }))
    };
    let (store, by) = (store_id("s-1"), TokenId([3; 16]));
    let asked = || {
        let (store_id, code) = (store.clone(), code("B"));
        noted(Act::NameWished, ReportStep::Wish { store_id, code, by })
    };
    let back = || {
        let (store_id, code) = (store.clone(), code("B"));
        noted(Act::WishTakenBack, ReportStep::TakeBack { store_id, code })
    };
    assert_eq!(change(ledger, asked(), at(2)), Changed::Done);
    assert_eq!(change(ledger, asked(), at(3)), Changed::Same);
    assert_eq!(wished(ledger, at(4)), [("B".to_owned(), at(2), 1)]);
    assert_eq!(change(ledger, back(), at(4)), Changed::Done);
    assert_eq!(change(ledger, back(), at(5)), Changed::NotFound);
    assert_eq!(wished(ledger, at(5)), []);
    let entries = ledger.audited(at(0), at(9), 9).unwrap();
    let acts: Vec<_> = entries.iter().map(|entry| entry.note.act).collect();
    assert_eq!(acts, [Act::NameWished, Act::WishTakenBack]);
}

fn full(ledger: &Ledger) {
    town(ledger);
    let codes: Vec<String> = (0..=WISHES_MAX).map(|nth| format!("N{nth:04}")).collect();
    for (nth, some) in codes.chunks(100).enumerate() {
        let sale = some
            .iter()
            .fold(slip(&nth.to_string()), |sale, code| sale.line(code, "1", 5));
        record(ledger, &sale.content(), at(1));
    }
    let (last, first) = codes.split_last().unwrap();
    let by = TokenId([3; 16]);
    let wishes = first.iter().map(|of| {
        let (store_id, code) = (store_id("s-1"), code(of));
        Write::Report(ReportStep::Wish { store_id, code, by })
    });
    let written = crate::world::commit(ledger, wishes.collect(), at(2));
    let is_done = |it: &Written| matches!(it, Written::Changed(Changed::Done));
    assert_eq!(written.iter().filter(|it| is_done(it)).count(), WISHES_MAX);
    assert_eq!(wish(ledger, last, at(3)), Changed::Full);
    assert_eq!(wished(ledger, at(3)).len(), WISHES_MAX);
    // One that was asked too long makes room.
    assert_eq!(wish(ledger, last, at(2 + 90 * DAY)), Changed::Done);
    assert_eq!(wished(ledger, at(3 + 90 * DAY)).len(), 1);
}

fn old(ledger: &Ledger) {
    town(ledger);
    add(ledger, "s-1", 1);
    record(ledger, &slip("1").line("B", "1", 5).content(), at(1));
    assert_eq!(wish(ledger, "B", at(2)), Changed::Done);
    let end = at(2 + 90 * DAY);
    assert_eq!(wished(ledger, end.plus_ms(-1)).len(), 1);
    assert_eq!(wished(ledger, end), []);
    // The next report takes it away for good.
    assert_eq!(tell(ledger, ("s-1", 1), 0, end), Changed::Done);
    assert_eq!(wished(ledger, at(3)), []);
    assert_eq!(wish(ledger, "B", end), Changed::Done);
}
