//! What is private, and shops that somebody blocks: from outside, as browsers, tills and programs meet it.

use crate::call::{Answer, cookie_of, get, post, put};
use crate::events::listen;
use crate::goods::{And, TODAY};
use crate::world::{NOON, Person, Shop, World};
use serde_json::{Value, json};

mod merged;
mod operators;
mod taken_back;

const SALES: &str = "/v1/settlements";

/// A sale of two items, the second of which the shop marks as sensitive; gives the purchase's id.
async fn sell(world: &World, shop: &Shop, person: &Person, transaction: &str) -> String {
    let line = |code: &str, amount: i64| json!({"code": code, "name": format!("<{code}>"), "quantity": "1", "unit_price": amount, "amount": amount});
    let sale = shop
        .sale_to(&person.id, transaction, 500)
        .and("/lines", json!([line("milk", 200), line("pill", 300)]))
        .and("/lines/1/sensitive", json!(true));
    let answer = world.ask(post(SALES, sale).by(&shop.key)).await.is(201);
    answer.text("/purchase_id")
}

async fn page(world: &World, person: &Person, path: &str) -> String {
    let ask = get(path).with("cookie", &person.cookie);
    world.ask(ask).await.is(200).body
}

async fn press(world: &World, cookie: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
    let mut body = form_urlencoded::Serializer::new(String::new());
    for (name, value) in fields {
        body.append_pair(name, value);
    }
    let ask = post(path, body.finish()).with("content-type", "application/x-www-form-urlencoded");
    world.ask(ask.with("cookie", cookie)).await
}

/// How the two lines stand: in the book, in the view without prices and for a program, each private or plain.
async fn lines(world: &World, person: &Person, id: &str) -> [[bool; 3]; 2] {
    let book = page(world, person, "/book").await;
    let gift = page(world, person, &format!("/book/{id}?view=gift")).await;
    let path = format!("/v1/me/purchases/{id}");
    let told = world.ask(get(path).by(&person.key)).await.is(200).json();
    let mut found = [[false; 3]; 2];
    for (at, code) in ["milk", "pill"].into_iter().enumerate() {
        let name = format!("&lt;{code}&gt;");
        let folded =
            format!("<summary>private item</summary><span class=\"name\"><bdi>{name}</bdi>");
        // What is plain stands among the first names, and what is private nowhere but behind its fold.
        let in_book = book.contains(&folded);
        assert_eq!(
            book.matches(&name).count(),
            if in_book { 1 } else { 2 },
            "{book}"
        );
        let sensitive = told["lines"][at]["sensitive"].as_bool().unwrap_or(false);
        found[at] = [in_book, !gift.contains(&name), sensitive];
    }
    found
}

const PLAIN: [bool; 3] = [false; 3];
const PRIVATE: [bool; 3] = [true; 3];

#[tokio::test]
async fn a_person_says_what_is_private() {
    let world = World::open().await;
    let shop = world.shop("tokyo").await;
    let ann = world.person_in_browser("ann").await;
    let id = sell(&world, &shop, &ann, "1").await;
    let path = format!("/book/{id}/private");
    assert_eq!(
        lines(&world, &ann, &id).await,
        [PLAIN, PRIVATE],
        "as the shop says"
    );
    for (choice, expected) in [
        ("plain here 2", [PLAIN, PLAIN]),
        ("private here 1", [PRIVATE, PLAIN]),
        ("plain here 1", [PLAIN, PLAIN]),
        // Said of the item, it holds for this line too.
        ("private always 2", [PLAIN, PRIVATE]),
        ("private always 1", [PRIVATE, PRIVATE]),
        ("plain always 2", [PRIVATE, PLAIN]),
    ] {
        let pressed = press(&world, &ann.cookie, &path, &[("choice", choice)])
            .await
            .is(303);
        let number = choice.rsplit(' ').next().unwrap();
        assert_eq!(
            pressed.header("location"),
            format!("/book/{id}#line-{number}")
        );
        assert_eq!(lines(&world, &ann, &id).await, expected, "{choice}");
    }
    // Pressed twice, it is the same.
    press(&world, &ann.cookie, &path, &[("choice", "plain always 2")])
        .await
        .is(303);
    assert_eq!(lines(&world, &ann, &id).await, [PRIVATE, PLAIN]);
    // The item follows into other purchases; the receipt itself is the person's and shows all.
    let later = sell(&world, &shop, &ann, "2").await;
    let gift = page(&world, &ann, &format!("/book/{later}?view=gift")).await;
    assert!(
        !gift.contains("&lt;milk&gt;") && gift.contains("&lt;pill&gt;"),
        "{gift}"
    );
    let whole = page(&world, &ann, &format!("/book/{later}")).await;
    assert!(whole.contains("&lt;milk&gt;"), "{whole}");
    for (choice, status) in [
        ("private here 3", 404),
        ("private here 0", 404),
        ("private", 422),
    ] {
        press(&world, &ann.cookie, &path, &[("choice", choice)])
            .await
            .is(status);
    }
    // It is nobody else's to say.
    let bob = world.person_in_browser("bob").await;
    press(&world, &bob.cookie, &path, &[("choice", "private here 1")])
        .await
        .is(404);
    world.close().await;
}

/// Sells one thing as changed, and gives the purchase's id.
async fn sell_one(world: &World, shop: &Shop, person: &Person, change: &[(&str, Value)]) -> String {
    let mut sale = shop.sale_to(&person.id, "", 300);
    for (pointer, value) in change {
        sale = sale.and(pointer, value.clone());
    }
    let answer = world.ask(post(SALES, sale).by(&shop.key)).await.is(201);
    answer.text("/purchase_id")
}

/// Is the first line of each private, as a program is told?
async fn private(world: &World, person: &Person, ids: &[&str]) -> Vec<bool> {
    let mut found = Vec::new();
    for id in ids {
        let path = format!("/v1/me/purchases/{id}");
        let told = world.ask(get(path).by(&person.key)).await.is(200).json();
        found.push(told["lines"][0]["sensitive"].as_bool().unwrap_or(false));
    }
    found
}

#[tokio::test]
async fn a_mark_outlives_what_a_shop_tells_of_the_item_later() {
    let world = World::open().await;
    let shop = world.shop("tokyo").await;
    let ann = world.person_in_browser("ann").await;
    let number = |number: &str| ("/transaction", json!(number));
    let gtin = ("/lines/0/gtin", json!("4901234567894"));
    let label = |code: &str| ("/lines/0/code", json!(code));
    let one = sell_one(&world, &shop, &ann, &[number("1")]).await;
    let scale = sell_one(&world, &shop, &ann, &[number("2"), label("2212345001989")]).await;
    let say = async |id: &str, choice: &str| {
        let path = format!("/book/{id}/private");
        let pressed = press(&world, &ann.cookie, &path, &[("choice", choice)]).await;
        pressed.is(303);
    };
    say(&one, "private always 1").await;
    say(&scale, "private always 1").await;
    // Now the shop tells the article number of the one, and what the labels of the other mean.
    let told = json!({"base_revision": 0, "revision": 1, "changes": [], "patterns": ["22IIIIIPPPPPC"],
        "patterns_effective_from": NOON});
    let path = shop.path("/catalogue");
    world.ask(put(path, told).by(&shop.key)).await.is(200);
    let later = sell_one(&world, &shop, &ann, &[number("3"), gtin]).await;
    let another = [number("4"), label("2212345002504")];
    let another = sell_one(&world, &shop, &ann, &another).await;
    let other = [number("5"), label("2254321001982")];
    let other = sell_one(&world, &shop, &ann, &other).await;
    let all: [&str; 5] = [&one, &later, &scale, &another, &other];
    let [t, f] = [true, false];
    assert_eq!(private(&world, &ann, &all).await, [t, t, t, t, f]);
    // And what is taken back of it under the new form is taken back of the old one.
    say(&later, "plain always 1").await;
    assert_eq!(private(&world, &ann, &all).await, [f, f, t, t, f]);
    say(&later, "private always 1").await;
    assert_eq!(private(&world, &ann, &all).await, [t, t, t, t, f]);
    say(&scale, "plain always 1").await;
    assert_eq!(private(&world, &ann, &all).await, [t, t, f, f, f]);
    world.close().await;
}

#[tokio::test]
async fn what_comes_back_is_as_private_as_it_was() {
    let world = World::open().await;
    let shop = world.shop("tokyo").await;
    let ann = world.person_in_browser("ann").await;
    let id = sell(&world, &shop, &ann, "1").await;
    let back = |number: &str, line: u16, amount: i64| {
        [
            ("/transaction", json!(number)),
            ("/kind", json!("return")),
            ("/lines/0/code", json!("x")),
            ("/lines/0/unit_price", json!(amount)),
            ("/lines/0/amount", json!(amount)),
            ("/total", json!(amount)),
            (
                "/of",
                shop.key_of("1")
                    .and("/lines", json!([{"line": line, "quantity": "1"}])),
            ),
        ]
    };
    let milk = sell_one(&world, &shop, &ann, &back("2", 1, 200)).await;
    let pill = sell_one(&world, &shop, &ann, &back("3", 2, 300)).await;
    let path = format!("/book/{id}/private");
    let both = [milk.as_str(), pill.as_str()];
    for (choice, expected) in [
        ("plain here 2", [false, false]),
        ("private here 1", [true, false]),
        ("private here 2", [true, true]),
    ] {
        press(&world, &ann.cookie, &path, &[("choice", choice)])
            .await
            .is(303);
        assert_eq!(private(&world, &ann, &both).await, expected, "{choice}");
    }
    // What is said of the return itself goes before that.
    let of_back = format!("/book/{pill}/private");
    press(&world, &ann.cookie, &of_back, &[("choice", "plain here 1")])
        .await
        .is(303);
    assert_eq!(private(&world, &ann, &both).await, [true, false]);
    world.close().await;
}

#[tokio::test]
async fn a_line_with_a_name_of_its_own_is_private_if_its_item_ever_was() {
    let world = World::open().await;
    let shop = world.shop("tokyo").await;
    let ann = world.person_in_browser("ann").await;
    let item = |code: &str, is_sensitive: bool| json!({"code": code, "name": code, "sensitive": is_sensitive, "effective_from": NOON});
    let told = json!({"base_revision": 0, "revision": 1,
        "changes": [item("pill", true), item("milk", false)]});
    let path = shop.path("/catalogue");
    world.ask(put(path, told).by(&shop.key)).await.is(200);
    let line = |number: &str, code: &str| {
        vec![
            ("/transaction", json!(number)),
            ("/lines/0/code", json!(code)),
            ("/lines/0/name", json!("as the till calls it")),
        ]
    };
    let mut flagged = line("3", "pill");
    flagged.push(("/lines/0/sensitive", json!(false)));
    let mut ids = Vec::new();
    for change in [line("1", "pill"), line("2", "milk"), flagged] {
        ids.push(sell_one(&world, &shop, &ann, &change).await);
    }
    let ids: Vec<_> = ids.iter().map(String::as_str).collect();
    assert_eq!(private(&world, &ann, &ids).await, [true, false, false]);
    let gift = page(&world, &ann, &format!("/book/{}?view=gift", ids[0])).await;
    assert!(!gift.contains("as the till calls it"), "{gift}");
    world.close().await;
}

#[tokio::test]
async fn a_page_that_listens_is_told_of_shop_and_amount_alone() {
    let world = World::open().await;
    let shop = world.shop("tokyo").await;
    let ann = world.person_in_browser("ann").await;
    let mut open = world.line().await;
    open.say(&get("/book/live").with("cookie", &ann.cookie).bytes())
        .await;
    open.head().await.is(200);
    let mut program = listen(&world, &ann, "").await;
    sell(&world, &shop, &ann, "1").await;
    let told = open.event().await.expect("the stream goes on");
    insta::assert_snapshot!(world.redact(&told), @r#"
    id: 1
    event: purchase
    data: {"purchase_id":"pur_1","kind":"sale","store":{"id":"tokyo","name":"tokyo店"},"purchased_at":"2026-04-10T12:00:00+09:00","currency":"JPY","total":500}
    "#);
    let whole = program.event().await.expect("the stream goes on");
    assert!(
        whole.contains("\"name\":\"<pill>\"") && whole.contains("\"sensitive\":true"),
        "{whole}"
    );
    // Where nothing is private, all of it is told.
    let sale = shop.sale_to(&ann.id, "2", 100);
    world.ask(post(SALES, sale).by(&shop.key)).await.is(201);
    let told = open.event().await.expect("the stream goes on");
    assert!(told.contains("\"code\":\"milk\""), "{told}");
    world.close().await;
}

/// What the till is told of a sale: is it filed, and can it be claimed?
async fn told(world: &World, shop: &Shop, transaction: &str, user: Value) -> (Option<bool>, bool) {
    let sale = shop.sale(transaction, 100).and("/user", user);
    let answer = world
        .ask(post(SALES, sale.clone()).by(&shop.key))
        .await
        .is(201)
        .json();
    let again = world
        .ask(post(SALES, sale).by(&shop.key))
        .await
        .is(200)
        .json();
    assert_eq!(answer["claim_code"], again["claim_code"]);
    assert_eq!(answer["filed"], again["filed"]);
    (answer["filed"].as_bool(), answer["claim_code"].is_string())
}

async fn codes(world: &World, person: &Person, form: &str, count: u8) -> Vec<String> {
    let wanted = json!({"form": form, "count": count});
    let answer = world
        .ask(post("/v1/me/member-codes", wanted).by(&person.key))
        .await
        .is(201);
    let codes = answer.json()["codes"].as_array().unwrap().clone();
    let code = |code: &Value| code["code"].as_str().unwrap().to_owned();
    codes.iter().map(code).collect()
}

async fn a_blocked_shop_files_nothing(world: World) {
    let shop = world
        .shop_of(
            json!({"store_id": "n-1", "name": "北の店", "timezone": "Asia/Tokyo",
            "currency": "JPY", "chain_id": "north"}),
        )
        .await;
    let other = world.shop("tokyo").await;
    let ann = world.person_in_browser("ann").await;
    let phone = codes(&world, &ann, "short", 8).await;
    let card = codes(&world, &ann, "card", 1).await.remove(0);
    let by = |code: &str| json!({"member_code": code});
    let by_id = json!({"id": ann.id});
    assert_eq!(
        told(&world, &shop, "before", by(&phone[0])).await,
        (Some(true), false)
    );
    let known_card = told(&world, &shop, "card", by(&card)).await;
    let of = |what, id| [("what", what), ("id", id), ("back", "/shops/n-1#blocked")];
    let store = of("store", "n-1");
    let pressed = press(&world, &ann.cookie, "/blocks", &store).await.is(303);
    assert_eq!(pressed.header("location"), "/shops/n-1#blocked");
    for path in ["/shops/n-1", "/at/n-1", "/account"] {
        let shown = page(&world, &ann, path).await;
        assert!(
            shown.contains("Nothing has been filed since"),
            "{path}: {shown}"
        );
        assert!(shown.contains("action=\"/blocks/end\""), "{path}: {shown}");
    }
    assert_eq!(
        told(&world, &shop, "phone", by(&phone[1])).await,
        (Some(false), true)
    );
    assert_eq!(told(&world, &shop, "id", by_id.clone()).await, (None, true));
    // Nobody learns from the card who blocks; a code that was shown is used up; other shops file as ever.
    assert_eq!(
        told(&world, &shop, "card again", by(&card)).await,
        known_card
    );
    assert_eq!(
        told(&world, &other, "used", by(&phone[1])).await,
        (Some(false), true)
    );
    assert_eq!(
        told(&world, &other, "elsewhere", by(&phone[2])).await,
        (Some(true), false)
    );
    press(&world, &ann.cookie, "/blocks/end", &store)
        .await
        .is(303);
    assert_eq!(
        told(&world, &shop, "again", by(&phone[3])).await,
        (Some(true), false)
    );
    // The whole chain, and back again; twice is the same as once.
    let chain = of("chain", "north");
    for _ in 0..2 {
        press(&world, &ann.cookie, "/blocks", &chain).await.is(303);
    }
    assert_eq!(
        told(&world, &shop, "chain", by(&phone[4])).await,
        (Some(false), true)
    );
    for _ in 0..2 {
        press(&world, &ann.cookie, "/blocks/end", &chain)
            .await
            .is(303);
    }
    assert_eq!(told(&world, &shop, "back", by_id).await, (None, false));
    let account = page(&world, &ann, "/account").await;
    assert!(
        account.contains("A shop is blocked on its page"),
        "{account}"
    );
    let book = world.book(&ann, "?limit=100").await;
    let mut filed: Vec<_> = book
        .lines()
        .map(|line| line.rsplit_once(" milk").unwrap().0)
        .collect();
    filed.sort_unstable();
    assert_eq!(filed, ["again", "back", "before", "card", "elsewhere"]);
    // What is not there cannot be blocked, and nobody is led elsewhere.
    for (what, id, status) in [
        ("store", "no", 404),
        ("chain", "no", 404),
        ("store", "<b>", 404),
    ] {
        press(&world, &ann.cookie, "/blocks", &of(what, id))
            .await
            .is(status);
    }
    let away = [
        ("what", "store"),
        ("id", "n-1"),
        ("back", "https://evil.example/"),
    ];
    let pressed = press(&world, &ann.cookie, "/blocks/end", &away)
        .await
        .is(303);
    assert_eq!(pressed.header("location"), "/");
    let nobody = press(&world, "", "/blocks", &store).await.is(303);
    assert_eq!(nobody.header("location"), "/");
    world.close().await;
}

#[tokio::test]
async fn what_is_sold_at_a_blocked_shop_is_not_filed() {
    a_blocked_shop_files_nothing(World::open().await).await;
}

#[tokio::test]
async fn nor_is_it_in_front_of_a_database() {
    a_blocked_shop_files_nothing(World::on_database().await).await;
}

/// What was sold before the block comes late, and is filed; what was sold after it never is, even if it comes by
/// another server, which has not heard of the block.
#[tokio::test]
async fn the_time_of_the_sale_counts_on_every_server() {
    let world = World::on_database().await;
    let beside = world.beside().await;
    let shop = world.shop("tokyo").await;
    let ann = world.person_in_browser("ann").await;
    let sold = async |on: &World, transaction: &str, at: &str| {
        let sale = shop
            .sale_to(&ann.id, transaction, 100)
            .and("/purchased_at", json!(at));
        on.ask(post(SALES, sale).by(&shop.key)).await.is(201).json()["claim_code"].is_string()
    };
    // Both have met her.
    for (on, transaction) in [(&world, "1"), (&beside, "2")] {
        assert!(!sold(on, transaction, NOON).await);
    }
    world.at("2026-04-10T12:30:00+09:00");
    let fields = [("what", "store"), ("id", "tokyo"), ("back", "/account")];
    press(&world, &ann.cookie, "/blocks", &fields).await.is(303);
    world.at("2026-04-10T13:00:00+09:00");
    for (on, transaction) in [(&world, "a"), (&beside, "b")] {
        let of = |minute: &str| format!("2026-04-10T12:{minute}:00+09:00");
        assert!(
            !sold(on, &format!("{transaction}1"), &of("29")).await,
            "before"
        );
        assert!(
            sold(on, &format!("{transaction}2"), &of("30")).await,
            "at that instant"
        );
        assert!(
            sold(on, &format!("{transaction}3"), &of("31")).await,
            "after"
        );
    }
    press(&beside, &ann.cookie, "/blocks/end", &fields)
        .await
        .is(303);
    assert!(
        !sold(&world, "c", "2026-04-10T12:40:00+09:00").await,
        "taken back"
    );
    beside.running.stop().await;
    world.close().await;
}
