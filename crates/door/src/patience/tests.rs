//! Lives of connections, a second at a time: what happened, and the verdict after it.

use std::sync::Arc;

use super::*;

const LIMITS: Limits = Limits {
    header_read_ms_max: 3000,
    idle_ms_max: 5000,
    ..Limits::DEFAULT
};

/// One letter, one second: `r`ead, `w`rite, `h`ead awaited, `b`egin and `e`nd of a request, `.`
/// nothing. Ends with the first verdict that is not to stay, and the second it came in.
fn check(life: &str, expected: Option<(u64, Verdict)>) {
    let born = Instant::now();
    let pulse = Arc::new(Pulse::default());
    let mut patience = Patience::new(&LIMITS, born);
    let mut working = Vec::new();
    let mut head = None;
    let mut verdicts = life.bytes().zip(1..).filter_map(|(what, second)| {
        match what {
            b'r' => pulse.count_read(),
            b'w' => pulse.count_write(),
            b'h' => head = Some(pulse.await_head()),
            b'b' => {
                head = None;
                working.push(pulse.begin());
            }
            b'e' => working.clear(),
            _ => {}
        }
        let verdict = patience.judge(born + Duration::from_secs(second), &pulse);
        (verdict != Verdict::Stay).then_some((second, verdict))
    });
    assert_eq!(verdicts.next(), expected, "{life}");
    drop(verdicts);
    drop(head);
}

#[test]
fn a_life_is_judged() {
    use Verdict::{Finish, HangUp};
    let rows = [
        // Silent from the start; dripping from the start.
        ("h........", Some((3, HangUp))),
        ("hrrrrrrrr", Some((3, HangUp))),
        // A request, then silence.
        ("bewh....................", Some((8, Finish))),
        // A request, and the next header drips.
        ("bewhrrrrrrrr", Some((8, HangUp))),
        // A request, and the next header comes in time, again and again.
        ("bewhrrbewhrrbewhrrbewhrr", None),
        // A handler takes its time; then the answer flows; then the peer stops reading.
        ("b.........ewwwwwwwwwwwwwwwwwwwwwww", None),
        ("b.........eww......", Some((18, Finish))),
        // Reading while no header is awaited is a body, or HTTP/2.
        ("berrrrrrrrrrrrrrrrrrrr", None),
    ];
    for (life, expected) in rows {
        check(life, expected);
    }
}

#[test]
fn who_does_not_finish_is_hung_up_on() {
    let born = Instant::now();
    let pulse = Arc::new(Pulse::default());
    let mut patience = Patience::new(&LIMITS, born);
    drop(pulse.begin());
    let verdicts =
        [5, 10, 11].map(|second| patience.judge(born + Duration::from_secs(second), &pulse));
    assert_eq!(
        verdicts,
        [Verdict::Finish, Verdict::HangUp, Verdict::HangUp]
    );
}
