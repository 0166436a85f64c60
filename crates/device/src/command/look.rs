//! `orihon-device status`: what waits, and what a person has to look at.

use super::tell;
use crate::clock::Clock;
use crate::database::Database;
use crate::store::Store;
use crate::{capture, courier, differing, follow, outbox, wishes, wrong_clock};
use std::path::Path;
use std::process::ExitCode;

/// Exit status 1 says that a person has to look.
pub(super) fn status(data: &Path, clock: &Clock) -> anyhow::Result<ExitCode> {
    let database = Database::open(data)?;
    let store = Store::load(&database)?;
    let queue = outbox::queue(database.connection())?;
    let minutes = courier::age(queue.oldest, clock.now()) / 60_000;
    tell(format!(
        "store    {} ({})\nwaiting  {} sales, the oldest for {minutes} minutes\nrefused  {}",
        store.settings.name, store.settings.store_id, queue.waiting, queue.refused
    ))?;
    if let Some(source) = follow::source(database.connection())? {
        tell(format!("follows  {source}"))?;
    }
    for item in capture::untold(database.connection())? {
        // Shop software may have written anything as a code, also what a terminal would obey.
        let (code, problem) = (item.code.escape_debug(), item.problem.escape_debug());
        tell(format!("item     {code}: {problem}"))?;
    }
    for wish in wishes::list(database.connection())? {
        // The code came over the network.
        let code = wish.code.escape_debug();
        tell(format!(
            "name     {code} is asked for: {} lines wait for it; add the item",
            wish.lines
        ))?;
    }
    let differing = differing::unsettled(database.connection())?;
    if differing > 0 {
        tell(format!(
            "days     {differing} differ from the server: orihon-device days"
        ))?;
    }
    if let Some(ms) = wrong_clock::warned_ms(database.connection())? {
        let (minutes, side) = (ms.saturating_abs() / 60_000, ms > 0);
        let side = if side { "behind" } else { "ahead of" };
        tell(format!(
            "clock    this machine is {minutes} minutes {side} the server; set it right"
        ))?;
    }
    let trouble = courier::trouble(&database)?;
    if !trouble.is_empty() {
        tell(format!("trouble  {trouble}"))?;
    }
    Ok(match queue.refused.saturating_add(differing) {
        0 => ExitCode::SUCCESS,
        _ => ExitCode::from(1),
    })
}
