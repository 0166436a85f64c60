//! What the calendar asks for: the feasts of the year, and dishes by season.

use jiff::civil::Date;

/// A feast, and what one buys for it from its first to its last day.
pub(super) struct Feast {
    pub(super) from: (i8, i8),
    to: (i8, i8),
    pub(super) slugs: &'static [&'static str],
}

impl Feast {
    pub(super) fn ends_on(&self, day: Date) -> bool {
        self.to == (day.month(), day.day())
    }
}

const fn feast(from: (i8, i8), to: (i8, i8), slugs: &'static [&'static str]) -> Feast {
    Feast { from, to, slugs }
}

const FEASTS: &[Feast] = &[
    feast((1, 5), (1, 7), &["nanakusa"]),
    feast((2, 1), (2, 3), &["ehomaki", "fukumame"]),
    feast((2, 9), (2, 14), &["valentine"]),
    feast((2, 27), (3, 3), &["chirashi", "hinaarare", "sakuramochi"]),
    feast((3, 18), (3, 23), &["ohagi", "bukka"]),
    feast((3, 27), (4, 7), &["dango", "sakuramochi"]),
    feast((5, 1), (5, 5), &["kashiwamochi"]),
    feast((7, 18), (7, 24), &["unagi"]),
    feast((8, 9), (8, 13), &["bukka"]),
    feast((9, 19), (9, 24), &["ohagi", "bukka"]),
    feast((9, 26), (10, 2), &["tsukimi"]),
    feast((10, 24), (10, 31), &["halloween"]),
    feast((12, 23), (12, 24), &["chicken", "xmas-cake"]),
    feast((12, 20), (12, 22), &["pumpkin"]),
    feast(
        (12, 28),
        (12, 31),
        &[
            "toshikoshi",
            "kamaboko",
            "datemaki",
            "kazunoko",
            "kurikinton",
            "mochi",
            "mikan-box",
            "nihonshu",
        ],
    ),
];

/// The feast of a day, if it has one.
pub(super) fn feast_of(day: Date) -> Option<&'static Feast> {
    let today = (day.month(), day.day());
    FEASTS
        .iter()
        .find(|feast| feast.from <= today && today <= feast.to)
}

const HOT_POTS: &[&[&str]] = &[
    &[
        "nabe-yose",
        "hakusai",
        "negi",
        "shungiku",
        "shiitake",
        "momen",
        "shirataki",
        "tara",
    ],
    &[
        "nabe-kimchi",
        "hakusai",
        "negi",
        "moyashi",
        "enoki",
        "momen",
        "butabara",
    ],
    &[
        "ponzu", "hakusai", "mizuna", "enoki", "momen", "momo", "kinu",
    ],
    &[
        "warishita",
        "gyumomo",
        "negi",
        "shirataki",
        "momen",
        "shungiku",
        "eggs",
    ],
];

const SUMMER_DISHES: &[&[&str]] = &[
    &["somen", "mentsuyu", "cucumber", "okra", "ginger", "eggs"],
    &[
        "yakisoba", "moyashi", "cabbage", "piman", "butakoma", "corn",
    ],
    &["edamame", "katsuo", "tomato", "nasu", "beer-6"],
];

const EVERYDAY_DISHES: &[&[&str]] = &[
    &["curry", "potato", "carrot", "onion", "butakoma"],
    &["aibiki", "onion", "eggs", "tomato", "broccoli"],
    &["sake", "daikon", "miso", "aburaage", "komatsuna"],
    &["momo", "cabbage", "lettuce", "minitomato", "mayo"],
    &["spaghetti", "bacon", "shimeji", "cream", "cheese-pizza"],
];

/// What a dish of the season takes.
pub(super) fn dishes(day: Date) -> &'static [&'static [&'static str]] {
    match day.month() {
        11 | 12 | 1 | 2 => HOT_POTS,
        6..=8 => SUMMER_DISHES,
        _ => EVERYDAY_DISHES,
    }
}

/// Is there cedar or cypress pollen in the air?
pub(in super::super) fn has_pollen(day: Date) -> bool {
    ((2, 12)..=(4, 20)).contains(&(day.month(), day.day()))
}

/// What the café bakes besides its list, by month.
pub(super) fn tart_of(day: Date) -> &'static str {
    match day.month() {
        1 | 2 => "本日のタルト(金柑)",
        3 | 4 => "本日のタルト(いちご)",
        5 | 6 => "本日のタルト(びわ)",
        7 | 8 => "本日のタルト(桃)",
        9 | 10 => "本日のタルト(いちじく)",
        _ => "本日のタルト(ラ・フランス)",
    }
}
