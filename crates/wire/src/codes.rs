//! What a person says and is told of codes: claim codes from receipts, and member codes for tills. A code
//! is told once, to the one whose it is; nothing here keeps one.

use crate::blame::parse;
use crate::claim::ClaimCode;
use crate::error::FieldError;
use crate::limits::MEMBER_CODES;
use crate::member::MemberForm;
use crate::operator::proven;
use crate::place::{Finding, Findings, Place};
use crate::scalar::Words;
use crate::vocabulary;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A code from a receipt.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, bound(deserialize = "'de: 'a"))]
#[schema(example = json!({"claim_code": "01234567890123456784"}))]
pub struct ClaimMessage<'a> {
    /// The 20 digits, as they are printed or typed: blanks and dashes between them do not count.
    #[schema(value_type = String)]
    claim_code: Words<'a>,
}

/// Reads a code from a receipt.
///
/// # Errors
/// Every fault found, with its place; never none.
pub fn read_claim(bytes: &[u8]) -> Result<ClaimCode, Vec<FieldError>> {
    let sent: ClaimMessage<'_> = parse(bytes).map_err(|error| vec![error])?;
    let mut findings = Findings::default();
    let code = ClaimCode::typed(sent.claim_code.as_str())
        .ok_or_else(|| Finding::invalid("must be the 20 digits that stand on the receipt"));
    let code = findings.take(Place::Root.member("claim_code"), code);
    proven(findings, || code)
}

/// How a claim stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ClaimState {
    /// The purchase is the person's.
    Filed,
    /// No sale is known that could be taken by this code; if one comes, it will be.
    Waiting,
}

/// What became of a claim.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({"state": "filed", "purchase_id": "pur_0b5d0tqy70q4p9kz2r6m8hxa1c"}))]
pub struct ClaimAnswer {
    /// `filed` or `waiting`; a code that was used before is answered like one that nobody knows.
    pub state: ClaimState,
    /// The purchase, if it was filed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purchase_id: Option<String>,
}

/// Claims whose sale has not come, oldest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({"claims": [{"asked_at": "2026-04-10T03:15:00Z"}]}))]
pub struct WaitingClaims {
    /// The claims; their digits are known to nobody any more.
    pub claims: Vec<WaitingClaim>,
}

/// A claim whose sale has not come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WaitingClaim {
    /// Since when the person waits.
    #[schema(format = "date-time")]
    pub asked_at: String,
}

/// New member codes that a person wants.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, bound(deserialize = "'de: 'a"))]
#[schema(example = json!({"form": "short", "count": 32}))]
pub struct NewMemberCodesMessage<'a> {
    /// `short` for a phone, each good for one sale, or `card` for a printed one.
    #[schema(value_type = String, example = "short")]
    form: Words<'a>,
    /// How many, 1 to 32; 1 if absent. There is one card.
    #[schema(value_type = Option<u8>, minimum = 1, maximum = 32)]
    count: Option<u64>,
}

/// New member codes that a person wants, proven.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewMemberCodes {
    /// Which form.
    pub form: MemberForm,
    /// How many.
    pub count: u8,
}

/// Reads which member codes a person wants.
///
/// # Errors
/// Every fault found, with its place; never none.
pub fn read_member_codes(bytes: &[u8]) -> Result<NewMemberCodes, Vec<FieldError>> {
    let sent: NewMemberCodesMessage<'_> = parse(bytes).map_err(|error| vec![error])?;
    let mut findings = Findings::default();
    let root = Place::Root;
    let form = vocabulary::read(
        sent.form.as_str(),
        &vocabulary::MEMBER_FORMS,
        vocabulary::member_form,
    );
    let form = findings.take(root.member("form"), form);
    let most = match form {
        Some(MemberForm::Card) => 1,
        Some(MemberForm::Short) | None => MEMBER_CODES,
    };
    let count = u8::try_from(sent.count.unwrap_or(1))
        .ok()
        .filter(|count| (1..=most).contains(count))
        .ok_or_else(|| {
            Finding::invalid(match most {
                1 => "must be 1: there is one card, and a new one ends the one before",
                _ => "must be from 1 to 32; ask again for more",
            })
        });
    let count = findings.take(root.member("count"), count);
    proven(findings, || {
        Some(NewMemberCodes {
            form: form?,
            count: count?,
        })
    })
}

/// New member codes. They are shown this once.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({"codes": [{"code": "9000123456789012345678",
    "issued_at": "2026-04-10T03:15:00Z", "expires_at": "2026-04-24T03:15:00Z"}]}))]
pub struct MemberCodesAnswer {
    /// The codes.
    pub codes: Vec<MemberCodeAnswer>,
}

/// A new member code.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MemberCodeAnswer {
    /// The 22 digits, with the wish for paper; whoever turns the third digit to 1 makes a new check digit.
    pub code: String,
    /// From when on it is good.
    #[schema(format = "date-time")]
    pub issued_at: String,
    /// Until when.
    #[schema(format = "date-time")]
    pub expires_at: String,
}

/// What a person has in member codes, without a digit of any.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({"short": 30, "short_until": "2026-04-24T03:15:00Z",
    "card": {"issued_at": "2026-04-10T03:15:00Z", "expires_at": "2031-04-09T03:15:00Z"}}))]
pub struct MemberCodesState {
    /// Short-lived ones that nobody has used.
    pub short: u64,
    /// When the last of those expires.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = "date-time")]
    pub short_until: Option<String>,
    /// The printed one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub card: Option<CardState>,
}

/// A printed member code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CardState {
    /// From when on it is good.
    #[schema(format = "date-time")]
    pub issued_at: String,
    /// Until when.
    #[schema(format = "date-time")]
    pub expires_at: String,
}
