//! Shops and chains from which somebody wants nothing filed: a button where the shop is met, and the list of all in
//! the account. What that does to a sale is decided elsewhere.

use super::account::day;
use super::language::{Lang, own_path};
use super::visitor::Holder;
use crate::app::App;
use crate::blocks;
use crate::reply::{Refused, Reply};
use axum::extract::State;
use axum::response::Redirect;
use axum::routing::post;
use axum::{Form, Router};
use ledger::account::{Block, Blocked};
use maud::{Markup, html};
use purchase::id::StoreId;
use purchase::store::{ChainId, Store};
use serde::Deserialize;
use std::sync::Arc;

pub(super) fn router() -> Router<Arc<App>> {
    Router::new()
        .route("/blocks", post(begin))
        .route("/blocks/end", post(end))
}

/// What a button sends.
#[derive(Deserialize)]
struct Sent {
    /// `store` or `chain`.
    what: String,
    id: String,
    /// The page with the button.
    back: String,
}

impl Sent {
    fn prove(&self) -> Reply<Blocked> {
        let not_found = |what| move |_| Refused::not_found(what);
        match self.what.as_str() {
            "chain" => ChainId::parse(&self.id)
                .map(Blocked::Chain)
                .map_err(not_found("chain")),
            _ => StoreId::parse(&self.id)
                .map(Blocked::Store)
                .map_err(|_| Refused::not_found("store")),
        }
    }
}

/// Files nothing more from there.
async fn begin(
    holder: Holder,
    State(app): State<Arc<App>>,
    Form(sent): Form<Sent>,
) -> Reply<Redirect> {
    blocks::block(&app, holder.user_id, sent.prove()?).await?;
    Ok(Redirect::to(own_path(&sent.back)))
}

/// Files what comes from there again.
async fn end(
    holder: Holder,
    State(app): State<Arc<App>>,
    Form(sent): Form<Sent>,
) -> Reply<Redirect> {
    blocks::unblock(&app, holder.user_id, &sent.prove()?).await?;
    Ok(Redirect::to(own_path(&sent.back)))
}

/// The buttons for one shop and its chain, folded while nothing of it is blocked.
pub(super) fn form(app: &App, holder: Holder, store: &Store, back: &str) -> Reply<Markup> {
    let (lang, words) = (holder.lang, holder.lang.of_discretion());
    let all = blocks::of(app, holder.user_id)?;
    let here = Blocked::Store(store.store_id.clone());
    let chain = store.chain_id.clone().map(Blocked::Chain);
    let mut rows = Vec::new();
    for blocked in [Some(here), chain].into_iter().flatten() {
        let block = all.iter().find(|block| block.blocked == blocked).cloned();
        let name = blocks::name(app, &blocked)?;
        rows.push((blocked, name, block));
    }
    let is_blocked = rows.iter().any(|(_, _, block)| block.is_some());
    Ok(html! {
        section.card.own #blocked {
            details open[is_blocked] {
                summary { (words.block) }
                div {
                    p.soft.small { (words.block_lead) }
                    ul.list { @for (blocked, name, block) in &rows {
                        (row(app, lang, (blocked, name, kind_here(lang, blocked)), block.as_ref(), &format!("{back}#blocked")))
                    } }
                }
            }
        }
    })
}

/// All that is blocked, for the account.
pub(super) fn section(app: &App, holder: Holder) -> Reply<Markup> {
    let (lang, words) = (holder.lang, holder.lang.of_discretion());
    let all = blocks::of(app, holder.user_id)?;
    let names = all.iter().map(|block| blocks::name(app, &block.blocked));
    let names = names.collect::<Reply<Vec<_>>>()?;
    Ok(html! {
        section.card #blocks {
            h2 { (words.blocks) }
            p.soft { (words.block_lead) }
            @if all.is_empty() { p.soft { (words.no_blocks) } }
            ul.list { @for (block, name) in all.iter().zip(&names) {
                (row(app, lang, (&block.blocked, name, kind(lang, &block.blocked)), Some(block), "/account#blocks"))
            } }
        }
    })
}

/// What it is, where the reader looks at one shop.
const fn kind_here(lang: Lang, blocked: &Blocked) -> &'static str {
    match blocked {
        Blocked::Store(_) => lang.of_discretion().this_shop,
        Blocked::Chain(_) => kind(lang, blocked),
    }
}

/// What it is, among others.
const fn kind(lang: Lang, blocked: &Blocked) -> &'static str {
    let words = lang.of_discretion();
    match blocked {
        Blocked::Store(_) => words.one_shop,
        Blocked::Chain(_) => words.whole_chain,
    }
}

fn row(
    app: &App,
    lang: Lang,
    (blocked, name, kind): (&Blocked, &str, &str),
    block: Option<&Block>,
    back: &str,
) -> Markup {
    let words = lang.of_discretion();
    let (what, id) = match blocked {
        Blocked::Store(store_id) => ("store", store_id.as_str()),
        Blocked::Chain(chain_id) => ("chain", chain_id.as_str()),
    };
    html! {
        li {
            div {
                p { strong { bdi { (name) } } " " span.soft.small { (kind) } }
                @if let Some(block) = block {
                    p.mark { ((words.blocked_since)(&day(app, lang, block.since))) }
                }
            }
            form method="post" action=(if block.is_some() { "/blocks/end" } else { "/blocks" }) {
                input type="hidden" name="what" value=(what);
                input type="hidden" name="id" value=(id);
                input type="hidden" name="back" value=(back);
                button { (if block.is_some() { words.unblock_do } else { words.block_do }) }
            }
        }
    }
}
