//! What is known of a person's member code without its digits: its hash, and which of the two forms it
//! has. The code itself is read elsewhere and kept nowhere.

/// The SHA-256 by which a member code is known. The code itself is kept nowhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MemberHash(pub [u8; 32]);

/// The two forms of a member code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MemberForm {
    /// On a phone: good for one sale, and for a short time.
    Short,
    /// Printed on a card: good for every sale until it is replaced, so that all of them can be linked.
    Card,
}

/// A member code as far as the ledger goes by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Member {
    /// By what it is known.
    pub hash: MemberHash,
    /// Which form it says it has.
    pub form: MemberForm,
}
