//! Where a phone in the same network finds the demo, and how this machine itself does. The machine is asked which
//! address it has; nothing is sent anywhere.

use anyhow::Context;
use server::tls::hosts::outward;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

/// The address under which others in the network reach this machine.
pub(super) fn address() -> anyhow::Result<Ipv4Addr> {
    let own = outward().into_iter().find_map(|own| match own {
        IpAddr::V4(own) => Some(own),
        IpAddr::V6(_) => None,
    });
    own.context("no address of this machine leads into a network; leave out --lan to stay on it")
}

/// Where this machine itself finds what listens at `address`.
pub(super) fn near(address: SocketAddr) -> SocketAddr {
    match address.ip().is_unspecified() {
        true => SocketAddr::from((Ipv4Addr::LOCALHOST, address.port())),
        false => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_listens_everywhere_is_near_on_loopback() {
        let check = |address: &str, near_by: &str| {
            assert_eq!(near(address.parse().unwrap()).to_string(), near_by);
        };
        check("0.0.0.0:8470", "127.0.0.1:8470");
        check("127.0.0.1:8471", "127.0.0.1:8471");
        check("192.0.2.7:8470", "192.0.2.7:8470");
    }
}
