//! Who may see what in a household, decided purely: from what a member shares and from what the member said
//! of single purchases. Nothing is read here, and that both are of one household is proven before.

use ledger::account::Sharing;
use purchase::id::{HouseholdId, PurchaseId};
use std::collections::HashMap;

/// What somebody said of one purchase.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// The household sees it.
    Shown,
    /// It does not, whatever else is shared.
    KeptBack,
}

impl Choice {
    /// The choice as it is stored. This form never changes.
    #[must_use]
    pub fn bytes(self, household_id: HouseholdId) -> Vec<u8> {
        let mut bytes = household_id.0.to_vec();
        bytes.push(match self {
            Self::Shown => 1,
            Self::KeptBack => 2,
        });
        bytes
    }

    /// The choice that lies in the ledger; none if it was made for another household, or is not understood.
    #[must_use]
    pub fn read(value: &[u8], household_id: HouseholdId) -> Option<Self> {
        let (choice, of) = value.split_last()?;
        if *of != household_id.0 {
            return None;
        }
        match choice {
            1 => Some(Self::Shown),
            2 => Some(Self::KeptBack),
            _ => None,
        }
    }
}

/// All that one member shares.
#[derive(Clone, Debug)]
pub struct Shares {
    sharing: Sharing,
    choices: HashMap<PurchaseId, Choice>,
}

impl Shares {
    /// What a member shares who said this.
    #[must_use]
    pub const fn new(sharing: Sharing, choices: HashMap<PurchaseId, Choice>) -> Self {
        Self { sharing, choices }
    }

    /// May the household see a purchase? `original` is the one that it takes something back of, if it is a
    /// return or a void and that is known.
    #[must_use]
    pub fn shows(&self, id: PurchaseId, original: Option<PurchaseId>) -> bool {
        match self.choices.get(&id) {
            Some(Choice::Shown) => true,
            Some(Choice::KeptBack) => false,
            // What somebody keeps back must not be told by what came back of it.
            None if self.keeps_back(original) => false,
            None => self.covers(id),
        }
    }

    /// Does the rule for all purchases cover one, were nothing said of it?
    #[must_use]
    pub fn covers(&self, id: PurchaseId) -> bool {
        match self.sharing {
            Sharing::Chosen => false,
            Sharing::Since(since) => id.ms() >= since.ms(),
            Sharing::Everything => true,
        }
    }

    /// The rule.
    #[must_use]
    pub const fn sharing(&self) -> Sharing {
        self.sharing
    }

    /// What was said of single purchases, newest first.
    #[must_use]
    pub fn choices(&self) -> Vec<(PurchaseId, Choice)> {
        let mut all: Vec<_> = self.choices.iter().map(|(id, said)| (*id, *said)).collect();
        all.sort_unstable_by_key(|(id, _)| std::cmp::Reverse(*id));
        all
    }

    /// What is shown by a choice alone, newest first.
    #[must_use]
    pub fn shown_by_choice(&self) -> Vec<PurchaseId> {
        let shown = self.choices.iter();
        let shown = shown.filter(|(id, choice)| **choice == Choice::Shown && !self.covers(**id));
        let mut ids: Vec<_> = shown.map(|(id, _)| *id).collect();
        ids.sort_unstable_by(|one, other| other.cmp(one));
        ids
    }

    /// How many purchases somebody said this of.
    #[must_use]
    pub fn count(&self, choice: Choice) -> usize {
        let choices = self.choices.values();
        choices.filter(|said| **said == choice).count()
    }

    fn keeps_back(&self, original: Option<PurchaseId>) -> bool {
        let said = original.and_then(|original| self.choices.get(&original));
        said == Some(&Choice::KeptBack)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use purchase::time::Timestamp;

    const HOME: HouseholdId = HouseholdId([7; 16]);

    /// The rule; when it was bought; what was said of it, and of its original; is it seen?
    type Row = (Sharing, i64, Option<Choice>, Option<Choice>, bool);

    fn id(ms: i64) -> PurchaseId {
        PurchaseId::new(Timestamp::from_ms(ms).unwrap(), [3; 10])
    }

    #[test]
    fn a_word_on_one_purchase_comes_before_the_rule_for_all() {
        use Choice::{KeptBack, Shown};
        let since = Sharing::Since(Timestamp::from_ms(1_000).unwrap());
        let rows: [Row; 16] = [
            (Sharing::Chosen, 2_000, None, None, false),
            (Sharing::Chosen, 2_000, Some(Shown), None, true),
            (Sharing::Chosen, 2_000, Some(KeptBack), None, false),
            (Sharing::Chosen, 2_000, None, Some(Shown), false),
            (since, 999, None, None, false),
            (since, 1_000, None, None, true),
            (since, 999, Some(Shown), None, true),
            (since, 1_000, Some(KeptBack), None, false),
            (since, 1_000, None, Some(KeptBack), false),
            (since, 1_000, None, Some(Shown), true),
            (since, 1_000, Some(Shown), Some(KeptBack), true),
            (Sharing::Everything, 0, None, None, true),
            (Sharing::Everything, 0, Some(KeptBack), None, false),
            (Sharing::Everything, 0, None, Some(KeptBack), false),
            (Sharing::Everything, 0, None, Some(Shown), true),
            (Sharing::Everything, 0, Some(Shown), None, true),
        ];
        for row in rows {
            let (sharing, ms, said, of_original, is_seen) = row;
            let original = of_original.map(|choice| (id(500), choice));
            let choices = said.map(|choice| (id(ms), choice)).into_iter();
            let shares = Shares::new(sharing, choices.chain(original).collect());
            let original = original.map(|(id, _)| id);
            assert_eq!(shares.shows(id(ms), original), is_seen, "{row:?}");
        }
    }

    #[test]
    fn what_is_shown_by_choice_alone_comes_newest_first() {
        let since = Sharing::Since(Timestamp::from_ms(1_000).unwrap());
        let choices = [
            (id(100), Choice::Shown),
            (id(900), Choice::Shown),
            (id(300), Choice::KeptBack),
            (id(2_000), Choice::Shown),
        ];
        let shares = Shares::new(since, choices.into_iter().collect());
        assert_eq!(shares.shown_by_choice(), [id(900), id(100)]);
        assert_eq!(shares.count(Choice::Shown), 3);
        assert_eq!(shares.count(Choice::KeptBack), 1);
    }

    #[test]
    fn a_choice_is_stored_as_it_always_was_and_for_one_household() {
        for (choice, last) in [(Choice::Shown, 1), (Choice::KeptBack, 2)] {
            let bytes = choice.bytes(HOME);
            assert_eq!(bytes, [[7; 16].as_slice(), &[last]].concat());
            assert_eq!(Choice::read(&bytes, HOME), Some(choice));
            assert_eq!(Choice::read(&bytes, HouseholdId([8; 16])), None);
            assert_eq!(Choice::read(&bytes[1..], HOME), None);
        }
        for wrong in [&[][..], &[7; 16], &[7; 17], &[7; 18]] {
            assert_eq!(Choice::read(wrong, HOME), None, "{wrong:?}");
        }
    }
}
