//! The words of what is private, and of shops that are blocked.

use super::super::language::Lang;

/// The words of what is private, and of shops that are blocked.
pub(in super::super) struct Discretion {
    pub(in super::super) private_item: &'static str,
    pub(in super::super) is_private: &'static str,
    pub(in super::super) keep_private: &'static str,
    pub(in super::super) private_lead: &'static str,
    pub(in super::super) private_here: &'static str,
    pub(in super::super) private_always: &'static str,
    pub(in super::super) plain_here: &'static str,
    pub(in super::super) plain_always: &'static str,
    pub(in super::super) block: &'static str,
    pub(in super::super) block_lead: &'static str,
    pub(in super::super) block_do: &'static str,
    pub(in super::super) unblock_do: &'static str,
    pub(in super::super) blocked_since: fn(&str) -> String,
    pub(in super::super) this_shop: &'static str,
    pub(in super::super) one_shop: &'static str,
    pub(in super::super) whole_chain: &'static str,
    pub(in super::super) blocks: &'static str,
    pub(in super::super) no_blocks: &'static str,
}

static JA: Discretion = Discretion {
    private_item: "伏せた品",
    is_private: "伏せています",
    keep_private: "品名を伏せる",
    private_lead: "伏せた品は、開くまで名前が出ません。記録の一覧、届いたときの知らせ、値段なしの表示、お店の人が調べる画面でも同じです。店名と金額は出ます。",
    private_here: "このレシートだけ伏せる",
    private_always: "この品をいつも伏せる",
    plain_here: "このレシートだけ出す",
    plain_always: "この品をいつも出す",
    block: "このお店の買いものを記録しない",
    block_lead: "記録しないことにしたお店では、会員コードを見せても、買いものはここに入りません。お店に理由は伝わりません。レシートの受取コードからは、いつでも入れられます。",
    block_do: "記録しない",
    unblock_do: "また記録する",
    blocked_since: |day| format!("{day}から記録していません"),
    this_shop: "この店",
    one_shop: "店舗",
    whole_chain: "チェーン全体",
    blocks: "記録しないお店",
    no_blocks: "ありません。お店のページやレシートから選べます。",
};

static EN: Discretion = Discretion {
    private_item: "private item",
    is_private: "Private",
    keep_private: "Keep something private",
    private_lead: "A private item has no name until somebody opens it: in the book, where a purchase is announced, in the view without prices, and for whoever runs the shop. Shop and amount are shown.",
    private_here: "Private here",
    private_always: "Always private",
    plain_here: "Show here",
    plain_always: "Always show",
    block: "File nothing more from this shop",
    block_lead: "What you buy at a blocked shop does not come here, even if you show your code. The shop is not told why. The claim code on a receipt still brings it.",
    block_do: "File nothing",
    unblock_do: "File again",
    blocked_since: |day| format!("Nothing has been filed since {day}"),
    this_shop: "this shop",
    one_shop: "shop",
    whole_chain: "the whole chain",
    blocks: "Blocked shops",
    no_blocks: "None. A shop is blocked on its page, or on one of its receipts.",
};

impl Lang {
    pub(in super::super) const fn of_discretion(self) -> &'static Discretion {
        match self {
            Self::Ja => &JA,
            Self::En => &EN,
        }
    }
}
