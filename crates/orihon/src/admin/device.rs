//! `orihon device`: the machines of a store, their keys, and the codes by which they join.

use crate::admin::{Asking, Desk, columns, list, object, store_id, text};
use crate::client::Content;
use purchase::id::DeviceId;
use reqwest::Method;
use serde_json::{Value, json};
use std::process::ExitCode;

/// Options of `device`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    asking: Asking,
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// Makes a key for a machine of a store; it is shown this once.
    Add {
        /// The store.
        #[arg(value_parser = store_id)]
        store_id: String,
        /// What to call the machine.
        #[arg(long, env = "ORIHON_DEVICE_NAME")]
        name: String,
    },
    /// Makes a code by which one machine joins the store within 15 minutes, and signs from then on.
    Pair {
        /// The store.
        #[arg(value_parser = store_id)]
        store_id: String,
        /// What to call the machine.
        #[arg(long, env = "ORIHON_DEVICE_NAME", default_value = "store device")]
        name: String,
    },
    /// Lists the machines of a store.
    List {
        /// The store.
        #[arg(value_parser = store_id)]
        store_id: String,
    },
    /// Takes a machine's key away.
    Revoke {
        /// The store.
        #[arg(value_parser = store_id)]
        store_id: String,
        /// The machine, as `device list` shows it.
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
        Action::Add { store_id, name } => {
            let path = format!("/v1/stores/{store_id}/devices");
            let message = object([("name", Some(name))]);
            let device = desk.make(&path, Content::json(&message)).await?;
            Ok(desk.show(&device, told))
        }
        Action::Pair { store_id, name } => {
            let path = format!("/v1/stores/{store_id}/pairings");
            let message = object([("name", Some(name))]);
            let pairing = desk.make(&path, Content::json(&message)).await?;
            let base = desk.client.base();
            Ok(desk.show(&pairing, |pairing| pairing_told(pairing, base)))
        }
        Action::List { store_id } => {
            let path = format!("/v1/stores/{store_id}/devices");
            let devices = desk.get(&path).await?;
            Ok(desk.show(&devices, |devices| {
                table(list(devices, "devices"), "orihon device pair")
            }))
        }
        Action::Revoke {
            store_id,
            device_id,
        } => {
            let path = format!("/v1/stores/{store_id}/devices/{device_id}");
            desk.change(Method::DELETE, &path, Content::Nothing).await?;
            let answer = json!({"store_id": store_id, "device_id": device_id, "revoked": true});
            Ok(desk.show(&answer, |_| {
                format!("the key of {device_id} no longer works")
            }))
        }
    }
}

pub(super) fn told(device: &Value) -> String {
    let (device_id, key) = (text(device, "device_id"), text(device, "key"));
    format!(
        "device {device_id}\nkey    {key}\n\nthe key is shown this once; put it into the machine now"
    )
}

fn pairing_told(pairing: &Value, base: &str) -> String {
    let (code, expires_at) = (text(pairing, "code"), text(pairing, "expires_at"));
    format!(
        "code   {code}\nuntil  {expires_at}\n\ntype this at the shop, before then; the code works once:\n  orihon-device join {code} --server {base}"
    )
}

/// The machines; `first` is the command by which the first one comes.
pub(super) fn table(devices: &[Value], first: &str) -> String {
    if devices.is_empty() {
        return format!("no devices yet; let one in with: {first}");
    }
    let rows: Vec<_> = devices
        .iter()
        .map(|device| {
            let since = match text(device, "revoked_at") {
                "" => format!("since {}", text(device, "created_at")),
                revoked => format!("revoked {revoked}"),
            };
            let [device_id, name] = ["device_id", "name"].map(|name| text(device, name).to_owned());
            [device_id, name, since]
        })
        .collect();
    columns(&rows)
}

pub(super) fn device_id(given: &str) -> Result<String, String> {
    match DeviceId::parse(given) {
        Ok(proven) => Ok(proven.to_string()),
        Err(error) => Err(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pairing_says_what_to_type() {
        let pairing = json!({"code": "7K3M-9QXT-0VDW", "expires_at": "2026-04-10T12:15:00+09:00"});
        let told = pairing_told(&pairing, "https://orihon.example");
        let expected = [
            "code   7K3M-9QXT-0VDW",
            "until  2026-04-10T12:15:00+09:00",
            "",
            "type this at the shop, before then; the code works once:",
            "  orihon-device join 7K3M-9QXT-0VDW --server https://orihon.example",
        ];
        assert_eq!(told, expected.join("\n"));
    }
}
