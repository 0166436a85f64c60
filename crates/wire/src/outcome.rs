//! What became of a settlement, told to the store that sent it. Decides nothing; it says what was
//! decided.

use crate::claim::ClaimCode;
use crate::error::{ErrorCode, FieldError};
use crate::settlement::Rejection;
use crate::vocabulary;
use purchase::id::{Label, PurchaseId, SettlementKey, StoreId};
use purchase::time::BusinessDate;
use purchase::warning::Warnings;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The four ends of a settlement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OutcomeKind {
    /// Durable now.
    Recorded,
    /// The same settlement was durable before.
    AlreadyRecorded,
    /// The key is taken by other content; nothing changed.
    Conflict,
    /// Refused; nothing is stored.
    Rejected,
}

/// A settlement key as the contract writes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({
    "store_id": "s-330", "terminal": "1", "business_date": "2017-01-01",
    "transaction": "31198570044"
}))]
pub struct KeyMessage {
    /// The shop.
    pub store_id: String,
    /// Its till.
    pub terminal: String,
    /// The shop's trading day.
    #[schema(format = "date")]
    pub business_date: String,
    /// The till's number for the sale.
    pub transaction: String,
}

impl From<&SettlementKey> for KeyMessage {
    fn from(key: &SettlementKey) -> Self {
        Self {
            store_id: key.store_id.as_str().to_owned(),
            terminal: key.terminal.as_str().to_owned(),
            business_date: key.business_date.to_string(),
            transaction: key.transaction.as_str().to_owned(),
        }
    }
}

impl KeyMessage {
    /// The key that this message names, if it is one.
    #[must_use]
    pub fn prove(&self) -> Option<SettlementKey> {
        Some(SettlementKey {
            store_id: StoreId::parse(&self.store_id).ok()?,
            terminal: Label::parse(&self.terminal).ok()?,
            business_date: BusinessDate::parse(&self.business_date).ok()?,
            transaction: Label::parse(&self.transaction).ok()?,
        })
    }
}

/// What was filed, for [`OutcomeMessage::recorded`] and [`OutcomeMessage::already_recorded`].
#[derive(Clone, Copy, Debug)]
pub struct Filing<'a> {
    /// The settlement.
    pub key: &'a SettlementKey,
    /// Its purchase.
    pub purchase_id: PurchaseId,
    /// Lines that wait for a name.
    pub pending_lines: u64,
    /// Remarks.
    pub warnings: Warnings,
    /// Whether the short-lived member code that was shown filed it.
    pub filed: Option<bool>,
    /// The claim code, if nobody owns the purchase yet.
    pub claim_code: Option<ClaimCode>,
}

/// One outcome: the whole answer to a single settlement, or one element of a batch's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({
    "outcome": "recorded",
    "key": {"store_id": "s-330", "terminal": "1", "business_date": "2017-01-01",
        "transaction": "31198570044"},
    "purchase_id": "pur_0b5d0tqy70q4p9kz2r6m8hxa1c", "pending_lines": 0, "warnings": []
}))]
pub struct OutcomeMessage {
    /// What became of it.
    pub outcome: OutcomeKind,
    /// Which settlement; absent if its key could not be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<KeyMessage>,
    /// The purchase, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purchase_id: Option<String>,
    /// Lines that wait for a name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pending_lines: Option<u64>,
    /// `tax_check`, `over_returned`, `clock`: remarks that never stop a sale.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warnings: Option<Vec<String>>,
    /// Whether the purchase was filed under the person whose short-lived member code was shown; absent
    /// where none was, and for a printed card, known or not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filed: Option<bool>,
    /// 20 digits by which a person takes the purchase, while it is nobody's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claim_code: Option<String>,
    /// Why not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<ErrorCode>,
    /// Why not, for a person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// The faults, each with its place in the settlement.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub errors: Option<Vec<FieldError>>,
}

impl OutcomeMessage {
    /// Durable now.
    #[must_use]
    pub fn recorded(filing: &Filing<'_>) -> Self {
        Self::filed(OutcomeKind::Recorded, filing)
    }

    /// Durable before.
    #[must_use]
    pub fn already_recorded(filing: &Filing<'_>) -> Self {
        Self::filed(OutcomeKind::AlreadyRecorded, filing)
    }

    /// The key is taken by other content.
    #[must_use]
    pub fn conflict(key: &SettlementKey) -> Self {
        Self {
            key: Some(key.into()),
            code: Some(ErrorCode::KeyConflict),
            detail: Some(
                "this key was recorded with other content; nothing was changed".to_owned(),
            ),
            ..Self::bare(OutcomeKind::Conflict)
        }
    }

    /// Refused for what it says.
    #[must_use]
    pub fn rejected(rejection: Rejection) -> Self {
        Self {
            key: rejection.key.as_ref().map(KeyMessage::from),
            code: Some(rejection.code()),
            errors: Some(rejection.errors),
            ..Self::bare(OutcomeKind::Rejected)
        }
    }

    /// Refused for what is stored, with the one fault.
    #[must_use]
    pub fn refused(key: &SettlementKey, error: FieldError) -> Self {
        Self::rejected(Rejection {
            key: Some(key.clone()),
            errors: vec![error],
        })
    }

    /// The HTTP status of this outcome as the answer to a single settlement.
    #[must_use]
    pub fn status(&self) -> u16 {
        match self.outcome {
            OutcomeKind::Recorded => 201,
            OutcomeKind::AlreadyRecorded => 200,
            OutcomeKind::Conflict => 409,
            OutcomeKind::Rejected => self.code.map_or(422, ErrorCode::status),
        }
    }

    /// Appends the message as JSON.
    ///
    /// # Panics
    /// Never: memory takes every byte, and no member can fail to be written.
    pub fn write_json(&self, out: &mut Vec<u8>) {
        serde_json::to_writer(out, self).expect("an outcome is made of texts and numbers only");
    }

    fn filed(outcome: OutcomeKind, filing: &Filing<'_>) -> Self {
        let words = filing.warnings.iter().map(vocabulary::warning);
        Self {
            key: Some(filing.key.into()),
            purchase_id: Some(filing.purchase_id.to_string()),
            pending_lines: Some(filing.pending_lines),
            warnings: Some(words.map(str::to_owned).collect()),
            filed: filing.filed,
            claim_code: filing.claim_code.map(|code| code.to_string()),
            ..Self::bare(outcome)
        }
    }

    const fn bare(outcome: OutcomeKind) -> Self {
        Self {
            outcome,
            key: None,
            purchase_id: None,
            pending_lines: None,
            warnings: None,
            filed: None,
            claim_code: None,
            code: None,
            detail: None,
            errors: None,
        }
    }
}
