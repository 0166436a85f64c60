//! A full house.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

use door::Limits;
use http::Request;
use hyper::body::Incoming;
use tower::service_fn;

use crate::world::{World, answer};

#[tokio::test]
async fn over_the_cap_the_next_one_waits_and_is_then_served() {
    let waited = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&waited);
    let service = service_fn(move |request: Request<Incoming>| {
        if request.uri().path() == "/second" {
            count.fetch_add(1, SeqCst);
        }
        std::future::ready(answer(200, request.uri().path().to_owned()))
    });
    let world = World::open(
        Limits {
            connections_max: 1,
            ..Limits::DEFAULT
        },
        service,
    );
    let mut first = world.call().await;
    first
        .check("GET /first HTTP/1.1\r\n\r\n", 200, "/first")
        .await;

    let mut second = world.call().await;
    second.say("GET /second HTTP/1.1\r\n\r\n").await;
    // The house is not stuck: the first is served all the while.
    for _ in 0..50 {
        first
            .check("GET /first HTTP/1.1\r\n\r\n", 200, "/first")
            .await;
    }
    assert_eq!(waited.load(SeqCst), 0, "served over the cap");

    drop(first);
    assert_eq!(second.answer().await.1, "/second");
    assert_eq!(waited.load(SeqCst), 1);
}

#[tokio::test]
async fn no_connection_at_all_counts_as_one() {
    let service = service_fn(|_| std::future::ready(answer(200, "in")));
    let world = World::open(
        Limits {
            connections_max: 0,
            ..Limits::DEFAULT
        },
        service,
    );
    world
        .call()
        .await
        .check("GET / HTTP/1.1\r\n\r\n", 200, "in")
        .await;
}
