//! Rows that belong to a settlement's store: the settlement itself, its day, what came too early,
//! what came again with other content.

use super::{
    Tally, VERSION, begin, kind_byte, open, open_up_to, put_currency, put_maybe, put_owner,
    put_time, read_amount, read_currency, read_kind, read_maybe, read_owner, read_purchase_id,
    read_slot, read_time,
};
use crate::fault::Fault;
use crate::keyring::Slot;
use crate::seal::DataKey;
use purchase::bytes::{ReadError, Writer};
use purchase::canonical::{put_key, read_key};
use purchase::decide::Digest;
use purchase::id::{OwnerId, PurchaseId, SettlementKey};
use purchase::limits::LINES_MAX;
use purchase::money::{Amount, Currency};
use purchase::returns::{LineState, Standing};
use purchase::settlement::{ClaimHash, Kind, LineNumber};
use purchase::time::Timestamp;
use purchase::warning::Warnings;

/// Where the claim code on the receipt comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClaimSource {
    /// There is none.
    None,
    /// The till printed one.
    Till,
    /// The server derived one, as nobody was named.
    Derived,
}

/// What a short-lived member code did that the till sent with a settlement. It stands for ever, so that the
/// same settlement is answered the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Shown {
    /// There was none: the till named nobody, or in another way.
    #[default]
    Nothing,
    /// It was good: the purchase was filed under its person.
    Filed,
    /// It was not.
    Unfiled,
}

/// The version of a settlement with which a short-lived member code came.
const SHOWN: u8 = 2;

/// What is known of a recorded settlement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SettlementRow {
    pub(crate) digest: Digest,
    pub(crate) owner: OwnerId,
    pub(crate) slot: Slot,
    pub(crate) purchase_id: PurchaseId,
    pub(crate) received_at: Timestamp,
    pub(crate) kind: Kind,
    pub(crate) currency: Currency,
    pub(crate) total: Amount,
    pub(crate) warnings: Warnings,
    pub(crate) claim: ClaimSource,
    /// The hash under which it can be claimed; none once it belongs to a person.
    pub(crate) claim_hash: Option<ClaimHash>,
    pub(crate) pending: u64,
    pub(crate) lines: Vec<LineState>,
    /// The original of a return or a void.
    pub(crate) of: Option<SettlementKey>,
    /// What a return counted against its original, or 1 entry per line; empty while it waits.
    pub(crate) counted: Vec<(LineNumber, u64)>,
    /// The void that took it back.
    pub(crate) voided_by: Option<SettlementKey>,
    pub(crate) shown: Shown,
}

impl SettlementRow {
    pub(crate) const fn standing(&self) -> Standing {
        if self.voided_by.is_some() {
            Standing::Voided
        } else {
            Standing::Valid
        }
    }

    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut out = Writer::default();
        out.byte(match self.shown {
            Shown::Nothing => VERSION,
            Shown::Filed | Shown::Unfiled => SHOWN,
        });
        out.raw(&self.digest.0);
        put_owner(&mut out, self.owner);
        out.number(self.slot.0);
        out.raw(&self.purchase_id.0);
        put_time(&mut out, self.received_at);
        out.byte(kind_byte(self.kind));
        put_currency(&mut out, self.currency);
        out.signed(self.total.minor());
        out.byte(self.warnings.bits());
        out.byte(match self.claim {
            ClaimSource::None => 0,
            ClaimSource::Till => 1,
            ClaimSource::Derived => 2,
        });
        put_maybe(&mut out, self.claim_hash, |out, hash| out.raw(&hash.0));
        out.number(self.pending);
        out.count(self.lines.len());
        for line in &self.lines {
            out.number(line.sold_micros);
            out.number(line.returned_micros);
        }
        put_maybe(&mut out, self.of.as_ref(), put_key);
        out.count(self.counted.len());
        for (line, micros) in &self.counted {
            out.number(u64::from(line.0));
            out.number(*micros);
        }
        put_maybe(&mut out, self.voided_by.as_ref(), put_key);
        match self.shown {
            Shown::Nothing => {}
            Shown::Filed => out.byte(1),
            Shown::Unfiled => out.byte(2),
        }
        out.finish()
    }

    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, Fault> {
        let (version, mut from) = open_up_to(bytes, "settlement", SHOWN)?;
        let row = Self {
            digest: Digest(from.array()?),
            owner: read_owner(&mut from)?,
            slot: read_slot(&mut from)?,
            purchase_id: read_purchase_id(&mut from)?,
            received_at: read_time(&mut from)?,
            kind: read_kind(&mut from)?,
            currency: read_currency(&mut from)?,
            total: read_amount(&mut from)?,
            warnings: Warnings::from_bits(from.byte()?),
            claim: match from.byte()? {
                0 => ClaimSource::None,
                1 => ClaimSource::Till,
                2 => ClaimSource::Derived,
                _ => return Err(ReadError::Invalid.into()),
            },
            claim_hash: read_maybe(&mut from, |from| from.array().map(ClaimHash))?,
            pending: from.number()?,
            lines: {
                let count = from.count(LINES_MAX)?;
                let line = |_| {
                    Ok(LineState {
                        sold_micros: from.number()?,
                        returned_micros: from.number()?,
                    })
                };
                (0..count).map(line).collect::<Result<_, ReadError>>()?
            },
            of: read_maybe(&mut from, read_key)?,
            counted: {
                let count = from.count(LINES_MAX)?;
                let entry = |_| {
                    let line = u16::try_from(from.number()?).map_err(|_| ReadError::Invalid)?;
                    Ok((LineNumber(line), from.number()?))
                };
                (0..count).map(entry).collect::<Result<_, ReadError>>()?
            },
            voided_by: read_maybe(&mut from, read_key)?,
            shown: match version {
                SHOWN => match from.byte()? {
                    1 => Shown::Filed,
                    2 => Shown::Unfiled,
                    _ => return Err(ReadError::Invalid.into()),
                },
                _ => Shown::Nothing,
            },
        };
        from.finish()?;
        Ok(row)
    }
}

/// A store's day: what it must agree on with its store device.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct DayRow {
    pub(crate) tally: Tally,
    /// Sum of the settlements' digests modulo 2^256, little-endian.
    pub(crate) digest: [u8; 32],
}

impl DayRow {
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut out = begin();
        self.tally.put(&mut out);
        out.raw(&self.digest);
        out.finish()
    }

    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, Fault> {
        let mut from = open(bytes, "day")?;
        let row = Self {
            tally: Tally::read(&mut from)?,
            digest: from.array()?,
        };
        from.finish()?;
        Ok(row)
    }
}

/// At most so many returns and voids wait for one original.
pub(crate) const EARLY_MAX: usize = 64;

pub(crate) fn encode_early(keys: &[SettlementKey]) -> Vec<u8> {
    let mut out = begin();
    out.count(keys.len());
    for key in keys {
        put_key(&mut out, key);
    }
    out.finish()
}

pub(crate) fn decode_early(bytes: &[u8]) -> Result<Vec<SettlementKey>, Fault> {
    let mut from = open(bytes, "early return")?;
    let count = from.count(EARLY_MAX)?;
    let keys = (0..count)
        .map(|_| read_key(&mut from))
        .collect::<Result<_, _>>()?;
    from.finish()?;
    Ok(keys)
}

/// A settlement that came under a key already taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ConflictRow {
    pub(crate) digest: Digest,
    pub(crate) received_at: Timestamp,
    /// Its canonical bytes without its buyer, under the store's key.
    pub(crate) sealed: Vec<u8>,
}

impl ConflictRow {
    /// What the body is sealed with beside the key: where the row lies, and its digest. That is the one of all
    /// that came, which the body alone cannot prove.
    pub(crate) fn context(row_key: &[u8], digest: Digest) -> Vec<u8> {
        [row_key, &digest.0].concat()
    }

    /// The canonical bytes. Rows written before buyers were left out are sealed with their place alone.
    pub(crate) fn open_body(&self, row_key: &[u8], data_key: &DataKey) -> Result<Vec<u8>, Fault> {
        let opened = data_key.open(&Self::context(row_key, self.digest), &self.sealed);
        opened.or_else(|_| data_key.open(row_key, &self.sealed))
    }

    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut out = begin();
        out.raw(&self.digest.0);
        put_time(&mut out, self.received_at);
        out.bytes(&self.sealed);
        out.finish()
    }

    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, Fault> {
        let mut from = open(bytes, "conflict")?;
        let digest = Digest(from.array()?);
        let received_at = read_time(&mut from)?;
        let sealed = from.bytes()?.to_vec();
        from.finish()?;
        Ok(Self {
            digest,
            received_at,
            sealed,
        })
    }
}
