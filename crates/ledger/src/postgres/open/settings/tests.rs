//! What is made of each thing that a server may say of itself. No server is asked.

use super::super::tls::Privacy;
use super::*;

fn fit() -> Settings {
    let on = || Some("on".to_owned());
    Settings {
        version: 150_018,
        version_shown: "15.18".to_owned(),
        encoding: "UTF8".to_owned(),
        fsync: on(),
        synchronous_commit: on(),
        full_page_writes: on(),
        is_replica: false,
        is_read_only: false,
    }
}

fn judged(settings: Settings, durability: Durability) -> String {
    let place = Place {
        role: "ada".to_owned(),
        hosts: vec!["db-1:5432".to_owned()],
        name: "shop".to_owned(),
        privacy: Box::new(Privacy::Open),
    };
    match settings.judge(&place, durability) {
        Ok(()) => String::new(),
        Err(refusal) => refusal.to_string(),
    }
}

#[test]
fn a_server_is_judged_by_what_it_says() {
    let off = || Some("off".to_owned());
    let rows = [
        (fit(), ""),
        (
            Settings {
                version: 149_999,
                version_shown: "14.9".to_owned(),
                ..fit()
            },
            "PostgreSQL 14.9; orihon needs 15",
        ),
        (
            Settings {
                encoding: "SQL_ASCII".to_owned(),
                ..fit()
            },
            "encoding SQL_ASCII; make one anew: createdb",
        ),
        (
            Settings {
                is_replica: true,
                ..fit()
            },
            "it is a replica",
        ),
        (
            Settings {
                is_read_only: true,
                ..fit()
            },
            "default_transaction_read_only is on",
        ),
        (
            Settings {
                fsync: off(),
                ..fit()
            },
            "fsync = off",
        ),
        (
            Settings {
                synchronous_commit: off(),
                ..fit()
            },
            "synchronous_commit = off",
        ),
        (
            Settings {
                full_page_writes: off(),
                ..fit()
            },
            "full_page_writes = off",
        ),
        // Databases that are compatible have other means than these.
        (
            Settings {
                fsync: None,
                synchronous_commit: Some("remote_apply".to_owned()),
                full_page_writes: None,
                ..fit()
            },
            "",
        ),
    ];
    for (settings, expected) in rows {
        let found = judged(settings.clone(), Durability::Required);
        assert!(found.contains(expected), "{found}");
        assert_eq!(found.is_empty(), expected.is_empty(), "{found}");
        let waived = judged(settings.clone(), Durability::Waived);
        let is_off = expected.is_empty() || expected.ends_with("off");
        assert_eq!(waived.is_empty(), is_off);
        // Of what is only read, SQL and encoding matter.
        let only_read = judged(settings, Durability::OnlyRead);
        let takes_no_writes = expected.ends_with("a replica") || expected.contains("read_only");
        assert_eq!(
            only_read.is_empty(),
            is_off || takes_no_writes,
            "{only_read}"
        );
    }
}
