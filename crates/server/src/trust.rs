//! The page that helps a device to trust the server's own authority, and the files for it. It is read before
//! anything is trusted, and so over plain HTTP as well: whoever reads it is told to compare what the server's
//! terminal shows. It asks for nothing and keeps nothing.

use crate::app::App;
use crate::html::language::Lang;
use crate::html::{Room, around, assets};
use crate::tls::{Authority, hosts};
use axum::Router;
use axum::extract::Query;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::HeaderMap;
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use maud::{DOCTYPE, Markup, html};
use serde::Deserialize;
use std::net::SocketAddr;
use std::sync::Arc;
use words::{Device, Words};

mod profile;
mod words;

/// Where the page is.
pub const PATH: &str = "/trust";

/// The address of the page for a device that trusts nothing yet.
#[must_use]
pub fn address(base: &str, listening: SocketAddr) -> String {
    let host = hosts::host_of(base).map_or_else(|| hosts::nearest(listening), hosts::in_address);
    format!("http://{host}:{}{PATH}", listening.port())
}

/// Which language, for whoever has no cookie for it yet.
#[derive(Deserialize)]
struct Asked {
    lang: Option<String>,
}

/// The routes; none without an authority.
pub(crate) fn router(app: Arc<App>, authority: Option<Arc<Authority>>) -> Router {
    let Some(authority) = authority else {
        return Router::new();
    };
    let base: Arc<str> = app.site.base().into();
    let (page_of, profile_of, file_of) =
        (Arc::clone(&authority), Arc::clone(&authority), authority);
    let (page_base, profile_base) = (Arc::clone(&base), base);
    let page = async move |headers: HeaderMap, Query(asked): Query<Asked>| {
        let lang = match asked.lang.as_deref() {
            Some("ja") => Lang::Ja,
            Some("en") => Lang::En,
            Some(_) | None => Lang::of(&headers),
        };
        let media_type = [(CONTENT_TYPE, "text/html; charset=utf-8")];
        (media_type, page(lang, &page_of, &page_base).into_string()).into_response()
    };
    let profile = async move || -> Response {
        let media_type = [(CONTENT_TYPE, "application/x-apple-aspen-config")];
        (media_type, profile::profile(&profile_of, &profile_base)).into_response()
    };
    let file = async move || -> Response {
        let about = [
            (CONTENT_TYPE, "application/x-x509-ca-cert"),
            (CONTENT_DISPOSITION, "attachment; filename=\"orihon.crt\""),
        ];
        (about, file_of.pem.clone()).into_response()
    };
    let routes = Router::new()
        .route(PATH, get(page))
        .route("/trust/orihon.mobileconfig", get(profile))
        .route("/trust/orihon.crt", get(file));
    around(routes, app, Room::at(PATH))
}

fn page(lang: Lang, authority: &Authority, base: &str) -> Markup {
    let words = Words::of(lang);
    html! {
        (DOCTYPE)
        html lang=(lang.tag()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover";
                meta name="color-scheme" content="light dark";
                title { (words.title) " · Orihon" }
                link rel="icon" href=(assets::ICON.path()) type="image/svg+xml";
                link rel="stylesheet" href=(assets::STYLE.path());
            }
            body {
                main #main {
                    section.notice {
                        h1 { (words.title) }
                        p { (words.why) }
                    }
                    (fingerprint(words, authority))
                    (devices(words))
                    section.card {
                        h2 { (words.after) }
                        p { (words.after_how) }
                        p { a.button.main href=(base) { (words.open) } }
                        p.soft.small { bdi { (base) } }
                    }
                    section.card {
                        h2 { (words.meaning) }
                        p { (words.meaning_what) }
                        p { (words.removing) }
                    }
                }
                footer {
                    p.languages {
                        a.button.plain href="/trust?lang=ja" lang="ja" { "日本語" }
                        a.button.plain href="/trust?lang=en" lang="en" { "English" }
                    }
                }
            }
        }
    }
}

/// What to compare, before anything else.
fn fingerprint(words: &Words, authority: &Authority) -> Markup {
    html! {
        section.card {
            h2 { (words.compare) }
            p { (words.compare_how) }
            p.code #fingerprint { (authority.fingerprint()) }
            p.soft.small { (words.called) " " bdi { (authority.name) } }
        }
    }
}

/// What to do, on each kind of device.
fn devices(words: &Words) -> Markup {
    html! {
        section.card {
            h2 { (words.devices) }
            @for Device { name, file, label, steps } in &words.each {
                details {
                    summary { (name) }
                    div {
                        p { a.button href=(file) { (label) } }
                        ol.ways { @for step in steps.iter() { li { (step) } } }
                    }
                }
            }
        }
    }
}
