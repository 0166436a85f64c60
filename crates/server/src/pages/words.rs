//! What pages say, in both languages. Each text is a field of a struct that both languages fill, so that
//! one which is missing does not compile. Nothing here knows a page; a page takes its words from here.

use super::language::Lang;

pub(super) mod account;
pub(super) mod book;
pub(super) mod claim;
pub(super) mod code;
pub(super) mod consent;
pub(super) mod discretion;
pub(super) mod household;
pub(super) mod missing;
pub(super) mod sign_in;
pub(super) mod spending;
pub(super) mod suspended;
pub(super) mod welcome;

/// What every page of an account may need.
pub(super) struct Words {
    pub(super) home: &'static str,
    pub(super) book: &'static str,
    pub(super) code: &'static str,
    pub(super) account: &'static str,
    pub(super) months: &'static str,
    pub(super) household: &'static str,
}

static JA: Words = Words {
    home: "はじめのページへ",
    book: "記録",
    code: "コード",
    account: "アカウント",
    months: "月",
    household: "家族",
};

static EN: Words = Words {
    home: "To the first page",
    book: "Book",
    code: "Code",
    account: "Account",
    months: "Months",
    household: "Household",
};

impl Lang {
    /// What every page may need, in this language.
    pub(super) const fn words(self) -> &'static Words {
        match self {
            Self::Ja => &JA,
            Self::En => &EN,
        }
    }
}
