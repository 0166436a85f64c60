//! The words of commands: what a page can do and no command can, with what comes nearest to it.

use crate::html::language::Lang;

/// What is said where a command is missing, or does more than its page.
pub(in super::super) struct Commands {
    pub(in super::super) printed_number: &'static str,
    pub(in super::super) private_items: &'static str,
    pub(in super::super) whole_conflicts: &'static str,
    pub(in super::super) find_person: &'static str,
    pub(in super::super) standing: &'static str,
    pub(in super::super) browsers: &'static str,
    pub(in super::super) reports: &'static str,
    pub(in super::super) warnings: &'static str,
    pub(in super::super) item_search: &'static str,
    pub(in super::super) poster: &'static str,
}

static JA: Commands = Commands {
    printed_number: "印字されたレシート番号でさがすコマンドはありません。その日の一覧でレジの取引番号をみつけ、その番号で1件を読みます。",
    private_items: "レシートの品名を出すコマンドも、伏せられた品を開くコマンドもありません。上のコマンドは、合計と、あと何点返品できるかを答えます。",
    whole_conflicts: "食い違いのコマンドは、伏せられた品もそのまま出します。読んだことは操作の記録に残ります。",
    find_person: "登録せずにさがすコマンドはありません。登録のコマンドは、登録ずみの参照名には、その人のIDを答えます。",
    standing: "アカウントの状態だけを読むコマンドはありません。",
    browsers: "サインイン中のブラウザーの一覧を出すコマンドはありません。ブラウザーのIDは、このページに出ています。",
    reports: "端末が知らせてきたことと、最後の連絡の時刻を読むコマンドはありません。",
    warnings: "何日もまとめて読むコマンドはありません。1日の一覧の warnings が、このページと同じものです。",
    item_search: "さがすコマンドはありません。変更の一覧を品名で絞りこんでください。",
    poster: "貼り紙を作るコマンドはありません。QRコードの中身は、このページのリンクそのものです。",
};

static EN: Commands = Commands {
    printed_number: "No command looks for a printed number. The list of the day has the numbers of the tills, and by one of those a sale is read.",
    private_items: "No command shows the items of a receipt, nor opens private ones: the one above tells the total, and how much may still come back.",
    whole_conflicts: "The command for conflicts shows private items as well. That they were read is written into the audit log.",
    find_person: "No command finds somebody without adding. The one that adds answers a reference that is known with the person's id.",
    standing: "No command reads how the account stands.",
    browsers: "No command lists the browsers that are signed in; their ids are on this page.",
    reports: "No command reads what devices say of themselves, nor when they were heard of.",
    warnings: "No command reads many days at once. In the list of a day, “warnings” says the same as this page.",
    item_search: "No command searches. Look through the list of changes for the name.",
    poster: "No command makes a poster. Its square holds the link on this page and nothing else.",
};

impl Lang {
    /// What is said where a command is missing.
    pub(in super::super) const fn of_commands(self) -> &'static Commands {
        match self {
            Self::Ja => &JA,
            Self::En => &EN,
        }
    }
}
