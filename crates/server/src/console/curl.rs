//! The same as on the page, by a command for each thing that it reads and does; what has no command says what
//! comes nearest. The key stands in a command as a variable and is never written out.

use crate::html::language::Lang;
use crate::site::Site;
use maud::{Markup, html};
use std::fmt::Write as _;

/// A request of the interface, by its path, which is escaped already.
pub(super) enum Request {
    /// Reads.
    Get(String),
    /// Does something, with a body in JSON or without one.
    Post(String, Option<String>),
    /// Takes something away.
    Delete(String),
    /// What the page can do and no request can: what is nearest to it, in a sentence.
    Without(&'static str),
}

/// The body of a request that wants nothing but a reason, which whoever asks has to write.
pub(super) const REASON: &str = "{\"reason\": \"…\"}";

/// What a page does, as commands under one heading.
pub(super) fn curl(lang: Lang, site: &Site, requests: &[Request]) -> Markup {
    let words = lang.of_console();
    html! {
        details.curl {
            summary { (words.curl) }
            @for request in requests {
                @match request {
                    Request::Get(path) => (block(site, "", path, None)),
                    Request::Post(path, body) => (block(site, " -X POST", path, body.as_deref())),
                    Request::Delete(path) => (block(site, " -X DELETE", path, None)),
                    Request::Without(nearest) => p.small { (nearest) },
                }
            }
            p.soft.small { (words.curl_note) }
        }
    }
}

fn block(site: &Site, doing: &str, path: &str, body: Option<&str>) -> Markup {
    html! { pre tabindex="0" { code { (command(site.base(), doing, path, body)) } } }
}

fn command(base: &str, doing: &str, path: &str, body: Option<&str>) -> String {
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
        let check = |doing, path: &str, body, expected: &str| {
            let found = command("https://book.example", doing, path, body);
            let expected = format!("curl -H \"Authorization: Bearer $KEY\"{expected}");
            assert_eq!(found, expected);
        };
        check("", "/v1/stores", None, " 'https://book.example/v1/stores'");
        let path = format!("/v1/{}", part("a'; rm/牛"));
        check(
            " -X POST",
            &path,
            Some("{\"name\": \"it's\"}"),
            " -X POST 'https://book.example/v1/a%27%3B%20rm%2F%E7%89%9B' \
             -d '{\"name\": \"it'\\''s\"}'",
        );
        check(
            " -X DELETE",
            "/v1/tokens/tok_1",
            None,
            " -X DELETE 'https://book.example/v1/tokens/tok_1'",
        );
    }
}
