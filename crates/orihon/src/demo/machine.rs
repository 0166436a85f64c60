//! The shops' own machines: real store devices, as `orihon-device` runs them, here in one process with
//! the server and on loopback. Each joins by a pairing code, keeps its own database, and sends what its
//! tills have sold. Nothing here knows a way to the server that a shop would not have.

use super::furnish::post;
use super::shop::{Shop, Town};
use crate::client::Client;
use anyhow::{Context, bail};
use device::clock::Clock;
use device::joining::{At, follow, join};
use device::running::{Running, start};
use reqwest::header::CONTENT_TYPE;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

/// The first shop's till is here if nobody else is; the others follow.
const FIRST_PORT: u16 = 8481;

/// The four machines, in the order of the town.
pub(super) struct Machines {
    pub(super) supermarket: Machine,
    pub(super) drugstore: Machine,
    pub(super) cafe: Machine,
    pub(super) salon: Machine,
}

/// A shop's machine at work.
pub(super) struct Machine {
    pub(super) shop: &'static str,
    /// Where its till page is.
    pub(super) till: String,
    /// The folder in which the shop's own system leaves product lists.
    pub(super) lists: PathBuf,
    folder: PathBuf,
    http: reqwest::Client,
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
        server: &str,
    ) -> anyhow::Result<Self> {
        let start = |shop: &Shop, nth: u16| {
            let place = folder.join(shop.id());
            Machine::start(operator, shop.id(), place, (server, FIRST_PORT + nth))
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

    pub(super) const fn all(&self) -> [&Machine; 4] {
        [&self.supermarket, &self.drugstore, &self.cafe, &self.salon]
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
        shop: &'static str,
        folder: PathBuf,
        (server, port): (&str, u16),
    ) -> anyhow::Result<Self> {
        let clock = Clock::system();
        let at = At {
            server: server.to_owned(),
            ca_file: None,
        };
        if folder.join("device.key").exists() {
            // The port of the last time may have been taken by somebody else.
            follow(&folder, &at, &clock)?;
        } else {
            let path = format!("/v1/stores/{shop}/pairings");
            let Pairing { code } = post(operator, &path, &json!({"name": "till room"})).await?;
            join(&folder, &code, &at, &clock).await?;
        }
        let lists = folder.join("lists");
        std::fs::create_dir_all(&lists).context("making a folder for product lists")?;
        let running = start(&folder, listen(port)?, clock)
            .with_context(|| format!("starting the device of {shop}"))?;
        Ok(Self {
            shop,
            till: format!("http://{}", running.address),
            lists,
            folder,
            http: reqwest::Client::builder()
                .no_proxy()
                .tls_certs_only([])
                .build()?,
            running,
        })
    }

    /// Enters a sale at the till, which does its own arithmetic. Once this returns it is on the
    /// shop's disk; the server hears of it from the device.
    pub(super) async fn sell(&self, settlement: &impl Serialize) -> anyhow::Result<()> {
        let answer = self
            .http
            .post(format!("{}/api/settlements", self.till))
            .header(CONTENT_TYPE, "application/json")
            .body(serde_json::to_vec(settlement)?)
            .send()
            .await?;
        if !answer.status().is_success() {
            bail!(
                "the till of {} says: {}; please report this",
                self.shop,
                answer.text().await?
            );
        }
        Ok(())
    }

    /// Leaves a product list for the machine, as the shop's own system does; whole or not at all.
    pub(super) fn leave_list(&self, name: &str, list: &str) -> anyhow::Result<()> {
        let draft = self.lists.join(format!("{name}.part"));
        std::fs::write(&draft, list).context("writing a product list")?;
        std::fs::rename(&draft, self.lists.join(format!("{name}.csv")))
            .context("leaving a product list")
    }

    /// Takes in the lists that are left for it, for ever.
    pub(super) async fn watch(&self) -> anyhow::Result<()> {
        device::lists::watch(self.folder.clone(), self.lists.clone()).await
    }
}

/// The port if it is free, else any that is.
fn listen(port: u16) -> anyhow::Result<door::Listener> {
    let at = |port| door::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port)));
    Ok(at(port).or_else(|_| at(0))?)
}
