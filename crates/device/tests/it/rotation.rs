//! The device gets a new key pair, and no crash and no lost answer makes it a stranger to its server.

use crate::shop::clock;
use bytes::Bytes;
use device::credential::{Credential, NewPair, Purpose};
use device::link::{Answer, Link, Parcel, Request, Road, Travel};
use device::rotation::rotate;
use ring::digest::{SHA256, digest};
use ring::signature::{ED25519, UnparsedPublicKey};
use serde_json::{Value, json};
use std::path::Path;
use std::sync::{Arc, Mutex};
use tempfile::TempDir;
use wire::signature::{Claimed, DEVICE_HEADER, ID_HEADER, SIGNATURE_HEADER, TIMESTAMP_HEADER};

/// What happens to one request and its answer.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Fate {
    Fine,
    Lost,
    Unheard,
}

/// A server that knows one key, and a network that loses what it is told to.
struct Server {
    key: Mutex<String>,
    fate: Mutex<Fate>,
}

impl Server {
    fn knows(&self, parcel: &Parcel) -> bool {
        let header = |name: &str| {
            let found = parcel.proof.iter().find(|(header, _)| *header == name);
            found.map(|(_, value)| value.clone()).unwrap_or_default()
        };
        let [device, id, at, signature] =
            [DEVICE_HEADER, ID_HEADER, TIMESTAMP_HEADER, SIGNATURE_HEADER].map(header);
        let claimed = Claimed::read(&device, &id, &at, &signature).unwrap();
        let request = &parcel.request;
        let body = request
            .content
            .clone()
            .map(|(_, body)| body)
            .unwrap_or_default();
        let message = wire::signature::message(
            request.method.as_str(),
            &request.path,
            "s-1",
            claimed.id,
            claimed.timestamp_ms,
            digest(&SHA256, &body).as_ref().try_into().unwrap(),
        );
        let key = self.key.lock().unwrap().clone();
        let bytes: Vec<u8> = (0..32)
            .map(|at| u8::from_str_radix(&key[2 * at..2 * at + 2], 16).unwrap())
            .collect();
        UnparsedPublicKey::new(&ED25519, bytes)
            .verify(&message, &claimed.signature)
            .is_ok()
    }

    fn answer(&self, parcel: &Parcel) -> u16 {
        if !self.knows(parcel) {
            return 401;
        }
        if let Some((_, body)) = &parcel.request.content {
            let message: Value = serde_json::from_slice(body).unwrap();
            *self.key.lock().unwrap() = message["public_key"].as_str().unwrap().to_owned();
        }
        204
    }
}

impl Road for Server {
    fn travel(&self, parcel: Parcel) -> Travel<'_> {
        Box::pin(async move {
            let fate = *self.fate.lock().unwrap();
            if fate == Fate::Lost {
                return Err("lost".to_owned());
            }
            let status = self.answer(&parcel);
            if fate == Fate::Unheard {
                return Err("unheard".to_owned());
            }
            Ok(Answer {
                status,
                retry_after_ms: None,
                date: None,
                body: Bytes::from(json!({"code": "unauthenticated"}).to_string()),
            })
        })
    }
}

/// A device that has joined, and its server.
fn joined() -> (TempDir, Arc<Server>) {
    let folder = tempfile::tempdir().unwrap();
    let pair = NewPair::of(folder.path(), Purpose::Join).unwrap();
    pair.keep(folder.path(), "dev_0zzg0081040g2081040m2gc5v8", "s-1")
        .unwrap();
    pair.forget(folder.path()).unwrap();
    let server = Server {
        key: Mutex::new(pair.public_key.clone()),
        fate: Mutex::new(Fate::Fine),
    };
    (folder, Arc::new(server))
}

/// A program that starts on this folder.
fn link(folder: &Path, server: &Arc<Server>) -> Link {
    let road: Arc<dyn Road> = Arc::<Server>::clone(server);
    let credential = Credential::load(folder).unwrap();
    Link::over(road, "sim".to_owned(), credential, clock()).with_keys_of(folder)
}

async fn is_known(link: &Link) -> bool {
    link.ask(Request::get("/v1/x")).await.unwrap().status == 204
}

fn files(folder: &Path) -> Vec<String> {
    let names = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = names
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[tokio::test]
async fn a_new_key_takes_the_place_of_the_old_one() {
    let (folder, server) = joined();
    let running = link(folder.path(), &server);
    assert!(is_known(&running).await);
    let before = server.key.lock().unwrap().clone();
    let told = rotate(folder.path(), &link(folder.path(), &server))
        .await
        .unwrap();
    assert_ne!(before, told);
    assert_eq!(*server.key.lock().unwrap(), told);
    assert!(is_known(&running).await, "a program that runs notices");
    assert!(is_known(&link(folder.path(), &server)).await);
    assert_eq!(files(folder.path()), ["device.key"], "the old key is gone");
}

#[tokio::test]
async fn no_crash_and_no_lost_answer_makes_it_a_stranger() {
    for fate in [Fate::Lost, Fate::Unheard] {
        let (folder, server) = joined();
        let running = link(folder.path(), &server);
        *server.fate.lock().unwrap() = fate;
        rotate(folder.path(), &link(folder.path(), &server))
            .await
            .unwrap_err();
        *server.fate.lock().unwrap() = Fate::Fine;
        assert!(is_known(&running).await, "{fate:?}: the one that runs");
        assert!(
            is_known(&link(folder.path(), &server)).await,
            "{fate:?}: a new one"
        );
        let told = rotate(folder.path(), &link(folder.path(), &server))
            .await
            .unwrap();
        assert_eq!(*server.key.lock().unwrap(), told, "{fate:?}");
        assert!(is_known(&running).await, "{fate:?}: in the end");
        assert_eq!(files(folder.path()), ["device.key"], "{fate:?}");
    }
}

/// The program is killed between any two steps; what it had written down by then is left.
#[tokio::test]
async fn every_point_of_a_crash_is_survived() {
    let steps = ["made", "told", "kept"];
    for (died_after, name) in steps.into_iter().enumerate() {
        let (folder, server) = joined();
        let pair = NewPair::of(folder.path(), Purpose::Rotate).unwrap();
        if died_after >= 1 {
            *server.key.lock().unwrap() = pair.public_key.clone();
        }
        if died_after >= 2 {
            pair.keep(folder.path(), "dev_0zzg0081040g2081040m2gc5v8", "s-1")
                .unwrap();
        }
        let started = link(folder.path(), &server);
        assert!(is_known(&started).await, "{name}");
        let again = NewPair::of(folder.path(), Purpose::Rotate).unwrap();
        let is_same = again.public_key == pair.public_key;
        assert_eq!(
            is_same,
            died_after != 1,
            "{name}: an attempt goes on with its own pair"
        );
        let told = rotate(folder.path(), &started).await.unwrap();
        assert_eq!(*server.key.lock().unwrap(), told, "{name}");
        assert!(is_known(&link(folder.path(), &server)).await, "{name}");
    }
}

#[tokio::test]
async fn a_device_that_is_not_known_any_more_is_told_so() {
    let (folder, server) = joined();
    *server.key.lock().unwrap() = "00".repeat(32);
    assert!(!is_known(&link(folder.path(), &server)).await);
    let fault = rotate(folder.path(), &link(folder.path(), &server))
        .await
        .unwrap_err();
    insta::assert_snapshot!(fault, @"sim says:  (unauthenticated); the key is as it was");
    // The next attempt begins where this one stopped, with a key that is still a secret.
    assert_eq!(files(folder.path()), ["device.key", "device.key.next"]);
}

#[test]
fn a_pair_is_made_once_however_many_want_it() {
    let folder = tempfile::tempdir().unwrap();
    let first = NewPair::of(folder.path(), Purpose::Join).unwrap();
    let second = NewPair::of(folder.path(), Purpose::Join).unwrap();
    assert_eq!(first.public_key, second.public_key);
    let other = NewPair::of(folder.path(), Purpose::Rotate).unwrap();
    assert_ne!(first.public_key, other.public_key);
}
