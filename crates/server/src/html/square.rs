//! A text as a square code, drawn black on white in any theme, with the light border that readers need.

use fast_qr::{ECL, QRBuilder};
use maud::{Markup, html};
use std::fmt::Write as _;

/// The light border, in modules.
const BORDER: usize = 4;

/// The picture, called `label` for whoever does not see it; none of a text that is too long for one.
pub(crate) fn square(text: &str, label: &str) -> Option<Markup> {
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
    Some(html! {
        svg.square role="img" aria-label=(label) viewBox={ "0 0 " (side) " " (side) } shape-rendering="crispEdges" {
            rect width=(side) height=(side) fill="#fff" {}
            path fill="#000" d=(path) {}
        }
    })
}
