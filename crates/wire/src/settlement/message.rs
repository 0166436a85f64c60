//! The settlement as it arrives, borrowed from the bytes of the request. These types hold any form
//! that the contract's JSON can have; whether the values are right is proven beside them.

use crate::scalar::{Decimal, Money, Words, object, objects, rows};
use serde::Deserialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

/// What a store's device sends when a customer has paid.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields, bound(deserialize = "'de: 'a"))]
#[schema(example = json!({
    "store_id": "s-330", "terminal": "1", "business_date": "2017-01-01",
    "transaction": "31198570044", "kind": "sale", "purchased_at": "2017-01-01T11:53:26Z",
    "currency": "USD", "user": {"id": "usr_0zzg0081040g2081040m2gc5v8"},
    "lines": [{"code": "1095275", "quantity": "1", "unit_price": 50, "amount": 50}],
    "total": 50
}))]
pub struct SettlementMessage<'a> {
    /// The shop.
    #[schema(value_type = String, example = "s-330")]
    pub(crate) store_id: Words<'a>,
    /// Its till.
    #[schema(value_type = String, example = "1")]
    pub(crate) terminal: Words<'a>,
    /// The shop's trading day.
    #[schema(value_type = String, format = "date", example = "2017-01-01")]
    pub(crate) business_date: Words<'a>,
    /// The till's number for the sale, never used again on that day.
    #[schema(value_type = String, example = "31198570044")]
    pub(crate) transaction: Words<'a>,
    /// `sale`, `return` or `void`; it gives the direction, amounts stay positive.
    #[schema(value_type = String, example = "sale")]
    pub(crate) kind: Words<'a>,
    /// When the customer paid, by the till's clock.
    #[schema(value_type = String, format = "date-time", example = "2017-01-01T11:53:26Z")]
    pub(crate) purchased_at: Words<'a>,
    /// ISO 4217; must be the store's.
    #[schema(value_type = String, example = "USD")]
    pub(crate) currency: Words<'a>,
    /// Who bought; nobody if absent.
    #[serde(default, deserialize_with = "object")]
    pub(crate) user: Option<BuyerMessage<'a>>,
    /// 20 digits that the till printed, by which a person can take the purchase.
    #[schema(value_type = Option<String>, pattern = "^[0-9]{20}$")]
    pub(crate) claim_code: Option<Words<'a>>,
    /// The catalogue revision that the till had.
    pub(crate) catalogue_revision: Option<u64>,
    /// The source of that revision.
    #[schema(value_type = Option<String>)]
    pub(crate) catalogue_lineage: Option<Words<'a>>,
    /// What was sold, 1 to 500, numbered from 1 in this order; none for a `void`.
    #[serde(default, deserialize_with = "objects")]
    pub(crate) lines: Vec<LineMessage<'a>>,
    /// What the customer owes, in minor units.
    #[schema(value_type = i64, example = 50)]
    pub(crate) total: Money,
    /// What changed the whole receipt.
    #[serde(default, deserialize_with = "objects")]
    pub(crate) adjustments: Vec<AdjustmentMessage<'a>>,
    /// The tax, one row per percent and place.
    #[serde(default, deserialize_with = "objects")]
    pub(crate) taxes: Vec<TaxMessage<'a>>,
    /// The payments.
    #[serde(default, deserialize_with = "objects")]
    pub(crate) tenders: Vec<TenderMessage<'a>>,
    /// Money given back; 0 if absent.
    #[schema(value_type = Option<i64>)]
    pub(crate) change: Option<Money>,
    /// The settlement that a return or a void speaks of.
    #[serde(default, deserialize_with = "object")]
    pub(crate) of: Option<OriginalMessage<'a>>,
    /// The other half of an exchange.
    #[serde(default, deserialize_with = "object")]
    pub(crate) with: Option<OtherMessage<'a>>,
    /// The number printed on the receipt.
    #[schema(value_type = Option<String>)]
    pub(crate) receipt_number: Option<Words<'a>>,
    /// Who served.
    #[schema(value_type = Option<String>)]
    pub(crate) staff: Option<Words<'a>>,
    /// The store's own points.
    #[serde(default, deserialize_with = "object")]
    pub(crate) points: Option<PointsMessage>,
    /// Free lines of the receipt.
    #[serde(default, deserialize_with = "rows")]
    #[schema(value_type = Vec<String>)]
    pub(crate) notes: Vec<Words<'a>>,
    /// The one free-form object, at most 4,096 bytes, kept as sent.
    #[schema(value_type = Option<Object>)]
    pub(crate) extra: Option<&'a RawValue>,
}

/// Who bought: exactly one of the three.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields, bound(deserialize = "'de: 'a"))]
pub struct BuyerMessage<'a> {
    /// A person's id at this server.
    #[schema(value_type = Option<String>)]
    pub(crate) id: Option<Words<'a>>,
    /// The code that a person showed at the till, 22 digits.
    #[schema(value_type = Option<String>)]
    pub(crate) member_code: Option<Words<'a>>,
    /// This store's own name for a person.
    #[schema(value_type = Option<String>)]
    pub(crate) pseudonym: Option<Words<'a>>,
}

/// One line of the receipt.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields, bound(deserialize = "'de: 'a"))]
pub struct LineMessage<'a> {
    /// The item's code as scanned. A line has a code, a name, or both.
    #[schema(value_type = Option<String>, example = "1095275")]
    pub(crate) code: Option<Words<'a>>,
    /// The item's name, where the store names it itself.
    #[schema(value_type = Option<String>)]
    pub(crate) name: Option<Words<'a>>,
    /// How much: more than 0, up to six decimal places.
    #[schema(value_type = String, example = "0.348")]
    pub(crate) quantity: Decimal<'a>,
    /// `each` (if absent), `g`, `100g`, `kg`, `ml`, `l`, `m`, `min`, `h` or free text.
    #[schema(value_type = Option<String>, example = "kg")]
    pub(crate) unit: Option<Words<'a>>,
    /// Price of one unit, in minor units.
    #[schema(value_type = i64, example = 50)]
    pub(crate) unit_price: Money,
    /// Taken off this line in all; 0 if absent.
    #[schema(value_type = Option<i64>)]
    pub(crate) discount: Option<Money>,
    /// What the line costs: price times quantity less discount.
    #[schema(value_type = i64, example = 50)]
    pub(crate) amount: Money,
    /// What the discount consists of.
    #[serde(default, deserialize_with = "objects")]
    pub(crate) discounts: Vec<DiscountMessage<'a>>,
    /// The price before it was lowered.
    #[schema(value_type = Option<i64>)]
    pub(crate) list_price: Option<Money>,
    /// The tax rate.
    #[schema(value_type = Option<String>, example = "8")]
    pub(crate) tax_percent: Option<Decimal<'a>>,
    /// Whether the price contains the tax.
    pub(crate) tax_included: Option<bool>,
    /// `till` if the amount follows the till's own rules and is taken as sent.
    #[schema(value_type = Option<String>, example = "till")]
    pub(crate) priced_by: Option<Words<'a>>,
    /// The world-wide article number: 8, 12, 13 or 14 digits.
    #[schema(value_type = Option<String>)]
    pub(crate) gtin: Option<Words<'a>>,
    /// `goods` or `service`.
    #[schema(value_type = Option<String>)]
    pub(crate) kind: Option<Words<'a>>,
    /// The store's own grouping.
    #[schema(value_type = Option<String>)]
    pub(crate) category: Option<Words<'a>>,
    /// The number of the line that this one is a part or an option of.
    pub(crate) part_of: Option<u16>,
    /// When a service begins.
    #[schema(value_type = Option<String>, format = "date-time")]
    pub(crate) service_from: Option<Words<'a>>,
    /// When it ends.
    #[schema(value_type = Option<String>, format = "date-time")]
    pub(crate) service_to: Option<Words<'a>>,
    /// Whether to hide it from others than the buyer.
    pub(crate) sensitive: Option<bool>,
}

/// One discount of a line.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields, bound(deserialize = "'de: 'a"))]
pub struct DiscountMessage<'a> {
    /// What the receipt calls it.
    #[schema(value_type = String)]
    pub(crate) label: Words<'a>,
    /// How much.
    #[schema(value_type = i64)]
    pub(crate) amount: Money,
}

/// Why a whole receipt costs more or less than its lines.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields, bound(deserialize = "'de: 'a"))]
pub struct AdjustmentMessage<'a> {
    /// `coupon`, `discount`, `bundle`, `points`, `deposit`, `fee`, `rounding` or `other`.
    #[schema(value_type = String, example = "coupon")]
    pub(crate) kind: Words<'a>,
    /// What the receipt calls it.
    #[schema(value_type = String)]
    pub(crate) label: Words<'a>,
    /// Negative takes off, positive adds.
    #[schema(value_type = i64, example = -100)]
    pub(crate) amount: Money,
    /// The tax rate it falls under.
    #[schema(value_type = Option<String>)]
    pub(crate) tax_percent: Option<Decimal<'a>>,
    /// The numbers of the lines it speaks of; none for the whole receipt.
    #[serde(default, deserialize_with = "rows")]
    pub(crate) lines: Vec<u16>,
}

/// The tax of one rate on the whole receipt.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields, bound(deserialize = "'de: 'a"))]
pub struct TaxMessage<'a> {
    /// The rate.
    #[schema(value_type = String, example = "8")]
    pub(crate) percent: Decimal<'a>,
    /// Whether `taxable` contains the tax.
    pub(crate) included: bool,
    /// What the tax is reckoned on.
    #[schema(value_type = i64)]
    pub(crate) taxable: Money,
    /// The tax.
    #[schema(value_type = i64)]
    pub(crate) tax: Money,
    /// Whether this is the reduced rate.
    pub(crate) reduced: Option<bool>,
    /// `exempt` or `outside`, where there is no tax.
    #[schema(value_type = Option<String>)]
    pub(crate) class: Option<Words<'a>>,
}

/// One payment.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields, bound(deserialize = "'de: 'a"))]
pub struct TenderMessage<'a> {
    /// `cash`, `card`, `emoney`, `qr`, `points`, `voucher`, `credit`, `exchange` or `other`.
    #[schema(value_type = String, example = "cash")]
    pub(crate) kind: Words<'a>,
    /// How much, in the settlement's currency.
    #[schema(value_type = i64)]
    pub(crate) amount: Money,
    /// What the receipt calls it.
    #[schema(value_type = Option<String>)]
    pub(crate) label: Option<Words<'a>>,
    /// The currency handed over, where it was another one.
    #[schema(value_type = Option<String>)]
    pub(crate) currency: Option<Words<'a>>,
    /// The card, never its whole number.
    #[serde(default, deserialize_with = "object")]
    pub(crate) card: Option<CardMessage<'a>>,
}

/// What may be told of a card.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields, bound(deserialize = "'de: 'a"))]
pub struct CardMessage<'a> {
    /// The brand.
    #[schema(value_type = String)]
    pub(crate) brand: Words<'a>,
    /// The first six digits.
    #[schema(value_type = Option<String>, pattern = "^[0-9]{6}$")]
    pub(crate) first6: Option<Words<'a>>,
    /// The last four digits.
    #[schema(value_type = String, pattern = "^[0-9]{4}$")]
    pub(crate) last4: Words<'a>,
}

/// The settlement that a return or a void speaks of.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields, bound(deserialize = "'de: 'a"))]
pub struct OriginalMessage<'a> {
    /// The shop.
    #[schema(value_type = String, example = "s-330")]
    pub(crate) store_id: Words<'a>,
    /// Its till.
    #[schema(value_type = String, example = "1")]
    pub(crate) terminal: Words<'a>,
    /// The shop's trading day.
    #[schema(value_type = String, format = "date", example = "2017-01-01")]
    pub(crate) business_date: Words<'a>,
    /// The till's number for the sale, never used again on that day.
    #[schema(value_type = String, example = "31198570044")]
    pub(crate) transaction: Words<'a>,
    /// For a return: one entry per return line, in order.
    #[serde(default, deserialize_with = "objects")]
    pub(crate) lines: Vec<OriginalLineMessage<'a>>,
}

/// Which line of the original came back, and how much of it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields, bound(deserialize = "'de: 'a"))]
pub struct OriginalLineMessage<'a> {
    /// The number of the line.
    pub(crate) line: u16,
    /// How much of it.
    #[schema(value_type = String)]
    pub(crate) quantity: Decimal<'a>,
}

/// Another settlement.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields, bound(deserialize = "'de: 'a"))]
pub struct OtherMessage<'a> {
    /// The shop.
    #[schema(value_type = String, example = "s-330")]
    pub(crate) store_id: Words<'a>,
    /// Its till.
    #[schema(value_type = String, example = "1")]
    pub(crate) terminal: Words<'a>,
    /// The shop's trading day.
    #[schema(value_type = String, format = "date", example = "2017-01-01")]
    pub(crate) business_date: Words<'a>,
    /// The till's number for the sale, never used again on that day.
    #[schema(value_type = String, example = "31198570044")]
    pub(crate) transaction: Words<'a>,
}

/// Points of the store's own scheme, as the receipt shows them.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PointsMessage {
    /// Earned by this sale.
    #[schema(value_type = Option<i64>)]
    pub(crate) earned: Option<Money>,
    /// Used in this sale.
    #[schema(value_type = Option<i64>)]
    pub(crate) used: Option<Money>,
    /// The balance afterwards.
    #[schema(value_type = Option<i64>)]
    pub(crate) balance: Option<Money>,
}
