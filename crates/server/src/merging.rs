//! Making one account of two, for an operator who has a reason: begun at once, and then carried on in steps
//! until all has moved. Whatever stops it, housekeeping goes on from where it is.

use crate::app::App;
use crate::auth::Clerk;
use crate::office::Deed;
use crate::reply::{Refused, Reply};
use ledger::account::{Accessor, Act, Stage};
use ledger::write::{MergeStep, Merging, Unmergeable, Write, Written};
use purchase::id::UserId;
use purchase::text::Text;
use std::sync::Arc;
use std::time::Duration;
use wire::error::ErrorCode;

/// How long whoever asked waits for the end.
const WAITED: Duration = Duration::from_secs(2);
/// A pause between two steps, so that others are not kept waiting.
const PAUSE: Duration = Duration::from_millis(5);
/// Accounts that housekeeping looks at in one round.
const LEFT_PER_ROUND: usize = 1_000;

/// How far a merger is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// The account that stays.
    pub into: UserId,
    /// Purchases that there were to move.
    pub purchases: u64,
    /// Those that have not moved yet.
    pub left: u64,
    /// Whether all has moved.
    pub done: bool,
}

/// Begins to move all of `from` into `into`, or tells how far it is if that was begun before; waits a while
/// for the end.
///
/// # Errors
/// 404 if one of the two is not there, 409 if they cannot become one.
pub async fn merge(
    app: &Arc<App>,
    clerk: &Clerk,
    (from, into): (UserId, UserId),
    reason: Text,
) -> Reply<Progress> {
    let step = MergeStep::Begin {
        from,
        into,
        by: Accessor::Operator {
            token_id: clerk.key,
        },
        reason,
    };
    let deed = Deed::new(Act::PeopleMerged).to(&format!("{from} → {into}"));
    let write = deed.noted(app, clerk, Some(Write::Merge(step)))?;
    match written(app.intake.write_one(write).await?) {
        Merging::Begun => {
            app.known.forget();
            app.hub.tell(&[from]);
        }
        Merging::Going | Merging::Done => {}
        Merging::Refused(why) => return Err(refused(why)),
    }
    let carrying = tokio::spawn(carry_on(Arc::clone(app), from));
    // It goes on by itself when nobody waits for it any more.
    drop(tokio::time::timeout(WAITED, carrying).await);
    progress(app, from)?.ok_or_else(|| Refused::not_found("user"))
}

/// How far the merger of an account into another one is; none if it never was.
///
/// # Errors
/// A problem if the memory cannot be read.
pub fn progress(app: &App, from: UserId) -> Reply<Option<Progress>> {
    let Some(merger) = app.ledger.merger(from)? else {
        return Ok(None);
    };
    let left = app.ledger.tally(from)?;
    Ok(Some(Progress {
        into: app.ledger.heir(from)?,
        purchases: merger.purchases,
        left: left.map_or(0, |tally| tally.settlements),
        done: match merger.stage {
            Stage::Moving => false,
            Stage::Emptied(_) | Stage::Closed(_) => true,
        },
    }))
}

/// Goes on until all has moved, or nothing can be written.
async fn carry_on(app: Arc<App>, from: UserId) {
    loop {
        let step = Write::Merge(MergeStep::GoOn { from });
        match app.intake.write_one(step).await.map(written) {
            Ok(Merging::Going | Merging::Begun) => tokio::time::sleep(PAUSE).await,
            Ok(Merging::Done | Merging::Refused(_)) => return,
            Err(error) => {
                tracing::warn!(%error, "a merger of two accounts waits to go on");
                return;
            }
        }
    }
}

/// Goes on with whatever was begun, on this server or another one, and lets old accounts go whose day is over.
pub async fn go_on(app: &Arc<App>) {
    let Ok(left) = app.ledger.mergers_left(LEFT_PER_ROUND) else {
        return;
    };
    for (from, _) in left {
        carry_on(Arc::clone(app), from).await;
    }
}

fn written(written: Written) -> Merging {
    match written {
        Written::Merging(merging) => merging,
        other => panic!("a merger was answered with {other:?}"),
    }
}

fn refused(why: Unmergeable) -> Refused {
    let cannot = |detail: String| Refused::new(ErrorCode::CannotMerge, detail);
    match why {
        Unmergeable::Unknown(_) => Refused::not_found("user"),
        Unmergeable::Itself => {
            cannot("both are one account already; name two different ones".to_owned())
        }
        Unmergeable::Merged(user_id) => cannot(format!(
            "{user_id} went into another account before; name the one that it is now"
        )),
        Unmergeable::Suspended(user_id) => {
            cannot(format!("{user_id} is suspended; open it again first"))
        }
        Unmergeable::Leaving(user_id) => cannot(format!(
            "{user_id} asked to be erased; only the person can take that back, by signing in"
        )),
        Unmergeable::Reason => {
            let detail = "a reason has at most 200 characters";
            Refused::new(ErrorCode::TooLong, detail)
        }
    }
}
