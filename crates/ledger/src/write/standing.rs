//! What can be written about a person's account as a whole: that it is closed to its person for a while,
//! and open again; and that two become one. What is bought goes on being filed meanwhile. Each is told to the
//! person, with the reason.

use crate::account::Accessor;
use purchase::id::UserId;
use purchase::text::Text;

/// Whether an account is open to its person. A reason of more than 200 characters is answered
/// [`Changed::Full`](crate::write::Changed::Full).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StandingStep {
    /// The account opens nothing any more but that it is suspended, and what is the person's by law. One
    /// that is suspended stays so, since when and for what it was.
    Suspend {
        /// Whose.
        user_id: UserId,
        /// Who does it.
        by: Accessor,
        /// Why.
        reason: Text,
    },
    /// The account is open again.
    Resume {
        /// Whose.
        user_id: UserId,
        /// Who does it.
        by: Accessor,
        /// Why.
        reason: Text,
    },
}

/// What is written to make one account of two. All of the old account that is the person's goes into the other
/// one, a bounded part with each write; whatever comes for the old one from the first write on is the other's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MergeStep {
    /// Begins it. Nobody comes in to the old account from now on.
    Begin {
        /// The account that goes.
        from: UserId,
        /// The one that stays.
        into: UserId,
        /// Who does it.
        by: Accessor,
        /// Why.
        reason: Text,
    },
    /// Moves the next part.
    GoOn {
        /// The account that goes.
        from: UserId,
    },
}

/// What became of a step that makes one account of two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Merging {
    /// It is begun now.
    Begun,
    /// It was begun before, and something may be left to move.
    Going,
    /// All has moved. The old account's key goes a day later.
    Done,
    /// It cannot be; nothing was changed.
    Refused(Unmergeable),
}

/// Why two accounts cannot become one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unmergeable {
    /// They are one already.
    Itself,
    /// There is no such person.
    Unknown(UserId),
    /// The account went into another one before.
    Merged(UserId),
    /// The account is suspended.
    Suspended(UserId),
    /// The person asked to go.
    Leaving(UserId),
    /// The reason is too long to be kept.
    Reason,
}
