//! Tables of what machines tell of themselves, and of the names that stores are asked for.

use super::super::cell::{Cell, Shape};
use super::{Spread, Table};
use crate::embedded::value::report::{ReportRow, WishRow};
use purchase::id::DeviceId;

pub(crate) static REPORTS: Table = Table {
    name: "device_reports",
    holds: "what each machine told of itself last: its version, and how many sales wait or are stuck on it",
    spread: Spread::Store,
    clear: &[
        ("device_id", Shape::Text),
        ("received_at", Shape::Instant),
        ("version", Shape::Text),
        ("waiting", Shape::Whole),
        ("stuck", Shape::Whole),
    ],
    fill: |key, row| {
        key.text()?;
        let device_id = Cell::shown(DeviceId(key.array()?));
        let ReportRow {
            received_at,
            report,
        } = ReportRow::decode(row)?;
        Ok(vec![
            device_id,
            Cell::Instant(received_at),
            Cell::text(report.version.as_str()),
            Cell::number(report.waiting),
            Cell::number(report.stuck_count),
        ])
    },
};

pub(crate) static WISHES: Table = Table {
    name: "name_wishes",
    holds: "codes whose name a store is asked for",
    spread: Spread::Store,
    clear: &[
        ("code", Shape::Text),
        ("asked_at", Shape::Instant),
        ("token_id", Shape::Text),
        ("lines", Shape::Whole),
    ],
    fill: |key, row| {
        key.text()?;
        let code = Cell::text(key.text()?);
        let row = WishRow::decode(row)?;
        Ok(vec![
            code,
            Cell::Instant(row.asked_at),
            Cell::shown(row.by),
            Cell::number(row.lines),
        ])
    },
};
