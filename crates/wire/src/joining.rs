//! A store device joins: the pairing code that a person reads and types, and what device and server
//! say to each other then. Only the hash of a code is ever kept; nothing here keeps anything.

use crate::blame::parse;
use crate::catalogue::answer::CatalogueState;
use crate::claim::sha256;
use crate::error::FieldError;
use crate::operator::proven;
use crate::operator::store::StoreMessage;
use crate::place::{Finding, Findings, Place};
use crate::scalar::Words;
use purchase::text::Text;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Digits of a code: 60 bits.
const DIGITS: usize = 12;
/// Digits between two dashes.
const GROUP: usize = 4;
/// Crockford's digits: no I, L, O or U, which people misread.
const ALPHABET: [char; 32] = [
    '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'J',
    'K', 'M', 'N', 'P', 'Q', 'R', 'S', 'T', 'V', 'W', 'X', 'Y', 'Z',
];

/// A pairing code: 12 of Crockford's digits, five bits each.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct PairingCode([char; DIGITS]);

impl PairingCode {
    /// A new code from random bytes, of which the lowest 60 bits count.
    #[must_use]
    pub fn new(random: [u8; 8]) -> Self {
        let mut bits = u64::from_be_bytes(random);
        let mut digits = ['0'; DIGITS];
        for digit in digits.iter_mut().rev() {
            let place = usize::try_from(bits % 32).unwrap_or(0);
            *digit = ALPHABET.get(place).copied().unwrap_or('0');
            bits /= 32;
        }
        Self(digits)
    }

    /// Reads a code as people type it: in any case, with or without dashes and blanks, O for zero
    /// and I or L for one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut typed = text.chars().filter(|typed| !matches!(typed, '-' | ' '));
        let mut digits = ['0'; DIGITS];
        for digit in &mut digits {
            *digit = match typed.next()?.to_ascii_uppercase() {
                'O' => '0',
                'I' | 'L' => '1',
                other => other,
            };
            if !ALPHABET.contains(digit) {
                return None;
            }
        }
        typed.next().is_none().then_some(Self(digits))
    }

    /// SHA-256 of the 12 digits without dashes: what is kept instead of the code.
    #[must_use]
    pub fn hash(&self) -> [u8; 32] {
        sha256(self.0.iter().collect::<String>().as_bytes())
    }
}

impl std::fmt::Display for PairingCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (at, group) in self.0.chunks(GROUP).enumerate() {
            f.write_str(if at > 0 { "-" } else { "" })?;
            f.write_str(&group.iter().collect::<String>())?;
        }
        Ok(())
    }
}

/// Shows no digit: whoever reads a log must not be able to join.
impl std::fmt::Debug for PairingCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PairingCode(hidden)")
    }
}

/// A machine that is to join a store.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, bound(deserialize = "'de: 'a"))]
#[schema(example = json!({"name": "till room"}))]
pub struct NewPairingMessage<'a> {
    /// What the operator calls it.
    #[schema(value_type = String)]
    name: Words<'a>,
}

/// Reads what a machine that is to join is called.
///
/// # Errors
/// Every fault found, with its place; never none.
pub fn read_pairing(bytes: &[u8]) -> Result<Text, Vec<FieldError>> {
    let sent: NewPairingMessage<'_> = parse(bytes).map_err(|error| vec![error])?;
    let mut findings = Findings::default();
    let name = findings.take(Place::Root.member("name"), sent.name.prove());
    proven(findings, || name)
}

/// A pairing code. It is shown this once.
#[derive(Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = json!({"code": "7K3M-9QXT-0VDW", "expires_at": "2026-04-10T12:15:00+09:00"}))]
pub struct PairingAnswer {
    /// To be typed at the machine; in any case, with or without the dashes.
    pub code: String,
    /// Until when it can be used, once.
    #[schema(format = "date-time")]
    pub expires_at: String,
}

/// A machine that joins.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, bound(deserialize = "'de: 'a"))]
#[schema(example = json!({"code": "7K3M-9QXT-0VDW",
    "public_key": "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"}))]
pub struct JoinMessage<'a> {
    /// The pairing code that the operator was shown.
    #[schema(value_type = String)]
    code: Words<'a>,
    /// The machine's Ed25519 public key as 64 hexadecimal digits.
    #[schema(value_type = String, pattern = "^[0-9a-fA-F]{64}$")]
    public_key: Words<'a>,
    /// What the machine calls itself; without it the name that the operator gave.
    #[schema(value_type = Option<String>)]
    name: Option<Words<'a>>,
}

/// A machine that joins, proven but for the code, which only the ledger knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Join {
    /// The pairing code.
    pub code: PairingCode,
    /// The machine's Ed25519 public key.
    pub public_key: [u8; 32],
    /// What the machine calls itself.
    pub name: Option<Text>,
}

/// Reads a machine that joins.
///
/// # Errors
/// Every fault found, with its place; never none.
pub fn read_join(bytes: &[u8]) -> Result<Join, Vec<FieldError>> {
    let sent: JoinMessage<'_> = parse(bytes).map_err(|error| vec![error])?;
    let mut findings = Findings::default();
    let root = Place::Root;
    let code = PairingCode::parse(sent.code.as_str())
        .ok_or_else(|| Finding::invalid("must be the 12 letters and digits of a pairing code"));
    let code = findings.take(root.member("code"), code);
    let public_key = findings.take(root.member("public_key"), public_key(&sent.public_key));
    let name = findings.maybe(root.member("name"), sent.name.as_ref(), Words::prove);
    proven(findings, || {
        Some(Join {
            code: code?,
            public_key: public_key?,
            name,
        })
    })
}

/// A machine's new public key.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, bound(deserialize = "'de: 'a"))]
#[schema(example = json!({
    "public_key": "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"}))]
pub struct NewKeyMessage<'a> {
    /// Its Ed25519 public key as 64 hexadecimal digits.
    #[schema(value_type = String, pattern = "^[0-9a-fA-F]{64}$")]
    public_key: Words<'a>,
}

/// Reads a machine's new public key.
///
/// # Errors
/// Every fault found, with its place; never none.
pub fn read_new_key(bytes: &[u8]) -> Result<[u8; 32], Vec<FieldError>> {
    let sent: NewKeyMessage<'_> = parse(bytes).map_err(|error| vec![error])?;
    let mut findings = Findings::default();
    let place = Place::Root.member("public_key");
    let public_key = findings.take(place, public_key(&sent.public_key));
    proven(findings, || public_key)
}

pub(crate) fn public_key(words: &Words<'_>) -> Result<[u8; 32], Finding> {
    crate::hex::read(words.as_str())
        .ok_or_else(|| Finding::invalid("must be 64 hexadecimal digits"))
}

/// A machine has joined.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct JoinAnswer<'a> {
    /// Its id, for the header `Orihon-Device`.
    pub device_id: String,
    /// The store that it belongs to now.
    pub store: StoreMessage<'a>,
    /// Where the store's catalogue stands.
    pub catalogue: CatalogueState,
    /// The server's time, by which the machine can set its offset.
    #[schema(format = "date-time")]
    pub server_time: String,
    /// Where people reach this server, if its operator said so: what receipts may bear as
    /// `{public_url}/c/{claim code}`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "https://book.example")]
    pub public_url: Option<&'a str>,
}

/// A store's settings, for its own machines.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SettingsAnswer<'a> {
    /// The store.
    pub store: StoreMessage<'a>,
    /// The server's time.
    #[schema(format = "date-time")]
    pub server_time: String,
    /// Where people reach this server, if its operator said so: what receipts may bear as
    /// `{public_url}/c/{claim code}`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "https://book.example")]
    pub public_url: Option<&'a str>,
}

/// A store's tills as far as they are known by their settlements.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = json!({"terminals": [
    {"terminal": "1", "business_date": "2026-04-10", "transaction": "31198570044"}]}))]
pub struct Terminals {
    /// The tills, by name.
    pub terminals: Vec<TerminalMessage>,
}

/// How far a till has counted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct TerminalMessage {
    /// The till.
    pub terminal: String,
    /// The newest business date on which it used its highest number.
    #[schema(format = "date")]
    pub business_date: String,
    /// Its highest number: by value where it is all digits, else as a text.
    pub transaction: String,
}
