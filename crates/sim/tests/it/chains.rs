//! Head office and a branch that follows its catalogue: two real devices and a real server. What head
//! office says is sold by at the branch, also what it said while the branch was cut off, and each line
//! has the name by which it was rung up.

use device::clock::Clock;
use device::courier::Courier;
use device::credential::Credential;
use device::database::Database;
use device::link::{Link, Request};
use device::sender::Action;
use device::store::{Settings, Store};
use device::till::basket::Basket;
use device::{capture, till};
use serde_json::{Value, json};
use sim::town::{Entropy, Town};
use std::sync::Arc;
use tempfile::TempDir;

struct Device {
    folder: TempDir,
    courier: Courier,
    store: Store,
    clock: Clock,
}

impl Device {
    async fn open(town: &Town, id: &str, source: Option<&str>) -> Self {
        let mut settings = json!({"store_id": id, "name": id, "timezone": "Asia/Tokyo",
            "currency": "JPY", "chain_id": "green"});
        if let Some(source) = source {
            settings["catalogue_of"] = json!(source);
        }
        town.order("/v1/stores", settings.clone()).await.unwrap();
        let path = format!("/v1/stores/{id}/devices");
        let device = town.order(&path, json!({"name": "till"})).await.unwrap();
        let credential = Credential::Bearer(device["key"].as_str().unwrap().to_owned());
        let folder = tempfile::tempdir().unwrap();
        let (now, entropy) = (town.time.clone(), Entropy::default());
        let clock = Clock::new(
            Arc::new(move || now.now()),
            Arc::new(move |bytes| entropy.fill(bytes)),
        );
        let database = Database::open(folder.path()).unwrap();
        capture::begin_lineage(database.connection(), town.time.now(), 1).unwrap();
        let road = Arc::new(town.weather.clone());
        let link = Link::over(road, "sim".to_owned(), credential, clock.clone());
        let settings: Settings = serde_json::from_value(settings).unwrap();
        let store = Store::new(settings).unwrap();
        Self {
            courier: Courier::new(database, link, store.clone(), clock.clone()),
            store,
            folder,
            clock,
        }
    }

    fn database(&self) -> Database {
        Database::open(self.folder.path()).unwrap()
    }

    /// Works until there is nothing to do now.
    async fn settle(&mut self) {
        for _ in 0..100 {
            if let Action::Rest(_) = self.courier.step().await.unwrap() {
                return;
            }
        }
        panic!("it does not come to rest");
    }

    /// Plain SQL, at the time of the story.
    fn sql(&self, town: &Town, sql: &str) {
        let database = self.database();
        let before = capture::newest(database.connection()).unwrap();
        database.connection().execute_batch(sql).unwrap();
        let now = town.time.now().ms();
        let sql = "UPDATE item_changes SET changed_at = ? WHERE revision > ?";
        database.connection().execute(sql, [now, before]).unwrap();
    }

    fn items(&self) -> String {
        let sql = "SELECT group_concat(name || ' ' || unit_price, ', ' ORDER BY code) FROM items";
        let database = self.database();
        let shown: Option<String> = database
            .connection()
            .query_row(sql, [], |row| row.get(0))
            .unwrap();
        shown.unwrap_or_default()
    }

    fn sell(&self, buyer: &str) {
        let basket: Basket = serde_json::from_value(json!({
            "terminal": "1", "buyer": buyer, "lines": [{"code": "a"}],
            "tenders": [{"kind": "cash", "amount": 1_000}],
        }))
        .unwrap();
        let (now, random) = (self.clock.now(), self.clock.random());
        till::finish(
            &mut self.database(),
            &self.store,
            &basket,
            now,
            random,
            None,
        )
        .unwrap();
    }
}

#[tokio::test]
async fn a_branch_sells_by_the_catalogue_of_head_office() {
    let mut town = Town::found(1).await.unwrap();
    let chain = json!({"chain_id": "green", "name": "Green"});
    town.order("/v1/chains", chain).await.unwrap();
    let person = town
        .order("/v1/users", json!({"ref": "ann"}))
        .await
        .unwrap();
    let mut head = Device::open(&town, "head", None).await;
    let mut branch = Device::open(&town, "branch", Some("head")).await;
    head.sql(
        &town,
        "INSERT INTO items (code, name, unit_price) VALUES
        ('a', 'Apple', 100), ('b', 'Bread', 200)",
    );
    head.settle().await;
    branch.sql(
        &town,
        "INSERT INTO items (code, name, unit_price) VALUES ('z', 'Own', 1)",
    );
    branch.settle().await;
    assert_eq!(branch.items(), "Apple 100, Bread 200");
    let ann = person["user_id"].as_str().unwrap();
    branch.sell(ann);
    // Head office changes its list while the branch is cut off, and the branch sells on.
    town.time.pass(60_000);
    head.sql(
        &town,
        "UPDATE items SET name = 'Apple, red', unit_price = 120 WHERE code = 'a';
        DELETE FROM items WHERE code = 'b'",
    );
    head.settle().await;
    town.time.pass(1_000);
    branch.sell(ann);
    assert_eq!(branch.items(), "Apple 100, Bread 200");
    branch.settle().await;
    town.time.pass(60_000);
    branch.settle().await;
    assert_eq!(branch.items(), "Apple, red 120");
    branch.sell(ann);
    branch.settle().await;
    let key = person["token"].as_str().unwrap();
    let page = town
        .ask(Request::get("/v1/me/purchases"), key)
        .await
        .unwrap();
    let named = |purchase: &Value| purchase["lines"][0]["name"].as_str().unwrap().to_owned();
    let names: Vec<_> = page["purchases"]
        .as_array()
        .unwrap()
        .iter()
        .map(named)
        .collect();
    assert_eq!(names, ["Apple, red", "Apple", "Apple"]);
    let path = "/v1/stores/branch/catalogue";
    let seen = town.ask(Request::get(path), &town.operator).await.unwrap();
    assert_eq!(
        (&seen["catalogue_of"], &seen["items"]),
        (&json!("head"), &json!(1))
    );
    town.stop().await;
}
