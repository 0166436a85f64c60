//! What the console says, in both languages. Each text is a field of a struct that both languages fill, so
//! that one which is missing does not compile.

use crate::html::language::Lang;

pub(super) mod commands;
pub(super) mod desk;
pub(super) mod missing;
pub(super) mod partners;
pub(super) mod people;
pub(super) mod private;
pub(super) mod reports;
pub(super) mod sales;
pub(super) mod store;

/// What every page of the console may need.
pub(super) struct Words {
    pub(super) overview: &'static str,
    pub(super) stores: &'static str,
    pub(super) receipts: &'static str,
    pub(super) people: &'static str,
    pub(super) keys: &'static str,
    pub(super) audit: &'static str,
    pub(super) sign_out: &'static str,
    pub(super) for_store: fn(&str) -> String,
    pub(super) for_chain: fn(&str) -> String,
    pub(super) curl: &'static str,
    pub(super) curl_note: &'static str,
    pub(super) more: &'static str,
    pub(super) faults: &'static str,
}

static JA: Words = Words {
    overview: "ようす",
    stores: "店舗",
    receipts: "レシート",
    people: "利用者",
    keys: "鍵",
    audit: "操作の記録",
    sign_out: "サインアウト",
    for_store: |store| format!("店舗 {store} だけを見ています"),
    for_chain: |chain| format!("チェーン {chain} の店舗だけを見ています"),
    curl: "curl で同じことをする",
    curl_note: "$KEY には、あなたの鍵が入ります。大文字の語と「…」は、ご自分のものに置きかえてください。",
    more: "つづき",
    faults: "次のところを直してください",
};

static EN: Words = Words {
    overview: "Overview",
    stores: "Stores",
    receipts: "Receipts",
    people: "People",
    keys: "Keys",
    audit: "Audit log",
    sign_out: "Sign out",
    for_store: |store| format!("You see the store {store} only"),
    for_chain: |chain| format!("You see stores of the chain {chain} only"),
    curl: "The same with curl",
    curl_note: "$KEY stands for your key. Words in capitals, and “…”, are yours to fill in.",
    more: "More",
    faults: "Please put this right",
};

impl Lang {
    /// What every page of the console may need, in this language.
    pub(super) const fn of_console(self) -> &'static Words {
        match self {
            Self::Ja => &JA,
            Self::En => &EN,
        }
    }
}
