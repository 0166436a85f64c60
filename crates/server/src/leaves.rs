//! What people keep for themselves, put in its place or taken away. What it means is the affair of whoever asks.

use crate::app::App;
use crate::reply::{Refused, Reply};
use ledger::account::LeafSubject;
use ledger::write::{Changed, LeafStep, Write, Written};
use purchase::id::UserId;
use wire::error::ErrorCode;

/// Keeps a value about one thing, or nothing any more; what is not there stays away.
///
/// # Errors
/// A problem if the person keeps too much already, or if it cannot be written.
pub(crate) async fn keep(
    app: &App,
    user_id: UserId,
    (subject, of): (LeafSubject, Vec<u8>),
    value: Option<Vec<u8>>,
) -> Reply<()> {
    let step = match value {
        Some(value) => LeafStep::Put {
            user_id,
            subject,
            of,
            value,
        },
        None => LeafStep::Take {
            user_id,
            subject,
            of,
        },
    };
    match app.intake.write_one(Write::Leaf(step)).await? {
        // What is not there was taken away before.
        Written::Changed(Changed::Done | Changed::Same | Changed::NotFound) => Ok(()),
        Written::Changed(Changed::Full) => Err(Refused::new(
            ErrorCode::TooLarge,
            "an account keeps at most 10,000 names, notes, marks and blocked shops; take some away",
        )),
        other => panic!("something that a person keeps was answered with {other:?}"),
    }
}
