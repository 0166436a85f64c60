//! The last acknowledged commit, kept durable outside the ledger, so that a ledger which lost its
//! end is noticed. Two slots are written in turn: a torn write leaves the other one whole.
//!
//! Slot (64 bytes): magic `ORIHONWM`, counter, commit number, chain hash, CRC-32, zeros.
//! It is written after the commit it speaks of and is therefore never ahead of the ledger.

use crate::fault::Fault;
use purchase::bytes::{ReadError, Reader, Writer};
use std::fs::{File, OpenOptions};
use std::os::unix::fs::FileExt;
use std::path::Path;

const MAGIC: &[u8; 8] = b"ORIHONWM";
/// Each slot has a block of its own, so that one write never touches both.
const SLOT_BYTES: usize = 4_096;
const RECORD_BYTES: usize = 8 + 8 + 8 + 32 + 4;

/// A commit's number and the hash of everything up to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Commits number from 1 without a gap; 0 before the first.
    pub seq: u64,
    /// SHA-256 over the chain before it and its content.
    pub chain: [u8; 32],
}

impl Mark {
    /// Before the first commit.
    pub const START: Self = Self {
        seq: 0,
        chain: [0; 32],
    };
}

/// The file that keeps the mark.
pub struct Watermark {
    file: File,
    counter: u64,
}

impl Watermark {
    /// Makes the file with a first mark, durable.
    ///
    /// # Errors
    /// [`Fault::Io`] if it cannot be written.
    pub fn create(path: &Path, mark: Mark) -> Result<Self, Fault> {
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(true)
            .open(path)?;
        file.write_all_at(&[0; SLOT_BYTES * 2], 0)?;
        let mut watermark = Self { file, counter: 0 };
        watermark.advance(mark)?;
        watermark.file.sync_all()?;
        Ok(watermark)
    }

    /// Opens the file and reads the newest whole slot.
    ///
    /// # Errors
    /// [`Fault::Damaged`] if neither slot is whole.
    pub fn open(path: &Path) -> Result<(Self, Mark), Fault> {
        let file = OpenOptions::new().read(true).write(true).open(path)?;
        let slot = |nth: u64| -> Option<(u64, Mark)> {
            let mut bytes = [0; RECORD_BYTES];
            let at = nth * u64::try_from(SLOT_BYTES).ok()?;
            file.read_exact_at(&mut bytes, at).ok()?;
            read_slot(&bytes).ok()
        };
        let newest = [slot(0), slot(1)]
            .into_iter()
            .flatten()
            .max_by_key(|(counter, _)| *counter);
        let (counter, mark) =
            newest.ok_or_else(|| Fault::damaged(format!("the watermark {}", path.display())))?;
        Ok((Self { file, counter }, mark))
    }

    /// Makes `mark` durable. Only after this may its commit be acknowledged.
    ///
    /// # Errors
    /// [`Fault::Io`] if it cannot be written or synced.
    pub fn advance(&mut self, mark: Mark) -> Result<(), Fault> {
        self.counter += 1;
        let bytes = slot_bytes(self.counter, mark);
        let at = self.counter % 2 * u64::try_from(SLOT_BYTES).unwrap_or(0);
        self.file.write_all_at(&bytes, at)?;
        self.file.sync_data()?;
        Ok(())
    }
}

fn slot_bytes(counter: u64, mark: Mark) -> Vec<u8> {
    let mut out = Writer::with_capacity(RECORD_BYTES);
    out.raw(MAGIC);
    out.raw(&counter.to_be_bytes());
    out.raw(&mark.seq.to_be_bytes());
    out.raw(&mark.chain);
    let crc = crc32fast::hash(out.as_slice());
    out.raw(&crc.to_be_bytes());
    out.finish()
}

fn read_slot(bytes: &[u8]) -> Result<(u64, Mark), ReadError> {
    let mut from = Reader::new(bytes);
    if from.array::<8>()? != *MAGIC {
        return Err(ReadError::Invalid);
    }
    let counter = u64::from_be_bytes(from.array()?);
    let mark = Mark {
        seq: u64::from_be_bytes(from.array()?),
        chain: from.array()?,
    };
    let crc = u32::from_be_bytes(from.array()?);
    let whole = bytes.get(..RECORD_BYTES - 4).ok_or(ReadError::Short)?;
    if crc32fast::hash(whole) == crc {
        Ok((counter, mark))
    } else {
        Err(ReadError::Invalid)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_whole_slot_wins() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let path = dir.path().join("watermark");
        let mut mark = Mark::START;
        let mut watermark = Watermark::create(&path, mark).expect("made");
        for seq in 1..=5 {
            mark = Mark {
                seq,
                chain: [7; 32],
            };
            watermark.advance(mark).expect("advanced");
        }
        drop(watermark);
        assert_eq!(Watermark::open(&path).expect("opened").1, mark);

        // A torn write of the next one leaves the last one standing.
        let (watermark, _) = Watermark::open(&path).expect("opened");
        let torn = slot_bytes(
            7,
            Mark {
                seq: 6,
                chain: [8; 32],
            },
        );
        watermark
            .file
            .write_all_at(torn.get(..20).expect("longer"), 4_096)
            .expect("written");
        assert_eq!(Watermark::open(&path).expect("opened").1.seq, 5);
        watermark
            .file
            .write_all_at(&[0; 8_192], 0)
            .expect("written");
        assert!(
            Watermark::open(&path).is_err(),
            "two dead slots are damage, never a fresh start"
        );
    }
}
