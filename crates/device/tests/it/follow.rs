//! A store that follows: what its source says comes into the items when it is in force, nothing of it
//! is sent back, and what shop software writes is told as a warning until the source speaks again.

use crate::shop::{Shop, now, shop};
use device::capture::{self, Mark};
use device::follow::{self, Next, Page, Set};
use device::labels;
use serde_json::{Value, json};

/// A statement of the source.
fn says(code: &str, revision: i64, from: &str, name: &str, price: i64) -> Value {
    json!({"code": code, "revision": revision, "effective_from": from, "name": name,
        "kind": "goods", "unit_price": price, "tax_included": true})
}

fn ends(code: &str, revision: i64, from: &str) -> Value {
    json!({"code": code, "revision": revision, "effective_from": from, "discontinued": true})
}

fn page(revision: i64, changes: &[Value]) -> Page {
    Page {
        revision,
        lineage: Some("hq".to_owned()),
        changes: changes.to_vec(),
        patterns: Vec::new(),
        next_after: None,
        catalogue_of: Some("head".to_owned()),
    }
}

/// Patterns of the source and nothing else.
fn patterned(revision: i64, from: &str, patterns: &[&str]) -> Page {
    let set = Set {
        revision,
        effective_from: from.to_owned(),
        patterns: patterns.iter().map(ToString::to_string).collect(),
    };
    Page {
        patterns: vec![set],
        ..page(revision, &[])
    }
}

const PAST: &str = "2026-01-01T00:00:00Z";
/// One second and one hour after the instant at which everything happens.
const SOON: &str = "2026-11-22T03:00:01Z";
const LATER: &str = "2026-11-22T04:00:00Z";

impl Shop {
    fn take(&mut self, page: &Page) -> Next {
        follow::take(&mut self.database, page, now()).unwrap()
    }

    /// The items in short.
    fn items(&self) -> String {
        let sql =
            "SELECT group_concat(code || ' ' || name || ' ' || unit_price, ', ' ORDER BY code)
            FROM items";
        let shown: Option<String> = self
            .database
            .connection()
            .query_row(sql, [], |row| row.get(0))
            .unwrap();
        shown.unwrap_or_default()
    }

    fn patterns(&self) -> String {
        let written = labels::written(self.database.connection()).unwrap();
        written.join(" ")
    }

    fn mark(&self) -> (i64, String) {
        let Mark { revision, lineage } = capture::mark(self.database.connection()).unwrap();
        (revision, lineage.unwrap_or_default())
    }

    fn astray(&self) -> Vec<String> {
        let found = capture::untold(self.database.connection()).unwrap();
        found.into_iter().map(|item| item.code).collect()
    }

    fn is_behind(&self) -> bool {
        capture::is_behind(self.database.connection()).unwrap()
    }
}

/// A shop with a list of its own that begins to follow and has taken the first page.
fn follower() -> Shop {
    let mut shop = shop();
    shop.sql(
        "INSERT INTO items (code, name, unit_price) VALUES ('a', 'Own', 1), ('z', 'Zebra', 9)",
    );
    follow::begin(&mut shop.database, "head").unwrap();
    let first = [
        says("a", 1, PAST, "Apple", 100),
        says("b", 2, PAST, "Bread", 200),
        says("a", 3, SOON, "Apple", 120),
        says("c", 3, LATER, "Cake", 300),
    ];
    assert_eq!(shop.take(&page(3, &first)), Next::Rest);
    shop
}

#[test]
fn the_whole_catalogue_takes_the_place_of_the_own_list() {
    let shop = follower();
    assert_eq!(shop.items(), "a Apple 100, b Bread 200");
    assert_eq!(shop.mark(), (3, "hq".to_owned()));
    assert!(!shop.is_behind(), "nothing of it is sent back");
    assert_eq!(shop.astray(), Vec::<String>::new());
}

#[test]
fn what_comes_into_force_later_comes_then() {
    let mut shop = follower();
    let mut look = |after_ms: i64| {
        follow::come_into_force(&mut shop.database, now().plus_ms(after_ms)).unwrap();
        shop.items()
    };
    assert_eq!(look(999), "a Apple 100, b Bread 200");
    assert_eq!(look(1_000), "a Apple 120, b Bread 200");
    assert_eq!(look(3_600_000), "a Apple 120, b Bread 200, c Cake 300");
    // A clock that was put back takes nothing away.
    assert_eq!(look(0), "a Apple 120, b Bread 200, c Cake 300");
    assert!(!shop.is_behind());
}

#[test]
fn changes_come_page_by_page() {
    let mut shop = follower();
    let half = Page {
        next_after: Some(4),
        ..page(5, &[says("b", 4, PAST, "Bread", 210)])
    };
    assert_eq!(shop.take(&half), Next::More);
    assert_eq!(shop.mark().0, 4);
    assert_eq!(follow::after(shop.database.connection()).unwrap(), 4);
    let rest = page(5, &[ends("b", 5, PAST), ends("a", 5, LATER)]);
    assert_eq!(shop.take(&rest), Next::Rest);
    assert_eq!((shop.items().as_str(), shop.mark().0), ("a Apple 100", 5));
    assert_eq!(shop.take(&page(5, &[])), Next::Rest, "nothing new");
    // What is of a later time stands behind what is of a later revision.
    let same = page(6, &[says("a", 6, "2026-02-01T00:00:00Z", "Apple", 90)]);
    assert_eq!(shop.take(&same), Next::Rest);
    assert_eq!(shop.items(), "a Apple 90");
}

#[test]
fn another_history_is_taken_anew_while_the_old_is_sold_by() {
    let other = |revision: i64, changes: &[Value]| Page {
        lineage: Some("hq-2".to_owned()),
        ..page(revision, changes)
    };
    let check = |name: &str, strange: Page| {
        let mut shop = follower();
        assert_eq!(shop.take(&strange), Next::More, "{name}");
        assert_eq!(
            follow::after(shop.database.connection()).unwrap(),
            0,
            "{name}"
        );
        let half = Page {
            next_after: Some(7),
            ..other(8, &[says("d", 7, PAST, "Date", 400)])
        };
        assert_eq!(shop.take(&half), Next::More, "{name}");
        assert_eq!(
            shop.items(),
            "a Apple 100, b Bread 200",
            "{name}: not half of it"
        );
        assert_eq!(shop.mark(), (3, "hq".to_owned()), "{name}");
        assert_eq!(
            shop.take(&other(8, &[says("d", 8, PAST, "Date", 410)])),
            Next::Rest
        );
        assert_eq!(shop.items(), "d Date 410", "{name}");
        assert_eq!(shop.mark(), (8, "hq-2".to_owned()), "{name}");
    };
    check(
        "another lineage",
        other(8, &[says("d", 8, PAST, "Date", 410)]),
    );
    check("a gap", page(2, &[]));
}

#[test]
fn what_shop_software_writes_is_told_and_overwritten() {
    let mut shop = follower();
    shop.sql(
        "UPDATE items SET unit_price = 1 WHERE code = 'a'; DELETE FROM items WHERE code = 'b';
        INSERT INTO items (code, name) VALUES ('own', 'Own')",
    );
    assert_eq!(shop.astray(), ["own", "b", "a"]);
    let told = capture::untold(shop.database.connection()).unwrap();
    assert_eq!(
        told[0].problem,
        "this store follows head; change items there"
    );
    assert!(!shop.is_behind());
    assert_eq!(
        shop.take(&page(4, &[says("a", 4, PAST, "Apple", 130)])),
        Next::Rest
    );
    assert_eq!(shop.items(), "a Apple 130", "own has no price to show");
    assert_eq!(shop.astray(), ["own", "b"]);
}

#[test]
fn another_source_is_asked_for_first() {
    let mut shop = follower();
    let other = Page {
        catalogue_of: Some("other".to_owned()),
        ..page(4, &[says("a", 4, PAST, "Other", 1)])
    };
    assert_eq!(shop.take(&other), Next::Elsewhere);
    assert_eq!(shop.items(), "a Apple 100, b Bread 200");
    follow::begin(&mut shop.database, "other").unwrap();
    assert_eq!(shop.take(&other), Next::Rest);
    assert_eq!(shop.items(), "a Other 1");
}

#[test]
fn whoever_follows_no_more_says_everything_anew() {
    let mut shop = follower();
    follow::end(&mut shop.database, now(), 5).unwrap();
    assert!(shop.is_behind());
    assert_ne!(shop.mark().1, "hq");
    let course = capture::compare(&mut shop.database, 0, None).unwrap();
    assert_eq!(course, capture::Course::Updates);
    let told = capture::next_update(&mut shop.database).unwrap().unwrap();
    let message: Value = serde_json::from_str(&told.body).unwrap();
    let named = |code: &str| {
        let changes = message["changes"].as_array().unwrap();
        let of_code = |change: &&Value| change["code"] == code && change["name"].is_string();
        changes
            .iter()
            .rfind(of_code)
            .map(|change| change["name"].clone())
    };
    assert_eq!(named("a"), Some(json!("Apple")));
    assert_eq!(named("b"), Some(json!("Bread")));
    assert_eq!(named("z"), None, "it was on the list of before");
}

#[test]
fn the_sources_patterns_come_with_its_items() {
    let mut shop = shop();
    shop.sql("INSERT INTO patterns VALUES ('29IIIIIPPPPPC')");
    follow::begin(&mut shop.database, "head").unwrap();
    shop.take(&page(1, &[says("a", 1, PAST, "Apple", 100)]));
    assert_eq!(shop.patterns(), "", "the source has none");
    shop.take(&patterned(2, PAST, &["22IIIIIPPPPPC"]));
    shop.take(&patterned(3, LATER, &["22IIIIIPPPPPC", "23IIIIIWWWWWC"]));
    assert_eq!(
        (shop.patterns().as_str(), shop.mark().0),
        ("22IIIIIPPPPPC", 3)
    );
    assert_eq!(shop.items(), "a Apple 100");
    follow::come_into_force(&mut shop.database, now().plus_ms(3_600_000)).unwrap();
    assert_eq!(shop.patterns(), "22IIIIIPPPPPC 23IIIIIWWWWWC");
    assert!(!shop.is_behind(), "nothing of it is sent back");
    assert_eq!(shop.astray(), Vec::<String>::new());
}

#[test]
fn patterns_that_shop_software_writes_are_told_and_overwritten() {
    let mut shop = follower();
    shop.take(&patterned(4, PAST, &["22IIIIIPPPPPC"]));
    shop.sql("INSERT INTO patterns VALUES ('23IIIIIWWWWWC')");
    let told = capture::untold(shop.database.connection()).unwrap();
    let told: Vec<_> = told.iter().map(|row| (&*row.code, &*row.problem)).collect();
    let problem = "this store follows head; change patterns there";
    assert_eq!(told, [("patterns", problem)]);
    shop.take(&page(5, &[says("a", 5, PAST, "Apple", 130)]));
    assert_eq!(shop.astray(), ["patterns"], "the source spoke of an item");
    shop.take(&patterned(6, PAST, &["29IIIIIPPPPPC"]));
    assert_eq!(shop.patterns(), "29IIIIIPPPPPC");
    assert_eq!(shop.astray(), Vec::<String>::new());
}

#[test]
fn whoever_follows_no_more_says_the_patterns_too() {
    let mut shop = follower();
    shop.take(&patterned(4, PAST, &["22IIIIIPPPPPC"]));
    follow::end(&mut shop.database, now(), 5).unwrap();
    capture::compare(&mut shop.database, 0, None).unwrap();
    let told = capture::next_update(&mut shop.database).unwrap().unwrap();
    let message: Value = serde_json::from_str(&told.body).unwrap();
    assert_eq!(message["patterns"], json!(["22IIIIIPPPPPC"]));
}
