//! The two programs as processes, started, killed at once, and started again.

use device::clock::Clock;
use device::credential::Credential;
use device::link::{Answer, Link, Request};
use serde_json::Value;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::process::{Child, Command};

/// A program that this workspace builds, beside this test.
fn program(name: &str) -> Command {
    let test = std::env::current_exe().unwrap();
    let folder = test.parent().and_then(Path::parent).unwrap();
    let path: PathBuf = folder.join(name);
    assert!(
        path.exists(),
        "{} is not built; first: cargo build --locked -p orihon -p device --bins",
        path.display()
    );
    let mut command = Command::new(path);
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("ORIHON_") {
            command.env_remove(name);
        }
    }
    command.stdin(Stdio::null()).kill_on_drop(true);
    command
}

/// A program that serves.
pub(crate) struct Serving {
    child: Child,
    pub(crate) address: SocketAddr,
}

impl Serving {
    pub(crate) async fn server(data: &Path) -> Self {
        let mut command = program("orihon");
        command
            .args(["serve", "--listen", "127.0.0.1:0", "--data"])
            .arg(data)
            .stdout(Stdio::null())
            .stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let said = child.stderr.take().unwrap();
        let address = find(said, " is ready at http://").await;
        Self { child, address }
    }

    pub(crate) async fn device(data: &Path) -> Self {
        let mut command = program("orihon-device");
        command
            .args(["run", "--listen", "127.0.0.1:0", "--data"])
            .arg(data)
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        let said = child.stdout.take().unwrap();
        let address = find(said, "till    http://").await;
        Self { child, address }
    }

    /// SIGKILL.
    pub(crate) async fn kill(mut self) {
        self.child.kill().await.unwrap();
    }

    pub(crate) fn link(&self, credential: Credential) -> Link {
        let base = format!("http://{}", self.address);
        Link::new(&base, None, credential, Clock::system()).unwrap()
    }
}

/// The address behind these words. What is said later is read and dropped.
async fn find(said: impl AsyncRead + Unpin + Send + 'static, words: &'static str) -> SocketAddr {
    let mut lines = BufReader::new(said).lines();
    let (tell, told) = tokio::sync::oneshot::channel();
    tokio::spawn(async move {
        let mut tell = Some(tell);
        while let Ok(Some(line)) = lines.next_line().await {
            if let Some((_, address)) = line.split_once(words)
                && let Some(tell) = tell.take()
            {
                let _ = tell.send(address.trim().parse().unwrap());
            }
        }
    });
    let told = tokio::time::timeout(Duration::from_secs(60), told).await;
    told.expect("it starts").expect("it says where it is")
}

/// Runs a command of the device to its end: whether it did what it was to, and what it said.
pub(crate) async fn device(data: &Path, args: &[&str]) -> (bool, String) {
    let mut command = program("orihon-device");
    let output = command.args(args).arg("--data").arg(data).output();
    let output = tokio::time::timeout(Duration::from_secs(60), output).await;
    let output = output.expect("it ends").unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8(said).unwrap())
}

/// An answer that must be a yes, as JSON.
pub(crate) async fn ask(link: &Link, request: Request) -> Value {
    let path = request.path.clone();
    let answer = link.ask(request).await.unwrap();
    let Answer { status, body, .. } = answer;
    let text = String::from_utf8_lossy(&body).into_owned();
    assert!((200..300).contains(&status), "{path}: {status} {text}");
    serde_json::from_str(&text).unwrap_or(Value::Null)
}
