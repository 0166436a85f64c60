//! What was measured, as one table for people and one JSON object for programs.

use super::gauge::{Machine, Used};
use super::load::Measured;
use super::stall::Stalls;
use super::verify::Verdict;
use super::work::Pages;
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

/// What other programs may use of a core before the numbers are doubted.
const OTHERS_PERCENT_MAX: u64 = 20;

/// Everything that is told at the end.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Report {
    pub(super) version: &'static str,
    pub(super) build: &'static str,
    pub(super) seed: u64,
    pub(super) machine: Machine,
    /// How often the machine stood still before the load came.
    pub(super) stalls: Stalls,
    pub(super) stores: u32,
    pub(super) items_per_store: u32,
    pub(super) users: u32,
    pub(super) lines_per_settlement: usize,
    pub(super) users_per_second: u64,
    pub(super) rows: Vec<Row>,
    /// The most memory that the server ever held.
    pub(super) resident_bytes_peak: Option<u64>,
    pub(super) verified: Verdict,
    pub(super) passed: bool,
}

/// One stretch of load.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Row {
    pub(super) mode: &'static str,
    pub(super) connections: u32,
    /// Settlements in a request, where there are many.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) batch: Option<u32>,
    /// What was to arrive in a second; absent if the connections never rested.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) arrivals_per_second: Option<u32>,
    pub(super) measured_ms: u64,
    pub(super) requests: u64,
    /// Settlements recorded, or pages read.
    pub(super) done: u64,
    pub(super) done_per_second: u64,
    pub(super) latency_us: Latency,
    /// Requests answered, by status, the warm-up's included.
    pub(super) statuses: BTreeMap<u16, u64>,
    pub(super) unanswered: u64,
    /// Arrivals that no connection was free to send in time.
    pub(super) unsent: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) complaint: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) purchases_per_page: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) bytes_per_page: Option<u64>,
    #[serde(flatten)]
    pub(super) used: Used,
}

/// Microseconds from the instant a request was due to the end of its answer.
#[derive(Clone, Copy, Debug, Serialize)]
pub(super) struct Latency {
    p50: u64,
    p90: u64,
    p99: u64,
    #[serde(rename = "p99.9")]
    p999: u64,
    max: u64,
}

impl Row {
    pub(super) fn new(
        mode: &'static str,
        connections: u32,
        measured: Measured,
        used: Used,
    ) -> Self {
        let percentile = |per_mille| micros(measured.histogram.percentile(per_mille));
        let latency_us = Latency {
            p50: percentile(500),
            p90: percentile(900),
            p99: percentile(990),
            p999: percentile(999),
            max: micros(measured.histogram.max()),
        };
        Self {
            mode,
            connections,
            batch: None,
            arrivals_per_second: None,
            measured_ms: u64::try_from(measured.lasted.as_millis()).unwrap_or(u64::MAX),
            requests: measured.requests,
            done: measured.units,
            done_per_second: per_second(measured.units, measured.lasted),
            latency_us,
            statuses: measured.statuses,
            unanswered: measured.unanswered,
            unsent: measured.unsent,
            complaint: measured.complaint,
            purchases_per_page: None,
            bytes_per_page: None,
            used,
        }
    }

    pub(super) fn with_pages(mut self, pages: Pages) -> Self {
        self.purchases_per_page = pages.purchases.checked_div(pages.looked_at);
        self.bytes_per_page = pages.bytes.checked_div(pages.looked_at);
        self
    }

    /// How it was asked, in a few words.
    fn how(&self) -> String {
        let mut how = format!("{} ×{}", self.mode, self.connections);
        if let Some(batch) = self.batch {
            let _ = write!(how, " of {batch}");
        }
        if let Some(arrivals) = self.arrivals_per_second {
            let _ = write!(how, " at {}/s", thousands(arrivals.into()));
        }
        how
    }
}

/// How many in a second, rounded down.
pub(super) fn per_second(count: u64, lasted: Duration) -> u64 {
    let per_second = (u128::from(count) * 1_000_000_000).checked_div(lasted.as_nanos());
    per_second
        .and_then(|rate| u64::try_from(rate).ok())
        .unwrap_or(0)
}

impl Report {
    /// The report for people.
    pub(super) fn text(&self) -> String {
        let mut text = self.heading();
        let _ = writeln!(
            text,
            "\n{:<26}{:>9}{:>10}{:>9}{:>9}{:>9}{:>9}{:>9}{:>8}{:>8}{:>9}",
            "",
            "per s",
            "p50 ms",
            "p90",
            "p99",
            "p99.9",
            "max",
            "server",
            "bench",
            "others",
            "memory"
        );
        for row in &self.rows {
            text.push_str(&row.text());
        }
        for row in &self.rows {
            text.push_str(&row.remarks());
        }
        text.push_str(&self.closing());
        text
    }

    fn heading(&self) -> String {
        let machine = &self.machine;
        let known = |text: &Option<String>| text.clone().unwrap_or_else(|| "unknown".to_owned());
        let mut text = format!(
            "orihon {} ({}), seed {}: {} stores × {} items, {} people, {} lines a settlement\n",
            self.version,
            self.build,
            self.seed,
            thousands(self.stores.into()),
            thousands(self.items_per_store.into()),
            thousands(self.users.into()),
            self.lines_per_settlement,
        );
        let _ = writeln!(
            text,
            "{} cores of {}, {}, Linux {}, data on {}",
            machine.cores.unwrap_or(0),
            known(&machine.cpu),
            machine
                .memory_bytes
                .map_or("memory unknown".to_owned(), megabytes),
            known(&machine.kernel),
            machine
                .file_system
                .as_deref()
                .unwrap_or("a server of its own"),
        );
        let Stalls {
            per_second,
            per_mille,
            longest_us,
        } = self.stalls;
        let _ = writeln!(
            text,
            "the machine at rest: {per_second} pauses a second of 1 ms or more, {}.{} % of the time, the longest {} ms",
            per_mille / 10,
            per_mille % 10,
            millis(longest_us),
        );
        let _ = writeln!(
            text,
            "people registered: {}/s",
            thousands(self.users_per_second)
        );
        text
    }

    fn closing(&self) -> String {
        let Verdict {
            sent,
            store_days,
            sent_again,
            wrong,
            complaints,
        } = &self.verified;
        let mut text = String::new();
        if let Some(peak) = self.resident_bytes_peak {
            let _ = writeln!(text, "\nmost memory of the server: {}", megabytes(peak));
        }
        let _ = writeln!(
            text,
            "settlements: {} acknowledged, {} refused, {} without an answer",
            thousands(sent.acknowledged),
            thousands(sent.refused),
            thousands(sent.unknown),
        );
        let _ = writeln!(
            text,
            "checked: {} store days, {} sent again: {}",
            thousands(*store_days),
            thousands(*sent_again),
            match (*wrong, *store_days) {
                (0, 0) => "nothing was checked".to_owned(),
                (0, _) => "all that was acknowledged is there".to_owned(),
                (wrong, _) => format!("{} DO NOT AGREE", thousands(wrong)),
            }
        );
        for complaint in complaints {
            let _ = writeln!(text, "  {complaint}");
        }
        text
    }
}

impl Row {
    /// The numbers, as a line of the table.
    fn text(&self) -> String {
        let rate = thousands(self.done_per_second);
        let mut text = format!("{:<26}{rate:>9}", self.how());
        let latency = self.latency_us;
        for (micros, width) in [
            (latency.p50, 10),
            (latency.p90, 9),
            (latency.p99, 9),
            (latency.p999, 9),
            (latency.max, 9),
        ] {
            let _ = write!(text, "{:>width$}", millis(micros));
        }
        for (percent, width) in [
            (self.used.server_cpu_percent, 9),
            (self.used.bench_cpu_percent, 8),
            (self.used.others_cpu_percent, 8),
        ] {
            let shown = percent.map_or("–".to_owned(), |percent| format!("{percent} %"));
            let _ = write!(text, "{shown:>width$}");
        }
        let memory = self
            .used
            .resident_bytes_max
            .map_or("–".to_owned(), megabytes);
        let _ = writeln!(text, "{memory:>9}");
        text
    }

    /// What a reader of the numbers must know beside them.
    fn remarks(&self) -> String {
        let mut text = String::new();
        let mut remark = |what: String| {
            let _ = writeln!(text, "{}: {what}", self.how());
        };
        if let (Some(purchases), Some(bytes)) = (self.purchases_per_page, self.bytes_per_page) {
            remark(format!(
                "{purchases} purchases and {} bytes a page",
                thousands(bytes)
            ));
        }
        let is_filing = self.purchases_per_page.is_none();
        if let Some(bytes) = self.used.written_bytes.filter(|_| is_filing) {
            let each = bytes.checked_div(self.done).unwrap_or(0);
            remark(format!(
                "{} bytes written to storage for each settlement",
                thousands(each)
            ));
        }
        if self.used.others_cpu_percent > Some(OTHERS_PERCENT_MAX) {
            remark("MEASURED ON A BUSY MACHINE: other programs took processor time".to_owned());
        }
        if self.unsent > 0 {
            remark(format!(
                "{} came and were never sent",
                thousands(self.unsent)
            ));
        }
        if self.unanswered > 0 {
            remark(format!("{} got no answer", thousands(self.unanswered)));
        }
        let failed = self
            .statuses
            .iter()
            .filter(|(status, _)| !(200..300).contains(*status));
        for (status, count) in failed {
            remark(format!("{} answered with {status}", thousands(*count)));
        }
        if let Some(complaint) = &self.complaint {
            remark(format!("the first that went wrong: {complaint}"));
        }
        text
    }
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

/// Microseconds as milliseconds with two decimals.
fn millis(micros: u64) -> String {
    format!("{}.{:02}", micros / 1_000, micros % 1_000 / 10)
}

fn megabytes(bytes: u64) -> String {
    format!("{} MB", thousands(bytes / 1_000_000))
}

fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_for_people() {
        for (number, expected) in [
            (0, "0"),
            (999, "999"),
            (1_000, "1,000"),
            (1_234_567, "1,234,567"),
        ] {
            assert_eq!(thousands(number), expected);
        }
        assert_eq!(millis(12_345), "12.34");
        assert_eq!(per_second(30, Duration::from_millis(1_500)), 20);
        assert_eq!(per_second(30, Duration::ZERO), 0);
    }
}
