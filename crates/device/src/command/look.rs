//! `orihon-device status`, `refused`: what waits, and what a person has to look at.

use super::tell;
use crate::clock::Clock;
use crate::database::Database;
use crate::store::Store;
use crate::{capture, courier, follow, outbox};
use anyhow::bail;
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
    let trouble = courier::trouble(&database)?;
    if !trouble.is_empty() {
        tell(format!("trouble  {trouble}"))?;
    }
    Ok(match queue.refused {
        0 => ExitCode::SUCCESS,
        _ => ExitCode::from(1),
    })
}

pub(super) fn refused(data: &Path, again: Option<i64>) -> anyhow::Result<ExitCode> {
    let database = Database::open(data)?;
    if let Some(id) = again {
        if outbox::send_again(database.connection(), &[id])? == 0 {
            bail!("there is no sale {id}; without --again the refused ones are shown");
        }
        tell(format!("sale {id} is sent again"))?;
        return Ok(ExitCode::SUCCESS);
    }
    for sale in outbox::refused(database.connection(), usize::MAX)? {
        tell(format!(
            "{}  till {} {} number {}: {}",
            sale.id,
            sale.terminal,
            sale.business_date,
            sale.number,
            sale.problem.unwrap_or_default()
        ))?;
    }
    Ok(ExitCode::SUCCESS)
}
