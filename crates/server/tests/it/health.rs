//! What everybody may ask, and what the server says to questions that it does not know.

use crate::call::{Ask, get, post};
use crate::world::World;
use serde_json::json;

#[tokio::test]
async fn it_says_how_it_is_and_how_much_it_takes() {
    let world = World::open_with(|config| {
        config.metrics_listen = Some(([127, 0, 0, 1], 0).into());
    })
    .await;
    insta::assert_snapshot!(world.shown(get("/v1/limits")).await, @r#"
    200 application/json
    {
      "settlement_bytes": 262144,
      "lines": 500,
      "batch_bytes": 4194304,
      "batch_items": 1000,
      "catalogue_bytes": 67108864,
      "version": "0.0.0"
    }
    "#);
    insta::assert_snapshot!(world.shown(get("/healthz")).await, @r#"
    200 application/json
    {"status":"ok"}
    "#);
    insta::assert_snapshot!(world.shown(get("/readyz")).await, @r#"
    200 application/json
    {"status":"ok"}
    "#);
    let mart = world.shop("mart").await;
    world
        .ask(post("/v1/settlements", mart.sale("t-1", 1)).by(&mart.key))
        .await
        .is(201);
    world
        .ask(post("/v1/settlements", mart.sale("t-1", 1)).by(&mart.key))
        .await
        .is(200);
    // Metrics are on a listener of their own.
    world.ask(get("/metrics")).await.is(404);
    let mut line = crate::call::Line::open(world.running.metrics_address.unwrap()).await;
    let page = line.ask(&get("/metrics")).await.is(200);
    assert!(
        page.header("content-type")
            .starts_with("application/openmetrics-text")
    );
    for row in [
        "orihon_settlements_total{outcome=\"recorded\"} 1",
        "orihon_settlements_total{outcome=\"already_recorded\"} 1",
        "# EOF",
    ] {
        assert!(page.body.contains(row), "{row} is not in {}", page.body);
    }
    assert!(!page.body.contains("mart") && !page.body.contains("milk"));
    world.close().await;
}

#[tokio::test]
async fn while_it_drains_it_takes_nothing_and_says_so() {
    let world = World::open().await;
    let (mart, ann) = (world.shop("mart").await, world.person("ann").await);
    world.running.app.intake.drain();
    insta::assert_snapshot!(world.shown(get("/readyz")).await, @r#"
    503 application/problem+json
    {
      "type": "/problems/draining",
      "title": "Shutting down",
      "status": 503,
      "detail": "the server is shutting down; send the same again",
      "code": "draining",
      "request_id": "req_…",
      "errors": []
    }
    "#);
    world.ask(get("/healthz")).await.is(200);
    for ask in [
        post("/v1/settlements", mart.sale("t-1", 1)).by(&mart.key),
        post("/v1/settlements/batch", json!([mart.sale("t-1", 1)])).by(&mart.key),
        post("/v1/users", "{}").by(&world.operator),
    ] {
        let answer = world.ask(ask).await.is(503);
        assert_eq!(
            (answer.header("retry-after"), answer.text("/code").as_str()),
            ("5", "draining")
        );
    }
    // What is wrong in itself is told even now, and reading goes on.
    world
        .ask(post("/v1/settlements", "{}").by(&mart.key))
        .await
        .is(422);
    world
        .ask(get("/v1/me/purchases").by(&ann.key))
        .await
        .is(200);
    let world = world.again().await;
    world.ask(get("/readyz")).await.is(200);
    world
        .ask(post("/v1/settlements", mart.sale("t-1", 1)).by(&mart.key))
        .await
        .is(201);
    world.close().await;
}

#[tokio::test]
async fn what_it_does_not_know_is_a_problem_as_well() {
    let world = World::open().await;
    insta::assert_snapshot!(world.shown(get("/v1/colours")).await, @r#"
    404 application/problem+json
    {
      "type": "/problems/not_found",
      "title": "Not found",
      "status": 404,
      "detail": "there is no such route; see /docs",
      "code": "not_found",
      "request_id": "req_…",
      "errors": []
    }
    "#);
    insta::assert_snapshot!(world.shown(post("/healthz", "")).await, @r#"
    405 application/problem+json
    {
      "type": "/problems/method_not_allowed",
      "title": "Method not allowed",
      "status": 405,
      "detail": "this route has no such method; see /docs",
      "code": "method_not_allowed",
      "request_id": "req_…",
      "errors": []
    }
    "#);
    let mut shown = String::new();
    for (method, path) in [
        ("HEAD", "/healthz"),
        ("HEAD", "/v1/colours"),
        ("HEAD", "/v1/stores"),
        ("OPTIONS", "/v1/stores"),
        ("OPTIONS", "/v1/settlements"),
        ("DELETE", "/v1/settlements"),
        ("GET", "/v1/settlements"),
        ("TRACE", "/healthz"),
        ("BREW", "/v1/stores/mart"),
        ("GET", "/"),
        ("GET", "//v1/limits"),
        ("GET", "/v1/limits/"),
        ("GET", "/v1/../healthz"),
    ] {
        let answer = world.ask(Ask::new(method, path, "")).await;
        let (media, allow) = (answer.header("content-type"), answer.header("allow"));
        let code = if answer.body.starts_with('{') && answer.status >= 400 {
            answer.text("/code")
        } else {
            String::new()
        };
        shown += &format!(
            "{method} {path}: {} {media} {code} [{allow}]\n",
            answer.status
        );
    }
    insta::assert_snapshot!(shown, @"
    HEAD /healthz: 200 application/json  []
    HEAD /v1/colours: 404 application/problem+json  []
    HEAD /v1/stores: 401 application/problem+json  []
    OPTIONS /v1/stores: 405 application/problem+json method_not_allowed [GET,HEAD,POST]
    OPTIONS /v1/settlements: 405 application/problem+json method_not_allowed [POST]
    DELETE /v1/settlements: 405 application/problem+json method_not_allowed [POST]
    GET /v1/settlements: 405 application/problem+json method_not_allowed [POST]
    TRACE /healthz: 405 application/problem+json method_not_allowed [GET,HEAD]
    BREW /v1/stores/mart: 405 application/problem+json method_not_allowed [GET,HEAD,PATCH]
    GET /: 200 text/html; charset=utf-8  []
    GET //v1/limits: 404 application/problem+json not_found []
    GET /v1/limits/: 404 application/problem+json not_found []
    GET /v1/../healthz: 404 application/problem+json not_found []
    ");
    world.close().await;
}

#[tokio::test]
async fn the_document_and_its_viewer_are_served() {
    let world = World::open().await;
    let document = world.ask(get("/openapi.json")).await.is(200);
    let from_code = serde_json::to_value(server::api::openapi()).unwrap();
    assert_eq!(document.json(), from_code);
    assert_eq!(from_code["openapi"], "3.1.0");
    let mut line = world.line().await;
    let moved = line.ask(&get("/docs")).await;
    let page = if moved.status == 303 {
        line.ask(&get("/docs/")).await
    } else {
        moved
    }
    .is(200);
    assert!(page.header("content-type").starts_with("text/html"));
    // Offline: nothing is fetched from anywhere else.
    assert!(
        !page.body.contains("http://") && !page.body.contains("https://"),
        "{}",
        page.body
    );
    world.close().await;
}
