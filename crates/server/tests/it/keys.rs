//! Who may call what: every route of the document asked with every kind of key.

use crate::call::Ask;
use crate::world::World;

/// The callers, in the order of the table's columns.
const CALLERS: [&str; 7] = [
    "nobody", "mistyped", "revoked", "operator", "device", "other", "person",
];

/// Every route of the document, as method, path and who may call it.
fn routes() -> Vec<(&'static str, String, Vec<String>)> {
    let document = serde_json::to_value(server::api::openapi()).unwrap();
    let mut routes = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for method in [
            "get", "put", "post", "delete", "patch", "head", "options", "trace",
        ] {
            let Some(operation) = item.get(method) else {
                continue;
            };
            let security = operation["security"]
                .as_array()
                .cloned()
                .unwrap_or_default();
            let kinds = security
                .iter()
                .flat_map(|kind| kind.as_object().unwrap().keys().cloned());
            let method = match method {
                "get" => "GET",
                "put" => "PUT",
                "post" => "POST",
                "delete" => "DELETE",
                "patch" => "PATCH",
                other => panic!("{other} {path} is new: teach this test to call it"),
            };
            routes.push((method, path.clone(), kinds.collect()));
        }
    }
    routes
}

/// A path of the document with something to stand for each of its parameters. Nothing that is
/// named can be lost: what a right key could take away is not there.
fn filled(path: &str) -> String {
    let store = if path.ends_with("/close") {
        "old"
    } else {
        "mart"
    };
    path.replace("{store_id}", store)
        .replace("{code}", "milk")
        .replace("{business_date}", "2026-04-10")
        .replace("{terminal}", "1")
        .replace("{transaction}", "t-1")
        .replace("{device_id}", "dev_00000000000000000000000000")
        .replace("{token_id}", "tok_00000000000000000000000000")
        .replace("{user_id}", "usr_00000000000000000000000000")
        .replace("{sought_id}", "sgt_00000000000000000000000000")
        .replace("{purchase_id}", "pur_00000000000000000000000000")
        .replace("{format}", "csv")
}

/// Does the answer fit what the document says of the route?
fn fits(caller: &str, kinds: &[String], status: u16) -> bool {
    let kind = if caller == "other" { "device" } else { caller };
    match caller {
        _ if kinds.is_empty() => !matches!(status, 401 | 403),
        "nobody" | "mistyped" | "revoked" => status == 401,
        _ if kinds.iter().all(|known| known != kind) => status == 403,
        // A machine is let in by its kind and stopped at another store's doors.
        "other" => status != 401,
        _ => !matches!(status, 401 | 403),
    }
}

#[tokio::test]
async fn every_route_knows_its_callers() {
    let world = World::open().await;
    let (mart, other) = (world.shop("mart").await, world.shop("other").await);
    world.shop("old").await;
    let (ann, gone) = (world.person("ann").await, world.person("gone").await);
    world
        .order(Ask::new(
            "DELETE",
            format!("/v1/tokens/{}", gone.token_id),
            "",
        ))
        .await
        .is(204);
    let mistyped = format!("{}0", &ann.key[..ann.key.len() - 1]);
    let keys = [
        "",
        &mistyped,
        &gone.key,
        &world.operator,
        &mart.key,
        &other.key,
        &ann.key,
    ];
    let mut table = String::new();
    for (method, path, kinds) in routes() {
        let mut row = Vec::new();
        for (caller, key) in CALLERS.into_iter().zip(keys) {
            let mut line = world.line().await;
            line.say(&Ask::new(method, filled(&path), "").by(key).bytes())
                .await;
            let status = line.head().await.status;
            assert!(
                fits(caller, &kinds, status),
                "{caller} {method} {path}: {status}"
            );
            row.push(status.to_string());
        }
        table += &format!("{} {method} {path}\n", row.join(" "));
    }
    // A route that is new is a new row here.
    insta::assert_snapshot!(table, @"
    200 200 200 200 200 200 200 GET /healthz
    200 200 200 200 200 200 200 GET /readyz
    401 401 401 200 403 403 403 GET /v1/audit
    401 401 401 200 403 403 403 GET /v1/chains
    401 401 401 400 403 403 403 POST /v1/chains
    401 401 401 404 403 403 403 GET /v1/chains/{chain_id}/devices
    401 401 401 404 403 403 403 POST /v1/chains/{chain_id}/devices
    401 401 401 404 403 403 403 DELETE /v1/chains/{chain_id}/devices/{device_id}
    400 400 400 400 400 400 400 POST /v1/claims/look
    401 401 401 201 403 403 403 POST /v1/console/links
    401 401 401 200 403 403 403 GET /v1/counts
    400 400 400 400 400 400 400 POST /v1/join
    200 200 200 200 200 200 200 GET /v1/limits
    401 401 401 403 403 403 200 GET /v1/me/claims
    401 401 401 403 403 403 400 POST /v1/me/claims
    401 401 401 403 403 403 200 GET /v1/me/events
    401 401 401 403 403 403 200 GET /v1/me/exports/{format}
    401 401 401 403 403 403 200 GET /v1/me/member-codes
    401 401 401 403 403 403 400 POST /v1/me/member-codes
    401 401 401 403 403 403 404 DELETE /v1/me/member-codes/card
    401 401 401 403 403 403 200 GET /v1/me/purchases
    401 401 401 403 403 403 404 GET /v1/me/purchases/{purchase_id}
    401 401 401 200 403 403 403 GET /v1/operators
    401 401 401 201 403 403 403 POST /v1/operators
    401 401 401 200 403 403 403 GET /v1/partners
    401 401 401 400 403 403 403 POST /v1/partners
    401 401 401 403 403 403 403 GET /v1/partners/me/people
    401 401 401 403 403 403 403 GET /v1/partners/me/people/{person}/purchases
    401 401 401 404 403 403 403 DELETE /v1/partners/{partner_id}
    401 401 401 403 400 400 403 POST /v1/settlements
    401 401 401 403 400 400 403 POST /v1/settlements/batch
    401 401 401 200 403 403 403 GET /v1/stores
    401 401 401 400 403 403 403 POST /v1/stores
    401 401 401 200 200 404 403 GET /v1/stores/{store_id}
    401 401 401 400 403 403 403 PATCH /v1/stores/{store_id}
    401 401 401 200 200 404 403 GET /v1/stores/{store_id}/catalogue
    401 401 401 403 400 403 403 PUT /v1/stores/{store_id}/catalogue
    401 401 401 200 200 404 403 GET /v1/stores/{store_id}/catalogue/changes
    401 401 401 404 404 404 403 GET /v1/stores/{store_id}/catalogue/items/{code}
    401 401 401 403 400 403 403 PUT /v1/stores/{store_id}/catalogue/snapshot
    401 401 401 200 403 403 403 POST /v1/stores/{store_id}/close
    401 401 401 200 200 404 403 GET /v1/stores/{store_id}/conflicts
    401 401 401 200 200 404 403 GET /v1/stores/{store_id}/days/{business_date}
    401 401 401 200 200 404 403 GET /v1/stores/{store_id}/days/{business_date}/settlements
    401 401 401 200 403 403 403 GET /v1/stores/{store_id}/devices
    401 401 401 400 403 403 403 POST /v1/stores/{store_id}/devices
    401 401 401 404 403 403 403 DELETE /v1/stores/{store_id}/devices/{device_id}
    401 401 401 403 404 403 403 POST /v1/stores/{store_id}/devices/{device_id}/key
    401 401 401 200 403 403 403 GET /v1/stores/{store_id}/missing
    401 401 401 400 403 403 403 POST /v1/stores/{store_id}/missing/{sought_id}/give
    401 401 401 400 403 403 403 POST /v1/stores/{store_id}/missing/{sought_id}/refuse
    401 401 401 400 403 403 403 POST /v1/stores/{store_id}/pairings
    401 401 401 200 200 404 403 GET /v1/stores/{store_id}/pending
    401 401 401 400 400 403 403 POST /v1/stores/{store_id}/pending/{code}
    401 401 401 404 403 403 403 POST /v1/stores/{store_id}/pending/{code}/wish
    401 401 401 404 403 403 403 DELETE /v1/stores/{store_id}/pending/{code}/wish
    401 401 401 403 400 403 403 PUT /v1/stores/{store_id}/report
    401 401 401 200 200 404 403 GET /v1/stores/{store_id}/settings
    401 401 401 404 404 404 403 GET /v1/stores/{store_id}/settlements/{terminal}/{business_date}/{transaction}
    401 401 401 200 200 404 403 GET /v1/stores/{store_id}/terminals
    401 401 401 404 403 403 403 DELETE /v1/tokens/{token_id}
    401 401 401 400 403 403 403 POST /v1/users
    401 401 401 400 403 403 403 POST /v1/users/{user_id}/look
    401 401 401 400 403 403 403 POST /v1/users/{user_id}/merge
    401 401 401 400 403 403 403 POST /v1/users/{user_id}/recovery-link
    401 401 401 400 403 403 403 POST /v1/users/{user_id}/resume
    401 401 401 400 403 403 403 POST /v1/users/{user_id}/suspend
    401 401 401 404 403 403 403 POST /v1/users/{user_id}/tokens
    ");
    world.close().await;
}

#[tokio::test]
async fn a_key_in_the_wrong_place_is_no_key() {
    let world = World::open().await;
    let mut shown = String::new();
    for header in [
        "",
        "Basic b3JvOg==",
        "bearer x",
        "Bearer",
        "Bearer ord_",
        "Bearer  ",
        "Bearer ロ",
    ] {
        let ask = Ask::new("GET", "/v1/stores", "");
        let ask = if header.is_empty() {
            ask
        } else {
            ask.with("authorization", header)
        };
        let answer = world.ask(ask).await.is(401);
        assert_eq!(answer.header("www-authenticate"), "Bearer", "{header}");
        shown += &format!("{header:?} {}\n", answer.text("/detail"));
    }
    insta::assert_snapshot!(shown, @r#"
    "" send the header Authorization: Bearer with your key
    "Basic b3JvOg==" the Authorization header begins with Bearer and a blank
    "bearer x" this is no key of this server: a part is missing or mistyped; copy it again
    "Bearer" the Authorization header begins with Bearer and a blank
    "Bearer ord_" this is no key of this server: a part is missing or mistyped; copy it again
    "Bearer  " the Authorization header begins with Bearer and a blank
    "Bearer ロ" send the header Authorization: Bearer with your key
    "#);
    let wrong_kind = world.person("ann").await;
    let answer = world
        .shown(Ask::new("GET", "/v1/counts", "").by(&wrong_kind.key))
        .await;
    insta::assert_snapshot!(answer, @r#"
    403 application/problem+json
    {
      "type": "/problems/forbidden",
      "title": "Not allowed",
      "status": 403,
      "detail": "this needs an operator's key (oro_…)",
      "code": "forbidden",
      "request_id": "req_…",
      "errors": []
    }
    "#);
    world.close().await;
}
