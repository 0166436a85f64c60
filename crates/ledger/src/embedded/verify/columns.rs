//! Checks what only a database has beside its rows: columns that people read, the places by which rows are
//! spread, and the turns of stores. No row is understood here.

use super::{Inspection, keys};
use crate::embedded::key::Kind as Row;
use crate::fault::Fault;
use crate::keyring::hex;
use crate::postgres::columns::How;
use crate::postgres::table::homes;
use crate::postgres::tables::Tables;
use crate::postgres::turn::OFFICE;

/// Stores whose turns are looked for at a time.
const STORES_PER_QUESTION: usize = 1_000;

/// Whether the rows lie in the order of their keys, by which everything else is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    Kept,
    Broken,
}

pub(super) fn check(inspection: &mut Inspection<'_>, tables: &Tables) -> Result<Order, Fault> {
    inspection.begin_stage("columns", None);
    let mut order = Order::Kept;
    for (kind, table) in homes() {
        let mut next = None;
        loop {
            let page = tables.compare((kind, table), next)?;
            for _ in 0..page.rows {
                inspection.step();
            }
            for differing in page.differing {
                let wrong = match differing.how {
                    How::Stranger => {
                        order = Order::Broken;
                        "no row of this table has such a key".to_owned()
                    }
                    How::Misplaced => {
                        order = Order::Broken;
                        let place = table.spread.column().unwrap_or("place");
                        format!("it lies under another {place} than its key names")
                    }
                    How::Columns(columns) => {
                        let columns = columns.join(", ");
                        format!("of its columns these say something else than the row: {columns}")
                    }
                };
                let what = format!("row {} of {}", hex(&differing.key), table.name);
                inspection.problem(what, wrong);
            }
            next = page.next;
            if next.is_none() {
                break;
            }
        }
    }
    match order {
        Order::Kept => check_turns(inspection, tables)?,
        Order::Broken => inspection.problem(
            "ledger",
            "nothing else was looked at, as rows do not lie where their keys say; put them right first",
        ),
    }
    Ok(order)
}

/// Without its row nobody waits for a turn, and two servers write for one store at once.
fn check_turns(inspection: &mut Inspection<'_>, tables: &Tables) -> Result<(), Fault> {
    let mut stores = vec![OFFICE.to_owned()];
    for pair in inspection.rows(super::Space::Facts, Row::Store) {
        // A key that is not well-formed is told where stores are read.
        if let Ok(store_id) = keys::store(&pair?.0) {
            stores.push(store_id.as_str().to_owned());
        }
        if stores.len() == STORES_PER_QUESTION {
            tell(inspection, tables.without_turn(&stores)?);
            stores.clear();
        }
    }
    tell(inspection, tables.without_turn(&stores)?);
    // Both are written together: a store without its row, and nothing else to miss it, shows here.
    for store in tables.turns_of_nobody(STORES_PER_QUESTION)? {
        inspection.problem(format!("turn of {store}"), "there is no such store");
    }
    Ok(())
}

fn tell(inspection: &mut Inspection<'_>, stores: Vec<String>) {
    for store in stores {
        let what = if store == OFFICE {
            "those who write for no store".to_owned()
        } else {
            format!("store {store}")
        };
        inspection.problem(what, "there is no row in turns");
    }
}
