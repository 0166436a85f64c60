//! Checks what machines told of themselves, and the names that stores are asked for: each report is of a
//! machine whose key works, and for each wish something waits. What a report says is the machine's word and
//! is not checked.

use super::stores::device as named;
use super::{Inspection, Look, keys};
use crate::embedded::key::{self, Kind as Row, Space};
use crate::embedded::value::report::{ReportRow, WishRow};
use crate::embedded::value::store::DeviceRow;
use crate::fault::Fault;
use purchase::id::{DeviceId, ItemCode, StoreId};

pub(super) fn check(inspection: &mut Inspection<'_>) -> Result<(), Fault> {
    let name = |of: &(StoreId, DeviceId)| format!("report of {}", named(of));
    for pair in inspection.rows(Space::Facts, Row::Report) {
        let pair = pair?;
        inspection.step();
        let read = inspection.read(Row::Report, &pair, keys::device, name, ReportRow::decode)?;
        if let Some((of, _)) = read {
            let wrong = wrong_machine(inspection, &of)?;
            inspection.rules(&name(&of), &[(wrong.is_some(), wrong.unwrap_or_default())]);
        }
    }
    check_wishes(inspection)
}

/// What is wrong with the machine that reported.
fn wrong_machine(
    inspection: &Inspection<'_>,
    (store_id, device_id): &(StoreId, DeviceId),
) -> Result<Option<&'static str>, Fault> {
    let own = key::device(store_id, *device_id);
    let chain_id = match inspection.store(store_id)? {
        Look::There(row) => row.store.chain_id,
        Look::Missing => None,
        Look::Unreadable => return Ok(None),
    };
    let of_chain = chain_id.map(|chain_id| key::chain_device(&chain_id, *device_id));
    let mut wrong = Some("its machine is not there");
    for row_key in [Some(own), of_chain].into_iter().flatten() {
        match inspection.look(Space::Facts, &row_key, DeviceRow::decode)? {
            Look::There(row) if row.revoked_at.is_some() => {
                wrong = Some("its machine's key was revoked");
            }
            Look::There(_) | Look::Unreadable => return Ok(None),
            Look::Missing => {}
        }
    }
    Ok(wrong)
}

fn check_wishes(inspection: &mut Inspection<'_>) -> Result<(), Fault> {
    let name = |(store_id, code): &(StoreId, ItemCode)| format!("wish for {code} of {store_id}");
    for pair in inspection.rows(Space::Facts, Row::Wish) {
        let pair = pair?;
        inspection.step();
        let read = inspection.read(Row::Wish, &pair, keys::wish, name, WishRow::decode)?;
        if let Some((wish, _)) = read {
            let waiting = key::of_code(&wish.0, &wish.1);
            let is_idle = !inspection.has_rows(Space::Facts, &waiting)?;
            inspection.rules(&name(&wish), &[(is_idle, "nothing waits for its name")]);
        }
    }
    Ok(())
}
