//! Chains: stores that share one catalogue, machines that write for all of them, and what may change
//! about that while lines wait. `s-1` is head office, the branches follow it.

use super::Story;
use crate::slip::{Slip, slip};
use crate::world::{
    DAY, add_chain, add_store, add_user, at, branch, catalogue, change, code, commit, learn, named,
    names, naming, prepare, purchase, record, settled, shop, store_id, text, update,
    update_patterns, whole, write,
};
use ledger::Ledger;
use ledger::account::{Home, Opens};
use ledger::write::{
    CatalogueWrite, CatalogueWritten, Chaining, Changed, Credential, Misfit, Receipt, Settled,
    Write, Written,
};
use purchase::catalogue::Change;
use purchase::id::{DeviceId, Revision, StoreId};
use purchase::money::Currency;
use purchase::store::{ChainId, Store};

pub(crate) const STORIES: &[Story] = &[
    ("a chain is made once, and counts its stores", chains),
    ("a machine of a chain comes and goes", machines),
    ("who may follow whom", misfits),
    ("a follower's catalogue is written at its source", refused),
    ("a follower's lines are named by its source", followed),
    (
        "lines of a follower that wait are named with the source's",
        waiting,
    ),
    ("an update of the source slips in between", between),
    ("a follower's labels are read by its source", labelled),
    ("another source slips in between", relinked),
    (
        "nothing changes under lines that wait, and under followers",
        links,
    ),
];

fn chain(id: &str) -> ChainId {
    ChainId::parse(id).unwrap()
}

/// A branch of the chain of `s-1` that follows it.
fn follower(id: &str) -> Store {
    Store {
        catalogue_of: Some(store_id("s-1")),
        ..branch(id, "north")
    }
}

/// Head office, and two branches that follow it.
fn chain_town(ledger: &Ledger) {
    add_store(ledger, branch("s-1", "north"));
    for id in ["b-1", "b-2"] {
        add_store(ledger, follower(id));
    }
}

fn sold(transaction: &str, of: &str) -> Slip {
    slip(transaction).line(of, "1", 50).store("b-1")
}

fn link(ledger: &Ledger, id: &str, chain_id: Option<&str>, source: Option<&str>) -> Written {
    let link = Write::Link {
        store_id: store_id(id),
        chain_id: chain_id.map(chain),
        catalogue_of: source.map(store_id),
    };
    write(ledger, link, at(2))
}

fn is_linked(written: &Written, expected: Changed) {
    let Written::Changed(changed) = written else {
        panic!("{written:?}")
    };
    assert_eq!(*changed, expected);
}

fn is_misfit(written: Written, expected: &Misfit) {
    let Written::Misfit(misfit) = written else {
        panic!("{written:?} is not {expected:?}")
    };
    assert_eq!(misfit, *expected);
}

fn chains(ledger: &Ledger) {
    let add = |id: &str, name: &str| {
        let add = Chaining::Add {
            chain_id: chain(id),
            name: text(name),
        };
        change(ledger, Write::Chain(add), at(0))
    };
    assert_eq!(add("north", "North"), Changed::Done);
    assert_eq!(add("north", "North"), Changed::Same);
    assert_eq!(add("north", "Other"), Changed::Different);
    assert_eq!(add("north-2", "Second"), Changed::Done);
    assert_eq!(add("a", "First"), Changed::Done);
    for store in [branch("s-1", "north"), branch("s-2", "north"), shop("s-3")] {
        let written = write(ledger, Write::AddStore(Box::new(store)), at(1));
        is_linked(&written, Changed::Done);
    }
    let page = |after: Option<&str>, limit: usize| {
        let after = after.map(chain);
        let chains = ledger.chains(after.as_ref(), limit).unwrap();
        let word = |chain: &ledger::account::Chain| {
            let (id, name) = (chain.chain_id.as_str(), chain.name.as_str());
            format!("{id} {name} {}", chain.stores)
        };
        chains.iter().map(word).collect::<Vec<_>>()
    };
    assert_eq!(page(None, 2), ["a First 0", "north North 2"]);
    assert_eq!(page(Some("north"), 2), ["north-2 Second 0"]);
    assert_eq!(page(Some("north-2"), 2), Vec::<String>::new());
    assert_eq!(
        ledger.chain_name(&chain("north")).unwrap(),
        Some(text("North"))
    );
    assert_eq!(ledger.chain_name(&chain("south")).unwrap(), None);
}

fn machines(ledger: &Ledger) {
    add_chain(ledger, "north");
    let (key, signs) = (DeviceId([1; 16]), DeviceId([2; 16]));
    let add = |id: &str, device_id, credential| {
        let add = Chaining::Device {
            chain_id: chain(id),
            device_id,
            name: text("head office"),
            credential,
        };
        change(ledger, Write::Chain(add), at(1))
    };
    assert_eq!(add("north", key, Credential::Hash([1; 32])), Changed::Done);
    let public_key = Credential::PublicKey([2; 32]);
    assert_eq!(add("north", signs, public_key), Changed::Done);
    assert_eq!(add("south", signs, public_key), Changed::NotFound);
    let opens = Opens::ChainDevice {
        chain_id: chain("north"),
        device_id: key,
    };
    assert_eq!(ledger.opens(&[1; 32]).unwrap(), Some(opens));
    let signer = ledger.signer(signs).unwrap().unwrap();
    let home = Home::Chain(chain("north"));
    assert_eq!((signer.home, signer.public_key), (home, [2; 32]));
    let revoke = |id: &str, device_id| {
        let revoke = Chaining::Revoke {
            chain_id: chain(id),
            device_id,
        };
        change(ledger, Write::Chain(revoke), at(2))
    };
    for device_id in [key, signs] {
        assert_eq!(revoke("south", device_id), Changed::NotFound);
        assert_eq!(revoke("north", device_id), Changed::Done);
        assert_eq!(revoke("north", device_id), Changed::Same);
    }
    assert_eq!(ledger.opens(&[1; 32]).unwrap(), None);
    assert_eq!(ledger.signer(signs).unwrap(), None);
    let devices = ledger.chain_devices(&chain("north")).unwrap();
    let gone: Vec<_> = devices.iter().map(|device| device.revoked_at).collect();
    assert_eq!(gone, [Some(at(2)); 2]);
    assert_eq!(ledger.chain_devices(&chain("nor")).unwrap(), []);
}

fn misfits(ledger: &Ledger) {
    chain_town(ledger);
    add_store(ledger, branch("south", "south"));
    add_store(ledger, shop("lone"));
    let shut = Write::CloseStore {
        store_id: store_id("shut"),
    };
    add_store(ledger, branch("shut", "north"));
    is_linked(&write(ledger, shut, at(0)), Changed::Done);
    let currency = Currency::parse("JPY").unwrap();
    let of = |source: &str| Store {
        catalogue_of: Some(store_id(source)),
        ..branch("new", "north")
    };
    let rows = [
        (branch("new", "east"), Misfit::ChainUnknown),
        (of("new"), Misfit::SourceIsItself),
        (of("nowhere"), Misfit::SourceUnknown),
        (of("south"), Misfit::SourceOutside),
        (of("lone"), Misfit::SourceOutside),
        (of("shut"), Misfit::SourceClosed),
        (
            Store {
                chain_id: None,
                ..of("lone")
            },
            Misfit::SourceOutside,
        ),
        (
            Store {
                currency,
                ..of("s-1")
            },
            Misfit::SourceCurrency {
                expected: Currency::parse("USD").unwrap(),
            },
        ),
        (
            of("b-1"),
            Misfit::SourceFollows {
                source: store_id("s-1"),
            },
        ),
    ];
    for (store, expected) in rows {
        let written = write(ledger, Write::AddStore(Box::new(store)), at(0));
        is_misfit(written, &expected);
    }
    add_store(ledger, of("s-1"));
    assert_eq!(
        ledger.followers(&store_id("s-1")),
        ["b-1", "b-2", "new"].map(store_id)
    );
}

fn write_for(ledger: &Ledger, id: &str, changes: Vec<Change>) -> CatalogueWritten {
    let write = CatalogueWrite {
        store_id: store_id(id),
        ..whole(0, 1, changes)
    };
    catalogue(ledger, write, at(0))
}

fn refused(ledger: &Ledger) {
    chain_town(ledger);
    let changes = || vec![named("A", "Apple", at(-9))];
    let source = store_id("s-1");
    assert_eq!(
        write_for(ledger, "b-1", changes()),
        CatalogueWritten::Follows { source }
    );
    let CatalogueWritten::Applied(_) = write_for(ledger, "s-1", changes()) else {
        panic!("the source takes it")
    };
}

fn followed(ledger: &Ledger) {
    chain_town(ledger);
    let ada = add_user(ledger, "Ada");
    update(ledger, 0, 1, vec![named("A", "Apple", at(-9))]);
    update(ledger, 1, 2, vec![named("A", "Apple, red", at(0))]);
    let names_of = |slip: Slip| {
        let receipt = record(ledger, &slip.buyer(ada).content(), at(1));
        names(&purchase(ledger, ada, receipt.purchase_id))
    };
    assert_eq!(names_of(sold("1", "A")), ["Apple, red@2"]);
    assert_eq!(names_of(sold("2", "A").revision(1)), ["Apple@1"]);
    assert_eq!(names_of(sold("3", "A").store("s-1")), ["Apple, red@2"]);
    let [source, follower] = ["s-1", "b-2"].map(store_id);
    let seen = |store: &StoreId| {
        (
            ledger.catalogue_head(store).unwrap(),
            ledger.changes_after(store, Revision(0), 9).unwrap(),
            ledger.item_versions(store, &code("A")).unwrap(),
        )
    };
    assert_eq!(seen(&follower), seen(&source));
    assert_eq!(seen(&follower).2.len(), 2);
    assert_eq!(ledger.source(&follower), source);
}

/// Learns `of` for a branch, and says how many lines got a name.
fn learn_at(ledger: &Ledger, id: &str, of: &str) -> u64 {
    let learn = Write::Learn {
        store_id: store_id(id),
        codes: vec![code(of)],
        resume: None,
    };
    naming(ledger, learn, at(3)).named
}

fn waiting(ledger: &Ledger) {
    chain_town(ledger);
    let ada = add_user(ledger, "Ada");
    let file = |slip: Slip| record(ledger, &slip.buyer(ada).content(), at(1));
    let old = || at(-40 * DAY);
    let lines = [
        file(sold("plain", "X")),
        file(sold("ahead", "X").revision(2)),
        file(sold("old", "X").at(old())),
    ];
    let now = || {
        let name = |receipt: &Receipt| names(&purchase(ledger, ada, receipt.purchase_id)).remove(0);
        lines.iter().map(name).collect::<Vec<_>>()
    };
    assert_eq!(now(), ["-", "-", "-"]);
    update(ledger, 0, 1, vec![named("X", "ex", at(0))]);
    assert_eq!(learn(ledger, &["X"], at(2)), 0, "none of head office's own");
    assert_eq!(learn_at(ledger, "b-1", "X"), 1);
    assert_eq!(now(), ["ex@1 later", "-", "-"]);
    update(ledger, 1, 2, vec![named("X", "ex two", at(0))]);
    let catch_up = Write::CatchUp {
        store_id: store_id("b-1"),
        resume: None,
    };
    assert_eq!(naming(ledger, catch_up, at(3)).named, 1);
    assert_eq!(now(), ["ex@1 later", "ex two@2 later", "-"]);
    let codes = ledger.pending_codes(&store_id("b-1"), at(3)).unwrap();
    assert_eq!(codes.len(), 1);
    assert_eq!(codes[0].confirm, Some(Revision(1)));
    let confirm = Write::Confirm {
        store_id: store_id("b-1"),
        code: code("X"),
        revision: Revision(2),
        resume: None,
    };
    assert_eq!(naming(ledger, confirm, at(4)).named, 1);
    assert_eq!(now(), ["ex@1 later", "ex two@2 later", "ex two@2 later"]);
}

/// Without the look at the source in the commit, the sale would wait for ever: its branch's lines
/// were learnt before it was there, and its branch's own catalogue never moves.
fn between(ledger: &Ledger) {
    chain_town(ledger);
    let ada = add_user(ledger, "Ada");
    let content = sold("1", "X").buyer(ada).content();
    let prepared = prepare(ledger, &content, at(0));
    update(ledger, 0, 1, vec![named("X", "ex", at(0))]);
    assert_eq!(learn_at(ledger, "b-1", "X"), 0, "nothing waits yet");
    let shown = format!("{prepared:?}");
    assert!(shown.contains("names: [Pending"), "the control: {shown}");
    let written = commit(ledger, vec![Write::Settle(Box::new(prepared))], at(9)).remove(0);
    let Settled::Recorded(receipt) = settled(written) else {
        panic!("it is new")
    };
    assert_eq!(receipt.pending_lines, 0);
    assert_eq!(names(&purchase(ledger, ada, receipt.purchase_id)), ["ex@1"]);
}

fn labelled(ledger: &Ledger) {
    chain_town(ledger);
    let ada = add_user(ledger, "Ada");
    let file = |slip: Slip| record(ledger, &slip.buyer(ada).content(), at(10)).purchase_id;
    let named_now = |id| names(&purchase(ledger, ada, id)).remove(0);
    let read_at = |store: &str| {
        let labels = Write::Labels {
            store_id: store_id(store),
            resume: None,
        };
        naming(ledger, labels, at(20)).named
    };
    // The pattern comes after the sale.
    update(ledger, 0, 1, vec![named("2212345000000", "ham", at(-9))]);
    let pattern_later = file(sold("1", "2212345001989"));
    assert_eq!(named_now(pattern_later), "-");
    update_patterns(ledger, 1, vec![], at(-9), &["22IIIIIPPPPPC"]);
    assert_eq!(read_at("s-1"), 0, "none of head office's own");
    assert_eq!(read_at("b-1"), 1);
    assert_eq!(named_now(pattern_later), "ham@1 later");
    // It is there at the sale, and then the item comes after it.
    assert_eq!(named_now(file(sold("2", "2212345002504"))), "ham@1");
    let item_later = file(sold("3", "2254321001989"));
    let waiting = ledger.pending_codes(&store_id("b-1"), at(20)).unwrap();
    assert_eq!(waiting[0].item, Some(code("2254321000000")));
    update(ledger, 2, 3, vec![named("2254321000000", "fish", at(-9))]);
    assert_eq!(learn_at(ledger, "b-1", "2254321000000"), 1);
    assert_eq!(named_now(item_later), "fish@3 later");
    assert!(ledger.verify(&mut |_| ()).unwrap().is_sound());
    // The source's patterns slip in between preparing and committing.
    let content = sold("4", "2354321001986").buyer(ada).content();
    let prepared = prepare(ledger, &content, at(10));
    let shown = format!("{prepared:?}");
    assert!(shown.contains("names: [Pending"), "the control: {shown}");
    let both = ["22IIIIIPPPPPC", "23IIIIIPPPPPC"];
    let beef = named("2354321000000", "beef", at(-9));
    update_patterns(ledger, 3, vec![beef], at(-9), &both);
    let written = commit(ledger, vec![Write::Settle(Box::new(prepared))], at(10)).remove(0);
    let Settled::Recorded(receipt) = settled(written) else {
        panic!("it is new")
    };
    assert_eq!(named_now(receipt.purchase_id), "beef@4");
    assert!(ledger.verify(&mut |_| ()).unwrap().is_sound());
}

/// Both catalogues stand at revision 1, so that the number alone would not tell them apart; and the
/// link is in the same batch, so that memory does not know it yet.
fn relinked(ledger: &Ledger) {
    chain_town(ledger);
    let ada = add_user(ledger, "Ada");
    add_store(ledger, branch("own", "north"));
    write_for(ledger, "own", vec![named("X", "own ex", at(-9))]);
    update(ledger, 0, 1, vec![named("X", "ex", at(-9))]);
    let content = sold("1", "X").store("own").buyer(ada).content();
    let prepared = prepare(ledger, &content, at(0));
    let shown = format!("{prepared:?}");
    assert!(shown.contains("own ex"), "the control: {shown}");
    let link = Write::Link {
        store_id: store_id("own"),
        chain_id: Some(chain("north")),
        catalogue_of: Some(store_id("s-1")),
    };
    let batch = vec![link, Write::Settle(Box::new(prepared))];
    let Settled::Recorded(receipt) = settled(commit(ledger, batch, at(9)).remove(1)) else {
        panic!("it is new")
    };
    assert_eq!(names(&purchase(ledger, ada, receipt.purchase_id)), ["ex@1"]);
}

fn links(ledger: &Ledger) {
    chain_town(ledger);
    add_chain(ledger, "south");
    let north = Some("north");
    // A source stays what its followers count on.
    let followed = Misfit::Followed {
        by: store_id("b-1"),
    };
    is_misfit(link(ledger, "s-1", Some("south"), None), &followed);
    is_misfit(link(ledger, "s-1", None, None), &followed);
    add_store(ledger, branch("own", "north"));
    is_misfit(link(ledger, "s-1", north, Some("own")), &followed);
    let shut = Write::CloseStore {
        store_id: store_id("s-1"),
    };
    is_misfit(write(ledger, shut, at(0)), &followed);
    // A follower stays in the chain of its source.
    is_misfit(
        link(ledger, "b-1", Some("south"), Some("s-1")),
        &Misfit::SourceOutside,
    );
    is_misfit(
        link(ledger, "b-1", Some("east"), None),
        &Misfit::ChainUnknown,
    );
    is_linked(&link(ledger, "b-1", north, Some("s-1")), Changed::Same);
    is_linked(&link(ledger, "nowhere", north, None), Changed::NotFound);
    // Lines that wait hold the source where it is, until they have their names.
    record(ledger, &sold("1", "X").content(), at(1));
    is_misfit(link(ledger, "b-1", north, None), &Misfit::Waiting);
    is_misfit(link(ledger, "b-1", north, Some("own")), &Misfit::Waiting);
    update(ledger, 0, 1, vec![named("X", "ex", at(0))]);
    assert_eq!(learn_at(ledger, "b-1", "X"), 1);
    is_linked(&link(ledger, "b-1", north, Some("own")), Changed::Done);
    is_linked(&link(ledger, "b-1", Some("south"), None), Changed::Done);
    let store = ledger.store(&store_id("b-1")).unwrap();
    assert_eq!(
        (&store.chain_id, store.source()),
        (&Some(chain("south")), &store.store_id)
    );
    // With an own catalogue again, it is its own that counts.
    let CatalogueWritten::Applied(head) = write_for(ledger, "b-1", vec![named("Y", "why", at(0))])
    else {
        panic!("its own is taken again")
    };
    assert_eq!(head.revision, Revision(1));
}
