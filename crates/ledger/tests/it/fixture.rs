//! Data folders of format 1 that were made once and are kept: whatever this build has become, it
//! opens them, reads all of them, and goes on with them. `examples/make_fixture.rs` made them and says
//! when they may be made again.

use crate::content::{everything, rows};
use crate::folder::{pack, unpack};
use crate::world::{
    DAY, World, add_user, at, change, learn, named, open, read_labels, record, settle, sha256,
    store_id, text, update, update_patterns, write,
};
use ledger::Ledger;
use ledger::account::{Fate, LeafSubject, LookUp, Opens, Sharing};
use ledger::embedded::open::{Found, Options};
use ledger::write::{
    Changed, ConsentStep, HouseholdStep, Joined, Joining, LeafStep, MissingStep, MissingWritten,
    PartnerStep, Settled, SignInStep, Write, Written,
};
use purchase::id::{CredentialId, DeviceId, OwnerId, TokenId};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

mod chains;
pub(crate) mod fill;
mod programs;

/// The first one, of before there were machines that sign.
const FIRST: &str = "format-1";
/// What came with them.
const MACHINES: &str = "format-1-machines";
/// Made when pairing codes began to say who used them.
const JOINED: &str = "format-1-joined";
/// What came with chains.
const CHAINS: &str = "format-1-chains";
/// What came with labels of stores' own scales.
const LABELS: &str = "format-1-labels";
/// What came with people who come in by themselves.
const IDENTITIES: &str = "format-1-identities";
/// What came with codes that people show.
const CODES: &str = "format-1-codes";

/// What came with keys of operators that reach less far, and with the log of what operators do.
const OPERATORS: &str = "format-1-operators";
/// What came with shops that people block.
const BLOCKS: &str = "format-1-blocks";
/// What came with receipts that people miss.
const MISSING: &str = "format-1-missing";

/// What came with households.
const HOUSEHOLD: &str = "format-1-household";

/// What came with machines that report, and with names that stores are asked for.
const REPORTS: &str = "format-1-reports";

/// What came with lists of people's keys.
const TOKENS: &str = "format-1-tokens";
/// What came with partners.
const PARTNERS: &str = "format-1-partners";

/// What came with accounts that are suspended, and with those that went into others.
const MERGED: &str = "format-1-merged";

/// What came with keys of programs of which people are told.
const PROGRAMS: &str = "format-1-programs";

/// A kept folder, and what fills it.
type Folder = (&'static str, fn(&Path));

const FOLDERS: [Folder; 16] = [
    (FIRST, fill::fill),
    (MACHINES, fill::fill_machines),
    (JOINED, fill::fill_joined),
    (CHAINS, fill::fill_chains),
    (LABELS, fill::fill_labels),
    (IDENTITIES, fill::fill_identities),
    (CODES, fill::fill_codes),
    (OPERATORS, fill::fill_operators),
    (BLOCKS, fill::fill_blocks),
    (MISSING, fill::fill_missing),
    (HOUSEHOLD, fill::fill_household),
    (REPORTS, fill::fill_reports),
    (TOKENS, fill::fill_tokens),
    (PARTNERS, fill::fill_partners),
    (MERGED, fill::fill_merged),
    (PROGRAMS, fill::fill_programs),
];

fn kept(folder: &str, name: &str) -> String {
    let fixtures = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures");
    fs::read_to_string(PathBuf::from(fixtures).join(folder).join(name)).unwrap()
}

/// A kept folder, copied and opened.
fn opened(folder: &str) -> (World, Ledger) {
    let world = World::new();
    let text = kept(folder, "folders.hex");
    unpack(&text, &world.path(""));
    let ledger = reopened(&world);
    (world, ledger)
}

fn reopened(world: &World) -> Ledger {
    let options = Options {
        now: fill::opened_at(),
        ..world.options()
    };
    let (ledger, found) = open(&options).expect("format 1 is opened for ever");
    assert_eq!(found, Found::Existing);
    ledger
}

fn is_as_kept(found: &str, folder: &str, name: &str) {
    let kept = kept(folder, name);
    for (nth, (found, kept)) in (1..).zip(found.lines().zip(kept.lines())) {
        assert_eq!(found, kept, "{folder}/{name}:{nth}");
    }
    assert_eq!(found.lines().count(), kept.lines().count());
}

#[test]
fn all_of_the_kept_folders_is_read_as_it_was_written() {
    for (folder, _) in FOLDERS {
        let (_world, ledger) = opened(folder);
        is_as_kept(&everything(&ledger), folder, "content.txt");
        is_as_kept(&rows(&ledger), folder, "rows.txt");
        let report = ledger.verify(&mut |_| ()).unwrap();
        assert_eq!(report.problems, []);
        let has_sold = report.purchases > 10 && report.erased == 1;
        assert_eq!(has_sold, folder == FIRST, "{report:?}");
    }
}

/// The keeping is worth something only if there is a row of every kind: all but the staging row,
/// which every opening takes away.
#[test]
fn the_kept_folders_have_a_row_of_every_kind() {
    let text = kept(FIRST, "rows.txt");
    let machines = kept(MACHINES, "rows.txt");
    let chains = kept(CHAINS, "rows.txt");
    let mut found = kinds(&text);
    found.extend(kinds(&machines));
    found.extend(kinds(&chains));
    found.extend(kinds(&kept(LABELS, "rows.txt")));
    let identities = kept(IDENTITIES, "rows.txt");
    found.extend(kinds(&identities));
    let operators = kept(OPERATORS, "rows.txt");
    found.extend(kinds(&operators));
    found.extend(kinds(&kept(MISSING, "rows.txt")));
    found.extend(kinds(&kept(HOUSEHOLD, "rows.txt")));
    found.extend(kinds(&kept(REPORTS, "rows.txt")));
    found.extend(kinds(&kept(TOKENS, "rows.txt")));
    found.extend(kinds(&kept(PARTNERS, "rows.txt")));
    let merged = kept(MERGED, "rows.txt");
    found.extend(kinds(&merged));
    let mut expected = kinds_written();
    expected.retain(|kind| *kind != 23);
    let codes = kept(CODES, "rows.txt");
    found.extend(kinds(&codes));
    assert_eq!(found.into_keys().collect::<Vec<_>>(), expected);
    let parts = ["purchases 12", "facts 0a", "catalogue 11", "feed 13"];
    assert!(parts.iter().all(|part| text.contains(part)));
    let of_second_version = |rows: &str, kind: &str| {
        let is_one = |row: &&str| row.starts_with(kind) && row.contains(" 02");
        rows.lines().filter(is_one).count()
    };
    assert_eq!(of_second_version(&machines, "facts 04"), 3);
    assert_eq!(of_second_version(&identities, "facts 06"), 2);
    let is_suspended = |row: &&str| row.starts_with("facts 06") && row.contains(" 03");
    assert_eq!(merged.lines().filter(is_suspended).count(), 3);
    assert_eq!(of_second_version(&operators, "facts 18"), 3);
    let chains_own = ["facts 03", "facts 19", "facts 1c"];
    assert_eq!(
        chains_own.map(|kind| of_second_version(&chains, kind)),
        [2, 1, 1]
    );
    let codes_own = ["facts 0a", "facts 14"];
    assert_eq!(
        codes_own.map(|kind| of_second_version(&codes, kind)),
        [2, 1]
    );
}

/// The number of every kind of row.
pub(crate) fn kinds_written() -> Vec<u8> {
    (1..=34)
        .chain([36, 37, 38])
        .chain(40..=47)
        .chain(49..=55)
        .collect()
}

/// Every row of the kept folders, by key; of the same key in several, the last.
pub(crate) fn kept_rows() -> Vec<(Vec<u8>, Vec<u8>)> {
    let bytes = |digits: &str| -> Vec<u8> {
        let pairs = (0..digits.len()).step_by(2);
        pairs
            .map(|at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap())
            .collect()
    };
    let texts = FOLDERS.map(|(folder, _)| kept(folder, "rows.txt"));
    let rows = texts.iter().flat_map(|text| text.lines());
    rows.map(|row| {
        let mut fields = row.split(' ').skip(1).map(bytes);
        (fields.next().unwrap(), fields.next().unwrap())
    })
    .collect()
}

/// Rows of each kind.
fn kinds(rows: &str) -> BTreeMap<u8, usize> {
    let mut kinds = BTreeMap::new();
    for row in rows.lines() {
        let key = row.split(' ').nth(1).unwrap();
        *kinds
            .entry(u8::from_str_radix(&key[..2], 16).unwrap())
            .or_insert(0) += 1;
    }
    kinds
}

#[test]
fn the_kept_folder_goes_on() {
    let (world, ledger) = opened(FIRST);
    // Whatever a device sends again was recorded before.
    let users = ledger.count_users(None, 99).unwrap();
    let mut sent_again = 0;
    for user in &users {
        let page = ledger
            .page(user.user_id, &Default::default(), 99, &|_| true)
            .unwrap();
        for filed in page.purchases {
            let settled = settle(&ledger, filed.settlement.content(), at(9 * DAY));
            let Settled::AlreadyRecorded(receipt) = settled else {
                panic!("{settled:?}")
            };
            assert_eq!(receipt.purchase_id, filed.purchase_id);
            sent_again += 1;
        }
    }
    assert!(sent_again > 5);
    // What was early takes effect, what waited is learnt, and new people come.
    let sale = fill::awaited_sale();
    record(&ledger, &sale, at(9 * DAY));
    let lines = ledger.recorded(&sale.key).unwrap().unwrap().lines;
    assert_eq!(
        lines[0].returned_micros, 1_000_000,
        "the kept early return is counted"
    );
    fill::learn_all(&ledger);
    let now = purchase::time::Timestamp::LAST;
    let waiting = ledger.pending_codes(&store_id("s-1"), now).unwrap();
    assert!(
        waiting.iter().all(|code| code.code.as_str() != "X"),
        "{waiting:?}"
    );
    let zoe = add_user(&ledger, "Zoe");
    record(
        &ledger,
        &fill::sold("new").buyer(zoe).content(),
        at(9 * DAY),
    );
    assert_eq!(ledger.verify(&mut |_| ()).unwrap().problems, []);
    let before = everything(&ledger);
    drop(ledger);
    assert_eq!(everything(&reopened(&world)), before);
}

/// What was kept still joins, signs and goes.
#[test]
fn the_kept_machines_go_on() {
    let (_world, ledger) = opened(MACHINES);
    let (live, joined) = (DeviceId([1; 16]), DeviceId([3; 16]));
    let key = |device_id| ledger.signer(device_id).unwrap().map(|it| it.public_key);
    assert_eq!((key(live), key(joined)), (Some([1; 32]), Some([3; 32])));
    assert_eq!(key(DeviceId([2; 16])), None, "it was revoked");
    let join = Joining::Join {
        code_hash: [4; 32],
        device_id: DeviceId([4; 16]),
        name: None,
        public_key: [4; 32],
    };
    let written = write(&ledger, Write::Joining(join), at(14));
    assert!(matches!(written, Written::Joined(Joined::Done { .. })));
    let rotate = Joining::Rotate {
        store_id: store_id("s-1"),
        device_id: live,
        public_key: [9; 32],
    };
    assert_eq!(
        change(&ledger, Write::Joining(rotate), at(14)),
        Changed::Done
    );
    assert_eq!(key(live), Some([9; 32]));
    assert_eq!(ledger.verify(&mut |_| ()).unwrap().problems, []);
}

/// What was kept of labels is still found, when the item is named and when another pattern comes.
#[test]
fn the_kept_labels_go_on() {
    let (_world, ledger) = opened(LABELS);
    let store = store_id("s-1");
    assert_eq!(ledger.patterns(&store).unwrap().as_slice().len(), 2);
    let waiting = || ledger.pending_codes(&store, at(60)).unwrap().len();
    assert_eq!(waiting(), 2);
    update(&ledger, 2, 3, vec![named(fill::NAMELESS, "fish", at(50))]);
    assert_eq!(learn(&ledger, &[fill::NAMELESS], at(51)), 1);
    update_patterns(
        &ledger,
        3,
        vec![],
        at(52),
        &["22IIIIIPPPPPC", "27IIIIIPPPPPC"],
    );
    assert_eq!(read_labels(&ledger, at(53)), 1);
    assert_eq!(waiting(), 0);
    assert_eq!(ledger.verify(&mut |_| ()).unwrap().problems, []);
}

/// Who was kept still comes in, finds what was kept, and goes.
#[test]
fn the_kept_people_go_on() {
    let (_world, ledger) = opened(IDENTITIES);
    let by = LookUp::Email(text("LEA@example.org"));
    let (lea, _, _) = ledger.find_sign_in(&by).unwrap().expect("it leads to her");
    let value = ledger.leaf(lea, LeafSubject::Alias, b"milk").unwrap();
    assert_eq!(value.as_deref(), Some(&b"what is kept"[..]));
    let going = ledger.leaving(at(8), 9).unwrap();
    let [max] = going[..] else {
        panic!("{going:?}")
    };
    let steps = [
        SignInStep::Used {
            user_id: lea,
            credential_id: CredentialId([4; 16]),
            at: at(98),
            data: None,
        },
        SignInStep::EraseLeft {
            user_id: max,
            before: at(8),
        },
    ];
    for step in steps {
        assert_eq!(change(&ledger, Write::SignIn(step), at(98)), Changed::Done);
    }
    assert_eq!(ledger.accesses(lea, None, 9).unwrap().len(), 3);
    assert_eq!(ledger.sessions(max).unwrap(), []);
    assert_eq!(ledger.verify(&mut |_| ()).unwrap().problems, []);
}

/// What somebody blocked stays blocked, until it is taken back.
#[test]
fn the_kept_blocks_go_on() {
    let (_world, ledger) = opened(BLOCKS);
    let ada = ledger.user_of(&text("Ada")).unwrap().expect("she is kept");
    assert_eq!(ledger.blocks(ada).unwrap().len(), 2);
    let nobodys = record(&ledger, &fill::blocks::to_ada(ada, "9"), at(9)).owner;
    assert_ne!(nobodys, OwnerId::User(ada));
    for block in ledger.blocks(ada).unwrap() {
        let take = LeafStep::Take {
            user_id: ada,
            subject: LeafSubject::Blocked,
            of: block.blocked.bytes(),
        };
        assert_eq!(change(&ledger, Write::Leaf(take), at(9)), Changed::Done);
    }
    let hers = record(&ledger, &fill::blocks::to_ada(ada, "10"), at(9)).owner;
    assert_eq!(hers, OwnerId::User(ada));
}

/// What a store was asked is still given, and what was answered is still read.
#[test]
fn the_kept_missing_receipts_go_on() {
    let (_world, ledger) = opened(MISSING);
    let mia = ledger.user_of(&text("Mia")).unwrap();
    let missing = ledger.missing(mia.expect("she is there"), at(9)).unwrap();
    let open = missing.iter().filter(|it| it.fate == Fate::Open);
    assert_eq!((missing.len(), open.count()), (3, 1));
    let [sought] = &ledger.sought(&store_id("s-1"), at(9), (0, 9)).unwrap()[..] else {
        panic!("one is open")
    };
    let found = ledger
        .unclaimed(&store_id("s-1"), &sought.described, 9)
        .unwrap();
    let give = MissingStep::Give {
        sought_id: sought.sought_id,
        settlement: found.sales[0].key.clone(),
        by: TokenId([7; 16]),
    };
    let written = write(&ledger, Write::Missing(give), at(9));
    assert!(
        matches!(written, Written::Missing(MissingWritten::Given(_))),
        "{written:?}"
    );
}

/// The household that was kept still grows by the invitation that was open, and is left.
#[test]
fn the_kept_household_goes_on() {
    let (_world, ledger) = opened(HOUSEHOLD);
    let zoe = add_user(&ledger, "Zoe");
    let join = HouseholdStep::Join {
        user_id: zoe,
        hash: [2; 32],
        name: text("Zoe"),
    };
    assert_eq!(
        change(&ledger, Write::Household(join), at(9)),
        Changed::Done
    );
    let household = ledger.household_of(zoe).unwrap().expect("she is in it");
    let members: Vec<_> = household
        .members
        .iter()
        .map(|member| (member.name.as_str(), member.sharing))
        .collect();
    assert_eq!(
        members,
        [
            ("Mum", Sharing::Since(at(7))),
            ("Max", Sharing::Everything),
            ("Zoe", Sharing::Chosen)
        ]
    );
    for member in household.members {
        let user_id = member.user_id;
        let leave = Write::Household(HouseholdStep::Leave { user_id });
        assert_eq!(change(&ledger, leave, at(10)), Changed::Done);
    }
    assert_eq!(ledger.household(household.household_id).unwrap(), None);
}

/// What was told is still read, and what is asked for ends when it has its name.
#[test]
fn the_kept_reports_go_on() {
    let (_world, ledger) = opened(REPORTS);
    let store = store_id("s-1");
    let told = |ledger: &Ledger| ledger.reports(&store).unwrap().len();
    let wished = |ledger: &Ledger| ledger.wishes(&store, at(60)).unwrap().len();
    assert_eq!((told(&ledger), wished(&ledger)), (2, 1));
    fill::learn_all(&ledger);
    let revoke = Write::RevokeDevice {
        store_id: store.clone(),
        device_id: DeviceId([71; 16]),
    };
    assert_eq!(change(&ledger, revoke, at(60)), Changed::Done);
    assert_eq!((told(&ledger), wished(&ledger)), (1, 0));
    assert_eq!(ledger.verify(&mut |_| ()).unwrap().problems, []);
}

/// Who was kept with a list of keys, and who came before there were lists, go with all keys and with
/// nobody else's.
#[test]
fn the_kept_keys_go_with_their_people() {
    for folder in [TOKENS, FIRST] {
        let (_world, ledger) = opened(folder);
        let has_list = kept(folder, "rows.txt").contains("facts 36");
        assert_eq!(has_list, folder == TOKENS, "{folder}");
        let whose = |name: &str| match ledger.opens(&sha256(name.as_bytes())).unwrap() {
            Some(Opens::User { user_id, .. }) => Some(user_id),
            other => {
                assert_eq!(other, None, "{folder} {name}");
                None
            }
        };
        let mut living = ["Ada", "Bob", "Eve"]
            .into_iter()
            .filter_map(|name| Some((name, whose(name)?)));
        let ((gone, user_id), (stays, _)) = (living.next().unwrap(), living.next().unwrap());
        let second = ledger.opens(&[55; 32]).unwrap();
        assert_eq!(second.is_some(), folder == TOKENS, "{folder}");
        assert_eq!(
            change(&ledger, Write::Erase { user_id }, at(98)),
            Changed::Done
        );
        assert_eq!(whose(gone), None, "{folder}");
        assert_eq!(ledger.opens(&[55; 32]).unwrap(), None, "{folder}");
        assert!(whose(stays).is_some(), "{folder}");
        assert_eq!(ledger.verify(&mut |_| ()).unwrap().problems, []);
    }
}

/// What was consented to is still given and taken back, and what was ended is still taken away.
#[test]
fn the_kept_partners_go_on() {
    let (_world, ledger) = opened(PARTNERS);
    let lea = ledger.user_of(&text("Lea")).unwrap().expect("she is kept");
    let [kept, ended] = &ledger.partners().unwrap()[..] else {
        panic!("two are kept")
    };
    let given = ledger
        .consented_to(kept.partner_id, None, 9, at(9))
        .unwrap();
    let [consent] = given.consents[..] else {
        panic!("{given:?}")
    };
    assert_eq!((consent.user_id, consent.from), (lea, Some(at(5))));
    let revoke = ConsentStep::Revoke {
        user_id: lea,
        partner_id: kept.partner_id,
    };
    assert_eq!(
        change(&ledger, Write::Consent(revoke), at(9)),
        Changed::Done
    );
    let clear = PartnerStep::Clear {
        partner_id: ended.partner_id,
    };
    assert_eq!(change(&ledger, Write::Partner(clear), at(9)), Changed::Done);
    assert_eq!(ledger.consents(lea).unwrap(), []);
    assert_eq!(ledger.verify(&mut |_| ()).unwrap().problems, []);
}

/// A code that was used lets the same machine in again, and nobody else.
#[test]
fn the_kept_code_knows_who_used_it() {
    let (_world, ledger) = opened(JOINED);
    let joined = fill::joined(write(&ledger, Write::Joining(fill::join_by(3, 7)), at(14)));
    let done = Joined::Done {
        store_id: store_id("s-1"),
        device_id: DeviceId([3; 16]),
    };
    assert_eq!(joined, done);
    let other = Joining::Join {
        code_hash: [3; 32],
        device_id: DeviceId([8; 16]),
        name: None,
        public_key: [8; 32],
    };
    let refused = fill::joined(write(&ledger, Write::Joining(other), at(14)));
    assert_eq!(refused, Joined::NotFound);
}

#[test]
fn a_folder_written_out_is_the_folder() {
    for (folder, _) in FOLDERS {
        let text = kept(folder, "folders.hex");
        let world = World::new();
        unpack(&text, &world.path(""));
        assert_eq!(pack(&world.path("")), text);
    }
}

/// Made anew today, they have rows of the same kinds in the same numbers: what is kept is what this
/// build writes, or its format has changed and wants a folder of its own beside these.
#[test]
fn the_kept_folders_are_what_is_written_today() {
    for (folder, fill) in FOLDERS {
        let world = World::new();
        fill(&world.path("data"));
        let kept = kept(folder, "rows.txt");
        let mut made = kinds(&rows(&reopened(&world)));
        if folder == FIRST {
            // Its chain had no row then, and took no commit.
            assert_eq!(made.remove(&27), Some(1));
            *made.get_mut(&1).unwrap() -= 1;
        }
        if ![TOKENS, PROGRAMS].contains(&folder) {
            // People's keys were not listed then.
            made.remove(&54);
        }
        if [FIRST, TOKENS].contains(&folder) {
            // Nor was anybody told of them.
            made.remove(&40);
        }
        assert_eq!(made, kinds(&kept), "{folder}");
    }
}
