//! Damage to small rows: the ledger's own, stores, people, catalogues, feeds.

use super::*;
use crate::embedded::value::catalogue::{decode_head, encode_entry, encode_head};
use crate::embedded::value::operator::{Act, Note, OperatorRow};
use crate::embedded::value::people::{CommitRow, Gap};
use crate::embedded::value::purchase_row::{EventKind, FeedRow};
use crate::watermark::Mark;
use purchase::catalogue::Head;

#[test]
fn damage_to_commits() {
    let town = town();
    let mark = town.world.ledger.mark().unwrap();
    let commit = |mark: Mark| {
        let row = CommitRow {
            mark,
            at: town.world.now,
        }
        .encode();
        (Space::Facts, page::commit(mark.seq), Some(row))
    };
    let newest = page::commit(mark.seq);
    town.check(
        "no newest commit",
        &[gone_from(Space::Facts, newest.clone())],
        &[("commits", "of them are kept")],
    );
    town.check(
        "another commit",
        &[commit(Mark {
            chain: [1; 32],
            ..mark
        })],
        &[(
            "commit in place",
            "it is not the newest commit that was made",
        )],
    );
    town.check(
        "a commit of the future",
        &[commit(Mark {
            seq: mark.seq + 64,
            ..mark
        })],
        &[("commit in place", "it is newer than the newest commit")],
    );
    let row = town.row(Space::Facts, &newest);
    let elsewhere = (Space::Facts, page::commit(mark.seq + 1), Some(row));
    town.check(
        "a commit elsewhere",
        &[elsewhere],
        &[
            ("commit in place", "it belongs into another place"),
            ("commits", "of them are kept"),
        ],
    );
}

#[test]
fn damage_to_what_the_ledger_knows_of_itself() {
    let town = town();
    let format = page::plain(Row::Format, &[]);
    town.check(
        "no format",
        &[gone_from(Space::Facts, format.clone())],
        &[("format", "its row is missing")],
    );
    town.check(
        "another format",
        &[town.flipped(Space::Facts, format, first_byte)],
        &[("format", "never written")],
    );
    let second = (
        Space::Facts,
        page::plain(Row::Format, &[0]),
        Some(Vec::new()),
    );
    town.check("two formats", &[second], &[("format", "more than one row")]);
    let gap = Gap {
        found: 3,
        acknowledged: 5,
        at: town.world.now,
    }
    .encode();
    let gap = (
        Space::Facts,
        page::plain(Row::Gap, &4_u64.to_be_bytes()),
        Some(gap),
    );
    town.check(
        "a gap elsewhere",
        &[gap],
        &[("gap after commit 4", "another commit")],
    );
}

#[test]
fn rows_that_no_program_wrote() {
    let town = town();
    let stranger = (Space::Facts, vec![99, 1], Some(vec![1]));
    town.check(
        "a kind of nobody",
        &[stranger],
        &[("row 6301", "begins with 99")],
    );
    let astray = (
        Space::Facts,
        vec![page::number(Row::Item), 1],
        Some(vec![1]),
    );
    town.check(
        "an item among the facts",
        &[astray],
        &[("row 1101", "item rows do not belong")],
    );
    let cut = (
        Space::Facts,
        page::plain(Row::Token, &[1, 2]),
        Some(vec![1]),
    );
    town.check(
        "half a key",
        &[cut],
        &[("token row 080102", "its key is not well-formed")],
    );
}

#[test]
fn damage_to_stores() {
    let town = town();
    let sister = page::store(&store_id(SISTER));
    town.check(
        "no store",
        &[gone_from(Space::Facts, sister.clone())],
        &[("day 2017-01-01 of s-2", "its store is not there")],
    );
    let row = town.row(Space::Facts, &sister);
    let renamed = (Space::Facts, page::store(&store_id("s-3")), Some(row));
    town.check(
        "a store under another id",
        &[renamed],
        &[("store s-3", "another store's id")],
    );
    let rows: Form<StoreRow> = (StoreRow::decode, StoreRow::encode);
    let place = (Space::Facts, page::store(&store_id(STORE)));
    let keyless = town.changed(place, rows, |row| row.slot = Slot(9_999));
    town.check(
        "a store without a key",
        &[keyless],
        &[("store s-1", "not in the keyring")],
    );
    let unreadable = town.flipped(Space::Facts, sister, first_byte);
    town.check(
        "an unreadable store",
        &[unreadable],
        &[("store s-2", "unknown version 3")],
    );
}

#[test]
fn damage_to_people() {
    let town = town();
    let cyd = town.cyd;
    let of = |kind| page::user(kind, cyd);
    let (user, account) = (of(Row::User), of(Row::Account));
    town.check(
        "no account",
        &[gone_from(Space::Facts, account)],
        &[("user usr_", "no account")],
    );
    town.check(
        "no user",
        &[gone_from(Space::Facts, user.clone())],
        &[
            ("account of usr_", "its user is not there"),
            ("user reference", "is not there"),
            ("token tok_", "its user is not there"),
            ("list of the tokens of usr_", "its user is not there"),
        ],
    );
    town.check(
        "a flipped profile",
        &[town.flipped(Space::Facts, user.clone(), last_byte)],
        &[("user usr_", "does not open")],
    );
    let rows: Form<UserRow> = (UserRow::decode, UserRow::encode);
    let other = town.changed((Space::Facts, user), rows, |row| row.slot = Slot(9_999));
    town.check(
        "another slot",
        &[other],
        &[
            ("user usr_", "its account has another key"),
            ("user usr_", "is not in the keyring"),
        ],
    );
}

#[test]
fn damage_to_references() {
    let town = town();
    town.check(
        "no reference",
        &[gone_from(Space::Facts, town.reference("cyd"))],
        &[("user usr_", "its reference leads nowhere")],
    );
    let second = (
        Space::Facts,
        town.reference("cydonia"),
        Some(town.cyd.0.to_vec()),
    );
    town.check(
        "a second reference",
        &[second],
        &[("user reference", "has another reference")],
    );
    let astray = (
        Space::Facts,
        town.reference("cyd"),
        Some(town.ada.0.to_vec()),
    );
    town.check(
        "a reference astray",
        &[astray],
        &[
            ("user usr_", "its reference leads to somebody else"),
            ("user reference", "has another reference"),
        ],
    );
    let short = (Space::Facts, town.reference("nobody"), Some(vec![1]));
    town.check(
        "a short reference",
        &[short],
        &[("user reference", "it names no user")],
    );
}

#[test]
fn damage_to_tokens() {
    let town = town();
    let token = page::token(token_of("cyd"));
    let secret = page::plain(Row::Secret, &secret_of("cyd"));
    town.check(
        "no token",
        &[gone_from(Space::Facts, token.clone())],
        &[
            ("secret ", "which does not know it"),
            ("listed token tok_", "there is no such token"),
        ],
    );
    let listed = page::token_of(town.cyd, token_of("cyd"));
    town.check(
        "a token that is not listed",
        &[gone_from(Space::Facts, listed.clone())],
        &[("token tok_", "it is not in the list of its user")],
    );
    // Of somebody who came before there were lists, that is as it should be.
    let all = page::all_tokens_of(town.cyd);
    let unlisted = [
        gone_from(Space::Facts, listed),
        gone_from(Space::Facts, all),
    ];
    town.check("nothing listed", &unlisted, &[]);
    town.check(
        "no secret",
        &[gone_from(Space::Facts, secret)],
        &[("token tok_", "its secret opens nothing")],
    );
    let rows: Form<TokenRow> = (TokenRow::decode, TokenRow::encode);
    let adas = town.changed((Space::Facts, token), rows, |row| row.user_id = town.ada);
    town.check(
        "a token of somebody else",
        &[adas],
        &[
            ("token tok_", "its secret opens other doors"),
            ("token tok_", "it is not in the list of its user"),
            ("listed token tok_", "there is no such token"),
            ("secret ", "which does not know it"),
        ],
    );
}

#[test]
fn damage_to_operators() {
    let town = town();
    let operator = page::operator(token_of("operator"));
    let secret = page::plain(Row::Secret, &secret_of("operator"));
    town.check(
        "no operator's key",
        &[gone_from(Space::Facts, operator.clone())],
        &[("secret ", "which does not know it")],
    );
    town.check(
        "no secret of an operator",
        &[gone_from(Space::Facts, secret)],
        &[("operator's key tok_", "its secret opens nothing")],
    );
    let rows: Form<OperatorRow> = (OperatorRow::decode, OperatorRow::encode);
    let cyds = town.changed((Space::Facts, operator), rows, |row| {
        row.hash = secret_of("cyd");
    });
    town.check(
        "an operator's key with a person's secret",
        &[cyds],
        &[
            ("operator's key tok_", "its secret opens other doors"),
            ("secret ", "which does not know it"),
        ],
    );
    let operator = page::operator(token_of("operator"));
    let rows: Form<OperatorRow> = (OperatorRow::decode, OperatorRow::encode);
    let orphan = town.changed((Space::Facts, operator), rows, |row| {
        row.grant.session_of = Some(token_of("nobody"));
    });
    town.check(
        "a browser that nobody let in",
        &[orphan],
        &[
            ("operator's key tok_", "its secret opens other doors"),
            ("operator's key tok_", "the key that let it in is not there"),
        ],
    );
}

#[test]
fn damage_to_what_is_noted() {
    let town = town();
    let note = Note {
        by: token_of("operator"),
        label: None,
        act: Act::StoreAdded,
        store_id: None,
        detail: None,
    };
    let row_key = |number: u32| page::audit(time(NOON), number);
    let row = |number: u32| (Space::Facts, row_key(number), Some(note.encode()));
    town.check("an entry", &[row(1)], &[]);
    town.check(
        "an entry before the first",
        &[row(0)],
        &[("entry 0 at ", "entries number from 1 on")],
    );
    let other = (Space::Facts, row_key(1), Some(vec![9]));
    town.check(
        "unreadable",
        &[other],
        &[("entry 1 at ", "unknown version")],
    );
}

#[test]
fn damage_to_accounts() {
    let town = town();
    let (ada, cyd) = (town.ada, town.cyd);
    town.check(
        "a count of nothing",
        &[town.account(cyd, |row| row.tally.lines = 1)],
        &[("account of", "it counts 1 lines, there are 0")],
    );
    town.check(
        "a wrong count",
        &[town.account(ada, |row| row.tally.settlements += 1)],
        &[("account of", "settlements, there are")],
    );
    let wrong = |row: &mut AccountRow| row.tally.add(currency(), Sum::from_minor(1));
    town.check(
        "a wrong total",
        &[town.account(ada, wrong)],
        &[("account of", "it sums to")],
    );
    town.check(
        "a lost name",
        &[town.account(ada, |row| row.tally.pending = 7)],
        &[(
            "account of",
            "it counts 7 lines without a name, there are 2",
        )],
    );
    town.check(
        "a short feed",
        &[town.account(ada, |row| row.sequence -= 1)],
        &[("feed entry", "after the newest entry")],
    );
}

#[test]
fn damage_to_erasures() {
    let town = town();
    let erased = |user_id| page::plain(Row::Erased, &page::owner_bytes(OwnerId::User(user_id)));
    town.check(
        "no record of an erasure",
        &[gone_from(Space::Facts, erased(town.bob))],
        &[
            ("purchase pur_", "its owner's key is not in the keyring"),
            ("account of", "it has purchases, but is not there"),
            ("feed entry 1 of", "its account is not there"),
        ],
    );
    let slot = town
        .account(town.cyd, |_| ())
        .2
        .map(|row| AccountRow::decode(&row).unwrap().slot);
    let record = ErasedRow {
        at: time(NOON),
        slot: slot.unwrap(),
    }
    .encode();
    town.check(
        "an erasure half done",
        &[(Space::Facts, erased(town.cyd), Some(record))],
        &[
            ("erasure of usr_", "the key is still in the keyring"),
            ("erasure of usr_", "the profile is still there"),
            ("erasure of usr_", "the account is still there"),
        ],
    );
    let flipped = town.flipped(Space::Facts, erased(town.bob), first_byte);
    town.check(
        "an unreadable erasure",
        &[flipped],
        &[("erasure of", "unknown version")],
    );
}

#[test]
fn damage_to_catalogues() {
    let town = town();
    let id = store_id(STORE);
    let head = page::plain(Row::Head, STORE.as_bytes());
    let rows: Form<Head> = (decode_head, encode_head);
    let place = || (Space::Facts, head.clone());
    let (milk, bread) = (code("milk"), code("bread"));
    town.check(
        "a wrong count",
        &[town.changed(place(), rows, |head| head.items = 9)],
        &[("catalogue of s-1", "it counts 9 items, there are 3")],
    );
    town.check(
        "a wrong digest",
        &[town.changed(place(), rows, |head| head.digest = [1; 32])],
        &[("catalogue of s-1", "its digest is not")],
    );
    town.check(
        "no head",
        &[gone_from(Space::Facts, head.clone())],
        &[("catalogue of s-1", "it has items, but no head")],
    );
    let row = town.row(Space::Facts, &head);
    let hollow = (Space::Facts, page::plain(Row::Head, b"s-9"), Some(row));
    town.check(
        "a head of nothing",
        &[hollow],
        &[
            ("catalogue of s-9", "its store is not there"),
            ("catalogue of s-9", "it counts items, but has none"),
        ],
    );
    let version = |code, revision| page::item(&id, code, Timestamp::ZERO, Revision(revision));
    town.check(
        "no version",
        &[gone_from(Space::Catalogue, version(&bread, 1))],
        &[
            ("catalogue of s-1", "it counts 3 items, there are 2"),
            ("catalogue of s-1", "its digest is not"),
        ],
    );
    let stray = (
        Space::Catalogue,
        version(&milk, 8),
        Some(encode_entry(&Entry::Discontinued)),
    );
    town.check(
        "a version of the future",
        &[stray],
        &[(
            "item milk of s-1, revision 8",
            "the catalogue stands at revision 3",
        )],
    );
    let flipped = town.flipped(Space::Catalogue, version(&milk, 1), first_byte);
    town.check(
        "an unreadable version",
        &[flipped],
        &[("item milk of s-1", "unknown version")],
    );
}

#[test]
fn damage_to_feeds() {
    let town = town();
    let newest = town.row(Space::Facts, &page::user(Row::Account, town.ada));
    let newest = AccountRow::decode(&newest).unwrap().sequence;
    let entry = |purchase_id| {
        Some(
            FeedRow {
                kind: EventKind::Changed,
                purchase_id,
                at: time(NOON),
            }
            .encode(),
        )
    };
    let place = |sequence| page::feed(town.ada, sequence);
    town.check(
        "an orphan",
        &[(Space::Feed, place(2), entry(town.nobodys))],
        &[("feed entry 2 of", "is not there")],
    );
    town.check(
        "ahead",
        &[(Space::Feed, place(newest + 1), entry(town.first))],
        &[("feed entry", "after the newest entry")],
    );
    town.check(
        "before the first",
        &[(Space::Feed, place(0), entry(town.first))],
        &[("feed entry 0 of", "entries number from 1")],
    );
    let stranger = page::feed(UserId([5; 16]), 1);
    town.check(
        "of a stranger",
        &[(Space::Feed, stranger, entry(town.first))],
        &[
            ("feed entry 1 of", "its purchase pur_"),
            ("feed entry 1 of", "its account is not there"),
        ],
    );
    town.check(
        "unreadable",
        &[town.flipped(Space::Feed, place(1), first_byte)],
        &[("feed entry 1 of", "unknown version")],
    );
}

#[test]
fn an_erasure_looks_at_the_persons_own_keys_alone() {
    let town = town();
    let ledger = &town.world.ledger;
    let write = |rows: Vec<Damaged>| ledger.engine.commit(rows.into_iter()).unwrap();
    // Nobody can read it, and it is somebody else's.
    let unreadable = page::token(TokenId([255; 16]));
    write(vec![(Space::Facts, unreadable, Some(vec![99]))]);
    let erase = |user_id| ledger.commit(vec![Write::Erase { user_id }], town.world.now);
    erase(town.cyd).expect("only what is listed is looked at");
    let gone = page::token(token_of("cyd"));
    assert_eq!(ledger.engine.get(Space::Facts, &gone).unwrap(), None);
    // Whose keys are not listed is found among those of all.
    let listed = page::all_tokens_of(town.ada);
    write(vec![gone_from(Space::Facts, listed)]);
    let found = erase(town.ada).map(|_| ());
    assert!(found.is_err(), "those of all are looked through");
}
