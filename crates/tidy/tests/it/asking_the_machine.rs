//! Time, chance and new ids are arguments; only a file called `clock.rs` asks the machine for
//! them, so that a test or a simulation can hand in its own.
//!
//! Tests themselves may ask.

use crate::rust::{code_only, is_test_path, line_of, without_tests, word_positions};
use crate::tree::{complains, each, no_complaints, rust_tree};

const PURE_ROOMS: &[&str] = &["purchase", "wire", "ledger", "door", "server"];
const QUESTIONS: &[&str] = &[
    "SystemTime::now",
    "Instant::now",
    "Timestamp::now",
    "Zoned::now",
    "SystemRandom",
    "thread_rng",
];

fn asking(path: &str, text: &str) -> Vec<String> {
    let in_pure_room = PURE_ROOMS
        .iter()
        .any(|room| path.starts_with(&format!("crates/{room}/src/")));
    if !in_pure_room || path.ends_with("/clock.rs") || is_test_path(path) {
        return Vec::new();
    }
    let code = without_tests(&code_only(text));
    QUESTIONS
        .iter()
        .flat_map(|question| {
            let places = word_positions(&code, question).into_iter();
            places.map(move |at| (question, at))
        })
        .map(|(question, at)| {
            format!(
                "{path}:{}: {question} asks the machine; take the answer as an argument, \
                 and ask in clock.rs",
                line_of(&code, at)
            )
        })
        .collect()
}

#[test]
fn only_clock_asks_the_machine() {
    no_complaints(each(&rust_tree(), asking));
}

#[test]
fn a_question_to_the_machine_is_seen() {
    let asks = "fn a() {\n    let b = std::time::Instant::now();\n}";
    let rows: &[(&str, &str, &[&str])] = &[
        (
            "crates/server/src/intake.rs",
            asks,
            &["intake.rs:2: Instant::now"],
        ),
        (
            "crates/ledger/src/seal.rs",
            "use ring::rand::SystemRandom;",
            &["seal.rs:1: SystemRandom"],
        ),
        (
            "crates/wire/src/a.rs",
            "let t = jiff::Timestamp::now();",
            &["Timestamp::now"],
        ),
        ("crates/server/src/clock.rs", asks, &[]),
        ("crates/orihon/src/bench.rs", asks, &[]),
        ("crates/server/src/intake/tests.rs", asks, &[]),
        ("crates/server/tests/it/main.rs", asks, &[]),
        (
            "crates/door/src/a.rs",
            "#[cfg(test)]\nmod tests {\n  fn a() { Instant::now(); }\n}\n",
            &[],
        ),
        (
            "crates/door/src/a.rs",
            "#[cfg(test)]\nmod tests;\nfn a() { Instant::now(); }\n",
            &["a.rs:3"],
        ),
        ("crates/door/src/a.rs", "// Instant::now is not for us", &[]),
    ];
    for (path, text, expected) in rows {
        complains(&asking(path, text), expected);
    }
}
