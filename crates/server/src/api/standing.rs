//! What operators do with a person's account as a whole: suspending it, opening it again, and making one of
//! two. Each has a reason, which the person sees.

use super::paths::{self, Parameters, Path};
use super::settlements::read_body;
use crate::app::App;
use crate::auth::Operator;
use crate::catalogues::aside;
use crate::given;
use crate::looks;
use crate::merging::{self, Progress};
use crate::reply::{Refused, Reply, json};
use crate::standing::{self, Turn};
use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use std::sync::Arc;
use wire::account::cursor;
use wire::account::query::PurchaseQuery;
use wire::limits::SETTLEMENT_BYTES;
use wire::operator::standing::{MergeAnswer, StandingAnswer, read_merge, read_reason};
use wire::partner::{GivenPage, GivenQuery};

/// Suspends an account. Its sessions and tokens open nothing but that it is suspended, since when and why, and
/// the export of the person's own data; what is bought goes on being filed. One that is suspended stays so, for
/// the reason that was given first.
#[utoipa::path(post, path = "/v1/users/{user_id}/suspend", tag = "Operator",
    params(("user_id" = String, Path, description = "The person")),
    request_body = wire::operator::standing::ReasonMessage,
    responses((status = 200, body = StandingAnswer),
        (status = 404, description = "No such person", body = wire::error::ProblemMessage, content_type = "application/problem+json")),
    security(("operator" = [])))]
pub(super) async fn suspend(
    operator: Operator,
    State(app): State<Arc<App>>,
    Path(user_id): Path<String>,
    body: Body,
) -> Reply<Response> {
    turn(&app, &operator, &user_id, Turn::Suspend, body).await
}

/// Opens a suspended account again; the person sees why.
#[utoipa::path(post, path = "/v1/users/{user_id}/resume", tag = "Operator",
    params(("user_id" = String, Path, description = "The person")),
    request_body = wire::operator::standing::ReasonMessage,
    responses((status = 200, body = StandingAnswer),
        (status = 404, description = "No such person", body = wire::error::ProblemMessage, content_type = "application/problem+json"),
        (status = 409, description = "The account went into another one", body = wire::error::ProblemMessage, content_type = "application/problem+json")),
    security(("operator" = [])))]
pub(super) async fn resume(
    operator: Operator,
    State(app): State<Arc<App>>,
    Path(user_id): Path<String>,
    body: Body,
) -> Reply<Response> {
    turn(&app, &operator, &user_id, Turn::Resume, body).await
}

async fn turn(
    app: &App,
    operator: &Operator,
    user_id: &str,
    turn: Turn,
    body: Body,
) -> Reply<Response> {
    let user_id = paths::person(app, user_id)?;
    let sent = read_body(body, SETTLEMENT_BYTES).await?;
    let reason = read_reason(&sent).map_err(Refused::faults)?;
    standing::turn(app, &operator.clerk, user_id, turn, reason).await?;
    let facts = app.ledger.person_facts(user_id)?;
    let since = facts.and_then(|facts| facts.suspended_since);
    Ok(json(StatusCode::OK, &StandingAnswer::new(user_id, since)))
}

/// A person's purchases, newest first, for a reason that the person sees from then on. Each page is a look of its
/// own, and is written down before anything is told. What is private is told by shop, time and amount alone.
#[utoipa::path(post, path = "/v1/users/{user_id}/look", tag = "Operator",
    params(("user_id" = String, Path, description = "The person"), GivenQuery),
    request_body = wire::operator::standing::ReasonMessage,
    responses((status = 200, body = GivenPage),
        (status = 404, description = "No such person", body = wire::error::ProblemMessage, content_type = "application/problem+json")),
    security(("operator" = [])))]
pub(super) async fn look(
    operator: Operator,
    State(app): State<Arc<App>>,
    Path(user_id): Path<String>,
    Parameters(query): Parameters<GivenQuery>,
    body: Body,
) -> Reply<Response> {
    let user_id = paths::person(&app, &user_id)?;
    let asked = PurchaseQuery::from(query);
    let asked = asked.prove().map_err(Refused::faults)?;
    let sent = read_body(body, SETTLEMENT_BYTES).await?;
    let reason = read_reason(&sent).map_err(Refused::faults)?;
    let reason = looks::reason(reason.as_str()).ok_or_else(|| {
        paths::parameter(
            "reason",
            "say in 10 characters or more why; the person sees it",
        )
    })?;
    looks::look_for(&app, &operator.clerk, user_id, &reason).await?;
    let work = Arc::clone(&app);
    let read = aside(move || given::read(&work, user_id, None, &asked)).await??;
    let page = GivenPage {
        purchases: read.messages(),
        next_cursor: read.next.map(cursor),
    };
    Ok(json(StatusCode::OK, &page))
}

/// Makes one account of two: all of `from` goes into this one, in steps. Nobody comes in to the old account from
/// then on, and its id, its reference and its codes lead to this one for ever. The same again tells how far it is.
#[utoipa::path(post, path = "/v1/users/{user_id}/merge", tag = "Operator",
    params(("user_id" = String, Path, description = "The person whose account stays")),
    request_body = wire::operator::standing::MergeMessage,
    responses((status = 200, description = "All has moved", body = MergeAnswer),
        (status = 202, description = "It goes on by itself", body = MergeAnswer),
        (status = 404, description = "One of the two is not there", body = wire::error::ProblemMessage, content_type = "application/problem+json"),
        (status = 409, description = "They cannot become one", body = wire::error::ProblemMessage, content_type = "application/problem+json")),
    security(("operator" = [])))]
pub(super) async fn merge(
    operator: Operator,
    State(app): State<Arc<App>>,
    Path(user_id): Path<String>,
    body: Body,
) -> Reply<Response> {
    let into = paths::person(&app, &user_id)?;
    let sent = read_body(body, SETTLEMENT_BYTES).await?;
    let asked = read_merge(&sent).map_err(Refused::faults)?;
    let both = (asked.from, into);
    let progress = merging::merge(&app, &operator.clerk, both, asked.reason).await?;
    let status = match progress.done {
        true => StatusCode::OK,
        false => StatusCode::ACCEPTED,
    };
    let Progress {
        into,
        purchases,
        left,
        done,
    } = progress;
    let answer = MergeAnswer {
        user_id: into.to_string(),
        from: asked.from.to_string(),
        purchases,
        left,
        done,
    };
    Ok(json(status, &answer))
}
