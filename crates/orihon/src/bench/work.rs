//! What the connections do: send settlements one by one or in batches, or look at an account.

use super::caller::{self, Answer};
use super::filed::{Fate, Tape};
use super::load::Work;
use super::random::Random;
use super::sale::{Sale, Till};
use super::town::{Town, text_member};
use std::cell::RefCell;
use std::rc::Rc;

/// Of the answers to readers, one in so many is looked at, which costs more than receiving it.
const READS_PER_LOOK: u32 = 16;

/// How settlements are sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sending {
    /// One by one.
    Single,
    /// So many of one store at once, as NDJSON.
    Batch(u32),
}

/// A till that goes round the stores, and sells in each.
pub(super) struct Filing {
    town: Rc<Town>,
    tape: Rc<RefCell<Tape>>,
    sending: Sending,
    next_store: u32,
    on_the_way: Vec<Sale>,
    body: Vec<u8>,
}

impl Filing {
    pub(super) fn new(town: &Rc<Town>, till: Till, at: u32, sending: Sending) -> Self {
        let stores = town.stores();
        Self {
            town: Rc::clone(town),
            tape: Rc::new(RefCell::new(Tape::new(till, stores))),
            sending,
            // Tills begin at different stores, so that these are equally busy at any time.
            next_store: at.wrapping_mul(7) % stores.max(1),
            on_the_way: Vec::new(),
            body: Vec::new(),
        }
    }

    /// Where the fates of its settlements are kept.
    pub(super) fn tape(&self) -> Rc<RefCell<Tape>> {
        Rc::clone(&self.tape)
    }

    fn tell(&self, at: usize, fate: Fate) {
        if let Some(sale) = self.on_the_way.get(at) {
            self.tape.borrow_mut().tell(*sale, fate);
        }
    }

    /// Nothing of the request was stored, if the status says so; else nobody knows.
    fn tell_all(&self, status: u16) {
        if (400..500).contains(&status) {
            for at in 0..self.on_the_way.len() {
                self.tell(at, Fate::REFUSED);
            }
        }
    }
}

impl Work for Filing {
    fn ask(&mut self, request: &mut Vec<u8>) {
        let store = self.next_store;
        self.next_store = (store + 1) % self.town.stores().max(1);
        let count = match self.sending {
            Sending::Single => 1,
            Sending::Batch(count) => count,
        };
        self.body.clear();
        self.on_the_way.clear();
        let mut tape = self.tape.borrow_mut();
        for at in 0..count {
            if at > 0 {
                self.body.push(b'\n');
            }
            let sale = tape.sell(store);
            self.town.write(&tape.till, sale, &mut self.body);
            self.on_the_way.push(sale);
        }
        if let Some(shop) = self.town.shop(store) {
            let begun = match self.sending {
                Sending::Single => &shop.single,
                Sending::Batch(_) => &shop.batch,
            };
            caller::finish(request, begun, &self.body);
        }
    }

    fn hear(&mut self, answer: Answer<'_>) -> u64 {
        let went_well = match self.sending {
            Sending::Single => answer.status == 201,
            Sending::Batch(_) => answer.status == 200,
        };
        if !went_well {
            self.tell_all(answer.status);
            return 0;
        }
        let mut recorded = 0;
        for (at, outcome) in answer.body.split(|byte| *byte == b'\n').enumerate() {
            match read_outcome(outcome) {
                Some((Outcome::Recorded, purchase_id)) => {
                    self.tell(at, Fate::filed(purchase_id));
                    recorded += 1;
                }
                Some((Outcome::AlreadyRecorded, purchase_id)) => {
                    self.tell(at, Fate::filed(purchase_id));
                }
                None if outcome.is_empty() => {}
                None => self.tell(at, Fate::REFUSED),
            }
        }
        recorded
    }
}

/// The two good ends of a settlement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Recorded,
    AlreadyRecorded,
}

/// The end of a settlement and its purchase, if it is a good one.
pub(super) fn read_outcome(outcome: &[u8]) -> Option<(Outcome, &[u8])> {
    let purchase_id = text_member(outcome, b"\"purchase_id\":\"")?;
    match text_member(outcome, b"\"outcome\":\"")? {
        b"recorded" => Some((Outcome::Recorded, purchase_id)),
        b"already_recorded" => Some((Outcome::AlreadyRecorded, purchase_id)),
        _ => None,
    }
}

/// What readers found in the pages that were looked at.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Pages {
    pub(super) looked_at: u64,
    pub(super) purchases: u64,
    pub(super) bytes: u64,
}

/// Somebody who looks at the newest purchases of one person after the other, at random.
pub(super) struct Reading {
    town: Rc<Town>,
    random: Random,
    pages: Rc<RefCell<Pages>>,
    until_look: u32,
    begun: Vec<u8>,
}

impl Reading {
    pub(super) fn new(town: &Rc<Town>, host: &str, at: u32, pages: &Rc<RefCell<Pages>>) -> Self {
        let begun =
            format!("GET /v1/me/purchases HTTP/1.1\r\nhost: {host}\r\nauthorization: Bearer ");
        Self {
            town: Rc::clone(town),
            random: Random::at(town.range.seed, [u64::MAX, 1, at.into()]),
            pages: Rc::clone(pages),
            until_look: 0,
            begun: begun.into_bytes(),
        }
    }
}

impl Work for Reading {
    fn ask(&mut self, request: &mut Vec<u8>) {
        let user = self.random.below(self.town.range.users);
        request.extend_from_slice(&self.begun);
        request.extend_from_slice(self.town.people.token(user));
        request.extend_from_slice(b"\r\n\r\n");
    }

    fn hear(&mut self, answer: Answer<'_>) -> u64 {
        if answer.status != 200 {
            return 0;
        }
        if self.until_look > 0 {
            self.until_look -= 1;
        } else {
            self.until_look = READS_PER_LOOK - 1;
            let name = b"\"purchase_id\":";
            let found = answer
                .body
                .windows(name.len())
                .filter(|part| part == name)
                .count();
            let mut pages = self.pages.borrow_mut();
            pages.looked_at += 1;
            pages.purchases += u64::try_from(found).unwrap_or(0);
            pages.bytes += u64::try_from(answer.body.len()).unwrap_or(0);
        }
        1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outcomes_are_read_in_the_servers_own_words() {
        let key = purchase::id::SettlementKey {
            store_id: purchase::id::StoreId::parse("bench-1-000").unwrap(),
            terminal: purchase::id::Label::parse("s0").unwrap(),
            business_date: purchase::time::BusinessDate::parse("2015-01-05").unwrap(),
            transaction: purchase::id::Label::parse("0").unwrap(),
        };
        let at = purchase::time::Timestamp::ZERO;
        let purchase_id = purchase::id::PurchaseId::new(at, [7; 10]);
        let filing = wire::outcome::Filing {
            filed: None,
            key: &key,
            purchase_id,
            pending_lines: 0,
            warnings: purchase::warning::Warnings::default(),
            claim_code: None,
        };
        let shown = purchase_id.to_string();
        let message = wire::outcome::OutcomeMessage::recorded;
        let rows = [
            (
                message(&filing),
                Some((Outcome::Recorded, shown.as_bytes())),
            ),
            (
                wire::outcome::OutcomeMessage::already_recorded(&filing),
                Some((Outcome::AlreadyRecorded, shown.as_bytes())),
            ),
            (wire::outcome::OutcomeMessage::conflict(&key), None),
        ];
        for (message, expected) in rows {
            let mut json = Vec::new();
            message.write_json(&mut json);
            assert_eq!(read_outcome(&json), expected);
        }
        assert_eq!(read_outcome(b""), None);
    }
}
