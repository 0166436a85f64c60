//! A text as a square code for a terminal. What it leads to is not known here.

use fast_qr::{ECL, QRBuilder};

/// The light border that readers need, in modules.
const BORDER: usize = 2;

/// A text as a square code of letters, two modules in each, black on white whatever the terminal's colours
/// are; none of a text that is too long for one.
pub(crate) fn draw(text: &str) -> Option<String> {
    let code = QRBuilder::new(text).ecl(ECL::L).build().ok()?;
    let side = code.size + 2 * BORDER;
    let is_dark = |x: usize, y: usize| {
        let inside = BORDER..BORDER + code.size;
        inside.contains(&x) && inside.contains(&y) && {
            let row = &code[y - BORDER];
            row.get(x - BORDER).is_some_and(|module| module.value())
        }
    };
    let mut drawn = String::new();
    for y in (0..side).step_by(2) {
        drawn.push_str("  \u{1b}[30;107m");
        for x in 0..side {
            drawn.push(match (is_dark(x, y), is_dark(x, y + 1)) {
                (true, true) => '█',
                (true, false) => '▀',
                (false, true) => '▄',
                (false, false) => ' ',
            });
        }
        drawn.push_str("\u{1b}[0m\n");
    }
    Some(drawn)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_square_is_as_wide_as_it_is_high() {
        let drawn = draw("http://192.0.2.7:8470/book").unwrap();
        let rows: Vec<_> = drawn.lines().collect();
        let bare = |row: &str| -> String {
            let row = row.trim().trim_start_matches("\u{1b}[30;107m");
            row.trim_end_matches("\u{1b}[0m").to_owned()
        };
        let wide = bare(rows[0]).chars().count();
        assert_eq!(wide.div_ceil(2), rows.len());
        assert_eq!(bare(rows[0]).trim(), "", "a border of two modules");
        assert!(
            bare(rows[1]).starts_with("  █▀▀▀▀▀█"),
            "the first of three marks: {:?}",
            rows[1]
        );
        assert!(draw(&"x".repeat(5_000)).is_none());
    }
}
