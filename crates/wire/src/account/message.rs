//! The messages that a person's account is made of. What is absent from a purchase is absent from
//! its message; only a name that nobody knows yet is null.

use crate::operator::store::IssuerAnswer;
use crate::outcome::KeyMessage;
use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

/// A page of purchases, newest first.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PurchasePage<'a> {
    /// The purchases.
    pub purchases: Vec<PurchaseMessage<'a>>,
    /// Where the next page begins; null at the end.
    pub next_cursor: Option<String>,
}

impl PurchasePage<'_> {
    /// About how many bytes of JSON the page makes: more than the usual one has, fewer than the
    /// fullest, which grows.
    #[must_use]
    pub fn bytes_expected(&self) -> usize {
        const PURCHASE_BYTES: usize = 640;
        const LINE_BYTES: usize = 320;
        let lines: usize = self.purchases.iter().map(|sold| sold.lines.len()).sum();
        PURCHASE_BYTES * (1 + self.purchases.len()) + LINE_BYTES * lines
    }
}

/// One purchase.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "purchase_id": "pur_0b5d0tqy70q4p9kz2r6m8hxa1c", "kind": "sale",
    "store": {"id": "s-330", "name": "Store 330"},
    "key": {"store_id": "s-330", "terminal": "1", "business_date": "2017-01-01",
        "transaction": "31198570044"},
    "purchased_at": "2017-01-01T06:53:26-05:00", "received_at": "2017-01-01T06:53:27.120-05:00",
    "currency": "USD", "total": 50, "warnings": [],
    "lines": [{"line": 1, "code": "1095275", "name": "ICE - CRUSHED/CUBED 22 LB",
        "name_source": "catalogue", "catalogue_revision": 17, "quantity": "1", "unit": "each",
        "unit_price": 50, "discount": 0, "amount": 50, "kind": "goods", "category": "GROCERY",
        "returned": "0"}]
}))]
pub struct PurchaseMessage<'a> {
    /// Its id.
    pub purchase_id: String,
    /// `sale`, `return` or `void`.
    pub kind: &'static str,
    /// The store as it presented itself at the sale.
    pub store: StoreAnswer<'a>,
    /// The store's own name for it.
    pub key: KeyMessage,
    /// When the customer paid, in the store's zone.
    #[schema(format = "date-time")]
    pub purchased_at: String,
    /// When the server received it, in the store's zone.
    #[schema(format = "date-time")]
    pub received_at: String,
    /// The currency of every amount in it.
    pub currency: &'a str,
    /// What the customer owed, in minor units.
    pub total: i64,
    /// `tax_check`, `over_returned`, `clock`.
    pub warnings: Vec<&'static str>,
    /// What was bought, in the order of the receipt.
    pub lines: Vec<LineAnswer<'a>>,
    /// What changed the whole receipt.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub adjustments: Vec<AdjustmentAnswer<'a>>,
    /// The tax, per percent and place.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub taxes: Vec<TaxAnswer>,
    /// The payments.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tenders: Vec<TenderAnswer<'a>>,
    /// Money given back; absent if none was.
    #[serde(skip_serializing_if = "is_zero")]
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
    /// The store's own free-form object, as sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub extra: Option<&'a RawValue>,
    /// The void that took it back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub voided_by: Option<KeyMessage>,
}

/// A store as it presented itself at a sale.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct StoreAnswer<'a> {
    /// Its id.
    pub id: &'a str,
    /// Its name.
    pub name: &'a str,
    /// Who issued its invoices.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issuer: Option<IssuerAnswer<'a>>,
    /// Where it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<&'a str>,
    /// Its telephone number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<&'a str>,
    /// What its receipts ended with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub receipt_footer: Option<&'a str>,
}

/// Where the name of a line comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum NameSource {
    /// The store's catalogue as of the sale.
    Catalogue,
    /// The store sent the name with the sale.
    Sent,
    /// Nobody knows it yet; then `name` is null.
    Pending,
}

/// One line of a purchase.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LineAnswer<'a> {
    /// Its number, from 1.
    pub line: u16,
    /// The code as scanned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<&'a str>,
    /// The name as of the sale; null while nobody knows it.
    pub name: Option<&'a str>,
    /// Where the name comes from.
    pub name_source: NameSource,
    /// The catalogue revision that named it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub catalogue_revision: Option<u64>,
    /// When a later revision named it; absent if it was named at the sale.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = "date-time")]
    pub named_at: Option<String>,
    /// The name as printed on narrow paper.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub short_name: Option<&'a str>,
    /// The name in kana.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reading: Option<&'a str>,
    /// How large or how much one is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size: Option<&'a str>,
    /// How much was bought.
    pub quantity: String,
    /// Of what.
    pub unit: &'a str,
    /// Price of one unit.
    pub unit_price: i64,
    /// Taken off this line in all.
    pub discount: i64,
    /// What the line cost.
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
    /// `till` if the amount followed the till's own rules.
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
    /// The line that this one is a part or an option of.
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
    /// Whether it is hidden from others; absent if not.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub sensitive: bool,
    /// How much of it came back.
    pub returned: String,
}

/// One discount of a line.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DiscountAnswer<'a> {
    /// What the receipt calls it.
    pub label: &'a str,
    /// How much.
    pub amount: i64,
}

/// Why the receipt cost more or less than its lines.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AdjustmentAnswer<'a> {
    /// `coupon`, `discount`, `bundle`, `points`, `deposit`, `fee`, `rounding` or `other`.
    pub kind: &'static str,
    /// What the receipt calls it.
    pub label: &'a str,
    /// Negative takes off, positive adds.
    pub amount: i64,
    /// The tax rate it falls under.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tax_percent: Option<String>,
    /// The lines it speaks of; absent for the whole receipt.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<u16>,
}

/// The tax of one rate.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TaxAnswer {
    /// The rate.
    pub percent: String,
    /// Whether `taxable` contains the tax.
    pub included: bool,
    /// What the tax is reckoned on.
    pub taxable: i64,
    /// The tax.
    pub tax: i64,
    /// Whether this is the reduced rate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reduced: Option<bool>,
    /// `exempt` or `outside`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub class: Option<&'static str>,
}

/// One payment.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TenderAnswer<'a> {
    /// `cash`, `card`, `emoney`, `qr`, `points`, `voucher`, `credit`, `exchange` or `other`.
    pub kind: &'static str,
    /// How much.
    pub amount: i64,
    /// What the receipt calls it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<&'a str>,
    /// The currency handed over, where it was another one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency: Option<&'a str>,
    /// The card.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub card: Option<CardAnswer<'a>>,
}

/// What is known of a card.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CardAnswer<'a> {
    /// The brand.
    pub brand: &'a str,
    /// The first six digits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first6: Option<&'a str>,
    /// The last four digits.
    pub last4: &'a str,
}

/// The settlement that a return or a void speaks of.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OriginalAnswer {
    /// Its key.
    #[serde(flatten)]
    pub key: KeyMessage,
    /// For a return: one entry per return line, in order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<OriginalLineAnswer>,
}

/// Which line of the original came back, and how much of it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OriginalLineAnswer {
    /// The number of the line.
    pub line: u16,
    /// How much of it.
    pub quantity: String,
}

/// Points of the store's own scheme.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PointsAnswer {
    /// Earned by this sale.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub earned: Option<i64>,
    /// Used in this sale.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub used: Option<i64>,
    /// The balance afterwards.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub balance: Option<i64>,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde hands every member over by reference"
)]
const fn is_zero(amount: &i64) -> bool {
    *amount == 0
}
