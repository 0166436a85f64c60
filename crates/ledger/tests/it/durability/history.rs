//! A copy of the data folder from an earlier day, put back: what was acknowledged since is missing,
//! and the watermark beside the keys knows it.

use super::*;
use crate::world::{commit, names, purchase};
use ledger::account::Gap;
use ledger::embedded::open::GapPolicy;
use ledger::write::Write;
use purchase::id::OwnerId;

/// A ledger, a copy of its data folder, and three sales after that.
fn copied_and_gone_on() -> (World, u64, Vec<Content>) {
    let world = World::new();
    let ledger = world.open(1);
    begin(&ledger);
    let copied_at = ledger.mark().unwrap().seq;
    drop(ledger);
    copy(&world.path("data"), &world.path("copy"));
    let ledger = reopen(&world, 2);
    let ada = ledger.count_users(None, 1).unwrap()[0].user_id;
    let later: Vec<Content> = ["7", "8", "9"]
        .map(|number| sold(number).buyer(ada).content())
        .to_vec();
    for sale in &later {
        record(&ledger, sale, at(1));
    }
    drop(ledger);
    (world, copied_at, later)
}

fn accepting(world: &World) -> Options {
    Options {
        gap: GapPolicy::Accept,
        now: at(77),
        ..world.options()
    }
}

#[test]
fn a_ledger_that_lost_its_end_is_refused() {
    let (world, copied_at, _) = copied_and_gone_on();
    // The control: nothing was put back, and nothing is missing.
    assert_eq!(reopen(&world, 3).mark().unwrap().seq, copied_at + 3);
    put_back(&world.path("copy"), &world.path("data"));
    let watermark = fs::read(world.path("data.keys/watermark")).unwrap();
    for _ in 0..2 {
        let error = error_of(try_open(&world.options(), 4));
        let OpenError::Truncated {
            found,
            acknowledged,
            missing,
        } = error
        else {
            panic!("{error}")
        };
        assert_eq!(
            (found, acknowledged, missing),
            (copied_at, copied_at + 3, 3)
        );
        assert_eq!(
            fs::read(world.path("data.keys/watermark")).unwrap(),
            watermark
        );
    }
    // A newer copy is what it asks for.
    assert!(
        error_of(try_open(&world.options(), 5))
            .to_string()
            .contains("3 commits are missing")
    );
}

#[test]
fn an_accepted_gap_is_recorded_and_filled_by_sending_again() {
    let (world, copied_at, later) = copied_and_gone_on();
    let ids: Vec<_> = {
        let ledger = reopen(&world, 3);
        let ada = ledger.count_users(None, 1).unwrap()[0].user_id;
        let page = ledger.page(ada, &Default::default(), 9, &|_| true).unwrap();
        page.purchases
            .into_iter()
            .map(|filed| filed.purchase_id)
            .collect()
    };
    put_back(&world.path("copy"), &world.path("data"));
    let (ledger, found) = try_open(&accepting(&world), 4).unwrap();
    let gap = Gap {
        found: copied_at,
        acknowledged: copied_at + 3,
        at: at(77),
    };
    assert_eq!(found, Found::Gap(gap));
    assert_eq!(ledger.gaps().unwrap(), [gap]);
    assert_eq!(ledger.recorded(&later[0].key).unwrap(), None);
    // The devices send again; what comes has the same ids as before.
    for sale in &later {
        let receipt = record(&ledger, sale, at(78));
        let OwnerId::User(ada) = receipt.owner else {
            panic!("{receipt:?}")
        };
        assert!(ids.contains(&receipt.purchase_id));
        let filed = purchase(&ledger, ada, receipt.purchase_id);
        assert_eq!(names(&filed), ["one@1", "-", "sent"]);
    }
    let before = everything(&ledger);
    drop(ledger);
    // Once accepted it is no gap any more, and is still known.
    let ledger = reopen(&world, 5);
    assert_eq!(everything(&ledger), before);
    assert_eq!(ledger.gaps().unwrap(), [gap]);
    assert!(ledger.verify(&mut |_| ()).unwrap().is_sound());
}

#[test]
fn accepting_where_nothing_is_missing_changes_nothing() {
    let (world, ..) = copied_and_gone_on();
    let before = everything(&reopen(&world, 3));
    let (ledger, found) = try_open(&accepting(&world), 4).unwrap();
    assert_eq!((found, everything(&ledger)), (Found::Existing, before));
}

/// Two copies of one ledger that went on apart, and the data folder of one with the keys of the
/// other.
fn mixed_up(sales_of_the_other: usize) -> (World, u64) {
    let (world, copied_at, _) = copied_and_gone_on();
    let twin = World::new();
    copy(&world.path("copy"), &twin.path("data"));
    copy(&world.path("data.keys"), &twin.path("data.keys"));
    let (ledger, _) = try_open(&accepting(&twin), 8).unwrap();
    for number in 0..sales_of_the_other {
        let stranger = sold(&format!("t{number}")).staff("twin").content();
        record(&ledger, &stranger, at(5));
    }
    drop(ledger);
    put_back(&twin.path("data"), &world.path("data"));
    (world, copied_at)
}

#[test]
fn another_history_is_refused() {
    // The twin's first commit is the gap that was accepted; two more, or three, and it is as long
    // as what was acknowledged, or longer.
    for (sales, is_long_enough) in [(1, false), (2, true), (3, true), (9, true)] {
        let (world, copied_at) = mixed_up(sales);
        let error = error_of(try_open(&world.options(), 5));
        match error {
            OpenError::OtherHistory { seq } if is_long_enough => assert_eq!(seq, copied_at + 3),
            OpenError::Truncated { missing: 1, .. } if !is_long_enough => {}
            other => panic!("{sales}: {other}"),
        }
        let (ledger, found) = try_open(&accepting(&world), 6).unwrap();
        assert!(matches!(found, Found::Gap(_)), "{found:?}");
        assert_eq!(
            ledger.gaps().unwrap().len(),
            2,
            "the twin's own, and this one"
        );
        commit(
            &ledger,
            vec![Write::AddStore(Box::new(shop("s-2")))],
            at(80),
        );
        drop(ledger);
        reopen(&world, 7);
    }
}
