//! From the patterns that a device writes down to a set that is proven: each can be meant, and no two
//! fit the same code.

use crate::error::ErrorCode;
use crate::place::{Finding, Findings, Place};
use crate::scalar::Words;
use crate::time::instant;
use purchase::code::{Pattern, Patterns, PatternsChange};
use purchase::limits::PATTERNS_MAX;
use purchase::time::Timestamp;
use std::sync::Arc;

/// What a message says of patterns; none if it says nothing. `otherwise` is from when they hold if
/// the message does not say.
pub(super) fn prove(
    sent: Option<&[Words<'_>]>,
    from: Option<&Words<'_>>,
    otherwise: Option<Timestamp>,
    findings: &mut Findings,
) -> Option<PatternsChange> {
    let place = Place::Root.member("patterns_effective_from");
    let from = findings.maybe(place, from, |words| instant(words.as_str()));
    let Some(sent) = sent else {
        if from.is_some() {
            let detail = "says from when patterns hold, but there are none; add patterns, \
                          an empty list takes all away";
            findings.add(place, Finding::invalid(detail));
        }
        return None;
    };
    let patterns = Arc::new(set(sent, findings));
    if from.or(otherwise).is_none() && findings.is_empty() {
        let detail = "is required with patterns";
        findings.add(place, Finding::new(ErrorCode::MissingField, detail));
    }
    from.or(otherwise).map(|effective_from| PatternsChange {
        effective_from,
        patterns,
    })
}

fn set(sent: &[Words<'_>], findings: &mut Findings) -> Patterns {
    let place = Place::Root.member("patterns");
    let mut together = Patterns::default();
    if sent.len() > PATTERNS_MAX {
        let detail = format!("a store has at most {PATTERNS_MAX} patterns; send fewer");
        findings.add(place, Finding::new(ErrorCode::TooManyRows, detail));
        return together;
    }
    for (at, written) in sent.iter().enumerate() {
        let row = place.row(at);
        let pattern = Pattern::parse(written.as_str()).map_err(|error| error.to_string());
        let added = pattern.and_then(|pattern| {
            let added = together.add(pattern);
            added.map_err(|error| error.to_string())
        });
        findings.take(row, added.map_err(Finding::invalid));
    }
    together
}
