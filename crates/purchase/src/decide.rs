//! What becomes of a settlement whose key may be known already.

/// SHA-256 over the canonical form of a settlement.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest(pub [u8; 32]);

impl std::fmt::Debug for Digest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// The decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// A new key: record it.
    Record,
    /// The same settlement was recorded before.
    AlreadyRecorded,
    /// The key is taken by other content.
    Conflict,
}

/// Decides by the digest that is recorded under the key, if any.
#[must_use]
pub fn decide(recorded: Option<Digest>, sent: Digest) -> Decision {
    match recorded {
        None => Decision::Record,
        Some(digest) if digest == sent => Decision::AlreadyRecorded,
        Some(_) => Decision::Conflict,
    }
}

/// Adds a digest to a running sum modulo 2^256, little-endian. The sum does not depend on the
/// order, so that a day or a catalogue can be compared however its parts arrived.
#[must_use]
pub fn add_digest(sum: [u8; 32], digest: Digest) -> [u8; 32] {
    let mut carry = 0_u16;
    let mut result = [0; 32];
    for ((slot, left), right) in result.iter_mut().zip(sum).zip(digest.0) {
        let added = u16::from(left) + u16::from(right) + carry;
        let [high, low] = added.to_be_bytes();
        *slot = low;
        carry = u16::from(high);
    }
    result
}

/// Takes a digest out of a running sum again.
#[must_use]
pub fn subtract_digest(sum: [u8; 32], digest: Digest) -> [u8; 32] {
    // Adding the two's complement: every bit turned around, and one more.
    let inverted = Digest(digest.0.map(|byte| !byte));
    let mut one = [0; 32];
    if let Some(first) = one.first_mut() {
        *first = 1;
    }
    add_digest(add_digest(sum, inverted), Digest(one))
}
