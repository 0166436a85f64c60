//! Returns against what was sold: never more comes back than was sold, nothing asked is lost sight
//! of, and voiding a return gives back exactly what it had counted.

use crate::property::for_all;
use proptest::collection::vec;
use proptest::prelude::*;
use purchase::quantity::Quantity;
use purchase::returns::{Fit, LineState, Standing, give_again, has_returns, sold, take_back};
use purchase::settlement::{LineNumber, OriginalLine};

fn entry(line: u16, micros: u64) -> OriginalLine {
    OriginalLine {
        line: LineNumber(line),
        quantity: Quantity::from_micros(micros).unwrap(),
    }
}

fn entries(asked: &[(u16, u64)]) -> Vec<OriginalLine> {
    asked
        .iter()
        .map(|(line, micros)| entry(*line, *micros))
        .collect()
}

/// An original of two lines, of three and of half a unit.
fn lines() -> Vec<LineState> {
    [3_000_000, 500_000]
        .map(|micros| sold(Quantity::from_micros(micros).unwrap()))
        .to_vec()
}

/// Takes `asked` back from [`lines`], and compares what was counted and what stands as returned.
fn check(name: &str, standing: Standing, asked: &[(u16, u64)], expected: (&[u64], Fit, [u64; 2])) {
    let mut lines = lines();
    let (counted, fit) = take_back(&mut lines, standing, &entries(asked));
    let returned = [lines[0].returned_micros, lines[1].returned_micros];
    assert_eq!((counted.as_slice(), fit, returned), expected, "{name}");
    assert_eq!(has_returns(&lines), returned != [0, 0], "{name}");
    let numbers = asked.iter().map(|(line, _)| LineNumber(*line));
    give_again(&mut lines, &numbers.zip(counted).collect::<Vec<_>>());
    assert_eq!(lines, self::lines(), "{name}, voided");
}

#[test]
fn a_return_counts_what_is_left() {
    use Fit::{Over, Within};
    use Standing::{Valid, Voided};
    check("nothing", Valid, &[], (&[], Within, [0, 0]));
    check(
        "a part",
        Valid,
        &[(1, 1_000_000)],
        (&[1_000_000], Within, [1_000_000, 0]),
    );
    check(
        "all of a line",
        Valid,
        &[(2, 500_000)],
        (&[500_000], Within, [0, 500_000]),
    );
    check(
        "a grain too much",
        Valid,
        &[(2, 500_001)],
        (&[500_000], Over, [0, 500_000]),
    );
    let twice = [(1, 2_000_000), (1, 2_000_000)];
    check(
        "a line twice",
        Valid,
        &twice,
        (&[2_000_000, 1_000_000], Over, [3_000_000, 0]),
    );
    let both = [(2, 500_000), (1, 3_000_000)];
    check(
        "all",
        Valid,
        &both,
        (&[500_000, 3_000_000], Within, [3_000_000, 500_000]),
    );
    check("no such line", Valid, &[(3, 1)], (&[0], Over, [0, 0]));
    check("line 0", Valid, &[(0, 1)], (&[0], Over, [0, 0]));
    check(
        "no line by far",
        Valid,
        &[(u16::MAX, 1)],
        (&[0], Over, [0, 0]),
    );
    check(
        "one of two",
        Valid,
        &[(9, 1), (1, 1)],
        (&[0, 1], Over, [1, 0]),
    );
    check("of a voided sale", Voided, &both, (&[0, 0], Over, [0, 0]));
    check(
        "nothing of a voided sale",
        Voided,
        &[],
        (&[], Within, [0, 0]),
    );
}

#[test]
fn a_line_is_sold_as_it_was() {
    let state = LineState {
        sold_micros: 348_000,
        returned_micros: 0,
    };
    assert_eq!(sold(Quantity::parse("0.348").unwrap()), state);
}

/// What happens to an original: a return of some lines, or a void of one of the returns so far.
#[derive(Clone, Debug)]
enum Event {
    Return(Vec<(u16, u64)>),
    Void(prop::sample::Index),
}

fn event() -> impl Strategy<Value = Event> {
    let quantity = prop_oneof![
        (1..=4_u64).prop_map(|pieces| pieces * 1_000_000),
        1..=2_000_000_u64
    ];
    prop_oneof![
        3 => vec((0..=5_u16, quantity), 1..4).prop_map(Event::Return),
        2 => any::<prop::sample::Index>().prop_map(Event::Void),
    ]
}

/// A return that stands: how much of each line was counted.
type Counted = Vec<(u16, u64)>;

/// The model keeps no running sums: it adds up every return that stands, each time anew.
fn stands(returns: &[Counted], line: u16) -> u64 {
    let counted = returns.iter().flatten().filter(|(of, _)| *of == line);
    counted.map(|(_, micros)| micros).sum()
}

fn check_return(states: &mut [LineState], asked: &[(u16, u64)], returns: &mut Vec<Counted>) {
    let mut expected = Counted::new();
    let mut over = 0;
    returns.push(Vec::new());
    for (line, micros) in asked {
        let state = usize::from(*line)
            .checked_sub(1)
            .and_then(|at| states.get(at));
        let left = state.map_or(0, |state| state.sold_micros) - stands(returns, *line);
        let counted = if *micros < left { *micros } else { left };
        over += micros - counted;
        expected.push((*line, counted));
        returns.last_mut().unwrap().push((*line, counted));
    }
    let (counted, fit) = take_back(states, Standing::Valid, &entries(asked));
    let lines = asked.iter().map(|(line, _)| *line);
    assert_eq!(lines.zip(counted.clone()).collect::<Vec<_>>(), expected);
    let asked_in_all: u64 = asked.iter().map(|(_, micros)| micros).sum();
    assert_eq!(counted.iter().sum::<u64>() + over, asked_in_all);
    assert_eq!(fit == Fit::Over, over > 0);
}

fn void(states: &mut [LineState], voided: &Counted) {
    let counted: Vec<_> = voided
        .iter()
        .map(|(line, micros)| (LineNumber(*line), *micros))
        .collect();
    give_again(states, &counted);
}

fn check_states(states: &[LineState], sold: &[u64], returns: &[Counted]) {
    for ((state, sold), line) in states.iter().zip(sold).zip(1_u16..) {
        assert_eq!(state.sold_micros, *sold, "what was sold stays");
        assert_eq!(state.returned_micros, stands(returns, line), "line {line}");
        assert!(state.returned_micros <= *sold, "line {line}");
    }
}

#[test]
fn returns_and_their_voids_balance() {
    let sold_micros = vec(prop_oneof![1..=3_000_000_u64, Just(2_000_000)], 1..5);
    for_all(
        500,
        (sold_micros, vec(event(), 0..16)),
        |(sold_micros, events)| {
            let quantities = sold_micros
                .iter()
                .map(|micros| Quantity::from_micros(*micros).unwrap());
            let mut states: Vec<LineState> = quantities.map(sold).collect();
            let mut returns: Vec<Counted> = Vec::new();
            for event in events {
                match event {
                    Event::Return(asked) => check_return(&mut states, &asked, &mut returns),
                    Event::Void(which) if !returns.is_empty() => {
                        let voided = returns.remove(which.index(returns.len()));
                        void(&mut states, &voided);
                    }
                    Event::Void(_) => {}
                }
                check_states(&states, &sold_micros, &returns);
            }
            for voided in &returns {
                void(&mut states, voided);
            }
            assert!(!has_returns(&states), "all voided, nothing came back");
        },
    );
}
