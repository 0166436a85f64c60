//! What a drawer and a day come to: sales, returns and voids added up per tax rate and per means of
//! payment. Pure: it is handed settlements and cash moves, and asks nothing.

use purchase::quantity::Percent;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// How many there were of a kind, and what they come to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sum {
    /// How many.
    pub count: u64,
    /// In minor units, never below nothing.
    pub total: i64,
}

impl Sum {
    fn add(&mut self, total: i64) {
        self.count += 1;
        self.total += total;
    }
}

/// What was sold under a tax rate, less what came back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaxSum {
    /// The rate; none: no tax.
    pub percent: Option<String>,
    /// Whether the prices contain it.
    pub included: bool,
    /// What it is reckoned on; with the tax in it, if the prices contain it.
    pub taxable: i64,
    /// The tax.
    pub tax: i64,
}

/// What came in by a means of payment, less what was given back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TenderSum {
    /// As the contract writes it; `unsaid` for settlements that name none.
    pub kind: String,
    /// In minor units; change is taken off.
    pub amount: i64,
}

/// What should be in the drawer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cash {
    /// What lay in it at the beginning.
    pub float: i64,
    /// What was put in.
    pub paid_in: i64,
    /// What was taken out.
    pub paid_out: i64,
    /// What sales brought, less change and refunds.
    pub sold: i64,
    /// What should be in it now.
    pub expected: i64,
    /// What was counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub counted: Option<i64>,
    /// What was counted less what should be there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub difference: Option<i64>,
}

/// Why cash comes or goes beside the sales.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MoveKind {
    /// What lies in the drawer at the beginning.
    Float,
    /// It is put in.
    In,
    /// It is taken out.
    Out,
}

/// What a day comes to so far.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// Sales.
    pub sales: Sum,
    /// Returns.
    pub returns: Sum,
    /// Sales that were taken back whole.
    pub voids: Sum,
    /// Sales less returns and voids.
    pub net: i64,
    /// Per rate; without tax last.
    pub taxes: Vec<TaxSum>,
    /// Per means of payment.
    pub tenders: Vec<TenderSum>,
    /// The drawer.
    pub cash: Cash,
}

/// Adds up. `settlements` gives each with the one that a void takes back, if it is here.
#[must_use]
pub fn tally(settlements: &[(Value, Option<Value>)], moves: &[(MoveKind, i64)]) -> Tally {
    let mut sums = Sums::default();
    for (settlement, original) in settlements {
        sums.add(settlement, original.as_ref());
    }
    sums.finish(moves)
}

#[derive(Default)]
struct Sums {
    tally: Tally,
    /// By rate and place, so that the order is always the same.
    taxes: BTreeMap<(u32, bool), TaxSum>,
    tenders: BTreeMap<String, i64>,
}

impl Sums {
    fn add(&mut self, settlement: &Value, original: Option<&Value>) {
        let total = number(settlement, "total");
        let (sign, shown) = match settlement.get("kind").and_then(Value::as_str) {
            Some("return") => {
                self.tally.returns.add(total);
                (-1, settlement)
            }
            Some("void") => {
                self.tally.voids.add(total);
                // A void says only its total; what it takes back stands in the original.
                (-1, original.unwrap_or(settlement))
            }
            Some(_) | None => {
                self.tally.sales.add(total);
                (1, settlement)
            }
        };
        self.tally.net += sign * total;
        for row in rows(shown, "taxes") {
            self.add_tax(row, sign);
        }
        let mut paid = 0;
        for row in rows(shown, "tenders") {
            let kind = row.get("kind").and_then(Value::as_str).unwrap_or("other");
            paid += number(row, "amount");
            self.pay(kind, sign * number(row, "amount"));
        }
        let change = number(shown, "change");
        if change != 0 {
            self.pay("cash", -sign * change);
        }
        if paid == 0 && total != 0 {
            self.pay("unsaid", sign * total);
        }
    }

    fn add_tax(&mut self, row: &Value, sign: i64) {
        let percent = row.get("percent").and_then(Value::as_str).unwrap_or("0");
        let included = row.get("included").and_then(Value::as_bool).unwrap_or(true);
        let rate = Percent::parse(percent).map_or(0, Percent::units);
        let sum = self.taxes.entry((rate, included)).or_insert(TaxSum {
            percent: Some(percent.to_owned()),
            included,
            taxable: 0,
            tax: 0,
        });
        sum.taxable += sign * number(row, "taxable");
        sum.tax += sign * number(row, "tax");
    }

    fn pay(&mut self, kind: &str, amount: i64) {
        *self.tenders.entry(kind.to_owned()).or_default() += amount;
    }

    fn finish(self, moves: &[(MoveKind, i64)]) -> Tally {
        let mut tally = self.tally;
        tally.taxes = self.taxes.into_values().collect();
        let on_top = |tax: &TaxSum| if tax.included { 0 } else { tax.tax };
        let taxed: i64 = tally
            .taxes
            .iter()
            .map(|tax| tax.taxable + on_top(tax))
            .sum();
        if tally.net != taxed {
            tally.taxes.push(TaxSum {
                percent: None,
                included: true,
                taxable: tally.net - taxed,
                tax: 0,
            });
        }
        let moved = |kind: MoveKind| -> i64 {
            let of_kind = moves.iter().filter(|(one, _)| *one == kind);
            of_kind.map(|(_, amount)| amount).sum()
        };
        let sold = self.tenders.get("cash").copied().unwrap_or(0);
        let (float, paid_in, paid_out) = (
            moved(MoveKind::Float),
            moved(MoveKind::In),
            moved(MoveKind::Out),
        );
        tally.cash = Cash {
            float,
            paid_in,
            paid_out,
            sold,
            expected: float + paid_in - paid_out + sold,
            ..Cash::default()
        };
        let tenders = self.tenders.into_iter();
        tally.tenders = tenders
            .map(|(kind, amount)| TenderSum { kind, amount })
            .collect();
        tally
    }
}

fn rows<'a>(value: &'a Value, name: &str) -> impl Iterator<Item = &'a Value> {
    let rows = value.get(name).and_then(Value::as_array);
    rows.into_iter().flatten()
}

fn number(value: &Value, name: &str) -> i64 {
    value.get(name).and_then(Value::as_i64).unwrap_or(0)
}
