//! Columns of catalogues and of the lines that wait for a name.

use super::*;

#[test]
fn catalogues() {
    for kind in [Kind::Head, Kind::Staging] {
        shows(
            kind,
            (some::store_id(), some::head()),
            |(store, head)| {
                let key = key::plain(kind, store.as_str().as_bytes());
                (key, encode_head(head))
            },
            |(_, head)| {
                vec![
                    ("revision", whole(head.revision.0)),
                    (
                        "lineage",
                        maybe(head.lineage.as_ref().map(|it| it.as_str())),
                    ),
                    ("items", whole(head.items)),
                ]
            },
        );
    }
    let versions = (some::code(), some::time(), any::<u64>());
    shows(
        Kind::Item,
        (some::store_id(), versions, some::entry()),
        |(store, (code, at, revision), entry)| {
            let key = key::item(store, code, *at, Revision(*revision));
            (key, encode_entry(entry))
        },
        |(_, (code, at, revision), entry)| {
            let (name, discontinued) = match entry {
                Entry::Named(item) => (text(item.name.as_str()), false),
                Entry::Discontinued => (Cell::Null, true),
            };
            vec![
                ("code", text(code)),
                ("effective_from", Cell::Instant(*at)),
                ("revision", whole(*revision)),
                ("name", name),
                ("discontinued", Cell::Truth(discontinued)),
            ]
        },
    );
    shows(
        Kind::Patterns,
        (
            some::store_id(),
            some::time(),
            any::<u64>(),
            some::patterns(),
        ),
        |(store, at, revision, patterns)| {
            let key = key::patterns(store, *at, Revision(*revision));
            (key, encode_patterns(patterns))
        },
        |(_, at, revision, patterns)| {
            let written = patterns.as_slice().iter().map(ToString::to_string);
            vec![
                ("effective_from", Cell::Instant(*at)),
                ("revision", whole(*revision)),
                ("patterns", text(written.collect::<Vec<_>>().join(" "))),
            ]
        },
    );
}

#[test]
fn lines_that_wait() {
    let rows = prop_oneof![some::pending_row().boxed(), some::noted_row().boxed()];
    shows(
        Kind::Pending,
        (some::store_id(), some::code(), line_at(), rows),
        |(store, code, (id, line), row)| (key::pending(store, code, *id, *line), row.encode()),
        |(_, code, (id, line), row)| {
            let awaited = row.awaits.as_ref().map(|(revision, _)| whole(revision.0));
            vec![
                ("code", text(code)),
                ("purchase_id", text(id)),
                ("line", whole(u64::from(line.0))),
                ("at", Cell::Instant(row.at)),
                ("awaited_revision", awaited.unwrap_or(Cell::Null)),
            ]
        },
    );
    shows(
        Kind::Awaited,
        (some::store_id(), any::<u64>(), line_at(), some::code()),
        |(store, revision, (id, line), code)| {
            let key = key::awaited(store, Revision(*revision), *id, *line);
            (key, encode_awaited(code))
        },
        |(_, revision, (id, line), code)| {
            vec![
                ("revision", whole(*revision)),
                ("purchase_id", text(id)),
                ("line", whole(u64::from(line.0))),
                ("code", text(code)),
            ]
        },
    );
    shows(
        Kind::Label,
        (some::store_id(), some::code(), line_at(), some::code()),
        |(store, item, (id, line), code)| {
            (key::labelled(store, item, *id, *line), encode_awaited(code))
        },
        |(_, item, (id, line), code)| {
            vec![
                ("item_code", text(item)),
                ("purchase_id", text(id)),
                ("line", whole(u64::from(line.0))),
                ("code", text(code)),
            ]
        },
    );
}

fn line_at() -> impl Strategy<Value = (PurchaseId, LineNumber)> {
    (some::purchase_id(), any::<u16>().prop_map(LineNumber))
}
