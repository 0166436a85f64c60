//! Questions whose answer nobody hears: `matches!` as a statement compiles without a warning, and
//! a test built on it passes whatever happens.

use crate::rust::{code_only, item_length, line_of, word_positions};
use crate::tree::{complains, each, no_complaints, rust_tree};

fn unheard_matches(path: &str, text: &str) -> Vec<String> {
    let code = code_only(text);
    word_positions(&code, "matches!")
        .into_iter()
        .filter(|at| {
            let (before, rest) = code.split_at(*at);
            let before = before
                .trim_end()
                .trim_end_matches("std::")
                .trim_end_matches("core::")
                .trim_end();
            let begins = before.is_empty() || before.ends_with([';', '{', '}']);
            // The question may itself hold braces; what matters is what follows its last bracket.
            begins
                && rest
                    .split_at(item_length(&round_only(rest)))
                    .0
                    .ends_with(';')
        })
        .map(|at| {
            format!(
                "{path}:{}: this `matches!` asks and nobody hears; write `assert!(matches!(..))`",
                line_of(&code, at)
            )
        })
        .collect()
}

/// Braces turned into round brackets, so that a pattern's `}` does not look like an item's end; one
/// that closes what was never opened ends the statement.
fn round_only(code: &str) -> String {
    let mut depth = 0_i64;
    code.chars()
        .map(|c| match c {
            '{' | '(' | '[' => {
                depth += 1;
                '('
            }
            '}' | ')' | ']' => {
                depth -= 1;
                if depth < 0 { '}' } else { ')' }
            }
            other => other,
        })
        .collect()
}

#[test]
fn every_question_is_heard() {
    no_complaints(each(&rust_tree(), unheard_matches));
}

#[test]
fn an_unheard_question_is_seen() {
    let rows: &[(&str, &[&str])] = &[
        ("fn a() {\n    matches!(b, Err(_));\n}", &["a.rs:2: "]),
        (
            "fn a() {\n    matches!(\n        b,\n        C { d: 1 }\n    );\n}",
            &["a.rs:2: "],
        ),
        ("let x = 1;\nstd::matches!(b, C);", &["a.rs:2: "]),
        ("if a {}\nmatches!(b, C);", &["a.rs:2: "]),
        ("fn a() -> bool { matches!(b, C { d }) }\nlet a = 1;", &[]),
        ("fn a() -> bool { matches!(b, C) && d }", &[]),
        ("assert!(matches!(b, C));", &[]),
        ("let a =\n    matches!(b, C);", &[]),
        ("// matches!(b, C);", &[]),
    ];
    for (text, expected) in rows {
        complains(&unheard_matches("a.rs", text), expected);
    }
}
