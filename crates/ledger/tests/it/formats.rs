//! The formats that have doors of their own: items, bodies, seals, the keyring and the watermark.
//! What is written is read back; anything else is refused, and nothing in it is believed.

use crate::property::for_all;
use crate::slip::slip;
use crate::world::{World, entropy, hex, item, sha256, text};
use ledger::body::{self, Body};
use ledger::fault::{Fault, OpenError};
use ledger::keyring::{HolderId, Keyring, Slot, Spare};
use ledger::seal::{DataKey, OVERHEAD};
use ledger::watermark::{Mark, Watermark};
use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;
use purchase::bytes::{Reader, Writer};
use purchase::canonical;
use purchase::canonical::item;
use purchase::catalogue::Item;
use purchase::id::Revision;
use purchase::naming::Naming;
use purchase::quantity::Percent;
use purchase::settlement::{ItemKind, Sensitivity, Settlement, TaxPlace};
use purchase::store::IdentityNumber;
use std::fs;
use std::path::Path;
use std::sync::Arc;

fn some_item() -> impl Strategy<Value = Item> {
    let word = || "[ -~牛乳]{0,30}[!-~牛]".prop_map(|word| text(&word));
    let texts = (
        word(),
        of(word()),
        of(word()),
        of(word()),
        of(word()),
        of(word()),
        of(word()),
    );
    let rest = (
        any::<bool>(),
        of(-9..9_i64),
        of(0..200_u32),
        of(any::<bool>()),
        any::<bool>(),
    );
    (texts, rest).prop_map(
        |(texts, (is_service, price, percent, is_included, is_hidden))| {
            let (name, short_name, reading, size, gtin, category, unit) = texts;
            let place = |is_included| match is_included {
                true => TaxPlace::Included,
                false => TaxPlace::Excluded,
            };
            Item {
                name,
                short_name,
                reading,
                size,
                gtin,
                kind: if is_service {
                    ItemKind::Service
                } else {
                    ItemKind::Goods
                },
                category,
                unit,
                unit_price: price.map(crate::slip::amount),
                tax_percent: percent.map(|units| Percent::from_units(units).unwrap()),
                tax_place: is_included.map(place),
                sensitivity: if is_hidden {
                    Sensitivity::Sensitive
                } else {
                    Sensitivity::Plain
                },
            }
        },
    )
}

#[test]
fn items_are_read_back_and_only_so() {
    for_all(
        300,
        (some_item(), any::<prop::sample::Index>(), 1..=255_u8),
        |(item, place, flip)| {
            let mut out = Writer::default();
            item::put(&mut out, &item);
            let bytes = out.finish();
            let mut from = Reader::new(&bytes);
            assert_eq!(item::read(&mut from).unwrap(), item);
            from.finish().unwrap();
            for length in 0..bytes.len() {
                assert!(
                    item::read(&mut Reader::new(&bytes[..length])).is_err(),
                    "cut to {length}"
                );
            }
            // Damage is refused, or is another item written as it would have been.
            let mut damaged = bytes.clone();
            let at = place.index(bytes.len());
            damaged[at] ^= flip;
            let mut from = Reader::new(&damaged);
            if let Ok(other) = item::read(&mut from)
                && from.finish().is_ok()
            {
                let mut again = Writer::default();
                item::put(&mut again, &other);
                // A default that is written out says nothing more than one that is left out.
                assert!(hex(&again.finish()).len() <= hex(&damaged).len());
                assert_ne!(other, item);
            }
        },
    );
}

/// A settlement of as many lines as there are names, with one name of each kind among them.
fn some_body() -> impl Strategy<Value = Body> {
    let named = (any::<u64>(), some_item()).prop_map(|(revision, item)| Naming::Catalogue {
        revision: Revision(revision),
        item: Arc::new(item),
    });
    let naming = prop_oneof![3 => named, 1 => Just(Naming::Sent), 1 => Just(Naming::Pending)];
    (vec(naming, 1..20), any::<u32>()).prop_map(|(names, identity)| {
        let slip =
            (0..names.len()).fold(slip("1"), |slip, nth| slip.line(&format!("{nth}"), "1", 9));
        let settlement = Settlement::prove(slip.content()).unwrap();
        Body {
            settlement,
            identity: IdentityNumber(identity),
            names,
        }
    })
}

fn encoded(body: &Body) -> Vec<u8> {
    body::encode(
        &canonical::encode(&body.settlement),
        body.identity,
        &body.names,
    )
}

#[test]
fn bodies_are_read_back_plain_and_compressed() {
    let versions = std::cell::RefCell::new([0; 3]);
    for_all(300, some_body(), |body| {
        let bytes = encoded(&body);
        versions.borrow_mut()[usize::from(bytes[0])] += 1;
        assert_eq!(body::decode(&bytes).unwrap(), body);
        assert!(body::decode(&bytes[..bytes.len() - 1]).is_err());
        for version in [0, 3, 255] {
            let mut other = bytes.clone();
            other[0] = version;
            assert!(body::decode(&other).is_err(), "version {version}");
        }
    });
    let [_, plain, compressed] = versions.into_inner();
    assert!(
        plain > 5 && compressed > 5,
        "{plain} plain, {compressed} compressed"
    );
}

#[test]
fn a_body_that_would_fill_the_memory_is_refused() {
    let mut bomb = vec![2];
    bomb.extend_from_slice(&u32::MAX.to_le_bytes());
    bomb.extend_from_slice(&[0; 64]);
    assert!(body::decode(&bomb).is_err());
    assert!(body::decode(&[]).is_err());
    assert!(body::decode(&[2, 1]).is_err());
}

/// 500 lines with the longest names there may be: more than any settlement that comes in.
#[test]
fn the_largest_body_is_read_back() {
    let longest = "牛".repeat(200);
    let full = Item {
        short_name: Some(text(&longest)),
        reading: Some(text(&longest)),
        size: Some(text(&longest)),
        gtin: Some(text(&longest)),
        category: Some(text(&longest)),
        unit: Some(text(&longest)),
        ..item(&longest)
    };
    let slip = (0..500).fold(slip("1"), |slip, nth| slip.line(&format!("{nth}"), "1", 9));
    let full = Naming::Catalogue {
        revision: Revision(u64::MAX),
        item: Arc::new(full),
    };
    let settlement = Settlement::prove(slip.content()).unwrap();
    let body = Body {
        settlement,
        identity: IdentityNumber(0),
        names: vec![full; 500],
    };
    assert_eq!(body::decode(&encoded(&body)).unwrap(), body);
}

#[test]
fn a_seal_opens_only_as_it_was_made() {
    let bytes = || vec(any::<u8>(), 0..60);
    let strategy = (
        any::<[u8; 32]>(),
        any::<[u8; 12]>(),
        bytes(),
        bytes(),
        any::<prop::sample::Index>(),
    );
    for_all(300, strategy, |(key, nonce, context, content, place)| {
        let (key, other) = (DataKey::new(key), DataKey::new(key.map(|byte| byte ^ 1)));
        let sealed = key.seal(nonce, &context, &content);
        assert_eq!(sealed.len(), content.len() + OVERHEAD);
        assert_eq!(key.open(&context, &sealed).unwrap(), content);
        assert!(other.open(&context, &sealed).is_err(), "another key");
        let moved = [context.as_slice(), &[0]].concat();
        assert!(key.open(&moved, &sealed).is_err(), "another place");
        let mut flipped = sealed.clone();
        let at = place.index(sealed.len());
        flipped[at] ^= 1;
        assert!(
            key.open(&context, &flipped).is_err(),
            "a flipped bit at {at}"
        );
        assert!(
            key.open(&context, &sealed[..sealed.len() - 1]).is_err(),
            "cut short"
        );
    });
    assert_eq!(
        format!("{:?}", DataKey::new([7; 32])),
        "DataKey(..)",
        "it shows nothing"
    );
}

const LEDGER: [u8; 16] = [3; 16];
const HEADER: u64 = 256;
const SLOT: u64 = 96;

fn open_ring(folder: &Path, seed: u64) -> Result<Keyring, OpenError> {
    Keyring::open(folder, Path::new("data"), LEDGER, entropy(seed))
}

fn is_key(ring: &Keyring, spare: &Spare) -> bool {
    let sealed = spare.key.seal([0; 12], b"", b"proof");
    match ring.key(spare.holder, spare.slot) {
        Ok(Some(key)) => key.open(b"", &sealed).is_ok_and(|proof| proof == b"proof"),
        Ok(None) | Err(_) => false,
    }
}

#[test]
fn keys_are_found_again_in_their_slots_alone() {
    let world = World::new();
    let folder = world.path("keys");
    let ring = Keyring::create(&folder, LEDGER, entropy(1)).unwrap();
    let secret = *ring.secret();
    // Enough to be made in several batches.
    let taken: Vec<Spare> = (0..100).map(|_| ring.take().unwrap()).collect();
    drop(ring);
    let ring = open_ring(&folder, 2).unwrap();
    assert_eq!(*ring.secret(), secret);
    for spare in &taken {
        assert!(is_key(&ring, spare));
        assert!(
            ring.key(HolderId([9; 16]), spare.slot).unwrap().is_none(),
            "another's"
        );
        let next = Slot(spare.slot.0 + 1);
        assert!(
            ring.key(spare.holder, next).unwrap().is_none(),
            "another slot"
        );
    }
    assert!(
        ring.key(taken[0].holder, Slot(1_000_000))
            .unwrap()
            .is_none(),
        "beyond the end"
    );
    // New keys never take the place of old ones.
    let more: Vec<Spare> = (0..40).map(|_| ring.take().unwrap()).collect();
    for spare in taken.iter().chain(&more) {
        assert!(is_key(&ring, spare));
    }
    ring.erase(taken[5].holder, taken[5].slot).unwrap();
    drop(ring);
    let ring = open_ring(&folder, 3).unwrap();
    assert!(ring.key(taken[5].holder, taken[5].slot).unwrap().is_none());
    assert!(is_key(&ring, &taken[4]) && is_key(&ring, &taken[6]));
}

#[test]
fn a_slot_is_laid_out_as_described_and_bound_to_its_place() {
    let world = World::new();
    let folder = world.path("keys");
    let ring = Keyring::create(&folder, LEDGER, entropy(1)).unwrap();
    let [one, two] = [ring.take().unwrap(), ring.take().unwrap()];
    drop(ring);
    let path = folder.join("keyring");
    let whole = fs::read(&path).unwrap();
    let place = |slot: Slot| usize::try_from(HEADER + slot.0 * SLOT).unwrap();
    let (first, second) = (place(one.slot), place(two.slot));
    assert_eq!(&whole[..9], b"ORIHONKR\x01");
    assert_eq!(whole[9..25], LEDGER);
    assert_eq!(
        (whole[first], &whole[first + 1..first + 17]),
        (1, one.holder.0.as_slice())
    );
    assert_eq!(whole[first + 81..first + 96], [0; 15], "padding");
    // A slot that was copied over another one, holder and all, opens nothing.
    let mut moved = whole.clone();
    moved.copy_within(first..first + 96, second);
    fs::write(&path, &moved).unwrap();
    let ring = open_ring(&folder, 2).unwrap();
    assert!(matches!(
        ring.key(one.holder, two.slot),
        Err(Fault::Damaged { .. })
    ));
    assert!(is_key(&ring, &one), "the control");
    drop(ring);
    for bit in 17..77 {
        let mut flipped = whole.clone();
        flipped[first + bit] ^= 1;
        fs::write(&path, flipped).unwrap();
        let ring = open_ring(&folder, 2).unwrap();
        assert!(!is_key(&ring, &one), "byte {bit}");
        assert!(is_key(&ring, &two));
    }
}

#[test]
fn the_watermark_is_laid_out_as_described() {
    let world = World::new();
    let path = world.path("watermark");
    let mark = |seq: u64| Mark {
        seq,
        chain: sha256(&seq.to_be_bytes()),
    };
    let mut watermark = Watermark::create(&path, Mark::START).unwrap();
    for seq in 1..=9 {
        watermark.advance(mark(seq)).unwrap();
        assert_eq!(Watermark::open(&path).unwrap().1, mark(seq));
    }
    let bytes = fs::read(&path).unwrap();
    assert_eq!(bytes.len(), 8_192);
    // Ten were written: the tenth is in the first slot, the ninth in the second.
    for (slot, counter, seq) in [(0, 10_u64, 9_u64), (4_096, 9, 8)] {
        let slot = &bytes[slot..slot + 60];
        assert_eq!(&slot[..8], b"ORIHONWM");
        assert_eq!(slot[8..16], counter.to_be_bytes());
        assert_eq!(slot[16..24], seq.to_be_bytes());
        assert_eq!(slot[24..56], mark(seq).chain);
        assert_eq!(slot[56..60], crc32fast::hash(&slot[..56]).to_be_bytes());
    }
    // Every byte of the newer slot matters; if one is wrong, the older slot is read.
    for place in 0..60 {
        let mut torn = bytes.clone();
        torn[place] ^= 1;
        fs::write(&path, &torn).unwrap();
        assert_eq!(Watermark::open(&path).unwrap().1, mark(8), "byte {place}");
        torn[4_096 + place] ^= 1;
        fs::write(&path, torn).unwrap();
        assert!(Watermark::open(&path).is_err(), "both are torn");
    }
}
