//! What stands around every page, in both languages. Each text is a field of a struct that both languages
//! fill, so that one which is missing does not compile.

use super::language::Lang;

pub(super) mod faults;

/// What stands around every page, and what a page says when something went wrong.
pub(crate) struct Around {
    pub(crate) home: &'static str,
    pub(crate) skip: &'static str,
    pub(crate) places: &'static str,
    pub(crate) promise: &'static str,
    pub(crate) not_found: &'static str,
    pub(crate) away: &'static str,
    pub(crate) too_often: &'static str,
    pub(crate) trouble: &'static str,
    pub(crate) back: &'static str,
}

static JA: Around = Around {
    home: "はじめのページへ",
    skip: "本文へ",
    places: "メニュー",
    promise: "このページは、このサーバー以外とは通信しません。",
    not_found: "見つかりません",
    away: "いまは開けません",
    too_often: "回数が多すぎます",
    trouble: "うまくいきませんでした",
    back: "前のページに戻って、次のところを直してください。",
};

static EN: Around = Around {
    home: "To the first page",
    skip: "Skip to content",
    places: "Places",
    promise: "This page talks to this server and to nobody else.",
    not_found: "Not found",
    away: "Not available just now",
    too_often: "Too often",
    trouble: "That did not work",
    back: "Please go back and put this right.",
};

impl Lang {
    /// What stands around every page, in this language.
    pub(crate) const fn around(self) -> &'static Around {
        match self {
            Self::Ja => &JA,
            Self::En => &EN,
        }
    }
}
