//! What is wrong with what somebody sent, in the reader's language: a sentence for each code, and for a field of a
//! form its own label instead of its place in a message. The details that programs read, which are English, are
//! told by no page in another language.

use super::language::Lang;
use super::words::faults::Words;
use maud::{Markup, html};
use purchase::limits::{NOTE_CHARS_MAX, TEXT_CHARS_MAX};
use wire::error::{ErrorCode, FieldError, Problem};

/// How a form calls its fields, for whoever fills it in: by the name under which each is sent.
pub(crate) type Labels<'a> = [(&'a str, &'a str)];

/// Characters of a receipt's number, at most.
pub(crate) const NUMBER_CHARS_MAX: usize = 64;

/// What is wrong with the fields of a form, each with its label.
pub(crate) fn list(lang: Lang, labels: &Labels<'_>, found: &[FieldError]) -> Markup {
    html! { ul { @for fault in found { li { (remark(lang, labels, fault)) } } } }
}

/// What happened, and what to do now.
pub(super) fn sentence(lang: Lang, problem: &Problem) -> String {
    let words = lang.of_faults();
    match (problem.code, problem.retry_after_s) {
        (ErrorCode::RateLimited, Some(seconds)) => (words.wait)(seconds.div_ceil(60).max(1)),
        (code, _) => whole(lang, code, None),
    }
}

fn remark(lang: Lang, labels: &Labels<'_>, fault: &FieldError) -> Markup {
    let name = fault.pointer.trim_start_matches('/');
    let label = labels.iter().find(|(known, _)| *known == name);
    html! {
        // A field that no form has was not typed by anybody, and its name says nothing to a reader.
        @if let Some((_, label)) = label { strong { (label) } ": " }
        (whole(lang, fault.code, Some(name)))
    }
}

/// The sentence of a code, with how the field is written where that helps.
fn whole(lang: Lang, code: ErrorCode, name: Option<&str>) -> String {
    let words = lang.of_faults();
    let said = said(words, code);
    if !matches!(code, ErrorCode::InvalidValue | ErrorCode::TooLong) {
        return said.to_owned();
    }
    let form = name.and_then(|name| form(words, name));
    let advice = form.unwrap_or_else(|| words.mend.to_owned());
    match lang {
        Lang::Ja => format!("{said}{advice}"),
        Lang::En => format!("{said} {advice}"),
    }
}

/// How a field is written; nothing if it is not one that anybody writes.
fn form(words: &Words, name: &str) -> Option<String> {
    let text = |chars_max| Some((words.text)(chars_max));
    let fixed = |text: &str| Some(text.to_owned());
    match name {
        "store_id" | "chain_id" => fixed(words.id),
        "timezone" => fixed(words.timezone),
        "currency" => fixed(words.currency),
        "url" => fixed(words.url),
        "date" | "from" | "to" => fixed(words.date),
        "number" => text(NUMBER_CHARS_MAX),
        "note" => text(NOTE_CHARS_MAX),
        "name" | "label" | "purpose" | "reference" | "reason" | "own" | "q" => text(TEXT_CHARS_MAX),
        _ => None,
    }
}

const fn said(words: &Words, code: ErrorCode) -> &'static str {
    match code {
        ErrorCode::MalformedJson
        | ErrorCode::UnknownField
        | ErrorCode::DuplicateField
        | ErrorCode::UnsupportedMediaType => words.unreadable,
        ErrorCode::MissingField => words.absent,
        ErrorCode::InvalidValue => words.invalid,
        ErrorCode::TooLong => words.too_long,
        ErrorCode::TooManyRows => words.too_many,
        ErrorCode::TooLarge => words.too_large,
        ErrorCode::CardNumberRefused => words.card_number,
        ErrorCode::LineSum
        | ErrorCode::DiscountSum
        | ErrorCode::TotalSum
        | ErrorCode::TenderSum
        | ErrorCode::NegativeAmount
        | ErrorCode::NamelessLine
        | ErrorCode::LinesOfKind
        | ErrorCode::OriginalOfKind
        | ErrorCode::OriginalLines
        | ErrorCode::LineReference
        | ErrorCode::DuplicateTaxRow
        | ErrorCode::ServiceTimes
        | ErrorCode::SelfReference
        | ErrorCode::CurrencyMismatch
        | ErrorCode::VoidOfVoid
        | ErrorCode::AlreadyVoided
        | ErrorCode::HasReturns
        | ErrorCode::VoidTotal
        | ErrorCode::KeyConflict => words.sale,
        ErrorCode::DuplicateItem | ErrorCode::CatalogueGap | ErrorCode::CatalogueForked => {
            words.changed
        }
        ErrorCode::CatalogueFollows => words.follows,
        ErrorCode::CatalogueInUse => words.in_use,
        ErrorCode::CatalogueSource => words.source,
        ErrorCode::ChainUnknown => words.no_chain,
        ErrorCode::StoreUnknown => words.no_store,
        ErrorCode::NotYourStore => words.not_your_store,
        ErrorCode::StoreClosed => words.closed,
        ErrorCode::AlreadyExistsDifferently => words.taken,
        ErrorCode::LastKey => words.last_key,
        ErrorCode::ClaimsWaiting => words.claims,
        ErrorCode::RequestClosed => words.over,
        ErrorCode::SaleTaken => words.sale_taken,
        ErrorCode::CannotMerge => words.cannot_merge,
        ErrorCode::AccountSuspended => words.suspended,
        ErrorCode::Unauthenticated => words.sign_in,
        ErrorCode::ClockSkew => words.clock,
        ErrorCode::Forbidden => words.forbidden,
        ErrorCode::NotFound => words.not_found,
        ErrorCode::MethodNotAllowed => words.method,
        ErrorCode::RateLimited => words.too_often,
        ErrorCode::Unavailable | ErrorCode::Draining => words.away,
        ErrorCode::DiskFull => words.disk_full,
        ErrorCode::Faulted | ErrorCode::Internal => words.failed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(name: &str, code: ErrorCode) -> FieldError {
        FieldError {
            pointer: format!("/{name}"),
            code,
            detail: "for programs".to_owned(),
        }
    }

    /// Three words of Latin letters in a row are English, which no Japanese sentence has.
    fn has_english(text: &str) -> bool {
        let words: Vec<_> = text.split(' ').collect();
        let is_word = |word: &&str| word.bytes().all(|byte| byte.is_ascii_alphabetic());
        words.windows(3).any(|three| three.iter().all(is_word))
    }

    #[test]
    fn every_code_is_a_sentence_in_both_languages() {
        for code in ErrorCode::ALL {
            let problem = Problem::new(code, "for programs");
            let (ja, en) = (sentence(Lang::Ja, &problem), sentence(Lang::En, &problem));
            assert!(ja.ends_with("。") && !has_english(&ja), "{code}: {ja}");
            assert!(en.ends_with('.') && has_english(&en), "{code}: {en}");
        }
    }

    #[test]
    fn a_field_is_called_by_its_label_and_never_by_its_place() {
        let labels = [("date", "日付")];
        for (name, code, told) in [
            (
                "date",
                ErrorCode::InvalidValue,
                "<ul><li><strong>日付</strong>: この内容は使えません。「2026-11-29」のように入力してください。</li></ul>",
            ),
            (
                "issuer/name",
                ErrorCode::InvalidValue,
                "<ul><li>この内容は使えません。直してから、もう一度お試しください。</li></ul>",
            ),
        ] {
            let found = list(Lang::Ja, &labels, &[fault(name, code)]);
            assert_eq!(found.into_string(), told);
        }
    }

    #[test]
    fn whoever_waits_is_told_how_long() {
        for (seconds, ja, en) in [
            (0, "1分", "about a minute"),
            (60, "1分", "about a minute"),
            (61, "2分", "about 2 minutes"),
        ] {
            let problem = Problem {
                retry_after_s: Some(seconds),
                ..Problem::new(ErrorCode::RateLimited, "for programs")
            };
            assert!(sentence(Lang::Ja, &problem).starts_with(ja), "{seconds}");
            assert!(sentence(Lang::En, &problem).contains(en), "{seconds}");
        }
    }
}
