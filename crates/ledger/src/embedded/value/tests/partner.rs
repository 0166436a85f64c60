//! Values of partners and of consents.

use super::*;
use crate::embedded::value::partner::{ConsentRow, PartnerRow, Terms};

#[test]
fn rows_of_partners() {
    let (encode, decode) = (PartnerRow::encode, PartnerRow::decode);
    is_read_back(partner_row(), encode, decode, End::Told);
    is_read_back(
        consent_row(),
        |row| row.encode(),
        ConsentRow::decode,
        End::Told,
    );
    is_read_back(terms(), |terms| terms.encode(), Terms::decode, End::Told);
}

/// What a person consented to is read as long as it is kept: these bytes are for ever.
#[test]
fn a_consent_is_kept_as_it_was() {
    let at = |ms| Timestamp::from_ms(ms).expect("a time");
    let terms = Terms {
        given_at: at(1),
        until: at(2),
        from: Some(at(3)),
    };
    assert_eq!(crate::keyring::hex(&terms.encode()), "0102040106");
    let row = ConsentRow {
        user_id: UserId([9; 16]),
        terms: Terms {
            from: None,
            ..terms
        },
        told_at: Some(at(4)),
    };
    let kept = ["01", &"09".repeat(16), "0204000108"].concat();
    assert_eq!(crate::keyring::hex(&row.encode()), kept);
}
