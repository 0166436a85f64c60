//! One item over all shops: what it cost, when and where, and the person's own name for it.

use super::chart::{self, LINES_MAX, Line, Point, Said};
use super::dates;
use super::language::Lang;
use super::layout::{Page, Tab};
use super::spending::axis;
use super::visitor::Holder;
use crate::app::App;
use crate::book::{self, Extent};
use crate::catalogues::aside;
use crate::counter::Counter;
use crate::figures::show_minor;
use crate::own_words::{self, OwnNames};
use crate::prices::{Bought, History, Measure, Prices};
use crate::reply::{Refused, Reply};
use crate::spending::Effect;
use crate::ware::Ware;
use axum::extract::{Path, Query, State};
use axum::response::{Redirect, Response};
use axum::routing::get;
use axum::{Form, Router};
use ledger::account::Range;
use maud::{Markup, html};
use purchase::code::Gtin;
use purchase::id::{ItemCode, StoreId};
use purchase::limits::TEXT_CHARS_MAX;
use purchase::text::Text;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Pairs of currency and unit that are shown of one item.
const MEASURES_MAX: usize = 6;
/// Purchases in a table.
const TOLD_ROWS: usize = 100;

/// Which item is asked for, where it has no article number.
#[derive(Deserialize)]
struct Asked {
    /// The store whose catalogue it is of.
    store: Option<String>,
    code: Option<String>,
    name: Option<String>,
}

/// What the form sends.
#[derive(Deserialize)]
struct Named {
    own: String,
}

pub(super) fn router() -> Router<Arc<App>> {
    Router::new()
        .route("/items", get(coded).post(name_coded))
        .route("/items/gtin/{gtin}", get(numbered).post(name_numbered))
}

async fn coded(
    holder: Holder,
    State(app): State<Arc<App>>,
    Query(asked): Query<Asked>,
) -> Reply<Response> {
    let ware = ware_of(&app, &asked)?;
    aside(move || page(&app, holder, ware)).await?
}

async fn numbered(
    holder: Holder,
    State(app): State<Arc<App>>,
    Path(gtin): Path<String>,
) -> Reply<Response> {
    let ware = Ware::Gtin(gtin_of(&gtin)?);
    aside(move || page(&app, holder, ware)).await?
}

async fn name_coded(
    holder: Holder,
    State(app): State<Arc<App>>,
    Query(asked): Query<Asked>,
    Form(named): Form<Named>,
) -> Reply<Redirect> {
    let ware = ware_of(&app, &asked)?;
    own_words::name(&app, holder.user_id, &ware, &named.own).await?;
    Ok(Redirect::to(&ware.path()))
}

async fn name_numbered(
    holder: Holder,
    State(app): State<Arc<App>>,
    Path(gtin): Path<String>,
    Form(named): Form<Named>,
) -> Reply<Redirect> {
    let ware = Ware::Gtin(gtin_of(&gtin)?);
    own_words::name(&app, holder.user_id, &ware, &named.own).await?;
    Ok(Redirect::to(&ware.path()))
}

fn gtin_of(text: &str) -> Reply<Gtin> {
    Gtin::parse(text).map_err(|_| Refused::not_found("item"))
}

fn ware_of(app: &App, asked: &Asked) -> Reply<Ware> {
    let unknown = || Refused::not_found("item");
    let store = asked.store.as_deref().ok_or_else(unknown)?;
    let store_id = StoreId::parse(store).map_err(|_| unknown())?;
    let counter = Counter::find(app, &store_id)?;
    match (&asked.code, &asked.name) {
        (Some(code), _) => {
            let code = ItemCode::parse(code).map_err(|_| unknown())?;
            Ok(Ware::coded(&code, &counter))
        }
        (None, Some(name)) => Ok(Ware::Name {
            source: counter.store.source().clone(),
            name: Text::new(name, TEXT_CHARS_MAX).map_err(|_| unknown())?,
        }),
        (None, None) => Err(unknown()),
    }
}

/// An item's name as its person knows it: the own name first, the shop's always beside it.
pub(super) fn known_as(own: Option<&str>, legal: &str) -> Markup {
    html! {
        @match own {
            Some(own) => { bdi { (own) } " " span.legal { "(" bdi { (legal) } ")" } },
            None => bdi { (legal) },
        }
    }
}

fn page(app: &App, holder: Holder, ware: Ware) -> Reply<Response> {
    let lang = holder.lang;
    let words = lang.of_spending();
    let mut history = History::new(ware);
    let extent = book::walk(app, holder.user_id, Range::default(), |filed, counter| {
        history.add(filed, counter);
    })?;
    let own = OwnNames::of(app, holder.user_id)?;
    let own = own.get(history.ware());
    let Some(name) = history.name.as_deref() else {
        return Ok(nothing(lang));
    };
    Ok(Page {
        lang,
        title: own.unwrap_or(name),
        tab: Tab::Months,
        scripts: &[],
        body: html! {
            (head(lang, &history, own, name))
            @if extent == Extent::Newest { p.soft { (words.newest_only) } }
            @for ((measure, prices), number) in history.measures.iter().take(MEASURES_MAX).zip(1_usize..) {
                (Shown { lang, measure, prices, number }.body())
            }
            (naming(lang, history.ware(), own))
        },
    }
    .respond())
}

fn nothing(lang: Lang) -> Response {
    let words = lang.of_spending();
    Page {
        lang,
        title: words.item_empty,
        tab: Tab::Months,
        scripts: &[],
        body: html! {
            section.empty {
                h1 { (words.item_empty) }
                p { (words.item_empty_hint) }
                p { a.button href="/book" { (words.to_book) } }
            }
        },
    }
    .respond()
}

fn head(lang: Lang, history: &History, own: Option<&str>, name: &str) -> Markup {
    let words = lang.of_spending();
    let number = match history.ware() {
        Ware::Gtin(gtin) => Some(gtin.as_str()),
        Ware::Code { code, .. } => Some(code.as_str()),
        Ware::Name { .. } => None,
    };
    let times: u64 = history.measures.values().map(|prices| prices.times).sum();
    html! {
        header.item {
            h1 { bdi { (own.unwrap_or(name)) } }
            @if own.is_some() { p.legal { bdi { (name) } } }
            p.soft.small {
                @if let Some(size) = &history.size { bdi { (size) } " · " }
                @if let Some(number) = number { bdi.code { (number) } " · " }
                ((words.times)(times))
            }
        }
    }
}

fn naming(lang: Lang, ware: &Ware, own: Option<&str>) -> Markup {
    let words = lang.of_spending();
    html! {
        form.card.own method="post" action=(ware.path()) {
            label for="own" { (words.own_name) }
            div.row.tight {
                input #own type="text" name="own" value=(own.unwrap_or_default()) maxlength=(TEXT_CHARS_MAX)
                    autocomplete="off" aria-describedby="own-hint";
                button { (words.save) }
            }
            p.soft.small #own-hint { (words.own_name_hint) }
        }
    }
}

/// The prices under one measure, as they are shown.
struct Shown<'a> {
    lang: Lang,
    measure: &'a Measure,
    prices: &'a Prices,
    /// Counts the measures of the page.
    number: usize,
}

/// One shop with its prices.
struct AtShop<'a> {
    name: &'a str,
    latest: &'a Bought,
    lowest: i128,
    /// The oldest first.
    bought: Vec<&'a Bought>,
}

impl Shown<'_> {
    fn body(&self) -> Markup {
        let words = self.lang.of_spending();
        let shops = self.shops();
        html! {
            (self.whole())
            @if self.prices.times > 0 {
                section.part aria-labelledby={ "prices-" (self.number) } {
                    h2 id={ "prices-" (self.number) } { (words.prices) }
                    p.soft.small { (words.prices_hint) }
                    (self.picture(&shops))
                    (self.by_shop(&shops))
                }
            }
            (self.purchases())
        }
    }

    fn whole(&self) -> Markup {
        let words = self.lang.of_spending();
        let prices = self.prices;
        html! {
            section.card.whole {
                @if let Some(latest) = prices.sales().next() {
                    p.soft {
                        (words.latest_price)
                        @if let Some(unit) = &self.measure.unit { " · " ((words.per)(unit.as_str())) }
                    }
                    p.large { (self.money(latest.each)) }
                }
                dl.sums {
                    @if let Some(lowest) = prices.lowest { dt { (words.lowest_price) } dd { (self.money(lowest)) } }
                    @if let Some(highest) = prices.highest { dt { (words.highest_price) } dd { (self.money(highest)) } }
                    dt { (words.spent) " (" ((words.times)(prices.times)) ")" } dd { (self.money(prices.spent.minor())) }
                }
            }
        }
    }

    /// The shops, the one of the newest purchase first.
    fn shops(&self) -> Vec<AtShop<'_>> {
        let mut shops: BTreeMap<&StoreId, AtShop<'_>> = BTreeMap::new();
        for bought in self.prices.sales() {
            let shop = shops.entry(&bought.store_id).or_insert_with(|| AtShop {
                name: &bought.shop,
                latest: bought,
                lowest: bought.each,
                bought: Vec::new(),
            });
            shop.lowest = shop.lowest.min(bought.each);
            shop.bought.push(bought);
        }
        let mut shops: Vec<_> = shops.into_values().collect();
        for shop in &mut shops {
            shop.bought.reverse();
        }
        shops.sort_by_key(|shop| std::cmp::Reverse((shop.latest.at, shop.latest.purchase_id)));
        shops
    }

    fn picture(&self, shops: &[AtShop<'_>]) -> Markup {
        let words = self.lang.of_spending();
        let lines: Vec<_> = shops
            .iter()
            .take(LINES_MAX)
            .map(|shop| Line {
                points: shop
                    .bought
                    .iter()
                    .map(|bought| self.point(bought))
                    .collect(),
            })
            .collect();
        let told = || shops.iter().take(LINES_MAX).flat_map(|shop| &shop.bought);
        let day = |bought: Option<&&Bought>| {
            bought.map_or_else(String::new, |it| dates::short_day(self.lang, &it.shown_at))
        };
        let first = day(told().min_by_key(|bought| bought.at));
        let last = day(told().max_by_key(|bought| bought.at));
        let id = format!("line-{}", self.number);
        let title = (words.chart)(words.prices);
        let description = match (self.prices.lowest, self.prices.highest) {
            (Some(lowest), Some(highest)) => {
                let (lowest, highest) = (self.money(lowest), self.money(highest));
                let (of_lowest, of_highest) = (words.lowest_price, words.highest_price);
                match self.lang {
                    Lang::Ja => format!("{of_lowest}: {lowest}。{of_highest}: {highest}。"),
                    Lang::En => format!("{of_lowest}: {lowest}. {of_highest}: {highest}."),
                }
            }
            (_, _) => String::new(),
        };
        let said = Said {
            id: &id,
            title: &title,
            description: &description,
        };
        let amount = |value, step| axis(self.lang, self.measure.currency, value, step);
        chart::lines(said, &lines, (&first, &last), &amount)
    }

    fn point(&self, bought: &Bought) -> Point {
        let day = dates::short_day(self.lang, &bought.shown_at);
        Point {
            at: bought.at.ms(),
            value: bought.each,
            hint: format!("{day} {}: {}", bought.shop, self.money(bought.each)),
        }
    }

    fn by_shop(&self, shops: &[AtShop<'_>]) -> Markup {
        let words = self.lang.of_spending();
        html! {
            h3 { (words.prices_by_shop) }
            div.scroll tabindex="0" { table {
                thead { tr {
                    th scope="col" { (words.shop) }
                    th.number scope="col" { (words.times_head) }
                    th.number scope="col" { (words.lowest_price) }
                    th.number scope="col" { (words.latest_price) }
                } }
                tbody {
                    @for (shop, number) in shops.iter().zip(0_usize..) {
                        tr {
                            th scope="row" {
                                @if number < LINES_MAX { (chart::sign(number)) " " }
                                a href={ "/shops/" (shop.latest.store_id) } { bdi { (shop.name) } }
                            }
                            td.number.soft { (shop.bought.len()) }
                            td.number { (self.money(shop.lowest)) }
                            td.number { (self.money(shop.latest.each)) }
                        }
                    }
                }
            } }
        }
    }

    fn purchases(&self) -> Markup {
        let words = self.lang.of_spending();
        let told = &self.prices.told;
        html! {
            section.part aria-labelledby={ "each-" (self.number) } {
                h2 id={ "each-" (self.number) } { (words.purchases) }
                div.scroll tabindex="0" { table {
                    thead { tr {
                        th scope="col" { (words.date) " · " (words.shop) }
                        th.number scope="col" { (words.quantity) }
                        th.number scope="col" { (words.each) }
                        th.number scope="col" { (words.paid) }
                    } }
                    tbody { @for bought in told.iter().take(TOLD_ROWS) { (self.purchase(bought)) } }
                } }
                @if told.len() > TOLD_ROWS { p.soft.small { (words.newest_only) } }
            }
        }
    }

    fn purchase(&self, bought: &Bought) -> Markup {
        let words = self.lang.of_spending();
        let day = dates::date_part(&bought.shown_at);
        html! {
            tr.gone[bought.effect == Effect::Nothing] {
                th scope="row" {
                    a href={ "/book/" (bought.purchase_id) } {
                        time datetime=(day) { (dates::short_day(self.lang, day)) }
                    }
                    @match bought.effect {
                        Effect::Nothing => { " " span.mark { (words.voided) } },
                        Effect::Returns => { " " span.mark { (words.came_back) } },
                        Effect::Spends => {},
                    }
                    span.under { bdi { (bought.shop) } }
                }
                td.number { (bought.quantity) @if let Some(unit) = &self.measure.unit { " " bdi { (unit.as_str()) } } }
                td.number { (self.money(bought.each)) }
                td.number.total { (self.money(bought.amount)) }
            }
        }
    }

    fn money(&self, minor: i128) -> String {
        show_minor(minor, self.measure.currency)
    }
}
