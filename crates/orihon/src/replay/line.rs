//! Single lines of the prepared files: what must be known of one to expect something of it, and how
//! it is rewritten for the server. A line is read once and never built anew: all but the one member
//! that changes is copied as it stands.

use purchase::time::Timestamp;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;
use std::borrow::Cow;

/// A line of settlements.ndjson.
#[derive(Debug, Deserialize)]
pub(super) struct Sale<'a> {
    #[serde(borrow)]
    pub(super) store_id: Cow<'a, str>,
    #[serde(borrow)]
    pub(super) kind: Cow<'a, str>,
    #[serde(borrow)]
    pub(super) purchased_at: Cow<'a, str>,
    #[serde(borrow)]
    pub(super) currency: Cow<'a, str>,
    #[serde(borrow)]
    pub(super) user_ref: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) lines: Vec<SaleLine<'a>>,
    pub(super) total: i64,
}

/// One item sold.
#[derive(Debug, Deserialize)]
pub(super) struct SaleLine<'a> {
    /// Empty if the line is known by its name alone.
    #[serde(borrow, default)]
    pub(super) code: Cow<'a, str>,
    pub(super) name: Option<IgnoredAny>,
}

/// A line of catalogue.ndjson.
#[derive(Debug, Deserialize)]
pub(super) struct Entry<'a> {
    #[serde(borrow)]
    pub(super) store_id: &'a RawValue,
    #[serde(borrow)]
    pub(super) code: Cow<'a, str>,
    #[serde(borrow)]
    pub(super) effective_from: Cow<'a, str>,
    #[serde(default)]
    pub(super) discontinued: bool,
}

/// A line of users.ndjson.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Person {
    pub(super) user_ref: String,
    pub(super) name: Option<String>,
    pub(super) email: Option<String>,
}

/// A line of stores.ndjson; the server reads the rest.
#[derive(Debug, Deserialize)]
pub(super) struct Shop {
    pub(super) store_id: String,
}

/// Reads one line.
pub(super) fn read<'a, T: Deserialize<'a>>(line: &'a [u8]) -> anyhow::Result<T> {
    serde_json::from_slice(line).map_err(|error| {
        // The reader calls every line its first.
        let told = error.to_string();
        let place = format!(" at line 1 column {}", error.column());
        let what = told.strip_suffix(&place).unwrap_or(&told);
        anyhow::anyhow!("column {}: {what}", error.column())
    })
}

/// The text of a JSON string as it stands in a line.
pub(super) fn text(raw: &RawValue) -> anyhow::Result<Cow<'_, str>> {
    // Only what is borrowed whole can be taken without unescaping.
    match serde_json::from_str::<&str>(raw.get()) {
        Ok(text) => Ok(Cow::Borrowed(text)),
        Err(_) => Ok(Cow::Owned(serde_json::from_str(raw.get())?)),
    }
}

/// An instant of the contract.
pub(super) fn instant(text: &str) -> anyhow::Result<Timestamp> {
    wire::time::read(text)
        .ok_or_else(|| anyhow::anyhow!("\"{text}\" is not a time of RFC 3339 with its offset"))
}

/// Appends `line` with the member `name`, whose value in it is `raw`, replaced by `member`.
pub(super) fn put_replaced(
    out: &mut Vec<u8>,
    line: &[u8],
    (name, raw): (&str, &RawValue),
    member: &[u8],
) -> anyhow::Result<()> {
    let (before, after) = around(line, name, raw)?;
    out.extend_from_slice(before);
    out.extend_from_slice(member);
    out.extend_from_slice(after);
    Ok(())
}

/// Appends `line` without the member `name`, whose value in it is `raw`.
pub(super) fn put_without(
    out: &mut Vec<u8>,
    line: &[u8],
    (name, raw): (&str, &RawValue),
) -> anyhow::Result<()> {
    let (before, after) = around(line, name, raw)?;
    // One of the two commas goes with the member.
    let (before, after) = match after.trim_ascii_start().strip_prefix(b",") {
        Some(after) => (before, after),
        None => {
            let before = before.trim_ascii_end();
            (before.strip_suffix(b",").unwrap_or(before), after)
        }
    };
    out.extend_from_slice(before);
    out.extend_from_slice(after);
    Ok(())
}

/// What stands before the member's name and after its value.
fn around<'a>(line: &'a [u8], name: &str, raw: &RawValue) -> anyhow::Result<(&'a [u8], &'a [u8])> {
    let value = raw.get().as_bytes();
    let begins = value.as_ptr().addr().checked_sub(line.as_ptr().addr());
    let cut = begins.and_then(|begins| {
        let (before, rest) = line.split_at_checked(begins)?;
        let (_, after) = rest.split_at_checked(value.len())?;
        let before = before.trim_ascii_end().strip_suffix(b":")?;
        let before = before.trim_ascii_end().strip_suffix(b"\"")?;
        let before = before.strip_suffix(name.as_bytes())?.strip_suffix(b"\"")?;
        Some((before, after))
    });
    cut.ok_or_else(|| {
        anyhow::anyhow!("the name \"{name}\" is written with escapes; write it plainly")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn replaced(line: &str) -> String {
        let sale: Sale<'_> = read(line.as_bytes()).unwrap();
        let mut out = Vec::new();
        let raw = sale.user_ref.unwrap();
        put_replaced(
            &mut out,
            line.as_bytes(),
            ("user_ref", raw),
            br#""user":{"id":"usr_1"}"#,
        )
        .unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn the_person_is_replaced_and_nothing_else() {
        for (line, expected) in [
            (
                r#"{"store_id":"s","kind":"sale","purchased_at":"t","currency":"USD","user_ref":"h-900","lines":[],"total":50}"#,
                r#"{"store_id":"s","kind":"sale","purchased_at":"t","currency":"USD","user":{"id":"usr_1"},"lines":[],"total":50}"#,
            ),
            // Only the member of the settlement itself is meant, however it is spaced.
            (
                r#"{"extra":{"user_ref":"x","note":"\"user_ref\":\"h-900\""},"store_id":"s","kind":"sale","purchased_at":"t","currency":"USD","lines":[],"total":50, "user_ref" : "h-900" }"#,
                r#"{"extra":{"user_ref":"x","note":"\"user_ref\":\"h-900\""},"store_id":"s","kind":"sale","purchased_at":"t","currency":"USD","lines":[],"total":50, "user":{"id":"usr_1"} }"#,
            ),
        ] {
            assert_eq!(replaced(line), expected);
        }
    }

    #[test]
    fn the_store_leaves_its_catalogue_lines() {
        for (line, expected) in [
            (
                r#"{"store_id":"s","code":"1","effective_from":"t"}"#,
                r#"{"code":"1","effective_from":"t"}"#,
            ),
            (
                r#"{"code":"1", "store_id" : "s" , "effective_from":"t"}"#,
                r#"{"code":"1",  "effective_from":"t"}"#,
            ),
            (
                r#"{"code":"1","effective_from":"t" , "store_id":"s"}"#,
                r#"{"code":"1","effective_from":"t" }"#,
            ),
        ] {
            let entry: Entry<'_> = read(line.as_bytes()).unwrap();
            let mut out = Vec::new();
            put_without(&mut out, line.as_bytes(), ("store_id", entry.store_id)).unwrap();
            assert_eq!(String::from_utf8(out).unwrap(), expected);
        }
    }

    #[test]
    fn a_name_with_escapes_is_an_error_and_not_a_guess() {
        let line = r#"{"store\u005fid":"s","code":"1","effective_from":"t"}"#;
        let entry: Entry<'_> = read(line.as_bytes()).unwrap();
        let mut out = Vec::new();
        assert!(put_without(&mut out, line.as_bytes(), ("store_id", entry.store_id)).is_err());
        assert_eq!(out, b"");
    }

    #[test]
    fn texts_are_unescaped_where_they_must_be() {
        for (raw, expected) in [(r#""h-900""#, "h-900"), (r#""\u0068-\"9""#, "h-\"9")] {
            let raw: &RawValue = serde_json::from_str(raw).unwrap();
            assert_eq!(text(raw).unwrap(), expected);
        }
        let number: &RawValue = serde_json::from_str("900").unwrap();
        assert!(text(number).is_err());
    }
}
