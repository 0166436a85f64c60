//! The rules of one line.

use super::{Broken, Spoil, check, check_faults};
use crate::generate::settle;
use crate::generate::value::minor;
use crate::sample::{self, at, line, named, quantity};
use purchase::settlement::{LineNumber, PricedBy};
use purchase::sums::Rule;

const AMOUNT: (&str, Rule) = ("/lines/0/amount", Rule::LineSum);
const PART_OF: (&str, Rule) = ("/lines/1/part_of", Rule::LineReference);
const DISCOUNTS: (&str, Rule) = ("/lines/0/discounts", Rule::DiscountSum);

/// The first line of the sample is 2 x 150 less 20 and 10, which is 270.
#[test]
fn price_quantity_and_discount_make_the_amount() {
    let full = sample::full();
    let rows: [(&str, Spoil, Broken); 9] = [
        ("one more", |c| c.lines[0].amount = minor(271), &[AMOUNT]),
        ("one less", |c| c.lines[0].amount = minor(269), &[AMOUNT]),
        ("price", |c| c.lines[0].unit_price = minor(151), &[AMOUNT]),
        (
            "quantity",
            |c| c.lines[0].quantity = quantity("3"),
            &[AMOUNT],
        ),
        (
            "a discount that its rows do not make",
            |c| (c.lines[0].discount, c.lines[0].amount) = (minor(31), minor(269)),
            &[DISCOUNTS],
        ),
        (
            "a row one more",
            |c| c.lines[0].discounts[1].amount = minor(11),
            &[DISCOUNTS],
        ),
        (
            "a row gone",
            |c| c.lines[0].discounts.truncate(1),
            &[DISCOUNTS],
        ),
        ("no rows at all", |c| c.lines[0].discounts.clear(), &[]),
        (
            "rows of no discount",
            |c| (c.lines[0].discount, c.lines[0].amount) = (minor(0), minor(300)),
            &[DISCOUNTS],
        ),
    ];
    for (name, spoil, expected) in rows {
        let mut content = full.clone();
        spoil(&mut content);
        settle(&mut content);
        check_faults(name, content, expected);
    }
}

#[test]
fn an_amount_may_be_less_than_one_minor_unit_off() {
    let rows = [
        // (price, quantity, discount, amount, agrees)
        (50, "1", 0, 50, true),
        (0, "1", 0, 0, true),
        (100, "0.5", 0, 50, true),
        (101, "0.5", 0, 50, true),
        (101, "0.5", 0, 51, true),
        (101, "0.5", 0, 49, false),
        (101, "0.5", 0, 52, false),
        (998, "0.348", 0, 347, true),
        (998, "0.348", 0, 348, true),
        (998, "0.348", 0, 346, false),
        (998, "0.348", 0, 349, false),
        (998, "0.348", 47, 300, true),
        (998, "0.348", 48, 300, true),
        (998, "0.348", 49, 300, false),
        // A hair less than one unit off, and one unit off.
        (1, "0.000001", 0, 0, true),
        (1, "0.999999", 0, 0, true),
        (1, "0.999999", 0, 1, true),
        (1, "1", 0, 0, false),
        (1, "1.000001", 0, 2, true),
        (1, "1.000001", 0, 0, false),
        // Wider than 64 bits on the way.
        (999_999_999, "1000000", 0, 999_999_999_000_000, true),
        (999_999_999, "1000000", 0, 999_999_999_000_001, false),
        (
            999_999_999_999_999,
            "1000000",
            0,
            999_999_999_999_999,
            false,
        ),
    ];
    for (unit_price, of, discount, amount, agrees) in rows {
        let mut content = sample::sale();
        content.lines = vec![line("7", of, unit_price, amount)];
        content.lines[0].discount = minor(discount);
        settle(&mut content);
        let name = format!("{unit_price} x {of} - {discount} = {amount}");
        let expected: Broken = if agrees { &[] } else { &[AMOUNT] };
        check_faults(&name, content.clone(), expected);
        content.lines[0].priced_by = PricedBy::Till;
        check_faults(&format!("{name} by the till"), content, &[]);
    }
}

/// The last line of the sample is priced by the till, so that only the sign can be wrong.
#[test]
fn nothing_on_a_line_is_negative() {
    let full = sample::full();
    let rule = Rule::NegativeAmount;
    let rows: [(&str, Spoil); 5] = [
        ("/lines/3/unit_price", |c| c.lines[3].unit_price = minor(-1)),
        ("/lines/3/discount", |c| c.lines[3].discount = minor(-1)),
        ("/lines/3/amount", |c| c.lines[3].amount = minor(-1)),
        ("/lines/3/list_price", |c| {
            c.lines[3].list_price = Some(minor(-1));
        }),
        ("/lines/0/discounts/1/amount", |c| {
            c.lines[0].discounts = vec![named("a", 31), named("b", -1)];
        }),
    ];
    for (pointer, spoil) in rows {
        let mut content = full.clone();
        content.tenders.clear();
        spoil(&mut content);
        settle(&mut content);
        check_faults(pointer, content, &[(pointer, rule)]);
    }
}

#[test]
fn a_line_is_named_and_points_to_other_lines() {
    let full = sample::full();
    let rows: [(&str, Spoil, Broken); 11] = [
        ("name only", |c| c.lines[2].code = None, &[]),
        ("code only", |c| c.lines[2].name = None, &[]),
        (
            "neither",
            |c| (c.lines[2].code, c.lines[2].name) = (None, None),
            &[("/lines/2", Rule::NamelessLine)],
        ),
        (
            "the last line",
            |c| c.lines[1].part_of = Some(LineNumber(4)),
            &[],
        ),
        (
            "line 0",
            |c| c.lines[1].part_of = Some(LineNumber(0)),
            &[PART_OF],
        ),
        (
            "itself",
            |c| c.lines[1].part_of = Some(LineNumber(2)),
            &[PART_OF],
        ),
        (
            "line 5",
            |c| c.lines[1].part_of = Some(LineNumber(5)),
            &[PART_OF],
        ),
        (
            "line 65535",
            |c| c.lines[1].part_of = Some(LineNumber(u16::MAX)),
            &[PART_OF],
        ),
        (
            "a service that ends as it begins",
            |c| c.lines[1].service_to = c.lines[1].service_from,
            &[],
        ),
        (
            "a service that ends before it begins",
            |c| c.lines[1].service_to = Some(at(1_483_299_999_999)),
            &[("/lines/1/service_to", Rule::ServiceTimes)],
        ),
        (
            "a service that only ends",
            |c| (c.lines[1].service_from, c.lines[1].service_to) = (None, Some(at(0))),
            &[],
        ),
    ];
    for (name, spoil, expected) in rows {
        check(&full, name, spoil, expected);
    }
}
