//! The settlements that the tests begin from, and how one is changed in a single place.

use wire::settlement::{Received, read_settlement};

/// The settlement of the contract.
pub(crate) const SALE: &str = r#"{"store_id":"s-330","terminal":"1","business_date":"2017-01-01","transaction":"31198570044","kind":"sale","purchased_at":"2017-01-01T11:53:26Z","currency":"USD","user":{"id":"usr_0zzg0081040g2081040m2gc5v8"},"lines":[{"code":"1095275","quantity":"1","unit_price":50,"amount":50}],"total":50}"#;

/// A settlement that uses every member a sale can have.
pub(crate) const FULL: &str = r#"{"store_id":"s-330","terminal":"till 7","business_date":"2026-04-01","transaction":"A-000017","kind":"sale","purchased_at":"2026-04-01T23:59:59.250+09:00","currency":"JPY","user":{"pseudonym":"card-0042"},"claim_code":"01234567890123456789","catalogue_revision":17,"catalogue_lineage":"pos-a","lines":[{"code":"4901234567894","name":"牛乳","quantity":"2","unit":"each","unit_price":238,"discount":30,"amount":446,"discounts":[{"label":"朝市","amount":10},{"label":"会員","amount":20}],"list_price":258,"tax_percent":"8","tax_included":true,"gtin":"4901234567894","kind":"goods","category":"乳製品","sensitive":false},{"code":"22","quantity":"0.348","unit":"kg","unit_price":1280,"amount":446,"priced_by":"till","tax_percent":"8.0","tax_included":true},{"name":"取り付け","quantity":"1.5","unit":"h","unit_price":3000,"amount":4500,"kind":"service","part_of":1,"service_from":"2026-04-02T10:00:00+09:00","service_to":"2026-04-02T11:30:00+09:00","sensitive":true}],"adjustments":[{"kind":"coupon","label":"クーポン","amount":-100,"tax_percent":"8","lines":[1,2]}],"taxes":[{"percent":"8","included":true,"taxable":792,"tax":58,"reduced":true},{"percent":"10","included":false,"taxable":4500,"tax":450,"reduced":false},{"percent":"0","included":true,"taxable":0,"tax":0,"class":"exempt"}],"tenders":[{"kind":"card","amount":5000,"label":"VISA","card":{"brand":"VISA","first6":"411111","last4":"1111"}},{"kind":"cash","amount":1000,"currency":"USD"}],"change":258,"total":5742,"with":{"store_id":"s-330","terminal":"till 7","business_date":"2026-04-01","transaction":"A-000016"},"receipt_number":"R-17","staff":"佐藤","points":{"earned":57,"used":0,"balance":1200},"notes":["またお越しください"],"extra":{"weather":"雨","queue":[1,2.5,null,true]}}"#;

/// The sale with the first `from` replaced by `to`.
pub(crate) fn sale_with(from: &str, to: &str) -> String {
    changed(SALE, from, to)
}

/// A text with the first `from` replaced by `to`; a test that changes nothing tests nothing.
pub(crate) fn changed(text: &str, from: &str, to: &str) -> String {
    assert!(text.contains(from), "{from:?} is not in {text}");
    text.replacen(from, to, 1)
}

/// The sale with further members at its end.
pub(crate) fn sale_and(members: &str) -> String {
    changed(
        SALE,
        r#""total":50}"#,
        &format!(r#""total":50,{members}}}"#),
    )
}

/// Reads what must be right.
pub(crate) fn received(json: &str) -> Received {
    match read_settlement(json.as_bytes()) {
        Ok(received) => received,
        Err(rejection) => panic!("refused: {:#?}\n{json}", rejection.errors),
    }
}
