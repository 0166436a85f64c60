//! Households from outside, as browsers without scripts ask for them: who comes in, what is seen of whom, and
//! that it is out of sight with the next request when it is over.

use crate::call::{Answer, form, get, post};
use crate::goods::And;
use crate::world::{NOON, Person, Shop, World};
use serde_json::{Value, json};

mod malice;
mod seen;

/// Asks for a page in somebody's browser.
async fn page(world: &World, person: &Person, path: &str) -> Answer {
    world.ask(get(path).with("cookie", &person.cookie)).await
}

/// Presses a button in somebody's browser.
async fn press(world: &World, person: &Person, path: &str, fields: &str) -> Answer {
    world
        .ask(form(path, fields).with("cookie", &person.cookie))
        .await
}

/// Somebody with a browser who begins a household.
pub(super) async fn host(world: &World, name: &str) -> Person {
    let person = world.person_in_browser(name).await;
    let begun = press(world, &person, "/household", &format!("name={name}")).await;
    assert_eq!(begun.is(303).header("location"), "/household");
    person
}

/// What follows `before` on a page, up to `end`; empty if it is not there.
fn between<'a>(page: &'a Answer, before: &str, end: char) -> &'a str {
    let after = page.body.split_once(before).map(|(_, after)| after);
    let found = after.and_then(|after| after.split_once(end));
    found.map_or("", |(found, _)| found)
}

/// The newest invitation that the form of the page names.
async fn newest(world: &World, person: &Person) -> String {
    let page = page(world, person, "/household").await.is(200);
    between(&page, "name=\"after\" value=\"", '"').to_owned()
}

/// Makes an invitation; gives the path of its link, empty if none was made.
async fn invite(world: &World, person: &Person) -> String {
    let after = newest(world, person).await;
    let fields = format!("after={after}");
    let made = press(world, person, "/household/invite", &fields).await;
    let made = made.is(303);
    assert_eq!(made.header("location"), "/household/invited");
    let cookie = crate::call::cookie_of(&made);
    let Some(word) = cookie.strip_prefix("invited=") else {
        return String::new();
    };
    let both = format!("{}; {cookie}", person.cookie);
    let shown = world.ask(get("/household/invited").with("cookie", &both));
    let shown = shown.await.is(200);
    let link = format!("/household/join/{word}");
    assert!(shown.body.contains(&link), "{}", shown.body);
    assert!(
        shown.body.contains("<svg class=\"square\""),
        "{}",
        shown.body
    );
    link
}

/// Somebody with a browser who comes into a household.
pub(super) async fn joined(world: &World, by: &Person, name: &str) -> Person {
    let link = invite(world, by).await;
    let person = world.person_in_browser(name).await;
    let entered = press(world, &person, &link, &format!("name={name}")).await;
    assert_eq!(entered.is(303).header("location"), "/household#sharing");
    person
}

/// Files a message; gives the purchase's id.
async fn file(world: &World, shop: &Shop, message: Value) -> String {
    let filed = world.ask(post("/v1/settlements", message).by(&shop.key));
    filed.await.is(201).text("/purchase_id")
}

/// Sells one thing of this name to somebody, so many minutes after noon.
async fn sell(world: &World, shop: &Shop, to: &Person, (name, minute): (&str, u32)) -> String {
    let at = NOON.replace("12:00:00", &format!("12:{minute:02}:00"));
    let sale = shop.sale_to(&to.id, name, 100 + i64::from(minute));
    let sale = sale
        .and("/purchased_at", json!(at))
        .and("/lines/0/name", json!(name));
    file(world, shop, sale).await
}

/// Says something of a purchase on its receipt.
async fn say(world: &World, person: &Person, id: &str, choice: &str) {
    let path = format!("/book/{id}/household");
    let said = press(world, person, &path, &format!("choice={choice}")).await;
    said.is(303);
}

pub(super) async fn share(world: &World, person: &Person, sharing: &str) {
    let fields = format!("sharing={sharing}");
    let said = press(world, person, "/household/sharing", &fields).await;
    said.is(303);
}

/// The paths of all receipts that somebody sees of the household, newest first, over all pages.
async fn receipts(world: &World, person: &Person) -> Vec<String> {
    let mut found = Vec::new();
    let mut path = "/household/book".to_owned();
    for _ in 0..9 {
        let shown = page(world, person, &path).await.is(200);
        let mut paths = shown.body.split("href=\"/household/fel_").skip(1);
        found.extend(paths.by_ref().map(|rest| {
            let rest = rest.split('"').next().unwrap();
            format!("/household/fel_{rest}")
        }));
        match between(&shown, "rel=\"next\" href=\"", '"') {
            "" => return found,
            next => path = next.to_owned(),
        }
    }
    panic!("there is no end to {path}")
}

/// Is this purchase among those that somebody sees, in the list and by its own page alike?
async fn sees(world: &World, person: &Person, of: &str, id: &str) -> bool {
    let is_listed = receipts(world, person)
        .await
        .iter()
        .any(|path| path.ends_with(id));
    let shown = page(world, person, &format!("/household/{of}/{id}")).await;
    match (is_listed, shown.status) {
        (true, 200) => true,
        (false, 404) => false,
        both => panic!("{id}: {both:?}"),
    }
}

/// What a member is called in addresses: somebody who sees one purchase of that member says it.
pub(super) async fn called(world: &World, person: &Person, id: &str) -> String {
    let all = receipts(world, person).await;
    let path = all
        .iter()
        .find(|path| path.ends_with(id))
        .expect("it is seen");
    path.split('/').nth(2).unwrap().to_owned()
}
