//! The words of the page that somebody sees whose account is suspended.

use super::super::language::Lang;

/// The words of that page.
pub(in super::super) struct Suspended {
    pub(in super::super) title: &'static str,
    pub(in super::super) since: fn(&str) -> String,
    pub(in super::super) reason: &'static str,
    pub(in super::super) ask: &'static str,
    pub(in super::super) ask_whoever: &'static str,
    pub(in super::super) still: &'static str,
}

static JA: Suspended = Suspended {
    title: "このアカウントは止められています",
    since: |day| format!("{day}に、サーバーの管理者が止めました。"),
    reason: "理由:",
    ask: "お問い合わせ先:",
    ask_whoever: "くわしくは、このサーバーの管理者にお問い合わせください。",
    still: "買いものは、いままでどおり記録されます。会員コードやカードもそのまま使えます。記録の持ち出しと、アカウントの削除は、いまもできます。",
};

static EN: Suspended = Suspended {
    title: "This account is suspended",
    since: |day| format!("The operator of this server suspended it on {day}."),
    reason: "Reason:",
    ask: "Whom to ask:",
    ask_whoever: "Ask whoever runs this server about it.",
    still: "What you buy is still recorded, and your member code and card stay good. You can still take your data along, and ask to have the account deleted.",
};

impl Lang {
    /// The words of the page of a suspended account.
    pub(in super::super) const fn of_suspended(self) -> &'static Suspended {
        match self {
            Self::Ja => &JA,
            Self::En => &EN,
        }
    }
}
