//! Names that say nothing about what is inside, for files, folders and modules.

use crate::rust::{code_only, is_word, line_of, word_positions};
use crate::tree::{complains, each, no_complaints, paths, rust_tree};

const EMPTY_WORDS: &[&str] = &[
    "util", "utils", "common", "helper", "helpers", "manager", "service", "misc", "v2",
];
const FIX: &str = "name it for what it holds, in a shopkeeper's words";

fn empty_words(name: &str) -> Option<&str> {
    name.split(['_', '-'])
        .find(|word| EMPTY_WORDS.contains(&word.to_lowercase().as_str()))
}

fn path_names(path: &str) -> Vec<String> {
    let mut complaints: Vec<String> = path
        .split('/')
        .filter_map(|part| empty_words(part.split('.').next().unwrap_or(part)))
        .map(|word| format!("{path}: \"{word}\" says nothing; {FIX}"))
        .collect();
    if path.ends_with("/mod.rs") {
        complaints.push(format!(
            "{path}: a folder `name/` has its module in `name.rs` beside it; rename the file"
        ));
    }
    complaints
}

/// Modules written inside a file have names too.
fn module_names(path: &str, text: &str) -> Vec<String> {
    let code = code_only(text);
    word_positions(&code, "mod")
        .into_iter()
        .filter_map(|at| {
            let name = code
                .get(at + 3..)?
                .trim_start()
                .split(|c| !is_word(c))
                .next()?;
            let word = empty_words(name)?;
            Some(format!(
                "{path}:{}: the module's \"{word}\" says nothing; {FIX}",
                line_of(&code, at)
            ))
        })
        .collect()
}

#[test]
fn files_and_modules_are_named_for_what_they_hold() {
    let mut complaints: Vec<String> = paths().iter().flat_map(|path| path_names(path)).collect();
    complaints.extend(each(&rust_tree(), module_names));
    no_complaints(complaints);
}

#[test]
fn empty_names_are_seen() {
    let rows: &[(&str, &[&str])] = &[
        ("crates/wire/src/util.rs", &["\"util\""]),
        ("crates/wire/src/helpers/money.rs", &["\"helpers\""]),
        ("crates/wire/src/string_utils.rs", &["\"utils\""]),
        ("crates/server/src/SessionManager.rs", &[]),
        ("crates/server/src/session-manager.js", &["\"manager\""]),
        ("crates/server/src/api/mod.rs", &["rename the file"]),
        ("packaging/orihon.service", &[]),
        ("crates/wire/src/commonplace.rs", &[]),
        ("crates/wire/src/message_v2.rs", &["\"v2\""]),
    ];
    for (path, expected) in rows {
        complains(&path_names(path), expected);
    }
    complains(
        &module_names("a.rs", "\nmod misc {}\nmod model;"),
        &["a.rs:2: the module's \"misc\""],
    );
}
