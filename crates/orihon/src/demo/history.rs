//! Eighteen months of shopping, day by day up to now: when the person goes where. What is bought
//! there is a matter of `habit`; the few unusual things that happened are told in `episode`.

use super::dice::Dice;
use super::episode;
use super::habit::Life;
use super::habit::season::has_pollen;
use super::message::Settlement;
use anyhow::Context;
use jiff::ToSpan;
use jiff::civil::{Date, DateTime, Weekday};

/// How far back the story goes.
pub(super) const MONTHS: i64 = 18;
/// What was paid so shortly before now is still on its way from the till.
const MINUTES_BEFORE_NOW: i64 = 3;
/// Days between two haircuts, before the next weekend.
const HAIRCUT_DAYS: (i64, i64) = (33, 44);

/// The first day of the story.
pub(super) fn first_day(now: DateTime) -> anyhow::Result<Date> {
    now.date()
        .checked_sub(MONTHS.months())
        .context("the machine's clock is out of range")
}

/// Everything bought up to `now`, in the order in which it was paid.
pub(super) fn history(life: &mut Life<'_>, now: DateTime) -> anyhow::Result<Vec<Settlement>> {
    let until = now.checked_sub(MINUTES_BEFORE_NOW.minutes())?;
    let mut week = Week::default();
    let mut settlements = Vec::new();
    let mut day = first_day(now)?;
    week.next_haircut = day.checked_add(9.days()).ok();
    while day <= until.date() {
        for (at, visit) in visits(life, &mut week, day)? {
            if at <= until {
                settlements.push(visit.go(life, at)?);
            }
        }
        day = day.tomorrow()?;
    }
    settlements.extend(episode::episodes(life, until)?);
    settlements.sort_by(|left, right| left.purchased_at.cmp(&right.purchased_at));
    Ok(settlements)
}

/// A way to go shopping.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Visit {
    BigShop,
    DinnerShop,
    LunchShop,
    Drugstore,
    Cafe,
    Salon,
}

impl Visit {
    /// Goes there and pays at `at`.
    pub(super) fn go(self, life: &mut Life<'_>, at: DateTime) -> anyhow::Result<Settlement> {
        match self {
            Self::BigShop => life.big_shop(at),
            Self::DinnerShop => life.dinner_shop(at),
            Self::LunchShop => life.lunch_shop(at),
            Self::Drugstore => life.drugstore_visit(at),
            Self::Cafe => life.cafe_visit(at),
            Self::Salon => life.salon_visit(at),
        }
    }
}

/// What is remembered from day to day.
#[derive(Default)]
struct Week {
    is_stocked: bool,
    next_haircut: Option<Date>,
}

/// The visits of a day, in order of time.
fn visits(
    life: &mut Life<'_>,
    week: &mut Week,
    day: Date,
) -> anyhow::Result<Vec<(DateTime, Visit)>> {
    let must_buy_for_feast = life.must_buy_for_feast(day);
    let dice = &mut life.dice;
    let mut visits = Vec::new();
    if is_away(day) {
        return Ok(visits);
    }
    match day.weekday() {
        Weekday::Saturday | Weekday::Sunday => weekend(week, day, dice, &mut visits)?,
        Weekday::Monday
        | Weekday::Tuesday
        | Weekday::Wednesday
        | Weekday::Thursday
        | Weekday::Friday => {
            week.is_stocked = false;
            workday(day, dice, &mut visits);
        }
    }
    if (day.month(), day.day()) == (12, 30) {
        visits.retain(|(_, visit)| *visit != Visit::BigShop);
        visits.push((between(day, (10, 0), (11, 30), dice), Visit::BigShop));
    }
    let shops_for_dinner =
        |(_, visit): &(DateTime, Visit)| matches!(visit, Visit::BigShop | Visit::DinnerShop);
    if must_buy_for_feast && !visits.iter().any(shops_for_dinner) {
        visits.push((between(day, (17, 45), (19, 10), dice), Visit::DinnerShop));
    }
    visits.sort_by_key(|(at, _)| *at);
    Ok(visits)
}

fn weekend(
    week: &mut Week,
    day: Date,
    dice: &mut Dice,
    visits: &mut Vec<(DateTime, Visit)>,
) -> anyhow::Result<()> {
    if !week.is_stocked && (day.weekday() == Weekday::Sunday || dice.chance(70)) {
        week.is_stocked = true;
        visits.push((between(day, (10, 20), (11, 50), dice), Visit::BigShop));
    }
    if week.next_haircut.is_some_and(|next| next <= day) {
        let days = dice.between(HAIRCUT_DAYS.0..=HAIRCUT_DAYS.1);
        week.next_haircut = Some(day.checked_add(days.days())?);
        visits.push((between(day, (15, 10), (17, 30), dice), Visit::Salon));
    }
    if dice.chance(30) {
        visits.push((between(day, (13, 10), (14, 50), dice), Visit::Cafe));
    }
    if dice.chance(if has_pollen(day) { 25 } else { 15 }) {
        visits.push((between(day, (12, 0), (13, 0), dice), Visit::Drugstore));
    }
    Ok(())
}

fn workday(day: Date, dice: &mut Dice, visits: &mut Vec<(DateTime, Visit)>) {
    if dice.chance(9) {
        visits.push((between(day, (8, 5), (8, 50), dice), Visit::Cafe));
    }
    if dice.chance(7) {
        visits.push((between(day, (12, 5), (12, 55), dice), Visit::LunchShop));
    }
    if dice.chance(8) {
        visits.push((between(day, (18, 0), (18, 40), dice), Visit::Cafe));
    }
    if dice.chance(10) {
        visits.push((between(day, (18, 45), (19, 5), dice), Visit::Drugstore));
    }
    if dice.chance(30) {
        visits.push((between(day, (19, 10), (21, 30), dice), Visit::DinnerShop));
    }
}

/// With the parents in the country: the feast of the dead, and the first days of the year.
fn is_away(day: Date) -> bool {
    matches!((day.month(), day.day()), (8, 14..=16) | (1, 1..=3))
}

/// A time of the day between two others, to the second.
fn between(day: Date, from: (i8, i8), to: (i8, i8), dice: &mut Dice) -> DateTime {
    let seconds = |(hour, minute): (i8, i8)| i64::from(hour) * 3_600 + i64::from(minute) * 60;
    let after_midnight = dice.between(seconds(from)..=seconds(to));
    let midnight = day.at(0, 0, 0, 0);
    // Every second of a day is a time of it, so the other branch is never taken.
    midnight
        .checked_add(after_midnight.seconds())
        .unwrap_or(midnight)
}
