//! What the benchmark asks the machine: the time, and to be woken at an instant.

use rustix::time::{
    Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, timerfd_create,
    timerfd_settime,
};
use std::os::fd::OwnedFd;
use std::time::{Duration, Instant, SystemTime};
use tokio::io::unix::AsyncFd;

/// The instant it is.
#[expect(
    clippy::disallowed_methods,
    reason = "a benchmark measures time; this is the one place where it does"
)]
pub(super) fn now() -> Instant {
    Instant::now()
}

/// A seed that no benchmark before had: the time in milliseconds.
#[expect(
    clippy::disallowed_methods,
    reason = "two benchmarks of one server must differ, and nobody gave a seed"
)]
pub(super) fn seed() -> u64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    since.map_or(0, |since| {
        u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
    })
}

/// Wakes at an instant to some microseconds, where the runtime's own timer rounds to milliseconds:
/// too coarse for requests that take less.
pub(super) struct Alarm(AsyncFd<OwnedFd>);

impl Alarm {
    pub(super) fn new() -> std::io::Result<Self> {
        let flags = TimerfdFlags::NONBLOCK | TimerfdFlags::CLOEXEC;
        let timer = timerfd_create(TimerfdClockId::Monotonic, flags)?;
        #[expect(
            deprecated,
            reason = "its successor is unsafe for types that may change their descriptor; one \
                      that is owned stays the same until it is dropped"
        )]
        let timer = AsyncFd::new(timer)?;
        Ok(Self(timer))
    }

    /// Returns once it is `instant`; at once if it has passed.
    pub(super) async fn at(&self, instant: Instant) -> std::io::Result<()> {
        let wait = instant.saturating_duration_since(now());
        if wait.is_zero() {
            return Ok(());
        }
        let once = Itimerspec {
            it_interval: Timespec {
                tv_sec: 0,
                tv_nsec: 0,
            },
            it_value: spec(wait),
        };
        timerfd_settime(self.0.get_ref(), TimerfdTimerFlags::empty(), &once)?;
        let mut fired = [0_u8; 8];
        loop {
            let mut ready = self.0.readable().await?;
            let read = ready.try_io(|fd| Ok(rustix::io::read(fd, &mut fired)?));
            if let Ok(read) = read {
                return read.map(|_| ());
            }
        }
    }
}

fn spec(wait: Duration) -> Timespec {
    Timespec {
        tv_sec: i64::try_from(wait.as_secs()).unwrap_or(i64::MAX),
        tv_nsec: i64::from(wait.subsec_nanos()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_alarm_is_not_early() {
        let alarm = Alarm::new().unwrap();
        for micros in [0, 300, 2_000] {
            let due = now() + Duration::from_micros(micros);
            alarm.at(due).await.unwrap();
            assert!(now() >= due);
        }
    }
}
