//! Which crate may use which: the one architecture rule that the compiler checks for free, once
//! the manifests keep to it.
//!
//! It knows only the crates of this house; what comes from outside is `deny.toml`'s business.

use crate::tree::{File, complains, no_complaints, tree};

/// Each crate and all that it may use of the others, in its code, its tests and its build.
/// A tenth crate needs a page in docs/decisions and a row here.
const MAY_USE: &[(&str, &[&str])] = &[
    ("purchase", &[]),
    ("wire", &["purchase"]),
    ("ledger", &["purchase"]),
    ("door", &[]),
    ("server", &["purchase", "wire", "ledger", "door"]),
    ("device", &["purchase", "wire", "door"]),
    (
        "orihon",
        &["purchase", "wire", "ledger", "door", "server", "device"],
    ),
    (
        "sim",
        &[
            "purchase", "wire", "ledger", "door", "server", "device", "orihon",
        ],
    ),
    ("tidy", &[]),
];

fn edges(path: &str, manifest: &str) -> Vec<String> {
    let Some(name) = path
        .strip_prefix("crates/")
        .and_then(|rest| rest.strip_suffix("/Cargo.toml"))
        .filter(|name| !name.contains('/'))
    else {
        return Vec::new();
    };
    let Some((_, allowed)) = MAY_USE.iter().find(|(owner, _)| *owner == name) else {
        return vec![format!(
            "{path}: the house has no room called {name}; argue for it in docs/decisions \
             and give it a row in MAY_USE"
        )];
    };
    let below = if allowed.is_empty() {
        "none: it stands alone".to_owned()
    } else {
        allowed.join(", ")
    };
    dependencies(manifest)
        .into_iter()
        .filter(|(used, _)| name == "tidy" || is_room(used))
        .filter(|(used, _)| !allowed.contains(&used.as_str()))
        .map(|(used, line)| {
            format!(
                "{path}:{line}: {name} must not use {used}; move what both need down into a crate \
                 that {name} may use ({below})"
            )
        })
        .collect()
}

fn is_room(name: &str) -> bool {
    MAY_USE.iter().any(|(room, _)| *room == name)
}

/// Every name that a manifest depends on, in whatever table, and the line it stands in. A renamed
/// dependency counts under both names.
fn dependencies(manifest: &str) -> Vec<(String, usize)> {
    let mut found = Vec::new();
    let mut in_table = false;
    for (line, number) in manifest.lines().map(str::trim).zip(1..) {
        if let Some(header) = line.strip_prefix('[') {
            let header = header.trim_end_matches(']');
            in_table = header.ends_with("dependencies");
            if let Some((_, name)) = header.split_once("dependencies.") {
                found.push((bare(name), number));
            }
            continue;
        }
        if let Some((_, renamed)) = line.split_once("package = ") {
            found.push((
                bare(
                    renamed
                        .trim_end_matches(['}', ',', ' '])
                        .split(',')
                        .next()
                        .unwrap_or(""),
                ),
                number,
            ));
        }
        if in_table && line.starts_with(|c: char| c.is_alphanumeric() || c == '"') {
            found.push((bare(line.split(['.', '=']).next().unwrap_or("")), number));
        }
    }
    found
}

fn bare(name: &str) -> String {
    name.trim().trim_matches(['"', '\'']).to_owned()
}

#[test]
fn crates_use_only_what_they_may() {
    let manifests: Vec<File> = tree()
        .into_iter()
        .filter(|file| file.path.ends_with("/Cargo.toml"))
        .collect();
    assert!(
        !manifests.is_empty(),
        "no manifest found below crates: has the folder moved?"
    );
    no_complaints(
        manifests
            .iter()
            .flat_map(|file| edges(&file.path, &file.text))
            .collect(),
    );
}

#[test]
fn a_forbidden_edge_is_seen_in_every_spelling() {
    let rows: &[(&str, &str, &[&str])] = &[
        (
            "wire",
            "[dependencies]\nledger.workspace = true",
            &[":2: wire must not use ledger"],
        ),
        (
            "wire",
            "[dependencies]\npurchase.workspace = true\nserde = \"1\"",
            &[],
        ),
        (
            "door",
            "[dev-dependencies]\nwire = { path = \"../wire\" }",
            &["door must not use wire"],
        ),
        (
            "server",
            "[build-dependencies.orihon]\npath = \"../orihon\"",
            &["server must not use orihon"],
        ),
        (
            "server",
            "[target.'cfg(unix)'.dependencies]\ndevice.workspace = true",
            &["must not use device"],
        ),
        (
            "purchase",
            "[dependencies]\nx = { path = \"y\", package = \"wire\" }",
            &["must not use wire"],
        ),
        (
            "ledger",
            "[package]\nname = \"ledger\"\n[features]\nserver = []",
            &[],
        ),
        (
            "tidy",
            "[dependencies]\nserde = \"1\"",
            &["tidy must not use serde"],
        ),
        ("attic", "[package]", &["no room called attic"]),
        (
            "orihon",
            "[dependencies]\ntidy.workspace = true",
            &["orihon must not use tidy"],
        ),
        (
            "device",
            "[dependencies]\nledger.workspace = true",
            &["device must not use ledger"],
        ),
    ];
    for (name, manifest, expected) in rows {
        complains(
            &edges(&format!("crates/{name}/Cargo.toml"), manifest),
            expected,
        );
    }
}

#[test]
fn the_table_has_no_circle() {
    for (at, (name, allowed)) in MAY_USE.iter().enumerate() {
        for used in *allowed {
            let place = MAY_USE.iter().position(|(room, _)| room == used);
            assert!(
                place.is_some_and(|place| place < at),
                "{name} may use {used}, which must stand above it"
            );
        }
    }
}
