//! The story, told to the embedded engine: a folder of its own for every one of them.

use crate::story::{
    Story, along, blocks, book, catalogue, chain, codes, history, household, joining, labels,
    later, leaves, merging, missing, naming, operators, owner, partners, people, race, record,
    refusal, reports, returns, sessions, sign_in, staging, standing, steps,
};
use crate::world::{World, at, entropy, open};
use ledger::Ledger;
use ledger::embedded::open::Options;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;

/// Tells every one of them, and says which did not hold.
fn tell(stories: &[Story]) {
    tell_with(
        stories,
        Options::new(PathBuf::new(), entropy(1), at(0)).catalogue_bytes,
    );
}

fn tell_with(stories: &[Story], catalogue_bytes: usize) {
    let is_broken = |tale: fn(&Ledger)| {
        let telling = || in_a_world(catalogue_bytes, &|ledger| tale(ledger));
        catch_unwind(AssertUnwindSafe(telling)).is_err()
    };
    let broken: Vec<&str> = stories
        .iter()
        .filter(|(_, tale)| is_broken(*tale))
        .map(|(name, _)| *name)
        .collect();
    assert!(broken.is_empty(), "these do not hold: {broken:#?}");
}

/// Whatever was told, in the end every row of the ledger agrees with every other.
fn in_a_world(catalogue_bytes: usize, tale: &dyn Fn(&Ledger)) {
    let world = World::new();
    let options = Options {
        catalogue_bytes,
        ..world.options()
    };
    let (ledger, _) = open(&options).expect("the ledger opens");
    tale(&ledger);
    let report = ledger.verify(&mut |_| ()).expect("readable");
    assert_eq!(report.problems, [], "{} problems", report.problem_count);
}

#[test]
fn a_settlement_is_recorded_once() {
    tell(record::STORIES);
}

#[test]
fn chains_share_one_catalogue() {
    tell(chain::STORIES);
}

#[test]
fn machines_join_and_sign() {
    tell(joining::STORIES);
}

#[test]
fn what_cannot_be_recorded_is_refused_and_changes_nothing() {
    tell(refusal::STORIES);
}

#[test]
fn people_come_in_keep_things_and_leave() {
    tell(sessions::STORIES);
    tell(sign_in::STORIES);
    tell(leaves::STORIES);
    tell(household::STORIES);
    tell(standing::STORIES);
}

#[test]
fn operators_come_in_and_are_noted() {
    tell(operators::STORIES);
}

#[test]
fn people_consent_to_give_partners_what_they_bought() {
    tell(partners::STORIES);
    tell(partners::LONG_STORIES);
}

#[test]
fn machines_report_and_stores_are_asked() {
    tell(reports::STORIES);
}

#[test]
fn lines_are_named_as_of_the_sale() {
    tell(naming::STORIES);
}

#[test]
fn names_are_learnt_later_once() {
    tell(later::STORIES);
}

#[test]
fn labels_of_scales() {
    tell(labels::STORIES);
}

#[test]
fn naming_goes_in_bounded_steps() {
    tell(steps::STORIES);
}

#[test]
fn no_update_slips_between_preparing_and_committing() {
    tell(race::STORIES);
}

#[test]
fn a_catalogue_is_what_its_updates_say() {
    tell(catalogue::STORIES);
}

#[test]
fn a_staged_catalogue_is_seen_whole_or_not_at_all() {
    tell(staging::STORIES);
}

#[test]
fn what_comes_back_is_counted_against_what_was_sold() {
    tell(returns::STORIES);
}

#[test]
fn a_purchase_belongs_to_whom_it_should() {
    tell(owner::STORIES);
}

#[test]
fn codes_that_people_show_are_judged_as_of_the_sale() {
    tell(codes::STORIES);
    tell(blocks::STORIES);
}

#[test]
fn receipts_that_people_miss_are_looked_for() {
    tell(missing::STORIES);
    tell(missing::CROWDED);
}

#[test]
fn a_person_reads_a_book_of_their_own() {
    tell(book::STORIES);
}

#[test]
fn stores_devices_and_people_are_kept() {
    tell(people::STORIES);
}

#[test]
fn a_random_history_ends_as_the_model_says() {
    history::every_history(&|tale| in_a_world(1 << 20, tale));
}

/// Without room for a single name in memory, every name still is the right one.
#[test]
fn names_are_right_without_memory_for_them() {
    let stories = [
        naming::STORIES,
        later::STORIES,
        race::STORIES,
        staging::STORIES,
    ];
    tell_with(&stories.concat(), 1);
}

#[test]
fn two_accounts_become_one() {
    tell(merging::STORIES);
    tell(along::STORIES);
}
