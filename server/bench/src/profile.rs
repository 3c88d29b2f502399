//! Where the time of a load goes: `perf` beside each, if `BENCH_PROFILE` names a folder for what it finds.

use crate::{cpu, load::Under};
use std::{
    env,
    process::Stdio,
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};
use tokio::process::{Child, Command};

/// The recordings of one load, of the server with its callers and of the database without.
pub(crate) struct Profile(Vec<Child>);

impl Profile {
    pub(crate) fn start(under: Under, time: Duration) -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let Ok(folder) = env::var("BENCH_PROFILE") else {
            return Self(Vec::new());
        };
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let record = |part: &str, root: u32, calls: &[&str]| {
            let processes: Vec<_> = cpu::tree(root)
                .iter()
                .map(|(process, _)| process.to_string())
                .collect();
            Command::new("perf")
                .args(["record", "--quiet", "--event=cpu-clock", "--freq=499"])
                .args(calls)
                .arg(format!("--output={folder}/{number}-{part}.data"))
                .arg(format!("--pid={}", processes.join(",")))
                .args(["--", "sleep", &time.as_secs_f64().to_string()])
                .stderr(Stdio::null())
                .spawn()
                .expect("perf, of the package linux-perf")
        };
        Self(vec![
            record("server", under.server, &["--call-graph=dwarf,16384"]),
            record("database", under.database, &[]),
        ])
    }

    pub(crate) async fn finish(self) {
        for mut child in self.0 {
            let _ = child.wait().await;
        }
    }
}
