//! The HTTP interface: one file per kind of caller, one function per route. A handler proves who
//! asks and what is asked, calls one thing, and maps the answer; it knows nothing of pages.

use crate::app::App;
use crate::reply::{Refused, finish};
use crate::signed::Signed;
use axum::Router;
use axum::response::IntoResponse;
use std::sync::Arc;
use tower::layer::layer_fn;
use tower::util::MapResponseLayer;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use wire::error::ErrorCode;

mod account;
mod audit;
mod catalogue;
mod chains;
mod codes;
mod days;
mod document;
mod events;
mod export;
mod health;
mod joining;
mod missing;
mod partners;
mod paths;
mod people;
mod recovery;
mod reports;
mod settlements;
mod standing;
mod stores;

/// The routes and the document that describes them, made from the same list.
fn described() -> (Router<Arc<App>>, utoipa::openapi::OpenApi) {
    OpenApiRouter::with_openapi(document::Document::openapi())
        // The store device.
        .routes(routes!(settlements::post_one))
        .routes(routes!(settlements::post_batch))
        .routes(routes!(catalogue::get, catalogue::put))
        .routes(routes!(catalogue::put_snapshot))
        .routes(routes!(catalogue::item))
        .routes(routes!(catalogue::changes))
        .routes(routes!(catalogue::pending))
        .routes(routes!(catalogue::confirm))
        .routes(routes!(days::day))
        .routes(routes!(days::settlements))
        .routes(routes!(days::settlement))
        .routes(routes!(days::conflicts))
        .routes(routes!(joining::join))
        .routes(routes!(joining::rotate))
        .routes(routes!(joining::settings))
        .routes(routes!(joining::terminals))
        .routes(routes!(reports::tell))
        // The operator.
        .routes(routes!(stores::list, stores::add))
        .routes(routes!(stores::get, stores::patch))
        .routes(routes!(stores::close))
        .routes(routes!(stores::devices, stores::add_device))
        .routes(routes!(stores::revoke_device))
        .routes(routes!(joining::pair))
        .routes(routes!(reports::wish, reports::take_back))
        .routes(routes!(missing::list))
        .routes(routes!(missing::give))
        .routes(routes!(missing::refuse))
        .routes(routes!(chains::list, chains::add))
        .routes(routes!(chains::devices, chains::add_device))
        .routes(routes!(chains::revoke_device))
        .routes(routes!(people::add))
        .routes(routes!(people::add_token))
        .routes(routes!(people::revoke_token))
        .routes(routes!(people::operators, people::add_operator))
        .routes(routes!(people::add_link))
        .routes(routes!(audit::log))
        .routes(routes!(people::counts))
        .routes(routes!(recovery::add_recovery_link))
        .routes(routes!(partners::list, partners::add))
        .routes(routes!(partners::remove))
        .routes(routes!(standing::suspend))
        .routes(routes!(standing::resume))
        .routes(routes!(standing::merge))
        .routes(routes!(standing::look))
        // The person.
        .routes(routes!(account::list))
        .routes(routes!(account::get))
        .routes(routes!(codes::claim, codes::waiting))
        .routes(routes!(codes::look_up))
        .routes(routes!(codes::add, codes::state))
        .routes(routes!(codes::revoke))
        .routes(routes!(events::stream))
        .routes(routes!(export::export))
        // The partner.
        .routes(routes!(partners::people))
        .routes(routes!(partners::purchases))
        // Everybody.
        .routes(routes!(health::limits))
        .routes(routes!(health::healthz))
        .routes(routes!(health::readyz))
        .split_for_parts()
}

/// The document of the interface (OpenAPI 3.1).
#[must_use]
pub fn openapi() -> utoipa::openapi::OpenApi {
    described().1
}

/// Every route, with the document and its viewer.
pub fn router(app: Arc<App>) -> Router {
    let (routes, document) = described();
    let (out, signed) = (Arc::clone(&app), Arc::clone(&app));
    let viewer = utoipa_swagger_ui::SwaggerUi::new("/docs").url("/openapi.json", document);
    routes
        .merge(viewer)
        .method_not_allowed_fallback(async || {
            Refused::new(
                ErrorCode::MethodNotAllowed,
                "this route has no such method; see /docs",
            )
            .into_response()
        })
        .layer(layer_fn(move |inner| {
            Signed::new(inner, Arc::clone(&signed))
        }))
        .layer(MapResponseLayer::new(move |response| {
            finish(response, &out)
        }))
        .with_state(app)
}
