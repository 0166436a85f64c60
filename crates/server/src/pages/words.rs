//! What pages say, in both languages. Each text is a field of a struct that both languages fill, so that
//! one which is missing does not compile. Nothing here knows a page; a page takes its words from here.

use super::language::Lang;

pub(super) mod account;
pub(super) mod book;
pub(super) mod sign_in;
pub(super) mod welcome;

/// What every page may need.
pub(super) struct Words {
    pub(super) home: &'static str,
    pub(super) book: &'static str,
    pub(super) account: &'static str,
    pub(super) skip: &'static str,
    pub(super) places: &'static str,
    pub(super) promise: &'static str,
    pub(super) not_found: &'static str,
    pub(super) not_found_advice: &'static str,
    pub(super) away: &'static str,
    pub(super) away_advice: &'static str,
    pub(super) too_often: &'static str,
    pub(super) too_often_advice: &'static str,
    pub(super) trouble: &'static str,
    pub(super) trouble_advice: &'static str,
}

static JA: Words = Words {
    home: "はじめのページへ",
    book: "記録",
    account: "アカウント",
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

static EN: Words = Words {
    home: "To the first page",
    book: "Book",
    account: "Account",
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
    /// What every page may need, in this language.
    pub(super) const fn words(self) -> &'static Words {
        match self {
            Self::Ja => &JA,
            Self::En => &EN,
        }
    }
}
