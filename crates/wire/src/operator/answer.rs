//! What the operator and the store are told about keys, conflicts, days and single settlements.
//! Never the person of a settlement.

use crate::hex;
use crate::outcome::KeyMessage;
use crate::settlement::answer::{SettlementAnswer, settlement_answer};
use crate::time::{show, show_utc};
use crate::vocabulary;
use jiff::tz::TimeZone;
use purchase::decide::Digest;
use purchase::id::{DeviceId, SettlementKey, TokenId, UserId};
use purchase::money::{Amount, Currency};
use purchase::quantity::decimal;
use purchase::returns::LineState;
use purchase::settlement::{Content, Kind};
use purchase::time::Timestamp;
use purchase::warning::Warnings;
use serde::Serialize;
use utoipa::ToSchema;

/// A new device. The key is shown this once.
#[derive(Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = json!({
    "device_id": "dev_0zzg0081040g2081040m2gc5v8", "key": "ord_4c1d"
}))]
pub struct DeviceAnswer {
    /// The device.
    pub device_id: String,
    /// Its key for `Authorization: Bearer`; absent if the device signs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
}

/// A store's devices.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Devices {
    /// The devices, oldest first.
    pub devices: Vec<DeviceMessage>,
}

/// A device as the operator sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct DeviceMessage {
    /// The device.
    pub device_id: String,
    /// What the operator calls it.
    pub name: String,
    /// Since when.
    #[schema(format = "date-time")]
    pub created_at: String,
    /// When its key stopped working.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = "date-time")]
    pub revoked_at: Option<String>,
}

impl DeviceMessage {
    /// The message of one device.
    #[must_use]
    pub fn new(
        device_id: DeviceId,
        name: &str,
        created_at: Timestamp,
        revoked_at: Option<Timestamp>,
    ) -> Self {
        Self {
            device_id: device_id.to_string(),
            name: name.to_owned(),
            created_at: show_utc(created_at),
            revoked_at: revoked_at.map(show_utc),
        }
    }
}

/// A chain of stores.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = json!({"chain_id": "green", "name": "Green Markets", "stores": 12}))]
pub struct ChainMessage {
    /// Its id.
    pub chain_id: String,
    /// Its name.
    pub name: String,
    /// How many stores belong to it.
    pub stores: u64,
}

/// Chains, by id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Chains {
    /// The chains.
    pub chains: Vec<ChainMessage>,
    /// The `cursor` of the next page; null on the last.
    pub next_cursor: Option<String>,
}

/// A person. The token is shown this once, and only for a new person.
#[derive(Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct UserAnswer {
    /// The person.
    pub user_id: String,
    /// The person's key for `Authorization: Bearer`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// The key's id, by which it can be withdrawn.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_id: Option<String>,
}

impl UserAnswer {
    /// A new person with the key made for it.
    #[must_use]
    pub fn new(user_id: UserId, token_id: TokenId, token: String) -> Self {
        Self {
            user_id: user_id.to_string(),
            token: Some(token),
            token_id: Some(token_id.to_string()),
        }
    }

    /// A person registered before.
    #[must_use]
    pub fn known(user_id: UserId) -> Self {
        Self {
            user_id: user_id.to_string(),
            token: None,
            token_id: None,
        }
    }
}

/// A further key. It is shown this once.
#[derive(Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct TokenAnswer {
    /// The key's id, by which it can be withdrawn.
    pub token_id: String,
    /// The key.
    pub token: String,
}

/// The operators' keys, without the secrets.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Operators {
    /// The keys, oldest first.
    pub operators: Vec<OperatorMessage>,
}

/// An operator's key.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OperatorMessage {
    /// The key's id, by which it can be withdrawn.
    pub token_id: String,
    /// When it was made.
    pub created_at: String,
    /// Is it the key with which this was asked?
    pub is_yours: bool,
    /// What its holder is called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// The chain whose stores alone it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chain_id: Option<String>,
    /// The store that alone it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub store_id: Option<String>,
}

/// What an operator did.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AuditEntry {
    /// When.
    pub at: String,
    /// The key by which it was done.
    pub token_id: String,
    /// What the key's holder is called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// What was done, such as `store_added`.
    #[schema(value_type = String)]
    pub act: &'static str,
    /// At which store.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub store_id: Option<String>,
    /// To what.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

/// What operators did in 30 days.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AuditLog {
    /// The entries, newest first.
    pub entries: Vec<AuditEntry>,
    /// `before` of the next page.
    pub next_before: String,
}

/// A link that opens the console once.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LinkAnswer {
    /// To be opened in a browser; it is shown this once.
    pub url: String,
    /// From when on it is worth nothing.
    pub expires_at: String,
}

/// Settlements that came under keys already taken.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Conflicts<'a> {
    /// The conflicts, newest first.
    pub conflicts: Vec<ConflictMessage<'a>>,
    /// Where the next page begins; null at the end.
    pub next_cursor: Option<String>,
}

/// A settlement that came under a key already taken.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ConflictMessage<'a> {
    /// The key.
    pub key: KeyMessage,
    /// When it came.
    #[schema(format = "date-time")]
    pub received_at: String,
    /// The digest recorded under the key, in hexadecimal.
    pub recorded_digest: String,
    /// Its own digest, in hexadecimal.
    pub digest: String,
    /// What it said.
    pub settlement: SettlementAnswer<'a>,
}

/// What the ledger keeps of a conflict.
#[derive(Clone, Copy, Debug)]
pub struct ConflictView<'a> {
    /// When it came.
    pub received_at: Timestamp,
    /// What it said.
    pub settlement: &'a Content,
    /// The digest recorded under the key.
    pub recorded: Digest,
    /// Its own digest.
    pub digest: Digest,
    /// The store's time zone.
    pub zone: &'a TimeZone,
}

/// The message of one conflict.
#[must_use]
pub fn conflict<'a>(view: &ConflictView<'a>) -> ConflictMessage<'a> {
    ConflictMessage {
        key: (&view.settlement.key).into(),
        received_at: show(view.received_at, view.zone),
        recorded_digest: hex::show(&view.recorded.0),
        digest: hex::show(&view.digest.0),
        settlement: settlement_answer(view.settlement, view.zone),
    }
}

/// The settlements of one day, as keys and digests.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct DaySettlements {
    /// The settlements, in the order of their keys.
    pub settlements: Vec<DaySettlement>,
    /// Where the next page begins; null at the end.
    pub next_cursor: Option<String>,
}

/// One settlement of a day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct DaySettlement {
    /// Its key.
    pub key: KeyMessage,
    /// Its digest in hexadecimal.
    pub digest: String,
    /// What was remarked on it; not sent when empty.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<&'static str>,
}

impl DaySettlement {
    /// The message of one settlement.
    #[must_use]
    pub fn new(key: &SettlementKey, digest: Digest, warnings: Warnings) -> Self {
        Self {
            key: key.into(),
            digest: hex::show(&digest.0),
            warnings: warnings.iter().map(vocabulary::warning).collect(),
        }
    }
}

/// What a store may see of a recorded settlement, for a return: never the person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct SettlementLookup {
    /// Its key.
    pub key: KeyMessage,
    /// `sale`, `return` or `void`.
    pub kind: &'static str,
    /// Its currency.
    pub currency: String,
    /// Its total.
    pub total: i64,
    /// Its digest in hexadecimal.
    pub digest: String,
    /// The lines.
    pub lines: Vec<LookupLine>,
    /// The void that took it back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub voided_by: Option<KeyMessage>,
}

/// One line of a recorded settlement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct LookupLine {
    /// Its number, from 1.
    pub line: u16,
    /// How much was sold.
    pub quantity: String,
    /// How much of it can still come back.
    pub returnable: String,
}

/// What the ledger keeps in the clear of a settlement.
#[derive(Clone, Copy, Debug)]
pub struct LookupView<'a> {
    /// Its key.
    pub key: &'a SettlementKey,
    /// Sale, return or void.
    pub kind: Kind,
    /// Its currency.
    pub currency: Currency,
    /// Its total.
    pub total: Amount,
    /// Its digest.
    pub digest: Digest,
    /// Sold and returned per line.
    pub lines: &'a [LineState],
    /// The void that took it back.
    pub voided_by: Option<&'a SettlementKey>,
}

/// The message of one settlement; of one that was voided nothing can come back.
#[must_use]
pub fn lookup(view: &LookupView<'_>) -> SettlementLookup {
    let quantity = |micros| decimal(micros, purchase::limits::QUANTITY_DECIMALS);
    let line = |(line, state): (u16, &LineState)| LookupLine {
        line,
        quantity: quantity(state.sold_micros),
        returnable: match (view.voided_by, view.kind) {
            (None, Kind::Sale) => quantity(state.sold_micros.saturating_sub(state.returned_micros)),
            (Some(_), _) | (None, Kind::Return | Kind::Void) => quantity(0),
        },
    };
    SettlementLookup {
        key: view.key.into(),
        kind: vocabulary::kind(view.kind),
        currency: view.currency.code().to_owned(),
        total: view.total.minor(),
        digest: hex::show(&view.digest.0),
        lines: (1..).zip(view.lines).map(line).collect(),
        voided_by: view.voided_by.map(KeyMessage::from),
    }
}
