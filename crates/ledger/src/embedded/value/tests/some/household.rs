//! Random values of households.

use super::*;
use crate::embedded::value::household::{
    HouseholdRow, INVITATIONS_MAX, InvitationRow, MemberRow, Sharing,
};
use purchase::id::HouseholdId;

pub(crate) fn household_id() -> impl Strategy<Value = HouseholdId> {
    any::<[u8; 16]>().prop_map(HouseholdId)
}

pub(crate) fn household_row() -> impl Strategy<Value = HouseholdRow> {
    let invitations = vec(any::<[u8; 32]>(), 0..=INVITATIONS_MAX);
    (time(), any::<u64>(), invitations).prop_map(|(created_at, joined, invitations)| HouseholdRow {
        created_at,
        joined,
        invitations,
    })
}

pub(crate) fn household_member_row() -> impl Strategy<Value = MemberRow> {
    let sharing = prop_oneof![
        Just(Sharing::Chosen),
        time().prop_map(Sharing::Since),
        Just(Sharing::Everything),
    ];
    (any::<u64>(), time(), sharing, sealed()).prop_map(|(number, joined_at, sharing, sealed)| {
        MemberRow {
            number,
            joined_at,
            sharing,
            sealed,
        }
    })
}

pub(crate) fn invitation_row() -> impl Strategy<Value = InvitationRow> {
    (household_id(), any::<[u8; 16]>(), time()).prop_map(|(household_id, user, expires_at)| {
        InvitationRow {
            household_id,
            user_id: UserId(user),
            expires_at,
        }
    })
}
