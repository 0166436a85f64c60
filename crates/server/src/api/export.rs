//! A person's book to take away, written while it is read, so that a long life needs no memory.
//!
//! `ndjson` is complete: a purchase a line, as the account shows it. `csv` has a row per item, and
//! rows of their own for adjustments and excluded tax, so that the amounts of a purchase sum to its
//! total; a text that a spreadsheet could take for a formula has an apostrophe before it.

use super::paths::Path;
use crate::app::App;
use crate::auth::SignedIn;
use crate::book::{message, store_of};
use crate::reply::{Refused, Reply};
use crate::stream::Sent;
use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use ledger::account::{Filed, Range};
use std::sync::Arc;
use tokio::sync::mpsc;
use wire::account::message::PurchaseMessage;
use wire::error::ErrorCode;

/// Purchases read at a time.
const PER_READ: usize = 100;
/// Pieces that may wait for a slow reader.
const PIECES_AHEAD: usize = 4;
/// A mark by which spreadsheets know UTF-8, then the columns.
const CSV_HEAD: &str = "\u{feff}purchase_id,kind,store_id,store,purchased_at,currency,row,line,code,name,category,quantity,unit,unit_price,discount,amount,tax_percent,voided\r\n";

/// How to write the book.
#[derive(Clone, Copy)]
enum Format {
    Ndjson,
    Csv,
}

/// The whole book as a file.
#[utoipa::path(get, path = "/v1/me/exports/{format}", tag = "Person",
    params(("format" = String, Path, description = "`ndjson` or `csv`")),
    responses((status = 200, description = "The book, newest first", body = String, content_type = "text/csv"),
        (status = 404, description = "No such format", body = wire::error::ProblemMessage, content_type = "application/problem+json")),
    security(("person" = [])))]
pub(super) async fn export(
    person: SignedIn,
    State(app): State<Arc<App>>,
    Path(format): Path<String>,
) -> Reply<Response> {
    let (format, media_type, file) = match format.as_str() {
        "ndjson" => (
            Format::Ndjson,
            "application/x-ndjson",
            "attachment; filename=\"orihon.ndjson\"",
        ),
        "csv" => (
            Format::Csv,
            "text/csv; charset=utf-8",
            "attachment; filename=\"orihon.csv\"",
        ),
        _ => {
            return Err(Refused::new(
                ErrorCode::NotFound,
                "exports are ndjson and csv",
            ));
        }
    };
    let (send, receive) = mpsc::channel(PIECES_AHEAD);
    tokio::spawn(write(app, person, format, send));
    let headers = [
        (CONTENT_TYPE, media_type),
        (CONTENT_DISPOSITION, file),
        (CACHE_CONTROL, "no-store"),
    ];
    Ok((headers, Body::from_stream(Sent(receive))).into_response())
}

async fn write(app: Arc<App>, person: SignedIn, format: Format, send: mpsc::Sender<bytes::Bytes>) {
    let mut range = Range::default();
    let mut head = match format {
        Format::Ndjson => String::new(),
        Format::Csv => CSV_HEAD.to_owned(),
    };
    loop {
        let Ok(page) = app.ledger.page(person.user_id, &range, PER_READ, &|_| true) else {
            return;
        };
        let mut piece = std::mem::take(&mut head);
        for filed in &page.purchases {
            add(&app, filed, format, &mut piece);
        }
        if send.send(piece.into()).await.is_err() {
            return;
        }
        match page.next {
            Some(next) => range.after = Some(next),
            None => return,
        }
    }
}

fn add(app: &App, filed: &Filed, format: Format, piece: &mut String) {
    let Ok(store) = store_of(app, filed) else {
        return;
    };
    let message = message(filed, &store);
    match format {
        Format::Ndjson => {
            piece.push_str(&serde_json::to_string(&message).unwrap_or_default());
            piece.push('\n');
        }
        Format::Csv => add_rows(&message, piece),
    }
}

/// The columns that a row fills beyond those of its purchase.
#[derive(Default)]
struct Row<'a> {
    row: &'a str,
    line: String,
    code: &'a str,
    name: &'a str,
    category: &'a str,
    quantity: &'a str,
    unit: &'a str,
    unit_price: String,
    discount: String,
    amount: i64,
    tax_percent: &'a str,
}

fn add_rows(message: &PurchaseMessage<'_>, piece: &mut String) {
    for line in &message.lines {
        let row = Row {
            row: "item",
            line: line.line.to_string(),
            code: line.code.unwrap_or_default(),
            name: line.name.unwrap_or_default(),
            category: line.category.unwrap_or_default(),
            quantity: &line.quantity,
            unit: line.unit,
            unit_price: line.unit_price.to_string(),
            discount: line.discount.to_string(),
            amount: line.amount,
            tax_percent: line.tax_percent.as_deref().unwrap_or_default(),
        };
        add_row(message, &row, piece);
    }
    for adjustment in &message.adjustments {
        let row = Row {
            row: "adjustment",
            name: adjustment.label,
            amount: adjustment.amount,
            tax_percent: adjustment.tax_percent.as_deref().unwrap_or_default(),
            ..Row::default()
        };
        add_row(message, &row, piece);
    }
    for tax in message.taxes.iter().filter(|tax| !tax.included) {
        let row = Row {
            row: "tax",
            amount: tax.tax,
            tax_percent: &tax.percent,
            ..Row::default()
        };
        add_row(message, &row, piece);
    }
    if message.lines.is_empty() {
        let row = Row {
            row: "void",
            amount: message.total,
            ..Row::default()
        };
        add_row(message, &row, piece);
    }
}

fn add_row(message: &PurchaseMessage<'_>, row: &Row<'_>, piece: &mut String) {
    let amount = row.amount.to_string();
    let voided = if message.voided_by.is_some() {
        "yes"
    } else {
        ""
    };
    let cells = [
        message.purchase_id.as_str(),
        message.kind,
        message.store.id,
        message.store.name,
        &message.purchased_at,
        message.currency,
        row.row,
        &row.line,
        row.code,
        row.name,
        row.category,
        row.quantity,
        row.unit,
        &row.unit_price,
        &row.discount,
        &amount,
        row.tax_percent,
        voided,
    ];
    for (at, cell) in cells.iter().enumerate() {
        if at > 0 {
            piece.push(',');
        }
        // Numbers of ours may begin with a minus; texts of others must not pose as formulas.
        let is_number = matches!(at, 7 | 13..=15);
        push_cell(cell, is_number, piece);
    }
    piece.push_str("\r\n");
}

fn push_cell(cell: &str, is_number: bool, piece: &mut String) {
    let is_formula =
        !is_number && cell.starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠']);
    let needs_quotes = is_formula || cell.contains([',', '"', '\n', '\r']);
    if !needs_quotes {
        piece.push_str(cell);
        return;
    }
    piece.push('"');
    if is_formula {
        piece.push('\'');
    }
    piece.push_str(&cell.replace('"', "\"\""));
    piece.push('"');
}
