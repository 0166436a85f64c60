//! Rows that are written together, prepared beforehand, so that all of them and the end of their
//! transaction are sent in one piece. What a row means is not known here.

use super::fault::{Failure, of_copy};
use super::rows::{Change, Copied, Keys, Parameter, Rows};
use super::statement::{self, Taken};
use deadpool_postgres::{Client, GenericClient};
use futures_util::future::{join, join_all, try_join, try_join_all};
use std::collections::BTreeMap;
use std::pin::pin;
use tokio_postgres::Statement;
use tokio_postgres::binary_copy::BinaryCopyInWriter;

/// The rows of a transaction.
pub(crate) struct Writing {
    copied: Vec<(Rows, Statement)>,
    put: Vec<(Rows, Statement)>,
    taken: Vec<(Keys, Statement)>,
}

impl Writing {
    /// Prepares to write rows and to take rows away. If a key is named twice, the last word counts.
    ///
    /// # Errors
    /// [`Failure`]; among them a row that is not what its kind says, of which nothing is sent.
    pub(crate) async fn prepare(
        client: &impl GenericClient,
        changes: impl IntoIterator<Item = Change>,
    ) -> Result<Self, Failure> {
        let last: BTreeMap<Vec<u8>, Option<Vec<u8>>> = changes.into_iter().collect();
        let (mut rows, mut gone) = (BTreeMap::new(), Vec::new());
        for (key, row) in last {
            match row {
                Some(row) => {
                    rows.insert(key, row);
                }
                None => gone.push(key),
            }
        }
        let put = Rows::group(rows)?.into_iter().map(|rows| async move {
            let text = statement::insert(rows.table, Taken::Replace);
            let statement = client.prepare_cached(&text).await?;
            Ok::<_, Failure>((rows, statement))
        });
        let taken = Keys::group_by_place(gone)?;
        let taken = taken.into_iter().map(|keys| async move {
            let text = statement::delete(keys.table);
            let statement = client.prepare_cached(&text).await?;
            Ok::<_, Failure>((keys, statement))
        });
        let (put, taken) = try_join(try_join_all(put), try_join_all(taken)).await?;
        Ok(Self {
            copied: Vec::new(),
            put,
            taken,
        })
    }

    /// Adds rows under keys that have none, as fast as the database takes them.
    ///
    /// # Errors
    /// As for [`Writing::prepare`].
    pub(crate) async fn copy(
        mut self,
        client: &impl GenericClient,
        rows: Vec<Copied>,
    ) -> Result<Self, Failure> {
        let groups = Rows::group(rows.into_iter().collect())?;
        let copied = groups.into_iter().map(|rows| async move {
            let statement = client.prepare_cached(&statement::copy(rows.table)).await?;
            Ok::<_, Failure>((rows, statement))
        });
        self.copied.extend(try_join_all(copied).await?);
        Ok(self)
    }

    /// Writes it, within a transaction of the caller. If one of the rows that were to be new is there,
    /// another transaction came first.
    ///
    /// # Errors
    /// [`Failure`] as the database says.
    pub(crate) async fn carry_out(&self, client: &Client) -> Result<(), Failure> {
        let copied = self.copied.iter();
        let copied = copied.map(|(rows, statement)| copy(client, rows, statement));
        let (copied, others) = join(join_all(copied), self.put_and_take(client)).await;
        // What failed first is why all behind it failed.
        copied.into_iter().collect::<Result<(), Failure>>()?;
        others
    }

    /// How many statements it takes.
    pub(crate) const fn statements(&self) -> usize {
        self.copied.len() + self.put.len() + self.taken.len()
    }

    /// The same where nothing is copied.
    ///
    /// # Errors
    /// As for [`Writing::carry_out`].
    pub(crate) async fn put_and_take(&self, client: &impl GenericClient) -> Result<(), Failure> {
        let put = self.put.iter();
        let put = put.map(|(rows, statement)| async move {
            client.execute(statement, &rows.parameters()).await?;
            Ok(())
        });
        let taken = self.taken.iter();
        let taken = taken.map(|(keys, statement)| async move {
            client.execute(statement, &keys.parameters()).await?;
            Ok(())
        });
        let (put, taken) = join(join_all(put), join_all(taken)).await;
        put.into_iter().chain(taken).collect()
    }
}

/// The connection sends nothing else until the last of the rows has gone.
async fn copy(client: &Client, rows: &Rows, statement: &Statement) -> Result<(), Failure> {
    let sink = client.copy_in(statement).await?;
    let mut sink = pin!(BinaryCopyInWriter::new(sink, &statement::types(rows.table)));
    for nth in 0..rows.count {
        let mut row: Vec<Parameter<'_>> = Vec::with_capacity(rows.columns.len());
        for cell in rows.columns.iter().filter_map(|column| column.get(nth)) {
            row.push(cell);
        }
        sink.as_mut().write(&row).await?;
    }
    sink.finish().await.map_err(of_copy)?;
    Ok(())
}

/// Writes rows and takes rows away. If a key is named twice, the last word counts.
///
/// # Errors
/// [`Failure`]; among them a row that is not what its kind says, of which nothing is sent.
pub async fn write(
    client: &impl GenericClient,
    changes: impl IntoIterator<Item = Change>,
) -> Result<(), Failure> {
    let writing = Writing::prepare(client, changes).await?;
    writing.put_and_take(client).await
}
