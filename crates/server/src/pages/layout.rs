//! The pages of an account: which places their bar leads to. What stands around every page is the frame's.

use super::language::Lang;
use crate::html::assets::Asset;
use crate::html::frame::{Frame, Here, Place};
use axum::response::Response;
use maud::Markup;

/// The places that the bar of an account leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tab {
    /// A page without a bar: nobody is signed in, or it is no part of the account.
    None,
    Code,
    Book,
    Account,
    Months,
    Household,
}

impl Tab {
    /// Those in the bar, in their order.
    const BAR: [Self; 5] = [
        Self::Code,
        Self::Book,
        Self::Months,
        Self::Household,
        Self::Account,
    ];

    const fn path(self) -> &'static str {
        match self {
            Self::None => "/",
            Self::Code => "/code",
            Self::Book => "/book",
            Self::Account => "/account",
            Self::Months => "/months",
            Self::Household => "/household",
        }
    }

    const fn label(self, lang: Lang) -> &'static str {
        match self {
            Self::None => lang.words().home,
            Self::Code => lang.words().code,
            Self::Book => lang.words().book,
            Self::Account => lang.words().account,
            Self::Months => lang.words().months,
            Self::Household => lang.words().household,
        }
    }
}

/// One page.
pub(super) struct Page<'a> {
    pub(super) lang: Lang,
    pub(super) title: &'a str,
    pub(super) tab: Tab,
    /// What makes the page livelier; it works without.
    pub(super) scripts: &'a [&'a Asset],
    pub(super) body: Markup,
}

impl Page<'_> {
    /// The page as an answer.
    pub(super) fn respond(self) -> Response {
        let places = Tab::BAR.map(|tab| Place {
            path: tab.path(),
            label: tab.label(self.lang),
            here: if tab == self.tab { Here::Yes } else { Here::No },
        });
        Frame {
            lang: self.lang,
            title: self.title,
            home: "/",
            places: if self.tab == Tab::None { &[] } else { &places },
            scripts: self.scripts,
            body: self.body,
        }
        .respond()
    }
}
