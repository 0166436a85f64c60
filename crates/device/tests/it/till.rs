//! Selling and taking back, from what a cashier rings up to the settlement that it makes.

mod back;
mod basket;
mod random;

use crate::shop::{Shop, now};
use device::till::basket::Basket;
use device::till::{self, Finished, TillError};
use serde_json::{Value, json};
use std::fmt::Write;

/// What the shop sells. Prices with the tax in them, prices without, a price for 100 grams, none.
const ITEMS: &str = "
    INSERT INTO items (code, name, unit_price, tax_percent, tax_included) VALUES
        ('bread', 'パン', 150, '8', 1), ('beer', 'ビール', 220, '10', 1),
        ('rice', '米', 301, '8', 0), ('book', '本', 999, '10', 0), ('stamp', '切手', 84, NULL, NULL);
    INSERT INTO items (code, name, unit, unit_price, tax_percent, tax_included) VALUES
        ('2312345000000', '肉', '100g', 198, '8', 1), ('2354321000000', '魚', 'kg', 1980, '8', 1);
    INSERT INTO items (code, name, tax_percent, tax_included) VALUES
        ('2212345000000', '惣菜', '8', 1), ('dress', '服', '10', 1);
    INSERT INTO items (code, name, unit_price) VALUES ('2212399001983', '詰め合わせ', 2000);
    INSERT INTO items (code, name, kind, category, unit_price, sensitive)
        VALUES ('massage', 'マッサージ', 'service', 'body', 6000, 1);
    INSERT INTO patterns VALUES ('22IIIIIPPPPPC'), ('23IIIIIWWWWWC')";

fn shop() -> Shop {
    let shop = crate::shop::shop();
    shop.sql(ITEMS);
    shop
}

/// Rings up lines and pays with more cash than they can cost.
fn cash(lines: &Value) -> Value {
    json!({"terminal": "1", "lines": lines, "tenders": [{"kind": "cash", "amount": 100_000}]})
}

fn finish(shop: &mut Shop, basket: &Value) -> Result<Finished, TillError> {
    let basket: Basket = serde_json::from_value(basket.clone()).unwrap();
    till::finish(
        &mut shop.database,
        &shop.store,
        &basket,
        now(),
        [7; 32],
        None,
    )
}

/// What differs from sale to sale, a row each; a fault in its own words.
fn shown(finished: &Result<Finished, TillError>) -> String {
    let settlement = match finished {
        Ok(finished) => &finished.settlement,
        Err(fault) => return format!("  fault: {fault}\n"),
    };
    let mut shown = format!("  total {}", settlement["total"]);
    if let Some(change) = settlement.get("change") {
        write!(shown, ", change {change}").unwrap();
    }
    shown.push('\n');
    for name in ["lines", "adjustments", "taxes", "of", "tenders"] {
        let rows = match &settlement[name] {
            Value::Array(rows) => rows.as_slice(),
            Value::Null => &[],
            one => std::slice::from_ref(one),
        };
        // Cash that is handed over says nothing beyond the change.
        let rows = rows.iter().filter(|row| row["amount"] != 100_000);
        for row in rows {
            writeln!(shown, "    {name} {row}").unwrap();
        }
    }
    shown
}
