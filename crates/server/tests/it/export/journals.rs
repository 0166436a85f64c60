//! The journals, read by hledger and Beancount themselves: each takes the file without a complaint
//! and comes to the sums that the server counts.

use super::{HOSTILE, Life};
use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

/// What a program says about a file; it must be installed, and must be content.
fn said(program: &str, args: &[&str]) -> String {
    let output = Command::new(program)
        .args(args)
        .env("LC_ALL", "C.UTF-8")
        .output()
        .unwrap_or_else(|error| panic!("{program} (Debian: hledger, beancount): {error}"));
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program} {args:?}: {errors}");
    String::from_utf8(output.stdout).unwrap()
}

/// A book as a file, for as long as the folder lives.
struct File {
    folder: tempfile::TempDir,
    text: String,
    path: String,
}

async fn file(life: &Life, form: &str, name: &str) -> File {
    let answer = life.book(form).await;
    assert_eq!(answer.header("content-type"), "text/plain; charset=utf-8");
    let named = format!("attachment; filename=\"{name}\"");
    assert_eq!(answer.header("content-disposition"), named);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, &answer.body).unwrap();
    File {
        path: text(&path),
        folder,
        text: answer.body,
    }
}

fn text(path: &Path) -> String {
    path.to_str().unwrap().to_owned()
}

/// Minor units per currency of amounts such as `5.05 USD`.
fn minor<'a>(amounts: impl Iterator<Item = (&'a str, &'a str)>) -> BTreeMap<String, i64> {
    let mut sums = BTreeMap::new();
    for (number, currency) in amounts {
        let decimals = match currency {
            "JPY" => 0,
            "USD" => 2,
            "KWD" => 3,
            other => panic!("{other}"),
        };
        let (sign, number) = match number.strip_prefix('-') {
            Some(rest) => (-1, rest),
            None => (1, number),
        };
        let (whole, part) = number.split_once('.').unwrap_or((number, ""));
        let digits = format!("{whole}{part:0<decimals$}");
        *sums.entry(currency.to_owned()).or_default() += sign * digits.parse::<i64>().unwrap();
    }
    sums
}

#[tokio::test]
async fn hledger_takes_it_strictly_and_comes_to_the_same_sums() {
    let life = Life::live().await;
    let book = file(&life, "hledger", "orihon.journal").await;
    said("hledger", &["-f", &book.path, "check", "--strict"]);
    let asked = ["balance", "Expenses", "-O", "csv", "--layout", "bare"];
    let balance = said("hledger", &[&["-f", &book.path], &asked[..]].concat());
    let total = balance.lines().filter_map(|row| {
        let rest = row.trim_matches('"').strip_prefix("total\",\"")?;
        let (currency, number) = rest.split_once("\",\"")?;
        Some((number, currency))
    });
    assert_eq!(minor(total), life.counted().await);
    let tagged = said(
        "hledger",
        &["-f", &book.path, "tags", "purchase", "--values"],
    );
    assert_eq!(tagged.lines().count(), life.shown().await.len());
    // Nothing that a store wrote became a tag of its own.
    insta::assert_snapshot!(said("hledger", &["-f", &book.path, "tags"]), @"
    card
    code
    item
    label
    percent
    purchase
    quantity
    store
    time
    ");
    insta::assert_snapshot!(life.world.redact(&book.text), @r#"
    ; Purchases from Orihon, newest first. Returns are negative; what was voided is zero.
    decimal-mark .

    2026-04-10 * (pur_1) سوق | sale
        ; purchase:pur_1, store:souk, time:2026-04-10T12:07:00+09:00
        Expenses:تمر  1.234 KWD  ; code:milk, quantity:1 each
        Assets:Unspecified  -1.234 KWD

    2026-04-10 * (pur_2) Deli | sale
        ; purchase:pur_2, store:deli, time:2026-04-10T12:06:00+09:00
        Expenses:=1+1  1.05 USD  ; item:=1+1, code:=1+1, quantity:1 each
        Expenses:@SUM（A1）  1.05 USD  ; item:@SUM（A1）, code:@SUM（A1）, quantity:1 each
        Expenses:−5 "quoted"， 'twice'  1.05 USD  ; item:−5 "quoted"， 'twice', code:−5 "quoted"， 'twice', quantity:1 each
        Expenses:back\slash\" ； comment  1.05 USD  ; item:back\slash\" ； comment, code:back\slash\" ； comment, quantity:1 each
        Expenses:date：2026-99-99， x：y  1.05 USD  ; item:date：2026-99-99， x：y, code:date：2026-99-99， x：y, quantity:1 each
        Expenses:［2026-13-45］ ［=2/30］  1.05 USD  ; item:［2026-13-45］ ［=2/30］, code:［2026-13-45］ ［=2/30］, quantity:1 each
        Expenses:（virtual） * ! ｜ pipe  1.05 USD  ; item:（virtual） * ! ｜ pipe, code:（virtual） * ! ｜ pipe, quantity:1 each
        Expenses:two blanks and wide  1.05 USD  ; item:two blanks and wide, code:two blanks and wide, quantity:1 each
        Expenses:絵文字 🍣👨‍👩‍👧  1.05 USD  ; item:絵文字 🍣👨‍👩‍👧, code:絵文字 🍣👨‍👩‍👧, quantity:1 each
        Expenses:éclair が  1.05 USD  ; item:éclair が, code:éclair が, quantity:1 each
        Expenses:{{ cost }} @ 5 USD ^link #tag  1.05 USD  ; item:{{ cost }} @ 5 USD ^link #tag, code:{{ cost }} @ 5 USD ^link #tag, quantity:1 each
        Expenses:include /etc/passwd  1.05 USD  ; item:include /etc/passwd, code:include /etc/passwd, quantity:1 each
        Liabilities:Card  -12.60 USD  ; label:date：x， ［1/99］, card:VISA 1234

    2026-04-10 * (pur_3) =マート； "店" \ ［本］ ｜ 1：2 | sale
        ; purchase:pur_3, store:mart, time:2026-04-10T12:05:00+09:00
        Expenses:乳製品， 卵  0 JPY  ; item:牛乳, code:milk, quantity:1 each
        Assets:Unspecified  0 JPY

    2026-04-10 * (pur_4) =マート； "店" \ ［本］ ｜ 1：2 | void
        ; purchase:pur_4, store:mart, time:2026-04-10T12:04:00+09:00

    2026-04-10 * (pur_5) =マート； "店" \ ［本］ ｜ 1：2 | void
        ; purchase:pur_5, store:mart, time:2026-04-10T12:04:00+09:00

    2026-04-10 * (pur_6) =マート； "店" \ ［本］ ｜ 1：2 | voided return
        ; purchase:pur_6, store:mart, time:2026-04-10T12:03:00+09:00
        Expenses:乳製品， 卵  0 JPY  ; item:牛乳, code:milk, quantity:1 each
        Assets:Unspecified  0 JPY

    2026-04-10 * (pur_7) =マート； "店" \ ［本］ ｜ 1：2 | voided sale
        ; purchase:pur_7, store:mart, time:2026-04-10T12:02:00+09:00
        Expenses:Uncategorized  0 JPY  ; item:@誤り "!", code:milk, quantity:1 each
        Assets:Unspecified  0 JPY

    2026-04-10 * (pur_8) =マート； "店" \ ［本］ ｜ 1：2 | return
        ; purchase:pur_8, store:mart, time:2026-04-10T12:01:00+09:00
        Expenses:Uncategorized  -175 JPY  ; item:＋牛乳, code:milk, quantity:1 each
        Expenses:Adjustments:Other  -10 JPY  ; label:手数料なし
        Assets:Cash  185 JPY

    2026-04-10 * (pur_9) =マート； "店" \ ［本］ ｜ 1：2 | sale
        ; purchase:pur_9, store:mart, time:2026-04-10T12:00:00+09:00
        Expenses:乳製品， 卵  350 JPY  ; item:牛乳, code:milk, quantity:2 each
        Expenses:Tax-Category  150 JPY  ; item:=HYPERLINK（"http：//x"）, quantity:0.5 kg
        Expenses:Uncategorized  0 JPY  ; code:unknown, quantity:1 each
        Expenses:Adjustments:Coupon  -10 JPY  ; label:-10円
        Expenses:Adjustments:Fee  3 JPY  ; label:袋
        Expenses:Tax  15 JPY  ; percent:10
        Assets:Cash  -600 JPY
        Assets:Points  -8 JPY  ; label:P
        Assets:Cash  100 JPY  ; label:change

    commodity 1000. JPY
    commodity 1000.000 KWD
    commodity 1000.00 USD
    account Assets:Cash
    account Assets:Points
    account Assets:Unspecified
    account Expenses:=1+1
    account Expenses:@SUM（A1）
    account Expenses:Adjustments:Coupon
    account Expenses:Adjustments:Fee
    account Expenses:Adjustments:Other
    account Expenses:Tax
    account Expenses:Tax-Category
    account Expenses:Uncategorized
    account Expenses:back\slash\" ； comment
    account Expenses:date：2026-99-99， x：y
    account Expenses:éclair が
    account Expenses:include /etc/passwd
    account Expenses:two blanks and wide
    account Expenses:{{ cost }} @ 5 USD ^link #tag
    account Expenses:تمر
    account Expenses:−5 "quoted"， 'twice'
    account Expenses:乳製品， 卵
    account Expenses:絵文字 🍣👨‍👩‍👧
    account Expenses:（virtual） * ! ｜ pipe
    account Expenses:［2026-13-45］ ［=2/30］
    account Liabilities:Card
    "#);
    drop(book.folder);
    life.world.close().await;
}

#[tokio::test]
async fn beancount_takes_it_and_comes_to_the_same_sums() {
    let life = Life::live().await;
    let book = file(&life, "beancount", "orihon.beancount").await;
    let complaints = said("bean-check", &[&book.path]);
    assert_eq!(complaints, "");
    let query = "SELECT currency, sum(number) WHERE account ~ '^Expenses' GROUP BY currency";
    let sums = said("bean-query", &["-f", "csv", &book.path, query]);
    let rows = sums.lines().skip(1).map(|row| row.split_once(',').unwrap());
    let rows = rows.map(|(currency, number)| (number.trim(), currency.trim()));
    assert_eq!(minor(rows), life.counted().await);
    // Every name comes back as the store wrote it.
    let query = "SELECT ANY_META('item') AS item WHERE currency = 'USD' AND account ~ '^Expenses'";
    let names = said("bean-query", &["-f", "csv", &book.path, query]);
    for name in HOSTILE {
        let quoted = name.replace('"', "\"\"");
        let is_there = names.contains(&quoted);
        assert!(is_there, "{name}\n{names}");
    }
    let linked = "SELECT DISTINCT links WHERE account ~ '^Expenses'";
    let linked = said("bean-query", &["-f", "csv", &book.path, linked]);
    assert_eq!(linked.matches("pur_").count(), 7, "{linked}");
    insta::assert_snapshot!(life.world.redact(&book.text), @r#"
    ;; Purchases from Orihon, newest first. Returns are negative; what was voided is zero.
    option "title" "Orihon"

    2026-04-10 * "سوق" "sale" ^pur_1 #sale
      store: "souk"
      time: "2026-04-10T12:07:00+09:00"
      Expenses:Category-2b727ed4df  1.234 KWD
        code: "milk"
        category: "تمر"
        quantity: "1 each"
      Assets:Unspecified  -1.234 KWD

    2026-04-10 * "Deli" "sale" ^pur_2 #sale
      store: "deli"
      time: "2026-04-10T12:06:00+09:00"
      Expenses:1-1  1.05 USD
        item: "=1+1"
        code: "=1+1"
        category: "=1+1"
        quantity: "1 each"
      Expenses:SUM-A1  1.05 USD
        item: "  @SUM(A1)"
        code: "  @SUM(A1)"
        category: "  @SUM(A1)"
        quantity: "1 each"
      Expenses:5-quoted-twice-de8d79311f  1.05 USD
        item: "−5 \"quoted\", 'twice'"
        code: "−5 \"quoted\", 'twice'"
        category: "−5 \"quoted\", 'twice'"
        quantity: "1 each"
      Expenses:Back-slash-comment  1.05 USD
        item: "back\\slash\\\" ; comment"
        code: "back\\slash\\\" ; comment"
        category: "back\\slash\\\" ; comment"
        quantity: "1 each"
      Expenses:Date-2026-99-99-x-y  1.05 USD
        item: "date:2026-99-99, x:y"
        code: "date:2026-99-99, x:y"
        category: "date:2026-99-99, x:y"
        quantity: "1 each"
      Expenses:2026-13-45-2-30  1.05 USD
        item: "[2026-13-45] [=2/30]"
        code: "[2026-13-45] [=2/30]"
        category: "[2026-13-45] [=2/30]"
        quantity: "1 each"
      Expenses:Virtual-pipe  1.05 USD
        item: "(virtual) * ! | pipe"
        code: "(virtual) * ! | pipe"
        category: "(virtual) * ! | pipe"
        quantity: "1 each"
      Expenses:Two-blanks-and-wide-4fcee05cb6  1.05 USD
        item: "two  blanks and　　wide"
        code: "two  blanks and　　wide"
        category: "two  blanks and　　wide"
        quantity: "1 each"
      Expenses:Category-d131e14334  1.05 USD
        item: "絵文字 🍣👨‍👩‍👧"
        code: "絵文字 🍣👨‍👩‍👧"
        category: "絵文字 🍣👨‍👩‍👧"
        quantity: "1 each"
      Expenses:E-clair-68e28445db  1.05 USD
        item: "éclair が"
        code: "éclair が"
        category: "éclair が"
        quantity: "1 each"
      Expenses:Cost-5-USD-link-tag  1.05 USD
        item: "{{ cost }} @ 5 USD ^link #tag"
        code: "{{ cost }} @ 5 USD ^link #tag"
        category: "{{ cost }} @ 5 USD ^link #tag"
        quantity: "1 each"
      Expenses:Include-etc-passwd  1.05 USD
        item: "include /etc/passwd"
        code: "include /etc/passwd"
        category: "include /etc/passwd"
        quantity: "1 each"
      Liabilities:Card  -12.60 USD
        label: "date:x, [1/99]"
        card: "VISA 1234"

    2026-04-10 * "=マート; \"店\" \\ [本] | 1:2" "sale" ^pur_3 #sale
      store: "mart"
      time: "2026-04-10T12:05:00+09:00"
      Expenses:Category-51971b26cd  0 JPY
        item: "牛乳"
        code: "milk"
        category: "乳製品, 卵"
        quantity: "1 each"
      Assets:Unspecified  0 JPY

    2026-04-10 * "=マート; \"店\" \\ [本] | 1:2" "void" ^pur_4 #void
      store: "mart"
      time: "2026-04-10T12:04:00+09:00"

    2026-04-10 * "=マート; \"店\" \\ [本] | 1:2" "void" ^pur_5 #void
      store: "mart"
      time: "2026-04-10T12:04:00+09:00"

    2026-04-10 * "=マート; \"店\" \\ [本] | 1:2" "return" ^pur_6 #return #voided
      store: "mart"
      time: "2026-04-10T12:03:00+09:00"
      Expenses:Category-51971b26cd  0 JPY
        item: "牛乳"
        code: "milk"
        category: "乳製品, 卵"
        quantity: "1 each"
      Assets:Unspecified  0 JPY

    2026-04-10 * "=マート; \"店\" \\ [本] | 1:2" "sale" ^pur_7 #sale #voided
      store: "mart"
      time: "2026-04-10T12:02:00+09:00"
      Expenses:Uncategorized  0 JPY
        item: "@誤り \"!\""
        code: "milk"
        quantity: "1 each"
      Assets:Unspecified  0 JPY

    2026-04-10 * "=マート; \"店\" \\ [本] | 1:2" "return" ^pur_8 #return
      store: "mart"
      time: "2026-04-10T12:01:00+09:00"
      Expenses:Uncategorized  -175 JPY
        item: "＋牛乳"
        code: "milk"
        quantity: "1 each"
      Expenses:Adjustments:Other  -10 JPY
        label: "手数料なし"
      Assets:Cash  185 JPY

    2026-04-10 * "=マート; \"店\" \\ [本] | 1:2" "sale" ^pur_9 #sale
      store: "mart"
      time: "2026-04-10T12:00:00+09:00"
      Expenses:Category-51971b26cd  350 JPY
        item: "牛乳"
        code: "milk"
        category: "乳製品, 卵"
        quantity: "2 each"
      Expenses:Tax-Category  150 JPY
        item: "=HYPERLINK(\"http://x\")"
        category: "Tax"
        quantity: "0.5 kg"
      Expenses:Uncategorized  0 JPY
        code: "unknown"
        quantity: "1 each"
      Expenses:Adjustments:Coupon  -10 JPY
        label: "-10円"
      Expenses:Adjustments:Fee  3 JPY
        label: "袋"
      Expenses:Tax  15 JPY
        percent: "10"
      Assets:Cash  -600 JPY
      Assets:Points  -8 JPY
        label: "P"
      Assets:Cash  100 JPY
        label: "change"

    1900-01-01 commodity JPY
    1900-01-01 commodity KWD
    1900-01-01 commodity USD
    1900-01-01 open Assets:Cash
    1900-01-01 open Assets:Points
    1900-01-01 open Assets:Unspecified
    1900-01-01 open Expenses:1-1
      category: "=1+1"
    1900-01-01 open Expenses:2026-13-45-2-30
      category: "[2026-13-45] [=2/30]"
    1900-01-01 open Expenses:5-quoted-twice-de8d79311f
      category: "−5 \"quoted\", 'twice'"
    1900-01-01 open Expenses:Adjustments:Coupon
    1900-01-01 open Expenses:Adjustments:Fee
    1900-01-01 open Expenses:Adjustments:Other
    1900-01-01 open Expenses:Back-slash-comment
      category: "back\\slash\\\" ; comment"
    1900-01-01 open Expenses:Category-2b727ed4df
      category: "تمر"
    1900-01-01 open Expenses:Category-51971b26cd
      category: "乳製品, 卵"
    1900-01-01 open Expenses:Category-d131e14334
      category: "絵文字 🍣👨‍👩‍👧"
    1900-01-01 open Expenses:Cost-5-USD-link-tag
      category: "{{ cost }} @ 5 USD ^link #tag"
    1900-01-01 open Expenses:Date-2026-99-99-x-y
      category: "date:2026-99-99, x:y"
    1900-01-01 open Expenses:E-clair-68e28445db
      category: "éclair が"
    1900-01-01 open Expenses:Include-etc-passwd
      category: "include /etc/passwd"
    1900-01-01 open Expenses:SUM-A1
      category: "  @SUM(A1)"
    1900-01-01 open Expenses:Tax
    1900-01-01 open Expenses:Tax-Category
      category: "Tax"
    1900-01-01 open Expenses:Two-blanks-and-wide-4fcee05cb6
      category: "two  blanks and　　wide"
    1900-01-01 open Expenses:Uncategorized
    1900-01-01 open Expenses:Virtual-pipe
      category: "(virtual) * ! | pipe"
    1900-01-01 open Liabilities:Card
    "#);
    drop(book.folder);
    life.world.close().await;
}

#[tokio::test]
async fn an_empty_book_is_a_file_that_both_take() {
    let life = Life::live().await;
    for (form, name) in [
        ("hledger", "orihon.journal"),
        ("beancount", "orihon.beancount"),
    ] {
        let book = file(&life, &format!("{form}?from=2027-01-01"), name).await;
        if form == "hledger" {
            said("hledger", &["-f", &book.path, "check", "--strict"]);
        } else {
            said("bean-check", &[&book.path]);
        }
    }
    life.world.close().await;
}
