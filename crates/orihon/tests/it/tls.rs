//! A server with TLS of its own, as operators and their programs meet it, and the doctor who looks at it.

use crate::program::{Server, run, soon, text};
use serde_json::Value;
use std::path::{Path, PathBuf};

/// The file of the local authority beside a data folder.
fn authority(data: &Path) -> PathBuf {
    data.with_file_name("data.keys").join("tls/ca.crt")
}

/// The state of each thing that the doctor looked at, by its name.
fn states(said: &str) -> Vec<(String, String)> {
    let list: Value = serde_json::from_str(said).unwrap_or_else(|_| panic!("no list: {said}"));
    let rows = list["checks"].as_array().unwrap().iter();
    let word = |row: &Value, name: &str| row[name].as_str().unwrap().to_owned();
    rows.map(|row| (word(row, "check"), word(row, "state")))
        .collect()
}

#[tokio::test]
async fn programs_come_over_tls_when_they_know_the_authority() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let server = Server::start_with(&data, &["--tls-local"]).await;
    let said = server.said();
    let base = said.split_once(" is ready at ").unwrap().1;
    let base = base.split_whitespace().next().unwrap().to_owned();
    assert!(base.starts_with("https://localhost:"), "{said}");
    let ca = authority(&data);
    assert!(
        said.contains(&format!("--server {base} --ca-file {}", ca.display())),
        "{said}"
    );
    let key = server.operator();
    let at = ["--server", &base, "--operator-key", &key];
    let list = ["store", "list"];
    let known = run(&[&list[..], &at, &["--ca-file", text(&ca)]].concat()).await;
    assert_eq!(known.status, 0, "{}", known.err);
    // The control: whoever does not know the authority shows it no key.
    let unknown = run(&[&list[..], &at].concat()).await;
    assert_eq!(unknown.status, 2);
    assert!(unknown.err.contains("certificate"), "{}", unknown.err);
    // In clear a key is refused, and told to be known.
    let port = base.rsplit_once(':').unwrap().1;
    let clear = format!("http://127.0.0.1:{port}");
    let refused = run(&["store", "list", "--server", &clear, "--operator-key", &key]).await;
    assert_eq!(refused.status, 2);
    assert!(
        refused.err.contains("travelled in clear"),
        "{}",
        refused.err
    );
    server.stop().await;
    // The authority is the same after a restart, and so is the trust in it.
    let before = std::fs::read(&ca).unwrap();
    let server = Server::start_with(&data, &["--tls-local"]).await;
    assert_eq!(std::fs::read(&ca).unwrap(), before);
    server.stop().await;
}

/// What a server says when it starts, beside what it always says.
async fn greeting(data: &Path, more: &[&str]) -> (bool, bool) {
    let server = Server::start_with(data, more).await;
    let said = server.said();
    server.stop().await;
    let people = more.last().map(|url| format!("─ people      {url}\n"));
    let is_told = people.is_some_and(|line| said.contains(&line));
    (is_told, said.contains("people come over plain HTTP"))
}

#[tokio::test]
async fn where_people_come_is_told_and_plain_http_is_warned_of() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    for (more, expected) in [
        // The control: nobody else reaches it.
        (&[][..], (false, false)),
        (&["--public-url", "http://localhost:8470"], (true, false)),
        (&["--public-url", "https://book.example"], (true, false)),
        (&["--public-url", "http://192.0.2.7:8470"], (true, true)),
    ] {
        assert_eq!(greeting(&data, more).await, expected, "{more:?}");
    }
    let look = ["doctor", "--json", "--data", text(&data), "--public-url"];
    for (url, expected) in [
        ("https://book.example", "well"),
        ("http://192.0.2.7:8470", "wrong"),
    ] {
        let said = run(&[&look[..], &[url]].concat()).await.out;
        let state = states(&said).into_iter().find(|(name, _)| name == "people");
        assert_eq!(state.unwrap().1, expected, "{said}");
    }
}

#[tokio::test]
async fn the_doctor_tells_what_is_well_and_what_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let server = Server::start_with(&data, &["--tls-local"]).await;
    let said = server.said();
    let base = said.split_once(" is ready at ").unwrap().1;
    let base = base.split_whitespace().next().unwrap().to_owned();
    let ca = authority(&data);
    let look = [
        "doctor",
        "--json",
        "--connections-max",
        "8",
        "--data",
        text(&data),
    ];
    let at = ["--server", &base, "--ca-file", text(&ca)];
    let well = run(&[&look[..], &at].concat()).await;
    let found = states(&well.out);
    for name in [
        "data folder",
        "writing",
        "keys",
        "private keys",
        "open files",
        "way",
        "certificate",
        "clocks",
        "server",
        "proxy",
    ] {
        let is_well = found
            .iter()
            .any(|(own, state)| own == name && state == "well");
        assert!(is_well, "{name}: {}", well.out);
    }
    // What differs between machines, such as their disks, is no matter here.
    let wrong = |said: &str| -> Vec<String> {
        let found = states(said)
            .into_iter()
            .filter(|(_, state)| state == "wrong");
        found
            .map(|(name, _)| name)
            .filter(|name| name != "free disk" && name != "file system")
            .collect()
    };
    assert_eq!(wrong(&well.out), Vec::<String>::new());
    // Keys that others may read are wrong, and the exit status says so.
    let keys = data.with_file_name("data.keys/master.key");
    let open = std::os::unix::fs::PermissionsExt::from_mode(0o644);
    std::fs::set_permissions(&keys, open).unwrap();
    let bad = run(&[&look[..], &at].concat()).await;
    assert_eq!(
        (bad.status, wrong(&bad.out)),
        (1, vec!["private keys".to_owned()])
    );
    let words = run(&[
        "doctor",
        "--data",
        text(&data),
        "--server",
        &base,
        "--ca-file",
        text(&ca),
    ])
    .await;
    assert!(words.out.contains("    → chmod go-rwx "), "{}", words.out);
    server.stop().await;
    // With the server away its port is looked at.
    let away = run(&[&look[..], &at].concat()).await;
    let found = states(&away.out);
    assert!(
        found.contains(&("port".to_owned(), "well".to_owned())),
        "{}",
        away.out
    );
}

#[tokio::test]
async fn files_are_served_and_bad_ones_refused_with_the_reason() {
    let folder = tempfile::tempdir().unwrap();
    let (data, chain, key) = (
        folder.path().join("data"),
        folder.path().join("server.pem"),
        folder.path().join("server.key"),
    );
    let door = Path::new(env!("CARGO_MANIFEST_DIR")).join("../door/tests/it/identity");
    std::fs::copy(door.join("sec1.pem"), &chain).unwrap();
    std::fs::copy(door.join("rsa.key"), &key).unwrap();
    let options = ["--tls-cert", text(&chain), "--tls-key", text(&key)];
    let start = ["serve", "--data", text(&data), "--listen", "127.0.0.1:0"];
    let refused = run(&[&start[..], &options].concat()).await;
    assert_eq!(refused.status, 2);
    assert!(
        refused.err.contains("belongs to none of the certificates"),
        "{}",
        refused.err
    );
    assert!(!data.exists(), "nothing was made before");
    let plain = ["--public-url", "http://shop.example"];
    std::fs::copy(door.join("sec1.key"), &key).unwrap();
    let refused = run(&[&start[..], &options, &plain].concat()).await;
    assert!(
        refused
            .err
            .contains("its public address is https://shop.example"),
        "{}",
        refused.err
    );
    let public = ["--public-url", "https://shop.example"];
    let server = Server::start_with(&data, &[&options[..], &public].concat()).await;
    let port = listening_port(&server);
    let ca = reqwest::Certificate::from_pem(&std::fs::read(&chain).unwrap()).unwrap();
    let http = reqwest::Client::builder()
        .no_proxy()
        .tls_certs_only([ca])
        .resolve("shop.example", ([127, 0, 0, 1], port).into())
        .build()
        .unwrap();
    let asked = http
        .get(format!("https://shop.example:{port}/healthz"))
        .send();
    let answer = soon(asked).await.unwrap();
    assert_eq!(answer.status().as_u16(), 200);
    assert_eq!(
        answer.headers()["strict-transport-security"],
        "max-age=15552000"
    );
    server.stop().await;
}

/// The port on which a server with a public address listens, as its interface is said to be there.
fn listening_port(server: &Server) -> u16 {
    let said = server.said();
    let place = said.split_once("├─ listening   ").unwrap().1;
    let place = place.split_whitespace().next().unwrap();
    place.rsplit_once(':').unwrap().1.parse().unwrap()
}
