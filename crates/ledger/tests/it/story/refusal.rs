//! What depends on the memory and is refused: the store, its currency, whose original it is, and
//! what may be voided. Nothing is stored then; and what was recorded before is never refused.

use super::Story;
use crate::slip::{TODAY, day, slip};
use crate::world::{
    add_store, add_user, at, branch, catalogue, change, purchase, record, settle, shop, store_id,
    town, whole,
};
use ledger::Ledger;
use ledger::account::Day;
use ledger::write::{CatalogueWritten, Changed, Refusal, Settled, Write};
use purchase::money::Currency;
use purchase::settlement::Content;

pub(crate) const STORIES: &[Story] = &[
    ("stores and currencies", stores),
    ("originals of other stores", originals),
    ("what cannot be voided", voids),
    ("what was recorded is never refused", never_refused),
    ("a closed store keeps its history", closed),
];

/// `content` is refused for that reason, and nothing of it is kept.
fn refused(ledger: &Ledger, content: &Content, expected: Refusal) {
    let before = ledger.mark().unwrap();
    let key = &content.key;
    let settled = settle(ledger, content, at(0));
    assert_eq!(settled, Settled::Refused(expected), "{key:?}");
    assert_eq!(ledger.recorded(key).unwrap(), None);
    assert_eq!(ledger.mark().unwrap(), before, "{key:?} left something");
}

fn close(ledger: &Ledger, id: &str) {
    let store_id = store_id(id);
    assert_eq!(
        change(ledger, Write::CloseStore { store_id }, at(0)),
        Changed::Done
    );
}

fn stores(ledger: &Ledger) {
    town(ledger);
    add_store(ledger, shop("shut"));
    close(ledger, "shut");
    let usd = Currency::parse("USD").unwrap();
    let sale = || slip("1").line("A", "1", 50);
    let rows = [
        (sale().store("s-2"), Refusal::StoreUnknown),
        (sale().store("shut"), Refusal::StoreClosed),
        (
            sale().currency("JPY"),
            Refusal::CurrencyMismatch { expected: usd },
        ),
        // The store's own state is told first.
        (sale().store("shut").currency("JPY"), Refusal::StoreClosed),
    ];
    for (slip, expected) in rows {
        refused(ledger, &slip.content(), expected);
    }
    record(ledger, &sale().content(), at(0));
}

fn originals(ledger: &Ledger) {
    town(ledger);
    for (id, chain) in [
        ("north-1", "north"),
        ("north-2", "north"),
        ("south-1", "south"),
    ] {
        add_store(ledger, branch(id, chain));
    }
    add_store(ledger, shop("s-2"));
    let sold_at = |store: &str| slip("1").line("A", "1", 50).store(store).content();
    for store in ["s-1", "s-2", "north-1", "north-2", "south-1"] {
        record(ledger, &sold_at(store), at(0));
    }
    let rows = [
        ("s-1", "s-2"),
        ("s-2", "north-1"),
        ("north-1", "south-1"),
        ("north-1", "s-1"),
        ("north-1", "nowhere"),
    ];
    for (store, other) in rows {
        let original = sold_at(other);
        let back = slip("2")
            .line("A", "1", 50)
            .store(store)
            .returns(&original, &[(1, "1")]);
        refused(ledger, &back.content(), Refusal::NotYourStore);
        refused(
            ledger,
            &slip("2").store(store).voids(&original).content(),
            Refusal::NotYourStore,
        );
        let swap = slip("2").line("A", "1", 50).store(store).with(&original);
        refused(ledger, &swap.content(), Refusal::NotYourStore);
    }
    // Within a chain, and within a store, all of it is right.
    for (store, other) in [("s-1", "s-1"), ("north-1", "north-2")] {
        let original = sold_at(other);
        let back = slip("3")
            .line("A", "1", 50)
            .store(store)
            .returns(&original, &[(1, "1")]);
        record(ledger, &back.content(), at(0));
        let swap = slip("4").line("A", "1", 50).store(store).with(&original);
        record(ledger, &swap.content(), at(0));
        assert_eq!(
            ledger.recorded(&original.key).unwrap().unwrap().lines[0].returned_micros,
            1_000_000
        );
    }
}

fn voids(ledger: &Ledger) {
    town(ledger);
    let sale = slip("1").line("A", "2", 50).content();
    let void = slip("2").voids(&sale).content();
    let short = slip("3").voids(&sale).total(99).content();
    record(ledger, &sale, at(0));
    let expected = sale.total;
    refused(ledger, &short, Refusal::VoidTotal { expected });
    record(ledger, &void, at(0));
    refused(
        ledger,
        &slip("4").voids(&void).content(),
        Refusal::VoidOfVoid,
    );
    refused(
        ledger,
        &slip("5").voids(&sale).content(),
        Refusal::AlreadyVoided,
    );
    let other = slip("6").line("A", "2", 50).content();
    let back = slip("7")
        .line("A", "1", 50)
        .returns(&other, &[(1, "1")])
        .content();
    record(ledger, &other, at(0));
    record(ledger, &back, at(0));
    refused(
        ledger,
        &slip("8").voids(&other).content(),
        Refusal::HasReturns,
    );
    // The way out is to void the return first.
    record(ledger, &slip("9").voids(&back).content(), at(0));
    record(ledger, &slip("10").voids(&other).content(), at(0));
}

fn never_refused(ledger: &Ledger) {
    town(ledger);
    let sale = slip("1").line("A", "2", 50).content();
    let void = slip("2").voids(&sale).content();
    let receipts = [&sale, &void].map(|content| record(ledger, content, at(0)));
    // The void itself would be refused now, were it new.
    assert_eq!(
        settle(ledger, &void, at(1)),
        Settled::AlreadyRecorded(receipts[1])
    );
    close(ledger, "s-1");
    for (content, receipt) in [&sale, &void].into_iter().zip(receipts) {
        assert_eq!(
            settle(ledger, content, at(2)),
            Settled::AlreadyRecorded(receipt)
        );
    }
    let other = slip("1").line("A", "3", 50).content();
    assert_eq!(settle(ledger, &other, at(2)), Settled::Conflict);
    let mut yen = sale.clone();
    yen.currency = Currency::parse("JPY").unwrap();
    assert_eq!(settle(ledger, &yen, at(2)), Settled::Conflict);
    refused(
        ledger,
        &slip("3").line("A", "1", 50).content(),
        Refusal::StoreClosed,
    );
}

fn closed(ledger: &Ledger) {
    town(ledger);
    let ada = add_user(ledger, "Ada");
    let sale = slip("1").line("A", "2", 50).buyer(ada).content();
    let receipt = record(ledger, &sale, at(0));
    let day_before = ledger.day(&store_id("s-1"), day(TODAY)).unwrap();
    assert_ne!(day_before, Day::default());
    close(ledger, "s-1");
    let again = change(
        ledger,
        Write::CloseStore {
            store_id: store_id("s-1"),
        },
        at(5),
    );
    assert_eq!(again, Changed::Same);
    assert_eq!(
        ledger.store(&store_id("s-1")).unwrap().closed_at,
        Some(at(0))
    );
    assert_eq!(
        purchase(ledger, ada, receipt.purchase_id)
            .settlement
            .content(),
        &sale
    );
    assert_eq!(
        ledger.day(&store_id("s-1"), day(TODAY)).unwrap(),
        day_before
    );
    assert_eq!(
        catalogue(ledger, whole(0, 1, Vec::new()), at(0)),
        CatalogueWritten::StoreClosed
    );
    let mut elsewhere = whole(0, 1, Vec::new());
    elsewhere.store_id = store_id("s-2");
    assert_eq!(
        catalogue(ledger, elsewhere, at(0)),
        CatalogueWritten::StoreUnknown
    );
}
