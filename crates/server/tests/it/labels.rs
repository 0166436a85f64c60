//! Labels of a store's own scales, from the till to the person's book: patterns travel with the
//! catalogue, and the server reads a label as the till does.

use crate::call::{get, post, put, until};
use crate::goods::And;
use crate::world::{NOON, Person, Shop, World};
use ledger::write::{CatalogueWrite, Step, Write};
use purchase::id::{Revision, StoreId};
use serde_json::{Value, json};

const LABEL: &str = "2212345001989";
const ANOTHER: &str = "2212345002504";
const MORNING: &str = "2026-04-10T06:00:00+09:00";

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

    async fn put(&self, path: &str, message: Value) -> String {
        let ask = put(self.mart.path(path), message).by(&self.mart.key);
        let answer = self.world.ask(ask).await;
        self.world.show(&answer)
    }

    async fn get(&self, path: &str) -> String {
        let answer = self
            .world
            .ask(get(self.mart.path(path)).by(&self.mart.key))
            .await;
        self.world.show(&answer)
    }

    /// A sale of `code` at noon; the same again answers the same.
    async fn sell(&self, transaction: &str, code: &str, mark: Option<u64>) {
        let mut sale = self
            .mart
            .sale_to(&self.ann.id, transaction, 198)
            .and("/lines/0/code", json!(code))
            .and("/purchased_at", json!(NOON));
        if let Some(revision) = mark {
            sale = sale.and("/catalogue_revision", json!(revision));
        }
        for status in [201, 200] {
            let ask = post("/v1/settlements", &sale).by(&self.mart.key);
            self.world.ask(ask).await.is(status);
        }
    }

    async fn book(&self) -> String {
        let book = self.world.book(&self.ann, "").await;
        let mut lines: Vec<_> = book.lines().collect();
        lines.sort_unstable();
        lines.join("\n")
    }
}

fn ham(base: u64, from: &str) -> Value {
    let change = json!({"code": "2212345000000", "name": "ハム", "effective_from": from});
    json!({"base_revision": base, "revision": base + 1, "changes": [change]})
}

fn patterns(base: u64, from: &str, patterns: &[&str]) -> Value {
    json!({"base_revision": base, "revision": base + 1, "changes": [], "patterns": patterns,
        "patterns_effective_from": from})
}

#[tokio::test]
async fn a_label_is_named_by_its_item() {
    let town = Town::open().await;
    let both = ham(0, MORNING)
        .and("/patterns", json!(["22IIIIIPPPPPC"]))
        .and("/patterns_effective_from", json!(MORNING));
    let first = town.put("/catalogue", both.clone()).await;
    assert_eq!(
        town.put("/catalogue", both.clone()).await,
        first,
        "the same again"
    );
    let others = both.and("/patterns", json!(["22IIIIIIPPPPC"]));
    let forked = town.put("/catalogue", others).await;
    town.sell("label", LABEL, Some(1)).await;
    town.sell("unread", "2312345001986", None).await;
    insta::assert_snapshot!([first, forked, town.book().await].join("\n"), @r#"
    200 application/json
    {"revision":1,"items":1,"names_resolved":0}
    409 application/problem+json
    {
      "type": "/problems/catalogue_forked",
      "title": "The revision has other content",
      "status": 409,
      "detail": "this revision was written with other content; send a snapshot under a new lineage",
      "code": "catalogue_forked",
      "request_id": "req_…",
      "errors": []
    }
    label 2212345001989: ハム (revision 1)
    unread 2312345001986: - (pending)
    "#);
    let own = json!({"base_revision": 1, "revision": 2, "changes": [
        {"code": ANOTHER, "name": "ギフト", "effective_from": MORNING}]});
    town.put("/catalogue", own).await;
    town.sell("own", ANOTHER, None).await;
    town.sell("own, older till", ANOTHER, Some(1)).await;
    insta::assert_snapshot!(town.book().await, @"
    label 2212345001989: ハム (revision 1)
    own 2212345002504: ギフト (revision 2)
    own, older till 2212345002504: ハム (revision 1)
    unread 2312345001986: - (pending)
    ");
    town.world.close().await;
}

#[tokio::test]
async fn whichever_is_learnt_later_names_the_line() {
    let town = Town::open().await;
    town.sell("item and pattern", LABEL, None).await;
    let item = town.put("/catalogue", ham(0, MORNING)).await;
    town.sell("pattern", ANOTHER, None).await;
    let pattern = town
        .put("/catalogue", patterns(1, NOON, &["22IIIIIPPPPPC"]))
        .await;
    town.sell("nameless", "2254321001989", None).await;
    let told = town.get("/pending").await;
    let fish = json!({"base_revision": 2, "revision": 3, "changes": [
        {"code": "2254321000000", "name": "魚", "effective_from": "2026-04-11T00:00:00+09:00"}]});
    let named = town.put("/catalogue", fish).await;
    let all = [item, pattern, told, named, town.book().await];
    insta::assert_snapshot!(all.join("\n"), @r#"
    200 application/json
    {"revision":1,"items":1,"names_resolved":0}
    200 application/json
    {"revision":2,"items":1,"names_resolved":2}
    200 application/json
    {
      "pending": [
        {
          "code": "2254321001989",
          "item": "2254321000000",
          "lines": 1,
          "first_seen": "2026-04-10T12:00:00+09:00",
          "last_seen": "2026-04-10T12:00:00+09:00"
        }
      ]
    }
    200 application/json
    {"revision":3,"items":2,"names_resolved":1}
    item and pattern 2212345001989: ハム (revision 1) since 2026-04-10T12:00:00+09:00
    nameless 2254321001989: 魚 (revision 3) since 2026-04-10T12:00:00+09:00
    pattern 2212345002504: ハム (revision 1) since 2026-04-10T12:00:00+09:00
    "#);
    town.world.close().await;
}

#[tokio::test]
async fn patterns_are_told_to_whoever_follows() {
    let town = Town::open().await;
    let none = town.get("/catalogue").await;
    town.put("/catalogue", ham(0, MORNING)).await;
    town.put(
        "/catalogue",
        patterns(1, MORNING, &["22IIIIIPPPPPC", "02IIIIIWWWWWC"]),
    )
    .await;
    town.put("/catalogue", patterns(2, NOON, &["22IIIIIPPPPPC"]))
        .await;
    let now = town.get("/catalogue").await;
    let all = town.get("/catalogue/changes?after=0").await;
    let next = town.get("/catalogue/changes?after=1").await;
    let last = town.get("/catalogue/changes?after=3").await;
    insta::assert_snapshot!([none, now, all, next, last].join("\n"), @r#"
    200 application/json
    {
      "revision": 0,
      "lineage": null,
      "items": 0,
      "digest": "0000000000000000000000000000000000000000000000000000000000000000"
    }
    200 application/json
    {
      "revision": 3,
      "lineage": null,
      "items": 1,
      "digest": "fadcc4d56bbcd4ceb50a1ab8bee80319ec5f39851568292f129f8d15d820c617",
      "patterns": ["22IIIIIPPPPPC"]
    }
    200 application/json
    {
      "revision": 3,
      "lineage": null,
      "changes": [
        {
          "code": "2212345000000",
          "revision": 1,
          "effective_from": "2026-04-10T06:00:00+09:00",
          "name": "ハム",
          "kind": "goods"
        }
      ],
      "next_after": 1
    }
    200 application/json
    {
      "revision": 3,
      "lineage": null,
      "changes": [],
      "patterns": [
        {
          "revision": 2,
          "effective_from": "2026-04-10T06:00:00+09:00",
          "patterns": ["02IIIIIWWWWWC","22IIIIIPPPPPC"]
        },
        {"revision":3,"effective_from":"2026-04-10T12:00:00+09:00","patterns":["22IIIIIPPPPPC"]}
      ],
      "next_after": null
    }
    200 application/json
    {"revision":3,"lineage":null,"changes":[],"next_after":null}
    "#);
    town.world.close().await;
}

#[tokio::test]
async fn a_snapshot_leaves_replaces_or_takes_away_the_patterns() {
    let town = Town::open().await;
    town.put("/catalogue", patterns(0, MORNING, &["22IIIIIPPPPPC"]))
        .await;
    let snapshot = |base: u64, more: Value| {
        let mut message = json!({"base_revision": base, "revision": base + 1,
            "effective_from": NOON, "items": []});
        for (name, value) in more.as_object().unwrap() {
            message = message.and(&format!("/{name}"), value.clone());
        }
        message
    };
    let mut told = Vec::new();
    for (base, more) in (1..).zip([
        json!({}),
        json!({"patterns": ["22IIIIIPPPPPC"]}),
        json!({"patterns": ["29IIIIIPPPPPC"], "patterns_effective_from": "2026-04-10T13:00:00+09:00"}),
        json!({"patterns": []}),
        json!({"patterns": ["29IIIIIPPPPPC", "2912IIIPPPPPC"]}),
    ]) {
        told.push(town.put("/catalogue/snapshot", snapshot(base, more)).await);
    }
    told.push(town.get("/catalogue/changes").await);
    insta::assert_snapshot!(told.join("\n"), @r#"
    200 application/json
    {"revision":2,"items":0,"names_resolved":0}
    200 application/json
    {"revision":3,"items":0,"names_resolved":0}
    200 application/json
    {"revision":4,"items":0,"names_resolved":0}
    200 application/json
    {"revision":5,"items":0,"names_resolved":0}
    422 application/problem+json
    {
      "type": "/problems/invalid_value",
      "title": "A value has the wrong form",
      "status": 422,
      "detail": "/patterns/1: patterns 29IIIIIPPPPPC and 2912IIIPPPPPC both fit a code such as 2912000000004: take one away, or give each further leading digits of its own",
      "code": "invalid_value",
      "request_id": "req_…",
      "errors": [
        {
          "pointer": "/patterns/1",
          "code": "invalid_value",
          "detail": "patterns 29IIIIIPPPPPC and 2912IIIPPPPPC both fit a code such as 2912000000004: take one away, or give each further leading digits of its own"
        }
      ]
    }
    200 application/json
    {
      "revision": 5,
      "lineage": null,
      "changes": [],
      "patterns": [
        {"revision":1,"effective_from":"2026-04-10T06:00:00+09:00","patterns":["22IIIIIPPPPPC"]},
        {"revision":4,"effective_from":"2026-04-10T13:00:00+09:00","patterns":["29IIIIIPPPPPC"]},
        {"revision":5,"effective_from":"2026-04-10T12:00:00+09:00","patterns":[]}
      ],
      "next_after": null
    }
    "#);
    town.world.close().await;
}

/// The server stops between an update and the naming of what waited for it: the next start does it.
#[tokio::test]
async fn a_start_names_the_labels_that_a_crash_left() {
    let town = Town::open().await;
    town.put("/catalogue", ham(0, MORNING)).await;
    town.sell("label", LABEL, None).await;
    let update = patterns(1, NOON, &["22IIIIIPPPPPC"]).to_string();
    let update = wire::catalogue::read_update(update.as_bytes()).unwrap();
    let write = Write::Catalogue(Box::new(CatalogueWrite {
        store_id: StoreId::parse("mart").unwrap(),
        base: Revision(1),
        revision: Revision(2),
        lineage: None,
        update: update.digest,
        patterns: update.patterns,
        step: Step::Whole(update.changes),
    }));
    town.world
        .running
        .app
        .intake
        .write_one(write)
        .await
        .unwrap();
    assert!(
        town.book().await.contains("pending"),
        "nothing was learnt yet"
    );
    let Town { world, mart, ann } = town;
    let town = Town {
        world: world.again().await,
        mart,
        ann,
    };
    until(async || !town.book().await.contains("pending")).await;
    assert!(
        town.book()
            .await
            .starts_with("label 2212345001989: ハム (revision 1")
    );
    town.world.close().await;
}
