//! Carrying out catalogue updates: one at a time per store, a large one in steps that let
//! settlements through in between, and the lines that waited for it named afterwards. The work goes
//! on to its end even if the device hangs up.

use crate::app::App;
use crate::auth::Clerk;
use crate::intake::IntakeError;
use crate::office::{Deed, note};
use crate::reply::{Refused, Reply};
use ledger::account::Act;
use ledger::embedded::browse::SnapshotItem;
use ledger::write::{CatalogueWrite, CatalogueWritten, NamingStep, Resume, Step, Write, Written};
use purchase::catalogue::{Change, Entry, Head};
use purchase::code::PatternsChange;
use purchase::id::{ItemCode, Revision, StoreId};
use purchase::text::Text;
use std::sync::Arc;
use wire::catalogue::answer::UpdateAnswer;
use wire::catalogue::{Snapshot, Update};
use wire::error::{ErrorCode, FieldError, Problem};

/// Changes in one commit; a larger update is staged in parts of this size.
const CHANGES_PER_STEP: usize = 2_000;

/// Runs what takes longer than a moment away from the threads that answer requests.
///
/// # Errors
/// 500 if it panicked.
pub async fn aside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Reply<T> {
    tokio::task::spawn_blocking(work).await.map_err(|error| {
        tracing::error!(%error, "work that was handed over did not end");
        Refused::new(
            ErrorCode::Internal,
            "the server failed at this; the operator's log says why",
        )
    })
}

/// Applies an update.
///
/// # Errors
/// 409 where it does not fit, 503 where its fate is unknown.
pub async fn update(app: Arc<App>, store_id: StoreId, update: Update) -> Reply<UpdateAnswer> {
    let order = Order {
        base: update.base,
        revision: update.revision,
        lineage: update.lineage,
        digest: update.digest,
        patterns: update.patterns,
    };
    to_the_end(async move {
        let turn = app.catalogues.of(&store_id);
        let _mine = turn.lock().await;
        apply(&app, &store_id, &order, update.changes).await
    })
    .await
}

/// Replaces a catalogue by a snapshot.
///
/// # Errors
/// As for [`update`].
pub async fn replace(app: Arc<App>, store_id: StoreId, snapshot: Snapshot) -> Reply<UpdateAnswer> {
    let mut order = Order {
        base: snapshot.base,
        revision: snapshot.revision,
        lineage: snapshot.lineage,
        digest: snapshot.digest,
        patterns: snapshot.patterns,
    };
    let effective_from = snapshot.effective_from;
    let items = snapshot
        .items
        .into_iter()
        .map(|item| SnapshotItem {
            code: item.code,
            item: item.item,
            effective_from: item.effective_from.unwrap_or(effective_from),
        })
        .collect();
    to_the_end(async move {
        let turn = app.catalogues.of(&store_id);
        let _mine = turn.lock().await;
        let (ledger, id) = (Arc::clone(&app.ledger), store_id.clone());
        let changes = aside(move || ledger.difference(&id, items, effective_from)).await??;
        // Like an item, patterns that are the same already are not said again.
        let known = app.ledger.patterns(&store_id)?;
        let known = known.newest().map(|set| Arc::clone(&set.patterns));
        let known = known.unwrap_or_default();
        order.patterns = order.patterns.filter(|change| change.patterns != known);
        apply(&app, &store_id, &order, changes).await
    })
    .await
}

/// The same on an operator's word. Naming takes several commits; who said so is written before the first.
///
/// # Errors
/// 422 if that revision does not name the code.
pub async fn confirm_by(
    app: Arc<App>,
    clerk: &Clerk,
    store_id: StoreId,
    (code, revision): (ItemCode, Revision),
) -> Reply<UpdateAnswer> {
    let deed = Deed::at(Act::NameConfirmed, &store_id).to(code.as_str());
    note(&app, clerk, deed).await?;
    confirm(app, store_id, code, revision).await
}

/// Names the lines that wait for `code` by `revision`, on the store's word.
///
/// # Errors
/// 422 if that revision does not name the code.
pub async fn confirm(
    app: Arc<App>,
    store_id: StoreId,
    code: ItemCode,
    revision: Revision,
) -> Reply<UpdateAnswer> {
    if !names_it(&app, &store_id, &code, revision)? {
        return Err(Refused::faults(vec![FieldError {
            pointer: "/revision".to_owned(),
            code: ErrorCode::InvalidValue,
            detail: "this revision does not name the code; see its versions".to_owned(),
        }]));
    }
    to_the_end(async move {
        let mut named = 0;
        let mut resume = None;
        loop {
            let write = Write::Confirm {
                store_id: store_id.clone(),
                code: code.clone(),
                revision,
                resume: resume.take(),
            };
            let step = naming_step(&app, write).await?;
            named += step.named;
            match step.resume {
                Some(next) => resume = Some(next),
                None => break,
            }
        }
        let head = app.ledger.catalogue_head(&store_id)?;
        Ok(answer(&head, named))
    })
    .await
}

/// Does `revision` name the code, or an item whose label that is?
fn names_it(app: &App, store_id: &StoreId, code: &ItemCode, revision: Revision) -> Reply<bool> {
    let patterns = app.ledger.patterns(store_id)?;
    let sets = patterns.as_slice().iter();
    let items = sets.filter_map(|set| set.patterns.item_of(code));
    for code in std::iter::once(code.clone()).chain(items) {
        let versions = app.ledger.item_versions(store_id, &code)?;
        let is_named = versions
            .iter()
            .any(|version| version.revision == revision && version.entry != Entry::Discontinued);
        if is_named {
            return Ok(true);
        }
    }
    Ok(false)
}

/// What a device ordered.
struct Order {
    base: Revision,
    revision: Revision,
    lineage: Option<Text>,
    digest: [u8; 32],
    patterns: Option<PatternsChange>,
}

async fn to_the_end<T: Send + 'static>(
    work: impl Future<Output = Reply<T>> + Send + 'static,
) -> Reply<T> {
    tokio::spawn(work).await.unwrap_or_else(|error| {
        tracing::error!(%error, "a catalogue update did not end");
        Err(Refused::new(
            ErrorCode::Internal,
            "the server failed at this; send the same again",
        ))
    })
}

async fn apply(
    app: &App,
    store_id: &StoreId,
    order: &Order,
    mut changes: Vec<Change>,
) -> Reply<UpdateAnswer> {
    let named: Vec<ItemCode> = changes
        .iter()
        .filter(|change| change.entry != Entry::Discontinued)
        .map(|change| change.code.clone())
        .collect();
    let written = if changes.len() <= CHANGES_PER_STEP {
        step(app, store_id, order, Step::Whole(changes)).await?
    } else {
        match step(app, store_id, order, Step::Begin).await? {
            CatalogueWritten::Applied(_) => {
                while !changes.is_empty() {
                    let rest = changes.split_off(changes.len().min(CHANGES_PER_STEP));
                    step(app, store_id, order, Step::Part(changes)).await?;
                    changes = rest;
                }
                step(app, store_id, order, Step::Finish).await?
            }
            other => other,
        }
    };
    let head = head_of(written)?;
    app.metrics.catalogue_updated();
    let learnt = Learnt {
        codes: named,
        patterns: match order.patterns {
            Some(_) => PatternsLearnt::New,
            None => PatternsLearnt::AsBefore,
        },
    };
    let mut resolved = learn(app, store_id, learnt.clone()).await?;
    // A store that begins to follow from here on has no line that waits.
    for follower in app.ledger.followers(store_id) {
        resolved += learn(app, &follower, learnt.clone()).await?;
    }
    Ok(answer(&head, resolved))
}

async fn step(
    app: &App,
    store_id: &StoreId,
    order: &Order,
    step: Step,
) -> Result<CatalogueWritten, Refused> {
    let write = Write::Catalogue(Box::new(CatalogueWrite {
        store_id: store_id.clone(),
        base: order.base,
        revision: order.revision,
        lineage: order.lineage.clone(),
        update: order.digest,
        patterns: order.patterns.clone(),
        step,
    }));
    match app.intake.write_one(write).await? {
        Written::Catalogue(written) => Ok(written),
        other => panic!("a catalogue step was answered with {other:?}"),
    }
}

fn head_of(written: CatalogueWritten) -> Reply<Box<Head>> {
    match written {
        CatalogueWritten::Applied(head) | CatalogueWritten::Same(head) => Ok(head),
        CatalogueWritten::Gap { current } => {
            let detail = format!(
                "the catalogue stands at revision {}; build on that, or send a snapshot",
                current.0
            );
            Err(Refused::from(Problem {
                current_revision: Some(current.0),
                ..Problem::new(ErrorCode::CatalogueGap, detail)
            }))
        }
        CatalogueWritten::Forked => Err(Refused::new(
            ErrorCode::CatalogueForked,
            "this revision was written with other content; send a snapshot under a new lineage",
        )),
        CatalogueWritten::Follows { source } => Err(Refused::new(
            ErrorCode::CatalogueFollows,
            format!("this store follows the catalogue of {source}; write it there"),
        )),
        CatalogueWritten::StoreUnknown => Err(Refused::not_found("store")),
        CatalogueWritten::StoreClosed => {
            Err(Refused::new(ErrorCode::StoreClosed, "the store is closed"))
        }
    }
}

/// What an update taught that lines may have waited for.
#[derive(Clone)]
pub(crate) struct Learnt {
    /// Codes that got a name.
    pub(crate) codes: Vec<ItemCode>,
    /// Whether labels may mean other items now.
    pub(crate) patterns: PatternsLearnt,
}

/// Whether labels may mean other items than before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PatternsLearnt {
    /// There are new patterns.
    New,
    /// There are none.
    AsBefore,
}

/// Names every line that waited for the catalogue to come this far, for one of these codes, or for
/// a pattern that makes its code the label of an item.
pub(crate) async fn learn(app: &App, store_id: &StoreId, learnt: Learnt) -> Reply<u64> {
    let mut named = 0;
    if !app.ledger.has_pending(store_id)? {
        return Ok(named);
    }
    let mut resume: Option<Resume> = None;
    loop {
        let write = Write::CatchUp {
            store_id: store_id.clone(),
            resume: resume.take(),
        };
        let step = naming_step(app, write).await?;
        named += step.named;
        match step.resume {
            Some(next) => resume = Some(next),
            None => break,
        }
    }
    if learnt.patterns == PatternsLearnt::New {
        named += read_labels(app, store_id).await?;
    }
    let mut codes = learnt.codes;
    loop {
        let rest = codes.split_off(codes.len().min(CHANGES_PER_STEP));
        let write = Write::Learn {
            store_id: store_id.clone(),
            codes,
            resume: resume.take(),
        };
        let step = naming_step(app, write).await?;
        named += step.named;
        resume = step.resume;
        codes = step.rest;
        codes.extend(rest);
        if codes.is_empty() {
            return Ok(named);
        }
    }
}

/// Looks at every waiting line that can be a label.
async fn read_labels(app: &App, store_id: &StoreId) -> Reply<u64> {
    let mut named = 0;
    let mut resume: Option<Resume> = None;
    loop {
        let write = Write::Labels {
            store_id: store_id.clone(),
            resume: resume.take(),
        };
        let step = naming_step(app, write).await?;
        named += step.named;
        match step.resume {
            Some(next) => resume = Some(next),
            None => return Ok(named),
        }
    }
}

async fn naming_step(app: &App, write: Write) -> Result<NamingStep, IntakeError> {
    match app.intake.write_one(write).await? {
        Written::Named(step) => Ok(step),
        other => panic!("a naming step was answered with {other:?}"),
    }
}

fn answer(head: &Head, names_resolved: u64) -> UpdateAnswer {
    UpdateAnswer {
        revision: head.revision.0,
        items: head.items,
        names_resolved,
    }
}
