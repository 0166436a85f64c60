//! A settlement told back in the form in which it was sent, so that a store can see what stands in
//! the way of another one. A claim code is not told: only its hash is kept.

use crate::account::message::{
    AdjustmentAnswer, DiscountAnswer, OriginalAnswer, PointsAnswer, TaxAnswer, TenderAnswer,
};
use crate::account::row;
use crate::outcome::KeyMessage;
use crate::time::show;
use crate::vocabulary;
use jiff::tz::TimeZone;
use purchase::settlement::{Buyer, Content, Line, PricedBy, Sensitivity};
use purchase::text::Text;
use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

/// A settlement as it was sent. Sent again it has the same digest, unless it held a claim code.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SettlementAnswer<'a> {
    /// Its key.
    #[serde(flatten)]
    pub key: KeyMessage,
    /// `sale`, `return` or `void`.
    pub kind: &'static str,
    /// When the customer paid.
    #[schema(format = "date-time")]
    pub purchased_at: String,
    /// The currency.
    pub currency: &'a str,
    /// Who bought, as the store put it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<BuyerAnswer<'a>>,
    /// The catalogue revision that the till had.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub catalogue_revision: Option<u64>,
    /// The source of that revision.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub catalogue_lineage: Option<&'a str>,
    /// The lines.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<SentLine<'a>>,
    /// What the customer owed.
    pub total: i64,
    /// What changed the whole receipt.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub adjustments: Vec<AdjustmentAnswer<'a>>,
    /// The tax.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub taxes: Vec<TaxAnswer>,
    /// The payments.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tenders: Vec<TenderAnswer<'a>>,
    /// Money given back.
    pub change: i64,
    /// What a return or a void speaks of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub of: Option<OriginalAnswer>,
    /// The other half of an exchange.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub with: Option<KeyMessage>,
    /// The number printed on the receipt.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub receipt_number: Option<&'a str>,
    /// Who served.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub staff: Option<&'a str>,
    /// The store's own points.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub points: Option<PointsAnswer>,
    /// Free lines of the receipt.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<&'a str>,
    /// The store's own free-form object.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub extra: Option<&'a RawValue>,
}

/// Who bought, as the store put it.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum BuyerAnswer<'a> {
    /// A person's id.
    Id(&'a str),
    /// The code that a person showed.
    MemberCode(&'a str),
    /// This store's own name for a person.
    Pseudonym(&'a str),
}

/// One line as it was sent.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SentLine<'a> {
    /// The code as scanned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<&'a str>,
    /// The name that the store sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<&'a str>,
    /// How much.
    pub quantity: String,
    /// Of what; single pieces if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<&'a str>,
    /// Price of one unit.
    pub unit_price: i64,
    /// Taken off in all.
    pub discount: i64,
    /// What the line costs.
    pub amount: i64,
    /// What the discount consists of.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub discounts: Vec<DiscountAnswer<'a>>,
    /// The price before it was lowered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub list_price: Option<i64>,
    /// The tax rate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tax_percent: Option<String>,
    /// Whether the price contains the tax.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tax_included: Option<bool>,
    /// `till` if the till's own rules made the amount.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub priced_by: Option<&'static str>,
    /// The world-wide article number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gtin: Option<&'a str>,
    /// `goods` or `service`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<&'static str>,
    /// The store's own grouping.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<&'a str>,
    /// The line that this one is a part of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub part_of: Option<u16>,
    /// When a service begins.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = "date-time")]
    pub service_from: Option<String>,
    /// When it ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = "date-time")]
    pub service_to: Option<String>,
    /// Whether to hide it from others.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sensitive: Option<bool>,
}

/// The message of a settlement, its times in the zone of its store.
#[must_use]
pub fn settlement_answer<'a>(content: &'a Content, zone: &TimeZone) -> SettlementAnswer<'a> {
    let extra = content.extra.as_deref();
    SettlementAnswer {
        key: (&content.key).into(),
        kind: vocabulary::kind(content.kind),
        purchased_at: show(content.purchased_at, zone),
        currency: content.currency.code(),
        user: buyer(&content.buyer),
        catalogue_revision: content.mark.revision.map(|revision| revision.0),
        catalogue_lineage: content.mark.lineage.as_ref().map(Text::as_str),
        lines: content.lines.iter().map(|sent| line(sent, zone)).collect(),
        total: content.total.minor(),
        adjustments: content.adjustments.iter().map(row::adjustment).collect(),
        taxes: content.taxes.iter().map(row::tax).collect(),
        tenders: content.tenders.iter().map(row::tender).collect(),
        change: content.change.minor(),
        of: content.of.as_ref().map(row::original),
        with: content.with.as_ref().map(KeyMessage::from),
        receipt_number: content.receipt_number.as_ref().map(Text::as_str),
        staff: content.staff.as_ref().map(Text::as_str),
        points: content.points.map(row::points),
        notes: content.notes.iter().map(Text::as_str).collect(),
        // It was proven to be JSON when it came in.
        extra: extra.and_then(|extra| serde_json::from_str::<&RawValue>(extra).ok()),
    }
}

fn buyer(buyer: &Buyer) -> Option<BuyerAnswer<'_>> {
    match buyer {
        Buyer::Absent => None,
        Buyer::Id(text) => Some(BuyerAnswer::Id(text.as_str())),
        Buyer::MemberCode(text) => Some(BuyerAnswer::MemberCode(text.as_str())),
        Buyer::Pseudonym(text) => Some(BuyerAnswer::Pseudonym(text.as_str())),
    }
}

fn line<'a>(line: &'a Line, zone: &TimeZone) -> SentLine<'a> {
    SentLine {
        code: line.code.as_ref().map(|code| code.as_str()),
        name: line.name.as_ref().map(Text::as_str),
        quantity: line.quantity.to_string(),
        unit: line.unit.as_ref().map(Text::as_str),
        unit_price: line.unit_price.minor(),
        discount: line.discount.minor(),
        amount: line.amount.minor(),
        discounts: line.discounts.iter().map(row::discount).collect(),
        list_price: line.list_price.map(|price| price.minor()),
        tax_percent: line.tax_percent.map(|percent| percent.to_string()),
        tax_included: line.tax_place.map(vocabulary::is_included),
        priced_by: priced_by(line.priced_by),
        gtin: line.gtin.as_ref().map(Text::as_str),
        kind: line.kind.map(vocabulary::item_kind),
        category: line.category.as_ref().map(Text::as_str),
        part_of: line.part_of.map(|parent| parent.0),
        service_from: line.service_from.map(|at| show(at, zone)),
        service_to: line.service_to.map(|at| show(at, zone)),
        sensitive: line
            .sensitivity
            .map(|sensitivity| sensitivity == Sensitivity::Sensitive),
    }
}

fn priced_by(by: PricedBy) -> Option<&'static str> {
    match by {
        PricedBy::Product => None,
        PricedBy::Till => Some(vocabulary::priced_by(by)),
    }
}
