//! The machines of a store: when they were heard of, what they told of themselves, and what of that wants a
//! person. It is a part of the store's page that looks again by itself; nothing is written here.

use super::layout::time;
use crate::app::App;
use crate::html::dates;
use crate::html::language::Lang;
use crate::machines::{self, Apart, Machine, Silence, State, VERSION};
use crate::reply::Reply;
use jiff::tz::TimeZone;
use maud::{Markup, html};
use purchase::report::{Report, StuckSale};
use purchase::store::Store;

/// The table of a store's machines, and behind it what is to be looked at.
pub(super) fn live(app: &App, lang: Lang, store: &Store) -> Reply<Markup> {
    let found = machines::of(app, store)?;
    let zone = app.zone(store.timezone.as_str());
    let mut wanting = Vec::new();
    for machine in &found {
        let days = match &machine.told {
            Some(told) => machines::apart(app, store, &told.report.days)?,
            None => Vec::new(),
        };
        if wants_somebody(&machine.state) || !days.is_empty() {
            wanting.push(remarks(lang, store, machine, &days));
        }
    }
    let words = lang.of_reports();
    let has_told = found.iter().any(|machine| machine.told.is_some());
    let from = format!("/console/stores/{}", store.store_id);
    Ok(html! {
        div.stack #machines data-from=(from) data-every="5" {
            @if found.is_empty() { p.soft { (lang.of_store().no_devices) } }
            @else {
                (table(lang, &found, &zone))
                @if has_told { p.soft.small { (words.note) } }
                @else { p.soft.small { (lang.of_store().contact_note) } }
                @if !wanting.is_empty() {
                    h3 { (words.look_here) }
                    ul.list.card { @for machine in &wanting { li { (machine) } } }
                } @else if has_told { p.soft { (words.all_well) } }
            }
        }
    })
}

fn wants_somebody(state: &State) -> bool {
    let well = State {
        is_outdated: state.is_outdated,
        ..State::default()
    };
    *state != well
}

fn table(lang: Lang, found: &[Machine], zone: &TimeZone) -> Markup {
    let words = lang.of_reports();
    html! {
        div.scroll tabindex="0" { table {
            thead { tr {
                th { (words.name) } th { (words.contact) } th { (words.version) }
                th.number { (words.waiting) } th { (words.tills) }
            } }
            tbody { @for machine in found { tr {
                td { bdi { (machine.device.name.as_str()) } br; code.soft.small { (machine.device.device_id) } @if machine.is_of_chain { br; span.soft.small { (words.of_chain) } } }
                td { @match machine.last {
                    Some(at) => (time(lang, at, zone)),
                    None => span.soft { (lang.of_store().no_contact) },
                } }
                @match &machine.told {
                    Some(told) => (told_cells(lang, &told.report, &machine.state, zone)),
                    None => { td.soft { (words.never) } td {} td {} }
                }
            } } }
        } }
    }
}

fn told_cells(lang: Lang, report: &Report, state: &State, zone: &TimeZone) -> Markup {
    let words = lang.of_reports();
    let tills: Vec<&str> = report.terminals.iter().map(|name| name.as_str()).collect();
    html! {
        td { bdi { (report.version.as_str()) } @if state.is_outdated { br; span.mark { ((words.newer)(VERSION)) } } }
        td.number {
            (report.waiting)
            @if report.waiting > 0 {
                @if let Some(at) = report.oldest_at { br; span.soft.small { ((words.oldest)(&time(lang, at, zone))) } }
            }
        }
        td { bdi { (tills.join(", ")) } }
    }
}

fn remarks(lang: Lang, store: &Store, machine: &Machine, days: &[Apart]) -> Markup {
    let words = lang.of_reports();
    let state = &machine.state;
    let report = machine.told.as_ref().map(|told| &told.report);
    html! {
        div.stack {
            p { strong { bdi { (machine.device.name.as_str()) } } }
            @match state.silence {
                Silence::None => {}
                Silence::ForDays => p.mark { (words.silent) },
                Silence::WithQueue => p.mark { ((words.silent_with_queue)(report.map_or(0, |it| it.waiting))) },
            }
            @if let Some(report) = report { (stuck(lang, report)) (apart(lang, store, days)) }
            @if let Some(free) = state.little_disk { p.mark { ((words.little_disk)(free / 1_000_000)) } }
            @if let Some(ms) = state.clock_off_ms { p.mark { (clock(lang, ms)) } }
        }
    }
}

fn clock(lang: Lang, ms: i64) -> String {
    let minutes = ms.unsigned_abs() / 60_000;
    let words = lang.of_reports();
    match ms > 0 {
        true => (words.clock_behind)(minutes),
        false => (words.clock_ahead)(minutes),
    }
}

/// Sales that a person has to look at, each with why, and what to do.
fn stuck(lang: Lang, report: &Report) -> Markup {
    let words = lang.of_reports();
    let listed = u64::try_from(report.stuck.len()).unwrap_or(u64::MAX);
    let more = report.stuck_count.saturating_sub(listed);
    let day = |sale: &StuckSale| dates::short_day(lang, &sale.key.business_date.to_string());
    html! {
        @if report.stuck_count > 0 {
            p.mark { ((words.stuck)(report.stuck_count)) }
            ul.remarks { @for sale in &report.stuck { li {
                bdi { ((words.stuck_sale)(sale.key.terminal.as_str(), &day(sale), sale.key.transaction.as_str())) }
                " " code { (sale.code.as_str()) }
                // What the server told the machine is English; the advice is not.
                @if let (Some(detail), Lang::En) = (&sale.detail, lang) { " " bdi.soft.small { (detail.as_str()) } }
                br; span.small { ((words.advice)(sale.code.as_str())) }
            } } }
            @if more > 0 { p.soft.small { ((words.stuck_more)(more)) } }
        }
    }
}

fn apart(lang: Lang, store: &Store, days: &[Apart]) -> Markup {
    let words = lang.of_reports();
    html! {
        @if !days.is_empty() {
            p.mark { (words.apart_note) }
            ul.remarks { @for day in days { li {
                a href={ "/console/stores/" (store.store_id) "/days/" (day.date) } { (dates::day(lang, &day.date.to_string())) }
                " " ((words.apart)(day.there, day.here))
            } } }
        }
    }
}
