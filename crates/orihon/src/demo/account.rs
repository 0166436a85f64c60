//! The person's own account, read as any page would read it: the newest purchase, and the stream of
//! events (server-sent events). Only takes apart what comes; what it means is told by who prints it.

use anyhow::{Context, bail};
use reqwest::Certificate;
use reqwest::header::AUTHORIZATION;
use serde::Deserialize;
use std::path::Path;

/// More than this without an end is no event of ours.
const EVENT_BYTES_MAX: usize = 4 * 1_024 * 1_024;

/// What the stream tells.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Event {
    /// `purchase`, `named`, `changed` or `reload`.
    pub(super) name: String,
    /// A purchase as JSON.
    pub(super) data: String,
}

/// A purchase as the account shows it, as far as a line on the screen needs it.
#[derive(Debug, Deserialize)]
pub(super) struct Purchase {
    pub(super) kind: String,
    pub(super) purchased_at: String,
    pub(super) total: i64,
    pub(super) store: Store,
    pub(super) lines: Vec<Line>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Store {
    pub(super) name: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct Line {
    pub(super) code: Option<String>,
    /// None while nobody knows it.
    pub(super) name: Option<String>,
    /// When it was learnt, if that was after the sale.
    pub(super) named_at: Option<String>,
}

/// The account, with the person's token.
pub(super) struct Account {
    http: reqwest::Client,
    base: String,
    token: String,
}

#[derive(Deserialize)]
struct Page {
    purchases: Vec<Id>,
}

#[derive(Deserialize)]
struct Id {
    purchase_id: String,
}

impl Account {
    /// The account at `base`, whose certificate somebody in `ca_file` vouches for if it has one.
    pub(super) fn new(base: &str, token: &str, ca_file: Option<&Path>) -> anyhow::Result<Self> {
        let trusted = match ca_file {
            Some(path) => Certificate::from_pem_bundle(&std::fs::read(path)?)?,
            None => Vec::new(),
        };
        // No limit of time: a stream lasts as long as the demo does.
        let http = reqwest::Client::builder()
            .no_proxy()
            .tls_certs_only(trusted)
            .build()?;
        Ok(Self {
            http,
            base: base.to_owned(),
            token: token.to_owned(),
        })
    }

    async fn get(&self, path: &str) -> anyhow::Result<reqwest::Response> {
        let draft = self.http.get(format!("{}{path}", self.base));
        let draft = draft.header(AUTHORIZATION, format!("Bearer {}", self.token));
        let response = draft.send().await?.error_for_status();
        response.with_context(|| format!("reading the account at {path}"))
    }

    /// The id of the newest purchase, if there is one.
    pub(super) async fn newest(&self) -> anyhow::Result<Option<String>> {
        let body = self.get("/v1/me/purchases?limit=1").await?.bytes().await?;
        let page: Page = serde_json::from_slice(&body)?;
        Ok(page
            .purchases
            .into_iter()
            .next()
            .map(|newest| newest.purchase_id))
    }

    /// Listens to what happens in the account from now on.
    pub(super) async fn listen(&self) -> anyhow::Result<Stream> {
        let response = self.get("/v1/me/events").await?;
        Ok(Stream {
            response,
            unread: Vec::new(),
        })
    }
}

/// An open stream of events.
pub(super) struct Stream {
    response: reqwest::Response,
    unread: Vec<u8>,
}

impl Stream {
    /// The next event; none when the server ends the stream.
    pub(super) async fn next(&mut self) -> anyhow::Result<Option<Event>> {
        loop {
            if let Some(event) = take_event(&mut self.unread) {
                return Ok(Some(event));
            }
            if self.unread.len() > EVENT_BYTES_MAX {
                bail!("the account's stream sent an event without an end");
            }
            match self.response.chunk().await? {
                Some(chunk) => self.unread.extend_from_slice(&chunk),
                None => return Ok(None),
            }
        }
    }
}

/// The first whole event of `unread`, which is taken away; comments are passed over.
fn take_event(unread: &mut Vec<u8>) -> Option<Event> {
    loop {
        let end = unread.windows(2).position(|pair| pair == b"\n\n")?;
        let block: Vec<u8> = unread.drain(..end + 2).collect();
        let text = String::from_utf8_lossy(&block);
        let mut event = Event {
            name: String::new(),
            data: String::new(),
        };
        for line in text.lines() {
            match line.split_once(':') {
                Some(("event", value)) => value.trim_start().clone_into(&mut event.name),
                Some(("data", value)) => event.data.push_str(value.trim_start()),
                Some(_) | None => {}
            }
        }
        if !event.data.is_empty() {
            return Some(event);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_taken_one_by_one_and_signs_of_life_are_passed_over() {
        let mut unread = b":\n\nid: 1\nevent: purchase\ndata: {\"a\":1}\n\nid: 2\neve".to_vec();
        let first = take_event(&mut unread).expect("one is whole");
        assert_eq!(
            first,
            Event {
                name: "purchase".to_owned(),
                data: "{\"a\":1}".to_owned()
            }
        );
        assert_eq!(take_event(&mut unread), None);
        unread.extend_from_slice(b"nt: named\ndata: {}\n\n");
        let second = take_event(&mut unread).expect("the rest came");
        assert_eq!(
            second,
            Event {
                name: "named".to_owned(),
                data: "{}".to_owned()
            }
        );
        assert!(unread.is_empty());
    }
}
