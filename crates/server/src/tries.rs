//! How often something may be tried: a small number a minute from each network address, so that a code
//! cannot be found by trying and accounts are not made without end; a few times that from the networks around
//! it, since one line may have very many addresses; and many times that from all together, which only bounds
//! memory and work. Who tried is forgotten with the minute.

use crate::peer::{Network, Peer};
use crate::reply::Refused;
use purchase::time::Timestamp;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use wire::error::ErrorCode;

/// Wrong pairing codes a minute.
pub const PAIRINGS_PER_MINUTE: u32 = 20;
/// Wrong claim codes a minute. They are longer, and more people have one.
pub const CLAIMS_PER_MINUTE: u32 = 120;
/// Accounts that people make for themselves in a minute. A shop's guests may share one address.
pub const STARTS_PER_MINUTE: u32 = 60;
/// The same from all together. Accounts stay, so that they are fewer than tries that leave nothing.
pub const STARTS_IN_ALL_PER_MINUTE: u32 = 600;

/// As many addresses may do at once what one may.
const PEERS_AT_ONCE: u32 = 50;
const MINUTE_MS: i64 = 60_000;

/// The tries of the present minute.
pub struct Tries {
    per_peer: u32,
    in_all: u32,
    minute: Mutex<Minute>,
}

#[derive(Default)]
struct Minute {
    began_ms: i64,
    taken: u32,
    /// Of each network from which some were taken. There are no more than three of them for each try.
    by_network: HashMap<Network, u32>,
}

/// Whose tries are used up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Counted {
    /// Those of whoever asks.
    Peer,
    /// Those of all who are near, and may be the same.
    Near,
    /// Those of all together.
    Everybody,
}

/// That there are no tries left, and until when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Wait {
    pub(crate) seconds: u32,
    pub(crate) counted: Counted,
}

impl Wait {
    /// What is answered; `what` is what was done too often.
    pub(crate) fn refused(self, what: &str) -> Refused {
        let whose = match self.counted {
            Counted::Peer => "from your network address",
            Counted::Near => "from the network around your address",
            Counted::Everybody => "by all callers together",
        };
        let detail = format!("too many {what} {whose} this minute; wait and try again");
        Refused::later(ErrorCode::RateLimited, detail, self.seconds)
    }
}

impl Tries {
    /// So many a minute from each address, and fifty times that from all together.
    #[must_use]
    pub fn per_minute(per_peer: u32) -> Self {
        Self::bounded(per_peer, per_peer.saturating_mul(PEERS_AT_ONCE))
    }

    /// So many a minute from each address, and so many from all together.
    #[must_use]
    pub fn bounded(per_peer: u32, in_all: u32) -> Self {
        Self {
            per_peer,
            in_all,
            minute: Mutex::default(),
        }
    }

    /// Takes a try before it is known how it ends, so that many at once cannot be more than many in
    /// turn.
    ///
    /// # Errors
    /// When there are tries again.
    pub(crate) fn take(&self, peer: Peer, now: Timestamp) -> Result<(), Wait> {
        let mut minute = self.minute.lock().unwrap_or_else(PoisonError::into_inner);
        let age = now.ms() - minute.began_ms;
        // A clock that was set back begins anew as well.
        if !(0..MINUTE_MS).contains(&age) {
            *minute = Minute {
                began_ms: now.ms(),
                ..Minute::default()
            };
        }
        let left_ms = minute.began_ms + MINUTE_MS - now.ms();
        let wait = |counted| Wait {
            seconds: u32::try_from(left_ms.div_euclid(1_000) + 1).unwrap_or(60),
            counted,
        };
        if minute.taken >= self.in_all {
            return Err(wait(Counted::Everybody));
        }
        for (network, times) in peer.networks() {
            let taken = minute.by_network.get(&network).copied().unwrap_or(0);
            if taken >= self.per_peer.saturating_mul(times) {
                return Err(wait(match times {
                    1 => Counted::Peer,
                    _ => Counted::Near,
                }));
            }
        }
        for (network, _) in peer.networks() {
            *minute.by_network.entry(network).or_default() += 1;
        }
        minute.taken += 1;
        Ok(())
    }

    /// The try was none: the code was right, or was never looked at.
    pub(crate) fn give_back(&self, peer: Peer) {
        let mut minute = self.minute.lock().unwrap_or_else(PoisonError::into_inner);
        minute.taken = minute.taken.saturating_sub(1);
        for (network, _) in peer.networks() {
            if let Some(taken) = minute.by_network.get_mut(&network) {
                *taken = taken.saturating_sub(1);
                if *taken == 0 {
                    minute.by_network.remove(&network);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::IpAddr;

    fn at(ms: i64) -> Timestamp {
        Timestamp::from_ms(1_000_000 + ms).unwrap()
    }

    fn peer(number: u32) -> Peer {
        // Each in a network of its own.
        Peer::at(IpAddr::V4((number << 8).into()))
    }

    fn wait(seconds: u32, counted: Counted) -> Result<(), Wait> {
        Err(Wait { seconds, counted })
    }

    #[test]
    fn wrong_tries_are_bounded_by_the_minute() {
        let tries = Tries::per_minute(20);
        let (ann, bob) = (peer(1), peer(2));
        for _ in 0..20 {
            assert_eq!(tries.take(ann, at(0)), Ok(()));
        }
        assert_eq!(tries.take(ann, at(0)), wait(61, Counted::Peer));
        assert_eq!(tries.take(ann, at(59_999)), wait(1, Counted::Peer));
        assert_eq!(tries.take(bob, at(59_999)), Ok(()), "another address");
        tries.give_back(ann);
        assert_eq!(tries.take(ann, at(59_999)), Ok(()));
        assert_eq!(tries.take(ann, at(59_999)), wait(1, Counted::Peer));
        assert_eq!(tries.take(ann, at(60_000)), Ok(()));
        assert_eq!(tries.take(ann, at(-9)), Ok(()), "the clock was set back");
    }

    #[test]
    fn all_together_are_bounded_as_is_the_memory() {
        let tries = Tries::per_minute(2);
        for number in 0..100 {
            assert_eq!(tries.take(peer(number), at(0)), Ok(()));
        }
        assert_eq!(tries.take(peer(100), at(0)), wait(61, Counted::Everybody));
        assert_eq!(tries.minute.lock().unwrap().by_network.len(), 200);
        // Right codes leave nothing behind, however many callers there are.
        for number in 0..100 {
            tries.give_back(peer(number));
        }
        for number in 0..1_000 {
            assert_eq!(tries.take(peer(number), at(1)), Ok(()));
            tries.give_back(peer(number));
        }
        assert_eq!(tries.minute.lock().unwrap().by_network.len(), 0);
    }

    #[test]
    fn one_line_with_many_addresses_is_bounded() {
        use Counted::{Everybody, Near, Peer as One};
        // How many tries get through: from one line, from all lines of a home, of a firm, of strangers.
        let check = |format: &dyn Fn(u32) -> String, allowed: u32, last: Counted| {
            let tries = Tries::per_minute(20);
            let from = |number: u32| Peer::at(format(number).parse().unwrap());
            let taken = (0..2_000).map(|number| tries.take(from(number), at(0)));
            let taken: Vec<_> = taken.collect();
            let done = taken.iter().filter(|taken| taken.is_ok()).count();
            assert_eq!(u32::try_from(done), Ok(allowed), "{}", format(1));
            assert_eq!(taken.last(), Some(&wait(61, last)), "{}", format(1));
        };
        check(&|number| format!("2001:db8::{number:x}"), 20, One);
        check(
            &|number| format!("2001:db8:0:{:x}::1", number % 256),
            80,
            Near,
        );
        check(&|number| format!("2001:db8:0:{number:x}::1"), 160, Near);
        check(
            &|number| format!("2001:db8:0:{:x}::1", number << 5),
            160,
            Near,
        );
        check(&|number| format!("192.0.2.{}", number % 256), 160, Near);
        check(
            &|number| format!("2001:db8:{number:x}::1"),
            1_000,
            Everybody,
        );
        let few = Tries::bounded(20, 30);
        let taken = (0..100).map(|number| few.take(peer(number), at(0)));
        assert_eq!(taken.filter(Result::is_ok).count(), 30);
    }

    #[test]
    fn who_cannot_be_told_apart_is_counted_with_everybody() {
        let tries = Tries::per_minute(2);
        for _ in 0..100 {
            assert_eq!(tries.take(Peer::Hidden, at(0)), Ok(()));
        }
        assert_eq!(
            tries.take(Peer::Hidden, at(0)),
            wait(61, Counted::Everybody)
        );
    }
}
