//! Who serves, who approves, and which tills may ask.

use crate::api::{ask, get, near, post};
use crate::shop::{DAY, NOW, Shop, shop};
use axum::body::Body;
use axum::{Extension, Router};
use device::api::{Till, router};
use device::clock::Clock;
use device::rules::Rule;
use device::staff::{self, Role};
use device::{paired, till};
use door::Peer;
use http::Request;
use http::header::{AUTHORIZATION, RETRY_AFTER};
use purchase::time::Timestamp;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU8, Ordering};
use tempfile::TempDir;

/// A shop with staff, whose clock can be moved.
struct Staffed {
    near: Router,
    far: Router,
    ms: Arc<AtomicI64>,
    folder: TempDir,
}

fn staffed(rules: &[(Rule, &str)]) -> Staffed {
    let shop = shop();
    shop.sql(
        "INSERT INTO items (code, name, unit_price, tax_percent, tax_included)
         VALUES ('bread', 'パン', 150, '8', 1)",
    );
    let Shop {
        folder,
        database,
        store,
    } = shop;
    let connection = database.connection();
    let people = [
        ("7", "太郎", Role::Cashier, Some("1111")),
        ("8", "次郎", Role::Cashier, None),
        ("9", "花子", Role::Manager, Some("2222")),
        ("10", "三郎", Role::Manager, None),
    ];
    for (number, name, role, pin) in people {
        staff::add(connection, (number, name, role), pin, [3; 16]).unwrap();
    }
    for (rule, value) in rules {
        rule.set(connection, value).unwrap();
    }
    let ms = Arc::new(AtomicI64::new(wire::time::read(NOW).unwrap().ms()));
    let (now, drawn) = (Arc::clone(&ms), AtomicU8::new(0));
    let clock = Clock::new(
        Arc::new(move || Timestamp::from_ms(now.load(Ordering::Relaxed)).unwrap()),
        Arc::new(move |bytes| bytes.fill(drawn.fetch_add(1, Ordering::Relaxed))),
    );
    let api = router(Arc::new(Till::new(database, store, clock)));
    let elsewhere = Peer(([192, 168, 0, 5], 9).into());
    Staffed {
        near: near(api.clone()),
        far: api.layer(Extension(elsewhere)),
        ms,
        folder,
    }
}

impl Staffed {
    async fn sign_on(&self, number: &str, pin: &str) -> (u16, Value) {
        let claimed = json!({"staff": number, "pin": pin});
        post(&self.near, "/api/sign-on", &claimed).await
    }

    fn log(&self) -> String {
        let database = crate::shop::open(self.folder.path());
        let mut statement = database
            .connection()
            .prepare("SELECT what, coalesce(staff, '-'), detail FROM log ORDER BY id")
            .unwrap();
        let rows = statement.query_map([], |row| {
            let parts: [String; 3] = [row.get(0)?, row.get(1)?, row.get(2)?];
            Ok(parts.join(" | ").trim_end_matches(" | ").to_owned())
        });
        rows.unwrap()
            .collect::<Result<Vec<_>, _>>()
            .unwrap()
            .join("\n")
    }
}

fn bread() -> Value {
    json!({"terminal": "1", "lines": [{"code": "bread"}], "tenders": [{"kind": "cash", "amount": 150}]})
}

#[tokio::test]
async fn wrong_pins_make_everybody_wait() {
    let shop = staffed(&[]);
    let mut told = String::new();
    for nth in 1..=7 {
        let (status, answer) = shop.sign_on("7", "0000").await;
        told += &format!("wrong {nth}: {status} {}\n", answer["code"]);
    }
    // The right one is not looked at either, until the time is up.
    let (status, answer) = shop.sign_on("7", "1111").await;
    told += &format!("right, too early: {status} {}\n", answer["params"]);
    assert_eq!(shop.sign_on("9", "2222").await.0, 200, "nobody else waits");
    shop.ms.fetch_add(121_000, Ordering::Relaxed);
    let (status, answer) = shop.sign_on("7", "0000").await;
    told += &format!("wrong, after a wait: {status} {}\n", answer["code"]);
    let (status, answer) = shop.sign_on("7", "1111").await;
    told += &format!("right, too early: {status} {}\n", answer["params"]);
    shop.ms.fetch_add(241_000, Ordering::Relaxed);
    told += &format!(
        "right, after a longer wait: {}\n",
        shop.sign_on("7", "1111").await.0
    );
    told += &format!(
        "one more mistake: {}\n",
        shop.sign_on("7", "0000").await.1["code"]
    );
    told += &format!("and right at once: {}", shop.sign_on("7", "1111").await.0);
    insta::assert_snapshot!(told, @r#"
    wrong 1: 403 "pin_wrong"
    wrong 2: 403 "pin_wrong"
    wrong 3: 403 "pin_wrong"
    wrong 4: 403 "pin_wrong"
    wrong 5: 403 "pin_wrong"
    wrong 6: 429 "pin_wait"
    wrong 7: 429 "pin_wait"
    right, too early: 429 {"seconds":60}
    wrong, after a wait: 403 "pin_wrong"
    right, too early: 429 {"seconds":120}
    right, after a longer wait: 200
    one more mistake: "pin_wrong"
    and right at once: 200
    "#);
    let request = Request::post("/api/sign-on")
        .body(Body::from(json!({"staff": "nobody"}).to_string()))
        .unwrap();
    let (status, headers, _) = ask(&shop.near, request).await;
    assert_eq!((status.as_u16(), headers.get(RETRY_AFTER)), (403, None));
}

#[tokio::test]
async fn whoever_is_signed_on_serves() {
    let shop = staffed(&[]);
    let (_, status) = get(&shop.near, "/api/status").await;
    assert!(status.contains("\"sign_on\":\"pin\""), "{status}");
    assert_eq!(
        shop.sign_on("8", "").await.0,
        200,
        "without a PIN the number is enough"
    );
    let (_, on) = shop.sign_on("7", "1111").await;
    assert_eq!(
        (&on["name"], &on["role"]),
        (&json!("太郎"), &json!("cashier")),
        "{on}"
    );
    let session = on["session"].as_str().unwrap().to_owned();
    let send = async |method: &str, path: &str, session: &str, body: Value| {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("orihon-session", session)
            .body(Body::from(body.to_string()))
            .unwrap();
        let (status, _, text) = ask(&shop.near, request).await;
        (status.as_u16(), text)
    };
    let mut lied = bread();
    lied["staff"] = json!("99");
    let (status, sold) = send("POST", "/api/sales", &session, lied.clone()).await;
    assert_eq!(status, 201);
    assert!(sold.contains("\"staff\":\"7\""), "{sold}");
    let (status, sold) = post(&shop.near, "/api/sales", &lied).await;
    assert_eq!(
        (status, &sold["settlement"]["staff"]),
        (201, &json!("99")),
        "a till with own staff"
    );
    assert_eq!(
        send("DELETE", "/api/sign-on", &session, json!(null))
            .await
            .0,
        204
    );
    let (status, fault) = send("POST", "/api/sales", &session, bread()).await;
    assert_eq!(status, 401, "{fault}");
    assert!(fault.contains("signed_off"), "{fault}");
}

#[tokio::test]
async fn what_the_shop_wants_approved_needs_a_manager() {
    let all = [
        (Rule::Approve, "void,return,return-without-receipt,price"),
        (Rule::DiscountLimit, "30"),
    ];
    let of = json!({"terminal": "1", "business_date": DAY, "transaction": "1"});
    let acts = [
        (
            "/api/sales",
            json!({"terminal": "1", "staff": "7", "tenders": [{"kind": "cash", "amount": 100}],
            "lines": [{"code": "bread", "unit_price": 100, "reason": "傷"}]}),
        ),
        (
            "/api/sales",
            json!({"terminal": "1", "staff": "7", "tenders": [{"kind": "cash", "amount": 100}],
            "lines": [{"code": "bread", "discounts": [{"label": "値引", "amount": 50}]}]}),
        ),
        (
            "/api/returns",
            json!({"terminal": "1", "staff": "7", "reason": "傷", "of": of, "lines": [{"line": 1}]}),
        ),
        (
            "/api/returns",
            json!({"terminal": "1", "staff": "7", "reason": "傷", "lines": [{"code": "bread"}]}),
        ),
        (
            "/api/exchanges",
            json!({"terminal": "1", "staff": "7", "reason": "傷", "back": {"lines": [{"code": "bread"}]},
            "sale": {"lines": [{"code": "bread"}]}}),
        ),
        (
            "/api/voids",
            json!({"terminal": "1", "staff": "7", "reason": "傷", "of": {"terminal": "1", "business_date": DAY, "transaction": "2"}}),
        ),
    ];
    let ways = [
        ("alone", None),
        ("a cashier", Some(json!({"staff": "7", "pin": "1111"}))),
        ("a manager without a PIN", Some(json!({"staff": "10"}))),
        ("a wrong PIN", Some(json!({"staff": "9", "pin": "1111"}))),
        ("a manager", Some(json!({"staff": "9", "pin": "2222"}))),
    ];
    let (shop, free) = (staffed(&all), staffed(&[]));
    let mut told = String::new();
    for api in [&shop.near, &free.near] {
        for _ in 0..2 {
            assert_eq!(post(api, "/api/sales", &bread()).await.0, 201);
        }
    }
    for (path, order) in &acts {
        for (who, approval) in &ways {
            let mut order = order.clone();
            if let Some(approval) = approval {
                order["approval"] = approval.clone();
            }
            let (status, answer) = post(&shop.near, path, &order).await;
            told += &format!(
                "{path}, {who}: {status} {} {}\n",
                answer["code"], answer["params"]
            );
        }
        // The control: where the shop wants no approval, none is asked for.
        let (status, answer) = post(&free.near, path, order).await;
        assert_eq!(status, 201, "{path} {answer}");
    }
    insta::assert_snapshot!(told, @r#"
    /api/sales, alone: 403 "approval_needed" {"act":"price"}
    /api/sales, a cashier: 403 "no_manager" null
    /api/sales, a manager without a PIN: 403 "no_manager" null
    /api/sales, a wrong PIN: 403 "pin_wrong" null
    /api/sales, a manager: 201 null null
    /api/sales, alone: 403 "approval_needed" {"act":"discount"}
    /api/sales, a cashier: 403 "no_manager" null
    /api/sales, a manager without a PIN: 403 "no_manager" null
    /api/sales, a wrong PIN: 403 "pin_wrong" null
    /api/sales, a manager: 201 null null
    /api/returns, alone: 403 "approval_needed" {"act":"return"}
    /api/returns, a cashier: 403 "no_manager" null
    /api/returns, a manager without a PIN: 403 "no_manager" null
    /api/returns, a wrong PIN: 403 "pin_wrong" null
    /api/returns, a manager: 201 null null
    /api/returns, alone: 403 "approval_needed" {"act":"return-without-receipt"}
    /api/returns, a cashier: 403 "no_manager" null
    /api/returns, a manager without a PIN: 403 "no_manager" null
    /api/returns, a wrong PIN: 403 "pin_wrong" null
    /api/returns, a manager: 201 null null
    /api/exchanges, alone: 403 "approval_needed" {"act":"return-without-receipt"}
    /api/exchanges, a cashier: 403 "no_manager" null
    /api/exchanges, a manager without a PIN: 403 "no_manager" null
    /api/exchanges, a wrong PIN: 403 "pin_wrong" null
    /api/exchanges, a manager: 201 null null
    /api/voids, alone: 403 "approval_needed" {"act":"void"}
    /api/voids, a cashier: 403 "no_manager" null
    /api/voids, a manager without a PIN: 403 "no_manager" null
    /api/voids, a wrong PIN: 403 "pin_wrong" null
    /api/voids, a manager: 201 null null
    "#);
    insta::assert_snapshot!(shop.log(), @"
    wrong_pin | 9 花子
    price | 7 太郎 | till 1 bread: 100, not 150: 傷; approved by 9 花子
    wrong_pin | 9 花子
    discount | 7 太郎 | till 1: 34% off; approved by 9 花子
    wrong_pin | 9 花子
    return | 7 太郎 | till 1 2026-11-22 number 1: 傷; approved by 9 花子
    wrong_pin | 9 花子
    return-without-receipt | 7 太郎 | till 1: 傷; approved by 9 花子
    wrong_pin | 9 花子
    return-without-receipt | 7 太郎 | till 1: 傷; approved by 9 花子
    wrong_pin | 9 花子
    void | 7 太郎 | till 1 2026-11-22 number 2: 傷; approved by 9 花子
    ");
    insta::assert_snapshot!(free.log(), @"
    price | 7 太郎 | till 1 bread: 100, not 150: 傷
    return | 7 太郎 | till 1 2026-11-22 number 1: 傷
    return-without-receipt | 7 太郎 | till 1: 傷
    return-without-receipt | 7 太郎 | till 1: 傷
    void | 7 太郎 | till 1 2026-11-22 number 2: 傷
    ");
}

#[tokio::test]
async fn a_label_and_a_small_discount_need_nobody() {
    let shop = staffed(&[(Rule::Approve, "price"), (Rule::DiscountLimit, "30")]);
    crate::shop::open(shop.folder.path())
        .connection()
        .execute_batch(
            "INSERT INTO items (code, name, unit_price, tax_percent) VALUES ('2212345000000', '惣菜', 500, '8');
             INSERT INTO patterns VALUES ('22IIIIIPPPPPC')",
        )
        .unwrap();
    let sell = |line: Value| json!({"terminal": "1", "lines": [line], "tenders": [{"kind": "cash", "amount": 900}]});
    let rows = [
        (json!({"code": "2212345001989"}), 201),
        (json!({"code": "2212345001989", "unit_price": 198}), 201),
        (
            json!({"code": "2212345001989", "unit_price": 100, "reason": "label"}),
            403,
        ),
        (
            json!({"code": "bread", "discounts": [{"label": "x", "amount": 45}]}),
            201,
        ),
        (
            json!({"code": "bread", "discounts": [{"label": "x", "amount": 46}]}),
            403,
        ),
    ];
    for (line, expected) in rows {
        let (status, answer) = post(&shop.near, "/api/sales", &sell(line.clone())).await;
        assert_eq!(status, expected, "{line} {answer}");
    }
}

#[tokio::test]
async fn a_till_elsewhere_needs_its_key() {
    let shop = staffed(&[]);
    let database = crate::shop::open(shop.folder.path());
    let connection = database.connection();
    let now = wire::time::read(NOW).unwrap();
    let key = paired::add(connection, "窓口", [5; 32], now).unwrap();
    let other = paired::add(connection, "裏", [6; 32], now).unwrap();
    paired::add(connection, "裏", [7; 32], now).unwrap_err();
    let hashes: i64 = connection
        .query_row(
            "SELECT count(*) FROM till_keys WHERE instr(hex(hash), ?) > 0",
            [&key],
            |row| row.get(0),
        )
        .unwrap();
    assert_eq!(hashes, 0);
    let from = async |api: &Router, path: &str, header: Option<&str>| {
        let mut request = Request::get(path);
        if let Some(header) = header {
            request = request.header(AUTHORIZATION, header);
        }
        ask(api, request.body(Body::empty()).unwrap())
            .await
            .0
            .as_u16()
    };
    let bearer = format!("Bearer {key}");
    let rows = [
        ("/api/status", None, 200, 401),
        ("/api/status", Some(bearer.as_str()), 200, 200),
        ("/api/status", Some("Bearer ort_0"), 200, 401),
        ("/api/status", Some(key.as_str()), 200, 401),
        ("/metrics", None, 200, 401),
        ("/", None, 200, 200),
        ("/till.js", None, 200, 200),
    ];
    for (path, header, here, there) in rows {
        assert_eq!(
            from(&shop.near, path, header).await,
            here,
            "{path} {header:?}"
        );
        assert_eq!(
            from(&shop.far, path, header).await,
            there,
            "{path} {header:?}"
        );
    }
    paired::remove(connection, "窓口").unwrap();
    assert_eq!(
        from(&shop.far, "/api/status", Some(&bearer)).await,
        401,
        "taken away"
    );
    let other = format!("Bearer {other}");
    assert_eq!(
        from(&shop.far, "/api/status", Some(&other)).await,
        200,
        "the other one stays"
    );
    // Who comes by no connection that is known is not here.
    let store = crate::shop::store();
    let database = crate::shop::open(shop.folder.path());
    let unknown = router(Arc::new(Till::new(database, store, crate::shop::clock())));
    assert_eq!(from(&unknown, "/api/status", None).await, 401);
    assert!(till::item(connection, "bread").unwrap().is_some());
}
