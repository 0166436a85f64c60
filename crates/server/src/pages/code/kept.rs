//! Codes that a phone keeps for where there is no signal: each with its two faces, with and without paper,
//! drawn here, so that the phone draws nothing itself. Which of them it has shown is the phone's affair.

use super::face;
use crate::app::App;
use crate::codes::{Issued, Shown, issue};
use crate::pages::visitor::Holder;
use crate::reply::{Reply, json};
use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use serde::Serialize;
use std::sync::Arc;
use wire::member::Wish;

/// How many a phone fetches at a time. Three phones with theirs stay below what an account may have.
const KEPT: u8 = 12;

/// What the phone keeps.
#[derive(Serialize)]
struct Answer {
    /// Whose they are, so that nothing of one account is shown for another.
    of: String,
    codes: Vec<Kept>,
}

/// A code as the phone shows it. Times are in milliseconds, so that the phone need not read any.
#[derive(Serialize)]
struct Kept {
    id: String,
    issued_at: i64,
    expires_at: i64,
    paper: String,
    no_paper: String,
}

impl Kept {
    fn new(issued: &Issued) -> Self {
        let face = |wish: Wish| face(&issued.code.with_wish(wish)).into_string();
        Self {
            id: issued.code.with_wish(Wish::Paper).to_string(),
            issued_at: issued.issued_at.ms(),
            expires_at: issued.expires_at.ms(),
            paper: face(Wish::Paper),
            no_paper: face(Wish::NoPaper),
        }
    }
}

/// Gives the phone new codes to keep.
pub(super) async fn add(holder: Holder, State(app): State<Arc<App>>) -> Reply<Response> {
    let issued = issue(&app, holder.user_id, Shown::Later, KEPT).await?;
    let answer = Answer {
        of: holder.user_id.to_string(),
        codes: issued.iter().map(Kept::new).collect(),
    };
    Ok(json(StatusCode::CREATED, &answer))
}
