//! Names as of the sale, from the till to the person's book: the contract's rules one by one.

use crate::call::{get, post, put};
use crate::goods::{And, named};
use crate::world::{NOON, Person, Shop, World};
use serde_json::{Value, json};

/// A store, a person, and what the store says.
struct Town {
    world: World,
    mart: Shop,
    ann: Person,
}

impl Town {
    async fn open() -> Self {
        let world = World::open().await;
        let (mart, ann) = (world.shop("mart").await, world.person("ann").await);
        Self { world, mart, ann }
    }

    /// A catalogue update; how many waiting lines it named.
    async fn update(&self, update: Value) -> u64 {
        let ask = put(self.mart.path("/catalogue"), update).by(&self.mart.key);
        self.world.ask(ask).await.is(200).json()["names_resolved"]
            .as_u64()
            .unwrap()
    }

    /// A sale of `code` at `time`; how many lines it left without a name.
    async fn sell(&self, transaction: &str, code: &str, time: &str) -> u64 {
        self.sell_marked(transaction, code, time, json!({})).await
    }

    async fn sell_marked(&self, transaction: &str, code: &str, time: &str, mark: Value) -> u64 {
        let mut sale = self
            .mart
            .sale_to(&self.ann.id, transaction, 250)
            .and("/lines/0/code", json!(code))
            .and("/purchased_at", json!(time));
        for (name, value) in mark.as_object().unwrap() {
            sale = sale.and(&format!("/{name}"), value.clone());
        }
        let answer = self
            .world
            .ask(post("/v1/settlements", &sale).by(&self.mart.key))
            .await
            .is(201);
        // The same again says what the line has by now.
        let again = self
            .world
            .ask(post("/v1/settlements", sale).by(&self.mart.key))
            .await
            .is(200);
        assert_eq!(
            again.json()["pending_lines"],
            answer.json()["pending_lines"]
        );
        answer.json()["pending_lines"].as_u64().unwrap()
    }

    async fn book(&self) -> String {
        let book = self.world.book(&self.ann, "").await;
        // Sales of one instant stand in any order.
        let mut lines: Vec<_> = book.lines().collect();
        lines.sort_unstable();
        lines.join("\n")
    }

    async fn pending(&self) -> String {
        let answer = self
            .world
            .ask(get(self.mart.path("/pending")).by(&self.mart.key))
            .await;
        self.world.show(&answer)
    }
}

#[tokio::test]
async fn a_line_has_the_name_that_held_at_its_time() {
    let town = Town::open().await;
    town.update(named(0, 1, "milk", "牛乳", "2026-04-01T00:00:00+09:00"))
        .await;
    town.update(named(1, 2, "milk", "特選牛乳", "2026-04-09T00:00:00+09:00"))
        .await;
    town.update(named(2, 5, "milk", "夏の牛乳", "2026-06-01T00:00:00+09:00"))
        .await;
    for (transaction, time, waits) in [
        ("before", "2026-03-31T23:59:59.999+09:00", 1),
        ("first", "2026-04-01T00:00:00+09:00", 0),
        ("last", "2026-04-08T23:59:59.999+09:00", 0),
        ("next", "2026-04-09T00:00:00+09:00", 0),
        ("now", NOON, 0),
    ] {
        assert_eq!(
            town.sell(transaction, "milk", time).await,
            waits,
            "{transaction}"
        );
    }
    // A till that has not heard of the second name yet.
    let old_till = json!({"catalogue_revision": 1});
    assert_eq!(
        town.sell_marked("old till", "milk", NOON, old_till).await,
        0
    );
    insta::assert_snapshot!(town.book().await, @"
    before milk: - (pending)
    first milk: 牛乳 (revision 1)
    last milk: 牛乳 (revision 1)
    next milk: 特選牛乳 (revision 2)
    now milk: 特選牛乳 (revision 2)
    old till milk: 牛乳 (revision 1)
    ");
    town.world.close().await;
}

#[tokio::test]
async fn a_sale_that_overtakes_its_catalogue_waits_for_it() {
    let town = Town::open().await;
    town.update(named(0, 1, "milk", "牛乳", "2026-04-01T00:00:00+09:00"))
        .await;
    let ahead = |revision: u64| json!({"catalogue_revision": revision});
    assert_eq!(town.sell_marked("ahead", "milk", NOON, ahead(3)).await, 1);
    assert_eq!(
        town.sell_marked("far ahead", "milk", NOON, ahead(9)).await,
        1
    );
    insta::assert_snapshot!(town.book().await, @"
    ahead milk: - (pending)
    far ahead milk: - (pending)
    ");
    town.world.at("2026-04-11T09:00:00+09:00");
    // Not far enough for either; then far enough for the first.
    assert_eq!(
        town.update(named(1, 2, "milk", "牛乳２", "2026-04-02T00:00:00+09:00"))
            .await,
        0
    );
    let third = named(2, 4, "milk", "牛乳４", "2026-04-03T00:00:00+09:00");
    assert_eq!(town.update(third.clone()).await, 1);
    assert_eq!(town.update(third).await, 0);
    insta::assert_snapshot!(town.book().await, @"
    ahead milk: 牛乳２ (revision 2) since 2026-04-11T09:00:00+09:00
    far ahead milk: - (pending)
    ");
    insta::assert_snapshot!(town.pending().await, @r#"
    200 application/json
    {
      "pending": [
        {
          "code": "milk",
          "lines": 1,
          "first_seen": "2026-04-10T12:00:00+09:00",
          "last_seen": "2026-04-10T12:00:00+09:00"
        }
      ]
    }
    "#);
    town.world.close().await;
}

#[tokio::test]
async fn a_name_learnt_later_is_given_once() {
    let town = Town::open().await;
    assert_eq!(town.sell("t-1", "bread", NOON).await, 1);
    town.world.at("2026-04-10T18:30:00+09:00");
    assert_eq!(
        town.sell("t-2", "bread", "2026-04-10T18:00:00+09:00").await,
        1
    );
    insta::assert_snapshot!(town.pending().await, @r#"
    200 application/json
    {
      "pending": [
        {
          "code": "bread",
          "lines": 2,
          "first_seen": "2026-04-10T12:00:00+09:00",
          "last_seen": "2026-04-10T18:00:00+09:00"
        }
      ]
    }
    "#);
    // The first revision that names the code names the lines, whatever its date.
    assert_eq!(
        town.update(named(0, 7, "bread", "食パン", "2026-05-01T00:00:00+09:00"))
            .await,
        2
    );
    town.world.at("2026-04-10T19:00:00+09:00");
    assert_eq!(
        town.update(named(7, 8, "bread", "角食", "2026-01-01T00:00:00+09:00"))
            .await,
        0
    );
    assert_eq!(town.sell("t-3", "bread", NOON).await, 0);
    insta::assert_snapshot!(town.book().await, @"
    t-1 bread: 食パン (revision 7) since 2026-04-10T18:30:00+09:00
    t-2 bread: 食パン (revision 7) since 2026-04-10T18:30:00+09:00
    t-3 bread: 角食 (revision 8)
    ");
    let counts = town
        .world
        .order(get("/v1/counts?by=user"))
        .await
        .is(200)
        .json();
    assert_eq!(counts["total"]["pending_lines"], 0);
    town.world.close().await;
}

#[tokio::test]
async fn after_a_month_the_store_confirms() {
    let town = Town::open().await;
    let sold = "2026-03-10T12:00:00+09:00";
    assert_eq!(town.sell("exactly", "bread", sold).await, 1);
    assert_eq!(
        town.sell("older", "bread", "2026-03-10T11:59:59.999+09:00")
            .await,
        1
    );
    assert_eq!(
        town.update(named(0, 1, "bread", "食パン", sold)).await,
        1,
        "31 days to the instant"
    );
    insta::assert_snapshot!(town.pending().await, @r#"
    200 application/json
    {
      "pending": [
        {
          "code": "bread",
          "lines": 1,
          "first_seen": "2026-03-10T11:59:59.999+09:00",
          "last_seen": "2026-03-10T11:59:59.999+09:00",
          "confirm_revision": 1
        }
      ]
    }
    "#);
    let confirm = |revision: u64| {
        post(
            town.mart.path("/pending/bread"),
            json!({"revision": revision}),
        )
        .by(&town.mart.key)
    };
    town.world.ask(confirm(2)).await.is(422);
    town.world.at("2026-04-12T08:00:00+09:00");
    insta::assert_snapshot!(town.world.shown(confirm(1)).await, @r#"
    200 application/json
    {"revision":1,"items":1,"names_resolved":1}
    "#);
    assert_eq!(
        town.world.ask(confirm(1)).await.is(200).json()["names_resolved"],
        0
    );
    insta::assert_snapshot!(town.book().await, @"
    exactly bread: 食パン (revision 1) since 2026-04-10T12:00:00+09:00
    older bread: 食パン (revision 1) since 2026-04-12T08:00:00+09:00
    ");
    let nothing = town
        .world
        .ask(get(town.mart.path("/pending")).by(&town.mart.key))
        .await;
    assert_eq!(nothing.body, "{\"pending\":[]}");
    town.world.close().await;
}

#[tokio::test]
async fn a_code_may_end_and_begin_again_as_something_else() {
    let town = Town::open().await;
    town.update(named(0, 1, "871", "桜もち", "2026-03-01T00:00:00+09:00"))
        .await;
    let end = json!([{"code": "871", "discontinued": true,
        "effective_from": "2026-04-01T00:00:00+09:00"}]);
    town.update(named(1, 2, "", "", "").and("/changes", end))
        .await;
    // A late sale of what is no longer sold is still that.
    assert_eq!(
        town.sell("late", "871", "2026-04-05T00:00:00+09:00").await,
        0
    );
    town.update(named(2, 3, "871", "柏もち", "2026-04-08T00:00:00+09:00"))
        .await;
    assert_eq!(
        town.sell("between", "871", "2026-04-07T23:59:59+09:00")
            .await,
        0
    );
    assert_eq!(town.sell("again", "871", NOON).await, 0);
    assert_eq!(
        town.sell("long ago", "871", "2026-03-02T00:00:00+09:00")
            .await,
        0
    );
    // One that ended before it had any name waits for the store's word.
    let end = json!([{"code": "872", "discontinued": true,
        "effective_from": "2026-04-01T00:00:00+09:00"}]);
    town.update(named(3, 4, "", "", "").and("/changes", end))
        .await;
    assert_eq!(town.sell("nameless", "872", NOON).await, 1);
    assert_eq!(town.update(named(4, 5, "872", "草もち", NOON)).await, 0);
    insta::assert_snapshot!(town.book().await, @"
    again 871: 柏もち (revision 3)
    between 871: 桜もち (revision 1)
    late 871: 桜もち (revision 1)
    long ago 871: 桜もち (revision 1)
    nameless 872: - (pending)
    ");
    insta::assert_snapshot!(town.pending().await, @r#"
    200 application/json
    {
      "pending": [
        {
          "code": "872",
          "lines": 1,
          "first_seen": "2026-04-10T12:00:00+09:00",
          "last_seen": "2026-04-10T12:00:00+09:00",
          "confirm_revision": 5
        }
      ]
    }
    "#);
    town.world.close().await;
}

#[tokio::test]
async fn a_name_that_was_sent_stays_and_all_of_the_item_is_frozen() {
    let town = Town::open().await;
    assert_eq!(town.sell("t-0", "milk", NOON).await, 1);
    let sale = town
        .mart
        .sale_to(&town.ann.id, "t-1", 250)
        .and("/lines/0/name", json!("おすすめ牛乳"));
    town.world
        .ask(post("/v1/settlements", sale).by(&town.mart.key))
        .await
        .is(201);
    let whole = named(0, 1, "milk", "牛乳", NOON).and("/changes/0", json!({
        "code": "milk", "name": "明治おいしい牛乳", "short_name": "ﾒｲｼﾞ ｷﾞｭｳﾆｭｳ", "reading": "めいじおいしいぎゅうにゅう",
        "size": "1L", "gtin": "4902705126626", "kind": "goods", "category": "乳製品",
        "unit_price": 250, "tax_percent": "8", "tax_included": true, "sensitive": true,
        "unit": "本", "effective_from": NOON,
    }));
    town.world.at("2026-04-10T13:00:00+09:00");
    assert_eq!(town.update(whole).await, 1);
    assert_eq!(town.update(named(1, 2, "milk", "ミルク", NOON)).await, 0);
    assert_eq!(town.sell("t-2", "milk", NOON).await, 0);
    insta::assert_snapshot!(town.book().await, @"
    t-0 milk: 明治おいしい牛乳 (revision 1) since 2026-04-10T13:00:00+09:00
    t-1 milk: おすすめ牛乳 (sent)
    t-2 milk: ミルク (revision 2)
    ");
    let page = town
        .world
        .ask(get("/v1/me/purchases").by(&town.ann.key))
        .await
        .json();
    let frozen = page["purchases"].as_array().unwrap().iter();
    let frozen = frozen.map(|purchase| &purchase["lines"][0]);
    let frozen = frozen
        .filter(|line| line["catalogue_revision"] == 1)
        .collect::<Vec<_>>();
    insta::assert_snapshot!(crate::show::indented(&json!(frozen).to_string()), @r#"
    [
      {
        "amount": 250,
        "catalogue_revision": 1,
        "category": "乳製品",
        "code": "milk",
        "discount": 0,
        "gtin": "4902705126626",
        "kind": "goods",
        "line": 1,
        "name": "明治おいしい牛乳",
        "name_source": "catalogue",
        "named_at": "2026-04-10T13:00:00+09:00",
        "quantity": "1",
        "reading": "めいじおいしいぎゅうにゅう",
        "returned": "0",
        "sensitive": true,
        "short_name": "ﾒｲｼﾞ ｷﾞｭｳﾆｭｳ",
        "size": "1L",
        "tax_included": true,
        "tax_percent": "8",
        "unit": "each",
        "unit_price": 250
      }
    ]
    "#);
    town.world.close().await;
}
