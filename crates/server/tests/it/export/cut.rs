//! A book that cannot be read to its end: nobody may take the part for the whole.

use crate::call::{get, post};
use crate::goods::{And, lines};
use crate::world::World;
use serde_json::{Value, json};

/// So many purchases do not fit into what may wait for a slow reader.
const PURCHASES: usize = 1_000;
const PER_BATCH: usize = 250;

#[tokio::test(flavor = "multi_thread")]
async fn a_book_breaks_off_where_it_cannot_be_read() {
    let world = World::on_database().await;
    let (mart, ann) = (world.shop("mart").await, world.person("ann").await);
    let name = "とても長い名前".repeat(20);
    let line = json!({"name": name, "quantity": "1", "unit_price": 1, "amount": 1});
    let sale = |nth: usize| {
        mart.sale_to(&ann.id, &format!("t-{nth}"), 15)
            .and("/lines", json!(vec![line.clone(); 15]))
    };
    for first in (0..PURCHASES).step_by(PER_BATCH) {
        let batch: Vec<Value> = (first..first + PER_BATCH).map(sale).collect();
        let sent = post("/v1/settlements/batch", lines(&batch)).in_lines();
        world.ask(sent.by(&mart.key)).await.is(200);
    }
    let mut line = world.line().await;
    line.say(&get("/v1/me/exports/ndjson").by(&ann.key).bytes())
        .await;
    line.head().await.is(200);
    world.lose_database().await;
    let mut told = 0;
    while let Some(piece) = line.event().await {
        told += piece
            .lines()
            .filter(|line| line.contains("\"purchase_id\""))
            .count();
        assert!(
            !piece.contains("total_by_currency"),
            "it poses as the whole"
        );
    }
    assert!((1..PURCHASES).contains(&told), "{told}");
    // A book that ended in order would leave the connection to whoever asks next.
    let _ = line.try_say(&get("/healthz").bytes()).await;
    assert!(line.answer().await.is_none());
    // One that cannot even begin is refused.
    let ask = get("/v1/me/exports/ndjson").by(&ann.key);
    world.ask(ask).await.is(500);
    world.running.stop().await;
}
