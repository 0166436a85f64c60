//! Closing time.

use std::sync::Arc;

use door::{Drained, Limits};
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tower::service_fn;

use crate::world::{World, answer, echo, soon};

/// A handler that says when it has begun, and waits to be let go.
struct Gate {
    begun: Semaphore,
    open: Semaphore,
}

fn gated(limits: Limits) -> (World, Arc<Gate>) {
    let gate = Arc::new(Gate {
        begun: Semaphore::new(0),
        open: Semaphore::new(0),
    });
    let ours = Arc::clone(&gate);
    let service = service_fn(move |_| {
        let gate = Arc::clone(&ours);
        async move {
            gate.begun.add_permits(1);
            gate.open
                .acquire()
                .await
                .expect("nobody closes the gate")
                .forget();
            answer(200, "done")
        }
    });
    (World::open(limits, service), gate)
}

#[tokio::test]
async fn a_request_under_way_is_finished_and_new_ones_are_refused() {
    let (world, gate) = gated(Limits::DEFAULT);
    let address = world.address;
    let mut caller = world.call().await;
    caller.say("GET / HTTP/1.1\r\n\r\n").await;
    soon(gate.begun.acquire()).await.unwrap().forget();

    let served = world.drain();
    soon(async { while TcpStream::connect(address).await.is_ok() {} }).await;
    assert!(!served.is_finished());

    gate.open.add_permits(1);
    let (head, body) = caller.answer().await;
    assert!(head.contains("connection: close"), "{head}");
    assert_eq!(body, "done");
    caller.expect_end().await;
    assert_eq!(
        soon(served).await.unwrap(),
        Drained {
            finished: 1,
            aborted: 0
        }
    );
}

#[tokio::test]
async fn a_request_that_does_not_end_is_cut_off() {
    let (world, gate) = gated(Limits {
        drain_ms_max: 50,
        ..Limits::DEFAULT
    });
    let mut callers = [world.call().await, world.call().await];
    for caller in &mut callers {
        caller.say("GET / HTTP/1.1\r\n\r\n").await;
        soon(gate.begun.acquire()).await.unwrap().forget();
    }
    let drained = soon(world.drain()).await.unwrap();
    assert_eq!(
        drained,
        Drained {
            finished: 0,
            aborted: 2
        }
    );
    for caller in &mut callers {
        caller.expect_end().await;
    }
}

#[tokio::test]
async fn idle_connections_end_at_once() {
    let world = World::open(Limits::DEFAULT, service_fn(echo));
    let mut used = world.call().await;
    used.check("GET /a HTTP/1.1\r\n\r\n", 200, "/a").await;
    let mut other = world.call().await;
    other.check("GET /b HTTP/1.1\r\n\r\n", 200, "/b").await;
    let drained = soon(world.drain()).await.unwrap();
    assert_eq!(
        drained,
        Drained {
            finished: 2,
            aborted: 0
        }
    );
    used.expect_end().await;
    other.expect_end().await;
}

#[tokio::test]
async fn an_empty_house_closes_at_once() {
    let world = World::open(Limits::DEFAULT, service_fn(echo));
    assert_eq!(
        soon(world.drain()).await.unwrap(),
        Drained {
            finished: 0,
            aborted: 0
        }
    );
}
