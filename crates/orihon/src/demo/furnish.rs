//! Furnishing the server through its public interface, as an operator and the tills that the shops had
//! before they got a store device would: shops, keys, catalogues, one person, and eighteen months of
//! purchases. Takes no short cut into the ledger.

use super::catalogue::Revision;
use super::habit::Life;
use super::history::history;
use super::message::Settlement;
use super::shelf::Listing;
use super::shop::Shop;
use crate::client::{Client, Content, Repeat, Request};
use anyhow::{Context, bail};
use bytes::Bytes;
use jiff::civil::DateTime;
use reqwest::Method;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// Settlements in one batch, below the contract's limit.
const BATCH_ITEMS: usize = 500;
/// By which the operator knows the person.
const PERSON_REF: &str = "demo-hanako";
pub(super) const PERSON_NAME: &str = "山田 花子";

/// The person whose purchases these are.
pub(super) struct Person {
    pub(super) user_id: String,
    pub(super) token: String,
}

#[derive(Deserialize)]
struct UserAnswer {
    user_id: String,
    token: Option<String>,
}

#[derive(Deserialize)]
struct TokenAnswer {
    token: String,
}

#[derive(Deserialize)]
struct DeviceAnswer {
    key: String,
}

#[derive(Deserialize)]
struct Outcome {
    outcome: String,
    #[serde(default)]
    warnings: Vec<String>,
    #[serde(flatten)]
    rest: serde_json::Map<String, serde_json::Value>,
}

/// The person, known to the operator from now on; the token is new in any case.
pub(super) async fn person(operator: &Client) -> anyhow::Result<Person> {
    let body = json!({"ref": PERSON_REF, "name": PERSON_NAME});
    let UserAnswer { user_id, token } = post(operator, "/v1/users", &body).await?;
    if let Some(token) = token {
        return Ok(Person { user_id, token });
    }
    let path = format!("/v1/users/{user_id}/tokens");
    let why = json!({"reason": "the demo began anew"});
    let TokenAnswer { token } = post(operator, &path, &why).await?;
    Ok(Person { user_id, token })
}

/// Furnishes the server with all of it, the four shops side by side. Gives the key of a till of the
/// supermarket.
pub(super) async fn furnish(
    operator: &Client,
    life: &mut Life<'_>,
    now: DateTime,
    past: Past,
) -> anyhow::Result<String> {
    let settlements = match past {
        Past::Filed => Vec::new(),
        Past::Missing => history(life, now)?,
    };
    let town = life.town;
    let of = |shop: &Shop| -> Vec<&Settlement> {
        settlements
            .iter()
            .filter(|settlement| settlement.key.store_id == shop.id())
            .collect()
    };
    let [supermarket, drugstore, cafe, salon] = town
        .shops()
        .map(|shop| open_shop(operator, shop, of(shop), past));
    let (key, _, _, _) = tokio::try_join!(supermarket, drugstore, cafe, salon)?;
    Ok(key)
}

/// Whether the server has the eighteen months already, in a folder that was kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Past {
    Filed,
    Missing,
}

/// A shop, a key for its tills, its catalogue, and all that it sold. Gives the key.
async fn open_shop(
    operator: &Client,
    shop: &Shop,
    settlements: Vec<&Settlement>,
    past: Past,
) -> anyhow::Result<String> {
    let _: serde::de::IgnoredAny = post(operator, "/v1/stores", &shop.profile).await?;
    let path = format!("/v1/stores/{}/devices", shop.id());
    let DeviceAnswer { key } = post(operator, &path, &json!({"name": "till 1"})).await?;
    let client = operator.as_device(&key, shop.id())?;
    if past == Past::Missing {
        for revision in of_listing(shop, Listing::Early) {
            send_revision(&client, shop, revision).await?;
        }
        for batch in settlements.chunks(BATCH_ITEMS) {
            send_batch(&client, batch)
                .await
                .with_context(|| format!("at {}", shop.id()))?;
        }
        for revision in of_listing(shop, Listing::Late) {
            send_revision(&client, shop, revision).await?;
        }
    }
    Ok(key)
}

fn of_listing(shop: &Shop, listing: Listing) -> impl Iterator<Item = &Revision> {
    shop.revisions
        .iter()
        .filter(move |revision| revision.listing == listing)
}

async fn send_revision(client: &Client, shop: &Shop, revision: &Revision) -> anyhow::Result<()> {
    put_catalogue(client, shop.id(), &revision.update)
        .await
        .with_context(|| format!("sending revision {} of {}", revision.number, shop.id()))
}

async fn put_catalogue(
    client: &Client,
    store_id: &str,
    update: &impl Serialize,
) -> anyhow::Result<()> {
    let path = format!("/v1/stores/{store_id}/catalogue");
    let body = Content::Json(Bytes::from(serde_json::to_vec(update)?));
    client
        .send(&Request::new(Method::PUT, path, body, Repeat::Freely))
        .await?;
    Ok(())
}

async fn send_batch(client: &Client, batch: &[&Settlement]) -> anyhow::Result<()> {
    let outcomes: Vec<Outcome> = post(client, "/v1/settlements/batch", &batch).await?;
    for outcome in outcomes {
        if outcome.outcome != "recorded" || !outcome.warnings.is_empty() {
            bail!(
                "the server did not just record a purchase of the demo but answered {} {:?} {:?}; please report this",
                outcome.outcome,
                outcome.warnings,
                outcome.rest
            );
        }
    }
    Ok(())
}

/// Sends something that is the same when sent twice, or at worst makes a further key.
pub(super) async fn post<T: serde::de::DeserializeOwned>(
    client: &Client,
    path: &str,
    body: &impl Serialize,
) -> anyhow::Result<T> {
    let body = Content::Json(Bytes::from(serde_json::to_vec(body)?));
    Ok(client
        .ask(&Request::new(Method::POST, path, body, Repeat::Freely))
        .await?)
}
