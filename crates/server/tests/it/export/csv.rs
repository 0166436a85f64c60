//! The spreadsheet: it adds up, it runs nothing, and no character is lost unseen.

use super::{Life, counts_for};
use std::collections::BTreeMap;

/// Columns that hold numbers of ours.
const NUMBERS: [&str; 5] = ["line", "quantity", "unit_price", "discount", "amount"];

/// A row by the names of its columns.
type Row = BTreeMap<String, String>;

/// What a spreadsheet reads.
fn rows(text: &str) -> Vec<Row> {
    let mut lines = text.lines().map(cells);
    let columns = lines.next().unwrap();
    let row = |cells: Vec<String>| {
        assert_eq!(cells.len(), columns.len(), "{cells:?}");
        columns.iter().cloned().zip(cells).collect()
    };
    lines.map(row).collect()
}

/// The cells of a row, as a spreadsheet reads them.
fn cells(row: &str) -> Vec<String> {
    let mut cells = vec![String::new()];
    let mut in_quotes = false;
    let mut rest = row.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '"' if in_quotes && rest.peek() == Some(&'"') => {
                rest.next();
                cells.last_mut().unwrap().push('"');
            }
            '"' => in_quotes = !in_quotes,
            ',' if !in_quotes => cells.push(String::new()),
            c => cells.last_mut().unwrap().push(c),
        }
    }
    cells
}

/// Minor units of what is written with decimals.
fn minor(row: &Row, column: &str) -> i64 {
    row[column].replace('.', "").parse().unwrap()
}

#[tokio::test]
async fn a_row_is_an_item_and_no_row_sums_others() {
    let life = Life::live().await;
    let answer = life.book("csv").await;
    assert_eq!(answer.header("content-type"), "text/csv; charset=utf-8");
    assert_eq!(
        answer.header("content-disposition"),
        "attachment; filename=\"orihon.csv\""
    );
    assert_eq!(answer.header("cache-control"), "no-store");
    let text = answer.body.strip_prefix('\u{feff}').expect("a mark");
    insta::assert_snapshot!(life.world.redact(&text.replace("\r\n", "\n")), @r#"
    purchase_id,kind,store_id,store,purchased_at,currency,row,line,code,gtin,name,category,quantity,unit,unit_price,discount,amount,tax_percent,voided
    pur_1,sale,souk,سوق,2026-04-10T12:07:00+09:00,KWD,item,1,milk,,,تمر,1,each,1.234,0.000,1.234,,
    pur_2,sale,deli,Deli,2026-04-10T12:06:00+09:00,USD,item,1,"'=1+1",,"'=1+1","'=1+1",1,each,1.05,0.00,1.05,,
    pur_2,sale,deli,Deli,2026-04-10T12:06:00+09:00,USD,item,2,"'  @SUM(A1)",,"'  @SUM(A1)","'  @SUM(A1)",1,each,1.05,0.00,1.05,,
    pur_2,sale,deli,Deli,2026-04-10T12:06:00+09:00,USD,item,3,"'−5 ""quoted"", 'twice'",,"'−5 ""quoted"", 'twice'","'−5 ""quoted"", 'twice'",1,each,1.05,0.00,1.05,,
    pur_2,sale,deli,Deli,2026-04-10T12:06:00+09:00,USD,item,4,"back\slash\"" ; comment",,"back\slash\"" ; comment","back\slash\"" ; comment",1,each,1.05,0.00,1.05,,
    pur_2,sale,deli,Deli,2026-04-10T12:06:00+09:00,USD,item,5,"date:2026-99-99, x:y",,"date:2026-99-99, x:y","date:2026-99-99, x:y",1,each,1.05,0.00,1.05,,
    pur_2,sale,deli,Deli,2026-04-10T12:06:00+09:00,USD,item,6,[2026-13-45] [=2/30],,[2026-13-45] [=2/30],[2026-13-45] [=2/30],1,each,1.05,0.00,1.05,,
    pur_2,sale,deli,Deli,2026-04-10T12:06:00+09:00,USD,item,7,(virtual) * ! | pipe,,(virtual) * ! | pipe,(virtual) * ! | pipe,1,each,1.05,0.00,1.05,,
    pur_2,sale,deli,Deli,2026-04-10T12:06:00+09:00,USD,item,8,two  blanks and　　wide,,two  blanks and　　wide,two  blanks and　　wide,1,each,1.05,0.00,1.05,,
    pur_2,sale,deli,Deli,2026-04-10T12:06:00+09:00,USD,item,9,絵文字 🍣👨‍👩‍👧,,絵文字 🍣👨‍👩‍👧,絵文字 🍣👨‍👩‍👧,1,each,1.05,0.00,1.05,,
    pur_2,sale,deli,Deli,2026-04-10T12:06:00+09:00,USD,item,10,éclair が,,éclair が,éclair が,1,each,1.05,0.00,1.05,,
    pur_2,sale,deli,Deli,2026-04-10T12:06:00+09:00,USD,item,11,{{ cost }} @ 5 USD ^link #tag,,{{ cost }} @ 5 USD ^link #tag,{{ cost }} @ 5 USD ^link #tag,1,each,1.05,0.00,1.05,,
    pur_2,sale,deli,Deli,2026-04-10T12:06:00+09:00,USD,item,12,include /etc/passwd,,include /etc/passwd,include /etc/passwd,1,each,1.05,0.00,1.05,,
    pur_3,sale,mart,"'=マート; ""店"" \ [本] | 1:2",2026-04-10T12:05:00+09:00,JPY,item,1,milk,,牛乳,"乳製品, 卵",1,each,0,0,0,,
    pur_4,void,mart,"'=マート; ""店"" \ [本] | 1:2",2026-04-10T12:04:00+09:00,JPY,void,,,,,,,,,,0,,
    pur_5,void,mart,"'=マート; ""店"" \ [本] | 1:2",2026-04-10T12:04:00+09:00,JPY,void,,,,,,,,,,0,,
    pur_6,return,mart,"'=マート; ""店"" \ [本] | 1:2",2026-04-10T12:03:00+09:00,JPY,item,1,milk,,牛乳,"乳製品, 卵",0,each,70,0,0,,yes
    pur_7,sale,mart,"'=マート; ""店"" \ [本] | 1:2",2026-04-10T12:02:00+09:00,JPY,item,1,milk,,"'@誤り ""!""",,0,each,99,0,0,,yes
    pur_8,return,mart,"'=マート; ""店"" \ [本] | 1:2",2026-04-10T12:01:00+09:00,JPY,item,1,milk,,"'＋牛乳",,-1,each,175,0,-175,,
    pur_8,return,mart,"'=マート; ""店"" \ [本] | 1:2",2026-04-10T12:01:00+09:00,JPY,adjustment,,,,手数料なし,other,,,,,-10,,
    pur_9,sale,mart,"'=マート; ""店"" \ [本] | 1:2",2026-04-10T12:00:00+09:00,JPY,item,1,milk,,牛乳,"乳製品, 卵",2,each,200,50,350,8,
    pur_9,sale,mart,"'=マート; ""店"" \ [本] | 1:2",2026-04-10T12:00:00+09:00,JPY,item,2,,,"'=HYPERLINK(""http://x"")",Tax,0.5,kg,300,0,150,,
    pur_9,sale,mart,"'=マート; ""店"" \ [本] | 1:2",2026-04-10T12:00:00+09:00,JPY,item,3,unknown,,,,1,each,0,0,0,,
    pur_9,sale,mart,"'=マート; ""店"" \ [本] | 1:2",2026-04-10T12:00:00+09:00,JPY,adjustment,,,,"'-10円",coupon,,,,,-10,,
    pur_9,sale,mart,"'=マート; ""店"" \ [本] | 1:2",2026-04-10T12:00:00+09:00,JPY,adjustment,,,,袋,fee,,,,,3,,
    pur_9,sale,mart,"'=マート; ""店"" \ [本] | 1:2",2026-04-10T12:00:00+09:00,JPY,tax,,,,,,,,,,15,10,
    "#);
    let plain = life.book("csv?encoding=utf-8").await.body;
    assert_eq!(plain, text);
    life.world.close().await;
}

#[tokio::test]
async fn amounts_sum_to_what_was_spent() {
    let life = Life::live().await;
    let rows = rows(&life.book("csv?encoding=utf-8").await.body);
    let mut by_purchase = BTreeMap::<&str, i64>::new();
    let mut by_currency = BTreeMap::<String, i64>::new();
    for row in &rows {
        let amount = minor(row, "amount");
        *by_purchase.entry(&row["purchase_id"]).or_default() += amount;
        *by_currency.entry(row["currency"].clone()).or_default() += amount;
        if row["row"] == "item" && row["unit"] == "each" {
            // What is on the row makes its amount, also of what came back or was voided.
            let quantity: i64 = row["quantity"].parse().unwrap();
            let made = quantity * minor(row, "unit_price") - minor(row, "discount");
            assert_eq!(amount, made, "{row:?}");
        }
    }
    let shown = life.shown().await;
    assert_eq!(by_purchase.len(), shown.len());
    for purchase in &shown {
        let id = purchase["purchase_id"].as_str().unwrap();
        assert_eq!(by_purchase[id], counts_for(purchase), "{purchase}");
    }
    assert_eq!(by_currency, life.counted().await);
    life.world.close().await;
}

#[tokio::test]
async fn no_cell_is_a_formula() {
    let life = Life::live().await;
    for row in rows(&life.book("csv?encoding=utf-8").await.body) {
        for (column, cell) in &row {
            let begins = cell.trim_start();
            let is_formula = begins.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠', '−']);
            let is_safe = !is_formula || NUMBERS.contains(&column.as_str());
            assert!(is_safe, "{column}: {cell}");
        }
    }
    life.world.close().await;
}

#[tokio::test]
async fn japanese_windows_reads_it_and_sees_what_is_missing() {
    let life = Life::live().await;
    let answer = life.book("csv?encoding=cp932").await;
    assert_eq!(
        answer.header("content-type"),
        "text/csv; charset=windows-31j"
    );
    let (text, _, had_errors) = encoding_rs::SHIFT_JIS.decode(&answer.bytes);
    assert!(!had_errors);
    let read = rows(&text);
    let plain = rows(&life.book("csv?encoding=utf-8").await.body);
    // A row more: what was replaced, at the end, and it counts for nothing.
    let (note, rest) = read.split_last().unwrap();
    assert_eq!(
        (note["row"].as_str(), note["amount"].as_str()),
        ("note", "0")
    );
    let names =
        |rows: &[Row]| -> Vec<String> { rows.iter().map(|row| row["name"].clone()).collect() };
    assert_eq!(rest.len(), plain.len());
    let replaced = text.matches('〓').count() - note["name"].matches('〓').count();
    assert!(note["name"].ends_with(&format!(": {replaced}")), "{note:?}");
    let differing: Vec<_> = names(&plain)
        .into_iter()
        .zip(names(rest))
        .filter(|(one, other)| one != other)
        .map(|(one, other)| format!("{one} -> {other}"))
        .collect();
    insta::assert_snapshot!(differing.join("\n"), @r#"
    '−5 "quoted", 'twice' -> '－5 "quoted", 'twice'
    絵文字 🍣👨‍👩‍👧 -> 絵文字 〓〓〓〓〓〓
    éclair が -> 〓clair が
    "#);
    life.world.close().await;
}
