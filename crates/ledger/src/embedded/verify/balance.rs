//! What came back of every original against what its returns counted, in memory of fixed size.
//!
//! The returns of an original stand anywhere in the ledger, and nothing leads from it to them. So
//! each line of an original adds what it shows as returned, each return takes away what it counted,
//! both times a weight that only this line has, in one of 65,536 groups. If every line shows just
//! what its returns counted, every group ends at zero. One line that does not always leaves its
//! group uneven; several in one group cancel out by a chance of about one in 2^63. A second reading
//! then names the lines of uneven groups.

use super::{Inspection, Look, Whole, keys, settlement_name};
use crate::embedded::key::{self, Kind as Row, Space};
use crate::embedded::value::settlement::SettlementRow;
use crate::fault::Fault;
use purchase::bytes::Writer;
use purchase::canonical::put_key;
use purchase::id::SettlementKey;
use purchase::limits::QUANTITY_DECIMALS;
use purchase::quantity::decimal;
use purchase::settlement::LineNumber;
use std::collections::BTreeMap;

const GROUPS: usize = 65_536;
/// Groups whose lines are named; in each is one of 65,536 of all lines that came back.
const GROUPS_NAMED_MAX: usize = 64;

/// The groups.
pub(super) struct Balance {
    groups: Vec<u128>,
}

/// Where a line is weighed, and by how much.
struct Scale {
    group: u16,
    weight: u64,
}

/// What a line shows, and what its returns counted, in millionths.
#[derive(Clone, Copy, Default)]
struct Returned {
    shown: u64,
    counted: u64,
}

impl Balance {
    pub(super) fn new() -> Self {
        Self {
            groups: vec![0; GROUPS],
        }
    }

    /// Weighs what a settlement shows as returned and what it counts itself.
    pub(super) fn weigh(&mut self, key: &SettlementKey, row: &SettlementRow) {
        for (key, line, returned) in entries(key, row) {
            let scale = scale(key, line);
            let Some(group) = self.groups.get_mut(usize::from(scale.group)) else {
                continue;
            };
            let weighed = |micros: u64| u128::from(scale.weight) * u128::from(micros);
            *group = group.wrapping_add(weighed(returned.shown));
            *group = group.wrapping_sub(weighed(returned.counted));
        }
    }

    /// Tells every line that shows something else than its returns counted. Where some settlements
    /// could not be read, a line may well show more than the others count.
    pub(super) fn settle(self, inspection: &mut Inspection<'_>) -> Result<(), Fault> {
        let uneven = self
            .groups
            .iter()
            .zip(0..=u16::MAX)
            .filter(|(sum, _)| **sum != 0);
        let mut uneven: Vec<u16> = uneven.map(|(_, group)| group).collect();
        if uneven.len() > GROUPS_NAMED_MAX {
            let more = uneven.len() - GROUPS_NAMED_MAX;
            uneven.truncate(GROUPS_NAMED_MAX);
            let wrong = format!(
                "they differ from what the returns count, in {more} groups of lines besides \
                 those that are named"
            );
            inspection.problem("returned quantities", wrong);
        }
        if uneven.is_empty() {
            Ok(())
        } else {
            name_lines(inspection, &uneven)
        }
    }
}

fn name_lines(inspection: &mut Inspection<'_>, groups: &[u16]) -> Result<(), Fault> {
    inspection.begin_stage("returned quantities", None);
    let mut lines: BTreeMap<(SettlementKey, LineNumber), Returned> = BTreeMap::new();
    for pair in inspection.rows(Space::Facts, Row::Settlement) {
        let (row_key, row) = pair?;
        inspection.step();
        // What does not read was told the first time.
        let (Ok(key), Ok(row)) = (keys::settlement(&row_key), SettlementRow::decode(&row)) else {
            continue;
        };
        for (key, line, returned) in entries(&key, &row) {
            if groups.binary_search(&scale(key, line).group).is_ok() {
                let sum = lines.entry((key.clone(), line)).or_default();
                sum.shown = sum.shown.saturating_add(returned.shown);
                sum.counted = sum.counted.saturating_add(returned.counted);
            }
        }
    }
    for ((key, LineNumber(line)), Returned { shown, counted }) in lines {
        let is_wrong = match inspection.found.settlements {
            Whole::All => shown != counted,
            Whole::Some => shown < counted,
        };
        let row_key = key::settlement(Row::Settlement, &key);
        // An original that is not there is told with its returns.
        let original = inspection.look(Space::Facts, &row_key, SettlementRow::decode)?;
        if is_wrong && matches!(original, Look::There(_)) {
            let text = |micros| decimal(micros, QUANTITY_DECIMALS);
            let (shown, counted) = (text(shown), text(counted));
            let wrong =
                format!("line {line} shows {shown} as returned, its returns count {counted}");
            inspection.problem(settlement_name(&key), wrong);
        }
    }
    Ok(())
}

/// What a settlement adds to either side. A return that was voided itself counts no more.
fn entries<'a>(
    key: &'a SettlementKey,
    row: &'a SettlementRow,
) -> impl Iterator<Item = (&'a SettlementKey, LineNumber, Returned)> {
    let shown = row.lines.iter().zip(1_u16..).map(move |(line, number)| {
        let returned = Returned {
            shown: line.returned_micros,
            counted: 0,
        };
        (key, LineNumber(number), returned)
    });
    let original = row.of.as_ref().filter(|_| row.voided_by.is_none());
    let counted = original.into_iter().flat_map(|of| {
        row.counted.iter().map(move |(line, micros)| {
            (
                of,
                *line,
                Returned {
                    shown: 0,
                    counted: *micros,
                },
            )
        })
    });
    shown
        .chain(counted)
        .filter(|(_, _, returned)| returned.shown != 0 || returned.counted != 0)
}

fn scale(key: &SettlementKey, line: LineNumber) -> Scale {
    let mut out = Writer::with_capacity(128);
    put_key(&mut out, key);
    out.raw(&line.0.to_be_bytes());
    let hash = ring::digest::digest(&ring::digest::SHA256, out.as_slice());
    let (group, rest) = hash
        .as_ref()
        .split_first_chunk::<2>()
        .unwrap_or((&[0; 2], &[]));
    let weight = rest.first_chunk::<8>().copied().unwrap_or([1; 8]);
    // Odd, so that no quantity times it is lost.
    Scale {
        group: u16::from_be_bytes(*group),
        weight: u64::from_be_bytes(weight) | 1,
    }
}
