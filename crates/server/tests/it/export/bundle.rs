//! Everything in one file: unpacked by Python, whose reading of ZIP files is not ours, and held against what
//! the account shows otherwise.

use super::Life;
use crate::call::{form, get, post};
use crate::world::World;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::Write;
use std::process::{Command, Stdio};

/// Says the first damaged file, and every file as a text.
const UNPACK: &str = "
import io, json, sys, zipfile
packed = zipfile.ZipFile(io.BytesIO(sys.stdin.buffer.read()))
damaged = packed.testzip()
assert damaged is None, damaged
print(json.dumps({name: packed.read(name).decode() for name in packed.namelist()}))
";

/// The files of a ZIP file, by their names.
pub(crate) fn unpacked(bytes: &[u8]) -> Result<BTreeMap<String, String>, String> {
    let mut python = Command::new("python3")
        .args(["-c", UNPACK])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("python3, which ./check installs");
    let sent = python.stdin.take().unwrap().write_all(bytes);
    let output = python.wait_with_output().unwrap();
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    sent.unwrap();
    Ok(serde_json::from_slice(&output.stdout).unwrap())
}

#[tokio::test]
async fn a_bundle_holds_every_form_and_what_else_there_is() {
    let life = Life::live().await;
    let answer = life.book("bundle").await;
    assert_eq!(answer.header("content-type"), "application/zip");
    assert_eq!(
        answer.header("content-disposition"),
        "attachment; filename=\"orihon.zip\""
    );
    let files = unpacked(&answer.bytes).unwrap();
    let names: Vec<&str> = files.keys().map(String::as_str).collect();
    assert_eq!(
        names,
        [
            "orihon/README.txt",
            "orihon/access-log.ndjson",
            "orihon/account.json",
            "orihon/orihon.beancount",
            "orihon/orihon.csv",
            "orihon/orihon.journal",
            "orihon/orihon.ndjson"
        ]
    );
    for (form, name) in [
        ("ndjson", "orihon.ndjson"),
        ("csv", "orihon.csv"),
        ("hledger", "orihon.journal"),
        ("beancount", "orihon.beancount"),
    ] {
        let alone = life.book(form).await;
        assert_eq!(files[&format!("orihon/{name}")], alone.body, "{form}");
    }
    let readme = &files["orihon/README.txt"];
    for name in names.iter().skip(1).map(|name| &name["orihon/".len()..]) {
        assert_eq!(readme.matches(name).count(), 2, "{name} in both languages");
    }
    // Python does find what is damaged: one byte of a text in the middle.
    let mut damaged = answer.bytes.clone();
    let middle = damaged.len() / 2;
    damaged[middle] ^= 1;
    assert!(unpacked(&damaged).is_err(), "a flipped bit goes unnoticed");
    life.world.close().await;
}

#[tokio::test]
async fn the_account_tells_who_one_is_and_who_looked() {
    let life = Life::arrive().await;
    for form in ["csv", "bundle", "csv"] {
        life.book(form).await;
    }
    let files = unpacked(&life.book("bundle").await.bytes).unwrap();
    let mut account: Value = serde_json::from_str(&files["orihon/account.json"]).unwrap();
    assert_eq!(account["user_id"], life.ann.id);
    account["user_id"] = "usr_…".into();
    assert_eq!(account["programs"][0]["token_id"], life.ann.token_id);
    account["programs"][0]["token_id"] = "tok_…".into();
    insta::assert_snapshot!(serde_json::to_string_pretty(&account).unwrap(), @r#"
    {
      "blocked_shops": [],
      "browsers": [],
      "claims_waiting_since": [],
      "consents": [],
      "email": null,
      "exported_at": "2026-04-10T04:00:00Z",
      "household": null,
      "leaving_since": null,
      "member_codes": {
        "card_expires_at": null,
        "card_issued_at": null,
        "short_lived": 0
      },
      "missing_receipts": [],
      "name": null,
      "notes": [],
      "orihon_account": 1,
      "own_names": [],
      "private_marks": [],
      "programs": [
        {
          "made_at": "2026-04-10T04:00:00Z",
          "token_id": "tok_…"
        }
      ],
      "reference": "ann",
      "suspended": null,
      "user_id": "usr_…",
      "ways_in": []
    }
    "#);
    // The newest first, and each form once in an hour.
    let log = files["orihon/access-log.ndjson"].replace(&life.ann.token_id, "tok_…");
    insta::assert_snapshot!(log, @r#"
    {"at":"2026-04-10T04:00:00Z","by":"program","who":"tok_…","what":"exported","reason":"bundle"}
    {"at":"2026-04-10T04:00:00Z","by":"program","who":"tok_…","what":"exported","reason":"csv"}
    "#);
    let none = get("/v1/me/exports/bundle").by("");
    life.world.ask(none).await.is(401);
    life.world.close().await;
}

#[tokio::test]
async fn the_account_tells_what_was_decided() {
    let world = World::open().await;
    let shop = world.shop("mart").await;
    let ann = world.person_in_browser("ann").await;
    let sale = shop.sale_to(&ann.id, "1", 248);
    let sold = world.ask(post("/v1/settlements", sale).by(&shop.key)).await;
    let id = sold.is(201).text("/purchase_id");
    let own = |path: &str| format!("/book/{id}/{path}");
    for (path, fields) in [
        ("/blocks".to_owned(), "what=store&id=mart&back=/shops/mart"),
        (own("private"), "choice=private+here+1"),
        ("/household".to_owned(), "name=Ann"),
        (own("household"), "choice=show"),
    ] {
        let pressed = form(&path, fields).with("cookie", &ann.cookie);
        world.ask(pressed).await.is(303);
    }
    let asked = get("/v1/me/exports/bundle").by(&ann.key);
    let files = unpacked(&world.ask(asked).await.is(200).bytes).unwrap();
    let account: Value = serde_json::from_str(&files["orihon/account.json"]).unwrap();
    let now = "2026-04-10T03:00:00Z";
    for (what, expected) in [
        ("suspended", json!(null)),
        (
            "private_marks",
            json!([{"purchase_id": id, "line": 1, "private": true}]),
        ),
        (
            "household",
            json!({
                "name": "Ann",
                "joined_at": now,
                "shares": "chosen",
                "purchases": [{"purchase_id": id, "shown": true}],
            }),
        ),
    ] {
        assert_eq!(account[what], expected, "{what}");
    }
    let blocked = &account["blocked_shops"][0];
    assert_eq!(
        (&blocked["store_id"], &blocked["since"]),
        (&json!("mart"), &json!(now))
    );
    let suspend = post(
        format!("/v1/users/{}/suspend", ann.id),
        json!({"reason": "a stolen phone"}),
    );
    world.order(suspend).await.is(200);
    let asked = get("/v1/me/exports/bundle").by(&ann.key);
    let files = unpacked(&world.ask(asked).await.is(200).bytes).unwrap();
    let account: Value = serde_json::from_str(&files["orihon/account.json"]).unwrap();
    let suspended = json!({"since": now, "reason": "a stolen phone"});
    assert_eq!(account["suspended"], suspended);
    assert_eq!(
        account["household"],
        json!(null),
        "nor is she in one any more"
    );
    world.close().await;
}
