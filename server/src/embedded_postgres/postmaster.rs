//! The running server process of PostgreSQL: its start, its end, and what a killed Usher left of it.

use super::{
    Durability, Failure, Result,
    cluster::command,
    place::{Place, SOCKET},
    programs::Programs,
};
use rustix::process::{Pid, Signal, kill_process};
use std::{
    fs::{self, File, OpenOptions},
    io::{ErrorKind, Read, Seek, SeekFrom},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    process::Stdio,
    time::{Duration, Instant},
};
use tokio::{net::UnixStream, process::Child, time::sleep};

/// After a crash PostgreSQL replays what it had not written yet; with our settings that is seconds.
const START_TIMEOUT: Duration = Duration::from_mins(2);
/// A fast shutdown waits for nobody but writes everything out.
const STOP_TIMEOUT: Duration = Duration::from_secs(30);
const LOOK_EVERY: Duration = Duration::from_millis(10);
/// The log begins anew at a start when it is longer than this; one older file is kept.
const LONGEST_LOG: u64 = 10 << 20;

/// For all clusters. The socket is the only way in; a message never repeats the values of a row.
const SETTINGS: &[&str] = &[
    "listen_addresses=",
    "port=5432",
    "unix_socket_permissions=0700",
    "max_connections=200",
    "jit=off",
    "timezone=UTC",
    "log_timezone=UTC",
    "log_error_verbosity=terse",
    "log_checkpoints=off",
    "log_min_error_statement=panic",
    "cluster_name=usher",
];
/// Of the pages in PostgreSQL's hands, in MiB. They are taken as they are needed, so a small organization takes few.
const BUFFERS: std::ops::RangeInclusive<u64> = 64..=512;
const SAFE: &[&str] = &["fsync=on", "synchronous_commit=on", "full_page_writes=on"];
const UNSAFE_FAST: &[&str] = &[
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "max_wal_size=4GB",
];

/// An eighth of the memory: pages that PostgreSQL has not in hand it copies from the system, which takes five times as long
/// as to look at one.
fn buffers(memory: u64) -> u64 {
    (memory / 8).clamp(*BUFFERS.start(), *BUFFERS.end())
}

/// In MiB, of the machine, or of the container that this runs in; 0 if nobody says.
fn memory() -> u64 {
    let of_machine = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let of_machine = of_machine.lines().find_map(|line| {
        line.strip_prefix("MemTotal:")?
            .strip_suffix("kB")?
            .trim()
            .parse::<u64>()
            .ok()
    });
    let of_container = fs::read_to_string("/sys/fs/cgroup/memory.max").ok();
    let of_container = of_container.and_then(|text| text.trim().parse::<u64>().ok());
    let both = [
        of_machine.map(|kib| kib >> 10),
        of_container.map(|bytes| bytes >> 20),
    ];
    both.into_iter().flatten().min().unwrap_or_default()
}

pub(super) struct Postmaster {
    child: Child,
}

impl Postmaster {
    /// Starts PostgreSQL and returns when it takes connections.
    pub(super) async fn start(place: &Place, programs: &Programs, durability: Durability) -> Result<Self> {
        let program = programs.postgres();
        let log = open_log(&place.log)?;
        let beginning = log.metadata().map(|m| m.len()).unwrap_or_default();
        let also = log.try_clone().map_err(Failure::path("open", &place.log))?;
        let mut command = command(&program, place.account);
        command
            .arg("-D")
            .arg(&place.cluster)
            .arg("-k")
            .arg(&place.socket_dir)
            .stdout(log)
            .stderr(also);
        let special = if durability == Durability::Safe {
            SAFE
        } else {
            UNSAFE_FAST
        };
        for setting in SETTINGS.iter().chain(special) {
            command.arg("-c").arg(setting);
        }
        let buffers = buffers(memory());
        command.arg("-c").arg(format!("shared_buffers={buffers}MB"));
        let child = command
            .stdin(Stdio::null())
            .spawn()
            .map_err(Failure::path("start", &program))?;
        let mut postmaster = Self { child };
        let began = Instant::now();
        while !postmaster.is_ready(&place.cluster) {
            if let Ok(Some(status)) = postmaster.child.try_wait() {
                return Err(Failure::new(format!(
                    "PostgreSQL did not start ({status}). Its last words in {}:\n{}",
                    place.log.display(),
                    last_lines(&place.log, beginning)
                )));
            }
            if began.elapsed() > START_TIMEOUT {
                return Err(Failure::new(format!(
                    "PostgreSQL did not take connections within {} s; see {}.",
                    START_TIMEOUT.as_secs(),
                    place.log.display()
                )));
            }
            sleep(LOOK_EVERY).await;
        }
        tracing::info!(milliseconds = began.elapsed().as_millis(), "PostgreSQL runs");
        Ok(postmaster)
    }

    fn is_ready(&self, cluster: &Path) -> bool {
        PidFile::read(cluster).is_some_and(|file| file.ready && Some(file.pid) == pid_of(&self.child))
    }

    /// Returns when the process is gone, with how it ended.
    pub(super) async fn wait(&mut self) -> String {
        match self.child.wait().await {
            Ok(status) => status.to_string(),
            Err(error) => error.to_string(),
        }
    }

    /// Ends every connection, writes everything out, and returns when the process is gone.
    pub(super) async fn stop(mut self) {
        // PostgreSQL's "fast shutdown" is SIGINT, its "immediate" one SIGQUIT (manual, section 19.5).
        if !self.end(Signal::INT).await && !self.end(Signal::QUIT).await {
            tracing::error!("PostgreSQL does not stop");
        }
        tracing::info!("PostgreSQL stopped");
    }

    async fn end(&mut self, signal: Signal) -> bool {
        if let Some(pid) = pid_of(&self.child) {
            let _ = kill_process(pid, signal);
        }
        tokio::time::timeout(STOP_TIMEOUT, self.child.wait())
            .await
            .is_ok()
    }
}

/// Also when a start is given up half way.
impl Drop for Postmaster {
    fn drop(&mut self) {
        if let Some(pid) = pid_of(&self.child) {
            let _ = kill_process(pid, Signal::INT);
        }
    }
}

/// The number of the process, until it was waited for: from then on it may be another's.
fn pid_of(child: &Child) -> Option<Pid> {
    child
        .id()
        .and_then(|id| i32::try_from(id).ok())
        .and_then(Pid::from_raw)
}

/// `postmaster.pid` of a cluster: what PostgreSQL's own programs go by.
#[derive(Debug, PartialEq, Eq)]
struct PidFile {
    pid: Pid,
    socket_dir: PathBuf,
    ready: bool,
}

impl PidFile {
    fn read(cluster: &Path) -> Option<Self> {
        Self::parse(&fs::read_to_string(cluster.join("postmaster.pid")).ok()?)
    }

    /// The lines: process, data directory, start, port, socket directory, address, memory key, state.
    fn parse(text: &str) -> Option<Self> {
        let mut lines = text.lines().map(str::trim);
        let pid = Pid::from_raw(lines.next()?.parse().ok()?)?;
        let socket_dir = lines.nth(3).unwrap_or_default().into();
        let ready = lines.nth(2) == Some("ready");
        Some(Self {
            pid,
            socket_dir,
            ready,
        })
    }
}

/// Waits until the PostgreSQL of the process that has the lock takes connections.
pub(super) async fn wait_for_that_of_another(data_dir: &Path) -> Result<PathBuf> {
    let cluster = data_dir.join("postgres").join("cluster");
    let began = Instant::now();
    loop {
        if let Some(file) = PidFile::read(&cluster).filter(|file| file.ready)
            && UnixStream::connect(file.socket_dir.join(SOCKET)).await.is_ok()
        {
            return Ok(file.socket_dir);
        }
        if began.elapsed() > Duration::from_secs(30) {
            return Err(Failure::new(format!(
                "Another Usher runs with the data directory {}, but its database can't be reached. Does it use \
                 DATABASE_URL? Then set it here too. Else run this as the same system user.",
                data_dir.display()
            )));
        }
        sleep(Duration::from_millis(100)).await;
    }
}

/// Stops a PostgreSQL that outlived its Usher, and clears what a dead one left that could keep a new one from
/// starting. The caller holds the lock, so no living Usher uses it.
pub(super) async fn stop_left_over(place: &Place) -> Result<()> {
    let Some(file) = PidFile::read(&place.cluster) else {
        return Ok(());
    };
    let began = Instant::now();
    let mut told = false;
    loop {
        let left = left_over(place, &file).await;
        if left.is_empty() {
            break;
        }
        if !told && left.contains(&file.pid) {
            tracing::warn!("PostgreSQL outlived the Usher that started it; stopping it");
            let _ = kill_process(file.pid, Signal::INT);
            told = true;
        }
        if began.elapsed() > STOP_TIMEOUT {
            return Err(Failure::new(format!(
                "An earlier PostgreSQL (process {}) still runs on {} and does not stop. End it, then start again.",
                file.pid,
                place.cluster.display()
            )));
        }
        sleep(LOOK_EVERY).await;
    }
    if can_see_processes() {
        // The number of a dead one may meanwhile belong to another process of this user (after a restart of a
        // container it nearly always does), and PostgreSQL would take that one for a living server.
        remove(&place.cluster.join("postmaster.pid"))?;
        remove(&place.socket_dir.join(format!("{SOCKET}.lock")))?;
    }
    Ok(())
}

fn remove(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(Failure::path("remove", path)(error)),
        _ => Ok(()),
    }
}

/// The processes that still work on the cluster. Where there is no `/proc`, whoever answers on the socket.
async fn left_over(place: &Place, file: &PidFile) -> Vec<Pid> {
    if can_see_processes() {
        return processes_in(&place.cluster);
    }
    let answers = UnixStream::connect(file.socket_dir.join(SOCKET)).await.is_ok();
    if answers { vec![file.pid] } else { Vec::new() }
}

fn can_see_processes() -> bool {
    fs::read_link("/proc/self/cwd").is_ok()
}

/// All of PostgreSQL's processes have the cluster as their working directory.
fn processes_in(cluster: &Path) -> Vec<Pid> {
    let works_here = |process: &Path| {
        fs::read_link(process.join("cwd")).is_ok_and(|cwd| cwd == cluster)
            && fs::read_to_string(process.join("comm")).is_ok_and(|name| name.trim() == "postgres")
    };
    let processes = fs::read_dir("/proc")
        .into_iter()
        .flatten()
        .flatten()
        .map(|process| process.path());
    processes
        .filter(|process| works_here(process))
        .filter_map(|process| Pid::from_raw(process.file_name()?.to_str()?.parse().ok()?))
        .collect()
}

fn open_log(path: &Path) -> Result<File> {
    if fs::metadata(path).is_ok_and(|m| m.len() > LONGEST_LOG) {
        let _ = fs::rename(path, path.with_extension("log.old"));
    }
    OpenOptions::new()
        .create(true)
        .append(true)
        .mode(0o600)
        .open(path)
        .map_err(Failure::path("open", path))
}

/// What was written to the log since then, at most the last ten lines.
fn last_lines(path: &Path, since: u64) -> String {
    let mut text = Vec::new();
    if let Ok(mut file) = File::open(path) {
        let _ = file
            .seek(SeekFrom::Start(since))
            .and_then(|_| file.read_to_end(&mut text));
    }
    let text = String::from_utf8_lossy(&text);
    let lines: Vec<_> = text.lines().collect();
    lines[lines.len().saturating_sub(10)..].join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    const RUNNING: &str =
        "4711\n/srv/usher/cluster\n1700000000\n5432\n/srv/usher/socket\n\n  123456  7\nready   \n";

    #[test]
    fn pages_in_hand_are_an_eighth_of_the_memory_within_bounds() {
        assert_eq!([0, 512, 2_048, 65_536].map(buffers), [64, 64, 256, 512]);
        assert!(memory() > 0);
    }

    #[test]
    fn the_file_of_a_running_server_is_understood() {
        let file = PidFile::parse(RUNNING).unwrap();
        assert_eq!(file.pid, Pid::from_raw(4711).unwrap());
        assert_eq!(file.socket_dir, Path::new("/srv/usher/socket"));
        assert!(file.ready);
    }

    #[test]
    fn a_server_that_is_starting_is_not_ready() {
        assert!(
            !PidFile::parse(&RUNNING.replace("ready", "starting"))
                .unwrap()
                .ready
        );
        assert!(!PidFile::parse("4711\n/srv/usher/cluster\n").unwrap().ready);
        assert_eq!(PidFile::parse(""), None);
    }
}
