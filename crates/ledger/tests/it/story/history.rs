//! Random histories, each of some thirty steps, told to the ledger and to a model of it. Sales,
//! what speaks of them, and catalogue updates come in any order, twice, or altered.

use super::model::{Model, Outcome, Owner};
use crate::property::for_all;
use crate::slip::{Slip, day, slip};
use crate::world::{
    add_user, at, catch_up, claim, ended, give_code, learn, named, purchase, settle, store_id,
    text, town, update,
};
use ledger::Ledger;
use ledger::account::{EventKind, Range, Shown};
use ledger::write::{Claimed, Receipt, Settled};
use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;
use purchase::catalogue::Change;
use purchase::id::{OwnerId, PurchaseId, SettlementKey, UserId};
use purchase::settlement::{Buyer, ClaimHash, Content, Kind};
use purchase::warning::Warning;
use std::collections::{BTreeMap, BTreeSet};

const CASES: u32 = 32;
const CODES: [&str; 4] = ["A", "B", "C", "D"];
const DATES: [&str; 2] = ["2017-01-01", "2017-01-02"];

/// A document that a till sends, early, late, or never.
#[derive(Clone, Debug)]
enum Paper {
    Sale {
        lines: Vec<(usize, u8)>,
        revision: Option<u64>,
    },
    Return {
        of: usize,
        lines: Vec<(u16, u8)>,
    },
    Void {
        of: usize,
        is_short: bool,
    },
}

#[derive(Clone, Debug)]
struct Document {
    paper: Paper,
    buyer: Who,
    /// Which code the till prints.
    claim: Option<u8>,
    minute: i64,
    date: usize,
}

/// Who bought, as the till puts it: the first or the second of two people.
#[derive(Clone, Copy, Debug)]
enum Who {
    Nobody,
    Person(usize),
    Code(usize),
}

/// Whose a code is, and from when to when it is good.
type Given = Option<(usize, i64, i64)>;

/// Member codes: each the first's or the second's, and from which minute to which; the last is nobody's.
const MEMBER_CODES: [(&str, Given); 5] = [
    ("90-a", Some((0, -60, 200))),
    ("90-b", Some((1, 10, 45))),
    ("90-c", Some((0, 20, 200))),
    ("91-d", Some((1, 0, 60))),
    ("90-e", None),
];

#[derive(Clone, Debug)]
enum Step {
    Send(usize),
    Alter(usize),
    Update(Vec<(usize, Option<u8>, i64)>),
    /// One of the two gives a claim code.
    Claim(usize, u8),
}

fn sale() -> impl Strategy<Value = Paper> {
    let lines = vec((0..CODES.len(), 1..5_u8), 1..4);
    (lines, of(0..5_u64)).prop_map(|(lines, revision)| Paper::Sale { lines, revision })
}

/// What speaks of one of the `count` documents before it.
fn reply(count: usize) -> impl Strategy<Value = Paper> {
    let lines = vec((1..4_u16, 1..4_u8), 1..3);
    prop_oneof![
        3 => (0..count, lines).prop_map(|(of, lines)| Paper::Return { of, lines }),
        2 => (0..count, proptest::bool::weighted(0.1))
            .prop_map(|(of, is_short)| Paper::Void { of, is_short }),
    ]
}

fn document(paper: impl Strategy<Value = Paper>) -> impl Strategy<Value = Document> {
    let buyer = prop_oneof![
        4 => Just(Who::Nobody),
        3 => (0..2_usize).prop_map(Who::Person),
        3 => (0..MEMBER_CODES.len()).prop_map(Who::Code),
    ];
    let claim = prop_oneof![2 => Just(None), 1 => (0..3_u8).prop_map(Some)];
    (paper, buyer, claim, 0..90_i64, 0..DATES.len()).prop_map(
        |(paper, buyer, claim, minute, date)| Document {
            paper,
            buyer,
            claim,
            minute,
            date,
        },
    )
}

/// Three sales, three replies to them, and three to any of the six before.
fn documents() -> impl Strategy<Value = Vec<Document>> {
    (
        vec(document(sale()), 3),
        vec(document(reply(3)), 3),
        vec(document(reply(6)), 3),
    )
        .prop_map(|(sales, replies, more)| [sales, replies, more].concat())
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let change = (0..CODES.len(), of(0..9_u8), -20..60_i64);
    let step = prop_oneof![
        6 => (0..9_usize).prop_map(Step::Send),
        1 => (0..9_usize).prop_map(Step::Alter),
        2 => vec(change, 0..3).prop_map(Step::Update),
        2 => (0..2_usize, 0..3_u8).prop_map(|(who, code)| Step::Claim(who, code)),
    ];
    vec(step, 20..40)
}

/// The documents as settlements.
fn contents(documents: &[Document], people: [UserId; 2]) -> Vec<Content> {
    let mut contents: Vec<Content> = Vec::new();
    for (number, document) in documents.iter().enumerate() {
        let slip = slip(&format!("{number}"))
            .at(at(document.minute))
            .date(DATES[document.date]);
        let slip = match &document.paper {
            Paper::Sale { lines, revision } => {
                let slip = lines.iter().fold(slip, |slip, (code, count)| {
                    slip.line(CODES[*code], &format!("{count}"), 10)
                });
                revision
                    .iter()
                    .fold(slip, |slip, revision| slip.revision(*revision))
            }
            Paper::Return { of, lines } => come_back(slip, &contents[*of], lines),
            Paper::Void {
                of,
                is_short: false,
            } => slip.voids(&contents[*of]),
            Paper::Void { of, is_short: true } => slip.voids(&contents[*of]).total(1),
        };
        let slip = match document.buyer {
            Who::Nobody => slip,
            Who::Person(nth) => slip.buyer(people[nth]),
            Who::Code(nth) => slip.meant_for(Buyer::MemberCode(text(MEMBER_CODES[nth].0))),
        };
        let claim = document.claim.map(|code| ClaimHash([code; 32]));
        let slip = claim.into_iter().fold(slip, Slip::claim);
        contents.push(slip.content());
    }
    contents
}

fn come_back(slip: Slip, original: &Content, lines: &[(u16, u8)]) -> Slip {
    let counts: Vec<String> = lines.iter().map(|(_, count)| format!("{count}")).collect();
    let slip = counts
        .iter()
        .fold(slip, |slip, count| slip.line("A", count, 10));
    let back: Vec<(u16, &str)> = lines
        .iter()
        .zip(&counts)
        .map(|((line, _), count)| (*line, count.as_str()))
        .collect();
    slip.returns(original, &back)
}

/// One history, in the ledger and beside it.
struct Told<'a> {
    ledger: &'a Ledger,
    model: Model,
    revision: u64,
}

impl Told<'_> {
    fn step(&mut self, step: &Step, contents: &[Content], now: i64) {
        match step {
            Step::Send(which) => self.send(&contents[*which], now),
            Step::Alter(which) => {
                let mut other = contents[*which].clone();
                other.staff = Some(text("somebody else"));
                self.send(&other, now);
            }
            Step::Update(changes) => self.update(changes, now),
            Step::Claim(who, code) => self.claim(*who, *code, now),
        }
    }

    fn send(&mut self, content: &Content, now: i64) {
        let expected = self.model.send(content, at(now));
        let found = match settle(self.ledger, content, at(now)) {
            Settled::Recorded(_) => Outcome::Recorded,
            Settled::AlreadyRecorded(_) => Outcome::Again,
            Settled::Conflict => Outcome::Conflict,
            Settled::Refused(refusal) => Outcome::Refused(refusal),
        };
        assert_eq!(found, expected, "{content:?}");
    }

    fn claim(&mut self, who: usize, code: u8, now: i64) {
        let (user_id, hash) = (self.model.people[who], ClaimHash([code; 32]));
        let expected = self.model.claim(user_id, hash);
        match (claim(self.ledger, user_id, hash, at(now)), expected) {
            (Claimed::Filed(found), Some(key)) => {
                let Settled::AlreadyRecorded(receipt) =
                    settle(self.ledger, &self.model.records[&key].content, at(999))
                else {
                    panic!("{key:?} is not recorded")
                };
                assert_eq!(found, receipt.purchase_id, "{key:?}");
            }
            (Claimed::Waiting, None) => {}
            other => panic!("{code} of {who}: {other:?}"),
        }
    }

    fn update(&mut self, changes: &[(usize, Option<u8>, i64)], now: i64) {
        // One statement for a code in each revision.
        let changes: BTreeMap<usize, Change> = changes
            .iter()
            .map(|(of, name, minute)| {
                let change = match name {
                    Some(name) => named(CODES[*of], &format!("name {name}"), at(*minute)),
                    None => ended(CODES[*of], at(*minute)),
                };
                (*of, change)
            })
            .collect();
        let codes: Vec<&str> = changes.keys().map(|of| CODES[*of]).collect();
        let changes: Vec<Change> = changes.values().cloned().collect();
        update(
            self.ledger,
            self.revision,
            self.revision + 1,
            changes.clone(),
        );
        self.revision += 1;
        learn(self.ledger, &codes, at(now));
        catch_up(self.ledger, at(now));
        self.model.update(changes, at(now));
    }

    /// Everything that can be seen of the ledger is what the model says.
    fn compare(&self) {
        let mut owners: BTreeMap<Owner, OwnerId> = BTreeMap::new();
        let mut books: BTreeMap<UserId, BTreeSet<PurchaseId>> = BTreeMap::new();
        for key in self.model.records.keys() {
            let receipt = self.compare_record(key);
            let owner = self.model.owner(key);
            match (&owner, receipt.owner) {
                (Owner::Person(expected), OwnerId::User(found)) => {
                    assert_eq!(*expected, found, "{key:?}");
                    books.entry(found).or_default().insert(receipt.purchase_id);
                    self.compare_purchase(key, found, receipt.purchase_id);
                }
                (Owner::Nobody(_), OwnerId::Unclaimed(_)) => {}
                other => panic!("{key:?} belongs otherwise: {other:?}"),
            }
            let known = *owners.entry(owner).or_insert(receipt.owner);
            assert_eq!(known, receipt.owner, "{key:?}");
        }
        let distinct: BTreeSet<OwnerId> = owners.values().copied().collect();
        assert_eq!(distinct.len(), owners.len(), "two owners became one");
        for user_id in &self.model.people {
            self.compare_book(*user_id, &books.remove(user_id).unwrap_or_default());
        }
        self.compare_days();
    }

    fn compare_record(&self, key: &SettlementKey) -> Receipt {
        let record = &self.model.records[key];
        let Settled::AlreadyRecorded(receipt) = settle(self.ledger, &record.content, at(999))
        else {
            panic!("{key:?} is not recorded")
        };
        assert_eq!(receipt.pending_lines, self.model.pending(key), "{key:?}");
        assert_eq!(receipt.shown, record.shown, "{key:?}");
        assert_eq!(
            receipt.warnings.holds(Warning::OverReturned),
            record.is_over,
            "{key:?}"
        );
        let recorded = self.ledger.recorded(key).unwrap().expect("recorded");
        let returned: Vec<u64> = recorded
            .lines
            .iter()
            .map(|line| line.returned_micros)
            .collect();
        assert_eq!(returned, record.returned, "{key:?}");
        assert_eq!(recorded.voided_by, record.voided_by, "{key:?}");
        assert_eq!(recorded.digest, self.model.digest(key), "{key:?}");
        receipt
    }

    fn compare_purchase(&self, key: &SettlementKey, user_id: UserId, id: PurchaseId) {
        let record = &self.model.records[key];
        let filed = purchase(self.ledger, user_id, id);
        assert_eq!(filed.settlement.content(), &record.content);
        let found: Vec<_> = filed
            .names
            .iter()
            .map(|name| (&name.naming, name.named_at))
            .collect();
        let expected: Vec<_> = record
            .lines
            .iter()
            .map(|line| (&line.naming, line.named_at))
            .collect();
        assert_eq!(found, expected, "{key:?}");
        assert_eq!(filed.voided_by, record.voided_by, "{key:?}");
        assert_eq!(
            filed.warnings.holds(Warning::OverReturned),
            record.is_over,
            "{key:?}"
        );
        let is_untouched =
            filed.returned_micros.is_empty() && record.returned.iter().all(|back| *back == 0);
        assert!(
            is_untouched || filed.returned_micros == record.returned,
            "{key:?}"
        );
    }

    fn compare_book(&self, user_id: UserId, expected: &BTreeSet<PurchaseId>) {
        let page = self
            .ledger
            .page(user_id, &Range::default(), 99, &|_| true)
            .unwrap();
        let found: Vec<PurchaseId> = page
            .purchases
            .iter()
            .map(|filed| filed.purchase_id)
            .collect();
        assert_eq!(found, expected.iter().rev().copied().collect::<Vec<_>>());
        let events = self.ledger.events(user_id, 0, 999).unwrap();
        let sequences: Vec<u64> = events.iter().map(|event| event.sequence).collect();
        assert_eq!(
            sequences,
            (1..=u64::try_from(events.len()).unwrap()).collect::<Vec<_>>()
        );
        let filed = events.iter().filter(|event| event.kind == EventKind::Filed);
        let filed: Vec<PurchaseId> = filed.map(|event| event.purchase_id).collect();
        assert_eq!(filed.len(), expected.len(), "filed once each");
        assert_eq!(&filed.into_iter().collect::<BTreeSet<_>>(), expected);
        let (tally, _) = self
            .model
            .tally(|key| self.model.owner(key) == Owner::Person(user_id));
        let users = self.ledger.count_users(None, 9).unwrap();
        let user = users
            .into_iter()
            .find(|count| count.user_id == user_id)
            .expect("known");
        assert_eq!(user.tally, tally);
    }

    fn compare_days(&self) {
        for date in DATES {
            let (tally, digest) = self.model.tally(|key| key.business_date == day(date));
            let found = self.ledger.day(&store_id("s-1"), day(date)).unwrap();
            assert_eq!((found.tally, found.digest), (tally, digest), "{date}");
        }
        let (tally, _) = self.model.tally(|_| true);
        assert_eq!(self.ledger.count_stores().unwrap()[0].tally, tally);
        assert_eq!(
            self.ledger.has_pending(&store_id("s-1")).unwrap(),
            tally.pending > 0
        );
    }
}

/// An empty memory that knows the two and their codes.
fn model(people: [UserId; 2]) -> Model {
    let mut model = Model::of(&people);
    for (code, given) in MEMBER_CODES {
        if let Some((nth, from, to)) = given {
            model.give_code(code, people[nth], (at(from - 5), at(to + 5)));
        }
    }
    model
}

fn one_history(ledger: &Ledger, documents: &[Document], steps: &[Step]) {
    town(ledger);
    let people = [add_user(ledger, "Ada"), add_user(ledger, "Bob")];
    for (code, given) in MEMBER_CODES {
        if let Some((nth, from, to)) = given {
            give_code(ledger, people[nth], code, (from, to));
        }
    }
    let contents = contents(documents, people);
    let mut told = Told {
        ledger,
        model: model(people),
        revision: 0,
    };
    for (now, step) in (100..).zip(steps) {
        told.step(step, &contents, now);
    }
    told.compare();
}

/// What is told to a ledger.
type Tale<'a> = &'a dyn Fn(&Ledger);

/// Tells random histories, each to a ledger of its own that `world` makes.
pub(crate) fn every_history(world: &dyn Fn(Tale<'_>)) {
    some_histories(CASES, world);
}

/// The same, so many of them.
pub(crate) fn some_histories(count: u32, world: &dyn Fn(Tale<'_>)) {
    for_all(count, (documents(), steps()), |(documents, steps)| {
        world(&|ledger| one_history(ledger, &documents, &steps));
    });
}

/// The model is no mirror that shows whatever is held before it: of the same random histories,
/// enough hold every kind of event that it is there for.
#[test]
fn histories_are_rich_enough_to_tell_something() {
    // Ten times as many as are played: whether one is rich is then no matter of luck.
    let seen = std::cell::RefCell::new(BTreeMap::new());
    for_all(10 * CASES, (documents(), steps()), |(documents, steps)| {
        let people = [UserId([1; 16]), UserId([2; 16])];
        let contents = contents(&documents, people);
        let mut model = model(people);
        let see = |what: &'static str| *seen.borrow_mut().entry(what).or_insert(0) += 1;
        for step in &steps {
            if let Step::Claim(who, code) = step {
                let waits = model.claim(people[*who], ClaimHash([*code; 32])).is_none();
                see(if waits { "waits" } else { "claimed" });
            }
            if let Step::Send(which) = step {
                let content = &contents[*which];
                let of = content.of.as_ref();
                let is_early = of.is_some_and(|of| !model.records.contains_key(&of.key));
                match (model.send(content, at(0)), content.kind, is_early) {
                    (Outcome::Recorded, Kind::Return, true) => see("early return"),
                    (Outcome::Recorded, Kind::Void, true) => see("early void"),
                    (Outcome::Recorded, Kind::Return, false) => see("return"),
                    (Outcome::Recorded, Kind::Void, false) => see("void"),
                    (Outcome::Again, ..) => see("again"),
                    (Outcome::Refused(_), ..) => see("refused"),
                    (Outcome::Recorded, Kind::Sale, _) | (Outcome::Conflict, ..) => {}
                }
            }
        }
        for (key, record) in &model.records {
            if record.is_over {
                see("over");
            }
            match record.shown {
                Shown::Nothing => {}
                Shown::Filed => see("filed by a code"),
                Shown::Unfiled => see("code worth nothing"),
            }
            if record.claimed.is_some() {
                see("taken");
            }
            let follows =
                matches!(model.owner(key), Owner::Person(_)) && record.content.of.is_some();
            if follows && record.content.buyer == Buyer::Absent {
                see("followed a person");
            }
        }
    });
    let seen = seen.into_inner();
    let kinds = [
        "early return",
        "early void",
        "return",
        "void",
        "again",
        "refused",
        "over",
        "followed a person",
        "filed by a code",
        "code worth nothing",
        "waits",
        "claimed",
        "taken",
    ];
    for kind in kinds {
        assert!(
            seen.get(kind).is_some_and(|count| *count >= 30),
            "{kind} is too rare: {seen:?}"
        );
    }
}
