//! Households and those who should not be in them: outsiders, invitations that are worth nothing, one more than
//! there is room for, buttons pressed twice, and names that would like to be more than text.

use super::*;

#[tokio::test]
async fn an_outsider_learns_nothing() {
    let world = World::open().await;
    let mart = world.shop("mart").await;
    let (ann, dan) = (host(&world, "Ann").await, host(&world, "Dan").await);
    let bob = joined(&world, &ann, "Bob").await;
    let eve = world.person_in_browser("eve").await;
    let nobody = Person {
        cookie: String::new(),
        ..world.person("nobody").await
    };
    let milk = sell(&world, &mart, &ann, ("milk", 1)).await;
    let beer = sell(&world, &mart, &bob, ("beer", 2)).await;
    say(&world, &ann, &milk, "show").await;
    let of_ann = called(&world, &bob, &milk).await;
    let path = format!("/household/{of_ann}/{milk}");
    let of_bob = {
        say(&world, &bob, &beer, "show").await;
        let of_bob = called(&world, &ann, &beer).await;
        say(&world, &bob, &beer, "keep-back").await;
        of_bob
    };
    page(&world, &bob, &path).await.is(200);
    // Who is in another household, in none, or has no account.
    for person in [&dan, &eve] {
        page(&world, person, &path).await.is(404);
    }
    let led = page(&world, &nobody, &path).await.is(303);
    assert_eq!(led.header("location"), "/");
    // Under another member, under nobody, and what is kept back.
    for path in [
        format!("/household/{of_bob}/{milk}"),
        format!("/household/{of_bob}/{beer}"),
        format!("/household/fel_00000000000000000000000000/{milk}"),
        format!("/household/{}/{milk}", ann.id),
        format!("/household/{of_ann}/pur_00000000000000000000000000"),
        format!("/household/{of_ann}/{}", "x".repeat(9_000)),
    ] {
        let shown = page(&world, &bob, &path).await;
        assert_eq!(shown.status, 404, "{path}");
    }
    // Nobody acts in a household of others.
    let after = newest(&world, &ann).await;
    for (path, fields) in [
        ("/household/invite", format!("after={after}")),
        ("/household/take-back", format!("invitation={after}")),
        ("/household/sharing", "sharing=everything".to_owned()),
        ("/household/leave", String::new()),
    ] {
        press(&world, &eve, path, &fields).await.is(303);
    }
    let sent = press(
        &world,
        &dan,
        "/household/send-away",
        &format!("whom={of_ann}"),
    )
    .await;
    sent.is(303);
    let sent = press(
        &world,
        &eve,
        "/household/send-away",
        &format!("whom={of_ann}"),
    )
    .await;
    sent.is(404);
    // Somebody else's purchase is nobody's to show, and a member who came later sends nobody away.
    let said = press(
        &world,
        &bob,
        &format!("/book/{milk}/household"),
        "choice=show",
    )
    .await;
    said.is(404);
    let sent = press(
        &world,
        &bob,
        "/household/send-away",
        &format!("whom={of_ann}"),
    )
    .await;
    sent.is(303);
    for person in [&ann, &bob] {
        let shown = page(&world, person, "/household").await.is(200);
        let names = ["Ann", "Bob"].map(|name| shown.body.contains(&format!("<bdi>{name}</bdi>")));
        assert_eq!(names, [true, true], "{}", shown.body);
        assert_eq!(shown.body.matches("/household/take-back").count(), 0);
    }
    world.close().await;
}

#[tokio::test]
async fn an_invitation_is_read_before_anything_is_agreed_to() {
    let world = World::open().await;
    let ann = host(&world, "Ann").await;
    let link = invite(&world, &ann).await;
    // Without an account, which a look does not make.
    let looked = world.ask(get(&link)).await.is(200);
    assert_eq!(looked.header("set-cookie"), "");
    for text in [
        "Ann invites you into a household",
        "One person is in it.",
        "At first nothing of yours is seen.",
        &format!("name=\"next\" value=\"{link}\""),
    ] {
        assert!(looked.body.contains(text), "{text}: {}", looked.body);
    }
    let enters = world.ask(form(&link, "name=Bob")).await.is(303);
    assert_eq!(enters.header("location"), "/");
    let begun = world
        .ask(form("/start", &format!("next={link}")))
        .await
        .is(303);
    assert_eq!(begun.header("location"), link);
    let bob = Person {
        cookie: crate::call::cookie_of(&begun),
        ..world.person("bob").await
    };
    let offered = page(&world, &bob, &link).await.is(200);
    assert!(
        offered.body.contains("Join the household"),
        "{}",
        offered.body
    );
    for name in ["", "%20", &"x".repeat(41), "a%00b"] {
        let wrong = press(&world, &bob, &link, &format!("name={name}")).await;
        assert!(wrong.is(422).body.contains("1 to 40 characters"), "{name}");
    }
    // Pressed twice, it leads to the same place.
    for location in ["/household#sharing", "/household"] {
        let entered = press(&world, &bob, &link, "name=Bob").await.is(303);
        assert_eq!(entered.header("location"), location);
    }
    world.close().await;
}

#[tokio::test]
async fn invitations_that_are_worth_nothing_all_look_the_same() {
    let world = World::open().await;
    let ann = host(&world, "Ann").await;
    let bob = joined(&world, &ann, "Bob").await;
    let eve = world.person_in_browser("eve").await;
    let used = invite(&world, &ann).await;
    let cyd = world.person_in_browser("cyd").await;
    press(&world, &cyd, &used, "name=Cyd").await.is(303);
    let back = invite(&world, &bob).await;
    let hash = newest(&world, &ann).await;
    // Any member takes an invitation back, and may do so twice.
    for _ in 0..2 {
        let fields = format!("invitation={hash}");
        press(&world, &ann, "/household/take-back", &fields)
            .await
            .is(303);
    }
    let of_gone = invite(&world, &bob).await;
    press(&world, &bob, "/household/leave", "").await.is(303);
    let expired = invite(&world, &ann).await;
    page(&world, &eve, &expired).await.is(200);
    world.at("2026-04-17T12:00:00+09:00");
    let made_up = format!("/household/join/{}", "0".repeat(32));
    let mut bodies = Vec::new();
    for link in [
        &used,
        &back,
        &of_gone,
        &expired,
        &made_up,
        "/household/join/nonsense",
        "/household/join/%00",
    ] {
        let shown = page(&world, &eve, link).await.is(404);
        let entered = press(&world, &eve, link, "name=Eve").await.is(404);
        assert_eq!(shown.body, entered.body, "{link}");
        bodies.push(shown.body);
    }
    bodies.dedup();
    assert_eq!(bodies.len(), 1, "{bodies:#?}");
    assert!(bodies[0].contains("This invitation is not good"));
    let shown = page(&world, &eve, "/household").await.is(200);
    assert!(shown.body.contains("Begin a household"), "{}", shown.body);
    world.close().await;
}

#[tokio::test]
async fn there_is_room_for_twelve_and_for_eight_invitations() {
    let world = World::open().await;
    let ann = host(&world, "Ann").await;
    let mut last = ann.cookie.clone();
    for number in 2..=11 {
        last = joined(&world, &ann, &format!("member{number}"))
            .await
            .cookie;
    }
    let (twelfth, late) = (invite(&world, &ann).await, invite(&world, &ann).await);
    let bob = world.person_in_browser("bob").await;
    press(&world, &bob, &twelfth, "name=Bob").await.is(303);
    let eve = world.person_in_browser("eve").await;
    let full = press(&world, &eve, &late, "name=Eve").await.is(200);
    assert!(
        full.body.contains("This household is full"),
        "{}",
        full.body
    );
    let shown = page(&world, &ann, "/household").await.is(200);
    assert!(
        shown.body.contains("There is no room for more"),
        "{}",
        shown.body
    );
    // One goes, and the same link is good.
    let gone = world.ask(form("/household/leave", "").with("cookie", &last));
    gone.await.is(303);
    press(&world, &eve, &late, "name=Eve").await.is(303);
    press(&world, &eve, "/household/leave", "").await.is(303);
    let elsewhere = host(&world, "Dan").await;
    let first = invite(&world, &ann).await;
    let there = press(&world, &elsewhere, &first, "name=Dan").await.is(200);
    assert!(
        there.body.contains("You are in another household"),
        "{}",
        there.body
    );
    let again = page(&world, &ann, &first).await.is(200);
    assert!(
        again.body.contains("You are in this household already"),
        "{}",
        again.body
    );
    for _ in 1..8 {
        assert_ne!(invite(&world, &ann).await, "");
    }
    let fields = format!("after={}", newest(&world, &ann).await);
    press(&world, &ann, "/household/invite", &fields)
        .await
        .is(303);
    let shown = page(&world, &ann, "/household").await.is(200);
    assert_eq!(shown.body.matches("/household/take-back").count(), 8);
    world.close().await;
}

#[tokio::test]
async fn buttons_pressed_twice_do_it_once() {
    let world = World::open().await;
    let ann = host(&world, "Ann").await;
    press(&world, &ann, "/household", "name=Other")
        .await
        .is(303);
    let shown = page(&world, &ann, "/household").await.is(200);
    assert!(!shown.body.contains("Other"), "it is the first one");
    let after = newest(&world, &ann).await;
    for _ in 0..2 {
        let fields = format!("after={after}");
        press(&world, &ann, "/household/invite", &fields)
            .await
            .is(303);
    }
    let shown = page(&world, &ann, "/household").await.is(200);
    assert_eq!(shown.body.matches("/household/take-back").count(), 1);
    // The link is shown to whoever made it, and to nobody else with the cookie.
    let link = invite(&world, &ann).await;
    let word = link.rsplit('/').next().unwrap();
    let eve = joined(&world, &ann, "Eve").await;
    let both = format!("{}; invited={word}", eve.cookie);
    let shown = world.ask(get("/household/invited").with("cookie", &both));
    let shown = shown.await.is(200);
    assert!(!shown.body.contains(word), "{}", shown.body);
    assert!(shown.body.contains("The link cannot be shown any more"));
    // Another site presses nothing.
    let cross = form("/household/leave", "").with("cookie", &eve.cookie);
    world
        .ask(cross.with("sec-fetch-site", "cross-site"))
        .await
        .is(403);
    for _ in 0..2 {
        press(&world, &eve, "/household/leave", "").await.is(303);
    }
    world.close().await;
}

#[tokio::test]
async fn a_name_stays_text() {
    let world = World::open().await;
    let mart = world.shop("mart").await;
    let name = "%3Cscript%3Ealert(1)%3C/script%3E%22";
    let ann = world.person_in_browser("ann").await;
    press(&world, &ann, "/household", &format!("name={name}"))
        .await
        .is(303);
    let link = invite(&world, &ann).await;
    let bob = world.person_in_browser("bob").await;
    let offered = page(&world, &bob, &link).await.is(200);
    press(&world, &bob, &link, "name=Bob").await.is(303);
    let milk = sell(&world, &mart, &ann, ("<b>milk", 1)).await;
    say(&world, &ann, &milk, "show").await;
    let of_ann = called(&world, &bob, &milk).await;
    for shown in [
        offered,
        page(&world, &bob, "/household").await,
        page(&world, &bob, "/household/book").await,
        page(&world, &bob, &format!("/household/{of_ann}/{milk}")).await,
    ] {
        let shown = shown.is(200);
        assert!(
            shown.body.contains("&lt;script&gt;alert(1)"),
            "{}",
            shown.body
        );
        assert!(!shown.body.contains("<script>") && !shown.body.contains("<b>milk"));
    }
    let renamed = press(&world, &ann, "/household/name", "name=Mum")
        .await
        .is(303);
    assert_eq!(renamed.header("location"), "/household#members");
    let shown = page(&world, &bob, "/household").await.is(200);
    assert!(shown.body.contains("<bdi>Mum</bdi>"), "{}", shown.body);
    press(&world, &ann, "/household/name", "name=")
        .await
        .is(422);
    world.close().await;
}
