//! The kept bytes of version 1. Digests and stored bodies are made of them, so they must be read
//! and written like this for ever: rows may be added to the file, never changed.

use crate::sample;
use purchase::canonical::{decode, encode};
use purchase::settlement::{Content, Settlement};
use std::collections::HashMap;

const KEPT: &str = include_str!("../../fixtures/settlement_v1.hex");

#[test]
fn kept_settlements_keep_their_bytes() {
    let kept: HashMap<&str, &str> = KEPT
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| line.split_once(' ').expect("a name and its bytes"))
        .collect();
    let rows: [(&str, Content); 5] = [
        ("sale", sample::sale()),
        ("full", sample::full()),
        ("goods_back", sample::goods_back()),
        ("void", sample::void()),
        ("widest", sample::widest()),
    ];
    let mut changed = String::new();
    for (name, content) in &rows {
        let settlement = Settlement::prove(content.clone()).unwrap();
        let found = hex(&encode(&settlement));
        match kept.get(name) {
            Some(bytes) if *bytes == found => {
                assert_eq!(decode(&unhex(bytes)), Ok(settlement), "{name}");
            }
            _ => changed += &format!("{name} {found}\n"),
        }
    }
    assert!(changed.is_empty(), "not as they are kept:\n{changed}");
    assert_eq!(kept.len(), rows.len(), "each kept row is checked");
}

/// The contract's example byte by byte, so that the layout can be read and not only compared.
#[test]
fn the_smallest_sale_is_laid_out_as_written_down() {
    let parts: [&[u8]; 14] = [
        &[1], // version
        &[5],
        b"s-330", // store
        &[1],
        b"1",                // terminal
        &[0xa1, 0x84, 0x3f], // 2017 * 512 + 1 * 32 + 1
        &[11],
        b"31198570044",                        // transaction
        &[1],                                  // a sale
        &[0xe0, 0xbb, 0x84, 0x9e, 0xab, 0x56], // 1483271606000 ms, zigzag
        b"USD",
        &[100], // total 50, zigzag
        &[1],   // one line
        &[
            0xc0, 0x84, 0x3d, 100, 100, 1, 7, b'1', b'0', b'9', b'5', b'2', b'7', b'5', 0, 0,
        ],
    ];
    let settlement = Settlement::prove(sample::sale()).unwrap();
    assert_eq!(hex(&encode(&settlement)), hex(&parts.concat()));
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Vec<u8> {
    let pairs = (0..text.len()).step_by(2);
    pairs
        .map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap())
        .collect()
}
