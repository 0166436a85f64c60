//! The words with which the demo begins: where everything is, and requests to paste that work.

use super::furnish::{PERSON_NAME, Person};
use super::history::MONTHS;
use super::machine::Machines;
use super::screen::thousands;
use super::shop::Shop;
use crate::client::Client;
use crate::square;
use jiff::civil::DateTime;
use serde::Deserialize;
use std::io::IsTerminal;
use std::path::Path;
use std::time::Duration;

/// What is bought in the request that sends a sale.
const SALE_OF: &str = "milk";
/// A till that no other sale of the demo uses.
const SALE_TILL: &str = "9";

#[derive(Deserialize)]
struct Counts {
    total: Total,
}

#[derive(Deserialize)]
struct Total {
    settlements: i64,
    lines: i64,
}

/// What the welcome tells.
pub(super) struct Welcome<'a> {
    pub(super) stage: &'a str,
    /// How a phone gets in; empty if none is let in.
    pub(super) phone: &'a str,
    pub(super) base: &'a str,
    /// Who vouches for the server, if it speaks TLS.
    pub(super) ca_file: Option<&'a Path>,
    pub(super) data: &'a Path,
    pub(super) is_kept: bool,
    pub(super) person: &'a Person,
    pub(super) newest: &'a str,
    pub(super) supermarket: &'a Shop,
    /// The key of one of the supermarket's tills that does without a device.
    pub(super) key: &'a str,
    pub(super) machines: &'a Machines,
    pub(super) now: DateTime,
    pub(super) took: Duration,
}

impl Welcome<'_> {
    /// The whole text, with what the server itself says it has filed.
    pub(super) async fn text(&self, operator: &Client) -> anyhow::Result<String> {
        let Counts { total } = operator.read("/v1/counts").await?;
        let (purchases, lines) = (thousands(total.settlements), thousands(total.lines));
        let Self {
            base,
            stage,
            phone,
            person: Person { token, user_id },
            newest,
            ..
        } = self;
        let took_ms = self.took.as_millis();
        let data = self.data.display();
        let fate = if self.is_kept {
            "kept"
        } else {
            "gone at the end; --keep DIR keeps it"
        };
        let trust = self
            .ca_file
            .map(|path| format!("  export CURL_CA_BUNDLE={}\n", path.display()));
        let trust = trust.unwrap_or_default();
        let key = self.key;
        let shop = self.supermarket.profile.name;
        let sale = self.sale()?;
        let counters = self.machines.counters();
        let [supermarket, drugstore, cafe, salon] = counters.each_ref().map(|shop| &shop.page);
        Ok(format!(
            "\
Orihon: four shops in one street, and {MONTHS} months of {PERSON_NAME}'s purchases
  begin at  {stage}   all of this with a button for each: also to cut a shop's line,
            to rename an item, to forget a code
  book      {stage}/go/book      {PERSON_NAME}'s purchases, as they arrive
  code      {stage}/go/code      the member code
  console   {stage}/go/console   for whoever runs the server
  till      {supermarket}   the supermarket's; the others are
            {drugstore} (drugstore)  {cafe} (café)  {salon} (hair salon)
            each belongs to a store device with a database and an outbox of its own: open one,
            touch an item, and name the buyer: {user_id}
  server    {base}      the interface to look at: {base}/docs
  data      {data}   ({fate})
  operator  {data}/operator.key
  filed     {purchases} purchases with {lines} lines; ready after {took_ms} ms

To look around, paste this into another terminal first: the server, {PERSON_NAME}'s token,
the key of a till of {shop}, and the operator's key.
{trust}  O={base}
  P='Authorization: Bearer {token}'
  D='Authorization: Bearer {key}'
  A=\"Authorization: Bearer $(cat {data}/operator.key)\"
Then any of these: the newest purchases, all with 牛乳 in them, one of them, what arrives from
now on, the operator's counts, and a carton of milk sold at that till, which then shows below.
  curl -s -H \"$P\" \"$O/v1/me/purchases?limit=3\"
  curl -s -H \"$P\" -G $O/v1/me/purchases --data-urlencode q=牛乳
  curl -s -H \"$P\" $O/v1/me/purchases/{newest}
  curl -sN -H \"$P\" $O/v1/me/events
  curl -s -H \"$A\" \"$O/v1/counts?by=store\"
  curl -s -H \"$D\" $O/v1/settlements -d {sale}
{phone}"
        ))
    }

    /// A sale of one carton of milk, quoted for a shell, that is a new one each time it is sent.
    fn sale(&self) -> anyhow::Result<String> {
        let ware = self.supermarket.shelf.ware(SALE_OF)?;
        let day = self.now.date();
        let price = ware.price_on(day);
        let tax = price * ware.rate.percent() / 100;
        let (shop, code, percent) = (self.supermarket.id(), ware.code, ware.rate.text());
        let (user_id, total) = (&self.person.user_id, price + tax);
        Ok(format!(
            "'{{\"store_id\":\"{shop}\",\"terminal\":\"{SALE_TILL}\",\"business_date\":\"{day}\",
    \"transaction\":\"'$(date +%s)'\",\"kind\":\"sale\",\"purchased_at\":\"'$(date -u +%FT%TZ)'\",\"currency\":\"JPY\",
    \"user\":{{\"id\":\"{user_id}\"}},\"lines\":[{{\"code\":\"{code}\",\"quantity\":\"1\",\"unit_price\":{price},\"amount\":{price}}}],
    \"taxes\":[{{\"percent\":\"{percent}\",\"included\":false,\"taxable\":{price},\"tax\":{tax}}}],\"total\":{total}}}'"
        ))
    }
}

/// How a phone gets in: by the square code once, and by its address afterwards.
pub(super) fn phone(public: &str, link: &str) -> String {
    // Where nobody looks, such as in a file, a link is of more use than a picture of it.
    let square = shown(link).unwrap_or_else(|| link.to_owned());
    format!(
        "
On a phone in the same network, point the camera at this: it opens the book once, on one phone,
and the stage has another for the next. Everybody in this network can open {public},
and nothing is encrypted on the way.

{square}"
    )
}

/// How a phone gets in over TLS: it learns to trust the demo first, and then has all of it.
pub(super) fn secured_phone(trust: &str, fingerprint: &str, link: &str) -> String {
    let [first, second] = [trust, link].map(|link| shown(link).unwrap_or_default());
    format!(
        "
On a phone in the same network, point the camera at this first. The page helps the phone to trust
the demo; compare the SHA-256 that it shows with this one, and take the certificate out again later:
  {trust}
  {fingerprint}

{first}
Then at this: the stage, with book, code, console and tills. Who has the link can do all of that.
  {link}

{second}"
    )
}

/// A square code, if somebody looks at a terminal.
fn shown(link: &str) -> Option<String> {
    let drawn = std::io::stdout().is_terminal().then(|| square::draw(link));
    drawn.flatten()
}
