//! What the demo prints: the welcome, and a line for each purchase that arrives. Japanese letters
//! are two columns wide, and the columns stay aligned.

use super::account::{Line, Purchase};
use std::io::Write;

/// Columns for a shop's name, an amount, and the items.
const SHOP_COLUMNS: usize = 25;
const TOTAL_COLUMNS: usize = 9;
const ITEM_COLUMNS: usize = 56;

/// Standard output, whose reader may have gone.
#[derive(Clone, Copy)]
pub(super) struct Screen;

impl Screen {
    /// Prints a line. A reader that stopped early, such as `head`, is no failure.
    pub(super) fn line(self, text: &str) {
        let mut out = std::io::stdout().lock();
        let _ = writeln!(out, "{text}");
        let _ = out.flush();
    }
}

/// A purchase that arrived in the account.
pub(super) fn purchase(purchase: &Purchase) -> String {
    let sign = match purchase.kind.as_str() {
        "return" => "-",
        _ => "",
    };
    format!(
        "{}  {}  {}  {}",
        time_of_day(&purchase.purchased_at),
        left(&purchase.store.name, SHOP_COLUMNS),
        right(
            &format!("{sign}¥{}", thousands(purchase.total)),
            TOTAL_COLUMNS
        ),
        items(purchase.lines.iter()),
    )
}

/// Names that came later.
pub(super) fn named(purchase: &Purchase) -> String {
    let learnt = purchase.lines.iter().filter(|line| line.named_at.is_some());
    let at = learnt
        .clone()
        .filter_map(|line| line.named_at.as_deref())
        .max();
    format!(
        "{}  {}  {}  now has its name: {}",
        time_of_day(at.unwrap_or(&purchase.purchased_at)),
        left(&purchase.store.name, SHOP_COLUMNS),
        right("", TOTAL_COLUMNS),
        items(learnt),
    )
}

/// The time of day of a time of RFC 3339.
fn time_of_day(at: &str) -> &str {
    at.get(11..19).unwrap_or_default()
}

/// As many names as fit, and how many more there are.
fn items<'a>(lines: impl Iterator<Item = &'a Line>) -> String {
    let mut shown = String::new();
    let mut hidden = 0;
    for line in lines {
        let name = match (&line.name, &line.code) {
            (Some(name), _) => name.clone(),
            (None, Some(code)) => format!("{code} (no name yet)"),
            (None, None) => "?".to_owned(),
        };
        if shown.is_empty() {
            shown = name;
        } else if hidden == 0 && width(&shown) + width(&name) <= ITEM_COLUMNS {
            shown.push('、');
            shown.push_str(&name);
        } else {
            hidden += 1;
        }
    }
    match hidden {
        0 => shown,
        hidden => format!("{shown} … +{hidden}"),
    }
}

/// An amount with its thousands apart.
pub(super) fn thousands(amount: i64) -> String {
    let digits = amount.to_string();
    let mut shown = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            shown.push(',');
        }
        shown.push(digit);
    }
    shown
}

/// Fills up with blanks on the right.
pub(super) fn left(text: &str, columns: usize) -> String {
    format!("{text}{}", " ".repeat(columns.saturating_sub(width(text))))
}

fn right(text: &str, columns: usize) -> String {
    format!("{}{text}", " ".repeat(columns.saturating_sub(width(text))))
}

/// The columns that a terminal gives to a text: two for kana, kanji and their punctuation.
fn width(text: &str) -> usize {
    let wide = |character| matches!(character, '\u{1100}'..='\u{115f}' | '\u{2e80}'..='\u{a4cf}' | '\u{f900}'..='\u{faff}' | '\u{fe30}'..='\u{fe6f}' | '\u{ff00}'..='\u{ff60}' | '\u{ffe0}'..='\u{ffe6}');
    text.chars()
        .map(|character| if wide(character) { 2 } else { 1 })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_stay_aligned_under_wide_letters() {
        assert_eq!(width("牛乳 1L"), 7);
        assert_eq!(width("ｷﾞｭｳﾆｭｳ"), 7);
        assert_eq!(left("珈琲", 6), "珈琲  ");
        assert_eq!(right("¥1,284", 9), "   ¥1,284");
        let rows = [
            (0, "0"),
            (999, "999"),
            (1_000, "1,000"),
            (1_234_567, "1,234,567"),
        ];
        for (amount, shown) in rows {
            assert_eq!(thousands(amount), shown);
        }
    }

    #[test]
    fn long_purchases_are_cut_and_nameless_ones_show_their_code() {
        let line = |code: &str, name: Option<&str>| Line {
            code: Some(code.to_owned()),
            name: name.map(str::to_owned),
            named_at: None,
        };
        let few = [line("1", Some("北海道牛乳")), line("2", None)];
        assert_eq!(items(few.iter()), "北海道牛乳、2 (no name yet)");
        let many: Vec<Line> = (0..9).map(|_| line("1", Some("北海道牛乳"))).collect();
        let expected = "北海道牛乳、北海道牛乳、北海道牛乳、北海道牛乳、北海道牛乳 … +4";
        assert_eq!(items(many.iter()), expected);
    }
}
