//! `orihon-device days`, `keep`: trading days on which the server has something else, and for how long
//! filed sales are kept.

use super::tell;
use crate::clock::Clock;
use crate::database::Database;
use crate::differing::{self, Side};
use crate::keeping;
use crate::refusal::Deed;
use std::path::Path;
use std::process::ExitCode;

/// Options of `days`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Mark this trading day as looked at, until its difference changes.
    #[arg(long, value_name = "DATE", requires = "reason")]
    settled: Option<String>,
    /// Why; it goes into the device's log.
    #[arg(long, value_name = "TEXT", requires = "settled")]
    reason: Option<String>,
    /// Who does it; it goes into the device's log.
    #[arg(long, value_name = "WHO", requires = "settled")]
    staff: Option<String>,
}

/// Exit status 1 says that a person has to look.
pub(super) fn days(data: &Path, args: &Args, clock: &Clock) -> anyhow::Result<ExitCode> {
    let mut database = Database::open(data)?;
    if let Some(day) = &args.settled {
        let deed = Deed {
            at: clock.now(),
            staff: args.staff.as_deref(),
            reason: args.reason.as_deref().unwrap_or_default(),
        };
        differing::settle(&mut database, day, &deed)?;
        tell(format!("{day} is settled, until it differs in another way"))?;
        return Ok(ExitCode::SUCCESS);
    }
    let days = differing::days(database.connection())?;
    for day in &days {
        tell(&day.business_date)?;
        tell(format!("  here    {}", shown(&day.ours)))?;
        tell(format!("  server  {}", shown(&day.theirs)))?;
        for sale in &day.only_there {
            tell(format!("  only at the server: {sale}"))?;
        }
        for sale in &day.other_there {
            tell(format!("  says something else at the server: {sale}"))?;
        }
        if let Some(why) = &day.settled {
            tell(format!("  settled: {why}"))?;
        }
    }
    if days.is_empty() {
        tell("no day differs, as far as days were compared")?;
    }
    Ok(match differing::unsettled(database.connection())? {
        0 => ExitCode::SUCCESS,
        _ => ExitCode::from(1),
    })
}

fn shown(side: &Side) -> String {
    let totals: Vec<_> = side
        .totals
        .iter()
        .map(|(currency, total)| format!(", {total} {currency}"))
        .collect();
    format!("{} sales{}", side.settlements, totals.concat())
}

pub(super) fn keep(data: &Path, days: Option<u32>, clock: &Clock) -> anyhow::Result<ExitCode> {
    let database = Database::open(data)?;
    if let Some(days) = days {
        keeping::keep_days(database.connection(), days, clock.now())?;
    }
    let days = keeping::days(database.connection())?;
    tell(format!("filed sales are kept for {days} days"))?;
    Ok(ExitCode::SUCCESS)
}
