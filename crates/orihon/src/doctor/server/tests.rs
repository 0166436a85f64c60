//! What is thought of answers, without any server.

use super::*;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

fn told(hosts: &[&str], not_after_s: i64) -> Certificate {
    let der = CertificateDer::from_pem_slice(include_bytes!(
        "../../../../door/tests/it/identity/sec1.pem"
    ));
    let mut told = Certificate::read(&der.unwrap()).unwrap();
    told.hosts = hosts.iter().map(|host| (*host).to_owned()).collect();
    (told.not_before_s, told.not_after_s) = (0, not_after_s);
    told
}

#[test]
fn ways_are_judged() {
    for (url, state) in [
        ("https://book.example", State::Well),
        ("http://127.0.0.1:8470", State::Well),
        ("http://localhost:8470", State::Well),
        ("http://192.0.2.7:8470", State::Wrong),
        ("http://book.example", State::Wrong),
    ] {
        assert_eq!(way("way", &Url::parse(url).unwrap()).state, state, "{url}");
    }
}

#[test]
fn certificates_are_judged() {
    let now_s = 100 * DAY_S;
    let check = |hosts: &[&str], left_days: i64, state: State| {
        let own = told(hosts, now_s + left_days * DAY_S);
        assert_eq!(
            certificate(&[own], "book.example", now_s).state,
            state,
            "{left_days}"
        );
    };
    check(&["book.example"], 90, State::Well);
    check(&["*.example"], 21, State::Well);
    check(&["book.example"], 20, State::Doubtful);
    check(&["book.example"], 2, State::Wrong);
    check(&["book.example"], -1, State::Wrong);
    check(&["shop.example"], 90, State::Wrong);
    assert_eq!(certificate(&[], "book.example", now_s).state, State::Wrong);
    let early = told(&["book.example"], now_s + 90 * DAY_S);
    assert_eq!(
        certificate(&[early], "book.example", -1).state,
        State::Wrong
    );
}

#[test]
fn clocks_are_judged() {
    for (theirs_s, state) in [
        (Some(1_000), State::Well),
        (Some(1_010), State::Well),
        (Some(989), State::Doubtful),
        (Some(1_300), State::Doubtful),
        (Some(1_301), State::Wrong),
        (Some(-5_000), State::Wrong),
        (None, State::Doubtful),
    ] {
        assert_eq!(clock(theirs_s, 1_000).state, state, "{theirs_s:?}");
    }
}

#[test]
fn readiness_is_told_in_the_servers_words() {
    assert_eq!(readiness(200, "").state, State::Well);
    let full = readiness(503, r#"{"detail": "the disk is full"}"#);
    assert_eq!(
        (full.state, full.found.as_str()),
        (State::Wrong, "the disk is full")
    );
    assert_eq!(readiness(404, "<html>").state, State::Wrong);
}

#[test]
fn proxies_are_judged_by_what_they_do_to_a_form() {
    let secure = Some("lang=en; Path=/; HttpOnly; SameSite=Lax; Secure");
    let plain = Some("lang=en; Path=/; HttpOnly; SameSite=Lax");
    for (scheme, status, cookie, state) in [
        ("https", 303, secure, State::Well),
        ("https", 303, plain, State::Wrong),
        ("http", 303, plain, State::Well),
        ("http", 303, secure, State::Doubtful),
        ("https", 403, None, State::Wrong),
        ("https", 404, None, State::Doubtful),
    ] {
        assert_eq!(
            headers(scheme, status, cookie).state,
            state,
            "{scheme} {status} {cookie:?}"
        );
    }
}
