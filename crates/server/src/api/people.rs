//! People, their keys and counts, for operators.

#![expect(
    unused_qualifications,
    reason = "utoipa's macro repeats the types of a handler"
)]

use super::paths::{self, Parameters, Path};
use super::settlements::read_body;
use super::stores::change;
use crate::app::App;
use crate::auth::Operator;
use crate::catalogues::aside;
use crate::reply::{Refused, Reply, json};
use crate::secret::{Secret, SecretKind};
use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use ledger::account::Tally as LedgerTally;
use ledger::profile::Profile;
use ledger::write::{Changed, FirstKey, Write, Written};
use purchase::id::{TokenId, UserId};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::Arc;
use utoipa::IntoParams;
use wire::error::ErrorCode;
use wire::limits::SETTLEMENT_BYTES;
use wire::operator::answer::{OperatorMessage, Operators, TokenAnswer, UserAnswer};
use wire::operator::count::{Count, CountBy, Counts, Tally, by_currency};
use wire::operator::read_user;
use wire::time::show_utc;

/// People counted on one page.
const USERS_PER_PAGE: usize = 5_000;

/// A new person; the same `ref` again is answered with 200 and the same `user_id`.
#[utoipa::path(post, path = "/v1/users", tag = "Operator",
    request_body = wire::operator::NewUserMessage,
    responses((status = 201, body = UserAnswer), (status = 200, body = UserAnswer)),
    security(("operator" = [])))]
pub(super) async fn add(
    _operator: Operator,
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

/// A further key to a person's account.
#[utoipa::path(post, path = "/v1/users/{user_id}/tokens", tag = "Operator",
    params(("user_id" = String, Path, description = "The person")),
    responses((status = 201, body = TokenAnswer)), security(("operator" = [])))]
pub(super) async fn add_token(
    _operator: Operator,
    State(app): State<Arc<App>>,
    Path(user_id): Path<String>,
) -> Reply<Response> {
    let user_id = paths::user(&user_id)?;
    let token_id = TokenId(app.clock.random());
    let secret = Secret::new(SecretKind::User, app.clock.random());
    let write = Write::AddToken {
        user_id,
        token_id,
        hash: secret.hash(),
    };
    match change(&app, write).await? {
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
    _operator: Operator,
    State(app): State<Arc<App>>,
    Path(token_id): Path<String>,
) -> Reply<StatusCode> {
    let token_id = paths::token(&token_id)?;
    match change(&app, Write::RevokeToken { token_id }).await? {
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
        .into_iter()
        .map(|(token_id, created_at)| OperatorMessage {
            token_id: token_id.to_string(),
            created_at: show_utc(created_at),
            is_yours: token_id == operator.token_id,
        });
    let operators = operators.collect();
    Ok(json(StatusCode::OK, &Operators { operators }))
}

/// A further operator's key, shown this once. With one, the first start's key may be deleted.
#[utoipa::path(post, path = "/v1/operators", tag = "Operator",
    responses((status = 201, body = TokenAnswer)), security(("operator" = [])))]
pub(super) async fn add_operator(
    _operator: Operator,
    State(app): State<Arc<App>>,
) -> Reply<Response> {
    let token_id = TokenId(app.clock.random());
    let secret = Secret::new(SecretKind::Operator, app.clock.random());
    change(
        &app,
        Write::AddOperator {
            token_id,
            hash: secret.hash(),
        },
    )
    .await?;
    let token = secret.reveal().to_owned();
    Ok(json(
        StatusCode::CREATED,
        &TokenAnswer {
            token_id: token_id.to_string(),
            token,
        },
    ))
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
