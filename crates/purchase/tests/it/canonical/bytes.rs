//! The primitive forms: numbers in as few bytes as they need, and one spelling of each.

use crate::property::for_all;
use proptest::prelude::*;
use purchase::bytes::{ReadError, Reader, Writer};

fn written(write: impl FnOnce(&mut Writer)) -> Vec<u8> {
    let mut out = Writer::default();
    write(&mut out);
    out.finish()
}

#[test]
fn numbers_take_seven_bits_a_byte() {
    let rows: [(u64, &[u8]); 9] = [
        (0, &[0]),
        (1, &[1]),
        (127, &[127]),
        (128, &[0x80, 1]),
        (300, &[0xac, 2]),
        (16_383, &[0xff, 0x7f]),
        (16_384, &[0x80, 0x80, 1]),
        (
            u64::MAX >> 1,
            &[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f],
        ),
        (
            u64::MAX,
            &[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1],
        ),
    ];
    for (number, bytes) in rows {
        assert_eq!(written(|out| out.number(number)), bytes, "{number}");
        let mut from = Reader::new(bytes);
        assert_eq!(from.number(), Ok(number));
        assert_eq!(from.finish(), Ok(()));
    }
}

#[test]
fn signed_numbers_zigzag() {
    let rows = [
        (0, 0),
        (-1, 1),
        (1, 2),
        (-2, 3),
        (i64::MAX, u64::MAX - 1),
        (i64::MIN, u64::MAX),
    ];
    for (signed, number) in rows {
        let bytes = written(|out| out.signed(signed));
        assert_eq!(bytes, written(|out| out.number(number)), "{signed}");
        assert_eq!(Reader::new(&bytes).signed(), Ok(signed));
    }
}

#[test]
fn numbers_of_another_spelling_are_refused() {
    let rows: [(&[u8], ReadError); 7] = [
        (&[], ReadError::Short),
        (&[0x80], ReadError::Short),
        (&[0x80, 0], ReadError::Invalid),
        (&[0xff, 0x80, 0], ReadError::Invalid),
        (
            &[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2],
            ReadError::Invalid,
        ),
        (
            &[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x81],
            ReadError::Invalid,
        ),
        (&[0x80; 11], ReadError::Invalid),
    ];
    for (bytes, error) in rows {
        assert_eq!(Reader::new(bytes).number(), Err(error), "{bytes:?}");
    }
}

#[test]
fn counts_and_lengths_are_bounded() {
    assert_eq!(Reader::new(&[5]).count(5), Ok(5));
    assert_eq!(Reader::new(&[6]).count(5), Err(ReadError::Invalid));
    assert_eq!(Reader::new(&[2, b'a']).text(), Err(ReadError::Short));
    assert_eq!(Reader::new(&[1, 0xc3]).text(), Err(ReadError::Invalid));
    assert_eq!(Reader::new(&[1]).array::<2>(), Err(ReadError::Short));
    assert_eq!(Reader::new(&[1]).finish(), Err(ReadError::Long));
    let huge = written(|out| out.number(u64::MAX));
    assert_eq!(Reader::new(&huge).bytes(), Err(ReadError::Short));
}

#[test]
fn whatever_is_written_reads_back() {
    let random = (any::<u64>(), any::<i64>(), ".{0,20}", any::<[u8; 7]>());
    for_all(500, random, |(number, signed, text, array)| {
        let bytes = written(|out| {
            out.number(number);
            out.text(&text);
            out.signed(signed);
            out.raw(&array);
        });
        let mut from = Reader::new(&bytes);
        assert_eq!(from.number(), Ok(number));
        assert_eq!(from.text(), Ok(text.as_str()));
        assert_eq!(from.signed(), Ok(signed));
        assert_eq!(from.array(), Ok(array));
        assert_eq!(from.rest(), []);
    });
}

/// Whatever number can be read is written in the same bytes again.
#[test]
fn numbers_have_one_spelling() {
    let bytes = prop::collection::vec(any::<u8>(), 1..12);
    for_all(1_000, bytes, |bytes| {
        let mut from = Reader::new(&bytes);
        if let Ok(number) = from.number() {
            let read = bytes.len() - from.rest().len();
            assert_eq!(written(|out| out.number(number)), bytes[..read]);
        }
    });
}
