//! Which column of a list holds what: by a person's choice, or by its name.
//!
//! A name that could mean two things is never decided here; a person chooses.

use super::choice::{Choice, Target};
use super::fault::ImportError;
use super::field::{Field, folded};
use purchase::text::is_unprintable;

/// What a bare yes means in a column about the place of the tax.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TaxColumn {
    /// 内税: yes says that the tax is inside.
    Inside,
    /// 外税: yes says that it comes on top.
    OnTop,
    /// 税区分: a number could be anything, so only words count.
    Words,
}

impl TaxColumn {
    fn called(folded_name: &str) -> Self {
        match folded_name {
            "外税" => Self::OnTop,
            "内税" | "taxincluded" | "taxinclusive" => Self::Inside,
            _ => Self::Words,
        }
    }
}

/// The columns of a list, and what each holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mapping {
    headers: Vec<String>,
    columns: Vec<(Field, usize)>,
    tax_column: TaxColumn,
}

impl Mapping {
    /// The name of the column that holds `field`; nothing if the list says nothing about it, and
    /// then an import must leave alone what stands there.
    #[must_use]
    pub fn header(&self, field: Field) -> Option<&str> {
        let at = self.at(field)?;
        self.headers.get(at).map(String::as_str)
    }

    /// The fields that the list speaks of, in the order of the table.
    pub fn fields(&self) -> impl Iterator<Item = Field> {
        self.columns.iter().map(|(field, _)| *field)
    }

    /// The names of the columns that nobody asks for.
    #[must_use]
    pub fn ignored(&self) -> Vec<String> {
        let is_free = |at: usize| self.columns.iter().all(|(_, used)| *used != at);
        let names = self.headers.iter().enumerate();
        names
            .filter(|(at, name)| is_free(*at) && !name.is_empty())
            .map(|(_, name)| name.clone())
            .collect()
    }

    pub(super) fn at(&self, field: Field) -> Option<usize> {
        let found = self.columns.iter().find(|(known, _)| *known == field);
        found.map(|(_, at)| *at)
    }

    pub(super) const fn width(&self) -> usize {
        self.headers.len()
    }

    pub(super) const fn tax_column(&self) -> TaxColumn {
        self.tax_column
    }

    /// Finds the columns: first those that were chosen, then those whose name is known.
    pub(super) fn find<'a>(
        names: impl Iterator<Item = &'a str>,
        choices: &[Choice],
    ) -> Result<Self, ImportError> {
        let headers: Vec<String> = names.map(shown).collect();
        let search = Search {
            folded: headers.iter().map(|name| folded(name)).collect(),
            headers: &headers,
        };
        let mut places: Vec<(Field, Option<usize>)> = Vec::new();
        for choice in choices {
            let place = search.chosen(choice)?;
            let twice = |(field, at): &(Field, Option<usize>)| {
                *field == choice.field || (at.is_some() && *at == place)
            };
            if places.iter().any(twice) {
                let choice = choice.to_string();
                return Err(ImportError::ChosenTwice { choice });
            }
            places.push((choice.field, place));
        }
        for field in Field::ALL {
            if places.iter().all(|(known, _)| *known != field) {
                let place = search.named(field, &places)?;
                places.push((field, place));
            }
            let is_needed = matches!(field, Field::Code | Field::Name);
            if is_needed && places.contains(&(field, None)) {
                return Err(ImportError::Missing {
                    field,
                    found: search.listed(0..headers.len()),
                    example: search.first_free(&places) + 1,
                });
            }
        }
        let placed = |field: Field| {
            let place = places.iter().find(|(known, _)| *known == field);
            place.and_then(|(_, at)| at.map(|at| (field, at)))
        };
        let columns = Field::ALL.into_iter().filter_map(placed).collect();
        let tax_column = placed(Field::TaxIncluded)
            .and_then(|(_, at)| search.folded.get(at))
            .map_or(TaxColumn::Words, |name| TaxColumn::called(name));
        Ok(Self {
            headers,
            columns,
            tax_column,
        })
    }
}

/// As many columns as an error lists.
const LISTED_MAX: usize = 50;

/// The names of the first line, while columns are looked for in them.
struct Search<'a> {
    headers: &'a [String],
    folded: Vec<String>,
}

impl Search<'_> {
    fn chosen(&self, choice: &Choice) -> Result<Option<usize>, ImportError> {
        let matching = match &choice.target {
            Target::Nothing => return Ok(None),
            Target::At(at) if *at < self.headers.len() => vec![*at],
            Target::At(_) => Vec::new(),
            Target::Named(name) => self.places(|header| header == folded(name)),
        };
        match matching.as_slice() {
            [only] => Ok(Some(*only)),
            others => Err(ImportError::Choice {
                choice: choice.to_string(),
                columns: others.len(),
                field: choice.field,
                found: self.listed(0..self.headers.len()),
            }),
        }
    }

    /// The column that is called as the field may be. The table's own word for it goes before all
    /// others, so that an export of the table comes back as it was.
    fn named(
        &self,
        field: Field,
        taken: &[(Field, Option<usize>)],
    ) -> Result<Option<usize>, ImportError> {
        let mut matching = self.places(|header| field.is_called(header));
        matching.retain(|at| !taken.iter().any(|(_, used)| *used == Some(*at)));
        let mut own = self.places(|header| header == folded(field.column()));
        own.retain(|at| matching.contains(at));
        match (own.as_slice(), matching.as_slice()) {
            ([only], _) | ([], [only]) => Ok(Some(*only)),
            ([], []) => Ok(None),
            ([first, ..], _) | ([], [first, ..]) => Err(ImportError::Ambiguous {
                field,
                example: format!("#{}", first + 1),
                candidates: self.listed(matching.iter().copied()),
                found: self.listed(0..self.headers.len()),
            }),
        }
    }

    fn places(&self, fits: impl Fn(&str) -> bool) -> Vec<usize> {
        let names = self.folded.iter().enumerate();
        names
            .filter(|(_, name)| fits(name))
            .map(|(at, _)| at)
            .collect()
    }

    fn first_free(&self, taken: &[(Field, Option<usize>)]) -> usize {
        let is_taken = |at: usize| taken.iter().any(|(_, used)| *used == Some(at));
        (0..self.headers.len())
            .find(|at| !is_taken(*at))
            .unwrap_or(0)
    }

    /// Columns with their numbers, for a person to choose from.
    fn listed(&self, places: impl Iterator<Item = usize>) -> String {
        let mut named = places.filter_map(|at| Some((at, self.headers.get(at)?)));
        let mut shown: Vec<String> = named
            .by_ref()
            .take(LISTED_MAX)
            .map(|(at, name)| format!("#{} {name}", at + 1))
            .collect();
        if named.next().is_some() {
            shown.push("and more".to_owned());
        }
        shown.join(", ")
    }
}

/// A column's name as it may be shown: without what could disturb a screen, and not too long.
fn shown(name: &str) -> String {
    let printable = name.trim().chars().map(|character| {
        if is_unprintable(character) {
            ' '
        } else {
            character
        }
    });
    printable.take(60).collect()
}
