//! What a ledger in a database counts itself, for the page of metrics: batches that had to begin again,
//! and connections. An embedded ledger has none of it.

use ledger::Ledger;
use ledger::postgres::counts::Connections;
use ledger::postgres::fault::Reason;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeLabelSet, EncodeMetric};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;
use std::fmt::{self, Debug, Formatter};
use std::sync::Arc;

/// Asks the ledger whenever the page is asked for.
pub(super) struct OfDatabase(pub(super) Arc<Ledger>);

impl Debug for OfDatabase {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("OfDatabase(..)")
    }
}

impl Collector for OfDatabase {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), fmt::Error> {
        let Some(watched) = self.0.watched() else {
            return Ok(());
        };
        let counts = watched.counts;
        by_reason(
            &mut encoder,
            ("database_retries", "Batches begun again, by the reason"),
            |reason| counts.begun_again(reason),
        )?;
        by_reason(
            &mut encoder,
            (
                "database_given_up",
                "Batches given up after their last attempt, by its reason",
            ),
            |reason| counts.given_up(reason),
        )?;
        let (name, help) = (
            "database_left_overs_filed",
            "Batches that were met recorded at their store and not filed, and were filed",
        );
        let left_overs = ConstCounter::new(counts.left_overs_filed());
        left_overs.encode(encoder.encode_descriptor(name, help, None, MetricType::Counter)?)?;
        let pools = [
            ("ledger", Some(watched.ledger)),
            ("keyring", watched.keyring),
        ];
        let pools: Vec<Pool> = pools
            .into_iter()
            .filter_map(|(pool, now)| Some((pool, now?)))
            .collect();
        connections(&mut encoder, &pools)
    }
}

/// A pool by its name, as it is now.
type Pool = (&'static str, Connections);

/// The label of what happened for a reason.
#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct ReasonLabel {
    reason: &'static str,
}

/// The label of a pool.
#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct PoolLabel {
    pool: &'static str,
}

/// The label of connections of a pool.
#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct StateLabel {
    pool: &'static str,
    state: &'static str,
}

/// Every reason is there from the start, with 0 if it was not met, so that a rise from nothing shows.
fn by_reason(
    encoder: &mut DescriptorEncoder<'_>,
    (name, help): (&str, &str),
    count: impl Fn(Reason) -> u64,
) -> Result<(), fmt::Error> {
    let mut rows = encoder.encode_descriptor(name, help, None, MetricType::Counter)?;
    for reason in Reason::ALL {
        let label = ReasonLabel {
            reason: reason.name(),
        };
        ConstCounter::new(count(reason)).encode(rows.encode_family(&label)?)?;
    }
    Ok(())
}

fn connections(encoder: &mut DescriptorEncoder<'_>, pools: &[Pool]) -> Result<(), fmt::Error> {
    let help = "Connections to the database that are open, by what they do";
    let mut rows =
        encoder.encode_descriptor("database_connections", help, None, MetricType::Gauge)?;
    for (pool, now) in pools {
        for (state, number) in [("in_use", now.in_use), ("idle", now.idle)] {
            let label = StateLabel { pool, state };
            gauge(number).encode(rows.encode_family(&label)?)?;
        }
    }
    let (name, help) = (
        "database_connections_max",
        "Connections to the database at most",
    );
    let mut rows = encoder.encode_descriptor(name, help, None, MetricType::Gauge)?;
    for (pool, now) in pools {
        gauge(now.max).encode(rows.encode_family(&PoolLabel { pool })?)?;
    }
    let (name, help) = ("database_waiting", "Callers that wait for a connection");
    let mut rows = encoder.encode_descriptor(name, help, None, MetricType::Gauge)?;
    for (pool, now) in pools {
        gauge(now.waiting).encode(rows.encode_family(&PoolLabel { pool })?)?;
    }
    Ok(())
}

fn gauge(number: usize) -> ConstGauge<i64> {
    ConstGauge::new(i64::try_from(number).unwrap_or(i64::MAX))
}
