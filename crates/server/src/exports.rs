//! A person's book to take away, written while it is read: a long life needs no more memory than a
//! short one. One file per form; each is handed one purchase after the other, newest first. A bundle
//! holds all of them, and what else the account holds.
//!
//! A book that could not be read to its end breaks off, so that nobody takes a part for the whole. The
//! person's access log says that it was taken. Over what way is not known here.

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
use bundle::Bundle;
use bytes::Bytes;
use csv::Csv;
use entry::Entry;
use futures_core::Stream;
use hledger::Hledger;
use http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use ledger::account::{Accessor, Filed, Range};
use ledger::write::{LeafStep, Write};
use ndjson::{Ndjson, OwnWords};
use purchase::id::UserId;
use purchase::limits::TEXT_CHARS_MAX;
use purchase::text::Text;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use thiserror::Error;
use tokio::sync::mpsc;
use wire::account::export::{Encoding, Export, ExportFormat, ExportQuery, Taken};
use wire::error::ErrorCode;

mod accounts;
mod beancount;
mod bundle;
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

const fn media_type(asked: &Export) -> &'static str {
    match (asked.format, asked.encoding) {
        (ExportFormat::Ndjson, _) => "application/x-ndjson",
        (ExportFormat::Csv, Encoding::Utf8Bom | Encoding::Utf8) => "text/csv; charset=utf-8",
        (ExportFormat::Csv, Encoding::Cp932) => "text/csv; charset=windows-31j",
        (ExportFormat::Hledger | ExportFormat::Beancount, _) => "text/plain; charset=utf-8",
    }
}

/// A person's book, or all of the account, as a file to keep, under the name of its format; it is noted who takes
/// it. It goes on
/// as fast as it is read, and ends with its reader.
///
/// # Errors
/// 404 if there is no such format, 422 if a parameter cannot be read, 500 or 503 if not even the
/// beginning of the book can be read.
pub async fn answer(
    app: Arc<App>,
    (user_id, by): (UserId, Accessor),
    format: &str,
    query: &ExportQuery,
) -> Reply<Response> {
    let taken = Taken::parse(format).ok_or_else(|| {
        let detail = "exports are ndjson, csv, hledger, beancount and bundle";
        Refused::new(ErrorCode::NotFound, detail)
    })?;
    let now = app.clock.now();
    let owned = Arc::clone(&app);
    let (media_type, read) = match taken {
        Taken::Book(format) => {
            let asked = query.prove(format).map_err(Refused::faults)?;
            let media_type = media_type(&asked);
            let reading = aside(move || Reading::begin(owned, user_id, asked)).await??;
            (media_type, read_on(Source::Book(Box::new(reading))).await?)
        }
        Taken::Bundle => {
            query.prove_whole().map_err(Refused::faults)?;
            let bundle = aside(move || Bundle::begin(owned, user_id, now)).await??;
            (
                "application/zip",
                read_on(Source::Bundle(Box::new(bundle))).await?,
            )
        }
    };
    note(&app, (user_id, by), taken).await;
    let named = format!("attachment; filename=\"{}\"", taken.file_name());
    let headers = [
        (CONTENT_TYPE, media_type.to_owned()),
        (CONTENT_DISPOSITION, named),
        (CACHE_CONTROL, "no-store".to_owned()),
    ];
    let (send, receive) = mpsc::channel(PIECES_AHEAD);
    tokio::spawn(write(read, send));
    Ok((headers, Body::from_stream(Written(receive))).into_response())
}

/// Notes in the person's access log that the book was taken, once in an hour for each form. A server that can write nothing at the
/// moment hands people what is theirs nevertheless.
async fn note(app: &App, (user_id, by): (UserId, Accessor), taken: Taken) {
    let Ok(form) = Text::new(taken.name(), TEXT_CHARS_MAX) else {
        return;
    };
    let step = LeafStep::Exported { user_id, by, form };
    if let Err(error) = app.intake.write_one(Write::Leaf(step)).await {
        tracing::warn!(?error, "an export was not noted in the access log");
    }
}

/// Where the pieces of a file come from.
enum Source {
    Book(Box<Reading>),
    Bundle(Box<Bundle>),
}

impl Source {
    fn read_on(&mut self) -> Reply<(Vec<u8>, Progress)> {
        match self {
            Self::Book(reading) => reading.read_on(),
            Self::Bundle(bundle) => bundle.read_on(),
        }
    }
}

/// A piece, and who reads on behind it.
struct Read {
    source: Source,
    piece: Vec<u8>,
    progress: Progress,
}

/// Reads the next piece away from the threads that answer requests.
async fn read_on(mut source: Source) -> Reply<Read> {
    aside(move || {
        let (piece, progress) = source.read_on()?;
        Ok(Read {
            source,
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
            Progress::More => match read_on(read.source).await {
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
