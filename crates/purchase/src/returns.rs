//! How much of each line was sold and has come back. A return beyond what was sold is told as
//! such; the account of the original never shows more back than was sold.

use crate::quantity::Quantity;
use crate::settlement::{LineNumber, OriginalLine};

/// One line of a recorded settlement, in millionths of its unit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LineState {
    /// What was sold.
    pub sold_micros: u64,
    /// What has come back of it; never more than was sold.
    pub returned_micros: u64,
}

/// What is known of a recorded settlement beyond what it said itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// As it was.
    Valid,
    /// Taken back by a void.
    Voided,
}

/// Whether all of a return could be counted against its original.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fit {
    /// All of it.
    Within,
    /// More than was left, or of a line that is not there.
    Over,
}

/// Counts `back` against `lines` and says, per entry, how much could be counted.
pub fn take_back(
    lines: &mut [LineState],
    standing: Standing,
    back: &[OriginalLine],
) -> (Vec<u64>, Fit) {
    let mut fit = Fit::Within;
    let counted = back
        .iter()
        .map(|entry| {
            let left = match (standing, line_mut(lines, entry.line)) {
                (Standing::Valid, Some(line)) => {
                    let left = line.sold_micros - line.returned_micros;
                    let counted = left.min(entry.quantity.micros());
                    line.returned_micros += counted;
                    counted
                }
                (Standing::Valid | Standing::Voided, _) => 0,
            };
            if left < entry.quantity.micros() {
                fit = Fit::Over;
            }
            left
        })
        .collect();
    (counted, fit)
}

/// Undoes [`take_back`] when the return itself is voided.
pub fn give_again(lines: &mut [LineState], counted: &[(LineNumber, u64)]) {
    for (number, micros) in counted {
        if let Some(line) = line_mut(lines, *number) {
            line.returned_micros = line.returned_micros.saturating_sub(*micros);
        }
    }
}

/// Has anything come back?
#[must_use]
pub fn has_returns(lines: &[LineState]) -> bool {
    lines.iter().any(|line| line.returned_micros > 0)
}

/// The state of a line that was just sold.
#[must_use]
pub const fn sold(quantity: Quantity) -> LineState {
    LineState {
        sold_micros: quantity.micros(),
        returned_micros: 0,
    }
}

fn line_mut(lines: &mut [LineState], number: LineNumber) -> Option<&mut LineState> {
    lines.get_mut(usize::from(number.0).checked_sub(1)?)
}
