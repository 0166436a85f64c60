//! What stands around every page, in both languages. Each text is a field of a struct that both languages
//! fill, so that one which is missing does not compile.

use super::language::Lang;

/// What stands around every page, and what a page says when something went wrong.
pub(crate) struct Around {
    pub(crate) home: &'static str,
    pub(crate) skip: &'static str,
    pub(crate) places: &'static str,
    pub(crate) promise: &'static str,
    pub(crate) not_found: &'static str,
    pub(crate) not_found_advice: &'static str,
    pub(crate) away: &'static str,
    pub(crate) away_advice: &'static str,
    pub(crate) too_often: &'static str,
    pub(crate) too_often_advice: &'static str,
    pub(crate) trouble: &'static str,
    pub(crate) trouble_advice: &'static str,
}

static JA: Around = Around {
    home: "はじめのページへ",
    skip: "本文へ",
    places: "メニュー",
    promise: "このページは、このサーバー以外とは通信しません。",
    not_found: "見つかりません",
    not_found_advice: "ページがないか、ほかの人のものです。アドレスをもう一度お確かめください。",
    away: "いまは開けません",
    away_advice: "少し待ってから、もう一度お試しください。記録は失われていません。",
    too_often: "回数が多すぎます",
    too_often_advice: "1分ほど待ってから、もう一度お試しください。",
    trouble: "うまくいきませんでした",
    trouble_advice: "前のページに戻って、もう一度お試しください。",
};

static EN: Around = Around {
    home: "To the first page",
    skip: "Skip to content",
    places: "Places",
    promise: "This page talks to this server and to nobody else.",
    not_found: "Not found",
    not_found_advice: "There is no such page, or it is somebody else's. Please check the address.",
    away: "Not available just now",
    away_advice: "Please wait a moment and try again. Nothing is lost.",
    too_often: "Too often",
    too_often_advice: "Please wait a minute and try again.",
    trouble: "That did not work",
    trouble_advice: "Please go back and try again.",
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
