//! Names of things: stores, tills, sales, people. Each is a type of its own, so that none can be
//! taken for another.

use crate::limits::{CODE_CHARS_MAX, STORE_ID_CHARS_MAX, TERMINAL_CHARS_MAX};
use crate::text;
use crate::time::BusinessDate;
use thiserror::Error;

/// Why an id cannot be taken.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum IdError {
    /// A store id of another form.
    #[error("a store id is 1 to 64 of a-z, 0-9 and -, and begins with a letter or digit")]
    Store,
    /// A terminal or transaction of another form.
    #[error("must be 1 to 32 printable ASCII characters")]
    Terminal,
    /// An item code of another form.
    #[error("an item code is 1 to 64 printable characters")]
    Code,
    /// An opaque id of another form.
    #[error("an id of this kind begins with {prefix} and is copied as the server gave it")]
    Opaque {
        /// What it should begin with.
        prefix: &'static str,
    },
}

/// A shop, as its operator named it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StoreId(Box<str>);

impl StoreId {
    /// Proves a store id.
    ///
    /// # Errors
    /// [`IdError::Store`] unless it is 1–64 of `a-z 0-9 -` beginning with a letter or digit.
    pub fn parse(text: &str) -> Result<Self, IdError> {
        let fits = (1..=STORE_ID_CHARS_MAX).contains(&text.len())
            && !text.starts_with('-')
            && text
                .bytes()
                .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'));
        if fits {
            Ok(Self(text.into()))
        } else {
            Err(IdError::Store)
        }
    }

    /// The id as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// One till of a store, or one transaction of a till: printable ASCII.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Label(Box<str>);

impl Label {
    /// Proves a terminal or transaction.
    ///
    /// # Errors
    /// [`IdError::Terminal`] unless it is 1–32 printable ASCII characters.
    pub fn parse(text: &str) -> Result<Self, IdError> {
        let fits = (1..=TERMINAL_CHARS_MAX).contains(&text.len())
            && text.bytes().all(|byte| (0x20..0x7f).contains(&byte))
            && !text.trim().is_empty();
        if fits {
            Ok(Self(text.into()))
        } else {
            Err(IdError::Terminal)
        }
    }

    /// The label as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The four facts that name one settlement for ever.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct SettlementKey {
    /// The shop.
    pub store_id: StoreId,
    /// Its till.
    pub terminal: Label,
    /// The shop's trading day.
    pub business_date: BusinessDate,
    /// The till's number for the sale, never used again on that day.
    pub transaction: Label,
}

/// An item's code, kept exactly as scanned.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ItemCode(Box<str>);

impl ItemCode {
    /// Proves a code.
    ///
    /// # Errors
    /// [`IdError::Code`] unless it is 1–64 printable characters.
    pub fn parse(code: &str) -> Result<Self, IdError> {
        text::check(code, CODE_CHARS_MAX).map_err(|_| IdError::Code)?;
        Ok(Self(code.into()))
    }

    /// The code as scanned.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

macro_rules! shown_as_written {
    ($($name:ident),*) => {$(
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "{:?}", self.0)
            }
        }
    )*};
}
shown_as_written!(StoreId, Label, ItemCode);

/// A number of a store's catalogue: each change carries a greater one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Revision(pub u64);

/// Who a purchase belongs to: a person, or nobody yet. The kind is part of the id, so that an
/// unclaimed purchase can never be read as a person's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OwnerId {
    /// A person with an account.
    User(UserId),
    /// One purchase that nobody has claimed yet.
    Unclaimed(UnclaimedId),
}

macro_rules! opaque_ids {
    ($($(#[$doc:meta])* $name:ident($len:literal) = $prefix:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub [u8; $len]);

        impl $name {
            /// Reads the form that the server gives out.
            ///
            /// # Errors
            /// [`IdError::Opaque`] for anything else.
            pub fn parse(text: &str) -> Result<Self, IdError> {
                let error = IdError::Opaque { prefix: $prefix };
                let digits = text.strip_prefix($prefix).ok_or(error.clone())?;
                base32_decode(digits).map(Self).ok_or(error)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str($prefix)?;
                base32_encode(&self.0, f)
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "{self}")
            }
        }
    )*};
}

opaque_ids! {
    /// A person with an account.
    UserId(16) = "usr_";
    /// The owner of one purchase that nobody has claimed.
    UnclaimedId(16) = "unc_";
    /// A filed purchase: 48 bits of time, then 80 bits that only the server can foretell.
    PurchaseId(16) = "pur_";
    /// A store's machine.
    DeviceId(16) = "dev_";
    /// A key that opens an account or a console.
    TokenId(16) = "tok_";
    /// The source of a store's catalogue; a restored shop computer begins a new one.
    ConflictId(16) = "cfl_";
    /// A browser in which a person is signed in.
    SessionId(16) = "ses_";
    /// One way in which a person comes in: a password, a passkey, a recovery sheet.
    CredentialId(16) = "crd_";
    /// A receipt that a person misses, as the person has it.
    MissingId(16) = "mis_";
    /// The same as the store has it that is to look for it; neither id tells the other.
    SoughtId(16) = "sgt_";
    /// Some people who show each other what they bought.
    HouseholdId(16) = "hsh_";
    /// A person as the others of a household know one: it says nothing of who that is elsewhere.
    FellowId(16) = "fel_";
    /// Somebody to whom people consent to give what they bought.
    PartnerId(16) = "par_";
    /// A person as one partner knows one: no two partners have the same, and none says who that is.
    AliasId(16) = "ppl_";
}

impl PurchaseId {
    /// Puts an id together: the sale's time first, so that ids sort like time.
    #[must_use]
    pub fn new(at: crate::time::Timestamp, tail: [u8; 10]) -> Self {
        let [_, _, time @ ..] = at.ms().to_be_bytes();
        let mut id = [0; 16];
        let (head, rest) = id.split_at_mut(6);
        head.copy_from_slice(&time);
        rest.copy_from_slice(&tail);
        Self(id)
    }

    /// The time the id carries, in milliseconds since the epoch.
    #[must_use]
    pub fn ms(self) -> i64 {
        let [a, b, c, d, e, f, ..] = self.0;
        i64::from_be_bytes([0, 0, a, b, c, d, e, f])
    }
}

/// Crockford's digits in lower case: no `i`, `l`, `o` or `u`, which people misread.
const DIGITS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

fn base32_encode(bytes: &[u8], f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
    let mut written = [0_u8; 40];
    let (mut held, mut bits, mut used) = (0_u32, 0_u32, 0_usize);
    let mut push = |value: u32| {
        let digit = usize::try_from(value & 31)
            .ok()
            .and_then(|at| DIGITS.get(at));
        if let (Some(slot), Some(digit)) = (written.get_mut(used), digit) {
            *slot = *digit;
            used += 1;
        }
    };
    for byte in bytes {
        held = (held << 8 | u32::from(*byte)) & 0xfff;
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            push(held >> bits);
        }
    }
    if bits > 0 {
        push(held << (5 - bits));
    }
    f.write_str(
        written
            .get(..used)
            .and_then(|digits| str::from_utf8(digits).ok())
            .unwrap_or(""),
    )
}

fn base32_decode<const LEN: usize>(text: &str) -> Option<[u8; LEN]> {
    if text.len() != (LEN * 8).div_ceil(5) {
        return None;
    }
    let mut bytes = [0_u8; LEN];
    let mut slots = bytes.iter_mut();
    let (mut held, mut bits) = (0_u32, 0_u32);
    for letter in text.bytes() {
        let value = digit_value(letter)?;
        held = (held << 5 | u32::from(value)) & 0xfff;
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            *slots.next()? = u8::try_from(held >> bits & 0xff).ok()?;
        }
    }
    // The bits left over are zero in every id we wrote; others would be a second spelling.
    (held & ((1 << bits) - 1) == 0).then_some(bytes)
}

/// The value of a digit, by the gaps that the left-out letters leave.
const fn digit_value(letter: u8) -> Option<u8> {
    match letter {
        b'0'..=b'9' => Some(letter - b'0'),
        b'a'..=b'h' => Some(letter - b'a' + 10),
        b'j' | b'k' => Some(letter - b'j' + 18),
        b'm' | b'n' => Some(letter - b'm' + 20),
        b'p'..=b't' => Some(letter - b'p' + 22),
        b'v'..=b'z' => Some(letter - b'v' + 27),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Timestamp;

    #[test]
    fn ids_read_back_and_have_one_spelling() {
        let id = UserId([7, 255, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 213]);
        let shown = id.to_string();
        assert_eq!(shown, "usr_0zzg00820c20a1g7104gm2rctm");
        assert_eq!(UserId::parse(&shown), Ok(id));
        let mut other = shown.clone();
        other.pop();
        other.push('z');
        assert!(UserId::parse(&other).is_err(), "spare bits must be zero");
        assert!(UserId::parse("pur_0").is_err());
    }

    #[test]
    fn purchase_ids_sort_like_time() {
        let early = PurchaseId::new(Timestamp::from_ms(1_483_271_606_000).unwrap(), [255; 10]);
        let late = PurchaseId::new(Timestamp::from_ms(1_483_271_606_001).unwrap(), [0; 10]);
        assert!(early < late);
        assert_eq!(late.ms(), 1_483_271_606_001);
    }

    #[test]
    fn store_ids_are_what_a_url_can_carry() {
        for (text, fits) in [
            ("s-330", true),
            ("7", true),
            ("-a", false),
            ("A", false),
            ("", false),
            ("a_b", false),
        ] {
            assert_eq!(StoreId::parse(text).is_ok(), fits, "{text:?}");
        }
        assert!(StoreId::parse(&"a".repeat(65)).is_err());
    }
}
