//! A caller who speaks HTTP/1.1 by hand, so that a test can also hang up, stay silent or send
//! nonsense. It never retries and never follows anything.

use std::future::Future;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Far longer than anything here takes; a test that hangs fails instead.
pub(crate) async fn soon<F: Future>(event: F) -> F::Output {
    tokio::time::timeout(Duration::from_secs(60), event)
        .await
        .expect("it never happened")
}

/// Asks again until the answer is yes.
pub(crate) async fn until<F: Future<Output = bool>>(mut is_so: impl FnMut() -> F) {
    let asking = async {
        while !is_so().await {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    soon(asking).await;
}

/// A request.
#[derive(Clone, Debug)]
pub(crate) struct Ask {
    method: &'static str,
    path: String,
    headers: String,
    body: Vec<u8>,
}

pub(crate) fn get(path: impl Into<String>) -> Ask {
    Ask::new("GET", path, "")
}

pub(crate) fn post(path: impl Into<String>, body: impl ToString) -> Ask {
    Ask::new("POST", path, body)
}

/// What a form of a page sends.
pub(crate) fn form(path: &str, fields: &str) -> Ask {
    post(path, fields).with("content-type", "application/x-www-form-urlencoded")
}

/// The cookie that an answer sets, as a browser sends it back.
pub(crate) fn cookie_of(answer: &Answer) -> String {
    let set = answer.header("set-cookie");
    set.split(';').next().unwrap_or_default().to_owned()
}

pub(crate) fn put(path: impl Into<String>, body: impl ToString) -> Ask {
    Ask::new("PUT", path, body)
}

pub(crate) fn patch(path: impl Into<String>, body: impl ToString) -> Ask {
    Ask::new("PATCH", path, body)
}

pub(crate) fn delete(path: impl Into<String>) -> Ask {
    Ask::new("DELETE", path, "")
}

impl Ask {
    pub(crate) fn new(method: &'static str, path: impl Into<String>, body: impl ToString) -> Self {
        Self {
            method,
            path: path.into(),
            headers: String::new(),
            body: body.to_string().into_bytes(),
        }
    }

    /// With the key of a caller; without one if it is empty.
    pub(crate) fn by(self, key: &str) -> Self {
        if key.is_empty() {
            self
        } else {
            self.with("authorization", &format!("Bearer {key}"))
        }
    }

    /// As a line of JSON each.
    pub(crate) fn in_lines(self) -> Self {
        self.with("content-type", "application/x-ndjson")
    }

    /// With one header more.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.headers = format!("{}{name}: {value}\r\n", self.headers);
        self
    }

    /// With a body of any bytes.
    pub(crate) fn of_bytes(mut self, body: Vec<u8>) -> Self {
        self.body = body;
        self
    }

    /// Its method, path and body: what a signature covers.
    pub(crate) fn covered(&self) -> (&'static str, &str, &[u8]) {
        (self.method, &self.path, &self.body)
    }

    /// As it goes over the line.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let Self {
            method,
            path,
            headers,
            body,
        } = self;
        let length = body.len();
        let mut bytes =
            format!("{method} {path} HTTP/1.1\r\nhost: orihon\r\n{headers}").into_bytes();
        if length > 0 || matches!(*method, "POST" | "PUT" | "PATCH") {
            bytes.extend_from_slice(format!("content-length: {length}\r\n").as_bytes());
        }
        bytes.extend_from_slice(b"\r\n");
        bytes.extend_from_slice(body);
        bytes
    }
}

/// An answer.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    /// Empty if it is no UTF-8, which only a form asked for in another encoding, or packed, may be.
    pub(crate) body: String,
    pub(crate) bytes: Vec<u8>,
}

impl Answer {
    /// The answer, which has that status.
    #[track_caller]
    pub(crate) fn is(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}\n{}", self.head, self.body);
        self
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        let found = self.head.lines().find_map(|line| {
            let (known, value) = line.split_once(':')?;
            known.eq_ignore_ascii_case(name).then(|| value.trim())
        });
        found.unwrap_or_default()
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }

    /// The text of a member of the JSON body.
    pub(crate) fn text(&self, pointer: &str) -> String {
        let json = self.json();
        let found = json.pointer(pointer).and_then(serde_json::Value::as_str);
        found
            .unwrap_or_else(|| panic!("no text at {pointer} of {}", self.body))
            .to_owned()
    }
}

/// One connection.
pub(crate) struct Line {
    stream: TcpStream,
    heard: Vec<u8>,
}

impl Line {
    pub(crate) async fn open(address: SocketAddr) -> Self {
        let stream = soon(TcpStream::connect(address))
            .await
            .expect("the server listens");
        stream.set_nodelay(true).unwrap();
        Self {
            stream,
            heard: Vec::new(),
        }
    }

    /// Asks and waits for the answer. A server may answer before it has read everything.
    pub(crate) async fn ask(&mut self, ask: &Ask) -> Answer {
        let bytes = ask.bytes();
        let (mut from, mut to) = self.stream.split();
        let mut hearing = Hearing {
            from: &mut from,
            heard: &mut self.heard,
        };
        let answered = hearing.answer(ask.method == "HEAD");
        let said = async {
            // Whoever answers early may also hang up early.
            let _ = to.write_all(&bytes).await;
        };
        let both = async { tokio::join!(said, answered).1 };
        soon(both).await.expect("the server answers")
    }

    pub(crate) async fn say(&mut self, bytes: &[u8]) {
        soon(self.stream.write_all(bytes)).await.unwrap();
    }

    /// Says it to a server that may be gone.
    pub(crate) async fn try_say(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        soon(self.stream.write_all(bytes)).await
    }

    /// The answer to what was said; none if the server hung up instead.
    pub(crate) async fn answer(&mut self) -> Option<Answer> {
        let (mut from, _to) = self.stream.split();
        let mut hearing = Hearing {
            from: &mut from,
            heard: &mut self.heard,
        };
        soon(hearing.answer(false)).await
    }

    /// The head of an answer whose body never ends.
    pub(crate) async fn head(&mut self) -> Answer {
        let (mut from, _to) = self.stream.split();
        let mut hearing = Hearing {
            from: &mut from,
            heard: &mut self.heard,
        };
        soon(hearing.answer(true))
            .await
            .expect("the server answers")
    }

    /// The next event of a stream whose head was heard; none at its end.
    pub(crate) async fn event(&mut self) -> Option<String> {
        let (mut from, _to) = self.stream.split();
        let mut hearing = Hearing {
            from: &mut from,
            heard: &mut self.heard,
        };
        let event = async {
            loop {
                let piece = String::from_utf8(hearing.chunk().await?).unwrap();
                // A comment is only a sign of life.
                if !piece.starts_with(':') {
                    return Some(piece.trim_end().to_owned());
                }
            }
        };
        soon(event).await
    }

    /// Hangs up; what was said has left.
    pub(crate) async fn hang_up(mut self) {
        let _ = self.stream.shutdown().await;
    }
}

struct Hearing<'a, 'b> {
    from: &'a mut tokio::net::tcp::ReadHalf<'b>,
    heard: &'a mut Vec<u8>,
}

impl Hearing<'_, '_> {
    async fn answer(&mut self, is_head_only: bool) -> Option<Answer> {
        let end = self.until(b"\r\n\r\n").await?;
        let head = String::from_utf8(self.take(end)).unwrap();
        let status = head
            .get(9..12)
            .and_then(|digits| digits.parse().ok())
            .unwrap();
        let mut answer = Answer {
            status,
            head,
            body: String::new(),
            bytes: Vec::new(),
        };
        let body = if is_head_only || matches!(status, 204 | 304) {
            Vec::new()
        } else if answer.header("transfer-encoding") == "chunked" {
            self.chunks().await?
        } else {
            let length = answer.header("content-length").parse().unwrap_or(0);
            self.fill(length).await?;
            self.take(length)
        };
        answer.bytes.clone_from(&body);
        let media_type = answer.header("content-type");
        let is_packed = answer.header("content-encoding") == "gzip";
        if !is_packed && !media_type.ends_with("windows-31j") && media_type != "application/zip" {
            answer.body = String::from_utf8(body).expect("answers are UTF-8");
        }
        Some(answer)
    }

    async fn chunks(&mut self) -> Option<Vec<u8>> {
        let mut whole = Vec::new();
        while let Some(chunk) = self.chunk().await {
            whole.extend(chunk);
        }
        Some(whole)
    }

    /// One piece of a chunked body; none at its end.
    async fn chunk(&mut self) -> Option<Vec<u8>> {
        let end = self.until(b"\r\n").await?;
        let size = String::from_utf8(self.take(end)).unwrap();
        let size = usize::from_str_radix(size.trim(), 16).unwrap();
        self.fill(size + 2).await?;
        let mut chunk = self.take(size + 2);
        chunk.truncate(size);
        (size > 0).then_some(chunk)
    }

    async fn until(&mut self, mark: &[u8]) -> Option<usize> {
        loop {
            if let Some(at) = self.heard.windows(mark.len()).position(|part| part == mark) {
                return Some(at + mark.len());
            }
            self.hear().await?;
        }
    }

    async fn fill(&mut self, length: usize) -> Option<()> {
        while self.heard.len() < length {
            self.hear().await?;
        }
        Some(())
    }

    fn take(&mut self, length: usize) -> Vec<u8> {
        self.heard.drain(..length).collect()
    }

    async fn hear(&mut self) -> Option<()> {
        match self.from.read_buf(self.heard).await {
            Ok(0) | Err(_) => None,
            Ok(_) => Some(()),
        }
    }
}
