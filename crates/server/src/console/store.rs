//! One store: how it presents itself, its machines with when they were heard of, and what there is to look
//! at.

use super::REFRESH;
use super::curl::{Request, curl};
use super::layout::{Page, Tab, name_of};
use super::machines;
use super::pairing::PAIRED;
use super::poster;
use super::seat::Seat;
use super::stores::sold_today;
use crate::app::App;
use crate::catalogues::aside;
use crate::html::language::Lang;
use crate::office::{Deed, carry_out};
use crate::overview::{Standing, standing};
use crate::reply::{Refused, Reply};
use crate::warned::{self, DAYS_COUNTED, Reach};
use axum::Form;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use ledger::account::{Act, Device};
use ledger::write::{Changed, Write};
use maud::{Markup, html};
use purchase::id::{DeviceId, StoreId};
use purchase::store::Store;
use serde::Deserialize;
use std::sync::Arc;

/// The page of a store.
pub(super) async fn show(
    seat: Seat,
    State(app): State<Arc<App>>,
    Path(store_id): Path<String>,
) -> Reply<Response> {
    let store = seat.store(&app, &store_id)?;
    aside(move || page(&app, &seat, store)).await?
}

/// What the form of a machine sends.
#[derive(Deserialize)]
pub(super) struct Revoked {
    device_id: String,
}

/// A machine's key stops working.
pub(super) async fn revoke(
    seat: Seat,
    State(app): State<Arc<App>>,
    Path(store_id): Path<String>,
    Form(sent): Form<Revoked>,
) -> Reply<Response> {
    let store_id = seat.store(&app, &store_id)?.store_id.clone();
    let device_id = DeviceId::parse(&sent.device_id).map_err(|_| Refused::not_found("device"))?;
    let deed = Deed::at(Act::DeviceRevoked, &store_id).to(&device_id.to_string());
    let back = format!("/console/stores/{store_id}");
    let write = Write::RevokeDevice {
        store_id,
        device_id,
    };
    match carry_out(&app, seat.clerk(), deed, write).await? {
        Changed::Done | Changed::Same => {
            app.known.forget();
            Ok(Redirect::to(&back).into_response())
        }
        Changed::Different | Changed::NotFound | Changed::Last | Changed::Full => {
            Err(Refused::not_found("device"))
        }
    }
}

/// The machines of a store, those that still work first.
pub(super) fn devices_of(app: &App, store_id: &StoreId) -> Reply<Vec<Device>> {
    let mut devices = app.ledger.devices(store_id)?;
    devices.sort_by_key(|device| (device.revoked_at.is_some(), device.created_at));
    Ok(devices)
}

fn page(app: &App, seat: &Seat, store: Arc<Store>) -> Reply<Response> {
    let lang = seat.lang;
    let known = devices_of(app, &store.store_id)?;
    let live = machines::live(app, lang, &store)?;
    let standing = standing(app, store)?;
    let store = &standing.store;
    let name = name_of(store, app.clock.now());
    let warned = warned::count(app, store)?;
    let requests = requests(app, lang, store, &known);
    let body = html! {
        div {
            p.small { a href="/console/stores" { "← " (lang.of_console().stores) } }
            h1 { bdi { (name) } }
            p.soft { code { (store.store_id) } @if store.closed_at.is_some() { " · " (lang.of_store().closed) } }
        }
        (places(lang, &standing, warned))
        (devices(lang, store, &known, &live))
        (poster::part(app, lang, store))
        (identity(app, lang, store))
        (curl(lang, &app.site, &requests))
    };
    Ok(Page {
        seat,
        title: name,
        tab: Tab::Stores,
        scripts: &[&REFRESH],
        body,
    }
    .respond())
}

/// The same from a terminal: all that the page reads, and its two buttons.
fn requests(app: &App, lang: Lang, store: &Store, known: &[Device]) -> Vec<Request> {
    let path = format!("/v1/stores/{}", store.store_id);
    let mut requests = vec![
        Request::Get(path.clone()),
        Request::Get(format!("{path}/devices")),
    ];
    requests.extend(counted(app, lang, store));
    if store.closed_at.is_none() {
        let body = Some(PAIRED.to_owned());
        requests.push(Request::Post(format!("{path}/pairings"), body));
    }
    let mut working = known.iter().filter(|device| device.revoked_at.is_none());
    requests.extend(
        working
            .next()
            .map(|device| Request::Delete(format!("{path}/devices/{}", device.device_id))),
    );
    requests.push(Request::Without(lang.of_commands().reports));
    requests
}

/// What a store sold on its day, and what waits at it.
pub(super) fn counted(app: &App, lang: Lang, store: &Store) -> Vec<Request> {
    let read = |what| Request::Get(format!("/v1/stores/{}/{what}", store.store_id));
    let waits = ["pending", "missing", "conflicts"].map(read);
    let whole = Request::Without(lang.of_commands().whole_conflicts);
    let today = sold_today(app, store).into_iter();
    today.chain(waits).chain([whole]).collect()
}

fn places(lang: Lang, standing: &Standing, (warned, reach): (usize, Reach)) -> Markup {
    let (words, sales) = (lang.of_store(), lang.of_sales());
    let path = format!("/console/stores/{}", standing.store.store_id);
    html! {
        nav.tiles aria-label=(lang.around().places) {
            a href={ (path) "/days" } { strong { (standing.today) } span { ((sales.today)(standing.today)) } }
            a.alarm[standing.pending > 0] href={ (path) "/pending" } {
                strong { (standing.pending) } span { (sales.pending) }
            }
            a.alarm[standing.conflicts > 0] href={ (path) "/conflicts" } {
                strong { (standing.conflicts) } span { ((sales.conflicts_counted)(standing.conflicts)) }
            }
            a.alarm[standing.missing > 0] href={ (path) "/missing" } {
                strong { (standing.missing) } span { ((lang.of_sought().tile)(standing.missing)) }
            }
            a.alarm[warned > 0] href={ (path) "/warnings" } {
                strong { (warned) @match reach { Reach::All => {}, Reach::Part => "+" } }
                span { ((sales.warned_tile)(DAYS_COUNTED)) }
            }
            a href={ (path) "/items" } { strong { "→" } span { (words.catalogue) } }
        }
    }
}

/// The machines as they are, and what can be done about them. Only the former looks again by itself: what
/// somebody has opened here stays open.
fn devices(lang: Lang, store: &Store, devices: &[Device], live: &Markup) -> Markup {
    let words = lang.of_store();
    let (revoked, working): (Vec<_>, Vec<_>) = devices
        .iter()
        .partition(|device| device.revoked_at.is_some());
    html! {
        section.part {
            h2 { (words.devices) }
            (live)
            @if !devices.is_empty() {
                details.small {
                    summary { (lang.of_reports().keys) }
                    ul.list {
                        @for device in working { li { bdi { (device.name.as_str()) } code.soft.small { (device.device_id) } (revoke_form(lang, store, device)) } }
                        @for device in revoked { li.gone { bdi { (device.name.as_str()) } code.soft.small { (device.device_id) } span.end { (words.revoked) } } }
                    }
                }
            }
            @if store.closed_at.is_none() {
                form.row method="post" action={ "/console/stores/" (store.store_id) "/pair" } {
                    label.grow { span.unseen { (words.device_name) }
                        input type="text" name="name" value="till" required maxlength="200"; }
                    button.main { (words.pair) }
                }
            }
        }
    }
}

fn revoke_form(lang: Lang, store: &Store, device: &Device) -> Markup {
    let words = lang.of_store();
    html! {
        details.small {
            summary { (words.revoke) }
            form.row method="post" action={ "/console/stores/" (store.store_id) "/revoke" } {
                input type="hidden" name="device_id" value=(device.device_id);
                p { (words.revoke_sure) }
                button.danger { (words.revoke) }
            }
        }
    }
}

fn identity(app: &App, lang: Lang, store: &Store) -> Markup {
    let words = lang.of_store();
    let known = store.identity(store.identity_at(app.clock.now()));
    let issuer = known.issuer.as_ref();
    let number = issuer.and_then(|issuer| issuer.registration_number.as_ref());
    let rows = [
        (words.address, known.address.as_ref()),
        (words.phone, known.phone.as_ref()),
        (words.issuer, issuer.map(|issuer| &issuer.name)),
        (words.registration, number),
        (words.timezone, Some(&store.timezone)),
    ];
    html! {
        section.part {
            h2 { (words.identity) }
            dl.facts.card {
                @for (name, value) in rows {
                    @if let Some(value) = value { dt { (name) } dd { bdi { (value.as_str()) } } }
                }
                dt { (words.currency) } dd { (store.currency.code()) }
                @if let Some(chain_id) = &store.chain_id { dt { (words.chain_id) } dd { code { (chain_id.as_str()) } } }
            }
        }
    }
}
