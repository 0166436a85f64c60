//! Damage to partners, and to what people consented to give them.

use super::*;
use crate::account::LeafSubject;
use crate::embedded::value::partner::{ConsentRow, PartnerRow};
use crate::write::{ConsentStep, LeafStep, PartnerStep, Reach};
use purchase::id::{AliasId, PartnerId};

const KEPT: PartnerId = PartnerId([4; 16]);
const AWAY: PartnerId = PartnerId([5; 16]);

/// A town in which Ada gives a partner what she buys, and has a consent of before there were partners.
fn partner_town() -> Town {
    let mut town = town();
    let writes = [
        Write::Partner(PartnerStep::Add {
            partner_id: KEPT,
            name: text("Kakeibo"),
            purpose: text("accounts"),
            url: None,
            hash: [65; 32],
        }),
        Write::Consent(ConsentStep::Give {
            user_id: town.ada,
            partner_id: KEPT,
            until: time(NOON + 86_400_000),
            reach: Reach::Everything,
        }),
        Write::Leaf(LeafStep::Put {
            user_id: town.ada,
            subject: LeafSubject::Consent,
            of: b"an old one".to_vec(),
            value: Vec::new(),
        }),
    ];
    for write in writes {
        let written = town.world.write(write);
        assert!(
            matches!(written, Written::Changed(Changed::Done)),
            "{written:?}"
        );
    }
    town.world.is_sound("with a partner");
    town
}

impl Town {
    fn consent(&self) -> (Space, Vec<u8>) {
        let alias = self.world.ledger.alias(KEPT, self.ada);
        (Space::Facts, page::consent(KEPT, alias))
    }

    fn consent_leaf(&self) -> Vec<u8> {
        let subject = LeafSubject::Consent;
        self.world.ledger.leaf_key(self.ada, subject, &KEPT.0)
    }
}

#[test]
fn damage_to_partners() {
    let town = partner_town();
    let place = (Space::Facts, page::partner(Row::Partner, KEPT));
    let rows: Form<PartnerRow> = (PartnerRow::decode, PartnerRow::encode);
    let secret = page::plain(Row::Secret, &[65; 32]);
    let unknown = ("secret 4141", "which does not know it");
    town.check(
        "gone",
        &[gone_from(Space::Facts, place.1.clone())],
        &[unknown, ("consent of ppl_", "its partner is not there")],
    );
    town.check(
        "no secret",
        &[gone_from(Space::Facts, secret.clone())],
        &[("partner par_", "its secret opens nothing")],
    );
    let ended = town.changed(place.clone(), rows, |row| row.ended_at = Some(time(NOON)));
    town.check("its key opens after its end", &[ended], &[unknown]);
    let other = Opens::Partner { partner_id: AWAY };
    town.check(
        "other doors",
        &[(Space::Facts, secret, Some(other.encode()))],
        &[("partner par_", "its secret opens other doors"), unknown],
    );
    town.check(
        "unreadable",
        &[town.flipped(Space::Facts, place.1, first_byte)],
        &[("partner par_", "unknown version")],
    );
}

#[test]
fn damage_to_consents() {
    let town = partner_town();
    let (place, leaf) = (town.consent(), town.consent_leaf());
    let rows: Form<ConsentRow> = (ConsentRow::decode, |row| row.encode());
    let not_known = ("leaf Consent", "the partner does not know of it");
    let otherwise = ("consent of ppl_", "its user keeps it otherwise");
    town.check(
        "gone",
        &[gone_from(Space::Facts, place.1.clone())],
        &[not_known],
    );
    town.check(
        "the person's own is gone",
        &[gone_from(Space::Facts, leaf)],
        &[otherwise, ("user usr_", "leaves")],
    );
    let longer = town.changed(place.clone(), rows, |row| row.terms.until = time(NOON));
    town.check("another end", &[longer], &[otherwise]);
    let older = town.changed(place.clone(), rows, |row| row.terms.from = Some(time(NOON)));
    town.check("other purchases", &[older], &[otherwise]);
    let row = town.row(Space::Facts, &place.1);
    let moved = page::consent(KEPT, AliasId([9; 16]));
    town.check(
        "under another name",
        &[
            gone_from(Space::Facts, place.1.clone()),
            (Space::Facts, moved, Some(row)),
        ],
        &[
            not_known,
            ("consent of ppl_", "its name is somebody else's"),
        ],
    );
    town.check(
        "unreadable",
        &[town.flipped(Space::Facts, place.1, first_byte)],
        &[("consent of ppl_", "unknown version")],
    );
}
