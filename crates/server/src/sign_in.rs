//! How people come in: by a passkey, by e-mail address and password, or by a code on paper or in a link.
//! Whoever comes in stays, also a person who had asked to go. Nothing here knows a page, and nobody is
//! told whether an address is known.
//!
//! Wrong tries only slow down. They come back within minutes, whoever guesses from one place takes none from
//! another, and passkeys, sheets and links are not counted, so that nobody can keep a person out for good.

use crate::app::App;
use crate::peer::Peer;
use crate::reply::{Refused, Reply};
use crate::sessions;
use crate::tries::Tries;
use address::Address;
use brakes::{Brakes, Changes};
use http::HeaderMap;
use ledger::account::{Credential, LookUp};
use ledger::write::{Changed, SignInStep, Write, Written};
use passkey::Spent;
use password::{Hashing, Password};
use purchase::id::{CredentialId, UserId};
use recovery::RecoveryCode;
use wire::error::ErrorCode;

pub mod address;
pub mod brakes;
pub mod means;
pub mod passkey;
pub mod password;
pub mod recovery;

/// Wrong passwords a minute from one network address. Recovery codes and passkeys are not counted: they
/// are too long to be found by trying.
const PASSWORDS_PER_MINUTE: u32 = 120;

/// What keeps others from coming in.
pub struct SignIn {
    hashing: Hashing,
    passwords: Tries,
    accounts: Brakes,
    changes: Changes,
    spent: Spent,
}

impl Default for SignIn {
    fn default() -> Self {
        Self {
            hashing: Hashing::default(),
            passwords: Tries::per_minute(PASSWORDS_PER_MINUTE),
            accounts: Brakes::default(),
            changes: Changes::default(),
            spent: Spent::default(),
        }
    }
}

/// Somebody who came in.
#[derive(Debug)]
pub struct Entered {
    /// Who.
    pub user_id: UserId,
    /// The cookie to set.
    pub cookie: String,
    /// What had been asked for before.
    pub was: Standing,
}

/// Whether a person wanted to stay until now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// The person had not asked to go.
    Staying,
    /// The person had asked to go, and stays now after all.
    Leaving,
}

/// Brings somebody in by an address and a password; none if one of them is wrong.
///
/// # Errors
/// 429 if too many were tried, 503 if too many wait or nothing can be written now.
pub async fn by_password(
    app: &App,
    (headers, peer): (&HeaderMap, Peer),
    address: &str,
    password: &str,
) -> Reply<Option<Entered>> {
    let now = app.clock.now();
    let slower = |seconds| {
        let detail = "too many passwords were tried at this address; wait and try again, or come in by a \
            passkey or the code of a sheet";
        Refused::later(ErrorCode::RateLimited, detail, seconds)
    };
    let key = Address::key_of(address);
    let taken = app.sign_in.accounts.take(key, peer, now).map_err(slower)?;
    if let Err(wait) = app.sign_in.passwords.take(peer, now) {
        app.sign_in.accounts.give_back(taken);
        return Err(wait.refused("wrong passwords were tried"));
    }
    let found = match proven(app, address, password).await {
        Ok(None) => return Ok(None),
        found => found,
    };
    app.sign_in.accounts.give_back(taken);
    app.sign_in.passwords.give_back(peer);
    let Some((user_id, credential_id)) = found? else {
        return Ok(None);
    };
    enter(app, headers, (user_id, credential_id), None).await
}

/// Whose address and password these are. An address that nobody has takes as long as a wrong password.
async fn proven(app: &App, address: &str, password: &str) -> Reply<Option<(UserId, CredentialId)>> {
    let address = Address::read(address);
    let found = match &address {
        Some(address) => app
            .ledger
            .find_sign_in(&LookUp::Email(address.text().clone()))?,
        None => None,
    };
    let (who, phc) = match found {
        Some((user_id, credential_id, Credential::Password { phc })) => {
            (Some((user_id, credential_id)), Some(phc))
        }
        Some((_, _, Credential::Passkey { .. } | Credential::Recovery { .. })) | None => {
            (None, None)
        }
    };
    let is_right = app
        .sign_in
        .hashing
        .verify(Password::typed(password), phc)
        .await?;
    Ok(who.filter(|_| is_right))
}

/// Brings somebody in by a code on paper or in a link; none if it is not known, was used or has expired.
///
/// # Errors
/// 429 if too many were tried, 503 if nothing can be written now.
pub async fn by_code(
    app: &App,
    headers: &HeaderMap,
    code: &RecoveryCode,
) -> Reply<Option<Entered>> {
    let Some(who) = find_code(app, code)? else {
        return Ok(None);
    };
    enter(app, headers, who, None).await
}

/// Whom a code would let in. Nothing is used up by looking.
///
/// # Errors
/// A problem if the memory cannot be read.
pub fn find_code(app: &App, code: &RecoveryCode) -> Reply<Option<(UserId, CredentialId)>> {
    let now = app.clock.now();
    let found = app.ledger.find_sign_in(&LookUp::Recovery(code.hash()))?;
    let is_open = |credential: &Credential| match credential {
        Credential::Recovery { expires_at, .. } => expires_at.is_none_or(|end| end > now),
        Credential::Password { .. } | Credential::Passkey { .. } => false,
    };
    let found = found.filter(|(_, _, credential)| is_open(credential));
    Ok(found.map(|(user_id, credential_id, _)| (user_id, credential_id)))
}

/// Opens a session for somebody who has proven to be this person, in one write with what that uses up. Of
/// two who use up one link at the same time, the second is answered with none.
async fn enter(
    app: &App,
    headers: &HeaderMap,
    (user_id, credential_id): (UserId, CredentialId),
    data: Option<Vec<u8>>,
) -> Reply<Option<Entered>> {
    let was = match app.ledger.leaves_at(user_id)? {
        Some(_) => Standing::Leaving,
        None => Standing::Staying,
    };
    let (cookie, session) = sessions::fresh(app, headers);
    let step = SignInStep::Enter {
        user_id,
        credential_id,
        at: app.clock.now(),
        data,
        session,
    };
    let is_in = match write(app, step).await? {
        Changed::Done => true,
        Changed::Same | Changed::Different | Changed::NotFound | Changed::Last | Changed::Full => {
            false
        }
    };
    // The session that was seen longest ago may have ended for it.
    app.known.forget();
    Ok(is_in.then_some(Entered {
        user_id,
        cookie,
        was,
    }))
}

/// A person who had asked to go stays after all.
///
/// # Errors
/// 503 if nothing can be written now.
pub async fn stay(app: &App, user_id: UserId) -> Reply<Standing> {
    if app.ledger.leaves_at(user_id)?.is_none() {
        return Ok(Standing::Staying);
    }
    match write(app, SignInStep::Stay { user_id }).await? {
        Changed::Done => Ok(Standing::Leaving),
        Changed::Same | Changed::Different | Changed::NotFound | Changed::Last | Changed::Full => {
            Ok(Standing::Staying)
        }
    }
}

/// Writes a step of how people come in.
async fn write(app: &App, step: SignInStep) -> Reply<Changed> {
    match app.intake.write_one(Write::SignIn(step)).await? {
        Written::Changed(changed) => Ok(changed),
        other => panic!("a way in was answered with {other:?}"),
    }
}
