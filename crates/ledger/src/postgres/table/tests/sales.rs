//! Columns of settlements, days and purchases.

use super::*;

#[test]
fn settlements() {
    let name = |key: &purchase::id::SettlementKey| {
        vec![
            ("business_date", Cell::Day(key.business_date)),
            ("terminal", text(key.terminal.as_str())),
            ("transaction", text(key.transaction.as_str())),
        ]
    };
    shows(
        Kind::Settlement,
        (some::settlement_key(), some::settlement_row()),
        |(key, row)| (key::settlement(Kind::Settlement, key), row.encode()),
        |(key, row)| {
            let mut columns = name(key);
            columns.extend([
                ("purchase_id", text(row.purchase_id)),
                ("received_at", Cell::Instant(row.received_at)),
                ("kind", kind_text(row.kind)),
                ("currency", text(row.currency.code())),
                ("total", Cell::Whole(row.total.minor())),
                ("lines", whole(u64::try_from(row.lines.len()).unwrap())),
                ("pending_lines", whole(row.pending)),
                ("voided", Cell::Truth(row.voided_by.is_some())),
            ]);
            columns
        },
    );
    shows(
        Kind::Early,
        (some::settlement_key(), vec(some::settlement_key(), 0..4)),
        |(key, waiting)| (key::settlement(Kind::Early, key), encode_early(waiting)),
        |(key, waiting)| {
            let mut columns = name(key);
            let count = u64::try_from(waiting.len()).unwrap();
            columns.push(("waiting", whole(count)));
            columns
        },
    );
    let conflicts = (some::digest(), some::time(), some::sealed());
    shows(
        Kind::Conflict,
        (some::settlement_key(), 0..8_u8, conflicts),
        |(key, number, (digest, at, sealed))| {
            let row = ConflictRow {
                digest: *digest,
                received_at: *at,
                sealed: sealed.clone(),
            };
            let mut key = key::settlement(Kind::Conflict, key);
            key.push(*number);
            (key, row.encode())
        },
        |(key, number, (_, at, _))| {
            let mut columns = name(key);
            columns.push(("number", whole(u64::from(*number))));
            columns.push(("received_at", Cell::Instant(*at)));
            columns
        },
    );
    shows(
        Kind::Day,
        (some::store_id(), some::date(), some::tally(), hash()),
        |(store, date, tally, digest)| {
            let row = DayRow {
                tally: tally.clone(),
                digest: *digest,
            };
            (key::day(Kind::Day, store, *date), row.encode())
        },
        |(_, date, tally, _)| {
            vec![
                ("business_date", Cell::Day(*date)),
                ("settlements", whole(tally.settlements)),
                ("lines", whole(tally.lines)),
                ("pending_lines", whole(tally.pending)),
                ("totals", Cell::Totals(tally.totals.clone())),
            ]
        },
    );
}

fn kind_text(kind: purchase::settlement::Kind) -> Cell {
    text(match kind {
        purchase::settlement::Kind::Sale => "sale",
        purchase::settlement::Kind::Return => "return",
        purchase::settlement::Kind::Void => "void",
    })
}

/// What the parts of a purchase have in common, and what only one of them has.
fn of_purchase(id: &PurchaseId, part: &str, own: &[(&str, Cell)]) -> Vec<(&'static str, Cell)> {
    let names = [
        "line",
        "store_id",
        "kind",
        "currency",
        "total",
        "received_at",
        "voided",
    ];
    let rest = names.map(|name| {
        let own = own.iter().find(|column| column.0 == name);
        (name, own.map_or(Cell::Null, |column| column.1.clone()))
    });
    let mut columns = vec![("purchase_id", text(id)), ("part", text(part))];
    columns.extend(rest);
    columns
}

#[test]
fn purchases() {
    let whose = || (some::owner(), some::purchase_id());
    shows(
        Kind::Purchase,
        (whose(), some::purchase_row()),
        |((owner, id), row)| (key::body(*owner, *id), row.encode()),
        |((_, id), row)| {
            let columns = &row.columns;
            let own = [
                ("store_id", text(&columns.store_id)),
                ("kind", kind_text(columns.kind)),
                ("currency", text(columns.currency.code())),
                ("total", Cell::Whole(columns.total.minor())),
                ("received_at", Cell::Instant(columns.received_at)),
            ];
            of_purchase(id, "body", &own)
        },
    );
    shows(
        Kind::Purchase,
        (whose(), any::<u16>(), some::sealed()),
        |((owner, id), line, sealed)| (key::name(*owner, *id, LineNumber(*line)), sealed.clone()),
        |((_, id), line, _)| of_purchase(id, "name", &[("line", whole(u64::from(*line)))]),
    );
    let standings = (vec(any::<u64>(), 0..4), some::of(some::settlement_key()));
    shows(
        Kind::Purchase,
        (whose(), standings),
        |((owner, id), (returned_micros, voided_by))| {
            let row = StandingRow {
                returned_micros: returned_micros.clone(),
                voided_by: voided_by.clone(),
            };
            (key::standing(*owner, *id), row.encode())
        },
        |((_, id), (_, voided_by))| {
            let voided = ("voided", Cell::Truth(voided_by.is_some()));
            of_purchase(id, "standing", &[voided])
        },
    );
}

#[test]
fn what_is_to_be_filed() {
    shows(
        Kind::ToFile,
        (some::store_id(), any::<[u8; 12]>(), some::to_file_row()),
        |(store, batch, row)| (key::to_file(store.as_str(), *batch), row.encode()),
        |(_, _, row)| {
            let owners = u64::try_from(row.parts.len()).unwrap();
            vec![("at", Cell::Instant(row.at)), ("owners", whole(owners))]
        },
    );
}
