//! What a process uses, as Linux tells it under /proc, and what machine this is. What cannot be
//! read is left out and never guessed.

use super::clock;
use std::cell::RefCell;
use std::fs::read_to_string;
use std::path::Path;
use std::rc::Rc;
use std::time::{Duration, Instant};

/// Time between two looks at the memory of the server.
const LOOK_PERIOD: Duration = Duration::from_millis(200);

/// A process of this machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Pid(pub(super) u32);

/// What was used between two looks.
#[derive(Clone, Copy, Debug, Default, serde::Serialize)]
pub(super) struct Used {
    /// Processor time of the server in percent of one core.
    pub(super) server_cpu_percent: Option<u64>,
    /// The same of the benchmark itself.
    pub(super) bench_cpu_percent: Option<u64>,
    /// The same of everything else on this machine: with much of it the numbers say little.
    pub(super) others_cpu_percent: Option<u64>,
    /// The most memory that the server was seen to hold.
    pub(super) resident_bytes_max: Option<u64>,
    /// What the server had written to storage.
    pub(super) written_bytes: Option<u64>,
}

/// One look.
#[derive(Clone, Copy, Debug)]
struct Look {
    at: Instant,
    server_cpu: Option<Duration>,
    bench_cpu: Option<Duration>,
    machine_cpu: Option<Duration>,
    written_bytes: Option<u64>,
}

impl Look {
    fn at(server: Option<Pid>) -> Self {
        Self {
            at: clock::now(),
            server_cpu: server.and_then(|pid| cpu(&pid.0.to_string())),
            bench_cpu: cpu("self"),
            machine_cpu: machine_cpu(),
            written_bytes: server.and_then(written_bytes),
        }
    }
}

/// Looks at the server again and again, from `from` until it is told to stop.
pub(super) struct Watch {
    server: Option<Pid>,
    seen: Rc<RefCell<Seen>>,
    looking: tokio::task::JoinHandle<()>,
}

#[derive(Default)]
struct Seen {
    first: Option<Look>,
    last: Option<Look>,
    resident_bytes_max: Option<u64>,
}

impl Watch {
    /// Looks for the first time after `delay`, and takes what was used until `lasts` later, if the
    /// end is known beforehand.
    pub(super) fn begin(server: Option<Pid>, delay: Duration, lasts: Option<Duration>) -> Self {
        let seen = Rc::new(RefCell::new(Seen::default()));
        let shared = Rc::clone(&seen);
        let looking = tokio::task::spawn_local(async move {
            tokio::time::sleep(delay).await;
            let first = Look::at(server);
            shared.borrow_mut().first = Some(first);
            loop {
                let resident = server.and_then(resident_bytes);
                let most = shared.borrow().resident_bytes_max.max(resident);
                shared.borrow_mut().resident_bytes_max = most;
                let left =
                    lasts.map(|lasts| (first.at + lasts).saturating_duration_since(clock::now()));
                match left {
                    Some(Duration::ZERO) => break,
                    Some(left) => tokio::time::sleep(left.min(LOOK_PERIOD)).await,
                    None => tokio::time::sleep(LOOK_PERIOD).await,
                }
            }
            shared.borrow_mut().last = Some(Look::at(server));
        });
        Self {
            server,
            seen,
            looking,
        }
    }

    pub(super) fn end(self) -> Used {
        self.looking.abort();
        let resident = self.server.and_then(resident_bytes);
        let seen = self.seen.borrow();
        let last = seen.last.unwrap_or_else(|| Look::at(self.server));
        let first = seen.first.unwrap_or(last);
        let wall = last.at.saturating_duration_since(first.at);
        let percent = |from: Option<Duration>, to: Option<Duration>| {
            let used = to?.saturating_sub(from?);
            u64::try_from((used.as_nanos() * 100).checked_div(wall.as_nanos())?).ok()
        };
        let server = percent(first.server_cpu, last.server_cpu);
        let bench = percent(first.bench_cpu, last.bench_cpu);
        let machine = percent(first.machine_cpu, last.machine_cpu);
        let others = machine.zip(server).zip(bench);
        let written = last.written_bytes.zip(first.written_bytes);
        Used {
            server_cpu_percent: server,
            bench_cpu_percent: bench,
            others_cpu_percent: others
                .map(|((machine, server), bench)| machine.saturating_sub(server + bench)),
            resident_bytes_max: seen.resident_bytes_max.max(resident),
            written_bytes: written.map(|(last, first)| last.saturating_sub(first)),
        }
    }
}

/// The most memory that a process ever held.
pub(super) fn resident_bytes_peak(pid: Pid) -> Option<u64> {
    kilobytes(
        &read_to_string(format!("/proc/{}/status", pid.0)).ok()?,
        "VmHWM:",
    )
}

fn resident_bytes(pid: Pid) -> Option<u64> {
    kilobytes(
        &read_to_string(format!("/proc/{}/status", pid.0)).ok()?,
        "VmRSS:",
    )
}

fn written_bytes(pid: Pid) -> Option<u64> {
    let io = read_to_string(format!("/proc/{}/io", pid.0)).ok()?;
    field(&io, "write_bytes:")?.parse().ok()
}

/// Processor time of a process, its own and the kernel's for it.
fn cpu(pid: &str) -> Option<Duration> {
    let stat = read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name in brackets may hold blanks; utime and stime are the 12th and 13th behind it.
    let (_, behind) = stat.rsplit_once(')')?;
    let mut fields = behind.split_ascii_whitespace().skip(11);
    let user: u64 = fields.next()?.parse().ok()?;
    let system: u64 = fields.next()?.parse().ok()?;
    ticks(user + system)
}

/// Processor time of everything on this machine, and what its host gave to others.
fn machine_cpu() -> Option<Duration> {
    let stat = read_to_string("/proc/stat").ok()?;
    let fields = field(&stat, "cpu ")?.split_ascii_whitespace().enumerate();
    // The 4th and 5th are idle; those behind the 8th are in the first two already.
    let busy = fields.filter(|(at, _)| !matches!(at, 3 | 4 | 8..));
    ticks(
        busy.filter_map(|(_, ticks)| ticks.parse::<u64>().ok())
            .sum(),
    )
}

fn ticks(count: u64) -> Option<Duration> {
    let per_second = rustix::param::clock_ticks_per_second();
    Some(Duration::from_millis(
        count.checked_mul(1_000)?.checked_div(per_second)?,
    ))
}

fn kilobytes(text: &str, name: &str) -> Option<u64> {
    let value = field(text, name)?.strip_suffix("kB")?.trim();
    value.parse::<u64>().ok()?.checked_mul(1_024)
}

fn field<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    text.lines()
        .find_map(|line| line.strip_prefix(name))
        .map(str::trim)
}

/// The machine on which it was measured.
#[derive(Clone, Debug, serde::Serialize)]
pub(super) struct Machine {
    pub(super) cores: Option<u64>,
    pub(super) cpu: Option<String>,
    pub(super) memory_bytes: Option<u64>,
    pub(super) kernel: Option<String>,
    /// What the server's data lie on, if it is the benchmark's own server.
    pub(super) file_system: Option<String>,
}

impl Machine {
    pub(super) fn of(data: Option<&Path>) -> Self {
        let cores = std::thread::available_parallelism().ok();
        let cpu = read_to_string("/proc/cpuinfo").ok();
        let cpu = cpu.as_deref().and_then(|text| field(text, "model name"));
        let memory = read_to_string("/proc/meminfo").ok();
        let kernel = read_to_string("/proc/sys/kernel/osrelease").ok();
        Self {
            cores: cores.and_then(|cores| u64::try_from(cores.get()).ok()),
            cpu: cpu.map(|text| text.trim_start_matches([':', ' ']).to_owned()),
            memory_bytes: memory.and_then(|text| kilobytes(&text, "MemTotal:")),
            kernel: kernel.map(|text| text.trim().to_owned()),
            file_system: data.and_then(file_system),
        }
    }
}

/// The kind of file system that `path` lies on.
fn file_system(path: &Path) -> Option<String> {
    let path = path.canonicalize().ok()?;
    let mounts = read_to_string("/proc/self/mountinfo").ok()?;
    let holding = mounts.lines().filter_map(|line| {
        let (place, kind) = line.split_once(" - ")?;
        let place = place.split(' ').nth(4)?;
        path.starts_with(place)
            .then(|| (place.len(), kind.split(' ').next()))
    });
    // Of two on one place the later one is seen.
    let (_, kind) = holding.max_by_key(|(length, _)| *length)?;
    kind.map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_and_this_machine_can_be_read() {
        let own = Pid(std::process::id());
        // A moment's memory may be counted a moment before the most of it is.
        let is_below = |_| resident_bytes(own).unwrap() <= resident_bytes_peak(own).unwrap();
        assert!((0..100).any(is_below));
        assert!(cpu("self") <= machine_cpu() && cpu("self").is_some());
        let machine = Machine::of(Some(Path::new("/proc")));
        assert_eq!(machine.file_system.as_deref(), Some("proc"));
        assert!(machine.cores > Some(0) && machine.memory_bytes > Some(0));
        assert!(machine.kernel.is_some());
    }
}
