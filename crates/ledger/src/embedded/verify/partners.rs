//! Checks partners and what people consent to give them: that each partner's key opens its own doors, and that a
//! person's record and the partner's say the same.

use super::identity::opened;
use super::{Inspection, Look, keys};
use crate::embedded::key::{self, Kind as Row, Space};
use crate::embedded::partners::{consent_of, read_leaf};
use crate::embedded::value::identity::{Leaf, LeafSubject, decode_leaf_row};
use crate::embedded::value::partner::{ConsentRow, PartnerRow};
use crate::embedded::value::people::Opens;
use crate::fault::Fault;
use purchase::id::{AliasId, PartnerId, UserId};

pub(super) fn check(inspection: &mut Inspection<'_>) -> Result<(), Fault> {
    check_partners(inspection)?;
    check_consents(inspection)
}

fn check_partners(inspection: &mut Inspection<'_>) -> Result<(), Fault> {
    let partner = |row_key: &[u8]| keys::array(row_key).map(PartnerId);
    for pair in inspection.rows(Space::Facts, Row::Partner) {
        let pair = pair?;
        inspection.step();
        let read = inspection.read(Row::Partner, &pair, partner, name, PartnerRow::decode)?;
        let Some((partner_id, row)) = read else {
            continue;
        };
        let secret_key = key::plain(Row::Secret, &row.hash);
        let opens = inspection.look(Space::Facts, &secret_key, Opens::decode)?;
        let (opens_nothing, opens_other) = match opens {
            Look::There(opens) => (false, opens != Opens::Partner { partner_id }),
            Look::Missing => (row.ended_at.is_none(), false),
            Look::Unreadable => (false, false),
        };
        inspection.rules(
            &name(&partner_id),
            &[
                (opens_nothing, "its secret opens nothing"),
                (opens_other, "its secret opens other doors"),
            ],
        );
    }
    Ok(())
}

fn check_consents(inspection: &mut Inspection<'_>) -> Result<(), Fault> {
    for pair in inspection.rows(Space::Facts, Row::Consent) {
        let pair = pair?;
        inspection.step();
        let read = inspection.read(
            Row::Consent,
            &pair,
            consent_of,
            consent_name,
            ConsentRow::decode,
        )?;
        let Some(((partner_id, alias), row)) = read else {
            continue;
        };
        let what = consent_name(&(partner_id, alias));
        let place = key::partner(Row::Partner, partner_id);
        let is_to_none = !inspection.exists(Space::Facts, &place)?;
        let is_of_other = inspection.ledger.alias(partner_id, row.user_id) != alias;
        let says_other = differs(inspection, &what, partner_id, &row)?;
        inspection.rules(
            &what,
            &[
                (is_to_none, "its partner is not there"),
                (is_of_other, "its name is somebody else's"),
                (says_other, "its user keeps it otherwise, or not at all"),
            ],
        );
    }
    Ok(())
}

/// Does the person's own record say something else? One that does not open is told here or with the leaves.
fn differs(
    inspection: &mut Inspection<'_>,
    what: &str,
    partner_id: PartnerId,
    row: &ConsentRow,
) -> Result<bool, Fault> {
    let subject = LeafSubject::Consent;
    let leaf_key = inspection
        .ledger
        .leaf_key(row.user_id, subject, &partner_id.0);
    let sealed = match inspection.look(Space::Facts, &leaf_key, decode_leaf_row)? {
        Look::There(sealed) => sealed,
        Look::Missing => return Ok(true),
        Look::Unreadable => return Ok(false),
    };
    let sealed = (leaf_key.as_slice(), sealed.as_slice());
    let content = opened(inspection, row.user_id, what, sealed, Leaf::decode)?;
    let own = content.map(|(_, leaf)| read_leaf(&leaf));
    Ok(own.is_some_and(|own| own != Some((partner_id, row.terms))))
}

/// Does the partner's record lack what a person's says? What was kept before there were partners has none.
pub(super) fn lacks(
    inspection: &Inspection<'_>,
    user_id: UserId,
    leaf: &Leaf,
) -> Result<bool, Fault> {
    let Some((partner_id, _)) = read_leaf(leaf) else {
        return Ok(false);
    };
    let alias = inspection.ledger.alias(partner_id, user_id);
    let place = key::consent(partner_id, alias);
    Ok(!inspection.exists(Space::Facts, &place)?)
}

/// Does the partner know its secret? With what it is called.
pub(super) fn knows(
    inspection: &Inspection<'_>,
    partner_id: PartnerId,
    hash: &[u8; 32],
) -> Result<(bool, String), Fault> {
    let row_key = key::partner(Row::Partner, partner_id);
    let row = inspection.look(Space::Facts, &row_key, PartnerRow::decode)?;
    let is_known = match row {
        Look::There(row) => row.hash == *hash && row.ended_at.is_none(),
        Look::Missing => false,
        Look::Unreadable => true,
    };
    Ok((is_known, name(&partner_id)))
}

fn name(partner_id: &PartnerId) -> String {
    format!("partner {partner_id}")
}

fn consent_name((partner_id, alias): &(PartnerId, AliasId)) -> String {
    format!("consent of {alias} to {partner_id}")
}
