//! The few primitive forms from which every canonical and stored encoding is built: variable-length
//! numbers, signed numbers in zigzag, texts with their length. Writing cannot fail; reading checks
//! everything and never panics.

use thiserror::Error;

/// Why bytes could not be read back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ReadError {
    /// They end too soon.
    #[error("the bytes end too soon")]
    Short,
    /// Bytes are left over.
    #[error("bytes are left over")]
    Long,
    /// A value that no writer produces.
    #[error("the bytes hold a value that is never written")]
    Invalid,
}

/// Builds an encoding.
#[derive(Default)]
pub struct Writer(Vec<u8>);

impl Writer {
    /// An empty encoding with room for `capacity` bytes.
    #[must_use]
    pub fn with_capacity(capacity: usize) -> Self {
        Self(Vec::with_capacity(capacity))
    }

    /// One byte.
    pub fn byte(&mut self, byte: u8) {
        self.0.push(byte);
    }

    /// Bytes whose number the reader knows.
    pub fn raw(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    /// A number, seven bits a byte, least significant first.
    pub fn number(&mut self, mut number: u64) {
        while number >= 0x80 {
            let [low, ..] = number.to_le_bytes();
            self.0.push(low | 0x80);
            number >>= 7;
        }
        let [low, ..] = number.to_le_bytes();
        self.0.push(low);
    }

    /// A signed number in zigzag.
    pub fn signed(&mut self, number: i64) {
        self.number((number.cast_unsigned() << 1) ^ (number >> 63).cast_unsigned());
    }

    /// A count of rows or bytes.
    pub fn count(&mut self, count: usize) {
        self.number(u64::try_from(count).unwrap_or(u64::MAX));
    }

    /// Bytes with their number before them.
    pub fn bytes(&mut self, bytes: &[u8]) {
        self.count(bytes.len());
        self.0.extend_from_slice(bytes);
    }

    /// A text with its length before it.
    pub fn text(&mut self, text: &str) {
        self.bytes(text.as_bytes());
    }

    /// What was written.
    #[must_use]
    pub fn finish(self) -> Vec<u8> {
        self.0
    }

    /// What was written so far.
    #[must_use]
    pub fn as_slice(&self) -> &[u8] {
        &self.0
    }
}

/// Takes an encoding apart.
#[derive(Clone, Copy)]
pub struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    /// Reads `bytes` from their beginning.
    #[must_use]
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// One byte.
    ///
    /// # Errors
    /// [`ReadError::Short`] at the end.
    #[inline]
    pub fn byte(&mut self) -> Result<u8, ReadError> {
        let (first, rest) = self.0.split_first().ok_or(ReadError::Short)?;
        self.0 = rest;
        Ok(*first)
    }

    /// The next `count` bytes.
    ///
    /// # Errors
    /// [`ReadError::Short`] if there are fewer.
    #[inline]
    pub fn raw(&mut self, count: usize) -> Result<&'a [u8], ReadError> {
        let (taken, rest) = self.0.split_at_checked(count).ok_or(ReadError::Short)?;
        self.0 = rest;
        Ok(taken)
    }

    /// The next `LEN` bytes.
    ///
    /// # Errors
    /// [`ReadError::Short`] if there are fewer.
    pub fn array<const LEN: usize>(&mut self) -> Result<[u8; LEN], ReadError> {
        let (taken, rest) = self.0.split_first_chunk::<LEN>().ok_or(ReadError::Short)?;
        self.0 = rest;
        Ok(*taken)
    }

    /// A number.
    ///
    /// # Errors
    /// [`ReadError`] if it is cut short, over 64 bits, or not in its shortest form.
    #[inline]
    pub fn number(&mut self) -> Result<u64, ReadError> {
        // Lengths, counts and most quantities of money take one byte or two.
        match *self.0 {
            [low @ 0..0x80, ref rest @ ..] => {
                self.0 = rest;
                Ok(u64::from(low))
            }
            [low, high @ 1..0x80, ref rest @ ..] => {
                self.0 = rest;
                Ok(u64::from(low & 0x7f) | u64::from(high) << 7)
            }
            _ => self.long_number(),
        }
    }

    fn long_number(&mut self) -> Result<u64, ReadError> {
        let mut number = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            let bits = u64::from(byte & 0x7f);
            if shift == 63 && bits > 1 {
                return Err(ReadError::Invalid);
            }
            number |= bits << shift;
            if byte < 0x80 {
                let is_shortest = byte != 0 || shift == 0;
                return if is_shortest {
                    Ok(number)
                } else {
                    Err(ReadError::Invalid)
                };
            }
        }
        Err(ReadError::Invalid)
    }

    /// A signed number.
    ///
    /// # Errors
    /// As for [`Reader::number`].
    #[inline]
    pub fn signed(&mut self) -> Result<i64, ReadError> {
        let number = self.number()?;
        Ok((number >> 1).cast_signed() ^ -(number & 1).cast_signed())
    }

    /// A count of at most `max`.
    ///
    /// # Errors
    /// [`ReadError::Invalid`] if it is greater; else as for [`Reader::number`].
    #[inline]
    pub fn count(&mut self, max: usize) -> Result<usize, ReadError> {
        let count = usize::try_from(self.number()?).map_err(|_| ReadError::Invalid)?;
        if count > max {
            Err(ReadError::Invalid)
        } else {
            Ok(count)
        }
    }

    /// Bytes with their number before them.
    ///
    /// # Errors
    /// [`ReadError::Short`] if there are fewer than said.
    #[inline]
    pub fn bytes(&mut self) -> Result<&'a [u8], ReadError> {
        let count = usize::try_from(self.number()?).map_err(|_| ReadError::Short)?;
        self.raw(count)
    }

    /// A text with its length before it.
    ///
    /// # Errors
    /// [`ReadError::Invalid`] if it is not UTF-8; else as for [`Reader::bytes`].
    #[inline]
    pub fn text(&mut self) -> Result<&'a str, ReadError> {
        str::from_utf8(self.bytes()?).map_err(|_| ReadError::Invalid)
    }

    /// What has not been read.
    #[must_use]
    pub const fn rest(&self) -> &'a [u8] {
        self.0
    }

    /// Ends the reading.
    ///
    /// # Errors
    /// [`ReadError::Long`] if bytes are left.
    pub const fn finish(self) -> Result<(), ReadError> {
        if self.0.is_empty() {
            Ok(())
        } else {
            Err(ReadError::Long)
        }
    }
}
