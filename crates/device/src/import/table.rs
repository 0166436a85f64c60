//! A text of rows and cells taken apart, each row with its line in the file.
//!
//! What the cells mean is not known here.

use super::fault::{Fault, ImportError};
use csv::{Reader, ReaderBuilder, StringRecord};

/// What stands between two cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Separator {
    Comma,
    Tab,
    Semicolon,
}

impl Separator {
    const ALL: [Self; 3] = [Self::Comma, Self::Tab, Self::Semicolon];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Comma => "comma",
            Self::Tab => "tab",
            Self::Semicolon => "semicolon",
        }
    }

    const fn byte(self) -> u8 {
        match self {
            Self::Comma => b',',
            Self::Tab => b'\t',
            Self::Semicolon => b';',
        }
    }

    /// The one that stands most often in the first line, outside of quotes.
    pub(super) fn detect(text: &str) -> Self {
        let mut counts = [0_usize; 3];
        let mut quoted = false;
        for byte in text.trim_start_matches(['\r', '\n']).bytes() {
            match byte {
                b'"' => quoted = !quoted,
                b'\r' | b'\n' if !quoted => break,
                _ if quoted => {}
                other => {
                    for (separator, count) in Self::ALL.into_iter().zip(&mut counts) {
                        *count += usize::from(separator.byte() == other);
                    }
                }
            }
        }
        let most = counts.iter().max().copied().unwrap_or(0);
        let known = Self::ALL.into_iter().zip(counts);
        let mut first = known.filter(|(_, count)| *count == most);
        first.next().map_or(Self::Comma, |(separator, _)| separator)
    }
}

/// The rows of a text, from above.
pub(super) struct Table<'a> {
    text: &'a str,
    reader: Reader<&'a [u8]>,
    record: StringRecord,
    /// Where the lines have been counted to, and the line that begins there.
    counted: (usize, u64),
}

impl<'a> Table<'a> {
    pub(super) fn new(text: &'a str, separator: Separator) -> Result<Self, ImportError> {
        if let Some((line, cells)) = widest_line(text, separator) {
            return Err(ImportError::TooManyCells { line, cells });
        }
        let reader = ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(separator.byte())
            .from_reader(text.as_bytes());
        Ok(Self {
            text,
            reader,
            record: StringRecord::new(),
            counted: (0, 1),
        })
    }

    /// The next row that is not blank, and its line.
    pub(super) fn next(&mut self) -> Result<Option<(&StringRecord, u64)>, ImportError> {
        loop {
            let start = usize::try_from(self.reader.position().byte()).unwrap_or(usize::MAX);
            let line = self.line_at(start);
            let more = self.reader.read_record(&mut self.record);
            if !more.map_err(|fault| unparsable(&fault, line))? {
                return Ok(None);
            }
            if self.record.iter().any(|cell| !cell.trim().is_empty()) {
                return Ok(Some((&self.record, line)));
            }
        }
    }

    /// What is wrong with the shape of the row just read, where the first line has so many
    /// columns. Cells that are missing at the end are empty, as spreadsheets leave them out, unless
    /// the file ends there without ending the line.
    pub(super) fn shape(&self, columns: usize) -> Option<Fault> {
        let cells = self.record.len();
        if self
            .record
            .iter()
            .skip(columns)
            .any(|cell| !cell.trim().is_empty())
        {
            return Some(Fault::TooManyCells { cells, columns });
        }
        let at = usize::try_from(self.reader.position().byte()).unwrap_or(usize::MAX);
        let ends_open = at >= self.text.len() && !self.text.ends_with(['\r', '\n']);
        (ends_open && cells < columns).then_some(Fault::CutOff)
    }

    /// The line of the first row at or behind `start`. Empty lines are passed over by the reader,
    /// and so are they here.
    fn line_at(&mut self, start: usize) -> u64 {
        let (counted, mut line) = self.counted;
        let rest = self.text.get(start..).unwrap_or("");
        let blank = rest.len() - rest.trim_start_matches(['\r', '\n']).len();
        let to = start.saturating_add(blank).min(self.text.len());
        let passed = self.text.as_bytes().get(counted..to).unwrap_or(&[]);
        let mut before = b' ';
        for &byte in passed {
            let is_second_half = before == b'\r' && byte == b'\n';
            line += u64::from(matches!(byte, b'\r' | b'\n') && !is_second_half);
            before = byte;
        }
        self.counted = (to, line);
        line
    }
}

/// Separators in one line of the file beyond which it is not even taken apart: the places of that
/// many cells would fill the memory of a small machine.
const SEPARATORS_MAX: usize = 10_000;

/// The first line with too many separators, and how many it has.
fn widest_line(text: &str, separator: Separator) -> Option<(usize, usize)> {
    let counts = text.as_bytes().split(|byte| *byte == b'\n').map(|line| {
        let cells = line.iter().filter(|byte| **byte == separator.byte());
        cells.count()
    });
    (1..).zip(counts).find(|(_, count)| *count > SEPARATORS_MAX)
}

fn unparsable(fault: &csv::Error, line: u64) -> ImportError {
    ImportError::Unparsable {
        line,
        detail: fault.to_string(),
    }
}
