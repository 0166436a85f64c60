//! The repository as the rules see it: every text file that is tracked or about to be.
//!
//! Ignored files (builds, data directories) never get in, and neither does anything that is not
//! UTF-8 text, such as pictures and kept data directories.

use std::path::{Path, PathBuf};
use std::process::Command;

/// One text file; the path is relative to the root of the repository, with forward slashes.
pub(crate) struct File {
    pub(crate) path: String,
    pub(crate) text: String,
}

/// Every text file of the repository.
pub(crate) fn tree() -> Vec<File> {
    let root = root();
    paths()
        .into_iter()
        .filter_map(|path| {
            let text = std::fs::read_to_string(root.join(&path)).ok()?;
            Some(File { path, text })
        })
        .collect()
}

/// The files among them that hold Rust.
pub(crate) fn rust_tree() -> Vec<File> {
    tree()
        .into_iter()
        .filter(|file| file.path.ends_with(".rs"))
        .collect()
}

/// Every path of the repository, of whatever kind, in order.
pub(crate) fn paths() -> Vec<String> {
    let root = root();
    let listed = Command::new("git")
        .args([
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
        ])
        .current_dir(&root)
        .output()
        .expect("tidy asks git which files there are: install git");
    assert!(
        listed.status.success(),
        "tidy looks at a git work tree, and `git ls-files` failed in it: {}",
        String::from_utf8_lossy(&listed.stderr)
    );
    let names = String::from_utf8(listed.stdout).expect("file names are UTF-8: rename the odd one");
    let mut paths: Vec<String> = names
        .split_terminator('\0')
        .filter(|path| root.join(path).is_file())
        .map(str::to_owned)
        .collect();
    paths.sort();
    paths.dedup();
    assert!(
        paths.len() > 10,
        "tidy found next to nothing to look at below {}",
        root.display()
    );
    paths
}

/// The folder that holds the workspace: the nearest one above this crate with a lock file.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .find(|folder| folder.join("Cargo.lock").is_file())
        .expect("a workspace has its Cargo.lock at the root: run cargo once")
        .to_owned()
}

/// Applies a rule about single files to some of them.
pub(crate) fn each(files: &[File], rule: impl Fn(&str, &str) -> Vec<String>) -> Vec<String> {
    files
        .iter()
        .flat_map(|file| rule(&file.path, &file.text))
        .collect()
}

/// Fails with everything there is to mend at once.
#[track_caller]
pub(crate) fn no_complaints(complaints: Vec<String>) {
    assert!(
        complaints.is_empty(),
        "{} to mend:\n  {}\n",
        complaints.len(),
        complaints.join("\n  ")
    );
}

/// A row of a rule's own test: the complaints come in this order and contain these words.
#[track_caller]
pub(crate) fn complains(complaints: &[String], expected: &[&str]) {
    let alike = complaints.len() == expected.len()
        && complaints
            .iter()
            .zip(expected)
            .all(|(complaint, words)| complaint.contains(words));
    assert!(
        alike,
        "expected complaints with {expected:?}, got {complaints:#?}"
    );
}
