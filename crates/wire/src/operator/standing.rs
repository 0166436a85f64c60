//! What an operator does with an account as a whole: that it is closed for a while, opened again, or goes into
//! another one. Each has a reason, which the person sees. Doing it is not done here.

use super::proven;
use crate::blame::parse;
use crate::error::FieldError;
use crate::place::{Finding, Findings, Place};
use crate::scalar::Words;
use crate::time::show_utc;
use purchase::id::UserId;
use purchase::text::Text;
use purchase::time::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Why something is done to an account.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, bound(deserialize = "'de: 'a"))]
#[schema(example = json!({"reason": "the phone was stolen; asked for at the desk"}))]
pub struct ReasonMessage<'a> {
    /// Why; the person sees it.
    #[schema(value_type = String)]
    reason: Words<'a>,
}

/// Reads a reason.
///
/// # Errors
/// Every fault found, with its place; never none.
pub fn read_reason(bytes: &[u8]) -> Result<Text, Vec<FieldError>> {
    let sent: ReasonMessage<'_> = parse(bytes).map_err(|error| vec![error])?;
    let mut findings = Findings::default();
    let reason = findings.take(Place::Root.member("reason"), sent.reason.prove());
    proven(findings, || reason)
}

/// Which account goes into this one.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, bound(deserialize = "'de: 'a"))]
#[schema(example = json!({"from": "usr_9ecwx86ks53kxtsjjtfg9kc6rc", "reason": "one person, two phones"}))]
pub struct MergeMessage<'a> {
    /// The account that goes.
    #[schema(value_type = String)]
    from: Words<'a>,
    /// Why; the person sees it.
    #[schema(value_type = String)]
    reason: Words<'a>,
}

/// Which account goes, and why, proven.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Merge {
    /// The account that goes.
    pub from: UserId,
    /// Why.
    pub reason: Text,
}

/// Reads which account goes.
///
/// # Errors
/// Every fault found, with its place; never none.
pub fn read_merge(bytes: &[u8]) -> Result<Merge, Vec<FieldError>> {
    let sent: MergeMessage<'_> = parse(bytes).map_err(|error| vec![error])?;
    let mut findings = Findings::default();
    let root = Place::Root;
    let from = findings.take(root.member("from"), user(&sent.from));
    let reason = findings.take(root.member("reason"), sent.reason.prove());
    proven(findings, || {
        Some(Merge {
            from: from?,
            reason: reason?,
        })
    })
}

fn user(words: &Words<'_>) -> Result<UserId, Finding> {
    let text = words.prove()?;
    let user_id = UserId::parse(text.as_str());
    user_id.map_err(|_| Finding::invalid("must be the id of a person (usr_…)"))
}

/// How an account stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = json!({
    "user_id": "usr_9ecwx86ks53kxtsjjtfg9kc6rc", "suspended_since": "2026-04-10T03:00:00Z"
}))]
pub struct StandingAnswer {
    /// The person.
    pub user_id: String,
    /// Since when the account is suspended; null if it is open.
    #[schema(format = "date-time")]
    pub suspended_since: Option<String>,
}

impl StandingAnswer {
    /// The answer about one account.
    #[must_use]
    pub fn new(user_id: UserId, suspended_since: Option<Timestamp>) -> Self {
        Self {
            user_id: user_id.to_string(),
            suspended_since: suspended_since.map(show_utc),
        }
    }
}

/// How far the making of one account of two is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = json!({
    "user_id": "usr_9ecwx86ks53kxtsjjtfg9kc6rc", "from": "usr_fjqaxchbzhtcm6f1yh9mtkt8gm",
    "purchases": 10000, "left": 2400, "done": false
}))]
pub struct MergeAnswer {
    /// The person whose account stays.
    pub user_id: String,
    /// The account that goes. Its id leads to the other one from now on.
    pub from: String,
    /// Purchases that there were to move.
    pub purchases: u64,
    /// Those that have not moved yet.
    pub left: u64,
    /// Whether all that was to be moved has moved. If not, it goes on by itself; the same again tells how far
    /// it is.
    pub done: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_done_to_an_account_has_a_reason() {
        let check = |sent: &str, expected: Result<&str, &str>| {
            let read = read_reason(sent.as_bytes());
            let read = read.map(|reason| reason.as_str().to_owned());
            let read = read.map_err(|faults| faults[0].pointer.clone());
            let expected = expected.map(str::to_owned);
            assert_eq!(read, expected.map_err(str::to_owned), "{sent}");
        };
        check(r#"{"reason":"asked"}"#, Ok("asked"));
        check(r#"{"reason":" "}"#, Err("/reason"));
        check("{}", Err("/reason"));
        check(r#"{"reason":"asked","until":"later"}"#, Err("/until"));
    }

    #[test]
    fn a_merger_names_an_account_and_a_reason() {
        let check = |sent: &str, expected: &[&str]| {
            let read = read_merge(sent.as_bytes());
            let faults = read.err().unwrap_or_default();
            let faults: Vec<_> = faults.iter().map(|fault| fault.pointer.as_str()).collect();
            assert_eq!(faults, expected, "{sent}");
        };
        let somebody = UserId([7; 16]);
        check(
            &format!(r#"{{"from":"{somebody}","reason":"one person"}}"#),
            &[],
        );
        check(r#"{"from":"s-1","reason":" "}"#, &["/from", "/reason"]);
        check(r#"{"reason":"one person"}"#, &["/from"]);
    }
}
