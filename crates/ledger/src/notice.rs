//! The notice on the door of a ledger that moves: where to, how far that is, and by which move. It lies
//! with the ledger itself, in its folder or in its database, so that whoever opens it reads it, and so
//! that nobody files in two places. Nothing is moved here.

use crate::keyring::{hex, unhex};

/// Which move it is: 16 random bytes, the same at both ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MoveId(pub [u8; 16]);

/// How far the move is, seen from the ledger that has the notice. The numbers are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// It is being copied here and not whole yet. It is not served.
    Arriving,
    /// It was copied here, and is served.
    Arrived,
    /// It is being copied from here. It is read, and nothing is written.
    Leaving,
    /// It was copied from here and is served elsewhere. Nothing is written here any more.
    Left,
}

/// What a ledger is opened for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Purpose {
    /// To take writes. One that moves or has moved is refused.
    #[default]
    Serve,
    /// To be read, wherever it moves. It must be there, and nothing is written.
    Read,
}

/// The notice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Which move.
    pub move_id: MoveId,
    /// How far it is.
    pub stage: Stage,
    /// The other end, as people may see it.
    pub place: String,
}

impl Stage {
    /// The number by which it is stored.
    #[must_use]
    pub const fn number(self) -> i16 {
        match self {
            Self::Arriving => 1,
            Self::Arrived => 2,
            Self::Leaving => 3,
            Self::Left => 4,
        }
    }

    /// The stage of that number.
    #[must_use]
    pub const fn of(number: i16) -> Option<Self> {
        match number {
            1 => Some(Self::Arriving),
            2 => Some(Self::Arrived),
            3 => Some(Self::Leaving),
            4 => Some(Self::Left),
            _ => None,
        }
    }

    const fn word(self) -> &'static str {
        match self {
            Self::Arriving => "arriving",
            Self::Arrived => "arrived",
            Self::Leaving => "leaving",
            Self::Left => "left",
        }
    }
}

impl Notice {
    /// The notice as the text of a file: its stage, its move and its place, a line each.
    #[must_use]
    pub fn to_text(&self) -> String {
        let Self {
            move_id,
            stage,
            place,
        } = self;
        format!("{}\n{}\n{place}\n", stage.word(), hex(&move_id.0))
    }

    /// Reads such a text; none if it is another one.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        let (word, id, place) = (lines.next()?, lines.next()?, lines.next()?);
        let stage = (1..=4)
            .filter_map(Stage::of)
            .find(|stage| stage.word() == word)?;
        Some(Self {
            move_id: MoveId(unhex(id)?),
            stage,
            place: place.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notice_is_read_as_it_was_written() {
        for number in 1..=4 {
            let notice = Notice {
                move_id: MoveId([7; 16]),
                stage: Stage::of(number).expect("a stage"),
                place: "database orihon at db-1:5432 as orihon".to_owned(),
            };
            assert_eq!(notice.stage.number(), number);
            assert_eq!(Notice::from_text(&notice.to_text()), Some(notice));
        }
        let id = "07".repeat(16);
        for other in ["", "left", "left\n07\nx", &format!("gone\n{id}\nx")] {
            assert_eq!(Notice::from_text(other), None, "{other:?}");
        }
    }
}
