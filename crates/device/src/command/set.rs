//! `orihon-device set`, `touch`, `staff`, `till`: what the shop decides for itself, its keys for what is
//! sold by touch, who serves, and which tills on other machines may ask.

use super::tell;
use crate::clock::Clock;
use crate::database::Database;
use crate::rules::{Rule, Rules};
use crate::staff::{Role, SignOn};
use crate::{code, paired, staff, touch};
use clap::Subcommand;
use purchase::time::Timestamp;
use std::path::Path;
use std::process::ExitCode;

#[derive(Debug, Subcommand)]
pub(super) enum StaffCommand {
    /// Enters somebody, or changes who has this number.
    Add {
        /// The number, as it is typed and as receipts show it.
        number: String,
        /// The name.
        name: String,
        /// May approve what others do.
        #[arg(long)]
        manager: bool,
        /// 4 to 8 digits; without it, the number alone signs on. Better given by the environment.
        #[arg(
            long,
            value_name = "DIGITS",
            env = "ORIHON_DEVICE_PIN",
            hide_env_values = true
        )]
        pin: Option<String>,
    },
    /// Shows everybody.
    List,
    /// Takes somebody away; who is signed on is signed off.
    Remove {
        /// The number.
        number: String,
    },
}

#[derive(Debug, Subcommand)]
pub(super) enum TillCommand {
    /// Pairs a till on another machine: shows its key, once.
    Add {
        /// A name for it.
        name: String,
    },
    /// Shows the paired tills.
    List,
    /// Takes a till's key away, at once.
    Remove {
        /// Its name.
        name: String,
    },
}

/// Shows what the shop has decided, or decides one thing.
pub(super) fn set(
    data: &Path,
    name: Option<String>,
    value: Option<String>,
    clock: &Clock,
) -> anyhow::Result<ExitCode> {
    let database = Database::open(data)?;
    let rules = Rules::read(database.connection())?;
    match (name, value) {
        (None, _) => {
            for rule in Rule::ALL {
                let line = format!("{:<16}{}", rule.word(), rules.value(rule));
                tell(line.trim_end())?;
            }
        }
        (Some(name), None) => {
            let rule = Rule::of(&name)?;
            tell(format!(
                "{}\n\nit takes {}",
                rules.value(rule),
                rule.takes()
            ))?;
        }
        (Some(name), Some(value)) => {
            let rule = Rule::of(&name)?;
            rule.set(database.connection(), &value)?;
            let detail = format!("{} = {}", rule.word(), value.trim());
            database.log(clock.now(), None, "set", &detail)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Shows the keys for what is sold by touch, or sets them all.
pub(super) fn touch(data: &Path, codes: &[String], clock: &Clock) -> anyhow::Result<ExitCode> {
    let mut database = Database::open(data)?;
    if !codes.is_empty() {
        let codes = codes.iter().filter(|code| *code != "none");
        let codes: Vec<_> = codes
            .map(|code| code::read(code))
            .collect::<Result<_, _>>()?;
        touch::set(&mut database, &codes)?;
        database.log(clock.now(), None, "touch", "the touch keys were set")?;
    }
    for key in touch::keys(database.connection())? {
        tell(format!("{:<20}{}", key.code, key.label))?;
    }
    Ok(ExitCode::SUCCESS)
}

pub(super) fn staff(data: &Path, command: StaffCommand, clock: &Clock) -> anyhow::Result<ExitCode> {
    let database = Database::open(data)?;
    let connection = database.connection();
    match command {
        StaffCommand::Add {
            number,
            name,
            manager,
            pin,
        } => {
            let role = match manager {
                true => Role::Manager,
                false => Role::Cashier,
            };
            let who = (number.as_str(), name.as_str(), role);
            staff::add(connection, who, pin.as_deref(), clock.random())?;
            database.log(clock.now(), None, "staff_add", &number)?;
        }
        StaffCommand::List => {
            for member in staff::list(connection)? {
                let role = match member.role {
                    Role::Manager => "manager",
                    Role::Cashier => "cashier",
                };
                let pin = match member.sign_on {
                    SignOn::Pin => "PIN",
                    SignOn::Number | SignOn::None => "no PIN",
                };
                tell(format!(
                    "{:<10}{role:<9}{pin:<8}{}",
                    member.number, member.name
                ))?;
            }
        }
        StaffCommand::Remove { number } => {
            staff::remove(connection, &number)?;
            database.log(clock.now(), None, "staff_remove", &number)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

pub(super) fn till(data: &Path, command: TillCommand, clock: &Clock) -> anyhow::Result<ExitCode> {
    let database = Database::open(data)?;
    let connection = database.connection();
    match command {
        TillCommand::Add { name } => {
            let key = paired::add(connection, &name, clock.random(), clock.now())?;
            database.log(clock.now(), None, "till_add", &name)?;
            tell(format!(
                "key   {key}\n\nit is shown this once; open the page of the till as\n  \
                 http://THIS-MACHINE:8471/#key={key}"
            ))?;
        }
        TillCommand::List => {
            for (name, made_at) in paired::list(connection)? {
                let since = Timestamp::from_ms(made_at).map(wire::time::show_utc);
                tell(format!("{name:<20}{}", since.unwrap_or_default()))?;
            }
        }
        TillCommand::Remove { name } => {
            paired::remove(connection, &name)?;
            database.log(clock.now(), None, "till_remove", &name)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
