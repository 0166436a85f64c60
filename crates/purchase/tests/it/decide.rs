//! What becomes of a settlement that comes again, and sums of digests that no order changes.

use crate::property::for_all;
use proptest::collection::vec;
use proptest::prelude::*;
use purchase::decide::{Decision, Digest, add_digest, decide, subtract_digest};

#[test]
fn a_key_is_recorded_once() {
    let (one, other) = (Digest([1; 32]), Digest([2; 32]));
    let mut last_bit = one;
    last_bit.0[31] ^= 1;
    let rows = [
        (None, one, Decision::Record),
        (None, Digest([0; 32]), Decision::Record),
        (Some(one), one, Decision::AlreadyRecorded),
        (Some(one), other, Decision::Conflict),
        (Some(other), one, Decision::Conflict),
        (Some(one), last_bit, Decision::Conflict),
        (Some(Digest([0; 32])), one, Decision::Conflict),
    ];
    for (recorded, sent, expected) in rows {
        assert_eq!(
            decide(recorded, sent),
            expected,
            "{recorded:?} then {sent:?}"
        );
    }
}

#[test]
fn a_digest_is_shown_in_hex() {
    let mut digest = Digest([0; 32]);
    (digest.0[0], digest.0[31]) = (0x0a, 0xff);
    let shown = format!("{digest:?}");
    assert_eq!(shown, format!("0a{}ff", "00".repeat(30)));
}

/// A little-endian number of 256 bits, shorter ones filled up with zeros.
fn number(low: &[u8]) -> [u8; 32] {
    let mut number = [0; 32];
    number[..low.len()].copy_from_slice(low);
    number
}

#[test]
fn digests_add_with_carry_and_wrap_around() {
    let most = [0xff; 32];
    let rows = [
        (number(&[]), number(&[]), number(&[])),
        (number(&[1]), number(&[2]), number(&[3])),
        (number(&[0xff]), number(&[1]), number(&[0, 1])),
        (number(&[0xff, 0xff]), number(&[1]), number(&[0, 0, 1])),
        (number(&[0x80]), number(&[0x80]), number(&[0, 1])),
        (number(&[0xff]), number(&[0xff]), number(&[0xfe, 1])),
        (most, number(&[]), most),
        (most, number(&[1]), number(&[])),
        (most, number(&[2]), number(&[1])),
        (most, most, {
            let mut less = most;
            less[0] = 0xfe;
            less
        }),
    ];
    for (left, right, sum) in rows {
        assert_eq!(add_digest(left, Digest(right)), sum, "{left:?} + {right:?}");
        assert_eq!(add_digest(right, Digest(left)), sum, "{right:?} + {left:?}");
        assert_eq!(
            subtract_digest(sum, Digest(right)),
            left,
            "{sum:?} - {right:?}"
        );
        assert_eq!(
            subtract_digest(sum, Digest(left)),
            right,
            "{sum:?} - {left:?}"
        );
    }
}

/// The same sum over two halves of 128 bits.
fn add_halves(left: [u8; 32], right: [u8; 32]) -> [u8; 32] {
    let half = |number: &[u8]| u128::from_le_bytes(number.try_into().unwrap());
    let (low, carry) = half(&left[..16]).overflowing_add(half(&right[..16]));
    let high = half(&left[16..]).wrapping_add(half(&right[16..]));
    let high = high.wrapping_add(u128::from(carry));
    let bytes = [low.to_le_bytes(), high.to_le_bytes()].concat();
    bytes.try_into().unwrap()
}

#[test]
fn a_sum_of_digests_does_not_depend_on_their_order() {
    let byte = prop_oneof![any::<u8>(), Just(0xff), Just(0)];
    let digest = vec(byte, 32).prop_map(|bytes| Digest(bytes.try_into().unwrap()));
    let digests = vec(digest, 0..8);
    let orders =
        digests.prop_flat_map(|digests| (Just(digests.clone()), Just(digests).prop_shuffle()));
    for_all(400, orders, |(digests, shuffled)| {
        let sum = digests
            .iter()
            .fold([0; 32], |sum, digest| add_digest(sum, *digest));
        let again = shuffled
            .iter()
            .fold([0; 32], |sum, digest| add_digest(sum, *digest));
        let model = digests
            .iter()
            .fold([0; 32], |sum, digest| add_halves(sum, digest.0));
        assert_eq!(sum, again);
        assert_eq!(sum, model);
        let take = |sum, digest: &Digest| subtract_digest(sum, *digest);
        let nothing = shuffled.iter().fold(sum, take);
        assert_eq!(nothing, [0; 32], "all taken out again");
    });
}
