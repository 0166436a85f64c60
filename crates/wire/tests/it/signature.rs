//! The signed text, byte for byte, with the signature that a published key makes of it.

use purchase::id::DeviceId;
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use wire::signature::{ClaimError, Claimed, message, show_signature};

/// The secret key of the first test vector of RFC 8032, which everybody knows.
const SEED: &str = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";
/// SHA-256 of no bytes, and of `{}`.
const NOTHING: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
const BRACES: &str = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";

fn bytes<const LEN: usize>(digits: &str) -> [u8; LEN] {
    let byte = |at: usize| u8::from_str_radix(&digits[2 * at..2 * at + 2], 16).unwrap();
    std::array::from_fn(byte)
}

fn text(method: &str, path: &str, body: &str) -> Vec<u8> {
    let sent_at = 1_775_790_000_000;
    message(method, path, "mart", "r-1_Z", sent_at, &bytes(body))
}

#[test]
fn what_is_signed_is_fixed_byte_for_byte() {
    let signed = text("POST", "/v1/settlements", BRACES);
    insta::assert_snapshot!(str::from_utf8(&signed).unwrap(), @r"
    orihon-1
    POST
    /v1/settlements
    mart
    r-1_Z
    1775790000000
    44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a
    ");
    assert_ne!(signed.last(), Some(&b'\n'));
    let pair = Ed25519KeyPair::from_seed_unchecked(&bytes::<32>(SEED)).unwrap();
    let shown = show_signature(pair.public_key().as_ref());
    insta::assert_snapshot!(shown, @"d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
    let signature = pair.sign(&signed);
    insta::assert_snapshot!(show_signature(signature.as_ref()), @"fd0e44f02dcbc89f1f592991ffa372c6149d14433d9273b49284bdd3cde1823ab94025360e000fd7843eb79b7787fd425bfe62985c32474f9757f58fb3de2a0b");
    let known = UnparsedPublicKey::new(&ED25519, pair.public_key());
    known.verify(&signed, signature.as_ref()).unwrap();
    for other in [
        text("PUT", "/v1/settlements", BRACES),
        text("POST", "/v1/settlements?", BRACES),
        text("POST", "/v1/settlements", NOTHING),
    ] {
        assert!(known.verify(&other, signature.as_ref()).is_err());
    }
}

#[test]
fn headers_are_read_in_one_spelling() {
    let device_id = DeviceId([7; 16]);
    let device = device_id.to_string();
    let signature = "0F".repeat(64);
    let long = "x".repeat(64);
    let longer = "x".repeat(65);
    let good = Claimed {
        device_id,
        id: "r-1_Z",
        timestamp_ms: 1_775_790_000_000,
        signature: [15; 64],
    };
    let read = Claimed::read(&device, "r-1_Z", "1775790000000", &signature);
    assert_eq!(read, Ok(good));
    use ClaimError::{Device, Id, Signature, Timestamp};
    let rows = [
        ("", "r", "1", signature.as_str(), Some(Device)),
        ("usr_0", "r", "1", &signature, Some(Device)),
        (&device, "", "1", &signature, Some(Id)),
        (&device, "a b", "1", &signature, Some(Id)),
        (&device, "é", "1", &signature, Some(Id)),
        (&device, &longer, "1", &signature, Some(Id)),
        (&device, &long, "1", &signature, None),
        (&device, "r", "", &signature, Some(Timestamp)),
        (&device, "r", "+1", &signature, Some(Timestamp)),
        (&device, "r", "-1", &signature, Some(Timestamp)),
        (&device, "r", "1.5", &signature, Some(Timestamp)),
        (
            &device,
            "r",
            "99999999999999999999",
            &signature,
            Some(Timestamp),
        ),
        (&device, "r", "1", "", Some(Signature)),
        (&device, "r", "1", &signature[1..], Some(Signature)),
    ];
    for (at, (device, id, timestamp, signature, error)) in rows.into_iter().enumerate() {
        let read = Claimed::read(device, id, timestamp, signature);
        assert_eq!(read.err(), error, "row {at}");
    }
}
