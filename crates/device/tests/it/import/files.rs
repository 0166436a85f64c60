//! Files as a whole: encodings, marks, separators, line ends, and what is no list at all.

use super::{cp932, read};
use device::import::{BYTES_MAX, Encoding, ImportError};

const LIST: &str = "商品コード,商品名,価格\r\n4901234567894,牛乳 1L,\"1,248\"\r\n0012,食ﾊﾟﾝ,130\r\n";

fn utf16(text: &str, to_bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    let units = std::iter::once(0xfeff).chain(text.encode_utf16());
    units.flat_map(to_bytes).collect()
}

#[test]
fn one_list_reads_alike_however_it_was_saved() {
    let marked = [b"\xef\xbb\xbf", LIST.as_bytes()].concat();
    let tabs = LIST
        .replace("\"1,248\"", "1 248")
        .replace(',', "\t")
        .replace("1 248", "1,248");
    let rows = [
        (LIST.as_bytes().to_vec(), Encoding::Utf8),
        (marked, Encoding::Utf8),
        (cp932(LIST), Encoding::Cp932),
        (utf16(LIST, u16::to_le_bytes), Encoding::Utf16Le),
        (utf16(LIST, u16::to_be_bytes), Encoding::Utf16Be),
        (tabs.clone().into_bytes(), Encoding::Utf8),
        (cp932(&tabs), Encoding::Cp932),
        (tabs.replace('\t', ";").into_bytes(), Encoding::Utf8),
        (LIST.replace("\r\n", "\n").into_bytes(), Encoding::Utf8),
        (LIST.replace("\r\n", "\r").into_bytes(), Encoding::Utf8),
        (LIST.trim_end().as_bytes().to_vec(), Encoding::Utf8),
    ];
    for (bytes, encoding) in rows {
        let plan = read(&bytes, &[]).unwrap();
        assert_eq!(plan.encoding, encoding);
        assert!(plan.errors.is_empty(), "{plan}");
        let found: Vec<_> = plan
            .rows
            .iter()
            .map(|row| {
                let item = &row.item;
                (
                    row.line,
                    item.code.as_str(),
                    item.name.as_str(),
                    item.unit_price,
                )
            })
            .collect();
        let expected = [
            (2, "4901234567894", "牛乳 1L", Some(1_248)),
            (3, "0012", "食ﾊﾟﾝ", Some(130)),
        ];
        assert_eq!(found, expected, "{encoding:?} {plan}");
    }
}

#[test]
fn what_is_no_list_is_refused_with_what_to_do() {
    let mut broken_cp932 = cp932("商品コード,商品名\r\n1,牛乳\r\n2,");
    broken_cp932.extend(b"\x81\xff\r\n");
    let mut broken_utf8 = "商品コード,商品名\n1,牛乳\n2,パ".as_bytes().to_vec();
    broken_utf8.extend(b"\xff\xff,\n");
    let mut broken_utf16 = utf16("code,name\n1,a\n", u16::to_le_bytes);
    broken_utf16.push(b'x');
    let unmarked = utf16("code,name\n1,a\n", u16::to_le_bytes).split_off(2);
    let wide = "a,".repeat(600);
    let rows: Vec<(Vec<u8>, &str)> = vec![
        (broken_cp932, "line 3: the bytes 81 FF are no CP932"),
        (broken_utf8, "line 3: the bytes FF are no UTF-8"),
        (broken_utf16, "line 3: the bytes 78 are no UTF-16LE"),
        (unmarked, "save it as CSV UTF-8"),
        (b"PK\x03\x04 and so on".to_vec(), "this is a workbook"),
        (Vec::new(), "the file is empty"),
        (b"\xef\xbb\xbf\r\n\r\n , \r\n".to_vec(), "the file is empty"),
        (wide.into_bytes(), "601 columns"),
        (
            "code,name\n"
                .to_owned()
                .into_bytes()
                .into_iter()
                .chain([b','; 20_000])
                .collect(),
            "line 2 has 20000 cells",
        ),
        (vec![b' '; BYTES_MAX + 1], "at most 67108864 are read"),
    ];
    for (bytes, expected) in rows {
        let fault = read(&bytes, &[]).unwrap_err().to_string();
        assert!(fault.contains(expected), "expected {expected:?}: {fault}");
    }
}

/// Nearly every text in UTF-8 is also readable as CP932, as other words. A single damaged byte must
/// not turn a whole list into those.
#[test]
fn damaged_utf8_is_never_taken_for_cp932() {
    let text = LIST.to_owned() + "77,おにぎり,120\r\n";
    let mut bytes = text.into_bytes();
    let last = bytes.iter().rposition(|byte| *byte == 0xe3).unwrap();
    bytes.remove(last);
    let fault = read(&bytes, &[]).unwrap_err();
    assert!(
        matches!(
            fault,
            ImportError::Undecodable {
                line: 4,
                encoding: "UTF-8",
                ..
            }
        ),
        "{fault}"
    );
}

#[test]
fn too_many_rows_are_refused_whole() {
    let list = "code,name\n".to_owned() + &"1\n".repeat(1_000_001);
    assert_eq!(read(&list, &[]).unwrap_err(), ImportError::TooManyRows);
}
