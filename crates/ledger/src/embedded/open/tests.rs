//! What only the engine's own rows can show of opening.

use super::*;
use std::sync::atomic::{AtomicU8, Ordering};

fn entropy() -> Entropy {
    let next = AtomicU8::new(0);
    Arc::new(move |bytes: &mut [u8]| bytes.fill(next.fetch_add(1, Ordering::SeqCst)))
}

/// A folder of a newer format is refused by its number, and by nothing that it might mean.
#[test]
fn a_newer_format_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let options = Options::new(folder.path().join("data"), entropy(), Timestamp::ZERO);
    let (ledger, _) = Ledger::open(&options).unwrap();
    let format_key = key::plain(Kind::Format, &[]);
    let kept = ledger
        .engine
        .get(Space::Facts, &format_key)
        .unwrap()
        .unwrap();
    let write = |ledger: &Ledger, format: u32| {
        let row = [&format.to_be_bytes(), &kept[4..]].concat();
        let row = (Space::Facts, format_key.clone(), Some(row));
        ledger.engine.commit(std::iter::once(row)).unwrap();
    };
    write(&ledger, FORMAT + 1);
    drop(ledger);
    for _ in 0..2 {
        let Err(OpenError::TooNew { found, known, .. }) = Ledger::open(&options) else {
            panic!("it was opened, or refused for something else")
        };
        assert_eq!((found, known), (FORMAT + 1, FORMAT));
    }
    // The control: with its own number it opens.
    let engine_folder = options.data.join(ENGINE_FOLDER);
    let engine = Engine::open(&engine_folder, 1 << 20, Durability::Synced).unwrap();
    let row = (Space::Facts, format_key, Some(kept));
    engine.commit(std::iter::once(row)).unwrap();
    drop(engine);
    assert_eq!(Ledger::open(&options).unwrap().1, Found::Existing);
}
