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
use device::running::{Running, start};
use device::touch;
use purchase::id::ItemCode;
use serde::Deserialize;
use serde_json::json;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;

/// The first shop's till is here if nobody else is; the others follow.
const FIRST_PORT: u16 = 8481;

/// The four machines, in the order of the town.
pub(super) struct Machines {
    pub(super) supermarket: Machine,
    pub(super) drugstore: Machine,
    pub(super) cafe: Machine,
    pub(super) salon: Machine,
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
        server: SocketAddr,
    ) -> anyhow::Result<Self> {
        let start = |shop, nth| {
            let port = FIRST_PORT + nth;
            Machine::start(operator, shop, folder, (server, port))
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
        (server, port): (SocketAddr, u16),
    ) -> anyhow::Result<Self> {
        let clock = Clock::system();
        let folder = folder.join(shop.id());
        let line = Line::lay(server).await?;
        let at = At {
            server: format!("http://{}", line.address),
            ca_file: None,
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
        let running = start(&folder, listen(port)?, clock)
            .with_context(|| format!("starting the device of {}", shop.id()))?;
        let till = format!("http://{}", running.address);
        Ok(Self {
            counter: Arc::new(Counter::new(shop, till, line, folder)?),
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

/// The port if it is free, else any that is.
fn listen(port: u16) -> anyhow::Result<door::Listener> {
    let at = |port| door::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port)));
    Ok(at(port).or_else(|_| at(0))?)
}
