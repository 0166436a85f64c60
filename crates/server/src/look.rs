//! Looking around, twice a second: at the free space of the disk, and at what other servers of the same
//! ledger did. Nothing is asked of a ledger that nobody else writes to, and nothing about people for
//! whom nobody listens.

use crate::app::App;
use crate::catalogues::aside;
use crate::intake::Health;
use ledger::keyring::FORGET_EVERY;
use std::sync::Arc;
use std::time::Duration;

/// How often it is looked.
const LOOK_PERIOD: Duration = Duration::from_millis(500);

/// Looks around until the server stops.
pub async fn around(app: Arc<App>) {
    let mut health = app.intake.watch();
    let work = async {
        match app.ledger.place() {
            None => at_disk(&app).await,
            // Each at its own pace: somebody who listens does not wait for thousands of stores.
            Some(_) => {
                tokio::join!(at_disk(&app), at_stores(&app), at_feeds(&app), forget(&app));
            }
        }
    };
    tokio::select! {
        () = work => {}
        _ = health.wait_for(|health| *health != Health::Taking) => {}
    }
}

async fn at_disk(app: &App) {
    loop {
        app.intake.look_at_disk(app.ledger.data());
        tokio::time::sleep(LOOK_PERIOD).await;
    }
}

/// Forgets what another server may have erased; so a key stays open for ten seconds at most.
async fn forget(app: &App) {
    loop {
        tokio::time::sleep(FORGET_EVERY).await;
        app.ledger.forget_old_keys();
    }
}

/// What other servers did to stores, catalogues and the keys of callers.
async fn at_stores(app: &App) {
    loop {
        let ledger = Arc::clone(&app.ledger);
        if let Ok(Err(fault)) = aside(move || ledger.renew()).await {
            tracing::warn!(%fault, "what other servers did was not seen");
        }
        // Another server may have revoked a key.
        app.known.forget();
        tokio::time::sleep(LOOK_PERIOD).await;
    }
}

/// What other servers filed for the people for whom somebody listens here. Only how far their feeds go is
/// asked, for all of them together; each page then reads on from where it is.
async fn at_feeds(app: &App) {
    loop {
        tokio::time::sleep(LOOK_PERIOD).await;
        let people = app.hub.people();
        if people.is_empty() {
            continue;
        }
        let ledger = Arc::clone(&app.ledger);
        match aside(move || ledger.newest_of(&people)).await {
            Ok(Ok(feeds)) => app.hub.hear(&feeds),
            Ok(Err(fault)) => tracing::warn!(%fault, "what other servers filed was not seen"),
            // It panicked, which is in the log already.
            Err(_) => {}
        }
    }
}
