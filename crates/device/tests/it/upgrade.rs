//! A store database that an older device left is opened with all that is in it, and worked on.

use crate::shop::{Shop, now, store};
use device::database::Database;
use device::outbox::{self, State};
use device::store::Store;
use device::till::{self, back};
use device::{capture, keeping, labels, refusal};
use rusqlite::Connection;
use serde_json::json;
use std::path::Path;

/// Version 1, as it lies in shops.
const FIRST: &str = include_str!("../fixtures/store-1.sql");

fn lay(folder: &Path) {
    let old = Connection::open(folder.join("store.db")).unwrap();
    old.execute_batch(FIRST).unwrap();
}

/// All rows of the tables that there were, as text.
fn rows(connection: &Connection) -> String {
    let queries = [
        "SELECT json_array(code, name, unit_price) FROM items",
        "SELECT json_array(revision, code, changed_at, problem) FROM item_changes",
        "SELECT json_array(id, terminal, business_date, number, kind, made_at, currency, total,
            catalogue_revision, hex(digest), body, state, tries, settled_at, purchase_id, problem,
            request) FROM sales",
        "SELECT json_array(terminal, last) FROM numbers",
        "SELECT json_array(name, value) FROM facts",
        "SELECT json_array(id, at, staff, what, detail) FROM log",
        "SELECT json_array(name, seq) FROM sqlite_sequence",
    ];
    let mut text = String::new();
    for query in queries {
        let mut statement = connection.prepare(query).unwrap();
        let found = statement
            .query_map([], |row| row.get::<_, String>(0))
            .unwrap();
        for row in found {
            text += &row.unwrap();
            text.push('\n');
        }
    }
    text
}

#[test]
fn the_first_version_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    lay(folder.path());
    let before = rows(&Connection::open(folder.path().join("store.db")).unwrap());
    // Patterns were a fact, and are rows whose making was captured, at an instant of its own.
    let (patterns, before): (Vec<_>, Vec<_>) = before
        .lines()
        .partition(|line| line.starts_with(r#"["patterns""#));
    assert_eq!(patterns, [r#"["patterns","22IIIIIPPPPPC"]"#]);
    let before = before.join("\n");
    let check = |database: &Database| {
        let connection = database.connection();
        assert_eq!(labels::written(connection).unwrap(), ["22IIIIIPPPPPC"]);
        let now = rows(connection).replace(r#"["item_changes",5]"#, r#"["item_changes",4]"#);
        let (captured, now): (Vec<_>, Vec<_>) =
            now.lines().partition(|line| line.starts_with(r#"[5,"","#));
        assert_eq!(captured.len(), 1);
        assert_eq!(now.join("\n"), before);
    };
    let database = Database::open(folder.path()).unwrap();
    check(&database);
    assert!(
        before.contains("打ち間違い") && before.lines().count() > 20,
        "{before}"
    );
    // The steps are taken once.
    drop(database);
    let database = Database::open(folder.path()).unwrap();
    check(&database);
    let fresh = tempfile::tempdir().unwrap();
    let schema = |connection: &Connection| -> Vec<String> {
        let sql = "SELECT type || ' ' || name FROM sqlite_schema ORDER BY 1";
        let mut statement = connection.prepare(sql).unwrap();
        let names = statement.query_map([], |row| row.get(0)).unwrap();
        names.collect::<Result<_, _>>().unwrap()
    };
    let new = Database::open(fresh.path()).unwrap();
    assert_eq!(schema(database.connection()), schema(new.connection()));
}

#[test]
fn the_first_version_is_worked_on() {
    let folder = tempfile::tempdir().unwrap();
    lay(folder.path());
    let database = Database::open(folder.path()).unwrap();
    let settings = Store::load(&database).unwrap().settings;
    let mut shop = Shop {
        folder,
        database,
        store: Store::new(settings).unwrap(),
    };
    let connection = shop.database.connection();
    assert_eq!(shop.store.settings.store_id, store().settings.store_id);
    let queue = outbox::queue(connection).unwrap();
    assert_eq!((queue.waiting, queue.refused), (1, 1));
    assert_eq!(capture::untold(connection).unwrap()[0].code, "4903");
    assert_eq!(keeping::days(connection).unwrap(), 400);
    refusal::again(connection, 3).unwrap();
    let basket = json!({"terminal": "1", "lines": [{"code": "4901"}],
        "tenders": [{"kind": "cash", "amount": 248}]});
    let basket = serde_json::from_value(basket).unwrap();
    let sold = till::finish(
        &mut shop.database,
        &shop.store,
        &basket,
        now(),
        [7; 32],
        None,
    )
    .unwrap();
    assert_eq!(sold.transaction, "42");
    let order: back::Order = serde_json::from_value(json!({
        "terminal": "1", "reason": "x", "lines": [{"line": 1}],
        "of": {"terminal": "1", "business_date": "2026-09-21", "transaction": "39"}}))
    .unwrap();
    till::give_back(
        &mut shop.database,
        &shop.store,
        &order,
        now(),
        [7; 32],
        None,
    )
    .unwrap();
    let sale = outbox::of_id(shop.database.connection(), 1)
        .unwrap()
        .unwrap();
    assert_eq!(
        (sale.state, sale.purchase_id.as_deref()),
        (State::Filed, Some("pur_1"))
    );
    let told = capture::next_update(&mut shop.database).unwrap().unwrap();
    assert_eq!(told.revision, 4);
}
