//! Damage to households: members, invitations, and where people say that they are.

use super::*;
use crate::embedded::value::household::{
    HouseholdRow, InvitationRow, MemberRow, encode_household_of,
};
use crate::write::HouseholdStep;
use purchase::id::HouseholdId;

const HOME: HouseholdId = HouseholdId([4; 16]);
const AWAY: HouseholdId = HouseholdId([5; 16]);

/// A town in which Ada and Cyd are a household, and somebody is invited.
fn household_town() -> Town {
    let mut town = town();
    let invite = |hash: u8| HouseholdStep::Invite {
        user_id: town.ada,
        hash: [hash; 32],
        expires_at: time(NOON + 86_400_000),
    };
    let steps = [
        HouseholdStep::Begin {
            user_id: town.ada,
            household_id: HOME,
            name: text("Mum"),
        },
        invite(61),
        HouseholdStep::Join {
            user_id: town.cyd,
            hash: [61; 32],
            name: text("Cyd"),
        },
        invite(62),
    ];
    for step in steps {
        let written = town.world.write(Write::Household(step));
        assert!(
            matches!(written, Written::Changed(Changed::Done)),
            "{written:?}"
        );
    }
    town.world.is_sound("with a household");
    town
}

fn home() -> (Space, Vec<u8>) {
    (Space::Facts, page::household(Row::Household, HOME))
}

#[test]
fn damage_to_households() {
    let town = household_town();
    let rows: Form<HouseholdRow> = (HouseholdRow::decode, HouseholdRow::encode);
    let unknown = ("invitation 3e3e", "its household does not know it");
    let nowhere = ("household member usr_", "its household is not there");
    town.check(
        "gone",
        &[gone_from(Space::Facts, home().1)],
        &[unknown, nowhere, nowhere],
    );
    let closed = town.changed(home(), rows, |row| row.invitations.clear());
    town.check("an invitation is not noted", &[closed], &[unknown]);
    let more = town.changed(home(), rows, |row| row.invitations.push([63; 32]));
    town.check(
        "an invitation that is not there",
        &[more],
        &[("household hsh_", "invitation 3f3f")],
    );
    let fewer = town.changed(home(), rows, |row| row.joined = 1);
    town.check(
        "more than came in",
        &[fewer],
        &[("household member usr_", "has not had so many")],
    );
    let row = HouseholdRow {
        created_at: time(NOON),
        joined: 0,
        invitations: Vec::new(),
    };
    let empty = page::household(Row::Household, AWAY);
    town.check(
        "nobody",
        &[(Space::Facts, empty, Some(row.encode()))],
        &[("household hsh_", "nobody is in it")],
    );
    town.check(
        "unreadable",
        &[town.flipped(Space::Facts, home().1, first_byte)],
        &[("household hsh_", "unknown version")],
    );
}

#[test]
fn damage_to_members() {
    let town = household_town();
    let rows: Form<MemberRow> = (MemberRow::decode, MemberRow::encode);
    let place = page::household_member(HOME, town.cyd);
    town.check(
        "gone",
        &[gone_from(Space::Facts, place.clone())],
        &[("household of usr_", "does not know its user")],
    );
    town.check(
        "who invited is gone",
        &[gone_from(
            Space::Facts,
            page::household_member(HOME, town.ada),
        )],
        &[
            ("household of usr_", "does not know its user"),
            ("invitation 3e3e", "who invites is not in the household"),
        ],
    );
    let none = town.changed((Space::Facts, place.clone()), rows, |row| row.number = 0);
    town.check(
        "without a number",
        &[none],
        &[("household member usr_", "has not had so many")],
    );
    town.check(
        "a flipped seal",
        &[town.flipped(Space::Facts, place.clone(), last_byte)],
        &[("household member usr_", "does not open")],
    );
    let row = town.row(Space::Facts, &place);
    let stray = page::household_member(HOME, UserId([9; 16]));
    town.check(
        "of nobody",
        &[(Space::Facts, stray, Some(row))],
        &[
            ("household member usr_", "does not know to be in it"),
            ("household member usr_", "its user is not there"),
        ],
    );
    town.check(
        "unreadable",
        &[town.flipped(Space::Facts, place, first_byte)],
        &[("household member usr_", "unknown version")],
    );
}

#[test]
fn damage_to_invitations() {
    let town = household_town();
    let place = page::invitation(&[62; 32]);
    let lost = ("household hsh_", "invitation 3e3e");
    town.check("gone", &[gone_from(Space::Facts, place.clone())], &[lost]);
    let rows: Form<InvitationRow> = (InvitationRow::decode, |row| row.encode());
    let moved = town.changed((Space::Facts, place.clone()), rows, |row| {
        row.household_id = AWAY;
    });
    town.check(
        "to another household",
        &[moved],
        &[
            lost,
            ("invitation 3e3e", "its household does not know it"),
            ("invitation 3e3e", "who invites is not in the household"),
        ],
    );
    town.check(
        "unreadable",
        &[town.flipped(Space::Facts, place, first_byte)],
        &[("invitation 3e3e", "unknown version")],
    );
}

#[test]
fn damage_to_where_people_are() {
    let town = household_town();
    let place = page::user(Row::HouseholdOf, town.cyd);
    let lost = ("household member usr_", "does not know to be in it");
    town.check("gone", &[gone_from(Space::Facts, place.clone())], &[lost]);
    let away = encode_household_of(AWAY);
    town.check(
        "elsewhere",
        &[(Space::Facts, place.clone(), Some(away))],
        &[lost, ("household of usr_", "does not know its user")],
    );
    town.check(
        "unreadable",
        &[town.flipped(Space::Facts, place, first_byte)],
        &[("household of usr_", "unknown version")],
    );
}
