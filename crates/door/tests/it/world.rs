//! A door that is open for one test, and a caller who speaks HTTP by hand.

use std::convert::Infallible;
use std::error::Error;
use std::future::Future;
use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use door::{Drained, Limits, Listener};
use http::{Request, Response};
use http_body_util::Full;
use hyper::body::{Body, Incoming};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

pub(crate) type Answered = Result<Response<Full<Bytes>>, Infallible>;

pub(crate) fn answer(status: u16, body: impl Into<Bytes>) -> Answered {
    let mut response = Response::new(Full::new(body.into()));
    *response.status_mut() = status.try_into().unwrap();
    Ok(response)
}

/// The path and the body of a request, back to where they came from.
pub(crate) async fn echo(request: Request<Incoming>) -> Answered {
    let path = request.uri().path().to_owned();
    let body = door::body::read(request.into_body(), 1024, door::BODY_READ_TIMEOUT).await;
    answer(200, [path.as_bytes(), &body.unwrap()].concat())
}

/// Far longer than anything here takes; a test that hangs fails instead.
pub(crate) async fn soon<F: Future>(event: F) -> F::Output {
    tokio::time::timeout(Duration::from_secs(20), event)
        .await
        .expect("it never happened")
}

pub(crate) fn listener() -> Listener {
    door::bind(([127, 0, 0, 1], 0).into()).unwrap()
}

pub(crate) struct World {
    pub(crate) address: SocketAddr,
    drain: oneshot::Sender<()>,
    served: JoinHandle<Drained>,
}

impl World {
    pub(crate) fn open<S, B>(limits: Limits, service: S) -> World
    where
        S: tower::Service<Request<Incoming>, Response = Response<B>, Error = Infallible>,
        S: Clone + Send + 'static,
        S::Future: Send + 'static,
        B: Body + Send + 'static,
        B::Data: Send,
        B::Error: Into<Box<dyn Error + Send + Sync>>,
    {
        Self::open_at(listener(), limits, service)
    }

    pub(crate) fn open_at<S, B>(listener: Listener, limits: Limits, service: S) -> World
    where
        S: tower::Service<Request<Incoming>, Response = Response<B>, Error = Infallible>,
        S: Clone + Send + 'static,
        S::Future: Send + 'static,
        B: Body + Send + 'static,
        B::Data: Send,
        B::Error: Into<Box<dyn Error + Send + Sync>>,
    {
        let address = listener.address();
        let (drain, drained) = oneshot::channel();
        let until = async move { drained.await.unwrap_or_default() };
        let served = tokio::spawn(door::serve(listener, limits, service, until));
        World {
            address,
            drain,
            served,
        }
    }

    pub(crate) async fn call(&self) -> Caller {
        let stream = soon(TcpStream::connect(self.address)).await.unwrap();
        Caller {
            stream,
            heard: Vec::new(),
        }
    }

    pub(crate) fn drain(self) -> JoinHandle<Drained> {
        self.drain.send(()).unwrap();
        self.served
    }
}

pub(crate) struct Caller {
    pub(crate) stream: TcpStream,
    heard: Vec<u8>,
}

impl Caller {
    pub(crate) async fn say(&mut self, text: &str) {
        soon(self.stream.write_all(text.as_bytes())).await.unwrap();
    }

    /// The next answer, as head and body.
    pub(crate) async fn answer(&mut self) -> (String, String) {
        let head_len = loop {
            if let Some(end) = self.heard.windows(4).position(|four| four == b"\r\n\r\n") {
                break end + 4;
            }
            assert!(self.hear().await > 0, "hung up after {:?}", self.text());
        };
        let head = String::from_utf8(self.heard.drain(..head_len).collect()).unwrap();
        let announced = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "));
        let body_len = announced.map_or(0, |length| length.parse().unwrap());
        while self.heard.len() < body_len {
            assert!(self.hear().await > 0, "hung up after {:?}", self.text());
        }
        let body = String::from_utf8(self.heard.drain(..body_len).collect()).unwrap();
        (head, body)
    }

    /// Says something, and expects this status and body.
    #[track_caller]
    pub(crate) fn check<'a>(
        &'a mut self,
        request: &'a str,
        status: u16,
        body: &'a str,
    ) -> impl Future<Output = ()> + 'a {
        let place = std::panic::Location::caller();
        async move {
            self.say(request).await;
            let (head, heard) = self.answer().await;
            assert!(
                head.starts_with(&format!("HTTP/1.1 {status} ")),
                "{place}: {head}"
            );
            assert_eq!(heard, body, "{place}");
        }
    }

    /// Waits for the end of the connection, before which nothing more may be said.
    pub(crate) async fn expect_end(&mut self) {
        assert_eq!(self.hear().await, 0, "heard {:?}", self.text());
    }

    async fn hear(&mut self) -> usize {
        match soon(self.stream.read_buf(&mut self.heard)).await {
            Ok(count) => count,
            // Closing with unread bytes resets the connection, which is an end as well.
            Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset => 0,
            Err(error) => panic!("{error}"),
        }
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.heard).into_owned()
    }
}
