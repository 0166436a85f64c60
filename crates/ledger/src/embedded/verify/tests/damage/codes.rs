//! Damage to codes that people show: member codes, the lists that they stand in, and claim codes whose sale
//! somebody waits for.

use super::*;
use crate::embedded::value::codes::{ClaimRow, MemberCodeRow, WantedRow, encode_listed};
use crate::embedded::value::settlement::Shown;
use crate::write::{ClaimStep, Claimed, MemberStep, NewMemberCode};

const UNTIL: i64 = NOON + 86_400_000;

/// A town in which Ada has bought with a code of her phone, has a card and waits for a sale; and one that
/// she waited for has come.
fn codes_town() -> Town {
    let mut town = town();
    let codes = ["phone", "free", "card"].map(|code| NewMemberCode {
        hash: member(code).hash,
        form: member(code).form,
        issued_at: time(NOON - 1_000),
        expires_at: time(UNTIL),
    });
    let (user_id, codes) = (town.ada, codes.to_vec());
    town.world
        .write(Write::Member(MemberStep::Issue { user_id, codes }));
    let mut shown = sale("shown", By::Nobody, &[("milk", 1)]);
    shown.buyer = Buyer::MemberCode(text("phone"));
    town.world.record(shown);
    for code in [71, 72] {
        let hash = ClaimHash([code; 32]);
        let claimed = town
            .world
            .write(Write::Claim(ClaimStep::Take { user_id, hash }));
        assert!(matches!(claimed, Written::Claimed(Claimed::Waiting)));
    }
    let mut come = sale("come", By::Nobody, &[("milk", 1)]);
    come.claim = Some(ClaimHash([71; 32]));
    town.world.record(come);
    town.world.is_sound("a town with codes");
    town
}

fn code_place(code: &str) -> (Space, Vec<u8>) {
    (Space::Facts, page::member_code(member(code).hash))
}

fn listed(user_id: UserId, code: &str) -> Vec<u8> {
    let Member { hash, form } = member(code);
    page::member_code_of(user_id, form, time(UNTIL), hash)
}

#[test]
fn damage_to_member_codes() {
    let town = codes_town();
    let rows: Form<MemberCodeRow> = (MemberCodeRow::decode, MemberCodeRow::encode);
    let changed =
        |code: &str, change: fn(&mut MemberCodeRow)| town.changed(code_place(code), rows, change);
    let unused = changed("free", |row| row.used_by = Some(key("first")));
    town.check(
        "used by a sale that does not know",
        &[unused],
        &[("member code", "first does not know that it used it")],
    );
    let nowhere = changed("phone", |row| row.used_by = Some(key("nowhere")));
    town.check(
        "used by nothing",
        &[nowhere],
        &[("member code", "nowhere does not know that it used it")],
    );
    let used_card = changed("card", |row| row.used_by = Some(key("shown")));
    town.check(
        "a card that was used up",
        &[used_card],
        &[("member code", "it is a card that was used up")],
    );
    let never = changed("free", |row| row.issued_at = time(UNTIL));
    town.check(
        "never good",
        &[never],
        &[("member code", "it was never good")],
    );
    let cyd = town.cyd;
    let others = town.changed(code_place("free"), rows, |row| row.user_id = cyd);
    town.check(
        "another one's",
        &[others],
        &[
            ("member code", "it is not in the list of its user"),
            ("listed member code", "there is no such code"),
        ],
    );
    let nobodys = changed("card", |row| row.user_id = UserId([9; 16]));
    town.check(
        "nobody's",
        &[nobodys],
        &[
            ("member code", "its user is not there"),
            ("member code", "it is not in the list of its user"),
            ("listed member code", "there is no such code"),
        ],
    );
    town.check(
        "unreadable",
        &[town.flipped(Space::Facts, code_place("free").1, first_byte)],
        &[("member code", "unknown version")],
    );
}

#[test]
fn damage_to_lists_of_member_codes() {
    let town = codes_town();
    town.check(
        "a code gone",
        &[gone_from(Space::Facts, code_place("free").1)],
        &[("listed member code", "there is no such code")],
    );
    town.check(
        "not listed",
        &[gone_from(Space::Facts, listed(town.ada, "card"))],
        &[("member code", "it is not in the list of its user")],
    );
    let more = (
        Space::Facts,
        listed(town.cyd, "card"),
        Some(encode_listed()),
    );
    town.check(
        "listed twice",
        &[more],
        &[("listed member code", "there is no such code")],
    );
    let mut key = listed(town.ada, "free");
    key[17] = 3;
    town.check(
        "of no form",
        &[(Space::Facts, key, Some(encode_listed()))],
        &[("listed member code row", "its key is not well-formed")],
    );
}

#[test]
fn damage_to_settlements_that_a_code_brought() {
    let town = codes_town();
    let silent = town.settlement("shown", |row| row.shown = Shown::Nothing);
    town.check(
        "it does not know",
        &[silent],
        &[("member code", "shown does not know that it used it")],
    );
    let nobodys = town.settlement("nobodys", |row| row.shown = Shown::Filed);
    town.check(
        "filed for nobody",
        &[nobodys],
        &[(
            "settlement",
            "a member code filed it, but it belongs to nobody",
        )],
    );
}

#[test]
fn damage_to_claims_that_wait() {
    let town = codes_town();
    let wanted = |code: u8| page::wanted_claim(town.ada, ClaimHash([code; 32]));
    let claim = page::claim(ClaimHash([72; 32]));
    town.check(
        "not in her list",
        &[gone_from(Space::Facts, wanted(72))],
        &[("claim 4848", "does not wait for it")],
    );
    let other = ClaimRow::Wanted(town.ada, time(NOON)).encode();
    town.check(
        "since another time",
        &[(Space::Facts, claim, Some(other))],
        &[("claim 4848", "does not wait for it")],
    );
    let rows: Form<WantedRow> = (WantedRow::decode, |row| row.encode());
    let first = town.settlement_row("nobodys").purchase_id;
    let brought = town.changed((Space::Facts, wanted(71)), rows, |row| {
        row.filed = Some(first)
    });
    town.check(
        "brought something else",
        &[brought],
        &[("claim 4747", "which is not there")],
    );
    let row = town.row(Space::Facts, &wanted(71));
    let stray = page::wanted_claim(UserId([9; 16]), ClaimHash([71; 32]));
    town.check(
        "nobody's",
        &[(Space::Facts, stray, Some(row))],
        &[
            ("claim 4747", "its user is not there"),
            ("claim 4747", "which is not there"),
        ],
    );
}
