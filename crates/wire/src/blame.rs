//! Reads a message, and says what is wrong with the form of one that cannot be read: which place,
//! which code, what to do. The good path parses once; only a bad message is parsed again to find
//! the place. Values are never quoted back, since a log may keep what is said here.

use crate::error::{ErrorCode, FieldError};
use crate::place::{Finding, escape};
use crate::scalar::Object;
use purchase::card::holds_card_number;
use serde::Deserialize;
use serde_json::error::Category;
use serde_path_to_error::{Path, Segment};

/// Bytes of the longest name that is compared or quoted.
const NAME_BYTES: usize = 64;

/// Reads one JSON object.
pub(crate) fn parse<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> Result<T, FieldError> {
    let text = str::from_utf8(bytes).map_err(|error| FieldError {
        pointer: String::new(),
        code: ErrorCode::MalformedJson,
        detail: format!(
            "must be UTF-8; byte {} is not part of a character",
            error.valid_up_to()
        ),
    })?;
    serde_json::from_str(text)
        .map(|Object(message)| message)
        .map_err(|error| blame::<T>(text, &error))
}

/// Finds the place of `error` by reading once more with the path noted.
fn blame<'a, T: Deserialize<'a>>(text: &'a str, error: &serde_json::Error) -> FieldError {
    let mut from = serde_json::Deserializer::from_str(text);
    match serde_path_to_error::deserialize::<_, Object<T>>(&mut from) {
        Ok(_) => verdict("", None, error),
        Err(found) => {
            let (parent, last) = split(found.path());
            verdict(&parent, last, found.inner())
        }
    }
}

/// The path as a pointer, with its last name apart.
fn split(path: &Path) -> (String, Option<String>) {
    let mut parts: Vec<String> = path
        .iter()
        .filter_map(|segment| match segment {
            Segment::Seq { index } => Some(index.to_string()),
            Segment::Map { key } => Some(key.clone()),
            Segment::Enum { .. } | Segment::Unknown => None,
        })
        .collect();
    let last = parts.pop();
    let parent = parts
        .iter()
        .map(|part| format!("/{}", escape(part)))
        .collect();
    (parent, last)
}

fn verdict(parent: &str, last: Option<String>, error: &serde_json::Error) -> FieldError {
    let shown = error.to_string();
    let whole = match &last {
        Some(name) => format!("{parent}/{}", escape(name)),
        None => parent.to_owned(),
    };
    if error.classify() != Category::Data {
        return FieldError {
            pointer: whole,
            code: ErrorCode::MalformedJson,
            detail: format!("is not JSON: {shown}"),
        };
    }
    let place = format!(" at line {} column {}", error.line(), error.column());
    let message = shown.strip_suffix(&place).unwrap_or(&shown);
    if message.starts_with("unknown field") {
        return unknown_field(parent, last.as_deref().unwrap_or_default(), message);
    }
    for (start, code, detail) in [
        ("missing field `", ErrorCode::MissingField, "is required"),
        (
            "duplicate field `",
            ErrorCode::DuplicateField,
            "stands there twice; send it once",
        ),
    ] {
        if let Some(name) = message
            .strip_prefix(start)
            .and_then(|rest| rest.strip_suffix('`'))
        {
            return FieldError {
                pointer: format!("{whole}/{}", escape(name)),
                code,
                detail: detail.to_owned(),
            };
        }
    }
    FieldError {
        pointer: whole,
        code: ErrorCode::InvalidValue,
        detail: wrong_type(message),
    }
}

/// `invalid type: string "50", expected E` without the value.
fn wrong_type(message: &str) -> String {
    let (problem, found) = message.split_once(": ").unwrap_or_default();
    let found = match found.split([' ', ',']).next().unwrap_or_default() {
        "integer" | "floating" if problem == "invalid value" => "a number out of bounds",
        "integer" => "a whole number",
        "floating" => "a fraction, or a number out of bounds",
        "string" => "a string",
        "boolean" => "true or false",
        "null" | "unit" | "Option" => "null",
        "map" => "an object",
        "sequence" => "an array",
        _ => "something else",
    };
    let expected = message.rsplit_once(", expected ");
    let expected = match expected.map_or("of another form", |(_, expected)| expected) {
        "i64" | "u64" | "u32" | "u16" | "usize" => "a whole number, neither negative nor too large",
        "a boolean" => "true or false",
        "a sequence" => "an array",
        other => other,
    };
    format!("must be {expected}; found {found}")
}

fn unknown_field(parent: &str, name: &str, message: &str) -> FieldError {
    // What is not a field's name may be anything, even what must not be repeated.
    let is_unspeakable = name.len() > NAME_BYTES || holds_card_number(name);
    let known = message
        .split_once("`, expected ")
        .map_or("", |(_, known)| known);
    let known: Vec<&str> = known.split('`').skip(1).step_by(2).collect();
    let detail = match nearest(name, &known) {
        _ if is_unspeakable => "unknown field".to_owned(),
        Some(near) => format!("unknown field \"{name}\"; did you mean \"{near}\"?"),
        None => format!("unknown field \"{name}\"; free-form members belong into extra"),
    };
    FieldError {
        pointer: if is_unspeakable {
            parent.to_owned()
        } else {
            format!("{parent}/{}", escape(name))
        },
        code: ErrorCode::UnknownField,
        detail,
    }
}

/// The known word that `word` was probably meant to be.
pub(crate) fn nearest<'a>(word: &str, known: &[&'a str]) -> Option<&'a str> {
    if word.len() > NAME_BYTES {
        return None;
    }
    known
        .iter()
        .map(|candidate| (strsim::damerau_levenshtein(word, candidate), *candidate))
        .filter(|(distance, candidate)| *distance <= 1 + candidate.len() / 4)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Says which words there are, and which was probably meant.
pub(crate) fn unknown_word(word: &str, known: &[&'static str]) -> Finding {
    let all = known.join(", ");
    match nearest(word, known) {
        Some(near) => {
            Finding::invalid(format!("did you mean \"{near}\"? it must be one of: {all}"))
        }
        None => Finding::invalid(format!("must be one of: {all}")),
    }
}
