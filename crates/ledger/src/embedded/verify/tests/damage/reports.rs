//! Damage to what machines told of themselves, and to the names that stores are asked for.

use super::*;
use crate::write::ReportStep;
use purchase::report::Report as Told;

/// A town in which a machine of the store and one of its chain reported, and fish has to be named.
fn reporting_town() -> Town {
    let mut town = town();
    for id in [1, 7] {
        let report = Told {
            version: text("1.0"),
            terminals: Vec::new(),
            waiting: 0,
            oldest_at: None,
            stuck: Vec::new(),
            stuck_count: 0,
            days: Vec::new(),
            disk_free_bytes: None,
            clock_offset_ms: None,
        };
        town.world.write(Write::Report(ReportStep::Tell {
            store_id: store_id(STORE),
            device_id: DeviceId([id; 16]),
            report: Box::new(report),
        }));
    }
    town.world.write(Write::Report(ReportStep::Wish {
        store_id: store_id(STORE),
        code: code("fish"),
        by: token_of("operator"),
    }));
    town.world.is_sound("a town that reports");
    town
}

#[test]
fn damage_to_reports() {
    let town = reporting_town();
    let told = page::report(&store_id(STORE), DeviceId([1; 16]));
    let row = town.row(Space::Facts, &told);
    let moved = |store: &str, id: u8| {
        let place = page::report(&store_id(store), DeviceId([id; 16]));
        (Space::Facts, place, Some(row.clone()))
    };
    town.check(
        "a report of nobody",
        &[moved(STORE, 99)],
        &[("report of device dev_", "its machine is not there")],
    );
    town.check(
        "a report of another store's machine",
        &[moved(SISTER, 1)],
        &[("report of device dev_", "its machine is not there")],
    );
    for id in [2, 9] {
        town.check(
            "a report of a machine that was revoked",
            &[moved(STORE, id)],
            &[("report of device dev_", "its machine's key was revoked")],
        );
    }
    town.check(
        "an unreadable report",
        &[town.flipped(Space::Facts, told, first_byte)],
        &[("report of device dev_", "unknown version")],
    );
}

#[test]
fn damage_to_wishes() {
    let town = reporting_town();
    let wish = page::wish(&store_id(STORE), &code("fish"));
    let row = town.row(Space::Facts, &wish);
    let idle = page::wish(&store_id(STORE), &code("bread"));
    town.check(
        "a wish for what has its name",
        &[(Space::Facts, idle, Some(row))],
        &[("wish for bread of s-1", "nothing waits for its name")],
    );
    town.check(
        "an unreadable wish",
        &[town.flipped(Space::Facts, wish, first_byte)],
        &[("wish for fish of s-1", "unknown version")],
    );
}
