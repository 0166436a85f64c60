//! The row of a merger: whose account went into which other one, and how far that is. It stays for ever,
//! since stores and papers go on naming the account that is gone.

use super::{begin, open, put_time, read_time};
use crate::fault::Fault;
use purchase::bytes::ReadError;
use purchase::id::UserId;
use purchase::time::Timestamp;

/// How far a merger is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Something is still to be moved.
    Moving,
    /// All was moved by that instant. The key of the old account stays a while for what may come late.
    Emptied(Timestamp),
    /// The old account was erased at that instant.
    Closed(Timestamp),
}

/// A merger, under the person whose account goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct MergerRow {
    pub(crate) into: UserId,
    pub(crate) begun_at: Timestamp,
    /// Purchases that there were to move.
    pub(crate) purchases: u64,
    pub(crate) stage: Stage,
}

impl MergerRow {
    pub(crate) fn encode(self) -> Vec<u8> {
        let mut out = begin();
        out.raw(&self.into.0);
        put_time(&mut out, self.begun_at);
        out.number(self.purchases);
        match self.stage {
            Stage::Moving => out.byte(1),
            Stage::Emptied(at) => {
                out.byte(2);
                put_time(&mut out, at);
            }
            Stage::Closed(at) => {
                out.byte(3);
                put_time(&mut out, at);
            }
        }
        out.finish()
    }

    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, Fault> {
        let mut from = open(bytes, "merger")?;
        let row = Self {
            into: UserId(from.array()?),
            begun_at: read_time(&mut from)?,
            purchases: from.number()?,
            stage: match from.byte()? {
                1 => Stage::Moving,
                2 => Stage::Emptied(read_time(&mut from)?),
                3 => Stage::Closed(read_time(&mut from)?),
                _ => return Err(ReadError::Invalid.into()),
            },
        };
        from.finish()?;
        Ok(row)
    }
}
