//! The few forms in which a single value arrives: borrowed text, decimals, money, and the rule that
//! an object is written as an object. Only forms; what a value means is proven elsewhere.

use crate::place::Finding;
use purchase::limits::TEXT_CHARS_MAX;
use purchase::money::Amount;
use purchase::text::Text;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Unexpected, Visitor};
use std::borrow::Cow;
use std::fmt::Formatter;
use std::marker::PhantomData;

/// A text as it was written, borrowed from the message unless it holds escapes.
#[derive(Clone, Debug)]
pub(crate) struct Words<'a>(pub(crate) Cow<'a, str>);

impl Words<'_> {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// The text, bounded like any name.
    pub(crate) fn prove(&self) -> Result<Text, Finding> {
        Ok(Text::new(&self.0, TEXT_CHARS_MAX)?)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Words<'a> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_str(TextVisitor("a string")).map(Self)
    }
}

/// An exact decimal, written as a string.
#[derive(Clone, Debug)]
pub(crate) struct Decimal<'a>(pub(crate) Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Decimal<'a> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_str(TextVisitor(
            "a decimal in a string, such as \"1\" or \"0.348\"",
        ))
        .map(Self)
    }
}

struct TextVisitor(&'static str);

impl<'de> Visitor<'de> for TextVisitor {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0)
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(text))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(text.to_owned()))
    }
}

/// Minor units of money. A fraction or a string is refused.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Money(pub(crate) i64);

impl Money {
    pub(crate) fn prove(self) -> Result<Amount, Finding> {
        Ok(Amount::new(self.0)?)
    }
}

impl<'de> Deserialize<'de> for Money {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_i64(MoneyVisitor).map(Self)
    }
}

struct MoneyVisitor;

impl Visitor<'_> for MoneyVisitor {
    type Value = i64;

    fn expecting(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        f.write_str("a whole number of minor units, such as 50")
    }

    fn visit_i64<E: Error>(self, minor: i64) -> Result<i64, E> {
        Ok(minor)
    }

    fn visit_u64<E: Error>(self, minor: u64) -> Result<i64, E> {
        i64::try_from(minor).map_err(|_| E::invalid_value(Unexpected::Unsigned(minor), &self))
    }
}

/// A message that stands as a JSON object. Without this, serde would also take an array with the
/// members in order, which nobody means.
pub(crate) struct Object<T>(pub(crate) T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_map(ObjectVisitor(PhantomData)).map(Self)
    }
}

struct ObjectVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for ObjectVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<T, A::Error> {
        T::deserialize(MapAccessDeserializer::new(members))
    }
}

/// Reads an object that may be absent or null.
pub(crate) fn object<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    from: D,
) -> Result<Option<T>, D::Error> {
    Option::<Object<T>>::deserialize(from).map(|read| read.map(|Object(value)| value))
}

/// Reads an array of objects that may be absent or null.
pub(crate) fn objects<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    from: D,
) -> Result<Vec<T>, D::Error> {
    Option::<Rows<T>>::deserialize(from).map(|read| read.map_or_else(Vec::new, |Rows(rows)| rows))
}

/// Reads an array that may be absent or null.
pub(crate) fn rows<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    from: D,
) -> Result<Vec<T>, D::Error> {
    Option::<Vec<T>>::deserialize(from).map(Option::unwrap_or_default)
}

struct Rows<T>(Vec<T>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Rows<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_seq(RowsVisitor(PhantomData)).map(Self)
    }
}

struct RowsVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for RowsVisitor<T> {
    type Value = Vec<T>;

    fn expecting(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        f.write_str("an array")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Vec<T>, A::Error> {
        let mut rows = Vec::new();
        while let Some(Object(row)) = elements.next_element()? {
            rows.push(row);
        }
        Ok(rows)
    }
}
