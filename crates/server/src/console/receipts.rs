//! A receipt found by its number: what was sold, and never who bought it. That it was looked for is written
//! down before anything is shown.

use super::curl::{Request, curl, part};
use super::layout::{Page, Tab, faults, name_of, refused, time};
use super::seat::Seat;
use crate::app::App;
use crate::catalogues::aside;
use crate::discretion::private_lines;
use crate::figures::show_amount;
use crate::html::faults::NUMBER_CHARS_MAX;
use crate::html::language::Lang;
use crate::office::{Deed, note};
use crate::overview::stores_of;
use crate::reply::{Refused, Reply};
use axum::Form;
use axum::extract::State;
use axum::response::Response;
use ledger::account::{Act, Sold};
use maud::{Markup, html};
use purchase::fold::fold;
use purchase::id::{Label, SettlementKey};
use purchase::naming::{LineName, Naming};
use purchase::settlement::{Kind, Line, LineNumber};
use purchase::store::Store;
use purchase::text::Text;
use purchase::time::BusinessDate;
use serde::Deserialize;
use std::collections::BTreeSet;
use std::sync::Arc;
use wire::error::ErrorCode;

/// Settlements of a day that are looked through, at most.
const LOOKED_THROUGH_MAX: usize = 20_000;
/// Receipts shown, at most: tills count apart, so that a number may be there more than once.
const SHOWN_MAX: usize = 10;

/// What the form sends.
#[derive(Clone, Default, Deserialize)]
pub(super) struct Sought {
    store_id: String,
    date: String,
    number: String,
    /// The till of the one of them whose private items are opened.
    #[serde(default)]
    open_terminal: String,
    /// Its number there.
    #[serde(default)]
    open_transaction: String,
}

impl Sought {
    /// Is this the receipt whose private items are opened?
    fn opens(&self, key: &SettlementKey) -> bool {
        let sent = [self.open_terminal.as_str(), self.open_transaction.as_str()];
        sent == [key.terminal.as_str(), key.transaction.as_str()]
    }

    /// What is noted before anything is shown: the number that is looked for, whatever else is asked. What
    /// could not be read in the log is refused.
    fn deed(&self, store: &Store, date: BusinessDate) -> Reply<Deed> {
        let number = Text::new(self.number.trim(), NUMBER_CHARS_MAX);
        let number = number.map_err(|error| Refused::text("number", &error))?;
        let number = number.as_str();
        if self.open_terminal.is_empty() && self.open_transaction.is_empty() {
            let what = format!("{date} {number}");
            return Ok(Deed::at(Act::ReceiptSought, &store.store_id).to(&what));
        }
        let label = |text: &str| {
            let detail = "open_terminal and open_transaction name a till and its number, as the button sends them";
            Label::parse(text).map_err(|_| Refused::new(ErrorCode::InvalidValue, detail))
        };
        let (till, transaction) = (label(&self.open_terminal)?, label(&self.open_transaction)?);
        let what = format!("{date} {till} {transaction}, sought as {number}");
        Ok(Deed::at(Act::PrivateOpened, &store.store_id).to(&what))
    }

    /// Where and when to look, and what is noted of it.
    fn prove(&self, app: &App, seat: &Seat) -> Reply<(Arc<Store>, BusinessDate, Deed)> {
        let store = seat.store(app, self.store_id.trim());
        let store = store.map_err(|refused| match refused.0.code == ErrorCode::NotFound {
            true => {
                let detail = "there is no such store";
                Refused::field("store_id", ErrorCode::StoreUnknown, detail)
            }
            false => refused,
        })?;
        let date = BusinessDate::parse(self.date.trim()).map_err(|_| {
            let detail = "the date is written like 2026-11-29";
            Refused::field("date", ErrorCode::InvalidValue, detail)
        })?;
        let deed = self.deed(&store, date)?;
        Ok((store, date, deed))
    }
}

/// The form.
pub(super) async fn ask(seat: Seat, State(app): State<Arc<App>>) -> Response {
    page(&app, &seat, &Sought::default(), (&[], html! {}))
}

/// What is found.
pub(super) async fn find(
    seat: Seat,
    State(app): State<Arc<App>>,
    Form(sought): Form<Sought>,
) -> Reply<Response> {
    let (store, date, deed) = match sought.prove(&app, &seat) {
        Ok(proven) => proven,
        Err(wrong) if wrong.0.errors.is_empty() => return Err(wrong),
        Err(wrong) => {
            let words = seat.lang.of_sales();
            let labels = [
                ("store_id", words.store_id),
                ("date", words.date),
                ("number", words.number),
            ];
            let told = faults(seat.lang, &labels, &wrong.0.errors);
            return Ok(refused(page(&app, &seat, &sought, (&[], told))));
        }
    };
    note(&app, seat.clerk(), deed).await?;
    aside(move || {
        let found = search(&app, &store, date, sought.number.trim())?;
        let results = results(&app, seat.lang, (&store, &sought), &found)?;
        Ok(page(&app, &seat, &sought, (&found, results)))
    })
    .await?
}

/// Receipts of that number, by the till's own count or as printed. A Japanese keyboard types digits in full
/// width, which are the same number.
fn search(app: &App, store: &Store, date: BusinessDate, number: &str) -> Reply<Vec<Sold>> {
    let listed = app
        .ledger
        .day_settlements(&store.store_id, date, None, LOOKED_THROUGH_MAX)?;
    let number = fold(number);
    let mut found = Vec::new();
    for listed in listed {
        let recorded = listed.recorded;
        let Some(sold) = app.ledger.sold(&recorded.key)? else {
            continue;
        };
        let printed = sold.content.receipt_number.as_ref();
        let is_it = fold(recorded.key.transaction.as_str()) == number
            || printed.is_some_and(|printed| fold(printed.as_str()) == number);
        if is_it {
            found.push(sold);
            if found.len() == SHOWN_MAX {
                break;
            }
        }
    }
    Ok(found)
}

fn page(app: &App, seat: &Seat, sought: &Sought, (found, results): (&[Sold], Markup)) -> Response {
    let (lang, words) = (seat.lang, seat.lang.of_sales());
    let stores = stores_of(app, seat.clerk());
    let only = match stores.as_slice() {
        [only] => only.to_string(),
        _ => String::new(),
    };
    let store_id = if sought.store_id.is_empty() {
        only
    } else {
        sought.store_id.clone()
    };
    let body = html! {
        div { h1 { (words.find) } p.soft { (words.find_lead) } }
        form.card method="post" action="/console/receipts" {
            label { (words.store_id)
                input type="text" name="store_id" value=(store_id) list="stores" required maxlength="64"
                    autocapitalize="none" spellcheck="false"; }
            datalist #stores { @for store_id in stores.iter().take(200) { option value=(store_id) {} } }
            div.pair {
                label { (words.date) input type="date" name="date" value=(sought.date) required; }
                label { (words.number) input type="text" name="number" value=(sought.number) required maxlength=(NUMBER_CHARS_MAX); }
            }
            div.row { button.main { (words.find_button) } }
        }
        (results)
        (curl(lang, &app.site, &requests(lang, &store_id, sought, found)))
    };
    Page {
        seat,
        title: words.find,
        tab: Tab::Receipts,
        scripts: &[],
        body,
    }
    .respond()
}

/// The same from a terminal: the list of the day, and each receipt that was found, by the number of its till.
fn requests(lang: Lang, store_id: &str, sought: &Sought, found: &[Sold]) -> Vec<Request> {
    let or = |text: &str, other: &str| part(if text.is_empty() { other } else { text });
    let (store, date) = (or(store_id, "STORE"), or(&sought.date, "YYYY-MM-DD"));
    let path = format!("/v1/stores/{store}");
    let mut requests = vec![Request::Get(format!("{path}/days/{date}/settlements"))];
    if found.is_empty() {
        let any = format!("{path}/settlements/TILL/{date}/NUMBER");
        requests.push(Request::Get(any));
    }
    requests.extend(
        found
            .iter()
            .map(|sold| Request::Get(of_sale(&sold.content.key))),
    );
    let words = lang.of_commands();
    requests.push(Request::Without(words.printed_number));
    requests.push(Request::Without(words.private_items));
    requests
}

/// The path of a settlement at the interface.
pub(super) fn of_sale(key: &SettlementKey) -> String {
    let (till, number) = (part(key.terminal.as_str()), part(key.transaction.as_str()));
    let (store, date) = (&key.store_id, key.business_date);
    format!("/v1/stores/{store}/settlements/{till}/{date}/{number}")
}

fn results(
    app: &App,
    lang: Lang,
    (store, sought): (&Store, &Sought),
    found: &[Sold],
) -> Reply<Markup> {
    let mut receipts = Vec::with_capacity(found.len());
    for sold in found {
        let private = private_lines(app, sold)?;
        let veil = match (private.is_empty(), sought.opens(&sold.content.key)) {
            (true, _) => html! {},
            (false, true) => html! { p.told role="status" { (lang.of_private().opened) } },
            (false, false) => opening(lang, sought, &sold.content.key),
        };
        let hidden = match sought.opens(&sold.content.key) {
            true => BTreeSet::new(),
            false => private,
        };
        receipts.push((receipt(app, lang, (store, sold), &hidden), veil));
    }
    Ok(html! {
        @if found.is_empty() { p.empty { (lang.of_sales().not_found) } }
        @for (receipt, veil) in &receipts { (receipt) (veil) }
    })
}

/// The button that opens what is private, which is noted before anything is shown.
fn opening(lang: Lang, sought: &Sought, key: &SettlementKey) -> Markup {
    let words = lang.of_private();
    html! {
        form.card method="post" action="/console/receipts" {
            p.soft.small { (words.lead) }
            input type="hidden" name="store_id" value=(sought.store_id);
            input type="hidden" name="date" value=(sought.date);
            input type="hidden" name="number" value=(sought.number);
            input type="hidden" name="open_terminal" value=(key.terminal.as_str());
            input type="hidden" name="open_transaction" value=(key.transaction.as_str());
            div.row { button { (words.open) } }
        }
    }
}

fn receipt(
    app: &App,
    lang: Lang,
    (store, sold): (&Store, &Sold),
    hidden: &BTreeSet<LineNumber>,
) -> Markup {
    let words = lang.of_sales();
    let content = &sold.content;
    let zone = app.zone(store.timezone.as_str());
    let kind = kind_of(lang, content.kind);
    let money = |amount| show_amount(amount, content.currency);
    html! {
        article.receipt.gone[sold.voided_by.is_some()] {
            header {
                h2 { bdi { (name_of(store, content.purchased_at)) } }
                p { (time(lang, content.purchased_at, &zone)) }
                p.small { (kind) " · " (words.terminal) " " bdi { (content.key.terminal.as_str()) } " · " (words.transaction) " " bdi { (content.key.transaction.as_str()) } }
            }
            @if sold.voided_by.is_some() { p.kind { (words.voided) } }
            @for warning in sold.warnings.iter() { p.kind.small { ((words.warning)(warning)) } }
            ul.lines {
                @for ((line, name), number) in content.lines.iter().zip(&sold.names).zip(1..) {
                    li {
                        @match hidden.contains(&LineNumber(number)) {
                            true => { span { (private_item(lang)) } span.amount { (money(line.amount)) } },
                            false => {
                                span { (name_of_line(lang, line, name)) }
                                span.amount { (money(line.amount)) }
                                span.detail { (line.quantity) " × " (money(line.unit_price)) }
                            },
                        }
                    }
                }
            }
            dl.sums { dt.total { (words.total) } dd.total { (money(content.total)) } }
            @if let Some(number) = &content.receipt_number {
                footer { p { (words.receipt_number) " " bdi { (number.as_str()) } } }
            }
        }
    }
}

/// The name of a line, or the code under which it waits for one.
pub(super) fn name_of_line(lang: Lang, line: &Line, name: &LineName) -> Markup {
    let sent = line.name.as_ref().map(|name| name.as_str());
    let known = match &name.naming {
        Naming::Catalogue { item, .. } => Some(item.name.as_str()),
        Naming::Sent | Naming::Pending => sent,
    };
    let code = line.code.as_ref().map_or("", |code| code.as_str());
    html! {
        @match known {
            Some(name) => (line_name(name)),
            None => { bdi.code { (code) } " " em.pending { (lang.of_sales().pending_name) } },
        }
    }
}

/// What kind of settlement it is.
pub(super) const fn kind_of(lang: Lang, kind: Kind) -> &'static str {
    let words = lang.of_sales();
    match kind {
        Kind::Sale => words.sale,
        Kind::Return => words.a_return,
        Kind::Void => words.a_void,
    }
}

/// What stands for an item that is private.
pub(super) fn private_item(lang: Lang) -> Markup {
    html! { em { (lang.of_private().item) } }
}

/// A name as it came from outside.
pub(super) fn line_name(name: &str) -> Markup {
    html! { bdi { (name) } }
}
