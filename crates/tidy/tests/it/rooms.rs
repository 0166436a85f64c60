//! Who knows whom inside `server`, where the compiler would let every module use every other.
//!
//! It looks at paths that begin at the root of the crate, however they are spelled.

use crate::rust::{code_only, is_word, line_of, word_positions};
use crate::tree::{complains, each, no_complaints, rust_tree};

const SERVER: &str = "crates/server/src/";

/// A room of the server, the rooms it never names, and those it names by their front door only:
/// what stands in the module itself, and nothing of its inner modules.
const NEVER: &[(&str, &[&str], &[&str])] = &[
    ("api", &["pages", "console"], &["publish"]),
    ("pages", &["api", "console"], &["publish"]),
    ("console", &["api", "pages"], &["publish"]),
    ("html", &["api", "pages", "console"], &["publish"]),
    ("publish", &["api", "pages", "console"], &[]),
    ("intake", &["api", "pages", "console"], &[]),
];

fn rooms(path: &str, text: &str) -> Vec<String> {
    let Some(modules) = path
        .strip_prefix(SERVER)
        .and_then(|rest| rest.strip_suffix(".rs"))
    else {
        return Vec::new();
    };
    let room = modules.split('/').next().unwrap_or(modules);
    let Some((_, never, front_door)) = NEVER.iter().find(|(name, ..)| *name == room) else {
        return Vec::new();
    };
    let mut complaints = Vec::new();
    for (named, line) in paths_from_the_root(&code_only(text), modules.split('/').count()) {
        let mut parts = named.split("::");
        let first = parts.next().unwrap_or("");
        if never.contains(&first) {
            complaints.push(format!(
                "{path}:{line}: {room} must not know {first} (`{named}`); \
                 move what both need into a module below both"
            ));
        } else if front_door.contains(&first) && parts.count() > 1 && is_inner(&named) {
            complaints.push(format!(
                "{path}:{line}: {room} reaches into {first} (`{named}`); \
                 let {first}.rs itself offer what is needed"
            ));
        }
    }
    complaints
}

/// Whether the second part is a module: types begin with a capital letter.
fn is_inner(named: &str) -> bool {
    named
        .split("::")
        .nth(1)
        .is_some_and(|part| part.starts_with(|c: char| c.is_lowercase()))
}

/// Every path in the code that begins at the root of the crate, and its line. `depth` is how many
/// `super` lead up there from this file.
fn paths_from_the_root(code: &str, depth: usize) -> Vec<(String, usize)> {
    let mut found = Vec::new();
    for start in ["crate::", "super::"] {
        for at in word_positions(code, start) {
            let (before, mut rest) = code.split_at(at);
            let mut ups = if start == "crate::" { depth } else { 0 };
            rest = rest.strip_prefix("crate::").unwrap_or(rest);
            while let Some(above) = rest.strip_prefix("super::") {
                (ups, rest) = (ups + 1, above);
            }
            if ups == depth && !before.ends_with("::") {
                let mut names = Vec::new();
                spread("", rest, &mut names);
                found.extend(names.into_iter().map(|name| (name, line_of(code, at))));
            }
        }
    }
    found
}

/// Spreads a tree of imports into whole paths; returns what stands behind it.
fn spread<'a>(so_far: &str, tree: &'a str, found: &mut Vec<String>) -> &'a str {
    let tree = tree.trim_start();
    if let Some(mut inside) = tree.strip_prefix('{') {
        loop {
            inside = inside.trim_start().trim_start_matches(',').trim_start();
            if let Some(after) = inside.strip_prefix('}') {
                return after;
            }
            if inside.is_empty() {
                return inside;
            }
            inside = spread(so_far, inside, found);
        }
    }
    let length = tree.find(|c| !is_word(c)).unwrap_or(tree.len());
    let (name, rest) = tree.split_at(length);
    let path = format!("{so_far}{name}");
    if let Some(below) = rest.strip_prefix("::") {
        return spread(&format!("{path}::"), below, found);
    }
    found.push(path);
    // A new name (`as x`) or a star ends the branch as well.
    let end = rest
        .find([',', '}', ';', '(', '<', '\n'])
        .unwrap_or(rest.len());
    rest.split_at(end).1.trim_start_matches(['(', '<', ';'])
}

#[test]
fn rooms_of_the_server_keep_apart() {
    no_complaints(each(&rust_tree(), rooms));
}

#[test]
fn a_look_into_the_wrong_room_is_seen_in_every_spelling() {
    let rows: &[(&str, &str, &[&str])] = &[
        (
            "api/settlements.rs",
            "use crate::pages::Layout;",
            &["api must not know pages (`pages::Layout`)"],
        ),
        ("api.rs", "use super::pages;", &["api must not know pages"]),
        (
            "api/me.rs",
            "fn f() { super::super::console::show(1) }",
            &["api must not know console"],
        ),
        (
            "pages.rs",
            "use crate::{\n    auth::SignedIn,\n    api::{Cursor, page},\n};",
            &["`api::Cursor`", "`api::page`"],
        ),
        (
            "api.rs",
            "use crate::{auth, intake as pages, limits::*};",
            &[],
        ),
        (
            "api.rs",
            "use crate::publish::Feed; fn f() { crate::publish::subscribe() }",
            &[],
        ),
        (
            "api.rs",
            "use crate::publish::cursor::Lane;",
            &["api reaches into publish"],
        ),
        (
            "publish/sse.rs",
            "use crate::api::Problem;",
            &["publish must not know api"],
        ),
        (
            "publish/sse.rs",
            "// use crate::api::Problem;\nlet a = \"crate::api::b\";",
            &[],
        ),
        (
            "intake.rs",
            "crate::pages::tell();",
            &["intake must not know pages"],
        ),
        ("api/me.rs", "use super::pages::Page;", &[]),
        ("router.rs", "use crate::{api, pages};", &[]),
    ];
    for (path, text, expected) in rows {
        complains(&rooms(&format!("{SERVER}{path}"), text), expected);
    }
}
