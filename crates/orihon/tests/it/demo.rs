//! The demo's stage, as a browser without scripts works it: what it does to a shop is seen at the shop's till
//! and in the person's account.

use crate::program::{Caller, orihon, soon};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Child;

/// A demo and the addresses that it printed.
struct Demo {
    child: Child,
    stage: String,
    till: String,
    user_id: String,
    person: Caller,
    http: reqwest::Client,
}

impl Demo {
    async fn start() -> Self {
        let mut command = orihon(&["demo", "--no-live", "--listen", "127.0.0.1:0"]);
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut said = String::new();
        while !said.contains("Ctrl-C ends it.") {
            let line = soon(lines.next_line()).await.unwrap();
            said += &line.unwrap_or_else(|| panic!("it did not begin: {said}"));
            said.push('\n');
        }
        let word = |before: &str| {
            let (_, rest) = said.split_once(before).expect("it says so");
            rest.split_whitespace().next().unwrap().to_owned()
        };
        let person = Caller::new(
            &word("  server "),
            word("P='Authorization: Bearer ").trim_end_matches('\''),
        );
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        Self {
            child,
            stage: word("  begin at "),
            till: word("  till "),
            user_id: word("name the buyer: "),
            person,
            http,
        }
    }

    async fn get(&self, address: String) -> String {
        let answer = soon(self.http.get(address).send()).await.unwrap();
        answer.error_for_status().unwrap().text().await.unwrap()
    }

    /// Does something to the supermarket by a form of the page; the page that follows.
    async fn play(&self, deed: &str, more: &str) -> String {
        let sent = self
            .http
            .post(format!("{}/shops/fujinoki/{deed}", self.stage));
        let sent = sent.header("content-type", "application/x-www-form-urlencoded");
        let answer = soon(sent.body(format!("lang=en{more}")).send())
            .await
            .unwrap();
        assert_eq!(answer.status(), 200, "{deed}");
        answer.text().await.unwrap()
    }

    /// The first of the shops as an open page is told of it.
    async fn state(&self) -> Value {
        let all = self.get(format!("{}/state?lang=en", self.stage)).await;
        let all: Value = serde_json::from_str(&all).unwrap();
        all[0].clone()
    }

    /// Sells what the first key of the till rings up.
    async fn sell(&self) {
        let keys = self.get(format!("{}/api/touch", self.till)).await;
        let keys: Value = serde_json::from_str(&keys).unwrap();
        assert_eq!(keys["keys"].as_array().unwrap().len(), 12);
        let sale = json!({"terminal": "1", "buyer": self.user_id,
            "lines": [{"code": keys["keys"][0]["code"]}],
            "tenders": [{"kind": "cash", "amount": 1_000}]});
        let sent = self.http.post(format!("{}/api/sales", self.till));
        let sent = sent.header("content-type", "application/json");
        let answer = soon(sent.body(sale.to_string()).send()).await.unwrap();
        assert_eq!(answer.status(), 201);
    }

    /// The person's newest purchases.
    async fn newest(&self) -> Vec<Value> {
        let asked = self
            .person
            .ask("GET", "/v1/me/purchases?limit=8", String::new());
        let page = soon(asked).await.unwrap().is(200);
        page["purchases"].as_array().unwrap().clone()
    }

    /// Waits until there is a purchase beside those of `before`. Of two in one second either is the newest.
    async fn arrived(&self, before: &[Value]) -> Value {
        let known = ids(before);
        soon(async {
            loop {
                let newest = self.newest().await;
                if let Some(new) = newest.iter().find(|one| !known.contains(&id(one))) {
                    return new.clone();
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        })
        .await
    }

    /// What the first line of a purchase is called now.
    async fn name(&self, purchase: &Value) -> Value {
        let path = format!("/v1/me/purchases/{}", id(purchase).as_str().unwrap());
        let asked = self.person.ask("GET", &path, String::new());
        soon(asked).await.unwrap().is(200)["lines"][0]["name"].clone()
    }

    async fn stop(mut self) {
        let pid = i32::try_from(self.child.id().unwrap()).unwrap();
        kill_process(Pid::from_raw(pid).unwrap(), Signal::TERM).unwrap();
        let status = soon(self.child.wait()).await.unwrap();
        assert_eq!(status.code(), Some(0));
    }
}

fn ids(purchases: &[Value]) -> Vec<Value> {
    purchases.iter().map(id).collect()
}

fn id(purchase: &Value) -> Value {
    purchase["purchase_id"].clone()
}

#[tokio::test]
async fn a_visitor_plays_fate_and_nothing_is_lost() {
    let demo = Demo::start().await;
    let before = demo.newest().await;
    let page = demo.play("cut", "").await;
    assert!(
        page.contains("cut off") && page.contains("Look here"),
        "{page}"
    );
    demo.sell().await;
    let state = demo.state().await;
    assert_eq!(state["is_cut"], true);
    let text = state["text"].as_str().unwrap();
    assert!(text.contains("1 waiting"), "{state}");
    // Names may still be learnt; nothing new gets through.
    assert_eq!(ids(&demo.newest().await), ids(&before));
    demo.play("heal", "").await;
    let sold = demo.arrived(&before).await;
    assert_eq!(demo.name(&sold).await, "北海道牛乳");

    // The milk of the first key has another name from now on. The change goes before what is sold later.
    let renamed = "&code=4569951110115&name=%E7%89%9B%E4%B9%B3+%3Cb%3E";
    let page = demo.play("rename", renamed).await;
    assert!(page.contains("牛乳 &lt;b&gt;") && !page.contains("牛乳 <b>"));
    let before = demo.newest().await;
    demo.sell().await;
    let again = demo.arrived(&before).await;
    assert_eq!(demo.name(&again).await, "牛乳 <b>");
    assert_eq!(demo.name(&sold).await, "北海道牛乳");

    let before = demo.newest().await;
    let page = demo.play("forget", "").await;
    assert!(page.contains("has no name yet"), "{page}");
    let nameless = demo.arrived(&before).await;
    assert_eq!(demo.name(&nameless).await, Value::Null);
    demo.play("remember", "&name=Lemon").await;
    soon(async {
        while demo.name(&nameless).await != "Lemon" {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    })
    .await;
    demo.stop().await;
}

#[tokio::test]
async fn the_stage_leads_on_and_is_closed_to_other_pages() {
    let demo = Demo::start().await;
    let way_in = demo.http.get(format!("{}/go/book", demo.stage)).send();
    let opened = soon(way_in).await.unwrap();
    assert_eq!(opened.status(), 200);
    assert_ne!(
        opened.url().port(),
        demo.stage.parse::<reqwest::Url>().unwrap().port()
    );
    let sent = demo.http.post(format!("{}/shops/fujinoki/cut", demo.stage));
    let sent = sent
        .header("origin", "http://elsewhere.example")
        .body("lang=en");
    assert_eq!(soon(sent.send()).await.unwrap().status(), 403);
    let page = demo.get(format!("{}/?lang=ja", demo.stage)).await;
    assert!(page.contains("つながっています") && !page.contains("切れています</span>"));
    let nobody = demo.http.post(format!("{}/shops/nobody/cut", demo.stage));
    let nobody = nobody.header("content-type", "application/x-www-form-urlencoded");
    assert_eq!(
        soon(nobody.body("lang=en").send()).await.unwrap().status(),
        422
    );
    demo.stop().await;
}
