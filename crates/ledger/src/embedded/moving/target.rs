//! Where a ledger moves to: looked at, made, and given its place at the end. What belongs to somebody
//! else, or to another move, is refused and left as it was.

use super::{MoveError, Telling, put_notice};
use crate::embedded::engine::Engine;
use crate::embedded::open::{
    WATERMARK, beside, holds_something, make_engine, read_notice, settle_in_place, usual_keys,
};
use crate::fault::{Fault, OpenError};
use crate::keyring::Keyring;
use crate::keyring::postgres::{self, Missing, is_free_for};
use crate::notice::{MoveId, Notice, Stage};
use crate::postgres::moving::{self, Cluster, Steps};
use crate::postgres::open::{
    self as database, Contents, Database, Durability, Found, Refusal, Way,
};
use crate::postgres::schema::Room;
use crate::postgres::tables::Tables;
use crate::postgres::waiting::Waiting;
use crate::watermark::{Mark, Watermark};
use std::fs::{self, DirBuilder, File};
use std::os::unix::fs::DirBuilderExt;
use std::path::PathBuf;
use std::sync::Arc;

/// Where to.
pub enum Target {
    /// A data folder, which must not be there yet.
    Folder(FolderTarget),
    /// A database, which must be empty.
    Database(DatabaseTarget),
}

/// A data folder to be made.
pub struct FolderTarget {
    /// The folder.
    pub data: PathBuf,
    /// The folder of its keys, with the master key in it; the usual one without it.
    pub keys: Option<PathBuf>,
}

/// A database to be filled.
pub struct DatabaseTarget {
    /// Where it is.
    pub url: String,
    /// Where the keyring goes; into the same one without it.
    pub keyring_url: Option<String>,
    /// The folder with the master key.
    pub keys: PathBuf,
    /// Connections at most, and as many again for the keyring.
    pub connections_max: usize,
    /// Whether it must keep what it says it has.
    pub durability: Durability,
    /// Whether its tables are to be spread.
    pub cluster: Cluster,
}

/// What was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// Nothing.
    Empty,
    /// A part of this very move.
    Half,
    /// All of it.
    Whole,
}

/// A target that was found fit.
pub(super) struct Ground {
    form: Form,
    state: State,
}

enum Form {
    Folder(Folder),
    Database(Box<Base>),
}

struct Folder {
    data: PathBuf,
    making: PathBuf,
    keys: PathBuf,
}

struct Base {
    waiting: Arc<Waiting>,
    way: Way,
    room: Room,
    cluster: Cluster,
    keyring: postgres::Options,
}

/// A target that is being filled.
pub(super) struct Arrival {
    pub(super) engine: Engine,
    form: Form,
}

impl Ground {
    /// Looks at the target, for the ledger of this id and the move of that one.
    pub(super) fn look(
        target: &Target,
        ledger_id: [u8; 16],
        move_id: MoveId,
    ) -> Result<Self, MoveError> {
        match target {
            Target::Folder(target) => Folder::look(target, move_id),
            Target::Database(target) => Base::look(target, ledger_id, move_id),
        }
    }

    pub(super) const fn state(&self) -> State {
        self.state
    }

    /// Where it is, as people may see it.
    pub(super) fn place(&self) -> String {
        match &self.form {
            Form::Folder(folder) => folder.data.display().to_string(),
            Form::Database(base) => base.way.place.to_string(),
        }
    }

    /// Makes what is missing, with the notice of the move on it.
    pub(super) fn make(self, ledger_id: [u8; 16], notice: &Notice) -> Result<Arrival, MoveError> {
        let Self { form, state } = self;
        match form {
            Form::Folder(folder) => {
                if state == State::Empty {
                    if !folder.making.exists() {
                        fs::create_dir_all(folder.making.parent().unwrap_or(&folder.making))?;
                        DirBuilder::new().mode(0o700).create(&folder.making)?;
                    }
                    put_notice(&folder.making, notice)?;
                }
                let engine = make_engine(&folder.making, ledger_id)?;
                let form = Form::Folder(folder);
                Ok(Arrival { engine, form })
            }
            Form::Database(mut base) => {
                if state == State::Empty {
                    let Way { client, place, .. } = &mut base.way;
                    let how = (base.room, base.cluster);
                    let made = moving::make(client, place, how, ledger_id, notice);
                    base.waiting.wait(made)?;
                }
                let database = Database {
                    pool: base.way.pool.clone(),
                    place: base.way.place.clone(),
                    ledger_id,
                    found: Found::New,
                    // What arrives is copied row by row, in whatever number of steps it will commit.
                    steps: Steps::One,
                };
                let tables = Tables::new(Arc::clone(&base.waiting), &database);
                let engine = Engine::Tables(Box::new(tables));
                let form = Form::Database(base);
                Ok(Arrival { engine, form })
            }
        }
    }
}

impl Folder {
    fn look(target: &FolderTarget, move_id: MoveId) -> Result<Ground, MoveError> {
        let data = std::path::absolute(&target.data)?;
        let keys = target.keys.clone().unwrap_or_else(|| usual_keys(&data));
        let folder = Self {
            making: beside(&data, "moving"),
            data,
            keys,
        };
        let state = folder.state(move_id)?;
        let master = Keyring::master_path(&folder.keys);
        if !master.exists() {
            let keyring = Keyring::ring_path(&folder.keys).display().to_string();
            return Err(OpenError::MasterKeyMissing { master, keyring }.into());
        }
        let form = Form::Folder(folder);
        Ok(Ground { form, state })
    }

    fn state(&self, move_id: MoveId) -> Result<State, MoveError> {
        if holds_something(&self.data)? {
            return match read_notice(&self.data)? {
                Some(notice) if notice.stage == Stage::Arrived && notice.move_id == move_id => {
                    Ok(State::Whole)
                }
                Some(_) | None => Err(MoveError::Taken {
                    place: self.data.display().to_string(),
                    what: "is not empty; name a folder that is not there yet".to_owned(),
                }),
            };
        }
        if holds_something(&self.making)? {
            return match read_notice(&self.making)? {
                Some(notice) if notice.move_id == move_id => Ok(State::Half),
                Some(_) | None => Err(MoveError::Taken {
                    place: self.making.display().to_string(),
                    what: "is half a copy that another move left, which was taken back; remove \
                           that folder, or name another one with --to"
                        .to_owned(),
                }),
            };
        }
        let ring = Keyring::ring_path(&self.keys);
        if ring.exists() {
            return Err(MoveError::Taken {
                place: ring.display().to_string(),
                what:
                    "is the keyring of another data folder; name a folder with --keys that holds \
                       nothing but a copy of master.key"
                        .to_owned(),
            });
        }
        Ok(State::Empty)
    }
}

impl Base {
    fn look(
        target: &DatabaseTarget,
        ledger_id: [u8; 16],
        move_id: MoveId,
    ) -> Result<Ground, MoveError> {
        let waiting = Arc::new(Waiting::start()?);
        let keyring = postgres::Options {
            url: target.keyring_url.as_ref().unwrap_or(&target.url).clone(),
            connections_max: target.connections_max,
            durability: target.durability,
            folder: target.keys.clone(),
            missing: Missing::Refuse,
        };
        let looked = async {
            let (connections, durability) = (target.connections_max, target.durability);
            let way = database::connect(&target.url, connections, durability).await?;
            moving::judge(&way, target.cluster).await?;
            let (state, room) = state(&way, ledger_id, move_id).await?;
            is_free_for(&keyring, ledger_id).await?;
            Ok::<_, MoveError>((way, state, room))
        };
        let (way, state, room) = waiting.wait(looked)?;
        let form = Form::Database(Box::new(Self {
            waiting,
            way,
            room,
            cluster: target.cluster,
            keyring,
        }));
        Ok(Ground { form, state })
    }
}

async fn state(
    way: &Way,
    ledger_id: [u8; 16],
    move_id: MoveId,
) -> Result<(State, Room), MoveError> {
    let taken = |what: &str| {
        Err(MoveError::Taken {
            place: way.place.to_string(),
            what: what.to_owned(),
        })
    };
    let found = match database::look(&way.client, &way.place).await? {
        Contents::Empty(room) => return Ok((State::Empty, room)),
        Contents::Ledger(found) => found,
        Contents::Extensible => {
            let place = way.place.clone();
            return Err(Refusal::NotBroughtUp { place }.into());
        }
    };
    let notice = moving::notice(&way.client).await.map_err(Refusal::from)?;
    match notice {
        Some(notice) if found == ledger_id && notice.move_id == move_id => match notice.stage {
            Stage::Arriving => Ok((State::Half, Room::Empty)),
            Stage::Arrived => Ok((State::Whole, Room::Empty)),
            Stage::Leaving | Stage::Left => taken("is where this ledger moves from"),
        },
        Some(notice) if notice.stage == Stage::Arriving => taken(
            "holds half a copy that another move left; if that was taken back, run there: \
             DROP SCHEMA orihon CASCADE",
        ),
        Some(notice) if found == ledger_id && notice.stage != Stage::Arrived => taken(
            "holds this ledger as it was before it moved away; if that is not needed any more, run \
             there: DROP SCHEMA orihon CASCADE",
        ),
        Some(_) | None if found == ledger_id => taken(
            "holds this ledger and is where it is served; stop, and find out which of the two is the \
             right one: only that may be served",
        ),
        Some(_) | None => taken(
            "holds another ledger; make a database of its own: createdb --encoding=UTF8 \
             --template=template0 orihon",
        ),
    }
}

impl Arrival {
    /// Carries every key to where the ledger will look for it.
    pub(super) fn carry_keys(
        &self,
        from: &Keyring,
        ledger_id: [u8; 16],
        telling: &mut Telling<'_>,
    ) -> Result<Keyring, OpenError> {
        let hear = &mut |more| telling.tell(more);
        match &self.form {
            Form::Folder(folder) => {
                from.carry_to_file((&folder.keys, &folder.data), ledger_id, hear)
            }
            Form::Database(base) => {
                let waiting = Arc::clone(&base.waiting);
                from.carry_to_postgres(&base.keyring, ledger_id, waiting, hear)
            }
        }
    }

    /// Gives it its place, from which on it is served.
    pub(super) fn settle(self, notice: &Notice) -> Result<(), MoveError> {
        match self.form {
            Form::Folder(folder) => {
                drop(self.engine);
                Keyring::settle_in(&folder.keys)?;
                let watermark = folder.keys.join(WATERMARK);
                if watermark.exists() {
                    fs::remove_file(&watermark)?;
                }
                Watermark::create(&watermark, Mark::START)?;
                File::open(&folder.keys)?.sync_all()?;
                put_notice(&folder.making, notice)?;
                settle_in_place(&folder.making, &folder.data, &folder.keys)?;
                Ok(())
            }
            Form::Database(base) => {
                let Base { waiting, way, .. } = *base;
                let settled = waiting.wait(moving::settle(&way.client, notice));
                Ok(settled.map_err(Fault::from)?)
            }
        }
    }
}
