//! Every page of the console says how a terminal does the same: one command for each thing that it reads and for
//! each of its buttons. What it says works: each command is carried out, and leaves in the log what the button
//! leaves there.

use crate::call::{Ask, delete, form, get, post};
use crate::console::{OF_STORE, signed_in};
use crate::goods::{And, TODAY, named};
use crate::pages_missing::{ask, said, sell};
use crate::world::{Person, Shop, World};
use serde_json::{Value, json};

/// A command as a page shows it.
struct Command {
    method: String,
    path: String,
    body: String,
}

/// The commands that a page shows.
fn commands(page: &str, base: &str) -> Vec<Command> {
    let blocks = page.split("curl -H &quot;Authorization: Bearer $KEY&quot;");
    let read = |block: &str| {
        let command = block.split("</code>").next().unwrap();
        let command = command.replace("&quot;", "\"").replace("&amp;", "&");
        let method = match command.strip_prefix(" -X ") {
            Some(rest) => rest.split(' ').next().unwrap().to_owned(),
            None => "GET".to_owned(),
        };
        let mut quoted = command.split('\'').skip(1).step_by(2);
        let url = quoted.next().unwrap();
        let path = url.strip_prefix(base).unwrap_or_else(|| panic!("{url}"));
        Command {
            method,
            path: path.to_owned(),
            body: quoted.next().unwrap_or_default().to_owned(),
        }
    };
    blocks.skip(1).map(read).collect()
}

/// What the forms of a page are sent to, with the names of stores and people left out.
fn actions(page: &str) -> Vec<String> {
    let plain = |path: &str| {
        let parts = path.split('/').map(|part| match part {
            "mart" => "{}",
            part if part.starts_with("usr_") => "{}",
            part => part,
        });
        parts.collect::<Vec<_>>().join("/")
    };
    let found = page.split(" action=\"").skip(1);
    let found = found.map(|rest| plain(rest.split('"').next().unwrap()));
    let mut found: Vec<String> = found.collect();
    found.sort();
    found.dedup();
    // Who comes and goes, and in which language, is the browser's affair.
    found.retain(|path| path != "/language" && path != "/console/sign-out");
    found
}

/// The command of each form of the console, by its route. A form that is not here has none, and fails.
const FORMS: [(&str, &str); 22] = [
    ("/console/stores", "POST /v1/stores"),
    (
        "/console/stores/{}/pair",
        "POST /v1/stores/{store_id}/pairings",
    ),
    (
        "/console/stores/{}/revoke",
        "DELETE /v1/stores/{store_id}/devices/{device_id}",
    ),
    (
        "/console/stores/{}/items",
        "GET /v1/stores/{store_id}/catalogue/changes",
    ),
    (
        "/console/stores/{}/pending",
        "POST /v1/stores/{store_id}/pending/{code}",
    ),
    (
        "/console/stores/{}/wish",
        "POST /v1/stores/{store_id}/pending/{code}/wish",
    ),
    (
        "/console/stores/{}/wish",
        "DELETE /v1/stores/{store_id}/pending/{code}/wish",
    ),
    (
        "/console/stores/{}/conflicts",
        "GET /v1/stores/{store_id}/conflicts",
    ),
    (
        "/console/stores/{}/missing/give",
        "POST /v1/stores/{store_id}/missing/{sought_id}/give",
    ),
    (
        "/console/stores/{}/missing/refuse",
        "POST /v1/stores/{store_id}/missing/{sought_id}/refuse",
    ),
    (
        "/console/stores/{}/missing/refuse-several",
        "POST /v1/stores/{store_id}/missing/{sought_id}/refuse",
    ),
    (
        "/console/receipts",
        "GET /v1/stores/{store_id}/settlements/{terminal}/{business_date}/{transaction}",
    ),
    ("/console/people", "POST /v1/users"),
    ("/console/people/{}/look", "POST /v1/users/{user_id}/look"),
    (
        "/console/people/{}/recover",
        "POST /v1/users/{user_id}/recovery-link",
    ),
    (
        "/console/people/{}/suspend",
        "POST /v1/users/{user_id}/suspend",
    ),
    (
        "/console/people/{}/resume",
        "POST /v1/users/{user_id}/resume",
    ),
    ("/console/people/{}/merge", "POST /v1/users/{user_id}/merge"),
    ("/console/keys", "POST /v1/operators"),
    ("/console/keys/revoke", "DELETE /v1/tokens/{token_id}"),
    ("/console/partners", "POST /v1/partners"),
    (
        "/console/partners/remove",
        "DELETE /v1/partners/{partner_id}",
    ),
];

/// The route of a command, as the document of the interface has it.
fn route(document: &Value, command: &Command) -> String {
    let (path, _) = command.path.split_once('?').unwrap_or((&command.path, ""));
    let is_it = |known: &&String| {
        let parts = || known.split('/').zip(path.split('/'));
        known.split('/').count() == path.split('/').count()
            && parts().all(|(known, part)| known.starts_with('{') || known == part)
    };
    let paths = document["paths"].as_object().unwrap();
    let found = paths.keys().find(is_it);
    let found = found.unwrap_or_else(|| panic!("no route: {}", command.path));
    let method = command.method.to_lowercase();
    assert!(paths[found].get(&method).is_some(), "{method} {found}");
    format!("{} {found}", command.method)
}

/// A desk, and a store of which every page has something to show.
struct Town {
    world: World,
    ann: Person,
    desk: String,
    /// Whose key the commands are given.
    key: String,
    document: Value,
    /// People whose accounts may go into another one.
    others: Vec<String>,
}

impl Town {
    async fn open() -> Self {
        let world = World::open().await;
        let mart = world.shop("mart").await;
        let ann = world.person_in_browser("ann").await;
        let mut others = Vec::new();
        for name in ["bob", "carl", "dora", "emi"] {
            others.push(world.person(name).await.id);
        }
        sold(&world, &mart, &ann).await;
        let desk = signed_in(&world, &world.operator).await;
        // Another browser, another key and a partner, all of which may go.
        signed_in(&world, &world.operator).await;
        let kim = json!({"label": "Kim"});
        world.order(post("/v1/operators", kim)).await.is(201);
        let partner = json!({"name": "Kakeibo", "purpose": "to keep accounts"});
        world.order(post("/v1/partners", partner)).await.is(201);
        let document = serde_json::to_value(server::api::openapi()).unwrap();
        Self {
            key: world.operator.clone(),
            world,
            ann,
            desk,
            document,
            others,
        }
    }

    fn press(&self, path: &str, fields: &str) -> Ask {
        form(path, fields).with("cookie", &self.desk)
    }

    fn visit(&self, path: &str) -> Ask {
        get(path).with("cookie", &self.desk)
    }

    fn of_mart(&self, rest: &str) -> Ask {
        self.visit(&format!("/console/stores/mart{rest}"))
    }

    /// The page has these commands, and one for each of its forms. Each leaves this act in the log, or is refused
    /// with the code behind the mark.
    async fn check(&mut self, page: Ask, expected: &[(&str, &str)]) {
        let what = format!("{page:?}");
        let page = self.world.ask(page).await.is(200).body;
        let base = self.world.running.app.site.base().to_owned();
        let found = commands(&page, &base);
        let routes: Vec<String> = found
            .iter()
            .map(|command| route(&self.document, command))
            .collect();
        let told: Vec<&str> = expected.iter().map(|(route, _)| *route).collect();
        assert_eq!(routes, told, "{what}");
        for action in actions(&page) {
            let mut known = FORMS.iter().filter(|(form, _)| *form == action);
            let is_there = known.any(|(_, command)| told.contains(command));
            assert!(is_there, "{action} has no command: {what}");
        }
        for (command, (_, act)) in found.iter().zip(expected) {
            self.carry_out(command, act).await;
        }
    }

    async fn carry_out(&mut self, command: &Command, act: &str) {
        // What stands for something that one has to fill in is not asked for.
        if ["YYYY", "TILL", "NUMBER"]
            .iter()
            .any(|word| command.path.contains(word))
        {
            return;
        }
        let mut body = command
            .body
            .replace("\"…\"", "\"she asked for it by telephone\"");
        if body.contains("usr_…") {
            body = body.replace("usr_…", &self.others.pop().unwrap());
        }
        let path = command.path.clone();
        let ask = match command.method.as_str() {
            "GET" => get(path),
            "POST" => post(path, body),
            "DELETE" => delete(path),
            other => panic!("{other}"),
        };
        let what = format!("{} {}", command.method, command.path);
        let answer = self.world.ask(ask.by(&self.key)).await;
        if let Some(refused) = act.strip_prefix('!') {
            let told = (answer.status, answer.text("/code"));
            assert_eq!(told, (409, refused.to_owned()), "{what}");
            return;
        }
        let is_done = (200..300).contains(&answer.status);
        assert!(is_done, "{what}: {}", answer.body);
        if !act.is_empty() {
            let log = self.world.order(get("/v1/audit")).await.is(200);
            assert_eq!(log.text("/entries/0/act"), act, "{what}");
        }
    }
}

/// What mart sold, so that something waits, something disagrees and something is missed.
async fn sold(world: &World, mart: &Shop, ann: &Person) {
    let code =
        |code: &str| json!([{"code": code, "quantity": "1", "unit_price": 250, "amount": 250}]);
    let sale = |number: &str, of: &str| mart.sale_to(&ann.id, number, 250).and("/lines", code(of));
    sell(world, mart, sale("t-1", "forgotten")).await;
    sell(world, mart, sale("t-2", "asked")).await;
    let old = sale("t-3", "bread")
        .and("/business_date", json!("2026-03-01"))
        .and("/purchased_at", json!("2026-03-01T12:00:00+09:00"));
    sell(world, mart, old).await;
    sell(world, mart, mart.sale("t-4", 300)).await;
    let ahead = mart.sale("t-5", 320);
    let ahead = ahead.and("/purchased_at", json!("2026-04-10T14:00:00+09:00"));
    sell(world, mart, ahead).await;
    let update = named(0, 1, "bread", "食パン", "2020-01-01T00:00:00+09:00");
    let update = Ask::new("PUT", mart.path("/catalogue"), update).by(&mart.key);
    world.ask(update).await.is(200);
    let other = post("/v1/settlements", sale("t-1", "milk")).by(&mart.key);
    world.ask(other).await.is(409);
    let wish = mart.path("/pending/asked/wish");
    world.order(post(wish, "")).await.is(201);
    for total in ["300", "999"] {
        ask(world, ann, &said(mart, total, ("number", "")))
            .await
            .is(303);
    }
}

const STORE: &str = "GET /v1/stores/{store_id}";
const DAY: &str = "GET /v1/stores/{store_id}/days/{business_date}";
const OF_DAY: &str = "GET /v1/stores/{store_id}/days/{business_date}/settlements";
const SALE: &str = "GET /v1/stores/{store_id}/settlements/{terminal}/{business_date}/{transaction}";
const DEVICES: &str = "GET /v1/stores/{store_id}/devices";
const PENDING: &str = "GET /v1/stores/{store_id}/pending";
const CONFLICTS: &str = "GET /v1/stores/{store_id}/conflicts";
const MISSING: &str = "GET /v1/stores/{store_id}/missing";
const PAIR: (&str, &str) = ("POST /v1/stores/{store_id}/pairings", "pairing_made");

#[tokio::test]
async fn what_a_store_shows_and_does_has_a_command_that_works() {
    let mut town = Town::open().await;
    let reads = |routes: &[&'static str]| -> Vec<(&str, &str)> {
        routes.iter().map(|route| (*route, "")).collect()
    };
    let add = [
        reads(&["GET /v1/stores", DAY]),
        vec![("POST /v1/stores", "store_added"), PAIR],
    ];
    town.check(town.visit("/console/stores"), &add.concat())
        .await;
    let item = "GET /v1/stores/{store_id}/catalogue/items/{code}";
    let catalogue = [
        "GET /v1/stores/{store_id}/catalogue",
        "GET /v1/stores/{store_id}/catalogue/changes",
        item,
    ];
    town.check(town.of_mart("/items"), &reads(&catalogue)).await;
    town.check(town.of_mart("/item?code=bread"), &reads(&[item]))
        .await;
    let pending = [
        (PENDING, ""),
        (
            "POST /v1/stores/{store_id}/pending/{code}",
            "name_confirmed",
        ),
        (
            "POST /v1/stores/{store_id}/pending/{code}/wish",
            "name_wished",
        ),
        (
            "DELETE /v1/stores/{store_id}/pending/{code}/wish",
            "wish_taken_back",
        ),
    ];
    town.check(town.of_mart("/pending"), &pending).await;
    town.check(town.of_mart("/conflicts"), &reads(&[CONFLICTS]))
        .await;
    let missing = "/v1/stores/{store_id}/missing/{sought_id}";
    let (give, refuse) = (
        format!("POST {missing}/give"),
        format!("POST {missing}/refuse"),
    );
    let answers = [
        (MISSING, ""),
        (give.as_str(), "receipt_given"),
        (refuse.as_str(), "receipt_refused"),
    ];
    town.check(town.of_mart("/missing"), &answers).await;
    town.check(town.of_mart("/days"), &reads(&[DAY])).await;
    let one = format!("/days/{TODAY}");
    town.check(town.of_mart(&one), &reads(&[DAY, OF_DAY, SALE]))
        .await;
    town.check(town.of_mart("/warnings"), &reads(&[OF_DAY]))
        .await;
    town.check(town.of_mart("/poster"), &reads(&[STORE])).await;
    let joined = [vec![PAIR], reads(&[DEVICES, DAY])].concat();
    let pair = town.press("/console/stores/mart/pair", "name=till");
    town.check(pair, &joined).await;
    let revoke = (
        "DELETE /v1/stores/{store_id}/devices/{device_id}",
        "device_revoked",
    );
    let waits = reads(&[STORE, DEVICES, DAY, PENDING, MISSING, CONFLICTS]);
    town.check(town.of_mart(""), &[waits, vec![PAIR, revoke]].concat())
        .await;
    town.world.close().await;
}

#[tokio::test]
async fn what_is_for_whoever_may_everything_has_a_command_that_works() {
    let mut town = Town::open().await;
    let overview = [
        ("GET /readyz", ""),
        ("GET /v1/stores", ""),
        ("GET /v1/counts", ""),
        (DAY, ""),
        (PENDING, ""),
        (MISSING, ""),
        (CONFLICTS, ""),
    ];
    town.check(town.visit("/console"), &overview).await;
    let receipts = "/console/receipts";
    town.check(town.visit(receipts), &[(OF_DAY, ""), (SALE, "")])
        .await;
    let found = town.press(receipts, &format!("store_id=mart&date={TODAY}&number=t-4"));
    town.check(found, &[(OF_DAY, ""), (SALE, "")]).await;
    let people = [("GET /v1/counts", ""), ("POST /v1/users", "person_added")];
    town.check(town.visit("/console/people"), &people).await;
    let own = format!("/console/people/{}", town.ann.id);
    let look = ("POST /v1/users/{user_id}/look", "purchases_seen");
    let link = (
        "POST /v1/users/{user_id}/recovery-link",
        "recovery_link_made",
    );
    let merge = ("POST /v1/users/{user_id}/merge", "people_merged");
    let stop = ("POST /v1/users/{user_id}/suspend", "person_suspended");
    let resume = ("POST /v1/users/{user_id}/resume", "person_resumed");
    // Into an account that was just suspended nothing goes, by whichever way it is asked.
    let not_now = (merge.0, "!cannot_merge");
    town.check(town.visit(&own), &[look, link, stop, not_now])
        .await;
    town.check(town.visit(&own), &[look, link, resume, merge])
        .await;
    let other = town.others.pop().unwrap();
    let asked = town.press(
        &format!("{own}/merge"),
        &format!("from={other}&reason=the+same+person"),
    );
    town.check(asked, &[merge]).await;
    let reason = town.press(&format!("{own}/look"), "reason=she+asked+for+help");
    town.world.ask(reason).await.is(303);
    town.check(town.visit(&format!("{own}/book")), &[look])
        .await;
    let gone = ("DELETE /v1/tokens/{token_id}", "key_revoked");
    let keys = [
        ("GET /v1/operators", ""),
        ("POST /v1/operators", "key_added"),
        gone,
        gone,
    ];
    town.check(town.visit("/console/keys"), &keys).await;
    let partners = [
        ("GET /v1/partners", ""),
        ("POST /v1/partners", "partner_added"),
        ("DELETE /v1/partners/{partner_id}", "partner_removed"),
    ];
    town.check(town.visit("/console/partners"), &partners).await;
    let log = [("GET /v1/audit", ""), ("GET /v1/audit", "")];
    town.check(town.visit("/console/audit"), &log).await;
    town.world.close().await;
}

/// The people of one store see no command that their own key could not give.
#[tokio::test]
async fn a_stores_own_people_are_shown_what_their_key_can_do() {
    let mut town = Town::open().await;
    let asked = json!({"label": "Mari", "store_id": "mart"});
    let made = town.world.order(post("/v1/operators", asked)).await.is(201);
    town.key = made.text("/token");
    town.desk = signed_in(&town.world, &town.key).await;
    let base = town.world.running.app.site.base().to_owned();
    let mut pages = vec![
        "/console".to_owned(),
        "/console/stores".to_owned(),
        "/console/receipts".to_owned(),
    ];
    let of_store = OF_STORE
        .iter()
        .filter(|rest| !rest.starts_with("/seen"))
        .rev();
    pages.extend(of_store.map(|rest| format!("/console/stores/mart{rest}")));
    let mut given = 0;
    for page in pages {
        let shown = town.world.ask(town.visit(&page)).await.is(200).body;
        for command in commands(&shown, &base) {
            town.carry_out(&command, "").await;
            given += 1;
        }
    }
    assert!(given >= 30, "{given}");
    town.world.close().await;
}
