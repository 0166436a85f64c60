//! Codes as scanners and keyboards hand them over.

use device::code::{ScanError, read};
use purchase::text::TextError;

#[test]
fn what_machines_add_is_taken_away_and_nothing_else() {
    let rows = [
        ("4901234567894", "4901234567894"),
        (" 4901234567894\r\n", "4901234567894"),
        ("]E04901234567894", "4901234567894"),
        ("]C1\u{1d}0104901234567894", "0104901234567894"),
        ("\u{2}４９０１２３４５６７８９４\u{3}", "4901234567894"),
        ("　ａｂ－１２　", "ab-12"),
        ("ﾊﾟﾝ 1", "ﾊﾟﾝ 1"),
        ("[E0490", "[E0490"),
        ("]490", "]490"),
        ("007", "007"),
    ];
    for (input, expected) in rows {
        assert_eq!(read(input).unwrap().as_str(), expected, "{input:?}");
    }
    let long = "1".repeat(65);
    let refused = [
        ("", TextError::Empty),
        (" \u{3000}\n", TextError::Empty),
        ("]E0", TextError::Empty),
        (&long, TextError::TooLong { chars_max: 64 }),
        ("49\t01", TextError::Unprintable { character: 9 }),
    ];
    for (input, expected) in refused {
        assert_eq!(
            read(input),
            Err(ScanError::Unreadable(expected)),
            "{input:?}"
        );
    }
}
