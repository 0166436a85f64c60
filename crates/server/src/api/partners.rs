//! Partners: how operators add and remove them, and what each reads of people who consented to it.

#![expect(
    unused_qualifications,
    reason = "utoipa's macro repeats the types of a handler"
)]

use super::paths::{self, Parameters, Path};
use super::settlements::read_body;
use crate::app::App;
use crate::auth::{AsPartner, Operator};
use crate::catalogues::aside;
use crate::given;
use crate::partners;
use crate::reply::{Refused, Reply, json};
use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use serde::Deserialize;
use std::sync::Arc;
use utoipa::IntoParams;
use wire::account::cursor;
use wire::account::query::PurchaseQuery;
use wire::limits::SETTLEMENT_BYTES;
use wire::partner::{
    GivenPage, GivenQuery, GivingPeople, GivingPerson, PartnerAnswer, Partners, people_cursor,
    read_partner, read_people_cursor,
};

/// People on a page.
const PEOPLE_PER_PAGE: usize = 100;

/// A partner, to whom people may consent to give what they bought. Its key is shown this once.
#[utoipa::path(post, path = "/v1/partners", tag = "Operator",
    request_body = wire::partner::NewPartnerMessage,
    responses((status = 201, body = PartnerAnswer)), security(("operator" = [])))]
pub(super) async fn add(
    operator: Operator,
    State(app): State<Arc<App>>,
    body: Body,
) -> Reply<Response> {
    let sent = read_body(body, SETTLEMENT_BYTES).await?;
    let asked = read_partner(&sent).map_err(Refused::faults)?;
    let added = partners::add(&app, &operator.clerk, asked).await?;
    let answer = PartnerAnswer {
        partner_id: added.partner_id.to_string(),
        key: added.key.reveal().to_owned(),
        consent_url: partners::consent_url(&app, added.partner_id),
    };
    Ok(json(StatusCode::CREATED, &answer))
}

/// The partners, without their keys.
#[utoipa::path(get, path = "/v1/partners", tag = "Operator",
    responses((status = 200, body = Partners)), security(("operator" = [])))]
pub(super) async fn list(_operator: Operator, State(app): State<Arc<App>>) -> Reply<Response> {
    let found = app.ledger.partners()?;
    let partners = found.iter().map(|known| partners::told(&app, known));
    let partners = partners.collect();
    Ok(json(StatusCode::OK, &Partners { partners }))
}

/// Removes a partner with all that people consented to give it; it gets nothing more at once.
#[utoipa::path(delete, path = "/v1/partners/{partner_id}", tag = "Operator",
    params(("partner_id" = String, Path, description = "The partner")),
    responses((status = 204)), security(("operator" = [])))]
pub(super) async fn remove(
    operator: Operator,
    State(app): State<Arc<App>>,
    Path(partner_id): Path<String>,
) -> Reply<StatusCode> {
    let partner_id = paths::partner(&partner_id)?;
    partners::remove(&app, &operator.clerk, partner_id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Where a page of people begins.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct After {
    /// `next_cursor` of the page before; people are told 100 at a time.
    cursor: Option<String>,
}

/// Those who give something to the partner that asks, in no particular order.
#[utoipa::path(get, path = "/v1/partners/me/people", tag = "Partner", params(After),
    responses((status = 200, body = GivingPeople)), security(("partner" = [])))]
pub(super) async fn people(
    partner: AsPartner,
    State(app): State<Arc<App>>,
    Parameters(asked): Parameters<After>,
) -> Reply<Response> {
    let now = app.clock.now();
    app.partner_requests.take(partner.partner_id, now)?;
    let after = match asked.cursor.as_deref() {
        None | Some("") => None,
        Some(text) => Some(
            read_people_cursor(text)
                .ok_or_else(|| paths::parameter("cursor", "copy next_cursor unchanged"))?,
        ),
    };
    let ledger = Arc::clone(&app.ledger);
    let look = move || ledger.consented_to(partner.partner_id, after, PEOPLE_PER_PAGE, now);
    let found = aside(look).await??;
    let people = found
        .consents
        .iter()
        .map(|it| GivingPerson::new(it.alias, it.given_at, it.until, it.from));
    let page = GivingPeople {
        people: people.collect(),
        next_cursor: found.next.map(people_cursor),
    };
    Ok(json(StatusCode::OK, &page))
}

/// What somebody gives to the partner that asks, newest first. The person is told that it was read.
#[utoipa::path(get, path = "/v1/partners/me/people/{person}/purchases", tag = "Partner",
    params(("person" = String, Path, description = "The person, as this partner knows one"), GivenQuery),
    responses((status = 200, body = GivenPage),
        (status = 404, description = "Nobody who gives this partner anything now", body = wire::error::ProblemMessage, content_type = "application/problem+json"),
        (status = 429, description = "Too many requests a minute", body = wire::error::ProblemMessage, content_type = "application/problem+json")),
    security(("partner" = [])))]
pub(super) async fn purchases(
    partner: AsPartner,
    State(app): State<Arc<App>>,
    Path(person): Path<String>,
    Parameters(query): Parameters<GivenQuery>,
) -> Reply<Response> {
    let now = app.clock.now();
    app.partner_requests.take(partner.partner_id, now)?;
    let asked = PurchaseQuery::from(query);
    let asked = asked.prove().map_err(Refused::faults)?;
    let alias = paths::alias(&person)?;
    let consent = partners::begin_reading(&app, partner.partner_id, alias).await?;
    let work = Arc::clone(&app);
    let read = aside(move || given::read(&work, consent.user_id, consent.from, &asked)).await??;
    let page = GivenPage {
        purchases: read.messages(),
        next_cursor: read.next.map(cursor),
    };
    Ok(json(StatusCode::OK, &page))
}
