//! People, their keys and counts, for operators.

#![expect(
    unused_qualifications,
    reason = "utoipa's macro repeats the types of a handler"
)]

use super::paths::{self, Parameters, Path};
use super::settlements::read_body;
use crate::app::App;
use crate::auth::{Clerk, Operator};
use crate::catalogues::aside;
use crate::desk;
use crate::office::{self, Deed, KEY_WANTED, carry_out};
use crate::reply::{Refused, Reply, json};
use crate::secret::{Secret, SecretKind};
use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use ledger::account::Tally as LedgerTally;
use ledger::account::{Accessor, Act, OperatorKey, Scope};
use ledger::profile::Profile;
use ledger::write::{Changed, FirstKey, NewToken, Write, Written};
use purchase::id::{TokenId, UserId};
use purchase::limits::TEXT_CHARS_MAX;
use purchase::text::Text;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::Arc;
use utoipa::IntoParams;
use wire::error::ErrorCode;
use wire::limits::SETTLEMENT_BYTES;
use wire::operator::answer::{LinkAnswer, OperatorMessage, Operators, TokenAnswer, UserAnswer};
use wire::operator::count::{Count, CountBy, Counts, Tally, by_currency};
use wire::operator::token::read_token;
use wire::operator::{read_operator, read_user};
use wire::time::show_utc;

/// People counted on one page.
const USERS_PER_PAGE: usize = 5_000;

/// A new person; the same `ref` again is answered with 200 and the same `user_id`.
#[utoipa::path(post, path = "/v1/users", tag = "Operator",
    request_body = wire::operator::NewUserMessage,
    responses((status = 201, body = UserAnswer), (status = 200, body = UserAnswer)),
    security(("operator" = [])))]
pub(super) async fn add(
    operator: Operator,
    State(app): State<Arc<App>>,
    body: Body,
) -> Reply<Response> {
    let sent = read_body(body, SETTLEMENT_BYTES).await?;
    let user = read_user(&sent).map_err(Refused::faults)?;
    let profile = Box::new(Profile {
        reference: user.reference,
        name: user.name,
        email: user.email,
    });
    let token_id = TokenId(app.clock.random());
    let secret = Secret::new(SecretKind::User, app.clock.random());
    let spare = app.ledger.take_key()?;
    let write = Write::AddUser {
        spare,
        profile,
        first: FirstKey::Token {
            token_id,
            hash: secret.hash(),
        },
    };
    let deed = Deed::new(Act::PersonAdded);
    let write = deed.noted(&app, &operator.clerk, Some(write))?;
    match app.intake.write_one(write).await? {
        Written::User {
            user_id,
            changed: Changed::Done,
        } => {
            let answer = UserAnswer::new(user_id, token_id, secret.reveal().to_owned());
            Ok(json(StatusCode::CREATED, &answer))
        }
        Written::User { user_id, .. } => Ok(json(StatusCode::OK, &UserAnswer::known(user_id))),
        other => panic!("a new person was answered with {other:?}"),
    }
}

/// A further key to a person's account. The person sees that it was made, by which key, and why, and can end it.
#[utoipa::path(post, path = "/v1/users/{user_id}/tokens", tag = "Operator",
    params(("user_id" = String, Path, description = "The person")),
    request_body(content = Option<wire::operator::token::NewTokenMessage>),
    responses((status = 201, body = TokenAnswer)), security(("operator" = [])))]
pub(super) async fn add_token(
    operator: Operator,
    State(app): State<Arc<App>>,
    Path(user_id): Path<String>,
    body: Body,
) -> Reply<Response> {
    let user_id = paths::person(&app, &user_id)?;
    let sent = read_body(body, SETTLEMENT_BYTES).await?;
    let reason = read_token(&sent).map_err(Refused::faults)?;
    let reason = reason.unwrap_or_else(|| {
        Text::new(KEY_WANTED, TEXT_CHARS_MAX).expect("the sentence is short and printable")
    });
    let token_id = TokenId(app.clock.random());
    let secret = Secret::new(SecretKind::User, app.clock.random());
    let write = Write::AddToken(NewToken {
        user_id,
        token_id,
        hash: secret.hash(),
        by: Accessor::Operator {
            token_id: operator.clerk.key,
        },
        reason,
    });
    let deed = Deed::new(Act::PersonKeyAdded).to(&user_id.to_string());
    match carry_out(&app, &operator.clerk, deed, write).await? {
        Changed::Done | Changed::Same => {
            let token = secret.reveal().to_owned();
            Ok(json(
                StatusCode::CREATED,
                &TokenAnswer {
                    token_id: token_id.to_string(),
                    token,
                },
            ))
        }
        Changed::Different | Changed::NotFound | Changed::Last | Changed::Full => {
            Err(Refused::not_found("user"))
        }
    }
}

/// A key to an account, or an operator's, stops working. The operator's last key stays.
#[utoipa::path(delete, path = "/v1/tokens/{token_id}", tag = "Operator",
    params(("token_id" = String, Path, description = "The key's id")),
    responses((status = 204, description = "The key no longer works")),
    security(("operator" = [])))]
pub(super) async fn revoke_token(
    operator: Operator,
    State(app): State<Arc<App>>,
    Path(token_id): Path<String>,
) -> Reply<StatusCode> {
    let token_id = paths::token(&token_id)?;
    let deed = Deed::new(Act::KeyRevoked).to(&token_id.to_string());
    let write = Write::RevokeToken { token_id };
    match carry_out(&app, &operator.clerk, deed, write).await? {
        Changed::Done | Changed::Same => {
            app.known.forget();
            Ok(StatusCode::NO_CONTENT)
        }
        Changed::Last => Err(Refused::new(
            ErrorCode::LastKey,
            "it is the operator's last key; make another with POST /v1/operators first",
        )),
        Changed::Different | Changed::NotFound | Changed::Full => Err(Refused::not_found("token")),
    }
}

/// The operators' keys by their ids, oldest first.
#[utoipa::path(get, path = "/v1/operators", tag = "Operator",
    responses((status = 200, body = Operators)), security(("operator" = [])))]
pub(super) async fn operators(operator: Operator, State(app): State<Arc<App>>) -> Reply<Response> {
    let keys = app.ledger.operators()?;
    let operators = keys
        .iter()
        .filter(|known| known.grant.session_of.is_none())
        .map(|known| operator_message(known, operator.clerk.key));
    let operators = operators.collect();
    Ok(json(StatusCode::OK, &Operators { operators }))
}

fn operator_message(known: &OperatorKey, own: TokenId) -> OperatorMessage {
    let (chain_id, store_id) = match &known.grant.scope {
        Scope::Everything => (None, None),
        Scope::Chain(chain_id) => (Some(chain_id.as_str().to_owned()), None),
        Scope::Store(store_id) => (None, Some(store_id.to_string())),
    };
    OperatorMessage {
        token_id: known.token_id.to_string(),
        created_at: show_utc(known.created_at),
        is_yours: known.token_id == own,
        label: known.label.as_ref().map(|label| label.as_str().to_owned()),
        chain_id,
        store_id,
    }
}

/// A further operator's key, shown this once; for everything, or for a chain or a store only. With one, the
/// first start's key may be deleted.
#[utoipa::path(post, path = "/v1/operators", tag = "Operator",
    request_body(content = Option<wire::operator::NewOperatorMessage>),
    responses((status = 201, body = TokenAnswer),
        (status = 422, description = "No such chain or store", body = wire::error::ProblemMessage, content_type = "application/problem+json")),
    security(("operator" = [])))]
pub(super) async fn add_operator(
    operator: Operator,
    State(app): State<Arc<App>>,
    body: Body,
) -> Reply<Response> {
    let sent = read_body(body, SETTLEMENT_BYTES).await?;
    let new = read_operator(&sent).map_err(Refused::faults)?;
    let (token_id, secret) = desk::add_key(&app, &operator.clerk, new).await?;
    let token = secret.reveal().to_owned();
    Ok(json(
        StatusCode::CREATED,
        &TokenAnswer {
            token_id: token_id.to_string(),
            token,
        },
    ))
}

/// A link that opens the console once within 15 minutes, for what the asking key reaches.
#[utoipa::path(post, path = "/v1/console/links", tag = "Operator",
    responses((status = 201, body = LinkAnswer)), security(("operator" = [])))]
pub(super) async fn add_link(clerk: Clerk, State(app): State<Arc<App>>) -> Reply<Response> {
    office::note(&app, &clerk, Deed::new(Act::LinkMade)).await?;
    let link = desk::new_link(&app, clerk.key);
    let answer = LinkAnswer {
        url: link.url,
        expires_at: show_utc(link.expires_at),
    };
    Ok(json(StatusCode::CREATED, &answer))
}

/// By what to count.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct By {
    /// `store` or `user`.
    by: Option<String>,
    /// `next_cursor` of the page before; people are told 5,000 at a time.
    cursor: Option<String>,
}

/// Settlements, lines, pending lines and totals, by store or by person.
#[utoipa::path(get, path = "/v1/counts", tag = "Operator", params(By),
    responses((status = 200, body = Counts)), security(("operator" = [])))]
pub(super) async fn counts(
    _operator: Operator,
    State(app): State<Arc<App>>,
    Parameters(asked): Parameters<By>,
) -> Reply<Response> {
    let by = CountBy::parse(asked.by.as_deref().unwrap_or("store"))
        .ok_or_else(|| paths::parameter("by", "must be store or user"))?;
    let after = match asked.cursor.as_deref() {
        None | Some("") => None,
        Some(text) => Some(
            UserId::parse(text)
                .map_err(|_| paths::parameter("cursor", "copy next_cursor unchanged"))?,
        ),
    };
    let ledger = Arc::clone(&app.ledger);
    let (counts, next_cursor) = aside(move || match by {
        CountBy::Store => {
            let counts = ledger.count_stores()?;
            let counts = counts.into_iter().map(|count| Count {
                store_id: Some(count.store_id.to_string()),
                user_id: None,
                tally: tally(&count.tally),
            });
            Ok::<_, ledger::fault::Fault>((counts.collect::<Vec<_>>(), None))
        }
        CountBy::User => {
            let counts = ledger.count_users(after, USERS_PER_PAGE)?;
            let next = (counts.len() == USERS_PER_PAGE)
                .then(|| counts.last())
                .flatten();
            let next = next.map(|last| last.user_id.to_string());
            let counts = counts.into_iter().map(|count| Count {
                store_id: None,
                user_id: Some(count.user_id.to_string()),
                tally: tally(&count.tally),
            });
            Ok((counts.collect(), next))
        }
    })
    .await??;
    let mut total = tally(&LedgerTally::default());
    for count in &counts {
        total.add(&count.tally);
    }
    Ok(json(
        StatusCode::OK,
        &Counts {
            by,
            counts,
            total,
            next_cursor,
        },
    ))
}

fn tally(tally: &LedgerTally) -> Tally {
    let total_by_currency: BTreeMap<_, _> = by_currency(&tally.totals);
    Tally {
        settlements: tally.settlements,
        lines: tally.lines,
        pending_lines: tally.pending,
        total_by_currency,
    }
}
