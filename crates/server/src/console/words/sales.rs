//! The words of the overview, of days, of receipts and of conflicts.

use crate::html::language::Lang;
use purchase::warning::Warning;

/// What is said of sales.
pub(in super::super) struct Sales {
    pub(in super::super) today: fn(u64) -> &'static str,
    pub(in super::super) pending: &'static str,
    pub(in super::super) conflicts: &'static str,
    pub(in super::super) conflicts_counted: fn(usize) -> &'static str,
    pub(in super::super) silent: fn(usize) -> &'static str,
    pub(in super::super) is_silent: &'static str,
    pub(in super::super) condition: &'static str,
    pub(in super::super) well: &'static str,
    pub(in super::super) disk_full: &'static str,
    pub(in super::super) read_only: &'static str,
    pub(in super::super) away: &'static str,
    pub(in super::super) stopping: &'static str,
    pub(in super::super) beyond: fn(usize) -> String,
    pub(in super::super) look_here: &'static str,
    pub(in super::super) all_well: &'static str,
    pub(in super::super) days: &'static str,
    pub(in super::super) no_days: &'static str,
    pub(in super::super) date: &'static str,
    pub(in super::super) count: &'static str,
    pub(in super::super) total: &'static str,
    pub(in super::super) digest: &'static str,
    pub(in super::super) day_note: &'static str,
    pub(in super::super) conflicts_lead: &'static str,
    pub(in super::super) no_conflicts: &'static str,
    pub(in super::super) recorded: &'static str,
    pub(in super::super) other: &'static str,
    pub(in super::super) received: fn(&str) -> String,
    pub(in super::super) transaction: &'static str,
    pub(in super::super) same: &'static str,
    pub(in super::super) unopened: &'static str,
    pub(in super::super) find: &'static str,
    pub(in super::super) find_lead: &'static str,
    pub(in super::super) store_id: &'static str,
    pub(in super::super) number: &'static str,
    pub(in super::super) find_button: &'static str,
    pub(in super::super) not_found: &'static str,
    pub(in super::super) sale: &'static str,
    pub(in super::super) a_return: &'static str,
    pub(in super::super) a_void: &'static str,
    pub(in super::super) voided: &'static str,
    pub(in super::super) pending_name: &'static str,
    pub(in super::super) receipt_number: &'static str,
    pub(in super::super) terminal: &'static str,
    pub(in super::super) quantity: &'static str,
    pub(in super::super) amount: &'static str,
    pub(in super::super) warnings: &'static str,
    pub(in super::super) warning: fn(Warning) -> &'static str,
    pub(in super::super) first_of_day: fn(usize) -> String,
    pub(in super::super) warned: &'static str,
    pub(in super::super) warned_tile: fn(usize) -> String,
    pub(in super::super) warned_lead: fn(usize) -> String,
    pub(in super::super) no_warned: &'static str,
    pub(in super::super) warned_part: &'static str,
}

static JA: Sales = Sales {
    today: |_| "今日の件数",
    pending: "品名待ちの行",
    conflicts: "食い違い",
    conflicts_counted: |_| "食い違い",
    silent: |_| "7日間売上のない店舗",
    is_silent: "7日間売上なし",
    condition: "サーバー",
    well: "順調です",
    disk_full: "ディスクの空きがありません。何も受け取れません",
    read_only: "データベースが読み取り専用です",
    away: "データベースにつながりません",
    stopping: "停止しています",
    beyond: |more| format!("ほかに {more} 店舗あります。数えたのは最初の500店舗です。"),
    look_here: "気をつけたい店舗",
    all_well: "気になる店舗はありません。",
    days: "日ごとの売上",
    no_days: "この期間に売上はありません。",
    date: "日付",
    count: "件数",
    total: "合計",
    digest: "照合値",
    day_note: "端末の締めと照合値が同じなら、その日の記録は一致しています。食い違う日は、端末が知らせてくると、ここと店舗のページに出ます。",
    conflicts_lead: "同じ取引番号で、内容のちがうものが届きました。先に届いたほうが記録されています。",
    no_conflicts: "食い違いはありません。",
    recorded: "記録されているもの",
    other: "あとから届いたもの",
    received: |time| format!("受信 {time}"),
    transaction: "取引",
    same: "違いは、支払いなど、ここに出ない部分だけです。",
    unopened: "記録は、もう開けません。",
    find: "番号からレシートをさがす",
    find_lead: "何が売れたかだけがわかります。だれが買ったかは出ません。調べたことは操作の記録に残ります。",
    store_id: "店舗ID",
    number: "レシート番号か取引番号",
    find_button: "さがす",
    not_found: "その日に、この番号のレシートはありません。",
    sale: "売上",
    a_return: "返品",
    a_void: "取消",
    voided: "取り消されました",
    pending_name: "品名待ち",
    receipt_number: "レシート番号",
    terminal: "レジ",
    quantity: "数量",
    amount: "金額",
    warnings: "注意",
    warning: warning_ja,
    first_of_day: |count| format!("この日の最初の {count} 件です。"),
    warned: "注意のある売上",
    warned_tile: |days| format!("注意のある売上（{days}日間）"),
    warned_lead: |days| {
        format!(
            "記録されたうち、注意のついたものを、{days}日ごとに新しい順に出します。売上は、注意がついても止まりません。"
        )
    },
    no_warned: "この期間に、注意のある売上はありません。",
    warned_part: "売上がとても多い日があり、その日は最初の 20,000 件だけを調べました。",
};

static EN: Sales = Sales {
    today: |count| match count {
        1 => "sale today",
        _ => "sales today",
    },
    pending: "waiting for a name",
    conflicts: "conflicts",
    conflicts_counted: |count| match count {
        1 => "conflict",
        _ => "conflicts",
    },
    silent: |count| match count {
        1 => "store silent for 7 days",
        _ => "stores silent for 7 days",
    },
    is_silent: "silent for 7 days",
    condition: "server",
    well: "well",
    disk_full: "the disk is full: nothing is taken",
    read_only: "the database is read-only",
    away: "the database is away",
    stopping: "stopping",
    beyond: |more| format!("There are {more} stores more; the first 500 are counted."),
    look_here: "Stores to look at",
    all_well: "No store wants attention.",
    days: "Days",
    no_days: "Nothing was sold in this time.",
    date: "Date",
    count: "Count",
    total: "Total",
    digest: "Digest",
    day_note: "A day agrees if the device's closing shows the same digest. Days that a device finds to disagree are marked here and on the page of the store.",
    conflicts_lead: "Something else came under a number already taken. What came first is recorded.",
    no_conflicts: "There are no conflicts.",
    recorded: "Recorded",
    other: "Came later",
    received: |time| format!("received {time}"),
    transaction: "transaction",
    same: "They differ only in parts that are not shown here, such as payments.",
    unopened: "What was recorded can no longer be opened.",
    find: "Find a receipt by its number",
    find_lead: "You see what was sold, never who bought it. The look-up is written into the audit log.",
    store_id: "Store id",
    number: "Receipt or transaction number",
    find_button: "Find",
    not_found: "There is no receipt of this number on that day.",
    sale: "sale",
    a_return: "return",
    a_void: "void",
    voided: "voided",
    pending_name: "no name yet",
    receipt_number: "receipt number",
    terminal: "till",
    quantity: "Quantity",
    amount: "Amount",
    warnings: "Warnings",
    warning: warning_en,
    first_of_day: |count| format!("These are the first {count} of the day."),
    warned: "Sales with warnings",
    warned_tile: |days| format!("sales with warnings in {days} days"),
    warned_lead: |days| {
        format!(
            "What was recorded with a warning, newest first, {days} days at a time. A warning never stops a sale."
        )
    },
    no_warned: "No sale of this time has a warning.",
    warned_part: "A day had so many sales that only its first 20,000 were looked through.",
};

impl Lang {
    /// What is said of sales.
    pub(in super::super) const fn of_sales(self) -> &'static Sales {
        match self {
            Self::Ja => &JA,
            Self::En => &EN,
        }
    }
}

const fn warning_ja(warning: Warning) -> &'static str {
    match warning {
        Warning::TaxCheck => "税額が税率と合いません",
        Warning::OverReturned => "売れた数より多く返品されています",
        Warning::Clock => "レジの時計が10分以上進んでいました",
    }
}

const fn warning_en(warning: Warning) -> &'static str {
    match warning {
        Warning::TaxCheck => "the tax does not follow from its rate",
        Warning::OverReturned => "more came back than was sold",
        Warning::Clock => "the till's clock was over ten minutes ahead",
    }
}
