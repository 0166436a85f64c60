//! Folders copied and put back, as an operator would; and folders written out as text, to be kept.

use crate::world::hex;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::os::unix::fs::FileExt;
use std::path::Path;

/// Copies a folder with all that is in it. Journals are mostly holes, which stay holes.
pub(crate) fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &to);
        } else {
            copy_file(&entry.path(), &to);
        }
    }
}

pub(crate) fn copy_file(from: &Path, to: &Path) {
    let bytes = fs::read(from).unwrap();
    let file = File::create(to).unwrap();
    let length = u64::try_from(bytes.len()).unwrap();
    file.set_len(length).unwrap();
    for (nth, block) in (0..).zip(bytes.chunks(4_096)) {
        if block.iter().any(|byte| *byte != 0) {
            file.write_all_at(block, nth * 4_096).unwrap();
        }
    }
}

/// Puts the copy in the place of the folder.
pub(crate) fn put_back(copied: &Path, folder: &Path) {
    fs::remove_dir_all(folder).unwrap();
    copy(copied, folder);
}

/// A folder as text: `folder PATH`, or `file PATH` and its bytes in hexadecimal digits. A version
/// control system keeps neither empty folders nor who may read a file; a text is kept whole.
#[allow(
    dead_code,
    reason = "the example that makes the fixture takes this file in and packs"
)]
pub(crate) fn pack(folder: &Path) -> String {
    let mut text = String::new();
    pack_below(folder, folder, &mut text);
    text
}

#[allow(
    dead_code,
    reason = "the example that makes the fixture takes this file in and packs"
)]
fn pack_below(root: &Path, folder: &Path, text: &mut String) {
    let mut paths: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    for path in paths {
        let name = path.strip_prefix(root).unwrap().display();
        if path.is_dir() {
            writeln!(text, "folder {name}").unwrap();
            pack_below(root, &path, text);
        } else {
            writeln!(text, "file {name}").unwrap();
            for line in fs::read(&path).unwrap().chunks(64) {
                writeln!(text, "{}", hex(line)).unwrap();
            }
        }
    }
}

/// Makes the folder that [`pack`] wrote out.
pub(crate) fn unpack(text: &str, folder: &Path) {
    fs::create_dir_all(folder).unwrap();
    let mut file: Option<File> = None;
    for line in text.lines() {
        if let Some(name) = line.strip_prefix("folder ") {
            fs::create_dir_all(folder.join(name)).unwrap();
        } else if let Some(name) = line.strip_prefix("file ") {
            file = Some(File::create(folder.join(name)).unwrap());
        } else {
            let file = file.as_mut().expect("bytes follow the name of their file");
            std::io::Write::write_all(file, &unhex(line)).unwrap();
        }
    }
}

fn unhex(line: &str) -> Vec<u8> {
    let pairs = line.as_bytes().chunks(2);
    let byte = |pair| u8::from_str_radix(str::from_utf8(pair).unwrap(), 16).unwrap();
    pairs.map(byte).collect()
}
