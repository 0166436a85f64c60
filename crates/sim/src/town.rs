//! The server of a town: a real one on a folder of its own, in virtual time, which can be stopped,
//! copied, and put back to a copy.

use crate::weather::Weather;
use anyhow::{Context, bail};
use bytes::Bytes;
use device::link::{Parcel, Request};
use ledger::embedded::open::GapPolicy;
use purchase::time::Timestamp;
use serde_json::Value;
use server::{Config, Running};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use tempfile::TempDir;

/// When every story begins: noon in Tokyo.
const BEGINNING_MS: i64 = 1_775_790_000_000;

/// The time of a town, moved by hand.
#[derive(Clone)]
pub struct Time(Arc<AtomicI64>);

impl Default for Time {
    fn default() -> Self {
        Self(Arc::new(AtomicI64::new(BEGINNING_MS)))
    }
}

impl Time {
    /// What every clock shows.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        Timestamp::from_ms(self.0.load(Ordering::SeqCst)).unwrap_or(Timestamp::LAST)
    }

    /// Lets time pass.
    pub fn pass(&self, ms: i64) {
        self.0.fetch_add(ms, Ordering::SeqCst);
    }
}

/// Random bytes that are the same in every run: a counter, hashed.
#[derive(Clone, Default)]
pub struct Entropy(Arc<AtomicU64>);

impl Entropy {
    /// Fills `bytes`.
    pub fn fill(&self, bytes: &mut [u8]) {
        for part in bytes.chunks_mut(32) {
            let count = self.0.fetch_add(1, Ordering::SeqCst);
            let hash = ring::digest::digest(&ring::digest::SHA256, &count.to_be_bytes());
            for (byte, drawn) in part.iter_mut().zip(hash.as_ref()) {
                *byte = *drawn;
            }
        }
    }
}

/// The server and its folder.
pub struct Town {
    /// Its time.
    pub time: Time,
    /// Its network.
    pub weather: Weather,
    /// The operator's key.
    pub operator: String,
    folder: TempDir,
    entropy: Entropy,
    running: Option<Running>,
}

impl Town {
    /// Founds a town.
    ///
    /// # Errors
    /// If the server does not start.
    pub async fn found(seed: u64) -> anyhow::Result<Self> {
        let time = Time::default();
        let mut town = Self {
            weather: Weather::new(seed, time.clone()),
            time,
            operator: String::new(),
            folder: tempfile::tempdir()?,
            entropy: Entropy::default(),
            running: None,
        };
        town.start().await?;
        let key = town.data().join("operator.key");
        town.operator = std::fs::read_to_string(key)?.trim().to_owned();
        Ok(town)
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Starts the server, whatever copy it finds.
    ///
    /// # Errors
    /// If it does not start.
    pub async fn start(&mut self) -> anyhow::Result<()> {
        if self.running.is_some() {
            return Ok(());
        }
        let (time, entropy) = (self.time.clone(), self.entropy.clone());
        let clock = server::clock::Clock::new(
            Arc::new(move || time.now()),
            Arc::new(move |bytes| entropy.fill(bytes)),
        );
        let mut config = Config::new(self.data(), ([127, 0, 0, 1], 0).into());
        config.gap = GapPolicy::Accept;
        let running = server::start(config, clock).await?;
        let router = server::api::router(Arc::clone(&running.app));
        self.weather.serve(Some(router));
        self.running = Some(running);
        Ok(())
    }

    /// Stops the server.
    pub async fn stop(&mut self) {
        self.weather.serve(None);
        if let Some(running) = self.running.take() {
            running.stop().await;
        }
    }

    /// Copies the stopped server's data.
    ///
    /// # Errors
    /// If it cannot be copied.
    pub async fn copy(&mut self) -> anyhow::Result<()> {
        self.stop().await;
        let copy = self.folder.path().join("copy");
        if copy.exists() {
            std::fs::remove_dir_all(&copy)?;
        }
        copy_folder(&self.data(), &copy)?;
        self.start().await
    }

    /// Puts the data back to the last copy, if there is one. The keys stay as they are.
    ///
    /// # Errors
    /// If it cannot be copied.
    pub async fn put_back(&mut self) -> anyhow::Result<bool> {
        let copy = self.folder.path().join("copy");
        if !copy.exists() {
            return Ok(false);
        }
        self.stop().await;
        std::fs::remove_dir_all(self.data())?;
        copy_folder(&copy, &self.data())?;
        self.start().await?;
        Ok(true)
    }

    /// Asks the server in fine weather, and understands its answer.
    ///
    /// # Errors
    /// If it refuses.
    pub async fn ask(&self, request: Request, key: &str) -> anyhow::Result<Value> {
        let parcel = Parcel {
            request,
            proof: vec![("authorization", format!("Bearer {key}"))],
        };
        let answer = self
            .weather
            .deliver(&parcel)
            .await
            .map_err(anyhow::Error::msg)?;
        let text = String::from_utf8_lossy(&answer.body).into_owned();
        if !(200..300).contains(&answer.status) {
            bail!("{} {}: {text}", answer.status, parcel.request.path);
        }
        serde_json::from_slice(&answer.body).with_context(|| text)
    }

    /// Sends JSON to the server as the operator.
    ///
    /// # Errors
    /// If it refuses.
    pub async fn order(&self, path: &str, message: Value) -> anyhow::Result<Value> {
        let body = Bytes::from(message.to_string());
        let mut request = Request::get(path);
        request.method = "POST".parse().context("a method")?;
        request.content = Some(("application/json", body));
        self.ask(request, &self.operator).await
    }
}

fn copy_folder(from: &Path, to: &Path) -> anyhow::Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else {
            std::fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
