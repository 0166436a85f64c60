//! What an operator told about a person: kept sealed under that person's key.

use crate::fault::Fault;
use purchase::bytes::{ReadError, Reader, Writer};
use purchase::canonical::item::read_text;
use purchase::text::Text;

/// The operator's reference, the name and the e-mail address of a person, where given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Profile {
    /// The operator's own reference for the person.
    pub reference: Option<Text>,
    /// The person's name.
    pub name: Option<Text>,
    /// The person's e-mail address.
    pub email: Option<Text>,
}

impl Profile {
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut out = Writer::default();
        out.byte(1);
        for text in [&self.reference, &self.name, &self.email] {
            out.text(text.as_ref().map_or("", Text::as_str));
        }
        out.finish()
    }

    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, Fault> {
        let mut from = Reader::new(bytes);
        if from.byte()? != 1 {
            return Err(Fault::damaged("a profile has an unknown version"));
        }
        let mut next = || -> Result<Option<Text>, ReadError> {
            let mut ahead = from;
            if ahead.text()?.is_empty() {
                from = ahead;
                return Ok(None);
            }
            read_text(&mut from).map(Some)
        };
        let profile = Self {
            reference: next()?,
            name: next()?,
            email: next()?,
        };
        from.finish()?;
        Ok(profile)
    }
}
