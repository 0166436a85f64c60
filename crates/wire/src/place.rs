//! Where in a message something is, and what was found wrong there. A place is a chain on the
//! stack that costs nothing until there is a fault to point at.

use crate::error::{ErrorCode, FieldError};
use crate::limits::ERRORS;
use purchase::id::IdError;
use purchase::money::MoneyError;
use purchase::quantity::DecimalError;
use purchase::text::TextError;
use purchase::time::TimeError;

/// A place in a message; shown as a JSON Pointer (RFC 6901).
#[derive(Clone, Copy)]
pub(crate) enum Place<'a> {
    Root,
    Member(&'a Place<'a>, &'a str),
    Row(&'a Place<'a>, usize),
}

impl<'a> Place<'a> {
    pub(crate) const fn member(&'a self, name: &'a str) -> Self {
        Self::Member(self, name)
    }

    pub(crate) const fn row(&'a self, at: usize) -> Self {
        Self::Row(self, at)
    }
}

impl std::fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Root => Ok(()),
            Self::Member(parent, name) => write!(f, "{parent}/{}", escape(name)),
            Self::Row(parent, at) => write!(f, "{parent}/{at}"),
        }
    }
}

/// A member's name as a part of a pointer.
pub(crate) fn escape(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// What is wrong with one value.
#[derive(Debug)]
pub(crate) struct Finding {
    pub(crate) code: ErrorCode,
    pub(crate) detail: String,
}

impl Finding {
    pub(crate) fn new(code: ErrorCode, detail: impl Into<String>) -> Self {
        let detail = detail.into();
        Self { code, detail }
    }

    pub(crate) fn invalid(detail: impl Into<String>) -> Self {
        Self::new(ErrorCode::InvalidValue, detail)
    }
}

impl From<TextError> for Finding {
    fn from(error: TextError) -> Self {
        let code = match error {
            TextError::TooLong { .. } => ErrorCode::TooLong,
            TextError::Empty | TextError::Unprintable { .. } => ErrorCode::InvalidValue,
        };
        Self::new(code, error.to_string())
    }
}

impl From<IdError> for Finding {
    fn from(error: IdError) -> Self {
        Self::invalid(error.to_string())
    }
}

impl From<MoneyError> for Finding {
    fn from(error: MoneyError) -> Self {
        Self::invalid(error.to_string())
    }
}

impl From<DecimalError> for Finding {
    fn from(error: DecimalError) -> Self {
        Self::invalid(error.to_string())
    }
}

impl From<TimeError> for Finding {
    fn from(error: TimeError) -> Self {
        Self::invalid(error.to_string())
    }
}

/// All that was found wrong with a message, up to [`ERRORS`].
#[derive(Default)]
pub(crate) struct Findings(Vec<FieldError>);

impl Findings {
    pub(crate) fn add(&mut self, place: Place<'_>, finding: impl Into<Finding>) {
        if !self.is_full() {
            let Finding { code, detail } = finding.into();
            let pointer = place.to_string();
            self.0.push(FieldError {
                pointer,
                code,
                detail,
            });
        }
    }

    /// Adds an error whose pointer begins at `place`.
    pub(crate) fn add_below(&mut self, place: Place<'_>, error: FieldError) {
        if !self.is_full() {
            let pointer = format!("{place}{}", error.pointer);
            self.0.push(FieldError { pointer, ..error });
        }
    }

    /// The value, or nothing and a finding.
    pub(crate) fn take<T>(
        &mut self,
        place: Place<'_>,
        result: Result<T, impl Into<Finding>>,
    ) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(error) => {
                self.add(place, error);
                None
            }
        }
    }

    /// The proven form of a value that may be absent. A value that is wrong counts as absent: the
    /// message is refused as a whole anyway.
    pub(crate) fn maybe<S, T, E: Into<Finding>>(
        &mut self,
        place: Place<'_>,
        sent: Option<S>,
        prove: impl FnOnce(S) -> Result<T, E>,
    ) -> Option<T> {
        sent.and_then(|sent| self.take(place, prove(sent)))
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) const fn is_full(&self) -> bool {
        self.0.len() >= ERRORS
    }

    pub(crate) fn into_errors(self) -> Vec<FieldError> {
        self.0
    }
}
