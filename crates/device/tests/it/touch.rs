//! Keys for what is sold by touch: whoever writes them, the page shows what they ring up, and the server
//! hears nothing of them.

use crate::api::{get, near};
use crate::shop::{Shop, clock, open, shop};
use device::api::{Till, router};
use device::capture;
use device::touch::{self, KEYS_MAX, TouchError};
use purchase::id::ItemCode;
use std::sync::Arc;

const ITEMS: &str = "INSERT INTO items (code, name, unit_price) VALUES ('4901', '牛乳 1L', 248), ('D1', 'ブレンド', 480);
    INSERT INTO items (code, name) VALUES ('bread', 'パン');";

fn codes(codes: &[&str]) -> Vec<ItemCode> {
    codes
        .iter()
        .map(|code| ItemCode::parse(code).unwrap())
        .collect()
}

fn shown(shop: &Shop) -> String {
    let keys = touch::keys(shop.database.connection()).unwrap();
    serde_json::to_string(&keys).unwrap()
}

#[test]
fn keys_are_written_by_sql_and_follow_the_items() {
    let check = |sql: &str| {
        let shop = shop();
        shop.sql(ITEMS);
        let newest = capture::newest(shop.database.connection()).unwrap();
        shop.sql("INSERT INTO touch_keys VALUES (2, '4901', NULL), (1, 'D1', 'ホット')");
        let told = capture::newest(shop.database.connection()).unwrap();
        assert_eq!(told, newest, "keys are the shop's own affair");
        shop.sql(sql);
        format!("{sql}\n  {}", shown(&shop))
    };
    let rows = [
        "UPDATE items SET name = '低脂肪乳', unit_price = 258 WHERE code = '4901'",
        "UPDATE touch_keys SET label = '' WHERE code = 'D1'",
        "DELETE FROM items WHERE code = '4901'",
        "INSERT INTO touch_keys VALUES (48, 'bread', NULL)",
        "DELETE FROM touch_keys",
    ];
    insta::assert_snapshot!(rows.map(check).join("\n"), @r#"
    UPDATE items SET name = '低脂肪乳', unit_price = 258 WHERE code = '4901'
      [{"code":"D1","label":"ホット","unit_price":480},{"code":"4901","label":"低脂肪乳","unit_price":258}]
    UPDATE touch_keys SET label = '' WHERE code = 'D1'
      [{"code":"D1","label":"ブレンド","unit_price":480},{"code":"4901","label":"牛乳 1L","unit_price":248}]
    DELETE FROM items WHERE code = '4901'
      [{"code":"D1","label":"ホット","unit_price":480},{"code":"4901","label":"4901"}]
    INSERT INTO touch_keys VALUES (48, 'bread', NULL)
      [{"code":"D1","label":"ホット","unit_price":480},{"code":"4901","label":"牛乳 1L","unit_price":248},{"code":"bread","label":"パン"}]
    DELETE FROM touch_keys
      []
    "#);
}

#[test]
fn keys_are_set_all_at_once_and_keep_their_labels() {
    let mut shop = shop();
    shop.sql(ITEMS);
    shop.sql("INSERT INTO touch_keys VALUES (1, 'D1', 'ホット')");
    touch::set(&mut shop.database, &codes(&["bread", "D1", "nobody"])).unwrap();
    insta::assert_snapshot!(shown(&shop), @r#"[{"code":"bread","label":"パン"},{"code":"D1","label":"ホット","unit_price":480},{"code":"nobody","label":"nobody"}]"#);
    let many: Vec<_> = (0..=KEYS_MAX).map(|nth| nth.to_string()).collect();
    let many: Vec<_> = many.iter().map(String::as_str).collect();
    let refused = touch::set(&mut shop.database, &codes(&many)).unwrap_err();
    assert!(matches!(refused, TouchError::TooMany(49)), "{refused}");
    assert!(shown(&shop).contains("ホット"), "nothing was changed");
    touch::set(&mut shop.database, &[]).unwrap();
    assert_eq!(shown(&shop), "[]");
}

#[test]
fn a_place_off_the_screen_is_none() {
    let shop = shop();
    let connection = shop.database.connection();
    for place in ["0", "49", "'first'"] {
        let sql = format!("INSERT INTO touch_keys VALUES ({place}, 'D1', NULL)");
        let refused = connection.execute(&sql, []);
        assert!(refused.is_err(), "{place}");
    }
}

#[tokio::test]
async fn the_page_asks_for_them() {
    let Shop {
        folder,
        database,
        store,
    } = shop();
    let api = near(router(Arc::new(Till::new(database, store, clock()))));
    assert_eq!(
        get(&api, "/api/touch").await,
        (200, r#"{"keys":[]}"#.to_owned())
    );
    // Another program writes them while the till is open.
    let theirs = open(folder.path());
    let sql = format!("{ITEMS} INSERT INTO touch_keys VALUES (1, 'bread', NULL);");
    theirs.connection().execute_batch(&sql).unwrap();
    let (status, keys) = get(&api, "/api/touch").await;
    assert_eq!(status, 200);
    assert_eq!(keys, r#"{"keys":[{"code":"bread","label":"パン"}]}"#);
    let (_, page) = get(&api, "/").await;
    assert!(page.contains("/touch.js") && page.contains("id=\"touch\""));
}
