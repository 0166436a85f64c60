//! Callers who take their time, and how long they get.

use std::time::Duration;

use bytes::Bytes;
use door::Limits;
use http::Request;
use http_body_util::Empty;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::Instant;
use tower::service_fn;

use crate::world::{World, answer, echo, soon};

const SHORT: Limits = Limits {
    header_read_ms_max: 60,
    ..Limits::DEFAULT
};

/// Enough for a machine that stands still for a moment before the first request, which is a good one.
const LONGER: Limits = Limits {
    header_read_ms_max: 3_000,
    ..Limits::DEFAULT
};

#[tokio::test]
async fn a_header_that_never_ends_is_hung_up_on() {
    let rows = [
        "",
        "G",
        "GET / HTTP/1.1\r\nhost: a shop with a slow line",
        // Half of what HTTP/2 begins with: the protocol itself is not known yet.
        "PRI * HTTP/2.0\r\n",
        // All of it, and no request after it.
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    ];
    for said in rows {
        let world = World::open(SHORT, service_fn(echo));
        let mut caller = world.call().await;
        caller.say(said).await;
        if said.ends_with("SM\r\n\r\n") {
            // Its settings frame comes before the end; only the end matters here.
            let mut heard = Vec::new();
            let read = caller.stream.read_to_end(&mut heard);
            soon(read).await.unwrap();
        } else {
            caller.expect_end().await;
        }
    }
}

#[tokio::test]
async fn a_header_that_drips_is_hung_up_on() {
    let world = World::open(LONGER, service_fn(echo));
    let mut caller = world.call().await;
    caller.check("GET /a HTTP/1.1\r\n\r\n", 200, "/a").await;
    // Each byte is life, yet the whole has to come in time.
    let (mut reader, mut writer) = caller.stream.into_split();
    let drip = tokio::spawn(async move {
        while writer.write_all(b"x").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    });
    let mut heard = Vec::new();
    let ended = reader.read_to_end(&mut heard);
    // However it ended: closed, or reset because bytes were under way.
    let _ = soon(ended).await;
    assert_eq!(heard, b"");
    soon(drip).await.unwrap();
}

#[tokio::test]
async fn the_header_limit_holds_for_the_second_request_too() {
    let world = World::open(LONGER, service_fn(echo));
    let mut caller = world.call().await;
    caller.check("GET /a HTTP/1.1\r\n\r\n", 200, "/a").await;
    caller.say("GET /b HTTP/1.1\r\n").await;
    caller.expect_end().await;
}

#[tokio::test]
async fn between_requests_the_idle_limit_holds() {
    let limits = Limits {
        header_read_ms_max: 1_500,
        idle_ms_max: 4_000,
        ..Limits::DEFAULT
    };
    let world = World::open(limits, service_fn(echo));
    let mut caller = world.call().await;
    let began = Instant::now();
    caller.check("GET /a HTTP/1.1\r\n\r\n", 200, "/a").await;
    caller.expect_end().await;
    assert!(
        began.elapsed() >= Duration::from_millis(4_000),
        "{:?}",
        began.elapsed()
    );
}

#[tokio::test]
async fn an_idle_http_2_connection_is_told_to_go() {
    let limits = Limits {
        header_read_ms_max: 5_000,
        idle_ms_max: 1_000,
        ..Limits::DEFAULT
    };
    let world = World::open(limits, service_fn(echo));
    let stream = TokioIo::new(world.call().await.stream);
    let (mut sender, connection) =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), stream)
            .await
            .unwrap();
    let connection = tokio::spawn(connection);
    let request = Request::get("/a").body(Empty::<Bytes>::new()).unwrap();
    assert_eq!(
        soon(sender.send_request(request)).await.unwrap().status(),
        200
    );
    // In order, although the sender would still like to send.
    soon(connection).await.unwrap().unwrap();
}

#[tokio::test]
async fn a_handler_at_work_is_not_idle() {
    let limits = Limits {
        idle_ms_max: 500,
        ..Limits::DEFAULT
    };
    let world = World::open(
        limits,
        service_fn(async |_| {
            tokio::time::sleep(Duration::from_millis(2_000)).await;
            answer(200, "done")
        }),
    );
    world
        .call()
        .await
        .check("GET /a HTTP/1.1\r\n\r\n", 200, "done")
        .await;
}

#[tokio::test]
async fn a_caller_who_does_not_read_gives_up_the_place() {
    let limits = Limits {
        connections_max: 1,
        idle_ms_max: 1_000,
        ..Limits::DEFAULT
    };
    let more_than_buffers_hold = Bytes::from(vec![0; 64 * 1024 * 1024]);
    let world = World::open(
        limits,
        service_fn(move |request: Request<_>| {
            let page = match request.uri().path() {
                "/large" => more_than_buffers_hold.clone(),
                _ => Bytes::from("small"),
            };
            std::future::ready(answer(200, page))
        }),
    );
    let mut first = world.call().await;
    first.say("GET /large HTTP/1.1\r\n\r\n").await;
    first.stream.readable().await.unwrap();
    world
        .call()
        .await
        .check("GET / HTTP/1.1\r\n\r\n", 200, "small")
        .await;
}

#[tokio::test]
async fn a_header_over_the_limit_is_refused() {
    let limits = Limits {
        header_bytes_max: 8 * 1024,
        ..Limits::DEFAULT
    };
    let world = World::open(limits, service_fn(echo));
    let mut caller = world.call().await;
    let request = format!("GET / HTTP/1.1\r\ncookie: {}\r\n\r\n", "x".repeat(8 * 1024));
    caller.check(&request, 431, "").await;
    caller.expect_end().await;
}
