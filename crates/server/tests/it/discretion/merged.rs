//! Two accounts on their way to being one: what was private in the one is told to nobody by the other meanwhile.

use super::taken_back::Street;
use super::*;
use ledger::account::Accessor;
use ledger::write::{MergeStep, Merging, Write, Written};
use purchase::id::{TokenId, UserId};
use purchase::text::Text;

/// One step of a merger, after which nothing goes on by itself.
async fn step(world: &World, step: MergeStep) -> Merging {
    let written = world.running.app.intake.write_one(Write::Merge(step)).await;
    match written.expect("it is written") {
        Written::Merging(merging) => merging,
        other => panic!("not a merger: {other:?}"),
    }
}

#[tokio::test]
async fn nothing_private_is_told_between_the_steps_of_a_merger() {
    let street = Street::open().await;
    let world = &street.world;
    let cat = world.person_in_browser("cat").await;
    let bought = async |number: &str| {
        let sale = street.shop.sale_to(&cat.id, number, 200);
        street.file(sale).await
    };
    let (plain, private) = (bought("p1").await, bought("p2").await);
    let path = format!("/book/{private}/private");
    let fields = [("choice", "private here 1")];
    press(world, &cat.cookie, &path, &fields).await.is(303);
    let [from, into] = [&cat, &street.ann].map(|person| UserId::parse(&person.id).unwrap());
    let begin = MergeStep::Begin {
        from,
        into,
        by: Accessor::Operator {
            token_id: TokenId([8; 16]),
        },
        reason: Text::new("one person, two phones", 200).unwrap(),
    };
    assert_eq!(step(world, begin).await, Merging::Begun);
    assert_eq!(step(world, MergeStep::GoOn { from }).await, Merging::Going);
    for (id, whole) in [(&plain, true), (&private, false)] {
        assert_eq!(street.to_others(id).await, [whole; 5], "{id}");
    }
    street.world.close().await;
}
