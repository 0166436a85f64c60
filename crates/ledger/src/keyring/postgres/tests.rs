//! How a key in a table is wrapped. No database is asked.

use super::*;
use crate::postgres::fault::Reason;
use crate::property::for_all;
use proptest::prelude::*;

fn master() -> Master {
    let folder = tempfile::tempdir().expect("a folder");
    let entropy: Entropy = Arc::new(|bytes| bytes.fill(7));
    let made = Master::find_or_make(folder.path(), &entropy);
    made.expect("a master key").0
}

#[test]
fn a_wrapped_key_opens_for_its_holder_alone() {
    let master = master();
    let random = (
        any::<[u8; 16]>(),
        any::<[u8; 16]>(),
        any::<[u8; 12]>(),
        any::<[u8; 32]>(),
        0..480_usize,
    );
    for_all(200, random, |(holder, other, nonce, key, bit)| {
        let holder = HolderId(holder);
        let wrapped = master.wrap(nonce, &context(holder), &DataKey::new(key));
        assert_eq!(wrapped.len(), 60);
        let opened = master.unwrap(&context(holder), &wrapped).expect("it opens");
        assert_eq!(*opened.bytes(), key);
        if other != holder.0 {
            let moved = master.unwrap(&context(HolderId(other)), &wrapped);
            assert!(matches!(moved, Err(Fault::Damaged { .. })));
        }
        let mut flipped = wrapped;
        flipped[bit / 8] ^= 1 << (bit % 8);
        assert!(master.unwrap(&context(holder), &flipped).is_err());
    });
}

#[test]
fn only_what_may_be_asked_again_is_asked_again() {
    let failed = |of: fn(String) -> Failure| of("said".to_owned());
    let rows = [
        (
            failed(|detail| Failure::Again {
                reason: Reason::Deadlock,
                detail,
            }),
            true,
        ),
        (failed(|detail| Failure::Unknown { detail }), true),
        (
            failed(|detail| Failure::Busy {
                reason: Reason::Connection,
                detail,
            }),
            true,
        ),
        (Failure::Fault(Fault::Stopped), false),
        (
            failed(|detail| Failure::Fault(Fault::Engine { detail })),
            false,
        ),
    ];
    for (failure, is_away) in rows {
        let fault = later(failure);
        assert_eq!(matches!(fault, Fault::Away { .. }), is_away, "{fault:?}");
    }
}
