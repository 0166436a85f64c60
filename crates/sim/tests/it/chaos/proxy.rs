//! A network that a seed decides: it stands between the device and the server, delays, cuts in the
//! middle of a request or an answer, says a request twice, and lets half an answer through. One request
//! a connection; it understands of HTTP only where a message ends.

use sim::chance::Chance;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What becomes of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fate {
    Fine,
    Late,
    Refused,
    HalfAsked,
    Unheard,
    HalfHeard,
    Twice,
}

const FATES: [Fate; 12] = [
    Fate::Fine,
    Fate::Fine,
    Fate::Fine,
    Fate::Fine,
    Fate::Fine,
    Fate::Late,
    Fate::Refused,
    Fate::HalfAsked,
    Fate::Unheard,
    Fate::HalfHeard,
    Fate::Twice,
    Fate::Twice,
];

struct State {
    chance: Chance,
    /// What becomes of the next requests, before chance decides again.
    next: Vec<Fate>,
    is_stormy: bool,
    server: Option<SocketAddr>,
    seen: BTreeMap<Fate, usize>,
}

/// The network.
#[derive(Clone)]
pub(crate) struct Proxy {
    state: Arc<Mutex<State>>,
    /// Where the device finds the server.
    pub(crate) address: SocketAddr,
}

impl Proxy {
    pub(crate) async fn start(seed: u64) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let state = State {
            chance: Chance::new(seed),
            next: Vec::new(),
            is_stormy: false,
            server: None,
            seen: BTreeMap::new(),
        };
        let proxy = Self {
            state: Arc::new(Mutex::new(state)),
            address: listener.local_addr().unwrap(),
        };
        let all = proxy.clone();
        tokio::spawn(async move {
            while let Ok((device, _)) = listener.accept().await {
                let (proxy, all) = (all.clone(), all.clone());
                drop(all);
                // A connection that breaks is what this is for.
                tokio::spawn(async move { drop(proxy.carry(device).await) });
            }
        });
        proxy
    }

    pub(crate) fn leads_to(&self, server: Option<SocketAddr>) {
        self.state.lock().unwrap().server = server;
    }

    pub(crate) fn storm(&self, is_stormy: bool) {
        self.state.lock().unwrap().is_stormy = is_stormy;
    }

    /// The next request meets this.
    pub(crate) fn next(&self, fate: Fate) {
        self.state.lock().unwrap().next.push(fate);
    }

    /// How often each fate was met.
    pub(crate) fn seen(&self) -> BTreeMap<Fate, usize> {
        self.state.lock().unwrap().seen.clone()
    }

    fn draw(&self) -> (Fate, Option<SocketAddr>, u64) {
        let mut state = self.state.lock().unwrap();
        let drawn = state.chance.pick(&FATES).copied().unwrap();
        let pause = state.chance.bits() % 60;
        let fate = match state.next.pop() {
            Some(fate) => fate,
            None if state.is_stormy => drawn,
            None => Fate::Fine,
        };
        *state.seen.entry(fate).or_default() += 1;
        (fate, state.server, pause)
    }

    async fn carry(&self, mut device: TcpStream) -> std::io::Result<()> {
        let asked = message(&mut device).await?;
        let (fate, server, pause) = self.draw();
        let Some(server) = server else { return Ok(()) };
        match fate {
            Fate::Refused => {}
            Fate::HalfAsked => {
                let mut stream = TcpStream::connect(server).await?;
                stream.write_all(&asked[..asked.len() / 2]).await?;
                tokio::time::sleep(Duration::from_millis(pause)).await;
            }
            Fate::Unheard => drop(ask(server, &asked).await?),
            Fate::HalfHeard => {
                let answer = ask(server, &asked).await?;
                device.write_all(&answer[..answer.len() / 2]).await?;
            }
            Fate::Twice => {
                let (first, second) = tokio::join!(ask(server, &asked), ask(server, &asked));
                drop(first?);
                device.write_all(&second?).await?;
            }
            Fate::Late => {
                tokio::time::sleep(Duration::from_millis(pause * 5)).await;
                device.write_all(&ask(server, &asked).await?).await?;
            }
            Fate::Fine => device.write_all(&ask(server, &asked).await?).await?,
        }
        device.shutdown().await
    }
}

async fn ask(server: SocketAddr, asked: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut stream = TcpStream::connect(server).await?;
    stream.write_all(asked).await?;
    let answer = message(&mut stream).await?;
    // Told, so that the device does not ask again on a connection that is about to close.
    let at = answer.windows(2).position(|two| two == b"\r\n");
    let (status, rest) = answer.split_at(at.unwrap_or(0));
    Ok([status, b"\r\nconnection: close", rest].concat())
}

/// A whole message: its head, and as much behind it as the head says.
async fn message(stream: &mut TcpStream) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut part = [0; 16_384];
    loop {
        let count = stream.read(&mut part).await?;
        bytes.extend_from_slice(&part[..count]);
        if count == 0 || is_whole(&bytes) {
            return match bytes.is_empty() {
                true => Err(std::io::ErrorKind::UnexpectedEof.into()),
                false => Ok(bytes),
            };
        }
    }
}

fn is_whole(bytes: &[u8]) -> bool {
    let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else {
        return false;
    };
    let head = String::from_utf8_lossy(&bytes[..end]).to_ascii_lowercase();
    let length = head.lines().find_map(|line| {
        line.strip_prefix("content-length:")?
            .trim()
            .parse::<usize>()
            .ok()
    });
    bytes.len() >= end + 4 + length.unwrap_or(0)
}
