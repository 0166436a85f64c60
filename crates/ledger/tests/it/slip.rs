//! A till's receipt, put together a line at a time: just enough to sell, to take back and to void.

use crate::world::{at, code, store_id, text};
use purchase::id::{Label, Revision, SettlementKey, UserId};
use purchase::money::{Amount, Currency};
use purchase::quantity::Quantity;
use purchase::settlement::{
    Buyer, CatalogueMark, ClaimHash, Content, Kind, Line, LineNumber, Original, OriginalLine,
    PricedBy,
};
use purchase::time::{BusinessDate, Timestamp};

/// What the till prints.
#[derive(Clone)]
pub(crate) struct Slip(Content);

pub(crate) fn amount(minor: i64) -> Amount {
    Amount::new(minor).unwrap()
}

pub(crate) fn quantity(decimal: &str) -> Quantity {
    Quantity::parse(decimal).unwrap()
}

pub(crate) fn day(date: &str) -> BusinessDate {
    BusinessDate::parse(date).unwrap()
}

/// The first day of the tests.
pub(crate) const TODAY: &str = "2017-01-01";

/// A sale of the first till of `s-1`, at the beginning, with no line yet.
pub(crate) fn slip(transaction: &str) -> Slip {
    let key = SettlementKey {
        store_id: store_id("s-1"),
        terminal: Label::parse("1").unwrap(),
        business_date: day(TODAY),
        transaction: Label::parse(transaction).unwrap(),
    };
    Slip(Content {
        key,
        kind: Kind::Sale,
        purchased_at: at(0),
        currency: Currency::parse("USD").unwrap(),
        buyer: Buyer::Absent,
        claim: None,
        mark: CatalogueMark {
            revision: None,
            lineage: None,
        },
        lines: Vec::new(),
        total: Amount::ZERO,
        adjustments: Vec::new(),
        taxes: Vec::new(),
        tenders: Vec::new(),
        change: Amount::ZERO,
        of: None,
        with: None,
        receipt_number: None,
        staff: None,
        points: None,
        notes: Vec::new(),
        extra: None,
    })
}

impl Slip {
    /// A line of a code: `quantity` times `price`.
    pub(crate) fn line(mut self, of: &str, how_much: &str, price: i64) -> Self {
        let quantity = quantity(how_much);
        let micros = i64::try_from(quantity.micros()).unwrap() * price;
        let line = Line {
            code: Some(code(of)),
            name: None,
            quantity,
            unit: None,
            unit_price: amount(price),
            discount: Amount::ZERO,
            amount: amount(micros / 1_000_000),
            discounts: Vec::new(),
            list_price: None,
            tax_percent: None,
            tax_place: None,
            priced_by: PricedBy::Product,
            gtin: None,
            kind: None,
            category: None,
            part_of: None,
            service_from: None,
            service_to: None,
            sensitivity: None,
        };
        self.0.total = amount(self.0.total.minor() + line.amount.minor());
        self.0.lines.push(line);
        self
    }

    /// The store names the last line itself.
    pub(crate) fn sent(mut self, name: &str) -> Self {
        self.0.lines.last_mut().unwrap().name = Some(text(name));
        self
    }

    /// The last line has no code.
    pub(crate) fn codeless(mut self) -> Self {
        self.0.lines.last_mut().unwrap().code = None;
        self
    }

    pub(crate) fn buyer(mut self, user_id: UserId) -> Self {
        self.0.buyer = Buyer::Id(text(&user_id.to_string()));
        self
    }

    pub(crate) fn meant_for(mut self, buyer: Buyer) -> Self {
        self.0.buyer = buyer;
        self
    }

    pub(crate) fn at(mut self, purchased_at: Timestamp) -> Self {
        self.0.purchased_at = purchased_at;
        self
    }

    pub(crate) fn store(mut self, id: &str) -> Self {
        self.0.key.store_id = store_id(id);
        self
    }

    pub(crate) fn terminal(mut self, terminal: &str) -> Self {
        self.0.key.terminal = Label::parse(terminal).unwrap();
        self
    }

    pub(crate) fn date(mut self, date: &str) -> Self {
        self.0.key.business_date = day(date);
        self
    }

    pub(crate) fn currency(mut self, currency: &str) -> Self {
        self.0.currency = Currency::parse(currency).unwrap();
        self
    }

    /// The till had this revision of the catalogue.
    pub(crate) fn revision(mut self, revision: u64) -> Self {
        self.0.mark.revision = Some(Revision(revision));
        self
    }

    /// The till's catalogue comes from this source.
    pub(crate) fn lineage(mut self, lineage: &str) -> Self {
        self.0.mark.lineage = Some(text(lineage));
        self
    }

    pub(crate) fn claim(mut self, hash: ClaimHash) -> Self {
        self.0.claim = Some(hash);
        self
    }

    pub(crate) fn staff(mut self, staff: &str) -> Self {
        self.0.staff = Some(text(staff));
        self
    }

    pub(crate) fn with(mut self, other: &Content) -> Self {
        self.0.with = Some(other.key.clone());
        self
    }

    /// Without a receipt: goods come back, from no sale that is known.
    pub(crate) fn returned(mut self) -> Self {
        self.0.kind = Kind::Return;
        self
    }

    /// The lines come back from `original`: for each, its line there and how much of it.
    pub(crate) fn returns(mut self, original: &Content, lines: &[(u16, &str)]) -> Self {
        self.0.kind = Kind::Return;
        let lines = lines.iter().map(|(line, how_much)| OriginalLine {
            line: LineNumber(*line),
            quantity: quantity(how_much),
        });
        self.0.of = Some(Original {
            key: original.key.clone(),
            lines: lines.collect(),
        });
        self
    }

    /// `original` is taken back whole.
    pub(crate) fn voids(mut self, original: &Content) -> Self {
        self.0.kind = Kind::Void;
        self.0.total = original.total;
        self.0.of = Some(Original {
            key: original.key.clone(),
            lines: Vec::new(),
        });
        self
    }

    /// A total that is not the lines', for a void.
    pub(crate) fn total(mut self, minor: i64) -> Self {
        self.0.total = amount(minor);
        self
    }

    pub(crate) fn content(self) -> Content {
        self.0
    }
}
