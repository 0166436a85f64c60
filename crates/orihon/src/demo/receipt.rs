//! A receipt as a till writes it: lines, what changes the whole, the tax of each rate rounded once,
//! the payment. Only arithmetic and the message; why somebody buys something is told elsewhere.

use super::dice::Dice;
use super::message::{Adjustment, Discount, Key, Line, Original, Points, Settlement, Tax, User};
use super::purse::{self, Buyer, Purse};
use super::shelf::{Discretion, Nature, Rate, Ware};
use super::shop::{Custom, Prices, Rounding, Shop};
use super::tokyo::stamp;
use anyhow::Context;
use jiff::ToSpan;
use jiff::civil::DateTime;

/// How much of something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Quantity {
    Pieces(i64),
    /// Hundredths of the unit, as a scale weighs.
    Hundredths(i64),
}

impl Quantity {
    /// What that much costs; a part of a yen is dropped.
    fn cost(self, unit_price: i64) -> i64 {
        match self {
            Self::Pieces(count) => unit_price * count,
            Self::Hundredths(count) => unit_price * count / 100,
        }
    }

    fn text(self) -> String {
        match self {
            Self::Pieces(count) => count.to_string(),
            Self::Hundredths(count) => format!("{}.{:02}", count / 100, count % 100),
        }
    }
}

/// A receipt that is being written.
pub(super) struct Receipt<'t> {
    pub(super) shop: &'t Shop,
    pub(super) at: DateTime,
    settlement: Settlement,
    rates: Vec<Rate>,
}

impl<'t> Receipt<'t> {
    /// A sale at one of the shop's tills.
    pub(super) fn open(shop: &'t Shop, at: DateTime, dice: &mut Dice) -> Self {
        let till = dice.pick(shop.custom.tills).copied().unwrap_or("1");
        let staff = dice.pick(shop.custom.staff).copied();
        let key = Key {
            store_id: shop.id(),
            terminal: till,
            business_date: at.date().to_string(),
            transaction: transaction(at),
        };
        let settlement = Settlement {
            receipt_number: Some(format!("{till}-{}", key.transaction)),
            key,
            kind: "sale",
            purchased_at: stamp(at),
            currency: "JPY",
            user: None,
            claim_code: None,
            catalogue_revision: shop.revision_at(at),
            lines: Vec::new(),
            adjustments: Vec::new(),
            taxes: Vec::new(),
            total: 0,
            tenders: Vec::new(),
            change: 0,
            of: None,
            with: None,
            staff,
            points: None,
            notes: Vec::new(),
        };
        Self {
            shop,
            at,
            settlement,
            rates: Vec::new(),
        }
    }

    /// The same, for goods that come back: `of` names them.
    pub(super) fn open_return(shop: &'t Shop, at: DateTime, of: Original, dice: &mut Dice) -> Self {
        let mut receipt = Self::open(shop, at, dice);
        receipt.settlement.kind = "return";
        receipt.settlement.of = Some(of);
        receipt
    }

    /// Adds a line at today's price and gives its number.
    pub(super) fn sell(&mut self, ware: &Ware, quantity: Quantity) -> anyhow::Result<u16> {
        self.sell_at(ware, quantity, ware.rate)
    }

    /// Adds a line under another rate than the shelf says: food carried out of a café.
    pub(super) fn sell_at(
        &mut self,
        ware: &Ware,
        quantity: Quantity,
        rate: Rate,
    ) -> anyhow::Result<u16> {
        let unit_price = ware.price_on(self.at.date());
        self.push(
            Line {
                code: Some(ware.code),
                name: None,
                quantity: quantity.text(),
                unit: ware.unit,
                unit_price,
                discount: 0,
                amount: quantity.cost(unit_price),
                discounts: Vec::new(),
                list_price: None,
                tax_percent: rate.text(),
                tax_included: self.shop.custom.is_tax_included(),
                part_of: None,
                service_from: None,
                service_to: None,
                sensitive: match ware.discretion {
                    Discretion::Open => None,
                    Discretion::Sensitive => Some(true),
                },
            },
            rate,
        )
    }

    /// Adds a line that the till names itself, without a code.
    pub(super) fn sell_by_name(
        &mut self,
        name: &'static str,
        price: i64,
        rate: Rate,
    ) -> anyhow::Result<u16> {
        self.push(
            Line {
                code: None,
                name: Some(name),
                quantity: Quantity::Pieces(1).text(),
                unit: None,
                unit_price: price,
                discount: 0,
                amount: price,
                discounts: Vec::new(),
                list_price: None,
                tax_percent: rate.text(),
                tax_included: self.shop.custom.is_tax_included(),
                part_of: None,
                service_from: None,
                service_to: None,
                sensitive: None,
            },
            rate,
        )
    }

    /// Adds a service that begins at `from`, and gives the instant when it ends.
    pub(super) fn serve(&mut self, ware: &Ware, from: DateTime) -> anyhow::Result<DateTime> {
        let Nature::Service { minutes } = ware.nature else {
            anyhow::bail!("{:?} is no service", ware.slug);
        };
        let to = from.checked_add(minutes.minutes())?;
        self.sell(ware, Quantity::Pieces(1))?;
        let line = self.last()?;
        line.service_from = Some(stamp(from));
        line.service_to = Some(stamp(to));
        Ok(to)
    }

    fn push(&mut self, line: Line, rate: Rate) -> anyhow::Result<u16> {
        self.settlement.lines.push(line);
        self.rates.push(rate);
        Ok(u16::try_from(self.settlement.lines.len())?)
    }

    fn last(&mut self) -> anyhow::Result<&mut Line> {
        self.settlement
            .lines
            .last_mut()
            .context("nothing was sold yet")
    }

    /// Makes the last line a part of another one.
    pub(super) fn part_of(&mut self, line: u16) -> anyhow::Result<()> {
        self.last()?.part_of = Some(line);
        Ok(())
    }

    /// Takes a part of a hundred off the last line, rounded down.
    pub(super) fn discount_percent(
        &mut self,
        label: &'static str,
        percent: i64,
    ) -> anyhow::Result<()> {
        let amount = self.last()?.amount * percent / 100;
        self.discount(label, amount)
    }

    /// Takes some yen off the last line.
    pub(super) fn discount(&mut self, label: &'static str, amount: i64) -> anyhow::Result<()> {
        let line = self.last()?;
        line.discounts.push(Discount { label, amount });
        line.discount += amount;
        line.amount -= amount;
        Ok(())
    }

    /// Sells the last line, of single pieces, at a special price for the day.
    pub(super) fn special_price(&mut self, price: i64) -> anyhow::Result<()> {
        let line = self.last()?;
        let pieces: i64 = line.quantity.parse()?;
        line.list_price = Some(line.unit_price);
        line.unit_price = price;
        line.amount = price * pieces;
        Ok(())
    }

    /// Takes something off the whole, or puts something on.
    pub(super) fn adjust(&mut self, adjustment: Adjustment) {
        self.settlement.adjustments.push(adjustment);
    }

    pub(super) fn note(&mut self, note: &'static str) {
        self.settlement.notes.push(note);
    }

    pub(super) fn served_by(&mut self, staff: &'static str) {
        self.settlement.staff = Some(staff);
    }

    /// The other half of an exchange.
    pub(super) fn with(&mut self, key: Key) {
        self.settlement.with = Some(key);
    }

    pub(super) fn key(&self) -> Key {
        self.settlement.key.clone()
    }

    /// What the lines of a rate come to, with the adjustments that fall under it.
    pub(super) fn base(&self, rate: Rate) -> i64 {
        let lines = self.settlement.lines.iter().zip(&self.rates);
        let lines: i64 = lines
            .filter(|(_, of)| **of == rate)
            .map(|(line, _)| line.amount)
            .sum();
        let adjustments = self.settlement.adjustments.iter();
        let adjustments: i64 = adjustments
            .filter(|row| row.tax_percent == Some(rate.text()))
            .map(|row| row.amount)
            .sum();
        lines + adjustments
    }

    pub(super) fn line_count(&self) -> usize {
        self.settlement.lines.len()
    }

    /// Reckons the tax, counts and spends points, pays, and is done.
    pub(super) fn close(
        mut self,
        purse: &mut Purse,
        dice: &mut Dice,
        buyer: Buyer<'_>,
    ) -> Settlement {
        self.reckon();
        let scheme = self.shop.custom.points;
        if let (Some(scheme), Buyer::Known(_)) = (scheme, buyer) {
            self.settlement.points = Some(self.count_points(scheme, purse, dice));
        }
        let payment = dice
            .weighted(self.shop.custom.payments, |(_, parts)| *parts)
            .map(|(payment, _)| *payment);
        let owed = self.settlement.total;
        let (tenders, change) = purse::pay(payment, owed, dice);
        self.settlement.tenders = tenders;
        self.settlement.change = change;
        self.sign(buyer)
    }

    /// Like [`Receipt::close`], with the payment given and without points.
    pub(super) fn close_with(
        mut self,
        buyer: Buyer<'_>,
        pay: impl FnOnce(i64) -> purse::Paid,
    ) -> Settlement {
        self.reckon();
        let (tenders, change) = pay(self.settlement.total);
        self.settlement.tenders = tenders;
        self.settlement.change = change;
        self.sign(buyer)
    }

    fn sign(mut self, buyer: Buyer<'_>) -> Settlement {
        match buyer {
            Buyer::Known(user_id) => {
                self.settlement.user = Some(User {
                    id: user_id.to_owned(),
                });
            }
            Buyer::Unknown { claim_code } => {
                self.settlement.claim_code = Some(claim_code.to_owned());
            }
        }
        self.settlement
    }

    /// One tax row per rate, rounded once, and the total.
    fn reckon(&mut self) {
        let custom = &self.shop.custom;
        let mut taxes = Vec::new();
        let mut on_top = 0;
        for rate in Rate::ALL {
            if !self.rates.contains(&rate) {
                continue;
            }
            let taxable = self.base(rate);
            let tax = tax(custom, taxable, rate);
            match custom.prices {
                Prices::WithTax => {}
                Prices::WithoutTax => on_top += tax,
            }
            taxes.push(Tax {
                percent: rate.text(),
                included: custom.is_tax_included(),
                taxable,
                tax,
                reduced: (rate == Rate::Reduced).then_some(true),
            });
        }
        let lines: i64 = self.settlement.lines.iter().map(|line| line.amount).sum();
        let adjustments: i64 = self
            .settlement
            .adjustments
            .iter()
            .map(|row| row.amount)
            .sum();
        self.settlement.taxes = taxes;
        self.settlement.total = lines + adjustments + on_top;
    }

    /// Earns points, and now and then spends a lot of them as an adjustment after tax.
    fn count_points(
        &mut self,
        scheme: super::shop::PointScheme,
        purse: &mut Purse,
        dice: &mut Dice,
    ) -> Points {
        let earned = self.settlement.total / scheme.yen_per_point;
        let balance = purse.points(self.shop.id());
        let mut used = 0;
        if *balance >= scheme.lot && self.settlement.total >= 2 * scheme.lot && dice.chance(40) {
            used = scheme.lot;
            self.adjust(Adjustment {
                kind: "points",
                label: "ポイントご利用",
                amount: -used,
                tax_percent: None,
                lines: Vec::new(),
            });
            self.settlement.total -= used;
        }
        *balance += earned - used;
        Points {
            earned,
            used: (used > 0).then_some(used),
            balance: *balance,
        }
    }
}

/// A till numbers its transactions upwards; here the second of the day serves.
pub(super) fn transaction(at: DateTime) -> String {
    let second =
        i64::from(at.hour()) * 3_600 + i64::from(at.minute()) * 60 + i64::from(at.second());
    format!("{second:05}")
}

/// The tax of a rate on a whole receipt.
fn tax(custom: &Custom, taxable: i64, rate: Rate) -> i64 {
    let whole = match custom.prices {
        Prices::WithTax => 100 + rate.percent(),
        Prices::WithoutTax => 100,
    };
    let parts = taxable * rate.percent();
    match custom.rounding {
        Rounding::Down => parts / whole,
        Rounding::HalfUp => (2 * parts + whole) / (2 * whole),
    }
}
