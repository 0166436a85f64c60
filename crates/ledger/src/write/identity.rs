//! What can be written about people themselves: in which browsers they are signed in, how they come in,
//! what they keep for themselves, and that they go. No secret comes here, only hashes of secrets. A text of
//! more than 200 characters is answered [`Changed::Full`](crate::write::Changed::Full).

use crate::account::{Accessor, Credential, LeafSubject, LookUp, Touched};
use purchase::id::{CredentialId, SessionId, TokenId, UserId};
use purchase::text::Text;
use purchase::time::Timestamp;

/// What opens a new account first.
#[derive(Clone, Debug)]
pub enum FirstKey {
    /// A key to be sent in a header.
    Token {
        /// Its id.
        token_id: TokenId,
        /// Its hash.
        hash: [u8; 32],
    },
    /// The browser in which the person opened the link.
    Session(NewSession),
}

/// A further key to an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewToken {
    /// Whose account.
    pub user_id: UserId,
    /// Its id.
    pub token_id: TokenId,
    /// Its hash.
    pub hash: [u8; 32],
    /// Who makes it.
    pub by: Accessor,
    /// Why.
    pub reason: Text,
}

/// A browser in which a person is signed in from now on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewSession {
    /// Its id.
    pub session_id: SessionId,
    /// The hash of the secret that the browser keeps.
    pub hash: [u8; 32],
    /// The browser in a few words.
    pub label: Text,
    /// When it ends if it is not seen before.
    pub expires_at: Timestamp,
    /// When it ends however often it is seen.
    pub ends_at: Timestamp,
}

/// What is written about the browsers in which people are signed in, and about keys that people take from
/// programs. A person has at most 64 browsers: one more ends the one that was seen longest ago.
#[derive(Clone, Debug)]
pub enum SessionStep {
    /// A person signs in. Those of the person that have ended go.
    Open {
        /// Who.
        user_id: UserId,
        /// In which browser.
        session: NewSession,
    },
    /// The browser was seen again. Whoever writes it does so at most once an hour, and believes nothing
    /// any more that was remembered of what the session's secret opens.
    Seen {
        /// Who.
        user_id: UserId,
        /// Which browser.
        session_id: SessionId,
        /// When.
        at: Timestamp,
        /// When it ends if it is not seen before.
        expires_at: Timestamp,
    },
    /// A person signs out.
    Close {
        /// Who.
        user_id: UserId,
        /// Of which browser.
        session_id: SessionId,
    },
    /// A person signs out everywhere.
    CloseAll {
        /// Who.
        user_id: UserId,
        /// But not here.
        except: Option<SessionId>,
    },
    /// A person takes a key from a program. Somebody else's key is not there.
    Revoke {
        /// Who.
        user_id: UserId,
        /// Which key.
        token_id: TokenId,
    },
}

/// What is written about how people come in, and how they leave.
///
/// [`Changed::Different`](crate::write::Changed::Different) is the answer if an address, a passkey or
/// a secret leads to somebody already, if the look-up is not of the credential's kind, or if a person
/// would have two passwords.
#[derive(Clone, Debug)]
pub enum SignInStep {
    /// One way more. With a password the address goes into the profile.
    Add {
        /// Whose.
        user_id: UserId,
        /// Its id.
        credential_id: CredentialId,
        /// What it is. A recovery that expires comes by [`SignInStep::Recover`] alone.
        credential: Credential,
        /// By what it is found.
        look_up: LookUp,
    },
    /// A new password or recovery sheet in place of the old one, which is worth nothing any more.
    Replace {
        /// Whose.
        user_id: UserId,
        /// Which; it keeps its id.
        credential_id: CredentialId,
        /// What it is now: of the same kind as before.
        credential: Credential,
        /// By what it is found now.
        look_up: LookUp,
    },
    /// A way in is taken away.
    Remove {
        /// Whose.
        user_id: UserId,
        /// Which.
        credential_id: CredentialId,
    },
    /// Somebody came in by it. Only who is answered [`Changed::Done`](crate::write::Changed::Done) is
    /// in: a recovery that expires is good for once, and is gone then.
    Used {
        /// Whose.
        user_id: UserId,
        /// Which.
        credential_id: CredentialId,
        /// When.
        at: Timestamp,
        /// What is known of a passkey from now on, such as its counter; none if it stays.
        data: Option<Vec<u8>>,
    },
    /// Somebody comes in by it, in a browser: what [`SignInStep::Used`] and [`SessionStep::Open`] do, and
    /// with a person who had asked to go [`SignInStep::Stay`]. All of it is written or nothing is, so that
    /// no crash uses a link up without letting anybody in.
    Enter {
        /// Whose.
        user_id: UserId,
        /// Which.
        credential_id: CredentialId,
        /// When.
        at: Timestamp,
        /// What is known of a passkey from now on, such as its counter; none if it stays.
        data: Option<Vec<u8>>,
        /// The browser.
        session: NewSession,
    },
    /// An operator lets a person in again, once and until an instant. The person sees who did, and why.
    Recover {
        /// Whose.
        user_id: UserId,
        /// Its id.
        credential_id: CredentialId,
        /// The hash of the secret in the link.
        hash: [u8; 32],
        /// From when on it is worth nothing.
        expires_at: Timestamp,
        /// Who.
        by: Accessor,
        /// Why.
        reason: Text,
    },
    /// The person's address is this one. A password is found by it from now on; without an address
    /// nobody would find it, so that the answer is [`Changed::Last`](crate::write::Changed::Last).
    SetEmail {
        /// Whose.
        user_id: UserId,
        /// The address; none takes it away.
        email: Option<Text>,
    },
    /// The person asks to go, and is out of the household with it.
    Leave {
        /// Who.
        user_id: UserId,
        /// When it was asked.
        at: Timestamp,
    },
    /// The person stays after all. Into the household leads a new invitation alone.
    Stay {
        /// Who.
        user_id: UserId,
    },
    /// Erases a person whose account nobody used, and of whom nothing is known that had to be kept: nothing
    /// bought, kept, asked for or written down, no way in, and no browser or code that was good at
    /// `before` or later. Else the answer is [`Changed::Different`](crate::write::Changed::Different).
    EraseUnused {
        /// Who.
        user_id: UserId,
        /// Only who has been away since before this instant.
        before: Timestamp,
    },
    /// Erases the person like [`Write::Erase`](crate::write::Write::Erase), if the wish to go is older
    /// than `before` and still stands; else the answer is
    /// [`Changed::Different`](crate::write::Changed::Different).
    EraseLeft {
        /// Who.
        user_id: UserId,
        /// Only who asked before this instant.
        before: Timestamp,
    },
}

/// What is written about what people keep for themselves, sealed under their own key; and about who
/// looked at it.
#[derive(Clone, Debug)]
pub enum LeafStep {
    /// Keeps a value. A person has at most 10,000.
    Put {
        /// Whose.
        user_id: UserId,
        /// What sort of thing it is about.
        subject: LeafSubject,
        /// Which thing, at most [`LEAF_OF_BYTES_MAX`](crate::account::LEAF_OF_BYTES_MAX) bytes.
        of: Vec<u8>,
        /// The value, at most [`LEAF_VALUE_BYTES_MAX`](crate::account::LEAF_VALUE_BYTES_MAX) bytes.
        value: Vec<u8>,
    },
    /// Keeps it no more.
    Take {
        /// Whose.
        user_id: UserId,
        /// What sort of thing it is about.
        subject: LeafSubject,
        /// Which thing.
        of: Vec<u8>,
    },
    /// Somebody looked at a person's data. Of each sort of who looked the newest entries are kept, 5,000 in all;
    /// nobody pushes out what others did.
    Accessed {
        /// Whose.
        user_id: UserId,
        /// Who.
        by: Accessor,
        /// At what.
        what: Touched,
        /// Why; none for what the person did.
        reason: Option<Text>,
    },
    /// The book was taken away as a file. The same form, taken again by the same within an hour, is told by the
    /// first time, and answered [`Changed::Same`](crate::write::Changed::Same).
    Exported {
        /// Whose.
        user_id: UserId,
        /// Who.
        by: Accessor,
        /// In which form.
        form: Text,
    },
}
