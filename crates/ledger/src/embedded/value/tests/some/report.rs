//! Random rows of what machines tell of themselves, and of what their stores are asked for.

use super::*;
use crate::embedded::value::report::{ReportRow, WishRow};
use purchase::report::{DifferingDay, Report, StuckSale};

fn stuck() -> impl Strategy<Value = StuckSale> {
    let texts = (text(), of(text()));
    (settlement_key(), texts).prop_map(|(key, (code, detail))| StuckSale { key, code, detail })
}

fn differing() -> impl Strategy<Value = DifferingDay> {
    (date(), any::<u64>(), of(digest())).prop_map(|(date, settlements, digest)| DifferingDay {
        date,
        settlements,
        digest,
    })
}

fn report() -> impl Strategy<Value = Report> {
    let lists = (
        vec(label(), 0..3),
        vec(stuck(), 0..3),
        vec(differing(), 0..3),
    );
    let queue = (any::<u64>(), of(time()), any::<u64>());
    let machine = (text(), of(any::<u64>()), of(any::<i64>()));
    (lists, queue, machine).prop_map(|(lists, queue, machine)| Report {
        version: machine.0,
        terminals: lists.0,
        waiting: queue.0,
        oldest_at: queue.1,
        stuck: lists.1,
        stuck_count: queue.2,
        days: lists.2,
        disk_free_bytes: machine.1,
        clock_offset_ms: machine.2,
    })
}

pub(crate) fn report_row() -> impl Strategy<Value = ReportRow> {
    (time(), report()).prop_map(|(received_at, report)| ReportRow {
        received_at,
        report,
    })
}

pub(crate) fn wish_row() -> impl Strategy<Value = WishRow> {
    (time(), any::<[u8; 16]>(), any::<u64>()).prop_map(|(asked_at, by, lines)| WishRow {
        asked_at,
        by: TokenId(by),
        lines,
    })
}
