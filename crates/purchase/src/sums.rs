//! Do the parts of a settlement agree with each other? Each rule that fails is a [`Fault`] with
//! its place. Nothing is corrected.

use crate::card;
use crate::limits::{LINE_DISCOUNTS_MAX, LINES_MAX, ROWS_MAX};
use crate::money::Amount;
use crate::settlement::{
    Adjustment, Content, Kind, Line, PricedBy, Tax, TaxCheck, TaxClass, TaxPlace,
};
use crate::text::Text;

/// A rule of the contract that the content of a settlement can break by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rule {
    /// `amount = unit_price × quantity − discount`, within less than one minor unit.
    LineSum,
    /// The rows of `discounts` sum to `discount`.
    DiscountSum,
    /// `total` is lines, adjustments and excluded tax.
    TotalSum,
    /// Tenders less change are the total.
    TenderSum,
    /// Only adjustments may be negative.
    NegativeAmount,
    /// A line has a code or a name.
    NamelessLine,
    /// More rows than a settlement takes.
    TooManyRows,
    /// A sale or return has lines, a void has none.
    LinesOfKind,
    /// `of` belongs to a return or a void, and a void cannot do without it.
    OriginalOfKind,
    /// One entry of `of.lines` per return line.
    OriginalLines,
    /// A line named by number does not exist, or names itself.
    LineReference,
    /// Two tax rows of one rate and place.
    DuplicateTaxRow,
    /// A service ends before it begins.
    ServiceTimes,
    /// A settlement speaks of itself.
    SelfReference,
    /// A whole card number stands in a text.
    CardNumber,
}

/// One broken rule and its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// A JSON Pointer (RFC 6901) into the settlement as sent.
    pub pointer: String,
    /// What was broken.
    pub rule: Rule,
    /// What to do about it, with the numbers.
    pub detail: String,
}

/// Every fault of `content`, in the order of its members.
#[must_use]
pub fn faults(content: &Content) -> Vec<Fault> {
    let mut faults = Faults(Vec::new());
    check_shape(content, &mut faults);
    for (at, line) in content.lines.iter().enumerate() {
        check_line(content, at, line, &mut faults);
    }
    check_amounts(content, &mut faults);
    check_totals(content, &mut faults);
    check_original(content, &mut faults);
    check_cards(content, &mut faults);
    faults.0
}

struct Faults(Vec<Fault>);

impl Faults {
    fn add(&mut self, pointer: impl Into<String>, rule: Rule, detail: impl Into<String>) {
        self.0.push(Fault {
            pointer: pointer.into(),
            rule,
            detail: detail.into(),
        });
    }

    fn not_negative(&mut self, amount: Amount, pointer: impl FnOnce() -> String) {
        if amount.is_negative() {
            self.add(
                pointer(),
                Rule::NegativeAmount,
                "must not be negative; the kind gives the direction",
            );
        }
    }
}

fn check_shape(content: &Content, faults: &mut Faults) {
    match (content.kind, content.lines.len()) {
        (Kind::Void, 0) => {}
        (Kind::Void, _) => faults.add("/lines", Rule::LinesOfKind, "a void has no lines"),
        (_, 0) => faults.add(
            "/lines",
            Rule::LinesOfKind,
            "a sale or return has at least one line",
        ),
        (_, _) => {}
    }
    let rows = [
        ("/lines", content.lines.len(), LINES_MAX),
        ("/adjustments", content.adjustments.len(), ROWS_MAX),
        ("/taxes", content.taxes.len(), ROWS_MAX),
        ("/tenders", content.tenders.len(), ROWS_MAX),
        ("/notes", content.notes.len(), ROWS_MAX),
    ];
    for (pointer, count, max) in rows {
        if count > max {
            faults.add(
                pointer,
                Rule::TooManyRows,
                format!("has {count} rows; at most {max}"),
            );
        }
    }
    for (at, tax) in content.taxes.iter().enumerate() {
        let same = |other: &Tax| {
            (other.percent, other.place, other.class) == (tax.percent, tax.place, tax.class)
        };
        if content.taxes.iter().take(at).any(same) {
            faults.add(
                format!("/taxes/{at}"),
                Rule::DuplicateTaxRow,
                "one row per percent and place; add the two together",
            );
        }
    }
}

fn check_line(content: &Content, at: usize, line: &Line, faults: &mut Faults) {
    let place = |member: &str| format!("/lines/{at}/{member}");
    if line.code.is_none() && line.name.is_none() {
        faults.add(
            format!("/lines/{at}"),
            Rule::NamelessLine,
            "needs a code, a name, or both",
        );
    }
    if line.discounts.len() > LINE_DISCOUNTS_MAX {
        let detail = format!("at most {LINE_DISCOUNTS_MAX} discounts on a line");
        faults.add(place("discounts"), Rule::TooManyRows, detail);
    }
    for (amount, member) in [
        (Some(line.unit_price), "unit_price"),
        (Some(line.discount), "discount"),
        (Some(line.amount), "amount"),
        (line.list_price, "list_price"),
    ] {
        faults.not_negative(amount.unwrap_or_default(), || place(member));
    }
    for (nth, named) in line.discounts.iter().enumerate() {
        faults.not_negative(named.amount, || place(&format!("discounts/{nth}/amount")));
    }
    if !line.discounts.is_empty() {
        let sum = total_of(line.discounts.iter().map(|named| named.amount));
        if sum != i128::from(line.discount.minor()) {
            let detail = format!(
                "its rows sum to {sum}, discount says {}",
                line.discount.minor()
            );
            faults.add(place("discounts"), Rule::DiscountSum, detail);
        }
    }
    if line.priced_by == PricedBy::Product {
        check_product(line, &place, faults);
    }
    if let Some(parent) = line.part_of {
        let exists = (1..=content.lines.len()).contains(&usize::from(parent.0));
        if !exists || usize::from(parent.0) == at + 1 {
            faults.add(
                place("part_of"),
                Rule::LineReference,
                format!("there is no other line {}; lines number from 1", parent.0),
            );
        }
    }
    if let (Some(from), Some(to)) = (line.service_from, line.service_to)
        && to < from
    {
        faults.add(
            place("service_to"),
            Rule::ServiceTimes,
            "ends before service_from",
        );
    }
}

/// `|unit_price × quantity − (amount + discount)| < 1`, in millionths so that it is exact.
fn check_product(line: &Line, place: &dyn Fn(&str) -> String, faults: &mut Faults) {
    const MICROS: i128 = 1_000_000;
    let product = i128::from(line.unit_price.minor()) * i128::from(line.quantity.micros());
    let claimed = i128::from(line.amount.minor()) + i128::from(line.discount.minor());
    if (product - claimed * MICROS).abs() >= MICROS {
        let detail = format!(
            "{} x {} less {} is not {}; correct it or send priced_by \"till\"",
            line.unit_price.minor(),
            line.quantity,
            line.discount.minor(),
            line.amount.minor(),
        );
        faults.add(place("amount"), Rule::LineSum, detail);
    }
}

fn check_amounts(content: &Content, faults: &mut Faults) {
    faults.not_negative(content.total, || "/total".into());
    faults.not_negative(content.change, || "/change".into());
    for (at, tax) in content.taxes.iter().enumerate() {
        faults.not_negative(tax.taxable, || format!("/taxes/{at}/taxable"));
        faults.not_negative(tax.tax, || format!("/taxes/{at}/tax"));
    }
    for (at, tender) in content.tenders.iter().enumerate() {
        faults.not_negative(tender.amount, || format!("/tenders/{at}/amount"));
    }
    for (at, Adjustment { lines, .. }) in content.adjustments.iter().enumerate() {
        if lines.len() > LINES_MAX {
            faults.add(
                format!("/adjustments/{at}/lines"),
                Rule::TooManyRows,
                format!("names {} lines; at most {LINES_MAX}", lines.len()),
            );
        }
        for (nth, line) in lines.iter().enumerate() {
            if !(1..=content.lines.len()).contains(&usize::from(line.0)) {
                faults.add(
                    format!("/adjustments/{at}/lines/{nth}"),
                    Rule::LineReference,
                    format!("there is no line {}", line.0),
                );
            }
        }
    }
}

fn check_totals(content: &Content, faults: &mut Faults) {
    let total = i128::from(content.total.minor());
    if content.kind != Kind::Void {
        let lines = total_of(content.lines.iter().map(|line| line.amount));
        let adjustments = total_of(content.adjustments.iter().map(|row| row.amount));
        let excluded = content
            .taxes
            .iter()
            .filter(|row| row.place == TaxPlace::Excluded);
        let tax = total_of(excluded.map(|row| row.tax));
        let sum = lines + adjustments + tax;
        if sum != total {
            let detail = format!(
                "lines {lines}, adjustments {adjustments} and excluded tax {tax} make {sum}, not {total}"
            );
            faults.add("/total", Rule::TotalSum, detail);
        }
    }
    if !content.tenders.is_empty() {
        let tendered = total_of(content.tenders.iter().map(|row| row.amount));
        let paid = tendered - i128::from(content.change.minor());
        if paid != total {
            let detail = format!("tenders less change make {paid}, the total is {total}");
            faults.add("/tenders", Rule::TenderSum, detail);
        }
    }
}

fn check_original(content: &Content, faults: &mut Faults) {
    match (content.kind, &content.of) {
        (Kind::Sale, Some(_)) => {
            faults.add(
                "/of",
                Rule::OriginalOfKind,
                "a sale speaks of no other; for an exchange use with",
            );
        }
        (Kind::Void, None) => {
            faults.add(
                "/of",
                Rule::OriginalOfKind,
                "a void names the settlement it takes back",
            );
        }
        (Kind::Void, Some(of)) if !of.lines.is_empty() => {
            faults.add(
                "/of/lines",
                Rule::OriginalLines,
                "a void takes back the whole; leave lines out",
            );
        }
        (Kind::Return, Some(of)) if of.lines.len() != content.lines.len() => {
            let detail = format!(
                "{} entries for {} return lines; one each",
                of.lines.len(),
                content.lines.len()
            );
            faults.add("/of/lines", Rule::OriginalLines, detail);
        }
        (Kind::Sale | Kind::Return, None) | (Kind::Return | Kind::Void, Some(_)) => {}
    }
    if content.of.as_ref().is_some_and(|of| of.key == content.key) {
        faults.add("/of", Rule::SelfReference, "names this settlement itself");
    }
    if content.with.as_ref() == Some(&content.key) {
        faults.add("/with", Rule::SelfReference, "names this settlement itself");
    }
}

fn check_cards(content: &Content, faults: &mut Faults) {
    each_free_text(content, &mut |pointer, text| {
        if card::holds_card_number(text) {
            faults.add(
                pointer(),
                Rule::CardNumber,
                "holds a whole card number; send at most the first 6 and last 4 digits in tenders[].card",
            );
        }
    });
}

/// Shows every text that people write freely, each with its pointer. Codes, terminals,
/// transactions and the ways to name a buyer are machine-made and exempt.
fn each_free_text(content: &Content, show: &mut dyn FnMut(&dyn Fn() -> String, &str)) {
    let mut see = |pointer: &dyn Fn() -> String, text: Option<&Text>| {
        if let Some(text) = text {
            show(pointer, text.as_str());
        }
    };
    for (at, line) in content.lines.iter().enumerate() {
        see(&|| format!("/lines/{at}/name"), line.name.as_ref());
        see(&|| format!("/lines/{at}/unit"), line.unit.as_ref());
        see(&|| format!("/lines/{at}/category"), line.category.as_ref());
        for (nth, named) in line.discounts.iter().enumerate() {
            see(
                &|| format!("/lines/{at}/discounts/{nth}/label"),
                Some(&named.label),
            );
        }
    }
    for (at, row) in content.adjustments.iter().enumerate() {
        see(&|| format!("/adjustments/{at}/label"), Some(&row.label));
    }
    for (at, row) in content.tenders.iter().enumerate() {
        see(&|| format!("/tenders/{at}/label"), row.label.as_ref());
        if let Some(card) = &row.card {
            let place = |member: &str| format!("/tenders/{at}/card/{member}");
            see(&|| place("brand"), Some(&card.brand));
            see(&|| place("first6"), card.first6.as_ref());
            see(&|| place("last4"), Some(&card.last4));
        }
    }
    for (at, note) in content.notes.iter().enumerate() {
        see(&|| format!("/notes/{at}"), Some(note));
    }
    see(
        &|| "/receipt_number".into(),
        content.receipt_number.as_ref(),
    );
    see(&|| "/staff".into(), content.staff.as_ref());
    if let Some(extra) = &content.extra {
        show(&|| "/extra".into(), extra);
    }
}

/// Does each tax row follow from its rate, under whatever rounding?
#[must_use]
pub fn tax_check(taxes: &[Tax]) -> TaxCheck {
    // Percentages are counted in ten-thousandths, so a whole is a million of them.
    const WHOLE: i128 = 1_000_000;
    let agrees = |row: &Tax| {
        let (taxable, tax) = (i128::from(row.taxable.minor()), i128::from(row.tax.minor()));
        let rate = i128::from(row.percent.units());
        match (row.class, row.place) {
            (Some(TaxClass::Exempt | TaxClass::Outside), _) => tax == 0,
            (None, TaxPlace::Excluded) => (tax * WHOLE - taxable * rate).abs() < WHOLE,
            (None, TaxPlace::Included) => {
                (tax * (WHOLE + rate) - taxable * rate).abs() < WHOLE + rate
            }
        }
    };
    if taxes.iter().all(agrees) {
        TaxCheck::Agrees
    } else {
        TaxCheck::Differs
    }
}

fn total_of(amounts: impl Iterator<Item = Amount>) -> i128 {
    amounts.map(|amount| i128::from(amount.minor())).sum()
}
