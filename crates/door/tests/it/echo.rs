//! What a door is for.

use axum::Router;
use axum::routing::post;
use bytes::Bytes;
use door::Limits;
use http::{Request, Version};
use http_body_util::{BodyExt, Full};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tower::service_fn;

use crate::world::{World, answer, echo, soon};

#[tokio::test]
async fn a_request_is_answered() {
    let world = World::open(Limits::DEFAULT, service_fn(echo));
    let mut caller = world.call().await;
    caller
        .check(
            "POST /a HTTP/1.1\r\ncontent-length: 2\r\n\r\nhi",
            200,
            "/ahi",
        )
        .await;
}

#[tokio::test]
async fn one_connection_carries_many_requests() {
    let world = World::open(Limits::DEFAULT, service_fn(echo));
    let mut caller = world.call().await;
    for _ in 0..3 {
        caller.check("GET /a HTTP/1.1\r\n\r\n", 200, "/a").await;
        caller
            .check("POST /b HTTP/1.1\r\ncontent-length: 1\r\n\r\n!", 200, "/b!")
            .await;
    }
}

#[tokio::test]
async fn pipelined_requests_are_answered_in_order() {
    let world = World::open(Limits::DEFAULT, service_fn(echo));
    let mut caller = world.call().await;
    caller
        .say("GET /a HTTP/1.1\r\n\r\nGET /b HTTP/1.1\r\n\r\nGET /c HTTP/1.1\r\n\r\n")
        .await;
    for expected in ["/a", "/b", "/c"] {
        assert_eq!(caller.answer().await.1, expected);
    }
}

/// hyper's `pipeline_flush` would keep the first answer back until the second request is whole.
#[tokio::test]
async fn half_a_request_does_not_hold_back_the_answer_before_it() {
    let world = World::open(Limits::DEFAULT, service_fn(echo));
    let mut caller = world.call().await;
    caller
        .check("GET /a HTTP/1.1\r\n\r\nGET /b HT", 200, "/a")
        .await;
    caller.check("TP/1.1\r\n\r\n", 200, "/b").await;
}

#[tokio::test]
async fn a_panic_in_a_handler_ends_that_connection_only() {
    let world = World::open(
        Limits::DEFAULT,
        service_fn(async |request: Request<_>| match request.uri().path() {
            "/panic" => panic!("as asked"),
            path => answer(200, path.to_owned()),
        }),
    );
    let (mut first, mut second) = (world.call().await, world.call().await);
    second.check("GET /a HTTP/1.1\r\n\r\n", 200, "/a").await;
    first.say("GET /panic HTTP/1.1\r\n\r\n").await;
    first.expect_end().await;
    second.check("GET /b HTTP/1.1\r\n\r\n", 200, "/b").await;
    world
        .call()
        .await
        .check("GET /c HTTP/1.1\r\n\r\n", 200, "/c")
        .await;
}

#[tokio::test]
async fn an_axum_router_fits() {
    let handler = async |body: axum::body::Body| {
        door::body::read(body, 16, door::BODY_READ_TIMEOUT)
            .await
            .unwrap()
    };
    let world = World::open(Limits::DEFAULT, Router::new().route("/a", post(handler)));
    let mut caller = world.call().await;
    caller
        .check("POST /a HTTP/1.1\r\ncontent-length: 2\r\n\r\nhi", 200, "hi")
        .await;
    caller.check("GET /b HTTP/1.1\r\n\r\n", 404, "").await;
}

#[tokio::test]
async fn http_2_is_spoken_by_prior_knowledge() {
    let world = World::open(Limits::DEFAULT, service_fn(echo));
    let stream = TokioIo::new(world.call().await.stream);
    let (mut sender, connection) =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), stream)
            .await
            .unwrap();
    let connection = tokio::spawn(connection);
    for path in ["/a", "/b"] {
        let request = Request::post(path)
            .body(Full::new(Bytes::from("hi")))
            .unwrap();
        let response = soon(sender.send_request(request)).await.unwrap();
        assert_eq!(response.version(), Version::HTTP_2);
        let body = soon(response.into_body().collect())
            .await
            .unwrap()
            .to_bytes();
        assert_eq!(body, format!("{path}hi"));
    }
    let drained = soon(world.drain()).await.unwrap();
    assert_eq!((drained.finished, drained.aborted), (1, 0));
    soon(connection).await.unwrap().unwrap();
}
