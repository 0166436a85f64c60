//! Partners: how an operator adds one, and what one is told of people who consented. A partner knows a person by a
//! name of its own, and of a purchase with something private in it the shop, the time and the amount.

use crate::account::message::{PurchaseMessage, StoreAnswer};
use crate::account::query::PurchaseQuery;
use crate::blame::parse;
use crate::error::FieldError;
use crate::operator::proven;
use crate::place::{Finding, Findings, Place};
use crate::scalar::Words;
use crate::time::show_utc;
use purchase::id::{AliasId, PartnerId};
use purchase::text::Text;
use purchase::time::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Somebody to whom people may consent to give what they bought.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, bound(deserialize = "'de: 'a"))]
#[schema(example = json!({"name": "Kakeibo", "purpose": "to keep your household accounts",
    "url": "https://kakeibo.example/"}))]
pub struct NewPartnerMessage<'a> {
    /// What people know it by.
    #[schema(value_type = String)]
    name: Words<'a>,
    /// What it wants purchases for, as people read it before they consent.
    #[schema(value_type = String)]
    purpose: Words<'a>,
    /// Where it says more of itself: an address that begins with `https://` or `http://`.
    #[schema(value_type = Option<String>, format = "uri")]
    url: Option<Words<'a>>,
}

/// A new partner, proven.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewPartner {
    /// What people know it by.
    pub name: Text,
    /// What it wants purchases for.
    pub purpose: Text,
    /// Where it says more of itself.
    pub url: Option<Text>,
}

/// Reads a new partner.
///
/// # Errors
/// Every fault found, with its place; never none.
pub fn read_partner(bytes: &[u8]) -> Result<NewPartner, Vec<FieldError>> {
    let sent: NewPartnerMessage<'_> = parse(bytes).map_err(|error| vec![error])?;
    let mut findings = Findings::default();
    let root = Place::Root;
    let name = findings.take(root.member("name"), sent.name.prove());
    let purpose = findings.take(root.member("purpose"), sent.purpose.prove());
    let url = findings.maybe(root.member("url"), sent.url.as_ref(), url);
    proven(findings, || {
        Some(NewPartner {
            name: name?,
            purpose: purpose?,
            url,
        })
    })
}

/// People press it: nothing but a page of the web may stand there.
fn url(words: &Words<'_>) -> Result<Text, Finding> {
    let text = words.prove()?;
    let rest = ["https://", "http://"]
        .iter()
        .find_map(|scheme| text.as_str().strip_prefix(scheme));
    let is_plain = |byte: u8| byte.is_ascii_graphic() && !b"\"'<>\\^`{|}@".contains(&byte);
    match rest {
        Some(rest) if !rest.is_empty() && !rest.starts_with('/') && rest.bytes().all(is_plain) => {
            Ok(text)
        }
        Some(_) | None => Err(Finding::invalid(
            "must be a web address such as https://kakeibo.example/ without blanks, and with other than ASCII letters escaped",
        )),
    }
}

/// A new partner. The key is shown this once.
#[derive(Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PartnerAnswer {
    /// The partner.
    pub partner_id: String,
    /// Its key for `Authorization: Bearer`.
    pub key: String,
    /// The page on which people consent; the partner shows them this link.
    pub consent_url: String,
}

/// The partners.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Partners {
    /// The partners, oldest first.
    pub partners: Vec<PartnerMessage>,
}

/// A partner as the operator sees it. Who consented is told to nobody but the partner.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PartnerMessage {
    /// The partner.
    pub partner_id: String,
    /// What people know it by.
    pub name: String,
    /// What it wants purchases for.
    pub purpose: String,
    /// Where it says more of itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The page on which people consent.
    pub consent_url: String,
    /// Since when.
    #[schema(format = "date-time")]
    pub created_at: String,
    /// Since when it gets nothing more; what people consented to is being taken away.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = "date-time")]
    pub ended_at: Option<String>,
}

/// People who consented, a page of them.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct GivingPeople {
    /// The people; a page may have fewer than the next, or none.
    pub people: Vec<GivingPerson>,
    /// Where the next page begins; null at the end.
    pub next_cursor: Option<String>,
}

/// Somebody who consented.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = json!({"person": "ppl_0b5d0tqy70q4p9kz2r6m8hxa1c", "given_at": "2026-11-29T03:00:00Z",
    "until": "2027-11-29T03:00:00Z", "from": "2026-11-29T03:00:00Z"}))]
pub struct GivingPerson {
    /// The person as this partner alone knows one.
    pub person: String,
    /// Since when.
    #[schema(format = "date-time")]
    pub given_at: String,
    /// Until when; then there is no such person.
    #[schema(format = "date-time")]
    pub until: String,
    /// What was bought before is not given; absent if all is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = "date-time")]
    pub from: Option<String>,
}

impl GivingPerson {
    /// The message of one person.
    #[must_use]
    pub fn new(
        alias: AliasId,
        given_at: Timestamp,
        until: Timestamp,
        from: Option<Timestamp>,
    ) -> Self {
        Self {
            person: alias.to_string(),
            given_at: show_utc(given_at),
            until: show_utc(until),
            from: from.map(show_utc),
        }
    }
}

/// The parameters of a partner's page of purchases, as sent.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct GivenQuery {
    /// Purchases on the page: 20 unless told otherwise, at most 100.
    #[param(value_type = Option<usize>, example = 20)]
    pub limit: Option<String>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
    /// Not before this: a time of RFC 3339, or a date in the store's own days.
    #[param(example = "2017-01-01")]
    pub from: Option<String>,
    /// Before this time of RFC 3339, or up to and including this date.
    #[param(example = "2017-01-31")]
    pub to: Option<String>,
}

impl From<GivenQuery> for PurchaseQuery {
    fn from(asked: GivenQuery) -> Self {
        Self {
            limit: asked.limit,
            cursor: asked.cursor,
            from: asked.from,
            to: asked.to,
            ..Self::default()
        }
    }
}

/// A page of what a person gives, newest first.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct GivenPage<'a> {
    /// The purchases.
    pub purchases: Vec<Given<'a>>,
    /// Where the next page begins; null at the end.
    pub next_cursor: Option<String>,
}

/// A purchase as a partner reads it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub enum Given<'a> {
    /// As the person reads it, without notes, cards, who served and the store's own object.
    Whole(Box<PurchaseMessage<'a>>),
    /// One with something private in it.
    Outline(GivenOutline<'a>),
}

/// A purchase of which nothing is told but shop, time and amount.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({"purchase_id": "pur_0b5d0tqy70q4p9kz2r6m8hxa1c", "private": true,
    "store": {"id": "s-330", "name": "Store 330"}, "purchased_at": "2017-01-01T06:53:26-05:00",
    "currency": "USD", "total": 50}))]
pub struct GivenOutline<'a> {
    /// Its id.
    pub purchase_id: String,
    /// Always true: the rest is the person's alone.
    pub private: bool,
    /// The store as it presented itself at the sale.
    pub store: StoreAnswer<'a>,
    /// When the customer paid, in the store's zone.
    #[schema(format = "date-time")]
    pub purchased_at: String,
    /// The currency.
    pub currency: &'a str,
    /// What the customer owed, in minor units.
    pub total: i64,
}

impl<'a> Given<'a> {
    /// All that a partner may know of a purchase in which nothing is private.
    #[must_use]
    pub fn whole(mut sold: PurchaseMessage<'a>) -> Self {
        for tender in &mut sold.tenders {
            tender.card = None;
        }
        (sold.staff, sold.extra) = (None, None);
        sold.notes.clear();
        Self::Whole(Box::new(sold))
    }

    /// All that it may know of another one.
    #[must_use]
    pub fn outline(sold: PurchaseMessage<'a>) -> Self {
        Self::Outline(GivenOutline {
            purchase_id: sold.purchase_id,
            private: true,
            store: sold.store,
            purchased_at: sold.purchased_at,
            currency: sold.currency,
            total: sold.total,
        })
    }
}

/// Where a page of people ended, as text for the partner's program; opaque.
#[must_use]
pub fn people_cursor(last: AliasId) -> String {
    let name = last.to_string();
    format!("{CURSOR}{}", name.strip_prefix("ppl_").unwrap_or(&name))
}

/// Begins a cursor of version 1.
const CURSOR: &str = "c1_";

/// Reads what [`people_cursor`] wrote.
#[must_use]
pub fn read_people_cursor(text: &str) -> Option<AliasId> {
    let digits = text.strip_prefix(CURSOR)?;
    AliasId::parse(&format!("ppl_{digits}")).ok()
}

/// The path of the page on which people consent to give something to a partner.
#[must_use]
pub fn consent_path(partner_id: PartnerId) -> String {
    format!("/consent/{partner_id}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_partner_is_read_or_told_what_is_wrong() {
        let check = |url: Option<&str>, is_good: bool| {
            let sent = json!({"name": "Kakeibo", "purpose": "accounts", "url": url});
            let found = read_partner(sent.to_string().as_bytes());
            assert_eq!(found.is_ok(), is_good, "{url:?}: {found:?}");
        };
        for good in [None, Some("https://kakeibo.example/"), Some("http://a")] {
            check(good, true);
        }
        for bad in [
            "",
            "kakeibo.example",
            "https://",
            "https:///x",
            "javascript:alert(1)",
            "data:text/html,x",
            "https://a b",
            "https://bank.example@evil.example/",
            "https://牛.example/",
            "https://a/\"onclick",
        ] {
            check(Some(bad), false);
        }
        let faults = read_partner(b"{\"name\": \"\", \"purpose\": \"\"}").unwrap_err();
        let places: Vec<_> = faults.iter().map(|fault| fault.pointer.as_str()).collect();
        assert_eq!(places, ["/name", "/purpose"]);
        assert!(read_partner(b"{\"name\": \"a\", \"purpose\": \"b\", \"key\": \"c\"}").is_err());
    }

    #[test]
    fn cursors_are_read_back() {
        let alias = AliasId([7; 16]);
        assert_eq!(read_people_cursor(&people_cursor(alias)), Some(alias));
        for wrong in ["", "c1_", &alias.to_string(), "c2_00"] {
            assert_eq!(read_people_cursor(wrong), None, "{wrong}");
        }
    }
}
