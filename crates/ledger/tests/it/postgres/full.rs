//! The disk below a database is full: a real one, which root mounts for the test. The ledger says "away",
//! and goes on when there is space. Whoever may not mount is told so aloud.

use super::server::{ADMIN, Part, other_user, start};
use super::story::options;
use crate::slip::slip;
use crate::world::{at, prepare, settle, town};
use ledger::Ledger;
use ledger::fault::Fault;
use ledger::postgres::fault::Reason;
use ledger::write::{Settled, Write};
use std::fs;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::Command;

/// An empty database takes about 8 MB.
const DISK_MIB: u32 = 24;
/// So many sales, of 100 lines each, would fill it several times.
const SALES_MAX: usize = 2_000;

/// A small disk. It is gone at the end.
struct Disk(PathBuf);

impl Disk {
    /// Mounts it on an empty folder; none if this user may not.
    fn mount(folder: PathBuf) -> Option<Self> {
        let (user, group) = other_user()?;
        let size = format!("size={DISK_MIB}m,mode=0700,uid={user},gid={group}");
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", &size, "orihon-test"]);
        let mounted = mount.arg(&folder).status();
        mounted
            .is_ok_and(|status| status.success())
            .then_some(Self(folder))
    }

    /// Takes all the space that is left.
    fn fill(&self) -> PathBuf {
        let path = self.0.join("others");
        let mut file = fs::File::create(&path).unwrap();
        let block = vec![7; 4_096];
        while file.write_all(&block).is_ok() {}
        path
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let unmounted = Command::new("umount").arg("-l").arg(&self.0).status();
        assert!(unmounted.unwrap().success());
    }
}

#[test]
fn a_full_disk_is_no_reason_to_stop() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::set_permissions(
        folder.path(),
        std::os::unix::fs::PermissionsExt::from_mode(0o755),
    )
    .unwrap();
    let mounted = folder.path().join("disk");
    fs::create_dir(&mounted).unwrap();
    let Some(disk) = Disk::mount(mounted) else {
        // Not by eprintln!, which the harness keeps to itself.
        let said = "NOT RUN: a full disk below PostgreSQL; only root may mount a small one\n";
        std::io::stderr().write_all(said.as_bytes()).unwrap();
        return;
    };
    let threads = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build();
    let runtime = threads.expect("a runtime");
    let (server, url) = runtime.block_on(async {
        let server = start(&[], Part::Primary).await;
        let admin = server.connect("postgres").await;
        let place = disk.0.display();
        let make = format!("CREATE TABLESPACE small LOCATION '{place}'");
        admin.batch_execute(&make).await.unwrap();
        let make = "ENCODING 'UTF8' LOCALE 'C' TABLESPACE small";
        let name = server.database_with(make).await;
        let url = server.url(ADMIN, &name);
        (server, url)
    });
    let opened = Ledger::open_shared(&options(url, folder.path(), 1));
    let (ledger, _) = opened.expect("the ledger opens");
    town(&ledger);
    let sale = |nth: usize| {
        let empty = slip(&nth.to_string());
        let whole = (0..100).fold(empty, |slip, line| slip.line(&format!("{line}"), "1", 10));
        whole.content()
    };
    settle(&ledger, &sale(SALES_MAX), at(1));
    let others = disk.fill();
    let refused = (0..SALES_MAX).find_map(|nth| {
        let write = Write::Settle(Box::new(prepare(&ledger, &sale(nth), at(1))));
        let refused = ledger.commit(vec![write], at(1)).err();
        refused.map(|fault| (nth, fault))
    });
    let (nth, fault) = refused.expect("a full disk takes no more at some time");
    println!("full after {nth} sales more: {fault}");
    assert!(matches!(fault, Fault::Away { .. }), "{fault:?}");
    assert!(!ledger.is_stopped());
    let counts = ledger.watched().expect("a database").counts;
    assert_eq!(counts.given_up(Reason::DiskFull), 1);
    assert!(settle_again(&ledger, nth, sale(0)), "what is filed is read");
    fs::remove_file(others).unwrap();
    let recorded = settle(&ledger, &sale(nth), at(2));
    assert!(matches!(recorded, Settled::Recorded(_)), "{recorded:?}");
    let report = ledger.verify(&mut |_| ()).expect("readable");
    assert_eq!(report.problems, []);
    drop((ledger, server, disk));
}

/// If a sale was filed before the disk was full, it is found while it is.
fn settle_again(ledger: &Ledger, filed: usize, first: purchase::settlement::Content) -> bool {
    let recorded = ledger.recorded(&first.key).expect("readable");
    recorded.is_some() == (filed > 0)
}
