//! Checks catalogues: the versions of each code, and the patterns, against the head that counts and
//! sums them. The versions of a code stand together, and the codes of a store.

use super::{Inspection, Look, Whole, keys, labels};
use crate::embedded::catalogue::statement;
use crate::embedded::key::{self, Kind as Row, Space};
use crate::embedded::value::catalogue::{decode_entry, decode_head};
use crate::fault::Fault;
use purchase::catalogue::{Entry, Head};
use purchase::decide::add_digest;
use purchase::id::{ItemCode, Revision, StoreId};
use purchase::time::Timestamp;

/// A store's catalogue, counted anew.
struct Catalogue {
    store_id: StoreId,
    head: Look<Head>,
    /// The revision that is being staged.
    staged: Option<Revision>,
    items: u64,
    digest: [u8; 32],
    newest: Option<Newest>,
    whole: Whole,
}

/// The newest statement about a code so far.
struct Newest {
    code: ItemCode,
    order: (Timestamp, Revision),
    entry: Entry,
}

pub(super) fn check(inspection: &mut Inspection<'_>) -> Result<(), Fault> {
    inspection.begin_stage("catalogues", None);
    check_heads(inspection, Row::Head)?;
    check_heads(inspection, Row::Staging)?;
    let mut catalogue: Option<Catalogue> = None;
    for pair in inspection.rows(Space::Catalogue, Row::Item) {
        let pair = pair?;
        inspection.step();
        let Some(place) = inspection.key(Row::Item, &pair.0, keys::item) else {
            continue;
        };
        let mut of_store = match catalogue.take() {
            Some(catalogue) if catalogue.store_id == place.store_id => catalogue,
            other => {
                close(inspection, other);
                Catalogue::open(inspection, &place.store_id)?
            }
        };
        match inspection.sound(|| item(&place), decode_entry(&pair.1))? {
            Some(entry) => of_store.add(inspection, place, entry),
            None => of_store.whole = Whole::Some,
        }
        catalogue = Some(of_store);
    }
    close(inspection, catalogue);
    Ok(())
}

/// Heads of catalogues, or of those being staged. An empty catalogue is nothing but a head.
fn check_heads(inspection: &mut Inspection<'_>, kind: Row) -> Result<(), Fault> {
    for pair in inspection.rows(Space::Facts, kind) {
        let pair = pair?;
        inspection.step();
        let read = inspection.read(kind, &pair, keys::store, name, decode_head)?;
        let Some((store_id, head)) = read else {
            continue;
        };
        let is_homeless = matches!(inspection.store(&store_id)?, Look::Missing);
        let prefix = key::of_store(Row::Item, &store_id);
        let says_something = match labels::digest_of_patterns(inspection, &store_id)? {
            Some(patterns) => (head.items, head.digest) != (0, patterns),
            None => head.items != 0,
        };
        let is_hollow = says_something && !inspection.has_rows(Space::Catalogue, &prefix)?;
        inspection.rules(
            &name(&store_id),
            &[
                (is_homeless, "its store is not there"),
                (is_hollow, "it counts items, but has none"),
            ],
        );
    }
    Ok(())
}

impl Catalogue {
    fn open(inspection: &mut Inspection<'_>, store_id: &StoreId) -> Result<Self, Fault> {
        let id = store_id.as_str().as_bytes();
        let look = |kind| inspection.look(Space::Facts, &key::plain(kind, id), decode_head);
        let staged = match look(Row::Staging)? {
            Look::There(staged) => Some(staged.revision),
            Look::Missing | Look::Unreadable => None,
        };
        let head = match look(Row::Head)? {
            // Nothing was finished yet.
            Look::Missing if staged.is_some() => Look::There(Head::empty()),
            other => other,
        };
        let is_headless = matches!(head, Look::Missing);
        inspection.rules(
            &name(store_id),
            &[(is_headless, "it has items, but no head")],
        );
        let patterns = labels::digest_of_patterns(inspection, store_id)?;
        Ok(Self {
            store_id: store_id.clone(),
            head,
            staged,
            items: 0,
            digest: patterns.unwrap_or_default(),
            newest: None,
            whole: if patterns.is_some() {
                Whole::All
            } else {
                Whole::Some
            },
        })
    }

    fn add(&mut self, inspection: &mut Inspection<'_>, place: keys::ItemKey, entry: Entry) {
        let Look::There(head) = &self.head else {
            return;
        };
        if place.revision > head.revision {
            let is_stray = self.staged != Some(place.revision);
            let wrong = format!("the catalogue stands at revision {}", head.revision.0);
            inspection.rules(&item(&place), &[(is_stray, &wrong)]);
            return;
        }
        let order = (place.effective_from, place.revision);
        match &mut self.newest {
            Some(newest) if newest.code == place.code => {
                if newest.order <= order {
                    (newest.order, newest.entry) = (order, entry);
                }
            }
            Some(_) | None => {
                self.count();
                self.newest = Some(Newest {
                    code: place.code,
                    order,
                    entry,
                });
            }
        }
    }

    /// Counts the code that is complete.
    fn count(&mut self) {
        let Some(Newest { code, entry, .. }) = self.newest.take() else {
            return;
        };
        if let Some(digest) = statement(&code, &entry) {
            self.items += 1;
            self.digest = add_digest(self.digest, digest);
        }
    }
}

fn close(inspection: &mut Inspection<'_>, catalogue: Option<Catalogue>) {
    let Some(mut catalogue) = catalogue else {
        return;
    };
    catalogue.count();
    inspection.report.items += catalogue.items;
    let (Look::There(head), Whole::All) = (&catalogue.head, catalogue.whole) else {
        return;
    };
    let counts = format!(
        "it counts {} items, there are {}",
        head.items, catalogue.items
    );
    inspection.rules(
        &name(&catalogue.store_id),
        &[
            (head.items != catalogue.items, &counts),
            (
                head.digest != catalogue.digest,
                "its digest is not the sum of what it says",
            ),
        ],
    );
}

fn name(store_id: &StoreId) -> String {
    format!("catalogue of {store_id}")
}

fn item(place: &keys::ItemKey) -> String {
    let keys::ItemKey {
        store_id,
        code,
        effective_from,
        revision,
    } = place;
    format!(
        "item {code} of {store_id}, revision {}, from {} ms",
        revision.0,
        effective_from.ms()
    )
}
