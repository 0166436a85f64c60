//! Households: people who show each other what they bought. Here it is found who is in one with whom, and
//! written who comes and goes and what each shares. Nothing of a purchase is copied: whoever may see one is
//! shown it out of its owner's own book, and who may is decided in `sight`.

use crate::app::App;
use crate::reply::{Refused, Reply};
use crate::secret::hash_of;
use ledger::account::{Household, HouseholdMember, Invitation, LeafSubject, Sharing};
use ledger::keyring::hex;
use ledger::write::{Changed, HouseholdStep, LeafStep, Write, Written};
use purchase::id::{FellowId, HouseholdId, PurchaseId, UserId};
use purchase::text::Text;
use purchase::time::Timestamp;
use wire::error::ErrorCode;

pub mod sight;
pub mod timeline;

use sight::{Choice, Shares};

/// How long an invitation is good.
pub const INVITED_MS: i64 = 7 * 24 * 60 * 60 * 1_000;
/// Characters of a name that a member goes by, at most.
pub const NAME_CHARS_MAX: usize = 40;
/// Digits of an invitation's word.
const WORD_DIGITS: usize = 32;

/// The word in the link of an invitation: 128 bits of chance. Only its hash is kept.
#[derive(Clone, PartialEq, Eq)]
pub struct InvitationWord(String);

impl InvitationWord {
    /// A word made of chance.
    #[must_use]
    pub fn new(random: [u8; WORD_DIGITS / 2]) -> Self {
        Self(hex(&random))
    }

    /// Reads a word out of a link; none if it is not of the form of one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        let is_word = text.len() == WORD_DIGITS && text.bytes().all(is_digit);
        is_word.then(|| Self(text.to_owned()))
    }

    /// What is kept of it.
    #[must_use]
    pub fn hash(&self) -> [u8; 32] {
        hash_of(&self.0)
    }

    /// The word in full, for whoever invites.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

/// Shows nothing of the word: whoever reads a log must not come in by it.
impl std::fmt::Debug for InvitationWord {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("InvitationWord(..)")
    }
}

/// The household that somebody is in, seen from there.
#[derive(Clone, Debug)]
pub struct Home {
    /// Who looks; always a member.
    pub user_id: UserId,
    /// The household.
    pub household: Household,
}

impl Home {
    /// The household that a person is in; none if the person is in none.
    ///
    /// # Errors
    /// A problem if the memory cannot be read.
    pub fn of(app: &App, user_id: UserId) -> Reply<Option<Self>> {
        let household = app.ledger.household_of(user_id)?;
        // Whoever is sent away while this is read sees nothing.
        let household = household.filter(|household| has(household, user_id));
        Ok(household.map(|household| Self { user_id, household }))
    }

    /// The members, whoever has been there longest comes first.
    #[must_use]
    pub fn members(&self) -> &[HouseholdMember] {
        &self.household.members
    }

    /// Whoever looks.
    #[must_use]
    pub fn me(&self) -> Option<&HouseholdMember> {
        self.members().iter().find(|member| self.is_me(member))
    }

    /// Is this whoever looks?
    #[must_use]
    pub fn is_me(&self, member: &HouseholdMember) -> bool {
        member.user_id == self.user_id
    }

    /// May whoever looks send this member away? Only who has been there longest may, and nobody
    /// sends themselves away.
    #[must_use]
    pub fn may_send_away(&self, member: &HouseholdMember) -> bool {
        let is_first = self
            .members()
            .first()
            .is_some_and(|first| self.is_me(first));
        is_first && !self.is_me(member)
    }

    /// What a member is called in addresses. It says nothing of who that is elsewhere.
    #[must_use]
    pub fn fellow_id(&self, app: &App, member: &HouseholdMember) -> FellowId {
        fellow_id(app, self.household.household_id, member.user_id)
    }

    /// The member who is called so.
    ///
    /// # Errors
    /// 404 if nobody of this household is.
    pub fn member(&self, app: &App, fellow_id: FellowId) -> Reply<&HouseholdMember> {
        let mut members = self.members().iter();
        members
            .find(|member| self.fellow_id(app, member) == fellow_id)
            .ok_or_else(|| Refused::not_found("member of your household"))
    }

    /// Is a member still in the same household, since the same instant and by the same rule, and so is whoever
    /// looks, now that it was read `again`? Only then does hold what was read of the member in between.
    #[must_use]
    pub fn is_as_it_was(&self, member: &HouseholdMember, again: Option<&Self>) -> bool {
        let same = |again: &&Self| again.household.household_id == self.household.household_id;
        let mut members = again.filter(same).map_or(&[][..], Self::members).iter();
        members.any(|now| {
            let was = (member.user_id, member.joined_at, member.sharing);
            was == (now.user_id, now.joined_at, now.sharing)
        })
    }

    /// Invitations that are good at `now`, oldest first.
    pub fn invitations(&self, now: Timestamp) -> impl Iterator<Item = &Invitation> {
        let invitations = self.household.invitations.iter();
        invitations.filter(move |invitation| invitation.expires_at > now)
    }
}

fn has(household: &Household, user_id: UserId) -> bool {
    let mut members = household.members.iter();
    members.any(|member| member.user_id == user_id)
}

fn fellow_id(app: &App, household_id: HouseholdId, user_id: UserId) -> FellowId {
    let message = [b"\0fellow".as_slice(), &household_id.0, &user_id.0].concat();
    let hash = app.ledger.keyed_hash(&message);
    FellowId(hash.first_chunk().copied().unwrap_or_default())
}

/// A household that somebody is invited into.
#[derive(Clone, Debug)]
pub struct Invited {
    /// The household.
    pub household: Household,
    /// The name that whoever invites goes by.
    pub by: Text,
}

/// Where the word of an invitation leads; none if it is not good, or not any more.
///
/// # Errors
/// A problem if the memory cannot be read.
pub fn invited(app: &App, word: &InvitationWord) -> Reply<Option<Invited>> {
    let invitation = app.ledger.invitation(word.hash())?;
    let now = app.clock.now();
    let Some(invitation) = invitation.filter(|invitation| invitation.expires_at > now) else {
        return Ok(None);
    };
    let Some(household) = app.ledger.household(invitation.household_id)? else {
        return Ok(None);
    };
    let mut members = household.members.iter();
    let by = members.find(|member| member.user_id == invitation.user_id);
    let by = by.map(|member| member.name.clone());
    Ok(by.map(|by| Invited { household, by }))
}

/// What a person shares, and what the person said of single purchases.
///
/// # Errors
/// A problem if the memory cannot be read.
pub fn shares_of(app: &App, household_id: HouseholdId, member: &HouseholdMember) -> Reply<Shares> {
    let leaves = app.ledger.leaves(member.user_id, LeafSubject::Shared)?;
    let choices = leaves.iter().filter_map(|leaf| {
        let id = PurchaseId(leaf.of.as_slice().try_into().ok()?);
        Some((id, Choice::read(&leaf.value, household_id)?))
    });
    Ok(Shares::new(member.sharing, choices.collect()))
}

/// A name that somebody wants to go by; none if it cannot be one.
#[must_use]
pub fn name_of(sent: &str) -> Option<Text> {
    let words: Vec<_> = sent.split_whitespace().collect();
    Text::new(&words.join(" "), NAME_CHARS_MAX).ok()
}

/// Begins a household. Whoever is in one already stays there.
///
/// # Errors
/// 503 if nothing can be written now.
pub async fn begin(app: &App, user_id: UserId, name: Text) -> Reply<Changed> {
    let household_id = HouseholdId(app.clock.random());
    let begin = HouseholdStep::Begin {
        user_id,
        household_id,
        name,
    };
    write(app, begin).await
}

/// Makes an invitation; none if there is no room for one more.
///
/// # Errors
/// 503 if nothing can be written now.
pub async fn invite(app: &App, user_id: UserId) -> Reply<Option<InvitationWord>> {
    let word = InvitationWord::new(app.clock.random());
    let invite = HouseholdStep::Invite {
        user_id,
        hash: word.hash(),
        expires_at: app.clock.now().plus_ms(INVITED_MS),
    };
    match write(app, invite).await? {
        Changed::Done | Changed::Same => Ok(Some(word)),
        Changed::Different | Changed::NotFound | Changed::Last | Changed::Full => Ok(None),
    }
}

/// Comes in by an invitation.
///
/// # Errors
/// 503 if nothing can be written now.
pub async fn join(app: &App, user_id: UserId, word: &InvitationWord, name: Text) -> Reply<Changed> {
    let join = HouseholdStep::Join {
        user_id,
        hash: word.hash(),
        name,
    };
    write(app, join).await
}

/// Shares all that is bought from now on, everything, or only what is chosen. Who shares from an instant on
/// already goes on from there.
///
/// # Errors
/// 503 if nothing can be written now.
pub async fn share(app: &App, home: &Home, asked: Asked) -> Reply<Changed> {
    let now = app.clock.now();
    let sharing = match (asked, home.me().map(|me| me.sharing)) {
        (Asked::Chosen, _) => Sharing::Chosen,
        (Asked::Everything, _) => Sharing::Everything,
        (Asked::FromNow, Some(Sharing::Since(since))) => Sharing::Since(since),
        (Asked::FromNow, _) => Sharing::Since(now),
    };
    let user_id = home.user_id;
    write(app, HouseholdStep::Share { user_id, sharing }).await
}

/// What somebody asks to share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// Only what is chosen.
    Chosen,
    /// All that is bought from now on.
    FromNow,
    /// All that was ever bought.
    Everything,
}

/// Shows one purchase to the household, or keeps it back, whatever else is shared.
///
/// # Errors
/// A problem if the person keeps too much already, or if it cannot be written.
pub async fn choose(app: &App, home: &Home, id: PurchaseId, choice: Choice) -> Reply<()> {
    let put = LeafStep::Put {
        user_id: home.user_id,
        subject: LeafSubject::Shared,
        of: id.0.to_vec(),
        value: choice.bytes(home.household.household_id),
    };
    match changed(app, Write::Leaf(put)).await? {
        Changed::Full => Err(Refused::new(
            ErrorCode::TooLarge,
            "an account keeps at most 10,000 names, notes, marks and choices; take some away",
        )),
        Changed::Done | Changed::Same | Changed::Different | Changed::NotFound | Changed::Last => {
            Ok(())
        }
    }
}

/// Writes a step of a household.
///
/// # Errors
/// 503 if nothing can be written now.
pub async fn write(app: &App, step: HouseholdStep) -> Reply<Changed> {
    changed(app, Write::Household(step)).await
}

async fn changed(app: &App, write: Write) -> Reply<Changed> {
    match app.intake.write_one(write).await? {
        Written::Changed(changed) => Ok(changed),
        other => panic!("a step of a household was answered with {other:?}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_reads_back_and_shows_nothing_by_itself() {
        let word = InvitationWord::new([0xa7; 16]);
        assert_eq!(InvitationWord::parse(word.reveal()), Some(word.clone()));
        assert_eq!(format!("{word:?}"), "InvitationWord(..)");
        let upper = word.reveal().to_uppercase();
        let long = format!("{}0", word.reveal());
        for wrong in ["", "a7", &upper, &long, &"g".repeat(32), &"é".repeat(16)] {
            assert_eq!(InvitationWord::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn what_was_read_of_a_member_holds_while_the_member_stays_as_before() {
        let at = |ms| Timestamp::from_ms(ms).unwrap();
        let member = |number, joined_at, sharing| HouseholdMember {
            user_id: UserId([number; 16]),
            joined_at: at(joined_at),
            sharing,
            name: Text::new("Ann", NAME_CHARS_MAX).unwrap(),
        };
        let home = |number, members| Home {
            user_id: UserId([2; 16]),
            household: Household {
                household_id: HouseholdId([number; 16]),
                created_at: at(0),
                members,
                invitations: Vec::new(),
            },
        };
        let ann = member(1, 5, Sharing::Everything);
        let before = home(7, vec![ann.clone(), member(2, 6, Sharing::Chosen)]);
        let since = Sharing::Since(at(5));
        for (what, again, holds) in [
            ("nothing happened", Some(before.clone()), true),
            ("whoever looks was sent away", None, false),
            ("she left", Some(home(7, Vec::new())), false),
            (
                "it is another household",
                Some(home(8, vec![ann.clone()])),
                false,
            ),
            (
                "she came back",
                Some(home(7, vec![member(1, 9, Sharing::Everything)])),
                false,
            ),
            (
                "she shares less",
                Some(home(7, vec![member(1, 5, since)])),
                false,
            ),
            (
                "somebody else came at that instant",
                Some(home(7, vec![member(3, 5, Sharing::Everything)])),
                false,
            ),
        ] {
            assert_eq!(before.is_as_it_was(&ann, again.as_ref()), holds, "{what}");
        }
    }

    #[test]
    fn a_name_is_a_short_line() {
        let long = "あ".repeat(41);
        for (sent, name) in [
            ("  お母さん ", Some("お母さん")),
            ("Mum\n\tand  Dad", Some("Mum and Dad")),
            ("", None),
            ("\u{3000}", None),
            ("a\u{0}b", None),
            (&long, None),
        ] {
            let read = name_of(sent);
            assert_eq!(read.as_ref().map(Text::as_str), name, "{sent:?}");
        }
    }
}
