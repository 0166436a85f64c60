//! The catalogues: the lines of each store become its revision 1, and further revisions where the
//! file comes back to a store or the store has very many. The server knows by their digest the
//! updates that it has, so that a second run changes nothing.

use crate::client::error::ClientError;
use crate::client::{Client, Content, Repeat, Request};
use crate::progress::{Done, Progress};
use crate::replay::crew::{Crew, Given};
use crate::replay::expect::Named;
use crate::replay::folder::{Folder, Sheet};
use crate::replay::line::{self, Entry};
use crate::replay::stores::Stores;
use crate::replay::{BODY_BYTES_MAX, StoreIndex};
use anyhow::{Context, bail};
use bytes::Bytes;
use reqwest::Method;
use std::sync::Arc;
use tokio::sync::mpsc;

/// Bytes of one update; the largest store of the prepared year needs two million.
const UPDATE_BYTES_MAX: usize = BODY_BYTES_MAX * 8;

const _: () = assert!(UPDATE_BYTES_MAX * 2 <= wire::limits::CATALOGUE_BYTES);

/// Loads every catalogue, and learns which codes have a name. Returns as well what there is to tell.
pub(super) async fn load(
    stores: &Stores,
    folder: &Folder,
    senders: usize,
) -> anyhow::Result<(Named, Done, String)> {
    let mut lines = folder.read(Sheet::Catalogue)?;
    let progress = Arc::new(Progress::begin("catalogue", lines.bytes()));
    let devices = stores.devices();
    let crew = Crew::begin(senders, |updates| {
        send_all(updates, Arc::clone(&devices), Arc::clone(&progress))
    });
    let mut named = Named::default();
    let mut drafts = Drafts::new(devices.len());
    while let Some(line) = lines.next()? {
        let (bytes, text) = (line.bytes, line.text);
        let full = drafts
            .add(stores, &mut named, text, bytes)
            .with_context(|| lines.place())?;
        if let Some(update) = full
            && crew.give(update.store, update).await == Given::Stopped
        {
            break;
        }
    }
    if let Some(update) = drafts.current.take() {
        crew.give(update.store, update).await;
    }
    let newer: u64 = crew.end().await?.iter().sum();
    let told = match newer {
        0 => String::new(),
        count => format!("{count} updates lie behind what the server has"),
    };
    Ok((named, progress.end(), told))
}

/// One update of one store's catalogue.
struct Update {
    store: StoreIndex,
    store_id: String,
    revision: u64,
    /// The message without its end.
    body: Vec<u8>,
    items: u64,
    /// Bytes of its lines in the file.
    bytes: u64,
}

impl Update {
    fn begin(store: StoreIndex, store_id: &str, revision: u64) -> Self {
        let base = revision - 1;
        let begin = format!(r#"{{"base_revision":{base},"revision":{revision},"changes":["#);
        Self {
            store,
            store_id: store_id.to_owned(),
            revision,
            body: begin.into_bytes(),
            items: 0,
            bytes: 0,
        }
    }

    fn add(&mut self, text: &[u8], entry: &Entry<'_>, bytes: u64) -> anyhow::Result<()> {
        if self.items > 0 {
            self.body.push(b',');
        }
        line::put_without(&mut self.body, text, ("store_id", entry.store_id))?;
        self.items += 1;
        self.bytes += bytes;
        Ok(())
    }
}

/// The update that is being filled, and how many each store has had.
struct Drafts {
    current: Option<Update>,
    revisions: Vec<u64>,
}

impl Drafts {
    fn new(stores: usize) -> Self {
        Self {
            current: None,
            revisions: vec![0; stores],
        }
    }

    /// Adds a line; returns the update before if this line begins a new one.
    fn add(
        &mut self,
        stores: &Stores,
        named: &mut Named,
        text: &[u8],
        bytes: u64,
    ) -> anyhow::Result<Option<Update>> {
        let entry: Entry<'_> = line::read(text)?;
        let store_id = line::text(entry.store_id)?;
        let effective_from = line::instant(&entry.effective_from)?;
        let fits = |update: &Update| {
            update.store_id == store_id && update.body.len() + text.len() < UPDATE_BYTES_MAX
        };
        let full = self.current.take_if(|update| !fits(update));
        let update = match &mut self.current {
            Some(update) => update,
            None => {
                let store = stores.find(&store_id)?;
                let revision = self
                    .revisions
                    .get_mut(store.0)
                    .context("a store too many")?;
                *revision += 1;
                let update = Update::begin(store, &store_id, *revision);
                self.current.insert(update)
            }
        };
        named.add(
            update.store,
            &entry.code,
            effective_from,
            !entry.discontinued,
        )?;
        update.add(text, &entry, bytes)?;
        Ok(full)
    }
}

/// One sender: its stores' updates one after the other. Returns how many lie behind the head.
async fn send_all(
    mut updates: mpsc::Receiver<Update>,
    devices: Arc<[Client]>,
    progress: Arc<Progress>,
) -> anyhow::Result<u64> {
    let mut behind = 0;
    while let Some(update) = updates.recv().await {
        let device = devices.get(update.store.0).context("a store too many")?;
        let (bytes, items) = (update.bytes, update.items);
        let store_id = update.store_id.clone();
        let was_behind = send(device, update).await;
        behind += u64::from(was_behind.with_context(|| format!("the catalogue of {store_id}"))?);
        progress.advance(bytes, items);
    }
    Ok(behind)
}

/// Sends one update. True if the server has later ones already, of which this one may be a part:
/// whether it is will be seen from the number of items.
async fn send(device: &Client, update: Update) -> anyhow::Result<bool> {
    let mut body = update.body;
    body.extend_from_slice(b"]}");
    let path = format!("/v1/stores/{}/catalogue", update.store_id);
    let content = Content::Json(Bytes::from(body));
    // The same update as the head is answered like the first time, so this may be repeated.
    let request = Request::new(Method::PUT, path, content, Repeat::Freely);
    match device.send(&request).await {
        Ok(_) => Ok(false),
        Err(error) if has_moved_on(&error, update.revision) => Ok(true),
        Err(error) if error.has_code("catalogue_forked") => bail!(
            "the server has another revision {} than this folder's; replay into a server of its own, or into one that this folder was replayed to before",
            update.revision
        ),
        Err(error) => Err(error.into()),
    }
}

fn has_moved_on(error: &ClientError, revision: u64) -> bool {
    let current = error.refusal().and_then(|refusal| refusal.current_revision);
    error.has_code("catalogue_gap") && current.is_some_and(|current| current > revision)
}
