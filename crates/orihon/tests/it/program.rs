//! `orihon` as a process: run to its end, or served until it is stopped or killed.

use rustix::fs::{Mode, OFlags};
use rustix::process::{Pid, Signal, kill_process};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use serde_json::Value;
use std::fs::File;
use std::future::Future;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::net::UnixStream;
use tokio::process::{Child, Command};
use tokio::task::JoinHandle;

/// Far longer than anything here takes; a test that hangs fails instead.
pub(crate) async fn soon<F: Future>(event: F) -> F::Output {
    tokio::time::timeout(Duration::from_secs(120), event)
        .await
        .expect("it never happened")
}

/// The program, deaf to whatever this machine sets for it.
pub(crate) fn orihon(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_orihon"));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("ORIHON_") {
            command.env_remove(name);
        }
    }
    command.args(args).stdin(Stdio::null()).kill_on_drop(true);
    command
}

/// What the program said by its end.
pub(crate) struct Said {
    pub(crate) status: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// Runs the program to its end.
pub(crate) async fn run(args: &[&str]) -> Said {
    let output = soon(orihon(args).output()).await.unwrap();
    Said {
        status: output.status.code().expect("it ended by itself"),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// Copies a folder whole, as `cp -a` does.
pub(crate) fn copy(from: &Path, to: &Path) {
    std::fs::create_dir(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// A path as an argument.
pub(crate) fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// A terminal: what is seen there, and the end that a program writes to.
fn terminal() -> (File, File) {
    let screen = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC).unwrap();
    grantpt(&screen).unwrap();
    unlockpt(&screen).unwrap();
    let name = ptsname(&screen, Vec::new()).unwrap();
    let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC;
    let end = rustix::fs::open(name, flags, Mode::empty()).unwrap();
    (screen.into(), end.into())
}

/// A server that says it is ready.
pub(crate) struct Server {
    child: Child,
    base: String,
    data: PathBuf,
    said: Arc<Mutex<String>>,
    listening: JoinHandle<()>,
    http: reqwest::Client,
}

/// An answer.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) json: Value,
}

impl Answer {
    #[track_caller]
    pub(crate) fn is(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.json);
        self.json
    }
}

impl Server {
    /// Starts on a data folder and a free port.
    pub(crate) async fn start(data: &Path) -> Self {
        Self::start_with(data, &[]).await
    }

    pub(crate) async fn start_with(data: &Path, more: &[&str]) -> Self {
        let args = ["serve", "--data", text(data), "--listen", "127.0.0.1:0"];
        let mut command = orihon(&[&args, more].concat());
        let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
        let said = child.stderr.take().unwrap();
        Self::greeted(child, said, data).await
    }

    /// The same for somebody who sits at a terminal.
    pub(crate) async fn start_at_terminal(data: &Path) -> Self {
        let (mut screen, end) = terminal();
        let mut command = orihon(&["serve", "--data", text(data), "--listen", "127.0.0.1:0"]);
        let child = command.stderr(end).spawn().unwrap();
        drop(command);
        let (seen, mut copy) = std::os::unix::net::UnixStream::pair().unwrap();
        // It ends with an error when nobody writes to the terminal any more.
        std::thread::spawn(move || std::io::copy(&mut screen, &mut copy));
        seen.set_nonblocking(true).unwrap();
        Self::greeted(child, UnixStream::from_std(seen).unwrap(), data).await
    }

    async fn greeted<R>(child: Child, said: R, data: &Path) -> Self
    where
        R: AsyncRead + Unpin + Send + 'static,
    {
        let mut lines = BufReader::new(said).lines();
        let said = Arc::<Mutex<String>>::default();
        let mut base = None;
        // The last line of the greeting begins with a corner.
        loop {
            let line = soon(lines.next_line()).await.unwrap();
            let line = line.unwrap_or_else(|| panic!("it did not start: {}", said.lock().unwrap()));
            let line = line.trim_end();
            *said.lock().unwrap() += &format!("{line}\n");
            if let Some((_, address)) = line.split_once(" is ready at ") {
                base = Some(address.to_owned());
            }
            if line.starts_with('└') {
                break;
            }
        }
        let all = Arc::clone(&said);
        let listening = tokio::spawn(async move {
            while let Ok(Some(line)) = lines.next_line().await {
                *all.lock().unwrap() += &format!("{line}\n");
            }
        });
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        Self {
            child,
            base: base.unwrap(),
            data: data.to_owned(),
            said,
            listening,
            http,
        }
    }

    /// Everything it printed beside its answers.
    pub(crate) fn said(&self) -> String {
        self.said.lock().unwrap().clone()
    }

    pub(crate) fn address(&self) -> &str {
        self.base.strip_prefix("http://").unwrap()
    }

    /// The first operator's key.
    pub(crate) fn operator(&self) -> String {
        std::fs::read_to_string(self.data.join("operator.key"))
            .unwrap()
            .trim()
            .to_owned()
    }

    /// A caller that outlives this handle, and so may meet a server that is gone.
    pub(crate) fn caller(&self, key: &str) -> Caller {
        Caller {
            http: self.http.clone(),
            base: self.base.clone(),
            key: key.to_owned(),
        }
    }

    pub(crate) async fn ask(&self, key: &str, method: &str, path: &str, body: String) -> Answer {
        soon(self.caller(key).ask(method, path, body))
            .await
            .expect("the server answers")
    }

    /// Kills the server at once.
    pub(crate) async fn kill(mut self) {
        soon(self.child.kill()).await.unwrap();
    }

    /// Asks the server to stop, and waits until it has; what it printed.
    pub(crate) async fn stop(mut self) -> String {
        let pid = i32::try_from(self.child.id().unwrap()).unwrap();
        kill_process(Pid::from_raw(pid).unwrap(), Signal::TERM).unwrap();
        let status = soon(self.child.wait()).await.unwrap();
        soon(&mut self.listening).await.unwrap();
        assert_eq!(status.code(), Some(0), "{}", self.said());
        self.said()
    }
}

/// Somebody who asks.
#[derive(Clone)]
pub(crate) struct Caller {
    http: reqwest::Client,
    base: String,
    key: String,
}

impl Caller {
    /// Somebody who asks at an address.
    pub(crate) fn new(base: &str, key: &str) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        Self {
            http: reqwest::Client::builder().no_proxy().build().unwrap(),
            base: base.to_owned(),
            key: key.to_owned(),
        }
    }

    /// The answer; none if the server is gone, and then its fate is unknown.
    pub(crate) async fn ask(&self, method: &str, path: &str, body: String) -> Option<Answer> {
        let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
        let request = self.http.request(method, format!("{}{path}", self.base));
        let request = request
            .header("content-type", "application/json")
            .bearer_auth(&self.key);
        let response = request.body(body).send().await.ok()?;
        let status = response.status().as_u16();
        let text = response.text().await.ok()?;
        let json = serde_json::from_str(&text).unwrap_or(Value::String(text));
        Some(Answer { status, json })
    }
}

/// Starts a server on `data` and kills it after a while, ready or not.
pub(crate) async fn killed_after(data: &Path, moment: Duration) {
    let args = ["serve", "--data", text(data), "--listen", "127.0.0.1:0"];
    let mut child = orihon(&args).stderr(Stdio::null()).spawn().unwrap();
    tokio::time::sleep(moment).await;
    soon(child.kill()).await.unwrap();
}
