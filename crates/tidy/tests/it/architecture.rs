//! A map that names what is not there misleads: every path named in ARCHITECTURE.md exists.
//!
//! It looks at names between backticks, outside of fenced code; it does not judge what is said.

use crate::texts::prose_lines;
use crate::tree::{complains, no_complaints, paths, tree};

const MAP: &str = "ARCHITECTURE.md";

/// A name counts as a path if it has a slash or ends like a file of ours. It may be given from the
/// root or from any folder on the way, as in `embedded/key.rs`.
fn missing(map: &str, paths: &[String]) -> Vec<String> {
    prose_lines(map)
        .flat_map(|(number, line)| {
            let quoted = line.split('`').skip(1).step_by(2);
            quoted.map(move |name| (number, name))
        })
        .filter(|(_, name)| looks_like_a_path(name) && !exists(name, paths))
        .map(|(number, name)| {
            format!(
                "{MAP}:{number}: there is no `{name}`; name what is there now, or take \
                 the backticks off what is no path"
            )
        })
        .collect()
}

fn looks_like_a_path(name: &str) -> bool {
    let written_like_one = name
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || "_-./".contains(c));
    // What begins with a slash is the address of a request; capitals stand for the reader's own
    // folder, as in `DIR/operator.key`.
    let first = name.split('/').next().unwrap_or(name);
    let is_placeholder = name.contains('/')
        && !first.is_empty()
        && first.chars().all(|c| c.is_ascii_uppercase() || c == '.');
    let ends_like_one = name.ends_with(".rs") || name.ends_with(".md");
    written_like_one
        && !name.starts_with('/')
        && !is_placeholder
        && (name.contains('/') || ends_like_one)
}

fn exists(name: &str, paths: &[String]) -> bool {
    let name = name.trim_start_matches("./").trim_end_matches('/');
    let inner = format!("/{name}/");
    paths
        .iter()
        .any(|path| format!("/{path}/").contains(&inner))
}

#[test]
fn every_path_on_the_map_exists() {
    let files = tree();
    let map = files.iter().find(|file| file.path == MAP);
    let map = map.expect(
        "ARCHITECTURE.md is missing at the root: write the map of the house, \
         what is where and what is absent",
    );
    no_complaints(missing(&map.text, &paths()));
}

#[test]
fn a_path_that_is_gone_is_seen() {
    let paths = [
        "crates/ledger/src/embedded/key.rs",
        "README.md",
        "docs/api.md",
    ]
    .map(str::to_owned);
    let rows: &[(&str, &[&str])] = &[
        (
            "see `embedded/key.rs`, `crates/ledger`, `crates/ledger/`, `key.rs` and `docs/api.md`",
            &[],
        ),
        (
            "`POST /v1/x`, `/healthz`, `DIR/operator.key`, `fjall`, `std::fs` and `./README.md`",
            &[],
        ),
        (
            "a\nsee `crates/attic`",
            &["ARCHITECTURE.md:2: there is no `crates/attic`"],
        ),
        ("`gone.rs` and `lost.md`", &["`gone.rs`", "`lost.md`"]),
        ("`edger/src`", &["`edger/src`"]),
        ("```\n`gone.rs`\n```\n", &[]),
    ];
    for (map, expected) in rows {
        complains(&missing(map, &paths), expected);
    }
}
