//! `orihon chain`: chains of stores, and the machines that write for all stores of one.

use crate::admin::device::{device_id, table as device_table, told};
use crate::admin::{Asking, Desk, columns, list, object, store_id, text};
use crate::client::Content;
use reqwest::Method;
use serde_json::{Value, json};
use std::process::ExitCode;

/// Pages of chains read at most.
const PAGES_MAX: usize = 1_000;

/// Options of `chain`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    asking: Asking,
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// Makes a chain.
    Add {
        /// Its id: 1 to 64 of a-z, 0-9 and -.
        #[arg(value_parser = store_id)]
        chain_id: String,
        /// Its name.
        #[arg(long, env = "ORIHON_CHAIN_NAME")]
        name: String,
    },
    /// Lists the chains.
    List,
    /// The machines that write for every store of a chain.
    #[command(subcommand)]
    Device(DeviceAction),
}

#[derive(Debug, clap::Subcommand)]
enum DeviceAction {
    /// Makes a key that writes for every store of a chain; it is shown this once.
    Add {
        /// The chain.
        #[arg(value_parser = store_id)]
        chain_id: String,
        /// What to call the machine.
        #[arg(long, env = "ORIHON_DEVICE_NAME")]
        name: String,
    },
    /// Lists the machines of a chain.
    List {
        /// The chain.
        #[arg(value_parser = store_id)]
        chain_id: String,
    },
    /// Takes a machine's key away, for every store of the chain.
    Revoke {
        /// The chain.
        #[arg(value_parser = store_id)]
        chain_id: String,
        /// The machine, as `chain device list` shows it.
        #[arg(value_parser = device_id)]
        device_id: String,
    },
}

/// Does it.
///
/// # Errors
/// If the server does not.
pub(crate) async fn run(args: Args) -> anyhow::Result<ExitCode> {
    let desk = Desk::open(&args.asking)?;
    match args.action {
        Action::Add { chain_id, name } => {
            let message = object([("chain_id", Some(chain_id.clone())), ("name", Some(name))]);
            let content = Content::json(&message);
            let answer = desk.change(Method::POST, "/v1/chains", content).await?;
            let chain = serde_json::from_slice(&answer.body)?;
            Ok(desk.show(&chain, |_| match answer.status.as_u16() {
                201 => format!(
                    "chain {chain_id} is there; open a store in it with: orihon store add ID --chain {chain_id}"
                ),
                _ => format!("chain {chain_id} was there before, just so"),
            }))
        }
        Action::List => {
            let chains = all(&desk).await?;
            Ok(desk.show(&chains, |chains| table(list(chains, "chains"))))
        }
        Action::Device(action) => device(&desk, action).await,
    }
}

async fn device(desk: &Desk, action: DeviceAction) -> anyhow::Result<ExitCode> {
    match action {
        DeviceAction::Add { chain_id, name } => {
            let path = format!("/v1/chains/{chain_id}/devices");
            let message = object([("name", Some(name))]);
            let device = desk.make(&path, Content::json(&message)).await?;
            Ok(desk.show(&device, told))
        }
        DeviceAction::List { chain_id } => {
            let path = format!("/v1/chains/{chain_id}/devices");
            let devices = desk.get(&path).await?;
            Ok(desk.show(&devices, |devices| {
                let next = "orihon chain device add";
                device_table(list(devices, "devices"), next)
            }))
        }
        DeviceAction::Revoke {
            chain_id,
            device_id,
        } => {
            let path = format!("/v1/chains/{chain_id}/devices/{device_id}");
            desk.change(Method::DELETE, &path, Content::Nothing).await?;
            let answer = json!({"chain_id": chain_id, "device_id": device_id, "revoked": true});
            Ok(desk.show(&answer, |_| {
                format!("the key of {device_id} no longer works")
            }))
        }
    }
}

/// All pages as one.
async fn all(desk: &Desk) -> anyhow::Result<Value> {
    let mut chains = Vec::new();
    let mut cursor = String::new();
    for _ in 0..PAGES_MAX {
        let page = desk.get(&format!("/v1/chains?cursor={cursor}")).await?;
        chains.extend_from_slice(list(&page, "chains"));
        match text(&page, "next_cursor") {
            "" => break,
            next => next.clone_into(&mut cursor),
        }
    }
    Ok(json!({"chains": chains}))
}

fn table(chains: &[Value]) -> String {
    if chains.is_empty() {
        return "no chains yet; make one with: orihon chain add".to_owned();
    }
    let rows: Vec<_> = chains
        .iter()
        .map(|chain| {
            let stores = chain.get("stores").and_then(Value::as_u64).unwrap_or(0);
            let [id, name] = ["chain_id", "name"].map(|name| text(chain, name).to_owned());
            [id, name, format!("{stores} stores")]
        })
        .collect();
    columns(&rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chains_are_listed_with_their_stores() {
        let chains = [json!({"chain_id": "green", "name": "緑屋", "stores": 2})];
        assert_eq!(table(&chains), "green  緑屋  2 stores");
        assert!(table(&[]).contains("orihon chain add"));
    }
}
