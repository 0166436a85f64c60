//! Links by which an operator lets a person in again. Who asked and why is written where the person
//! sees it.

use super::paths::{self, Path};
use super::settlements::read_body;
use crate::app::App;
use crate::auth::Operator;
use crate::office::LINK_WANTED;
use crate::reply::{Refused, Reply, json};
use crate::sign_in::means;
use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use purchase::limits::TEXT_CHARS_MAX;
use purchase::text::Text;
use std::sync::Arc;
use wire::limits::SETTLEMENT_BYTES;
use wire::operator::recovery::{RecoveryLinkAnswer, read_recovery_link};

/// A link by which the person signs in once, within 24 hours; it is shown this once. The person sees
/// that it was made, by which key, and why.
#[utoipa::path(post, path = "/v1/users/{user_id}/recovery-link", tag = "Operator",
    params(("user_id" = String, Path, description = "The person")),
    request_body = wire::operator::recovery::NewRecoveryLinkMessage,
    responses((status = 201, body = RecoveryLinkAnswer),
        (status = 404, description = "No such person", body = wire::error::ProblemMessage, content_type = "application/problem+json")),
    security(("operator" = [])))]
pub(super) async fn add_recovery_link(
    operator: Operator,
    State(app): State<Arc<App>>,
    Path(user_id): Path<String>,
    body: Body,
) -> Reply<Response> {
    let user_id = paths::person(&app, &user_id)?;
    let sent = read_body(body, SETTLEMENT_BYTES).await?;
    let asked = read_recovery_link(&sent).map_err(Refused::faults)?;
    let reason = asked.reason.unwrap_or_else(|| {
        Text::new(LINK_WANTED, TEXT_CHARS_MAX).expect("the sentence is short and printable")
    });
    let link = means::make_link(&app, &operator.clerk, user_id, reason).await?;
    let url = means::link_url(&app, &link.code, asked.next.as_ref());
    let answer = RecoveryLinkAnswer::new(url, link.expires_at);
    Ok(json(StatusCode::CREATED, &answer))
}
