//! Takes stored keys apart again. Each function reads exactly what its twin on the page of stored
//! keys writes: a byte too few or too many, or a part that no writer makes, is an error.

use crate::embedded::key::part;
use crate::embedded::value::codes::read_form;
use crate::embedded::value::identity::LeafSubject;
use purchase::bytes::{ReadError, Reader};
use purchase::id::{
    DeviceId, HouseholdId, ItemCode, Label, OwnerId, PurchaseId, Revision, SettlementKey, SoughtId,
    StoreId, UnclaimedId, UserId,
};
use purchase::member::{MemberForm, MemberHash};
use purchase::settlement::{ClaimHash, LineNumber};
use purchase::store::ChainId;
use purchase::time::{BusinessDate, Timestamp};

/// A part of a purchase.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// The sealed body.
    Body,
    /// A name learnt later.
    Name(LineNumber),
    /// What returns and voids did.
    Standing,
}

/// Where a line waits for a name: by its code, or by the revision it awaits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Waiting<By> {
    pub(super) store_id: StoreId,
    pub(super) by: By,
    pub(super) id: PurchaseId,
    pub(super) line: LineNumber,
}

/// A version of an item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ItemKey {
    pub(super) store_id: StoreId,
    pub(super) code: ItemCode,
    pub(super) effective_from: Timestamp,
    pub(super) revision: Revision,
}

/// A store's patterns from an instant on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct PatternsKey {
    pub(super) store_id: StoreId,
    pub(super) effective_from: Timestamp,
    pub(super) revision: Revision,
}

/// A key that is nothing but `LEN` bytes.
pub(super) fn array<const LEN: usize>(row_key: &[u8]) -> Result<[u8; LEN], ReadError> {
    let mut from = begin(row_key)?;
    let bytes = from.array()?;
    from.finish()?;
    Ok(bytes)
}

/// A person, and `LEN` bytes of which only the person has something.
pub(super) fn of_person<const LEN: usize>(
    row_key: &[u8],
) -> Result<(UserId, [u8; LEN]), ReadError> {
    let mut from = begin(row_key)?;
    let taken = (UserId(from.array()?), from.array()?);
    from.finish()?;
    Ok(taken)
}

pub(super) fn leaf(row_key: &[u8]) -> Result<(UserId, LeafSubject, [u8; 32]), ReadError> {
    let mut from = begin(row_key)?;
    let (user_id, number) = (UserId(from.array()?), from.byte()?);
    let subject = LeafSubject::ALL
        .into_iter()
        .find(|subject| subject.number() == number);
    let taken = (user_id, subject.ok_or(ReadError::Invalid)?, from.array()?);
    from.finish()?;
    Ok(taken)
}

/// A key that is nothing but a store's id.
pub(super) fn store(row_key: &[u8]) -> Result<StoreId, ReadError> {
    let text = str::from_utf8(begin(row_key)?.rest()).map_err(|_| ReadError::Invalid)?;
    StoreId::parse(text).map_err(|_| ReadError::Invalid)
}

pub(super) fn device(row_key: &[u8]) -> Result<(StoreId, DeviceId), ReadError> {
    let mut from = begin(row_key)?;
    let device = (store_id(&mut from)?, DeviceId(from.array()?));
    from.finish()?;
    Ok(device)
}

/// A store, and a code whose name it is asked for.
pub(super) fn wish(row_key: &[u8]) -> Result<(StoreId, ItemCode), ReadError> {
    let mut from = begin(row_key)?;
    let wish = (store_id(&mut from)?, code(&mut from)?);
    from.finish()?;
    Ok(wish)
}

/// A key that is nothing but a chain's id.
pub(super) fn chain(row_key: &[u8]) -> Result<ChainId, ReadError> {
    let text = str::from_utf8(begin(row_key)?.rest()).map_err(|_| ReadError::Invalid)?;
    ChainId::parse(text).map_err(|_| ReadError::Invalid)
}

pub(super) fn chain_device(row_key: &[u8]) -> Result<(ChainId, DeviceId), ReadError> {
    let mut from = begin(row_key)?;
    // A chain's id has the form of a store's.
    let chain_id = ChainId::parse(store_id(&mut from)?.as_str());
    let chain_id = chain_id.map_err(|_| ReadError::Invalid)?;
    let device = (chain_id, DeviceId(from.array()?));
    from.finish()?;
    Ok(device)
}

pub(super) fn day(row_key: &[u8]) -> Result<(StoreId, BusinessDate), ReadError> {
    let mut from = begin(row_key)?;
    let day = (store_id(&mut from)?, date(&mut from)?);
    from.finish()?;
    Ok(day)
}

pub(super) fn settlement(row_key: &[u8]) -> Result<SettlementKey, ReadError> {
    let mut from = begin(row_key)?;
    let key = settlement_key(&mut from)?;
    from.finish()?;
    Ok(key)
}

/// A settlement's key and the number of one of its conflicts.
pub(super) fn conflict(row_key: &[u8]) -> Result<(SettlementKey, u8), ReadError> {
    let mut from = begin(row_key)?;
    let conflict = (settlement_key(&mut from)?, from.byte()?);
    from.finish()?;
    Ok(conflict)
}

pub(super) fn pending(row_key: &[u8]) -> Result<Waiting<ItemCode>, ReadError> {
    waiting(row_key, code)
}

pub(super) fn awaited(row_key: &[u8]) -> Result<Waiting<Revision>, ReadError> {
    waiting(row_key, number).map(
        |Waiting {
             store_id,
             by,
             id,
             line,
         }| Waiting {
            store_id,
            by: Revision(by),
            id,
            line,
        },
    )
}

/// A label that waits for an item's name.
pub(super) fn labelled(row_key: &[u8]) -> Result<Waiting<ItemCode>, ReadError> {
    waiting(row_key, code)
}

/// What a store's batch still owes.
pub(super) fn to_file(row_key: &[u8]) -> Result<(StoreId, [u8; 12]), ReadError> {
    let mut from = begin(row_key)?;
    let batch = (store_id(&mut from)?, from.array()?);
    from.finish()?;
    Ok(batch)
}

/// Which store's last batch for a person.
pub(super) fn filed(row_key: &[u8]) -> Result<(UserId, StoreId), ReadError> {
    let mut from = begin(row_key)?;
    let filed = (UserId(from.array()?), store_id(&mut from)?);
    from.finish()?;
    Ok(filed)
}

pub(super) fn patterns(row_key: &[u8]) -> Result<PatternsKey, ReadError> {
    let mut from = begin(row_key)?;
    let store_id = store_id(&mut from)?;
    let from_ms = i64::from_be_bytes(from.array()?);
    let effective_from = Timestamp::from_ms(from_ms).map_err(|_| ReadError::Invalid)?;
    let revision = Revision(number(&mut from)?);
    from.finish()?;
    Ok(PatternsKey {
        store_id,
        effective_from,
        revision,
    })
}

pub(super) fn item(row_key: &[u8]) -> Result<ItemKey, ReadError> {
    let mut from = begin(row_key)?;
    let (store_id, code) = (store_id(&mut from)?, code(&mut from)?);
    let from_ms = i64::from_be_bytes(from.array()?);
    let effective_from = Timestamp::from_ms(from_ms).map_err(|_| ReadError::Invalid)?;
    let revision = Revision(number(&mut from)?);
    from.finish()?;
    Ok(ItemKey {
        store_id,
        code,
        effective_from,
        revision,
    })
}

pub(super) fn purchase(row_key: &[u8]) -> Result<(OwnerId, PurchaseId, Part), ReadError> {
    let mut from = begin(row_key)?;
    let owner = owner_id(&mut from)?;
    let id = PurchaseId(from.array::<16>()?.map(|byte| !byte));
    let part = match from.byte()? {
        part::BODY => Part::Body,
        part::NAME => Part::Name(line(&mut from)?),
        part::STANDING => Part::Standing,
        _ => return Err(ReadError::Invalid),
    };
    from.finish()?;
    Ok((owner, id, part))
}

pub(super) fn owner(row_key: &[u8]) -> Result<OwnerId, ReadError> {
    let mut from = begin(row_key)?;
    let owner = owner_id(&mut from)?;
    from.finish()?;
    Ok(owner)
}

pub(super) fn feed(row_key: &[u8]) -> Result<(UserId, u64), ReadError> {
    let mut from = begin(row_key)?;
    let entry = (UserId(from.array()?), number(&mut from)?);
    from.finish()?;
    Ok(entry)
}

/// A code in a person's own list: whose, its form, when it expires, and its hash.
pub(super) fn member_code_of(
    row_key: &[u8],
) -> Result<(UserId, MemberForm, Timestamp, MemberHash), ReadError> {
    let mut from = begin(row_key)?;
    let (user_id, form) = (UserId(from.array()?), read_form(&mut from)?);
    let ms = i64::from_be_bytes(from.array()?);
    let expires_at = Timestamp::from_ms(ms).map_err(|_| ReadError::Invalid)?;
    let hash = MemberHash(from.array()?);
    from.finish()?;
    Ok((user_id, form, expires_at, hash))
}

pub(super) fn wanted_claim(row_key: &[u8]) -> Result<(UserId, ClaimHash), ReadError> {
    let mut from = begin(row_key)?;
    let wanted = (UserId(from.array()?), ClaimHash(from.array()?));
    from.finish()?;
    Ok(wanted)
}

/// What a store is asked: which, since when, and its id there.
pub(super) fn sought(row_key: &[u8]) -> Result<(StoreId, Timestamp, SoughtId), ReadError> {
    let mut from = begin(row_key)?;
    let store_id = store_id(&mut from)?;
    let ms = i64::from_be_bytes(from.array()?);
    let asked_at = Timestamp::from_ms(ms).map_err(|_| ReadError::Invalid)?;
    let id = SoughtId(from.array()?);
    from.finish()?;
    Ok((store_id, asked_at, id))
}

pub(super) fn household_member(row_key: &[u8]) -> Result<(HouseholdId, UserId), ReadError> {
    let mut from = begin(row_key)?;
    let member = (HouseholdId(from.array()?), UserId(from.array()?));
    from.finish()?;
    Ok(member)
}

/// Skips the kind, by which the row was found.
fn begin(row_key: &[u8]) -> Result<Reader<'_>, ReadError> {
    row_key.get(1..).map(Reader::new).ok_or(ReadError::Short)
}

fn waiting<By>(
    row_key: &[u8],
    by: impl FnOnce(&mut Reader<'_>) -> Result<By, ReadError>,
) -> Result<Waiting<By>, ReadError> {
    let mut from = begin(row_key)?;
    let waiting = Waiting {
        store_id: store_id(&mut from)?,
        by: by(&mut from)?,
        id: PurchaseId(from.array()?),
        line: line(&mut from)?,
    };
    from.finish()?;
    Ok(waiting)
}

/// A text and the zero byte that ends it.
fn text<'a>(from: &mut Reader<'a>) -> Result<&'a str, ReadError> {
    let end = from
        .rest()
        .iter()
        .position(|byte| *byte == 0)
        .ok_or(ReadError::Short)?;
    let bytes = from.raw(end)?;
    from.byte()?;
    str::from_utf8(bytes).map_err(|_| ReadError::Invalid)
}

fn store_id(from: &mut Reader<'_>) -> Result<StoreId, ReadError> {
    StoreId::parse(text(from)?).map_err(|_| ReadError::Invalid)
}

fn code(from: &mut Reader<'_>) -> Result<ItemCode, ReadError> {
    ItemCode::parse(text(from)?).map_err(|_| ReadError::Invalid)
}

fn label(from: &mut Reader<'_>) -> Result<Label, ReadError> {
    Label::parse(text(from)?).map_err(|_| ReadError::Invalid)
}

fn number(from: &mut Reader<'_>) -> Result<u64, ReadError> {
    from.array().map(u64::from_be_bytes)
}

fn line(from: &mut Reader<'_>) -> Result<LineNumber, ReadError> {
    from.array()
        .map(|bytes| LineNumber(u16::from_be_bytes(bytes)))
}

fn date(from: &mut Reader<'_>) -> Result<BusinessDate, ReadError> {
    let ordinal = u32::from_be_bytes(from.array()?);
    BusinessDate::from_ordinal(ordinal).map_err(|_| ReadError::Invalid)
}

fn settlement_key(from: &mut Reader<'_>) -> Result<SettlementKey, ReadError> {
    Ok(SettlementKey {
        store_id: store_id(from)?,
        business_date: date(from)?,
        terminal: label(from)?,
        transaction: label(from)?,
    })
}

fn owner_id(from: &mut Reader<'_>) -> Result<OwnerId, ReadError> {
    match (from.byte()?, from.array()?) {
        (1, id) => Ok(OwnerId::User(UserId(id))),
        (2, id) => Ok(OwnerId::Unclaimed(UnclaimedId(id))),
        (_, _) => Err(ReadError::Invalid),
    }
}
