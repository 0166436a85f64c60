//! The words of taking a purchase by the code on its receipt.

use super::super::language::Lang;

/// The words of claiming.
pub(in super::super) struct Claim {
    pub(in super::super) title: &'static str,
    pub(in super::super) lead: &'static str,
    pub(in super::super) field: &'static str,
    pub(in super::super) hint: &'static str,
    pub(in super::super) look: &'static str,
    pub(in super::super) wrong: &'static str,
    pub(in super::super) is_member: &'static str,
    pub(in super::super) too_many: &'static str,
    pub(in super::super) scan: &'static str,
    pub(in super::super) scan_stop: &'static str,
    pub(in super::super) scan_failed: &'static str,
    pub(in super::super) scan_insecure: &'static str,
    pub(in super::super) found: &'static str,
    pub(in super::super) take: &'static str,
    pub(in super::super) once: &'static str,
    pub(in super::super) take_new: &'static str,
    pub(in super::super) take_new_note: &'static str,
    pub(in super::super) unknown: &'static str,
    pub(in super::super) unknown_note: &'static str,
    pub(in super::super) wait: &'static str,
    pub(in super::super) other: &'static str,
    pub(in super::super) waiting: &'static str,
    pub(in super::super) waiting_note: &'static str,
    pub(in super::super) since: fn(Since) -> String,
}

/// How long ago something was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Since {
    JustNow,
    Minutes(i64),
    Hours(i64),
    Days(i64),
}

static JA: Claim = Claim {
    title: "レシートから受け取る",
    lead: "レシートに印刷された受取コードを入れると、その買いものが記録に入ります。",
    field: "受取コード",
    hint: "数字20桁です。全角でも、空白やハイフンが入っていても大丈夫です。",
    look: "レシートを見る",
    wrong: "20桁の数字になっていません。レシートの数字をもう一度お確かめください。",
    is_member: "これは22桁の会員コードです。ここには、レシートにある20桁の受取コードを入れてください。",
    too_many: "届くのを待っているコードが50件あります。数字に間違いがないか、お店にお確かめください。",
    scan: "カメラで読み取る",
    scan_stop: "カメラを止める",
    scan_failed: "カメラを使えませんでした。数字を入れてください。",
    scan_insecure: "この接続は暗号化されていない(http)ため、ここではカメラを使えません。数字を入れるか、https のアドレスで開いてください。",
    found: "このレシートですか？",
    take: "自分の記録に入れる",
    once: "受け取れるのは一度だけです。入れたあとは、ほかの人には見えません。",
    take_new: "記録をつくって入れる",
    take_new_note: "登録はいりません。この端末にあなたの記録ができ、このレシートが最初の一枚になります。",
    unknown: "まだ届いていません",
    unknown_note: "お店からまだ届いていないか、すでに受け取られたコードです。待つことにすると、届いたときに自動で記録に入ります。",
    wait: "届くのを待つ",
    other: "別のコードを入れる",
    waiting: "届くのを待っているレシート",
    waiting_note: "届きしだい、自動で記録に入ります。このページを開いておく必要はありません。",
    since: |since| match since {
        Since::JustNow => "たったいまから".to_owned(),
        Since::Minutes(count) => format!("{count}分前から"),
        Since::Hours(count) => format!("{count}時間前から"),
        Since::Days(count) => format!("{count}日前から"),
    },
};

static EN: Claim = Claim {
    title: "Add from a receipt",
    lead: "Type the claim code that is printed on a receipt, and the purchase comes into your book.",
    field: "Claim code",
    hint: "20 digits; spaces and dashes do not matter.",
    look: "See the receipt",
    wrong: "That is not 20 digits. Please check the number on the receipt.",
    is_member: "That is a member code of 22 digits. The claim code on a receipt has 20.",
    too_many: "50 codes are waiting already. Please check whether they were mistyped, or ask the shops.",
    scan: "Scan with the camera",
    scan_stop: "Stop the camera",
    scan_failed: "The camera could not be used. Please type the digits.",
    scan_insecure: "This connection is not encrypted (http), and so the camera cannot be used here. Type the digits, or open the https address.",
    found: "Is it this receipt?",
    take: "Put it into my book",
    once: "It can be taken once. After that nobody else can see it.",
    take_new: "Start a book with it",
    take_new_note: "No registration. A book of your own is made on this device, and this receipt is its first.",
    unknown: "Not here yet",
    unknown_note: "The shop has not sent it yet, or it was taken already. If you wait for it, it comes into your book by itself as soon as it arrives.",
    wait: "Wait for it",
    other: "Another code",
    waiting: "Receipts you are waiting for",
    waiting_note: "They come into your book by themselves. There is no need to keep this page open.",
    since: |since| match since {
        Since::JustNow => "since just now".to_owned(),
        Since::Minutes(1) => "for a minute".to_owned(),
        Since::Minutes(count) => format!("for {count} minutes"),
        Since::Hours(1) => "for an hour".to_owned(),
        Since::Hours(count) => format!("for {count} hours"),
        Since::Days(1) => "for a day".to_owned(),
        Since::Days(count) => format!("for {count} days"),
    },
};

impl Lang {
    pub(in super::super) const fn of_claim(self) -> &'static Claim {
        match self {
            Self::Ja => &JA,
            Self::En => &EN,
        }
    }
}
