//! Single changes of the samples: every member gone, and every member of another value.

use crate::generate::value::minor;
use crate::sample::{
    adjustment, at, card_tender, cash, key, line, named, percent, quantity, tax, text,
};
use purchase::id::{ItemCode, Label, Revision, StoreId};
use purchase::money::Currency;
use purchase::settlement::{
    AdjustmentKind, Buyer, ClaimHash, Content, ItemKind, Kind, LineNumber, Points, PricedBy,
    Reduced, Sensitivity, TaxClass, TaxPlace, TenderKind,
};
use purchase::time::BusinessDate;

/// Changes one thing. What follows from it, the total and the last tender, is settled afterwards.
pub(crate) type Change = fn(&mut Content);
type Changes = Vec<(&'static str, Change)>;

/// Changes of the lines of [`crate::sample::full`].
pub(crate) fn line_changes() -> Changes {
    [prices(), members()].concat()
}

fn prices() -> Changes {
    vec![
        ("code", |c| {
            c.lines[2].code = Some(ItemCode::parse("20349").unwrap())
        }),
        ("code gone", |c| c.lines[2].code = None),
        ("name", |c| c.lines[2].name = Some(text("apple"))),
        ("name gone", |c| c.lines[2].name = None),
        ("name as code", |c| {
            c.lines[1].code = Some(ItemCode::parse("配達").unwrap())
        }),
        ("quantity", |c| c.lines[2].quantity = quantity("0.348001")),
        ("unit", |c| c.lines[2].unit = Some(text("g"))),
        ("unit gone", |c| c.lines[2].unit = None),
        ("unit price", |c| c.lines[2].unit_price = minor(997)),
        ("amount", |c| c.lines[2].amount = minor(348)),
        ("discount", |c| c.lines[3].discount = minor(1)),
        ("discounts gone", |c| c.lines[0].discounts.clear()),
        ("discounts turned", |c| c.lines[0].discounts.reverse()),
        ("discounts joined", |c| {
            c.lines[0].discounts = vec![named("朝割", 30)]
        }),
        ("discounts of nothing", |c| {
            c.lines[3].discounts = vec![named("d", 0)]
        }),
        ("list price", |c| c.lines[0].list_price = Some(minor(0))),
        ("list price gone", |c| c.lines[0].list_price = None),
    ]
}

fn members() -> Changes {
    vec![
        ("tax percent", |c| {
            c.lines[0].tax_percent = Some(percent("0"))
        }),
        ("tax percent gone", |c| c.lines[0].tax_percent = None),
        ("tax place", |c| {
            c.lines[0].tax_place = Some(TaxPlace::Excluded)
        }),
        ("tax place gone", |c| c.lines[0].tax_place = None),
        ("priced by", |c| c.lines[0].priced_by = PricedBy::Till),
        ("gtin", |c| c.lines[0].gtin = Some(text("4901234567895"))),
        ("gtin gone", |c| c.lines[0].gtin = None),
        ("kind", |c| c.lines[0].kind = Some(ItemKind::Service)),
        ("kind gone", |c| c.lines[0].kind = None),
        ("category", |c| c.lines[0].category = Some(text("Dairy"))),
        ("category gone", |c| c.lines[0].category = None),
        ("part of", |c| c.lines[1].part_of = Some(LineNumber(3))),
        ("part of gone", |c| c.lines[1].part_of = None),
        ("begins", |c| {
            c.lines[1].service_from = Some(at(1_483_300_000_001))
        }),
        ("begins gone", |c| c.lines[1].service_from = None),
        ("ends", |c| {
            c.lines[1].service_to = Some(at(1_483_303_600_001))
        }),
        ("ends gone", |c| c.lines[1].service_to = None),
        ("sensitive", |c| {
            c.lines[0].sensitivity = Some(Sensitivity::Sensitive)
        }),
        ("sensitive gone", |c| c.lines[0].sensitivity = None),
        ("lines turned", |c| c.lines.swap(2, 3)),
        ("line twice", |c| c.lines.push(c.lines[2].clone())),
        ("line added", |c| c.lines.push(line("1", "1", 0, 0))),
    ]
}

/// Changes of the rest of [`crate::sample::full`].
pub(crate) fn receipt_changes() -> Changes {
    [facts(), words(), adjustments(), taxes(), tenders()].concat()
}

fn facts() -> Changes {
    vec![
        ("store", |c| {
            c.key.store_id = StoreId::parse("s-33").unwrap()
        }),
        ("terminal", |c| c.key.terminal = Label::parse("11").unwrap()),
        ("date", |c| {
            c.key.business_date = BusinessDate::parse("2017-01-02").unwrap()
        }),
        ("transaction", |c| {
            c.key.transaction = Label::parse("31198570044 ").unwrap()
        }),
        ("kind of business", |c| c.kind = Kind::Return),
        ("time", |c| c.purchased_at = at(1_483_271_606_001)),
        ("currency", |c| c.currency = Currency::parse("KRW").unwrap()),
        ("buyer gone", |c| c.buyer = Buyer::Absent),
        ("buyer", |c| {
            c.buyer = Buyer::MemberCode(text("1210123456789012345679"))
        }),
        ("buyer by id", |c| {
            c.buyer = Buyer::Id(text("1210123456789012345678"))
        }),
        ("buyer by name", |c| {
            c.buyer = Buyer::Pseudonym(text("1210123456789012345678"))
        }),
        ("claim", |c| c.claim = Some(ClaimHash([0xa4; 32]))),
        ("claim gone", |c| c.claim = None),
        ("revision", |c| c.mark.revision = Some(Revision(0))),
        ("revision gone", |c| c.mark.revision = None),
        ("lineage", |c| c.mark.lineage = Some(text("till-roon"))),
        ("lineage gone", |c| c.mark.lineage = None),
        ("change", |c| c.change = minor(72)),
        ("change gone", |c| c.change = minor(0)),
        ("with", |c| c.with = Some(key("E2"))),
        ("with gone", |c| c.with = None),
    ]
}

fn words() -> Changes {
    vec![
        ("receipt number", |c| c.receipt_number = Some(text("042"))),
        ("receipt number gone", |c| c.receipt_number = None),
        ("staff", |c| c.staff = Some(text("0042"))),
        ("staff gone", |c| c.staff = None),
        ("receipt number as staff", |c| {
            c.staff = c.receipt_number.take();
        }),
        ("points gone", |c| c.points = None),
        ("points empty", |c| c.points = Some(Points::default())),
        ("points earned", |c| {
            c.points.as_mut().unwrap().earned = Some(minor(12))
        }),
        ("points earned gone", |c| {
            c.points.as_mut().unwrap().earned = None
        }),
        ("points used", |c| {
            c.points.as_mut().unwrap().used = Some(minor(11))
        }),
        ("points used gone", |c| {
            c.points.as_mut().unwrap().used = None
        }),
        ("points balance", |c| {
            c.points.as_mut().unwrap().balance = Some(minor(531))
        }),
        ("points balance gone", |c| {
            c.points.as_mut().unwrap().balance = None
        }),
        ("notes gone", |c| c.notes.clear()),
        ("notes turned", |c| c.notes.reverse()),
        ("notes joined", |c| {
            c.notes = vec![text("またどうぞopen till 21")]
        }),
        ("note cut elsewhere", |c| {
            c.notes = vec![text("またどうぞo"), text("pen till 21")]
        }),
        ("extra", |c| c.extra = Some(r#"{"queue": 3}"#.into())),
        ("extra empty", |c| c.extra = Some("{}".into())),
        ("extra gone", |c| c.extra = None),
    ]
}

fn adjustments() -> Changes {
    vec![
        ("adjustments gone", |c| c.adjustments.clear()),
        ("adjustment gone", |c| c.adjustments.truncate(1)),
        ("adjustments turned", |c| c.adjustments.reverse()),
        ("adjustment added", |c| {
            c.adjustments
                .push(adjustment(AdjustmentKind::Other, "o", 0, &[]));
        }),
        ("adjustment label", |c| {
            c.adjustments[0].label = text("クーホン")
        }),
        ("adjustment amount", |c| {
            c.adjustments[0].amount = minor(100)
        }),
        ("adjustment rate", |c| {
            c.adjustments[0].tax_percent = Some(percent("10"))
        }),
        ("adjustment rate gone", |c| {
            c.adjustments[0].tax_percent = None
        }),
        ("adjusted lines gone", |c| c.adjustments[0].lines.clear()),
        ("adjusted lines turned", |c| {
            c.adjustments[0].lines.reverse()
        }),
        ("adjusted line", |c| {
            c.adjustments[0].lines[1] = LineNumber(4)
        }),
        ("kind discount", |c| {
            c.adjustments[0].kind = AdjustmentKind::Discount
        }),
        ("kind bundle", |c| {
            c.adjustments[0].kind = AdjustmentKind::Bundle
        }),
        ("kind points", |c| {
            c.adjustments[0].kind = AdjustmentKind::Points
        }),
        ("kind deposit", |c| {
            c.adjustments[0].kind = AdjustmentKind::Deposit
        }),
        ("kind fee", |c| c.adjustments[0].kind = AdjustmentKind::Fee),
        ("kind rounding", |c| {
            c.adjustments[0].kind = AdjustmentKind::Rounding
        }),
        ("kind other", |c| {
            c.adjustments[0].kind = AdjustmentKind::Other
        }),
    ]
}

fn taxes() -> Changes {
    vec![
        ("taxes gone", |c| c.taxes.clear()),
        ("taxes turned", |c| c.taxes.reverse()),
        ("tax added", |c| {
            c.taxes.push(tax("5", TaxPlace::Included, 0, 0))
        }),
        ("tax rate", |c| c.taxes[0].percent = percent("8.0001")),
        ("tax on", |c| c.taxes[0].taxable = minor(618)),
        ("tax amount", |c| c.taxes[0].tax = minor(46)),
        ("tax row place", |c| c.taxes[2].place = TaxPlace::Excluded),
        ("reduced gone", |c| c.taxes[0].reduced = None),
        ("not reduced", |c| c.taxes[0].reduced = Some(Reduced::Full)),
        ("class gone", |c| c.taxes[2].class = None),
        ("class", |c| c.taxes[2].class = Some(TaxClass::Outside)),
    ]
}

fn tenders() -> Changes {
    vec![
        ("tenders gone", |c| c.tenders.clear()),
        ("tender gone", |c| c.tenders.truncate(1)),
        ("tender added", |c| c.tenders.push(cash(0))),
        ("tender amount", |c| c.tenders[0].amount = minor(999)),
        ("tender label", |c| c.tenders[0].label = Some(text("card"))),
        ("tender label gone", |c| c.tenders[0].label = None),
        ("tender currency", |c| {
            c.tenders[0].currency = Some(Currency::parse("JPY").unwrap())
        }),
        ("tender currency gone", |c| c.tenders[0].currency = None),
        ("card gone", |c| c.tenders[0].card = None),
        ("card of another", |c| {
            c.tenders[1].card = card_tender(0).card
        }),
        ("card brand", |c| {
            c.tenders[0].card.as_mut().unwrap().brand = text("JCB")
        }),
        ("card first six", |c| {
            c.tenders[0].card.as_mut().unwrap().first6 = Some(text("411112"))
        }),
        ("card first six gone", |c| {
            c.tenders[0].card.as_mut().unwrap().first6 = None
        }),
        ("card last four", |c| {
            c.tenders[0].card.as_mut().unwrap().last4 = text("1112")
        }),
        ("paid in cash", |c| c.tenders[0].kind = TenderKind::Cash),
        ("paid in e-money", |c| {
            c.tenders[0].kind = TenderKind::Emoney
        }),
        ("paid by code", |c| c.tenders[0].kind = TenderKind::Qr),
        ("paid in points", |c| c.tenders[0].kind = TenderKind::Points),
        ("paid by voucher", |c| {
            c.tenders[0].kind = TenderKind::Voucher
        }),
        ("paid on account", |c| {
            c.tenders[0].kind = TenderKind::Credit
        }),
        ("paid in goods", |c| {
            c.tenders[0].kind = TenderKind::Exchange
        }),
        ("paid otherwise", |c| c.tenders[0].kind = TenderKind::Other),
    ]
}

/// Changes of [`crate::sample::goods_back`].
pub(crate) fn back_changes() -> Changes {
    vec![
        ("original gone", |c| c.of = None),
        ("original", |c| c.of.as_mut().unwrap().key = key("1")),
        ("original line", |c| {
            c.of.as_mut().unwrap().lines[0].line = LineNumber(2)
        }),
        ("original lines turned", |c| {
            c.of.as_mut().unwrap().lines.reverse()
        }),
        ("original quantity", |c| {
            c.of.as_mut().unwrap().lines[0].quantity = quantity("0.999999");
        }),
        ("original as the other half", |c| {
            c.with = c.of.take().map(|of| of.key)
        }),
    ]
}
