//! What can be written about operators: further keys, and what was done by whom.

use super::Write;
use crate::account::{Grant, Note};
use purchase::id::TokenId;
use purchase::text::Text;

/// Something that an operator does, noted in the same commit if it is done.
#[derive(Clone, Debug)]
pub struct Noted {
    /// What is noted.
    pub note: Note,
    /// What is done; nothing is, if the operator only looks at something.
    pub write: Option<Write>,
}

/// A further key of an operator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewOperator {
    /// Its id.
    pub token_id: TokenId,
    /// Its hash.
    pub hash: [u8; 32],
    /// What its holder is called, at most 200 characters.
    pub label: Option<Text>,
    /// What it is good for.
    pub grant: Grant,
}

impl NewOperator {
    /// A key for everything, of nobody in particular.
    #[must_use]
    pub const fn everything(token_id: TokenId, hash: [u8; 32]) -> Self {
        Self {
            token_id,
            hash,
            label: None,
            grant: Grant::everything(),
        }
    }
}
