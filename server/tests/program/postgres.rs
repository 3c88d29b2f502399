//! A PostgreSQL with a replica, by its own programs, as somebody else's database has it.

use crate::{
    console::eventually,
    usher::{HeldAddress, signal, signal_if_there},
};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use std::{
    fs::{self, File},
    os::unix::{fs::chown, process::CommandExt},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};
use tokio::time::timeout;

/// One server of it. Its place stays, whichever it is of the two.
pub(crate) struct Postgres {
    folder: PathBuf,
    data: String,
    listen: HeldAddress,
    server: Option<Child>,
}

impl Postgres {
    /// An empty one, which runs.
    pub(crate) async fn new(name: &str) -> Self {
        let mut own = Self::without_files(name);
        own.run(
            "initdb",
            &[
                "--username=usher",
                "--auth=trust",
                "--encoding=UTF8",
                "--no-sync",
                "--pgdata",
                &own.data,
            ],
        );
        own.start().await;
        own
    }

    pub(crate) fn without_files(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("usher-postgres-{}-{name}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        if let Some((user, group)) = lent() {
            chown(&folder, Some(user), Some(group)).unwrap();
        }
        Self {
            data: folder.join("data").display().to_string(),
            folder,
            listen: HeldAddress::new(),
            server: None,
        }
    }

    /// Makes it anew as the replica of another, and waits until nothing is committed there without it.
    pub(crate) async fn follow(&mut self, primary: &Self) {
        assert!(self.server.is_none());
        let _ = fs::remove_dir_all(&self.data);
        self.run(
            "pg_basebackup",
            &[
                "--write-recovery-conf",
                "--checkpoint=fast",
                "--no-sync",
                "--dbname",
                &primary.url(),
                "--pgdata",
                &self.data,
            ],
        );
        self.start().await;
        let mut connection = primary.set("synchronous_standby_names = '*'").await;
        let mut is_followed = async || {
            let query = "select exists (select from pg_stat_replication where sync_state = 'sync')";
            sqlx::query_scalar(query)
                .fetch_one(&mut connection)
                .await
                .unwrap()
        };
        while !is_followed().await {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        connection.close().await.unwrap();
    }

    /// In force at once and for good.
    async fn set(&self, setting: &str) -> PgConnection {
        let mut connection = PgConnection::connect(&self.url()).await.unwrap();
        for statement in [&format!("alter system set {setting}"), "select pg_reload_conf()"] {
            let statement = AssertSqlSafe(statement.to_owned());
            sqlx::raw_sql(statement).execute(&mut connection).await.unwrap();
        }
        connection
    }

    /// As an operator fences it off; connections stay open.
    pub(crate) async fn refuse_writes(&self) {
        let connection = self.set("default_transaction_read_only = on").await;
        connection.close().await.unwrap();
    }

    async fn start(&mut self) {
        let log = File::create(self.folder.join("log")).unwrap();
        let port = format!("port={}", self.listen.address.port());
        let mut command = self.command("postgres");
        command.args(["-D", &self.data]);
        for setting in [
            "listen_addresses=127.0.0.1",
            &port,
            "unix_socket_directories=",
            "fsync=off",
            "shared_buffers=32MB",
            "max_connections=100",
            "hot_standby=on",
        ] {
            command.args(["-c", setting]);
        }
        let server = command.stderr(log.try_clone().unwrap()).stdout(log).spawn();
        self.server = Some(server.unwrap());
        let url = self.url();
        eventually(self.log(), async || {
            let opened = timeout(Duration::from_secs(1), PgConnection::connect(&url)).await;
            matches!(opened, Ok(Ok(_)))
        })
        .await;
    }

    /// From now on it takes writes, and waits for no replica.
    pub(crate) fn promote(&self) {
        self.run("pg_ctl", &["promote", "--pgdata", &self.data]);
    }

    /// Nothing of it answers any more, and nothing of it ends a connection, as if its machine were gone.
    pub(crate) fn freeze(&self) {
        self.signal_all("STOP");
    }

    /// It comes back as if nothing had been.
    pub(crate) fn thaw(&self) {
        self.signal_all("CONT");
    }

    /// All its processes: the server, then those it began.
    fn signal_all(&self, how: &str) {
        let server = self.server.as_ref().unwrap().id().to_string();
        signal(&server, how);
        let listed = Command::new("ps")
            .args(["-A", "-o", "pid=,ppid="])
            .output()
            .unwrap();
        for line in String::from_utf8(listed.stdout).unwrap().lines() {
            let mut fields = line.split_whitespace();
            if let (Some(process), Some(parent)) = (fields.next(), fields.next())
                && parent == server
            {
                // One that served a connection goes with it.
                signal_if_there(process, how);
            }
        }
    }

    /// By a signal: what it had not replicated is gone with it.
    pub(crate) fn end(&mut self, how: &str) {
        if let Some(mut server) = self.server.take() {
            signal(&server.id().to_string(), how);
            server.wait().unwrap();
        }
    }

    /// Host and port.
    pub(crate) fn host(&self) -> String {
        self.listen.address.to_string()
    }

    pub(crate) fn url(&self) -> String {
        format!("postgres://usher@{}/postgres", self.host())
    }

    fn log(&self) -> String {
        self.folder.join("log").display().to_string()
    }

    fn run(&self, program: &str, arguments: &[&str]) {
        let ran = self.command(program).args(arguments).output().unwrap();
        let said = String::from_utf8_lossy(&ran.stderr);
        assert!(ran.status.success(), "{program}: {said}");
    }

    /// PostgreSQL refuses to be run by root.
    fn command(&self, program: &str) -> Command {
        let folder = std::env::var_os("PG_BIN").map(PathBuf::from).unwrap_or_default();
        let mut command = Command::new(folder.join(program));
        command
            .env("LC_ALL", "C")
            .env_remove("PGDATA")
            .current_dir(&self.folder)
            .stdin(Stdio::null());
        if let Some((user, group)) = lent() {
            command.uid(user).gid(group);
        }
        command
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        if self.server.is_some() && std::thread::panicking() {
            self.thaw();
        }
        self.end("QUIT");
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// User and group to run it under, where this is root.
fn lent() -> Option<(u32, u32)> {
    if !rustix::process::geteuid().is_root() {
        return None;
    }
    let users = fs::read_to_string(Path::new("/etc/passwd")).unwrap();
    let of = |name: &str| {
        let line = users.lines().find(|line| line.starts_with(name))?;
        let fields: Vec<_> = line.split(':').collect();
        Some((fields[2].parse().unwrap(), fields[3].parse().unwrap()))
    };
    of("postgres:").or_else(|| of("nobody:"))
}
