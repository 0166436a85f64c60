//! Checks households: that each has members who know it, that every person is where the row of the person
//! says, that invitations and households know each other, and that what members go by opens.

use super::identity::opened;
use super::{Inspection, Look, keys};
use crate::embedded::key::{self, Kind as Row, Space};
use crate::embedded::value::household::{
    HouseholdRow, InvitationRow, MEMBERS_MAX, MemberRow, decode_household_of, decode_name,
};
use crate::fault::Fault;
use crate::keyring::hex;
use purchase::id::{HouseholdId, UserId};

pub(super) fn check(inspection: &mut Inspection<'_>) -> Result<(), Fault> {
    inspection.begin_stage("households", None);
    check_households(inspection)?;
    check_members(inspection)?;
    check_invitations(inspection)?;
    check_people(inspection)
}

fn check_households(inspection: &mut Inspection<'_>) -> Result<(), Fault> {
    let id = |row_key: &[u8]| keys::array(row_key).map(HouseholdId);
    for pair in inspection.rows(Space::Facts, Row::Household) {
        let pair = pair?;
        inspection.step();
        let read = inspection.read(Row::Household, &pair, id, name, HouseholdRow::decode)?;
        let Some((household_id, row)) = read else {
            continue;
        };
        let mut members = 0;
        let all = key::household(Row::HouseholdMember, household_id);
        for pair in inspection.rows_at(Space::Facts, &all) {
            pair?;
            members += 1;
        }
        let mut wrong = Vec::new();
        for hash in &row.invitations {
            let place = key::invitation(hash);
            match inspection.look(Space::Facts, &place, InvitationRow::decode)? {
                Look::There(found) if found.household_id == household_id => {}
                Look::There(_) | Look::Missing => {
                    wrong.push(format!("{} does not lead to it", invitation(hash)));
                }
                Look::Unreadable => {}
            }
        }
        for wrong in wrong {
            inspection.problem(name(&household_id), wrong);
        }
        inspection.rules(
            &name(&household_id),
            &[
                (members == 0, "nobody is in it"),
                (members > MEMBERS_MAX, "there are too many in it"),
            ],
        );
    }
    Ok(())
}

fn check_members(inspection: &mut Inspection<'_>) -> Result<(), Fault> {
    for pair in inspection.rows(Space::Facts, Row::HouseholdMember) {
        let pair = pair?;
        inspection.step();
        let read = inspection.read(
            Row::HouseholdMember,
            &pair,
            keys::household_member,
            member,
            MemberRow::decode,
        )?;
        let Some((taken, row)) = read else { continue };
        let (what, (household_id, user_id)) = (member(&taken), taken);
        let place = key::household(Row::Household, household_id);
        let (is_nowhere, is_beyond) =
            match inspection.look(Space::Facts, &place, HouseholdRow::decode)? {
                Look::There(found) => (false, row.number == 0 || row.number > found.joined),
                Look::Missing => (true, false),
                Look::Unreadable => (false, false),
            };
        let of_key = key::user(Row::HouseholdOf, user_id);
        let is_elsewhere = match inspection.look(Space::Facts, &of_key, decode_household_of)? {
            Look::There(found) => found != household_id,
            Look::Missing => true,
            Look::Unreadable => false,
        };
        inspection.rules(
            &what,
            &[
                (is_nowhere, "its household is not there"),
                (is_beyond, "its household has not had so many"),
                (is_elsewhere, "its user does not know to be in it"),
            ],
        );
        let sealed = (&*pair.0, row.sealed.as_slice());
        opened(inspection, user_id, &what, sealed, decode_name)?;
    }
    Ok(())
}

fn check_invitations(inspection: &mut Inspection<'_>) -> Result<(), Fault> {
    for pair in inspection.rows(Space::Facts, Row::Invitation) {
        let pair = pair?;
        inspection.step();
        let read = inspection.read(
            Row::Invitation,
            &pair,
            keys::array,
            invitation,
            InvitationRow::decode,
        )?;
        let Some((hash, row)) = read else { continue };
        let place = key::household(Row::Household, row.household_id);
        let is_known = match inspection.look(Space::Facts, &place, HouseholdRow::decode)? {
            Look::There(found) => found.invitations.contains(&hash),
            Look::Missing => false,
            Look::Unreadable => true,
        };
        let by = key::household_member(row.household_id, row.user_id);
        let is_by_member = inspection.exists(Space::Facts, &by)?;
        inspection.rules(
            &invitation(&hash),
            &[
                (!is_known, "its household does not know it"),
                (!is_by_member, "who invites is not in the household"),
            ],
        );
    }
    Ok(())
}

fn check_people(inspection: &mut Inspection<'_>) -> Result<(), Fault> {
    let user = |row_key: &[u8]| keys::array(row_key).map(UserId);
    let name = |user_id: &UserId| format!("household of {user_id}");
    for pair in inspection.rows(Space::Facts, Row::HouseholdOf) {
        let pair = pair?;
        inspection.step();
        let read = inspection.read(Row::HouseholdOf, &pair, user, name, decode_household_of)?;
        let Some((user_id, household_id)) = read else {
            continue;
        };
        let place = key::household_member(household_id, user_id);
        let is_there = inspection.exists(Space::Facts, &place)?;
        inspection.rules(
            &name(&user_id),
            &[(!is_there, "the household does not know its user")],
        );
    }
    Ok(())
}

fn name(household_id: &HouseholdId) -> String {
    format!("household {household_id}")
}

fn member((household_id, user_id): &(HouseholdId, UserId)) -> String {
    format!("household member {user_id} of {household_id}")
}

fn invitation(hash: &[u8; 32]) -> String {
    format!("invitation {}", hex(hash))
}
