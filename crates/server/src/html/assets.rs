//! The files that pages are made of besides their text: style, scripts and pictures. They travel inside
//! the program, and are asked for with a mark that changes with what is in them, so that a browser may
//! keep each for ever.

use crate::app::App;
use axum::Router;
use axum::extract::RawQuery;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use http::{HeaderMap, StatusCode};
use std::sync::Arc;
use tower_http::compression::CompressionLayer;

/// A file inside the program.
#[derive(Debug)]
pub(crate) struct Asset {
    route: &'static str,
    media_type: &'static str,
    content: &'static [u8],
    mark: u64,
}

impl Asset {
    /// A text of a media type.
    pub(crate) const fn new(
        route: &'static str,
        media_type: &'static str,
        text: &'static str,
    ) -> Self {
        Self::of_bytes(route, media_type, text.as_bytes())
    }

    const fn of_bytes(
        route: &'static str,
        media_type: &'static str,
        content: &'static [u8],
    ) -> Self {
        Self {
            route,
            media_type,
            content,
            mark: mark(content),
        }
    }

    /// A picture of dots. Those of the icon are made of the drawing, without its round corners, as phones
    /// cut icons to their own shape.
    pub(crate) const fn png(route: &'static str, content: &'static [u8]) -> Self {
        Self::of_bytes(route, "image/png", content)
    }

    /// A script, which a page loads as a module.
    pub(crate) const fn script(route: &'static str, text: &'static str) -> Self {
        Self::new(route, "text/javascript; charset=utf-8", text)
    }

    /// Where a page asks for it.
    pub(crate) fn path(&self) -> String {
        format!("{}?v={:016x}", self.route, self.mark)
    }

    fn answer(&self, query: Option<&str>, headers: &HeaderMap) -> Response {
        let mark = format!("{:016x}", self.mark);
        // Asked for without the mark, or with that of another version, it may change at any time.
        let is_marked = query.and_then(|query| query.strip_prefix("v=")) == Some(mark.as_str());
        let keep = match is_marked {
            true => "public, max-age=31536000, immutable",
            false => "no-cache",
        };
        let tag = format!("\"{mark}\"");
        let known = headers
            .get(IF_NONE_MATCH)
            .and_then(|value| value.to_str().ok());
        let about = [(ETAG, tag.clone()), (CACHE_CONTROL, keep.to_owned())];
        if known == Some(tag.as_str()) {
            return (StatusCode::NOT_MODIFIED, about).into_response();
        }
        (about, [(CONTENT_TYPE, self.media_type)], self.content).into_response()
    }
}

pub(crate) static STYLE: Asset = Asset::new(
    "/assets/orihon.css",
    "text/css; charset=utf-8",
    include_str!("assets/orihon.css"),
);
pub(crate) static ICON: Asset = Asset::new(
    "/assets/icon.svg",
    "image/svg+xml",
    include_str!("assets/icon.svg"),
);
/// For phones that take no drawing.
pub(crate) static PHONE_ICON: Asset = Asset::png(
    "/assets/icon-180.png",
    include_bytes!("assets/icon-180.png"),
);
/// For the manifest.
pub(crate) static SMALL_ICON: Asset = Asset::png(
    "/assets/icon-192.png",
    include_bytes!("assets/icon-192.png"),
);
/// For the manifest.
pub(crate) static LARGE_ICON: Asset = Asset::png(
    "/assets/icon-512.png",
    include_bytes!("assets/icon-512.png"),
);

/// The routes of files: those that every page needs, and those that a room adds. They are packed on their way.
/// Pages are not: what somebody else made a browser ask for stands in some beside what nobody else may know, and how
/// well the two pack together tells of it (CRIME, BREACH).
pub(crate) fn routes(files: &[&'static Asset]) -> Router<Arc<App>> {
    let routes = files.iter().fold(Router::new(), |router, asset| {
        let asset = *asset;
        let answer = async move |RawQuery(query): RawQuery, headers: HeaderMap| {
            asset.answer(query.as_deref(), &headers)
        };
        router.route(asset.route, get(answer))
    });
    routes.layer(CompressionLayer::new())
}

/// A mark of what is in a file (FNV-1a, 64 bits): it tells versions apart and proves nothing.
const fn mark(content: &[u8]) -> u64 {
    let mut mark = 0xcbf2_9ce4_8422_2325_u64;
    let mut rest = content;
    while let [first, after @ ..] = rest {
        mark ^= u64::from_le_bytes([*first, 0, 0, 0, 0, 0, 0, 0]);
        mark = mark.wrapping_mul(0x0100_0000_01b3);
        rest = after;
    }
    mark
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_follows_the_text() {
        // From the published test suite of FNV.
        assert_eq!(mark(b""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(mark(b"a"), 0xaf63_dc4c_8601_ec8c);
        assert_eq!(mark(b"foobar"), 0x8594_4171_f739_67e8);
    }

    #[test]
    fn what_is_marked_is_kept_and_what_is_known_is_not_sent_again() {
        let check = |query: Option<&str>, known: &str, status: u16, keep: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(IF_NONE_MATCH, known.parse().unwrap());
            let answer = ICON.answer(query, &headers);
            assert_eq!(answer.status(), status);
            assert_eq!(answer.headers()[CACHE_CONTROL], keep);
        };
        let path = ICON.path();
        let query = path.split_once('?').map(|(_, query)| query);
        let tag = format!("\"{:016x}\"", ICON.mark);
        check(query, "none", 200, "public, max-age=31536000, immutable");
        check(query, &tag, 304, "public, max-age=31536000, immutable");
        check(Some("v=0"), "none", 200, "no-cache");
        check(None, &tag, 304, "no-cache");
    }
}
