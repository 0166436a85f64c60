//! A person's book as a file. Which forms there are and what stands in them is not known here.

use super::paths::{Parameters, Path};
use crate::app::App;
use crate::auth::SignedIn;
use crate::exports;
use crate::reply::{Refused, Reply};
use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use std::sync::Arc;
use wire::account::export::{ExportFormat, ExportQuery};
use wire::error::ErrorCode;

/// The book as a file, newest first.
#[utoipa::path(get, path = "/v1/me/exports/{format}", tag = "Person",
    params(("format" = String, Path, description = "`ndjson`, `csv`, `hledger` or `beancount`"), ExportQuery),
    responses((status = 200, description = "The book. For `ndjson`: an ExportHead, an ExportedPurchase a line, an ExportEnd", content(
            (wire::account::export::ExportedPurchase<'_> = "application/x-ndjson"), (String = "text/csv"), (String = "text/plain"))),
        (status = 404, description = "No such format", body = wire::error::ProblemMessage, content_type = "application/problem+json"),
        (status = 422, description = "A parameter that cannot be read", body = wire::error::ProblemMessage, content_type = "application/problem+json")),
    security(("person" = [])))]
pub(super) async fn export(
    person: SignedIn,
    State(app): State<Arc<App>>,
    Path(format): Path<String>,
    Parameters(query): Parameters<ExportQuery>,
) -> Reply<Response> {
    let format = ExportFormat::parse(&format).ok_or_else(|| {
        let detail = "exports are ndjson, csv, hledger and beancount";
        Refused::new(ErrorCode::NotFound, detail)
    })?;
    let asked = query.prove(format).map_err(Refused::faults)?;
    let named = format!("attachment; filename=\"{}\"", format.file_name());
    let headers = [
        (CONTENT_TYPE, exports::media_type(&asked).to_owned()),
        (CONTENT_DISPOSITION, named),
        (CACHE_CONTROL, "no-store".to_owned()),
    ];
    let written = exports::written(app, person.user_id, asked).await?;
    Ok((headers, Body::from_stream(written)).into_response())
}
