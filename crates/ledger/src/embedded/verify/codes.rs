//! Checks the codes that people show: member codes against each person's own list and against the
//! settlements that used them, and claim codes whose sale somebody waits for.

use super::ahead::Keys;
use super::{Inspection, Look, keys, people, purchase_name, settlement_name};
use crate::embedded::engine::Pair;
use crate::embedded::key::{self, Kind as Row, Space};
use crate::embedded::value::codes::{MemberCodeRow, WantedRow, decode_listed};
use crate::embedded::value::settlement::{SettlementRow, Shown};
use crate::fault::Fault;
use crate::keyring::hex;
use purchase::id::{OwnerId, PurchaseId, SettlementKey, UserId};
use purchase::member::{MemberForm, MemberHash};
use purchase::settlement::ClaimHash;
use purchase::time::Timestamp;

pub(super) fn check(inspection: &mut Inspection<'_>) -> Result<(), Fault> {
    inspection.begin_stage("codes", None);
    check_member_codes(inspection)?;
    check_listed(inspection)?;
    check_wanted_claims(inspection)
}

fn check_member_codes(inspection: &mut Inspection<'_>) -> Result<(), Fault> {
    let hash = |row_key: &[u8]| keys::array(row_key).map(MemberHash);
    let mut walk = inspection.walk(Space::Facts, Row::MemberCode, code_leads_to);
    while let Some(pair) = walk.next(inspection)? {
        inspection.step();
        let read = inspection.read(
            Row::MemberCode,
            &pair,
            hash,
            member_code,
            MemberCodeRow::decode,
        )?;
        let Some((hash, row)) = read else { continue };
        let what = member_code(&hash);
        let listed_key = key::member_code_of(row.user_id, row.form, row.expires_at, hash);
        let is_listed = inspection.exists(Space::Facts, &listed_key)?;
        let has_user = has_user(inspection, row.user_id)?;
        let is_card = row.form == MemberForm::Card;
        inspection.rules(
            &what,
            &[
                (!has_user, "its user is not there"),
                (!is_listed, "it is not in the list of its user"),
                (row.expires_at <= row.issued_at, "it was never good"),
                (
                    is_card && row.used_by.is_some(),
                    "it is a card that was used up",
                ),
            ],
        );
        if let Some(used_by) = &row.used_by {
            check_use(inspection, &what, row.user_id, used_by)?;
        }
    }
    Ok(())
}

fn code_leads_to((row_key, row): &Pair, keys: &mut Keys) {
    let hash = keys::array(row_key).map(MemberHash);
    let (Ok(hash), Ok(row)) = (hash, MemberCodeRow::decode(row)) else {
        return;
    };
    keys.insert(key::user(Row::User, row.user_id));
    let (form, until) = (row.form, row.expires_at);
    keys.insert(key::member_code_of(row.user_id, form, until, hash));
    let used_by = row.used_by.iter();
    keys.extend(used_by.map(|used_by| key::settlement(Row::Settlement, used_by)));
}

fn listed_leads_to((row_key, _): &Pair, keys: &mut Keys) {
    let listed = keys::member_code_of(row_key);
    keys.extend(listed.map(|(.., hash)| key::member_code(hash)));
}

fn wanted_leads_to((row_key, row): &Pair, keys: &mut Keys) {
    if let (Ok((user_id, _)), Ok(row)) = (keys::wanted_claim(row_key), WantedRow::decode(row)) {
        keys.insert(key::user(Row::User, user_id));
        let owner = OwnerId::User(user_id);
        keys.extend(row.filed.map(|id| key::body(owner, id)));
    }
}

/// The settlement that a code was good for is its person's, and says that a code filed it. One of a shop that the
/// person blocked says that it did not, and may be anybody's by now.
fn check_use(
    inspection: &mut Inspection<'_>,
    what: &str,
    user_id: UserId,
    used_by: &SettlementKey,
) -> Result<(), Fault> {
    let row_key = key::settlement(Row::Settlement, used_by);
    let is_its = match inspection.look(Space::Facts, &row_key, SettlementRow::decode)? {
        Look::There(row) => match row.shown {
            Shown::Filed => is_one_person(inspection, row.owner, user_id)?,
            Shown::Unfiled => true,
            Shown::Nothing => false,
        },
        Look::Missing => false,
        Look::Unreadable => true,
    };
    let wrong = format!("{} does not know that it used it", settlement_name(used_by));
    inspection.rules(what, &[(!is_its, &wrong)]);
    Ok(())
}

/// Is it this person, or somebody whose account goes into the other one's just now?
fn is_one_person(
    inspection: &Inspection<'_>,
    owner: OwnerId,
    user_id: UserId,
) -> Result<bool, Fault> {
    match owner {
        OwnerId::User(owner) if owner == user_id => Ok(true),
        OwnerId::User(owner) => {
            let ledger = inspection.ledger;
            Ok(ledger.heir(owner)? == ledger.heir(user_id)?)
        }
        OwnerId::Unclaimed(_) => Ok(false),
    }
}

fn check_listed(inspection: &mut Inspection<'_>) -> Result<(), Fault> {
    let name = |listed: &(UserId, MemberForm, Timestamp, MemberHash)| {
        format!("listed {} of {}", member_code(&listed.3), listed.0)
    };
    let mut walk = inspection.walk(Space::Facts, Row::MemberCodeOf, listed_leads_to);
    while let Some(pair) = walk.next(inspection)? {
        inspection.step();
        let read = inspection.read(
            Row::MemberCodeOf,
            &pair,
            keys::member_code_of,
            name,
            decode_listed,
        )?;
        let Some((listed, ())) = read else { continue };
        let (user_id, form, expires_at, hash) = listed;
        let row_key = key::member_code(hash);
        let is_its = match inspection.look(Space::Facts, &row_key, MemberCodeRow::decode)? {
            Look::There(row) => {
                (row.user_id, row.form, row.expires_at) == (user_id, form, expires_at)
            }
            Look::Missing => false,
            Look::Unreadable => true,
        };
        inspection.rules(&name(&listed), &[(!is_its, "there is no such code")]);
    }
    Ok(())
}

fn check_wanted_claims(inspection: &mut Inspection<'_>) -> Result<(), Fault> {
    let name = |wanted: &(UserId, ClaimHash)| wanted_claim(wanted.0, wanted.1);
    let mut walk = inspection.walk(Space::Facts, Row::WantedClaim, wanted_leads_to);
    while let Some(pair) = walk.next(inspection)? {
        inspection.step();
        let read = inspection.read(
            Row::WantedClaim,
            &pair,
            keys::wanted_claim,
            name,
            WantedRow::decode,
        )?;
        let Some(((user_id, hash), row)) = read else {
            continue;
        };
        let what = wanted_claim(user_id, hash);
        let has_user = has_user(inspection, user_id)?;
        let owner = OwnerId::User(user_id);
        let (is_there, purchase) = match row.filed {
            None => (true, String::new()),
            Some(id) => (is_filed(inspection, user_id, id)?, purchase_name(owner, id)),
        };
        // Where nothing was brought, the code may be another one's who was first, or used before.
        let wrong = format!("it brought {purchase}, which is not there");
        inspection.rules(
            &what,
            &[(!has_user, "its user is not there"), (!is_there, &wrong)],
        );
    }
    Ok(())
}

/// Is there such a purchase of this person, or of whoever has the account now?
fn is_filed(inspection: &Inspection<'_>, user_id: UserId, id: PurchaseId) -> Result<bool, Fault> {
    let is_of = |user_id: UserId| {
        let body_key = key::body(OwnerId::User(user_id), id);
        inspection.exists(Space::Purchases, &body_key)
    };
    Ok(is_of(user_id)? || is_of(inspection.ledger.heir(user_id)?)?)
}

/// A code whose sale somebody waits for stands in the person's own list as well.
pub(super) fn check_wanted(
    inspection: &mut Inspection<'_>,
    what: &str,
    (user_id, hash, asked_at): (UserId, ClaimHash, Timestamp),
) -> Result<(), Fault> {
    let wanted_key = key::wanted_claim(user_id, hash);
    let is_listed = match inspection.look(Space::Facts, &wanted_key, WantedRow::decode)? {
        Look::There(row) => row.filed.is_none() && row.asked_at == asked_at,
        Look::Missing => false,
        Look::Unreadable => true,
    };
    let wrong = format!("{} does not wait for it", people::account_name(&user_id));
    inspection.rules(what, &[(!is_listed, &wrong)]);
    Ok(())
}

fn has_user(inspection: &Inspection<'_>, user_id: UserId) -> Result<bool, Fault> {
    inspection.exists(Space::Facts, &key::user(Row::User, user_id))
}

fn member_code(hash: &MemberHash) -> String {
    format!("member code {}", hex(&hash.0))
}

fn wanted_claim(user_id: UserId, hash: ClaimHash) -> String {
    format!("claim {} that {user_id} gave", hex(&hash.0))
}
