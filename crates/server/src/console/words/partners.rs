//! The words of partners at the console.

use crate::html::language::Lang;

/// What is said of partners.
pub(in super::super) struct Partners {
    pub(in super::super) title: &'static str,
    pub(in super::super) lead: &'static str,
    pub(in super::super) none: &'static str,
    pub(in super::super) new: &'static str,
    pub(in super::super) name: &'static str,
    pub(in super::super) purpose: &'static str,
    pub(in super::super) url: &'static str,
    pub(in super::super) hint: &'static str,
    pub(in super::super) add: &'static str,
    pub(in super::super) added: &'static str,
    pub(in super::super) added_note: &'static str,
    pub(in super::super) link_note: &'static str,
    pub(in super::super) since: &'static str,
    pub(in super::super) going: &'static str,
    pub(in super::super) remove: &'static str,
    pub(in super::super) remove_note: &'static str,
}

static JA: Partners = Partners {
    title: "記録の受け取り先",
    lead: "利用者が同意したときだけ、買いものの記録を受け取れる相手です。だれが同意したかは、ここには出ません。",
    none: "まだありません。追加すると、鍵と、利用者に見せるリンクができます。",
    new: "受け取り先を追加",
    name: "名前",
    purpose: "使いみち",
    url: "説明のページ(なくてもよい)",
    hint: "名前と使いみちは、同意の前に利用者がそのまま読みます。",
    add: "追加",
    added: "追加しました",
    added_note: "この鍵は、いまだけ表示されます。相手に安全な方法で渡してください。",
    link_note: "相手が利用者に見せるリンク:",
    since: "追加",
    going: "片付けています",
    remove: "なくす",
    remove_note: "鍵はすぐに使えなくなり、利用者の同意もすべて消えます。元には戻せません。",
};

static EN: Partners = Partners {
    title: "Partners",
    lead: "Whoever is here receives purchases of people who consented, and of nobody else. Who consented is not shown to you.",
    none: "None yet. A new one comes with a key, and with a link to show to people.",
    new: "Add a partner",
    name: "Name",
    purpose: "Purpose",
    url: "Page that says more (optional)",
    hint: "People read name and purpose, word for word, before they consent.",
    add: "Add",
    added: "Added",
    added_note: "This key is shown now and never again. Hand it over on a safe way.",
    link_note: "The link that the partner shows to people:",
    since: "added",
    going: "being taken away",
    remove: "Remove",
    remove_note: "Its key stops at once, and all that people consented to is taken away. There is no way back.",
};

impl Lang {
    /// What is said of partners.
    pub(in super::super) const fn of_partners(self) -> &'static Partners {
        match self {
            Self::Ja => &JA,
            Self::En => &EN,
        }
    }
}
