//! The benchmark itself, tiny, on a server in this process: so that it never rots, and so that its
//! check at the end is known to find what is missing.

use super::*;
use clap::Parser;
use filed::Fate;
use server::clock::Clock;
use server::{Config, Running};
use tempfile::TempDir;
use tokio::task::LocalSet;

#[derive(Parser)]
struct Line {
    #[command(flatten)]
    args: Args,
}

fn args(line: &str) -> Args {
    Line::parse_from(std::iter::once("bench").chain(line.split_whitespace())).args
}

/// A server in this process.
struct Here {
    running: Running,
    target: Target,
    _folder: TempDir,
}

impl Here {
    async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let config = Config::new(folder.path().join("data"), "127.0.0.1:0".parse().unwrap());
        let running = server::start(config, Clock::system()).await.unwrap();
        let key_file = running.operator_key.clone().unwrap();
        let target = Target {
            address: running.address,
            host: running.address.to_string(),
            operator_key: target::read_key(&key_file).unwrap(),
            process: Some(Pid(std::process::id())),
        };
        Self {
            running,
            target,
            _folder: folder,
        }
    }
}

/// Changes what the benchmark believes.
type Forge = fn(&mut Vec<Tape>);

/// Requests are counted, so that a slow machine is only slower.
fn tiny(line: &str) -> Plan {
    let line = format!("--stores 3 --items 20 --users 40 --batch 10 --requests 40 {line}");
    Plan::of(&args(&line), 7)
}

#[tokio::test]
async fn everything_acknowledged_is_found_again() {
    let here = Here::start().await;
    let plan = tiny("--mode all --connections 4 --rate 400 --preload 200 --verify all");
    let measuring = measure(&plan, &here.target, None);
    let report = LocalSet::new().run_until(measuring).await.unwrap();
    assert!(report.passed, "{}", report.text());
    let modes: Vec<&str> = report.rows.iter().map(|row| row.mode).collect();
    assert_eq!(modes, ["preload", "single", "batch", "read"]);
    let done: Vec<u64> = report.rows.iter().map(|row| row.done).collect();
    assert_eq!(done, [200, 40, 400, 40], "{}", report.text());
    let sent = report.verified.sent;
    assert_eq!((sent.acknowledged, sent.refused, sent.unknown), (640, 0, 0));
    assert_eq!(report.verified.sent_again, sent.acknowledged);
    assert!(report.rows[3].purchases_per_page > Some(0));
    let json = serde_json::to_value(&report).unwrap();
    assert_eq!(json["rows"][1]["arrivals_per_second"], 400);
    assert!(json["rows"][1]["latency_us"]["p99.9"].is_u64());

    let again = LocalSet::new()
        .run_until(measure(&plan, &here.target, None))
        .await;
    let said = again.unwrap_err().to_string();
    assert!(said.contains("--seed"), "{said}");
    here.running.stop().await;
}

#[tokio::test]
async fn what_is_missing_or_changed_is_found() {
    let here = Here::start().await;
    let found = |forge: Forge, seed| {
        let plan = tiny("--mode batch --preload 30 --verify all");
        let plan = Plan {
            range: Range { seed, ..plan.range },
            ..plan
        };
        let target = here.target.clone();
        async move {
            let (town, _) = town::found(&target, plan.range, plan.stores).await.unwrap();
            let (town, tapes) = (Rc::new(town), Vec::new());
            let rows = Vec::new();
            let mut bench = Bench {
                plan: &plan,
                target: &target,
                town,
                tapes,
                rows,
            };
            bench.preload().await.unwrap();
            let Bench {
                town, mut tapes, ..
            } = bench;
            forge(&mut tapes);
            verify::verify(&target, town, tapes, Resend::All)
                .await
                .unwrap()
        }
    };
    let local = LocalSet::new();
    let rows: [(Forge, u64); 4] = [
        (|_| (), 0),
        // Acknowledged, and never filed: missed by store, by day, and when sent again.
        (
            |tapes| {
                let sale = tapes[0].sell(0);
                tapes[0].tell(sale, Fate::filed(b"pur_0"));
            },
            3,
        ),
        // Filed, and as another purchase than it was said.
        (
            |tapes| {
                let (sale, _) = tapes[0].sales().next().unwrap();
                tapes[0].tell(sale, Fate::filed(b"pur_0"));
            },
            1,
        ),
        // Filed, and nobody was told: it may be there.
        (
            |tapes| {
                let (sale, _) = tapes[0].sales().next().unwrap();
                tapes[0].tell(sale, Fate::UNKNOWN);
            },
            0,
        ),
    ];
    for (seed, (forge, wrong)) in (100..).zip(rows) {
        let verdict = local.run_until(found(forge, seed)).await;
        assert_eq!(verdict.wrong, wrong, "{seed}: {verdict:?}");
    }
    here.running.stop().await;
}

#[test]
fn options_mean_the_mode_that_they_are_given_for() {
    let rows = [
        ("", 64, None, 8, 8, 0),
        ("--mode batch --connections 3", 64, None, 3, 8, 0),
        ("--mode read --rate 500", 64, None, 8, 8, PRELOAD_TO_READ),
        (
            "--mode all --connections 5 --rate 9 --preload 1",
            5,
            Some(9),
            8,
            8,
            1,
        ),
    ];
    for (line, single, rate, batches, readers, preload) in rows {
        let plan = Plan::of(&args(line), 1);
        let rates = plan.single.arrivals.map(|(rate, _)| rate);
        let connections = [&plan.single, &plan.batches, &plan.readers].map(|c| c.connections);
        assert_eq!(
            (connections, rates, plan.preload),
            ([single, batches, readers], rate, preload),
            "{line}"
        );
    }
    let read = Plan::of(&args("--mode all --read-rate 70"), 1);
    assert_eq!(read.readers.arrivals, Some((70, Spacing::Poisson)));
    let timed = Plan::of(&args("--seconds 3 --warmup 0"), 1).extent;
    assert!(matches!(
        timed,
        Extent::Time {
            warmup: Duration::ZERO,
            ..
        }
    ));
    assert!(Line::try_parse_from(["bench", "--server", "https://shop.example"]).is_err());
}
