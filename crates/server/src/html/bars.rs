//! Digits as bars (Code 128, set C), for scanners that read no square codes: black on white in any theme, with
//! the quiet margin that scanners need. Nothing is remembered of what was drawn.

use maud::{Markup, html};
use std::fmt::Write;

/// The light margin at both ends of bars, in modules.
const MARGIN: usize = 10;
/// How high bars are, in modules: a tenth of their length is too low for a hand that is not quite straight.
const HEIGHT: usize = 44;

/// The bars of digits, two to a symbol; nothing of what is no even number of digits.
pub(crate) fn bars(digits: &str) -> Markup {
    let Some(symbols) = symbols(digits) else {
        return html! {};
    };
    let mut path = String::new();
    let mut x = MARGIN;
    let widths = symbols.iter().flat_map(|symbol| widths(*symbol).bytes());
    let mut is_dark = true;
    for width in widths.map(|width| usize::from(width - b'0')) {
        if is_dark {
            // Writing into a string does not fail.
            let _ = write!(path, "M{x} 0h{width}v{HEIGHT}h-{width}z");
        }
        x += width;
        is_dark = !is_dark;
    }
    let width = x + MARGIN;
    // Hidden from screen readers: the digits stand beside it.
    html! {
        svg.bars viewBox={ "0 0 " (width) " " (HEIGHT) } preserveAspectRatio="none"
            shape-rendering="crispEdges" aria-hidden="true" {
            rect width=(width) height=(HEIGHT) fill="#fff" {}
            path d=(path) fill="#000" {}
        }
    }
}

/// The symbol that begins set C.
const START_C: usize = 105;
/// The symbol at the end.
const STOP: usize = 106;

/// The values of all symbols, with those at both ends and the check before the last.
fn symbols(digits: &str) -> Option<Vec<usize>> {
    if digits.is_empty() || !digits.len().is_multiple_of(2) {
        return None;
    }
    let pairs = digits.as_bytes().chunks(2);
    let pairs = pairs.map(|pair| match pair {
        [tens @ b'0'..=b'9', ones @ b'0'..=b'9'] => {
            Some(usize::from(tens - b'0') * 10 + usize::from(ones - b'0'))
        }
        _ => None,
    });
    let values = pairs.collect::<Option<Vec<_>>>()?;
    let weighed = values.iter().zip(1..).map(|(value, weight)| value * weight);
    let check = (START_C + weighed.sum::<usize>()) % 103;
    let mut symbols = vec![START_C];
    symbols.extend(values);
    symbols.extend([check, STOP]);
    Some(symbols)
}

/// How wide the bars and gaps of a symbol are, a bar first. Every value up to [`STOP`] has its row.
fn widths(symbol: usize) -> &'static str {
    WIDTHS.get(symbol).copied().unwrap_or_default()
}

/// ISO/IEC 15417: bars and gaps of all symbols by their value.
#[rustfmt::skip]
const WIDTHS: [&str; 107] = [
    "212222", "222122", "222221", "121223", "121322", "131222", "122213", "122312", "132212", "221213",
    "221312", "231212", "112232", "122132", "122231", "113222", "123122", "123221", "223211", "221132",
    "221231", "213212", "223112", "312131", "311222", "321122", "321221", "312212", "322112", "322211",
    "212123", "212321", "232121", "111323", "131123", "131321", "112313", "132113", "132311", "211313",
    "231113", "231311", "112133", "112331", "132131", "113123", "113321", "133121", "313121", "211331",
    "231131", "213113", "213311", "213131", "311123", "311321", "331121", "312113", "312311", "332111",
    "314111", "221411", "431111", "111224", "111422", "121124", "121421", "141122", "141221", "112214",
    "112412", "122114", "122411", "142112", "142211", "241211", "221114", "413111", "241112", "134111",
    "111242", "121142", "121241", "114212", "124112", "124211", "411212", "421112", "421211", "212141",
    "214121", "412121", "111143", "111341", "131141", "114113", "114311", "411113", "411311", "113141",
    "114131", "311141", "411131", "211412", "211214", "211232", "2331112",
];

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_symbol_is_as_wide_as_the_standard_says_and_like_no_other() {
        let sum = |text: &str, every: usize| -> u8 {
            text.bytes().step_by(every).map(|width| width - b'0').sum()
        };
        for (value, text) in WIDTHS.iter().enumerate() {
            let modules = if value == STOP { 13 } else { 11 };
            assert_eq!(sum(text, 1), modules, "{value}: {text}");
            // Readers tell a damaged symbol by this: its bars are an even number of modules wide.
            let dark = sum(text, 2) % 2;
            assert_eq!(dark, 0, "{value}: {text}");
        }
        assert_eq!(BTreeSet::from(WIDTHS).len(), WIDTHS.len());
    }

    #[test]
    fn digits_become_pairs_between_start_check_and_stop() {
        let check = |digits: &str, symbols_of: Option<&[usize]>| {
            assert_eq!(symbols(digits).as_deref(), symbols_of, "{digits}");
        };
        // (105 + 1·42 + 2·18 + 3·4) mod 103 = 92
        check("421804", Some(&[105, 42, 18, 4, 92, 106]));
        check("00", Some(&[105, 0, 2, 106]));
        // (105 + 99·1 + 98·2) mod 103 = 91
        check("9998", Some(&[105, 99, 98, 91, 106]));
        check("", None);
        check("123", None);
        check("12a4", None);
        check("１２", None);
    }

    #[test]
    fn the_picture_has_its_quiet_margins() {
        let bars = bars("9001234567890123456789").into_string();
        // Start, 11 pairs and check of 11 modules each, the longer end, and ten modules on both sides.
        assert!(bars.contains("viewBox=\"0 0 176 44\""), "{bars}");
        assert!(bars.contains("d=\"M10 0h2v44"), "{bars}");
        assert!(bars.contains("M164 0h2v44h-2z\""), "{bars}");
    }
}
