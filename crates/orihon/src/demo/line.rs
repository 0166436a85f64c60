//! A shop's line to the server, which can be cut and healed: a small relay on loopback between the two.
//! It passes bytes on and knows nothing of what they say. A cut line ends whatever is under way on it.

use anyhow::Context;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// Connections at once. A device needs a few.
const CONNECTIONS_MAX: usize = 64;

/// How a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Whole,
    Cut,
}

/// A line. It is whole at first, and lasts until it is dropped.
#[derive(Debug)]
pub(super) struct Line {
    /// Where the shop's end is.
    pub(super) address: SocketAddr,
    state: watch::Sender<State>,
    relay: tokio::task::JoinHandle<()>,
}

impl Line {
    /// Lays a line to `server`.
    pub(super) async fn lay(server: SocketAddr) -> anyhow::Result<Self> {
        let listening = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await;
        let listener = listening.context("laying a shop's line")?;
        let address = listener.local_addr()?;
        let (state, seen) = watch::channel(State::Whole);
        let relay = tokio::spawn(relay(listener, server, seen));
        Ok(Self {
            address,
            state,
            relay,
        })
    }

    pub(super) fn state(&self) -> State {
        *self.state.borrow()
    }

    /// Cuts or heals it.
    pub(super) fn set(&self, state: State) {
        self.state.send_replace(state);
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.relay.abort();
    }
}

async fn relay(listener: TcpListener, server: SocketAddr, state: watch::Receiver<State>) {
    let places = Arc::new(tokio::sync::Semaphore::new(CONNECTIONS_MAX));
    loop {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else {
            return;
        };
        let Ok((shop, _)) = listener.accept().await else {
            tokio::task::yield_now().await;
            continue;
        };
        let state = state.clone();
        tokio::spawn(async move {
            carry(shop, server, state).await;
            drop(place);
        });
    }
}

/// Carries one connection until an end hangs up or the line is cut. On a cut line nothing arrives.
async fn carry(mut shop: TcpStream, server: SocketAddr, mut state: watch::Receiver<State>) {
    if *state.borrow_and_update() == State::Cut {
        return;
    }
    let carried = async {
        let mut server = TcpStream::connect(server).await?;
        // A message waits for no further one, as on a line without a relay.
        shop.set_nodelay(true)?;
        server.set_nodelay(true)?;
        copy_bidirectional(&mut shop, &mut server).await
    };
    tokio::select! {
        // Whoever hung up has nothing more to hear, and the other end sees that its connection is gone.
        _ = carried => {}
        _ = state.wait_for(|state| *state == State::Cut) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    /// Sends a byte and reads it back; none if the line is dead.
    async fn echo(stream: &mut TcpStream) -> Option<u8> {
        stream.write_u8(7).await.ok()?;
        stream.read_u8().await.ok()
    }

    #[tokio::test]
    async fn a_cut_line_carries_nothing_and_a_healed_one_does() {
        let server = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let line = Line::lay(server.local_addr().unwrap()).await.unwrap();
        let echoing = tokio::spawn(async move {
            loop {
                let (mut stream, _) = server.accept().await.unwrap();
                tokio::spawn(async move {
                    while let Ok(byte) = stream.read_u8().await {
                        stream.write_u8(byte).await.unwrap();
                    }
                });
            }
        });
        let mut first = TcpStream::connect(line.address).await.unwrap();
        assert_eq!(echo(&mut first).await, Some(7));
        line.set(State::Cut);
        assert_eq!(first.read_u8().await.ok(), None, "what was open is cut");
        let mut second = TcpStream::connect(line.address).await.unwrap();
        assert_eq!(echo(&mut second).await, None);
        line.set(State::Whole);
        let mut third = TcpStream::connect(line.address).await.unwrap();
        assert_eq!(echo(&mut third).await, Some(7));
        echoing.abort();
    }
}
