//! What the server says it has: counts by store and by person, and the items of each catalogue.
//! Nothing is judged here.

use crate::client::Client;
use crate::replay::crew::at_once;
use crate::replay::expect::Tally;
use crate::replay::people::People;
use crate::replay::stores::Stores;
use anyhow::{Context, ensure};
use purchase::id::UserId;
use serde::Deserialize;
use std::collections::{BTreeMap, HashMap};

/// The server's account of it.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// By store; one without settlements may be missing.
    pub(super) stores: HashMap<String, Tally>,
    /// By person, those of the folder only; one without settlements may be missing.
    pub(super) people: HashMap<UserId, Tally>,
    /// Codes with a name in the catalogues of the folder's stores.
    pub(super) items: u64,
}

/// Asks for everything that concerns the folder.
pub(super) async fn ask(
    client: &Client,
    stores: &Stores,
    people: &People,
) -> anyhow::Result<Found> {
    let mut found = Found::default();
    for count in counts(client, "store").await? {
        let store_id = count.store_id.clone().context("a count without store_id")?;
        found.stores.insert(store_id, count.tally());
    }
    let ours: HashMap<_, _> = people
        .all()
        .iter()
        .map(|known| (known.user_id, ()))
        .collect();
    for count in counts(client, "user").await? {
        let user_id = UserId::parse(
            count
                .user_id
                .as_deref()
                .context("a count without user_id")?,
        )?;
        if ours.contains_key(&user_id) {
            found.people.insert(user_id, count.tally());
        }
    }
    let heads = at_once(stores.ids(), |store_id| {
        let client = client.clone();
        async move {
            let head: Head = client
                .read(&format!("/v1/stores/{store_id}/catalogue"))
                .await?;
            Ok(head.items)
        }
    });
    found.items = heads.await?.iter().sum();
    Ok(found)
}

/// All pages of the counts.
async fn counts(client: &Client, by: &str) -> anyhow::Result<Vec<Count>> {
    let first = format!("/v1/counts?by={by}");
    let mut page: Page = client.read(&first).await?;
    let mut all = std::mem::take(&mut page.counts);
    while let Some(cursor) = page.next_cursor.take() {
        let next: Page = client.read(&format!("{first}&cursor={cursor}")).await?;
        ensure!(
            !next.counts.is_empty(),
            "the server's counts do not come to an end"
        );
        page = next;
        all.append(&mut page.counts);
    }
    Ok(all)
}

#[derive(Deserialize)]
struct Page {
    counts: Vec<Count>,
    next_cursor: Option<String>,
}

#[derive(Deserialize)]
struct Count {
    store_id: Option<String>,
    user_id: Option<String>,
    settlements: u64,
    lines: u64,
    pending_lines: u64,
    total_by_currency: BTreeMap<String, i128>,
}

impl Count {
    fn tally(self) -> Tally {
        Tally {
            settlements: self.settlements,
            lines: self.lines,
            pending_lines: self.pending_lines,
            total_by_currency: self.total_by_currency,
        }
    }
}

#[derive(Deserialize)]
struct Head {
    items: u64,
}
