//! Where a phone in the same network finds the demo, and a square code of it for the terminal. It asks the
//! machine which address it has; nothing is sent anywhere.

use anyhow::{Context, bail};
use fast_qr::{ECL, QRBuilder};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};

/// An address kept for documents (RFC 5737): a datagram socket that is bound for it shows which of the
/// machine's own addresses leads out, and no datagram is sent.
const OUTSIDE: (Ipv4Addr, u16) = (Ipv4Addr::new(192, 0, 2, 1), 9);
/// The light border that readers need, in modules.
const BORDER: usize = 2;

/// The address under which others in the network reach this machine.
pub(super) fn address() -> anyhow::Result<Ipv4Addr> {
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0));
    let own = socket.and_then(|socket| {
        socket.connect(OUTSIDE)?;
        socket.local_addr()
    });
    let own = own.context("this machine is in no network; leave out --lan to stay on it")?;
    match own.ip() {
        IpAddr::V4(own) if !own.is_loopback() && !own.is_unspecified() => Ok(own),
        IpAddr::V4(_) | IpAddr::V6(_) => {
            bail!("no address of this machine leads into a network; leave out --lan to stay on it")
        }
    }
}

/// Where this machine itself finds what listens at `address`.
pub(super) fn near(address: SocketAddr) -> SocketAddr {
    match address.ip().is_unspecified() {
        true => SocketAddr::from((Ipv4Addr::LOCALHOST, address.port())),
        false => address,
    }
}

/// A text as a square code of letters, two modules in each, black on white whatever the terminal's colours
/// are; none of a text that is too long for one.
pub(super) fn square(text: &str) -> Option<String> {
    let code = QRBuilder::new(text).ecl(ECL::L).build().ok()?;
    let side = code.size + 2 * BORDER;
    let is_dark = |x: usize, y: usize| {
        let inside = BORDER..BORDER + code.size;
        inside.contains(&x) && inside.contains(&y) && {
            let row = &code[y - BORDER];
            row.get(x - BORDER).is_some_and(|module| module.value())
        }
    };
    let mut drawn = String::new();
    for y in (0..side).step_by(2) {
        drawn.push_str("  \u{1b}[30;107m");
        for x in 0..side {
            drawn.push(match (is_dark(x, y), is_dark(x, y + 1)) {
                (true, true) => '█',
                (true, false) => '▀',
                (false, true) => '▄',
                (false, false) => ' ',
            });
        }
        drawn.push_str("\u{1b}[0m\n");
    }
    Some(drawn)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_square_is_as_wide_as_it_is_high() {
        let drawn = square("http://192.0.2.7:8470/book").unwrap();
        let rows: Vec<_> = drawn.lines().collect();
        let bare = |row: &str| -> String {
            let row = row.trim().trim_start_matches("\u{1b}[30;107m");
            row.trim_end_matches("\u{1b}[0m").to_owned()
        };
        let wide = bare(rows[0]).chars().count();
        assert_eq!(wide.div_ceil(2), rows.len());
        assert_eq!(bare(rows[0]).trim(), "", "a border of two modules");
        assert!(
            bare(rows[1]).starts_with("  █▀▀▀▀▀█"),
            "the first of three marks: {:?}",
            rows[1]
        );
        assert!(square(&"x".repeat(5_000)).is_none());
    }

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
