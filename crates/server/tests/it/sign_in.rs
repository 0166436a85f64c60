//! Coming in, from outside: by passwords, sheets, links and passkeys, the browsers in which somebody is
//! signed in, and going for good. Nothing waits for a moment; the clock is the test's.

use crate::call::{Answer, cookie_of, form, get};
use crate::world::World;

mod leaving;
mod links;
mod passkeys;
mod passwords;
mod programs;
mod sessions;
mod streams;
mod unused;

/// A browser of somebody whose account was made in it.
async fn begin(world: &World) -> String {
    cookie_of(&world.ask(form("/start", "")).await.is(303))
}

/// Asks for a page in a browser.
async fn page(world: &World, cookie: &str, path: &str) -> Answer {
    world.ask(get(path).with("cookie", cookie)).await
}

/// Presses a button in a browser.
async fn press(world: &World, cookie: &str, path: &str, fields: &str) -> Answer {
    world.ask(form(path, fields).with("cookie", cookie)).await
}

/// Sets an address and a password in a browser.
async fn set_password(world: &World, cookie: &str, email: &str, password: &str) {
    let fields = format!("email={email}&password={password}");
    let set = press(world, cookie, "/account/password", &fields).await;
    assert_eq!(set.is(303).header("location"), "/account#means");
}

/// Comes in by an address and a password, in a new browser.
async fn by_password(world: &World, email: &str, password: &str) -> Answer {
    let fields = format!("email={email}&password={password}");
    world.ask(form("/sign-in", &fields)).await
}

/// Does an answer that opens an account take away what the browser kept for whoever was there before?
fn empties(answer: &Answer) -> bool {
    let gone = ["shown", "card"].map(|digits| {
        let expired = format!("{digits}=; Max-Age=0");
        answer.head.contains(&expired)
    });
    match answer.header("clear-site-data") {
        "\"storage\"" => gone == [true, true],
        cleared => {
            assert_eq!((cleared, gone), ("", [false, false]), "{}", answer.head);
            false
        }
    }
}

/// Is this cookie worth anything?
async fn is_open(world: &World, cookie: &str) -> bool {
    page(world, cookie, "/account").await.status == 200
}
