//! Rows: what is wrong is told with its place, and spoils no other row.

use super::{cp932, faults, read};
use device::code::read as code;
use device::import::ERRORS_MAX;

#[test]
fn every_fault_is_told_and_the_good_rows_stay() {
    let long = "あ".repeat(201);
    let list = format!(
        "商品コード,商品名,価格,税率,部門\r\n\
         4901234567894,牛乳,\"1,248\",8%,飲料\r\n\
         ,名なし,100,8,\r\n\
         2,,-5,9x,\r\n\
         4.90123E+12,パン,100,8,\r\n\
         \r\n\
         ,,,,\r\n\
         3,\"二行\r\nの名\",100,8,\r\n\
         4,{long},100,8,\r\n\
         5,4111 1111 1111 1111,100,8,\r\n\
         6,大根,1,280,8,野菜\r\n\
         7,卵\r\n\
         =\"0012\",のり,90円,軽減,\r\n"
    );
    for bytes in [list.clone().into_bytes(), cp932(&list)] {
        let plan = read(bytes, &[]).unwrap();
        let expected = [
            "line 3, 商品コード: is empty; every item needs one",
            "line 4, 商品名: is empty; every item needs one",
            "line 4, 価格: \"-5\" is less than nothing: a price is 0 or more",
            "line 4, 税率: \"9x\" is no tax rate: write it like 8 or 10%, or 軽減 or 標準, \
             or leave it empty",
            "line 5, 商品コード: \"4.90123E+12\" is what a spreadsheet made of a long number, and \
             digits are lost: set the column's format to text in the sheet, enter the codes again, \
             and save",
            "line 8, 商品名: holds a line break; take it out, or close the quotes that were opened \
             in this row",
            "line 10, 商品名: takes at most 200 characters",
            "line 11, 商品名: holds a whole card number; nothing of it is kept, take it out",
            "line 12, 税率: \"280\" is no tax rate: write it like 8 or 10%, or 軽減 or 標準, \
             or leave it empty",
            "line 12, 商品コード: the row has 6 cells and the first line 5: put a value that holds \
             the separator between quotes",
        ];
        assert_eq!(faults(&plan), expected);
        let good: Vec<_> = plan
            .rows
            .iter()
            .map(|row| (row.line, row.item.code.as_str(), row.item.unit_price))
            .collect();
        let expected = [
            (2, "4901234567894", Some(1_248)),
            (13, "7", None),
            (14, "0012", Some(90)),
        ];
        assert_eq!(good, expected);
        assert_eq!(plan.rows_read, 10);
        let faulty = code("5").unwrap();
        assert_eq!(
            plan.line_of(&faulty),
            Some(11),
            "a faulty row is no omission"
        );
        assert_eq!(plan.line_of(&code("99").unwrap()), None);
    }
}

#[test]
fn two_rows_for_one_code_are_both_left_out() {
    let list = "code,name,price\n1,a,10\n2,b,20\n１,c,30\n3,d,40\n1,e,x\n";
    let plan = read(list, &[]).unwrap();
    let expected = [
        "line 4, code: code 1 stands in line 2 as well; neither row is taken, keep one of them",
        "line 6, price: \"x\" is no price: write digits, such as 248 or 1,280, or leave it empty",
        "line 6, code: code 1 stands in line 2 as well; neither row is taken, keep one of them",
    ];
    assert_eq!(faults(&plan), expected);
    let good: Vec<_> = plan.rows.iter().map(|row| row.item.code.as_str()).collect();
    assert_eq!(good, ["2", "3"]);
}

#[test]
fn a_file_that_was_cut_says_so() {
    let whole = "code,name,price,tax\n1,a,100,8\n2,b,248,10";
    assert!(faults(&read(whole, &[]).unwrap()).is_empty());
    for cut in ["\n2,b,24", "\n2,b"] {
        let plan = read(format!("code,name,price,tax\n1,a,100,8{cut}"), &[]).unwrap();
        let expected = "line 3, code: the file ends in the middle of this row: copy or export it \
                        again";
        assert_eq!(faults(&plan), [expected]);
        assert_eq!(plan.rows.len(), 1);
    }
    let ragged = read("code,name,price,tax\n1,a\n", &[]).unwrap();
    assert!(
        faults(&ragged).is_empty(),
        "a spreadsheet leaves out empty cells"
    );
}

#[test]
fn faults_beyond_a_thousand_are_counted() {
    let list = "code,name\n".to_owned() + &",nameless\n".repeat(ERRORS_MAX + 5) + "1,a\n";
    let plan = read(list, &[]).unwrap();
    assert_eq!(plan.errors.len(), ERRORS_MAX);
    assert_eq!(plan.errors_left_out, 5);
    assert_eq!(plan.errors_count(), 1_005);
    assert_eq!(plan.rows.len(), 1);
}

#[test]
fn codes_that_cannot_be_scanned_are_told() {
    let list = format!(
        "code,name\n{},a\n4901234567894.0,b\n a\tb ,c\n",
        "9".repeat(65)
    );
    let expected = [
        "line 2, code: takes at most 64 characters",
        "line 3, code: \"4901234567894.0\" is what a spreadsheet made of a long number, and digits \
         are lost: set the column's format to text in the sheet, enter the codes again, and save",
        "line 4, code: must not contain the character U+0009",
    ];
    assert_eq!(faults(&read(list, &[]).unwrap()), expected);
}

#[test]
fn the_preview_shows_columns_rows_and_faults() {
    let list = "商品コード,商品名,ｶﾅ,売価,税区分,原価\r\n\
                4901234567894,おいしい牛乳,ｷﾞｭｳﾆｭｳ,¥248,内税,180\r\n\
                0012,とても長い名前のついた特別な食パン六枚切り,,130円,外税,60\r\n\
                77,卵,,x,,\r\n";
    let plan = read(cp932(list), &[]).unwrap();
    insta::assert_snapshot!(plan.to_string(), @r#"
    CP932, separated by comma; rows: 3, good: 2, errors: 1
      code          = 商品コード
      name          = 商品名
      reading       = ｶﾅ
      unit_price    = 売価
      tax_included  = 税区分
    not read: 原価

      line  code           name                     reading  unit_price  tax_included
      2     4901234567894  おいしい牛乳             ｷﾞｭｳﾆｭｳ  248         included
      3     0012           とても長い名前のついた…           130         excluded

    line 4, 売価: "x" is no price: write digits, such as 248 or 1,280, or leave it empty
    "#);
}
