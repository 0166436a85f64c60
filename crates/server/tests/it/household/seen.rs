//! What members see of each other, and that it is gone at once when it is over.

use super::*;
use ledger::write::{Changed, Write, Written};
use purchase::id::{PurchaseId, UserId};
use server::household::{Home, timeline};

#[tokio::test]
async fn what_is_chosen_is_seen_and_nothing_else() {
    let world = World::open().await;
    let mart = world.shop("mart").await;
    let ann = host(&world, "Ann").await;
    let bob = joined(&world, &ann, "Bob").await;
    let milk = sell(&world, &mart, &ann, ("milk", 1)).await;
    let gift = sell(&world, &mart, &ann, ("gift", 2)).await;
    let empty = page(&world, &bob, "/household/book").await.is(200);
    assert!(
        empty.body.contains("Nothing is shown yet"),
        "{}",
        empty.body
    );
    let receipt = page(&world, &ann, &format!("/book/{milk}")).await.is(200);
    assert!(
        receipt
            .body
            .contains("The household does not see this purchase.")
    );
    say(&world, &ann, &milk, "show").await;
    let receipt = page(&world, &ann, &format!("/book/{milk}")).await.is(200);
    assert!(receipt.body.contains("The household sees this purchase."));
    let of_ann = called(&world, &bob, &milk).await;
    for (id, is_seen) in [(&milk, true), (&gift, false)] {
        assert_eq!(sees(&world, &bob, &of_ann, id).await, is_seen, "{id}");
    }
    let shown = page(&world, &bob, "/household/book").await.is(200);
    assert!(
        shown.body.contains("<strong><bdi>Ann</bdi></strong>"),
        "{}",
        shown.body
    );
    let shown = page(&world, &bob, &format!("/household/{of_ann}/{milk}")).await;
    assert!(shown.body.contains("Bought by Ann") && shown.body.contains("¥101"));
    // Whoever shows it sees it as the others do.
    let own = page(&world, &ann, &format!("/household/{of_ann}/{milk}")).await;
    assert!(
        own.body.contains("Bought by you, as the others see it"),
        "{}",
        own.body
    );
    // The book of the other stays the other's.
    page(&world, &bob, &format!("/book/{milk}")).await.is(404);
    say(&world, &ann, &milk, "keep-back").await;
    assert!(!sees(&world, &bob, &of_ann, &milk).await);
    world.close().await;
}

#[tokio::test]
async fn all_is_seen_from_now_or_with_the_past_but_for_what_is_kept_back() {
    let world = World::open().await;
    let mart = world.shop("mart").await;
    let ann = host(&world, "Ann").await;
    let bob = joined(&world, &ann, "Bob").await;
    let old = sell(&world, &mart, &ann, ("old", 1)).await;
    world.at("2026-04-10T12:05:00+09:00");
    share(&world, &ann, "from-now").await;
    let new = sell(&world, &mart, &ann, ("new", 6)).await;
    let gift = sell(&world, &mart, &ann, ("gift", 7)).await;
    let of_ann = called(&world, &bob, &new).await;
    let seen = async |expected: [bool; 3]| {
        for (id, is_seen) in [&old, &new, &gift].into_iter().zip(expected) {
            assert_eq!(sees(&world, &bob, &of_ann, id).await, is_seen, "{id}");
        }
    };
    seen([false, true, true]).await;
    // What came back of a gift tells no more than the gift.
    let back = mart
        .sale_to(&ann.id, "back", 107)
        .and("/kind", json!("return"));
    let back = back
        .and("/purchased_at", json!("2026-04-10T12:08:00+09:00"))
        .and(
            "/of",
            mart.key_of("gift")
                .and("/lines", json!([{"line": 1, "quantity": "1"}])),
        );
    let back = file(&world, &mart, back).await;
    assert!(sees(&world, &bob, &of_ann, &back).await, "the control");
    say(&world, &ann, &gift, "keep-back").await;
    seen([false, true, false]).await;
    assert!(!sees(&world, &bob, &of_ann, &back).await);
    // The instant is not moved by saying the same again.
    world.at("2026-04-10T12:30:00+09:00");
    share(&world, &ann, "from-now").await;
    seen([false, true, false]).await;
    share(&world, &ann, "everything").await;
    seen([true, true, false]).await;
    let told = page(&world, &bob, "/household").await.is(200);
    assert!(told.body.contains("shows all purchases"), "{}", told.body);
    share(&world, &ann, "nonsense").await;
    seen([false, false, false]).await;
    world.close().await;
}

#[tokio::test]
async fn one_timeline_over_all_members_comes_by_pages() {
    let world = World::open().await;
    let mart = world.shop("mart").await;
    let ann = host(&world, "Ann").await;
    let bob = joined(&world, &ann, "Bob").await;
    world.at("2026-04-10T12:05:00+09:00");
    share(&world, &bob, "from-now").await;
    world.at("2026-04-10T13:00:00+09:00");
    let mut expected = Vec::new();
    for minute in 0..50 {
        let to = if minute % 3 == 0 { &bob } else { &ann };
        let name = format!("thing {minute}");
        expected.push(sell(&world, &mart, to, (name.as_str(), minute)).await);
    }
    share(&world, &ann, "everything").await;
    // Of what Bob bought before his rule, one is chosen and one is not; and one is kept back.
    say(&world, &bob, &expected[0], "show").await;
    say(&world, &bob, &expected[9], "keep-back").await;
    expected.remove(9);
    expected.remove(3);
    expected.reverse();
    let found = receipts(&world, &ann).await;
    let found: Vec<_> = found
        .iter()
        .map(|path| path.rsplit('/').next().unwrap())
        .collect();
    assert_eq!(found, expected);
    let bad = page(&world, &ann, "/household/book?cursor=nonsense").await;
    assert_eq!(bad.status, 404);
    world.close().await;
}

#[tokio::test]
async fn of_a_private_purchase_the_shop_and_the_amount_are_seen() {
    let world = World::open().await;
    let mart = world.shop("mart").await;
    let ann = host(&world, "Ann").await;
    let bob = joined(&world, &ann, "Bob").await;
    let sale = |transaction: &str, is_sensitive: bool| {
        let sale = mart.sale_to(&ann.id, transaction, 250);
        sale.and("/lines/0/name", json!("ointment"))
            .and("/lines/0/sensitive", json!(is_sensitive))
    };
    for (transaction, is_sensitive) in [("plain", false), ("private", true)] {
        let id = file(&world, &mart, sale(transaction, is_sensitive)).await;
        say(&world, &ann, &id, "show").await;
        let of_ann = called(&world, &bob, &id).await;
        let book = page(&world, &bob, "/household/book").await.is(200);
        let shown = page(&world, &bob, &format!("/household/{of_ann}/{id}")).await;
        for shown in [book, shown.is(200)] {
            assert!(shown.body.contains("¥250") && shown.body.contains("mart"));
            let told = ["ointment", "something private"].map(|text| shown.body.contains(text));
            assert_eq!(told, [!is_sensitive, is_sensitive], "{}", shown.body);
        }
        let told = page(&world, &ann, &format!("/book/{id}")).await.is(200);
        let says = "The household sees the shop and the amount of this purchase.";
        assert_eq!(told.body.contains(says), is_sensitive, "{}", told.body);
        say(&world, &ann, &id, "keep-back").await;
    }
    world.close().await;
}

#[tokio::test]
async fn how_somebody_paid_and_what_the_shop_wrote_is_not_seen() {
    let world = World::open().await;
    let mart = world.shop("mart").await;
    let ann = host(&world, "Ann").await;
    let bob = joined(&world, &ann, "Bob").await;
    let tender = json!([{"kind": "card", "amount": 250, "label": "Gold of Ann",
        "card": {"brand": "Visa", "last4": "4242"}}]);
    let sale = mart
        .sale_to(&ann.id, "1", 250)
        .and("/lines/0/amount", json!(280))
        .and("/lines/0/unit_price", json!(300))
        .and("/lines/0/discount", json!(20))
        .and(
            "/lines/0/discounts",
            json!([{"label": "staff discount", "amount": 20}]),
        )
        .and(
            "/adjustments",
            json!([
            {"kind": "points", "label": "points used", "amount": -40},
            {"kind": "coupon", "label": "birthday coupon", "amount": -10},
            {"kind": "fee", "label": "gift wrap", "amount": 20}]),
        )
        .and("/tenders", tender)
        .and("/points", json!({"balance": 98765}))
        .and("/notes", json!(["Dear Ann"]));
    let id = file(&world, &mart, sale).await;
    say(&world, &ann, &id, "show").await;
    let note = press(
        &world,
        &ann,
        &format!("/book/{id}/note"),
        "note=my+own+note",
    )
    .await;
    note.is(303);
    let of_ann = called(&world, &bob, &id).await;
    let own = page(&world, &ann, &format!("/book/{id}")).await.is(200);
    let others = page(&world, &bob, &format!("/household/{of_ann}/{id}"))
        .await
        .is(200);
    for text in [
        "4242",
        "Gold of Ann",
        "98765",
        "Dear Ann",
        "my own note",
        "staff discount",
        "points used",
        "birthday coupon",
        "gift wrap",
    ] {
        assert!(own.body.contains(text), "the control: {text}");
        assert!(!others.body.contains(text), "{text}: {}", others.body);
    }
    assert!(!others.body.contains(&ann.id), "the person's own id");
    // The sums stay, under words that tell nothing.
    for (words, times) in [("Taken off", 2), ("Added", 1), ("−¥40", 1), ("−¥20", 1)] {
        assert_eq!(others.body.matches(words).count(), times, "{}", others.body);
    }
    world.close().await;
}

#[tokio::test]
async fn sight_ends_with_leaving_being_sent_away_and_being_erased() {
    let world = World::open().await;
    let mart = world.shop("mart").await;
    let ann = host(&world, "Ann").await;
    let milk = sell(&world, &mart, &ann, ("milk", 1)).await;
    share(&world, &ann, "everything").await;
    for way in ["left", "sent away", "erased"] {
        let bob = joined(&world, &ann, &format!("Bob-{way}").replace(' ', "-")).await;
        let bread = sell(&world, &mart, &bob, (way, 2)).await;
        say(&world, &bob, &bread, "show").await;
        let (of_ann, of_bob) = (
            called(&world, &bob, &milk).await,
            called(&world, &ann, &bread).await,
        );
        assert!(sees(&world, &bob, &of_ann, &milk).await, "{way}");
        assert!(sees(&world, &ann, &of_bob, &bread).await, "{way}");
        match way {
            "left" => drop(press(&world, &bob, "/household/leave", "").await.is(303)),
            "sent away" => {
                let fields = format!("whom={of_bob}");
                let sent = press(&world, &ann, "/household/send-away", &fields).await;
                sent.is(303);
            }
            _ => {
                let user_id = UserId::parse(&bob.id).unwrap();
                let erase = Write::Erase { user_id };
                let written = world.running.app.intake.write_one(erase).await;
                let Ok(Written::Changed(Changed::Done)) = written else {
                    panic!("{written:?}")
                };
            }
        }
        assert!(!sees(&world, &ann, &of_bob, &bread).await, "{way}");
        if way == "erased" {
            continue;
        }
        let path = format!("/household/{of_ann}/{milk}");
        page(&world, &bob, &path).await.is(404);
        let led = page(&world, &bob, "/household/book").await.is(303);
        assert_eq!(led.header("location"), "/household");
        // What was chosen then is chosen for nothing now.
        press(&world, &bob, "/household", "name=Bob").await.is(303);
        assert_eq!(receipts(&world, &bob).await, [""; 0], "{way}");
        let log = page(&world, &bob, "/account").await.is(200);
        assert!(
            log.body.contains("ended your part in the household"),
            "{}",
            log.body
        );
    }
    world.close().await;
}

/// The household as somebody read it before; all that follows is read after what happens in between.
#[tokio::test]
async fn what_is_kept_back_is_not_seen_by_who_looks_while_its_person_goes() {
    let world = World::open().await;
    let mart = world.shop("mart").await;
    let app = &world.running.app;
    for (way, fields) in [("leave", ""), ("send-away", "whom"), ("erase", "")] {
        let bob = host(&world, &format!("Bob-{way}")).await;
        let ann = joined(&world, &bob, &format!("Ann-{way}")).await;
        share(&world, &ann, "everything").await;
        let number = |name: &str| format!("{name} {way}");
        let milk = sell(&world, &mart, &ann, (&number("milk"), 1)).await;
        let gift = sell(&world, &mart, &ann, (&number("gift"), 2)).await;
        say(&world, &ann, &gift, "keep-back").await;
        let [milk, gift] = [&milk, &gift].map(|id| PurchaseId::parse(id).unwrap());
        let looker = UserId::parse(&bob.id).unwrap();
        let home = Home::of(app, looker).unwrap().expect("they live together");
        let member = home.members().iter().find(|member| !home.is_me(member));
        let member = member.expect("Ann is in it");
        let seen = || {
            // Of whoever is erased nothing can be opened any more.
            let page = timeline::page(app, &home, None, 30);
            let seen = page.map_or_else(|_| Vec::new(), |page| page.seen);
            let listed: Vec<_> = seen.iter().map(|seen| seen.filed.purchase_id).collect();
            let alone = [milk, gift].map(|id| timeline::one(app, &home, member, id).is_ok());
            (listed, alone)
        };
        assert_eq!(seen(), (vec![milk], [true, false]), "the control: {way}");
        match way {
            "erase" => {
                let user_id = member.user_id;
                let written = app.intake.write_one(Write::Erase { user_id }).await;
                let Ok(Written::Changed(Changed::Done)) = written else {
                    panic!("{written:?}")
                };
            }
            _ => {
                let whom = home.fellow_id(app, member);
                let (who, fields) = match fields {
                    "" => (&ann, String::new()),
                    field => (&bob, format!("{field}={whom}")),
                };
                press(&world, who, &format!("/household/{way}"), &fields)
                    .await
                    .is(303);
            }
        }
        assert_eq!(seen(), (Vec::new(), [false, false]), "{way}");
    }
    world.close().await;
}

/// Who asks to go is out of sight with the next request, and stays so when the account stays after all.
#[tokio::test]
async fn nothing_is_seen_of_whoever_asked_to_go() {
    let world = World::open().await;
    let mart = world.shop("mart").await;
    let ann = host(&world, "ann").await;
    let bob = joined(&world, &ann, "bob").await;
    let said = "Your part in the household ends at once";
    let alone = world.person_in_browser("cyd").await;
    for (person, count) in [(&bob, 1), (&alone, 0)] {
        let asked = page(&world, person, "/account/leave").await.is(200);
        assert_eq!(asked.body.matches(said).count(), count, "{}", asked.body);
    }
    share(&world, &bob, "everything").await;
    let id = sell(&world, &mart, &bob, ("milk", 1)).await;
    let path = format!("/book/{id}");
    let seen = receipts(&world, &ann).await;
    assert_eq!(seen.len(), 1, "{seen:?}");
    press(&world, &bob, "/account/leave", "").await.is(303);
    let nothing: [String; 0] = [];
    assert_eq!(receipts(&world, &ann).await, nothing);
    page(&world, &ann, &seen[0]).await.is(404);
    // Without a way in he is still here, and keeps the account.
    press(&world, &bob, "/account/stay", "").await.is(303);
    page(&world, &bob, &path).await.is(200);
    sell(&world, &mart, &bob, ("bread", 2)).await;
    assert_eq!(receipts(&world, &ann).await, nothing);
    world.close().await;
}
