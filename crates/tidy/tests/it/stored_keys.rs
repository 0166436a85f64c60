//! What is stored is numbered by hand, for ever: no number twice, and each in the document that
//! describes the stored format.
//!
//! It cannot see that an old number was given a new meaning; kept data directories are for that.

use crate::rust::{code_only, is_word, line_of, word_positions};
use crate::tree::{File, complains, no_complaints, tree};

const KEYS: &str = "crates/ledger/src/embedded/key.rs";
const DOCUMENT: &str = "docs/data-format.md";

/// A variant with a number of its own, such as `Settlement = 1,`.
struct Kind {
    line: usize,
    name: String,
    number: String,
}

/// The numbered variants, enum by enum.
fn kinds(text: &str) -> Vec<Vec<Kind>> {
    let code = code_only(text);
    let mut enums = Vec::new();
    for at in word_positions(&code, "enum") {
        let (before, from_here) = code.split_at(at);
        let body = from_here
            .split_inclusive('\n')
            .skip(1)
            .take_while(|line| line.trim() != "}");
        let first = line_of(before, before.len()) + 1;
        let numbered: Vec<Kind> = body
            .zip(first..)
            .filter_map(|(line, number)| kind(line, number))
            .collect();
        if !numbered.is_empty() {
            enums.push(numbered);
        }
    }
    enums
}

fn kind(line: &str, number_of_line: usize) -> Option<Kind> {
    let (name, number) = line.trim().strip_suffix(',')?.split_once(" = ")?;
    let whole_name =
        name.chars().all(is_word) && name.starts_with(|c: char| c.is_ascii_uppercase());
    let whole_number = number.chars().all(|c| c.is_ascii_digit());
    (whole_name && whole_number).then(|| Kind {
        line: number_of_line,
        name: name.to_owned(),
        number: number.to_owned(),
    })
}

fn stored_keys(keys: &str, document: &str) -> Vec<String> {
    let enums = kinds(keys);
    if enums.is_empty() {
        return vec![format!(
            "{KEYS}: no numbered kinds found; write each as `Name = 12,` in an enum, one a line"
        )];
    }
    let mut complaints = Vec::new();
    for numbered in enums {
        for (at, Kind { line, name, number }) in numbered.iter().enumerate() {
            if let Some(other) = numbered
                .iter()
                .take(at)
                .find(|other| other.number == *number)
            {
                complaints.push(format!(
                    "{KEYS}:{line}: {name} and {} share number {number}; take the next free one",
                    other.name
                ));
            }
            let described = document.lines().any(|row| {
                !word_positions(row, name).is_empty() && !word_positions(row, number).is_empty()
            });
            if !described {
                complaints.push(format!(
                    "{KEYS}:{line}: {DOCUMENT} has no line with both {name} and {number}; \
                     describe it there"
                ));
            }
        }
    }
    complaints
}

#[test]
fn every_stored_key_has_its_own_number_and_is_described() {
    let files = tree();
    let text_of = |path: &str, fix: &str| {
        let found = files.iter().find(|File { path: other, .. }| other == path);
        found
            .map(|file| file.text.as_str())
            .unwrap_or_else(|| panic!("{path} is missing: {fix}"))
    };
    let keys = text_of(
        KEYS,
        "every stored key is numbered there; if it has moved, tell tidy where",
    );
    let document = text_of(
        DOCUMENT,
        "describe there every kind of stored key, one a line with its name and number",
    );
    no_complaints(stored_keys(keys, document));
}

#[test]
fn a_number_used_twice_or_not_described_is_seen() {
    let keys =
        "/// enum\npub(crate) enum Kind {\n    /// 7\n    Sale = 1,\n    Day = 2, // day\n}\n";
    let keys = keys.to_owned() + "enum Other {\n    Name = 1,\n}\n";
    let document = "| 1 | `Sale` |\n| 2 | `Day` |\n| 1 | `Name` |\n| 12 | `Daybook` |";
    complains(&stored_keys(&keys, document), &[]);
    let twice = keys.replace("Day = 2", "Day = 1");
    complains(
        &stored_keys(&twice, document),
        &[
            "key.rs:5: Day and Sale share number 1",
            "no line with both Day and 1",
        ],
    );
    complains(
        &stored_keys(&keys, "| 1 | `Sale` `Name` |\n| 12 | `Day` |"),
        &["no line with both Day and 2"],
    );
    complains(
        &stored_keys("enum Kind {\n    Sale,\n}", ""),
        &["no numbered kinds found"],
    );
}
