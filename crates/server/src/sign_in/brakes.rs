//! How often passwords may be tried at one address: a few at once from each place, then one every half
//! minute; and from all places together some more, so that many places help little. A try always comes
//! back, and who guesses from one place takes none away from another: guessing slows down, and shuts nobody out.

use crate::brake::Brake;
use crate::peer::{Network, Peer};
use crate::reply::{Refused, Reply};
use purchase::id::UserId;
use purchase::time::Timestamp;
use ring::digest::{SHA256, digest};
use wire::error::ErrorCode;

/// What an address is counted by.
type Address = [u8; 32];
/// What an address is counted by at one place, or in a network around it.
type Pair = [u8; 32];

/// Tries at an address: by the place from which they come, by all together, and what each place has left
/// when those of all are used up.
pub struct Brakes {
    pairs: Brake<Pair>,
    together: Brake<Address>,
    reserve: Brake<Pair>,
}

impl Default for Brakes {
    fn default() -> Self {
        Self {
            pairs: Brake::new(10, 30_000),
            together: Brake::new(30, 60_000),
            reserve: Brake::new(3, 600_000),
        }
    }
}

/// A try that was taken, to be given back if it was none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub struct Taken {
    /// At which address.
    address: Address,
    /// Where.
    peer: Peer,
    of: Share,
}

/// Of whose tries one was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Share {
    /// Of those that all places have together.
    Everybody,
    /// Of those that every place has for itself.
    Reserve,
}

impl Brakes {
    /// Takes a try at an address, before it is known how it ends.
    ///
    /// # Errors
    /// The seconds after which there is one again.
    pub fn take(&self, address: Address, peer: Peer, now: Timestamp) -> Result<Taken, u32> {
        let pairs = pairs_of(address, peer);
        self.pairs.take_each(&pairs, now)?;
        let taken = |of| Taken { address, peer, of };
        if self.together.take(address, now).is_ok() {
            return Ok(taken(Share::Everybody));
        }
        match self.reserve.take_each(&pairs, now) {
            Ok(()) => Ok(taken(Share::Reserve)),
            Err(seconds) => {
                self.pairs.give_back_each(&pairs);
                Err(seconds)
            }
        }
    }

    /// The try was right, or was never looked at.
    pub fn give_back(&self, taken: Taken) {
        let pairs = pairs_of(taken.address, taken.peer);
        self.pairs.give_back_each(&pairs);
        match taken.of {
            Share::Everybody => self.together.give_back(taken.address),
            Share::Reserve => self.reserve.give_back_each(&pairs),
        }
    }
}

/// What an address is counted by for whoever asks: at the own place, and in the networks around it, which have
/// so many times as many tries. All who cannot be told apart are one place.
fn pairs_of(address: Address, peer: Peer) -> Vec<(Pair, u32)> {
    let pair = |place: &[u8]| {
        let hash = digest(&SHA256, &[address.as_slice(), place].concat());
        hash.as_ref().first_chunk().copied().unwrap_or_default()
    };
    match peer {
        Peer::Hidden => vec![(pair(&[]), 1)],
        Peer::At(_) => {
            let networks = peer.networks();
            networks
                .map(|(network, times)| (pair(&network.bytes()), times))
                .collect()
        }
    }
}

/// How often an address and a password are set: whoever does so learns whether the address leads to
/// somebody, and keeps it from others.
pub struct Changes {
    by_person: Brake<UserId>,
    by_network: Brake<Network>,
}

impl Default for Changes {
    fn default() -> Self {
        Self {
            by_person: Brake::new(5, 12 * 60_000),
            by_network: Brake::new(20, 3 * 60_000),
        }
    }
}

impl Changes {
    /// Takes a change. None is given back: also one that was carried out has told something.
    ///
    /// # Errors
    /// 429 with the seconds after which there is one again.
    pub fn take(&self, user_id: UserId, peer: Peer, now: Timestamp) -> Reply<()> {
        let later = |whose: &str, seconds| {
            let detail = format!(
                "e-mail address and password were set too often {whose}; wait and try again"
            );
            Refused::later(ErrorCode::RateLimited, detail, seconds)
        };
        let taken = self.by_person.take(user_id, now);
        taken.map_err(|seconds| later("for this account", seconds))?;
        let networks: Vec<_> = peer.networks().collect();
        let taken = self.by_network.take_each(&networks, now);
        taken.map_err(|seconds| later("from your network address, or near it", seconds))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::IpAddr;

    const ANN: Address = [1; 32];

    fn at(s: i64) -> Timestamp {
        Timestamp::from_ms(1_000_000_000 + s * 1_000).unwrap()
    }

    fn peer(number: u32) -> Peer {
        // Each in a network of its own.
        Peer::at(IpAddr::V4((number << 8).into()))
    }

    /// How many of these tries are looked at.
    fn looked_at(brakes: &Brakes, peers: impl Iterator<Item = Peer>, now: i64) -> usize {
        let tries = peers.map(|peer| brakes.take(ANN, peer, at(now)));
        tries.filter(Result::is_ok).count()
    }

    fn times(peer: Peer, count: usize) -> impl Iterator<Item = Peer> {
        std::iter::repeat_n(peer, count)
    }

    #[test]
    fn from_one_place_a_few_at_once_then_one_every_half_minute() {
        let brakes = Brakes::default();
        let here = peer(1);
        assert_eq!(looked_at(&brakes, times(here, 20), 0), 10);
        assert_eq!(brakes.take(ANN, here, at(0)), Err(31));
        assert!(brakes.take([2; 32], here, at(0)).is_ok(), "another address");
        assert_eq!(looked_at(&brakes, times(here, 20), 30), 1);
        let taken = brakes.take(ANN, here, at(60)).unwrap();
        brakes.give_back(taken);
        assert_eq!(looked_at(&brakes, times(here, 20), 60), 1);
    }

    #[test]
    fn who_asks_all_the_time_takes_nothing_from_another_place() {
        for hours in [0, 1, 24, 24 * 7] {
            let brakes = Brakes::default();
            let (stranger, person) = (peer(1), peer(2));
            // Whoever guesses takes every try as it comes back.
            let mut guessed = 0;
            for now in (0..=hours * 3_600).step_by(5) {
                guessed += looked_at(&brakes, times(stranger, 2), now);
            }
            let now = hours * 3_600;
            let tries = looked_at(&brakes, times(person, 5), now);
            assert!(tries >= 3, "{tries} tries after {hours} hours");
            // And is slowed down further: to what all have, and the own reserve.
            let most = 30 + 3 + hours * 60 + hours * 6 + 40;
            assert!(
                i64::try_from(guessed).unwrap() <= most,
                "{guessed} in {hours} hours"
            );
        }
    }

    #[test]
    fn many_places_help_little() {
        let brakes = Brakes::default();
        let places = || (0..1_000).map(peer);
        let mut guessed = 0;
        for now in (0..3_600).step_by(10) {
            guessed += looked_at(&brakes, places(), now);
        }
        // Not ten from each place at once and 120 an hour, but three and six, and what all have together.
        assert!((6_000..10_000).contains(&guessed), "{guessed}");
        // The same without what all have together is what it was before.
        let alone: Brake<Pair> = Brake::new(10, 30_000);
        let mut unbraked = 0;
        for now in (0..3_600).step_by(10) {
            let tries = places().map(|peer| alone.take_each(&pairs_of(ANN, peer), at(now)));
            unbraked += tries.filter(Result::is_ok).count();
        }
        assert!(unbraked > 100_000, "{unbraked}");
    }

    #[test]
    fn one_who_rents_many_addresses_is_one_who_guesses() {
        // Those of a home, of a firm, and of the smallest network of the old kind, each address in turn.
        let check = |format: &dyn Fn(u32) -> String, most: usize| {
            let brakes = Brakes::default();
            let mut guessed = 0;
            let mut number = 0;
            for now in (0..3_600 * 12).step_by(60) {
                for _ in 0..50 {
                    number += 1;
                    let from = Peer::at(format(number).parse().unwrap());
                    guessed += usize::from(brakes.take(ANN, from, at(now)).is_ok());
                }
            }
            // What all have together is thirty at once and 719 in half a day; the rest is the reserve.
            let together = 749;
            let found = guessed - together;
            assert!(found <= most && found > most / 2, "{}: {found}", format(1));
        };
        check(&|number| format!("2001:db8:0:{:x}::1", number % 256), 310);
        check(
            &|number| format!("2001:db8:0:{:x}::1", number % 65_536),
            620,
        );
        check(&|number| format!("192.0.2.{}", number % 256), 620);
    }
}
