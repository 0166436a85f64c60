//! What a shop has on its shelves, read from a table, and how that changed over time: prices that
//! rose, items that came and went. Knows nothing of customers.

use anyhow::{Context, bail};
use jiff::ToSpan;
use jiff::civil::Date;

/// The columns of a shelf's table.
const COLUMNS: usize = 10;
/// How often an item is bought if its row does not say, against its neighbours.
const WEIGHT: i64 = 10;
/// How long ago a change that comes every year must be, so that sales lie on both sides of it.
const YEARLY_CHANGE_DAYS_MIN: i64 = 60;

/// A rate of Japan's consumption tax.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rate {
    /// 8 %: food and drink to carry home.
    Reduced,
    /// 10 %: everything else.
    Full,
}

impl Rate {
    pub(super) const ALL: [Self; 2] = [Self::Reduced, Self::Full];

    pub(super) const fn percent(self) -> i64 {
        match self {
            Self::Reduced => 8,
            Self::Full => 10,
        }
    }

    pub(super) const fn text(self) -> &'static str {
        match self {
            Self::Reduced => "8",
            Self::Full => "10",
        }
    }
}

/// Goods, or a service that takes time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Nature {
    Goods,
    Service { minutes: i64 },
}

/// When the catalogue learnt of an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Listing {
    /// In good time.
    Early,
    /// After it had been sold already.
    Late,
}

/// Whether buyers may want it hidden.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Discretion {
    Open,
    Sensitive,
}

/// One item of a shelf.
#[derive(Debug)]
pub(super) struct Ware {
    /// What habits call it; unlike codes, never used for two items.
    pub(super) slug: &'static str,
    pub(super) code: &'static str,
    pub(super) name: &'static str,
    pub(super) short_name: &'static str,
    pub(super) reading: &'static str,
    pub(super) size: &'static str,
    pub(super) category: &'static str,
    pub(super) first_price: i64,
    pub(super) rate: Rate,
    pub(super) unit: Option<&'static str>,
    pub(super) weight: i64,
    /// First and last month on the shelf; the first may be the later one.
    pub(super) months: Option<(i8, i8)>,
    pub(super) since: Option<Date>,
    pub(super) until: Option<Date>,
    pub(super) rise: Option<(Date, i64)>,
    pub(super) listing: Listing,
    pub(super) nature: Nature,
    pub(super) discretion: Discretion,
}

impl Ware {
    /// The price on a day, as the shop writes prices: with or without tax.
    pub(super) fn price_on(&self, day: Date) -> i64 {
        match self.rise {
            Some((from, price)) if from <= day => price,
            Some(_) | None => self.first_price,
        }
    }

    fn is_on_sale(&self, day: Date) -> bool {
        let in_season = self.months.is_none_or(|(first, last)| {
            let month = day.month();
            if first <= last {
                (first..=last).contains(&month)
            } else {
                month >= first || month <= last
            }
        });
        in_season
            && self.since.is_none_or(|since| since <= day)
            && self.until.is_none_or(|until| day < until)
    }
}

/// All items of a shop.
#[derive(Debug)]
pub(super) struct Shelf(Vec<Ware>);

impl Shelf {
    /// Reads a table; days are counted back from `today`.
    pub(super) fn read(table: &'static str, today: Date) -> anyhow::Result<Self> {
        table
            .lines()
            .filter(|line| !line.is_empty() && !line.starts_with('#'))
            .map(|line| row(line, today).with_context(|| format!("in the shelf's row {line:?}")))
            .collect::<anyhow::Result<_>>()
            .map(Self)
    }

    pub(super) fn wares(&self) -> &[Ware] {
        &self.0
    }

    /// The item that habits call `slug`.
    pub(super) fn ware(&self, slug: &str) -> anyhow::Result<&Ware> {
        self.0
            .iter()
            .find(|ware| ware.slug == slug)
            .with_context(|| format!("no shelf has {slug:?}"))
    }

    /// What of a category a customer may come across on a day.
    pub(super) fn on_sale(&self, category: &str, day: Date) -> Vec<&Ware> {
        self.0
            .iter()
            .filter(|ware| ware.category == category && ware.is_on_sale(day))
            .collect()
    }
}

fn row(line: &'static str, today: Date) -> anyhow::Result<Ware> {
    let columns: Vec<&'static str> = line.split('\t').collect();
    let Ok(columns) = <[&'static str; COLUMNS]>::try_from(columns) else {
        bail!("a row has {COLUMNS} columns");
    };
    let [
        slug,
        code,
        name,
        short_name,
        reading,
        size,
        category,
        price,
        percent,
        more,
    ] = columns;
    let rate = Rate::ALL.into_iter().find(|rate| rate.text() == percent);
    let mut ware = Ware {
        slug,
        code,
        name,
        short_name,
        reading,
        size,
        category,
        first_price: price.parse()?,
        rate: rate.context("the tax is 8 or 10")?,
        unit: None,
        weight: WEIGHT,
        months: None,
        since: None,
        until: None,
        rise: None,
        listing: Listing::Early,
        nature: Nature::Goods,
        discretion: Discretion::Open,
    };
    for word in more.split_whitespace() {
        apply(&mut ware, word, today).with_context(|| format!("at {word:?}"))?;
    }
    Ok(ware)
}

fn apply(ware: &mut Ware, word: &'static str, today: Date) -> anyhow::Result<()> {
    match word.split_once('=') {
        None if word == "late" => ware.listing = Listing::Late,
        None if word == "sensitive" => ware.discretion = Discretion::Sensitive,
        Some(("unit", unit)) => ware.unit = Some(unit),
        Some(("w", weight)) => ware.weight = weight.parse()?,
        Some(("service", minutes)) => {
            ware.nature = Nature::Service {
                minutes: minutes.parse()?,
            };
        }
        Some(("since", when)) => ware.since = Some(change_day(when, today)?),
        Some(("until", when)) => ware.until = Some(change_day(when, today)?),
        Some(("months", months)) => {
            let (first, last) = months.split_once('-').context("months are FROM-TO")?;
            ware.months = Some((first.parse()?, last.parse()?));
        }
        Some(("rise", rise)) => {
            let (days, price) = rise.split_once(':').context("a rise is DAYS:PRICE")?;
            ware.rise = Some((change_day(days, today)?, price.parse()?));
        }
        Some(_) | None => bail!("nobody knows this word"),
    }
    Ok(())
}

/// A number of days ago, or the last such day of a year that is long enough ago.
fn change_day(when: &str, today: Date) -> anyhow::Result<Date> {
    let Some((month, day)) = when.split_once('-') else {
        let days: i64 = when.parse()?;
        return Ok(today.checked_sub(days.days())?);
    };
    let latest = today.checked_sub(YEARLY_CHANGE_DAYS_MIN.days())?;
    let this_year = Date::new(latest.year(), month.parse()?, day.parse()?)?;
    if this_year <= latest {
        Ok(this_year)
    } else {
        Ok(this_year.checked_sub(1.years())?)
    }
}
