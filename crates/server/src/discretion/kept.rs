//! The marks of one person as they lie in the ledger, and the shops that say what a mark on an item reaches. Nothing
//! is written here.

use super::{Mark, said_by_shop};
use crate::counter::Counter;
use crate::own_words::{bytes_of, ware_of};
use crate::ware::Ware;
use jiff::tz::TimeZone;
use ledger::Ledger;
use purchase::bytes::{ReadError, Reader};
use purchase::catalogue::Entry;
use purchase::id::{ItemCode, PurchaseId, StoreId};
use purchase::naming::LineName;
use purchase::settlement::{Line, LineNumber, Sensitivity};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// A line as far as marks go.
pub(super) struct Looked<'a> {
    pub(super) store_id: &'a StoreId,
    pub(super) line: &'a Line,
    pub(super) name: Option<&'a LineName>,
    /// Where marks on the line alone lie; none of what is filed nowhere.
    pub(super) at: Option<(PurchaseId, LineNumber)>,
}

/// Marks as they lie in the ledger.
#[derive(Debug, Default)]
pub(super) struct Kept {
    /// There is no such person any more, so that nobody can say what was private.
    pub(super) is_gone: bool,
    pub(super) lines: HashMap<(PurchaseId, LineNumber), Mark>,
    /// By the stored form of the item.
    pub(super) wares: HashMap<Vec<u8>, Mark>,
}

impl Kept {
    pub(super) fn read(&mut self, of: &[u8], value: &[u8]) -> Result<(), ReadError> {
        let mark = match value {
            [0] => Mark::Plain,
            [1] => Mark::Private,
            _ => return Err(ReadError::Invalid),
        };
        let mut from = Reader::new(of);
        match from.byte()? {
            1 => {
                let purchase_id = PurchaseId(from.array()?);
                let number = LineNumber(u16::from_be_bytes(from.array()?));
                from.finish()?;
                self.lines.insert((purchase_id, number), mark);
            }
            2 => {
                let (_, ware) = of.split_first().ok_or(ReadError::Short)?;
                self.wares.insert(ware.to_vec(), mark);
            }
            _ => return Err(ReadError::Invalid),
        }
        Ok(())
    }

    /// What the person says of a line itself.
    pub(super) fn of_line(&self, looked: &Looked<'_>) -> Option<Mark> {
        if self.is_gone {
            return Some(Mark::Private);
        }
        self.lines.get(&looked.at?).copied()
    }

    /// What the person says of the item on a line, under whatever form it was met: private comes before plain.
    pub(super) fn of_ware(&self, looked: &Looked<'_>, shelf: &Shelf) -> Option<Mark> {
        let forms = Ware::forms(looked.line, looked.name, &shelf.counter);
        let said = forms.iter().map(bytes_of).filter_map(|form| {
            let of_label = || shelf.by_label.get(&form);
            self.wares.get(&form).or_else(of_label)
        });
        strictest(said).copied()
    }

    /// What was said of single labels, before the shop told what they mean, is said of the items on them.
    pub(super) fn by_label(&self, counter: &Counter) -> HashMap<Vec<u8>, Mark> {
        let mut found = HashMap::new();
        if counter.patterns.is_none() {
            return found;
        }
        for (form, mark) in &self.wares {
            let Some(Ware::Code { source, code }) = ware_of(form) else {
                continue;
            };
            if source != *counter.store.source() && source != counter.store.store_id {
                continue;
            }
            if let Some(code) = counter.item_of(&code) {
                let item = bytes_of(&Ware::Code { source, code });
                let known = found.entry(item).or_insert(*mark);
                *known = strictest([&*known, mark]).copied().unwrap_or(*mark);
            }
        }
        found
    }
}

pub(super) fn strictest<'a>(said: impl IntoIterator<Item = &'a Mark>) -> Option<&'a Mark> {
    said.into_iter().max_by_key(|mark| match mark {
        Mark::Plain => 0,
        Mark::Private => 1,
    })
}

/// A shop, with what was said of its labels.
pub(super) struct Shelf {
    pub(super) counter: Counter,
    pub(super) by_label: HashMap<Vec<u8>, Mark>,
}

/// The shops and codes met so far. Only what a code stands for is asked of a shop, so that its clock does not
/// matter.
pub(super) struct Shelves {
    pub(super) ledger: Arc<Ledger>,
    met: Mutex<HashMap<StoreId, Arc<Shelf>>>,
    private: Mutex<HashMap<(StoreId, ItemCode), bool>>,
}

impl Shelves {
    pub(super) fn of(ledger: &Arc<Ledger>) -> Self {
        Self {
            ledger: Arc::clone(ledger),
            met: Mutex::default(),
            private: Mutex::default(),
        }
    }

    pub(super) fn of_store(&self, store_id: &StoreId, kept: &Kept) -> Option<Arc<Shelf>> {
        let mut met = self.met.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(shelf) = met.get(store_id) {
            return Some(Arc::clone(shelf));
        }
        let patterns = self.ledger.patterns(store_id).ok()?;
        let counter = Counter {
            store: self.ledger.store(store_id)?,
            zone: TimeZone::UTC,
            patterns: patterns.newest().map(|set| Arc::clone(&set.patterns)),
        };
        let by_label = kept.by_label(&counter);
        let shelf = Arc::new(Shelf { counter, by_label });
        met.insert(store_id.clone(), Arc::clone(&shelf));
        Some(shelf)
    }

    /// Does the shop itself say that a line is private? A line that brought its own name, or has none yet, says
    /// nothing of its item: then it is private if the catalogue ever said so. None if that cannot be read now.
    pub(super) fn is_marked(&self, looked: &Looked<'_>) -> Option<bool> {
        match (said_by_shop(looked.line, looked.name), &looked.line.code) {
            (Some(sensitivity), _) => Some(sensitivity == Sensitivity::Sensitive),
            (None, None) => Some(false),
            (None, Some(code)) => self.was_ever_private(looked.store_id, code),
        }
    }

    fn was_ever_private(&self, store_id: &StoreId, code: &ItemCode) -> Option<bool> {
        let mut known = self.private.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (store_id.clone(), code.clone());
        if let Some(is_private) = known.get(&key) {
            return Some(*is_private);
        }
        let patterns = self.ledger.patterns(store_id).ok()?;
        let item = patterns.newest().and_then(|set| set.patterns.item_of(code));
        let mut is_private = false;
        for code in item.iter().chain([code]) {
            let versions = self.ledger.item_versions(store_id, code).ok()?;
            is_private |= versions.iter().any(|version| match &version.entry {
                Entry::Named(item) => item.sensitivity == Sensitivity::Sensitive,
                Entry::Discontinued => false,
            });
        }
        known.insert(key, is_private);
        Some(is_private)
    }
}
