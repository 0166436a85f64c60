//! Rows of what machines tell of themselves, and of the names that stores are asked for. Nothing of a buyer
//! stands here, and of a sale only its key.

use super::{begin, open, put_maybe, put_optional, put_time, read_maybe, read_optional, read_time};
use crate::fault::Fault;
use purchase::bytes::{ReadError, Reader, Writer};
use purchase::canonical::item::read_text;
use purchase::canonical::{put_key, read_key};
use purchase::decide::Digest;
use purchase::id::{Label, TokenId};
use purchase::report::{DAYS_MAX, DifferingDay, Report, STUCK_MAX, StuckSale, TERMINALS_MAX};
use purchase::time::{BusinessDate, Timestamp};

/// What a machine told of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ReportRow {
    pub(crate) received_at: Timestamp,
    pub(crate) report: Report,
}

impl ReportRow {
    pub(crate) fn encode(&self) -> Vec<u8> {
        let report = &self.report;
        let mut out = begin();
        put_time(&mut out, self.received_at);
        out.text(report.version.as_str());
        out.count(report.terminals.len());
        for terminal in &report.terminals {
            out.text(terminal.as_str());
        }
        out.number(report.waiting);
        put_maybe(&mut out, report.oldest_at, put_time);
        out.count(report.stuck.len());
        for sale in &report.stuck {
            put_key(&mut out, &sale.key);
            out.text(sale.code.as_str());
            put_optional(&mut out, sale.detail.as_ref());
        }
        out.number(report.stuck_count);
        out.count(report.days.len());
        for day in &report.days {
            out.number(u64::from(day.date.ordinal()));
            out.number(day.settlements);
            put_maybe(&mut out, day.digest, |out, digest| out.raw(&digest.0));
        }
        put_maybe(&mut out, report.disk_free_bytes, Writer::number);
        put_maybe(&mut out, report.clock_offset_ms, Writer::signed);
        out.finish()
    }

    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, Fault> {
        let mut from = open(bytes, "report")?;
        let received_at = read_time(&mut from)?;
        let report = Report {
            version: read_text(&mut from)?,
            terminals: rows(&mut from, TERMINALS_MAX, |from| {
                Label::parse(from.text()?).map_err(|_| ReadError::Invalid)
            })?,
            waiting: from.number()?,
            oldest_at: read_maybe(&mut from, read_time)?,
            stuck: rows(&mut from, STUCK_MAX, read_stuck)?,
            stuck_count: from.number()?,
            days: rows(&mut from, DAYS_MAX, read_day)?,
            disk_free_bytes: read_maybe(&mut from, Reader::number)?,
            clock_offset_ms: read_maybe(&mut from, Reader::signed)?,
        };
        from.finish()?;
        Ok(Self {
            received_at,
            report,
        })
    }
}

fn rows<'a, T>(
    from: &mut Reader<'a>,
    max: usize,
    read: impl Fn(&mut Reader<'a>) -> Result<T, ReadError>,
) -> Result<Vec<T>, ReadError> {
    let count = from.count(max)?;
    (0..count).map(|_| read(from)).collect()
}

fn read_stuck(from: &mut Reader<'_>) -> Result<StuckSale, ReadError> {
    Ok(StuckSale {
        key: read_key(from)?,
        code: read_text(from)?,
        detail: read_optional(from)?,
    })
}

fn read_day(from: &mut Reader<'_>) -> Result<DifferingDay, ReadError> {
    let ordinal = u32::try_from(from.number()?).map_err(|_| ReadError::Invalid)?;
    Ok(DifferingDay {
        date: BusinessDate::from_ordinal(ordinal).map_err(|_| ReadError::Invalid)?,
        settlements: from.number()?,
        digest: read_maybe(from, |from| from.array().map(Digest))?,
    })
}

/// A code whose name a store is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct WishRow {
    pub(crate) asked_at: Timestamp,
    /// The operator's key that asked, which may be gone since.
    pub(crate) by: TokenId,
    /// Lines that waited then, as far as they were counted.
    pub(crate) lines: u64,
}

impl WishRow {
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut out = begin();
        put_time(&mut out, self.asked_at);
        out.raw(&self.by.0);
        out.number(self.lines);
        out.finish()
    }

    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, Fault> {
        let mut from = open(bytes, "wish")?;
        let row = Self {
            asked_at: read_time(&mut from)?,
            by: TokenId(from.array()?),
            lines: from.number()?,
        };
        from.finish()?;
        Ok(row)
    }
}
