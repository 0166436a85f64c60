//! What the operator says and is told: stores, chains, devices, people, keys, counts. Keys pass
//! through as text; making and checking them is not done here.

use crate::blame::parse;
use crate::error::FieldError;
use crate::joining::public_key;
use crate::place::{Finding, Findings, Place};
use crate::scalar::Words;
use purchase::id::{IdError, StoreId};
use purchase::store::ChainId;
use purchase::text::Text;
use serde::Deserialize;
use utoipa::ToSchema;

pub mod answer;
pub mod count;
pub mod recovery;
pub mod sought;
pub mod standing;
pub mod store;
pub mod token;

/// A machine that a store gets a key for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, bound(deserialize = "'de: 'a"))]
#[schema(example = json!({"name": "till 1"}))]
pub struct NewDeviceMessage<'a> {
    /// What the operator calls it.
    #[schema(value_type = String)]
    name: Words<'a>,
    /// An Ed25519 public key as 64 hexadecimal digits; then the device signs, and gets no key.
    #[schema(value_type = Option<String>, pattern = "^[0-9a-fA-F]{64}$")]
    public_key: Option<Words<'a>>,
}

/// A new device, proven.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewDevice {
    /// What the operator calls it.
    pub name: Text,
    /// Its Ed25519 public key, if it signs its requests.
    pub public_key: Option<[u8; 32]>,
}

/// Reads a new device.
///
/// # Errors
/// Every fault found, with its place; never none.
pub fn read_device(bytes: &[u8]) -> Result<NewDevice, Vec<FieldError>> {
    let sent: NewDeviceMessage<'_> = parse(bytes).map_err(|error| vec![error])?;
    let mut findings = Findings::default();
    let root = Place::Root;
    let name = findings.take(root.member("name"), sent.name.prove());
    let place = root.member("public_key");
    let public_key = findings.maybe(place, sent.public_key.as_ref(), public_key);
    proven(findings, || {
        Some(NewDevice {
            name: name?,
            public_key,
        })
    })
}

/// A person whom the operator registers.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, bound(deserialize = "'de: 'a"))]
#[schema(example = json!({"ref": "h-1", "name": "山田 花子"}))]
pub struct NewUserMessage<'a> {
    /// The operator's own name for the person; the same one again gives the same person.
    #[serde(rename = "ref")]
    #[schema(value_type = Option<String>)]
    reference: Option<Words<'a>>,
    /// The person's name.
    #[schema(value_type = Option<String>)]
    name: Option<Words<'a>>,
    /// The person's e-mail address.
    #[schema(value_type = Option<String>, format = "email")]
    email: Option<Words<'a>>,
}

/// A new person, proven.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewUser {
    /// The operator's own name for the person.
    pub reference: Option<Text>,
    /// The person's name.
    pub name: Option<Text>,
    /// The person's e-mail address.
    pub email: Option<Text>,
}

/// Reads a new person.
///
/// # Errors
/// Every fault found, with its place; never none.
pub fn read_user(bytes: &[u8]) -> Result<NewUser, Vec<FieldError>> {
    let sent: NewUserMessage<'_> = parse(bytes).map_err(|error| vec![error])?;
    let mut findings = Findings::default();
    let root = Place::Root;
    let mut text = |name: &str, sent: Option<&Words<'_>>| {
        findings.maybe(root.member(name), sent, Words::prove)
    };
    let reference = text("ref", sent.reference.as_ref());
    let name = text("name", sent.name.as_ref());
    let email = findings.maybe(root.member("email"), sent.email.as_ref(), email);
    proven(findings, || {
        Some(NewUser {
            reference,
            name,
            email,
        })
    })
}

/// An address has something on both sides of an `@`; the rest is found out by writing to it.
fn email(words: &Words<'_>) -> Result<Text, Finding> {
    let text = words.prove()?;
    match text.as_str().rsplit_once('@') {
        Some((local, domain))
            if !local.is_empty() && !domain.is_empty() && !text.as_str().contains(' ') =>
        {
            Ok(text)
        }
        Some(_) | None => Err(Finding::invalid("must be an e-mail address")),
    }
}

/// A chain of stores.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, bound(deserialize = "'de: 'a"))]
#[schema(example = json!({"chain_id": "green", "name": "Green Markets"}))]
pub struct NewChainMessage<'a> {
    /// 1 to 64 of a-z, 0-9 and -.
    #[schema(value_type = String)]
    chain_id: Words<'a>,
    /// Its name.
    #[schema(value_type = String)]
    name: Words<'a>,
}

/// A new chain, proven.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewChain {
    /// Its id.
    pub chain_id: ChainId,
    /// Its name.
    pub name: Text,
}

/// Reads a new chain.
///
/// # Errors
/// Every fault found, with its place; never none.
pub fn read_chain(bytes: &[u8]) -> Result<NewChain, Vec<FieldError>> {
    let sent: NewChainMessage<'_> = parse(bytes).map_err(|error| vec![error])?;
    let mut findings = Findings::default();
    let root = Place::Root;
    let chain_id = findings.take(root.member("chain_id"), chain_id(&sent.chain_id));
    let name = findings.take(root.member("name"), sent.name.prove());
    proven(findings, || {
        Some(NewChain {
            chain_id: chain_id?,
            name: name?,
        })
    })
}

/// A further operator's key. Without a chain and a store it is for everything.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, bound(deserialize = "'de: 'a"))]
#[schema(example = json!({"label": "Kim", "store_id": "s-1"}))]
pub struct NewOperatorMessage<'a> {
    /// What its holder is called.
    #[schema(value_type = Option<String>)]
    label: Option<Words<'a>>,
    /// The chain whose stores alone it is for.
    #[schema(value_type = Option<String>)]
    chain_id: Option<Words<'a>>,
    /// The store that alone it is for.
    #[schema(value_type = Option<String>)]
    store_id: Option<Words<'a>>,
}

/// How far a key reaches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Everything that operators may.
    Everything,
    /// The stores of a chain.
    Chain(ChainId),
    /// One store.
    Store(StoreId),
}

/// A new operator's key, proven.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewOperator {
    /// What its holder is called.
    pub label: Option<Text>,
    /// How far it reaches.
    pub reach: Reach,
}

/// Reads a new operator's key; nothing at all is one for everything.
///
/// # Errors
/// Every fault found, with its place; never none.
pub fn read_operator(bytes: &[u8]) -> Result<NewOperator, Vec<FieldError>> {
    let sent: NewOperatorMessage<'_> = match bytes {
        [] => NewOperatorMessage::default(),
        bytes => parse(bytes).map_err(|error| vec![error])?,
    };
    let mut findings = Findings::default();
    let root = Place::Root;
    let label = findings.maybe(root.member("label"), sent.label.as_ref(), Words::prove);
    let chain = findings.maybe(root.member("chain_id"), sent.chain_id.as_ref(), chain_id);
    let store = findings.maybe(root.member("store_id"), sent.store_id.as_ref(), store_id);
    let reach = match (chain, store) {
        (None, None) => Some(Reach::Everything),
        (Some(chain_id), None) => Some(Reach::Chain(chain_id)),
        (None, Some(store_id)) => Some(Reach::Store(store_id)),
        (Some(_), Some(_)) => {
            let both = Finding::invalid("name a chain or a store, not both");
            findings.take::<Reach>(root.member("store_id"), Err::<Reach, _>(both))
        }
    };
    proven(findings, || {
        Some(NewOperator {
            label,
            reach: reach?,
        })
    })
}

/// The store's word that a revision names the lines that wait for a code.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"revision": 18}))]
pub struct ConfirmMessage {
    revision: u64,
}

/// Reads the revision that a store confirms for a pending code.
///
/// # Errors
/// Every fault found, with its place; never none.
pub fn read_confirm(bytes: &[u8]) -> Result<purchase::id::Revision, Vec<FieldError>> {
    let sent: ConfirmMessage = parse(bytes).map_err(|error| vec![error])?;
    Ok(purchase::id::Revision(sent.revision))
}

fn chain_id(words: &Words<'_>) -> Result<ChainId, IdError> {
    ChainId::parse(words.as_str())
}

fn store_id(words: &Words<'_>) -> Result<StoreId, IdError> {
    StoreId::parse(words.as_str())
}

/// The message if nothing was found wrong with it.
pub(crate) fn proven<T>(
    findings: Findings,
    build: impl FnOnce() -> Option<T>,
) -> Result<T, Vec<FieldError>> {
    match build() {
        Some(value) if findings.is_empty() => Ok(value),
        Some(_) | None => Err(findings.into_errors()),
    }
}
