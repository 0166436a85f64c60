//! A row per item for spreadsheets, and rows of their own for adjustments and for tax on top, so
//! that the amounts sum to what was spent: of a purchase, of a shop, of all. There is no row that
//! sums others. A text that a spreadsheet could take for a formula has an apostrophe before it.

use super::cp932;
use super::entry::Entry;
use wire::account::export::Encoding;

const COLUMNS: &str = "purchase_id,kind,store_id,store,purchased_at,currency,row,line,code,gtin,name,category,quantity,unit,unit_price,discount,amount,tax_percent,voided\r\n";

/// How it is written, and what that cost.
pub(super) struct Csv {
    encoding: Encoding,
    /// Characters that the encoding lacks.
    replaced: u64,
}

/// The columns that a row fills beyond those of its purchase.
#[derive(Default)]
struct Row<'a> {
    row: &'a str,
    line: String,
    code: &'a str,
    gtin: &'a str,
    name: &'a str,
    category: &'a str,
    quantity: String,
    unit: &'a str,
    unit_price: String,
    discount: String,
    /// In minor units, as it counts.
    amount: i64,
    tax_percent: &'a str,
}

/// What stands in a cell.
enum Cell<'a> {
    /// Words of others, which must not pose as formulas.
    Words(&'a str),
    /// A number of ours, which may begin with a minus.
    Number(&'a str),
}

impl Csv {
    pub(super) const fn new(encoding: Encoding) -> Self {
        Self {
            encoding,
            replaced: 0,
        }
    }

    pub(super) fn begin(&self, piece: &mut Vec<u8>) {
        match self.encoding {
            Encoding::Utf8Bom => piece.extend_from_slice("\u{feff}".as_bytes()),
            Encoding::Utf8 | Encoding::Cp932 => {}
        }
        piece.extend_from_slice(COLUMNS.as_bytes());
    }

    pub(super) fn add(&mut self, entry: &Entry<'_>, piece: &mut Vec<u8>) {
        let mut text = String::new();
        add_rows(entry, &mut text);
        match self.encoding {
            Encoding::Utf8Bom | Encoding::Utf8 => piece.extend_from_slice(text.as_bytes()),
            Encoding::Cp932 => self.replaced += cp932::encode(&text, piece),
        }
    }

    /// Says what was replaced in a row of its own, which counts for nothing.
    pub(super) fn end(&self, piece: &mut Vec<u8>) {
        if self.replaced == 0 {
            return;
        }
        let count = self.replaced;
        let note = format!("characters that CP932 lacks and that became 〓: {count}");
        let mut text = String::new();
        let cells = COLUMNS.trim_end().split(',').map(|column| match column {
            "row" => Cell::Words("note"),
            "name" => Cell::Words(&note),
            "amount" => Cell::Number("0"),
            _ => Cell::Words(""),
        });
        push_row(cells, &mut text);
        cp932::encode(&text, piece);
    }
}

fn add_rows(entry: &Entry<'_>, text: &mut String) {
    let message = &entry.message;
    for line in &message.lines {
        let row = Row {
            row: "item",
            line: line.line.to_string(),
            code: line.code.unwrap_or_default(),
            gtin: line.gtin.unwrap_or_default(),
            name: line.name.unwrap_or_default(),
            category: line.category.unwrap_or_default(),
            quantity: entry.quantity(&line.quantity),
            unit: line.unit,
            unit_price: entry.money(line.unit_price),
            discount: entry.money(entry.counted(line.discount)),
            amount: entry.counted(line.amount),
            tax_percent: line.tax_percent.as_deref().unwrap_or_default(),
        };
        add_row(entry, &row, text);
    }
    for adjustment in &message.adjustments {
        let row = Row {
            row: "adjustment",
            name: adjustment.label,
            category: adjustment.kind,
            amount: entry.counted(adjustment.amount),
            tax_percent: adjustment.tax_percent.as_deref().unwrap_or_default(),
            ..Row::default()
        };
        add_row(entry, &row, text);
    }
    for tax in message.taxes.iter().filter(|tax| !tax.included) {
        let row = Row {
            row: "tax",
            amount: entry.counted(tax.tax),
            tax_percent: &tax.percent,
            ..Row::default()
        };
        add_row(entry, &row, text);
    }
    // Only a void has no lines. It is told, and counts for nothing, like what it took back.
    if message.lines.is_empty() {
        let row = Row {
            row: "void",
            ..Row::default()
        };
        add_row(entry, &row, text);
    }
}

fn add_row(entry: &Entry<'_>, row: &Row<'_>, text: &mut String) {
    let message = &entry.message;
    let voided = if message.voided_by.is_some() {
        "yes"
    } else {
        ""
    };
    let cells = [
        Cell::Words(&message.purchase_id),
        Cell::Words(message.kind),
        Cell::Words(message.store.id),
        Cell::Words(message.store.name),
        Cell::Words(&message.purchased_at),
        Cell::Words(message.currency),
        Cell::Words(row.row),
        Cell::Number(&row.line),
        Cell::Words(row.code),
        Cell::Words(row.gtin),
        Cell::Words(row.name),
        Cell::Words(row.category),
        Cell::Number(&row.quantity),
        Cell::Words(row.unit),
        Cell::Number(&row.unit_price),
        Cell::Number(&row.discount),
        Cell::Number(&entry.money(row.amount)),
        Cell::Words(row.tax_percent),
        Cell::Words(voided),
    ];
    push_row(cells, text);
}

fn push_row<'a>(cells: impl IntoIterator<Item = Cell<'a>>, text: &mut String) {
    for (at, cell) in cells.into_iter().enumerate() {
        if at > 0 {
            text.push(',');
        }
        match cell {
            Cell::Words(words) => push_words(words, text),
            Cell::Number(number) => text.push_str(number),
        }
    }
    text.push_str("\r\n");
}

fn push_words(words: &str, text: &mut String) {
    // Some programs take blanks away before they look for a formula, and a wide sign for a narrow
    // one; − is written as － in code page 932.
    let is_formula = words
        .trim_start()
        .starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠', '−']);
    if !is_formula && !words.contains([',', '"', '\n', '\r']) {
        text.push_str(words);
        return;
    }
    text.push('"');
    if is_formula {
        text.push('\'');
    }
    text.push_str(&words.replace('"', "\"\""));
    text.push('"');
}
