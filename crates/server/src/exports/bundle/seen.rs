//! The access log as a file: a line for each time that somebody looked at the account, or took something away,
//! newest first. Nothing is decided here.

use crate::app::App;
use crate::exports::Progress;
use crate::reply::Reply;
use ledger::account::{Access, Accessor, Touched};
use purchase::id::UserId;
use serde::Serialize;
use wire::time::show_utc;

/// Entries read at a time.
const PER_READ: usize = 200;

/// How far the log is read.
#[derive(Default)]
pub(super) struct Seen {
    before: Option<u64>,
}

/// A line.
#[derive(Serialize)]
struct Line<'a> {
    at: String,
    by: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    who: Option<String>,
    what: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
}

impl Seen {
    /// The next lines.
    pub(super) fn read_on(&mut self, app: &App, user_id: UserId) -> Reply<(Vec<u8>, Progress)> {
        let page = app.ledger.accesses(user_id, self.before, PER_READ)?;
        let mut piece = Vec::new();
        for access in &page {
            // Texts and numbers always have a form in JSON.
            let line = serde_json::to_vec(&line(access)).unwrap_or_default();
            piece.extend_from_slice(&line);
            piece.push(b'\n');
        }
        self.before = page.last().map(|access| access.number);
        let is_over = page.len() < PER_READ || self.before.is_none_or(|number| number <= 1);
        let progress = if is_over {
            Progress::Done
        } else {
            Progress::More
        };
        Ok((piece, progress))
    }
}

fn line(access: &Access) -> Line<'_> {
    let (by, who) = match &access.by {
        Accessor::Person => ("person", None),
        Accessor::Operator { token_id } => ("operator", Some(token_id.to_string())),
        Accessor::Partner { name } => ("partner", Some(name.as_str().to_owned())),
        Accessor::Household => ("household", None),
        Accessor::Program { token_id } => ("program", Some(token_id.to_string())),
    };
    Line {
        at: show_utc(access.at),
        by,
        who,
        what: word(access.what),
        reason: access.reason.as_ref().map(|reason| reason.as_str()),
    }
}

/// The word for what was done. Programs read it: it never changes.
const fn word(what: Touched) -> &'static str {
    match what {
        Touched::Profile => "profile_read",
        Touched::Purchases => "purchases_read",
        Touched::Delivery => "purchases_delivered",
        Touched::RecoveryMade => "recovery_link_made",
        Touched::RecoveryUsed => "recovery_link_used",
        Touched::Suspension => "account_suspended_or_resumed",
        Touched::Merger => "accounts_merged",
        Touched::HouseholdJoined => "household_joined",
        Touched::HouseholdLeft => "household_left",
        Touched::Missing => "missing_receipt_answered",
        Touched::Exported => "exported",
        Touched::TokenMade => "token_made",
    }
}
