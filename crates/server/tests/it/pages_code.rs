//! The pages of the member code from outside, as a browser without scripts asks for them: which code is
//! shown when, that a sale which shows it is filed, and that a form sent twice makes one card.

use crate::call::{Answer, Ask, get, post};
use crate::goods::And;
use crate::world::{Person, Shop, World};
use serde_json::json;
use std::collections::BTreeMap;
use wire::member::{MemberCode, MemberForm, Wish};

/// A browser: it keeps what it is told to keep.
struct Browser<'a> {
    world: &'a World,
    cookies: BTreeMap<String, String>,
}

impl<'a> Browser<'a> {
    fn of(world: &'a World, person: &Person) -> Self {
        let (name, value) = person.cookie.split_once('=').expect("a cookie");
        let cookies = BTreeMap::from([(name.to_owned(), value.to_owned())]);
        Self { world, cookies }
    }

    async fn ask(&mut self, ask: Ask) -> Answer {
        let pairs = self.cookies.iter();
        let pairs: Vec<_> = pairs
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let answer = self.world.ask(ask.with("cookie", &pairs.join("; "))).await;
        let set = answer.header("set-cookie");
        if let Some((name, rest)) = set.split_once('=') {
            let value = rest.split(';').next().unwrap();
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        answer
    }

    async fn send(&mut self, path: &str, fields: &str) {
        let form = post(path, fields).with("content-type", "application/x-www-form-urlencoded");
        let answer = self.ask(form).await.is(303);
        assert!(answer.header("location").starts_with("/code"), "{path}");
    }

    /// The code that a page shows.
    async fn code(&mut self, path: &str) -> Option<MemberCode> {
        let page = self.ask(get(path)).await.is(200);
        let (_, after) = page.body.split_once("class=\"digits\">")?;
        let (shown, _) = after.split_once("</figcaption>")?;
        let digits: String = shown.chars().filter(char::is_ascii_digit).collect();
        Some(MemberCode::parse(&digits).unwrap_or_else(|| panic!("{digits} is no code")))
    }
}

/// Whether a sale that shows the code is filed; none for a card, of which nothing is told.
async fn filed(world: &World, shop: &Shop, transaction: &str, code: MemberCode) -> Option<bool> {
    let sale = shop
        .sale(transaction, 250)
        .and("/user", json!({"member_code": code.to_string()}));
    let told = world.ask(post("/v1/settlements", sale).by(&shop.key)).await;
    told.is(201).json()["filed"].as_bool()
}

#[tokio::test]
async fn a_code_is_shown_until_it_is_used() {
    let world = World::open().await;
    let (mart, ann) = (
        world.shop("mart").await,
        world.person_in_browser("ann").await,
    );
    let mut phone = Browser::of(&world, &ann);
    let first = phone.code("/code").await.unwrap();
    assert_eq!(
        (first.form(), first.wish()),
        (MemberForm::Short, Wish::Paper)
    );
    assert_eq!(phone.code("/code").await, Some(first), "loaded anew");
    // The wish turns a digit of the same code, and is remembered.
    phone.send("/code/wish", "paper=no").await;
    let turned = phone.code("/code").await.unwrap();
    assert_eq!(turned, first.with_wish(Wish::NoPaper));
    phone.send("/code/wish", "paper=yes").await;
    assert_eq!(phone.code("/code").await, Some(first));
    assert_eq!(filed(&world, &mart, "t-1", turned).await, Some(true));
    let second = phone.code("/code").await.unwrap();
    assert_ne!(second.hash(), first.hash());
    phone.send("/code/next", "").await;
    let third = phone.code("/code").await.unwrap();
    assert_ne!(third.hash(), second.hash());
    // What was shown before files as well: the till may have read it already.
    assert_eq!(filed(&world, &mart, "t-2", second).await, Some(true));
    assert_eq!(phone.code("/code").await, Some(third));
    // A cookie with somebody else's code shows that one no more than any other.
    let mut bob = Browser::of(&world, &world.person_in_browser("bob").await);
    bob.cookies.insert("shown".to_owned(), third.to_string());
    assert_ne!(bob.code("/code").await.unwrap().hash(), third.hash());
    let book = world.ask(get("/").with("cookie", &ann.cookie));
    assert_eq!(book.await.is(303).header("location"), "/book");
    world.close().await;
}

#[tokio::test]
async fn looking_at_the_page_does_not_end_what_a_phone_keeps() {
    let world = World::open().await;
    let (mart, ann) = (
        world.shop("mart").await,
        world.person_in_browser("ann").await,
    );
    let mut phone = Browser::of(&world, &ann);
    let mut keep = async || {
        let kept = phone.ask(post("/code/kept", "")).await.is(201).json();
        let id = kept["codes"][0]["id"].as_str().unwrap();
        MemberCode::parse(id).unwrap()
    };
    let (first, second) = (keep().await, keep().await);
    // What ended meanwhile is good for sales before.
    let is_good = async |transaction: &str, code: MemberCode| {
        let sale = mart.sale(transaction, 250);
        let sale = sale.and("/purchased_at", json!("2026-04-10T12:03:00+09:00"));
        let sale = sale.and("/user", json!({"member_code": code.to_string()}));
        let told = world.ask(post("/v1/settlements", sale).by(&mart.key)).await;
        told.is(201).json()["filed"] == json!(true)
    };
    // Each time in a browser that keeps no cookie of a code.
    let mut shown = Vec::new();
    for second in 0..70 {
        let (minute, second) = (second / 60, second % 60);
        world.at(&format!("2026-04-10T12:{minute:02}:{second:02}+09:00"));
        let mut looking = Browser::of(&world, &ann);
        shown.push(looking.code("/code").await.unwrap());
    }
    assert!(is_good("t-1", first).await);
    assert!(is_good("t-2", shown[69]).await);
    assert!(!is_good("t-3", shown[0]).await);
    // More that are kept do end those that were kept before.
    world.at("2026-04-10T12:02:00+09:00");
    for _ in 0..6 {
        keep().await;
    }
    assert!(!is_good("t-4", second).await);
    world.close().await;
}

#[tokio::test]
async fn a_phone_keeps_codes_with_both_faces() {
    let world = World::open().await;
    let (mart, ann) = (
        world.shop("mart").await,
        world.person_in_browser("ann").await,
    );
    let mut phone = Browser::of(&world, &ann);
    let kept = phone.ask(post("/code/kept", "")).await.is(201).json();
    assert_eq!(kept["of"], json!(ann.id));
    let codes = kept["codes"].as_array().unwrap();
    assert_eq!(codes.len(), 12);
    let (one, id) = (&codes[0], codes[0]["id"].as_str().unwrap());
    let code = MemberCode::parse(id).unwrap();
    for (face, wish) in [("paper", Wish::Paper), ("no_paper", Wish::NoPaper)] {
        let drawn = one[face].as_str().unwrap();
        assert!(drawn.starts_with("<figure class=\"face\"><svg"), "{drawn}");
        let (_, digits) = drawn.split_once("figcaption").unwrap();
        let digits: String = digits.chars().filter(char::is_ascii_digit).collect();
        assert_eq!(digits, code.with_wish(wish).to_string());
    }
    let (from, until) = (one["issued_at"].as_i64(), one["expires_at"].as_i64());
    assert_eq!(until.unwrap() - from.unwrap(), 14 * 24 * 3_600_000);
    // Many pages later they are good still: no page asks for more than it shows.
    for _ in 0..5 {
        phone.send("/code/next", "").await;
        phone.code("/code").await.unwrap();
    }
    assert_eq!(filed(&world, &mart, "t-1", code).await, Some(true));
    // The page for where there is no signal holds nothing of anybody's.
    let offline = world.ask(get("/code/offline")).await.is(200);
    assert!(
        !offline.body.contains("<svg class=\"bars\""),
        "{}",
        offline.body
    );
    for (path, media) in [
        ("/sw.js", "text/javascript; charset=utf-8"),
        ("/manifest.webmanifest", "application/manifest+json"),
    ] {
        let file = world.ask(get(path)).await.is(200);
        assert_eq!(file.header("content-type"), media);
        assert_eq!(file.header("cache-control"), "no-cache", "{path}");
    }
    let nobody = world.ask(post("/code/kept", "")).await.is(303);
    assert_eq!(nobody.header("location"), "/");
    world.close().await;
}

#[tokio::test]
async fn what_holds_nothing_of_callers_is_packed_on_its_way() {
    let world = World::open().await;
    let ann = world.person_in_browser("ann").await;
    let plain = |ask: Ask| ask.with("cookie", &ann.cookie);
    for (what, ask, is_packed) in [
        ("the style", get("/assets/orihon.css"), true),
        ("codes to keep", post("/code/kept", ""), true),
        // The control: in a search stands what somebody else may have made the browser ask for.
        ("a page", get("/book?q=milk"), false),
        (
            "the book as data",
            get("/v1/me/purchases").by(&ann.key),
            false,
        ),
    ] {
        let packed = plain(ask.clone()).with("accept-encoding", "gzip");
        let packed = world.ask(packed).await;
        let encoding = if is_packed { "gzip" } else { "" };
        assert_eq!(packed.header("content-encoding"), encoding, "{what}");
        let plain = world.ask(plain(ask)).await;
        assert_eq!(plain.header("content-encoding"), "", "{what}");
        if is_packed {
            assert!(packed.bytes.len() * 2 < plain.bytes.len(), "{what}");
        }
    }
    world.close().await;
}

#[tokio::test]
async fn a_card_is_made_once_and_replaced_by_a_form_that_names_it() {
    let world = World::open().await;
    let (mart, ann) = (
        world.shop("mart").await,
        world.person_in_browser("ann").await,
    );
    let mut phone = Browser::of(&world, &ann);
    assert_eq!(phone.code("/code/card").await, None);
    phone.send("/code/card", "of=0").await;
    let card = phone.code("/code/card").await.unwrap();
    assert_eq!(card.form(), MemberForm::Card);
    phone.send("/code/card", "of=0").await;
    assert_eq!(phone.code("/code/card").await, Some(card), "sent twice");
    // In another browser there is a card, and no digit of it.
    assert_eq!(Browser::of(&world, &ann).code("/code/card").await, None);
    assert_eq!(filed(&world, &mart, "t-1", card).await, None);
    let made = crate::world::ms(crate::world::NOON);
    world.at("2026-04-10T12:10:00+09:00");
    phone.send("/code/card", &format!("of={made}")).await;
    let new = phone.code("/code/card").await.unwrap();
    assert_ne!(new.hash(), card.hash());
    // The button of a page from before ends nothing.
    phone.send("/code/card/end", &format!("of={made}")).await;
    let state = async || {
        let codes = world.ask(get("/v1/me/member-codes").by(&ann.key)).await;
        codes.is(200).json()["card"].is_object()
    };
    assert!(state().await);
    let made = crate::world::ms("2026-04-10T12:10:00+09:00");
    phone.send("/code/card/end", &format!("of={made}")).await;
    assert!(!state().await);
    assert_eq!(phone.code("/code/card").await, None);
    let book = world.ask(get("/v1/me/purchases").by(&ann.key)).await;
    assert_eq!(book.json()["purchases"].as_array().unwrap().len(), 1);
    world.close().await;
}
