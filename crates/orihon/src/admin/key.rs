//! `orihon key`: operators' keys, and where the keys of a data folder are. What a key says is never
//! shown here, except a new operator's, this once.

use crate::admin::user::{revoke, token_id, token_told};
use crate::admin::{Asking, Desk, columns, text};
use crate::client::Content;
use crate::client::key::{DATA_DEFAULT, KEY_FILE};
use crate::progress::tell;
use anyhow::Context;
use ledger::keyring::Keyring;
use serde_json::{Value, json};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// The file of a data folder that says where its keyring is.
const KEYS_NOTE: &str = "keys.path";

/// Options of `key`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    asking: Asking,
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// Says where the keys of a data folder are on this machine, without showing them.
    Show,
    /// Makes a further operator's key; it is shown this once.
    New {
        /// What its holder is called.
        #[arg(long)]
        label: Option<String>,
        /// The chain whose stores alone it is for.
        #[arg(long, conflicts_with = "store")]
        chain: Option<String>,
        /// The store that alone it is for.
        #[arg(long)]
        store: Option<String>,
    },
    /// Makes a link that opens the console in a browser, once and within 15 minutes.
    SetupLink,
    /// Shows the operators' keys by their ids, oldest first.
    List,
    /// Takes an operator's key away; the last one stays.
    Revoke {
        /// The key's id (tok_…), not the key itself.
        #[arg(value_parser = token_id)]
        token_id: String,
    },
}

/// Does it.
///
/// # Errors
/// If the server does not, or the data folder is none.
pub(crate) async fn run(args: Args) -> anyhow::Result<ExitCode> {
    match args.action {
        Action::Show => show(&args.asking),
        Action::New {
            label,
            chain,
            store,
        } => {
            let desk = Desk::open(&args.asking)?;
            let asked = json!({"label": label, "chain_id": chain, "store_id": store});
            let key = desk.make("/v1/operators", Content::json(&asked)).await?;
            Ok(desk.show(&key, token_told))
        }
        Action::SetupLink => {
            let desk = Desk::open(&args.asking)?;
            let link = desk.make("/v1/console/links", Content::Nothing).await?;
            Ok(desk.show(&link, link_told))
        }
        Action::List => {
            let desk = Desk::open(&args.asking)?;
            let keys = desk.get("/v1/operators").await?;
            Ok(desk.show(&keys, listed))
        }
        Action::Revoke { token_id } => revoke(&Desk::open(&args.asking)?, &token_id).await,
    }
}

fn link_told(answer: &Value) -> String {
    format!(
        "{}\n\nopen it in a browser before {}; it works once",
        text(answer, "url"),
        text(answer, "expires_at")
    )
}

fn listed(answer: &Value) -> String {
    let keys = answer["operators"]
        .as_array()
        .map_or(&[][..], Vec::as_slice);
    let rows: Vec<_> = keys
        .iter()
        .map(|key| {
            let yours = match key["is_yours"] == true {
                true => "the key in use here",
                false => "",
            };
            let reach = match (text(key, "chain_id"), text(key, "store_id")) {
                ("", "") => "everything".to_owned(),
                ("", store) => format!("store {store}"),
                (chain, _) => format!("chain {chain}"),
            };
            [
                text(key, "token_id").to_owned(),
                text(key, "created_at").to_owned(),
                reach,
                text(key, "label").to_owned(),
                yours.to_owned(),
            ]
        })
        .collect();
    columns(&rows)
}

fn show(asking: &Asking) -> anyhow::Result<ExitCode> {
    let data = asking.server.data.as_deref();
    let data = std::path::absolute(data.unwrap_or(Path::new(DATA_DEFAULT)))?;
    let keys = keys_folder(&data)?;
    let places = [
        ("master_key", Keyring::master_path(&keys)),
        ("keyring", Keyring::ring_path(&keys)),
        ("operator_key", data.join(KEY_FILE)),
    ];
    let text = match asking.json {
        true => {
            let members = places.map(|(name, path)| {
                let place = json!({"path": path.to_string_lossy(), "is_there": path.exists()});
                (name.to_owned(), place)
            });
            Value::Object(members.into_iter().collect()).to_string()
        }
        false => told(&places),
    };
    tell(text);
    Ok(ExitCode::SUCCESS)
}

fn told(places: &[(&str, PathBuf)]) -> String {
    let rows: Vec<_> = places
        .iter()
        .map(|(name, path)| {
            let is_there = match path.exists() {
                true => "",
                false => "is not there",
            };
            let name = name.replace('_', " ");
            [name, path.display().to_string(), is_there.to_owned()]
        })
        .collect();
    format!(
        "{}\n\nwithout master key and keyring nobody can read the data again: keep copies of both apart from the data",
        columns(&rows)
    )
}

/// The folder of the keyring, by the note in the data folder (an absolute path): a path, or the name of a sibling. A
/// renamed data folder has its own sibling first.
fn keys_folder(data: &Path) -> anyhow::Result<PathBuf> {
    let note = match std::fs::read_to_string(data.join(KEYS_NOTE)) {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            anyhow::bail!(
                "{} is not a data folder; name the right one with --data",
                data.display()
            )
        }
        note => note.with_context(|| format!("cannot read {}", data.join(KEYS_NOTE).display()))?,
    };
    let note = note.trim();
    let Some(sibling) = note.strip_prefix("../") else {
        return Ok(PathBuf::from(note));
    };
    let mut own = data.file_name().unwrap_or_default().to_owned();
    own.push(".keys");
    let own = data.with_file_name(own);
    Ok(match own.exists() {
        true => own,
        false => data.with_file_name(sibling),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_keys_are_where_the_note_says() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        std::fs::create_dir(&data).unwrap();
        assert!(
            keys_folder(&data)
                .unwrap_err()
                .to_string()
                .contains("not a data folder")
        );
        let sibling = |name: &str| folder.path().join(name);
        for (note, expected) in [
            ("/secret/keys\n", PathBuf::from("/secret/keys")),
            ("../old.keys\n", sibling("old.keys")),
            ("../data.keys\n", sibling("data.keys")),
        ] {
            std::fs::write(data.join(KEYS_NOTE), note).unwrap();
            assert_eq!(keys_folder(&data).unwrap(), expected);
        }
        std::fs::create_dir(sibling("data.keys")).unwrap();
        std::fs::write(data.join(KEYS_NOTE), "../old.keys\n").unwrap();
        assert_eq!(keys_folder(&data).unwrap(), sibling("data.keys"));
    }
}
