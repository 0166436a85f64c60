//! Which rule each disagreement breaks, and where. One table row spoils one thing of a settlement
//! that has every member.

use crate::sample;
use purchase::settlement::{Content, Settlement};
use purchase::sums::{Rule, faults};

mod bounds;
mod cards;
mod lines;
mod receipt;
mod spoilt;
mod taxes;

/// Spoils one thing.
type Spoil = fn(&mut Content);

/// The places and rules that something breaks.
type Broken = &'static [(&'static str, Rule)];

/// Spoils a copy of `content` and compares the places and rules that are broken, in any order.
fn check(content: &Content, name: &str, spoil: Spoil, expected: &[(&str, Rule)]) {
    let mut content = content.clone();
    spoil(&mut content);
    check_faults(name, content, expected);
}

/// Compares the places and rules that `content` breaks, in any order.
fn check_faults(name: &str, content: Content, expected: &[(&str, Rule)]) {
    let found = faults(&content);
    for fault in &found {
        let detail = &fault.detail;
        assert!(
            !detail.is_empty() && !detail.ends_with('.'),
            "{name}: {detail:?}"
        );
    }
    let mut places: Vec<_> = found
        .iter()
        .map(|fault| (fault.pointer.as_str(), fault.rule))
        .collect();
    let mut expected = expected.to_vec();
    places.sort_unstable();
    expected.sort_unstable();
    assert_eq!(places, expected, "{name}: {found:#?}");
    match Settlement::prove(content.clone()) {
        Ok(proven) => {
            assert!(expected.is_empty(), "{name}: proven in spite of {found:?}");
            assert_eq!(
                *proven.content(),
                content,
                "{name}: proving changes nothing"
            );
        }
        Err(faults) => assert_eq!(faults, found, "{name}"),
    }
}

#[test]
fn samples_agree() {
    let samples = [
        ("sale", sample::sale()),
        ("full", sample::full()),
        ("goods_back", sample::goods_back()),
        ("void", sample::void()),
        ("widest", sample::widest()),
    ];
    for (name, content) in samples {
        check_faults(name, content, &[]);
    }
}

#[test]
fn all_faults_are_told_at_once() {
    check(
        &sample::full(),
        "four faults",
        |content| {
            content.lines[0].code = None;
            content.lines[1].part_of = None;
            content.lines[1].name = None;
            content.lines[2].amount = crate::generate::value::minor(-347);
            content.with = Some(content.key.clone());
        },
        &[
            ("/lines/1", Rule::NamelessLine),
            ("/lines/0", Rule::NamelessLine),
            ("/lines/2/amount", Rule::NegativeAmount),
            ("/lines/2/amount", Rule::LineSum),
            ("/total", Rule::TotalSum),
            ("/with", Rule::SelfReference),
        ],
    );
}
