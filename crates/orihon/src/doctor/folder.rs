//! The data folder and the keys: there, private, apart from each other, and on a disk that keeps what it says. What
//! is seen and what is thought of it are apart, so that the latter is tried without any disk.

use super::check;
use super::check::{Check, State};
use crate::client::ServerArgs;
use crate::client::key::{DATA_DEFAULT, KEY_FILE};
use ledger::embedded::open::usual_keys;
use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// Below this the server takes no more sales soon, or none already.
const FREE_MIB_WRONG: u64 = 512;
const FREE_MIB_DOUBTFUL: u64 = 4_096;
/// The note in the data folder that says where the keys are.
const KEYS_NOTE: &str = "keys.path";
/// What must be private in the folder of the keys.
const SECRETS: [&str; 3] = ["master.key", "keyring", "tls/ca.key"];

/// Everything about folders. Without a data folder that was asked for, nothing is said of one.
pub(super) fn look(args: &ServerArgs, keys: Option<&Path>) -> Vec<Check> {
    let data = args
        .data
        .clone()
        .unwrap_or_else(|| PathBuf::from(DATA_DEFAULT));
    if !data.join(KEYS_NOTE).exists() {
        return match (&args.data, data.exists()) {
            (None, false) => Vec::new(),
            (Some(_), false) => vec![check(
                "data folder",
                State::Wrong,
                format!("{} does not exist", data.display()),
                "name the server's own with --data; a first start makes one: orihon serve --data DIR",
            )],
            (_, true) => vec![check(
                "data folder",
                State::Wrong,
                format!(
                    "{} is there, and no data folder of a server",
                    data.display()
                ),
                "name the right one with --data; if it should be this one, a part of it is missing: put a copy back",
            )],
        };
    }
    let keys = keys.map_or_else(|| keys_of(&data), Path::to_owned);
    let mut checks = vec![check(
        "data folder",
        State::Well,
        data.display().to_string(),
        "",
    )];
    checks.push(space(rustix::fs::statvfs(&data).map(|disk| {
        disk.f_bavail.saturating_mul(disk.f_frsize) / (1_024 * 1_024)
    })));
    checks.push(writing(write_and_sync(&data)));
    checks.push(disk(
        rustix::fs::statfs(&data).map(|disk| kind(i128::from(disk.f_type))),
    ));
    checks.push(apart(&data, &keys));
    checks.extend(private(&keys));
    checks.extend(private_file(&data.join(KEY_FILE)));
    checks
}

/// Where the keys of a data folder are, as the folder says.
fn keys_of(data: &Path) -> PathBuf {
    let absolute = std::path::absolute(data).unwrap_or_else(|_| data.to_owned());
    let usual = usual_keys(&absolute);
    let note = fs::read_to_string(absolute.join(KEYS_NOTE)).unwrap_or_default();
    match note.trim().strip_prefix("../") {
        Some(_) if usual.exists() => usual,
        Some(sibling) => absolute.with_file_name(sibling),
        None => PathBuf::from(note.trim()),
    }
}

fn space<E>(free_mib: Result<u64, E>) -> Check {
    let Ok(free_mib) = free_mib else {
        return check(
            "free disk",
            State::Doubtful,
            "the disk did not say",
            "look with df -h",
        );
    };
    let state = match free_mib {
        0..FREE_MIB_WRONG => State::Wrong,
        FREE_MIB_WRONG..FREE_MIB_DOUBTFUL => State::Doubtful,
        _ => State::Well,
    };
    let advice = match state {
        State::Well => "",
        State::Doubtful => {
            "make room soon; a full disk stops sales, and devices keep theirs until there is room"
        }
        State::Wrong => {
            "make room now: the server refuses sales, and devices keep them until there is room"
        }
    };
    check("free disk", state, format!("{free_mib} MiB"), advice)
}

fn write_and_sync(data: &Path) -> io::Result<()> {
    let mut file = tempfile::Builder::new()
        .prefix(".doctor-")
        .tempfile_in(data)?;
    file.write_all(b"sound?")?;
    file.as_file().sync_all()
}

fn writing(outcome: io::Result<()>) -> Check {
    match outcome {
        Ok(()) => check("writing", State::Well, "a file was written and synced", ""),
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => check(
            "writing",
            State::Doubtful,
            "this user may not write into the data folder",
            "run the doctor as the user that the server runs as: sudo -u USER orihon doctor …",
        ),
        Err(error) => check(
            "writing",
            State::Wrong,
            format!("a file could not be written and synced: {error}"),
            "look at the disk (dmesg) and how it is mounted; a server on it stops at its first commit",
        ),
    }
}

/// Kinds of file systems, as far as it matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Disk {
    Local,
    /// Syncs and locks are another machine's promise.
    Network(&'static str),
    /// Gone with the power.
    Memory,
}

/// Numbers of statfs(2) on Linux.
fn kind(number: i128) -> Disk {
    match number & 0xffff_ffff {
        0x6969 => Disk::Network("NFS"),
        0xff53_4d42 | 0xfe53_4d42 | 0x517b => Disk::Network("SMB"),
        0x6573_5546 => Disk::Network("FUSE"),
        0x0102_1997 => Disk::Network("9p"),
        0x0102_1994 | 0x8584_58f6 => Disk::Memory,
        _ => Disk::Local,
    }
}

fn disk<E>(found: Result<Disk, E>) -> Check {
    match found {
        Ok(Disk::Local) => check("file system", State::Well, "on this machine", ""),
        Ok(Disk::Network(name)) => check(
            "file system",
            State::Doubtful,
            format!("{name}, which another program or machine keeps"),
            "put the data folder on a disk of this machine: syncs and locks over a network are promises of others",
        ),
        Ok(Disk::Memory) => check(
            "file system",
            State::Wrong,
            "memory, which is gone with the power",
            "move the data folder to a disk: stop the server, cp -a both folders, start it with --data",
        ),
        Err(_) => check(
            "file system",
            State::Doubtful,
            "it did not say what it is",
            "",
        ),
    }
}

/// Keys in the data folder would be in each copy of it.
fn apart(data: &Path, keys: &Path) -> Check {
    let whole = |path: &Path| fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let (data, keys) = (whole(data), whole(keys));
    let shown = keys.display().to_string();
    match (keys.exists(), keys.starts_with(&data)) {
        (false, _) => check(
            "keys",
            State::Wrong,
            format!("{shown} does not exist"),
            "put the keys back from their copy, or name their folder with --keys; without them nothing can be read",
        ),
        (true, true) => check(
            "keys",
            State::Wrong,
            format!("{shown} lies in the data folder"),
            "stop the server, move it beside the data folder, and start with --keys: who copies the data would copy \
             what opens them",
        ),
        (true, false) => check("keys", State::Well, shown, ""),
    }
}

/// The modes of the folder of keys and of what is in it.
fn private(keys: &Path) -> Vec<Check> {
    if !keys.exists() {
        return Vec::new();
    }
    let mut open = Vec::new();
    for path in std::iter::once(keys.to_owned()).chain(SECRETS.map(|name| keys.join(name))) {
        if let Ok(about) = fs::metadata(&path)
            && is_open(about.mode())
        {
            open.push(path);
        }
    }
    vec![modes(&open)]
}

/// May anybody but the owner do anything?
const fn is_open(mode: u32) -> bool {
    mode & 0o077 != 0
}

fn modes(open: &[PathBuf]) -> Check {
    let shown: Vec<String> = open.iter().map(|path| path.display().to_string()).collect();
    match shown.is_empty() {
        true => check(
            "private keys",
            State::Well,
            "only their owner may read them",
            "",
        ),
        false => check(
            "private keys",
            State::Wrong,
            format!("others on this machine may read {}", shown.join(", ")),
            &format!("chmod go-rwx {}", shown.join(" ")),
        ),
    }
}

fn private_file(path: &Path) -> Option<Check> {
    let about = fs::metadata(path).ok()?;
    let shown = path.display();
    Some(match is_open(about.mode()) {
        true => check(
            "operator.key",
            State::Wrong,
            format!("others on this machine may read {shown}"),
            &format!(
                "chmod 600 {shown}; if others could log in here, make a new key (orihon key new) and revoke this one"
            ),
        ),
        false => check(
            "operator.key",
            State::Doubtful,
            format!("{shown} is still there"),
            "make a key for each operator (orihon key new), keep those elsewhere, and delete this file",
        ),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn disks_are_judged() {
        for (mib, state) in [
            (0, State::Wrong),
            (511, State::Wrong),
            (512, State::Doubtful),
            (4_095, State::Doubtful),
            (4_096, State::Well),
        ] {
            assert_eq!(space(Ok::<_, ()>(mib)).state, state, "{mib}");
        }
        for (number, found) in [
            (0xef53, Disk::Local),
            (0x6969, Disk::Network("NFS")),
            (-11_317_950, Disk::Network("SMB")),
            (0x0102_1994, Disk::Memory),
        ] {
            assert_eq!(kind(number), found, "{number:x}");
        }
        assert_eq!(disk(Ok::<_, ()>(Disk::Memory)).state, State::Wrong);
        let denied = io::Error::from(io::ErrorKind::PermissionDenied);
        for (outcome, state) in [
            (Ok(()), State::Well),
            (Err(denied), State::Doubtful),
            (Err(io::Error::other("EIO")), State::Wrong),
        ] {
            assert_eq!(writing(outcome).state, state);
        }
    }

    #[test]
    fn keys_are_private_and_apart() {
        let folder = tempfile::tempdir().unwrap();
        let (data, keys) = (folder.path().join("data"), folder.path().join("data.keys"));
        let inside = data.join("keys");
        for path in [&data, &keys, &inside] {
            fs::create_dir(path).unwrap();
        }
        fs::write(data.join(KEYS_NOTE), "../data.keys\n").unwrap();
        assert_eq!(apart(&data, &keys).state, State::Well);
        assert_eq!(apart(&data, &inside).state, State::Wrong);
        assert_eq!(
            apart(&data, &folder.path().join("none")).state,
            State::Wrong
        );
        for (mode, open) in [
            (0o40700, false),
            (0o600, false),
            (0o640, true),
            (0o604, true),
        ] {
            assert_eq!(is_open(mode), open, "{mode:o}");
        }
        assert_eq!(modes(&[]).state, State::Well);
        let wrong = modes(&[PathBuf::from("/k/master.key")]);
        assert_eq!(wrong.advice, "chmod go-rwx /k/master.key");
        assert_eq!(keys_of(&data), keys);
    }
}
