//! Damage to settlements, to what is added up from them, and to what returns and voids did.

use super::*;
use crate::embedded::value::purchase_row::StandingRow;
use crate::embedded::value::settlement::{decode_early, encode_early};

#[test]
fn damage_to_settlements() {
    let town = town();
    town.check(
        "no settlement",
        &[gone_from(Space::Facts, settlement_key("nobodys"))],
        &[
            ("day 2017-01-01", "settlements, there are"),
            ("day 2017-01-01", "lines, there are"),
            ("day 2017-01-01", "lines without a name, there are"),
            ("day 2017-01-01", "it sums to"),
            ("day 2017-01-01", "its digest is not"),
            ("conflict 0 with", "nothing is recorded under its key"),
            ("conflict 1 with", "nothing is recorded under its key"),
            (
                "purchase pur_",
                "its settlement s-1 / 1 / 2017-01-01 / nobodys is not recorded",
            ),
            ("pending line 2 of", "is not recorded"),
        ],
    );
    let unreadable = town.flipped(Space::Facts, settlement_key("nobodys"), first_byte);
    town.check(
        "an unreadable settlement",
        &[unreadable],
        &[(
            "settlement s-1 / 1 / 2017-01-01 / nobodys",
            "unknown version 0",
        )],
    );
    let unreadable = town.flipped(Space::Facts, settlement_key("back"), first_byte);
    town.check(
        "an unreadable return",
        &[unreadable],
        &[(
            "settlement s-1 / 1 / 2017-01-01 / back",
            "unknown version 0",
        )],
    );
    let total = town.settlement("nobodys", |row| row.total = Amount::new(201).unwrap());
    town.check(
        "another total",
        &[total],
        &[
            ("settlement s-1", "its purchase has another total"),
            ("day 2017-01-01", "it sums to"),
        ],
    );
    let moved = town.settlement("nobodys", |row| row.owner = OwnerId::User(town.cyd));
    town.check(
        "another owner",
        &[moved],
        &[
            ("settlement s-1", "is not there"),
            (
                "settlement s-1",
                "it can be claimed, but belongs to a person",
            ),
            ("settlement s-1", "its claim code leads to another purchase"),
            ("purchase pur_", "nobodys is filed as purchase pur_"),
            (
                "pending line 2 of",
                "its settlement belongs to somebody else",
            ),
        ],
    );
}

#[test]
fn settlements_that_are_not_their_purchases() {
    let town = town();
    let digest = town.settlement("nobodys", |row| row.digest = Digest([1; 32]));
    town.check(
        "another digest",
        &[digest],
        &[
            ("day 2017-01-01", "its digest is not"),
            ("purchase pur_", "its body has another digest than recorded"),
        ],
    );
    let late = town.settlement("nobodys", |row| row.received_at = time(NOON + 777));
    town.check(
        "another time",
        &[late],
        &[("settlement", "was received at another time")],
    );
    let slot = town.settlement("later", |row| row.slot = Slot(1));
    town.check(
        "another slot",
        &[slot],
        &[("settlement", "is sealed with another key")],
    );
    let renamed = town.settlement("later", |row| row.purchase_id = town.first);
    town.check(
        "another purchase",
        &[renamed],
        &[
            ("settlement", "its purchase id does not follow from its key"),
            ("settlement", "its purchase was received at another time"),
            ("settlement", "its purchase has another total"),
            ("settlement", "its purchase shows other returns"),
            ("purchase pur_", "is filed as purchase pur_"),
        ],
    );
    let sold = town.settlement("nobodys", |row| row.lines[0].sold_micros += 1);
    town.check(
        "another quantity",
        &[sold],
        &[("purchase", "its lines are not those")],
    );
}

#[test]
fn damage_to_kinds() {
    let town = town();
    let kind = town.settlement("nobodys", |row| row.kind = Kind::Return);
    town.check(
        "another kind",
        &[kind],
        &[
            ("settlement", "its purchase is of another kind"),
            ("day 2017-01-01", "it sums to"),
        ],
    );
    let of = town.settlement("nobodys", |row| row.of = Some(key("first")));
    town.check(
        "a sale of an original",
        &[of],
        &[
            ("settlement", "it is a sale that names an original"),
            ("purchase", "its original is not that of its settlement"),
        ],
    );
    let dollar = Currency::parse("USD").unwrap();
    let foreign = town.settlement("nobodys", |row| row.currency = dollar);
    town.check(
        "foreign money",
        &[foreign],
        &[
            (
                "settlement",
                "it is in another currency than its store sells in",
            ),
            ("settlement", "its purchase is in another currency"),
            ("day 2017-01-01", "it sums to"),
        ],
    );
    let aimless = town.settlement("unsold", |row| row.of = None);
    town.check(
        "a void of nothing",
        &[aimless],
        &[
            ("settlement", "it is a void of nothing"),
            ("settlement", "which is no void of it"),
            ("purchase", "its original is not that of its settlement"),
        ],
    );
    let counting = town.settlement("later void", |row| row.counted = vec![(LineNumber(1), 0)]);
    town.check(
        "a sale that counts",
        &[counting],
        &[
            ("settlement", "it counts a return, but is none"),
            ("settlement", "it counts a return of nothing"),
        ],
    );
}

#[test]
fn damage_to_days() {
    let town = town();
    town.check(
        "a wrong count",
        &[town.day(|day| day.tally.settlements -= 1)],
        &[(
            "day 2017-01-01 of s-1",
            "it counts 14 settlements, there are 15",
        )],
    );
    town.check(
        "a wrong total",
        &[town.day(|day| day.tally.add(currency(), Sum::from_minor(5)))],
        &[("day 2017-01-01 of s-1", "it sums to")],
    );
    town.check(
        "a wrong digest",
        &[town.day(|day| day.digest[31] ^= 1)],
        &[("day 2017-01-01 of s-1", "its digest is not")],
    );
    town.check(
        "no day",
        &[gone_from(Space::Facts, day_key())],
        &[("day 2017-01-01 of s-1", "it has settlements, but no row")],
    );
    let empty = page::day(
        Row::Day,
        &store_id(STORE),
        BusinessDate::parse("2018-01-01").unwrap(),
    );
    town.check(
        "an empty day",
        &[(Space::Facts, empty, Some(DayRow::default().encode()))],
        &[("day 2018-01-01 of s-1", "no settlement is of this day")],
    );
    town.check(
        "unreadable",
        &[town.flipped(Space::Facts, day_key(), first_byte)],
        &[("day 2017-01-01 of s-1", "unknown version")],
    );
}

#[test]
fn damage_to_returned_quantities() {
    let town = town();
    let first = OwnerId::User(town.ada);
    let standing = (Space::Purchases, page::standing(first, town.first));
    let rows: Form<StandingRow> = (StandingRow::decode, StandingRow::encode);
    let less = || town.settlement("first", |row| row.lines[0].returned_micros -= 500_000);
    let shows = ("settlement s-1", "its purchase shows other returns");
    town.check(
        "the settlement shows less",
        &[less()],
        &[
            shows,
            (
                "settlement",
                "line 1 shows 1.5 as returned, its returns count 2",
            ),
        ],
    );
    let show_less = town.changed(standing.clone(), rows, |row| {
        row.returned_micros[0] -= 500_000
    });
    town.check(
        "the purchase shows less",
        std::slice::from_ref(&show_less),
        &[shows],
    );
    town.check(
        "both show less",
        &[less(), show_less],
        &[(
            "settlement",
            "line 1 shows 1.5 as returned, its returns count 2",
        )],
    );
    town.check(
        "no standing",
        &[gone_from(standing.0, standing.1.clone())],
        &[shows],
    );
    town.check(
        "unreadable",
        &[town.flipped(standing.0, standing.1, first_byte)],
        &[("purchase pur_", "unknown version")],
    );
}

#[test]
fn damage_to_what_returns_and_voids_did() {
    let town = town();
    let shows = ("settlement s-1", "its purchase shows other returns");
    let counted = town.settlement("back", |row| row.counted[0].1 = 1_000_000);
    town.check(
        "a return counts less",
        &[counted],
        &[
            (
                "settlement",
                "line 1 shows 2 as returned, its returns count 1",
            ),
            ("purchase", "its original is not that of its settlement"),
        ],
    );
    let counted = town.settlement("mistaken", |row| row.voided_by = None);
    town.check(
        "a void is forgotten",
        &[counted],
        &[
            shows,
            (
                "settlement",
                "line 2 shows 2 as returned, its returns count 3",
            ),
            ("day 2017-01-01", "it sums to"),
            ("account of", "it sums to"),
        ],
    );
    let over = |row: &mut SettlementRow| row.lines[0].returned_micros = 9_000_000;
    town.check(
        "more than was sold",
        &[town.settlement("later", over)],
        &[
            shows,
            ("settlement", "more came back of a line than was sold"),
            (
                "settlement",
                "line 1 shows 9 as returned, its returns count 1",
            ),
        ],
    );
    let other = town.settlement("wrong", |row| row.voided_by = Some(key("unback")));
    town.check(
        "voided by another",
        &[other],
        &[
            shows,
            ("settlement", "unback, which is no void of it"),
            ("day 2017-01-01", "it sums to"),
            ("account of", "it sums to"),
        ],
    );
}

#[test]
fn damage_to_early_returns() {
    let town = town();
    let never = page::settlement(Row::Early, &key("never"));
    let rows: Form<Vec<SettlementKey>> = (decode_early, |keys| encode_early(keys));
    town.check(
        "none noted",
        &[gone_from(Space::Facts, never.clone())],
        &[
            (
                "settlement s-1 / 1 / 2017-01-01 / early",
                "it waits for settlement s-1",
            ),
            (
                "settlement s-1 / 1 / 2017-01-01 / early void",
                "it waits for settlement s-1",
            ),
        ],
    );
    let place = || (Space::Facts, never.clone());
    let stranger = town.changed(place(), rows, |keys| keys.push(key("first")));
    town.check(
        "a stranger waits",
        &[stranger],
        &[("early returns of", "speaks of something else")],
    );
    let twice = town.changed(place(), rows, |keys| keys.push(key("early")));
    town.check(
        "one waits twice",
        &[twice],
        &[("early returns of", "one of them waits twice")],
    );
    let arrived = (
        Space::Facts,
        page::settlement(Row::Early, &key("first")),
        Some(encode_early(&[key("back")])),
    );
    town.check(
        "the original is there",
        &[arrived],
        &[("early returns of", "they still wait")],
    );
    let empty = page::settlement(Row::Early, &key("nothing"));
    town.check(
        "nothing waits",
        &[(Space::Facts, empty, Some(encode_early(&[])))],
        &[("early returns of", "nothing waits")],
    );
}
