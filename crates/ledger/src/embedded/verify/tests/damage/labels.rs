//! Damage to patterns, and to lines that wait under the codes of the items whose labels they are.

use super::*;
use crate::embedded::value::catalogue::{
    PendingRow, decode_head, encode_awaited, encode_head, encode_patterns,
};
use purchase::catalogue::Head;
use purchase::code::{Patterns, PatternsChange};

const LABEL: &str = "2212345001989";
const ITEM: &str = "2212345000000";

fn patterns(written: &[&str]) -> Patterns {
    Patterns::parse(written.iter().copied()).unwrap()
}

/// The town, with patterns from revision 4 on and a label that waits for its item.
fn labelled() -> (Town, PurchaseId) {
    let mut town = town();
    let patterns = PatternsChange {
        effective_from: time(NOON - 9),
        patterns: Arc::new(patterns(&["22IIIIIPPPPPC"])),
    };
    town.world.write(Write::Catalogue(Box::new(CatalogueWrite {
        store_id: store_id(STORE),
        base: Revision(3),
        revision: Revision(4),
        lineage: None,
        update: [4; 32],
        patterns: Some(patterns),
        step: Step::Whole(Vec::new()),
    })));
    let by = By::Person(town.ada);
    let id = town.world.record(sale("label", by, &[(LABEL, 1)]));
    town.world.is_sound("with a label");
    (town, id)
}

#[test]
fn damage_to_patterns() {
    let (town, _) = labelled();
    let store = store_id(STORE);
    let place = |from: i64, revision: u64| page::patterns(&store, time(from), Revision(revision));
    let whole = || place(NOON - 9, 4);
    let set = |key: Vec<u8>, written: &[&str]| {
        (
            Space::Catalogue,
            key,
            Some(encode_patterns(&patterns(written))),
        )
    };
    let digest = ("catalogue of s-1", "its digest is not the sum");
    let form = ("patterns of s-1, revision 4", "unknown version");
    let stray = ("patterns of s-1, revision 9", "has not come so far");
    town.check("others", &[set(whole(), &["29IIIIIPPPPPC"])], &[digest]);
    town.check("gone", &[gone_from(Space::Catalogue, whole())], &[digest]);
    town.check(
        "unreadable",
        &[town.flipped(Space::Catalogue, whole(), first_byte)],
        &[form],
    );
    town.check("of the future", &[set(place(NOON - 99, 9), &[])], &[stray]);
    let mut key = whole();
    key.push(0);
    town.check(
        "no key",
        &[set(key, &[])],
        &[("patterns row", "its key is not well-formed")],
    );
    let homeless = page::patterns(&store_id(SISTER), time(NOON), Revision(1));
    town.check(
        "without a catalogue",
        &[set(homeless, &[])],
        &[("patterns of s-2, revision 1", "its catalogue has no head")],
    );
    let many: Vec<_> = (0..64).map(|nth| set(place(nth, 1), &[])).collect();
    town.check(
        "too many",
        &many,
        &[("patterns of s-1", "more sets than are kept")],
    );
    let head_key = page::plain(Row::Head, STORE.as_bytes());
    let head: Form<Head> = (decode_head, encode_head);
    let changed = town.changed((Space::Facts, head_key), head, |head| head.digest[0] ^= 1);
    town.check("another digest", &[changed], &[digest]);
}

#[test]
fn damage_to_labels_that_wait() {
    let (town, id) = labelled();
    let store = store_id(STORE);
    let noted = |item: &str, line: u16| page::labelled(&store, &code(item), id, LineNumber(line));
    let line = "pending line 1 of";
    town.check(
        "not noted",
        &[gone_from(Space::Facts, noted(ITEM, 1))],
        &[(
            line,
            "it is a label of 2212345000000, but is not noted under it",
        )],
    );
    town.check(
        "noted as another code",
        &[(
            Space::Facts,
            noted(ITEM, 1),
            Some(encode_awaited(&code("fish"))),
        )],
        &[
            (line, "but is not noted under it"),
            ("label on line 1 of", "no pending line is a label of it"),
        ],
    );
    town.check(
        "unreadable",
        &[town.flipped(Space::Facts, noted(ITEM, 1), first_byte)],
        &[("label on line 1 of", "unknown version")],
    );
    let stray = ("label on line", "no pending line is a label of it");
    let more = |key| (Space::Facts, key, Some(encode_awaited(&code(LABEL))));
    town.check(
        "under another item",
        &[more(noted("2299999000000", 1))],
        &[stray],
    );
    town.check("of another line", &[more(noted(ITEM, 2))], &[stray]);
    let place = (
        Space::Facts,
        page::pending(&store, &code(LABEL), id, LineNumber(1)),
    );
    let rows: Form<PendingRow> = (PendingRow::decode, PendingRow::encode);
    let silent = town.changed(place, rows, |row| row.items.clear());
    town.check(
        "does not say so",
        &[silent],
        &[
            (line, "it is a label of 2212345000000, but does not say so"),
            stray,
        ],
    );
}
