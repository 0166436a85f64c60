//! The server under load: one that runs already, or a private one, started as a child of this
//! process on a folder of its own and gone with it.

use super::caller::{self, Caller};
use super::gauge::Pid;
use anyhow::{Context, bail, ensure};
use rustix::process::{Signal, kill_process};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use tempfile::TempDir;
use tokio::process::{Child, Command};
use tokio::time::{sleep, timeout};

/// How long the private server may take to start, on an empty folder.
const START_TIMEOUT: Duration = Duration::from_secs(30);
/// Time between two looks whether it has.
const START_LOOK_PERIOD: Duration = Duration::from_millis(20);
/// How long it may take to stop before it is killed.
const STOP_TIMEOUT: Duration = Duration::from_secs(30);
/// What is shown of its log if it did not start.
const LOG_LINES: usize = 15;

/// Where a server listens: plain HTTP and nothing behind the port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Url {
    /// Host and port.
    pub(super) host: String,
}

impl std::str::FromStr for Url {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.starts_with("https:") {
            return Err(
                "the benchmark speaks plain HTTP: run it beside the server, behind the proxy",
            );
        }
        let host = text.strip_prefix("http://").ok_or("begins with http://")?;
        let host = host.strip_suffix('/').unwrap_or(host);
        if host.is_empty() || host.contains(['/', '?', '#', '@']) {
            return Err("is http://, a host and perhaps a port, as in http://127.0.0.1:8470");
        }
        let has_port = host
            .rsplit_once(':')
            .is_some_and(|(_, port)| port.parse::<u16>().is_ok());
        let host = if has_port {
            host.to_owned()
        } else {
            format!("{host}:80")
        };
        Ok(Self { host })
    }
}

/// A server and the key that opens it.
#[derive(Clone, Debug)]
pub(super) struct Target {
    pub(super) address: SocketAddr,
    /// As the `host` header says it.
    pub(super) host: String,
    pub(super) operator_key: String,
    /// Its process, if it is on this machine and known.
    pub(super) process: Option<Pid>,
}

impl Target {
    /// A server that runs already.
    pub(super) async fn named(
        url: &Url,
        operator_key: String,
        process: Option<Pid>,
    ) -> anyhow::Result<Self> {
        let found = tokio::net::lookup_host(url.host.as_str()).await;
        let found = found
            .with_context(|| format!("cannot find {}", url.host))?
            .next();
        let address = found.with_context(|| format!("{} has no address", url.host))?;
        Ok(Self {
            address,
            host: url.host.clone(),
            operator_key,
            process,
        })
    }

    /// Asks for something as the operator, or as whoever `key` belongs to; the status and the body.
    pub(super) async fn ask(
        &self,
        caller: &mut Caller,
        (method, path): (&str, &str),
        key: &str,
        body: &[u8],
    ) -> anyhow::Result<(u16, Vec<u8>)> {
        let begun = caller::begin(method, path, &self.host, key, "application/json");
        let mut request = Vec::new();
        caller::finish(&mut request, &begun, body);
        let answer = caller.call(&request).await;
        let answer = answer.with_context(|| format!("{method} {path} got no answer"))?;
        Ok((answer.status, answer.body.to_vec()))
    }

    /// The same, for what cannot go wrong on a server that is well.
    pub(super) async fn demand(
        &self,
        caller: &mut Caller,
        (method, path): (&str, &str),
        key: &str,
        body: &[u8],
    ) -> anyhow::Result<Vec<u8>> {
        let (status, answer) = self.ask(caller, (method, path), key, body).await?;
        ensure!(
            matches!(status, 200 | 201),
            "{method} {path} was answered with {status}: {}",
            String::from_utf8_lossy(&answer)
        );
        Ok(answer)
    }
}

/// The benchmark's own server.
pub(super) struct Private {
    child: Child,
    folder: TempDir,
    pub(super) target: Target,
}

impl Private {
    /// Starts it on an empty folder below `beside`, with its ledger in a database if one is named.
    pub(super) async fn start(beside: &Path, ledger: Option<&str>) -> anyhow::Result<Self> {
        let folder = tempfile::Builder::new()
            .prefix("orihon-bench-")
            .tempdir_in(beside);
        let folder =
            folder.with_context(|| format!("cannot make a folder in {}", beside.display()))?;
        let address = free_address()?;
        let data = data_in(folder.path());
        let log = std::fs::File::create(log_in(folder.path()))?;
        let mut command = Command::new(std::env::current_exe()?);
        command
            .arg("serve")
            .arg("--data")
            .arg(&data)
            .args(["--listen", &address.to_string()])
            .args(ledger.into_iter().flat_map(|url| ["--ledger", url]))
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            // An interrupt from the keyboard is for the benchmark, which then stops the server.
            .process_group(0)
            .kill_on_drop(true);
        // What is set for another server must not reach this one.
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("ORIHON_") {
                command.env_remove(name);
            }
        }
        let mut child = command.spawn().context("cannot start the private server")?;
        let ready = timeout(START_TIMEOUT, wait_until_ready(&mut child, address)).await;
        if !matches!(ready, Ok(Ok(()))) {
            let _ = child.kill().await;
            bail!(
                "the private server did not start; it said:\n{}",
                last_lines(folder.path())
            );
        }
        let key_file = data.join("operator.key");
        let operator_key = read_key(&key_file)?;
        let process = child.id().map(Pid);
        let target = Target {
            address,
            host: address.to_string(),
            operator_key,
            process,
        };
        Ok(Self {
            child,
            folder,
            target,
        })
    }

    /// The folder that holds all it writes.
    pub(super) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Stops it in order, and takes its folder away.
    pub(super) async fn stop(mut self) -> anyhow::Result<()> {
        if let Some(pid) = self.child.id().and_then(|id| i32::try_from(id).ok()) {
            let pid = rustix::process::Pid::from_raw(pid).context("a process without a number")?;
            kill_process(pid, Signal::TERM).context("cannot stop the private server")?;
        }
        let ended = timeout(STOP_TIMEOUT, self.child.wait()).await;
        let Ok(status) = ended else {
            let _ = self.child.kill().await;
            bail!(
                "the private server did not stop within {} s",
                STOP_TIMEOUT.as_secs()
            );
        };
        let status = status?;
        ensure!(
            status.success(),
            "the private server ended with {status}; it said:\n{}",
            last_lines(self.folder.path())
        );
        Ok(self.folder.close()?)
    }
}

/// The operator key in a file.
pub(super) fn read_key(file: &Path) -> anyhow::Result<String> {
    let text = std::fs::read_to_string(file)
        .with_context(|| format!("cannot read the operator key from {}", file.display()))?;
    Ok(text.trim().to_owned())
}

async fn wait_until_ready(child: &mut Child, address: SocketAddr) -> anyhow::Result<()> {
    let mut request = Vec::new();
    let begun = caller::begin("GET", "/readyz", &address.to_string(), "", "text/plain");
    caller::finish(&mut request, &begun, b"");
    loop {
        if let Some(status) = child.try_wait()? {
            bail!("it ended with {status}");
        }
        if let Ok(mut caller) = Caller::connect(address).await
            && caller.call(&request).await?.status == 200
        {
            return Ok(());
        }
        sleep(START_LOOK_PERIOD).await;
    }
}

/// An address of this machine that nobody listens on at this moment.
fn free_address() -> std::io::Result<SocketAddr> {
    std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()
}

fn data_in(folder: &Path) -> PathBuf {
    folder.join("data")
}

fn log_in(folder: &Path) -> PathBuf {
    folder.join("server.log")
}

fn last_lines(folder: &Path) -> String {
    let log = std::fs::read_to_string(log_in(folder)).unwrap_or_default();
    let lines: Vec<&str> = log.lines().collect();
    let from = lines.len().saturating_sub(LOG_LINES);
    lines.get(from..).unwrap_or_default().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_plain() {
        let rows: &[(&str, Option<&str>)] = &[
            ("http://127.0.0.1:8470", Some("127.0.0.1:8470")),
            ("http://shop.example/", Some("shop.example:80")),
            ("http://[::1]:8470", Some("[::1]:8470")),
            ("http://[::1]", Some("[::1]:80")),
            ("https://shop.example", None),
            ("shop.example", None),
            ("http://a/b", None),
            ("http://key@a", None),
        ];
        for (text, expected) in rows {
            let host = text.parse::<Url>().ok().map(|url| url.host);
            assert_eq!(host.as_deref(), *expected, "{text}");
        }
    }
}
