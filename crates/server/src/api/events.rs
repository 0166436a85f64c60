//! The route of a person's feed; [`crate::live`] sends it.

use crate::app::App;
use crate::auth::SignedIn;
use crate::live::{self, Listener, Told};
use crate::programs;
use crate::reply::Reply;
use axum::extract::State;
use axum::response::IntoResponse;
use http::HeaderMap;
use std::sync::Arc;

/// Purchases as they arrive, names as they are learnt.
#[utoipa::path(get, path = "/v1/me/events", tag = "Person",
    params(("Last-Event-ID" = Option<u64>, Header, description = "Resumes after this event")),
    responses((status = 200, description = "Events purchase, named, changed; reload when too old", content_type = "text/event-stream", body = String)),
    security(("person" = [])))]
pub(super) async fn stream(
    person: SignedIn,
    State(app): State<Arc<App>>,
    headers: HeaderMap,
) -> Reply<impl IntoResponse> {
    let listener = Listener {
        user_id: person.user_id,
        hash: person.hash,
        told: Told::Whole,
    };
    programs::reads(&app, person);
    live::listen(app, listener, live::last_seen(&headers))
}
