//! Partners, and what people consent to give them: who has consented to whom, since when, until when and from
//! when on is decided and read here. No purchase is read or copied, and a partner is told of nobody but by a name
//! that only it knows.

use super::Ledger;
use super::draft::Draft;
use super::key::{self, Kind as Row, Space};
use super::leaves;
use super::person::Person;
use super::value::identity::{
    AccessBody, Accessor, Leaf, LeafSubject, Touched, decode_leaf_row, fit,
};
use super::value::partner::{CONSENTS_MAX, ConsentRow, PARTNERS_MAX, PartnerRow, Terms};
use super::value::people::{Opens, UserRow};
use crate::account::{Consent, Consents, Partner};
use crate::fault::Fault;
use crate::keyring::Slot;
use crate::write::{Changed, ConsentStep, PartnerStep, Reach};
use purchase::bytes::{ReadError, Reader, Writer};
use purchase::id::{AliasId, OwnerId, PartnerId, UserId};
use purchase::time::Timestamp;

/// How long a partner reads before the person's log says so again.
const TOLD_FOR_MS: i64 = 60 * 60 * 1_000;
/// Consents that are taken away in one step.
const CLEARED_PER_STEP: usize = 100;

impl Ledger {
    /// All partners, oldest first, those that are being taken away among them.
    ///
    /// # Errors
    /// [`Fault`] if they cannot be read.
    pub fn partners(&self) -> Result<Vec<Partner>, Fault> {
        let all = [key::number(Row::Partner)];
        let mut found = self
            .engine
            .prefix(Space::Facts, &all)
            .map(|pair| {
                let (row_key, row) = pair?;
                Ok(shown(partner_of(&row_key)?, PartnerRow::decode(&row)?))
            })
            .collect::<Result<Vec<_>, Fault>>()?;
        found.sort_by_key(|partner| (partner.created_at, partner.partner_id.0));
        Ok(found)
    }

    /// A partner, also one that is being taken away.
    ///
    /// # Errors
    /// [`Fault`] if it cannot be read.
    pub fn partner(&self, partner_id: PartnerId) -> Result<Option<Partner>, Fault> {
        let row_key = key::partner(Row::Partner, partner_id);
        let row = self
            .engine
            .read(Space::Facts, &row_key, PartnerRow::decode)?;
        Ok(row.map(|row| shown(partner_id, row)))
    }

    /// All that a person consented to, newest first, what is over among it.
    ///
    /// # Errors
    /// [`Fault`] if it cannot be read or opened.
    pub fn consents(&self, user_id: UserId) -> Result<Vec<Consent>, Fault> {
        let mut found = Vec::new();
        for leaf in self.leaves(user_id, LeafSubject::Consent)? {
            // Before there were partners nobody could consent; what was kept then is for none.
            let Some((partner_id, _)) = read_leaf(&leaf) else {
                continue;
            };
            let alias = self.alias(partner_id, user_id);
            let row_key = key::consent(partner_id, alias);
            let row = self
                .engine
                .read(Space::Facts, &row_key, ConsentRow::decode)?;
            found.extend(row.map(|row| given((partner_id, alias), row)));
        }
        found.sort_by_key(|consent| std::cmp::Reverse((consent.given_at, consent.partner_id.0)));
        Ok(found)
    }

    /// What somebody, as a partner knows one, gives it at an instant; none if it is nothing, whatever the reason.
    ///
    /// # Errors
    /// [`Fault`] if it cannot be read.
    pub fn consented(
        &self,
        partner_id: PartnerId,
        alias: AliasId,
        at: Timestamp,
    ) -> Result<Option<Consent>, Fault> {
        let is_there = self
            .partner(partner_id)?
            .is_some_and(|partner| partner.ended_at.is_none());
        if !is_there {
            return Ok(None);
        }
        let row_key = key::consent(partner_id, alias);
        let row = self
            .engine
            .read(Space::Facts, &row_key, ConsentRow::decode)?;
        let Some(row) = row else { return Ok(None) };
        let is_good = self.gives(&row, at)?;
        Ok(is_good.then(|| given((partner_id, alias), row)))
    }

    /// Those who give something to a partner at an instant, behind the one with which the last page ended. At
    /// most `limit` are looked at, so that a page may have fewer, or none.
    ///
    /// # Errors
    /// [`Fault`] if they cannot be read.
    pub fn consented_to(
        &self,
        partner_id: PartnerId,
        after: Option<AliasId>,
        limit: usize,
        at: Timestamp,
    ) -> Result<Consents, Fault> {
        let all = key::partner(Row::Consent, partner_id);
        let from = match after {
            Some(alias) => key::after(&key::consent(partner_id, alias)),
            None => all.clone(),
        };
        let rows = self.engine.range(Space::Facts, from, key::after(&all));
        let (mut consents, mut looked_at, mut last) = (Vec::new(), 0, None);
        for pair in rows.take(limit) {
            let (row_key, row) = pair?;
            let (place, row) = (consent_of(&row_key)?, ConsentRow::decode(&row)?);
            (looked_at, last) = (looked_at + 1, Some(place.1));
            if self.gives(&row, at)? {
                consents.push(given(place, row));
            }
        }
        Ok(Consents {
            consents,
            next: last.filter(|_| looked_at == limit),
        })
    }

    fn gives(&self, row: &ConsentRow, at: Timestamp) -> Result<bool, Fault> {
        if row.terms.until <= at {
            return Ok(false);
        }
        let user_key = key::user(Row::User, row.user_id);
        let user = self.engine.read(Space::Facts, &user_key, UserRow::decode)?;
        Ok(user.is_some_and(|user| stays(&user)))
    }

    /// A person as one partner knows one.
    pub(super) fn alias(&self, partner_id: PartnerId, user_id: UserId) -> AliasId {
        let mut message = Writer::default();
        // With a zero byte in front, as no operator's reference has.
        message.raw(b"\0partner");
        message.raw(&partner_id.0);
        message.raw(&user_id.0);
        let hash = self.keyed_hash(message.as_slice());
        AliasId(hash.first_chunk().copied().unwrap_or_default())
    }
}

/// Does somebody give what was consented to? Who asked to go, is suspended or goes into another account gives
/// nothing more.
fn stays(user: &UserRow) -> bool {
    user.leaving_at.is_none() && user.suspended.is_none()
}

fn shown(partner_id: PartnerId, row: PartnerRow) -> Partner {
    Partner {
        partner_id,
        name: row.name,
        purpose: row.purpose,
        url: row.url,
        created_at: row.created_at,
        ended_at: row.ended_at,
    }
}

const fn given((partner_id, alias): (PartnerId, AliasId), row: ConsentRow) -> Consent {
    Consent {
        partner_id,
        alias,
        user_id: row.user_id,
        given_at: row.terms.given_at,
        until: row.terms.until,
        from: row.terms.from,
        told_at: row.told_at,
    }
}

fn partner_of(row_key: &[u8]) -> Result<PartnerId, ReadError> {
    let mut from = Reader::new(row_key.get(1..).unwrap_or_default());
    let partner_id = PartnerId(from.array()?);
    from.finish()?;
    Ok(partner_id)
}

/// Takes the key of a consent apart.
pub(super) fn consent_of(row_key: &[u8]) -> Result<(PartnerId, AliasId), ReadError> {
    let mut from = Reader::new(row_key.get(1..).unwrap_or_default());
    let place = (PartnerId(from.array()?), AliasId(from.array()?));
    from.finish()?;
    Ok(place)
}

/// What a person's own record says; none of one that was kept before there were partners.
pub(super) fn read_leaf(leaf: &Leaf) -> Option<(PartnerId, Terms)> {
    let partner_id = PartnerId(leaf.of.as_slice().try_into().ok()?);
    Some((partner_id, Terms::decode(&leaf.value).ok()?))
}

pub(crate) fn write(
    draft: &mut Draft<'_>,
    at: Timestamp,
    step: PartnerStep,
) -> Result<Changed, Fault> {
    match step {
        PartnerStep::Add {
            partner_id,
            name,
            purpose,
            url,
            hash,
        } => {
            let row = PartnerRow {
                name,
                purpose,
                url,
                hash,
                created_at: at,
                ended_at: None,
            };
            add(draft, partner_id, &row)
        }
        PartnerStep::End { partner_id } => end(draft, at, partner_id),
        PartnerStep::Clear { partner_id } => clear(draft, partner_id),
    }
}

fn add(draft: &mut Draft<'_>, partner_id: PartnerId, row: &PartnerRow) -> Result<Changed, Fault> {
    if !fit([&row.name, &row.purpose].into_iter().chain(&row.url)) {
        return Ok(Changed::Full);
    }
    let row_key = key::partner(Row::Partner, partner_id);
    match draft.read(Space::Facts, &row_key, PartnerRow::decode)? {
        // Written again because the first answer was lost.
        Some(known) if known.hash == row.hash => return Ok(Changed::Same),
        Some(_) => return Ok(Changed::Different),
        None => {}
    }
    let all = [key::number(Row::Partner)];
    if draft.scan(Space::Facts, &all, PARTNERS_MAX)?.len() >= PARTNERS_MAX {
        return Ok(Changed::Full);
    }
    draft.put(Space::Facts, row_key, row.encode());
    let opens = Opens::Partner { partner_id };
    let secret_key = key::plain(Row::Secret, &row.hash);
    draft.put(Space::Facts, secret_key, opens.encode());
    Ok(Changed::Done)
}

fn end(draft: &mut Draft<'_>, at: Timestamp, partner_id: PartnerId) -> Result<Changed, Fault> {
    let row_key = key::partner(Row::Partner, partner_id);
    let Some(mut row) = draft.read(Space::Facts, &row_key, PartnerRow::decode)? else {
        return Ok(Changed::NotFound);
    };
    if row.ended_at.is_some() {
        return Ok(Changed::Same);
    }
    row.ended_at = Some(at);
    draft.take(Space::Facts, key::plain(Row::Secret, &row.hash));
    draft.put(Space::Facts, row_key, row.encode());
    Ok(Changed::Done)
}

fn clear(draft: &mut Draft<'_>, partner_id: PartnerId) -> Result<Changed, Fault> {
    let row_key = key::partner(Row::Partner, partner_id);
    let Some(row) = draft.read(Space::Facts, &row_key, PartnerRow::decode)? else {
        return Ok(Changed::NotFound);
    };
    if row.ended_at.is_none() {
        return Ok(Changed::Different);
    }
    let all = key::partner(Row::Consent, partner_id);
    let rows = draft.scan(Space::Facts, &all, CLEARED_PER_STEP)?;
    let is_last = rows.len() < CLEARED_PER_STEP;
    for (consent_key, row) in rows {
        let user_id = ConsentRow::decode(&row)?.user_id;
        leaves::take(draft, user_id, LeafSubject::Consent, &partner_id.0)?;
        draft.take(Space::Facts, consent_key);
    }
    if is_last {
        draft.take(Space::Facts, row_key);
        return Ok(Changed::Done);
    }
    Ok(Changed::Same)
}

pub(crate) fn consent(
    draft: &mut Draft<'_>,
    at: Timestamp,
    step: ConsentStep,
) -> Result<Changed, Fault> {
    match step {
        ConsentStep::Give {
            user_id,
            partner_id,
            until,
            reach,
        } => give(draft, at, (user_id, partner_id), (until, reach)),
        ConsentStep::Revoke {
            user_id,
            partner_id,
        } => revoke(draft, user_id, partner_id),
        ConsentStep::Told { partner_id, alias } => tell(draft, at, partner_id, alias),
    }
}

/// The partner as of this batch; none if it has ended.
fn find(draft: &Draft<'_>, partner_id: PartnerId) -> Result<Option<PartnerRow>, Fault> {
    let row_key = key::partner(Row::Partner, partner_id);
    let row = draft.read(Space::Facts, &row_key, PartnerRow::decode)?;
    Ok(row.filter(|row| row.ended_at.is_none()))
}

fn give(
    draft: &mut Draft<'_>,
    at: Timestamp,
    (user_id, partner_id): (UserId, PartnerId),
    (until, reach): (Timestamp, Reach),
) -> Result<Changed, Fault> {
    let user_key = key::user(Row::User, user_id);
    let user = draft.read(Space::Facts, &user_key, UserRow::decode)?;
    let may_give = user.is_some_and(|user| stays(&user));
    if !may_give || find(draft, partner_id)?.is_none() {
        return Ok(Changed::NotFound);
    }
    let row_key = key::consent(partner_id, draft.ledger.alias(partner_id, user_id));
    let known = draft.read(Space::Facts, &row_key, ConsentRow::decode)?;
    if known.is_none() {
        let prefix = key::leaves(user_id, LeafSubject::Consent.number());
        if draft.scan(Space::Facts, &prefix, CONSENTS_MAX)?.len() >= CONSENTS_MAX {
            return Ok(Changed::Full);
        }
    }
    let good = known.filter(|row| row.terms.until > at);
    let since = good.and_then(|row| row.terms.from);
    let terms = Terms {
        given_at: good.map_or(at, |row| row.terms.given_at),
        until,
        from: match reach {
            Reach::Everything => None,
            Reach::FromNow => Some(since.unwrap_or(at)),
        },
    };
    let row = ConsentRow {
        user_id,
        terms,
        told_at: known.and_then(|row| row.told_at),
    };
    if known == Some(row) {
        return Ok(Changed::Same);
    }
    let leaf = Leaf {
        of: partner_id.0.to_vec(),
        value: terms.encode(),
    };
    match leaves::put(draft, user_id, LeafSubject::Consent, leaf)? {
        Changed::Done | Changed::Same => {
            draft.put(Space::Facts, row_key, row.encode());
            Ok(Changed::Done)
        }
        refused @ (Changed::Different | Changed::NotFound | Changed::Last | Changed::Full) => {
            Ok(refused)
        }
    }
}

fn revoke(draft: &mut Draft<'_>, user_id: UserId, partner_id: PartnerId) -> Result<Changed, Fault> {
    let row_key = key::consent(partner_id, draft.ledger.alias(partner_id, user_id));
    if draft.get(Space::Facts, &row_key)?.is_none() {
        return Ok(Changed::NotFound);
    }
    draft.take(Space::Facts, row_key);
    leaves::take(draft, user_id, LeafSubject::Consent, &partner_id.0)
}

fn tell(
    draft: &mut Draft<'_>,
    at: Timestamp,
    partner_id: PartnerId,
    alias: AliasId,
) -> Result<Changed, Fault> {
    let row_key = key::consent(partner_id, alias);
    let row = draft.read(Space::Facts, &row_key, ConsentRow::decode)?;
    let row = row.filter(|row| row.terms.until > at);
    let (Some(mut row), Some(partner)) = (row, find(draft, partner_id)?) else {
        return Ok(Changed::NotFound);
    };
    let person = Person::find(draft, row.user_id)?.filter(|person| stays(&person.row));
    let Some(mut person) = person else {
        return Ok(Changed::NotFound);
    };
    let again_at = row.told_at.map(|told_at| told_at.plus_ms(TOLD_FOR_MS));
    if again_at.is_some_and(|again_at| again_at > at) {
        return Ok(Changed::Same);
    }
    row.told_at = Some(at);
    draft.put(Space::Facts, row_key, row.encode());
    let entry = AccessBody {
        by: Accessor::Partner { name: partner.name },
        what: Touched::Delivery,
        reason: Some(partner.purpose),
    };
    leaves::note(draft, at, &mut person, &entry)?;
    Ok(Changed::Done)
}

/// Takes away what partners have of a person who is erased.
pub(super) fn erase(draft: &mut Draft<'_>, user_id: UserId, slot: Slot) -> Result<(), Fault> {
    let holder = key::holder(OwnerId::User(user_id));
    let Some(data_key) = draft.ledger.keyring.key(holder, slot)? else {
        // Without the key nobody can say to whom it was given; nobody is left who gives it.
        return Ok(());
    };
    let prefix = key::leaves(user_id, LeafSubject::Consent.number());
    for (row_key, row) in draft.scan(Space::Facts, &prefix, usize::MAX)? {
        let leaf = Leaf::decode(&data_key.open(&row_key, &decode_leaf_row(&row)?)?)?;
        forget(draft, user_id, &leaf);
    }
    Ok(())
}

/// Takes away what a partner has of a person, as the person's own record names it.
pub(super) fn forget(draft: &mut Draft<'_>, user_id: UserId, leaf: &Leaf) {
    if let Some((partner_id, _)) = read_leaf(leaf) {
        let alias = draft.ledger.alias(partner_id, user_id);
        draft.take(Space::Facts, key::consent(partner_id, alias));
    }
}
