//! What a server notices of others: by few questions however much there is, in pages beyond that, and at
//! once where a till knows more than the server.

use super::server::{ADMIN, Part, start};
use super::story::{Steps, options};
use super::two::Two;
use crate::slip::slip;
use crate::world::{
    add_store, at, change, commit, named, prepare, shop, step, store_id, update, write,
};
use ledger::Ledger;
use ledger::write::{Changed, Step, Write};
use std::collections::BTreeMap;

/// Stores that one look is about, as in the ledger.
const STORES_PER_LOOK: usize = 4_096;

fn head(ledger: &Ledger) -> u64 {
    let head = ledger.catalogue_head(&store_id("s-1"));
    head.expect("readable").revision.0
}

#[test]
fn a_till_that_knows_a_newer_catalogue_makes_the_server_look() {
    let two = Two::in_town(Steps::One);
    let knows = |revision: Option<u64>| {
        let sale = slip("sale").line("A", "1", 10);
        let sale = match revision {
            Some(revision) => sale.revision(revision),
            None => sale,
        };
        prepare(&two.other, &sale.content(), at(0));
        head(&two.other)
    };
    assert_eq!(knows(None), 0);
    update(&two.one, 0, 3, vec![named("A", "one", at(-9))]);
    assert_eq!(knows(None), 0, "the control: by itself it has not noticed");
    assert_eq!(knows(Some(2)), 3);
    update(&two.one, 3, 5, vec![named("A", "two", at(-8))]);
    assert_eq!(knows(Some(3)), 3, "it knows as much as the till");
    assert_eq!(knows(Some(4)), 5);
    assert_eq!(knows(Some(9)), 5, "nobody has that one");
    two.is_sound();
}

/// The statements that the server was asked to carry out while `work` went on, by what they read.
fn asked(server: &super::server::Server, work: impl FnOnce()) -> BTreeMap<String, usize> {
    let before = server.log().len();
    work();
    let mut asked = BTreeMap::new();
    for line in server.log()[before..].lines() {
        if let Some((_, statement)) = line.split_once("execute ") {
            let table = statement.split("orihon.").nth(1).unwrap_or(statement);
            let table = table.split(|end: char| !end.is_alphanumeric() && end != '_');
            *asked.entry(table.take(1).collect()).or_default() += 1;
        }
    }
    asked
}

#[test]
fn a_look_asks_as_little_about_many_as_about_one() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let (server, url) = runtime.block_on(async {
        let server = start(&["log_statement=all"], Part::Primary).await;
        let name = server.database().await;
        let url = server.url(ADMIN, &name);
        (server, url)
    });
    let folder = tempfile::tempdir().expect("a temporary folder");
    let open = |seed| {
        let opened = Ledger::open_shared(&options(url.clone(), folder.path(), seed));
        opened.expect("the ledger opens").0
    };
    let (one, other) = (open(1), open(2));
    let ids: Vec<String> = (0..30).map(|nth| format!("s-{nth}")).collect();
    for id in &ids {
        add_store(&one, shop(id));
        write_catalogue(&one, id, 0, 1);
    }
    other.renew().expect("readable");
    for id in &ids {
        let head = other.catalogue_head(&store_id(id)).expect("readable");
        assert_eq!(head.revision.0, 1);
    }
    let look = || other.renew().expect("readable");
    let rows = [
        (vec![], vec![("catalogue_heads", 1), ("stores", 1)]),
        // What moved is looked at for itself.
        (
            vec!["s-3", "s-7"],
            vec![("catalogue_heads", 1), ("code_patterns", 2), ("stores", 1)],
        ),
    ];
    for (moves, expected) in rows {
        for id in &moves {
            write_catalogue(&one, id, 1, 2);
        }
        let expected: BTreeMap<String, usize> = expected
            .into_iter()
            .map(|(table, count)| (table.to_owned(), count))
            .collect();
        assert_eq!(asked(&server, look), expected, "{moves:?} moved");
        for id in moves {
            let head = other.catalogue_head(&store_id(id)).expect("readable");
            assert_eq!(head.revision.0, 2, "{id}");
        }
    }
}

fn write_catalogue(ledger: &Ledger, id: &str, base: u64, revision: u64) {
    let changes = vec![named("A", "apple", at(-9))];
    let mut catalogue = step(base, revision, Step::Whole(changes));
    catalogue.store_id = store_id(id);
    write(ledger, Write::Catalogue(Box::new(catalogue)), at(0));
}

#[test]
fn more_stores_than_a_look_is_about_are_seen_in_turn() {
    let two = Two::in_town(Steps::One);
    let mut ids: Vec<String> = (0..STORES_PER_LOOK + 9)
        .map(|nth| format!("t-{nth}"))
        .collect();
    let add = |id: &String| Write::AddStore(Box::new(shop(id)));
    for some in ids.chunks(2_000) {
        commit(&two.one, some.iter().map(add).collect(), at(0));
    }
    ids.push("s-1".to_owned());
    ids.sort();
    let known = || two.other.store_ids().len();
    assert_eq!(known(), 1, "the control: it has not looked");
    let looks = [STORES_PER_LOOK, ids.len(), ids.len()];
    for expected in looks {
        two.other.renew().expect("readable");
        assert_eq!(known(), expected);
    }
    // It goes round: by the next two looks, what became of the first and of the last is seen.
    for id in [&ids[0], &ids[ids.len() - 1]] {
        let shut = Write::CloseStore {
            store_id: store_id(id),
        };
        assert_eq!(change(&two.one, shut, at(1)), Changed::Done);
        let is_seen = || {
            let store = two.other.store(&store_id(id)).expect("it is there");
            store.closed_at.is_some()
        };
        assert!(!is_seen(), "the control");
        two.other.renew().expect("readable");
        two.other.renew().expect("readable");
        assert!(is_seen(), "{id}");
    }
}
