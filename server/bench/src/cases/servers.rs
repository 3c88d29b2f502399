//! Goals 6 and 7: start, memory when idle, and what a deactivation lets through on two servers.

use super::{OTHER_PORT, Setting, USHER_PORT, WHOAMI, usher};
use crate::{cpu, seed, table::Table};
use http::{StatusCode, header};
use reqwest::Client;
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::time::sleep;

pub(crate) async fn start_and_deactivation(setting: &Setting, table: &mut Table) {
    let database = seed::create_database(&setting.cluster, "bench_start").await;
    let mut first = usher(setting, &database, USHER_PORT).await;
    first.set_up().await;
    let mut starts = Vec::new();
    for _ in 0..5 {
        first.stop().await;
        first = usher(setting, &database, USHER_PORT).await;
        starts.push(first.started_in);
    }
    starts.sort_unstable();
    table.at_most(
        "6",
        "start to first answer, the median of 5",
        starts[2].as_secs_f64() * 1e3,
        50.0,
        "ms",
    );
    sleep(Duration::from_secs(2)).await;
    table.at_most(
        "6",
        "memory, idle",
        cpu::memory(first.process(), "VmRSS"),
        24.0,
        "MiB",
    );

    let second = usher(setting, &database, OTHER_PORT).await;
    let pool = seed::connect(&database).await;
    let (organization, ada) = seed::fill(&pool, 100).await;
    let ben: uuid::Uuid =
        sqlx::query_scalar("select id from users where status = 'active' and id <> $1 limit 1")
            .bind(ada)
            .fetch_one(&pool)
            .await
            .expect("somebody");
    let (admins, bens) = (
        format!("Bearer {}", seed::token(&pool, organization, ada, "Admin").await),
        format!("Bearer {}", seed::token(&pool, organization, ben, "Ben").await),
    );
    let (mut after, mut accepted) = (0, 0);
    for _ in 0..20 {
        let is_over = Arc::new(AtomicBool::new(false));
        let asking: Vec<_> = [&first.url, &second.url, &first.url, &second.url]
            .map(|url| {
                tokio::spawn(keep_asking(
                    format!("{url}{WHOAMI}"),
                    bens.clone(),
                    is_over.clone(),
                ))
            })
            .into();
        sleep(Duration::from_millis(100)).await;
        let act = async |act: &str| {
            let request = Client::new()
                .post(format!("{}/api/v1/users/{ben}/{act}", first.url))
                .header(header::AUTHORIZATION, &admins);
            request.send().await.expect("an answer").status()
        };
        assert_eq!(act("deactivate").await, StatusCode::NO_CONTENT);
        let answered = Instant::now();
        sleep(Duration::from_millis(100)).await;
        is_over.store(true, Ordering::Relaxed);
        for one in asking {
            for (began, status) in one.await.expect("it ends") {
                after += u32::from(began >= answered);
                accepted += u32::from(began >= answered && status == StatusCode::OK);
            }
        }
        assert_eq!(act("reactivate").await, StatusCode::NO_CONTENT);
    }
    let what = format!("accepted on two servers of {after} that came after the answer to a deactivation");
    assert!(after > 0, "nobody asked");
    table.at_most("7", what, f64::from(accepted), 0.0, "");
    second.stop().await;
    first.stop().await;
}

/// When each question began and how it was answered.
async fn keep_asking(
    url: String,
    credential: String,
    is_over: Arc<AtomicBool>,
) -> Vec<(Instant, StatusCode)> {
    let client = Client::new();
    let mut all = Vec::new();
    while !is_over.load(Ordering::Relaxed) {
        let began = Instant::now();
        let answer = client
            .get(&url)
            .header(header::AUTHORIZATION, &credential)
            .send()
            .await
            .expect("an answer");
        all.push((began, answer.status()));
    }
    all
}
