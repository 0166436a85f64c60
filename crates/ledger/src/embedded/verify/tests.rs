//! A small world, verified: first healthy, then with one row damaged at a time, and the histories in
//! which several writers meet.

use super::{Progress, Report};
use crate::embedded::Ledger;
use crate::embedded::engine::Durability;
use crate::embedded::open::Options;
use crate::embedded::prepare::Incoming;
use crate::keyring::Entropy;
use crate::profile::Profile;
use crate::write::{
    CatalogueWrite, CatalogueWritten, Chaining, Changed, Credential, FirstKey, Joining, Prepared,
    Settled, Step, Write, Written,
};
use purchase::canonical;
use purchase::catalogue::{Change, Entry, Item};
use purchase::decide::Digest;
use purchase::id::{
    DeviceId, ItemCode, Label, PurchaseId, Revision, SettlementKey, StoreId, TokenId, UserId,
};
use purchase::limits::TEXT_CHARS_MAX;
use purchase::member::{Member, MemberForm, MemberHash};
use purchase::money::{Amount, Currency, Sum};
use purchase::quantity::Quantity;
use purchase::settlement::{
    Buyer, CatalogueMark, ClaimHash, Content, ItemKind, Kind, Line, LineNumber, Original,
    OriginalLine, PricedBy, Sensitivity, Settlement,
};
use purchase::store::{ChainId, Identity, Store};
use purchase::text::Text;
use purchase::time::{BusinessDate, Timestamp};
use std::path::Path;
use std::sync::{Arc, Mutex};
use tempfile::TempDir;

mod damage;
mod forms;
mod healthy;
mod histories;
mod random;

/// Noon of the first day, 2017-01-01.
const NOON: i64 = 1_483_272_000_000;
const STORE: &str = "s-1";
const SISTER: &str = "s-2";
/// A store that follows the first one's catalogue, in a town.
const BRANCH: &str = "s-3";

/// A ledger in a folder of its own, and its clock.
struct World {
    ledger: Ledger,
    now: Timestamp,
    folder: TempDir,
}

/// Who buys.
#[derive(Clone, Copy)]
enum By {
    Nobody,
    Person(UserId),
}

/// The world's randomness: the same in every run.
fn entropy() -> Entropy {
    let state = Mutex::new(0x9e37_79b9_7f4a_7c15_u64);
    Arc::new(move |bytes: &mut [u8]| {
        let mut state = state.lock().unwrap();
        for byte in bytes {
            *state ^= *state << 13;
            *state ^= *state >> 7;
            *state ^= *state << 17;
            *byte = state.to_be_bytes()[2];
        }
    })
}

fn open(folder: &Path, now: Timestamp) -> Ledger {
    let mut options = Options::new(folder.join("data"), entropy(), now);
    options.durability = Durability::Unsynced;
    Ledger::open(&options).unwrap().0
}

impl World {
    /// Two stores of a chain, one of them with a catalogue of milk and bread.
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let now = time(NOON);
        let mut world = Self {
            ledger: open(folder.path(), now),
            now,
            folder,
        };
        world.write(Write::Chain(Chaining::Add {
            chain_id: chain_id(),
            name: text("Corner shops"),
        }));
        for store_id in [STORE, SISTER] {
            world.write(Write::AddStore(Box::new(store(store_id))));
        }
        world.update(
            1,
            vec![named("milk", 0), named("bread", 0), named("old", 0)],
        );
        world.update(
            2,
            vec![gone("old", NOON - 5_000), named("milk", NOON - 9_000)],
        );
        world
    }

    fn write(&mut self, write: Write) -> Written {
        self.now = self.now.plus_ms(1_000);
        let committed = self.ledger.commit(vec![write], self.now).unwrap();
        committed.written.into_iter().next().unwrap()
    }

    /// An update of the first store's catalogue, and the names it brings.
    fn update(&mut self, revision: u64, changes: Vec<Change>) {
        let codes = changes.iter().map(|change| change.code.clone()).collect();
        let head = self
            .ledger
            .catalogue_head(&store_id(STORE))
            .unwrap()
            .revision;
        let written = self.step(head.0, revision, 0, Step::Whole(changes));
        assert!(
            matches!(written, CatalogueWritten::Applied(_)),
            "{written:?}"
        );
        self.write(Write::Learn {
            store_id: store_id(STORE),
            codes,
            resume: None,
        });
        self.write(Write::CatchUp {
            store_id: store_id(STORE),
            resume: None,
        });
    }

    fn step(&mut self, base: u64, revision: u64, update: u8, step: Step) -> CatalogueWritten {
        let write = Write::Catalogue(Box::new(CatalogueWrite {
            store_id: store_id(STORE),
            base: Revision(base),
            revision: Revision(revision),
            lineage: None,
            update: [update; 32],
            patterns: None,
            step,
        }));
        match self.write(write) {
            Written::Catalogue(written) => written,
            other => panic!("{other:?}"),
        }
    }

    fn person(&mut self, name: &str) -> UserId {
        let spare = self.ledger.take_key().unwrap();
        let profile = Profile {
            reference: Some(text(name)),
            name: Some(text(name)),
            email: None,
        };
        let write = Write::AddUser {
            spare,
            profile: Box::new(profile),
            first: FirstKey::Token {
                token_id: token_of(name),
                hash: secret_of(name),
            },
        };
        match self.write(write) {
            Written::User {
                user_id,
                changed: Changed::Done,
            } => user_id,
            other => panic!("{other:?}"),
        }
    }

    fn prepared(&self, content: Content) -> Box<Prepared> {
        let member = match &content.buyer {
            Buyer::MemberCode(text) => Some(member(text.as_str())),
            Buyer::Absent | Buyer::Id(_) | Buyer::Pseudonym(_) => None,
        };
        let settlement = Settlement::prove(content).unwrap();
        let canonical = canonical::encode(&settlement);
        let digest = Digest(sha256(&canonical));
        let incoming = Incoming {
            settlement,
            digest,
            canonical,
            member,
            received_at: self.now,
        };
        let derive = |secret: [u8; 32]| ClaimHash(sha256(&secret));
        Box::new(self.ledger.prepare(incoming, derive).unwrap())
    }

    fn settle(&mut self, content: Content) -> Settled {
        let prepared = self.prepared(content);
        match self.write(Write::Settle(prepared)) {
            Written::Settled(settled) => settled,
            other => panic!("{other:?}"),
        }
    }

    /// Records `content`, which must be new.
    fn record(&mut self, content: Content) -> PurchaseId {
        match self.settle(content) {
            Settled::Recorded(receipt) => receipt.purchase_id,
            other => panic!("{other:?}"),
        }
    }

    fn erase(&mut self, user_id: UserId) {
        let written = self.write(Write::Erase { user_id });
        assert!(matches!(written, Written::Changed(Changed::Done)));
    }

    fn verify(&self) -> Report {
        self.ledger.verify(&mut |_| {}).unwrap()
    }

    /// Asserts that nothing is wrong.
    fn is_sound(&self, story: &str) -> Report {
        let report = self.verify();
        assert!(report.is_sound(), "{story}: {:#?}", report.problems);
        report
    }
}

/// A member code as it is known: a card if it says so, else one of a phone.
fn member(text: &str) -> Member {
    Member {
        hash: MemberHash(sha256(text.as_bytes())),
        form: match text.starts_with("card") {
            true => MemberForm::Card,
            false => MemberForm::Short,
        },
    }
}

/// The first token of the person of that name, and the hash of its secret.
fn token_of(name: &str) -> TokenId {
    TokenId(*secret_of(name).first_chunk().unwrap())
}

fn secret_of(name: &str) -> [u8; 32] {
    sha256(name.as_bytes())
}

fn sha256(bytes: &[u8]) -> [u8; 32] {
    ring::digest::digest(&ring::digest::SHA256, bytes)
        .as_ref()
        .try_into()
        .unwrap()
}

fn text(text: &str) -> Text {
    Text::new(text, TEXT_CHARS_MAX).unwrap()
}

fn time(ms: i64) -> Timestamp {
    Timestamp::from_ms(ms).unwrap()
}

fn store_id(id: &str) -> StoreId {
    StoreId::parse(id).unwrap()
}

fn chain_id() -> ChainId {
    ChainId::parse("corner").unwrap()
}

fn code(code: &str) -> ItemCode {
    ItemCode::parse(code).unwrap()
}

fn currency() -> Currency {
    Currency::parse("JPY").unwrap()
}

fn store(id: &str) -> Store {
    let identity = Identity {
        effective_from: Timestamp::ZERO,
        name: text("Corner shop"),
        issuer: None,
        address: None,
        phone: None,
        receipt_footer: None,
    };
    Store {
        store_id: store_id(id),
        timezone: text("Asia/Tokyo"),
        currency: currency(),
        chain_id: Some(chain_id()),
        catalogue_of: None,
        closed_at: None,
        identities: vec![identity],
    }
}

fn named(code_text: &str, from_ms: i64) -> Change {
    let item = Item {
        name: text(&code_text.to_uppercase()),
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
    };
    let entry = Entry::Named(Arc::new(item));
    Change {
        code: code(code_text),
        effective_from: time(from_ms),
        entry,
    }
}

fn gone(code_text: &str, from_ms: i64) -> Change {
    Change {
        code: code(code_text),
        effective_from: time(from_ms),
        entry: Entry::Discontinued,
    }
}

/// A key of the first store and day.
fn key(transaction: &str) -> SettlementKey {
    SettlementKey {
        store_id: store_id(STORE),
        terminal: Label::parse("1").unwrap(),
        business_date: BusinessDate::parse("2017-01-01").unwrap(),
        transaction: Label::parse(transaction).unwrap(),
    }
}

fn line(code_text: &str, pieces: u32) -> Line {
    let amount = Amount::new(100 * i64::from(pieces)).unwrap();
    Line {
        code: Some(code(code_text)),
        name: None,
        quantity: Quantity::parse(&pieces.to_string()).unwrap(),
        unit: None,
        unit_price: Amount::new(100).unwrap(),
        discount: Amount::ZERO,
        amount,
        discounts: Vec::new(),
        list_price: None,
        tax_percent: None,
        tax_place: None,
        priced_by: PricedBy::Product,
        gtin: None,
        kind: None,
        category: None,
        part_of: None,
        service_from: None,
        service_to: None,
        sensitivity: None,
    }
}

/// A sale of pieces at 100 each.
fn sale(transaction: &str, by: By, lines: &[(&str, u32)]) -> Content {
    let lines: Vec<Line> = lines
        .iter()
        .map(|(code, pieces)| line(code, *pieces))
        .collect();
    let total = lines.iter().map(|line| line.amount.minor()).sum();
    Content {
        key: key(transaction),
        kind: Kind::Sale,
        purchased_at: time(NOON),
        currency: currency(),
        buyer: match by {
            By::Nobody => Buyer::Absent,
            By::Person(user_id) => Buyer::Id(text(&user_id.to_string())),
        },
        claim: None,
        mark: CatalogueMark {
            revision: None,
            lineage: None,
        },
        lines,
        total: Amount::new(total).unwrap(),
        adjustments: Vec::new(),
        taxes: Vec::new(),
        tenders: Vec::new(),
        change: Amount::ZERO,
        of: None,
        with: None,
        receipt_number: None,
        staff: None,
        points: None,
        notes: Vec::new(),
        extra: None,
    }
}

/// A return of `pieces` of a line of `of`.
fn back(transaction: &str, of: &str, number: u16, code_text: &str, pieces: u32) -> Content {
    let quantity = Quantity::parse(&pieces.to_string()).unwrap();
    Content {
        kind: Kind::Return,
        of: Some(Original {
            key: key(of),
            lines: vec![OriginalLine {
                line: LineNumber(number),
                quantity,
            }],
        }),
        ..sale(transaction, By::Nobody, &[(code_text, pieces)])
    }
}

/// A void of `of`, whose total is `total`.
fn void(transaction: &str, of: &str, total: i64) -> Content {
    Content {
        kind: Kind::Void,
        total: Amount::new(total).unwrap(),
        of: Some(Original {
            key: key(of),
            lines: Vec::new(),
        }),
        ..sale(transaction, By::Nobody, &[])
    }
}
