//! TLS of the server's own: what is said in clear at a port that speaks it, the page that helps to trust, and the
//! small authority behind it. That browsers and programs do trust it is seen in `tests/browser` and by the program's
//! own tests, which go by the real time.

use crate::call::{Ask, form, get, post};
use crate::world::World;
use door::tls::{Certificate, Files};
use purchase::time::Timestamp;
use server::tls::{Authority, Source, hosts};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

/// 2026-11-29.
const NOW_MS: i64 = 1_795_976_433_000;
const DAY_MS: i64 = 86_400_000;

fn at(ms: i64) -> Timestamp {
    Timestamp::from_ms(ms).unwrap()
}

fn owned(hosts: &[&str]) -> Vec<String> {
    hosts.iter().map(|host| (*host).to_owned()).collect()
}

async fn secured() -> World {
    World::open_with(|config| config.tls = Some(Source::Local)).await
}

#[tokio::test]
async fn in_clear_pages_lead_on_and_programs_are_warned() {
    let world = secured().await;
    let base = world.running.app.site.base().to_owned();
    assert_eq!(
        base,
        format!("https://localhost:{}", world.running.address.port())
    );
    assert_eq!(world.running.app.site.cookie("orihon"), "__Host-orihon");
    for path in [
        "/",
        "/book?q=a%20b",
        "/healthz",
        "//evil.example/",
        "/trusted",
        "/docs",
    ] {
        let answer = world.ask(get(path)).await.is(308);
        assert_eq!(answer.header("location"), format!("{base}{path}"));
    }
    for ask in [
        get("/v1/limits").by(&world.operator),
        get("/v1"),
        post("/v1/settlements", "{}").by(&world.operator),
        form("/sign-in", "email=a&password=b"),
        Ask::new("DELETE", "/trust", ""),
        Ask::new("OPTIONS", "/", ""),
    ] {
        let answer = world.ask(ask).await.is(403);
        let told = format!("use {base}. Nothing was done.");
        assert!(answer.body.contains(&told), "{}", answer.body);
        assert_eq!(answer.header("content-type"), "application/problem+json");
    }
    world.close().await;
    // The control: without certificates nothing of it is said, and there is nothing to trust.
    let world = World::open().await;
    world.ask(get("/v1/limits")).await.is(200);
    world.ask(get("/trust")).await.is(404);
    world.close().await;
}

#[tokio::test]
async fn the_page_about_trust_is_read_in_clear() {
    let world = secured().await;
    let authority = world.running.authority.clone().unwrap();
    for (lang, title) in [
        ("ja", "このサーバーを信頼する"),
        ("en", "Trust this server"),
    ] {
        let page = world.ask(get(format!("/trust?lang={lang}"))).await.is(200);
        for part in [
            title,
            &authority.fingerprint(),
            world.running.app.site.base(),
        ] {
            assert!(page.body.contains(part), "{part} is not in {}", page.body);
        }
        assert!(
            page.header("content-security-policy")
                .starts_with("default-src 'none'")
        );
        let style = page
            .body
            .split('"')
            .find(|part| part.starts_with("/assets/orihon.css"));
        world.ask(get(style.unwrap())).await.is(200);
    }
    let file = world.ask(get("/trust/orihon.crt")).await.is(200);
    assert_eq!(file.header("content-type"), "application/x-x509-ca-cert");
    assert_eq!(file.body, authority.pem);
    let profile = world.ask(get("/trust/orihon.mobileconfig")).await.is(200);
    assert_eq!(
        profile.header("content-type"),
        "application/x-apple-aspen-config"
    );
    let lines: String = authority
        .pem
        .lines()
        .filter(|line| !line.starts_with('-'))
        .collect();
    assert!(
        profile.body.contains(&format!("<data>{lines}</data>")),
        "{}",
        profile.body
    );
    let again = world.ask(get("/trust/orihon.mobileconfig")).await.is(200);
    assert_eq!(
        again.body, profile.body,
        "a profile takes the place of itself"
    );
    world.close().await;
}

#[tokio::test]
async fn with_files_there_is_nothing_to_trust() {
    let folder = tempfile::tempdir().unwrap();
    let pair = pair();
    let files = Files {
        chain: folder.path().join("a.pem"),
        key: folder.path().join("a.key"),
    };
    fs::write(&files.chain, &pair.0).unwrap();
    fs::write(&files.key, &pair.1).unwrap();
    let source = Source::Files(files);
    let world = World::open_with(|config| config.tls = Some(source)).await;
    let port = world.running.address.port();
    let base = format!("https://book.example:{port}");
    assert_eq!(world.running.app.site.base(), base);
    let answer = world.ask(get("/trust")).await.is(308);
    assert_eq!(answer.header("location"), format!("{base}/trust"));
    assert!(world.running.authority.is_none());
    world.close().await;
}

/// A certificate of its own word, which holds for ever, and its key.
fn pair() -> (String, String) {
    let made = rcgen::generate_simple_self_signed(vec![
        "*.book.example".to_owned(),
        "book.example".to_owned(),
    ]);
    let made = made.unwrap();
    (made.cert.pem(), made.signing_key.serialize_pem())
}

#[test]
fn an_authority_is_made_once_and_kept_private() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("data.keys/tls");
    let own = hosts::of(None, "127.0.0.1:0".parse().unwrap()).said;
    let first = Authority::open(&folder, &own, at(NOW_MS)).unwrap();
    let again = Authority::open(&folder, &own, at(NOW_MS + DAY_MS)).unwrap();
    assert_eq!(first.pem, again.pem);
    assert!(
        first.name.starts_with("Orihon local authority "),
        "{}",
        first.name
    );
    let pairs: Vec<&str> = first.fingerprint().leak().split(':').collect();
    assert_eq!(
        (pairs.len(), pairs.iter().all(|pair| pair.len() == 2)),
        (32, true)
    );
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(
        (mode(&folder), mode(&folder.join("ca.key"))),
        (0o700, 0o600)
    );
    let told = Certificate::read(first.der()).unwrap();
    assert_eq!(
        (told.begins(), told.ends()),
        ("2026-11-28".to_owned(), "2036-11-29".to_owned())
    );
    let leaf = again.identity(&own, at(NOW_MS)).unwrap();
    assert_eq!(leaf.certificate().ends(), "2027-12-29");
    assert_eq!(leaf.certificate().hosts, ["127.0.0.1", "::1", "localhost"]);
}

#[test]
fn it_vouches_for_private_networks_and_its_own_hosts_only() {
    let check = |made_for: &[&str], asked: &[&str], refused: Option<&str>| {
        let home = tempfile::tempdir().unwrap();
        let authority = Authority::open(home.path(), &owned(made_for), at(NOW_MS)).unwrap();
        let made = authority.identity(&owned(asked), at(NOW_MS));
        let told = made.map(|_| ()).map_err(|error| error.to_string());
        match refused {
            None => assert_eq!(told, Ok(()), "{asked:?}"),
            Some(host) => {
                let told = told.unwrap_err();
                let expected = format!("does not vouch for {host}. Go back");
                assert!(told.contains(&expected), "{told}");
            }
        }
    };
    check(&[], &["localhost", "127.0.0.1", "::1"], None);
    check(
        &[],
        &[
            "192.168.1.5",
            "10.0.0.1",
            "172.31.9.9",
            "100.64.1.1",
            "fd00::1",
            "fe80::1",
        ],
        None,
    );
    check(
        &[],
        &["till.local", "book.lan", "book.home.arpa", "x.internal"],
        None,
    );
    check(&[], &["bank.example"], Some("bank.example"));
    check(&[], &["book.evillocal"], Some("book.evillocal"));
    check(&[], &["192.0.2.7"], Some("192.0.2.7"));
    check(&[], &["172.32.0.1", "10.0.0.1"], Some("172.32.0.1"));
    check(
        &["book.example", "192.0.2.7"],
        &["book.example", "192.0.2.7", "localhost"],
        None,
    );
    check(
        &["book.example", "192.0.2.7"],
        &["192.0.2.8"],
        Some("192.0.2.8"),
    );
}

/// What is permitted for one host is permitted for all below it: a bare name may be a whole domain.
#[test]
fn it_vouches_for_no_name_without_a_dot() {
    let check = |host: &str, is_refused: bool| {
        let home = tempfile::tempdir().unwrap();
        let told = Authority::open(&home.path().join("new"), &owned(&[host]), at(NOW_MS));
        let told = told.map(|_| ()).map_err(|error| error.to_string());
        let old = Authority::open(&home.path().join("old"), &[], at(NOW_MS)).unwrap();
        let named = old.identity(&owned(&[host]), at(NOW_MS));
        let named = named.map(|_| ()).map_err(|error| error.to_string());
        assert_eq!(told, named, "{host}");
        if is_refused {
            let way_out = format!("vouches for no name without a dot: with {host} it could");
            assert!(told.clone().unwrap_err().contains(&way_out), "{told:?}");
        } else {
            assert_eq!(told, Ok(()), "{host}");
        }
        assert_eq!(home.path().join("new").exists(), !is_refused, "{host}");
    };
    for host in ["shop", "app", "dev", "till", "lan", "local", "shop."] {
        check(host, true);
    }
    for host in ["localhost", "till.local", "192.168.0.7", "::1", "fd00::7"] {
        check(host, false);
    }
}

#[test]
fn a_folder_that_is_not_whole_is_told_with_the_way_out() {
    let check = |spoil: &dyn Fn(&Path), now_ms: i64, expected: &str| {
        let home = tempfile::tempdir().unwrap();
        Authority::open(home.path(), &[], at(NOW_MS)).unwrap();
        spoil(home.path());
        let told = Authority::open(home.path(), &[], at(now_ms))
            .unwrap_err()
            .to_string();
        let told = told.replace(&home.path().display().to_string(), "KEYS");
        assert!(told.starts_with(expected), "{told}");
        assert!(told.contains("start again"), "{told}");
    };
    let broken =
        |why: &str| format!("the local authority in KEYS is not whole: {why}. Put both files back");
    let none = |_: &Path| {};
    check(
        &|folder| fs::remove_file(folder.join("ca.key")).unwrap(),
        NOW_MS,
        &broken("ca.key is missing"),
    );
    check(
        &|folder| fs::write(folder.join("ca.key"), "nothing").unwrap(),
        NOW_MS,
        &broken("ca.key holds no key"),
    );
    check(
        &|folder| fs::write(folder.join("ca.crt"), "nothing").unwrap(),
        NOW_MS,
        &broken("ca.crt holds no certificate"),
    );
    let ended = "the local authority in KEYS ended on 2036-11-29. Move the folder away";
    check(&none, NOW_MS + 3_660 * DAY_MS, ended);
    // The key that devices may trust is not written over.
    let key_before = std::cell::RefCell::new(String::new());
    let lose = |folder: &Path| {
        let key = fs::read_to_string(folder.join("ca.key")).unwrap();
        key_before.replace(key);
        fs::remove_file(folder.join("ca.crt")).unwrap();
    };
    check(&lose, NOW_MS, &broken("ca.crt is missing"));
    let home = tempfile::tempdir().unwrap();
    Authority::open(home.path(), &[], at(NOW_MS)).unwrap();
    lose(home.path());
    Authority::open(home.path(), &[], at(NOW_MS)).unwrap_err();
    let key = fs::read_to_string(home.path().join("ca.key")).unwrap();
    assert_eq!(key, *key_before.borrow());
    // What a start left that was killed before either had its name is nobody's.
    let home = tempfile::tempdir().unwrap();
    fs::write(home.path().join("ca.key.new"), "half").unwrap();
    fs::write(home.path().join("ca.crt.new"), "half").unwrap();
    let made = Authority::open(home.path(), &[], at(NOW_MS)).unwrap();
    let again = Authority::open(home.path(), &[], at(NOW_MS)).unwrap();
    assert_eq!(made.pem, again.pem);
}

#[test]
fn what_the_machine_says_of_itself_shuts_nobody_out() {
    let home = tempfile::tempdir().unwrap();
    let hosts = |machine: &[&str]| hosts::Hosts {
        said: owned(&["localhost"]),
        machine: owned(machine),
    };
    let stand = |own: &hosts::Hosts| {
        let standing = server::tls::stand(&Source::Local, home.path(), own, at(NOW_MS));
        standing
            .map(|standing| standing.certificate.hosts)
            .map_err(|error| error.to_string())
    };
    let first = stand(&hosts(&["till.local", "192.0.2.7"]));
    assert_eq!(first, Ok(owned(&["192.0.2.7", "localhost", "till.local"])));
    let moved = stand(&hosts(&["desk.local", "192.0.2.8"]));
    assert_eq!(moved, Ok(owned(&["desk.local", "localhost"])));
    let said = hosts::Hosts {
        said: owned(&["book.example"]),
        machine: Vec::new(),
    };
    assert!(
        stand(&said)
            .unwrap_err()
            .contains("does not vouch for book.example")
    );
}
