//! The words of what machines told of themselves, and of the names that stores are asked for.

use crate::html::language::Lang;

/// What is said of machines and wishes.
pub(in super::super) struct Reports {
    pub(in super::super) name: &'static str,
    pub(in super::super) contact: &'static str,
    pub(in super::super) version: &'static str,
    pub(in super::super) waiting: &'static str,
    pub(in super::super) tills: &'static str,
    pub(in super::super) oldest: fn(&str) -> String,
    pub(in super::super) newer: fn(&str) -> String,
    pub(in super::super) of_chain: &'static str,
    pub(in super::super) never: &'static str,
    pub(in super::super) note: &'static str,
    pub(in super::super) look_here: &'static str,
    pub(in super::super) all_well: &'static str,
    pub(in super::super) silent_with_queue: fn(u64) -> String,
    pub(in super::super) silent: &'static str,
    pub(in super::super) stuck: fn(u64) -> String,
    pub(in super::super) stuck_sale: fn(&str, &str, &str) -> String,
    pub(in super::super) stuck_more: fn(u64) -> String,
    pub(in super::super) advice: fn(&str) -> &'static str,
    pub(in super::super) apart: fn(u64, u64) -> String,
    pub(in super::super) apart_note: &'static str,
    pub(in super::super) apart_marked: &'static str,
    pub(in super::super) little_disk: fn(u64) -> String,
    pub(in super::super) clock_behind: fn(u64) -> String,
    pub(in super::super) clock_ahead: fn(u64) -> String,
    pub(in super::super) keys: &'static str,
    pub(in super::super) silent_devices: fn(usize) -> &'static str,
    pub(in super::super) stuck_sales: fn(u64) -> &'static str,
    pub(in super::super) days_apart: fn(usize) -> &'static str,
    pub(in super::super) ask: &'static str,
    pub(in super::super) asked: fn(&str) -> String,
    pub(in super::super) take_back: &'static str,
    pub(in super::super) ask_note: &'static str,
}

static JA: Reports = Reports {
    name: "端末",
    contact: "最後の連絡",
    version: "バージョン",
    waiting: "送信待ち",
    tills: "レジ",
    oldest: |time| format!("最も古いもの {time}"),
    newer: |version| format!("新しい {version} があります"),
    of_chain: "チェーンの端末",
    never: "まだありません",
    note: "端末が自分で知らせてきたことです。数分ごとに変わります。",
    look_here: "この店の端末で気をつけること",
    all_well: "端末に気になることはありません。",
    silent_with_queue: |waiting| {
        format!(
            "連絡がありません。送信待ちが {waiting} 件残っています。電源と回線を確かめてください。"
        )
    },
    silent: "3日以上連絡がありません。電源と回線を確かめるか、使わない端末なら鍵を無効にしてください。",
    stuck: |count| format!("確認が必要な売上が {count} 件、端末で止まっています。"),
    stuck_sale: |till, date, number| format!("レジ {till} ・ {date} ・ 番号 {number}"),
    stuck_more: |more| {
        format!(
            "ほかに {more} 件あります。端末で orihon-device refused を実行すると、すべて見られます。"
        )
    },
    advice: advice_ja,
    apart: |there, here| format!("端末 {there} 件、サーバー {here} 件"),
    apart_note: "この日は、端末とサーバーで記録が食い違っています。端末で orihon-device days を実行すると、どの売上かがわかります。",
    apart_marked: "印のついた日は、端末とサーバーで記録が食い違っています。端末で orihon-device days を実行すると、どの売上かがわかります。",
    little_disk: |megabytes| format!("ディスクの空きが {megabytes} MB しかありません。"),
    clock_behind: |minutes| format!("時計が {minutes} 分遅れています。直してください。"),
    clock_ahead: |minutes| format!("時計が {minutes} 分進んでいます。直してください。"),
    keys: "鍵を無効にする",
    silent_devices: |_| "連絡のない端末",
    stuck_sales: |_| "端末で止まった売上",
    days_apart: |_| "食い違う日",
    ask: "店に品名を頼む",
    asked: |time| format!("店に頼みました({time})"),
    take_back: "取り消す",
    ask_note: "頼むと、店の端末に表示されます。品名が入ると、自動で消えます。",
};

static EN: Reports = Reports {
    name: "Device",
    contact: "Last contact",
    version: "Version",
    waiting: "Waiting",
    tills: "Tills",
    oldest: |time| format!("the oldest since {time}"),
    newer: |version| format!("newer: {version}"),
    of_chain: "of the chain",
    never: "not yet",
    note: "This is what devices say of themselves, every few minutes.",
    look_here: "Look at these devices",
    all_well: "The devices are well.",
    silent_with_queue: |waiting| {
        let sales = match waiting {
            1 => "1 sale".to_owned(),
            waiting => format!("{waiting} sales"),
        };
        format!("It is silent, and {sales} waited on it. Check its power and its line.")
    },
    silent: "It has been silent for more than three days. Check its power and its line, or revoke its key if it is no longer used.",
    stuck: |count| match count {
        1 => "1 sale is stuck on it and needs a person.".to_owned(),
        count => format!("{count} sales are stuck on it and need a person."),
    },
    stuck_sale: |till, date, number| format!("till {till} · {date} · number {number}"),
    stuck_more: |more| {
        format!("There are {more} more; orihon-device refused shows them all on the device.")
    },
    advice: advice_en,
    apart: |there, here| format!("{there} on the device, {here} on the server"),
    apart_note: "Device and server have different records of this day. On the device, orihon-device days says which sales differ.",
    apart_marked: "Device and server have different records of the marked days. On the device, orihon-device days says which sales differ.",
    little_disk: |megabytes| format!("Only {megabytes} MB are free on its disk."),
    clock_behind: |minutes| format!("Its clock is {minutes} minutes behind. Set it right."),
    clock_ahead: |minutes| format!("Its clock is {minutes} minutes ahead. Set it right."),
    keys: "Revoke a key",
    silent_devices: |count| match count {
        1 => "device silent",
        _ => "devices silent",
    },
    stuck_sales: |count| match count {
        1 => "sale stuck on a device",
        _ => "sales stuck on devices",
    },
    days_apart: |count| match count {
        1 => "day that disagrees",
        _ => "days that disagree",
    },
    ask: "Ask the store for this name",
    asked: |time| format!("the store was asked ({time})"),
    take_back: "Take back",
    ask_note: "What you ask for is shown on the store's device, and goes away by itself once the item has its name.",
};

/// What to do about a sale that is stuck, by why the server refused it.
fn advice_ja(code: &str) -> &'static str {
    match code {
        "key_conflict" => {
            "同じ番号の別の売上が先に届いています。食い違いのページで見くらべ、端末で別の番号にして送りなおせます。"
        }
        "card_number_refused" => "カード番号が書かれています。端末で消して、送りなおしてください。",
        "currency_mismatch" | "store_closed" | "not_your_store" => {
            "店の設定と合っていません。店舗の情報を確かめてください。"
        }
        _ => "端末の「確認が必要な売上」で、直すか、もう一度送ってください。",
    }
}

fn advice_en(code: &str) -> &'static str {
    match code {
        "key_conflict" => {
            "Another sale came first under this number. Compare both under conflicts, and send this one under another number from the device."
        }
        "card_number_refused" => {
            "It holds a card number. Take that out on the device, and send it again."
        }
        "currency_mismatch" | "store_closed" | "not_your_store" => {
            "It does not fit the store as it is set up here. Check the store's settings."
        }
        _ => "Correct it or send it again under “Sales to look at” on the device.",
    }
}

impl Lang {
    /// What is said of machines and wishes, in this language.
    pub(in super::super) const fn of_reports(self) -> &'static Reports {
        match self {
            Self::Ja => &JA,
            Self::En => &EN,
        }
    }
}
