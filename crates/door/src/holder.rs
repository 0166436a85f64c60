//! Who holds a port: reads Linux's tables under `/proc`, and elsewhere finds nothing.
//!
//! Best effort for one error message, within fixed bounds. It never fails, and never shows the
//! arguments of another program, which may hold secrets.

use std::fmt;
use std::fs;
use std::io::Read;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::Path;

const TABLE_BYTES_MAX: u64 = 16 * 1024 * 1024;
const PROCESSES_MAX: usize = 16_384;
const FILES_PER_PROCESS_MAX: usize = 16_384;
const COMMAND_CHARS_MAX: usize = 64;

/// The process that listens where we wanted to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    pub pid: u32,
    /// Its short name, as `ps` shows it.
    pub command: String,
}

impl fmt::Display for Holder {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "pid {}, {}", self.pid, self.command)
    }
}

impl Holder {
    pub(crate) fn of(address: SocketAddr) -> Option<Holder> {
        let inode = ["/proc/net/tcp", "/proc/net/tcp6"]
            .into_iter()
            .find_map(|path| listening_inode(&read_bounded(path.as_ref())?, address))?;
        let link = format!("socket:[{inode}]");
        let processes = fs::read_dir("/proc").ok()?.take(PROCESSES_MAX).flatten();
        for process in processes {
            let Some(pid) = process
                .file_name()
                .to_str()
                .and_then(|name| name.parse().ok())
            else {
                continue;
            };
            if has_open(&process.path().join("fd"), &link) {
                let command = read_bounded(&process.path().join("comm"))?;
                return Some(Holder {
                    pid,
                    command: printable(&command),
                });
            }
        }
        None
    }
}

fn has_open(folder: &Path, link: &str) -> bool {
    // Another user's folder cannot be read; that process is then not found, and that is all.
    let Ok(files) = fs::read_dir(folder) else {
        return false;
    };
    files
        .take(FILES_PER_PROCESS_MAX)
        .flatten()
        .filter_map(|file| fs::read_link(file.path()).ok())
        .any(|target| target.as_os_str() == link)
}

fn read_bounded(path: &Path) -> Option<String> {
    let mut text = String::new();
    let file = fs::File::open(path).ok()?;
    file.take(TABLE_BYTES_MAX).read_to_string(&mut text).ok()?;
    Some(text)
}

fn printable(command: &str) -> String {
    command
        .trim()
        .chars()
        .filter(|letter| !letter.is_control())
        .take(COMMAND_CHARS_MAX)
        .collect()
}

/// The socket in the table that listens on `wanted`, or in its way on all addresses.
fn listening_inode(table: &str, wanted: SocketAddr) -> Option<u64> {
    table.lines().skip(1).find_map(|line| {
        let mut columns = line.split_ascii_whitespace().skip(1);
        let held = parse_address(columns.next()?)?;
        let state = columns.nth(1)?;
        let inode = columns.nth(5)?.parse().ok()?;
        let in_the_way = held.ip().to_canonical() == wanted.ip()
            || held.ip().is_unspecified()
            || wanted.ip().is_unspecified();
        let is_listening = state == "0A";
        (is_listening && held.port() == wanted.port() && in_the_way).then_some(inode)
    })
}

/// `0100007F:2116`: the address as words in the machine's own byte order, the port plainly.
fn parse_address(text: &str) -> Option<SocketAddr> {
    let (words, port) = text.split_once(':')?;
    let port = u16::from_str_radix(port, 16).ok()?;
    let mut bytes = Vec::with_capacity(16);
    for word in words.as_bytes().chunks(8) {
        let word = u32::from_str_radix(std::str::from_utf8(word).ok()?, 16).ok()?;
        bytes.extend_from_slice(&word.to_ne_bytes());
    }
    let address = match <[u8; 4]>::try_from(bytes.as_slice()) {
        Ok(four) => IpAddr::V4(Ipv4Addr::from(four)),
        Err(_) => IpAddr::V6(Ipv6Addr::from(<[u8; 16]>::try_from(bytes.as_slice()).ok()?)),
    };
    Some(SocketAddr::new(address, port))
}

#[cfg(all(test, target_endian = "little"))]
mod tests {
    use super::listening_inode;

    const TABLE: &str = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:2116 0100007F:8000 01 00000000:00000000 00:00000000 00000000     0        0 1 1 0 100 0 0 10 0
   1: 0100007F:2116 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 2 1 0 100 0 0 10 0
   2: 00000000:07E8 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 3 1 0 100 0 0 10 0
   3: 00000000000000000000000001000000:2117 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4 1 0 100 0 0 10 0
   4: torn";

    #[test]
    fn finds_the_listening_socket() {
        let rows = [
            ("127.0.0.1:8470", Some(2)),
            ("127.0.0.2:8470", None),
            ("0.0.0.0:8470", Some(2)),
            ("127.0.0.1:2024", Some(3)),
            ("[::1]:8471", Some(4)),
            ("127.0.0.1:8471", None),
        ];
        for (wanted, expected) in rows {
            let found = listening_inode(TABLE, wanted.parse().unwrap());
            assert_eq!(found, expected, "{wanted}");
        }
    }
}
