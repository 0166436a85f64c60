//! A page as its reader reads it: the text of what is between its bar and its foot, a line for each line of the
//! page, with what can be typed or pressed in brackets. It looks at no style, and nothing is left out because a
//! browser would fold it.

use std::collections::HashMap;

/// Marks that begin a line of their own, and end it.
const BLOCKS: &str = " address article aside blockquote br datalist dd details div dl dt fieldset figcaption figure \
    footer form h1 h2 h3 h4 header hr label legend li main nav noscript ol p pre section select summary svg table \
    tbody tfoot thead tr ul textarea ";
/// Marks whose text stands apart from what is beside it.
const APART: &str = " a button code option span td text th title ";

/// The title of a page and what it says below its bar.
pub(crate) fn read(body: &str) -> String {
    let title = between(body, "<title>", "</title>").trim_end_matches(" · Orihon");
    let main = between(body, "<main", "</main>");
    let mut reading = Reading::default();
    for piece in main.split('<').skip(1) {
        let (mark, text) = piece.split_once('>').unwrap_or((piece, ""));
        reading.mark(mark);
        reading.line += &plain(text);
    }
    reading.end();
    format!("{}\n{}", plain(title), reading.lines.join("\n"))
}

fn between<'a>(text: &'a str, from: &str, to: &str) -> &'a str {
    let (_, rest) = text.split_once(from).unwrap_or_default();
    rest.split_once(to).map_or(rest, |(inside, _)| inside)
}

/// What stands for characters that would be marks.
fn plain(text: &str) -> String {
    let text = text.replace("&lt;", "<").replace("&gt;", ">");
    text.replace("&quot;", "\"").replace("&amp;", "&")
}

#[derive(Default)]
struct Reading {
    lines: Vec<String>,
    line: String,
    /// In a cell, whose line goes on with the next one.
    in_cell: bool,
}

impl Reading {
    fn end(&mut self) {
        let words: Vec<_> = self.line.split_whitespace().collect();
        let is_sign = |word: &&str| matches!(*word, "-" | "#" | "##" | "###" | "(" | ")");
        if !words.iter().all(is_sign) {
            self.lines.push(words.join(" "));
        }
        self.line.clear();
    }

    fn mark(&mut self, mark: &str) {
        let name = mark.trim_start_matches('/');
        let name = name.split([' ', '/']).next().unwrap_or_default();
        let is_of = |kind: &str| kind.contains(&format!(" {name} "));
        let is_end = mark.starts_with('/');
        // What is told of an item or a heading stands behind its sign.
        let has_sign = self.line.trim() == "-";
        if matches!(name, "td" | "th") {
            self.in_cell = !is_end;
        }
        match is_of(BLOCKS) {
            true if self.in_cell => self.line.push(' '),
            true if has_sign && !is_end => {}
            true => self.end(),
            false => {}
        }
        if is_of(APART) {
            self.line.push(' ');
        }
        match (name, is_end) {
            ("h1", false) => self.line += "# ",
            ("h2", false) => self.line += "## ",
            ("h3", false) => self.line += "### ",
            ("li", false) => self.line = "- ".to_owned(),
            ("dd", false) => self.follow(": "),
            ("td" | "th", false) if !self.line.trim().is_empty() => self.line += "| ",
            ("button", false) => self.line.push('['),
            ("button", true) => self.line = format!("{}] ", self.line.trim_end_matches(' ')),
            ("textarea", false) => self.line = "[_".to_owned(),
            ("textarea", true) => self.follow("_]"),
            ("input", false) => self.field(&parts(mark)),
            ("option", false) => {
                self.line += if mark.contains(" selected") {
                    "(•) "
                } else {
                    "( ) "
                }
            }
            _ => {}
        }
        let parts = parts(mark);
        if let (Some(label), "a" | "svg", false) = (parts.get("aria-label"), name, is_end) {
            self.line += &format!("{{{}}} ", plain(label));
        }
    }

    /// Goes on with the line before.
    fn follow(&mut self, with: &str) {
        self.end();
        self.line = format!("{}{with}", self.lines.pop().unwrap_or_default());
    }

    fn field(&mut self, parts: &HashMap<&str, &str>) {
        let of = |name: &str| parts.get(name).copied().unwrap_or_default();
        let checked = parts.contains_key("checked");
        self.line += &match of("type") {
            "hidden" => return,
            "radio" if checked => "(•) ".to_owned(),
            "radio" => "( ) ".to_owned(),
            "checkbox" if checked => "[x] ".to_owned(),
            "checkbox" => "[ ] ".to_owned(),
            _ if of("value").is_empty() => format!(" [_{}_]", plain(of("placeholder"))),
            _ => format!(" [_{}_]", plain(of("value"))),
        };
    }
}

/// The names and values of a mark.
fn parts(mark: &str) -> HashMap<&str, &str> {
    let mut found = HashMap::new();
    let (_, mut rest) = mark.split_once(' ').unwrap_or_default();
    while !rest.is_empty() {
        let end = rest.find([' ', '=']).unwrap_or(rest.len());
        let (name, after) = rest.split_at(end);
        let (value, after) = match after.strip_prefix("=\"") {
            Some(quoted) => quoted.split_once('"').unwrap_or((quoted, "")),
            None => ("", after),
        };
        found.insert(name, value);
        rest = after.trim_start();
    }
    found
}

#[test]
fn a_page_is_read_line_by_line() {
    let page = "<title>A &amp; B · Orihon</title><main id=\"main\"><h1>A</h1><ul><li><p>one <b>b</b></p><p>two</p></li>\
        <li></li></ul><dl><dt>how</dt><dd>so</dd></dl><label>name<input type=\"text\" value=\"x y\" required></label>\
        <label><input type=\"radio\" checked>yes</label><input type=\"hidden\" value=\"z\"><button>go</button>\
        <table><tr><td>1</td><td>2</td></tr></table></main><footer>no</footer>";
    insta::assert_snapshot!(read(page), @"
    A & B
    # A
    - one b
    two
    how: so
    name [_x y_]
    (•) yes
    [go]
    1 | 2
    ");
}
