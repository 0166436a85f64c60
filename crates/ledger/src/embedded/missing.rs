//! Receipts that people miss: a person asks a store, and the store gives a sale that is nobody's, or says why
//! not. The same commit decides that the person still waits and that the sale is still nobody's. What was asked
//! is sealed under the person's key, who asked under the store's; neither row shows the other.

use super::Ledger;
use super::draft::Draft;
use super::engine::Copied;
use super::key::{self, Kind as Row, Space};
use super::leaves;
use super::person::Person;
use super::refile::refile;
use super::value::identity::{AccessBody, Accessor, Touched};
use super::value::missing::{
    Described, Fate, MissingBody, Sale, SoughtBody, WORDS_CHARS_MAX, WhyNot, decode_sealed,
    encode_sealed,
};
use super::value::settlement::SettlementRow;
use super::value::store::StoreRow;
use crate::fault::Fault;
use crate::keyring::Slot;
use crate::seal::DataKey;
use crate::write::{
    MISSING_OPEN_MAX, MissingStep, MissingWritten, Resume, SOUGHT_BY_STRANGERS_MAX, SOUGHT_MAX,
    SOUGHT_MS, Written,
};
use purchase::bytes::{ReadError, Reader};
use purchase::id::{
    MissingId, OwnerId, PurchaseId, SettlementKey, SoughtId, StoreId, TokenId, UserId,
};
use purchase::settlement::Kind;
use purchase::text::{Text, check};
use purchase::time::Timestamp;

mod look;

/// Receipts of one person that are no longer looked for and are kept; the oldest beyond go.
const ENDED_KEPT: usize = 200;
/// Rows that one step of housekeeping looks at.
const PER_STEP: usize = 200;

pub(super) fn write(
    draft: &mut Draft<'_>,
    at: Timestamp,
    step: MissingStep,
) -> Result<Written, Fault> {
    let written = match step {
        MissingStep::Ask {
            user_id,
            store_id,
            missing_id,
            sought_id,
            described,
        } => {
            let body = MissingBody {
                store_id,
                sought_id,
                asked_at: at,
                described: *described,
                fate: Fate::Open,
            };
            ask(draft, user_id, missing_id, &body)?
        }
        MissingStep::Withdraw {
            user_id,
            missing_id,
        } => withdraw(draft, user_id, missing_id)?,
        MissingStep::Give {
            sought_id,
            settlement,
            by,
        } => give(draft, at, sought_id, (&settlement, by))?,
        MissingStep::Refuse {
            store_id,
            sought_id,
            why,
            words,
            by,
        } => refuse(draft, at, (&store_id, sought_id), (why, words), by)?,
        MissingStep::Expire { store_id, before } => expire(draft, at, &store_id, before)?,
        MissingStep::Forget { before, resume } => {
            return Ok(Written::Pruned(forget(draft, before, resume)?));
        }
    };
    Ok(Written::Missing(written))
}

/// A receipt that a store is to look for, with whoever misses it.
struct Asked {
    row_key: Vec<u8>,
    person: Person,
    missing_id: MissingId,
    body: MissingBody,
}

impl Asked {
    /// Writes what became of it, and takes it from the store.
    fn end(mut self, draft: &mut Draft<'_>, fate: Fate) -> Person {
        self.body.fate = fate;
        put(draft, &self.person, self.missing_id, &self.body);
        draft.take(Space::Facts, self.row_key);
        self.person
    }
}

fn ask(
    draft: &mut Draft<'_>,
    user_id: UserId,
    missing_id: MissingId,
    body: &MissingBody,
) -> Result<MissingWritten, Fault> {
    let (Some(person), Some(store)) = (Person::find(draft, user_id)?, draft.store(&body.store_id)?)
    else {
        return Ok(MissingWritten::NotFound);
    };
    if !body.described.fits_a_row() {
        return Ok(MissingWritten::NotFound);
    }
    let all = all_of(draft, &person)?;
    let now = body.asked_at;
    let open = all
        .iter()
        .filter(|(_, body)| body.fate == Fate::Open && is_open(body.asked_at, now));
    // Sent again because the answer was lost, it has this very id.
    if let Some((known, _)) = open.clone().find(|(_, other)| is_same(other, body)) {
        return Ok(MissingWritten::AskedBefore(*known));
    }
    if open.count() >= MISSING_OPEN_MAX {
        return Ok(MissingWritten::TooMany);
    }
    let places = match has_bought(draft, user_id)? {
        true => SOUGHT_MAX,
        false => SOUGHT_BY_STRANGERS_MAX,
    };
    if open_rows(draft, &body.store_id, now, places)?.len() >= places {
        return Ok(MissingWritten::Crowded);
    }
    keep_newest(draft, user_id, all);
    put(draft, &person, missing_id, body);
    lead(draft, &store, body, (user_id, missing_id))?;
    Ok(MissingWritten::Asked(missing_id))
}

/// Do both ask the same store for the same receipt?
fn is_same(one: &MissingBody, other: &MissingBody) -> bool {
    other.store_id == one.store_id && other.described.is_same(&one.described)
}

/// Writes for the store who asks it.
fn lead(
    draft: &mut Draft<'_>,
    store: &StoreRow,
    body: &MissingBody,
    (user_id, missing_id): (UserId, MissingId),
) -> Result<(), Fault> {
    let row_key = key::sought(&body.store_id, body.asked_at, body.sought_id);
    let data_key = store_key(draft.ledger, store)?;
    draft.seals_with(store.holder, &data_key);
    let leads = SoughtBody {
        user_id,
        missing_id,
    };
    let sealed = data_key.seal(draft.ledger.keyring.nonce(), &row_key, &leads.encode());
    draft.put(Space::Facts, row_key, encode_sealed(&sealed));
    Ok(())
}

/// Moves what somebody asked whose account goes into another one, `limit` receipts at most; says how many there
/// were. Of a receipt that both miss, the one of the new account stays.
pub(super) fn move_some(
    draft: &mut Draft<'_>,
    (old, new): (&Person, &Person),
    limit: usize,
) -> Result<usize, Fault> {
    let rows = draft.scan(Space::Facts, &key::user(Row::Missing, old.user_id), limit)?;
    if rows.is_empty() {
        return Ok(0);
    }
    let known = all_of(draft, new)?;
    for (row_key, row) in &rows {
        let (_, missing_id) = missing_of(row_key)?;
        let body = MissingBody::decode(&old.open(row_key, &decode_sealed(row)?)?)?;
        let is_open = body.fate == Fate::Open;
        let is_known = |(_, other): &(MissingId, MissingBody)| {
            other.fate == Fate::Open && is_same(other, &body)
        };
        if is_open && known.iter().any(is_known) {
            leave(draft, old.user_id, missing_id, &body);
            continue;
        }
        put(draft, new, missing_id, &body);
        draft.take(Space::Facts, row_key.clone());
        let sought_key = key::sought(&body.store_id, body.asked_at, body.sought_id);
        if is_open
            && draft.get(Space::Facts, &sought_key)?.is_some()
            && let Some(store) = draft.store(&body.store_id)?
        {
            lead(draft, &store, &body, (new.user_id, missing_id))?;
        }
    }
    Ok(rows.len())
}

/// Is what was asked then still open?
fn is_open(asked_at: Timestamp, now: Timestamp) -> bool {
    asked_at.plus_ms(SOUGHT_MS) > now
}

/// The key before which nothing is that a store is still asked; behind it lies nothing that has expired.
fn first_open(store_id: &StoreId, now: Timestamp) -> Vec<u8> {
    key::sought(store_id, now.plus_ms(1 - SOUGHT_MS), SoughtId([0; 16]))
}

/// What a store is still asked, whether or not the rest was swept away yet.
fn open_rows(
    draft: &Draft<'_>,
    store_id: &StoreId,
    now: Timestamp,
    limit: usize,
) -> Result<Vec<Copied>, Fault> {
    let prefix = key::of_store(Row::Sought, store_id);
    draft.scan_from(Space::Facts, &prefix, first_open(store_id, now), limit)
}

/// Has anything ever been filed under a person? An account costs nothing, a purchase does.
fn has_bought(draft: &Draft<'_>, user_id: UserId) -> Result<bool, Fault> {
    let book = key::of_owner(OwnerId::User(user_id));
    Ok(!draft.scan(Space::Purchases, &book, 1)?.is_empty())
}

/// Takes the oldest away of what is no longer looked for, if there is too much of it.
fn keep_newest(draft: &mut Draft<'_>, user_id: UserId, all: Vec<(MissingId, MissingBody)>) {
    let ended = |(id, body): (MissingId, MissingBody)| Some((body.fate.ended_at()?, id));
    let mut ended: Vec<_> = all.into_iter().filter_map(ended).collect();
    ended.sort_unstable();
    let beyond = (ended.len() + 1).saturating_sub(ENDED_KEPT);
    for (_, id) in ended.into_iter().take(beyond) {
        draft.take(Space::Facts, key::missing(user_id, id));
    }
}

fn withdraw(
    draft: &mut Draft<'_>,
    user_id: UserId,
    missing_id: MissingId,
) -> Result<MissingWritten, Fault> {
    let Some(person) = Person::find(draft, user_id)? else {
        return Ok(MissingWritten::NotFound);
    };
    let Some(body) = read(draft, &person, missing_id)? else {
        return Ok(MissingWritten::Nothing);
    };
    leave(draft, user_id, missing_id, &body);
    Ok(MissingWritten::Done)
}

/// Takes the person's row away, and the store's as long as there is one.
fn leave(draft: &mut Draft<'_>, user_id: UserId, missing_id: MissingId, body: &MissingBody) {
    if body.fate == Fate::Open {
        let row_key = key::sought(&body.store_id, body.asked_at, body.sought_id);
        draft.take(Space::Facts, row_key);
    }
    draft.take(Space::Facts, key::missing(user_id, missing_id));
}

fn give(
    draft: &mut Draft<'_>,
    at: Timestamp,
    sought_id: SoughtId,
    (settlement, by): (&SettlementKey, TokenId),
) -> Result<MissingWritten, Fault> {
    let Some(asked) = find(draft, at, &settlement.store_id, sought_id)? else {
        return Ok(MissingWritten::Closed);
    };
    let Some((owner, purchase_id)) = free(draft, settlement, &asked.body.described)? else {
        return Ok(MissingWritten::Taken);
    };
    let user_id = asked.person.user_id;
    refile(
        draft,
        owner,
        (OwnerId::User(user_id), asked.person.row.slot),
    )?;
    let person = asked.end(draft, Fate::Found { purchase_id, at });
    note(draft, at, person, by)?;
    Ok(MissingWritten::Given(purchase_id))
}

/// The sale as long as nobody owns it, if it fits what somebody says of a receipt.
fn free(
    draft: &Draft<'_>,
    settlement: &SettlementKey,
    described: &Described,
) -> Result<Option<(OwnerId, PurchaseId)>, Fault> {
    let row_key = key::settlement(Row::Settlement, settlement);
    let Some(row) = draft.read(Space::Facts, &row_key, SettlementRow::decode)? else {
        return Ok(None);
    };
    if !is_free(&row) {
        return Ok(None);
    }
    // In a ledger that commits in two steps the settlement is there a moment before the purchase.
    let body_key = key::body(row.owner, row.purchase_id);
    if draft.get(Space::Purchases, &body_key)?.is_none() {
        draft.give_way("what is given is still to be filed")?;
    }
    let body = draft
        .ledger
        .open_row(draft, row.owner, row.purchase_id)?
        .body;
    let content = body.settlement.content();
    let fits = described.fits(&Sale {
        date: settlement.business_date,
        total: row.total,
        terminal: &settlement.terminal,
        transaction: &settlement.transaction,
        receipt_number: content.receipt_number.as_ref(),
    });
    Ok(fits.then_some((row.owner, row.purchase_id)))
}

/// Is it a sale that stands, and nobody's? What came back with it lies with it, and goes along.
fn is_free(row: &SettlementRow) -> bool {
    let is_nobodys = match row.owner {
        OwnerId::Unclaimed(_) => true,
        OwnerId::User(_) => false,
    };
    is_nobodys && row.kind == Kind::Sale && row.voided_by.is_none()
}

fn refuse(
    draft: &mut Draft<'_>,
    at: Timestamp,
    (store_id, sought_id): (&StoreId, SoughtId),
    (why, words): (WhyNot, Option<Text>),
    by: TokenId,
) -> Result<MissingWritten, Fault> {
    let fits = words
        .as_ref()
        .is_none_or(|words| check(words.as_str(), WORDS_CHARS_MAX).is_ok());
    if !fits {
        return Ok(MissingWritten::NotFound);
    }
    let Some(asked) = find(draft, at, store_id, sought_id)? else {
        return Ok(MissingWritten::Closed);
    };
    let person = asked.end(draft, Fate::NotFound { why, words, at });
    note(draft, at, person, by)?;
    Ok(MissingWritten::Done)
}

/// The person sees who answered.
fn note(
    draft: &mut Draft<'_>,
    at: Timestamp,
    mut person: Person,
    by: TokenId,
) -> Result<(), Fault> {
    let entry = AccessBody {
        by: Accessor::Operator { token_id: by },
        what: Touched::Missing,
        reason: None,
    };
    leaves::note(draft, at, &mut person, &entry)
}

/// What a store is asked under this id, as long as it is: not what has expired and was not swept yet.
fn find(
    draft: &Draft<'_>,
    now: Timestamp,
    store_id: &StoreId,
    sought_id: SoughtId,
) -> Result<Option<Asked>, Fault> {
    for (row_key, row) in open_rows(draft, store_id, now, SOUGHT_MAX)? {
        if sought_of(store_id, &row_key)?.1 == sought_id {
            return follow(draft, store_id, (row_key, &row));
        }
    }
    Ok(None)
}

/// Follows a store's row to the person's; none if there is no such person, or the person knows nothing of it.
fn follow(
    draft: &Draft<'_>,
    store_id: &StoreId,
    (row_key, row): (Vec<u8>, &[u8]),
) -> Result<Option<Asked>, Fault> {
    let Some(store) = draft.store(store_id)? else {
        return Ok(None);
    };
    let data_key = store_key(draft.ledger, &store)?;
    let leads = SoughtBody::decode(&data_key.open(&row_key, &decode_sealed(row)?)?)?;
    let Some(person) = Person::find(draft, leads.user_id)? else {
        return Ok(None);
    };
    let body = read(draft, &person, leads.missing_id)?;
    Ok(body.map(|body| Asked {
        row_key,
        person,
        missing_id: leads.missing_id,
        body,
    }))
}

/// Ends what a store was asked too long ago.
fn expire(
    draft: &mut Draft<'_>,
    at: Timestamp,
    store_id: &StoreId,
    before: Timestamp,
) -> Result<MissingWritten, Fault> {
    let prefix = key::of_store(Row::Sought, store_id);
    let mut written = MissingWritten::Nothing;
    for (row_key, row) in draft.scan(Space::Facts, &prefix, PER_STEP)? {
        if sought_of(store_id, &row_key)?.0 >= before {
            break;
        }
        written = MissingWritten::Done;
        match follow(draft, store_id, (row_key.clone(), &row))? {
            Some(asked) => drop(asked.end(draft, Fate::Expired { at })),
            None => draft.take(Space::Facts, row_key),
        }
    }
    Ok(written)
}

/// Takes away what ended too long ago, as far as one step goes.
fn forget(
    draft: &mut Draft<'_>,
    before: Timestamp,
    resume: Option<Resume>,
) -> Result<Option<Resume>, Fault> {
    let all = [key::number(Row::Missing)];
    let from = resume.map_or_else(|| all.to_vec(), |resume| resume.0);
    let rows = draft.scan_from(Space::Facts, &all, from, PER_STEP)?;
    let next = (rows.len() == PER_STEP).then(|| rows.last()).flatten();
    let next = next.map(|(row_key, _)| Resume(key::after(row_key)));
    let mut person: Option<Person> = None;
    for (row_key, row) in rows {
        let (user_id, _) = missing_of(&row_key)?;
        if person.as_ref().is_none_or(|known| known.user_id != user_id) {
            person = Person::find(draft, user_id)?;
        }
        let is_over = match person.as_ref().filter(|known| known.user_id == user_id) {
            Some(known) => {
                let body = MissingBody::decode(&known.open(&row_key, &decode_sealed(&row)?)?)?;
                body.fate
                    .ended_at()
                    .is_some_and(|ended_at| ended_at < before)
            }
            None => true,
        };
        if is_over {
            draft.take(Space::Facts, row_key);
        }
    }
    Ok(next)
}

/// Takes everything away that somebody asked who is erased, and that stores were asked for that.
pub(super) fn erase(draft: &mut Draft<'_>, user_id: UserId, slot: Slot) -> Result<(), Fault> {
    let holder = key::holder(OwnerId::User(user_id));
    let data_key = draft.ledger.keyring.key(holder, slot)?;
    for (row_key, row) in list(draft, user_id)? {
        // Without the key nobody can say which store was asked; its row ends by itself.
        if let Some(data_key) = &data_key {
            let body = MissingBody::decode(&data_key.open(&row_key, &decode_sealed(&row)?)?)?;
            leave(draft, user_id, missing_of(&row_key)?.1, &body);
        }
        draft.take(Space::Facts, row_key);
    }
    Ok(())
}

fn list(draft: &Draft<'_>, user_id: UserId) -> Result<Vec<Copied>, Fault> {
    let prefix = key::user(Row::Missing, user_id);
    draft.scan(Space::Facts, &prefix, usize::MAX)
}

fn all_of(draft: &Draft<'_>, person: &Person) -> Result<Vec<(MissingId, MissingBody)>, Fault> {
    let rows = list(draft, person.user_id)?;
    rows.into_iter()
        .map(|(row_key, row)| {
            let body = person.open(&row_key, &decode_sealed(&row)?)?;
            Ok((missing_of(&row_key)?.1, MissingBody::decode(&body)?))
        })
        .collect()
}

fn read(
    draft: &Draft<'_>,
    person: &Person,
    missing_id: MissingId,
) -> Result<Option<MissingBody>, Fault> {
    let row_key = key::missing(person.user_id, missing_id);
    let sealed = draft.read(Space::Facts, &row_key, decode_sealed)?;
    sealed
        .map(|sealed| MissingBody::decode(&person.open(&row_key, &sealed)?))
        .transpose()
}

fn put(draft: &mut Draft<'_>, person: &Person, missing_id: MissingId, body: &MissingBody) {
    let row_key = key::missing(person.user_id, missing_id);
    let sealed = person.seal(draft, &row_key, &body.encode());
    draft.put(Space::Facts, row_key, encode_sealed(&sealed));
}

/// The key of a store, under which is sealed who asks it.
pub(super) fn store_key(ledger: &Ledger, store: &StoreRow) -> Result<DataKey, Fault> {
    ledger
        .keyring
        .key(store.holder, store.slot)?
        .ok_or_else(|| Fault::KeyMissing {
            what: format!("store {}", store.store.store_id),
        })
}

/// What stands behind the store in the key of its row.
pub(super) fn sought_of(
    store_id: &StoreId,
    row_key: &[u8],
) -> Result<(Timestamp, SoughtId), ReadError> {
    let rest = row_key.get(store_id.as_str().len() + 2..);
    let mut from = Reader::new(rest.unwrap_or_default());
    let ms = i64::from_be_bytes(from.array()?);
    let asked_at = Timestamp::from_ms(ms).map_err(|_| ReadError::Invalid)?;
    let id = SoughtId(from.array()?);
    from.finish()?;
    Ok((asked_at, id))
}

/// Takes the key of a person's row apart.
pub(super) fn missing_of(row_key: &[u8]) -> Result<(UserId, MissingId), ReadError> {
    let mut from = Reader::new(row_key.get(1..).unwrap_or_default());
    let taken = (UserId(from.array()?), MissingId(from.array()?));
    from.finish()?;
    Ok(taken)
}
