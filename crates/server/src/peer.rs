//! From where somebody asks: what tries are counted by, so that one caller cannot use up what everybody
//! has. It is kept in no ledger, written into no log, and decides nothing but how often something may be
//! tried.

use crate::app::App;
use axum::extract::FromRequestParts;
use http::HeaderMap;
use http::header::{FORWARDED, HeaderName};
use http::request::Parts;
use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use thiserror::Error;

/// The header of most proxies. There is a newer one with a standard, which few write.
const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
/// The bits of an IPv6 address that one line shares: whoever has it has all addresses behind them.
const LINE_BITS: u32 = 64;

/// Wider networks around a line of IPv6, and how many lines' tries each has: providers give homes 256 lines
/// and firms 65,536 of them.
const AROUND_V6: [(u32, u32); 2] = [(56, 4), (48, 8)];
/// The same around an IPv4 address: the smallest network that is rented out in the internet.
const AROUND_V4: [(u32, u32); 1] = [(24, 8)];

/// From where a request comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Peer {
    /// An IPv4 address, or the beginning of an IPv6 address that a line shares.
    At(IpAddr),
    /// Somebody behind a proxy on this machine which nobody said may be believed. All of them would be at
    /// one address, so that none is counted alone.
    Hidden,
}

impl Peer {
    /// Whoever is at an address.
    #[must_use]
    pub fn at(address: IpAddr) -> Self {
        let address = address.to_canonical();
        Self::At(match address {
            IpAddr::V4(_) => address,
            IpAddr::V6(_) => Network::around(address, LINE_BITS).first,
        })
    }

    /// The networks in which it is, the nearest first, each with how many times as much may come from it as
    /// from one peer. None of one who cannot be told from others.
    pub(crate) fn networks(self) -> impl Iterator<Item = (Network, u32)> {
        let (own, around) = match self {
            Self::At(address @ IpAddr::V4(_)) => (Some((address, 32)), AROUND_V4.as_slice()),
            Self::At(address @ IpAddr::V6(_)) => (Some((address, LINE_BITS)), AROUND_V6.as_slice()),
            Self::Hidden => (None, [].as_slice()),
        };
        own.into_iter().flat_map(|(address, bits)| {
            let sizes = [(bits, 1)].into_iter().chain(around.iter().copied());
            sizes.map(move |(bits, times)| (Network::around(address, bits), times))
        })
    }
}

/// The first of so many bits.
const fn mask(bits: u32, of: u32) -> u128 {
    match of.saturating_sub(bits) {
        left @ 0..=127 => u128::MAX << left,
        _ => 0,
    }
}

impl FromRequestParts<Arc<App>> for Peer {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Infallible> {
        let near = parts.extensions.get::<door::Peer>();
        let near = near.map_or(IpAddr::V6(Ipv6Addr::UNSPECIFIED), |peer| peer.0.ip());
        let peer = app.proxies.peer(near, &parts.headers);
        if peer == Self::Hidden && app.site.public_url().is_some() {
            app.proxies.advise();
        }
        Ok(peer)
    }
}

/// Addresses that belong together, such as `10.0.0.0/8` or a single one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Network {
    first: IpAddr,
    bits: u32,
}

/// A text that is no network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("write an address such as 127.0.0.1, or a network such as 10.0.0.0/8")]
pub struct NetworkError;

impl FromStr for Network {
    type Err = NetworkError;

    fn from_str(text: &str) -> Result<Self, NetworkError> {
        let (address, bits) = match text.trim().split_once('/') {
            Some((address, bits)) => (address, Some(bits)),
            None => (text.trim(), None),
        };
        let first: IpAddr = address.parse().map_err(|_| NetworkError)?;
        let most = length(first);
        let bits = match bits {
            None => most,
            Some(bits) => bits.parse().map_err(|_| NetworkError)?,
        };
        let network = Self { first, bits };
        (bits <= most && number(first) & !mask(bits, most) == 0)
            .then_some(network)
            .ok_or(NetworkError)
    }
}

impl Network {
    /// The same as bytes, to be hashed with something else.
    pub(crate) fn bytes(self) -> [u8; 20] {
        let first = match self.first {
            IpAddr::V4(address) => address.to_ipv6_mapped().octets(),
            IpAddr::V6(address) => address.octets(),
        };
        let mut bytes = [0; 20];
        let (head, tail) = bytes.split_at_mut(first.len());
        head.copy_from_slice(&first);
        tail.copy_from_slice(&self.bits.to_be_bytes());
        bytes
    }

    /// The one of so many bits in which an address is.
    fn around(address: IpAddr, bits: u32) -> Self {
        let first = match address {
            IpAddr::V4(address) => {
                // Of the 32 bits of an address no more are left than it had.
                let kept = u128::from(address.to_bits()) & mask(bits, 32);
                IpAddr::V4(Ipv4Addr::from_bits(u32::try_from(kept).unwrap_or(0)))
            }
            IpAddr::V6(address) => {
                IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & mask(bits, 128)))
            }
        };
        Self { first, bits }
    }

    fn holds(&self, address: IpAddr) -> bool {
        let of = length(self.first);
        length(address) == of && number(address) & mask(self.bits, of) == number(self.first)
    }
}

/// Bits of an address.
const fn length(address: IpAddr) -> u32 {
    match address {
        IpAddr::V4(_) => 32,
        IpAddr::V6(_) => 128,
    }
}

fn number(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => address.to_bits().into(),
        IpAddr::V6(address) => address.to_bits(),
    }
}

/// Proxies that are believed when they say for whom they ask.
#[derive(Default)]
pub struct Proxies {
    trusted: Vec<Network>,
    advised: AtomicBool,
}

impl Proxies {
    /// Only these.
    #[must_use]
    pub fn new(trusted: Vec<Network>) -> Self {
        Self {
            trusted,
            advised: AtomicBool::new(false),
        }
    }

    /// From where a request comes that a connection from `near` brought.
    ///
    /// Each proxy adds at the right the address from which it was asked. So they are read from there, as
    /// long as they were written by somebody who is believed. A proxy writes one of the two headers and
    /// passes on what callers wrote into the other: where they differ, neither is believed.
    #[must_use]
    pub fn peer(&self, near: IpAddr, headers: &HeaderMap) -> Peer {
        let near = near.to_canonical();
        let told = [FORWARDED, X_FORWARDED_FOR].map(|name| self.told(near, headers, &name));
        if !self.trusts(near) {
            let is_proxy = near.is_loopback() && told != [None, None];
            return match self.trusted.is_empty() && is_proxy {
                true => Peer::Hidden,
                false => Peer::at(near),
            };
        }
        Peer::at(match told {
            [None, None] => near,
            [Some(far), None] | [None, Some(far)] => far,
            [Some(far), Some(other)] if far == other => far,
            [Some(_), Some(_)] => near,
        })
    }

    /// Whom one header names; none without it.
    fn told(&self, near: IpAddr, headers: &HeaderMap, name: &HeaderName) -> Option<IpAddr> {
        headers.get(name)?;
        let lines = headers.get_all(name).iter().rev();
        let entries = lines.flat_map(|line| line.to_str().unwrap_or_default().rsplit(','));
        let mut far = near;
        for entry in entries {
            if !self.trusts(far) {
                break;
            }
            match address_in(entry, name) {
                Some(address) => far = address,
                None => break,
            }
        }
        Some(far)
    }

    fn trusts(&self, address: IpAddr) -> bool {
        self.trusted.iter().any(|network| network.holds(address))
    }

    /// Tells the operator once what is missing.
    fn advise(&self) {
        if !self.advised.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                "a proxy on this machine asks for others, and all of them are counted as one: start the \
                server with --trusted-proxy 127.0.0.1 (or ::1) if the proxy sets X-Forwarded-For"
            );
        }
    }
}

/// The address in one entry of a header; none where it is hidden, or is something else.
fn address_in(entry: &str, name: &HeaderName) -> Option<IpAddr> {
    let node = if *name == FORWARDED {
        let pairs = entry.split(';').filter_map(|pair| pair.split_once('='));
        let mut named = pairs.filter(|(key, _)| key.trim().eq_ignore_ascii_case("for"));
        named.next()?.1
    } else {
        entry
    };
    let node = node.trim().trim_matches('"');
    let bare = node
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
        .unwrap_or(node);
    let with_port = || node.parse().map(|address: SocketAddr| address.ip());
    let read = bare.parse().or_else(|_| with_port()).ok();
    read.map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests;
