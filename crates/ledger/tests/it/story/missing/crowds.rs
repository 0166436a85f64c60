//! Many who ask one store, and many sales to look through.

use super::*;

pub(super) fn strangers(ledger: &Ledger) {
    town(ledger);
    let known = add_user(ledger, "Ada");
    record(ledger, &sold("of Ada", 1).buyer(known).content(), at(0));
    let (mut asked_for, mut turned_away) = (0, 0);
    for nth in 0..=SOUGHT_BY_STRANGERS_MAX / MISSING_OPEN_MAX {
        let user_id = add_user(ledger, &format!("stranger {nth}"));
        for total in 0..MISSING_OPEN_MAX {
            let id = u128::try_from(nth * 100 + total).unwrap() << 32;
            let step = MissingStep::Ask {
                user_id,
                store_id: store_id("s-1"),
                missing_id: MissingId(id.to_be_bytes()),
                sought_id: SoughtId((id + 1).to_be_bytes()),
                described: Box::new(described(i64::try_from(total).unwrap())),
            };
            match missing(ledger, step, 5) {
                MissingWritten::Asked(_) => asked_for += 1,
                MissingWritten::Crowded => turned_away += 1,
                other => panic!("{other:?}"),
            }
        }
    }
    assert_eq!((asked_for, turned_away), (SOUGHT_BY_STRANGERS_MAX, 10));
    assert_eq!(ask(ledger, known, 93, described(1), 6), asked(93));
    // What has expired takes no place from anybody, swept or not.
    let later = 60 * DAY + 5;
    let bob = add_user(ledger, "Bob");
    assert_eq!(
        ask(ledger, bob, 94, described(1), later - 1),
        MissingWritten::Crowded
    );
    assert_eq!(ask(ledger, bob, 94, described(1), later), asked(94));
}

pub(super) fn cut_short(ledger: &Ledger) {
    town(ledger);
    let numbered = |transaction: &str, number: &str, date: &str| {
        let mut content = sold(transaction, 50).date(date).content();
        content.receipt_number = Some(text(number));
        content
    };
    let mut sales: Vec<_> = (0..501)
        .map(|nth| numbered(&format!("{nth:04}"), &format!("R-{nth:04}"), "2017-01-01"))
        .collect();
    sales.push(numbered("next", "R-next", "2017-01-02"));
    settle_all(ledger, &sales, at(0));
    // With a total that is mistyped, whether the number is found goes by how many are opened.
    let found = |number: &str, total: i64| {
        let asked = Described {
            number: Some(text(number)),
            ..described(total)
        };
        let found = ledger.unclaimed(&store_id("s-1"), &asked, 9).unwrap();
        let numbers = found.sales.iter().map(|sale| sale.receipt_number.clone());
        let numbers: Vec<_> = numbers.flatten().collect();
        (numbers.contains(&text(number)), found.is_cut_short)
    };
    for (number, total, expected) in [
        ("R-0000", 51, (true, true)),
        ("R-0499", 51, (true, true)),
        ("R-0500", 51, (false, true)),
        // Each day has its own measure.
        ("R-next", 51, (true, true)),
    ] {
        assert_eq!(found(number, total), expected, "{number} {total}");
    }
    let plain = ledger
        .unclaimed(&store_id("s-1"), &described(51), 9)
        .unwrap();
    assert_eq!((plain.sales.len(), plain.is_cut_short), (0, false));
}
