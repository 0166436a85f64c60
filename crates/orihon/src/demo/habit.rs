//! The habits of the person in the demo: what runs out and is bought again, and a visit to each of
//! the shops at a given time. When the visits happen is told in `history`.

use super::dice::Dice;
use super::purse::Purse;
use super::shop::Town;
use jiff::ToSpan;
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};

mod cafe;
mod drugstore;
mod salon;
pub(super) mod season;
mod supermarket;

/// The person, between two visits.
pub(super) struct Life<'t> {
    pub(super) town: &'t Town,
    pub(super) user_id: &'t str,
    pub(super) dice: Dice,
    pub(super) purse: Purse,
    pantry: Pantry,
    haircuts: u32,
    /// The feasts that were kept, by year and first day.
    feasts: BTreeSet<(i16, (i8, i8))>,
}

impl<'t> Life<'t> {
    pub(super) fn new(town: &'t Town, user_id: &'t str, seed: u64) -> Self {
        Self {
            town,
            user_id,
            dice: Dice::new(seed),
            purse: Purse::default(),
            pantry: Pantry::default(),
            haircuts: 0,
            feasts: BTreeSet::new(),
        }
    }

    /// Is this the last day to buy for a feast that nothing was bought for yet?
    pub(super) fn must_buy_for_feast(&self, day: Date) -> bool {
        season::feast_of(day).is_some_and(|feast| {
            feast.ends_on(day) && !self.feasts.contains(&(day.year(), feast.from))
        })
    }

    /// What the feast of the day asks for, once a year.
    fn take_feast(&mut self, day: Date) -> &'static [&'static str] {
        match season::feast_of(day) {
            Some(feast) if self.feasts.insert((day.year(), feast.from)) => feast.slugs,
            Some(_) | None => &[],
        }
    }
}

/// Something that runs out after so many days.
struct Staple {
    slug: &'static str,
    days_min: i64,
    days_max: i64,
    stock: Stock,
}

/// What was in the cupboard before it was first looked into.
#[derive(Clone, Copy)]
enum Stock {
    /// Some, each to another height.
    Some,
    /// Nothing: it is wanted at once.
    Nothing,
}

const fn staple(slug: &'static str, days_min: i64, days_max: i64) -> Staple {
    Staple {
        slug,
        days_min,
        days_max,
        stock: Stock::Some,
    }
}

const fn wanted(slug: &'static str, days_min: i64, days_max: i64) -> Staple {
    Staple {
        slug,
        days_min,
        days_max,
        stock: Stock::Nothing,
    }
}

/// When each staple runs out.
#[derive(Default)]
struct Pantry(BTreeMap<&'static str, Date>);

impl Pantry {
    /// What has run out by `day`; it counts as bought then.
    fn take_due(
        &mut self,
        staples: &[Staple],
        day: Date,
        dice: &mut Dice,
    ) -> anyhow::Result<Vec<&'static str>> {
        let mut due = Vec::new();
        for staple in staples {
            let runs_out = match (self.0.get(staple.slug), staple.stock) {
                (Some(runs_out), _) => *runs_out,
                (None, Stock::Nothing) => day,
                (None, Stock::Some) => day.checked_add(dice.between(0..=staple.days_max).days())?,
            };
            if runs_out <= day {
                due.push(staple.slug);
                let days = dice.between(staple.days_min..=staple.days_max);
                self.0.insert(staple.slug, day.checked_add(days.days())?);
            } else {
                self.0.insert(staple.slug, runs_out);
            }
        }
        Ok(due)
    }
}
