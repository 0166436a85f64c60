//! Signed requests: whatever is altered on the way is not believed, nor is a clock that is off, nor
//! a machine that was revoked. Bearer keys stay as they are.

use crate::call::{Ask, delete, get, post, put};
use crate::goods::named;
use crate::world::{NOON, World, ms};
use ring::digest::{SHA256, digest};
use ring::signature::{Ed25519KeyPair, KeyPair};
use serde_json::json;
use wire::signature::{
    DEVICE_HEADER, ID_HEADER, SIGNATURE_HEADER, TIMESTAMP_HEADER, message, show_signature,
};

/// A store's machine that signs.
pub(crate) struct Machine {
    pub(crate) device_id: String,
    /// What it says of where it is at home.
    store: String,
    pair: Ed25519KeyPair,
}

impl Machine {
    /// One whose secret key is 32 times `seed`; it has no id before it has joined.
    pub(crate) fn new(store: &str, seed: u8) -> Self {
        Self {
            device_id: String::new(),
            store: store.to_owned(),
            pair: Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap(),
        }
    }

    pub(crate) fn public_key(&self) -> String {
        show_signature(self.pair.public_key().as_ref())
    }

    /// The request as signed at `time`.
    pub(crate) fn sign(&self, ask: Ask, time: &str) -> Ask {
        let signature = self.signature(&ask, ms(time));
        self.with(ask, ms(time), &signature)
    }

    fn signature(&self, ask: &Ask, time: i64) -> String {
        let (method, path, body) = ask.covered();
        let hash = digest(&SHA256, body).as_ref().try_into().unwrap();
        let signed = message(method, path, &self.store, "r-1", time, &hash);
        show_signature(self.pair.sign(&signed).as_ref())
    }

    fn with(&self, ask: Ask, time: i64, signature: &str) -> Ask {
        ask.with(DEVICE_HEADER, &self.device_id)
            .with(ID_HEADER, "r-1")
            .with(TIMESTAMP_HEADER, &time.to_string())
            .with(SIGNATURE_HEADER, signature)
    }

    /// The same machine with another key.
    fn with_key(&self, seed: u8) -> Self {
        Self {
            device_id: self.device_id.clone(),
            ..Self::new(&self.store, seed)
        }
    }
}

#[tokio::test]
async fn a_machine_that_signs_does_what_its_store_may() {
    let world = World::open().await;
    let (mart, other) = (world.shop("mart").await, world.shop("other").await);
    let machine = world.joined("mart").await;
    let by = |ask: Ask| machine.sign(ask, NOON);
    let update = named(0, 1, "milk", "牛乳", NOON);
    let sale = post("/v1/settlements", mart.sale("t-1", 250));
    let rows = [
        (by(put(mart.path("/catalogue"), &update)), 200),
        (by(sale.clone()), 201),
        // The very same again, as a network may bring it.
        (by(sale.clone()), 200),
        (
            by(post("/v1/settlements/batch", json!([mart.sale("t-2", 1)]))),
            200,
        ),
        (by(get(mart.path("/catalogue/changes?after=0"))), 200),
        (by(get(mart.path(""))), 200),
        // Another store's doors stay shut, and so do other people's.
        (by(post("/v1/settlements", other.sale("t-1", 250))), 403),
        (by(put(other.path("/catalogue"), &update)), 403),
        (by(get(other.path("/settings"))), 404),
        (by(get("/v1/stores")), 403),
        (by(get("/v1/me/purchases")), 403),
        (by(get("/v1/nowhere")), 404),
        // A signature goes before a key, whoever's it is.
        (by(get("/v1/stores").by(&world.operator)), 403),
        (sale.by(&mart.key), 200),
    ];
    for (at, (ask, status)) in rows.into_iter().enumerate() {
        let answer = world.ask(ask).await;
        assert_eq!(answer.status, status, "row {at}: {}", answer.body);
    }
    // One that the operator entered by its public key gets no key.
    let mut entered = Machine::new("mart", 9);
    let message = json!({"name": "till 9", "public_key": entered.public_key()});
    let answer = world
        .order(post(mart.path("/devices"), message))
        .await
        .is(201);
    assert_eq!(
        answer.json().as_object().unwrap().len(),
        1,
        "{}",
        answer.body
    );
    entered.device_id = answer.text("/device_id");
    world
        .ask(entered.sign(get(mart.path("")), NOON))
        .await
        .is(200);
    let world = world.again().await;
    world
        .ask(entered.sign(get(mart.path("")), NOON))
        .await
        .is(200);
    world.close().await;
}

#[tokio::test]
async fn what_was_altered_is_not_believed() {
    let world = World::open().await;
    let mart = world.shop("mart").await;
    world.shop("other").await;
    let machine = world.joined("mart").await;
    let now = ms(NOON);
    let path = mart.path("/catalogue/changes?after=0");
    let sale = || post("/v1/settlements", mart.sale("t-1", 250));
    let signature = machine.signature(&sale(), now);
    let as_of = |ask: Ask, signature: &str| machine.with(ask, now, signature);
    let of_path = machine.signature(&get(&path), now);
    let stranger = Machine {
        device_id: "dev_00000000000000000000000000".to_owned(),
        ..machine.with_key(1)
    };
    let elsewhere = Machine {
        store: "other".to_owned(),
        ..machine.with_key(1)
    };
    let headers = |id: &str, time: &str| {
        sale()
            .with(DEVICE_HEADER, &machine.device_id)
            .with(ID_HEADER, id)
            .with(TIMESTAMP_HEADER, time)
            .with(SIGNATURE_HEADER, &signature)
    };
    let noon = now.to_string();
    let rows = [
        (
            "another body",
            as_of(post("/v1/settlements", mart.sale("t-1", 251)), &signature),
        ),
        (
            "another route",
            as_of(
                post("/v1/settlements/batch", mart.sale("t-1", 250)),
                &signature,
            ),
        ),
        (
            "another query",
            as_of(get(path.replace('0', "1")), &of_path),
        ),
        ("another method", as_of(put(&path, ""), &of_path)),
        ("another time", machine.with(sale(), now + 1, &signature)),
        ("another id", headers("r-2", &noon)),
        ("another key", machine.with_key(2).sign(sale(), NOON)),
        ("another store", elsewhere.sign(sale(), NOON)),
        ("a stranger", stranger.sign(sale(), NOON)),
        ("no signature", as_of(sale(), "")),
        ("half a signature", as_of(sale(), &signature[..64])),
        ("no id", headers("", &noon)),
        ("no time", headers("r-1", "")),
        (
            "only a signature",
            sale().with(SIGNATURE_HEADER, &signature),
        ),
    ];
    let mut shown = String::new();
    for (what, ask) in rows {
        let answer = world.ask(ask).await.is(401);
        assert_eq!(answer.text("/code"), "unauthenticated", "{what}");
        shown += &format!("{what}: {}\n", answer.text("/detail"));
    }
    insta::assert_snapshot!(shown, @"
    another body: the signature does not fit this request; sign method, path, store, id, time and body as sent
    another route: the signature does not fit this request; sign method, path, store, id, time and body as sent
    another query: the signature does not fit this request; sign method, path, store, id, time and body as sent
    another method: the signature does not fit this request; sign method, path, store, id, time and body as sent
    another time: the signature does not fit this request; sign method, path, store, id, time and body as sent
    another id: the signature does not fit this request; sign method, path, store, id, time and body as sent
    another key: the signature does not fit this request; sign method, path, store, id, time and body as sent
    another store: the signature does not fit this request; sign method, path, store, id, time and body as sent
    a stranger: this device does not sign here, or was revoked
    no signature: Orihon-Signature must be 128 hexadecimal digits
    half a signature: Orihon-Signature must be 128 hexadecimal digits
    no id: Orihon-Id must be 1 to 64 of A-Z a-z 0-9 _ -
    no time: Orihon-Timestamp must be milliseconds since 1970 as decimal digits
    only a signature: Orihon-Device must be the device's id (dev_…)
    ");
    world.ask(as_of(sale(), &signature)).await.is(201);
    world.close().await;
}

#[tokio::test]
async fn a_clock_that_is_off_is_told_the_time() {
    let world = World::open().await;
    let mart = world.shop("mart").await;
    let machine = world.joined("mart").await;
    let ask = |time: &str| machine.sign(get(mart.path("/settings")), time);
    let answer = world.ask(ask("2026-04-10T11:54:59.999+09:00")).await;
    insta::assert_snapshot!(world.show(&answer), @r#"
    401 application/problem+json
    {
      "type": "/problems/clock_skew",
      "title": "The clock is off",
      "status": 401,
      "detail": "the device's clock is more than five minutes off; sign anew by server_time",
      "code": "clock_skew",
      "request_id": "req_…",
      "errors": [],
      "server_time": "2026-04-10T03:00:00Z"
    }
    "#);
    for (time, status) in [
        ("2026-04-10T11:55:00+09:00", 200),
        ("2026-04-10T12:05:00+09:00", 200),
        ("2026-04-10T12:05:00.001+09:00", 401),
        ("1970-01-01T00:00:00Z", 401),
        ("9999-12-30T00:00:00Z", 401),
    ] {
        world.ask(ask(time)).await.is(status);
    }
    world.close().await;
}

#[tokio::test]
async fn a_revoked_machine_signs_in_vain() {
    let world = World::open().await;
    let mart = world.shop("mart").await;
    let (machine, stays) = (world.joined("mart").await, world.joined("mart").await);
    let ask = |machine: &Machine| machine.sign(get(mart.path("/settings")), NOON);
    world.ask(ask(&machine)).await.is(200);
    let path = mart.path(&format!("/devices/{}", machine.device_id));
    world.order(delete(&path)).await.is(204);
    world.ask(ask(&machine)).await.is(401);
    world.ask(ask(&stays)).await.is(200);
    world.order(delete(&path)).await.is(204);
    let world = world.again().await;
    world.ask(ask(&machine)).await.is(401);
    world.close().await;
}

#[tokio::test]
async fn a_machine_changes_its_own_key() {
    let world = World::open().await;
    let (mart, other) = (world.shop("mart").await, world.shop("other").await);
    let (old, neighbour) = (world.joined("mart").await, world.joined("mart").await);
    let new = old.with_key(7);
    let of = |id: &str| mart.path(&format!("/devices/{id}/key"));
    let key = json!({"public_key": new.public_key()});
    let path = of(&old.device_id);
    let own = post(&path, &key);
    let theirs = post(path.replace("mart", "other"), &key);
    let rows = [
        (neighbour.sign(own.clone(), NOON), 404),
        (old.sign(theirs.clone(), NOON), 403),
        (theirs.by(&other.key), 404),
        (own.clone().by(&world.operator), 403),
        (post(of(&mart.device_id), &key).by(&mart.key), 403),
        (
            old.sign(post(&path, json!({"public_key": "00"})), NOON),
            422,
        ),
        (old.sign(own.clone(), NOON), 204),
        (old.sign(own.clone(), NOON), 401),
        (new.sign(own, NOON), 204),
        (new.sign(get(mart.path("/settings")), NOON), 200),
    ];
    for (at, (ask, status)) in rows.into_iter().enumerate() {
        let answer = world.ask(ask).await;
        assert_eq!(answer.status, status, "row {at}: {}", answer.body);
    }
    world.close().await;
}

/// The body is read before the route is reached, and the routes' limits still hold.
#[tokio::test]
async fn large_bodies_are_signed_as_well() {
    let world = World::open().await;
    let mart = world.shop("mart").await;
    let machine = world.joined("mart").await;
    let padded = |body: String| format!("{body}{}", " ".repeat(5 * 1_024 * 1_024));
    let update = named(0, 1, "milk", "牛乳", NOON).to_string();
    let ask = put(mart.path("/catalogue"), padded(update));
    world.ask(machine.sign(ask, NOON)).await.is(200);
    let sale = mart.sale("t-1", 250).to_string();
    let large = post("/v1/settlements", format!("{sale}{}", " ".repeat(300_000)));
    world.ask(machine.sign(large, NOON)).await.is(413);
    let batch = post("/v1/settlements/batch", padded(format!("[{sale}]")));
    world.ask(machine.sign(batch, NOON)).await.is(413);
    world.close().await;
}
