//! The words of asking a store for a receipt that is missing.

use super::super::language::Lang;
use crate::missing::Wrong;
use ledger::account::WhyNot;

/// The words of missing receipts.
pub(in super::super) struct Missing {
    pub(in super::super) title: &'static str,
    pub(in super::super) lead: &'static str,
    pub(in super::super) link: &'static str,
    pub(in super::super) link_here: &'static str,
    pub(in super::super) link_late: &'static str,
    pub(in super::super) which_shop: &'static str,
    pub(in super::super) shop_name: &'static str,
    pub(in super::super) find: &'static str,
    pub(in super::super) no_shop: &'static str,
    pub(in super::super) more_shops: &'static str,
    pub(in super::super) your_shops: &'static str,
    pub(in super::super) other_shop: &'static str,
    pub(in super::super) closed: &'static str,
    pub(in super::super) date: &'static str,
    pub(in super::super) time: &'static str,
    pub(in super::super) total: fn(&str) -> String,
    pub(in super::super) number: &'static str,
    pub(in super::super) number_hint: &'static str,
    pub(in super::super) words: &'static str,
    pub(in super::super) words_hint: &'static str,
    pub(in super::super) send: &'static str,
    pub(in super::super) send_anyway: &'static str,
    pub(in super::super) seen_by: &'static str,
    pub(in super::super) in_book: &'static str,
    pub(in super::super) in_book_link: &'static str,
    pub(in super::super) wrong: fn(Wrong) -> &'static str,
    pub(in super::super) asked: &'static str,
    pub(in super::super) open: &'static str,
    pub(in super::super) open_until: fn(&str) -> String,
    pub(in super::super) found: &'static str,
    pub(in super::super) found_link: &'static str,
    pub(in super::super) not_found: &'static str,
    pub(in super::super) why: fn(WhyNot) -> &'static str,
    pub(in super::super) shop_says: &'static str,
    pub(in super::super) expired: &'static str,
    pub(in super::super) withdraw: &'static str,
    pub(in super::super) take_off: &'static str,
    pub(in super::super) number_is: fn(&str) -> String,
}

static JA: Missing = Missing {
    title: "届かないレシートを問い合わせる",
    lead: "受取コードがない、またはなくしたレシートを、お店に探してもらえます。見つかると、自動で記録に入ります。",
    link: "受取コードがないときは、お店に問い合わせる",
    link_here: "この店のレシートが届いていないとき",
    link_late: "何日も届かないコードがあります。数字が正しければ、お店に問い合わせてください。",
    which_shop: "どのお店ですか",
    shop_name: "店の名前",
    find: "さがす",
    no_shop: "その名前の店は、このサーバーにありません。",
    more_shops: "ほかにもあります。もう少し長い名前でさがしてください。",
    your_shops: "買いものをしたことのある店",
    other_shop: "別の店",
    closed: "閉店",
    date: "買った日",
    time: "だいたいの時刻 (わかれば)",
    total: |currency| format!("合計金額 ({currency})"),
    number: "レシート番号か取引番号 (わかれば)",
    number_hint: "番号があると、いちばん早く見つかります。",
    words: "ひとこと (なくてもかまいません)",
    words_hint: "200文字まで。お名前やカード番号は書かないでください。",
    send: "お店に問い合わせる",
    send_anyway: "それでも問い合わせる",
    seen_by: "お店には、ここに書いたことだけが見えます。あなたの名前や、ほかの買いものは見えません。",
    in_book: "同じ店の、同じ金額のレシートが、もう記録にあります。これではありませんか。",
    in_book_link: "そのレシートを見る",
    wrong: |wrong| match wrong {
        Wrong::Date => "買った日を入れてください。",
        Wrong::Future => "買った日が、まだ来ていない日になっています。",
        Wrong::Old => "400日より前のレシートは問い合わせられません。",
        Wrong::Time => "時刻は 18:30 のように入れるか、空けておいてください。",
        Wrong::Total => "合計金額を数字で入れてください。",
        Wrong::Number => "番号は64文字までです。",
        Wrong::Words => "ひとことは200文字までです。",
        Wrong::Card => "カード番号のような数字が入っています。消してから送ってください。",
        Wrong::TooMany => {
            "返事を待っている問い合わせが20件あります。どれかを取り下げるか、返事をお待ちください。"
        }
        Wrong::Crowded => {
            "この店への問い合わせがいっぱいです。返事が進むまで、日をおいてお試しください。"
        }
        Wrong::TooOften => {
            "短いあいだに、たくさんの問い合わせがありました。しばらくしてから、もう一度お試しください。"
        }
    },
    asked: "問い合わせたレシート",
    open: "お店の返事を待っています",
    open_until: |day| format!("{day}まで待ちます"),
    found: "見つかりました",
    found_link: "レシートを見る",
    not_found: "見つかりませんでした",
    why: |why| match why {
        WhyNot::NoSuchSale => "その日に、合う売上がありませんでした。",
        WhyNot::TellMore => {
            "これだけでは探せませんでした。時刻やレシート番号を添えて、もう一度お問い合わせください。"
        }
        WhyNot::NotRecorded => {
            "この売上には、電子の記録がありません。紙のレシートをお持ちください。"
        }
        WhyNot::OwnWords => "",
    },
    shop_says: "お店から:",
    expired: "60日のあいだに返事がありませんでした",
    withdraw: "取り下げる",
    take_off: "一覧から消す",
    number_is: |number| format!("番号 {number}"),
};

static EN: Missing = Missing {
    title: "Ask for a missing receipt",
    lead: "A shop can look for a receipt that has no claim code, or was lost. If it finds it, it comes into your book by itself.",
    link: "No claim code? Ask the shop",
    link_here: "A receipt of this shop is missing",
    link_late: "Some codes have not arrived for days. If the digits are right, ask the shop.",
    which_shop: "Which shop was it?",
    shop_name: "Name of the shop",
    find: "Find",
    no_shop: "No shop of this server has that name.",
    more_shops: "There are more. Please type more of the name.",
    your_shops: "Where you have shopped",
    other_shop: "Another shop",
    closed: "closed",
    date: "Day of the purchase",
    time: "About what time (if you know)",
    total: |currency| format!("Total ({currency})"),
    number: "Receipt or transaction number (if you know)",
    number_hint: "With a number it is found fastest.",
    words: "A few words (may be empty)",
    words_hint: "Up to 200 characters. Please no names and no card numbers.",
    send: "Ask the shop",
    send_anyway: "Ask all the same",
    seen_by: "The shop sees what you write here and nothing else: not your name, and none of your other purchases.",
    in_book: "Your book has a receipt of this shop with this total already. Is it that one?",
    in_book_link: "See that receipt",
    wrong: |wrong| match wrong {
        Wrong::Date => "Please give the day of the purchase.",
        Wrong::Future => "The day of the purchase has not come yet.",
        Wrong::Old => "Receipts older than 400 days cannot be asked for.",
        Wrong::Time => "Please write the time like 18:30, or leave it empty.",
        Wrong::Total => "Please give the total in digits.",
        Wrong::Number => "The number has 64 characters at most.",
        Wrong::Words => "The words have 200 characters at most.",
        Wrong::Card => "That looks like a card number. Please take it out before you send it.",
        Wrong::TooMany => {
            "20 of your requests wait for an answer. Please withdraw one, or wait for the answers."
        }
        Wrong::Crowded => {
            "This shop has too many requests already. Please try again when it has answered some."
        }
        Wrong::TooOften => {
            "Very many receipts were asked for in a short time. Please try again in a while."
        }
    },
    asked: "Receipts you asked for",
    open: "Waiting for the shop",
    open_until: |day| format!("until {day}"),
    found: "Found",
    found_link: "See the receipt",
    not_found: "Not found",
    why: |why| match why {
        WhyNot::NoSuchSale => "No sale of that day fits.",
        WhyNot::TellMore => {
            "This was not enough to find it. Please ask again with the time or the receipt number."
        }
        WhyNot::NotRecorded => {
            "There is no electronic record of this sale. Please bring the paper receipt."
        }
        WhyNot::OwnWords => "",
    },
    shop_says: "The shop says:",
    expired: "The shop did not answer within 60 days",
    withdraw: "Withdraw",
    take_off: "Take off the list",
    number_is: |number| format!("number {number}"),
};

impl Lang {
    /// The words of missing receipts, in this language.
    pub(in super::super) const fn of_missing(self) -> &'static Missing {
        match self {
            Self::Ja => &JA,
            Self::En => &EN,
        }
    }
}
