//! The same as on the page, by a command: nothing of the console is out of reach for a script. The key stands
//! in it as a variable and is never written out.

use crate::html::language::Lang;
use crate::site::Site;
use maud::{Markup, html};
use std::fmt::Write as _;

/// A request of the interface. `path` is escaped already.
pub(super) fn curl(lang: Lang, site: &Site, request: (&str, &str), body: Option<&str>) -> Markup {
    let words = lang.of_console();
    html! {
        details.curl {
            summary { (words.curl) }
            pre tabindex="0" { code { (command(site.base(), request, body)) } }
            p.soft.small { (words.curl_note) }
        }
    }
}

fn command(base: &str, (method, path): (&str, &str), body: Option<&str>) -> String {
    let mut text = "curl -H \"Authorization: Bearer $KEY\"".to_owned();
    if method != "GET" {
        text.push_str(" -X ");
        text.push_str(method);
    }
    let _ = write!(text, " {}", quoted(&format!("{base}{path}")));
    if let Some(body) = body {
        let _ = write!(text, " -d {}", quoted(body));
    }
    text
}

/// A text that a shell takes as it is, whatever stands in it.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

/// A part of a path, whatever stands in it.
pub(super) fn part(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                escaped.push(char::from(byte));
            }
            other => {
                let _ = write!(escaped, "%{other:02X}");
            }
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_does_what_it_says_and_nothing_else() {
        let check = |request, body, expected: &str| {
            let found = command("https://book.example", request, body);
            let expected = format!("curl -H \"Authorization: Bearer $KEY\"{expected}");
            assert_eq!(found, expected);
        };
        check(
            ("GET", "/v1/stores"),
            None,
            " 'https://book.example/v1/stores'",
        );
        let path = format!("/v1/{}", part("a'; rm/牛"));
        check(
            ("POST", &path),
            Some("{\"name\": \"it's\"}"),
            " -X POST 'https://book.example/v1/a%27%3B%20rm%2F%E7%89%9B' \
             -d '{\"name\": \"it'\\''s\"}'",
        );
    }
}
