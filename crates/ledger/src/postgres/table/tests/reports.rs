//! Columns of what machines tell of themselves, and of what their stores are asked for.

use super::*;

#[test]
fn reports() {
    shows(
        Kind::Report,
        (some::store_id(), id(), some::report_row()),
        |(store, id, row)| (key::report(store, DeviceId(*id)), row.encode()),
        |(_, id, row)| {
            vec![
                ("device_id", text(DeviceId(*id))),
                ("received_at", Cell::Instant(row.received_at)),
                ("version", text(row.report.version.as_str())),
                ("waiting", whole(row.report.waiting)),
                ("stuck", whole(row.report.stuck_count)),
            ]
        },
    );
    shows(
        Kind::Wish,
        (some::store_id(), some::code(), some::wish_row()),
        |(store, code, row)| (key::wish(store, code), row.encode()),
        |(_, code, row)| {
            vec![
                ("code", text(code)),
                ("asked_at", Cell::Instant(row.asked_at)),
                ("token_id", text(row.by)),
                ("lines", whole(row.lines)),
            ]
        },
    );
}
