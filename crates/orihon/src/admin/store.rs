//! `orihon store`: opening, showing, renaming and closing stores.

use crate::admin::{Asking, Desk, columns, list, object, store_id, text};
use crate::client::Content;
use anyhow::bail;
use reqwest::Method;
use serde_json::{Value, json};
use server::clock::Clock;
use std::process::ExitCode;
use wire::time::show_utc;

/// Options of `store`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    asking: Asking,
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// Opens a store; the same again changes nothing.
    Add(Box<NewStore>),
    /// Lists every store.
    List,
    /// Shows a store and where its catalogue stands.
    Show {
        /// Its id.
        #[arg(value_parser = store_id)]
        store_id: String,
    },
    /// Gives a store a new name; what was bought before keeps the old one.
    Rename {
        /// Its id.
        #[arg(value_parser = store_id)]
        store_id: String,
        /// The new name.
        name: String,
        /// From when, as RFC 3339 with its offset [default: now].
        #[arg(long, value_name = "TIME", env = "ORIHON_STORE_FROM")]
        from: Option<String>,
    },
    /// Lets a store follow another one's catalogue, or have its own again.
    Follow {
        /// Its id.
        #[arg(value_parser = store_id)]
        store_id: String,
        /// The store of the same chain to follow; without it the store has its own catalogue.
        #[arg(value_parser = store_id)]
        source: Option<String>,
    },
    /// Closes a store for good: it writes nothing more, and its history stays.
    Close {
        /// Its id.
        #[arg(value_parser = store_id)]
        store_id: String,
    },
}

/// A store to be opened.
#[derive(Debug, clap::Args)]
struct NewStore {
    /// Its id: 1 to 64 of a-z, 0-9 and -.
    #[arg(value_parser = store_id)]
    store_id: String,
    /// Its name.
    #[arg(long, env = "ORIHON_STORE_NAME")]
    name: String,
    /// The IANA name of its time zone, such as Asia/Tokyo.
    #[arg(long, value_name = "ZONE", env = "ORIHON_STORE_TIMEZONE")]
    timezone: String,
    /// The currency it sells in, such as JPY.
    #[arg(long, value_name = "CODE", env = "ORIHON_STORE_CURRENCY")]
    currency: String,
    /// The chain it belongs to.
    #[arg(long, value_name = "CHAIN_ID", env = "ORIHON_STORE_CHAIN")]
    chain: Option<String>,
    /// The store of the same chain whose catalogue it follows instead of having one.
    #[arg(long, value_name = "ID", env = "ORIHON_STORE_CATALOGUE_OF")]
    catalogue_of: Option<String>,
    /// Who issues its invoices.
    #[arg(long, value_name = "NAME", env = "ORIHON_STORE_ISSUER")]
    issuer: Option<String>,
    /// The issuer's registration number, T and 13 digits in Japan.
    #[arg(
        long,
        value_name = "NUMBER",
        env = "ORIHON_STORE_REGISTRATION_NUMBER",
        requires = "issuer"
    )]
    registration_number: Option<String>,
    /// Where it is.
    #[arg(long, env = "ORIHON_STORE_ADDRESS")]
    address: Option<String>,
    /// Its telephone number.
    #[arg(long, env = "ORIHON_STORE_PHONE")]
    phone: Option<String>,
    /// What its receipts end with.
    #[arg(long, value_name = "TEXT", env = "ORIHON_STORE_RECEIPT_FOOTER")]
    receipt_footer: Option<String>,
}

/// Does it.
///
/// # Errors
/// If the server does not.
pub(crate) async fn run(args: Args) -> anyhow::Result<ExitCode> {
    let desk = Desk::open(&args.asking)?;
    match args.action {
        Action::Add(store) => add(&desk, *store).await,
        Action::List => {
            let stores = desk.get("/v1/stores").await?;
            Ok(desk.show(&stores, |stores| table(list(stores, "stores"))))
        }
        Action::Show { store_id } => show(&desk, &store_id).await,
        Action::Rename {
            store_id,
            name,
            from,
        } => rename(&desk, &store_id, &name, from).await,
        Action::Follow { store_id, source } => {
            let message = json!({"catalogue_of": source});
            let path = format!("/v1/stores/{store_id}");
            let content = Content::json(&message);
            let answer = desk.change(Method::PATCH, &path, content).await?;
            let store = serde_json::from_slice(&answer.body)?;
            Ok(
                desk.show(&store, |store| match text(store, "catalogue_of") {
                    "" => format!("store {store_id} has its own catalogue"),
                    of => format!("store {store_id} follows the catalogue of {of}"),
                }),
            )
        }
        Action::Close { store_id } => {
            let path = format!("/v1/stores/{store_id}/close");
            let answer = desk.change(Method::POST, &path, Content::Nothing).await?;
            let store = serde_json::from_slice(&answer.body)?;
            Ok(desk.show(&store, |store| {
                format!(
                    "store {store_id} is closed since {}",
                    text(store, "closed_at")
                )
            }))
        }
    }
}

async fn add(desk: &Desk, store: NewStore) -> anyhow::Result<ExitCode> {
    let message = message(store);
    let content = Content::json(&message);
    let answer = desk.change(Method::POST, "/v1/stores", content).await?;
    let store: Value = serde_json::from_slice(&answer.body)?;
    Ok(desk.show(&store, |store| {
        let id = text(store, "store_id");
        match answer.status.as_u16() {
            201 => format!(
                "store {id} is open; give it a device with: orihon device add {id} --name \"till 1\""
            ),
            _ => format!("store {id} was open before, just so"),
        }
    }))
}

fn message(store: NewStore) -> Value {
    let mut message = object([
        ("store_id", Some(store.store_id)),
        ("name", Some(store.name)),
        ("timezone", Some(store.timezone)),
        ("currency", Some(store.currency)),
        ("chain_id", store.chain),
        ("catalogue_of", store.catalogue_of),
        ("address", store.address),
        ("phone", store.phone),
        ("receipt_footer", store.receipt_footer),
    ]);
    if let (Some(members), Some(issuer)) = (message.as_object_mut(), store.issuer) {
        let number = ("registration_number", store.registration_number);
        let issuer = object([("name", Some(issuer)), number]);
        members.insert("issuer".to_owned(), issuer);
    }
    message
}

async fn show(desk: &Desk, store_id: &str) -> anyhow::Result<ExitCode> {
    let mut store = desk.get(&format!("/v1/stores/{store_id}")).await?;
    let catalogue = desk
        .get(&format!("/v1/stores/{store_id}/catalogue"))
        .await?;
    let Some(members) = store.as_object_mut() else {
        bail!("the server's answer is no store");
    };
    members.insert("catalogue".to_owned(), catalogue);
    Ok(desk.show(&store, |store| columns(&facts(store))))
}

/// Every member that is a text, and the catalogue in words.
fn facts(store: &Value) -> Vec<[String; 2]> {
    let members = store.as_object().into_iter().flatten();
    let texts = members.filter_map(|(name, value)| {
        let value = match name.as_str() {
            "issuer" => {
                let parts = [text(value, "name"), text(value, "registration_number")];
                parts.join(" ").trim_end().to_owned()
            }
            "catalogue" => {
                let number = |name: &str| value.get(name).and_then(Value::as_u64).unwrap_or(0);
                let (items, revision) = (number("items"), number("revision"));
                format!("{items} items at revision {revision}")
            }
            _ => value.as_str()?.to_owned(),
        };
        Some([name.clone(), value])
    });
    texts.collect()
}

async fn rename(
    desk: &Desk,
    store_id: &str,
    name: &str,
    from: Option<String>,
) -> anyhow::Result<ExitCode> {
    let from = from.unwrap_or_else(|| show_utc(Clock::system().now()));
    let message = json!({"name": name, "effective_from": from});
    let path = format!("/v1/stores/{store_id}");
    let answer = desk
        .change(Method::PATCH, &path, Content::json(&message))
        .await?;
    let store = serde_json::from_slice(&answer.body)?;
    Ok(desk.show(&store, |_| {
        format!("store {store_id} is called \"{name}\" from {from} on")
    }))
}

fn table(stores: &[Value]) -> String {
    if stores.is_empty() {
        return "no stores yet; open one with: orihon store add".to_owned();
    }
    let rows: Vec<_> = stores
        .iter()
        .map(|store| {
            let closed = match text(store, "closed_at") {
                "" => String::new(),
                since => format!("closed since {since}"),
            };
            let [id, name, timezone, currency] = ["store_id", "name", "timezone", "currency"]
                .map(|name| text(store, name).to_owned());
            [id, name, timezone, currency, closed]
        })
        .collect();
    columns(&rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_store_is_shown_in_words() {
        let store = json!({"store_id": "s-1", "name": "A", "issuer": {"name": "B KK"},
            "catalogue": {"revision": 17, "items": 3, "lineage": null, "digest": "00"}});
        let shown = columns(&facts(&store));
        for line in [
            "catalogue  3 items at revision 17",
            "issuer     B KK",
            "name       A",
            "store_id   s-1",
        ] {
            assert!(shown.lines().any(|shown| shown == line), "{shown}");
        }
    }

    #[test]
    fn an_issuer_is_an_object_and_what_is_absent_is_left_out() {
        let store = NewStore {
            store_id: "s-1".to_owned(),
            name: "A".to_owned(),
            timezone: "Asia/Tokyo".to_owned(),
            currency: "JPY".to_owned(),
            chain: None,
            catalogue_of: None,
            issuer: Some("B KK".to_owned()),
            registration_number: Some("T1234567890123".to_owned()),
            address: None,
            phone: None,
            receipt_footer: None,
        };
        let expected = json!({"store_id": "s-1", "name": "A", "timezone": "Asia/Tokyo", "currency": "JPY",
            "issuer": {"name": "B KK", "registration_number": "T1234567890123"}});
        assert_eq!(message(store), expected);
    }
}
