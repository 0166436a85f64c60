//! What was expected beside what was found, as a small table, with every difference named. It
//! compares exactly; it asks nobody.

use crate::replay::expect::{Expected, Tally};
use crate::replay::found::Found;
use crate::replay::people::People;
use crate::replay::settlements::Outcomes;
use purchase::money::Currency;
use std::collections::BTreeSet;
use std::fmt::{Display, Formatter};

/// Differences that are shown one by one.
const DIFFERENCES_SHOWN_MAX: usize = 20;

/// The comparison.
#[derive(Debug, Default)]
pub(super) struct Report {
    rows: Vec<Row>,
    differences: Vec<String>,
    refused: u64,
    /// Is there anywhere more than was sent?
    has_more: bool,
}

/// One line of the table.
#[derive(Debug)]
struct Row {
    label: String,
    expected: String,
    found: String,
    is_right: bool,
}

impl Report {
    /// Is everything filed?
    pub(super) fn is_right(&self) -> bool {
        self.differences.is_empty() && self.refused == 0 && self.rows.iter().all(|row| row.is_right)
    }

    fn row<T: PartialEq>(
        &mut self,
        label: &str,
        [expected, found]: [T; 2],
        show: impl Fn(&T) -> String,
    ) {
        self.rows.push(Row {
            label: label.to_owned(),
            expected: show(&expected),
            found: show(&found),
            is_right: expected == found,
        });
    }

    /// Compares tallies one by one; returns how many agree, and all that was found.
    fn tallies<'a>(
        &mut self,
        pairs: impl Iterator<Item = (String, &'a Tally, Option<&'a Tally>)>,
    ) -> (u64, Tally) {
        let nothing = Tally::default();
        let mut agreeing = 0;
        let mut sum = Tally::default();
        for (who, expected, found) in pairs {
            let found = found.unwrap_or(&nothing);
            sum.add(found);
            self.has_more |= found.settlements > expected.settlements;
            match differences(expected, found) {
                told if told.is_empty() => agreeing += 1,
                told => self.differences.push(format!("{who}: {}", told.join("; "))),
            }
        }
        (agreeing, sum)
    }
}

/// Compares everything.
pub(super) fn compare(
    expected: &Expected,
    found: &Found,
    people: &People,
    outcomes: &Outcomes,
) -> Report {
    let mut report = Report {
        refused: outcomes.conflicts + outcomes.rejected,
        ..Report::default()
    };
    let stores = expected.store_ids.iter().zip(&expected.stores);
    let stores = stores.map(|(id, tally)| (format!("store {id}"), tally, found.stores.get(id)));
    let (stores_right, sum_found) = report.tallies(stores);
    let known = people.all().iter().zip(&expected.people);
    let known = known.map(|(known, tally)| {
        let who = format!("person {} ({})", known.reference, known.user_id);
        (who, tally, found.people.get(&known.user_id))
    });
    let (people_right, _) = report.tallies(known);

    let mut sum = Tally::default();
    expected.stores.iter().for_each(|tally| sum.add(tally));
    let grouped = |count: &u64| grouped(i128::from(*count));
    report.row(
        "settlements",
        [sum.settlements, sum_found.settlements],
        grouped,
    );
    report.row("lines", [sum.lines, sum_found.lines], grouped);
    for (currency, pair) in totals(&sum, &sum_found) {
        report.row("sum of totals", pair, |minor| money(*minor, currency));
    }
    report.row(
        "pending lines",
        [sum.pending_lines, sum_found.pending_lines],
        grouped,
    );
    let count = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
    report.row(
        "people's accounts",
        [count(expected.people.len()), people_right],
        grouped,
    );
    report.row(
        "stores' counts",
        [count(expected.stores.len()), stores_right],
        grouped,
    );
    report.row(
        "catalogue entries",
        [expected.items(), found.items],
        grouped,
    );
    report
}

/// The totals of both by currency; what one of them lacks is zero.
fn totals<'a>(expected: &'a Tally, found: &'a Tally) -> Vec<(&'a str, [i128; 2])> {
    let both = [&expected.total_by_currency, &found.total_by_currency];
    let currencies: BTreeSet<&str> = both
        .iter()
        .flat_map(|map| map.keys().map(String::as_str))
        .collect();
    let totals = currencies.into_iter().map(|currency| {
        (
            currency,
            both.map(|map| map.get(currency).copied().unwrap_or_default()),
        )
    });
    totals.collect()
}

/// Where two tallies differ, in words.
fn differences(expected: &Tally, found: &Tally) -> Vec<String> {
    let told = |what: &str, expected: String, found: String| {
        format!("{what}: {expected} expected, {found} found")
    };
    let counts = [
        ("settlements", expected.settlements, found.settlements),
        ("lines", expected.lines, found.lines),
        ("pending lines", expected.pending_lines, found.pending_lines),
    ];
    let counts = counts
        .iter()
        .filter(|(_, expected, found)| expected != found);
    let counts = counts.map(|(what, expected, found)| {
        told(what, grouped((*expected).into()), grouped((*found).into()))
    });
    let totals = totals(expected, found).into_iter();
    let totals = totals.filter(|(_, [expected, found])| expected != found);
    let totals = totals.map(|(currency, [expected, found])| {
        told("total", money(expected, currency), money(found, currency))
    });
    counts.chain(totals).collect()
}

/// `1,469,307`.
fn grouped(number: i128) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut shown = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            shown.push(',');
        }
        shown.push(digit);
    }
    let sign = if number < 0 { "-" } else { "" };
    format!("{sign}{shown}")
}

/// `4,569,706.26 USD`: minor units as people write them.
fn money(minor: i128, currency: &str) -> String {
    let exponent = Currency::parse(currency).map_or(0, Currency::exponent);
    let unit = 10_u128.pow(u32::from(exponent));
    let (whole, rest) = (minor.unsigned_abs() / unit, minor.unsigned_abs() % unit);
    let sign = if minor < 0 { "-" } else { "" };
    let whole = grouped(i128::try_from(whole).unwrap_or(i128::MAX));
    match usize::from(exponent) {
        0 => format!("{sign}{whole} {currency}"),
        places => format!("{sign}{whole}.{rest:0places$} {currency}"),
    }
}

impl Display for Report {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        let width = |of: fn(&Row) -> &str, least: usize| {
            self.rows
                .iter()
                .map(|row| of(row).chars().count())
                .fold(least, usize::max)
        };
        let label_width = width(|row| &row.label, 0);
        let expected_width = width(|row| &row.expected, "expected".len());
        let found_width = width(|row| &row.found, "found".len());
        writeln!(
            f,
            "{:label_width$}  {:>expected_width$}  {:>found_width$}",
            "", "expected", "found"
        )?;
        for row in &self.rows {
            let mark = if row.is_right { "✓" } else { "✗" };
            writeln!(
                f,
                "{:label_width$}  {:>expected_width$}  {:>found_width$}  {mark}",
                row.label, row.expected, row.found
            )?;
        }
        writeln!(f)?;
        if self.is_right() {
            return f.write_str("everything filed");
        }
        for difference in self.differences.iter().take(DIFFERENCES_SHOWN_MAX) {
            writeln!(f, "{difference}")?;
        }
        let more = self.differences.len().saturating_sub(DIFFERENCES_SHOWN_MAX);
        if more > 0 {
            writeln!(f, "and {more} more differences")?;
        }
        if self.refused > 0 {
            writeln!(
                f,
                "{} settlements were refused; the first of them are named above",
                self.refused
            )?;
        }
        if self.has_more {
            writeln!(
                f,
                "where more was found than expected, others sent it: compare on a server of its own"
            )?;
        }
        f.write_str("not everything is filed")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    fn tally(settlements: u64, lines: u64, pending_lines: u64, total: i128) -> Tally {
        let total_by_currency = match total {
            0 => BTreeMap::new(),
            _ => BTreeMap::from([("USD".to_owned(), total)]),
        };
        Tally {
            settlements,
            lines,
            pending_lines,
            total_by_currency,
        }
    }

    #[test]
    fn numbers_are_written_as_people_write_them() {
        for (minor, currency, expected) in [
            (456_970_626, "USD", "4,569,706.26 USD"),
            (5, "USD", "0.05 USD"),
            (-123_456, "USD", "-1,234.56 USD"),
            (1_000, "JPY", "1,000 JPY"),
            (-999, "JPY", "-999 JPY"),
            (1_234, "BHD", "1.234 BHD"),
            (12, "???", "12 ???"),
        ] {
            assert_eq!(money(minor, currency), expected);
        }
        for (number, expected) in [
            (0, "0"),
            (999, "999"),
            (1_000, "1,000"),
            (1_469_307, "1,469,307"),
        ] {
            assert_eq!(grouped(number), expected);
        }
    }

    #[test]
    fn differences_are_named_and_only_they() {
        let expected = tally(2, 11, 1, 5_170);
        assert_eq!(differences(&expected, &expected), Vec::<String>::new());
        assert_eq!(
            differences(&expected, &tally(1, 11, 1, 0)),
            [
                "settlements: 2 expected, 1 found",
                "total: 51.70 USD expected, 0.00 USD found"
            ]
        );
        let mut zero = tally(0, 0, 0, 0);
        zero.total_by_currency.insert("USD".to_owned(), 0);
        assert_eq!(differences(&tally(0, 0, 0, 0), &zero), Vec::<String>::new());
    }

    #[test]
    fn the_table_lines_up_and_says_what_it_comes_to() {
        let mut report = Report::default();
        let expected = tally(2, 11, 1, 5_170);
        let found = tally(2, 11, 1, 5_170);
        let stores = [("store s-1".to_owned(), &expected, Some(&found))];
        let (right, sum) = report.tallies(stores.into_iter());
        assert_eq!((right, sum), (1, expected.clone()));
        let show = |count: &u64| grouped(i128::from(*count));
        report.row("settlements", [1_234, 1_234], show);
        report.row("lines", [5, 5], show);
        assert_eq!(
            report.to_string(),
            "             expected  found\nsettlements     1,234  1,234  ✓\nlines               5      5  ✓\n\neverything filed"
        );
        let stores = [("store s-2".to_owned(), &expected, None)];
        report.tallies(stores.into_iter());
        assert!(!report.is_right());
        let shown = report.to_string();
        assert!(
            shown.contains("store s-2: settlements: 2 expected, 0 found; lines"),
            "{shown}"
        );
        assert!(shown.ends_with("not everything is filed"), "{shown}");
    }
}
