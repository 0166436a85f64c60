//! What secures an account: setting a password, making a sheet, adding a passkey, and taking any of
//! them away. Who asks was proven before.

use super::address::Address;
use super::password::Password;
use super::recovery::RecoveryCode;
use super::write;
use crate::app::App;
use crate::auth::Clerk;
use crate::office::{Deed, carry_out};
use crate::peer::Peer;
use crate::reply::{Refused, Reply};
use crate::sessions::{self, Session};
use ledger::account::{Accessor, Act, Credential, LeafSubject, LookUp, SignInMeans};
use ledger::write::{Changed, LeafStep, SignInStep, Write, Written};
use purchase::id::{CredentialId, UserId};
use purchase::text::Text;
use purchase::time::Timestamp;
use wire::error::ErrorCode;

/// How long a link that an operator made lets somebody in.
const LINK_MS: i64 = 24 * 60 * 60 * 1_000;

/// The ways by which a person comes in, oldest first. Links that wait are no such way: the operator may
/// not have handed them over.
///
/// # Errors
/// A problem if the memory cannot be read.
pub fn of(app: &App, user_id: UserId) -> Reply<Vec<SignInMeans>> {
    let mut all = app.ledger.credentials(user_id)?;
    all.retain(|means| match means.credential {
        Credential::Recovery { expires_at, .. } => expires_at.is_none(),
        Credential::Password { .. } | Credential::Passkey { .. } => true,
    });
    Ok(all)
}

/// Whether a new address and password were taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordSet {
    /// The person comes in by them from now on.
    Done,
    /// The address leads to somebody else.
    AddressTaken,
}

/// Sets or changes a person's address and password. All other browsers are signed out. An address is a name to
/// sign in by, and without mail nobody can prove that it is theirs: that one is taken has to be said,
/// and how often it is asked is bounded. Both answers take as long.
///
/// # Errors
/// 429 if it was done too often, 503 if too many wait or nothing can be written now.
pub async fn set_password(
    app: &App,
    (session, peer): (&Session, Peer),
    address: Address,
    password: Password,
) -> Reply<PasswordSet> {
    let user_id = session.user_id;
    app.sign_in.changes.take(user_id, peer, app.clock.now())?;
    let mut known = app.ledger.credentials(user_id)?.into_iter();
    let known = known.find(|means| is_password(&means.credential));
    let phc = app
        .sign_in
        .hashing
        .hash(password, app.clock.random())
        .await?;
    let credential = Credential::Password { phc };
    let look_up = LookUp::Email(address.text().clone());
    let step = put(app, user_id, known.as_ref(), credential, look_up);
    match write(app, step).await? {
        Changed::Done | Changed::Same => {}
        Changed::Different => return Ok(PasswordSet::AddressTaken),
        Changed::Full => return Err(full()),
        Changed::NotFound | Changed::Last => return Err(Refused::not_found("account")),
    }
    if known.is_some() {
        sessions::close_others(app, session).await?;
    }
    Ok(PasswordSet::Done)
}

const fn is_password(credential: &Credential) -> bool {
    match credential {
        Credential::Password { .. } => true,
        Credential::Passkey { .. } | Credential::Recovery { .. } => false,
    }
}

/// In place of the one that is known, or as a further one.
fn put(
    app: &App,
    user_id: UserId,
    known: Option<&SignInMeans>,
    credential: Credential,
    look_up: LookUp,
) -> SignInStep {
    match known {
        Some(known) => SignInStep::Replace {
            user_id,
            credential_id: known.credential_id,
            credential,
            look_up,
        },
        None => SignInStep::Add {
            user_id,
            credential_id: CredentialId(app.clock.random()),
            credential,
            look_up,
        },
    }
}

fn full() -> Refused {
    let detail = "the account has 32 ways in already; take one away first";
    Refused::new(ErrorCode::InvalidValue, detail)
}

/// Makes the code of a person's recovery sheet. The sheet before it is worth nothing from now on.
///
/// # Errors
/// 503 if nothing can be written now.
pub async fn make_sheet(app: &App, user_id: UserId) -> Reply<RecoveryCode> {
    let code = RecoveryCode::new(app.clock.random());
    let hash = code.hash();
    let known = of(app, user_id)?.into_iter().find(|means| {
        let is_sheet = |credential: &Credential| match credential {
            Credential::Recovery { .. } => true,
            Credential::Password { .. } | Credential::Passkey { .. } => false,
        };
        is_sheet(&means.credential)
    });
    let credential = Credential::Recovery {
        hash,
        expires_at: None,
    };
    let step = put(
        app,
        user_id,
        known.as_ref(),
        credential,
        LookUp::Recovery(hash),
    );
    added(write(app, step).await?)?;
    Ok(code)
}

/// Adds a passkey whose registration was proven.
pub(super) async fn add_passkey(
    app: &App,
    user_id: UserId,
    id: Vec<u8>,
    data: Vec<u8>,
    label: Text,
) -> Reply<()> {
    let look_up = LookUp::Passkey(id.clone());
    let credential = Credential::Passkey { id, data, label };
    let step = put(app, user_id, None, credential, look_up);
    added(write(app, step).await?)
}

fn added(changed: Changed) -> Reply<()> {
    match changed {
        Changed::Done | Changed::Same => Ok(()),
        Changed::Full => Err(full()),
        Changed::Different => Err(Refused::new(
            ErrorCode::AlreadyExistsDifferently,
            "this way in is somebody's already",
        )),
        Changed::NotFound | Changed::Last => Err(Refused::not_found("account")),
    }
}

/// Takes a way in away; one that is gone already stays so.
///
/// # Errors
/// 503 if nothing can be written now.
pub async fn remove(app: &App, user_id: UserId, credential_id: CredentialId) -> Reply<()> {
    let step = SignInStep::Remove {
        user_id,
        credential_id,
    };
    write(app, step).await?;
    Ok(())
}

/// A link by which a person comes in once.
#[derive(Debug)]
pub struct Link {
    /// Its code.
    pub code: RecoveryCode,
    /// From when on it is worth nothing.
    pub expires_at: Timestamp,
}

/// Makes a link by which a person comes in once, within a day. The person sees who made it, and why; it
/// is noted among the deeds of operators as well.
///
/// # Errors
/// 404 if there is no such person, 503 if nothing can be written now.
pub async fn make_link(app: &App, clerk: &Clerk, user_id: UserId, reason: Text) -> Reply<Link> {
    let code = RecoveryCode::new(app.clock.random());
    let expires_at = app.clock.now().plus_ms(LINK_MS);
    let step = SignInStep::Recover {
        user_id,
        credential_id: CredentialId(app.clock.random()),
        hash: code.hash(),
        expires_at,
        by: Accessor::Operator {
            token_id: clerk.key,
        },
        reason,
    };
    let deed = Deed::new(Act::RecoveryLinkMade).to(&user_id.to_string());
    match carry_out(app, clerk, deed, Write::SignIn(step)).await? {
        Changed::Done | Changed::Same => Ok(Link { code, expires_at }),
        Changed::Full => Err(full()),
        Changed::Different | Changed::NotFound | Changed::Last => Err(Refused::not_found("user")),
    }
}

/// Where a link leads: to a page with one button, and from there to `next`.
#[must_use]
pub fn link_url(app: &App, code: &RecoveryCode, next: Option<&Text>) -> String {
    let path = format!("{}/recover/{}", app.site.base(), code.reveal());
    match next {
        None => path,
        Some(next) => {
            let mut query = form_urlencoded::Serializer::new(String::new());
            query.append_pair("next", next.as_str());
            format!("{path}?{}", query.finish())
        }
    }
}

/// Under this name it is kept that a person does not want to be asked.
const SECURE_SETTING: &[u8] = b"secure";

/// Should the person be asked to secure the account? Not if there is a way in, nor once it was put off.
///
/// # Errors
/// A problem if the memory cannot be read.
pub fn is_to_be_asked(app: &App, user_id: UserId) -> Reply<bool> {
    if !of(app, user_id)?.is_empty() {
        return Ok(false);
    }
    let put_off = app
        .ledger
        .leaf(user_id, LeafSubject::Setting, SECURE_SETTING)?;
    Ok(put_off.is_none())
}

/// The person does not want to be asked again.
///
/// # Errors
/// 503 if nothing can be written now.
pub async fn put_off(app: &App, user_id: UserId) -> Reply<()> {
    let step = LeafStep::Put {
        user_id,
        subject: LeafSubject::Setting,
        of: SECURE_SETTING.to_vec(),
        value: b"later".to_vec(),
    };
    match app.intake.write_one(Write::Leaf(step)).await? {
        Written::Changed(_) => Ok(()),
        other => panic!("a setting was answered with {other:?}"),
    }
}

/// The person asks to go. Whoever can come in again is signed out everywhere, and stays by coming in
/// again; who could not stays signed in here, so that there is a way back.
///
/// # Errors
/// 503 if nothing can be written now.
pub async fn leave(app: &App, session: &Session) -> Reply<Way> {
    let user_id = session.user_id;
    let at = app.clock.now();
    write(app, SignInStep::Leave { user_id, at }).await?;
    let (way, except) = match of(app, user_id)?.is_empty() {
        true => (Way::Here, Some(session.session_id)),
        false => (Way::SignedOut, None),
    };
    sessions::close_all(app, user_id, except).await?;
    Ok(way)
}

/// How somebody who asked to go comes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// In this browser, which is still signed in.
    Here,
    /// By coming in again.
    SignedOut,
}
