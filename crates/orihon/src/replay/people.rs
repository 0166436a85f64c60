//! The people: each is registered by the name that the prepared files use, and gets the id that the
//! server made. Tokens are not kept: nobody here looks into an account.

use crate::client::{Client, Content, Repeat, Request};
use crate::progress::{Done, Progress};
use crate::replay::PersonIndex;
use crate::replay::crew::at_once;
use crate::replay::folder::{Folder, Sheet};
use crate::replay::line::{self, Person};
use anyhow::{Context, bail};
use purchase::id::UserId;
use reqwest::Method;
use serde::Deserialize;
use serde_json::json;
use std::collections::HashMap;
use std::sync::Arc;

/// Everybody in users.ndjson.
pub(super) struct People {
    by_reference: HashMap<Box<str>, PersonIndex>,
    known: Vec<Known>,
}

/// A person as the files and the server name it.
pub(super) struct Known {
    /// The name in the files.
    pub(super) reference: Box<str>,
    /// The server's id.
    pub(super) user_id: UserId,
    /// `"user":{"id":"usr_…"}`, as it stands in a settlement.
    pub(super) member: Box<[u8]>,
}

impl People {
    /// How many.
    pub(super) fn len(&self) -> usize {
        self.known.len()
    }

    /// Everybody, in the order of the file.
    pub(super) fn all(&self) -> &[Known] {
        &self.known
    }

    /// The person whom the files call `reference`.
    pub(super) fn find(&self, reference: &str) -> anyhow::Result<(PersonIndex, &Known)> {
        let index = self.by_reference.get(reference).copied();
        let known = index.and_then(|index| Some((index, self.known.get(index.0)?)));
        known.with_context(|| format!("user_ref {reference} is not in users.ndjson; add it there"))
    }
}

/// Registers everybody; who was registered before keeps the id.
pub(super) async fn register(client: &Client, folder: &Folder) -> anyhow::Result<(People, Done)> {
    let mut lines = folder.read(Sheet::Users)?;
    let progress = Arc::new(Progress::begin("people", lines.bytes()));
    let mut by_reference = HashMap::new();
    let mut drafts = Vec::new();
    while let Some(line) = lines.next()? {
        let (bytes, person) = (line.bytes, line::read::<Person>(line.text));
        let person = person.with_context(|| lines.place())?;
        let index = PersonIndex(drafts.len());
        let reference = person.user_ref.as_str().into();
        if by_reference.insert(reference, index).is_some() {
            bail!("{}: {} stands there twice", lines.place(), person.user_ref);
        }
        drafts.push((person, bytes));
    }
    let known = at_once(drafts, |(person, bytes)| {
        let (client, progress) = (client.clone(), Arc::clone(&progress));
        async move {
            let reference: Box<str> = person.user_ref.as_str().into();
            let known = register_one(&client, person).await;
            progress.advance(bytes, 1);
            known.with_context(|| format!("user_ref {reference}"))
        }
    });
    let people = People {
        known: known.await?,
        by_reference,
    };
    Ok((people, progress.end()))
}

async fn register_one(client: &Client, person: Person) -> anyhow::Result<Known> {
    let mut message = json!({"ref": person.user_ref});
    let optional = [("name", person.name), ("email", person.email)];
    if let Some(members) = message.as_object_mut() {
        for (name, value) in optional {
            members.extend(value.map(|value| (name.to_owned(), value.into())));
        }
    }
    let content = Content::json(&message);
    // The same `ref` again is the same person, so this may be repeated.
    let request = Request::new(Method::POST, "/v1/users", content, Repeat::Freely);
    let Registered { user_id } = client.ask(&request).await?;
    let user_id = UserId::parse(&user_id)?;
    Ok(Known {
        reference: person.user_ref.into(),
        user_id,
        member: format!(r#""user":{{"id":"{user_id}"}}"#)
            .into_bytes()
            .into(),
    })
}

#[derive(Deserialize)]
struct Registered {
    user_id: String,
}
