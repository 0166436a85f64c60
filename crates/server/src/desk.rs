//! Who is at the console: operators sign in by their key, or by a link that works once, and have a secret of
//! their own in that browser for half a day. It goes with the key, and with signing out.

use crate::app::App;
use crate::auth::Clerk;
use crate::office::{Deed, carry_out, change};
use crate::reply::{Refused, Reply};
use crate::secret::{Secret, SecretKind, hash_of};
use crate::sessions::cookie;
use http::HeaderMap;
use ledger::account::{Act, Grant, Opens, Scope};
use ledger::keyring::hex;
use ledger::write::{Changed, NewOperator, Write};
use purchase::id::TokenId;
use purchase::time::Timestamp;
use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use wire::error::{ErrorCode, FieldError};
use wire::operator::{NewOperator as Asked, Reach};

/// The cookie of the console, without the prefix that it has over TLS.
const COOKIE_NAME: &str = "orihon-console";
/// How long a browser stays signed in.
const SESSION_MS: i64 = 12 * 60 * 60 * 1_000;
/// How long a link can be used.
const LINK_MS: i64 = 15 * 60 * 1_000;
/// Links of one key that wait to be used, at most; the oldest of them goes when there are more. There is a
/// bound to the keys as well.
const LINKS_PER_KEY: usize = 4;

/// Somebody at the console.
#[derive(Clone, Debug)]
pub struct AtDesk {
    /// Who, and for which stores.
    pub clerk: Clerk,
    /// The browser's own secret.
    pub session: TokenId,
}

/// Links that open the console once. They are kept nowhere else: after a start there are none.
#[derive(Default)]
pub struct Links(Mutex<VecDeque<Waiting>>);

struct Waiting {
    hash: [u8; 32],
    key: TokenId,
    expires_at: Timestamp,
}

impl Links {
    /// Adds a link. Those that nobody used in time go, and of the same key the oldest: whoever has one
    /// key pushes out nobody else's.
    fn add(&self, waiting: Waiting, now: Timestamp) {
        let mut links = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        links.retain(|known| known.expires_at > now);
        let of_key = links.iter().filter(|known| known.key == waiting.key);
        if of_key.count() >= LINKS_PER_KEY
            && let Some(at) = links.iter().position(|known| known.key == waiting.key)
        {
            links.remove(at);
        }
        links.push_back(waiting);
    }

    /// Takes a link away; gives the key for which it stands if it is not too late.
    fn take(&self, hash: &[u8; 32], now: Timestamp) -> Option<TokenId> {
        let mut links = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let at = links.iter().position(|known| known.hash == *hash)?;
        let found = links.remove(at)?;
        (found.expires_at > now).then_some(found.key)
    }
}

/// A link that opens the console once.
#[derive(Clone, Debug)]
pub struct Link {
    /// To be opened in a browser.
    pub url: String,
    /// From when on it is worth nothing.
    pub expires_at: Timestamp,
}

/// Makes a link that signs in for what the key `key` is good for.
#[must_use]
pub fn new_link(app: &App, key: TokenId) -> Link {
    let word = hex(&app.clock.random::<32>());
    let now = app.clock.now();
    let expires_at = now.plus_ms(LINK_MS);
    let waiting = Waiting {
        hash: hash_of(&word),
        key,
        expires_at,
    };
    app.links.add(waiting, now);
    let url = format!("{}/console/link/{word}", app.site.base());
    Link { url, expires_at }
}

/// Whoever is signed in to the console in this browser.
///
/// # Errors
/// A problem if the memory cannot be read.
pub fn find(app: &App, headers: &HeaderMap) -> Reply<Option<AtDesk>> {
    let name = app.site.cookie(COOKIE_NAME);
    let Some(secret) = cookie(headers, &name).and_then(Secret::parse) else {
        return Ok(None);
    };
    let hash = secret.hash();
    let opens = app.known.keys.look(hash, || app.ledger.opens(&hash))?;
    let Some(Opens::Operator { token_id, grant }) = opens.as_deref() else {
        return Ok(None);
    };
    let (Some(key), Some(expires_at)) = (grant.session_of, grant.expires_at) else {
        return Ok(None);
    };
    let scope = grant.scope.clone();
    Ok((expires_at > app.clock.now()).then_some(AtDesk {
        clerk: Clerk { key, scope },
        session: *token_id,
    }))
}

/// Signs in by an operator's key; gives the cookie to set, or none if there is no such key. Tries are not
/// counted: a key has 256 random bits, and a count for all would let anybody keep every operator out.
///
/// # Errors
/// A problem if nothing can be committed.
pub async fn sign_in(app: &App, text: &str) -> Reply<Option<String>> {
    let now = app.clock.now();
    let Some(secret) = Secret::parse(text.trim()) else {
        return Ok(None);
    };
    let key = match app.ledger.opens(&secret.hash())? {
        Some(Opens::Operator { token_id, grant }) if grant.session_of.is_none() => grant
            .expires_at
            .is_none_or(|end| end > now)
            .then_some(token_id),
        Some(
            Opens::Operator { .. }
            | Opens::Device { .. }
            | Opens::ChainDevice { .. }
            | Opens::User { .. }
            | Opens::Session { .. }
            | Opens::Partner { .. },
        )
        | None => None,
    };
    let Some(key) = key else { return Ok(None) };
    begin(app, key).await
}

/// Signs in by a link, which is gone then; none if it was used before, or is too late.
///
/// # Errors
/// A problem if nothing can be committed.
pub async fn follow(app: &App, word: &str) -> Reply<Option<String>> {
    match app.links.take(&hash_of(word), app.clock.now()) {
        Some(key) => begin(app, key).await,
        None => Ok(None),
    }
}

/// Gives a browser a secret of its own, for what `key` is good for and no longer than that.
async fn begin(app: &App, key: TokenId) -> Reply<Option<String>> {
    let Some(known) = app.ledger.operator(key)? else {
        return Ok(None);
    };
    let secret = Secret::new(SecretKind::Session, app.clock.random());
    let end = app.clock.now().plus_ms(SESSION_MS);
    let scope = known.grant.scope;
    let clerk = Clerk {
        key,
        scope: scope.clone(),
    };
    let operator = NewOperator {
        token_id: TokenId(app.clock.random()),
        hash: secret.hash(),
        label: known.label,
        grant: Grant {
            scope,
            expires_at: Some(known.grant.expires_at.map_or(end, |other| other.min(end))),
            session_of: Some(key),
        },
    };
    let write = Write::AddOperator(Box::new(operator));
    match carry_out(app, &clerk, Deed::new(Act::SignedIn), write).await? {
        Changed::Done => {
            // The browser that came first may have given way.
            app.known.forget();
            Ok(Some(set_cookie(app, &secret)))
        }
        Changed::Full => {
            let detail = "too many browsers are signed in to the console; sign out elsewhere";
            Err(Refused::later(ErrorCode::RateLimited, detail, 60))
        }
        Changed::Same | Changed::Different | Changed::NotFound | Changed::Last => Ok(None),
    }
}

/// Signs a browser out; gives the cookie to set.
///
/// # Errors
/// A problem if nothing can be committed.
pub async fn sign_out(app: &App, desk: &AtDesk) -> Reply<String> {
    let token_id = desk.session;
    let write = Write::RevokeToken { token_id };
    carry_out(app, &desk.clerk, Deed::new(Act::SignedOut), write).await?;
    app.known.forget();
    let (name, attributes) = (app.site.cookie(COOKIE_NAME), app.site.attributes());
    Ok(format!("{name}=; Max-Age=0{attributes}"))
}

fn set_cookie(app: &App, secret: &Secret) -> String {
    let (name, attributes) = (app.site.cookie(COOKIE_NAME), app.site.attributes());
    let max_age_s = SESSION_MS / 1_000;
    format!(
        "{name}={}; Max-Age={max_age_s}{attributes}",
        secret.reveal()
    )
}

/// Makes a further operator's key.
///
/// # Errors
/// A problem if there is no such chain or store, or if nothing can be committed.
pub async fn add_key(app: &App, clerk: &Clerk, asked: Asked) -> Reply<(TokenId, Secret)> {
    let scope = scope_of(app, asked.reach)?;
    let secret = Secret::new(SecretKind::Operator, app.clock.random());
    let token_id = TokenId(app.clock.random());
    let what = match &asked.label {
        Some(label) => format!("{token_id} {}", label.as_str()),
        None => token_id.to_string(),
    };
    let write = Write::AddOperator(Box::new(NewOperator {
        token_id,
        hash: secret.hash(),
        label: asked.label,
        grant: Grant {
            scope,
            ..Grant::everything()
        },
    }));
    let deed = Deed::new(Act::KeyAdded).to(&what);
    match carry_out(app, clerk, deed, write).await? {
        Changed::Done => Ok((token_id, secret)),
        Changed::Same | Changed::Different | Changed::NotFound | Changed::Last | Changed::Full => {
            let detail = "there are too many operators' keys; take one away first";
            Err(Refused::new(ErrorCode::TooManyRows, detail))
        }
    }
}

/// A scope of which it is known that its chain or store is there.
fn scope_of(app: &App, reach: Reach) -> Reply<Scope> {
    let fault = |name: &str, code: ErrorCode, detail: &str| {
        Refused::faults(vec![FieldError {
            pointer: format!("/{name}"),
            code,
            detail: detail.to_owned(),
        }])
    };
    match reach {
        Reach::Everything => Ok(Scope::Everything),
        Reach::Chain(chain_id) => match app.ledger.chain_name(&chain_id)? {
            Some(_) => Ok(Scope::Chain(chain_id)),
            None => Err(fault(
                "chain_id",
                ErrorCode::ChainUnknown,
                "there is no such chain",
            )),
        },
        Reach::Store(store_id) => match app.ledger.store(&store_id) {
            Some(_) => Ok(Scope::Store(store_id)),
            None => Err(fault(
                "store_id",
                ErrorCode::StoreUnknown,
                "there is no such store",
            )),
        },
    }
}

/// Takes a key away with the browsers that were let in by it.
///
/// # Errors
/// 409 if it is the last for everything, 404 if there is none.
pub async fn revoke(app: &App, clerk: &Clerk, token_id: TokenId) -> Reply<()> {
    if app.ledger.operator(token_id)?.is_none() {
        return Err(Refused::not_found("key"));
    }
    let deed = Deed::new(Act::KeyRevoked).to(&token_id.to_string());
    let noted = deed.noted(app, clerk, Some(Write::RevokeToken { token_id }))?;
    match change(app, noted).await? {
        Changed::Done | Changed::Same => {
            app.known.forget();
            Ok(())
        }
        Changed::Last => {
            let detail = "it is the last key for everything; make another first";
            Err(Refused::new(ErrorCode::LastKey, detail))
        }
        Changed::Different | Changed::NotFound | Changed::Full => Err(Refused::not_found("key")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_good_for_once_and_for_a_while() {
        let links = Links::default();
        let at = |ms: i64| Timestamp::from_ms(1_000_000 + ms).unwrap();
        let add_at = |number: u8, key: u8, now: i64| {
            let waiting = Waiting {
                hash: [number; 32],
                key: TokenId([key; 16]),
                expires_at: at(now + 100),
            };
            links.add(waiting, at(now));
        };
        let add = |number: u8| add_at(number, number, 0);
        add(1);
        add(2);
        assert_eq!(links.take(&[9; 32], at(0)), None);
        assert_eq!(links.take(&[1; 32], at(99)), Some(TokenId([1; 16])));
        assert_eq!(links.take(&[1; 32], at(99)), None, "used");
        assert_eq!(links.take(&[2; 32], at(100)), None, "too late");
        // One key makes many: its own oldest go, and nobody else's.
        add(3);
        (10..=14).for_each(|number| add_at(number, 9, 0));
        assert_eq!(links.take(&[10; 32], at(0)), None, "the oldest of its key");
        for number in 11..=14 {
            assert_eq!(links.take(&[number; 32], at(0)), Some(TokenId([9; 16])));
        }
        assert_eq!(links.take(&[3; 32], at(0)), Some(TokenId([3; 16])));
        // What nobody used in time takes no room.
        (0..200).for_each(|number| add_at(number, number, 0));
        add_at(201, 201, 100);
        assert_eq!(links.0.lock().unwrap().len(), 1);
    }
}
