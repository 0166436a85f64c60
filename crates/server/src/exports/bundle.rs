//! Everything that an account holds, as one ZIP file: the book in every form, who the person is to this server,
//! what they wrote themselves, and who looked at it. It is packed while it is read, so that it needs no more
//! memory than one piece of the book. Nothing in it opens the account: secrets and their hashes stay here.

use super::{Progress, Reading};
use crate::app::App;
use crate::reply::{Refused, Reply};
use jiff::tz::TimeZone;
use purchase::id::UserId;
use purchase::time::Timestamp;
use std::collections::VecDeque;
use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};
use wire::account::export::{ExportFormat, ExportQuery, Taken};
use wire::error::ErrorCode;
use zip::write::{SimpleFileOptions, StreamWriter};
use zip::{DateTime, ZipWriter};

mod account;
mod decided;
mod seen;

use seen::Seen;

/// The folder that unpacking makes.
const FOLDER: &str = "orihon";
/// What stands in the file that people read first.
const README: &str = include_str!("bundle/README.txt");

/// How far a bundle is packed.
pub(super) struct Bundle {
    app: Arc<App>,
    user_id: UserId,
    files: VecDeque<File>,
    /// The file that is being written.
    open: Option<Open>,
    /// None once the list of all files stands at the end.
    zip: Option<ZipWriter<StreamWriter<Packed>>>,
    packed: Packed,
    options: SimpleFileOptions,
}

/// A file that is still to be written.
enum File {
    /// One that is there whole, under its name.
    Whole(&'static str, Vec<u8>),
    Book(ExportFormat),
    /// The access log.
    Seen,
}

/// A file that is being written, by what its next piece comes from.
enum Open {
    Book(Box<Reading>),
    Seen(Seen),
}

impl Bundle {
    /// Begins a bundle, as things are at `now`.
    ///
    /// # Errors
    /// A problem if the memory cannot be read.
    pub(super) fn begin(app: Arc<App>, user_id: UserId, now: Timestamp) -> Reply<Self> {
        let account = account::text(&app, user_id, now)?;
        let books = [
            ExportFormat::Ndjson,
            ExportFormat::Csv,
            ExportFormat::Hledger,
            ExportFormat::Beancount,
        ];
        let first = [
            File::Whole("README.txt", README.as_bytes().to_vec()),
            File::Whole("account.json", account),
        ];
        let packed = Packed::default();
        Ok(Self {
            app,
            user_id,
            files: first
                .into_iter()
                .chain(books.map(File::Book))
                .chain([File::Seen])
                .collect(),
            open: None,
            zip: Some(ZipWriter::new_stream(packed.clone())),
            packed,
            // Nobody knows before the end how long a book is.
            options: SimpleFileOptions::default()
                .large_file(true)
                .last_modified_time(time(now)),
        })
    }

    /// The next piece.
    pub(super) fn read_on(&mut self) -> Reply<(Vec<u8>, Progress)> {
        let progress = match self.open.take() {
            Some(open) => self.go_on(open)?,
            None => self.begin_next()?,
        };
        Ok((self.packed.take(), progress))
    }

    fn go_on(&mut self, mut open: Open) -> Reply<Progress> {
        let (piece, progress) = match &mut open {
            Open::Book(reading) => reading.read_on()?,
            Open::Seen(seen) => seen.read_on(&self.app, self.user_id)?,
        };
        self.write(&piece)?;
        match progress {
            Progress::More => self.open = Some(open),
            Progress::Done => {}
        }
        Ok(Progress::More)
    }

    fn begin_next(&mut self) -> Reply<Progress> {
        match self.files.pop_front() {
            Some(File::Whole(name, content)) => {
                self.start(name)?;
                self.write(&content)?;
            }
            Some(File::Book(format)) => {
                self.start(Taken::Book(format).file_name())?;
                let all = ExportQuery::default();
                let asked = all.prove(format).map_err(Refused::faults)?;
                let reading = Reading::begin(Arc::clone(&self.app), self.user_id, asked)?;
                self.open = Some(Open::Book(Box::new(reading)));
            }
            Some(File::Seen) => {
                self.start("access-log.ndjson")?;
                self.open = Some(Open::Seen(Seen::default()));
            }
            None => {
                if let Some(zip) = self.zip.take() {
                    zip.finish().map_err(|error| broken(&error))?;
                }
                return Ok(Progress::Done);
            }
        }
        Ok(Progress::More)
    }

    fn start(&mut self, name: &str) -> Reply<()> {
        let path = format!("{FOLDER}/{name}");
        let Some(zip) = &mut self.zip else {
            return Ok(());
        };
        zip.start_file(path, self.options)
            .map_err(|error| broken(&error))
    }

    fn write(&mut self, piece: &[u8]) -> Reply<()> {
        let Some(zip) = &mut self.zip else {
            return Ok(());
        };
        zip.write_all(piece).map_err(|error| broken(&error))
    }
}

/// Packing into memory does not fail; if it does, the file breaks off.
fn broken(error: &dyn std::error::Error) -> Refused {
    tracing::error!(%error, "a bundle could not be packed");
    Refused::new(
        ErrorCode::Internal,
        "the bundle could not be packed; the operator's log says why",
    )
}

/// The time of the files in it, in UTC; the beginning of such times if it lies outside of them.
fn time(now: Timestamp) -> DateTime {
    let civil = jiff::Timestamp::from_millisecond(now.ms())
        .map(|at| TimeZone::UTC.to_datetime(at))
        .ok();
    let parts = civil.and_then(|at| {
        let part = |number: i8| u8::try_from(number).ok();
        let year = u16::try_from(at.year()).ok()?;
        let (month, day) = (part(at.month())?, part(at.day())?);
        let (hour, minute, second) = (part(at.hour())?, part(at.minute())?, part(at.second())?);
        DateTime::from_date_and_time(year, month, day, hour, minute, second).ok()
    });
    parts.unwrap_or_default()
}

/// What is packed and not yet taken away.
#[derive(Clone, Default)]
struct Packed(Arc<Mutex<Vec<u8>>>);

impl Packed {
    fn take(&self) -> Vec<u8> {
        let mut packed = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *packed)
    }
}

impl Write for Packed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut packed = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        packed.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
