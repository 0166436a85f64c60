//! The four shops of the demo town: who they are, how they write prices, and what they sell. Says
//! nothing about who buys.

use super::catalogue::{Revision, revisions};
use super::shelf::Shelf;
use jiff::ToSpan;
use jiff::civil::{Date, DateTime};
use serde::Serialize;

/// How long before the first purchase the shops opened their catalogues.
const OPEN_BEFORE_DAYS: i64 = 30;

/// How a shop writes prices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Prices {
    /// The tax is inside.
    WithTax,
    /// The tax comes on top, once per rate and receipt.
    WithoutTax,
}

/// How a shop rounds the tax of a receipt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rounding {
    Down,
    HalfUp,
}

/// Ways to pay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Payment {
    Cash,
    Card,
    Emoney,
    Qr,
}

/// A shop's points: one for so many yen, spent in whole lots.
#[derive(Clone, Copy, Debug)]
pub(super) struct PointScheme {
    pub(super) yen_per_point: i64,
    pub(super) lot: i64,
}

/// How things are done in a shop.
#[derive(Debug)]
pub(super) struct Custom {
    pub(super) prices: Prices,
    pub(super) rounding: Rounding,
    pub(super) points: Option<PointScheme>,
    /// How its customer likes to pay there, in parts of a hundred.
    pub(super) payments: &'static [(Payment, i64)],
    pub(super) tills: &'static [&'static str],
    pub(super) staff: &'static [&'static str],
}

impl Custom {
    pub(super) const fn is_tax_included(&self) -> bool {
        match self.prices {
            Prices::WithTax => true,
            Prices::WithoutTax => false,
        }
    }
}

/// A shop.
#[derive(Debug)]
pub(super) struct Shop {
    pub(super) profile: Profile,
    pub(super) custom: Custom,
    pub(super) shelf: Shelf,
    /// What its till page has keys for, by the slugs of the shelf.
    pub(super) touch: &'static [&'static str],
    pub(super) revisions: Vec<Revision>,
}

impl Shop {
    pub(super) const fn id(&self) -> &'static str {
        self.profile.store_id
    }

    /// The newest revision that the till had at that instant.
    pub(super) fn revision_at(&self, at: DateTime) -> Option<u64> {
        let told = self
            .revisions
            .iter()
            .rev()
            .find(|revision| revision.told_at <= at);
        told.map(|revision| revision.number)
    }
}

/// The message of `POST /v1/stores`.
#[derive(Debug, Serialize)]
pub(super) struct Profile {
    pub(super) store_id: &'static str,
    pub(super) name: &'static str,
    timezone: &'static str,
    currency: &'static str,
    issuer: Issuer,
    address: &'static str,
    phone: &'static str,
    receipt_footer: &'static str,
}

#[derive(Debug, Serialize)]
struct Issuer {
    name: &'static str,
    registration_number: &'static str,
}

/// The four shops.
#[derive(Debug)]
pub(super) struct Town {
    pub(super) supermarket: Shop,
    pub(super) drugstore: Shop,
    pub(super) cafe: Shop,
    pub(super) salon: Shop,
}

impl Town {
    /// Builds the shops as they are `now`, with a history that begins before `first_day`.
    pub(super) fn build(first_day: Date, now: DateTime) -> anyhow::Result<Self> {
        let opening = first_day.checked_sub(OPEN_BEFORE_DAYS.days())?;
        let shop = |profile, custom, table, touch| -> anyhow::Result<Shop> {
            let shelf = Shelf::read(table, now.date())?;
            let revisions = revisions(&shelf, &custom, opening, now)?;
            Ok(Shop {
                profile,
                custom,
                shelf,
                touch,
                revisions,
            })
        };
        Ok(Self {
            supermarket: shop(
                SUPERMARKET,
                SUPERMARKET_CUSTOM,
                include_str!("shelf/supermarket.tsv"),
                &SUPERMARKET_TOUCH,
            )?,
            drugstore: shop(
                DRUGSTORE,
                DRUGSTORE_CUSTOM,
                include_str!("shelf/drugstore.tsv"),
                &DRUGSTORE_TOUCH,
            )?,
            cafe: shop(
                CAFE,
                CAFE_CUSTOM,
                include_str!("shelf/cafe.tsv"),
                &CAFE_TOUCH,
            )?,
            salon: shop(
                SALON,
                SALON_CUSTOM,
                include_str!("shelf/salon.tsv"),
                &SALON_TOUCH,
            )?,
        })
    }

    pub(super) const fn shops(&self) -> [&Shop; 4] {
        [&self.supermarket, &self.drugstore, &self.cafe, &self.salon]
    }
}

const TIMEZONE: &str = "Asia/Tokyo";
const CURRENCY: &str = "JPY";

/// What is sold all the time, and all year.
const SUPERMARKET_TOUCH: [&str; 12] = [
    "milk",
    "eggs",
    "bread",
    "natto",
    "onigiri-sake",
    "noriben",
    "korokke",
    "banana",
    "tea-500",
    "chips",
    "pudding",
    "bag",
];

const SUPERMARKET: Profile = Profile {
    store_id: "fujinoki",
    name: "スーパーふじの木 緑町店",
    timezone: TIMEZONE,
    currency: CURRENCY,
    issuer: Issuer {
        name: "株式会社ふじの木",
        registration_number: "T7999990000101",
    },
    address: "東京都折本市緑町1-4-2",
    phone: "042-000-0101",
    receipt_footer: "毎週火曜日は火曜市、毎日19時半からお惣菜がお得です",
};

const SUPERMARKET_CUSTOM: Custom = Custom {
    prices: Prices::WithoutTax,
    rounding: Rounding::Down,
    points: Some(PointScheme {
        yen_per_point: 200,
        lot: 500,
    }),
    payments: &[
        (Payment::Card, 45),
        (Payment::Emoney, 25),
        (Payment::Qr, 15),
        (Payment::Cash, 15),
    ],
    tills: &["1", "2", "3", "4"],
    staff: &["佐々木", "大野", "今井", "Nguyen", "木村"],
};

/// What is sold all the time, and all year.
const DRUGSTORE_TOUCH: [&str; 12] = [
    "toilet-paper",
    "tissue",
    "mask",
    "toothpaste",
    "hand-soap",
    "shampoo",
    "laundry",
    "bandaid",
    "protein-bar",
    "jelly",
    "energy",
    "almond",
];

const DRUGSTORE: Profile = Profile {
    store_id: "hanamizuki",
    name: "ドラッグはなみずき 緑町店",
    timezone: TIMEZONE,
    currency: CURRENCY,
    issuer: Issuer {
        name: "はなみずき薬品株式会社",
        registration_number: "T5999990000202",
    },
    address: "東京都折本市緑町1-5-9",
    phone: "042-000-0202",
    receipt_footer: "医薬品のご相談は薬剤師・登録販売者まで",
};

const DRUGSTORE_CUSTOM: Custom = Custom {
    prices: Prices::WithoutTax,
    rounding: Rounding::HalfUp,
    points: Some(PointScheme {
        yen_per_point: 100,
        lot: 100,
    }),
    payments: &[
        (Payment::Qr, 40),
        (Payment::Card, 30),
        (Payment::Emoney, 15),
        (Payment::Cash, 15),
    ],
    tills: &["1", "2"],
    staff: &["薬剤師 岡田", "村上", "長谷川"],
};

/// What is sold all the time, and all year.
const CAFE_TOUCH: [&str; 12] = [
    "latte",
    "blend",
    "cappuccino",
    "mocha",
    "matcha-latte",
    "earl-grey",
    "toast",
    "egg-sand",
    "cheesecake",
    "gateau",
    "scone",
    "cookie-choco",
];

const CAFE: Profile = Profile {
    store_id: "orizuru",
    name: "おりづる珈琲店",
    timezone: TIMEZONE,
    currency: CURRENCY,
    issuer: Issuer {
        name: "合同会社おりづる",
        registration_number: "T3999990000303",
    },
    address: "東京都折本市緑町2-1-1",
    phone: "042-000-0303",
    receipt_footer: "マイカップのお持ち込みで20円引き",
};

const CAFE_CUSTOM: Custom = Custom {
    prices: Prices::WithTax,
    rounding: Rounding::Down,
    points: None,
    payments: &[
        (Payment::Emoney, 60),
        (Payment::Qr, 25),
        (Payment::Cash, 15),
    ],
    tills: &["1"],
    staff: &["藤井", "みなみ", "松尾"],
};

/// What is sold all the time, and all year.
const SALON_TOUCH: [&str; 8] = [
    "cut",
    "bang",
    "color",
    "treatment",
    "head-spa",
    "blow",
    "salon-shampoo",
    "hair-oil",
];

const SALON: Profile = Profile {
    store_id: "komorebi",
    name: "ヘアサロン こもれび",
    timezone: TIMEZONE,
    currency: CURRENCY,
    issuer: Issuer {
        name: "有限会社こもれび",
        registration_number: "T1999990000404",
    },
    address: "東京都折本市緑町2-3-6 2階",
    phone: "042-000-0404",
    receipt_footer: "次回のご予約もお待ちしております",
};

const SALON_CUSTOM: Custom = Custom {
    prices: Prices::WithTax,
    rounding: Rounding::HalfUp,
    points: Some(PointScheme {
        yen_per_point: 100,
        lot: 1_000,
    }),
    payments: &[(Payment::Card, 80), (Payment::Cash, 20)],
    tills: &["1"],
    staff: &["高橋 (スタイリスト)", "杉山 (スタイリスト)"],
};
