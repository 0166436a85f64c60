//! Passkeys (WebAuthn): registering one, and coming in by one that the browser offers by itself. What
//! a browser sends is proven in `response`, without any make of authenticator being preferred; a
//! challenge is good for five minutes, once and in the browser that asked for it, and is kept nowhere before it
//! was answered, since only this ledger can have made it.

use super::{Entered, enter, means};
use crate::app::App;
use crate::brake::Brake;
use crate::reply::{Refused, Reply};
use crate::sessions::{Session, cookie};
use crate::site::{Site, Transport};
use base64ct::{Base64UrlUnpadded, Encoding};
use http::HeaderMap;
use http::header::HOST;
use ledger::account::{Credential, LookUp};
use purchase::bytes::{ReadError, Reader, Writer};
use purchase::id::{SessionId, UserId};
use purchase::text::Text;
use purchase::time::Timestamp;
use response::{Ceremony, PasskeyFault, Presence};
use ring::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};
use std::net::IpAddr;
use wire::error::ErrorCode;

mod cbor;
mod response;

/// How long a challenge can be answered.
const CHALLENGE_MS: i64 = 5 * 60 * 1_000;
/// The cookie by which a browser that asks is known again, and how long it is kept, in seconds.
const ASKING: &str = "passkey";
const ASKING_S: u32 = 600;
/// What is asked of authenticators: that they know who is there, by a finger, a face or a number. A passkey
/// stands alone, without a password, and must be more than the phone that somebody found.
const VERIFICATION: &str = "required";
/// The number of ECDSA on P-256 with SHA-256 in the registry of COSE.
const ES256: i32 = -7;
/// The version of what is kept of a passkey.
const KEPT_VERSION: u8 = 1;

/// The site as authenticators know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Party {
    /// The domain to which passkeys belong.
    id: String,
    /// What browsers name as the place of a page.
    origin: String,
}

/// Why passkeys cannot be offered here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoPasskeys {
    /// The page came over plain HTTP, where browsers offer none.
    Plain,
    /// The site is reached by an IP address, to which no passkey can belong.
    NoName,
}

impl Party {
    /// The site under the address by which a request reached it.
    ///
    /// # Errors
    /// Why there can be no passkeys.
    pub fn of(site: &Site, headers: &HeaderMap) -> Result<Self, NoPasskeys> {
        // Only a browser on this very machine can be at localhost, whatever the site's own address is.
        let host = headers.get(HOST).and_then(|value| value.to_str().ok());
        if let Some(host) = host
            && without_port(host) == "localhost"
            && site.transport() == Transport::Plain
        {
            return Ok(Self {
                id: "localhost".to_owned(),
                origin: format!("http://{host}"),
            });
        }
        let Some(host) = site.base().strip_prefix("https://") else {
            return Err(NoPasskeys::Plain);
        };
        let name = without_port(host);
        if host.starts_with('[') || name.parse::<IpAddr>().is_ok() {
            return Err(NoPasskeys::NoName);
        }
        Ok(Self {
            id: name.to_owned(),
            origin: site.base().to_owned(),
        })
    }
}

fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        Some(_) | None => host,
    }
}

impl From<NoPasskeys> for Refused {
    fn from(why: NoPasskeys) -> Self {
        Self::new(
            ErrorCode::Forbidden,
            match why {
                NoPasskeys::Plain => "passkeys need TLS, or a browser on this machine at localhost",
                NoPasskeys::NoName => "passkeys need a site with a name; this one is an IP address",
            },
        )
    }
}

/// What a browser is asked to register. Bytes are base64url.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RegisterOptions {
    challenge: String,
    rp: Named,
    user: UserNamed,
    pub_key_cred_params: [Algorithm; 1],
    exclude_credentials: Vec<Known>,
    authenticator_selection: Selection,
    attestation: &'static str,
    timeout: i64,
}

#[derive(Debug, Serialize)]
struct Named {
    id: String,
    name: &'static str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct UserNamed {
    id: String,
    name: String,
    display_name: String,
}

#[derive(Debug, Serialize)]
struct Algorithm {
    r#type: &'static str,
    alg: i32,
}

#[derive(Debug, Serialize)]
struct Known {
    r#type: &'static str,
    id: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Selection {
    resident_key: &'static str,
    require_resident_key: bool,
    user_verification: &'static str,
}

/// What a browser is asked to prove. Any passkey of the site will do.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SignInOptions {
    challenge: String,
    rp_id: String,
    user_verification: &'static str,
    timeout: i64,
}

/// What a browser sends after registering. Bytes are base64url.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Registered {
    #[serde(rename = "clientDataJSON")]
    client_data: String,
    attestation_object: String,
}

/// What a browser sends to come in. Bytes are base64url.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Asserted {
    id: String,
    #[serde(rename = "clientDataJSON")]
    client_data: String,
    authenticator_data: String,
    signature: String,
    user_handle: Option<String>,
}

/// What to ask the browser of a person who adds a passkey.
///
/// # Errors
/// A problem if the memory cannot be read.
pub fn register_options(app: &App, party: &Party, session: &Session) -> Reply<RegisterOptions> {
    let user_id = session.user_id;
    let all = app.ledger.credentials(user_id)?;
    let exclude_credentials = all.iter().filter_map(|means| match &means.credential {
        Credential::Passkey { id, .. } => Some(Known {
            r#type: "public-key",
            id: encode(id),
        }),
        Credential::Password { .. } | Credential::Recovery { .. } => None,
    });
    // The browser shows it in its list of passkeys; nothing else is known of the person.
    let name = all.iter().find_map(|means| match &means.credential {
        Credential::Password { .. } => app.ledger.profile(user_id).ok().flatten()?.email,
        Credential::Passkey { .. } | Credential::Recovery { .. } => None,
    });
    let name = name.map_or_else(|| "Orihon".to_owned(), |email| email.as_str().to_owned());
    Ok(RegisterOptions {
        challenge: encode(&challenge(app, Purpose::register(session))),
        rp: Named {
            id: party.id.clone(),
            name: "Orihon",
        },
        user: UserNamed {
            id: encode(&user_id.0),
            display_name: name.clone(),
            name,
        },
        pub_key_cred_params: [Algorithm {
            r#type: "public-key",
            alg: ES256,
        }],
        exclude_credentials: exclude_credentials.collect(),
        authenticator_selection: Selection {
            resident_key: "required",
            require_resident_key: true,
            user_verification: VERIFICATION,
        },
        attestation: "none",
        timeout: CHALLENGE_MS,
    })
}

/// What to ask the browser of somebody who comes in, and the cookie by which it is known again.
#[must_use]
pub fn sign_in_options(app: &App, party: &Party, headers: &HeaderMap) -> (SignInOptions, String) {
    // Two pages of one browser ask under one name.
    let browser = asking(app, headers).unwrap_or_else(|| app.clock.random());
    let options = SignInOptions {
        challenge: encode(&challenge(app, Purpose::SignIn(browser))),
        rp_id: party.id.clone(),
        user_verification: VERIFICATION,
        timeout: CHALLENGE_MS,
    };
    let (name, attributes) = (app.site.cookie(ASKING), app.site.attributes());
    let cookie = format!(
        "{name}={}; Max-Age={ASKING_S}{attributes}",
        encode(&browser)
    );
    (options, cookie)
}

/// The browser that asked, if it says so.
fn asking(app: &App, headers: &HeaderMap) -> Option<Browser> {
    let sent = cookie(headers, &app.site.cookie(ASKING))?;
    decode(sent).ok()?.try_into().ok()
}

/// Adds the passkey that a person's browser has registered, under the name of that browser.
///
/// # Errors
/// 422 if it was not registered as asked, 409 if it is known already.
pub async fn register(
    app: &App,
    party: &Party,
    session: &Session,
    sent: &Registered,
    label: Text,
) -> Reply<()> {
    let user_id = session.user_id;
    let proven = || {
        let client_data = decode(&sent.client_data)?;
        let attestation = decode(&sent.attestation_object)?;
        let given = response::client_data(&client_data, Ceremony::Create, party)?;
        let chance = prove_challenge(app, &given, Purpose::register(session))?;
        let new = response::registered(&attestation, party)?;
        verified(new.presence)?;
        spend(app, chance)?;
        Ok(new)
    };
    let new = proven()
        .map_err(|fault: PasskeyFault| Refused::new(ErrorCode::InvalidValue, fault.to_string()))?;
    let kept = Kept {
        counter: new.counter,
        public_key: new.public_key,
    };
    means::add_passkey(app, user_id, new.id, kept.encode(), label).await
}

/// Brings somebody in by a passkey; none if it is not known here, or was taken away.
///
/// # Errors
/// 422 if the browser's answer does not hold.
pub async fn by_passkey(
    app: &App,
    headers: &HeaderMap,
    party: &Party,
    sent: &Asserted,
) -> Reply<Option<Entered>> {
    let refused = |fault: PasskeyFault| Refused::new(ErrorCode::InvalidValue, fault.to_string());
    let id = decode(&sent.id).map_err(refused)?;
    let found = app.ledger.find_sign_in(&LookUp::Passkey(id))?;
    let Some((user_id, credential_id, Credential::Passkey { data, .. })) = found else {
        return Ok(None);
    };
    let kept = Kept::decode(&data).map_err(|_| refused(PasskeyFault::Malformed))?;
    let browser = asking(app, headers).ok_or_else(|| refused(PasskeyFault::Challenge))?;
    let counter = prove(app, party, sent, (user_id, &kept, browser)).map_err(refused)?;
    let kept = Kept { counter, ..kept };
    let who = (user_id, credential_id);
    enter(app, headers, who, Some(kept.encode())).await
}

/// Proves what a browser sent against what is kept of the passkey; gives its counter.
fn prove(
    app: &App,
    party: &Party,
    sent: &Asserted,
    (user_id, kept, browser): (UserId, &Kept, Browser),
) -> Result<u32, PasskeyFault> {
    let client_data = decode(&sent.client_data)?;
    let data = decode(&sent.authenticator_data)?;
    let signature = decode(&sent.signature)?;
    if let Some(handle) = &sent.user_handle
        && decode(handle)? != user_id.0
    {
        return Err(PasskeyFault::Malformed);
    }
    let given = response::client_data(&client_data, Ceremony::Get, party)?;
    let chance = prove_challenge(app, &given, Purpose::SignIn(browser))?;
    let told = response::asserted(&data, &client_data, &signature, &kept.public_key, party)?;
    verified(told.presence)?;
    spend(app, chance)?;
    let counter = told.counter;
    // An authenticator that counts never says the same number twice, unless it was copied.
    match (counter, kept.counter) {
        (0, 0) => Ok(0),
        (new, old) if new > old => Ok(new),
        _ => Err(PasskeyFault::Counter),
    }
}

const fn verified(presence: Presence) -> Result<(), PasskeyFault> {
    match presence {
        Presence::Verified => Ok(()),
        Presence::There => Err(PasskeyFault::Unverified),
    }
}

/// Challenges that were answered, for as long as they could be answered again.
pub(super) struct Spent(Brake<[u8; CHANCE_BYTES]>);

impl Default for Spent {
    fn default() -> Self {
        Self(Brake::new(1, 2 * CHALLENGE_MS))
    }
}

/// Whatever holds, holds once. Only what a passkey has signed comes here, so that nobody fills the memory.
fn spend(app: &App, chance: [u8; CHANCE_BYTES]) -> Result<(), PasskeyFault> {
    let taken = app.sign_in.spent.0.take(chance, app.clock.now());
    taken.map_err(|_| PasskeyFault::Spent)
}

/// What is kept of a passkey.
struct Kept {
    counter: u32,
    /// A point on P-256, uncompressed.
    public_key: [u8; 65],
}

impl Kept {
    fn encode(&self) -> Vec<u8> {
        let mut out = Writer::default();
        out.byte(KEPT_VERSION);
        out.number(self.counter.into());
        out.raw(&self.public_key);
        out.finish()
    }

    fn decode(bytes: &[u8]) -> Result<Self, ReadError> {
        let mut from = Reader::new(bytes);
        if from.byte()? != KEPT_VERSION {
            return Err(ReadError::Invalid);
        }
        let counter = u32::try_from(from.number()?).map_err(|_| ReadError::Invalid)?;
        let public_key = from.array()?;
        from.finish()?;
        Ok(Self {
            counter,
            public_key,
        })
    }
}

/// For what a challenge was made.
#[derive(Clone, Copy)]
enum Purpose {
    /// In one browser of one person.
    Register(UserId, SessionId),
    /// In a browser in which nobody is signed in yet.
    SignIn(Browser),
}

/// By what a browser is known in which nobody is signed in.
type Browser = [u8; 16];

impl Purpose {
    const fn register(session: &Session) -> Self {
        Self::Register(session.user_id, session.session_id)
    }
}

/// Bytes of a challenge: when it was made, chance, and the proof that it was made here.
const TIME_BYTES: usize = 8;
const CHANCE_BYTES: usize = 16;
const PROOF_BYTES: usize = 16;

fn challenge(app: &App, purpose: Purpose) -> Vec<u8> {
    let mut out = Writer::default();
    out.raw(&app.clock.now().ms().to_be_bytes());
    out.raw(&app.clock.random::<CHANCE_BYTES>());
    let head = out.finish();
    let proof = proof(app, &head, purpose);
    [head.as_slice(), &proof].concat()
}

fn proof(app: &App, head: &[u8], purpose: Purpose) -> [u8; PROOF_BYTES] {
    let mut message = Writer::default();
    message.raw(b"\0passkey challenge");
    match purpose {
        Purpose::Register(user_id, session_id) => {
            message.byte(3);
            message.raw(&user_id.0);
            message.raw(&session_id.0);
        }
        Purpose::SignIn(browser) => {
            message.byte(4);
            message.raw(&browser);
        }
    }
    message.raw(head);
    let hash = app.ledger.keyed_hash(message.as_slice());
    hash.first_chunk().copied().unwrap_or_default()
}

/// Proves that a challenge was made here, lately, and for this; gives its chance, by which it is known.
fn prove_challenge(
    app: &App,
    given: &str,
    purpose: Purpose,
) -> Result<[u8; CHANCE_BYTES], PasskeyFault> {
    let given = decode(given)?;
    let (head, sent) = given
        .split_at_checked(TIME_BYTES + CHANCE_BYTES)
        .ok_or(PasskeyFault::Challenge)?;
    // Of two hashes it tells nothing how far they agree.
    let hash = |proof: &[u8]| digest(&SHA256, proof);
    if hash(sent).as_ref() != hash(&proof(app, head, purpose)).as_ref() {
        return Err(PasskeyFault::Challenge);
    }
    let made_at = head.first_chunk::<TIME_BYTES>().copied();
    let made_at = made_at.and_then(|ms| Timestamp::from_ms(i64::from_be_bytes(ms)).ok());
    let age_ms = made_at.map(|made_at| app.clock.now().ms() - made_at.ms());
    match age_ms {
        Some(age_ms) if (-CHALLENGE_MS..=CHALLENGE_MS).contains(&age_ms) => {}
        Some(_) | None => return Err(PasskeyFault::Late),
    }
    let chance = head.last_chunk::<CHANCE_BYTES>().copied();
    chance.ok_or(PasskeyFault::Challenge)
}

fn encode(bytes: &[u8]) -> String {
    Base64UrlUnpadded::encode_string(bytes)
}

fn decode(text: &str) -> Result<Vec<u8>, PasskeyFault> {
    Base64UrlUnpadded::decode_vec(text).map_err(|_| PasskeyFault::Malformed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passkeys_belong_to_a_name_and_a_secure_place() {
        let check = |base: &str, host: &str, party: Result<(&str, &str), NoPasskeys>| {
            let mut headers = HeaderMap::new();
            headers.insert(HOST, host.parse().unwrap());
            let party = party.map(|(id, origin)| Party {
                id: id.to_owned(),
                origin: origin.to_owned(),
            });
            assert_eq!(
                Party::of(&Site::new(base), &headers),
                party,
                "{base} {host}"
            );
        };
        let book = ("book.example", "https://book.example");
        check("https://book.example/", "book.example", Ok(book));
        check("https://book.example", "evil.example", Ok(book));
        check("https://book.example", "localhost", Ok(book));
        let odd = ("book.example", "https://book.example:8443");
        check("https://book.example:8443", "book.example:8443", Ok(odd));
        let local = ("localhost", "http://localhost:8470");
        check("http://127.0.0.1:8470", "localhost:8470", Ok(local));
        let plain = Err(NoPasskeys::Plain);
        check("http://127.0.0.1:8470", "127.0.0.1:8470", plain);
        check("http://book.example", "book.example", plain);
        check("http://book.example", "localhost.evil.example", plain);
        let no_name = Err(NoPasskeys::NoName);
        check("https://192.0.2.7", "192.0.2.7", no_name);
        check("https://[2001:db8::1]:8443", "[2001:db8::1]:8443", no_name);
    }

    #[test]
    fn what_is_kept_reads_back() {
        let kept = Kept {
            counter: 7,
            public_key: [4; 65],
        };
        let bytes = kept.encode();
        let read = Kept::decode(&bytes).unwrap();
        assert_eq!((read.counter, read.public_key), (7, [4; 65]));
        for bytes in [&bytes[..66], &[&bytes[..], &[0]].concat(), &[2; 67], &[]] {
            assert!(Kept::decode(bytes).is_err(), "{bytes:?}");
        }
    }
}
