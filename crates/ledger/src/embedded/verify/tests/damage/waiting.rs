//! Damage to what waits: lines for a name, unclaimed purchases for whoever has the receipt.

use super::*;
use crate::embedded::value::catalogue::{PendingRow, encode_awaited};
use crate::embedded::value::codes::ClaimRow;

#[test]
fn damage_to_pending_lines() {
    let town = town();
    let store = store_id(STORE);
    let pending =
        |code_text, id, line| page::pending(&store, &code(code_text), id, LineNumber(line));
    let fish = || pending("fish", town.nobodys, 2);
    town.check(
        "none noted",
        &[gone_from(Space::Facts, fish())],
        &[(
            "purchase pur_",
            "line 2 waits for a name, but is not noted under its code",
        )],
    );
    let place = (Space::Facts, fish());
    let rows: Form<PendingRow> = (PendingRow::decode, PendingRow::encode);
    let moved = town.changed(place.clone(), rows, |row| {
        row.owner = OwnerId::User(town.cyd)
    });
    town.check(
        "of another owner",
        &[moved],
        &[
            (
                "purchase pur_",
                "line 2 is noted as another one's under its code",
            ),
            (
                "pending line 2 of",
                "its settlement belongs to somebody else",
            ),
        ],
    );
    let later = town.changed(place.clone(), rows, |row| row.at = time(NOON + 9));
    town.check(
        "at another time",
        &[later],
        &[("purchase pur_", "noted as another one's")],
    );
    town.check(
        "unreadable",
        &[town.flipped(place.0, place.1, first_byte)],
        &[("pending line 2 of", "unknown version")],
    );
    let counted = town.settlement("nobodys", |row| row.pending = 0);
    town.check(
        "not counted",
        &[counted],
        &[
            ("day 2017-01-01 of s-1", "lines without a name, there are"),
            ("purchase pur_", "counts 0 lines without a name, it has 1"),
        ],
    );
}

#[test]
fn pending_lines_that_nothing_waits_for() {
    let town = town();
    let store = store_id(STORE);
    let pending =
        |code_text, id, line| page::pending(&store, &code(code_text), id, LineNumber(line));
    let row = town.row(Space::Facts, &pending("fish", town.nobodys, 2));
    let more = |key| (Space::Facts, key, Some(row.clone()));
    town.check(
        "of a named line",
        &[more(pending("milk", town.nobodys, 1))],
        &[(
            "pending line 1 of purchase",
            "no line of its purchase waits for a name",
        )],
    );
    town.check(
        "of another code",
        &[more(pending("meat", town.nobodys, 2))],
        &[(
            "pending line 2 of purchase",
            "no line of its purchase waits for a name",
        )],
    );
    town.check(
        "of no line",
        &[more(pending("fish", town.nobodys, 3))],
        &[
            (
                "pending line 3 of purchase",
                "its settlement has no such line",
            ),
            (
                "pending line 3 of purchase",
                "no line of its purchase waits for a name",
            ),
        ],
    );
    let (space, _, named) = more(pending("jam", town.first, 3));
    let of_ada = PendingRow {
        owner: OwnerId::User(town.ada),
        slot: town.settlement_row("first").slot,
        key: key("first"),
        ..PendingRow::decode(&named.unwrap()).unwrap()
    };
    let named = (space, pending("jam", town.first, 3), Some(of_ada.encode()));
    town.check(
        "of a line named since",
        &[named],
        &[(
            "pending line 3 of purchase",
            "no line of its purchase waits for a name",
        )],
    );
}

#[test]
fn damage_to_pending_lines_of_an_erased_person() {
    let town = town();
    let fish = page::pending(&store_id(STORE), &code("fish"), town.bobs, LineNumber(2));
    let told = [(
        "pending lines of erased people",
        "0 are noted, their settlements count 1",
    )];
    town.check(
        "none noted",
        &[gone_from(Space::Facts, fish.clone())],
        &told,
    );
    let unreadable = town.flipped(Space::Facts, fish, first_byte);
    let told = [("pending line 2 of purchase", "unknown version")];
    town.check("unreadable", &[unreadable], &told);
    let told = [
        ("settlement s-1 / 1 / 2017-01-01 / bobs", "is not there"),
        ("feed entry 1 of", "is not there"),
    ];
    let body = page::body(OwnerId::User(town.bob), town.bobs);
    town.check("no body", &[gone_from(Space::Purchases, body)], &told);
}

#[test]
fn damage_to_awaited_lines() {
    let town = town();
    let store = store_id(STORE);
    let awaited =
        |revision, line| page::awaited(&store, Revision(revision), town.ahead, LineNumber(line));
    town.check(
        "none noted",
        &[gone_from(Space::Facts, awaited(9, 1))],
        &[(
            "pending line 1 of",
            "it waits for revision 9, but is not noted there",
        )],
    );
    let code_row = |code_text| Some(encode_awaited(&code(code_text)));
    town.check(
        "of another code",
        &[(Space::Facts, awaited(9, 1), code_row("meat"))],
        &[
            (
                "pending line 1 of",
                "it waits for revision 9, but is not noted there",
            ),
            ("awaited line 1 of", "no pending line awaits it"),
        ],
    );
    town.check(
        "of another revision",
        &[(Space::Facts, awaited(8, 1), code_row("milk"))],
        &[("awaited line 1 of", "no pending line awaits it")],
    );
    town.check(
        "of another line",
        &[(Space::Facts, awaited(9, 2), code_row("milk"))],
        &[("awaited line 2 of", "no pending line awaits it")],
    );
}

#[test]
fn damage_to_claims() {
    let town = town();
    let row = town.settlement_row("nobodys");
    let claim_key = |hash: [u8; 32]| page::plain(Row::Claim, &hash);
    let hash = row.claim_hash.unwrap().0;
    town.check(
        "no claim",
        &[gone_from(Space::Facts, claim_key(hash))],
        &[("settlement", "its claim code leads nowhere")],
    );
    let second = Some(ClaimRow::Leads(row.owner, row.purchase_id).encode());
    town.check(
        "a second claim",
        &[(Space::Facts, claim_key([1; 32]), second)],
        &[(
            "claim 0101",
            "its settlement has another claim code or none",
        )],
    );
    let astray = Some(ClaimRow::Leads(row.owner, town.first).encode());
    town.check(
        "a claim of nothing",
        &[(Space::Facts, claim_key([1; 32]), astray)],
        &[("claim 0101", "is not there")],
    );
    let taken = Some(ClaimRow::Leads(OwnerId::User(town.ada), town.first).encode());
    town.check(
        "a claim of a person's",
        &[(Space::Facts, claim_key([1; 32]), taken)],
        &[
            ("claim 0101", "it leads to the purchase of a person"),
            (
                "claim 0101",
                "its settlement has another claim code or none",
            ),
        ],
    );
    let unclaimable = town.settlement("nobodys", |row| row.claim_hash = None);
    town.check(
        "a settlement without",
        &[unclaimable],
        &[("claim", "its settlement has another claim code or none")],
    );
}
