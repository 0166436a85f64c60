//! What can be done for a settlement before its turn in the commit, on any thread: whose it is,
//! what its lines are called, and the sealed body. The commit checks again what may have moved.

use super::Ledger;
use super::buyer::Welcome;
use super::engine::Engine;
use super::foresee;
use super::key::{self, Kind, Space};
use super::names::Stand;
use super::value::codes::MemberCodeRow;
use super::value::people::AccountRow;
use super::value::purchase_row::Columns;
use super::value::settlement::{ClaimSource, SettlementRow};
use super::value::store::StoreRow;
use crate::body;
use crate::fault::Fault;
use crate::keyring::{Slot, Spare};
use crate::seal::DataKey;
use crate::write::{Prepared, Refusal};
use purchase::bytes::Writer;
use purchase::canonical::put_key;
use purchase::decide::Digest;
use purchase::id::{OwnerId, PurchaseId, SettlementKey, StoreId, UnclaimedId, UserId};
use purchase::member::{Member, MemberForm};
use purchase::naming::Naming;
use purchase::settlement::{Buyer, ClaimHash, Content, Settlement};
use purchase::store::IdentityNumber;
use purchase::time::Timestamp;
use std::sync::atomic::Ordering;

/// A settlement as it came through the door.
#[derive(Debug)]
pub struct Incoming {
    /// What was sent, proven.
    pub settlement: Settlement,
    /// The digest of its canonical bytes.
    pub digest: Digest,
    /// Its canonical bytes.
    pub canonical: Vec<u8>,
    /// The member code by which it names its buyer, if it has the form of one.
    pub member: Option<Member>,
    /// When it was received.
    pub received_at: Timestamp,
}

/// Whose a settlement is going to be.
struct Filing {
    owner: OwnerId,
    slot: Slot,
    key: DataKey,
    spare: Option<Spare>,
}

impl Ledger {
    /// Finds out what can be found out before the commit. `derive` makes the hash of the claim
    /// code that belongs to a secret of 32 bytes; it is asked only if the purchase is nobody's.
    ///
    /// # Errors
    /// [`Fault`] if the memory cannot be read; what is wrong with the settlement itself comes out
    /// of the commit, because a settlement that was recorded before is never refused.
    pub fn prepare(
        &self,
        incoming: Incoming,
        derive: fn([u8; 32]) -> ClaimHash,
    ) -> Result<Prepared, Fault> {
        let received_at = incoming.received_at;
        let content = incoming.settlement.content();
        let erasures = self.erasures.load(Ordering::SeqCst);
        let at = incoming.settlement.effective_at(received_at);
        let purchase_id = self.purchase_id(&content.key, at);
        let mut store = self.store_row(&content.key.store_id);
        let mut refusal = self.refusal(store.as_deref(), content);
        if self.is_shared()
            && let Some(Refusal::StoreUnknown | Refusal::NotYourStore) = refusal
        {
            // Another server may have made the store, or brought it into the chain.
            self.renew_stores(&stores_of(content))?;
            store = self.store_row(&content.key.store_id);
            refusal = self.refusal(store.as_deref(), content);
        }
        let (None, Some(store)) = (&refusal, store) else {
            // It will be refused unless it was recorded before: nothing is worth sealing.
            return Ok(refused((incoming, derive), purchase_id, refusal));
        };
        let filing = self.filing(content, incoming.member, at)?;
        let derived = || derive(self.claim_secret(&content.key));
        let form = incoming.member.map(|member| member.form);
        let (claim, claim_source) = claim_of(content.claim, filing.owner, form, derived);
        let source = store.store.source();
        if self.is_shared()
            && let Some(revision) = content.mark.revision
            && revision > self.names.head(&self.engine, source)?.revision
        {
            // Another server may have taken the update that this till goes by.
            self.names.renew(&self.engine, source)?;
        }
        let named = self.names.resolve(&self.engine, source, content, at)?;
        let identity = store.store.identity_at(at);
        let columns = columns(content, received_at, filing.slot);
        let sealed = self.seal_body(
            &filing.key,
            &columns.context(filing.owner, purchase_id),
            (&incoming.canonical, identity, &named.names),
        );
        Ok(Prepared {
            settlement: incoming.settlement,
            digest: incoming.digest,
            canonical: incoming.canonical,
            received_at,
            purchase_id,
            claim,
            claim_source,
            derive,
            member: incoming.member,
            welcome: Welcome::Usual,
            owner: filing.owner,
            slot: filing.slot,
            data_key: filing.key,
            spare: filing.spare,
            refusal: None,
            names: named.names,
            source: source.clone(),
            head: named.head,
            erasures,
            sealed,
        })
    }

    /// The id that the sale under `key` has, now and after any restore.
    pub(crate) fn purchase_id(&self, key: &SettlementKey, at: Timestamp) -> PurchaseId {
        let mac = self.mac(b"purchase", key);
        PurchaseId::new(at, mac.first_chunk::<10>().copied().unwrap_or_default())
    }

    /// The secret behind the claim code that the server derives for the sale under `key`.
    #[must_use]
    pub fn claim_secret(&self, key: &SettlementKey) -> [u8; 32] {
        self.mac(b"claim", key)
    }

    fn mac(&self, purpose: &[u8], key: &SettlementKey) -> [u8; 32] {
        let mut message = Writer::with_capacity(96);
        message.bytes(purpose);
        put_key(&mut message, key);
        let tag = ring::hmac::sign(&self.secret, message.as_slice());
        tag.as_ref()
            .first_chunk::<32>()
            .copied()
            .unwrap_or_default()
    }

    fn refusal(&self, store: Option<&StoreRow>, content: &Content) -> Option<Refusal> {
        let Some(StoreRow { store, .. }) = store else {
            return Some(Refusal::StoreUnknown);
        };
        if store.closed_at.is_some() {
            return Some(Refusal::StoreClosed);
        }
        if store.currency != content.currency {
            return Some(Refusal::CurrencyMismatch {
                expected: store.currency,
            });
        }
        let elsewhere = [content.of.as_ref().map(|of| &of.key), content.with.as_ref()];
        let foreign = elsewhere.into_iter().flatten().any(|key| {
            key.store_id != store.store_id
                && !self.store_row(&key.store_id).is_some_and(|other| {
                    store.chain_id.is_some() && other.store.chain_id == store.chain_id
                })
        });
        foreign.then_some(Refusal::NotYourStore)
    }

    /// The buyer if the server knows one; else the owner of the original; else nobody yet.
    fn filing(
        &self,
        content: &Content,
        member: Option<Member>,
        at: Timestamp,
    ) -> Result<Filing, Fault> {
        if let Some((owner, slot)) = self.known_owner(content, member, at)?
            && let Some(key) = self.living_key(owner, slot)?
        {
            return Ok(Filing {
                owner,
                slot,
                key,
                spare: None,
            });
        }
        let spare = self.take_key()?;
        Ok(Filing {
            owner: OwnerId::Unclaimed(UnclaimedId(spare.holder.0)),
            slot: spare.slot,
            key: spare.key.clone(),
            spare: Some(spare),
        })
    }

    fn known_owner(
        &self,
        content: &Content,
        member: Option<Member>,
        at: Timestamp,
    ) -> Result<Option<(OwnerId, Slot)>, Fault> {
        let person = match (foresee::buyer(&content.buyer), member) {
            (Some(user_id), _) => Some(user_id),
            (None, Some(member)) => self.person_by(member, (&content.key, at))?,
            (None, None) => None,
        };
        // In front of a database that is asked in the commit, which goes by nothing that was found before.
        let person = match (person, &self.engine) {
            (Some(user_id), Engine::Fjall(_)) => Some(self.heir(user_id)?),
            (person, _) => person,
        };
        if let Some(user_id) = person
            && let Some(slot) = self.identify(user_id)?
        {
            return Ok(Some((OwnerId::User(user_id), slot)));
        }
        let (Buyer::Absent, Some(of)) = (&content.buyer, &content.of) else {
            return Ok(None);
        };
        let row = key::settlement(Kind::Settlement, &of.key);
        let original = self
            .engine
            .read(Space::Facts, &row, SettlementRow::decode)?;
        Ok(original.map(|original| (original.owner, original.slot)))
    }

    /// Whose member code it is, if it seems good. In front of a database what is kept of it may be old:
    /// it is judged again in the commit.
    fn person_by(
        &self,
        member: Member,
        (by, at): (&SettlementKey, Timestamp),
    ) -> Result<Option<UserId>, Fault> {
        let row_key = key::member_code(member.hash);
        let row = match self.hot.get(&row_key) {
            Some(hot) => Some(MemberCodeRow::decode(&hot)?),
            None => self
                .engine
                .read(Space::Facts, &row_key, MemberCodeRow::decode)?,
        };
        let good = row.filter(|row| row.is_good_for(by, at));
        Ok(good.map(|row| row.user_id))
    }

    /// Where the key of the person is that a device meant, if the server knows one.
    fn identify(&self, user_id: UserId) -> Result<Option<Slot>, Fault> {
        let row = key::user(Kind::Account, user_id);
        let account = match self.hot.get(&row) {
            Some(hot) => Some(AccountRow::decode(&hot)?),
            None => self.engine.read(Space::Facts, &row, |bytes| {
                // The slot, which is all that is used here, never changes; an erased person is found
                // out in the commit.
                if self.is_shared() {
                    self.hot.keep(&row, bytes);
                }
                AccountRow::decode(bytes)
            })?,
        };
        Ok(account.map(|account| account.slot))
    }

    /// The key of an owner; none if the owner was erased.
    fn living_key(&self, owner: OwnerId, slot: Slot) -> Result<Option<DataKey>, Fault> {
        let found = self.keyring.key(key::holder(owner), slot)?;
        if found.is_none()
            && self
                .engine
                .get(Space::Facts, &key::erased(owner))?
                .is_none()
        {
            return Err(Fault::KeyMissing {
                what: owner_text(owner),
            });
        }
        Ok(found)
    }

    /// The key of an owner who is not erased.
    pub(crate) fn data_key(&self, owner: OwnerId, slot: Slot) -> Result<DataKey, Fault> {
        self.keyring
            .key(key::holder(owner), slot)?
            .ok_or_else(|| Fault::KeyMissing {
                what: owner_text(owner),
            })
    }

    pub(crate) fn seal_body(
        &self,
        data_key: &DataKey,
        context: &[u8],
        (canonical, identity, names): (&[u8], IdentityNumber, &[Naming]),
    ) -> Vec<u8> {
        let body = body::encode(canonical, identity, names);
        data_key.seal(self.keyring.nonce(), context, &body)
    }
}

/// The hash by which it is claimed, and where that comes from. Of what seems to be a person's none is derived:
/// should it turn out not to be once its turn has come, there is time enough.
fn claim_of(
    printed: Option<ClaimHash>,
    owner: OwnerId,
    form: Option<MemberForm>,
    derived: impl FnOnce() -> ClaimHash,
) -> (Option<ClaimHash>, ClaimSource) {
    match (printed, owner, form) {
        (Some(hash), _, _) => (Some(hash), ClaimSource::Till),
        // The store is told the same whether a card is known or not.
        (None, OwnerId::Unclaimed(_), _) | (None, OwnerId::User(_), Some(MemberForm::Card)) => {
            (Some(derived()), ClaimSource::Derived)
        }
        (None, OwnerId::User(_), Some(MemberForm::Short) | None) => (None, ClaimSource::None),
    }
}

/// The stores that a settlement speaks of.
fn stores_of(content: &Content) -> Vec<&StoreId> {
    let of = content.of.as_ref().map(|of| &of.key);
    let keys = [Some(&content.key), of, content.with.as_ref()];
    let keys = keys.into_iter().flatten();
    keys.map(|key| &key.store_id).collect()
}

/// A settlement that is going to be refused, with nothing sealed.
fn refused(
    (incoming, derive): (Incoming, fn([u8; 32]) -> ClaimHash),
    purchase_id: PurchaseId,
    refusal: Option<Refusal>,
) -> Prepared {
    let source = incoming.settlement.content().key.store_id.clone();
    Prepared {
        settlement: incoming.settlement,
        digest: incoming.digest,
        canonical: incoming.canonical,
        received_at: incoming.received_at,
        purchase_id,
        claim: None,
        claim_source: ClaimSource::None,
        derive,
        member: None,
        welcome: Welcome::Usual,
        owner: OwnerId::Unclaimed(UnclaimedId([0; 16])),
        slot: Slot(0),
        data_key: DataKey::new([0; 32]),
        spare: None,
        refusal: Some(refusal.unwrap_or(Refusal::StoreUnknown)),
        names: Vec::new(),
        source,
        head: Stand::NOWHERE,
        erasures: 0,
        sealed: Vec::new(),
    }
}

/// The clear columns of a purchase.
pub(crate) fn columns(content: &Content, received_at: Timestamp, slot: Slot) -> Columns {
    Columns {
        slot,
        received_at,
        kind: content.kind,
        currency: content.currency,
        total: content.total,
        store_id: content.key.store_id.clone(),
    }
}

/// An owner as people read it.
pub(crate) fn owner_text(owner: OwnerId) -> String {
    match owner {
        OwnerId::User(id) => id.to_string(),
        OwnerId::Unclaimed(id) => id.to_string(),
    }
}
