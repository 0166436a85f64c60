//! One place knows the embedded engine, and one place in it writes: the durable group commit.
//!
//! It cannot tell an insert into a keyspace from one into a map, so it watches the doors instead:
//! the engine's name, the words that make a write durable, and the word that commits.

use crate::rust::{code_only, line_of, word_positions};
use crate::tree::{File, complains, no_complaints, tree};

const ENGINE: &str = concat!("fj", "all");
const HOME: &str = "crates/ledger/src/embedded";
const DURABLE: &str = "durability(Some(PersistMode::SyncData))";

fn is_home(path: &str) -> bool {
    path.strip_prefix(HOME)
        .is_some_and(|rest| rest == ".rs" || rest.starts_with('/'))
}

/// Nobody else may name the engine, in code or in a manifest.
fn strangers(file: &File) -> Vec<String> {
    let File { path, text } = file;
    let is_manifest = path.ends_with("/Cargo.toml") && path != "crates/ledger/Cargo.toml";
    if is_home(path) || !(path.ends_with(".rs") || is_manifest) {
        return Vec::new();
    }
    let code = if is_manifest {
        text.clone()
    } else {
        code_only(text)
    };
    word_positions(&code, ENGINE)
        .into_iter()
        .map(|at| {
            format!(
                "{path}:{}: only {HOME} knows {ENGINE}; ask the ledger for what you need \
                 in its own words",
                line_of(&code, at)
            )
        })
        .collect()
}

/// The durable commit stands once; whatever else says how durable a write is, or commits one,
/// stands beside it in the same file.
fn one_durable_commit(files: &[File]) -> Vec<String> {
    let mut durable = Vec::new();
    let mut doors = Vec::new();
    for File { path, text } in files.iter().filter(|file| file.path.ends_with(".rs")) {
        let code = code_only(text);
        // However rustfmt breaks it, and whether or not the engine's name stands before it.
        let dense: String = code.split_whitespace().collect();
        let dense = dense.replace(&format!("{ENGINE}::PersistMode"), "PersistMode");
        durable.extend(dense.matches(DURABLE).map(|_| path.as_str()));
        for door in [".durability(", ".commit()"]
            .iter()
            .filter(|_| is_home(path))
        {
            let places = word_positions(&code, door).into_iter();
            doors.extend(places.map(|at| (path.as_str(), line_of(&code, at), *door)));
        }
    }
    let [place] = durable.as_slice() else {
        return vec![format!(
            "{HOME}: `{DURABLE}` stands {} times ({}); it stands once, \
             in the one function that commits",
            durable.len(),
            durable.join(", ")
        )];
    };
    doors
        .into_iter()
        .filter(|(path, ..)| path != place)
        .map(|(path, line, door)| {
            format!(
                "{path}:{line}: `{door}` outside of {place}, which alone writes; \
                 hand the batch to it"
            )
        })
        .collect()
}

#[test]
fn the_engine_is_known_in_one_place() {
    no_complaints(tree().iter().flat_map(strangers).collect());
}

#[test]
fn there_is_one_durable_commit() {
    no_complaints(one_durable_commit(&tree()));
}

#[test]
fn a_stranger_who_knows_the_engine_is_seen() {
    let file = |path: &str, text: &str| File {
        path: path.to_owned(),
        text: text.to_owned(),
    };
    let import = format!("//! About {ENGINE}.\nuse {ENGINE}::Database;");
    complains(
        &strangers(&file("crates/server/src/intake.rs", &import)),
        &["intake.rs:2: "],
    );
    complains(
        &strangers(&file("crates/ledger/src/seal.rs", &import)),
        &["seal.rs:2: "],
    );
    complains(
        &strangers(&file("crates/ledger/src/embedded/write.rs", &import)),
        &[],
    );
    complains(
        &strangers(&file("crates/ledger/src/embedded.rs", &import)),
        &[],
    );
    complains(
        &strangers(&file(
            "crates/orihon/Cargo.toml",
            &format!("\n{ENGINE}.workspace = true"),
        )),
        &["Cargo.toml:2: "],
    );
    complains(
        &strangers(&file(
            "crates/ledger/Cargo.toml",
            &format!("{ENGINE}.workspace = true"),
        )),
        &[],
    );
    complains(&strangers(&file("docs/a.md", &import)), &[]);
}

#[test]
fn a_second_way_to_commit_is_seen() {
    let file = |name: &str, text: &str| File {
        path: format!("{HOME}/{name}.rs"),
        text: text.to_owned(),
    };
    let write = file(
        "write",
        "db.batch()\n    .durability(Some(\n        PersistMode::SyncData\n    ))\n; b.commit()?;",
    );
    let again = file(
        "again",
        &format!("batch.durability(Some({ENGINE}::PersistMode::SyncData))"),
    );
    let lazy = file("lazy", "batch.durability(None)");
    let control = file(
        "write",
        "a.durability(Some(PersistMode::SyncData)); a.durability(None)",
    );
    let commit = file("other", "\nbatch.commit()?;");
    let elsewhere = File {
        path: "crates/orihon/src/a.rs".to_owned(),
        text: "transaction.commit()".to_owned(),
    };
    let rows: &[(&[&File], &[&str])] = &[
        (&[&write, &elsewhere], &[]),
        (&[&commit], &["stands 0 times"]),
        (&[&write, &again], &["stands 2 times"]),
        (&[&write, &lazy], &["lazy.rs:1: `.durability(` outside"]),
        (&[&write, &commit], &["other.rs:2: `.commit()` outside"]),
        (&[&control], &[]),
    ];
    for (files, expected) in rows {
        let files: Vec<File> = files
            .iter()
            .map(|file| File {
                path: file.path.clone(),
                text: file.text.clone(),
            })
            .collect();
        complains(&one_durable_commit(&files), expected);
    }
}
