//! The way in: listens, accepts, and speaks HTTP under limits, plain or under TLS, for both programs.
//!
//! It owns the accept loop over hyper-util, so that every connection has a time limit and a
//! drain costs the requests nothing. It never knows what is asked of it: no routes, no sales, no
//! identities, and never one of the other rooms.
//!
//! ```no_run
//! # async fn run(service: tower::util::BoxCloneSyncService<
//! #     http::Request<hyper::body::Incoming>,
//! #     http::Response<http_body_util::Full<bytes::Bytes>>,
//! #     std::convert::Infallible,
//! # >) -> Result<(), door::BindError> {
//! let listener = door::bind(([127, 0, 0, 1], 8470).into())?;
//! let stop = async { tokio::signal::ctrl_c().await.unwrap_or_default() };
//! let drained = door::serve(listener, door::Limits::DEFAULT, service, stop).await;
//! println!("{} finished, {} cut off", drained.finished, drained.aborted);
//! # Ok(())
//! # }
//! ```

mod accept;
pub mod body;
mod clock;
mod connection;
mod head;
mod holder;
mod limits;
mod line;
mod listener;
mod patience;
mod pulse;
mod serve;
pub mod tls;

pub use connection::Peer;
pub use holder::Holder;
pub use limits::{BODY_READ_TIMEOUT, Limits};
pub use line::Way;
pub use listener::{BindError, Listener, bind};
pub use serve::{Drained, serve};
