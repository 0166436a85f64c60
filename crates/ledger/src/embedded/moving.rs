//! Moving a ledger from a data folder to a database, or back: every row and every key, under one notice
//! at both ends, held against what is there before it is given up here. It may be broken off anywhere
//! and given again; what was copied stays, and it goes on behind it.
//!
//! What rows mean is not known here, and nobody is served: whoever moves a ledger opens it to read.

use super::Ledger;
use super::engine::Engine;
use super::open::{NOTICE_FILE, destroy_erased, lock, read_notice};
use crate::fault::{Fault, OpenError};
use crate::keyring::write_private;
use crate::notice::{MoveId, Notice, Stage};
use crate::postgres::fault::Failure;
use crate::postgres::open::{self as database, Contents, Durability, Refusal};
use crate::postgres::table::kinds;
use crate::postgres::waiting::Waiting;
use compare::{Difference, Summary};
use std::fs::{self, File};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use target::{Ground, State};
use thiserror::Error;

pub mod compare;
mod copy;
mod target;

pub use target::{DatabaseTarget, FolderTarget, Target};

/// What is being done, for whoever shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stretch {
    /// Rows are copied.
    Copying,
    /// Keys are carried.
    Keys,
    /// Both ends are compared.
    Comparing,
}

/// How far the move is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// What is being done.
    pub stretch: Stretch,
    /// Tables that are done.
    pub tables: u64,
    /// So many more rows or keys.
    pub more: u64,
}

/// How many tables there are to copy, and to compare.
#[must_use]
pub fn tables() -> u64 {
    u64::try_from(kinds().count()).unwrap_or(u64::MAX)
}

/// Hears how far the move is, and says whether it goes on.
pub type Hear<'a> = &'a mut dyn FnMut(Progress) -> ControlFlow<()>;

/// What a move is asked to be.
pub struct Options {
    /// Where to.
    pub target: Target,
    /// Its id, if it is a new one.
    pub new_id: MoveId,
    /// Rows that are copied at once, at most; [`ROWS_PER_PAGE`] in service.
    pub rows_per_page: usize,
}

/// So many rows are copied at once: enough that a commit costs little, and few enough that a move that
/// is broken off has not much to do again.
pub const ROWS_PER_PAGE: usize = 2_000;

/// How a move ended well.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Moved {
    /// All of it is there, and was held against what is here.
    Now(Summary),
    /// All of it was there already; an earlier attempt was broken off before it could say so.
    Before,
}

/// Why a ledger was not moved. It is served by nobody until the move is given again or taken back.
#[derive(Debug, Error)]
pub enum MoveError {
    /// One of the two ends could not be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// There is something else where it should go.
    #[error("{place} {what}")]
    Taken {
        /// Where.
        place: String,
        /// What is there, and what to do about it.
        what: String,
    },
    /// It was broken off.
    #[error("broken off; what was copied stays, and the same command goes on behind it")]
    BrokenOff,
    /// The two ends are not the same.
    #[error(transparent)]
    Differs(#[from] Difference),
    /// There is nothing to take back, or it was taken back meanwhile.
    #[error("{what} is not being moved, or not any more; nothing was changed")]
    NotMoving {
        /// The ledger, as people see it.
        what: String,
    },
}

impl From<Fault> for MoveError {
    fn from(fault: Fault) -> Self {
        Self::Open(fault.into())
    }
}

impl From<Refusal> for MoveError {
    fn from(refusal: Refusal) -> Self {
        Self::Open(refusal.into())
    }
}

impl From<std::io::Error> for MoveError {
    fn from(error: std::io::Error) -> Self {
        Self::Open(error.into())
    }
}

/// Tells how far it is, and remembers whether it was broken off.
struct Telling<'a> {
    hear: Hear<'a>,
    told: ControlFlow<()>,
}

impl Telling<'_> {
    fn tell(&mut self, progress: Progress) -> Result<(), Fault> {
        self.told = (self.hear)(progress);
        match self.told {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => Err(Fault::Stopped),
        }
    }
}

impl Ledger {
    /// Moves all of it, or goes on with a move that was broken off. It takes no writes from then on,
    /// wherever else it is served.
    ///
    /// # Errors
    /// [`MoveError`] says what is wrong and what to do. A target that is refused is left as it was.
    pub fn move_to(&self, options: &Options, hear: Hear<'_>) -> Result<Moved, MoveError> {
        let mut telling = Telling {
            hear,
            told: ControlFlow::Continue(()),
        };
        let moved = self.carry_all(options, &mut telling);
        match telling.told {
            ControlFlow::Continue(()) => moved,
            ControlFlow::Break(()) => Err(MoveError::BrokenOff),
        }
    }

    fn carry_all(&self, options: &Options, telling: &mut Telling<'_>) -> Result<Moved, MoveError> {
        let move_id = match self.notice()? {
            Some(notice) => match notice.stage {
                Stage::Leaving => notice.move_id,
                Stage::Arrived => options.new_id,
                Stage::Left | Stage::Arriving => {
                    let what = self.place_text()?;
                    return Err(OpenError::Elsewhere { what, notice }.into());
                }
            },
            None => options.new_id,
        };
        let notice = |stage: Stage, place: String| Notice {
            move_id,
            stage,
            place,
        };
        let ground = Ground::look(&options.target, self.id, move_id)?;
        let (here, there) = (self.place_text()?, ground.place());
        if ground.state() == State::Whole {
            self.put_notice(&notice(Stage::Left, there))?;
            return Ok(Moved::Before);
        }
        self.put_notice(&notice(Stage::Leaving, there.clone()))?;
        let arrival = ground.make(self.id, &notice(Stage::Arriving, here.clone()))?;
        let ends = (&self.engine, &arrival.engine);
        copy::copy(ends, options.rows_per_page, telling)?;
        let keyring = arrival.carry_keys(&self.keyring, self.id, telling)?;
        // Whoever was erased a moment before the notice went up is erased at both ends.
        self.destroy_erased()?;
        destroy_erased(&arrival.engine, &keyring)?;
        let ends = [(&self.engine, &self.keyring), (&arrival.engine, &keyring)];
        let summary = compare::compare(ends, telling)?;
        drop(keyring);
        self.still_leaves(&notice(Stage::Leaving, there.clone()))?;
        arrival.settle(&notice(Stage::Arrived, here))?;
        self.put_notice(&notice(Stage::Left, there))?;
        Ok(Moved::Now(summary))
    }

    /// Somebody else may have taken the move back meanwhile, or moved it to another place.
    fn still_leaves(&self, ours: &Notice) -> Result<(), MoveError> {
        match self.notice()? {
            Some(notice) if notice == *ours => Ok(()),
            Some(notice) => {
                let what = self.place_text()?;
                Err(OpenError::Elsewhere { what, notice }.into())
            }
            None => Err(MoveError::NotMoving {
                what: self.place_text()?,
            }),
        }
    }

    /// The notice of this ledger, if it moves or has moved.
    fn notice(&self) -> Result<Option<Notice>, OpenError> {
        match &self.engine {
            Engine::Fjall(_) => read_notice(&self.data),
            Engine::Tables(tables) => Ok(tables.notice()?),
        }
    }

    fn put_notice(&self, notice: &Notice) -> Result<(), OpenError> {
        match &self.engine {
            Engine::Fjall(_) => Ok(put_notice(&self.data, notice)?),
            Engine::Tables(tables) => Ok(tables.put_notice(notice)?),
        }
    }

    /// Where it is, as people may see it.
    fn place_text(&self) -> std::io::Result<String> {
        match self.place() {
            Some(place) => Ok(place.to_string()),
            None => Ok(std::path::absolute(&self.data)?.display().to_string()),
        }
    }
}

/// Where a ledger is that stays.
pub enum Home {
    /// A data folder.
    Folder(PathBuf),
    /// The URL of a database.
    Database(String),
}

/// Takes a move back: the ledger is served here again. If it had ended, what was filed at the other end
/// since is not here.
///
/// # Errors
/// [`MoveError`] if it cannot be opened, or does not move.
pub fn stay(home: &Home, durability: Durability) -> Result<Notice, MoveError> {
    match home {
        Home::Folder(data) => {
            let _lock = lock(data)?;
            let what = data.display().to_string();
            let notice = taken_back(what, read_notice(data)?)?;
            fs::remove_file(data.join(NOTICE_FILE))?;
            File::open(data)?.sync_all()?;
            Ok(notice)
        }
        Home::Database(url) => Waiting::start()?.wait(stay_in_database(url, durability)),
    }
}

async fn stay_in_database(url: &str, durability: Durability) -> Result<Notice, MoveError> {
    let mut way = database::connect(url, 1, durability).await?;
    match database::look(&way.client, &way.place).await? {
        Contents::Empty(_) => return Err(Refusal::Empty { place: way.place }.into()),
        Contents::Extensible => return Err(Refusal::NotBroughtUp { place: way.place }.into()),
        Contents::Ledger(_) => {}
    }
    let failed = |failure: Failure| MoveError::from(Refusal::from(failure));
    let notice = crate::postgres::moving::notice(&way.client).await;
    let notice = taken_back(way.place.to_string(), notice.map_err(failed)?)?;
    let taken_down = crate::postgres::moving::put_notice(&mut way.client, None).await;
    taken_down.map_err(failed)?;
    Ok(notice)
}

/// A notice that may be taken down.
fn taken_back(what: String, notice: Option<Notice>) -> Result<Notice, MoveError> {
    match notice {
        Some(notice) => match notice.stage {
            Stage::Leaving | Stage::Left => Ok(notice),
            Stage::Arriving => Err(OpenError::Elsewhere { what, notice }.into()),
            Stage::Arrived => Err(MoveError::NotMoving { what }),
        },
        None => Err(MoveError::NotMoving { what }),
    }
}

/// Writes the notice of a folder, whole or not at all.
fn put_notice(data: &Path, notice: &Notice) -> std::io::Result<()> {
    let (path, making) = (data.join(NOTICE_FILE), data.join("move.making"));
    if making.exists() {
        fs::remove_file(&making)?;
    }
    write_private(&making, &notice.to_text())?;
    fs::rename(&making, &path)?;
    File::open(data)?.sync_all()
}
