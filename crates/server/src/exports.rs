//! A person's book to take away, written while it is read: a long life needs no more memory than a
//! short one. One file per form; each is handed one purchase after the other, newest first.
//!
//! A book that could not be read to its end breaks off, so that nobody takes a part for the whole.
//! Who asks and over what way is not known here.

use crate::app::App;
use crate::book::store_of;
use crate::catalogues::aside;
use crate::counter::Counter;
use crate::own_words::{Notes, OwnNames};
use crate::reply::{Refused, Reply};
use crate::ware::wares;
use axum::body::Body;
use axum::response::{IntoResponse, Response};
use beancount::Beancount;
use bytes::Bytes;
use csv::Csv;
use entry::Entry;
use futures_core::Stream;
use hledger::Hledger;
use http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use ledger::account::{Filed, Range};
use ndjson::{Ndjson, OwnWords};
use purchase::id::UserId;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use thiserror::Error;
use tokio::sync::mpsc;
use wire::account::export::{Encoding, Export, ExportFormat, ExportQuery};
use wire::error::ErrorCode;

mod accounts;
mod beancount;
mod cp932;
mod csv;
mod entry;
mod hledger;
mod ndjson;
mod postings;

/// Purchases read at a time; 20 of the largest make a piece of some 12 MiB, and the usual ones 40 KiB.
const PER_READ: usize = 20;
/// Pieces that may wait for a slow reader.
const PIECES_AHEAD: usize = 1;

/// The book could not be read to its end.
#[derive(Clone, Copy, Debug, Error)]
#[error("the book could not be read to its end; the operator's log says why")]
pub struct CutOff;

/// A book as it is written. It ends in [`CutOff`] if it could not be read to its end.
pub struct Written(mpsc::Receiver<Result<Bytes, CutOff>>);

impl Stream for Written {
    type Item = Result<Bytes, CutOff>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.poll_recv(context)
    }
}

/// The media type of a book.
#[must_use]
pub const fn media_type(asked: &Export) -> &'static str {
    match (asked.format, asked.encoding) {
        (ExportFormat::Ndjson, _) => "application/x-ndjson",
        (ExportFormat::Csv, Encoding::Utf8Bom | Encoding::Utf8) => "text/csv; charset=utf-8",
        (ExportFormat::Csv, Encoding::Cp932) => "text/csv; charset=windows-31j",
        (ExportFormat::Hledger | ExportFormat::Beancount, _) => "text/plain; charset=utf-8",
    }
}

/// A person's book as a file to keep, under the name of its format.
///
/// # Errors
/// 404 if there is no such format, 422 if a parameter cannot be read, 500 or 503 if not even the
/// beginning of the book can be read.
pub async fn answer(
    app: Arc<App>,
    user_id: UserId,
    format: &str,
    query: &ExportQuery,
) -> Reply<Response> {
    let format = ExportFormat::parse(format).ok_or_else(|| {
        let detail = "exports are ndjson, csv, hledger and beancount";
        Refused::new(ErrorCode::NotFound, detail)
    })?;
    let asked = query.prove(format).map_err(Refused::faults)?;
    let named = format!("attachment; filename=\"{}\"", format.file_name());
    let headers = [
        (CONTENT_TYPE, media_type(&asked).to_owned()),
        (CONTENT_DISPOSITION, named),
        (CACHE_CONTROL, "no-store".to_owned()),
    ];
    let written = written(app, user_id, asked).await?;
    Ok((headers, Body::from_stream(written)).into_response())
}

/// Begins to write a person's book. It goes on as fast as it is read, and ends with its reader.
///
/// # Errors
/// 500 or 503 if not even its beginning can be read.
pub async fn written(app: Arc<App>, user_id: UserId, asked: Export) -> Reply<Written> {
    let reading = aside(move || Reading::begin(app, user_id, asked)).await??;
    let read = read_on(reading).await?;
    let (send, receive) = mpsc::channel(PIECES_AHEAD);
    tokio::spawn(write(read, send));
    Ok(Written(receive))
}

/// A piece, and who reads on behind it.
struct Read {
    reading: Reading,
    piece: Vec<u8>,
    progress: Progress,
}

/// Reads the next piece away from the threads that answer requests.
async fn read_on(mut reading: Reading) -> Reply<Read> {
    aside(move || {
        let (piece, progress) = reading.read_on()?;
        Ok(Read {
            reading,
            piece,
            progress,
        })
    })
    .await?
}

async fn write(mut read: Read, send: mpsc::Sender<Result<Bytes, CutOff>>) {
    loop {
        if send.send(Ok(read.piece.into())).await.is_err() {
            return;
        }
        read = match read.progress {
            Progress::Done => return,
            Progress::More => match read_on(read.reading).await {
                Ok(next) => next,
                // Why it failed was logged where it was found out.
                Err(_) => {
                    let _ = send.send(Err(CutOff)).await;
                    return;
                }
            },
        };
    }
}

/// Whether there is more to read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Progress {
    More,
    Done,
}

/// How far a book is read.
struct Reading {
    app: Arc<App>,
    user_id: UserId,
    asked: Export,
    range: Range,
    form: Form,
    /// What the person wrote beside the book; only the complete form tells it.
    names: OwnNames,
    notes: Notes,
}

impl Reading {
    fn begin(app: Arc<App>, user_id: UserId, asked: Export) -> Reply<Self> {
        let (from, to) = asked.which.span();
        let range = Range {
            from,
            to,
            ..Range::default()
        };
        let form = match asked.format {
            ExportFormat::Ndjson => Form::Ndjson(Ndjson::default()),
            ExportFormat::Csv => Form::Csv(Csv::new(asked.encoding)),
            ExportFormat::Hledger => Form::Hledger(Hledger::default()),
            ExportFormat::Beancount => Form::Beancount(Beancount::default()),
        };
        let (names, notes) = match asked.format {
            ExportFormat::Ndjson => (OwnNames::of(&app, user_id)?, Notes::of(&app, user_id)?),
            ExportFormat::Csv | ExportFormat::Hledger | ExportFormat::Beancount => {
                (OwnNames::default(), Notes::default())
            }
        };
        Ok(Self {
            app,
            user_id,
            asked,
            range,
            form,
            names,
            notes,
        })
    }

    /// The next piece. The first has the head of the file before it, the last the end behind it.
    fn read_on(&mut self) -> Reply<(Vec<u8>, Progress)> {
        let mut piece = Vec::new();
        if self.range.after.is_none() {
            self.form.begin(&mut piece);
        }
        let is_wanted = |filed: &Filed| {
            let at = filed.settlement.effective_at(filed.received_at);
            store_of(&self.app, filed).is_ok_and(|shop| self.asked.which.covers(at, &shop.zone))
        };
        let ledger = &self.app.ledger;
        let page = ledger.page(self.user_id, &self.range, PER_READ, &is_wanted);
        let page = page.map_err(Refused::from)?;
        for filed in &page.purchases {
            let shop = store_of(&self.app, filed)?;
            let own = own_words(&self.app, filed, &self.names, &self.notes)?;
            self.form.add(&Entry::new(filed, &shop), &own, &mut piece);
        }
        self.range.after = page.next;
        if page.next.is_some() {
            return Ok((piece, Progress::More));
        }
        self.form.end(&mut piece);
        Ok((piece, Progress::Done))
    }
}

/// What the person wrote beside a purchase.
fn own_words<'a>(
    app: &App,
    filed: &Filed,
    names: &'a OwnNames,
    notes: &'a Notes,
) -> Reply<OwnWords<'a>> {
    let mut own = OwnWords {
        note: notes.on(filed.purchase_id),
        ..OwnWords::default()
    };
    if !names.is_empty() {
        let counter = Counter::find(app, &filed.settlement.content().key.store_id)?;
        for (ware, line) in wares(filed, &counter).iter().zip(1_u16..) {
            if let Some(name) = ware.as_ref().and_then(|ware| names.get(ware)) {
                own.names.insert(line, name);
            }
        }
    }
    Ok(own)
}

/// What is being written.
enum Form {
    Ndjson(Ndjson),
    Csv(Csv),
    Hledger(Hledger),
    Beancount(Beancount),
}

impl Form {
    fn begin(&self, piece: &mut Vec<u8>) {
        match self {
            Self::Ndjson(_) => Ndjson::begin(piece),
            Self::Csv(csv) => csv.begin(piece),
            Self::Hledger(_) => Hledger::begin(piece),
            Self::Beancount(_) => Beancount::begin(piece),
        }
    }

    fn add(&mut self, entry: &Entry<'_>, own: &OwnWords<'_>, piece: &mut Vec<u8>) {
        match self {
            Self::Ndjson(ndjson) => ndjson.add(entry, own, piece),
            Self::Csv(csv) => csv.add(entry, piece),
            Self::Hledger(hledger) => hledger.add(entry, piece),
            Self::Beancount(beancount) => beancount.add(entry, piece),
        }
    }

    fn end(&self, piece: &mut Vec<u8>) {
        match self {
            Self::Ndjson(ndjson) => ndjson.end(piece),
            Self::Csv(csv) => csv.end(piece),
            Self::Hledger(hledger) => hledger.end(piece),
            Self::Beancount(beancount) => beancount.end(piece),
        }
    }
}
