//! The words of the first pages that somebody sees.

use super::super::language::Lang;

/// The words of the welcome and of the first step.
pub(in super::super) struct Welcome {
    pub(in super::super) title: &'static str,
    pub(in super::super) lead: &'static str,
    pub(in super::super) points: [(&'static str, &'static str); 3],
    pub(in super::super) start: &'static str,
    pub(in super::super) start_note: &'static str,
    pub(in super::super) starting: &'static str,
    pub(in super::super) sign_in: &'static str,
}

static JA: Welcome = Welcome {
    title: "買ったものが、ことばで残る",
    lead: "どの店で買っても、レシートは一冊の記録にまとまります。品名は、買ったときのまま変わりません。",
    points: [
        (
            "見せるだけ",
            "レジで会員コードを見せると、買ったものがこのスマートフォンに届きます。",
        ),
        (
            "お店をまたいで",
            "スーパーも薬局も喫茶店も、同じ一冊に並びます。",
        ),
        (
            "自分だけのもの",
            "内容は暗号化され、あなたの鍵でしか開きません。持ち出すのも、消すのも自由です。",
        ),
    ],
    start: "このスマートフォンではじめる",
    start_note: "登録はいりません。メールアドレスも聞きません。",
    starting: "準備しています…",
    sign_in: "前から使っている方はこちら",
};

static EN: Welcome = Welcome {
    title: "What you bought, in words",
    lead: "Receipts of all shops in one book. The name of each item stays as it was when you bought it.",
    points: [
        (
            "Just show it",
            "Show your member code at the till, and what you bought arrives on this phone.",
        ),
        (
            "Across all shops",
            "Supermarket, drugstore and café stand in the same book.",
        ),
        (
            "Yours alone",
            "It is encrypted under your own key. Take it with you, or delete it, whenever you like.",
        ),
    ],
    start: "Start on this phone",
    start_note: "No registration. You are not asked for an e-mail address.",
    starting: "Getting ready …",
    sign_in: "I have a book already",
};

impl Lang {
    pub(in super::super) const fn welcome(self) -> &'static Welcome {
        match self {
            Self::Ja => &JA,
            Self::En => &EN,
        }
    }
}
