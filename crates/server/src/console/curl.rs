//! The same as on the page, by a command: nothing of the console is out of reach for a script. The key stands
//! in it as a variable and is never written out.

use crate::html::language::Lang;
use crate::site::Site;
use maud::{Markup, html};
use std::fmt::Write as _;

/// A request of the interface, by its path, which is escaped already.
pub(super) enum Request<'a> {
    /// Reads.
    Get(&'a str),
    /// Does something, with a body in JSON or without one.
    Post(&'a str, Option<&'a str>),
}

/// What a page does, as commands under one heading.
pub(super) fn curl(lang: Lang, site: &Site, requests: &[Request<'_>]) -> Markup {
    let words = lang.of_console();
    html! {
        details.curl {
            summary { (words.curl) }
            @for request in requests { pre tabindex="0" { code { (command(site.base(), request)) } } }
            p.soft.small { (words.curl_note) }
        }
    }
}

fn command(base: &str, request: &Request<'_>) -> String {
    let (doing, path, body) = match request {
        Request::Get(path) => ("", path, None),
        Request::Post(path, body) => (" -X POST", path, *body),
    };
    let url = quoted(&format!("{base}{path}"));
    let body = body.map_or_else(String::new, |body| format!(" -d {}", quoted(body)));
    format!("curl -H \"Authorization: Bearer $KEY\"{doing} {url}{body}")
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
        let check = |request, expected: &str| {
            let found = command("https://book.example", &request);
            let expected = format!("curl -H \"Authorization: Bearer $KEY\"{expected}");
            assert_eq!(found, expected);
        };
        check(
            Request::Get("/v1/stores"),
            " 'https://book.example/v1/stores'",
        );
        let path = format!("/v1/{}", part("a'; rm/牛"));
        check(
            Request::Post(&path, Some("{\"name\": \"it's\"}")),
            " -X POST 'https://book.example/v1/a%27%3B%20rm%2F%E7%89%9B' \
             -d '{\"name\": \"it'\\''s\"}'",
        );
    }
}
