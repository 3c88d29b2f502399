//! The program with a data directory and a port of its own, and a running one that is ended with its test.

use std::{
    fs,
    io::{BufRead, BufReader, Read},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, ChildStderr, ChildStdout, Command, Output, Stdio},
    thread::{self, JoinHandle},
};
use tokio::net::TcpSocket;

pub(crate) struct Usher {
    folder: PathBuf,
    listen: HeldAddress,
    metrics_listen: HeldAddress,
    /// Configuration beside that.
    variables: Vec<(&'static str, String)>,
}

impl Usher {
    pub(crate) fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("usher-program-{}-{name}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        // Pages without a file, so that no test depends on whether, and when, the real ones were built.
        fs::create_dir_all(folder.join("site/pkg")).unwrap();
        fs::write(folder.join("hash.txt"), "").unwrap();
        Self {
            folder,
            listen: HeldAddress::new(),
            metrics_listen: HeldAddress::new(),
            variables: Vec::new(),
        }
    }

    /// With more in the environment of all that it runs.
    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.variables.push((name, value.into()));
        self
    }

    /// Where it listens for people, and where for Prometheus.
    pub(crate) fn urls(&self) -> [String; 2] {
        [&self.listen, &self.metrics_listen].map(|held| format!("http://{}", held.address))
    }

    /// Where the program runs.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(crate) fn data_dir(&self) -> PathBuf {
        self.folder.join("data")
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_usher"));
        command
            .args(arguments)
            .current_dir(&self.folder)
            .stdin(Stdio::null());
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let named = ["DATABASE_URL", "DATABASE_URL_FILE", "RUST_LOG"];
        let is_ours =
            |name: &str| name.starts_with("USHER_") || name.starts_with("OTEL_") || named.contains(&name);
        for (name, _) in std::env::vars().filter(|(name, _)| is_ours(name)) {
            command.env_remove(name);
        }
        command
            .env("USHER_LISTEN", self.listen.address.to_string())
            .env("USHER_METRICS_LISTEN", self.metrics_listen.address.to_string())
            .env("USHER_DATA_DIR", self.data_dir())
            .env("USHER_SITE_ROOT", self.folder.join("site"))
            .envs(self.variables.iter().map(|(name, value)| (name, value)));
        command
    }

    pub(crate) fn start(&self, arguments: &[&str]) -> Running {
        self.start_with(arguments, &[])
    }

    /// The same with more in its environment.
    pub(crate) fn start_with(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Running {
        let mut command = self.command(arguments);
        Running::of(command.envs(variables.iter().copied()))
    }

    /// A server whose log nobody reads here.
    pub(crate) fn start_logging_to(&self, log: fs::File) -> Running {
        Running::of(self.command(&[]).stderr(log))
    }

    /// Runs a command to its end.
    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// The same with more in its environment.
    pub(crate) fn run_with(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Output {
        let mut command = self.command(arguments);
        command.envs(variables.iter().copied()).output().unwrap()
    }

    /// What a command prints that succeeds.
    pub(crate) fn output(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8(output.stdout).unwrap()
    }

    /// The address of the embedded database.
    pub(crate) fn embedded_database(&self) -> String {
        let socket = self.data_dir().join("postgres/socket");
        let socket = socket.display().to_string().replace('/', "%2F");
        format!("postgres://usher@localhost/usher?host={socket}")
    }

    pub(crate) fn kill_postgres(&self) {
        self.end_postgres("KILL");
    }

    /// As its own operator stops it: it ends every connection and writes everything out.
    pub(crate) fn stop_postgres(&self) {
        self.end_postgres("INT");
    }

    /// At once, without writing anything out.
    pub(crate) fn abort_postgres(&self) {
        self.end_postgres("QUIT");
    }

    fn end_postgres(&self, how: &str) {
        let file = self.data_dir().join("postgres/cluster/postmaster.pid");
        signal(fs::read_to_string(file).unwrap().lines().next().unwrap(), how);
    }
}

impl Drop for Usher {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

pub(crate) struct Running {
    child: Child,
    stdout: BufReader<ChildStdout>,
    stderr: Option<JoinHandle<String>>,
}

impl Running {
    fn of(command: &mut Command) -> Self {
        let mut child = command.spawn().unwrap();
        Self {
            stdout: BufReader::new(child.stdout.take().unwrap()),
            stderr: child.stderr.take().map(read_all),
            child,
        }
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Waits for a line with this text and returns what stands behind it.
    pub(crate) fn prints(&mut self, text: &str) -> String {
        let mut line = String::new();
        loop {
            line.clear();
            if self.stdout.read_line(&mut line).unwrap() == 0 {
                let said = self.stderr.take().map(|thread| thread.join().unwrap());
                panic!("it ended without printing {text}: {said:?}");
            }
            if let Some((_, rest)) = line.trim_end().split_once(text) {
                return rest.to_owned();
            }
        }
    }

    /// Asks it to end and waits for it.
    pub(crate) fn stop(&mut self) -> Option<i32> {
        self.ask_to_end();
        self.child.wait().unwrap().code()
    }

    /// All that it wrote into its log until its end.
    pub(crate) fn said(&mut self) -> String {
        self.stderr
            .take()
            .map_or_else(String::new, |thread| thread.join().unwrap())
    }

    pub(crate) fn ask_to_end(&self) {
        signal(&self.child.id().to_string(), "TERM");
    }

    /// Waits for its end without keeping the test's other tasks, such as a mail server, from going on.
    pub(crate) async fn ended(&mut self) -> Option<i32> {
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code();
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    }

    pub(crate) fn has_ended(&mut self) -> bool {
        self.child.try_wait().unwrap().is_some()
    }

    /// Ends it without a chance to do anything about it.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if self.child.try_wait().is_ok_and(|ended| ended.is_none()) {
            self.stop();
        }
    }
}

/// An address of loopback that the system gives to nobody else while it is held, and where a server that reuses
/// addresses can listen all the same: also a second time, after it was killed. Until then nobody answers there.
pub(crate) struct HeldAddress {
    pub(crate) address: SocketAddr,
    _bound: TcpSocket,
}

impl HeldAddress {
    pub(crate) fn new() -> Self {
        let bound = TcpSocket::new_v4().unwrap();
        bound.set_reuseaddr(true).unwrap();
        bound.bind(SocketAddr::from(([127, 0, 0, 1], 0))).unwrap();
        Self {
            address: bound.local_addr().unwrap(),
            _bound: bound,
        }
    }
}

fn read_all(mut stream: ChildStderr) -> JoinHandle<String> {
    thread::spawn(move || {
        let mut text = String::new();
        let _ = stream.read_to_string(&mut text);
        text
    })
}

pub(crate) fn signal(process: &str, name: &str) {
    assert!(signal_if_there(process, name));
}

/// The same for one that may have ended by itself; `false` if it has.
pub(crate) fn signal_if_there(process: &str, name: &str) -> bool {
    let kill = Path::new("/bin/kill");
    let sent = Command::new(kill).args([&format!("-{name}"), process]).status();
    sent.unwrap().success()
}
