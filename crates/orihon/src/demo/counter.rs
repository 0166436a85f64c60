//! A shop's counter, as whoever stands at it works: sells at the till, and lets the shop's own system
//! change the list of items by SQL and by files. It has no way to the server; the device has.

use super::line::{Line, State};
use super::receipt::transaction;
use super::shop::{Prices, Shop};
use super::tokyo::stamp;
use anyhow::{Context, bail};
use device::database::Database;
use jiff::civil::DateTime;
use reqwest::header::CONTENT_TYPE;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::path::PathBuf;
use std::time::Duration;

/// Until a till on this machine has answered.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(5);
/// What something costs that the shop has forgotten to list.
const FORGOTTEN_PRICE: i64 = 168;

/// A shop's counter.
pub(super) struct Counter {
    pub(super) shop: &'static str,
    pub(super) name: &'static str,
    /// Where whoever works here finds the till.
    till: String,
    /// Where its page is for people.
    pub(super) page: String,
    pub(super) line: Line,
    prices: Prices,
    folder: PathBuf,
    http: reqwest::Client,
}

/// What a device says of itself, as far as it is shown.
#[derive(Debug, Deserialize)]
pub(super) struct Queue {
    pub(super) waiting: u64,
    pub(super) oldest_s: i64,
    pub(super) items_behind: bool,
}

/// An item that has a key of its own.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Item {
    pub(super) code: String,
    pub(super) name: String,
}

impl Counter {
    pub(super) fn new(
        shop: &Shop,
        (till, page): (String, String),
        line: Line,
        folder: PathBuf,
    ) -> anyhow::Result<Self> {
        let http = reqwest::Client::builder()
            .no_proxy()
            .tls_certs_only([])
            .timeout(ANSWER_TIMEOUT)
            .build()?;
        Ok(Self {
            shop: shop.id(),
            name: shop.profile.name,
            till,
            page,
            line,
            prices: shop.custom.prices,
            folder,
            http,
        })
    }

    /// The folder in which the shop's own system leaves product lists.
    pub(super) fn lists(&self) -> PathBuf {
        self.folder.join("lists")
    }

    /// The folder of the shop's device.
    pub(super) fn folder(&self) -> PathBuf {
        self.folder.clone()
    }

    /// Enters a sale at the till, which does its own arithmetic. Once this returns it is on the
    /// shop's disk; the server hears of it from the device.
    pub(super) async fn sell(&self, settlement: &impl Serialize) -> anyhow::Result<()> {
        let body = serde_json::to_vec(settlement)?;
        self.post("/api/settlements", body).await
    }

    /// Sells one of something by a code that the shop's list of items lacks.
    pub(super) async fn sell_unlisted(
        &self,
        user_id: &str,
        code: &str,
        now: DateTime,
    ) -> anyhow::Result<()> {
        self.sell(&self.unlisted(user_id, code, now)).await
    }

    fn unlisted(&self, user_id: &str, code: &str, now: DateTime) -> Value {
        let (price, included) = (FORGOTTEN_PRICE, self.prices == Prices::WithTax);
        let tax = match self.prices {
            Prices::WithTax => price * 8 / 108,
            Prices::WithoutTax => price * 8 / 100,
        };
        let total = match self.prices {
            Prices::WithTax => price,
            Prices::WithoutTax => price + tax,
        };
        json!({
            "store_id": self.shop, "terminal": "8", "business_date": now.date().to_string(),
            "transaction": transaction(now), "kind": "sale", "purchased_at": stamp(now),
            "currency": "JPY", "user": {"id": user_id},
            "lines": [{"code": code, "quantity": "1", "unit_price": price, "amount": price,
                "tax_percent": "8", "tax_included": included}],
            "taxes": [{"percent": "8", "included": included, "taxable": price, "tax": tax,
                "reduced": true}],
            "total": total,
            "tenders": [{"kind": "emoney", "amount": total, "label": "交通系IC"}],
        })
    }

    /// What waits at the shop.
    pub(super) async fn queue(&self) -> anyhow::Result<Queue> {
        let answer = self.http.get(format!("{}/api/status", self.till));
        let answer = answer.send().await?.error_for_status()?;
        Ok(serde_json::from_slice(&answer.bytes().await?)?)
    }

    /// Cuts the shop off.
    pub(super) fn cut(&self) {
        self.line.set(State::Cut);
    }

    /// Heals its line, and lets the device send at once, as somebody at the till would.
    pub(super) async fn heal(&self) -> anyhow::Result<()> {
        self.line.set(State::Whole);
        self.post("/api/send", Vec::new()).await
    }

    async fn post(&self, path: &str, body: Vec<u8>) -> anyhow::Result<()> {
        let draft = self.http.post(format!("{}{path}", self.till));
        let draft = draft.header(CONTENT_TYPE, "application/json").body(body);
        let answer = draft.send().await?;
        if !answer.status().is_success() {
            bail!(
                "the till of {} says: {}; please report this",
                self.shop,
                answer.text().await?
            );
        }
        Ok(())
    }

    /// The item of the first key of the till page.
    pub(super) fn first_item(&self) -> anyhow::Result<Item> {
        let database = Database::open(&self.folder)?;
        let sql = "SELECT items.code, items.name FROM touch_keys JOIN items USING (code)
            ORDER BY place LIMIT 1";
        let found = database.connection().query_row(sql, [], |row| {
            Ok(Item {
                code: row.get(0)?,
                name: row.get(1)?,
            })
        });
        found.context("no key of the till page has an item")
    }

    /// Gives an item another name, by SQL, as the shop's own system would.
    pub(super) fn rename(&self, code: &str, name: &str) -> anyhow::Result<()> {
        let database = Database::open(&self.folder)?;
        let sql = "UPDATE items SET name = ?2 WHERE code = ?1";
        let changed = database.connection().execute(sql, [code, name])?;
        anyhow::ensure!(changed == 1, "no item has the code {code}");
        Ok(())
    }

    /// Lists what was forgotten, by SQL, as the shop's own system would.
    pub(super) fn list(&self, code: &str, name: &str) -> anyhow::Result<()> {
        let database = Database::open(&self.folder)?;
        let included = match self.prices {
            Prices::WithTax => "1",
            Prices::WithoutTax => "0",
        };
        let price = FORGOTTEN_PRICE.to_string();
        let sql = "INSERT INTO items (code, name, unit_price, tax_percent, tax_included)
            VALUES (?1, ?2, ?3, '8', ?4) ON CONFLICT (code) DO UPDATE SET name = ?2";
        let values = [code, name, &price, included];
        database.connection().execute(sql, values)?;
        Ok(())
    }

    /// Leaves a product list for the machine, as the shop's own system does; whole or not at all.
    pub(super) fn leave_list(&self, name: &str, list: &str) -> anyhow::Result<()> {
        let draft = self.lists().join(format!("{name}.part"));
        std::fs::write(&draft, list).context("writing a product list")?;
        std::fs::rename(&draft, self.lists().join(format!("{name}.csv")))
            .context("leaving a product list")
    }

    /// Takes in the lists that are left for it, for ever.
    pub(super) async fn watch(&self) -> anyhow::Result<()> {
        device::lists::watch(self.folder(), self.lists()).await
    }
}

/// A code that no sale had before, also in a folder that was kept: day and second make it.
pub(super) fn unlisted_code(now: DateTime) -> String {
    format!("2199{:04}{}", now.date().day_of_year(), transaction(now))
}
