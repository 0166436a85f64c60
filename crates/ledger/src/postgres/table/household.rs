//! Tables of households. What a member goes by stays sealed, and of an invitation there is only the hash of
//! its secret.

use super::super::cell::{Cell, Shape};
use super::{Spread, Table};
use crate::embedded::value::household::{
    HouseholdRow, InvitationRow, MemberRow, Sharing, decode_household_of,
};
use purchase::id::{HouseholdId, UserId};

pub(crate) static HOUSEHOLDS: Table = Table {
    name: "households",
    holds: "people who show each other what they bought",
    spread: Spread::Id,
    clear: &[
        ("household_id", Shape::Text),
        ("created_at", Shape::Instant),
        ("joined", Shape::Whole),
    ],
    fill: |key, row| {
        let household_id = Cell::shown(HouseholdId(key.array()?));
        let row = HouseholdRow::decode(row)?;
        Ok(vec![
            household_id,
            Cell::Instant(row.created_at),
            Cell::number(row.joined),
        ])
    },
};

pub(crate) static HOUSEHOLD_MEMBERS: Table = Table {
    name: "household_members",
    holds: "who is in which household, and what each shares; names are sealed in the row",
    spread: Spread::Id,
    clear: &[
        ("household_id", Shape::Text),
        ("user_id", Shape::Text),
        ("number", Shape::Whole),
        ("joined_at", Shape::Instant),
        ("sharing", Shape::Text),
        ("since", Shape::Instant),
    ],
    fill: |key, row| {
        let household_id = Cell::shown(HouseholdId(key.array()?));
        let user_id = Cell::shown(UserId(key.array()?));
        let row = MemberRow::decode(row)?;
        let (sharing, since) = match row.sharing {
            Sharing::Chosen => ("chosen", Cell::Null),
            Sharing::Since(at) => ("since", Cell::Instant(at)),
            Sharing::Everything => ("everything", Cell::Null),
        };
        Ok(vec![
            household_id,
            user_id,
            Cell::number(row.number),
            Cell::Instant(row.joined_at),
            Cell::text(sharing),
            since,
        ])
    },
};

pub(crate) static INVITATIONS: Table = Table {
    name: "invitations",
    holds: "invitations into households, by the hash of the secret in the link",
    spread: Spread::Hash,
    clear: &[
        ("household_id", Shape::Text),
        ("user_id", Shape::Text),
        ("expires_at", Shape::Instant),
    ],
    fill: |key, row| {
        key.array::<32>()?;
        let row = InvitationRow::decode(row)?;
        Ok(vec![
            Cell::shown(row.household_id),
            Cell::shown(row.user_id),
            Cell::Instant(row.expires_at),
        ])
    },
};

pub(crate) static HOUSEHOLD_OF: Table = Table {
    name: "household_of",
    holds: "the household that each person is in",
    spread: Spread::Person,
    clear: &[("user_id", Shape::Text), ("household_id", Shape::Text)],
    fill: |key, row| {
        let user_id = Cell::shown(UserId(key.array()?));
        Ok(vec![user_id, Cell::shown(decode_household_of(row)?)])
    },
};
