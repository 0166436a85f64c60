//! Passwords: hashed slowly (Argon2id with 19 MiB, twice, on one lane) away from the threads that answer
//! requests, two at a time with a short queue before them, so that many tries cost others nothing. A
//! password is neither kept nor logged.

use crate::catalogues::aside;
use crate::reply::{Refused, Reply};
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use purchase::limits::TEXT_CHARS_MAX;
use purchase::text::Text;
use std::sync::Arc;
use tokio::sync::Semaphore;
use unicode_normalization::UnicodeNormalization;
use wire::error::ErrorCode;

/// Characters of a password, at least. What they are is not prescribed.
pub const CHARS_MIN: usize = 8;
/// Characters of a password, at most.
pub const CHARS_MAX: usize = 200;
const MEMORY_KIB: u32 = 19 * 1_024;
const PASSES: u32 = 2;
const LANES: u32 = 1;
/// Hashes made at a time.
const AT_ONCE: usize = 2;
/// Hashes made or waited for at a time.
const WAITING_MAX: usize = 32;

/// A password as somebody typed it, in one spelling (NFKC): full-width letters are the same as narrow
/// ones, as keyboards differ.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

impl Password {
    /// What somebody typed, to be compared with what is known. A longer one than can be is cut.
    #[must_use]
    pub fn typed(typed: &str) -> Self {
        Self(typed.nfkc().take(CHARS_MAX + 1).collect())
    }

    /// A new password.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn new(typed: &str) -> Result<Self, PasswordError> {
        let password = Self::typed(typed);
        match password.0.chars().count() {
            count if count < CHARS_MIN => Err(PasswordError::Short),
            count if count > CHARS_MAX => Err(PasswordError::Long),
            _ => Ok(password),
        }
    }
}

impl std::fmt::Debug for Password {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Password(..)")
    }
}

/// What is wrong with a new password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordError {
    /// Fewer than [`CHARS_MIN`] characters.
    Short,
    /// More than [`CHARS_MAX`].
    Long,
}

/// Where hashes are made.
pub struct Hashing {
    waiting: Arc<Semaphore>,
    working: Arc<Semaphore>,
}

impl Default for Hashing {
    fn default() -> Self {
        Self {
            waiting: Arc::new(Semaphore::new(WAITING_MAX)),
            working: Arc::new(Semaphore::new(AT_ONCE)),
        }
    }
}

impl Hashing {
    /// The hash of a new password, with all that belongs to it.
    ///
    /// # Errors
    /// 503 if too many wait.
    pub async fn hash(&self, password: Password, salt: [u8; 16]) -> Reply<Text> {
        self.run(move || hash(&password, salt)).await
    }

    /// Is it the password of this hash? Without a hash the answer is no, and takes as long.
    ///
    /// # Errors
    /// 503 if too many wait.
    pub async fn verify(&self, password: Password, phc: Option<Text>) -> Reply<bool> {
        self.run(move || match phc {
            Some(phc) => PasswordHash::new(phc.as_str()).is_ok_and(|known| {
                slow()
                    .verify_password(password.0.as_bytes(), &known)
                    .is_ok()
            }),
            None => {
                std::hint::black_box(hash(&password, [0; 16]));
                false
            }
        })
        .await
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Reply<T> {
        let busy = || {
            let detail = "too many passwords are being looked at just now; try again";
            Refused::later(ErrorCode::Unavailable, detail, 2)
        };
        let waiting = Arc::clone(&self.waiting);
        let place = waiting.try_acquire_owned().map_err(|_| busy())?;
        let working = Arc::clone(&self.working);
        let turn = working.acquire_owned().await.map_err(|_| busy())?;
        aside(move || {
            // They go with the work: whoever hangs up ends the waiting, and not what was begun.
            let (_place, _turn) = (place, turn);
            work()
        })
        .await
    }
}

fn slow() -> Argon2<'static> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None);
    let params = params.expect("these are within Argon2's bounds");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

fn hash(password: &Password, salt: [u8; 16]) -> Text {
    let made: PasswordHash = slow()
        .hash_password_with_salt(password.0.as_bytes(), &salt)
        .expect("a password and a salt of bounded length have a hash");
    Text::new(&made.to_string(), TEXT_CHARS_MAX).expect("a hash is short and printable")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;
    use std::time::Duration;

    /// Whoever hangs up gives nothing back before the work is done; so no more is ever under way.
    #[tokio::test]
    async fn work_that_nobody_waits_for_keeps_its_place() {
        let hashing = Arc::new(Hashing::default());
        let (begun, is_begun) = mpsc::channel();
        let (go_on, may_go_on) = mpsc::channel::<()>();
        let work = move || {
            begun.send(()).unwrap();
            may_go_on.recv().unwrap();
        };
        let asking = tokio::spawn({
            let hashing = Arc::clone(&hashing);
            async move { hashing.run(work).await.map_err(|_| ()) }
        });
        let is_begun = tokio::task::spawn_blocking(move || is_begun.recv().unwrap());
        is_begun.await.unwrap();
        asking.abort();
        assert!(asking.await.unwrap_err().is_cancelled());
        assert_eq!(hashing.working.available_permits(), AT_ONCE - 1);
        assert_eq!(hashing.waiting.available_permits(), WAITING_MAX - 1);
        go_on.send(()).unwrap();
        while hashing.working.available_permits() < AT_ONCE {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        assert_eq!(hashing.waiting.available_permits(), WAITING_MAX);
    }

    #[tokio::test]
    async fn a_password_is_known_again_by_its_hash_only() {
        let hashing = Hashing::default();
        let password = Password::new("正しい馬の電池").unwrap_err();
        assert_eq!(password, PasswordError::Short);
        let password = Password::new("ｐａｓｓ word カ").unwrap();
        let phc = hashing.hash(password, [7; 16]).await.unwrap();
        assert!(
            phc.as_str().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
            "{phc:?}"
        );
        let no_hash = Text::new("$argon2id$nonsense", 200).unwrap();
        for (typed, phc, is_right) in [
            ("pass word ｶ", Some(&phc), true),
            ("ｐａｓｓ word カ", Some(&phc), true),
            ("pass word カ ", Some(&phc), false),
            ("", Some(&phc), false),
            ("pass word カ", Some(&no_hash), false),
            ("pass word カ", None, false),
        ] {
            let verified = hashing.verify(Password::typed(typed), phc.cloned());
            assert_eq!(verified.await.unwrap(), is_right, "{typed}");
        }
    }

    #[test]
    fn a_new_password_is_long_enough_and_no_more_is_asked() {
        let long = "x".repeat(CHARS_MAX);
        for (typed, fault) in [
            ("1234567", Some(PasswordError::Short)),
            ("12345678", None),
            ("        ", None),
            ("あいうえおかきく", None),
            (long.as_str(), None),
            (&format!("{long}x"), Some(PasswordError::Long)),
            // A ligature is two letters.
            ("ﬁﬁﬁﬁ", None),
        ] {
            assert_eq!(Password::new(typed).err(), fault, "{typed}");
        }
    }
}
