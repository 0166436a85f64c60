//! By which names and addresses a server is reached: what its operator said, where it listens, and what the machine
//! says of itself. No name is looked up, and nothing is sent.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};

/// Addresses kept for documents (RFC 5737, RFC 3849): a datagram socket that is bound for one shows which of the
/// machine's own addresses leads out, and no datagram is sent.
const OUTSIDE: [SocketAddr; 2] = [
    SocketAddr::new(IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)), 9),
    SocketAddr::new(
        IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1)),
        9,
    ),
];
/// A part of a host's name has no more letters.
const LABEL_CHARS_MAX: usize = 63;

/// The hosts by which a server is reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hosts {
    /// What was said: this machine itself, the public address, and where it listens. In order, each once.
    pub said: Vec<String>,
    /// What the machine says of itself, and may say otherwise tomorrow.
    pub machine: Vec<String>,
}

impl Hosts {
    /// All of them; those of the machine that `keep` lets through.
    #[must_use]
    pub fn all(&self, keep: impl Fn(&str) -> bool) -> Vec<String> {
        let machine = self.machine.iter().filter(|host| keep(host));
        let mut all: Vec<String> = self.said.iter().chain(machine).cloned().collect();
        all.sort();
        all.dedup();
        all
    }
}

/// The hosts of a server that listens there and, if it was told, is reached at that address.
#[must_use]
pub fn of(public_url: Option<&str>, listen: SocketAddr) -> Hosts {
    let mut said = vec![
        "localhost".to_owned(),
        "127.0.0.1".to_owned(),
        "::1".to_owned(),
    ];
    said.extend(public_url.and_then(host_of).map(str::to_owned));
    let mut machine = Vec::new();
    match listen.ip() {
        ip if ip.is_unspecified() => {
            machine.extend(outward().into_iter().map(|own| own.to_string()));
            machine.extend(machine_names());
        }
        ip => said.push(ip.to_canonical().to_string()),
    }
    said.sort();
    said.dedup();
    Hosts { said, machine }
}

/// The address of this machine under which others in its network reach it, version 4 first; none outside of
/// any network.
#[must_use]
pub fn outward() -> Vec<IpAddr> {
    OUTSIDE.into_iter().filter_map(outward_to).collect()
}

fn outward_to(outside: SocketAddr) -> Option<IpAddr> {
    let here: IpAddr = match outside {
        SocketAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
        SocketAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
    };
    let socket = UdpSocket::bind((here, 0)).ok()?;
    socket.connect(outside).ok()?;
    let own = socket.local_addr().ok()?.ip();
    (!own.is_loopback() && !own.is_unspecified()).then_some(own)
}

/// What the machine is called where machines call each other by `.local`. Its bare name is left out: nobody may
/// vouch for a whole domain of that name.
fn machine_names() -> Vec<String> {
    let uname = rustix::system::uname();
    let name = uname.nodename().to_string_lossy().to_lowercase();
    let first = name.split('.').next().unwrap_or_default();
    match is_label(first) {
        true => vec![format!("{first}.local")],
        false => Vec::new(),
    }
}

fn is_label(text: &str) -> bool {
    let is_letter = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit();
    (1..=LABEL_CHARS_MAX).contains(&text.len())
        && text
            .chars()
            .all(|letter| is_letter(letter) || letter == '-')
        && !text.starts_with('-')
        && !text.ends_with('-')
}

/// The host of an address such as `https://book.example:8470/`, without the brackets of version 6.
#[must_use]
pub fn host_of(url: &str) -> Option<&str> {
    let (_, rest) = url.split_once("://")?;
    let place = rest.split(['/', '?', '#']).next()?;
    let host = match place.strip_prefix('[') {
        Some(six) => six.split_once(']')?.0,
        None => place.rsplit_once(':').map_or(place, |(host, _)| host),
    };
    (!host.is_empty()).then_some(host)
}

/// A host as it stands in an address.
#[must_use]
pub fn in_address(host: &str) -> String {
    match host.contains(':') {
        true => format!("[{host}]"),
        false => host.to_owned(),
    }
}

/// The host by which a server that listens there is reached best: by name on this machine, where browsers have
/// passkeys for it, and else by address.
#[must_use]
pub fn nearest(listen: SocketAddr) -> String {
    let ip = listen.ip().to_canonical();
    if ip.is_loopback() {
        return "localhost".to_owned();
    }
    if !ip.is_unspecified() {
        return in_address(&ip.to_string());
    }
    let out = outward().into_iter().next();
    out.map_or("localhost".to_owned(), |own| in_address(&own.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_found_in_addresses() {
        for (url, host) in [
            ("https://book.example", Some("book.example")),
            ("https://book.example:8470/", Some("book.example")),
            ("https://[2001:db8::7]:8470", Some("2001:db8::7")),
            ("https://192.0.2.7", Some("192.0.2.7")),
            ("https://:8470", None),
            ("https://", None),
            ("book.example", None),
        ] {
            assert_eq!(host_of(url), host, "{url}");
        }
    }

    #[test]
    fn a_server_is_reached_by_what_was_said_and_where_it_listens() {
        let check = |public: Option<&str>, listen: &str, hosts: &[&str]| {
            let own = of(public, listen.parse().unwrap());
            assert_eq!(own.all(|_| true), hosts, "{listen}");
        };
        check(None, "127.0.0.1:8470", &["127.0.0.1", "::1", "localhost"]);
        check(
            Some("https://book.example"),
            "192.0.2.7:8470",
            &["127.0.0.1", "192.0.2.7", "::1", "book.example", "localhost"],
        );
        assert_eq!(nearest("127.0.0.1:1".parse().unwrap()), "localhost");
        assert_eq!(nearest("192.0.2.7:1".parse().unwrap()), "192.0.2.7");
        assert_eq!(nearest("[2001:db8::7]:1".parse().unwrap()), "[2001:db8::7]");
    }

    #[test]
    fn no_machine_says_a_bare_name() {
        let own = of(None, "0.0.0.0:8470".parse().unwrap());
        let names = own
            .machine
            .iter()
            .filter(|host| host.parse::<IpAddr>().is_err());
        assert!(
            names.clone().all(|name| name.ends_with(".local")),
            "{own:?}"
        );
        assert!(machine_names().len() <= 1);
    }

    #[test]
    fn names_of_machines_are_labels() {
        for (text, fits) in [
            ("till-1", true),
            ("-till", false),
            ("till-", false),
            ("", false),
            ("ti_ll", false),
            ("Till", false),
        ] {
            assert_eq!(is_label(text), fits, "{text}");
        }
    }
}
