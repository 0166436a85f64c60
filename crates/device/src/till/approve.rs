//! Acts that want a second look: which of them a basket holds, whether a manager has approved them,
//! and their lines in the log. Who approves was proven before; here is only decided whether somebody
//! had to.

use super::TillError;
use super::basket::{Basket, Item};
use crate::database::{DatabaseError, log};
use crate::rules::{Act, Approval, Rules};
use crate::staff::{self, Member};
use purchase::time::Timestamp;
use rusqlite::Connection;
use serde_json::Value;
use std::collections::BTreeSet;

/// Who acts, who agreed, and when.
pub(super) struct Witness<'a> {
    pub(super) staff: Option<&'a str>,
    pub(super) approved: Option<&'a Member>,
    pub(super) now: Timestamp,
}

impl<'a> Witness<'a> {
    pub(super) const fn new(
        staff: Option<&'a str>,
        approved: Option<&'a Member>,
        now: Timestamp,
    ) -> Self {
        Self {
            staff,
            approved,
            now,
        }
    }

    /// Lets an act pass and writes it down.
    ///
    /// # Errors
    /// [`TillError::Approval`] if a manager has to agree and none did.
    pub(super) fn pass(
        &self,
        connection: &Connection,
        act: Act,
        detail: &str,
    ) -> Result<(), TillError> {
        let needed = Rules::read(connection)?.approval_of(act);
        if needed == Approval::Needed && self.approved.is_none() {
            return Err(TillError::Approval(act));
        }
        let by = self
            .approved
            .map(|member| format!("; approved by {}", member.shown()));
        let detail = format!("{detail}{}", by.unwrap_or_default());
        let known = self.staff.map(|number| staff::find(connection, number));
        let known = known.transpose()?.flatten().map(|member| member.shown());
        let staff = known.as_deref().or(self.staff);
        Ok(log(connection, self.now, staff, act.word(), &detail)?)
    }
}

/// Lets the prices and discounts of a basket pass. `labelled` are lines whose price a scale printed.
///
/// # Errors
/// [`TillError::Approval`].
pub(super) fn basket(
    connection: &Connection,
    (basket, labelled): (&Basket, &BTreeSet<usize>),
    settlement: &Value,
    look: impl Fn(&str) -> Result<Option<Item>, DatabaseError>,
    witness: &Witness<'_>,
) -> Result<(), TillError> {
    for (line, nth) in basket.lines.iter().zip(1..) {
        let item = line.code.as_deref().map(&look).transpose()?.flatten();
        let listed = item.and_then(|item| item.unit_price);
        if let (Some(listed), Some(price)) = (listed, line.unit_price)
            && listed != price
            && !labelled.contains(&nth)
        {
            let code = line.code.as_deref().unwrap_or_default();
            let reason = line.reason.as_deref().unwrap_or_default();
            let detail = format!(
                "till {} {code}: {price}, not {listed}: {reason}",
                basket.terminal
            );
            witness.pass(connection, Act::Price, &detail)?;
        }
    }
    if let Some(limit) = Rules::read(connection)?.discount_limit()
        && let Some(percent) = largest_discount(settlement).filter(|percent| *percent > limit)
    {
        let detail = format!("till {}: {percent}% off", basket.terminal);
        witness.pass(connection, Act::Discount, &detail)?;
    }
    Ok(())
}

/// The largest part that is taken off a line, or off the whole receipt by discounts; in percent,
/// rounded up, so that a limit is not passed by a fraction.
fn largest_discount(settlement: &Value) -> Option<i128> {
    let rows = |name: &str| {
        let rows = settlement.get(name).and_then(Value::as_array);
        rows.into_iter().flatten()
    };
    let number =
        |row: &Value, name: &str| i128::from(row.get(name).and_then(Value::as_i64).unwrap_or(0));
    let percent = |off: i128, full: i128| (off * 100 + full.max(1) - 1) / full.max(1);
    let lines = rows("lines").map(|line| {
        let off = number(line, "discount");
        percent(off, off + number(line, "amount"))
    });
    let sold: i128 = rows("lines").map(|line| number(line, "amount")).sum();
    let off: i128 = rows("adjustments")
        .filter(|row| row.get("kind").and_then(Value::as_str) == Some("discount"))
        .map(|row| -number(row, "amount"))
        .sum();
    lines.chain([percent(off.max(0), sold)]).max()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_largest_discount_counts() {
        let line = |amount: i64, off: i64| json!({"amount": amount, "discount": off});
        let rows = [
            (json!([line(100, 0)]), json!([]), 0),
            (json!([line(100, 0), line(70, 30)]), json!([]), 30),
            (json!([line(699, 301)]), json!([]), 31),
            (json!([line(0, 0)]), json!([]), 0),
            (
                json!([line(1000, 0)]),
                json!([{"kind": "discount", "amount": -250}]),
                25,
            ),
            (
                json!([line(1000, 0)]),
                json!([{"kind": "coupon", "amount": -250}]),
                0,
            ),
        ];
        for (lines, adjustments, expected) in rows {
            let settlement = json!({"lines": lines, "adjustments": adjustments});
            assert_eq!(
                largest_discount(&settlement),
                Some(expected),
                "{settlement}"
            );
        }
    }
}
