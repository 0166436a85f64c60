//! Carries out what `sender` decides: reads the outbox, asks the server, writes down what it said.
//! It runs on a thread of its own with its own way into the store database, so that a slow network
//! never holds up a till.

use crate::capture::{self, Course};
use crate::clock::Clock;
use crate::database::{Database, DatabaseError};
use crate::follow::{self, Next, Page};
use crate::keeping::{self, Pruned};
use crate::link::{Answer, Link, NoAnswer, Request};
use crate::outbox::{self, Sale};
use crate::reconcile::{self, Ours, ServerDay, ServerPage, ServerSale};
use crate::report::{self, Told};
use crate::sender::{self, Action, Heard, Items, Sender, Waiting};
use crate::store::Store;
use crate::{differing, wishes, wrong_clock};
use bytes::Bytes;
use purchase::time::Timestamp;
use reqwest::Method;
use serde::Deserialize;
use std::time::Duration;
use tokio::sync::Notify;
use wire::limits::BATCH_BYTES;
use wire::outcome::OutcomeMessage;
use wire::report::ReportAnswer;

/// Other programs change the store database without telling; it is looked at this often.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// The name of the fact by which somebody asks to send without waiting for the end of a pause.
const HURRY: &str = "hurry";
/// The longest pause after the store database failed.
const FAILING_MAX: Duration = Duration::from_secs(60);
/// Pages of one day's settlements read at most.
const PAGES_MAX: usize = 10_000;
/// How long a report may take: sales wait behind it.
const REPORT_PATIENCE: Duration = Duration::from_secs(5);
/// After a report that went nowhere, the next one waits as long.
const REPORT_AGAIN_MS: i64 = 300_000;
/// A server that takes no reports, or none of this form, is asked again after as long.
const REPORT_REFUSED_MS: i64 = 3_600_000;
/// The name of the fact that says what the server last said no to.
const TROUBLE: &str = "trouble";

/// The courier of one store.
pub struct Courier {
    database: Database,
    link: Link,
    store: Store,
    clock: Clock,
    sender: Sender,
    /// Days that are still to be compared, the oldest last: it comes first. On a bad network a
    /// comparison that began anew after each failure would never come to its end.
    to_compare: Vec<String>,
    /// What the last report said that the operator should hear of soon.
    told: Option<Told>,
}

/// Where the server's catalogue stands.
#[derive(Deserialize)]
struct Standing {
    revision: i64,
    lineage: Option<String>,
    #[serde(default)]
    catalogue_of: Option<String>,
}

/// What a refusal says.
#[derive(Deserialize)]
struct Problem {
    code: Option<String>,
    detail: Option<String>,
    errors: Option<Vec<Detail>>,
}

#[derive(Deserialize)]
struct Detail {
    pointer: String,
    detail: String,
}

impl Courier {
    /// A courier for the sales in `database`.
    #[must_use]
    pub fn new(database: Database, link: Link, store: Store, clock: Clock) -> Self {
        Self {
            database,
            link,
            store,
            clock,
            sender: Sender::default(),
            to_compare: Vec::new(),
            told: None,
        }
    }

    /// Works until `stop`; `bell` rings when a till has finished a sale. A store database that fails,
    /// because another program holds it or the disk is full, is tried again: the sales in it still
    /// have to be sent.
    pub async fn run(mut self, bell: &Notify, stop: impl Future<Output = ()>) {
        tokio::pin!(stop);
        let mut failing = Failing::default();
        loop {
            let stepped = self.step().await;
            if let Some(pause) = failing.pause(stepped.as_ref().err()) {
                tokio::select! {
                    () = &mut stop => return,
                    () = tokio::time::sleep(pause) => {}
                }
            } else if let Ok(Action::Rest(_)) = stepped {
                tokio::select! {
                    () = &mut stop => return,
                    () = bell.notified() => {}
                    () = tokio::time::sleep(LOOK_EVERY) => {}
                }
            } else if is_over(&mut stop).await {
                return;
            }
        }
    }

    /// One step: what was done.
    ///
    /// # Errors
    /// [`DatabaseError`] if the store database fails.
    pub async fn step(&mut self) -> Result<Action, DatabaseError> {
        follow::come_into_force(&mut self.database, self.clock.now())?;
        self.hurry()?;
        let connection = self.database.connection();
        let queue = outbox::queue(connection)?;
        let told = Told::now(connection, &queue)?;
        let waiting = Waiting {
            sales: queue.waiting,
            news: told.news(self.told),
            items: match capture::is_behind(connection)? {
                true => Items::Changed,
                false => Items::Told,
            },
        };
        let action = sender::next(&self.sender, waiting, self.clock.now());
        let before = self.link.shown();
        let heard = match action {
            Action::Rest(_) => return Ok(action),
            Action::AskCatalogue => self.ask_catalogue().await?,
            Action::SendItems => self.send_items().await?,
            Action::SendSnapshot => self.send_snapshot().await?,
            Action::PullItems => self.pull_items().await?,
            Action::SendSales(limit) => self.send_sales(limit).await?,
            Action::CompareDays => self.compare_days().await?,
            Action::Prune => self.prune()?,
            Action::Report => self.report(told).await?,
        };
        if let Some(shown) = self.link.shown().filter(|shown| before != Some(*shown)) {
            wrong_clock::hear(&self.database, shown)?;
        }
        let [chance] = self.clock.random();
        self.sender = sender::hear(self.sender, heard, self.clock.now(), chance);
        // Nothing is written while all goes well: each write waits for the disk.
        if self.sender.failures == 0 && !trouble(&self.database)?.is_empty() {
            self.database.keep(TROUBLE, "")?;
        }
        Ok(action)
    }

    /// Ends a pause if somebody at the till asked for it: they may know that the line is whole again.
    fn hurry(&mut self) -> Result<(), DatabaseError> {
        if self.sender.not_before.is_none() {
            return Ok(());
        }
        if self
            .database
            .fact(HURRY)?
            .is_some_and(|asked| !asked.is_empty())
        {
            self.database.keep(HURRY, "")?;
            self.sender.not_before = None;
        }
        Ok(())
    }

    fn path(&self, rest: &str) -> String {
        format!("/v1/stores/{}/{rest}", self.store.settings.store_id)
    }

    async fn ask_catalogue(&mut self) -> Result<Heard, DatabaseError> {
        let asked = self.link.ask(Request::get(self.path("catalogue"))).await;
        let standing: Standing = match self.understood(asked)? {
            Ok(standing) => standing,
            Err(heard) => return Ok(heard),
        };
        if let Some(source) = &standing.catalogue_of {
            follow::begin(&mut self.database, source)?;
            return Ok(Heard::CatalogueFollowed);
        }
        let random = u64::from_be_bytes(self.clock.random());
        follow::end(&mut self.database, self.clock.now(), random)?;
        let lineage = standing.lineage.as_deref();
        let course = capture::compare(&mut self.database, standing.revision, lineage)?;
        Ok(match course {
            Course::Updates => Heard::CatalogueKnown,
            Course::Snapshot => Heard::CatalogueApart,
        })
    }

    /// The next changes of the catalogue that the store follows.
    async fn pull_items(&mut self) -> Result<Heard, DatabaseError> {
        let after = follow::after(self.database.connection())?;
        let path = self.path(&format!("catalogue/changes?after={after}"));
        let asked = self.link.ask(Request::get(path)).await;
        let page: Page = match self.understood(asked)? {
            Ok(page) => page,
            Err(heard) => return Ok(heard),
        };
        Ok(
            match follow::take(&mut self.database, &page, self.clock.now())? {
                Next::More => Heard::Done,
                Next::Rest => Heard::Pulled,
                Next::Elsewhere => Heard::CatalogueElsewhere,
            },
        )
    }

    async fn send_items(&mut self) -> Result<Heard, DatabaseError> {
        if wrong_clock::is_beyond(self.database.connection(), self.server_time())? {
            // Time has passed since the last answer, or the clock has jumped: only the server knows.
            let asked = self.link.ask(Request::get(self.path("catalogue"))).await;
            if let Err(heard) = self.understood::<Standing>(asked)? {
                return Ok(heard);
            }
        }
        let server_time = self.server_time();
        wrong_clock::set_right(&mut self.database, server_time)?;
        let Some(told) = capture::next_update(&mut self.database)? else {
            return Ok(Heard::Done);
        };
        let request = Request::json(Method::PUT, self.path("catalogue"), told.body);
        self.catalogue_sent(request, told.revision).await
    }

    async fn send_snapshot(&mut self) -> Result<Heard, DatabaseError> {
        let asked = self.link.ask(Request::get(self.path("catalogue"))).await;
        let theirs: Standing = match self.understood(asked)? {
            Ok(standing) => standing,
            Err(heard) => return Ok(heard),
        };
        let random = u64::from_be_bytes(self.clock.random());
        let now = self.clock.now();
        let told = capture::snapshot(&mut self.database, theirs.revision, now, random)?;
        let request = Request::json(Method::PUT, self.path("catalogue/snapshot"), told.body);
        self.catalogue_sent(request, told.revision).await
    }

    async fn catalogue_sent(
        &mut self,
        request: Request,
        revision: i64,
    ) -> Result<Heard, DatabaseError> {
        let asked = self.link.ask(request).await;
        if let Ok(answer) = &asked {
            match answer.status {
                200..=299 => {
                    capture::arrived(self.database.connection(), revision)?;
                    return Ok(Heard::CatalogueKnown);
                }
                409 => {
                    self.trouble(&said(&answer.body))?;
                    return Ok(Heard::CatalogueElsewhere);
                }
                _ => {}
            }
        }
        self.understood::<serde_json::Value>(asked)
            .map(|read| match read {
                Ok(_) => Heard::Done,
                Err(heard) => heard,
            })
    }

    async fn send_sales(&mut self, limit: usize) -> Result<Heard, DatabaseError> {
        let sales = fitting(outbox::waiting(self.database.connection(), limit)?);
        let asked = self
            .link
            .ask(Request {
                method: Method::POST,
                path: "/v1/settlements/batch".to_owned(),
                content: Some(("application/json", batch(&sales))),
                patience: None,
            })
            .await;
        let outcomes: Vec<OutcomeMessage> = match self.understood(asked)? {
            Ok(outcomes) => outcomes,
            Err(heard) => return Ok(heard),
        };
        if outcomes.len() != sales.len() {
            self.trouble("the server answered for another number of sales than were sent")?;
            return Ok(Heard::NotNow(None));
        }
        let now = self.clock.now();
        let transaction = self.database.write()?;
        for (sale, outcome) in sales.iter().zip(&outcomes) {
            outbox::settle(&transaction, sale.id, outcome, now)?;
        }
        transaction.commit()?;
        Ok(Heard::Sent)
    }

    /// Tells the server how the device is, and takes over what the shop is asked for. Whatever comes of it
    /// is no trouble: what matters is that sales go.
    async fn report(&mut self, told: Told) -> Result<Heard, DatabaseError> {
        let message = report::gather(&self.database, &self.store)?;
        let body = serde_json::to_vec(&message)
            .map_err(|error| DatabaseError::Strange(error.to_string()))?;
        let request = Request::json(Method::PUT, self.path("report"), body);
        let asked = self.link.ask(request.within(REPORT_PATIENCE)).await;
        let answer = match asked {
            Ok(answer) => answer,
            Err(silence) => {
                tracing::debug!(%silence, "a report did not arrive");
                return Ok(Heard::NotReported(REPORT_AGAIN_MS));
            }
        };
        let read = serde_json::from_slice::<ReportAnswer>(&answer.body);
        Ok(match (answer.status, read) {
            (200..=299, Ok(heard)) => {
                self.told = Some(told);
                wishes::take(&mut self.database, &heard.wishes)?;
                Heard::Reported(heard.next_report_s)
            }
            (429 | 500..=599 | 408 | 200..=299, _) => {
                Heard::NotReported(answer.retry_after_ms.unwrap_or(REPORT_AGAIN_MS))
            }
            (status, _) => {
                tracing::info!(status, "the server takes no report: {}", said(&answer.body));
                Heard::NotReported(REPORT_REFUSED_MS)
            }
        })
    }

    async fn compare_days(&mut self) -> Result<Heard, DatabaseError> {
        if self.to_compare.is_empty() {
            // A server that was put back to an older copy lacks changes of items as well.
            match self.ask_catalogue().await? {
                Heard::CatalogueKnown | Heard::CatalogueFollowed => {}
                otherwise => return Ok(otherwise),
            }
            self.to_compare = reconcile::days(self.database.connection())?;
        }
        while let Some(day) = self.to_compare.last().cloned() {
            let asked = self
                .link
                .ask(Request::get(self.path(&format!("days/{day}"))))
                .await;
            let server: ServerDay = match self.understood(asked)? {
                Ok(server) => server,
                Err(heard) => return Ok(heard),
            };
            let connection = self.database.connection();
            let ours = reconcile::ours(connection, &day)?;
            if reconcile::agrees(&ours, &server) {
                differing::agrees(connection, &day)?;
            } else if !differing::is_known(connection, &day, (&ours, &server))? {
                let sales = match self.sales_of(&day).await? {
                    Ok(sales) => sales,
                    Err(heard) => return Ok(heard),
                };
                self.mend(&day, (&ours, &server), &sales)?;
            }
            self.to_compare.pop();
        }
        Ok(Heard::Compared)
    }

    /// What the server has of a day.
    async fn sales_of(
        &mut self,
        day: &str,
    ) -> Result<Result<Vec<ServerSale>, Heard>, DatabaseError> {
        let path = self.path(&format!("days/{day}/settlements"));
        let mut sales = Vec::new();
        let mut cursor: Option<String> = None;
        for _ in 0..PAGES_MAX {
            let query = cursor
                .as_ref()
                .map_or_else(String::new, |cursor| format!("?cursor={cursor}"));
            let asked = self.link.ask(Request::get(format!("{path}{query}"))).await;
            let page: ServerPage = match self.understood(asked)? {
                Ok(page) => page,
                Err(heard) => return Ok(Err(heard)),
            };
            sales.extend(page.settlements);
            cursor = page.next_cursor;
            if cursor.is_none() {
                break;
            }
        }
        Ok(Ok(sales))
    }

    fn mend(
        &mut self,
        day: &str,
        sides: (&Ours, &ServerDay),
        theirs: &[ServerSale],
    ) -> Result<(), DatabaseError> {
        let now = self.clock.now();
        let connection = self.database.connection();
        let difference = reconcile::difference(connection, day, theirs)?;
        let again = outbox::send_again(connection, &difference.missing)?;
        if again > 0 {
            let detail = format!("{day}: {again} sales that the server lacked are sent again");
            self.database.log(now, None, "healed", &detail)?;
        }
        differing::note(connection, day, sides, &difference, now)
    }

    /// The answer's JSON, or what the sender should hear instead.
    fn understood<T: for<'de> Deserialize<'de>>(
        &self,
        asked: Result<Answer, NoAnswer>,
    ) -> Result<Result<T, Heard>, DatabaseError> {
        let answer = match asked {
            Ok(answer) => answer,
            Err(silence) => {
                self.trouble(&silence.to_string())?;
                return Ok(Err(Heard::NotNow(None)));
            }
        };
        let heard = match answer.status {
            200..=299 => match serde_json::from_slice(&answer.body) {
                Ok(read) => return Ok(Ok(read)),
                // A proxy's page, or half an answer: the same may be asked again.
                Err(_) => Heard::NotNow(None),
            },
            413 => Heard::TooLarge,
            429 | 500..=599 | 408 => Heard::NotNow(answer.retry_after_ms),
            _ => Heard::Refused,
        };
        self.trouble(&said(&answer.body))?;
        Ok(Err(heard))
    }

    /// Keeps what stands in the way, for people to read. The same is said once.
    fn trouble(&self, detail: &str) -> Result<(), DatabaseError> {
        if trouble(&self.database)? == detail {
            return Ok(());
        }
        tracing::warn!(server = self.link.base(), "{detail}");
        self.database.keep(TROUBLE, detail)
    }

    fn prune(&mut self) -> Result<Heard, DatabaseError> {
        let now = self.server_time();
        Ok(
            match keeping::prune(&mut self.database, &self.store, now)? {
                Pruned::Some => Heard::Done,
                Pruned::Nothing => Heard::Pruned,
            },
        )
    }

    /// The server's time with its last answer, if it says any.
    fn server_time(&self) -> Timestamp {
        let shown = self.link.shown();
        shown.map_or_else(|| self.clock.now(), |shown| shown.theirs)
    }
}

/// A store database that fails again and again: another program holds it, or the disk is full.
#[derive(Default)]
struct Failing {
    times: u32,
    said: String,
}

impl Failing {
    /// How long to wait, if it failed: longer each time, up to a minute. The same is logged once.
    fn pause(&mut self, error: Option<&DatabaseError>) -> Option<Duration> {
        let Some(error) = error else {
            *self = Self::default();
            return None;
        };
        let said = error.to_string();
        if said != self.said {
            tracing::error!("nothing can be sent now; trying again: {said}");
            self.said = said;
        }
        let pause = Duration::from_secs(1 << self.times.min(6)).min(FAILING_MAX);
        self.times = self.times.saturating_add(1);
        Some(pause)
    }
}

/// What stands between the device and the server now; empty if nothing does.
///
/// # Errors
/// [`DatabaseError`].
pub fn trouble(database: &Database) -> Result<String, DatabaseError> {
    Ok(database.fact(TROUBLE)?.unwrap_or_default())
}

/// Asks for what waits to be sent now, and not after the pause that follows a failure.
///
/// # Errors
/// [`DatabaseError`].
pub fn send_now(database: &Database) -> Result<(), DatabaseError> {
    database.keep(HURRY, "now")
}

async fn is_over(stop: &mut (impl Future<Output = ()> + Unpin)) -> bool {
    tokio::select! {
        biased;
        () = stop => true,
        () = std::future::ready(()) => false,
    }
}

/// As many of the oldest sales as one batch takes.
fn fitting(mut sales: Vec<Sale>) -> Vec<Sale> {
    let mut bytes = 2;
    let fits = sales
        .iter()
        .take_while(|sale| {
            bytes += sale.body.len() + 1;
            bytes <= BATCH_BYTES
        })
        .count();
    sales.truncate(fits.max(1));
    sales
}

fn batch(sales: &[Sale]) -> Bytes {
    let bodies: Vec<_> = sales.iter().map(|sale| sale.body.as_str()).collect();
    Bytes::from(format!("[{}]", bodies.join(",")))
}

/// What a refusal says, in its own words.
#[must_use]
pub fn said(body: &[u8]) -> String {
    let Ok(problem) = serde_json::from_slice::<Problem>(body) else {
        return "the answer is not one of an Orihon server; is there a proxy in between?"
            .to_owned();
    };
    let first = problem.errors.unwrap_or_default().into_iter().next();
    let detail = first.map(|error| format!("{}: {}", error.pointer, error.detail));
    let detail = problem.detail.or(detail).unwrap_or_default();
    format!("{} ({})", detail, problem.code.unwrap_or_default())
}

/// The oldest sale's age in milliseconds.
#[must_use]
pub fn age(oldest: Option<i64>, now: Timestamp) -> i64 {
    oldest.map_or(0, |oldest| now.ms().saturating_sub(oldest).max(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_that_fails_is_tried_less_and_less_and_logged_once() {
        let strange = |text: &str| DatabaseError::Strange(text.to_owned());
        let mut failing = Failing::default();
        let pauses: Vec<_> = (0..8)
            .map(|_| failing.pause(Some(&strange("a"))).unwrap().as_secs())
            .collect();
        assert_eq!(pauses, [1, 2, 4, 8, 16, 32, 60, 60]);
        assert_eq!(failing.said, strange("a").to_string());
        failing.pause(Some(&strange("b")));
        assert_eq!(failing.said, strange("b").to_string());
        assert_eq!(failing.pause(None), None);
        let first = failing.pause(Some(&strange("b")));
        assert_eq!(
            first,
            Some(Duration::from_secs(1)),
            "it was well in between"
        );
    }
}
