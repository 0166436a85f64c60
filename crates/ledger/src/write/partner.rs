//! What can be written about partners, and about what people consent to give them. No secret comes here, only
//! hashes of secrets, and no purchase.

use purchase::id::{AliasId, PartnerId, UserId};
use purchase::text::Text;
use purchase::time::Timestamp;

/// What is written about partners.
///
/// [`Changed::NotFound`](crate::write::Changed::NotFound) is the answer if there is no such partner.
#[derive(Clone, Debug)]
pub enum PartnerStep {
    /// A new partner. The same id again with other content is answered
    /// [`Changed::Different`](crate::write::Changed::Different); beyond
    /// [`PARTNERS_MAX`](crate::account::PARTNERS_MAX), or with a text of more than 200 characters, the answer is
    /// [`Changed::Full`](crate::write::Changed::Full).
    Add {
        /// Its id.
        partner_id: PartnerId,
        /// What it is called.
        name: Text,
        /// What it wants purchases for.
        purpose: Text,
        /// Where more is said of it.
        url: Option<Text>,
        /// The hash of its key.
        hash: [u8; 32],
    },
    /// From this commit on its key opens nothing, and nobody gives it anything.
    End {
        /// Which one.
        partner_id: PartnerId,
    },
    /// Takes away what people consented to give a partner that ended, a bounded number at a time, and at last the
    /// partner: [`Changed::Same`](crate::write::Changed::Same) says that there is more,
    /// [`Changed::Different`](crate::write::Changed::Different) that it has not ended.
    Clear {
        /// Which one.
        partner_id: PartnerId,
    },
}

/// From when on purchases are given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Those bought from now on. Said again while a consent is good, it stays as it was: nothing that was given is
    /// left out by sending the same twice.
    FromNow,
    /// All that were ever bought.
    Everything,
}

/// What is written about consents. The person's own record and the partner's are written together.
///
/// [`Changed::NotFound`](crate::write::Changed::NotFound) is the answer if there is no such partner, person or
/// consent.
#[derive(Clone, Copy, Debug)]
pub enum ConsentStep {
    /// A person lets a partner have purchases, or lets it have others or for another time than before. Beyond
    /// [`CONSENTS_MAX`](crate::account::CONSENTS_MAX) the answer is [`Changed::Full`](crate::write::Changed::Full).
    Give {
        /// Who.
        user_id: UserId,
        /// To whom.
        partner_id: PartnerId,
        /// Until when.
        until: Timestamp,
        /// Which.
        reach: Reach,
    },
    /// The partner gets nothing more from this commit on.
    Revoke {
        /// Whose.
        user_id: UserId,
        /// From whom.
        partner_id: PartnerId,
    },
    /// A partner is about to read what a person gives it: the person's log says so, at most once an hour, otherwise
    /// the answer is [`Changed::Same`](crate::write::Changed::Same). Whatever is over is answered
    /// [`Changed::NotFound`](crate::write::Changed::NotFound).
    Told {
        /// Who reads.
        partner_id: PartnerId,
        /// Whose.
        alias: AliasId,
    },
}
