//! The stores and their devices: every store is opened, or known from before, and has one device
//! called `replay` whose key is at hand.

use crate::client::error::ClientError;
use crate::client::{Client, Content, Repeat, Request};
use crate::progress::{Done, Progress};
use crate::replay::StoreIndex;
use crate::replay::crew::at_once;
use crate::replay::folder::{Folder, Sheet};
use crate::replay::line::{self, Shop};
use crate::replay::remembered::Remembered;
use anyhow::{Context, bail};
use bytes::Bytes;
use purchase::id::StoreId;
use reqwest::Method;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

/// What the device is called at the server. Whatever else is called so there is a lost one of ours.
const DEVICE_NAME: &str = "replay";

/// Every store, ready to send.
pub(super) struct Stores {
    ids: Vec<String>,
    by_id: HashMap<String, StoreIndex>,
    devices: Arc<[Client]>,
    new_devices: usize,
}

impl Stores {
    /// The ids in the order of their file.
    pub(super) fn ids(&self) -> Vec<String> {
        self.ids.clone()
    }

    /// The store of that id.
    pub(super) fn find(&self, store_id: &str) -> anyhow::Result<StoreIndex> {
        let found = self.by_id.get(store_id).copied();
        found.with_context(|| format!("store {store_id} is not in stores.ndjson; add it there"))
    }

    /// For each store a client that speaks as its device.
    pub(super) fn devices(&self) -> Arc<[Client]> {
        Arc::clone(&self.devices)
    }

    /// What happened.
    pub(super) fn told(&self) -> String {
        match self.new_devices {
            0 => "every device is known from before".to_owned(),
            1 => "1 new device".to_owned(),
            count => format!("{count} new devices"),
        }
    }
}

/// Opens every store of the folder and finds or makes its device.
pub(super) async fn open(
    client: &Client,
    folder: &Folder,
    state: Option<PathBuf>,
) -> anyhow::Result<(Stores, Done)> {
    let mut remembered = Remembered::open(state)?;
    let mut lines = folder.read(Sheet::Stores)?;
    let progress = Arc::new(Progress::begin("stores", lines.bytes()));
    let mut by_id = HashMap::new();
    let mut drafts = Vec::new();
    while let Some(line) = lines.next()? {
        let draft = Draft::read(line.text, line.bytes);
        let mut draft = draft.with_context(|| lines.place())?;
        let key = remembered.key(client.base(), &draft.store_id);
        draft.key = key.map(str::to_owned);
        let index = StoreIndex(drafts.len());
        if by_id.insert(draft.store_id.clone(), index).is_some() {
            bail!(
                "{}: store {} stands there twice",
                lines.place(),
                draft.store_id
            );
        }
        drafts.push(draft);
    }
    let ids: Vec<_> = drafts.iter().map(|draft| draft.store_id.clone()).collect();
    let opened = at_once(drafts, |draft| {
        let (client, progress) = (client.clone(), Arc::clone(&progress));
        async move {
            let store_id = draft.store_id.clone();
            let bytes = draft.bytes;
            let opened = draft.open(&client).await;
            progress.advance(bytes, 1);
            opened.with_context(|| format!("store {store_id}"))
        }
    })
    .await?;
    let pairs = ids.iter().zip(&opened);
    let keys = pairs.map(|(store_id, opened)| (store_id.as_str(), opened.key.as_str()));
    remembered.keep(client.base(), keys)?;
    let stores = Stores {
        new_devices: opened.iter().filter(|opened| opened.is_new).count(),
        devices: opened.into_iter().map(|opened| opened.device).collect(),
        by_id,
        ids,
    };
    Ok((stores, progress.end()))
}

/// A store as its line says it, with the key of its device if one is remembered.
struct Draft {
    store_id: String,
    message: Bytes,
    bytes: u64,
    key: Option<String>,
}

/// A store that is open.
struct Opened {
    key: String,
    device: Client,
    is_new: bool,
}

impl Draft {
    fn read(text: &[u8], bytes: u64) -> anyhow::Result<Self> {
        let Shop { store_id } = line::read(text)?;
        StoreId::parse(&store_id)?;
        Ok(Self {
            store_id,
            message: Bytes::copy_from_slice(text),
            bytes,
            key: None,
        })
    }

    async fn open(self, client: &Client) -> anyhow::Result<Opened> {
        let message = Content::Json(self.message.clone());
        let store = Request::new(Method::POST, "/v1/stores", message, Repeat::Freely);
        client.send(&store).await?;
        if let Some(key) = &self.key
            && let Some(device) = self.try_key(client, key).await?
        {
            return Ok(Opened {
                key: key.clone(),
                device,
                is_new: false,
            });
        }
        let key = self.new_device(client).await?;
        Ok(Opened {
            device: client.as_device(&key, &self.store_id)?,
            key,
            is_new: true,
        })
    }

    /// The device of a remembered key, if the server still knows it as this store's.
    async fn try_key(&self, client: &Client, key: &str) -> anyhow::Result<Option<Client>> {
        let device = client.as_device(key, &self.store_id)?;
        let path = format!("/v1/stores/{}/catalogue", self.store_id);
        match device.read::<Value>(&path).await {
            Ok(_) => Ok(Some(device)),
            Err(ClientError::KeyRefused { .. }) => Ok(None),
            Err(error) if error.has_code("not_found") => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Makes a device and returns its key; lost ones of earlier runs are revoked first, so that
    /// they do not pile up.
    async fn new_device(&self, client: &Client) -> anyhow::Result<String> {
        let path = format!("/v1/stores/{}/devices", self.store_id);
        let known: Devices = client.read(&path).await?;
        let lost = known
            .devices
            .iter()
            .filter(|device| device.name == DEVICE_NAME && device.revoked_at.is_none());
        for device in lost {
            let path = format!("{path}/{}", device.device_id);
            let revoke = Request::new(Method::DELETE, path, Content::Nothing, Repeat::Freely);
            client.send(&revoke).await?;
        }
        let message = Content::json(&json!({"name": DEVICE_NAME}));
        let make = Request::new(Method::POST, path, message, Repeat::Never);
        let made: NewDevice = client.ask(&make).await?;
        Ok(made.key)
    }
}

#[derive(Deserialize)]
struct Devices {
    devices: Vec<Device>,
}

#[derive(Deserialize)]
struct Device {
    device_id: String,
    name: String,
    revoked_at: Option<String>,
}

#[derive(Deserialize)]
struct NewDevice {
    key: String,
}
