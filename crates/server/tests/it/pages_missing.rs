//! A missing receipt from outside, without scripts: asked for on a person's page, answered on a store's, and
//! nothing of either shown to the other.

use crate::call::{Answer, Ask, cookie_of, get, post};
use crate::goods::{And, TODAY};
use crate::world::{Person, Shop, World};
use serde_json::json;

const PAGE: &str = "/claim/missing";

fn form(path: &str, cookie: &str, fields: &[(&str, &str)]) -> Ask {
    let mut body = form_urlencoded::Serializer::new(String::new());
    for (name, value) in fields {
        body.append_pair(name, value);
    }
    let ask = post(path, body.finish()).with("content-type", "application/x-www-form-urlencoded");
    ask.with("cookie", cookie)
}

async fn open(world: &World, cookie: &str, path: &str) -> String {
    let page = world.ask(get(path).with("cookie", cookie)).await;
    page.is(200).body
}

/// What a person says, with one field said otherwise.
pub(crate) fn said<'a>(
    shop: &'a Shop,
    total: &'a str,
    other: (&'a str, &'a str),
) -> Vec<(&'a str, &'a str)> {
    let mut fields = vec![
        ("store", shop.id.as_str()),
        ("date", TODAY),
        ("time", "12:00"),
        ("total", total),
        ("number", ""),
        ("words", "one milk"),
    ];
    fields.retain(|(name, _)| *name != other.0);
    fields.push(other);
    fields
}

pub(crate) async fn ask(world: &World, person: &Person, fields: &[(&str, &str)]) -> Answer {
    world.ask(form(PAGE, &person.cookie, fields)).await
}

/// The cookie of somebody who sits at a store's console.
async fn clerk(world: &World, shop: &Shop) -> String {
    let asked = json!({"label": "Kim", "store_id": shop.id});
    let made = world.order(post("/v1/operators", asked)).await.is(201);
    let key = made.text("/token");
    let fields = [("key", key.as_str())];
    let entered = world.ask(form("/console/sign-in", "", &fields)).await;
    cookie_of(&entered.is(303))
}

fn requests(shop: &Shop) -> String {
    format!("/console/stores/{}/missing", shop.id)
}

/// The ids of a kind on a page, in their order, each once.
fn ids(page: &str, prefix: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for part in page.split(prefix).skip(1) {
        let id: String = part
            .chars()
            .take_while(char::is_ascii_alphanumeric)
            .collect();
        let id = format!("{prefix}{id}");
        if !found.contains(&id) {
            found.push(id);
        }
    }
    found
}

fn giving<'a>(sought: &'a str, transaction: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("sought", sought),
        ("date", TODAY),
        ("terminal", "1"),
        ("transaction", transaction),
    ]
}

pub(crate) async fn sell(world: &World, shop: &Shop, sale: serde_json::Value) -> Answer {
    let sold = world.ask(post("/v1/settlements", sale).by(&shop.key)).await;
    sold.is(201)
}

#[tokio::test]
async fn a_store_gives_what_a_person_misses() {
    let world = World::open().await;
    let (mart, ann) = (
        world.shop("mart").await,
        world.person_in_browser("ann").await,
    );
    let bob = world.person("bob").await;
    let sold = sell(&world, &mart, mart.sale("t-1", 250)).await;
    sell(&world, &mart, mart.sale_to(&bob.id, "t-2", 250)).await;
    let found = open(&world, &ann.cookie, &format!("{PAGE}?q=MAR")).await;
    assert!(found.contains("/claim/missing?store=mart"), "{found}");
    let asked = ask(&world, &ann, &said(&mart, "¥250", ("number", ""))).await;
    assert_eq!(asked.is(303).header("location"), PAGE);
    let mine = open(&world, &ann.cookie, PAGE).await;
    assert!(mine.contains("Waiting for the shop"), "{mine}");

    let kim = clerk(&world, &mart).await;
    let tile = open(&world, &kim, "/console/stores/mart").await;
    assert!(tile.contains("missing receipt asked for"), "{tile}");
    let page = open(&world, &kim, &requests(&mart)).await;
    for shown in ["one milk", "12:00", "¥250", "t-1"] {
        assert!(page.contains(shown), "{shown}: {page}");
    }
    // Neither who asks nor what is somebody's already, nor what was bought.
    for hidden in [&*ann.id, "usr_", &*bob.id, "t-2", "mis_", ">milk"] {
        assert!(!page.contains(hidden), "{hidden}: {page}");
    }
    let sought = ids(&page, "sgt_").remove(0);
    let give = format!("{}/give", requests(&mart));
    let given = world
        .ask(form(&give, &kim, &giving(&sought, "t-1")))
        .await
        .is(303);
    assert_eq!(
        given.header("location"),
        "/console/stores/mart/missing?told=given"
    );
    let done = open(&world, &kim, given.header("location")).await;
    assert!(done.contains("Given."), "{done}");
    // Pressed twice, or by a colleague who had the page open: nothing more happens, and it is said.
    for transaction in ["t-1", "t-2"] {
        let again = world
            .ask(form(&give, &kim, &giving(&sought, transaction)))
            .await
            .is(409);
        assert!(again.body.contains("no longer open"), "{}", again.body);
    }
    let receipt = format!("/book/{}", sold.text("/purchase_id"));
    let mine = open(&world, &ann.cookie, PAGE).await;
    assert!(mine.contains(&receipt), "{mine}");
    assert!(open(&world, &ann.cookie, &receipt).await.contains("¥250"));
    let account = open(&world, &ann.cookie, "/account").await;
    assert!(account.contains("answered your request"), "{account}");
    let root = [("key", world.operator.as_str())];
    let entered = world.ask(form("/console/sign-in", "", &root)).await;
    let log = open(&world, &cookie_of(&entered.is(303)), "/console/audit").await;
    let mut rows = log.split("<tr>");
    let row = rows.find(|row| row.contains("gave a receipt that was missing"));
    let row = row.unwrap_or_else(|| panic!("{log}"));
    assert!(
        row.contains("mart") && row.contains("2026-04-10 1 t-1"),
        "{row}"
    );
    assert!(!row.contains("usr_"), "{row}");
    world.close().await;
}

#[tokio::test]
async fn a_store_says_why_not_and_a_person_takes_it_back() {
    let world = World::open().await;
    let (mart, ann) = (
        world.shop("mart").await,
        world.person_in_browser("ann").await,
    );
    for total in ["100", "200"] {
        ask(&world, &ann, &said(&mart, total, ("number", "")))
            .await
            .is(303);
        // Sent twice, it is one.
        ask(&world, &ann, &said(&mart, total, ("words", "")))
            .await
            .is(303);
    }
    let kim = clerk(&world, &mart).await;
    let page = open(&world, &kim, &requests(&mart)).await;
    let sought = ids(&page, "sgt_");
    assert_eq!(sought.len(), 2, "{page}");
    let refuse = format!("{}/refuse", requests(&mart));
    let answer = |why, words| {
        [
            ("sought", sought[0].as_str()),
            ("why", why),
            ("words", words),
        ]
    };
    for (why, words, told) in [
        ("own-words", " ", "Please write a few words"),
        (
            "no-sale",
            "pay to 4111 1111 1111 1111",
            "looks like a card number",
        ),
    ] {
        let page = world
            .ask(form(&refuse, &kim, &answer(why, words)))
            .await
            .is(422);
        assert!(page.body.contains(told), "{}", page.body);
        assert!(!page.body.contains("4111"), "{}", page.body);
        // The card stands open, with what was chosen.
        let chosen = format!("<option value=\"{why}\" selected>");
        assert_eq!(page.body.matches(&chosen).count(), 1, "{}", page.body);
        let open = page.body.matches("<details class=\"sure\" open>");
        assert_eq!(open.count(), 1, "{}", page.body);
    }
    world
        .ask(form(&refuse, &kim, &answer("nonsense", "")))
        .await
        .is(404);
    let words = "<script>which till?</script>";
    world
        .ask(form(&refuse, &kim, &answer("tell-more", words)))
        .await
        .is(303);
    let mine = open(&world, &ann.cookie, PAGE).await;
    assert!(mine.contains("Please ask again with the time"), "{mine}");
    assert!(
        mine.contains("which till?") && !mine.contains("<script>which"),
        "{mine}"
    );
    // What is taken back is gone from the store at once, and its clerk is told.
    for missing_id in ids(&mine, "mis_") {
        let withdraw = form(
            "/claim/missing/withdraw",
            &ann.cookie,
            &[("missing_id", &missing_id)],
        );
        world.ask(withdraw.clone()).await.is(303);
        world.ask(withdraw).await.is(303);
    }
    let late = [
        ("sought", sought[1].as_str()),
        ("why", "no-sale"),
        ("words", ""),
    ];
    let late = world.ask(form(&refuse, &kim, &late)).await.is(409);
    assert!(late.body.contains("withdrawn"), "{}", late.body);
    assert!(
        late.body.contains("Nobody waits for an answer"),
        "{}",
        late.body
    );
    assert!(!open(&world, &ann.cookie, PAGE).await.contains("mis_"));
    world.close().await;
}

#[tokio::test]
async fn what_a_clerk_typed_is_kept_and_several_are_answered_at_once() {
    let world = World::open().await;
    let (mart, ann) = (
        world.shop("mart").await,
        world.person_in_browser("ann").await,
    );
    sell(&world, &mart, mart.sale("t-1", 250)).await;
    for total in 250..264 {
        let total = total.to_string();
        ask(&world, &ann, &said(&mart, &total, ("number", "")))
            .await
            .is(303);
    }
    let kim = clerk(&world, &mart).await;
    let second = format!("{}?skip=10", requests(&mart));
    let page = open(&world, &kim, &second).await;
    let sought = ids(&page, "sgt_");
    assert_eq!(sought.len(), 4, "{page}");
    // Too long, on the second page: it comes back with all of it where it was typed.
    let words = format!("{} & more", "x".repeat(200));
    let fields = [
        ("skip", "10"),
        ("sought", sought[1].as_str()),
        ("why", "tell-more"),
        ("words", &words),
    ];
    let refuse = format!("{}/refuse", requests(&mart));
    let again = world.ask(form(&refuse, &kim, &fields)).await.is(422).body;
    assert_eq!(ids(&again, "sgt_"), sought, "{again}");
    let typed = again.split("<section class=\"card\">").nth(2).unwrap();
    for part in [
        &*sought[1],
        "open>",
        "\"tell-more\" selected",
        &format!("value=\"{} &amp; more\"", "x".repeat(200)),
    ] {
        assert!(typed.contains(part), "{part}: {typed}");
    }
    assert_eq!(again.matches(" selected").count(), 1, "{again}");
    // What fits no sale can be ticked, and is answered together; the one that fits cannot.
    let first = open(&world, &kim, &requests(&mart)).await;
    let ticks = [&first, &page].map(|page| page.matches("type=\"checkbox\"").count());
    assert_eq!(ticks.iter().sum::<usize>(), 13, "{first}");
    let several = format!("{}/refuse-several", requests(&mart));
    let mut fields = vec![("skip", "10"), ("why", "no-sale")];
    let none = world.ask(form(&several, &kim, &fields)).await.is(422);
    assert!(none.body.contains("Please tick"), "{}", none.body);
    fields.extend(sought.iter().take(3).map(|id| ("sought", id.as_str())));
    // One of them was answered by a colleague a moment ago.
    let one = [("sought", &*sought[0]), ("why", "no-sale"), ("words", "")];
    world.ask(form(&refuse, &kim, &one)).await.is(303);
    let done = world.ask(form(&several, &kim, &fields)).await.is(303);
    assert_eq!(
        done.header("location"),
        "/console/stores/mart/missing?told=refused&skip=10"
    );
    let left = open(&world, &kim, done.header("location")).await;
    assert_eq!(ids(&left, "sgt_"), sought[3..], "{left}");
    let mine = open(&world, &ann.cookie, PAGE).await;
    assert_eq!(
        mine.matches("No sale of that day fits").count(),
        3,
        "{mine}"
    );
    let lee = clerk(&world, &world.shop("other").await).await;
    world.ask(form(&several, &lee, &fields)).await.is(403);
    let wrong = [("why", "own-words"), ("sought", &*sought[3])];
    world.ask(form(&several, &kim, &wrong)).await.is(404);
    world.close().await;
}

#[tokio::test]
async fn whoever_asks_too_often_waits_and_keeps_what_was_typed() {
    let world = World::open().await;
    let (mart, ann) = (
        world.shop("mart").await,
        world.person_in_browser("ann").await,
    );
    // The same again is one request, but every time is asked.
    for _ in 0..30 {
        ask(&world, &ann, &said(&mart, "250", ("number", "")))
            .await
            .is(303);
    }
    let late = ask(&world, &ann, &said(&mart, "251", ("number", "R-7"))).await;
    let late = late.is(422).body;
    assert!(late.contains("in a short time"), "{late}");
    assert!(late.contains("value=\"R-7\""), "{late}");
    let kim = clerk(&world, &mart).await;
    let page = open(&world, &kim, &requests(&mart)).await;
    assert_eq!(ids(&page, "sgt_").len(), 1, "{page}");
    world.close().await;
}

#[tokio::test]
async fn whoever_means_ill_gets_nothing() {
    let world = World::open().await;
    let (mart, other) = (world.shop("mart").await, world.shop("other").await);
    let (ann, bob) = (
        world.person_in_browser("ann").await,
        world.person_in_browser("bob").await,
    );
    sell(&world, &mart, mart.sale("t-1", 250)).await;
    let taken = mart
        .sale("t-2", 250)
        .and("/claim_code", json!("01234567890123456784"));
    sell(&world, &mart, taken).await;
    sell(&world, &mart, mart.sale("t-3", 999)).await;
    ask(&world, &ann, &said(&mart, "250", ("number", "")))
        .await
        .is(303);
    let kim = clerk(&world, &mart).await;
    let sought = ids(&open(&world, &kim, &requests(&mart)).await, "sgt_").remove(0);

    // A clerk of another store sees nothing and gives nothing, there or here.
    let lee = clerk(&world, &other).await;
    world
        .ask(get(requests(&mart)).with("cookie", &lee))
        .await
        .is(403);
    world
        .ask(get("/console/stores/none/missing").with("cookie", &lee))
        .await
        .is(403);
    let give = |shop: &Shop| format!("{}/give", requests(shop));
    world
        .ask(form(&give(&mart), &lee, &giving(&sought, "t-1")))
        .await
        .is(403);
    world
        .ask(form(&give(&other), &lee, &giving(&sought, "t-1")))
        .await
        .is(409);
    let refusal = [
        ("sought", sought.as_str()),
        ("why", "no-sale"),
        ("words", ""),
    ];
    let refuse = format!("{}/refuse", requests(&other));
    world.ask(form(&refuse, &lee, &refusal)).await.is(409);
    world
        .ask(form(&give(&mart), "", &giving(&sought, "t-1")))
        .await
        .is(303);
    world
        .ask(form(&give(&mart), &ann.cookie, &giving(&sought, "t-1")))
        .await
        .is(303);
    // A sale that does not fit, one that is claimed meanwhile, and what is no id at all.
    world
        .ask(form(&give(&mart), &kim, &giving(&sought, "t-3")))
        .await
        .is(409);
    let claimed = form("/claim", &bob.cookie, &[("code", "01234567890123456784")]);
    world.ask(claimed).await.is(303);
    let late = world
        .ask(form(&give(&mart), &kim, &giving(&sought, "t-2")))
        .await
        .is(409);
    assert!(
        late.body.contains("cannot be given any more"),
        "{}",
        late.body
    );
    assert!(!late.body.contains("value=\"t-2\""), "{}", late.body);
    world
        .ask(form(&give(&mart), &kim, &giving("sgt_x", "t-1")))
        .await
        .is(404);
    // Other people's requests are nobody else's to take back.
    let mine = open(&world, &ann.cookie, PAGE).await;
    let missing_id = ids(&mine, "mis_").remove(0);
    let steal = [("missing_id", missing_id.as_str())];
    let withdraw = "/claim/missing/withdraw";
    world.ask(form(withdraw, &bob.cookie, &steal)).await.is(303);
    assert_eq!(
        ids(&open(&world, &kim, &requests(&mart)).await, "sgt_"),
        [sought]
    );
    // Other sites make a browser do none of it.
    for path in [PAGE, withdraw] {
        let foreign = form(path, &ann.cookie, &steal).with("sec-fetch-site", "cross-site");
        world.ask(foreign).await.is(403);
    }
    world.close().await;
}

#[tokio::test]
async fn what_is_said_is_looked_at_and_bounded() {
    let world = World::open().await;
    let (mart, ann) = (
        world.shop("mart").await,
        world.person_in_browser("ann").await,
    );
    let sent_on = world.ask(get(format!("{PAGE}?store=mart"))).await.is(303);
    assert_eq!(
        sent_on.header("location"),
        "/start?next=%2Fclaim%2Fmissing%3Fstore%3Dmart"
    );
    let long = "a".repeat(201);
    for (field, said_so, told) in [
        ("date", "yesterday", "the day of the purchase"),
        ("date", "2026-04-12", "has not come yet"),
        ("date", "2025-03-01", "older than 400 days"),
        ("time", "noon", "like 18:30"),
        ("total", "1.5", "the total in digits"),
        ("total", "", "the total in digits"),
        ("number", &long[..65], "64 characters at most"),
        ("words", &long, "200 characters at most"),
        ("words", "4111-1111-1111-1111", "looks like a card number"),
        ("number", "4111111111111111", "looks like a card number"),
    ] {
        let page = ask(&world, &ann, &said(&mart, "250", (field, said_so)))
            .await
            .is(422);
        assert!(page.body.contains(told), "{field}: {}", page.body);
    }
    let hostile = said(&mart, "1", ("words", "\"><script>x</script>\u{202e}"));
    let page = ask(&world, &ann, &hostile).await.is(422);
    assert!(!page.body.contains("<script>x"), "{}", page.body);
    ask(&world, &ann, &said(&mart, "1", ("store", "none")))
        .await
        .is(404);
    for total in 1..=20 {
        let total = total.to_string();
        ask(&world, &ann, &said(&mart, &total, ("number", "7")))
            .await
            .is(303);
    }
    let full = ask(&world, &ann, &said(&mart, "21", ("number", "7")))
        .await
        .is(422);
    assert!(full.body.contains("20 of your requests"), "{}", full.body);
    // The console shows ten of them at a time, who asked first comes first, and behind the last the last page.
    let kim = clerk(&world, &mart).await;
    for (query, count) in [("", 10), ("?skip=10", 10), ("?skip=20", 10)] {
        let page = open(&world, &kim, &format!("{}{query}", requests(&mart))).await;
        assert_eq!(ids(&page, "sgt_").len(), count, "{query}");
        assert!(page.contains("Waiting for an answer: 20"), "{page}");
    }
    world.close().await;
}

#[tokio::test]
async fn what_is_in_the_book_is_shown_before_a_store_is_asked() {
    let world = World::open().await;
    let (mart, ann) = (
        world.shop("mart").await,
        world.person_in_browser("ann").await,
    );
    let sold = sell(&world, &mart, mart.sale_to(&ann.id, "t-1", 250)).await;
    let receipt = format!("/book/{}", sold.text("/purchase_id"));
    let page = ask(&world, &ann, &said(&mart, "250", ("number", "")))
        .await
        .is(200);
    assert!(page.body.contains(&receipt), "{}", page.body);
    assert!(page.body.contains("Ask all the same"), "{}", page.body);
    ask(&world, &ann, &said(&mart, "250", ("sure", "yes")))
        .await
        .is(303);
    // Another total is another receipt.
    ask(&world, &ann, &said(&mart, "251", ("number", "")))
        .await
        .is(303);
    let book = open(&world, &ann.cookie, "/book?q=nothing").await;
    let shop = open(&world, &ann.cookie, "/shops/mart").await;
    let claim = open(&world, &ann.cookie, "/claim").await;
    for (page, link) in [
        (book, "/claim/missing\""),
        (shop, "/claim/missing?store=mart"),
        (claim, "/claim/missing\""),
    ] {
        assert!(page.contains(link), "{page}");
    }
    world.close().await;
}

#[tokio::test]
async fn nobody_waits_without_end() {
    let world = World::open().await;
    let (mart, ann) = (
        world.shop("mart").await,
        world.person_in_browser("ann").await,
    );
    ask(&world, &ann, &said(&mart, "250", ("number", "")))
        .await
        .is(303);
    let wait = form("/claim", &ann.cookie, &[("code", "01234567890123456784")]);
    world.ask(wait).await.is(303);
    let late = "Some codes have not arrived for days";
    assert!(!open(&world, &ann.cookie, "/claim").await.contains(late));
    world.at("2026-04-13T12:00:00+09:00");
    let claim = open(&world, &ann.cookie, "/claim").await;
    assert!(claim.contains(late), "{claim}");
    let store = purchase::id::StoreId::parse("mart").unwrap();
    let app = &world.running.app;
    let is_swept = |before: i64| {
        let now = app.clock.now().plus_ms(before);
        !app.ledger.is_sought_since(&store, now).unwrap()
    };
    world.at("2026-06-09T11:59:59+09:00");
    server::repair::expire_missing(app).await;
    assert!(!is_swept(0), "it has a second left");
    world.at("2026-06-09T12:00:00+09:00");
    server::repair::expire_missing(app).await;
    assert!(is_swept(0));
    let user_id = purchase::id::UserId::parse(&ann.id).unwrap();
    let kept = || app.ledger.missing(user_id, app.clock.now()).unwrap().len();
    world.at("2027-07-14T12:00:00+09:00");
    server::repair::forget_missing(app).await;
    assert_eq!(kept(), 1, "400 days are not over");
    world.at("2027-07-14T12:00:01+09:00");
    server::repair::forget_missing(app).await;
    assert_eq!(kept(), 0);
    world.close().await;
}
