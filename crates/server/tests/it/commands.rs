//! Every page of the console says how a terminal does the same, and what it says works: each command that reads
//! is carried out.

use crate::call::{Ask, get, post};
use crate::console::{OF_ALL, OF_STORE, open, signed_in};
use crate::goods::And;
use crate::world::World;
use serde_json::json;
use std::collections::BTreeSet;

/// The requests that a page shows as commands: the method, the path and the body.
fn commands(page: &str, base: &str) -> Vec<(String, String)> {
    let blocks = page
        .split("curl -H &quot;Authorization: Bearer $KEY&quot;")
        .skip(1);
    let read = |block: &str| {
        let command = block.split("</code>").next().unwrap();
        let command = command.replace("&quot;", "\"").replace("&amp;", "&");
        let method = match command.strip_prefix(" -X ") {
            Some(rest) => rest.split(' ').next().unwrap().to_owned(),
            None => "GET".to_owned(),
        };
        let (_, quoted) = command.split_once('\'').unwrap();
        let url = quoted.split('\'').next().unwrap();
        let path = url.strip_prefix(base).unwrap_or_else(|| panic!("{url}"));
        (method, path.to_owned())
    };
    blocks.map(read).collect()
}

#[tokio::test]
async fn every_page_has_its_command_and_the_command_works() {
    let world = World::open().await;
    let (mart, ann) = (world.shop("mart").await, world.person("ann").await);
    let update = json!({"base_revision": 0, "revision": 1, "changes": [
        {"code": "milk", "name": "Milk", "effective_from": "2020-01-01T00:00:00+09:00"}
    ]});
    let told = Ask::new("PUT", mart.path("/catalogue"), update).by(&mart.key);
    world.ask(told).await.is(200);
    let sale = mart
        .sale_to(&ann.id, "t-1", 250)
        .and("/lines/0/code", json!("forgotten"));
    let sold = world.ask(post("/v1/settlements", sale).by(&mart.key)).await;
    sold.is(201);
    let desk = signed_in(&world, &world.operator).await;
    let of_store = OF_STORE.iter().filter(|path| **path != "/seen");
    let of_store = of_store.map(|path| format!("/console/stores/mart{path}"));
    let mut pages: Vec<String> = of_store.collect();
    pages.extend(OF_ALL.map(str::to_owned));
    for path in ["", "/stores", "/receipts"] {
        pages.push(format!("/console{path}"));
    }
    pages.push("/console/stores/mart/item?code=milk".to_owned());
    pages.push(format!("/console/people/{}", ann.id));
    let base = world.running.app.site.base().to_owned();
    let document = serde_json::to_value(server::api::openapi()).unwrap();
    let known: BTreeSet<&String> = document["paths"].as_object().unwrap().keys().collect();
    let mut asked = 0;
    for path in &pages {
        let page = open(&world, &desk, path).await.is(200).body;
        let found = commands(&page, &base);
        assert!(!found.is_empty(), "{path}: {page}");
        for (method, path) in found {
            let (route, _) = path.split_once('?').unwrap_or((&path, ""));
            let shape = |known: &str| {
                let (known, route) = (known.split('/'), route.split('/'));
                known.clone().count() == route.clone().count()
                    && known
                        .zip(route)
                        .all(|(known, part)| known.starts_with('{') || known == part)
            };
            assert!(known.iter().any(|known| shape(known)), "{method} {path}");
            // What stands for something that one has to fill in is not asked for.
            if method == "GET" && !path.contains("YYYY") {
                let ask: Ask = get(path.clone());
                world.order(ask).await.is(200);
                asked += 1;
            }
        }
    }
    assert!(asked >= 9, "{asked}");
    world.close().await;
}
