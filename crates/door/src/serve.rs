//! The loop of the house: lets connections in while there is room, and sees them out at the end.
//!
//! It never reads a byte of a request. It goes the rounds among the connections, so that none of
//! them needs a timer, and each has its own channel on which it is told to leave: a channel that
//! all of them watch would be locked at every request.

use std::collections::HashMap;
use std::convert::Infallible;
use std::error::Error;
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use http::{Request, Response};
use hyper::body::{Body, Incoming};
use tokio::sync::oneshot;
use tokio::task::{AbortHandle, Id, JoinError, JoinSet};
use tokio::time::{Instant, MissedTickBehavior, interval, timeout};
use tower::Service;

use crate::accept::Acceptor;
use crate::connection::attend;
use crate::limits::Limits;
use crate::listener::Listener;
use crate::patience::{Patience, Verdict};
use crate::pulse::Pulse;

/// What became of the connections that were open when the drain began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Drained {
    /// Ended in order, idle ones included.
    pub finished: usize,
    /// Were cut off when [`Limits::drain_ms_max`] had passed.
    pub aborted: usize,
}

/// Serves HTTP/1.1 and HTTP/2 (by prior knowledge, or as agreed under TLS) until `drain` resolves, then closes the listener,
/// lets open connections finish, and answers when the last is gone or the time is up.
///
/// Dropping the future cuts every connection off.
pub async fn serve<S, B, D>(listener: Listener, limits: Limits, service: S, drain: D) -> Drained
where
    S: Service<Request<Incoming>, Response = Response<B>, Error = Infallible>,
    S: Clone + Send + 'static,
    S::Future: Send + 'static,
    B: Body + Send + 'static,
    B::Data: Send,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
    D: Future<Output = ()>,
{
    let mut acceptor = Acceptor::new(listener);
    let tls = acceptor.tls();
    let mut guests = Guests::default();
    let mut rounds = interval(Patience::period(&limits));
    rounds.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut drain = pin!(drain);
    loop {
        let has_room = guests.tasks.len() < limits.connections_max.max(1);
        tokio::select! {
            biased;
            () = drain.as_mut() => break,
            Some(ended) = guests.tasks.join_next_with_id() => guests.forget(ended),
            now = rounds.tick() => guests.look_after(now),
            stream = acceptor.next(), if has_room => {
                let (told, leave) = oneshot::channel();
                let pulse = Arc::new(Pulse::default());
                let life = attend(stream, tls.clone(), limits, service.clone(), Arc::clone(&pulse), leave);
                guests.admit(life, Guest {
                    patience: Patience::new(&limits, crate::clock::now()),
                    pulse,
                    told: Some(told),
                });
            }
        }
    }
    drop(acceptor);
    guests
        .see_out(Duration::from_millis(limits.drain_ms_max))
        .await
}

/// The connections that are open.
#[derive(Default)]
struct Guests {
    tasks: JoinSet<()>,
    known: HashMap<Id, (Guest, AbortHandle)>,
}

struct Guest {
    pulse: Arc<Pulse>,
    patience: Patience,
    /// Gone once used.
    told: Option<oneshot::Sender<()>>,
}

impl Guest {
    fn tell_to_leave(&mut self) {
        if let Some(told) = self.told.take() {
            // One that ended in this very moment no longer listens.
            let _ = told.send(());
        }
    }
}

impl Guests {
    fn admit(&mut self, life: impl Future<Output = ()> + Send + 'static, guest: Guest) {
        let task = self.tasks.spawn(life);
        self.known.insert(task.id(), (guest, task));
    }

    fn look_after(&mut self, now: Instant) {
        for (guest, task) in self.known.values_mut() {
            match guest.patience.judge(now, &guest.pulse) {
                Verdict::Stay => {}
                Verdict::Finish => guest.tell_to_leave(),
                Verdict::HangUp => task.abort(),
            }
        }
    }

    fn forget(&mut self, ended: Result<(Id, ()), JoinError>) {
        let id = match ended {
            Ok((id, ())) => id,
            Err(error) => {
                if error.is_panic() {
                    // The process has printed the panic; the other connections go on.
                    tracing::error!(error = %error, "a connection ended by a panic in its handler");
                }
                error.id()
            }
        };
        self.known.remove(&id);
    }

    async fn see_out(mut self, drain_max: Duration) -> Drained {
        let open = self.tasks.len();
        for (guest, _) in self.known.values_mut() {
            guest.tell_to_leave();
        }
        let all_gone = async { while self.tasks.join_next().await.is_some() {} };
        let aborted = match timeout(drain_max, all_gone).await {
            Ok(()) => 0,
            Err(_) => self.tasks.len(),
        };
        self.tasks.shutdown().await;
        Drained {
            finished: open.saturating_sub(aborted),
            aborted,
        }
    }
}
