//! Everything that can be written, as values. A batch of these is the only way to change the
//! ledger: it enters whole, durably, or not at all, and each write has an outcome of its own.

use crate::account::ClaimSource;
use crate::embedded::buyer::Welcome;
use crate::embedded::names::Stand;
pub use crate::embedded::value::store::Credential;
use crate::keyring::{Slot, Spare};
use crate::profile::Profile;
use crate::seal::DataKey;
use purchase::catalogue::Change;
use purchase::code::PatternsChange;
use purchase::decide::Digest;
use purchase::id::{
    DeviceId, ItemCode, OwnerId, PurchaseId, Revision, SettlementKey, StoreId, TokenId, UserId,
};
use purchase::member::{Member, MemberForm, MemberHash};
use purchase::naming::Naming;
use purchase::settlement::{ClaimHash, Settlement};
use purchase::store::{ChainId, Identity, Store};
use purchase::text::Text;
use purchase::time::Timestamp;

mod household;
mod identity;
mod missing;
mod operator;
mod outcome;
mod partner;
mod report;
mod standing;

pub use household::HouseholdStep;
pub use identity::{FirstKey, LeafStep, NewSession, NewToken, SessionStep, SignInStep};
pub use missing::{
    MISSING_ENDED_MS, MISSING_OPEN_MAX, MissingStep, MissingWritten, SOUGHT_BY_STRANGERS_MAX,
    SOUGHT_MAX, SOUGHT_MS,
};
pub use operator::{NewOperator, Noted};
pub use outcome::{
    CatalogueWritten, Changed, Claimed, Joined, Misfit, NamingStep, Receipt, Refusal, Resume,
    Settled, Written,
};
pub use partner::{ConsentStep, PartnerStep, Reach};
pub use report::{ReportStep, WISHES_MAX};
pub use standing::{MergeStep, Merging, StandingStep, Unmergeable};

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
    /// A further key to an account. The person sees who made it, and why.
    AddToken(NewToken),
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
    /// Something of receipts that people miss.
    Missing(MissingStep),
    /// Something of households.
    Household(HouseholdStep),
    /// What machines tell of themselves, and what their stores are asked for.
    Report(ReportStep),
    /// Something of partners.
    Partner(PartnerStep),
    /// Something of what people consent to give partners.
    Consent(ConsentStep),
    /// Something of whether an account is open to its person.
    Standing(StandingStep),
    /// Something of making one account of two.
    Merge(MergeStep),
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
    /// Makes the hash of the claim code that belongs to a secret of the sale.
    pub(crate) derive: fn([u8; 32]) -> ClaimHash,
    /// The member code that the till sent.
    pub(crate) member: Option<Member>,
    /// How its buyer, as named by the till, takes it.
    pub(crate) welcome: Welcome,
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
