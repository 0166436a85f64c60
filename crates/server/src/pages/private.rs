//! What somebody wants to keep private on a receipt: one line, or an item wherever it was or will be bought. Where
//! private things are hidden is decided by the pages that show them.

use super::book::name;
use super::language::Lang;
use super::visitor::Holder;
use crate::app::App;
use crate::book;
use crate::counter::Counter;
use crate::discretion::{self, Mark, Place};
use crate::reply::{Refused, Reply};
use axum::extract::{Path, State};
use axum::response::Redirect;
use axum::routing::post;
use axum::{Form, Router};
use maud::{Markup, html};
use purchase::id::PurchaseId;
use purchase::settlement::LineNumber;
use serde::Deserialize;
use std::sync::Arc;
use wire::account::message::{LineAnswer, PurchaseMessage};
use wire::error::ErrorCode;

pub(super) fn router() -> Router<Arc<App>> {
    Router::new().route("/book/{purchase_id}/private", post(keep))
}

/// What is said of a line by its buttons.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Choice {
    mark: Mark,
    reach: Reach,
    number: LineNumber,
}

/// How far it goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reach {
    /// This line alone.
    Here,
    /// The item, before and after.
    Always,
}

impl Choice {
    /// As a button sends it: `private always 3`.
    fn parse(text: &str) -> Option<Self> {
        let mut words = text.split(' ');
        let mark = match words.next()? {
            "private" => Mark::Private,
            "plain" => Mark::Plain,
            _ => return None,
        };
        let reach = match words.next()? {
            "here" => Reach::Here,
            "always" => Reach::Always,
            _ => return None,
        };
        let number = LineNumber(words.next()?.parse().ok()?);
        words.next().is_none().then_some(Self {
            mark,
            reach,
            number,
        })
    }
}

/// What the form sends.
#[derive(Deserialize)]
struct Sent {
    choice: String,
}

/// Keeps a choice, and goes back to the receipt.
async fn keep(
    holder: Holder,
    State(app): State<Arc<App>>,
    Path(purchase_id): Path<String>,
    Form(sent): Form<Sent>,
) -> Reply<Redirect> {
    let id = PurchaseId::parse(&purchase_id).map_err(|_| Refused::not_found("purchase"))?;
    let choice = Choice::parse(&sent.choice).ok_or_else(|| {
        let detail = "no button of the receipt sends this; go back and press one";
        Refused::new(ErrorCode::InvalidValue, detail)
    })?;
    mark(&app, holder, id, choice).await?;
    // Browsers unfold what an address leads to.
    let LineNumber(number) = choice.number;
    Ok(Redirect::to(&format!("/book/{id}#line-{number}")))
}

/// What is said of an item holds for this line too, whatever was said of it alone before.
async fn mark(app: &App, holder: Holder, id: PurchaseId, choice: Choice) -> Reply<()> {
    let user_id = holder.user_id;
    let filed = book::one(app, user_id, id)?;
    let content = filed.settlement.content();
    let at = usize::from(choice.number.0).checked_sub(1);
    let line = at.and_then(|at| Some((content.lines.get(at)?, filed.names.get(at))));
    let (line, name) = line.ok_or_else(|| Refused::not_found("line"))?;
    let place = Place::Line(id, choice.number);
    match choice.reach {
        Reach::Always => {
            let counter = Counter::find(app, &content.key.store_id)?;
            let sold = (line, name, &counter);
            discretion::mark_always(app, user_id, sold, choice.mark).await?;
            discretion::mark(app, user_id, place, None).await
        }
        Reach::Here => discretion::mark(app, user_id, place, Some(choice.mark)).await,
    }
}

/// The buttons for each line of a receipt; none for one without lines.
pub(super) fn form(lang: Lang, sold: &PurchaseMessage<'_>) -> Markup {
    let words = lang.of_discretion();
    if sold.lines.is_empty() {
        return html! {};
    }
    html! {
        section.card.own #private {
            details {
                summary { (words.keep_private) }
                form method="post" action={ "/book/" (sold.purchase_id) "/private" } {
                    p.soft.small { (words.private_lead) }
                    ul.list { @for line in &sold.lines { (row(lang, line)) } }
                }
            }
        }
    }
}

fn row(lang: Lang, line: &LineAnswer<'_>) -> Markup {
    let words = lang.of_discretion();
    let (mark, here, always) = match line.sensitive {
        true => ("plain", words.plain_here, words.plain_always),
        false => ("private", words.private_here, words.private_always),
    };
    let named = format!("line-{}", line.line);
    html! {
        li {
            div {
                p #(named) { (name(lang, line)) }
                @if line.sensitive { p.tag { (words.is_private) } }
            }
            div.row {
                @for (reach, label) in [("here", here), ("always", always)] {
                    button name="choice" value={ (mark) " " (reach) " " (line.line) } aria-describedby=(named) { (label) }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_a_button_sends_is_a_choice() {
        let choice = |mark, reach, number| {
            Some(Choice {
                mark,
                reach,
                number: LineNumber(number),
            })
        };
        for (text, expected) in [
            ("private here 1", choice(Mark::Private, Reach::Here, 1)),
            ("plain always 500", choice(Mark::Plain, Reach::Always, 500)),
            ("private here 0", choice(Mark::Private, Reach::Here, 0)),
            ("private here", None),
            ("private here 1 2", None),
            ("private here 65536", None),
            ("private here -1", None),
            ("secret here 1", None),
            ("private there 1", None),
            ("", None),
        ] {
            assert_eq!(Choice::parse(text), expected, "{text}");
        }
    }
}
