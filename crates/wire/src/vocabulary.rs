//! The closed words of the contract, each in one place for reading and for writing. What they mean
//! is said in `purchase`.

use crate::blame::unknown_word;
use crate::place::Finding;
use purchase::member::MemberForm;
use purchase::settlement::{
    AdjustmentKind, ItemKind, Kind, PricedBy, TaxClass, TaxPlace, TenderKind,
};
use purchase::warning::Warning;

/// Reads one of the words `all`, as `word` writes them.
pub(crate) fn read<T: Copy>(
    text: &str,
    all: &[T],
    word: fn(T) -> &'static str,
) -> Result<T, Finding> {
    all.iter()
        .copied()
        .find(|value| word(*value) == text)
        .ok_or_else(|| {
            let known: Vec<_> = all.iter().map(|value| word(*value)).collect();
            unknown_word(text, &known)
        })
}

pub(crate) const KINDS: [Kind; 3] = [Kind::Sale, Kind::Return, Kind::Void];

pub(crate) const fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Sale => "sale",
        Kind::Return => "return",
        Kind::Void => "void",
    }
}

pub(crate) const MEMBER_FORMS: [MemberForm; 2] = [MemberForm::Short, MemberForm::Card];

pub(crate) const fn member_form(form: MemberForm) -> &'static str {
    match form {
        MemberForm::Short => "short",
        MemberForm::Card => "card",
    }
}

pub(crate) const ITEM_KINDS: [ItemKind; 2] = [ItemKind::Goods, ItemKind::Service];

pub(crate) const fn item_kind(kind: ItemKind) -> &'static str {
    match kind {
        ItemKind::Goods => "goods",
        ItemKind::Service => "service",
    }
}

pub(crate) const PRICED_BY: [PricedBy; 1] = [PricedBy::Till];

pub(crate) const fn priced_by(by: PricedBy) -> &'static str {
    match by {
        PricedBy::Product => "product",
        PricedBy::Till => "till",
    }
}

pub(crate) const ADJUSTMENT_KINDS: [AdjustmentKind; 8] = [
    AdjustmentKind::Coupon,
    AdjustmentKind::Discount,
    AdjustmentKind::Bundle,
    AdjustmentKind::Points,
    AdjustmentKind::Deposit,
    AdjustmentKind::Fee,
    AdjustmentKind::Rounding,
    AdjustmentKind::Other,
];

pub(crate) const fn adjustment_kind(kind: AdjustmentKind) -> &'static str {
    match kind {
        AdjustmentKind::Coupon => "coupon",
        AdjustmentKind::Discount => "discount",
        AdjustmentKind::Bundle => "bundle",
        AdjustmentKind::Points => "points",
        AdjustmentKind::Deposit => "deposit",
        AdjustmentKind::Fee => "fee",
        AdjustmentKind::Rounding => "rounding",
        AdjustmentKind::Other => "other",
    }
}

pub(crate) const TAX_CLASSES: [TaxClass; 2] = [TaxClass::Exempt, TaxClass::Outside];

pub(crate) const fn tax_class(class: TaxClass) -> &'static str {
    match class {
        TaxClass::Exempt => "exempt",
        TaxClass::Outside => "outside",
    }
}

pub(crate) const TENDER_KINDS: [TenderKind; 9] = [
    TenderKind::Cash,
    TenderKind::Card,
    TenderKind::Emoney,
    TenderKind::Qr,
    TenderKind::Points,
    TenderKind::Voucher,
    TenderKind::Credit,
    TenderKind::Exchange,
    TenderKind::Other,
];

pub(crate) const fn tender_kind(kind: TenderKind) -> &'static str {
    match kind {
        TenderKind::Cash => "cash",
        TenderKind::Card => "card",
        TenderKind::Emoney => "emoney",
        TenderKind::Qr => "qr",
        TenderKind::Points => "points",
        TenderKind::Voucher => "voucher",
        TenderKind::Credit => "credit",
        TenderKind::Exchange => "exchange",
        TenderKind::Other => "other",
    }
}

pub(crate) const fn warning(warning: Warning) -> &'static str {
    match warning {
        Warning::TaxCheck => "tax_check",
        Warning::OverReturned => "over_returned",
        Warning::Clock => "clock",
    }
}

pub(crate) const fn tax_place(included: bool) -> TaxPlace {
    if included {
        TaxPlace::Included
    } else {
        TaxPlace::Excluded
    }
}

pub(crate) const fn is_included(place: TaxPlace) -> bool {
    match place {
        TaxPlace::Included => true,
        TaxPlace::Excluded => false,
    }
}
