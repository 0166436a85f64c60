//! The settlements and catalogues that tests begin from, and how one is changed in a single place.

use crate::world::{NOON, Shop};
use serde_json::{Value, json};

/// The trading day of [`NOON`].
pub(crate) const TODAY: &str = "2026-04-10";

impl Shop {
    /// A sale of one milk at noon, to nobody.
    pub(crate) fn sale(&self, transaction: &str, total: i64) -> Value {
        json!({
            "store_id": self.id, "terminal": "1", "business_date": TODAY,
            "transaction": transaction, "kind": "sale", "purchased_at": NOON, "currency": "JPY",
            "lines": [{"code": "milk", "quantity": "1", "unit_price": total, "amount": total}],
            "total": total,
        })
    }

    /// A sale of one milk at noon to a person.
    pub(crate) fn sale_to(&self, user_id: &str, transaction: &str, total: i64) -> Value {
        self.sale(transaction, total)
            .and("/user", json!({"id": user_id}))
    }

    /// The key of a settlement of this store.
    pub(crate) fn key_of(&self, transaction: &str) -> Value {
        json!({
            "store_id": self.id, "terminal": "1", "business_date": TODAY,
            "transaction": transaction,
        })
    }

    /// The path of a page about this store.
    pub(crate) fn path(&self, rest: &str) -> String {
        format!("/v1/stores/{}{rest}", self.id)
    }
}

/// Changes a message in one place.
pub(crate) trait And {
    /// With `value` at `pointer`; the place above it must be there.
    fn and(self, pointer: &str, value: Value) -> Value;
    /// Without what is at `pointer`, which must be there.
    fn without(self, pointer: &str) -> Value;
}

impl And for Value {
    fn and(mut self, pointer: &str, value: Value) -> Value {
        let (above, name) = pointer.rsplit_once('/').unwrap();
        match self
            .pointer_mut(above)
            .unwrap_or_else(|| panic!("{pointer} hangs in the air"))
        {
            Value::Object(members) => drop(members.insert(name.to_owned(), value)),
            Value::Array(rows) => rows[name.parse::<usize>().unwrap()] = value,
            other => panic!("{pointer} hangs on {other}"),
        }
        self
    }

    fn without(mut self, pointer: &str) -> Value {
        let (above, name) = pointer.rsplit_once('/').unwrap();
        let members = self
            .pointer_mut(above)
            .and_then(Value::as_object_mut)
            .unwrap();
        assert!(members.remove(name).is_some(), "{pointer} is not there");
        self
    }
}

/// A catalogue update of one item's name.
pub(crate) fn named(base: u64, revision: u64, code: &str, name: &str, from: &str) -> Value {
    json!({
        "base_revision": base, "revision": revision,
        "changes": [{"code": code, "name": name, "effective_from": from}],
    })
}

/// Messages one a line.
pub(crate) fn lines(messages: &[Value]) -> String {
    messages
        .iter()
        .map(|message| format!("{message}\n"))
        .collect()
}
