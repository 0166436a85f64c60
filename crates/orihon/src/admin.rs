//! Administration through the interface of a server: stores, chains, their devices, people, operators'
//! keys.
//! Everything is asked of the server; only where the master key is, is looked up on this machine.

use crate::client::{Answer, Client, Content, Repeat, Request, ServerArgs};
use crate::progress::tell;
use purchase::id::StoreId;
use reqwest::Method;
use serde_json::Value;
use std::process::ExitCode;
use unicode_width::UnicodeWidthStr;

mod chain;
mod device;
mod key;
mod partner;
mod store;
mod user;

pub(crate) use chain::{Args as ChainArgs, run as chain};
pub(crate) use device::{Args as DeviceArgs, run as device};
pub(crate) use key::{Args as KeyArgs, run as key};
pub(crate) use partner::{Args as PartnerArgs, run as partner};
pub(crate) use store::{Args as StoreArgs, run as store};
pub(crate) use user::{Args as UserArgs, run as user};

/// Which server, and for whom the answer is written.
#[derive(Clone, Debug, clap::Args)]
struct Asking {
    #[command(flatten)]
    server: ServerArgs,
    /// Prints the server's answer as JSON.
    #[arg(long, global = true, env = "ORIHON_JSON")]
    json: bool,
}

/// A conversation with the server.
struct Desk {
    client: Client,
    json: bool,
}

impl Desk {
    fn open(asking: &Asking) -> anyhow::Result<Self> {
        Ok(Self {
            client: Client::open(&asking.server)?,
            json: asking.json,
        })
    }

    async fn get(&self, path: &str) -> anyhow::Result<Value> {
        Ok(self.client.read(path).await?)
    }

    /// Sends what may be sent twice.
    async fn change(&self, method: Method, path: &str, content: Content) -> anyhow::Result<Answer> {
        let request = Request::new(method, path, content, Repeat::Freely);
        Ok(self.client.send(&request).await?)
    }

    /// Asks for what may be asked for twice, and reads the answer.
    async fn ask(&self, path: &str, content: Content) -> anyhow::Result<Value> {
        let request = Request::new(Method::POST, path, content, Repeat::Freely);
        Ok(self.client.ask(&request).await?)
    }

    /// Makes what would be there twice if it were sent twice.
    async fn make(&self, path: &str, content: Content) -> anyhow::Result<Value> {
        let request = Request::new(Method::POST, path, content, Repeat::Never);
        Ok(self.client.ask(&request).await?)
    }

    /// Prints the answer as it is, or in words.
    fn show(&self, answer: &Value, words: impl FnOnce(&Value) -> String) -> ExitCode {
        let text = match self.json {
            true => answer.to_string(),
            false => words(answer),
        };
        tell(text);
        ExitCode::SUCCESS
    }
}

/// The text of a member; empty if it is not there.
fn text<'a>(answer: &'a Value, name: &str) -> &'a str {
    answer.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// A list of an answer.
fn list<'a>(answer: &'a Value, name: &str) -> &'a [Value] {
    answer
        .get(name)
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

/// A JSON object of those members that are there.
fn object<'a>(members: impl IntoIterator<Item = (&'a str, Option<String>)>) -> Value {
    let members = members.into_iter();
    let members = members.filter_map(|(name, value)| Some((name.to_owned(), value?.into())));
    Value::Object(members.collect())
}

/// Columns side by side, each as wide as its widest row; a kanji takes two places.
fn columns<const COUNT: usize>(rows: &[[String; COUNT]]) -> String {
    let width = |at: usize| {
        let widths = rows.iter().filter_map(|row| row.get(at));
        widths.map(|cell| cell.width()).max().unwrap_or(0)
    };
    let widths: Vec<_> = (0..COUNT).map(width).collect();
    let line = |row: &[String; COUNT]| {
        let cells = row.iter().zip(&widths);
        let cells = cells.map(|(cell, width)| {
            let blanks = " ".repeat(width.saturating_sub(cell.width()));
            format!("{cell}{blanks}")
        });
        let cells: Vec<_> = cells.collect();
        cells.join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// A store's id, proven before it becomes part of a path.
fn store_id(given: &str) -> Result<String, String> {
    match StoreId::parse(given) {
        Ok(proven) => Ok(proven.as_str().to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_what_is_there_is_sent() {
        let members = [("name", Some("A".to_owned())), ("phone", None)];
        assert_eq!(object(members), json!({"name": "A"}));
    }

    #[test]
    fn columns_line_up() {
        let rows = [["a", "longer", ""], ["店舗1", "b", "c"]];
        let rows = rows.map(|row| row.map(str::to_owned));
        assert_eq!(columns(&rows), "a      longer\n店舗1  b       c");
    }
}
