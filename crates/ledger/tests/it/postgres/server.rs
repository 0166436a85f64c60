//! A PostgreSQL server for a test's process, from the programs that are installed: a copy of a folder
//! made once, on a socket and a port of its own, as durable as in service. It ends with the process,
//! however that ends, as it hangs on a pipe that the process holds.

use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use tokio::net::TcpSocket;
use tokio::sync::OnceCell;
use tokio_postgres::{Client, NoTls};

/// The role that may do everything. By the socket it needs no password.
pub(crate) const ADMIN: &str = "admin";
const PASSWORD: &str = "of the admin";

/// What waits at the pipe. When it closes, it ends the server and takes the folder away; a signal's name
/// that comes through it ends the server in that way, and the folder stays.
const KEEPER: &str = r#"
exec 3<&0
"$@" </dev/null &
server=$!
read -r signal <&3
kill "-${signal:-QUIT}" $server
wait $server
test -z "$signal" || exit 0
cd /
rm -rf "$0"
"#;

/// A running server.
pub(crate) struct Server {
    folder: PathBuf,
    port: Port,
    settings: Vec<String>,
    databases: AtomicU32,
    /// At whose pipe the server hangs; none while it is stopped.
    keeper: Option<Keeper>,
}

/// A port that is its own also while it is stopped: bound and not listened at, it is given to nobody else, refuses as
/// one where nobody is, and lets PostgreSQL listen beside.
struct Port {
    number: u16,
    _held: TcpSocket,
}

impl Port {
    fn take() -> Self {
        let held = TcpSocket::new_v4().unwrap();
        held.set_reuseaddr(true).unwrap();
        held.bind(([127, 0, 0, 1], 0).into()).unwrap();
        Self {
            number: held.local_addr().unwrap().port(),
            _held: held,
        }
    }
}

/// Waits at the pipe. Dropped, it has ended the server; one that is shared is never dropped, and ends
/// with the process.
struct Keeper(Child);

impl Drop for Keeper {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        self.0.wait().unwrap();
    }
}

/// How a server is stopped.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Stop {
    /// In order: whoever is connected is sent away.
    Fast,
    /// As by a fault of the machine: nobody is told anything.
    Kill,
}

impl Drop for Server {
    fn drop(&mut self) {
        if self.keeper.is_none() {
            let _ = fs::remove_dir_all(&self.folder);
        }
    }
}

/// The one that the tests of a process share.
pub(crate) async fn shared() -> &'static Server {
    static SERVER: OnceCell<Server> = OnceCell::const_new();
    SERVER.get_or_init(|| start(&[], Part::Primary)).await
}

/// What a server is to be.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Part {
    /// One that takes writes.
    Primary,
    /// One that waits for a primary and takes none.
    Replica,
}

/// Starts one with further settings, such as `fsync=off`.
pub(crate) async fn start(settings: &[&str], part: Part) -> Server {
    let programs = programs();
    let template = template(&programs);
    let folder = own_folder();
    let data = folder.join("data");
    run(Command::new("cp").arg("-a").arg(&template).arg(&data));
    if part == Part::Replica {
        File::create(data.join("standby.signal")).unwrap();
    }
    start_in(folder, settings).await
}

/// Starts one on the data that lie in `folder`.
async fn start_in(folder: PathBuf, settings: &[&str]) -> Server {
    let settings = settings.iter().map(|setting| (*setting).to_owned());
    let mut server = Server {
        folder,
        port: Port::take(),
        settings: settings.collect(),
        databases: AtomicU32::new(0),
        keeper: None,
    };
    server.begin();
    server.is_up().await;
    server
}

impl Server {
    fn begin(&mut self) {
        let keeper = spawn(&programs(), &self.folder, self.port.number, &self.settings);
        self.keeper = Some(keeper);
    }

    /// Stops it; its data stay.
    pub(crate) fn stop(&mut self, how: Stop) {
        let mut keeper = self.keeper.take().expect("it runs");
        let signal = match how {
            Stop::Fast => "INT",
            Stop::Kill => "KILL",
        };
        let mut pipe = keeper.0.stdin.take().expect("the pipe is open");
        writeln!(pipe, "{signal}").unwrap();
        keeper.0.wait().unwrap();
    }

    /// All that it wrote into its log since it was last started.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.folder.join("log")).unwrap()
    }

    /// Starts it again, at the same place.
    pub(crate) async fn start_again(&mut self) {
        assert!(self.keeper.is_none(), "it runs");
        self.begin();
        self.is_up().await;
    }

    /// Waits until it takes connections.
    async fn is_up(&self) {
        let mut last = String::new();
        for _ in 0..600 {
            match self.try_connect("postgres").await {
                Ok(_) => return,
                Err(error) => last = format!("{error:?}"),
            }
            let said = self.log();
            if said.contains("FATAL:  ") && said.contains("database system is shut down") {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let said = self.log();
        panic!("PostgreSQL did not start: {last}\n{said}");
    }

    async fn try_connect(&self, database: &str) -> Result<Client, tokio_postgres::Error> {
        let url = self.url(ADMIN, database);
        let (client, connection) = tokio_postgres::connect(&url, NoTls).await?;
        tokio::spawn(connection);
        Ok(client)
    }

    /// A connection of the admin's.
    pub(crate) async fn connect(&self, database: &str) -> Client {
        self.try_connect(database).await.expect("the server is up")
    }

    /// The URL by the socket, which needs no password.
    pub(crate) fn url(&self, role: &str, database: &str) -> String {
        let folder = self.folder.display();
        let port = self.port.number;
        format!("postgres://{role}@/{database}?host={folder}&port={port}")
    }

    /// The URL by the network, which does.
    pub(crate) fn network_url(&self, role_and_password: &str, database: &str) -> String {
        let port = self.port.number;
        format!("postgres://{role_and_password}@127.0.0.1:{port}/{database}")
    }

    /// Host and port.
    pub(crate) fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port.number)
    }

    /// A standby of it, which follows it from now on.
    pub(crate) async fn standby(&self) -> Self {
        let folder = own_folder();
        let mut copy = Command::new(programs().join("pg_basebackup"));
        copy.arg("-h")
            .arg(&self.folder)
            .args(["-p", &self.port.number.to_string(), "-U", ADMIN])
            .args(["-R", "-X", "stream", "-c", "fast", "-D"])
            .arg(folder.join("data"))
            .current_dir("/");
        run(as_other_user(&mut copy));
        start_in(folder, &[]).await
    }

    /// A new database, empty.
    pub(crate) async fn database(&self) -> String {
        self.database_with("ENCODING 'UTF8' LOCALE 'C'").await
    }

    /// A new database of some make.
    pub(crate) async fn database_with(&self, make: &str) -> String {
        let nth = self.databases.fetch_add(1, Ordering::SeqCst);
        let name = format!("test_{nth}");
        let client = self.connect("postgres").await;
        let statement = format!("CREATE DATABASE {name} TEMPLATE template0 {make}");
        client.batch_execute(&statement).await.unwrap();
        name
    }
}

/// The folder with the programs of the newest PostgreSQL. Debian keeps them outside of `PATH`.
fn programs() -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut found: Vec<PathBuf> = std::env::split_paths(&path).collect();
    let mut of_debian: Vec<(u32, PathBuf)> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(|entry| {
            let entry = entry.ok()?;
            let version = entry.file_name().to_str()?.parse().ok()?;
            Some((version, entry.path().join("bin")))
        })
        .collect();
    of_debian.sort();
    found.extend(of_debian.into_iter().rev().map(|(_, folder)| folder));
    let found = found
        .into_iter()
        .find(|folder| folder.join("initdb").is_file() && folder.join("postgres").is_file());
    // Links to some of them may lie in `PATH`; where they lead, all of them are.
    let programs = found.and_then(|folder| folder.join("postgres").canonicalize().ok());
    programs
        .and_then(|postgres| postgres.parent().map(Path::to_owned))
        .expect("there is no PostgreSQL server here, which these tests need: apt-get install postgresql")
}

/// The programs refuse to run as root; then another user has to. `None` if we are not root.
pub(crate) fn other_user() -> Option<(u32, u32)> {
    if !rustix::process::geteuid().is_root() {
        return None;
    }
    let users = fs::read_to_string("/etc/passwd").unwrap();
    let ids = |wanted: &str| {
        let line = users.lines().find(|line| line.starts_with(wanted))?;
        let mut fields = line.split(':').skip(2);
        let (user, group) = (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?);
        Some((user, group))
    };
    let ids = ids("postgres:").or_else(|| ids("nobody:"));
    Some(ids.expect("as root, a user called postgres or nobody runs the server"))
}

fn as_other_user(command: &mut Command) -> &mut Command {
    if let Some((user, group)) = other_user() {
        command.uid(user).gid(group);
    }
    command
}

/// A folder that the server's user may write, short enough for a socket's path. It lies in memory if the
/// machine has a folder for that, as the worlds of the embedded ledger do.
pub(crate) fn own_folder() -> PathBuf {
    let make = |place: &Path| {
        let mut builder = tempfile::Builder::new();
        builder.prefix("orihon-pg-").tempdir_in(place)
    };
    let mut folder = make(Path::new("/dev/shm"))
        .or_else(|_| make(&std::env::temp_dir()))
        .unwrap();
    folder.disable_cleanup(true);
    if let Some((user, group)) = other_user() {
        std::os::unix::fs::chown(folder.path(), Some(user), Some(group)).unwrap();
    }
    folder.path().to_owned()
}

fn run(command: &mut Command) {
    let output = command.output().unwrap();
    assert!(
        output.status.success(),
        "{command:?} failed:\n{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}

/// A data folder that is made once and copied for each server. Processes that want one at the same
/// time wait for the first.
fn template(programs: &Path) -> PathBuf {
    let home = Path::new(env!("CARGO_TARGET_TMPDIR"));
    fs::create_dir_all(home).unwrap();
    let mut version = String::new();
    let shown = Command::new(programs.join("postgres"))
        .arg("--version")
        .stdout(Stdio::piped())
        .spawn();
    let mut shown = shown.unwrap();
    let said = shown.stdout.as_mut().unwrap().read_to_string(&mut version);
    said.unwrap();
    shown.wait().unwrap();
    let version: String = version.chars().filter(char::is_ascii_digit).collect();
    let made = home.join(format!("postgres-template-{version}"));
    let lock = File::create(home.join("postgres-template.lock")).unwrap();
    lock.lock().unwrap();
    if made.is_dir() {
        return made;
    }
    // Made where the server's user may write, and brought here.
    let folder = own_folder();
    fs::write(folder.join("password"), PASSWORD).unwrap();
    let data = folder.join("data");
    let mut initdb = Command::new(programs.join("initdb"));
    initdb
        .args(["--data-checksums", "--locale=C", "--encoding=UTF8"])
        .args(["--auth-local=trust", "--auth-host=scram-sha-256"])
        .args(["--no-sync", "--no-instructions"])
        .arg(format!("--username={ADMIN}"))
        .arg(format!("--pwfile={}", folder.join("password").display()))
        .arg("--pgdata")
        .arg(&data)
        .current_dir("/");
    run(as_other_user(&mut initdb));
    let making = home.join("postgres-template.making");
    let _ = fs::remove_dir_all(&making);
    run(Command::new("cp").arg("-a").arg(&data).arg(&making));
    fs::rename(&making, &made).unwrap();
    fs::remove_dir_all(&folder).unwrap();
    made
}

/// Starts the server and its keeper. It has a group of its own, so that what ends the test by its
/// group leaves the keeper to clean up.
fn spawn(programs: &Path, folder: &Path, port: u16, settings: &[String]) -> Keeper {
    let log = File::create(folder.join("log")).unwrap();
    let mut keeper = Command::new("/bin/sh");
    keeper
        .args(["-c", KEEPER])
        .arg(folder)
        .arg(programs.join("postgres"))
        .arg("-D")
        .arg(folder.join("data"));
    let ours = [
        format!("port={port}"),
        "listen_addresses=127.0.0.1".to_owned(),
        format!("unix_socket_directories={}", folder.display()),
        "shared_buffers=32MB".to_owned(),
    ];
    for setting in ours.iter().chain(settings) {
        keeper.arg("-c").arg(setting);
    }
    keeper
        .current_dir("/")
        .process_group(0)
        .stdin(Stdio::piped())
        .stdout(log.try_clone().unwrap())
        .stderr(log);
    Keeper(as_other_user(&mut keeper).spawn().unwrap())
}
