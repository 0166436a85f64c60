//! Life goes on: every few seconds something is sold at a shop's till, the shop's device sends it, and
//! what the person's account then shows is printed. A sale is printed only when it has arrived there.

use super::account::{Purchase, Stream};
use super::counter::{Counter, unlisted_code};
use super::habit::Life;
use super::history::Visit;
use super::machine::Machines;
use super::screen::{self, Screen};
use super::tokyo::civil;
use anyhow::Context;
use jiff::civil::DateTime;
use server::clock::Clock;
use std::time::Duration;

/// Milliseconds between two sales.
const PAUSE_MS: (i64, i64) = (2_000, 6_000);
/// Which sale is of something that the catalogue does not know yet, and how long it stays so.
const NAMELESS_SALE: u32 = 4;
const NAMELESS_PAUSE: Duration = Duration::from_secs(7);
const NEW_ITEM: &str = "冬限定 ゆず大福";
const NEW_ITEM_READING: &str = "フユゲンテイ ユズダイフク";
const NEW_ITEM_PRICE: i64 = 168;

/// Sells for ever.
pub(super) async fn sell(
    life: &mut Life<'_>,
    machines: &Machines,
    clock: &Clock,
) -> anyhow::Result<()> {
    let mut sold = 0;
    loop {
        let pause = life.dice.between(PAUSE_MS.0..=PAUSE_MS.1);
        tokio::time::sleep(Duration::from_millis(pause.unsigned_abs())).await;
        let now = civil(clock.now())?;
        sold += 1;
        if sold == NAMELESS_SALE {
            sell_new_item(life, &machines.supermarket.counter, now).await?;
            continue;
        }
        let visit = visit(life, now);
        let mut settlement = visit.go(life, now)?;
        // A folder kept from another day may have another history of revisions.
        settlement.catalogue_revision = None;
        let machine = match visit {
            Visit::BigShop | Visit::DinnerShop | Visit::LunchShop => &machines.supermarket,
            Visit::Drugstore => &machines.drugstore,
            Visit::Cafe => &machines.cafe,
            Visit::Salon => &machines.salon,
        };
        machine.counter.sell(&settlement).await?;
    }
}

fn visit(life: &mut Life<'_>, now: DateTime) -> Visit {
    match life.dice.between(1..=100) {
        ..=6 => Visit::BigShop,
        7..=45 if (10..15).contains(&now.hour()) => Visit::LunchShop,
        7..=45 => Visit::DinnerShop,
        46..=68 => Visit::Drugstore,
        69..=97 => Visit::Cafe,
        _ => Visit::Salon,
    }
}

/// Something new is sold before the shop has told what it is; then the shop's own system leaves a list
/// that says so.
async fn sell_new_item(life: &Life<'_>, counter: &Counter, now: DateTime) -> anyhow::Result<()> {
    let code = unlisted_code(now);
    counter.sell_unlisted(life.user_id, &code, now).await?;
    tokio::time::sleep(NAMELESS_PAUSE).await;
    let list = format!(
        "商品コード,商品名,カナ,規格,部門,単価,税率,税区分\n{code},{NEW_ITEM},{NEW_ITEM_READING},2個,菓子,{NEW_ITEM_PRICE},8,税抜\n"
    );
    counter.leave_list(&code, &list)
}

/// Prints what arrives in the account until the server ends the stream.
pub(super) async fn watch(mut stream: Stream, screen: Screen) -> anyhow::Result<()> {
    while let Some(event) = stream.next().await? {
        match event.name.as_str() {
            "purchase" => screen.line(&screen::purchase(&read(&event.data)?)),
            "named" => screen.line(&screen::named(&read(&event.data)?)),
            // What else may come changes nothing that a line on the screen says.
            _ => {}
        }
    }
    Ok(())
}

fn read(data: &str) -> anyhow::Result<Purchase> {
    serde_json::from_str(data).context("an event of the account could not be read")
}
