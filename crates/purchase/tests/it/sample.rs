//! A few settlements written out by hand: the example of the contract, one with every member, a
//! return, a void, and one at the ends of every range.

use crate::generate::value::minor;
use purchase::id::{ItemCode, Label, Revision, SettlementKey, StoreId};
use purchase::limits::{AMOUNT_MAX, NOTE_CHARS_MAX, QUANTITY_MICROS_MAX, TEXT_CHARS_MAX};
use purchase::money::{Amount, Currency};
use purchase::quantity::{Percent, Quantity};
use purchase::settlement::{
    Adjustment, AdjustmentKind, Buyer, Card, CatalogueMark, ClaimHash, Content, ItemKind, Kind,
    Line, LineNumber, NamedAmount, Original, OriginalLine, Points, PricedBy, Reduced, Sensitivity,
    Tax, TaxClass, TaxPlace, Tender, TenderKind,
};
use purchase::text::Text;
use purchase::time::{BusinessDate, Timestamp};

pub(crate) fn text(text: &str) -> Text {
    Text::new(text, TEXT_CHARS_MAX).unwrap()
}

pub(crate) fn percent(text: &str) -> Percent {
    Percent::parse(text).unwrap()
}

pub(crate) fn quantity(text: &str) -> Quantity {
    Quantity::parse(text).unwrap()
}

pub(crate) fn at(ms: i64) -> Timestamp {
    Timestamp::from_ms(ms).unwrap()
}

/// A key of one shop, till and day.
pub(crate) fn key(transaction: &str) -> SettlementKey {
    SettlementKey {
        store_id: StoreId::parse("s-330").unwrap(),
        terminal: Label::parse("1").unwrap(),
        business_date: BusinessDate::parse("2017-01-01").unwrap(),
        transaction: Label::parse(transaction).unwrap(),
    }
}

/// A line of `code` at `unit_price`, with nothing optional.
pub(crate) fn line(code: &str, of: &str, unit_price: i64, amount: i64) -> Line {
    Line {
        code: Some(ItemCode::parse(code).unwrap()),
        name: None,
        quantity: quantity(of),
        unit: None,
        unit_price: minor(unit_price),
        discount: Amount::ZERO,
        amount: minor(amount),
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
    }
}

/// The example of the contract, sold to nobody in particular.
pub(crate) fn sale() -> Content {
    Content {
        key: key("31198570044"),
        kind: Kind::Sale,
        purchased_at: at(1_483_271_606_000),
        currency: Currency::parse("USD").unwrap(),
        buyer: Buyer::Absent,
        claim: None,
        mark: CatalogueMark {
            revision: None,
            lineage: None,
        },
        lines: vec![line("1095275", "1", 50, 50)],
        total: minor(50),
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
    }
}

/// A sale with every member that a sale may have: lines 1167, adjustments -95, excluded tax 55.
pub(crate) fn full() -> Content {
    Content {
        currency: Currency::parse("JPY").unwrap(),
        buyer: Buyer::MemberCode(text("1210123456789012345678")),
        claim: Some(ClaimHash([0xa5; 32])),
        mark: CatalogueMark {
            revision: Some(Revision(17)),
            lineage: Some(text("till-room")),
        },
        lines: full_lines(),
        total: minor(1_127),
        adjustments: vec![
            adjustment(AdjustmentKind::Coupon, "クーポン", -100, &[1, 3]),
            adjustment(AdjustmentKind::Fee, "bag", 5, &[]),
        ],
        taxes: vec![
            tax("8", TaxPlace::Included, 617, 45),
            tax("10", TaxPlace::Excluded, 550, 55),
            Tax {
                class: Some(TaxClass::Exempt),
                ..tax("0", TaxPlace::Included, 100, 0)
            },
        ],
        tenders: vec![card_tender(1_000), cash(200)],
        change: minor(73),
        with: Some(key("E1")),
        receipt_number: Some(text("0042")),
        staff: Some(text("田中")),
        points: Some(Points {
            earned: Some(minor(11)),
            used: Some(minor(0)),
            balance: Some(minor(530)),
        }),
        notes: vec![text("またどうぞ"), text("open till 21")],
        extra: Some(r#"{"queue":3}"#.into()),
        ..sale()
    }
}

fn full_lines() -> Vec<Line> {
    let discounted = Line {
        discount: minor(30),
        discounts: vec![named("朝割", 20), named("member", 10)],
        list_price: Some(minor(160)),
        tax_percent: Some(percent("8")),
        tax_place: Some(TaxPlace::Included),
        gtin: Some(text("4901234567894")),
        kind: Some(ItemKind::Goods),
        category: Some(text("dairy")),
        sensitivity: Some(Sensitivity::Plain),
        ..line("1095275", "2", 150, 270)
    };
    let service = Line {
        code: None,
        name: Some(text("配達")),
        kind: Some(ItemKind::Service),
        part_of: Some(LineNumber(1)),
        service_from: Some(at(1_483_300_000_000)),
        service_to: Some(at(1_483_303_600_000)),
        sensitivity: Some(Sensitivity::Sensitive),
        tax_place: Some(TaxPlace::Excluded),
        ..line("x", "1", 300, 300)
    };
    let weighed = Line {
        name: Some(text("apples")),
        unit: Some(text("kg")),
        ..line("20348", "0.348", 998, 347)
    };
    let by_till = Line {
        priced_by: PricedBy::Till,
        ..line("871337", "3", 100, 250)
    };
    vec![discounted, service, weighed, by_till]
}

/// A return of two lines.
pub(crate) fn goods_back() -> Content {
    let entry = |line, of| OriginalLine {
        line: LineNumber(line),
        quantity: quantity(of),
    };
    Content {
        key: key("31198570046"),
        kind: Kind::Return,
        buyer: Buyer::Id(text("usr_0zzg00820c20a1g7104gm2rctm")),
        lines: vec![
            line("1095275", "1", 150, 150),
            line("20348", "0.1", 998, 99),
        ],
        total: minor(249),
        tenders: vec![Tender {
            kind: TenderKind::Exchange,
            ..cash(249)
        }],
        of: Some(Original {
            key: key("31198570044"),
            lines: vec![entry(1, "1"), entry(3, "0.1")],
        }),
        ..sale()
    }
}

/// A void of the contract's example.
pub(crate) fn void() -> Content {
    Content {
        key: key("31198570045"),
        kind: Kind::Void,
        buyer: Buyer::Pseudonym(text("家族7")),
        lines: Vec::new(),
        of: Some(Original {
            key: key("31198570044"),
            lines: Vec::new(),
        }),
        ..sale()
    }
}

/// Everything as large, as late or as long as it may be.
pub(crate) fn widest() -> Content {
    let mut widest = sale();
    widest.key = SettlementKey {
        store_id: StoreId::parse(&"z".repeat(64)).unwrap(),
        terminal: Label::parse(&"~".repeat(32)).unwrap(),
        business_date: BusinessDate::parse("9999-12-31").unwrap(),
        transaction: Label::parse(&"9".repeat(32)).unwrap(),
    };
    widest.purchased_at = Timestamp::LAST;
    widest.mark.revision = Some(Revision(u64::MAX));
    widest.lines = vec![Line {
        name: Some(text(&"あ".repeat(TEXT_CHARS_MAX))),
        quantity: Quantity::from_micros(QUANTITY_MICROS_MAX).unwrap(),
        priced_by: PricedBy::Till,
        tax_percent: Some(percent("1000")),
        ..line(&"9".repeat(64), "1", AMOUNT_MAX, AMOUNT_MAX)
    }];
    widest.total = minor(0);
    widest.adjustments = vec![adjustment(AdjustmentKind::Rounding, "r", -AMOUNT_MAX, &[1])];
    widest.notes = vec![Text::new(&"ん".repeat(NOTE_CHARS_MAX), NOTE_CHARS_MAX).unwrap()];
    widest
}

pub(crate) fn named(label: &str, amount: i64) -> NamedAmount {
    NamedAmount {
        label: text(label),
        amount: minor(amount),
    }
}

pub(crate) fn adjustment(
    kind: AdjustmentKind,
    label: &str,
    amount: i64,
    lines: &[u16],
) -> Adjustment {
    Adjustment {
        kind,
        label: text(label),
        amount: minor(amount),
        tax_percent: Some(percent("8")),
        lines: lines.iter().copied().map(LineNumber).collect(),
    }
}

pub(crate) fn tax(rate: &str, place: TaxPlace, taxable: i64, tax: i64) -> Tax {
    Tax {
        percent: percent(rate),
        place,
        taxable: minor(taxable),
        tax: minor(tax),
        reduced: (rate == "8").then_some(Reduced::Reduced),
        class: None,
    }
}

pub(crate) fn cash(amount: i64) -> Tender {
    Tender {
        kind: TenderKind::Cash,
        amount: minor(amount),
        label: Some(text("現金")),
        currency: Some(Currency::parse("USD").unwrap()),
        card: None,
    }
}

pub(crate) fn card_tender(amount: i64) -> Tender {
    Tender {
        kind: TenderKind::Card,
        card: Some(Card {
            brand: text("VISA"),
            first6: Some(text("411111")),
            last4: text("1111"),
        }),
        ..cash(amount)
    }
}
