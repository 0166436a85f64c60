//! One story: shops sell and change their items, the weather turns, machines crash, the server is
//! put back to an older copy; in the end the sky clears, and the oracle looks.

use crate::chance::Chance;
use crate::oracle::{Oracle, Person};
use crate::shop::Shop;
use crate::town::Town;
use crate::weather::Forecast;
use anyhow::{Context, bail};
use device::sender::Action;
use serde_json::{Value, json};

/// Shops of a story.
const SHOPS: u64 = 3;
/// People of a story.
const PEOPLE: usize = 4;
const DAY_MS: i64 = 86_400_000;
const YEAR_MS: i64 = 365 * DAY_MS;
/// Steps of each courier, once the sky is clear, after which it must be through.
const STEPS_MAX: usize = 2_000;

/// What came out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// Sales, returns and voids that were said "yes" to and belong to a person.
    pub promises: usize,
    /// The same, of nobody's.
    pub unclaimed: usize,
    /// How often the server was put back to an older copy.
    pub put_back: usize,
    /// All books, as one text.
    pub books: String,
}

/// Plays the story of `seed` for so many steps.
///
/// # Errors
/// What the oracle saw.
pub async fn play(seed: u64, steps: usize) -> anyhow::Result<Report> {
    let mut chance = Chance::new(seed);
    let mut town = Town::found(chance.bits()).await?;
    let mut shops = Vec::new();
    for nth in 0..SHOPS {
        shops.push(Shop::open(&town, nth).await?);
    }
    let people = settle_in(&town).await?;
    town.copy().await?;
    let mut oracle = Oracle::default();
    let mut put_back = 0;
    for _ in 0..steps {
        put_back += turn(&mut town, &mut shops, &people, &mut oracle, &mut chance).await?;
    }
    clear_up(&mut town, &mut shops).await?;
    let mut books = String::new();
    for person in &people {
        books.push_str(&oracle.check(&town, person).await?);
    }
    town.stop().await;
    Ok(Report {
        promises: oracle.promises(),
        unclaimed: oracle.unclaimed,
        put_back,
        books,
    })
}

/// People with accounts.
async fn settle_in(town: &Town) -> anyhow::Result<Vec<Person>> {
    let mut people = Vec::new();
    for nth in 0..PEOPLE {
        let user = town
            .order("/v1/users", json!({"ref": format!("person {nth}")}))
            .await?;
        let text = |name: &str| user.get(name).and_then(Value::as_str).map(str::to_owned);
        people.push(Person {
            id: text("user_id").context("an id")?,
            token: text("token").context("a token")?,
        });
    }
    Ok(people)
}

/// One thing happens. Gives 1 if the server was put back.
async fn turn(
    town: &mut Town,
    shops: &mut [Shop],
    people: &[Person],
    oracle: &mut Oracle,
    chance: &mut Chance,
) -> anyhow::Result<usize> {
    let at = chance.below(shops.len());
    let shop = shops.get_mut(at).context("a shop")?;
    town.time.pass(i64::try_from(chance.below(20_000))?);
    match chance.below(100) {
        0..30 => {
            let buyer = chance.pick(people).map(|person| person.id.clone());
            let buyer = buyer.filter(|_| chance.is(85));
            if let Some((finished, names)) = shop.sell(chance, buyer.as_deref())? {
                oracle.promised(&finished, buyer.as_deref(), names);
            }
        }
        30..42 => shop.change_an_item(chance)?,
        42..48 => {
            if let Some(finished) = shop.take_back(chance)? {
                oracle.taken_back(&finished);
            }
        }
        48..84 => {
            for _ in 0..=chance.below(4) {
                shop.carry().await?;
            }
        }
        84 => match chance.below(5) {
            0 => shop.set_clock(YEAR_MS),
            1 => shop.set_clock(-DAY_MS),
            2 => shop.lose_clock(town),
            _ => shop.set_clock(0),
        },
        85..89 => town.time.pass(i64::try_from(chance.below(3_600_000))?),
        89..92 => shop.crash(town)?,
        92..95 => town.weather.turn(Forecast {
            lost: chance.below(30),
            unheard: chance.below(25),
            twice: chance.below(20),
            torn: chance.below(15),
        }),
        95..97 => town.stop().await,
        97..99 => town.start().await?,
        _ => {
            if chance.is(40) {
                return Ok(usize::from(town.put_back().await?));
            }
            town.copy().await?;
        }
    }
    Ok(0)
}

/// The sky clears: everything that was promised gets the time to arrive.
async fn clear_up(town: &mut Town, shops: &mut [Shop]) -> anyhow::Result<()> {
    town.weather.turn(Forecast::default());
    town.start().await?;
    for shop in shops {
        shop.set_clock(0);
        // Twice through a comparison of days: what was healed by the first is seen by the second.
        for _ in 0..2 {
            town.time.pass(2 * 3_600_000);
            let mut steps = 0;
            while !matches!(shop.carry().await?, Action::Rest(_)) {
                steps += 1;
                if steps > STEPS_MAX {
                    bail!("{} does not come to rest", shop.id);
                }
            }
        }
        let queue = shop.queue()?;
        if queue.waiting > 0 || queue.refused > 0 {
            bail!("{}: {queue:?} {:?}", shop.id, shop.refusals()?);
        }
    }
    Ok(())
}

/// A shop sells on so many days, one after the other, keeps filed sales for the shortest time, and
/// its server is put back to copies now and then. Gives what its store database holds in the end:
/// trading days, changes of items, differences.
///
/// # Errors
/// What the oracle saw.
pub async fn years(seed: u64, days: usize) -> anyhow::Result<[i64; 3]> {
    let mut chance = Chance::new(seed);
    let mut town = Town::found(chance.bits()).await?;
    let mut shop = Shop::open(&town, 0).await?;
    shop.keep_days(device::keeping::DAYS_MIN)?;
    let people = settle_in(&town).await?;
    let mut oracle = Oracle::default();
    town.copy().await?;
    for day in 0..days {
        for _ in 0..=chance.below(2) {
            shop.change_an_item(&mut chance)?;
            let buyer = chance.pick(&people).map(|person| person.id.clone());
            if let Some((finished, names)) = shop.sell(&mut chance, buyer.as_deref())? {
                oracle.promised(&finished, buyer.as_deref(), names);
            }
        }
        town.weather.turn(Forecast {
            lost: chance.below(10),
            unheard: chance.below(10),
            twice: chance.below(10),
            torn: chance.below(10),
        });
        for _ in 0..chance.below(40) {
            shop.carry().await?;
            town.time.pass(1_000);
        }
        match day % 40 {
            9 => town.copy().await?,
            29 => {
                town.put_back().await?;
            }
            _ => {}
        }
        town.time.pass(DAY_MS);
    }
    let mut shops = [shop];
    clear_up(&mut town, &mut shops).await?;
    for person in &people {
        oracle.check(&town, person).await?;
    }
    town.stop().await;
    let [shop] = shops;
    shop.held()
}
