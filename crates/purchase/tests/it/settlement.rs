//! A till whose clock is ahead, and the remarks on a settlement.

use crate::sample::{self, at};
use purchase::limits::CLOCK_AHEAD_MS_MAX;
use purchase::settlement::Settlement;
use purchase::time::Timestamp;
use purchase::warning::{Warning, Warnings};

#[test]
fn a_sale_over_ten_minutes_ahead_counts_from_its_receipt() {
    assert_eq!(CLOCK_AHEAD_MS_MAX, 600_000);
    let received = 1_483_271_606_000;
    let rows = [
        (received, false),
        (received + 599_999, false),
        (received + 600_000, false),
        (received + 600_001, true),
        (Timestamp::LAST.ms(), true),
        // However old a sale is, it is never refused for its age.
        (received - 1, false),
        (0, false),
    ];
    for (purchased, is_ahead) in rows {
        let mut content = sample::sale();
        content.purchased_at = at(purchased);
        let settlement = Settlement::prove(content).unwrap();
        assert_eq!(
            settlement.is_ahead_of(at(received)),
            is_ahead,
            "{purchased}"
        );
        let expected = if is_ahead { received } else { purchased };
        assert_eq!(
            settlement.effective_at(at(received)).ms(),
            expected,
            "{purchased}"
        );
        assert_eq!(
            settlement.content().purchased_at.ms(),
            purchased,
            "never altered"
        );
    }
}

#[test]
fn warnings_are_a_set_with_fixed_bits() {
    use Warning::{Clock, OverReturned, TaxCheck};
    let rows: [(&[Warning], u8); 5] = [
        (&[], 0),
        (&[TaxCheck], 1),
        (&[OverReturned], 2),
        (&[Clock], 4),
        (&[TaxCheck, OverReturned, Clock], 7),
    ];
    for (warnings, bits) in rows {
        let fold = |set: Warnings, warning: &Warning| set.with(*warning).with(*warning);
        let set = warnings.iter().rev().fold(Warnings::default(), fold);
        assert_eq!(set.bits(), bits);
        assert_eq!(
            set.iter().collect::<Vec<_>>(),
            warnings,
            "in their own order"
        );
        assert_eq!(Warnings::from_bits(bits), set);
        for warning in Warnings::ALL {
            assert_eq!(set.holds(warning), warnings.contains(&warning));
        }
    }
    assert_eq!(Warnings::from_bits(0xf8), Warnings::default());
}
