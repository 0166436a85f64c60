//! Bytes that no settlement has: cut short, too long, changed, or spelt in a second way. They are
//! refused, and nothing of it panics.

use crate::generate::settlement;
use crate::property::for_all;
use crate::sample;
use proptest::prelude::*;
use purchase::bytes::ReadError;
use purchase::canonical::{decode, encode};
use purchase::settlement::{Content, Settlement};

fn bytes_of(content: Content) -> Vec<u8> {
    encode(&Settlement::prove(content).unwrap())
}

/// Damaged bytes are refused, or they are exactly the bytes of some other settlement.
fn check_one_spelling(bytes: &[u8]) {
    if let Ok(settlement) = decode(bytes) {
        assert_eq!(
            encode(&settlement),
            bytes,
            "a second spelling of {settlement:?}"
        );
    }
}

#[test]
fn every_cut_is_refused() {
    for content in [sample::full(), sample::goods_back(), sample::void()] {
        let bytes = bytes_of(content);
        for end in 0..bytes.len() {
            assert!(decode(&bytes[..end]).is_err(), "cut after {end} bytes");
        }
    }
}

#[test]
fn every_byte_too_many_is_refused() {
    for content in [sample::sale(), sample::full(), sample::void()] {
        let mut bytes = bytes_of(content);
        for more in 0..=u8::MAX {
            bytes.push(more);
            assert_eq!(decode(&bytes), Err(ReadError::Long), "and {more}");
            bytes.pop();
        }
    }
}

#[test]
fn cut_or_longer_random_bytes_are_refused() {
    let random = (settlement(), any::<prop::sample::Index>(), any::<u8>());
    for_all(200, random, |(settlement, cut, more)| {
        let mut bytes = encode(&settlement);
        let end = cut.index(bytes.len());
        assert!(decode(&bytes[..end]).is_err(), "cut after {end} bytes");
        bytes.push(more);
        assert_eq!(decode(&bytes), Err(ReadError::Long));
    });
}

/// Every byte of the samples, each with every other value at least near by.
#[test]
fn no_single_wrong_byte_has_a_second_spelling() {
    for content in [sample::full(), sample::goods_back(), sample::void()] {
        let bytes = bytes_of(content);
        for at in 0..bytes.len() {
            let mut damaged = bytes.clone();
            let flips = (0..8).map(|bit| bytes[at] ^ (1 << bit));
            for value in flips.chain([0, 1, 2, 3, 10, 0x7f, 0x80, 0xff]) {
                damaged[at] = value;
                check_one_spelling(&damaged);
            }
        }
    }
}

#[test]
fn random_damage_has_no_second_spelling() {
    let edit = (any::<prop::sample::Index>(), any::<u8>(), 0..3_u8);
    let edits = prop::collection::vec(edit, 1..4);
    for_all(1_500, (settlement(), edits), |(settlement, edits)| {
        let mut bytes = encode(&settlement);
        for (place, byte, how) in edits {
            let at = place.index(bytes.len());
            match how {
                0 => bytes[at] = byte,
                1 => bytes.insert(at, byte),
                _ => drop(bytes.remove(at)),
            }
        }
        check_one_spelling(&bytes);
    });
}

#[test]
fn noise_is_refused_without_a_panic() {
    let noise = prop::collection::vec(any::<u8>(), 0..200);
    for_all(1_000, noise, |mut noise| {
        check_one_spelling(&noise);
        noise.insert(0, 1);
        check_one_spelling(&noise);
    });
}

/// Optional members of the smallest sale, as tags and values; those that no writer writes.
#[test]
fn what_is_never_written_is_refused() {
    let whole = bytes_of(sample::sale());
    let head = whole.strip_suffix(&[0]).unwrap();
    let rows: [(&str, &[u8]); 13] = [
        ("no change at all", &[10, 0]),
        ("two buyers", &[1, 1, b'a', 2, 1, b'b']),
        ("a buyer twice", &[1, 1, b'a', 1, 1, b'b']),
        ("two other buyers", &[1, 1, b'a', 3, 1, b'b']),
        ("a code and a name of a buyer", &[2, 1, b'a', 3, 1, b'b']),
        ("tags that fall", &[14, 1, b'a', 13, 1, b'b']),
        ("a tag of no meaning", &[18, 1, b'a']),
        ("no notes", &[16, 0]),
        ("an empty text", &[14, 0]),
        ("a text that is not UTF-8", &[14, 1, 0xff]),
        ("a text with a line break", &[14, 1, b'\n']),
        ("a longer number than needed", &[5, 0x80, 0]),
        ("more bytes than there are", &[14, 200, 1, b'a']),
    ];
    for (name, members) in rows {
        let bytes = [head, members, &[0]].concat();
        assert!(decode(&bytes).is_err(), "{name}");
    }
    let fine = [head, &[14, 1, b'a'], &[0]].concat();
    assert!(decode(&fine).is_ok(), "a clerk called a");
}

/// The same within a line: it stands last in the smallest sale, before two ends.
#[test]
fn what_is_never_written_in_a_line_is_refused() {
    let whole = bytes_of(sample::sale());
    let head = whole.strip_suffix(&[0, 0]).unwrap();
    let rows: [(&str, &[u8], bool); 10] = [
        ("nothing", &[], true),
        ("a unit", &[3, 1, b'l'], true),
        ("no discount at all", &[4, 0], false),
        ("no discounts", &[5, 0], false),
        ("a tax place of no meaning", &[8, 3], false),
        ("a kind of no meaning", &[11, 0], false),
        ("a sensitivity of no meaning", &[16, 3], false),
        ("a line that is part of itself", &[13, 1], false),
        ("a tag of no meaning", &[17], false),
        ("tags that fall", &[9, 3, 1, b'l'], false),
    ];
    for (name, members, is_fine) in rows {
        let bytes = [head, members, &[0, 0]].concat();
        assert_eq!(decode(&bytes).is_ok(), is_fine, "{name}");
    }
}

/// Sums are proven again on reading, so that damage within a number is noticed where it can be.
#[test]
fn bytes_whose_sums_are_wrong_are_refused() {
    let mut bytes = bytes_of(sample::sale());
    let total = bytes.iter().rposition(|byte| *byte == 100).unwrap();
    bytes[total] = 102;
    assert_eq!(decode(&bytes), Err(ReadError::Invalid));
}

#[test]
fn other_versions_are_refused() {
    let mut bytes = bytes_of(sample::sale());
    for version in (0..=u8::MAX).filter(|version| *version != 1) {
        bytes[0] = version;
        assert_eq!(decode(&bytes), Err(ReadError::Invalid), "version {version}");
    }
}
