//! Partners to whom a person agreed to give purchases, and taking that back. What a partner is sent is
//! not decided here; without a consent it is nothing.

use crate::app::App;
use crate::reply::{Refused, Reply};
use ledger::account::LeafSubject;
use ledger::write::{Changed, LeafStep, Write, Written};
use purchase::id::UserId;

/// The partners of a person's consents, by name.
///
/// # Errors
/// A problem if the memory cannot be read.
pub fn of(app: &App, user_id: UserId) -> Reply<Vec<String>> {
    let leaves = app.ledger.leaves(user_id, LeafSubject::Consent)?;
    let names = leaves.into_iter();
    let mut names: Vec<_> = names
        .filter_map(|leaf| String::from_utf8(leaf.of).ok())
        .collect();
    names.sort();
    Ok(names)
}

/// The partner gets nothing more from now on; a consent that is gone already stays so.
///
/// # Errors
/// 503 if nothing can be written now.
pub async fn revoke(app: &App, user_id: UserId, partner: &str) -> Reply<()> {
    let step = LeafStep::Take {
        user_id,
        subject: LeafSubject::Consent,
        of: partner.as_bytes().to_vec(),
    };
    match app.intake.write_one(Write::Leaf(step)).await? {
        Written::Changed(Changed::Full) => Err(Refused::not_found("consent")),
        Written::Changed(_) => Ok(()),
        other => panic!("a consent was answered with {other:?}"),
    }
}
