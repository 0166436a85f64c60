//! A device whose clock is off signs with the server's time, once it was told.

use bytes::Bytes;
use device::clock::Clock;
use device::credential::{Credential, NewPair, Purpose};
use device::link::{Answer, Link, Parcel, Request, Road, Travel};
use reqwest::Method;
use ring::digest::{SHA256, digest};
use ring::signature::{ED25519, UnparsedPublicKey};
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex};
use wire::signature::{Claimed, DEVICE_HEADER, ID_HEADER, SIGNATURE_HEADER, TIMESTAMP_HEADER};

const DEVICE: &str = "dev_0zzg0081040g2081040m2gc5v8";
const SERVER_TIME: &str = "2026-11-22T12:00:00Z";

/// Gives the answers that it was told to give, and keeps what came by.
#[derive(Default)]
struct Rehearsed {
    answers: Mutex<VecDeque<(u16, Value)>>,
    seen: Mutex<Vec<Parcel>>,
}

impl Road for Rehearsed {
    fn travel(&self, parcel: Parcel) -> Travel<'_> {
        self.seen.lock().unwrap().push(parcel);
        let answer = self.answers.lock().unwrap().pop_front();
        Box::pin(async move {
            let (status, body) = answer.ok_or("nobody is there")?;
            Ok(Answer {
                status,
                retry_after_ms: None,
                date: None,
                body: Bytes::from(body.to_string()),
            })
        })
    }
}

/// A link over a road with these answers, and the device's public key.
fn link(answers: impl IntoIterator<Item = (u16, Value)>) -> (Link, Arc<Rehearsed>, Vec<u8>) {
    let folder = tempfile::tempdir().unwrap();
    let pair = NewPair::of(folder.path(), Purpose::Join).unwrap();
    pair.keep(folder.path(), DEVICE, "s-1").unwrap();
    let road = Arc::new(Rehearsed {
        answers: Mutex::new(answers.into_iter().collect()),
        seen: Mutex::default(),
    });
    let drawn = AtomicU8::new(0);
    let clock = Clock::new(
        Arc::new(|| wire::time::read("2026-11-22T09:00:00Z").unwrap()),
        Arc::new(move |bytes| bytes.fill(drawn.fetch_add(1, Ordering::Relaxed))),
    );
    let credential = Credential::load(folder.path()).unwrap();
    let base = "https://orihon.example".to_owned();
    let link = Link::over(Arc::<Rehearsed>::clone(&road), base, credential, clock);
    let digits: Vec<_> = pair.public_key.bytes().collect();
    let public_key = digits
        .chunks(2)
        .map(|two| u8::from_str_radix(str::from_utf8(two).unwrap(), 16).unwrap())
        .collect();
    (link, road, public_key)
}

fn skewed() -> (u16, Value) {
    (
        401,
        json!({"code": "clock_skew", "server_time": SERVER_TIME}),
    )
}

/// Checks a signature as the server does; gives the request's id and its time.
fn proven(parcel: &Parcel, public_key: &[u8]) -> (String, String) {
    let header = |name: &str| {
        let found = parcel.proof.iter().find(|(other, _)| *other == name);
        found.unwrap().1.as_str()
    };
    let claimed = Claimed::read(
        header(DEVICE_HEADER),
        header(ID_HEADER),
        header(TIMESTAMP_HEADER),
        header(SIGNATURE_HEADER),
    )
    .unwrap();
    assert_eq!(header(DEVICE_HEADER), DEVICE);
    let body = parcel.request.content.as_ref();
    let body = body.map_or(&b""[..], |(_, body)| body.as_ref());
    let hash = digest(&SHA256, body);
    let message = wire::signature::message(
        parcel.request.method.as_str(),
        &parcel.request.path,
        "s-1",
        claimed.id,
        claimed.timestamp_ms,
        hash.as_ref().try_into().unwrap(),
    );
    UnparsedPublicKey::new(&ED25519, public_key)
        .verify(&message, &claimed.signature)
        .expect("the signature fits what was sent");
    let at = purchase::time::Timestamp::from_ms(claimed.timestamp_ms).unwrap();
    (claimed.id.to_owned(), wire::time::show_utc(at))
}

#[tokio::test]
async fn the_second_try_carries_the_servers_time() {
    let (link, road, public_key) = link([skewed(), (200, json!({})), (200, json!({}))]);
    let put = Request::json(Method::PUT, "/v1/stores/s-1/catalogue?x=1", "{\"a\": 1}");
    assert_eq!(link.ask(put).await.unwrap().status, 200);
    assert_eq!(link.offset_ms(), 3 * 60 * 60 * 1_000);
    link.ask(Request::get("/v1/stores/s-1/catalogue"))
        .await
        .unwrap();
    let seen = road.seen.lock().unwrap();
    let proofs: Vec<_> = seen
        .iter()
        .map(|parcel| proven(parcel, &public_key))
        .collect();
    let times: Vec<_> = proofs.iter().map(|(_, at)| at.as_str()).collect();
    let ours = "2026-11-22T09:00:00Z";
    let times: Vec<_> = times.iter().map(|at| at.replace(".000", "")).collect();
    assert_eq!(times, [ours, SERVER_TIME, SERVER_TIME], "learned once");
    assert_ne!(proofs[0].0, proofs[1].0, "each try has its own id");
    assert_eq!(seen[0].request.path, seen[1].request.path);
    assert_eq!(seen[0].request.content, seen[1].request.content);
}

#[tokio::test]
async fn a_second_refusal_is_an_answer() {
    let (link, road, _) = link([skewed(), skewed(), (200, json!({}))]);
    let answer = link.ask(Request::get("/v1/x")).await.unwrap();
    assert_eq!(answer.status, 401);
    assert_eq!(road.seen.lock().unwrap().len(), 2);
}

#[tokio::test]
async fn nothing_else_is_repeated() {
    let rows = [
        (401, json!({"code": "unauthorized"})),
        (
            401,
            json!({"code": "unauthorized", "server_time": SERVER_TIME}),
        ),
        (401, json!({"code": "clock_skew", "server_time": "soon"})),
        (401, json!("a proxy")),
        (
            403,
            json!({"code": "clock_skew", "server_time": SERVER_TIME}),
        ),
        (503, json!({})),
    ];
    for (status, body) in rows {
        let (link, road, _) = link([(status, body.clone()), (200, json!({}))]);
        let answer = link.ask(Request::get("/v1/x")).await.unwrap();
        assert_eq!(answer.status, status, "{body}");
        assert_eq!(road.seen.lock().unwrap().len(), 1, "{body}");
        assert_eq!(link.offset_ms(), 0, "{body}");
    }
    let (link, _, _) = link([]);
    let silence = link.ask(Request::get("/v1/x")).await.unwrap_err();
    assert_eq!(
        silence.to_string(),
        "https://orihon.example did not answer: nobody is there"
    );
}
