//! A ledger in a database that other servers write to as well: a batch is decided in one transaction,
//! on rows that nobody else can change meanwhile. If two transactions meet, one of them is done again
//! from its beginning. Nothing that is kept in memory is believed here.

use super::draft::{self, After, Draft};
use super::engine::Engine;
use super::key::{self, Kind};
use super::value::to_file::ToFileRow;
use super::{Committed, Ledger, decide, foresee, owed};
use crate::fault::Fault;
use crate::postgres::fault::{Failure, Reason};
use crate::postgres::moving::Steps;
use crate::postgres::tables::Tables;
use crate::postgres::turn::{OFFICE, Turn, Unseen, Wanted};
use crate::write::{
    CatalogueWrite, Chaining, ClaimStep, Joining, LeafStep, MemberStep, MergeStep, MissingStep,
    Prepared, ReportStep, SignInStep, Step, Write, Written,
};
use purchase::catalogue::Change;
use purchase::id::{ItemCode, OwnerId, StoreId, UserId};
use purchase::time::Timestamp;
use std::collections::BTreeSet;
use std::time::Duration;

/// How often a batch is begun again before it is given up as unknown.
const ATTEMPTS_MAX: u32 = 8;
/// The wait before the second attempt; each further one is twice as long, and a random part of it.
const WAIT_MIN: Duration = Duration::from_millis(2);

mod by_store;
pub mod filing;
mod moment;
pub mod open;
pub(super) mod others;
pub mod watched;

/// A batch that is committed, as far as it is decided by it.
struct FirstStep {
    written: Vec<Written>,
    after: After,
    /// Whether anything was written: 0 or 1.
    wrote: u64,
    /// What is still to be filed, in the second step.
    to_file: Option<(Vec<u8>, ToFileRow)>,
}

impl Ledger {
    /// Do other servers read and write the same ledger?
    pub(crate) const fn is_shared(&self) -> bool {
        match self.engine {
            Engine::Fjall(_) => false,
            Engine::Tables(_) => true,
        }
    }

    /// Commits a batch in a transaction of `tables`, beside others. The database numbers no commits; the
    /// mark counts those of this server, so that it can tell whether it wrote something.
    pub(super) fn commit_in(
        &self,
        tables: &Tables,
        batch: Vec<Write>,
        at: Timestamp,
    ) -> Result<Committed, Fault> {
        match tables.steps() {
            Steps::One => self.commit_part(tables, &batch, at),
            Steps::Two => self.commit_by_store(tables, batch, at),
        }
    }

    /// Commits writes that are decided together.
    fn commit_part(
        &self,
        tables: &Tables,
        batch: &[Write],
        at: Timestamp,
    ) -> Result<Committed, Fault> {
        let mut attempt = 1;
        let mut wanted = self.wanted(batch);
        let mut may_be_there = false;
        loop {
            let failure = match self.attempt(tables, (batch, at), &mut wanted) {
                Ok(mut step) => {
                    if may_be_there {
                        // What was found recorded may be what we wrote, under these very keys.
                        step.after.unused.clear();
                    }
                    let mut told = self.follow(step.after)?;
                    let mark = {
                        let mut writer = self.writer.lock().map_err(|_| Fault::Stopped)?;
                        writer.mark.seq += step.wrote;
                        writer.mark
                    };
                    if let Some((entry, row)) = step.to_file {
                        told.extend(self.file_now(tables, &entry, &row)?);
                    }
                    return Ok(Committed {
                        written: step.written,
                        mark,
                        told,
                    });
                }
                Err(failure) => failure,
            };
            may_be_there |= matches!(failure, Failure::Unknown { .. });
            tracing::debug!(%failure, attempt, "a batch was not committed");
            if matches!(failure, Failure::Fault(Fault::Moving)) && !may_be_there {
                self.give_back(batch);
            }
            self.wait_to_begin_again(tables, failure, attempt)?;
            attempt += 1;
        }
    }

    /// Files what was recorded a moment ago. If it cannot be, whoever sent it is not told, and asks again.
    fn file_now(
        &self,
        tables: &Tables,
        entry: &[u8],
        row: &ToFileRow,
    ) -> Result<Vec<UserId>, Fault> {
        let mut attempt = 1;
        loop {
            match self.file(tables, entry, row) {
                Ok(told) => return Ok(told),
                Err(failure) => self.wait_to_begin_again(tables, failure, attempt)?,
            }
            attempt += 1;
        }
    }

    /// Waits a while before the next attempt, if there is to be one.
    fn wait_to_begin_again(
        &self,
        tables: &Tables,
        failure: Failure,
        attempt: u32,
    ) -> Result<(), Fault> {
        match failure.reason() {
            None => return Err(failure.into()),
            Some(reason) if attempt < ATTEMPTS_MAX => tables.counts().begins_again(reason),
            Some(reason) => {
                tables.counts().is_given_up(reason);
                return Err(failure.into());
            }
        }
        let wait = WAIT_MIN * 2_u32.saturating_pow(attempt - 1);
        let [share, ..] = self.keyring.nonce();
        tables.pause(wait * (u32::from(share) + 64) / 256);
        Ok(())
    }

    /// Gives back the keys that were taken for a batch of which nothing is written.
    fn give_back(&self, batch: &[Write]) {
        for write in batch {
            if let Write::Settle(prepared) = write
                && let Some(spare) = &prepared.spare
            {
                self.keyring.give_back(spare.clone());
            }
        }
    }

    fn attempt(
        &self,
        tables: &Tables,
        (batch, at): (&[Write], Timestamp),
        wanted: &mut Wanted,
    ) -> Result<FirstStep, Failure> {
        let turn = Turn::begin(tables, wanted)?;
        match tables.steps() {
            Steps::One => {}
            Steps::Two => {
                for (entry, row) in turn.left_over() {
                    self.file(tables, &entry, &ToFileRow::decode(&row)?)?;
                    tables.counts().files_left_over();
                }
                turn.look(wanted)?;
            }
        }
        let (mut draft, written) = self.decided(&turn, (batch, at), wanted)?;
        let mut rows = draft.split_off();
        hold_all(&rows, wanted)?;
        let unseen = std::mem::replace(&mut wanted.unseen, Unseen::Written);
        let wrote = u64::from(!rows.is_empty() || !draft.is_empty());
        let mut to_file = None;
        if let (Steps::Two, Some(store)) = (tables.steps(), wanted.only_store()) {
            // What is not at the store is written after this.
            to_file = filing::take_out(&mut draft, store, &mut rows, at)?;
        }
        if !draft.owed.is_empty() {
            // People may buy elsewhere at the same moment: their accounts are held last.
            turn.write_ahead(std::mem::take(&mut rows), unseen, owed::accounts(&draft))?;
            let paid = owed::pay(&mut draft, at);
            paid.map_err(|fault| turn.failure().unwrap_or(Failure::Fault(fault)))?;
        }
        let after = std::mem::take(&mut draft.after);
        rows.extend(draft.into_rows().map(|(_, key, row)| (key, row)));
        // Also if there is nothing to write: a connection whose transaction has ended serves others.
        turn.commit(rows, unseen)?;
        Ok(FirstStep {
            written,
            after,
            wrote,
            to_file,
        })
    }

    /// Decides every write on the rows that its turn shows.
    fn decided<'a>(
        &'a self,
        turn: &'a Turn,
        (batch, at): (&[Write], Timestamp),
        wanted: &mut Wanted,
    ) -> Result<(Draft<'a>, Vec<Written>), Failure> {
        let stores: Vec<StoreId> = wanted
            .writes_for
            .iter()
            .filter_map(|id| StoreId::parse(id).ok())
            .collect();
        let mut draft = Draft::new(self, draft::Committed::Turn(turn));
        for store_id in &stores {
            // Another server may have told the store to follow another catalogue, whose turn must be
            // held instead.
            let source = draft.source(store_id);
            let source = source.map_err(|fault| turn.failure().unwrap_or(Failure::Fault(fault)))?;
            if source != self.source(store_id) {
                self.renew_stores(&[store_id])?;
                wanted.add(self.wanted(batch));
                let detail = format!("{store_id} follows another catalogue since");
                let reason = Reason::TurnMoved;
                return Err(Failure::Again { reason, detail });
            }
        }
        match decide(&mut draft, batch.iter().cloned(), at) {
            Ok(written) => Ok((draft, written)),
            Err(fault) => Err(turn.failure().unwrap_or(Failure::Fault(fault))),
        }
    }

    /// What a batch is going to touch, as far as this server knows; the rest is read when it is met.
    fn wanted(&self, batch: &[Write]) -> Wanted {
        let mut wanted = Wanted::default();
        for write in batch {
            self.wanted_by_write(write, &mut wanted);
        }
        wanted
    }

    fn wanted_by_write(&self, write: &Write, wanted: &mut Wanted) {
        match write {
            Write::Noted(noted) => {
                wanted.writes_for.insert(OFFICE.to_owned());
                if let Some(write) = &noted.write {
                    self.wanted_by_write(write, wanted);
                }
            }
            Write::Settle(prepared) => self.wanted_by(prepared, wanted),
            Write::AddStore(store) => wanted.of_office([key::store(&store.store_id)]),
            Write::AddIdentity { store_id, .. }
            | Write::Link { store_id, .. }
            | Write::CloseStore { store_id }
            | Write::AddDevice { store_id, .. }
            | Write::RevokeDevice { store_id, .. }
            | Write::Joining(
                Joining::Signer { store_id, .. }
                | Joining::Rotate { store_id, .. }
                | Joining::Pairing { store_id, .. },
            ) => {
                wanted.writes_for.insert(OFFICE.to_owned());
                self.wanted_of(store_id, wanted);
            }
            Write::Catalogue(write) => self.wanted_by_catalogue(write, wanted),
            Write::Learn {
                store_id, codes, ..
            } => self.wanted_by_codes(store_id, codes, wanted),
            Write::Labels { store_id, .. }
            | Write::CatchUp { store_id, .. }
            | Write::Confirm { store_id, .. } => self.wanted_of(store_id, wanted),
            Write::Joining(Joining::Join { .. })
            | Write::Chain(
                Chaining::Add { .. } | Chaining::Device { .. } | Chaining::Revoke { .. },
            )
            | Write::AddUser { .. }
            | Write::AddToken(_)
            | Write::RevokeToken { .. }
            | Write::AddOperator(_)
            | Write::PruneAudit { .. }
            | Write::PruneFeed { .. }
            | Write::Partner(_)
            | Write::Consent(_)
            | Write::Member(MemberStep::Revoke { .. }) => {
                wanted.writes_for.insert(OFFICE.to_owned());
            }
            Write::Member(MemberStep::Issue { codes, .. }) => {
                let codes = codes.iter().map(|code| key::member_code(code.hash));
                wanted.of_office(codes);
            }
            Write::Claim(ClaimStep::Take { hash, .. }) => wanted.of_office([key::claim(*hash)]),
            Write::Erase { user_id }
            | Write::SignIn(
                SignInStep::EraseLeft { user_id, .. } | SignInStep::EraseUnused { user_id, .. },
            ) => {
                wanted.of_office([key::user(Kind::Account, *user_id)]);
            }
            Write::Missing(step) => self.wanted_by_missing(step, wanted),
            Write::Report(step) => self.wanted_by_report(step, wanted),
            Write::Leaf(step) => self.wanted_by_leaf(step, wanted),
            Write::Merge(step) => wanted_by_merger(step, wanted),
            // The look whether an address or a code is taken needs one turn for all people.
            Write::Session(_) | Write::SignIn(_) | Write::Standing(_) | Write::Household(_) => {
                wanted.writes_for.insert(OFFICE.to_owned());
            }
        }
    }

    fn wanted_by_catalogue(&self, write: &CatalogueWrite, wanted: &mut Wanted) {
        self.wanted_of(&write.store_id, wanted);
        let staging = key::plain(Kind::Staging, write.store_id.as_str().as_bytes());
        wanted.keys.insert(staging);
        if let Step::Whole(changes) | Step::Part(changes) = &write.step {
            let versions = |change: &Change| key::versions(&write.store_id, &change.code);
            wanted.prefixes.extend(changes.iter().map(versions));
        }
    }

    /// People's rows are written under the office's turn, and what a store is asked under its own.
    fn wanted_by_missing(&self, step: &MissingStep, wanted: &mut Wanted) {
        wanted.writes_for.insert(OFFICE.to_owned());
        match step {
            // Which store it concerns is not known beforehand.
            MissingStep::Withdraw { .. } | MissingStep::Forget { .. } => {}
            MissingStep::Ask { store_id, .. }
            | MissingStep::Refuse { store_id, .. }
            | MissingStep::Expire { store_id, .. } => self.wanted_of(store_id, wanted),
            MissingStep::Give { settlement, .. } => {
                self.wanted_of(&settlement.store_id, wanted);
                let row_key = key::settlement(Kind::Settlement, settlement);
                wanted.keys.insert(row_key);
            }
        }
    }

    fn wanted_by_codes(&self, store_id: &StoreId, codes: &[ItemCode], wanted: &mut Wanted) {
        self.wanted_of(store_id, wanted);
        for code in codes {
            let waiting = [key::of_code(store_id, code), key::labels_of(store_id, code)];
            wanted.prefixes.extend(waiting);
            wanted.keys.insert(key::wish(store_id, code));
        }
    }

    fn wanted_by_leaf(&self, step: &LeafStep, wanted: &mut Wanted) {
        let (user_id, kept) = match step {
            LeafStep::Put {
                user_id,
                subject,
                of,
                ..
            }
            | LeafStep::Take {
                user_id,
                subject,
                of,
            } => (user_id, Some(self.leaf_key(*user_id, *subject, of))),
            LeafStep::Accessed { user_id, .. } | LeafStep::Exported { user_id, .. } => {
                (user_id, None)
            }
        };
        let user = key::user(Kind::User, *user_id);
        wanted.of_office(std::iter::once(user).chain(kept));
    }

    fn wanted_by_report(&self, step: &ReportStep, wanted: &mut Wanted) {
        let store_id = step.store_id();
        wanted.writes_for.insert(store_id.as_str().to_owned());
        wanted.keys.insert(key::store(store_id));
        match step {
            ReportStep::Tell { device_id, .. } => {
                // Whoever takes a chain's machine away holds the turn of the office, and of the stores only if
                // it has told something already. Many tell at once, and none of them meanwhile.
                wanted.goes_by.insert(OFFICE.to_owned());
                wanted.keys.insert(key::device(store_id, *device_id));
            }
            ReportStep::Wish { code, .. } => {
                wanted.keys.insert(key::wish(store_id, code));
                wanted.prefixes.insert(key::of_code(store_id, code));
            }
            ReportStep::TakeBack { code, .. } => {
                wanted.keys.insert(key::wish(store_id, code));
            }
        }
        wanted.prefixes.insert(key::of_store(Kind::Wish, store_id));
    }

    fn wanted_by(&self, prepared: &Prepared, wanted: &mut Wanted) {
        let content = prepared.settlement.content();
        let own = &content.key;
        self.wanted_of(&own.store_id, wanted);
        wanted.keys.extend([
            key::settlement(Kind::Settlement, own),
            key::settlement(Kind::Early, own),
            key::day(Kind::Day, &own.store_id, own.business_date),
        ]);
        if let Some(of) = &content.of {
            self.wanted_of(&of.key.store_id, wanted);
            wanted.keys.extend([
                key::settlement(Kind::Settlement, &of.key),
                key::settlement(Kind::Early, &of.key),
            ]);
        }
        let member = prepared.member.map(|member| key::member_code(member.hash));
        wanted.keys.extend(member);
        let named = foresee::buyer(&content.buyer);
        let merger = |user_id: UserId| key::user(Kind::Merger, user_id);
        wanted.keys.extend(named.map(merger));
        match prepared.owner {
            OwnerId::User(user_id) => {
                let of_person = [key::erased(prepared.owner), key::user(Kind::User, user_id)];
                wanted.keys.extend(of_person);
                wanted.keys.insert(merger(user_id));
            }
            OwnerId::Unclaimed(_) => {
                let claim = prepared.claim.map(key::claim);
                wanted.keys.extend(claim);
            }
        }
    }

    /// The store itself, and where its catalogue stands.
    fn wanted_of(&self, store_id: &StoreId, wanted: &mut Wanted) {
        let source = self.source(store_id);
        wanted.writes_for.insert(store_id.as_str().to_owned());
        wanted.goes_by.insert(source.as_str().to_owned());
        for id in [store_id, &source] {
            wanted.keys.insert(key::store(id));
            wanted
                .keys
                .insert(key::plain(Kind::Head, id.as_str().as_bytes()));
        }
    }
}

/// What waits for a settlement, or what a void gives back, may lie in a store that nothing in the batch
/// names: then its turn is wanted as well.
fn hold_all(rows: &[(Vec<u8>, Option<Vec<u8>>)], wanted: &mut Wanted) -> Result<(), Failure> {
    let stores: BTreeSet<&str> = rows
        .iter()
        .filter_map(|(key, _)| key::store_of(key))
        .collect();
    let unheld: Vec<String> = stores
        .into_iter()
        .filter(|store| !wanted.writes_for.contains(*store))
        .map(str::to_owned)
        .collect();
    if unheld.is_empty() {
        return Ok(());
    }
    let detail = format!("{unheld:?} are written to as well");
    wanted.writes_for.extend(unheld);
    let reason = Reason::TurnMoved;
    Err(Failure::Again { reason, detail })
}

/// Both rows by which it is known how far a merger is.
fn wanted_by_merger(step: &MergeStep, wanted: &mut Wanted) {
    let (MergeStep::Begin { from, .. } | MergeStep::GoOn { from }) = step;
    wanted.of_office([key::user(Kind::Merger, *from), key::user(Kind::User, *from)]);
}
