//! Tax as lists have it: the rate as a number or by its Japanese name, and where the tax is.
//!
//! A number that two people would read as two rates is refused.

use super::column::TaxColumn;
use super::fault::Fault;
use super::text::{Answer, answer, quoted, unknown};
use purchase::fold::fold;
use purchase::quantity::Percent;
use purchase::settlement::TaxPlace;

/// Ten-thousandths of a percent in one percent.
const ONE: u32 = 10_000;
/// The largest rate that is read from a fraction such as `0.08`: 30 %.
const FRACTION_MAX: u32 = 3_000;
/// The largest rate that a shop can mean: more is a price in the wrong column.
const RATE_MAX: u32 = 100 * ONE;
/// What bears no tax.
const UNTAXED: [&str; 4] = ["非課税", "不課税", "免税", "対象外"];
/// The two rates of Japan by their names, in percent.
const NAMED: [(&str, u32); 2] = [("軽減", 8), ("標準", 10)];

/// Reads a rate: `8%`, `10`, `0.08`, `軽減`, `標準税率`, `軽減8%`, `非課税`.
pub(super) fn percent(cell: &str) -> Result<Percent, Fault> {
    let mut rest = without_blanks(cell);
    if UNTAXED.contains(&rest.as_str()) {
        return rate(0, cell);
    }
    let mut named = None;
    for (name, percent) in NAMED {
        if rest.contains(name) && named.replace(percent).is_some() {
            return Err(unclear(cell));
        }
        rest = rest.replace(name, "");
    }
    for word in ["消費税", "税率", "(", ")"] {
        rest = rest.replace(word, "");
    }
    match (named, rest.as_str()) {
        (Some(percent), "" | "%") => rate(percent * ONE, cell),
        (Some(percent), number) => {
            let found = numeric(number, cell)?;
            if found.units() == percent * ONE {
                Ok(found)
            } else {
                Err(unclear(cell))
            }
        }
        (None, number) => numeric(number, cell),
    }
}

/// Width and case aside. A minus stays, because it must be seen.
fn without_blanks(cell: &str) -> String {
    let mut text = fold(cell);
    text.retain(|c| !c.is_whitespace());
    text
}

fn numeric(number: &str, cell: &str) -> Result<Percent, Fault> {
    let (digits, is_percent) = match number.strip_suffix('%') {
        Some(digits) => (digits, true),
        None => (number, false),
    };
    let read = Percent::parse(digits).map_err(|_| Fault::NotARate {
        value: quoted(cell),
    })?;
    let units = read.units();
    match units {
        _ if units > RATE_MAX => Err(Fault::NotARate {
            value: quoted(cell),
        }),
        _ if is_percent || units == 0 => Ok(read),
        1..=FRACTION_MAX => rate(units * 100, cell),
        // Half a percent or half of the price?
        ..ONE => Err(unclear(cell)),
        // 1.08 is a price with its tax, or a little more than one percent.
        _ if units < 2 * ONE && units > ONE => Err(unclear(cell)),
        _ => Ok(read),
    }
}

fn rate(units: u32, cell: &str) -> Result<Percent, Fault> {
    Percent::from_units(units).map_err(|_| Fault::NotARate {
        value: quoted(cell),
    })
}

fn unclear(cell: &str) -> Fault {
    Fault::UnclearRate {
        value: quoted(cell),
    }
}

/// Reads where the tax is: `内税`, `税抜`, or yes and no where the column's name says to what.
/// Nothing for goods without tax.
pub(super) fn place(cell: &str, column: TaxColumn) -> Result<Option<TaxPlace>, Fault> {
    let word = without_blanks(cell);
    match word.as_str() {
        "内税" | "税込" | "税込み" | "included" | "inclusive" => {
            return Ok(Some(TaxPlace::Included));
        }
        "外税" | "税抜" | "税抜き" | "税別" | "excluded" | "exclusive" => {
            return Ok(Some(TaxPlace::Excluded));
        }
        other if UNTAXED.contains(&other) => return Ok(None),
        _ => {}
    }
    match (column, answer(cell)) {
        (TaxColumn::Inside, Some(Answer::Yes)) | (TaxColumn::OnTop, Some(Answer::No)) => {
            Ok(Some(TaxPlace::Included))
        }
        (TaxColumn::Inside, Some(Answer::No)) | (TaxColumn::OnTop, Some(Answer::Yes)) => {
            Ok(Some(TaxPlace::Excluded))
        }
        (TaxColumn::Words, _) | (_, None) => Err(unknown(cell, "内税 or 外税, 税込 or 税抜")),
    }
}
