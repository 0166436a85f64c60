//! Codes of people: claim codes from receipts and member codes for tills. What they do is decided elsewhere.

use super::settlements::read_body;
use crate::app::App;
use crate::auth::SignedIn;
use crate::book::{message, store_of};
use crate::codes::{Shown, issue, look, revoke_card, take_claim};
use crate::peer::Peer;
use crate::reply::{Refused, Reply, json};
use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use ledger::write::Claimed;
use purchase::member::MemberForm;
use std::sync::Arc;
use wire::account::message::PurchaseMessage;
use wire::codes::{
    CardState, ClaimAnswer, ClaimState, MemberCodeAnswer, MemberCodesAnswer, MemberCodesState,
    WaitingClaim, WaitingClaims, read_claim, read_member_codes,
};
use wire::limits::SETTLEMENT_BYTES;
use wire::time::show_utc;

/// Takes the purchase on whose receipt the code stands. If its sale has not come yet, it is the person's as
/// soon as it does.
#[utoipa::path(post, path = "/v1/me/claims", tag = "Person",
    request_body = wire::codes::ClaimMessage,
    responses(
        (status = 200, description = "The purchase is the person's", body = ClaimAnswer),
        (status = 202, description = "No sale is known by this code that could be taken; if one comes, it will be. A code that was used is answered the same", body = ClaimAnswer),
        (status = 409, description = "50 codes wait already", body = wire::error::ProblemMessage, content_type = "application/problem+json")),
    security(("person" = [])))]
pub(super) async fn claim(
    person: SignedIn,
    State(app): State<Arc<App>>,
    body: Body,
) -> Reply<Response> {
    let sent = read_body(body, SETTLEMENT_BYTES).await?;
    let code = read_claim(&sent).map_err(Refused::faults)?;
    let (status, state, purchase_id) = match take_claim(&app, person.user_id, code).await? {
        Claimed::Filed(id) => (StatusCode::OK, ClaimState::Filed, Some(id.to_string())),
        Claimed::Waiting | Claimed::TooMany | Claimed::NotFound => {
            (StatusCode::ACCEPTED, ClaimState::Waiting, None)
        }
    };
    Ok(json(status, &ClaimAnswer { state, purchase_id }))
}

/// The claim codes that the person gave and whose sale has not come, by their times alone.
#[utoipa::path(get, path = "/v1/me/claims", tag = "Person",
    responses((status = 200, body = WaitingClaims)), security(("person" = [])))]
pub(super) async fn waiting(person: SignedIn, State(app): State<Arc<App>>) -> Reply<Response> {
    let waiting = app.ledger.waiting_claims(person.user_id, app.clock.now())?;
    let claims = waiting.iter().map(|claim| WaitingClaim {
        asked_at: show_utc(claim.asked_at),
    });
    let claims = claims.collect();
    Ok(json(StatusCode::OK, &WaitingClaims { claims }))
}

/// The purchase that a claim code leads to, without any account: whoever has the receipt reads what is on
/// it.
#[utoipa::path(post, path = "/v1/claims/look", tag = "Person",
    request_body = wire::codes::ClaimMessage,
    responses((status = 200, body = PurchaseMessage),
        (status = 404, description = "No such code, or one that was used", body = wire::error::ProblemMessage, content_type = "application/problem+json"),
        (status = 429, description = "Too many codes that nobody knows; wait as long as Retry-After says", body = wire::error::ProblemMessage, content_type = "application/problem+json")))]
pub(super) async fn look_up(
    peer: Peer,
    State(app): State<Arc<App>>,
    body: Body,
) -> Reply<Response> {
    let sent = read_body(body, SETTLEMENT_BYTES).await?;
    let code = read_claim(&sent).map_err(Refused::faults)?;
    let filed = look(&app, peer, code).await?;
    let store = store_of(&app, &filed)?;
    Ok(json(StatusCode::OK, &message(&filed, &store)))
}

/// New member codes: short ones for a phone, each good for one sale within 14 days, or a card for five
/// years, which ends the one before. Of short ones that nobody has used the newest 64 count.
#[utoipa::path(post, path = "/v1/me/member-codes", tag = "Person",
    request_body = wire::codes::NewMemberCodesMessage,
    responses((status = 201, description = "The codes, shown this once", body = MemberCodesAnswer)),
    security(("person" = [])))]
pub(super) async fn add(
    person: SignedIn,
    State(app): State<Arc<App>>,
    body: Body,
) -> Reply<Response> {
    let sent = read_body(body, SETTLEMENT_BYTES).await?;
    let wanted = read_member_codes(&sent).map_err(Refused::faults)?;
    let shown = match wanted.form {
        MemberForm::Short => Shown::Later,
        MemberForm::Card => Shown::Card,
    };
    let issued = issue(&app, person.user_id, shown, wanted.count).await?;
    let codes = issued.iter().map(|issued| MemberCodeAnswer {
        code: issued.code.to_string(),
        issued_at: show_utc(issued.issued_at),
        expires_at: show_utc(issued.expires_at),
    });
    let codes = codes.collect();
    Ok(json(StatusCode::CREATED, &MemberCodesAnswer { codes }))
}

/// What the person has in member codes, without a digit of any.
#[utoipa::path(get, path = "/v1/me/member-codes", tag = "Person",
    responses((status = 200, body = MemberCodesState)), security(("person" = [])))]
pub(super) async fn state(person: SignedIn, State(app): State<Arc<App>>) -> Reply<Response> {
    let codes = app.ledger.member_codes(person.user_id, app.clock.now())?;
    let answer = MemberCodesState {
        short: codes.free,
        short_until: codes.last_expires_at.map(show_utc),
        card: codes.card.map(|card| CardState {
            issued_at: show_utc(card.issued_at),
            expires_at: show_utc(card.expires_at),
        }),
    };
    Ok(json(StatusCode::OK, &answer))
}

/// The card is worth nothing for sales from now on.
#[utoipa::path(delete, path = "/v1/me/member-codes/card", tag = "Person",
    responses((status = 204, description = "Only sales before this count"),
        (status = 404, description = "There is no card", body = wire::error::ProblemMessage, content_type = "application/problem+json")),
    security(("person" = [])))]
pub(super) async fn revoke(person: SignedIn, State(app): State<Arc<App>>) -> Reply<StatusCode> {
    revoke_card(&app, person.user_id).await?;
    Ok(StatusCode::NO_CONTENT)
}
