//! Looking people up together: single settlements that arrive at once would each ask the database for
//! their own buyer. Whoever comes while a question is under way waits for the next, which is about all
//! who wait. Nothing is decided here.

use crate::catalogues::aside;
use crate::reply::Reply;
use ledger::Ledger;
use ledger::embedded::foresee::Sought;
use purchase::member::Member;
use purchase::settlement::Content;
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Who is going to be asked for.
#[derive(Default)]
pub struct Foresight {
    waiting: Mutex<BTreeSet<Sought>>,
    asking: tokio::sync::Mutex<()>,
}

impl Foresight {
    /// Returns when [`Ledger::prepare`] has at hand what it needs of the buyer.
    ///
    /// # Errors
    /// 503 if the ledger cannot be read.
    pub async fn of(
        &self,
        ledger: &Arc<Ledger>,
        content: &Content,
        member: Option<Member>,
    ) -> Reply<()> {
        let Some(sought) = ledger.unforeseen(content, member) else {
            return Ok(());
        };
        self.waiting().insert(sought);
        let _turn = self.asking.lock().await;
        // Whoever asked meanwhile asked for this one as well. If nothing was found, preparing looks again.
        if !self.waiting().contains(&sought) {
            return Ok(());
        }
        let people = std::mem::take(&mut *self.waiting());
        let ledger = Arc::clone(ledger);
        Ok(aside(move || ledger.foresee(people)).await??)
    }

    fn waiting(&self) -> MutexGuard<'_, BTreeSet<Sought>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
