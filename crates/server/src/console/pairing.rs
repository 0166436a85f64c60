//! The code by which a store's machine joins: shown once, as text and as a square to scan, on a page that
//! notices by itself that the machine came, and then, in a store that had sold nothing, that the first sale did.

use super::REFRESH;
use super::curl::{Request, curl};
use super::layout::{Page, Tab, head, name_of, time};
use super::seat::Seat;
use super::stores::sold_today;
use crate::app::App;
use crate::catalogues::aside;
use crate::html::language::Lang;
use crate::html::square::square;
use crate::office;
use crate::overview::{SILENT_DAYS, recent_days};
use crate::reply::{Refused, Reply};
use axum::Form;
use axum::extract::{Path, Query, State};
use axum::response::{Html, Response};
use maud::{Markup, html};
use purchase::id::StoreId;
use purchase::store::Store;
use purchase::text::Text;
use serde::Deserialize;
use std::sync::Arc;

/// What a code is asked for with, in the commands that pages show.
pub(super) const PAIRED: &str = "{\"name\": \"till 1\"}";

/// What the form sends.
#[derive(Deserialize)]
pub(super) struct Named {
    name: String,
}

/// How the store was when the code was made: what comes after it is news.
#[derive(Clone, Copy, Deserialize)]
pub(super) struct Before {
    machines: usize,
    sales: Sales,
}

/// What the store sold of late.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Sales {
    Nothing,
    Something,
}

impl Before {
    fn of(app: &App, store: &Store) -> Reply<Self> {
        Ok(Self {
            machines: app.ledger.devices(&store.store_id)?.len(),
            sales: match recent_days(app, store, SILENT_DAYS)?.is_empty() {
                true => Sales::Nothing,
                false => Sales::Something,
            },
        })
    }

    /// The same, for the address that the page looks at.
    fn query(self) -> String {
        let sales = match self.sales {
            Sales::Nothing => "nothing",
            Sales::Something => "something",
        };
        format!("machines={}&sales={sales}", self.machines)
    }
}

/// Makes a code for one machine more.
pub(super) async fn pair(
    seat: Seat,
    State(app): State<Arc<App>>,
    Path(store_id): Path<String>,
    Form(sent): Form<Named>,
) -> Reply<Response> {
    let store = seat.store(&app, &store_id)?;
    let name = Text::new(sent.name.trim(), 200);
    let name = name.map_err(|error| Refused::text("name", &error))?;
    make(&app, &seat, &store.store_id, name).await
}

/// The page with a new code. Loaded again, it makes another: the old one just goes unused.
pub(super) async fn make(
    app: &Arc<App>,
    seat: &Seat,
    store_id: &StoreId,
    name: Text,
) -> Reply<Response> {
    let store = app.store(store_id)?;
    let before = Before::of(app, &store)?;
    let pairing = office::pair(app, seat.clerk(), store_id, name).await?;
    let (lang, words) = (seat.lang, seat.lang.of_store());
    let zone = app.zone(store.timezone.as_str());
    let until = time(lang, pairing.expires_at, &zone);
    let code = pairing.code.to_string();
    let command = format!("orihon-device join {code} --server {}", app.site.base());
    let path = format!("/console/stores/{store_id}");
    let body = html! {
        (head(&store, name_of(&store, app.clock.now()), words.pairing))
        section.card.pairing {
            p.secret { (code) }
            @if let Some(square) = square(&command, words.pairing) { (square) }
            p { (words.pairing_note) } p.soft { ((words.pairing_until)(&until)) }
            pre tabindex="0" { code { (command) } }
        }
        div #seen data-from={ (path) "/seen?" (before.query()) } data-every="2" aria-live="polite" {
            (progress(app, lang, &store, before)?)
        }
        (curl(lang, &app.site, &requests(app, &store)))
    };
    Ok(Page {
        seat,
        title: words.pairing,
        tab: Tab::Stores,
        scripts: &[&REFRESH],
        body,
    }
    .respond())
}

/// The same from a terminal: a code, whether its machine came, and whether that sold anything.
fn requests(app: &App, store: &Store) -> Vec<Request> {
    let path = format!("/v1/stores/{}", store.store_id);
    let mut requests = vec![
        Request::Post(format!("{path}/pairings"), Some(PAIRED.to_owned())),
        Request::Get(format!("{path}/devices")),
    ];
    requests.extend(sold_today(app, store));
    requests
}

/// How far the store has come, by itself, for an open page.
pub(super) async fn seen(
    seat: Seat,
    State(app): State<Arc<App>>,
    Path(store_id): Path<String>,
    Query(before): Query<Before>,
) -> Reply<Html<String>> {
    let store = seat.store(&app, &store_id)?;
    let lang = seat.lang;
    let found = aside(move || progress(&app, lang, &store, before)).await??;
    Ok(Html(html! { div #seen { (found) } }.into_string()))
}

fn progress(app: &App, lang: Lang, store: &Store, before: Before) -> Reply<Markup> {
    let words = lang.of_store();
    let now = Before::of(app, store)?;
    // A machine is never taken out of the list, only its key is revoked.
    let is_joined = now.machines > before.machines;
    Ok(html! {
        section.card {
            @match (is_joined, before.sales, now.sales) {
                (_, Sales::Nothing, Sales::Something) => p.good { strong { (words.sale_seen) } },
                (true, Sales::Something, _) => p.good { strong { (words.joined) } },
                (true, Sales::Nothing, Sales::Nothing) => p { (words.waiting_sale) },
                (false, _, _) => p { (words.waiting_device) },
            }
            p.small { a href={ "/console/stores/" (store.store_id) } { (words.refresh) } }
        }
    })
}
