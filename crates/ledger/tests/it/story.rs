//! What every engine behind the ledger must do, told as functions over `&Ledger`. Each is given a
//! ledger of its own that holds nothing yet, and looks at it only through what any caller sees.

use ledger::Ledger;

pub(crate) mod along;
pub(crate) mod blocks;
pub(crate) mod book;
pub(crate) mod catalogue;
pub(crate) mod chain;
pub(crate) mod codes;
pub(crate) mod history;
pub(crate) mod household;
pub(crate) mod joining;
pub(crate) mod labels;
pub(crate) mod later;
pub(crate) mod leaves;
pub(crate) mod merging;
pub(crate) mod missing;
pub(crate) mod model;
pub(crate) mod naming;
pub(crate) mod operators;
pub(crate) mod owner;
pub(crate) mod partners;
pub(crate) mod people;
pub(crate) mod race;
pub(crate) mod record;
pub(crate) mod refusal;
pub(crate) mod reports;
pub(crate) mod returns;
pub(crate) mod sessions;
pub(crate) mod sign_in;
pub(crate) mod staging;
pub(crate) mod standing;
pub(crate) mod steps;

/// What it says, and how it goes.
pub(crate) type Story = (&'static str, fn(&Ledger));
