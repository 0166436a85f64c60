//! What operators do: small changes, each noted with who did it in the same commit. Both the interface and
//! the console write here; who may do what was proven before.

use crate::app::App;
use crate::auth::Clerk;
use crate::brake::Brake;
use crate::reply::{Refused, Reply};
use ledger::account::{Act, Note, Scope};
use ledger::write::{Changed, Joining, Misfit, Noted, Write, Written};
use purchase::id::{StoreId, TokenId};
use purchase::text::Text;
use purchase::time::Timestamp;
use wire::error::{ErrorCode, FieldError};
use wire::joining::PairingCode;

/// How long a pairing code can be used.
const PAIRING_MS: i64 = 15 * 60 * 1_000;
/// The reason that a person sees if an operator made a key for a program and gave none.
pub const KEY_WANTED: &str = "a key for a program was asked for";
/// Characters of what a note says, at most.
const DETAIL_CHARS_MAX: usize = 200;

/// What is noted of keys that are for a store or a chain alone: so much that nobody who works with one
/// meets the bound, and so little that none pushes out of the log what others did.
pub struct Deeds(Brake<TokenId>);

impl Default for Deeds {
    fn default() -> Self {
        Self(Brake::new(2_000, 30_000))
    }
}

impl Deeds {
    fn take(&self, clerk: &Clerk, now: Timestamp) -> Reply<()> {
        match clerk.scope {
            Scope::Everything => Ok(()),
            Scope::Chain(_) | Scope::Store(_) => {
                let taken = self.0.take(clerk.key, now);
                taken.map_err(|seconds| {
                    let detail = "this key has done 2,000 things that are noted in the log, and one more every 30 \
                        seconds is let through; wait, or use a key for everything";
                    Refused::later(ErrorCode::RateLimited, detail, seconds)
                })
            }
        }
    }
}

/// What is noted of an act besides who did it.
#[derive(Clone, Debug)]
pub struct Deed {
    act: Act,
    store_id: Option<StoreId>,
    detail: Option<Text>,
}

impl Deed {
    /// Something that concerns no store.
    #[must_use]
    pub const fn new(act: Act) -> Self {
        Self {
            act,
            store_id: None,
            detail: None,
        }
    }

    /// Something at a store.
    #[must_use]
    pub fn at(act: Act, store_id: &StoreId) -> Self {
        Self {
            store_id: Some(store_id.clone()),
            ..Self::new(act)
        }
    }

    /// To what it was done, in a few words; more than is kept is cut off.
    #[must_use]
    pub fn to(self, what: &str) -> Self {
        let short: String = what.chars().take(DETAIL_CHARS_MAX).collect();
        Self {
            detail: Text::new(&short, DETAIL_CHARS_MAX).ok(),
            ..self
        }
    }

    /// The write, noted with who does it.
    ///
    /// # Errors
    /// 429 if too much was noted of a key that is not for everything, or a problem if the ledger cannot be
    /// read.
    pub fn noted(self, app: &App, clerk: &Clerk, write: Option<Write>) -> Reply<Write> {
        app.deeds.take(clerk, app.clock.now())?;
        let known = app.ledger.operator(clerk.key)?;
        let note = Note {
            by: clerk.key,
            label: known.and_then(|known| known.label),
            act: self.act,
            store_id: self.store_id,
            detail: self.detail,
        };
        Ok(Write::Noted(Box::new(Noted { note, write })))
    }
}

/// Writes something small that an operator does, with a note of it, and says what became of it.
///
/// # Errors
/// A problem if it cannot be committed, or if a store cannot have the place that it was told.
pub async fn carry_out(app: &App, clerk: &Clerk, deed: Deed, write: Write) -> Reply<Changed> {
    let noted = deed.noted(app, clerk, Some(write))?;
    change(app, noted).await
}

/// Notes that an operator looked at something.
///
/// # Errors
/// A problem if it cannot be committed; then nothing may be shown.
pub async fn note(app: &App, clerk: &Clerk, deed: Deed) -> Reply<()> {
    let noted = deed.noted(app, clerk, None)?;
    change(app, noted).await.map(|_| ())
}

/// Writes something small and says what became of it.
///
/// # Errors
/// A problem if it cannot be committed, or if a store cannot have the place that it was told.
pub async fn change(app: &App, write: Write) -> Reply<Changed> {
    match app.intake.write_one(write).await? {
        Written::Changed(changed) => Ok(changed),
        Written::Misfit(misfit) => Err(told(&misfit)),
        other => panic!("a small change was answered with {other:?}"),
    }
}

/// A code by which one machine may join, with the instant from which on it is worth nothing.
pub struct Pairing {
    /// The code; it is shown this once.
    pub code: PairingCode,
    /// From when on it is worth nothing.
    pub expires_at: Timestamp,
}

/// Makes a code by which one machine called `name` may join the store.
///
/// # Errors
/// 404 if there is no such store.
pub async fn pair(app: &App, clerk: &Clerk, store_id: &StoreId, name: Text) -> Reply<Pairing> {
    let code = PairingCode::new(app.clock.random());
    let expires_at = app.clock.now().plus_ms(PAIRING_MS);
    let deed = Deed::at(Act::PairingMade, store_id).to(name.as_str());
    let write = Write::Joining(Joining::Pairing {
        code_hash: code.hash(),
        store_id: store_id.clone(),
        name,
        expires_at,
    });
    match carry_out(app, clerk, deed, write).await? {
        Changed::Done => Ok(Pairing { code, expires_at }),
        Changed::NotFound => Err(Refused::not_found("store")),
        Changed::Same | Changed::Different | Changed::Last | Changed::Full => {
            let detail = "this code was drawn before; ask for another";
            Err(Refused::later(ErrorCode::Unavailable, detail, 1))
        }
    }
}

/// A place among other stores that cannot be had, and what to do about it.
fn told(misfit: &Misfit) -> Refused {
    let fault = |name: &str, code, detail: String| {
        Refused::faults(vec![FieldError {
            pointer: format!("/{name}"),
            code,
            detail,
        }])
    };
    let source = |detail: &str| {
        fault(
            "catalogue_of",
            ErrorCode::CatalogueSource,
            detail.to_owned(),
        )
    };
    match misfit {
        Misfit::ChainUnknown => fault(
            "chain_id",
            ErrorCode::ChainUnknown,
            "there is no such chain; make it by POST /v1/chains first".to_owned(),
        ),
        Misfit::SourceUnknown => source("there is no such store; make it first, or name another"),
        Misfit::SourceIsItself => {
            source("a store does not follow itself; leave it out, and it has its own catalogue")
        }
        Misfit::SourceOutside => {
            source("that store is not of the same chain; give both the same chain_id")
        }
        Misfit::SourceCurrency { expected } => source(&format!(
            "that store sells in {}; follow one of the same currency",
            expected.code()
        )),
        Misfit::SourceFollows { source: of } => {
            source(&format!("that store follows {of} itself; name {of}"))
        }
        Misfit::SourceClosed => source("that store is closed; follow another one"),
        Misfit::Followed { by } => Refused::new(
            ErrorCode::CatalogueInUse,
            format!(
                "{by} follows this store's catalogue; let its followers follow another one first"
            ),
        ),
        Misfit::Waiting => Refused::new(
            ErrorCode::CatalogueInUse,
            "lines of this store wait for names from the catalogue that it has now; see \
             GET …/pending, have them named or confirmed, and try again",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_narrow_key_fills_no_log() {
        let deeds = Deeds::default();
        let at = |ms: i64| Timestamp::from_ms(1_000_000_000 + ms).unwrap();
        let clerk = |key: u8, scope: Scope| Clerk {
            key: TokenId([key; 16]),
            scope,
        };
        let store = || Scope::Store(StoreId::parse("mart").unwrap());
        let did = |clerk: &Clerk, count: usize, now: i64| {
            let tries = (0..count).map(|_| deeds.take(clerk, at(now)));
            tries.filter(Result::is_ok).count()
        };
        for (who, count, now, done) in [
            (clerk(1, store()), 3_000, 0, 2_000),
            (clerk(1, store()), 3_000, 29_999, 0),
            (clerk(1, store()), 3_000, 60_000, 2),
            (clerk(2, store()), 5, 0, 5),
            (clerk(3, Scope::Everything), 9_000, 0, 9_000),
        ] {
            assert_eq!(did(&who, count, now), done, "{who:?} at {now}");
        }
    }
}
