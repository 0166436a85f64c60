//! Items as the person who buys them knows them: what carries the same article number is the same in every
//! shop; anything else is known by the code, or the name, of the catalogue that it comes from. Nothing is
//! looked up here.

use crate::counter::Counter;
use ledger::account::Filed;
use purchase::code::Gtin;
use purchase::id::{ItemCode, StoreId};
use purchase::naming::{LineName, Naming};
use purchase::settlement::Line;
use purchase::text::Text;
use std::collections::HashSet;

/// An item, over all shops where it can be told to be the same.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Ware {
    /// By its article number, which means the same everywhere.
    Gtin(Gtin),
    /// By its code in the catalogue of a store, and of those that follow it.
    Code {
        /// The store whose catalogue it is.
        source: StoreId,
        /// The code of the item; for a label of the store's own scale, that of what was weighed.
        code: ItemCode,
    },
    /// By the name that a store sent with the sale, where it has no code.
    Name {
        /// The store whose catalogue it would be in.
        source: StoreId,
        /// The name.
        name: Text,
    },
}

impl Ware {
    /// What a line sold; none for a line without code and name, which no settlement has.
    #[must_use]
    pub fn of(line: &Line, name: Option<&LineName>, counter: &Counter) -> Option<Self> {
        let said = line.gtin.as_ref().or_else(|| gtin_of(name));
        if let Some(gtin) = said.and_then(|text| Gtin::parse(text.as_str()).ok()) {
            return Some(Self::Gtin(gtin));
        }
        let source = || counter.store.source().clone();
        match (&line.code, &line.name) {
            (Some(code), _) => Some(Self::coded(code, counter)),
            (None, Some(name)) => Some(Self::Name {
                source: source(),
                name: name.clone(),
            }),
            (None, None) => None,
        }
    }

    /// What a code of a store stands for.
    #[must_use]
    pub fn coded(code: &ItemCode, counter: &Counter) -> Self {
        let item = counter.item_of(code);
        match (&item, worldwide(code.as_str())) {
            (None, Some(gtin)) => Self::Gtin(gtin),
            (Some(_), _) | (None, None) => Self::Code {
                source: counter.store.source().clone(),
                code: item.unwrap_or_else(|| code.clone()),
            },
        }
    }

    /// Every form under which a person may have met what a line sold, each once and that of today first: its
    /// article numbers, its code as it was scanned and as the labels mean it today, and its names; in the
    /// catalogue that the store follows, or in its own.
    #[must_use]
    pub fn forms(line: &Line, name: Option<&LineName>, counter: &Counter) -> Vec<Self> {
        let mut forms: Vec<_> = Self::of(line, name, counter).into_iter().collect();
        let said = [line.gtin.as_ref(), gtin_of(name)].into_iter().flatten();
        let said = said.filter_map(|text| Gtin::parse(text.as_str()).ok());
        let scanned = line.code.as_ref().and_then(|code| worldwide(code.as_str()));
        forms.extend(said.chain(scanned).map(Self::Gtin));
        let item = line.code.as_ref().and_then(|code| counter.item_of(code));
        let codes: Vec<_> = item.iter().chain(&line.code).collect();
        let names: Vec<_> = line.name.iter().chain(catalogue_name(name)).collect();
        for source in [counter.store.source(), &counter.store.store_id] {
            forms.extend(codes.iter().map(|code| Self::Code {
                source: source.clone(),
                code: (*code).clone(),
            }));
            forms.extend(names.iter().map(|name| Self::Name {
                source: source.clone(),
                name: (*name).clone(),
            }));
        }
        let mut met = HashSet::new();
        forms.retain(|form| met.insert(form.clone()));
        forms
    }

    /// The forms that lead to what a line sold from other lines too, whether or not they tell its article
    /// number.
    #[must_use]
    pub fn lasting(line: &Line, name: Option<&LineName>, counter: &Counter) -> Vec<Self> {
        let mut forms: Vec<_> = Self::of(line, name, counter).into_iter().collect();
        let coded = line.code.as_ref().map(|code| Self::coded(code, counter));
        forms.extend(coded.filter(|coded| !forms.contains(coded)));
        forms
    }

    /// Was this what the line sold? A code stays the same item when its article number is told later.
    #[must_use]
    pub fn is_of(&self, line: &Line, name: Option<&LineName>, counter: &Counter) -> bool {
        match self {
            Self::Gtin(gtin) => {
                // Of most lines a look at the digits is enough to say no.
                let code = line.code.as_ref().map(ItemCode::as_str);
                let said = [line.gtin.as_ref(), gtin_of(name)].into_iter().flatten();
                let mut digits = said.map(Text::as_str).chain(code);
                let wanted = gtin.as_str().trim_start_matches('0');
                let may_be = digits.any(|digits| digits.trim_start_matches('0') == wanted);
                may_be && Self::of(line, name, counter).as_ref() == Some(self)
            }
            Self::Code { source, code } => line.code.as_ref().is_some_and(|sold| {
                counter.store.source() == source
                    && counter.item_of(sold).as_ref().unwrap_or(sold) == code
            }),
            Self::Name { source, name } => {
                line.code.is_none()
                    && line.name.as_ref() == Some(name)
                    && counter.store.source() == source
            }
        }
    }

    /// The page of it.
    #[must_use]
    pub fn path(&self) -> String {
        let query = |name: &str, value: &str, source: &StoreId| {
            let mut query = form_urlencoded::Serializer::new(String::new());
            query
                .append_pair(name, value)
                .append_pair("store", source.as_str());
            format!("/items?{}", query.finish())
        };
        match self {
            Self::Gtin(gtin) => format!("/items/gtin/{gtin}"),
            Self::Code { source, code } => query("code", code.as_str(), source),
            Self::Name { source, name } => query("name", name.as_str(), source),
        }
    }
}

/// The wares of a purchase, line by line.
#[must_use]
pub fn wares(filed: &Filed, counter: &Counter) -> Vec<Option<Ware>> {
    let names = filed.names.iter().map(Some).chain(std::iter::repeat(None));
    let lines = filed.settlement.content().lines.iter().zip(names);
    lines
        .map(|(line, name)| Ware::of(line, name, counter))
        .collect()
}

fn gtin_of(name: Option<&LineName>) -> Option<&Text> {
    match &name?.naming {
        Naming::Catalogue { item, .. } => item.gtin.as_ref(),
        Naming::Sent | Naming::Pending => None,
    }
}

fn catalogue_name(name: Option<&LineName>) -> Option<&Text> {
    match &name?.naming {
        Naming::Catalogue { item, .. } => Some(&item.name),
        Naming::Sent | Naming::Pending => None,
    }
}

/// The article number that a scanned code is. Numbers that begin with 2, 02 or 04 belong to each shop
/// itself, and codes of other lengths are too often a shop's own.
fn worldwide(code: &str) -> Option<Gtin> {
    if !matches!(code.len(), 12 | 13) {
        return None;
    }
    let gtin = Gtin::parse(code).ok()?;
    let is_of_a_shop = ["2", "02", "04"]
        .iter()
        .any(|of| gtin.as_str().starts_with(of));
    (!is_of_a_shop).then_some(gtin)
}

/// The name of a line as its receipt has it, or its code while nobody knows the name.
#[must_use]
pub fn shown_name<'a>(line: &'a Line, name: Option<&'a LineName>) -> &'a str {
    let known = match name.map(|name| &name.naming) {
        Some(Naming::Catalogue { item, .. }) => Some(item.name.as_str()),
        Some(Naming::Sent | Naming::Pending) | None => line.name.as_ref().map(Text::as_str),
    };
    known
        .or_else(|| line.code.as_ref().map(ItemCode::as_str))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_the_same_everywhere_is_taken_for_an_article_number() {
        for (code, found) in [
            ("4901234567894", Some("4901234567894")),
            ("036000291452", Some("0036000291452")),
            ("2001234567893", None),
            ("0212345678903", None),
            ("4901234567890", None),
            ("49012347", None),
            ("milk", None),
        ] {
            let gtin = worldwide(code);
            assert_eq!(gtin.as_ref().map(Gtin::as_str), found, "{code}");
        }
    }

    #[test]
    fn a_path_carries_any_code_and_name() {
        let source = StoreId::parse("s-1").unwrap();
        let code = ItemCode::parse("a&b=c").unwrap();
        let ware = Ware::Code {
            source: source.clone(),
            code,
        };
        assert_eq!(ware.path(), "/items?code=a%26b%3Dc&store=s-1");
        let name = Text::new("豆腐 <b>", 200).unwrap();
        let ware = Ware::Name { source, name };
        assert_eq!(
            ware.path(),
            "/items?name=%E8%B1%86%E8%85%90+%3Cb%3E&store=s-1"
        );
    }
}
