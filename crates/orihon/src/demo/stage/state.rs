//! How the shops stand, for a page that is open: asked once a second, and written over what is there.

use super::words::Lang;
use super::{Stage, Standing, standing};
use crate::demo::line::State as LineState;
use axum::Json;
use axum::extract::{Query, State};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

#[derive(Deserialize)]
pub(super) struct Asked {
    lang: Lang,
}

/// A shop in words.
#[derive(Serialize)]
pub(super) struct Shown {
    shop: &'static str,
    is_cut: bool,
    text: String,
}

/// All shops.
pub(super) async fn show(
    State(stage): State<Arc<Stage>>,
    Query(asked): Query<Asked>,
) -> Json<Vec<Shown>> {
    let mut shown = Vec::new();
    for counter in &stage.counters {
        let standing = standing(&stage, counter).await;
        shown.push(Shown {
            shop: counter.shop,
            is_cut: standing.line == LineState::Cut,
            text: text(asked.lang, &standing),
        });
    }
    Json(shown)
}

/// What waits at a shop, in words.
pub(super) fn text(lang: Lang, standing: &Standing) -> String {
    let words = lang.words();
    let Some(queue) = &standing.queue else {
        return words.silent.to_owned();
    };
    let waiting = match queue.waiting {
        0 => words.nothing_waits.to_owned(),
        count => words
            .waits
            .replace("{n}", &count.to_string())
            .replace("{s}", &queue.oldest_s.to_string()),
    };
    match queue.items_behind {
        true => format!("{waiting}{}", words.items_wait),
        false => waiting,
    }
}
