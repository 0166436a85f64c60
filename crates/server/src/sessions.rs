//! Browsers in which somebody is signed in. Each has a secret of its own in a cookie, of which the
//! ledger keeps the hash; nothing of a session is kept anywhere else. What a person takes from a program ends in the
//! same way.

use crate::app::App;
use crate::peer::Peer;
use crate::reply::Reply;
use crate::secret::{Secret, SecretKind};
pub(crate) use browser::UNKNOWN;
use browser::label;
use http::HeaderMap;
use http::header::{COOKIE, USER_AGENT};
use ledger::account::Opens;
use ledger::profile::Profile;
use ledger::write::{Changed, FirstKey, NewSession, SessionStep, Write, Written};
use purchase::id::{SessionId, TokenId, UserId};
use purchase::text::Text;
use purchase::time::Timestamp;

mod browser;

/// The cookie of a session, without the prefix that it has over TLS.
const COOKIE_NAME: &str = "orihon";
/// How long a browser keeps the cookie, in seconds: 400 days, the most that browsers allow.
const COOKIE_MAX_AGE_S: u32 = 400 * 24 * 3_600;
const HOUR_MS: i64 = 60 * 60 * 1_000;
/// How long a session lasts in which nobody comes.
const IDLE_MS: i64 = 90 * 24 * HOUR_MS;
/// How long it lasts however often somebody comes: as long as browsers keep its cookie.
const ABSOLUTE_MS: i64 = 400 * 24 * HOUR_MS;
/// How exactly it is noted when somebody came last.
const SEEN_EVERY_MS: i64 = HOUR_MS;

/// A session that was proven.
#[derive(Clone, Copy, Debug)]
pub struct Session {
    /// Whose.
    pub user_id: UserId,
    /// Which of the person's.
    pub session_id: SessionId,
    /// What is kept of its secret.
    pub(crate) hash: [u8; 32],
    /// From when on it opens nothing, unless it is seen before.
    expires_at: Timestamp,
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

/// The session of a request, if its cookie opens one. A person's token opens none: it is for programs.
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
        Some(Opens::Session {
            user_id,
            session_id,
            expires_at,
        }) => (*expires_at > app.clock.now()).then_some(Session {
            user_id: *user_id,
            session_id: *session_id,
            hash,
            expires_at: *expires_at,
        }),
        Some(
            Opens::User { .. }
            | Opens::Operator { .. }
            | Opens::Device { .. }
            | Opens::ChainDevice { .. }
            | Opens::Partner { .. },
        )
        | None => None,
    })
}

/// Notes that the browser was seen, at most once an hour. A server that cannot write now shows its
/// pages all the same.
pub async fn see(app: &App, session: &Session) {
    let now = app.clock.now();
    // Whoever came within the hour ends no earlier than this.
    if session.expires_at > now.plus_ms(IDLE_MS - SEEN_EVERY_MS) {
        return;
    }
    let Ok(all) = app.ledger.sessions(session.user_id) else {
        return;
    };
    let Some(row) = all.iter().find(|row| row.session_id == session.session_id) else {
        return;
    };
    // Towards its absolute end a session is never moved further, so that its row has to say.
    if row.last_seen > now.plus_ms(-SEEN_EVERY_MS) {
        return;
    }
    let seen = SessionStep::Seen {
        user_id: session.user_id,
        session_id: session.session_id,
        at: now,
        expires_at: now.plus_ms(IDLE_MS),
    };
    if write(app, seen).await.is_ok() {
        app.known.forget_key(&session.hash);
    }
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
/// 429 if too many begin this minute at one network address, 503 if it cannot be committed.
pub async fn begin(app: &App, headers: &HeaderMap, peer: Peer) -> Reply<Begun> {
    let taken = app.starts.take(peer, app.clock.now());
    taken.map_err(|wait| wait.refused("accounts were begun"))?;
    let (secret, session) = new(app, headers);
    let write = Write::AddUser {
        spare: app.ledger.take_key()?,
        profile: Box::new(Profile::default()),
        first: FirstKey::Session(session),
    };
    match app.intake.write_one(write).await? {
        Written::User { user_id, .. } => Ok(Begun {
            user_id,
            cookie: set_cookie(app, &secret),
        }),
        other => panic!("a new person was answered with {other:?}"),
    }
}

/// A session to be opened for somebody who has just proven to be a person, and the cookie to set once it is.
pub(crate) fn fresh(app: &App, headers: &HeaderMap) -> (String, NewSession) {
    let (secret, session) = new(app, headers);
    (set_cookie(app, &secret), session)
}

/// Ends one session of a person; one that has ended already stays so.
///
/// # Errors
/// 503 if nothing can be written now.
pub async fn close(app: &App, user_id: UserId, session_id: SessionId) -> Reply<()> {
    let step = SessionStep::Close {
        user_id,
        session_id,
    };
    write(app, step).await?;
    ended(app, user_id);
    Ok(())
}

/// Ends all sessions of a person but this one.
///
/// # Errors
/// 503 if nothing can be written now.
pub async fn close_others(app: &App, session: &Session) -> Reply<()> {
    close_all(app, session.user_id, Some(session.session_id)).await
}

/// Ends all sessions of a person but one, if one is to stay.
///
/// # Errors
/// 503 if nothing can be written now.
pub async fn close_all(app: &App, user_id: UserId, except: Option<SessionId>) -> Reply<()> {
    write(app, SessionStep::CloseAll { user_id, except }).await?;
    ended(app, user_id);
    Ok(())
}

/// Takes a key from a program, as its person wishes; one that is gone already, or is somebody else's, stays as
/// it is.
///
/// # Errors
/// 503 if nothing can be written now.
pub async fn revoke(app: &App, user_id: UserId, token_id: TokenId) -> Reply<()> {
    write(app, SessionStep::Revoke { user_id, token_id }).await?;
    ended(app, user_id);
    Ok(())
}

/// What a session opened is asked for anew, and pages that still listen by one are woken, so that they end.
fn ended(app: &App, user_id: UserId) {
    app.known.forget();
    app.hub.tell(&[user_id]);
}

async fn write(app: &App, step: SessionStep) -> Reply<Changed> {
    match app.intake.write_one(Write::Session(step)).await? {
        Written::Changed(changed) => Ok(changed),
        other => panic!("a session was answered with {other:?}"),
    }
}

fn new(app: &App, headers: &HeaderMap) -> (Secret, NewSession) {
    let secret = Secret::new(SecretKind::Session, app.clock.random());
    let now = app.clock.now();
    let session = NewSession {
        session_id: SessionId(app.clock.random()),
        hash: secret.hash(),
        label: label_of(headers),
        expires_at: now.plus_ms(IDLE_MS),
        ends_at: now.plus_ms(ABSOLUTE_MS),
    };
    (secret, session)
}

/// The browser of a request in a few words, such as `Chrome, Android`.
#[must_use]
pub fn label_of(headers: &HeaderMap) -> Text {
    let sent = headers.get(USER_AGENT);
    label(
        sent.and_then(|value| value.to_str().ok())
            .unwrap_or_default(),
    )
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
