//! Checks the rows of settlements against everything that stands in clear: the purchase's columns
//! and standing, the claim, the original, the day. Bodies are opened elsewhere.

use super::ahead::Keys;
use super::balance::Balance;
use super::{Inspection, Look, Whole, differences, keys, purchase_name, settlement_name};
use crate::embedded::engine::Pair;
use crate::embedded::key::{self, Kind as Row, Space};
use crate::embedded::settle::signed;
use crate::embedded::value::Tally;
use crate::embedded::value::codes::ClaimRow;
use crate::embedded::value::purchase_row::{PurchaseRow, StandingRow};
use crate::embedded::value::settlement::{
    ClaimSource, DayRow, EARLY_MAX, SettlementRow, Shown, decode_early,
};
use crate::fault::Fault;
use purchase::decide::add_digest;
use purchase::id::{OwnerId, SettlementKey, StoreId};
use purchase::money::{Currency, Sum};
use purchase::returns::has_returns;
use purchase::settlement::Kind;
use purchase::time::{BusinessDate, Timestamp};

/// Checks that each day has settlements, and says about how many there are in all.
pub(super) fn check_days(inspection: &mut Inspection<'_>) -> Result<u64, Fault> {
    inspection.begin_stage("days", None);
    let mut settlements = 0_u64;
    for pair in inspection.rows(Space::Facts, Row::Day) {
        let pair = pair?;
        inspection.step();
        let read = inspection.read(Row::Day, &pair, keys::day, day_name, DayRow::decode)?;
        let Some((day, row)) = read else { continue };
        settlements = settlements.saturating_add(row.tally.settlements);
        let prefix = key::day(Row::Settlement, &day.0, day.1);
        let is_empty = !inspection.has_rows(Space::Facts, &prefix)?;
        inspection.rules(
            &day_name(&day),
            &[(is_empty, "no settlement is of this day")],
        );
    }
    Ok(settlements)
}

/// Checks every settlement, day by day: those of a day stand together.
pub(super) fn check(inspection: &mut Inspection<'_>, expected: u64) -> Result<(), Fault> {
    inspection.begin_stage("settlements", Some(expected));
    let mut day: Option<Day> = None;
    let mut balance = Balance::new();
    let mut walk = inspection.walk(Space::Facts, Row::Settlement, row_leads_to);
    while let Some(pair) = walk.next(inspection)? {
        inspection.step();
        let Some(name) = inspection.key(Row::Settlement, &pair.0, keys::settlement) else {
            inspection.found.settlements = Whole::Some;
            continue;
        };
        let mut of_day = match day.take() {
            Some(day) if day.is_of(&name) => day,
            other => {
                close(inspection, other)?;
                Day::open(inspection, &name)?
            }
        };
        match inspection.sound(|| settlement_name(&name), SettlementRow::decode(&pair.1))? {
            Some(row) => {
                balance.weigh(&name, &row);
                check_row(inspection, &name, &row, &mut of_day)?;
            }
            None => {
                of_day.whole = Whole::Some;
                inspection.found.settlements = Whole::Some;
            }
        }
        day = Some(of_day);
    }
    close(inspection, day)?;
    balance.settle(inspection)
}

/// What a settlement leads to.
fn row_leads_to((row_key, row): &Pair, keys: &mut Keys) {
    let (Ok(key), Ok(row)) = (keys::settlement(row_key), SettlementRow::decode(row)) else {
        return;
    };
    let SettlementKey { store_id, .. } = &key;
    keys.extend([
        key::store(store_id),
        key::day(Row::Day, store_id, key.business_date),
        key::body(row.owner, row.purchase_id),
        key::standing(row.owner, row.purchase_id),
        key::erased(row.owner),
    ]);
    keys.extend(row.claim_hash.map(key::claim));
    let others = row.of.iter().chain(&row.voided_by);
    keys.extend(others.map(|other| key::settlement(Row::Settlement, other)));
    keys.extend(row.of.iter().map(|of| key::settlement(Row::Early, of)));
}

/// A store's day, counted anew.
struct Day {
    name: (StoreId, BusinessDate),
    /// What the store sells in; none if the store cannot be asked.
    currency: Option<Currency>,
    counted: DayRow,
    whole: Whole,
}

impl Day {
    fn open(inspection: &mut Inspection<'_>, first: &SettlementKey) -> Result<Self, Fault> {
        let name = (first.store_id.clone(), first.business_date);
        let store = inspection.store(&first.store_id)?;
        let is_homeless = matches!(store, Look::Missing);
        inspection.rules(&day_name(&name), &[(is_homeless, "its store is not there")]);
        let currency = match store {
            Look::There(row) => Some(row.store.currency),
            Look::Missing | Look::Unreadable => None,
        };
        Ok(Self {
            name,
            currency,
            counted: DayRow::default(),
            whole: Whole::All,
        })
    }

    fn is_of(&self, key: &SettlementKey) -> bool {
        self.name.0 == key.store_id && self.name.1 == key.business_date
    }
}

fn close(inspection: &mut Inspection<'_>, day: Option<Day>) -> Result<(), Fault> {
    let Some(Day {
        name,
        counted,
        whole,
        ..
    }) = day
    else {
        return Ok(());
    };
    if whole == Whole::Some {
        return Ok(());
    }
    let row_key = key::day(Row::Day, &name.0, name.1);
    match inspection.look(Space::Facts, &row_key, DayRow::decode)? {
        Look::There(kept) => {
            for wrong in differences(&kept.tally, &counted.tally) {
                inspection.problem(day_name(&name), wrong);
            }
            let is_other = kept.digest != counted.digest;
            let wrong = "its digest is not the sum of its settlements' digests";
            inspection.rules(&day_name(&name), &[(is_other, wrong)]);
        }
        Look::Missing => inspection.problem(day_name(&name), "it has settlements, but no row"),
        Look::Unreadable => {}
    }
    Ok(())
}

fn check_row(
    inspection: &mut Inspection<'_>,
    key: &SettlementKey,
    row: &SettlementRow,
    day: &mut Day,
) -> Result<(), Fault> {
    let lines = u64::try_from(row.lines.len()).unwrap_or(u64::MAX);
    inspection.report.settlements += 1;
    inspection.report.lines += lines;
    let what = settlement_name(key);
    check_shape(inspection, &what, row);
    let is_foreign = day
        .currency
        .is_some_and(|currency| currency != row.currency);
    inspection.rules(
        &what,
        &[
            (
                is_foreign,
                "it is in another currency than its store sells in",
            ),
            (
                !is_named_by(inspection, key, row),
                "its purchase id does not follow from its key",
            ),
        ],
    );
    check_purchase(inspection, &what, key, row)?;
    check_standing(inspection, &what, row)?;
    check_claim(inspection, &what, row)?;
    check_original(inspection, &what, key, row)?;
    match contribution(inspection, key, row)? {
        Some(sum) => day.counted.tally.add(row.currency, sum),
        None => day.whole = Whole::Some,
    }
    let one = Tally {
        settlements: 1,
        lines,
        pending: row.pending,
        totals: Vec::new(),
    };
    day.counted.tally.join(&one);
    day.counted.digest = add_digest(day.counted.digest, row.digest);
    Ok(())
}

/// What a row must keep to by itself.
fn check_shape(inspection: &mut Inspection<'_>, what: &str, row: &SettlementRow) {
    let is = |kind: Kind| row.kind == kind;
    let is_overdrawn = row
        .lines
        .iter()
        .any(|line| line.returned_micros > line.sold_micros);
    let waits_for_more = usize::try_from(row.pending).map_or(true, |it| it > row.lines.len());
    let counts_others = !row.counted.is_empty() && row.counted.len() != row.lines.len();
    let is_claimable = row.claim_hash.is_some();
    inspection.rules(
        what,
        &[
            (is_overdrawn, "more came back of a line than was sold"),
            (waits_for_more, "more lines wait for a name than it has"),
            (
                is(Kind::Void) && !row.lines.is_empty(),
                "it is a void with lines",
            ),
            (
                !is(Kind::Void) && row.lines.is_empty(),
                "it has no lines, but is no void",
            ),
            (
                is(Kind::Void) && row.of.is_none(),
                "it is a void of nothing",
            ),
            (
                is(Kind::Sale) && row.of.is_some(),
                "it is a sale that names an original",
            ),
            (
                !is(Kind::Return) && !row.counted.is_empty(),
                "it counts a return, but is none",
            ),
            (
                row.of.is_none() && !row.counted.is_empty(),
                "it counts a return of nothing",
            ),
            (
                counts_others,
                "it counts other lines as returned than it has",
            ),
            (
                is(Kind::Void) && row.voided_by.is_some(),
                "it is a void that was voided",
            ),
            (
                is_claimable && matches!(row.owner, OwnerId::User(_)),
                "it can be claimed, but belongs to a person",
            ),
            (
                is_claimable && row.claim == ClaimSource::None,
                "it can be claimed by a code of nobody",
            ),
            (
                row.shown == Shown::Filed && matches!(row.owner, OwnerId::Unclaimed(_)),
                "a member code filed it, but it belongs to nobody",
            ),
        ],
    );
}

/// A purchase's id ends with what only this server makes of the settlement's key. So two settlements
/// never share a purchase, not even one that cannot be opened any more.
fn is_named_by(inspection: &Inspection<'_>, key: &SettlementKey, row: &SettlementRow) -> bool {
    let right = inspection.ledger.purchase_id(key, Timestamp::ZERO);
    right.0.last_chunk::<10>() == row.purchase_id.0.last_chunk::<10>()
}

/// The purchase's clear columns.
fn check_purchase(
    inspection: &mut Inspection<'_>,
    what: &str,
    key: &SettlementKey,
    row: &SettlementRow,
) -> Result<(), Fault> {
    let is_erased = matches!(row.owner, OwnerId::User(_)) && inspection.is_erased(row.owner)?;
    if is_erased {
        inspection.found.erased_pending += row.pending;
    }
    let body_key = key::body(row.owner, row.purchase_id);
    match inspection.look(Space::Purchases, &body_key, PurchaseRow::decode)? {
        Look::Missing => {
            let name = purchase_name(row.owner, row.purchase_id);
            inspection.problem(what, format!("its {name} is not there"));
            return Ok(());
        }
        Look::There(PurchaseRow {
            warnings, columns, ..
        }) => inspection.rules(
            what,
            &[
                (
                    columns.slot != row.slot,
                    "its purchase is sealed with another key",
                ),
                (
                    columns.received_at != row.received_at,
                    "its purchase was received at another time",
                ),
                (columns.kind != row.kind, "its purchase is of another kind"),
                (
                    columns.currency != row.currency,
                    "its purchase is in another currency",
                ),
                (columns.total != row.total, "its purchase has another total"),
                (
                    columns.store_id != key.store_id,
                    "its purchase is of another store",
                ),
                (warnings != row.warnings, "its purchase has other warnings"),
            ],
        ),
        Look::Unreadable => {}
    }
    inspection.found.erased += u64::from(is_erased);
    Ok(())
}

/// What the purchase shows as returned and voided. It shows nothing until something happens to it.
fn check_standing(
    inspection: &mut Inspection<'_>,
    what: &str,
    row: &SettlementRow,
) -> Result<(), Fault> {
    let right = StandingRow {
        returned_micros: row.lines.iter().map(|line| line.returned_micros).collect(),
        voided_by: row.voided_by.clone(),
    };
    let is_untouched = !has_returns(&row.lines) && row.voided_by.is_none();
    let standing_key = key::standing(row.owner, row.purchase_id);
    let is_other = match inspection.look(Space::Purchases, &standing_key, StandingRow::decode)? {
        Look::There(standing) => standing != right,
        Look::Missing => !is_untouched,
        Look::Unreadable => false,
    };
    inspection.rules(
        what,
        &[(is_other, "its purchase shows other returns or another void")],
    );
    Ok(())
}

fn check_claim(
    inspection: &mut Inspection<'_>,
    what: &str,
    row: &SettlementRow,
) -> Result<(), Fault> {
    let Some(hash) = row.claim_hash else {
        return Ok(());
    };
    let leads_here = ClaimRow::Leads(row.owner, row.purchase_id);
    match inspection.look(Space::Facts, &key::claim(hash), ClaimRow::decode)? {
        Look::There(claim) if claim == leads_here => {
            inspection.found.claims += 1;
        }
        Look::There(_) => inspection.problem(what, "its claim code leads to another purchase"),
        Look::Missing => inspection.problem(what, "its claim code leads nowhere"),
        Look::Unreadable => inspection.found.claims += 1,
    }
    Ok(())
}

/// The settlement it speaks of, and the one that took it back.
fn check_original(
    inspection: &mut Inspection<'_>,
    what: &str,
    key: &SettlementKey,
    row: &SettlementRow,
) -> Result<(), Fault> {
    let look = |inspection: &Inspection<'_>, key: &SettlementKey| {
        let row_key = key::settlement(Row::Settlement, key);
        inspection.look(Space::Facts, &row_key, SettlementRow::decode)
    };
    if let Some(of) = &row.of
        && matches!(look(inspection, of)?, Look::Missing)
    {
        let is_forgotten = matches!(early(inspection, of, key)?, Early::Unknown);
        let name = settlement_name(of);
        let (waits, counts) = (
            format!("it waits for {name}, but is not noted there"),
            format!("it counts a return of {name}, which is not there"),
        );
        inspection.rules(
            what,
            &[(is_forgotten, &waits), (!row.counted.is_empty(), &counts)],
        );
    }
    if let Some(by) = &row.voided_by {
        let is_void = match look(inspection, by)? {
            Look::There(void) => void.kind == Kind::Void && void.of.as_ref() == Some(key),
            Look::Missing => false,
            Look::Unreadable => true,
        };
        let wrong = format!(
            "it was voided by {}, which is no void of it",
            settlement_name(by)
        );
        inspection.rules(what, &[(!is_void, &wrong)]);
    }
    Ok(())
}

/// How a settlement stands with an original that has not arrived.
enum Early {
    /// It is noted and will take effect.
    Waits,
    /// So many were noted that it never will.
    TooLate,
    /// It should be noted and is not.
    Unknown,
    /// The note cannot be read.
    Unreadable,
}

fn early(
    inspection: &Inspection<'_>,
    of: &SettlementKey,
    by: &SettlementKey,
) -> Result<Early, Fault> {
    let row_key = key::settlement(Row::Early, of);
    Ok(
        match inspection.look(Space::Facts, &row_key, decode_early)? {
            Look::There(waiting) if waiting.contains(by) => Early::Waits,
            Look::There(waiting) if waiting.len() >= EARLY_MAX => Early::TooLate,
            Look::There(_) | Look::Missing => Early::Unknown,
            Look::Unreadable => Early::Unreadable,
        },
    )
}

/// What a settlement adds to the totals of its day and its owner; none if that cannot be known. A
/// void takes away what its original added if it took effect, counts as the void of a sale while it
/// waits, and otherwise adds nothing.
pub(super) fn contribution(
    inspection: &Inspection<'_>,
    key: &SettlementKey,
    row: &SettlementRow,
) -> Result<Option<Sum>, Fault> {
    let (Kind::Void, Some(of)) = (row.kind, &row.of) else {
        return Ok(Some(signed(row.kind, row.total)));
    };
    let row_key = key::settlement(Row::Settlement, of);
    Ok(
        match inspection.look(Space::Facts, &row_key, SettlementRow::decode)? {
            Look::There(original) if original.voided_by.as_ref() == Some(key) => {
                let added = signed(original.kind, original.total);
                Some(Sum::from_minor(-added.minor()))
            }
            Look::There(_) => Some(Sum::ZERO),
            Look::Missing => match early(inspection, of, key)? {
                Early::Waits => Some(signed(Kind::Void, row.total)),
                Early::TooLate => Some(Sum::ZERO),
                Early::Unknown | Early::Unreadable => None,
            },
            Look::Unreadable => None,
        },
    )
}

/// Checks what waits for originals that have not arrived.
pub(super) fn check_early(inspection: &mut Inspection<'_>) -> Result<(), Fault> {
    inspection.begin_stage("early returns", None);
    let name = |of: &SettlementKey| format!("early returns of {}", settlement_name(of));
    for pair in inspection.rows(Space::Facts, Row::Early) {
        let pair = pair?;
        inspection.step();
        let read = inspection.read(Row::Early, &pair, keys::settlement, name, decode_early)?;
        let Some((of, waiting)) = read else { continue };
        let what = name(&of);
        let arrived = inspection.exists(Space::Facts, &key::settlement(Row::Settlement, &of))?;
        let mut distinct: Vec<&SettlementKey> = waiting.iter().collect();
        distinct.sort_unstable();
        distinct.dedup();
        inspection.rules(
            &what,
            &[
                (arrived, "the original is there, and they still wait"),
                (waiting.is_empty(), "nothing waits"),
                (distinct.len() != waiting.len(), "one of them waits twice"),
            ],
        );
        for by in &waiting {
            let row_key = key::settlement(Row::Settlement, by);
            let is_of = match inspection.look(Space::Facts, &row_key, SettlementRow::decode)? {
                Look::There(row) => row.of.as_ref() == Some(&of),
                Look::Missing => false,
                Look::Unreadable => true,
            };
            let wrong = format!(
                "{} waits, which speaks of something else",
                settlement_name(by)
            );
            inspection.rules(&what, &[(!is_of, &wrong)]);
        }
    }
    Ok(())
}

fn day_name((store_id, date): &(StoreId, BusinessDate)) -> String {
    format!("day {date} of {store_id}")
}
