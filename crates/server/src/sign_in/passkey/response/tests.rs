//! The published example of WebAuthn, level 3 (16.2: ES256 without attestation), and everything that
//! must not hold of it.

use super::*;

const CREATED: &str = r#"{"type":"webauthn.create","challenge":"AMMPtUUxxGTStncdq417Y7wBFi8vpIa-pw8oOuVW4TA","origin":"https://example.org","crossOrigin":false,"extraData":"clientDataJSON may be extended with additional fields in the future, such as this: BkQeDjcDBrXBiAwJLE5Q"}"#;
const ATTESTATION: &str = "a363666d74646e6f6e656761747453746d74a068617574684461746158a4bfabc37432958b063360d3ad6461c9c4735ae7f8edd46592a5e0f01452b2e4b559000000008446ccb9ab1db374750b2367ff6f3a1f0020f91f391db4c9b2fde0ea70189cba3fb63f579ba6122b33ad94ff3ec330084be4a5010203262001215820afefa16f97ca9b2d23eb86ccb64098d20db90856062eb249c33a9b672f26df61225820930a56b87a2fca66334b03458abf879717c12cc68ed73290af2e2664796b9220";
const GOT: &str = r#"{"type":"webauthn.get","challenge":"OcDnUhQXulTUPo3JUXT0I97pvzzYBP9tZchXyav01Ag","origin":"https://example.org","crossOrigin":false}"#;
const DATA: &str = "bfabc37432958b063360d3ad6461c9c4735ae7f8edd46592a5e0f01452b2e4b51900000000";
const SIGNATURE: &str = "3046022100f50a4e2e4409249c4a853ba361282f09841df4dd4547a13a87780218deffcd380221008480ac0f0b93538174f575bf11a1dd5d78c6e486013f937295ea13653e331e87";
const ID: &str = "f91f391db4c9b2fde0ea70189cba3fb63f579ba6122b33ad94ff3ec330084be4";

fn bytes(hex: &str) -> Vec<u8> {
    let digits = hex.as_bytes().chunks(2);
    digits
        .map(|pair| u8::from_str_radix(str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect()
}

fn party() -> Party {
    Party {
        id: "example.org".to_owned(),
        origin: "https://example.org".to_owned(),
    }
}

#[test]
fn the_published_example_holds() {
    let asked = client_data(CREATED.as_bytes(), Ceremony::Create, &party()).unwrap();
    assert_eq!(asked, "AMMPtUUxxGTStncdq417Y7wBFi8vpIa-pw8oOuVW4TA");
    let new = registered(&bytes(ATTESTATION), &party()).unwrap();
    assert_eq!((new.id, new.counter), (bytes(ID), 0));
    assert_eq!(new.presence, Presence::There);
    let asked = client_data(GOT.as_bytes(), Ceremony::Get, &party()).unwrap();
    assert_eq!(asked, "OcDnUhQXulTUPo3JUXT0I97pvzzYBP9tZchXyav01Ag");
    let (data, signature) = (bytes(DATA), bytes(SIGNATURE));
    let proven = asserted(&data, GOT.as_bytes(), &signature, &new.public_key, &party());
    let told = Told {
        counter: 0,
        presence: Presence::There,
    };
    assert_eq!(proven, Ok(told));
}

#[test]
fn what_the_browser_says_is_for_this_place_and_this_question() {
    let check = |from: &str, to: &str, fault: PasskeyFault| {
        let said = GOT.replacen(from, to, 1);
        let proven = client_data(said.as_bytes(), Ceremony::Get, &party());
        assert_eq!(proven, Err(fault), "{said}");
    };
    check("webauthn.get", "webauthn.create", PasskeyFault::Ceremony);
    check("https", "http", PasskeyFault::Origin);
    check(
        "example.org",
        "example.org.evil.example",
        PasskeyFault::Origin,
    );
    check("example.org", "sub.example.org", PasskeyFault::Origin);
    check("false", "true", PasskeyFault::Origin);
    check("\"origin\"", "\"place\"", PasskeyFault::Malformed);
    check("{", "", PasskeyFault::Malformed);
}

#[test]
fn a_registration_that_was_tampered_with_does_not_hold() {
    let whole = bytes(ATTESTATION);
    let check = |from: &str, to: &str, fault: PasskeyFault| {
        let object = bytes(&ATTESTATION.replacen(from, to, 1));
        assert_eq!(registered(&object, &party()), Err(fault), "{from} {to}");
    };
    check("bfabc374", "bfabc375", PasskeyFault::Party);
    // Nobody there; no key told.
    check("b559000000", "b558000000", PasskeyFault::Absent);
    check("b559000000", "b519000000", PasskeyFault::Malformed);
    // RSA, another curve, a coordinate that is too short, an id longer than the whole.
    check("a5010203262001", "a5010303262001", PasskeyFault::Algorithm);
    check("a5010203262001", "a5010203262002", PasskeyFault::Algorithm);
    check("225820930a", "22581f930a", PasskeyFault::Malformed);
    check("1f0020f91f", "1fffff", PasskeyFault::Malformed);
    for length in 0..whole.len() {
        let cut = registered(&whole[..length], &party());
        assert_eq!(cut, Err(PasskeyFault::Malformed), "{length}");
    }
    let longer = [whole.as_slice(), &[0]].concat();
    assert_eq!(registered(&longer, &party()), Err(PasskeyFault::Malformed));
}

#[test]
fn a_signature_holds_for_what_was_signed_only() {
    let key = registered(&bytes(ATTESTATION), &party())
        .unwrap()
        .public_key;
    let check = |data: &[u8], said: &str, signature: &[u8], key: &[u8; 65], fault| {
        let proven = asserted(data, said.as_bytes(), signature, key, &party());
        assert_eq!(proven, Err(fault));
    };
    let (data, signature) = (bytes(DATA), bytes(SIGNATURE));
    let mut counted = data.clone();
    counted[36] = 1;
    check(&counted, GOT, &signature, &key, PasskeyFault::Signature);
    let other = GOT.replacen("OcDn", "OcDm", 1);
    check(&data, &other, &signature, &key, PasskeyFault::Signature);
    check(&data, GOT, &signature[..70], &key, PasskeyFault::Signature);
    check(&data, GOT, &[], &key, PasskeyFault::Signature);
    let mut flipped = key;
    flipped[64] ^= 1;
    check(&data, GOT, &signature, &flipped, PasskeyFault::Signature);
    check(&data[..36], GOT, &signature, &key, PasskeyFault::Malformed);
    let mut absent = data.clone();
    absent[32] &= !1;
    check(&absent, GOT, &signature, &key, PasskeyFault::Absent);
    let mut elsewhere = data;
    elsewhere[0] ^= 1;
    check(&elsewhere, GOT, &signature, &key, PasskeyFault::Party);
}
