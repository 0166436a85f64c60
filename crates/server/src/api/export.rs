//! A person's book as a file. Which forms there are and what stands in them is not known here.

use super::paths::{Parameters, Path};
use crate::app::App;
use crate::auth::DataSubject;
use crate::exports;
use crate::reply::Reply;
use axum::extract::State;
use axum::response::Response;
use ledger::account::Accessor;
use std::sync::Arc;
use wire::account::export::ExportQuery;

/// The book as a file, newest first; also while the account is suspended.
#[utoipa::path(get, path = "/v1/me/exports/{format}", tag = "Person",
    params(("format" = String, Path, description = "`ndjson`, `csv`, `hledger`, `beancount` or `bundle`"), ExportQuery),
    responses((status = 200, description = "The book. For `ndjson`: an ExportHead, an ExportedPurchase a line, an ExportEnd", content(
            (wire::account::export::ExportedPurchase<'_> = "application/x-ndjson"), (String = "text/csv"), (String = "text/plain"), (Vec<u8> = "application/zip"))),
        (status = 404, description = "No such format", body = wire::error::ProblemMessage, content_type = "application/problem+json"),
        (status = 422, description = "A parameter that cannot be read", body = wire::error::ProblemMessage, content_type = "application/problem+json")),
    security(("person" = [])))]
pub(super) async fn export(
    person: DataSubject,
    State(app): State<Arc<App>>,
    Path(format): Path<String>,
    Parameters(query): Parameters<ExportQuery>,
) -> Reply<Response> {
    let by = Accessor::Program {
        token_id: person.token_id,
    };
    exports::answer(app, (person.user_id, by), &format, &query).await
}
