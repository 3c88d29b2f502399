//! Where the time of a load goes: `perf` beside each and PostgreSQL's own account of its statements, if `BENCH_PROFILE`
//! names a folder for what they find.

use crate::{cpu, load::Under, seed};
use sqlx::PgPool;
use std::{
    env, fs,
    process::Stdio,
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};
use tokio::process::{Child, Command};

/// Time in ms of the clock, calls, µs each to plan and to run; the dearest first.
const STATEMENTS: &str = "
    select format('%s ms  %s calls  %s + %s µs  %s', round((total_plan_time + total_exec_time)::numeric, 1), calls,
                  round((1000 * total_plan_time / calls)::numeric), round((1000 * total_exec_time / calls)::numeric),
                  regexp_replace(query, '\\s+', ' ', 'g'))
    from pg_stat_statements where calls > 0 order by total_plan_time + total_exec_time desc limit 60";

/// The recordings of one load, of the server with its callers and of the database without.
pub(crate) struct Profile {
    recordings: Vec<Child>,
    statements: PgPool,
    /// Where they are written.
    file: String,
}

impl Profile {
    /// `None` if nobody asked for it.
    pub(crate) async fn start(under: Under, time: Duration) -> Option<Self> {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let folder = env::var("BENCH_PROFILE").ok()?;
        let statements = seed::connect(&env::var("DATABASE_URL").ok()?).await;
        for statement in [
            "create extension if not exists pg_stat_statements",
            "select pg_stat_statements_reset()",
        ] {
            sqlx::query(statement)
                .execute(&statements)
                .await
                .expect("pg_stat_statements");
        }
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
        Some(Self {
            recordings: vec![
                record("server", under.server, &["--call-graph=dwarf,16384"]),
                record("database", under.database, &[]),
            ],
            statements,
            file: format!("{folder}/{number}-statements.txt"),
        })
    }

    pub(crate) async fn finish(self) {
        for mut recording in self.recordings {
            let _ = recording.wait().await;
        }
        let lines: Vec<String> = sqlx::query_scalar(STATEMENTS)
            .fetch_all(&self.statements)
            .await
            .expect("pg_stat_statements");
        fs::write(self.file, lines.join("\n")).expect("a file");
    }
}
