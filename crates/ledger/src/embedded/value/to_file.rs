//! What a batch of a store still owes to people when it was recorded in the first of two steps: the rows
//! that are to be written at each owner, what counts for their accounts, and the days that count it then.
//! Only a database that commits in two steps has such rows. A body in it is as sealed as where it goes.

use super::purchase_row::EventKind;
use super::{
    begin, open, put_currency, put_maybe, put_owner, put_time, read_currency, read_maybe,
    read_owner, read_purchase_id, read_time,
};
use crate::embedded::engine::Copied;
use crate::embedded::owed::{Count, Owed};
use crate::fault::Fault;
use purchase::bytes::{ReadError, Reader, Writer};
use purchase::id::OwnerId;
use purchase::money::Sum;
use purchase::time::Timestamp;

/// More of anything than a batch can bring.
const MANY: usize = 10_000_000;

/// What a batch of a store still owes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ToFileRow {
    /// When the batch was recorded; what the feed says.
    pub(crate) at: Timestamp,
    /// The days of the store, as they are when all of it is filed.
    pub(crate) days: Vec<Copied>,
    /// For each owner.
    pub(crate) parts: Vec<Part>,
}

/// What a batch still owes to one owner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Part {
    pub(crate) owner: OwnerId,
    /// Rows of purchases to be written, and to be taken away.
    pub(crate) rows: Vec<(Vec<u8>, Option<Vec<u8>>)>,
    /// What counts for the account, in its order; nothing if the owner is nobody yet.
    pub(crate) owed: Vec<Owed>,
}

impl ToFileRow {
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut out = begin();
        put_time(&mut out, self.at);
        out.count(self.days.len());
        for (key, row) in &self.days {
            out.bytes(key);
            out.bytes(row);
        }
        out.count(self.parts.len());
        for part in &self.parts {
            part.put(&mut out);
        }
        out.finish()
    }

    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, Fault> {
        let mut from = open(bytes, "batch to file")?;
        let at = read_time(&mut from)?;
        let count = from.count(MANY)?;
        let day = |_| Ok((from.bytes()?.to_vec(), from.bytes()?.to_vec()));
        let days = (0..count).map(day).collect::<Result<_, ReadError>>()?;
        let count = from.count(MANY)?;
        let parts = (0..count).map(|_| Part::read(&mut from));
        let parts = parts.collect::<Result<_, ReadError>>()?;
        from.finish()?;
        Ok(Self { at, days, parts })
    }
}

impl Part {
    fn put(&self, out: &mut Writer) {
        put_owner(out, self.owner);
        out.count(self.rows.len());
        for (key, row) in &self.rows {
            out.bytes(key);
            put_maybe(out, row.as_ref(), |out, row| out.bytes(row));
        }
        out.count(self.owed.len());
        for owed in &self.owed {
            put_owed(out, owed);
        }
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, ReadError> {
        let owner = read_owner(from)?;
        let count = from.count(MANY)?;
        let row = |_| {
            let key = from.bytes()?.to_vec();
            let row = read_maybe(from, |from| Ok(from.bytes()?.to_vec()))?;
            Ok((key, row))
        };
        let rows = (0..count).map(row).collect::<Result<_, ReadError>>()?;
        let count = from.count(MANY)?;
        let owed = (0..count).map(|_| read_owed(from));
        let owed = owed.collect::<Result<_, ReadError>>()?;
        Ok(Self { owner, rows, owed })
    }
}

fn put_owed(out: &mut Writer, owed: &Owed) {
    match owed {
        Owed::Filed(purchase_id, count) => {
            out.byte(1);
            out.raw(&purchase_id.0);
            put_count(out, *count);
        }
        Owed::Told(purchase_id, kind) => {
            out.byte(2);
            out.raw(&purchase_id.0);
            out.byte(kind.byte());
        }
        Owed::Named => out.byte(3),
        Owed::Corrected(currency, difference) => {
            out.byte(4);
            put_currency(out, *currency);
            out.raw(&difference.minor().to_be_bytes());
        }
        Owed::Gone(count) => {
            out.byte(5);
            put_count(out, *count);
        }
    }
}

fn put_count(out: &mut Writer, count: Count) {
    out.number(count.lines);
    out.number(count.pending);
    put_currency(out, count.currency);
    out.raw(&count.sum.minor().to_be_bytes());
}

fn read_count(from: &mut Reader<'_>) -> Result<Count, ReadError> {
    Ok(Count {
        lines: from.number()?,
        pending: from.number()?,
        currency: read_currency(from)?,
        sum: read_sum(from)?,
    })
}

fn read_sum(from: &mut Reader<'_>) -> Result<Sum, ReadError> {
    from.array().map(i128::from_be_bytes).map(Sum::from_minor)
}

fn read_owed(from: &mut Reader<'_>) -> Result<Owed, ReadError> {
    Ok(match from.byte()? {
        1 => Owed::Filed(read_purchase_id(from)?, read_count(from)?),
        2 => Owed::Told(read_purchase_id(from)?, EventKind::of_byte(from.byte()?)?),
        3 => Owed::Named,
        4 => Owed::Corrected(read_currency(from)?, read_sum(from)?),
        5 => Owed::Gone(read_count(from)?),
        _ => return Err(ReadError::Invalid),
    })
}

/// Which batch of a store was filed for a person.
pub(crate) fn encode_filed(batch: [u8; 12]) -> Vec<u8> {
    let mut out = begin();
    out.raw(&batch);
    out.finish()
}

pub(crate) fn decode_filed(bytes: &[u8]) -> Result<[u8; 12], Fault> {
    let mut from = open(bytes, "filed batch")?;
    let batch = from.array()?;
    from.finish()?;
    Ok(batch)
}
