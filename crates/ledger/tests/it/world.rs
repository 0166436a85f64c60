//! A world of its own for each test: a ledger in a folder that goes away, chance from a seed, and
//! time only as it is given.

use ledger::Ledger;
use ledger::account::{Accessor, Filed};
use ledger::embedded::open::{Found, Options};
use ledger::embedded::prepare::Incoming;
use ledger::fault::{Fault, OpenError};
use ledger::keyring::Entropy;
use ledger::profile::Profile;
use ledger::write::{
    CatalogueWrite, CatalogueWritten, Chaining, Changed, ClaimStep, Claimed, FirstKey, MemberStep,
    NamingStep, NewMemberCode, NewToken, Prepared, Receipt, Settled, Step, Write, Written,
};
use purchase::canonical;
use purchase::catalogue::{Change, Entry, Head, Item};
use purchase::code::{Patterns, PatternsChange};
use purchase::decide::Digest;
use purchase::id::{ItemCode, PurchaseId, Revision, StoreId, TokenId, UserId};
use purchase::limits::TEXT_CHARS_MAX;
use purchase::member::{Member, MemberForm, MemberHash};
use purchase::money::Currency;
use purchase::naming::{LineName, Naming};
use purchase::settlement::{Buyer, ClaimHash, Content, ItemKind, Sensitivity, Settlement};
use purchase::store::{ChainId, Identity, Store};
use purchase::text::Text;
use purchase::time::Timestamp;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tempfile::TempDir;

/// The beginning of the tests' time: 2017-01-01T11:53:26Z, the first sale of the contract.
const START_MS: i64 = 1_483_271_606_000;
pub(crate) const DAY: i64 = 24 * 60;

/// So many minutes after the beginning, or before it.
pub(crate) fn at(minutes: i64) -> Timestamp {
    Timestamp::from_ms(START_MS + minutes * 60_000).unwrap()
}

pub(crate) fn text(text: &str) -> Text {
    Text::new(text, TEXT_CHARS_MAX).unwrap()
}

pub(crate) fn code(code: &str) -> ItemCode {
    ItemCode::parse(code).unwrap()
}

pub(crate) fn store_id(id: &str) -> StoreId {
    StoreId::parse(id).unwrap()
}

pub(crate) fn sha256(bytes: &[u8]) -> [u8; 32] {
    let hash = ring::digest::digest(&ring::digest::SHA256, bytes);
    hash.as_ref().try_into().unwrap()
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    ledger::keyring::hex(bytes)
}

/// Random bytes that are the same for the same seed.
pub(crate) fn entropy(seed: u64) -> Entropy {
    let drawn = AtomicU64::new(0);
    Arc::new(move |bytes: &mut [u8]| {
        for block in bytes.chunks_mut(32) {
            let nth = drawn.fetch_add(1, Ordering::SeqCst);
            let random = sha256(&[seed.to_be_bytes(), nth.to_be_bytes()].concat());
            block.copy_from_slice(&random[..block.len()]);
        }
    })
}

/// A folder for a ledger and its keys.
pub(crate) struct World {
    folder: TempDir,
}

impl World {
    /// A world in memory, if the machine has a folder for that: what is told in it is about what
    /// the ledger does, and a sync that reaches a disk takes most of the time of a test.
    pub(crate) fn new() -> Self {
        let memory = Path::new("/dev/shm");
        match tempfile::tempdir_in(memory) {
            Ok(folder) => Self { folder },
            Err(_) => Self::on_disk(),
        }
    }

    /// A world on a disk.
    pub(crate) fn on_disk() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        Self { folder }
    }

    /// A place in this world.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The usual options, for the data folder `data`.
    pub(crate) fn options(&self) -> Options {
        Options {
            block_cache_bytes: 4 << 20,
            ..Options::new(self.path("data"), entropy(1), at(0))
        }
    }

    /// Opens the ledger; chance differs from opening to opening, as a machine's does.
    pub(crate) fn open(&self, seed: u64) -> Ledger {
        let options = Options {
            entropy: entropy(seed),
            ..self.options()
        };
        open(&options).expect("the ledger opens").0
    }
}

pub(crate) fn open(options: &Options) -> Result<(Ledger, Found), OpenError> {
    Ledger::open(options)
}

/// Commits, acknowledges, and gives the outcomes.
pub(crate) fn commit(ledger: &Ledger, batch: Vec<Write>, at: Timestamp) -> Vec<Written> {
    let committed = ledger.commit(batch, at).expect("committed");
    ledger.acknowledge(committed.mark).expect("acknowledged");
    committed.written
}

/// Commits one write.
pub(crate) fn write(ledger: &Ledger, write: Write, at: Timestamp) -> Written {
    commit(ledger, vec![write], at).pop().expect("one outcome")
}

/// Commits one write to small things.
pub(crate) fn change(ledger: &Ledger, change: Write, at: Timestamp) -> Changed {
    match write(ledger, change, at) {
        Written::Changed(changed) => changed,
        other => panic!("not a change: {other:?}"),
    }
}

/// A store in dollars, as it is before anything is known of it.
pub(crate) fn shop(id: &str) -> Store {
    let identity = Identity {
        effective_from: Timestamp::ZERO,
        name: text("Corner Shop"),
        issuer: None,
        address: None,
        phone: None,
        receipt_footer: None,
    };
    Store {
        store_id: store_id(id),
        timezone: text("America/New_York"),
        currency: Currency::parse("USD").unwrap(),
        chain_id: None,
        catalogue_of: None,
        closed_at: None,
        identities: vec![identity],
    }
}

/// The same, in a chain.
pub(crate) fn branch(id: &str, chain: &str) -> Store {
    Store {
        chain_id: Some(ChainId::parse(chain).unwrap()),
        ..shop(id)
    }
}

/// The chain of that id, which may be there already.
pub(crate) fn add_chain(ledger: &Ledger, id: &str) {
    let add = Chaining::Add {
        chain_id: ChainId::parse(id).unwrap(),
        name: text("Green Markets"),
    };
    let changed = change(ledger, Write::Chain(add), at(-DAY));
    assert!([Changed::Done, Changed::Same].contains(&changed));
}

/// A new store, and its chain if it names one.
pub(crate) fn add_store(ledger: &Ledger, store: Store) {
    if let Some(chain_id) = &store.chain_id {
        add_chain(ledger, chain_id.as_str());
    }
    let changed = change(ledger, Write::AddStore(Box::new(store)), at(-DAY));
    assert_eq!(changed, Changed::Done);
}

/// A person of that name, known to the operator by the same word.
pub(crate) fn add_user(ledger: &Ledger, name: &str) -> UserId {
    let profile = Profile {
        reference: Some(text(name)),
        name: Some(text(name)),
        email: None,
    };
    let hash = sha256(name.as_bytes());
    let add = Write::AddUser {
        spare: ledger.take_key().expect("a key"),
        profile: Box::new(profile),
        first: FirstKey::Token {
            token_id: TokenId(*hash.first_chunk().unwrap()),
            hash,
        },
    };
    match write(ledger, add, at(-DAY)) {
        Written::User { user_id, .. } => user_id,
        other => panic!("not a person: {other:?}"),
    }
}

/// A further key to somebody's account, made by an operator.
pub(crate) fn add_token(user_id: UserId, token_id: u8, hash: u8) -> Write {
    Write::AddToken(NewToken {
        user_id,
        token_id: TokenId([token_id; 16]),
        hash: [hash; 32],
        by: Accessor::Operator {
            token_id: TokenId([40; 16]),
        },
        reason: text("for her computer"),
    })
}

/// A town of one store, `s-1`.
pub(crate) fn town(ledger: &Ledger) {
    add_store(ledger, shop("s-1"));
}

pub(crate) fn digest_of(content: &Content) -> Digest {
    let settlement = Settlement::prove(content.clone()).expect("sums agree");
    Digest(sha256(&canonical::encode(&settlement)))
}

/// The member code of that text, if it has the form of one: `90` begins one of a phone, `91` a card's.
pub(crate) fn member(text: &str) -> Option<Member> {
    let form = match text.get(..2)? {
        "90" => MemberForm::Short,
        "91" => MemberForm::Card,
        _ => return None,
    };
    let hash = MemberHash(sha256(text.as_bytes()));
    Some(Member { hash, form })
}

fn member_of(buyer: &Buyer) -> Option<Member> {
    match buyer {
        Buyer::MemberCode(text) => member(text.as_str()),
        Buyer::Absent | Buyer::Id(_) | Buyer::Pseudonym(_) => None,
    }
}

/// A person gets the member code of that text, good from one minute to another.
pub(crate) fn give_code(ledger: &Ledger, user_id: UserId, text: &str, (from, to): (i64, i64)) {
    let Member { hash, form } = member(text).expect("a member code");
    let code = NewMemberCode {
        hash,
        form,
        issued_at: at(from),
        expires_at: at(to),
    };
    let codes = vec![code];
    let issue = Write::Member(MemberStep::Issue { user_id, codes });
    assert_eq!(change(ledger, issue, at(from)), Changed::Done);
}

/// A person gives a claim code.
pub(crate) fn claim(ledger: &Ledger, user_id: UserId, hash: ClaimHash, now: Timestamp) -> Claimed {
    match write(ledger, Write::Claim(ClaimStep::Take { user_id, hash }), now) {
        Written::Claimed(claimed) => claimed,
        other => panic!("not a claim: {other:?}"),
    }
}

/// The hash of the claim code that a server would derive from `secret`.
pub(crate) fn claim_hash(secret: [u8; 32]) -> ClaimHash {
    ClaimHash(sha256(&secret))
}

/// Prepares a settlement as the server does when it has come in.
pub(crate) fn prepare(ledger: &Ledger, content: &Content, received_at: Timestamp) -> Prepared {
    try_prepare(ledger, content, received_at).expect("prepared")
}

/// The same with a ledger that may be away.
pub(crate) fn try_prepare(
    ledger: &Ledger,
    content: &Content,
    received_at: Timestamp,
) -> Result<Prepared, Fault> {
    let settlement = Settlement::prove(content.clone()).expect("sums agree");
    let canonical = canonical::encode(&settlement);
    let digest = Digest(sha256(&canonical));
    let incoming = Incoming {
        settlement,
        digest,
        canonical,
        member: member_of(&content.buyer),
        received_at,
    };
    ledger.prepare(incoming, claim_hash)
}

/// Prepares all of `contents`, then commits them together.
pub(crate) fn settle_all(
    ledger: &Ledger,
    contents: &[Content],
    received_at: Timestamp,
) -> Vec<Settled> {
    let batch = contents
        .iter()
        .map(|content| Write::Settle(Box::new(prepare(ledger, content, received_at))))
        .collect();
    commit(ledger, batch, received_at)
        .into_iter()
        .map(settled)
        .collect()
}

pub(crate) fn settled(written: Written) -> Settled {
    match written {
        Written::Settled(settled) => settled,
        other => panic!("not a settlement: {other:?}"),
    }
}

/// Sends one settlement.
pub(crate) fn settle(ledger: &Ledger, content: &Content, received_at: Timestamp) -> Settled {
    settle_all(ledger, std::slice::from_ref(content), received_at).remove(0)
}

/// Sends one settlement that must be recorded.
pub(crate) fn record(ledger: &Ledger, content: &Content, received_at: Timestamp) -> Receipt {
    match settle(ledger, content, received_at) {
        Settled::Recorded(receipt) => receipt,
        other => panic!("{:?} was not recorded: {other:?}", content.key),
    }
}

/// The purchase of a person that must be there.
pub(crate) fn purchase(ledger: &Ledger, user_id: UserId, id: PurchaseId) -> Filed {
    let filed = ledger.purchase(user_id, id).expect("readable");
    filed.unwrap_or_else(|| panic!("{user_id} has no {id}"))
}

pub(crate) fn item(name: &str) -> Item {
    Item {
        name: text(name),
        short_name: None,
        reading: None,
        size: None,
        gtin: None,
        kind: ItemKind::Goods,
        category: None,
        unit: None,
        unit_price: None,
        tax_percent: None,
        tax_place: None,
        sensitivity: Sensitivity::Plain,
    }
}

/// `of` is called `name` from an instant on.
pub(crate) fn named(of: &str, name: &str, effective_from: Timestamp) -> Change {
    Change {
        code: code(of),
        effective_from,
        entry: Entry::Named(Arc::new(item(name))),
    }
}

/// `of` is no longer sold from an instant on.
pub(crate) fn ended(of: &str, effective_from: Timestamp) -> Change {
    Change {
        code: code(of),
        effective_from,
        entry: Entry::Discontinued,
    }
}

/// A step of an update of `s-1` from one revision to another.
pub(crate) fn step(base: u64, revision: u64, step: Step) -> CatalogueWrite {
    CatalogueWrite {
        store_id: store_id("s-1"),
        base: Revision(base),
        revision: Revision(revision),
        lineage: None,
        update: sha256(format!("{base} {revision}").as_bytes()),
        patterns: None,
        step,
    }
}

/// The same as a whole update, its digest over what it says.
pub(crate) fn whole(base: u64, revision: u64, changes: Vec<Change>) -> CatalogueWrite {
    let update = sha256(format!("{changes:?}").as_bytes());
    CatalogueWrite {
        update,
        ..step(base, revision, Step::Whole(changes))
    }
}

/// The same with all patterns of the store from an instant on.
pub(crate) fn with_patterns(
    update: CatalogueWrite,
    effective_from: Timestamp,
    patterns: &[&str],
) -> CatalogueWrite {
    let set = Patterns::parse(patterns.iter().copied()).expect("patterns that can be meant");
    let digest = format!("{:?} {effective_from:?} {patterns:?}", update.update);
    CatalogueWrite {
        update: sha256(digest.as_bytes()),
        patterns: Some(PatternsChange {
            effective_from,
            patterns: Arc::new(set),
        }),
        ..update
    }
}

/// Makes `revision` of the catalogue of `s-1` out of `base`, with patterns.
pub(crate) fn update_patterns(
    ledger: &Ledger,
    base: u64,
    changes: Vec<Change>,
    effective_from: Timestamp,
    patterns: &[&str],
) -> Head {
    let update = with_patterns(whole(base, base + 1, changes), effective_from, patterns);
    match catalogue(ledger, update, at(0)) {
        CatalogueWritten::Applied(head) => *head,
        other => panic!("not applied: {other:?}"),
    }
}

/// Lets new patterns read the labels that wait at `s-1`, in one step.
pub(crate) fn read_labels(ledger: &Ledger, now: Timestamp) -> u64 {
    let labels = Write::Labels {
        store_id: store_id("s-1"),
        resume: None,
    };
    done(naming(ledger, labels, now))
}

pub(crate) fn catalogue(
    ledger: &Ledger,
    update: CatalogueWrite,
    now: Timestamp,
) -> CatalogueWritten {
    match write(ledger, Write::Catalogue(Box::new(update)), now) {
        Written::Catalogue(written) => written,
        other => panic!("not a catalogue: {other:?}"),
    }
}

/// Makes `revision` of the catalogue of `s-1` out of `base`.
pub(crate) fn update(ledger: &Ledger, base: u64, revision: u64, changes: Vec<Change>) -> Head {
    match catalogue(ledger, whole(base, revision, changes), at(0)) {
        CatalogueWritten::Applied(head) => *head,
        other => panic!("not applied: {other:?}"),
    }
}

/// The names of a purchase's lines, each in a word: `Milk@2` by revision 2, with ` later` if it
/// was learnt after the sale; `sent`; or `-`.
pub(crate) fn names(filed: &Filed) -> Vec<String> {
    let name = |line: &LineName| {
        let later = line.named_at.map_or("", |_| " later");
        match &line.naming {
            Naming::Catalogue { revision, item } => {
                format!("{}@{}{later}", item.name.as_str(), revision.0)
            }
            Naming::Sent => format!("sent{later}"),
            Naming::Pending => format!("-{later}"),
        }
    };
    filed.names.iter().map(name).collect()
}

/// Carries out one step of naming.
pub(crate) fn naming(ledger: &Ledger, step: Write, now: Timestamp) -> NamingStep {
    match write(ledger, step, now) {
        Written::Named(step) => step,
        other => panic!("not a step of naming: {other:?}"),
    }
}

/// Learns names for `codes` of `s-1`, which must take one step only, and says how many lines.
pub(crate) fn learn(ledger: &Ledger, codes: &[&str], now: Timestamp) -> u64 {
    let learn = Write::Learn {
        store_id: store_id("s-1"),
        codes: codes.iter().map(|of| code(of)).collect(),
        resume: None,
    };
    done(naming(ledger, learn, now))
}

/// Lets the lines of `s-1` that waited for a revision catch up with it, in one step.
pub(crate) fn catch_up(ledger: &Ledger, now: Timestamp) -> u64 {
    let catch_up = Write::CatchUp {
        store_id: store_id("s-1"),
        resume: None,
    };
    done(naming(ledger, catch_up, now))
}

/// The word of `s-1` that `revision` names `of`, in one step.
pub(crate) fn confirm(ledger: &Ledger, of: &str, revision: u64, now: Timestamp) -> u64 {
    let confirm = Write::Confirm {
        store_id: store_id("s-1"),
        code: code(of),
        revision: Revision(revision),
        resume: None,
    };
    done(naming(ledger, confirm, now))
}

fn done(step: NamingStep) -> u64 {
    assert_eq!(
        (step.rest, step.resume),
        (Vec::new(), None),
        "one step was to be enough"
    );
    step.named
}
