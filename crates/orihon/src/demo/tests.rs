//! What the story has to keep to, on whatever day the demo is started: every message is one that the
//! server takes without a remark, every line is named and priced as its catalogue says, and all that
//! was promised happens in it.

use super::account::Account;
use super::furnish::{Past, furnish, person};
use super::habit::Life;
use super::history::{first_day, history};
use super::message::Settlement;
use super::shelf::{Listing, Nature};
use super::shop::{Shop, Town};
use super::{SEED, tokyo};
use crate::client::{Client, ServerArgs};
use jiff::ToSpan;
use jiff::civil::{DateTime, date};
use purchase::catalogue::Version;
use purchase::id::Revision;
use purchase::naming::{Later, Naming, Waiting, as_of, later};
use purchase::settlement::TaxCheck;
use server::clock::Clock;
use std::collections::{BTreeMap, BTreeSet};
use wire::settlement::{Received, read_settlement};

const USER: &str = "usr_0zzg0081040g2081040m2gc5v8";

/// Days all through the year, and its corners.
fn days() -> Vec<DateTime> {
    let begin = date(2026, 11, 22).at(17, 3, 12, 0);
    let mut days: Vec<_> = (0..14).map(|nth| begin + (nth * 27).days()).collect();
    days.push(date(2026, 12, 31).at(23, 59, 59, 0));
    days.push(date(2027, 1, 1).at(0, 0, 30, 0));
    days.push(date(2028, 2, 29).at(12, 0, 0, 0));
    days.push(date(2027, 6, 15).at(9, 0, 0, 0));
    days
}

fn town(now: DateTime) -> Town {
    Town::build(first_day(now).unwrap(), now).unwrap()
}

fn story(town: &Town, now: DateTime) -> Vec<Settlement> {
    history(&mut Life::new(town, USER, SEED), now).unwrap()
}

fn read(settlement: &Settlement) -> Received {
    let json = serde_json::to_vec(settlement).unwrap();
    read_settlement(&json).unwrap_or_else(|rejection| {
        panic!("{rejection:?}\n{}", String::from_utf8_lossy(&json));
    })
}

fn versions(shop: &Shop) -> BTreeMap<String, Vec<Version>> {
    let mut versions: BTreeMap<String, Vec<Version>> = BTreeMap::new();
    let mut head = Revision(0);
    for revision in &shop.revisions {
        let json = serde_json::to_vec(&revision.update).unwrap();
        let update = wire::catalogue::read_update(&json)
            .unwrap_or_else(|errors| panic!("{errors:?} in {}", String::from_utf8_lossy(&json)));
        assert_eq!(update.base, head);
        head = update.revision;
        for change in update.changes {
            versions
                .entry(change.code.as_str().to_owned())
                .or_default()
                .push(Version {
                    effective_from: change.effective_from,
                    revision: update.revision,
                    entry: change.entry,
                });
        }
    }
    versions
}

#[test]
fn every_settlement_is_taken_without_a_remark_on_whatever_day() {
    for now in days() {
        let town = town(now);
        let story = story(&town, now);
        assert!((350..=500).contains(&story.len()), "{now}: {}", story.len());
        let mut keys = BTreeSet::new();
        let (first, last) = (
            tokyo::stamp(first_day(now).unwrap().at(0, 0, 0, 0)),
            tokyo::stamp(now),
        );
        for settlement in &story {
            let received = read(settlement);
            assert_eq!(
                received.settlement.tax_check(),
                TaxCheck::Agrees,
                "{settlement:?}"
            );
            assert!(
                keys.insert(settlement.key.clone()),
                "{now}: twice {:?}",
                settlement.key
            );
            assert!(
                first <= settlement.purchased_at && settlement.purchased_at < last,
                "{now}"
            );
            assert!(
                settlement.kind != "sale" || settlement.total > 0,
                "{settlement:?}"
            );
        }
    }
}

#[test]
fn every_line_is_named_and_priced_as_its_catalogue_says() {
    for now in days() {
        let town = town(now);
        let story = story(&town, now);
        let learnt_at = wire::time::read(&tokyo::stamp(now)).unwrap();
        for shop in town.shops() {
            let versions = versions(shop);
            let mut pending = 0;
            for settlement in story.iter().filter(|sold| sold.key.store_id == shop.id()) {
                let at = wire::time::read(&settlement.purchased_at).unwrap();
                let upto = settlement.catalogue_revision.map(Revision);
                assert!(upto.is_some());
                for line in &settlement.lines {
                    let Some(code) = line.code else { continue };
                    let versions = &versions[code];
                    let item = match as_of(versions, at, upto) {
                        Naming::Catalogue { item, .. } => item,
                        Naming::Sent => panic!("nobody sent {code}"),
                        Naming::Pending => {
                            pending += 1;
                            let waiting = Waiting {
                                at,
                                unnamed_at: upto.unwrap(),
                            };
                            match later(versions, waiting, learnt_at) {
                                Later::Named { item, .. } => item,
                                other => panic!("{code} at {}: {other:?}", settlement.purchased_at),
                            }
                        }
                    };
                    let price = line.list_price.unwrap_or(line.unit_price);
                    assert_eq!(item.unit_price.unwrap().minor(), price, "{line:?}");
                }
            }
            let late = shop
                .revisions
                .iter()
                .filter(|told| told.listing == Listing::Late)
                .count();
            assert!(
                pending >= 2 * late && (pending == 0) == (late == 0),
                "{now} {}",
                shop.id()
            );
        }
    }
}

#[test]
fn all_that_was_promised_happens() {
    let sold = |story: &[Settlement], test: &dyn Fn(&Settlement) -> bool| {
        story.iter().filter(|settlement| test(settlement)).count()
    };
    for now in days() {
        let town = town(now);
        let story = story(&town, now);
        let count = |test: &dyn Fn(&Settlement) -> bool| sold(&story, test);
        let code = |shop: &Shop, slug: &str| shop.shelf.ware(slug).unwrap().code;
        let adjusted =
            |kind: &'static str| count(&|sale| sale.adjustments.iter().any(|row| row.kind == kind));
        let tendered = |kind: &'static str| {
            count(&|sale| sale.tenders.iter().any(|tender| tender.kind == kind))
        };
        let bought =
            |code: &str| count(&|sale| sale.lines.iter().any(|line| line.code == Some(code)));
        for shop in town.shops() {
            assert!(
                count(&|sale| sale.key.store_id == shop.id()) >= 10,
                "{now} {}",
                shop.id()
            );
        }
        assert_eq!(count(&|sale| sale.kind == "return"), 2);
        assert_eq!(count(&|sale| sale.kind == "void"), 1);
        assert_eq!(count(&|sale| sale.with.is_some()), 2);
        assert_eq!(
            count(&|sale| sale.claim_code.is_some() && sale.user.is_none()),
            1
        );
        for kind in ["coupon", "points", "bundle", "fee"] {
            assert!(adjusted(kind) >= 3, "{now} {kind}: {}", adjusted(kind));
        }
        for kind in ["cash", "card", "emoney", "qr"] {
            assert!(tendered(kind) >= 20, "{now} {kind}: {}", tendered(kind));
        }
        assert!(count(&|sale| sale.change > 0) >= 20);
        let label = |label: &'static str| {
            count(&|sale| {
                sale.lines
                    .iter()
                    .flat_map(|line| &line.discounts)
                    .any(|it| it.label == label)
            })
        };
        for name in ["半額", "30%引", "マイカップ割引", "売り切り 半額"] {
            assert!(label(name) >= 1, "{now} {name}");
        }
        assert!(count(&|sale| sale.lines.iter().any(|line| line.part_of.is_some())) >= 20);
        assert!(count(&|sale| sale.lines.iter().any(|line| line.service_to.is_some())) >= 10);
        assert!(count(&|sale| sale.lines.iter().any(|line| line.code.is_none())) >= 1);
        assert!(bought(code(&town.drugstore, "foot-cream")) >= 1, "{now}");
        assert!(bought(code(&town.drugstore, "hayfever")) >= 2, "{now}");
        assert_eq!(
            code(&town.supermarket, "oden"),
            code(&town.supermarket, "hiyashi")
        );
        let milk = code(&town.supermarket, "milk");
        let prices: BTreeSet<_> = story
            .iter()
            .flat_map(|sale| &sale.lines)
            .filter(|line| line.code == Some(milk))
            .map(|line| line.unit_price)
            .collect();
        assert_eq!(prices.into_iter().collect::<Vec<_>>(), [208, 228], "{now}");
        let both_rates = count(&|sale| sale.taxes.len() == 2);
        assert!(both_rates >= 50, "{now}: {both_rates}");
    }
}

#[test]
fn the_same_day_tells_the_same_story() {
    let now = date(2026, 11, 22).at(17, 3, 12, 0);
    let told = || serde_json::to_string(&story(&town(now), now)).unwrap();
    assert_eq!(told(), told());
}

#[test]
fn article_numbers_and_labels_have_their_check_digit_and_slugs_are_unique() {
    let now = date(2026, 11, 22).at(17, 3, 12, 0);
    for shop in town(now).shops() {
        let mut slugs = BTreeSet::new();
        let mut codes: BTreeMap<&str, usize> = BTreeMap::new();
        for ware in shop.shelf.wares() {
            assert!(slugs.insert(ware.slug), "{}", ware.slug);
            *codes.entry(ware.code).or_default() += 1;
            assert!(ware.first_price > 0);
            assert!(ware.nature == Nature::Goods || shop.id() == "komorebi");
            if ware.code.len() == 13 {
                let weighted = ware.code.bytes().zip([1_u32, 3].into_iter().cycle());
                let sum: u32 = weighted
                    .map(|(digit, weight)| u32::from(digit - b'0') * weight)
                    .sum();
                assert_eq!(sum % 10, 0, "{}", ware.code);
            }
        }
        let twice = codes.values().filter(|count| **count > 1).count();
        assert_eq!(
            twice,
            usize::from(shop.id() == "fujinoki"),
            "only one code is reused"
        );
    }
}

#[tokio::test]
async fn the_town_is_furnished_through_the_public_interface() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let listen = std::net::SocketAddr::from(([127, 0, 0, 1], 0));
    let config = server::Config::new(data.clone(), listen);
    let running = server::start(config, Clock::system()).await.unwrap();
    let base = format!("http://{}", running.address);
    let operator = Client::open(&ServerArgs {
        server: base.clone(),
        operator_key: None,
        data: Some(data),
        ca_file: None,
    })
    .unwrap();
    let now = tokyo::civil(Clock::system().now()).unwrap();
    let town = town(now);
    let first = person(&operator).await.unwrap();
    let mut life = Life::new(&town, &first.user_id, SEED);
    furnish(&operator, &mut life, now, Past::Missing)
        .await
        .unwrap();
    let counts: serde_json::Value = operator.read("/v1/counts").await.unwrap();
    let expected = history(&mut Life::new(&town, &first.user_id, SEED), now).unwrap();
    assert_eq!(counts["total"]["settlements"], expected.len());
    // What was sold before its name was known has one by now.
    assert_eq!(counts["total"]["pending_lines"], 0);
    // The same person again has a new key to the same account.
    let again = person(&operator).await.unwrap();
    assert_eq!(again.user_id, first.user_id);
    let newest = Account::new(&base, &again.token, None)
        .unwrap()
        .newest()
        .await
        .unwrap();
    assert!(newest.is_some_and(|id| id.starts_with("pur_")));
    running.stop().await;
}

#[test]
fn keys_of_the_tills_are_on_the_shelf_all_year() {
    for now in days() {
        for shop in town(now).shops() {
            for slug in shop.touch {
                let ware = shop.shelf.ware(slug).unwrap();
                let sold = shop.shelf.on_sale(ware.category, now.date());
                assert!(sold.iter().any(|one| one.slug == *slug), "{slug} on {now}");
            }
        }
    }
}
