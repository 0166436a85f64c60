//! Work that a crash may have left, and housekeeping: names that were learnt but not yet given, feed
//! entries past their time, missing receipts that nobody answered, people who asked to go and whose
//! grace is over, accounts that nobody used, and accounts that go into others. Always in bounded steps through the
//! intake, like everybody else.

use crate::app::App;
use crate::catalogues::{Learnt, PatternsLearnt, aside, learn};
use crate::intake::Health;
use crate::merging;
use crate::partners;
use ledger::embedded::shared::filing::LeftOvers;
use ledger::notice::Purpose;
use ledger::postgres::tables::Reach;
use ledger::write::{
    Changed, MISSING_ENDED_MS, MissingStep, MissingWritten, Resume, SOUGHT_MS, SignInStep, Write,
    Written,
};
use purchase::id::UserId;
use std::sync::Arc;
use std::time::Duration;

/// How long a feed entry is kept.
const FEED_KEPT_MS: i64 = 90 * 24 * 60 * 60 * 1_000;
/// How long a person who asked to go may stay after all.
pub const GRACE_MS: i64 = 30 * 24 * 60 * 60 * 1_000;
/// People who are erased in one round, at most.
const LEFT_PER_ROUND: usize = 100;
/// Entries of the log of operators that are kept.
const AUDIT_KEPT: usize = 100_000;
/// Entries of it that go at a time.
const AUDIT_PER_STEP: usize = 500;
/// How long nobody came into an account, and nobody could have, before it is cleared if it was never used.
const UNUSED_MS: i64 = 400 * 24 * 60 * 60 * 1_000;
/// People who are looked at in one round, at most.
const LOOKED_AT_PER_ROUND: usize = 2_000;
/// How often old feed entries, and people whose grace is over, are looked for.
const PRUNE_PERIOD: Duration = Duration::from_secs(60 * 60);
/// A pause between two steps, so that pruning is never in anybody's way.
const PRUNE_PAUSE: Duration = Duration::from_millis(200);

/// How long after a batch was recorded another server files what it still owes: whoever recorded it does so
/// at once, unless it was cut off.
const LEFT_OVER_AFTER_MS: i64 = 10_000;
/// How often such batches are looked for.
const SWEEP_PERIOD: Duration = Duration::from_secs(5);

/// How often the database is asked whether it takes writes, whoever wants to know.
const REACH_PERIOD: Duration = Duration::from_secs(1);

/// Asks the database of the ledger whether it takes writes, until the server stops. A data folder is
/// not asked.
pub async fn watch_database(app: Arc<App>) {
    if app.ledger.place().is_none() {
        return;
    }
    let mut health = app.intake.watch();
    let work = async {
        loop {
            let ledger = Arc::clone(&app.ledger);
            if let Ok(reach) = aside(move || ledger.reach()).await {
                let reach = reach.unwrap_or_else(|fault| {
                    tracing::warn!(%fault, "whether the database takes writes was not learnt");
                    Reach::Away
                });
                if app.reach.send_replace(reach) != reach {
                    tracing::warn!(?reach, "the database of the ledger");
                }
            }
            tokio::time::sleep(REACH_PERIOD).await;
        }
    };
    tokio::select! {
        () = work => {}
        _ = health.wait_for(|health| *health != Health::Taking) => {}
    }
}

/// Files what batches left over, of this server and of others, until the server stops. A data folder has
/// nothing of that.
pub async fn sweep(app: Arc<App>) {
    if app.ledger.place().is_none() || app.ledger.purpose() == Purpose::Read {
        return;
    }
    let mut health = app.intake.watch();
    let work = async {
        loop {
            let ledger = Arc::clone(&app.ledger);
            let before = app.clock.now().plus_ms(-LEFT_OVER_AFTER_MS);
            match aside(move || ledger.file_left_overs(before)).await {
                Ok(Ok(LeftOvers { filed: 0, .. })) | Err(_) => {}
                Ok(Ok(LeftOvers { filed, .. })) => {
                    tracing::warn!(filed, "filed batches that were left over");
                }
                Ok(Err(fault)) => tracing::warn!(%fault, "left-over batches were not looked for"),
            }
            tokio::time::sleep(SWEEP_PERIOD).await;
        }
    };
    tokio::select! {
        () = work => {}
        _ = health.wait_for(|health| *health != Health::Taking) => {}
    }
}

/// Runs until the server stops.
pub async fn run(app: Arc<App>) {
    let mut health = app.intake.watch();
    let work = async {
        name_what_waits(&app).await;
        let mut looked_at = None;
        loop {
            prune(&app).await;
            erase_left(&app).await;
            looked_at = erase_unused(&app, looked_at).await;
            merging::go_on(&app).await;
            prune_audit(&app).await;
            expire_missing(&app).await;
            forget_missing(&app).await;
            clear_partners(&app).await;
            tokio::time::sleep(PRUNE_PERIOD).await;
        }
    };
    tokio::select! {
        () = work => {}
        _ = health.wait_for(|health| *health != Health::Taking) => {}
    }
}

/// A crash between a catalogue update and the naming of its lines leaves lines that could have a
/// name: every code that waits is tried once after each start.
async fn name_what_waits(app: &App) {
    for store_id in app.ledger.store_ids() {
        let now = app.clock.now();
        let Ok(codes) = app.ledger.pending_codes(&store_id, now) else {
            return;
        };
        if codes.is_empty() {
            continue;
        }
        // More labels may wait than a list of codes takes, so that all of them are looked at.
        let learnt = Learnt {
            codes: codes.into_iter().map(|pending| pending.code).collect(),
            patterns: PatternsLearnt::New,
        };
        match learn(app, &store_id, learnt).await {
            Ok(0) => {}
            Ok(named) => tracing::info!(%store_id, named, "named lines that had waited"),
            Err(_) => return,
        }
    }
}

/// Erases those who asked to go so long ago that they do not come back. Who stays after all at this very
/// moment is left alone: the ledger looks again.
pub async fn erase_left(app: &App) {
    let before = app.clock.now().plus_ms(-GRACE_MS);
    let Ok(people) = app.ledger.leaving(before, LEFT_PER_ROUND) else {
        return;
    };
    for user_id in people {
        let step = SignInStep::EraseLeft { user_id, before };
        match app.intake.write_one(Write::SignIn(step)).await {
            Ok(Written::Changed(Changed::Done)) => {
                app.known.forget();
                app.hub.tell(&[user_id]);
                tracing::info!(%user_id, "erased a person who had asked to go");
            }
            Ok(_) => {}
            Err(_) => return,
        }
        tokio::time::sleep(PRUNE_PAUSE).await;
    }
}

/// Clears accounts that were begun and never used, among the next people behind `after`; gives behind whom to
/// go on, or none when all were looked at.
pub async fn erase_unused(app: &App, after: Option<UserId>) -> Option<UserId> {
    let before = app.clock.now().plus_ms(-UNUSED_MS);
    let ledger = Arc::clone(&app.ledger);
    let look = move || ledger.unused(before, after, LOOKED_AT_PER_ROUND);
    let Ok(Ok(found)) = aside(look).await else {
        return after;
    };
    let mut cleared = 0_u32;
    for user_id in found.people {
        let step = SignInStep::EraseUnused { user_id, before };
        match app.intake.write_one(Write::SignIn(step)).await {
            Ok(Written::Changed(Changed::Done)) => {
                app.hub.tell(&[user_id]);
                cleared += 1;
            }
            Ok(_) => {}
            Err(_) => return after,
        }
        tokio::time::sleep(PRUNE_PAUSE).await;
    }
    if cleared > 0 {
        tracing::info!(cleared, "cleared accounts that nobody had used");
    }
    found.next
}

/// Takes the oldest entries of the log of operators away, as far as there are too many.
async fn prune_audit(app: &App) {
    let ledger = Arc::clone(&app.ledger);
    let Ok(Ok(count)) = aside(move || ledger.count_audited()).await else {
        return;
    };
    let mut beyond = count.saturating_sub(AUDIT_KEPT);
    while beyond > 0 {
        let count = beyond.min(AUDIT_PER_STEP);
        if app
            .intake
            .write_one(Write::PruneAudit { count })
            .await
            .is_err()
        {
            return;
        }
        beyond -= count;
        tokio::time::sleep(PRUNE_PAUSE).await;
    }
}

/// Ends what stores were asked for and did not answer in time.
pub async fn expire_missing(app: &App) {
    let before = app.clock.now().plus_ms(1 - SOUGHT_MS);
    for store_id in app.ledger.store_ids() {
        loop {
            if !app
                .ledger
                .is_sought_since(&store_id, before)
                .unwrap_or_default()
            {
                break;
            }
            let step = MissingStep::Expire {
                store_id: store_id.clone(),
                before,
            };
            match app.intake.write_one(Write::Missing(step)).await {
                Ok(Written::Missing(MissingWritten::Done)) => {}
                Ok(_) => break,
                Err(_) => return,
            }
            tokio::time::sleep(PRUNE_PAUSE).await;
        }
    }
}

/// Forgets what became of missing receipts long ago.
pub async fn forget_missing(app: &App) {
    let before = app.clock.now().plus_ms(-MISSING_ENDED_MS);
    let mut resume: Option<Resume> = None;
    loop {
        let step = MissingStep::Forget {
            before,
            resume: resume.take(),
        };
        match app.intake.write_one(Write::Missing(step)).await {
            Ok(Written::Pruned(Some(next))) => resume = Some(next),
            Ok(_) | Err(_) => return,
        }
        tokio::time::sleep(PRUNE_PAUSE).await;
    }
}

/// Takes away what is left of partners that were removed, where a crash came between.
pub async fn clear_partners(app: &App) {
    let Ok(partners) = app.ledger.partners() else {
        return;
    };
    let ended = partners.iter().filter(|partner| partner.ended_at.is_some());
    for partner in ended {
        if partners::clear(app, partner.partner_id).await.is_err() {
            return;
        }
    }
}

async fn prune(app: &App) {
    let before = app.clock.now().plus_ms(-FEED_KEPT_MS);
    let mut resume: Option<Resume> = None;
    loop {
        let write = Write::PruneFeed {
            before,
            resume: resume.take(),
        };
        match app.intake.write_one(write).await {
            Ok(Written::Pruned(Some(next))) => resume = Some(next),
            Ok(_) | Err(_) => return,
        }
        tokio::time::sleep(PRUNE_PAUSE).await;
    }
}
