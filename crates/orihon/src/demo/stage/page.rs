//! The page of the stage: four ways in, how to sell, and a card for each shop. It works without scripts;
//! with them, what waits at the shops is shown as it changes.

use super::words::{Deed, Lang, Words};
use super::{Stage, Standing, square, standing, state};
use crate::demo::counter::Counter;
use crate::demo::line::State as LineState;
use axum::Router;
use axum::extract::{Query, State};
use axum::response::{Html, IntoResponse};
use axum::routing::get;
use http::HeaderMap;
use http::header::CONTENT_TYPE;
use maud::{DOCTYPE, Markup, html};
use serde::Deserialize;
use std::sync::Arc;

/// In the address of the page.
#[derive(Deserialize)]
pub(super) struct Asked {
    lang: Option<Lang>,
    did: Option<Deed>,
    shop: Option<String>,
}

/// The style and the script.
pub(super) fn files() -> Router<Arc<Stage>> {
    let style = [(CONTENT_TYPE, "text/css; charset=utf-8")];
    let script = [(CONTENT_TYPE, "text/javascript; charset=utf-8")];
    Router::new()
        .route(
            "/stage.css",
            get(async move || (style, include_str!("stage.css")).into_response()),
        )
        .route(
            "/stage.js",
            get(async move || (script, include_str!("stage.js")).into_response()),
        )
}

/// The page.
pub(super) async fn show(
    State(stage): State<Arc<Stage>>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Html<String> {
    let lang = asked.lang.unwrap_or_else(|| Lang::of(&headers));
    let words = lang.words();
    let mut shops = Vec::new();
    for counter in &stage.counters {
        let did = asked
            .did
            .filter(|_| asked.shop.as_deref() == Some(counter.shop));
        shops.push(shop(lang, counter, &standing(&stage, counter).await, did));
    }
    let phone = phone(&stage, words).await;
    let page = html! {
        (DOCTYPE)
        html lang=(lang.tag()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { "Orihon demo" }
                link rel="icon" href="data:,";
                link rel="stylesheet" href="/stage.css";
                script src="/stage.js" type="module" {}
            }
            body data-lang=(lang.tag()) {
                header.top {
                    span.brand { "Orihon demo" }
                    nav {
                        a href="/?lang=ja" lang="ja" aria-current=[(lang == Lang::Ja).then_some("true")] { "日本語" }
                        a href="/?lang=en" lang="en" aria-current=[(lang == Lang::En).then_some("true")] { "English" }
                    }
                }
                main {
                    section.hero { h1 { (words.title) } p.lead { (words.lead) } }
                    (places(&stage, words))
                    (phone)
                    (selling(&stage, words))
                    section.fate {
                        h2 { (words.fate) }
                        p.soft { (words.fate_note) }
                        div.shops { @for shop in shops { (shop) } }
                    }
                }
                footer { p.soft { (words.promise) } }
            }
        }
    };
    Html(page.into_string())
}

/// The four ways in. Each opens a window of its own, so that they can lie side by side.
fn places(stage: &Stage, words: &Words) -> Markup {
    let [supermarket, ..] = &stage.counters;
    let ways = [
        ("/go/book", "book", words.book, words.book_note),
        ("/go/code", "code", words.code, words.code_note),
        (
            supermarket.page.as_str(),
            "till",
            words.till,
            words.till_note,
        ),
        ("/go/console", "console", words.console, words.console_note),
    ];
    html! {
        nav.places aria-label=(words.places) {
            @for (href, target, name, note) in ways {
                a.place href=(href) target=(format!("orihon-{target}")) {
                    strong { (name) }
                    span.soft { (note) }
                }
            }
        }
    }
}

/// The way in for a phone, if one can get here.
async fn phone(stage: &Stage, words: &Words) -> Markup {
    if stage.base.contains("//127.0.0.1") || stage.base.contains("//localhost") {
        return html! { p.soft.aside { (words.no_phone) } };
    }
    let link = stage.way_in().await;
    html! {
        section.card.phone {
            (square::draw(&link, words.phone))
            div {
                h2 { (words.phone) }
                p { (words.phone_note) }
                p.soft { (words.phone_again) }
                p.soft.address { (stage.base) }
            }
        }
    }
}

fn selling(stage: &Stage, words: &Words) -> Markup {
    html! {
        section.card {
            h2 { (words.sell) }
            ol { @for step in words.steps { li { (step) } } }
            p.id {
                span { (words.id) }
                code id="person" { (stage.user_id) }
                button type="button" data-copy="person" data-done=(words.copied) hidden { (words.copy) }
            }
        }
    }
}

fn shop(lang: Lang, counter: &Counter, standing: &Standing, did: Option<Deed>) -> Markup {
    let words = lang.words();
    let (state, text) = match standing.line {
        LineState::Whole => ("whole", words.whole),
        LineState::Cut => ("cut", words.is_cut),
    };
    html! {
        article.card id=(counter.shop) {
            h3 { (counter.name) }
            p.state data-shop=(counter.shop) data-state=(state) {
                span.line data-whole=(words.whole) data-cut=(words.is_cut) { (text) }
                span.queue { (state::text(lang, standing)) }
            }
            @if let Some(did) = did {
                p.look role="status" { strong { (words.look) } " " (did.look(words)) }
            }
            div.row {
                @match standing.line {
                    LineState::Whole => (press(lang, counter, Deed::Cut, words.cut)),
                    LineState::Cut => (press(lang, counter, Deed::Heal, words.heal)),
                }
                a.button href=(counter.page) target=(format!("orihon-till-{}", counter.shop)) { (words.open_till) }
            }
            (renaming(lang, counter, standing))
            (forgetting(lang, counter, standing))
        }
    }
}

fn renaming(lang: Lang, counter: &Counter, standing: &Standing) -> Markup {
    let words = lang.words();
    html! {
        @if let Some(item) = &standing.item {
            form.deed method="post" action=(action(counter, Deed::Rename)) {
                input type="hidden" name="lang" value=(lang.tag());
                input type="hidden" name="code" value=(item.code);
                label {
                    span { (words.new_name) " (" bdi { (item.name) } ")" }
                    input name="name" required maxlength="60" value=(words.renamed.replace("{name}", &item.name));
                }
                button { (words.rename) }
            }
        }
    }
}

fn forgetting(lang: Lang, counter: &Counter, standing: &Standing) -> Markup {
    let words = lang.words();
    html! {
        @match &standing.forgotten {
            None => {
                p.soft.small { (words.forget_note) }
                (press(lang, counter, Deed::Forget, words.forget))
            }
            Some(code) => {
                form.deed method="post" action=(action(counter, Deed::Remember)) {
                    input type="hidden" name="lang" value=(lang.tag());
                    label {
                        span { (words.forgotten.replace("{code}", code)) }
                        input name="name" required maxlength="60" value=(words.forgotten_name);
                    }
                    button.main { (words.remember) }
                }
            }
        }
    }
}

/// A button that is a form of its own.
fn press(lang: Lang, counter: &Counter, deed: Deed, text: &str) -> Markup {
    let class = match deed {
        Deed::Cut => "danger",
        Deed::Heal => "main",
        Deed::Rename | Deed::Forget | Deed::Remember => "",
    };
    html! {
        form method="post" action=(action(counter, deed)) {
            input type="hidden" name="lang" value=(lang.tag());
            button class=(class) { (text) }
        }
    }
}

fn action(counter: &Counter, deed: Deed) -> String {
    format!("/shops/{}/{}", counter.shop, deed.word())
}
