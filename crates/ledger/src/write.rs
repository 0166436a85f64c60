//! Everything that can be written, as values. A batch of these is the only way to change the
//! ledger: it enters whole, durably, or not at all, and each write has an outcome of its own.

use crate::account::{ClaimSource, Shown};
use crate::embedded::names::Stand;
pub use crate::embedded::value::store::Credential;
use crate::keyring::{Slot, Spare};
use crate::profile::Profile;
use crate::seal::DataKey;
use purchase::catalogue::{Change, Head};
use purchase::code::PatternsChange;
use purchase::decide::Digest;
use purchase::id::{
    DeviceId, ItemCode, OwnerId, PurchaseId, Revision, SettlementKey, StoreId, TokenId, UserId,
};
use purchase::member::{Member, MemberForm, MemberHash};
use purchase::money::{Amount, Currency};
use purchase::naming::Naming;
use purchase::settlement::{ClaimHash, Settlement};
use purchase::store::{ChainId, Identity, Store};
use purchase::text::Text;
use purchase::time::Timestamp;
use purchase::warning::Warnings;

mod identity;
mod operator;

pub use identity::{FirstKey, LeafStep, NewSession, SessionStep, SignInStep};
pub use operator::{NewOperator, Noted};

/// One write.
#[derive(Clone, Debug)]
pub enum Write {
    /// A settlement, prepared by [`crate::Ledger::prepare`].
    Settle(Box<Prepared>),
    /// A new store.
    AddStore(Box<Store>),
    /// A store presents itself differently from an instant on.
    AddIdentity {
        /// The store.
        store_id: StoreId,
        /// How.
        identity: Box<Identity>,
    },
    /// A store's chain, and the store whose catalogue it follows, are these from now on.
    Link {
        /// The store.
        store_id: StoreId,
        /// The chain; none if it belongs to none.
        chain_id: Option<ChainId>,
        /// Whose catalogue it follows; none if it has its own.
        catalogue_of: Option<StoreId>,
    },
    /// Something of chains.
    Chain(Chaining),
    /// A store writes nothing more.
    CloseStore {
        /// The store.
        store_id: StoreId,
    },
    /// A machine for a store.
    AddDevice {
        /// The store.
        store_id: StoreId,
        /// Its id.
        device_id: DeviceId,
        /// What the operator calls it.
        name: Text,
        /// The hash of its key.
        hash: [u8; 32],
    },
    /// Something of machines that sign: how they come, and their keys.
    Joining(Joining),
    /// A machine's key stops working.
    RevokeDevice {
        /// The store.
        store_id: StoreId,
        /// The machine.
        device_id: DeviceId,
    },
    /// A person.
    AddUser {
        /// A durable key, whose holder becomes the person's id.
        spare: Spare,
        /// What is known of the person; it may be nothing.
        profile: Box<Profile>,
        /// What opens the account first.
        first: FirstKey,
    },
    /// A further key to an account.
    AddToken {
        /// Whose.
        user_id: UserId,
        /// Its id.
        token_id: TokenId,
        /// Its hash.
        hash: [u8; 32],
    },
    /// A key to an account stops working.
    RevokeToken {
        /// Its id.
        token_id: TokenId,
    },
    /// An operator's key.
    AddOperator(Box<NewOperator>),
    /// Something that an operator does, with a note of it.
    Noted(Box<Noted>),
    /// Forgets the oldest entries of the log of operators, at most 500 at a time.
    PruneAudit {
        /// How many.
        count: usize,
    },
    /// A step of a catalogue update.
    Catalogue(Box<CatalogueWrite>),
    /// Names lines that wait for one of these codes, as far as one commit should.
    Learn {
        /// The store.
        store_id: StoreId,
        /// The codes that were named.
        codes: Vec<ItemCode>,
        /// Where the last step ended.
        resume: Option<Resume>,
    },
    /// Names lines that new patterns make labels of an item, or notes under which items they wait.
    Labels {
        /// The store.
        store_id: StoreId,
        /// Where the last step ended.
        resume: Option<Resume>,
    },
    /// Names lines that waited for the catalogue to reach their own revision.
    CatchUp {
        /// The store.
        store_id: StoreId,
        /// Where the last step ended.
        resume: Option<Resume>,
    },
    /// The store's word that a revision names the code's waiting lines.
    Confirm {
        /// The store.
        store_id: StoreId,
        /// The code.
        code: ItemCode,
        /// The revision.
        revision: Revision,
        /// Where the last step ended.
        resume: Option<Resume>,
    },
    /// Forgets feed entries older than an instant, a bounded number at a time.
    PruneFeed {
        /// What is older goes.
        before: Timestamp,
        /// Where the last step ended.
        resume: Option<Resume>,
    },
    /// Something of a person's member codes.
    Member(MemberStep),
    /// Something of claim codes.
    Claim(ClaimStep),
    /// Erases a person: the account's keys go, the purchases can never be opened again.
    Erase {
        /// Who.
        user_id: UserId,
    },
    /// Something of the browsers in which people are signed in.
    Session(SessionStep),
    /// Something of how people come in, or of how they leave.
    SignIn(SignInStep),
    /// Something of what people keep for themselves.
    Leaf(LeafStep),
}

/// What is written about chains. A chain is never taken away.
#[derive(Clone, Debug)]
pub enum Chaining {
    /// A new chain.
    Add {
        /// Its id.
        chain_id: ChainId,
        /// Its name.
        name: Text,
    },
    /// A machine that writes for every store of a chain, also for those that come later.
    Device {
        /// The chain.
        chain_id: ChainId,
        /// Its id.
        device_id: DeviceId,
        /// What the operator calls it.
        name: Text,
        /// By what it is known.
        credential: Credential,
    },
    /// Such a machine's key stops working.
    Revoke {
        /// The chain.
        chain_id: ChainId,
        /// The machine.
        device_id: DeviceId,
    },
}

/// What is written about member codes.
#[derive(Clone, Debug)]
pub enum MemberStep {
    /// New codes of a person. A new card ends the one before it; of short ones that nobody has used, the
    /// [`SHORT_FREE_MAX`] that live longest stay. Codes that expired long ago go.
    Issue {
        /// Whose.
        user_id: UserId,
        /// The codes.
        codes: Vec<NewMemberCode>,
    },
    /// All codes of one form are worth nothing for sales from now on.
    Revoke {
        /// Whose.
        user_id: UserId,
        /// Which form.
        form: MemberForm,
    },
}

/// What is written about claim codes.
#[derive(Clone, Copy, Debug)]
pub enum ClaimStep {
    /// A person takes the purchase on whose receipt the code stands, or waits for its sale.
    Take {
        /// Who.
        user_id: UserId,
        /// The hash of the code.
        hash: ClaimHash,
    },
}

/// Short-lived member codes of one person that nobody has used, at most.
pub const SHORT_FREE_MAX: usize = 64;
/// Claim codes of one person whose sale has not come, at most.
pub const WAITING_CLAIMS_MAX: usize = 50;

/// A new member code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewMemberCode {
    /// By what it is known.
    pub hash: MemberHash,
    /// Which form it has.
    pub form: MemberForm,
    /// From when on it is good.
    pub issued_at: Timestamp,
    /// Until when.
    pub expires_at: Timestamp,
}

/// What is written about machines that sign.
#[derive(Clone, Debug)]
pub enum Joining {
    /// A machine for a store that signs what it asks.
    Signer {
        /// The store.
        store_id: StoreId,
        /// Its id.
        device_id: DeviceId,
        /// What the operator calls it.
        name: Text,
        /// The Ed25519 public key of its signatures.
        public_key: [u8; 32],
    },
    /// A code by which one machine may join a store. Those that have expired go.
    Pairing {
        /// The hash of the code.
        code_hash: [u8; 32],
        /// The store.
        store_id: StoreId,
        /// What the operator calls the machine.
        name: Text,
        /// From when on the code is worth nothing.
        expires_at: Timestamp,
    },
    /// A machine joins by a code, which is gone then.
    Join {
        /// The hash of the code.
        code_hash: [u8; 32],
        /// The machine's id from now on.
        device_id: DeviceId,
        /// What the machine calls itself; without it the name given with the code.
        name: Option<Text>,
        /// The Ed25519 public key of its signatures.
        public_key: [u8; 32],
    },
    /// A machine that signs has a new key; the old one is worth nothing from now on.
    Rotate {
        /// The store.
        store_id: StoreId,
        /// The machine.
        device_id: DeviceId,
        /// Its new public key.
        public_key: [u8; 32],
    },
}

/// A catalogue update, or a step of one that is too large for one commit.
#[derive(Clone, Debug)]
pub struct CatalogueWrite {
    /// The store.
    pub store_id: StoreId,
    /// The revision it builds on.
    pub base: Revision,
    /// The revision it makes.
    pub revision: Revision,
    /// The source, where the device names it.
    pub lineage: Option<Text>,
    /// The digest of the whole update.
    pub update: [u8; 32],
    /// The patterns that it brings; none if it says nothing of them. Of a staged update only the last
    /// step looks at them.
    pub patterns: Option<PatternsChange>,
    /// What this step does.
    pub step: Step,
}

/// The steps of a catalogue update. Staged versions are seen by nobody before `Finish`.
#[derive(Clone, Debug)]
pub enum Step {
    /// All at once.
    Whole(Vec<Change>),
    /// Begins staging.
    Begin,
    /// Stages some.
    Part(Vec<Change>),
    /// Makes the staged ones the catalogue.
    Finish,
}

/// A settlement with all that could be found out before the commit.
#[derive(Clone, Debug)]
pub struct Prepared {
    pub(crate) settlement: Settlement,
    pub(crate) digest: Digest,
    pub(crate) canonical: Vec<u8>,
    pub(crate) received_at: Timestamp,
    pub(crate) purchase_id: PurchaseId,
    pub(crate) claim: Option<ClaimHash>,
    pub(crate) claim_source: ClaimSource,
    /// The hash of the code that is derived if a member code turns out to be worth nothing.
    pub(crate) derived: Option<ClaimHash>,
    /// The member code that the till sent.
    pub(crate) member: Option<Member>,
    pub(crate) owner: OwnerId,
    pub(crate) slot: Slot,
    /// The owner's key, under which it is sealed.
    pub(crate) data_key: DataKey,
    /// The key taken for an unclaimed purchase; goes back if it is not used.
    pub(crate) spare: Option<Spare>,
    pub(crate) refusal: Option<Refusal>,
    pub(crate) names: Vec<Naming>,
    /// Whose catalogue gave the names, and where it stood.
    pub(crate) source: StoreId,
    pub(crate) head: Stand,
    /// How many people had been erased when it was prepared.
    pub(crate) erasures: u64,
    pub(crate) sealed: Vec<u8>,
}

impl Prepared {
    /// Its key.
    #[must_use]
    pub const fn key(&self) -> &SettlementKey {
        &self.settlement.content().key
    }
}

/// What became of a write.
#[derive(Debug)]
pub enum Written {
    /// Of a settlement.
    Settled(Settled),
    /// Of a store, a device, a token or a key.
    Changed(Changed),
    /// Of a store that cannot take the place it was told.
    Misfit(Misfit),
    /// Of a machine that joins.
    Joined(Joined),
    /// Of a claim.
    Claimed(Claimed),
    /// Of a person.
    User {
        /// The person's id: a new one, or the one that this reference has had.
        user_id: UserId,
        /// Which.
        changed: Changed,
    },
    /// Of a catalogue step.
    Catalogue(CatalogueWritten),
    /// Of naming lines: how many, and where to go on.
    Named(NamingStep),
    /// Of pruning: where to go on; none at the end.
    Pruned(Option<Resume>),
}

impl From<Changed> for Written {
    fn from(changed: Changed) -> Self {
        Self::Changed(changed)
    }
}

impl From<NamingStep> for Written {
    fn from(step: NamingStep) -> Self {
        Self::Named(step)
    }
}

/// Where bounded work goes on; opaque to everyone but the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resume(pub(crate) Vec<u8>);

/// One bounded step of naming.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NamingStep {
    /// Lines named.
    pub named: u64,
    /// Codes whose turn has not come, the first of them where `resume` says.
    pub rest: Vec<ItemCode>,
    /// Where to go on; with `rest` empty and none here, all is done.
    pub resume: Option<Resume>,
}

/// What became of a change to small things.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Changed {
    /// Done now.
    Done,
    /// It was so already.
    Same,
    /// There is one of that name, with other content.
    Different,
    /// There is no such thing.
    NotFound,
    /// It is the last one, and nobody could come in without it.
    Last,
    /// There is no room for it: it is larger, or there are more of its kind, than is kept.
    Full,
}

/// Why a store cannot have the place among others that it was told. Nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Misfit {
    /// There is no such chain.
    ChainUnknown,
    /// There is no such store to follow.
    SourceUnknown,
    /// A store cannot follow itself.
    SourceIsItself,
    /// The store to follow is not of the same chain.
    SourceOutside,
    /// The store to follow sells in another currency.
    SourceCurrency {
        /// In which.
        expected: Currency,
    },
    /// The store to follow follows another one itself.
    SourceFollows {
        /// Which one.
        source: StoreId,
    },
    /// The store to follow is closed.
    SourceClosed,
    /// Another store follows this one.
    Followed {
        /// Which one.
        by: StoreId,
    },
    /// Lines of the store wait for names from the catalogue that it has had.
    Waiting,
}

/// What became of a machine that joins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Joined {
    /// It belongs to the store now.
    Done {
        /// Which one.
        store_id: StoreId,
        /// The machine: the new one, or what it was called when it came by this code before.
        device_id: DeviceId,
    },
    /// There is no such code, or another machine used it.
    NotFound,
    /// The code came too late.
    Expired,
}

/// What became of a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claimed {
    /// The purchase is the person's.
    Filed(PurchaseId),
    /// No sale is known by this code that could be taken. If one comes, it is the person's then; a code
    /// that somebody used, or waits for, is answered the same.
    Waiting,
    /// So many codes of the person wait that no more are noted.
    TooMany,
    /// There is no such person.
    NotFound,
}

/// What became of a settlement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Settled {
    /// Durable now.
    Recorded(Receipt),
    /// The same was durable before.
    AlreadyRecorded(Receipt),
    /// The key is taken by other content.
    Conflict,
    /// A rule that depends on what is stored.
    Refused(Refusal),
}

/// What the store gets back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The purchase's id.
    pub purchase_id: PurchaseId,
    /// Lines without a name.
    pub pending_lines: u64,
    /// Remarks.
    pub warnings: Warnings,
    /// Where the claim code comes from.
    pub claim: ClaimSource,
    /// What a short-lived member code did.
    pub shown: Shown,
    /// Whose it is, so that the person can be told.
    pub owner: OwnerId,
}

/// Why a new settlement cannot be recorded. Nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The store does not exist.
    StoreUnknown,
    /// The store is closed.
    StoreClosed,
    /// The store sells in another currency.
    CurrencyMismatch {
        /// The store's.
        expected: Currency,
    },
    /// The original belongs to a store that is not of the same chain.
    NotYourStore,
    /// The original is a void.
    VoidOfVoid,
    /// The original was taken back before.
    AlreadyVoided,
    /// Something of the original has come back.
    HasReturns,
    /// The total is not the original's.
    VoidTotal {
        /// The original's.
        expected: Amount,
    },
}

/// What became of a catalogue step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CatalogueWritten {
    /// The catalogue stands here now, or the step was staged.
    Applied(Box<Head>),
    /// The same update was applied before.
    Same(Box<Head>),
    /// It builds on another revision than the current one.
    Gap {
        /// The current one.
        current: Revision,
    },
    /// The current revision has other content.
    Forked,
    /// The store follows another one's catalogue, which is written there.
    Follows {
        /// Whose.
        source: StoreId,
    },
    /// The store does not exist.
    StoreUnknown,
    /// The store is closed.
    StoreClosed,
}
