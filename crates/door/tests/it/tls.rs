//! The door with certificates: one port for both ways, slow and broken handshakes, and identities that change.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use door::tls::{Files, Identity, Tls};
use door::{Drained, Limits, Way};
use http::header::HOST;
use http::{Request, Version};
use http_body_util::{BodyExt, Empty};
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo};
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tower::service_fn;

use crate::world::{Answered, World, answer, listener, soon};

/// From when everything made here holds: 2026-11-01.
pub(crate) const MADE_S: i64 = 1_793_491_200;
/// For how long the pairs made here hold.
pub(crate) const PAIR_YEARS: u8 = 2;

/// Half of a first message: a record that says it is longer than what follows.
const HALF_A_HELLO: &[u8] = &[0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3];

/// A first message with nothing in it.
const EMPTY_HELLO: &[u8] = &[0x16, 3, 1, 0, 4, 1, 0, 0, 0];

pub(crate) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pub(crate) pem: String,
}

/// A chain and its key.
pub(crate) struct Pair {
    pub(crate) chain: String,
    pub(crate) leaf: String,
    pub(crate) key: String,
}

impl Authority {
    pub(crate) fn new() -> Authority {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params
            .distinguished_name
            .push(DnType::CommonName, "an authority");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.not_before = date_time_ymd(2026, 11, 1);
        let pem = params.self_signed(&key).unwrap().pem();
        let issuer = Issuer::new(params, key);
        Authority { issuer, pem }
    }

    pub(crate) fn pair(&self, host: &str) -> Pair {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(vec![host.to_owned()]).unwrap();
        params.distinguished_name.push(DnType::CommonName, host);
        params.not_before = date_time_ymd(2026, 11, 1);
        params.not_after = date_time_ymd(2026 + i32::from(PAIR_YEARS), 11, 1);
        let leaf = params.signed_by(&key, &self.issuer).unwrap().pem();
        let chain = format!("{leaf}{}", self.pem);
        let key = key.serialize_pem();
        Pair { chain, leaf, key }
    }

    /// Calls a door as a caller who trusts this authority, and says which protocols it speaks.
    async fn call(
        &self,
        world: &World,
        protocols: &[&str],
    ) -> std::io::Result<TlsStream<TcpStream>> {
        let mut roots = RootCertStore::empty();
        roots
            .add(CertificateDer::from_pem_slice(self.pem.as_bytes()).unwrap())
            .unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        config.alpn_protocols = protocols
            .iter()
            .map(|name| name.as_bytes().to_vec())
            .collect();
        let stream = soon(TcpStream::connect(world.address)).await.unwrap();
        let connector = TlsConnector::from(Arc::new(config));
        let name = ServerName::try_from("localhost").unwrap();
        soon(connector.connect(name, stream)).await
    }
}

impl Pair {
    fn identity(&self) -> Identity {
        Identity::read(self.chain.as_bytes(), self.key.as_bytes(), MADE_S + 1).unwrap()
    }
}

/// How a request came, and in which version.
async fn tell(request: Request<Incoming>) -> Answered {
    let way = request.extensions().get::<Way>();
    let mut answered = answer(200, format!("{way:?} {:?}", request.version()))?;
    if let Some(host) = request.headers().get(HOST) {
        let host = host.clone();
        answered.headers_mut().insert("asked-host", host);
    }
    Ok(answered)
}

fn open(limits: Limits) -> (World, Authority, Tls) {
    let authority = Authority::new();
    let tls = Tls::new(authority.pair("localhost").identity());
    let world = World::open_at(listener().with_tls(tls.clone()), limits, service_fn(tell));
    (world, authority, tls)
}

const ASKED: &[u8] = b"GET / HTTP/1.1\r\nconnection: close\r\n\r\n";

/// Asks once on a connection and gives what came until its end.
async fn ask(stream: &mut TlsStream<TcpStream>) -> String {
    soon(stream.write_all(ASKED)).await.unwrap();
    let mut heard = String::new();
    soon(stream.read_to_string(&mut heard)).await.unwrap();
    heard
}

#[tokio::test]
async fn one_port_speaks_both_ways_and_requests_tell_which() {
    let (world, authority, _) = open(Limits::DEFAULT);
    for protocols in [&["http/1.1"][..], &["http/1.1", "h2c"], &[]] {
        let heard = ask(&mut authority.call(&world, protocols).await.unwrap()).await;
        assert!(
            heard.ends_with("Some(Tls) HTTP/1.1"),
            "{protocols:?}: {heard}"
        );
    }
    let plain = "Some(Plain) HTTP/1.1";
    world
        .call()
        .await
        .check("GET / HTTP/1.1\r\n\r\n", 200, plain)
        .await;
    // The control: a door without certificates says nothing of ways.
    let other = World::open(Limits::DEFAULT, service_fn(tell));
    other
        .call()
        .await
        .check("GET / HTTP/1.1\r\n\r\n", 200, "None HTTP/1.1")
        .await;
}

#[tokio::test]
async fn http_2_is_agreed_on() {
    let (world, authority, _) = open(Limits::DEFAULT);
    let stream = authority.call(&world, &["h2", "http/1.1"]).await.unwrap();
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
    let (mut sender, connection) =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream))
            .await
            .unwrap();
    let connection = tokio::spawn(connection);
    let request = Request::get("https://shop.example:8470/");
    let request = request.body(Empty::<Bytes>::new()).unwrap();
    let response = soon(sender.send_request(request)).await.unwrap();
    assert_eq!(response.version(), Version::HTTP_2);
    // Handlers find the host where HTTP/1.1 says it.
    assert_eq!(response.headers()["asked-host"], "shop.example:8470");
    let body = soon(response.into_body().collect())
        .await
        .unwrap()
        .to_bytes();
    assert_eq!(body, "Some(Tls) HTTP/2.0");
    let drained = soon(world.drain()).await.unwrap();
    assert_eq!((drained.finished, drained.aborted), (1, 0));
    soon(connection).await.unwrap().unwrap();
}

#[tokio::test]
async fn a_handshake_that_never_ends_is_hung_up_on() {
    let limits = Limits {
        header_read_ms_max: 60,
        ..Limits::DEFAULT
    };
    for said in [&[][..], &[0x16], HALF_A_HELLO] {
        let (world, _, _) = open(limits);
        let mut caller = world.call().await;
        soon(caller.stream.write_all(said)).await.unwrap();
        caller.expect_end().await;
    }
}

#[tokio::test]
async fn a_handshake_that_drips_is_hung_up_on() {
    let limits = Limits {
        header_read_ms_max: 60,
        ..Limits::DEFAULT
    };
    let (world, _, _) = open(limits);
    let (mut reader, mut writer) = world.call().await.stream.into_split();
    let drip = tokio::spawn(async move {
        let hello = HALF_A_HELLO.iter().chain(std::iter::repeat(&0));
        for byte in hello {
            if writer.write_all(&[*byte]).await.is_err() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    });
    let mut heard = Vec::new();
    // However it ended: closed, or reset because bytes were under way.
    let _ = soon(reader.read_to_end(&mut heard)).await;
    assert_eq!(heard, b"");
    soon(drip).await.unwrap();
}

#[tokio::test]
async fn who_shakes_hands_and_asks_nothing_is_hung_up_on() {
    let limits = Limits {
        header_read_ms_max: 5_000,
        ..Limits::DEFAULT
    };
    let (world, authority, _) = open(limits);
    let mut silent = authority.call(&world, &[]).await.unwrap();
    // The control: under the same limit whoever asks is answered.
    let heard = ask(&mut authority.call(&world, &[]).await.unwrap()).await;
    assert!(heard.contains("Some(Tls)"), "{heard}");
    let mut rest = Vec::new();
    // Cut off without a goodbye, which TLS tells from an end.
    let ended = soon(silent.read_to_end(&mut rest)).await;
    assert!(ended.is_err() && rest.is_empty(), "{ended:?} {rest:?}");
}

#[tokio::test]
async fn a_handshake_holds_a_place_and_gives_it_back() {
    let limits = Limits {
        connections_max: 1,
        ..Limits::DEFAULT
    };
    let (world, authority, _) = open(limits);
    for said in [&[0x16][..], HALF_A_HELLO, EMPTY_HELLO] {
        let mut first = world.call().await;
        soon(first.stream.write_all(said)).await.unwrap();
        let second = authority.call(&world, &[]);
        tokio::pin!(second);
        if said == EMPTY_HELLO {
            // Nonsense is answered by an alert and the end; nobody has to leave first.
            let mut heard = Vec::new();
            soon(first.stream.read_to_end(&mut heard)).await.unwrap();
            assert_eq!(heard.first(), Some(&0x15), "{heard:?}");
        } else {
            let early = tokio::time::timeout(Duration::from_millis(30), second.as_mut()).await;
            assert!(early.is_err(), "served over the cap");
        }
        drop(first);
        let heard = ask(&mut second.await.unwrap()).await;
        assert!(heard.contains("Some(Tls)"), "{heard}");
    }
}

#[tokio::test]
async fn a_drain_does_not_wait_for_handshakes() {
    let (world, authority, _) = open(Limits::DEFAULT);
    let mut caller = world.call().await;
    soon(caller.stream.write_all(HALF_A_HELLO)).await.unwrap();
    // Accepted in order: when this one is answered, that one is inside.
    let heard = ask(&mut authority.call(&world, &[]).await.unwrap()).await;
    assert!(heard.contains("Some(Tls)"), "{heard}");
    let Drained { aborted, .. } = soon(world.drain()).await.unwrap();
    assert_eq!(aborted, 0);
    caller.expect_end().await;
}

#[tokio::test]
async fn an_identity_is_exchanged_under_open_connections() {
    let (world, old, tls) = open(Limits::DEFAULT);
    let mut open = old.call(&world, &[]).await.unwrap();
    let new = Authority::new();
    tls.replace(new.pair("localhost").identity());
    let heard = ask(&mut new.call(&world, &[]).await.unwrap()).await;
    assert!(heard.contains("Some(Tls)"), "{heard}");
    let refused = old.call(&world, &[]).await.unwrap_err();
    assert!(
        refused.to_string().contains("invalid peer certificate"),
        "{refused}"
    );
    let heard = ask(&mut open).await;
    assert!(heard.contains("Some(Tls)"), "{heard}");
}

#[tokio::test]
async fn renewed_files_are_used_and_bad_ones_are_not() {
    let folder = tempfile::tempdir().unwrap();
    let files = Files {
        chain: folder.path().join("server.pem"),
        key: folder.path().join("server.key"),
    };
    let lay = |pair: &Pair| {
        std::fs::write(&files.chain, &pair.chain).unwrap();
        std::fs::write(&files.key, &pair.key).unwrap();
    };
    let (first, second) = (Authority::new(), Authority::new());
    lay(&first.pair("localhost"));
    let tls = Tls::new(files.read(MADE_S + 1).unwrap());
    let watching = files
        .clone()
        .watch(tls.clone(), Duration::from_millis(5), || MADE_S + 1);
    let watching = tokio::spawn(watching);
    let world = World::open_at(listener().with_tls(tls), Limits::DEFAULT, service_fn(tell));
    let is_served_by = async |authority: &Authority| {
        soon(async { while authority.call(&world, &[]).await.is_err() {} }).await;
    };
    is_served_by(&first).await;
    // A chain whose key is not there yet, an ended pair and a file that is gone change nothing ...
    std::fs::write(&files.chain, second.pair("localhost").chain).unwrap();
    tokio::time::sleep(Duration::from_millis(50)).await;
    is_served_by(&first).await;
    std::fs::remove_file(&files.key).unwrap();
    tokio::time::sleep(Duration::from_millis(50)).await;
    is_served_by(&first).await;
    // ... and what is whole again is used.
    lay(&second.pair("localhost"));
    is_served_by(&second).await;
    assert!(first.call(&world, &[]).await.is_err());
    watching.abort();
}
