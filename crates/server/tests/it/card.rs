//! Whole card numbers: refused wherever somebody may write freely, and afterwards in no byte of the
//! data folder, in no answer and in no line of the log, however much the log is asked to say.

use crate::call::{Ask, post, put};
use crate::goods::{And, named};
use crate::world::{NOON, Shop, World};
use serde_json::{Value, json};
use std::io::Write;
use std::path::Path;
use std::sync::{Arc, Mutex};

/// Numbers of known ranges that pass Luhn's test, of nobody. Each way of writing is its own.
const CARDS: [&str; 4] = [
    "4929001234567897",
    "5454 3111 2233 4452",
    "3782-112233-44554",
    "３５３０１１１３３３３０１１１５",
];
/// The same, in a place where any number may stand.
const EXEMPT: &str = "4929009999999999";

/// Everything that is logged from now on and holds one of `wanted`.
fn listen(wanted: Vec<String>) -> Arc<Mutex<Vec<String>>> {
    #[derive(Clone)]
    struct Ear(Arc<Mutex<Vec<String>>>, Arc<[String]>);
    impl Write for Ear {
        fn write(&mut self, line: &[u8]) -> std::io::Result<usize> {
            let text = String::from_utf8_lossy(line).into_owned();
            if self.1.iter().any(|wanted| text.contains(wanted)) {
                self.0.lock().unwrap().push(text);
            }
            Ok(line.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let heard = Arc::<Mutex<Vec<String>>>::default();
    let ear = Ear(Arc::clone(&heard), wanted.into());
    let log = tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE);
    log.with_writer(move || ear.clone()).init();
    heard
}

/// The files below `folder` that hold `wanted`.
fn files_with(folder: &Path, wanted: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files_with(&path, wanted));
        } else {
            let bytes = std::fs::read(&path).unwrap();
            if bytes
                .windows(wanted.len())
                .any(|part| part == wanted.as_bytes())
            {
                found.push(path.display().to_string());
            }
        }
    }
    found
}

/// Every place where somebody may write freely, with `card` in it.
fn freely_written(mart: &Shop, card: &str) -> Vec<Ask> {
    let sale = |pointer: &str, value: Value| {
        let sale = mart
            .sale("t-1", 250)
            .and("/adjustments", json!([]))
            .and("/tenders", json!([]));
        post("/v1/settlements", sale.and(pointer, value)).by(&mart.key)
    };
    let text = format!("カード {card} 様");
    let item = |name: &str| {
        let update =
            named(0, 1, "milk", "牛乳", NOON).and(&format!("/changes/0/{name}"), json!(text));
        put(mart.path("/catalogue"), update).by(&mart.key)
    };
    let adjustment = json!([{"kind": "coupon", "label": text, "amount": 0}]);
    vec![
        sale("/lines/0/name", json!(text)),
        sale("/lines/0/name", json!(card)),
        sale("/lines/0/unit", json!(text)),
        sale("/lines/0/category", json!(text)),
        sale("/lines/0/discounts", json!([{"label": text, "amount": 0}])),
        sale("/adjustments", adjustment),
        sale(
            "/tenders",
            json!([{"kind": "card", "amount": 250, "label": text}]),
        ),
        sale(
            "/tenders",
            json!([{"kind": "card", "amount": 250, "card": {"brand": text, "last4": "1111"}}]),
        ),
        sale("/staff", json!(text)),
        sale("/receipt_number", json!(text)),
        sale("/notes", json!(["ok", text])),
        sale("/extra", json!({"a": [{"b": text}]})),
        sale("/extra", json!({card: 1})),
        item("name"),
        item("short_name"),
        item("reading"),
        item("size"),
        item("category"),
        item("unit"),
    ]
}

#[tokio::test]
async fn a_card_number_is_kept_nowhere() {
    let heard = listen(CARDS.map(str::to_owned).to_vec());
    let world = World::open().await;
    let mart = world.shop("mart").await;
    for card in CARDS {
        for (nth, ask) in freely_written(&mart, card).into_iter().enumerate() {
            let answer = world.ask(ask).await;
            assert!(
                answer.body.contains("card_number_refused"),
                "{card} {nth}: {}",
                answer.body
            );
            assert!(!answer.body.contains(card), "{card} {nth}: {}", answer.body);
        }
        // A name that nobody knows is not quoted, nor a word, nor what cannot be read.
        let sale = mart.sale("t-1", 250);
        let rows = [
            sale.clone()
                .and(&format!("/{}", card.replace(' ', "")), json!(1))
                .to_string(),
            sale.clone().and("/kind", json!(card)).to_string(),
            sale.clone().and("/currency", json!(card)).to_string(),
            sale.clone().and("/total", json!(card)).to_string(),
            sale.clone().and("/purchased_at", json!(card)).to_string(),
            format!("{{\"staff\":\"{card}"),
            format!("[{card}]"),
        ];
        for body in rows {
            let answer = world.ask(post("/v1/settlements", body).by(&mart.key)).await;
            assert!(
                matches!(answer.status, 400 | 422) && !answer.body.contains(card),
                "{}",
                answer.body
            );
            world
                .ask(post(format!("/v1/{}", card.replace(' ', "")), "").by(&mart.key))
                .await
                .is(404);
        }
    }
    let exempt = mart.sale("t-1", 250).and("/lines/0/code", json!(EXEMPT));
    let exempt = exempt
        .and("/terminal", json!(EXEMPT))
        .and("/transaction", json!(EXEMPT));
    world
        .ask(post("/v1/settlements", exempt).by(&mart.key))
        .await
        .is(201);
    // What may be stored is found: the search can find.
    assert_ne!(files_with(&world.folder(), EXEMPT), Vec::<String>::new());
    for card in CARDS {
        let digits: String = card.chars().filter(char::is_ascii_digit).collect();
        assert_eq!(files_with(&world.folder(), card), Vec::<String>::new());
        assert!(digits.is_empty() || files_with(&world.folder(), &digits).is_empty());
    }
    assert_eq!(*heard.lock().unwrap(), Vec::<String>::new());
    tracing::trace!("a log that is asked for everything holds {}", CARDS[0]);
    assert_eq!(
        heard.lock().unwrap().len(),
        1,
        "the log was not heard at all"
    );
    world.close().await;
}
