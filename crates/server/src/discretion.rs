//! What of a purchase is private: told of by shop and amount alone, until its person opens it. The person's
//! word comes before the shop's, and that on one line before that on the item. Nothing is hidden here; whoever
//! shows a purchase asks.

use crate::app::App;
use crate::counter::Counter;
use crate::leaves::keep;
use crate::own_words::{bytes_of, ware_of};
use crate::reply::{Refused, Reply};
use crate::ware::Ware;
use ledger::account::{Filed, LeafSubject, Sold};
use purchase::bytes::Writer;
use purchase::id::{OwnerId, PurchaseId, UserId};
use purchase::naming::{LineName, Naming};
use purchase::settlement::{Content, Line, LineNumber, Sensitivity};
use std::collections::BTreeSet;
use std::iter::once;
use wire::account::message::PurchaseMessage;

mod kept;
mod taken_back;

use kept::{Kept, Looked, Shelves, strictest};
use taken_back::{Original, lines_behind, originals};

/// What a person says of a line or of an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// It is private, whatever the shop says.
    Private,
    /// It is not, whatever the shop says.
    Plain,
}

/// What a mark is on.
#[derive(Clone, Copy, Debug)]
pub enum Place<'a> {
    /// One line of one purchase.
    Line(PurchaseId, LineNumber),
    /// An item, in every purchase before and after.
    Ware(&'a Ware),
}

/// What a mark is on, as it was kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Marked {
    /// One line of one purchase.
    Line(PurchaseId, LineNumber),
    /// An item, in every purchase before and after.
    Ware(Ware),
}

impl Place<'_> {
    /// The place as it is named in the ledger. These forms are stored: they never change.
    fn bytes(self) -> Vec<u8> {
        let mut bytes = Writer::default();
        match self {
            Self::Line(purchase_id, LineNumber(number)) => {
                bytes.byte(1);
                bytes.raw(&purchase_id.0);
                bytes.raw(&number.to_be_bytes());
            }
            Self::Ware(ware) => {
                bytes.byte(2);
                bytes.raw(&bytes_of(ware));
            }
        }
        bytes.finish()
    }
}

/// The marks of one person, or of nobody: then it is as the shop says.
pub struct Marks {
    kept: Kept,
    shelves: Shelves,
}

impl Marks {
    /// All of a person's.
    ///
    /// # Errors
    /// A problem if the memory cannot be read.
    pub fn of(app: &App, user_id: UserId) -> Reply<Self> {
        let mut kept = Kept::default();
        for leaf in app.ledger.leaves(user_id, LeafSubject::Sensitive)? {
            // What a newer program may have written is not understood, and hides nothing.
            let _ = kept.read(&leaf.of, &leaf.value);
        }
        // Marks go with their person. Asked after they were read, so that none are missing without a word.
        kept.is_gone = app.ledger.feed_ends(user_id)?.is_none();
        Ok(Self {
            kept,
            shelves: Shelves::of(&app.ledger),
        })
    }

    fn of_nobody(app: &App) -> Self {
        Self {
            kept: Kept::default(),
            shelves: Shelves::of(&app.ledger),
        }
    }

    /// What the person said, each mark with its place, in no particular order.
    #[must_use]
    pub fn into_all(self) -> Vec<(Marked, Mark)> {
        let lines = self.kept.lines.into_iter();
        let lines = lines.map(|((id, number), mark)| (Marked::Line(id, number), mark));
        let wares = self.kept.wares.into_iter();
        let wares = wares.filter_map(|(bytes, mark)| Some((Marked::Ware(ware_of(&bytes)?), mark)));
        lines.chain(wares).collect()
    }

    /// The private lines of a purchase.
    #[must_use]
    pub fn private_in(&self, filed: &Filed) -> BTreeSet<LineNumber> {
        self.private_lines(&Whole::of(filed))
    }

    /// Is a purchase told of by shop and amount alone, to others? It is if a line of it is private. And it is if it
    /// takes something back of a purchase that is, which it would tell of, unless the person said of each line of its
    /// own that it is not.
    #[must_use]
    pub fn hides(&self, filed: &Filed) -> bool {
        let whole = Whole::of(filed);
        let originals = originals(&self.shelves.ledger, whole.content);
        if !self.private_among(&whole, originals.as_deref()).is_empty() {
            return true;
        }
        let mut own = whole.lines().peekable();
        let is_void = own.peek().is_none();
        if !is_void && own.all(|(_, line)| self.kept.of_line(&line).is_some()) {
            return false;
        }
        // What cannot be looked up now is rather not shown.
        originals.is_none_or(|originals| {
            let mut each = originals.iter().zip(1..);
            each.any(|(original, behind)| {
                let private = self.private_among(&original.whole(), originals.get(behind..));
                !private.is_empty()
            })
        })
    }

    /// The purchase as its person reads it: each line says whether it is private by the person's own word.
    #[must_use]
    pub fn tell<'a>(&self, filed: &Filed, mut sold: PurchaseMessage<'a>) -> PurchaseMessage<'a> {
        let private = self.private_lines(&Whole::of(filed));
        for line in &mut sold.lines {
            line.sensitive = private.contains(&LineNumber(line.line));
        }
        sold
    }

    fn private_lines(&self, whole: &Whole<'_>) -> BTreeSet<LineNumber> {
        let originals = originals(&self.shelves.ledger, whole.content);
        self.private_among(whole, originals.as_deref())
    }

    /// The private lines of what takes something back of `originals`; none if those cannot be looked up now.
    fn private_among(
        &self,
        whole: &Whole<'_>,
        originals: Option<&[Original]>,
    ) -> BTreeSet<LineNumber> {
        let private = whole.lines().filter(|(number, own)| {
            let behind = originals.map(|all| lines_behind(whole.content, *number, all));
            // What cannot be looked up now is rather not shown.
            self.hides_line(own, behind).unwrap_or(true)
        });
        private.map(|(number, _)| number).collect()
    }

    /// Is a line private, or one that it takes back? None if what it takes cannot be looked up now.
    fn hides_line(&self, own: &Looked<'_>, behind: Option<Vec<Looked<'_>>>) -> Option<bool> {
        // What was said of this very line comes first, and needs nothing that is behind it.
        let said = match self.kept.of_line(own) {
            Some(mark) => Some(mark),
            None => {
                let mut behind = behind.as_ref()?.iter();
                behind.find_map(|line| self.kept.of_line(line))
            }
        };
        let all: Vec<_> = once(own).chain(behind.iter().flatten()).collect();
        let said = match said {
            Some(mark) => Some(mark),
            None => self.said_of_items(&all)?,
        };
        match said {
            Some(Mark::Private) => Some(true),
            Some(Mark::Plain) => Some(false),
            None => {
                let by_shop = all.iter().map(|line| self.shelves.is_marked(line));
                by_shop.reduce(|one, other| Some(one? || other?)).flatten()
            }
        }
    }

    /// What the person says of the items on lines that are of one thing. None if a shop cannot be looked up now.
    fn said_of_items(&self, lines: &[&Looked<'_>]) -> Option<Option<Mark>> {
        if self.kept.wares.is_empty() {
            return Some(None);
        }
        let mut said = Vec::new();
        for line in lines {
            let shelf = self.shelves.of_store(line.store_id, &self.kept)?;
            said.extend(self.kept.of_ware(line, &shelf));
        }
        Some(strictest(&said).copied())
    }
}

/// The private lines of a sale for whoever runs the shop: by the marks of its buyer, of whom nothing is told, and of
/// a sale that is nobody's by the shop's own.
///
/// # Errors
/// A problem if the memory cannot be read.
pub fn private_lines(app: &App, sold: &Sold) -> Reply<BTreeSet<LineNumber>> {
    let under = app.ledger.filed_under(&sold.content.key)?;
    private_by_buyers(
        app,
        &Whole {
            purchase_id: under.map(|(_, purchase_id)| purchase_id),
            content: &sold.content,
            names: &sold.names,
        },
    )
}

/// The private lines by the marks of whoever bought, and of what comes back also by the marks of whoever bought that.
fn private_by_buyers(app: &App, whole: &Whole<'_>) -> Reply<BTreeSet<LineNumber>> {
    let owner_of = |key| Ok::<_, Refused>(app.ledger.filed_under(key)?.map(|(owner, _)| owner));
    let owner = owner_of(&whole.content.key)?;
    let mut private = marks_of(app, owner)?.private_lines(whole);
    if let Some(of) = &whole.content.of {
        let before = owner_of(&of.key)?;
        if before.is_some() && before != owner {
            private.append(&mut marks_of(app, before)?.private_lines(whole));
        }
    }
    Ok(private)
}

fn marks_of(app: &App, owner: Option<OwnerId>) -> Reply<Marks> {
    match owner {
        Some(OwnerId::User(user_id)) => Marks::of(app, user_id),
        Some(OwnerId::Unclaimed(_)) | None => Ok(Marks::of_nobody(app)),
    }
}

/// Of two settlements under one number, the private lines of each.
pub struct Beside {
    /// Of what is recorded.
    pub recorded: BTreeSet<LineNumber>,
    /// Of what came later.
    pub other: BTreeSet<LineNumber>,
}

impl Beside {
    /// What is private of `content`, which came under a number already taken, and of what is recorded under it.
    ///
    /// # Errors
    /// A problem if the memory cannot be read.
    pub fn of(app: &App, content: &Content, sold: Option<&Sold>) -> Reply<Self> {
        let recorded = match sold {
            Some(sold) => private_lines(app, sold)?,
            None => BTreeSet::new(),
        };
        let beside = sold.map(|sold| (sold, &recorded));
        let other = private_lines_beside(app, content, beside)?;
        Ok(Self { recorded, other })
    }
}

/// The private lines of what came under a number already taken, whose names nobody looked up: what the shop says is
/// private, what its buyer says is, and whatever is private beside it, in what is recorded.
fn private_lines_beside(
    app: &App,
    content: &Content,
    recorded: Option<(&Sold, &BTreeSet<LineNumber>)>,
) -> Reply<BTreeSet<LineNumber>> {
    let is_private_there = |line: &Line| {
        let (sold, private) = recorded?;
        let mut lines = (1..).map(LineNumber).zip(&sold.content.lines);
        let same = |there: &Line| {
            let is_code = line.code.is_some() && line.code == there.code;
            is_code || line.name.is_some() && line.name == there.name
        };
        lines.find(|(number, there)| private.contains(number) && same(there))
    };
    let whole = Whole {
        purchase_id: None,
        content,
        names: &[],
    };
    let mut found = Marks::of_nobody(app).private_lines(&whole);
    if recorded.is_some() {
        found.append(&mut private_by_buyers(app, &whole)?);
    }
    let beside = whole
        .lines()
        .filter(|(_, looked)| is_private_there(looked.line).is_some());
    found.extend(beside.map(|(number, _)| number));
    Ok(found)
}

/// What the shop itself says of a line: the line's own word comes before that of the item which gave it its
/// name. None where nothing is said, or the item was never looked up.
#[must_use]
pub fn said_by_shop(line: &Line, name: Option<&LineName>) -> Option<Sensitivity> {
    let of_item = match name.map(|name| &name.naming) {
        Some(Naming::Catalogue { item, .. }) => Some(item.sensitivity),
        Some(Naming::Sent | Naming::Pending) | None => None,
    };
    line.sensitivity.or(of_item)
}

/// Puts a mark on what a line sold, wherever it was or will be bought. The newest word counts: whoever says
/// that it is plain takes back what was said of the item under any other form of it.
///
/// # Errors
/// A problem if the person keeps too much already, or if it cannot be written.
pub async fn mark_always(
    app: &App,
    user_id: UserId,
    (line, name, counter): (&Line, Option<&LineName>, &Counter),
    said: Mark,
) -> Reply<()> {
    let lasting = Ware::lasting(line, name, counter);
    for ware in &lasting {
        mark(app, user_id, Place::Ware(ware), Some(said)).await?;
    }
    match said {
        Mark::Private => return Ok(()),
        Mark::Plain => {}
    }
    let forms = Ware::forms(line, name, counter).into_iter();
    for ware in forms.filter(|form| !lasting.contains(form)) {
        let place = Place::Ware(&ware);
        let known = app
            .ledger
            .leaf(user_id, LeafSubject::Sensitive, &place.bytes())?;
        if known.is_some() {
            mark(app, user_id, place, None).await?;
        }
    }
    Ok(())
}

/// Puts a mark on a place, or takes away whatever is there: then it is as the shop says again.
///
/// # Errors
/// A problem if the person keeps too much already, or if it cannot be written.
pub async fn mark(app: &App, user_id: UserId, place: Place<'_>, mark: Option<Mark>) -> Reply<()> {
    let value = mark.map(|mark| match mark {
        Mark::Plain => vec![0],
        Mark::Private => vec![1],
    });
    let place = (LeafSubject::Sensitive, place.bytes());
    keep(app, user_id, place, value).await
}

/// A purchase as far as marks go.
struct Whole<'a> {
    purchase_id: Option<PurchaseId>,
    content: &'a Content,
    names: &'a [LineName],
}

impl<'a> Whole<'a> {
    fn of(filed: &'a Filed) -> Self {
        Self {
            purchase_id: Some(filed.purchase_id),
            content: filed.settlement.content(),
            names: &filed.names,
        }
    }

    fn lines(&self) -> impl Iterator<Item = (LineNumber, Looked<'a>)> {
        let numbers = (1..).map(LineNumber).take(self.content.lines.len());
        numbers.filter_map(|number| Some((number, self.line(number)?)))
    }

    fn line(&self, number: LineNumber) -> Option<Looked<'a>> {
        let at = usize::from(number.0).checked_sub(1)?;
        Some(Looked {
            store_id: &self.content.key.store_id,
            line: self.content.lines.get(at)?,
            name: self.names.get(at),
            at: self.purchase_id.map(|id| (id, number)),
        })
    }
}

#[cfg(test)]
mod tests;
