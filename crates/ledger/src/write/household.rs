//! What can be written about households: how they begin, who comes in, what each member shares, and how
//! members go. Purchases stay with their owners; a household holds none. No secret comes here, only hashes
//! of secrets.

use crate::account::Sharing;
use purchase::id::{HouseholdId, UserId};
use purchase::text::Text;
use purchase::time::Timestamp;

/// What is written about households. A person is in one at most. Who comes in begins with nothing shared,
/// and who goes takes everything along: from that commit on nothing of the person is seen there, and what
/// was chosen for it is chosen no more.
///
/// [`Changed::NotFound`](crate::write::Changed::NotFound) is the answer if the person is in no household,
/// or whom or what the step is about is not there; a name of more than 200 characters is answered
/// [`Changed::Full`](crate::write::Changed::Full).
#[derive(Clone, Debug)]
pub enum HouseholdStep {
    /// A household begins, with one member. Who is in another one already is answered
    /// [`Changed::Different`](crate::write::Changed::Different).
    Begin {
        /// Who.
        user_id: UserId,
        /// Its id.
        household_id: HouseholdId,
        /// What the person goes by there.
        name: Text,
    },
    /// A member invites. Invitations that have expired go; beyond
    /// [`INVITATIONS_MAX`](crate::account::INVITATIONS_MAX) the answer is
    /// [`Changed::Full`](crate::write::Changed::Full).
    Invite {
        /// Who.
        user_id: UserId,
        /// The hash of the secret in the link.
        hash: [u8; 32],
        /// From when on it is worth nothing.
        expires_at: Timestamp,
    },
    /// A member takes an invitation of the household back, whoever made it.
    TakeBack {
        /// Who.
        user_id: UserId,
        /// The hash of its secret.
        hash: [u8; 32],
    },
    /// Somebody comes in by an invitation, which is gone then. An invitation that has expired is as if it
    /// were not there; who is in a household already is answered
    /// [`Changed::Different`](crate::write::Changed::Different), and beyond
    /// [`MEMBERS_MAX`](crate::account::MEMBERS_MAX) the answer is
    /// [`Changed::Full`](crate::write::Changed::Full); the invitation stays good then.
    Join {
        /// Who.
        user_id: UserId,
        /// The hash of its secret.
        hash: [u8; 32],
        /// What the person goes by there.
        name: Text,
    },
    /// The others see this of a member from now on.
    Share {
        /// Whose.
        user_id: UserId,
        /// What.
        sharing: Sharing,
    },
    /// A member goes by another name.
    Rename {
        /// Who.
        user_id: UserId,
        /// The name.
        name: Text,
    },
    /// A member goes. With the last one the household is gone.
    Leave {
        /// Who.
        user_id: UserId,
    },
    /// Who has been in the household longest sends another member away; asked by anybody else the answer
    /// is [`Changed::Different`](crate::write::Changed::Different).
    SendAway {
        /// Who.
        user_id: UserId,
        /// Whom.
        whom: UserId,
    },
}
