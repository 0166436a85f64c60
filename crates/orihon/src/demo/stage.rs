//! The demo's stage: a page of its own, on loopback or for phones that bring its word, from which a visitor opens the four places of the
//! town and plays fate: cuts a shop's line, renames an item, forgets a code. It does what people in the
//! town could do, through the shops' counters and the operator's interface. The product knows nothing of it.

use super::counter::{Counter, Item, Queue, unlisted_code};
use super::line::State as LineState;
use super::machine::Phones;
use super::tokyo::civil;
use crate::client::Client;
use anyhow::Context;
use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};
use guard::Gate;
use ledger::keyring::hex;
use server::clock::Clock;
use std::collections::HashMap;
use std::future::Future;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

mod deeds;
mod guard;
mod links;
mod page;
mod square;
mod state;
mod words;

/// The stage is here if nobody else is.
const PORT: u16 = 8480;

/// What the stage works with.
pub(super) struct Stage {
    /// Where people reach the server, without a slash at the end.
    pub(super) base: String,
    user_id: String,
    operator: Client,
    counters: [Arc<Counter>; 4],
    clock: Clock,
    /// The code that each shop sold last without having listed it.
    forgotten: Mutex<HashMap<&'static str, String>>,
}

impl Stage {
    /// A stage for a person and the shops, in front of the server that is reached at `base`.
    pub(super) fn new(
        base: &str,
        user_id: &str,
        operator: &Client,
        counters: [Arc<Counter>; 4],
    ) -> Self {
        Self {
            base: base.to_owned(),
            user_id: user_id.to_owned(),
            operator: operator.clone(),
            counters,
            clock: Clock::system(),
            forgotten: Mutex::default(),
        }
    }

    /// A link that opens the book in one browser, such as that of a phone.
    pub(super) async fn way_in(&self) -> String {
        links::of_person(self, "/book").await
    }

    fn counter(&self, shop: &str) -> Option<Arc<Counter>> {
        let found = self.counters.iter().find(|counter| counter.shop == shop);
        found.map(Arc::clone)
    }

    fn forgotten(&self, shop: &str) -> Option<String> {
        let forgotten = self.forgotten.lock();
        let forgotten = forgotten.unwrap_or_else(PoisonError::into_inner);
        forgotten.get(shop).cloned()
    }

    /// Sells something unlisted, once a second at most: a form that is sent twice sells once.
    async fn forget(&self, counter: &Counter) -> anyhow::Result<()> {
        let now = civil(self.clock.now())?;
        let code = unlisted_code(now);
        if self.forgotten(counter.shop).as_ref() == Some(&code) {
            return Ok(());
        }
        counter.sell_unlisted(&self.user_id, &code, now).await?;
        let mut forgotten = self
            .forgotten
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        forgotten.insert(counter.shop, code);
        Ok(())
    }

    /// Lists what was sold unlisted, under a name.
    fn remember(&self, counter: &Counter, name: &str) -> anyhow::Result<()> {
        let Some(code) = self.forgotten(counter.shop) else {
            return Ok(());
        };
        counter.list(&code, name)?;
        let mut forgotten = self
            .forgotten
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        forgotten.remove(counter.shop);
        Ok(())
    }
}

/// How a shop stands, as the page shows it.
struct Standing {
    line: LineState,
    /// None if its device does not answer.
    queue: Option<Queue>,
    /// The item that can be renamed.
    item: Option<Item>,
    /// The code that waits for a name.
    forgotten: Option<String>,
}

async fn standing(stage: &Stage, counter: &Arc<Counter>) -> Standing {
    let queue = counter.queue().await.ok();
    let asked = Arc::clone(counter);
    let item = tokio::task::spawn_blocking(move || asked.first_item().ok());
    Standing {
        line: counter.line.state(),
        queue,
        item: item.await.ok().flatten(),
        forgotten: stage.forgotten(counter.shop),
    }
}

/// A stage that is open.
pub(super) struct Opened<W> {
    /// Where this machine finds it.
    pub(super) here: String,
    /// A link that opens it on a phone, if phones are let in.
    pub(super) for_phones: Option<String>,
    /// Its work until it is stopped.
    pub(super) work: W,
}

/// Opens the stage: on this machine, and over TLS to phones that bring its word, until `stop`.
pub(super) fn open(
    stage: Stage,
    phones: Option<Phones>,
    stop: impl Future<Output = ()> + Send + 'static,
) -> anyhow::Result<Opened<impl Future<Output = ()> + Send + 'static>> {
    let host = phones
        .as_ref()
        .map_or(Ipv4Addr::LOCALHOST, |_| Ipv4Addr::UNSPECIFIED);
    let bind = |port| door::bind(SocketAddr::from((host, port)));
    let mut listener = bind(PORT)
        .or_else(|_| bind(0))
        .context("opening the stage")?;
    let port = listener.address().port();
    let mut gate = Gate::local(port);
    let mut for_phones = None;
    if let Some(Phones { own, tls }) = phones {
        let word = hex(&stage.clock.random::<16>());
        for_phones = Some(format!("https://{own}:{port}/enter/{word}"));
        gate.let_in(own, word);
        listener = listener.with_tls(tls);
    }
    let serving = door::serve(listener, door::Limits::DEFAULT, router(stage, gate), stop);
    let work = async move {
        serving.await;
    };
    Ok(Opened {
        here: format!("http://{}:{port}", Ipv4Addr::LOCALHOST),
        for_phones,
        work,
    })
}

fn router(stage: Stage, gate: Gate) -> Router {
    Router::new()
        .route("/", get(page::show))
        .route("/state", get(state::show))
        .route("/go/book", get(links::book))
        .route("/go/code", get(links::code))
        .route("/go/console", get(links::console))
        .route("/shops/{shop}/cut", post(deeds::cut))
        .route("/shops/{shop}/heal", post(deeds::heal))
        .route("/shops/{shop}/rename", post(deeds::rename))
        .route("/shops/{shop}/forget", post(deeds::forget))
        .route("/shops/{shop}/remember", post(deeds::remember))
        .merge(page::files())
        .route("/enter/{word}", get(guard::enter))
        .layer(from_fn_with_state(Arc::new(gate), guard::keep))
        .with_state(Arc::new(stage))
}
