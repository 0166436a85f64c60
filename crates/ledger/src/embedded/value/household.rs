//! Rows of households: who is in which, what each member shares, and who is invited. What a member goes by
//! is sealed under the member's own key by whoever writes the row; of an invitation there is only the
//! hash of its secret.

use super::{begin, open, put_time, read_time};
use crate::fault::Fault;
use purchase::bytes::{ReadError, Reader, Writer};
use purchase::canonical::item::read_text;
use purchase::id::{HouseholdId, UserId};
use purchase::text::Text;
use purchase::time::Timestamp;

/// Members of a household, at most.
pub const MEMBERS_MAX: usize = 12;
/// Invitations of a household that can be used, at most.
pub const INVITATIONS_MAX: usize = 8;

/// What a member shows to the others of a household, besides single purchases that were chosen, and but
/// for those that were kept back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sharing {
    /// Nothing but what was chosen.
    Chosen,
    /// All that was bought from an instant on.
    Since(Timestamp),
    /// All that was ever bought.
    Everything,
}

impl Sharing {
    fn put(self, out: &mut Writer) {
        match self {
            Self::Chosen => out.byte(1),
            Self::Since(at) => {
                out.byte(2);
                put_time(out, at);
            }
            Self::Everything => out.byte(3),
        }
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, ReadError> {
        Ok(match from.byte()? {
            1 => Self::Chosen,
            2 => Self::Since(read_time(from)?),
            3 => Self::Everything,
            _ => return Err(ReadError::Invalid),
        })
    }
}

/// A household as it is stored, under its id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct HouseholdRow {
    pub(crate) created_at: Timestamp,
    /// How many have ever come in; the newest member has this number.
    pub(crate) joined: u64,
    /// The hashes of its invitations, oldest first.
    pub(crate) invitations: Vec<[u8; 32]>,
}

impl HouseholdRow {
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut out = begin();
        put_time(&mut out, self.created_at);
        out.number(self.joined);
        out.count(self.invitations.len());
        for hash in &self.invitations {
            out.raw(hash);
        }
        out.finish()
    }

    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, Fault> {
        let mut from = open(bytes, "household")?;
        let (created_at, joined) = (read_time(&mut from)?, from.number()?);
        let count = from.count(INVITATIONS_MAX)?;
        let invitations = (0..count)
            .map(|_| from.array())
            .collect::<Result<_, ReadError>>()?;
        from.finish()?;
        Ok(Self {
            created_at,
            joined,
            invitations,
        })
    }
}

/// A member as it is stored, under the household and the person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct MemberRow {
    /// Which it was of all who came in, from 1 on.
    pub(crate) number: u64,
    pub(crate) joined_at: Timestamp,
    pub(crate) sharing: Sharing,
    /// What the member goes by.
    pub(crate) sealed: Vec<u8>,
}

impl MemberRow {
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut out = begin();
        out.number(self.number);
        put_time(&mut out, self.joined_at);
        self.sharing.put(&mut out);
        out.bytes(&self.sealed);
        out.finish()
    }

    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, Fault> {
        let mut from = open(bytes, "household member")?;
        let row = Self {
            number: from.number()?,
            joined_at: read_time(&mut from)?,
            sharing: Sharing::read(&mut from)?,
            sealed: from.bytes()?.to_vec(),
        };
        from.finish()?;
        Ok(row)
    }
}

/// What a member goes by, to be sealed.
pub(crate) fn encode_name(name: &Text) -> Vec<u8> {
    let mut out = begin();
    out.text(name.as_str());
    out.finish()
}

pub(crate) fn decode_name(bytes: &[u8]) -> Result<Text, Fault> {
    let mut from = open(bytes, "household name")?;
    let name = read_text(&mut from)?;
    from.finish()?;
    Ok(name)
}

/// An invitation as it is stored, under the hash of its secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct InvitationRow {
    pub(crate) household_id: HouseholdId,
    /// Who invites.
    pub(crate) user_id: UserId,
    pub(crate) expires_at: Timestamp,
}

impl InvitationRow {
    pub(crate) fn encode(self) -> Vec<u8> {
        let mut out = begin();
        out.raw(&self.household_id.0);
        out.raw(&self.user_id.0);
        put_time(&mut out, self.expires_at);
        out.finish()
    }

    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, Fault> {
        let mut from = open(bytes, "invitation")?;
        let row = Self {
            household_id: HouseholdId(from.array()?),
            user_id: UserId(from.array()?),
            expires_at: read_time(&mut from)?,
        };
        from.finish()?;
        Ok(row)
    }
}

/// In which household a person is.
pub(crate) fn encode_household_of(household_id: HouseholdId) -> Vec<u8> {
    let mut out = begin();
    out.raw(&household_id.0);
    out.finish()
}

pub(crate) fn decode_household_of(bytes: &[u8]) -> Result<HouseholdId, Fault> {
    let mut from = open(bytes, "household of a person")?;
    let household_id = HouseholdId(from.array()?);
    from.finish()?;
    Ok(household_id)
}
