//! Waiting for the database from code that is not asynchronous. The verbs of the ledger are plain
//! functions in both ledgers; what they ask of a database is carried out on threads of its own here. It
//! knows nothing of what is asked.

use std::future::Future;
use tokio::runtime::{Builder, Handle, Runtime, RuntimeFlavor};
use tokio::task::block_in_place;

/// Threads that carry bytes between the connections and whoever waits.
const THREADS: usize = 1;

/// The threads on which connections live. They end with it.
#[derive(Debug)]
pub struct Waiting {
    /// There until the end.
    runtime: Option<Runtime>,
}

impl Waiting {
    /// Starts the threads.
    ///
    /// # Errors
    /// If the machine starts no more threads.
    pub fn start() -> std::io::Result<Self> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(THREADS)
            .thread_name("postgres")
            .enable_all()
            .build()?;
        Ok(Self {
            runtime: Some(runtime),
        })
    }

    /// Carries out `asked` and waits for its answer, wherever it is called: on a thread of a server's
    /// runtime, the other tasks of that thread move to another one meanwhile.
    pub fn wait<F>(&self, asked: F) -> F::Output
    where
        F: Future + Send,
        F::Output: Send,
    {
        let runtime = self.runtime.as_ref();
        let runtime = runtime.expect("the threads end with this value, which is still there");
        match Handle::try_current().map(|here| here.runtime_flavor()) {
            Ok(RuntimeFlavor::MultiThread) => block_in_place(|| runtime.block_on(asked)),
            Err(_) => runtime.block_on(asked),
            // A runtime of one thread cannot be waited on from within; another thread can.
            Ok(_) => std::thread::scope(|threads| {
                let waited = threads.spawn(|| runtime.block_on(asked)).join();
                waited.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
            }),
        }
    }
}

impl Drop for Waiting {
    /// Lets the threads end by themselves: whoever drops this may be on a thread that must not wait.
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn slow() -> u8 {
        tokio::time::sleep(std::time::Duration::from_millis(1)).await;
        7
    }

    #[test]
    fn whoever_asks_gets_the_answer_on_any_thread() {
        let waiting = Waiting::start().expect("threads");
        assert_eq!(waiting.wait(slow()), 7, "a plain thread");
        let of_many = Builder::new_multi_thread().build().expect("a runtime");
        let task =
            async { tokio::spawn(async { Waiting::start().expect("threads").wait(slow()) }).await };
        assert_eq!(
            of_many.block_on(task).expect("no panic"),
            7,
            "a thread of many"
        );
        let of_one = Builder::new_current_thread().build().expect("a runtime");
        assert_eq!(
            of_one.block_on(async { waiting.wait(slow()) }),
            7,
            "the only thread"
        );
    }
}
