//! The console: where operators, and the people of a store, see how things are and do the few things that
//! are theirs to do. It shows what was sold, and who bought it only for a reason that the person sees; every
//! page works without scripts, and nothing is written but through the office.

use crate::app::App;
use crate::html::assets::{Asset, routes};
use crate::html::language::Lang;
use crate::html::{Room, around};
use axum::Router;
use axum::routing::{get, post};
use std::sync::Arc;

mod audit;
mod catalogue;
mod conflicts;
mod curl;
mod days;
mod keys;
mod layout;
mod machines;
mod missing;
mod overview;
mod pairing;
mod partners;
mod pending;
mod people;
mod poster;
mod receipts;
mod seat;
mod sign_in;
mod store;
mod stores;
mod warnings;
mod words;

/// Looks again at parts of a page that change by themselves.
static REFRESH: Asset = Asset::script(
    "/assets/refresh.js",
    include_str!("console/assets/refresh.js"),
);

/// Every page of the console.
pub(crate) fn router(app: Arc<App>) -> Router {
    let routes = Router::new()
        .route("/console", get(overview::show))
        .route("/console/sign-in", post(sign_in::enter))
        .route("/console/sign-out", post(sign_in::leave))
        .route("/console/link/{word}", get(sign_in::link))
        .route("/console/link", post(sign_in::follow))
        .route("/console/stores", get(stores::list).post(stores::add))
        .route("/console/stores/{store_id}", get(store::show))
        .route("/console/stores/{store_id}/pair", post(pairing::pair))
        .route("/console/stores/{store_id}/seen", get(pairing::seen))
        .route("/console/stores/{store_id}/revoke", post(store::revoke))
        .route("/console/stores/{store_id}/items", get(catalogue::items))
        .route("/console/stores/{store_id}/item", get(catalogue::item))
        .route(
            "/console/stores/{store_id}/pending",
            get(pending::show).post(pending::confirm),
        )
        .route("/console/stores/{store_id}/wish", post(pending::wish))
        .route(
            "/console/stores/{store_id}/conflicts",
            get(conflicts::show).post(conflicts::open),
        )
        .route("/console/stores/{store_id}/missing", get(missing::show))
        .route(
            "/console/stores/{store_id}/missing/give",
            post(missing::give),
        )
        .route(
            "/console/stores/{store_id}/missing/refuse",
            post(missing::refuse),
        )
        .route(
            "/console/stores/{store_id}/missing/refuse-several",
            post(missing::refuse_several),
        )
        .route("/console/stores/{store_id}/poster", get(poster::show))
        .route("/console/stores/{store_id}/warnings", get(warnings::show))
        .route("/console/stores/{store_id}/days", get(days::show))
        .route("/console/stores/{store_id}/days/{date}", get(days::one))
        .route("/console/receipts", get(receipts::ask).post(receipts::find))
        .route("/console/people", get(people::show).post(people::act))
        .route("/console/people/{user_id}", get(people::one::show))
        .route("/console/people/{user_id}/book", get(people::book::show))
        .route("/console/people/{user_id}/look", post(people::deeds::look))
        .route(
            "/console/people/{user_id}/recover",
            post(people::deeds::recover),
        )
        .route(
            "/console/people/{user_id}/suspend",
            post(people::deeds::suspend),
        )
        .route(
            "/console/people/{user_id}/resume",
            post(people::deeds::resume),
        )
        .route("/console/people/{user_id}/merge", post(people::merge::act))
        .route("/console/keys", get(keys::show).post(keys::make))
        .route("/console/keys/revoke", post(keys::revoke))
        .route("/console/partners", get(partners::show).post(partners::add))
        .route("/console/partners/remove", post(partners::remove))
        .route("/console/audit", get(audit::show))
        .merge(routes(&[&REFRESH]));
    around(routes, app, Room::at("/console").with(labels))
}

/// How the fields are called of those forms that are not shown again with what is wrong with them.
fn labels(lang: Lang) -> Vec<(&'static str, &'static str)> {
    vec![("name", lang.of_store().device_name)]
}
