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
use crate::postgres::moving as postgres;
use crate::postgres::open::{self as database, Contents, Durability, Refusal};
use crate::postgres::waiting::Waiting;
use compare::{Difference, Summary};
use purchase::time::Timestamp;
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
    /// How many rows or keys there are in all, more or less; zero if nobody knows.
    pub about: u64,
    /// How many of them were done when it began, more or less: by an attempt that was broken off.
    pub before: u64,
    /// So many more.
    pub more: u64,
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
    /// What is being done, with nothing more of it.
    now: Progress,
}

impl Telling<'_> {
    /// Something else is done from now on.
    const fn begin(&mut self, stretch: Stretch, about: u64, before: u64) {
        self.now = Progress {
            stretch,
            about,
            before,
            more: 0,
        };
    }

    fn tell(&mut self, more: u64) -> Result<(), Fault> {
        self.told = (self.hear)(Progress { more, ..self.now });
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
            now: Progress {
                stretch: Stretch::Copying,
                about: 0,
                before: 0,
                more: 0,
            },
        };
        let moved = self.carry_all(options, &mut telling);
        match telling.told {
            ControlFlow::Continue(()) => moved,
            ControlFlow::Break(()) => Err(MoveError::BrokenOff),
        }
    }

    fn carry_all(&self, options: &Options, telling: &mut Telling<'_>) -> Result<Moved, MoveError> {
        let before = self.notice()?;
        let move_id = match &before {
            Some(notice) => match notice.stage {
                Stage::Leaving => notice.move_id,
                Stage::Arrived => options.new_id,
                Stage::Left | Stage::Arriving => {
                    return Err(self.other_notice(Some(notice.clone()))?);
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
        let leaving = notice(Stage::Leaving, there.clone());
        let left = notice(Stage::Left, there);
        if ground.state() == State::Whole {
            self.put_notice(before.as_ref(), &left, || Ok(()))?;
            return Ok(Moved::Before);
        }
        self.put_notice(before.as_ref(), &leaving, || Ok(()))?;
        // Nobody records anything more; what was recorded and not filed is filed before it is copied.
        let owing = self.file_left_overs(Timestamp::LAST)?;
        if owing.failed > 0 {
            let detail = format!("{} recorded batches could not be filed", owing.failed);
            return Err(Fault::Away { detail }.into());
        }
        let arrival = ground.make(self.id, &notice(Stage::Arriving, here.clone()))?;
        let ends = (&self.engine, &arrival.engine);
        let rows = copy::copy(ends, options.rows_per_page, telling)?;
        telling.begin(Stretch::Keys, self.keyring.about()?, 0);
        let keyring = arrival.carry_keys(&self.keyring, self.id, telling)?;
        // Whoever was erased a moment before the notice went up is erased at both ends.
        self.destroy_erased()?;
        destroy_erased(&arrival.engine, &keyring)?;
        let ends = [(&self.engine, &self.keyring), (&arrival.engine, &keyring)];
        telling.begin(Stretch::Comparing, rows, 0);
        let summary = compare::compare(ends, telling)?;
        drop(keyring);
        let arrived = notice(Stage::Arrived, here);
        self.put_notice(Some(&leaving), &left, || arrival.settle(&arrived))?;
        Ok(Moved::Now(summary))
    }

    /// Somebody else has taken the move back meanwhile, or moves it to another place.
    fn other_notice(&self, found: Option<Notice>) -> std::io::Result<MoveError> {
        let what = self.place_text()?;
        Ok(match found {
            Some(notice) => OpenError::Elsewhere { what, notice }.into(),
            None => MoveError::NotMoving { what },
        })
    }

    /// The notice of this ledger, if it moves or has moved.
    fn notice(&self) -> Result<Option<Notice>, OpenError> {
        match &self.engine {
            Engine::Fjall(_) => read_notice(&self.data),
            Engine::Tables(tables) => Ok(tables.notice()?),
        }
    }

    /// Puts `notice` up in the place of `expected`, and does `first` before, which is not done if anything
    /// else is there by now. Nobody can change the notice in between.
    fn put_notice(
        &self,
        expected: Option<&Notice>,
        notice: &Notice,
        first: impl FnOnce() -> Result<(), MoveError>,
    ) -> Result<(), MoveError> {
        let found = match &self.engine {
            Engine::Fjall(_) => {
                // The lock of the folder is ours.
                let found = read_notice(&self.data)?;
                if found.as_ref() == expected {
                    first()?;
                    put_notice(&self.data, notice)?;
                }
                found
            }
            Engine::Tables(tables) => tables.put_notice(expected, notice, first)?,
        };
        if found.as_ref() == expected {
            return Ok(());
        }
        Err(self.other_notice(found)?)
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
    let what = way.place.to_string();
    let transaction = way.client.transaction().await;
    let transaction = transaction.map_err(|error| failed(error.into()))?;
    // Whoever moves it may end that at this very moment.
    let found = postgres::hold_notice(&transaction).await.map_err(failed)?;
    let notice = taken_back(what, found)?;
    let taken_down = postgres::put_notice(transaction, None).await;
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
