//! Passkeys, with an authenticator that the test plays itself: registering one, coming in by it, and
//! all that must not hold.

use super::{begin, by_password, empties, is_open, page, press, set_password};
use crate::call::{Answer, cookie_of, get, post};
use crate::world::World;
use base64ct::{Base64UrlUnpadded, Encoding};
use ring::digest::{SHA256, digest};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::{Value, json};

const ORIGIN: &str = "https://book.example";

async fn world() -> World {
    World::open_with(|config| config.public_url = Some(ORIGIN.to_owned())).await
}

fn encode(bytes: &[u8]) -> String {
    Base64UrlUnpadded::encode_string(bytes)
}

/// A phone that holds one passkey.
struct Phone {
    id: Vec<u8>,
    key: EcdsaKeyPair,
    counter: u32,
    /// The bit that tells whether it asked who is there.
    verified: u8,
}

impl Phone {
    fn new(id: &[u8]) -> Self {
        let (algorithm, chance) = (&ECDSA_P256_SHA256_ASN1_SIGNING, SystemRandom::new());
        let pair = EcdsaKeyPair::generate_pkcs8(algorithm, &chance).unwrap();
        Self {
            id: id.to_vec(),
            key: EcdsaKeyPair::from_pkcs8(algorithm, pair.as_ref(), &chance).unwrap(),
            counter: 0,
            verified: 4,
        }
    }

    fn data(&self, flags: u8) -> Vec<u8> {
        let party = digest(&SHA256, b"book.example");
        [party.as_ref(), &[flags], &self.counter.to_be_bytes()].concat()
    }

    fn registers(&self, challenge: &str) -> Value {
        let point = self.key.public_key().as_ref();
        let id_length = u16::try_from(self.id.len()).unwrap().to_be_bytes();
        let data = [
            self.data(0x41 | self.verified).as_slice(),
            &[0; 16],
            &id_length,
            &self.id,
            b"\xa5\x01\x02\x03\x26\x20\x01\x21\x58\x20",
            &point[1..33],
            b"\x22\x58\x20",
            &point[33..],
        ]
        .concat();
        let length = u8::try_from(data.len()).unwrap();
        let head = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x58";
        json!({
            "clientDataJSON": encode(said("webauthn.create", challenge).as_bytes()),
            "attestationObject": encode(&[head.as_slice(), &[length], &data].concat()),
        })
    }

    fn signs(&self, challenge: &str) -> Value {
        let (data, said) = (
            self.data(1 | self.verified),
            said("webauthn.get", challenge),
        );
        let signed = [&data, digest(&SHA256, said.as_bytes()).as_ref()].concat();
        let signature = self.key.sign(&SystemRandom::new(), &signed).unwrap();
        json!({
            "id": encode(&self.id),
            "clientDataJSON": encode(said.as_bytes()),
            "authenticatorData": encode(&data),
            "signature": encode(signature.as_ref()),
            "userHandle": null,
        })
    }
}

fn said(what: &str, challenge: &str) -> String {
    json!({"type": what, "challenge": challenge, "origin": ORIGIN}).to_string()
}

async fn challenge(world: &World, cookie: &str, path: &str) -> String {
    let options = page(world, cookie, &format!("{path}/options"))
        .await
        .is(200);
    let known = cookie_of(&options);
    assert!(cookie.contains(&known), "{cookie} became {known}");
    let asked = options.json();
    let verified = asked.pointer("/authenticatorSelection/userVerification");
    let verified = verified.or_else(|| asked.pointer("/userVerification"));
    assert_eq!(verified, Some(&json!("required")));
    options.text("/challenge")
}

/// A browser in which nobody is signed in, as it is known after it has asked once.
async fn new_browser(world: &World) -> String {
    let options = page(world, "", "/sign-in/passkey/options").await.is(200);
    let cookie = cookie_of(&options);
    assert!(cookie.starts_with("__Host-passkey="), "{cookie}");
    cookie
}

/// A browser of somebody who is signed in, after it has asked as a stranger as well.
async fn known(world: &World, cookie: &str) -> String {
    format!("{cookie}; {}", new_browser(world).await)
}

async fn send(world: &World, cookie: &str, path: &str, body: &Value) -> Answer {
    let ask = post(path, body).with("content-type", "application/json");
    world.ask(ask.with("cookie", cookie)).await
}

const REGISTER: &str = "/account/passkeys";
const ENTER: &str = "/sign-in/passkey";

#[tokio::test]
async fn a_phone_with_a_passkey_opens_the_book() {
    let world = world().await;
    let browser = begin(&world).await;
    assert!(browser.starts_with("__Host-orihon="), "{browser}");
    let (browser, new) = (known(&world, &browser).await, new_browser(&world).await);
    let mut phone = Phone::new(&[7; 32]);
    let asked = challenge(&world, &browser, REGISTER).await;
    let done = send(&world, &browser, REGISTER, &phone.registers(&asked))
        .await
        .is(200);
    assert_eq!(done.text("/next"), "/account#means");
    let options = page(&world, &browser, "/account/passkeys/options")
        .await
        .is(200);
    assert_eq!(options.text("/excludeCredentials/0/id"), encode(&[7; 32]));
    // With an authenticator that does not count, as often as one likes; then with one that does.
    for counter in [0, 0, 1, 5] {
        phone.counter = counter;
        let asked = challenge(&world, &new, ENTER).await;
        let entered = send(&world, &new, ENTER, &phone.signs(&asked))
            .await
            .is(200);
        assert_eq!(entered.text("/next"), "/book");
        assert!(is_open(&world, &cookie_of(&entered)).await);
        assert!(empties(&entered));
        let asked = challenge(&world, &browser, ENTER).await;
        phone.counter += u32::from(counter > 0);
        let again = send(&world, &browser, ENTER, &phone.signs(&asked)).await;
        assert!(!empties(&again.is(200)), "the browser was this person's");
    }
    // An older count means a copy.
    for counter in [6, 5, 0] {
        phone.counter = counter;
        let asked = challenge(&world, &new, ENTER).await;
        send(&world, &new, ENTER, &phone.signs(&asked))
            .await
            .is(422);
    }
    // Taken away, it is not known any more.
    let account = page(&world, &browser, "/account").await.is(200).body;
    let (_, id) = account
        .split_once("name=\"credential_id\" value=\"")
        .unwrap();
    let fields = format!("credential_id={}", id.split('"').next().unwrap());
    press(&world, &browser, "/account/means/remove", &fields)
        .await
        .is(303);
    phone.counter = 9;
    let asked = challenge(&world, &new, ENTER).await;
    send(&world, &new, ENTER, &phone.signs(&asked))
        .await
        .is(404);
    world.close().await;
}

#[tokio::test]
async fn an_answer_holds_once_and_in_the_browser_that_was_asked() {
    let world = world().await;
    let (browser, phone) = (begin(&world).await, Phone::new(&[7; 32]));
    let asked = challenge(&world, &browser, REGISTER).await;
    let registers = phone.registers(&asked);
    // The same person's other browser was not asked.
    set_password(&world, &browser, "ann@example.jp", "12345678").await;
    let second = by_password(&world, "ann@example.jp", "12345678").await;
    let second = cookie_of(&second.is(303));
    send(&world, &second, REGISTER, &registers).await.is(422);
    send(&world, &browser, REGISTER, &registers).await.is(200);
    send(&world, &browser, REGISTER, &registers).await.is(422);
    let (mine, other) = (new_browser(&world).await, new_browser(&world).await);
    let signs = phone.signs(&challenge(&world, &mine, ENTER).await);
    for elsewhere in ["", &other, "__Host-passkey=", "__Host-passkey=AAAA"] {
        let refused = send(&world, elsewhere, ENTER, &signs).await.is(422);
        assert!(
            refused
                .body
                .contains("did not answer what this server asked"),
            "{elsewhere}: {}",
            refused.body
        );
    }
    // Refused elsewhere it is still good where it was asked; and then it was used.
    send(&world, &mine, ENTER, &signs).await.is(200);
    let again = send(&world, &mine, ENTER, &signs).await.is(422);
    assert!(again.body.contains("used already"), "{}", again.body);
    // The same browser and the same passkey with another question.
    let signs = phone.signs(&challenge(&world, &mine, ENTER).await);
    send(&world, &mine, ENTER, &signs).await.is(200);
    world.close().await;
}

#[tokio::test]
async fn an_authenticator_that_asks_nobody_opens_nothing() {
    let world = world().await;
    let (browser, new) = (begin(&world).await, new_browser(&world).await);
    let mut phone = Phone::new(&[7; 32]);
    for (verified, registers) in [(0, 422), (4, 200)] {
        phone.verified = verified;
        let asked = challenge(&world, &browser, REGISTER).await;
        let sent = phone.registers(&asked);
        send(&world, &browser, REGISTER, &sent).await.is(registers);
    }
    for (verified, enters) in [(0, 422), (4, 200), (0, 422)] {
        phone.verified = verified;
        let asked = challenge(&world, &new, ENTER).await;
        let entered = send(&world, &new, ENTER, &phone.signs(&asked)).await;
        assert_eq!(entered.status, enters, "{}", entered.body);
    }
    world.close().await;
}

#[tokio::test]
async fn nothing_else_than_what_was_asked_holds() {
    let world = world().await;
    let (ann, bob) = (begin(&world).await, begin(&world).await);
    let (phone, stranger) = (Phone::new(&[1]), Phone::new(&[2]));
    let of_ann = challenge(&world, &ann, REGISTER).await;
    // What was asked of somebody else, for something else, or of nobody.
    let of_bob = challenge(&world, &bob, REGISTER).await;
    let new = new_browser(&world).await;
    let to_enter = challenge(&world, &new, ENTER).await;
    for asked in [of_bob.as_str(), &to_enter, "", "AAAA", &encode(&[0; 40])] {
        let sent = phone.registers(asked);
        send(&world, &ann, REGISTER, &sent).await.is(422);
    }
    let sent = phone.registers(&of_ann);
    send(&world, &ann, REGISTER, &sent).await.is(200);
    send(&world, &bob, REGISTER, &phone.registers(&of_bob))
        .await
        .is(409);
    send(&world, "", REGISTER, &sent).await.is(303);
    for asked in [of_ann.as_str(), "", &encode(&[0; 40])] {
        send(&world, &new, ENTER, &phone.signs(asked)).await.is(422);
    }
    // Somebody else's key under her id, another handle, and one that nobody registered.
    let mut sent = stranger.signs(&to_enter);
    send(&world, &new, ENTER, &sent).await.is(404);
    sent["id"] = json!(encode(&[1]));
    send(&world, &new, ENTER, &sent).await.is(422);
    let mut sent = phone.signs(&to_enter);
    sent["userHandle"] = json!(encode(&[9; 16]));
    send(&world, &new, ENTER, &sent).await.is(422);
    sent["signature"] = json!("not base64!");
    send(&world, &new, ENTER, &sent).await.is(422);
    // After five minutes it is too late.
    let now = crate::world::NOON.replace("12:00:00", "12:05:01");
    world.at(&now);
    send(&world, &new, ENTER, &phone.signs(&to_enter))
        .await
        .is(422);
    world.close().await;
}

#[tokio::test]
async fn where_passkeys_cannot_be_used_the_page_says_why() {
    for (public_url, said) in [
        (None, "This connection is not encrypted"),
        (
            Some("http://book.example"),
            "This connection is not encrypted",
        ),
        (Some("https://192.0.2.7"), "This server has no name"),
        (Some("https://book.example"), "Sign in with a passkey"),
    ] {
        let change = |config: &mut server::Config| {
            config.public_url = public_url.map(str::to_owned);
        };
        let world = World::open_with(change).await;
        let page = world.ask(get("/sign-in")).await.is(200);
        assert!(page.body.contains(said), "{public_url:?}: {}", page.body);
        let is_offered = said.starts_with("Sign in");
        assert_eq!(page.body.contains("id=\"passkey\""), is_offered);
        let options = world.ask(get("/sign-in/passkey/options")).await;
        assert_eq!(options.status, if is_offered { 200 } else { 403 });
        world.close().await;
    }
}
