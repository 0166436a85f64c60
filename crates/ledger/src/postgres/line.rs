//! The connection on which a question is asked: any one of many, or the only one that shows a database as
//! it was at one moment. What is asked is not known here.

use super::fault::Failure;
use crate::fault::Fault;
use deadpool_postgres::{Client, Pool};
use std::ops::Deref;
use std::sync::Arc;

/// Where questions are asked.
pub(crate) enum Line {
    /// On any connection, each question about what is committed by then.
    Now(Pool),
    /// On one connection, all of them about the moment at which it was held.
    Held(Arc<Client>),
}

/// A connection for one question.
pub(crate) enum Lent {
    /// Nobody else's.
    Own(Box<Client>),
    /// Shared with whoever asks meanwhile; the questions follow each other.
    Shared(Arc<Client>),
}

impl Line {
    /// A connection.
    ///
    /// # Errors
    /// [`Failure`] if none can be had.
    pub(crate) async fn lend(&self) -> Result<Lent, Failure> {
        match self {
            Self::Now(pool) => Ok(Lent::Own(Box::new(pool.get().await?))),
            Self::Held(client) => Ok(Lent::Shared(Arc::clone(client))),
        }
    }

    /// A connection on which something may be written.
    ///
    /// # Errors
    /// [`Fault::Stopped`] on a line that is held, on which nothing is; else as for [`Line::lend`].
    pub(crate) async fn own(&self) -> Result<Client, Failure> {
        match self {
            Self::Now(pool) => Ok(pool.get().await?),
            Self::Held(_) => Err(Failure::Fault(Fault::Stopped)),
        }
    }

    /// The same for somebody who asks later.
    pub(crate) fn again(&self) -> Self {
        match self {
            Self::Now(pool) => Self::Now(pool.clone()),
            Self::Held(client) => Self::Held(Arc::clone(client)),
        }
    }
}

impl Deref for Lent {
    type Target = Client;

    fn deref(&self) -> &Client {
        match self {
            Self::Own(client) => client,
            Self::Shared(client) => client,
        }
    }
}

/// Holds a moment: all questions on this line show the database as it is now, and nothing is written.
///
/// # Errors
/// [`Failure`] if the database does not answer.
pub(crate) async fn hold(pool: &Pool) -> Result<Line, Failure> {
    let client = pool.get().await?;
    // The moment is that of the first question, not that of the beginning. The line may then be silent for
    // as long as another one is read.
    let text = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; \
                SET LOCAL idle_in_transaction_session_timeout = 0; SELECT 1";
    client.batch_execute(text).await?;
    Ok(Line::Held(Arc::new(client)))
}
