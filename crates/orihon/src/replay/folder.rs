//! The prepared folder: four files of one JSON object a line, read one line at a time. What the
//! lines say is not looked at here.

use anyhow::{Context, bail};
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

/// Bytes of the longest line.
const LINE_BYTES_MAX: usize = wire::limits::SETTLEMENT_BYTES * 2;
/// Bytes read from the disk at once.
const READ_BYTES: usize = 1 << 20;

/// The four files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sheet {
    Stores,
    Users,
    Catalogue,
    Settlements,
}

impl Sheet {
    const ALL: [Self; 4] = [
        Self::Stores,
        Self::Users,
        Self::Catalogue,
        Self::Settlements,
    ];

    const fn file_name(self) -> &'static str {
        match self {
            Self::Stores => "stores.ndjson",
            Self::Users => "users.ndjson",
            Self::Catalogue => "catalogue.ndjson",
            Self::Settlements => "settlements.ndjson",
        }
    }
}

/// A folder that has all four files.
#[derive(Debug)]
pub(super) struct Folder {
    path: PathBuf,
}

impl Folder {
    /// Looks whether the folder is a prepared one.
    pub(super) fn open(path: &Path) -> anyhow::Result<Self> {
        for sheet in Sheet::ALL {
            let file = path.join(sheet.file_name());
            if !file.is_file() {
                bail!(
                    "{} is not there; prepare the folder first: tools/complete_journey.py {}",
                    file.display(),
                    path.display()
                );
            }
        }
        Ok(Self {
            path: path.to_owned(),
        })
    }

    /// Opens one of the files.
    pub(super) fn read(&self, sheet: Sheet) -> anyhow::Result<Lines> {
        let path = self.path.join(sheet.file_name());
        let cannot = || format!("cannot read {}", path.display());
        let file = File::open(&path).with_context(cannot)?;
        let bytes = file.metadata().with_context(cannot)?.len();
        Ok(Lines {
            reader: BufReader::with_capacity(READ_BYTES, file),
            line: Vec::new(),
            number: 0,
            bytes,
            path,
        })
    }
}

/// A file that is read line by line.
#[derive(Debug)]
pub(super) struct Lines {
    path: PathBuf,
    reader: BufReader<File>,
    line: Vec<u8>,
    number: u64,
    bytes: u64,
}

/// One line.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line<'a> {
    /// Its number, from 1.
    pub(super) number: u64,
    /// What it says, without its end.
    pub(super) text: &'a [u8],
    /// Its bytes in the file, its end included.
    pub(super) bytes: u64,
}

impl Lines {
    /// Bytes of the whole file.
    pub(super) const fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The next line that is not blank; none at the end.
    pub(super) fn next(&mut self) -> anyhow::Result<Option<Line<'_>>> {
        let mut bytes = 0;
        loop {
            self.line.clear();
            let limit = u64::try_from(LINE_BYTES_MAX)?;
            let read = (&mut self.reader)
                .take(limit)
                .read_until(b'\n', &mut self.line)
                .with_context(|| format!("cannot read {}", self.path.display()))?;
            if read == 0 {
                return Ok(None);
            }
            self.number += 1;
            bytes += u64::try_from(read)?;
            if read >= LINE_BYTES_MAX {
                bail!("{}: is longer than {LINE_BYTES_MAX} bytes", self.place());
            }
            if !self.line.trim_ascii().is_empty() {
                break;
            }
        }
        Ok(Some(Line {
            number: self.number,
            text: self.line.trim_ascii(),
            bytes,
        }))
    }

    /// Where the line read last stands, for telling what is wrong with it.
    pub(super) fn place(&self) -> String {
        format!("{} line {}", self.path.display(), self.number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read_one_by_one_and_blank_ones_skipped() {
        let folder = tempfile::tempdir().unwrap();
        for sheet in Sheet::ALL {
            let text = "{\"a\":1}\n\n  \r\n{\"b\":2}\r\n{\"c\":3}";
            std::fs::write(folder.path().join(sheet.file_name()), text).unwrap();
        }
        let mut lines = Folder::open(folder.path())
            .unwrap()
            .read(Sheet::Users)
            .unwrap();
        let mut seen = Vec::new();
        let mut bytes = 0;
        while let Some(line) = lines.next().unwrap() {
            seen.push((line.number, String::from_utf8(line.text.to_vec()).unwrap()));
            bytes += line.bytes;
        }
        let rows = [(1, "{\"a\":1}"), (4, "{\"b\":2}"), (5, "{\"c\":3}")];
        assert_eq!(seen, rows.map(|(number, text)| (number, text.to_owned())));
        assert_eq!(bytes, lines.bytes());
    }

    #[test]
    fn a_folder_without_a_file_says_how_to_make_it() {
        let folder = tempfile::tempdir().unwrap();
        let error = Folder::open(folder.path()).unwrap_err().to_string();
        assert!(
            error.contains("stores.ndjson is not there; prepare"),
            "{error}"
        );
    }
}
