//! A shop: a real store database, a real till, a real courier. It changes its items with plain SQL,
//! as the shop's own software would.

use crate::chance::Chance;
use crate::town::{Entropy, Town};
use anyhow::Context;
use device::clock::Clock;
use device::courier::Courier;
use device::credential::Credential;
use device::database::Database;
use device::link::Link;
use device::sender::Action;
use device::store::{Settings, Store};
use device::till::back::{BackLine, Of, Order};
use device::till::basket::{Basket, BasketLine, BasketTender, Item};
use device::till::find::Index;
use device::till::{self, Finished, TillError};
use device::{capture, keeping, labels, outbox};
use purchase::code::{Gtin, GtinError, Patterns};
use purchase::time::Timestamp;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use tempfile::TempDir;

/// Codes that a shop may have.
const CODES: [&str; 8] = [
    "490",
    "491",
    "492",
    "493",
    "494",
    "495",
    "2212345000000",
    "2212345600000",
];
/// Patterns that a shop may have: by the first two, one label is one of two items.
const PATTERNS: [&[&str]; 3] = [&["22IIIIIPPPPPC"], &["22IIIIIIPPPPC", "02IIIIIWWWWWC"], &[]];

/// A shop.
pub struct Shop {
    /// Its id.
    pub id: String,
    folder: TempDir,
    database: Database,
    courier: Courier,
    store: Store,
    key: String,
    /// What the machine's clock shows beyond the right time, in milliseconds.
    off_ms: Arc<AtomicI64>,
    clock: Clock,
    /// What the tills were told "yes" for and can be taken back.
    sold: Vec<Of>,
}

impl Shop {
    /// Opens a shop in a town.
    ///
    /// # Errors
    /// If the server or the store database refuses.
    pub async fn open(town: &Town, nth: u64) -> anyhow::Result<Self> {
        let id = format!("s-{nth}");
        let settings = json!({"store_id": id, "name": format!("店 {nth}"),
            "timezone": "Asia/Tokyo", "currency": "JPY"});
        town.order("/v1/stores", settings.clone()).await?;
        let path = format!("/v1/stores/{id}/devices");
        let device = town.order(&path, json!({"name": "till"})).await?;
        let key = device
            .get("key")
            .and_then(Value::as_str)
            .context("a key")?
            .to_owned();
        let folder = tempfile::tempdir()?;
        let database = Database::open(folder.path())?;
        let settings: Settings = serde_json::from_value(settings)?;
        let entropy = Entropy::default();
        let now = town.time.clone();
        let off_ms = Arc::<AtomicI64>::default();
        let clock = Clock::new(
            Arc::new({
                let off_ms = Arc::clone(&off_ms);
                move || off(now.now(), off_ms.load(Ordering::SeqCst))
            }),
            Arc::new(move |bytes| entropy.fill(bytes)),
        );
        capture::begin_lineage(database.connection(), town.time.now(), nth)?;
        let store = Store::new(settings)?;
        let courier = courier(town, &folder, &key, &store, &clock)?;
        Ok(Self {
            id,
            store,
            courier,
            database,
            folder,
            key,
            off_ms,
            clock,
            sold: Vec::new(),
        })
    }

    /// The device's program ends at any instant and starts again.
    ///
    /// # Errors
    /// If the store database does not open.
    pub fn crash(&mut self, town: &Town) -> anyhow::Result<()> {
        self.courier = courier(town, &self.folder, &self.key, &self.store, &self.clock)?;
        self.database = Database::open(self.folder.path())?;
        Ok(())
    }

    /// The machine's clock shows so much beyond the right time from now on.
    pub fn set_clock(&self, off_ms: i64) {
        self.off_ms.store(off_ms, Ordering::SeqCst);
    }

    /// The battery is empty: the machine's clock begins in 1970.
    pub fn lose_clock(&self, town: &Town) {
        self.set_clock(town.time.now().ms().saturating_neg());
    }

    /// Keeps filed sales for so many days.
    ///
    /// # Errors
    /// If that is not possible.
    pub fn keep_days(&self, days: u32) -> anyhow::Result<()> {
        let connection = self.database.connection();
        Ok(keeping::keep_days(connection, days, self.clock.now())?)
    }

    /// How many trading days, changes of items and noted differences the store database holds.
    ///
    /// # Errors
    /// If the store database refuses.
    pub fn held(&self) -> anyhow::Result<[i64; 3]> {
        let connection = self.database.connection();
        let count = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, i64>(0));
        Ok([
            count("SELECT count(DISTINCT business_date) FROM sales")?,
            count("SELECT count(*) FROM item_changes")?,
            count(
                "SELECT (SELECT count(*) FROM log WHERE what = 'differs')
                    + (SELECT count(*) FROM differing_days)",
            )?,
        ])
    }

    /// Changes an item: a new one, another name or price, or away with it.
    ///
    /// # Errors
    /// If the store database refuses.
    pub fn change_an_item(&mut self, chance: &mut Chance) -> anyhow::Result<()> {
        if chance.is(25) {
            return self.change_patterns(chance);
        }
        let code = chance.pick(&CODES).context("a code")?;
        let connection = self.database.connection();
        let before = capture::mark(connection)?.revision;
        if chance.is(15) {
            connection.execute("DELETE FROM items WHERE code = ?", [code])?;
        } else {
            let (name, price) = (format!("品 {}", chance.below(1_000)), chance.below(2_000));
            connection.execute(
                "INSERT INTO items (code, name, unit_price, tax_percent, tax_included)
                 VALUES (?1, ?2, ?3, '8', 1)
                 ON CONFLICT (code) DO UPDATE SET name = ?2, unit_price = ?3",
                rusqlite::params![code, name, i64::try_from(price)?],
            )?;
        }
        // The triggers ask the machine for the time, which is not that of the story.
        connection.execute(
            "UPDATE item_changes SET changed_at = ? WHERE revision > ?",
            [self.clock.now().ms(), before],
        )?;
        Ok(())
    }

    /// Says anew what the labels of the shop's scale mean.
    fn change_patterns(&mut self, chance: &mut Chance) -> anyhow::Result<()> {
        let before = capture::mark(self.database.connection())?.revision;
        let written = chance.pick(&PATTERNS).context("patterns")?;
        labels::set(
            &mut self.database,
            &Patterns::parse(written.iter().copied())?,
        )?;
        self.database.connection().execute(
            "UPDATE item_changes SET changed_at = ? WHERE revision > ?",
            [self.clock.now().ms(), before],
        )?;
        Ok(())
    }

    /// What is scanned for an item, and what that is called: of fresh food mostly a label with
    /// a price, if the till can read it.
    fn scanned(&self, item: &Item, chance: &mut Chance) -> anyhow::Result<(String, String)> {
        if item.code.starts_with("22") && chance.is(80) {
            let body: String = item.code.chars().take(8).collect();
            let printed = format!("{body}{:04}0", 1 + chance.below(9_999));
            let label = match Gtin::parse(&printed) {
                Err(GtinError::CheckDigit { whole, .. }) => whole,
                Ok(_) | Err(_) => printed,
            };
            if let Some(found) = till::scan(self.database.connection(), &label)? {
                return Ok((label, found.item.name));
            }
        }
        Ok((item.code.clone(), item.name.clone()))
    }

    /// Sells something to somebody, if there is anything. Gives the sale and the names of its lines.
    ///
    /// # Errors
    /// If the store database refuses.
    pub fn sell(
        &mut self,
        chance: &mut Chance,
        buyer: Option<&str>,
    ) -> anyhow::Result<Option<(Finished, Vec<String>)>> {
        let items = Index::default().find(self.database.connection(), "", 100)?;
        if items.is_empty() {
            return Ok(None);
        }
        let mut basket = Basket {
            terminal: format!("{}", 1 + chance.below(2)),
            buyer: buyer.map(str::to_owned),
            tenders: vec![BasketTender {
                kind: "cash".to_owned(),
                amount: 1_000_000,
                label: None,
            }],
            ..Basket::default()
        };
        let mut names = Vec::new();
        for _ in 0..=chance.below(4) {
            let item = chance.pick(&items).context("an item")?;
            let (code, name) = self.scanned(item, chance)?;
            names.push(name);
            basket.lines.push(BasketLine {
                code: Some(code),
                quantity: Some((1 + chance.below(3)).to_string()),
                ..BasketLine::default()
            });
        }
        let random = self.clock.random();
        let now = self.clock.now();
        let finished = till::finish(&mut self.database, &self.store, &basket, now, random, None)?;
        self.sold.push(Of {
            terminal: basket.terminal,
            business_date: finished.business_date.clone(),
            transaction: finished.transaction.clone(),
        });
        Ok(Some((finished, names)))
    }

    /// Takes a sale back, as a whole or a line of it; none if the till refuses.
    ///
    /// # Errors
    /// If the store database refuses.
    pub fn take_back(&mut self, chance: &mut Chance) -> anyhow::Result<Option<Finished>> {
        let Some(of) = chance.pick(&self.sold).cloned() else {
            return Ok(None);
        };
        let (is_whole, at) = (chance.is(50), chance.below(self.sold.len()));
        let line = BackLine {
            line: 1,
            quantity: Some("1".to_owned()),
        };
        let order = Order {
            terminal: "1".to_owned(),
            request: None,
            staff: None,
            reason: "間違い".to_owned(),
            of: of.clone(),
            lines: Vec::from_iter((!is_whole).then_some(line)),
            tender: None,
            approval: None,
        };
        let (now, random) = (self.clock.now(), self.clock.random());
        let database = &mut self.database;
        let done = match is_whole {
            true => till::void(database, &self.store, &order, now, random, None),
            false => till::give_back(database, &self.store, &order, now, random, None),
        };
        if is_whole {
            // What was voided is not touched again: the server would rightly refuse it.
            self.sold.retain(|sold| *sold != of);
        } else if at == 0 {
            self.sold.reverse();
        }
        match done {
            Ok(finished) => {
                if !is_whole {
                    self.sold.retain(|sold| *sold != of);
                }
                Ok(Some(finished))
            }
            Err(TillError::Back(_)) => Ok(None),
            Err(other) => Err(other.into()),
        }
    }

    /// One step of the courier.
    ///
    /// # Errors
    /// If the store database refuses.
    pub async fn carry(&mut self) -> anyhow::Result<Action> {
        Ok(self.courier.step().await?)
    }

    /// What waits and what was refused.
    ///
    /// # Errors
    /// If the store database refuses.
    pub fn queue(&self) -> anyhow::Result<outbox::Queue> {
        Ok(outbox::queue(self.database.connection())?)
    }

    /// Why something was refused, if anything was.
    ///
    /// # Errors
    /// If the store database refuses.
    pub fn refusals(&self) -> anyhow::Result<Vec<String>> {
        let refused = outbox::refused(self.database.connection(), 10)?;
        Ok(refused
            .into_iter()
            .map(|sale| format!("{}: {}", sale.body, sale.problem.unwrap_or_default()))
            .collect())
    }
}

/// A clock that shows so much more, and never less than 1970.
fn off(now: Timestamp, off_ms: i64) -> Timestamp {
    let shown = now.ms().saturating_add(off_ms).max(0);
    Timestamp::from_ms(shown).unwrap_or(now)
}

fn courier(
    town: &Town,
    folder: &TempDir,
    key: &str,
    store: &Store,
    clock: &Clock,
) -> anyhow::Result<Courier> {
    let credential = Credential::Bearer(key.to_owned());
    let road = Arc::new(town.weather.clone());
    let link = Link::over(road, "sim".to_owned(), credential, clock.clone());
    let database = Database::open(folder.path())?;
    Ok(Courier::new(database, link, store.clone(), clock.clone()))
}
