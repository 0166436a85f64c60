//! A book to take away: what can be asked for, and the lines of the complete form. How the other
//! forms are written is the server's business.

use super::message::PurchaseMessage;
use super::query::{PurchaseQuery, Query};
use crate::error::{ErrorCode, FieldError};
use crate::settlement::answer::SettlementAnswer;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::{IntoParams, ToSchema};

/// The version of the complete form. A line that means something else than before needs the next.
pub const EXPORT_VERSION: u32 = 1;

/// The forms of a book.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExportFormat {
    /// Complete, a purchase a line, to be read by programs.
    Ndjson,
    /// A row per item, for spreadsheets.
    Csv,
    /// A journal of hledger.
    Hledger,
    /// A file of Beancount 2 or 3.
    Beancount,
}

impl ExportFormat {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Ndjson, Self::Csv, Self::Hledger, Self::Beancount];

    /// Its name in the path.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ndjson => "ndjson",
            Self::Csv => "csv",
            Self::Hledger => "hledger",
            Self::Beancount => "beancount",
        }
    }

    /// What a file of this form is called.
    #[must_use]
    pub const fn file_name(self) -> &'static str {
        match self {
            Self::Ndjson => "orihon.ndjson",
            Self::Csv => "orihon.csv",
            Self::Hledger => "orihon.journal",
            Self::Beancount => "orihon.beancount",
        }
    }
}

/// What can be taken away, by its name in the path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// The book in one form.
    Book(ExportFormat),
    /// A ZIP file with the book in every form and everything else that an account holds.
    Bundle,
}

impl Taken {
    /// Everything.
    pub const ALL: [Self; 5] = [
        Self::Book(ExportFormat::Ndjson),
        Self::Book(ExportFormat::Csv),
        Self::Book(ExportFormat::Hledger),
        Self::Book(ExportFormat::Beancount),
        Self::Bundle,
    ];

    /// Its name in the path.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Book(format) => format.name(),
            Self::Bundle => "bundle",
        }
    }

    /// What has that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|taken| taken.name() == name)
    }

    /// What the file is called.
    #[must_use]
    pub const fn file_name(self) -> &'static str {
        match self {
            Self::Book(format) => format.file_name(),
            Self::Bundle => "orihon.zip",
        }
    }
}

/// How the characters of a CSV file are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8 after a mark by which spreadsheets know it.
    #[default]
    Utf8Bom,
    /// UTF-8, for programs.
    Utf8,
    /// What Japanese Windows calls Shift-JIS (code page 932).
    Cp932,
}

impl Encoding {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Utf8Bom, Self::Utf8, Self::Cp932];

    /// Its name in the query.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Utf8Bom => "utf-8-bom",
            Self::Utf8 => "utf-8",
            Self::Cp932 => "cp932",
        }
    }
}

/// The parameters of `GET /v1/me/exports/{format}`, as sent.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ExportQuery {
    /// Not before this: a time of RFC 3339, or a date in the store's own days.
    #[param(example = "2017-01-01")]
    pub from: Option<String>,
    /// Before this time of RFC 3339, or up to and including this date.
    #[param(example = "2017-12-31")]
    pub to: Option<String>,
    /// Only for `csv`: `utf-8-bom` (if absent), `utf-8` or `cp932`.
    #[param(example = "utf-8-bom")]
    pub encoding: Option<String>,
}

/// An export that was proven.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Export {
    /// In which form.
    pub format: ExportFormat,
    /// With which characters; other forms than CSV are UTF-8.
    pub encoding: Encoding,
    /// Which purchases.
    pub which: Query,
}

impl ExportQuery {
    /// Proves that nothing was asked of a bundle, which always holds everything.
    ///
    /// # Errors
    /// Every parameter that was given a value.
    pub fn prove_whole(&self) -> Result<(), Vec<FieldError>> {
        let given = [
            ("from", &self.from),
            ("to", &self.to),
            ("encoding", &self.encoding),
        ];
        let faults: Vec<_> = given
            .into_iter()
            .filter(|(_, value)| value.as_deref().is_some_and(|value| !value.is_empty()))
            .map(|(name, _)| FieldError {
                pointer: format!("/{name}"),
                code: ErrorCode::InvalidValue,
                detail: "a bundle always holds everything; leave this parameter out".to_owned(),
            })
            .collect();
        if faults.is_empty() {
            Ok(())
        } else {
            Err(faults)
        }
    }

    /// Proves the parameters for a book in `format`.
    ///
    /// # Errors
    /// Every fault found, with `/` and the parameter as its place; never none.
    pub fn prove(&self, format: ExportFormat) -> Result<Export, Vec<FieldError>> {
        let which = PurchaseQuery {
            from: self.from.clone(),
            to: self.to.clone(),
            ..PurchaseQuery::default()
        };
        // As for a page: an empty parameter is a field of a form that was left blank.
        let name = self.encoding.as_deref().filter(|name| !name.is_empty());
        match (which.prove(), encoding(format, name)) {
            (Ok(which), Ok(encoding)) => Ok(Export {
                format,
                encoding,
                which,
            }),
            (which, encoding) => {
                let mut faults = which.err().unwrap_or_default();
                faults.extend(encoding.err());
                Err(faults)
            }
        }
    }
}

fn encoding(format: ExportFormat, name: Option<&str>) -> Result<Encoding, FieldError> {
    let Some(name) = name else {
        return Ok(Encoding::default());
    };
    let wrong = |detail: &str| FieldError {
        pointer: "/encoding".to_owned(),
        code: ErrorCode::InvalidValue,
        detail: detail.to_owned(),
    };
    if format != ExportFormat::Csv {
        return Err(wrong(
            "only csv has a choice of encodings; leave it away, the others are UTF-8",
        ));
    }
    Encoding::ALL
        .into_iter()
        .find(|encoding| encoding.name() == name)
        .ok_or_else(|| wrong("must be utf-8-bom, utf-8 or cp932"))
}

/// The first line of the complete form.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct ExportHead {
    /// The version of the form: 1.
    pub orihon_export: u32,
}

/// A line of the complete form: the purchase as the account shows it, with the settlement behind it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ExportedPurchase<'a> {
    /// The purchase.
    #[serde(flatten)]
    pub purchase: PurchaseMessage<'a>,
    /// What the store sent. Sent again it is the same settlement, by its digest, unless a claim code
    /// was printed for it: of that only a hash is kept.
    pub settlement: SettlementAnswer<'a>,
    /// The person's own names for items, by the number of the line.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub own_names: BTreeMap<u16, &'a str>,
    /// The person's own note.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<&'a str>,
}

/// The last line of the complete form. A file without it was cut off.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct ExportEnd {
    /// Purchases before it.
    pub purchases: u64,
    /// What they cost, in minor units of each currency: returns are negative, what was voided is zero.
    #[schema(value_type = BTreeMap<String, i64>)]
    pub total_by_currency: BTreeMap<String, i128>,
}
