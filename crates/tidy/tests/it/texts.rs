//! What every text file keeps to: a purpose at the head of each Rust file, one title in each
//! Markdown file, nothing unfinished, nothing of the machine it was written on.
//!
//! The words it forbids are put together from halves here, so that it can look at itself.

use crate::rust::{is_word, line_of, word_positions};
use crate::tree::{complains, each, no_complaints, rust_tree, tree};

/// Marks of unfinished work.
const UNFINISHED: &[&str] = &[
    concat!("TO", "DO"),
    concat!("FIX", "ME"),
    concat!("XX", "X"),
    concat!("db", "g!"),
    concat!("to", "do!"),
    concat!("unimple", "mented!"),
    concat!("#[ign", "ore"),
];

/// Folders of the machines this was written on. A reader's machine has none of them.
const MACHINE_PATHS: &[&str] = &[
    concat!("/wo", "rk/main"),
    concat!("/wo", "rk/shared"),
    concat!("/wo", "rk/steering"),
    concat!("/wo", "rk/.library"),
    concat!("/ro", "ot/"),
    concat!("/fa", "rm/"),
];

/// How the name of a package registry's machine begins and ends; tools know their own.
const HOST_HEADS: &[&str] = &["static.", "index.", "registry.", "files.", "deb."];
const HOST_TAILS: &[&str] = &["io", "org", "com", "net"];

fn purpose_first(path: &str, text: &str) -> Vec<String> {
    let in_src = path.starts_with("crates/") && path.split('/').nth(2) == Some("src");
    if !in_src || text.starts_with("//!") {
        return Vec::new();
    }
    vec![format!(
        "{path}: begin with `//!`: what this file is for, and what it never does"
    )]
}

fn unfinished(path: &str, text: &str) -> Vec<String> {
    lines_with(
        text,
        UNFINISHED,
        path,
        "finish it, or write it down as an issue and say here what holds today",
    )
}

fn machine_paths(path: &str, text: &str) -> Vec<String> {
    if path.ends_with(".lock") || path.ends_with("package-lock.json") {
        return Vec::new();
    }
    lines_with(
        text,
        MACHINE_PATHS,
        path,
        "no reader has this folder: name the file relative to the repository",
    )
}

fn lines_with(text: &str, words: &[&str], path: &str, fix: &str) -> Vec<String> {
    let mut found: Vec<(usize, &str)> = words
        .iter()
        .flat_map(|word| {
            word_positions(text, word)
                .into_iter()
                // A folder that begins here, and not one inside of another.
                .filter(|at| !(word.starts_with('/') && text.split_at(*at).0.ends_with(is_word)))
                .map(|at| (line_of(text, at), *word))
        })
        .collect();
    found.sort();
    found
        .into_iter()
        .map(|(line, word)| format!("{path}:{line}: {word} stands here; {fix}"))
        .collect()
}

fn registry_hosts(path: &str, text: &str) -> Vec<String> {
    if path.ends_with(".lock") || path.ends_with("package-lock.json") {
        return Vec::new();
    }
    let is_host_letter = |c: char| c.is_ascii_lowercase() || c == '-';
    let mut complaints = Vec::new();
    for head in HOST_HEADS {
        for at in word_positions(text, head) {
            let rest = text.get(at + head.len()..).unwrap_or("");
            let Some((middle, after)) = rest.split_once('.') else {
                continue;
            };
            let tail = after.split(|c| !is_word(c)).next().unwrap_or("");
            if !middle.is_empty()
                && middle.chars().all(is_host_letter)
                && HOST_TAILS.contains(&tail)
            {
                complaints.push(format!(
                    "{path}:{}: {head}{middle}.{tail} looks like a registry; \
                     name the package and leave the place to its client",
                    line_of(text, at)
                ));
            }
        }
    }
    complaints
}

fn one_title(path: &str, text: &str) -> Vec<String> {
    if !path.ends_with(".md") {
        return Vec::new();
    }
    let titles = prose_lines(text)
        .filter(|(_, line)| line.starts_with("# "))
        .count();
    if titles == 1 {
        return Vec::new();
    }
    vec![format!(
        "{path}: {titles} titles; a page has exactly one line that begins with `# `"
    )]
}

/// The lines of a Markdown file outside of fenced code, with their numbers.
pub(crate) fn prose_lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut fence: Option<&str> = None;
    (1..).zip(text.lines()).filter(move |(_, line)| {
        let start = line.trim_start();
        let mark = ["```", "~~~"]
            .into_iter()
            .find(|mark| start.starts_with(mark));
        match (fence, mark) {
            (None, None) => true,
            (None, Some(opened)) => {
                fence = Some(opened);
                false
            }
            (Some(open), Some(mark)) if open == mark => {
                fence = None;
                false
            }
            (Some(_), _) => false,
        }
    })
}

#[test]
fn every_file_says_first_what_it_is_for() {
    no_complaints(each(&rust_tree(), purpose_first));
}

#[test]
fn nothing_is_left_unfinished() {
    no_complaints(each(&rust_tree(), unfinished));
}

#[test]
fn nothing_points_at_one_machine_or_at_a_registry() {
    let files = tree();
    let mut complaints = each(&files, machine_paths);
    complaints.extend(each(&files, registry_hosts));
    no_complaints(complaints);
}

#[test]
fn every_page_has_one_title() {
    no_complaints(each(&tree(), one_title));
}

#[test]
fn a_file_without_a_purpose_is_seen() {
    complains(
        &purpose_first("crates/wire/src/a.rs", "use x;\n//! late"),
        &["begin with `//!`"],
    );
    complains(
        &purpose_first("crates/wire/src/a.rs", "//! What it is for."),
        &[],
    );
    complains(
        &purpose_first("crates/wire/tests/it/main.rs", "use x;"),
        &[],
    );
}

#[test]
fn unfinished_work_is_seen() {
    for word in UNFINISHED {
        complains(
            &unfinished("a.rs", &format!("let a = 1;\n    // {word} later\n")),
            &["a.rs:2: "],
        );
    }
    complains(
        &unfinished(
            "a.rs",
            &format!("let my{word}s = 1;", word = concat!("TO", "DO")),
        ),
        &[],
    );
}

#[test]
fn places_of_a_machine_are_seen() {
    for place in MACHINE_PATHS {
        complains(
            &machine_paths("a.md", &format!("see {place}/x")),
            &["a.md:1: "],
        );
        complains(&machine_paths("Cargo.lock", &format!("see {place}/x")), &[]);
    }
    complains(
        &machine_paths("a.md", concat!("target/ro", "ot/x or a/wo", "rk/main")),
        &[],
    );
    let host = concat!("https://ind", "ex.some-place.io/a");
    complains(
        &registry_hosts("a.toml", &format!("\nurl = \"{host}\"")),
        &["a.toml:2: "],
    );
    complains(
        &registry_hosts("a.md", "my_index.html, index.ts and static.files of deb.x"),
        &[],
    );
}

#[test]
fn a_page_with_another_number_of_titles_is_seen() {
    let rows: &[(&str, &[&str])] = &[
        ("# A\n\n## B\n```sh\n# comment\n```\n", &[]),
        ("## B\n", &["0 titles"]),
        ("# A\n~~~\n```\n~~~\n# B\n", &["2 titles"]),
    ];
    for (text, expected) in rows {
        complains(&one_title("a.md", text), expected);
    }
}
