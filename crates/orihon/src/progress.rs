//! Progress of long work on standard error: a bar on a terminal, else a plain line now and then.
//! Results go to standard output, so that the two can be told apart.

use indicatif::{HumanCount, ProgressBar, ProgressStyle};
use std::fmt::Display;
use std::io::{IsTerminal, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::time::Instant;

/// Between two plain lines.
const PLAIN_EVERY: Duration = Duration::from_secs(5);
/// Between two looks of the bar when nothing moves.
const TICK_EVERY: Duration = Duration::from_millis(200);

/// How far one piece of work has come. Shared by those who do it.
pub(crate) struct Progress {
    label: &'static str,
    steps_total: u64,
    counted: Counted,
    steps: AtomicU64,
    items: AtomicU64,
    started: Instant,
    shown: Shown,
}

/// How well the number of steps is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Counted {
    Exactly,
    /// There may be more steps, or fewer: before the end, nobody is told that it has come.
    About,
}

enum Shown {
    Bar(ProgressBar),
    /// The number of lines already printed.
    Lines(AtomicU64),
}

/// What a piece of work came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Done {
    /// Things done.
    pub(crate) items: u64,
    /// The time it took.
    pub(crate) took: Duration,
}

impl Progress {
    /// Begins work of `steps_total` steps: bytes of a file, or things, if their number is known.
    pub(crate) fn begin(label: &'static str, steps_total: u64) -> Self {
        Self::of(label, steps_total, Counted::Exactly)
    }

    /// Begins work of so many steps, more or less; of zero if nobody knows.
    pub(crate) fn begin_about(label: &'static str, steps_total: u64) -> Self {
        Self::of(label, steps_total, Counted::About)
    }

    fn of(label: &'static str, steps_total: u64, counted: Counted) -> Self {
        let shown = if std::io::stderr().is_terminal() {
            let bar = ProgressBar::new(steps_total).with_prefix(label);
            bar.set_style(bar_style(counted));
            bar.enable_steady_tick(TICK_EVERY);
            Shown::Bar(bar)
        } else {
            Shown::Lines(AtomicU64::new(0))
        };
        Self {
            label,
            steps_total,
            counted,
            steps: AtomicU64::new(0),
            items: AtomicU64::new(0),
            started: Instant::now(),
            shown,
        }
    }

    /// So many more steps are done, and so many more things.
    pub(crate) fn advance(&self, steps: u64, items: u64) {
        let steps = self.steps.fetch_add(steps, Ordering::Relaxed) + steps;
        let items = self.items.fetch_add(items, Ordering::Relaxed) + items;
        let took = self.started.elapsed();
        match &self.shown {
            Shown::Bar(bar) => {
                bar.set_message(done_and_rate(items, took));
                bar.set_position(position(steps, self.steps_total, self.counted));
            }
            Shown::Lines(printed) => {
                let due = took.as_secs() / PLAIN_EVERY.as_secs();
                if printed.fetch_max(due, Ordering::Relaxed) < due {
                    let percent = percent(steps, self.steps_total, self.counted);
                    eprintln!("{}: {percent}{}", self.label, done_and_rate(items, took));
                }
            }
        }
    }

    /// Says something in between without disturbing the bar.
    pub(crate) fn say(&self, text: &str) {
        match &self.shown {
            Shown::Bar(bar) => bar.suspend(|| eprintln!("{text}")),
            Shown::Lines(_) => eprintln!("{text}"),
        }
    }

    /// Ends the work and takes the bar away.
    pub(crate) fn end(&self) -> Done {
        let items = self.items.load(Ordering::Relaxed);
        let took = self.started.elapsed();
        match (&self.shown, self.counted) {
            (Shown::Bar(bar), _) => bar.finish_and_clear(),
            (Shown::Lines(printed), Counted::About) if printed.load(Ordering::Relaxed) > 0 => {
                eprintln!("{}: 100 %, {}", self.label, done_and_rate(items, took));
            }
            (Shown::Lines(_), Counted::About | Counted::Exactly) => {}
        }
        Done { items, took }
    }
}

impl Drop for Progress {
    /// Work that fails must not leave half a bar on the line of the error.
    fn drop(&mut self) {
        if let Shown::Bar(bar) = &self.shown {
            bar.finish_and_clear();
        }
    }
}

impl Done {
    /// `155,848 in 9.7 s, 16,066/s`.
    pub(crate) fn told(self) -> String {
        format!(
            "{} in {:.1} s, {}/s",
            HumanCount(self.items),
            self.took.as_secs_f64(),
            HumanCount(per_second(self.items, self.took))
        )
    }
}

/// Says a result on standard output. A reader that stops early, such as `head`, is no failure.
pub(crate) fn tell(text: impl Display) {
    let _ = writeln!(std::io::stdout(), "{text}");
}

/// So many a second, rounded down.
pub(crate) fn per_second(items: u64, took: Duration) -> u64 {
    let ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX).max(1);
    items.saturating_mul(1_000) / ms
}

fn done_and_rate(items: u64, took: Duration) -> String {
    let rate = HumanCount(per_second(items, took));
    format!("{} done, {rate}/s", HumanCount(items))
}

/// Where the bar stands: not at its end while it is only about there.
fn position(steps: u64, total: u64, counted: Counted) -> u64 {
    match counted {
        Counted::Exactly => steps,
        Counted::About => steps.min(total / 100 * 99),
    }
}

/// `51 %, ` or `about 51 %, `; nothing if nobody knows.
fn percent(steps: u64, total: u64, counted: Counted) -> String {
    let percent = steps.saturating_mul(100).checked_div(total);
    match (counted, percent) {
        (Counted::Exactly, percent) => format!("{} %, ", percent.unwrap_or(100)),
        (Counted::About, Some(percent)) => format!("about {} %, ", percent.min(99)),
        (Counted::About, None) => String::new(),
    }
}

/// The template is a constant, so that it is right for ever or never; without it the bar is plainer.
fn bar_style(counted: Counted) -> ProgressStyle {
    let template = match counted {
        Counted::Exactly => "{prefix:12} {wide_bar:.green/black} {percent:>3} %  {msg}  {eta} left",
        Counted::About => {
            "{prefix:12} {wide_bar:.green/black} about {percent:>2} %  {msg}  about {eta} left"
        }
    };
    ProgressStyle::with_template(template)
        .unwrap_or_else(|_| ProgressStyle::default_bar())
        .progress_chars("━╸━")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_only_about_there_is_at_its_end_when_it_ends() {
        let rows = [
            (0, 200, Counted::About, "about 0 %, ", 0),
            (102, 200, Counted::About, "about 51 %, ", 102),
            (200, 200, Counted::About, "about 99 %, ", 198),
            (900, 200, Counted::About, "about 99 %, ", 198),
            (u64::MAX, 200, Counted::About, "about 99 %, ", 198),
            (7, 0, Counted::About, "", 0),
            (102, 200, Counted::Exactly, "51 %, ", 102),
            (200, 200, Counted::Exactly, "100 %, ", 200),
            (7, 0, Counted::Exactly, "100 %, ", 7),
        ];
        for (steps, total, counted, said, place) in rows {
            let told = (
                percent(steps, total, counted),
                position(steps, total, counted),
            );
            assert_eq!(told, (said.to_owned(), place), "{steps} of {total}");
        }
    }

    #[test]
    fn work_is_told_with_its_rate() {
        let done = |items, ms| Done {
            items,
            took: Duration::from_millis(ms),
        };
        assert_eq!(done(155_848, 9_700).told(), "155,848 in 9.7 s, 16,066/s");
        assert_eq!(done(0, 0).told(), "0 in 0.0 s, 0/s");
    }
}
