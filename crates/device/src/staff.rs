//! Who serves: numbers, names and PINs, as the shop enters them. A PIN is kept as a slow hash, and
//! wrong ones make everybody wait. Nothing of it leaves the shop but the number on a receipt.

use crate::database::{Database, DatabaseError, log};
use purchase::time::Timestamp;
use ring::pbkdf2;
use rusqlite::{Connection, OptionalExtension, params};
use serde::{Deserialize, Serialize};
use std::num::NonZeroU32;
use thiserror::Error;

pub mod session;

/// Rounds of the hash: some 30 milliseconds on a till's machine.
const ROUNDS: u32 = 120_000;
/// After so many wrong PINs in a row a number has to wait.
const WRONG_MAX: i64 = 5;
/// How long, doubled with each further wrong one up to the longest.
const WAIT_MS: i64 = 60_000;
const WAIT_MS_MAX: i64 = 15 * 60_000;

/// What somebody may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Sells.
    Cashier,
    /// Approves as well.
    Manager,
}

impl Role {
    const fn word(self) -> &'static str {
        match self {
            Self::Cashier => "cashier",
            Self::Manager => "manager",
        }
    }
}

/// Whether somebody signs on with a PIN.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum SignOn {
    /// There are no staff: nobody signs on.
    None,
    /// By number alone.
    Number,
    /// By number and PIN.
    Pin,
}

/// Somebody who serves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Member {
    /// The number.
    pub number: String,
    /// The name.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// How they sign on.
    pub sign_on: SignOn,
}

impl Member {
    /// As the log names somebody.
    #[must_use]
    pub fn shown(&self) -> String {
        format!("{} {}", self.number, self.name)
    }
}

/// A number and what is typed with it.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claimed {
    /// The number.
    pub staff: String,
    /// The PIN.
    #[serde(default)]
    pub pin: Option<String>,
}

/// Shows no PIN.
impl std::fmt::Debug for Claimed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Claimed({})", self.staff)
    }
}

/// Somebody cannot be let in, or not be entered.
#[derive(Debug, Error)]
pub enum StaffError {
    /// The number or the PIN is not right; which of them is not said.
    #[error("the number or the PIN is wrong")]
    Wrong,
    /// Too many wrong PINs.
    #[error("too many wrong PINs; wait {seconds} seconds")]
    Wait {
        /// For how long.
        seconds: u64,
    },
    /// Only a manager with a PIN can approve.
    #[error("{0} cannot approve this; a manager with a PIN has to")]
    NoManager(String),
    /// The number cannot be used.
    #[error("a staff number has 1 to 16 letters, digits or dashes, not {0:?}")]
    Number(String),
    /// The name cannot be used.
    #[error("a name has 1 to 60 characters")]
    Name,
    /// The PIN cannot be used.
    #[error("a PIN has 4 to 8 digits")]
    Pin,
    /// There is nobody of this number.
    #[error("nobody has the number {0}; orihon-device staff list shows all")]
    Unknown(String),
    /// The store database failed.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

impl From<rusqlite::Error> for StaffError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Database(error.into())
    }
}

/// Enters somebody, or changes who has this number. Without a PIN they sign on by number alone.
///
/// # Errors
/// [`StaffError`] if number, name or PIN cannot be used.
pub fn add(
    connection: &Connection,
    (number, name, role): (&str, &str, Role),
    pin: Option<&str>,
    salt: [u8; 16],
) -> Result<(), StaffError> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    if number.is_empty() || number.len() > 16 || !number.bytes().all(is_plain) {
        return Err(StaffError::Number(number.to_owned()));
    }
    purchase::text::check(name, 60).map_err(|_| StaffError::Name)?;
    let is_pin =
        |pin: &str| (4..=8).contains(&pin.len()) && pin.bytes().all(|byte| byte.is_ascii_digit());
    if pin.is_some_and(|pin| !is_pin(pin)) {
        return Err(StaffError::Pin);
    }
    let hash = pin.map(|pin| hash(pin, &salt, ROUNDS));
    connection.execute(
        "INSERT INTO staff (number, name, role, salt, pin, rounds) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT (number) DO UPDATE SET name = ?2, role = ?3, salt = ?4, pin = ?5, rounds = ?6,
            wrong = 0, wait_until = 0",
        params![
            number,
            name,
            role.word(),
            pin.map(|_| salt),
            hash,
            pin.map(|_| ROUNDS)
        ],
    )?;
    Ok(())
}

/// Takes somebody away.
///
/// # Errors
/// [`StaffError::Unknown`].
pub fn remove(connection: &Connection, number: &str) -> Result<(), StaffError> {
    match connection.execute("DELETE FROM staff WHERE number = ?", [number])? {
        0 => Err(StaffError::Unknown(number.to_owned())),
        _ => Ok(()),
    }
}

const COLUMNS: &str = "number, name, role, pin IS NOT NULL";

fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<Member> {
    let role: String = row.get(2)?;
    Ok(Member {
        number: row.get(0)?,
        name: row.get(1)?,
        role: match role == Role::Manager.word() {
            true => Role::Manager,
            false => Role::Cashier,
        },
        sign_on: match row.get::<_, bool>(3)? {
            true => SignOn::Pin,
            false => SignOn::Number,
        },
    })
}

/// Everybody, by number.
///
/// # Errors
/// [`DatabaseError`].
pub fn list(connection: &Connection) -> Result<Vec<Member>, DatabaseError> {
    let sql = format!("SELECT {COLUMNS} FROM staff ORDER BY number");
    let mut statement = connection.prepare_cached(&sql)?;
    let rows = statement.query_map([], read)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Whoever has this number.
///
/// # Errors
/// [`DatabaseError`].
pub fn find(connection: &Connection, number: &str) -> Result<Option<Member>, DatabaseError> {
    let sql = format!("SELECT {COLUMNS} FROM staff WHERE number = ?");
    let mut statement = connection.prepare_cached(&sql)?;
    Ok(statement.query_row([number], read).optional()?)
}

/// How the staff of this store sign on.
///
/// # Errors
/// [`DatabaseError`].
pub fn sign_on(connection: &Connection) -> Result<SignOn, DatabaseError> {
    let sql = "SELECT count(*), count(pin) FROM staff";
    let (all, pins): (i64, i64) = connection
        .prepare_cached(sql)?
        .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(match (all, pins) {
        (0, _) => SignOn::None,
        (_, 0) => SignOn::Number,
        (_, _) => SignOn::Pin,
    })
}

/// A PIN that waits to be looked at. The attempt is counted already, so that many at once are not
/// free; hashing it takes a moment and needs no database.
pub struct Attempt {
    member: Member,
    pin: String,
    salt: Vec<u8>,
    hash: Vec<u8>,
    rounds: u32,
}

/// What was typed, before a PIN was looked at.
pub enum Asked {
    /// There is no PIN to look at.
    In(Member),
    /// [`Attempt::prove`] says.
    Pin(Attempt),
}

/// Begins to prove who somebody is.
///
/// # Errors
/// [`StaffError::Wrong`] if nobody has the number, [`StaffError::Wait`] after too many wrong PINs.
pub fn ask(
    database: &mut Database,
    claimed: &Claimed,
    now: Timestamp,
) -> Result<Asked, StaffError> {
    let transaction = database.write()?;
    let member = find(&transaction, &claimed.staff)?.ok_or(StaffError::Wrong)?;
    if member.sign_on != SignOn::Pin {
        return Ok(Asked::In(member));
    }
    let (salt, hash, rounds, wrong, until): (Vec<u8>, Vec<u8>, u32, i64, i64) = transaction
        .prepare_cached("SELECT salt, pin, rounds, wrong, wait_until FROM staff WHERE number = ?")?
        .query_row([&member.number], |row| {
            Ok((
                row.get(0)?,
                row.get(1)?,
                row.get(2)?,
                row.get(3)?,
                row.get(4)?,
            ))
        })?;
    // A clock that was set back must not lock anybody out for longer than the longest wait.
    let left = until - now.ms();
    if left > 0 && left <= WAIT_MS_MAX {
        let seconds = u64::try_from(left.saturating_add(999) / 1_000).unwrap_or(0);
        return Err(StaffError::Wait { seconds });
    }
    let wrong = wrong.saturating_add(1);
    let wait = match u32::try_from(wrong - WRONG_MAX) {
        Ok(over) => WAIT_MS.saturating_mul(1 << over.min(8)).min(WAIT_MS_MAX),
        Err(_) => 0,
    };
    transaction.execute(
        "UPDATE staff SET wrong = ?, wait_until = ? WHERE number = ?",
        params![
            wrong,
            if wait > 0 { now.ms() + wait } else { 0 },
            member.number
        ],
    )?;
    transaction.commit()?;
    Ok(Asked::Pin(Attempt {
        member,
        pin: claimed.pin.clone().unwrap_or_default(),
        salt,
        hash,
        rounds,
    }))
}

/// Whether a PIN was right.
pub enum Proof {
    /// It is who was said.
    Right(Member),
    /// It is not; whose PIN was tried.
    Wrong(Member),
}

impl Attempt {
    /// Looks at the PIN. This takes a moment.
    #[must_use]
    pub fn prove(self) -> Proof {
        let rounds = NonZeroU32::new(self.rounds).unwrap_or(NonZeroU32::MIN);
        let algorithm = pbkdf2::PBKDF2_HMAC_SHA256;
        let right = pbkdf2::verify(
            algorithm,
            rounds,
            &self.salt,
            self.pin.as_bytes(),
            &self.hash,
        );
        match right {
            Ok(()) => Proof::Right(self.member),
            Err(_) => Proof::Wrong(self.member),
        }
    }
}

/// Ends it: a right PIN makes the wrong ones before it forgotten, a wrong one stands in the log.
///
/// # Errors
/// [`StaffError::Wrong`] if it was not right.
pub fn answer(connection: &Connection, proof: Proof, now: Timestamp) -> Result<Member, StaffError> {
    match proof {
        Proof::Right(member) => {
            let sql = "UPDATE staff SET wrong = 0, wait_until = 0 WHERE number = ?";
            connection.execute(sql, [&member.number])?;
            Ok(member)
        }
        Proof::Wrong(member) => {
            log(connection, now, Some(&member.shown()), "wrong_pin", "")?;
            Err(StaffError::Wrong)
        }
    }
}

/// A manager with a PIN can approve.
///
/// # Errors
/// [`StaffError::NoManager`].
pub fn manager(member: Member) -> Result<Member, StaffError> {
    match (member.role, member.sign_on) {
        (Role::Manager, SignOn::Pin) => Ok(member),
        (Role::Manager | Role::Cashier, _) => Err(StaffError::NoManager(member.number)),
    }
}

fn hash(pin: &str, salt: &[u8], rounds: u32) -> [u8; 32] {
    let rounds = NonZeroU32::new(rounds).unwrap_or(NonZeroU32::MIN);
    let mut hash = [0; 32];
    pbkdf2::derive(
        pbkdf2::PBKDF2_HMAC_SHA256,
        rounds,
        salt,
        pin.as_bytes(),
        &mut hash,
    );
    hash
}
