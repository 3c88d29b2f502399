//! Programs under measure: Usher, set up and signed in to, and the limit.

use crate::load::Under;
use http::{StatusCode, header};
use reqwest::{Client, RequestBuilder};
use std::{
    process::Stdio,
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
    sync::watch,
    time::sleep,
};

pub(crate) const EMAIL: &str = "ada@bench.example";
pub(crate) const PASSWORD: &str = "seven owls repair my piano";
const PATIENCE: Duration = Duration::from_mins(2);

pub(crate) struct Program {
    child: Child,
    pub(crate) url: String,
    /// From its start to its first answer.
    pub(crate) started_in: Duration,
    printed: watch::Receiver<String>,
}

impl Program {
    /// Starts one and waits until it answers.
    pub(crate) async fn start(program: &str, port: u16, variables: &[(&str, &str)]) -> Self {
        let url = format!("http://127.0.0.1:{port}");
        let began = Instant::now();
        let mut command = Command::new(program);
        // What the tools of this tree are told, Usher refuses.
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("USHER_")) {
            command.env_remove(name);
        }
        let mut child = command
            .envs(variables.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log(port))
            .kill_on_drop(true)
            .spawn()
            .unwrap_or_else(|error| panic!("{program}: {error}"));
        let (tell, printed) = watch::channel(String::new());
        let mut lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
        tokio::spawn(async move {
            while let Ok(Some(line)) = lines.next_line().await {
                tell.send_modify(|all| {
                    all.push_str(&line);
                    all.push('\n');
                });
            }
        });
        let client = Client::new();
        while !client
            .get(format!("{url}/readyz"))
            .send()
            .await
            .is_ok_and(|answer| answer.status().is_success())
        {
            assert!(
                began.elapsed() < PATIENCE,
                "{program} does not answer, see {port}.log"
            );
            sleep(Duration::from_millis(1)).await;
        }
        Self {
            child,
            url,
            started_in: began.elapsed(),
            printed,
        }
    }

    pub(crate) fn process(&self) -> u32 {
        self.child.id().expect("it runs")
    }

    pub(crate) fn with(&self, database: u32) -> Under {
        Under {
            server: self.process(),
            database,
        }
    }

    /// A line that it has printed.
    async fn line(&mut self, part: &str) -> String {
        let found = self
            .printed
            .wait_for(|all| all.contains(part))
            .await
            .expect("it runs");
        let line = found.lines().find(|line| line.contains(part));
        line.unwrap_or_default().trim().to_owned()
    }

    /// A form, as the front end sends it.
    pub(crate) fn form(&self, client: &Client, action: &str, fields: &[(&str, &str)]) -> RequestBuilder {
        client
            .post(format!("{}{action}", self.url))
            .header(header::ACCEPT, "application/json")
            .header(header::ORIGIN, &self.url)
            .header("sec-fetch-site", "same-origin")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(encoded(fields))
    }

    pub(crate) async fn set_up_link(&mut self) -> String {
        self.line("/setup?token=").await
    }

    /// Sets the organization up.
    pub(crate) async fn set_up(&mut self) -> Cookies {
        let link = self.set_up_link().await;
        let (_, token) = link.split_once("token=").expect("a link");
        let fields = [
            ("token", token),
            ("organization", "Bench"),
            ("first_name", "Ada"),
            ("last_name", "Lovelace"),
            ("email", EMAIL),
            ("password", PASSWORD),
        ];
        let answer = self
            .form(&Client::new(), "/api/setup/complete", &fields)
            .send()
            .await
            .expect("an answer");
        Cookies::of(answer).await
    }

    pub(crate) async fn stop(mut self) {
        let _ = self.child.kill().await;
    }
}

/// Where a program writes what it does, as it would anywhere.
fn log(port: u16) -> Stdio {
    let folder = std::env::var("BENCH_FOLDER").unwrap_or_default();
    let file = std::fs::File::create(format!("{folder}/{port}.log"));
    file.map_or_else(|_| Stdio::null(), Stdio::from)
}

/// What the browser of the administrator keeps, each as `name=value`.
pub(crate) struct Cookies {
    pub(crate) session: String,
    /// That somebody has signed in here before.
    pub(crate) browser: String,
}

impl Cookies {
    async fn of(answer: reqwest::Response) -> Self {
        let status = answer.status();
        let cookies: Vec<_> = answer
            .headers()
            .get_all(header::SET_COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok()?.split(';').next().map(str::to_owned))
            .collect();
        let named = |name| cookies.iter().find(|pair| pair.starts_with(name)).cloned();
        match (named("usher="), named("browser=")) {
            (Some(session), Some(browser)) => Self { session, browser },
            _ => panic!("{status}: {}", answer.text().await.unwrap_or_default()),
        }
    }
}

pub(crate) const DONE: StatusCode = StatusCode::OK;

/// `application/x-www-form-urlencoded`.
fn encoded(fields: &[(&str, &str)]) -> String {
    let quoted = |text: &str| -> String {
        text.bytes()
            .map(|byte| match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => char::from(byte).to_string(),
                _ => format!("%{byte:02X}"),
            })
            .collect()
    };
    let pairs: Vec<_> = fields
        .iter()
        .map(|(name, value)| format!("{}={}", quoted(name), quoted(value)))
        .collect();
    pairs.join("&")
}
