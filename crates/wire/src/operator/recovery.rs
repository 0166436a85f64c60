//! Links by which an operator lets a person in again: what is asked for, and what is answered. The
//! link passes through as text; making it is not done here.

use super::proven;
use crate::blame::parse;
use crate::error::FieldError;
use crate::place::{Finding, Findings, Place};
use crate::scalar::Words;
use crate::time::show_utc;
use purchase::text::Text;
use purchase::time::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A link that is asked for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, bound(deserialize = "'de: 'a"))]
#[schema(example = json!({"reason": "lost the phone; showed an ID at the desk", "next": "/code"}))]
pub struct NewRecoveryLinkMessage<'a> {
    /// Why; the person sees it.
    #[schema(value_type = String)]
    reason: Words<'a>,
    /// The page of this server that the person comes to then: a path that begins with one `/`.
    #[schema(value_type = Option<String>)]
    next: Option<Words<'a>>,
}

/// A link that is asked for, proven.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewRecoveryLink {
    /// Why.
    pub reason: Text,
    /// The page that the person comes to then.
    pub next: Option<Text>,
}

/// Reads what is asked for. Whoever makes a link could come in by it, so that it takes a reason.
///
/// # Errors
/// Every fault found, with its place; never none.
pub fn read_recovery_link(bytes: &[u8]) -> Result<NewRecoveryLink, Vec<FieldError>> {
    let sent: NewRecoveryLinkMessage<'_> = parse(bytes).map_err(|error| vec![error])?;
    let mut findings = Findings::default();
    let root = Place::Root;
    let reason = findings.take(root.member("reason"), sent.reason.prove());
    let next = findings.maybe(root.member("next"), sent.next.as_ref(), own_path);
    proven(findings, || {
        Some(NewRecoveryLink {
            reason: reason?,
            next,
        })
    })
}

/// Nobody is sent to another site: browsers take two slashes, or a slash and a backslash, for one.
fn own_path(words: &Words<'_>) -> Result<Text, Finding> {
    let text = words.prove()?;
    let path = text.as_str();
    match path.starts_with('/') && !path.starts_with("//") && !path.contains(['\\', ' ', '#']) {
        true => Ok(text),
        false => Err(Finding::invalid(
            "must be a path of this server, such as /code",
        )),
    }
}

/// A link by which a person comes in once.
#[derive(Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = json!({
    "url": "https://book.example/recover/7Z3KQ-0M4TB-…?next=%2Fcode",
    "expires_at": "2026-04-11T03:00:00Z"
}))]
pub struct RecoveryLinkAnswer {
    /// The link; it is shown this once.
    pub url: String,
    /// From when on it is worth nothing.
    #[schema(format = "date-time")]
    pub expires_at: String,
}

impl RecoveryLinkAnswer {
    /// The answer for one link.
    #[must_use]
    pub fn new(url: String, expires_at: Timestamp) -> Self {
        let expires_at = show_utc(expires_at);
        Self { url, expires_at }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_leads_to_a_page_of_this_server() {
        let check = |sent: &str, next: Result<Option<&str>, &str>| {
            let read = read_recovery_link(sent.as_bytes());
            let read = read.map(|link| link.next.map(|text| text.as_str().to_owned()));
            let read = read.map_err(|faults| faults[0].pointer.clone());
            let next = next.map(|next| next.map(str::to_owned));
            assert_eq!(read, next.map_err(str::to_owned), "{sent}");
        };
        let next = |next: &str| format!(r#"{{"reason":"lost","next":"{next}"}}"#);
        check(r#"{"reason":"lost"}"#, Ok(None));
        check(&next("/code?from=till"), Ok(Some("/code?from=till")));
        for elsewhere in [
            "//evil.example",
            r"/\\evil.example",
            "https://evil.example",
            "code",
        ] {
            check(&next(elsewhere), Err("/next"));
        }
        check("", Err(""));
        check("{}", Err("/reason"));
        check(r#"{"next":"/code"}"#, Err("/reason"));
        check(r#"{"reason":" "}"#, Err("/reason"));
        check(r#"{"reason":7}"#, Err("/reason"));
        check(r#"{"reason":"lost","until":"later"}"#, Err("/until"));
    }
}
