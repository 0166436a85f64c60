//! Proves what a browser says an authenticator did (WebAuthn, level 3, 7.1 and 7.2): for this site, by a
//! person who was there, and with the key that was registered. Who made the authenticator is not asked.

use super::cbor::{self, Value};
use super::{ES256, Party};
use ring::digest::{SHA256, digest};
use ring::signature::{ECDSA_P256_SHA256_ASN1, UnparsedPublicKey};
use serde::Deserialize;
use thiserror::Error;

/// Why a browser's answer does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub(super) enum PasskeyFault {
    #[error("the browser's answer cannot be read")]
    Malformed,
    #[error("the browser answered something else than was asked")]
    Ceremony,
    #[error("the browser did not answer what this server asked")]
    Challenge,
    #[error("the browser answered too late; try again")]
    Late,
    #[error("the passkey was used at another place than this one")]
    Origin,
    #[error("the passkey belongs to another site")]
    Party,
    #[error("nobody touched the authenticator")]
    Absent,
    #[error("the authenticator did not ask who is there; set a screen lock or a PIN on it")]
    Unverified,
    #[error("this answer was used already; try again")]
    Spent,
    #[error("the passkey is of a kind that is not known here")]
    Algorithm,
    #[error("the passkey's signature does not hold")]
    Signature,
    #[error("the passkey was copied, or an older answer was sent again")]
    Counter,
}

/// What a browser was asked to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ceremony {
    Create,
    Get,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ClientData {
    r#type: String,
    challenge: String,
    origin: String,
    #[serde(default)]
    cross_origin: bool,
}

/// Proves what the browser itself says; gives the challenge that it answered.
pub(super) fn client_data(
    bytes: &[u8],
    ceremony: Ceremony,
    party: &Party,
) -> Result<String, PasskeyFault> {
    let said: ClientData = serde_json::from_slice(bytes).map_err(|_| PasskeyFault::Malformed)?;
    let wanted = match ceremony {
        Ceremony::Create => "webauthn.create",
        Ceremony::Get => "webauthn.get",
    };
    if said.r#type != wanted {
        return Err(PasskeyFault::Ceremony);
    }
    if said.origin != party.origin || said.cross_origin {
        return Err(PasskeyFault::Origin);
    }
    Ok(said.challenge)
}

/// A passkey that was registered.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct New {
    pub(super) id: Vec<u8>,
    pub(super) counter: u32,
    /// A point on P-256, uncompressed.
    pub(super) public_key: [u8; 65],
    pub(super) presence: Presence,
}

/// Who was at the authenticator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Presence {
    /// Somebody.
    There,
    /// Whoever may use it: it asked for a finger, a face or a number.
    Verified,
}

/// What an authenticator told with its signature.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Told {
    pub(super) counter: u32,
    pub(super) presence: Presence,
}

/// Bits of the flags: somebody was there, it was known who, and a new key is told.
const PRESENT: u8 = 1;
const VERIFIED: u8 = 1 << 2;
const ATTESTED: u8 = 1 << 6;
/// Bytes of the id that a make of authenticators has.
const MAKE_BYTES: usize = 16;

/// What every authenticator's data begin with, and what stands behind it.
struct Data<'a> {
    flags: u8,
    counter: u32,
    rest: &'a [u8],
}

impl Data<'_> {
    const fn presence(&self) -> Presence {
        match self.flags & VERIFIED {
            0 => Presence::There,
            _ => Presence::Verified,
        }
    }
}

fn data<'a>(bytes: &'a [u8], party: &Party) -> Result<Data<'a>, PasskeyFault> {
    let (party_hash, rest) = bytes
        .split_first_chunk::<32>()
        .ok_or(PasskeyFault::Malformed)?;
    let (flags, rest) = rest.split_first().ok_or(PasskeyFault::Malformed)?;
    let (counter, rest) = rest
        .split_first_chunk::<4>()
        .ok_or(PasskeyFault::Malformed)?;
    if digest(&SHA256, party.id.as_bytes()).as_ref() != party_hash {
        return Err(PasskeyFault::Party);
    }
    if flags & PRESENT == 0 {
        return Err(PasskeyFault::Absent);
    }
    Ok(Data {
        flags: *flags,
        counter: u32::from_be_bytes(*counter),
        rest,
    })
}

/// The passkey that an attestation object tells. What vouches for its make is not looked at.
pub(super) fn registered(attestation: &[u8], party: &Party) -> Result<New, PasskeyFault> {
    let (object, behind) = cbor::read(attestation)?;
    let told = object.at(&Value::Text("authData")).and_then(Value::bytes);
    let (Some(told), []) = (told, behind) else {
        return Err(PasskeyFault::Malformed);
    };
    let data = data(told, party)?;
    if data.flags & ATTESTED == 0 {
        return Err(PasskeyFault::Malformed);
    }
    let split = |bytes: &'_ [u8], count| -> Result<_, PasskeyFault> {
        let (first, rest) = bytes
            .split_at_checked(count)
            .ok_or(PasskeyFault::Malformed)?;
        Ok((first.to_vec(), rest.to_vec()))
    };
    let (_, rest) = split(data.rest, MAKE_BYTES)?;
    let (length, rest) = rest
        .split_first_chunk::<2>()
        .ok_or(PasskeyFault::Malformed)?;
    let (id, key) = split(rest, u16::from_be_bytes(*length).into())?;
    let (key, _) = cbor::read(&key)?;
    Ok(New {
        id,
        counter: data.counter,
        public_key: point(&key)?,
        presence: data.presence(),
    })
}

/// The point of a COSE key: of two coordinates (2), for ES256, on P-256 (1).
fn point(key: &Value<'_>) -> Result<[u8; 65], PasskeyFault> {
    let number = |at: i64| key.at(&Value::Number(at));
    let is_known = number(1) == Some(&Value::Number(2))
        && number(3) == Some(&Value::Number(ES256.into()))
        && number(-1) == Some(&Value::Number(1));
    if !is_known {
        return Err(PasskeyFault::Algorithm);
    }
    let coordinate = |at: i64| number(at).and_then(Value::bytes);
    let (Some(x), Some(y)) = (coordinate(-2), coordinate(-3)) else {
        return Err(PasskeyFault::Malformed);
    };
    let point = [&[4], x, y].concat();
    point.try_into().map_err(|_| PasskeyFault::Malformed)
}

/// Proves that the key of a passkey signed what the browser said; gives what the authenticator told.
pub(super) fn asserted(
    told: &[u8],
    client_data: &[u8],
    signature: &[u8],
    public_key: &[u8; 65],
    party: &Party,
) -> Result<Told, PasskeyFault> {
    let data = data(told, party)?;
    let signed = [told, digest(&SHA256, client_data).as_ref()].concat();
    UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, public_key)
        .verify(&signed, signature)
        .map_err(|_| PasskeyFault::Signature)?;
    Ok(Told {
        counter: data.counter,
        presence: data.presence(),
    })
}

#[cfg(test)]
mod tests;
