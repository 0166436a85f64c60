//! How every page reads, in both languages, in one small town at a fixed hour. What chance makes is masked. Whoever
//! changes a page reads here what its readers will read.

use crate::call::{Ask, cookie_of, form, get, post, put};
use crate::goods::{And, TODAY};
use crate::read::read;
use crate::world::{Person, Shop, World};
use serde_json::{Value, json};

mod account;
mod book;
mod claim;
mod console;
mod household;
mod items;
mod people;
mod records;
mod spending;
mod welcome;

/// The code on a receipt of a sale that is nobody's.
const PRINTED: &str = "01234567890123456784";

/// A supermarket and a chemist, Ann who buys at both, and whoever sits at the console.
struct Town {
    world: World,
    mart: Shop,
    ann: Person,
    /// Ann's newest sale: with an item that waits for its name, and one that is private.
    sale: String,
    /// The return of one of its items.
    back: String,
    /// The cookie of an operator for everything.
    desk: String,
}

impl Town {
    /// With the shops and their catalogues, and nothing sold.
    async fn quiet() -> Self {
        let world = World::open().await;
        let mart = shop(&world, "mart", "スーパーふじの木 緑町店").await;
        let ann = world.person_in_browser("ann").await;
        let entered = world.ask(form("/console/sign-in", &format!("key={}", world.operator)));
        let desk = cookie_of(&entered.await.is(303));
        let item = |code: &str, name: &str, price: u32| json!({"code": code, "name": name, "unit_price": price, "tax_percent": "8", "category": "食品", "effective_from": "2020-01-01T00:00:00+09:00"});
        let changes = [
            item("4901234567894", "おいしい牛乳 1L", 248),
            item("2000001", "ごはん 200g", 130),
        ];
        let update = json!({"base_revision": 0, "revision": 1, "changes": changes});
        let update = put(mart.path("/catalogue"), update).by(&mart.key);
        world.ask(update).await.is(200);
        Self {
            world,
            mart,
            ann,
            sale: String::new(),
            back: String::new(),
            desk,
        }
    }

    /// After a few weeks of buying.
    async fn busy() -> Self {
        let quiet = Self::quiet().await;
        let drug = shop(&quiet.world, "drug", "ドラッグはなみずき 緑町店").await;
        let Self {
            world, mart, ann, ..
        } = &quiet;
        let (milk, rice) = (line("4901234567894", 1, 248), line("2000001", 2, 130));
        let first = sold(mart, ann, "2026-03-03T10:15:00+09:00", &[&milk, &rice]);
        file(world, mart, first).await;
        let drops = line("77", 1, 980)
            .and("/name", json!("目薬"))
            .and("/sensitive", json!(true));
        let paper = line("78", 1, 398).and("/name", json!("ティッシュペーパー 5箱"));
        let second = sold(&drug, ann, "2026-04-09T18:30:00+09:00", &[&drops, &paper]);
        file(world, &drug, second).await;
        let milks = line("4901234567894", 2, 248)
            .and("/discount", json!(20))
            .and("/amount", json!(476));
        let sweet = line("2199032729580", 1, 180);
        let test = line("2000001", 1, 130).and("/sensitive", json!(true));
        let third = sold(
            mart,
            ann,
            "2026-04-10T11:30:00+09:00",
            &[&milks, &sweet, &test],
        )
        .and(
            "/adjustments",
            json!([{"kind": "coupon", "label": "アプリクーポン", "amount": -50}]),
        )
        .and(
            "/taxes",
            json!([{"percent": "8", "included": true, "taxable": 736, "tax": 54, "reduced": true}]),
        )
        .and("/tenders", json!([{"kind": "cash", "amount": 1000}]))
        .and("/change", json!(264))
        .and("/total", json!(736))
        .and("/receipt_number", json!("R-1002"))
        .and("/staff", json!("佐藤"))
        .and("/points", json!({"earned": 7, "balance": 120}))
        .and("/notes", json!(["またお越しください"]));
        let of = json!({"store_id": "mart", "terminal": "1", "business_date": TODAY, "transaction": "113000", "lines": [{"line": 1, "quantity": "1"}]});
        let sale = file(world, mart, third).await;
        let back = line("4901234567894", 1, 248)
            .and("/discount", json!(10))
            .and("/amount", json!(238));
        let back = sold(mart, ann, "2026-04-10T11:50:00+09:00", &[&back])
            .and("/kind", json!("return"))
            .and("/of", of);
        let back = file(world, mart, back).await;
        Self {
            sale,
            back,
            ..quiet
        }
    }

    /// A page in Japanese.
    async fn ja(&self, cookie: &str, path: &str) -> String {
        self.look(get(path), &format!("{cookie}; lang=ja")).await
    }

    /// A page in English.
    async fn en(&self, cookie: &str, path: &str) -> String {
        self.look(get(path), &format!("{cookie}; lang=en")).await
    }

    async fn look(&self, ask: Ask, cookie: &str) -> String {
        let page = self.world.ask(ask.with("cookie", cookie)).await;
        assert!(
            page.header("content-type").starts_with("text/html"),
            "{}",
            page.head
        );
        let text = read(&page.body).replace(self.world.running.app.site.base(), "http://orihon");
        let lines = text.lines().map(masked);
        lines.collect::<Vec<_>>().join("\n")
    }

    /// Presses a button; the answer leads on.
    async fn press(&self, cookie: &str, path: &str, fields: &str) -> String {
        let answer = self
            .world
            .ask(form(path, fields).with("cookie", cookie))
            .await;
        answer.is(303).header("location").to_owned()
    }
}

async fn shop(world: &World, id: &str, name: &str) -> Shop {
    let store = json!({"store_id": id, "name": name, "timezone": "Asia/Tokyo", "currency": "JPY", "address": "緑町1-2-3", "phone": "03-0000-0000", "issuer": {"name": "ふじの木商事", "registration_number": "T1234567890123"}});
    world.shop_of(store).await
}

fn line(code: &str, quantity: i64, price: i64) -> Value {
    json!({"code": code, "quantity": quantity.to_string(), "unit_price": price, "amount": quantity * price})
}

/// A sale to somebody at an instant, whose number is the time of day.
fn sold(shop: &Shop, person: &Person, at: &str, lines: &[&Value]) -> Value {
    let amounts = lines.iter().map(|line| line["amount"].as_i64().unwrap());
    let number = at[11..19].replace(':', "");
    shop.sale_to(&person.id, &number, amounts.sum())
        .and("/business_date", json!(at[..10]))
        .and("/purchased_at", json!(at))
        .and("/lines", json!(lines))
}

async fn file(world: &World, shop: &Shop, message: Value) -> String {
    let filed = world
        .ask(post("/v1/settlements", message).by(&shop.key))
        .await;
    filed.is(201).text("/purchase_id")
}

/// A line without what chance made of it: ids, codes, and digits of codes in groups.
fn masked(line: &str) -> String {
    let words: Vec<_> = line.split(' ').collect();
    // Codes stand in groups: digits of a member code, letters and digits of others.
    let is_group = |word: &&str| {
        let is_of_code = |byte: u8| byte.is_ascii_digit() || byte.is_ascii_uppercase();
        word.bytes().all(is_of_code)
    };
    if words.len() > 3 && words.iter().all(is_group) {
        return "(…)".to_owned();
    }
    let is_pairing = |word: &&&str| {
        let groups: Vec<_> = word.split('-').collect();
        groups.len() == 3
            && groups
                .iter()
                .all(|group| group.len() == 4 && is_group(group))
    };
    if let Some(code) = words.iter().find(is_pairing) {
        return masked(&line.replace(code, "…"));
    }
    let mut shown = String::new();
    let mut rest = line;
    while !rest.is_empty() {
        let is_of_token = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let end = rest.find(|c| !is_of_token(c)).unwrap_or(rest.len());
        let (token, after) = rest.split_at(end);
        let next = after.chars().next().map_or(0, char::len_utf8);
        let (between, after) = after.split_at(next);
        let is_chance = (token.len() > 19 || between == "…" && token.len() == 12)
            && token.bytes().any(|byte| byte.is_ascii_digit());
        match (is_chance, token.split_once('_')) {
            (false, _) => shown += token,
            (true, None) => shown.push('…'),
            (true, Some((kind, _))) if kind.len() < 4 => shown += &format!("{kind}_…"),
            (true, Some(_)) => shown.push('…'),
        }
        shown += between;
        rest = after;
    }
    shown
}
