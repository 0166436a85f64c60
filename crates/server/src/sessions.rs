//! Browsers in which somebody is signed in. Each has a secret of its own in a cookie, of which the
//! ledger keeps the hash; nothing of a session is kept anywhere else.

use crate::app::App;
use crate::reply::{Refused, Reply};
use crate::secret::{Secret, SecretKind};
use http::HeaderMap;
use http::header::COOKIE;
use ledger::account::Opens;
use ledger::profile::Profile;
use ledger::write::{FirstKey, Write, Written};
use purchase::id::{TokenId, UserId};
use wire::error::ErrorCode;

/// The cookie of a session, without the prefix that it has over TLS.
const COOKIE_NAME: &str = "orihon";
/// How long a browser keeps the cookie, in seconds: 400 days, the most that browsers allow.
const COOKIE_MAX_AGE_S: u32 = 400 * 24 * 3_600;

/// A session that was proven.
#[derive(Clone, Copy, Debug)]
pub struct Session {
    /// Whose.
    pub user_id: UserId,
}

/// The value of a cookie that the browser sent.
#[must_use]
pub fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let sent = headers.get_all(COOKIE).into_iter();
    sent.filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(known, _)| *known == name)
        .map(|(_, value)| value)
}

/// The session of a request, if its cookie opens one.
///
/// # Errors
/// A problem if the memory cannot be read.
pub fn find(app: &App, headers: &HeaderMap) -> Reply<Option<Session>> {
    let name = app.site.cookie(COOKIE_NAME);
    let Some(secret) = cookie(headers, &name).and_then(Secret::parse) else {
        return Ok(None);
    };
    let hash = secret.hash();
    let opens = app.known.keys.look(hash, || app.ledger.opens(&hash))?;
    Ok(match opens.as_deref() {
        Some(Opens::User { user_id, .. }) => Some(Session { user_id: *user_id }),
        Some(Opens::Session {
            user_id,
            expires_at,
            ..
        }) => (*expires_at > app.clock.now()).then_some(Session { user_id: *user_id }),
        Some(Opens::Operator { .. } | Opens::Device { .. } | Opens::ChainDevice { .. }) | None => {
            None
        }
    })
}

/// A person who began this moment.
#[derive(Clone, Debug)]
pub struct Begun {
    /// The person's id.
    pub user_id: UserId,
    /// The header that gives the browser its session.
    pub cookie: String,
}

/// Makes a person of whom nothing is known, and opens the first session.
///
/// # Errors
/// 429 if too many begin this minute, 503 if it cannot be committed.
pub async fn begin(app: &App) -> Reply<Begun> {
    app.starts.take(app.clock.now()).map_err(|seconds| {
        let detail = "too many accounts are being made just now";
        Refused::later(ErrorCode::RateLimited, detail, seconds)
    })?;
    let secret = Secret::new(SecretKind::Session, app.clock.random());
    let write = Write::AddUser {
        spare: app.ledger.take_key()?,
        profile: Box::new(Profile::default()),
        first: FirstKey::Token {
            token_id: TokenId(app.clock.random()),
            hash: secret.hash(),
        },
    };
    match app.intake.write_one(write).await? {
        Written::User { user_id, .. } => Ok(Begun {
            user_id,
            cookie: set_cookie(app, &secret),
        }),
        other => panic!("a new person was answered with {other:?}"),
    }
}

/// The header that gives a browser its session.
fn set_cookie(app: &App, secret: &Secret) -> String {
    let name = app.site.cookie(COOKIE_NAME);
    let attributes = app.site.attributes();
    format!(
        "{name}={}; Max-Age={COOKIE_MAX_AGE_S}{attributes}",
        secret.reveal()
    )
}

/// The header that makes a browser forget its session.
#[must_use]
pub fn forget_cookie(app: &App) -> String {
    let name = app.site.cookie(COOKIE_NAME);
    format!("{name}=; Max-Age=0{}", app.site.attributes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    #[test]
    fn a_cookie_is_found_by_its_whole_name() {
        let mut headers = HeaderMap::new();
        headers.append(
            COOKIE,
            HeaderValue::from_static("a=1; xorihon=2; orihon=3;orihon=4"),
        );
        headers.append(COOKIE, HeaderValue::from_static("lang=ja"));
        for (name, value) in [("orihon", Some("3")), ("lang", Some("ja")), ("ori", None)] {
            assert_eq!(cookie(&headers, name), value, "{name}");
        }
    }
}
