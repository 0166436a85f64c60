//! Damage to accounts that are suspended, and to those that go into others.

use super::*;
use crate::account::{Accessor, Stage};
use crate::embedded::value::merger::MergerRow;
use crate::write::{MergeStep, Merging, StandingStep};

/// The town, in which Cyd's account goes into Ada's.
fn merging() -> Town {
    let mut town = town();
    let begin = Write::Merge(MergeStep::Begin {
        from: town.cyd,
        into: town.ada,
        by: Accessor::Person,
        reason: text("one person"),
    });
    let written = town.world.write(begin);
    assert!(
        matches!(written, Written::Merging(Merging::Begun)),
        "{written:?}"
    );
    town.world.is_sound("while it is merged");
    town
}

#[test]
fn damage_to_mergers() {
    let town = merging();
    let row_key = page::user(Row::Merger, town.cyd);
    let form: Form<MergerRow> = (MergerRow::decode, |row| row.encode());
    let changed = |change: fn(&mut MergerRow)| {
        let place = (Space::Facts, row_key.clone());
        town.changed(place, form, change)
    };
    town.check(
        "into somebody who never was",
        &[changed(|row| row.into = UserId([9; 16]))],
        &[("merger of usr_", "was never there")],
    );
    let own = town.cyd;
    let into_itself = town.changed((Space::Facts, row_key.clone()), form, |row| row.into = own);
    town.check(
        "into itself",
        &[into_itself],
        &[("merger of usr_", "it went into itself")],
    );
    town.check(
        "begun at another time",
        &[changed(|row| row.begun_at = time(NOON - 1))],
        &[("merger of usr_", "its account was not closed with it")],
    );
    town.check(
        "closed too early",
        &[changed(|row| row.stage = Stage::Closed(time(NOON)))],
        &[("merger of usr_", "its account is still there")],
    );
    let row = town.row(Space::Facts, &row_key);
    let stray = page::user(Row::Merger, UserId([8; 16]));
    town.check(
        "of nobody",
        &[(Space::Facts, stray, Some(row))],
        &[("merger of usr_", "its account is not there")],
    );
    town.check(
        "unreadable",
        &[town.flipped(Space::Facts, row_key.clone(), first_byte)],
        &[("merger of usr_", "unknown version")],
    );
}

#[test]
fn damage_to_a_suspension() {
    let mut town = town();
    let suspend = Write::Standing(StandingStep::Suspend {
        user_id: town.ada,
        by: Accessor::Person,
        reason: text("asked"),
    });
    town.world.write(suspend);
    let place = (Space::Facts, page::user(Row::User, town.ada));
    let form: Form<UserRow> = (UserRow::decode, UserRow::encode);
    let cut = town.changed(place, form, |row| {
        let suspended = row.suspended.as_mut().expect("she is suspended");
        suspended.sealed.pop();
    });
    town.check(
        "the reason does not open",
        &[cut],
        &[("suspension of usr_", "does not open")],
    );
}
