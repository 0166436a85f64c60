//! A further key to a person's account: why it is made. Making it is not done here.

use super::proven;
use crate::blame::parse;
use crate::error::FieldError;
use crate::place::{Findings, Place};
use crate::scalar::Words;
use purchase::text::Text;
use serde::Deserialize;
use utoipa::ToSchema;

/// A further key to a person's account.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, bound(deserialize = "'de: 'a"))]
#[schema(example = json!({"reason": "for the household ledger on her own computer"}))]
pub struct NewTokenMessage<'a> {
    /// Why; the person sees it.
    #[schema(value_type = Option<String>)]
    reason: Option<Words<'a>>,
}

/// Reads why a key is made; an empty body gives no reason.
///
/// # Errors
/// Every fault found, with its place; never none.
pub fn read_token(bytes: &[u8]) -> Result<Option<Text>, Vec<FieldError>> {
    if bytes.is_empty() {
        return Ok(None);
    }
    let sent: NewTokenMessage<'_> = parse(bytes).map_err(|error| vec![error])?;
    let mut findings = Findings::default();
    let place = Place::Root.member("reason");
    let reason = findings.maybe(place, sent.reason.as_ref(), Words::prove);
    proven(findings, || Some(reason))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_made_with_or_without_a_reason() {
        let check = |sent: &str, reason: Result<Option<&str>, &str>| {
            let read = read_token(sent.as_bytes());
            let read = read.map(|reason| reason.map(|text| text.as_str().to_owned()));
            let read = read.map_err(|faults| faults[0].pointer.clone());
            let reason = reason.map(|reason| reason.map(str::to_owned));
            assert_eq!(read, reason.map_err(str::to_owned), "{sent}");
        };
        check("", Ok(None));
        check("{}", Ok(None));
        check(r#"{"reason":null}"#, Ok(None));
        check(
            r#"{"reason":"for her computer"}"#,
            Ok(Some("for her computer")),
        );
        check(r#"{"reason":" "}"#, Err("/reason"));
        check(r#"{"reason":7}"#, Err("/reason"));
        check(r#"{"label":"hers"}"#, Err("/label"));
    }
}
