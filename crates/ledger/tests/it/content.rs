//! All that can be read of a ledger, as lines of text in a fixed order: to compare two of them, and
//! to hold one against what was kept. Purchases stand as the digests of their canonical bytes and
//! items as their stored bytes, so that a line changes only if what is kept does.

use crate::world::{hex, sha256};
use ledger::Ledger;
use ledger::account::{Filed, Grant, LeafSubject, MemberCodes, Range};
use purchase::bytes::Writer;
use purchase::canonical::{self, item};
use purchase::catalogue::{Entry, Item};
use purchase::code::PatternSet;
use purchase::id::{Revision, StoreId, UserId};
use purchase::naming::{LineName, Naming};
use purchase::settlement::Settlement;
use purchase::time::{BusinessDate, Timestamp};
use std::fmt::{Debug, Write as _};

/// More than any test writes.
const ALL: usize = 1_000_000;

/// Everything that a person may keep something about.
const SUBJECTS: [LeafSubject; 7] = [
    LeafSubject::Alias,
    LeafSubject::Note,
    LeafSubject::Sensitive,
    LeafSubject::Setting,
    LeafSubject::Blocked,
    LeafSubject::Consent,
    LeafSubject::Shared,
];

/// The first days of the tests' year; nothing is sold on others.
fn dates() -> impl Iterator<Item = BusinessDate> {
    (1..=9).map(|day| BusinessDate::new(2017, 1, day).unwrap())
}

/// Everything.
pub(crate) fn everything(ledger: &Ledger) -> String {
    let mut lines = Lines::default();
    for store_id in ledger.store_ids() {
        store(&mut lines, ledger, &store_id);
    }
    for count in ledger.count_users(None, ALL).unwrap() {
        lines.add("user", format!("{} {:?}", count.user_id, count.tally));
        person(&mut lines, ledger, count.user_id);
        if let Some(suspension) = ledger.suspension(count.user_id).unwrap() {
            lines.add("suspended", suspension);
        }
    }
    for count in ledger.count_stores().unwrap() {
        lines.add("count", count);
    }
    for known in ledger.operators().unwrap() {
        // A key for everything was not told before there were others.
        if known.label.is_some() || known.grant != Grant::everything() {
            lines.add("operator", known);
        }
    }
    let (first, last) = (Timestamp::from_ms(0).unwrap(), Timestamp::LAST);
    for entry in ledger.audited(first, last, ALL).unwrap() {
        lines.add("audit", entry);
    }
    for merger in ledger.mergers_left(ALL).unwrap() {
        lines.add("merger", merger);
    }
    for gap in ledger.gaps().unwrap() {
        lines.add("gap", gap);
    }
    lines.0
}

/// Every row as it is stored: keyspace, key and value.
pub(crate) fn rows(ledger: &Ledger) -> String {
    let mut text = String::new();
    for row in ledger.stored_rows().unwrap() {
        let (key, value) = (hex(&row.key), hex(&row.row));
        writeln!(text, "{} {key} {value}", row.space).expect("a text takes all");
    }
    text
}

#[derive(Default)]
struct Lines(String);

impl Lines {
    fn add(&mut self, what: &str, value: impl Debug) {
        let value = format!("{value:?}").replace("\\\"", "\"");
        writeln!(self.0, "{what} {}", value.trim_matches('"')).expect("a text takes all");
    }
}

fn store(lines: &mut Lines, ledger: &Ledger, store_id: &StoreId) {
    lines.add("store", ledger.store(store_id).unwrap());
    for device in ledger.devices(store_id).unwrap() {
        lines.add("device", device);
    }
    for told in ledger.reports(store_id).unwrap() {
        lines.add("report", told);
    }
    for wish in ledger.wishes(store_id, Timestamp::ZERO).unwrap() {
        lines.add("wish", wish);
    }
    let head = ledger.catalogue_head(store_id).unwrap();
    for set in ledger.patterns(store_id).unwrap().as_slice() {
        let texts: Vec<_> = set
            .patterns
            .as_slice()
            .iter()
            .map(ToString::to_string)
            .collect();
        let PatternSet {
            effective_from,
            revision,
            ..
        } = set;
        lines.add(
            "patterns",
            format!("{revision:?} {effective_from:?} {texts:?}"),
        );
    }
    let sums = [hex(&head.digest), hex(&head.update)];
    let head = (head.revision, head.lineage, head.items, head.past, sums);
    lines.add("head", head);
    let (_, changes) = ledger.changes_after(store_id, Revision(0), ALL).unwrap();
    for (code, version) in changes {
        let (from, revision) = (version.effective_from.ms(), version.revision.0);
        let entry = match &version.entry {
            Entry::Named(item) => item_bytes(item),
            Entry::Discontinued => "ended".into(),
        };
        lines.add("item", format!("{code} from {from} by {revision}: {entry}"));
    }
    for sought in ledger.sought(store_id, Timestamp::ZERO, (0, ALL)).unwrap() {
        lines.add("sought", sought);
    }
    let now = Timestamp::LAST;
    for code in ledger.pending_codes(store_id, now).unwrap() {
        // A code that is no label is told as it was before there were labels.
        let told = format!("{code:?}").replace(" item: None,", "");
        lines.add("pending", told);
    }
    for conflict in ledger.conflicts(store_id, ALL).unwrap() {
        let content = sale_bytes(&conflict.settlement);
        let (at, recorded) = (conflict.received_at.ms(), conflict.recorded);
        let digest = conflict.digest;
        lines.add(
            "conflict",
            format!("{digest:?} {at} {content} against {recorded:?}"),
        );
    }
    for date in dates() {
        let day = ledger.day(store_id, date).unwrap();
        if day.tally.settlements > 0 {
            lines.add(
                "day",
                format!("{date:?} {:?} {}", day.tally, hex(&day.digest)),
            );
        }
        for listed in ledger.day_settlements(store_id, date, None, ALL).unwrap() {
            let recorded = listed.recorded;
            assert_eq!(
                ledger.recorded(&recorded.key).unwrap().as_ref(),
                Some(&recorded)
            );
            lines.add("settlement", recorded);
        }
    }
}

fn person(lines: &mut Lines, ledger: &Ledger, user_id: UserId) {
    lines.add("profile", ledger.profile(user_id).unwrap().expect("known"));
    let page = ledger
        .page(user_id, &Range::default(), ALL, &|_| true)
        .unwrap();
    for filed in page.purchases {
        let again = ledger.purchase(user_id, filed.purchase_id).unwrap();
        assert_eq!(again.as_ref(), Some(&filed));
        lines.add("purchase", purchase_line(&filed));
    }
    for event in ledger.events(user_id, 0, ALL).unwrap() {
        lines.add("event", event);
    }
    // Whoever has no codes is told as before there were any.
    let codes = ledger.member_codes(user_id, Timestamp::ZERO).unwrap();
    if codes != MemberCodes::default() {
        lines.add("codes", codes);
    }
    for claim in ledger.waiting_claims(user_id, Timestamp::ZERO).unwrap() {
        lines.add("waits", claim);
    }
    for missing in ledger.missing(user_id, Timestamp::ZERO).unwrap() {
        lines.add("misses", missing);
    }
    for consent in ledger.consents(user_id).unwrap() {
        lines.add("consent", consent);
    }
    if let Some(household) = ledger.household_of(user_id).unwrap() {
        lines.add("household", household);
    }
    kept_by(lines, ledger, user_id);
    lines.add("feed", ledger.feed_ends(user_id).unwrap().expect("known"));
}

/// How the person comes in and what the person keeps, if there is anything of it.
fn kept_by(lines: &mut Lines, ledger: &Ledger, user_id: UserId) {
    for session in ledger.sessions(user_id).unwrap() {
        lines.add("session", session);
    }
    for means in ledger.credentials(user_id).unwrap() {
        lines.add("credential", means);
    }
    for subject in SUBJECTS {
        for leaf in ledger.leaves(user_id, subject).unwrap() {
            let (of, value) = (hex(&leaf.of), hex(&leaf.value));
            lines.add("leaf", format!("{subject:?} {of}: {value}"));
        }
    }
    for access in ledger.accesses(user_id, None, ALL).unwrap() {
        lines.add("access", access);
    }
    if let Some(at) = ledger.leaves_at(user_id).unwrap() {
        lines.add("leaves", at);
    }
}

fn purchase_line(filed: &Filed) -> String {
    let names: Vec<String> = filed.names.iter().map(name_text).collect();
    format!(
        "{} {:?} received {} warned {} {} as {} named {names:?} returned {:?} voided by {:?}",
        filed.purchase_id,
        filed.settlement.content().key,
        filed.received_at.ms(),
        filed.warnings.bits(),
        sale_bytes(&filed.settlement),
        filed.identity.0,
        filed.returned_micros,
        filed.voided_by,
    )
}

fn name_text(line: &LineName) -> String {
    let at = line
        .named_at
        .map_or(String::new(), |at| format!(" at {}", at.ms()));
    match &line.naming {
        Naming::Catalogue { revision, item } => {
            format!("{} by {}{at}", item_bytes(item), revision.0)
        }
        Naming::Sent => format!("sent{at}"),
        Naming::Pending => format!("pending{at}"),
    }
}

fn sale_bytes(settlement: &Settlement) -> String {
    hex(&sha256(&canonical::encode(settlement)))
}

fn item_bytes(item: &Item) -> String {
    let mut out = Writer::default();
    item::put(&mut out, item);
    hex(out.as_slice())
}
