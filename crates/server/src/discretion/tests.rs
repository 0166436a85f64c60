//! Marks by themselves: how they are named in the ledger, and which of several counts.

use super::kept::Shelf;
use super::*;
use crate::sample::{counter, filed, named, sale};
use purchase::code::{Gtin, Patterns};
use purchase::id::{ItemCode, StoreId};
use purchase::text::Text;
use serde_json::json;
use std::sync::Arc;

#[test]
fn places_are_named_in_the_ledger_as_they_always_were() {
    let ware = coded("s-1", "milk");
    let line = Place::Line(PurchaseId([7; 16]), LineNumber(258));
    let line_bytes =
        b"\x01\x07\x07\x07\x07\x07\x07\x07\x07\x07\x07\x07\x07\x07\x07\x07\x07\x01\x02";
    assert_eq!(line.bytes(), line_bytes);
    assert_eq!(Place::Ware(&ware).bytes(), b"\x02\x02\x03s-1\x04milk");
    let mut kept = Kept::default();
    kept.read(&line.bytes(), &[1]).unwrap();
    kept.read(&Place::Ware(&ware).bytes(), &[0]).unwrap();
    let at = (PurchaseId([7; 16]), LineNumber(258));
    assert_eq!(kept.lines.get(&at), Some(&Mark::Private));
    assert_eq!(kept.wares.get(&bytes_of(&ware)), Some(&Mark::Plain));
    for (of, value) in [
        (&line_bytes[..18], &[1][..]),
        (line_bytes, &[2]),
        (line_bytes, &[]),
        (b"", &[1]),
        (b"\x03x", &[1]),
    ] {
        assert!(kept.read(of, value).is_err(), "{of:?} {value:?}");
    }
}

#[test]
fn the_persons_word_comes_before_the_shops_and_the_lines_before_the_items() {
    use Mark::{Plain, Private};
    use Sensitivity::Sensitive;
    let ware = coded("s-1", "a");
    // On the line, on the item, sent with the line, in the catalogue: private or not?
    for (on_line, on_ware, sent, of_item, is_private) in [
        (None, None, None, Sensitivity::Plain, false),
        (None, None, None, Sensitive, true),
        (None, None, Some(false), Sensitive, false),
        (None, None, Some(true), Sensitivity::Plain, true),
        (None, Some(Plain), Some(true), Sensitive, false),
        (None, Some(Private), Some(false), Sensitivity::Plain, true),
        (Some(Plain), Some(Private), Some(true), Sensitive, false),
        (Some(Private), Some(Plain), None, Sensitivity::Plain, true),
    ] {
        let mut message = sale("s-1", "2026-04-10T12:00:00+09:00", &[("b", 1), ("a", 1)]);
        if let Some(sent) = sent {
            message["lines"][1]["sensitive"] = json!(sent);
        }
        let filed = named(filed(&message), |item| {
            if item.name.as_str().ends_with('a') {
                item.sensitivity = of_item;
            }
        });
        let mut kept = Kept::default();
        let place = (filed.purchase_id, LineNumber(2));
        kept.lines.extend(on_line.map(|mark| (place, mark)));
        kept.wares
            .extend(on_ware.map(|mark| (bytes_of(&ware), mark)));
        let what = (on_line, on_ware, sent, of_item);
        // The other line is nobody's secret.
        let hidden = hidden(&kept, &filed, counter("s-1"));
        assert_eq!(hidden, [false, is_private], "{what:?}");
    }
}

/// Which lines are private by these marks, in a shop whose catalogue says nothing more.
fn hidden(kept: &Kept, filed: &Filed, counter: Counter) -> Vec<bool> {
    let by_label = kept.by_label(&counter);
    let shelf = Shelf { counter, by_label };
    let lines = filed.settlement.content().lines.iter();
    let numbered = lines.zip(&filed.names).zip(1..);
    let hides = numbered.map(|((line, name), number)| {
        let looked = Looked {
            store_id: &filed.settlement.content().key.store_id,
            line,
            name: Some(name),
            at: Some((filed.purchase_id, LineNumber(number))),
        };
        let on_ware = || kept.of_ware(&looked, &shelf);
        match kept.of_line(&looked).or_else(on_ware) {
            Some(mark) => mark == Mark::Private,
            None => said_by_shop(line, Some(name)) == Some(Sensitivity::Sensitive),
        }
    });
    hides.collect()
}

fn coded(source: &str, code: &str) -> Ware {
    Ware::Code {
        source: StoreId::parse(source).unwrap(),
        code: ItemCode::parse(code).unwrap(),
    }
}

/// An article number that the line tells, and one that only the catalogue does.
const OF_LINE: &str = "4901234567894";
const OF_CATALOGUE: &str = "0036000291452";

#[test]
fn a_mark_on_an_item_is_found_whatever_the_shop_tells_of_it_later() {
    use Mark::{Plain, Private};
    let gtin = |digits| Ware::Gtin(Gtin::parse(digits).unwrap());
    let name = |text| Ware::Name {
        source: StoreId::parse("s-1").unwrap(),
        name: Text::new(text, 50).unwrap(),
    };
    let label = "2000011002503";
    let item = "2000011000000";
    // The marks, and whether the line is private by them; the catalogue says that it is not.
    let rows: [(&[(Ware, Mark)], bool); 16] = [
        (&[], false),
        (&[(coded("s-1", label), Private)], true),
        (&[(coded("s-1", item), Private)], true),
        (&[(gtin(OF_LINE), Private)], true),
        (&[(gtin(OF_CATALOGUE), Private)], true),
        (&[(name("name of 2000011002503"), Private)], true),
        (&[(name("catalogue's 2000011002503"), Private)], true),
        // Said of another label with the same item, before the shop told what labels mean.
        (&[(coded("s-1", "2000011009908"), Private)], true),
        (&[(coded("s-1", "2000012009907"), Private)], false),
        (&[(coded("s-2", label), Private)], false),
        (&[(gtin("4006381333931"), Private)], false),
        // Private comes first, but the item's own mark before that of another label.
        (
            &[(gtin(OF_LINE), Plain), (coded("s-1", item), Private)],
            true,
        ),
        (
            &[(gtin(OF_LINE), Private), (coded("s-1", item), Plain)],
            true,
        ),
        (
            &[
                (coded("s-1", "2000011009908"), Private),
                (coded("s-1", item), Plain),
            ],
            false,
        ),
        (
            &[
                (coded("s-1", "2000011009908"), Private),
                (coded("s-1", "2000011000103"), Plain),
            ],
            true,
        ),
        (
            &[(coded("s-1", item), Plain), (coded("s-1", label), Private)],
            true,
        ),
    ];
    let mut message = sale("s-1", "2026-04-10T12:00:00+09:00", &[(label, 1)]);
    message["lines"][0]["gtin"] = json!(OF_LINE);
    let filed = named(filed(&message), |item| {
        item.gtin = Some(Text::new(OF_CATALOGUE, 20).unwrap());
    });
    let patterns = Patterns::parse(["20IIIIIPPPPPC"]).unwrap();
    for (marks, is_private) in rows {
        let shop = Counter {
            patterns: Some(Arc::new(patterns.clone())),
            ..counter("s-1")
        };
        let mut kept = Kept::default();
        let marked = marks.iter();
        kept.wares
            .extend(marked.map(|(ware, mark)| (bytes_of(ware), *mark)));
        assert_eq!(hidden(&kept, &filed, shop), [is_private], "{marks:?}");
    }
}

#[test]
fn a_mark_lies_where_later_and_earlier_lines_find_it() {
    let told = |gtin: Option<&str>| {
        let mut message = sale("s-1", "2026-04-10T12:00:00+09:00", &[("milk", 1)]);
        if let Some(gtin) = gtin {
            message["lines"][0]["gtin"] = json!(gtin);
        }
        filed(&message)
    };
    let (with, without) = (told(Some(OF_LINE)), told(None));
    for (marked, looked) in [(&with, &without), (&without, &with), (&with, &with)] {
        let line = marked.settlement.content().lines.first().unwrap();
        let lasting = Ware::lasting(line, marked.names.first(), &counter("s-1"));
        let mut kept = Kept::default();
        let marks = lasting.iter().map(|ware| (bytes_of(ware), Mark::Private));
        kept.wares.extend(marks);
        assert_eq!(hidden(&kept, looked, counter("s-1")), [true], "{lasting:?}");
    }
}

#[test]
fn of_somebody_who_is_gone_nothing_is_shown() {
    let message = sale("s-1", "2026-04-10T12:00:00+09:00", &[("a", 1), ("b", 1)]);
    for is_gone in [true, false] {
        let kept = Kept {
            is_gone,
            ..Kept::default()
        };
        assert_eq!(
            hidden(&kept, &filed(&message), counter("s-1")),
            [is_gone; 2]
        );
    }
}
