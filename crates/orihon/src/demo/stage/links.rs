//! Links into the town that sign a browser in: each is made when it is followed, because it works once.
//! They are asked for as an operator would ask; a server that makes none is opened as it is.

use super::Stage;
use crate::client::{Client, Content, Repeat, Request};
use axum::extract::State;
use axum::response::Redirect;
use reqwest::Method;
use serde::Deserialize;
use serde_json::json;
use std::sync::Arc;

/// Why the links of people are made; they read it in their account.
const REASON: &str = "the demo's stage was asked for a way in";

#[derive(Deserialize)]
struct Link {
    url: String,
}

/// Opens the person's book.
pub(super) async fn book(State(stage): State<Arc<Stage>>) -> Redirect {
    Redirect::to(&of_person(&stage, "/book").await)
}

/// Opens the person's member code.
pub(super) async fn code(State(stage): State<Arc<Stage>>) -> Redirect {
    Redirect::to(&of_person(&stage, "/code").await)
}

/// Opens the operator's console.
pub(super) async fn console(State(stage): State<Arc<Stage>>) -> Redirect {
    let asked = made(&stage.operator, "/v1/console/links", Content::Nothing).await;
    let plain = format!("{}/console", stage.base);
    Redirect::to(&asked.unwrap_or(plain))
}

/// A link to a page of the person's.
pub(super) async fn of_person(stage: &Stage, next: &str) -> String {
    let path = format!("/v1/users/{}/recovery-link", stage.user_id);
    let content = Content::json(&json!({"reason": REASON, "next": next}));
    let asked = made(&stage.operator, &path, content).await;
    asked.unwrap_or_else(|| format!("{}{next}", stage.base))
}

async fn made(operator: &Client, path: &str, content: Content) -> Option<String> {
    let request = Request::new(Method::POST, path, content, Repeat::Freely);
    match operator.ask::<Link>(&request).await {
        Ok(link) => Some(link.url),
        Err(error) => {
            tracing::info!(%error, path, "no link was made; the page is opened as it is");
            None
        }
    }
}
