//! Load from many connections at once, each of which asks again as soon as it is answered.

use crate::{cpu, profile::Profile};
use http::StatusCode;
use reqwest::{Client, RequestBuilder};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::task::JoinSet;

pub(crate) type Ask = Arc<dyn Fn(&Client, u64) -> RequestBuilder + Send + Sync>;

/// One program under load, with the database behind it.
#[derive(Clone, Copy)]
pub(crate) struct Under {
    pub(crate) server: u32,
    pub(crate) database: u32,
}

/// What a load has cost.
#[derive(Clone, Debug)]
pub(crate) struct Cost {
    pub(crate) requests: u32,
    /// Answers of another status than was wanted.
    pub(crate) wrong: u32,
    /// Processor time of one request, in µs.
    pub(crate) server: f64,
    pub(crate) database: f64,
    /// Of the answers, in ms.
    pub(crate) median: f64,
    pub(crate) p99: f64,
}

impl Cost {
    pub(crate) fn both(&self) -> f64 {
        self.server + self.database
    }

    /// Requests in a second if server and database had one core for themselves.
    pub(crate) fn of_a_core(&self) -> f64 {
        1e6 / self.both()
    }
}

/// Asks from `connections` at once for some time. `first`: the number of the first request, for those that must differ.
pub(crate) async fn measure(
    under: Under,
    connections: u64,
    time: Duration,
    first: u64,
    wanted: StatusCode,
    ask: Ask,
) -> Cost {
    // Connections are made and statements prepared before it counts.
    run(connections, time / 10, first + (1 << 40), wanted, &ask).await;
    let profile = Profile::start(under, time).await;
    let before = (cpu::used_by_tree(under.server), cpu::used_by_tree(under.database));
    let (mut answers, wrong) = run(connections, time, first, wanted, &ask).await;
    let after = (cpu::used_by_tree(under.server), cpu::used_by_tree(under.database));
    if let Some(profile) = profile {
        profile.finish().await;
    }
    answers.sort_unstable();
    let requests = u32::try_from(answers.len()).unwrap_or(u32::MAX);
    let each = |before: Duration, after: Duration| {
        after.saturating_sub(before).as_secs_f64() * 1e6 / f64::from(requests.max(1))
    };
    let at = |percent: usize| {
        let time = answers.get(answers.len() * percent / 100);
        time.map_or(0.0, |time| time.as_secs_f64() * 1e3)
    };
    Cost {
        requests,
        wrong,
        server: each(before.0, after.0),
        database: each(before.1, after.1),
        median: at(50),
        p99: at(99),
    }
}

/// The times of all answers, and how many were wrong.
async fn run(
    connections: u64,
    time: Duration,
    first: u64,
    wanted: StatusCode,
    ask: &Ask,
) -> (Vec<Duration>, u32) {
    let end = Instant::now() + time;
    let mut all = JoinSet::new();
    for connection in 0..connections {
        let ask = ask.clone();
        all.spawn(async move {
            // One connection each, as of one person.
            let client = Client::builder()
                .pool_max_idle_per_host(1)
                .build()
                .expect("a client");
            let (mut answers, mut wrong, mut number) = (Vec::new(), 0, first + connection);
            while Instant::now() < end {
                let began = Instant::now();
                let answer = ask(&client, number).send().await;
                let is_right = match answer {
                    Ok(answer) => answer.status() == wanted && answer.bytes().await.is_ok(),
                    Err(_) => false,
                };
                answers.push(began.elapsed());
                wrong += u32::from(!is_right);
                number += connections;
            }
            (answers, wrong)
        });
    }
    let (mut answers, mut wrong) = (Vec::new(), 0);
    for (some, of_them) in all.join_all().await {
        answers.extend(some);
        wrong += of_them;
    }
    (answers, wrong)
}
