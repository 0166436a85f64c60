//! What can go wrong, as a closed list: every stable code of the interface, with its status, whether
//! trying again can help, and whether anything happened. What the client reads is here; what the
//! log reads is not.

use purchase::sums::Rule;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use problem::{FieldError, Problem, ProblemMessage};

mod problem;

/// A stable code. Clients branch on it; texts may change.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// The body is not JSON.
    MalformedJson,
    /// A field that the contract does not know.
    UnknownField,
    /// A required field is missing.
    MissingField,
    /// A field stands there twice.
    DuplicateField,
    /// A value has the wrong form or lies outside its bounds.
    InvalidValue,
    /// A text is too long.
    TooLong,
    /// A line's amount is not price times quantity less discount.
    LineSum,
    /// The discounts of a line do not sum to its discount.
    DiscountSum,
    /// The total is not lines, adjustments and excluded tax.
    TotalSum,
    /// Tenders less change are not the total.
    TenderSum,
    /// An amount that cannot be negative is.
    NegativeAmount,
    /// A line has neither code nor name.
    NamelessLine,
    /// More rows than a message takes.
    TooManyRows,
    /// A sale or return without lines, or a void with some.
    LinesOfKind,
    /// `of` where it does not belong, or a void without it.
    OriginalOfKind,
    /// `of.lines` does not have one entry per return line.
    OriginalLines,
    /// A line is named that does not exist.
    LineReference,
    /// Two tax rows of one rate and place.
    DuplicateTaxRow,
    /// A service ends before it begins.
    ServiceTimes,
    /// A settlement speaks of itself.
    SelfReference,
    /// A text holds a whole card number; nothing of it is kept.
    CardNumberRefused,
    /// A code stands twice with one `effective_from` in an update.
    DuplicateItem,
    /// More bytes or items than a request takes.
    TooLarge,
    /// The currency is not the store's.
    CurrencyMismatch,
    /// The store is not the sender's, or not of its chain.
    NotYourStore,
    /// The store is closed and writes nothing more.
    StoreClosed,
    /// No store has this id.
    StoreUnknown,
    /// The original is itself a void.
    VoidOfVoid,
    /// The original was taken back before.
    AlreadyVoided,
    /// Something of the original came back already.
    HasReturns,
    /// A void's total is not the original's.
    VoidTotal,
    /// The settlement key is taken by other content.
    KeyConflict,
    /// The update builds on another revision than the current one.
    CatalogueGap,
    /// The current revision has other content.
    CatalogueForked,
    /// No chain has this id.
    ChainUnknown,
    /// The store cannot follow that one's catalogue.
    CatalogueSource,
    /// The store follows another one's catalogue, which is written there.
    CatalogueFollows,
    /// Lines that wait, or stores that follow, count on what would change.
    CatalogueInUse,
    /// There is one of that name with other content.
    AlreadyExistsDifferently,
    /// The operator's last key: nobody could come in without it.
    LastKey,
    /// So many claim codes of the person wait for their sale that no more are taken.
    ClaimsWaiting,
    /// Whoever asked for a receipt was answered before, or takes the request back.
    RequestClosed,
    /// The sale is somebody's already.
    SaleTaken,
    /// Two accounts cannot become one: one of them is suspended, asked to go, or went into another before.
    CannotMerge,
    /// The account is suspended. Its own data can still be had, and goods that are bought are filed.
    AccountSuspended,
    /// No key, or one that is not known.
    Unauthenticated,
    /// A signature's time is over five minutes off; sign again with `server_time`.
    ClockSkew,
    /// The key does not allow this.
    Forbidden,
    /// There is no such thing, or it is somebody else's.
    NotFound,
    /// The route has no such method.
    MethodNotAllowed,
    /// The content type is not one that the route takes.
    UnsupportedMediaType,
    /// Too many requests; wait as long as `Retry-After` says.
    RateLimited,
    /// The server cannot take this now.
    Unavailable,
    /// The server is shutting down.
    Draining,
    /// The server's disk is full.
    DiskFull,
    /// The ledger has failed and takes nothing until it is restarted.
    Faulted,
    /// A fault of the server.
    Internal,
}

impl ErrorCode {
    /// Every code, in the order of the documentation.
    pub const ALL: [Self; 57] = [
        Self::MalformedJson,
        Self::UnknownField,
        Self::MissingField,
        Self::DuplicateField,
        Self::InvalidValue,
        Self::TooLong,
        Self::LineSum,
        Self::DiscountSum,
        Self::TotalSum,
        Self::TenderSum,
        Self::NegativeAmount,
        Self::NamelessLine,
        Self::TooManyRows,
        Self::LinesOfKind,
        Self::OriginalOfKind,
        Self::OriginalLines,
        Self::LineReference,
        Self::DuplicateTaxRow,
        Self::ServiceTimes,
        Self::SelfReference,
        Self::CardNumberRefused,
        Self::DuplicateItem,
        Self::TooLarge,
        Self::CurrencyMismatch,
        Self::NotYourStore,
        Self::StoreClosed,
        Self::StoreUnknown,
        Self::VoidOfVoid,
        Self::AlreadyVoided,
        Self::HasReturns,
        Self::VoidTotal,
        Self::KeyConflict,
        Self::CatalogueGap,
        Self::CatalogueForked,
        Self::ChainUnknown,
        Self::CatalogueSource,
        Self::CatalogueFollows,
        Self::CatalogueInUse,
        Self::AlreadyExistsDifferently,
        Self::LastKey,
        Self::ClaimsWaiting,
        Self::RequestClosed,
        Self::SaleTaken,
        Self::CannotMerge,
        Self::AccountSuspended,
        Self::Unauthenticated,
        Self::ClockSkew,
        Self::Forbidden,
        Self::NotFound,
        Self::MethodNotAllowed,
        Self::UnsupportedMediaType,
        Self::RateLimited,
        Self::Unavailable,
        Self::Draining,
        Self::DiskFull,
        Self::Faulted,
        Self::Internal,
    ];

    /// The code as clients see it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::MalformedJson => "malformed_json",
            Self::UnknownField => "unknown_field",
            Self::MissingField => "missing_field",
            Self::DuplicateField => "duplicate_field",
            Self::InvalidValue => "invalid_value",
            Self::TooLong => "too_long",
            Self::LineSum => "line_sum",
            Self::DiscountSum => "discount_sum",
            Self::TotalSum => "total_sum",
            Self::TenderSum => "tender_sum",
            Self::NegativeAmount => "negative_amount",
            Self::NamelessLine => "nameless_line",
            Self::TooManyRows => "too_many_rows",
            Self::LinesOfKind => "lines_of_kind",
            Self::OriginalOfKind => "original_of_kind",
            Self::OriginalLines => "original_lines",
            Self::LineReference => "line_reference",
            Self::DuplicateTaxRow => "duplicate_tax_row",
            Self::ServiceTimes => "service_times",
            Self::SelfReference => "self_reference",
            Self::CardNumberRefused => "card_number_refused",
            Self::DuplicateItem => "duplicate_item",
            Self::TooLarge => "too_large",
            Self::CurrencyMismatch => "currency_mismatch",
            Self::NotYourStore => "not_your_store",
            Self::StoreClosed => "store_closed",
            Self::StoreUnknown => "store_unknown",
            Self::VoidOfVoid => "void_of_void",
            Self::AlreadyVoided => "already_voided",
            Self::HasReturns => "has_returns",
            Self::VoidTotal => "void_total",
            Self::KeyConflict => "key_conflict",
            Self::CatalogueGap => "catalogue_gap",
            Self::CatalogueForked => "catalogue_forked",
            Self::ChainUnknown => "chain_unknown",
            Self::CatalogueSource => "catalogue_source",
            Self::CatalogueFollows => "catalogue_follows",
            Self::CatalogueInUse => "catalogue_in_use",
            Self::AlreadyExistsDifferently => "already_exists_differently",
            Self::LastKey => "last_key",
            Self::ClaimsWaiting => "claims_waiting",
            Self::RequestClosed => "request_closed",
            Self::SaleTaken => "sale_taken",
            Self::CannotMerge => "cannot_merge",
            Self::AccountSuspended => "account_suspended",
            Self::Unauthenticated => "unauthenticated",
            Self::ClockSkew => "clock_skew",
            Self::Forbidden => "forbidden",
            Self::NotFound => "not_found",
            Self::MethodNotAllowed => "method_not_allowed",
            Self::UnsupportedMediaType => "unsupported_media_type",
            Self::RateLimited => "rate_limited",
            Self::Unavailable => "unavailable",
            Self::Draining => "draining",
            Self::DiskFull => "disk_full",
            Self::Faulted => "faulted",
            Self::Internal => "internal",
        }
    }

    /// A short title in English.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::MalformedJson => "The body is not JSON",
            Self::UnknownField => "A field that the contract does not know",
            Self::MissingField => "A required field is missing",
            Self::DuplicateField => "A field stands there twice",
            Self::InvalidValue => "A value has the wrong form",
            Self::TooLong => "A text is too long",
            Self::LineSum => "A line does not add up",
            Self::DiscountSum => "The discounts of a line do not add up",
            Self::TotalSum => "The total does not add up",
            Self::TenderSum => "The tenders do not add up",
            Self::NegativeAmount => "An amount is negative",
            Self::NamelessLine => "A line has neither code nor name",
            Self::TooManyRows => "Too many rows",
            Self::LinesOfKind => "The lines do not fit the kind",
            Self::OriginalOfKind => "The original does not fit the kind",
            Self::OriginalLines => "The lines of the original do not match",
            Self::LineReference => "A line that does not exist",
            Self::DuplicateTaxRow => "Two tax rows of one rate",
            Self::ServiceTimes => "A service ends before it begins",
            Self::SelfReference => "A settlement speaks of itself",
            Self::CardNumberRefused => "A whole card number",
            Self::DuplicateItem => "An item stands there twice",
            Self::TooLarge => "Too large",
            Self::CurrencyMismatch => "Not the store's currency",
            Self::NotYourStore => "Not your store",
            Self::StoreClosed => "The store is closed",
            Self::StoreUnknown => "The store is not known",
            Self::VoidOfVoid => "A void cannot be voided",
            Self::AlreadyVoided => "Voided before",
            Self::HasReturns => "Something came back already",
            Self::VoidTotal => "The total is not the original's",
            Self::KeyConflict => "The key is taken by other content",
            Self::CatalogueGap => "The catalogue stands elsewhere",
            Self::CatalogueForked => "The revision has other content",
            Self::ChainUnknown => "The chain is not known",
            Self::CatalogueSource => "Not a catalogue to follow",
            Self::CatalogueFollows => "The catalogue is written elsewhere",
            Self::CatalogueInUse => "Something counts on it",
            Self::AlreadyExistsDifferently => "There is one with other content",
            Self::LastKey => "It is the last key",
            Self::ClaimsWaiting => "Too many codes wait",
            Self::RequestClosed => "The request is no longer open",
            Self::SaleTaken => "The sale is somebody's",
            Self::CannotMerge => "These accounts cannot become one",
            Self::AccountSuspended => "The account is suspended",
            Self::Unauthenticated => "No valid key",
            Self::ClockSkew => "The clock is off",
            Self::Forbidden => "Not allowed",
            Self::NotFound => "Not found",
            Self::MethodNotAllowed => "Method not allowed",
            Self::UnsupportedMediaType => "Unsupported media type",
            Self::RateLimited => "Too many requests",
            Self::Unavailable => "Not available now",
            Self::Draining => "Shutting down",
            Self::DiskFull => "The disk is full",
            Self::Faulted => "The ledger has failed",
            Self::Internal => "A fault of the server",
        }
    }

    /// The HTTP status of an answer with this code.
    #[must_use]
    pub const fn status(self) -> u16 {
        match self {
            Self::MalformedJson => 400,
            Self::Unauthenticated | Self::ClockSkew => 401,
            Self::NotYourStore | Self::Forbidden | Self::AccountSuspended => 403,
            Self::NotFound => 404,
            Self::MethodNotAllowed => 405,
            Self::KeyConflict
            | Self::CatalogueGap
            | Self::CatalogueForked
            | Self::CatalogueFollows
            | Self::CatalogueInUse
            | Self::AlreadyExistsDifferently
            | Self::LastKey
            | Self::ClaimsWaiting
            | Self::RequestClosed
            | Self::SaleTaken
            | Self::CannotMerge => 409,
            Self::TooLarge => 413,
            Self::UnsupportedMediaType => 415,
            Self::UnknownField
            | Self::MissingField
            | Self::DuplicateField
            | Self::InvalidValue
            | Self::TooLong
            | Self::LineSum
            | Self::DiscountSum
            | Self::TotalSum
            | Self::TenderSum
            | Self::NegativeAmount
            | Self::NamelessLine
            | Self::TooManyRows
            | Self::LinesOfKind
            | Self::OriginalOfKind
            | Self::OriginalLines
            | Self::LineReference
            | Self::DuplicateTaxRow
            | Self::ServiceTimes
            | Self::SelfReference
            | Self::CardNumberRefused
            | Self::DuplicateItem
            | Self::CurrencyMismatch
            | Self::StoreClosed
            | Self::StoreUnknown
            | Self::ChainUnknown
            | Self::CatalogueSource
            | Self::VoidOfVoid
            | Self::AlreadyVoided
            | Self::HasReturns
            | Self::VoidTotal => 422,
            Self::RateLimited => 429,
            Self::Internal => 500,
            Self::Unavailable | Self::Draining | Self::DiskFull | Self::Faulted => 503,
        }
    }

    /// May the same content succeed when it is sent again later? A message that was refused for
    /// what it says never does; a clock that is off is mended by signing anew.
    #[must_use]
    pub const fn is_retryable(self) -> bool {
        match self.fate() {
            Fate::Refused => false,
            Fate::NotYet | Fate::Unknown => true,
        }
    }

    /// Is it certain that nothing was changed? After a fault of the server it is not: send the same
    /// again and the outcome tells.
    #[must_use]
    pub const fn had_no_effect(self) -> bool {
        match self.fate() {
            Fate::Refused | Fate::NotYet => true,
            Fate::Unknown => false,
        }
    }

    const fn fate(self) -> Fate {
        match self {
            Self::MalformedJson
            | Self::UnknownField
            | Self::MissingField
            | Self::DuplicateField
            | Self::InvalidValue
            | Self::TooLong
            | Self::LineSum
            | Self::DiscountSum
            | Self::TotalSum
            | Self::TenderSum
            | Self::NegativeAmount
            | Self::NamelessLine
            | Self::TooManyRows
            | Self::LinesOfKind
            | Self::OriginalOfKind
            | Self::OriginalLines
            | Self::LineReference
            | Self::DuplicateTaxRow
            | Self::ServiceTimes
            | Self::SelfReference
            | Self::CardNumberRefused
            | Self::DuplicateItem
            | Self::TooLarge
            | Self::CurrencyMismatch
            | Self::NotYourStore
            | Self::StoreClosed
            | Self::StoreUnknown
            | Self::VoidOfVoid
            | Self::AlreadyVoided
            | Self::HasReturns
            | Self::VoidTotal
            | Self::KeyConflict
            | Self::CatalogueGap
            | Self::CatalogueForked
            | Self::ChainUnknown
            | Self::CatalogueSource
            | Self::CatalogueFollows
            | Self::CatalogueInUse
            | Self::AlreadyExistsDifferently
            | Self::LastKey
            | Self::ClaimsWaiting
            | Self::RequestClosed
            | Self::SaleTaken
            | Self::CannotMerge
            | Self::AccountSuspended
            | Self::Unauthenticated
            | Self::Forbidden
            | Self::NotFound
            | Self::MethodNotAllowed
            | Self::UnsupportedMediaType => Fate::Refused,
            Self::ClockSkew | Self::RateLimited => Fate::NotYet,
            Self::Internal
            | Self::Unavailable
            | Self::Draining
            | Self::DiskFull
            | Self::Faulted => Fate::Unknown,
        }
    }
}

/// What a code means for the request that it answers.
#[derive(Clone, Copy)]
enum Fate {
    /// It was looked at and will never be taken.
    Refused,
    /// It was not looked at.
    NotYet,
    /// It may or may not have happened.
    Unknown,
}

impl std::fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl From<Rule> for ErrorCode {
    fn from(rule: Rule) -> Self {
        match rule {
            Rule::LineSum => Self::LineSum,
            Rule::DiscountSum => Self::DiscountSum,
            Rule::TotalSum => Self::TotalSum,
            Rule::TenderSum => Self::TenderSum,
            Rule::NegativeAmount => Self::NegativeAmount,
            Rule::NamelessLine => Self::NamelessLine,
            Rule::TooManyRows => Self::TooManyRows,
            Rule::LinesOfKind => Self::LinesOfKind,
            Rule::OriginalOfKind => Self::OriginalOfKind,
            Rule::OriginalLines => Self::OriginalLines,
            Rule::LineReference => Self::LineReference,
            Rule::DuplicateTaxRow => Self::DuplicateTaxRow,
            Rule::ServiceTimes => Self::ServiceTimes,
            Rule::SelfReference => Self::SelfReference,
            Rule::CardNumber => Self::CardNumberRefused,
        }
    }
}
