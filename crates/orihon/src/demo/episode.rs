//! The unusual things that happened: a return, an exchange, a void, a purchase that nobody has
//! claimed, codes that changed their meaning, went away, or were sold before anybody knew them.

use super::habit::Life;
use super::message::{Original, OriginalLine, Settlement};
use super::purse::{Buyer, by_card, in_cash, plain};
use super::receipt::{Quantity, Receipt};
use super::shop::Shop;
use anyhow::Context;
use jiff::ToSpan;
use jiff::civil::{Date, DateTime};
use wire::claim::ClaimCode;

/// When each thing happened, in days before now; all under a year, so that none is ever cut off.
const RETURN_DAYS: i64 = 78;
const EXCHANGE_DAYS: i64 = 43;
const VOID_DAYS: i64 = 25;
const UNCLAIMED_DAYS: i64 = 9;
const LATE_NAME_DAYS: [i64; 2] = [8, 4];
/// How long before and after a code got another meaning it was bought.
const REUSE_BEFORE_DAYS: i64 = 60;
const REUSE_AFTER_DAYS: i64 = 40;
const SELL_OFF_AFTER_DAYS: i64 = 4;

/// All of them, in no particular order. They count no points.
pub(super) fn episodes(life: &mut Life<'_>, until: DateTime) -> anyhow::Result<Vec<Settlement>> {
    let today = until.date();
    let mut settlements = Vec::new();
    settlements.extend(returned(life, before(today, RETURN_DAYS)?)?);
    settlements.extend(exchanged(life, before(today, EXCHANGE_DAYS)?)?);
    settlements.extend(voided(life, before(today, VOID_DAYS)?)?);
    settlements.push(unclaimed(life, before(today, UNCLAIMED_DAYS)?)?);
    for days in LATE_NAME_DAYS {
        let day = before(today, days)?;
        settlements.push(small_sale(life, day, &["kurozato-pudding", "tea-500"])?);
    }
    settlements.extend(reused(life)?);
    settlements.push(sold_off(life)?);
    Ok(settlements)
}

fn before(day: Date, days: i64) -> anyhow::Result<Date> {
    Ok(day.checked_sub(days.days())?)
}

/// A lotion that the skin did not bear goes back three days later.
fn returned(life: &mut Life<'_>, day: Date) -> anyhow::Result<[Settlement; 2]> {
    let shop = &life.town.drugstore;
    let buyer = Buyer::Known(life.user_id);
    let mut sale = Receipt::open(shop, day.at(17, 8, 41, 0), &mut life.dice);
    sale.sell(shop.shelf.ware("cotton")?, Quantity::Pieces(1))?;
    let lotion = shop.shelf.ware("milk-lotion")?;
    let line = sale.sell(lotion, Quantity::Pieces(1))?;
    let of = Original {
        key: sale.key(),
        lines: vec![OriginalLine {
            line,
            quantity: "1",
        }],
    };
    let sale = sale.close_with(buyer, |owed| (vec![by_card(owed)], 0));
    let at = day.checked_add(3.days())?.at(17, 21, 5, 0);
    let mut back = Receipt::open_return(shop, at, of, &mut life.dice);
    back.sell(lotion, Quantity::Pieces(1))?;
    back.note("返品理由: 肌に合わなかったため");
    Ok([
        sale,
        back.close_with(buyer, |owed| (vec![by_card(owed)], 0)),
    ])
}

/// The wrong shade, exchanged for the right one two days later; the difference is paid in cash.
fn exchanged(life: &mut Life<'_>, day: Date) -> anyhow::Result<[Settlement; 3]> {
    let shop = &life.town.drugstore;
    let buyer = Buyer::Known(life.user_id);
    let wrong = shop.shelf.ware("hair-color-a")?;
    let mut sale = Receipt::open(shop, day.at(17, 2, 13, 0), &mut life.dice);
    let line = sale.sell(wrong, Quantity::Pieces(1))?;
    let of = Original {
        key: sale.key(),
        lines: vec![OriginalLine {
            line,
            quantity: "1",
        }],
    };
    let sale = sale.close_with(buyer, |owed| (vec![plain("qr", owed, "コード決済")], 0));
    let day = day.checked_add(2.days())?;
    let mut back = Receipt::open_return(shop, day.at(17, 30, 20, 0), of, &mut life.dice);
    let mut other = Receipt::open(shop, day.at(17, 31, 2, 0), &mut life.dice);
    back.with(other.key());
    other.with(back.key());
    back.sell(wrong, Quantity::Pieces(1))?;
    back.note("色違いと交換");
    let back = back.close_with(buyer, |owed| (vec![plain("exchange", owed, "交換")], 0));
    other.sell(shop.shelf.ware("hair-color-b")?, Quantity::Pieces(1))?;
    let credit = back.total;
    let dice = &mut life.dice;
    let other = other.close_with(buyer, |owed| {
        let (mut tenders, change) = in_cash(owed - credit, dice);
        tenders.insert(0, plain("exchange", credit, "交換"));
        (tenders, change)
    });
    Ok([sale, back, other])
}

/// Eleven bunches of bananas were one: the till takes the sale back and rings it up again.
fn voided(life: &mut Life<'_>, day: Date) -> anyhow::Result<[Settlement; 3]> {
    let shop = &life.town.supermarket;
    let buyer = Buyer::Known(life.user_id);
    let mut ring_up = |at: DateTime, pieces: i64| -> anyhow::Result<Settlement> {
        let mut sale = Receipt::open(shop, at, &mut life.dice);
        sale.sell(shop.shelf.ware("banana")?, Quantity::Pieces(pieces))?;
        sale.sell(shop.shelf.ware("yogurt")?, Quantity::Pieces(1))?;
        Ok(sale.close_with(buyer, |owed| (vec![plain("emoney", owed, "交通系IC")], 0)))
    };
    let wrong = ring_up(day.at(17, 11, 8, 0), 11)?;
    let right = ring_up(day.at(17, 13, 31, 0), 1)?;
    let mut void = Receipt::open(shop, day.at(17, 12, 40, 0), &mut life.dice)
        .close_with(buyer, |_| (Vec::new(), 0));
    // Whose it is follows from the sale that it takes back.
    void.user = None;
    void.kind = "void";
    void.total = wrong.total;
    void.of = Some(Original {
        key: wrong.key.clone(),
        lines: Vec::new(),
    });
    void.notes = vec!["数量誤り"];
    Ok([wrong, void, right])
}

/// The phone stayed at home, so the receipt carries a code to claim the purchase by.
fn unclaimed(life: &mut Life<'_>, day: Date) -> anyhow::Result<Settlement> {
    let mut secret = [0; 32];
    for byte in &mut secret {
        *byte = u8::try_from(life.dice.between(0..=255))?;
    }
    let code = ClaimCode::derive(secret).to_string();
    let shop = &life.town.supermarket;
    let mut sale = open_evening(life, shop, day);
    for slug in ["bread", "yogurt", "apple", "beer"] {
        sale.sell(shop.shelf.ware(slug)?, Quantity::Pieces(1))?;
    }
    let dice = &mut life.dice;
    Ok(
        sale.close_with(Buyer::Unknown { claim_code: &code }, |owed| {
            in_cash(owed, dice)
        }),
    )
}

/// Oden in winter; from May on the same code is a salad of cold noodles.
fn reused(life: &mut Life<'_>) -> anyhow::Result<[Settlement; 2]> {
    let shelf = &life.town.supermarket.shelf;
    let until = shelf
        .ware("oden")?
        .until
        .context("oden goes off the shelf in spring")?;
    let since = shelf
        .ware("hiyashi")?
        .since
        .context("cold noodles come in May")?;
    let winter = before(until, REUSE_BEFORE_DAYS)?;
    let summer = since.checked_add(REUSE_AFTER_DAYS.days())?;
    Ok([
        small_sale(life, winter, &["oden", "happoshu"])?,
        small_sale(life, summer, &["hiyashi", "mugicha"])?,
    ])
}

/// The last pieces of something that is no longer on the shelf.
fn sold_off(life: &mut Life<'_>) -> anyhow::Result<Settlement> {
    let shop = &life.town.supermarket;
    let ware = shop.shelf.ware("f-karaage")?;
    let until = ware.until.context("this one goes off the shelf")?;
    let day = until.checked_add(SELL_OFF_AFTER_DAYS.days())?;
    let mut sale = open_evening(life, shop, day);
    sale.sell(ware, Quantity::Pieces(2))?;
    sale.discount_percent("売り切り 半額", 50)?;
    sale.sell(shop.shelf.ware("rice")?, Quantity::Pieces(1))?;
    Ok(sale.close_with(Buyer::Known(life.user_id), |owed| (vec![by_card(owed)], 0)))
}

/// One piece of each, on the way home.
fn small_sale(life: &mut Life<'_>, day: Date, slugs: &[&str]) -> anyhow::Result<Settlement> {
    let shop = &life.town.supermarket;
    let mut sale = open_evening(life, shop, day);
    for slug in slugs {
        sale.sell(shop.shelf.ware(slug)?, Quantity::Pieces(1))?;
    }
    let dice = &mut life.dice;
    Ok(sale.close_with(Buyer::Known(life.user_id), |owed| in_cash(owed, dice)))
}

/// A receipt at an hour at which the person's habits never open one.
fn open_evening<'t>(life: &mut Life<'_>, shop: &'t Shop, day: Date) -> Receipt<'t> {
    let second = i8::try_from(life.dice.between(0..=59)).unwrap_or(0);
    Receipt::open(shop, day.at(17, 16, second, 0), &mut life.dice)
}
