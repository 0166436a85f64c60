//! What returns and voids do to the settlement they speak of, in whichever order they arrive.

use super::draft::Draft;
use super::foresee;
use super::key::{self, Kind as Row, Space};
use super::owed::{self, Owed};
use super::refile::refile;
use super::settle::signed;
use super::value::purchase_row::{EventKind, PurchaseRow, StandingRow};
use super::value::settlement::{DayRow, EARLY_MAX, SettlementRow, decode_early, encode_early};
use crate::fault::Fault;
use crate::write::Refusal;
use purchase::id::{OwnerId, SettlementKey};
use purchase::money::{Amount, Sum};
use purchase::returns::{Fit, give_again, has_returns, take_back};
use purchase::settlement::{Buyer, Content, Kind, LineNumber};
use purchase::warning::Warning;

/// What a new settlement does to another one.
pub(crate) enum Effect {
    /// Nothing.
    None,
    /// It speaks of one that has not arrived.
    Waits { of: SettlementKey },
    /// It speaks of one that has not arrived, for which as many wait as ever may: it will never
    /// take effect.
    TooMany,
    /// Something of the original came back; `original` counts it already.
    Returned {
        of: SettlementKey,
        original: Box<SettlementRow>,
        counted: Vec<(LineNumber, u64)>,
        fit: Fit,
    },
    /// The original is taken back whole.
    Voided {
        of: SettlementKey,
        original: Box<SettlementRow>,
    },
}

impl Effect {
    pub(crate) fn original(&self) -> Option<&SettlementRow> {
        match self {
            Self::None | Self::Waits { .. } | Self::TooMany => None,
            Self::Returned { original, .. } | Self::Voided { original, .. } => Some(original),
        }
    }

    pub(crate) const fn fit(&self) -> Fit {
        match self {
            Self::Returned { fit, .. } => *fit,
            Self::None | Self::Waits { .. } | Self::TooMany | Self::Voided { .. } => Fit::Within,
        }
    }

    pub(crate) fn counted(&self) -> Vec<(LineNumber, u64)> {
        match self {
            Self::Returned { counted, .. } => counted.clone(),
            Self::None | Self::Waits { .. } | Self::TooMany | Self::Voided { .. } => Vec::new(),
        }
    }

    /// What the new settlement adds to totals. A void takes away what its original added; one that
    /// waits is taken for the void of a sale until its original says otherwise; one that will never
    /// take effect adds nothing.
    pub(crate) fn contribution(&self, kind: Kind, total: Amount) -> Sum {
        match self {
            Self::Voided { original, .. } => negative(signed(original.kind, original.total)),
            Self::TooMany if kind == Kind::Void => Sum::ZERO,
            Self::None | Self::Waits { .. } | Self::TooMany | Self::Returned { .. } => {
                signed(kind, total)
            }
        }
    }
}

fn negative(sum: Sum) -> Sum {
    Sum::from_minor(-sum.minor())
}

/// Looks at the original of a new settlement and works out the effect; changes nothing.
pub(crate) fn look(draft: &Draft<'_>, content: &Content) -> Result<Result<Effect, Refusal>, Fault> {
    let Some(of) = &content.of else {
        return Ok(Ok(Effect::None));
    };
    let row_key = key::settlement(Row::Settlement, &of.key);
    let Some(mut original) = draft.read(Space::Facts, &row_key, SettlementRow::decode)? else {
        let waiting = waiting_for(draft, &of.key)?;
        return Ok(Ok(if waiting.len() < EARLY_MAX {
            Effect::Waits { of: of.key.clone() }
        } else {
            Effect::TooMany
        }));
    };
    let of_key = of.key.clone();
    Ok(match content.kind {
        Kind::Sale => Ok(Effect::None),
        Kind::Return => {
            let standing = original.standing();
            let (counted, fit) = take_back(&mut original.lines, standing, &of.lines);
            let counted = of
                .lines
                .iter()
                .map(|entry| entry.line)
                .zip(counted)
                .collect();
            Ok(Effect::Returned {
                of: of_key,
                original: Box::new(original),
                counted,
                fit,
            })
        }
        Kind::Void if original.kind == Kind::Void => Err(Refusal::VoidOfVoid),
        Kind::Void if original.voided_by.is_some() => Err(Refusal::AlreadyVoided),
        Kind::Void if has_returns(&original.lines) => Err(Refusal::HasReturns),
        Kind::Void if original.total != content.total => Err(Refusal::VoidTotal {
            expected: original.total,
        }),
        Kind::Void => Ok(Effect::Voided {
            of: of_key,
            original: Box::new(original),
        }),
    })
}

/// The returns and voids that came before the settlement `of`, which has not arrived.
fn waiting_for(draft: &Draft<'_>, of: &SettlementKey) -> Result<Vec<SettlementKey>, Fault> {
    let row_key = key::settlement(Row::Early, of);
    let early = draft.read(Space::Facts, &row_key, decode_early)?;
    Ok(early.unwrap_or_default())
}

/// Writes the effect of the settlement `by`, which is filed already.
pub(crate) fn apply(
    draft: &mut Draft<'_>,
    by: &SettlementKey,
    effect: Effect,
) -> Result<(), Fault> {
    match effect {
        Effect::None | Effect::TooMany => Ok(()),
        Effect::Waits { of } => {
            let mut early = waiting_for(draft, &of)?;
            early.push(by.clone());
            let row_key = key::settlement(Row::Early, &of);
            draft.put(Space::Facts, row_key, encode_early(&early));
            Ok(())
        }
        Effect::Returned { of, original, .. } => put_changed(draft, &of, &original),
        Effect::Voided { of, original } => void(draft, by, &of, *original),
    }
}

fn void(
    draft: &mut Draft<'_>,
    by: &SettlementKey,
    of: &SettlementKey,
    mut original: SettlementRow,
) -> Result<(), Fault> {
    original.voided_by = Some(by.clone());
    put_changed(draft, of, &original)?;
    // A voided return gives its goods back to the sale that they came from.
    let (Kind::Return, Some(sale_key)) = (original.kind, &original.of) else {
        return Ok(());
    };
    let row_key = key::settlement(Row::Settlement, sale_key);
    if let Some(mut sale) = draft.read(Space::Facts, &row_key, SettlementRow::decode)? {
        give_again(&mut sale.lines, &original.counted);
        put_changed(draft, sale_key, &sale)?;
    }
    Ok(())
}

/// Writes a settlement whose lines or standing changed, for its store and for its owner.
fn put_changed(
    draft: &mut Draft<'_>,
    key: &SettlementKey,
    row: &SettlementRow,
) -> Result<(), Fault> {
    draft.put(
        Space::Facts,
        key::settlement(Row::Settlement, key),
        row.encode(),
    );
    let standing = StandingRow {
        returned_micros: row.lines.iter().map(|line| line.returned_micros).collect(),
        voided_by: row.voided_by.clone(),
    };
    let standing_key = key::standing(row.owner, row.purchase_id);
    draft.put(Space::Purchases, standing_key, standing.encode());
    owed::owe(
        draft,
        row.owner,
        Owed::Told(row.purchase_id, EventKind::Changed),
    );
    Ok(())
}

/// Lets the returns and voids that came before the settlement `key` take effect on it.
pub(crate) fn welcome(draft: &mut Draft<'_>, key: &SettlementKey) -> Result<(), Fault> {
    let row_key = key::settlement(Row::Early, key);
    let Some(early) = draft.read(Space::Facts, &row_key, decode_early)? else {
        return Ok(());
    };
    draft.take(Space::Facts, row_key);
    for by in &early {
        catch_up(draft, key, by)?;
    }
    Ok(())
}

fn catch_up(draft: &mut Draft<'_>, of: &SettlementKey, by: &SettlementKey) -> Result<(), Fault> {
    let read = |draft: &Draft<'_>, key: &SettlementKey| {
        let row_key = key::settlement(Row::Settlement, key);
        draft
            .read(Space::Facts, &row_key, SettlementRow::decode)?
            .ok_or_else(|| {
                Fault::damaged(format!("a return waits as {key:?}, which is not recorded"))
            })
    };
    let (mut original, mut early) = (read(draft, of)?, read(draft, by)?);
    let (owner, slot) = (original.owner, original.slot);
    if early.kind == Kind::Void {
        late_void(draft, (of, original.clone()), (by, &early))?;
    }
    if draft.is_erased(early.owner)? {
        // Nobody can read any more what such a return brought back.
        return Ok(());
    }
    let body = draft
        .ledger
        .open_row(draft, early.owner, early.purchase_id)?
        .body;
    let content = body.settlement.content();
    if let (Kind::Return, None, Some(link)) = (early.kind, &early.voided_by, &content.of) {
        let standing = original.standing();
        let (counted, fit) = take_back(&mut original.lines, standing, &link.lines);
        let lines = link.lines.iter().map(|entry| entry.line);
        early.counted = lines.zip(counted).collect();
        if fit == Fit::Over {
            warn_over(draft, &mut early)?;
        }
        let row_key = key::settlement(Row::Settlement, by);
        draft.put(Space::Facts, row_key, early.encode());
        put_changed(draft, of, &original)?;
    }
    // What a person has taken by its own claim code stays where it is.
    let is_nobodys = matches!(early.owner, OwnerId::Unclaimed(_));
    // Whom it names may have blocked the store since the sale, and the return goes along all the same.
    let is_named = foresee::buyer(&content.buyer).map(OwnerId::User) == Some(owner);
    if (content.buyer == Buyer::Absent || is_named) && is_nobodys && early.owner != owner {
        refile(draft, early.owner, (owner, slot))?;
    }
    Ok(())
}

/// What a recorded settlement adds to totals, as things stand now.
pub(crate) fn worth(
    draft: &Draft<'_>,
    key: &SettlementKey,
    row: &SettlementRow,
) -> Result<Sum, Fault> {
    let by_kind = signed(row.kind, row.total);
    let (Kind::Void, Some(of)) = (row.kind, &row.of) else {
        return Ok(by_kind);
    };
    let row_key = key::settlement(Row::Settlement, of);
    Ok(
        match draft.read(Space::Facts, &row_key, SettlementRow::decode)? {
            None if waiting_for(draft, of)?.contains(key) => by_kind,
            None => Sum::ZERO,
            Some(original) if original.voided_by.as_ref() == Some(key) => {
                negative(signed(original.kind, original.total))
            }
            Some(_) => Sum::ZERO,
        },
    )
}

/// A void that came before its original: it takes effect if it still can, and its own part in the
/// totals becomes what it should have been.
fn late_void(
    draft: &mut Draft<'_>,
    (of, original): (&SettlementKey, SettlementRow),
    (by, early): (&SettlementKey, &SettlementRow),
) -> Result<(), Fault> {
    let is_possible = original.kind != Kind::Void
        && original.voided_by.is_none()
        && original.total == early.total
        && !has_returns(&original.lines);
    let right = if is_possible {
        negative(signed(original.kind, original.total))
    } else {
        Sum::ZERO
    };
    let difference = right.join(negative(signed(Kind::Void, early.total)));
    if is_possible {
        void(draft, by, of, original)?;
    }
    if difference == Sum::ZERO {
        return Ok(());
    }
    let day_key = key::day(Row::Day, &by.store_id, by.business_date);
    let mut day = draft
        .read(Space::Facts, &day_key, DayRow::decode)?
        .unwrap_or_default();
    day.tally.add(early.currency, difference);
    draft.put(Space::Facts, day_key, day.encode());
    owed::owe(
        draft,
        early.owner,
        Owed::Corrected(early.currency, difference),
    );
    Ok(())
}

fn warn_over(draft: &mut Draft<'_>, row: &mut SettlementRow) -> Result<(), Fault> {
    row.warnings = row.warnings.with(Warning::OverReturned);
    let body_key = key::body(row.owner, row.purchase_id);
    if let Some(mut purchase) = draft.read(Space::Purchases, &body_key, PurchaseRow::decode)? {
        purchase.warnings = row.warnings;
        draft.put(Space::Purchases, body_key, purchase.encode());
    }
    Ok(())
}
