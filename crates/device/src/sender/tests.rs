//! What is sent when: every rule of order, retry and back-off, as tables.

use super::*;

const NOW: i64 = 1_800_000_000_000;

fn at(ms: i64) -> Timestamp {
    Timestamp::from_ms(NOW + ms).unwrap()
}

/// A sender that has done everything, and reports again after all else.
fn known() -> Sender {
    Sender {
        catalogue: Catalogue::Known,
        compared_at: Some(at(0)),
        pruned_at: Some(at(0)),
        reported_at: Some(at(1)),
        report_every_ms: REPORT_MAX_MS,
        ..Sender::default()
    }
}

fn waiting(sales: u64, items: Items) -> Waiting {
    Waiting {
        sales,
        items,
        news: News::Told,
    }
}

#[test]
fn what_comes_first() {
    let resting = Sender {
        not_before: Some(at(5)),
        ..known()
    };
    let apart = Sender {
        catalogue: Catalogue::Apart,
        ..known()
    };
    let all = Action::SendSales(BATCH_MAX);
    let check = |name: &str, sender: Sender, sales: u64, items: Items, expected: Action| {
        assert_eq!(
            next(&sender, waiting(sales, items), at(4)),
            expected,
            "{name}"
        );
    };
    use Items::{Changed, Told};
    check(
        "a start",
        Sender::default(),
        9,
        Changed,
        Action::AskCatalogue,
    );
    check("a pause", resting, 9, Changed, Action::Rest(Some(at(5))));
    check("names first", known(), 9, Changed, Action::SendItems);
    check("all anew", apart, 9, Changed, Action::SendSnapshot);
    check("sales", known(), 1, Told, all);
    let hour = Action::Rest(Some(at(COMPARE_EVERY_MS)));
    check("nothing", known(), 0, Told, hour);
    let none = waiting(0, Told);
    let follower = Sender {
        catalogue: Catalogue::Followed,
        ..known()
    };
    let pulled = Sender {
        pulled_at: Some(at(1)),
        ..follower
    };
    check("a follower asks", follower, 9, Changed, Action::PullItems);
    check("and sells", pulled, 9, Changed, all);
    let soon = Action::Rest(Some(at(1 + PULL_EVERY_MS)));
    check("and rests", pulled, 0, Changed, soon);
    let later = next(&known(), none, at(COMPARE_EVERY_MS));
    assert_eq!(later, Action::CompareDays, "an hour later");
    let some = waiting(9, Told);
    assert_eq!(next(&resting, some, at(5)), all, "the end of a pause");
}

#[test]
fn what_is_too_old_goes_after_the_days_were_compared() {
    let nothing = waiting(0, Items::Told);
    let compared = Sender {
        pruned_at: None,
        ..known()
    };
    assert_eq!(next(&compared, nothing, at(4)), Action::Prune);
    let pruned = hear(compared, Heard::Pruned, at(4), 0);
    let rest = Action::Rest(Some(at(COMPARE_EVERY_MS)));
    assert_eq!(next(&pruned, nothing, at(5)), rest);
}

#[test]
fn a_report_never_goes_before_sales() {
    let check = |name: &str, sender: Sender, sales: u64, news: News, ms: i64, expected: Action| {
        let waiting = Waiting {
            sales,
            items: Items::Told,
            news,
        };
        assert_eq!(next(&sender, waiting, at(ms)), expected, "{name}");
    };
    use News::{Some as New, Told};
    let sales = Action::SendSales(BATCH_MAX);
    let started = Sender {
        reported_at: None,
        ..known()
    };
    check("a start", started, 0, Told, 1, Action::Report);
    check("a start with sales", started, 5, New, 1, sales);
    let sent = hear(started, Heard::Sent, at(1), 0);
    check("a batch has gone", sent, 5, Told, 2, Action::Report);
    let told = hear(sent, Heard::Reported(300), at(2), 0);
    check("on with the backlog", told, 5, New, 3, sales);
    let more = hear(told, Heard::Sent, at(3), 0);
    check("not so soon again", more, 5, New, 4, sales);
    check("a minute later", more, 5, New, 60_002, Action::Report);
    let rest = Action::Rest(Some(at(300_002)));
    check("nothing happened", told, 0, Told, 60_002, rest);
    check("something happened", told, 0, New, 60_002, Action::Report);
    check("as the server said", told, 0, Told, 300_002, Action::Report);
    check(
        "the clock was set back",
        told,
        0,
        Told,
        -9_000_000,
        Action::Report,
    );
}

#[test]
fn a_report_that_fails_holds_nothing_up() {
    let some = waiting(3, Items::Told);
    let failed = hear(known(), Heard::NotReported(i64::MAX), at(5), 0);
    assert_eq!((failed.failures, failed.not_before), (0, None));
    assert_eq!(next(&failed, some, at(6)), Action::SendSales(BATCH_MAX));
    let soonest = (failed.report_every_ms, failed.report_soonest_ms);
    assert_eq!(soonest, (REPORT_MAX_MS, REPORT_MAX_MS), "within reason");
    // Nor does one that succeeds end the pause of what the server does not take now.
    let silent = hear(known(), Heard::NotNow(None), at(5), u8::MAX);
    let told = hear(silent, Heard::Reported(60), at(6), 0);
    assert_eq!((told.failures, told.not_before), (1, Some(at(1_005))));
}

#[test]
fn a_server_that_refuses_sales_still_hears_why_they_wait() {
    let due = Sender {
        reported_at: None,
        ..known()
    };
    let rows = [
        (Heard::Refused, Action::Report),
        (Heard::CatalogueElsewhere, Action::Report),
        // One that does not answer, or asks for time, gets it.
        (Heard::NotNow(Some(9_000)), Action::Rest(Some(at(9_000)))),
    ];
    for (heard, expected) in rows {
        let paused = hear(due, heard, at(0), 0);
        let found = next(&paused, waiting(3, Items::Told), at(1));
        assert_eq!(found, expected, "{heard:?}");
    }
}

#[test]
fn what_a_server_says_of_reports_is_bounded_and_spread() {
    let every = |seconds: u32, chance: u8| {
        hear(known(), Heard::Reported(seconds), at(0), chance).report_every_ms
    };
    assert_eq!(every(0, 0), REPORT_MIN_MS);
    assert_eq!(every(0, u8::MAX), REPORT_MIN_MS);
    assert_eq!(every(u32::MAX, 0), REPORT_MAX_MS);
    assert_eq!((every(300, 0), every(300, u8::MAX)), (300_000, 270_000));
}

#[test]
fn a_clock_that_is_set_back_stops_nothing() {
    let some = waiting(1, Items::Told);
    let paused = hear(known(), Heard::NotNow(Some(i64::MAX)), at(0), 0);
    let back = at(-86_400_000);
    assert_eq!(next(&paused, some, back), Action::SendSales(BATCH_MAX));
    let nothing = Waiting { sales: 0, ..some };
    assert_eq!(next(&known(), nothing, back), Action::Report);
    let told = hear(known(), Heard::Reported(300), back, 0);
    assert_eq!(next(&told, nothing, back), Action::CompareDays);
}

#[test]
fn pauses_grow_and_end() {
    let mut sender = known();
    let mut pauses = Vec::new();
    for _ in 0..9 {
        sender = hear(sender, Heard::NotNow(None), at(0), u8::MAX);
        pauses.push(sender.not_before.unwrap().ms() - NOW);
    }
    assert_eq!(
        pauses,
        [
            1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000
        ]
    );
    let hasty = hear(known(), Heard::NotNow(None), at(0), 0);
    assert_eq!(hasty.not_before, Some(at(500)));
    let asked = hear(known(), Heard::NotNow(Some(7_000)), at(0), 0);
    assert_eq!(
        asked.not_before,
        Some(at(7_000)),
        "the server's word counts"
    );
    let absurd = hear(known(), Heard::NotNow(Some(i64::MAX)), at(0), 0);
    assert_eq!(
        absurd.not_before,
        Some(at(RETRY_AFTER_MAX_MS)),
        "within reason"
    );
    let again = hear(sender, Heard::Done, at(0), 0);
    assert_eq!((again.failures, again.not_before), (0, None));
}

#[test]
fn batches_shrink_to_one() {
    let mut sender = known();
    for _ in 0..20 {
        sender = hear(sender, Heard::TooLarge, at(0), 0);
    }
    assert_eq!(sender.batch, 1);
    assert!(
        sender.not_before.is_some(),
        "one that is too large alone waits"
    );
}
