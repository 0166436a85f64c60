//! One line of the list: what was looked at, how it is, what was found, and what to do. And the list as people and
//! programs read it.

use serde_json::json;
use std::io::Write;

/// How something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Well,
    /// It works, and could be better or will not work for long.
    Doubtful,
    Wrong,
}

impl State {
    const fn sign(self) -> &'static str {
        match self {
            Self::Well => "✓",
            Self::Doubtful => "!",
            Self::Wrong => "✗",
        }
    }

    const fn word(self) -> &'static str {
        match self {
            Self::Well => "well",
            Self::Doubtful => "doubtful",
            Self::Wrong => "wrong",
        }
    }
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Check {
    pub(super) name: &'static str,
    pub(super) state: State,
    pub(super) found: String,
    /// What to do; empty if there is nothing to do.
    pub(super) advice: String,
}

/// Prints the list for people.
pub(super) fn print(checks: &[Check]) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    for Check {
        name,
        state,
        found,
        advice,
    } in checks
    {
        writeln!(out, "{} {name}: {found}", state.sign())?;
        if !advice.is_empty() {
            writeln!(out, "    → {advice}")?;
        }
    }
    let count = |state| checks.iter().filter(|check| check.state == state).count();
    let (wrong, doubtful) = (count(State::Wrong), count(State::Doubtful));
    match (wrong, doubtful) {
        (0, 0) => writeln!(out, "\nAll is well."),
        _ => writeln!(out, "\n{wrong} wrong, {doubtful} doubtful."),
    }
}

/// Prints the list for programs.
pub(super) fn print_json(checks: &[Check]) -> std::io::Result<()> {
    let rows: Vec<_> = checks
        .iter()
        .map(|check| {
            json!({"check": check.name, "state": check.state.word(), "found": check.found,
                "advice": check.advice})
        })
        .collect();
    writeln!(std::io::stdout(), "{}", json!({ "checks": rows }))
}
