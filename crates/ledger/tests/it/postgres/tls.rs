//! The way to a database under TLS, with certificates made here: the right name passes, another name,
//! another authority and a server without TLS are refused, each with what to do.

use super::options;
use super::server::{ADMIN, Part, Server, other_user, own_folder, shared, start};
use ledger::postgres::open::{Database, Refusal, open};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::path::{Path, PathBuf};

/// Files that the server or its callers read. They are gone at the end.
struct Files(PathBuf);

impl Drop for Files {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).unwrap();
    }
}

impl Files {
    /// Writes one that nobody but the server's user may read.
    fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.join(name);
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
        if let Some((user, group)) = other_user() {
            chown(&path, Some(user), Some(group)).unwrap();
        }
        path
    }
}

/// An authority, and its certificate.
fn authority() -> (Issuer<'static, KeyPair>, String) {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let shown = params.self_signed(&key).unwrap().pem();
    (Issuer::new(params, key), shown)
}

/// A server that is `localhost` by the word of an authority, that authority's file, and a stranger's.
async fn server() -> (Server, Files, PathBuf, PathBuf) {
    let files = Files(own_folder());
    let (issuer, ours) = authority();
    let (_, strange) = authority();
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    let shown = params.signed_by(&key, &issuer).unwrap().pem();
    let shown = files.write("server.pem", &shown);
    let key = files.write("server.key", &key.serialize_pem());
    let (ours, strange) = (
        files.write("ours.pem", &ours),
        files.write("strange.pem", &strange),
    );
    let settings = [
        "ssl=on".to_owned(),
        format!("ssl_cert_file={}", shown.display()),
        format!("ssl_key_file={}", key.display()),
    ];
    let settings: Vec<&str> = settings.iter().map(String::as_str).collect();
    let server = start(&settings, Part::Primary).await;
    (server, files, ours, strange)
}

fn url(server: &Server, host: &str, name: &str, words: &str) -> String {
    let address = server.address().replace("127.0.0.1", host);
    format!("postgres://{ADMIN}:of%20the%20admin@{address}/{name}{words}")
}

async fn try_open(url: String) -> Result<Database, Refusal> {
    open(&options(url)).await
}

/// Which of our connections are encrypted.
async fn encrypted(server: &Server, name: &str) -> Vec<bool> {
    let admin = server.connect(name).await;
    let question = "SELECT s.ssl FROM pg_stat_ssl AS s JOIN pg_stat_activity AS a USING (pid) \
                    WHERE a.application_name = 'orihon'";
    let rows = admin.query(question, &[]).await.unwrap();
    rows.iter().map(|row| row.get(0)).collect()
}

fn verified(roots: &Path) -> String {
    format!("?sslmode=verify-full&sslrootcert={}", roots.display())
}

#[tokio::test]
async fn the_right_name_passes_encrypted() {
    let (server, _files, ours, _) = server().await;
    let rows = [
        (verified(&ours), true, " (encrypted)"),
        (
            "?sslmode=require".to_owned(),
            true,
            " (encrypted, the server not verified)",
        ),
        // The control: the same look sees a way that is open.
        (String::new(), false, " as admin"),
    ];
    for (words, is_encrypted, shown) in rows {
        let name = server.database().await;
        let opened = try_open(url(&server, "localhost", &name, &words)).await;
        let database = opened.unwrap_or_else(|refusal| panic!("{words}: {refusal}"));
        assert_eq!(encrypted(&server, &name).await, [is_encrypted], "{words}");
        let place = database.place.to_string();
        assert!(place.ends_with(shown), "{place}");
    }
}

#[tokio::test]
async fn whoever_has_not_proven_who_it_is_is_refused() {
    let (server, files, ours, strange) = server().await;
    let name = server.database().await;
    let empty = files.write("empty.pem", "");
    let missing = files.0.join("missing.pem");
    let rows = [
        (
            "127.0.0.1",
            &ours,
            "Untrusted",
            "the host as the certificate has it",
        ),
        ("localhost", &strange, "Untrusted", "sslrootcert=PATH"),
        (
            "localhost",
            &empty,
            "BadTls",
            "name a file of certificates (PEM)",
        ),
        (
            "localhost",
            &missing,
            "BadTls",
            "name a file of certificates (PEM)",
        ),
    ];
    for (host, roots, kind, fix) in rows {
        let words = verified(roots);
        let refusal = try_open(url(&server, host, &name, &words))
            .await
            .unwrap_err();
        let found = match &refusal {
            Refusal::Untrusted { .. } => "Untrusted",
            Refusal::BadTls { .. } => "BadTls",
            other => panic!("{host} {words}: {other:?}"),
        };
        assert_eq!(found, kind, "{refusal}");
        let said = refusal.to_string();
        assert!(said.contains(fix) && !said.contains("of%20the"), "{said}");
    }
    // What the system trusts does not know of our authority.
    let words = "?sslmode=verify-full";
    let refusal = try_open(url(&server, "localhost", &name, words))
        .await
        .unwrap_err();
    assert!(
        matches!(refusal, Refusal::Untrusted { .. } | Refusal::BadTls { .. }),
        "{refusal:?}"
    );
}

#[tokio::test]
async fn a_server_without_tls_is_refused() {
    let server = shared().await;
    let name = server.database().await;
    for words in ["?sslmode=require", "?sslmode=verify-full"] {
        let refused = try_open(url(server, "localhost", &name, words)).await;
        let refusal = refused.unwrap_err();
        assert!(
            matches!(refusal, Refusal::NoTls { .. } | Refusal::BadTls { .. }),
            "{refusal:?}"
        );
        let fixes = ["ssl = on", "ca-certificates"];
        let said = refusal.to_string();
        assert!(fixes.iter().any(|fix| said.contains(fix)), "{said}");
    }
}
