//! What the buttons of a household do. Each may be pressed twice.

use super::{Wrong, framed, newest, wrongly};
use crate::app::App;
use crate::household::{self, Asked, Home, InvitationWord, name_of};
use crate::html::square::square;
use crate::pages::language::Lang;
use crate::pages::visitor::Holder;
use crate::reply::{Refused, Reply};
use crate::sessions::cookie;
use axum::Form;
use axum::extract::State;
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use http::HeaderMap;
use http::header::SET_COOKIE;
use ledger::keyring::hex;
use ledger::write::HouseholdStep;
use maud::{Markup, html};
use purchase::id::FellowId;
use serde::Deserialize;
use std::sync::Arc;

/// The cookie with the word of an invitation that was just made.
pub(in crate::pages) const INVITED: &str = "invited";
/// How long this browser can show it, in seconds.
const INVITED_S: u32 = 30 * 60;

/// By which name.
#[derive(Deserialize)]
pub(super) struct Named {
    name: String,
}

/// Begins a household.
pub(super) async fn begin(
    holder: Holder,
    State(app): State<Arc<App>>,
    Form(sent): Form<Named>,
) -> Reply<Response> {
    let Some(name) = name_of(&sent.name) else {
        return wrongly(&app, holder, Wrong::Name);
    };
    household::begin(&app, holder.user_id, name).await?;
    Ok(home_again(""))
}

/// Goes by another name.
pub(super) async fn rename(
    holder: Holder,
    State(app): State<Arc<App>>,
    Form(sent): Form<Named>,
) -> Reply<Response> {
    let Some(name) = name_of(&sent.name) else {
        return wrongly(&app, holder, Wrong::Name);
    };
    let user_id = holder.user_id;
    household::write(&app, HouseholdStep::Rename { user_id, name }).await?;
    Ok(home_again("#members"))
}

/// What is to be shared.
#[derive(Deserialize)]
pub(super) struct Sharing {
    sharing: String,
}

/// Shares more or less from now on.
pub(super) async fn share(
    holder: Holder,
    State(app): State<Arc<App>>,
    Form(sent): Form<Sharing>,
) -> Reply<Response> {
    let asked = match sent.sharing.as_str() {
        "from-now" => Asked::FromNow,
        "everything" => Asked::Everything,
        // Whatever else was sent shares nothing by itself.
        _ => Asked::Chosen,
    };
    if let Some(home) = Home::of(&app, holder.user_id)? {
        household::share(&app, &home, asked).await?;
    }
    Ok(home_again("#sharing"))
}

/// Beside what a form was shown.
#[derive(Deserialize)]
pub(super) struct Beside {
    /// The newest invitation of that moment.
    after: String,
}

/// Makes an invitation. Sent twice, a form makes one, because it names the newest that it was shown beside.
pub(super) async fn invite(
    holder: Holder,
    State(app): State<Arc<App>>,
    Form(sent): Form<Beside>,
) -> Reply<Response> {
    let mut cookies = Vec::new();
    let home = Home::of(&app, holder.user_id)?;
    if home.is_some_and(|home| newest(&home) == sent.after)
        && let Some(word) = household::invite(&app, holder.user_id).await?
    {
        cookies.push((SET_COOKIE, set_cookie(&app, word.reveal())));
    }
    Ok((AppendHeaders(cookies), Redirect::to("/household/invited")).into_response())
}

/// The header that gives this browser the word for a while.
fn set_cookie(app: &App, word: &str) -> String {
    let (name, attributes) = (app.site.cookie(INVITED), app.site.attributes());
    format!("{name}={word}; Max-Age={INVITED_S}{attributes}")
}

/// The invitation that was just made, for as long as it is good and this browser knows its word.
pub(super) async fn invited(
    holder: Holder,
    State(app): State<Arc<App>>,
    headers: HeaderMap,
) -> Reply<Response> {
    let Some(home) = Home::of(&app, holder.user_id)? else {
        return Ok(home_again(""));
    };
    let word = cookie(&headers, &app.site.cookie(INVITED)).and_then(InvitationWord::parse);
    let word = word.filter(|word| {
        let hash = word.hash();
        let mut open = home.invitations(app.clock.now());
        open.any(|open| open.hash == hash && open.user_id == holder.user_id)
    });
    let words = holder.lang.of_household();
    let body = link(&app, holder.lang, word.as_ref());
    Ok(framed(holder.lang, words.made, body))
}

fn link(app: &App, lang: Lang, word: Option<&InvitationWord>) -> Markup {
    let words = lang.of_household();
    let link = word.map(|word| format!("{}/household/join/{}", app.site.base(), word.reveal()));
    html! {
        p.aside { a href="/household" { "← " (words.back) } }
        section.card {
            h1 { (words.made) }
            @match &link {
                Some(link) => {
                    p { (words.made_hint) }
                    @if let Some(square) = square(link, words.made) { div.pairing { (square) } }
                    label { (words.link) input.code #link type="text" readonly value=(link); }
                    p.soft.small { (words.invitations_hint) }
                },
                None => p { (words.made_gone) },
            }
        }
    }
}

/// Which invitation.
#[derive(Deserialize)]
pub(super) struct Which {
    invitation: String,
}

/// Takes an invitation back; one that is gone already stays so.
pub(super) async fn take_back(
    holder: Holder,
    State(app): State<Arc<App>>,
    Form(sent): Form<Which>,
) -> Reply<Response> {
    let user_id = holder.user_id;
    let home = Home::of(&app, user_id)?;
    let mut invitations = home.iter().flat_map(|home| &home.household.invitations);
    let found = invitations.find(|known| hex(&known.hash) == sent.invitation);
    if let Some(hash) = found.map(|invitation| invitation.hash) {
        household::write(&app, HouseholdStep::TakeBack { user_id, hash }).await?;
    }
    Ok(home_again("#invitations"))
}

/// Whom.
#[derive(Deserialize)]
pub(super) struct Whom {
    whom: String,
}

/// Sends a member away, if it is for the person to do so; who is gone already stays so.
pub(super) async fn send_away(
    holder: Holder,
    State(app): State<Arc<App>>,
    Form(sent): Form<Whom>,
) -> Reply<Response> {
    let not_found = || Refused::not_found("member of your household");
    let fellow_id = FellowId::parse(&sent.whom).map_err(|_| not_found())?;
    let user_id = holder.user_id;
    let home = Home::of(&app, user_id)?.ok_or_else(not_found)?;
    if let Ok(member) = home.member(&app, fellow_id) {
        let whom = member.user_id;
        household::write(&app, HouseholdStep::SendAway { user_id, whom }).await?;
    }
    Ok(home_again("#members"))
}

/// Leaves.
pub(super) async fn leave(holder: Holder, State(app): State<Arc<App>>) -> Reply<Response> {
    let user_id = holder.user_id;
    household::write(&app, HouseholdStep::Leave { user_id }).await?;
    Ok(home_again(""))
}

fn home_again(part: &str) -> Response {
    Redirect::to(&format!("/household{part}")).into_response()
}
