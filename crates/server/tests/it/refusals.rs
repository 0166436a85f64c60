//! What a page says of something that it does not take: in the reader's language, with the field's own label, and
//! with what to do now. What programs are told in English stands on no Japanese page.

use crate::call::{Ask, cookie_of, form, get, post};
use crate::read::read;
use crate::world::World;

const LANGS: [&str; 2] = ["ja", "en"];

/// Words of at least two Latin letters, three in a row: what no Japanese sentence has.
fn is_english(line: &str) -> bool {
    let words: Vec<_> = line.split(' ').collect();
    let is_word =
        |word: &&str| word.len() > 1 && word.bytes().all(|byte| byte.is_ascii_alphabetic());
    words.windows(3).any(|three| three.iter().all(is_word))
}

/// Asks in both languages, and finds the sentences on pages that are refused.
async fn check(world: &World, cookie: &str, rows: Vec<(Ask, u16, [&str; 2])>) {
    for (ask, status, sentences) in rows {
        for (lang, sentence) in LANGS.into_iter().zip(sentences) {
            let asked = ask
                .clone()
                .with("cookie", &format!("{cookie}; lang={lang}"));
            let page = world.ask(asked).await.is(status);
            assert!(
                page.header("content-type").starts_with("text/html"),
                "{sentence}"
            );
            let text = read(&page.body);
            assert!(
                text.lines().any(|line| line == sentence),
                "{sentence} in {text}"
            );
            let of_people = text.lines().filter(|line| !line.starts_with("curl"));
            let english: Vec<_> = of_people.filter(|line| is_english(line)).collect();
            // The page in English is the control.
            assert_eq!(lang == "ja", english.is_empty(), "{english:?}");
        }
    }
}

/// A form with one of its fields filled in otherwise.
fn filled(path: &str, fields: &[(&str, &str)], other: (&str, &str)) -> Ask {
    let mut body = form_urlencoded::Serializer::new(String::new());
    for (name, value) in fields {
        body.append_pair(name, if *name == other.0 { other.1 } else { value });
    }
    form(path, &body.finish())
}

#[tokio::test]
async fn the_console_says_what_is_wrong_in_the_readers_language() {
    let world = World::open().await;
    let ann = world.person("ann").await;
    world.shop("tokyo").await;
    let entered = world.ask(form("/console/sign-in", &format!("key={}", world.operator)));
    let cookie = cookie_of(&entered.await.is(303));
    let long = "x".repeat(201);
    let store = |other| {
        let usual = [
            ("name", "角の店"),
            ("store_id", "corner"),
            ("timezone", "Asia/Tokyo"),
            ("currency", "JPY"),
            ("chain_id", ""),
        ];
        filled("/console/stores", &usual, other)
    };
    let key = |other| {
        let usual = [("label", ""), ("store_id", ""), ("chain_id", "")];
        filled("/console/keys", &usual, other)
    };
    let partner = |other| {
        let usual = [("name", "家計簿"), ("purpose", "家計簿"), ("url", "")];
        filled("/console/partners", &usual, other)
    };
    let receipt = |other| {
        let usual = [
            ("store_id", "tokyo"),
            ("date", "2026-04-10"),
            ("number", "1"),
        ];
        filled("/console/receipts", &usual, other)
    };
    let look = |reference| {
        let usual = [("reference", reference), ("act", "look")];
        filled("/console/people", &usual, ("", ""))
    };
    let of_ann =
        |deed: &str, fields: &str| form(&format!("/console/people/{}/{deed}", ann.id), fields);
    let too_long = [
        "- 使う人: 長すぎます。改行などのない、200文字までの文にしてください。",
        "- Who uses it: This is too long. Use at most 200 characters, without line breaks.",
    ];
    let no_reason = [
        "理由を、本人にわかるように書いてください(200文字まで。記録を見るときは10文字以上)。",
        "Give a reason that the person understands: up to 200 characters, and to look at purchases 10 at least.",
    ];
    let both = [
        "店舗IDとチェーンIDの両方が入っています。どちらか一方だけにしてください。",
        "Both a store and a chain are named. Please name only one of them.",
    ];
    let rows = vec![
        (
            store(("store_id", "Bad Id")),
            422,
            [
                "- 店舗ID (小文字・数字・-): この内容は使えません。英小文字・数字・ハイフン(-)だけで、64文字までにしてください。はじめの文字は英小文字か数字です。",
                "- Store id (a-z, 0-9 and -): This cannot be used as it is. Use a to z, 0 to 9 and -, at most 64 of them, beginning with a letter or digit.",
            ],
        ),
        (
            store(("timezone", "Mars")),
            422,
            [
                "- 時間帯: この内容は使えません。「Asia/Tokyo」のような時間帯の名前にしてください。",
                "- Time zone: This cannot be used as it is. Use the name of a time zone, such as Asia/Tokyo.",
            ],
        ),
        (
            store(("currency", "YEN")),
            422,
            [
                "- 通貨: この内容は使えません。「JPY」のような3文字の通貨コードにしてください。",
                "- Currency: This cannot be used as it is. Use a currency's three letters, such as JPY.",
            ],
        ),
        (
            store(("chain_id", "none")),
            422,
            [
                "- チェーンID (あれば): このチェーンはありません。チェーンIDをお確かめください。",
                "- Chain id (if any): There is no such chain. Please check the chain id.",
            ],
        ),
        (
            store(("store_id", "tokyo")),
            422,
            [
                "- 店舗ID (小文字・数字・-): すでに別の内容で使われています。ほかのものにしてください。",
                "- Store id (a-z, 0-9 and -): It is there already with other content. Please choose another one.",
            ],
        ),
        (key(("label", &long)), 422, too_long),
        (
            key(("store_id", "none")),
            422,
            [
                "- 店舗ID: この店舗はありません。店舗IDをお確かめください。",
                "- Store id: There is no such store. Please check the store id.",
            ],
        ),
        (
            form("/console/keys", "label=&store_id=tokyo&chain_id=a"),
            422,
            both,
        ),
        (
            partner(("url", "ftp://x")),
            422,
            [
                "- 説明のページ(なくてもよい): この内容は使えません。「https://」ではじまるアドレスにしてください。空白や全角の文字は使えません。",
                "- Page that says more (optional): This cannot be used as it is. Use an address that begins with https://, without blanks and with ASCII letters only.",
            ],
        ),
        (
            receipt(("date", "4/10")),
            422,
            [
                "- 日付: この内容は使えません。「2026-11-29」のように入力してください。",
                "- Date: This cannot be used as it is. Write it like 2026-11-29.",
            ],
        ),
        (
            receipt(("number", " ")),
            422,
            [
                "- レシート番号か取引番号: 入力されていません。入力してから、もう一度お試しください。",
                "- Receipt or transaction number: It was left empty. Please fill it in and try again.",
            ],
        ),
        (
            receipt(("store_id", "osaka")),
            422,
            [
                "- 店舗ID: この店舗はありません。店舗IDをお確かめください。",
                "- Store id: There is no such store. Please check the store id.",
            ],
        ),
        (
            look(" "),
            422,
            [
                "- 参照名 (ref)、メールアドレス、または ID: 入力されていません。入力してから、もう一度お試しください。",
                "- Reference (ref), e-mail address or id: It was left empty. Please fill it in and try again.",
            ],
        ),
        (of_ann("suspend", "reason="), 422, no_reason),
        (of_ann("look", "reason=short"), 422, no_reason),
        (of_ann("merge", "from=x&reason="), 422, no_reason),
        (
            form("/console/stores/tokyo/pair", "name="),
            422,
            [
                "- 端末の名前: 入力されていません。入力してから、もう一度お試しください。",
                "- Name of the device: It was left empty. Please fill it in and try again.",
            ],
        ),
        // What the framework refuses by itself is told as well.
        (
            form("/console/stores/tokyo/pair", ""),
            422,
            [
                "送られた内容を読み取れませんでした。前のページを開きなおして、もう一度入力してください。",
                "What was sent could not be read. Please open the page before once more and enter it again.",
            ],
        ),
        (
            get("/console/stores/tokyo/pair"),
            405,
            [
                "このページは、アドレスだけでは開けません。前のページのボタンから進んでください。",
                "This page does not open by its address alone. Please go there by the button on the page before.",
            ],
        ),
        (
            get("/console/stores/osaka"),
            404,
            [
                "ページがないか、ほかの人のものです。アドレスをもう一度お確かめください。",
                "There is no such page, or it is somebody else's. Please check the address.",
            ],
        ),
    ];
    check(&world, &cookie, rows).await;
    world.close().await;
}

#[tokio::test]
async fn the_account_says_what_is_wrong_in_the_readers_language() {
    let world = World::open().await;
    let shop = world.shop("tokyo").await;
    let ann = world.person_in_browser("ann").await;
    let sale = post("/v1/settlements", shop.sale_to(&ann.id, "1", 250));
    let filed = world.ask(sale.by(&shop.key)).await.is(201);
    let note = format!("/book/{}/note", filed.text("/purchase_id"));
    let (long, longest) = ("x".repeat(201), "x".repeat(1_001));
    let card = [
        "- メモ: カード番号が入っています。番号を消してから、もう一度お試しください。番号は保存していません。",
        "- Note: A card number stands in it. Please take the number out and try again. It was kept nowhere.",
    ];
    let foreign = Ask::new("POST", "/sign-out", "").with("origin", "http://evil.example");
    let rows = vec![
        (
            get(format!("/book?q={long}")),
            422,
            [
                "- さがす: 長すぎます。改行などのない、200文字までの文にしてください。",
                "- Search: This is too long. Use at most 200 characters, without line breaks.",
            ],
        ),
        (
            get("/book?cursor=x"),
            422,
            [
                "- この内容は使えません。直してから、もう一度お試しください。",
                "- This cannot be used as it is. Please put it right and try again.",
            ],
        ),
        (
            form(&note, &format!("note={longest}")),
            422,
            [
                "- メモ: 長すぎます。改行などのない、1000文字までの文にしてください。",
                "- Note: This is too long. Use at most 1000 characters, without line breaks.",
            ],
        ),
        (form(&note, "note=4242+4242+4242+4242"), 422, card),
        (
            form("/items/gtin/4901234567894", "own=%07"),
            422,
            [
                "- 自分だけの呼び名: この内容は使えません。改行などのない、200文字までの文にしてください。",
                "- Your own name for it: This cannot be used as it is. Use at most 200 characters, without line breaks.",
            ],
        ),
        (
            get("/book/nothing"),
            404,
            [
                "ページがないか、ほかの人のものです。アドレスをもう一度お確かめください。",
                "There is no such page, or it is somebody else's. Please check the address.",
            ],
        ),
        (
            foreign,
            403,
            [
                "ここではできません。このサインインでは許されていないか、ほかのサイトから開かれました。このサイトのページを開きなおして、もう一度お試しください。",
                "This is not allowed here: your sign-in does not reach so far, or you came from another site. Please open the page of this site once more and try again.",
            ],
        ),
    ];
    check(&world, &ann.cookie, rows).await;
    // Whoever tries too often is told how long to wait.
    for number in 0..120 {
        world.ask(get(format!("/c/{number:020}"))).await.is(200);
    }
    let rows = vec![(
        get("/c/01234567890123456784"),
        429,
        [
            "2分ほど待ってから、もう一度お試しください。",
            "Please wait about 2 minutes and try again.",
        ],
    )];
    check(&world, "", rows).await;
    world.close().await;
}
