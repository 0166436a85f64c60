//! What the server counts, and the page that shows it (OpenMetrics). No person, code or name ever
//! becomes a label.

use database::OfDatabase;
use ledger::Ledger;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::registry::Registry;
use std::sync::Arc;
use wire::outcome::OutcomeKind;

mod database;

/// The label of settlements: what became of them.
#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct OutcomeLabel {
    outcome: &'static str,
}

/// The counters.
pub struct Metrics {
    registry: Registry,
    commits: Counter,
    writes: Counter,
    settlements: Family<OutcomeLabel, Counter>,
    catalogue_updates: Counter,
    unavailable: Counter,
}

impl Metrics {
    /// Nothing counted yet; what the ledger counts itself is shown with the rest.
    #[must_use]
    pub fn of(ledger: &Arc<Ledger>) -> Self {
        let mut registry = Registry::with_prefix("orihon");
        let commits = Counter::default();
        let writes = Counter::default();
        let settlements = Family::<OutcomeLabel, Counter>::default();
        let catalogue_updates = Counter::default();
        let unavailable = Counter::default();
        registry.register("commits", "Durable group commits", commits.clone());
        registry.register("writes", "Writes in those commits", writes.clone());
        registry.register("settlements", "Settlements by outcome", settlements.clone());
        registry.register(
            "catalogue_updates",
            "Catalogue updates and snapshots applied",
            catalogue_updates.clone(),
        );
        registry.register(
            "unavailable",
            "Requests answered with 503",
            unavailable.clone(),
        );
        if ledger.watched().is_some() {
            registry.register_collector(Box::new(OfDatabase(Arc::clone(ledger))));
        }
        Self {
            registry,
            commits,
            writes,
            settlements,
            catalogue_updates,
            unavailable,
        }
    }

    /// A commit of so many writes is durable.
    pub fn committed(&self, writes: usize) {
        self.commits.inc();
        self.writes
            .inc_by(u64::try_from(writes).unwrap_or(u64::MAX));
    }

    /// A settlement was answered.
    pub fn settled(&self, outcome: OutcomeKind) {
        let outcome = match outcome {
            OutcomeKind::Recorded => "recorded",
            OutcomeKind::AlreadyRecorded => "already_recorded",
            OutcomeKind::Conflict => "conflict",
            OutcomeKind::Rejected => "rejected",
        };
        self.settlements
            .get_or_create(&OutcomeLabel { outcome })
            .inc();
    }

    /// A catalogue moved.
    pub fn catalogue_updated(&self) {
        self.catalogue_updates.inc();
    }

    /// A request was answered with 503.
    pub fn unavailable(&self) {
        self.unavailable.inc();
    }

    /// The page.
    #[must_use]
    pub fn page(&self) -> String {
        let mut text = String::new();
        let _ = encode(&mut text, &self.registry);
        text
    }
}
