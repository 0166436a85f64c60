//! The sums of one currency as they are shown: the whole, a picture over the time, and tables whose rows add up
//! to the whole.

use super::super::chart::{self, Bar, Said};
use super::super::dates;
use super::super::item::known_as;
use super::super::language::Lang;
use super::{axis, nothing};
use crate::figures::show_minor;
use crate::own_words::OwnNames;
use crate::spending::{Focus, Month, Part, Spent};
use crate::ware::Ware;
use maud::{Markup, html};
use purchase::money::Currency;

/// Rows of a table before everything else is one row.
const ROWS_MAX: usize = 12;
/// Rows of the table of items.
const ITEMS_MAX: usize = 20;

/// One currency of a focus, as it is shown.
pub(super) struct Shown<'a> {
    pub(super) lang: Lang,
    pub(super) focus: Focus,
    pub(super) currency: Currency,
    pub(super) spent: &'a Spent,
    pub(super) own: &'a OwnNames,
}

impl Shown<'_> {
    pub(super) fn body(&self) -> Markup {
        let words = self.lang.of_spending();
        html! {
            (self.whole())
            @if self.spent.shops.is_empty() {
                (nothing(self.lang))
            } @else {
                (self.picture())
                (self.shops())
                (self.categories())
                (self.items())
                p.soft.small { (words.counted) }
            }
            p.aside { a href="/shops" { (words.shops) } }
        }
    }

    /// The total, and what it is compared with.
    fn whole(&self) -> Markup {
        let words = self.lang.of_spending();
        let spent = self.spent;
        let before = match self.focus {
            Focus::Month(month) => month
                .before()
                .map(|before| spent.months.get(&before).copied().unwrap_or_default()),
            Focus::Year(year) => Some(spent.year(year.saturating_sub(1))),
        };
        let (label, average) = match self.focus {
            Focus::Month(month) => (words.month_before, month.parts().0),
            Focus::Year(year) => (words.year_before, year),
        };
        html! {
            section.card.whole {
                p.soft { (words.spent) }
                p.large { (self.money(spent.total.minor())) }
                p.soft { ((words.sales)(spent.sales)) }
                dl.sums {
                    @if let Some(before) = before {
                        @let more = spent.total.minor() - before.minor();
                        dt { (label) }
                        dd { (self.money(before.minor())) " " span.soft { "(" (if more > 0 { "+" } else { "" }) (self.money(more)) ")" } }
                    }
                    @if let Some(average) = spent.average(average).map(|sum| sum.minor()) {
                        dt { ((words.average)(self.year())) } dd { (self.money(average)) }
                    }
                }
            }
        }
    }

    const fn year(&self) -> u16 {
        match self.focus {
            Focus::Month(month) => month.parts().0,
            Focus::Year(year) => year,
        }
    }

    /// The days of the month, or the months of the year, with the table beside.
    fn picture(&self) -> Markup {
        let words = self.lang.of_spending();
        let rows = self.rows();
        let (heading, head) = match self.focus {
            Focus::Month(_) => (words.by_day, words.day),
            Focus::Year(_) => (words.by_month, words.month),
        };
        let highest = rows.iter().max_by_key(|row| row.value);
        let description = highest.map_or_else(String::new, |row| {
            (words.highest)(&row.name, &self.money(row.value))
        });
        let title = (words.chart)(heading);
        let bars: Vec<_> = rows.iter().map(|row| self.bar(row)).collect();
        let said = Said {
            id: "over-time",
            title: &title,
            description: &description,
        };
        html! {
            section.part aria-labelledby="by-time" {
                h2 #by-time { (heading) }
                (chart::bars(said, &bars, &|value, step| axis(self.lang, self.currency, value, step)))
                details {
                    summary { (words.as_table) }
                    table {
                        thead { tr { th scope="col" { (head) } th.number scope="col" { (words.amount) } } }
                        tbody {
                            @for row in rows.iter().filter(|row| row.is_there) {
                                tr {
                                    th scope="row" {
                                        @match &row.path { Some(path) => a href=(path) { (row.name) }, None => (row.name) }
                                    }
                                    td.number { (self.money(row.value)) }
                                }
                            }
                        }
                        tfoot { tr { th scope="row" { (words.total) } td.number { (self.money(self.spent.total.minor())) } } }
                    }
                }
            }
        }
    }

    fn bar(&self, row: &Row) -> Bar {
        Bar {
            label: row.label.clone(),
            hint: format!("{}: {}", row.name, self.money(row.value)),
            value: row.value,
        }
    }

    fn rows(&self) -> Vec<Row> {
        match self.focus {
            Focus::Month(month) => (1..=month.days())
                .map(|day| {
                    let (year, of_year) = month.parts();
                    let sum = self.spent.days.get(&day);
                    let date = format!("{year:04}-{of_year:02}-{day:02}");
                    Row {
                        label: if day % 7 == 1 {
                            day.to_string()
                        } else {
                            String::new()
                        },
                        name: dates::day(self.lang, &date),
                        path: None,
                        value: sum.map_or(0, |sum| sum.minor()),
                        is_there: sum.is_some(),
                    }
                })
                .collect(),
            Focus::Year(year) => (1..=12)
                .filter_map(|number| {
                    let month = Month::new(year, number)?;
                    let sum = self.spent.months.get(&month);
                    Some(Row {
                        label: number.to_string(),
                        name: dates::month(self.lang, year, number),
                        path: Some(format!("/months/{month}?currency={}", self.currency.code())),
                        value: sum.map_or(0, |sum| sum.minor()),
                        is_there: sum.is_some(),
                    })
                })
                .collect(),
        }
    }

    fn shops(&self) -> Markup {
        let words = self.lang.of_spending();
        let (parts, others) = self.spent.shops.largest(ROWS_MAX);
        let mut rows: Vec<_> = parts
            .into_iter()
            .map(|(store_id, part)| Slice {
                is_one: true,
                name: html! { a href={ "/shops/" (store_id) } { bdi { (part.name) } } },
                amount: part.amount.minor(),
                times: Some(part.times),
            })
            .collect();
        rows.extend(others.map(|others| self.others(&others)));
        self.slices("by-shop", words.by_shop, words.shop, &rows)
    }

    fn categories(&self) -> Markup {
        let words = self.lang.of_spending();
        let (parts, others) = self.spent.categories.largest(ROWS_MAX);
        let mut rows: Vec<_> = parts
            .into_iter()
            .map(|(category, part)| Slice {
                is_one: true,
                name: match category {
                    Some(_) => html! { bdi { (part.name) } },
                    None => html! { (words.no_category) },
                },
                amount: part.amount.minor(),
                times: None,
            })
            .collect();
        rows.extend(others.map(|others| Slice {
            times: None,
            ..self.others(&others)
        }));
        rows.extend(self.beside());
        self.slices("by-category", words.by_category, words.category, &rows)
    }

    fn items(&self) -> Markup {
        let words = self.lang.of_spending();
        let (parts, others) = self.spent.items.largest(ITEMS_MAX);
        let mut rows: Vec<_> = parts
            .into_iter()
            .map(|(ware, part)| self.item(ware.as_ref(), part))
            .collect();
        rows.extend(others.map(|others| self.others(&others)));
        rows.extend(self.beside());
        self.slices("by-item", words.by_item, words.item, &rows)
    }

    fn item(&self, ware: Option<&Ware>, part: &Part) -> Slice {
        let own = ware.and_then(|ware| self.own.get(ware));
        let name = known_as(own, &part.name);
        Slice {
            is_one: true,
            name: match ware {
                Some(ware) => html! { a href=(ware.path()) { (name) } },
                None => name,
            },
            amount: part.amount.minor(),
            times: Some(part.times),
        }
    }

    fn others(&self, others: &Part) -> Slice {
        Slice {
            is_one: false,
            name: html! { (self.lang.of_spending().others) },
            amount: others.amount.minor(),
            times: Some(others.times),
        }
    }

    /// What of the total is no item, in rows of its own, so that the rows add up to the total.
    fn beside(&self) -> impl Iterator<Item = Slice> {
        let words = self.lang.of_spending();
        self.spent.beside.iter().map(|(beside, sum)| Slice {
            is_one: false,
            name: html! { ((words.beside)(*beside)) },
            amount: sum.minor(),
            times: None,
        })
    }

    /// Rows that add up to the total.
    fn slices(&self, id: &str, heading: &str, head: &str, rows: &[Slice]) -> Markup {
        let words = self.lang.of_spending();
        let total = self.spent.total.minor();
        let largest = rows
            .iter()
            .filter(|row| row.is_one)
            .map(|row| row.amount)
            .max();
        let largest = largest.unwrap_or(0);
        // Things of a category are many, and how many says nothing.
        let is_counted = rows.iter().any(|row| row.times.is_some());
        html! {
            section.part aria-labelledby=(id) {
                h2 id=(id) { (heading) }
                table.slices {
                    thead { tr {
                        th scope="col" { (head) }
                        @if is_counted { th.number scope="col" { (words.times_head) } }
                        th.number.of scope="col" { (words.share) }
                        th.number scope="col" { (words.amount) }
                    } }
                    tbody {
                        @for row in rows {
                            tr {
                                th scope="row" { (row.name) @if row.is_one { (chart::share(row.amount, largest)) } }
                                @if is_counted { td.number.soft { @if let Some(times) = row.times { (times) } } }
                                td.number.soft.of { (percent(row.amount, total)) }
                                td.number { (self.money(row.amount)) }
                            }
                        }
                    }
                    tfoot { tr { th scope="row" { (words.total) } @if is_counted { td {} } td.of {} td.number { (self.money(total)) } } }
                }
            }
        }
    }

    fn money(&self, minor: i128) -> String {
        show_minor(minor, self.currency)
    }
}

/// One day or month of the picture.
struct Row {
    label: String,
    name: String,
    path: Option<String>,
    value: i128,
    /// Whether anything was bought in it.
    is_there: bool,
}

/// One row of a table whose rows add up.
struct Slice {
    /// Whether it is one thing, and not all others together.
    is_one: bool,
    name: Markup,
    amount: i128,
    times: Option<u64>,
}

/// A share of the total in whole percent; nothing where that says nothing.
fn percent(amount: i128, total: i128) -> String {
    match total > 0 && amount >= 0 {
        true => format!("{}%", (amount * 100 + total / 2) / total),
        false => String::new(),
    }
}
