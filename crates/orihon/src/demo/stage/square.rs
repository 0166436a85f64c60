//! An address as a square code, drawn for a page. What it leads to is not known here.

use fast_qr::{ECL, QRBuilder};
use maud::{Markup, html};
use std::fmt::Write;

/// The light border that readers need, in modules.
const BORDER: usize = 4;

/// The picture, black on white in any theme; nothing for a text that is too long for one.
pub(super) fn draw(text: &str, label: &str) -> Markup {
    let Some((side, path)) = modules(text) else {
        return html! {};
    };
    html! {
        svg.square role="img" aria-label=(label) viewBox=(format!("0 0 {side} {side}")) shape-rendering="crispEdges" {
            rect width=(side) height=(side) fill="#fff" {}
            path d=(path) fill="#000" {}
        }
    }
}

/// Modules at a side with the border, and the dark ones as a path.
fn modules(text: &str) -> Option<(usize, String)> {
    let code = QRBuilder::new(text).ecl(ECL::M).build().ok()?;
    let mut path = String::new();
    for y in 0..code.size {
        let row = &code[y];
        for (module, x) in row.iter().take(code.size).zip(BORDER..) {
            if module.value() {
                write!(path, "M{x} {}h1v1h-1z", y + BORDER).ok()?;
            }
        }
    }
    Some((code.size + 2 * BORDER, path))
}
