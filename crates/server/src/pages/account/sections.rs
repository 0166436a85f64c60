//! The sections of the account page.

use super::super::consent;
use super::super::language::Lang;
use super::super::words::account::Account as Words;
use super::day;
use crate::app::App;
use crate::consents::Shared;
use crate::office::KEY_WANTED;
use crate::sessions::UNKNOWN;
use ledger::account::{Access, Accessor, Credential, PersonKey, Session, SignInMeans, Touched};
use maud::{Markup, html};
use purchase::id::SessionId;

/// What lets the person in, and what could.
pub(super) fn means(app: &App, lang: Lang, all: &[SignInMeans], passkey: &Markup) -> Markup {
    let words = lang.of_account();
    let ways = lang.of_sign_in();
    let has = |is_it: fn(&Credential) -> bool| all.iter().any(|means| is_it(&means.credential));
    let has_password = has(|it| match it {
        Credential::Password { .. } => true,
        Credential::Passkey { .. } | Credential::Recovery { .. } => false,
    });
    let has_sheet = has(|it| match it {
        Credential::Recovery { .. } => true,
        Credential::Passkey { .. } | Credential::Password { .. } => false,
    });
    html! {
        section.card #means {
            h2 { (words.means) }
            @if all.is_empty() { p { (words.no_means) } }
            @else { ul.list { @for means in all { (one_means(app, lang, means)) } } }
            @if !all.is_empty() { h3 { (words.add) } }
            ul.points {
                @for ((name, text), form) in ways.ways.iter().zip([
                    html! { (passkey) },
                    html! { @if !has_password { a.button href="/account/password" { (ways.password_set) } } },
                    html! { form method="post" action="/account/sheet" {
                        button { (if has_sheet { words.sheet_again } else { ways.sheet_make }) }
                    } },
                ]) { li { h3 { (name) } p.soft.small { (text) } (form) } }
            }
        }
    }
}

fn one_means(app: &App, lang: Lang, means: &SignInMeans) -> Markup {
    let words = lang.of_account();
    let ways = lang.of_sign_in();
    let added = (words.added)(&day(app, lang, means.created_at));
    let used = means.last_used.map_or_else(
        || words.never_used.to_owned(),
        |at| (words.used)(&day(app, lang, at)),
    );
    html! {
        li {
            div {
                @match &means.credential {
                    Credential::Password { .. } => strong { (ways.password_title) },
                    Credential::Passkey { label, .. } => strong { (ways.passkey) " · " bdi { (label.as_str()) } },
                    Credential::Recovery { .. } => strong { (ways.sheet_title) },
                }
                p.soft.small { (added) " · " (used) }
            }
            @match &means.credential {
                Credential::Password { .. } => a.button href="/account/password" { (words.change) },
                Credential::Passkey { .. } | Credential::Recovery { .. } => {},
            }
            form method="post" action="/account/means/remove" {
                input type="hidden" name="credential_id" value=(means.credential_id);
                button.plain { (words.remove) }
            }
        }
    }
}

/// Where the person is signed in.
pub(super) fn sessions<'a>(
    app: &App,
    lang: Lang,
    open: impl Iterator<Item = &'a Session>,
    own: SessionId,
) -> Markup {
    let words = lang.of_account();
    let open: Vec<_> = open.collect();
    html! {
        section.card #sessions {
            h2 { (words.sessions) }
            ul.list {
                @for session in &open {
                    li {
                        div {
                            strong { bdi { (browser(words, session.label.as_str())) } } " "
                            @if session.session_id == own { span.tag { (words.this_browser) } }
                            p.soft.small { ((words.seen)(&day(app, lang, session.last_seen))) }
                        }
                        @if session.session_id != own {
                            form method="post" action="/account/sessions/end" {
                                input type="hidden" name="session_id" value=(session.session_id);
                                button.plain { (words.end) }
                            }
                        }
                    }
                }
            }
            @if open.len() > 1 {
                form method="post" action="/account/sessions/end-others" { button { (words.end_others) } }
            }
        }
    }
}

/// A browser as it is called in the reader's language, where it is kept under no name.
fn browser(words: &Words, label: &str) -> String {
    match label.strip_prefix(UNKNOWN) {
        Some(rest) => format!("{}{rest}", words.browser),
        None => label.to_owned(),
    }
}

/// A reason as it was given, or in the reader's language the sentence that stands where none was.
fn said<'a>(words: &Words, reason: &'a str) -> &'a str {
    match reason {
        KEY_WANTED => words.key_wanted,
        given => given,
    }
}

/// Programs that can read the book; most people have none, and read nothing of them.
pub(super) fn programs(app: &App, lang: Lang, keys: &[PersonKey]) -> Markup {
    let words = lang.of_account();
    html! {
        @if !keys.is_empty() {
            section.card #programs {
                h2 { (words.programs) }
                p.soft { (words.programs_hint) }
                ul.list {
                    @for known in keys {
                        li {
                            div {
                                strong { ((words.key_made)(&day(app, lang, known.created_at))) }
                                p.soft.small { (known.token_id) }
                            }
                            form method="post" action="/account/programs/revoke" {
                                input type="hidden" name="token_id" value=(known.token_id);
                                button.plain { (words.key_revoke) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Who saw or received what, and why.
pub(super) fn accesses(app: &App, lang: Lang, all: &[Access], older: Option<u64>) -> Markup {
    let words = lang.of_account();
    html! {
        section.card #accesses {
            h2 { (words.accesses) }
            @if all.is_empty() { p.soft { (words.no_accesses) } }
            @else {
                ul.list {
                    @for access in all {
                        li {
                            div {
                                p {
                                    strong { @match &access.by {
                                        Accessor::Person => (words.you),
                                        Accessor::Operator { .. } if access.what == Touched::Missing => (words.shop),
                                        Accessor::Operator { .. } => (words.operator),
                                        Accessor::Partner { name } => bdi { (name.as_str()) },
                                        Accessor::Household => (words.fellow),
                                        Accessor::Program { .. } => (words.program),
                                    } }
                                    " · " ((words.touched)(access.what))
                                }
                                p.soft.small {
                                    (day(app, lang, access.at))
                                    @if let Accessor::Operator { token_id } | Accessor::Program { token_id } = &access.by { " · " (token_id) }
                                    @match (access.what, &access.reason) {
                                        (_, None) => {},
                                        // Which form it was.
                                        (Touched::Exported, Some(form)) => { " · " (form.as_str()) },
                                        (_, Some(reason)) => { " · " bdi { ((words.reason)(said(words, reason.as_str()))) } },
                                    }
                                }
                            }
                        }
                    }
                }
            }
            @if let Some(number) = older {
                p { a href={ "/account?before=" (number) "#accesses" } { (words.accesses_older) } }
            }
        }
    }
}

/// With whom the person shares.
pub(super) fn consents(app: &App, lang: Lang, all: &[Shared]) -> Markup {
    let words = lang.of_account();
    html! {
        section.card #consents {
            h2 { (words.consents) }
            @if all.is_empty() { p.soft { (words.no_consents) } }
            ul.list {
                @for shared in all {
                    li {
                        div {
                            strong { bdi { (shared.partner.name.as_str()) } }
                            p.small { bdi { (shared.partner.purpose.as_str()) } }
                            (consent::terms(app, lang, shared))
                        }
                        form method="post" action="/account/consents/revoke" {
                            input type="hidden" name="partner" value=(shared.partner.partner_id);
                            button.plain { (words.revoke) }
                        }
                    }
                }
            }
        }
    }
}

/// The book as files.
pub(in super::super) fn exports(lang: Lang) -> Markup {
    let words = lang.of_account();
    html! {
        section.card #exports {
            h2 { (words.exports) }
            p.soft { (words.exports_hint) }
            div.files {
                @for (path, name, text) in words.forms {
                    a href={ "/account/exports/" (path) } { strong { (name) } span.soft.small { (text) } }
                }
            }
        }
    }
}

/// The language of all pages.
pub(super) fn language(lang: Lang) -> Markup {
    html! {
        section.card {
            h2 { (lang.of_account().language) }
            form.row method="post" action="/language" {
                input type="hidden" name="back" value="/account";
                @for (tag, name) in [("ja", "日本語"), ("en", "English")] {
                    button name="lang" value=(tag) lang=(tag)
                        aria-pressed=(if tag == lang.tag() { "true" } else { "false" }) { (name) }
                }
            }
        }
    }
}

/// Signing out, and going for good.
pub(in super::super) fn leaving(lang: Lang, is_bare: bool) -> Markup {
    let words = lang.of_account();
    html! {
        section.card #leaving {
            h2 { (words.leaving) }
            @if is_bare {
                details {
                    summary { (words.sign_out) }
                    div {
                        p.fault { (words.sign_out_lost) }
                        form method="post" action="/sign-out" {
                            button.danger name="sure" value="yes" { (words.sign_out_sure) }
                        }
                    }
                }
            } @else {
                form method="post" action="/sign-out" { button { (words.sign_out) } }
            }
            p { a href="/account/leave" { (words.delete) } }
        }
    }
}
