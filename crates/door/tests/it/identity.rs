//! Who a server can be: what is read of certificates and keys, and what each fault is answered with.

use crate::tls::{Authority, MADE_S, PAIR_YEARS};
use door::tls::{Certificate, Files, Identity};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

const SEC1: (&[u8], &[u8]) = (
    include_bytes!("identity/sec1.pem"),
    include_bytes!("identity/sec1.key"),
);
const RSA: (&[u8], &[u8]) = (
    include_bytes!("identity/rsa.pem"),
    include_bytes!("identity/rsa.key"),
);
const LOCKED: &str =
    "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n";
const DAMAGED: &str = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
const YEAR_S: i64 = 366 * 86_400;

/// Reads a pair at an instant, and expects this complaint; none if it is a good one.
fn check(chain: &[u8], key: &[u8], now_s: i64, complaint: Option<&str>) {
    let said = Identity::read(chain, key, now_s).map_err(|error| error.to_string());
    assert_eq!(said.err().as_deref(), complaint);
}

#[test]
fn every_usual_form_of_key_is_read() {
    let pair = Authority::new().pair("localhost");
    // Those that were made by OpenSSL begin on the day on which they were made.
    let now_s = MADE_S + YEAR_S;
    check(SEC1.0, SEC1.1, now_s, None);
    check(RSA.0, RSA.1, now_s, None);
    check(pair.chain.as_bytes(), pair.key.as_bytes(), MADE_S + 1, None);
}

#[test]
fn each_fault_is_named_with_the_way_to_mend_it() {
    let authority = Authority::new();
    let pair = authority.pair("localhost");
    let other = authority.pair("localhost");
    let own = authority.pem.as_str();
    let now_s = MADE_S + 1;
    let check = |chain: &str, key: &str, now_s: i64, complaint: &str| {
        check(chain.as_bytes(), key.as_bytes(), now_s, Some(complaint));
    };
    check(
        "",
        &pair.key,
        now_s,
        "no certificate is in it; it takes PEM, which begins with -----BEGIN CERTIFICATE-----, the \
         server's own certificate first",
    );
    check(
        &pair.chain,
        &pair.leaf,
        now_s,
        "no private key is in it; it takes PEM without a passphrase: -----BEGIN PRIVATE KEY----- \
         (PKCS#8), EC PRIVATE KEY or RSA PRIVATE KEY",
    );
    check(
        &pair.chain,
        LOCKED,
        now_s,
        "the private key is locked by a passphrase, which nobody can type when the server starts; \
         unlock it once: openssl pkey -in LOCKED -out UNLOCKED",
    );
    check(
        DAMAGED,
        &pair.key,
        now_s,
        "certificate 1 of it cannot be read; fetch the file anew from whoever issued it",
    );
    check(
        &format!("{own}{}", pair.leaf),
        &pair.key,
        now_s,
        "certificate 2 of the file belongs to the key, and not the first; put the server's own \
         certificate first and those that vouch for it behind it",
    );
    check(
        &pair.chain,
        &other.key,
        now_s,
        "the private key belongs to none of the certificates; each certificate was made for one \
         key: take the one with which it was asked for",
    );
    check(
        &format!("{}{}{own}", pair.leaf, other.leaf),
        &pair.key,
        now_s,
        "certificate 1 was not issued by certificate 2; put each behind the one that it vouches \
         for, and nothing else into the file",
    );
    check(
        &pair.leaf.repeat(17),
        &pair.key,
        now_s,
        "more than 16 certificates are in it; leave only the server's own and those that vouch for it",
    );
    check(
        &pair.chain,
        &pair.key,
        MADE_S + i64::from(PAIR_YEARS + 1) * YEAR_S,
        "the certificate ended on 2028-11-01; renew it, and start again",
    );
    check(
        &pair.chain,
        &pair.key,
        MADE_S - 1,
        "the certificate begins on 2026-11-01; set this machine's clock, or wait until then",
    );
}

#[test]
fn files_are_named_in_what_is_said_of_them() {
    let folder = tempfile::tempdir().unwrap();
    let pair = Authority::new().pair("localhost");
    let files = Files {
        chain: folder.path().join("server.pem"),
        key: folder.path().join("server.key"),
    };
    let said = || {
        let read = files.read(MADE_S + 1).map_err(|error| error.to_string());
        let place = format!("{}/", folder.path().display());
        read.map(|_| ()).map_err(|text| text.replace(&place, ""))
    };
    let missing = |name: &str, what: &str| {
        Err(format!(
            "{name} does not exist; name the file with the {what}"
        ))
    };
    assert_eq!(said(), missing("server.pem", "certificate"));
    std::fs::write(&files.chain, &pair.chain).unwrap();
    assert_eq!(said(), missing("server.key", "private key"));
    std::fs::write(&files.key, LOCKED).unwrap();
    assert!(
        said()
            .unwrap_err()
            .starts_with("server.key: the private key is locked")
    );
    std::fs::write(&files.key, &pair.key).unwrap();
    assert_eq!(said(), Ok(()));
}

#[test]
fn what_a_certificate_is_for_is_read() {
    let der = CertificateDer::from_pem_slice(SEC1.0).unwrap();
    let told = Certificate::read(&der).unwrap();
    assert_eq!(told.hosts, ["shop.example", "*.shop.example", "192.0.2.7"]);
    assert!(told.is_its_own_issuer());
    for (host, is_for) in [
        ("shop.example", true),
        ("SHOP.example", true),
        ("till.shop.example", true),
        ("a.till.shop.example", false),
        ("192.0.2.7", true),
        ("192.0.2.8", false),
        ("example", false),
        ("", false),
    ] {
        assert_eq!(told.is_for(host), is_for, "{host}");
    }
}

/// Whatever is cut off or bent: no certificate or another one, and never a panic.
#[test]
fn damaged_certificates_are_none_or_others() {
    let whole = CertificateDer::from_pem_slice(SEC1.0).unwrap();
    let told = Certificate::read(&whole);
    for end in 0..whole.len() {
        assert_eq!(Certificate::read(&whole[..end]), None, "cut at {end}");
    }
    let mut others = 0;
    for at in 0..whole.len() {
        let mut bent = whole.to_vec();
        bent[at] ^= 0xff;
        others += usize::from(Certificate::read(&bent) != told);
    }
    assert!(others > 100, "{others}");
}
