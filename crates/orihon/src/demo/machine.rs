//! The shops' own machines: real store devices, as `orihon-device` runs them, here in one process with
//! the server and on loopback. Each joins by a pairing code, keeps its own database, and sends what its
//! tills have sold. Nothing here knows a way to the server that a shop would not have.

use super::counter::Counter;
use super::furnish::post;
use super::line::Line;
use super::shop::{Shop, Town};
use crate::client::Client;
use anyhow::Context;
use device::clock::Clock;
use device::database::Database;
use device::joining::{At, follow, join};
use device::paired::{self, PairError};
use device::running::{Running, start};
use device::touch;
use door::tls::Tls;
use purchase::id::ItemCode;
use serde::Deserialize;
use serde_json::json;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The first shop's till is here if nobody else is; the others follow.
const FIRST_PORT: u16 = 8481;

/// What tills on phones are called at a device.
const PHONES: &str = "phones";

/// The four machines, in the order of the town.
pub(super) struct Machines {
    pub(super) supermarket: Machine,
    pub(super) drugstore: Machine,
    pub(super) cafe: Machine,
    pub(super) salon: Machine,
}

/// How a shop gets to the server, and how others get to the shop's till.
#[derive(Clone)]
pub(super) struct Ways {
    pub(super) server: SocketAddr,
    /// Who vouches for the server; plain HTTP without.
    pub(super) ca_file: Option<PathBuf>,
    /// Whether tills may be opened on phones, and how.
    pub(super) phones: Option<Phones>,
}

/// How phones get to what this process serves.
#[derive(Clone)]
pub(super) struct Phones {
    /// The address of this machine for them.
    pub(super) own: Ipv4Addr,
    pub(super) tls: Tls,
}

/// A shop's machine at work, behind its counter.
pub(super) struct Machine {
    pub(super) counter: Arc<Counter>,
    running: Running,
}

#[derive(Deserialize)]
struct Pairing {
    code: String,
}

impl Machines {
    /// Puts a machine to work in each shop; those whose folder is there already go on with it.
    pub(super) async fn start(
        operator: &Client,
        town: &Town,
        folder: &Path,
        ways: &Ways,
    ) -> anyhow::Result<Self> {
        let start = |shop, nth| {
            let port = FIRST_PORT + nth;
            Machine::start(operator, shop, folder, (ways, port))
        };
        let (supermarket, drugstore, cafe, salon) = tokio::try_join!(
            start(&town.supermarket, 0),
            start(&town.drugstore, 1),
            start(&town.cafe, 2),
            start(&town.salon, 3),
        )?;
        Ok(Self {
            supermarket,
            drugstore,
            cafe,
            salon,
        })
    }

    /// The counters, in the order of the town.
    pub(super) fn counters(&self) -> [Arc<Counter>; 4] {
        [&self.supermarket, &self.drugstore, &self.cafe, &self.salon]
            .map(|machine| Arc::clone(&machine.counter))
    }

    /// Lets all of them finish what they do. What waits stays in their folders.
    pub(super) async fn stop(self) -> anyhow::Result<()> {
        for machine in [self.supermarket, self.drugstore, self.cafe, self.salon] {
            machine.running.stop().await?;
        }
        Ok(())
    }
}

impl Machine {
    async fn start(
        operator: &Client,
        shop: &Shop,
        folder: &Path,
        (ways, port): (&Ways, u16),
    ) -> anyhow::Result<Self> {
        let clock = Clock::system();
        let folder = folder.join(shop.id());
        let line = Line::lay(ways.server).await?;
        let scheme = if ways.ca_file.is_some() {
            "https"
        } else {
            "http"
        };
        let at = At {
            server: format!("{scheme}://{}", line.address),
            ca_file: ways.ca_file.clone(),
        };
        if folder.join("device.key").exists() {
            // The line is a new one each time.
            follow(&folder, &at, &clock)?;
        } else {
            let path = format!("/v1/stores/{}/pairings", shop.id());
            let Pairing { code } = post(operator, &path, &json!({"name": "till room"})).await?;
            join(&folder, &code, &at, &clock).await?;
        }
        let set_up = set_up(shop, &folder);
        set_up.with_context(|| format!("setting up the till of {}", shop.id()))?;
        let key = match &ways.phones {
            Some(_) => Some(key_for_phones(&folder, &clock)?),
            None => None,
        };
        let running = start(&folder, listen(port, ways.phones.as_ref())?, clock)
            .with_context(|| format!("starting the device of {}", shop.id()))?;
        let port = running.address.port();
        let till = format!("http://{}:{port}", Ipv4Addr::LOCALHOST);
        let page = match (&ways.phones, key) {
            (Some(Phones { own, .. }), Some(key)) => format!("https://{own}:{port}/#key={key}"),
            (Some(_), None) | (None, _) => till.clone(),
        };
        Ok(Self {
            counter: Arc::new(Counter::new(shop, (till, page), line, folder)?),
            running,
        })
    }
}

/// What a shop does at its machine before the first day: a folder for product lists, and keys for what is
/// sold all the time. Keys that somebody has changed stay.
fn set_up(shop: &Shop, folder: &Path) -> anyhow::Result<()> {
    std::fs::create_dir_all(folder.join("lists"))?;
    let mut database = Database::open(folder)?;
    if touch::keys(database.connection())?.is_empty() {
        let codes = shop.touch.iter().map(|slug| {
            let ware = shop.shelf.ware(slug)?;
            Ok(ItemCode::parse(ware.code)?)
        });
        touch::set(&mut database, &codes.collect::<anyhow::Result<Vec<_>>>()?)?;
    }
    Ok(())
}

/// The port if it is free, else any that is; on all addresses and over TLS for phones.
fn listen(port: u16, phones: Option<&Phones>) -> anyhow::Result<door::Listener> {
    let host = phones.map_or(Ipv4Addr::LOCALHOST, |_| Ipv4Addr::UNSPECIFIED);
    let at = |port| door::bind(SocketAddr::from((host, port)));
    let listener = at(port).or_else(|_| at(0))?;
    Ok(match phones {
        Some(Phones { tls, .. }) => listener.with_tls(tls.clone()),
        None => listener,
    })
}

/// A key by which tills on phones are known to the device; a new one each time.
fn key_for_phones(folder: &Path, clock: &Clock) -> anyhow::Result<String> {
    let database = Database::open(folder)?;
    let connection = database.connection();
    match paired::remove(connection, PHONES) {
        Ok(()) | Err(PairError::Unknown(_)) => {}
        Err(error) => return Err(error.into()),
    }
    Ok(paired::add(
        connection,
        PHONES,
        clock.random(),
        clock.now(),
    )?)
}
