//! What a visitor does to the town: each form is one deed, and leads back to the page, which then says
//! what to look at.

use super::words::{Deed, Lang};
use super::{Counter, Stage};
use axum::Form;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;
use serde::Deserialize;
use std::sync::Arc;

/// Letters of a name at most.
const NAME_CHARS_MAX: usize = 60;

/// What each form sends.
#[derive(Deserialize)]
pub(super) struct Sent {
    lang: Lang,
    #[serde(default)]
    name: String,
    #[serde(default)]
    code: String,
}

impl Sent {
    fn name(&self) -> Option<String> {
        let name: String = self.name.trim().chars().take(NAME_CHARS_MAX).collect();
        (!name.is_empty()).then_some(name)
    }
}

type Asked = (State<Arc<Stage>>, Path<String>, Form<Sent>);

pub(super) async fn cut((State(stage), Path(shop), Form(sent)): Asked) -> Response {
    let Some(counter) = stage.counter(&shop) else {
        return nowhere();
    };
    counter.cut();
    done(&counter, &sent, Deed::Cut, Ok(()))
}

pub(super) async fn heal((State(stage), Path(shop), Form(sent)): Asked) -> Response {
    let Some(counter) = stage.counter(&shop) else {
        return nowhere();
    };
    let healed = counter.heal().await;
    done(&counter, &sent, Deed::Heal, healed)
}

pub(super) async fn rename((State(stage), Path(shop), Form(sent)): Asked) -> Response {
    let (Some(counter), Some(name)) = (stage.counter(&shop), sent.name()) else {
        return nowhere();
    };
    let (theirs, code) = (Arc::clone(&counter), sent.code.clone());
    let renamed = aside(move || theirs.rename(&code, &name)).await;
    done(&counter, &sent, Deed::Rename, renamed)
}

pub(super) async fn forget((State(stage), Path(shop), Form(sent)): Asked) -> Response {
    let Some(counter) = stage.counter(&shop) else {
        return nowhere();
    };
    let sold = stage.forget(&counter).await;
    done(&counter, &sent, Deed::Forget, sold)
}

pub(super) async fn remember((State(stage), Path(shop), Form(sent)): Asked) -> Response {
    let (Some(counter), Some(name)) = (stage.counter(&shop), sent.name()) else {
        return nowhere();
    };
    let theirs = Arc::clone(&counter);
    let listed = aside(move || stage.remember(&theirs, &name)).await;
    done(&counter, &sent, Deed::Remember, listed)
}

/// SQL waits for the disk, and is done where nobody else waits.
async fn aside(work: impl FnOnce() -> anyhow::Result<()> + Send + 'static) -> anyhow::Result<()> {
    tokio::task::spawn_blocking(work).await?
}

fn nowhere() -> Response {
    let detail = "there is no such shop, or the name is missing; go back and try again";
    (StatusCode::UNPROCESSABLE_ENTITY, detail).into_response()
}

fn done(counter: &Counter, sent: &Sent, deed: Deed, outcome: anyhow::Result<()>) -> Response {
    match outcome {
        Ok(()) => {
            let (shop, lang, deed) = (counter.shop, sent.lang.tag(), deed.word());
            Redirect::to(&format!("/?lang={lang}&did={deed}&shop={shop}#{shop}")).into_response()
        }
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, format!("{error:#}")).into_response(),
    }
}
