//! What the stage says, in both languages. Each text is a field that both fill, so that one which is
//! missing does not compile.

use http::HeaderMap;
use http::header::ACCEPT_LANGUAGE;
use serde::Deserialize;

/// A language of the stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Lang {
    Ja,
    En,
}

impl Lang {
    /// The language that a browser asks for first.
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let asked = headers.get(ACCEPT_LANGUAGE);
        let asked = asked.and_then(|value| value.to_str().ok());
        let asked = asked.unwrap_or_default().split(',');
        let known = asked.map(str::trim).find_map(|tag| {
            [Self::Ja, Self::En]
                .into_iter()
                .find(|lang| tag.starts_with(lang.tag()))
        });
        known.unwrap_or(Self::En)
    }

    /// Its tag (BCP 47).
    pub(super) const fn tag(self) -> &'static str {
        match self {
            Self::Ja => "ja",
            Self::En => "en",
        }
    }

    pub(super) const fn words(self) -> &'static Words {
        match self {
            Self::Ja => &JA,
            Self::En => &EN,
        }
    }
}

/// What a visitor can do to a shop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Deed {
    Cut,
    Heal,
    Rename,
    Forget,
    Remember,
}

impl Deed {
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Cut => "cut",
            Self::Heal => "heal",
            Self::Rename => "rename",
            Self::Forget => "forget",
            Self::Remember => "remember",
        }
    }

    /// What to look at after it.
    pub(super) const fn look(self, words: &Words) -> &'static str {
        match self {
            Self::Cut => words.look_cut,
            Self::Heal => words.look_heal,
            Self::Rename => words.look_rename,
            Self::Forget => words.look_forget,
            Self::Remember => words.look_remember,
        }
    }
}

/// The texts.
pub(super) struct Words {
    pub(super) title: &'static str,
    pub(super) lead: &'static str,
    pub(super) places: &'static str,
    pub(super) book: &'static str,
    pub(super) book_note: &'static str,
    pub(super) code: &'static str,
    pub(super) code_note: &'static str,
    pub(super) till: &'static str,
    pub(super) till_note: &'static str,
    pub(super) console: &'static str,
    pub(super) console_note: &'static str,
    pub(super) phone: &'static str,
    pub(super) phone_note: &'static str,
    pub(super) phone_again: &'static str,
    pub(super) no_phone: &'static str,
    pub(super) sell: &'static str,
    pub(super) steps: [&'static str; 3],
    pub(super) id: &'static str,
    pub(super) copy: &'static str,
    pub(super) copied: &'static str,
    pub(super) fate: &'static str,
    pub(super) fate_note: &'static str,
    pub(super) open_till: &'static str,
    pub(super) whole: &'static str,
    pub(super) is_cut: &'static str,
    pub(super) cut: &'static str,
    pub(super) heal: &'static str,
    pub(super) new_name: &'static str,
    pub(super) renamed: &'static str,
    pub(super) rename: &'static str,
    pub(super) forget: &'static str,
    pub(super) forget_note: &'static str,
    pub(super) forgotten: &'static str,
    pub(super) forgotten_name: &'static str,
    pub(super) remember: &'static str,
    pub(super) look: &'static str,
    pub(super) look_cut: &'static str,
    pub(super) look_heal: &'static str,
    pub(super) look_rename: &'static str,
    pub(super) look_forget: &'static str,
    pub(super) look_remember: &'static str,
    pub(super) nothing_waits: &'static str,
    pub(super) waits: &'static str,
    pub(super) items_wait: &'static str,
    pub(super) silent: &'static str,
    pub(super) promise: &'static str,
}

static JA: Words = Words {
    title: "折本市緑町へようこそ",
    lead: "四つのお店と、山田花子さんの一年半の買いもの。サーバーもレジも本物で、すべてこのパソコンの中で動いています。",
    places: "四つの入口",
    book: "記録",
    book_note: "花子さんの買いものの記録。お会計が終わると、すぐ届きます。",
    code: "会員コード",
    code_note: "レジで見せる、その場かぎりのコード。",
    till: "レジ",
    till_note: "スーパーのレジ。商品キーに触れるだけで打てます。",
    console: "管理",
    console_note: "運営の画面。店、端末、問い合わせ。",
    phone: "スマートフォンで記録を開く",
    phone_note: "カメラで読み取ってください。同じWi-Fiにつながっている必要があります。",
    phone_again: "一度だけ使えます。もう一台で開くときは、このページを読み込み直してください。",
    no_phone: "スマートフォンでも試すには、デモを「orihon demo --lan」で始めてください。",
    sell: "売ってみる",
    steps: [
        "「記録」を別の窓かスマートフォンで開いておきます。",
        "「レジ」を開き、会員コードの22桁か下の番号を「コード」の欄に入れます。",
        "商品キーに触れ、「現金」、「ちょうど」。記録に「届きました」と出ます。",
    ],
    id: "花子さんの番号",
    copy: "コピー",
    copied: "コピーしました",
    fate: "店に起こること",
    fate_note: "起こしてみて、レジと記録がどうなるか見てください。",
    open_till: "レジを開く",
    whole: "つながっています",
    is_cut: "切れています",
    cut: "回線を切る",
    heal: "回線をつなぐ",
    new_name: "新しい品名",
    renamed: "{name} 新パッケージ",
    rename: "品名を変える",
    forget: "登録し忘れた商品を売る",
    forget_note: "台帳にないコードの商品を、花子さんに一つ売ります。",
    forgotten: "コード {code} には、まだ名前がありません。",
    forgotten_name: "手づくりレモンケーキ",
    remember: "名前を登録する",
    look: "見どころ",
    look_cut: "この店のレジで売ってみてください。会計はいつもどおり終わり、待ち件数が増えます。記録には届きません。",
    look_heal: "待っていた売上が、古い順にすべて記録へ届きます。二重になるものはありません。",
    look_rename: "これから売ると新しい品名で届きます。前のレシートを記録で開くと、買ったときの名前のままです。",
    look_forget: "記録に、名前のないコードのままで届きました。金額はもう正しく入っています。",
    look_remember: "数秒のうちに、記録の同じレシートに名前が入ります。後から入ったことも印で分かります。",
    nothing_waits: "送信待ちなし",
    waits: "送信待ち {n}件（{s}秒前から）",
    items_wait: "・商品の変更を送信中",
    silent: "端末が応答しません",
    promise: "このページはデモだけのもので、このパソコンの外とは通信しません。",
};

static EN: Words = Words {
    title: "Welcome to Midoricho",
    lead: "Four shops, and what Hanako Yamada bought in a year and a half. Server and tills are real, and all of it runs on this computer.",
    places: "Four ways in",
    book: "Book",
    book_note: "What Hanako bought. A sale arrives as soon as it is paid.",
    code: "Member code",
    code_note: "A code for one moment, to show at the till.",
    till: "Till",
    till_note: "The supermarket's. Touch an item to ring it up.",
    console: "Console",
    console_note: "For whoever runs it: stores, devices, questions.",
    phone: "Open the book on a phone",
    phone_note: "Point the camera at it. The phone has to be in the same network.",
    phone_again: "It works once. For another phone, load this page again.",
    no_phone: "To try it on a phone as well, start the demo with: orihon demo --lan",
    sell: "Sell something",
    steps: [
        "Keep the book open in another window, or on the phone.",
        "Open the till, and put the 22 digits of the member code, or the number below, into the field “Code”.",
        "Touch some items, then “Cash” and “Exact”. The book says that it has arrived.",
    ],
    id: "Hanako's number",
    copy: "Copy",
    copied: "Copied",
    fate: "Fate",
    fate_note: "Let something happen to a shop, and watch its till and the book.",
    open_till: "Open the till",
    whole: "connected",
    is_cut: "cut off",
    cut: "Cut the line",
    heal: "Heal the line",
    new_name: "New name",
    renamed: "{name} (new recipe)",
    rename: "Rename",
    forget: "Sell an item that was forgotten",
    forget_note: "Sells Hanako one of something whose code is not in the shop's list.",
    forgotten: "Code {code} has no name yet.",
    forgotten_name: "Home-made lemon cake",
    remember: "Add its name",
    look: "Look here",
    look_cut: "Sell something at this shop's till. It finishes as always, and more and more waits. Nothing of it is in the book.",
    look_heal: "All that waited arrives in the book, oldest first, and none of it twice.",
    look_rename: "What is sold from now on has the new name. Open an older receipt in the book: it keeps the name of its day.",
    look_forget: "It is in the book as a code without a name. Its price is right already.",
    look_remember: "Within seconds the same receipt in the book has the name, with a mark that it came later.",
    nothing_waits: "nothing waits",
    waits: "{n} waiting (for {s} s)",
    items_wait: ", sending changes of items",
    silent: "the device does not answer",
    promise: "This page belongs to the demo alone and talks to nobody beyond this computer.",
};
