//! A replica that lacks the last moments is promoted under a server that goes on: it holds keys whose rows
//! are gone, and remembers people, stores and catalogues that never were. Whatever it acknowledges from
//! then on is opened by whoever opens the ledger anew.

use super::*;
use crate::world::{add_store, add_user, named, names, purchase, shop, text, update};
use ledger::keyring::Spare;
use ledger::profile::Profile;
use ledger::write::{FirstKey, Prepared, Receipt, Refusal};
use purchase::id::{OwnerId, TokenId, UserId};

fn sale(transaction: &str) -> Content {
    slip(transaction).line("A", "1", 10).content()
}

fn sale_to(user_id: UserId, transaction: &str) -> Content {
    let slip = slip(transaction).line("A", "1", 10);
    slip.buyer(user_id).content()
}

impl World {
    fn prepare(&self, content: &Content) -> Prepared {
        self.again(|| try_prepare(&self.ledger, content, at(1)))
    }

    /// Writes as a server does, which renews what it remembers all the time.
    fn write(&self, write: &Write) -> Written {
        let committed = self.again(|| {
            // An answer that it is away will come from the write itself.
            let _ = self.ledger.renew();
            self.ledger.commit(vec![write.clone()], at(2))
        });
        committed.written.into_iter().next().expect("one outcome")
    }

    fn commit(&self, prepared: Prepared) -> Settled {
        settled(self.write(&Write::Settle(Box::new(prepared))))
    }

    /// Prepares it anew each time, as for a till that sends it again.
    fn settled(&self, content: &Content) -> Settled {
        let committed = self.again(|| {
            let _ = self.ledger.renew();
            let prepared = try_prepare(&self.ledger, content, at(2))?;
            self.ledger
                .commit(vec![Write::Settle(Box::new(prepared))], at(2))
        });
        settled(committed.written.into_iter().next().expect("one outcome"))
    }

    fn add_person(&self, name: &str, spare: Spare) -> UserId {
        let profile = Profile {
            reference: Some(text(name)),
            name: Some(text(name)),
            email: None,
        };
        let token = crate::world::sha256(name.as_bytes());
        let add = Write::AddUser {
            spare,
            profile: Box::new(profile),
            first: FirstKey::Token {
                token_id: TokenId(*token.first_chunk().unwrap()),
                hash: token,
            },
        };
        match self.write(&add) {
            Written::User { user_id, .. } => user_id,
            other => panic!("not a person: {other:?}"),
        }
    }

    /// How many rows of these the keyring of the promoted server has.
    fn keys_there(&self, spares: &[&Spare]) -> i64 {
        let holders: Vec<&[u8]> = spares
            .iter()
            .map(|spare| spare.holder.0.as_slice())
            .collect();
        self.runtime.block_on(async {
            let admin = self.standby.connect(&self.name).await;
            let question = "SELECT count(*) FROM orihon_keys.keys WHERE holder = ANY($1)";
            admin.query_one(question, &[&holders]).await.unwrap().get(0)
        })
    }

    /// What somebody finds wrong who opens the ledger anew.
    fn problems(&self) -> u64 {
        let anew = Options {
            entropy: crate::world::entropy(2),
            ..self.options.clone()
        };
        let (anew, _) = Ledger::open_shared(&anew).expect("it opens");
        anew.verify(&mut |_| ()).expect("readable").problem_count
    }
}

fn settled(written: Written) -> Settled {
    crate::world::settled(written)
}

#[track_caller]
fn recorded(settled: Settled) -> Receipt {
    match settled {
        Settled::Recorded(receipt) => receipt,
        other => panic!("not recorded: {other:?}"),
    }
}

/// What is filed, or about to be, when the primary dies: the promoted one has none of it.
struct Before {
    ada: UserId,
    /// Of whom, and of which store, the promoted server knows nothing; none if it holds the keys alone.
    lost: Option<(UserId, &'static str)>,
    spares: [Spare; 2],
    strangers: Vec<Prepared>,
    to_ada: Prepared,
}

fn before(world: &World, holds: Holds) -> Before {
    let ledger = &world.ledger;
    let ada = add_user(ledger, "Ada");
    update(ledger, 0, 1, vec![named("A", "Apple", at(-9))]);
    world.set_up(Standby::Detached);
    let lost = match holds {
        // What was filed before a keyring lost its last moments is not opened any more.
        Holds::Keys => None,
        Holds::Both => {
            let bea = add_user(ledger, "Bea");
            add_store(ledger, shop("s-lost"));
            update(ledger, 1, 2, vec![named("A", "Lost apple", at(-8))]);
            for nth in 0..40 {
                world.settle(&sale(&format!("lost {nth}")));
                world.settle(&sale_to(bea, &format!("lost of Bea {nth}")));
            }
            Some((bea, "s-lost"))
        }
    };
    // More than are ever made at once, so that those which follow were made since.
    let spares: Vec<Spare> = (0..200)
        .map(|_| ledger.take_key().expect("a key"))
        .collect();
    let strangers = (0..3).map(|nth| world.prepare(&sale(&format!("under way {nth}"))));
    Before {
        ada,
        lost,
        to_ada: world.prepare(&sale_to(ada, "under way to Ada")),
        strangers: strangers.collect(),
        spares: [spares[198].clone(), spares[199].clone()],
    }
}

/// All that is filed after the promotion is opened by the next one who opens the ledger.
fn go_on_after_a_loss(holds: Holds) {
    let world = World::open(holds);
    let Before {
        ada,
        lost,
        spares: [one, other],
        mut strangers,
        to_ada,
    } = before(&world, holds);
    world.kill_primary();
    world.promote();
    assert_eq!(world.keys_there(&[&one, &other]), 0, "the control");

    // What was under way: as it was prepared, and with names that are others by now.
    let first = recorded(world.commit(strangers.remove(0)));
    assert!(matches!(first.owner, OwnerId::Unclaimed(_)));
    update(&world.ledger, 1, 2, vec![named("A", "Red apple", at(-8))]);
    for prepared in strangers {
        recorded(world.commit(prepared));
    }
    let id = recorded(world.commit(to_ada)).purchase_id;
    assert_eq!(names(&purchase(&world.ledger, ada, id)), ["Red apple@2"]);
    if let Some((person, store)) = lost {
        let filed = recorded(world.settled(&sale_to(person, "found of somebody lost")));
        assert!(matches!(filed.owner, OwnerId::Unclaimed(_)));
        let refused = world.settled(&slip("9").store(store).line("A", "1", 10).content());
        let unknown = matches!(refused, Settled::Refused(Refusal::StoreUnknown));
        assert!(unknown, "{refused:?}");
    }
    // Somebody new, under a key that was taken before, and one that is taken now.
    let cid = world.add_person("Cid", one.clone());
    let dan = world.add_person("Dan", world.again(|| world.ledger.take_key()));
    assert_eq!(world.keys_there(&[&one]), 1);
    for (nth, user_id) in [cid, dan, ada, ada].into_iter().enumerate() {
        let filed = recorded(world.settled(&sale_to(user_id, &format!("found {nth}"))));
        assert_eq!(filed.owner, OwnerId::User(user_id));
        let filed = purchase(&world.ledger, user_id, filed.purchase_id);
        assert_eq!(names(&filed), ["Red apple@2"]);
    }
    for nth in 0..100 {
        recorded(world.settled(&sale(&format!("found of nobody {nth}"))));
    }
    // A store's key seals what comes under a key already taken.
    add_store(&world.ledger, shop("s-2"));
    let at_s2 = |price| Content {
        ..slip("twice").store("s-2").line("A", "1", price).content()
    };
    recorded(world.settled(&at_s2(10)));
    assert!(matches!(world.settled(&at_s2(11)), Settled::Conflict));

    assert_eq!(world.problems(), 0);
    // The control: the same look finds a key that is not there.
    world.runtime.block_on(async {
        let admin = world.standby.connect(&world.name).await;
        let text = "DELETE FROM orihon_keys.keys WHERE holder = $1";
        let gone = admin.execute(text, &[&one.holder.0.as_slice()]).await;
        assert_eq!(gone.unwrap(), 1);
    });
    assert!(world.problems() > 0);
}

#[test]
fn what_is_filed_after_a_loss_is_opened() {
    go_on_after_a_loss(Holds::Both);
}

#[test]
fn what_is_filed_after_the_keyring_alone_lost_something_is_opened() {
    go_on_after_a_loss(Holds::Keys);
}
