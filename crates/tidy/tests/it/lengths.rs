//! How long files and functions may be. A function in a test file may be as long as its table: rows
//! are data, and cutting a table in two hides what it covers.
//!
//! What is longer stands in `RATCHET` with its exact length, which may only fall.

use crate::rust::{code_only, is_word, item_length, line_of, word_positions};
use crate::tree::{File, complains, no_complaints, rust_tree};

const FILE_LINES_MAX: usize = 600;
const FUNCTION_LINES_MAX: usize = 70;

/// Path, name of the function (`""` for the file itself), lines. Never raise a number, and take a
/// row away as soon as it is no longer needed: a stale one fails as well.
const RATCHET: &[Allowance] = &[];

type Allowance = (&'static str, &'static str, usize);

/// What is too long in one file: the function's name or `""`, where it begins, its lines.
fn overlong(text: &str) -> Vec<(String, usize, usize)> {
    let lines = text.lines().count();
    let mut found = Vec::new();
    if lines > FILE_LINES_MAX {
        found.push((String::new(), 1, lines));
    }
    let code = code_only(text);
    for at in word_positions(&code, "fn") {
        let (_, from_here) = code.split_at(at);
        let Some(named) = from_here.strip_prefix("fn ") else {
            continue;
        };
        let name: String = named.chars().take_while(|c| is_word(*c)).collect();
        let item = from_here.split_at(item_length(from_here)).0;
        let lines = item.matches('\n').count() + 1;
        if !name.is_empty() && lines > FUNCTION_LINES_MAX {
            found.push((name, line_of(&code, at), lines));
        }
    }
    found
}

fn is_test(path: &str) -> bool {
    path.contains("/tests/") || path.ends_with("/tests.rs")
}

fn lengths(files: &[File], ratchet: &[Allowance]) -> Vec<String> {
    let mut complaints = Vec::new();
    let mut stale = ratchet.to_vec();
    for File { path, text } in files {
        for (name, line, lines) in overlong(text) {
            if is_test(path) && !name.is_empty() {
                continue;
            }
            let row = stale.iter().position(|(p, n, _)| p == path && *n == name);
            let known = row.map(|row| stale.swap_remove(row).2);
            if known == Some(lines) {
                continue;
            }
            let (what, max) = match name.as_str() {
                "" => ("this file".to_owned(), FILE_LINES_MAX),
                name => (format!("fn {name}"), FUNCTION_LINES_MAX),
            };
            let fix = match known {
                Some(known) if known > lines => {
                    format!("well done: write that instead of {known} into RATCHET")
                }
                Some(known) => format!("{known} were allowed: it may only shrink, take a part out"),
                None => format!("{max} is the most: give a part of it a name of its own"),
            };
            complaints.push(format!("{path}:{line}: {what} has {lines} lines; {fix}"));
        }
    }
    complaints.extend(stale.iter().map(|(path, name, lines)| {
        format!(
            "{path}: nothing overlong called \"{name}\" ({lines} lines) any more; \
             take its row out of RATCHET"
        )
    }));
    complaints
}

#[test]
fn files_and_functions_stay_short() {
    no_complaints(lengths(&rust_tree(), RATCHET));
}

#[test]
fn what_is_too_long_is_seen_and_the_ratchet_only_falls() {
    let function = |lines: usize| {
        format!(
            "impl A {{\n    fn long(\n{}    }}\n}}\n",
            "    x(\"}\");\n".repeat(lines - 2).replacen("x", ") {x", 1)
        )
    };
    let text_of = |lines: usize| "//\n".repeat(lines);
    let rows: &[(String, &[Allowance], &[&str])] = &[
        (function(70), &[], &[]),
        (
            function(71),
            &[],
            &["a.rs:2: fn long has 71 lines; 70 is the most"],
        ),
        (function(71), &[("a.rs", "long", 71)], &[]),
        (
            function(71),
            &[("a.rs", "long", 80)],
            &["has 71 lines; well done"],
        ),
        (
            function(72),
            &[("a.rs", "long", 71)],
            &["has 72 lines; 71 were allowed"],
        ),
        (function(70), &[("a.rs", "long", 71)], &["take its row out"]),
        (text_of(600), &[], &[]),
        (text_of(601), &[], &["a.rs:1: this file has 601 lines"]),
        (text_of(601), &[("a.rs", "", 601)], &[]),
        (
            text_of(9),
            &[("b.rs", "", 601)],
            &["b.rs: nothing overlong"],
        ),
        (
            "trait A {\n    fn short(&self);\n}\n".to_owned() + &text_of(90),
            &[],
            &[],
        ),
        ("type A = fn(u8);\n".to_owned() + &text_of(90), &[], &[]),
    ];
    for (text, ratchet, expected) in rows {
        let file = File {
            path: "a.rs".to_owned(),
            text: text.clone(),
        };
        complains(&lengths(&[file], ratchet), expected);
    }
}
