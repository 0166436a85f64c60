//! Bodies that are too large, too slow or cut short.

use std::time::Duration;

use door::Limits;
use door::body::BodyError;
use http::Request;
use hyper::body::Incoming;
use tokio::io::AsyncWriteExt;
use tokio::sync::mpsc;
use tower::service_fn;

use crate::world::{Answered, World, answer, soon};

/// Eight bytes at most, within a twentieth of a second.
async fn strict(request: Request<Incoming>) -> Answered {
    match door::body::read(request.into_body(), 8, Duration::from_millis(50)).await {
        Ok(bytes) => answer(200, bytes),
        Err(error @ BodyError::TooLarge { .. }) => answer(413, error.to_string()),
        Err(error @ BodyError::TimedOut { .. }) => answer(408, error.to_string()),
        Err(error @ BodyError::Broken(_)) => answer(400, error.to_string()),
    }
}

const TOO_LARGE: &str = "the body is larger than 8 bytes; send it in smaller parts";

#[tokio::test]
async fn each_body_gets_its_answer() {
    let world = World::open(Limits::DEFAULT, service_fn(strict));
    let rows = [
        ("content-length: 0\r\n\r\n", 200, ""),
        ("content-length: 8\r\n\r\n12345678", 200, "12345678"),
        (
            "transfer-encoding: chunked\r\n\r\n2\r\n12\r\n3\r\n345\r\n0\r\n\r\n",
            200,
            "12345",
        ),
        // Refused by its header alone: not a byte of it is ever sent.
        ("content-length: 9\r\n\r\n", 413, TOO_LARGE),
        ("content-length: 10000000000\r\n\r\n", 413, TOO_LARGE),
        (
            "content-length: 9\r\nexpect: 100-continue\r\n\r\n",
            413,
            TOO_LARGE,
        ),
        // Part of it came with the header.
        ("content-length: 10000\r\n\r\n1234567890", 413, TOO_LARGE),
        (
            "transfer-encoding: chunked\r\n\r\n5\r\n12345\r\n4\r\n6789\r\n",
            413,
            TOO_LARGE,
        ),
        (
            "content-length: 8\r\n\r\n1234",
            408,
            "the body did not arrive within 50 ms; send it again",
        ),
        (
            "transfer-encoding: chunked\r\n\r\nx\r\n",
            400,
            "the body broke off; send it again",
        ),
    ];
    for (rest, status, body) in rows {
        let request = format!("POST / HTTP/1.1\r\n{rest}");
        world.call().await.check(&request, status, body).await;
    }
}

#[tokio::test]
async fn a_caller_who_leaves_in_the_middle_breaks_the_body() {
    let (tell, mut told) = mpsc::unbounded_channel();
    let world = World::open(
        Limits::DEFAULT,
        service_fn(move |request: Request<Incoming>| {
            let tell = tell.clone();
            async move {
                let outcome =
                    door::body::read(request.into_body(), 8, door::BODY_READ_TIMEOUT).await;
                tell.send(outcome).unwrap();
                answer(200, "")
            }
        }),
    );
    let mut caller = world.call().await;
    caller
        .say("POST / HTTP/1.1\r\ncontent-length: 8\r\n\r\n1234")
        .await;
    caller.stream.shutdown().await.unwrap();
    let outcome = soon(told.recv()).await.unwrap();
    assert!(matches!(outcome, Err(BodyError::Broken(_))), "{outcome:?}");
}
