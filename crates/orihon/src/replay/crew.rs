//! Work on several things at once, never on more than a bound. What the work is, is not known here.

use crate::replay::StoreIndex;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

/// Small requests under way at once. A server that commits in groups takes them together.
const AT_ONCE_MAX: usize = 32;
/// Jobs that wait for a sender, besides the one it is at.
const WAITING_MAX: usize = 2;

/// Senders who each have their own stores, so that what is sent for one store stays in order and no
/// store waits for another's answer.
pub(super) struct Crew<J, R> {
    desks: Vec<mpsc::Sender<J>>,
    senders: JoinSet<anyhow::Result<R>>,
}

/// Whether a job was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Given {
    Taken,
    /// Its sender has failed; the end tells why.
    Stopped,
}

impl<J, R: Send + 'static> Crew<J, R> {
    /// Sets so many senders to work.
    pub(super) fn begin<F>(count: usize, work: impl Fn(mpsc::Receiver<J>) -> F) -> Self
    where
        F: Future<Output = anyhow::Result<R>> + Send + 'static,
    {
        let mut senders = JoinSet::new();
        let desks = (0..count.max(1)).map(|_| {
            let (desk, jobs) = mpsc::channel(WAITING_MAX);
            senders.spawn(work(jobs));
            desk
        });
        Self {
            desks: desks.collect(),
            senders,
        }
    }

    /// Hands a job to the sender of that store; waits while that one has enough to do.
    pub(super) async fn give(&self, store: StoreIndex, job: J) -> Given {
        let desk = store.0.checked_rem(self.desks.len());
        let Some(desk) = desk.and_then(|at| self.desks.get(at)) else {
            return Given::Stopped;
        };
        match desk.send(job).await {
            Ok(()) => Given::Taken,
            Err(_) => Given::Stopped,
        }
    }

    /// Waits until every job is done.
    pub(super) async fn end(self) -> anyhow::Result<Vec<R>> {
        let Self { desks, mut senders } = self;
        drop(desks);
        let mut results = Vec::new();
        while let Some(result) = senders.join_next().await {
            results.push(result??);
        }
        Ok(results)
    }
}

/// Does `work` on every item, on several at once; the results are in the order of the items.
pub(super) async fn at_once<T, R, F>(
    items: impl IntoIterator<Item = T>,
    work: impl Fn(T) -> F,
) -> anyhow::Result<Vec<R>>
where
    R: Send + 'static,
    F: Future<Output = anyhow::Result<R>> + Send + 'static,
{
    let mut running = JoinSet::new();
    let mut done = Vec::new();
    for (at, item) in items.into_iter().enumerate() {
        if running.len() >= AT_ONCE_MAX
            && let Some(result) = running.join_next().await
        {
            done.push(result??);
        }
        let one = work(item);
        running.spawn(async move { Ok::<_, anyhow::Error>((at, one.await?)) });
    }
    while let Some(result) = running.join_next().await {
        done.push(result??);
    }
    done.sort_by_key(|(at, _)| *at);
    Ok(done.into_iter().map(|(_, result)| result).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn results_stand_in_the_order_of_the_items() {
        let results = at_once(0..100_u64, |item| async move {
            // Later ones end first.
            for _ in item..100 {
                tokio::task::yield_now().await;
            }
            Ok(item * 2)
        });
        let expected: Vec<_> = (0..100).map(|item| item * 2).collect();
        assert_eq!(results.await.unwrap(), expected);
    }

    #[tokio::test]
    async fn one_store_keeps_its_order_and_a_failure_is_told() {
        let crew = Crew::begin(3, |mut jobs: mpsc::Receiver<(usize, u64)>| async move {
            let mut seen = Vec::new();
            while let Some(job) = jobs.recv().await {
                anyhow::ensure!(job.1 != 13, "thirteen");
                seen.push(job);
            }
            Ok(seen)
        });
        for number in 0..12 {
            for store in 0..7 {
                assert_eq!(
                    crew.give(StoreIndex(store), (store, number)).await,
                    Given::Taken
                );
            }
        }
        let seen = crew.end().await.unwrap();
        for store in 0..7 {
            let of_one = |rows: &&Vec<(usize, u64)>| rows.iter().any(|row| row.0 == store);
            let rows: Vec<_> = seen.iter().filter(of_one).flatten().collect();
            let numbers: Vec<_> = rows
                .iter()
                .filter(|row| row.0 == store)
                .map(|row| row.1)
                .collect();
            assert_eq!(numbers, (0..12).collect::<Vec<_>>());
        }

        let crew = Crew::begin(1, |mut jobs: mpsc::Receiver<u64>| async move {
            match jobs.recv().await {
                Some(13) => anyhow::bail!("thirteen"),
                Some(_) | None => Ok(()),
            }
        });
        while crew.give(StoreIndex(0), 13).await == Given::Taken {}
        assert_eq!(crew.end().await.unwrap_err().to_string(), "thirteen");
    }
}
