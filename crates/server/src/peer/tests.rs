//! Who is believed about whom, line by line.

use super::*;
use http::HeaderValue;

fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

fn proxies(trusted: &[&str]) -> Proxies {
    Proxies::new(trusted.iter().map(|text| text.parse().unwrap()).collect())
}

fn headers(lines: &[(&'static str, &'static str)]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in lines {
        headers.append(*name, HeaderValue::from_static(value));
    }
    headers
}

#[test]
fn a_peer_is_an_address_or_a_line() {
    let check = |text: &str, shown: &str| assert_eq!(Peer::at(ip(text)), Peer::At(ip(shown)));
    check("192.0.2.7", "192.0.2.7");
    check("::ffff:192.0.2.7", "192.0.2.7");
    check("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::");
    check("2001:db8:1:2:ffff:ffff:ffff:ffff", "2001:db8:1:2::");
    check("2001:db8:1:3::1", "2001:db8:1:3::");
}

#[test]
fn the_bytes_of_a_network_are_its_own() {
    let texts = [
        "192.0.2.0",
        "192.0.2.0/24",
        "192.0.3.0/24",
        "::ffff:192.0.2.0",
        "2001:db8::/48",
        "2001:db8::/56",
        "2001:db8:1::/48",
    ];
    let bytes = texts.map(|text| text.parse::<Network>().unwrap().bytes());
    let each: std::collections::BTreeSet<_> = bytes.iter().collect();
    assert_eq!(each.len(), texts.len());
}

#[test]
fn a_peer_is_in_wider_networks() {
    let check = |peer: Peer, shown: &[(&str, u32)]| {
        let networks: Vec<(Network, u32)> = peer.networks().collect();
        let expected = shown
            .iter()
            .map(|(text, times)| (text.parse().unwrap(), *times));
        assert_eq!(networks, expected.collect::<Vec<_>>());
    };
    check(
        Peer::at(ip("203.0.113.7")),
        &[("203.0.113.7", 1), ("203.0.113.0/24", 8)],
    );
    check(
        Peer::at(ip("2001:db8:1:abcd::9")),
        &[
            ("2001:db8:1:abcd::/64", 1),
            ("2001:db8:1:ab00::/56", 4),
            ("2001:db8:1::/48", 8),
        ],
    );
    check(Peer::Hidden, &[]);
}

#[test]
fn only_trusted_proxies_are_believed() {
    let check =
        |trusted: &[&str], near: &str, lines: &[(&'static str, &'static str)], far: &str| {
            let peer = proxies(trusted).peer(ip(near), &headers(lines));
            assert_eq!(peer, Peer::At(ip(far)), "{trusted:?} {near} {lines:?}");
        };
    let (x, f) = ("x-forwarded-for", "forwarded");
    let here: &[&str] = &["127.0.0.1"];
    // Nobody said that the caller is a proxy.
    check(&[], "192.0.2.1", &[(x, "198.51.100.9")], "192.0.2.1");
    check(here, "192.0.2.1", &[(x, "198.51.100.9")], "192.0.2.1");
    // One proxy: what stands before its own entry is the caller's invention.
    check(here, "127.0.0.1", &[], "127.0.0.1");
    check(here, "::ffff:127.0.0.1", &[(x, "192.0.2.1")], "192.0.2.1");
    check(here, "127.0.0.1", &[(x, "9.9.9.9, 192.0.2.1")], "192.0.2.1");
    check(
        here,
        "127.0.0.1",
        &[(x, "9.9.9.9"), (x, "192.0.2.1")],
        "192.0.2.1",
    );
    check(
        here,
        "127.0.0.1",
        &[(x, "127.0.0.1, 192.0.2.1")],
        "192.0.2.1",
    );
    check(here, "127.0.0.1", &[(x, "192.0.2.1:5555")], "192.0.2.1");
    check(
        here,
        "127.0.0.1",
        &[(x, "2001:db8:0:7::9")],
        "2001:db8:0:7::",
    );
    check(here, "127.0.0.1", &[(x, "nonsense")], "127.0.0.1");
    check(
        here,
        "127.0.0.1",
        &[(x, "192.0.2.1, nonsense")],
        "127.0.0.1",
    );
    check(here, "127.0.0.1", &[(x, "")], "127.0.0.1");
    // Two of them, one behind the other.
    let two: &[&str] = &["127.0.0.1", "10.0.0.0/8"];
    check(
        two,
        "127.0.0.1",
        &[(x, "9.9.9.9, 192.0.2.1, 10.1.2.3")],
        "192.0.2.1",
    );
    check(
        here,
        "127.0.0.1",
        &[(x, "9.9.9.9, 192.0.2.1, 10.1.2.3")],
        "10.1.2.3",
    );
    check(two, "127.0.0.1", &[(x, "10.9.9.9, 10.1.2.3")], "10.9.9.9");
    // The header of the standard.
    check(here, "127.0.0.1", &[(f, "for=192.0.2.1")], "192.0.2.1");
    check(
        here,
        "127.0.0.1",
        &[(f, "by=x;FOR=\"[2001:db8::1]:80\" ;proto=https")],
        "2001:db8::",
    );
    check(
        here,
        "127.0.0.1",
        &[(f, "for=9.9.9.9, for=\"192.0.2.1:80\"")],
        "192.0.2.1",
    );
    check(
        here,
        "127.0.0.1",
        &[(f, "for=\"9.9.9.9, for=192.0.2.1")],
        "192.0.2.1",
    );
    check(here, "127.0.0.1", &[(f, "for=_hidden")], "127.0.0.1");
    check(
        here,
        "127.0.0.1",
        &[(f, "for=unknown, proto=http")],
        "127.0.0.1",
    );
    // Both: one was written by the proxy and the other by anybody.
    check(
        here,
        "127.0.0.1",
        &[(f, "for=192.0.2.1"), (x, "192.0.2.1")],
        "192.0.2.1",
    );
    check(
        here,
        "127.0.0.1",
        &[(f, "for=9.9.9.9"), (x, "192.0.2.1")],
        "127.0.0.1",
    );
}

#[test]
fn whoever_stands_behind_an_unnamed_proxy_is_not_counted_alone() {
    let told = headers(&[("x-forwarded-for", "192.0.2.1")]);
    let check = |trusted: &[&str], near: &str, headers: &HeaderMap, peer: Peer| {
        assert_eq!(proxies(trusted).peer(ip(near), headers), peer, "{near}");
    };
    let here = Peer::At(ip("127.0.0.1"));
    check(&[], "127.0.0.1", &told, Peer::Hidden);
    check(&[], "::1", &told, Peer::Hidden);
    check(&[], "127.0.0.1", &HeaderMap::new(), here);
    // Somebody said which proxies there are, and this is none.
    check(&["10.0.0.0/8"], "127.0.0.1", &told, here);
}

#[test]
fn networks_are_read_or_refused() {
    for (text, inside, outside) in [
        ("127.0.0.1", "127.0.0.1", "127.0.0.2"),
        (" 10.0.0.0/8 ", "10.255.0.1", "11.0.0.0"),
        ("0.0.0.0/0", "192.0.2.1", "::1"),
        ("::1", "::1", "::2"),
        ("fd00::/8", "fdff::1", "fe00::"),
        ("::/0", "2001:db8::1", "192.0.2.1"),
    ] {
        let network: Network = text.parse().unwrap();
        assert!(network.holds(ip(inside)), "{text} {inside}");
        assert!(!network.holds(ip(outside)), "{text} {outside}");
    }
    for text in [
        "",
        "x",
        "10.0.0.1/8",
        "10.0.0.0/33",
        "10.0.0.0/",
        "/8",
        "10.0.0.0/-1",
        "::/129",
        "fd00::1/8",
    ] {
        assert_eq!(text.parse::<Network>(), Err(NetworkError), "{text}");
    }
}
