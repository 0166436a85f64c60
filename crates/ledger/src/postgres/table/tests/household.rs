//! Columns of households.

use super::*;
use crate::embedded::value::household::{Sharing, encode_household_of};

#[test]
fn households() {
    shows(
        Kind::Household,
        (some::household_id(), some::household_row()),
        |(id, row)| (key::household(Kind::Household, *id), row.encode()),
        |(id, row)| {
            vec![
                ("household_id", text(id)),
                ("created_at", Cell::Instant(row.created_at)),
                ("joined", whole(row.joined)),
            ]
        },
    );
    shows(
        Kind::HouseholdMember,
        (some::household_id(), id(), some::household_member_row()),
        |(household_id, user, row)| {
            let row_key = key::household_member(*household_id, UserId(*user));
            (row_key, row.encode())
        },
        |(household_id, user, row)| {
            let (sharing, since) = match row.sharing {
                Sharing::Chosen => ("chosen", None),
                Sharing::Since(at) => ("since", Some(at)),
                Sharing::Everything => ("everything", None),
            };
            vec![
                ("household_id", text(household_id)),
                ("user_id", text(UserId(*user))),
                ("number", whole(row.number)),
                ("joined_at", Cell::Instant(row.joined_at)),
                ("sharing", text(sharing)),
                ("since", instant(since)),
            ]
        },
    );
    shows(
        Kind::Invitation,
        (hash(), some::invitation_row()),
        |(hash, row)| (key::invitation(hash), row.encode()),
        |(_, row)| {
            vec![
                ("household_id", text(row.household_id)),
                ("user_id", text(row.user_id)),
                ("expires_at", Cell::Instant(row.expires_at)),
            ]
        },
    );
    shows(
        Kind::HouseholdOf,
        (id(), some::household_id()),
        |(user, household_id)| {
            let row_key = key::user(Kind::HouseholdOf, UserId(*user));
            (row_key, encode_household_of(*household_id))
        },
        |(user, household_id)| {
            vec![
                ("user_id", text(UserId(*user))),
                ("household_id", text(household_id)),
            ]
        },
    );
}
