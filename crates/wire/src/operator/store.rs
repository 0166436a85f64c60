//! New stores, and stores that present themselves differently from an instant on.

use super::{chain_id, proven, store_id};
use crate::blame::parse;
use crate::error::{ErrorCode, FieldError};
use crate::place::{Finding, Findings, Place};
use crate::scalar::{Object, Words, object};
use crate::time::{instant, show};
use jiff::tz::TimeZone;
use purchase::id::StoreId;
use purchase::money::Currency;
use purchase::store::{ChainId, Identity, Issuer, Store};
use purchase::text::Text;
use purchase::time::Timestamp;
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

/// A store that the operator opens.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, bound(deserialize = "'de: 'a"))]
#[schema(example = json!({
    "store_id": "s-330", "name": "Store 330", "timezone": "America/New_York", "currency": "USD"
}))]
pub struct NewStoreMessage<'a> {
    /// 1 to 64 of a-z, 0-9 and -; never used for another store.
    #[schema(value_type = String)]
    store_id: Words<'a>,
    /// Its name.
    #[schema(value_type = String)]
    name: Words<'a>,
    /// The IANA name of its time zone.
    #[schema(value_type = String)]
    timezone: Words<'a>,
    /// ISO 4217: the currency of everything it sells.
    #[schema(value_type = String)]
    currency: Words<'a>,
    /// The chain it belongs to.
    #[schema(value_type = Option<String>)]
    chain_id: Option<Words<'a>>,
    /// The store of the same chain whose catalogue it follows instead of having one.
    #[schema(value_type = Option<String>)]
    catalogue_of: Option<Words<'a>>,
    /// Who issues its invoices.
    #[serde(default, deserialize_with = "object")]
    issuer: Option<IssuerMessage<'a>>,
    /// Where it is.
    #[schema(value_type = Option<String>)]
    address: Option<Words<'a>>,
    /// Its telephone number.
    #[schema(value_type = Option<String>)]
    phone: Option<Words<'a>>,
    /// What its receipts end with.
    #[schema(value_type = Option<String>)]
    receipt_footer: Option<Words<'a>>,
}

/// Who issues the invoices of a store.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, bound(deserialize = "'de: 'a"))]
#[schema(example = json!({"name": "Green Markets KK", "registration_number": "T1234567890123"}))]
pub struct IssuerMessage<'a> {
    /// The issuer's name.
    #[schema(value_type = String)]
    name: Words<'a>,
    /// The registration number, T and 13 digits in Japan.
    #[schema(value_type = Option<String>)]
    registration_number: Option<Words<'a>>,
}

/// Reads a new store.
///
/// # Errors
/// Every fault found, with its place; never none.
pub fn read_store(bytes: &[u8]) -> Result<Store, Vec<FieldError>> {
    let sent: NewStoreMessage<'_> = parse(bytes).map_err(|error| vec![error])?;
    let mut findings = Findings::default();
    let root = Place::Root;
    let store_id = findings.take(root.member("store_id"), store_id(&sent.store_id));
    let timezone = findings.take(root.member("timezone"), timezone(&sent.timezone));
    let currency = Currency::parse(sent.currency.as_str());
    let currency = findings.take(root.member("currency"), currency);
    let chain = sent.chain_id.as_ref();
    let chain_id = findings.maybe(root.member("chain_id"), chain, chain_id);
    let shared = sent.catalogue_of.as_ref();
    let catalogue_of = findings.maybe(root.member("catalogue_of"), shared, super::store_id);
    let name = findings.take(root.member("name"), sent.name.prove());
    let issuer = sent
        .issuer
        .as_ref()
        .and_then(|sent| issuer(sent, &mut findings));
    let mut text = |name: &str, sent: Option<&Words<'_>>| {
        findings.maybe(root.member(name), sent, Words::prove)
    };
    let address = text("address", sent.address.as_ref());
    let phone = text("phone", sent.phone.as_ref());
    let receipt_footer = text("receipt_footer", sent.receipt_footer.as_ref());
    proven(findings, || {
        Some(Store {
            store_id: store_id?,
            timezone: timezone?,
            currency: currency?,
            chain_id,
            catalogue_of,
            closed_at: None,
            identities: vec![Identity {
                effective_from: Timestamp::ZERO,
                name: name?,
                issuer,
                address,
                phone,
                receipt_footer,
            }],
        })
    })
}

/// The zone's name as its database writes it.
fn timezone(words: &Words<'_>) -> Result<Text, Finding> {
    let unknown = || Finding::invalid("must be the IANA name of a time zone, such as Asia/Tokyo");
    let zone = TimeZone::get(words.as_str()).map_err(|_| unknown())?;
    let name = zone.iana_name().ok_or_else(unknown)?;
    Ok(Text::new(name, purchase::limits::TEXT_CHARS_MAX)?)
}

fn issuer(sent: &IssuerMessage<'_>, findings: &mut Findings) -> Option<Issuer> {
    let root = Place::Root;
    let place = root.member("issuer");
    let name = findings.take(place.member("name"), sent.name.prove());
    let number = sent.registration_number.as_ref();
    let number = findings.maybe(place.member("registration_number"), number, Words::prove);
    Some(Issuer {
        name: name?,
        registration_number: number,
    })
}

/// A store that presents itself differently from an instant on. What is absent stays, what is null
/// goes (RFC 7396); purchases made before keep what was.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, bound(deserialize = "'de: 'a"))]
#[schema(example = json!({"effective_from": "2017-06-01T00:00:00-04:00", "name": "Store 330 East"}))]
pub struct StorePatchMessage<'a> {
    /// From when; needed where any of its identity changes.
    #[schema(value_type = Option<String>, format = "date-time")]
    effective_from: Option<Words<'a>>,
    /// The chain it belongs to, from now on.
    #[serde(default, deserialize_with = "told")]
    #[schema(value_type = Option<String>)]
    chain_id: Told<Words<'a>>,
    /// The store of the same chain whose catalogue it follows, from now on.
    #[serde(default, deserialize_with = "told")]
    #[schema(value_type = Option<String>)]
    catalogue_of: Told<Words<'a>>,
    /// Its name.
    #[schema(value_type = Option<String>)]
    name: Option<Words<'a>>,
    /// Who issues its invoices.
    #[serde(default, deserialize_with = "told_object")]
    #[schema(value_type = Option<IssuerMessage>)]
    issuer: Told<IssuerMessage<'a>>,
    /// Where it is.
    #[serde(default, deserialize_with = "told")]
    #[schema(value_type = Option<String>)]
    address: Told<Words<'a>>,
    /// Its telephone number.
    #[serde(default, deserialize_with = "told")]
    #[schema(value_type = Option<String>)]
    phone: Told<Words<'a>>,
    /// What its receipts end with.
    #[serde(default, deserialize_with = "told")]
    #[schema(value_type = Option<String>)]
    receipt_footer: Told<Words<'a>>,
}

/// What a patch says of one member.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Told<T> {
    /// Nothing: it stays.
    #[default]
    Nothing,
    /// It goes.
    Gone,
    /// It becomes this.
    New(T),
}

impl<T> Told<T> {
    fn over(self, old: Option<T>) -> Option<T> {
        match self {
            Self::Nothing => old,
            Self::Gone => None,
            Self::New(new) => Some(new),
        }
    }

    fn prove<U>(&self, prove: impl FnOnce(&T) -> Option<U>) -> Told<U> {
        match self {
            Self::Nothing => Told::Nothing,
            Self::Gone => Told::Gone,
            // What could not be proven is a finding already, so this is never used.
            Self::New(new) => prove(new).map_or(Told::Nothing, Told::New),
        }
    }
}

fn told<'de, D: Deserializer<'de>, T: Deserialize<'de>>(from: D) -> Result<Told<T>, D::Error> {
    Option::deserialize(from).map(|read| read.map_or(Told::Gone, Told::New))
}

fn told_object<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    from: D,
) -> Result<Told<T>, D::Error> {
    told(from).map(|read: Told<Object<T>>| match read {
        Told::Nothing => Told::Nothing,
        Told::Gone => Told::Gone,
        Told::New(Object(value)) => Told::New(value),
    })
}

/// A change of a store, proven.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StorePatch {
    /// How it presents itself; none if that stays.
    pub identity: Option<IdentityPatch>,
    /// The chain it belongs to.
    pub chain_id: Told<ChainId>,
    /// The store whose catalogue it follows.
    pub catalogue_of: Told<StoreId>,
}

impl StorePatch {
    /// The chain of `store` from now on, and the store that it follows; none if both stay.
    #[must_use]
    pub fn link_over(&self, store: &Store) -> Option<(Option<ChainId>, Option<StoreId>)> {
        if (&self.chain_id, &self.catalogue_of) == (&Told::Nothing, &Told::Nothing) {
            return None;
        }
        let chain_id = self.chain_id.clone().over(store.chain_id.clone());
        let catalogue_of = self.catalogue_of.clone();
        Some((chain_id, catalogue_of.over(store.catalogue_of.clone())))
    }
}

/// A change of a store's identity, proven.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdentityPatch {
    /// From when.
    pub effective_from: Timestamp,
    /// Its new name.
    pub name: Option<Text>,
    /// Who issues its invoices.
    pub issuer: Told<Issuer>,
    /// Where it is.
    pub address: Told<Text>,
    /// Its telephone number.
    pub phone: Told<Text>,
    /// What its receipts end with.
    pub receipt_footer: Told<Text>,
}

impl IdentityPatch {
    /// The identity that `store` has from `effective_from` on.
    #[must_use]
    pub fn over(self, store: &Store) -> Identity {
        let old = store.identity(store.identity_at(self.effective_from));
        Identity {
            effective_from: self.effective_from,
            name: self.name.unwrap_or_else(|| old.name.clone()),
            issuer: self.issuer.over(old.issuer.clone()),
            address: self.address.over(old.address.clone()),
            phone: self.phone.over(old.phone.clone()),
            receipt_footer: self.receipt_footer.over(old.receipt_footer.clone()),
        }
    }
}

/// Reads a change of a store.
///
/// # Errors
/// Every fault found, with its place; never none.
pub fn read_store_patch(bytes: &[u8]) -> Result<StorePatch, Vec<FieldError>> {
    let sent: StorePatchMessage<'_> = parse(bytes).map_err(|error| vec![error])?;
    let mut findings = Findings::default();
    let root = Place::Root;
    let chain_id = sent
        .chain_id
        .prove(|words| findings.take(root.member("chain_id"), chain_id(words)));
    let catalogue_of = sent
        .catalogue_of
        .prove(|words| findings.take(root.member("catalogue_of"), store_id(words)));
    let identity = identity_patch(&sent, &mut findings);
    proven(findings, || {
        Some(StorePatch {
            identity,
            chain_id,
            catalogue_of,
        })
    })
}

/// What the message says of the store's identity.
fn identity_patch(sent: &StorePatchMessage<'_>, findings: &mut Findings) -> Option<IdentityPatch> {
    let root = Place::Root;
    let place = root.member("effective_from");
    let effective_from = match &sent.effective_from {
        Some(words) => findings.take(place, instant(words.as_str())),
        None if is_link_only(sent) => None,
        None => {
            let missing = Finding::new(ErrorCode::MissingField, "say from when this holds");
            findings.take(place, Err::<Timestamp, _>(missing))
        }
    };
    let name = findings.maybe(root.member("name"), sent.name.as_ref(), Words::prove);
    let issuer = sent.issuer.prove(|sent| issuer(sent, findings));
    let mut text = |name: &str, sent: &Told<Words<'_>>| {
        sent.prove(|words| findings.take(root.member(name), words.prove()))
    };
    let address = text("address", &sent.address);
    let phone = text("phone", &sent.phone);
    let receipt_footer = text("receipt_footer", &sent.receipt_footer);
    Some(IdentityPatch {
        effective_from: effective_from?,
        name,
        issuer,
        address,
        phone,
        receipt_footer,
    })
}

/// Does it say something of chain or catalogue, and nothing of the identity?
fn is_link_only(sent: &StorePatchMessage<'_>) -> bool {
    let texts = [&sent.address, &sent.phone, &sent.receipt_footer];
    let links = [&sent.chain_id, &sent.catalogue_of];
    let is_untold = |told: &&Told<Words<'_>>| matches!(told, Told::Nothing);
    !links.iter().all(is_untold)
        && sent.name.is_none()
        && matches!(sent.issuer, Told::Nothing)
        && texts.iter().all(is_untold)
}

/// A store as the operator and its devices see it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct StoreMessage<'a> {
    /// Its id.
    pub store_id: &'a str,
    /// Its name now.
    pub name: &'a str,
    /// The IANA name of its time zone.
    pub timezone: &'a str,
    /// The currency it sells in.
    pub currency: &'a str,
    /// The chain it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chain_id: Option<&'a str>,
    /// The store of the same chain whose catalogue it follows instead of having one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub catalogue_of: Option<&'a str>,
    /// Who issues its invoices.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issuer: Option<IssuerAnswer<'a>>,
    /// Where it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<&'a str>,
    /// Its telephone number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<&'a str>,
    /// What its receipts end with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub receipt_footer: Option<&'a str>,
    /// When it was closed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = "date-time")]
    pub closed_at: Option<String>,
}

/// Who issues the invoices of a store.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct IssuerAnswer<'a> {
    /// The issuer's name.
    pub name: &'a str,
    /// The registration number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub registration_number: Option<&'a str>,
}

impl<'a> From<&'a Issuer> for IssuerAnswer<'a> {
    fn from(issuer: &'a Issuer) -> Self {
        Self {
            name: issuer.name.as_str(),
            registration_number: issuer.registration_number.as_ref().map(Text::as_str),
        }
    }
}

/// The message of a store as it presents itself at `at`.
#[must_use]
pub fn store_message<'a>(store: &'a Store, at: Timestamp, zone: &TimeZone) -> StoreMessage<'a> {
    let identity = store.identity(store.identity_at(at));
    StoreMessage {
        store_id: store.store_id.as_str(),
        name: identity.name.as_str(),
        timezone: store.timezone.as_str(),
        currency: store.currency.code(),
        chain_id: store.chain_id.as_ref().map(|chain| chain.as_str()),
        catalogue_of: store.catalogue_of.as_ref().map(StoreId::as_str),
        issuer: identity.issuer.as_ref().map(IssuerAnswer::from),
        address: identity.address.as_ref().map(Text::as_str),
        phone: identity.phone.as_ref().map(Text::as_str),
        receipt_footer: identity.receipt_footer.as_ref().map(Text::as_str),
        closed_at: store.closed_at.map(|at| show(at, zone)),
    }
}

/// Every store.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Stores<'a> {
    /// The stores, by id.
    pub stores: Vec<StoreMessage<'a>>,
}
