//! Names of things: which are taken, and that those the server makes have one spelling.

use crate::property::for_all;
use crate::sample::at;
use proptest::prelude::*;
use purchase::id::{
    ConflictId, DeviceId, IdError, ItemCode, Label, PurchaseId, StoreId, TokenId, UnclaimedId,
    UserId,
};
use purchase::time::Timestamp;

#[test]
fn store_ids_are_bounded_and_plain() {
    let rows = [
        ("a".repeat(63), true),
        ("a".repeat(64), true),
        ("a".repeat(65), false),
        (format!("0{}", "-".repeat(63)), true),
        (format!("-{}", "0".repeat(62)), false),
        ("z".to_owned(), true),
        ("9".to_owned(), true),
        (String::new(), false),
        ("-".to_owned(), false),
        ("s 330".to_owned(), false),
        ("s.330".to_owned(), false),
        ("S-330".to_owned(), false),
        ("s-330\n".to_owned(), false),
        ("店".to_owned(), false),
        ("ｓ".to_owned(), false),
    ];
    for (text, fits) in rows {
        let expected = if fits {
            Ok(text.clone())
        } else {
            Err(IdError::Store)
        };
        let found = StoreId::parse(&text).map(|id| id.as_str().to_owned());
        assert_eq!(found, expected, "{text:?}");
    }
}

#[test]
fn labels_are_printable_ascii() {
    let rows = [
        ("1".to_owned(), true),
        ("~".repeat(31), true),
        ("~".repeat(32), true),
        ("~".repeat(33), false),
        ("a b!/%".to_owned(), true),
        (" 1".to_owned(), true),
        (String::new(), false),
        (" ".to_owned(), false),
        ("a\t".to_owned(), false),
        ("a\u{7f}".to_owned(), false),
        ("é".to_owned(), false),
        ("１".to_owned(), false),
    ];
    for (text, fits) in rows {
        let expected = if fits {
            Ok(text.clone())
        } else {
            Err(IdError::Terminal)
        };
        let found = Label::parse(&text).map(|label| label.as_str().to_owned());
        assert_eq!(found, expected, "{text:?}");
    }
}

#[test]
fn item_codes_are_kept_as_scanned() {
    let rows = [
        ("0".to_owned(), true),
        ("0007".to_owned(), true),
        (" 7 ".to_owned(), true),
        ("9".repeat(63), true),
        ("9".repeat(64), true),
        ("9".repeat(65), false),
        ("牛".repeat(64), true),
        ("牛".repeat(65), false),
        ("(01)04901234567894".to_owned(), true),
        (String::new(), false),
        ("  ".to_owned(), false),
        // The separator of GS1 codes is a control character.
        ("0104901234567894\u{1d}10A".to_owned(), false),
    ];
    for (text, fits) in rows {
        let expected = if fits {
            Ok(text.clone())
        } else {
            Err(IdError::Code)
        };
        let found = ItemCode::parse(&text).map(|code| code.as_str().to_owned());
        assert_eq!(found, expected, "{text:?}");
    }
}

#[test]
fn opaque_ids_read_back_and_keep_their_order() {
    let random = (any::<[u8; 16]>(), any::<[u8; 16]>());
    for_all(400, random, |(one, other)| {
        assert_eq!(UserId::parse(&UserId(one).to_string()), Ok(UserId(one)));
        assert_eq!(
            UnclaimedId::parse(&UnclaimedId(one).to_string()),
            Ok(UnclaimedId(one))
        );
        assert_eq!(
            PurchaseId::parse(&PurchaseId(one).to_string()),
            Ok(PurchaseId(one))
        );
        assert_eq!(
            DeviceId::parse(&DeviceId(one).to_string()),
            Ok(DeviceId(one))
        );
        assert_eq!(TokenId::parse(&TokenId(one).to_string()), Ok(TokenId(one)));
        assert_eq!(
            ConflictId::parse(&ConflictId(one).to_string()),
            Ok(ConflictId(one))
        );
        let shown = PurchaseId(one)
            .to_string()
            .cmp(&PurchaseId(other).to_string());
        assert_eq!(shown, one.cmp(&other), "written ids sort like ids");
    });
}

#[test]
fn opaque_ids_have_one_spelling() {
    let lowest = format!("usr_{}", "0".repeat(26));
    assert_eq!(UserId::parse(&lowest), Ok(UserId([0; 16])));
    let highest = format!("usr_{}w", "z".repeat(25));
    assert_eq!(UserId::parse(&highest), Ok(UserId([255; 16])));
    let refused = [
        String::new(),
        "usr_".to_owned(),
        lowest.replace("usr_", "pur_"),
        lowest.replace("usr_", "USR_"),
        lowest.replace("usr_", ""),
        format!("{lowest}0"),
        lowest[..29].to_owned(),
        format!("usr_{}1", "0".repeat(25)),
        format!("usr_{}z", "z".repeat(25)),
        highest.to_uppercase(),
        lowest.replace("00", "0o"),
        lowest.replace("00", "0l"),
        lowest.replace("00", "0u"),
        format!("usr_{}é", "0".repeat(24)),
        format!(" {lowest}"),
    ];
    for text in refused {
        assert!(UserId::parse(&text).is_err(), "{text:?}");
    }
}

/// Any text that reads is the one the server gave out.
#[test]
fn a_misread_id_is_refused_or_another_one() {
    for_all(400, "usr_[0-9a-z]{26}", |text| {
        if let Ok(id) = UserId::parse(&text) {
            assert_eq!(id.to_string(), text);
        }
    });
}

#[test]
fn purchase_ids_carry_their_time() {
    let tails = [[0; 10], [7; 10], [255; 10]];
    let times = [
        0,
        1,
        1_483_271_606_000,
        1_483_271_606_001,
        Timestamp::LAST.ms(),
    ];
    let mut ids = Vec::new();
    for ms in times {
        for tail in tails {
            let id = PurchaseId::new(at(ms), tail);
            assert_eq!(id.ms(), ms);
            assert_eq!(id.0[6..], tail);
            ids.push(id);
        }
    }
    assert!(ids.is_sorted(), "by time first");
}
