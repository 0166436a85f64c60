//! The lines of a purchase, with what the frozen item says where the line itself says nothing.

use super::View;
use super::message::{LineAnswer, NameSource};
use super::row;
use crate::item::EACH;
use crate::time::show;
use crate::vocabulary;
use purchase::catalogue::Item;
use purchase::limits::QUANTITY_DECIMALS;
use purchase::naming::{LineName, Naming};
use purchase::quantity::decimal;
use purchase::settlement::{Line, PricedBy, Sensitivity};
use purchase::text::Text;

pub(super) fn lines<'a>(view: &View<'a>) -> Vec<LineAnswer<'a>> {
    let returned = view
        .returned_micros
        .iter()
        .copied()
        .chain(std::iter::repeat(0));
    let names = view.names.iter().map(Some).chain(std::iter::repeat(None));
    (1..)
        .zip(&view.settlement.lines)
        .zip(names)
        .zip(returned)
        .map(|(((number, line), name), returned)| answer(view, number, line, name, returned))
        .collect()
}

fn answer<'a>(
    view: &View<'a>,
    number: u16,
    line: &'a Line,
    name: Option<&'a LineName>,
    returned_micros: u64,
) -> LineAnswer<'a> {
    let Named {
        name: shown,
        source,
        revision,
        item,
    } = named(line, name.map(|name| &name.naming));
    let of_item = |of: fn(&Item) -> Option<&Text>| item.and_then(of).map(Text::as_str);
    let sensitivity = line.sensitivity.or(item.map(|item| item.sensitivity));
    let percent = line.tax_percent.or(item.and_then(|item| item.tax_percent));
    let place = line.tax_place.or(item.and_then(|item| item.tax_place));
    LineAnswer {
        line: number,
        code: line.code.as_ref().map(|code| code.as_str()),
        name: shown,
        name_source: source,
        catalogue_revision: revision,
        named_at: name
            .and_then(|name| name.named_at)
            .map(|at| show(at, view.zone)),
        short_name: of_item(|item| item.short_name.as_ref()),
        reading: of_item(|item| item.reading.as_ref()),
        size: of_item(|item| item.size.as_ref()),
        quantity: line.quantity.to_string(),
        unit: line.unit.as_ref().map_or(EACH, Text::as_str),
        unit_price: line.unit_price.minor(),
        discount: line.discount.minor(),
        amount: line.amount.minor(),
        discounts: line.discounts.iter().map(row::discount).collect(),
        list_price: line.list_price.map(|price| price.minor()),
        tax_percent: percent.map(|percent| percent.to_string()),
        tax_included: place.map(vocabulary::is_included),
        priced_by: match line.priced_by {
            PricedBy::Product => None,
            PricedBy::Till => Some(vocabulary::priced_by(line.priced_by)),
        },
        gtin: line
            .gtin
            .as_ref()
            .map(Text::as_str)
            .or_else(|| of_item(|item| item.gtin.as_ref())),
        kind: line
            .kind
            .or(item.map(|item| item.kind))
            .map(vocabulary::item_kind),
        category: line
            .category
            .as_ref()
            .map(Text::as_str)
            .or_else(|| of_item(|item| item.category.as_ref())),
        part_of: line.part_of.map(|parent| parent.0),
        service_from: line.service_from.map(|at| show(at, view.zone)),
        service_to: line.service_to.map(|at| show(at, view.zone)),
        sensitive: sensitivity == Some(Sensitivity::Sensitive),
        returned: decimal(returned_micros, QUANTITY_DECIMALS),
    }
}

/// A line's name with where it comes from.
struct Named<'a> {
    name: Option<&'a str>,
    source: NameSource,
    revision: Option<u64>,
    item: Option<&'a Item>,
}

fn named<'a>(line: &'a Line, naming: Option<&'a Naming>) -> Named<'a> {
    match naming {
        Some(Naming::Catalogue { revision, item }) => Named {
            name: Some(item.name.as_str()),
            source: NameSource::Catalogue,
            revision: Some(revision.0),
            item: Some(item),
        },
        Some(Naming::Sent) => Named {
            name: line.name.as_ref().map(Text::as_str),
            source: NameSource::Sent,
            revision: None,
            item: None,
        },
        Some(Naming::Pending) | None => Named {
            name: None,
            source: NameSource::Pending,
            revision: None,
            item: None,
        },
    }
}
