//! The square code of a claim code, as a picture that a receipt prints. It is made here, so that no
//! page has to load anything from elsewhere. Where people reach the server, if it said so, stands in the
//! picture before the digits, so that any phone's camera leads there.

use super::Till;
use super::refused::{Refused, Reply};
use axum::extract::{Path, State};
use fast_qr::{ECL, QRBuilder};
use http::header::CONTENT_TYPE;
use std::fmt::Write;
use std::sync::Arc;
use wire::claim::ClaimCode;

/// The light border that readers need, in modules.
const BORDER: usize = 4;

/// `GET /api/claims/{code}.svg`
pub(super) async fn square(
    State(till): State<Arc<Till>>,
    Path(file): Path<String>,
) -> Reply<([(http::HeaderName, &'static str); 1], String)> {
    let code = file.strip_suffix(".svg").and_then(ClaimCode::parse);
    let public_url = till.store.settings.public_url.as_deref();
    let drawn = code.and_then(|code| draw(&text(code, public_url)));
    let svg = drawn
        .ok_or_else(|| Refused::not_found("a claim code has 20 digits; ask for DIGITS.svg"))?;
    Ok(([(CONTENT_TYPE, "image/svg+xml")], svg))
}

/// What the picture says.
fn text(code: ClaimCode, public_url: Option<&str>) -> String {
    match public_url {
        Some(public_url) => format!("{public_url}/c/{code}"),
        None => code.to_string(),
    }
}

/// The picture; none of a text that is too long for one.
fn draw(text: &str) -> Option<String> {
    let code = QRBuilder::new(text).ecl(ECL::M).build().ok()?;
    let side = code.size + 2 * BORDER;
    let mut path = String::new();
    for y in 0..code.size {
        let row = &code[y];
        for (module, x) in row.iter().take(code.size).zip(BORDER..) {
            if module.value() {
                write!(path, "M{x} {}h1v1h-1z", y + BORDER).ok()?;
            }
        }
    }
    Some(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {side} {side}\" \
         shape-rendering=\"crispEdges\"><rect width=\"{side}\" height=\"{side}\" fill=\"#fff\"/>\
         <path d=\"{path}\"/></svg>"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_receipt_bears_the_address_that_the_server_told() {
        let code = ClaimCode::parse("01234567890123456784").unwrap();
        assert_eq!(text(code, None), "01234567890123456784");
        assert_eq!(
            text(code, Some("https://book.example")),
            "https://book.example/c/01234567890123456784"
        );
        // Longer than any host name: there are the digits beside it.
        assert_eq!(draw(&"9".repeat(9_999)), None);
        assert!(draw(&text(code, Some("https://book.example"))).is_some());
    }
}
