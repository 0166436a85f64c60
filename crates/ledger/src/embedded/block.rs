//! Shops and chains from which a person wants nothing filed. Each is kept like all that people keep, sealed under
//! their own key; only how many there are stands in the person's row. A sale is judged by when it was made, and
//! whoever sells is told nothing but what is told of a buyer who is not known.

use super::Ledger;
use super::draft::Draft;
use super::key::Space;
use super::value::identity::{Leaf, LeafSubject, decode_leaf_row};
use super::value::people::UserRow;
use super::value::{put_time, read_time};
use crate::fault::Fault;
use purchase::bytes::{ReadError, Reader, Writer};
use purchase::id::{OwnerId, StoreId, UserId};
use purchase::store::ChainId;
use purchase::time::Timestamp;

/// What is blocked.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Blocked {
    /// One store.
    Store(StoreId),
    /// Every store of a chain, those that join it later too.
    Chain(ChainId),
}

impl Blocked {
    /// What a leaf of the subject [`LeafSubject::Blocked`] is about.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        let mut out = Writer::default();
        match self {
            Self::Store(store_id) => {
                out.byte(1);
                out.text(store_id.as_str());
            }
            Self::Chain(chain_id) => {
                out.byte(2);
                out.text(chain_id.as_str());
            }
        }
        out.finish()
    }

    fn read(bytes: &[u8]) -> Result<Self, ReadError> {
        let mut from = Reader::new(bytes);
        let form = from.byte()?;
        let text = from.text()?;
        from.finish()?;
        match form {
            1 => StoreId::parse(text)
                .map(Self::Store)
                .map_err(|_| ReadError::Invalid),
            2 => ChainId::parse(text)
                .map(Self::Chain)
                .map_err(|_| ReadError::Invalid),
            _ => Err(ReadError::Invalid),
        }
    }
}

/// Something that is blocked, with the instant from which on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// What.
    pub blocked: Blocked,
    /// Sales made at this instant or after it are not filed.
    pub since: Timestamp,
}

impl Block {
    /// It as it is kept, under the subject [`LeafSubject::Blocked`].
    #[must_use]
    pub fn leaf(&self) -> Leaf {
        let mut value = Writer::default();
        put_time(&mut value, self.since);
        Leaf {
            of: self.blocked.bytes(),
            value: value.finish(),
        }
    }

    /// What a leaf of that subject says; anything else that somebody kept there blocks nothing.
    pub(crate) fn of(subject: LeafSubject, leaf: &Leaf) -> Option<Self> {
        if subject != LeafSubject::Blocked {
            return None;
        }
        let mut value = Reader::new(&leaf.value);
        let since = read_time(&mut value).ok()?;
        value.finish().ok()?;
        let blocked = Blocked::read(&leaf.of).ok()?;
        Some(Self { blocked, since })
    }
}

/// Does the person want nothing filed of what was sold at this store at `at`? Whoever blocks nothing costs no look.
pub(crate) fn is_blocked(
    draft: &Draft<'_>,
    (user_id, row): (UserId, &UserRow),
    store_id: &StoreId,
    at: Timestamp,
) -> Result<bool, Fault> {
    if row.blocks == 0 {
        return Ok(false);
    }
    let chain_id = draft
        .store(store_id)?
        .and_then(|row| row.store.chain_id.clone());
    let blockable = [
        Some(Blocked::Store(store_id.clone())),
        chain_id.map(Blocked::Chain),
    ];
    let subject = LeafSubject::Blocked;
    let keys: Vec<_> = blockable
        .iter()
        .flatten()
        .map(|blocked| draft.ledger.leaf_key(user_id, subject, &blocked.bytes()))
        .collect();
    draft.read_ahead(keys.clone())?;
    let data_key = draft.data_key(OwnerId::User(user_id), row.slot)?;
    for row_key in keys {
        let Some(sealed) = draft.read(Space::Facts, &row_key, decode_leaf_row)? else {
            continue;
        };
        let leaf = Leaf::decode(&data_key.open(&row_key, &sealed)?)?;
        if Block::of(subject, &leaf).is_some_and(|block| block.since <= at) {
            return Ok(true);
        }
    }
    Ok(false)
}

impl Ledger {
    /// What a person blocks, in no particular order.
    ///
    /// # Errors
    /// [`Fault`] if it cannot be read or opened.
    pub fn blocks(&self, user_id: UserId) -> Result<Vec<Block>, Fault> {
        let leaves = self.leaves(user_id, LeafSubject::Blocked)?;
        let blocks = leaves.iter();
        Ok(blocks
            .filter_map(|leaf| Block::of(LeafSubject::Blocked, leaf))
            .collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_is_kept_in_a_form_that_never_changes() {
        let since = Timestamp::from_ms(1_000).unwrap();
        for (blocked, of) in [
            (
                Blocked::Store(StoreId::parse("s-1").unwrap()),
                &b"\x01\x03s-1"[..],
            ),
            (
                Blocked::Chain(ChainId::parse("north").unwrap()),
                b"\x02\x05north",
            ),
        ] {
            let block = Block { blocked, since };
            let leaf = block.leaf();
            assert_eq!(
                (leaf.of.as_slice(), leaf.value.as_slice()),
                (of, &b"\xd0\x0f"[..])
            );
            assert_eq!(Block::of(LeafSubject::Blocked, &leaf), Some(block));
            assert_eq!(Block::of(LeafSubject::Setting, &leaf), None);
        }
    }

    #[test]
    fn what_is_no_block_blocks_nothing() {
        for (of, value) in [
            (&b"north"[..], &b"what is kept"[..]),
            (b"\x01\x03s-1", b""),
            (b"\x01\x03s-1", b"\xd0\x0f\x00"),
            (b"\x01\x03S-1", b"\xd0\x0f"),
            (b"\x03\x03s-1", b"\xd0\x0f"),
            (b"\x01\x03s-1\x00", b"\xd0\x0f"),
        ] {
            let leaf = Leaf {
                of: of.to_vec(),
                value: value.to_vec(),
            };
            assert_eq!(Block::of(LeafSubject::Blocked, &leaf), None, "{leaf:?}");
        }
    }
}
