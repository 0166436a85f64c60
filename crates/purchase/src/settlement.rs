//! A settlement: what a store's device says when a customer has paid. The types hold what was
//! sent; [`Settlement::prove`] is the only way to one whose sums are known to be right.

use crate::id::{ItemCode, Revision, SettlementKey};
use crate::money::{Amount, Currency};
use crate::quantity::{Percent, Quantity};
use crate::sums::{self, Fault};
use crate::text::Text;
use crate::time::Timestamp;

/// What kind of business a settlement records. The kind gives the direction; amounts stay positive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Goods or services sold.
    Sale,
    /// Goods that came back.
    Return,
    /// A settlement taken back whole, as if it had not been.
    Void,
}

/// Who bought, as the store's device put it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Buyer {
    /// Nobody said.
    Absent,
    /// A person's id at this server.
    Id(Text),
    /// The code that a person showed at the till.
    MemberCode(Text),
    /// This store's own name for a person.
    Pseudonym(Text),
}

/// The SHA-256 of a printed claim code. The code itself is kept nowhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClaimHash(pub [u8; 32]);

/// Which catalogue the till had when it sold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CatalogueMark {
    /// The revision.
    pub revision: Option<Revision>,
    /// The source of that revision, where the device names it.
    pub lineage: Option<Text>,
}

/// Goods or a service.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ItemKind {
    /// Something to carry home.
    #[default]
    Goods,
    /// Something done.
    Service,
}

/// Who multiplied price and quantity.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PricedBy {
    /// Anyone can: the amount is the price times the quantity less the discount.
    #[default]
    Product,
    /// The till, by rules of its own; the amount is taken as sent.
    Till,
}

/// Whether a price holds its tax.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TaxPlace {
    /// The tax is inside the price.
    Included,
    /// The tax comes on top.
    Excluded,
}

/// Whether an item is one that its buyer may want hidden, such as a medicine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sensitivity {
    /// Nothing special.
    #[default]
    Plain,
    /// Shown to others only as a shop and an amount.
    Sensitive,
}

/// One line of a receipt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The item's code as scanned. A line has a code, a name, or both.
    pub code: Option<ItemCode>,
    /// The item's name, where the store sends names itself.
    pub name: Option<Text>,
    /// How much.
    pub quantity: Quantity,
    /// Of what; absent for single pieces.
    pub unit: Option<Text>,
    /// Price of one unit.
    pub unit_price: Amount,
    /// Taken off this line in all.
    pub discount: Amount,
    /// What the line costs.
    pub amount: Amount,
    /// What the discount consists of; nothing, or rows that sum to it.
    pub discounts: Vec<NamedAmount>,
    /// The price before it was lowered.
    pub list_price: Option<Amount>,
    /// The tax rate of the line.
    pub tax_percent: Option<Percent>,
    /// Where the tax is.
    pub tax_place: Option<TaxPlace>,
    /// Who multiplied.
    pub priced_by: PricedBy,
    /// The world-wide article number, where the code is the shop's own.
    pub gtin: Option<Text>,
    /// Goods or service, where the store says so.
    pub kind: Option<ItemKind>,
    /// The store's own grouping.
    pub category: Option<Text>,
    /// The number of the line that this one is a part or an option of.
    pub part_of: Option<LineNumber>,
    /// When a service begins.
    pub service_from: Option<Timestamp>,
    /// When it ends.
    pub service_to: Option<Timestamp>,
    /// Whether to hide it from others, where the store says so.
    pub sensitivity: Option<Sensitivity>,
}

/// A line's place on its receipt, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LineNumber(pub u16);

/// A label and an amount.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedAmount {
    /// What the receipt calls it.
    pub label: Text,
    /// How much.
    pub amount: Amount,
}

/// Why a whole receipt costs more or less than its lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AdjustmentKind {
    /// A paper or electronic coupon.
    Coupon,
    /// A discount on the receipt.
    Discount,
    /// Cheaper together.
    Bundle,
    /// Points spent as a discount.
    Points,
    /// A deposit, as on bottles.
    Deposit,
    /// A fee, as for a bag or a delivery.
    Fee,
    /// Rounding of cash.
    Rounding,
    /// Anything else.
    Other,
}

/// One such reason. The only signed amounts of a settlement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Adjustment {
    /// Why.
    pub kind: AdjustmentKind,
    /// What the receipt calls it.
    pub label: Text,
    /// Negative takes off, positive adds.
    pub amount: Amount,
    /// The tax rate it falls under.
    pub tax_percent: Option<Percent>,
    /// The lines it speaks of; none for the whole receipt.
    pub lines: Vec<LineNumber>,
}

/// Special places of a tax row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TaxClass {
    /// Exempt from the tax (非課税).
    Exempt,
    /// Outside the tax's reach (不課税).
    Outside,
}

/// The tax of one rate on a whole receipt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tax {
    /// The rate.
    pub percent: Percent,
    /// Whether `taxable` contains the tax.
    pub place: TaxPlace,
    /// What the tax is reckoned on.
    pub taxable: Amount,
    /// The tax.
    pub tax: Amount,
    /// The reduced rate (軽減税率), where the store says so.
    pub reduced: Option<Reduced>,
    /// Exempt or outside.
    pub class: Option<TaxClass>,
}

/// Whether a rate is the reduced one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reduced {
    /// The full rate.
    Full,
    /// The reduced rate.
    Reduced,
}

/// What was paid with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TenderKind {
    /// Coins and notes.
    Cash,
    /// A credit or debit card.
    Card,
    /// Electronic money.
    Emoney,
    /// A payment by QR code.
    Qr,
    /// Points as money.
    Points,
    /// A voucher.
    Voucher,
    /// On account.
    Credit,
    /// Goods given back in the same visit.
    Exchange,
    /// Anything else.
    Other,
}

/// One payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tender {
    /// With what.
    pub kind: TenderKind,
    /// How much, in the settlement's currency.
    pub amount: Amount,
    /// What the receipt calls it.
    pub label: Option<Text>,
    /// The currency handed over, where it was another one.
    pub currency: Option<Currency>,
    /// The card, never its whole number.
    pub card: Option<Card>,
}

/// What may be kept of a card: at most the first six and the last four digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Card {
    /// The brand.
    pub brand: Text,
    /// The issuer's range.
    pub first6: Option<Text>,
    /// The digits people know their card by.
    pub last4: Text,
}

/// The settlement that a return or a void speaks of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Original {
    /// Its key.
    pub key: SettlementKey,
    /// For a return: one entry per return line, in order.
    pub lines: Vec<OriginalLine>,
}

/// Which line came back, and how much of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OriginalLine {
    /// The line of the original.
    pub line: LineNumber,
    /// How much of it.
    pub quantity: Quantity,
}

/// Points of the store's own scheme, as the receipt shows them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Points {
    /// Earned by this sale.
    pub earned: Option<Amount>,
    /// Used in this sale.
    pub used: Option<Amount>,
    /// The balance afterwards.
    pub balance: Option<Amount>,
}

/// Everything a settlement says. Values are proven one by one; that they agree with each other is
/// proven by [`Settlement::prove`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Content {
    /// Its name for ever.
    pub key: SettlementKey,
    /// Sale, return or void.
    pub kind: Kind,
    /// When the customer paid, by the till's clock.
    pub purchased_at: Timestamp,
    /// The currency of every amount in it.
    pub currency: Currency,
    /// Who bought.
    pub buyer: Buyer,
    /// The claim code that the till printed.
    pub claim: Option<ClaimHash>,
    /// The catalogue the till had.
    pub mark: CatalogueMark,
    /// What was sold, in the order of the receipt.
    pub lines: Vec<Line>,
    /// What the customer owes.
    pub total: Amount,
    /// What changed the whole receipt.
    pub adjustments: Vec<Adjustment>,
    /// The tax, per rate.
    pub taxes: Vec<Tax>,
    /// The payments.
    pub tenders: Vec<Tender>,
    /// Money given back.
    pub change: Amount,
    /// What a return or a void speaks of.
    pub of: Option<Original>,
    /// The other half of an exchange.
    pub with: Option<SettlementKey>,
    /// The number printed on the receipt.
    pub receipt_number: Option<Text>,
    /// Who served.
    pub staff: Option<Text>,
    /// The store's own points.
    pub points: Option<Points>,
    /// Free lines of the receipt.
    pub notes: Vec<Text>,
    /// The store's own JSON object, as sent.
    pub extra: Option<Box<str>>,
}

/// A settlement whose parts agree: sums, references, and no whole card number anywhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settlement {
    content: Content,
    tax_check: TaxCheck,
}

/// Whether the tax rows follow from their rates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TaxCheck {
    /// Every row does, under some rounding.
    Agrees,
    /// Some row does not; worth a warning, never a refusal.
    Differs,
}

impl Settlement {
    /// Proves that the parts of `content` agree.
    ///
    /// # Errors
    /// Every fault found, each with a JSON Pointer to its place; never an empty list.
    pub fn prove(content: Content) -> Result<Self, Vec<Fault>> {
        let faults = sums::faults(&content);
        if !faults.is_empty() {
            return Err(faults);
        }
        let tax_check = sums::tax_check(&content.taxes);
        Ok(Self { content, tax_check })
    }

    /// What it says.
    #[must_use]
    pub const fn content(&self) -> &Content {
        &self.content
    }

    /// Whether its tax rows follow from their rates.
    #[must_use]
    pub const fn tax_check(&self) -> TaxCheck {
        self.tax_check
    }

    /// Was it paid so far ahead of `received_at` that the till's clock must be wrong?
    #[must_use]
    pub fn is_ahead_of(&self, received_at: Timestamp) -> bool {
        self.content.purchased_at.ms() - received_at.ms() > crate::limits::CLOCK_AHEAD_MS_MAX
    }

    /// The instant by which it is sorted and its items are named: when it was paid, or when it was
    /// received where the till's clock is far ahead.
    #[must_use]
    pub fn effective_at(&self, received_at: Timestamp) -> Timestamp {
        if self.is_ahead_of(received_at) {
            received_at
        } else {
            self.content.purchased_at
        }
    }
}
