//! How people come in: passwords, passkeys, and secrets to come in again by. Each is kept with its
//! person and found by a keyed hash; nothing is compared or judged here.

use super::Ledger;
use super::draft::Draft;
use super::key::{self, Kind as Row, Space};
use super::person::Person;
use super::value::identity::{
    AccessBody, Accessor, Credential, CredentialRow, LookUp, PASSKEY_DATA_BYTES_MAX,
    PASSKEY_ID_BYTES_MAX, SignInMeans, SignInRow, Touched, fit,
};
use super::{leaves, leaving, sessions, unused};
use crate::fault::Fault;
use crate::profile::Profile;
use crate::seal::DataKey;
use crate::write::{Changed, NewSession, SignInStep};
use purchase::bytes::ReadError;
use purchase::id::{CredentialId, UserId};
use purchase::text::Text;
use purchase::time::Timestamp;

/// Ways in which one person comes in, at most.
const CREDENTIALS_MAX: usize = 32;

impl Ledger {
    /// Whom a look-up leads to, and by which way in; none if it leads to nobody. Whether a recovery has
    /// expired is judged by whoever asks.
    ///
    /// # Errors
    /// [`Fault`] if it cannot be read or opened.
    pub fn find_sign_in(
        &self,
        look_up: &LookUp,
    ) -> Result<Option<(UserId, CredentialId, Credential)>, Fault> {
        let place = key::plain(Row::SignIn, &self.keyed_hash(&look_up.message()));
        let found = self.engine.read(Space::Facts, &place, SignInRow::decode)?;
        let Some(SignInRow {
            user_id,
            credential_id,
        }) = found
        else {
            return Ok(None);
        };
        let row_key = key::credential(user_id, credential_id);
        let row = self
            .engine
            .read(Space::Facts, &row_key, CredentialRow::decode)?;
        let (Some(row), Some((_, data_key))) = (row, self.user_and_key(user_id)?) else {
            // Another server took it away between the two looks.
            return Ok(None);
        };
        let credential = open(&data_key, &row_key, &row)?;
        Ok(Some((user_id, credential_id, credential)))
    }

    /// The ways in which a person comes in, oldest first; none if there is no such person.
    ///
    /// # Errors
    /// [`Fault`] if they cannot be read or opened.
    pub fn credentials(&self, user_id: UserId) -> Result<Vec<SignInMeans>, Fault> {
        let Some((_, data_key)) = self.user_and_key(user_id)? else {
            return Ok(Vec::new());
        };
        let all = key::user(Row::Credential, user_id);
        let mut found = self
            .engine
            .prefix(Space::Facts, &all)
            .map(|pair| {
                let (row_key, row) = pair?;
                let row = CredentialRow::decode(&row)?;
                Ok(SignInMeans {
                    credential_id: credential_of(&row_key)?,
                    credential: open(&data_key, &row_key, &row)?,
                    created_at: row.created_at,
                    last_used: row.last_used,
                })
            })
            .collect::<Result<Vec<_>, Fault>>()?;
        found.sort_by_key(|means| (means.created_at, means.credential_id));
        Ok(found)
    }
}

fn credential_of(row_key: &[u8]) -> Result<CredentialId, ReadError> {
    let (_, id) = row_key.split_last_chunk::<16>().ok_or(ReadError::Short)?;
    Ok(CredentialId(*id))
}

fn open(data_key: &DataKey, row_key: &[u8], row: &CredentialRow) -> Result<Credential, Fault> {
    Credential::decode(&data_key.open(row_key, &row.sealed)?)
}

pub(crate) fn write(
    draft: &mut Draft<'_>,
    at: Timestamp,
    step: SignInStep,
) -> Result<Changed, Fault> {
    match step {
        SignInStep::Add {
            user_id,
            credential_id,
            credential,
            look_up,
        } if !is_link(&credential) => {
            add(draft, at, (user_id, credential_id), &(credential, look_up))
        }
        SignInStep::Add { .. } => Ok(Changed::Different),
        SignInStep::Replace {
            user_id,
            credential_id,
            credential,
            look_up,
        } => replace(draft, at, (user_id, credential_id), &(credential, look_up)),
        SignInStep::Remove {
            user_id,
            credential_id,
        } => remove(draft, (user_id, credential_id)),
        SignInStep::Used {
            user_id,
            credential_id,
            at: used_at,
            data,
        } => used(draft, (user_id, credential_id), used_at, data),
        SignInStep::Enter {
            user_id,
            credential_id,
            at: used_at,
            data,
            session,
        } => {
            let which = (user_id, credential_id);
            enter(draft, at, which, (used_at, data), session)
        }
        SignInStep::Recover {
            user_id,
            credential_id,
            hash,
            expires_at,
            by,
            reason,
        } => {
            let new = link(hash, expires_at);
            let why = AccessBody {
                by,
                what: Touched::RecoveryMade,
                reason: Some(reason),
            };
            recover(draft, at, (user_id, credential_id), &new, &why)
        }
        SignInStep::SetEmail { user_id, email } => set_email(draft, user_id, email),
        SignInStep::Leave { user_id, at } => leaving::leave(draft, user_id, at),
        SignInStep::Stay { user_id } => leaving::stay(draft, user_id),
        SignInStep::EraseLeft { user_id, before } => {
            leaving::erase_left(draft, at, user_id, before)
        }
        SignInStep::EraseUnused { user_id, before } => {
            unused::erase_unused(draft, at, user_id, before)
        }
    }
}

/// A way in that is good for once, and until an instant.
const fn link(hash: [u8; 32], expires_at: Timestamp) -> Found {
    let credential = Credential::Recovery {
        hash,
        expires_at: Some(expires_at),
    };
    (credential, LookUp::Recovery(hash))
}

/// Is it good for once, and until an instant?
const fn is_link(credential: &Credential) -> bool {
    match credential {
        Credential::Recovery { expires_at, .. } => expires_at.is_some(),
        Credential::Password { .. } | Credential::Passkey { .. } => false,
    }
}

fn remove(draft: &mut Draft<'_>, (user_id, credential_id): Which) -> Result<Changed, Fault> {
    let row_key = key::credential(user_id, credential_id);
    let Some(row) = draft.read(Space::Facts, &row_key, CredentialRow::decode)? else {
        return Ok(Changed::NotFound);
    };
    take(draft, row_key, &row);
    Ok(Changed::Done)
}

/// A way in of somebody.
type Which = (UserId, CredentialId);

/// What it is, and by what it is found.
type Found = (Credential, LookUp);

/// Why it cannot be a way in at all, if it cannot.
fn misfit((credential, look_up): &Found) -> Option<Changed> {
    let belong_together = match (credential, look_up) {
        (Credential::Password { .. }, LookUp::Email(_)) => true,
        (Credential::Passkey { id, .. }, LookUp::Passkey(by)) => id == by,
        (Credential::Recovery { hash, .. }, LookUp::Recovery(by)) => hash == by,
        (
            Credential::Password { .. } | Credential::Passkey { .. } | Credential::Recovery { .. },
            LookUp::Email(_) | LookUp::Passkey(_) | LookUp::Recovery(_),
        ) => false,
    };
    if !belong_together {
        return Some(Changed::Different);
    }
    let fits = match (credential, look_up) {
        (Credential::Password { phc }, LookUp::Email(email)) => fit([phc, email]),
        (Credential::Passkey { id, data, label }, _) => {
            let is_short = id.len() <= PASSKEY_ID_BYTES_MAX && data.len() <= PASSKEY_DATA_BYTES_MAX;
            is_short && fit([label])
        }
        (Credential::Password { .. } | Credential::Recovery { .. }, _) => true,
    };
    (!fits).then_some(Changed::Full)
}

fn add(
    draft: &mut Draft<'_>,
    at: Timestamp,
    (user_id, credential_id): Which,
    new: &Found,
) -> Result<Changed, Fault> {
    if let Some(misfit) = misfit(new) {
        return Ok(misfit);
    }
    let Some(mut person) = Person::find(draft, user_id)? else {
        return Ok(Changed::NotFound);
    };
    let mut all = all(draft, &person)?;
    let row_key = key::credential(user_id, credential_id);
    if let Some(known) = all.iter().find(|known| known.row_key == row_key) {
        let is_same = known.row.look_up == keyed(draft, &new.1) && known.credential == new.0;
        return Ok(match is_same {
            true => Changed::Same,
            false => Changed::Different,
        });
    }
    all.retain(|known| {
        let is_left = known.is_open(at);
        if !is_left {
            take(draft, known.row_key.clone(), &known.row);
        }
        is_left
    });
    if all.len() >= CREDENTIALS_MAX {
        return Ok(Changed::Full);
    }
    let is_password = |it: &Credential| match it {
        Credential::Password { .. } => true,
        Credential::Passkey { .. } | Credential::Recovery { .. } => false,
    };
    if is_password(&new.0) && all.iter().any(|known| is_password(&known.credential)) {
        return Ok(Changed::Different);
    }
    let row = CredentialRow {
        look_up: keyed(draft, &new.1),
        created_at: at,
        last_used: None,
        sealed: Vec::new(),
    };
    put(draft, &mut person, credential_id, row, new)
}

/// A way in that is there.
struct Known {
    row_key: Vec<u8>,
    row: CredentialRow,
    credential: Credential,
}

impl Known {
    /// Does it still let somebody in?
    fn is_open(&self, at: Timestamp) -> bool {
        match &self.credential {
            Credential::Recovery { expires_at, .. } => expires_at.is_none_or(|end| end > at),
            Credential::Password { .. } | Credential::Passkey { .. } => true,
        }
    }
}

fn all(draft: &Draft<'_>, person: &Person) -> Result<Vec<Known>, Fault> {
    let prefix = key::user(Row::Credential, person.user_id);
    let rows = draft.scan(Space::Facts, &prefix, usize::MAX)?;
    rows.into_iter()
        .map(|(row_key, row)| known(person, row_key, CredentialRow::decode(&row)?))
        .collect()
}

fn known(person: &Person, row_key: Vec<u8>, row: CredentialRow) -> Result<Known, Fault> {
    let credential = Credential::decode(&person.open(&row_key, &row.sealed)?)?;
    Ok(Known {
        row_key,
        row,
        credential,
    })
}

fn find(
    draft: &Draft<'_>,
    person: &Person,
    credential_id: CredentialId,
) -> Result<Option<Known>, Fault> {
    let row_key = key::credential(person.user_id, credential_id);
    let row = draft.read(Space::Facts, &row_key, CredentialRow::decode)?;
    row.map(|row| known(person, row_key, row)).transpose()
}

fn keyed(draft: &Draft<'_>, look_up: &LookUp) -> [u8; 32] {
    draft.ledger.keyed_hash(&look_up.message())
}

/// Writes a way in with its look-up, unless that leads elsewhere. With a password goes the address.
fn put(
    draft: &mut Draft<'_>,
    person: &mut Person,
    credential_id: CredentialId,
    row: CredentialRow,
    (credential, look_up): &Found,
) -> Result<Changed, Fault> {
    let own = SignInRow {
        user_id: person.user_id,
        credential_id,
    };
    let place = key::plain(Row::SignIn, &row.look_up);
    let taken = draft.read(Space::Facts, &place, SignInRow::decode)?;
    if taken.is_some_and(|taken| taken != own) {
        return Ok(Changed::Different);
    }
    match look_up {
        LookUp::Email(email) => {
            let profile = Profile {
                email: Some(email.clone()),
                ..person.profile()?
            };
            person.put_profile(draft, &profile);
        }
        LookUp::Passkey(_) | LookUp::Recovery(_) => {}
    }
    draft.put(Space::Facts, place, own.encode());
    let row_key = key::credential(person.user_id, credential_id);
    let sealed = person.seal(draft, &row_key, &credential.encode());
    let row = CredentialRow { sealed, ..row };
    draft.put(Space::Facts, row_key, row.encode());
    Ok(Changed::Done)
}

fn replace(
    draft: &mut Draft<'_>,
    at: Timestamp,
    (user_id, credential_id): Which,
    new: &Found,
) -> Result<Changed, Fault> {
    if let Some(misfit) = misfit(new) {
        return Ok(misfit);
    }
    let Some(mut person) = Person::find(draft, user_id)? else {
        return Ok(Changed::NotFound);
    };
    let Some(old) = find(draft, &person, credential_id)? else {
        return Ok(Changed::NotFound);
    };
    let sheet = |it: &Credential| match it {
        Credential::Recovery { expires_at, .. } => expires_at.is_none(),
        Credential::Password { .. } | Credential::Passkey { .. } => false,
    };
    let is_replaceable = match (&old.credential, &new.0) {
        (Credential::Password { .. }, Credential::Password { .. }) => true,
        (old, new) => sheet(old) && sheet(new),
    };
    let look_up = keyed(draft, &new.1);
    if !is_replaceable {
        return Ok(Changed::Different);
    }
    if old.credential == new.0 && old.row.look_up == look_up {
        return Ok(Changed::Same);
    }
    let row = CredentialRow {
        look_up,
        created_at: at,
        last_used: None,
        sealed: Vec::new(),
    };
    let changed = put(draft, &mut person, credential_id, row, new)?;
    if changed == Changed::Done && old.row.look_up != look_up {
        draft.take(Space::Facts, key::plain(Row::SignIn, &old.row.look_up));
    }
    Ok(changed)
}

fn used(
    draft: &mut Draft<'_>,
    (user_id, credential_id): Which,
    at: Timestamp,
    data: Option<Vec<u8>>,
) -> Result<Changed, Fault> {
    let Some(mut person) = Person::find(draft, user_id)? else {
        return Ok(Changed::NotFound);
    };
    let Some(known) = find(draft, &person, credential_id)? else {
        return Ok(Changed::NotFound);
    };
    let is_open = known.is_open(at);
    let credential = match (known.credential, data) {
        (
            Credential::Recovery {
                expires_at: Some(_),
                ..
            },
            _,
        ) => {
            take(draft, known.row_key, &known.row);
            if !is_open {
                return Ok(Changed::NotFound);
            }
            let entry = AccessBody {
                by: Accessor::Person,
                what: Touched::RecoveryUsed,
                reason: None,
            };
            leaves::note(draft, at, &mut person, &entry)?;
            return Ok(Changed::Done);
        }
        (Credential::Passkey { .. }, Some(data)) if data.len() > PASSKEY_DATA_BYTES_MAX => {
            return Ok(Changed::Full);
        }
        (Credential::Passkey { id, label, .. }, Some(data)) => {
            Credential::Passkey { id, data, label }
        }
        (Credential::Password { .. } | Credential::Recovery { .. }, Some(_)) => {
            return Ok(Changed::Different);
        }
        (credential, None) => credential,
    };
    let sealed = person.seal(draft, &known.row_key, &credential.encode());
    let row = CredentialRow {
        last_used: Some(at),
        sealed,
        ..known.row
    };
    draft.put(Space::Facts, known.row_key, row.encode());
    Ok(Changed::Done)
}

/// Uses a way in, lets the person stay, and opens the browser's session. Nothing of it is written before
/// it is known that the session can be.
fn enter(
    draft: &mut Draft<'_>,
    at: Timestamp,
    which: Which,
    (used_at, data): (Timestamp, Option<Vec<u8>>),
    session: NewSession,
) -> Result<Changed, Fault> {
    let (user_id, _) = which;
    match sessions::can_open(draft, user_id, &session)? {
        Changed::Done => {}
        // Written again because the first answer was lost: the way in may be gone, and somebody is in.
        Changed::Same => return Ok(Changed::Done),
        refused @ (Changed::Different | Changed::NotFound | Changed::Last | Changed::Full) => {
            return Ok(refused);
        }
    }
    let changed = used(draft, which, used_at, data)?;
    if changed != Changed::Done {
        return Ok(changed);
    }
    leaving::stay(draft, user_id)?;
    sessions::add(draft, at, user_id, session)
}

fn recover(
    draft: &mut Draft<'_>,
    at: Timestamp,
    which: Which,
    new: &Found,
    why: &AccessBody,
) -> Result<Changed, Fault> {
    if !why.fits() {
        return Ok(Changed::Full);
    }
    let changed = add(draft, at, which, new)?;
    if changed == Changed::Done
        && let Some(mut person) = Person::find(draft, which.0)?
    {
        leaves::note(draft, at, &mut person, why)?;
    }
    Ok(changed)
}

fn set_email(
    draft: &mut Draft<'_>,
    user_id: UserId,
    email: Option<Text>,
) -> Result<Changed, Fault> {
    let Some(mut person) = Person::find(draft, user_id)? else {
        return Ok(Changed::NotFound);
    };
    if !fit(&email) {
        return Ok(Changed::Full);
    }
    let profile = person.profile()?;
    if profile.email == email {
        return Ok(Changed::Same);
    }
    let password = all(draft, &person)?
        .into_iter()
        .find(|known| match known.credential {
            Credential::Password { .. } => true,
            Credential::Passkey { .. } | Credential::Recovery { .. } => false,
        });
    match (password, email) {
        (Some(_), None) => Ok(Changed::Last),
        (Some(password), Some(email)) => {
            let look_up = LookUp::Email(email);
            let row = CredentialRow {
                look_up: keyed(draft, &look_up),
                ..password.row
            };
            let (old, new) = (password.row.look_up, row.look_up);
            let credential_id = credential_of(&password.row_key)?;
            let found = (password.credential, look_up);
            let changed = put(draft, &mut person, credential_id, row, &found)?;
            if changed == Changed::Done && old != new {
                draft.take(Space::Facts, key::plain(Row::SignIn, &old));
            }
            Ok(changed)
        }
        (None, email) => {
            let profile = Profile { email, ..profile };
            person.put_profile(draft, &profile);
            Ok(Changed::Done)
        }
    }
}

fn take(draft: &mut Draft<'_>, row_key: Vec<u8>, row: &CredentialRow) {
    draft.take(Space::Facts, key::plain(Row::SignIn, &row.look_up));
    draft.take(Space::Facts, row_key);
}

/// Takes every way in of a person away.
pub(super) fn take_all(draft: &mut Draft<'_>, user_id: UserId) -> Result<(), Fault> {
    let prefix = key::user(Row::Credential, user_id);
    for (row_key, row) in draft.scan(Space::Facts, &prefix, usize::MAX)? {
        take(draft, row_key, &CredentialRow::decode(&row)?);
    }
    Ok(())
}
