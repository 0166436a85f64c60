//! Sealing of bodies: AES-256-GCM under the owner's data key. Whoever holds the ledger without
//! the keyring sees no purchase; a flipped bit or a moved row never opens.

use crate::fault::Fault;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};

/// A key of 256 bits. Shows nothing of itself, and is written over where it lay when it goes.
#[derive(Clone)]
pub struct DataKey([u8; 32]);

/// Bytes that a sealed body is longer than its content: the nonce and the tag.
pub const OVERHEAD: usize = NONCE_LEN + 16;

impl DataKey {
    /// A key of these bytes.
    #[must_use]
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    pub(crate) const fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    fn cipher(&self) -> LessSafeKey {
        let key = UnboundKey::new(&AES_256_GCM, &self.0).expect("the key is 32 bytes long");
        LessSafeKey::new(key)
    }

    /// Seals `body` and binds it to `context`. `nonce` must be random, never used before with
    /// this key. Gives the nonce, the sealed body and the tag.
    #[must_use]
    pub fn seal(&self, nonce: [u8; 12], context: &[u8], body: &[u8]) -> Vec<u8> {
        let mut out = Vec::with_capacity(body.len() + OVERHEAD);
        out.extend_from_slice(&nonce);
        out.extend_from_slice(body);
        let (_, sealed) = out.split_at_mut(NONCE_LEN);
        let nonce = Nonce::assume_unique_for_key(nonce);
        let tag = self
            .cipher()
            .seal_in_place_separate_tag(nonce, Aad::from(context), sealed)
            .expect("a body is far below the cipher's limit of 64 GiB");
        out.extend_from_slice(tag.as_ref());
        out
    }

    /// Opens what [`DataKey::seal`] made.
    ///
    /// # Errors
    /// [`Fault::Damaged`] if a bit of it, of the context or of the key differs.
    pub fn open(&self, context: &[u8], sealed: &[u8]) -> Result<Vec<u8>, Fault> {
        Ok(self.opener().open(context, &mut sealed.to_vec())?.to_vec())
    }

    /// The key made ready to open many bodies.
    pub(crate) fn opener(&self) -> Opener {
        Opener(self.cipher())
    }
}

/// A key with all that its cipher derives from it, which takes almost half as long as opening a usual body.
pub(crate) struct Opener(LessSafeKey);

impl Opener {
    /// Opens what [`DataKey::seal`] made, where it lies; the bytes before and behind are used up.
    ///
    /// # Errors
    /// As for [`DataKey::open`].
    pub(crate) fn open<'a>(&self, context: &[u8], sealed: &'a mut [u8]) -> Result<&'a [u8], Fault> {
        let refused = || Fault::damaged("a sealed body does not open with its owner's key");
        let (nonce, body) = sealed
            .split_first_chunk_mut::<NONCE_LEN>()
            .ok_or_else(refused)?;
        let nonce = Nonce::assume_unique_for_key(*nonce);
        let opened = self.0.open_in_place(nonce, Aad::from(context), body);
        opened.map(|body| &*body).map_err(|_| refused())
    }
}

impl Drop for DataKey {
    fn drop(&mut self) {
        wipe(&mut self.0);
    }
}

/// Writes zeros over what was secret. A move may have left a copy elsewhere all the same.
pub(crate) fn wipe(bytes: &mut [u8]) {
    bytes.fill(0);
    // Somebody might look, as far as the compiler knows, and so the zeros are really written.
    std::hint::black_box(bytes);
}

impl std::fmt::Debug for DataKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DataKey(..)")
    }
}
