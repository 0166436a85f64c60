//! Checks what the ledger knows of itself: its format, its newest commits, accepted gaps; and that
//! nothing stands in it that no program wrote.

use super::{Inspection, keys};
use crate::embedded::key::{self, Kind as Row, Space};
use crate::embedded::open::FORMAT;
use crate::embedded::value::people::{CommitRow, Gap};
use crate::fault::Fault;
use crate::keyring::hex;
use crate::watermark::Mark;
use purchase::bytes::{ReadError, Reader};

/// Commits that are remembered.
const COMMITS_KEPT: u64 = 64;

/// Every kind of row. A new one also needs its checks.
pub(super) const KINDS: [Row; 54] = [
    Row::Commit,
    Row::Format,
    Row::Store,
    Row::Device,
    Row::Secret,
    Row::User,
    Row::UserReference,
    Row::Token,
    Row::Account,
    Row::Settlement,
    Row::Day,
    Row::Early,
    Row::Conflict,
    Row::Pending,
    Row::Awaited,
    Row::Head,
    Row::Item,
    Row::Purchase,
    Row::Feed,
    Row::Claim,
    Row::Erased,
    Row::Gap,
    Row::Staging,
    Row::Operator,
    Row::Signer,
    Row::Pairing,
    Row::Chain,
    Row::ChainDevice,
    Row::Label,
    Row::Patterns,
    Row::Session,
    Row::MemberCode,
    Row::MemberCodeOf,
    Row::WantedClaim,
    Row::Credential,
    Row::SignIn,
    Row::Leaf,
    Row::Access,
    Row::Leaving,
    Row::Audit,
    Row::Sought,
    Row::Missing,
    Row::Household,
    Row::HouseholdMember,
    Row::Invitation,
    Row::HouseholdOf,
    Row::Report,
    Row::Wish,
    Row::Merger,
    Row::Partner,
    Row::TokenOf,
    Row::Consent,
    Row::Filed,
    Row::ToFile,
];

/// What people call a kind of row, and where it is at home. Who adds a kind also adds it above.
const fn described(kind: Row) -> (&'static str, Space) {
    match kind {
        Row::Commit => ("commit", Space::Facts),
        Row::Format => ("format", Space::Facts),
        Row::Store => ("store", Space::Facts),
        Row::Device => ("device", Space::Facts),
        Row::Secret => ("secret", Space::Facts),
        Row::User => ("user", Space::Facts),
        Row::UserReference => ("user reference", Space::Facts),
        Row::Token => ("token", Space::Facts),
        Row::Account => ("account", Space::Facts),
        Row::Settlement => ("settlement", Space::Facts),
        Row::Day => ("day", Space::Facts),
        Row::Early => ("early return", Space::Facts),
        Row::Conflict => ("conflict", Space::Facts),
        Row::Pending => ("pending line", Space::Facts),
        Row::Awaited => ("awaited line", Space::Facts),
        Row::Head => ("catalogue head", Space::Facts),
        Row::Item => ("item", Space::Catalogue),
        Row::Purchase => ("purchase", Space::Purchases),
        Row::Feed => ("feed", Space::Feed),
        Row::Claim => ("claim", Space::Facts),
        Row::Erased => ("erasure", Space::Facts),
        Row::Gap => ("gap", Space::Facts),
        Row::Staging => ("staging", Space::Facts),
        Row::Operator => ("operator's key", Space::Facts),
        Row::Signer => ("signer", Space::Facts),
        Row::Pairing => ("pairing", Space::Facts),
        Row::Chain => ("chain", Space::Facts),
        Row::ChainDevice => ("chain's device", Space::Facts),
        Row::Label => ("label", Space::Facts),
        Row::Patterns => ("patterns", Space::Catalogue),
        Row::Session => ("session", Space::Facts),
        Row::Credential => ("credential", Space::Facts),
        Row::SignIn => ("sign-in", Space::Facts),
        Row::Leaf => ("leaf", Space::Facts),
        Row::Access => ("access", Space::Facts),
        Row::Leaving => ("leaving", Space::Facts),
        Row::Audit => ("audit", Space::Facts),
        Row::Sought => ("sought receipt", Space::Facts),
        Row::Missing => ("missing receipt", Space::Facts),
        Row::MemberCode => ("member code", Space::Facts),
        Row::MemberCodeOf => ("listed member code", Space::Facts),
        Row::WantedClaim => ("wanted claim", Space::Facts),
        Row::Household => ("household", Space::Facts),
        Row::HouseholdMember => ("household member", Space::Facts),
        Row::Invitation => ("invitation", Space::Facts),
        Row::HouseholdOf => ("household of a person", Space::Facts),
        Row::Report => ("report", Space::Facts),
        Row::Wish => ("wish", Space::Facts),
        Row::TokenOf => ("listed token", Space::Facts),
        Row::Partner => ("partner", Space::Facts),
        Row::Consent => ("consent", Space::Facts),
        Row::Merger => ("merger", Space::Facts),
        Row::Filed => ("filed batch", Space::Facts),
        Row::ToFile => ("batch to file", Space::Facts),
    }
}

pub(super) const fn word(kind: Row) -> &'static str {
    described(kind).0
}

pub(super) fn check(inspection: &mut Inspection<'_>, mark: Mark) -> Result<(), Fault> {
    check_strangers(inspection)?;
    check_format(inspection)?;
    check_commits(inspection, mark)?;
    for pair in inspection.rows(Space::Facts, Row::Gap) {
        let pair = pair?;
        inspection.step();
        let number = |row_key: &[u8]| keys::array(row_key).map(u64::from_be_bytes);
        let name = |found: &u64| format!("gap after commit {found}");
        if let Some((found, gap)) = inspection.read(Row::Gap, &pair, number, name, Gap::decode)? {
            let is_other = gap.found != found;
            inspection.rules(
                &name(&found),
                &[(is_other, "it is kept under another commit")],
            );
        }
    }
    Ok(())
}

/// Rows whose first byte names no kind, or one that lives elsewhere.
fn check_strangers(inspection: &mut Inspection<'_>) -> Result<(), Fault> {
    let spaces = [
        (Space::Facts, "the facts"),
        (Space::Purchases, "the purchases"),
        (Space::Catalogue, "the catalogues"),
        (Space::Feed, "the feeds"),
    ];
    for (space, place) in spaces {
        for first in 0..=u8::MAX {
            let kind = KINDS.into_iter().find(|kind| key::number(*kind) == first);
            if kind.is_some_and(|kind| described(kind).1 == space) {
                continue;
            }
            for pair in inspection.ledger.engine.prefix(space, &[first]) {
                let (row_key, _) = pair?;
                let wrong = match kind {
                    Some(kind) => format!("{} rows do not belong into {place}", word(kind)),
                    None => format!("no row of {place} begins with {first}"),
                };
                inspection.problem(format!("row {}", hex(&row_key)), wrong);
            }
        }
    }
    Ok(())
}

fn check_format(inspection: &mut Inspection<'_>) -> Result<(), Fault> {
    let row_key = key::plain(Row::Format, &[]);
    for pair in inspection.rows(Space::Facts, Row::Format) {
        let is_other = *pair?.0 != row_key;
        inspection.rules("format", &[(is_other, "there is more than one row of it")]);
    }
    let decode = |row: &[u8]| {
        let mut from = Reader::new(row);
        let format = u32::from_be_bytes(from.array()?);
        from.array::<16>()?;
        from.finish()?;
        if format == FORMAT {
            Ok(())
        } else {
            Err(ReadError::Invalid.into())
        }
    };
    let row = inspection
        .ledger
        .engine
        .read(Space::Facts, &row_key, decode);
    if let Some(None) = inspection.sound(|| "format".to_owned(), row)? {
        inspection.problem("format", "its row is missing");
    }
    Ok(())
}

fn check_commits(inspection: &mut Inspection<'_>, mark: Mark) -> Result<(), Fault> {
    let mut kept = 0;
    for pair in inspection.rows(Space::Facts, Row::Commit) {
        let pair = pair?;
        inspection.step();
        let place = |row_key: &[u8]| keys::array(row_key).map(|[place]: [u8; 1]| place);
        let name = |place: &u8| format!("commit in place {place}");
        let read = inspection.read(Row::Commit, &pair, place, name, CommitRow::decode)?;
        kept += 1;
        let Some((place, CommitRow { mark: found, .. })) = read else {
            continue;
        };
        let is_newest = found.seq == mark.seq;
        let table = [
            (
                found.seq % COMMITS_KEPT != u64::from(place),
                "it belongs into another place",
            ),
            (found.seq > mark.seq, "it is newer than the newest commit"),
            (
                found.seq + COMMITS_KEPT <= mark.seq,
                "a newer commit should have taken its place",
            ),
            (
                is_newest && found.chain != mark.chain,
                "it is not the newest commit that was made",
            ),
        ];
        inspection.rules(&name(&place), &table);
    }
    if kept != mark.seq.min(COMMITS_KEPT) {
        let wrong = format!("{kept} of them are kept, after {} commits", mark.seq);
        inspection.problem("commits", wrong);
    }
    Ok(())
}
