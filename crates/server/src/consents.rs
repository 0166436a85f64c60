//! What a person gives to partners: consenting, what was consented to, and taking it back. Without a consent a
//! partner is sent nothing; what it is sent with one is decided beside this.

use crate::app::App;
use crate::office::change;
use crate::reply::{Refused, Reply};
use ledger::account::{Consent, Partner};
use ledger::write::{Changed, ConsentStep, Reach, Write};
use purchase::id::{PartnerId, UserId};
use wire::error::ErrorCode;

const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

/// How long a consent is good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Period {
    /// For a month.
    Month,
    /// For a year.
    Year,
    /// Until it is taken back, and no longer than five years: nobody gives something for ever without
    /// thinking of it again.
    Long,
}

impl Period {
    /// Every one, in the order in which they are offered.
    pub const ALL: [Self; 3] = [Self::Year, Self::Month, Self::Long];

    /// As forms say it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Month => "month",
            Self::Year => "year",
            Self::Long => "long",
        }
    }

    /// Reads what a form says.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|period| period.name() == name)
    }

    const fn ms(self) -> i64 {
        match self {
            Self::Month => 30 * DAY_MS,
            Self::Year => 365 * DAY_MS,
            Self::Long => 5 * 365 * DAY_MS,
        }
    }
}

/// Something that a person gives or gave.
#[derive(Clone, Debug)]
pub struct Shared {
    /// To whom.
    pub partner: Partner,
    /// What.
    pub consent: Consent,
}

/// All that a person consented to, newest first, what is over among it.
///
/// # Errors
/// A problem if the memory cannot be read.
pub fn of(app: &App, user_id: UserId) -> Reply<Vec<Shared>> {
    let mut found = Vec::new();
    for consent in app.ledger.consents(user_id)? {
        // Of one that was removed the rest is just being taken away.
        if let Some(partner) = app.ledger.partner(consent.partner_id)? {
            found.push(Shared { partner, consent });
        }
    }
    Ok(found)
}

/// The partner, if people may consent to it.
///
/// # Errors
/// 404 if there is none, or none any more.
pub fn partner(app: &App, partner_id: &str) -> Reply<Partner> {
    let not_found = || Refused::not_found("partner");
    let partner_id = PartnerId::parse(partner_id).map_err(|_| not_found())?;
    let found = app.ledger.partner(partner_id)?;
    found
        .filter(|partner| partner.ended_at.is_none())
        .ok_or_else(not_found)
}

/// The person gives the partner purchases from now on, for as long as said.
///
/// # Errors
/// 404 if there is no such partner any more, and a problem if the person gives to too many already.
pub async fn give(
    app: &App,
    user_id: UserId,
    partner_id: PartnerId,
    (reach, period): (Reach, Period),
) -> Reply<()> {
    let step = ConsentStep::Give {
        user_id,
        partner_id,
        until: app.clock.now().plus_ms(period.ms()),
        reach,
    };
    match change(app, Write::Consent(step)).await? {
        Changed::Done | Changed::Same => Ok(()),
        Changed::Full => Err(Refused::new(
            ErrorCode::TooManyRows,
            "an account gives to 100 partners at most; take a consent back first, on the page of your account",
        )),
        Changed::Different | Changed::NotFound | Changed::Last => {
            Err(Refused::not_found("partner"))
        }
    }
}

/// The partner gets nothing more from now on; a consent that is gone already stays so.
///
/// # Errors
/// 503 if nothing can be written now.
pub async fn revoke(app: &App, user_id: UserId, partner_id: &str) -> Reply<()> {
    let partner_id = PartnerId::parse(partner_id);
    let step = ConsentStep::Revoke {
        user_id,
        partner_id: partner_id.map_err(|_| Refused::not_found("consent"))?,
    };
    match change(app, Write::Consent(step)).await? {
        Changed::Done | Changed::Same | Changed::NotFound => Ok(()),
        other @ (Changed::Different | Changed::Last | Changed::Full) => {
            panic!("taking a consent back was answered with {other:?}")
        }
    }
}
