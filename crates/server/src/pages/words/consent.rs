//! The words of consenting to give something to a partner.

use super::super::language::Lang;
use crate::consents::Period;

/// The words of consenting to give something to a partner.
pub(in super::super) struct Words {
    pub(in super::super) asks: &'static str,
    pub(in super::super) purpose: &'static str,
    pub(in super::super) own_words: &'static str,
    pub(in super::super) points: [(&'static str, &'static str); 3],
    pub(in super::super) sign_in_first: &'static str,
    pub(in super::super) sign_in: &'static str,
    pub(in super::super) start: &'static str,
    pub(in super::super) given: &'static str,
    pub(in super::super) to_account: &'static str,
    pub(in super::super) change: &'static str,
    pub(in super::super) over: &'static str,
    pub(in super::super) span: fn(&str, &str) -> String,
    pub(in super::super) given_from: fn(&str) -> String,
    pub(in super::super) given_all: &'static str,
    pub(in super::super) read_last: fn(&str) -> String,
    pub(in super::super) never_read: &'static str,
    pub(in super::super) what: &'static str,
    pub(in super::super) from_now: (&'static str, &'static str),
    pub(in super::super) everything: (&'static str, &'static str),
    pub(in super::super) until: &'static str,
    pub(in super::super) period: fn(Period) -> &'static str,
    pub(in super::super) give: &'static str,
    pub(in super::super) save: &'static str,
    pub(in super::super) refuse: &'static str,
    pub(in super::super) gone: &'static str,
    pub(in super::super) gone_hint: &'static str,
}

static JA: Words = Words {
    asks: "が、買いものの記録を受け取りたいと言っています",
    purpose: "使いみち",
    own_words: "名前と使いみちは、相手が自分で書いたものです。",
    points: [
        (
            "渡すもの",
            "店、日時、品名と金額、合計。伏せた品のある買いものは、店と日時と合計だけです。",
        ),
        (
            "渡さないもの",
            "あなたの名前と連絡先、カードの番号、メモ、自分でつけた品名。あなたのことは、相手ごとに別の番号で伝わります。",
        ),
        (
            "いつでもやめられます",
            "受け取るたびに、アカウントの記録に残ります。やめると、その場で渡らなくなります。すでに渡ったものは取り戻せません。",
        ),
    ],
    sign_in_first: "先に、あなたの記録にサインインしてください。そのあと、このページに戻ります。",
    sign_in: "サインイン",
    start: "新しい記録をはじめる",
    given: "記録を渡しています。",
    to_account: "アカウントを見る",
    change: "渡すものや期間を変える",
    over: "期限切れ",
    span: |since, until| format!("{since}から{until}まで"),
    given_from: |day| format!("{day}からの買いもの"),
    given_all: "すべての買いもの",
    read_last: |day| format!("最後に受け取った日 {day}"),
    never_read: "まだ受け取っていません",
    what: "渡す買いもの",
    from_now: ("これからの買いもの", "いまより前のものは渡しません"),
    everything: ("これまでの分もすべて", "記録にあるすべての買いもの"),
    until: "渡す期間",
    period: |period| match period {
        Period::Month => "1か月",
        Period::Year => "1年",
        Period::Long => "やめるまで(長くて5年)",
    },
    give: "同意して渡す",
    save: "この内容に変える",
    refuse: "渡さない",
    gone: "このリンクの相手は見つかりません",
    gone_hint: "リンクが途中で切れているか、この相手はもう記録を受け取っていません。何も渡していません。",
};

static EN: Words = Words {
    asks: " asks for your purchases",
    purpose: "What for",
    own_words: "Name and purpose are in their own words.",
    points: [
        (
            "What they get",
            "Shop, time, items with their prices, and the total. Of a purchase with something private in it: shop, time and total only.",
        ),
        (
            "What they do not get",
            "Your name and address, card numbers, notes, and your own names for things. They know you by a number that nobody else has.",
        ),
        (
            "You can stop at any time",
            "Your account shows whenever they read. When you stop, they get nothing more at once. What they have they keep.",
        ),
    ],
    sign_in_first: "Please sign in to your book first. You come back here afterwards.",
    sign_in: "Sign in",
    start: "Begin a new book",
    given: "You are sharing your purchases.",
    to_account: "See your account",
    change: "Change what is shared, or for how long",
    over: "over",
    span: |since, until| format!("from {since} until {until}"),
    given_from: |day| format!("purchases from {day} on"),
    given_all: "all purchases",
    read_last: |day| format!("last read on {day}"),
    never_read: "not read yet",
    what: "Which purchases",
    from_now: ("Those from now on", "nothing that you bought before"),
    everything: ("Earlier ones as well", "every purchase in your book"),
    until: "For how long",
    period: |period| match period {
        Period::Month => "a month",
        Period::Year => "a year",
        Period::Long => "until I stop it (five years at most)",
    },
    give: "Agree and share",
    save: "Share this instead",
    refuse: "Do not share",
    gone: "Nobody is behind this link",
    gone_hint: "The link is cut short, or whoever it was receives nothing any more. You have shared nothing.",
};

impl Lang {
    pub(in super::super) const fn of_consent(self) -> &'static Words {
        match self {
            Self::Ja => &JA,
            Self::En => &EN,
        }
    }
}
