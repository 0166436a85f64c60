//! Addresses and passwords: what is taken, who comes in, and how tries are slowed down.

use super::{begin, by_password, is_open, page, press, set_password};
use crate::call::cookie_of;
use crate::world::World;

#[tokio::test]
async fn whoever_knows_address_and_password_comes_in_and_nobody_else() {
    let world = World::open().await;
    let phone = begin(&world).await;
    set_password(&world, &phone, "hanako@example.jp", "correct%20horse").await;
    for (email, password, enters) in [
        ("hanako@example.jp", "correct%20horse", true),
        // Capitals, blanks around and full-width letters make no difference to an address.
        ("%20Hanako@EXAMPLE.jp", "correct%20horse", true),
        ("hanako%EF%BC%A0example.jp", "correct%20horse", true),
        // Full-width letters are the same password; capitals are not.
        ("hanako@example.jp", "%EF%BD%83orrect%20horse", true),
        ("hanako@example.jp", "Correct%20horse", false),
        ("hanako@example.jp", "", false),
        ("hanako@example.jp", &"x".repeat(5_000), false),
        ("taro@example.jp", "correct%20horse", false),
        ("hanako", "correct%20horse", false),
        ("", "", false),
    ] {
        let answer = by_password(&world, email, password).await;
        if enters {
            assert_eq!(answer.is(303).header("location"), "/book", "{email}");
        } else {
            let answer = answer.is(422);
            assert_eq!(answer.header("set-cookie"), "", "{email}");
            // What is said is the same, whichever of both is wrong.
            let said = "The e-mail address or the password is wrong.";
            assert!(answer.body.contains(said), "{}", answer.body);
        }
    }
    let tablet = cookie_of(&by_password(&world, "hanako@example.jp", "correct%20horse").await);
    let account = page(&world, &tablet, "/account").await.is(200);
    assert!(account.body.contains("last used on 10 April 2026"));
    world.close().await;
}

#[tokio::test]
async fn a_password_is_taken_if_it_is_long_enough() {
    let world = World::open().await;
    let (ann, bob) = (begin(&world).await, begin(&world).await);
    set_password(&world, &ann, "ann@example.jp", "12345678").await;
    let long = "x".repeat(201);
    for (email, password, said) in [
        ("bob@example.jp", "1234567", "at least 8 characters"),
        ("bob@example.jp", &long, "at most 200 characters"),
        ("bob", "12345678", "check the e-mail address"),
        ("%3Cscript%3E", "12345678", "value=\"&lt;script&gt;\""),
        ("ANN@example.jp", "12345678", "cannot be used"),
    ] {
        let fields = format!("email={email}&password={password}");
        let answer = press(&world, &bob, "/account/password", &fields)
            .await
            .is(422);
        assert!(answer.body.contains(said), "{email}: {}", answer.body);
    }
    // A new one takes the place of the old, and signs everybody else out.
    let answer = by_password(&world, "ann@example.jp", "12345678").await;
    let tablet = cookie_of(&answer.is(303));
    set_password(&world, &ann, "anna@example.jp", "87654321").await;
    assert!(is_open(&world, &ann).await);
    assert!(!is_open(&world, &tablet).await);
    by_password(&world, "ann@example.jp", "12345678")
        .await
        .is(422);
    by_password(&world, "anna@example.jp", "12345678")
        .await
        .is(422);
    by_password(&world, "anna@example.jp", "87654321")
        .await
        .is(303);
    // The address that is free again may be anybody's.
    set_password(&world, &bob, "ann@example.jp", "12345678").await;
    let account = page(&world, &bob, "/account").await.is(200).body;
    let (_, id) = account
        .split_once("name=\"credential_id\" value=\"")
        .unwrap();
    let fields = format!("credential_id={}", id.split('"').next().unwrap());
    for _ in 0..2 {
        press(&world, &bob, "/account/means/remove", &fields)
            .await
            .is(303);
    }
    by_password(&world, "ann@example.jp", "12345678")
        .await
        .is(422);
    // What is somebody else's way in is not there.
    press(
        &world,
        &bob,
        "/account/means/remove",
        "credential_id=nonsense",
    )
    .await
    .is(404);
    world.close().await;
}

#[tokio::test]
async fn whoever_guesses_is_slowed_down_and_nobody_is_shut_out() {
    let world = World::open().await;
    let phone = begin(&world).await;
    set_password(&world, &phone, "hanako@example.jp", "12345678").await;
    let noon = crate::world::NOON;
    let right = async || by_password(&world, "hanako@example.jp", "12345678").await;
    let wrong = async || by_password(&world, "hanako@example.jp", "87654321").await;
    for _ in 0..9 {
        wrong().await.is(422);
        // A right one counts as no try.
        right().await.is(303);
    }
    wrong().await.is(422);
    let slowed = right().await.is(429);
    assert_eq!(slowed.header("retry-after"), "31");
    assert!(
        slowed.body.contains("Please wait 31 seconds."),
        "{}",
        slowed.body
    );
    // Another address, a link and a sheet are not slowed down by it.
    by_password(&world, "taro@example.jp", "12345678")
        .await
        .is(422);
    // However long it goes on, a try comes back every half minute.
    for minute in 1..4 {
        world.at(&noon.replace("12:00", &format!("12:{minute:02}")));
        wrong().await.is(422);
        right().await.is(303);
        wrong().await.is(422);
        right().await.is(429);
    }
    world.close().await;
}
