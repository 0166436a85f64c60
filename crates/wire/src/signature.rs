//! Signed requests: the exact bytes that a store device signs and the server checks, and the headers
//! that carry the rest. Both sides make the text here. Nothing here signs, holds a key or asks the
//! time.

use crate::hex;
use purchase::id::DeviceId;
use thiserror::Error;

/// The header with the device's id; in lower case, as HTTP/2 has names.
pub const DEVICE_HEADER: &str = "orihon-device";
/// The header with the request's id: [`ID_CHARS_MAX`] of `A-Z a-z 0-9 _ -` at most, drawn anew for
/// each request.
pub const ID_HEADER: &str = "orihon-id";
/// The header with the device's time: milliseconds since 1970-01-01T00:00:00Z, decimal.
pub const TIMESTAMP_HEADER: &str = "orihon-timestamp";
/// The header with the Ed25519 signature: 128 hexadecimal digits.
pub const SIGNATURE_HEADER: &str = "orihon-signature";

/// How far the device's time may lie before or behind the server's, in milliseconds.
pub const WINDOW_MS: i64 = 5 * 60 * 1_000;
/// Characters of a request's id at most.
pub const ID_CHARS_MAX: usize = 64;

/// The first line of what is signed. Another form gets another first line, so that no signature is
/// ever good for two meanings.
const FORM: &str = "orihon-1";

/// The bytes that are signed: seven lines, the last without a line end.
///
/// `method` is in upper case; `path` is path and query exactly as sent. The signer says its `home`,
/// which no header carries: a device that believes itself in another store is not believed. A store's
/// device says its store's id, a chain's device what [`home_of_chain`] makes of the chain's: the stores
/// for which it writes stand in path and body, which are signed as well.
#[must_use]
pub fn message(
    method: &str,
    path: &str,
    home: &str,
    id: &str,
    timestamp_ms: i64,
    body_sha256: &[u8; 32],
) -> Vec<u8> {
    let body = hex::show(body_sha256);
    format!("{FORM}\n{method}\n{path}\n{home}\n{id}\n{timestamp_ms}\n{body}").into_bytes()
}

/// What a chain's device signs in the place of a store's id. No store's id has a colon, so that no
/// signature is good for a store and for a chain.
#[must_use]
pub fn home_of_chain(chain_id: &str) -> String {
    format!("chain:{chain_id}")
}

/// A signature as its header carries it.
#[must_use]
pub fn show_signature(signature: &[u8]) -> String {
    hex::show(signature)
}

/// What the four headers of a signed request say. Nothing of it is proven yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claimed<'a> {
    /// Who says to have signed it.
    pub device_id: DeviceId,
    /// The request's id.
    pub id: &'a str,
    /// The device's time.
    pub timestamp_ms: i64,
    /// The signature.
    pub signature: [u8; 64],
}

/// Why the headers cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ClaimError {
    /// No device's id.
    #[error("Orihon-Device must be the device's id (dev_…)")]
    Device,
    /// No request's id.
    #[error("Orihon-Id must be 1 to {ID_CHARS_MAX} of A-Z a-z 0-9 _ -")]
    Id,
    /// No time.
    #[error("Orihon-Timestamp must be milliseconds since 1970 as decimal digits")]
    Timestamp,
    /// No signature.
    #[error("Orihon-Signature must be 128 hexadecimal digits")]
    Signature,
}

impl<'a> Claimed<'a> {
    /// Reads the headers; a missing one is an empty text.
    ///
    /// # Errors
    /// [`ClaimError`] says which one is wrong.
    pub fn read(
        device: &str,
        id: &'a str,
        timestamp: &str,
        signature: &str,
    ) -> Result<Self, ClaimError> {
        let is_id_character =
            |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
        let is_id = (1..=ID_CHARS_MAX).contains(&id.len()) && id.bytes().all(is_id_character);
        // One spelling each: the server writes the number anew into what it checks.
        let is_number = timestamp.bytes().all(|byte| byte.is_ascii_digit());
        let timestamp_ms = timestamp.parse().ok().filter(|_| is_number);
        Ok(Self {
            device_id: DeviceId::parse(device).map_err(|_| ClaimError::Device)?,
            id: is_id.then_some(id).ok_or(ClaimError::Id)?,
            timestamp_ms: timestamp_ms.ok_or(ClaimError::Timestamp)?,
            signature: hex::read(signature).ok_or(ClaimError::Signature)?,
        })
    }
}
