//! The ledger as a few maps: what is recorded under each key, and rules that are worked out anew
//! from all of it whenever somebody asks. Slow, and written to be looked at; naming itself is not
//! told a second time here, as `purchase` has a model of its own for that.

use crate::world::digest_of;
use ledger::account::{Shown, Tally};
use ledger::write::Refusal;
use purchase::catalogue::{Change, Head, Version};
use purchase::decide::{Digest, add_digest};
use purchase::id::{ItemCode, Revision, SettlementKey, UserId};
use purchase::money::Sum;
use purchase::naming::{self, Later, Naming, Sight, Waiting};
use purchase::settlement::{Buyer, CatalogueMark, ClaimHash, Content, Kind};
use purchase::time::Timestamp;
use std::collections::BTreeMap;

/// What became of a settlement that was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Recorded,
    Again,
    Conflict,
    Refused(Refusal),
}

/// Whose something is: a person's, or nobody's, together with the settlement it all began with.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Owner {
    Person(UserId),
    Nobody(SettlementKey),
}

/// A line's name so far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) naming: Naming,
    pub(crate) named_at: Option<Timestamp>,
    waits: Option<Wait>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Wait {
    unnamed_at: Revision,
    awaits: Option<CatalogueMark>,
}

/// A recorded settlement.
pub(crate) struct Record {
    pub(crate) content: Content,
    pub(crate) lines: Vec<Line>,
    /// What came back of each line, in millionths.
    pub(crate) returned: Vec<u64>,
    /// What this return counted, in the same order as its own lines.
    counted: Vec<u64>,
    pub(crate) is_over: bool,
    pub(crate) voided_by: Option<SettlementKey>,
    /// Whose member code brought it.
    member: Option<UserId>,
    /// What is told of that code.
    pub(crate) shown: Shown,
    /// Who took it by a claim code.
    pub(crate) claimed: Option<UserId>,
}

/// A member code: whose, from when to when, and what it was good for.
struct Code {
    user_id: UserId,
    good: (Timestamp, Timestamp),
    used_by: Option<SettlementKey>,
}

/// What a claim code leads to.
enum Claim {
    Leads(SettlementKey),
    Wanted(UserId),
}

/// The whole memory.
#[derive(Default)]
pub(crate) struct Model {
    pub(crate) records: BTreeMap<SettlementKey, Record>,
    /// The keys in the order in which they were recorded.
    order: Vec<SettlementKey>,
    versions: BTreeMap<ItemCode, Vec<Version>>,
    revision: u64,
    /// The people that the ledger knows.
    pub(crate) people: Vec<UserId>,
    codes: BTreeMap<String, Code>,
    claims: BTreeMap<ClaimHash, Claim>,
    /// What a code brought to a person.
    brought: BTreeMap<(UserId, ClaimHash), SettlementKey>,
}

impl Model {
    /// An empty memory that knows these people.
    pub(crate) fn of(people: &[UserId]) -> Self {
        Self {
            people: people.to_vec(),
            ..Self::default()
        }
    }

    /// A person gets a member code, good from one instant up to another.
    pub(crate) fn give_code(&mut self, code: &str, user_id: UserId, good: (Timestamp, Timestamp)) {
        let used_by = None;
        let given = Code {
            user_id,
            good,
            used_by,
        };
        self.codes.insert(code.to_owned(), given);
    }

    /// Whom a member code brings a new settlement to, and what the till is told.
    fn member(&mut self, content: &Content) -> (Option<UserId>, Shown) {
        let Buyer::MemberCode(text) = &content.buyer else {
            return (None, Shown::Nothing);
        };
        let is_short = text.as_str().starts_with("90");
        let at = content.purchased_at;
        let code = self.codes.get_mut(text.as_str());
        let good =
            code.filter(|code| code.used_by.is_none() && (code.good.0..code.good.1).contains(&at));
        let user_id = good.map(|code| {
            if is_short {
                code.used_by = Some(content.key.clone());
            }
            code.user_id
        });
        let shown = match (is_short, user_id) {
            (false, _) => Shown::Nothing,
            (true, Some(_)) => Shown::Filed,
            (true, None) => Shown::Unfiled,
        };
        (user_id, shown)
    }

    /// A person gives a claim code; the settlement that it brings, if there is one.
    pub(crate) fn claim(&mut self, user_id: UserId, hash: ClaimHash) -> Option<SettlementKey> {
        if let Some(key) = self.brought.get(&(user_id, hash)) {
            return Some(key.clone());
        }
        match self.claims.get(&hash) {
            Some(Claim::Leads(key)) => {
                let key = key.clone();
                self.take(user_id, hash, &key);
                return Some(key);
            }
            Some(Claim::Wanted(_)) => {}
            None => {
                self.claims.insert(hash, Claim::Wanted(user_id));
            }
        }
        None
    }

    /// Gives all that belongs to nobody together with `key` to a person.
    fn take(&mut self, user_id: UserId, hash: ClaimHash, key: &SettlementKey) {
        let nobody = self.owner(key);
        let all: Vec<SettlementKey> = self.order.clone();
        let with_it = all.iter().filter(|other| self.owner(other) == nobody);
        let with_it: Vec<&SettlementKey> = with_it.collect();
        for other in with_it {
            let record = self.records.get_mut(other).expect("recorded");
            record.claimed = Some(user_id);
        }
        self.brought.insert((user_id, hash), key.clone());
        self.claims.remove(&hash);
        self.forget_claims();
    }

    /// What has come to a person is led to no more, nor what lies with its original by now.
    fn forget_claims(&mut self) {
        let claims = std::mem::take(&mut self.claims);
        let is_kept = |claim: &Claim| match claim {
            Claim::Leads(key) => self.owner(key) == Owner::Nobody(key.clone()),
            Claim::Wanted(_) => true,
        };
        let kept = claims.into_iter().filter(|(_, claim)| is_kept(claim));
        self.claims = kept.collect();
    }

    /// Notes the claim code of a new settlement, unless it lies with its original; says who waits for it.
    fn note_claim(&mut self, content: &Content) -> Option<(UserId, ClaimHash)> {
        let hash = content.claim?;
        match (self.owner(&content.key), self.claims.get(&hash)) {
            (Owner::Person(_), _) | (Owner::Nobody(_), Some(Claim::Leads(_))) => None,
            (Owner::Nobody(first), _) if first != content.key => None,
            (Owner::Nobody(_), Some(Claim::Wanted(user_id))) => Some((*user_id, hash)),
            (Owner::Nobody(_), None) => {
                self.claims.insert(hash, Claim::Leads(content.key.clone()));
                None
            }
        }
    }

    /// A settlement is sent and committed at `now`.
    pub(crate) fn send(&mut self, content: &Content, now: Timestamp) -> Outcome {
        if let Some(known) = self.records.get(&content.key) {
            let is_same = digest_of(&known.content) == digest_of(content);
            return if is_same {
                Outcome::Again
            } else {
                Outcome::Conflict
            };
        }
        if content.kind == Kind::Void
            && let Some(refusal) = self.refusal(content)
        {
            return Outcome::Refused(refusal);
        }
        let (member, shown) = self.member(content);
        let record = Record {
            member,
            shown,
            claimed: None,
            content: content.clone(),
            lines: self.lines(content, now),
            returned: vec![0; content.lines.len()],
            counted: Vec::new(),
            is_over: false,
            voided_by: None,
        };
        self.records.insert(content.key.clone(), record);
        self.order.push(content.key.clone());
        let wanted = self.note_claim(content);
        self.take_effect(&content.key);
        // Whatever spoke of it before it came takes effect now, in the order in which it came.
        let speaks_of_it = |key: &&SettlementKey| {
            let of = &self.records[*key].content.of;
            of.as_ref().is_some_and(|of| of.key == content.key)
        };
        let early: Vec<SettlementKey> = self.order.iter().filter(speaks_of_it).cloned().collect();
        for key in early {
            self.take_effect(&key);
        }
        if let Some((user_id, hash)) = wanted {
            self.take(user_id, hash, &content.key);
        }
        self.forget_claims();
        Outcome::Recorded
    }

    /// Why a void would be refused now.
    fn refusal(&self, void: &Content) -> Option<Refusal> {
        let original = self.records.get(&void.of.as_ref()?.key)?;
        if original.content.kind == Kind::Void {
            Some(Refusal::VoidOfVoid)
        } else if original.voided_by.is_some() {
            Some(Refusal::AlreadyVoided)
        } else if original.returned.iter().any(|back| *back > 0) {
            Some(Refusal::HasReturns)
        } else if original.content.total != void.total {
            let expected = original.content.total;
            Some(Refusal::VoidTotal { expected })
        } else {
            None
        }
    }

    /// What the recorded settlement `key` does to its original, if that is there.
    fn take_effect(&mut self, key: &SettlementKey) {
        let record = &self.records[key];
        let (content, is_voided) = (record.content.clone(), record.voided_by.is_some());
        let Some(of) = &content.of else { return };
        if !self.records.contains_key(&of.key) {
            return;
        }
        match content.kind {
            Kind::Sale => {}
            Kind::Return if is_voided => {}
            Kind::Return => self.give_back(&content),
            Kind::Void if self.refusal(&content).is_some() => {}
            Kind::Void => self.void(key, &of.key),
        }
    }

    fn give_back(&mut self, content: &Content) {
        let of = content.of.as_ref().expect("a return with its original");
        let original = self.records.get_mut(&of.key).expect("recorded");
        let mut counted = Vec::new();
        for entry in &of.lines {
            let nth = usize::from(entry.line.0) - 1;
            let sold = original
                .content
                .lines
                .get(nth)
                .map_or(0, |line| line.quantity.micros());
            let left = match original.returned.get(nth) {
                Some(returned) if original.voided_by.is_none() => sold - returned,
                Some(_) | None => 0,
            };
            let counts = left.min(entry.quantity.micros());
            if let Some(returned) = original.returned.get_mut(nth) {
                *returned += counts;
            }
            counted.push(counts);
        }
        let back = self.records.get_mut(&content.key).expect("recorded");
        let wanted = of.lines.iter().map(|entry| entry.quantity.micros());
        back.is_over = wanted
            .zip(&counted)
            .any(|(wanted, counted)| wanted > *counted);
        back.counted = counted;
    }

    fn void(&mut self, by: &SettlementKey, of: &SettlementKey) {
        let original = self.records.get_mut(of).expect("recorded");
        original.voided_by = Some(by.clone());
        let counted = std::mem::take(&mut original.counted);
        let link = original.content.of.clone();
        // A voided return gives back what it had counted.
        if let Some(link) = link
            && let Some(sale) = self.records.get_mut(&link.key)
        {
            for (entry, counted) in link.lines.iter().zip(counted) {
                if let Some(returned) = sale.returned.get_mut(usize::from(entry.line.0) - 1) {
                    *returned -= counted;
                }
            }
        }
    }

    /// The catalogue gets a next revision, and all that it names is learnt at `now`.
    pub(crate) fn update(&mut self, changes: Vec<Change>, now: Timestamp) {
        self.revision += 1;
        for Change {
            code,
            effective_from,
            entry,
        } in changes
        {
            let revision = Revision(self.revision);
            let version = Version {
                effective_from,
                revision,
                entry,
            };
            self.versions.entry(code).or_default().push(version);
        }
        for key in &self.order {
            let record = &self.records[key];
            let lines = record.lines.iter().zip(&record.content.lines);
            let lines = lines.map(|(line, sold)| match &sold.code {
                Some(code) => self.named_later(line.clone(), code, &record.content, now),
                None => line.clone(),
            });
            let lines = lines.collect();
            self.records.get_mut(key).expect("recorded").lines = lines;
        }
    }

    fn head(&self) -> Head {
        Head {
            revision: Revision(self.revision),
            ..Head::empty()
        }
    }

    fn versions(&self, code: &ItemCode) -> &[Version] {
        self.versions.get(code).map_or(&[], Vec::as_slice)
    }

    fn lines(&self, content: &Content, now: Timestamp) -> Vec<Line> {
        let line = |sold: &purchase::settlement::Line| {
            let given = |naming: Naming| Line {
                naming,
                named_at: None,
                waits: None,
            };
            let (None, Some(code)) = (&sold.name, &sold.code) else {
                return given(Naming::Sent);
            };
            let (upto, awaits) = match naming::sight(&content.mark, &self.head()) {
                Sight::Seen { upto } => (upto, None),
                Sight::Ahead { .. } => (Some(Revision(0)), Some(content.mark.clone())),
            };
            match naming::as_of(self.versions(code), content.purchased_at, upto) {
                Naming::Pending => {
                    let unnamed_at = upto.unwrap_or(Revision(self.revision));
                    let waits = Some(Wait { unnamed_at, awaits });
                    let waiting = Line {
                        waits,
                        ..given(Naming::Pending)
                    };
                    self.named_later(waiting, code, content, now)
                }
                naming => given(naming),
            }
        };
        content.lines.iter().map(line).collect()
    }

    /// A waiting line, named if it can be now.
    fn named_later(&self, line: Line, code: &ItemCode, content: &Content, now: Timestamp) -> Line {
        let Some(mut wait) = line.waits.clone() else {
            return line;
        };
        let named = |naming: Naming| Line {
            naming,
            named_at: Some(now),
            waits: None,
        };
        if let Some(mark) = &wait.awaits {
            let Sight::Seen { upto } = naming::sight(mark, &self.head()) else {
                return line;
            };
            match naming::as_of(self.versions(code), content.purchased_at, upto) {
                Naming::Pending => {}
                naming => return named(naming),
            }
            wait = Wait {
                unnamed_at: upto.expect("it waited for one"),
                awaits: None,
            };
        }
        let waiting = Waiting {
            at: content.purchased_at,
            unnamed_at: wait.unnamed_at,
        };
        match naming::later(self.versions(code), waiting, now) {
            Later::Named { revision, item } => named(Naming::Catalogue { revision, item }),
            Later::Confirm { .. } | Later::Unknown => Line {
                waits: Some(wait),
                ..line
            },
        }
    }

    /// Whose it is: the buyer's if known; without a buyer, whose the original is; else nobody's.
    /// Who took it by its claim code keeps it.
    pub(crate) fn owner(&self, key: &SettlementKey) -> Owner {
        let record = &self.records[key];
        if let Some(user_id) = record.claimed.or(record.member) {
            return Owner::Person(user_id);
        }
        let content = &record.content;
        let of = content
            .of
            .as_ref()
            .filter(|of| self.records.contains_key(&of.key));
        match (&content.buyer, of) {
            (Buyer::Id(text), _) => match UserId::parse(text.as_str()) {
                Ok(user_id) if self.people.contains(&user_id) => Owner::Person(user_id),
                Ok(_) | Err(_) => Owner::Nobody(key.clone()),
            },
            (Buyer::Absent, Some(of)) => self.owner(&of.key),
            (Buyer::Absent | Buyer::MemberCode(_) | Buyer::Pseudonym(_), _) => {
                Owner::Nobody(key.clone())
            }
        }
    }

    /// What a settlement adds to totals.
    fn worth(&self, record: &Record) -> Sum {
        let signed = |content: &Content| match content.kind {
            Kind::Sale => Sum::ZERO.plus(content.total),
            Kind::Return | Kind::Void => Sum::ZERO.minus(content.total),
        };
        let of = record
            .content
            .of
            .as_ref()
            .and_then(|of| self.records.get(&of.key));
        match (record.content.kind, of) {
            (Kind::Void, Some(original))
                if original.voided_by.as_ref() == Some(&record.content.key) =>
            {
                Sum::from_minor(-signed(&original.content).minor())
            }
            (Kind::Void, Some(_)) => Sum::ZERO,
            (Kind::Sale | Kind::Return | Kind::Void, _) => signed(&record.content),
        }
    }

    /// Counts, totals and digest of everything that `wanted` wants.
    pub(crate) fn tally(&self, wanted: impl Fn(&SettlementKey) -> bool) -> (Tally, [u8; 32]) {
        let mut sum = (Tally::default(), [0; 32]);
        for (key, record) in self.records.iter().filter(|(key, _)| wanted(key)) {
            sum.0.settlements += 1;
            sum.0.lines += u64::try_from(record.lines.len()).unwrap();
            sum.0.pending += self.pending(key);
            sum.0.add(record.content.currency, self.worth(record));
            sum.1 = add_digest(sum.1, digest_of(&record.content));
        }
        sum
    }

    pub(crate) fn pending(&self, key: &SettlementKey) -> u64 {
        let waits = self.records[key]
            .lines
            .iter()
            .filter(|line| line.naming == Naming::Pending);
        u64::try_from(waits.count()).unwrap()
    }

    /// The digest under the key.
    pub(crate) fn digest(&self, key: &SettlementKey) -> Digest {
        digest_of(&self.records[key].content)
    }
}
