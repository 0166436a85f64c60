//! How a shop writes down what the places of its own labels mean: `22IIIIIPPPPPC`.
//!
//! A pattern that exists can be used: what could not be meant is refused, with the way to write it.
//! Nothing here knows of other patterns; that two do not contradict is `patterns.rs`.

use thiserror::Error;

/// The places of an EAN-13.
const PLACES: usize = 13;
/// Characters of a pattern as written that a fault repeats.
const WRITTEN_CHARS_SHOWN: usize = 40;
/// The digits of a weight in grams that fit a number: a ton and much more.
const WEIGHT_PLACES_MAX: usize = 9;

/// Why a pattern cannot be meant.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PatternError {
    /// Not thirteen places.
    #[error(
        "pattern {pattern:?} has {places} places and needs 13: an in-store code is an EAN-13, \
         written like 22IIIIIPPPPPC"
    )]
    Places {
        /// As written.
        pattern: String,
        /// How many it has.
        places: usize,
    },
    /// A character that means nothing.
    #[error(
        "pattern {pattern:?}: {character:?} means nothing; a place is a digit, I (item), \
         P (price), W (weight in grams), K or V (check digit of the price), or C (check digit)"
    )]
    Character {
        /// As written.
        pattern: String,
        /// The one that is unknown.
        character: char,
    },
    /// It would catch article numbers of other people's goods.
    #[error(
        "pattern {pattern:?} must begin with 02 or 2: all other numbers belong to manufacturers; \
         write it like 22IIIIIPPPPPC"
    )]
    Prefix {
        /// As written.
        pattern: String,
    },
    /// The check digit of the whole is not where it stands in an EAN-13.
    #[error("pattern {pattern:?} must have its only C at the end: write {fix}")]
    CheckPlace {
        /// As written.
        pattern: String,
        /// The pattern mended.
        fix: String,
    },
    /// No place says which item it is.
    #[error("pattern {pattern:?} has no I: write I for each digit of the item's number")]
    NoItem {
        /// As written.
        pattern: String,
    },
    /// Price and weight at once.
    #[error(
        "pattern {pattern:?} has both P and W: a label carries a price or a weight; \
         write the digits to be ignored as K"
    )]
    PriceAndWeight {
        /// As written.
        pattern: String,
    },
    /// Nothing to take out of the code.
    #[error(
        "pattern {pattern:?} has neither P nor W: a code without price and weight is found as it \
         stands; take the pattern away"
    )]
    NothingEmbedded {
        /// As written.
        pattern: String,
    },
    /// A letter in two places.
    #[error("pattern {pattern:?}: the places of {letter} must stand side by side; {letter} is cut")]
    Cut {
        /// As written.
        pattern: String,
        /// The letter.
        letter: char,
    },
    /// A weight of more grams than are counted.
    #[error(
        "pattern {pattern:?} has {places} W: a weight has at most 9; write the first ones as 0"
    )]
    WeightPlaces {
        /// As written.
        pattern: String,
        /// How many it has.
        places: usize,
    },
}

/// What one place of a label is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Place {
    /// Always this digit.
    Literal(char),
    /// A digit of the item's number.
    Item,
    /// A digit of the price in minor units.
    Price,
    /// A digit of the weight in grams.
    Weight,
    /// A check digit of the price, by rules that differ from scale to scale.
    PriceCheck(char),
    /// The check digit of the whole.
    Check,
}

impl Place {
    fn read(character: char) -> Option<Self> {
        match character {
            '0'..='9' => Some(Self::Literal(character)),
            'I' => Some(Self::Item),
            'P' => Some(Self::Price),
            'W' => Some(Self::Weight),
            'K' | 'V' => Some(Self::PriceCheck(character)),
            'C' => Some(Self::Check),
            _ => None,
        }
    }

    /// The digit that always stands here, if one does.
    pub(super) const fn literal(self) -> Option<char> {
        match self {
            Self::Literal(digit) => Some(digit),
            Self::Item | Self::Price | Self::Weight | Self::PriceCheck(_) | Self::Check => None,
        }
    }

    const fn letter(self) -> char {
        match self {
            Self::Literal(digit) => digit,
            Self::Item => 'I',
            Self::Price => 'P',
            Self::Weight => 'W',
            Self::PriceCheck(letter) => letter,
            Self::Check => 'C',
        }
    }
}

/// What the places of one kind of in-store label mean. Beside the places stand masks over packed
/// digits, four bits each, so that a label is compared in one step.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Pattern {
    places: [Place; PLACES],
    /// Ones where a digit is written down.
    fixed: u64,
    /// The digits that are written down.
    digits: u64,
    /// Ones where a digit belongs to the item's code.
    kept: u64,
}

impl Pattern {
    /// Reads a pattern such as `22IIIIIPPPPPC`. Small letters and blanks between places are taken.
    ///
    /// # Errors
    /// [`PatternError`] says what it cannot mean, and how to write what was meant.
    pub fn parse(written: &str) -> Result<Self, PatternError> {
        let letters: Vec<char> = written
            .chars()
            .filter(|c| !c.is_whitespace())
            .map(|c| c.to_ascii_uppercase())
            .collect();
        // What is far too long is not said back.
        let pattern = || {
            written
                .chars()
                .take(WRITTEN_CHARS_SHOWN)
                .collect::<String>()
        };
        let mut places = Vec::with_capacity(PLACES);
        for &character in &letters {
            places.push(
                Place::read(character).ok_or_else(|| PatternError::Character {
                    pattern: pattern(),
                    character,
                })?,
            );
        }
        let places = <[Place; PLACES]>::try_from(places).map_err(|_| PatternError::Places {
            pattern: pattern(),
            places: letters.len(),
        })?;
        prove(&places, pattern())?;
        Ok(Self::compiled(places))
    }

    fn compiled(places: [Place; PLACES]) -> Self {
        let (mut fixed, mut digits, mut kept) = (0, 0, 0);
        for place in places {
            let (is_fixed, digit, is_kept) = match place {
                Place::Literal(digit) => (0xf, u64::from(digit.to_digit(10).unwrap_or(0)), 0xf),
                Place::Item => (0, 0, 0xf),
                Place::Price | Place::Weight | Place::PriceCheck(_) | Place::Check => (0, 0, 0),
            };
            fixed = fixed << 4 | is_fixed;
            digits = digits << 4 | digit;
            kept = kept << 4 | is_kept;
        }
        Self {
            places,
            fixed,
            digits,
            kept,
        }
    }

    /// Do packed digits have what is written down?
    pub(super) const fn fits(&self, packed: u64) -> bool {
        packed & self.fixed == self.digits
    }

    /// The mask of the digits that belong to the item's code.
    pub(super) const fn kept(&self) -> u64 {
        self.kept
    }

    pub(super) const fn places(&self) -> &[Place; PLACES] {
        &self.places
    }
}

impl std::fmt::Display for Pattern {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.places
            .iter()
            .try_for_each(|place| write!(f, "{}", place.letter()))
    }
}

fn prove(places: &[Place; PLACES], pattern: String) -> Result<(), PatternError> {
    let count = |wanted: Place| places.iter().filter(|place| **place == wanted).count();
    let [first, second, .., last] = places;
    let is_in_store = match (first.literal(), second.literal()) {
        (Some('2'), _) => true,
        (first, second) => first == Some('0') && second == Some('2'),
    };
    if !is_in_store {
        return Err(PatternError::Prefix { pattern });
    }
    if count(Place::Check) != 1 || *last != Place::Check {
        let fix = with_check_at_the_end(places);
        return Err(PatternError::CheckPlace { pattern, fix });
    }
    if count(Place::Item) == 0 {
        return Err(PatternError::NoItem { pattern });
    }
    match (count(Place::Price), count(Place::Weight)) {
        (0, 0) => return Err(PatternError::NothingEmbedded { pattern }),
        (0, places) if places > WEIGHT_PLACES_MAX => {
            return Err(PatternError::WeightPlaces { pattern, places });
        }
        (0, _) | (_, 0) => {}
        _ => return Err(PatternError::PriceAndWeight { pattern }),
    }
    match cut_letter(places) {
        Some(letter) => Err(PatternError::Cut { pattern, letter }),
        None => Ok(()),
    }
}

/// A letter that begins again after something else.
fn cut_letter(places: &[Place; PLACES]) -> Option<char> {
    let mut runs: Vec<char> = places.iter().map(|place| place.letter()).collect();
    runs.dedup();
    runs.iter().copied().find(|letter| {
        !letter.is_ascii_digit() && runs.iter().filter(|other| *other == letter).count() > 1
    })
}

/// The pattern as it was probably meant: what stood at the end gives way to the check digit, and a
/// check digit elsewhere belongs to the price.
fn with_check_at_the_end(places: &[Place; PLACES]) -> String {
    let letters = places.iter().take(PLACES - 1).map(|place| match place {
        Place::Check => 'K',
        Place::Literal(_) | Place::Item | Place::Price | Place::Weight | Place::PriceCheck(_) => {
            place.letter()
        }
    });
    letters.chain(std::iter::once('C')).collect()
}
