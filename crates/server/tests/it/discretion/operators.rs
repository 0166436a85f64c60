//! What is private, and who runs the server: hidden until it is opened, and noted then.

use super::*;

#[tokio::test]
async fn the_console_hides_what_is_private_until_it_is_opened_and_noted() {
    let world = World::open().await;
    let shop = world.shop("tokyo").await;
    let ann = world.person_in_browser("ann").await;
    let id = sell(&world, &shop, &ann, "1").await;
    let path = format!("/book/{id}/private");
    let signed_in = press(&world, "", "/console/sign-in", &[("key", &world.operator)]).await;
    let cookie = cookie_of(&signed_in.is(303));
    // The same number again with another amount: a conflict, whose names nobody has looked up.
    let other = shop
        .sale_to(&ann.id, "1", 301)
        .and("/lines/0/code", json!("pill"));
    world.ask(post(SALES, other).by(&shop.key)).await.is(409);
    let conflicts = "/console/stores/tokyo/conflicts";
    let number = [("store_id", "tokyo"), ("date", TODAY), ("number", "1")];
    let of_number = [("open_terminal", "1"), ("open_transaction", "1")];
    let opening = [number.as_slice(), &of_number].concat();
    let of_conflict = [("date", TODAY), ("terminal", "1"), ("transaction", "1")];
    let found = async || {
        let receipt = press(&world, &cookie, "/console/receipts", &number)
            .await
            .is(200);
        let beside = world
            .ask(get(conflicts).with("cookie", &cookie))
            .await
            .is(200);
        (receipt.body, beside.body)
    };
    let (receipt, beside) = found().await;
    for page in [&receipt, &beside] {
        assert!(page.contains("private item"), "{page}");
        assert!(!page.contains("pill"), "{page}");
        assert!(page.contains("milk") && page.contains("¥300"), "{page}");
        assert!(!page.contains(&ann.id), "{page}");
    }
    let opened = press(&world, &cookie, "/console/receipts", &opening)
        .await
        .is(200);
    assert!(opened.body.contains("&lt;pill&gt;"), "{}", opened.body);
    assert!(
        opened.body.contains("Private items are open"),
        "{}",
        opened.body
    );
    let opened = press(&world, &cookie, conflicts, &of_conflict)
        .await
        .is(200);
    assert!(opened.body.contains("pill &lt;pill&gt;"), "{}", opened.body);
    let noted = [
        "private_opened 2026-04-10 1 1",
        "private_opened 2026-04-10 1 1, sought as 1",
    ];
    assert_eq!(acts(&world).await, noted);
    // What the buyer says goes before what the shop says, here too.
    press(&world, &ann.cookie, &path, &[("choice", "private here 1")])
        .await
        .is(303);
    press(&world, &ann.cookie, &path, &[("choice", "plain always 2")])
        .await
        .is(303);
    let (receipt, beside) = found().await;
    for page in [&receipt, &beside] {
        assert!(page.contains("pill") && !page.contains("milk"), "{page}");
    }
    // A key of another store opens nothing, and nothing is noted.
    let key = json!({"label": "Kim", "store_id": world.shop("osaka").await.id});
    let key = world
        .order(post("/v1/operators", key))
        .await
        .is(201)
        .text("/token");
    let signed_in = press(&world, "", "/console/sign-in", &[("key", &key)]).await;
    let kims = cookie_of(&signed_in.is(303));
    press(&world, &kims, "/console/receipts", &opening)
        .await
        .is(403);
    press(&world, &kims, conflicts, &of_conflict).await.is(403);
    for bad in [
        ("date", "yesterday"),
        ("terminal", ""),
        ("transaction", "\u{7}"),
    ] {
        let fields =
            of_conflict.map(|(name, value)| if name == bad.0 { bad } else { (name, value) });
        press(&world, &cookie, conflicts, &fields).await.is(404);
    }
    assert_eq!(acts(&world).await.len(), 2);
    world.close().await;
}

/// Whatever is looked for is in the log before it is shown, however the form was filled.
#[tokio::test]
async fn nobody_looks_for_a_receipt_past_the_log() {
    let world = World::open().await;
    let shop = world.shop("tokyo").await;
    let ann = world.person_in_browser("ann").await;
    sell(&world, &shop, &ann, "1").await;
    let signed_in = press(&world, "", "/console/sign-in", &[("key", &world.operator)]).await;
    let cookie = cookie_of(&signed_in.is(303));
    let long = "1".repeat(65);
    // The number, the till and its number to open; what is noted of it.
    for (number, opened, noted) in [
        ("1", ["", ""], Ok("receipt_sought 2026-04-10 1")),
        (
            "1",
            ["9", "x"],
            Ok("private_opened 2026-04-10 9 x, sought as 1"),
        ),
        ("1", ["", "x"], Err("open_terminal")),
        ("1", ["1", ""], Err("open_terminal")),
        ("1", ["1", "\u{7}"], Err("open_terminal")),
        ("1", ["\u{202e}", "1"], Err("open_terminal")),
        ("1\u{7}", ["", ""], Err("transaction number")),
        ("1\u{7}", ["1", "1"], Err("transaction number")),
        (&long, ["", ""], Err("transaction number")),
        (" ", ["", ""], Err("transaction number")),
    ] {
        let before = noted_of(&world, "").await.len();
        let fields = [
            ("store_id", "tokyo"),
            ("date", TODAY),
            ("number", number),
            ("open_terminal", opened[0]),
            ("open_transaction", opened[1]),
        ];
        let answer = press(&world, &cookie, "/console/receipts", &fields).await;
        let log = noted_of(&world, "").await;
        match noted {
            Ok(noted) => {
                assert!(answer.is(200).body.contains("milk"), "the control");
                assert_eq!(log[0], noted);
                assert_eq!(log.len(), before + 1);
            }
            Err(named) => {
                let told = answer.is(422).body;
                assert!(told.contains(named) && !told.contains("milk"), "{told}");
                assert_eq!(log.len(), before, "{number:?} {opened:?}");
            }
        }
    }
    world.close().await;
}

/// An operator's key reads all of the conflicts; that something private was among them is noted before.
#[tokio::test]
async fn conflicts_that_an_operator_reads_by_the_interface_are_noted() {
    let world = World::open().await;
    let shop = world.shop("tokyo").await;
    let ann = world.person_in_browser("ann").await;
    let conflicts = "/v1/stores/tokyo/conflicts";
    let read = async |key: &str| {
        let answer = world.ask(get(conflicts).by(key)).await.is(200);
        let found = answer.json()["conflicts"].as_array().unwrap().len();
        (found, acts(&world).await)
    };
    let plain = shop.sale_to(&ann.id, "0", 100);
    world.ask(post(SALES, plain).by(&shop.key)).await.is(201);
    let other = shop.sale_to(&ann.id, "0", 101);
    world.ask(post(SALES, other).by(&shop.key)).await.is(409);
    let nothing: [String; 0] = [];
    assert_eq!(read(&world.operator).await, (1, nothing.to_vec()));
    // The second is private by what is recorded, and carries the code alone.
    sell(&world, &shop, &ann, "1").await;
    let other = shop
        .sale_to(&ann.id, "1", 301)
        .and("/lines/0/code", json!("pill"));
    world.ask(post(SALES, other).by(&shop.key)).await.is(409);
    assert_eq!(read(&shop.key).await, (2, nothing.to_vec()), "its own till");
    let noted = "private_opened conflicts, all 2: 2026-04-10 1 1";
    for times in 1..=2 {
        let expected = vec![noted.to_owned(); times];
        assert_eq!(read(&world.operator).await, (2, expected));
    }
    world.close().await;
}

/// What was noted of private things, in short.
async fn acts(world: &World) -> Vec<String> {
    noted_of(world, "private_opened").await
}

/// What was noted of such acts, the newest first.
async fn noted_of(world: &World, act: &str) -> Vec<String> {
    let log = world.order(get("/v1/audit")).await.is(200).json();
    let entries = log["entries"].as_array().unwrap().iter();
    let word = |entry: &Value, name: &str| entry[name].as_str().unwrap_or("-").to_owned();
    entries
        .filter(|entry| word(entry, "act").starts_with(act))
        .map(|entry| format!("{} {}", word(entry, "act"), word(entry, "detail")))
        .collect()
}
