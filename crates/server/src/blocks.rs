//! Shops and chains from which a person wants nothing filed. What a sale becomes is decided in the ledger; here a
//! block is made, taken back and told.

use crate::app::App;
use crate::leaves::keep;
use crate::reply::{Refused, Reply};
use ledger::account::{Block, Blocked, LeafSubject};
use purchase::id::UserId;

/// What a person blocks, the newest first.
///
/// # Errors
/// A problem if the memory cannot be read.
pub fn of(app: &App, user_id: UserId) -> Reply<Vec<Block>> {
    let mut blocks = app.ledger.blocks(user_id)?;
    blocks.sort_by(|one, other| {
        let newest = other.since.cmp(&one.since);
        newest.then_with(|| one.blocked.cmp(&other.blocked))
    });
    Ok(blocks)
}

/// Files nothing more from there, from this instant on; what is blocked already stays so since then.
///
/// # Errors
/// 404 if there is no such store or chain; a problem if the person keeps too much already, or if it cannot be
/// written.
pub async fn block(app: &App, user_id: UserId, blocked: Blocked) -> Reply<()> {
    prove(app, &blocked)?;
    let since = app.clock.now();
    let leaf = Block { blocked, since }.leaf();
    let place = (LeafSubject::Blocked, leaf.of);
    keep(app, user_id, place, Some(leaf.value)).await
}

/// Files what arrives from there again, whenever it was sold; what is not blocked stays so.
///
/// # Errors
/// A problem if it cannot be written.
pub async fn unblock(app: &App, user_id: UserId, blocked: &Blocked) -> Reply<()> {
    keep(app, user_id, (LeafSubject::Blocked, blocked.bytes()), None).await
}

/// The name by which people know it; the id of what is not there any more.
///
/// # Errors
/// A problem if the memory cannot be read.
pub fn name(app: &App, blocked: &Blocked) -> Reply<String> {
    Ok(match blocked {
        Blocked::Store(store_id) => match app.ledger.store(store_id) {
            Some(store) => {
                let identity = store.identity(store.identity_at(app.clock.now()));
                identity.name.as_str().to_owned()
            }
            None => store_id.as_str().to_owned(),
        },
        Blocked::Chain(chain_id) => match app.ledger.chain_name(chain_id)? {
            Some(name) => name.as_str().to_owned(),
            None => chain_id.as_str().to_owned(),
        },
    })
}

fn prove(app: &App, blocked: &Blocked) -> Reply<()> {
    match blocked {
        Blocked::Store(store_id) => app.store(store_id).map(|_| ()),
        Blocked::Chain(chain_id) => match app.ledger.chain_name(chain_id)? {
            Some(_) => Ok(()),
            None => Err(Refused::not_found("chain")),
        },
    }
}
