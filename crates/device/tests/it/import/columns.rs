//! Which column is taken for what, and when a person has to say.

use super::read;
use device::import::{Choice, Field};

/// Fields of a list with this first line, each with the column's name.
fn mapped(first_line: &str, choices: &[&str]) -> String {
    match read(first_line, choices) {
        Ok(plan) => {
            let fields = plan.mapping.fields();
            let pairs = fields.map(|field| {
                let header = plan.mapping.header(field).unwrap();
                format!("{field}={header}")
            });
            pairs.collect::<Vec<_>>().join(" ")
        }
        Err(fault) => fault.to_string(),
    }
}

#[test]
fn columns_are_known_by_the_names_that_shops_use() {
    let rows = [
        (
            "商品コード,商品名,価格",
            "code=商品コード name=商品名 unit_price=価格",
        ),
        (
            "JAN,品名,売価,税率",
            "code=JAN name=品名 unit_price=売価 tax_percent=税率",
        ),
        ("ＪＡＮコード,名称", "code=ＪＡＮコード name=名称"),
        (
            "ｺｰﾄﾞ,品名,ﾌﾘｶﾞﾅ,単価(円)",
            "code=ｺｰﾄﾞ name=品名 reading=ﾌﾘｶﾞﾅ unit_price=単価(円)",
        ),
        (
            "品番;商品名;販売価格;消費税率",
            "code=品番 name=商品名 unit_price=販売価格 tax_percent=消費税率",
        ),
        (
            "SKU,Title,Unit Price,TAX",
            "code=SKU name=Title unit_price=Unit Price tax_percent=TAX",
        ),
        (
            "barcode\tname\tdepartment",
            "code=barcode name=name category=department",
        ),
        (
            "コード,商品名,レシート名,カナ,規格,部門,単位,税区分,要配慮",
            "code=コード name=商品名 short_name=レシート名 reading=カナ size=規格 category=部門 \
             unit=単位 tax_included=税区分 sensitive=要配慮",
        ),
        // Between quotes a separator is a part of the name.
        ("\"大;中;小;細\",コード,品名", "code=コード name=品名"),
        // The table's own names go before all others.
        (
            "code,name,short_name,reading,size,gtin,kind,category,unit,unit_price,tax_percent,\
             tax_included,sensitive,barcode,title,price",
            "code=code name=name short_name=short_name reading=reading size=size gtin=gtin \
             kind=kind category=category unit=unit unit_price=unit_price tax_percent=tax_percent \
             tax_included=tax_included sensitive=sensitive",
        ),
    ];
    for (first_line, expected) in rows {
        assert_eq!(mapped(first_line, &[]), expected, "{first_line}");
    }
}

#[test]
fn a_person_decides_where_names_do_not() {
    let both = "商品コード,JANコード,商品名,原価,売価,価格";
    let rows: &[(&str, &[&str], &str)] = &[
        (
            both,
            &[],
            "several columns could hold the code: #1 商品コード, #2 JANコード",
        ),
        (
            both,
            &["code=商品コード"],
            "several columns could hold the unit_price: #5 売価, #6 価格",
        ),
        (
            both,
            &["code=商品コード", "price=売価"],
            "code=商品コード name=商品名 gtin=JANコード unit_price=売価",
        ),
        (
            both,
            &["code=ＪＡＮ コード", "unit_price="],
            "code=JANコード name=商品名",
        ),
        ("a,b,c", &["code=#1", "name=#3"], "code=a name=c"),
        (
            "価格,価格,コード,品名",
            &["price=#2"],
            "code=コード name=品名 unit_price=価格",
        ),
        (
            "a,b",
            &[],
            "no column is known to hold the code. The first line names: #1 a, #2 b",
        ),
        ("コード,メモ", &[], "such as name=#2"),
        (
            "code,name",
            &["name="],
            "no column is known to hold the name",
        ),
        (
            "code,name",
            &["price=値段"],
            "price=値段 names 0 columns and must name one",
        ),
        ("code,name", &["price=#3"], "price=#3 names 0 columns"),
        ("code,name,x,x", &["price=x"], "price=x names 2 columns"),
        ("code,name,x", &["price=x", "size=x"], "size=x contradicts"),
        (
            "code,name,x,y",
            &["price=x", "price=y"],
            "price=y contradicts",
        ),
        (
            "4901234567894,牛乳,248",
            &[],
            "The first line names: #1 4901234567894, #2 牛乳",
        ),
    ];
    for (first_line, choices, expected) in rows {
        let found = mapped(first_line, choices);
        assert!(
            found.contains(expected),
            "{first_line} {choices:?}: {found}"
        );
    }
}

#[test]
fn a_choice_that_cannot_be_read_says_how_to_write_it() {
    for (written, expected) in [
        ("商品コード", "has no ="),
        ("colour=色", "the fields are code, name, short_name"),
        ("code=#0", "counted from 1"),
        ("code=#x", "counted from 1"),
    ] {
        let fault = Choice::parse(written).unwrap_err().to_string();
        assert!(fault.contains(expected), "{written}: {fault}");
    }
    assert_eq!(Choice::parse(" tax = 税 ").unwrap().to_string(), "tax = 税");
}

#[test]
fn what_is_not_read_is_said() {
    let plan = read("コード,品名,原価,,仕入先\u{1b}[2J\n1,a,1,2,3", &[]).unwrap();
    assert_eq!(plan.ignored_columns, ["原価", "仕入先 [2J"]);
    assert_eq!(plan.mapping.header(Field::UnitPrice), None);
}
