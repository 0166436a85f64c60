//! The square code of a claim code, as a picture that a receipt prints. It is made here, so that no
//! page has to load anything from elsewhere.

use super::refused::{Refused, Reply};
use axum::extract::Path;
use fast_qr::{ECL, QRBuilder};
use http::header::CONTENT_TYPE;
use std::fmt::Write;
use wire::claim::ClaimCode;

/// The light border that readers need, in modules.
const BORDER: usize = 4;

/// `GET /api/claims/{code}.svg`
pub(super) async fn square(
    Path(file): Path<String>,
) -> Reply<([(http::HeaderName, &'static str); 1], String)> {
    let code = file.strip_suffix(".svg").and_then(ClaimCode::parse);
    let drawn = code.and_then(|code| draw(&code.to_string()));
    let svg = drawn
        .ok_or_else(|| Refused::not_found("a claim code has 20 digits; ask for DIGITS.svg"))?;
    Ok(([(CONTENT_TYPE, "image/svg+xml")], svg))
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
