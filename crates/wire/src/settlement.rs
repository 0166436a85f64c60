//! The door for settlements: bytes come in, a proven settlement with its digest goes out, or every
//! fault that was found. What is already stored plays no part here.

use crate::blame::parse;
use crate::claim::{ClaimCode, sha256};
use crate::error::{ErrorCode, FieldError};
use crate::limits::{ERRORS, SETTLEMENT_BYTES};
use crate::member::MemberCode;
use crate::outcome::{KeyMessage, OutcomeKind};
use crate::place::Findings;
use crate::scalar::Words;
use message::SettlementMessage;
use purchase::canonical;
use purchase::decide::Digest;
use purchase::id::{Label, SettlementKey, StoreId};
use purchase::settlement::{Buyer, Settlement};
use purchase::sums::Fault;
use purchase::time::BusinessDate;
use serde::Deserialize;

pub mod answer;
mod content;
mod extra;
mod line;
pub mod message;
mod row;

/// A settlement that was read and proven.
#[derive(Clone, Debug)]
pub struct Received {
    /// What it says.
    pub settlement: Settlement,
    /// SHA-256 of its canonical bytes.
    pub digest: Digest,
    /// Its canonical bytes.
    pub canonical: Vec<u8>,
    /// The member code by which it names its buyer. Of another text under that name nobody is known: the
    /// settlement is recorded all the same.
    pub member_code: Option<MemberCode>,
    /// The claim code that the till printed; only its hash is in the settlement.
    pub claim_code: Option<ClaimCode>,
}

/// A settlement that was refused for what it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejection {
    /// Its key, where that much could be read.
    pub key: Option<SettlementKey>,
    /// Every fault found, never none.
    pub errors: Vec<FieldError>,
}

impl Rejection {
    /// The code of the whole: that of the first fault.
    #[must_use]
    pub fn code(&self) -> ErrorCode {
        self.errors
            .first()
            .map_or(ErrorCode::InvalidValue, |error| error.code)
    }

    /// The answer to a single settlement.
    #[must_use]
    pub fn into_problem(self) -> crate::error::Problem {
        let key = self.key.as_ref().map(KeyMessage::from);
        crate::error::Problem {
            key,
            outcome: Some(OutcomeKind::Rejected),
            ..crate::error::Problem::refused(self.errors)
        }
    }
}

/// Reads and proves one settlement.
///
/// # Errors
/// The [`Rejection`] holds every fault of the values, or, if those are right, every fault of the
/// sums; of a broken form only the first.
pub fn read_settlement(bytes: &[u8]) -> Result<Received, Box<Rejection>> {
    if bytes.len() > SETTLEMENT_BYTES {
        let detail = format!("a settlement takes at most {SETTLEMENT_BYTES} bytes");
        return Err(reject(None, vec![root(ErrorCode::TooLarge, detail)]));
    }
    let message: SettlementMessage<'_> =
        parse(bytes).map_err(|error| reject(key_of(bytes), vec![error]))?;
    let mut findings = Findings::default();
    let claim_code = content::claim_code(&message, &mut findings);
    let content = content::content(&message, claim_code, &mut findings);
    let content = match content {
        Some(content) if findings.is_empty() => content,
        Some(_) | None => return Err(reject(key_of(bytes), findings.into_errors())),
    };
    let settlement = Settlement::prove(content).map_err(|faults| {
        let errors = faults.into_iter().take(ERRORS).map(fault).collect();
        reject(key_of(bytes), errors)
    })?;
    let canonical = canonical::encode(&settlement);
    let member_code = match &settlement.content().buyer {
        Buyer::MemberCode(text) => MemberCode::parse(text.as_str()),
        Buyer::Absent | Buyer::Id(_) | Buyer::Pseudonym(_) => None,
    };
    Ok(Received {
        member_code,
        digest: Digest(sha256(&canonical)),
        settlement,
        canonical,
        claim_code,
    })
}

fn reject(key: Option<SettlementKey>, errors: Vec<FieldError>) -> Box<Rejection> {
    Box::new(Rejection { key, errors })
}

const fn root(code: ErrorCode, detail: String) -> FieldError {
    FieldError {
        pointer: String::new(),
        code,
        detail,
    }
}

fn fault(fault: Fault) -> FieldError {
    FieldError {
        pointer: fault.pointer,
        code: fault.rule.into(),
        detail: fault.detail,
    }
}

/// The key of a settlement that is wrong elsewhere, so that the store learns which one it was.
fn key_of(bytes: &[u8]) -> Option<SettlementKey> {
    #[derive(Deserialize)]
    #[serde(bound(deserialize = "'de: 'a"))]
    struct KeyOnly<'a> {
        store_id: Words<'a>,
        terminal: Words<'a>,
        business_date: Words<'a>,
        transaction: Words<'a>,
    }
    let key: KeyOnly<'_> = parse(bytes).ok()?;
    Some(SettlementKey {
        store_id: StoreId::parse(key.store_id.as_str()).ok()?,
        terminal: Label::parse(key.terminal.as_str()).ok()?,
        business_date: BusinessDate::parse(key.business_date.as_str()).ok()?,
        transaction: Label::parse(key.transaction.as_str()).ok()?,
    })
}
