//! What must be there before anybody can buy: stores with their devices and catalogues, and people.

use super::caller::{self, Caller};
use super::sale::{self, Basket, Calendar, Head, Range, Sale, Till};
use super::target::Target;
use crate::progress::{Done, Progress};
use anyhow::{Context, bail, ensure};
use serde::Deserialize;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use tokio::task::JoinSet;

/// Connections over which stores are opened.
const STORE_CONNECTIONS: u32 = 8;
/// Connections over which people are registered, and requests on the way on each.
const USER_CONNECTIONS: u32 = 64;
const USERS_AT_ONCE: u32 = 16;

/// Stores and people.
pub(super) struct Town {
    pub(super) range: Range,
    pub(super) shops: Vec<Shop>,
    pub(super) people: People,
    calendar: Calendar,
}

/// A store, and its requests as far as they are the same every time.
#[derive(Debug)]
pub(super) struct Shop {
    pub(super) store_id: String,
    pub(super) single: Vec<u8>,
    pub(super) batch: Vec<u8>,
}

impl Town {
    pub(super) fn stores(&self) -> u32 {
        u32::try_from(self.shops.len()).unwrap_or(u32::MAX)
    }

    pub(super) fn shop(&self, store: u32) -> Option<&Shop> {
        self.shops.get(usize::try_from(store).ok()?)
    }

    pub(super) fn day(&self, day: u32) -> &str {
        self.calendar.written(day)
    }

    /// Appends a settlement.
    pub(super) fn write(&self, till: &Till, sale: Sale, out: &mut Vec<u8>) {
        let basket = Basket::of(self.range, till, sale);
        basket.write(
            out,
            &Head {
                store_id: self
                    .shop(sale.store)
                    .map_or("", |shop| shop.store_id.as_str()),
                till,
                sale,
                day: self.day(Calendar::day(sale)),
                user_id: self.people.id(basket.user),
            },
        );
    }
}

/// Ids and keys of many people, without an allocation for each.
#[derive(Debug, Default)]
pub(super) struct People {
    ids: Row,
    tokens: Row,
}

impl People {
    pub(super) fn id(&self, user: u32) -> &[u8] {
        self.ids.get(user)
    }

    pub(super) fn token(&self, user: u32) -> &[u8] {
        self.tokens.get(user)
    }
}

/// Texts of one length, one behind the other.
#[derive(Debug, Default)]
struct Row {
    bytes: Vec<u8>,
    length: usize,
}

impl Row {
    fn get(&self, at: u32) -> &[u8] {
        self.bytes.get(self.place(at)).unwrap_or_default()
    }

    /// Keeps a text; the first one says how long all are.
    fn set(&mut self, at: u32, count: u32, text: &[u8]) -> anyhow::Result<()> {
        if self.bytes.is_empty() {
            self.length = text.len();
            self.bytes = vec![0; usize::try_from(count)? * text.len()];
        }
        let place = self.place(at);
        match self.bytes.get_mut(place) {
            Some(kept) if kept.len() == text.len() => kept.copy_from_slice(text),
            Some(_) | None => bail!("the server's ids or keys are not all of one length"),
        }
        Ok(())
    }

    fn place(&self, at: u32) -> std::ops::Range<usize> {
        let begin = usize::try_from(at)
            .unwrap_or(usize::MAX)
            .saturating_mul(self.length);
        begin..begin.saturating_add(self.length)
    }
}

/// Opens the stores and registers the people; how long the latter took.
///
/// # Errors
/// The server refuses, or was used with this seed before.
pub(super) async fn found(
    target: &Target,
    range: Range,
    stores: u32,
) -> anyhow::Result<(Town, Done)> {
    let shops = open_stores(target, range, stores).await?;
    let (people, registered) = register(target, range).await?;
    Ok((
        Town {
            range,
            shops,
            people,
            calendar: Calendar::new(),
        },
        registered,
    ))
}

/// What the tasks that make many of something share.
struct Making<T> {
    target: Target,
    range: Range,
    count: u32,
    next: Cell<u32>,
    made: RefCell<T>,
    progress: Progress,
}

impl<T: Default> Making<T> {
    fn begin(target: &Target, range: Range, count: u32, label: &'static str) -> Rc<Self> {
        Rc::new(Self {
            target: target.clone(),
            range,
            count,
            next: Cell::new(0),
            made: RefCell::default(),
            progress: Progress::begin(label, count.into()),
        })
    }

    /// Takes the next `many`, or fewer at the end.
    fn take(&self, many: u32) -> std::ops::Range<u32> {
        let begin = self.next.get();
        let end = begin.saturating_add(many).min(self.count);
        self.next.set(end);
        begin..end
    }

    /// What was made, once `tasks` are through.
    async fn finish(
        self: Rc<Self>,
        mut tasks: JoinSet<anyhow::Result<()>>,
    ) -> anyhow::Result<(T, Done)> {
        while let Some(ended) = tasks.join_next().await {
            ended??;
        }
        Ok((self.made.take(), self.progress.end()))
    }
}

async fn open_stores(target: &Target, range: Range, stores: u32) -> anyhow::Result<Vec<Shop>> {
    let making = Making::begin(target, range, stores, "stores");
    let mut tasks = JoinSet::new();
    for _ in 0..STORE_CONNECTIONS.min(stores) {
        tasks.spawn_local(open_some(Rc::clone(&making)));
    }
    let (mut shops, _) = making.finish(tasks).await?;
    shops.sort_by_key(|(store, _)| *store);
    Ok(shops.into_iter().map(|(_, shop)| shop).collect())
}

async fn open_some(making: Rc<Making<Vec<(u32, Shop)>>>) -> anyhow::Result<()> {
    let mut caller = Caller::connect(making.target.address).await?;
    loop {
        let taken = making.take(1);
        if taken.is_empty() {
            return Ok(());
        }
        let store = taken.start;
        let shop = open(&making.target, &mut caller, making.range, store).await?;
        making.made.borrow_mut().push((store, shop));
        making.progress.advance(1, 1);
    }
}

#[derive(Deserialize)]
struct NewDevice {
    key: String,
}

async fn open(
    target: &Target,
    caller: &mut Caller,
    range: Range,
    store: u32,
) -> anyhow::Result<Shop> {
    let store_id = format!("bench-{}-{store:03}", range.seed);
    let about = serde_json::json!({
        "store_id": store_id, "name": format!("Bench {store}"), "timezone": "Asia/Tokyo",
        "currency": "JPY",
    });
    let operator = target.operator_key.as_str();
    let about = about.to_string();
    target
        .demand(caller, ("POST", "/v1/stores"), operator, about.as_bytes())
        .await?;
    let path = format!("/v1/stores/{store_id}/devices");
    let device = br#"{"name":"bench"}"#;
    let device = target
        .demand(caller, ("POST", &path), operator, device)
        .await?;
    let device: NewDevice = serde_json::from_slice(&device).context("a device without a key")?;
    let path = format!("/v1/stores/{store_id}/catalogue");
    let items = sale::catalogue(range, store);
    target
        .demand(caller, ("PUT", &path), &device.key, &items)
        .await?;
    let begin =
        |path, media_type| caller::begin("POST", path, &target.host, &device.key, media_type);
    Ok(Shop {
        single: begin("/v1/settlements", "application/json"),
        batch: begin("/v1/settlements/batch", "application/x-ndjson"),
        store_id,
    })
}

async fn register(target: &Target, range: Range) -> anyhow::Result<(People, Done)> {
    let making = Making::<People>::begin(target, range, range.users, "people");
    let mut tasks = JoinSet::new();
    for _ in 0..USER_CONNECTIONS.min(range.users) {
        tasks.spawn_local(register_some(Rc::clone(&making)));
    }
    making.finish(tasks).await
}

async fn register_some(making: Rc<Making<People>>) -> anyhow::Result<()> {
    let Making { target, range, .. } = &*making;
    let mut caller = Caller::connect(target.address).await?;
    let operator = target.operator_key.as_str();
    let begun = caller::begin(
        "POST",
        "/v1/users",
        &target.host,
        operator,
        "application/json",
    );
    let (mut requests, mut body) = (Vec::new(), Vec::new());
    loop {
        let taken = making.take(USERS_AT_ONCE);
        if taken.is_empty() {
            return Ok(());
        }
        requests.clear();
        for user in taken.clone() {
            body.clear();
            body.extend_from_slice(
                format!(r#"{{"ref":"bench-{}-{user}"}}"#, range.seed).as_bytes(),
            );
            caller::finish(&mut requests, &begun, &body);
        }
        caller.send(&requests).await?;
        for user in taken.clone() {
            let answer = caller.receive().await?;
            ensure!(
                answer.status != 200,
                "the seed {} was used on this server before: choose another with --seed",
                range.seed
            );
            let member = |name| text_member(answer.body, name);
            let found = member(b"\"user_id\":\"").zip(member(b"\"token\":\""));
            let Some((id, token)) = found else {
                let said = String::from_utf8_lossy(answer.body);
                bail!(
                    "registering a person was answered with {}: {said}",
                    answer.status
                );
            };
            let mut people = making.made.borrow_mut();
            people.ids.set(user, making.count, id)?;
            people.tokens.set(user, making.count, token)?;
        }
        let done = u64::from(taken.end - taken.start);
        making.progress.advance(done, done);
    }
}

/// The text behind `name` (quotes and colon included) in a JSON answer of the server, of whose
/// form nothing else is asked: its ids and keys hold nothing that JSON would escape.
pub(super) fn text_member<'a>(json: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    let at = json.windows(name.len()).position(|part| part == name)?;
    let (_, behind) = json.split_at_checked(at + name.len())?;
    behind.split(|byte| *byte == b'"').next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_of_one_length_stand_in_a_row() {
        let mut row = Row::default();
        row.set(2, 3, b"usr_c").unwrap();
        row.set(0, 3, b"usr_a").unwrap();
        assert_eq!(
            [row.get(0), row.get(2), row.get(3)],
            [b"usr_a".as_slice(), b"usr_c", b""]
        );
        row.set(1, 3, b"usr_bb").unwrap_err();
        row.set(3, 3, b"usr_d").unwrap_err();
    }

    #[test]
    fn members_are_found_by_name() {
        let json = br#"{"user_id":"usr_1","token":"oru_2"}"#;
        assert_eq!(
            text_member(json, b"\"token\":\""),
            Some(b"oru_2".as_slice())
        );
        assert_eq!(text_member(json, b"\"key\":\""), None);
    }
}
