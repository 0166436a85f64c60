//! Just enough of Rust's grammar to look at code without a parser: what is comment or text and
//! what is code, where an item ends, which lines hold tests.
//!
//! It never judges. It counts on formatted code that compiles, and would misread anything else.

use crate::tree::{each, no_complaints, rust_tree};

/// The code alone: comments, strings and characters become spaces, lines stay where they are.
pub(crate) fn code_only(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let silent = silent_length(rest, code.chars().next_back());
        let (piece, after) = rest.split_at(silent.max(first.len_utf8()));
        if silent == 0 {
            code.push(first);
        } else {
            code.extend(piece.chars().map(|c| if c == '\n' { c } else { ' ' }));
        }
        rest = after;
    }
    code
}

/// How many bytes from here on are not code; 0 where code goes on.
fn silent_length(rest: &str, before: Option<char>) -> usize {
    if rest.starts_with("//") {
        rest.find('\n').unwrap_or(rest.len())
    } else if rest.starts_with("/*") {
        block_comment_length(rest)
    } else if rest.starts_with('"') {
        quoted_length(rest, '"')
    } else if rest.starts_with('\'') {
        character_length(rest)
    } else if before.is_none_or(|c| !is_word(c)) {
        raw_string_length(rest)
    } else {
        0
    }
}

fn block_comment_length(rest: &str) -> usize {
    let mut depth = 0;
    let mut at = 0;
    while let Some(here) = rest.get(at..).filter(|here| !here.is_empty()) {
        let step = if here.starts_with("/*") {
            depth += 1;
            2
        } else if here.starts_with("*/") {
            depth -= 1;
            2
        } else {
            here.chars().next().map_or(1, char::len_utf8)
        };
        at += step;
        if depth == 0 {
            break;
        }
    }
    at
}

/// From a quotation mark to the one that closes it, stepping over escapes.
fn quoted_length(rest: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == quote => return at + c.len_utf8(),
            _ => {}
        }
    }
    rest.len()
}

/// A character such as `'{'`; a lifetime such as `'a` is code.
fn character_length(rest: &str) -> usize {
    let mut after = rest.chars().skip(1);
    let is_character = after.next() == Some('\\') || after.next() == Some('\'');
    if is_character {
        quoted_length(rest, '\'')
    } else {
        0
    }
}

fn raw_string_length(rest: &str) -> usize {
    let prefix = if rest.starts_with(['b', 'c']) { 1 } else { 0 };
    let Some(opening) = rest.get(prefix..).and_then(|here| here.strip_prefix('r')) else {
        return 0;
    };
    let hashes = opening.len() - opening.trim_start_matches('#').len();
    let Some(inside) = opening
        .get(hashes..)
        .and_then(|here| here.strip_prefix('"'))
    else {
        return 0;
    };
    let closing = format!("\"{}", "#".repeat(hashes));
    let length = inside
        .find(&closing)
        .map_or(inside.len(), |at| at + closing.len());
    rest.len() - inside.len() + length
}

/// The code without what is compiled for tests only (`#[cfg(test)]` and the item below it).
pub(crate) fn without_tests(code: &str) -> String {
    const MARK: &str = "#[cfg(test)]";
    let mut kept = String::with_capacity(code.len());
    let mut rest = code;
    while let Some(at) = rest.find(MARK) {
        let (before, from_mark) = rest.split_at(at);
        let (mark, item) = from_mark.split_at(MARK.len());
        let (item, after) = item.split_at(item_length(item));
        kept.push_str(before);
        kept.extend(mark.chars().chain(item.chars()).filter(|c| *c == '\n'));
        rest = after;
    }
    kept + rest
}

/// Whether a path holds tests and nothing that ships.
pub(crate) fn is_test_path(path: &str) -> bool {
    path.ends_with("/tests.rs") || path.contains("/tests/") || path.contains("/benches/")
}

/// How far the item reaches that begins here: to its `;`, or to the brace that closes its body.
pub(crate) fn item_length(code: &str) -> usize {
    let mut depth = 0_usize;
    for (at, c) in code.char_indices() {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 && matches!(c, ';' | '}') {
            return at + 1;
        }
    }
    code.len()
}

/// Where a word stands on its own; `fn` is found in `pub fn x` and not in `fnord`.
pub(crate) fn word_positions(text: &str, word: &str) -> Vec<usize> {
    text.match_indices(word)
        .map(|(at, _)| at)
        .filter(|at| {
            let (before, rest) = text.split_at(*at);
            let after = rest.strip_prefix(word).unwrap_or(rest);
            let glued = |side: Option<char>| side.is_some_and(is_word);
            !(glued(before.chars().next_back()) && word.starts_with(is_word)
                || glued(after.chars().next()) && word.ends_with(is_word))
        })
        .collect()
}

/// The number of the line that a position lies in, counted from 1.
pub(crate) fn line_of(text: &str, at: usize) -> usize {
    text.bytes().take(at).filter(|byte| *byte == b'\n').count() + 1
}

pub(crate) fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn unpaired(path: &str, text: &str) -> Vec<String> {
    let code = code_only(text);
    [('(', ')'), ('[', ']'), ('{', '}')]
        .into_iter()
        .filter(|(open, close)| code.matches(*open).count() != code.matches(*close).count())
        .map(|(open, close)| {
            format!(
                "{path}: {open} and {close} do not pair up; \
                 if it compiles, teach code_only to read it"
            )
        })
        .collect()
}

/// A misread quotation mark would hide half a file from every rule, and no rule would notice.
#[test]
fn every_bracket_of_the_tree_is_closed() {
    no_complaints(each(&rust_tree(), unpaired));
    assert_eq!(unpaired("a.rs", "fn a() { '\"' }").len(), 0);
    assert_eq!(unpaired("a.rs", "fn a() { \" }").len(), 1);
}

#[test]
fn comments_and_texts_are_not_code() {
    let rows = [
        ("a // b\nc", "a     \nc"),
        ("a /* b /* c */ d */ e", "a                   e"),
        (r#"f("x \" y", 'z')"#, r#"f(        ,    )"#),
        ("'a: loop {} '{' '\\''", "'a: loop {}         "),
        ("r#\"a \" b\"# r#type br\"c\"", "           r#type      "),
        ("for \"a\"", "for    "),
        ("/// \"\nfn", "     \nfn"),
    ];
    for (text, code) in rows {
        assert_eq!(code_only(text), code, "of {text}");
    }
}

#[test]
fn an_item_ends_where_it_should() {
    let rows = [
        ("fn a() { { } } rest", "fn a() { { } }"),
        ("fn a(x: [u8; 4]) -> u8; rest", "fn a(x: [u8; 4]) -> u8;"),
        ("mod tests; rest", "mod tests;"),
        ("#[x(y)] struct A(u8); rest", "#[x(y)] struct A(u8);"),
    ];
    for (code, item) in rows {
        assert_eq!(code.split_at(item_length(code)).0, item);
    }
}

#[test]
fn tests_are_left_out_and_lines_kept() {
    let code = "a\n#[cfg(test)]\nmod tests {\n  b\n}\nc\n#[cfg(test)]\nmod more;\nd";
    assert_eq!(without_tests(code), "a\n\n\n\n\nc\n\n\nd");
}

#[test]
fn words_stand_alone() {
    assert_eq!(word_positions("fn a(fnord: x_fn) fn", "fn"), [0, 18]);
    assert_eq!(word_positions("crate::a subcrate::b", "crate::"), [0]);
}
