//! Partners: how they come and go, and what they are given by people who consented. That a partner reads is written
//! into the person's log before anything is answered; whoever gives nothing is not there, whatever the reason.

use crate::app::App;
use crate::auth::Clerk;
use crate::brake::Brake;
use crate::office::{Deed, carry_out, change};
use crate::reply::{Refused, Reply};
use crate::secret::{Secret, SecretKind};
use ledger::account::{Act, Consent, Partner};
use ledger::write::{Changed, ConsentStep, PartnerStep, Write};
use purchase::id::{AliasId, PartnerId};
use purchase::time::Timestamp;
use wire::error::ErrorCode;
use wire::partner::{NewPartner, consent_path};

/// Requests of one partner at once.
const REQUESTS_AT_ONCE: i64 = 600;
/// How long it takes until there is room for another.
const REQUEST_MS: i64 = 100;
/// How long after the last entry of a person's log there is no other for the same partner.
const TOLD_FOR_MS: i64 = 60 * 60 * 1_000;

/// How often each partner asks.
pub struct Requests(Brake<PartnerId>);

impl Default for Requests {
    fn default() -> Self {
        Self(Brake::new(REQUESTS_AT_ONCE, REQUEST_MS))
    }
}

impl Requests {
    /// Takes a request of a partner.
    ///
    /// # Errors
    /// 429 with the seconds after which there is room again.
    pub fn take(&self, partner_id: PartnerId, now: Timestamp) -> Reply<()> {
        self.0.take(partner_id, now).map_err(|wait_s| {
            let detail = format!("a partner may ask 600 times a minute; wait {wait_s} s");
            Refused::later(ErrorCode::RateLimited, detail, wait_s)
        })
    }
}

/// A partner that has just come, with the key that is shown this once.
pub struct Added {
    /// The partner.
    pub partner_id: PartnerId,
    /// Its key.
    pub key: Secret,
}

/// Adds a partner.
///
/// # Errors
/// A problem if there are too many, or if nothing can be committed.
pub async fn add(app: &App, clerk: &Clerk, asked: NewPartner) -> Reply<Added> {
    let partner_id = PartnerId(app.clock.random());
    let key = Secret::new(SecretKind::Partner, app.clock.random());
    let deed = Deed::new(Act::PartnerAdded).to(&format!("{partner_id} {}", asked.name.as_str()));
    let step = PartnerStep::Add {
        partner_id,
        name: asked.name,
        purpose: asked.purpose,
        url: asked.url,
        hash: key.hash(),
    };
    match carry_out(app, clerk, deed, Write::Partner(step)).await? {
        Changed::Done => Ok(Added { partner_id, key }),
        Changed::Same | Changed::Different | Changed::NotFound | Changed::Last | Changed::Full => {
            let detail = "there are 1,000 partners already; remove one first";
            Err(Refused::new(ErrorCode::TooManyRows, detail))
        }
    }
}

/// Removes a partner: it gets nothing more at once, and what people consented to is taken away.
///
/// # Errors
/// 404 if there is none, and a problem if nothing can be committed.
pub async fn remove(app: &App, clerk: &Clerk, partner_id: PartnerId) -> Reply<()> {
    let Some(partner) = app.ledger.partner(partner_id)? else {
        return Err(Refused::not_found("partner"));
    };
    let deed = Deed::new(Act::PartnerRemoved);
    let deed = deed.to(&format!("{partner_id} {}", partner.name.as_str()));
    let end = Write::Partner(PartnerStep::End { partner_id });
    carry_out(app, clerk, deed, end).await?;
    app.known.forget();
    clear(app, partner_id).await
}

/// Takes away what people consented to give a partner that has ended, step by step, and then the partner.
///
/// # Errors
/// A problem if nothing can be committed; what is left is taken away later.
pub async fn clear(app: &App, partner_id: PartnerId) -> Reply<()> {
    loop {
        let step = PartnerStep::Clear { partner_id };
        match change(app, Write::Partner(step)).await? {
            Changed::Same => {}
            Changed::Done
            | Changed::Different
            | Changed::NotFound
            | Changed::Last
            | Changed::Full => return Ok(()),
        }
    }
}

/// The address of the page on which people consent.
#[must_use]
pub fn consent_url(app: &App, partner_id: PartnerId) -> String {
    format!("{}{}", app.site.base(), consent_path(partner_id))
}

/// What somebody gives to the partner that asks, after the person's log says that it reads.
///
/// # Errors
/// 404 for whoever gives it nothing, whatever the reason; 503 if the log cannot be written, and then nothing may
/// be answered.
pub async fn begin_reading(app: &App, partner_id: PartnerId, alias: AliasId) -> Reply<Consent> {
    let not_found = || Refused::not_found("person");
    let now = app.clock.now();
    let found = app.ledger.consented(partner_id, alias, now)?;
    let consent = found.ok_or_else(not_found)?;
    let is_told = |at: Timestamp| at.plus_ms(TOLD_FOR_MS) > now;
    if consent.told_at.is_some_and(is_told) {
        return Ok(consent);
    }
    let told = Write::Consent(ConsentStep::Told { partner_id, alias });
    match change(app, told).await? {
        Changed::Done | Changed::Same => Ok(consent),
        Changed::Different | Changed::NotFound | Changed::Last | Changed::Full => Err(not_found()),
    }
}

/// A partner in one line.
#[must_use]
pub fn told(app: &App, partner: &Partner) -> wire::partner::PartnerMessage {
    wire::partner::PartnerMessage {
        partner_id: partner.partner_id.to_string(),
        name: partner.name.as_str().to_owned(),
        purpose: partner.purpose.as_str().to_owned(),
        url: partner.url.as_ref().map(|url| url.as_str().to_owned()),
        consent_url: consent_url(app, partner.partner_id),
        created_at: wire::time::show_utc(partner.created_at),
        ended_at: partner.ended_at.map(wire::time::show_utc),
    }
}
