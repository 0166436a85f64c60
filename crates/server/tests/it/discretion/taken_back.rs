//! What comes back of something private: as private as that, in every place where somebody else looks.

use super::*;
use crate::household::{called, host, joined, share};
use crate::partners::{give, partner, people, read};

/// A street in which everybody who may look at Ann's purchases looks.
pub(super) struct Street {
    pub(super) world: World,
    pub(super) shop: Shop,
    pub(super) ann: Person,
    /// Who lives with her, and what she is called there.
    bob: Person,
    of_ann: String,
    partner: crate::partners::Partner,
    /// What the partner calls her.
    name: String,
    /// The browser of an operator who gave a reason.
    desk: String,
}

impl Street {
    pub(super) async fn open() -> Self {
        let world = World::open().await;
        let shop = world.shop("tokyo").await;
        let told = json!({"base_revision": 0, "revision": 1, "changes": [
            {"code": "listed", "name": "listed", "sensitive": true, "effective_from": NOON}]});
        let path = shop.path("/catalogue");
        world.ask(put(path, told).by(&shop.key)).await.is(200);
        let ann = host(&world, "Ann").await;
        let bob = joined(&world, &ann, "Bob").await;
        share(&world, &ann, "everything").await;
        let partner = partner(&world, "Kakeibo").await;
        give(&world, &ann, &partner, "everything", "year").await;
        let name = people(&world, &partner).await.remove(0);
        let key = [("key", world.operator.as_str())];
        let signed_in = press(&world, "", "/console/sign-in", &key).await;
        let desk = cookie_of(&signed_in.is(303));
        let first = shop.sale_to(&ann.id, "first", 1);
        let first = world.ask(post(SALES, first).by(&shop.key)).await.is(201);
        let of_ann = called(&world, &bob, &first.text("/purchase_id")).await;
        Self {
            world,
            shop,
            ann,
            bob,
            of_ann,
            partner,
            name,
            desk,
        }
    }

    pub(super) async fn file(&self, message: Value) -> String {
        let filed = self.world.ask(post(SALES, message).by(&self.shop.key));
        filed.await.is(201).text("/purchase_id")
    }

    /// Whether a purchase is told whole: in the household's list and by its own page there, to a partner, to an
    /// operator by the interface, and to an open page.
    pub(super) async fn to_others(&self, id: &str) -> [bool; 5] {
        let book = page(&self.world, &self.bob, "/household/book").await;
        let entry = book.split(&format!("id=\"{id}\"")).nth(1).unwrap();
        let entry = entry.split("</details>").next().unwrap();
        let path = format!("/household/{}/{id}", self.of_ann);
        let receipt = page(&self.world, &self.bob, &path).await;
        let whole = |answer: &Answer| {
            let page = answer.json();
            let mut all = page["purchases"].as_array().unwrap().iter();
            let found = all.find(|it| it["purchase_id"] == id);
            found.expect("it is given")["private"] != true
        };
        let given = read(&self.world, &self.partner, &self.name, "?limit=100").await;
        let path = format!("/v1/users/{}/look?limit=100", self.ann.id);
        let look = post(path, json!({"reason": "asked at the desk"}));
        let looked = self.world.order(look).await;
        [
            !entry.contains("something private"),
            !receipt.contains("something private"),
            whole(&given.is(200)),
            whole(&looked.is(200)),
            self.live(id).await.contains("\"lines\""),
        ]
    }

    /// What an open page that lost its connection is told of a purchase.
    async fn live(&self, id: &str) -> String {
        let ask = get("/book/live").with("cookie", &self.ann.cookie);
        let mut open = self.world.line().await;
        open.say(&ask.with("last-event-id", "0").bytes()).await;
        open.head().await.is(200);
        loop {
            let told = open.event().await.expect("the stream goes on");
            if told.contains(&format!("\"purchase_id\":\"{id}\"")) {
                return told;
            }
        }
    }

    /// Whether what a return is called stands in the console: among a person's purchases, on the receipt, and where
    /// other content came under the same number and calls it otherwise.
    async fn at_the_desk(&self, number: &str) -> [bool; 3] {
        let person = format!("/console/people/{}", self.ann.id);
        let reason = [("reason", "asked at the desk")];
        let look = format!("{person}/look");
        let allowed = press(&self.world, &self.desk, &look, &reason).await;
        allowed.is(303);
        let open = async |path: &str| {
            let ask = get(path).with("cookie", &self.desk);
            self.world.ask(ask).await.is(200).body
        };
        let sought = [("store_id", "tokyo"), ("date", TODAY), ("number", number)];
        let receipts = press(&self.world, &self.desk, "/console/receipts", &sought);
        let conflicts = open("/console/stores/tokyo/conflicts").await;
        [
            open(&format!("{person}/book"))
                .await
                .contains(&back(number)),
            receipts.await.is(200).body.contains(&back(number)),
            conflicts.contains(&again(number)),
        ]
    }
}

fn back(number: &str) -> String {
    format!("[back {number}]")
}

fn again(number: &str) -> String {
    format!("[again {number}]")
}

/// What comes back.
#[derive(Clone, Copy)]
enum Back {
    /// So much of a line.
    Line(u16, i64),
    /// All of it.
    All,
}

/// A return of one line, under a code and a name that nothing is said of.
fn returned(shop: &Shop, sale: Value, of: &str, (line, name): (u16, &str)) -> Value {
    let lines = json!([{"line": line, "quantity": "1"}]);
    sale.and("/kind", json!("return"))
        .and("/lines/0/code", json!("x"))
        .and("/lines/0/name", json!(name))
        .and("/of", shop.key_of(of).and("/lines", lines))
}

#[tokio::test]
async fn nobody_else_learns_by_a_return_what_the_sale_did_not_tell() {
    let street = Street::open().await;
    let shop = &street.shop;
    let line = |code: &str, amount: i64| json!({"code": code, "quantity": "1", "unit_price": amount, "amount": amount});
    let sent = |amount: i64| line("tea", amount).and("/sensitive", json!(true));
    let (first, second) = (Back::Line(1, 200), Back::Line(2, 300));
    let [t, f] = [true, false];
    let (shown, hidden) = ([t; 3], [f; 3]);
    // The lines sold, what came back of them, what Ann says of the sale and of the return; whether the return is told
    // whole to others, and where it is named at the desk.
    for (number, (lines, back_of, said, whole, named)) in [
        (json!([line("tea", 200)]), first, ["", ""], t, shown),
        (json!([sent(200)]), first, ["", ""], f, hidden),
        (json!([line("listed", 200)]), first, ["", ""], f, hidden),
        // Her own word on the return comes first, then that on the sale, then that on the item. What came under the
        // same number is another return, of which the shop's word holds as well.
        (
            json!([sent(200)]),
            first,
            ["", "plain here 1"],
            t,
            [t, t, f],
        ),
        (
            json!([sent(200)]),
            first,
            ["plain here 1", ""],
            t,
            [t, t, f],
        ),
        (
            json!([line("tea", 200)]),
            first,
            ["", "private here 1"],
            f,
            [f, f, t],
        ),
        (
            json!([line("tea", 200)]),
            first,
            ["private here 1", ""],
            f,
            hidden,
        ),
        (
            json!([line("own", 200)]),
            first,
            ["private always 1", ""],
            f,
            hidden,
        ),
        // The plain one of two: by name it tells nothing, but whole it would tell of the other.
        (
            json!([line("tea", 200), sent(300)]),
            first,
            ["", ""],
            f,
            shown,
        ),
        (
            json!([line("tea", 200), sent(300)]),
            second,
            ["", ""],
            f,
            hidden,
        ),
        // A void has no lines to be named.
        (json!([line("tea", 200)]), Back::All, ["", ""], t, hidden),
        (json!([sent(200)]), Back::All, ["", ""], f, hidden),
        (json!([line("listed", 200)]), Back::All, ["", ""], f, hidden),
    ]
    .into_iter()
    .enumerate()
    {
        let (of, number) = (format!("s{number}"), format!("r{number}"));
        let total = lines.as_array().unwrap().iter();
        let total = total.map(|line| line["amount"].as_i64().unwrap()).sum();
        let sale = shop.sale_to(&street.ann.id, &of, total);
        let sale = street.file(sale.and("/lines", lines.clone())).await;
        let by_her = |amount: i64| shop.sale_to(&street.ann.id, &number, amount);
        let id = match back_of {
            Back::Line(line, amount) => {
                let message = returned(shop, by_her(amount), &of, (line, &back(&number)));
                let other = returned(shop, by_her(amount + 1), &of, (line, &again(&number)));
                let id = street.file(message).await;
                let other = other.and("/lines/0/code", json!("y"));
                let other = street.world.ask(post(SALES, other).by(&shop.key));
                other.await.is(409);
                id
            }
            Back::All => {
                let void = by_her(total).and("/kind", json!("void"));
                let void = void.and("/lines", json!([])).and("/of", shop.key_of(&of));
                street.file(void).await
            }
        };
        for (choice, id) in said.into_iter().zip([&sale, &id]) {
            if !choice.is_empty() {
                let path = format!("/book/{id}/private");
                let fields = [("choice", choice)];
                let pressed = press(&street.world, &street.ann.cookie, &path, &fields);
                pressed.await.is(303);
            }
        }
        let what = format!("{number}: of {lines} {said:?}");
        assert_eq!(street.to_others(&id).await, [whole; 5], "{what}");
        assert_eq!(street.at_the_desk(&number).await, named, "{what}");
    }
    street.world.close().await;
}

/// Of what is nobody's the shop's word counts; and of what somebody else bought, theirs counts as well.
#[tokio::test]
async fn it_is_so_whoever_brings_it_back() {
    let street = Street::open().await;
    let (shop, ann) = (&street.shop, &street.ann);
    let cat = street.world.person("cat").await;
    let buyer = |person: Option<&Person>, number: &str| match person {
        Some(person) => shop.sale_to(&person.id, number, 200),
        None => shop.sale(number, 200),
    };
    // Who buys and who brings back; whether the shop says that it is private, or else Ann; is it named at the desk?
    for (number, (bought, brought, sensitive, choice, is_named)) in [
        (None, None, false, "", true),
        (None, None, true, "", false),
        (None, Some(&cat), true, "", false),
        (Some(ann), Some(&cat), false, "", true),
        (Some(ann), Some(&cat), true, "", false),
        (Some(ann), Some(&cat), false, "private here 1", false),
    ]
    .into_iter()
    .enumerate()
    {
        let (of, number) = (format!("s{number}"), format!("r{number}"));
        let sale = buyer(bought, &of).and("/lines/0/sensitive", json!(sensitive));
        let sale = street.file(sale).await;
        street
            .file(returned(
                shop,
                buyer(brought, &number),
                &of,
                (1, &back(&number)),
            ))
            .await;
        if !choice.is_empty() {
            let path = format!("/book/{sale}/private");
            let fields = [("choice", choice)];
            let pressed = press(&street.world, &ann.cookie, &path, &fields).await;
            pressed.is(303);
        }
        let [_, receipt, _] = street.at_the_desk(&number).await;
        assert_eq!(receipt, is_named, "{number}: {sensitive} {choice}");
    }
    street.world.close().await;
}

/// A shop can name returns in a circle; that ends, and what is behind it is rather not shown.
#[tokio::test]
async fn returns_that_name_each_other_are_not_shown() {
    let street = Street::open().await;
    let shop = &street.shop;
    let mut last = String::new();
    for (number, of) in [("a", "b"), ("b", "a")] {
        let sale = shop.sale_to(&street.ann.id, number, 200);
        last = street
            .file(returned(shop, sale, of, (1, &back(number))))
            .await;
    }
    assert_eq!(street.to_others(&last).await, [false; 5]);
    street.world.close().await;
}
