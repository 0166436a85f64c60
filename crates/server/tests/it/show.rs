//! Answers as a person would want to read them in a test: JSON indented, and what chance made
//! replaced by a number of its own (`pur_1`, `pur_2`), so that what is the same stays the same.

use std::collections::HashMap;
use std::sync::Mutex;

/// What chance makes begins so. A key shows as its kind alone.
const PREFIXES: [&str; 12] = [
    "usr_", "pur_", "dev_", "tok_", "c1_", "req_", "ord_", "oru_", "oro_", "orp_", "par_", "ppl_",
];
const WIDTH: usize = 96;

/// What was made by chance so far in one world, with the number of each.
#[derive(Default)]
pub(crate) struct Names(Mutex<HashMap<String, String>>);

impl Names {
    /// `text` with every id and key replaced.
    pub(crate) fn redact(&self, text: &str) -> String {
        let mut shown = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((at, prefix)) = first_of(rest) {
            let (before, from) = rest.split_at(at);
            let end = from
                .char_indices()
                .find(|(at, c)| *at >= 4 && !c.is_ascii_alphanumeric());
            let (id, after) = from.split_at(end.map_or(from.len(), |(at, _)| at));
            shown.push_str(before);
            shown.push_str(&self.name(prefix, id));
            rest = after;
        }
        shown + rest
    }

    fn name(&self, prefix: &str, id: &str) -> String {
        if id.len() < 12 {
            return id.to_owned();
        }
        if matches!(prefix, "req_" | "ord_" | "oru_" | "oro_" | "orp_") {
            return format!("{prefix}…");
        }
        let mut known = self.0.lock().unwrap();
        if let Some(name) = known.get(id) {
            return name.clone();
        }
        let number = known
            .keys()
            .filter(|known| known.starts_with(prefix))
            .count()
            + 1;
        let name = format!("{prefix}{number}");
        known.insert(id.to_owned(), name.clone());
        name
    }
}

fn first_of(text: &str) -> Option<(usize, &'static str)> {
    PREFIXES
        .iter()
        .filter_map(|prefix| Some((text.find(prefix)?, *prefix)))
        .min()
}

/// JSON indented: what fits on a line stays on it. Members keep their order.
pub(crate) fn indented(json: &str) -> String {
    let mut out = String::new();
    put(json.trim(), 0, &mut out);
    out
}

fn put(json: &str, depth: usize, out: &mut String) {
    let open = json.chars().next().unwrap_or(' ');
    if !matches!(open, '{' | '[') || depth * 2 + json.chars().count() <= WIDTH {
        out.push_str(json);
        return;
    }
    out.push(open);
    let inside = &json[1..json.len() - 1];
    for (at, part) in parts(inside).into_iter().enumerate() {
        out.push_str(if at > 0 { ",\n" } else { "\n" });
        out.push_str(&"  ".repeat(depth + 1));
        match member(part) {
            Some((name, value)) => {
                out.push_str(name);
                out.push(' ');
                put(value, depth + 1, out);
            }
            None => put(part, depth + 1, out),
        }
    }
    out.push('\n');
    out.push_str(&"  ".repeat(depth));
    out.push_str(&json[json.len() - 1..]);
}

/// The elements or members between two brackets.
fn parts(inside: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut from = 0;
    for at in commas(inside) {
        parts.push(&inside[from..at]);
        from = at + 1;
    }
    parts.push(&inside[from..]);
    parts
}

/// The commas of the outermost level.
fn commas(inside: &str) -> Vec<usize> {
    let (mut depth, mut in_text, mut is_escaped) = (0, false, false);
    let mut found = Vec::new();
    for (at, c) in inside.char_indices() {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' if in_text => is_escaped = true,
            '"' => in_text = !in_text,
            _ if in_text => {}
            '{' | '[' => depth += 1,
            '}' | ']' => depth -= 1,
            ',' if depth == 0 => found.push(at),
            _ => {}
        }
    }
    found
}

/// `"name":` and the value.
fn member(part: &str) -> Option<(&str, &str)> {
    let end = part.strip_prefix('"')?.find('"')? + 2;
    part.get(end..)?
        .starts_with(':')
        .then(|| part.split_at(end + 1))
}

#[test]
fn json_is_indented_and_ids_are_numbered() {
    let long = "x".repeat(WIDTH);
    let json = format!("{{\"a\":[1,2],\"b, c\":{{\"d\":\"{long}\"}},\"e\":\"\\\"{{\"}}");
    let shown = format!(
        "{{\n  \"a\": [1,2],\n  \"b, c\": {{\n    \"d\": \"{long}\"\n  }},\n  \"e\": \"\\\"{{\"\n}}"
    );
    assert_eq!(indented(&json), shown);
    let names = Names::default();
    let (one, two) = ("pur_0123456789abcd", "pur_a123456789abcd");
    let shown = names.redact(&format!("{one} {two}, {one} pur_x usr_0123456789 {two}"));
    assert_eq!(shown, "pur_1 pur_2, pur_1 pur_x usr_1 pur_2");
}
