//! The account as one JSON text: who the person is to this server, by what they come in, where they are signed in
//! and by which keys programs read it, and what they wrote or decided themselves. Secrets are no part of it, nor are their hashes.

use super::decided::{self, Blocked, Home, Marked, Missed, Suspended};
use crate::app::App;
use crate::consents;
use crate::own_words::{Notes, OwnNames};
use crate::reply::Reply;
use crate::sign_in::means;
use crate::ware::Ware;
use ledger::account::{Credential, SignInMeans};
use purchase::id::UserId;
use purchase::time::Timestamp;
use serde::Serialize;
use wire::time::show_utc;

/// The version of this form. What means something else than before needs the next.
const VERSION: u32 = 1;

#[derive(Serialize)]
struct Account {
    orihon_account: u32,
    exported_at: String,
    user_id: String,
    reference: Option<String>,
    name: Option<String>,
    email: Option<String>,
    /// When the person asked to be deleted.
    leaving_since: Option<String>,
    suspended: Option<Suspended>,
    ways_in: Vec<WayIn>,
    browsers: Vec<Browser>,
    programs: Vec<Program>,
    member_codes: MemberCodes,
    claims_waiting_since: Vec<String>,
    own_names: Vec<OwnName>,
    notes: Vec<Note>,
    consents: Vec<Shared>,
    blocked_shops: Vec<Blocked>,
    private_marks: Vec<Marked>,
    household: Option<Home>,
    missing_receipts: Vec<Missed>,
}

#[derive(Serialize)]
struct Shared {
    partner: String,
    purpose: String,
    given_at: String,
    until: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<String>,
    last_read_at: Option<String>,
}

#[derive(Serialize)]
struct WayIn {
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<String>,
    added_at: String,
    last_used_at: Option<String>,
}

#[derive(Serialize)]
struct Browser {
    label: String,
    signed_in_at: String,
    last_seen_at: String,
    ends_at: String,
}

/// A key by which a program reads the account.
#[derive(Serialize)]
struct Program {
    token_id: String,
    made_at: String,
}

#[derive(Serialize)]
struct MemberCodes {
    /// Short-lived ones that can still be shown.
    short_lived: u64,
    card_issued_at: Option<String>,
    card_expires_at: Option<String>,
}

#[derive(Serialize)]
struct OwnName {
    #[serde(flatten)]
    item: Item,
    name: String,
}

#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum Item {
    Gtin { gtin: String },
    Code { store_id: String, code: String },
    Name { store_id: String, sent_name: String },
}

#[derive(Serialize)]
struct Note {
    purchase_id: String,
    note: String,
}

/// The text.
///
/// # Errors
/// A problem if the memory cannot be read.
pub(super) fn text(app: &App, user_id: UserId, now: Timestamp) -> Reply<Vec<u8>> {
    let ledger = &app.ledger;
    let profile = ledger.profile(user_id)?.unwrap_or_default();
    let codes = ledger.member_codes(user_id, now)?;
    let own = |text: purchase::text::Text| text.as_str().to_owned();
    let account = Account {
        orihon_account: VERSION,
        exported_at: show_utc(now),
        user_id: user_id.to_string(),
        reference: profile.reference.map(own),
        name: profile.name.map(own),
        email: profile.email.map(own),
        leaving_since: ledger.leaves_at(user_id)?.map(show_utc),
        suspended: decided::suspended(app, user_id)?,
        ways_in: means::of(app, user_id)?.iter().map(way_in).collect(),
        browsers: browsers(app, user_id, now)?,
        programs: programs(app, user_id)?,
        member_codes: MemberCodes {
            short_lived: codes.free,
            card_issued_at: codes.card.map(|card| show_utc(card.issued_at)),
            card_expires_at: codes.card.map(|card| show_utc(card.expires_at)),
        },
        claims_waiting_since: ledger
            .waiting_claims(user_id, now)?
            .iter()
            .map(|wanted| show_utc(wanted.asked_at))
            .collect(),
        own_names: own_names(app, user_id)?,
        notes: notes(app, user_id)?,
        consents: shared(app, user_id)?,
        blocked_shops: decided::blocked(app, user_id)?,
        private_marks: decided::marked(app, user_id)?,
        household: decided::home(app, user_id)?,
        missing_receipts: decided::missed(app, user_id, now)?,
    };
    // Texts and numbers always have a form in JSON.
    let mut text = serde_json::to_vec_pretty(&account).unwrap_or_default();
    text.push(b'\n');
    Ok(text)
}

fn shared(app: &App, user_id: UserId) -> Reply<Vec<Shared>> {
    let told = |shared: consents::Shared| Shared {
        partner: shared.partner.name.as_str().to_owned(),
        purpose: shared.partner.purpose.as_str().to_owned(),
        given_at: show_utc(shared.consent.given_at),
        until: show_utc(shared.consent.until),
        from: shared.consent.from.map(show_utc),
        last_read_at: shared.consent.told_at.map(show_utc),
    };
    let all = consents::of(app, user_id)?;
    Ok(all.into_iter().map(told).collect())
}

fn way_in(means: &SignInMeans) -> WayIn {
    let (kind, label) = match &means.credential {
        Credential::Password { .. } => ("password", None),
        Credential::Passkey { label, .. } => ("passkey", Some(label.as_str().to_owned())),
        Credential::Recovery { .. } => ("recovery_sheet", None),
    };
    WayIn {
        kind,
        label,
        added_at: show_utc(means.created_at),
        last_used_at: means.last_used.map(show_utc),
    }
}

fn browsers(app: &App, user_id: UserId, now: Timestamp) -> Reply<Vec<Browser>> {
    let sessions = app.ledger.sessions(user_id)?;
    let open = sessions
        .iter()
        .filter(|session| session.expires_at.min(session.ends_at) > now);
    let browsers = open.map(|session| Browser {
        label: session.label.as_str().to_owned(),
        signed_in_at: show_utc(session.created_at),
        last_seen_at: show_utc(session.last_seen),
        ends_at: show_utc(session.expires_at.min(session.ends_at)),
    });
    Ok(browsers.collect())
}

fn programs(app: &App, user_id: UserId) -> Reply<Vec<Program>> {
    let keys = app.ledger.person_keys(user_id)?;
    let programs = keys.iter().map(|known| Program {
        token_id: known.token_id.to_string(),
        made_at: show_utc(known.created_at),
    });
    Ok(programs.collect())
}

fn own_names(app: &App, user_id: UserId) -> Reply<Vec<OwnName>> {
    let mut all: Vec<OwnName> = OwnNames::of(app, user_id)?
        .into_all()
        .into_iter()
        .map(|(ware, name)| OwnName {
            item: item(ware),
            name,
        })
        .collect();
    all.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(all)
}

pub(super) fn item(ware: Ware) -> Item {
    match ware {
        Ware::Gtin(gtin) => Item::Gtin {
            gtin: gtin.as_str().to_owned(),
        },
        Ware::Code { source, code } => Item::Code {
            store_id: source.as_str().to_owned(),
            code: code.as_str().to_owned(),
        },
        Ware::Name { source, name } => Item::Name {
            store_id: source.as_str().to_owned(),
            sent_name: name.as_str().to_owned(),
        },
    }
}

fn notes(app: &App, user_id: UserId) -> Reply<Vec<Note>> {
    let mut all: Vec<Note> = Notes::of(app, user_id)?
        .into_all()
        .into_iter()
        .map(|(purchase_id, note)| Note {
            purchase_id: purchase_id.to_string(),
            note,
        })
        .collect();
    all.sort_by(|one, other| one.purchase_id.cmp(&other.purchase_id));
    Ok(all)
}
