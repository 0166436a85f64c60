//! The words of the member code and of its card.

use super::super::language::Lang;

/// The words of the page of the code.
pub(in super::super) struct Code {
    pub(in super::super) title: &'static str,
    pub(in super::super) lead: &'static str,
    pub(in super::super) once: &'static str,
    pub(in super::super) no_paper: &'static str,
    pub(in super::super) another: &'static str,
    pub(in super::super) arrived: &'static str,
    pub(in super::super) receipt: &'static str,
    pub(in super::super) next: &'static str,
    /// `{n}` stands for how many.
    pub(in super::super) kept_ready: &'static str,
    pub(in super::super) kept_insecure: &'static str,
    pub(in super::super) kept_impossible: &'static str,
    pub(in super::super) offline: &'static str,
    pub(in super::super) offline_none: &'static str,
    pub(in super::super) offline_waiting: &'static str,
    pub(in super::super) to_card: &'static str,
    pub(in super::super) to_claim: &'static str,
    pub(in super::super) back: &'static str,
    pub(in super::super) card: Card,
}

/// The words of the page of the card.
pub(in super::super) struct Card {
    pub(in super::super) title: &'static str,
    pub(in super::super) lead: &'static str,
    pub(in super::super) linkable_title: &'static str,
    pub(in super::super) linkable: &'static str,
    pub(in super::super) make: &'static str,
    pub(in super::super) name: &'static str,
    pub(in super::super) hint: &'static str,
    pub(in super::super) until: fn(&str) -> String,
    pub(in super::super) print: &'static str,
    pub(in super::super) cut: &'static str,
    pub(in super::super) hidden: &'static str,
    pub(in super::super) replace: &'static str,
    pub(in super::super) replace_sure: &'static str,
    pub(in super::super) end: &'static str,
    pub(in super::super) end_sure: &'static str,
}

static JA: Code = Code {
    title: "会員コード",
    lead: "お会計のときに、レジで見せてください。",
    once: "1回のお買いものに1つ使います。使うと次のコードに替わります。",
    no_paper: "紙のレシートはいりません",
    another: "別のコードにする",
    arrived: "届きました",
    receipt: "レシートを見る",
    next: "次のコードを出す",
    kept_ready: "電波がなくても使えます(予備のコード {n} 個)",
    kept_insecure: "この接続は暗号化されていない(http)ため、電波のない場所で使うコードを端末に置けません。https のアドレスで開くと置けるようになります。",
    kept_impossible: "このブラウザーでは、電波のない場所で使うコードを端末に置けません。",
    offline: "つながりません。前もって受け取ったコードを出しています。",
    offline_none: "予備のコードを使い切りました。つながる場所でこのページを開くと補充されます。お急ぎのときは、レシートの受取コードをあとから入れられます。",
    offline_waiting: "コードを用意しています…",
    to_card: "カードを印刷する",
    to_claim: "レシートから受け取る",
    back: "コードにもどる",
    card: Card {
        title: "印刷するカード",
        lead: "スマートフォンを出せないときのための、紙の会員コードです。5年間使えます。",
        linkable_title: "ご注意ください",
        linkable: "カードのコードはいつも同じです。お店どうしが照らし合わせれば、同じ人の買いものだと分かります。気になるときは、毎回替わるスマートフォンのコードをお使いください。",
        make: "カードをつくる",
        name: "会員カード",
        hint: "お会計のときに見せてください",
        until: |day| format!("{day}まで"),
        print: "印刷する",
        cut: "印刷して、枠に沿って切り取ってください。カードが見られるのは、つくってから30分だけです。",
        hidden: "カードがあります。コードはサーバーにも残していないので、もう一度出すことはできません。なくしたときは、新しいカードに替えてください。",
        replace: "新しいカードに替える",
        replace_sure: "いまのカードはすぐに使えなくなります。これまでの記録はそのままです。",
        end: "カードをやめる",
        end_sure: "カードはすぐに使えなくなります。これまでの記録はそのままです。",
    },
};

static EN: Code = Code {
    title: "Member code",
    lead: "Show it at the till when you pay.",
    once: "One code for one purchase. The next one takes its place.",
    no_paper: "No paper receipt, please",
    another: "Another code",
    arrived: "Just arrived",
    receipt: "See the receipt",
    next: "Next code",
    kept_ready: "Works without a signal too ({n} codes kept on this phone)",
    kept_insecure: "This connection is not encrypted (http), so no codes can be kept on this phone for where there is no signal. Open the https address, and they can.",
    kept_impossible: "This browser cannot keep codes for where there is no signal.",
    offline: "No connection. This is a code that was fetched before.",
    offline_none: "All codes kept on this phone are used up. Open this page where there is a connection, and it fetches more. A receipt can still be added later by its claim code.",
    offline_waiting: "Getting a code ready …",
    to_card: "Print a card",
    to_claim: "Add from a receipt",
    back: "Back to the code",
    card: Card {
        title: "A card to print",
        lead: "A member code on paper, for when the phone stays in the bag. It is good for five years.",
        linkable_title: "Good to know",
        linkable: "The code on a card is always the same. Shops that compare notes can tell that purchases are by the same person. If you mind, use the code on the phone, which changes every time.",
        make: "Make a card",
        name: "Member card",
        hint: "Please scan at the till",
        until: |day| format!("until {day}"),
        print: "Print",
        cut: "Print it and cut along the frame. The card is shown for 30 minutes after it is made.",
        hidden: "You have a card. Its code is not kept on the server either, so it cannot be shown again. If you lost it, replace it by a new one.",
        replace: "Replace the card",
        replace_sure: "The present card stops working at once. What it brought into your book stays.",
        end: "Stop the card",
        end_sure: "The card stops working at once. What it brought into your book stays.",
    },
};

impl Lang {
    pub(in super::super) const fn of_code(self) -> &'static Code {
        match self {
            Self::Ja => &JA,
            Self::En => &EN,
        }
    }
}
