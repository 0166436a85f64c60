//! Bodies in pieces, at and over the limit.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::task::Context;

use hyper::body::{Frame, SizeHint};

use super::*;

struct Pieces(VecDeque<&'static str>);

impl Body for Pieces {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Ready(
            self.0
                .pop_front()
                .map(|piece| Ok(Frame::data(Bytes::from(piece)))),
        )
    }
}

#[tokio::test]
async fn pieces_are_joined_up_to_the_limit() {
    let rows: [(&[&str], Option<&str>); 7] = [
        (&[], Some("")),
        (&[""], Some("")),
        (&["12345"], Some("12345")),
        (&["12", "", "345"], Some("12345")),
        (&["1", "2", "3", "4", "5"], Some("12345")),
        (&["123456"], None),
        (&["123", "45", "6"], None),
    ];
    for (pieces, expected) in rows {
        let body = Pieces(pieces.iter().copied().collect());
        match (read(body, 5, Duration::MAX).await, expected) {
            (Ok(bytes), Some(expected)) => assert_eq!(bytes, expected),
            (Err(BodyError::TooLarge { limit: 5 }), None) => {}
            (outcome, _) => panic!("{pieces:?} gave {outcome:?}"),
        }
    }
}

#[tokio::test]
async fn one_piece_is_not_copied() {
    let sent = Bytes::from(vec![7; 4096]);
    let body = http_body_util::Full::new(sent.clone());
    let received = read(body, 4096, Duration::MAX).await.unwrap();
    assert_eq!(received.as_ptr(), sent.as_ptr());
}

struct Announced;

impl Body for Announced {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        _context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        panic!("read although its announced length is over the limit")
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(6)
    }
}

#[tokio::test]
async fn an_announced_length_is_believed_before_reading() {
    let outcome = read(Announced, 5, Duration::MAX).await;
    assert!(matches!(outcome, Err(BodyError::TooLarge { limit: 5 })));
}
