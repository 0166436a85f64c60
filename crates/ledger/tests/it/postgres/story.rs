//! The story, told to a ledger in a database: a database of its own for every tale.

use super::server::{ADMIN, shared};
use crate::story::{
    Story, along, blocks, book, catalogue, chain, codes, history, household, joining, labels,
    later, leaves, merging, missing, naming, operators, owner, partners, people, race, record,
    refusal, reports, returns, sessions, sign_in, staging, standing, steps,
};
use crate::world::entropy;
use ledger::Ledger;
use ledger::embedded::shared::open::Options;
use ledger::notice::Purpose;
use ledger::postgres::open::Durability;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use tokio::runtime::Runtime;
use tokio_postgres::Client;

/// Memory for catalogues, unless a tale is about that.
const CATALOGUE_BYTES: usize = 1 << 20;

/// Tells every one of them, and says which did not hold.
fn tell(stories: &[Story]) {
    tell_with(stories, CATALOGUE_BYTES);
}

fn tell_with(stories: &[Story], catalogue_bytes: usize) {
    for steps in BOTH {
        let is_broken = |tale: fn(&Ledger)| {
            let telling = || in_a_database(steps, catalogue_bytes, &|ledger| tale(ledger));
            catch_unwind(AssertUnwindSafe(telling)).is_err()
        };
        let broken: Vec<&str> = stories
            .iter()
            .filter(|(_, tale)| is_broken(*tale))
            .map(|(name, _)| *name)
            .collect();
        assert!(
            broken.is_empty(),
            "{steps:?}: these do not hold: {broken:#?}"
        );
    }
}

/// In how many steps a ledger in a database commits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Steps {
    One,
    Two,
}

pub(super) const BOTH: [Steps; 2] = [Steps::One, Steps::Two];

/// Opens a new ledger that commits in so many steps, in the empty database that `options` name.
pub(super) fn open_new(steps: Steps, options: &Options) -> Ledger {
    match steps {
        Steps::One => {}
        Steps::Two => sql(&options.url, IN_TWO_STEPS),
    }
    Ledger::open_shared(options).expect("the ledger opens").0
}

/// Whoever makes a ledger in this database makes one that commits in two steps.
const IN_TWO_STEPS: &str = "CREATE FUNCTION say_two() RETURNS trigger LANGUAGE plpgsql AS \
     $$ BEGIN NEW.steps := 2; RETURN NEW; END $$; \
     CREATE FUNCTION when_made() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN \
     IF to_regclass('orihon.ledger') IS NOT NULL \
     AND NOT EXISTS (SELECT FROM pg_trigger WHERE tgname = 'say_two') THEN \
     CREATE TRIGGER say_two BEFORE INSERT ON orihon.ledger FOR EACH ROW EXECUTE FUNCTION say_two(); \
     END IF; END $$; \
     CREATE EVENT TRIGGER made ON ddl_command_end WHEN TAG IN ('CREATE TABLE') \
     EXECUTE FUNCTION when_made()";

/// Carries out a statement on a connection of its own.
pub(super) fn sql(url: &str, text: &str) {
    Session::at(url).run(text);
}

/// A connection of a test's own.
pub(super) struct Session {
    runtime: Runtime,
    client: Client,
}

impl Session {
    pub(super) fn at(url: &str) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .expect("a runtime");
        let client = runtime.block_on(async {
            let connected = tokio_postgres::connect(url, tokio_postgres::NoTls).await;
            let (client, connection) = connected.expect("the server is up");
            tokio::spawn(connection);
            client
        });
        Self { runtime, client }
    }

    pub(super) fn run(&self, text: &str) {
        let done = self.runtime.block_on(self.client.batch_execute(text));
        done.unwrap_or_else(|error| panic!("{text}: {error:?}"));
    }

    /// The number that a question is answered with.
    pub(super) fn number(&self, text: &str) -> i64 {
        let row = self.runtime.block_on(self.client.query_one(text, &[]));
        row.unwrap_or_else(|error| panic!("{text}: {error:?}"))
            .get(0)
    }
}

/// How a server with a folder of its own opens the database at `url`.
pub(super) fn options(url: String, folder: &Path, seed: u64) -> Options {
    Options {
        url,
        keyring_url: None,
        data: folder.join(format!("data-{seed}")),
        keys: folder.join("keys"),
        entropy: entropy(seed),
        catalogue_bytes: CATALOGUE_BYTES,
        connections_max: 8,
        durability: Durability::Required,
        purpose: Purpose::Serve,
    }
}

/// The URL of a new, empty database.
pub(super) fn empty_database() -> String {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let server = shared().await;
        let name = server.database().await;
        server.url(ADMIN, &name)
    })
}

/// Whatever was told, in the end every row of the ledger agrees with every other.
fn in_a_database(steps: Steps, catalogue_bytes: usize, tale: &dyn Fn(&Ledger)) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let options = Options {
        catalogue_bytes,
        ..options(empty_database(), folder.path(), 1)
    };
    let ledger = open_new(steps, &options);
    tale(&ledger);
    let report = ledger.verify(&mut |_| ()).expect("readable");
    assert_eq!(report.problems, [], "{} problems", report.problem_count);
}

#[test]
fn a_settlement_is_recorded_once() {
    tell(record::STORIES);
    tell(refusal::STORIES);
}

#[test]
fn chains_share_one_catalogue() {
    tell(chain::STORIES);
}

#[test]
fn stores_machines_and_people_are_kept() {
    tell(joining::STORIES);
    tell(people::STORIES);
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
}

#[test]
fn machines_report_and_stores_are_asked() {
    tell(reports::STORIES);
}

#[test]
fn lines_are_named_as_of_the_sale() {
    tell(naming::STORIES);
    tell(labels::STORIES);
}

#[test]
fn names_are_learnt_later_once() {
    tell(later::STORIES);
    tell(steps::STORIES);
}

#[test]
fn no_update_slips_between_preparing_and_committing() {
    tell(race::STORIES);
}

#[test]
fn a_catalogue_is_what_its_updates_say() {
    tell(catalogue::STORIES);
    tell(staging::STORIES);
}

#[test]
fn what_comes_back_is_counted_against_what_was_sold() {
    tell(returns::STORIES);
}

#[test]
fn codes_that_people_show_are_judged_as_of_the_sale() {
    tell(codes::STORIES);
    tell(blocks::STORIES);
}

#[test]
fn receipts_that_people_miss_are_looked_for() {
    tell(missing::STORIES);
}

#[test]
fn a_person_reads_what_belongs_to_them() {
    tell(owner::STORIES);
    tell(book::STORIES);
}

#[test]
fn a_random_history_ends_as_the_model_says() {
    history::every_history(&|tale| in_a_database(Steps::One, CATALOGUE_BYTES, tale));
}

#[test]
fn a_random_history_ends_as_the_model_says_in_two_steps() {
    history::some_histories(16, &|tale| in_a_database(Steps::Two, CATALOGUE_BYTES, tale));
}

/// Without room for a single name in memory, every name still is the right one.
#[test]
fn names_are_right_without_memory_for_them() {
    tell_with(naming::STORIES, 1);
    tell_with(race::STORIES, 1);
}

#[test]
fn two_accounts_become_one() {
    tell(merging::STORIES);
    tell(along::STORIES);
}
