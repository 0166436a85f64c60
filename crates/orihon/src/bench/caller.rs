//! HTTP/1.1 as a benchmark needs it: one connection, requests made elsewhere as bytes, and of the
//! answers no more read than the status and the length. It does not follow, retry or decode.

use std::io::{Error, ErrorKind, Result};
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// Longest wait for a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// The largest answer that is read; a page of 100 purchases is far below.
const ANSWER_BYTES_MAX: usize = 64 * 1_024 * 1_024;
/// What the buffer has room for from the start.
const INBOX_BYTES: usize = 64 * 1_024;

/// A connection kept alive.
pub(super) struct Caller {
    stream: TcpStream,
    inbox: Vec<u8>,
    /// The bytes of the inbox that the last answer took.
    told: usize,
}

/// An answer, as long as the next one is not asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Answer<'a> {
    pub(super) status: u16,
    pub(super) body: &'a [u8],
}

impl Caller {
    pub(super) async fn connect(address: SocketAddr) -> Result<Self> {
        let connecting = timeout(CONNECT_TIMEOUT, TcpStream::connect(address)).await;
        let stream = connecting.map_err(|_| Error::from(ErrorKind::TimedOut))??;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            inbox: Vec::with_capacity(INBOX_BYTES),
            told: 0,
        })
    }

    /// Sends one request and waits for its answer, however long that takes.
    pub(super) async fn call(&mut self, request: &[u8]) -> Result<Answer<'_>> {
        self.send(request).await?;
        self.receive().await
    }

    /// Sends requests, of which the answers come in order.
    pub(super) async fn send(&mut self, requests: &[u8]) -> Result<()> {
        self.stream.write_all(requests).await
    }

    /// The next answer.
    pub(super) async fn receive(&mut self) -> Result<Answer<'_>> {
        self.inbox.drain(..self.told);
        self.told = 0;
        let (head, status) = loop {
            if let Some(head) = read_head(&self.inbox)? {
                let whole = head.length + head.body;
                if whole > ANSWER_BYTES_MAX {
                    return Err(broken("the answer is larger than any that was asked for"));
                }
                if self.inbox.len() >= whole {
                    self.told = whole;
                    break (head.length, head.status);
                }
                self.inbox.reserve(whole - self.inbox.len());
            }
            if self.stream.read_buf(&mut self.inbox).await? == 0 {
                return Err(Error::from(ErrorKind::UnexpectedEof));
            }
        };
        let body = self.inbox.get(head..self.told).unwrap_or_default();
        Ok(Answer { status, body })
    }
}

/// A request up to the value of `content-length`, which [`finish`] writes. It serves for any
/// number of requests.
pub(super) fn begin(method: &str, path: &str, host: &str, key: &str, media_type: &str) -> Vec<u8> {
    format!(
        "{method} {path} HTTP/1.1\r\nhost: {host}\r\nauthorization: Bearer {key}\r\n\
         content-type: {media_type}\r\ncontent-length: "
    )
    .into_bytes()
}

/// Appends a whole request.
pub(super) fn finish(out: &mut Vec<u8>, begun: &[u8], body: &[u8]) {
    out.extend_from_slice(begun);
    super::sale::digits(out, u64::try_from(body.len()).unwrap_or(u64::MAX));
    out.extend_from_slice(b"\r\n\r\n");
    out.extend_from_slice(body);
}

#[derive(Debug, PartialEq, Eq)]
struct Head {
    /// Its own bytes, the empty line included.
    length: usize,
    status: u16,
    /// The bytes of the body.
    body: usize,
}

/// The head at the beginning of `bytes`, once it is there in full.
fn read_head(bytes: &[u8]) -> Result<Option<Head>> {
    let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else {
        return Ok(None);
    };
    let head = bytes.get(..end).unwrap_or_default();
    let mut lines = head
        .split(|byte| *byte == b'\n')
        .map(<[u8]>::trim_ascii_end);
    let first = lines.next().unwrap_or_default();
    let status = first.get(9..12).and_then(number);
    let (Some(status), true) = (status, first.starts_with(b"HTTP/1.1 ")) else {
        return Err(broken("this is no answer of an HTTP/1.1 server"));
    };
    let mut body = None;
    for line in lines {
        if let Some(value) = value(line, b"content-length:") {
            body = number(value);
        } else if value(line, b"transfer-encoding:").is_some() {
            return Err(broken(
                "the answer comes in pieces, and the benchmark reads whole ones",
            ));
        }
    }
    let status = u16::try_from(status).unwrap_or(0);
    let body = match (body, status) {
        (Some(body), _) => body,
        (None, 204) => 0,
        (None, _) => return Err(broken("the answer does not say how long it is")),
    };
    Ok(Some(Head {
        length: end + 4,
        status,
        body,
    }))
}

fn value<'a>(line: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    let (found, value) = line.split_at_checked(name.len())?;
    found.eq_ignore_ascii_case(name).then(|| value.trim_ascii())
}

fn number(digits: &[u8]) -> Option<usize> {
    std::str::from_utf8(digits).ok()?.parse().ok()
}

fn broken(what: &str) -> Error {
    Error::new(ErrorKind::InvalidData, what)
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::net::TcpListener;

    #[test]
    fn heads_are_read_whole_or_not_at_all() {
        let whole = b"HTTP/1.1 201 Created\r\nContent-Length: 2\r\nx: y\r\n\r\n{}";
        for cut in 0..whole.len() - 2 {
            assert_eq!(read_head(&whole[..cut]).unwrap(), None, "{cut}");
        }
        let head = Head {
            length: whole.len() - 2,
            status: 201,
            body: 2,
        };
        assert_eq!(read_head(whole).unwrap(), Some(head));
        let empty = read_head(b"HTTP/1.1 204 No Content\r\n\r\n").unwrap();
        assert_eq!(
            empty,
            Some(Head {
                length: 27,
                status: 204,
                body: 0
            })
        );
        for refused in [
            "HTTP/1.1 200 OK\r\n\r\n",
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n",
            "SSH-2.0-OpenSSH\r\n\r\n",
        ] {
            read_head(refused.as_bytes()).unwrap_err();
        }
    }

    #[tokio::test]
    async fn pipelined_answers_come_in_order_however_they_are_cut() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let answering = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let both = b"HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\naHTTP/1.1 503 No\r\ncontent-length: 3\r\n\r\nbcd";
            for piece in both.chunks(7) {
                stream.write_all(piece).await.unwrap();
                stream.flush().await.unwrap();
                tokio::task::yield_now().await;
            }
        });
        let mut caller = Caller::connect(address).await.unwrap();
        let expected = [(200, b"a".as_slice()), (503, b"bcd")];
        for (status, body) in expected {
            assert_eq!(caller.receive().await.unwrap(), Answer { status, body });
        }
        let closed = caller.receive().await.map(|answer| answer.status);
        assert_eq!(closed.unwrap_err().kind(), ErrorKind::UnexpectedEof);
        answering.await.unwrap();
    }
}
