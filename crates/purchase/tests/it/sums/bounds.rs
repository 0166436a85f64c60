//! How many rows a settlement takes: as many as the limits say, and not one more.

use super::check_faults;
use crate::generate::value::minor;
use crate::sample::{self, adjustment, cash, line, named, tax, text};
use purchase::limits::{LINE_DISCOUNTS_MAX, LINES_MAX, ROWS_MAX};
use purchase::quantity::Percent;
use purchase::settlement::{AdjustmentKind, Content, LineNumber, TaxPlace};
use purchase::sums::Rule;

/// Makes a place of a settlement hold so many rows that agree with the rest.
type Fill = fn(&mut Content, usize);

#[test]
fn each_place_takes_its_limit_and_no_more() {
    let rows: [(&str, usize, Fill); 7] = [
        ("/lines", LINES_MAX, |c, count| {
            c.lines.resize(count, line("0", "1", 0, 0));
        }),
        ("/lines/0/discounts", LINE_DISCOUNTS_MAX, |c, count| {
            c.lines[0].discounts = vec![named("d", 0); count];
        }),
        ("/adjustments", ROWS_MAX, |c, count| {
            c.adjustments = vec![adjustment(AdjustmentKind::Other, "a", 0, &[]); count];
        }),
        ("/adjustments/0/lines", LINES_MAX, |c, count| {
            c.adjustments = vec![adjustment(AdjustmentKind::Other, "a", 0, &[])];
            c.adjustments[0].lines = vec![LineNumber(1); count];
        }),
        ("/taxes", ROWS_MAX, |c, count| {
            let row = |units| {
                let mut row = tax("0", TaxPlace::Excluded, 0, 0);
                row.percent = Percent::from_units(units).unwrap();
                row
            };
            c.taxes = (0..).map(row).take(count).collect();
        }),
        ("/tenders", ROWS_MAX, |c, count| {
            c.tenders = vec![cash(0); count];
            c.tenders[0].amount = minor(50);
        }),
        ("/notes", ROWS_MAX, |c, count| {
            c.notes = vec![text("n"); count];
        }),
    ];
    for (pointer, max, fill) in rows {
        for (count, expected) in [
            (max, &[][..]),
            (max + 1, &[(pointer, Rule::TooManyRows)][..]),
        ] {
            let mut content = sample::sale();
            fill(&mut content, count);
            check_faults(&format!("{pointer} of {count}"), content, expected);
        }
    }
}
