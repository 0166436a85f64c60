//! Finding items by what people type.

use crate::shop::{Shop, shop};
use device::till::find::Index;

fn found(index: &mut Index, shop: &Shop, query: &str) -> String {
    let items = index.find(shop.database.connection(), query, 50).unwrap();
    let codes: Vec<_> = items.iter().map(|item| item.code.as_str()).collect();
    codes.join(" ")
}

#[test]
fn spelling_makes_no_difference() {
    let shop = shop();
    shop.sql(
        "INSERT INTO items (code, name, short_name, reading) VALUES
            ('4901', 'おいしい牛乳 1L', NULL, 'ｵｲｼｲｷﾞｭｳﾆｭｳ'),
            ('4902', '鮭', NULL, 'サケ'), ('4903', '鮭フレーク', NULL, 'サケフレーク'),
            ('4904', 'ＭＩＬＫチョコ', 'ﾐﾙｸﾁｮｺ', NULL), ('a-5', 'コーヒー', NULL, NULL);",
    );
    let rows = [
        ("鮭", "4902 4903"),
        ("さけ", "4902 4903"),
        ("ｻｹ", "4902 4903"),
        ("ギュウニュウ", "4901"),
        ("milk", "4904"),
        ("みるく", "4904"),
        ("ﾁｮｺ　ｍｉｌｋ", "4904"),
        ("４９０２", "4902"),
        ("こおひ", ""),
        ("コ-ヒ-", "a-5"),
        ("A-5", "a-5"),
        ("1l 牛", "4901"),
        ("フレーク", "4903"),
        ("", "4904 4901 a-5 4902 4903"),
        ("ない", ""),
    ];
    let mut index = Index::default();
    for (query, expected) in rows {
        let mut all: Vec<_> = found(&mut index, &shop, query)
            .split(' ')
            .map(str::to_owned)
            .collect();
        let mut expected: Vec<_> = expected.split(' ').map(str::to_owned).collect();
        if query.is_empty() {
            all.sort();
            expected.sort();
        }
        assert_eq!(all, expected, "{query:?}");
    }
}

#[test]
fn what_the_shop_changes_is_found_at_once() {
    let shop = shop();
    shop.sql("INSERT INTO items (code, name) VALUES ('1', '鮭'), ('2', '卵'), ('3', 'パン')");
    let mut index = Index::default();
    assert_eq!(found(&mut index, &shop, "卵"), "2");
    let steps = [
        ("UPDATE items SET name = '玉子' WHERE code = '2'", "卵", ""),
        ("INSERT INTO items (code, name) VALUES ('4', '卵焼き')", "卵", "4"),
        ("UPDATE items SET code = '5' WHERE code = '4'", "卵", "5"),
        ("DELETE FROM items WHERE code = '5'", "卵", ""),
        // What was forgotten of the history costs a whole reading, and nothing else.
        ("INSERT INTO items (code, name) VALUES ('6', '卵'); UPDATE items SET name = '卵2' WHERE code = '6';
          DELETE FROM item_changes WHERE revision < (SELECT max(revision) FROM item_changes)", "卵", "6"),
        ("DELETE FROM items", "パン", ""),
    ];
    for (sql, query, expected) in steps {
        shop.sql(sql);
        assert_eq!(found(&mut index, &shop, query), expected, "{sql}");
    }
}
