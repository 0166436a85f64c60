//! The pages of a household: who is in it, what each shows, and who is invited. What is seen by whom stands on
//! each of them in words. What the buttons do lies in `deeds`, the way in behind a link in `join`, and what
//! the members show each other in `shown`.

use super::account::day;
use super::language::Lang;
use super::layout::{Page, Tab};
use super::visitor::Holder;
use crate::app::App;
use crate::household::sight::{Choice, Shares};
use crate::household::{Home, NAME_CHARS_MAX, shares_of};
use crate::reply::Reply;
use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::{get, post};
use http::StatusCode;
use ledger::account::{HouseholdMember, INVITATIONS_MAX, Invitation, MEMBERS_MAX, Sharing};
use ledger::keyring::hex;
use maud::{Markup, html};
use std::sync::Arc;

mod deeds;
mod join;
mod shown;

pub(super) use deeds::INVITED;
pub(super) use shown::on_receipt;

pub(super) fn router() -> Router<Arc<App>> {
    Router::new()
        .route("/household", get(show).post(deeds::begin))
        .route("/household/name", post(deeds::rename))
        .route("/household/sharing", post(deeds::share))
        .route("/household/invite", post(deeds::invite))
        .route("/household/invited", get(deeds::invited))
        .route("/household/take-back", post(deeds::take_back))
        .route("/household/send-away", post(deeds::send_away))
        .route("/household/leave", post(deeds::leave))
        .route("/household/join/{word}", get(join::show).post(join::enter))
        .route("/household/book", get(shown::book))
        .route("/household/{fellow_id}/{purchase_id}", get(shown::receipt))
        .route("/book/{purchase_id}/household", post(shown::choose))
}

/// What is wrong with what was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wrong {
    /// No name, or one that is too long.
    Name,
}

async fn show(holder: Holder, State(app): State<Arc<App>>) -> Reply<Response> {
    page(&app, holder, None)
}

/// The page again, with what is wrong.
fn wrongly(app: &App, holder: Holder, wrong: Wrong) -> Reply<Response> {
    let mut response = page(app, holder, Some(wrong))?;
    *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    Ok(response)
}

fn page(app: &App, holder: Holder, wrong: Option<Wrong>) -> Reply<Response> {
    let lang = holder.lang;
    let body = match Home::of(app, holder.user_id)? {
        Some(home) => inside(app, lang, &home, wrong)?,
        None => outside(lang, wrong),
    };
    Ok(framed(lang, lang.of_household().title, body))
}

fn framed(lang: Lang, title: &str, body: Markup) -> Response {
    Page {
        lang,
        title,
        tab: Tab::Household,
        scripts: &[],
        body,
    }
    .respond()
}

/// What a household is, for whoever is in none.
fn outside(lang: Lang, wrong: Option<Wrong>) -> Markup {
    let words = lang.of_household();
    html! {
        h1 { (words.title) }
        p.lead { (words.lead) }
        ul.points { @for (name, text) in words.points { li { h2 { (name) } p { (text) } } } }
        form.card method="post" action="/household" {
            (name_field(lang, "", wrong))
            div.row { button.main { (words.begin) } }
        }
    }
}

/// The field for the name that somebody goes by.
fn name_field(lang: Lang, name: &str, wrong: Option<Wrong>) -> Markup {
    let words = lang.of_household();
    html! {
        label { (words.name)
            input type="text" name="name" value=(name) maxlength=(NAME_CHARS_MAX) required autocomplete="nickname"
                aria-describedby="name-hint" aria-invalid=[wrong.map(|_| "true")];
        }
        p.soft.small #name-hint { (words.name_hint) }
        @if wrong.is_some() { p.wrong role="alert" { (words.name_wrong) } }
    }
}

fn inside(app: &App, lang: Lang, home: &Home, wrong: Option<Wrong>) -> Reply<Markup> {
    let words = lang.of_household();
    let Some(me) = home.me() else {
        return Ok(outside(lang, wrong));
    };
    let shares = shares_of(app, home.household.household_id, me)?;
    Ok(html! {
        h1 { (words.title) }
        section.card {
            p { a.button.main href="/household/book" { (words.to_book) } }
            p.soft.small { (words.to_book_hint) }
        }
        (members(app, lang, home))
        (own(app, lang, &shares))
        (invitations(app, lang, home))
        section.card {
            form #name method="post" action="/household/name" {
                (name_field(lang, me.name.as_str(), wrong))
                div.row { button { (words.save) } }
            }
        }
        section.card #leave {
            (sure(("/household/leave", words.leave, words.leave_sure), ""))
        }
    })
}

/// A step that asks once more before it is taken; `whom` says to whom, if it is done to somebody.
fn sure((path, name, what): (&str, &str, &str), whom: &str) -> Markup {
    html! {
        details.sure {
            summary { (name) }
            p { (what) }
            form method="post" action=(path) {
                @if !whom.is_empty() { input type="hidden" name="whom" value=(whom); }
                button.danger { (name) }
            }
        }
    }
}

fn members(app: &App, lang: Lang, home: &Home) -> Markup {
    let words = lang.of_household();
    html! {
        section.card #members {
            h2 { (words.members) }
            ul.list {
                @for member in home.members() {
                    li {
                        div {
                            strong { bdi { (member.name.as_str()) } } " "
                            @if home.is_me(member) { span.tag { (words.you) } }
                            p.soft.small {
                                (sharing(app, lang, member.sharing)) " · " ((words.since)(&day(app, lang, member.joined_at)))
                            }
                        }
                        @if home.may_send_away(member) {
                            (sure(
                                ("/household/send-away", words.send_away, words.send_away_sure),
                                &home.fellow_id(app, member).to_string(),
                            ))
                        }
                    }
                }
            }
            p.soft.small { (words.may_send_away) }
        }
    }
}

/// What a member shares, in a few words.
fn sharing(app: &App, lang: Lang, sharing: Sharing) -> String {
    let words = lang.of_household();
    match sharing {
        Sharing::Chosen => words.shares_chosen.to_owned(),
        Sharing::Since(since) => (words.shares_since)(&day(app, lang, since)),
        Sharing::Everything => words.shares_everything.to_owned(),
    }
}

/// What whoever looks shares, and could.
fn own(app: &App, lang: Lang, shares: &Shares) -> Markup {
    let words = lang.of_household();
    let from = match shares.sharing() {
        Sharing::Since(since) => (words.from)(&day(app, lang, since)),
        Sharing::Chosen | Sharing::Everything => words.from_now.0.to_owned(),
    };
    let checked = match shares.sharing() {
        Sharing::Chosen => "chosen",
        Sharing::Since(_) => "from-now",
        Sharing::Everything => "everything",
    };
    let (shown, kept) = (shares.count(Choice::Shown), shares.count(Choice::KeptBack));
    html! {
        section.card #sharing {
            h2 { (words.own) }
            p { (words.own_hint) }
            form method="post" action="/household/sharing" {
                fieldset {
                    legend.unseen { (words.own) }
                    @for (value, name, hint) in [
                        ("chosen", words.chosen.0, words.chosen.1),
                        ("from-now", from.as_str(), words.from_now.1),
                        ("everything", words.everything.0, words.everything.1),
                    ] {
                        label.choice {
                            input type="radio" name="sharing" value=(value) checked[value == checked];
                            span { strong { (name) } span.under { (hint) } }
                        }
                    }
                    div.row { button { (words.save) } }
                }
            }
            @if shown + kept > 0 { p.soft.small { ((words.count)(shown, kept)) } }
        }
    }
}

fn invitations(app: &App, lang: Lang, home: &Home) -> Markup {
    let words = lang.of_household();
    let open: Vec<_> = home.invitations(app.clock.now()).collect();
    let is_room = open.len() < INVITATIONS_MAX && home.members().len() < MEMBERS_MAX;
    html! {
        section.card #invitations {
            h2 { (words.invitations) }
            p { (words.invitations_hint) }
            @if !open.is_empty() {
                ul.list { @for invitation in &open { (invitation_row(app, lang, (home, invitation))) } }
            }
            @if is_room {
                form method="post" action="/household/invite" {
                    input type="hidden" name="after" value=(newest(home));
                    button.main { (words.invite) }
                }
            } @else { p.soft { (words.no_room) } }
        }
    }
}

fn invitation_row(app: &App, lang: Lang, (home, invitation): (&Home, &Invitation)) -> Markup {
    let words = lang.of_household();
    let mut members = home.members().iter();
    let by = members.find(|member| member.user_id == invitation.user_id);
    let name = by.map_or("", |member: &HouseholdMember| member.name.as_str());
    let until = day(app, lang, invitation.expires_at);
    html! {
        li {
            div { bdi { ((words.expires)(name, &until)) } }
            form method="post" action="/household/take-back" {
                input type="hidden" name="invitation" value=(hex(&invitation.hash));
                button.plain { (words.take_back) }
            }
        }
    }
}

/// The newest invitation there is, by its hash: a form that names another one was sent before.
fn newest(home: &Home) -> String {
    let newest = home.household.invitations.last();
    newest.map_or_else(String::new, |invitation| hex(&invitation.hash))
}

/// What leads here from the page of the account.
pub(super) fn section(lang: Lang) -> Markup {
    let words = lang.of_household();
    html! {
        section.card {
            h2 { (words.title) }
            p.soft { (words.lead) }
            p { a.button href="/household" { (words.title) } }
        }
    }
}
