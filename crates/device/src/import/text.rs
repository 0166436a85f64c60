//! Cells that are words: names, codes, and short lists such as yes and no.
//!
//! A name is kept as the shop wrote it; only blanks around it are dropped.

use super::fault::Fault;
use super::field::folded;
use crate::code::{ScanError, read};
use purchase::card::holds_card_number;
use purchase::code::Gtin;
use purchase::id::ItemCode;
use purchase::limits::TEXT_CHARS_MAX;
use purchase::settlement::{ItemKind, Sensitivity};
use purchase::text::Text;

/// A text that people write freely.
pub(super) fn free(cell: &str) -> Result<Text, Fault> {
    if cell.contains(['\r', '\n']) {
        return Err(Fault::LineBreak);
    }
    if holds_card_number(cell) {
        return Err(Fault::CardNumber);
    }
    Ok(Text::new(cell, TEXT_CHARS_MAX)?)
}

/// A code, read like one that is scanned, so that both meet.
pub(super) fn code(cell: &str) -> Result<ItemCode, Fault> {
    if is_shortened(cell) {
        let value = quoted(cell);
        return Err(Fault::Shortened { value });
    }
    read(cell).map_err(|ScanError::Unreadable(reason)| Fault::Text(reason))
}

/// An article number in its normal form.
pub(super) fn gtin(cell: &str) -> Result<Text, Fault> {
    let code = code(cell)?;
    let proven = Gtin::parse(code.as_str())?;
    Ok(Text::new(proven.as_str(), TEXT_CHARS_MAX)?)
}

/// Does it look like `4.90123E+12` or `4901234567894.0`, which a table program made of a code?
pub(super) fn is_shortened(cell: &str) -> bool {
    let cell = crate::code::plain(cell);
    let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if let Some((number, exponent)) = cell.split_once(['E', 'e']) {
        let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
        return is_digits(whole)
            && is_digits(fraction)
            && exponent.strip_prefix('+').is_some_and(is_digits);
    }
    cell.strip_suffix(".0").is_some_and(is_digits)
}

/// What a unit is called when it is none: single pieces.
const PIECES: [&str; 1] = ["each"];

/// A unit; nothing for single pieces, as everywhere in the contract.
pub(super) fn unit(cell: &str) -> Result<Option<Text>, Fault> {
    let is_piece = PIECES.contains(&folded(cell).as_str());
    if is_piece {
        Ok(None)
    } else {
        free(cell).map(Some)
    }
}

/// Goods or service.
pub(super) fn kind(cell: &str) -> Result<ItemKind, Fault> {
    let word = folded(cell);
    let is_one_of = |words: &[&str]| words.iter().any(|known| folded(known) == word);
    if is_one_of(&["goods", "商品", "物品", "物販"]) {
        Ok(ItemKind::Goods)
    } else if is_one_of(&["service", "サービス", "役務"]) {
        Ok(ItemKind::Service)
    } else {
        Err(unknown(cell, "goods (商品) or service (サービス)"))
    }
}

/// Hidden from others or not.
pub(super) fn sensitivity(cell: &str) -> Result<Sensitivity, Fault> {
    match answer(cell) {
        Some(Answer::Yes) => Ok(Sensitivity::Sensitive),
        Some(Answer::No) => Ok(Sensitivity::Plain),
        None => Err(unknown(cell, "1 or 0, yes or no")),
    }
}

/// Yes or no.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    Yes,
    No,
}

pub(super) fn answer(cell: &str) -> Option<Answer> {
    match folded(cell).as_str() {
        "1" | "true" | "yes" | "y" | "はい" | "○" | "〇" | "◯" | "有" => Some(Answer::Yes),
        "0" | "false" | "no" | "n" | "いいえ" | "×" | "無" => Some(Answer::No),
        _ => None,
    }
}

pub(super) fn unknown(cell: &str, known: &'static str) -> Fault {
    Fault::UnknownWord {
        value: quoted(cell),
        known,
    }
}

/// As much of a cell as an error repeats.
pub(super) fn quoted(cell: &str) -> String {
    cell.chars().take(40).collect()
}
