//! Random histories: sales, returns, voids, catalogues, erasures, in any order and several to a
//! commit. Whatever happens, the ledger agrees with itself. One seed twice is the same history.

use super::*;
use crate::write::{ClaimStep, MemberStep, NewMemberCode, Resume};
use purchase::code::{Patterns, PatternsChange};

/// Histories told, and steps in each.
const SEEDS: u64 = 24;
const STEPS: u32 = 90;
/// The last ones are labels and their items.
const CODES: [&str; 10] = [
    "milk",
    "bread",
    "old",
    "jam",
    "fish",
    "rice",
    "2212345601981",
    "212345001981",
    "2212345000000",
    "2212345600000",
];
const MEMBER_CODES: [&str; 6] = ["a", "b", "c", "d", "card 1", "card 2"];
const PATTERNS: [&[&str]; 4] = [
    &["22IIIIIPPPPPC", "02IIIIIPPPPPC"],
    &["22IIIIIIPPPPC"],
    &["29IIIIIPPPPPC"],
    &[],
];

/// Chance from a seed (SplitMix64).
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: u32) -> u32 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        u32::try_from((mixed ^ (mixed >> 31)) % u64::from(bound)).unwrap()
    }

    fn of<T: Copy>(&mut self, things: &[T]) -> T {
        things[usize::try_from(self.below(u32::try_from(things.len()).unwrap())).unwrap()]
    }

    fn one_in(&mut self, bound: u32) -> bool {
        self.below(bound) == 0
    }
}

/// A history under way.
struct History {
    world: World,
    chance: Chance,
    people: Vec<UserId>,
    revision: u64,
    /// Prepared and not yet committed.
    waiting: Vec<Write>,
    log: Vec<String>,
}

impl History {
    fn new(seed: u64) -> Self {
        let mut world = World::new();
        let people = vec![
            world.person("ada"),
            world.person("bob"),
            world.person("cyd"),
        ];
        let log = vec![format!("seed {seed}")];
        Self {
            world,
            chance: Chance(seed),
            people,
            revision: 2,
            waiting: Vec::new(),
            log,
        }
    }

    fn step(&mut self) {
        match self.chance.below(23) {
            20 => self.give_codes(),
            21..=22 => self.claim(),
            0..=5 => self.sale(),
            6..=9 => self.back(),
            10..=12 => self.void(),
            13..=14 => self.commit_all(),
            15 => self.update(),
            16 => self.stage(),
            17 => self.learn(),
            18 => self.confirm(),
            _ => self.erase(),
        }
    }

    /// Few enough that they meet.
    fn transaction(&mut self) -> String {
        format!("t{}", self.chance.below(40))
    }

    fn by(&mut self) -> By {
        if self.chance.one_in(2) {
            By::Nobody
        } else {
            By::Person(self.chance.of(&self.people))
        }
    }

    fn sale(&mut self) {
        let (transaction, by) = (self.transaction(), self.by());
        let lines: Vec<(&str, u32)> = (0..=self.chance.below(2))
            .map(|_| (self.chance.of(&CODES), 1 + self.chance.below(3)))
            .collect();
        let mut content = sale(&transaction, by, &lines);
        if self.chance.one_in(3) {
            let revision = self.revision + u64::from(self.chance.below(4)) - 1;
            content.mark.revision = Some(Revision(revision));
        }
        if self.chance.one_in(4) {
            content.buyer = Buyer::MemberCode(text(self.chance.of(&MEMBER_CODES)));
        }
        if self.chance.one_in(4) {
            content.claim = Some(ClaimHash([u8::try_from(self.chance.below(5)).unwrap(); 32]));
        }
        self.settle(content);
    }

    fn back(&mut self) {
        let (transaction, of) = (self.transaction(), self.transaction());
        let number = 1 + u16::try_from(self.chance.below(3)).unwrap();
        let (code, pieces) = (self.chance.of(&CODES), 1 + self.chance.below(3));
        let content = back(&transaction, &of, number, code, pieces);
        self.speak(transaction, of, content);
    }

    fn void(&mut self) {
        let (transaction, of) = (self.transaction(), self.transaction());
        let total = self.world.ledger.recorded(&key(&of)).unwrap();
        let total = total.map_or(100, |recorded| recorded.total.minor());
        let content = void(&transaction, &of, total);
        self.speak(transaction, of, content);
    }

    /// Settles what speaks of another settlement; sometimes at the sister's, or for a person.
    fn speak(&mut self, transaction: String, of: String, mut content: Content) {
        if transaction == of {
            return;
        }
        if let (By::Person(user_id), true) = (self.by(), self.chance.one_in(2)) {
            content.buyer = Buyer::Id(text(&user_id.to_string()));
        }
        if self.chance.one_in(4) {
            content.key.store_id = store_id(SISTER);
        }
        self.settle(content);
    }

    fn settle(&mut self, content: Content) {
        self.log.push(format!(
            "{:?} {} of {:?} by {:?} for {}, claim {:?}, mark {:?}",
            content.kind,
            content.key.transaction,
            content.of.as_ref().map(|of| of.key.transaction.as_str()),
            content.buyer,
            content.total.minor(),
            content.claim.map(|claim| claim.0[0]),
            content.mark.revision,
        ));
        let prepared = self.world.prepared(content);
        self.waiting.push(Write::Settle(prepared));
        if self.chance.one_in(2) {
            self.commit_all();
        }
    }

    fn commit_all(&mut self) {
        let batch = std::mem::take(&mut self.waiting);
        self.world.now = self.world.now.plus_ms(1_000);
        let committed = self.world.ledger.commit(batch, self.world.now);
        let committed = committed.unwrap_or_else(|fault| panic!("{fault}: {:#?}", self.log));
        self.log.push(format!("committed {:?}", committed.written));
    }

    /// Whatever is told of the catalogue is told before or after what waits.
    fn write(&mut self, write: Write) {
        self.log.push(format!("{write:?}"));
        if self.chance.one_in(2) {
            self.commit_all();
        }
        self.waiting.push(write);
        self.commit_all();
    }

    fn changes(&mut self) -> Vec<Change> {
        (0..=self.chance.below(2))
            .map(|_| {
                let (code, from) = (self.chance.of(&CODES), i64::from(self.chance.below(3)));
                let from = NOON + (from - 1) * 60_000;
                if self.chance.one_in(4) {
                    gone(code, from)
                } else {
                    named(code, from)
                }
            })
            .collect()
    }

    fn update(&mut self) {
        let changes = self.changes();
        self.revision += 1;
        let head = self
            .world
            .ledger
            .catalogue_head(&store_id(STORE))
            .unwrap()
            .revision;
        self.catalogue(head.0, 0, Step::Whole(changes));
    }

    fn stage(&mut self) {
        let base = self
            .world
            .ledger
            .catalogue_head(&store_id(STORE))
            .unwrap()
            .revision
            .0;
        self.revision += 1;
        let update = u8::try_from(self.revision % 251).unwrap();
        self.catalogue(base, update, Step::Begin);
        for _ in 0..self.chance.below(3) {
            let changes = self.changes();
            self.catalogue(base, update, Step::Part(changes));
        }
        if self.chance.one_in(2) {
            self.catalogue(base, update, Step::Finish);
        }
    }

    fn catalogue(&mut self, base: u64, update: u8, step: Step) {
        let patterns = self.chance.one_in(3).then(|| PatternsChange {
            effective_from: time(NOON - 5_000 + i64::from(self.chance.below(10_000))),
            patterns: Arc::new(Patterns::parse(self.chance.of(&PATTERNS).iter().copied()).unwrap()),
        });
        self.write(Write::Catalogue(Box::new(CatalogueWrite {
            store_id: store_id(STORE),
            base: Revision(base),
            revision: Revision(self.revision),
            lineage: None,
            update: [update; 32],
            patterns,
            step,
        })));
    }

    fn learn(&mut self) {
        let codes = CODES.iter().map(|known| code(known)).collect();
        self.write(Write::Learn {
            store_id: store_id(STORE),
            codes,
            resume: None,
        });
        self.write(Write::CatchUp {
            store_id: store_id(STORE),
            resume: None,
        });
        self.write(Write::Labels {
            store_id: store_id(STORE),
            resume: None,
        });
    }

    fn confirm(&mut self) {
        let code = code(self.chance.of(&CODES));
        let revision = Revision(1 + u64::from(self.chance.below(8)));
        let store_id = store_id(STORE);
        self.write(Write::Confirm {
            store_id,
            code,
            revision,
            resume: None,
        });
        let before = self.world.now.plus_ms(-20_000);
        self.write(Write::PruneFeed {
            before,
            resume: None::<Resume>,
        });
    }

    /// To whom they go, from when and until when is chance; a code that somebody has stays that one's.
    fn give_codes(&mut self) {
        let user_id = self.chance.of(&self.people);
        if self.chance.one_in(4) {
            let form = member(self.chance.of(&MEMBER_CODES)).form;
            self.write(Write::Member(MemberStep::Revoke { user_id, form }));
            return;
        }
        let code = member(self.chance.of(&MEMBER_CODES));
        let from = NOON - 400_000 + i64::from(self.chance.below(500_000));
        let codes = vec![NewMemberCode {
            hash: code.hash,
            form: code.form,
            issued_at: time(from),
            expires_at: time(from + i64::from(self.chance.below(900_000)) + 1),
        }];
        self.write(Write::Member(MemberStep::Issue { user_id, codes }));
    }

    fn claim(&mut self) {
        let user_id = self.chance.of(&self.people);
        let hash = ClaimHash([u8::try_from(self.chance.below(5)).unwrap(); 32]);
        self.write(Write::Claim(ClaimStep::Take { user_id, hash }));
    }

    fn erase(&mut self) {
        if self.chance.one_in(3) {
            let at = usize::try_from(self.chance.below(3)).unwrap();
            let user_id = self.people[at];
            self.write(Write::Erase { user_id });
            self.people[at] = self.world.person(&format!("person {}", self.log.len()));
        }
    }
}

#[test]
fn every_random_history_agrees_with_itself() {
    for seed in 0..SEEDS {
        let mut history = History::new(seed);
        for _ in 0..STEPS {
            history.step();
        }
        history.commit_all();
        let report = history.world.verify();
        assert!(
            report.is_sound(),
            "{:#?} after {:#?}",
            report.problems,
            history.log
        );
        assert!(
            report.settlements > 20,
            "seed {seed} told too little: {report:?}"
        );
    }
}
