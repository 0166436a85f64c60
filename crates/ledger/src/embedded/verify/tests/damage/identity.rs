//! Damage to how people come in and to what they keep: rows, look-ups, secrets, counts, wishes to go.

use super::*;
use crate::account::{Accessor, Credential as WayIn, LeafSubject, LookUp, Touched};
use crate::embedded::value::identity::{
    AccessRow, CredentialRow, SessionRow, SignInRow, decode_leaf_row, encode_leaf_row,
    encode_leaving,
};
use crate::write::{LeafStep, NewSession, SessionStep, SignInStep};
use purchase::id::{CredentialId, SessionId};

const SESSION: SessionId = SessionId([1; 16]);
const PASSWORD: CredentialId = CredentialId([1; 16]);
const PASSKEY: CredentialId = CredentialId([2; 16]);

/// The town, in which Ada has signed in by several ways, keeps things and was looked at; and Cyd, who
/// asked to go.
fn peopled() -> Town {
    let mut town = town();
    let (ada, cyd) = (town.ada, town.cyd);
    let session = NewSession {
        session_id: SESSION,
        hash: [21; 32],
        label: text("phone"),
        expires_at: time(NOON + 60_000),
        ends_at: time(NOON + 90_000),
    };
    let add = |credential_id, credential, look_up| {
        Write::SignIn(SignInStep::Add {
            user_id: ada,
            credential_id,
            credential,
            look_up,
        })
    };
    let password = WayIn::Password { phc: text("$a") };
    let passkey = WayIn::Passkey {
        id: vec![2; 9],
        data: vec![3; 9],
        label: text("phone"),
    };
    let leaf = |of: &[u8]| {
        Write::Leaf(LeafStep::Put {
            user_id: ada,
            subject: LeafSubject::Note,
            of: of.to_vec(),
            value: b"kept".to_vec(),
        })
    };
    let looked = || {
        Write::Leaf(LeafStep::Accessed {
            user_id: ada,
            by: Accessor::Person,
            what: Touched::Profile,
            reason: None,
        })
    };
    let writes = [
        Write::Session(SessionStep::Open {
            user_id: ada,
            session,
        }),
        add(PASSWORD, password, email()),
        add(PASSKEY, passkey, LookUp::Passkey(vec![2; 9])),
        leaf(b"one"),
        leaf(b"two"),
        looked(),
        looked(),
        Write::SignIn(SignInStep::Leave {
            user_id: cyd,
            at: time(NOON),
        }),
    ];
    for write in writes {
        let written = town.world.write(write);
        assert!(
            matches!(written, Written::Changed(Changed::Done)),
            "{written:?}"
        );
    }
    town.world.is_sound("with people");
    town
}

fn email() -> LookUp {
    LookUp::Email(text("ada@example.org"))
}

impl Town {
    fn look_up(&self, by: &LookUp) -> Vec<u8> {
        let hash = self.world.ledger.keyed_hash(&by.message());
        page::plain(Row::SignIn, &hash)
    }

    fn user(&self, user_id: UserId, change: impl FnOnce(&mut UserRow)) -> Damaged {
        let place = (Space::Facts, page::user(Row::User, user_id));
        self.changed(place, (UserRow::decode, UserRow::encode), change)
    }
}

#[test]
fn damage_to_sessions() {
    let town = peopled();
    let row_key = page::session(town.ada, SESSION);
    let secret = page::plain(Row::Secret, &[21; 32]);
    let form: Form<SessionRow> = (SessionRow::decode, SessionRow::encode);
    let unknown = ("secret 1515", "which does not know it");
    town.check(
        "no secret",
        &[gone_from(Space::Facts, secret.clone())],
        &[("session ses_", "its secret opens nothing")],
    );
    town.check(
        "no session",
        &[gone_from(Space::Facts, row_key.clone())],
        &[unknown],
    );
    let longer = town.changed((Space::Facts, row_key.clone()), form, |row| {
        row.expires_at = time(NOON + 61_000);
    });
    town.check(
        "another end",
        &[longer],
        &[("session ses_", "or for another time"), unknown],
    );
    let row = town.row(Space::Facts, &row_key);
    let moved = page::session(UserId([9; 16]), SESSION);
    town.check(
        "a session of nobody",
        &[(Space::Facts, moved, Some(row))],
        &[
            ("session ses_", "its user is not there"),
            ("session ses_", "its secret opens other doors"),
        ],
    );
    town.check(
        "unreadable",
        &[town.flipped(Space::Facts, row_key, first_byte)],
        &[("session ses_", "unknown version")],
    );
    let other = Opens::User {
        user_id: town.ada,
        token_id: TokenId([9; 16]),
    };
    town.check(
        "other doors",
        &[(Space::Facts, secret, Some(other.encode()))],
        &[("session ses_", "its secret opens other doors"), unknown],
    );
}

#[test]
fn damage_to_ways_in() {
    let town = peopled();
    let (password, passkey) = (
        page::credential(town.ada, PASSWORD),
        page::credential(town.ada, PASSKEY),
    );
    let by_email = town.look_up(&email());
    let form: Form<CredentialRow> = (CredentialRow::decode, CredentialRow::encode);
    let unknown = ("sign-in ", "which does not know it");
    town.check(
        "no look-up",
        &[gone_from(Space::Facts, by_email.clone())],
        &[("credential crd_", "nothing leads to it")],
    );
    town.check(
        "no way in",
        &[gone_from(Space::Facts, password.clone())],
        &[unknown],
    );
    let other = SignInRow {
        user_id: town.ada,
        credential_id: PASSKEY,
    };
    town.check(
        "it leads elsewhere",
        &[(Space::Facts, by_email.clone(), Some(other.encode()))],
        &[("credential crd_", "it is found as another one"), unknown],
    );
    let elsewhere = town.changed((Space::Facts, passkey.clone()), form, |row| {
        row.look_up = [9; 32];
    });
    let found = SignInRow {
        user_id: town.ada,
        credential_id: PASSKEY,
    };
    let leads = page::plain(Row::SignIn, &[9; 32]);
    town.check(
        "found by something else",
        &[elsewhere, (Space::Facts, leads, Some(found.encode()))],
        &[
            ("credential crd_", "by something else than it says"),
            unknown,
        ],
    );
    // The address in the profile is another one.
    let renamed = town.user(town.ada, |row| {
        let ledger = &town.world.ledger;
        let data_key = ledger.data_key(OwnerId::User(town.ada), row.slot).unwrap();
        let context = page::user(Row::User, town.ada);
        let profile = Profile {
            reference: Some(text("ada")),
            name: None,
            email: Some(text("other@example.org")),
        };
        row.sealed = data_key.seal([9; 12], &context, &profile.encode());
    });
    town.check(
        "another address",
        &[renamed],
        &[("credential crd_", "by something else than it says")],
    );
    town.check(
        "a flipped seal",
        &[town.flipped(Space::Facts, passkey.clone(), last_byte)],
        &[("credential crd_", "does not open")],
    );
    town.check(
        "unreadable",
        &[town.flipped(Space::Facts, passkey, first_byte)],
        &[("credential crd_", "unknown version")],
    );
    town.check(
        "an unreadable look-up",
        &[town.flipped(Space::Facts, by_email, first_byte)],
        &[("sign-in ", "unknown version")],
    );
}

#[test]
fn damage_to_what_people_keep() {
    let town = peopled();
    let leaf = |of: &[u8]| town.world.ledger.leaf_key(town.ada, LeafSubject::Note, of);
    let form: Form<Vec<u8>> = (decode_leaf_row, |sealed| encode_leaf_row(sealed));
    town.check(
        "a leaf is gone",
        &[gone_from(Space::Facts, leaf(b"one"))],
        &[("user usr_", "it counts 2 leaves, there are 1")],
    );
    let row = town.row(Space::Facts, &leaf(b"one"));
    town.check(
        "a leaf elsewhere",
        &[(Space::Facts, leaf(b"two"), Some(row))],
        &[("leaf Note", "does not open")],
    );
    let forged = town.changed((Space::Facts, leaf(b"two")), form, |sealed| {
        let ledger = &town.world.ledger;
        let slot = UserRow::decode(&town.row(Space::Facts, &page::user(Row::User, town.ada)));
        let data_key = ledger.data_key(OwnerId::User(town.ada), slot.unwrap().slot);
        let other = crate::account::Leaf {
            of: b"three".to_vec(),
            value: Vec::new(),
        };
        *sealed = data_key
            .unwrap()
            .seal([9; 12], &leaf(b"two"), &other.encode());
    });
    town.check(
        "a leaf about something else",
        &[forged],
        &[("leaf Note", "it is kept under another thing")],
    );
    town.check(
        "unreadable",
        &[town.flipped(Space::Facts, leaf(b"one"), first_byte)],
        &[("leaf Note", "unknown version")],
    );
    let more = town.user(town.ada, |row| row.leaves = 3);
    town.check(
        "another count",
        &[more],
        &[("user usr_", "it counts 3 leaves, there are 2")],
    );
    let blocking = town.user(town.ada, |row| row.blocks = 1);
    town.check(
        "a block that is not there",
        &[blocking],
        &[("user usr_", "it counts 1 blocks, there are 0")],
    );
}

#[test]
fn damage_to_the_access_log() {
    let town = peopled();
    let access = |number: u64| page::access(town.ada, number);
    let form: Form<AccessRow> = (AccessRow::decode, AccessRow::encode);
    town.check(
        "the newest is gone",
        &[gone_from(Space::Facts, access(2))],
        &[("user usr_", "its newest access is not there")],
    );
    let row = town.row(Space::Facts, &access(2));
    town.check(
        "one elsewhere",
        &[(Space::Facts, access(1), Some(row))],
        &[("access 1 ", "does not open")],
    );
    let fewer = town.user(town.ada, |row| row.accesses = 1);
    town.check(
        "more than were had",
        &[fewer],
        &[("access 2 ", "its user has not had so many")],
    );
    let cut = town.changed((Space::Facts, access(1)), form, |row| {
        row.sealed.pop();
    });
    town.check("cut short", &[cut], &[("access 1 ", "does not open")]);
    let stray = page::access(UserId([9; 16]), 1);
    let row = town.row(Space::Facts, &access(1));
    town.check(
        "of nobody",
        &[(Space::Facts, stray, Some(row))],
        &[("access 1 ", "its user is not there")],
    );
}

#[test]
fn damage_to_wishes_to_go() {
    let town = peopled();
    let place = page::leaving(time(NOON), town.cyd);
    town.check(
        "not noted",
        &[gone_from(Space::Facts, place.clone())],
        &[("user usr_", "nobody is going to notice")],
    );
    let stays = town.user(town.cyd, |row| row.leaving_at = None);
    town.check(
        "who stays",
        &[stays],
        &[("leaving of usr_", "its user does not leave then")],
    );
    let other = page::leaving(time(NOON + 1), town.cyd);
    town.check(
        "another time",
        &[(Space::Facts, other, Some(encode_leaving()))],
        &[("leaving of usr_", "its user does not leave then")],
    );
    let nobody = page::leaving(time(NOON), UserId([9; 16]));
    town.check(
        "nobody",
        &[(Space::Facts, nobody, Some(encode_leaving()))],
        &[("leaving of usr_", "its user does not leave then")],
    );
    town.check(
        "unreadable",
        &[town.flipped(Space::Facts, place, first_byte)],
        &[("leaving of usr_", "unknown version")],
    );
}
