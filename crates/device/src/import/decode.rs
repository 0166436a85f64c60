//! Bytes of a file to text: UTF-8, UTF-16 with its mark, or CP932, the Japanese Windows' own.
//!
//! Nothing is replaced by a question mark: bytes that mean nothing are an error with their line.

use super::BYTES_MAX;
use super::fault::ImportError;
use encoding_rs::{DecoderResult, SHIFT_JIS, UTF_8, UTF_16BE, UTF_16LE};
use std::borrow::Cow;

/// How a file's characters were written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8, with or without its mark.
    Utf8,
    /// UTF-16, the small end first.
    Utf16Le,
    /// UTF-16, the big end first.
    Utf16Be,
    /// CP932, also called Windows-31J or, loosely, Shift_JIS.
    Cp932,
}

impl Encoding {
    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "UTF-8",
            Self::Utf16Le => "UTF-16LE",
            Self::Utf16Be => "UTF-16BE",
            Self::Cp932 => "CP932",
        }
    }

    const fn decoder(self) -> &'static encoding_rs::Encoding {
        match self {
            Self::Utf8 => UTF_8,
            Self::Utf16Le => UTF_16LE,
            Self::Utf16Be => UTF_16BE,
            Self::Cp932 => SHIFT_JIS,
        }
    }
}

/// The first bytes of the archive that a workbook is, and of its elder form.
const WORKBOOKS: [&[u8]; 2] = [b"PK\x03\x04", b"\xd0\xcf\x11\xe0"];

/// Decodes a whole file.
pub(super) fn decode(bytes: &[u8]) -> Result<(Cow<'_, str>, Encoding), ImportError> {
    if bytes.len() > BYTES_MAX {
        let bytes = bytes.len();
        return Err(ImportError::TooLarge { bytes });
    }
    if WORKBOOKS.iter().any(|head| bytes.starts_with(head)) {
        return Err(ImportError::Workbook);
    }
    let (content, encoding) = recognise(bytes);
    let text = match str::from_utf8(content) {
        Ok(text) if encoding == Encoding::Utf8 => Cow::Borrowed(text),
        Ok(_) | Err(_) => Cow::Owned(strictly(content, encoding)?),
    };
    if text.contains('\0') {
        return Err(ImportError::NotAText);
    }
    Ok((text, encoding))
}

/// The encoding, and the bytes behind its mark. Without a mark it is UTF-8 if all of it can be
/// read as that, and CP932 if not, unless it is plainly UTF-8 with some damage.
fn recognise(bytes: &[u8]) -> (&[u8], Encoding) {
    match bytes {
        [0xef, 0xbb, 0xbf, rest @ ..] => (rest, Encoding::Utf8),
        [0xff, 0xfe, rest @ ..] => (rest, Encoding::Utf16Le),
        [0xfe, 0xff, rest @ ..] => (rest, Encoding::Utf16Be),
        _ if is_mostly_utf8(bytes) => (bytes, Encoding::Utf8),
        _ => (bytes, Encoding::Cp932),
    }
}

/// CP932 also gives a meaning, a wrong one, to most bytes of UTF-8. So each place that is no UTF-8
/// is weighed against the Japanese characters that are: CP932 has the first in nearly every word
/// and the second hardly ever.
fn is_mostly_utf8(bytes: &[u8]) -> bool {
    let (mut faults, mut characters) = (0_usize, 0_usize);
    for chunk in bytes.utf8_chunks() {
        characters += chunk.valid().chars().filter(|c| *c >= '\u{3000}').count();
        faults += usize::from(!chunk.invalid().is_empty());
    }
    faults == 0 || characters > faults
}

fn strictly(bytes: &[u8], encoding: Encoding) -> Result<String, ImportError> {
    let mut decoder = encoding.decoder().new_decoder_without_bom_handling();
    let room = decoder.max_utf8_buffer_length_without_replacement(bytes.len());
    let mut text = String::with_capacity(room.unwrap_or(0));
    let (result, read) = decoder.decode_to_string_without_replacement(bytes, &mut text, true);
    match result {
        DecoderResult::InputEmpty => Ok(text),
        DecoderResult::OutputFull => Err(ImportError::NotAText),
        DecoderResult::Malformed(length, after) => {
            let end = read.saturating_sub(usize::from(after));
            let start = end.saturating_sub(usize::from(length));
            let shown = bytes.get(start..end).unwrap_or(&[]).iter();
            let shown: Vec<String> = shown.map(|byte| format!("{byte:02X}")).collect();
            Err(ImportError::Undecodable {
                line: text.matches('\n').count() + 1,
                bytes: shown.join(" "),
                encoding: encoding.name(),
            })
        }
    }
}
