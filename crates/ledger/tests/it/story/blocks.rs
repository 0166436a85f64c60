//! Shops from which a person wants nothing: what is sold there to their code, or to their id, is nobody's. A sale
//! is judged by when it was made; what comes back goes where its sale went, and a slip can be claimed as ever.

use super::Story;
use crate::slip::{Slip, slip};
use crate::world::{
    DAY, add_store, add_user, at, branch, change, claim, give_code, prepare, record, settle,
    settled, shop, store_id, text, town, write,
};
use ledger::Ledger;
use ledger::account::{Block, Blocked, ClaimSource, LeafSubject, Shown};
use ledger::write::{Changed, Claimed, LeafStep, Receipt, Settled, Write};
use purchase::id::{OwnerId, UserId};
use purchase::settlement::{Buyer, ClaimHash, Content};
use purchase::store::ChainId;

pub(crate) const STORIES: &[Story] = &[
    ("what is sold at a blocked shop is nobody's", by_all_ways),
    ("the time of the sale counts", as_of_the_sale),
    ("a chain is blocked with all its stores", chain),
    ("a block is kept once, and taken back", kept),
    ("it is judged when its turn comes", between),
    ("what comes back goes where its sale went", returns),
    ("a slip of a blocked shop can be claimed", claimed),
];

fn block(ledger: &Ledger, user_id: UserId, blocked: Blocked, since: i64) -> Changed {
    let since = at(since);
    let leaf = Block { blocked, since }.leaf();
    let put = LeafStep::Put {
        user_id,
        subject: LeafSubject::Blocked,
        of: leaf.of,
        value: leaf.value,
    };
    change(ledger, Write::Leaf(put), since)
}

fn unblock(ledger: &Ledger, user_id: UserId, blocked: &Blocked) -> Changed {
    let take = LeafStep::Take {
        user_id,
        subject: LeafSubject::Blocked,
        of: blocked.bytes(),
    };
    change(ledger, Write::Leaf(take), at(50))
}

fn store(id: &str) -> Blocked {
    Blocked::Store(store_id(id))
}

fn sold(transaction: &str) -> Slip {
    slip(transaction).line("milk", "1", 100)
}

fn shown(transaction: &str, code: &str) -> Slip {
    sold(transaction).meant_for(Buyer::MemberCode(text(code)))
}

/// The same when it is sent again.
fn sent(ledger: &Ledger, content: &Content) -> Receipt {
    let receipt = record(ledger, content, at(90));
    match settle(ledger, content, at(91)) {
        Settled::AlreadyRecorded(again) => assert_eq!(again, receipt),
        other => panic!("{:?} is not recorded: {other:?}", content.key),
    }
    receipt
}

/// Whose it is, if anybody's, what the till is told of the code, and whether the slip can be claimed.
fn outcome(ledger: &Ledger, slip: Slip) -> (Option<UserId>, Shown, ClaimSource) {
    let receipt = sent(ledger, &slip.content());
    let person = match receipt.owner {
        OwnerId::User(user_id) => Some(user_id),
        OwnerId::Unclaimed(_) => None,
    };
    (person, receipt.shown, receipt.claim)
}

fn by_all_ways(ledger: &Ledger) {
    use ClaimSource::{Derived, None as NoClaim, Till};
    use Shown::{Filed, Nothing, Unfiled};
    town(ledger);
    add_store(ledger, shop("s-2"));
    let (ada, bob) = (add_user(ledger, "Ada"), add_user(ledger, "Bob"));
    for code in ["90-a", "90-b", "90-c", "91-a"] {
        give_code(ledger, ada, code, (-60, DAY));
    }
    give_code(ledger, bob, "90-bob", (-60, DAY));
    assert_eq!(block(ledger, ada, store("s-1"), 1), Changed::Done);
    let now = at(2);
    let printed = ClaimHash([7; 32]);
    for (what, slip, expected) in [
        ("by id", sold("1").buyer(ada), (None, Nothing, Derived)),
        ("by phone", shown("2", "90-a"), (None, Unfiled, Derived)),
        ("by card", shown("3", "91-a"), (None, Nothing, Derived)),
        (
            "with a slip",
            shown("4", "90-b").claim(printed),
            (None, Unfiled, Till),
        ),
        // The same at another shop, and another person at the same one.
        (
            "by id elsewhere",
            sold("5").buyer(ada).store("s-2"),
            (Some(ada), Nothing, NoClaim),
        ),
        (
            "by card elsewhere",
            shown("6", "91-a").store("s-2"),
            (Some(ada), Nothing, Derived),
        ),
        (
            "by phone elsewhere",
            shown("7", "90-c").store("s-2"),
            (Some(ada), Filed, NoClaim),
        ),
        (
            "another's",
            shown("8", "90-bob"),
            (Some(bob), Filed, NoClaim),
        ),
        ("nobody's", sold("9"), (None, Nothing, Derived)),
        // A code that was shown at the blocked shop is used up.
        (
            "again elsewhere",
            shown("10", "90-a").store("s-2"),
            (None, Unfiled, Derived),
        ),
    ] {
        assert_eq!(outcome(ledger, slip.at(now)), expected, "{what}");
    }
    let told = ledger.feed_ends(ada).unwrap().expect("an account").newest;
    assert_eq!(told, 3, "nothing is told of what was not filed");
}

fn as_of_the_sale(ledger: &Ledger) {
    town(ledger);
    let ada = add_user(ledger, "Ada");
    give_code(ledger, ada, "91-a", (-60, DAY));
    assert_eq!(block(ledger, ada, store("s-1"), 10), Changed::Done);
    let filed = |transaction: &str, minute: i64| {
        let by_id = sold(transaction).buyer(ada).at(at(minute));
        let by_card = shown(&format!("{transaction} card"), "91-a").at(at(minute));
        let [(by_id, ..), (by_card, ..)] = [by_id, by_card].map(|slip| outcome(ledger, slip));
        assert_eq!(by_id, by_card, "{transaction}");
        by_id
    };
    // However late it comes.
    assert_eq!(filed("before", 9), Some(ada));
    assert_eq!(filed("at that instant", 10), None);
    assert_eq!(filed("after", 11), None);
    assert_eq!(unblock(ledger, ada, &store("s-1")), Changed::Done);
    assert_eq!(filed("taken back", 12), Some(ada));
}

fn chain(ledger: &Ledger) {
    add_store(ledger, branch("n-1", "north"));
    add_store(ledger, branch("n-2", "north"));
    add_store(ledger, branch("o-1", "other"));
    let ada = add_user(ledger, "Ada");
    let north = Blocked::Chain(ChainId::parse("north").unwrap());
    assert_eq!(block(ledger, ada, north.clone(), 1), Changed::Done);
    let filed = |transaction: &str, of: &str| {
        let slip = sold(transaction).buyer(ada).store(of).at(at(2));
        outcome(ledger, slip).0
    };
    assert_eq!(filed("1", "n-1"), None);
    assert_eq!(filed("2", "n-2"), None);
    assert_eq!(filed("3", "o-1"), Some(ada));
    // One of its stores is blocked for itself as well, and stays so.
    assert_eq!(block(ledger, ada, store("n-1"), 1), Changed::Done);
    assert_eq!(unblock(ledger, ada, &north), Changed::Done);
    assert_eq!(filed("4", "n-1"), None);
    assert_eq!(filed("5", "n-2"), Some(ada));
}

fn kept(ledger: &Ledger) {
    town(ledger);
    let (ada, bob) = (add_user(ledger, "Ada"), add_user(ledger, "Bob"));
    let since = |user_id: UserId| {
        let blocks = ledger.blocks(user_id).unwrap();
        let mut found: Vec<_> = blocks
            .into_iter()
            .map(|block| (block.blocked, block.since))
            .collect();
        found.sort();
        found
    };
    assert_eq!(block(ledger, ada, store("s-1"), 1), Changed::Done);
    assert_eq!(block(ledger, ada, store("s-1"), 5), Changed::Same);
    assert_eq!(block(ledger, ada, store("nowhere"), 6), Changed::Done);
    assert_eq!(
        block(ledger, UserId([9; 16]), store("s-1"), 6),
        Changed::NotFound
    );
    let both = [(store("nowhere"), at(6)), (store("s-1"), at(1))];
    assert_eq!(since(ada), both, "the first instant stays");
    assert_eq!(since(bob), []);
    assert_eq!(unblock(ledger, ada, &store("s-1")), Changed::Done);
    assert_eq!(unblock(ledger, ada, &store("s-1")), Changed::NotFound);
    assert_eq!(since(ada), [(store("nowhere"), at(6))]);
    // Something that is no block may lie there, from before anything was blocked.
    let other = |value: &[u8]| {
        let put = LeafStep::Put {
            user_id: ada,
            subject: LeafSubject::Blocked,
            of: store("s-1").bytes(),
            value: value.to_vec(),
        };
        change(ledger, Write::Leaf(put), at(7))
    };
    assert_eq!(other(b"what is kept"), Changed::Done);
    assert_eq!(since(ada).len(), 1);
    let filed = sold("1").buyer(ada).at(at(8));
    assert_eq!(outcome(ledger, filed).0, Some(ada));
    assert_eq!(block(ledger, ada, store("s-1"), 9), Changed::Done);
    assert_eq!(since(ada).len(), 2);
    assert_eq!(outcome(ledger, sold("2").buyer(ada).at(at(9))).0, None);
    assert_eq!(other(b"what is kept"), Changed::Done);
    assert_eq!(since(ada).len(), 1);
    // Who is erased blocks nothing more.
    write(ledger, Write::Erase { user_id: ada }, at(60));
    assert_eq!(since(ada), []);
}

fn between(ledger: &Ledger) {
    town(ledger);
    let ada = add_user(ledger, "Ada");
    give_code(ledger, ada, "90-a", (-60, DAY));
    give_code(ledger, ada, "90-b", (-60, DAY));
    let commit = |prepared: Write| match settled(write(ledger, prepared, at(6))) {
        Settled::Recorded(receipt) => (receipt.owner == OwnerId::User(ada), receipt.claim),
        other => panic!("not recorded: {other:?}"),
    };
    let prepared = |slip: Slip| {
        let prepared = prepare(ledger, &slip.at(at(5)).content(), at(6));
        Write::Settle(Box::new(prepared))
    };
    let sales = [sold("1").buyer(ada), shown("2", "90-a")].map(prepared);
    assert_eq!(block(ledger, ada, store("s-1"), 4), Changed::Done);
    for sale in sales {
        assert_eq!(commit(sale), (false, ClaimSource::Derived));
    }
    // And the other way round: what was prepared while the shop was blocked.
    let sales = [sold("3").buyer(ada), shown("4", "90-b")].map(prepared);
    assert_eq!(unblock(ledger, ada, &store("s-1")), Changed::Done);
    for sale in sales {
        assert_eq!(commit(sale), (true, ClaimSource::None));
    }
}

fn returns(ledger: &Ledger) {
    town(ledger);
    let ada = add_user(ledger, "Ada");
    give_code(ledger, ada, "91-a", (-60, DAY));
    let owner = |content: &Content| sent(ledger, content).owner;
    let before = sold("before").buyer(ada).at(at(0)).content();
    let late = sold("late").buyer(ada).at(at(0)).content();
    assert_eq!(owner(&before), OwnerId::User(ada));
    assert_eq!(block(ledger, ada, store("s-1"), 1), Changed::Done);
    let after = sold("after").buyer(ada).at(at(2)).content();
    let nobody = owner(&after);
    assert_ne!(nobody, OwnerId::User(ada));
    let back = |transaction: &str, of: &Content, buyer: Buyer| {
        let slip = sold(transaction).returns(of, &[(1, "1")]);
        slip.at(at(3)).meant_for(buyer).content()
    };
    let by_id = || Buyer::Id(text(&ada.to_string()));
    let by_card = || Buyer::MemberCode(text("91-a"));
    // With the person's code or without, what was filed before is given back in the person's book, and what was
    // not lies with its sale.
    assert_eq!(owner(&back("r1", &before, by_card())), OwnerId::User(ada));
    assert_eq!(owner(&back("r2", &after, by_id())), nobody);
    let more = sold("more").buyer(ada).at(at(2)).content();
    let nobody = owner(&more);
    assert_eq!(owner(&back("r3", &more, Buyer::Absent)), nobody);
    // A return that comes before its sale, which was made before the block.
    let early = back("r4", &late, by_id());
    assert_ne!(owner(&early), OwnerId::User(ada));
    let received = record(ledger, &late, at(92));
    assert_eq!(received.owner, OwnerId::User(ada));
    match settle(ledger, &early, at(93)) {
        Settled::AlreadyRecorded(receipt) => assert_eq!(receipt.owner, OwnerId::User(ada)),
        other => panic!("{other:?}"),
    }
    // Without a receipt it belongs to nobody.
    let loose = sold("loose").returned().buyer(ada).at(at(4)).content();
    assert_ne!(owner(&loose), OwnerId::User(ada));
}

fn claimed(ledger: &Ledger) {
    town(ledger);
    let ada = add_user(ledger, "Ada");
    assert_eq!(block(ledger, ada, store("s-1"), 1), Changed::Done);
    let (now, waiting) = (ClaimHash([1; 32]), ClaimHash([2; 32]));
    let sale =
        |transaction: &str, hash| sold(transaction).buyer(ada).at(at(2)).claim(hash).content();
    let receipt = sent(ledger, &sale("1", now));
    let taken = claim(ledger, ada, now, at(95));
    assert_eq!(taken, Claimed::Filed(receipt.purchase_id));
    assert_eq!(claim(ledger, ada, waiting, at(95)), Claimed::Waiting);
    let receipt = record(ledger, &sale("2", waiting), at(96));
    assert_eq!(
        receipt.owner,
        OwnerId::User(ada),
        "who waits for it wants it"
    );
}
