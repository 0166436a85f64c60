//! The rows around the lines, told as they were sent: to the person, and to the store that looks at
//! what it sent.

use super::message::{
    AdjustmentAnswer, CardAnswer, DiscountAnswer, OriginalAnswer, OriginalLineAnswer, PointsAnswer,
    TaxAnswer, TenderAnswer,
};
use crate::vocabulary;
use purchase::settlement::{Adjustment, Card, NamedAmount, Original, Points, Reduced, Tax, Tender};
use purchase::text::Text;

pub(crate) fn adjustment(row: &Adjustment) -> AdjustmentAnswer<'_> {
    AdjustmentAnswer {
        kind: vocabulary::adjustment_kind(row.kind),
        label: row.label.as_str(),
        amount: row.amount.minor(),
        tax_percent: row.tax_percent.map(|percent| percent.to_string()),
        lines: row.lines.iter().map(|line| line.0).collect(),
    }
}

pub(crate) fn tax(row: &Tax) -> TaxAnswer {
    TaxAnswer {
        percent: row.percent.to_string(),
        included: vocabulary::is_included(row.place),
        taxable: row.taxable.minor(),
        tax: row.tax.minor(),
        reduced: row.reduced.map(|reduced| match reduced {
            Reduced::Full => false,
            Reduced::Reduced => true,
        }),
        class: row.class.map(vocabulary::tax_class),
    }
}

pub(crate) fn tender(row: &Tender) -> TenderAnswer<'_> {
    TenderAnswer {
        kind: vocabulary::tender_kind(row.kind),
        amount: row.amount.minor(),
        label: row.label.as_ref().map(Text::as_str),
        currency: row.currency.as_ref().map(|currency| currency.code()),
        card: row.card.as_ref().map(card),
    }
}

fn card(card: &Card) -> CardAnswer<'_> {
    CardAnswer {
        brand: card.brand.as_str(),
        first6: card.first6.as_ref().map(Text::as_str),
        last4: card.last4.as_str(),
    }
}

pub(crate) fn original(of: &Original) -> OriginalAnswer {
    let lines = of.lines.iter().map(|entry| OriginalLineAnswer {
        line: entry.line.0,
        quantity: entry.quantity.to_string(),
    });
    OriginalAnswer {
        key: (&of.key).into(),
        lines: lines.collect(),
    }
}

pub(crate) fn points(points: Points) -> PointsAnswer {
    PointsAnswer {
        earned: points.earned.map(|amount| amount.minor()),
        used: points.used.map(|amount| amount.minor()),
        balance: points.balance.map(|amount| amount.minor()),
    }
}

pub(crate) fn discount(named: &NamedAmount) -> DiscountAnswer<'_> {
    DiscountAnswer {
        label: named.label.as_str(),
        amount: named.amount.minor(),
    }
}
